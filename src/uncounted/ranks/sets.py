"""Rank sets and tiers: what every ranking method gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError

__all__ = ["RankRow", "RankSet", "Ranking", "check_level", "check_names", "ranking_from_above"]


@dataclass(frozen=True, slots=True)
class RankSet:
    """The ranks that one population may hold; rank 1 is the largest.

    Parameters
    ----------
    name
        Whom it ranks, e.g. a country of origin.
    value
        Count or estimate it is ranked by; ``None`` where only an interval is known.
    lower, upper
        Best and worst rank, both included, from 1 to the number of populations.
    value_lower, value_upper
        Interval of the value where it is suppressed or uncertain, else both equal ``value``.
    """

    name: str
    value: float | None
    lower: int
    upper: int
    value_lower: float
    value_upper: float

    @property
    def said(self) -> Note:
        """The set to be read.

        Examples
        --------
        >>> str(RankSet("MEX", 66.0, 1, 3, 66.0, 66.0).said)
        'between 1st and 3rd'
        """
        best, worst = Number(self.lower, "rank"), Number(self.upper, "rank")
        if self.lower == self.upper:
            return note("ranks.set.one", rank=best)
        return note("ranks.set", best=best, worst=worst)

    def words(self) -> str:
        """Return the set in plain words, e.g. ``"between 1st and 3rd"``."""
        return str(self.said)


@dataclass(frozen=True, slots=True)
class RankRow:
    """One rank set in a table: whole counts as integers, ends without a bound as ``None``."""

    origin: str
    count: float | int | None
    lower: int
    upper: int
    tier: int | None
    count_lower: float | int | None
    count_upper: float | int | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "origin": self.origin,
            "count": self.count,
            "lower": self.lower,
            "upper": self.upper,
            "tier": self.tier,
            "count_lower": self.count_lower,
            "count_upper": self.count_upper,
        }


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rank sets of several populations, made by one method at one level.

    Parameters
    ----------
    sets
        One `RankSet` a population, in the order given.
    method
        ``"exact"``, ``"stepdown"`` or ``"joint"``.
    simultaneous
        True: all sets hold together with probability `level`. False (marginal): each set alone.
    level
        Nominal coverage.
    above
        Shape (populations, populations); ``above[j, k]`` is True where j is larger than k beyond
        doubt at this level.
    tiers
        Names, best tier first: the finest split of all populations that no rank set crosses.
        Empty for marginal sets, which do not hold together.
    caveats
        What travels with the sets.
    """

    sets: tuple[RankSet, ...]
    method: str
    simultaneous: bool
    level: float
    above: NDArray[np.bool_]
    tiers: tuple[tuple[str, ...], ...] = ()
    caveats: tuple[Note, ...] = field(default=())

    @property
    def lower(self) -> NDArray[np.int64]:
        """Best ranks, shape (populations,)."""
        return np.array([s.lower for s in self.sets], dtype=np.int64)

    @property
    def upper(self) -> NDArray[np.int64]:
        """Worst ranks, shape (populations,)."""
        return np.array([s.upper for s in self.sets], dtype=np.int64)

    def find(self, name: str) -> RankSet:
        """Return the rank set of one population.

        Raises
        ------
        InputError
            No population of that name was ranked.
        """
        for one in self.sets:
            if one.name == name:
                return one
        raise InputError(
            "A population that was asked for is not among those ranked.",
            fix="Name one that is in the table.",
        )

    def rows(self) -> tuple[RankRow, ...]:
        """Return the sets with their tiers, in the order given."""
        tier = {name: i + 1 for i, names in enumerate(self.tiers) for name in names}
        return tuple(
            RankRow(
                origin=s.name,
                count=_plain(s.value),
                lower=s.lower,
                upper=s.upper,
                tier=tier.get(s.name),
                count_lower=_plain(s.value_lower),
                count_upper=_plain(s.value_upper),
            )
            for s in self.sets
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON form, with the contract's keys for each rank."""
        return {
            "method": self.method,
            "simultaneous": self.simultaneous,
            "level": self.level,
            "ranks": [r.to_dict() for r in self.rows()],
            "tiers": [list(names) for names in self.tiers],
            "caveats": [str(c) for c in self.caveats],
        }


def ranking_from_above(
    names: Sequence[str],
    above: NDArray[np.bool_],
    *,
    value: Sequence[float | None],
    value_lower: Sequence[float],
    value_upper: Sequence[float],
    method: str,
    simultaneous: bool,
    level: float,
    caveats: Sequence[Note] = (),
    below: NDArray[np.bool_] | None = None,
) -> Ranking:
    """Turn "j is surely above k" into rank sets and tiers.

    The set of j is ``{1 + how many are surely above j, ..., p - how many j is surely above}``
    (Mogstad, Romano, Shaikh & Wilhelm 2024, eq. 7).

    Parameters
    ----------
    names
        Populations.
    above
        Shape (p, p), ``above[j, k]``: j surely above k. For marginal sets row j holds what j's own
        tests say of j above k.
    value, value_lower, value_upper
        What each is ranked by.
    method, simultaneous, level, caveats
        Copied into the answer.
    below
        Shape (p, p), ``below[j, k]``: k surely above j by j's own tests. Given for marginal sets,
        whose tests differ from row to row; by default the transpose of `above`.

    Returns
    -------
    Ranking
    """
    p = len(names)
    below = above.T if below is None else below
    lower = 1 + below.sum(axis=1)
    upper = p - above.sum(axis=1)
    sets = tuple(
        RankSet(names[j], value[j], int(lower[j]), int(upper[j]), value_lower[j], value_upper[j])
        for j in range(p)
    )
    return Ranking(
        sets=sets,
        method=method,
        simultaneous=simultaneous,
        level=level,
        above=above,
        tiers=_tiers(sets) if simultaneous else (),
        caveats=tuple(caveats),
    )


def _tiers(sets: Sequence[RankSet]) -> tuple[tuple[str, ...], ...]:
    """Split populations at each rank that no rank set crosses."""
    order = sorted(sets, key=lambda s: (s.lower, s.upper, -s.value_upper, s.name))
    tiers: list[list[str]] = [[]]
    worst = 0
    for place, one in enumerate(order):
        if place and worst <= place and one.lower > place:
            tiers.append([])
        tiers[-1].append(one.name)
        worst = max(worst, one.upper)
    return tuple(tuple(t) for t in tiers if t)


def check_level(level: float) -> None:
    """Refuse a level that is not a probability strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise InputError("The level must lie between 0 and 1.", fix="Use 0.95, for example.")


def check_names(names: Sequence[str], size: int) -> None:
    """Refuse no populations, names that do not fit the values, and names used twice."""
    if size == 0:
        raise InputError("There is nothing to rank.", fix="Give at least one origin and its count.")
    if len(names) != size:
        raise InputError(
            f"There are {len(names)} names for {size} values.", fix="Give one name a value."
        )
    if len(set(names)) != len(names):
        raise InputError(
            "An origin stands in the table more than once.",
            fix="Sum its rows first, or give each row a name of its own.",
        )


def _plain(value: float | None) -> float | int | None:
    """Whole numbers as integers, for reading."""
    if value is None or not np.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else value
