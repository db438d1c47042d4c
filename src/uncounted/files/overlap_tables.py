"""Reading and writing overlap tables: files of every kind the reader knows, and data frames."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import CensoredTable
from uncounted.core.labels import fold, names_a_total
from uncounted.core.notes import Note, Number, note
from uncounted.core.numbers import LARGEST, Marks, marks_of
from uncounted.core.table import OverlapTable
from uncounted.errors import TableError
from uncounted.files.censored_tables import censored_table, has_ranges, refuse_ranges
from uncounted.files.documents import Value
from uncounted.files.marks import BLIND, NO_STRATUM, SUM, cell_text, count_of, read_mark
from uncounted.files.overlap_columns import TableColumns, find_columns, too_many
from uncounted.files.plain_tables import PlainTable, open_frame, open_plain
from uncounted.files.raw import MAX_COLUMNS
from uncounted.files.source import Source, shown_name

__all__ = [
    "TableFile",
    "read_any_table",
    "read_table",
    "read_table_file",
    "read_table_text",
    "write_table",
]

"""Strata that are none."""
UNKNOWN = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", ".", "-", "--", "?", "*", "unknown", "x", "†")
)
"""What stands for the number of people on no list."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table read from a file, and what the reader did that a person should know."""

    table: OverlapTable | CensoredTable
    notes: tuple[Note, ...] = ()

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
    table, notes = _build(opened, label, lists, count, stratum, cannot_see or {})
    return TableFile(table, (*opened.notes, *notes))


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
        from uncounted.files.duck import connect

        with connect(files=True) as db:
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
                ("1" if mask >> i & 1 and filled else "0") if table.sees[s, i] else BLIND
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
) -> tuple[OverlapTable | CensoredTable, tuple[Note, ...]]:
    header, where = opened.header, opened.where
    if len(header) > MAX_COLUMNS:
        too_many(where, len(header))
    columns = find_columns(opened, lists, count, stratum)
    names = columns.names
    t = len(names)
    rows, left = _people(opened, columns)
    notes = columns.notes
    if left:
        numbers = ", ".join(map(str, left[:10]))
        notes += (note("files.table.totals", rows=Number(len(left)), numbers=numbers),)
    if has_ranges(rows, columns):
        return censored_table(opened, rows, label, columns, cannot_see), notes
    marks = Marks()
    if columns.count is not None:
        place = columns.count
        marks = marks_of((cell_text(row[place]) for _, row in opened.rows), typed=opened.typed)
    spelt: dict[str, str] = {}
    cells: dict[str, NDArray[np.int64]] = {}
    seen: dict[str, NDArray[np.bool_]] = {}
    first: dict[tuple[str, int], int] = {}
    total = 0
    for line, row in rows:
        key = "all"
        if columns.stratum is not None:
            key = cell_text(row[columns.stratum])
            if fold(key) in NO_STRATUM:
                raise TableError(
                    f"{where}, row {line}: the stratum is missing.",
                    fix="Fill it in, or write 'unknown' as a stratum of its own.",
                )
            key = spelt.setdefault(fold(key), key)
        mask, blind = 0, 0
        if columns.history is not None:
            written = cell_text(row[columns.history]).rjust(t, "0")
            mask = sum((written[i] == "1") << i for i in range(t))
        else:
            for i, c in enumerate(columns.lists):
                mark = read_mark(row[c], where, line, opened.called(c), columns.reader)
                mask |= (mark == 1) << i
                blind |= (mark is None) << i
        if (
            columns.count is not None
            and mask == 0
            and fold(cell_text(row[columns.count])) in UNKNOWN
        ):
            continue  # how many are on no list is what is to be estimated
        able = np.array([not blind >> i & 1 for i in range(t)])
        if key in seen and (seen[key] != able).any():
            raise TableError(
                f"{where}, row {line}: {BLIND} stands in other columns than in the stratum's "
                "rows before.",
                fix=f"A list that cannot see a stratum has {BLIND} in every row of it.",
            )
        seen[key] = able
        value = 1
        if columns.count is not None:
            value = _count(row[columns.count], marks, where, line)
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
    for stratum_name, blind_lists in cannot_see.items():
        key = spelt.get(fold(stratum_name), stratum_name)
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
    return table, notes


def _people(
    opened: PlainTable, columns: TableColumns
) -> tuple[list[tuple[int, Sequence[Any]]], list[int]]:
    """Rows that are no sums of others and not blank; numbers of those that are sums."""
    rows: list[tuple[int, Sequence[Any]]] = []
    left: list[int] = []
    for line, row in opened.rows:
        if not any(cell_text(value) for value in row):
            continue
        if _sums(row, columns):
            left.append(line)
        else:
            rows.append((line, row))
    return rows, left


def _sums(row: Sequence[Any], columns: TableColumns) -> bool:
    """Whether a row is a sum of others: a word for a total where a mark or a stratum should stand."""
    if columns.stratum is not None and names_a_total(cell_text(row[columns.stratum])):
        return True
    texts = (cell_text(row[c]) for c in dict.fromkeys(columns.lists))
    return any(len(text) > 1 and names_a_total(text) for text in texts)


def _no_empty_list(table: OverlapTable, where: str) -> None:
    for name, size in zip(table.lists, table.list_sizes, strict=True):
        if size == 0:
            raise TableError(
                f"{where}: list {name!r} holds nobody.",
                fix="Leave the column out; a list without people says nothing about overlap.",
            )


def _count(value: Any, marks: Marks, where: str, line: int) -> int:
    found = count_of(value, marks, LARGEST)
    if not found.problem:
        return found.value
    if found.problem == "ambiguous":
        raise TableError(
            f"{where}, row {line}: the count may be a thousand times what it seems: three zeros after a dot.",
            fix="Write the counts in figures alone: 1000 for a thousand, 1 for one.",
        )
    if found.problem == "suppressed":
        raise TableError(
            f"{where}, row {line}: the count is held back or given as a range.",
            fix="Ask whoever made the table for the whole numbers; a count of 0 is written 0.",
        )
    raise TableError(
        f"{where}, row {line}: {_PROBLEMS.get(found.problem, 'the count is not a number')}.",
        fix="Counts are whole numbers of people, 0 or more.",
    )


_PROBLEMS = {
    "negative": "the count is negative",
    "fraction": "the count is not a whole number",
    "percent": "the count is a percentage, not a number of people",
    "beyond": "the count passes 2^53, beyond which whole numbers are no longer exact",
}


def _from_json(
    opened: PlainTable, label: str, cannot_see: Mapping[str, Sequence[str]] | None
) -> OverlapTable | CensoredTable:
    """Read `OverlapTable.to_dict`'s form, and `CensoredTable.to_dict`'s."""
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
            if not set(history) <= {"0", "1", SUM}:
                raise TableError(
                    f"{where}, entry {number}: a history holds neither 0 nor 1.",
                    fix="Write one character, 0 or 1, per list.",
                )
            rows.append((number, [*history, *([] if plain else [stratum]), value]))
    header = (*lists, *(() if plain else ("stratum",)), "count")
    found = PlainTable(where, header, rows, typed=True)
    table, _ = _build(found, label, lists, "count", "stratum", blind)
    if isinstance(table, CensoredTable):
        given = data.get("totals")
        totals = {str(k): int(str(v)) for k, v in given.items()} if isinstance(given, dict) else {}
        return CensoredTable(
            table.lists, table.lower, table.upper, table.margins, {**table.totals, **totals},
            str(data.get("name") or label), strata=table.strata,
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
