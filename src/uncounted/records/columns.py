"""Cells of mapped columns turned into the record's columns, a chunk of rows at a time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.records import codes
from uncounted.records.calendar import UNREADABLE, ReadDate, read_date
from uncounted.records.schema import (
    BIRTH_DAY,
    BIRTH_MONTH,
    BIRTH_YEAR,
    EXPLOITATION,
    LEG_KINDS,
    NO_BIRTH,
    NO_DATE,
    Leg,
    Records,
)
from uncounted.records.tabular import FORMULA, RawRow

__all__ = ["Columns", "Converted", "convert"]

MAX_TEXT = 200
"""Longest cell a mapped column may hold, in characters."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd]")
_NO_NAME = frozenset(
    {"", "-", "--", "?", "n/a", "unknown", "not known", "xxx", "none", "null", "nan"}
)
_NAMES = {"given", "given_more", "family", "family_more", "full_name"}


@dataclass(slots=True)
class Columns:
    """Which cell serves which target.

    Parameters
    ----------
    pairs
        (target, position) in the order of the file.
    width
        Number of columns.
    orders
        Day-month order by target.
    kind
        ``"csv"``, ``"excel"`` or ``"parquet"``.
    header
        Folded column names, to recognise a header repeated further down.
    layout
        As `mapping.Guess.layout`.
    how
        Dates by the unusual way they were read; filled while reading.
    leg_key
        Position of the column that ties a row to a table of legs.
    """

    pairs: list[tuple[str, int]]
    width: int
    orders: Mapping[str, str]
    kind: str
    header: Sequence[str]
    layout: str
    how: dict[str, int] = field(default_factory=dict)
    leg_key: int | None = None


@dataclass(slots=True)
class Converted:
    """Records of one chunk and what was noticed: (reason, row number) pairs."""

    records: Records
    quarantined: list[tuple[str, int]]
    unread: list[tuple[str, int]]
    out_of_range: list[tuple[str, int]]
    how: dict[str, int]


def convert(
    list_name: str,
    raw: Sequence[RawRow],
    columns: Columns,
    *,
    as_of: str,
    legs: Mapping[str, tuple[Leg, ...]] | None = None,
) -> Converted:
    """Turn raw rows into records.

    Parameters
    ----------
    list_name
        The list.
    raw
        Rows as `tabular` gives them.
    columns
        The mapping.
    as_of
        Day of the run: no contact or birth lies after it.
    legs
        Routes by reference, where they stand in a table of their own.
    """
    quarantined: list[tuple[str, int]] = []
    numbers: list[int] = []
    rows: list[list[str]] = []
    for number, cells, fault in raw:
        reason = fault or _fault(cells, columns)
        if reason:
            quarantined.append((reason, number))
        else:
            numbers.append(number)
            rows.append(cells)
    work = _Chunk(columns, numbers, rows, as_of)
    return Converted(
        work.records(list_name, legs), quarantined, work.unread, work.strange, work.how
    )


def _fault(cells: list[str], columns: Columns) -> str:
    """Why a row cannot be a record; ``""`` if it can. Pads the row to the header's width."""
    if len(cells) > columns.width:
        if any(c.strip() for c in cells[columns.width :]):
            return "more values than column names"
        del cells[columns.width :]
    elif len(cells) < columns.width:
        if columns.kind == "csv":
            return "fewer values than column names"
        cells.extend([""] * (columns.width - len(cells)))
    hits = 0
    for target, i in columns.pairs:
        cell = cells[i]
        if not cell:
            continue
        if cell is FORMULA or cell == FORMULA or cell.startswith("="):
            return f"a formula in place of a value ({target})"
        if len(cell) > MAX_TEXT:
            return f"more than {MAX_TEXT} characters in one cell ({target})"
        if not cell.isprintable() and _CONTROL.search(cell):
            return f"control characters ({target})"
        hits += codes.fold(cell) == columns.header[i] if len(cell) < 40 and hits < 3 else 0
    if hits >= 3 or (hits and hits == len(columns.pairs)):
        return "repeats the column names"
    for target, i in columns.pairs:
        if target == "status" and codes.fold(cells[i]).replace(" ", "") in {
            "notavictimoftrafficking",
            "notavictim",
            "notvictim",
        }:
            return "recorded as not trafficked"
    return ""


class _Chunk:
    """Works through one chunk's columns."""

    def __init__(
        self, columns: Columns, numbers: list[int], rows: list[list[str]], as_of: str
    ) -> None:
        self.columns, self.numbers, self.rows = columns, numbers, rows
        self.size = len(rows)
        self.today = dt.date.fromisoformat(as_of)
        self.at: dict[str, list[int]] = {}
        for target, i in columns.pairs:
            self.at.setdefault(target, []).append(i)
        self.unread: list[tuple[str, int]] = []
        self.strange: list[tuple[str, int]] = []
        self.how: dict[str, int] = {}

    def texts(self, target: str) -> list[str] | None:
        places = self.at.get(target)
        return None if not places else [row[places[0]] for row in self.rows]

    def coded(
        self, target: str, read: Callable[[str], Any], unknown: Any, place: int | None = None
    ) -> list[Any]:
        """Cells of one column through a code table; what it does not know is noted."""
        if place is None:
            places = self.at.get(target)
            if not places:
                return [unknown] * self.size
            place = places[0]
        out = []
        for k, row in enumerate(self.rows):
            value = read(row[place]) if row[place] else unknown
            if value is None:
                self.unread.append((target, self.numbers[k]))
                value = unknown
            out.append(value)
        return out

    def dates(self, target: str, *, earliest: int, ahead: int = 0) -> list[ReadDate]:
        """Dates of one column; those that cannot be are noted and read as not known."""
        nothing = ReadDate(None, NO_BIRTH)
        texts = self.texts(target)
        if texts is None:
            return [nothing] * self.size
        order = self.columns.orders.get(target, "mdy")
        latest = self.today.replace(year=self.today.year + ahead) if ahead else self.today
        out = []
        for k, text in enumerate(texts):
            made = read_date(text, order, latest.year) if text else nothing
            if made is UNREADABLE:
                self.unread.append((target, self.numbers[k]))
                made = nothing
            elif made.day is not None:
                if made.how:
                    name = "spreadsheet serial number" if made.how == "serial" else made.how
                    self.how[name] = self.how.get(name, 0) + 1
                if made.day.year < earliest or made.day > latest:
                    self.strange.append((target, self.numbers[k]))
                    made = nothing
            out.append(made)
        return out

    def records(self, name: str, legs: Mapping[str, tuple[Leg, ...]] | None) -> Records:
        """All columns of the chunk."""
        date = self.dates("date", earliest=1950)
        birth = self.birth()
        for k, (born, seen) in enumerate(zip(birth, date, strict=True)):
            if born.day is not None and seen.day is not None and born.day > seen.day:
                self.strange.append(("birth_date after date", self.numbers[k]))
                birth[k] = ReadDate(None, NO_BIRTH)
        given, family = self.names()
        reference = [_line(t) for t in self.texts("reference") or [""] * self.size]
        withdrawn = self.withdrawn()
        stated_on = self.dates("stated_on", earliest=1950)
        age = self.ages()
        return Records.build(
            name,
            row=np.array(self.numbers, dtype=np.int64),
            reference=reference,
            date=_days(date),
            gender=self.coded("gender", codes.gender, ""),
            given=given,
            family=family,
            birth_date=_days(birth),
            birth_precision=np.array([b.precision for b in birth], dtype=np.uint8),
            stated_age=np.array(age, dtype=np.int16),
            stated_on=_days(stated_on),
            citizenship=self.coded("citizenship", codes.country, ""),
            language=self.coded("language", codes.language, ""),
            exploitation=np.array(self.forms(), dtype=np.uint16),
            sector=self.sectors(),
            route=self.routes(reference, legs),
            area=self.areas(),
            release_scope=self.scopes(),
            release_recipient=[
                _line(t) for t in self.texts("release_recipient") or [""] * self.size
            ],
            release_expires=_days(self.dates("release_expires", earliest=1950, ahead=150)),
            release_withdrawn=withdrawn,
        )

    def names(self) -> tuple[list[str], list[str]]:
        given = [""] * self.size
        family = [""] * self.size
        whole = self.texts("full_name")
        if whole is not None:
            for k, text in enumerate(whole):
                if codes.fold(text) not in _NO_NAME:
                    before, comma, after = text.partition(",")
                    given[k], family[k] = (after, before) if comma else _split(text)
        for parts, main, more in (
            (given, "given", "given_more"),
            (family, "family", "family_more"),
        ):
            for target in (main, more):
                texts = self.texts(target)
                if texts is None:
                    continue
                if target == main:
                    # a column of its own is surer than the whole name's halves
                    if any(t.strip() for t in texts):
                        other = family if main == "given" else given
                        for k, t in enumerate(texts):
                            if codes.fold(t) not in _NO_NAME:
                                parts[k] = t
                                if whole is not None and codes.fold(other[k]) == codes.fold(
                                    whole[k]
                                ):
                                    other[k] = ""
                else:
                    for k, t in enumerate(texts):
                        if codes.fold(t) not in _NO_NAME:
                            parts[k] = f"{parts[k]} {t}"
        return [" ".join(g.split()) for g in given], [" ".join(f.split()) for f in family]

    def birth(self) -> list[ReadDate]:
        birth = self.dates("birth_date", earliest=1900)
        year = self.texts("birth_year")
        if year is None:
            return birth
        month = self.texts("birth_month") or [""] * self.size
        day = self.texts("birth_day") or [""] * self.size
        for k in range(self.size):
            if birth[k].day is None and year[k].strip():
                made = _assembled(year[k], month[k], day[k])
                if made is None:
                    self.unread.append(("birth_year", self.numbers[k]))
                elif made.day is None or not dt.date(1900, 1, 1) <= made.day <= self.today:
                    self.strange.append(("birth_year", self.numbers[k]))
                else:
                    birth[k] = made
        return birth

    def ages(self) -> list[int]:
        out = []
        for k, text in enumerate(self.texts("stated_age") or [""] * self.size):
            plain = codes.fold(text)
            match = re.fullmatch(
                r"(?:~|c\.?|about|approx\.?)?\s*(\d{1,3})(?:\.\d+)?\s*(?:years?|yrs?|y|yo|세|살|anos)?\s*(?:old)?",
                plain,
            )
            if plain in codes.MISSING:
                out.append(-1)
            elif match is None:
                self.unread.append(("stated_age", self.numbers[k]))
                out.append(-1)
            elif int(match[1]) > 110:
                self.strange.append(("stated_age", self.numbers[k]))
                out.append(-1)
            else:
                out.append(int(match[1]))
        return out

    def forms(self) -> list[int]:
        bits: list[int] = self.coded("exploitation", codes.exploitation, 0)
        for i, form in enumerate(EXPLOITATION):
            for place in self.at.get(f"exploitation.{form}", ()):
                marks = self.coded(f"exploitation.{form}", codes.yes_no, False, place)
                bits = [b | (1 << i if m else 0) for b, m in zip(bits, marks, strict=True)]
        return bits

    def sectors(self) -> list[str]:
        out: list[str] = self.coded("sector", codes.sector, "")
        for target in self.at:
            if not target.startswith("sector."):
                continue
            for place in self.at[target]:
                for k, mark in enumerate(self.coded(target, codes.yes_no, False, place)):
                    if mark and not out[k]:
                        out[k] = target[-1]
        return out

    def areas(self) -> list[str]:
        out = []
        for k, text in enumerate(self.texts("area") or [""] * self.size):
            if codes.fold(text) in codes.MISSING:
                out.append("")
            elif codes.refuses_area(text):
                self.unread.append(("area (finer than a county, not kept)", self.numbers[k]))
                out.append("")
            else:
                out.append(" ".join(text.split()))
        return out

    def scopes(self) -> list[str]:
        """Scope of each release. What is unclear allows the total only."""
        texts = self.texts("release_scope")
        ticks = self.texts("release_given")
        out = []
        for k in range(self.size):
            value: str | None = ""
            if texts is not None:
                value = codes.scope(texts[k])
                if value is None:
                    self.unread.append(("release_scope", self.numbers[k]))
                    value = "total"
            if ticks is not None and ticks[k].strip():
                tick = codes.yes_no(ticks[k])
                if tick is None:
                    self.unread.append(("release_given", self.numbers[k]))
                if not tick:
                    value = "total"
                elif texts is None:
                    value = "linkage"
            out.append(value or "")
        return out

    def withdrawn(self) -> NDArray[np.datetime64]:
        """Day each release was withdrawn; a mark that is no date counts as withdrawn for good."""
        out = np.full(self.size, np.datetime64("NaT"), dtype="datetime64[D]")
        order = self.columns.orders.get("release_withdrawn", "mdy")
        for k, text in enumerate(self.texts("release_withdrawn") or ()):
            if not text.strip() or codes.yes_no(text) is False:
                continue
            made = read_date(text, order, self.today.year)
            out[k] = made.day if made.day is not None else dt.date(1900, 1, 1)
        return out

    def routes(
        self, reference: list[str], legs: Mapping[str, tuple[Leg, ...]] | None
    ) -> list[tuple[Leg, ...]]:
        empty: tuple[Leg, ...] = ()
        if legs is not None:
            key = self.columns.leg_key
            keys = reference if key is None else [_line(row[key]) for row in self.rows]
            return [legs.get(k, empty) for k in keys]
        out: list[list[Leg]] = [[] for _ in range(self.size)]
        numbered = sorted(
            {t.partition(".")[0] for t in self.at if re.match(r"leg\d", t)},
            key=lambda t: int(t[3:]),
        )
        sources = [(n, "") for n in numbered] + [(f"leg.{k}", k) for k in LEG_KINDS]
        if "leg.kind" in self.at:
            sources.insert(0, ("leg", ""))
        for prefix, fixed in sources:
            if f"{prefix}.country" not in self.at and f"{prefix}.kind" not in self.at:
                continue
            kinds = (
                [fixed] * self.size if fixed else self.coded(f"{prefix}.kind", codes.leg_kind, "")
            )
            countries = self.coded(f"{prefix}.country", codes.country, "")
            days = self.dates(f"{prefix}.date", earliest=1950)
            for k in range(self.size):
                if kinds[k] and (countries[k] or days[k].day is not None):
                    day = NO_DATE if days[k].day is None else np.datetime64(days[k].day, "D")
                    out[k].append(Leg(kinds[k], countries[k], day))
        return [tuple(r) if r else empty for r in out]


def _line(text: str) -> str:
    """One line of text, its ends trimmed."""
    return " ".join(text.split())


_PARTICLES = frozenset(
    [
        "de",
        "del",
        "dela",
        "la",
        "las",
        "los",
        "da",
        "dos",
        "das",
        "di",
        "van",
        "von",
        "bin",
        "binti",
        "ibn",
        "al",
        "el",
    ]
)


def _split(text: str) -> tuple[str, str]:
    """Given and family names of a whole name written without a comma.

    The last word is taken for the family name, the last two of four or more, with the particles
    before them. Where that is wrong linkage still compares the words in the other order.

    Examples
    --------
    >>> _split("Ana Maria de la Cruz"), _split("김지민")
    (('Ana Maria', 'de la Cruz'), ('김지민', ''))
    """
    words = text.split()
    if len(words) < 2:
        return text, ""
    names = sum(codes.fold(w) not in _PARTICLES for w in words)
    cut = len(words) - (2 if names >= 4 else 1)
    while cut > 1 and codes.fold(words[cut - 1]) in _PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


def _assembled(year: str, month: str, day: str) -> ReadDate | None:
    parts = [codes.fold(p).removesuffix(".0") for p in (year, month, day)]
    if not parts[0].isdecimal():
        return None
    numbers = [int(p) if p.isdecimal() and int(p) > 0 else None for p in parts]
    y, m, d = numbers
    d = d if m is not None else None
    try:
        made = dt.date(y or 1, m or 1, d or 1)
    except (ValueError, OverflowError):
        return None
    return ReadDate(made, BIRTH_YEAR if m is None else BIRTH_MONTH if d is None else BIRTH_DAY)


def _days(dates: Sequence[ReadDate]) -> NDArray[np.datetime64]:
    return np.array(
        [np.datetime64("NaT") if d.day is None else d.day for d in dates], dtype="datetime64[D]"
    )
