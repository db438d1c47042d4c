"""Text into whole numbers, bounded: the one place where digits of a file become a number.

A count is read by one rule, whichever command reads the file. Commas, blanks and apostrophes part
thousands (``1,260``, ``1 260``, ``1,26,000``); a part of noughts is none (``60.0``, ``60,0``,
``1,260.00``). A dot before three figures parts thousands where the column shows that it does
(``1.260``: no count has a fraction); ``1.000`` alone may be one or a thousand, and is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["LARGEST", "Count", "Marks", "marks_of", "read_count", "whole_number"]

LARGEST = 2**53
"""Beyond it whole numbers are no longer exact as floats."""


def whole_number(text: str, largest: int = LARGEST) -> int | None:
    """Whole number, 0 or more, that a text writes in digits alone.

    Parameters
    ----------
    text
        As a cell holds it, without blanks at its ends.
    largest
        Every greater number comes back as ``largest + 1``, however many digits it has: Python
        refuses to turn more than some thousands of digits into a number, and a count of that
        size is an error of the file anyway.

    Returns
    -------
    int or None
        ``None`` where the text is not digits alone.

    Examples
    --------
    >>> whole_number("0042"), whole_number("9" * 6000, largest=100), whole_number("²")
    (42, 101, None)
    """
    if not text.isdecimal():
        return None
    if len(text) > len(str(largest)):
        # leading zeros, of whichever script's digits, do not count
        kept = "".join(str(int(c)) for c in text).lstrip("0")
        if len(kept) > len(str(largest)):
            return largest + 1
        text = kept or "0"
    return min(int(text), largest + 1)


Problem = Literal[
    "", "missing", "negative", "fraction", "percent", "ambiguous", "suppressed", "none", "beyond"
]


@dataclass(frozen=True, slots=True)
class Count:
    """A count as read; ``problem`` says why there is none."""

    value: int
    problem: Problem = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marks inside the numbers of one column mean.

    Parameters
    ----------
    dot
        ``"thousands"``, ``"decimals"`` or ``""`` where nothing in the column tells.
    comma
        The same of commas; they part thousands where nothing tells.
    typed
        Whether the file keeps numbers as numbers (a workbook, Parquet, JSON): a dot in one is then
        a decimal point.
    """

    dot: str = ""
    comma: str = ""
    typed: bool = False


LONGEST = 60
"""Characters of the longest text that can be a count; digits alone may be more."""
_BLANKS = " \u00a0\u202f\u2009'\u2019"
_BLANKED = re.compile(rf"(\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+)((?:[.,]0+)?)")
_DOTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}")
_BOTH = re.compile(r"([1-9]\d{0,2}(?:,\d{2,3})*,\d{3})\.(\d+)|([1-9]\d{0,2}(?:\.\d{3})+),(\d+)")
_PART = re.compile(r"(\d+)([.,])(\d*)|()([.,])(\d+)")
_POWER = re.compile(r"(\d{1,17})(?:\.(\d{0,17}))?[eE]\+?(\d{1,3})")
_NEGATIVE = re.compile(r"[-\u2212\u2013]\s*\d[\d.,]*|\(\d[\d.,]*\)")
_SUPPRESSED = re.compile(
    r"[*\u2020\u2021]+|[<\u2264]=?\s*\d+|\d+\s*[-\u2013]\s*\d+|[>\u2265]=?\s*\d+|\d+\+"
)


def marks_of(texts: Iterable[str], *, typed: bool = False) -> Marks:
    """Say what dots and commas mean in a column, by what its cells show.

    Examples
    --------
    >>> marks_of(["1.260", "840"]).dot, marks_of(["1.000", "840"]).dot, marks_of(["60,0"]).comma
    ('thousands', '', 'decimals')
    """
    parts = thousands = comma_parts = False
    for text in texts:
        plain = text.strip()
        if len(plain) > LONGEST or ("." not in plain and "," not in plain):
            continue
        if _DOTS.fullmatch(plain):
            # several groups, or a group that is no fraction of noughts
            thousands |= plain.count(".") > 1 or not plain.endswith(".000")
        elif match := _BOTH.fullmatch(plain):
            thousands |= match[3] is not None
            parts |= match[1] is not None
        elif match := _PART.fullmatch(plain):
            mark = match[2] or match[5]
            parts |= mark == "."
            comma_parts |= mark == "," and not _COMMAS.fullmatch(plain)
    dot = "decimals" if parts else "thousands" if thousands and not typed else ""
    return Marks(dot, "decimals" if comma_parts else "", typed)


def read_count(text: str, marks: Marks = Marks(), largest: int = LARGEST) -> Count:
    """Read a count of people by the one rule.

    Parameters
    ----------
    text
        A cell.
    marks
        What dots and commas mean in its column, as `marks_of` gives it.
    largest
        A greater number has the problem ``"beyond"``.

    Examples
    --------
    >>> [read_count(x).value for x in ("1,260", "1 260", "60.0", "60,0", "1,260.00", "1.234.567")]
    [1260, 1260, 60, 60, 1260, 1234567]
    >>> read_count("1.000").problem, read_count("1.260", marks_of(["1.260"])).value
    ('ambiguous', 1260)
    >>> read_count("<5").problem, read_count("56%").problem, read_count("2.5").problem
    ('suppressed', 'percent', 'fraction')
    """
    plain = text.strip()
    if not plain:
        return Count(0, "missing")
    plain = plain.removeprefix("+")
    number = whole_number(plain, largest)
    if number is None and len(plain) <= LONGEST:
        found = _marked(plain, marks)
        if found.problem:
            return found
        number = found.value
    if number is None:
        return Count(0, "none")
    return Count(0, "beyond") if number > largest else Count(number)


def _marked(plain: str, marks: Marks) -> Count:
    """Read a number that is not digits alone."""
    if match := _BLANKED.fullmatch(plain):
        return _digits(match[1])
    if _DOTS.fullmatch(plain):
        return _dotted(plain, marks)
    if _COMMAS.fullmatch(plain) and not (marks.comma and plain.count(",") == 1):
        return _digits(plain)
    if match := _BOTH.fullmatch(plain):
        whole, part = (match[1], match[2]) if match[1] else (match[3], match[4])
        return Count(0, "fraction") if part.strip("0") else _digits(whole)
    if match := _PART.fullmatch(plain):
        part = match[3] if match[2] else match[6]
        if part.strip("0") or not match[1]:
            return Count(0, "fraction")
        return _digits(match[1])
    if match := _POWER.fullmatch(plain):
        part = match[2] or ""
        power = int(match[3]) - len(part)
        if power < -len(part) or power > 20:
            return Count(0, "beyond")
        digits = match[1] + part
        if power < 0:
            if digits[power:].strip("0"):
                return Count(0, "fraction")
            digits = digits[:power]
        return _digits(digits + "0" * max(power, 0))
    if plain.endswith("%"):
        return Count(0, "percent")
    if _NEGATIVE.fullmatch(plain):
        return Count(0, "negative")
    return Count(0, "suppressed" if _SUPPRESSED.fullmatch(plain) else "none")


def _dotted(plain: str, marks: Marks) -> Count:
    """Read three figures behind a dot."""
    if plain.count(".") > 1:
        return _digits(plain)
    if marks.dot == "thousands":
        return _digits(plain)
    noughts = plain.endswith(".000")
    if marks.dot == "decimals":
        return _digits(plain.partition(".")[0]) if noughts else Count(0, "fraction")
    if noughts:
        return Count(0, "ambiguous")
    return Count(0, "fraction") if marks.typed else _digits(plain)


def _digits(text: str) -> Count:
    number = whole_number(re.sub(r"\D", "", text))
    return Count(0 if number is None else number)
