"""Parts of cells: a full name in two, a date from its year, month and day, a line of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncounted.records import codes
from uncounted.records.calendar import (
    ReadDate,
)
from uncounted.records.schema import (
    BIRTH_DAY,
    BIRTH_MONTH,
    BIRTH_YEAR,
)

__all__ = ["assembled", "days_of", "homeless_sex", "one_line", "split_name"]


def one_line(text: str) -> str:
    """One line of text, its ends trimmed, what cannot be seen taken out."""
    return " ".join(codes.visible(text).split())


def homeless_sex(text: str) -> str | None:
    """Sex by the data standard of homeless services, which writes 0 for female and 1 for male."""
    return {"0": "Feminine", "1": "Masculine", "8": "", "9": "", "99": ""}.get(
        text.strip(), codes.gender(text)
    )


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


def split_name(text: str) -> tuple[str, str]:
    """Given and family names of a whole name written without a comma.

    The last word is taken for the family name, the last two of four or more, with the particles
    before them. Where that is wrong linkage still compares the words in the other order.

    Examples
    --------
    >>> split_name("Ana Maria de la Cruz"), split_name("김지민")
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


def assembled(year: str, month: int | None, day: str) -> ReadDate | None:
    """Put a date together from cells of their own; ``None`` where they make none."""
    parts = [codes.fold(p).removesuffix(".0") for p in (year, day)]
    if not parts[0].isdecimal():
        return None
    y, d = (int(p) if p.isdecimal() and int(p) > 0 else None for p in parts)
    d = d if month is not None else None
    try:
        made = dt.date(y or 1, month or 1, d or 1)
    except (ValueError, OverflowError):
        return None
    return ReadDate(made, BIRTH_YEAR if month is None else BIRTH_MONTH if d is None else BIRTH_DAY)


def days_of(dates: Sequence[ReadDate]) -> NDArray[np.datetime64]:
    """First day of each date, ``NaT`` where nothing is known."""
    return np.array(
        [np.datetime64("NaT") if d.day is None else d.day for d in dates], dtype="datetime64[D]"
    )
