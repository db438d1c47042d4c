# mypy: disable-error-code="no-any-return"
"""Compiled loops of `uncounted.kernels.graphs`."""

from __future__ import annotations

import math

import numba as nb
import numpy as np

from uncounted.kernels.arrays import Floats, Ints
from uncounted.kernels.graphs import BLOCK, FINE, STRIDE, Evidence, Grid, Scratch, Sums, Walk

__all__ = [
    "enumerate_graphs",
    "factor",
    "graph_evidence",
    "margin_factors",
    "search_graphs",
    "subset_factors",
]

_LIGHT = 8.0
# On grids of FINE values and more, graphs whose best point lies _LIGHT nats (a factor of 3e-4)
# below the best and that are smooth on that scale are summed over every 16th value: what that can
# change is below 1e-6 of the mass.


@nb.njit(nogil=True, cache=True)
def _factor(t: int, work: Scratch) -> int:
    """Write cliques (+) and separators (-) of a graph into ``work.row``; their number, or -1.

    Vertices whose neighbours are complete are eliminated one by one (a perfect elimination
    order exists if and only if the graph is decomposable). Each gives the factor
    ``clique / clique without the vertex``; equal sets above and below cancel.
    """
    adjacent, plus, minus, terms, _ = work
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
def _adjacency(edges: int, t: int, adjacent: Ints) -> None:
    adjacent[:] = 0
    e = 0
    for i in range(t):
        for j in range(i + 1, t):
            if edges >> e & 1:
                adjacent[i] |= 1 << j
                adjacent[j] |= 1 << i
            e += 1


@nb.njit(nogil=True, cache=True)
def factor(edges: int, t: int, work: Scratch) -> None:
    """Terms of one graph into ``work.row``, how many into ``work.found``."""
    _adjacency(edges, t, work.adjacent)
    work.found[0] = _factor(t, work)


@nb.njit(nogil=True, cache=True)
def enumerate_graphs(t: int, work: Scratch, masks: Ints, terms: Ints, count: Ints) -> None:
    """All decomposable graphs, and how many: see `uncounted.kernels.graphs.decomposable_graphs`."""
    pairs = t * (t - 1) // 2
    g = 0
    for edges in range(1 << pairs):
        _adjacency(edges, t, work.adjacent)
        if _factor(t, work) > 0:
            masks[g] = edges
            for k in range(work.row.size):
                terms[g, k] = work.row[k]
            g += 1
    count[0] = g


@nb.njit(nogil=True, cache=True)
def margin_factors(
    counts: Floats, t: int, delta: float, constant: Floats, off: Floats, margin: Floats
) -> None:
    """Parts of the factors without n0: see `uncounted.kernels.graphs.margin_factors`."""
    size = 1 << t
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


@nb.njit(nogil=True, cache=True)
def subset_factors(
    constant: Floats,
    off: Floats,
    t: int,
    delta: float,
    n: float,
    hidden: Floats,
    common: Floats,
    table: Floats,
    out: Floats,
) -> None:
    """Factors at every value of n0: see `uncounted.kernels.graphs.subset_factors`.

    ``table`` is empty unless ``hidden`` is a run of consecutive whole numbers.
    """
    size = 1 << t
    values = hidden.size
    whole = delta * size
    base = math.lgamma(whole)
    for k in range(values):
        common[k] = math.lgamma(hidden[k] + n + whole) - base
    if table.size == 0:
        for a in range(1, size):
            bits = 0
            for i in range(t):
                bits += a >> i & 1
            shift = off[a] + delta * (1 << (t - bits))
            for k in range(values):
                out[a, k] = constant[a] + math.lgamma(hidden[k] + shift) - common[k]
        return
    for bits in range(1, t + 1):
        d = delta * (1 << (t - bits))
        for x in range(table.size):
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


@nb.njit(nogil=True, cache=True)
def _value(terms: Ints, g: int, grid: Grid, k: int) -> float:
    total = grid.base[k]
    for j in range(terms.shape[1]):
        a = terms[g, j]
        if a > 0:
            total += grid.factors[a, k]
        elif a < 0:
            total -= grid.factors[-a, k]
        else:
            break
    return total


@nb.njit(nogil=True, cache=True)
def _peak(terms: Ints, g: int, grid: Grid) -> tuple[float, int]:
    """Largest log weight of one graph and where: a coarse scan, then steps that halve."""
    values = grid.base.size
    stride = max(1, values // 64)
    best = -math.inf
    where = 0
    for k in range(0, values, stride):
        x = _value(terms, g, grid, k)
        if x > best:
            best = x
            where = k
    step = stride
    while step > 0:
        moved = False
        for k in (where - step, where + step):
            if 0 <= k < values:
                x = _value(terms, g, grid, k)
                if x > best:
                    best = x
                    where = k
                    moved = True
        if not moved:
            step //= 2
    return best, where


@nb.njit(nogil=True, cache=True)
def _add(
    terms: Ints, g: int, grid: Grid, top: float, start: int, line: Floats, mass: Floats
) -> tuple[float, float]:
    """Add one graph's weights (relative to ``top``) over a block; its total and its sum of N."""
    width = min(BLOCK, mass.size - start)
    for k in range(width):
        line[k] = grid.base[start + k] - top
    for j in range(terms.shape[1]):
        a = terms[g, j]
        if a == 0:
            break
        if a > 0:
            row = grid.factors[a]
            for k in range(width):
                line[k] += row[start + k]
        else:
            row = grid.factors[-a]
            for k in range(width):
                line[k] -= row[start + k]
    total = 0.0
    moment = 0.0
    for k in range(width):
        if line[k] > -38.0:
            x = math.exp(line[k])
            mass[start + k] += x
            total += x
            moment += x * grid.population[start + k]
    return total, moment


@nb.njit(nogil=True, cache=True)
def graph_evidence(terms: Ints, grid: Grid, keep: float, out: Evidence, sums: Sums) -> None:
    """Posterior over graphs: see `uncounted.kernels.graphs.graph_evidence`."""
    graphs = terms.shape[0]
    values = grid.base.size
    peak, place, sparse, totals, moments, line, thin_mass, thin = sums
    top = -math.inf
    for g in range(graphs):
        peak[g], place[g] = _peak(terms, g, grid)
        top = max(top, peak[g])
    floor = top - keep
    some = False
    for g in range(graphs):
        if values >= FINE and floor <= peak[g] < top - _LIGHT:
            drop = 0.0
            for k in (place[g] - STRIDE, place[g] + STRIDE):
                if 0 <= k < values:
                    drop = max(drop, peak[g] - _value(terms, g, grid, k))
            sparse[g] = drop < 0.1
            some = some or sparse[g]
    for start in range(0, values, BLOCK):
        for g in range(graphs):
            if peak[g] >= floor and not sparse[g]:
                total, moment = _add(terms, g, grid, top, start, line, out.mass)
                totals[g] += total
                moments[g] += moment
    if some:
        middle = STRIDE // 2
        few = thin_mass.size
        for a in range(grid.factors.shape[0]):
            for k in range(few):
                thin.factors[a, k] = grid.factors[a, k * STRIDE + middle]
        for k in range(few):
            thin.base[k] = grid.base[k * STRIDE + middle]
            thin.population[k] = grid.population[k * STRIDE + middle]
        for start in range(0, few, BLOCK):
            for g in range(graphs):
                if sparse[g]:
                    total, moment = _add(terms, g, thin, top, start, line, thin_mass)
                    totals[g] += total * STRIDE
                    moments[g] += moment * STRIDE
        for k in range(few):
            for i in range(STRIDE):
                out.mass[k * STRIDE + i] += thin_mass[k]
    for g in range(graphs):
        if totals[g] > 0.0:
            out.evidence[g] = math.log(totals[g])
            out.mean[g] = moments[g] / totals[g]
    whole = 0.0
    for k in range(values):
        whole += out.mass[k]
    for k in range(values):
        out.mass[k] = out.mass[k] / whole if whole > 0.0 else math.nan


@nb.njit(nogil=True, cache=True)
def search_graphs(
    t: int, grid: Grid, walk: Walk, work: Scratch, ends: Ints, marks: Ints, row: Ints, now: Ints
) -> None:
    """Walk through graphs: see `uncounted.kernels.graphs.search_graphs`.

    ``ends`` (2, pairs) and ``marks`` (pairs,), uint64, are room for the lists of each pair and its
    mark in the key; ``row`` and ``now`` (1, 2 t - 1) for the graph proposed and the graph held.
    """
    width = 2 * t - 1
    adjacent = work.adjacent
    e = 0
    state = np.uint64(0x9E3779B97F4A7C15)
    for i in range(t):
        adjacent[i] = 0
        for j in range(i + 1, t):
            ends[0, e] = i
            ends[1, e] = j
            state += np.uint64(0x9E3779B97F4A7C15)
            z = state
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            marks[e] = z ^ (z >> np.uint64(31))
            e += 1
    _factor(t, work)
    for k in range(width):
        now[0, k] = work.row[k]
    level = _log_total(now, grid)
    key = np.uint64(0)
    for s in range(walk.proposals.size):
        e = walk.proposals[s]
        i = ends[0, e]
        j = ends[1, e]
        adjacent[i] ^= 1 << j
        adjacent[j] ^= 1 << i
        accepted = False
        if _factor(t, work) > 0:
            for k in range(width):
                row[0, k] = work.row[k]
            other = _log_total(row, grid)
            if walk.accept[s] < other - level:
                accepted = True
                level = other
                for k in range(width):
                    now[0, k] = row[0, k]
                key ^= marks[e]
        if not accepted:
            adjacent[i] ^= 1 << j
            adjacent[j] ^= 1 << i
        for k in range(width):
            walk.terms[s, k] = now[0, k]
        walk.evidence[s] = level
        walk.keys[s] = key


@nb.njit(nogil=True, cache=True)
def _log_total(terms: Ints, grid: Grid) -> float:
    top, _ = _peak(terms, 0, grid)
    total = 0.0
    for k in range(grid.base.size):
        x = _value(terms, 0, grid, k) - top
        if x > -40.0:
            total += math.exp(x)
    return top + math.log(total)
