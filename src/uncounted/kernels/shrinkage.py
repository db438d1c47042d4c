"""Penalised Poisson fits of log-linear models with shrunken interactions, eight side by side.

The model over capture histories w of t lists, the all-zero one holding n0:

    log mu_w = a_0 + sum a_j w_j + sum b_ij w_i w_j + sum c_ijk w_i w_j w_k + h(|w|)

with normal priors on pairs and triples, and h an offset. No design matrix is built: see
`uncounted.kernels.poisson_loops`. A *setting* is one choice of strong pairs, spread and
heterogeneity; eight settings stand in the last axis. The loops are in
`uncounted.kernels.shrinkage_loops`, where they are compiled; importing this imports no compiler.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from uncounted.kernels.arrays import Bools, Floats, Ints
from uncounted.kernels.native import Kernel

__all__ = [
    "LANES",
    "NODES",
    "Eight",
    "FitSettings",
    "Priors",
    "Terms",
    "first_fits",
    "profile",
    "spread",
]

LANES = 8
NODES = 15

_FIRST = Kernel("shrinkage_loops", "first_fits")
_PROFILE = Kernel("shrinkage_loops", "profile")
_SPREAD = Kernel("shrinkage_loops", "spread")


class Terms(NamedTuple):
    """The terms of the model.

    Parameters
    ----------
    t
        Lists.
    masks
        Masks of the terms (0, lists, pairs, triples), shape (p,).
    first_triple
        Index of the first triple.
    star
        Superset sums of the counts at ``masks``, shape (p,).
    """

    t: int
    masks: Ints
    first_triple: int
    star: Floats


class FitSettings(NamedTuple):
    """Settings to fit, in the order of their evaluation.

    Parameters
    ----------
    strong
        Shape (settings, pairs) bool: the strong pairs of each setting.
    spreads
        Shape (settings,): s.
    lifts
        Shape (settings, t + 1): h(k) for somebody on k lists, h(0) = 0; all 0 where nobody is
        easier to find than others.
    log_prior
        Shape (settings,): log prior probability of the setting.
    strong_sd
        Shape (pairs,): prior standard deviation of each pair where it is strong.
    told
        Shape (2**t,): what is known of the log means besides, added to the offset; entry 0 is 0.
    """

    strong: Bools
    spreads: Floats
    lifts: Floats
    log_prior: Floats
    strong_sd: Floats
    told: Floats


class Priors(NamedTuple):
    """Priors of eight settings as they enter Newton's step, each with the lanes in its last axis.

    Parameters
    ----------
    offset
        Shape (2**t, LANES): the heterogeneity h.
    diagonal, outside
        Shape (p, LANES): diagonal of the prior precision, and 1 for weak pairs.
    pull2, pull3
        Shape (LANES,): what pairs and triples take from each other's precision.
    half
        Shape (LANES,): what a setting's log evidence has beside the fit's.
    """

    offset: Floats
    diagonal: Floats
    outside: Floats
    pull2: Floats
    pull3: Floats
    half: Floats


class Eight(NamedTuple):
    """Eight settings in work.

    Parameters
    ----------
    priors
        Of each.
    hidden
        Shape (LANES,): counts of the all-zero cell, where it is in the likelihood.
    a
        Shape (p, LANES): coefficients, start and result.
    mu, sums
        Shape (2**t, LANES): means and their superset sums.
    h, step
        Shapes (p, p, LANES) and (p, LANES): of Newton's step; ``h`` is left as its Cholesky factor.
    value
        Shape (LANES,): penalised log-likelihood.
    decrement, rise, pair_sum, triple_sum
        Shape (LANES,): of Newton's step.
    before, middle
        Shape (p, LANES): earlier solutions along a profile.
    row
        Shape (p,).
    """

    priors: Priors
    hidden: Floats
    a: Floats
    mu: Floats
    sums: Floats
    h: Floats
    step: Floats
    value: Floats
    decrement: Floats
    rise: Floats
    pair_sum: Floats
    triple_sum: Floats
    before: Floats
    middle: Floats
    row: Floats


def _eight(terms: Terms) -> Eight:
    p, cells = terms.masks.size, 1 << terms.t
    tall, wide = (p, LANES), (cells, LANES)
    lane = np.zeros((9, LANES))
    priors = Priors(np.zeros(wide), np.zeros(tall), np.zeros(tall), lane[0], lane[1], lane[2])
    return Eight(
        priors, lane[3], np.zeros(tall), np.zeros(wide), np.zeros(wide),
        np.zeros((p, p, LANES)), np.zeros(tall), lane[4], lane[5], lane[6], lane[7], lane[8],
        np.zeros(tall), np.zeros(tall), np.zeros(p),
    )  # fmt: skip


def first_fits(
    counts: NDArray[np.float64], terms: Terms, settings: FitSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Fit every setting with the all-zero cell left out.

    Parameters
    ----------
    counts
        Observed counts, shape (2**t,), entry 0 zero.
    terms, settings
        See `Terms` and `FitSettings`.

    Returns
    -------
    coefficients, error, evidence
        Shape (settings, p); standard error of a_0; Laplace log evidence without constants.
    """
    many = settings.spreads.size
    coefficients = np.empty((many, terms.masks.size))
    error, evidence = np.empty(many), np.empty(many)
    _FIRST(counts, terms, settings, coefficients, error, evidence, _eight(terms))
    return coefficients, error, evidence


def profile(
    counts: NDArray[np.float64],
    terms: Terms,
    settings: FitSettings,
    coefficients: NDArray[np.float64],
    nodes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Log density of log n0 at the nodes of every setting, all parameters integrated (Laplace).

    Parameters
    ----------
    coefficients
        Shape (settings, p): from `first_fits`.
    nodes
        Shape (settings, NODES): increasing values of log n0.
    others
        As in `first_fits`.

    Returns
    -------
    ndarray, shape (settings, NODES)
        Penalised log-likelihood less half log determinant plus log prior; what depends on n0
        alone (its factorial, the prior on N, the Jacobian) is left to the caller.
    """
    out = np.empty((settings.spreads.size, NODES))
    _PROFILE(counts, terms, settings, coefficients, nodes, out, _eight(terms))
    return out


def spread(
    nodes: NDArray[np.float64], levels: NDArray[np.float64], y: NDArray[np.float64], top: float
) -> NDArray[np.float64]:
    """Densities on the grid from log densities at nodes, by four-point interpolation.

    Parameters
    ----------
    nodes, levels
        Shape (settings, NODES): equally spaced values on the grid's scale and log densities.
    y
        Shape (points,): the grid.
    top
        Subtracted from the log densities.

    Returns
    -------
    ndarray, shape (settings, points)
        ``exp(log density - top)``. Beyond the nodes the last slope goes on where the density
        falls outwards, and stays level where it does not.
    """
    out = np.zeros((nodes.shape[0], y.size))
    _SPREAD(nodes, levels, y, top, out)
    return out
