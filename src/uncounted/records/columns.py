"""Cells of mapped columns turned into the record's columns, a chunk of rows at a time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, note
from uncounted.files.raw import RawRow
from uncounted.records import codes, vocabulary
from uncounted.records.calendar import (
    UNREADABLE,
    ReadDate,
    may_be_either,
    month_of,
    read_date,
    with_day_and_month_exchanged,
    years_between,
)
from uncounted.records.consent import answers as release_answers
from uncounted.records.fitting import Columns
from uncounted.records.legs import Legs
from uncounted.records.nepali import AHEAD, EITHER, as_nepali, of_nepali_birth
from uncounted.records.parts_of_cells import assembled, days_of, homeless_sex, one_line, split_name
from uncounted.records.referrals import referrer
from uncounted.records.schema import (
    BIRTH_DAY,
    BIRTH_YEAR,
    EXPLOITATION,
    LEG_KINDS,
    NO_BIRTH,
    NO_DATE,
    REFUSED_AT,
    UNREAD_END,
    Leg,
    Records,
)

__all__ = ["Converted", "convert"]

_NO_NAME = frozenset(
    {"", "-", "--", "?", "n/a", "#n/a", "unknown", "not known", "xxx", "none", "null", "nan"}
)
_NAMES = {"given", "given_more", "family", "family_more", "full_name"}


@dataclass(slots=True)
class Converted:
    """Records of one chunk and what was noticed: (reason, row number) pairs."""

    records: Records
    quarantined: list[tuple[Note, int]]
    unread: list[tuple[Note | str, int]]
    out_of_range: list[tuple[Note | str, int]]
    how: dict[str, int]
    unknown: list[tuple[str, str]]


def convert(
    list_name: str,
    raw: Sequence[RawRow],
    columns: Columns,
    *,
    as_of: str,
    legs: Legs | None = None,
) -> Converted:
    """Turn raw rows into records.

    Parameters
    ----------
    list_name
        The list.
    raw
        Rows as `fitting.fit` gives them.
    columns
        The mapping.
    as_of
        Day of the run: no contact or birth lies after it.
    legs
        Routes by reference, where they stand in a table of their own.
    """
    quarantined: list[tuple[Note, int]] = []
    numbers: list[int] = []
    rows: list[list[str]] = []
    for number, cells, fault in raw:
        if fault:
            quarantined.append((fault, number))
        else:
            numbers.append(number)
            rows.append(cells)
    work = _Chunk(columns, numbers, rows, as_of)
    return Converted(
        work.records(list_name, legs),
        quarantined,
        work.unread,
        work.strange,
        work.how,
        work.unknown,
    )


MOST_AHEAD = 50
"""Years ahead that the end of a release may lie for it to be limited in time."""
_SINCE_1904 = dt.timedelta(days=1462)
_OTHER_NAME = re.compile(
    r"[(（\[][^)）\]]*[)）\]]|\b(?:a\.?k\.?a\.?|alias|also known as)\s.*", re.IGNORECASE
)
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_AGE = re.compile(
    r"(?:~|c\.?|ca\.?|about|around|approx\.?|approximately|만|unos|aprox\.?)?\s*(\d{1,3})(?:[.,]\d+)?\s*(?:years?|yrs?|y|yo|세|살|anos)?\s*(?:old)?"
    r"\s*(?:\(?(?:est\.?|estimated|approx\.?|approximately|aprox\.?|\?)\)?)?"
)
_AGES = re.compile(
    r"\D{0,12}\d{1,3}\s*(?:-+|–|—|~|to|a|or|/)\s*\d{1,3}\D{0,12}|\d{1,2}0('?s|대)|[<>≤≥]=?\s*\d{1,3}"
    r"|\d{1,3}\s*(?:\+|and over|or over|plus)|(?:under|over|below|above)\s*\d{1,3}"
    r"|adult|minor|child|adulta?o?|menor|성인|미성년"
)


_STATED = 20
"""Any age does: stated on the last day of a year it leaves the three years from that many before."""


class _Chunk:
    """Works through one chunk's columns."""

    def __init__(
        self, columns: Columns, numbers: list[int], rows: list[list[str]], as_of: str
    ) -> None:
        self.columns, self.numbers, self.rows = columns, numbers, rows
        self.size = len(rows)
        self.today = dt.date.fromisoformat(as_of)
        self.at: dict[str, list[int]] = {}
        for place, (target, _) in enumerate(columns.pairs):
            self.at.setdefault(target, []).append(place)
        self.unread: list[tuple[Note | str, int]] = []
        self.strange: list[tuple[Note | str, int]] = []
        self.how: dict[str, int] = {}
        self.unknown: list[tuple[str, str]] = []

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
        field = vocabulary.field_of(target)
        said = self.columns.values.get(field, {})
        out = []
        for k, row in enumerate(self.rows):
            text = row[place]
            if said and text:
                text = said.get(codes.fold(text), text)
            value = read(text) if text else unknown
            if value is None:
                self.unread.append((target, self.numbers[k]))
                if field:
                    self.unknown.append((field, row[place]))
                value = unknown
            out.append(value)
        return out

    def dates(
        self, target: str, *, earliest: int, ahead: int = 0, nepali: Sequence[bool] = ()
    ) -> list[ReadDate]:
        """Dates of one column; those that cannot be are noted and read as not known.

        A date may lie ``ahead`` years after the day of the run. Where ``nepali`` holds, a later one
        is read in the Nepali calendar; so are all of a column whose name says so.
        """
        nothing = ReadDate(None, NO_BIRTH)
        texts = self.texts(target)
        if texts is None:
            return [nothing] * self.size
        order = self.columns.orders.get(target, "mdy")
        first = dt.date(earliest, 1, 1)
        latest = dt.date(self.today.year + ahead, 12, 31) if ahead else self.today
        # of a two-digit year: a birth lies behind, the end of a release at most this far ahead
        century = self.today.year + min(ahead, 50)
        everywhere = target in self.columns.nepali
        out = []
        for k, text in enumerate(texts):
            made = read_date(text, order, century) if text else nothing
            if made.precision == BIRTH_DAY and target in self.columns.exchanged | self.columns.torn:
                made = self.doubted(target, text, made, k)
            here = bool(nepali) and nepali[k]
            if text and (everywhere or here) and codes.fold(text) not in codes.MISSING:
                if everywhere:
                    made = as_nepali(text, target == "birth_date")
                else:
                    made = of_nepali_birth(made, text, latest, self.columns.two_calendars)
            if made is EITHER:
                self.doubt("two-calendars", k, target)
                made = nothing
            elif made is UNREADABLE:
                self.unread.append((target, self.numbers[k]))
                made = nothing
            elif made.day is not None:
                if made.how == "serial" and self.columns.kind == "excel 1904":
                    made = replace(made, day=made.day + _SINCE_1904)
                if made.how and made.how != "unreadable":
                    name = "spreadsheet serial number" if made.how == "serial" else made.how
                    self.how[name] = self.how.get(name, 0) + 1
                if made.day is None or not first <= made.day <= latest:
                    self.strange.append((target, self.numbers[k]))
                    made = nothing
            out.append(made)
        return out

    def doubt(self, why: str, k: int, target: str) -> None:
        """Set a cell aside as not understood, with more to say than its field."""
        self.unread.append((note(f"records.unread.{why}", field=target), self.numbers[k]))

    def doubted(self, target: str, text: str, made: ReadDate, k: int) -> ReadDate:
        """Settle a date of a column in which day and month have changed places."""
        real = re.match(r"\s*\d{4}-", text) is not None
        if real and target in self.columns.exchanged and target not in self.columns.torn:
            self.how["exchanged"] = self.how.get("exchanged", 0) + 1
            return with_day_and_month_exchanged(made)
        either = may_be_either(text) or (
            real and target in self.columns.exchanged and made.day is not None
            and made.day.day <= 12 and made.day.day != made.day.month
        )  # fmt: skip
        if not either or made.day is None:
            return made
        if target.startswith("release_"):
            return min(made, with_day_and_month_exchanged(made), key=lambda d: d.day or dt.date.max)
        self.how["year only"] = self.how.get("year only", 0) + 1
        if target != "birth_date":
            self.doubt("exchanged", k, target)
            return ReadDate(None, NO_BIRTH)
        return ReadDate(dt.date(made.day.year, 1, 1), BIRTH_YEAR)

    def records(self, name: str, legs: Legs | None) -> Records:
        """All columns of the chunk."""
        date = self.dates("date", earliest=1950)
        citizenship: list[str] = self.coded("citizenship", codes.country, "")
        language: list[str] = self.coded("language", codes.language, "")
        birth = self.birth(
            [c == "NPL" or x == "ne" for c, x in zip(citizenship, language, strict=True)]
        )
        for k, (born, seen) in enumerate(zip(birth, date, strict=True)):
            if born.day is not None and seen.day is not None and born.day > seen.day:
                self.strange.append((Note("records.unread.born-later"), self.numbers[k]))
                birth[k] = ReadDate(None, NO_BIRTH)
        given, family = self.names()
        reference = self.references()
        withdrawn = self.withdrawn()
        stated_on = self.dates("stated_on", earliest=1950)
        age = self.ages()
        self.ranges(birth, age, stated_on)
        forms, sectors = self.forms(), self.sectors()
        self.crossed(forms, sectors)
        return Records.build(
            name,
            row=np.array(self.numbers, dtype=np.int64),
            reference=reference,
            date=days_of(date),
            gender=self.genders(),
            given=given,
            family=family,
            birth_date=days_of(birth),
            birth_precision=np.array([b.precision for b in birth], dtype=np.uint8),
            stated_age=np.array(age, dtype=np.int16),
            stated_on=days_of(stated_on),
            citizenship=citizenship,
            language=language,
            exploitation=np.array(forms, dtype=np.uint16),
            sector=sectors,
            route=self.routes(reference, legs),
            area=self.areas(),
            release_scope=self.scopes(),
            release_recipient=[
                one_line(t) for t in self.texts("release_recipient") or [""] * self.size
            ],
            release_expires=self.ends(),
            release_withdrawn=withdrawn,
            referred_by=self.referrers(name),
        )

    def referrers(self, own: str) -> list[str]:
        """Which other list sent each person, where a column says so."""
        if self.columns.referral is None:
            return [""] * self.size
        at = len(self.columns.pairs)
        return [referrer(row[at], self.columns.members, own) for row in self.rows]

    def references(self) -> list[str]:
        """Case numbers; one whose last digits a spreadsheet has rounded away is none."""
        out = []
        for k, text in enumerate(self.texts("reference") or [""] * self.size):
            line = one_line(text)
            if _ROUNDED.fullmatch(line):
                self.doubt("rounded", k, "reference")
                line = ""
            out.append(line)
        return out

    def names(self) -> tuple[list[str], list[str]]:
        given = [""] * self.size
        family = [""] * self.size
        whole = self.texts("full_name")
        if whole is not None:
            for k, text in enumerate(whole):
                if codes.fold(text) not in _NO_NAME:
                    # what stands in brackets or after "aka" is another name, not a part of this one
                    text = _OTHER_NAME.sub(" ", text).strip() or text
                    before, comma, after = text.partition(",")
                    given[k], family[k] = (after, before) if comma else split_name(text)
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
        return [one_line(g) for g in given], [one_line(f) for f in family]

    def birth(self, nepali: Sequence[bool]) -> list[ReadDate]:
        birth = self.dates("birth_date", earliest=1900, nepali=nepali)
        year = self.texts("birth_year")
        if year is None:
            return birth
        month = self.texts("birth_month") or [""] * self.size
        day = self.texts("birth_day") or [""] * self.size
        for k in range(self.size):
            if birth[k].day is None and year[k].strip():
                said = codes.fold(month[k]) not in {"0", "00", "0.0", *codes.MISSING}
                if said and month_of(month[k]) is None:
                    self.unread.append(("birth_month", self.numbers[k]))
                made = assembled(year[k], month_of(month[k]), day[k])
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
            match = _AGE.fullmatch(plain)
            if plain in codes.MISSING:
                out.append(-1)
            elif _AGES.fullmatch(plain):
                self.doubt("range", k, "stated_age")
                out.append(-1)
            elif re.fullmatch(r"-\d+(\.\d+)?", plain):
                self.strange.append(("stated_age", self.numbers[k]))
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

    def ranges(self, birth: list[ReadDate], age: list[int], stated_on: list[ReadDate]) -> None:
        """Keep a birth between two years, as an age that was stated: it leaves three years open."""
        texts = self.texts("birth_date") or self.texts("birth_year") or ()
        for k, text in enumerate(texts):
            years = years_between(text) if birth[k].day is None and age[k] < 0 else None
            if years is None:
                continue
            first, last = years
            if 1900 < first < last <= first + 2 and last <= self.today.year:
                age[k] = _STATED
                stated_on[k] = ReadDate(dt.date(first + _STATED, 12, 31), BIRTH_DAY)
                self.how["years"] = self.how.get("years", 0) + 1
                for target in ("birth_date", "birth_year"):
                    if (target, self.numbers[k]) in self.unread:
                        self.unread.remove((target, self.numbers[k]))

    def forms(self) -> list[int]:
        bits: list[int] = self.coded("exploitation", codes.exploitation, 0)
        for i, form in enumerate(EXPLOITATION):
            for place in self.at.get(f"exploitation.{form}", ()):
                marks = self.coded(f"exploitation.{form}", codes.yes_no, False, place)
                bits = [b | (1 << i if m else 0) for b, m in zip(bits, marks, strict=True)]
        return bits

    def genders(self) -> list[str]:
        """Genders of one column, or of boxes for each."""
        hmis = self.columns.layout == "hmis"
        out: list[str] = self.coded("gender", homeless_sex if hmis else codes.gender, "")
        boxes: dict[str, list[bool]] = {}
        for target in self.at:
            if target.startswith("gender."):
                for place in self.at[target]:
                    ticks = self.coded(target, codes.tick, False, place)
                    before = boxes.get(target[7:], [False] * self.size)
                    boxes[target[7:]] = [a or b for a, b in zip(before, ticks, strict=True)]
        if not boxes:
            return out
        none = [False] * self.size
        ticked = zip(*(boxes.get(g, none) for g in ("Feminine", "Masculine", "Transgender", "NonConforming")), strict=True)  # fmt: skip
        for k, (woman, man, trans, other) in enumerate(ticked):
            if out[k] or not (woman or man or trans or other):
                continue
            if other or (woman and man) or not (woman or man):
                out[k] = "NonConforming"
            else:
                out[k] = ("Transgender" if trans else "") + ("Feminine" if woman else "Masculine")
        return out

    def crossed(self, forms: list[int], sectors: list[str]) -> None:
        """Take a form from the column of work and work from the column of forms, where one alone says it.

        What is sold as sex is a form and no work; "domestic work" in place of a form is both.
        """
        worked, formed = self.texts("sector"), self.texts("exploitation")
        sold = codes.exploitation("sexual exploitation") or 0
        for k in range(self.size):
            if worked and not forms[k] and codes.sells_sex(worked[k]):
                forms[k] = sold
            if formed and not sectors[k] and forms[k] & ~sold and formed[k]:
                sectors[k] = codes.sector(formed[k]) or ""

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
                self.doubt("fine-area", k, "area")
                out.append("")
            else:
                out.append(" ".join(text.split()))
        return out

    def scopes(self) -> list[str]:
        """Scope of each release. What is unclear allows the total only.

        Of several boxes every one must say yes. One left empty gives no release, whatever scope stands
        beside it.
        """
        texts = self.texts("release_scope")
        boxes = self.at.get("release_given", ())
        out = []
        for k in range(self.size):
            value: str | None = ""
            if texts is not None:
                value = release_answers.scope(self.columns.said.get(codes.fold(texts[k]), texts[k]))
                if value is None:
                    self.unread.append(("release_scope", self.numbers[k]))
                    value = "total"
            answers = [self.rows[k][box].strip() for box in boxes]
            ticks = [self.ticked(box, text) for box, text in zip(boxes, answers, strict=True)]
            self.unread += [("release_given", self.numbers[k]) for t in ticks if t == "unsure"]
            if any(t != "yes" for t, text in zip(ticks, answers, strict=True) if text):
                value = "total"
            elif not all(answers):
                value = "total" if value == "total" else ""
            elif boxes and texts is None:
                value = "linkage"
            out.append(value or "")
        return out

    def ticked(self, place: int, text: str) -> release_answers.Answer:
        """Read an answer about a release in the light of its column."""
        name = self.columns.header[self.columns.pairs[place][1]]
        return release_answers.ticked(text, name, self.today.isoformat(), self.columns.said)

    def ends(self) -> NDArray[np.datetime64]:
        """Last day of each release; one that is written and cannot be read is past."""
        made = self.dates("release_expires", earliest=1950, ahead=150)
        out = days_of(made)
        for k, text in enumerate(self.texts("release_expires") or ()):
            day = made[k].day
            if day is None:
                if text.strip() and not release_answers.endless(text):
                    out[k] = UNREAD_END
            elif day.year > self.today.year + MOST_AHEAD:
                # no end in earnest; one of the Nepali calendar may have passed
                out[k] = UNREAD_END if day.year - AHEAD <= self.today.year else NO_DATE
        return out

    def withdrawn(self) -> NDArray[np.datetime64]:
        """Day each release was withdrawn; a mark that is no date counts as withdrawn for good.

        A refusal, in whatever words or on whatever day, counts from ever.
        """
        out = np.full(self.size, np.datetime64("NaT"), dtype="datetime64[D]")
        order = self.columns.orders.get("release_withdrawn", "mdy")
        for place in self.at.get("release_withdrawn", ()):
            for k, row in enumerate(self.rows):
                if release_answers.not_withdrawn(row[place]):
                    continue
                made = read_date(row[place], order, self.today.year)
                day = np.datetime64(made.day or dt.date(1900, 1, 1), "D")
                out[k] = day if np.isnat(out[k]) else min(out[k], day)
        for place in self.at.get("release_refused", ()):
            for k, row in enumerate(self.rows):
                if not release_answers.not_withdrawn(row[place]):
                    out[k] = REFUSED_AT
        return out

    def routes(self, reference: list[str], legs: Legs | None) -> list[tuple[Leg, ...]]:
        empty: tuple[Leg, ...] = ()
        if legs is not None:
            key = self.columns.leg_key
            keys = reference if key is None else [one_line(row[-1]) for row in self.rows]
            return [legs.of(k) for k in keys]
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
