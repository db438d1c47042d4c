"""One Poisson regression at a time with any design, for models that are not hierarchical in lists."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.estimators._ready import LARGEST_RATIO
from uncounted.estimators._roots import root_between
from uncounted.kernels.special import chi_square_1, digamma

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
    design: Floats,
    y: Floats,
    *,
    zero: float = -1.0,
    bounded: float = math.inf,
    start: Floats | None = None,
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
    start
        Coefficients to start from.
    """
    used = slice(0, None) if zero >= 0 else slice(1, None)
    x = design[used]
    counts = y.copy()
    counts[0] = max(zero, 0.0)
    counts = counts[used]
    if start is None:
        weight = counts + 0.5
        alpha = np.linalg.lstsq(
            x * np.sqrt(weight)[:, None], np.sqrt(weight) * np.log(weight), rcond=None
        )[0]
    else:
        alpha = start

    def value(a: Floats) -> float:
        eta = x @ a
        return float(counts @ eta - np.exp(np.minimum(eta, 500.0)).sum())

    now = value(alpha)
    for _ in range(200):
        mu = np.exp(np.minimum(x @ alpha, 500.0))
        gradient = x.T @ (counts - mu)
        hessian = x.T @ (mu[:, None] * x)
        step = _solved(hessian, gradient)
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


def _solved(hessian: Floats, gradient: Floats) -> Floats:
    """Newton's step; where a coefficient runs away and the Hessian is all but singular, the shortest."""
    try:
        step = np.asarray(np.linalg.solve(hessian, gradient))
    except np.linalg.LinAlgError:
        step = np.full(gradient.size, np.inf)
    if not np.abs(step).max() < 5.0:
        step = np.linalg.lstsq(hessian, gradient, rcond=1e-14)[0]
    return np.asarray(step)


def profile_limits(
    fit_at: Callable[[float], PoissonFit], n: float, start: float, level: float
) -> Limits:
    """Multinomial profile likelihood of N, as `uncounted.estimators._intervals.profile`.

    Parameters
    ----------
    fit_at
        Poisson fit with a given number of people on no list.
    n
        People observed.
    start
        Poisson estimate of people on no list, where the search starts.
    level
        Nominal coverage.
    """

    def at(x: float) -> float:
        n0 = math.expm1(x)
        total = n + n0
        gammas = math.lgamma(total + 1) - math.lgamma(n0 + 1)
        return fit_at(n0).loglik + total - total * math.log(total) + gammas

    def slope(x: float) -> float:
        """Of the log-likelihood in n0: its fitted coefficients are at their best and drop out."""
        n0 = math.expm1(x)
        total = n + n0
        psi = digamma(np.array([total + 1, n0 + 1]))
        return float(fit_at(n0).alpha[0] - math.log(total) + psi[0] - psi[1])

    centre, end = math.log1p(start), math.log(LARGEST_RATIO * n)
    low, high = max(centre - 1.0, 0.0), centre + 1.0
    while low > 0.0 and slope(low) < 0:
        low = max(low - 1.0, 0.0)
    while high < end and slope(high) > 0:
        high += 1.0
    best = root_between(slope, low, high)
    floor = at(best) - chi_square_1(1.0 - level) / 2.0
    least = 0.0
    if at(0.0) < floor:
        least = math.expm1(root_between(lambda x: at(x) - floor, 0.0, best))
    inside, far = best, best + 0.5
    while at(far) > floor and far < end:
        inside, far = far, far + 1.0
    most = math.inf
    if at(far) < floor:
        most = math.expm1(root_between(lambda x: at(x) - floor, inside, far))
    return Limits(n + math.expm1(best), n + least, n + most)
