"""The TABLE argument of the commands: a published name or a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from uncounted import published
from uncounted._reading import read_table
from uncounted.disclosure import THRESHOLD
from uncounted.errors import InputError, TableError
from uncounted.published import PublishedTable
from uncounted.tables import OverlapTable

__all__ = [
    "Source",
    "load_table",
    "small_cells_option",
    "suppress_below",
    "table_options",
    "table_summary",
]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Source:
    """A table and what is known about it where it was published."""

    table: OverlapTable
    known: PublishedTable | None

    @property
    def what(self) -> str:
        """Whom the table counts, where and when, as far as known."""
        if self.known is None:
            return ""
        return f"{self.known.title}. Counted: {self.known.counts}; {self.known.where}, {self.known.when}."


small_cells_option = click.option(
    "--show-small-cells",
    is_flag=True,
    help="Show counts under 11 of your own table on the page, and all that depends on them.",
)


def suppress_below(source: Source, show_small_cells: bool = False) -> int:
    """Give the least count a page may show: 0 (all) for published tables and where asked for."""
    return 0 if source.known or show_small_cells else THRESHOLD


def table_options(command: F) -> F:
    """Add the options that say how a file's columns are to be read."""
    for option in (
        click.option(
            "--lists", metavar="A,B,C", help="Which columns of the file are lists (all by default)."
        ),
        click.option(
            "--count", "count", default="count", show_default=True, metavar="COLUMN",
            help="Column with the number of people; without it each row is a person.",
        ),
        click.option(
            "--stratum", default="stratum", show_default=True, metavar="COLUMN",
            help="Column that names the stratum, where there is one.",
        ),
        click.option(
            "--cannot-see", "cannot_see", multiple=True, metavar="LIST:STRATUM",
            help="Declare that a list could never hold people of a stratum. May be repeated.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def load_table(
    name: str,
    *,
    lists: str | None = None,
    count: str = "count",
    stratum: str = "stratum",
    cannot_see: tuple[str, ...] = (),
) -> Source:
    """Load a published table by name, or read a file.

    Raises
    ------
    InputError
        If it is neither; the message says what to do.
    """
    path = Path(name)
    looks_like_file = path.suffix.lower() in {".csv", ".tsv", ".txt", ".parquet", ".json"}
    if not looks_like_file and not path.exists():
        known = published.find(name)
        if known is not None:
            return Source(published.load(name), known)
        if path.suffix or len(path.parts) > 1:
            raise TableError(
                f"There is no file {name}.",
                fix="Check the path, or name a published table: `uncounted published` lists them.",
            )
        published.load(name)
    blind: dict[str, list[str]] = {}
    for pair in cannot_see:
        who, _, where = pair.partition(":")
        if not where:
            raise InputError(
                f"--cannot-see {pair!r} names no stratum.", fix="Write it as LIST:STRATUM."
            )
        blind.setdefault(where, []).append(who)
    table = read_table(
        path,
        lists=None if lists is None else [x.strip() for x in lists.split(",") if x.strip()],
        count=count,
        stratum=stratum,
        cannot_see=blind,
    )
    return Source(table, None)


def table_summary(source: Source) -> dict[str, Any]:
    """JSON form of a table without its cells."""
    table = source.table
    out: dict[str, Any] = {
        "name": table.name,
        "lists": list(table.lists),
        "observed": table.n,
        "overlap": table.overlap,
        "strata": list(table.strata) if table.stratified else [],
    }
    if source.known is not None:
        out["published"] = source.known.to_dict()
    return out
