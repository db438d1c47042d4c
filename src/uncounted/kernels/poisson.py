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

__all__ = [
    "LANES",
    "NOT_IDENTIFIABLE",
    "NO_MAXIMUM",
    "OK",
    "PRUNED",
    "UNDECIDED",
    "fit_pairs",
    "reselect",
    "superset_sums",
]

LANES = 8
OK, NO_MAXIMUM, NOT_IDENTIFIABLE, PRUNED, UNDECIDED = 0, 1, 2, 3, 4

_MAX_ITERATIONS = 60
_FULL_STEP = 1.5
# A step counts as a direction of recession when it moves cells with people by less than _STILL
# and lowers some zero cell by at least _FALLS while the Newton decrement is below _SETTLED.
_STILL = 1e-4
_FALLS = 0.5
_SETTLED = 1e-6


@nb.njit(nogil=True, cache=True)
def superset_sums(values):
    """Sum over supersets, in place, along the last axis of a (tables, 2**t) array."""
    rows, cells = values.shape
    for r in range(rows):
        step = 1
        while step < cells:
            for w in range(cells):
                if w & step == 0:
                    values[r, w] += values[r, w | step]
            step <<= 1


@nb.njit(nogil=True, cache=True)
def _subset_sums_lanes(values, cells):
    step = 1
    while step < cells:
        for high in range(step, cells, 2 * step):
            for w in range(high, high + step):
                for lane in range(LANES):
                    values[w, lane] += values[w - step, lane]
        step <<= 1


@nb.njit(nogil=True, cache=True)
def _superset_sums_lanes(values, cells):
    step = 1
    while step < cells:
        for high in range(step, cells, 2 * step):
            for w in range(high, high + step):
                for lane in range(LANES):
                    values[w - step, lane] += values[w, lane]
        step <<= 1


@nb.njit(nogil=True, cache=True)
def _solve_lanes(h, step, p):
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
def _fill_hessian(h, sums, terms, p):
    for i in range(p):
        for j in range(i + 1):
            for lane in range(LANES):
                h[i, j, lane] = sums[terms[i, lane] | terms[j, lane], lane]
        for lane in range(LANES):
            if h[i, i, lane] <= 0.0:
                h[i, i, lane] = 1.0


@nb.njit(nogil=True, cache=True)
def _fit_group(
    counts, live, margins, terms, p, warm, tolerance, bound,
    alpha, status, loglik, variance,
    eta, mu, sums, u, h, step, grad,
):  # fmt: skip
    """Fit eight (model, table) pairs.

    Shapes: counts, live, eta, mu, u (2**t, LANES); sums (2 * 2**t, LANES), whose upper half stays
    empty and serves padded terms (mask 2**t); terms, margins, alpha, step, grad (P, LANES);
    h (P, P, LANES); warm, status, loglik, variance, bound (LANES,). ``status`` comes in as -1 for
    lanes to fit. On return ``alpha`` holds the coefficients, ``variance`` that of the intercept,
    which stands last.
    """
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
def _load_table(tables, zero, table, lane, counts, live):
    cells = tables.shape[1]
    for w in range(1, cells):
        counts[w, lane] = tables[table, w]
        live[w, lane] = 1.0
    counts[0, lane] = max(zero[table], 0.0)
    live[0, lane] = 1.0 if zero[table] >= 0.0 else 0.0


@nb.njit(nogil=True, cache=True)
def _load_margins(margins_of, zero, table, lane, terms, margins, p, cells):
    for i in range(p):
        s = terms[i, lane]
        margins[i, lane] = 0.0 if s == cells else margins_of[table, s]
    # The intercept stands last; its margin is everybody in the likelihood.
    margins[p - 1, lane] += max(zero[table], 0.0)


@nb.njit(nogil=True, cache=True)
def fit_pairs(
    tables, margins_of, zero, models, sizes, pair_model, pair_table, start, has_start, tolerance,
    alpha_out, status_out, loglik_out, variance_out, mu_out,
):  # fmt: skip
    """Fit many (model, table) pairs.

    Parameters
    ----------
    tables : float64 (B, 2**t)
        Counts by mask; column 0 is not read.
    margins_of : float64 (B, 2**t)
        Superset sums of ``tables`` with column 0 of ``tables`` taken as zero.
    zero : float64 (B,)
        Count of the all-zero cell where it is given (profile likelihood); negative where unknown.
    models : int64 (M, P)
        Terms as masks: non-empty ones, then -1 as padding, and the intercept (mask 0) at
        ``P - 1``.
    sizes : int64 (M,)
        Number of terms of each model, intercept included.
    pair_model, pair_table : int64 (K,)
        Which model is fitted to which table.
    start : float64 (K, P) or (0, 0)
        Starting coefficients, in the order of ``models``, of pairs where ``has_start``.
    tolerance : float
        Newton decrement at which a fit counts as reached.
    alpha_out : float64 (K, P) or (K, 0)
        Coefficients; skipped where the second axis is empty.
    status_out : int8 (K,); loglik_out, variance_out : float64 (K,)
        Status, log-likelihood without log-factorials, variance of the intercept.
    mu_out : float64 (K, 2**t) or (K, 0)
        Fitted means; skipped where the second axis is empty. Cells outside the likelihood have 0,
        the all-zero cell has exp(intercept).
    """
    pairs = pair_model.shape[0]
    cells = tables.shape[1]
    most = models.shape[1]
    counts = np.zeros((cells, LANES))
    live = np.zeros((cells, LANES))
    eta = np.zeros((cells, LANES))
    mu = np.zeros((cells, LANES))
    sums = np.zeros((2 * cells, LANES))
    u = np.zeros((cells, LANES))
    terms = np.zeros((most, LANES), dtype=np.int64)
    margins = np.zeros((most, LANES))
    alpha = np.zeros((most, LANES))
    step = np.zeros((most, LANES))
    grad = np.zeros((most, LANES))
    h = np.zeros((most, most, LANES))
    warm = np.zeros(LANES, dtype=np.bool_)
    status = np.zeros(LANES, dtype=np.int8)
    loglik = np.zeros(LANES)
    variance = np.zeros(LANES)
    bound = np.full(LANES, -np.inf)
    for first in range(0, pairs, LANES):
        p = 0
        for lane in range(LANES):
            p = max(p, sizes[pair_model[min(first + lane, pairs - 1)]])
        for lane in range(LANES):
            k = min(first + lane, pairs - 1)
            m = pair_model[k]
            own = sizes[m]
            _load_table(tables, zero, pair_table[k], lane, counts, live)
            for i in range(p - 1):
                terms[i, lane] = models[m, i] if i < own - 1 else cells
            terms[p - 1, lane] = 0
            _load_margins(margins_of, zero, pair_table[k], lane, terms, margins, p, cells)
            warm[lane] = has_start[k] if has_start.shape[0] else False
            for i in range(p):
                alpha[i, lane] = 0.0
            if warm[lane]:
                for i in range(own - 1):
                    alpha[i, lane] = start[k, i]
                alpha[p - 1, lane] = start[k, most - 1]
            status[lane] = -1 if first + lane < pairs else PRUNED
            loglik[lane] = -np.inf
            variance[lane] = np.inf
        _fit_group(
            counts, live, margins, terms, p, warm, tolerance, bound,
            alpha, status, loglik, variance, eta, mu, sums, u, h, step, grad,
        )  # fmt: skip
        for lane in range(min(LANES, pairs - first)):
            k = first + lane
            own = sizes[pair_model[k]]
            status_out[k] = status[lane]
            loglik_out[k] = loglik[lane]
            variance_out[k] = variance[lane]
            if alpha_out.shape[1] > 0:
                for i in range(own - 1):
                    alpha_out[k, i] = alpha[i, lane]
                    if margins[i, lane] == 0.0:
                        alpha_out[k, i] = -np.inf
                alpha_out[k, most - 1] = alpha[p - 1, lane]
        if mu_out.shape[1] > 0:
            eta[:, :] = 0.0
            for i in range(p):
                for lane in range(LANES):
                    if terms[i, lane] < cells:
                        eta[terms[i, lane], lane] = alpha[i, lane]
            _subset_sums_lanes(eta, cells)
            for lane in range(min(LANES, pairs - first)):
                k = first + lane
                for w in range(cells):
                    mu_out[k, w] = math.exp(min(eta[w, lane], 80.0)) * live[w, lane]
                mu_out[k, 0] = math.exp(min(eta[0, lane], 80.0))


@nb.njit(nogil=True, cache=True)
def reselect(
    tables, margins_of, models, sizes, start, has_start, price, tolerance, best, chosen, hidden,
):  # fmt: skip
    """Best of many models in each of many tables, by a penalised likelihood.

    For every table b and every model m in turn, a fit whose criterion -2 loglik + price * size
    beats ``best[b]`` replaces it. Fits that provably cannot are left after a step or two.

    Parameters
    ----------
    tables, margins_of : float64 (B, 2**t)
        As in `fit_pairs`.
    models, sizes
        As in `fit_pairs`.
    start : float64 (M, P)
        Starting coefficients of each model (from the original table) where ``has_start``.
    price : float
        log n for BIC, 2 for AIC.
    best : float64 (B,), in and out
        Lowest criterion so far, without the log-factorial term; ``inf`` at first.
    chosen : int64 (B,), in and out
        Row of ``models`` that has it.
    hidden : float64 (B,), in and out
        Its exp(intercept).

    Returns
    -------
    undecided : int
        Fits whose existence stayed open; they were passed over.
    """
    batch, cells = tables.shape
    most = models.shape[1]
    counts = np.zeros((cells, LANES))
    live = np.zeros((cells, LANES))
    eta = np.zeros((cells, LANES))
    mu = np.zeros((cells, LANES))
    sums = np.zeros((2 * cells, LANES))
    u = np.zeros((cells, LANES))
    terms = np.zeros((most, LANES), dtype=np.int64)
    margins = np.zeros((most, LANES))
    alpha = np.zeros((most, LANES))
    step = np.zeros((most, LANES))
    grad = np.zeros((most, LANES))
    h = np.zeros((most, most, LANES))
    warm = np.zeros(LANES, dtype=np.bool_)
    status = np.zeros(LANES, dtype=np.int8)
    loglik = np.zeros(LANES)
    variance = np.zeros(LANES)
    bound = np.zeros(LANES)
    zero = np.full(batch, -1.0)
    undecided = 0
    for first in range(0, batch, LANES):
        for m in range(models.shape[0]):
            p = sizes[m]
            for lane in range(LANES):
                b = min(first + lane, batch - 1)
                _load_table(tables, zero, b, lane, counts, live)
                for i in range(p - 1):
                    terms[i, lane] = models[m, i]
                terms[p - 1, lane] = 0
                _load_margins(margins_of, zero, b, lane, terms, margins, p, cells)
                warm[lane] = has_start[m]
                for i in range(p - 1):
                    a = start[m, i]
                    alpha[i, lane] = a if has_start[m] and a > -1e300 else 0.0
                alpha[p - 1, lane] = start[m, most - 1] if has_start[m] else 0.0
                status[lane] = -1 if first + lane < batch else PRUNED
                # A tie goes to the earlier model, so equal criteria must survive until compared.
                bound[lane] = 0.5 * (price * p - best[b]) - 1e-9 * (1.0 + abs(best[b]))
            _fit_group(
                counts, live, margins, terms, p, warm, tolerance, bound,
                alpha, status, loglik, variance, eta, mu, sums, u, h, step, grad,
            )  # fmt: skip
            for lane in range(min(LANES, batch - first)):
                b = first + lane
                if status[lane] == OK:
                    criterion = price * p - 2.0 * loglik[lane]
                    if criterion < best[b]:
                        best[b] = criterion
                        chosen[b] = m
                        hidden[b] = math.exp(alpha[p - 1, lane])
                elif status[lane] == UNDECIDED:
                    undecided += 1
    return undecided
