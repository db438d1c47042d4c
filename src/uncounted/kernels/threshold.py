# mypy: disable-error-code="no-any-return"
"""Compiled Hamiltonian Monte Carlo for a Poisson log-linear model with normal priors.

Cells are capture histories by bit mask; the linear predictor is a subset sum of the coefficients
and the gradient a superset sum of the means. Coordinates are whitened by the curvature at the mode,
so the target is near a standard normal and few steps are enough (Neal 2011, Handbook of MCMC, ch. 5).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from uncounted.kernels.arrays import Floats, Ints

__all__ = ["Posterior", "Whitening", "log_posterior", "run_hmc"]


class Posterior(NamedTuple):
    """What the posterior is of.

    Parameters
    ----------
    counts
        Floats, shape (2**lists,), by mask.
    live
        1.0 for cells in the likelihood, 0.0 for the all-zero cell and cells left out.
    terms
        Masks of the coefficients, shape (p,); the intercept is mask 0.
    precision
        Prior precisions, shape (p,); 0 for a flat prior.
    """

    counts: Floats
    live: Floats
    terms: Ints
    precision: Floats


class Whitening(NamedTuple):
    """Coordinates near a standard normal: centre, shape (p,), and upper triangular factor (p, p)."""

    mode: Floats
    factor: Floats


@njit(nogil=True, cache=True)
def log_posterior(target: Posterior, alpha: Floats, mu: Floats, gradient: Floats) -> float:
    """Log posterior density of coefficients, and its gradient.

    Parameters
    ----------
    target
        What it is of.
    alpha
        Coefficients, shape (p,).
    mu
        Work space, shape (2**lists,).
    gradient
        Filled, shape (p,).
    """
    counts, live, terms, precision = target
    cells = counts.size
    for c in range(cells):
        mu[c] = 0.0
    for i in range(terms.size):
        mu[terms[i]] = alpha[i]
    bit = 1
    while bit < cells:
        for c in range(cells):
            if c & bit:
                mu[c] += mu[c ^ bit]
        bit <<= 1
    total = 0.0
    for c in range(cells):
        if live[c] > 0.0:
            eta = mu[c]
            m = math.exp(eta) if eta < 700.0 else math.inf
            total += counts[c] * eta - m
            mu[c] = counts[c] - m
        else:
            mu[c] = 0.0
    bit = 1
    while bit < cells:
        for c in range(cells):
            if not c & bit:
                mu[c] += mu[c ^ bit]
        bit <<= 1
    for i in range(terms.size):
        gradient[i] = mu[terms[i]] - precision[i] * alpha[i]
        total -= 0.5 * precision[i] * alpha[i] * alpha[i]
    return total


@njit(nogil=True, cache=True)
def _place(whitening: Whitening, z: Floats, alpha: Floats) -> None:
    """``alpha = mode + factor z`` with ``factor`` upper triangular."""
    mode, factor = whitening
    p = z.size
    for i in range(p):
        x = mode[i]
        for j in range(i, p):
            x += factor[i, j] * z[j]
        alpha[i] = x


@njit(nogil=True, cache=True)
def _slope(factor: Floats, gradient: Floats, out: Floats) -> None:
    """Gradient in whitened coordinates: ``factor^T gradient``."""
    p = out.size
    for j in range(p):
        x = 0.0
        for i in range(j + 1):
            x += factor[i, j] * gradient[i]
        out[j] = x


@njit(nogil=True, cache=True)
def run_hmc(
    rng: np.random.Generator,
    target: Posterior,
    whitening: Whitening,
    z: Floats,
    warm: int,
    out: Floats,
    tally: Ints,
) -> float:
    """Run one chain; the step is tuned in the warm-up and then frozen.

    Parameters
    ----------
    rng
        Generator of this chain alone.
    target
        What the posterior is of.
    whitening
        Coordinates to move in.
    z
        Start, whitened, shape (p,); changed in place.
    warm
        Warm-up draws, thrown away.
    out
        Filled with coefficients, shape (draws, p).
    tally
        Filled, shape (2,): draws accepted after the warm-up, and gradients taken.

    Returns
    -------
    float
        The step used.
    """
    p = z.size
    factor = whitening.factor
    mu = np.empty(target.counts.size)
    gradient = np.empty(p)
    alpha = np.empty(p)
    slope = np.empty(p)
    now = np.empty(p)
    speed = np.empty(p)
    trial = np.empty(p)
    _place(whitening, z, alpha)
    log_p = log_posterior(target, alpha, mu, gradient)
    _slope(factor, gradient, now)
    step = 0.4
    log_mean = 0.0
    error = 0.0
    for draw in range(warm + out.shape[0]):
        kinetic = 0.0
        for i in range(p):
            speed[i] = rng.standard_normal()
            kinetic += 0.5 * speed[i] * speed[i]
            trial[i] = z[i]
            slope[i] = now[i]
        length = 0.9 + 1.3 * rng.random()  # around a quarter turn of the standard normal
        steps = max(1, min(200, math.ceil(length / step)))
        new_p = log_p
        for _ in range(steps):
            for i in range(p):
                speed[i] += 0.5 * step * slope[i]
                trial[i] += step * speed[i]
            _place(whitening, trial, alpha)
            new_p = log_posterior(target, alpha, mu, gradient)
            _slope(factor, gradient, slope)
            if not new_p > -1e300:
                break
            for i in range(p):
                speed[i] += 0.5 * step * slope[i]
        tally[1] += steps
        new_kinetic = 0.0
        for i in range(p):
            new_kinetic += 0.5 * speed[i] * speed[i]
        gain = (new_p - new_kinetic) - (log_p - kinetic)
        chance = 0.0 if not gain > -700.0 else math.exp(min(0.0, gain))
        if rng.random() < chance:
            log_p = new_p
            for i in range(p):
                z[i] = trial[i]
                now[i] = slope[i]
            if draw >= warm:
                tally[0] += 1
        if draw < warm:  # dual averaging towards 90% accepted (Hoffman & Gelman 2014, eq. 6)
            m = draw + 1.0
            error += (0.9 - chance - error) / (m + 10.0)
            log_step = math.log(4.0) - math.sqrt(m) / 0.05 * error
            log_step = min(max(log_step, -9.0), 0.3)
            weight = m**-0.75
            log_mean = weight * log_step + (1.0 - weight) * log_mean
            step = math.exp(log_step if draw < warm - 1 else log_mean)
        else:
            _place(whitening, z, alpha)
            for i in range(p):
                out[draw - warm, i] = alpha[i]
    return step
