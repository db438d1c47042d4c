"""Intervals of log-linear estimates: Wald, multinomial profile likelihood, percentile and BCa."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Interval
from uncounted.estimators import fits as _fits
from uncounted.estimators._ready import LARGEST_RATIO
from uncounted.estimators._roots import roots_between
from uncounted.estimators.fits import NO_MAXIMUM, OK, Tables
from uncounted.estimators.hierarchy import Model
from uncounted.kernels.special import (
    chi_square_1,
    digamma,
    log_gamma,
    normal_cdf,
    normal_quantile,
)

__all__ = [
    "Acceleration",
    "Profile",
    "bca",
    "bca_numbers",
    "percentile",
    "profile",
    "resample",
    "wald",
    "without_one",
]

Floats = NDArray[np.float64]


def wald(n: int, hidden: float, variance: float, level: float) -> Interval:
    """N + exp(alpha_0 -/+ z se): symmetric on the scale of the intercept."""
    z = _z(level)
    half = z * math.sqrt(variance) if math.isfinite(variance) else math.inf
    upper = n + hidden * math.exp(half) if half < 700 else math.inf
    return Interval("wald", level, n + hidden * math.exp(-half), _no_runaway(upper, n))


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Multinomial profile likelihood of several models.

    Parameters
    ----------
    point, lower, upper
        Shape (models,): population N at the maximum and where the log-likelihood has fallen by
        half the chi-square quantile; ``upper`` is ``inf`` where it never falls that far.
    """

    point: Floats
    lower: Floats
    upper: Floats


def profile(
    counts: NDArray[np.int64],
    models: Sequence[Model],
    hidden: Floats,
    level: float,
    *,
    threads: int | None = 1,
) -> Profile:
    """Profile likelihood intervals for N under each model.

    For a population N the all-zero cell is given the count n0 = N - n and the Poisson model is fitted
    to all cells; the multinomial log-likelihood is

        l(N) = sum n_w log(mu_w / N) + n0 log(mu_0 / N) + log N! - log n0!

    (Cormack 1992, Biometrics 48:567; Rivest & Baillargeon 2007). Its maximum is found from its
    derivative, log(mu_0 / N) + psi(N + 1) - psi(n0 + 1); all three are roots on the scale log(1 + n0).

    Parameters
    ----------
    counts
        Shape (2**lists,), by mask.
    models
        Models with a finite Poisson estimate.
    hidden
        Shape (models,): their Poisson estimates of people on no list, where the search starts.
    level
        Nominal coverage.
    """
    size = len(models)
    packed = _fits.pack(models)
    rows = np.arange(size)
    n = float(counts[1:].sum())
    people = np.broadcast_to(counts.astype(np.float64), (size, counts.size))
    base = Tables.of(people)
    begin = np.full((size, packed.masks.shape[1]), np.nan)

    def at(n0: Floats) -> tuple[Floats, Floats]:
        """Log-likelihood and its slope at n0 people on no list."""
        tables = Tables(base.counts, base.margins, n0)
        fits = _fits.fit(
            tables, packed, rows, rows, start=begin, tolerance=1e-11, coefficients=True,
            threads=threads,
        )  # fmt: skip
        good = (fits.status == OK) | (fits.status == NO_MAXIMUM)
        begin[fits.status == OK] = fits.alpha[fits.status == OK]
        total = n + n0
        value = (
            fits.loglik + total - total * np.log(total) + log_gamma(total + 1) - log_gamma(n0 + 1)
        )
        slope = fits.alpha[:, -1] - np.log(total) + digamma(total + 1) - digamma(n0 + 1)
        return np.where(good, value, -np.inf), slope

    largest = LARGEST_RATIO * n
    low, high = hidden / 4.0, hidden * 4.0 + 4.0
    for _ in range(60):
        falling = at(low)[1] < 0
        if not (falling & (low > 1e-3)).any():
            break
        low = np.where(falling, low / 4.0, low)
    low = np.where(low <= 1e-3, 0.0, low)
    for _ in range(60):
        rising = (at(high)[1] > 0) & (high < largest)
        if not rising.any():
            break
        high = np.where(rising, high * 4.0, high)
    best = np.expm1(
        roots_between(
            lambda x: at(np.expm1(x))[1],
            np.log1p(low), np.log1p(high), at(low)[1], at(high)[1],
        )
    )  # fmt: skip
    fall = np.full(size, chi_square_1(1.0 - level) / 2.0)
    floor = at(best)[0] - fall

    def above_floor(x: Floats) -> Floats:
        return np.asarray(at(np.expm1(x))[0] - floor)

    below = np.zeros(size)
    least = at(below)[0] - floor
    root = roots_between(above_floor, below, np.log1p(best), least, fall)
    lower = np.where(least > 0.0, 0.0, np.expm1(root))

    begin[:] = np.nan
    inside, above = best.copy(), best * 2.0 + 4.0
    most = at(above)[0] - floor
    for _ in range(60):
        held = (most > 0.0) & (above < largest)
        if not held.any():
            break
        inside = np.where(held, above, inside)
        above = np.where(held, above * 2.0, above)
        most = at(above)[0] - floor
    root = roots_between(
        above_floor, np.log1p(inside), np.log1p(above), at(inside)[0] - floor, most
    )
    upper = np.where(most > 0.0, np.inf, np.expm1(root))
    upper = np.where(n + upper > largest, np.inf, upper)
    return Profile(n + best, n + lower, n + upper)


def resample(counts: NDArray[np.int64], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Multinomial resamples of the people observed, shape (size, 2**lists); column 0 is 0."""
    filled = np.flatnonzero(counts[1:] > 0) + 1
    people = counts[filled]
    out = np.zeros((size, counts.size), dtype=np.int64)
    out[:, filled] = rng.multinomial(int(people.sum()), people / people.sum(), size=size)
    return out


def without_one(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Leave one person out: a table per observed history, and how many people have it."""
    filled = np.flatnonzero(counts[1:] > 0) + 1
    out = np.repeat(counts[None, :], filled.size, axis=0)
    out[:, 0] = 0
    out[np.arange(filled.size), filled] -= 1
    return out, counts[filled]


def percentile(draws: Floats, n: int, level: float) -> Interval:
    """Quantiles of the resamples (definition 8 of Hyndman & Fan 1996)."""
    tail = (1.0 - level) / 2.0
    ordered = np.sort(draws)
    lower, upper = _quantile8(ordered, tail), _quantile8(ordered, 1.0 - tail)
    return Interval("percentile", level, lower, _no_runaway(upper, n))


@dataclass(frozen=True, slots=True)
class Acceleration:
    """The two numbers of a BCa interval: bias correction z0 and acceleration a."""

    z0: float
    a: float


def bca_numbers(
    point: float, draws: Floats, left_out: Floats, weights: NDArray[np.int64]
) -> Acceleration | None:
    """Bias correction from the resamples and acceleration from the jackknife.

    z0 = Phi^-1(share of resamples below the estimate); with r_w = weighted mean of the left-out
    estimates minus est_(w), a = sum N_w r_w^3 / (6 (sum N_w r_w^2)^1.5) (DiCiccio & Efron 1996,
    Stat. Sci. 11:189).

    Returns
    -------
    Acceleration or None
        ``None`` where no or every resample lies below the estimate, or a left-out estimate is
        infinite: then there is no BCa interval.
    """
    share = float((draws < point).mean())
    if not 0.0 < share < 1.0 or not np.isfinite(left_out).all():
        return None
    r = float(np.average(left_out, weights=weights)) - left_out
    spread = float((weights * r**2).sum())
    a = 0.0 if spread == 0.0 else float((weights * r**3).sum()) / (6.0 * spread**1.5)
    return Acceleration(normal_quantile(share), a)


def bca(draws: Floats, numbers: Acceleration, n: int, level: float) -> Interval:
    """Bias-corrected and accelerated limits.

    Quantiles of the resamples at Phi(z0 + (z0 + z) / (1 - a (z0 + z))).
    """
    ordered = np.sort(draws)
    ends = []
    for z in (-_z(level), _z(level)):
        shifted = numbers.z0 + z
        bend = 1.0 - numbers.a * shifted
        # Past the pole of the acceleration the limit is the end of the resamples on that side.
        q = normal_cdf(numbers.z0 + shifted / bend) if bend > 0 else float(z > 0)
        ends.append(_quantile8(ordered, q))
    return Interval("bca", level, ends[0], _no_runaway(ends[1], n))


def _quantile8(ordered: Floats, q: float) -> float:
    """Quantile of sorted values, definition 8; ``inf`` is a value like any other."""
    size = ordered.size
    position = (size + 1.0 / 3.0) * q + 1.0 / 3.0
    below = math.floor(position + 4 * np.finfo(float).eps)
    share = position - below
    if abs(share) < 4 * np.finfo(float).eps:
        share = 0.0
    low = float(ordered[min(max(below, 1), size) - 1])
    high = float(ordered[min(max(below + 1, 1), size) - 1])
    if share == 0.0 or low == high:
        return low
    return high if math.isinf(high) else low + share * (high - low)


def _no_runaway(upper: float, n: int) -> float:
    """Turn a bound that has run away into none."""
    return upper if upper <= LARGEST_RATIO * n else math.inf


def _z(level: float) -> float:
    return normal_quantile((1.0 + level) / 2.0)
