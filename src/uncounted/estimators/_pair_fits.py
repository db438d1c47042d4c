"""Fits of models of order two, shared by the strong pairs of `Shrinkage` and by BIC averaging."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from uncounted.estimators import fits as _fits
from uncounted.estimators.posterior_grid import GridPosterior

__all__ = ["PairFits", "averaged_on_grid", "best_sets", "chance_alone", "fit_pair_models"]

_ALL_UP_TO = 5
_BEHIND = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class PairFits:
    """Models with all main effects and some pairs, fitted to one table.

    Parameters
    ----------
    sets
        Shape (models, pairs) bool, pairs in the order (0,1), (0,2), ..., (1,2), ....
    bic
        Shape (models,), without log-factorials; by the supremum where there is no maximum.
    hidden, variance
        Shape (models,): exp(intercept), ``inf`` where there is no finite estimate; variance of
        the intercept.
    """

    sets: NDArray[np.bool_]
    bic: NDArray[np.float64]
    hidden: NDArray[np.float64]
    variance: NDArray[np.float64]


def fit_pair_models(counts: NDArray[np.float64], t: int) -> PairFits:
    """Fit all models of order two (up to five lists), or those beside a stepwise path.

    Beyond five lists pairs are added one by one while BIC falls; every model tried on the way is
    kept.

    Parameters
    ----------
    counts
        Shape (2**t,), entry 0 not read.
    t
        Lists.
    """
    if t <= _ALL_UP_TO:
        sets, models = _listed(t)
        return _fitted(counts, sets, models)
    pairs = t * (t - 1) // 2
    now = np.zeros(pairs, dtype=np.bool_)
    seen: list[PairFits] = []
    best = math.inf
    while True:
        off = np.flatnonzero(~now)
        candidates = np.repeat(now[None, :], off.size + 1, axis=0)
        candidates[np.arange(1, off.size + 1), off] = True
        fits = _fitted(counts, candidates, _packed(candidates, t))
        seen.append(fits if not seen else _without_first(fits))
        k = int(np.argmin(fits.bic))
        if k == 0 or fits.bic[k] >= best - 1e-9:
            break
        now, best = candidates[k], float(fits.bic[k])
    return PairFits(
        np.concatenate([f.sets for f in seen]),
        np.concatenate([f.bic for f in seen]),
        np.concatenate([f.hidden for f in seen]),
        np.concatenate([f.variance for f in seen]),
    )


def best_sets(fits: PairFits, most: int) -> NDArray[np.bool_]:
    """List the sets of pairs of the best models by BIC, none more than 12 behind, and the empty set last.

    Models without a finite estimate take part.
    """
    none = np.zeros((1, fits.sets.shape[1]), dtype=np.bool_)
    best = np.argsort(fits.bic, kind="stable")[:most]
    chosen = fits.sets[best[fits.bic[best] <= fits.bic.min() + _BEHIND]]
    return np.concatenate((chosen[chosen.any(axis=1)], none))


def averaged_on_grid(fits: PairFits, n: int, y: NDArray[np.float64]) -> GridPosterior | None:
    """Average the models that have an estimate, weighted by exp(-BIC / 2), on a grid of log odds.

    Given a model, log n0 is normal about its intercept. ``None`` where no model has an estimate.
    """
    finite = np.isfinite(fits.hidden) & (fits.hidden > 0) & np.isfinite(fits.variance)
    if not finite.any():
        return None
    bic = np.where(finite, fits.bic, np.inf)
    weight = np.exp(-0.5 * (bic - bic.min()))
    rows = np.flatnonzero(weight > 1e-5)
    centre = np.log(fits.hidden[rows] / n)
    spread = np.sqrt(np.maximum(fits.variance[rows], 1e-8))
    z = (y[None, :] - centre[:, None]) / spread[:, None]
    mass = (weight[rows] / spread) @ np.exp(-0.5 * z * z)
    total = float(mass.sum())
    return GridPosterior(n, y, mass / total) if total > 0.0 else None


def chance_alone(fits: PairFits) -> float:
    """Variance of the log hidden count under the best model with an estimate: of its mean, and about it."""
    finite = np.isfinite(fits.hidden) & (fits.hidden > 0) & np.isfinite(fits.variance)
    if not finite.any():
        return math.nan
    best = int(np.argmin(np.where(finite, fits.bic, np.inf)))
    return float(fits.variance[best] + 1.0 / fits.hidden[best])


def _order(mask: int) -> tuple[int, int]:
    return mask.bit_count(), mask


def _packed(sets: NDArray[np.bool_], t: int) -> _fits.ModelSet:
    masks = [(1 << i) | (1 << j) for i, j in combinations(range(t), 2)]
    singles = [1 << i for i in range(t)]
    return _fits.pack(
        [
            tuple(
                sorted([*singles, *(m for m, on in zip(masks, row, strict=True) if on)], key=_order)
            )
            for row in sets
        ]
    )


@lru_cache(maxsize=8)
def _listed(t: int) -> tuple[NDArray[np.bool_], _fits.ModelSet]:
    pairs = t * (t - 1) // 2
    sets = (np.arange(1 << pairs)[:, None] >> np.arange(pairs) & 1).astype(np.bool_)
    return sets, _packed(sets, t)


def _fitted(
    counts: NDArray[np.float64], sets: NDArray[np.bool_], models: _fits.ModelSet
) -> PairFits:
    fits = _fits.fit(_fits.Tables.of(counts), models, tolerance=_fits.QUICK)
    bic = -2.0 * fits.loglik + models.sizes * math.log(float(counts[1:].sum()))
    return PairFits(sets, bic, fits.hidden, fits.variance)


def _without_first(fits: PairFits) -> PairFits:
    return PairFits(fits.sets[1:], fits.bic[1:], fits.hidden[1:], fits.variance[1:])
