"""The overlap table that a question is asked about: a published one by name, or a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncounted import published
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure import THRESHOLD, PageTable, page_table
from uncounted.errors import TableError
from uncounted.files.overlap_tables import read_table
from uncounted.published import PublishedTable

__all__ = ["TableRead", "TableRequest", "read", "table_summary"]


@dataclass(frozen=True, slots=True)
class TableRequest:
    """Which table is meant, and how a file's columns are to be read.

    Parameters
    ----------
    name
        Name of a published table, or path of a file.
    lists
        Which columns are lists; ``None`` for all.
    count, stratum
        Column with the number of people; column that names the stratum.
    cannot_see
        Pairs (list, stratum): the list could never hold people of that stratum.
    """

    name: str
    lists: tuple[str, ...] | None = None
    count: str = "count"
    stratum: str = "stratum"
    cannot_see: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table and what is known about it where it was published."""

    table: OverlapTable
    known: PublishedTable | None

    @property
    def what(self) -> str:
        """Whom the table counts, where and when, as far as known."""
        if self.known is None:
            return ""
        return f"{self.known.title}. Counted: {self.known.counts}; {self.known.where}, {self.known.when}."

    @property
    def summary(self) -> Note:
        """How many people are on how many lists."""
        return table_summary(self.table)

    def shown(self, *, show_small_cells: bool = False) -> PageTable:
        """Decide what a page with figures may say of the table.

        All of a published table, and of somebody's own where they ask for it.
        """
        threshold = 0 if self.known or show_small_cells else THRESHOLD
        return page_table(self.table, threshold, figures=True)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the table without its cells."""
        table = self.table
        out: dict[str, Any] = {
            "name": table.name,
            "lists": list(table.lists),
            "observed": table.n,
            "overlap": table.overlap,
            "strata": list(table.strata) if table.stratified else [],
        }
        if self.known is not None:
            out["published"] = self.known.to_dict()
        return out


def table_summary(table: OverlapTable) -> Note:
    """Say how many people are on how many lists, and how many on two or more."""
    return note(
        "answers.table.people",
        observed=Number(table.n, "people", of="observed"),
        lists=Number(table.t, "lists"),
        shared=Number(table.overlap, "people", of="shared"),
    )


def read(request: TableRequest) -> TableRead:
    """Load a published table by name, or read a file.

    Raises
    ------
    InputError
        If it is neither; the message says what to do.
    """
    name = request.name
    path = Path(name)
    looks_like_file = path.suffix.lower() in {".csv", ".tsv", ".txt", ".parquet", ".json"}
    if not looks_like_file and not path.exists():
        known = published.find(name)
        if known is not None:
            return TableRead(published.load(name), known)
        if path.suffix or len(path.parts) > 1:
            raise TableError(
                f"There is no file {name}.",
                fix="Check the path, or name a published table: `uncounted published` lists them.",
            )
        published.load(name)
    blind: dict[str, list[str]] = {}
    for who, where in request.cannot_see:
        blind.setdefault(where, []).append(who)
    table = read_table(
        path,
        lists=None if request.lists is None else list(request.lists),
        count=request.count,
        stratum=request.stratum,
        cannot_see=blind,
    )
    return TableRead(table, None)
