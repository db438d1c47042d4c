"""Special functions that intervals need, in numpy and the standard library.

scipy.special has all of them, but importing it takes longer than most estimates. These are accurate
to 1e-12 (tested against scipy).
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from uncounted.kernels.native import Kernel

__all__ = [
    "beta_cdf",
    "chi_square_1",
    "digamma",
    "log_gamma",
    "normal_cdf",
    "normal_cdfs",
    "normal_quantile",
    "normal_quantiles",
    "poisson_tail",
    "t_quantile",
]

Floats = NDArray[np.float64]

_NORMAL = NormalDist()
_LARGEST_MEAN = 1e5
"""A Poisson tail is summed term by term, about 8 sqrt(mean) of them, up to this mean."""
_MANY = 500
"""Above this many values loading compiled loops costs less than they spare."""
_LOG_GAMMAS = Kernel("special_loops", "log_gammas")
_POISSON_SUMS = Kernel("special_loops", "poisson_sums")
_LOG_FACTORIALS = np.array([math.lgamma(k + 1.0) for k in range(16)])
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


def normal_quantiles(p: Floats) -> Floats:
    """`normal_quantile` of every entry, each strictly between 0 and 1."""
    return np.array([_NORMAL.inv_cdf(v) for v in p.ravel().tolist()]).reshape(p.shape)


def normal_cdf(x: float) -> float:
    """Probability that a standard normal lies below ``x``."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def normal_cdfs(x: Floats) -> Floats:
    """`normal_cdf` of every entry."""
    root = math.sqrt(2.0)
    return np.array([0.5 * math.erfc(-v / root) for v in x.ravel().tolist()]).reshape(x.shape)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Probability that a beta variable lies below ``x``, a and b above 0.

    The continued fraction 8.17.22 of the Digital Library of Mathematical Functions, from the side on
    which it converges fast.

    Examples
    --------
    >>> round(beta_cdf(0.25, 2.0, 3.0), 12)
    0.26171875
    """
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a + 1.0) - math.lgamma(b)
    log_front += a * math.log(x) + b * math.log1p(-x)
    # Evaluated from the front (Lentz's method): 1 / (1 + d1 / (1 + d2 / (1 + ...))).
    value, up, down = 1.0, 1.0, 0.0
    for k in range(1, 10_000):
        m = k // 2
        if k % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        down = 1.0 / (1.0 + d * down)
        up = 1.0 + d / up
        value *= up * down
        if abs(up * down - 1.0) < 1e-15:
            break
    return math.exp(log_front) / value


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
    x = np.array(x, dtype=np.float64, order="C")
    if x.size > _MANY:
        found = np.empty_like(x)
        _LOG_GAMMAS(x.ravel(), found.ravel())
        return found
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
    if m.size and m.max() > _LARGEST_MEAN:
        from scipy.special import pdtr, pdtrc

        tail: Floats = np.minimum(pdtr(k, m), np.where(k > 0, pdtrc(k - 1, m), 1.0))
        return tail
    at = _poisson_at(k, m)
    small = np.minimum(at * _poisson_sums(k, m), 1.0)
    # The other tail holds the rest, and the count itself once more.
    return np.minimum(small, 1.0 - small + at)


def _poisson_sums(k: Floats, m: Floats) -> Floats:
    """Smaller tail over P(X = k): away from the mean on the side of the smaller tail, terms only fall."""
    total = np.ones(m.shape)
    if m.size > _MANY:
        _POISSON_SUMS(k.copy().ravel(), m.copy().ravel(), total.ravel())
        return total
    term, step, down = np.ones_like(m), np.zeros_like(m), k < m
    safe = np.where(m > 0, m, 1.0)
    while True:
        term = term * np.where(down, (k - step) / safe, m / (k + 1.0 + step))
        term = np.maximum(term, 0.0)
        if not (term > 1e-17 * total).any():
            return total
        total = total + term
        step = step + 1.0


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
    few = k < _LOG_FACTORIALS.size
    if few.any():
        known = _LOG_FACTORIALS[np.where(few, some, 0.0).astype(np.int64)]
        exact = known - (some + 0.5) * np.log(some) + some - 0.5 * math.log(2 * math.pi)
        stirling = np.where(few, exact, stirling)
    shape = np.where(k > 0, stirling + 0.5 * np.log(2 * math.pi * some), 0.0)
    found: Floats = np.where(m > 0, np.exp(-deviance - shape), np.where(k > 0, 0.0, 1.0))
    return found
