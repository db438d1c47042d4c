"""Every partition of a few records counted out: the plain twin of `uncounted.kernels.partitions`."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from uncounted.kernels.partitions import NEVER, Compared

__all__ = ["exact_partitions"]


def exact_partitions(compared: Compared) -> dict[tuple[int, ...], float]:
    """Every partition of a few records with its probability: the plain twin of `sweeps`.

    Returns
    -------
    dict
        From labels in order of first appearance, e.g. ``(0, 0, 1)``, to probability.
    """
    indptr, neighbour, ratio, member, log_prior, one_per_list, unseen = compared
    n = len(member)
    pairs = {
        (i, int(neighbour[e])): float(ratio[e])
        for i in range(n)
        for e in range(indptr[i], indptr[i + 1])
    }
    logs = {}
    for labels in _growth(n):
        total = 0.0
        for c in set(labels):
            group = [i for i in range(n) if labels[i] == c]
            total += _plain_score(group, pairs, member, log_prior, one_per_list, unseen)
        if total > 0.5 * NEVER:
            logs[labels] = total
    top = max(logs.values())
    norm = sum(math.exp(v - top) for v in logs.values())
    return {k: math.exp(v - top) / norm for k, v in logs.items()}


def _growth(n: int) -> Iterator[tuple[int, ...]]:
    """Set partitions of n things as restricted growth strings."""
    if n == 0:
        yield ()
        return
    for shorter in _growth(n - 1):
        for c in range(max(shorter, default=-1) + 2):
            yield (*shorter, c)


def _plain_score(
    group: list[int],
    pairs: dict[tuple[int, int], float],
    member: NDArray[np.int64],
    log_prior: NDArray[np.float64],
    one_per_list: bool,
    unseen: float,
) -> float:
    """Score of a cluster by Kruskal's tree, written anew as a check on `cluster_score`."""
    if one_per_list and len({int(member[i]) for i in group}) < len(group):
        return NEVER
    links = []
    against = 0.0
    for a, i in enumerate(group):
        for j in group[a + 1 :]:
            value = pairs.get((i, j))
            if value is None:
                against += unseen
            else:
                against += min(value, 0.0)
                links.append((value, i, j))
    tree = _kruskal(group, links)
    if tree is None:
        return NEVER
    total = against + sum(value - min(value, 0.0) for value in tree)
    lists = [int(member[i]) for i in group]
    for m in set(lists):
        total += (lists.count(m) - 1) * float(log_prior[m, m])
    there = sorted(set(lists))
    between = [(float(log_prior[a, b]), a, b) for a in there for b in there if a < b]
    return total + sum(_kruskal(there, between) or [])


def _kruskal(nodes: list[int], links: list[tuple[float, int, int]]) -> list[float] | None:
    """Weights of the heaviest tree over all nodes, or None where they do not hang together."""
    root = {i: i for i in nodes}

    def find(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    tree = []
    for weight, i, j in sorted(links, reverse=True):
        if find(i) != find(j):
            root[find(i)] = find(j)
            tree.append(weight)
    return tree if len(tree) == len(nodes) - 1 else None
