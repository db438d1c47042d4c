# mypy: disable-error-code="no-any-return"
"""Compiled random draws that numba's generators lack or draw inaccurately for our use."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["binomial", "log_gamma_draw", "poisson"]

_SWITCH = 12.0  # binomial means below this are drawn by inversion


@njit(nogil=True, cache=True)
def binomial(rng: np.random.Generator, n: float, p: float) -> float:
    """Draw a binomial: inversion for small means, else BTRS (Hoermann 1993)."""
    if n <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - binomial_half(rng, n, 1.0 - p)
    return binomial_half(rng, n, p)


@njit(nogil=True, cache=True)
def binomial_half(rng: np.random.Generator, n: float, p: float) -> float:
    """Draw a binomial with ``p <= 1/2``."""
    if n * p < _SWITCH:
        odds = p / (1.0 - p)
        f = math.exp(n * math.log1p(-p))
        u = rng.random()
        k = 0.0
        while u > f:
            u -= f
            k += 1.0
            if k > n:  # rounding left over: start again
                k = 0.0
                f = math.exp(n * math.log1p(-p))
                u = rng.random()
            else:
                f *= odds * (n - k + 1.0) / k
        return k
    spq = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spq
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    vr = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * spq
    lpq = math.log(p / (1.0 - p))
    m = math.floor((n + 1.0) * p)
    h = math.lgamma(m + 1.0) + math.lgamma(n - m + 1.0)
    while True:
        v = rng.random()
        u = rng.random() - 0.5
        us = 0.5 - abs(u)
        if us <= 0.0:
            continue
        k = math.floor((2.0 * a / us + b) * u + c)
        if us >= 0.07 and v <= vr:
            return k
        if k < 0.0 or k > n:
            continue
        v = math.log(v * alpha / (a / (us * us) + b))
        if v <= h - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0) + (k - m) * lpq:
            return k


@njit(nogil=True, cache=True)
def poisson(rng: np.random.Generator, rate: float) -> float:
    """Draw a Poisson count as a float; beyond 1e12 by its normal limit (relative error 1e-6)."""
    if rate <= 0.0:
        return 0.0
    if rate < 1e12:
        return float(rng.poisson(rate))
    return max(0.0, math.floor(rate + math.sqrt(rate) * rng.standard_normal() + 0.5))


@njit(nogil=True, cache=True)
def log_gamma_draw(rng: np.random.Generator, shape: float) -> float:
    """Log of a Gamma(shape, 1) draw, without underflow for small shapes."""
    if shape >= 1.0:
        return math.log(rng.standard_gamma(shape))
    return math.log(rng.standard_gamma(shape + 1.0)) - rng.standard_exponential() / shape
