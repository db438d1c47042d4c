# mypy: disable-error-code="no-any-return"
"""Compiled loops of `uncounted.kernels.shrinkage`."""

from __future__ import annotations

import math

import numba as nb

from uncounted.kernels.arrays import Bools, Floats
from uncounted.kernels.shrinkage import LANES, NODES, Eight, FitSettings, Priors, Terms

__all__ = ["first_fits", "profile", "spread"]

_RIDGE = 1e-8
"""Precision of the "flat" priors: keeps a list that holds everybody from running away."""
_MOST = 60


@nb.njit(nogil=True, cache=True)
def _newton(terms: Terms, with_empty: bool, tolerance: float, work: Eight) -> None:
    """Maximise eight penalised likelihoods; ``work.a`` is start and result.

    On return ``h`` holds the Cholesky factor of H + P at the point before the last (converged)
    step, ``mu`` the means, and ``value`` the penalised log-likelihood without log-factorials,
    less half the log determinant of H + P.
    """
    t, masks, first_triple, star = terms
    offset, diagonal, outside, pull2, pull3, _ = work.priors
    hidden, a, mu, sums, h, step, value = work[1:8]
    decrement, rise, pair_sum, triple_sum = work[8:12]
    cells = 1 << t
    p = masks.size
    lanes = a.shape[1]
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
def _prior(
    terms: Terms, strong: Bools, spread: float, strong_sd: Floats, k: int, priors: Priors
) -> float:
    """Write one setting's prior precision into lane ``k``; half its log determinant."""
    t, masks, first_triple, _ = terms
    _, diagonal, outside, pull2, pull3, _ = priors
    p = masks.size
    many = 0
    half = 0.0
    for i in range(p):
        outside[i, k] = 0.0
        diagonal[i, k] = _RIDGE
    for i in range(1 + t, first_triple):
        if strong[i - 1 - t]:
            sd = strong_sd[i - 1 - t]
            diagonal[i, k] = 1.0 / (sd * sd)
            half -= math.log(sd)
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
def _offset(t: int, lift: Floats, told: Floats, k: int, offset: Floats) -> None:
    for w in range(1 << t):
        size = 0
        for b in range(t):
            size += w >> b & 1
        offset[w, k] = lift[size] + told[w]


@nb.njit(nogil=True, cache=True)
def _offset_term(t: int, counts: Floats, k: int, offset: Floats) -> float:
    total = 0.0
    for w in range(1, 1 << t):
        total += counts[w] * offset[w, k]
    return total


@nb.njit(nogil=True, cache=True)
def _set_lanes(terms: Terms, settings: FitSettings, first: int, work: Eight) -> None:
    """Write priors of eight settings from ``first`` on; the last stands in where there are fewer."""
    priors = work.priors
    for k in range(LANES):
        s = min(first + k, settings.spreads.size - 1)
        priors.half[k] = _prior(
            terms, settings.strong[s], settings.spreads[s], settings.strong_sd, k, priors
        )
        _offset(terms.t, settings.lifts[s], settings.told, k, priors.offset)


@nb.njit(nogil=True, cache=True)
def first_fits(
    counts: Floats,
    terms: Terms,
    settings: FitSettings,
    coefficients: Floats,
    error: Floats,
    evidence: Floats,
    work: Eight,
) -> None:
    """Fit with the all-zero cell left out: see `uncounted.kernels.shrinkage.first_fits`."""
    t, masks, _, star = terms
    many = settings.spreads.size
    p = masks.size
    a, h, row = work.a, work.h, work.row
    n = star[0]
    for first in range(0, many, LANES):
        _set_lanes(terms, settings, first, work)
        for k in range(LANES):
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
        _newton(terms, False, 1e-5, work)
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
            constant = _offset_term(t, counts, k, work.priors.offset)
            evidence[s] = work.value[k] + work.priors.half[k] + settings.log_prior[s] + constant


@nb.njit(nogil=True, cache=True)
def profile(
    counts: Floats,
    terms: Terms,
    settings: FitSettings,
    coefficients: Floats,
    nodes: Floats,
    out: Floats,
    work: Eight,
) -> None:
    """Log density of log n0: see `uncounted.kernels.shrinkage.profile`."""
    many = settings.spreads.size
    p = terms.masks.size
    priors, hidden, a, before, middle = work.priors, work.hidden, work.a, work.before, work.middle
    centre = NODES // 2
    for first in range(0, many, LANES):
        _set_lanes(terms, settings, first, work)
        for k in range(LANES):
            s = min(first + k, many - 1)
            constant = _offset_term(terms.t, counts, k, priors.offset)
            priors.half[k] += constant + settings.log_prior[s]
            for i in range(p):
                a[i, k] = coefficients[s, i]
        for part in range(2):
            for leg in range(0 if part == 0 else 1, centre + 1):
                node = centre + leg if part == 0 else centre - leg
                for k in range(LANES):
                    hidden[k] = math.exp(nodes[min(first + k, many - 1), node])
                _newton(terms, True, 1e-4, work)
                for k in range(LANES):
                    if first + k < many:
                        out[first + k, node] = work.value[k] + priors.half[k]
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


@nb.njit(nogil=True, cache=True)
def spread(nodes: Floats, levels: Floats, y: Floats, top: float, out: Floats) -> None:
    """Densities on the grid: see `uncounted.kernels.shrinkage.spread`."""
    settings = nodes.shape[0]
    points = y.size
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
