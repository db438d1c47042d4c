"""What all readers share: rows out of CSV, compressed CSV and Excel; counts."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import lzma
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncounted.core.notes import Note
from uncounted.errors import InputError, LayoutError
from uncounted.places.countries import need
from uncounted.sources import reasons

__all__ = ["Range", "Sheet", "count_range", "open_sheet", "ragged", "year_of"]

_LARGEST = 1_000_000
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}[-/ ][A-Za-z]{3}([-/ ]\d{2,4})?|[A-Za-z]{3}[-/ ]\d{1,4}"
)


@dataclass(frozen=True, slots=True)
class Range:
    """A count, or the interval it lies in; ``problem`` says why there is none."""

    lower: int
    upper: int
    problem: Note | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of a file under its header: ``(row number, {folded column: text})``."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Sequence[Any]], ...]

    def column(self, *names: str, required: bool = True) -> int:
        """Position of the first of these columns, by folded name; -1 where it is optional.

        Raises
        ------
        InputError
            Where a required column is not there.
        """
        for name in names:
            if _bare(name) in self.columns:
                return self.columns.index(_bare(name))
        if required:
            raise InputError(
                f"{self.name} has no column {names[0]!r}.",
                fix="Use the file as its owner publishes it, or give the column that name.",
            )
        return -1


def _bare(name: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).casefold()) if name is not None else ""


def open_sheet(path: str | Path, must: Sequence[Sequence[str]]) -> Sheet:
    """Find the header in a CSV, compressed CSV or Excel file and return the rows below it.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv``, ``.csv.gz``, ``.csv.xz`` or ``.xlsx``.
    must
        Column names that the header row must hold, each with its other spellings; the header is
        searched in the first 20 rows (of every sheet of a workbook), because owners put titles
        and dates above it.

    Raises
    ------
    InputError
        No such file, empty, not text, not the layout.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"There is no file {path.name}.", fix="Check the path.")
    if path.is_dir():
        raise InputError(f"{path.name} is a folder.", fix="Name a file.")
    wanted = [{_bare(n) for n in names} for names in must]
    sheets = _excel(path) if path.suffix.lower() in {".xlsx", ".xlsm"} else [_text_rows(path)]
    some, best = False, list(wanted)
    for rows in sheets:
        some = some or bool(rows)
        for at, (_, cells) in enumerate(rows[:20]):
            header = [_bare(c) for c in cells]
            missing = [names for names in wanted if not names & set(header)]
            if not missing:
                if at + 1 == len(rows):
                    raise InputError(
                        f"{path.name} has a header and no rows.", fix="Export the file again."
                    )
                return Sheet(path.name, tuple(header), tuple(rows[at + 1 :]))
            best = min(best, missing, key=len)
    if not some:
        raise InputError(f"{path.name} is empty.", fix="Export or download the file again.")
    names = ", ".join(m[0] for m in must if {_bare(n) for n in m} in best)
    raise LayoutError(
        f"{path.name} is not in this layout: no header row holds the columns {names}.",
        fix="Use the file as its owner publishes it, with its header row.",
    )


def _text_rows(path: Path) -> list[tuple[int, list[str]]]:
    raw = path.read_bytes()
    try:
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        elif raw[:6] == b"\xfd7zXZ\x00":
            raw = lzma.decompress(raw)
    except (OSError, EOFError, lzma.LZMAError):
        raise InputError(
            f"{path.name} is damaged: it cannot be unpacked.", fix="Download it again."
        ) from None
    if raw[:4] == b"PK\x03\x04":
        raise InputError(
            f"{path.name} is an Excel or zip file.", fix="Give it its true ending (.xlsx)."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path.name}, row {line}: the file is not UTF-8 text.",
            fix="Save it as 'CSV UTF-8' (in a spreadsheet: Save as, CSV UTF-8).",
        ) from None
    if "\0" in text:
        raise InputError(f"{path.name} is not a text file.", fix="Save it as 'CSV UTF-8' or .xlsx.")
    head = text.lstrip("\r\n")[:20000].split("\n")[:20]
    delimiter = max(",;\t", key=lambda d: max((line.count(d) for line in head), default=0))
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
    except csv.Error:
        raise InputError(
            f"{path.name}, row {reader.line_num}: the row cannot be read as CSV.",
            fix="Look for a stray quotation mark there.",
        ) from None
    return rows


def _excel(path: Path) -> Iterator[list[tuple[int, list[Any]]]]:
    openpyxl = need("openpyxl")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError):
        raise InputError(
            f"{path.name} cannot be read as an Excel workbook.",
            fix="Save it again as .xlsx or CSV.",
        ) from None
    try:
        for sheet in book.worksheets:
            yield [
                (number, list(row))
                for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
                if any(cell not in (None, "") for cell in row)
            ]
    finally:
        book.close()


def ragged(cells: Sequence[Any], last: int, columns: int) -> Note | None:
    """Say why a row does not fit its header: too short for column ``last``, or values beyond it."""
    if len(cells) <= last:
        return reasons.ROW_SHORT
    if any(text_of(c) for c in cells[columns:]):
        return reasons.ROW_LONG
    return None


def text_of(value: Any) -> str:
    """Give a cell as text: nothing for an empty cell, no ``.0`` after a whole number of Excel's."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def count_range(value: Any) -> Range:
    """Read a count: ``"66"``, ``"1,228"``, ``"<5"`` (1 to 4).

    Examples
    --------
    >>> count_range("<5")
    Range(lower=1, upper=4, problem=None)
    >>> str(count_range("2013-05-01").problem)
    'a date stands where a count should'
    """
    if isinstance(value, (dt.date, dt.datetime, dt.time)):
        return Range(0, 0, reasons.COUNT_IS_DATE)
    text = text_of(value)
    if not text:
        return Range(0, 0, reasons.COUNT_MISSING)
    below = re.fullmatch(r"<\s*(\d{1,3})", text)
    if below and int(below[1]) > 1:
        return Range(1, int(below[1]) - 1)
    plain = re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}(\D|$))", "", text)
    if re.fullmatch(r"\d+", plain):
        number = int(plain)
        if number > _LARGEST:
            return Range(0, 0, reasons.COUNT_BEYOND)
        return Range(number, number)
    if re.fullmatch(r"-\s*\d+(\.\d+)?", plain):
        return Range(0, 0, reasons.COUNT_NEGATIVE)
    if _DATE.fullmatch(text):
        return Range(0, 0, reasons.COUNT_IS_DATE)
    if re.fullmatch(r"\d*\.\d+", plain):
        return Range(0, 0, reasons.COUNT_NOT_WHOLE)
    return Range(0, 0, reasons.COUNT_NO_NUMBER)


def year_of(value: Any) -> int | None:
    """Read a year between 1990 and 2100 out of a number, a text or a date; ``None`` for anything else."""
    if isinstance(value, (dt.date, dt.datetime)):
        year = value.year
    else:
        match = re.fullmatch(r"(\d{4})(-\d{1,2}(-\d{1,2})?([ T].*)?)?", text_of(value))
        if match is None:
            return None
        year = int(match[1])
    return year if 1990 <= year <= 2100 else None
