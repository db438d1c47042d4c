"""Decomposable graphs over lists: enumeration, factors, and the evidence of every graph at once.

A graph over ``t`` lists is a bit mask over the pairs (i < j) in the order (0,1), (0,2), ...,
(1,2), ...; a set of lists is a bit mask over lists. A decomposable graph is stored as its
*terms*: its cliques as positive masks, its separators (with multiplicity, the empty one left
out) as negative masks, padded with zeros.

The loops are in `uncounted.kernels.graphs_loops`, where they are compiled; importing this imports
no compiler.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from uncounted.kernels.arrays import Bools, Floats, Ints
from uncounted.kernels.native import Kernel

__all__ = [
    "BLOCK",
    "FINE",
    "STRIDE",
    "Evidence",
    "Grid",
    "Scratch",
    "Sums",
    "Walk",
    "decomposable_graphs",
    "graph_evidence",
    "margin_factors",
    "search_graphs",
    "subset_factors",
    "terms_of",
]

BLOCK = 1024
"""Values of n0 taken together: a block of all factors stays in the cache."""
FINE = 4096
STRIDE = 16
"""On grids of `FINE` values and more, light and smooth graphs are summed over every 16th value."""
_MOST_LISTS = 16

_ENUMERATE = Kernel("graphs_loops", "enumerate_graphs")
_FACTOR = Kernel("graphs_loops", "factor")
_MARGINS = Kernel("graphs_loops", "margin_factors")
_SUBSETS = Kernel("graphs_loops", "subset_factors")
_EVIDENCE = Kernel("graphs_loops", "graph_evidence")
_SEARCH = Kernel("graphs_loops", "search_graphs")


class Scratch(NamedTuple):
    """Room for one graph.

    Parameters
    ----------
    adjacent
        Shape (t,): neighbours of each list.
    plus, minus
        Shape (16,): factors above and below.
    row
        Shape (2 t - 1,): its terms.
    found
        Shape (1,): how many those are, -1 for a graph that is not decomposable.
    """

    adjacent: Ints
    plus: Ints
    minus: Ints
    row: Ints
    found: Ints


class Grid(NamedTuple):
    """Values of n0 with what graphs have there.

    Parameters
    ----------
    factors
        Shape (2**t, values), from `subset_factors`.
    base
        Shape (values,): the part of the log weight common to all graphs.
    population
        Shape (values,): N at each value, for the conditional means.
    """

    factors: Floats
    base: Floats
    population: Floats


class Evidence(NamedTuple):
    """Posterior over graphs, filled in place.

    Parameters
    ----------
    mass
        Shape (values,): mass per value summed over graphs, summing to 1.
    evidence
        Shape (graphs,): log evidence relative to the highest point, -inf where left out.
    mean
        Shape (graphs,): mean of N, NaN where left out.
    """

    mass: Floats
    evidence: Floats
    mean: Floats


class Sums(NamedTuple):
    """Room for sums over graphs.

    Parameters
    ----------
    peak, place, sparse, totals, moments
        Shape (graphs,): highest log weight and where, whether every 16th value is enough, and the
        sums of weights and of weights times N.
    line
        Shape (BLOCK,).
    thin_mass
        Shape (values // STRIDE,), as are the values of ``thin``.
    thin
        Every 16th value.
    """

    peak: Floats
    place: Ints
    sparse: Bools
    totals: Floats
    moments: Floats
    line: Floats
    thin_mass: Floats
    thin: Grid


class Walk(NamedTuple):
    """A walk through graphs: what it proposes, what it holds after each step.

    Parameters
    ----------
    proposals
        Shape (steps,) int64: index of the pair to toggle at each step.
    accept
        Shape (steps,) float64: logs of uniform numbers.
    terms, evidence, keys
        Filled: terms (steps, 2 t - 1) int16, log evidence up to a constant, and a 64-bit key of the
        pairs, for telling graphs apart.
    """

    proposals: Ints
    accept: Floats
    terms: Ints
    evidence: Floats
    keys: Ints


def _scratch(t: int) -> Scratch:
    return Scratch(
        np.zeros(t, np.int64),
        np.zeros(_MOST_LISTS, np.int64),
        np.zeros(_MOST_LISTS, np.int64),
        np.zeros(2 * t - 1, np.int64),
        np.zeros(1, np.int64),
    )


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
    # Room for all graphs; pages of it that stay empty are never touched.
    most = 1 << (t * (t - 1) // 2)
    edges, terms = np.empty(most, np.int64), np.empty((most, 2 * t - 1), np.int16)
    count = np.zeros(1, np.int64)
    _ENUMERATE(t, _scratch(t), edges, terms, count)
    many = int(count[0])
    return edges[:many].copy(), terms[:many].copy()


def terms_of(edges: int, t: int) -> NDArray[np.int64] | None:
    """Terms of one graph given by its edge mask, or ``None`` if it is not decomposable."""
    work = _scratch(t)
    _FACTOR(edges, t, work)
    k = int(work.found[0])
    return work.row[:k] if k > 0 else None


def margin_factors(
    counts: NDArray[np.float64], t: int, delta: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
    constant, off, margin = np.zeros(1 << t), np.zeros(1 << t), np.zeros(1 << t)
    _MARGINS(counts, t, delta, constant, off, margin)
    return constant, off


def subset_factors(
    constant: NDArray[np.float64],
    off: NDArray[np.float64],
    t: int,
    delta: float,
    n: float,
    hidden: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Log factor of every set of lists at every value of n0, shape (2**t, values).

    Entry (A, k) is f(A) - [lnG(N + 2^t delta) - lnG(2^t delta)] at n0 = ``hidden[k]``, so that
    the log weight of a graph is the plain sum over its cliques minus its separators (the power
    |C| - |S| of the Dirichlet constant is carried by the subtraction, and the empty set is 0).
    Where ``hidden`` is a run of consecutive whole numbers, lnG is tabulated once per set size.
    """
    run = hidden.size > 1 and float(hidden[0]).is_integer() and bool((np.diff(hidden) == 1).all())
    out = np.zeros((1 << t, hidden.size))
    table = np.empty(int(n) + hidden.size if run else 0)
    _SUBSETS(constant, off, t, delta, n, hidden, np.empty(hidden.size), table, out)
    return out


def graph_evidence(
    terms: NDArray[np.int16],
    factors: NDArray[np.float64],
    base: NDArray[np.float64],
    population: NDArray[np.float64],
    keep: float,
) -> Evidence:
    """Posterior mass over the grid summed over graphs, and each graph's share of it.

    Parameters
    ----------
    terms
        Shape (graphs, width), from `decomposable_graphs`.
    factors, base, population
        See `Grid`.
    keep
        Graphs whose highest point lies more than this many nats below the best are left out.
    """
    graphs, values = terms.shape[0], base.size
    few = values // STRIDE if values >= FINE else 0
    out = Evidence(np.zeros(values), np.full(graphs, -np.inf), np.full(graphs, np.nan))
    sums = Sums(
        np.empty(graphs), np.empty(graphs, np.int64), np.zeros(graphs, np.bool_),
        np.zeros(graphs), np.zeros(graphs), np.empty(BLOCK), np.zeros(few),
        Grid(np.empty((factors.shape[0], few)), np.empty(few), np.empty(few)),
    )  # fmt: skip
    _EVIDENCE(terms, Grid(factors, base, population), keep, out, sums)
    return out


def search_graphs(
    t: int,
    factors: NDArray[np.float64],
    base: NDArray[np.float64],
    proposals: NDArray[np.int64],
    accept: NDArray[np.float64],
) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.uint64]]:
    """Walk through decomposable graphs by single pairs added or dropped (Metropolis).

    The walk's stationary distribution is the posterior over graphs. It starts from the graph
    without pairs.

    Parameters
    ----------
    t
        Number of lists.
    factors, base
        As in `graph_evidence`, over the whole grid.
    proposals, accept
        See `Walk`.

    Returns
    -------
    terms, evidence, keys
        See `Walk`.
    """
    steps, pairs = proposals.size, t * (t - 1) // 2
    walk = Walk(
        proposals, accept, np.zeros((steps, 2 * t - 1), np.int16), np.empty(steps),
        np.empty(steps, np.uint64),
    )  # fmt: skip
    ends, marks = np.empty((2, pairs), np.int64), np.empty(pairs, np.uint64)
    row, now = np.zeros((1, 2 * t - 1), np.int64), np.zeros((1, 2 * t - 1), np.int64)
    _SEARCH(t, Grid(factors, base, base), walk, _scratch(t), ends, marks, row, now)
    return walk.terms, walk.evidence, walk.keys
