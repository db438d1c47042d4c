"""Routes: an absorbing Markov chain over countries, per group of origins.

A person leaves the origin for a first country; in each country reached they stay for good (it is
the destination) or move on. First moves have a row per origin, later moves and staying a row per
country reached, shared by the group of origins. Rows have a Dirichlet prior centred on the gravity
model, so that thin rows shrink to what distance, borders and languages suggest; how far rows follow
it is learned from the moves (`uncounted.routes.trust`), as a prior that is trusted more than it
deserves gives intervals that do not hold (benchmarks/results/routes_coverage.md). A statement that
names no transit country leaves the middle open: direct moves and every single middle are summed
over, by drawing the middle in proportion to its probability (data augmentation).

With the moves between the countries reached in Q and the probabilities of staying in the diagonal
matrix S, expected visits are the rows of ``f (I - Q)^-1`` and the destinations' probabilities
``f (I - Q)^-1 S`` (Kemeny & Snell 1960), f being the first move.

What is counted are statements or cases, as `RouteSet.unit` says: mentions follow attention, and
are no measure of how many people take a route.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.engine.jobs import stream
from uncounted.errors import InputError
from uncounted.flows.gravity import Gravity
from uncounted.places.covariates import pairs
from uncounted.routes.trust import elsewhere, row_trust, stay_trust, trusted
from uncounted.sources.route_sets import Route, RouteSet

_BURN = 60
"""Turns before the first draw that is kept, where statements leave their middle open."""
_BLOCK = 20
"""Draws that share one look at how far rows follow their prior, each with weights of its own."""

__all__ = [
    "ChainSummary",
    "LikelyRoute",
    "PlaceChance",
    "RouteChain",
    "fit_routes",
    "gravity_prior",
    "summarise_chain",
]


def gravity_prior(gravity: Gravity, states: Sequence[str]) -> NDArray[np.float64]:
    """Probabilities of the next country by the gravity model, shape (states, states).

    Row i holds, for each j, ``exp(a_j + x_ij beta)`` over its sum; the destination's effect is the
    median one where the country reported nothing. The diagonal is zero. A pair without covariates
    gets the row's smallest value.
    """
    n = len(states)
    o, d = (g.ravel() for g in np.meshgrid(states, states, indexing="ij"))
    fit = gravity.fit
    names = [c.name for c in fit.coefficients]
    x = pairs(o, d, names=names, distance=gravity.distance).values
    with np.errstate(invalid="ignore", over="ignore"):
        pull = np.exp(x @ np.array([c.estimate for c in fit.coefficients])).reshape(n, n)
    effects = gravity.destination_effects()
    typical = float(np.median(effects[effects > 0]))
    known = dict(zip(gravity.destinations, effects.tolist(), strict=True))
    pull = pull * np.array([known.get(s) or typical for s in states])
    np.fill_diagonal(pull, np.nan)
    least = np.array([np.nanmin(r) if np.isfinite(r).any() else 1.0 for r in pull])
    pull = np.where(np.isfinite(pull), pull, least[:, None])
    np.fill_diagonal(pull, 0.0)
    prior: NDArray[np.float64] = pull / pull.sum(axis=1, keepdims=True)
    return prior


@dataclass(frozen=True, slots=True)
class LikelyRoute:
    """A route with its probability among the routes of its group, and whether it is stated."""

    places: tuple[str, ...]
    probability: float
    interval: Interval
    years: tuple[int, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "route": list(self.places),
            "probability": self.probability,
            "interval": self.interval.to_dict(),
            "years_stated": list(self.years),
        }


@dataclass(frozen=True, slots=True)
class RouteChain:
    """A fitted chain of one group of origins.

    Parameters
    ----------
    origins
        The group.
    states
        Countries, the order of the columns below.
    destination_draws
        P(destination | a route from the group), shape (draws, states).
    passage_draws
        Expected passages (visits that move on) per route, shape (draws, states).
    first_draws
        P(first country | origin), shape (draws, origins, states).
    routes
        Most likely routes.
    statements
        Weight of the statements of the group.
    alpha
        Weight of the prior of a row, in statements; where it is learned, the middle of its draws.
    """

    origins: tuple[str, ...]
    states: tuple[str, ...]
    destination_draws: NDArray[np.float64]
    passage_draws: NDArray[np.float64]
    first_draws: NDArray[np.float64]
    routes: tuple[LikelyRoute, ...]
    statements: int
    alpha: float

    def destination(self, iso3: str, *, level: float = 0.95) -> tuple[float, Interval]:
        """P(destination) through every pipeline: median and interval."""
        return summarise_draws(self.destination_draws[:, self._at(iso3)], level=level)

    def passages(self, iso3: str, *, level: float = 0.95) -> tuple[float, Interval]:
        """Expect passages through a country per route: median and interval."""
        return summarise_draws(self.passage_draws[:, self._at(iso3)], level=level)

    def first(self, origin: str, iso3: str, *, level: float = 0.95) -> tuple[float, Interval]:
        """P(first country reached | origin): median and interval."""
        if origin not in self.origins:
            raise InputError(f"{origin} is not in this group of origins.", fix="See `origins`.")
        draws = self.first_draws[:, self.origins.index(origin), self._at(iso3)]
        return summarise_draws(draws, level=level)

    def _at(self, iso3: str) -> int:
        if iso3 not in self.states:
            raise InputError(f"{iso3} is on no route here.", fix="See `states`.")
        return self.states.index(iso3)


@dataclass(slots=True)
class _Counts:
    """Weights of moves and stays of the routes that name every place, and the open ones.

    ``told`` is the weight of routes that name their one country between.
    """

    first: NDArray[np.float64]
    move: NDArray[np.float64]
    stay: NDArray[np.float64]
    leave: NDArray[np.float64]
    open_origin: NDArray[np.int64]
    open_end: NDArray[np.int64]
    open_weight: NDArray[np.int64]
    told: int = 0


def _count(routes: Sequence[Route], origins: Sequence[str], states: Sequence[str]) -> _Counts:
    at = {s: i for i, s in enumerate(states)}
    row = {o: i for i, o in enumerate(origins)}
    n, m = len(states), len(origins)
    c = _Counts(np.zeros((m, n)), np.zeros((n, n)), np.zeros(n), np.zeros(n), *_empty())
    opened: list[tuple[int, int, int]] = []
    for r in routes:
        places = r.places
        start, end = places[0], places[-1]
        middle = [p for p in places[1:-1] if p]
        if end:
            c.stay[at[end]] += r.weight
        if not middle and start in row and end and start != end:
            opened.append((row[start], at[end], r.weight))
            continue
        if len(middle) == 1 and start in row and end:
            c.told += r.weight
        path = [start, *middle, end]
        for i, (a, b) in enumerate(pairwise(path)):
            if i > 0 and a:
                c.leave[at[a]] += r.weight
            if not a or not b or a == b:
                continue
            if i == 0:
                if a in row:
                    c.first[row[a], at[b]] += r.weight
            else:
                c.move[at[a], at[b]] += r.weight
    if opened:
        o, e, w = np.array(opened).T
        c.open_origin, c.open_end, c.open_weight = o, e, w
    return c


def _empty() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)


def fit_routes(
    routes: RouteSet,
    prior: NDArray[np.float64],
    states: Sequence[str],
    *,
    origins: Sequence[str],
    draws: int = 400,
    alpha: float | None = None,
    top: int = 10,
    level: float = 0.95,
    seed: int = 0,
) -> RouteChain:
    """Fit the chain of a group of origins.

    Parameters
    ----------
    routes
        Statements or cases; those from the group and those whose origin is unknown are used.
    prior
        From `gravity_prior`, shape (states, states), rows adding to one.
    states
        Countries; must hold all of the routes'.
    origins
        The group, ISO alpha-3.
    draws
        How many draws; independent where every statement names its middle, else turns of a Gibbs
        sampler.
    alpha
        Weight of the prior of a row, in statements; ``None`` to learn it from the moves.
    top
        How many most likely routes.
    level
        Of their intervals.
    seed
        Root seed.

    Raises
    ------
    InputError
        Where no route starts in the group.

    Notes
    -----
    The chance of staying in a country reached has a beta prior around the group's share. At most
    one unstated middle is allowed; which one, and how often middles are left unsaid, is drawn in
    turn with the probabilities (Tanner & Wong 1987).
    """
    group = tuple(o for o in origins if any(r.places[0] == o for r in routes.routes))
    if not group:
        raise InputError(
            "No route starts in these countries: none is stated, which is not to say none exists.",
            fix="Choose other origins.",
        )
    inside = set(group)
    mine = [r for r in routes.routes if r.places[0] in inside or not r.places[0]]
    states = tuple(states)
    c = _count(mine, group, states)
    rng = stream(seed, "routes/" + ",".join(group))
    at = {s: i for i, s in enumerate(states)}
    home = np.array([at[o] for o in group])
    n = len(states)
    weight = np.array([sum(r.weight for r in mine if r.places[0] == o) for o in group], dtype=float)
    kept_first = np.empty((draws, len(group), n))
    kept_end, kept_pass = np.empty((draws, n)), np.empty((draws, n))
    candidates = _candidates(mine, group, prior, at)
    chances = np.empty((draws, len(candidates)))
    direct = np.zeros_like(c.first)
    np.add.at(direct, (c.open_origin, c.open_end), c.open_weight)
    filled = _Filled(direct, np.zeros_like(c.move), np.zeros(n), 0.5)
    fixed = None if alpha is None else np.full(_BLOCK, alpha)
    used_weight = np.empty(draws)
    begin = -_BURN if c.open_origin.size else 0
    for i in range(begin, draws):
        at_block = i % _BLOCK
        if not at_block or i == begin:
            firsts, moves = c.first + filled.first, c.move + filled.move
            reached = firsts.sum(axis=0) + moves.sum(axis=0)
            other_firsts = elsewhere(prior[home], firsts, reached)
            other_moves = elsewhere(prior, moves, reached)
            by_first = _weights(fixed, prior[home], firsts, other_firsts, rng)
            by_move = _weights(fixed, prior, moves, other_moves, rng)
            by_stay, _ = stay_trust(c.stay, c.leave + filled.leave).draw(_BLOCK, rng)
        start_prior = trusted(
            prior[home], by_first[0, at_block], by_first[1, at_block], other_firsts
        )
        move_prior = trusted(prior, by_move[0, at_block], by_move[1, at_block], other_moves)
        used_weight[max(i, 0)] = by_move[0, at_block]
        first = _dirichlet(start_prior + c.first + filled.first, rng)
        move = _dirichlet(move_prior + c.move + filled.move, rng)
        stay = _stays(c.stay, c.leave + filled.leave, by_stay[at_block], rng)
        filled = _fill(c, first, move, stay, home, filled.omitted, rng)
        if i < 0:
            continue
        share = rng.dirichlet(weight + 0.5)
        start = share @ first
        visits = _visits(start, move, stay)
        kept_first[i] = first
        kept_end[i] = visits * stay
        kept_pass[i] = visits * (1 - stay)
        chances[i] = _chances(candidates, first, move, stay, share)
    years = {r.places: r.years for r in mine}
    likely = []
    for j in np.argsort(-np.median(chances, axis=0))[:top]:
        places = tuple(group[p] if k == 0 else states[p] for k, p in enumerate(candidates[j]))
        median, interval = summarise_draws(chances[:, j], level=level)
        likely.append(LikelyRoute(places, median, interval, years.get(places, ())))
    return RouteChain(
        group, states, kept_end, kept_pass, kept_first, tuple(likely), int(weight.sum()),
        float(np.median(used_weight)),
    )  # fmt: skip


def _weights(
    fixed: NDArray[np.float64] | None,
    prior: NDArray[np.float64],
    counts: NDArray[np.float64],
    others: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw weights of rows' priors and their shares of what other rows say, shape (2, block)."""
    if fixed is not None:
        return np.stack((fixed, np.zeros_like(fixed)))
    return np.stack(row_trust(prior, counts, others).draw(_BLOCK, rng))


def _stays(
    stays: NDArray[np.float64],
    leaves: NDArray[np.float64],
    weight: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw the chance of staying in each country: a beta around the group's share, itself drawn.

    Countries differ, so the share rests on as many of them as were reached, not on every arrival.
    """
    arrivals = stays + leaves
    reached = arrivals > 0
    worth = arrivals[reached] * (1.0 + weight) / (arrivals[reached] + weight)
    mean = stays[reached] / arrivals[reached]
    share = rng.beta(1.0 + (worth * mean).sum(), 1.0 + (worth * (1.0 - mean)).sum())
    stay: NDArray[np.float64] = rng.beta(weight * share + stays, weight * (1 - share) + leaves)
    return stay


def _visits(
    start: NDArray[np.float64], move: NDArray[np.float64], stay: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum expected visits ``start (I - Q)^-1`` step by step; solve where that is slow to settle."""
    visits, here = start.copy(), start
    for _ in range(200):
        here = (here * (1 - stay)) @ move
        visits += here
        if here.sum() < 1e-12:
            return visits
    return np.asarray(
        np.linalg.solve(np.eye(start.size) - ((1 - stay)[:, None] * move).T, start),
        dtype=np.float64,
    )


def _dirichlet(alpha: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw each row from a Dirichlet distribution; a weight of zero gives a probability of zero."""
    drawn = rng.standard_gamma(alpha)
    total = drawn.sum(axis=1, keepdims=True)
    centre = alpha / alpha.sum(axis=1, keepdims=True)
    return np.where(total > 0, drawn / np.where(total > 0, total, 1.0), centre)


@dataclass(slots=True)
class _Filled:
    """What the statements without a middle add: first moves, later moves, departures.

    ``omitted`` is the chance that a route with one country between is stated without it.
    """

    first: NDArray[np.float64]
    move: NDArray[np.float64]
    leave: NDArray[np.float64]
    omitted: float


def _fill(
    c: _Counts,
    first: NDArray[np.float64],
    move: NDArray[np.float64],
    stay: NDArray[np.float64],
    home: NDArray[np.int64],
    omitted: float,
    rng: np.random.Generator,
) -> _Filled:
    """Draw the unstated middles: direct, or through one country in proportion to its chance.

    How often a middle is left unsaid is not known: it is drawn from a uniform prior with the number
    hidden and the number told. Where many middles are told, few are hidden.
    """
    first_add, move_add = np.zeros_like(first), np.zeros_like(move)
    leave_add = np.zeros(move.shape[0])
    if not c.open_origin.size:
        return _Filled(first_add, move_add, leave_add, omitted)
    o, e, w = c.open_origin, c.open_end, c.open_weight
    through = first[o] * (1 - stay)[None, :] * move[:, e].T
    rows = np.arange(o.size)
    through[rows, e] = 0.0
    through[rows, home[o]] = 0.0
    direct = np.maximum(first[o, e], 1e-12)
    via = through.sum(axis=1)
    hidden = rng.binomial(w, omitted * via / (direct + omitted * via))
    np.add.at(first_add, (o, e), w - hidden)
    for i in np.flatnonzero(hidden):
        middles = rng.multinomial(hidden[i], through[i] / via[i])
        first_add[o[i]] += middles
        move_add[:, e[i]] += middles
        leave_add += middles
    return _Filled(
        first_add, move_add, leave_add, float(rng.beta(1.0 + hidden.sum(), 1.0 + c.told))
    )


def _candidates(
    routes: Sequence[Route], group: Sequence[str], prior: NDArray[np.float64], at: dict[str, int]
) -> list[tuple[int, ...]]:
    """Routes whose chance is looked at: the stated ones, and the prior's best direct ones."""
    row = {o: i for i, o in enumerate(group)}
    found: dict[tuple[int, ...], None] = {}
    for r in routes:
        if r.places[0] in row and all(r.places) and len(set(r.places)) == len(r.places):
            found[(row[r.places[0]], *(at[p] for p in r.places[1:]))] = None
    for o in group:
        for j in np.argsort(-prior[at[o]])[:5]:
            found[(row[o], int(j))] = None
    return list(found)


def _chances(
    candidates: list[tuple[int, ...]],
    first: NDArray[np.float64],
    move: NDArray[np.float64],
    stay: NDArray[np.float64],
    share: NDArray[np.float64],
) -> NDArray[np.float64]:
    out = np.empty(len(candidates))
    for i, path in enumerate(candidates):
        p = share[path[0]] * first[path[0], path[1]]
        for a, b in pairwise(path[1:]):
            p *= (1 - stay[a]) * move[a, b]
        out[i] = p * stay[path[-1]]
    return out


@dataclass(frozen=True, slots=True)
class PlaceChance:
    """A country with its probability as an end, or its expected passages: median and interval."""

    place: str
    value: float
    interval: Interval

    def to_dict(self, key: str) -> JSONObject:
        """JSON form; the country stands under ``key``."""
        return {key: self.place, "value": self.value, "interval": self.interval.to_dict()}


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """The main figures of a chain.

    Parameters
    ----------
    origins
        The group.
    statements
        Weight of the statements of the group.
    prior_weight
        Weight of the prior, in statements.
    destinations
        Most likely ends of a route.
    passages
        Countries with the most expected passages a route.
    routes
        Most likely routes.
    """

    origins: tuple[str, ...]
    statements: int
    prior_weight: float
    destinations: tuple[PlaceChance, ...]
    passages: tuple[PlaceChance, ...]
    routes: tuple[LikelyRoute, ...]

    def ending_in(self, places: Collection[str]) -> ChainSummary:
        """Keep some destinations and the routes to them; probabilities stay those of the group."""
        return replace(
            self,
            destinations=tuple(d for d in self.destinations if d.place in places),
            routes=tuple(r for r in self.routes if r.places[-1] in places),
        )

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "origins": list(self.origins),
            "statements": self.statements,
            "prior_weight": self.prior_weight,
            "destinations": [d.to_dict("destination") for d in self.destinations],
            "passages": [d.to_dict("transit") for d in self.passages],
            "routes": [r.to_dict() for r in self.routes],
        }


def summarise_chain(chain: RouteChain, *, top: int = 10, level: float = 0.95) -> ChainSummary:
    """Take a chain's main figures out of its draws: destinations, passages, routes."""

    def best(draws: NDArray[np.float64]) -> tuple[PlaceChance, ...]:
        order = np.argsort(-np.median(draws, axis=0))[:top]
        return tuple(
            PlaceChance(chain.states[j], *summarise_draws(draws[:, j], level=level)) for j in order
        )

    return ChainSummary(
        chain.origins,
        chain.statements,
        chain.alpha,
        best(chain.destination_draws),
        best(chain.passage_draws),
        chain.routes,
    )
