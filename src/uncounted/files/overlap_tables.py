"""Reading and writing overlap tables: CSV, Parquet, JSON and data frames."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import MAX_LISTS, OverlapTable
from uncounted.errors import TableError

__all__ = ["read_table", "read_table_text", "write_table"]

_BLIND = "NA"
"""Cell text that declares a list unable to see the row's stratum."""
_LARGEST = 2**53
_MAX_COLUMNS = 4096


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
        Path of a ``.csv`` (comma, semicolon or tab), ``.parquet`` or ``.json`` file, or any data
        frame that narwhals knows (pandas, polars, pyarrow, ...). One 0/1 column per list and
        either a count column (one row per capture history) or none (one row per person).
        Histories that are not named count zero.
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
    if isinstance(source, (str, Path)):
        path = Path(source)
        label = name if name is not None else path.stem
        header, rows, where = _open(path)
        if header is None:
            return _from_json(rows, where, label, cannot_see)
    else:
        header, rows, where, label = *_frame(source), name or "table"
    return _build(header, rows, where, label, lists, count, stratum, cannot_see or {})


def read_table_text(text: str, *, name: str) -> OverlapTable:
    """Read an overlap table from CSV text, with `read_table`'s checks."""
    header, rows = _csv(text, name)
    return _build(header, rows, name, name, None, "count", "stratum", {})


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


def _open(path: Path) -> tuple[list[str] | None, Any, str]:
    if not path.exists():
        raise TableError(
            f"There is no file {path}.",
            fix="Check the path, or name a published table: `uncounted published` lists them.",
        )
    if path.is_dir():
        raise TableError(f"{path} is a folder.", fix="Name a .csv, .parquet or .json file.")
    if path.suffix.lower() == ".parquet":
        return *_parquet(path), path.name
    raw = path.read_bytes()
    if not raw.strip():
        raise TableError(f"{path.name} is empty.", fix="Export the table again.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise TableError(
            f"{path.name}, row {line}: the file is not UTF-8 text.",
            fix="Save it as 'CSV UTF-8' (in a spreadsheet: Save as, CSV UTF-8).",
        ) from None
    if "\0" in text:
        raise TableError(
            f"{path.name} is not a text file.", fix="Save it as 'CSV UTF-8', .parquet or .json."
        )
    if path.suffix.lower() == ".json":
        try:
            return None, json.loads(text), path.name
        except json.JSONDecodeError as error:
            raise TableError(
                f"{path.name}, row {error.lineno}: not valid JSON.",
                fix="Check the file's brackets and commas there.",
            ) from None
        except RecursionError:
            raise TableError(f"{path.name} is nested too deeply.", fix="Check the file.") from None
    return *_csv(text, path.name), path.name


def _csv(text: str, where: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Header and numbered rows of CSV text whose delimiter is a comma, a semicolon or a tab."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = _numbered(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), where)
    return [h.strip() for h in next(rows)[1]], rows


def _numbered(reader: Any, where: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their line number in the file; blank lines are passed over."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise TableError(
                f"{where}, row {reader.line_num}: the row cannot be read as CSV.",
                fix="Look for a stray quotation mark there.",
            ) from None
        if any(cell.strip() for cell in row):
            yield reader.line_num, row


def _parquet(path: Path) -> tuple[list[str], Iterable[tuple[int, Sequence[Any]]]]:
    import duckdb

    with duckdb.connect() as db:
        try:
            relation = db.execute("SELECT * FROM read_parquet(?)", [str(path)])
            names = [str(d[0]) for d in relation.description]
            if len(names) > _MAX_COLUMNS:
                _too_many(path.name, len(names))
            rows = relation.fetchall()
        except duckdb.Error:
            raise TableError(
                f"{path.name} cannot be read as Parquet.", fix="Export the table again."
            ) from None
    return names, enumerate(rows, start=1)


def _frame(source: Any) -> tuple[list[str], Iterable[tuple[int, Sequence[Any]]], str]:
    import narwhals as nw

    try:
        frame: Any = nw.from_native(source)
    except TypeError:
        raise TableError(
            f"A table cannot be read from {type(source).__name__}.",
            fix="Give a path or a data frame (pandas, polars, pyarrow).",
        ) from None
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, nw.DataFrame):
        raise TableError("A single column is not a table.", fix="Give the whole data frame.")
    names = [str(c) for c in frame.columns]
    return names, enumerate(frame.iter_rows(), start=1), "the data frame"


def _build(
    header: list[str],
    rows: Iterable[tuple[int, Sequence[Any]]],
    where: str,
    label: str,
    lists: Sequence[str] | None,
    count: str,
    stratum: str,
    cannot_see: Mapping[str, Sequence[str]],
) -> OverlapTable:
    if len(header) > _MAX_COLUMNS:
        _too_many(where, len(header))
    columns = _columns(header, where, lists, count, stratum)
    names = [header[c] for c in columns.lists]
    t = len(names)
    cells: dict[str, NDArray[np.int64]] = {}
    seen: dict[str, NDArray[np.bool_]] = {}
    first: dict[tuple[str, int], int] = {}
    total = 0
    for line, row in rows:
        if len(row) != len(header):
            raise TableError(
                f"{where}, row {line}: {len(row)} values under {len(header)} column names.",
                fix="Every row needs one value per column.",
            )
        key = "all"
        if columns.stratum is not None:
            key = _text(row[columns.stratum])
            if not key:
                raise TableError(
                    f"{where}, row {line}: the stratum is missing.",
                    fix="Fill it in, or write 'unknown' as a stratum of its own.",
                )
        mask, blind = 0, 0
        for i, c in enumerate(columns.lists):
            mark = _mark(row[c], where, line, names[i])
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
        if total > _LARGEST:
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


def _columns(
    header: list[str], where: str, lists: Sequence[str] | None, count: str, stratum: str
) -> _Columns:
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


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _mark(value: Any, where: str, line: int, name: str) -> int | None:
    """0 or 1; ``None`` where the list is declared unable to see the row's stratum."""
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, float, np.number)):
        if value in (0, 1):
            return int(value)
    else:
        text = _text(value)
        if text in {"0", "1"}:
            return int(text)
        if text == _BLIND:
            return None
    raise TableError(
        f"{where}, row {line}, column {name!r}: neither 0 nor 1.",
        fix="A list's column holds 1 where the person is on the list and 0 where not; "
        "if the column is no list, say which are (lists=[...], or --lists A,B,C).",
    )


def _count(value: Any, where: str, line: int) -> int:
    problem = ""
    number: float | int = 0
    try:
        text = _text(value)
        number = int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        problem = "the count is not a number"
    else:
        if isinstance(number, float) and not math.isfinite(number):
            problem = "the count is not a number"
        elif number < 0:
            problem = "the count is negative"
        elif number != int(number):
            problem = "the count is not a whole number"
        elif number > _LARGEST:
            problem = "the count passes 2^53, beyond which whole numbers are no longer exact"
    if problem:
        raise TableError(
            f"{where}, row {line}: {problem}.",
            fix="Counts are whole numbers of people, 0 or more.",
        )
    return int(number)


def _from_json(
    data: Any, where: str, label: str, cannot_see: Mapping[str, Sequence[str]] | None
) -> OverlapTable:
    """Read `OverlapTable.to_dict`'s form, or a list of row objects."""
    if isinstance(data, list):
        if not data or not all(isinstance(row, dict) for row in data):
            raise TableError(
                f"{where} holds no rows.", fix="Write a list of objects, one a row, or a table."
            )
        header = list(data[0])
        rows: list[tuple[int, list[Any]]] = []
        for i, row in enumerate(data, start=1):
            if set(row) != set(header):
                raise TableError(
                    f"{where}, row {i}: other names than in row 1.",
                    fix="Every row object needs the same names.",
                )
            rows.append((i, [row[h] for h in header]))
        return _build(header, rows, where, label, None, "count", "stratum", cannot_see or {})
    if not isinstance(data, dict) or not isinstance(data.get("lists"), list):
        raise TableError(
            f"{where} is no table.",
            fix='Write {"lists": [...], "counts": {"101": 3, ...}} or a list of row objects.',
        )
    strata = data.get("strata")
    plain = strata is None
    if plain:
        strata = {"all": data.get("counts")}
    if not isinstance(strata, dict) or not all(isinstance(v, dict) for v in strata.values()):
        raise TableError(f"{where}: counts are missing.", fix='Add "counts": {"101": 3, ...}.')
    names = [str(x) for x in data["lists"]]
    blind = {str(k): list(v) for k, v in dict(data.get("cannot_see") or {}).items()}
    blind |= {k: list(v) for k, v in (cannot_see or {}).items()}
    header = [*names, *([] if plain else ["stratum"]), "count"]
    out: list[tuple[int, list[Any]]] = []
    for stratum, counts in strata.items():
        for history, value in counts.items() or [("0" * len(names), 0)]:
            if len(history) != len(names):
                raise TableError(
                    f"{where}, entry {len(out) + 1}: a history of {len(history)} characters for "
                    f"{len(names)} lists.",
                    fix="Write one character, 0 or 1, per list.",
                )
            out.append((len(out) + 1, [*history, *([] if plain else [stratum]), value]))
    table = _build(header, out, where, label, names, "count", "stratum", blind)
    return OverlapTable(
        table.lists,
        table.cells,
        table.strata,
        table.sees,
        str(data.get("name") or label),
        {str(k): str(v) for k, v in dict(data.get("full_names") or {}).items()},
        str(data.get("sources") or ""),
    )
