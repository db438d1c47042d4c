"""How many true links the blocking can find at all, by the fitted weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.blocking import Plan
from uncounted.linkage.levels import BIRTH_LEVELS, PART_LEVELS
from uncounted.linkage.weights import CLASSES, Weighed

__all__ = ["reach_of"]

Array = NDArray[np.float64]
_SAME = len(PART_LEVELS) - 1
_NEAR = _SAME - 1
_SOUND_SHARE = 0.5
"""Share of near name parts that share a sound key, put low."""


def reach_of(weighed: Weighed, plan: Plan) -> float:
    """Share of matches that share at least one blocking key.

    Levels are taken as independent among matches of one kind, which is the model the weights were
    fitted with. A name part that is near counts as sharing a sound with chance one half; a rule on
    initials needs two parts near or better.

    Returns
    -------
    float
        1.0 where every pair is compared.
    """
    if plan.everything:
        return 1.0
    names = [rule.name for rule in plan.rules]
    reach = 0.0
    birth = {name: k for k, name in enumerate(BIRTH_LEVELS)}
    same_day = {birth["same"]}
    year = same_day | {birth["year and month or day same"], birth["same year"]}
    monthday = same_day | {birth["month and day same"]}
    for c in range(CLASSES):
        order, given, surname = (weighed.m[f][c] for f in ("order", "given", "surname"))
        born = weighed.m["birth"][c]
        # Chance of (some part equal, some sound shared, both parts near, two sounds shared).
        for part_equal, sound, both, two, p in _name_states(order, given, surname):
            for level, q in enumerate(born):
                hit = (
                    ("same birth date" in names and level in same_day)
                    or ("same name parts in any order" in names and two == 2)
                    or ("one name part alone" in names and part_equal)
                    or ("one name sound alone" in names and sound)
                    or ("two name sounds in any order" in names and two >= 1)
                    or ("birth month and day alone" in names and level in monthday)
                    or ("one name part and the birth year" in names and part_equal and level in year)
                    or ("one name sound and the birth year" in names and sound and level in year)
                    or ("initials and the birth year" in names and both and level in year)
                    or ("one name part, birth month and day" in names
                        and part_equal and level in monthday)
                    or ("one name sound, birth month and day" in names
                        and sound and level in monthday)
                )  # fmt: skip
                if hit:
                    reach += float(weighed.share[c]) * p * float(q)
    return min(reach, 1.0)


def _name_states(
    order: Array, given: Array, surname: Array
) -> list[tuple[bool, bool, bool, int, float]]:
    """States of a name that blocking tells apart, with their chances."""
    out: list[tuple[bool, bool, bool, int, float]] = [
        (True, True, False, 0, float(order[1])),  # one part crossed
        (False, True, True, 1, float(order[2]) * _SOUND_SHARE),
        (False, False, True, 0, float(order[2]) * (1 - _SOUND_SHARE)),
        (True, True, True, 2, float(order[3])),
    ]
    for g, pg in enumerate(given):
        for s, ps in enumerate(surname):
            p = float(order[0]) * float(pg) * float(ps)
            equal = _SAME in (g, s)
            both = min(g, s) >= _NEAR
            near = (g == _NEAR) + (s == _NEAR)
            if equal:
                two = 2 if g == s else 0
                out.append((True, True, both, two, p))
            elif near:
                heard = 1 - (1 - _SOUND_SHARE) ** near
                out.append((False, True, both, int(near == 2), p * heard))
                out.append((False, False, both, 0, p * (1 - heard)))
            else:
                out.append((False, False, both, 0, p))
    return out
