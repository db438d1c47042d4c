"""Lists inside other lists: found, named, and left out where they can say nothing of the unseen.

Where everybody on list S is also on H, or on some list of a union U, nobody is on S alone. The
likelihood then falls into two parts: P(histories over the other lists) x P(on S, given the others).
The second tells nothing of people on no list, so leaving S out is the exact limit of every model
in which S depends on U without bound. A model that lacks that dependence reads "nobody on S
alone" as "hardly anybody left", and a choice among models that have a finite maximum must take one
that lacks it: figures collapse to about the number of people observed.

An empty cell may be chance. How likely is it that a list as mixed as the others would miss people
outside U so rarely? For each h in U let c_h be the smallest share, over the remaining lists k, of
the people on k who are also on h (one person added to both); with c = 1 - prod(1 - c_h) the coverage
of U and its odds tripled, for lists that refer people to each other, the number of people on S
outside U is at most binomial(n_S, 1 - c'). A tail below one in a hundred (exact) or in a thousand
(one or a few people outside) is no chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, Number, note, series
from uncounted.core.table import OverlapTable

__all__ = ["Nest", "Nesting", "nesting"]

_NAMED_FROM = 5
"""People on a list from which its lying inside others is worth saying."""
_FEW, _FEW_FROM, _ONE_FROM = 3, 30, 10
_SHARE = 0.05
"""Outside are "a few": up to 3 of 30 people or more, or 5 in 100; one of 10 people or more."""
_REFERRED = 3.0
"""Factor on the odds of being on other lists too, which referral alone may bring about."""
_CHANCE_EXACT, _CHANCE_NEAR = 0.01, 0.001
_NEARLY_EVERYBODY = 0.98


@dataclass(frozen=True, slots=True)
class Nest:
    """One list inside another or inside the union of others.

    Parameters
    ----------
    inner
        The list inside.
    within
        The lists that hold its people, as few as are enough.
    people
        People on the list inside.
    outside
        Of them, those on none of ``within``.
    alone
        Of them, those on no other list at all.
    chance
        How likely a list as mixed as the others would have so few outside, at most.
    left_out
        Whether figures are made without it.
    """

    inner: str
    within: tuple[str, ...]
    people: int
    outside: int
    alone: int
    chance: float
    left_out: bool

    @property
    def said(self) -> Note:
        """The nest in words, with what was done."""
        done = (
            note("estimators.nests.left-out") if self.left_out else note("estimators.nests.chance")
        )
        return note("words.advice", what=self.found, do=done)

    @property
    def found(self) -> Note:
        """The nest in words."""
        people = Number(self.people, "people", of="nested")
        within = series("words.or", self.within)
        if not self.outside:
            return note("estimators.nests.inside", people=people, inner=self.inner, within=within)
        outside = Number(self.outside, "people", of="nested")
        return note(
            "estimators.nests.nearly",
            outside=outside, people=people, inner=self.inner, within=within,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Nesting:
    """A table without its lists inside others, and which those were.

    Parameters
    ----------
    table
        What figures are made from.
    nests
        Lists inside others, in the order found, those left out first.
    everybody
        A list that holds everybody who is on any list of ``table``, or nearly; ``""`` for none.
    missed
        People whom that list misses.
    """

    table: OverlapTable
    nests: tuple[Nest, ...]
    everybody: str = ""
    missed: int = 0

    @property
    def left_out(self) -> tuple[Nest, ...]:
        """Nests whose inner list takes no part in figures."""
        return tuple(n for n in self.nests if n.left_out)


def nesting(table: OverlapTable) -> Nesting:
    """Find lists inside others and leave out those that are no chance.

    Parameters
    ----------
    table
        Counts without strata, of lists that all hold people.

    Examples
    --------
    >>> table = OverlapTable.from_histories(
    ...     ["hotline", "shelter", "clinic"],
    ...     {"100": 300, "110": 150, "001": 260, "101": 60, "111": 35},
    ... )
    >>> found = nesting(table)
    >>> found.nests[0].inner, found.nests[0].within, found.table.lists
    ('shelter', ('hotline',), ('hotline', 'clinic'))
    """
    gone: list[Nest] = []
    rest = table
    while rest.t > 2:
        shares = _Shares(rest)
        found = [n for j in range(rest.t) if (n := shares.nest(j)) is not None]
        certain = [n for n in found if n.left_out]
        if not certain:
            break
        # Exact before near, then the smaller list: a list of nearly the same people as its part
        # is itself nearly inside that part, and stays once the part is gone.
        first = min(certain, key=lambda n: (n.outside > 0, n.people, n.inner))
        gone.append(first)
        rest = rest.keep([i for i in range(rest.t) if rest.lists[i] != first.inner])
    chance: list[Nest] = []
    if rest.t > 2:
        shares = _Shares(rest)
        chance = [n for j in range(rest.t) if (n := shares.nest(j)) is not None and not n.outside]
    everybody, missed = "", 0
    sizes = rest.list_sizes
    largest = int(np.argmax(sizes))
    if rest.n and int((sizes > 0).sum()) > 1:
        left = rest.n - int(sizes[largest])
        if not left or (rest.n >= 50 and left <= (1.0 - _NEARLY_EVERYBODY) * rest.n):
            everybody, missed = rest.lists[largest], left
    return Nesting(rest, (*gone, *chance), everybody, missed)


class _Shares:
    """Who is on which lists together, for one table."""

    def __init__(self, table: OverlapTable) -> None:
        self.table = table
        self.counts = np.array(table.counts)
        self.counts[0] = 0
        masks = np.arange(self.counts.size)
        self.on = [(masks >> i & 1) == 1 for i in range(table.t)]
        self.sizes = [int(self.counts[on].sum()) for on in self.on]

    def nest(self, j: int) -> Nest | None:
        """Return where list ``j`` lies, if inside others."""
        people = self.sizes[j]
        few = _few(people)
        alone = int(self.counts[1 << j])
        if people < _NAMED_FROM or alone > few:
            return None
        within, outside = self._cover(j, few)
        covered = 1.0 - math.prod(1.0 - self._least_share(h, j) for h in within)
        odds = _REFERRED * covered / max(1.0 - covered, 1e-12)
        chance = _binomial_tail(outside, people, 1.0 / (1.0 + odds))
        names = tuple(self.table.lists[h] for h in sorted(within))
        limit = _CHANCE_NEAR if alone else _CHANCE_EXACT
        return Nest(self.table.lists[j], names, people, outside, alone, chance, chance < limit)

    def _cover(self, j: int, few: int) -> tuple[list[int], int]:
        """As few other lists as hold all of list ``j`` but a few, and those on none of them."""
        left = np.where(self.on[j], self.counts, 0)
        within: list[int] = []
        while int(left.sum()) > few or not within:
            rest = [h for h in range(self.table.t) if h != j and h not in within]
            best = max(rest, key=lambda h: int(left[self.on[h]].sum()))
            if not left[self.on[best]].any() and within:
                break
            within.append(best)
            left = np.where(self.on[best], 0, left)
        for h in list(within):
            others = [k for k in within if k != h]
            if others and int(self._outside(j, others)) <= few:
                within = others
        return within, self._outside(j, within)

    def _outside(self, j: int, within: list[int]) -> int:
        away = self.on[j].copy()
        for h in within:
            away &= ~self.on[h]
        return int(self.counts[away].sum())

    def _least_share(self, h: int, j: int) -> float:
        """Smallest share, over lists other than ``j``, of people who are also on ``h``."""
        found = [
            (int(self.counts[self.on[k] & self.on[h]].sum()) + 1) / (self.sizes[k] + 1)
            for k in range(self.table.t)
            if k not in (h, j) and self.sizes[k]
        ]
        return min(found, default=1.0)


def _few(people: int) -> int:
    if people >= _FEW_FROM:
        return max(_FEW, int(_SHARE * people))
    return int(people >= _ONE_FROM)


def _binomial_tail(most: int, n: int, p: float) -> float:
    """P(X <= most) for X binomial(n, p)."""
    if p <= 0.0:
        return 1.0
    terms: NDArray[np.float64] = np.array(
        [
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
            + k * math.log(p) + (n - k) * math.log1p(-min(p, 1.0 - 1e-15))
            for k in range(min(most, n) + 1)
        ]
    )  # fmt: skip
    return float(min(np.exp(terms).sum(), 1.0))
