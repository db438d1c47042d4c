"""The overlap table that a question is asked about: a published one by name, or a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from uncounted import published
from uncounted.answers.shape import Line
from uncounted.core.censored import UNBOUNDED, CensoredTable
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure import THRESHOLD, PageTable, page_table
from uncounted.errors import TableError
from uncounted.files.overlap_tables import read_table_file
from uncounted.files.source import STANDARD_INPUT
from uncounted.published import PublishedTable
from uncounted.verdict.given import CountRanges

_FILES = {".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm", ".parquet", ".pq", ".json"}

__all__ = ["TableRead", "TableRequest", "read", "table_summary"]


@dataclass(frozen=True, slots=True)
class TableRequest:
    """Which table is meant, and how a file's columns are to be read.

    Parameters
    ----------
    name
        Name of a published table, or path of a file; ``-`` for standard input.
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
    """A table, what is known about it where it was published, and what its reader did."""

    table: OverlapTable
    known: PublishedTable | None
    notes: tuple[Note, ...] = ()
    censored: CensoredTable | None = None

    @property
    def what(self) -> str:
        """Whom the table counts, where and when, as far as known."""
        if self.known is None:
            return ""
        known = self.known
        return str(
            note(
                "terms.what",
                title=known.title,
                counts=known.counts,
                where=known.where,
                when=known.when,
            )
        )

    def told(self) -> tuple[Line, ...]:
        """Say what the reader did that a person should know; aside from the answer."""
        return tuple(Line(n, aside=True) for n in self.notes)

    @property
    def summary(self) -> Note:
        """How many people are on how many lists; between which numbers, where counts are ranges."""
        if self.censored is None:
            return table_summary(self.table)
        ranges, lists = CountRanges.of(self.censored), Number(self.table.t, "lists")
        low = Number(ranges.observed[0], "people", of="least observed")
        least = Number(ranges.shared[0], "people", of="least shared")
        if UNBOUNDED in (ranges.observed[1], ranges.shared[1]):
            return note("answers.table.people-from", low=low, least=least, lists=lists)
        return note(
            "answers.table.people-between",
            low=low,
            high=Number(ranges.observed[1], "people", of="most observed"),
            least=least,
            most=Number(ranges.shared[1], "people", of="most shared"),
            lists=lists,
        )

    def shown(self, *, show_small_cells: bool = False) -> PageTable:
        """Decide what a page with figures may say of the table.

        All of a published table, and of somebody's own where they ask for it.
        """
        threshold = 0 if self.known or show_small_cells else THRESHOLD
        return page_table(self.table, threshold, figures=True)

    def to_dict(self) -> JSONObject:
        """JSON form of the table without its cells."""
        table = self.table
        out: JSONObject = {
            "name": table.name,
            "lists": list(table.lists),
            "observed": table.n,
            "overlap": table.overlap,
            "strata": list(table.strata) if table.stratified else [],
        }
        if self.censored is not None:
            ranges = CountRanges.of(self.censored).to_dict()
            out["censored"] = self.censored.censored
            out["observed_range"] = ranges["observed_range"]
            out["totals"] = dict(self.censored.totals)
            out["overlap_range"] = ranges["overlap_range"]
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


def read(request: TableRequest, *, ranges: bool = False) -> TableRead:
    """Load a published table by name, or read a file.

    Parameters
    ----------
    request
        Which table.
    ranges
        Whether counts may be ranges; the answer's table then holds the expected counts.

    Raises
    ------
    InputError
        If it is neither; the message says what to do.
    """
    name = request.name
    path = Path(name)
    looks_like_file = path.suffix.lower() in _FILES or name == STANDARD_INPUT
    if not looks_like_file and not os.path.exists(name):
        known = published.find(name)
        if known is not None:
            return TableRead(published.load(name), known)
        if path.suffix or len(path.parts) > 1 or len(name) > 200:
            raise TableError(
                f"There is no file {name[:200]}.",
                fix="Check the path, or name a published table: `uncounted published` lists them.",
            )
        published.load(name)
    blind: dict[str, list[str]] = {}
    for who, where in request.cannot_see:
        blind.setdefault(where, []).append(who)
    found = read_table_file(
        path,
        lists=None if request.lists is None else list(request.lists),
        count=request.count,
        stratum=request.stratum,
        cannot_see=blind,
    )
    said = tuple(note("answers.table.reader", said=s) for s in found.notes)
    if isinstance(found.table, CensoredTable) and ranges:
        from uncounted.estimators.completions import expected_table

        censored = note("answers.table.censored", cells=Number(found.table.censored))
        return TableRead(expected_table(found.table), None, (*said, censored), found.table)
    return TableRead(found.exact, None, said)
