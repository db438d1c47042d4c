"""Statements about routes put to the test: towards higher income, first near and then far, memory.

Each answer counts what its source counts: people detected, pairs of countries mentioned, or
distinct routes mentioned. None of them counts trafficked people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, note
from uncounted.engine.jobs import stream
from uncounted.errors import NotSupported
from uncounted.places.countries import country, in_geodist
from uncounted.places.covariates import gdp_per_head
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.route_sets import Route, RouteSet

__all__ = [
    "OrderTest",
    "RuleShare",
    "compare_orders",
    "near_then_far",
    "uphill_detected",
    "uphill_stated",
]


@dataclass(frozen=True, slots=True)
class RuleShare:
    """A share with its interval, what it is a share of, and how a general rule stands to it.

    Parameters
    ----------
    value, interval
        Between 0 and 1.
    part, whole
        Numerator and denominator (people, pairs or routes; ``part`` may be fractional where
        counts are censored).
    of
        What the denominator counts.
    left_out
        Cells or routes for which the question cannot be answered (no income, no continent).
    """

    value: float
    interval: Interval
    part: float
    whole: float
    of: Note
    left_out: int

    @property
    def verdict(self) -> Literal["supported", "contradicted", "open"]:
        """Whether "most" is ``supported``, ``contradicted`` or ``open``: which side of one half."""
        if self.interval.lower > 0.5:
            return "supported"
        return "contradicted" if self.interval.upper < 0.5 else "open"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "share": self.value,
            "interval": self.interval.to_dict(),
            "part": self.part,
            "whole": self.whole,
            "of": str(self.of),
            "left_out": self.left_out,
            "verdict": self.verdict,
        }


def uphill_detected(
    flows: DetectedFlows, *, draws: int = 1000, level: float = 0.95, seed: int = 0
) -> RuleShare:
    """Share of detected cross-border victims found where GDP per head is higher than at home.

    Both incomes are those of the year of detection. The interval comes from a Bayesian bootstrap
    over destinations, which report each in their own way, with the censored counts drawn anew.
    """
    cells = flows.take(~flows.internal)
    home = _incomes(cells.origin, cells.year)
    away = _incomes(cells.destination, cells.year)
    known = np.isfinite(home) & np.isfinite(away)
    if not known.any():
        raise NotSupported("No income is known for these flows.", fix="Choose years from 2000 on.")
    cells, up = cells.take(known), (away > home)[known]
    middle = (cells.lower + cells.upper) / 2.0
    rng = stream(seed, "uphill")
    names, at = np.unique(cells.destination, return_inverse=True)
    values = np.empty(draws)
    for i in range(draws):
        people = rng.integers(cells.lower, cells.upper + 1) * rng.exponential(size=names.size)[at]
        values[i] = people[up].sum() / people.sum()
    _, interval = summarise_draws(values, level=level, kind="bootstrap")
    part, whole = float(middle[up].sum()), float(middle.sum())
    return RuleShare(
        part / whole, interval, part, whole, note("routes.of.victims"), int((~known).sum())
    )


def _incomes(codes: NDArray[np.str_], years: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.array(
        [gdp_per_head(c, y) for c, y in zip(codes.tolist(), years.tolist(), strict=True)]
    )


def uphill_stated(routes: RouteSet, *, level: float = 0.95) -> RuleShare:
    """Share of stated pairs of origin and destination in which the destination is richer.

    Incomes are the means over the years in which the pair is stated and both are known.
    """
    years: dict[tuple[str, str], set[int]] = {}
    for r in routes.routes:
        o, d = r.places[0], r.places[-1]
        if o and d and o != d:
            years.setdefault((o, d), set()).update(r.years)
    up = whole = 0
    for (o, d), stated in years.items():
        both = [(gdp_per_head(o, y), gdp_per_head(d, y)) for y in sorted(stated)]
        both = [(a, b) for a, b in both if np.isfinite(a) and np.isfinite(b)]
        if both:
            whole += 1
            up += float(np.mean([b for _, b in both])) > float(np.mean([a for a, _ in both]))
    return _binomial(up, whole, note("routes.of.pairs"), len(years) - whole, level)


def near_then_far(
    routes: Sequence[Route], *, level: float = 0.95, geodist_only: bool = False
) -> RuleShare:
    """Share of distinct three-country routes that stay within a continent first, then leave it.

    Parameters
    ----------
    routes
        From `RouteSet.three_legs`.
    level
        Of the interval.
    geodist_only
        Count a code that GeoDist does not hold as another continent, which is what a plain join
        does; only to retrace figures made that way (34 of 159 from the derived codes).
    """
    part = whole = 0
    for r in routes:
        a, b, c = (
            k.continent if (k := country(p)) and (in_geodist(p) or not geodist_only) else None
            for p in r.places
        )
        if geodist_only:
            whole += 1
            part += a is not None and a == b and b != c
        elif a and b and c:
            whole += 1
            part += a == b != c
    left_out = len(routes) - whole
    return _binomial(part, whole, note("routes.of.routes"), left_out, level)


def _binomial(part: int, whole: int, of: Note, left_out: int, level: float) -> RuleShare:
    """RuleShare with Jeffreys' interval."""
    from scipy.special import betaincinv

    if whole == 0:
        raise NotSupported(f"There are no {of} here.", fix="Ask for more years or countries.")
    tail = (1 - level) / 2
    low = 0.0 if part == 0 else float(betaincinv(part + 0.5, whole - part + 0.5, tail))
    high = 1.0 if part == whole else float(betaincinv(part + 0.5, whole - part + 0.5, 1 - tail))
    return RuleShare(
        part / whole, Interval("jeffreys", level, low, high), part, whole, of, left_out
    )


@dataclass(frozen=True, slots=True)
class OrderTest:
    """Held-out log loss per onward move, in nats; lower is better.

    Parameters
    ----------
    held_out
        What is left out together: ``"report year"`` or ``"route"``.
    moves
        Onward moves predicted (route-years).
    first, second, prior
        Mean log loss with the last country only, with the origin too, and with gravity alone.
    difference, se
        Second minus first, and its standard error over what is held out together.
    """

    held_out: str
    moves: int
    first: float
    second: float
    prior: float
    difference: float
    se: float

    @property
    def better(self) -> Literal["first", "second", "neither"]:
        """Which order predicts better, where the difference passes two standard errors."""
        if abs(self.difference) <= 2 * self.se:
            return "neither"
        return "second" if self.difference < 0 else "first"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "held_out": self.held_out,
            "moves": self.moves,
            "first": self.first,
            "second": self.second,
            "gravity_alone": self.prior,
            "difference": self.difference,
            "se": self.se,
            "better": self.better,
        }


def compare_orders(
    routes: RouteSet,
    prior: NDArray[np.float64],
    states: Sequence[str],
    *,
    held_out: str = "route",
    alpha: float = 5.0,
    folds: int = 10,
) -> OrderTest:
    """Compare a first-order with a second-order chain on onward moves left out of the fit.

    Parameters
    ----------
    routes
        Those with a known origin, transit and destination are used.
    prior, states
        From `gravity_prior`.
    held_out
        ``"report year"``: leave out one year at a time (reports repeat each other, so memory is
        rewarded); ``"route"``: leave out distinct routes, a tenth at a time (what a new route
        would meet).
    alpha
        Weight of the prior; the second order shrinks to the first with the same weight.
    folds
        For ``"route"``.
    """
    at = {s: i for i, s in enumerate(states)}
    moves: list[tuple[int, int, int, int]] = []
    for f, r in enumerate(routes.three_legs()):
        o, t, d = (at[p] for p in r.places)
        moves += [(o, t, d, y if held_out == "report year" else f % folds) for y in r.years]
    groups = sorted({m[3] for m in moves})
    if len(groups) < 2:
        raise NotSupported(
            "There are too few three-country routes to hold any out.", fix="Use more years."
        )
    losses: list[NDArray[np.float64]] = []
    n = len(states)
    for g in groups:
        one = np.zeros((n, n))
        two: dict[tuple[int, int, int], int] = {}
        for o, t, d, f in moves:
            if f != g:
                one[t, d] += 1
                two[o, t, d] = two.get((o, t, d), 0) + 1
        seen: dict[tuple[int, int], int] = {}
        for (o, t, _), k in two.items():
            seen[o, t] = seen.get((o, t), 0) + k
        row = []
        for o, t, d, f in moves:
            if f == g:
                p0 = max(prior[t, d], 1e-9)
                p1 = (alpha * p0 + one[t, d]) / (alpha + one[t].sum())
                p2 = (alpha * p1 + two.get((o, t, d), 0)) / (alpha + seen.get((o, t), 0))
                row.append((-np.log(p0), -np.log(p1), -np.log(p2)))
        losses.append(np.array(row))
    every = np.concatenate(losses)
    gaps = np.array([(x[:, 2] - x[:, 1]).sum() for x in losses])
    sizes = np.array([len(x) for x in losses])
    difference = float(gaps.sum() / sizes.sum())
    spread = gaps - difference * sizes
    k = len(groups)
    se = float(np.sqrt(k / (k - 1) * np.square(spread).sum()) / sizes.sum())
    mean = every.mean(axis=0)
    return OrderTest(
        held_out, len(every), float(mean[1]), float(mean[2]), float(mean[0]), difference, se
    )
