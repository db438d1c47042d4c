"""Reading and writing overlap tables: files of every kind the reader knows, and data frames."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import UNBOUNDED, CensoredTable, read_range
from uncounted.core.numbers import LARGEST, whole_number
from uncounted.core.table import MAX_LISTS, OverlapTable
from uncounted.errors import NotSupported, TableError
from uncounted.files.documents import Value
from uncounted.files.plain_tables import PlainTable, open_frame, open_plain
from uncounted.files.raw import MAX_COLUMNS
from uncounted.files.source import Source, shown_name

__all__ = [
    "TableFile",
    "cell_text",
    "read_any_table",
    "read_mark",
    "read_table",
    "read_table_file",
    "read_table_text",
    "refuse_ranges",
    "write_table",
]

_MARKS = {"0": 0, "1": 1, "false": 0, "true": 1, "False": 0, "True": 1, "FALSE": 0, "TRUE": 1}
_ANY = "*"
"""Text of a mark or a count that is not known."""
_BLIND = "NA"
"""Cell text that declares a list unable to see the row's stratum."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table read from a file, and what the reader did that a person should know."""

    table: OverlapTable | CensoredTable
    notes: tuple[str, ...] = ()

    @property
    def exact(self) -> OverlapTable:
        """The table, where every count is known.

        Raises
        ------
        NotSupported
            If some are ranges.
        """
        if isinstance(self.table, CensoredTable):
            raise refuse_ranges(self.table)
        return self.table


def refuse_ranges(table: CensoredTable) -> NotSupported:
    """Say that a question needs exact counts."""
    return NotSupported(
        f"This needs the count of every history, and {table.censored} of them are known as a "
        "range only or not at all.",
        fix="Ask for an estimate by consensus, which takes ranges (`uncounted estimate TABLE "
        "--method consensus`), or give the counts.",
    )


def read_table(
    source: Any,
    *,
    lists: Sequence[str] | None = None,
    count: str = "count",
    stratum: str = "stratum",
    cannot_see: Mapping[str, Sequence[str]] | None = None,
    name: str | None = None,
) -> OverlapTable:
    """Read an overlap table from a file or a data frame.

    Parameters
    ----------
    source
        Path of a file (text of any dialect and encoding, ``.xlsx``, ``.parquet``, ``.json``; ``-``
        for standard input), or any data frame that narwhals knows (pandas, polars, pyarrow, ...).
        One 0/1 column per list and either a count column (one row per capture history) or none
        (one row per person). Histories that are not named count zero.
    lists
        Which columns are lists. Without it every column but the count and the stratum is one.
    count, stratum
        Names of the count and the stratum columns, where there are any.
    cannot_see
        ``{stratum: [lists]}``: structural zeros. In a file the text ``NA`` in a list's column
        declares the same for the row's stratum.
    name
        What to call the table; the file's name by default.

    Returns
    -------
    OverlapTable

    Raises
    ------
    TableError
        With the file, the row and what to do. What a row holds is never repeated.
    """
    return read_table_file(
        source, lists=lists, count=count, stratum=stratum, cannot_see=cannot_see, name=name
    ).exact


def read_any_table(
    source: Any,
    *,
    lists: Sequence[str] | None = None,
    count: str = "count",
    stratum: str = "stratum",
    name: str | None = None,
) -> OverlapTable | CensoredTable:
    """Read as `read_table` does, counts that are ranges too.

    In the count column stand ``7``, ``<5``, ``3-7`` or ``*`` (unknown). A list's column may hold
    ``*`` as well: the row is then a sum over both marks, such as a list's total. Histories inside
    such a sum of which the file names none are unknown; all others not named count zero. A list
    whose column holds ``*`` in every row but the one of its total gave only that total.

    Raises
    ------
    TableError
        As `read_table`.
    """
    return read_table_file(source, lists=lists, count=count, stratum=stratum, name=name).table


def read_table_file(
    source: Any,
    *,
    lists: Sequence[str] | None = None,
    count: str = "count",
    stratum: str = "stratum",
    cannot_see: Mapping[str, Sequence[str]] | None = None,
    name: str | None = None,
) -> TableFile:
    """Read as `read_table` does, and say what the reader did: an encoding guessed, rows hidden."""
    if isinstance(source, (str, Path, Source)):
        opened = open_plain(source)
        label = name if name is not None else _label(source)
        if opened.document is not None:
            return TableFile(_from_json(opened, label, cannot_see), opened.notes)
    else:
        opened, label = open_frame(source), name or "table"
    table = _build(opened, label, lists, count, stratum, cannot_see or {})
    return TableFile(table, opened.notes)


def read_table_text(text: str, *, name: str) -> OverlapTable:
    """Read an overlap table from CSV text, with `read_table`'s checks."""
    source = Source(name, None, text.encode())
    return read_table_file(source, name=name).exact


def _label(source: str | Path | Source) -> str:
    if isinstance(source, Source):
        return source.name
    return Path(shown_name(source)).stem


def write_table(table: OverlapTable, path: str | Path) -> None:
    """Write a table as CSV, Parquet or JSON, by the path's ending, so that `read_table` reads it back.

    Parameters
    ----------
    table
        Any table.
    path
        Where to write.
    """
    path = Path(path)
    if path.suffix == ".json":
        path.write_text(json.dumps(table.to_dict(), indent=1) + "\n", encoding="utf-8")
        return
    header, rows = _rows_of(table)
    if path.suffix == ".parquet":
        import duckdb

        with duckdb.connect() as db:
            columns = ", ".join(f'"c{i}" VARCHAR' for i in range(len(header)))
            db.execute(f"CREATE TABLE t ({columns})")
            if rows:
                marks = ", ".join("?" * len(header))
                db.executemany(f"INSERT INTO t VALUES ({marks})", rows)
            names = ", ".join(
                f'"c{i}" AS "{h.replace(chr(34), chr(34) * 2)}"' for i, h in enumerate(header)
            )
            target = str(path).replace("'", "''")
            db.execute(f"COPY (SELECT {names} FROM t) TO '{target}' (FORMAT parquet)")
    elif path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    else:
        raise TableError(
            f"Cannot write {path.name}: the ending is not .csv, .parquet or .json.",
            fix="Choose one of those endings.",
        )


def _rows_of(table: OverlapTable) -> tuple[list[str], list[list[str]]]:
    plain = table.strata == ("all",) and bool(table.sees.all())
    header = [*table.lists, *([] if plain else ["stratum"]), "count"]
    rows = []
    for s, stratum in enumerate(table.strata):
        filled = [m for m in range(1, 1 << table.t) if table.cells[s, m]]
        for mask in filled or [1]:
            marks = [
                ("1" if mask >> i & 1 and filled else "0") if table.sees[s, i] else _BLIND
                for i in range(table.t)
            ]
            value = str(int(table.cells[s, mask])) if filled else "0"
            rows.append([*marks, *([] if plain else [stratum]), value])
    return header, rows


def _build(
    opened: PlainTable,
    label: str,
    lists: Sequence[str] | None,
    count: str,
    stratum: str,
    cannot_see: Mapping[str, Sequence[str]],
) -> OverlapTable | CensoredTable:
    header, where = opened.header, opened.where
    if len(header) > MAX_COLUMNS:
        _too_many(where, len(header))
    columns = _columns(opened, lists, count, stratum)
    table: OverlapTable
    names = [header[c] for c in columns.lists]
    t = len(names)
    cells: dict[str, NDArray[np.int64]] = {}
    seen: dict[str, NDArray[np.bool_]] = {}
    first: dict[tuple[str, int], int] = {}
    total = 0
    rows = list(opened.rows)
    if columns.count is not None and _has_ranges(rows, columns):
        return _censored(opened, rows, label, columns)
    for line, row in rows:
        key = "all"
        if columns.stratum is not None:
            key = cell_text(row[columns.stratum])
            if not key:
                raise TableError(
                    f"{where}, row {line}: the stratum is missing.",
                    fix="Fill it in, or write 'unknown' as a stratum of its own.",
                )
        mask, blind = 0, 0
        for i, c in enumerate(columns.lists):
            mark = read_mark(row[c], where, line, opened.called(c))
            mask |= (mark == 1) << i
            blind |= (mark is None) << i
        able = np.array([not blind >> i & 1 for i in range(t)])
        if key in seen and (seen[key] != able).any():
            raise TableError(
                f"{where}, row {line}: {_BLIND} stands in other columns than in the stratum's "
                "rows before.",
                fix=f"A list that cannot see a stratum has {_BLIND} in every row of it.",
            )
        seen[key] = able
        value = 1
        if columns.count is not None:
            value = _count(row[columns.count], where, line)
            if (key, mask) in first:
                raise TableError(
                    f"{where}, row {line}: the same capture history as row {first[key, mask]}.",
                    fix="Add the two counts and keep one row.",
                )
            first[key, mask] = line
        if mask == 0 and value > 0:
            raise TableError(
                f"{where}, row {line}: a person on no list.",
                fix="Leave such rows out: how many there are is what is to be estimated.",
            )
        total += value
        if total > LARGEST:
            raise TableError(
                f"{where}, row {line}: the counts pass 2^53, beyond which whole numbers are no "
                "longer exact.",
                fix="Check the count column; no population of people is that large.",
            )
        if key not in cells:
            if len(cells) * (1 << t) > 1 << 26:
                raise TableError(
                    f"{where}, row {line}: too many strata for {t} lists.",
                    fix="Use coarser strata, or fewer lists.",
                )
            cells[key] = np.zeros(1 << t, dtype=np.int64)
        cells[key][mask] += value
    if total == 0:
        raise TableError(f"{where} holds nobody.", fix="A table needs rows with people in them.")
    for key, blind_lists in cannot_see.items():
        if key not in cells or set(blind_lists) - set(names):
            raise TableError(
                f"cannot_see names a stratum or a list that {where} does not have.",
                fix="Use the file's own names of strata and lists.",
            )
        seen[key] = seen[key] & np.array([x not in blind_lists for x in names])
    table = OverlapTable(
        tuple(names),
        np.stack(list(cells.values())),
        tuple(cells),
        np.stack([seen[k] for k in cells]),
        label,
    )
    _no_empty_list(table, where)
    return table


def _has_ranges(rows: Sequence[tuple[int, Sequence[Any]]], columns: _Columns) -> bool:
    """Whether some count is a range, or some row a sum."""
    assert columns.count is not None
    return any(
        _is_range(cell_text(row[columns.count]))
        or any(cell_text(row[c]) == _ANY for c in columns.lists)
        for _, row in rows
    )


def _is_range(text: str) -> bool:
    if text == _ANY or text.startswith("<"):
        return True
    first, dash, last = text.replace("\N{EN DASH}", "-").partition("-")
    return bool(dash) and first.strip().isdecimal() and last.strip().isdecimal()


def _censored(
    opened: PlainTable,
    rows: Sequence[tuple[int, Sequence[Any]]],
    label: str,
    columns: _Columns,
) -> CensoredTable:
    """Build a table of ranges and sums; strata are added up, ranges with them."""
    where = opened.where
    names = [opened.header[c] for c in columns.lists]
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for line, row in rows:
        history = "".join(
            _ANY
            if cell_text(row[c]) == _ANY
            else str(read_mark(row[c], where, line, opened.called(c)) or 0)
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
        key = "all" if columns.stratum is None else cell_text(row[columns.stratum])
        if history in found.setdefault(key, {}):
            raise TableError(
                f"{where}, row {line}: the same capture history as in a row before.",
                fix="Add the two counts and keep one row.",
            )
        if history == "0" * len(names) and span[1] > 0:
            raise TableError(
                f"{where}, row {line}: people on no list.",
                fix="Leave such rows out: how many there are is what is to be estimated.",
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
        alone = "".join("1" if j == i else _ANY for j in range(len(names)))
        others = [h for h in rows if h != alone]
        if alone in rows and others and all(h[i] == _ANY for h in others):
            totals[name] = rows[alone][0]
    return totals


def _no_empty_list(table: OverlapTable, where: str) -> None:
    for name, size in zip(table.lists, table.list_sizes, strict=True):
        if size == 0:
            raise TableError(
                f"{where}: list {name!r} holds nobody.",
                fix="Leave the column out; a list without people says nothing about overlap.",
            )


class _Columns:
    """Positions of the list, count and stratum columns in a header."""

    def __init__(self, lists: list[int], count: int | None, stratum: int | None) -> None:
        self.lists, self.count, self.stratum = lists, count, stratum


def _columns(opened: PlainTable, lists: Sequence[str] | None, count: str, stratum: str) -> _Columns:
    header, where = opened.header, opened.where
    folded = [h.casefold() for h in header]

    def find(name: str) -> int | None:
        hits = [i for i, h in enumerate(folded) if h == name.casefold()]
        if len(hits) > 1:
            raise TableError(f"{where}: two columns named {name!r}.", fix="Rename one of them.")
        return hits[0] if hits else None

    c, s = find(count), find(stratum)
    if count != "count" and c is None:
        raise TableError(f"{where} has no column {count!r}.", fix="Check the name of the count.")
    if lists is None:
        chosen = [i for i in range(len(header)) if i not in (c, s)]
    else:
        missing = [x for x in lists if x not in header]
        if missing:
            raise TableError(
                f"{where} has no column named {missing[0]!r}.",
                fix="Name the list columns as the file does.",
            )
        chosen = [header.index(x) for x in lists]
    names = [header[i] for i in chosen]
    twice = sorted({x for x in names if names.count(x) > 1})
    if twice:
        raise TableError(f"{where}: two lists are named {twice[0]!r}.", fix="Rename one of them.")
    if any(not x for x in names):
        raise TableError(f"{where}: a column has no name.", fix="Name every column in row 1.")
    if len(names) < 2:
        raise TableError(
            f"{where} has {'one list' if names else 'no list'} only.",
            fix="A table needs one 0/1 column for each of at least two lists.",
        )
    if len(names) > MAX_LISTS:
        _too_many(where, len(names))
    return _Columns(chosen, c, s)


def _too_many(where: str, k: int) -> None:
    raise TableError(
        f"{where} has {k} columns that could be lists; a table holds at most {MAX_LISTS}.",
        fix="Say which columns are lists (lists=[...], or --lists A,B,C), or merge lists.",
    )


def cell_text(value: Any) -> str:
    """Give a cell as text, a data frame's own values too."""
    return "" if value is None else str(value).strip()


def read_mark(value: Any, where: str, line: int, column: str) -> int | None:
    """0 or 1; ``None`` where the list is declared unable to see the row's stratum."""
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, float, np.number)):
        if value in (0, 1):
            return int(value)
    else:
        text = cell_text(value)
        if text in _MARKS:
            return _MARKS[text]
        if text == _BLIND:
            return None
    raise TableError(
        f"{where}, row {line}, column {column}: neither 0 nor 1.",
        fix="A list's column holds 1 where the person is on the list and 0 where not; "
        "if the column is no list, say which are (lists=[...], or --lists A,B,C).",
    )


def _count(value: Any, where: str, line: int) -> int:
    text = cell_text(value)
    number = whole_number(text.removeprefix("+"))
    problem = ""
    if number is None:
        number, problem = _odd_count(text)
    if number > LARGEST:
        problem = "the count passes 2^53, beyond which whole numbers are no longer exact"
    if problem:
        raise TableError(
            f"{where}, row {line}: {problem}.",
            fix="Counts are whole numbers of people, 0 or more.",
        )
    return number


def _odd_count(text: str) -> tuple[int, str]:
    """Read a count that is not digits alone, such as ``3.0`` or ``1e3``; or say what is wrong."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return 0, "the count is not a number"
    if value < 0:
        return 0, "the count is negative"
    if value != int(value):
        return 0, "the count is not a whole number"
    return int(value), ""


def _from_json(
    opened: PlainTable, label: str, cannot_see: Mapping[str, Sequence[str]] | None
) -> OverlapTable | CensoredTable:
    """Read `OverlapTable.to_dict`'s form."""
    where, data = opened.where, opened.document
    names = data.get("lists") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(names, list):
        raise TableError(
            f"{where} is no table.",
            fix='Write {"lists": [...], "counts": {"101": 3, ...}} or a list of row objects.',
        )
    strata = data.get("strata")
    plain = strata is None
    if plain:
        strata = {"all": data.get("counts")}
    lists = [str(x) for x in names]
    blind = _texts(data.get("cannot_see"), where, "cannot_see")
    blind |= {k: list(v) for k, v in (cannot_see or {}).items()}
    rows: list[tuple[int, list[Any]]] = []
    for stratum, counts in strata.items() if isinstance(strata, dict) else [("", None)]:
        if not isinstance(counts, dict):
            raise TableError(f"{where}: counts are missing.", fix='Add "counts": {"101": 3, ...}.')
        for history, value in counts.items() or [("0" * len(lists), "0")]:
            number = len(rows) + 1
            if len(history) != len(lists):
                raise TableError(
                    f"{where}, entry {number}: a history of {len(history)} characters for "
                    f"{len(lists)} lists.",
                    fix="Write one character, 0 or 1, per list.",
                )
            rows.append((number, [*history, *([] if plain else [stratum]), value]))
    header = (*lists, *(() if plain else ("stratum",)), "count")
    table = _build(PlainTable(where, header, rows), label, lists, "count", "stratum", blind)
    if isinstance(table, CensoredTable):
        given = data.get("totals")
        totals = {str(k): int(str(v)) for k, v in given.items()} if isinstance(given, dict) else {}
        return CensoredTable(
            table.lists, table.lower, table.upper, table.margins, {**table.totals, **totals},
            str(data.get("name") or label),
        )  # fmt: skip
    full = data.get("full_names")
    return OverlapTable(
        table.lists,
        table.cells,
        table.strata,
        table.sees,
        str(data.get("name") or label),
        {str(k): str(v) for k, v in full.items()} if isinstance(full, dict) else {},
        str(data.get("sources") or ""),
    )


def _texts(found: Value, where: str, what: str) -> dict[str, list[str]]:
    """Give lists of text by key; refuse anything else."""
    if not found:
        return {}
    if not isinstance(found, dict) or not all(isinstance(v, list) for v in found.values()):
        raise TableError(
            f"{where}: {what} is no list of lists by stratum.",
            fix='Write {"stratum": ["list", ...]}.',
        )
    return {k: [str(x) for x in v] for k, v in found.items() if isinstance(v, list)}
