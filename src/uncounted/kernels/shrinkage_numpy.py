"""Plain numpy twins of `uncounted.kernels.shrinkage`: one setting, explicit design matrix and prior.

Slow and obvious; the tests run them against the compiled loops.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["first_fits_numpy", "profile_numpy"]


def _parts(
    t: int,
    masks: NDArray[np.int64],
    strong: NDArray[np.bool_],
    spread: float,
    strong_sd: NDArray[np.float64],
    lift: NDArray[np.float64],
    told: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    cells = np.arange(1 << t)
    design = ((cells[:, None] & masks[None, :]) == masks[None, :]).astype(float)
    sizes = np.array([int(m).bit_count() for m in masks])
    pairs = np.flatnonzero(sizes == 2)
    triples = np.flatnonzero(sizes == 3)
    cover = np.zeros((masks.size, masks.size))
    weak = pairs[~strong]
    cover[np.ix_(weak, weak)] = spread**2 * (np.eye(weak.size) + 1.0)
    cover[pairs[strong], pairs[strong]] = strong_sd[strong] ** 2
    cover[np.ix_(triples, triples)] = (spread / 2) ** 2 * (np.eye(triples.size) + 1.0)
    proper = np.concatenate((pairs, triples))
    precision = np.zeros_like(cover)
    half = 0.0
    if proper.size:
        block = cover[np.ix_(proper, proper)]
        precision[np.ix_(proper, proper)] = np.linalg.inv(block)
        half = -0.5 * float(np.linalg.slogdet(block)[1])
    captured = np.array([int(w).bit_count() for w in cells])
    return design, precision, lift[captured] + told, half


def _maximum(
    design: NDArray[np.float64],
    offset: NDArray[np.float64],
    counts: NDArray[np.float64],
    precision: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    a = np.zeros(design.shape[1])
    a[0] = np.log(counts.sum())
    a[1:] = 0.0

    def objective(x: NDArray[np.float64]) -> float:
        eta = design @ x + offset
        return float(counts @ eta - np.exp(eta).sum() - 0.5 * x @ precision @ x)

    for _ in range(200):
        mu = np.exp(design @ a + offset)
        gradient = design.T @ (counts - mu) - precision @ a
        hessian = design.T @ (mu[:, None] * design) + precision
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while objective(a + size * step) < objective(a) - 1e-12 and size > 1e-8:
            size /= 2
        a = a + size * step
        if gradient @ step < 1e-12:
            break
    mu = np.exp(design @ a + offset)
    hessian = design.T @ (mu[:, None] * design) + precision
    value = objective(a) - 0.5 * float(np.linalg.slogdet(hessian)[1])
    return a, value, hessian


def first_fits_numpy(
    t: int,
    masks: NDArray[np.int64],
    counts: NDArray[np.float64],
    strong: NDArray[np.bool_],
    spread: float,
    lift: NDArray[np.float64],
    strong_sd: NDArray[np.float64],
    told: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float, float]:
    """Plain twin of `first_fits` for one setting: coefficients, error of a_0, evidence."""
    design, precision, offset, half = _parts(t, masks, strong, spread, strong_sd, lift, told)
    a, value, hessian = _maximum(design[1:], offset[1:], counts[1:], precision)
    return a, float(np.sqrt(np.linalg.inv(hessian)[0, 0])), value + half


def profile_numpy(
    t: int,
    masks: NDArray[np.int64],
    counts: NDArray[np.float64],
    strong: NDArray[np.bool_],
    spread: float,
    lift: NDArray[np.float64],
    strong_sd: NDArray[np.float64],
    told: NDArray[np.float64],
    hidden: float,
) -> float:
    """Plain twin of `profile` for one setting and one value of n0."""
    design, precision, offset, half = _parts(t, masks, strong, spread, strong_sd, lift, told)
    full = counts.copy()
    full[0] = hidden
    return _maximum(design, offset, full, precision)[1] + half
