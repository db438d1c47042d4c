"""What a birth date is worth for linkage: precision, placeholders, calendars, ages as stated.

`records.calendar` reads how a date is written; here is what two of them say about one person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note
from uncounted.records.calendar import read_date
from uncounted.records.schema import BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR, NO_BIRTH

__all__ = [
    "DATE_LEVELS",
    "BirthDate",
    "DateMatch",
    "age_window",
    "birth_date",
    "compare_dates",
    "date_levels",
    "match_dates",
    "nepali_day",
    "read_birth_date",
]

DATE_LEVELS = ("missing", "different", "age", "year", "near", "equal")
"""What the numbers of `compare_dates` mean, from -1 up: -1 missing, 0 different, 1 the stated age
fits, 2 the year agrees and no more is known, 3 one slip apart (day and month swapped, one digit, one
part, another calendar), 4 the same day."""

_SENTINELS = frozenset(((1900, 1, 1), (1901, 1, 1), (1899, 12, 30), (1970, 1, 1), (1111, 11, 11)))
_OLDEST = 105
_BUDDHIST = 543
_NEPALI_NEW_YEAR = (4, 14)
_NEPALI_SLACK = 3


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A birth date as far as it is known. It prints its precision only, never the date.

    Parameters
    ----------
    year, month, day
        Gregorian; 0 for a part that is not known.
    precision
        `NO_BIRTH`, `BIRTH_YEAR`, `BIRTH_MONTH` or `BIRTH_DAY` of `records.schema`, after
        placeholders: 1 January is a year and no more.
    earliest, latest
        First and last day it can be, as ordinals (`datetime.date.toordinal`); 0 for not known.
    stated
        Whether it comes from an age as stated.
    rough
        Whether the day is known to a few days only (converted from the Nepali calendar).
    """

    year: int = 0
    month: int = 0
    day: int = 0
    precision: int = NO_BIRTH
    earliest: int = 0
    latest: int = 0
    stated: bool = False
    rough: bool = False

    def __repr__(self) -> str:
        return f"BirthDate(precision={self.precision}, stated={self.stated})"


@dataclass(frozen=True, slots=True)
class DateMatch:
    """How two birth dates agree: a level of `DATE_LEVELS` (-1 to 4), and by which rule."""

    level: int
    reason: Note

    @property
    def rule(self) -> str:
        """The rule in plain words; it never holds a date."""
        return str(self.reason)


NOTHING = BirthDate()


def birth_date(
    day: dt.date | np.datetime64 | None,
    precision: int = BIRTH_DAY,
    *,
    stated_age: int = -1,
    stated_on: dt.date | np.datetime64 | None = None,
) -> BirthDate:
    """Birth date from the fields of a record.

    Parameters
    ----------
    day
        Gregorian day, the first of what is known; ``None`` or ``NaT`` for not known.
    precision
        `BIRTH_YEAR`, `BIRTH_MONTH` or `BIRTH_DAY`.
    stated_age
        Age in years as stated, used where there is no date; -1 for none.
    stated_on
        Day it was stated.

    Returns
    -------
    BirthDate
        Empty where nothing is known or the date is a stand-in such as 1 January 1900.

    Examples
    --------
    >>> import datetime as dt
    >>> birth_date(dt.date(1990, 1, 1)).precision == BIRTH_YEAR
    True
    >>> birth_date(None, stated_age=24, stated_on=dt.date(2020, 6, 1)).stated
    True
    """
    made = _day(day)
    if made is not None and precision != NO_BIRTH:
        return _from_day(made, precision)
    on = _day(stated_on)
    if on is not None and 0 <= stated_age <= _OLDEST:
        low, high = age_window(stated_age, on)
        return BirthDate(earliest=low.toordinal(), latest=high.toordinal(), stated=True)
    return NOTHING


def _day(value: dt.date | np.datetime64 | None) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    made = value.astype("datetime64[D]").astype(object)
    return made if isinstance(made, dt.date) else None


def _from_day(day: dt.date, precision: int, rough: bool = False) -> BirthDate:
    if (day.year, day.month, day.day) in _SENTINELS:
        return NOTHING
    if precision == BIRTH_DAY and (day.month, day.day) == (1, 1):
        precision = BIRTH_YEAR
    month = day.month if precision >= BIRTH_MONTH else 0
    number = day.day if precision >= BIRTH_DAY else 0
    first = dt.date(day.year, month or 1, number or 1)
    if precision == BIRTH_DAY:
        last = first
    elif precision == BIRTH_MONTH:
        last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    else:
        last = dt.date(day.year, 12, 31)
    return BirthDate(
        day.year, month, number, precision, first.toordinal(), last.toordinal(), rough=rough
    )


def age_window(age: int, on: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of birth of somebody who says to be ``age`` years old on a day.

    The last day leaves room for East Asian counting, where a child is one at birth and a year older
    each New Year: such an age is one or two above the age in completed years.

    Examples
    --------
    >>> import datetime as dt
    >>> [d.isoformat() for d in age_window(20, dt.date(2020, 6, 1))]
    ['1999-06-02', '2002-06-01']
    """
    first = _years_before(on, age + 1) + dt.timedelta(days=1)
    return first, min(_years_before(on, max(age - 2, 0)), on)


def _years_before(day: dt.date, years: int) -> dt.date:
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def nepali_day(year: int, month: int, day: int) -> dt.date | None:
    """Gregorian day of a Bikram Sambat date, right to a few days; ``None`` where there is none.

    Bikram Sambat runs 56 to 57 years ahead and its year begins near 14 April; its months have 29 to
    32 days by almanac, taken here as a twelfth of the year each.

    Examples
    --------
    >>> nepali_day(2045, 3, 15).year
    1988
    """
    if not (1901 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 32):
        return None
    start = dt.date(year - 57, *_NEPALI_NEW_YEAR)
    return start + dt.timedelta(days=round((month - 1) * 365.25 / 12) + day - 1)


@lru_cache(maxsize=65536)
def read_birth_date(text: str, *, order: str = "mdy", seen: dt.date | None = None) -> BirthDate:
    """Read a birth date as written, in any of the calendars of the field.

    Parameters
    ----------
    text
        A cell: a date, a year, a spreadsheet's day number, a Buddhist-era or Nepali date.
    order
        ``"mdy"`` or ``"dmy"``, for 3/4/1990.
    seen
        Day of the record (today where it is not known): nobody is born after it, so a later year is
        read in the Nepali calendar.

    Returns
    -------
    BirthDate
        Empty where nothing can be read.

    Examples
    --------
    >>> read_birth_date("31/12/2533", order="dmy").year, read_birth_date("2045-03-15").rough
    (1990, True)
    """
    today = seen or dt.date.today()
    found = read_date(text, order, today.year)
    if found.day is None or found.precision == NO_BIRTH:
        return NOTHING
    day = found.day
    if day.year > today.year:
        made = nepali_day(day.year, day.month, day.day)
        if made is None or made > today or found.precision != BIRTH_DAY:
            if found.precision == BIRTH_YEAR and made is not None and made <= today:
                low, high = dt.date(day.year - 57, 4, 10), dt.date(day.year - 56, 4, 18)
                return BirthDate(earliest=low.toordinal(), latest=high.toordinal(), rough=True)
            return NOTHING
        return _from_day(made, BIRTH_DAY, rough=True)
    if day > today or day.year < today.year - 120:
        return NOTHING
    return _from_day(day, found.precision)


def compare_dates(a: BirthDate | None, b: BirthDate | None) -> int:
    """Level at which two birth dates agree, -1 to 4 as `DATE_LEVELS` says; symmetric.

    Examples
    --------
    >>> read = read_birth_date
    >>> compare_dates(read("1990-03-04"), read("1990-04-03"))
    3
    >>> compare_dates(read("1990-01-01"), read("1990-07-12"))
    2
    """
    return match_dates(a, b).level


@lru_cache(maxsize=1 << 17)
def match_dates(a: BirthDate | None, b: BirthDate | None) -> DateMatch:
    """How two birth dates agree, with the rule."""
    if a is None or b is None or not a.earliest or not b.earliest:
        return DateMatch(-1, Note("records.dates.rule.none"))
    if a.precision == b.precision == BIRTH_DAY:
        return _two_days(a, b)
    overlap = a.earliest <= b.latest and b.earliest <= a.latest
    if a.stated or b.stated:
        return DateMatch(1, Note("records.dates.rule.age-fits")) if overlap else _eras(a, b)
    if overlap:
        return DateMatch(
            2,
            Note(
                "records.dates.rule.year" if a.year == b.year else "records.dates.rule.years-meet"
            ),
        )
    return _eras(a, b)


def _two_days(a: BirthDate, b: BirthDate) -> DateMatch:
    gap = abs(a.earliest - b.earliest)
    if a.rough or b.rough:
        if gap <= _NEPALI_SLACK:
            return DateMatch(3, Note("records.dates.rule.nepali-rounding"))
        return (
            DateMatch(2, Note("records.dates.rule.year"))
            if gap <= 31
            else DateMatch(0, Note("records.dates.rule.different"))
        )
    if gap == 0:
        return DateMatch(4, Note("records.dates.rule.same"))
    if a.year == b.year and (a.month, a.day) == (b.day, b.month):
        return DateMatch(3, Note("records.dates.rule.swapped"))
    same = (a.year == b.year) + (a.month == b.month) + (a.day == b.day)
    if same == 2 and _one_slip(_written(a), _written(b)):
        return DateMatch(3, Note("records.dates.rule.one-digit"))
    if same == 2 and a.year != b.year and abs(a.year - b.year) in (1, 10):
        return DateMatch(3, Note("records.dates.rule.one-part"))
    if gap == 1:
        return DateMatch(3, Note("records.dates.rule.one-day"))
    if same == 2 and a.year == b.year:
        return DateMatch(3, Note("records.dates.rule.one-part"))
    return _eras(a, b)


def _written(a: BirthDate) -> str:
    return f"{a.year:04d}{a.month:02d}{a.day:02d}"


def _one_slip(x: str, y: str) -> bool:
    """Whether two strings of digits differ in one digit or by a swap of neighbours."""
    apart = [i for i in range(len(x)) if x[i] != y[i]]
    if len(apart) == 1:
        return True
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and x[apart[0]] == y[apart[1]]
        and x[apart[1]] == y[apart[0]]
    )


def _eras(a: BirthDate, b: BirthDate) -> DateMatch:
    """Compare dates of which one may stand in another calendar, or be different altogether."""
    if a.year and b.year:
        gap = abs(a.year - b.year)
        if gap == _BUDDHIST:
            day = (a.month, a.day) == (b.month, b.day)
            return DateMatch(3 if day else 2, Note("records.dates.rule.buddhist"))
        if a.precision == b.precision == BIRTH_DAY and gap in (56, 57):
            late = a if a.year > b.year else b
            made = nepali_day(late.year, late.month, late.day)
            early = b if late is a else a
            if made is not None and abs(made.toordinal() - early.earliest) <= _NEPALI_SLACK:
                return DateMatch(3, Note("records.dates.rule.nepali"))
    return DateMatch(0, Note("records.dates.rule.different"))


def date_levels(a: Sequence[BirthDate | None], b: Sequence[BirthDate | None]) -> NDArray[np.int8]:
    """Levels of agreement of many pairs of birth dates.

    Parameters
    ----------
    a, b
        Birth dates, pair ``k`` being ``a[k]`` and ``b[k]``.

    Returns
    -------
    numpy.ndarray
        int8 of shape (pairs,), -1 to 4 as `DATE_LEVELS` says.
    """
    out = np.empty(len(a), dtype=np.int8)
    for k, (x, y) in enumerate(zip(a, b, strict=True)):
        out[k] = match_dates(x, y).level
    return out
