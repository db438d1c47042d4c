"""Decomposable graphs over lists: enumeration, factors, and the evidence of every graph at once.

A graph over ``t`` lists is a bit mask over the pairs (i < j) in the order (0,1), (0,2), ...,
(1,2), ...; a set of lists is a bit mask over lists. A decomposable graph is stored as its
*terms*: its cliques as positive masks, its separators (with multiplicity, the empty one left
out) as negative masks, padded with zeros.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "decomposable_graphs",
    "decomposable_graphs_numpy",
    "graph_evidence",
    "graph_evidence_numpy",
    "margin_factors",
    "margin_factors_numpy",
    "search_graphs",
    "subset_factors",
    "terms_of",
]


_BLOCK = 1024
_FINE = 4096
_STRIDE = 16
_LIGHT = 8.0
# On grids of _FINE values and more, graphs whose best point lies _LIGHT nats (a factor of 3e-4)
# below the best and that are smooth on that scale are summed over every 16th value: what that can
# change is below 1e-6 of the mass.


@nb.njit(nogil=True, cache=True)
def _factor(adjacent: Any, t: int, terms: Any) -> int:
    """Write cliques (+) and separators (-) of a graph into ``terms``; their number, or -1.

    Vertices whose neighbours are complete are eliminated one by one (a perfect elimination
    order exists if and only if the graph is decomposable). Each gives the factor
    ``clique / clique without the vertex``; equal sets above and below cancel.
    """
    plus = np.zeros(16, np.int64)
    minus = np.zeros(16, np.int64)
    left = (1 << t) - 1
    for step in range(t):
        found = False
        for v in range(t):
            if not left >> v & 1:
                continue
            around = adjacent[v] & left
            complete = True
            for u in range(t):
                if around >> u & 1 and around & ~(adjacent[u] | (1 << u)):
                    complete = False
                    break
            if complete:
                plus[step] = around | (1 << v)
                minus[step] = around
                left &= ~(1 << v)
                found = True
                break
        if not found:
            return -1
    for i in range(t):
        if minus[i] == 0:
            continue
        for j in range(t):
            if plus[j] == minus[i]:
                plus[j] = 0
                minus[i] = 0
                break
    k = 0
    for j in range(t):
        if plus[j]:
            terms[k] = plus[j]
            k += 1
    for i in range(t):
        if minus[i]:
            terms[k] = -minus[i]
            k += 1
    for i in range(k, terms.size):
        terms[i] = 0
    return k


@nb.njit(nogil=True, cache=True)
def _adjacency(edges: int, t: int, adjacent: Any) -> None:
    adjacent[:] = 0
    e = 0
    for i in range(t):
        for j in range(i + 1, t):
            if edges >> e & 1:
                adjacent[i] |= 1 << j
                adjacent[j] |= 1 << i
            e += 1


@nb.njit(nogil=True, cache=True)
def _enumerate(t: int) -> Any:
    pairs = t * (t - 1) // 2
    adjacent = np.zeros(t, np.int64)
    row = np.zeros(2 * t - 1, np.int64)
    count = 0
    for edges in range(1 << pairs):
        _adjacency(edges, t, adjacent)
        if _factor(adjacent, t, row) > 0:
            count += 1
    masks = np.empty(count, np.int64)
    terms = np.empty((count, 2 * t - 1), np.int16)
    g = 0
    for edges in range(1 << pairs):
        _adjacency(edges, t, adjacent)
        if _factor(adjacent, t, row) > 0:
            masks[g] = edges
            for k in range(row.size):
                terms[g, k] = row[k]
            g += 1
    return masks, terms


def decomposable_graphs(t: int) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """All decomposable graphs over ``t`` lists (2 to 7), ordered by edge mask.

    Parameters
    ----------
    t
        Number of lists. There are 8, 61, 822, 18,154 and 617,675 graphs for 3 to 7 lists.

    Returns
    -------
    edges, terms
        Edge masks, shape (graphs,), and terms, shape (graphs, 2 t - 1).
    """
    if not 2 <= t <= 7:
        msg = "graphs are listed for 2 to 7 lists"
        raise ValueError(msg)
    edges, terms = _enumerate(t)
    return edges, terms


def decomposable_graphs_numpy(t: int) -> NDArray[np.int64]:
    """Plain twin of `decomposable_graphs`: edge masks only, by maximum cardinality search."""
    pairs = [(i, j) for i in range(t) for j in range(i + 1, t)]
    found = []
    for edges in range(1 << len(pairs)):
        around: list[set[int]] = [set() for _ in range(t)]
        for e, (i, j) in enumerate(pairs):
            if edges >> e & 1:
                around[i].add(j)
                around[j].add(i)
        numbered: list[int] = []
        chordal = True
        while len(numbered) < t:
            rest = [v for v in range(t) if v not in numbered]
            v = max(rest, key=lambda x: len(around[x] & set(numbered)))
            earlier = around[v] & set(numbered)
            chordal &= all(b in around[a] for a in earlier for b in earlier if a != b)
            numbered.append(v)
        if chordal:
            found.append(edges)
    return np.array(found, dtype=np.int64)


def terms_of(edges: int, t: int) -> NDArray[np.int64] | None:
    """Terms of one graph given by its edge mask, or ``None`` if it is not decomposable."""
    adjacent = np.zeros(t, np.int64)
    e = 0
    for i in range(t):
        for j in range(i + 1, t):
            if edges >> e & 1:
                adjacent[i] |= 1 << j
                adjacent[j] |= 1 << i
            e += 1
    row = np.zeros(2 * t - 1, np.int64)
    k = int(_factor(adjacent, t, row))
    return row[:k] if k > 0 else None


@nb.njit(nogil=True, cache=True)
def margin_factors(counts: Any, t: int, delta: float) -> Any:
    """Per set A of lists: the part of f(A) that does not depend on n0, and the people off A.

    Parameters
    ----------
    counts
        Shape (2**t,) float64; entry 0 is ignored.
    t, delta
        Number of lists; prior count per full cell.

    Returns
    -------
    constant, off
        Both shape (2**t,): sum over the non-zero cells of the A-margin other than its all-zero
        cell of lnG(n + d_A) - lnG(d_A), and minus lnG(d_A) for the all-zero cell, with
        d_A = delta 2^(t-|A|); and the people on no list of A.
    """
    size = 1 << t
    constant = np.zeros(size)
    off = np.zeros(size)
    margin = np.zeros(size)
    for a in range(size):
        bits = 0
        for i in range(t):
            bits += a >> i & 1
        d = delta * (1 << (t - bits))
        base = math.lgamma(d)
        for w in range(1, size):
            margin[w & a] += counts[w]
        off[a] = margin[0]
        margin[0] = 0.0
        total = -base
        for w in range(1, size):
            m = margin[w & a]
            if m > 0.0:
                total += math.lgamma(m + d) - base
                margin[w & a] = 0.0
        constant[a] = total
    return constant, off


def margin_factors_numpy(
    counts: NDArray[np.float64], t: int, delta: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Plain twin of `margin_factors`."""
    from scipy.special import gammaln

    masks = np.arange(1, 1 << t)
    constant = np.zeros(1 << t)
    off = np.zeros(1 << t)
    for a in range(1 << t):
        margin = np.bincount(masks & a, weights=counts[1:], minlength=1 << t)
        d = delta * 2.0 ** (t - int(a).bit_count())
        off[a] = margin[0]
        cells = margin[1:][margin[1:] > 0]
        constant[a] = float((gammaln(cells + d) - gammaln(d)).sum() - gammaln(d))
    return constant, off


@nb.njit(nogil=True, cache=True)
def subset_factors(constant: Any, off: Any, t: int, delta: float, n: float, hidden: Any) -> Any:
    """Log factor of every set of lists at every value of n0, shape (2**t, values).

    Entry (A, k) is f(A) - [lnG(N + 2^t delta) - lnG(2^t delta)] at n0 = ``hidden[k]``, so that
    the log weight of a graph is the plain sum over its cliques minus its separators (the power
    |C| - |S| of the Dirichlet constant is carried by the subtraction, and the empty set is 0).
    Where ``hidden`` is a run of consecutive whole numbers, lnG is tabulated once per set size.
    """
    size = 1 << t
    values = hidden.size
    out = np.zeros((size, values))
    whole = delta * size
    base = math.lgamma(whole)
    run = values > 1 and hidden[0] == math.floor(hidden[0])
    for k in range(1, values):
        if hidden[k] != hidden[k - 1] + 1.0:
            run = False
            break
    common = np.empty(values)
    for k in range(values):
        common[k] = math.lgamma(hidden[k] + n + whole) - base
    if not run:
        for a in range(1, size):
            bits = 0
            for i in range(t):
                bits += a >> i & 1
            shift = off[a] + delta * (1 << (t - bits))
            for k in range(values):
                out[a, k] = constant[a] + math.lgamma(hidden[k] + shift) - common[k]
        return out
    length = int(n) + values
    table = np.empty(length)
    for bits in range(1, t + 1):
        d = delta * (1 << (t - bits))
        for x in range(length):
            table[x] = math.lgamma(hidden[0] + x + d)
        for a in range(1, size):
            own = 0
            for i in range(t):
                own += a >> i & 1
            if own != bits:
                continue
            start = int(off[a])
            c = constant[a]
            for k in range(values):
                out[a, k] = c + table[start + k] - common[k]
    return out


@nb.njit(nogil=True, cache=True)
def _value(terms: Any, g: int, factors: Any, base: Any, k: int) -> Any:
    total = base[k]
    for j in range(terms.shape[1]):
        a = terms[g, j]
        if a > 0:
            total += factors[a, k]
        elif a < 0:
            total -= factors[-a, k]
        else:
            break
    return total


@nb.njit(nogil=True, cache=True)
def _peak(terms: Any, g: int, factors: Any, base: Any) -> Any:
    """Largest log weight of one graph and where: a coarse scan, then steps that halve."""
    values = base.size
    stride = max(1, values // 64)
    best = -math.inf
    where = 0
    for k in range(0, values, stride):
        x = _value(terms, g, factors, base, k)
        if x > best:
            best = x
            where = k
    step = stride
    while step > 0:
        moved = False
        for k in (where - step, where + step):
            if 0 <= k < values:
                x = _value(terms, g, factors, base, k)
                if x > best:
                    best = x
                    where = k
                    moved = True
        if not moved:
            step //= 2
    return best, where


@nb.njit(nogil=True, cache=True)
def _add(
    terms: Any,
    g: int,
    factors: Any,
    base: Any,
    population: Any,
    top: float,
    start: int,
    stop: int,
    line: Any,
    mass: Any,
) -> Any:
    """Add one graph's weights (relative to ``top``) over a block; its total and its sum of N."""
    width = stop - start
    for k in range(width):
        line[k] = base[start + k] - top
    for j in range(terms.shape[1]):
        a = terms[g, j]
        if a == 0:
            break
        if a > 0:
            row = factors[a]
            for k in range(width):
                line[k] += row[start + k]
        else:
            row = factors[-a]
            for k in range(width):
                line[k] -= row[start + k]
    total = 0.0
    moment = 0.0
    for k in range(width):
        if line[k] > -38.0:
            x = math.exp(line[k])
            mass[start + k] += x
            total += x
            moment += x * population[start + k]
    return total, moment


@nb.njit(nogil=True, cache=True)
def graph_evidence(terms: Any, factors: Any, base: Any, population: Any, keep: float) -> Any:
    """Posterior mass over the grid summed over graphs, and each graph's share of it.

    Parameters
    ----------
    terms
        Shape (graphs, width), from `decomposable_graphs`.
    factors
        Shape (2**t, values), from `subset_factors`.
    base
        Shape (values,): the part of the log weight common to all graphs.
    population
        Shape (values,): N at each value, for the conditional means.
    keep
        Graphs whose highest point lies more than this many nats below the best are left out.

    Returns
    -------
    mass, evidence, mean
        Mass per value, shape (values,), summing to 1; log evidence per graph relative to the
        highest point, -inf where left out; mean of N per graph, NaN where left out.
    """
    graphs = terms.shape[0]
    values = base.size
    peak = np.empty(graphs)
    top = -math.inf
    place = np.empty(graphs, np.int64)
    for g in range(graphs):
        peak[g], place[g] = _peak(terms, g, factors, base)
        top = max(top, peak[g])
    mass = np.zeros(values)
    evidence = np.full(graphs, -math.inf)
    mean = np.full(graphs, math.nan)
    floor = top - keep
    sparse = np.zeros(graphs, np.bool_)
    for g in range(graphs):
        if values >= _FINE and floor <= peak[g] < top - _LIGHT:
            drop = 0.0
            for k in (place[g] - _STRIDE, place[g] + _STRIDE):
                if 0 <= k < values:
                    drop = max(drop, peak[g] - _value(terms, g, factors, base, k))
            sparse[g] = drop < 0.1
    totals = np.zeros(graphs)
    moments = np.zeros(graphs)
    line = np.empty(_BLOCK)
    for start in range(0, values, _BLOCK):  # a block of all factors stays in the cache
        stop = min(values, start + _BLOCK)
        for g in range(graphs):
            if peak[g] >= floor and not sparse[g]:
                total, moment = _add(
                    terms, g, factors, base, population, top, start, stop, line, mass
                )
                totals[g] += total
                moments[g] += moment
    if sparse.any():
        middle = _STRIDE // 2
        few = values // _STRIDE
        thin_factors = np.empty((factors.shape[0], few))
        for a in range(factors.shape[0]):
            for k in range(few):
                thin_factors[a, k] = factors[a, k * _STRIDE + middle]
        thin_base = np.empty(few)
        thin_population = np.empty(few)
        for k in range(few):
            thin_base[k] = base[k * _STRIDE + middle]
            thin_population[k] = population[k * _STRIDE + middle]
        thin_mass = np.zeros(few)
        for start in range(0, few, _BLOCK):
            stop = min(few, start + _BLOCK)
            for g in range(graphs):
                if sparse[g]:
                    total, moment = _add(
                        terms,
                        g,
                        thin_factors,
                        thin_base,
                        thin_population,
                        top,
                        start,
                        stop,
                        line,
                        thin_mass,
                    )
                    totals[g] += total * _STRIDE
                    moments[g] += moment * _STRIDE
        for k in range(few):
            for i in range(_STRIDE):
                mass[k * _STRIDE + i] += thin_mass[k]
    for g in range(graphs):
        if totals[g] > 0.0:
            evidence[g] = math.log(totals[g])
            mean[g] = moments[g] / totals[g]
    whole = mass.sum()
    return mass / whole, evidence, mean


def graph_evidence_numpy(
    terms: NDArray[np.int16],
    factors: NDArray[np.float64],
    base: NDArray[np.float64],
    population: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Plain twin of `graph_evidence`, leaving nothing out."""
    lines = np.repeat(base[None, :], terms.shape[0], axis=0)
    for j in range(terms.shape[1]):
        a = terms[:, j].astype(np.int64)
        lines += np.sign(a)[:, None] * np.where((a != 0)[:, None], factors[np.abs(a)], 0.0)
    top = lines.max()
    weights = np.exp(lines - top)
    totals = weights.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        evidence = np.log(totals)
        mean = weights @ population / totals
    mass = weights.sum(axis=0)
    return mass / mass.sum(), evidence, mean


@nb.njit(nogil=True, cache=True)
def search_graphs(t: int, factors: Any, base: Any, proposals: Any, accept: Any) -> Any:
    """Walk through decomposable graphs by single pairs added or dropped (Metropolis).

    The walk's stationary distribution is the posterior over graphs. It starts from the graph
    without pairs.

    Parameters
    ----------
    t
        Number of lists.
    factors, base
        As in `graph_evidence`, over the whole grid.
    proposals
        Shape (steps,) int64: index of the pair to toggle at each step.
    accept
        Shape (steps,) float64: logs of uniform numbers.

    Returns
    -------
    terms, evidence, key
        Of the graph held after each step: terms (steps, 2 t - 1), log evidence up to a constant,
        and a 64-bit key of its pairs, for telling graphs apart.
    """
    steps = proposals.size
    width = 2 * t - 1
    pairs = t * (t - 1) // 2
    left = np.empty(pairs, np.int64)
    right = np.empty(pairs, np.int64)
    marks = np.empty(pairs, np.uint64)
    e = 0
    state = np.uint64(0x9E3779B97F4A7C15)
    for i in range(t):
        for j in range(i + 1, t):
            left[e] = i
            right[e] = j
            state += np.uint64(0x9E3779B97F4A7C15)
            z = state
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            marks[e] = z ^ (z >> np.uint64(31))
            e += 1
    adjacent = np.zeros(t, np.int64)
    terms = np.zeros((steps, width), np.int16)
    evidence = np.empty(steps)
    keys = np.empty(steps, np.uint64)
    row = np.zeros((1, width), np.int64)
    _factor(adjacent, t, row[0])
    now = row.copy()
    level = _log_total(now, factors, base)
    key = np.uint64(0)
    for s in range(steps):
        e = proposals[s]
        i = left[e]
        j = right[e]
        adjacent[i] ^= 1 << j
        adjacent[j] ^= 1 << i
        accepted = False
        if _factor(adjacent, t, row[0]) > 0:
            other = _log_total(row, factors, base)
            if accept[s] < other - level:
                accepted = True
                level = other
                now[:] = row
                key ^= marks[e]
        if not accepted:
            adjacent[i] ^= 1 << j
            adjacent[j] ^= 1 << i
        for k in range(width):
            terms[s, k] = now[0, k]
        evidence[s] = level
        keys[s] = key
    return terms, evidence, keys


@nb.njit(nogil=True, cache=True)
def _log_total(terms: Any, factors: Any, base: Any) -> Any:
    top, _ = _peak(terms, 0, factors, base)
    total = 0.0
    for k in range(base.size):
        x = _value(terms, 0, factors, base, k) - top
        if x > -40.0:
            total += math.exp(x)
    return top + math.log(total)
