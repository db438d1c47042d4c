"""Plain numpy twin of `uncounted.kernels.poisson`: one fit at a time, by the design matrix.

Slow and obvious on purpose. The tests run it against the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PlainFit", "design", "fit", "remaining"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlainFit:
    """One fit: coefficients shape (terms,), means shape (2**t,), log-likelihood without factorials."""

    alpha: Floats
    mu: Floats
    loglik: float
    variance: float


def design(terms: NDArray[np.int64], cells: int) -> Floats:
    """0/1 matrix of shape (cells, terms): whether the term is a subset of the cell."""
    masks = np.arange(cells)[:, None]
    held: NDArray[np.bool_] = (masks & terms[None, :]) == terms[None, :]
    return held.astype(np.float64)


def remaining(
    counts: Floats, terms: NDArray[np.int64], zero: float = -1.0
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells and terms that stay in the likelihood, shapes (2**t,) and (terms,)."""
    x = design(terms, counts.size)
    seen = counts.copy()
    seen[0] = max(zero, 0.0)
    keep_terms = np.asarray((x.T @ seen > 0) | (terms == 0), dtype=np.bool_)
    live = np.asarray(~(x[:, ~keep_terms] > 0).any(axis=1), dtype=np.bool_)
    live[0] = zero >= 0.0
    return live, keep_terms


def fit(
    counts: Floats, terms: NDArray[np.int64], zero: float = -1.0, iterations: int = 200
) -> PlainFit:
    """Newton with step halving, on the cells and terms that remain.

    Parameters
    ----------
    counts
        Shape (2**t,), by mask; entry 0 is not read.
    terms
        Masks, the intercept (0) included.
    zero
        Count of the all-zero cell where it is given; negative where unknown.
    """
    live, keep = remaining(counts, terms, zero)
    y = counts.copy()
    y[0] = max(zero, 0.0)
    y = y[live]
    x = design(terms[keep], counts.size)
    xs = x[live]
    alpha = np.linalg.lstsq(
        xs * np.sqrt(y + 0.5)[:, None], np.sqrt(y + 0.5) * np.log(y + 0.5), rcond=None
    )[0]

    def value(a: Floats) -> float:
        eta = xs @ a
        return float(y @ eta - np.exp(np.minimum(eta, 700.0)).sum())

    now = value(alpha)
    for _ in range(iterations):
        mu = np.exp(xs @ alpha)
        hessian = xs.T @ (mu[:, None] * xs)
        step = np.linalg.solve(hessian, xs.T @ (y - mu))
        size = 1.0
        while value(alpha + size * step) < now - 1e-12 * abs(now) and size > 1e-6:
            size /= 2
        alpha = alpha + size * step
        now = value(alpha)
        if np.abs(step).max() < 1e-12:
            break
    mu = np.exp(xs @ alpha)
    hessian = xs.T @ (mu[:, None] * xs)
    full = np.full(terms.size, -np.inf)
    full[keep] = alpha
    fitted = np.zeros(counts.size)
    fitted[live] = mu
    intercept = int(np.flatnonzero(terms[keep] == 0)[0])
    fitted[0] = np.exp(alpha[intercept])
    variance = float(np.linalg.inv(hessian)[intercept, intercept])
    return PlainFit(full, fitted, now, variance)
