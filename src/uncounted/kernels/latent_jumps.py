"""Compiled jumps between modes of the latent class posterior, from a frozen library.

A library element describes one arrangement of ``C`` occupied classes (observed share above
``eps``, in order of share) by a multivariate t in ``x = (lambda ** (1/3), log r_c / r_C)``. A jump
draws an arrangement from the mixture of elements without regard to the present one and accepts by
Metropolis and Hastings, so the chain is exact whatever the library holds. Where the number of
occupied classes changes, vague classes are absorbed or drawn.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from uncounted.kernels.arrays import Floats, Ints

__all__ = [
    "MOST_CLASSES",
    "Data",
    "Library",
    "Now",
    "Shares",
    "State",
    "Target",
    "arrangement_density",
    "class_row",
    "em_arrangement",
    "em_many",
    "jump",
]

MOST_CLASSES = 6
_LOMAX = 8.0
_LOG3 = math.log(3.0)
_NEGLIGIBLE = 40.0  # terms below exp(-40) of the largest are beyond double precision


class Data(NamedTuple):
    """Histories with people: ``bits`` (cells, lists) of 0 and 1, ``counts`` (cells,) as floats."""

    bits: Ints
    counts: Floats


class State(NamedTuple):
    """State of a chain, changed in place.

    Parameters
    ----------
    lnu
        Shape (K,): log weights of the classes.
    l1, l0
        Shape (K, lists): log lambda and log(1 - lambda).
    order
        Shape (K,): ``order[i]`` is the class on stick ``i``.
    """

    lnu: Floats
    l1: Floats
    l0: Floats
    order: Ints


class Shares(NamedTuple):
    """Logs of the classes' shares of the observed, shape (K,), and the shares."""

    lpi: Floats
    pi: Floats


class Now(NamedTuple):
    """What follows from a state.

    Parameters
    ----------
    shares
        Of the classes.
    lg
        Shape (K,): log chance that a person of a class is on some list.
    h
        Shape (K, cells): history probabilities of a class given listed.
    s
        Shape (cells,): those of the mixture.
    """

    shares: Shares
    lg: Floats
    h: Floats
    s: Floats


class Library(NamedTuple):
    """A frozen library of R arrangements, each a multivariate t.

    Parameters
    ----------
    sizes
        Shape (R,): occupied classes.
    log_rho, log_norm
        Shape (R,): log weight in the mixture, log constant of the density.
    mean
        Shape (R, D).
    factor, inverse
        Shape (R, D, D): lower triangular factor of the scale matrix, and its inverse.
    eps, df
        Share above which a class is occupied; degrees of freedom.
    """

    sizes: Ints
    log_rho: Floats
    log_norm: Floats
    mean: Floats
    factor: Floats
    inverse: Floats
    eps: float
    df: float


class Target(NamedTuple):
    """What a move is judged by: phi is (b - log weight of the last class) ** -power; logs so far."""

    power: float
    b: float
    loglik: float
    lphi: float


@njit(nogil=True, cache=True)
def class_row(bits: Ints, l1: Floats, l0: Floats, h: Floats, chance: Floats) -> float:
    """Fill ``h`` with a class's history probabilities given listed; return log g.

    ``chance`` (2, lists) is work space: the probabilities of being off and on each list.
    """
    cells, t = bits.shape
    total = 0.0
    for j in range(t):
        total += l0[j]
        if l1[j] < l0[j]:
            chance[1, j] = math.exp(l1[j])
            chance[0, j] = 1.0 - chance[1, j]
        else:
            chance[0, j] = math.exp(l0[j])
            chance[1, j] = 1.0 - chance[0, j]
    g = -math.expm1(total)
    if not g > 0.0:
        for c in range(cells):
            h[c] = 0.0
        return -1e300
    inv = 1.0 / g
    for c in range(cells):
        f = inv
        for j in range(t):
            f *= chance[bits[c, j], j]
        h[c] = f
    return math.log(g)


@njit(nogil=True, cache=True)
def arrangement_density(library: Library, size: int, x: Floats, floor: float) -> float:
    """Log density of ``x`` under the library's elements with ``size`` classes.

    Elements that cannot reach ``floor - 40`` in the log are left out: less than rounding.
    """
    sizes, log_rho, log_norm, mean, _, inverse, _, df = library
    best = floor
    total = 0.0
    dim = x.size
    for r in range(sizes.size):
        if sizes[r] != size:
            continue
        start = log_rho[r] + log_norm[r]
        power = 0.5 * (df + dim)
        limit = math.inf
        if best > -math.inf:
            gap = (start - best + _NEGLIGIBLE) / power
            limit = df * math.expm1(gap) if gap < 700.0 else math.inf
        q = 0.0
        for i in range(dim):
            y = 0.0
            for j in range(i + 1):
                y += inverse[r, i, j] * (x[j] - mean[r, j])
            q += y * y
            if q > limit:
                break
        if q > limit:
            continue
        term = start - power * math.log1p(q / df)
        if term > best:
            if total > 0.0:
                total *= math.exp(best - term)
            best = term
            total += 1.0
        else:
            total += math.exp(term - best)
    return best + math.log(total) if total > 0.0 else -math.inf


@njit(nogil=True, cache=True)
def occupied(lpi: Floats, log_eps: float, slots: Ints) -> int:
    """Classes with log share above ``log_eps``, largest first, into ``slots``; how many."""
    found = 0
    for k in range(lpi.size):
        if lpi[k] > log_eps:
            i = found
            while i > 0 and lpi[slots[i - 1]] < lpi[k]:
                slots[i] = slots[i - 1]
                i -= 1
            slots[i] = k
            found += 1
    return found


@njit(nogil=True, cache=True)
def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


@njit(nogil=True, cache=True)
def _shuffle(rng: np.random.Generator, values: Ints, size: int) -> None:
    for i in range(size - 1, 0, -1):
        j = int(rng.random() * (i + 1))
        values[i], values[j] = values[j], values[i]


@njit(nogil=True, cache=True)
def jump(
    rng: np.random.Generator,
    data: Data,
    times: int,
    library: Library,
    target: Target,
    state: State,
    now: Now,
    score: Floats,
    tally: Ints,
) -> float:
    """Try ``times`` jumps; the state and what follows from it change in place; log likelihood.

    ``score`` (K,) is room for the keys of an order; ``tally`` (4, 2) counts, in its last row.
    """
    bits, counts = data
    power, b, ll, lphi = target
    lnu, l1, l0, order = state
    shares, lg, h, s = now
    lpi, pi = shares
    sizes, log_rho, log_norm, mean, factor, _, eps, df = library
    elements = sizes.size
    if elements == 0:
        return ll
    K, t = l1.shape
    cells = counts.size
    log_eps = math.log(eps)
    slots = np.empty(K, np.int64)
    slots2 = np.empty(K, np.int64)
    free = np.empty(K, np.int64)
    x = np.empty(mean.shape[1])
    x2 = np.empty(mean.shape[1])
    z = np.empty(mean.shape[1])
    m1 = np.empty((K, t))
    m0 = np.empty((K, t))
    h2 = np.empty((K, cells))
    s2 = np.empty(cells)
    lpi2 = np.empty(K)
    pi2 = np.empty(K)
    lg2 = np.empty(K)
    lnu2 = np.empty(K)
    is_new = np.empty(K, np.bool_)
    both = np.empty((2, t))
    known = False
    q_now = 0.0
    t_now = 0.0
    C = 0
    for _ in range(times):
        tally[3, 0] += 1
        if not known:
            C = occupied(lpi, log_eps, slots)
            if C > MOST_CLASSES or C == 0:
                return ll
            dim = C * (t + 1) - 1
            for c in range(C):
                for j in range(t):
                    x[c * t + j] = math.exp(l1[slots[c], j] / 3.0)
            for c in range(C - 1):
                x[C * t + c] = lpi[slots[c]] - lpi[slots[C - 1]]
            q_now = arrangement_density(library, C, x[:dim], -math.inf)
            if q_now == -math.inf:
                return ll
            t_now = 0.0
            for c in range(C):
                t_now += t * _LOG3
                for j in range(t):
                    t_now += l1[slots[c], j] * (2.0 / 3.0)
            rest = 0.0
            for k in range(K):
                if lpi[k] <= log_eps:
                    rest += pi[k]
            t_now += ll - math.log1p(-rest)
            known = True
        # an element, and a draw from it
        u = rng.random()
        r = elements - 1
        for i in range(elements):
            u -= math.exp(log_rho[i])
            if u < 0.0:
                r = i
                break
        C2 = sizes[r]
        dim2 = C2 * (t + 1) - 1
        norm = 0.0
        for i in range(dim2):
            z[i] = rng.standard_normal()
            norm += z[i] * z[i]
        stretch = math.sqrt(df / (2.0 * rng.standard_gamma(0.5 * df)))
        fine = True
        for i in range(dim2):
            y = 0.0
            for j in range(i + 1):
                y += factor[r, i, j] * z[j]
            x2[i] = mean[r, i] + stretch * y
            if i < C2 * t:
                if not (0.0 < x2[i] < 1.0):
                    fine = False
                    break
            elif x2[i] < 0.0 or (i > C2 * t and x2[i] > x2[i - 1]):
                fine = False
                break
        if not fine:
            continue
        # which classes carry it
        extra = 0.0
        for k in range(K):
            is_new[k] = False
            lpi2[k] = lpi[k]
        for c in range(C):
            slots2[c] = slots[c]
        if C2 > C:
            left = 0
            for k in range(K):
                if lpi[k] <= log_eps:
                    free[left] = k
                    left += 1
            if left < C2 - C:
                continue
            _shuffle(rng, free, left)
            for i in range(C2 - C):
                k = free[i]
                slots2[C + i] = k
                extra += -math.log(_LOMAX) - 2.0 * math.log1p((log_eps - lpi[k]) / _LOMAX)
            extra += _log_binomial(K - C, C2 - C) - _log_binomial(C2, C2 - C)
        _shuffle(rng, slots2, max(C, C2))
        if C2 < C:
            for i in range(C2, C):
                k = slots2[i]
                is_new[k] = True
                u = rng.random()
                v = _LOMAX * (1.0 / (1.0 - u) - 1.0)
                lpi2[k] = log_eps - v
                extra -= -math.log(_LOMAX) - 2.0 * math.log1p(v / _LOMAX)
                for j in range(t):
                    u = rng.random()
                    m1[k, j] = math.log(1.0 - u)
                    m0[k, j] = math.log(u) if u > 0.0 else -745.0
            extra -= _log_binomial(K - C2, C - C2) - _log_binomial(C, C - C2)
        for c in range(C2):
            is_new[slots2[c]] = True
        rest = 0.0
        for k in range(K):
            inside = False
            for c in range(C2):
                inside = inside or slots2[c] == k
            if not inside:
                rest += math.exp(lpi2[k])
        if rest >= 1.0:
            continue
        total = 1.0
        for c in range(C2 - 1):
            total += math.exp(x2[C2 * t + c])
        scale = math.log1p(-rest) - math.log(total)
        if scale <= log_eps:  # the smallest occupied class would not be occupied
            continue
        t_new = -math.log1p(-rest)
        for c in range(C2):
            k = slots2[c]
            lpi2[k] = scale + (x2[C2 * t + c] if c < C2 - 1 else 0.0)
            t_new += t * _LOG3
            for j in range(t):
                v = x2[c * t + j]
                m1[k, j] = 3.0 * math.log(v)
                m0[k, j] = math.log1p(-(v * v * v))
                t_new += m1[k, j] * (2.0 / 3.0)
        for k in range(K):
            pi2[k] = math.exp(lpi2[k])
            if is_new[k]:
                lg2[k] = class_row(bits, m1[k], m0[k], h2[k], both)
            else:
                lg2[k] = lg[k]
                for c in range(cells):
                    h2[k, c] = h[k, c]
        new_ll = 0.0
        for c in range(cells):
            s2[c] = 0.0
        for k in range(K):
            for c in range(cells):
                s2[c] += pi2[k] * h2[k, c]
        for c in range(cells):
            if counts[c] > 0.0:
                if not s2[c] > 0.0:
                    new_ll = -math.inf
                    break
                new_ll += counts[c] * math.log(s2[c])
        top = -math.inf
        for k in range(K):
            lnu2[k] = lpi2[k] - lg2[k]
            top = max(top, lnu2[k])
        total = 0.0
        for k in range(K):
            total += math.exp(lnu2[k] - top)
        shift = top + math.log(total)
        last = 0
        for k in range(K):
            lnu2[k] -= shift
            score[k] = math.log(rng.standard_exponential()) - lnu2[k]
            if score[k] > score[last]:
                last = k
        new_phi = -power * math.log(b - lnu2[last])
        t_new += new_ll
        ratio = t_new - t_now + new_phi - lphi + q_now + extra
        ratio += math.lgamma(C2 + 1.0) - math.lgamma(C + 1.0)
        # the element drawn is one term of the density of the draw: enough to reject most
        own = (
            log_rho[r] + log_norm[r] - 0.5 * (df + dim2) * math.log1p(stretch * stretch * norm / df)
        )
        chance = math.log(1.0 - rng.random())
        if chance >= ratio - own:
            continue
        if chance >= ratio - arrangement_density(library, C2, x2[:dim2], own - 1e-9):
            continue
        tally[3, 1] += 1
        ll = new_ll
        lphi = new_phi
        known = False
        for i in range(K):
            j = i
            while j > 0 and score[order[j - 1]] > score[i]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = i
        for k in range(K):
            lpi[k] = lpi2[k]
            pi[k] = pi2[k]
            lnu[k] = lnu2[k]
            if is_new[k]:
                lg[k] = lg2[k]
                for j in range(t):
                    l1[k, j] = m1[k, j]
                    l0[k, j] = m0[k, j]
                for c in range(cells):
                    h[k, c] = h2[k, c]
        for c in range(cells):
            s[c] = s2[c]
    return ll


@njit(nogil=True, cache=True)
def em_arrangement(data: Data, share: Floats, lam: Floats, steps: int) -> None:
    """EM for a finite latent class model of the observed histories, in place.

    ``share`` (C,) observed shares summing to 1, ``lam`` (C, lists).
    """
    bits, counts = data
    C, t = lam.shape
    cells = counts.size
    n = counts.sum()
    f = np.empty(C)
    size = np.empty(C)
    on = np.empty((C, t))
    g = np.empty(C)
    for _ in range(steps):
        for k in range(C):
            miss = 1.0
            for j in range(t):
                miss *= 1.0 - lam[k, j]
                on[k, j] = 0.0
            g[k] = max(1.0 - miss, 1e-12)
            size[k] = 0.0
        for c in range(cells):
            total = 0.0
            for k in range(C):
                f[k] = share[k] / g[k]
                for j in range(t):
                    f[k] *= lam[k, j] if bits[c, j] else 1.0 - lam[k, j]
                total += f[k]
            if total <= 0.0:
                continue
            for k in range(C):
                r = counts[c] * f[k] / total
                size[k] += r
                for j in range(t):
                    if bits[c, j]:
                        on[k, j] += r
        for k in range(C):
            share[k] = (size[k] + 1e-9) / (n + C * 1e-9)
            every = size[k] / g[k]
            for j in range(t):
                lam[k, j] = min(max((on[k, j] + 1e-3) / (every + 2e-3), 1e-7), 1.0 - 1e-7)


@njit(nogil=True, cache=True)
def em_many(data: Data, share: Floats, lam: Floats, steps: int) -> None:
    """`em_arrangement` for many states, in place: ``share`` (states, C), ``lam`` (.., C, lists)."""
    for i in range(share.shape[0]):
        em_arrangement(data, share[i], lam[i], steps)
