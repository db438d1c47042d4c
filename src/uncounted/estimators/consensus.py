"""One estimate from two methods that err in opposite directions, with two ranges: `Consensus`.

The equal-weight pool of decomposable graphs (sparse, light tails, a little low) and of the
shrinkage model with explicit heterogeneity (wide, a little high), both on one grid of log odds
unseen/seen and both with one weak prior on those odds.

The *interval* is the range that holds whatever the lists do: tails of the pool, chosen by how far
the methods disagree (`tails`), so that it holds at least 93 of 100 in every way of coming to be on
lists that was tried. The *likely range* (`uncounted.estimators.likely`) holds 95 of 100 over a
stated mixture of such ways; its middle is the point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import NotSupported
from uncounted.estimators._pair_fits import averaged_on_grid, chance_alone, fit_pair_models
from uncounted.estimators._ready import Ready, ready
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.graphs import DecomposableGraphs
from uncounted.estimators.knowledge import Knowledge
from uncounted.estimators.likely import Likely, likely_interval, likely_model, mixed, outside
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid, OddsPrior, pool
from uncounted.estimators.shrinkage import Shrinkage, averaged_over, posterior_of
from uncounted.estimators.summaries import Signs, signs_of, summarise
from uncounted.published.accept import TableLike, as_table

__all__ = ["Consensus", "ConsensusPosterior", "Ranges", "tails"]

_MOST_LISTS = 12
_FEW_BELOW, _FEW_ABOVE = 100, 300
"""People observed below which a tail is no larger than it was before the tails were fitted."""
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
    alone
        Whether the shrinkage member stands alone, because of what is known: `medians` are then its own.
    chance
        Variance of the log hidden count by chance alone, under the best model of order two by BIC;
        not a number where no model has a finite estimate.
    floor
        Fewest people there can be, where a list gave its total only; 0 where none did.
    untold
        The same without groups of known size, where nothing else is known: what the likely range is learned
        on. ``None`` elsewhere.
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
    chance: float = math.nan
    alone: bool = False
    floor: int = 0
    untold: ConsensusPosterior | None = None

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
        if self.alone:  # the others do not know what is known
            del found["graphs"]
            return found
        if self.averaged is not None:
            found["averaged log-linear"] = self.averaged.median
        return found

    @property
    def spread(self) -> float:
        """Largest over smallest of the methods' medians."""
        values = self.medians.values()
        return max(values) / min(values)


@dataclass(frozen=True, slots=True)
class Ranges:
    """The one figure and its two ranges, of one table or of several equally likely ones.

    Parameters
    ----------
    point
        Middle of what was learned; median of the pool where the table lies outside the learning.
    interval
        Whatever the lists do: at least 93 of 100 in each way. Holds the likely range.
    likely
        95 of 100 over the stated mixture of ways; the interval again where nothing was learned.
    learned
        Whether the point and the likely range are the learned ones.
    caveats
        Why not, where not.
    """

    point: float
    interval: Interval
    likely: Interval
    learned: bool
    caveats: tuple[Note, ...]


def tails(spread: float, p_homogeneous: float, people: int) -> tuple[float, float]:
    """Mass of the pool below and above an interval at 0.95.

    Where the methods agree, their pool is too sure of itself, and the tails are small; where they
    disagree it is wide already. Where nobody seems easier to find, less is needed above. Six
    numbers, fitted on the ways of `uncounted.simulation.ways` and the designs of the calibration
    study so that the worst of them is held (docs/likely.md).

    Parameters
    ----------
    spread
        Largest over smallest median of the methods.
    p_homogeneous
        Posterior probability that nobody is easier to find.
    people
        Observed. The tail below is at most 0.25% where they are fewer than 100, the one above at
        most 2.5% where they are fewer than 300: there the members say little that is not in their
        priors, and their disagreement is no measure of it.

    Examples
    --------
    >>> [round(x, 4) for x in tails(1.05, 0.5, 800)]
    [0.0014, 0.0147]
    >>> [round(x, 4) for x in tails(1.6, 0.5, 800)]
    [0.0474, 0.0832]
    >>> [round(x, 4) for x in tails(1.6, 0.5, 200)]
    [0.0474, 0.025]
    >>> tails(1.6, 0.5, 80)
    (0.0025, 0.025)
    """
    apart = min(max((math.log(spread) - 0.2) / 0.2, -1.0), 2.0)
    alike = min(max((p_homogeneous - 0.4) / 0.2, -2.0), 1.5)
    below = min(-5.2 + 1.8 * apart, -3.0)
    above = min(max(-4.02 + 1.3 * apart + 1.6 * alike, -6.5), -2.4)
    low, high = 1.0 / (1.0 + math.exp(-below)), 1.0 / (1.0 + math.exp(-above))
    return (
        min(low, 0.0025) if people < _FEW_BELOW else low,
        min(high, 0.025) if people < _FEW_ABOVE else high,
    )


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
    knowledge
        What is known of the lists; see `uncounted.estimators.knowledge`.
    grid
        Grid of the odds; refined where the posterior is narrower than the grid can show.
    level
        Nominal level.
    lower_tail, upper_tail
        Mass below and above the interval, as shares of ``1 - level``. By default both follow from
        how far the methods disagree (`tails`); where only one is given the other is 0.5 (above) or
        0.05 (below).
    draws
        Draws of N handed on; 0 for none.

    Examples
    --------
    >>> import uncounted as uc
    >>> found = Consensus().estimate(uc.published.load("massachusetts-anomaly"))
    >>> round(found.point), round(found.interval.upper / found.interval.lower, 1)
    (645, 1.9)
    """

    graphs: DecomposableGraphs = field(default_factory=DecomposableGraphs)
    shrinkage: Shrinkage = field(default_factory=Shrinkage)
    prior: OddsPrior | None = field(default_factory=OddsPrior)
    apart: bool = False
    lowest_factor: float = 0.1
    knowledge: Knowledge = field(default_factory=Knowledge)
    grid: OddsGrid = field(default_factory=OddsGrid)
    level: float = 0.95
    lower_tail: float | None = None
    upper_tail: float | None = None
    draws: int = 4000

    def __post_init__(self) -> None:
        """Check the level and the tails."""
        HoldsSettings.__post_init__(self)
        shares = (self.level, self.lower_tail, self.upper_tail)
        if not all(share is None or 0.0 < share < 1.0 for share in shares):
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
        interval = self.interval(found)
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
        told = self.knowledge.told(case.lists)
        graphs = self.graphs.of(case, grid, seed, told.edges)
        shrinkage = replace(self.shrinkage, grid=grid)
        if told.homogeneous is not None:
            shrinkage = replace(shrinkage, homogeneous=told.homogeneous)
        shrunk = averaged_over([posterior_of(shrinkage, case, fits, t) for t in told.strengths()])
        averaged = averaged_on_grid(fits, case.n, graphs.y)

        def joined(knowledge: Knowledge) -> ConsensusPosterior:
            def weighed(member: GridPosterior) -> GridPosterior:
                weighed = member if self.prior is None else member.tilted(self.prior)
                return weighed.given(knowledge.log_likelihood(weighed.y))

            return self.joined(
                case,
                weighed(graphs),
                weighed(shrunk.full),
                weighed(shrunk.homogeneous),
                None if averaged is None else weighed(averaged),
                shrunk.p_homogeneous,
                signed=told.signed,
                chance=chance_alone(fits),
            )

        found = joined(self.knowledge)
        if not self.knowledge.only_groups:
            return found
        return replace(found, untold=joined(Knowledge()))

    def joined(
        self,
        case: Ready,
        graphs: GridPosterior,
        shrinkage: GridPosterior,
        homogeneous: GridPosterior,
        averaged: GridPosterior | None,
        p_homogeneous: float,
        *,
        signed: bool = False,
        chance: float = math.nan,
    ) -> ConsensusPosterior:
        """Pool members that are at hand, each with its prior.

        Parameters
        ----------
        case
            The table, for what its counts say and what was done to it.
        graphs, shrinkage, homogeneous, averaged, p_homogeneous
            As in `ConsensusPosterior`, on one grid.
        signed
            Whether what is known gives a sign that graphs cannot hold, so that shrinkage stands alone.
        chance
            As in `ConsensusPosterior`.
        """
        both = shrinkage if signed else pool([graphs, shrinkage])
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
            chance,
            signed,
        )

    def interval(self, *posteriors: ConsensusPosterior) -> Interval:
        """Range that holds whatever the lists do, without the learned part: tails of the pool.

        Parameters
        ----------
        posteriors
            Of one table, or of several that are equally likely (linkage draws): their pools are
            mixed, and their tails averaged on the log scale.
        """
        outside = 1.0 - self.level
        if self.lower_tail is None and self.upper_tail is None:
            each = np.log([tails(p.spread, p.p_homogeneous, p.signs.people) for p in posteriors])
            below, above = (float(x) * outside / 0.05 for x in np.exp(each.mean(axis=0)))
        else:
            below = outside * (0.05 if self.lower_tail is None else self.lower_tail)
            above = outside * (0.5 if self.upper_tail is None else self.upper_tail)
        pools = [p.pool for p in posteriors]
        return Interval("pool", self.level, _quantile(pools, below), _quantile(pools, 1.0 - above))

    def over(self, posteriors: Sequence[ConsensusPosterior]) -> Ranges:
        """Give the figure and both ranges of one table, or over equally likely ones.

        Parameters
        ----------
        posteriors
            One per table, from `posterior` with these settings. Those of linkage draws are mixed:
            the doubt about who is who is then inside both ranges.

        Returns
        -------
        Ranges
            The learned middle and likely range are those of the mixture of what was learned for
            each table. Where more than half of the tables lie outside the learning, both ranges
            are the interval and the point is the median of the pools.

        Examples
        --------
        >>> import uncounted as uc
        >>> rule = Consensus()
        >>> found = rule.over([rule.posterior(uc.published.load("kosovo"))])
        >>> found.interval.lower <= found.likely.lower < found.point < found.likely.upper
        True
        """
        floor = min(p.floor for p in posteriors)
        outer = self.interval(*posteriors)
        # The grid's cells are wider than a person.
        outer = replace(outer, lower=max(outer.lower, floor))
        untold = [p.untold for p in posteriors if p.untold is not None]
        if self.knowledge.anything and len(untold) < len(posteriors):
            # Nothing was learned of lists somebody knows something about.
            middle = _quantile([p.pool for p in posteriors], 0.5)
            again = replace(outer, kind="likely")
            caveat = note("estimators.likely.known")
            return Ranges(middle, _whole(outer), _whole(again), False, (caveat,))
        known = [(p, _outside(p)) for p in (untold or posteriors)]
        parts = [_learned(p) for p, why_not in known if why_not is None]
        if untold:  # how many of a group are met says the same whatever the lists do to each other
            parts = [part.given(self.knowledge.log_likelihood) for part in parts]
        if 2 * len(parts) < len(known):
            caveat = next(why_not for _, why_not in known if why_not is not None)
            middle = _quantile([p.pool for p in posteriors], 0.5)
            again = replace(outer, kind="likely")
            return Ranges(middle, _whole(outer), _whole(again), False, (caveat,))
        likely = likely_interval(parts, self.level)
        likely = replace(
            likely, lower=max(likely.lower, floor), upper=max(likely.upper, outer.lower, floor)
        )
        outer = replace(
            outer, lower=min(outer.lower, likely.lower), upper=max(outer.upper, likely.upper)
        )
        point = min(max(mixed(parts, 0.5), likely.lower), likely.upper)
        return Ranges(point, _whole(outer), _whole(likely), True, ())

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Figure, the interval that holds whatever the lists do, and draws.

        Raises
        ------
        NoFiniteEstimate, NotSupported
            See `posterior`.
        """
        table = as_table(table)
        return self.dress(self.posterior(table, seed=seed), seed)

    def dress(self, found: ConsensusPosterior, seed: int = 0) -> Estimate:
        """Estimate of a posterior that is at hand."""
        ranges = self.over([found])
        return Estimate(
            "consensus",
            found.observed,
            ranges.point,
            ranges.interval,
            found.pool.draws(self.draws, stream(seed, "consensus")) if self.draws else None,
            draws_are="posterior" if self.draws else None,
            caveats=(*found.caveats, *ranges.caveats),
            diagnostics={
                "medians": found.medians,
                "spread": found.spread,
                "p_homogeneous": found.p_homogeneous,
                "prior_p_homogeneous": self.shrinkage.homogeneous,
                "prior_odds": None
                if self.prior is None
                else {"median": self.prior.median, "sd_log": self.prior.sd},
                "pool_median": found.pool.median,
                "likely": ranges.likely.to_dict(),
                "likely_learned": ranges.learned,
                "tails": [
                    found.pool.below(ranges.interval.lower),
                    1.0 - found.pool.below(ranges.interval.upper),
                ],
                "mass_at_grid_end": found.pool.end_mass(),
            },
        )


def _whole(ends: Interval) -> Interval:
    """Round a range outwards to whole people: a figure of 179 is not below 179.06."""
    return replace(ends, lower=math.floor(ends.lower), upper=math.ceil(ends.upper))


def _outside(found: ConsensusPosterior) -> Note | None:
    return outside(found.signs, found.pool.median)


def _learned(found: ConsensusPosterior) -> Likely:
    model = likely_model(apart=found.apart)
    return Likely(found.pool.n, model.levels, model.log_odds(found.features()), model.tails)


def _quantile(pools: Sequence[GridPosterior], q: float) -> float:
    """Find the population below which the share ``q`` of an equal mixture lies."""
    if len(pools) == 1:
        return pools[0].quantile(q)
    ends = [pool.quantile(q) for pool in pools]
    low, high = min(ends), max(ends)
    for _ in range(60):
        middle = 0.5 * (low + high)
        if sum(pool.below(middle) for pool in pools) / len(pools) < q:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
