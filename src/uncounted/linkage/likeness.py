"""Why two records may be one person's: field by field how they agree, and how rare that is on these lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.fields import family_part, fold, given_part, known_name, sex_of
from uncounted.linkage.levels import BIRTH_LEVELS, CROSSED_LEVELS, FACTORS, PART_LEVELS
from uncounted.linkage.model import Linkage
from uncounted.records.schema import NO_BIRTH, Records

__all__ = ["Agreement", "Likeness", "Reasons"]

Agreement = Literal[
    "same", "near", "similar", "different", "crossed", "slip", "two-slips", "part", "year",
    "years", "day", "not-compared", "unknown",
]  # fmt: skip
"""How two records agree in a field: of a name, "similar" is less than "near" and "crossed" stands in the other
part; of a birth date, "part" is the year with the month or the day, "day" the month with the day,
"year" the year alone, "years" no more than two years apart; "not-compared" is a date that stands where none is known."""

_FACTORS = list(FACTORS)
_PARTS: dict[str, Agreement] = {
    "different": "different",
    "similar": "similar",
    "near": "near",
    "same": "same",
}
_BIRTHS: dict[str, Agreement] = {
    "different": "different", "years within two": "years", "years agree, the rest not known": "year",
    "same year": "year", "two slips": "two-slips", "month and day same": "day",
    "year and month or day same": "part", "one slip": "slip", "same": "same",
}  # fmt: skip
_FIELDS = {"given": "given", "family": "surname", "birth": "birth", "gender": "sex",
           "citizenship": "citizenship", "area": "area"}  # fmt: skip
"""Field of a record, and the factor that weighs it."""
FIELDS = tuple(_FIELDS)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two records agree in one field.

    Parameters
    ----------
    field
        One of given, family, birth, gender, citizenship, area.
    agreement
        See `Agreement`.
    holders
        Records on all lists that hold what the two agree on (of two spellings, the commoner); 0 where
        they do not agree.
    known
        Records that hold anything in the field.
    """

    field: str
    agreement: Agreement
    holders: int = 0
    known: int = 0


class Reasons:
    """Says of pairs why they may be one person.

    Parameters
    ----------
    found
        The linkage.
    records
        Of each list, in the linkage's order.
    """

    def __init__(self, found: Linkage, records: Sequence[Records]) -> None:
        self.found, self.records = found, records
        self._counts: dict[str, tuple[Counter[str], int]] = {}

    def of(self, pair: int) -> tuple[Likeness, ...]:
        """Every field that both records speak of, or one of them."""
        found = self.found
        factors = dict(zip(_FACTORS, found.factors[pair].tolist(), strict=True))
        i, j = int(found.left[pair]), int(found.right[pair])
        out = []
        for name, factor in _FIELDS.items():
            first, second = self.value(i, name), self.value(j, name)
            if not first and not second:
                continue
            agreement = _agreement(name, factors[factor], factors["order"], bool(first and second))
            holders = known = 0
            if agreement in ("same", "near"):
                counts, known = self._counted(name)
                holders = max(counts[first], counts[second])
            out.append(Likeness(name, agreement, holders, known))
        return tuple(out)

    def value(self, record: int, name: str) -> str:
        """Give what a record holds in a field, folded as it is compared; ``""`` for nothing."""
        held = self.records[int(self.found.member[record])]
        row = int(self.found.row[record])
        return _FOLDS[name](_raw(held, name, np.array([row]))[0])

    def _counted(self, name: str) -> tuple[Counter[str], int]:
        """How many records hold each folded value, and how many hold any; made once a field."""
        if name not in self._counts:
            raw: Counter[object] = Counter()
            for held in self.records:
                raw.update(_raw(held, name, np.arange(len(held))).tolist())
            counts: Counter[str] = Counter()
            for value, many in raw.items():
                counts[_FOLDS[name](value)] += many
            counts.pop("", None)
            self._counts[name] = counts, sum(counts.values())
        return self._counts[name]


def _raw(held: Records, name: str, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Take what some records hold in a field; of a birth date the text, empty where there is none."""
    if name != "birth":
        column: NDArray[np.object_] = getattr(held, name)[rows]
        return column
    dates = held.birth_date[rows]
    none = (np.asarray(held.birth_precision)[rows] == NO_BIRTH) | np.isnat(dates)
    out: NDArray[np.object_] = np.where(none, "", dates.astype(str)).astype(object)
    return out


def _given(value: object) -> str:
    part = given_part(known_name(value))
    return "" if part is None else part.folded


def _family(value: object) -> str:
    part = family_part(known_name(value))
    return "" if part is None else part.folded


_FOLDS: dict[str, Callable[[object], str]] = {
    "given": _given,
    "family": _family,
    "birth": str,
    "gender": lambda v: sex_of(v) or "",
    "citizenship": lambda v: fold(v) or "",
    "area": lambda v: fold(v) or "",
}


def _agreement(name: str, level: int, order: int, both: bool) -> Agreement:
    if name in ("given", "family") and 0 < order <= len(CROSSED_LEVELS):
        return "crossed"
    if level < 0:
        return "not-compared" if both else "unknown"
    if name in ("given", "family"):
        return _PARTS[PART_LEVELS[level + 1]]
    if name == "birth":
        return _BIRTHS[BIRTH_LEVELS[level + 1]]
    levels = FACTORS[_FIELDS[name]]
    return _PARTS[levels[level]]
