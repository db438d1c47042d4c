"""Python's side of the Poisson kernels: models and tables in, fits out, spread over threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.progress import Progress
from uncounted.engine.jobs import Job, map_jobs
from uncounted.estimators.existence import maximum_exists
from uncounted.estimators.hierarchy import Model
from uncounted.kernels import poisson as _kernel
from uncounted.kernels.poisson import NO_MAXIMUM, NOT_IDENTIFIABLE, OK
from uncounted.kernels.poisson_single import fit_single, superset_sums
from uncounted.kernels.special import log_gamma

__all__ = [
    "NOT_IDENTIFIABLE",
    "NO_MAXIMUM",
    "OK",
    "Fits",
    "ModelSet",
    "Tables",
    "best_in_each",
    "fit",
    "load_kernel",
    "log_factorials",
    "pack",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EXACT = 1e-14
"""Newton decrement of fits that are shown: the intercept is then right to about 1e-7."""
QUICK = 1e-9
"""Newton decrement of fits that only compete inside a resample: the intercept is right to 1e-4 of
its standard error."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelSet:
    """Models as the kernels read them.

    Parameters
    ----------
    models
        Terms as masks, without the intercept.
    masks
        Shape (models, P): non-empty terms, -1 as padding, the intercept (0) last.
    sizes
        Shape (models,): terms of each model, intercept included.
    """

    models: tuple[Model, ...]
    masks: Ints
    sizes: Ints

    def take(self, rows: NDArray[np.int64]) -> ModelSet:
        """Take some of the models, in the order given."""
        return pack([self.models[i] for i in rows])


def pack(models: Sequence[Model]) -> ModelSet:
    """Lay models out for the kernels."""
    sizes = np.array([len(m) + 1 for m in models], dtype=np.int64)
    masks = np.full((len(models), int(sizes.max(initial=1))), -1, dtype=np.int64)
    for row, model in zip(masks, models, strict=True):
        row[: len(model)] = model
    masks[:, -1] = 0
    return ModelSet(tuple(models), masks, sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Tables as the kernels read them.

    Parameters
    ----------
    counts, margins
        Shape (tables, 2**lists): counts with 0 in column 0, and their sums over supersets.
    zero
        Shape (tables,): count of the all-zero cell where given, -1 where unknown.
    """

    counts: Floats
    margins: Floats
    zero: Floats

    @classmethod
    def of(cls, counts: NDArray[np.generic], zero: Floats | None = None) -> Tables:
        """Lay one table (2**lists,) or several (tables, 2**lists) out for the kernels."""
        rows = np.array(np.atleast_2d(counts), dtype=np.float64)
        rows[:, 0] = 0.0
        margins = rows.copy()
        superset_sums(margins)
        unknown = np.full(rows.shape[0], -1.0)
        return cls(rows, margins, unknown if zero is None else np.asarray(zero, np.float64))

    def __len__(self) -> int:
        """Return the number of tables."""
        return int(self.counts.shape[0])

    @property
    def cells(self) -> int:
        """Capture histories, the all-zero one included."""
        return int(self.counts.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """Fits of many (model, table) pairs.

    Parameters
    ----------
    status
        Shape (pairs,): `OK`, `NO_MAXIMUM` or `NOT_IDENTIFIABLE`.
    hidden
        Shape (pairs,): exp(intercept), people on no list; ``inf`` where the status is not `OK`.
    loglik
        Shape (pairs,): Poisson log-likelihood without the log-factorials of the counts; its
        supremum where there is no maximum.
    variance
        Shape (pairs,): of the intercept.
    alpha
        Shape (pairs, P) in the order of `ModelSet.masks`, or (pairs, 0).
    mu
        Shape (pairs, 2**lists): fitted means, or (pairs, 0).
    """

    status: NDArray[np.int8]
    hidden: Floats
    loglik: Floats
    variance: Floats
    alpha: Floats
    mu: Floats


def fit(
    tables: Tables,
    models: ModelSet,
    pair_model: Ints | None = None,
    pair_table: Ints | None = None,
    *,
    start: Floats | None = None,
    tolerance: float = EXACT,
    coefficients: bool = False,
    means: bool = False,
    threads: int | None = 1,
    progress: Progress | None = None,
) -> Fits:
    """Fit models to tables.

    Without ``pair_model`` and ``pair_table`` every model is fitted to the one table.

    Parameters
    ----------
    tables, models
        What to fit.
    pair_model, pair_table
        Shape (pairs,): which model is fitted to which table.
    start
        Shape (pairs, P): starting coefficients; rows with NaN start cold.
    tolerance
        Newton decrement at which a fit counts as reached.
    coefficients, means
        Whether to return them.
    threads
        How many threads; the result does not depend on it.
    """
    if pair_model is None:
        pair_model = np.arange(len(models.models), dtype=np.int64)
    if pair_table is None:
        pair_table = np.zeros(pair_model.size, dtype=np.int64)
    pairs, most, cells = pair_model.size, models.masks.shape[1], tables.cells
    status = np.zeros(pairs, dtype=np.int8)
    loglik, variance = np.zeros(pairs), np.zeros(pairs)
    alpha = np.zeros((pairs, most))
    mu = np.zeros((pairs, cells if means else 0))
    warm = np.zeros(pairs, dtype=np.bool_)
    begin = np.zeros((pairs, most))
    if start is not None:
        warm = np.asarray(~np.isnan(start).any(axis=1), dtype=np.bool_)
        begin = np.where(np.isfinite(start), start, 0.0)

    def one(rows: Ints) -> None:
        for k in rows.tolist():
            m, b = int(pair_model[k]), int(pair_table[k])
            places = [*range(int(models.sizes[m]) - 1), most - 1]
            found = fit_single(
                tables.counts[b], tables.margins[b], float(tables.zero[b]),
                models.masks[m, places].tolist(),
                begin[k, places].tolist() if warm[k] else None, tolerance,
            )  # fmt: skip
            alpha[k, places], status[k], loglik[k] = found.alpha, found.status, found.loglik
            variance[k], mu[k] = found.variance, found.mu[: mu.shape[1]]

    # Models of equal size side by side: lanes of a group run as long as the largest.
    order = np.argsort(models.sizes[pair_model], kind="stable")

    def run(rows: Ints) -> None:
        # Zeros, not garbage: the padding of coefficients is not written but is handed on as a start.
        a, m = np.zeros((rows.size, most)), np.zeros((rows.size, mu.shape[1]))
        s, ll, v = np.zeros(rows.size, np.int8), np.zeros(rows.size), np.zeros(rows.size)
        _kernel.fit_pairs(
            _kernel.Counts(tables.counts, tables.margins, tables.zero),
            _kernel.Models(models.masks, models.sizes, begin[rows], warm[rows]),
            _kernel.Pairs(pair_model[rows], pair_table[rows]),
            tolerance,
            _kernel.PairFits(a, s, ll, v, m),
        )
        alpha[rows], status[rows], loglik[rows], variance[rows], mu[rows] = a, s, ll, v, m

    size = 4096 if cells <= 64 else max(8, (1 << 18) // cells // 8 * 8)
    chunks = [order[i : i + size] for i in range(0, pairs, size)]
    map_jobs(
        run if pairs > 1 or _kernel.loaded() else one,
        [Job(str(i), (rows,)) for i, rows in enumerate(chunks)],
        workers=threads,
        progress=progress,
    )
    hidden = np.where(status == OK, np.exp(np.minimum(alpha[:, -1], 700.0)), np.inf)
    for k in np.flatnonzero(status == _kernel.UNDECIDED):
        _settle(tables, models, pair_model, pair_table, int(k), status, hidden, loglik, variance)
    if not coefficients:
        alpha = alpha[:, :0]
    return Fits(status, hidden, loglik, variance, alpha, mu)


def load_kernel() -> None:
    """Load the kernel ahead, where many fits are to come: results are equal either way."""
    _kernel.load()


def _settle(
    tables: Tables,
    models: ModelSet,
    pair_model: Ints,
    pair_table: Ints,
    k: int,
    status: NDArray[np.int8],
    hidden: Floats,
    loglik: Floats,
    variance: Floats,
) -> None:
    """Decide a fit that Newton left open, by the linear programme; refit it where it exists."""
    from uncounted.kernels.poisson_numpy import fit as plain_fit

    model = models.models[int(pair_model[k])]
    row = tables.counts[int(pair_table[k])]
    zero = float(tables.zero[int(pair_table[k])])
    if zero < 0 and not maximum_exists(model, (row > 0).tobytes()):
        status[k] = NO_MAXIMUM
        return
    try:
        settled = plain_fit(row, np.array([*model, 0]), zero)
    except np.linalg.LinAlgError:
        status[k] = NO_MAXIMUM
        return
    status[k], hidden[k] = OK, settled.mu[0]
    loglik[k], variance[k] = settled.loglik, settled.variance


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """Best model in each of many tables.

    Parameters
    ----------
    model
        Shape (tables,): row of the model set; -1 where no model has an estimate.
    hidden
        Shape (tables,): its people on no list; ``inf`` where there is none.
    criterion
        Shape (tables,): -2 loglik + price * terms, without log-factorials.
    """

    model: Ints
    hidden: Floats
    criterion: Floats


def best_in_each(
    tables: Tables,
    models: ModelSet,
    start: Floats,
    *,
    price: float,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Best:
    """Select the best of the models anew in every table.

    Parameters
    ----------
    tables
        Resamples, say.
    models
        Candidates, the most promising first: later ones that cannot win cost little.
    start
        Shape (models, P): starting coefficients, from the original table.
    price
        Criterion's price of a term: log n for BIC, 2 for AIC.
    threads
        How many threads; the result does not depend on it.
    """
    criterion = np.full(len(tables), np.inf)
    chosen = np.full(len(tables), -1, dtype=np.int64)
    hidden = np.full(len(tables), np.inf)
    warm = np.asarray(~np.isnan(start).any(axis=1), dtype=np.bool_)
    begin = np.where(np.isfinite(start), start, 0.0)

    def run(first: int, last: int) -> None:
        _kernel.reselect(
            _kernel.Counts(
                tables.counts[first:last], tables.margins[first:last], tables.zero[first:last]
            ),
            _kernel.Models(models.masks, models.sizes, begin, warm),
            price,
            QUICK,
            _kernel.Best(criterion[first:last], chosen[first:last], hidden[first:last]),
        )

    size = max(8, min(64, -(-len(tables) // 16) // 8 * 8))
    map_jobs(
        run,
        [Job(str(i), (i, i + size)) for i in range(0, len(tables), size)],
        workers=threads,
        progress=progress,
    )
    return Best(chosen, hidden, criterion)


def log_factorials(counts: NDArray[np.generic]) -> float:
    """Sum of log(count!) over the observed cells of one table."""
    return float(log_gamma(np.asarray(counts, dtype=np.float64)[1:] + 1.0).sum())
