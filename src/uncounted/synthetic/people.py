"""Made-up people: origins, sectors, routes, languages, birth dates, names. No real person is in them.

The mix of origins and sectors is chosen to look like a US coalition's caseload and to exercise the
linkage; it is no estimate of anything.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from uncounted.synthetic.naming import Name, make_name

__all__ = ["ORIGINS", "Origin", "Person", "make_people"]


@dataclass(frozen=True, slots=True)
class Origin:
    """One country of origin in the made-up population.

    Parameters
    ----------
    weight
        Share of the population, before normalising.
    culture
        Naming culture.
    language
        ISO 639-1.
    women
        Share of women.
    sectors
        ISIC section or ``"sex"`` (commercial sexual exploitation) to weight.
    transit
        Countries passed through, ``""`` for none, to weight.
    """

    weight: float
    culture: str
    language: str
    women: float
    sectors: Mapping[str, float]
    transit: Mapping[str, float]


ORIGINS: Mapping[str, Origin] = {
    "KOR": Origin(0.19, "ko", "ko", 0.92, {"sex": 6, "S": 3, "I": 1}, {"": 6, "CAN": 2, "MEX": 2}),
    "MEX": Origin(
        0.20, "es", "es", 0.55, {"A": 4, "sex": 3, "I": 2, "F": 1, "T": 1}, {"": 9, "GTM": 1}
    ),
    "CHN": Origin(
        0.14, "zh", "zh", 0.72, {"sex": 3, "I": 4, "C": 2, "S": 2}, {"": 5, "MEX": 2, "THA": 1}
    ),
    "PHL": Origin(0.12, "tl", "tl", 0.68, {"T": 4, "Q": 3, "I": 3, "A": 1}, {"": 8, "ARE": 1}),
    "THA": Origin(0.09, "th", "th", 0.7, {"A": 3, "sex": 3, "I": 2, "C": 1}, {"": 8, "JPN": 1}),
    "GTM": Origin(0.06, "es", "es", 0.5, {"A": 5, "F": 2, "I": 1, "sex": 1}, {"MEX": 1}),
    "SLV": Origin(0.05, "es", "es", 0.55, {"T": 2, "F": 2, "I": 2, "sex": 1}, {"GTM": 1, "MEX": 2}),
    "HND": Origin(0.05, "es", "es", 0.55, {"A": 2, "T": 1, "I": 2, "sex": 2}, {"GTM": 1, "MEX": 2}),
    "VNM": Origin(0.03, "vi", "vi", 0.75, {"S": 4, "C": 2, "sex": 2}, {"": 3, "CHN": 1}),
    "NPL": Origin(0.03, "ne", "ne", 0.6, {"T": 4, "I": 3, "C": 1}, {"": 2, "IND": 2, "QAT": 1}),
    "ROU": Origin(0.02, "ro", "ro", 0.7, {"sex": 3, "G": 2, "F": 1}, {"": 3, "MEX": 1}),
    "UKR": Origin(0.02, "sl", "uk", 0.7, {"T": 3, "sex": 2, "I": 2}, {"": 3, "MEX": 1}),
}
"""Origins of the example population; the others of a caseload are left out, not zero."""

AREAS = {"Cook": 62, "DuPage": 11, "Lake": 9, "Will": 8, "Kane": 6, "McHenry": 4}
_FIRST_CONTACT = dt.date(2024, 1, 1).toordinal()
_LAST_CONTACT = dt.date(2025, 12, 31).toordinal()


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One made-up person.

    Parameters
    ----------
    origin
        ISO 3166-1 alpha-3.
    gender
        HTCDS code.
    name
        Names, all spellings derive from it.
    born
        Birth date.
    sector
        ISIC section, ``"S"`` with `sexual` for commercial sexual exploitation.
    sexual
        Whether the exploitation is sexual.
    transit
        Country passed through, ``""`` for none.
    language
        ISO 639-1.
    area
        County.
    seen
        Day of first contact with any list, as an ordinal.
    """

    origin: str
    gender: str
    name: Name
    born: dt.date
    sector: str
    sexual: bool
    transit: str
    language: str
    area: str
    seen: int

    def __repr__(self) -> str:
        return f"Person(origin={self.origin})"


def make_people(
    size: int, rng: np.random.Generator, origins: Mapping[str, Origin] = ORIGINS
) -> list[Person]:
    """Make people.

    Parameters
    ----------
    size
        How many.
    rng
        Stream of random numbers.
    origins
        The mix of origins.

    Examples
    --------
    >>> import numpy as np
    >>> len(make_people(10, np.random.default_rng(1)))
    10
    """
    r = random.Random(int(rng.integers(2**62)))
    codes = list(origins)
    chosen = r.choices(codes, [origins[c].weight for c in codes], k=size)
    areas = r.choices(list(AREAS), list(AREAS.values()), k=size)
    return [_person(r, code, origins[code], area) for code, area in zip(chosen, areas, strict=True)]


def _pick(r: random.Random, weights: Mapping[str, float]) -> str:
    return r.choices(list(weights), list(weights.values()))[0]


def _person(r: random.Random, code: str, origin: Origin, area: str) -> Person:
    woman = r.random() < origin.women
    seen = r.randint(_FIRST_CONTACT, _LAST_CONTACT)
    age = min(max(r.gauss(29, 8), 15), 62)
    born = dt.date.fromordinal(seen - int(age * 365.25) - r.randint(0, 364))
    sector = _pick(r, origin.sectors)
    return Person(
        code,
        "Feminine" if woman else "Masculine",
        make_name(origin.culture, "f" if woman else "m", r),
        born,
        "S" if sector == "sex" else sector,
        sector == "sex",
        _pick(r, origin.transit),
        origin.language,
        area,
        seen,
    )


def column(people: Sequence[Person], field: str) -> list[str]:
    """One field of every person."""
    return [str(getattr(p, field)) for p in people]
