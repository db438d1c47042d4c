# mypy: disable-error-code="no-any-return"
"""Compiled loops of `uncounted.kernels.threshold`."""

from __future__ import annotations

import math

from numba import njit

from uncounted.kernels.arrays import Floats, Ints
from uncounted.kernels.threshold import Chance, Posterior, Room, Whitening

__all__ = ["chain", "density"]


@njit(nogil=True, cache=True)
def _log_posterior(target: Posterior, alpha: Floats, mu: Floats, gradient: Floats) -> float:
    """Log posterior density of coefficients, and its gradient."""
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
def density(target: Posterior, alpha: Floats, mu: Floats, gradient: Floats, found: Floats) -> None:
    """Put the log posterior density in ``found``, shape (1,)."""
    found[0] = _log_posterior(target, alpha, mu, gradient)


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
def chain(
    chance: Chance,
    target: Posterior,
    whitening: Whitening,
    z: Floats,
    warm: int,
    out: Floats,
    tally: Ints,
    room: Room,
    found: Floats,
) -> None:
    """Run one chain; see `uncounted.kernels.threshold.run_hmc`. ``found`` takes the step used."""
    p = z.size
    factor = whitening.factor
    normals, uniforms = chance
    mu, gradient, alpha, slope, now, speed, trial = room
    _place(whitening, z, alpha)
    log_p = _log_posterior(target, alpha, mu, gradient)
    _slope(factor, gradient, now)
    step = 0.4
    log_mean = 0.0
    error = 0.0
    for draw in range(warm + out.shape[0]):
        kinetic = 0.0
        for i in range(p):
            speed[i] = normals[draw, i]
            kinetic += 0.5 * speed[i] * speed[i]
            trial[i] = z[i]
            slope[i] = now[i]
        length = 0.9 + 1.3 * uniforms[draw, 0]  # around a quarter turn of the standard normal
        steps = max(1, min(200, math.ceil(length / step)))
        new_p = log_p
        for _ in range(steps):
            for i in range(p):
                speed[i] += 0.5 * step * slope[i]
                trial[i] += step * speed[i]
            _place(whitening, trial, alpha)
            new_p = _log_posterior(target, alpha, mu, gradient)
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
        likely = 0.0 if not gain > -700.0 else math.exp(min(0.0, gain))
        if uniforms[draw, 1] < likely:
            log_p = new_p
            for i in range(p):
                z[i] = trial[i]
                now[i] = slope[i]
            if draw >= warm:
                tally[0] += 1
        if draw < warm:  # dual averaging towards 90% accepted (Hoffman & Gelman 2014, eq. 6)
            m = draw + 1.0
            error += (0.9 - likely - error) / (m + 10.0)
            log_step = math.log(4.0) - math.sqrt(m) / 0.05 * error
            log_step = min(max(log_step, -9.0), 0.3)
            weight = m**-0.75
            log_mean = weight * log_step + (1.0 - weight) * log_mean
            step = math.exp(log_step if draw < warm - 1 else log_mean)
        else:
            _place(whitening, z, alpha)
            for i in range(p):
                out[draw - warm, i] = alpha[i]
    found[0] = step
