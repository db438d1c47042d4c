"""One field of one record, read for comparison: a part of a name, a birth date, a code."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.latin import family_in_latin, given_in_latin
from uncounted.names import is_placeholder, is_remark, shown
from uncounted.records.schema import BIRTH_DAY, BIRTH_MONTH, NO_BIRTH, Records

__all__ = [
    "NO_BIRTH_KNOWN",
    "Birth",
    "NamePart",
    "birth_of",
    "births_of",
    "drop_fillers",
    "family_part",
    "fold",
    "given_part",
    "known_name",
    "sex_of",
    "shown_name",
    "split_name",
]

Birth = tuple[int, int, int, int, int]
"""Year, month, day, and the range of years; -1 for what is not known."""
NO_BIRTH_KNOWN: Birth = (-1, -1, -1, -1, -1)
_LONGEST = 64
_MOST_WORDS = 8
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"^\s*(\d{4})[-/.]?(\d{1,2})?[-/.]?(\d{1,2})?\s*$")


@dataclass(frozen=True, slots=True, repr=False)
class NamePart:
    """A given or a family name, read.

    Parameters
    ----------
    written
        As written.
    folded
        Its Latin letters without marks and gaps.
    words
        Its words of two letters or more.
    sounds
        Coarse sounds: of the whole first, then of its words.
    """

    written: str
    folded: str
    words: tuple[str, ...]
    sounds: tuple[str, ...]


def given_part(written: str) -> NamePart | None:
    """Read a given name; ``None`` where there is none."""
    return _part(written, given_in_latin(shown(written)))


def family_part(written: str) -> NamePart | None:
    """Read a family name; ``None`` where there is none."""
    return _part(written, family_in_latin(shown(written)))


_MISREAD = str.maketrans("015", "ols")
_IN_WORD = re.compile(r"(?<=[a-z])[015]|[015](?=[a-z])")


def _read_rightly(word: str) -> str:
    """Give a word of a name with the digits that a scanner put for its letters made letters again.

    >>> _read_rightly("dix0n"), _read_rightly("bi11"), _read_rightly("12")
    ('dixon', 'bill', '12')
    """
    while word != (mended := _IN_WORD.sub(lambda m: m[0].translate(_MISREAD), word)):
        word = mended
    return word


def _part(written: str, latin: str) -> NamePart | None:
    words = [w if w.isalpha() else _read_rightly(w) for w in _words(latin)]
    folded = "".join(words)[:_LONGEST]
    if not folded:
        return None
    sounds = dict.fromkeys([_skeleton(folded), *(_skeleton(w) for w in words if len(w) > 2)])
    return NamePart(
        written,
        folded,
        tuple(sorted({w[:_LONGEST] for w in words if len(w) > 1})),
        tuple(s for s in sounds if s),
    )


@lru_cache(maxsize=1 << 17)
def _placeholder(text: str) -> bool:
    return is_placeholder(text)


def known_name(value: object) -> str:
    """Give a part of a name as written; ``""`` for none and for what stands where none is known.

    >>> known_name(" Ana "), known_name("Unknown"), known_name(None)
    ('Ana', '', '')
    """
    if value is None or (isinstance(value, float) and value != value):
        return ""
    text = str(value)[: 4 * _LONGEST].strip()
    return "" if not text or _placeholder(text) else text


def shown_name(value: object) -> str:
    """Give a part of a name as far as it is shown: ``""`` for a filler, an initial or a mask."""
    return shown(known_name(value))


def drop_fillers(given: list[Any], surname: list[Any]) -> None:
    """Empty both parts, in place, where only together they say that no name is known.

    A whole name cut in two leaves "Client doesn't" and "know", or Jane and Doe.
    """
    texts = {v for v in set(filter(_is_text, given)) if v.strip() and is_remark(v)}
    for k, first in enumerate(given) if texts else ():
        cut = _is_text(first) and first in texts and _is_text(surname[k])
        if cut and _placeholder(f"{first} {surname[k]}".strip()):
            given[k] = surname[k] = ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def split_name(full: str) -> tuple[str, str]:
    """Given and family name of a whole name: before a comma stands the family name, else last.

    >>> split_name("Diaz, Ana Maria"), split_name("Ana Maria Diaz")
    (('Ana Maria', 'Diaz'), ('Ana Maria', 'Diaz'))
    """
    before, comma, after = full.partition(",")
    if comma:
        return after.strip(), before.strip()
    words = full.split()
    return " ".join(words[:-1]), " ".join(words[-1:])


def fold(text: object) -> str | None:
    """Small Latin letters and digits of a text, without spaces or marks; ``None`` if none is left.

    >>> fold("  Nuñez-O'Brien ")
    'nunezobrien'
    """
    return "".join(_words(text))[:_LONGEST] or None


def _words(text: object) -> list[str]:
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
    return found[:_MOST_WORDS]


def sex_of(value: object) -> str | None:
    """``"f"``, ``"m"``, another folded word, or ``None`` where it is not known.

    >>> sex_of("Feminine"), sex_of("Male"), sex_of("unknown")
    ('f', 'm', None)
    """
    folded = fold(getattr(value, "value", value))
    if folded is None or folded in {"unknown", "u", "na", "notknown"}:
        return None
    if folded in {"f", "female", "woman", "girl", "2"} or "feminine" in folded:
        return "f"
    if folded in {"m", "male", "man", "boy", "1"} or "masculine" in folded:
        return "m"
    return folded


def births_of(records: Records) -> NDArray[np.int16]:
    """Births of `Records`: the date as far as it is known, else the years that an age allows.

    Returns
    -------
    ndarray, shape (records, 5), int16
        `Birth` by record.
    """
    out = np.full((len(records), 5), -1, dtype=np.int16)
    precision = np.asarray(records.birth_precision)
    dated = (precision != NO_BIRTH) & ~np.isnat(records.birth_date)
    year, month, day = _parts(records.birth_date[dated])
    month = np.where(precision[dated] >= BIRTH_MONTH, month, -1)
    day = np.where(precision[dated] >= BIRTH_DAY, day, -1)
    stand_in = (month == 1) & (day == 1)
    month[stand_in] = day[stand_in] = -1
    out[dated] = np.stack([year, month, day, year, year], axis=1)
    stated = np.where(np.isnat(records.stated_on), records.date, records.stated_on)
    aged = ~dated & (np.asarray(records.stated_age) >= 0) & ~np.isnat(stated)
    then = _parts(stated[aged])[0] - records.stated_age[aged]
    out[aged, 3], out[aged, 4] = then - 1, then
    return out


def _parts(dates: NDArray[np.datetime64]) -> tuple[NDArray[np.int64], ...]:
    """Year, month and day of dates."""
    months = dates.astype("datetime64[M]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    day = (dates.astype("datetime64[D]") - months).astype(np.int64) + 1
    return year, months.astype(np.int64) % 12 + 1, day


def birth_of(value: object, year: Any, low: Any, high: Any) -> Birth:
    """Birth of whatever a row says about it: a date, a year, or a range of years.

    >>> birth_of("1990-02-03", None, None, None), birth_of(None, "1985", None, None)
    ((1990, 2, 3, 1990, 1990), (1985, -1, -1, 1985, 1985))
    """
    if isinstance(value, dt.date):
        return _placed(value.year, value.month, value.day)
    if value is not None:
        text = str(value)
        text = text[:-2] if text.endswith(".0") else text
        found = _DATE.match(text[:32].partition("T")[0].partition(" ")[0])
        if found:
            return _placed(int(found[1]), int(found[2] or -1), int(found[3] or -1))
    if isinstance(year, int | float) or str(year).isdigit():
        return _placed(int(year), -1, -1)
    if str(low).isdigit() and str(high).isdigit():
        return -1, -1, -1, int(low), int(high)
    return NO_BIRTH_KNOWN


def _placed(year: int, month: int, day: int) -> Birth:
    if not 1850 <= year <= 2100:
        return NO_BIRTH_KNOWN
    if (month, day) == (1, 1):
        month = day = -1  # 1 January stands for "year only" far more often than for a birthday
    return year, month, day, year, year


_RULES = (
    ("ph", "f"), ("ck", "k"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("th", "t"), ("kh", "k"),
    ("gh", "g"), ("rh", "r"), ("wh", "w"), ("q", "k"), ("x", "ks"), ("z", "s"), ("v", "b"),
    ("y", "i"), ("j", "i"), ("w", "u"),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
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
