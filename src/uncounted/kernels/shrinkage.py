"""Penalised Poisson fits of log-linear models with shrunken interactions, eight side by side.

The model over capture histories w of t lists, the all-zero one holding n0:

    log mu_w = a_0 + sum a_j w_j + sum b_ij w_i w_j + sum c_ijk w_i w_j w_k + h(|w|)

with normal priors on pairs and triples, and h an offset. No design matrix is built: see
`uncounted.kernels.poisson`. A *setting* is one choice of strong pairs, spread and heterogeneity;
eight settings stand in the last axis.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LANES",
    "NODES",
    "FitSettings",
    "Terms",
    "first_fits",
    "first_fits_numpy",
    "profile",
    "profile_numpy",
    "spread",
]

LANES = 8
NODES = 15
_RIDGE = 1e-8
"""Precision of the "flat" priors: keeps a list that holds everybody from running away."""
_MOST = 60


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
    masks: NDArray[np.int64]
    first_triple: int
    star: NDArray[np.float64]


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
        Prior standard deviation of a strong pair.
    """

    strong: NDArray[np.bool_]
    spreads: NDArray[np.float64]
    lifts: NDArray[np.float64]
    log_prior: NDArray[np.float64]
    strong_sd: float


class _Penalty(NamedTuple):
    """Priors of eight settings as they enter Newton's step, each with the lanes in its last axis."""

    offset: NDArray[np.float64]
    diagonal: NDArray[np.float64]
    outside: NDArray[np.float64]
    pull2: NDArray[np.float64]
    pull3: NDArray[np.float64]


class _Work(NamedTuple):
    """Where `_newton` works on eight settings: start and result ``a``, and what it leaves behind."""

    a: NDArray[np.float64]
    mu: NDArray[np.float64]
    sums: NDArray[np.float64]
    h: NDArray[np.float64]
    step: NDArray[np.float64]
    value: NDArray[np.float64]


@nb.njit(nogil=True, cache=True)
def _newton(
    terms: Any, penalty: Any, hidden: Any, with_empty: bool, tolerance: float, work: Any
) -> None:
    """Maximise eight penalised likelihoods; ``work.a`` is start and result.

    On return ``h`` holds the Cholesky factor of H + P at the point before the last (converged)
    step, ``mu`` the means, and ``value`` the penalised log-likelihood without log-factorials,
    less half the log determinant of H + P.
    """
    t, masks, first_triple, star = terms
    offset, diagonal, outside, pull2, pull3 = penalty
    a, mu, sums, h, step, value = work
    cells = 1 << t
    p = masks.size
    lanes = a.shape[1]
    decrement = np.empty(lanes)
    rise = np.empty(lanes)
    pair_sum = np.empty(lanes)
    triple_sum = np.empty(lanes)
    for iteration in range(_MOST):
        # Linear predictor and means.
        for w in range(cells):
            for k in range(lanes):
                mu[w, k] = 0.0
        for i in range(p):
            m = masks[i]
            for k in range(lanes):
                mu[m, k] = a[i, k]
        for b in range(t):
            bit = 1 << b
            for w in range(cells):
                if w & bit:
                    v = w ^ bit
                    for k in range(lanes):
                        mu[w, k] += mu[v, k]
        for w in range(cells):
            for k in range(lanes):
                mu[w, k] = math.exp(min(mu[w, k] + offset[w, k], 45.0))
        if not with_empty:
            for k in range(lanes):
                mu[0, k] = 0.0
        for w in range(cells):
            for k in range(lanes):
                sums[w, k] = mu[w, k]
        for b in range(t):
            bit = 1 << b
            for w in range(cells):
                if not w & bit:
                    v = w | bit
                    for k in range(lanes):
                        sums[w, k] += sums[v, k]
        # Gradient (into step) and penalised Hessian (lower triangle of h).
        for k in range(lanes):
            pair_sum[k] = 0.0
            triple_sum[k] = 0.0
        for i in range(1 + t, first_triple):
            for k in range(lanes):
                pair_sum[k] += outside[i, k] * a[i, k]
        for i in range(first_triple, p):
            for k in range(lanes):
                triple_sum[k] += a[i, k]
        for i in range(p):
            mi = masks[i]
            for k in range(lanes):
                step[i, k] = star[i] - sums[mi, k] - diagonal[i, k] * a[i, k]
            if i == 0 and with_empty:
                for k in range(lanes):
                    step[0, k] += hidden[k]
            if i >= first_triple:
                for k in range(lanes):
                    step[i, k] += pull3[k] * triple_sum[k]
            elif i > t:
                for k in range(lanes):
                    step[i, k] += pull2[k] * outside[i, k] * pair_sum[k]
            for j in range(i + 1):
                m = mi | masks[j]
                for k in range(lanes):
                    h[i, j, k] = sums[m, k]
                if i >= first_triple:
                    if j >= first_triple:
                        for k in range(lanes):
                            h[i, j, k] -= pull3[k]
                elif j > t:
                    for k in range(lanes):
                        h[i, j, k] -= pull2[k] * outside[i, k] * outside[j, k]
            for k in range(lanes):
                h[i, i, k] += diagonal[i, k]
        # Cholesky, in place.
        for i in range(p):
            for j in range(i + 1):
                for c in range(j):
                    for k in range(lanes):
                        h[i, j, k] -= h[i, c, k] * h[j, c, k]
                if i == j:
                    for k in range(lanes):
                        h[i, i, k] = math.sqrt(max(h[i, i, k], 1e-12))
                else:
                    for k in range(lanes):
                        h[i, j, k] /= h[j, j, k]
        for i in range(p):
            for c in range(i):
                for k in range(lanes):
                    step[i, k] -= h[i, c, k] * step[c, k]
            for k in range(lanes):
                step[i, k] /= h[i, i, k]
        for k in range(lanes):
            decrement[k] = 0.0
        for i in range(p):
            for k in range(lanes):
                decrement[k] += step[i, k] * step[i, k]
        for i in range(p - 1, -1, -1):
            for c in range(i + 1, p):
                for k in range(lanes):
                    step[i, k] -= h[c, i, k] * step[c, k]
            for k in range(lanes):
                step[i, k] /= h[i, i, k]
        worst = 0.0
        for k in range(lanes):
            worst = max(worst, decrement[k])
        if worst < tolerance or iteration == _MOST - 1:
            break
        # Shorten the step where a linear predictor would rise far.
        for w in range(cells):
            for k in range(lanes):
                sums[w, k] = 0.0
        for i in range(p):
            m = masks[i]
            for k in range(lanes):
                sums[m, k] = step[i, k]
        for b in range(t):
            bit = 1 << b
            for w in range(cells):
                if w & bit:
                    v = w ^ bit
                    for k in range(lanes):
                        sums[w, k] += sums[v, k]
        for k in range(lanes):
            rise[k] = 0.0
        for w in range(0 if with_empty else 1, cells):
            for k in range(lanes):
                rise[k] = max(rise[k], sums[w, k])
        for k in range(lanes):
            scale = 1.0
            if rise[k] > 1.5:
                scale = math.log1p(rise[k]) / rise[k]
            rise[k] = scale
        for i in range(p):
            for k in range(lanes):
                a[i, k] += rise[k] * step[i, k]
    # Penalised log-likelihood at a, plus the half decrement Newton's next step would gain.
    for k in range(lanes):
        total = 0.5 * decrement[k]
        for i in range(p):
            total += star[i] * a[i, k] - 0.5 * diagonal[i, k] * a[i, k] * a[i, k]
        total += 0.5 * pull2[k] * pair_sum[k] * pair_sum[k]
        total += 0.5 * pull3[k] * triple_sum[k] * triple_sum[k]
        if with_empty:
            total += hidden[k] * a[0, k]
        for w in range(cells):
            total -= mu[w, k]
        for i in range(p):
            total -= math.log(h[i, i, k])
        value[k] = total


@nb.njit(nogil=True, cache=True)
def _prior(terms: Any, strong: Any, spread: float, strong_sd: float, k: int, penalty: Any) -> float:
    """Write one setting's prior precision into lane ``k``; half its log determinant."""
    t, masks, first_triple, _ = terms
    _, diagonal, outside, pull2, pull3 = penalty
    p = masks.size
    many = 0
    half = 0.0
    for i in range(p):
        outside[i, k] = 0.0
        diagonal[i, k] = _RIDGE
    for i in range(1 + t, first_triple):
        if strong[i - 1 - t]:
            diagonal[i, k] = 1.0 / (strong_sd * strong_sd)
            half -= math.log(strong_sd)
        else:
            outside[i, k] = 1.0
            diagonal[i, k] = 1.0 / (spread * spread)
            many += 1
    half -= many * math.log(spread) + 0.5 * math.log(1.0 + many)
    pull2[k] = 1.0 / (spread * spread * (1.0 + many))
    triples = p - first_triple
    for i in range(first_triple, p):
        diagonal[i, k] = 4.0 / (spread * spread)
    half -= triples * math.log(0.5 * spread) + 0.5 * math.log(1.0 + triples)
    pull3[k] = 4.0 / (spread * spread * (1.0 + triples))
    return float(half)


@nb.njit(nogil=True, cache=True)
def _offset(t: int, lift: Any, k: int, offset: Any) -> None:
    for w in range(1 << t):
        size = 0
        for b in range(t):
            size += w >> b & 1
        offset[w, k] = lift[size]


@nb.njit(nogil=True, cache=True)
def _offset_term(t: int, counts: Any, k: int, offset: Any) -> Any:
    total = 0.0
    for w in range(1, 1 << t):
        total += counts[w] * offset[w, k]
    return total


@nb.njit(nogil=True, cache=True)
def first_fits(counts: Any, terms: Any, settings: Any) -> Any:
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
    t, masks, _, star = terms
    strong, spreads, lifts, log_prior, _ = settings
    many = spreads.size
    p = masks.size
    cells = 1 << t
    coefficients = np.empty((many, p))
    error = np.empty(many)
    evidence = np.empty(many)
    a = np.empty((p, LANES))
    mu = np.empty((cells, LANES))
    sums = np.empty((cells, LANES))
    h = np.empty((p, p, LANES))
    step = np.empty((p, LANES))
    offset = np.empty((cells, LANES))
    diagonal = np.empty((p, LANES))
    outside = np.empty((p, LANES))
    pull2 = np.empty(LANES)
    pull3 = np.empty(LANES)
    hidden = np.zeros(LANES)
    value = np.empty(LANES)
    half = np.empty(LANES)
    penalty = _Penalty(offset, diagonal, outside, pull2, pull3)
    work = _Work(a, mu, sums, h, step, value)
    row = np.empty(p)
    n = star[0]
    for first in range(0, many, LANES):
        for k in range(LANES):
            s = min(first + k, many - 1)
            half[k] = _prior(terms, strong[s], spreads[s], settings.strong_sd, k, penalty)
            _offset(t, lifts[s], k, offset)
            # Start from the last eight solutions where they are sound, else cold.
            sound = first > 0
            if sound:
                for i in range(p):
                    sound = sound and abs(a[i, k]) < 15.0
            if not sound:
                for i in range(p):
                    a[i, k] = 0.0
                a[0, k] = math.log(n)
                for i in range(1, t + 1):
                    a[i, k] = math.log((star[i] + 0.5) / (2.0 * n))
        _newton(terms, penalty, hidden, False, 1e-5, work)
        for k in range(LANES):
            s = first + k
            if s >= many:
                break
            for i in range(p):
                coefficients[s, i] = a[i, k]
            # Variance of a_0: squared length of the first column of the inverse factor.
            total = 0.0
            for i in range(p):
                x = 1.0 if i == 0 else 0.0
                for c in range(i):
                    x -= h[i, c, k] * row[c]
                row[i] = x / h[i, i, k]
                total += row[i] * row[i]
            error[s] = math.sqrt(total)
            evidence[s] = value[k] + half[k] + log_prior[s] + _offset_term(t, counts, k, offset)
    return coefficients, error, evidence


@nb.njit(nogil=True, cache=True)
def profile(counts: Any, terms: Any, settings: Any, coefficients: Any, nodes: Any) -> Any:
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
    t, masks, _, _ = terms
    strong, spreads, lifts, log_prior, _ = settings
    many = spreads.size
    p = masks.size
    cells = 1 << t
    out = np.empty((many, NODES))
    a = np.empty((p, LANES))
    before = np.empty((p, LANES))
    middle = np.empty((p, LANES))
    mu = np.empty((cells, LANES))
    sums = np.empty((cells, LANES))
    h = np.empty((p, p, LANES))
    step = np.empty((p, LANES))
    offset = np.empty((cells, LANES))
    diagonal = np.empty((p, LANES))
    outside = np.empty((p, LANES))
    pull2 = np.empty(LANES)
    pull3 = np.empty(LANES)
    hidden = np.zeros(LANES)
    value = np.empty(LANES)
    half = np.empty(LANES)
    penalty = _Penalty(offset, diagonal, outside, pull2, pull3)
    work = _Work(a, mu, sums, h, step, value)
    centre = NODES // 2
    for first in range(0, many, LANES):
        for k in range(LANES):
            s = min(first + k, many - 1)
            half[k] = _prior(terms, strong[s], spreads[s], settings.strong_sd, k, penalty)
            _offset(t, lifts[s], k, offset)
            half[k] += _offset_term(t, counts, k, offset) + log_prior[s]
            for i in range(p):
                a[i, k] = coefficients[s, i]
        for part in range(2):
            for leg in range(0 if part == 0 else 1, centre + 1):
                node = centre + leg if part == 0 else centre - leg
                for k in range(LANES):
                    hidden[k] = math.exp(nodes[min(first + k, many - 1), node])
                _newton(terms, penalty, hidden, True, 1e-4, work)
                for k in range(LANES):
                    if first + k < many:
                        out[first + k, node] = value[k] + half[k]
                # Next start: straight on from the last two solutions.
                if part == 0 and leg == 0:
                    for i in range(p):
                        for k in range(LANES):
                            middle[i, k] = a[i, k]
                            before[i, k] = a[i, k]
                else:
                    for i in range(p):
                        for k in range(LANES):
                            now = a[i, k]
                            a[i, k] = 2.0 * now - before[i, k]
                            before[i, k] = now
            for i in range(p):
                for k in range(LANES):
                    a[i, k] = middle[i, k]
                    before[i, k] = middle[i, k]
    return out


@nb.njit(nogil=True, cache=True)
def spread(nodes: Any, levels: Any, y: Any, top: float) -> Any:
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
    settings = nodes.shape[0]
    points = y.size
    out = np.zeros((settings, points))
    last = NODES - 1
    for s in range(settings):
        gap = nodes[s, 1] - nodes[s, 0]
        for k in range(points):
            x = (y[k] - nodes[s, 0]) / gap
            if x < 0.0:
                slope = max(levels[s, 1] - levels[s, 0], 0.0)
                value = levels[s, 0] + x * slope
            elif x > last:
                slope = min(levels[s, last] - levels[s, last - 1], 0.0)
                value = levels[s, last] + (x - last) * slope
            else:
                j = min(max(int(x) - 1, 0), last - 3)
                u = x - j
                a = levels[s, j]
                b = levels[s, j + 1]
                c = levels[s, j + 2]
                d = levels[s, j + 3]
                value = (
                    -a * (u - 1.0) * (u - 2.0) * (u - 3.0) / 6.0
                    + b * u * (u - 2.0) * (u - 3.0) / 2.0
                    - c * u * (u - 1.0) * (u - 3.0) / 2.0
                    + d * u * (u - 1.0) * (u - 2.0) / 6.0
                )
            value -= top
            if value > -40.0:
                out[s, k] = math.exp(value)
    return out


# Plain twins: one setting, explicit design matrix and prior covariance.


def _parts(
    t: int,
    masks: NDArray[np.int64],
    strong: NDArray[np.bool_],
    spread: float,
    strong_sd: float,
    lift: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    cells = np.arange(1 << t)
    design = ((cells[:, None] & masks[None, :]) == masks[None, :]).astype(float)
    sizes = np.array([int(m).bit_count() for m in masks])
    pairs = np.flatnonzero(sizes == 2)
    triples = np.flatnonzero(sizes == 3)
    cover = np.zeros((masks.size, masks.size))
    weak = pairs[~strong]
    cover[np.ix_(weak, weak)] = spread**2 * (np.eye(weak.size) + 1.0)
    cover[pairs[strong], pairs[strong]] = strong_sd**2
    cover[np.ix_(triples, triples)] = (spread / 2) ** 2 * (np.eye(triples.size) + 1.0)
    proper = np.concatenate((pairs, triples))
    precision = np.zeros_like(cover)
    half = 0.0
    if proper.size:
        block = cover[np.ix_(proper, proper)]
        precision[np.ix_(proper, proper)] = np.linalg.inv(block)
        half = -0.5 * float(np.linalg.slogdet(block)[1])
    captured = np.array([int(w).bit_count() for w in cells])
    return design, precision, lift[captured], half


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
    strong_sd: float,
) -> tuple[NDArray[np.float64], float, float]:
    """Plain twin of `first_fits` for one setting: coefficients, error of a_0, evidence."""
    design, precision, offset, half = _parts(t, masks, strong, spread, strong_sd, lift)
    a, value, hessian = _maximum(design[1:], offset[1:], counts[1:], precision)
    return a, float(np.sqrt(np.linalg.inv(hessian)[0, 0])), value + half


def profile_numpy(
    t: int,
    masks: NDArray[np.int64],
    counts: NDArray[np.float64],
    strong: NDArray[np.bool_],
    spread: float,
    lift: NDArray[np.float64],
    strong_sd: float,
    hidden: float,
) -> float:
    """Plain twin of `profile` for one setting and one value of n0."""
    design, precision, offset, half = _parts(t, masks, strong, spread, strong_sd, lift)
    full = counts.copy()
    full[0] = hidden
    return _maximum(design, offset, full, precision)[1] + half
