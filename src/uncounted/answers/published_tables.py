"""Which overlap tables are published, and what one of them holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from uncounted import published
from uncounted.answers.shape import Column, Line, Rows, Stages, Told
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import note
from uncounted.errors import InputError
from uncounted.published import PublishedTable

if TYPE_CHECKING:
    from uncounted.core.table import OverlapTable

__all__ = ["Catalogue", "OneTable", "PublishedRequest", "answer"]


@dataclass(frozen=True, slots=True)
class PublishedRequest:
    """Ask for the catalogue, or for the table of one name."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every published table with what is known about it, its lists and how many people it counts."""

    tables: tuple[tuple[PublishedTable, tuple[str, ...], int], ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "tables": [
                entry.to_dict() | {"lists": list(lists), "observed": people}
                for entry, lists, people in self.tables
            ]
        }

    def rows(self) -> Rows:
        """Return a row a table."""
        return Rows(
            (Column("name"), Column("lists", right=True), Column("people", right=True),
             Column("what")),
            tuple((e.name, len(lists), people, e.title) for e, lists, people in self.tables),
        )  # fmt: skip

    def told(self) -> Told:
        """Return what the terminal shows."""
        return (self.rows(),)


@dataclass(frozen=True, slots=True)
class OneTable:
    """One published table."""

    entry: PublishedTable
    table: OverlapTable

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"table": self.entry.to_dict() | self.table.to_dict()}

    def rows(self) -> Rows:
        """Return a row a capture history that anybody has."""
        heads = (*self.table.lists, "count")
        return Rows(
            tuple(Column(name, right=True) for name in heads),
            tuple((*history, count) for history, count in self.table.histories()),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        from uncounted.answers.overlap_table import table_summary

        entry, table = self.entry, self.table
        lines = [
            Line(entry.title, strong=True),
            Line(note("terms.counted", counts=entry.counts)),
            Line(note("terms.where", where=entry.where, when=entry.when)),
            Line(table_summary(table)),
            Line(note("terms.citation", citation=entry.citation)),
        ]
        if not entry.checked:
            lines.append(Line(note("answers.published.unchecked")))
        if entry.said:
            lines.append(Line(note("answers.published.said", said=entry.said)))
        lines += [Line(note("terms.known", said=trap)) for trap in entry.traps]
        lines += [Line(f"  {short}: {long}") for short, long in table.full_names.items()]
        return (*lines, Line(), self.rows())


def answer(request: PublishedRequest, *, progress: Stages | None = None) -> Catalogue | OneTable:
    """List the published tables, or show one.

    Raises
    ------
    InputError
        If there is no table of that name.
    """
    if request.name is None:
        entries = published.catalogue()
        return Catalogue(tuple((entry, *published.outline(entry)) for entry in entries))
    table = published.load(request.name)
    entry = published.find(request.name)
    if entry is None:
        raise InputError(f"There is no published table {request.name!r}.")
    return OneTable(entry, table)
