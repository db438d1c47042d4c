"""The consensus and log-linear models on tables of which some counts are known as a range only."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import CensoredTable
from uncounted.core.estimate import Estimate
from uncounted.core.notes import Number, note
from uncounted.core.protocols import Estimator
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import NotSupported, Refusal
from uncounted.estimators._pair_fits import averaged_on_grid, fit_pair_models
from uncounted.estimators._ready import Ready, ready
from uncounted.estimators.censored_models import loglinear_ranges
from uncounted.estimators.completions import Completions, complete
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.estimators.loglinear import LogLinear
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid
from uncounted.estimators.shrinkage import averaged_over, posterior_of
from uncounted.kernels.special import log_gamma

__all__ = [
    "CensoredPosterior",
    "censored_consensus",
    "censored_posterior",
    "dress",
    "estimate_ranges",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DRAWS = 200
_FEWEST_EFFECTIVE = 40.0
_MOST_ERROR = 0.05
"""Standard error of an end or the median, as a share of it, above which a caveat says so."""
_AGAIN = 200
"""Resamples of the draws that tell the Monte Carlo error."""


@dataclass(frozen=True, slots=True, eq=False)
class CensoredPosterior:
    """Consensus on a censored table, and how surely it was computed.

    Parameters
    ----------
    posterior
        The members, each a mixture over the tables that agree, and their pool.
    reference
        The table with the expected counts in place of the ranges.
    tables, every
        How many completions were weighed, and whether those are all.
    effective
        Effective number of draws, the smaller of the two members'; the number of tables where
        all were weighed.
    error
        Monte Carlo standard errors of lower end, median and upper end, as shares of each; zeros where
        all completions were weighed.
    """

    posterior: ConsensusPosterior
    reference: OverlapTable
    tables: int
    every: bool
    effective: float
    error: tuple[float, float, float]


def censored_posterior(
    consensus: Consensus, table: CensoredTable, *, seed: int = 0, all_up_to: int | None = None
) -> CensoredPosterior:
    """Sum the consensus's members over the tables that agree with a censored one.

    Given a member M, p(N | censored) is the mean of p(N | table) over the tables that agree, each
    weighted by its evidence p(table | M), up to one factor the same for all: the likelihood of what
    is known is the sum over what it may be. The members are pooled afterwards, as on an exact table.

    Parameters
    ----------
    consensus
        Settings.
    table
        Counts with ranges.
    seed
        Root seed of the draws, where the completions are too many to list.
    all_up_to
        So many completions are weighed one by one, which is exact; more are drawn. 256 by default.

    Raises
    ------
    NotSupported, NotIdentifiable, NoFiniteEstimate
        As on an exact table; and where sums overlap too much to be listed.
    """
    floor = max(table.totals.values(), default=0)
    shape = _Shape.of(table.completed(_likely(table)), table)
    coarse = replace(consensus.grid, step=0.1)

    def quick_graphs(counts: Ints) -> float:
        return _graphs_row(
            consensus, shape, counts, coarse, shape.people(counts), seed
        ).log_evidence

    made = complete(table, stream(seed, "censored"), _DRAWS, quick_graphs, all_up_to=all_up_to)
    least = max(1, min(shape.people(c) for c in made.counts))
    graphs = [_graphs_row(consensus, shape, c, consensus.grid, least, seed) for c in made.counts]
    shrunk = [_shrinkage_row(consensus, shape, c, consensus.grid, least) for c in made.counts]
    mixture = _Mixture(
        consensus,
        shape.ready(made.reference),
        graphs,
        shrunk,
        _weights(graphs, made),
        _weights(shrunk, made),
        floor,
    )
    effective, error = float(len(graphs)), (0.0, 0.0, 0.0)
    cells, tables = Number(table.censored), Number(len(graphs))
    caveats = [
        note("estimators.censored.completed", cells=cells, tables=tables)
        if made.every
        else note("estimators.censored.drawn", cells=cells, tables=tables)
    ]
    if not made.every:
        effective = min(_effective(mixture.for_graphs), _effective(mixture.for_shrinkage))
        error = mixture.error(stream(seed, "censored/error"))
        if effective < _FEWEST_EFFECTIVE or max(error) > _MOST_ERROR:
            caveats.append(note("estimators.censored.few", effective=Number(effective, "draws")))
    for name, people in table.totals.items():
        caveats.append(
            note("estimators.censored.total", people=Number(people, "people", of=name), list=name)
        )
    posterior = mixture.posterior()
    return CensoredPosterior(
        replace(posterior, caveats=(*posterior.caveats, *caveats), floor=floor),
        table.completed(made.reference),
        len(graphs),
        made.every,
        effective,
        error,
    )


def censored_consensus(consensus: Consensus, table: CensoredTable, *, seed: int = 0) -> Estimate:
    """Median of the pool, its interval, and what the hidden counts cost."""
    found = censored_posterior(consensus, table, seed=seed)
    return dress(consensus, found, seed)


def estimate_ranges(
    estimator: Estimator, name: str, table: CensoredTable, *, seed: int = 0
) -> Estimate:
    """Estimate by the consensus or a log-linear model; any other method refuses by its name.

    Parameters
    ----------
    estimator, name
        The method, and what it is called.
    table
        Counts with ranges.
    seed
        Root seed.

    Raises
    ------
    NotSupported
        If the method needs exact counts.
    """
    if isinstance(estimator, Consensus):
        return censored_consensus(estimator, table, seed=seed)
    if isinstance(estimator, LogLinear):
        return loglinear_ranges(estimator, name, table)
    raise NotSupported(
        note("estimators.censored.needs", method=name, cells=Number(table.censored)),
        fix=note("estimators.censored.needs.fix"),
    )


def dress(consensus: Consensus, found: CensoredPosterior, seed: int = 0) -> Estimate:
    """Estimate of a posterior that is at hand, with the interval were the expected counts known."""
    made = consensus.dress(found.posterior, seed)
    without, lost = None, []
    try:
        without = consensus.over([consensus.posterior(found.reference, seed=seed)]).interval
    except Refusal:
        pass  # the most likely counts alone would carry no figure
    else:
        lost.append(
            note(
                "estimators.censored.lost",
                lower=Number(without.lower, "estimate"),
                upper=Number(without.upper, "estimate"),
            )
        )
    return replace(
        made,
        caveats=(*made.caveats, *lost),
        diagnostics={
            **made.diagnostics,
            "completions": {
                "tables": found.tables,
                "every": found.every,
                "effective": found.effective,
                "monte_carlo_error": list(found.error),
                "interval_if_known": None if without is None else without.to_dict(),
            },
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """Which lists of a censored table take part, in which order."""

    case: Ready
    to: Ints

    @classmethod
    def of(cls, reference: OverlapTable, table: CensoredTable) -> _Shape:
        case = ready(reference)
        masks = np.arange(1 << table.t)
        to = np.zeros_like(masks)
        for new, old in enumerate(case.order):
            to |= (masks >> old & 1) << new
        return cls(case, to)

    def moved(self, counts: Ints) -> Ints:
        out = np.bincount(self.to, weights=counts, minlength=1 << self.case.t).astype(np.int64)
        out[0] = 0
        return out

    def people(self, counts: Ints) -> int:
        return int(self.moved(counts).sum())

    def ready(self, counts: Ints) -> Ready:
        moved = self.moved(counts)
        return replace(self.case, counts=moved, n=int(moved.sum()), observed=int(counts[1:].sum()))


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """One member on one completion, on the grid of the smallest, with its log evidence."""

    member: GridPosterior
    log_evidence: float
    homogeneous: GridPosterior | None = None
    averaged: GridPosterior | None = None
    p_homogeneous: float = 1.0


def _likely(table: CensoredTable) -> Ints:
    """Return counts within the ranges in which no list is empty that need not be."""
    return np.clip(np.maximum(table.lower, 1), table.lower, table.upper)


def _factorials(counts: Ints) -> float:
    return float(log_gamma(counts[1:].astype(np.float64) + 1.0).sum())


def _beside(consensus: Consensus, member: GridPosterior) -> Floats:
    """Log of the prior on the odds, and of the chance of what is known of groups, on the grid."""
    level = consensus.knowledge.log_likelihood(member.y)
    return level if consensus.prior is None else level + consensus.prior.log_density(member.y)


def _lifted(consensus: Consensus, member: GridPosterior) -> float:
    """Log of the mean of that over a posterior: what it adds to the evidence."""
    level = _beside(consensus, member)
    return float(level.max() + math.log(float(member.mass @ np.exp(level - level.max()))))


def _own(grid: OddsGrid, case: Ready, least: int) -> OddsGrid:
    """Grid with the same hidden counts for every completion, whatever its people observed."""
    factor = least / case.n
    return OddsGrid(grid.lower * factor, grid.upper * factor, grid.step)


def _done(consensus: Consensus, member: GridPosterior, least: int, y: Floats) -> GridPosterior:
    return _shifted(member.given(_beside(consensus, member)), least, y)


def _graphs_row(
    consensus: Consensus, shape: _Shape, counts: Ints, grid: OddsGrid, least: int, seed: int
) -> _Row:
    case = shape.ready(counts)
    edges = consensus.knowledge.told(case.lists).edges
    member, level = consensus.graphs.weighed(case, _own(grid, case, least), seed, edges)
    level += _lifted(consensus, member) - _factorials(counts)
    return _Row(_done(consensus, member, least, grid.values()), level)


def _shrinkage_row(
    consensus: Consensus, shape: _Shape, counts: Ints, grid: OddsGrid, least: int
) -> _Row:
    case = shape.ready(counts)
    own = _own(grid, case, least)
    people = case.counts.astype(np.float64)
    people[0] = 0.0
    fits = fit_pair_models(people, case.t)
    told = consensus.knowledge.told(case.lists)
    asked = replace(consensus.shrinkage, grid=own)
    if told.homogeneous is not None:
        asked = replace(asked, homogeneous=told.homogeneous)
    shrunk = averaged_over([posterior_of(asked, case, fits, way) for way in told.strengths()])
    averaged = averaged_on_grid(fits, case.n, own.values())
    return _Row(
        _done(consensus, shrunk.full, least, grid.values()),
        shrunk.log_evidence + _lifted(consensus, shrunk.full) - _factorials(counts),
        _done(consensus, shrunk.homogeneous, least, grid.values()),
        None if averaged is None else _done(consensus, averaged, least, grid.values()),
        shrunk.p_homogeneous,
    )


def _shifted(member: GridPosterior, least: int, y: Floats) -> GridPosterior:
    """Return the posterior of N on the grid of a table with fewer people observed.

    People on a list beyond the fewest that agree count as hidden there: N is what is estimated.
    """
    hidden = member.n * np.exp(member.y)
    step = float(y[1] - y[0])
    place = (np.log((hidden + (member.n - least)) / least) - y[0]) / step
    low = np.clip(np.floor(place).astype(np.int64), 0, y.size - 1)
    part = np.clip(place - low, 0.0, 1.0)
    mass = np.bincount(low, weights=member.mass * (1.0 - part), minlength=y.size)
    mass += np.bincount(
        np.minimum(low + 1, y.size - 1), weights=member.mass * part, minlength=y.size
    )
    return GridPosterior(least, y, np.asarray(mass, dtype=np.float64))


def _weights(rows: list[_Row], made: Completions) -> Floats:
    """Weights of the completions, summing to one."""
    level = np.array([r.log_evidence for r in rows]) - made.log_proposal
    weight = np.exp(level - level.max())
    return np.asarray(weight / weight.sum())


def _effective(weight: Floats) -> float:
    return float(1.0 / (weight**2).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Mixture:
    """Members on weighted completions; ``floor``: fewest people there can be."""

    consensus: Consensus
    case: Ready
    graphs: list[_Row]
    shrinkage: list[_Row]
    for_graphs: Floats
    for_shrinkage: Floats
    floor: int

    def posterior(self) -> ConsensusPosterior:
        """Mix each member over its completions, and pool them."""
        weight = self.for_shrinkage
        calm = np.array([r.p_homogeneous for r in self.shrinkage])
        own = weight * calm
        own = own / own.sum() if own.sum() > 0 else weight
        fitted = np.array([r.averaged is not None for r in self.shrinkage])
        some = weight[fitted]
        return self.consensus.joined(
            self.case,
            self._mix([r.member for r in self.graphs], self.for_graphs),
            self._mix([r.member for r in self.shrinkage], weight),
            self._mix([r.homogeneous for r in self.shrinkage if r.homogeneous], own),
            self._mix([r.averaged for r in self.shrinkage if r.averaged], some / some.sum())
            if some.sum() > 0
            else None,
            float(weight @ calm),
            signed=self.consensus.knowledge.told(self.case.lists).signed,
        )

    def _mix(self, members: list[GridPosterior], weight: Floats) -> GridPosterior:
        first = members[0]
        mass = weight @ np.stack([m.mass for m in members])
        if self.floor > first.n:
            mass = np.where(first.population >= self.floor, mass, 0.0)
        return GridPosterior(first.n, first.y, mass / mass.sum())

    def error(self, rng: np.random.Generator) -> tuple[float, float, float]:
        """Give standard errors of lower end, median and upper end, from resamples of the draws."""
        found = []
        for _ in range(_AGAIN):
            ways = []
            for weight in (self.for_graphs, self.for_shrinkage):
                times = rng.multinomial(weight.size, np.full(weight.size, 1.0 / weight.size))
                drawn = weight * times
                ways.append(drawn / drawn.sum() if drawn.sum() > 0 else weight)
            again = replace(self, for_graphs=ways[0], for_shrinkage=ways[1]).posterior()
            ends = self.consensus.interval(again)
            found.append((ends.lower, again.pool.median, ends.upper))
        values = np.array(found)
        shares = values.std(axis=0) / values.mean(axis=0)
        return float(shares[0]), float(shares[1]), float(shares[2])
