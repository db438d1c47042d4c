"""The sampler behind linkage draws: partitions and weights in turn, each given the other.

Beta record linkage (Sadinle 2017, JASA 112:600) taken to several lists and to duplicates: given the
partition, the weights ``m`` and the prior shares of matches have Dirichlet and gamma laws; given the
weights, partitions are drawn by `uncounted.kernels.partitions.sweeps`. So what the lists do not say
about the weights is in the draws too, and they are not all drawn with one lucky guess of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.levels import FACTORS, log_m
from uncounted.linkage.shares import drawn
from uncounted.linkage.weights import Weighed, link_odds

__all__ = ["MANY", "Chain", "Graph", "graph_of"]

Array = NDArray[np.float64]
_OPEN = 0.02
"""Chance from which, and up to which, a pair keeps its records in every sweep; the others are drawn anew
in every eighth."""
MANY = 5_000
"""Records in pairs worth thinking about from which a chain is spared what settled records cost it."""
_SURE = 60.0
"""Log ratio of a pair that a person has decided on."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Pairs worth thinking about, as a symmetric graph over the records they touch.

    Parameters
    ----------
    nodes
        Shape (nodes,), record numbers.
    left, right
        Shape (edges,), node numbers.
    edge
        Shape (edges,), place of each edge in the `Weighed` arrays.
    decided
        Shape (edges,), +1 same, -1 different, 0 not decided.
    indptr, neighbour, number
        The graph both ways: neighbours sorted, and which edge each is.
    """

    nodes: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    edge: NDArray[np.int64]
    decided: NDArray[np.int8]
    indptr: NDArray[np.int64]
    neighbour: NDArray[np.int64]
    number: NDArray[np.int64]


def graph_of(weighed: Weighed, decided: NDArray[np.int8], *, least: float = 5e-4) -> Graph:
    """Keep the pairs with a chance of at least ``least``, and those a person decided on."""
    keep = np.flatnonzero((weighed.probability >= least) | (decided != 0))
    left, right = weighed.left[keep], weighed.right[keep]
    nodes, both = np.unique(np.concatenate([left, right]), return_inverse=True)
    a = both[: keep.size].astype(np.int64)
    b = both[keep.size :].astype(np.int64)
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    number = np.concatenate([np.arange(keep.size), np.arange(keep.size)])
    order = np.lexsort((target, source))
    indptr = np.searchsorted(source[order], np.arange(nodes.size + 1)).astype(np.int64)
    return Graph(
        nodes,
        a,
        b,
        keep,
        decided[keep],
        indptr,
        target[order].astype(np.int64),
        number[order].astype(np.int64),
    )


class Chain:
    """One run of the sampler over a graph.

    Parameters
    ----------
    weighed
        Evidence per pair and the fitted weights to start from.
    graph
        The pairs to think about.
    member
        List of each record (all records).
    one_per_list
        Whether a person is on a list at most once.
    unseen
        Log ratio of a pair within a cluster that was not compared.
    rng
        Source of randomness.
    sampled
        Shape (edges,), how often an earlier chain found each edge's records together. It knows which
        records are settled; without it, one who has two sure links counts as in doubt as well, as
        chances of pairs do not say whether the three hang together.
    """

    def __init__(
        self,
        weighed: Weighed,
        graph: Graph,
        member: NDArray[np.int64],
        *,
        one_per_list: bool,
        unseen: float,
        rng: np.random.Generator,
        sampled: Array | None = None,
    ) -> None:
        from uncounted.kernels import partitions

        self._kernel = partitions
        self.weighed = weighed
        self.graph = graph
        self.rng = rng
        self.one_per_list = one_per_list
        self.unseen = unseen
        self.member = member[graph.nodes]
        n = graph.nodes.size
        self.label = np.arange(n)
        self.held = np.zeros((n, partitions.MOST), dtype=np.int64)
        self.held[:, 0] = np.arange(n)
        self.size = np.ones(n, dtype=np.int64)
        self._factors = weighed.factors[graph.edge]
        self._log_u = weighed.log_u[graph.edge]
        self.m = dict(weighed.m)
        self.prior = weighed.prior
        self._set_ratio()
        p = weighed.probability[graph.edge] if sampled is None else sampled
        sure = p >= 1 - _OPEN if sampled is None else np.zeros(p.size, dtype=np.bool_)
        ends = np.concatenate([graph.left[sure], graph.right[sure]])
        self._set_busy((p > _OPEN) & (p < 1 - _OPEN), np.bincount(ends, minlength=n) > 1)
        self.everyone = np.arange(n, dtype=np.int64)

    def _set_busy(self, open_: NDArray[np.bool_], busy: NDArray[np.bool_]) -> None:
        for side in (self.graph.left, self.graph.right):
            busy[side[open_]] = True
        self.busy = np.flatnonzero(busy).astype(np.int64)

    def warm(self, sweeps: int) -> None:
        """Forget the start. Of very many records those that nothing moved meanwhile count as settled."""
        for _ in range(4):
            self.sweep(all_records=True)
        together = np.zeros(self.graph.left.size, dtype=np.int64)
        for _ in range(sweeps):
            self.sweep()
            self.learn()
            together += self.linked()
        if self.label.size > MANY:
            moved = (together > 0) & (together < sweeps)
            self._set_busy(moved, np.zeros(self.label.size, dtype=np.bool_))

    def sweep(self, *, all_records: bool = False) -> None:
        """Draw the partition anew: the records in doubt, or every record."""
        active = self.everyone if all_records else self.busy
        if active.size == 0:
            return
        self._kernel.sweeps(
            self.rng,
            self._kernel.Visits(1, active, active.size // 8),
            self._kernel.Clusters(self.label, self.held, self.size),
            self._kernel.Compared(
                self.graph.indptr, self.graph.neighbour, self._ratio_both, self.member,
                self._log_prior, self.one_per_list, self.unseen,
            ),
        )  # fmt: skip

    def learn(self) -> None:
        """Draw the weights anew, given the partition."""
        linked = np.flatnonzero(self.label[self.graph.left] == self.label[self.graph.right])
        held = self._held_by_list()
        linked, worth = self._taught(linked, held)
        factors = self._factors[linked]
        for f, (factor, names) in enumerate(FACTORS.items()):
            told = factors[:, f] >= 0
            found = np.bincount(factors[told, f], worth[told], len(names)).astype(np.float64)
            self.m[factor] = drawn(factor, found, self.weighed.m_prior[factor], self.rng)
        self._learn_prior(held)
        self._set_ratio()

    def _held_by_list(self) -> NDArray[np.int64]:
        """Count the records of each cluster on each list, shape (clusters, lists); empty clusters as well."""
        k = self.weighed.sizes.size
        flat = np.bincount(self.label * k + self.member, minlength=self.label.size * k)
        return flat.astype(np.int64).reshape(-1, k)

    def _taught(
        self, linked: NDArray[np.int64], held: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], Array]:
        """Linked edges that tell how one person's records agree, and how many links each is worth.

        A person on k lists is held together by k - 1 links between lists, and all pairs between
        them speak of these. Pairs within a list do not where there are several lists: many are
        copies, which agree on everything and would teach that all records of a person do.
        """
        left, right = self.graph.left[linked], self.graph.right[linked]
        if held.shape[1] == 1:
            # Cluster of k records: k - 1 links hold it, k (k - 1) / 2 pairs speak of them.
            return linked, 2.0 / self.size[self.label[left]]
        between = self.member[left] != self.member[right]
        linked, cluster = linked[between], self.label[left[between]]
        pairs = np.bincount(cluster, minlength=held.shape[0])
        links = (held > 0).sum(axis=1) - 1
        return linked, links[cluster] / pairs[cluster]

    def _learn_prior(self, held: NDArray[np.int64]) -> None:
        there = (held > 0).astype(np.float64)
        found = there.T @ there
        np.fill_diagonal(found, np.maximum(held - 1, 0).sum(axis=0))
        gamma = self.rng.gamma(found + 2.0)
        gamma = np.triu(gamma) + np.triu(gamma, 1).T
        self.prior = link_odds(found, gamma, self.weighed.sizes, self.one_per_list)

    def _set_ratio(self) -> None:
        ratio = log_m(self.m, self._factors) - self._log_u
        ratio = np.where(self.graph.decided > 0, _SURE, ratio)
        ratio = np.where(self.graph.decided < 0, -_SURE, ratio)
        self._ratio_both = ratio[self.graph.number]
        self._log_prior = np.log(np.maximum(self.prior, 1e-30))

    def labels(self, records: int) -> NDArray[np.int32]:
        """Cluster of every record, records outside the graph alone, shape (records,)."""
        out = np.arange(records, dtype=np.int32)
        # A cluster is called by the number of one of its records, which no other cluster holds.
        first = self.held[:, 0]
        out[self.graph.nodes] = self.graph.nodes[first[self.label]]
        return out

    def linked(self) -> NDArray[np.bool_]:
        """Which edges join two records of one cluster, shape (edges,)."""
        out: NDArray[np.bool_] = self.label[self.graph.left] == self.label[self.graph.right]
        return out
