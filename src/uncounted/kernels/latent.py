# mypy: disable-error-code="no-any-return"
"""Compiled sweeps of the latent class sampler (Manrique-Vallier 2016), with N and classes summed out.

The model: class ``k`` has weight ``nu_k`` by truncated stick-breaking with
``alpha ~ Gamma(a, rate b)``, a person of class ``k`` is on list ``j`` with probability
``lambda_kj ~ U(0, 1)``, and ``p(N)`` is proportional to ``1/N``. Then the likelihood of the
observed histories is ``prod_w (sum_k pi_k h_k(w)) ** n_w`` with ``g_k`` the probability that a
person of class ``k`` is on some list, ``pi_k = nu_k g_k / sum(nu g)`` the class's share of the
observed and ``h_k = f_k / g_k``. With ``alpha`` integrated out, a move on ``log nu`` that draws the
order of the sticks anew (a size-biased permutation) sees a prior that is flat in ``log nu`` times
``phi = (b - log nu_last) ** -(a + K - 1)``.

Data, states and what follows from them are tuples of `uncounted.kernels.latent_jumps`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from uncounted.kernels.arrays import Floats, Ints
from uncounted.kernels.latent_jumps import (
    Data,
    Library,
    Now,
    Shares,
    State,
    Target,
    class_row,
    jump,
)
from uncounted.kernels.random_draws import binomial, log_gamma_draw, poisson

__all__ = ["Moves", "Prior", "Run", "log_target", "run_chain"]

_NEVER = 1e-16  # a class expected to hold fewer people than this of a history holds none
_LOMAX = 8.0  # scale of the vague proposal for -logit(share)


class Prior(NamedTuple):
    """Shape and rate of the gamma prior of alpha."""

    a: float
    b: float


class Moves(NamedTuple):
    """Moves of a sweep.

    Parameters
    ----------
    augment
        Data augmentation, 0 or 1.
    order, ridge, refresh, jump
        How many order refreshes, ridge moves, class refreshes and library jumps.
    stride
        States are kept every so many sweeps; 0 for none.
    """

    augment: int
    order: int
    ridge: int
    refresh: int
    jump: int
    stride: int


class Run(NamedTuple):
    """What a run leaves, filled in place.

    Parameters
    ----------
    hidden, loglik
        Shape (sweeps,): n0, and the log likelihood at the end of each sweep.
    share, l1
        Every ``stride`` sweeps: log shares (kept, K) and log lambda (kept, K, lists).
    tally
        Shape (4, 2): moves tried and accepted for order, ridge, refresh, jump.
    """

    hidden: Floats
    loglik: Floats
    share: Floats
    l1: Floats
    tally: Ints


class _Fresh(NamedTuple):
    """Room for a proposal: what `Now` holds, for one class changed, its row and its lambda."""

    shares: Shares
    lg: Floats
    lnu: Floats
    s: Floats
    row: Floats
    n1: Floats
    n0: Floats
    chance: Floats


class _Fitted(NamedTuple):
    """A class fitted to what the others leave.

    Parameters
    ----------
    others
        Shape (cells,): the rest's history distribution.
    mean
        Shape (lists,): the class's expected people per list.
    fit
        Shape (1 + lists,): its expected people observed; room.
    """

    others: Floats
    mean: Floats
    fit: Floats


@njit(nogil=True, cache=True)
def mixture(counts: Floats, now: Now) -> float:
    """Fill ``now.s`` with history probabilities given listed; return the log likelihood."""
    pi, h, s = now.shares.pi, now.h, now.s
    K, cells = h.shape
    for c in range(cells):
        s[c] = 0.0
    for k in range(K):
        p = pi[k]
        if p > 0.0:
            for c in range(cells):
                s[c] += p * h[k, c]
    total = 0.0
    for c in range(cells):
        if counts[c] > 0.0:
            if s[c] <= 0.0:
                return -math.inf
            total += counts[c] * math.log(s[c])
    return total


@njit(nogil=True, cache=True)
def shares_of(lnu: Floats, lg: Floats, shares: Shares) -> None:
    """Log observed shares from log weights: ``log pi = log nu + log g - log sum``."""
    lpi, pi = shares
    top = -math.inf
    for k in range(lnu.size):
        lpi[k] = lnu[k] + lg[k]
        top = max(top, lpi[k])
    total = 0.0
    for k in range(lnu.size):
        pi[k] = math.exp(lpi[k] - top)
        total += pi[k]
    shift = top + math.log(total)
    for k in range(lnu.size):
        lpi[k] -= shift
        pi[k] /= total


@njit(nogil=True, cache=True)
def weights_of(lpi: Floats, lg: Floats, lnu: Floats) -> None:
    """Log weights from log observed shares: the inverse of `shares_of`."""
    top = -math.inf
    for k in range(lpi.size):
        lnu[k] = lpi[k] - lg[k]
        top = max(top, lnu[k])
    total = 0.0
    for k in range(lpi.size):
        total += math.exp(lnu[k] - top)
    shift = top + math.log(total)
    for k in range(lpi.size):
        lnu[k] -= shift


@njit(nogil=True, cache=True)
def draw_order(rng: np.random.Generator, lnu: Floats, score: Floats) -> int:
    """Fill ``score`` with the keys of a size-biased permutation; return the class that is last."""
    last = 0
    for k in range(lnu.size):
        score[k] = math.log(rng.standard_exponential()) - lnu[k]
        if score[k] > score[last]:
            last = k
    return last


@njit(nogil=True, cache=True)
def sort_order(score: Floats, order: Ints) -> None:
    """Order the classes by their scores, smallest first (insertion sort: K is small)."""
    for i in range(score.size):
        j = i
        while j > 0 and score[order[j - 1]] > score[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i


@njit(nogil=True, cache=True)
def augment(
    rng: np.random.Generator, data: Data, prior: Prior, state: State, now: Now, work: Floats
) -> float:
    """One sweep of grouped data augmentation; returns the draw of the hidden count ``n0``.

    Classes are drawn per capture history (so the cost does not depend on n), the hidden per
    class as Poisson given a gamma, then alpha, the sticks and lambda from their conditionals.
    """
    bits, counts = data
    lnu, l1, l0, order = state
    pi, h, s = now.shares.pi, now.h, now.s
    K, t = l1.shape
    cells = counts.size
    size = work[0]
    for k in range(K):
        size[k] = 0.0
        for j in range(t):
            work[1 + j, k] = 0.0
    n = 0.0
    for c in range(cells):
        left = counts[c]
        n += left
        mass = s[c]
        for i in range(K):
            if left <= 0.0:
                break
            k = order[i]
            q = pi[k] * h[k, c]
            if i == K - 1:
                x = left
            elif left * q <= _NEVER * mass:
                x = 0.0
            else:
                x = binomial(rng, left, q / mass)
            mass -= q
            if x > 0.0:
                left -= x
                size[k] += x
                for j in range(t):
                    if bits[c, j]:
                        work[1 + j, k] += x
    hidden = 0.0
    scale = rng.standard_gamma(n) if n > 0.0 else 0.0
    for k in range(K):
        total = 0.0
        for j in range(t):
            total += l0[k, j]
        g = -math.expm1(total)
        rate = scale * pi[k] * math.exp(total) / g if g > 0.0 else 0.0
        x = poisson(rng, rate)
        hidden += x
        size[k] += x
    shape = prior.a + K - 1.0
    alpha = rng.standard_gamma(shape) / (prior.b - lnu[order[K - 1]])
    for k in range(K):
        for j in range(t):
            on = work[1 + j, k]
            off = size[k] - on
            x = rng.standard_gamma(1.0 + on) if on > 0.0 else rng.standard_exponential()
            y = rng.standard_gamma(1.0 + off) if off > 0.0 else rng.standard_exponential()
            x = max(x, 1e-300)
            y = max(y, 1e-300)
            l1[k, j] = math.log(x / (x + y))
            l0[k, j] = math.log(y / (x + y))
    tail = 0.0
    for k in range(K):
        tail += size[k]
    stick = 0.0
    for i in range(K - 1):
        k = order[i]
        tail = max(0.0, tail - size[k])
        x = log_gamma_draw(rng, 1.0 + size[k])
        y = log_gamma_draw(rng, alpha + tail)
        top = max(x, y)
        norm = top + math.log(math.exp(x - top) + math.exp(y - top))
        lnu[k] = stick + x - norm
        stick += y - norm
    lnu[order[K - 1]] = stick
    return hidden


@njit(nogil=True, cache=True)
def pick_class(rng: np.random.Generator, pi: Floats) -> int:
    """Half the time any class, else by observed share: unchanged by moves that fix the shares."""
    K = pi.size
    if rng.random() < 0.5:
        return min(K - 1, int(rng.random() * K))
    u = rng.random()
    for k in range(K):
        u -= pi[k]
        if u < 0.0:
            return k
    return K - 1


@njit(nogil=True, cache=True)
def softplus(x: float) -> float:
    """``log(1 + exp(x))`` without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@njit(nogil=True, cache=True)
def propose_row(data: Data, k: int, shares: Shares, now: Now, fresh: _Fresh) -> float:
    """Log likelihood with class ``k``'s lambda replaced; fills the new row, shares and weights."""
    bits, counts = data
    lpi, pi = shares
    h, row, s2 = now.h, fresh.row, fresh.s
    K, cells = h.shape
    for m in range(K):
        fresh.lg[m] = now.lg[m]
    fresh.lg[k] = class_row(bits, fresh.n1, fresh.n0, row, fresh.chance)
    weights_of(lpi, fresh.lg, fresh.lnu)
    for c in range(cells):
        s2[c] = pi[k] * row[c]
    for m in range(K):
        if m != k and pi[m] > 0.0:
            for c in range(cells):
                s2[c] += pi[m] * h[m, c]
    total = 0.0
    for c in range(cells):
        if counts[c] > 0.0:
            if not s2[c] > 0.0:
                return -math.inf
            total += counts[c] * math.log(s2[c])
    return total


@njit(nogil=True, cache=True)
def em_class(rng: np.random.Generator, data: Data, n: float, fitted: _Fitted) -> float:
    """EM for one class from a random history, the rest of the mixture fixed.

    Fills ``fitted.mean`` and ``fitted.fit``; returns the class's expected people in all.
    """
    bits, counts = data
    others, mean, fit = fitted
    cells, t = bits.shape
    lam = mean  # reused: first the probabilities, at the end the expected counts
    first = min(cells - 1, int(rng.random() * cells))
    second = min(cells - 1, int(rng.random() * cells)) if rng.random() < 0.5 else first
    for j in range(t):
        lam[j] = 0.03 + 0.47 * bits[first, j] + 0.47 * bits[second, j]
    share = 0.2
    steps = 1 + int(rng.random() * 5)
    size = 0.0
    seen = 0.0
    for step in range(steps):
        f0 = 1.0
        for j in range(t):
            f0 *= 1.0 - lam[j]
        g = max(1.0 - f0, 1e-12)
        seen = 0.0
        for j in range(t):
            fit[1 + j] = 0.0
        for c in range(cells):
            f = share / g
            for j in range(t):
                f *= lam[j] if bits[c, j] else 1.0 - lam[j]
            rest = (1.0 - share) * others[c]
            r = counts[c] * f / (f + rest) if f + rest > 0.0 else 0.0
            seen += r
            for j in range(t):
                if bits[c, j]:
                    fit[1 + j] += r
        size = min(seen + seen * f0 / g, 1e9 * n)
        share = min(max((seen + 0.5) / (n + 1.0), 1e-6), 1.0 - 1e-6)
        if step == steps - 1:
            break
        for j in range(t):
            lam[j] = min(max((fit[1 + j] + 0.1) / (size + 0.2), 1e-6), 1.0 - 1e-6)
    for j in range(t):
        mean[j] = min(fit[1 + j], size)
    fit[0] = seen
    return size


@njit(nogil=True, cache=True)
def class_density(
    n: float, size: float, fitted: _Fitted, kappa: float, l1: Floats, l0: Floats, x: float
) -> float:
    """Log density of the class proposal (half fitted, half vague) at lambda and ``x = logit pi``."""
    mean = fitted.mean
    t = mean.size
    seen = fitted.fit[0]
    centre = math.log((seen + 0.5) / (n - seen + 0.5))
    scale = 0.1 + 0.8 / math.sqrt(min(seen, n - seen) + 1.0)
    z = (x - centre) / scale
    told = -math.log(scale) - abs(z) - 2.0 * math.log1p(math.exp(-abs(z)))
    for j in range(t):
        p = 1.0 + kappa * mean[j]
        q = 1.0 + kappa * (size - mean[j])
        told += math.lgamma(p + q) - math.lgamma(p) - math.lgamma(q)
        told += (p - 1.0) * l1[j] + (q - 1.0) * l0[j]
    if x >= 0.0:
        return told + math.log(0.5)
    vague = -math.log(_LOMAX) - 2.0 * math.log1p(-x / _LOMAX)
    top = max(vague, told)
    return top + math.log(math.exp(vague - top) + math.exp(told - top)) + math.log(0.5)


@njit(nogil=True, cache=True)
def log_target(data: Data, prior: Prior, state: State, last: int) -> float:
    """Log likelihood plus log phi of a state, from scratch (the kernel's own bookkeeping)."""
    bits, counts = data
    K, t = state.l1.shape
    now = Now(
        Shares(np.empty(K), np.empty(K)),
        np.empty(K),
        np.empty((K, counts.size)),
        np.empty(counts.size),
    )
    chance = np.empty((2, t))
    for k in range(K):
        now.lg[k] = class_row(bits, state.l1[k], state.l0[k], now.h[k], chance)
    shares_of(state.lnu, now.lg, now.shares)
    power = prior.a + K - 1.0
    return float(mixture(counts, now) - power * math.log(prior.b - state.lnu[last]))


@njit(nogil=True, cache=True)
def run_chain(
    rng: np.random.Generator,
    data: Data,
    prior: Prior,
    moves: Moves,
    library: Library,
    state: State,
    run: Run,
) -> None:
    """Run ``run.hidden.size`` sweeps of one chain.

    Parameters
    ----------
    rng
        Generator of this chain alone.
    data, prior
        What the posterior is of.
    moves, library
        What to do in each sweep; where jumps go.
    state
        Changed in place.
    run
        Filled.
    """
    bits, counts = data
    lnu, l1, l0, order = state
    tally = run.tally
    K, t = l1.shape
    cells = counts.size
    b = prior.b
    power = prior.a + K - 1.0
    n = counts.sum()
    now = Now(Shares(np.empty(K), np.empty(K)), np.empty(K), np.empty((K, cells)), np.empty(cells))
    shares, lg, h, s = now
    lpi, pi = shares
    fresh = _Fresh(
        Shares(np.empty(K), np.empty(K)),
        np.empty(K),
        np.empty(K),
        np.empty(cells),
        np.empty(cells),
        np.empty(t),
        np.empty(t),
        np.empty((2, t)),
    )
    shares2, lg2, lnu2, s2, row, n1, n0, chance = fresh
    lpi2, pi2 = shares2
    fitted = _Fitted(np.empty(cells), np.empty(t), np.empty(1 + t))
    others, mean, fit = fitted
    score = np.empty(K)
    work = np.zeros((1 + t, K))
    kept = 0
    for k in range(K):
        lg[k] = class_row(bits, l1[k], l0[k], h[k], chance)
    shares_of(lnu, lg, shares)
    ll = mixture(counts, now)
    for sweep in range(run.hidden.size):
        if moves.augment > 0:
            run.hidden[sweep] = augment(rng, data, prior, state, now, work)
            for k in range(K):
                lg[k] = class_row(bits, l1[k], l0[k], h[k], chance)
            shares_of(lnu, lg, shares)
            ll = mixture(counts, now)
        lphi = -power * math.log(b - lnu[order[K - 1]])
        for _ in range(moves.order):
            tally[0, 0] += 1
            last = draw_order(rng, lnu, score)
            new = -power * math.log(b - lnu[last])
            if math.log(1.0 - rng.random()) < new - lphi:
                sort_order(score, order)
                lphi = new
                tally[0, 1] += 1
        for _ in range(moves.ridge):
            tally[1, 0] += 1
            k = pick_class(rng, pi)
            delta = 0.4 * math.exp(rng.standard_normal()) * rng.standard_normal()
            one = int(rng.random() * t) if rng.random() < 0.3 else -1
            jac = 0.0
            for j in range(t):
                if one < 0 or one == j:
                    x = l1[k, j] - l0[k, j] + delta
                    n1[j] = -softplus(-x)
                    n0[j] = -softplus(x)
                    jac += n1[j] + n0[j] - l1[k, j] - l0[k, j]
                else:
                    n1[j] = l1[k, j]
                    n0[j] = l0[k, j]
            new_ll = propose_row(data, k, shares, now, fresh)
            last = draw_order(rng, lnu2, score)
            new = -power * math.log(b - lnu2[last])
            if math.log(1.0 - rng.random()) < new_ll - ll + new - lphi + jac:
                tally[1, 1] += 1
                ll = new_ll
                lphi = new
                sort_order(score, order)
                lg[k] = lg2[k]
                for j in range(t):
                    l1[k, j] = n1[j]
                    l0[k, j] = n0[j]
                for m in range(K):
                    lnu[m] = lnu2[m]
                for c in range(cells):
                    h[k, c] = row[c]
                    s[c] = s2[c]
        for _ in range(moves.refresh if K > 1 else 0):
            tally[2, 0] += 1
            k = min(K - 1, int(rng.random() * K))
            top = -math.inf
            for m in range(K):
                if m != k:
                    top = max(top, lpi[m])
            total = 0.0
            for m in range(K):
                if m != k:
                    total += math.exp(lpi[m] - top)
            rest = top + math.log(total)  # log(1 - pi_k), safe when pi_k is near 1
            for c in range(cells):
                others[c] = 0.0
            for m in range(K):
                if m != k:
                    p = math.exp(lpi[m] - rest)
                    for c in range(cells):
                        others[c] += p * h[m, c]
            size = em_class(rng, data, n, fitted)
            kappa = 1.0 if rng.random() < 0.5 else 0.3
            if rng.random() < 0.5:
                u = rng.random()
                x = -_LOMAX * (1.0 / (1.0 - u) - 1.0)
                for j in range(t):
                    u = rng.random()
                    n1[j] = math.log(1.0 - u)
                    n0[j] = math.log(u) if u > 0.0 else -745.0
            else:
                u = rng.random()
                while u <= 0.0:
                    u = rng.random()
                centre = math.log((fit[0] + 0.5) / (n - fit[0] + 0.5))
                scale = 0.1 + 0.8 / math.sqrt(min(fit[0], n - fit[0]) + 1.0)
                x = centre + scale * math.log(u / (1.0 - u))
                for j in range(t):
                    u = math.log(rng.standard_gamma(1.0 + kappa * mean[j]))
                    v = math.log(rng.standard_gamma(1.0 + kappa * (size - mean[j])))
                    top = max(u, v)
                    u -= top
                    v -= top
                    norm = math.log(math.exp(u) + math.exp(v))
                    n1[j] = u - norm
                    n0[j] = v - norm
            forward = class_density(n, size, fitted, kappa, n1, n0, x)
            back = class_density(n, size, fitted, kappa, l1[k], l0[k], lpi[k] - rest)
            new_rest = -softplus(x)
            for m in range(K):
                lpi2[m] = lpi[m] - rest + new_rest
            lpi2[k] = -softplus(-x)
            for m in range(K):
                pi2[m] = math.exp(lpi2[m])
            new_ll = propose_row(data, k, shares2, now, fresh)
            last = draw_order(rng, lnu2, score)
            new = -power * math.log(b - lnu2[last])
            if math.log(1.0 - rng.random()) < new_ll - ll + new - lphi + back - forward:
                tally[2, 1] += 1
                ll = new_ll
                lphi = new
                sort_order(score, order)
                lg[k] = lg2[k]
                for j in range(t):
                    l1[k, j] = n1[j]
                    l0[k, j] = n0[j]
                for m in range(K):
                    lnu[m] = lnu2[m]
                    lpi[m] = lpi2[m]
                    pi[m] = pi2[m]
                for c in range(cells):
                    h[k, c] = row[c]
                    s[c] = s2[c]
        if moves.jump > 0:
            target = Target(power, b, ll, lphi)
            ll = jump(rng, data, moves.jump, library, target, state, now, score, tally)
        run.loglik[sweep] = ll
        if moves.stride > 0 and sweep % moves.stride == 0 and kept < run.share.shape[0]:
            for k in range(K):
                run.share[kept, k] = lpi[k]
                for j in range(t):
                    run.l1[kept, k, j] = l1[k, j]
            kept += 1
