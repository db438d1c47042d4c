"""How many true links the blocking can find at all, by the fitted weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.blocking import Plan
from uncounted.linkage.levels import BIRTH_LEVELS, PART_LEVELS
from uncounted.linkage.weights import BIRTH_SPEAKS, Weighed

__all__ = ["reach_of"]

Array = NDArray[np.float64]
_SAME = len(PART_LEVELS) - 1
_NEAR = _SAME - 1
_SOUND_SHARE = 0.5
"""Share of near name parts that share a sound key, put low."""
_BIRTH = {name: k for k, name in enumerate(BIRTH_LEVELS)}
_DAY = {_BIRTH["same"]}
_YEAR = _DAY | {_BIRTH["year and month or day same"], _BIRTH["same year"]}
_MONTH_DAY = _DAY | {_BIRTH["month and day same"]}


def reach_of(weighed: Weighed, plan: Plan) -> float:
    """Share of the matches that linkage can consider at all which share a blocking key.

    Levels are taken as independent among matches, which is the model the weights were fitted with. A
    name part that is near counts as sharing a sound with chance one half; a rule on initials needs
    two parts near or better.
    """
    if plan.everything:
        return 1.0
    names = {rule.name for rule in plan.rules}
    given, surname, birth = (_with_unknown(weighed, f) for f in ("given", "surname", "birth"))
    considered = reached = 0.0
    # Chance of (some part equal, some sound shared, both parts near, two sounds shared).
    for part_equal, sound, both, two, near, p in _name_states(weighed.m["order"], given, surname):
        for level, q in enumerate(birth.tolist()):
            if not (near or level >= BIRTH_SPEAKS):
                continue
            considered += p * q
            if (
                ("both name parts in any order and the birth year" in names
                    and two == 2 and level in _YEAR)
                or ("one name sound and the birth date" in names and sound and level in _DAY)
                or ("two name sounds in any order and the birth year" in names
                    and two >= 1 and level in _YEAR)
                or ("same birth date" in names and level in _DAY)
                or ("same name parts in any order" in names and two == 2)
                or ("one name part alone" in names and part_equal)
                or ("one name sound alone" in names and sound)
                or ("two name sounds in any order" in names and two >= 1)
                or ("birth month and day alone" in names and level in _MONTH_DAY)
                or ("one name part and the birth year" in names and part_equal and level in _YEAR)
                or ("one name sound and the birth year" in names and sound and level in _YEAR)
                or ("initials and the birth year" in names and both and level in _YEAR)
                or ("one name part, birth month and day" in names
                    and part_equal and level in _MONTH_DAY)
                or ("one name sound, birth month and day" in names
                    and sound and level in _MONTH_DAY)
            ):  # fmt: skip
                reached += p * q
    return min(reached / considered, 1.0)


def _with_unknown(weighed: Weighed, factor: str) -> Array:
    """Shares of a factor's levels among matches, unknown first."""
    unknown = weighed.unknown[factor]
    return np.append(unknown, (1.0 - unknown) * weighed.m[factor])


def _name_states(
    order: Array, given: Array, surname: Array
) -> list[tuple[bool, bool, bool, int, bool, float]]:
    """States of a name that blocking tells apart, whether any part is near, and their chances."""
    out: list[tuple[bool, bool, bool, int, bool, float]] = [
        (True, True, False, 0, True, float(order[1])),  # one part crossed
        (False, True, True, 1, True, float(order[2]) * _SOUND_SHARE),
        (False, False, True, 0, True, float(order[2]) * (1 - _SOUND_SHARE)),
        (True, True, True, 2, True, float(order[3])),
    ]
    for g, pg in enumerate(given):
        for s, ps in enumerate(surname):
            p = float(order[0]) * float(pg) * float(ps)
            both = min(g, s) >= _NEAR
            near = (g == _NEAR) + (s == _NEAR)
            if _SAME in (g, s):
                out.append((True, True, both, 2 if g == s else 0, True, p))
            elif near:
                heard = 1 - (1 - _SOUND_SHARE) ** near
                out.append((False, True, both, int(near == 2), True, p * heard))
                out.append((False, False, both, 0, True, p * (1 - heard)))
            else:
                out.append((False, False, both, 0, False, p))
    return out
