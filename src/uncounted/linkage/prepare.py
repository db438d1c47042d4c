"""Records of any shape to the plain columns that are compared: name parts, birth date, a few codes."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError
from uncounted.linkage.latin import family_in_latin, given_in_latin
from uncounted.records.names import normalise
from uncounted.records.names.parts import is_placeholder
from uncounted.records.schema import BIRTH_DAY, BIRTH_MONTH, NO_BIRTH, Records

__all__ = ["FIELDS", "Columns", "fold", "prepare"]

FIELDS = ("name", "birth", "sex", "citizenship", "area")
"""What is compared. Nothing else of a record is looked at."""
_LONGEST = 64
_MOST_TOKENS = 8
_GIVEN = ("given_name", "given", "first_name", "given_names", "forename")
_SURNAME = ("family_name", "surname", "last_name", "family_names")
_FULL = ("full_name", "name")
_BIRTH = ("birth_date", "date_of_birth", "dob", "birthdate", "birth")
_YEAR = ("birth_year", "year_of_birth")
_SEX = ("sex", "gender")
_CITIZENSHIP = ("citizenship", "nationality", "origin")
_AREA = ("area", "state", "county", "region")
_Birth = tuple[int | None, int | None, int | None, int | None, int | None]
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"^\s*(\d{4})[-/.]?(\d{1,2})?[-/.]?(\d{1,2})?\s*$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Records of all lists, one after the other, as columns.

    Parameters
    ----------
    lists
        Names of the lists.
    member
        Shape (records,), index of each record's list.
    row
        Shape (records,), position of each record in its list, from 0.
    name
        Whole names as written, "family, given", for the names tables; ``""`` where there is none.
    given, surname
        Folded name parts (Latin small letters and digits), or ``None``.
    sounds_given, sounds_surname
        Romanisation classes of each part: two spellings of one name share a class.
    tokens
        All words of the name, whichever part they stood in.
    year, month, day
        Parts of the birth date, ``None`` where not known.
    year_low, year_high
        Range of birth years where only an age or a year is known.
    sex, citizenship, area
        Folded codes, or ``None``.
    """

    lists: tuple[str, ...]
    member: NDArray[np.int64]
    row: NDArray[np.int64]
    name: list[str]
    given: list[str | None]
    surname: list[str | None]
    sounds_given: list[list[str]]
    sounds_surname: list[list[str]]
    tokens: list[list[str]]
    year: list[int | None]
    month: list[int | None]
    day: list[int | None]
    year_low: list[int | None]
    year_high: list[int | None]
    sex: list[str | None]
    citizenship: list[str | None]
    area: list[str | None]

    @property
    def n(self) -> int:
        """Records in all lists together."""
        return int(self.member.size)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Records per list, shape (lists,)."""
        return np.bincount(self.member, minlength=len(self.lists))

    def filled(self) -> dict[str, float]:
        """Share of records in which each field can be used."""
        n = max(self.n, 1)
        named = sum(
            g is not None or s is not None for g, s in zip(self.given, self.surname, strict=True)
        )
        born = sum(
            y is not None or lo is not None for y, lo in zip(self.year, self.year_low, strict=True)
        )
        out = {"name": named / n, "birth": born / n}
        for field in ("sex", "citizenship", "area"):
            out[field] = sum(v is not None for v in getattr(self, field)) / n
        return out


def prepare(lists: Mapping[str, Sequence[Any] | Records] | Sequence[Records]) -> Columns:
    """Take from each record what linkage compares.

    Parameters
    ----------
    lists
        `Records`, one per list; or rows by list name, a row being a mapping or an object with some
        of ``given_name``, ``family_name`` (or ``full_name``), ``birth_date`` (ISO text,
        ``19851122``, a date, or a year), ``sex``, ``citizenship``, ``area``; common other names
        of these are known.

    Returns
    -------
    Columns

    Raises
    ------
    InputError
        With fewer than one list, or where no record has a name or a birth date.

    Examples
    --------
    >>> columns = prepare({"a": [{"given_name": "Ana", "surname": "López", "dob": "1990-02-03"}]})
    >>> columns.surname, columns.year
    (['lopez'], [1990])
    """
    if not lists:
        raise InputError("There is no list to link.", fix="Give at least one list of records.")
    member: list[int] = []
    row: list[int] = []
    parts: dict[str, list[Any]] = {
        key: []
        for key in (
            "name", "given", "surname", "sounds_given", "sounds_surname", "tokens",
            "year", "month", "day", "year_low", "year_high", "sex", "citizenship", "area",
        )
    }  # fmt: skip
    named = lists if isinstance(lists, Mapping) else {r.list_name: r for r in lists}
    if len(named) != len(lists):
        raise InputError("Two lists have one name.", fix="Give each list its own name.")
    for index, records in enumerate(named.values()):
        rows = _rows(records) if isinstance(records, Records) else map(_one, records)
        for position, record in enumerate(rows):
            member.append(index)
            row.append(position)
            for key, value in record.items():
                parts[key].append(value)
    columns = Columns(
        tuple(named), np.array(member, dtype=np.int64), np.array(row, dtype=np.int64), **parts
    )
    if columns.n and not any(columns.filled()[f] for f in ("name", "birth")):
        raise InputError(
            "No record has a name or a birth date that can be used.",
            fix="Check which columns hold names and birth dates.",
        )
    return columns


def fold(text: Any) -> str | None:
    """Small Latin letters and digits of a text, without spaces or marks; ``None`` if none is left.

    >>> fold("  Nuñez-O'Brien ")
    'nunezobrien'
    """
    words = _words(text)
    return "".join(words)[:_LONGEST] or None


def _words(text: Any) -> list[str]:
    if text is None or (isinstance(text, float) and text != text):
        return []
    shown = str(text)[: 4 * _LONGEST]
    plain = unicodedata.normalize("NFKD", shown.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.replace("'", "").replace("’", "")
    plain = plain.replace("đ", "d").replace("ø", "o").replace("ł", "l")
    found = [w for w in _NOT_LETTERS.split(plain) if w]
    if not found:
        # A script without a table: keep the letters, so that equal names still agree.
        found = [w for w in re.split(r"[\W_]+", plain) if w]
    return found[:_MOST_TOKENS]


def _get(record: Any, names: Sequence[str]) -> Any:
    for name in names:
        value = record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)
        if value is None or value == "" or (isinstance(value, float) and value != value):
            continue
        if type(value).__name__ in {"NAType", "NaTType"}:
            continue
        return value
    return None


def _rows(records: Records) -> Iterator[dict[str, Any]]:
    """Each record of a list as what `Columns` holds."""
    for i in range(len(records)):
        born = _known_birth(records, i)
        sex = records.gender[i].lower()
        yield _row(
            _known_name(records.given[i]),
            _known_name(records.family[i]),
            born,
            "f" if "feminine" in sex else "m" if "masculine" in sex else None,
            fold(records.citizenship[i]),
            fold(records.area[i]),
        )


def _known_birth(records: Records, i: int) -> _Birth:
    precision = int(records.birth_precision[i])
    if precision != NO_BIRTH and not np.isnat(records.birth_date[i]):
        date = records.birth_date[i].astype(object)
        month = date.month if precision >= BIRTH_MONTH else None
        day = date.day if precision >= BIRTH_DAY else None
        if (month, day) == (1, 1):
            month = day = None
        return date.year, month, day, date.year, date.year
    age = int(records.stated_age[i])
    stated = records.stated_on[i]
    stated = records.date[i] if np.isnat(stated) else stated
    if age >= 0 and not np.isnat(stated):
        then = int(stated.astype("datetime64[Y]").astype(int)) + 1970
        return None, None, None, then - age - 1, then - age
    return None, None, None, None, None


def _one(record: Any) -> dict[str, Any]:
    """One row of any shape as what `Columns` holds."""
    first, last, full = (_get(record, names) for names in (_GIVEN, _SURNAME, _FULL))
    given, surname = _known_name(first), _known_name(last)
    if not given and not surname:
        given, surname = _split(_known_name(full))
    return _row(
        given,
        surname,
        _birth(record),
        _sex(_get(record, _SEX)),
        fold(_get(record, _CITIZENSHIP)),
        fold(_get(record, _AREA)),
    )


def _row(
    given: str,
    surname: str,
    born: _Birth,
    sex: str | None,
    citizenship: str | None,
    area: str | None,
) -> dict[str, Any]:
    name = f"{surname}, {given}" if given and surname else surname or given
    known_given, known_surname = _classes(name)
    first, last = _words(given_in_latin(given)), _words(family_in_latin(surname))
    return {
        "name": name,
        "given": "".join(first)[:_LONGEST] or None,
        "surname": "".join(last)[:_LONGEST] or None,
        "sounds_given": sorted({*_sounds(first), *known_given}),
        "sounds_surname": sorted({*_sounds(last), *known_surname}),
        "tokens": sorted({w[:_LONGEST] for w in (*first, *last) if len(w) > 1}),
        "year": born[0],
        "month": born[1],
        "day": born[2],
        "year_low": born[3],
        "year_high": born[4],
        "sex": sex,
        "citizenship": citizenship,
        "area": area,
    }


def _known_name(value: Any) -> str:
    """Give a part of a name as written; ``""`` for none and for what stands where none is known."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    text = str(value)[: 4 * _LONGEST].strip()
    return "" if not text or is_placeholder(text) else text


def _split(full: str) -> tuple[str, str]:
    """Given and family name of a whole name: before a comma stands the family name, else last."""
    before, comma, after = full.partition(",")
    if comma:
        return after.strip(), before.strip()
    words = full.split()
    return " ".join(words[:-1]), " ".join(words[-1:])


def _sex(value: Any) -> str | None:
    folded = fold(getattr(value, "value", value))
    if folded in {"f", "female", "woman", "girl", "2"}:
        return "f"
    if folded in {"m", "male", "man", "boy", "1"}:
        return "m"
    return None if folded in {None, "unknown", "u", "na", "notknown"} else folded


def _birth(record: Any) -> _Birth:
    """Year, month, day, and the range of years, of whatever a row says about birth."""
    value = _get(record, _BIRTH)
    year: int | None = None
    month: int | None = None
    day: int | None = None
    if isinstance(value, dt.date):
        year, month, day = value.year, value.month, value.day
    elif value is not None:
        text = str(value)
        text = text[:-2] if text.endswith(".0") else text
        found = _DATE.match(text[:32].partition("T")[0].partition(" ")[0])
        if found:
            year = int(found[1])
            month = int(found[2]) if found[2] else None
            day = int(found[3]) if found[3] else None
    low, high = _get(record, ("birth_year_low",)), _get(record, ("birth_year_high",))
    if year is None:
        only = _get(record, _YEAR)
        year = int(only) if isinstance(only, int | float) or str(only).isdigit() else None
    if year is not None and not 1850 <= year <= 2100:
        year = month = day = None
    if month is not None and day is not None and (month, day) == (1, 1):
        month = day = None  # 1 January stands for "year only" far more often than for a birthday
    if year is not None:
        low = high = year
    return (
        year,
        month,
        day,
        None if low is None else int(low),
        None if high is None else int(high),
    )


def _classes(name: str) -> tuple[list[str], list[str]]:
    """Romanisation classes of given and family name: "Kim Min-ji", "Gim Minji" and 김민지 share them.

    Only classes of a culture's tables; single Latin words are left to the other comparisons, since
    "Min-ji" and "Min-jung" share one.
    """
    if not name:
        return [], []
    key = normalise(name)
    return (
        [k for k in key.given if not k.startswith("la:")],
        [k for k in key.family if not k.startswith("la:")],
    )


def _sounds(words: Sequence[str]) -> list[str]:
    """Coarse sound of a name part: two common spellings of one name share one."""
    if not words:
        return []
    whole = "".join(words)
    return sorted({_skeleton(whole), *(_skeleton(w) for w in words if len(w) > 2)} - {""})


_RULES = (
    ("ph", "f"), ("ck", "k"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("th", "t"), ("kh", "k"),
    ("gh", "g"), ("rh", "r"), ("wh", "w"), ("q", "k"), ("x", "ks"), ("z", "s"), ("v", "b"),
    ("y", "i"), ("j", "i"), ("w", "u"),
)  # fmt: skip


def _skeleton(word: str) -> str:
    """First sound, then consonants without doubles.

    >>> _skeleton("phillips") == _skeleton("filips")
    True
    """
    for old, new in _RULES:
        word = word.replace(old, new)
    if not word:
        return ""
    out = word[0]
    for letter in word[1:]:
        if letter in "aeiouh" or letter == out[-1]:
            continue
        out += letter
    return out if len(out) > 1 else word
