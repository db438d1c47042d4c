"""Gibbs draws of partitions against every partition counted out."""

from __future__ import annotations

import numpy as np
import pytest

from uncounted.kernels import partitions as kernel
from uncounted.kernels.partitions_numpy import exact_partitions


def graph(n, links):
    """Symmetric CSR of (i, j, log ratio)."""
    both = sorted([(i, j, w) for i, j, w in links] + [(j, i, w) for i, j, w in links])
    indptr = np.searchsorted([e[0] for e in both], np.arange(n + 1)).astype(np.int64)
    neighbour = np.array([e[1] for e in both], dtype=np.int64)
    ratio = np.array([e[2] for e in both], dtype=np.float64)
    return indptr, neighbour, ratio


def start(n):
    held = np.zeros((n, kernel.MOST), dtype=np.int64)
    held[:, 0] = np.arange(n)
    return np.arange(n), held, np.ones(n, dtype=np.int64)


def canonical(label):
    seen = {}
    return tuple(seen.setdefault(int(c), len(seen)) for c in label)


def frequencies(case, one_per_list, *, draws=6_000, edges=4, seed=1):
    n, links, member, log_prior, unseen = case
    indptr, neighbour, ratio = graph(n, links)
    label, held, size = start(n)
    rng = np.random.default_rng(seed)
    found = {}
    active = np.arange(n)
    compared = kernel.Compared(indptr, neighbour, ratio, member, log_prior, one_per_list, unseen)
    clusters, visits = kernel.Clusters(label, held, size), kernel.Visits(1, active, edges)
    for _ in range(draws):
        kernel.sweeps(rng, visits, clusters, compared)
        key = canonical(label)
        found[key] = found.get(key, 0) + 1 / draws
    exact = exact_partitions(compared)
    return found, exact


def cases():
    prior = np.full((3, 3), -2.0)
    pair = (2, [(0, 1, 2.5)], np.array([0, 1]), prior, -3.0)
    # Two lists, two records each, all four cross pairs: swaps must happen.
    square = (
        4,
        [(0, 2, 4.0), (0, 3, 3.0), (1, 2, 3.2), (1, 3, 3.5)],
        np.array([0, 0, 1, 1]),
        prior,
        -3.0,
    )
    rng = np.random.default_rng(7)
    member = np.array([0, 0, 1, 1, 2, 2])
    links = [
        (i, j, float(rng.normal(1.5, 2.0)))
        for i in range(6)
        for j in range(i + 1, 6)
        if rng.random() < 0.8
    ]
    six = (6, links, member, np.array([[-3.0, -1, -2], [-1, -3, -1.5], [-2, -1.5, -3]]), -1.0)
    return {"pair": pair, "square": square, "six": six}


@pytest.mark.parametrize("name", ["pair", "square", "six"])
@pytest.mark.parametrize("one_per_list", [True, False])
def test_sweeps_draw_partitions_by_their_weight(name, one_per_list):
    found, exact = frequencies(cases()[name], one_per_list)
    assert set(found) <= set(exact)
    # Half the summed difference of two laws; 6,000 dependent draws over at most 203 partitions
    # leave about 0.04, a wrong sampler far more (swaps left out: 0.1 and up).
    distance = 0.5 * sum(abs(found.get(k, 0.0) - p) for k, p in exact.items())
    assert distance < 0.07


@pytest.mark.nojit
def test_single_site_moves_alone_are_a_gibbs_sampler_too():
    found, exact = frequencies(cases()["six"], False, edges=0)
    assert 0.5 * sum(abs(found.get(k, 0.0) - p) for k, p in exact.items()) < 0.07


@pytest.mark.nojit
def test_a_pair_has_the_odds_of_the_pair():
    _, exact = frequencies(cases()["pair"], True, draws=1)
    odds = np.exp(2.5 - 2.0)
    assert exact[(0, 0)] == pytest.approx(odds / (1 + odds), rel=1e-12)


@pytest.mark.nojit
def test_three_agreeing_records_are_two_proofs_not_three():
    indptr, neighbour, ratio = graph(3, [(0, 1, 5.0), (0, 2, 5.0), (1, 2, 5.0)])
    prior = np.full((3, 3), -2.0)
    compared = kernel.Compared(indptr, neighbour, ratio, np.arange(3), prior, True, -3.0)
    score = kernel.cluster_score(np.array([0, 1, 2]), 3, compared)
    assert score == pytest.approx(2 * (5.0 - 2.0))


@pytest.mark.nojit
def test_one_per_list_never_joins_two_of_one_list():
    case = (3, [(0, 1, 50.0), (1, 2, 50.0)], np.array([0, 1, 0]), np.full((2, 2), -2.0), -3.0)
    found, _ = frequencies(case, True, draws=300)
    assert (0, 0, 0) not in found
    assert found[(0, 0, 1)] + found.get((0, 1, 1), 0) == pytest.approx(1.0)


@pytest.mark.nojit
def test_histories_count_each_cluster_once():
    label = np.array([0, 0, 2, 3, 3])
    member = np.array([0, 1, 1, 0, 0])
    assert kernel.histories(label, member, 2).tolist() == [0, 1, 1, 1]
