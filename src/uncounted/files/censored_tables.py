"""Tables of which some counts are ranges or sums, as agencies publish them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uncounted.core.censored import UNBOUNDED, CensoredTable, read_range
from uncounted.core.labels import fold
from uncounted.errors import NotSupported, TableError
from uncounted.files.marks import SUM, cell_text, read_mark
from uncounted.files.overlap_columns import TableColumns
from uncounted.files.plain_tables import PlainTable

__all__ = ["censored_table", "has_ranges", "refuse_ranges"]

Rows = Sequence[tuple[int, Sequence[Any]]]


def refuse_ranges(table: CensoredTable) -> NotSupported:
    """Say that a question needs exact counts."""
    return NotSupported(
        f"This needs the count of every history, and {table.censored} of them are known as a "
        "range only or not at all.",
        fix="Ask for an estimate by consensus, which takes ranges (`uncounted estimate TABLE "
        "--method consensus`), or give the counts.",
    )


def has_ranges(rows: Rows, columns: TableColumns) -> bool:
    """Whether some count is a range, or some row a sum."""
    if columns.count is None or columns.history is not None:
        return False
    return any(
        (_is_range(cell_text(row[columns.count])) and not _nobody(row, columns))
        or any(cell_text(row[c]) == SUM for c in columns.lists)
        for _, row in rows
    )


def _nobody(row: Sequence[Any], columns: TableColumns) -> bool:
    """Whether a row is that of the people on no list, whose number nobody knows."""
    return all(columns.reader.read(row[c]) == 0 for c in columns.lists)


def _is_range(text: str) -> bool:
    if text == SUM or text.startswith("<"):
        return True
    first, dash, last = text.replace("\N{EN DASH}", "-").partition("-")
    return bool(dash) and first.strip().isdecimal() and last.strip().isdecimal()


def censored_table(
    opened: PlainTable, rows: Rows, label: str, columns: TableColumns
) -> CensoredTable:
    """Build a table of ranges and sums; strata are added up, ranges with them.

    Parameters
    ----------
    opened, rows, label, columns
        The file, its rows that are no totals, the table's name, and how to read it.

    Raises
    ------
    TableError
        With the row and what to do.
    """
    where, names = opened.where, columns.names
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for line, row in rows:
        if _nobody(row, columns):
            if cell_text(row[columns.count or 0]) in ("", "0", SUM):
                continue
            raise TableError(
                f"{where}, row {line}: people on no list.",
                fix="Leave such rows out: how many there are is what is to be estimated.",
            )
        history = "".join(
            SUM
            if cell_text(row[c]) == SUM
            else str(read_mark(row[c], where, line, opened.called(c), columns.reader) or 0)
            for c in columns.lists
        )
        text = cell_text(row[columns.count]) if columns.count is not None else "1"
        try:
            span = read_range(text.removeprefix("+"))
        except ValueError:
            raise TableError(
                f"{where}, row {line}: the count is neither a number nor a range.",
                fix="Write 7, <5, 3-7, or * where it is not known.",
            ) from None
        key = "all" if columns.stratum is None else fold(cell_text(row[columns.stratum]))
        if history in found.setdefault(key, {}):
            raise TableError(
                f"{where}, row {line}: the same capture history as in a row before.",
                fix="Add the two counts and keep one row.",
            )
        found[key][history] = span
    summed: dict[str, tuple[int, int]] = {}
    for histories in found.values():
        for history, (low, high) in histories.items():
            before = summed.get(history, (0, 0))
            summed[history] = (before[0] + low, min(before[1] + high, UNBOUNDED))
    totals = _only_totals(names, summed)
    kept = [i for i, name in enumerate(names) if name not in totals]
    if len(kept) < 2:
        raise TableError(
            f"{where}: the overlaps of fewer than two lists are known.",
            fix="Totals of lists alone say nothing of whom they share; give at least one overlap.",
        )
    written: dict[str, int | str] = {}
    for history, (low, high) in summed.items():
        short = "".join(history[i] for i in kept)
        if any(history[i] == "1" for i in range(len(names)) if i not in kept):
            continue
        written[short] = low if low == high else "*" if high >= UNBOUNDED else f"{low}-{high}"
    return CensoredTable.from_histories(
        [names[i] for i in kept], written, totals=totals, name=label
    )


def _only_totals(names: Sequence[str], rows: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Find lists of which nothing but how many people they hold is known, with that number."""
    totals = {}
    for i, name in enumerate(names):
        alone = "".join("1" if j == i else SUM for j in range(len(names)))
        others = [h for h in rows if h != alone]
        if alone in rows and others and all(h[i] == SUM for h in others):
            totals[name] = rows[alone][0]
    return totals
