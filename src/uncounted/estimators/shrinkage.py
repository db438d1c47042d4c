"""A log-linear model that shrinks every interaction and allows some people to be easier to find.

`Shrinkage`, the method ``shrinkage``: the second member of the consensus. Pairs of lists that
clearly depend are chosen as in stepwise methods; every other pair and every triple is shrunk
towards zero, never set to it; and, with the probability stated, the population holds two classes
whose odds of being listed differ by one factor on every list:

    log mu_w = a_0 + sum a_j w_j + sum b_ij w_i w_j + sum c_ijk w_i w_j w_k + h(|w|),
    h(k) = log(1 - omega + omega theta^k)

with omega the share of the easily found class among the unseen and theta its odds ratio. The
posterior of the hidden count integrates all coefficients by Laplace's method and sums over the
discrete settings (strong pairs, spread of the rest, omega, theta).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate
from uncounted.core.notes import note
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.estimators._pair_fits import PairFits, best_sets, fit_pair_models
from uncounted.estimators._ready import Ready, ready
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.knowledge import Told
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid, OddsPrior, pool
from uncounted.kernels.special import log_gamma
from uncounted.published.accept import TableLike, as_table

__all__ = ["Shrinkage", "ShrinkagePosterior", "averaged_over", "posterior_of"]

_TRIPLES_UP_TO = 10
_BEHIND = 5.0
"""Settings whose evidence lies this many nats behind the best take no part."""


@dataclass(frozen=True, slots=True, eq=False)
class ShrinkagePosterior:
    """Posterior of the hidden count under `Shrinkage`, before any prior on the odds.

    Parameters
    ----------
    full
        Over all settings.
    homogeneous
        Given that nobody is easier to find than others.
    p_homogeneous
        Posterior probability of that.
    strong
        Strong pairs with their posterior probability, as ``{(i, j): p}`` with lists from 0.
    triples
        Whether triples were in the model (left out above ten lists).
    log_evidence
        Log of the chance of the counts, up to a constant and without the factorials of the counts:
        it weighs tables that agree with a censored one.
    """

    full: GridPosterior
    homogeneous: GridPosterior
    p_homogeneous: float
    strong: dict[tuple[int, int], float]
    triples: bool
    log_evidence: float


@dataclass(frozen=True, slots=True)
class Shrinkage(HoldsSettings):
    """A log-linear model that shrinks interactions, keeps strong pairs, and lets people differ.

    Parameters
    ----------
    sets
        How many sets of strong pairs, best by BIC, stand beside the empty set.
    strong_probability
        Prior probability that a pair is strong.
    strong_sd
        Prior standard deviation of a strong pair's log odds ratio.
    spreads, spread_scale
        Values of the spread s of all other pairs (triples have half), with prior weights
        s / (1 + (s / spread_scale)^2).
    homogeneous
        Prior probability that nobody is easier to find than others: a belief, and the one
        setting that moves the interval much.
    shares, ratios
        Values of omega and theta, equally likely together.
    shapes
        Shapes of a gamma-distributed ease of being found among the unseen, each as likely as a
        pair of share and ratio; none by default.
    prior
        Prior on the odds unseen/seen that multiplies the posterior; ``None`` for none.
    grid
        Grid of odds unseen/seen.
    level
        Level of the central posterior interval.
    draws
        Draws of N handed on; 0 for none.

    Examples
    --------
    >>> table = OverlapTable.from_histories(["a", "b", "c"], [0, 30, 40, 12, 50, 9, 14, 6])
    >>> 200 < Shrinkage().estimate(table).point < 400
    True
    """

    sets: int = 8
    strong_probability: float = 0.15
    strong_sd: float = 2.0
    spreads: tuple[float, ...] = (0.04, 0.12, 0.35, 0.9)
    spread_scale: float = 0.3
    homogeneous: float = 0.4
    shares: tuple[float, ...] = (0.03, 0.1, 0.3)
    ratios: tuple[float, ...] = (2.5, 6.0, 15.0)
    shapes: tuple[float, ...] = ()
    prior: OddsPrior | None = field(default_factory=OddsPrior)
    grid: OddsGrid = field(default_factory=OddsGrid)
    level: float = 0.95
    draws: int = 4000

    def __post_init__(self) -> None:
        """Check the settings."""
        HoldsSettings.__post_init__(self)
        if not (0.0 < self.homogeneous < 1.0 and 0.0 < self.strong_probability < 1.0):
            msg = "probabilities must lie strictly between 0 and 1"
            raise ValueError(msg)
        if self.sets < 0 or not self.spreads or min(self.spreads) <= 0 or self.strong_sd <= 0:
            msg = "sets must not be negative, spreads and strong_sd must be positive"
            raise ValueError(msg)
        if not self.shares or not self.ratios or not 0.0 < self.level < 1.0:
            msg = "shares and ratios must not be empty; level lies between 0 and 1"
            raise ValueError(msg)

    def posterior(self, table: OverlapTable) -> ShrinkagePosterior:
        """Posterior of the hidden count on the grid, without the prior on the odds.

        Raises
        ------
        NoFiniteEstimate
            If nobody is on two lists.
        NotSupported
            If fewer than two lists hold people.
        """
        return posterior_of(self, ready(table))

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Posterior median of N, central interval and draws.

        Raises
        ------
        NoFiniteEstimate
            If nobody is on two lists.
        NotSupported
            If fewer than two lists hold people.
        """
        table = as_table(table)
        case = ready(table)
        found = posterior_of(self, case)
        mass = found.full if self.prior is None else found.full.tilted(self.prior)
        caveats = list(case.caveats)
        if not found.triples:
            caveats.append(note("estimators.shrinkage.no-triples"))
        if found.p_homogeneous < 0.3:
            caveats.append(note("estimators.shrinkage.differ"))
        return Estimate(
            "shrinkage",
            case.observed,
            mass.median,
            mass.interval(self.level),
            mass.draws(self.draws, stream(seed, "shrinkage")) if self.draws else None,
            draws_are="posterior" if self.draws else None,
            caveats=tuple(caveats),
            diagnostics={
                "p_homogeneous": found.p_homogeneous,
                "prior_p_homogeneous": self.homogeneous,
                "prior_odds": None
                if self.prior is None
                else {"median": self.prior.median, "sd_log": self.prior.sd},
                "median_if_homogeneous": (
                    found.homogeneous
                    if self.prior is None
                    else found.homogeneous.tilted(self.prior)
                ).median,
                "strong_pairs": [
                    {"lists": [table.lists[i], table.lists[j]], "probability": p}
                    for (i, j), p in sorted(found.strong.items(), key=lambda x: -x[1])
                    if p > 0.01
                ],
            },
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    masks: NDArray[np.int64]
    first_triple: int
    pairs: tuple[tuple[int, int], ...]
    inside: NDArray[np.bool_]
    """Shape (p, 2**t): which cells hold which term."""


@lru_cache(maxsize=16)
def _layout(t: int) -> _Layout:
    orders = (1, 2, 3) if t <= _TRIPLES_UP_TO else (1, 2)
    masks = [0] + [sum(1 << i for i in c) for r in orders for c in combinations(range(t), r)]
    terms = np.array(masks, dtype=np.int64)
    cells = np.arange(1 << t)
    return _Layout(
        terms,
        1 + t + t * (t - 1) // 2,
        tuple(combinations(range(t), 2)),
        (cells[None, :] & terms[:, None]) == terms[:, None],
    )


def posterior_of(
    settings: Shrinkage, case: Ready, fits: PairFits | None = None, told: Told | None = None
) -> ShrinkagePosterior:
    """Sum the Laplace densities of all settings on the grid.

    Parameters
    ----------
    settings, case
        What to do, to which table.
    fits
        Models of order two fitted to the table, where the caller has them already.
    told
        What is known of the lists: pairs whose interaction has a prior of its own.
    """
    from uncounted.kernels import shrinkage as kernel

    t, n = case.t, case.n
    layout = _layout(t)
    counts = case.counts.astype(np.float64)
    counts[0] = 0.0
    star = layout.inside @ counts
    if settings.sets == 0:
        sets = np.zeros((1, len(layout.pairs)), dtype=np.bool_)
    else:
        sets = best_sets(fits or fit_pair_models(counts, t), settings.sets)
    told = told or Told.nothing(t)
    known = np.isfinite(told.sd)
    if known.any():
        sets = np.unique(sets | known, axis=0)
    strong, spreads, kinds, log_prior = _settings(settings, sets, known)
    strong_sd = np.where(known, told.sd, settings.strong_sd)
    lifts = _lifts(settings, t)[kinds]
    terms = kernel.Terms(t, layout.masks, layout.first_triple, star)
    tried = kernel.FitSettings(strong, spreads, lifts, log_prior, strong_sd, told.offset)
    coefficients, error, evidence = kernel.first_fits(counts, terms, tried)
    plain = kinds == 0
    keep = np.zeros(plain.size, dtype=np.bool_)
    for group in (plain, ~plain):  # each group keeps its own best
        keep |= group & (evidence > evidence[group].max() - _BEHIND)
    rows = np.flatnonzero(keep)
    y = settings.grid.values()
    nodes = _nodes(coefficients[rows, 0], error[rows], y + math.log(n))
    kept = kernel.FitSettings(
        strong[rows], spreads[rows], lifts[rows], log_prior[rows], strong_sd, told.offset
    )
    levels = kernel.profile(counts, terms, kept, coefficients[rows], nodes)
    hidden = np.exp(nodes)
    whole = hidden + n
    sizes = star[1 : t + 1]
    levels += 0.5 * (
        np.log(whole)
        + np.log(sizes[:, None, None] * (whole - sizes[:, None, None]) / whole).sum(axis=0)
    )
    levels += log_gamma(whole + 1.0) - whole * np.log(whole) + whole - np.log(whole)
    levels += nodes - log_gamma(hidden + 1.0)
    density = kernel.spread(nodes - math.log(n), levels, y, float(levels.max()))
    weight = density.sum(axis=1)
    calm = plain[rows]
    probability = {
        (case.order[pair[0]], case.order[pair[1]]): float(
            weight[strong[rows, k]].sum() / weight.sum()
        )
        for k, pair in enumerate(layout.pairs)
    }
    # The group without heterogeneity on a scale of its own: it may be too light to be seen above.
    own = kernel.spread(nodes[calm] - math.log(n), levels[calm], y, float(levels[calm].max()))
    return ShrinkagePosterior(
        _mass(n, y, density.sum(axis=0)),
        _mass(n, y, own.sum(axis=0)),
        float(weight[calm].sum() / weight.sum()),
        probability,
        layout.first_triple < layout.masks.size,
        float(levels.max()) + math.log(float(weight.sum())),
    )


def averaged_over(posteriors: Sequence[ShrinkagePosterior]) -> ShrinkagePosterior:
    """Average posteriors of one table under assumptions that are equally likely and no data tell apart."""
    first = posteriors[0]
    if len(posteriors) == 1:
        return first
    return ShrinkagePosterior(
        pool([p.full for p in posteriors]),
        pool([p.homogeneous for p in posteriors]),
        float(np.mean([p.p_homogeneous for p in posteriors])),
        {pair: float(np.mean([p.strong[pair] for p in posteriors])) for pair in first.strong},
        first.triples,
        float(np.logaddexp.reduce([p.log_evidence for p in posteriors]))
        - math.log(len(posteriors)),
    )


def _settings(
    settings: Shrinkage, sets: NDArray[np.bool_], known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """All discrete settings with their log prior probabilities, one row each.

    Strong pairs, spread, kind of heterogeneity (row of `_lifts`), log prior. Pairs that are known are
    in every set.
    """
    spreads = np.array(settings.spreads)
    spread_weight = spreads / (1.0 + (spreads / settings.spread_scale) ** 2)
    spread_weight /= spread_weight.sum()
    many = len(settings.shares) * len(settings.ratios) + len(settings.shapes)
    kinds = np.full(1 + many, (1.0 - settings.homogeneous) / many)
    kinds[0] = settings.homogeneous
    size = (sets & ~known).sum(axis=1)
    rest = int((~known).sum()) - size
    set_weight = size * math.log(settings.strong_probability) + rest * math.log1p(
        -settings.strong_probability
    )
    s, d, h = (
        x.ravel()
        for x in np.meshgrid(
            np.arange(sets.shape[0]), np.arange(spreads.size), np.arange(kinds.size), indexing="ij"
        )
    )
    log_prior = set_weight[s] + np.log(spread_weight[d]) + np.log(kinds[h])
    return sets[s], spreads[d], h, log_prior


def _lifts(settings: Shrinkage, t: int) -> NDArray[np.float64]:
    """Log mean of ease^k among the unseen for k = 0 to t, a row per kind of heterogeneity.

    The first row: nobody is easier to find. Then two classes, then gamma-distributed ease.
    """
    k = np.arange(t + 1)
    rows = [np.zeros(t + 1)]
    rows += [np.log1p(w * (r**k - 1.0)) for w in settings.shares for r in settings.ratios]
    rows += [log_gamma(a + k) - math.lgamma(a) - k * math.log(a) for a in settings.shapes]
    return np.array(rows)


def _nodes(
    centre: NDArray[np.float64], error: NDArray[np.float64], log_hidden: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fifteen equally spaced values of log n0 per setting: seven standard errors each way."""
    from uncounted.kernels.shrinkage import NODES

    low, high = log_hidden[0], log_hidden[-1]
    centre = np.clip(centre, low + 0.5, high - 0.5)
    reach = 7.0 * np.clip(error, 1e-3, 2.0)
    bottom = np.maximum(centre - reach, low)
    top = np.minimum(centre + reach, high)
    return np.asarray(bottom[:, None] + (top - bottom)[:, None] * np.linspace(0, 1, NODES))


def _mass(n: int, y: NDArray[np.float64], density: NDArray[np.float64]) -> GridPosterior:
    return GridPosterior(n, y, density / density.sum())
