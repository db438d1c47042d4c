"""Batches of Poisson fits of hierarchical log-linear models on 0/1 lists.

The model is log mu_w = sum of alpha_theta over terms theta that are subsets of the capture history
w. No design matrix is built: the linear predictor over all cells is the subset sum of the
coefficients, and gradient and Hessian are superset sums of the means,

    gradient[S] = N*_S - M[S],   H[S, T] = M[S | T],   M[S] = sum of mu_w over cells w containing S

(M over cells in the likelihood). Eight fits stand side by side in the last axis, each with its own
model and its own table, so that every inner loop runs over fits.

Extended maximum likelihood (Chan, Silverman & Vincent 2021, section 3): a term whose margin N*_theta is
zero has alpha_theta = -inf; the cells that hold it leave the likelihood. Their means are zero in
every sum, which leaves its row of H empty; a one on the diagonal keeps its step at zero.

Steps are Newton's, shortened to log(1 + d) / d where the largest rise d of a linear predictor
passes 1.5. For d < 1.79 a full step always gains likelihood, and the shortened one always does
(the likelihood is generalised self-concordant of order 2: Sun & Tran-Dinh 2019, Math. Program.),
so no line search is needed.

Status of a fit:

- ``OK``: the maximum exists, is unique and was reached.
- ``NO_MAXIMUM``: it lies at infinity. The certificate is the Newton step itself: it moves no cell
  with people in it, raises no cell, and lowers a zero cell for ever (a direction of recession:
  Fienberg & Rinaldo 2012, Ann. Stat. 40:996). The log-likelihood given is its supremum.
- ``NOT_IDENTIFIABLE``: the remaining cells do not determine the intercept. After the deletion
  above, cells and terms of equal mask form a triangular system, so only one direction can be
  empty: alpha_theta = (-1)^|theta|. It is, unless some cell w has a non-zero sum of (-1)^|theta| over
  the remaining terms inside w. This is exact, in whole numbers.
- ``PRUNED``: a rigorous upper bound of the log-likelihood lies below the bound asked for. The bound
  is the dual value at nu = mu (1 + X step), which has the observed margins by construction.
- ``UNDECIDED``: none of these within the iterations allowed; the caller asks a linear programme.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np

from uncounted.kernels.arrays import Floats, Ints
from uncounted.kernels.poisson import (
    LANES,
    NO_MAXIMUM,
    NOT_IDENTIFIABLE,
    OK,
    PRUNED,
    UNDECIDED,
    Best,
    Counts,
    Eight,
    Models,
    PairFits,
    Pairs,
)

__all__ = ["fit_pairs", "reselect"]

_MAX_ITERATIONS = 60
_FULL_STEP = 1.5
# A step counts as a direction of recession when it moves cells with people by less than _STILL
# and lowers some zero cell by at least _FALLS while the Newton decrement is below _SETTLED.
_STILL = 1e-4
_FALLS = 0.5
_SETTLED = 1e-6


@nb.njit(nogil=True, cache=True)
def _subset_sums_lanes(values: Floats, cells: int) -> None:
    step = 1
    while step < cells:
        for high in range(step, cells, 2 * step):
            for w in range(high, high + step):
                for lane in range(LANES):
                    values[w, lane] += values[w - step, lane]
        step <<= 1


@nb.njit(nogil=True, cache=True)
def _superset_sums_lanes(values: Floats, cells: int) -> None:
    step = 1
    while step < cells:
        for high in range(step, cells, 2 * step):
            for w in range(high, high + step):
                for lane in range(LANES):
                    values[w - step, lane] += values[w, lane]
        step <<= 1


@nb.njit(nogil=True, cache=True)
def _solve_lanes(h: Floats, step: Floats, p: int) -> None:
    """Solve h x = step for x, in place, by Cholesky; the last pivot squared is left in h[p-1, p-1]."""
    for j in range(p):
        for k in range(j):
            for lane in range(LANES):
                h[j, j, lane] -= h[j, k, lane] * h[j, k, lane]
        for lane in range(LANES):
            h[j, j, lane] = math.sqrt(max(h[j, j, lane], 1e-300))
        for i in range(j + 1, p):
            for k in range(j):
                for lane in range(LANES):
                    h[i, j, lane] -= h[i, k, lane] * h[j, k, lane]
            for lane in range(LANES):
                h[i, j, lane] /= h[j, j, lane]
    for i in range(p):
        for k in range(i):
            for lane in range(LANES):
                step[i, lane] -= h[i, k, lane] * step[k, lane]
        for lane in range(LANES):
            step[i, lane] /= h[i, i, lane]
    for i in range(p - 1, -1, -1):
        for k in range(i + 1, p):
            for lane in range(LANES):
                step[i, lane] -= h[k, i, lane] * step[k, lane]
        for lane in range(LANES):
            step[i, lane] /= h[i, i, lane]


@nb.njit(nogil=True, cache=True)
def _fill_hessian(h: Floats, sums: Floats, terms: Ints, p: int) -> None:
    for i in range(p):
        for j in range(i + 1):
            for lane in range(LANES):
                h[i, j, lane] = sums[terms[i, lane] | terms[j, lane], lane]
        for lane in range(LANES):
            if h[i, i, lane] <= 0.0:
                h[i, i, lane] = 1.0


@nb.njit(nogil=True, cache=True)
def _fit_eight(work: Eight, p: int, tolerance: float) -> None:
    """Fit eight (model, table) pairs of ``p`` terms, padding included.

    On return ``work.alpha`` holds the coefficients, ``work.variance`` that of the intercept, which
    stands last.
    """
    counts, live, margins, terms, alpha, warm, bound = work[:7]
    status, loglik, variance, eta, mu, u, sums, h, step, grad = work[7:]
    cells = counts.shape[0]
    # Cells that hold a term with an empty margin leave the likelihood.
    u[:, :] = 0.0
    for i in range(p):
        for lane in range(LANES):
            if margins[i, lane] == 0.0 and terms[i, lane] < cells:
                u[terms[i, lane], lane] = 1.0
    # The empty mask is the intercept: its margin is the whole table and never empty.
    _subset_sums_lanes(u, cells)
    for w in range(cells):
        for lane in range(LANES):
            if u[w, lane] > 0.0:
                live[w, lane] = 0.0
    # Identifiability, exact: see the module's notes.
    u[:, :] = 0.0
    for i in range(p):
        for lane in range(LANES):
            s = terms[i, lane]
            if s < cells and margins[i, lane] > 0.0:
                odd = 0
                while s:
                    s &= s - 1
                    odd ^= 1
                u[terms[i, lane], lane] = -1.0 if odd else 1.0
    _subset_sums_lanes(u, cells)
    running = 0
    for lane in range(LANES):
        if status[lane] == -1:
            known = live[0, lane] > 0.0
            for w in range(1, cells):
                if live[w, lane] > 0.0 and u[w, lane] != 0.0:
                    known = True
                    break
            if known:
                running += 1
            else:
                status[lane] = NOT_IDENTIFIABLE
    if running == 0:
        return

    # Start: the coefficients given, or one weighted least-squares fit to log(count + 1/2).
    any_cold = False
    for lane in range(LANES):
        if not warm[lane]:
            any_cold = True
    if any_cold:
        for w in range(cells):
            for lane in range(LANES):
                y = counts[w, lane]
                weight = (y + 0.5) * live[w, lane]
                mu[w, lane] = weight
                u[w, lane] = weight * (math.log(y + 0.5) - 0.5 / (y + 0.5))
                sums[w, lane] = weight
        _superset_sums_lanes(sums, cells)
        _superset_sums_lanes(u, cells)
        _fill_hessian(h, sums, terms, p)
        for i in range(p):
            for lane in range(LANES):
                step[i, lane] = u[terms[i, lane], lane] if terms[i, lane] < cells else 0.0
        _solve_lanes(h, step, p)
        for i in range(p):
            for lane in range(LANES):
                if not warm[lane]:
                    alpha[i, lane] = step[i, lane]
    eta[:, :] = 0.0
    for i in range(p):
        for lane in range(LANES):
            if terms[i, lane] < cells:
                eta[terms[i, lane], lane] = alpha[i, lane]
    _subset_sums_lanes(eta, cells)

    for _ in range(_MAX_ITERATIONS):
        for w in range(cells):
            for lane in range(LANES):
                mu[w, lane] = math.exp(min(eta[w, lane], 80.0)) * live[w, lane]
                sums[w, lane] = mu[w, lane]
        _superset_sums_lanes(sums, cells)
        _fill_hessian(h, sums, terms, p)
        for i in range(p):
            for lane in range(LANES):
                grad[i, lane] = margins[i, lane] - sums[terms[i, lane], lane]
                step[i, lane] = grad[i, lane]
        _solve_lanes(h, step, p)
        u[:, :] = 0.0
        for i in range(p):
            for lane in range(LANES):
                if terms[i, lane] < cells:
                    u[terms[i, lane], lane] = step[i, lane]
        _subset_sums_lanes(u, cells)
        for lane in range(LANES):
            if status[lane] != -1:
                continue
            decrement = 0.0
            value = 0.0
            for i in range(p):
                decrement += grad[i, lane] * step[i, lane]
                value += margins[i, lane] * alpha[i, lane]
            value -= sums[0, lane]
            rise, fall = 0.0, 0.0
            moved = 0.0  # cells with people
            for w in range(cells):
                if live[w, lane] > 0.0:
                    d = u[w, lane]
                    rise = max(rise, d)
                    fall = max(fall, -d)
                    if counts[w, lane] > 0.0:
                        moved = max(moved, abs(d))
            loglik[lane] = value + 0.5 * decrement
            if decrement < tolerance and max(rise, fall) < 1e-3 + 1e3 * tolerance:
                status[lane] = OK
                variance[lane] = 1.0 / (h[p - 1, p - 1, lane] * h[p - 1, p - 1, lane])
                for i in range(p):
                    alpha[i, lane] += step[i, lane]
                running -= 1
                continue
            if decrement < _SETTLED and fall > _FALLS and rise < _STILL and moved < _STILL:
                status[lane] = NO_MAXIMUM
                loglik[lane] = value + decrement
                running -= 1
                continue
            if fall <= 1.0 and value + 0.75 * decrement < bound[lane]:
                upper = 0.0
                for w in range(cells):
                    if live[w, lane] > 0.0:
                        r = 1.0 + u[w, lane]
                        if r > 1e-12:
                            nu = mu[w, lane] * r
                            upper += nu * (eta[w, lane] + math.log(r) - 1.0)
                if upper < bound[lane]:
                    status[lane] = PRUNED
                    running -= 1
                    continue
            size = 1.0 if rise <= _FULL_STEP else math.log1p(rise) / rise
            for i in range(p):
                alpha[i, lane] += size * step[i, lane]
            for w in range(cells):
                eta[w, lane] += size * u[w, lane]
        if running == 0:
            return
    for lane in range(LANES):
        if status[lane] == -1:
            status[lane] = UNDECIDED


@nb.njit(nogil=True, cache=True)
def _load_lane(tables: Counts, table: int, work: Eight, lane: int, p: int) -> None:
    """Write one table and its margins for the terms of a lane."""
    cells = tables.counts.shape[1]
    zero = tables.zero[table]
    for w in range(1, cells):
        work.counts[w, lane] = tables.counts[table, w]
        work.live[w, lane] = 1.0
    work.counts[0, lane] = max(zero, 0.0)
    work.live[0, lane] = 1.0 if zero >= 0.0 else 0.0
    for i in range(p):
        s = work.terms[i, lane]
        work.margins[i, lane] = 0.0 if s == cells else tables.margins[table, s]
    # The intercept stands last; its margin is everybody in the likelihood.
    work.margins[p - 1, lane] += max(zero, 0.0)


@nb.njit(nogil=True, cache=True)
def fit_pairs(
    tables: Counts, models: Models, pairs: Pairs, tolerance: float, fits: PairFits, work: Eight
) -> None:
    """Fit many (model, table) pairs: see `uncounted.kernels.poisson.fit_pairs`."""
    many = pairs.model.shape[0]
    cells = tables.counts.shape[1]
    most = models.masks.shape[1]
    terms, alpha, status = work.terms, work.alpha, work.status
    for first in range(0, many, LANES):
        p = 0
        for lane in range(LANES):
            p = max(p, models.sizes[pairs.model[min(first + lane, many - 1)]])
        for lane in range(LANES):
            k = min(first + lane, many - 1)
            m = pairs.model[k]
            own = models.sizes[m]
            for i in range(p - 1):
                terms[i, lane] = models.masks[m, i] if i < own - 1 else cells
            terms[p - 1, lane] = 0
            _load_lane(tables, pairs.table[k], work, lane, p)
            work.warm[lane] = models.warm[k]
            for i in range(p):
                alpha[i, lane] = 0.0
            if models.warm[k]:
                for i in range(own - 1):
                    alpha[i, lane] = models.start[k, i]
                alpha[p - 1, lane] = models.start[k, most - 1]
            status[lane] = -1 if first + lane < many else PRUNED
            work.loglik[lane] = -np.inf
            work.variance[lane] = np.inf
        _fit_eight(work, p, tolerance)
        for lane in range(min(LANES, many - first)):
            k = first + lane
            own = models.sizes[pairs.model[k]]
            fits.status[k] = status[lane]
            fits.loglik[k] = work.loglik[lane]
            fits.variance[k] = work.variance[lane]
            for i in range(own - 1):
                fits.alpha[k, i] = -np.inf if work.margins[i, lane] == 0.0 else alpha[i, lane]
            fits.alpha[k, most - 1] = alpha[p - 1, lane]
        if fits.mu.shape[1] > 0:
            _means(work, p, first, fits.mu)


@nb.njit(nogil=True, cache=True)
def _means(work: Eight, p: int, first: int, mu: Floats) -> None:
    """Fitted means of eight fits, into rows of ``mu``; the all-zero cell has exp(intercept)."""
    eta = work.eta
    cells = eta.shape[0]
    eta[:, :] = 0.0
    for i in range(p):
        for lane in range(LANES):
            if work.terms[i, lane] < cells:
                eta[work.terms[i, lane], lane] = work.alpha[i, lane]
    _subset_sums_lanes(eta, cells)
    for lane in range(min(LANES, mu.shape[0] - first)):
        k = first + lane
        for w in range(cells):
            mu[k, w] = math.exp(min(eta[w, lane], 80.0)) * work.live[w, lane]
        mu[k, 0] = math.exp(min(eta[0, lane], 80.0))


@nb.njit(nogil=True, cache=True)
def reselect(
    tables: Counts, models: Models, price: float, tolerance: float, best: Best, work: Eight
) -> None:
    """Best of many models in each of many tables: see `uncounted.kernels.poisson.reselect`."""
    batch = tables.counts.shape[0]
    most = models.masks.shape[1]
    terms, alpha, status = work.terms, work.alpha, work.status
    for first in range(0, batch, LANES):
        for m in range(models.masks.shape[0]):
            p = models.sizes[m]
            warm = models.warm[m]
            for lane in range(LANES):
                b = min(first + lane, batch - 1)
                for i in range(p - 1):
                    terms[i, lane] = models.masks[m, i]
                terms[p - 1, lane] = 0
                _load_lane(tables, b, work, lane, p)
                work.warm[lane] = warm
                for i in range(p - 1):
                    a = models.start[m, i]
                    alpha[i, lane] = a if warm and a > -1e300 else 0.0
                alpha[p - 1, lane] = models.start[m, most - 1] if warm else 0.0
                status[lane] = -1 if first + lane < batch else PRUNED
                # A tie goes to the earlier model, so equal criteria must survive until compared.
                lowest = best.criterion[b]
                work.bound[lane] = 0.5 * (price * p - lowest) - 1e-9 * (1.0 + abs(lowest))
            _fit_eight(work, p, tolerance)
            for lane in range(min(LANES, batch - first)):
                b = first + lane
                if status[lane] == OK:
                    criterion = price * p - 2.0 * work.loglik[lane]
                    if criterion < best.criterion[b]:
                        best.criterion[b] = criterion
                        best.chosen[b] = m
                        best.hidden[b] = math.exp(alpha[p - 1, lane])
