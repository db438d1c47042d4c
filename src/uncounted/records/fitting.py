"""Which rows of a file can be records: totals, footnotes, formulas and torn rows are set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from uncounted.files.raw import FORMULA, RawRow
from uncounted.records import codes

__all__ = ["MAX_TEXT", "Columns", "fit"]

MAX_TEXT = 200
"""Longest cell a mapped column may hold, in characters."""

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd\ud800-\udfff]"
)
_RUNS = re.compile(r"\s*(=|[-+@]\s*[A-Za-z][\w.]*\s*[(|!])")
"""What a spreadsheet would run: ``=1+1``, ``@SUM(``, ``+cmd|``."""
_ERROR = re.compile(r"#[¡¿]?[A-Z]+(/0)?[!?]")
_TOTAL = re.compile(
    r"(?:(?:grand|sub|column|overall|general)[ -]?)?(?:total|totals|sum|suma|subtotal|summe|gesamt(?:summe)?|insgesamt|totaal|somme|razem|celkem|toplam|jumlah|kabuuan|итого|всего|tong cong)(?:es)?\b(?! \w+ \w)"
    r"|합\s?계|총\s?계|소\s?계|计\b|(?:总|合|小)计|總計|合計"
)
_FIGURE = re.compile(r"[\d\s.,%()/:-]*")
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
    nepali
        Targets whose column's name says that its dates are of the Nepali calendar.
    two_calendars
        Whether some births of the list are of the Nepali calendar, by their years.
    said
        What a person said that answers about a release mean: folded text to yes, no or nothing.
    """

    pairs: list[tuple[str, int]]
    width: int
    orders: Mapping[str, str]
    kind: str
    header: Sequence[str]
    layout: str
    how: dict[str, int] = field(default_factory=dict)
    leg_key: int | None = None
    nepali: frozenset[str] = frozenset()
    two_calendars: bool = False
    said: Mapping[str, str] = field(default_factory=dict)


def fit(rows: Iterable[RawRow], columns: Columns) -> Iterator[RawRow]:
    """Rows with the mapped cells only, in the order of ``columns.pairs``; then the key of legs.

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
    if columns.leg_key is not None:
        places.append(columns.leg_key)
    for number, cells, fault in rows:
        reason = fault or _fault(cells, columns)
        yield number, [] if reason else [cells[i] for i in places], reason


def _fault(cells: list[str], columns: Columns) -> str:
    """Why a row cannot be a record; ``""`` if it can. Pads the row to the header's width."""
    aside = _aside(cells, columns)
    if aside:
        return aside
    if len(cells) > columns.width:
        if any(c.strip() for c in cells[columns.width :]):
            return "more values than column names"
        del cells[columns.width :]
    elif len(cells) < columns.width:
        if columns.kind == "csv" and any(columns.header[len(cells) :]):
            return "fewer values than column names"
        cells.extend([""] * (columns.width - len(cells)))
    hits = 0
    for target, i in columns.pairs:
        cell = cells[i]
        if not cell:
            continue
        reason = _cell_fault(cell)
        if reason:
            return f"{reason} ({target})"
        if abs(len(cell) - len(columns.header[i])) < 3:
            hits += codes.fold(cell) == columns.header[i]
    if hits >= 3 or (hits and hits == len(columns.pairs)):
        return "repeats the column names"
    for target, i in columns.pairs:
        if target == "status" and codes.fold(cells[i]).replace(" ", "") in _NOT_TRAFFICKED:
            return "recorded as not trafficked"
    return ""


def _cell_fault(cell: str) -> str:
    if cell == FORMULA or (cell[0] in "=+-@ \t\r\n#" and (_RUNS.match(cell) or _ERROR.match(cell))):
        return "a formula in place of a value"
    if len(cell) > MAX_TEXT:
        return f"more than {MAX_TEXT} characters in one cell"
    if not cell.isprintable() and _CONTROL.search(cell):
        return "control characters"
    return ""


_NAMES = {"given", "given_more", "family", "family_more", "full_name"}


def _aside(cells: Sequence[str], columns: Columns) -> str:
    """Whether a row is a line of totals, a footnote or a heading of what stands below it."""
    place = next((i for i, c in enumerate(cells) if c and not c.isspace()), 0)
    lead = cells[place] if cells else ""
    if not lead.isdecimal() and len(lead) < MAX_TEXT and _TOTAL.match(codes.fold(lead)):
        others = [c for c in cells if c and c is not lead]
        if all(_FIGURE.fullmatch(c) for c in others):
            return "a line of totals"
    elif max(len(cells), columns.width) >= 3 and sum(bool(c.strip()) for c in cells) == 1:
        named = any(i == place and target in _NAMES for target, i in columns.pairs)
        words = lead.split()
        # a case number may stand alone, and so may a name: "FEBRUARY 2025" above a month's cases is neither
        heading = not named and (
            (len(words) == 2 and any(len(w) > 2 and w.isalpha() for w in words))
            or (len(words) == 1 and len(lead) > 2 and lead.isalpha())
        )
        if len(words) >= 3 or heading:
            return "a footnote or title"
    return ""
