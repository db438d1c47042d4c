# mypy: disable-error-code="no-any-return"
"""Draws of who is the same person: Gibbs sampling of partitions of records, and its exact twin.

A partition's log weight is a sum over its clusters. A cluster's evidence is that of the best tree of
pairs that holds it together, plus whatever speaks against the pairs outside the tree. So three
agreeing records are not counted as three independent proofs, while a pair that clearly differs keeps
a chain from closing. Its prior is that of the best tree over the lists it is on, and for every
further record of a list the prior of a duplicate in that list. For two records the weight is exactly
the log odds of the pair.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np

from uncounted.kernels.arrays import Floats, Ints

__all__ = [
    "MOST",
    "NEVER",
    "Clusters",
    "Compared",
    "Visits",
    "cluster_score",
    "histories",
    "sweeps",
]

MOST = 24
"""Most records one person may have; a cluster does not grow past it."""
NEVER = -1e18
"""Log weight of what cannot be."""


class Compared(NamedTuple):
    """What is known of records: the pairs compared, the lists, the prior.

    Parameters
    ----------
    indptr, neighbour, ratio
        Compared pairs as a symmetric graph, neighbours sorted, with the log ratio of each.
    member
        List of each record.
    log_prior
        Shape (lists, lists), prior log odds that two records of the lists are of one person.
    one_per_list
        Whether two records of one list are never of one person.
    unseen
        Log ratio of a pair that was not compared (at most 0).
    """

    indptr: Ints
    neighbour: Ints
    ratio: Floats
    member: Ints
    log_prior: Floats
    one_per_list: bool
    unseen: float


class Clusters(NamedTuple):
    """A partition, changed in place.

    Parameters
    ----------
    label
        Shape (records,), cluster of each record, an index below ``records``.
    held, size
        Shape (records, `MOST`) and (records,): members of each cluster.
    """

    label: Ints
    held: Ints
    size: Ints


class Visits(NamedTuple):
    """What sweeps visit.

    Parameters
    ----------
    times
        Number of sweeps.
    active
        Records to visit in each sweep.
    edges
        Number of two-cluster moves per sweep.
    """

    times: int
    active: Ints
    edges: int


@nb.njit(nogil=True, cache=True)
def _evidence(i: int, j: int, compared: Compared) -> float:
    """Log ratio of a pair, or NaN where it was never compared."""
    indptr, neighbour, ratio = compared.indptr, compared.neighbour, compared.ratio
    if indptr[i + 1] - indptr[i] > indptr[j + 1] - indptr[j]:
        i, j = j, i
    low, high = indptr[i], indptr[i + 1]
    while low < high:
        mid = (low + high) // 2
        if neighbour[mid] < j:
            low = mid + 1
        else:
            high = mid
    if low < indptr[i + 1] and neighbour[low] == j:
        return ratio[low]
    return np.nan


@nb.njit(nogil=True, cache=True)
def cluster_score(members: Ints, k: int, compared: Compared) -> float:
    """Log weight of one cluster.

    Parameters
    ----------
    members
        Record numbers, the first ``k`` count.
    k
        Size of the cluster.
    compared
        What is known of the records.

    Returns
    -------
    float
        Below -1e17 for a cluster that cannot be.
    """
    scratch = np.empty((3, max(k, 1)))
    return _score(members, k, compared, scratch)


@nb.njit(nogil=True, cache=True)
def _score(members: Ints, k: int, compared: Compared, scratch: Floats) -> float:
    """`cluster_score` in the caller's scratch room, shape (3, at least k): sweeps ask it very often."""
    member, unseen = compared.member, compared.unseen
    if k <= 1:
        return 0.0
    if compared.one_per_list:
        seen = 0
        for a in range(k):
            bit = 1 << member[members[a]]
            if seen & bit:
                return NEVER
            seen |= bit
    if k == 2:
        value = _evidence(members[0], members[1], compared)
        if np.isnan(value):
            return NEVER
        return value + compared.log_prior[member[members[0]], member[members[1]]]
    best, against, inside = scratch[0], scratch[1], scratch[2]
    for a in range(k):
        best[a] = NEVER
        against[a] = 0.0
        inside[a] = 0.0
    inside[0] = 1.0
    last = 0
    total = 0.0
    doubt = 0.0
    for _ in range(k - 1):
        i = members[last]
        for b in range(k):
            if inside[b] > 0.0:
                continue
            j = members[b]
            value = _evidence(i, j, compared)
            if np.isnan(value):
                doubt += unseen
                continue
            doubt += min(value, 0.0)
            if value > best[b]:
                best[b] = value
                against[b] = min(value, 0.0)
        pick = -1
        for b in range(k):
            if inside[b] == 0.0 and (pick < 0 or best[b] > best[pick]):
                pick = b
        if best[pick] <= NEVER:
            return NEVER
        inside[pick] = 1.0
        total += best[pick]
        doubt -= against[pick]
        last = pick
    return total + doubt + _list_prior(members, k, compared, scratch)


@nb.njit(nogil=True, cache=True)
def _list_prior(members: Ints, k: int, compared: Compared, scratch: Floats) -> float:
    """Prior log odds of one person on these lists, some of them more than once."""
    member, log_prior = compared.member, compared.log_prior
    total = 0.0
    best, lists, done = scratch[0], scratch[1], scratch[2]
    d = 0
    for a in range(k):
        m = member[members[a]]
        known = False
        for b in range(d):
            if lists[b] == m:
                known = True
                break
        if known:
            total += log_prior[m, m]
        else:
            lists[d] = m
            best[d] = NEVER
            done[d] = 0.0
            d += 1
    last = 0
    done[0] = 1.0
    for _ in range(d - 1):
        pick = -1
        for b in range(d):
            if done[b] > 0.0:
                continue
            best[b] = max(best[b], log_prior[int(lists[last]), int(lists[b])])
            if pick < 0 or best[b] > best[pick]:
                pick = b
        total += best[pick]
        done[pick] = 1.0
        last = pick
    return total


@nb.njit(nogil=True, cache=True)
def _pick(scores: Floats, count: int, uniform: float) -> int:
    """Index drawn in proportion to exp(scores)."""
    top = scores[0]
    for c in range(1, count):
        top = max(top, scores[c])
    total = 0.0
    for c in range(count):
        total += math.exp(scores[c] - top)
    left = uniform * total
    for c in range(count):
        left -= math.exp(scores[c] - top)
        if left <= 0.0:
            return c
    return count - 1


@nb.njit(nogil=True, cache=True)
def sweeps(
    rng: np.random.Generator, visits: Visits, clusters: Clusters, compared: Compared
) -> None:
    """Gibbs sweeps over partitions, in place.

    Parameters
    ----------
    rng
        Of this chain alone.
    visits
        What to visit, how often.
    clusters
        Changed in place.
    compared
        What is known of the records.
    """
    label, held, size = clusters
    indptr, neighbour, active = compared.indptr, compared.neighbour, visits.active
    n = label.size
    free = np.empty(n, dtype=np.int64)
    spare = 0
    for c in range(n):
        if size[c] == 0:
            free[spare] = c
            spare += 1
    options = np.empty(4096, dtype=np.int64)
    scores = np.empty(4096)
    trial = np.empty(2 * MOST, dtype=np.int64)
    other = np.empty(2 * MOST, dtype=np.int64)
    everyone = np.empty(2 * MOST, dtype=np.int64)
    scratch = np.empty((3, 2 * MOST))
    # What each cluster scores as it stands; NaN where it must be asked anew.
    worth = np.full(n, np.nan)
    joint = np.empty(4096)
    for _ in range(visits.times):
        for i in active:
            if indptr[i] == indptr[i + 1]:
                continue
            # Take the record out of its cluster.
            home = label[i]
            k = size[home]
            for a in range(k):
                if held[home, a] == i:
                    held[home, a] = held[home, k - 1]
                    break
            size[home] = k - 1
            if k == 1:
                free[spare] = home
                spare += 1
            label[i] = -1
            # It may stand alone ...
            count = 1
            options[0] = -1
            scores[0] = 0.0
            joint[0] = 0.0
            # ... or join the cluster of someone it was compared with; its old cluster may have
            # needed it to hold together, which then forbids leaving.
            rest = 0.0
            if k > 2:
                rest = _score(held[home], k - 1, compared, scratch)
                if rest <= NEVER:
                    held[home, k - 1] = i
                    size[home] = k
                    label[i] = home
                    continue
            worth[home] = rest
            for e in range(indptr[i], indptr[i + 1]):
                c = label[neighbour[e]]
                known = False
                for o in range(1, count):
                    if options[o] == c:
                        known = True
                        break
                if known or count == 4096 or size[c] >= MOST:
                    continue
                if np.isnan(worth[c]):
                    worth[c] = _score(held[c], size[c], compared, scratch)
                held[c, size[c]] = i  # on trial: its size says that it is not in yet
                after = _score(held[c], size[c] + 1, compared, scratch)
                if after > NEVER:
                    options[count] = c
                    scores[count] = after - worth[c]
                    joint[count] = after
                    count += 1
            o = _pick(scores, count, rng.random())
            c = options[o]
            if c < 0:
                spare -= 1
                c = free[spare]
            worth[c] = joint[o]
            held[c, size[c]] = i
            size[c] += 1
            label[i] = c
        for _ in range(visits.edges):
            # Two clusters with anchors kept apart, or joined: everyone else may change sides.
            i = active[rng.integers(0, active.size)]
            degree = indptr[i + 1] - indptr[i]
            u, v, w = rng.random(), rng.random(), rng.random()
            if degree == 0:
                continue
            j = neighbour[indptr[i] + int(u * degree)]
            if v < 0.5:
                degree = indptr[j + 1] - indptr[j]
                j = neighbour[indptr[j] + int(w * degree)]
            if i == j:
                continue
            p, q = label[i], label[j]
            m = 0
            for a in range(size[p]):
                x = held[p, a]
                if x != i and x != j:
                    everyone[m] = x
                    m += 1
            if p != q:
                for a in range(size[q]):
                    x = held[q, a]
                    if x != i and x != j:
                        everyone[m] = x
                        m += 1
            if m > 7:
                continue
            count = 0
            for split in range((1 << m) + 1):
                s, t = 1, 1
                trial[0] = i
                other[0] = j
                if split == 1 << m:
                    trial[1] = j
                    s, t = 2, 0
                    for a in range(m):
                        trial[s] = everyone[a]
                        s += 1
                else:
                    for a in range(m):
                        if split >> a & 1:
                            other[t] = everyone[a]
                            t += 1
                        else:
                            trial[s] = everyone[a]
                            s += 1
                score = _score(trial, s, compared, scratch)
                if score > NEVER and t > 0:
                    score += _score(other, t, compared, scratch)
                if score > 0.5 * NEVER:
                    options[count] = split
                    scores[count] = score
                    count += 1
            if count == 0:
                continue
            split = options[_pick(scores, count, rng.random())]
            if p == q and split != 1 << m:
                spare -= 1
                q = free[spare]
            if p != q and split == 1 << m:
                size[q] = 0
                free[spare] = q
                spare += 1
                q = p
            worth[p] = np.nan
            worth[q] = np.nan
            size[p] = 1
            held[p, 0] = i
            label[i] = p
            if q == p:
                held[p, 1] = j
                size[p] = 2
                label[j] = p
            else:
                size[q] = 1
                held[q, 0] = j
                label[j] = q
            for a in range(m):
                x = everyone[a]
                c = q if (split != 1 << m and split >> a & 1) else p
                held[c, size[c]] = x
                size[c] += 1
                label[x] = c


@nb.njit(nogil=True, cache=True)
def histories(label: Ints, member: Ints, lists: int) -> Ints:
    """Count people by capture history.

    Parameters
    ----------
    label
        Shape (records,), cluster of each record, below ``records``.
    member
        Shape (records,), list of each record.
    lists
        Number of lists.

    Returns
    -------
    ndarray, shape (2**lists,), int64
        By bit mask; entry 0 is 0.
    """
    n = label.size
    mask = np.zeros(n, dtype=np.int64)
    for i in range(n):
        mask[label[i]] |= 1 << member[i]
    out = np.zeros(1 << lists, dtype=np.int64)
    for c in range(n):
        if mask[c]:
            out[mask[c]] += 1
    return out
