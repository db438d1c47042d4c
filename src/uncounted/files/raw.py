"""What every reader of files hands on: rows of text cells, numbered, with the reason where one fails."""

from __future__ import annotations

__all__ = ["FORMULA", "MAX_CELL", "MAX_COLUMNS", "RawRow", "letters"]

MAX_COLUMNS = 4096
"""Most columns a list may have."""
MAX_CELL = 1000
"""Characters kept of a cell; the longest a record may use is shorter."""
FORMULA = "\x00formula"
"""Stands for a cell whose formula has no stored value."""

RawRow = tuple[int, list[str], str]
"""Row number in the file, cells, and why the row cannot be read (``""`` where it can)."""


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
