"""Names of groups, days and periods in the language spoken now."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from uncounted.brief.messages import language, say
from uncounted.core.notes import Note, Number, note
from uncounted.places import words as places
from uncounted.places.countries import country_name
from uncounted.records.schema import SECTORS

__all__ = ["day_note", "group_label", "period", "whom"]

_SECTOR = {name: f"brief.sector.{letter.lower()}" for letter, name in SECTORS.items()}
_SECTOR["Commercial sexual exploitation"] = "brief.sector.sex"
_UNKNOWN = "not known"
_DEFAULT = "trafficked people"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH = f"({'|'.join(_MONTHS)}) ([0-9]{{4}})"
_PERIOD = re.compile(f"{_MONTH}(?:(?: to | ?[-–] ?){_MONTH})?")


@cache
def _countries() -> dict[str, str]:
    return {row.name: code for code, row in places.countries().items()}


def group_label(label: str) -> str:
    """Say a group of a breakdown: a country, a form of exploitation, or "not known".

    Examples
    --------
    >>> from uncounted.brief.messages import speaking
    >>> with speaking("es"):
    ...     group_label("South Korea"), group_label("Construction")
    ('Corea del Sur', 'Construcción')
    """
    if label == _UNKNOWN:
        return say(note("brief.group.unknown"))
    if label in _SECTOR:
        return say(Note(_SECTOR[label]))
    code = _countries().get(label)
    return label if code is None else country_name(code, language())


def day_note(day: dt.date, of: str) -> Note:
    """Say a day; its numbers are ``of`` what is named."""
    return note(
        "brief.day",
        day=Number(day.day, of=of),
        month=_month(day.month),
        year=Number(day.year, "years", of=of),
    )


def _month(number: int) -> Note:
    return Note(f"brief.month.{number}")


def period(text: str) -> str:
    """Say a period that is written in English months; anything else stays as the coalition wrote it.

    Examples
    --------
    >>> from uncounted.brief.messages import speaking
    >>> with speaking("ko"):
    ...     period("January 2024 to June 2026"), period("spring 2024")
    ('2024년 1월부터 2026년 6월까지', 'spring 2024')
    """
    found = _PERIOD.fullmatch(text.strip())
    if found is None or language() == "en":
        return text
    first, year, last, until = found.groups()
    start = _of_month(first, year)
    if last is None:
        return say(start)
    return say(note("brief.period", first=start, last=_of_month(last, until)))


def _of_month(name: str, year: str) -> Note:
    return note("brief.period.month", month=_month(_MONTHS.index(name) + 1), year=year)


def whom(text: str) -> str:
    """Say whom the figure counts: in the language where the words are the usual ones."""
    return say(note("brief.whom.trafficked")) if text in ("", _DEFAULT) else text
