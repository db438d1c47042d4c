"""Tables of which some counts are ranges or sums, as agencies publish them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from uncounted.core.censored import UNBOUNDED, CensoredStratum, CensoredTable, read_range
from uncounted.core.labels import fold
from uncounted.errors import NotSupported, TableError
from uncounted.files.marks import BLIND, NO_STRATUM, SUM, cell_text, read_mark
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
        "--method consensus`, `uncounted assess TABLE`), or give the counts.",
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
    opened: PlainTable,
    rows: Rows,
    label: str,
    columns: TableColumns,
    cannot_see: Mapping[str, Sequence[str]] | None = None,
) -> CensoredTable:
    """Build a table of ranges and sums; strata are added up, ranges with them, and kept beside.

    Parameters
    ----------
    opened, rows, label, columns
        The file, its rows that are no totals, the table's name, and how to read it.
    cannot_see
        By stratum, lists that could never hold its people.

    Raises
    ------
    TableError
        With the row and what to do.
    """
    where, names = opened.where, columns.names
    found, spelt, blind = _strata(opened, rows, columns)
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
    for stratum, lists in (cannot_see or {}).items():
        if fold(stratum) not in found or set(lists) - set(names):
            raise TableError(
                f"cannot_see names a stratum or a list that {where} does not have.",
                fix="Use the file's own names of strata and lists.",
            )
        blind[fold(stratum)] |= set(lists)
    short = [names[i] for i in kept]
    strata = []
    for key, histories in found.items():
        own = _totals_of(names, totals, histories)
        table = CensoredTable.from_histories(
            short,
            _written(histories, kept, names),
            totals=own,
            name=label if columns.stratum is None else f"{label}/{spelt[key]}",
        )
        if columns.stratum is None:
            return table
        sees = np.array([name not in blind[key] for name in short])
        strata.append(CensoredStratum(spelt[key], table, sees))
    return CensoredTable.added_up(strata, totals=totals, name=label)


def _strata(
    opened: PlainTable, rows: Rows, columns: TableColumns
) -> tuple[dict[str, dict[str, tuple[int, int]]], dict[str, str], dict[str, set[str]]]:
    """Ranges by stratum and history, how each stratum is spelt, and which lists cannot see it."""
    where = opened.where
    found: dict[str, dict[str, tuple[int, int]]] = {}
    spelt: dict[str, str] = {}
    blind: dict[str, set[str]] = {}
    for line, row in rows:
        if _nobody(row, columns):
            if cell_text(row[columns.count or 0]) in ("", "0", SUM):
                continue
            raise TableError(
                f"{where}, row {line}: people on no list.",
                fix="Leave such rows out: how many there are is what is to be estimated.",
            )
        history = ""
        unseen: set[str] = set()
        told: set[str] = set()
        for name, c in zip(columns.names, columns.lists, strict=True):
            if cell_text(row[c]) == SUM:
                history += SUM
                continue
            mark = read_mark(row[c], where, line, opened.called(c), columns.reader)
            history += str(mark or 0)
            (unseen if mark is None else told).add(name)
        text = cell_text(row[columns.count]) if columns.count is not None else "1"
        try:
            span = read_range(text.removeprefix("+"))
        except ValueError:
            raise TableError(
                f"{where}, row {line}: the count is neither a number nor a range.",
                fix="Write 7, <5, 3-7, or * where it is not known.",
            ) from None
        key = "all"
        if columns.stratum is not None:
            written = cell_text(row[columns.stratum])
            key = fold(written)
            if key in NO_STRATUM:
                raise TableError(
                    f"{where}, row {line}: the stratum is missing.",
                    fix="Fill it in, or write 'unknown' as a stratum of its own.",
                )
            spelt.setdefault(key, written)
        if key in found and (unseen - blind[key] or told & blind[key]):
            raise TableError(
                f"{where}, row {line}: {BLIND} stands in other columns than in the stratum's rows before.",
                fix=f"A list that cannot see a stratum has {BLIND} in every row of it.",
            )
        blind.setdefault(key, set()).update(unseen)
        if history in found.setdefault(key, {}):
            raise TableError(
                f"{where}, row {line}: the same capture history as in a row before.",
                fix="Add the two counts and keep one row.",
            )
        found[key][history] = span
    return found, spelt, blind


def _written(
    histories: Mapping[str, tuple[int, int]], kept: Sequence[int], names: Sequence[str]
) -> dict[str, int | str]:
    """Histories over the lists kept, each with its range as text."""
    written: dict[str, int | str] = {}
    for history, (low, high) in histories.items():
        if any(history[i] == "1" for i in range(len(names)) if i not in kept):
            continue
        short = "".join(history[i] for i in kept)
        written[short] = low if low == high else "*" if high >= UNBOUNDED else f"{low}-{high}"
    return written


def _totals_of(
    names: Sequence[str], totals: Mapping[str, int], histories: Mapping[str, tuple[int, int]]
) -> dict[str, int]:
    """Totals that one stratum gives of the lists of which nothing else is known."""
    alone = {name: "".join("1" if other == name else SUM for other in names) for name in totals}
    return {name: histories[h][0] for name, h in alone.items() if h in histories}


def _only_totals(names: Sequence[str], rows: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Find lists of which nothing but how many people they hold is known, with that number."""
    totals = {}
    for i, name in enumerate(names):
        alone = "".join("1" if j == i else SUM for j in range(len(names)))
        others = [h for h in rows if h != alone]
        if alone in rows and others and all(h[i] == SUM for h in others):
            totals[name] = rows[alone][0]
    return totals
