"""Names that stand on more records than any population's names explain: fillers nobody has listed.

A column in which one record of four bears one whole name holds no such family; it holds a clerk's word
for "not known", a mask, the name of the shelter. What is known of names says how common one can be.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from uncounted.names.fillers import is_placeholder
from uncounted.names.letters import known
from uncounted.names.masks import shown
from uncounted.names.scripts import fold

__all__ = ["Spikes", "find_spikes"]

T = TypeVar("T", bound=Hashable)

WHOLE, FAMILY_ALONE, GIVEN, GIVEN_UNHEARD, FAMILY_UNHEARD = 0.02, 0.1, 0.35, 0.08, 0.25
"""The largest shares one name has in a population: a whole name (Gurpreet Singh, Nguyen Thi Hoa in their
own communities stay below 2%), a given name (Maria, Muhammad, below 35%), a given name of no table, a
family name without a given one (more than that many are masks), a family name of no table (a village of one clan). Family names of the tables have no bound: Kaur, Nguyen."""
_FEWEST = 8
_DIFFERENT = 6
"""Least records, and least different descriptions beside the name: not one person met again and again."""
_CHANCE = 1e-6
_ENOUGH = 20_000


@dataclass(frozen=True, slots=True, repr=False)
class Spikes:
    """Names of one list that are taken for fillers.

    Parameters
    ----------
    whole
        Pairs of given and family name, the given one ``""`` where it is none.
    given, family
        Parts of a name.
    """

    whole: frozenset[tuple[str, str]]
    given: frozenset[str]
    family: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.whole or self.given or self.family)


def find_spikes(
    given: Sequence[object], family: Sequence[object], beside: Callable[[int], Hashable]
) -> Spikes:
    """Find the names of one list that too many different people bear.

    Parameters
    ----------
    given, family
        Parts of each record's name; what is no text is no name.
    beside
        What else a record says, by its place, in any form that can be compared.

    Examples
    --------
    >>> given = ["Jdoc"] * 30 + [f"Ana{chr(97 + k)}" for k in range(26)]
    >>> sorted(find_spikes(given, [""] * 56, lambda k: k).given)
    ['Jdoc']
    """
    step = max(1, len(given) // _ENOUGH)  # some of a long list show a share as plainly as all
    firsts, lasts = ([_name(v) for v in c[::step]] for c in (given, family))
    pairs = [p if p[1] else None for p in zip(firsts, lasts, strict=True)]

    def said(k: int) -> Hashable:
        return beside(k * step)

    return Spikes(
        frozenset(_too_many(pairs, said, lambda p: WHOLE if p[0] else FAMILY_ALONE)),
        frozenset(_too_many([g or None for g in firsts], said, _most_given)),
        frozenset(_too_many([f or None for f in lasts], said, _most_family)),
    )


def _name(value: object) -> str:
    """Give a part of a name as far as it is one."""
    return value if isinstance(value, str) and shown(value) and not is_placeholder(value) else ""


def _too_many(
    names: Sequence[T | None], beside: Callable[[int], Hashable], most: Callable[[T], float]
) -> list[T]:
    n = len(names)
    counts = Counter(names)
    suspects = {
        x
        for x, c in counts.items()
        if x is not None and c >= max(_FEWEST, WHOLE * n) and _beyond(c, n, most(x))
    }
    if not suspects:
        return []
    held: dict[T, set[Hashable]] = defaultdict(set)
    for k, x in enumerate(names):
        if x is not None and x in suspects:
            held[x].add(beside(k))
    return [x for x in suspects if len(held[x]) >= _DIFFERENT]


def _beyond(count: int, n: int, most: float) -> bool:
    """Whether so many of n are beyond a share: Chernoff's bound on the binomial tail."""
    share = count / n
    if share <= most or most >= 1:
        return False
    rest = 0.0 if share >= 1 else (1 - share) * math.log((1 - share) / (1 - most))
    return -n * (share * math.log(share / most) + rest) < math.log(_CHANCE)


def _heard(name: str) -> bool:
    return any(known(fold(w)) for w in name.split())


def _most_given(name: str) -> float:
    return GIVEN if _heard(name) else GIVEN_UNHEARD


def _most_family(name: str) -> float:
    return 1.0 if _heard(name) or not name.isascii() else FAMILY_UNHEARD
