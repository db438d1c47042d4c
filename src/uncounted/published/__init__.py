"""Overlap tables of the literature, each with its citation and its known traps.

>>> from uncounted import published
>>> published.load("uk2013").n
2744
>>> len(published.catalogue()) >= 22
True
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from uncounted.core.json_types import JSONObject
from uncounted.errors import InputError

if TYPE_CHECKING:
    from uncounted.core.table import OverlapTable

__all__ = ["PublishedTable", "catalogue", "find", "load", "outline"]

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """What is known about a published table.

    Parameters
    ----------
    name
        Name to load it by.
    title
        One line for display.
    counts
        Who is counted.
    where, when
        Place and time.
    citation
        Where the counts were published.
    checked
        Whether the citation was checked against its source; if not, look it up before quoting.
    full_names
        Longer names of lists.
    aliases
        Names the same table has in other packages.
    traps
        What goes wrong with this table.
    said
        What its study said, where that could be checked; ``""`` where not.
    """

    name: str
    title: str
    counts: str
    where: str
    when: str
    citation: str
    checked: bool = True
    full_names: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    said: str = ""

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "name": self.name,
            "title": self.title,
            "counts": self.counts,
            "where": self.where,
            "when": self.when,
            "citation": self.citation,
            "citation_checked": self.checked,
            "aliases": list(self.aliases),
            "traps": list(self.traps),
            **({"study_said": self.said} if self.said else {}),
        }


@cache
def catalogue() -> tuple[PublishedTable, ...]:
    """All published tables that come with Uncounted."""
    text = (_HERE / "catalogue.toml").read_text(encoding="utf-8")
    return tuple(
        PublishedTable(
            name=name,
            title=entry["title"],
            counts=entry["counts"],
            where=entry["where"],
            when=entry["when"],
            citation=entry["citation"],
            checked=entry.get("checked", True),
            full_names=entry.get("lists", {}),
            aliases=tuple(entry.get("aliases", ())),
            traps=tuple(entry.get("traps", ())),
            said=entry.get("said", ""),
        )
        for name, entry in tomllib.loads(text).items()
    )


def find(name: str) -> PublishedTable | None:
    """Look a table up by its name or one of its aliases; ``None`` where there is none."""
    for entry in catalogue():
        if name == entry.name or name in entry.aliases:
            return entry
    return None


def outline(entry: PublishedTable) -> tuple[tuple[str, ...], int]:
    """Names of a table's lists and how many people it counts, without loading it.

    Parameters
    ----------
    entry
        Of `catalogue`.

    Examples
    --------
    >>> outline(catalogue()[0]) == (load(catalogue()[0].name).lists, load(catalogue()[0].name).n)
    True
    """
    # A list of tables needs no arrays, and numpy takes longer to import than the list to print.
    header, *rows = csv.reader(_text(entry).splitlines())
    return tuple(header[:-1]), sum(int(row[-1]) for row in rows)


def _text(entry: PublishedTable) -> str:
    return (_HERE / "tables" / f"{entry.name}.csv").read_text(encoding="utf-8")


def load(name: str) -> OverlapTable:
    """Load a published table.

    Parameters
    ----------
    name
        A name of `catalogue`, or an alias.

    Returns
    -------
    OverlapTable

    Raises
    ------
    InputError
        If there is no such table; the message names the nearest.
    """
    from uncounted.core.table import OverlapTable
    from uncounted.files.overlap_tables import read_table_text

    entry = find(name)
    if entry is None:
        import difflib

        names = [e.name for e in catalogue()]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        raise InputError(
            f"There is no published table {name!r}.",
            fix=(f"Did you mean {near[0]!r}? " if near else "")
            + "`uncounted published` lists them all.",
        )
    table = read_table_text(_text(entry), name=entry.name)
    return OverlapTable(
        table.lists,
        table.cells,
        name=entry.name,
        full_names=entry.full_names,
        sources=entry.citation,
    )
