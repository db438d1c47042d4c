"""Fit a jump library to states of pilot chains of the latent class sampler.

An element of the library describes one arrangement of occupied classes by a multivariate t; see
`uncounted.kernels.latent_jumps` for how it is used, and why a poor library costs time but never
changes the answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.kernels import latent_jumps as _kernel
from uncounted.kernels.latent_jumps import MOST_CLASSES, em_many

__all__ = ["Library", "PilotStates", "empty_library", "fit_library"]

Floats = NDArray[np.float64]

_EPS = 0.004  # a class is occupied above this share of the observed
_DF = 6.0
_WIDER = 1.15
_NEAR = 0.35  # sup distance within which two fitted arrangements are one
_SMALLEST = 12
_MOST_CLUSTERS = 30
_EM_STEPS = 40


@dataclass(frozen=True, slots=True, eq=False)
class PilotStates:
    """States of pilot chains.

    Parameters
    ----------
    share
        Log observed shares, shape (states, K).
    l1
        Log lambda, shape (states, K, lists).
    """

    share: Floats
    l1: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """A frozen jump library.

    Parameters
    ----------
    parts
        What the compiled kernel reads.
    modes
        How many arrangements were found before large ones were split.
    """

    parts: _kernel.Library
    modes: int

    @property
    def elements(self) -> int:
        """How many multivariate t distributions it holds."""
        return int(self.parts.sizes.size)


def empty_library(t: int) -> Library:
    """Return a library that holds nothing: no jumps."""
    dim = MOST_CLASSES * (t + 1) - 1
    return Library(
        _kernel.Library(
            np.zeros(0, np.int64),
            np.zeros(0),
            np.zeros(0),
            np.zeros((0, dim)),
            np.zeros((0, dim, dim)),
            np.zeros((0, dim, dim)),
            _EPS,
            _DF,
        ),
        0,
    )


def fit_library(
    bits: NDArray[np.uint8], counts: Floats, pilot: PilotStates, rng: np.random.Generator
) -> Library:
    """Cluster pilot states by arrangement and fit a multivariate t to each cluster.

    Parameters
    ----------
    bits, counts
        Histories with people on them, shape (cells, lists), and their counts.
    pilot
        States of pilot chains.
    rng
        For splitting large clusters.
    """
    t = bits.shape[1]
    found: list[tuple[int, Floats]] = []
    for size, x, share, lam in _arrangements(pilot):
        em_many(_kernel.Data(bits, counts), share, lam, _EM_STEPS)
        labels = _leaders(np.concatenate([np.cbrt(lam).reshape(len(x), -1), share], axis=1))
        found.extend((size, x[labels == g]) for g in range(labels.max() + 1))
    found = [f for f in found if len(f[1]) >= _SMALLEST]
    found.sort(key=lambda f: -len(f[1]))
    found = found[:_MOST_CLUSTERS]
    if not found:
        return empty_library(t)
    pieces = [(size, part) for size, x in found for part in _split(x, rng)]
    weight = np.array([len(x) for _, x in pieces], dtype=float) ** 0.7
    rho = 0.8 * weight / weight.sum() + 0.2 / len(pieces)
    dim = MOST_CLASSES * (t + 1) - 1
    count = len(pieces)
    mean = np.zeros((count, dim))
    factor = np.zeros((count, dim, dim))
    inverse = np.zeros((count, dim, dim))
    norm = np.zeros(count)
    for r, (_, x) in enumerate(pieces):
        d = x.shape[1]
        lower = _spread(x)
        mean[r, :d] = x.mean(axis=0)
        factor[r, :d, :d] = lower
        inverse[r, :d, :d] = np.linalg.inv(lower)
        norm[r] = (
            math.lgamma(0.5 * (_DF + d))
            - math.lgamma(0.5 * _DF)
            - 0.5 * d * math.log(_DF * math.pi)
            - float(np.log(np.diag(lower)).sum())
        )
    sizes = np.array([size for size, _ in pieces], dtype=np.int64)
    parts = _kernel.Library(sizes, np.log(rho), norm, mean, factor, inverse, _EPS, _DF)
    return Library(parts, len(found))


def _arrangements(pilot: PilotStates) -> list[tuple[int, Floats, Floats, Floats]]:
    """States by number of occupied classes: size, coordinates, shares, lambda, largest first."""
    out = []
    order = np.argsort(-pilot.share, axis=1)
    share = np.take_along_axis(pilot.share, order, axis=1)
    l1 = np.take_along_axis(pilot.l1, order[:, :, None], axis=1)
    occupied = (share > math.log(_EPS)).sum(axis=1)
    for size in range(1, MOST_CLASSES + 1):
        mine = occupied == size
        if not mine.any():
            continue
        ls, lam = share[mine, :size], np.exp(l1[mine, :size])
        x = np.concatenate([np.cbrt(lam).reshape(len(ls), -1), ls[:, :-1] - ls[:, -1:]], axis=1)
        r = np.exp(ls - ls.max(axis=1, keepdims=True))
        lam = np.clip(lam, 1e-7, 1.0 - 1e-7)
        out.append((size, x, np.ascontiguousarray(r / r.sum(axis=1, keepdims=True)), lam.copy()))
    return out


def _leaders(points: Floats) -> NDArray[np.int64]:
    """Sequential clustering: a point joins the first leader within `_NEAR` in every coordinate."""
    leaders: list[Floats] = []
    labels = np.empty(len(points), dtype=np.int64)
    for i, point in enumerate(points):
        if leaders:
            distance = np.abs(np.array(leaders) - point).max(axis=1)
            near = int(distance.argmin())
            if distance[near] < _NEAR:
                labels[i] = near
                continue
        labels[i] = len(leaders)
        if len(leaders) < 200:
            leaders.append(point)
        else:
            labels[i] = 0
    return labels


def _split(x: Floats, rng: np.random.Generator) -> list[Floats]:
    """Split a large cluster into up to four parts by k-means on scaled coordinates."""
    parts = min(4, len(x) // (6 * x.shape[1]))
    if parts < 2:
        return [x]
    scaled = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-9)
    centres = scaled[rng.choice(len(x), parts, replace=False)]
    labels = np.zeros(len(x), dtype=np.int64)
    for _ in range(15):
        labels = ((scaled[:, None, :] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.array(
            [
                scaled[labels == g].mean(axis=0) if (labels == g).any() else centres[g]
                for g in range(parts)
            ]
        )
    split = [x[labels == g] for g in range(parts)]
    return split if all(len(p) >= 2 * x.shape[1] for p in split) else [x]


def _spread(x: Floats) -> Floats:
    """Lower factor of the scale matrix: covariance shrunk to its diagonal and widened."""
    d = x.shape[1]
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    diagonal = np.diag(np.maximum(np.diag(covariance), 1e-5))
    lean = min(0.9, max(0.02, d / (d + len(x))))
    scale = _WIDER * ((1.0 - lean) * covariance + lean * diagonal)
    scale += 1e-7 * np.eye(d)
    lower: Floats = np.linalg.cholesky(scale)
    return lower
