"""Names of things that code knows by a key: columns, kinds of interval, countries, groups of a breakdown.

The key is the contract of JSON and CSV and the same in every language; people read its name.
"""

from __future__ import annotations

from functools import cache

from uncounted.brief.messages import language, name_of
from uncounted.core.notes import note
from uncounted.places.countries import country_name
from uncounted.records.schema import SECTORS

__all__ = [
    "answer_name",
    "column_name",
    "country",
    "group_name",
    "interval_kind",
    "level_name",
    "reason_name",
    "whom",
]

TRAFFICKED = "trafficked people"
"""Whom a project counts where its file says nothing else."""
_GROUPS = {
    "Commercial sexual exploitation": "terms.group.sexual",
    "not known": "terms.group.not-known",
    "all": "terms.group.all",
    **{label: f"terms.sector.{letter.lower()}" for letter, label in SECTORS.items()},
}


def column_name(key: str) -> str:
    """Name of a column; the key itself where it has none, as a list's own name.

    Examples
    --------
    >>> column_name("rows in"), column_name("Harbor shelter")
    ('rows in', 'Harbor shelter')
    """
    return name_of(f"terms.column.{_code(key)}", key)


def interval_kind(key: str) -> str:
    """Name of what an interval was made by.

    Examples
    --------
    >>> interval_kind("log-normal")
    'log-normal'
    """
    return name_of(f"terms.kind.{_code(key)}", key)


def level_name(key: str) -> str:
    """Name of a verdict's level, within a sentence.

    Examples
    --------
    >>> level_name("supported with caution")
    'supported with caution'
    """
    return name_of(f"terms.level.{_code(key)}", key)


def reason_name(key: str) -> str:
    """Name of a reason that an account of rows knows by its words.

    Examples
    --------
    >>> reason_name("no release"), reason_name("something else")
    ('no release', 'something else')
    """
    return name_of(f"terms.why.{_code(key)}", key)


def answer_name(key: str) -> str:
    """Name of the answer to a question that no data can answer.

    Examples
    --------
    >>> answer_name("unknown")
    'Unknown'
    """
    return name_of(f"terms.answer.{_code(key)}", key)


def country(iso3: str) -> str:
    """Name of a country in the language spoken now.

    Examples
    --------
    >>> country("KOR")
    'South Korea'
    """
    return country_name(iso3, language())


def group_name(label: str) -> str:
    """Name of a group of a project's breakdown, which is kept in English.

    Examples
    --------
    >>> group_name("South Korea"), group_name("not known"), group_name("Manufacturing")
    ('South Korea', 'not known', 'Manufacturing')
    """
    if label in _GROUPS:
        return str(note(_GROUPS[label]))
    iso3 = _countries().get(label)
    return label if iso3 is None else country(iso3)


def whom(counts: str) -> str:
    """Say whom a project counts: in the project's own words, or in ours where it has none.

    Examples
    --------
    >>> whom("trafficked people"), whom("trabajadores")
    ('trafficked people', 'trabajadores')
    """
    return str(note("terms.trafficked")) if counts == TRAFFICKED else counts


def _code(key: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in key.casefold())


@cache
def _countries() -> dict[str, str]:
    """Codes of countries by their English names, as they stand in breakdowns."""
    from uncounted.places.words import countries

    return {row.name: iso3 for iso3, row in countries().items()}
