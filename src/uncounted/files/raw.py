"""What every reader of files hands on: rows of text cells, numbered, with the reason where one fails."""

from __future__ import annotations

import re
from collections.abc import Sequence

from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError

__all__ = [
    "FORMULA",
    "MAX_CELL",
    "MAX_COLUMNS",
    "OPEN_QUOTE",
    "RawRow",
    "bad_text",
    "called",
    "fault_kind",
    "letters",
    "long_cell",
    "row_error",
    "too_wide",
]

MAX_COLUMNS = 4096
"""Most columns a list may have."""
MAX_CELL = 1000
"""Characters kept of a cell; the longest a record may use is shorter."""
OPEN_QUOTE = Note("files.row.open-quote")
"""Fault of a row whose last cell has no end."""
FORMULA = "\x00formula"
"""Stands for a cell whose formula has no stored value."""

RawRow = tuple[int, list[str], Note | None]
"""Row number in the file, cells, and why the row cannot be read (``None`` where it can)."""


def letters(position: int) -> str:
    """Letters by which a spreadsheet calls a column, counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    out = ""
    position += 1
    while position:
        position, last = divmod(position - 1, 26)
        out = chr(ord("A") + last) + out
    return out


_DATA = re.compile(r"[\d\s.,:/%+()-]*\d[\d\s.,:/%+()-]*")
"""A number, a date, a telephone number: what no column is called, unless all are."""


def called(names: Sequence[str], position: int) -> str:
    """Name of a column for a message, quoted; its letters where the names may be somebody's data.

    A file without a header has a record where the names should stand. Where some of the names are
    figures and others words, none is repeated.

    Examples
    --------
    >>> called(["a", "b"], 1), called(["7", "Ana", "1990-02-03"], 1), called(["1", "2"], 0)
    ("'b'", 'B', "'1'")
    """
    figures = sum(_DATA.fullmatch(n) is not None for n in names)
    if 0 < figures < len(names):
        return letters(position)
    return repr(names[position])


def bad_text(encoding: str) -> Note:
    """Fault of a row in another encoding than the file's."""
    return note("files.row.bad-text", encoding=encoding.upper())


def long_cell(most: int) -> Note:
    """Fault of a row with a longer cell than a list may have."""
    return note("files.row.long-cell", most=Number(most))


def fault_kind(fault: Note) -> str:
    """Tell what is wrong with a row that cannot be read: ``"text"``, ``"quote"`` or ``"other"``."""
    return {"files.row.bad-text": "text", "files.row.open-quote": "quote"}.get(fault.code, "other")


def row_error(where: str, row: int, fault: Note, kind: type[InputError] = InputError) -> InputError:
    """Error of a file in which one row that cannot be read spoils the whole."""
    if fault_kind(fault) == "text":
        return kind(
            f"{where}, row {row}: the file is not UTF-8 text.",
            fix="Save it as 'CSV UTF-8' (in a spreadsheet: Save as, CSV UTF-8).",
        )
    if fault_kind(fault) == "quote":
        return kind(
            f"{where}, row {row}: the row cannot be read as CSV.",
            fix="Look for a stray quotation mark there.",
        )
    return kind(f"{where}, row {row}: {fault}.", fix="Correct that row and try again.")


def too_wide(where: str, row: int) -> InputError:
    """Error of a file with more columns than a list may have."""
    return InputError(
        f"{where}, row {row}: more than {MAX_COLUMNS:,} columns.",
        fix="Keep the columns that are needed and save it again.",
    )
