"""A gravity model of detected flows: Poisson pseudo-likelihood with effects of both countries.

Model: the mean of the people detected in destination d from origin o is
``exp(a_d + b_o + x_do' beta)`` (Santos Silva & Tenreyro 2006), fitted over all
pairs of a destination and an origin that occur, zeros kept; standard errors clustered by both
countries (Cameron, Gelbach & Miller 2011).

Counts published as "<5" lie between 1 and 4. They are imputed by draws from the fit, truncated to
their bounds, with a gamma effect per pair so that a pair above its gravity mean stays above it;
the fits are pooled by Rubin's rules. The fit with midpoints stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.engine.jobs import stream
from uncounted.errors import NotIdentifiable, NotSupported
from uncounted.flows.two_way import TwoWay, fit_two_way, leave_one_out
from uncounted.kernels.special import t_quantile
from uncounted.places.covariates import pairs
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.phrases import listed

__all__ = ["Coefficient", "Fit", "Gravity", "Implausible", "fit_gravity", "implausible_cells"]

_BURN = 4
_WIDEST = 64
_MOST_OF_ALL, _TURNS = 0.9, 3
"""Share of what its pairs can hold that a drawn margin may reach, so that scaling settles; turns to get there."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An elasticity or a log ratio.

    Parameters
    ----------
    name
        Key of `covariates.COVARIATES`.
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


@dataclass(frozen=True, slots=True)
class Gravity:
    """A fitted gravity model.

    Parameters
    ----------
    destinations, origins
        ISO alpha-3, the rows and the columns of the matrices below.
    distance
        Which distance: ``"distcap"``, ``"dist"``, ``"distw"``.
    pairs
        Pairs in the fit.
    left_out
        Pairs without a full set of covariates.
    midpoint
        Fit with "<5" at 2.5.
    imputed
        Fit with imputed counts, pooled; ``None`` where no count is censored or none was asked for.
    imputations
        How many.
    used
        Which cells of the matrix are in the fit, shape (destinations, origins).
    covariates
        Shape (destinations, origins, k); 0 outside ``used``.
    margins_destination, margins_origin
        Detected people per imputation, shapes (m, destinations), (m, origins).
    dispersion
        Pearson's variance over mean, of pairs.
    dispersion_destination, dispersion_origin
        Variance over mean of each country's margin, from its own residuals, leaning on the
        general one where they are few.
    pairs_destination, pairs_origin
        How many pairs, in effect, each of these rests on: one where a single pair decides.
    warnings
        What must be read with the fit.
    """

    destinations: tuple[str, ...]
    origins: tuple[str, ...]
    distance: str
    pairs: int
    left_out: int
    midpoint: Fit
    imputed: Fit | None
    imputations: int
    used: NDArray[np.bool_]
    covariates: NDArray[np.float64]
    margins_destination: NDArray[np.float64]
    margins_origin: NDArray[np.float64]
    dispersion: float
    dispersion_destination: NDArray[np.float64]
    dispersion_origin: NDArray[np.float64]
    pairs_destination: NDArray[np.float64]
    pairs_origin: NDArray[np.float64]
    warnings: tuple[Note, ...]

    @property
    def fit(self) -> Fit:
        """The fit to be used: imputed where there is one."""
        return self.imputed if self.imputed is not None else self.midpoint

    def expected(self) -> NDArray[np.float64]:
        """Expect detected people per pair, shape (destinations, origins); ``nan`` outside the fit."""
        beta = np.array([c.estimate for c in self.fit.coefficients])
        mean = scale_to_margins(
            np.where(self.used, np.exp(self.covariates @ beta), 0.0),
            self.margins_destination.mean(axis=0),
            self.margins_origin.mean(axis=0),
        )
        return np.where(self.used, mean, np.nan)

    def destination_effects(self) -> NDArray[np.float64]:
        """Give each destination's factor ``exp(a_d)``, shape (destinations,), up to one constant."""
        beta = np.array([c.estimate for c in self.fit.coefficients])
        kernel = np.where(self.used, np.exp(self.covariates @ beta), 0.0)
        factors, _ = _factors(
            kernel, self.margins_destination.mean(axis=0), self.margins_origin.mean(axis=0)
        )
        return factors

    def draws(self, size: int, *, seed: int = 0) -> NDArray[np.float64]:
        """Draws of the expected detected people, shape (size, destinations, origins).

        Coefficients come from their pooled t distributions; country effects follow from the
        margins, drawn as log-normal with each one's dispersion (with effects of both countries the
        fitted margins equal the observed ones, so the effects are solved by scaling to them). A
        dispersion that rests on a few pairs is itself drawn, as the inverse chi-square with as many
        degrees of freedom and two more: the log of a margin then has about the tails of a t distribution.
        """
        rng = stream(seed, "gravity/draws")
        mean = np.array([c.estimate for c in self.fit.coefficients])
        betas = rng.multivariate_normal(np.zeros_like(mean), self.fit.wide, size, method="svd")
        freedom = np.array([max(c.freedom, 3.0) for c in self.fit.coefficients])
        betas *= np.sqrt(freedom / rng.chisquare(freedom, betas.shape))
        betas += mean
        m = self.margins_destination.shape[0]
        out = np.empty((size, len(self.destinations), len(self.origins)))
        for i, beta in enumerate(betas):
            rows = _about(
                self.margins_destination[i % m],
                self.dispersion_destination * _looser(self.pairs_destination, rng),
                rng,
            )
            columns = _about(
                self.margins_origin[i % m],
                self.dispersion_origin * _looser(self.pairs_origin, rng),
                rng,
            )
            rows, columns = _possible(rows, columns, self.used)
            kernel = np.where(self.used, np.exp(self.covariates @ beta), 0.0)
            out[i] = scale_to_margins(kernel, rows, columns)
        return out


@dataclass(frozen=True, slots=True)
class Implausible:
    """A count far above what gravity expects, leaving the count itself out; flagged, not removed."""

    destination: str
    origin: str
    year: int
    count: int
    expected: float
    score: float

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "destination": self.destination,
            "origin": self.origin,
            "year": self.year,
            "count": self.count,
            "expected": self.expected,
            "score": self.score,
        }


def _looser(pairs: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw by how much a dispersion from so many pairs is too small or too large."""
    freedom = pairs + 2.0
    return np.asarray(freedom / rng.chisquare(freedom), dtype=np.float64)


def _about(
    margins: NDArray[np.float64], dispersion: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the expected number behind each margin: log-normal, relative variance dispersion over margin.

    What chance does to a count leaves an expectation skewed to small numbers on the log scale (a gamma
    posterior), what a few large pairs do by a factor of their own one skewed to large numbers (an
    inverse gamma): a margin is far below its expectation where its largest pair is. Which of the two it
    is, no margin tells; with gamma draws nearly all intervals that missed lay below the truth.
    """
    size = np.maximum(margins, 0.5)
    spread = np.sqrt(np.log1p(np.maximum(dispersion, 1e-9) / size))
    drawn: NDArray[np.float64] = size * np.exp(spread * rng.standard_normal(size.shape))
    return drawn


def _possible(
    rows: NDArray[np.float64], columns: NDArray[np.float64], used: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring margins to one total, none larger than what its own pairs can hold.

    Nobody is counted from a country to itself, so a destination's people must come from the other origins.
    Margins are drawn apart, and one with a long tail may ask for more than all the others have: no flows
    have such margins, and scaling to them would not end.
    """
    for _ in range(_TURNS):
        rows = np.minimum(rows, _MOST_OF_ALL * (used @ columns) * rows.sum() / columns.sum())
        columns = np.minimum(columns * rows.sum() / columns.sum(), _MOST_OF_ALL * (rows @ used))
    return rows, columns * rows.sum() / columns.sum()


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
    a, b = _factors(kernel, rows, columns, tolerance, rounds)
    return a[:, None] * kernel * b[None, :]


def _factors(
    kernel: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    tolerance: float = 1e-6,
    rounds: int = 500,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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


def fit_gravity(
    flows: DetectedFlows,
    *,
    covariates: Sequence[str] = ("distance", "contiguity", "language", "colony"),
    distance: str = "distcap",
    imputations: int = 10,
    seed: int = 0,
) -> Gravity:
    """Fit the gravity model to detected cross-border flows, summed over the years given.

    Parameters
    ----------
    flows
        Cells; internal ones are left out.
    covariates
        Keys of `covariates.COVARIATES`.
    distance
        Key of `covariates.DISTANCES`.
    imputations
        Completed tables to pool; 0 for midpoints only.
    seed
        Root seed.

    Raises
    ------
    NotSupported
        With fewer than three destinations or origins.
    NotIdentifiable
        Where a covariate does not vary within the countries.
    """
    cells = flows.take(~flows.internal)
    destinations = tuple(sorted(set(cells.destination.tolist())))
    origins = tuple(sorted(set(cells.origin.tolist())))
    if len(destinations) < 3 or len(origins) < 3:
        raise NotSupported(
            f"A gravity model with effects of both countries needs several of each; here are "
            f"{len(destinations)} destinations and {len(origins)} origins.",
            fix="Drop the filter on origin or destination; the detected flows stand without a model.",
        )
    row = np.array([destinations.index(d) for d in cells.destination.tolist()])
    column = np.array([origins.index(o) for o in cells.origin.tolist()])
    shape = (len(destinations), len(origins))
    d_of, o_of = (g.ravel() for g in np.meshgrid(destinations, origins, indexing="ij"))
    found = pairs(o_of, d_of, names=covariates, distance=distance)
    used = (found.known & (d_of != o_of)).reshape(shape)
    x = np.where(used[..., None], found.values.reshape(*shape, -1), 0.0)
    left_out = int((d_of != o_of).sum() - used.sum())
    cell = np.ravel_multi_index((row, column), shape)
    inside = used.ravel()[cell]
    lower, upper = cells.lower.astype(np.float64), cells.upper.astype(np.float64)
    model = _Model(destinations, origins, used, x, tuple(covariates))

    y = _sum(cell, (lower + upper) / 2.0, shape)
    midpoint, plain = model.fit(y)
    mean = model.mean(midpoint, y)
    margins = [np.where(used, y, 0.0)]
    warnings = _separated(used, y, destinations, origins)
    imputed = None
    censored = np.flatnonzero(cells.censored & inside)
    if imputations > 0 and censored.size:
        kept, margins = _impute(model, cells, cell, censored, midpoint, mean, imputations, seed)
        imputed = _pool(kept)
        mean = model.mean(imputed, np.mean(margins, axis=0))
    typical = np.mean(margins, axis=0)
    wider = _wider(y, x, used, plain)
    midpoint, imputed = midpoint.widened(wider), imputed and imputed.widened(wider)
    free = max(int(used.sum()) - sum(shape) + 1 - len(covariates), 1)
    pearson = ((typical - mean) ** 2 / np.maximum(mean, 1e-9))[used].sum() / free
    apart = (typical - mean) / (1.0 - plain.leverage)
    return Gravity(
        destinations, origins, distance, int(used.sum()), left_out, midpoint, imputed,
        imputations if imputed is not None else 0, used, x,
        np.array([m.sum(axis=1) for m in margins]), np.array([m.sum(axis=0) for m in margins]),
        max(float(pearson), 1.0), _own(apart, mean, used, pearson, 1), _own(apart, mean, used, pearson, 0),
        _in_effect(apart, used, 1), _in_effect(apart, used, 0),
        warnings,
    )  # fmt: skip


def _sum(cell: NDArray[np.int64], y: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[Any]:
    return np.bincount(cell, weights=y, minlength=shape[0] * shape[1]).reshape(shape)


def _wider(
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


def _own(
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


def _in_effect(
    apart: NDArray[np.float64], used: NDArray[np.bool_], axis: int
) -> NDArray[np.float64]:
    """Count the pairs whose squared residuals make a margin's dispersion, as Kish counts weights."""
    square = np.where(used, apart**2, 0.0) + 1e-12
    found: NDArray[np.float64] = square.sum(axis=axis) ** 2 / np.square(square).sum(axis=axis)
    return found


def _separated(
    used: NDArray[np.bool_],
    y: NDArray[np.float64],
    destinations: tuple[str, ...],
    origins: tuple[str, ...],
) -> tuple[Note, ...]:
    inside = np.where(used, y, 0.0)
    lost = [destinations[i] for i in np.flatnonzero(inside.sum(axis=1) == 0)]
    lost += [origins[j] for j in np.flatnonzero(inside.sum(axis=0) == 0)]
    if not lost:
        return ()
    return (note("flows.gravity.no-effect", countries=listed(lost)),)


@dataclass(frozen=True, slots=True)
class _Model:
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


def _impute(
    model: _Model,
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
    share = _year_shares(cells)
    y = (cells.lower + cells.upper) / 2.0
    fit, kept, tables = start, [], []
    steps = np.linspace(0, _BURN, _BURN + 1, dtype=int)
    for step in range(len(steps) - 1 + m):
        table = _sum(cell, y, shape)
        beta = rng.multivariate_normal(
            [c.estimate for c in fit.coefficients], fit.wide, method="svd"
        )
        mean = model.mean(fit, table, beta)
        k = _gamma_shape(table[model.used], mean[model.used])
        effect = rng.gamma(table + k) / (mean + k)
        rate = (mean * effect).ravel()[cell[censored]] * share[censored]
        y[censored] = _truncated(rate, cells.lower[censored], cells.upper[censored], rng)
        table = _sum(cell, y, shape)
        fit, _ = model.fit(table)
        if step >= _BURN:
            kept.append(fit)
            tables.append(np.where(model.used, table, 0.0))
    return kept, tables


def _year_shares(cells: DetectedFlows) -> NDArray[np.float64]:
    """Share of each cell's year in what its destination reported over the years."""
    y = (cells.lower + cells.upper) / 2.0
    by_year: dict[tuple[str, int], float] = {}
    total: dict[str, float] = {}
    keys = list(zip(cells.destination.tolist(), cells.year.tolist(), strict=True))
    for (d, t), value in zip(keys, y.tolist(), strict=True):
        by_year[d, t] = by_year.get((d, t), 0.0) + value
        total[d] = total.get(d, 0.0) + value
    return np.array([by_year[d, t] / total[d] for d, t in keys])


def _gamma_shape(y: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
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


def _pool(fits: Sequence[Fit]) -> Fit:
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


def implausible_cells(
    flows: DetectedFlows, gravity: Gravity, *, least: int = 20, score: float = 2.5
) -> tuple[Implausible, ...]:
    """Flag counts far above the gravity expectation, most surprising first.

    Parameters
    ----------
    flows
        Cells by year.
    gravity
        Fitted to them.
    least
        Look at counts of at least this many people.
    score
        Robust standard deviations of the log ratio of count to expectation, among these cells,
        beyond which a cell is flagged.

    Notes
    -----
    The expectation leaves the pair itself out of its origin's effect: a mis-keyed count would
    otherwise vouch for itself.
    """
    cells = flows.take(~flows.internal & (flows.lower >= least))
    table = flows.take(~flows.internal).by_pair()
    mean = np.nan_to_num(gravity.expected())
    where_d = {d: i for i, d in enumerate(gravity.destinations)}
    where_o = {o: j for j, o in enumerate(gravity.origins)}
    total = {
        (d, o): (a + b) / 2
        for d, o, a, b in zip(
            table.destination.tolist(),
            table.origin.tolist(),
            table.lower.tolist(),
            table.upper.tolist(),
            strict=True,
        )
    }
    by_origin = mean.sum(axis=0)
    share = _year_shares(flows.take(~flows.internal))
    inner = flows.take(~flows.internal)
    shares = {
        (d, t): s
        for d, t, s in zip(
            inner.destination.tolist(), inner.year.tolist(), share.tolist(), strict=True
        )
    }
    found = []
    for d, o, t, n in zip(
        cells.destination.tolist(), cells.origin.tolist(), cells.year.tolist(),
        cells.lower.tolist(), strict=True,
    ):  # fmt: skip
        i, j = where_d.get(d), where_o.get(o)
        if i is None or j is None or not gravity.used[i, j] or by_origin[j] <= 0:
            continue
        others = by_origin[j] - mean[i, j]
        seen = max(by_origin[j] - total[d, o], 0.0)
        # origin's effect without this pair, shrunk towards the fit by half a person
        ratio = (seen + 0.5) / (others + 0.5)
        expected = mean[i, j] * ratio * shares[d, t]
        found.append((d, o, t, n, expected, float(np.log(n / max(expected, 1e-9)))))
    if not found:
        return ()
    logs = np.array([f[5] for f in found])
    centre = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - centre)))
    flagged = [
        Implausible(d, o, t, n, float(e), (g - centre) / max(spread, 1e-9))
        for d, o, t, n, e, g in found
        if (g - centre) > score * max(spread, 1e-9)
    ]
    return tuple(sorted(flagged, key=lambda f: -f.score))
