"""Order of day and month in the dated columns of a list, and where the two changed places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from uncounted.core.notes import Note, note
from uncounted.files.tabular import RawTable
from uncounted.records import calendar
from uncounted.records.fitting import MAX_TEXT

if TYPE_CHECKING:
    pass

__all__ = ["dated_cells", "is_dated", "orders_of"]


DATED_ROWS = 20_000
"""Rows whose dates are looked at to tell day from month."""


def dated_cells(table: RawTable, pairs: Sequence[tuple[str, int]]) -> dict[str, list[str]]:
    """Cells of the dated columns, of the first rows."""
    places = [(t, i) for t, i in pairs if is_dated(t)]
    out: dict[str, list[str]] = {t: [] for t, _ in places}
    for _, cells, fault in islice(table.rows(), DATED_ROWS if places else 0):
        for t, i in places:
            if not fault and i < len(cells) and cells[i]:
                out[t].append(cells[i][:MAX_TEXT])
    return out


def orders_of(
    dates: str | None,
    pairs: Sequence[tuple[str, int]],
    table: RawTable,
    cells: Mapping[str, Sequence[str]],
    notes: list[Note],
) -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """Order of day and month per dated column, and where they changed places.

    A column that cannot tell follows those that can, else the language of the column names.
    """
    told: dict[str, str] = {}
    doubtful: dict[str, Note] = {}
    both: set[str] = set()
    names = table.columns
    hints = {t: calendar.hinted_order(names[i]) for t, i in pairs if t in cells}
    for target, texts in cells.items():
        order, said = calendar.day_order(texts)
        if hints[target] and (order != hints[target] or said):
            # the column's name says what nothing in it can
            order, said = hints[target], None if said is calendar.NOTHING_TELLS else said
        if said is calendar.NOTHING_TELLS:
            doubtful[target] = said
        else:
            told[target] = order
            if said:
                both.add(target)
            if said and dates is None:
                notes.append(note("records.dates.set", field=target, said=said))
    slashed = [o for t, o in told.items() if any(map(calendar.SLASHED.fullmatch, cells[t]))]
    if "ymd" in slashed:
        # 25.06.07 beside 92.11.30 has its year first as well
        for target, texts in cells.items():
            if not hints[target] and not calendar.has_long_years_last(texts):
                told[target] = "ymd"
                doubtful.pop(target, None)
    slashed = [o for o in slashed if o != "ymd"]
    common = max(("mdy", "dmy"), key=slashed.count)
    day_first = not slashed and (table.delimiter == ";" or calendar.day_stands_first(names))
    if day_first:
        common = "dmy"
    for target, said in doubtful.items():
        told[target] = common
        if not slashed and dates is None:
            if day_first:
                said = Note("records.dates.habit")
            if target.startswith("release_"):
                said = Note("records.dates.earlier")
            notes.append(note("records.dates.set", field=target, said=said))
    for target in told:
        # in doubt a release ends, and a withdrawal holds, at the earlier of the two days
        if target.startswith("release_") and (
            target in both or (target in doubtful and not slashed)
        ):
            told[target] = "earliest"
    swapped = {t: calendar.exchanged(texts) for t, texts in cells.items()}
    moved = frozenset(t for t, how in swapped.items() if how)
    either = {t for t, how in swapped.items() if how == "likely"}
    if dates is None:
        either |= {t for t, texts in cells.items() if t not in moved and calendar.torn(texts)}
    notes += [note("records.dates.exchanged", field=t) for t in sorted(moved - either)]
    notes += [note("records.dates.either", field=t) for t in sorted(either)]
    return {t: dates or order for t, order in told.items()}, moved, frozenset(either)


def is_dated(target: str) -> bool:
    """Whether a field holds dates."""
    return target in {
        "date",
        "birth_date",
        "stated_on",
        "release_expires",
        "release_withdrawn",
    } or target.endswith(".date")
