"""One Poisson regression at a time with any design, for models that are not hierarchical in lists."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.estimators._ready import LARGEST_RATIO

__all__ = ["Limits", "PoissonFit", "fit_poisson", "profile_limits"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PoissonFit:
    """A fit to all cells but the all-zero one.

    Parameters
    ----------
    alpha
        Coefficients, shape (columns,), intercept first.
    hidden
        exp(intercept): people on no list.
    variance
        Of the intercept.
    loglik
        Without log-factorials.
    deviance
        Against one mean per cell.
    """

    alpha: Floats
    hidden: float
    variance: float
    loglik: float
    deviance: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Profile likelihood for N: maximum and limits, people; ``upper`` may be ``inf``."""

    point: float
    lower: float
    upper: float


def fit_poisson(
    design: Floats, y: Floats, *, zero: float = -1.0, bounded: float = math.inf
) -> PoissonFit:
    """Newton with step halving.

    Parameters
    ----------
    design
        Shape (cells, columns); row 0 belongs to the all-zero cell, column 0 is the intercept.
    y
        Shape (cells,): counts; entry 0 is not read.
    zero
        Count of the all-zero cell where given; negative where unknown.
    bounded
        Stop once a coefficient passes this size: its sign is all that is wanted.
    """
    used = slice(0, None) if zero >= 0 else slice(1, None)
    x = design[used]
    counts = y.copy()
    counts[0] = max(zero, 0.0)
    counts = counts[used]
    weight = counts + 0.5
    alpha = np.linalg.lstsq(
        x * np.sqrt(weight)[:, None], np.sqrt(weight) * np.log(weight), rcond=None
    )[0]

    def value(a: Floats) -> float:
        eta = x @ a
        return float(counts @ eta - np.exp(np.minimum(eta, 500.0)).sum())

    now = value(alpha)
    for _ in range(200):
        mu = np.exp(np.minimum(x @ alpha, 500.0))
        gradient = x.T @ (counts - mu)
        hessian = x.T @ (mu[:, None] * x)
        step = np.linalg.lstsq(hessian, gradient, rcond=1e-14)[0]
        size = 1.0
        while value(alpha + size * step) < now - 1e-10 * abs(now) and size > 1e-8:
            size /= 2.0
        alpha = alpha + size * step
        now = value(alpha)
        if float(np.abs(gradient @ step)) < 1e-18 or np.abs(alpha).max() > bounded:
            break
    mu = np.exp(np.minimum(x @ alpha, 500.0))
    hessian = x.T @ (mu[:, None] * x)
    some = counts > 0
    saturated = float((counts[some] * np.log(counts[some])).sum() - counts.sum())
    return PoissonFit(
        alpha=alpha,
        hidden=math.exp(min(float(alpha[0]), 500.0)),
        variance=float(np.linalg.pinv(hessian)[0, 0]),
        loglik=now,
        deviance=max(2.0 * (saturated - now), 0.0),
    )


def profile_limits(
    loglik_at: Callable[[float], float], n: float, start: float, level: float
) -> Limits:
    """Multinomial profile likelihood of N, as `uncounted.estimators._intervals.profile`.

    Parameters
    ----------
    loglik_at
        Poisson log-likelihood, maximised over the model, with a given number of people on no
        list.
    n
        People observed.
    start
        Poisson estimate of people on no list, where the search starts.
    level
        Nominal coverage.
    """
    from scipy.optimize import brentq, minimize_scalar
    from scipy.special import chdtri, gammaln

    def value(n0: float) -> float:
        total = n + n0
        return float(
            loglik_at(n0) + total - total * math.log(total) + gammaln(total + 1) - gammaln(n0 + 1)
        )

    def at(x: float) -> float:
        return value(math.expm1(x))

    centre = math.log1p(start)
    found = minimize_scalar(
        lambda x: -at(x),
        bounds=(max(centre - 2.0, 0.0), centre + 2.0),
        method="bounded",
        options={"xatol": 1e-9},
    )
    best = float(found.x)
    floor = at(best) - chdtri(1, 1.0 - level) / 2.0
    low = 0.0
    if at(0.0) < floor:
        low = math.expm1(brentq(lambda x: at(x) - floor, 0.0, best, xtol=1e-10))
    far, end = best + 0.5, math.log(LARGEST_RATIO * n)
    while at(far) > floor and far < end:
        far += 1.0
    high = math.inf
    if at(far) < floor:
        high = math.expm1(brentq(lambda x: at(x) - floor, best, far, xtol=1e-10))
    return Limits(n + math.expm1(best), n + low, n + high)
