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

from uncounted.core.notes import Note
from uncounted.records.codes import MISSING, fold
from uncounted.records.schema import BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR, NO_BIRTH

__all__ = [
    "NOTHING_TELLS",
    "SLASHED",
    "UNREADABLE",
    "ReadDate",
    "day_order",
    "day_stands_first",
    "exchanged",
    "has_long_years_last",
    "hinted_order",
    "may_be_either",
    "month_of",
    "read_date",
    "torn",
    "with_day_and_month_exchanged",
    "years_between",
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
        ``"Buddhist year"``, ``"Nepali year"`` or `OTHER_ORDER`.
    """

    day: dt.date | None
    precision: int
    how: str = ""

    def __repr__(self) -> str:
        return f"ReadDate(precision={self.precision}, how={self.how!r})"


OTHER_ORDER = "other order"
_LONGEST = 200
"""Characters beyond which nothing is a date."""
NOTHING = ReadDate(None, NO_BIRTH)
UNREADABLE = ReadDate(None, NO_BIRTH, "unreadable")
NOTHING_TELLS = Note("records.dates.nothing-tells")
"""Note of a column of dates that could all be either."""
_MONTHS = {
    fold(name): i + 1
    for i, names in enumerate(
        [
            "jan january enero ene januar janvier janv janeiro gennaio gen ianuarie ian januari января січня styczen stycznia ocak มกราคม มค enero",
            "feb february febrero februar fevrier fevr fev fevereiro febbraio februarie februari февраля лютого luty lutego subat กุมภาพันธ์ กพ pebrero",
            "mar march marzo marz mars marco martie maart maret марта березня marzec marca mart มีนาคม มีค marso mrz",
            "apr april abril abr avril avr aprile aprilie апреля квітня kwiecien kwietnia nisan เมษายน เมย",
            "may mayo mai maio maggio mag mei мая травня maj maja mayis พฤษภาคม พค mayo",
            "jun june junio juni juin junho giugno giu iunie июня червня czerwiec czerwca haziran มิถุนายน มิย hunyo",
            "jul july julio juli juillet juil julho luglio lug iulie июля липня lipiec lipca temmuz กรกฎาคม กค hulyo",
            "aug august agosto ago aout augustus agustus августа серпня sierpien sierpnia agustos สิงหาคม สค",
            "sep sept september septiembre septembre setembro set settembre septembrie сентября вересня wrzesien wrzesnia eylul กันยายน กย setyembre",
            "oct october octubre oktober okt octobre outubro out ottobre ott octombrie октября жовтня pazdziernik pazdziernika ekim ตุลาคม ตค oktubre",
            "nov november noviembre novembre novembro noiembrie ноября листопада listopad listopada kasim พฤศจิกายน พย nobyembre",
            "dec december diciembre dic dezember dez decembre dezembro dicembre decembrie desember декабря грудня grudzien grudnia aralik ธันวาคม ธค disyembre",
        ]
    )
    for name in names.split()
}  # fmt: skip
_ERAS = {
    "m": 1867, "明治": 1867, "t": 1911, "大正": 1911, "s": 1925, "昭和": 1925, "h": 1988, "平成": 1988, "r": 2018, "令和": 2018,
    "民國": 1911, "民国": 1911,
}  # fmt: skip
"""Year before the first of each era of Japan, and of the calendar of Taiwan."""
_ERA = re.compile(
    r"(?:([mtshr])[. ]?(\d{1,2})[./-](\d{1,2})[./-](\d{1,2})"
    r"|(明治|大正|昭和|平成|令和|民國|民国)\s*(\d{1,3}|元)\s*[年./-]?\s*(?:(\d{1,2})\s*[月./-]\s*(?:(\d{1,2})\s*日?)?)?)"
)
_MASK = r"(?:x{1,2}|\?{1,2}|\*{1,2}|_{1,2}|-{1,2}|n/?a|unk|dd|mm|00)"
_MASKED = re.compile(rf"({_MASK}|\d{{1,2}})\s*[-/. ]\s*({_MASK}|\d{{1,2}})\s*[-/. ]\s*(\d{{4}})")
_MASKED_FIRST = re.compile(
    rf"(\d{{4}})\s*[-/. ]\s*({_MASK}|\d{{1,2}})\s*[-/. ]\s*({_MASK}|\d{{1,2}})"
)
_ABOUT = re.compile(
    r"(?:(?:c|ca|circa|about|abt|around|approx|approximately|est|estimated|early|mid|late|spring|summer|autumn|fall|winter|year|yr|born|in|the|day|month|unknown|unk|date"
    r"|hacia|aprox|aproximadamente|alrededor|de|ano|vers|environ|annee|um|etwa|jahr|circa|cca|около|приблизно|năm|nam|約|约|약|경|頃|生|년|年|년생|ปี|พศ)[. ]*)*"
    r"[(~≈]?\s*(\d{4})\s*[)?]?\s*(?:(?:est|approx|aprox|estimated|approximately|unknown|unk|only|년생?|年生?|생|頃|경)[. ]*|[(]?(?:est|approx|aprox|year only|estimated|approximately)[.]?[)]?|\?)*"
)
_VIETNAMESE = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}),? (?:nam )?(\d{4})")
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
    if len(text) > _LONGEST:
        return UNREADABLE
    plain = fold(text)
    if plain in MISSING or plain in {"0000-00-00", "00/00/0000"}:
        return NOTHING
    plain = re.sub(r"[t ]\d{1,2}:\d{2}.*$", "", plain).strip().strip("'")
    if re.fullmatch(r"\d+\.0|\d{5}\.\d+", plain):
        # a number with its decimals; of a spreadsheet's day number they are the time of day
        plain = plain.partition(".")[0]
    if plain.isdecimal() and plain.isascii():
        return _digits(plain, order, latest)
    match = _VIETNAMESE.fullmatch(plain)
    if match:
        return _made(int(match[3]), int(match[2]), int(match[1]))
    match = _ERA.fullmatch(plain)
    if match:
        return _of_era(*match.groups())
    match = _THREE.fullmatch(plain)
    if match and not _masked(plain):
        return _three(*match.groups(), order=order, latest=latest)
    match = re.fullmatch(r"(\d{4})\s*[-/.년年]\s*(\d{1,2})\s*[월月]?", plain)
    if match:
        return _made(int(match[1]), int(match[2]), None)
    match = re.fullmatch(r"(\d{1,2})\s*[-/.]\s*(\d{4})", plain)
    if match:
        return _made(int(match[2]), int(match[1]), None)
    if _masked(plain):
        return _partly(plain)
    match = _ABOUT.fullmatch(plain)
    if match:
        return _made(int(match[1]), None, None)
    return _words(plain, latest)


def _masked(plain: str) -> bool:
    """Whether a part of a date is masked: ``XX/XX/1990``, ``??/03/1990``, ``1990-00-00``."""
    return (
        _MASKED.fullmatch(plain) or _MASKED_FIRST.fullmatch(plain)
    ) is not None and not re.fullmatch(r"\d{1,4}\W+0*[1-9]\d?\W+0*[1-9]\d*", plain)


def _partly(plain: str) -> ReadDate:
    """Read what is known of a masked date: the year, and the month where one number may be it."""
    match = _MASKED.fullmatch(plain)
    if match:
        year, parts = int(match[3]), (match[1], match[2])
    else:
        match = _MASKED_FIRST.fullmatch(plain)
        if match is None:
            return UNREADABLE
        year, parts = int(match[1]), (match[2], match[3])
    known = [int(p) for p in parts if p.isdecimal() and int(p)]
    # who knows one of the two knows the month
    return _made(year, known[0] if len(known) == 1 and known[0] <= 12 else None, None)


def _of_era(*parts: str | None) -> ReadDate:
    letter, short_year, short_month, short_day, era, year, month, day = parts
    base = _ERAS[letter or era or ""]
    number = 1 if year == "元" else int(short_year or year or 0)
    first, second = short_month or month, short_day or day
    return _made(base + number, int(first) if first else None, int(second) if second else None)


def _digits(plain: str, order: str, latest: int) -> ReadDate:
    number = int(plain)
    if len(plain) == 8 and 1850 <= number // 10000 <= 2700:
        whole = _made(number // 10000, number // 100 % 100, number % 100)
        if whole is not UNREADABLE:
            return whole
    if len(plain) in (7, 8) and 1850 <= number % 10000 <= 2700:
        # 12031990, or one whose first nought a spreadsheet let go
        first, second = number // 1_000_000, number // 10_000 % 100
        return _three(str(first), str(second), str(number % 10000), order=order, latest=latest)
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
        how = how or OTHER_ORDER
    return _made(year, month, day, how)


def _full_year(year: int, latest: int) -> int:
    full = latest // 100 * 100 + year
    return full if full <= latest else full - 100


def _words(plain: str, latest: int) -> ReadDate:
    plain = re.sub(r"([ก-ฮ][ิีึื]?)\.([ก-ฮ])\.?", r"\1\2", plain)
    tokens = re.findall(r"\d+|[^\s\d,./_()-]+", plain)
    months = [_MONTHS[t] for t in tokens if t in _MONTHS]
    others = [t for t in tokens if not t.isdecimal() and t not in _MONTHS]
    numbers = [t for t in tokens if t.isdecimal()]
    if len(months) != 1 or set(others) - {
        "de",
        "del",
        "of",
        "th",
        "st",
        "nd",
        "rd",
        "the",
        "xx",
        "x",
        "?",
        "??",
        "r",
        "g",
        "р",
        "г",
        "року",
        "года",
        "พศ",
    }:
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


def day_order(texts: Iterable[str]) -> tuple[str, Note | None]:
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
    (('dmy', None), ('ymd', None))
    """
    day_first = month_first = slashed = year_first = year_last = dotted = 0
    for text in texts:
        plain = text.strip()
        match = SLASHED.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
        if match:
            slashed += 1
            dotted += "." in plain[:3]
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
        return "ymd", None
    if day_first and month_first:
        order = "dmy" if day_first > month_first else "mdy"
        return order, Note("records.dates.both-orders")
    if day_first:
        return "dmy", None
    if slashed and dotted == slashed and not month_first:
        return "dmy", Note("records.dates.dotted")
    if slashed and not month_first:
        return "mdy", NOTHING_TELLS
    return "mdy", None


_RUN_TOGETHER = re.compile(r"(\d{2})(\d{2})((?:18[5-9]|19\d|20\d)\d)")
_ISO = re.compile(r"\d{4}-(\d{2})-(\d{2})(?:[T ].*)?")
SURE, LIKELY = 0.01, 0.1
"""Chances of a pattern below which it is taken for what it seems, and for a ground of doubt."""
_SMALL = 12 / 30.44
"""Chance that the day of a month is one of the first twelve."""


def exchanged(texts: Iterable[str]) -> str:
    """Whether a spreadsheet exchanged day and month where it could, and left text where it could not.

    Such a program reads 04/03/1990 the wrong way round and keeps 13/03/1990 as text: the real dates
    of the column have days up to 12 only, and the others, days and months that have one above.

    Parameters
    ----------
    texts
        Cells of the column; a real date is written ``1990-03-04``.

    Returns
    -------
    str
        ``"sure"`` where chance would give that less than once in a hundred times, ``"likely"`` in
        ten, else ``""``.

    Examples
    --------
    >>> exchanged(["1990-04-03", "1991-02-11", "1985-12-01", "1979-01-07"] + ["25/03/1990"] * 4)
    'sure'
    >>> exchanged(["1990-04-23", "25/03/1990", "1991-02-11"])
    ''
    """
    chance = 1.0
    real = written = 0
    for text in texts:
        plain = text.strip()
        iso = _ISO.fullmatch(plain)
        if iso:
            if int(iso[2]) > 12:
                return ""
            real += iso[1] != iso[2]
            chance *= _SMALL
            continue
        match = SLASHED.fullmatch(plain)
        if match and len(match[3]) == 4:
            if max(int(match[1]), int(match[2])) <= 12:
                return ""
            written += 1
            chance *= 1 - _SMALL
    if not real or not written:
        return ""
    return "sure" if chance < SURE else "likely" if chance < LIKELY else ""


def torn(texts: Iterable[str]) -> bool:
    """Whether both orders of day and month are at home in a column, so that 3/4/1990 may be either.

    A slip in one cell of many is none: the rarer order must be one in ten.

    Examples
    --------
    >>> (
    ...     torn(["13/02/1990", "02/13/1990", "14/03/1991", "05/25/1990"]),
    ...     torn(["13/02/1990"] * 50 + ["2/13/1990"]),
    ... )
    (True, False)
    """
    day_first = month_first = 0
    for text in texts:
        match = SLASHED.fullmatch(text.strip())
        if match and len(match[3]) == 4:
            day_first += int(match[1]) > 12
            month_first += int(match[2]) > 12
    return min(day_first, month_first) * 10 >= max(day_first + month_first, 1)


def may_be_either(text: str) -> bool:
    """Whether a date's day and month could change places and give another date."""
    match = SLASHED.fullmatch(text.strip())
    return match is not None and match[1].lstrip("0") != match[2].lstrip("0") and max(int(match[1]), int(match[2])) <= 12  # fmt: skip


_YEARS = re.compile(
    r"(?:between |entre |zwischen |de )?(\d{4})\s*(?:-+|–|—|~|/|to|or|and|a|o|u|y|e|ou|bis|und|i|до|або|или|至|から|到)\s*(\d{2}|\d{4})"
)


def years_between(text: str) -> tuple[int, int] | None:
    """First and last year of a birth known to lie between two; ``None`` for any other text.

    Examples
    --------
    >>> years_between("1990-1992"), years_between("1990/91"), years_between("1990-03")
    ((1990, 1992), (1990, 1991), None)
    """
    match = _YEARS.fullmatch(fold(text))
    if match is None:
        return None
    first = int(match[1])
    last = int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])
    return (first, last) if first < last else None


def with_day_and_month_exchanged(made: ReadDate) -> ReadDate:
    """Put day and month back in their places."""
    if made.day is None or made.precision != BIRTH_DAY or made.day.day > 12:
        return made
    day = dt.date(made.day.year, made.day.day, made.day.month)
    return ReadDate(day, BIRTH_DAY, made.how)


def has_long_years_last(texts: Iterable[str]) -> bool:
    """Whether any date of a column plainly has its year last."""
    matches = (SLASHED.fullmatch(text.strip()) for text in texts)
    return any(m is not None and (len(m[3]) == 4 or int(m[3]) > 31) for m in matches)


_HINTS = (
    ("dmy", re.compile(r"\b(dd?|jj|tt)\W?(mm?|mmm)\W?([yaj]{2,4})\b")),
    ("mdy", re.compile(r"\b(mm?|mmm)\W?(dd?)\W?([ya]{2,4})\b")),
    ("ymd", re.compile(r"\b([yaj]{2,4})\W?(mm?)\W?(dd?|jj|tt)\b")),
)


_DAY_FIRST = re.compile(
    r"\b(?:fecha|nacimiento|naissance|nascimento|nascita|geburt\w*|nasterii|nastere|geboorte\w*|urodzenia|narozeni|rođenja|szuletesi|dogum|kayit|ngay|lahir|tanggal"
    r"|data d[aeio]|date d|дата|народження|рождения|aufnahme\w*|erstkontakt|datum)\b|วัน"
)


def day_stands_first(names: Iterable[str]) -> bool:
    """Whether column names are of a language whose dates begin with the day.

    Examples
    --------
    >>> day_stands_first(["Nr", "Geburtsdatum"]), day_stands_first(["No", "Date of birth"])
    (True, False)
    """
    return any(_DAY_FIRST.search(fold(name)) for name in names)


def hinted_order(header: str) -> str:
    """Order of day and month a column's name tells; ``""`` where it tells none.

    Examples
    --------
    >>> hinted_order("DOB (dd/mm/yyyy)"), hinted_order("Date [MM-DD-YY]"), hinted_order("Date")
    ('dmy', 'mdy', '')
    """
    plain = fold(header)
    return next((order for order, hint in _HINTS if hint.search(plain)), "")
