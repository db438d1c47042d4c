"""Which rows of a file can be records: totals, footnotes, formulas and torn rows are set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from uncounted.core.notes import Note, note
from uncounted.files.raw import FORMULA, RawRow, long_cell
from uncounted.records import codes
from uncounted.records.nobody import Nobody

__all__ = ["MAX_TEXT", "Columns", "fit"]

MAX_TEXT = 200
"""Longest cell a mapped column may hold, in characters."""

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd\ud800-\udfff]"
)
_RUNS = re.compile(r"\s*(=|[-+@]\s*[A-Za-z][\w.]*\s*[(|!])")
"""What a spreadsheet would run: ``=1+1``, ``@SUM(``, ``+cmd|``."""
_ERROR = re.compile(r"#[¡¿]?[A-Z]+(/0)?[!?]")
_NOT_TRAFFICKED = {"notavictimoftrafficking", "notavictim", "notvictim"}


@dataclass(slots=True)
class Columns:
    """Which cell serves which target.

    Parameters
    ----------
    pairs
        (target, position) in the order of the file.
    width
        Number of columns.
    orders
        Day-month order by target.
    kind
        As `tabular.RawTable.kind`.
    header
        Folded column names, to recognise a header repeated further down.
    layout
        As `mapping.Guess.layout`.
    how
        Dates by the unusual way they were read; filled while reading.
    leg_key
        Position of the column that ties a row to a table of legs.
    referral
        Position of the column that says who referred the person.
    members
        Names of the project's lists, each with what it is called.
    nepali
        Targets whose column's name says that its dates are of the Nepali calendar.
    two_calendars
        Whether some births of the list are of the Nepali calendar, by their years.
    said
        What a person said that answers about a release mean: folded text to yes, no or nothing.
    nobody
        Says which rows are no person.
    exchanged
        Targets in whose real dates a spreadsheet exchanged day and month.
    torn
        Targets of which a date with day and month up to 12 may be either.
    values
        Field to what a person said its answers mean, folded.
    """

    pairs: list[tuple[str, int]]
    width: int
    orders: Mapping[str, str]
    kind: str
    header: Sequence[str]
    layout: str
    how: dict[str, int] = field(default_factory=dict)
    leg_key: int | None = None
    referral: int | None = None
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    nepali: frozenset[str] = frozenset()
    two_calendars: bool = False
    said: Mapping[str, str] = field(default_factory=dict)
    nobody: Nobody | None = None
    exchanged: frozenset[str] = frozenset()
    torn: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def fit(rows: Iterable[RawRow], columns: Columns) -> Iterator[RawRow]:
    """Rows with the mapped cells only, in the order of ``columns.pairs``; then who referred, and the key of legs.

    What the other columns hold is let go here, so that it never adds up in memory.

    Parameters
    ----------
    rows
        Rows as `tabular` gives them.
    columns
        The mapping.

    Yields
    ------
    RawRow
        With the reason where the row cannot be a record.
    """
    places = [i for _, i in columns.pairs]
    if columns.referral is not None:
        places.append(columns.referral)
    if columns.leg_key is not None:
        places.append(columns.leg_key)
    for index, (number, cells, fault) in enumerate(rows):
        reason = fault
        if not reason and columns.nobody is not None:
            reason = columns.nobody.why(index, cells)
        reason = reason or _fault(cells, columns)
        yield number, [] if reason else [cells[i] for i in places], reason


def _fault(cells: list[str], columns: Columns) -> Note | None:
    """Why a row cannot be a record; ``None`` if it can. Pads the row to the header's width."""
    if len(cells) > columns.width:
        if any(c.strip() for c in cells[columns.width :]):
            return Note("records.row.more-values")
        del cells[columns.width :]
    elif len(cells) < columns.width:
        if columns.kind == "csv" and any(columns.header[len(cells) :]):
            return Note("records.row.fewer-values")
        cells.extend([""] * (columns.width - len(cells)))
    for target, i in columns.pairs:
        cell = cells[i]
        if not cell:
            continue
        reason = _cell_fault(cell)
        if reason:
            return note("records.row.cell", what=reason, field=target)
    for target, i in columns.pairs:
        if target == "status" and codes.fold(cells[i]).replace(" ", "") in _NOT_TRAFFICKED:
            return Note("records.row.not-trafficked")
    return None


def _cell_fault(cell: str) -> Note | None:
    if cell == FORMULA or (cell[0] in "=+-@ \t\r\n#" and (_RUNS.match(cell) or _ERROR.match(cell))):
        return Note("records.row.formula")
    if len(cell) > MAX_TEXT:
        return long_cell(MAX_TEXT)
    if not cell.isprintable() and _CONTROL.search(cell):
        return Note("records.row.control")
    return None
