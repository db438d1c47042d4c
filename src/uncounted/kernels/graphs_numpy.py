"""Plain numpy twins of `uncounted.kernels.graphs`: slow and obvious; the tests run them against it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["decomposable_graphs_numpy", "graph_evidence_numpy", "margin_factors_numpy"]


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
