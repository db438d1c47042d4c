"""One fit of `uncounted.kernels.poisson_loops`, operation by operation, without a compiler.

Loading compiled code takes as long as some dozen fits. Every sum is taken in the kernel's order and every
exponential by the same C library, so the figures are the kernel's to the last bit (a test compares
them bit by bit), and whoever calls may use whichever is at hand. What the steps are and why is said
there.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from uncounted.kernels.poisson import NO_MAXIMUM, NOT_IDENTIFIABLE, OK, UNDECIDED

__all__ = ["SingleFit", "fit_single", "superset_sums"]

Floats = NDArray[np.float64]

# As in uncounted.kernels.poisson_loops, which cannot be imported without numba.
_MAX_ITERATIONS, _FULL_STEP = 60, 1.5
_STILL, _FALLS, _SETTLED = 1e-4, 0.5, 1e-6


class SingleFit(NamedTuple):
    """One fit: ``alpha`` (terms,) in the model's order, the intercept last; ``mu`` (2**t,)."""

    alpha: list[float]
    status: int
    loglik: float
    variance: float
    mu: Floats


def superset_sums(values: Floats) -> None:
    """Sum over supersets, in place, along the last axis of a (tables, 2**t) array."""
    rows, cells = values.shape
    step = 1
    while step < cells:
        pairs = values.reshape(rows, -1, 2, step)
        pairs[:, :, 0] += pairs[:, :, 1]
        step <<= 1


def _subset_sums(values: Floats) -> None:
    step = 1
    while step < values.size:
        pairs = values.reshape(-1, 2, step)
        pairs[:, 1] += pairs[:, 0]
        step <<= 1


def fit_single(
    counts: Floats,
    margins: Floats,
    zero: float,
    terms: list[int],
    start: list[float] | None,
    tolerance: float,
) -> SingleFit:
    """Fit one model to one table.

    Parameters
    ----------
    counts, margins
        Shape (2**t,): counts by mask with 0 for the empty one, and their sums over supersets.
    zero
        Count of the all-zero cell where given, negative where unknown.
    terms
        Masks, the intercept (0) last.
    start
        Starting coefficients in the order of ``terms``; ``None`` for a cold start.
    tolerance
        Newton decrement at which the fit counts as reached.
    """
    cells, p = counts.size, len(terms)
    y = counts.copy()
    y[0] = max(zero, 0.0)
    margin = [float(margins[s]) for s in terms]
    margin[-1] += max(zero, 0.0)
    live = _live(terms, margin, cells, zero)
    alpha = [0.0] * p if start is None else list(start)
    loglik, variance = -math.inf, math.inf
    if not _identifiable(terms, margin, live):
        status = NOT_IDENTIFIABLE
        return SingleFit(
            _shown(alpha, margin), status, loglik, variance, _means(terms, alpha, live)
        )
    if start is None:
        alpha = _cold(y, live, terms)
    eta = _spread(terms, alpha, cells)
    _subset_sums(eta)
    living, filled = live > 0.0, (live > 0.0) & (y > 0.0)
    status = UNDECIDED
    for _ in range(_MAX_ITERATIONS):
        sums = _exp(eta) * live
        superset_sums(sums[None, :])
        h = _hessian(sums, terms)
        grad = [a - float(sums[s]) for a, s in zip(margin, terms, strict=True)]
        step = list(grad)
        _solve(h, step)
        u = _spread(terms, step, cells)
        _subset_sums(u)
        decrement = value = 0.0
        for i in range(p):
            decrement += grad[i] * step[i]
            value += margin[i] * alpha[i]
        value -= float(sums[0])
        moves = u[living]
        rise, fall = max(float(moves.max()), 0.0), max(float(-moves.min()), 0.0)
        moved = float(np.abs(u[filled]).max(initial=0.0))
        loglik = value + 0.5 * decrement
        if decrement < tolerance and max(rise, fall) < 1e-3 + 1e3 * tolerance:
            status, variance = OK, 1.0 / (h[-1][-1] * h[-1][-1])
            alpha = [a + s for a, s in zip(alpha, step, strict=True)]
            break
        if decrement < _SETTLED and fall > _FALLS and rise < _STILL and moved < _STILL:
            status, loglik = NO_MAXIMUM, value + decrement
            break
        size = 1.0 if rise <= _FULL_STEP else math.log1p(rise) / rise
        alpha = [a + size * s for a, s in zip(alpha, step, strict=True)]
        eta += size * u
    return SingleFit(_shown(alpha, margin), status, loglik, variance, _means(terms, alpha, live))


def _live(terms: list[int], margin: list[float], cells: int, zero: float) -> Floats:
    """1 for cells in the likelihood, 0 for the rest."""
    masks = np.arange(cells)
    live = np.ones(cells)
    live[0] = 1.0 if zero >= 0.0 else 0.0
    for s, m in zip(terms, margin, strict=True):
        if m == 0.0:
            live[(masks & s) == s] = 0.0
    return live


def _identifiable(terms: list[int], margin: list[float], live: Floats) -> bool:
    u = np.zeros(live.size)
    for s, m in zip(terms, margin, strict=True):
        if m > 0.0:
            u[s] = -1.0 if s.bit_count() % 2 else 1.0
    _subset_sums(u)
    return bool(live[0] > 0.0 or ((live[1:] > 0.0) & (u[1:] != 0.0)).any())


def _cold(y: Floats, live: Floats, terms: list[int]) -> list[float]:
    """One weighted least-squares fit to log(count + 1/2)."""
    raised = y + 0.5
    sums = raised * live
    u = sums * (np.array([math.log(v) for v in raised.tolist()]) - 0.5 / raised)
    superset_sums(sums[None, :])
    superset_sums(u[None, :])
    alpha = [float(u[s]) for s in terms]
    _solve(_hessian(sums, terms), alpha)
    return alpha


def _hessian(sums: Floats, terms: list[int]) -> list[list[float]]:
    """Lower triangle."""
    h = [[float(sums[a | b]) for b in terms[: i + 1]] for i, a in enumerate(terms)]
    for i, row in enumerate(h):
        if row[i] <= 0.0:
            row[i] = 1.0
    return h


def _solve(h: list[list[float]], step: list[float]) -> None:
    """Solve h x = step, in place, by Cholesky, whose factor is left in ``h``."""
    p = len(step)
    for j in range(p):
        pivot, own = h[j], h[j][j]
        for k in range(j):
            own -= pivot[k] * pivot[k]
        own = math.sqrt(max(own, 1e-300))
        pivot[j] = own
        for i in range(j + 1, p):
            row, value = h[i], h[i][j]
            for k in range(j):
                value -= row[k] * pivot[k]
            row[j] = value / own
    for i in range(p):
        row, value = h[i], step[i]
        for k in range(i):
            value -= row[k] * step[k]
        step[i] = value / row[i]
    for i in range(p - 1, -1, -1):
        value = step[i]
        for k in range(i + 1, p):
            value -= h[k][i] * step[k]
        step[i] = value / h[i][i]


def _spread(terms: list[int], values: list[float], cells: int) -> Floats:
    out = np.zeros(cells)
    out[terms] = values
    return out


def _exp(eta: Floats) -> Floats:
    # Not np.exp, whose last bit may differ from the C library's.
    return np.array([math.exp(min(e, 80.0)) for e in eta.tolist()])


def _shown(alpha: list[float], margin: list[float]) -> list[float]:
    shown = [-math.inf if m == 0.0 else a for a, m in zip(alpha[:-1], margin[:-1], strict=True)]
    return [*shown, alpha[-1]]


def _means(terms: list[int], alpha: list[float], live: Floats) -> Floats:
    """Fitted means; the all-zero cell has exp(intercept) whether or not it is in the likelihood."""
    eta = _spread(terms, alpha, live.size)
    _subset_sums(eta)
    mu = _exp(eta)
    hidden = mu[0]
    mu *= live
    mu[0] = hidden
    return mu
