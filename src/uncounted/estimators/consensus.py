"""One estimate from two methods that err in opposite directions: `Consensus`.

The equal-weight pool of decomposable graphs (sparse, light tails, a little low) and of the
shrinkage model with explicit heterogeneity (wide, a little high), both on one grid of log odds
unseen/seen and both with one weak prior on those odds. The tails of the interval are not equal:
in the calibration study the truth lies below an interval far more often than above it (lists that
avoid each other, populations seen by different lists), so the lower tail is a tenth of the upper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import NotSupported
from uncounted.estimators._pair_fits import averaged_on_grid, fit_pair_models
from uncounted.estimators._ready import Ready, ready
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.graphs import DecomposableGraphs
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid, OddsPrior, pool
from uncounted.estimators.shrinkage import Shrinkage, posterior_of
from uncounted.estimators.summaries import Signs, signs_of, summarise
from uncounted.published.accept import TableLike, as_table

__all__ = ["Consensus", "ConsensusPosterior"]

_MOST_LISTS = 12
_FACTORS = 12
"""Values that stand for the factor of `Consensus.apart`."""
_FEWEST_STEPS = 20
"""An interval must span this many steps of the grid; else the grid is refined."""


@dataclass(frozen=True, slots=True, eq=False)
class ConsensusPosterior:
    """The pool, its members, and what stands beside them.

    Parameters
    ----------
    pool
        Equal-weight mixture of ``graphs`` and ``shrinkage``.
    graphs, shrinkage
        The members, each with the prior on the odds.
    homogeneous
        The shrinkage member given that nobody is easier to find.
    averaged
        BIC-averaged log-linear models of order two, with the prior; ``None`` where no model has
        a finite estimate. Not in the pool; its median counts in `spread`.
    p_homogeneous
        Posterior probability, in the shrinkage member, that nobody is easier to find.
    signs
        What the counts alone say.
    apart
        Whether the pool allows for lists that keep people from each other.
    caveats
        What was done to the table.
    observed
        People on any list of the table given; a few more than the pool's where a list was left
        out that lay inside others but for a few people.
    """

    pool: GridPosterior
    graphs: GridPosterior
    shrinkage: GridPosterior
    homogeneous: GridPosterior
    averaged: GridPosterior | None
    p_homogeneous: float
    signs: Signs
    apart: bool
    caveats: tuple[Note, ...]
    observed: int

    def features(self) -> NDArray[np.float64]:
        """Numbers the likely range is learned on, in the order of `summaries.NAMES`."""
        members = {
            "graphs": self.graphs,
            "shrinkage": self.shrinkage,
            "homogeneous": self.homogeneous,
            "averaged": self.homogeneous if self.averaged is None else self.averaged,
            "pool": pool([self.graphs, self.shrinkage]),
        }
        return summarise(self.signs, members, self.p_homogeneous, self.spread)

    @property
    def medians(self) -> dict[str, float]:
        """Median of N by method, those whose disagreement counts."""
        found = {
            "graphs": self.graphs.median,
            "shrinkage": self.shrinkage.median,
            "shrinkage without heterogeneity": self.homogeneous.median,
        }
        if self.averaged is not None:
            found["averaged log-linear"] = self.averaged.median
        return found

    @property
    def spread(self) -> float:
        """Largest over smallest of the methods' medians."""
        values = self.medians.values()
        return max(values) / min(values)


@dataclass(frozen=True, slots=True)
class Consensus(HoldsSettings):
    """Pool of decomposable graphs and shrinkage on one grid of log odds.

    Parameters
    ----------
    graphs, shrinkage
        Settings of the members. The shrinkage member's own prior and grid are not used.
    prior
        Weak prior on the odds unseen/seen; ``None`` for none.
    apart
        Whether being met by one list keeps people from the others, or lists serve separate areas
        or groups. The odds of being met by each further list are then multiplied by a factor
        between `lowest_factor` and 1, evenly on the log scale, and so is the hidden count: no table
        can tell how much, see `GridPosterior.scaled`.
    lowest_factor
        Smallest of those factors: a tenth of the odds.
    grid
        Grid of the odds; refined where the posterior is narrower than the grid can show.
    level
        Nominal level.
    lower_tail, upper_tail
        Mass below and above the interval, as shares of ``1 - level``: 0.25% and 2.5% at 0.95.
        With 0.25 instead of 0.05 (1.25% at 0.95) two designs of the calibration study fall below
        93% (benchmarks/results/calibration_study_tails.md).
    draws
        Draws of N handed on; 0 for none.

    Examples
    --------
    >>> import uncounted as uc
    >>> found = Consensus().estimate(uc.published.load("massachusetts-anomaly"))
    >>> round(found.point), round(found.interval.upper / found.interval.lower, 1)
    (636, 1.7)
    """

    graphs: DecomposableGraphs = field(default_factory=DecomposableGraphs)
    shrinkage: Shrinkage = field(default_factory=Shrinkage)
    prior: OddsPrior | None = field(default_factory=OddsPrior)
    apart: bool = False
    lowest_factor: float = 0.1
    grid: OddsGrid = field(default_factory=OddsGrid)
    level: float = 0.95
    lower_tail: float = 0.05
    upper_tail: float = 0.5
    draws: int = 4000

    def __post_init__(self) -> None:
        """Check the level and the tails."""
        HoldsSettings.__post_init__(self)
        if not (
            0.0 < self.level < 1.0 and 0.0 < self.lower_tail < 1.0 and 0.0 < self.upper_tail < 1.0
        ):
            msg = "level, lower_tail and upper_tail must lie between 0 and 1"
            raise ValueError(msg)
        if not 0.0 < self.lowest_factor <= 1.0:
            msg = "lowest_factor lies above 0 and up to 1"
            raise ValueError(msg)

    def posterior(self, table: OverlapTable, *, seed: int = 0) -> ConsensusPosterior:
        """Posterior of the pool and of its members.

        Raises
        ------
        NoFiniteEstimate
            If nobody is on two lists.
        NotSupported
            If fewer than two lists hold people, or more than twelve do.
        """
        case = ready(table)
        if case.t > _MOST_LISTS:
            raise NotSupported(
                note(
                    "estimators.consensus.many-lists",
                    most=Number(_MOST_LISTS, "lists"),
                    lists=Number(case.t, "lists"),
                ),
                fix=note("estimators.many-lists.fix"),
            )
        found = self._on(case, self.grid, seed)
        interval = self.interval(found.pool)
        low, high = (
            math.log(max(x / case.n - 1.0, self.grid.lower))
            for x in (interval.lower, interval.upper)
        )
        if high - low < _FEWEST_STEPS * self.grid.step:
            width = max(high - low, self.grid.step)
            finer = OddsGrid(
                math.exp(max(low - 4.0 * width, math.log(self.grid.lower) - 6.0)),
                math.exp(high + 8.0 * width),
                width / 60.0,
            )
            found = self._on(case, finer, seed)
        return found

    def _on(self, case: Ready, grid: OddsGrid, seed: int) -> ConsensusPosterior:
        counts = case.counts.astype(np.float64)
        counts[0] = 0.0
        fits = fit_pair_models(counts, case.t)
        graphs = self.graphs.of(case, grid, seed)
        shrunk = posterior_of(replace(self.shrinkage, grid=grid), case, fits)
        averaged = averaged_on_grid(fits, case.n, graphs.y)

        def weighed(member: GridPosterior) -> GridPosterior:
            return member if self.prior is None else member.tilted(self.prior)

        return self.joined(
            case,
            weighed(graphs),
            weighed(shrunk.full),
            weighed(shrunk.homogeneous),
            None if averaged is None else weighed(averaged),
            shrunk.p_homogeneous,
        )

    def joined(
        self,
        case: Ready,
        graphs: GridPosterior,
        shrinkage: GridPosterior,
        homogeneous: GridPosterior,
        averaged: GridPosterior | None,
        p_homogeneous: float,
    ) -> ConsensusPosterior:
        """Pool members that are at hand, each with its prior.

        Parameters
        ----------
        case
            The table, for what its counts say and what was done to it.
        graphs, shrinkage, homogeneous, averaged, p_homogeneous
            As in `ConsensusPosterior`, on one grid.
        """
        both = pool([graphs, shrinkage])
        if self.apart:
            both = both.scaled(np.geomspace(self.lowest_factor, 1.0, _FACTORS))
        return ConsensusPosterior(
            both,
            graphs,
            shrinkage,
            homogeneous,
            averaged,
            p_homogeneous,
            signs_of(case.counts, case.t),
            self.apart,
            case.caveats,
            case.observed,
        )

    def interval(self, posterior: GridPosterior) -> Interval:
        """Interval of a pool, with its unequal tails."""
        outside = 1.0 - self.level
        return Interval(
            "pool",
            self.level,
            posterior.quantile(self.lower_tail * outside),
            posterior.quantile(1.0 - self.upper_tail * outside),
        )

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Median of the pool, its interval and draws.

        Raises
        ------
        NoFiniteEstimate, NotSupported
            See `posterior`.
        """
        table = as_table(table)
        return self.dress(self.posterior(table, seed=seed), seed)

    def dress(self, found: ConsensusPosterior, seed: int = 0) -> Estimate:
        """Estimate of a posterior that is at hand."""
        return Estimate(
            "consensus",
            found.observed,
            found.pool.median,
            self.interval(found.pool),
            found.pool.draws(self.draws, stream(seed, "consensus")) if self.draws else None,
            draws_are="posterior" if self.draws else None,
            caveats=found.caveats,
            diagnostics={
                "medians": found.medians,
                "spread": found.spread,
                "p_homogeneous": found.p_homogeneous,
                "prior_p_homogeneous": self.shrinkage.homogeneous,
                "prior_odds": None
                if self.prior is None
                else {"median": self.prior.median, "sd_log": self.prior.sd},
                "tails": [
                    self.lower_tail * (1.0 - self.level),
                    self.upper_tail * (1.0 - self.level),
                ],
                "mass_at_grid_end": found.pool.end_mass(),
            },
        )
