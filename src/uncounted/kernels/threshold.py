"""Hamiltonian Monte Carlo for a Poisson log-linear model with normal priors.

Cells are capture histories by bit mask; the linear predictor is a subset sum of the coefficients
and the gradient a superset sum of the means. Coordinates are whitened by the curvature at the mode,
so the target is near a standard normal and few steps are enough (Neal 2011, Handbook of MCMC, ch. 5).

The loops are in `uncounted.kernels.threshold_loops`, where they are compiled; importing this imports
no compiler. Random numbers are drawn here, for machine code that is kept knows no generator.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from uncounted.kernels.arrays import Floats, Ints
from uncounted.kernels.native import Kernel

__all__ = ["Chance", "Posterior", "Room", "Whitening", "log_posterior", "run_hmc"]

_DENSITY = Kernel("threshold_loops", "density")
_CHAIN = Kernel("threshold_loops", "chain")


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


class Chance(NamedTuple):
    """Random numbers of a chain, a row for each draw.

    Parameters
    ----------
    normals
        Standard normal, shape (draws, p): the speeds.
    uniforms
        Between 0 and 1, shape (draws, 2): how far to go, and whether to accept.
    """

    normals: Floats
    uniforms: Floats


class Room(NamedTuple):
    """Room to work in: ``mu`` of shape (2**lists,), the others (p,)."""

    mu: Floats
    gradient: Floats
    alpha: Floats
    slope: Floats
    now: Floats
    speed: Floats
    trial: Floats


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
    value = np.zeros(1)
    _DENSITY(target, alpha, mu, gradient, value)
    return float(value[0])


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
    p, draws = z.size, warm + out.shape[0]
    chance = Chance(np.empty((draws, p)), np.empty((draws, 2)))
    for normals, uniforms in zip(*chance, strict=True):  # in the order of a chain: draw by draw
        rng.standard_normal(out=normals)
        rng.random(out=uniforms)
    room = Room(np.empty(target.counts.size), *(np.empty(p) for _ in Room._fields[1:]))
    step = np.zeros(1)
    _CHAIN(chance, target, whitening, z, warm, out, tally, room, step)
    return float(step[0])
