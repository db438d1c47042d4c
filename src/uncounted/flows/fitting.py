"""One fit of the gravity model, completed tables of counts known as intervals, and the fits of several pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, note
from uncounted.engine.jobs import stream
from uncounted.errors import NotIdentifiable, NotSupported
from uncounted.flows.two_way import TwoWay, fit_two_way, leave_one_out
from uncounted.kernels.special import t_quantile
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.phrases import listed

__all__ = [
    "Coefficient",
    "Fit",
    "Model",
    "factors_of",
    "impute",
    "in_effect",
    "own",
    "pool",
    "scale_to_margins",
    "separated",
    "sum_of",
    "widening",
    "year_shares",
]


_BURN = 4


_WIDEST = 64


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An elasticity or a log ratio.

    Parameters
    ----------
    name
        One of `covariates.COVARIATES`.
    estimate
        Pooled where counts are imputed.
    se
        Standard error clustered by both countries.
    wide_se
        From residuals that leave their own pair out, or by leaving out one destination or origin
        at a time, whichever is larger: the first is far too small where a few large pairs decide
        the fit. Intervals and draws use it.
    freedom
        Pairs, in effect, that decide the standard error (Kish's count of squared influences), and two.
    """

    name: str
    estimate: float
    se: float
    wide_se: float
    freedom: float = np.inf

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Give the interval of a t distribution with `freedom` degrees, from `wide_se`."""
        half = t_quantile(0.5 + level / 2, self.freedom) * self.wide_se
        return self.estimate - half, self.estimate + half


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients and their covariance matrices, shape (k, k).

    ``covariance`` is clustered by both countries, which may leave it without an inverse or even with
    negative variances; ``apart`` comes from residuals that leave their own pair out and has neither.
    """

    coefficients: tuple[Coefficient, ...]
    covariance: NDArray[np.float64]
    apart: NDArray[np.float64]

    @property
    def wide(self) -> NDArray[np.float64]:
        """Covariance matrix widened to `Coefficient.wide_se`; for draws."""
        own = np.sqrt(np.maximum(np.diag(self.apart), 1e-300))
        ratio = np.array([c.wide_se for c in self.coefficients]) / own
        return self.apart * np.outer(ratio, ratio)

    def widened(self, factors: NDArray[np.float64]) -> Fit:
        """Return the fit with each `Coefficient.wide_se` grown by its factor, shape (k,)."""
        grown = (
            replace(c, wide_se=c.wide_se * float(f))
            for c, f in zip(self.coefficients, factors, strict=True)
        )
        return Fit(tuple(grown), self.covariance, self.apart)

    def __getitem__(self, name: str) -> Coefficient:
        return next(c for c in self.coefficients if c.name == name)


def scale_to_margins(
    kernel: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    *,
    tolerance: float = 1e-6,
    rounds: int = 500,
) -> NDArray[np.float64]:
    """Scale a non-negative matrix to row and column sums (iterative proportional fitting).

    Parameters
    ----------
    kernel
        Shape (r, c).
    rows, columns
        Sums wanted, equal totals.

    Examples
    --------
    >>> scale_to_margins(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0])).tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    a, b = factors_of(kernel, rows, columns, tolerance, rounds)
    return a[:, None] * kernel * b[None, :]


def factors_of(
    kernel: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    tolerance: float = 1e-6,
    rounds: int = 500,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scale the rows and columns of a table to given sums, where the sums allow it."""
    b = np.ones(kernel.shape[1])
    a = np.ones(kernel.shape[0])
    for _ in range(rounds):
        reach = kernel @ b
        a = np.divide(rows, reach, out=np.zeros_like(rows), where=reach > 0)
        back = a @ kernel
        fresh = np.divide(columns, back, out=np.zeros_like(columns), where=back > 0)
        change = np.abs(fresh - b).max() / max(float(fresh.max()), 1e-300)
        b = fresh
        if change < tolerance:
            break
    return a, b


def sum_of(cell: NDArray[np.int64], y: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[Any]:
    """Sum values over the cells of a table of origins by destinations."""
    return np.bincount(cell, weights=y, minlength=shape[0] * shape[1]).reshape(shape)


def widening(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    used: NDArray[np.bool_],
    found: TwoWay,
) -> NDArray[np.float64]:
    """Give factors by which standard errors grow where leaving out countries says more, shape (k,).

    The mean of the variances without a row and without a column, over the one without a cell.
    """
    rows, columns = leave_one_out(np.where(used, y, 0.0), x, found)
    cell = np.maximum(np.diag(found.apart), 1e-300)
    grown: NDArray[np.float64] = np.sqrt(np.maximum((rows + columns) / 2.0 / cell, 1.0))
    return grown


def own(
    apart: NDArray[np.float64],
    mean: NDArray[np.float64],
    used: NDArray[np.bool_],
    general: float,
    axis: int,
) -> NDArray[np.float64]:
    """Give each margin's variance over mean, leaning on the general one by half a typical margin.

    ``apart`` are residuals that leave their own cell out, so that a cell that fits itself does not
    seem sure.
    """
    square = np.where(used, apart**2, 0.0).sum(axis=axis)
    expected = np.where(used, mean, 0.0).sum(axis=axis)
    lean = 0.5 * float(np.median(expected))
    own: NDArray[np.float64] = np.maximum(
        (square + lean * max(general, 1.0)) / (expected + lean), 1.0
    )
    return own


def in_effect(
    apart: NDArray[np.float64], used: NDArray[np.bool_], axis: int
) -> NDArray[np.float64]:
    """Count the pairs whose squared residuals make a margin's dispersion, as Kish counts weights."""
    square = np.where(used, apart**2, 0.0) + 1e-12
    found: NDArray[np.float64] = square.sum(axis=axis) ** 2 / np.square(square).sum(axis=axis)
    return found


def separated(
    used: NDArray[np.bool_],
    y: NDArray[np.float64],
    destinations: tuple[str, ...],
    origins: tuple[str, ...],
) -> tuple[Note, ...]:
    """Name the countries that nobody was detected in or from: no effect of theirs can be estimated."""
    inside = np.where(used, y, 0.0)
    lost = [destinations[i] for i in np.flatnonzero(inside.sum(axis=1) == 0)]
    lost += [origins[j] for j in np.flatnonzero(inside.sum(axis=0) == 0)]
    if not lost:
        return ()
    return (note("flows.gravity.no-effect", countries=listed(lost)),)


@dataclass(frozen=True, slots=True)
class Model:
    """The fixed part of the fit: which pairs, and their covariates."""

    destinations: tuple[str, ...]
    origins: tuple[str, ...]
    used: NDArray[np.bool_]
    x: NDArray[np.float64]
    names: tuple[str, ...]

    def fit(self, y: NDArray[np.float64]) -> tuple[Fit, TwoWay]:
        """Fit pseudo-likelihood with effects of both countries, clustered both ways."""
        found = fit_two_way(y, self.x, self.used)
        if found is None:
            raise NotIdentifiable(
                "The gravity model cannot be fitted to these flows: the steps do not end.",
                fix="Use more countries or years, or fewer covariates.",
            )
        if not isinstance(found, TwoWay):
            gone = ", ".join(self.names[j] for j in found)
            raise NotIdentifiable(
                f"These flows do not tell the effect of {gone or 'a covariate'} from the countries' own.",
                fix="Leave that covariate out, or use more countries.",
            )
        se = np.sqrt(np.maximum(np.diag(found.both), 0.0))
        wide = np.maximum(se, np.sqrt(np.maximum(np.diag(found.apart), 0.0)))
        fit = Fit(
            tuple(
                Coefficient(n, float(b), float(s), float(w), float(f))
                for n, b, s, w, f in zip(
                    self.names, found.beta, se, wide, found.freedom + 2.0, strict=True
                )
            ),
            found.both,
            found.apart,
        )
        return fit, found

    def mean(
        self, fit: Fit, y: NDArray[np.float64], beta: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Fitted means, shape (destinations, origins), whose margins are those of ``y``."""
        if beta is None:
            beta = np.array([c.estimate for c in fit.coefficients])
        inside = np.where(self.used, y, 0.0)
        kernel = np.where(self.used, np.exp(self.x @ beta), 0.0)
        return scale_to_margins(kernel, inside.sum(axis=1), inside.sum(axis=0))


def impute(
    model: Model,
    cells: DetectedFlows,
    cell: NDArray[np.int64],
    censored: NDArray[np.int64],
    start: Fit,
    mean: NDArray[np.float64],
    m: int,
    seed: int,
) -> tuple[list[Fit], list[NDArray[np.float64]]]:
    """Augment the data: draw coefficients, pair effects and censored counts in turn, fit again."""
    rng = stream(seed, "gravity/impute")
    shape = model.used.shape
    share = year_shares(cells)
    y = (cells.lower + cells.upper) / 2.0
    fit, kept, tables = start, [], []
    steps = np.linspace(0, _BURN, _BURN + 1, dtype=int)
    for step in range(len(steps) - 1 + m):
        table = sum_of(cell, y, shape)
        beta = rng.multivariate_normal(
            [c.estimate for c in fit.coefficients], fit.wide, method="svd"
        )
        mean = model.mean(fit, table, beta)
        k = gamma_shape(table[model.used], mean[model.used])
        effect = rng.gamma(table + k) / (mean + k)
        rate = (mean * effect).ravel()[cell[censored]] * share[censored]
        y[censored] = _truncated(rate, cells.lower[censored], cells.upper[censored], rng)
        table = sum_of(cell, y, shape)
        fit, _ = model.fit(table)
        if step >= _BURN:
            kept.append(fit)
            tables.append(np.where(model.used, table, 0.0))
    return kept, tables


def year_shares(cells: DetectedFlows) -> NDArray[np.float64]:
    """Share of each cell's year in what its destination reported over the years."""
    y = (cells.lower + cells.upper) / 2.0
    by_year: dict[tuple[str, int], float] = {}
    total: dict[str, float] = {}
    keys = list(zip(cells.destination.tolist(), cells.year.tolist(), strict=True))
    for (d, t), value in zip(keys, y.tolist(), strict=True):
        by_year[d, t] = by_year.get((d, t), 0.0) + value
        total[d] = total.get(d, 0.0) + value
    return np.array([by_year[d, t] / total[d] for d, t in keys])


def gamma_shape(y: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    """Shape of the pairs' gamma effects by moments; large where there is no extra variance."""
    extra = ((y - mean) ** 2 - mean).sum() / np.square(mean).sum()
    return float(np.clip(1.0 / max(extra, 1e-6), 0.02, 1e4))


def _truncated(
    rate: NDArray[np.float64],
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Poisson draws kept between bounds, by inversion over the few values there are."""
    width = int((upper - lower).max()) + 1
    if width > _WIDEST:
        raise NotSupported(
            f"A censored count spans {width} values.", fix="Intervals of at most 64 values work."
        )
    steps = np.arange(width)
    value = lower[:, None] + steps
    log_rate = np.log(np.maximum(rate, 1e-12))[:, None]
    # weights relative to the lower bound: rate^j lower! / (lower + j)!
    growth = np.cumsum(np.log(np.maximum(value, 1)), axis=1) - np.log(np.maximum(value[:, :1], 1))
    log_weight = np.where(value <= upper[:, None], steps * log_rate - growth, -np.inf)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    total = np.cumsum(weight, axis=1)
    u = rng.random(rate.size)[:, None] * total[:, -1:]
    chosen: NDArray[np.float64] = (lower + (u > total).sum(axis=1)).astype(np.float64)
    return chosen


def pool(fits: Sequence[Fit]) -> Fit:
    """Pool fits of completed tables by Rubin's rules (1987)."""
    m = len(fits)
    beta = np.array([[c.estimate for c in f.coefficients] for f in fits])
    within = np.mean([f.covariance for f in fits], axis=0)
    between = np.atleast_2d(np.cov(beta, rowvar=False)) if m > 1 else np.zeros_like(within)
    covariance = within + (1 + 1 / m) * between
    apart = np.mean([f.apart for f in fits], axis=0) + (1 + 1 / m) * between
    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    inside = np.mean([[c.wide_se**2 for c in f.coefficients] for f in fits], axis=0)
    wide = np.sqrt(inside + (1 + 1 / m) * np.diag(between))
    freedom = np.mean([[c.freedom for c in f.coefficients] for f in fits], axis=0)
    return Fit(
        tuple(
            Coefficient(c.name, float(b), float(s), float(w), float(f))
            for c, b, s, w, f in zip(
                fits[0].coefficients, beta.mean(axis=0), se, wide, freedom, strict=True
            )
        ),
        covariance,
        apart,
    )
