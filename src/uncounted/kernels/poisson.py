"""Batches of Poisson fits of hierarchical log-linear models on 0/1 lists.

What is fitted and how is said in `uncounted.kernels.poisson_loops`, where it is compiled. Here are
the types, the results' names, and the room to work in; importing this imports no compiler.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from uncounted.kernels.arrays import Bools, Floats, Ints
from uncounted.kernels.native import Kernel

__all__ = [
    "LANES",
    "NOT_IDENTIFIABLE",
    "NO_MAXIMUM",
    "OK",
    "PRUNED",
    "UNDECIDED",
    "Best",
    "Counts",
    "Eight",
    "Models",
    "PairFits",
    "Pairs",
    "fit_pairs",
    "load",
    "loaded",
    "reselect",
]

LANES = 8
"""Fits side by side."""
OK, NO_MAXIMUM, NOT_IDENTIFIABLE, PRUNED, UNDECIDED = 0, 1, 2, 3, 4

_FIT = Kernel("poisson_loops", "fit_pairs")
_RESELECT = Kernel("poisson_loops", "reselect")


class Counts(NamedTuple):
    """Tables to fit to.

    Parameters
    ----------
    counts
        Shape (tables, 2**t): counts by mask; column 0 is not read.
    margins
        Shape (tables, 2**t): their superset sums, with column 0 of ``counts`` taken as zero.
    zero
        Shape (tables,): count of the all-zero cell where it is given (profile likelihood);
        negative where unknown.
    """

    counts: Floats
    margins: Floats
    zero: Floats


class Models(NamedTuple):
    """Models to fit.

    Parameters
    ----------
    masks
        Shape (models, P): terms as masks, non-empty ones, then -1 as padding, and the intercept
        (mask 0) last.
    sizes
        Shape (models,): terms of each model, intercept included.
    start
        Shape (rows, P): starting coefficients in the order of ``masks``, where ``warm``.
    warm
        Shape (rows,): whether there are any. A row is a pair for `fit_pairs`, a model for `reselect`.
    """

    masks: Ints
    sizes: Ints
    start: Floats
    warm: Bools


class Pairs(NamedTuple):
    """Which model, shape (pairs,), is fitted to which table, shape (pairs,)."""

    model: Ints
    table: Ints


class PairFits(NamedTuple):
    """Fits of many pairs, filled in place.

    Parameters
    ----------
    alpha
        Shape (pairs, P): coefficients.
    status
        Shape (pairs,), int8.
    loglik, variance
        Shape (pairs,): log-likelihood without log-factorials, variance of the intercept.
    mu
        Shape (pairs, 2**t), or (pairs, 0) to skip it: fitted means. Cells outside the likelihood
        have 0, the all-zero cell has exp(intercept).
    """

    alpha: Floats
    status: Ints
    loglik: Floats
    variance: Floats
    mu: Floats


class Best(NamedTuple):
    """Best model so far of every table, shapes (tables,), changed in place.

    Parameters
    ----------
    criterion
        -2 loglik + price * terms, without log-factorials; ``inf`` at first.
    chosen
        Row of the models that has it.
    hidden
        Its exp(intercept).
    """

    criterion: Floats
    chosen: Ints
    hidden: Floats


class Eight(NamedTuple):
    """Eight fits in work, each its own model and table in the last axis.

    Parameters
    ----------
    counts, live
        Shape (2**t, LANES): counts; 1 for cells in the likelihood.
    margins, terms, alpha
        Shape (P, LANES): superset sums of the counts, masks, coefficients.
    warm, bound
        Shape (LANES,): whether ``alpha`` is a start; the log-likelihood below which a fit is left.
    status, loglik, variance
        Shape (LANES,), as in `PairFits`; a status of -1 asks for a fit.
    eta, mu, u
        Shape (2**t, LANES): linear predictors, means, and what is summed over subsets.
    sums
        Shape (2 * 2**t, LANES): superset sums of the means; the upper half stays empty and serves
        padded terms (mask 2**t).
    h, step, grad
        Shapes (P, P, LANES), (P, LANES), (P, LANES): of Newton's step.
    """

    counts: Floats
    live: Floats
    margins: Floats
    terms: Ints
    alpha: Floats
    warm: Bools
    bound: Floats
    status: Ints
    loglik: Floats
    variance: Floats
    eta: Floats
    mu: Floats
    u: Floats
    sums: Floats
    h: Floats
    step: Floats
    grad: Floats


def _eight(cells: int, most: int) -> Eight:
    wide, tall = (cells, LANES), (most, LANES)
    return Eight(
        np.zeros(wide), np.zeros(wide),
        np.zeros(tall), np.zeros(tall, dtype=np.int64), np.zeros(tall),
        np.zeros(LANES, dtype=np.bool_), np.full(LANES, -np.inf),
        np.zeros(LANES, dtype=np.int8), np.zeros(LANES), np.zeros(LANES),
        np.zeros(wide), np.zeros(wide), np.zeros(wide), np.zeros((2 * cells, LANES)),
        np.zeros((most, most, LANES)), np.zeros(tall), np.zeros(tall),
    )  # fmt: skip


def fit_pairs(
    tables: Counts, models: Models, pairs: Pairs, tolerance: float, fits: PairFits
) -> None:
    """Fit many (model, table) pairs.

    Parameters
    ----------
    tables, models, pairs
        What to fit, with a start for each pair.
    tolerance
        Newton decrement at which a fit counts as reached.
    fits
        Filled.
    """
    work = _eight(tables.counts.shape[1], models.masks.shape[1])
    _FIT(tables, models, pairs, tolerance, fits, work)


def reselect(tables: Counts, models: Models, price: float, tolerance: float, best: Best) -> None:
    """Best of many models in each of many tables, by a penalised likelihood.

    For every table and every model in turn, a fit whose criterion -2 loglik + price * size beats the
    best so far replaces it. Fits that provably cannot are left after a step or two; fits whose
    existence stays open are passed over.

    Parameters
    ----------
    tables, models
        What to fit, with a start for each model (from the original table).
    price
        log n for BIC, 2 for AIC.
    tolerance
        As in `fit_pairs`.
    best
        Changed in place.
    """
    work = _eight(tables.counts.shape[1], models.masks.shape[1])
    _RESELECT(tables, models, price, tolerance, best, work)


def load() -> None:
    """Load the kernel of `fit_pairs` ahead, by a batch of nothing."""
    none, flat = np.zeros(0, dtype=np.int64), np.zeros((1, 2))
    fit_pairs(
        Counts(flat, flat, np.zeros(1)),
        Models(np.zeros((1, 1), dtype=np.int64), none, flat[:0, :1].copy(), none.astype(np.bool_)),
        Pairs(none, none),
        1.0,
        PairFits(
            np.zeros((0, 1)), none.astype(np.int8), np.zeros(0), np.zeros(0), np.zeros((0, 0))
        ),
    )


def loaded() -> bool:
    """Whether a fit costs nothing but its work: loading takes as long as some dozen single fits."""
    return _FIT.loaded
