"""Files as organisations keep them, row by row in bounded memory: CSV, Excel, Parquet.

A file is opened as what it is, not as what its ending says. What comes out is text: one list of
cells per row with the row's number in the file, or a row that cannot be read with the reason.
Nothing here knows what a column means, except the function that finds the header, which the
caller brings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, islice
from pathlib import Path

from uncounted.errors import InputError
from uncounted.records import delimited, encodings
from uncounted.records.filetypes import HEAD, kind_of
from uncounted.records.parquet import Parquet
from uncounted.records.raw import MAX_COLUMNS, RawRow
from uncounted.records.workbook import Workbook

__all__ = ["HeaderRows", "RawTable", "open_table"]

PREVIEW = 30


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
    header_score
        How well the column names were recognised.
    kind
        ``"csv"``, ``"excel"``, ``"excel 1904"`` (its days count from 1904) or ``"parquet"``.
    others
        The workbook's other tables.
    groups
        By column, what stands in the row above its name, over it or merged from its left; empty where
        that row is no row of group names.
    """

    where: str
    columns: list[str]
    open_rows: Callable[[], Iterator[RawRow]]
    notes: tuple[str, ...] = ()
    header_score: float = 0.0
    kind: str = "csv"
    others: tuple[RawTable, ...] = field(default=())
    groups: tuple[str, ...] = ()

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
    """Open a file as a table.

    Parameters
    ----------
    path
        Delimited text, an Excel workbook (``.xlsx``, ``.xlsm``) or Parquet.
    find_header
        Given the first rows, says which are the header; ``None`` if none looks like one.
    sheet
        Of a workbook; by default the visible one whose header is recognised best.
    header_row
        Row number of the header, where the guess is wrong.
    encoding
        Of a text file, where the guess is wrong.

    Raises
    ------
    InputError
        Naming the file, what is wrong and what to do.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(
                f"{path.name} is not a file.", fix="Name a CSV, Excel or Parquet file."
            )
        with path.open("rb") as f:
            head = f.read(HEAD)
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, ValueError, RuntimeError) as error:
        if getattr(error, "errno", None) in _NO_SUCH or not isinstance(error, OSError):
            raise _missing(path) from None
        raise InputError(
            f"{path.name} cannot be opened by the account that runs this.",
            fix="Give that account leave to read it, or close the program that holds it.",
        ) from None
    if not head:
        raise InputError(f"{path.name} is empty.", fix="Export the list again.")
    kind = kind_of(path, head)
    ending = path.suffix.lower()
    if kind == "excel":
        table = _excel_table(path, find_header, sheet, header_row)
        return _noted(table, ending, {".xlsx", ".xlsm"}, "an Excel workbook")
    if kind == "parquet":
        table = _parquet_table(path, find_header)
        return _noted(table, ending, {".parquet", ".pq"}, "a Parquet file")
    table = _text_table(path, head, find_header, header_row, encoding)
    return _noted(table, ending, {".csv", ".tsv", ".txt", ".tab"}, "a text file")


_NO_SUCH = {2, 20, 36, 40}
"""Numbers of the system's errors: no such file, no such folder, name too long, link to itself."""


def _missing(path: Path) -> InputError:
    where = path.parent.name[:60] or "."
    return InputError(
        f"There is no file {path.name[:60]} in {where}.",
        fix="Check `file` in uncounted.toml; paths are relative to that file.",
    )


def _noted(table: RawTable, ending: str, usual: set[str], what: str) -> RawTable:
    if ending in usual:
        return table
    return replace(table, notes=(*table.notes, f"it is {what}, whatever its name says"))


def _with_header(
    where: str,
    open_all: Callable[[int], Iterator[RawRow]],
    find_header: FindHeader,
    header_row: int | None,
    *,
    notes: tuple[str, ...] = (),
    kind: str = "csv",
) -> RawTable:
    """Find the header in the first rows and make the table of what stands below it."""
    if header_row is not None:
        return _with_header_at(where, open_all, header_row, notes, kind)
    preview = list(islice(open_all(0), PREVIEW))
    if not any(fault or any(c.strip() for c in cells) for _, cells, fault in preview):
        raise InputError(f"{where} is empty.", fix="Name the sheet or file that holds the list.")
    wide = [number for number, cells, _ in preview if len(cells) > MAX_COLUMNS]
    found = find_header(
        [[] if fault or len(cells) > MAX_COLUMNS else cells for _, cells, fault in preview]
    )
    if found is None and wide:
        raise _too_wide(where, wide[0])
    if found is None:
        raise InputError(
            f"{where}: no row among the first {PREVIEW} looks like column names.",
            fix="Give the columns names in one row; or, under this list in uncounted.toml, set "
            "`header_row`, or `encoding` if the text comes out garbled.",
        )
    told = list(notes)
    above = sum(any(c.strip() for c in preview[i][1]) for i in range(found.first))
    if above:
        told.append(f"{above} title row(s) above the column names were passed over")
    first, last = preview[found.first][0], preview[found.last][0]
    if last > first:
        told.append(f"the column names stand in rows {first} to {last}")
    table = _below(where, open_all, last, found.names, told, found.score, kind)
    return replace(table, groups=_groups(preview, found.last))


def _with_header_at(
    where: str,
    open_all: Callable[[int], Iterator[RawRow]],
    header_row: int,
    notes: tuple[str, ...],
    kind: str,
) -> RawTable:
    before: list[RawRow] = []
    for row in open_all(0):
        number, cells, _ = row
        before = [*before[-1:], row]
        if number >= header_row:
            if number > header_row or not any(c.strip() for c in cells):
                break
            if len(cells) > MAX_COLUMNS:
                raise _too_wide(where, number)
            names = [c.strip() for c in cells]
            table = _below(where, open_all, number, names, list(notes), 1.0, kind)
            return replace(table, groups=_groups(before, len(before) - 1))
    raise InputError(
        f"{where} has no column names in row {header_row}.",
        fix="Correct `header_row` in uncounted.toml.",
    )


def _groups(rows: list[RawRow], header: int) -> tuple[str, ...]:
    """Names of groups of columns, from the row above the columns' own names."""
    if header < 1 or rows[header - 1][2]:
        return ()
    cells = [c.strip() for c in rows[header - 1][1]]
    cells += [""] * (len(rows[header][1]) - len(cells))
    # a title stands in the first cell, alone
    return tuple(accumulate(cells, lambda left, c: c or left)) if any(cells[1:]) else ()


def _below(
    where: str,
    open_all: Callable[[int], Iterator[RawRow]],
    last: int,
    names: list[str],
    notes: list[str],
    score: float,
    kind: str,
) -> RawTable:
    twice = sum(n > 1 for name, n in Counter(map(str.casefold, names)).items() if name)
    if twice:
        notes.append(f"{twice} column name(s) stand more than once; the first of each is meant")
    width = len(names)

    def rows() -> Iterator[RawRow]:
        return (row for row in open_all(width) if row[0] > last)

    return RawTable(where, names, rows, tuple(notes), score, kind)


def _too_wide(where: str, row: int) -> InputError:
    return InputError(
        f"{where}, row {row}: more than {MAX_COLUMNS:,} columns.",
        fix="Keep the columns the list needs and save it again.",
    )


# Text -------------------------------------------------------------------------------------------


def _text_table(
    path: Path, head: bytes, find_header: FindHeader, header_row: int | None, encoding: str | None
) -> RawTable:
    if delimited.has_too_many_lines(path):
        raise InputError(
            f"{path.name} has more than {delimited.MAX_LINES:,} lines.",
            fix="A list that long is no case list; check the file, or split it by year.",
        )
    found = encodings.find_encoding(head)
    name = found.name if encoding is None else encodings.checked(encoding)
    notes: list[str] = []
    if encoding is None and found.guessed:
        notes.append(
            f"the text is not UTF-8; read as {name}, which is a guess: see that names look right, "
            "or set `encoding` for this list"
        )
    elif encoding is None and found.likely:
        notes.append(
            f"some of the text is not UTF-8; it may be {found.likely}: if the whole file is, set "
            f'`encoding = "{found.likely}"` for this list'
        )
    elif encoding is None and found.unsure:
        notes.append(
            "some of the text is not UTF-8 and nothing tells what it is: save the file as 'CSV UTF-8', or "
            "set `encoding` for this list, such as cp1252 (Western) or cp949 (Korean)"
        )
    elif name not in {"utf-8", "ascii"}:
        notes.append(f"read as {name}")
    delimiter = delimited.named_delimiter(head.decode(name, errors="replace"))
    if not delimiter:
        delimiter = _delimiter(head, name, find_header, header_row)

    def open_all(width: int) -> Iterator[RawRow]:
        return delimited.csv_rows(path, name, delimiter, width)

    try:
        return _with_header(path.name, open_all, find_header, header_row, notes=tuple(notes))
    except InputError as error:
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            raise InputError(
                f"{path.name} is not an Excel workbook, or is damaged.",
                fix="Open it in a spreadsheet program and save it again as .xlsx.",
            ) from error
        raise


def _delimiter(head: bytes, encoding: str, find_header: FindHeader, header_row: int | None) -> str:
    """Delimiter by which the first rows have column names, and have them in equal number."""

    def merit(mark: str) -> tuple[float, float, int]:
        rows = list(islice(delimited.csv_rows(head, encoding, mark), PREVIEW))
        cells = [c if len(c) <= MAX_COLUMNS and not fault else [] for _, c, fault in rows]
        if header_row is None:
            header = find_header(cells)
        else:
            header = find_header([c for (n, _, _), c in zip(rows, cells, strict=True) if n == header_row])  # fmt: skip
        widths = Counter(len(c) for c in cells if any(c))
        width, times = max(widths.items(), key=lambda w: (w[1], w[0]), default=(1, 0))
        even = 0.0 if width < 2 else times / max(sum(widths.values()), 1)
        return (0.0 if header is None else header.score, even, width)

    return max(delimited.DELIMITERS, key=merit)


# Excel ------------------------------------------------------------------------------------------


def _excel_table(
    path: Path, find_header: FindHeader, sheet: str | None, header_row: int | None
) -> RawTable:
    book = Workbook(path)
    kind = "excel 1904" if book.since_1904 else "excel"
    if sheet is not None and sheet not in {s.title for s in book.sheets}:
        raise InputError(
            f"{path.name} has no sheet of that name; it has {len(book.sheets)}.",
            fix="Correct `sheet` in uncounted.toml.",
        )
    tables: list[RawTable] = []
    hidden = 0
    faults: list[InputError] = []
    for number, entry in enumerate(book.sheets, start=1):
        if sheet is None and entry.hidden:
            hidden += 1
            continue
        if sheet is not None and sheet != entry.title:
            continue

        def open_all(width: int, entry_rows: Callable[[], Iterator[RawRow]]) -> Iterator[RawRow]:
            return entry_rows()

        rows = partial(open_all, entry_rows=partial(book.rows, entry))
        where = f"{path.name}, sheet {number}"
        try:
            tables.append(_with_header(where, rows, find_header, header_row, kind=kind))
        except InputError as error:
            faults.append(error)
    if not tables:
        if len(faults) == 1:
            raise faults[0]
        raise InputError(
            f"{path.name}: none of its {len(faults)} visible sheets has rows under column names.",
            fix="Set `sheet` and `header_row` for this list in uncounted.toml.",
        )
    best = max(tables, key=lambda t: t.header_score)
    notes = list(best.notes)
    if len(book.sheets) > 1:
        notes.append(f"read from {best.where}")
    if hidden:
        notes.append(f"{hidden} hidden sheet(s) were not looked at")
    others = tuple(t for t in tables if t is not best)
    return replace(best, notes=tuple(notes), others=others)


# Parquet ----------------------------------------------------------------------------------------


def _parquet_table(path: Path, find_header: FindHeader) -> RawTable:
    file = Parquet(path)
    if len(file.names) > MAX_COLUMNS:
        raise _too_wide(path.name, 1)
    found = find_header([file.names])
    notes = (
        (f"{file.nested} column(s) hold structures or bytes and were not read",)
        if file.nested
        else ()
    )
    score = 0.0 if found is None else found.score
    return RawTable(path.name, file.names, file.rows, notes, score, "parquet")
