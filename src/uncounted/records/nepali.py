"""Dates written in the Nepali calendar (Bikram Sambat), 56 to 57 years ahead of the Western one.

They are read where a column's name says so, and for Nepali people where a date lies ahead. A birth in
such a column that could stand in either calendar is not guessed at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from uncounted.records.calendar import UNREADABLE, ReadDate
from uncounted.records.codes import fold
from uncounted.records.dates import nepali_day
from uncounted.records.schema import BIRTH_DAY, BIRTH_YEAR, NO_BIRTH

__all__ = [
    "AHEAD",
    "EITHER",
    "as_nepali",
    "lies_ahead",
    "of_nepali_birth",
    "read_nepali",
    "says_nepali",
]

AHEAD = 57
"""Most years the Nepali calendar is ahead."""
_SAYS = re.compile(r"\b(b\.? ?s\.?|bikram|vikram|sambat|nepali date)(?!\w)|वि\.? ?सं")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_YEAR = re.compile(r"(\d{4})")


def says_nepali(header: str) -> bool:
    """Whether a column's name says that its dates are Nepali.

    Examples
    --------
    >>> says_nepali("DOB (B.S.)"), says_nepali("Boss")
    (True, False)
    """
    return _SAYS.search(fold(header)) is not None


def read_nepali(text: str) -> ReadDate | None:
    """Read a date in the Nepali calendar: the day is right to a few, the year to one.

    Returns
    -------
    ReadDate or None
        ``None`` where it is no date of that calendar.

    Examples
    --------
    >>> read_nepali("2052-03-32").day.year, read_nepali("12 months")
    (1995, None)
    """
    plain = fold(text)
    found = _YEAR_FIRST.fullmatch(plain)
    if found:
        year, month, day = map(int, found.groups())
    elif found := _YEAR_LAST.fullmatch(plain):
        first, second, year = map(int, found.groups())
        day, month = (second, first) if second > 12 else (first, second)
    elif found := _YEAR.fullmatch(plain):
        # nine months of the year lie in the Western year 57 before it
        return _within(dt.date(int(found[1]) - AHEAD, 1, 1), BIRTH_YEAR)
    else:
        return None
    if not month or not day:
        return _within(dt.date(max(year - AHEAD, 1), 1, 1), BIRTH_YEAR)
    made = nepali_day(year, month, day)
    return None if made is None else _within(made, BIRTH_DAY)


def _within(day: dt.date, precision: int) -> ReadDate | None:
    return ReadDate(day, precision, "Nepali year") if 1900 <= day.year <= 2100 else None


def lies_ahead(texts: Iterable[str]) -> bool:
    """Whether some of a column's dates have years that are to come, as those of Nepali births have.

    Examples
    --------
    >>> lies_ahead(["1990-01-05", "2052/03/15"]), lies_ahead(["1990-01-05"])
    (True, False)
    """
    return any(re.search(r"(?<!\d)20[3-9]\d(?!\d)", fold(text)) for text in texts)


EITHER = ReadDate(None, NO_BIRTH, "either calendar")
"""What a birth is read as whose year may be of either calendar."""
_OLDEST_NEPALI = 2000


def as_nepali(text: str, birth: bool) -> ReadDate:
    """Read a cell of a column whose name says that its dates are Nepali; a birth as a year."""
    made = read_nepali(text)
    return UNREADABLE if made is None else _year(made) if birth else made


def of_nepali_birth(made: ReadDate, text: str, latest: dt.date, two_calendars: bool) -> ReadDate:
    """Read the birth date of a Nepali person.

    Parameters
    ----------
    made
        As read in the Western calendar.
    text
        The cell.
    latest
        No birth lies after it.
    two_calendars
        Whether other births of the list have years of the Nepali calendar. One that could stand in
        either is then `EITHER`: of nobody older than 83 is the Nepali year below 2000.
    """
    if made.day is None or made.day > latest:
        nepali = read_nepali(text)
        to_come = (
            nepali is not None and nepali.day is not None and nepali.day.year > latest.year - AHEAD
        )
        return _year(nepali) if nepali is not None and to_come else made
    if two_calendars and not made.how and made.day.year >= _OLDEST_NEPALI:
        return EITHER
    return made


def _year(made: ReadDate) -> ReadDate:
    """Keep the year only: the day would be right to a few."""
    if made.day is None:
        return made
    return ReadDate(dt.date(made.day.year, 1, 1), BIRTH_YEAR, made.how)
