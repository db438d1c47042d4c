"""Special functions that intervals need, in numpy and the standard library.

scipy.special has all of them, but importing it takes longer than most estimates. These are accurate
to 1e-12 (tested against scipy); where many values of hard functions are wanted, scipy serves.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "chi_square_1",
    "digamma",
    "log_gamma",
    "normal_cdf",
    "normal_quantile",
    "poisson_tail",
    "t_quantile",
]

Floats = NDArray[np.float64]

_NORMAL = NormalDist()
_LARGEST_MEAN = 1e5
"""A Poisson tail is summed term by term, about 8 sqrt(mean) of them, up to this mean."""
_MANY = 500
"""Above this many tails scipy's import costs less than the sums."""
_NEARLY_NORMAL = 1e7
"""Degrees of freedom beyond which t is normal to 1e-6."""
_PSI = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def normal_quantile(p: float) -> float:
    """Value below which a standard normal lies with probability ``p`` (Wichura 1988, AS 241).

    Examples
    --------
    >>> normal_quantile(0.975)
    1.95996398454005...
    """
    if p == 0.0 or p == 1.0:
        return math.copysign(math.inf, p - 0.5)
    return _NORMAL.inv_cdf(p)


def normal_cdf(x: float) -> float:
    """Probability that a standard normal lies below ``x``."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def t_quantile(p: float, freedom: float) -> float:
    """Value below which Student's t lies with probability ``p``, ``freedom`` of 1 or more.

    With t = sqrt(freedom) tan(a) the density of a is proportional to cos(a)^(freedom - 1), which
    is summed by Gauss and Legendre's rule and inverted by Newton's.

    Examples
    --------
    >>> round(t_quantile(0.975, 10.0), 6)
    2.228139
    """
    if p < 0.5:
        return -t_quantile(1.0 - p, freedom)
    if freedom > _NEARLY_NORMAL or p in (0.5, 1.0):
        return normal_quantile(p)
    node, weight = np.polynomial.legendre.leggauss(64)
    log_scale = math.lgamma((freedom + 1.0) / 2.0) - math.lgamma(freedom / 2.0)
    scale = math.exp(log_scale) / math.sqrt(math.pi)
    start = max(normal_quantile(p), 1e-6)
    low, high = 0.0, math.pi / 2.0
    angle = math.atan(start / math.sqrt(freedom))
    for _ in range(100):
        at = angle * (node + 1.0) / 2.0
        area = scale * float((weight * np.cos(at) ** (freedom - 1.0)).sum()) * angle / 2.0
        short = p - 0.5 - area
        if abs(short) < 1e-15:
            break
        low, high = (angle, high) if short > 0 else (low, angle)
        slope = scale * math.cos(angle) ** (freedom - 1.0)
        new = angle + short / slope if slope > 1e-300 else high
        angle = new if low < new < high else (low + high) / 2.0
    return math.sqrt(freedom) * math.tan(angle)


def chi_square_1(tail: float) -> float:
    """Value that a chi-square with one degree of freedom passes with probability ``tail``."""
    return normal_quantile(tail / 2.0) ** 2


def log_gamma(x: NDArray[np.generic]) -> Floats:
    """Log Gamma(x) of every entry, x > 0."""
    x = np.asarray(x, dtype=np.float64)
    return np.array([math.lgamma(v) for v in x.ravel().tolist()]).reshape(x.shape)


def digamma(x: Floats) -> Floats:
    """Differentiate log Gamma(x), x > 0: ten steps up, then an asymptotic series."""
    # Small terms first.
    below = np.zeros_like(x)
    for i in range(9, -1, -1):
        below += 1.0 / (x + i)
    far = x + 10.0
    square = 1.0 / (far * far)
    tail = np.zeros_like(x)
    for c in reversed(_PSI):
        tail = (tail + c) * square
    found: Floats = np.log(far) - 0.5 / far - tail - below
    return found


def poisson_tail(count: NDArray[np.generic], mean: NDArray[np.generic]) -> Floats:
    """Smaller of P(X <= count) and P(X >= count) for Poisson X, entry by entry.

    Parameters
    ----------
    count
        Whole numbers, 0 or more.
    mean
        Of the same shape, 0 or more.
    """
    k, m = np.asarray(count, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    if m.size > _MANY or (m.size and m.max() > _LARGEST_MEAN):
        from scipy.special import pdtr, pdtrc

        tail: Floats = np.minimum(pdtr(k, m), np.where(k > 0, pdtrc(k - 1, m), 1.0))
        return tail
    at = _poisson_at(k, m)
    down = k < m
    total, term = np.ones_like(m), np.ones_like(m)
    step = np.zeros_like(m)
    safe = np.where(m > 0, m, 1.0)
    while True:
        # Away from the mean on the side of the smaller tail, terms only fall.
        term = term * np.where(down, (k - step) / safe, m / (k + 1.0 + step))
        term = np.maximum(term, 0.0)
        if not (term > 1e-17 * total).any():
            break
        total = total + term
        step = step + 1.0
    small = np.minimum(at * total, 1.0)
    # The other tail holds the rest, and the count itself once more.
    return np.minimum(small, 1.0 - small + at)


def _poisson_at(k: Floats, m: Floats) -> Floats:
    """P(X = k), by the deviance of k from m, which keeps its digits where k is large (Loader 2000)."""
    some = np.maximum(k, 1.0)
    away = (k - m) / np.where(m > 0, m, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance = np.where(k > 0, k * np.log1p(away) - (k - m), m)
    root = 1.0 / (some * some)
    stirling = (
        1 / 12 - root * (1 / 360 - root * (1 / 1260 - root * (1 / 1680 - root / 1188)))
    ) / some
    if (few := k < 16).any():
        exact = (
            log_gamma(some + 1.0) - (some + 0.5) * np.log(some) + some - 0.5 * math.log(2 * math.pi)
        )
        stirling = np.where(few, exact, stirling)
    shape = np.where(k > 0, stirling + 0.5 * np.log(2 * math.pi * some), 0.0)
    found: Floats = np.where(m > 0, np.exp(-deviance - shape), np.where(k > 0, 0.0, 1.0))
    return found
