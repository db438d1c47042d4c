"""Files as organisations keep them, row by row in bounded memory: CSV, Excel, Parquet.

What comes out is text: one list of cells per row with the row's number in the file, or a row that
cannot be read with the reason. Nothing here knows what a column means, except the function that
finds the header, which the caller brings.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from uncounted.errors import InputError, MissingExtra

__all__ = ["FORMULA", "HeaderRows", "RawRow", "RawTable", "open_table"]

MAX_COLUMNS = 4096
MAX_LINE = 1 << 20
MAX_UNPACKED = 300 << 20
MAX_PARTS = 2000
PREVIEW = 30
FORMULA = "\x00formula"
"""Stands for a cell whose formula has no stored value."""

RawRow = tuple[int, list[str], str]
"""Row number, cells, and why the row cannot be read (``""`` where it can)."""


@dataclass(frozen=True, slots=True)
class HeaderRows:
    """Where the header stands: first and last position among the preview rows, and its names."""

    first: int
    last: int
    names: list[str]
    score: float = 0.0


FindHeader = Callable[[list[list[str]]], HeaderRows | None]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of a file.

    Parameters
    ----------
    where
        File name (and sheet), for messages.
    columns
        Names from the header row or rows.
    open_rows
        Gives the rows below the header, from the start, each time it is called.
    notes
        What the reader did that a person should know.
    sheets
        The workbook's sheets, where it is one.
    """

    where: str
    columns: list[str]
    open_rows: Callable[[], Iterator[RawRow]]
    notes: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    header_score: float = 0.0
    kind: str = "csv"
    others: tuple[RawTable, ...] = field(default=())

    def rows(self) -> Iterator[RawRow]:
        """Rows below the header that are not blank."""
        for number, cells, fault in self.open_rows():
            if fault or any(cell and not cell.isspace() for cell in cells):
                yield number, cells, fault


def open_table(
    path: Path,
    find_header: FindHeader,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
) -> RawTable:
    """Open a file as a table, by its ending.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv``, ``.txt``, ``.xlsx``, ``.xlsm`` or ``.parquet``.
    find_header
        Given the first rows, says which are the header; ``None`` if none looks like one.
    sheet
        Of a workbook; by default the one whose header is recognised best.
    header_row
        Row number of the header, where the guess is wrong.
    encoding
        Of a CSV file; UTF-8 (or UTF-16 with its mark) by default.

    Raises
    ------
    InputError
        Naming the file, what is wrong and what to do.
    """
    if not path.exists():
        raise InputError(
            f"There is no file {path.name} in {path.parent.name or '.'}.",
            fix="Check `file` in uncounted.toml; paths are relative to that file.",
        )
    if path.is_dir() or not path.is_file():
        raise InputError(f"{path.name} is not a file.", fix="Name a CSV, Excel or Parquet file.")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name} is empty.", fix="Export the list again.")
    ending = path.suffix.lower()
    if ending in {".csv", ".tsv", ".txt"}:
        return _csv_table(path, find_header, header_row, encoding)
    if ending in {".xlsx", ".xlsm"}:
        return _excel_table(path, find_header, sheet, header_row)
    if ending == ".parquet":
        return _parquet_table(path, find_header)
    hint = "Open it and save it as .xlsx or as 'CSV UTF-8'."
    if ending == ".xls":
        raise InputError(f"{path.name} is an Excel 97-2003 workbook.", fix=hint)
    raise InputError(f"{path.name}: the ending is not .csv, .xlsx or .parquet.", fix=hint)


def _with_header(
    where: str,
    open_all: Callable[..., Iterator[RawRow]],
    find_header: FindHeader,
    header_row: int | None,
    **details: Any,
) -> RawTable:
    """Find the header in the first rows and make the table of what stands below it."""
    preview = list(islice(open_all(), PREVIEW if header_row is None else header_row + 1))
    if not any(any(c.strip() for c in cells) for _, cells, _ in preview):
        raise InputError(f"{where} is empty.", fix="Name the sheet or file that holds the list.")
    for number, cells, _ in preview:
        if len(cells) > MAX_COLUMNS:
            raise InputError(
                f"{where}, row {number}: {len(cells)} columns; at most {MAX_COLUMNS} are read.",
                fix="Keep the columns the list needs and save it again.",
            )
    if header_row is not None:
        chosen = [i for i, (number, _, _) in enumerate(preview) if number == header_row]
        if not chosen:
            raise InputError(
                f"{where} has no row {header_row}.", fix="Correct `header_row` in uncounted.toml."
            )
        found: HeaderRows | None = HeaderRows(
            chosen[0], chosen[0], [c.strip() for c in preview[chosen[0]][1]], 1.0
        )
    else:
        found = find_header([[] if fault else cells for _, cells, fault in preview])
    if found is None:
        raise InputError(
            f"{where}: no row among the first {PREVIEW} looks like column names.",
            fix="Give the columns names in one row, or set `header_row` for this list in uncounted.toml.",
        )
    notes = list(details.pop("notes", ()))
    above = [preview[i][0] for i in range(found.first) if any(c.strip() for c in preview[i][1])]
    if above:
        notes.append(f"{len(above)} title row(s) above the column names were passed over")
    if found.last > found.first:
        notes.append(
            f"the column names stand in rows {preview[found.first][0]} to {preview[found.last][0]}"
        )
    last = preview[found.last][0]
    width = len(found.names)

    def rows() -> Iterator[RawRow]:
        return (row for row in open_all(width) if row[0] > last)

    return RawTable(where, found.names, rows, tuple(notes), header_score=found.score, **details)


# CSV --------------------------------------------------------------------------------------------


def _csv_table(
    path: Path, find_header: FindHeader, header_row: int | None, encoding: str | None
) -> RawTable:
    with path.open("rb") as f:
        head = f.read(1 << 16)
    chosen = encoding or _encoding(head)
    try:
        codecs.lookup(chosen)
    except LookupError:
        raise InputError(
            f"{path.name}: no encoding is called {chosen[:20]!r}.",
            fix="Write utf-8, cp1252, euc-kr or gb18030.",
        ) from None
    if not chosen.startswith("utf-16") and b"\0" in head:
        raise InputError(
            f"{path.name} is not a text file.", fix="Save it as 'CSV UTF-8' or as .xlsx."
        )
    text = head.decode(chosen, errors="replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {d: text.count(d) for d in ",;\t|"}
    delimiter = max(",;\t|", key=lambda d: (first.count(d), counts[d]))
    if first.casefold().startswith("sep=") and len(first) > 4:
        delimiter = first[4]
    notes = [] if chosen in {"utf-8", "utf-8-sig"} else [f"read as {chosen}"]

    def open_all(width: int = 0) -> Iterator[RawRow]:
        with path.open("rb") as f:
            yield from _csv_rows(f, chosen, delimiter, width)

    return _with_header(path.name, open_all, find_header, header_row, notes=tuple(notes))


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


class _Lines:
    """Lines of a file for the csv module: never more than `MAX_LINE` in memory, faults kept."""

    def __init__(self, binary: BinaryIO, encoding: str) -> None:
        self.taken = 0
        self.held: list[tuple[str, str]] = []
        if encoding == "utf-16":
            self._read = _utf16_lines(binary)
        else:
            self._read = self._bytes(binary, encoding)

    def _bytes(self, binary: BinaryIO, encoding: str) -> Iterator[tuple[str, str]]:
        first = True
        while line := binary.readline(MAX_LINE):
            fault = ""
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                while rest := binary.readline(MAX_LINE):
                    if rest.endswith(b"\n"):
                        break
                fault = "the row is longer than a million characters"
                line = b".\n"
            if first and line.startswith(codecs.BOM_UTF8):
                line = line[3:]
            first = False
            try:
                text = line.decode("utf-8" if encoding == "utf-8-sig" else encoding)
            except UnicodeDecodeError:
                wanted = "UTF-8" if encoding.startswith("utf-8") else encoding
                fault = f"the text is not {wanted}"
                text = line.decode("latin-1")
            yield text, fault

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        text, fault = next(self._read)
        self.taken += 1
        self.held.append((text, fault))
        return text


def _utf16_lines(binary: BinaryIO) -> Iterator[tuple[str, str]]:
    decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
    rest, fault = "", ""
    while chunk := binary.read(MAX_LINE):
        rest += decoder.decode(chunk)
        *lines, rest = rest.split("\n")
        for line in lines:
            yield line + "\n", fault
            fault = ""
        if len(rest) > MAX_LINE:
            rest, fault = ".", "the row is longer than a million characters"
    if rest:
        yield rest, fault


def _csv_rows(binary: BinaryIO, encoding: str, delimiter: str, width: int) -> Iterator[RawRow]:
    """Rows of a CSV file.

    A quotation mark that is opened and not closed swallows the lines below it. A row of several
    lines that has not the header's width is therefore read again line by line: none is lost.
    """
    lines = _Lines(binary, encoding)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        before = lines.taken
        lines.held.clear()
        broken = False
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken = True
        taken = len(lines.held)
        if broken or (taken > 1 and width and len(cells) != width) or taken > 50:
            for k, (line, fault) in enumerate(lines.held):
                yield before + 1 + k, *_one_line(line, fault, delimiter)
        else:
            fault = next((f for _, f in lines.held if f), "")
            yield before + 1, cells, fault


def _one_line(line: str, fault: str, delimiter: str) -> tuple[list[str], str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [], fault or "a quotation mark is opened and not closed"
    if not fault and cells and cells[-1].endswith("\n"):
        fault = "a quotation mark is opened and not closed"
    return cells, fault


# Excel ------------------------------------------------------------------------------------------


def _excel_table(
    path: Path, find_header: FindHeader, sheet: str | None, header_row: int | None
) -> RawTable:
    names = _check_zip(path)
    try:
        import openpyxl
    except ImportError:
        raise MissingExtra(
            "Reading Excel files needs openpyxl.",
            fix='Install the extra: pip install "uncounted[link]".',
        ) from None
    formulas = any(n.startswith("xl/worksheets/") and _contains(path, n, b"<f") for n in names)
    book = _open_book(openpyxl, path, values=True)
    try:
        titles = [s.title for s in book.worksheets]
    finally:
        book.close()
    if sheet is not None and sheet not in titles:
        raise InputError(
            f"{path.name} has no sheet of that name; it has {len(titles)}.",
            fix="Correct `sheet` in uncounted.toml.",
        )
    tables = []
    empty = 0
    for title in [sheet] if sheet is not None else titles:
        where = f"{path.name}, sheet {titles.index(title) + 1}"

        def open_all(width: int = 0, title: str = title) -> Iterator[RawRow]:
            return _excel_rows(openpyxl, path, title, formulas)

        try:
            tables.append(
                _with_header(
                    where, open_all, find_header, header_row, sheets=tuple(titles), kind="excel"
                )
            )
        except InputError:
            empty += 1
            if sheet is not None or (empty == len(titles) and len(titles) == 1):
                raise
    if not tables:
        raise InputError(
            f"{path.name}: none of its {len(titles)} sheets has rows under column names.",
            fix="Set `sheet` and `header_row` for this list in uncounted.toml.",
        )
    best = max(tables, key=lambda t: t.header_score)
    others = tuple(t for t in tables if t is not best)
    notes = best.notes + ((f"read from {best.where}",) if len(titles) > 1 else ())
    return RawTable(
        best.where,
        best.columns,
        best.open_rows,
        notes,
        best.sheets,
        best.header_score,
        "excel",
        others,
    )


def _check_zip(path: Path) -> list[str]:
    """Refuse what is no workbook, and one that unpacks to more than a list can need.

    Sizes are those the archive declares; Python's zipfile reads no byte past them.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            total = sum(p.file_size for p in parts)
            if total > MAX_UNPACKED or len(parts) > MAX_PARTS:
                raise InputError(
                    f"{path.name} unpacks to {total >> 20:,} MiB in {len(parts)} parts; "
                    f"at most {MAX_UNPACKED >> 20} MiB in {MAX_PARTS} are read.",
                    fix="If it is a true list, save it as 'CSV UTF-8' and use that file.",
                )
            names = [p.filename for p in parts]
            archive.getinfo("[Content_Types].xml")
            for name in names:
                if name.endswith((".xml", ".rels")):
                    with archive.open(name) as f:
                        start = f.read(4096)
                    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                        raise InputError(
                            f"{path.name} declares its own entities, as no workbook does.",
                            fix="Open it in a spreadsheet program and save it again.",
                        )
            return names
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, KeyError):
        raise InputError(
            f"{path.name} is not an Excel workbook, or is damaged or locked with a password.",
            fix="Open it in a spreadsheet program and save it again as .xlsx.",
        ) from None


def _contains(path: Path, name: str, needle: bytes) -> bool:
    with zipfile.ZipFile(path) as archive, archive.open(name) as f:
        tail = b""
        while chunk := f.read(1 << 20):
            if needle in tail + chunk:
                return True
            tail = chunk[-len(needle) :]
    return False


def _open_book(openpyxl: Any, path: Path, *, values: bool) -> Any:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    except Exception:  # openpyxl raises many kinds on damaged files; their texts may hold content
        raise InputError(
            f"{path.name} cannot be read as a workbook.",
            fix="Open it in a spreadsheet program and save it again as .xlsx.",
        ) from None


def _excel_rows(openpyxl: Any, path: Path, title: str, formulas: bool) -> Iterator[RawRow]:
    import warnings

    book = _open_book(openpyxl, path, values=True)
    written = _open_book(openpyxl, path, values=False) if formulas else None
    try:
        sheet = book[title]
        sheet.reset_dimensions()
        shadow: Iterator[Any] = iter(())
        if written is not None:
            other = written[title]
            other.reset_dimensions()
            shadow = other.iter_rows(values_only=True)
        blank = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                source = next(shadow, ())
                blank = 0 if row else blank + 1
                if blank > 1 << 20:
                    return
                cells = [_cell(v) for v in row]
                for i, v in enumerate(source[: len(cells)]):
                    if row[i] is None and v is not None:
                        cells[i] = FORMULA
                yield number, cells, ""
    except InputError:
        raise
    except Exception:  # as above
        raise InputError(
            f"{path.name} is damaged: it cannot be read to its end.",
            fix="Open it in a spreadsheet program and save it again as .xlsx.",
        ) from None
    finally:
        book.close()
        if written is not None:
            written.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


# Parquet ----------------------------------------------------------------------------------------


def _parquet_table(path: Path, find_header: FindHeader) -> RawTable:
    import duckdb

    def connect() -> Any:
        db = duckdb.connect()
        db.execute("SET memory_limit = '1GB'; SET threads = 1; SET preserve_insertion_order = true")
        return db

    target = str(path).replace("\\", "/")
    try:
        with connect() as db:
            described = db.execute("DESCRIBE SELECT * FROM read_parquet($1)", [target]).fetchall()
    except duckdb.Error:
        raise InputError(
            f"{path.name} cannot be read as Parquet.", fix="Export the list again."
        ) from None
    names = [str(row[0]) for row in described]
    if len(names) > MAX_COLUMNS:
        raise InputError(
            f"{path.name}: {len(names)} columns; at most {MAX_COLUMNS} are read.",
            fix="Keep the columns the list needs and save it again.",
        )
    found = find_header([names])

    def rows() -> Iterator[RawRow]:
        try:
            with connect() as db:
                result = db.execute(
                    "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet($1)", [target]
                )
                number = 0
                while chunk := result.fetchmany(8192):
                    for row in chunk:
                        number += 1
                        yield number, ["" if v is None else v for v in row], ""
        except duckdb.Error:
            raise InputError(
                f"{path.name} is damaged: it cannot be read to its end.",
                fix="Export the list again.",
            ) from None

    score = found.score if found is not None else 0.0
    return RawTable(path.name, names, rows, header_score=score, kind="parquet")
