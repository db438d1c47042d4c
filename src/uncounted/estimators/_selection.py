"""Choosing a log-linear model: all of them by BIC or AIC, stepwise, or a search among neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from uncounted.estimators import fits as _fits
from uncounted.estimators.fits import OK, Fits, ModelSet, Tables
from uncounted.estimators.hierarchy import (
    Model,
    all_models,
    count_models,
    main_effects,
    neighbours,
)
from uncounted.kernels.special import poisson_tail

__all__ = [
    "Ranking",
    "Steps",
    "default_max_order",
    "listable",
    "rank",
    "rank_all",
    "search",
    "stepwise",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_LISTED = 40_000
"""Above this many models they are searched, not listed."""


def default_max_order(t: int) -> int:
    """Largest order of interaction tried by default (as the field does: 1, 2, 3, 3, then 2)."""
    return {2: 1, 3: 2, 4: 3, 5: 3}.get(t, 2)


def listable(t: int, max_order: int) -> bool:
    """Whether all models of these lists and this order can be fitted one by one."""
    count = count_models(t, max_order)
    return count is not None and count <= _MOST_LISTED


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Models that have an estimate on one table, best criterion first.

    Parameters
    ----------
    models
        Packed models, best first.
    hidden, loglik, variance, bic, aic, deviance
        Shape (models,). ``loglik`` is without log-factorials; BIC and AIC are with them.
    alpha
        Shape (models, P): coefficients, to start resamples from.
    tried
        How many models were fitted, with or without an estimate.
    searched
        Whether they were searched (``True``) or all listed.
    """

    models: ModelSet
    hidden: Floats
    loglik: Floats
    variance: Floats
    bic: Floats
    aic: Floats
    deviance: Floats
    alpha: Floats
    tried: int
    searched: bool


def rank(
    counts: NDArray[np.int64],
    models: Sequence[Model],
    *,
    criterion: str = "bic",
    threads: int | None = 1,
    searched: bool = False,
) -> Ranking:
    """Fit models to one table and sort those that have an estimate.

    Parameters
    ----------
    counts
        Shape (2**lists,), by mask; entry 0 is not read.
    models
        What to fit.
    criterion
        ``"bic"`` or ``"aic"``. Ties go to the earlier model.

    Notes
    -----
    BIC = -2 l + p log n with n the number of people observed and p counting terms at minus infinity (Chan,
    Silverman & Vincent 2021; the same in both R packages).
    """
    return _rank(counts, _fits.pack(models), criterion, threads, searched)


@cache
def _packed(t: int, order: int) -> ModelSet:
    """Lay out all models of an order once."""
    return _fits.pack(all_models(t, order))


def _rank(
    counts: NDArray[np.int64],
    packed: ModelSet,
    criterion: str,
    threads: int | None,
    searched: bool = False,
) -> Ranking:
    fits = _all_fits(counts.astype(np.int64, copy=False).tobytes(), packed, threads)
    return _sorted_ranking(counts, packed, fits, criterion, len(packed.models), searched)


@lru_cache(maxsize=2)
def _all_fits(counts: bytes, packed: ModelSet, threads: int | None) -> Fits:
    """Fit models to one table; by BIC, by AIC and averaged, the same fits are wanted."""
    table = Tables.of(np.frombuffer(counts, dtype=np.int64))
    return _fits.fit(table, packed, coefficients=True, threads=threads)


def _sorted_ranking(
    counts: NDArray[np.int64],
    packed: ModelSet,
    fits: Fits,
    criterion: str,
    tried: int,
    searched: bool,
) -> Ranking:
    people = counts[1:].astype(np.float64)
    n = people.sum()
    full = fits.loglik - _fits.log_factorials(counts)
    bic = -2.0 * full + packed.sizes * np.log(n)
    aic = -2.0 * full + 2.0 * packed.sizes
    some = people[people > 0]
    saturated = float((some * np.log(some)).sum() - n)
    usable = np.flatnonzero(fits.status == OK)
    score = (bic if criterion == "bic" else aic)[usable]
    rows = usable[np.argsort(score, kind="stable")]
    kept = ModelSet(tuple(packed.models[i] for i in rows), packed.masks[rows], packed.sizes[rows])
    return Ranking(
        models=kept,
        hidden=fits.hidden[rows],
        loglik=fits.loglik[rows],
        variance=fits.variance[rows],
        bic=bic[rows],
        aic=aic[rows],
        deviance=np.maximum(2.0 * (saturated - fits.loglik[rows]), 0.0),
        alpha=fits.alpha[rows],
        tried=tried,
        searched=searched,
    )


def search(
    counts: NDArray[np.int64],
    t: int,
    *,
    max_order: int,
    criterion: str,
    threads: int | None = 1,
    starts: int = 8,
) -> Ranking:
    """Search models among neighbours, where they are too many to list.

    From each of several starts (no interactions, the stepwise choice, and the best models met so
    far that were not yet left) all neighbours of the best model are fitted until none is better;
    a neighbour has one maximal term less or one term more whose parts are all in. What is found is
    a local best, not proof of a global one.

    Returns
    -------
    Ranking
        Of every model met.
    """
    tables = Tables.of(counts)
    n = float(counts[1:].sum())
    price = np.log(n) if criterion == "bic" else 2.0
    score: dict[Model, float] = {}

    def meet(models: Sequence[Model]) -> None:
        fresh = [m for m in dict.fromkeys(models) if m not in score]
        if fresh:
            packed = _fits.pack(fresh)
            fits = _fits.fit(tables, packed, tolerance=_fits.QUICK, threads=threads)
            values = np.where(fits.status == OK, -2.0 * fits.loglik + price * packed.sizes, np.inf)
            score.update(zip(fresh, values.tolist(), strict=True))

    left: set[Model] = set()

    def descend(model: Model) -> None:
        while model not in left:
            left.add(model)
            around = list(neighbours(model, t, max_order))
            meet(around)
            best = min(around, key=lambda m: score[m], default=model)
            if score[best] >= score[model]:
                return
            model = best

    first = main_effects(t)
    steps = stepwise(tables, t, 0.02)
    meet([first, steps.models[0]])
    descend(first)
    descend(steps.models[0])
    for _ in range(starts):
        waiting = [m for m in score if m not in left and np.isfinite(score[m])]
        if not waiting:
            break
        descend(min(waiting, key=lambda m: score[m]))
    best = sorted((m for m in score if np.isfinite(score[m])), key=lambda m: score[m])[:2000]
    ranking = rank(counts, best or [first], criterion=criterion, threads=threads, searched=True)
    return Ranking(
        ranking.models, ranking.hidden, ranking.loglik, ranking.variance, ranking.bic,
        ranking.aic, ranking.deviance, ranking.alpha, len(score), True,
    )  # fmt: skip


def rank_all(
    counts: NDArray[np.int64],
    t: int,
    *,
    max_order: int | None,
    criterion: str,
    threads: int | None = 1,
) -> Ranking:
    """List every model of the order where possible, search where not."""
    order = default_max_order(t) if max_order is None else min(max_order, t - 1)
    if listable(t, order):
        return _rank(counts, _packed(t, order), criterion, threads)
    return search(counts, t, max_order=order, criterion=criterion, threads=threads)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Stepwise choices for many tables.

    Parameters
    ----------
    models
        One model per table.
    hidden
        Shape (tables,): exp(intercept); ``inf`` where the final model has no estimate.
    status
        Shape (tables,): of the final model's fit.
    """

    models: tuple[Model, ...]
    hidden: Floats
    status: NDArray[np.int8]


def stepwise(tables: Tables, t: int, threshold: float, *, threads: int | None = 1) -> Steps:
    """Add pairs one by one while the data contradict their absence.

    From main effects, for each pair not in the model: lambda = sum of fitted means of cells with
    both lists, p = the smaller Poisson tail of N*_ij at lambda; p = 1 if the model with the pair
    has no estimate. The pair of smallest p joins (ties: the first) while p is below the threshold
    (Chan, Silverman & Vincent 2021, section 3.3). All tables take their steps together.

    Parameters
    ----------
    tables
        One or many tables of the same lists.
    t
        Number of lists.
    threshold
        ``pthresh``; 0.02 is the field's.
    """
    pairs = np.array([(1 << i) | (1 << j) for j in range(t) for i in range(j)], dtype=np.int64)
    shared = tables.margins[:, pairs]
    size = len(tables)
    models: list[Model] = [main_effects(t)] * size
    status = np.zeros(size, dtype=np.int8)
    hidden = np.full(size, np.inf)
    mu = np.zeros((size, tables.cells))

    def refit(rows: Ints, candidates: list[Model]) -> Fits:
        unique = list(dict.fromkeys(candidates))
        where = {m: i for i, m in enumerate(unique)}
        return _fits.fit(
            tables,
            _fits.pack(unique),
            np.array([where[m] for m in candidates], dtype=np.int64),
            rows,
            means=True,
            threads=threads,
        )

    active = np.arange(size)
    joined = np.zeros((size, pairs.size), dtype=np.bool_)
    fits = refit(active, models)
    status[:], hidden[:], mu[:] = fits.status, fits.hidden, fits.mu
    while active.size:
        means = Tables.of(mu[active]).margins[:, pairs]
        seen = shared[active]
        p = np.ones_like(means)
        # Within a standard deviation the smaller tail is above 0.15: no such pair joins.
        far = np.abs(seen - means) > (np.sqrt(means) if threshold <= 0.05 else -1.0)
        p[far] = poisson_tail(seen[far], means[far])
        p[joined[active]] = np.inf
        moved = np.zeros(active.size, dtype=np.bool_)
        waiting = np.flatnonzero(p.min(axis=1) < threshold)
        while waiting.size:
            best = p[waiting].argmin(axis=1)
            rows = active[waiting]
            # The lists come first in a model, then its pairs in order.
            trial = [
                (*models[r][:t], *sorted((*models[r][t:], b)))
                for r, b in zip(rows.tolist(), pairs[best].tolist(), strict=True)
            ]
            fits = refit(rows, trial)
            good = fits.status == OK
            joined[rows[good], best[good]] = True
            for k in np.flatnonzero(good):
                r = rows[k]
                models[r] = trial[k]
                status[r], hidden[r], mu[r] = fits.status[k], fits.hidden[k], fits.mu[k]
            moved[waiting[good]] = True
            p[waiting[~good], best[~good]] = np.inf
            waiting = waiting[~good]
            waiting = waiting[p[waiting].min(axis=1) < threshold] if waiting.size else waiting
        active = active[moved]
    return Steps(tuple(models), hidden, status)
