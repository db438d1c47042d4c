"""Dates as people write them, read into a day and how much of it is known.

Only the writing is settled here: day-month order, spreadsheet serials, Buddhist years. What a date
is worth for linkage (swaps, placeholders, Korean ages) is `records.dates`' business.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from uncounted.records.codes import MISSING, fold
from uncounted.records.schema import BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR, NO_BIRTH

__all__ = [
    "SLASHED",
    "UNREADABLE",
    "ReadDate",
    "day_order",
    "has_long_years_last",
    "hinted_order",
    "month_of",
    "read_date",
]


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as read.

    Parameters
    ----------
    day
        First day of what is known, ``None`` where nothing is.
    precision
        `NO_BIRTH`, `BIRTH_YEAR`, `BIRTH_MONTH` or `BIRTH_DAY`.
    how
        ``""``, ``"serial"`` (a spreadsheet's day number), ``"two-digit year"``,
        ``"Buddhist year"``, ``"Nepali year"`` or ``"day and month in the other order"``.
    """

    day: dt.date | None
    precision: int
    how: str = ""

    def __repr__(self) -> str:
        return f"ReadDate(precision={self.precision}, how={self.how!r})"


NOTHING = ReadDate(None, NO_BIRTH)
UNREADABLE = ReadDate(None, NO_BIRTH, "unreadable")
_MONTHS = {
    name: i + 1
    for i, names in enumerate(
        [
            "jan january enero ene januar janvier janeiro", "feb february febrero februar fevrier fevereiro",
            "mar march marzo marz mars marco", "apr april abril abr avril",
            "may mayo mai maio", "jun june junio juni juin junho", "jul july julio juli juillet julho",
            "aug august agosto ago aout", "sep sept september septiembre septembre setembro set",
            "oct october octubre oktober okt octobre outubro", "nov november noviembre novembre novembro",
            "dec december diciembre dic dezember dez decembre dezembro",
        ]
    )
    for name in names.split()
}  # fmt: skip
_EPOCH = dt.date(1899, 12, 30)
_THREE = re.compile(r"(\d{1,4})\s*[-/.년年]\s*(\d{1,2})\s*[-/.월月]\s*(\d{1,4})\s*[일日.]?")


SLASHED = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})(?:\D.*)?")
"""A date whose day and month may be told apart by their numbers only."""


def month_of(text: str) -> int | None:
    """Month of a cell that holds a month alone, as a number or a word; ``None`` where it is none."""
    plain = fold(text).removesuffix(".0")
    if plain.isdecimal():
        return int(plain) if 1 <= int(plain) <= 12 else None
    return _MONTHS.get(plain.rstrip("."))


@lru_cache(maxsize=65536)
def read_date(text: str, order: str = "mdy", latest: int = 2100) -> ReadDate:
    """Read one date.

    Parameters
    ----------
    text
        A cell.
    order
        ``"mdy"`` or ``"dmy"``: how to read 3/4/1990, or ``"earliest"``: the earlier of the two.
        ``"ymd"``: the year first, be it of two digits. A date that has one reading only is read so.
    latest
        Last year a two-digit year may mean.

    Examples
    --------
    >>> read_date("3/4/1990", "dmy").day.isoformat(), read_date("31868").how
    ('1990-04-03', 'serial')
    >>> read_date("1987").precision == BIRTH_YEAR
    True
    """
    plain = fold(text)
    if plain in MISSING or plain in {"0000-00-00", "00/00/0000"}:
        return NOTHING
    plain = re.sub(r"[t ]\d{1,2}:\d{2}.*$", "", plain).strip().strip("'")
    if re.fullmatch(r"\d+\.0|\d{5}\.\d+", plain):
        # a number with its decimals; of a spreadsheet's day number they are the time of day
        plain = plain.partition(".")[0]
    if plain.isdecimal() and plain.isascii():
        return _digits(plain, order, latest)
    match = _THREE.fullmatch(plain)
    if match:
        return _three(*match.groups(), order=order, latest=latest)
    match = re.fullmatch(r"(\d{4})\s*[-/.년年]\s*(\d{1,2})\s*[월月]?", plain)
    if match:
        return _made(int(match[1]), int(match[2]), None)
    match = re.fullmatch(r"(\d{1,2})\s*[-/.]\s*(\d{4})", plain)
    if match:
        return _made(int(match[2]), int(match[1]), None)
    if re.fullmatch(r"(c\.?|ca\.?|circa|about|approx\.?|~)?\s*\d{4}\s*[년年]?\s*\??", plain):
        return _made(int(re.sub(r"\D", "", plain)), None, None)
    return _words(plain, latest)


def _digits(plain: str, order: str, latest: int) -> ReadDate:
    number = int(plain)
    if len(plain) == 8:
        return _made(number // 10000, number // 100 % 100, number % 100)
    if len(plain) == 4 and 1850 <= number <= 2700:
        return _made(number, None, None)
    if len(plain) in (5, 6) and (order == "ymd" or number // 10000 > 31):
        # 850712; where the year comes first, 30512 may have lost a zero, and 200112 its day
        made = _year_first(number // 10000, number // 100 % 100, number % 100, latest)
        if made is not None:
            sure = len(plain) == 6 and not 1900 <= number // 100 <= 2100
            return made if sure else UNREADABLE
    if len(plain) == 5 and 1 <= number <= 80000:
        return ReadDate(_EPOCH + dt.timedelta(days=number), BIRTH_DAY, "serial")
    if len(plain) == 6 and 1900 <= number // 100 <= 2100:
        return _made(number // 100, number % 100, None)
    return UNREADABLE


def _year_first(year: int, month: int, day: int, latest: int) -> ReadDate | None:
    """Date with a two-digit year first; ``None`` where it cannot be one."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    made = _made(_full_year(year, latest), month, day, "two-digit year")
    return None if made is UNREADABLE else made


def _three(a: str, b: str, c: str, *, order: str, latest: int) -> ReadDate:
    if len(a) >= 3:
        return _made(int(a), int(b), int(c)) if len(c) <= 2 else UNREADABLE
    first, second = int(a), int(b)
    year, how = int(c), ""
    if len(c) <= 2 and len(a) == 2 and order == "ymd":
        made = _year_first(first, second, year, latest)
        if made is not None:
            return made
    if len(c) == 2:
        year, how = _full_year(year, latest), "two-digit year"
    elif len(c) != 4:
        return UNREADABLE
    if order == "earliest":
        day, month = max(first, second), min(first, second)
    else:
        day, month = (first, second) if order == "dmy" else (second, first)
    if month > 12 and day <= 12:
        day, month = month, day
        how = how or "day and month in the other order"
    return _made(year, month, day, how)


def _full_year(year: int, latest: int) -> int:
    full = latest // 100 * 100 + year
    return full if full <= latest else full - 100


def _words(plain: str, latest: int) -> ReadDate:
    tokens = re.findall(r"[^\W\d_]+|\d+", plain)
    months = [_MONTHS[t] for t in tokens if t in _MONTHS]
    others = [t for t in tokens if not t.isdecimal() and t not in _MONTHS]
    numbers = [t for t in tokens if t.isdecimal()]
    if len(months) != 1 or set(others) - {"de", "del", "of", "th", "st", "nd", "rd"}:
        return UNREADABLE
    years = [int(t) for t in numbers if len(t) == 4]
    days = [int(t) for t in numbers if len(t) <= 2]
    if not years and len(days) == 1 and int(days[0]) > 31:
        return _made(_full_year(int(days[0]), latest), months[0], None, "two-digit year")
    if len(years) == 1 and len(days) <= 1:
        return _made(years[0], months[0], days[0] if days else None)
    if not years and len(days) == 2:
        return _made(_full_year(days[1], latest), months[0], days[0], "two-digit year")
    return UNREADABLE


def _made(year: int, month: int | None, day: int | None, how: str = "") -> ReadDate:
    if 2400 <= year <= 2700:
        year, how = year - 543, "Buddhist year"
    if month == 0:
        month = day = None
    if day == 0:
        day = None
    try:
        made = dt.date(year, month or 1, day or 1)
    except ValueError:
        return UNREADABLE
    if not 1000 <= year <= 2300:
        return UNREADABLE
    precision = BIRTH_YEAR if month is None else BIRTH_MONTH if day is None else BIRTH_DAY
    return ReadDate(made, precision, how)


_YEAR_FIRST = re.compile(r"\s*\d{4}\s*[./년年].*")
"""A year first as people write it; with hyphens it may be a spreadsheet's own way of writing dates."""


def day_order(texts: Iterable[str]) -> tuple[str, str]:
    """Order of day and month in a column, and a note where it is in doubt.

    Parameters
    ----------
    texts
        A sample of the column's cells.

    Returns
    -------
    order, note
        ``"mdy"`` where nothing tells; ``"ymd"`` where years of two digits stand first.

    Examples
    --------
    >>> day_order(["13/02/1990", "01/02/1990"]), day_order(["92.11.30", "25.06.07"])
    (('dmy', ''), ('ymd', ''))
    """
    day_first = month_first = slashed = year_first = year_last = 0
    for text in texts:
        plain = text.strip()
        match = SLASHED.fullmatch(plain)
        if match:
            slashed += 1
            first, second, last = int(match[1]), int(match[2]), match[3]
            if len(last) == 4 or int(last) > 31:
                year_last += 1
            elif first > 31:
                year_first += 1
                continue
            day_first += first > 12
            month_first += second > 12
        elif _YEAR_FIRST.fullmatch(plain) or re.fullmatch(r"[3-9]\d[01]\d[0-3]\d", plain):
            year_first += 1
    if year_first and not year_last and not month_first:
        return "ymd", ""
    if day_first and month_first:
        order = "dmy" if day_first > month_first else "mdy"
        return order, "days and months stand in both orders"
    if day_first:
        return "dmy", ""
    if slashed and not month_first:
        return "mdy", "nothing tells day from month; read as month/day/year"
    return "mdy", ""


def has_long_years_last(texts: Iterable[str]) -> bool:
    """Whether any date of a column plainly has its year last."""
    matches = (SLASHED.fullmatch(text.strip()) for text in texts)
    return any(m is not None and (len(m[3]) == 4 or int(m[3]) > 31) for m in matches)


_HINTS = (
    ("dmy", re.compile(r"\b(dd?|jj|tt)\W?(mm?|mmm)\W?([yaj]{2,4})\b")),
    ("mdy", re.compile(r"\b(mm?|mmm)\W?(dd?)\W?([ya]{2,4})\b")),
    ("ymd", re.compile(r"\b([yaj]{2,4})\W?(mm?)\W?(dd?|jj|tt)\b")),
)


def hinted_order(header: str) -> str:
    """Order of day and month a column's name tells; ``""`` where it tells none.

    Examples
    --------
    >>> hinted_order("DOB (dd/mm/yyyy)"), hinted_order("Date [MM-DD-YY]"), hinted_order("Date")
    ('dmy', 'mdy', '')
    """
    plain = fold(header)
    return next((order for order, hint in _HINTS if hint.search(plain)), "")
