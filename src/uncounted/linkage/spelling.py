"""What the names tables say of the whole names of compared pairs.

Letters and sounds are cheap and run for every pair; the tables of `uncounted.names` know that
Hyeon-ju and Hyun-joo are one name and Min-ji and Min-jung are not, but are dear. They are asked only
where their answer can matter, and only of names that share a key of theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.fields import NamePart
from uncounted.linkage.levels import (
    BIRTH_AGREES,
    COMPARISONS,
    CROSSED_LEVELS,
    PART_LEVELS,
)
from uncounted.linkage.prepare import Coded, Columns
from uncounted.names import name_levels, normalise

__all__ = ["ask_tables"]

_MOST, _MOST_READ = 200_000, 20_000
"""Pairs beyond which, and names to read for them beyond which, the tables are not asked at all: lists that
long have birth dates to go by, and reading a name costs as much as comparing a hundred pairs."""
_RULE = np.array([0, 0, 1, 2, 3, 3], dtype=np.int8)
"""Level of `uncounted.names.LEVELS`, from missing up, to `levels.RULE_LEVELS`."""


def ask_tables(
    columns: Columns,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    gamma: NDArray[np.int8],
) -> NDArray[np.int8]:
    """Ask the names tables about pairs.

    Parameters
    ----------
    columns
        The records.
    left, right
        Shape (pairs,), record numbers.
    gamma
        Shape (pairs, comparisons), as Splink gave them.

    Returns
    -------
    ndarray, shape (pairs,), int8
        Index into `levels.RULE_LEVELS`; -1 where the tables were not asked: a name is missing or
        both parts are equal, in either order, or both are not near and the birth dates, sexes or origins differ; also
        where letters are near in both parts, the tables say no, and one part is a name nobody else
        of the lists bears and of no table.
    """
    out = np.full(left.size, -1, dtype=np.int8)
    given, surname, crossed, birth, sex, citizenship = (
        gamma[:, COMPARISONS.index(c)]
        for c in ("given", "surname", "crossed", "birth", "sex", "citizenship")
    )
    near, same = PART_LEVELS.index("near") - 1, PART_LEVELS.index("same") - 1
    both = (np.minimum(given, surname) >= near) | (crossed >= 2)
    some = (np.maximum(given, surname) >= near - 1) | (crossed >= 1)
    agreeing = BIRTH_AGREES - 1
    open_ = ((birth < 0) | (birth >= agreeing)) & (sex != 0) & (citizenship != 0)
    # Of names equal but for the order of their parts the tables say so whosever they are.
    equal = (np.minimum(given, surname) == same) | (crossed == len(CROSSED_LEVELS))
    named = columns.given.known | columns.surname.known
    asked = np.flatnonzero((both | (some & open_)) & ~equal & named[left] & named[right])
    who = np.unique([left[asked], right[asked]])
    whole = (
        columns.given.code[who] * (len(columns.surname.values) + 1.0) + columns.surname.code[who]
    )
    if asked.size > _MOST or np.unique(whole).size > _MOST_READ:
        return out
    keys = {i: normalise(columns.name(i)) for i in who.tolist()}
    blocks = {i: frozenset(key.blocks) for i, key in keys.items()}
    sharing = [not blocks[i].isdisjoint(blocks[j]) for i, j in _pairs(left, right, asked)]
    out[asked] = 0
    told = asked[np.array(sharing, dtype=np.bool_)] if asked.size else asked
    found = name_levels([keys[i] for i in left[told]], [keys[j] for j in right[told]])
    out[told] = _RULE[found + 1]
    # Letters near in both parts: that the tables do not take them for one name says something only
    # of names that somebody bears. Of "eluzs" they know nothing, and it may well be a slip for Eliza.
    slips = asked[(out[asked] == 0) & both[asked]]
    unknown = np.zeros(slips.size, dtype=np.bool_)
    straight = crossed[slips] < 2
    for part, classes, level in (
        (columns.given, columns.classes_given, given),
        (columns.surname, columns.classes_surname, surname),
    ):
        borne = _borne(part, classes)
        unborne = ~(borne[left[slips]] & borne[right[slips]])
        unknown |= unborne & straight & (level[slips] != same)
    out[slips[unknown]] = -1
    return out


def _borne(part: Coded[NamePart], classes: Coded[tuple[str, ...]]) -> NDArray[np.bool_]:
    """Which records hold a part of a name that is surely a name: of a table, or held more than once."""
    place: dict[str, int] = {}
    value = np.array(
        [*(place.setdefault(v.folded, len(place)) for v in part.values), len(place)], dtype=np.int64
    )[part.code]
    count = np.bincount(value, minlength=len(place) + 1)
    count[len(place)] = 0
    out: NDArray[np.bool_] = (count[value] > 1) | classes.known
    return out


def _pairs(
    left: NDArray[np.int64], right: NDArray[np.int64], which: NDArray[np.int64]
) -> list[tuple[int, int]]:
    return list(zip(left[which].tolist(), right[which].tolist(), strict=True))
