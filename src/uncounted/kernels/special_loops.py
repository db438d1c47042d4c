"""Compiled loops of `uncounted.kernels.special`, for many values at once."""

from __future__ import annotations

import math

import numba as nb

from uncounted.kernels.arrays import Floats

__all__ = ["log_gammas", "poisson_sums"]


@nb.njit(nogil=True, cache=True)
def log_gammas(x: Floats, out: Floats) -> None:
    """Log Gamma(x) of every entry, x > 0."""
    for i in range(x.size):
        out[i] = math.lgamma(x[i])


@nb.njit(nogil=True, cache=True)
def poisson_sums(count: Floats, mean: Floats, out: Floats) -> None:
    """Smaller Poisson tail over P(X = count), entry by entry: away from the mean, terms only fall."""
    for i in range(count.size):
        k = count[i]
        m = mean[i]
        safe = m if m > 0.0 else 1.0
        total = 1.0
        term = 1.0
        step = 0.0
        while True:
            if k < m:
                term *= (k - step) / safe
            else:
                term *= m / (k + 1.0 + step)
            term = max(term, 0.0)
            if not term > 1e-17 * total:
                break
            total += term
            step += 1.0
        out[i] = total
