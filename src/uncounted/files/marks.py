"""Marks of a table of lists: who is on a list and who is not, as people write it.

A mark stands for 1 or 0: figures, yes and no, a cross, a tick. A blank is a 0 where no list of the
table writes its noughts out; a cross is a "no" beside the circles of East Asian forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from uncounted.core.labels import fold
from uncounted.core.numbers import Count, Marks, read_count
from uncounted.errors import TableError

__all__ = [
    "BLIND",
    "NO_STRATUM",
    "SUM",
    "ColumnSurvey",
    "MarkReader",
    "cell_text",
    "count_of",
    "read_mark",
    "survey",
]

BLIND = "NA"
"""Cell text that declares a list unable to see the row's stratum."""
NO_STRATUM = frozenset(("", "na", "n/a", "#n/a", "nan", "null", ".", "-", "--"))
"""Cell texts, folded, of a stratum that is missing."""
SUM = "*"
"""Cell text of a mark that may be either: the row is a sum over both. Of a count: not known."""
_ONE = frozenset(
    fold(word)
    for word in [
        "1",
        "1.0",
        "1,0",
        "true",
        "t",
        "yes",
        "y",
        "x",
        "✓",
        "✔",
        "☑",
        "✅",
        "+",
        "si",
        "s",
        "oui",
        "ja",
        "sim",
        "da",
        "tak",
        "evet",
        "ya",
        "oo",
        "예",
        "네",
        "是",
        "有",
        "对",
        "はい",
        "ใช่",
        "có",
        "co",
        "так",
        "да",
        "है",
        "हाँ",
        "छ",
    ]
)
_ZERO = frozenset(
    fold(word)
    for word in [
        "0",
        "0.0",
        "0,0",
        "false",
        "f",
        "no",
        "n",
        "non",
        "nein",
        "nao",
        "nie",
        "nu",
        "ne",
        "hayir",
        "hindi",
        "아니오",
        "아니요",
        "否",
        "无",
        "無",
        "不",
        "いいえ",
        "ไม่",
        "không",
        "khong",
        "ні",
        "нет",
        "नहीं",
        "छैन",
    ]
)
_CIRCLES = frozenset(["o", "○", "〇", "◯", "●", "⭕"])
_CROSSES = frozenset(["x", "×", "✕", "✗", "✘", "❌"])
_LOOKED_AT = 200_000
"""Rows from which the columns are judged."""
_KEPT = 100_000
"""Different values of a column remembered, to tell a number of a row from a count."""


def cell_text(value: object) -> str:
    """Give a cell as text, a data frame's own values too."""
    return "" if value is None else str(value).strip()


def count_of(value: object, marks: Marks, largest: int) -> Count:
    """Read a count: text by the one rule, a data frame's own number as it is."""
    if isinstance(value, (bool, np.bool_)) or value is None or not isinstance(value, (int, float, np.number)):  # fmt: skip
        return read_count(cell_text(value), marks, largest)
    number = float(value)
    if number != number:
        return Count(0, "missing")
    if number in (float("inf"), float("-inf")):
        return Count(0, "none")
    if number < 0 or number != int(number):
        return Count(0, "negative" if number < 0 else "fraction")
    return Count(0, "beyond") if number > largest else Count(int(value))


@dataclass(frozen=True, slots=True)
class MarkReader:
    """Reads the marks of one table.

    Parameters
    ----------
    blank
        Whether a blank is a 0.
    circles
        Whether circles stand for yes, so that a cross is a no.
    """

    blank: bool = False
    circles: bool = False

    def read(self, value: object) -> int | None:
        """0 or 1, -1 where the list is declared unable to see; ``None`` for no mark.

        Examples
        --------
        >>> [MarkReader().read(x) for x in (True, "yes", "1.0", "x", "0", "", 2, "NA")]
        [1, 1, 1, 1, 0, None, None, -1]
        >>> MarkReader(blank=True).read(""), MarkReader(circles=True).read("X")
        (0, 0)
        """
        if isinstance(value, (bool, np.bool_)):
            return int(value)
        if isinstance(value, (int, float, np.number)):
            return int(value) if value in (0, 1) else None
        text = cell_text(value)
        if text == BLIND:
            return -1
        if not text:
            return 0 if self.blank else None
        if len(text) > 12:
            return None
        plain = fold(text)
        if self.circles and plain in _CIRCLES | _CROSSES:
            return int(plain in _CIRCLES)
        if plain in _ONE:
            return 1
        return 0 if plain in _ZERO else None


def read_mark(
    value: object, where: str, line: int, column: str, reader: MarkReader = MarkReader()
) -> int | None:
    """0 or 1; ``None`` where the list is declared unable to see the row's stratum.

    Raises
    ------
    TableError
        With the row and the column, never what stands there.
    """
    mark = reader.read(value)
    if mark is not None:
        return None if mark < 0 else mark
    if not cell_text(value):
        raise TableError(
            f"{where}, row {line}, column {column}: neither 0 nor 1, but nothing.",
            fix="Write 0 where the person is not on the list; blanks alone are read as 0 only where "
            "no list writes 0.",
        )
    raise TableError(
        f"{where}, row {line}, column {column}: neither 0 nor 1.",
        fix="A list's column holds 1 where the person is on the list, however often, and 0 where not; "
        "if the column is no list, say which are (lists=[...], or --lists A,B,C).",
    )


@dataclass(slots=True)
class ColumnSurvey:
    """What stands in one column of a table, counted.

    Parameters
    ----------
    rows, blank
        Cells in all, and those with nothing in them.
    marks, zeros, histories
        Cells that are a mark of a list, a 0 among them, and noughts and ones written together.
    whole, large, circles
        Cells that are counts; more than one; circles.
    longest
        Figures of the longest history.
    """

    rows: int = 0
    blank: int = 0
    marks: int = 0
    zeros: int = 0
    histories: int = 0
    whole: int = 0
    large: int = 0
    circles: int = 0
    longest: int = 0
    seen: set[str] = field(default_factory=set, repr=False)
    in_order: bool = True

    def add(self, value: object) -> None:
        """Count one cell."""
        self.rows += 1
        text = cell_text(value)
        if not text:
            self.blank += 1
            return
        if len(self.seen) < _KEPT:
            self.seen.add(text if len(text) < 60 else text[:60])
        mark, circle, history, counted, large = _kind(text)
        self.marks += mark is not None or text == SUM
        self.zeros += mark == 0
        self.circles += circle
        self.histories += history > 0
        self.longest = max(self.longest, history)
        self.whole += counted
        self.large += large
        self.in_order = self.in_order and text in {str(self.rows), str(self.rows - 1)}

    @property
    def filled(self) -> int:
        """Cells with something in them."""
        return self.rows - self.blank

    @property
    def counts(self) -> bool:
        """Whether it may hold numbers of people: whole numbers, some above one, no row's number."""
        return bool(self.large) and self.whole == self.filled and not self.numbers_rows

    @property
    def numbers_rows(self) -> bool:
        """Whether it numbers the rows one after another."""
        return self.in_order and self.rows > 1 and self.blank == 0

    @property
    def all_different(self) -> bool:
        """Whether no value stands twice."""
        return self.blank == 0 and len(self.seen) == min(self.rows, _KEPT)


@lru_cache(maxsize=1 << 16)
def _kind(text: str) -> tuple[int | None, bool, int, bool, bool]:
    """Mark, whether a circle, figures of a history, whether a count, whether above one."""
    plain = text.removesuffix(".0") if text[:-2].isdecimal() else text
    history = len(text) if set(text) <= {"0", "1"} and len(text) <= 16 else 0
    found = read_count(plain)
    counted = found.problem in {"", "ambiguous", "beyond"}
    large = counted and (found.value > 1 or bool(found.problem))
    circle = len(text) == 1 and fold(text) in _CIRCLES
    return MarkReader().read(plain), circle, history, counted, large


def survey(rows: Iterable[tuple[int, Sequence[Any]]], width: int) -> list[ColumnSurvey]:
    """Look through the first rows of a table: what stands in each of its columns."""
    found = [ColumnSurvey() for _ in range(width)]
    for _, row in islice(rows, _LOOKED_AT):
        for column, value in zip(found, row, strict=False):
            column.add(value)
    return found
