"""Overlap tables of the literature, each with its citation and its known traps.

>>> from uncounted import published
>>> published.load("uk2013").n
2744
>>> len(published.catalogue()) >= 22
True
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from uncounted.core.json_types import JSONObject
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError
from uncounted.files.overlap_tables import read_table_text

__all__ = ["PublishedTable", "catalogue", "find", "load"]


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
        }


@cache
def catalogue() -> tuple[PublishedTable, ...]:
    """All published tables that come with Uncounted."""
    text = files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
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
        )
        for name, entry in tomllib.loads(text).items()
    )


def find(name: str) -> PublishedTable | None:
    """Look a table up by its name or one of its aliases; ``None`` where there is none."""
    for entry in catalogue():
        if name == entry.name or name in entry.aliases:
            return entry
    return None


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
    entry = find(name)
    if entry is None:
        names = [e.name for e in catalogue()]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        raise InputError(
            f"There is no published table {name!r}.",
            fix=(f"Did you mean {near[0]!r}? " if near else "")
            + "`uncounted published` lists them all.",
        )
    text = files(__package__).joinpath("tables", f"{entry.name}.csv").read_text(encoding="utf-8")
    table = read_table_text(text, name=entry.name)
    return OverlapTable(
        table.lists,
        table.cells,
        name=entry.name,
        full_names=entry.full_names,
        sources=entry.citation,
    )
