"""Which pair to ask about first: what an answer is expected to take off the figure's interval.

The figure here is quick and made for this alone: all people, were the lists independent (the number N at which
lists of these sizes leave out as many as N less those met). It moves with each link as the true figure does,
and costs nothing. Over equally likely answers to who is who, an answer ``x`` to one question is expected to
take ``var E(figure | x) = cov(figure, x)^2 / var(x)`` off the figure's variance. People far from the two records
only add noise to the covariance, so they are left out of it: the figure is linear in the people near by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.draws import LinkageDraws
from uncounted.linkage.model import Linkage

__all__ = ["Range", "Ranges", "implied", "people_of", "ranges_of", "worth_of"]

Array = NDArray[np.float64]
_NEAR = 0.02
"""Chance from which another record counts as near one of a pair."""
_MOST_NEAR = 24


@dataclass(frozen=True, slots=True)
class Range:
    """Middle and 95% of a number over the draws: the doubt about who is who and nothing else."""

    middle: float
    lower: float
    upper: float

    @property
    def width(self) -> float:
        """Upper end less lower end."""
        return self.upper - self.lower


@dataclass(frozen=True, slots=True)
class Ranges:
    """What the lists say with the answers so far.

    Parameters
    ----------
    people
        People named.
    total
        All people, were the lists independent; ``None`` where a draw shares nobody.
    """

    people: Range
    total: Range | None


def ranges_of(drawn: LinkageDraws) -> Ranges:
    """Say how wide the doubt about who is who leaves the figures.

    Examples
    --------
    >>> from uncounted.linkage import link
    >>> rows = [
    ...     {"given": f"Ana{k}", "surname": "Diaz", "dob": f"19{k}-02-03"} for k in range(50, 80)
    ... ]
    >>> ranges_of(link({"a": rows, "b": rows[:20]}).draw(30)).people.middle
    30.0
    """
    counts = drawn.counts()
    people = counts.sum(axis=1).astype(np.float64)
    total, finite = _totals(people, _sizes(counts, len(drawn.lists)))
    return Ranges(_range(people), _range(total) if finite.all() else None)


def worth_of(found: Linkage, drawn: LinkageDraws, pairs: Sequence[int]) -> Array:
    """Share of the figure's variance that an answer about each pair is expected to take off.

    Parameters
    ----------
    found
        The linkage.
    drawn
        Its draws.
    pairs
        Candidate pairs, by number.

    Returns
    -------
    ndarray, shape (pairs,)
        0 and above. Where all draws agree a pair is worth what its chance says, as a draw more would.
    """
    counts = drawn.counts()
    k = len(found.lists)
    people = counts.sum(axis=1).astype(np.float64)
    sizes = _sizes(counts, k)
    total, finite = _totals(people, sizes)
    figure = total if finite.all() else people
    move = _moves(people.mean(), sizes.mean(axis=0), bool(finite.all()))
    spread = max(float(figure.var()), float(move[0] ** 2) / len(drawn))
    near = _Near(found)
    out = np.empty(len(pairs))
    for n, pair in enumerate(pairs):
        i, j = int(found.left[pair]), int(found.right[pair])
        around = near.of(i, j)
        local, together = _local(drawn.label[:, around], found.member[around], move)
        chance = float(found.probability[pair])
        seen = float(together.mean())
        if 0.0 < seen < 1.0:
            apart = local[~together].mean() - local[together].mean()
        else:  # no draw tells: two people of these lists instead of one
            apart = _apart(found.member[i], found.member[j], move)
        out[n] = chance * (1.0 - chance) * apart**2 / spread
    return out


def people_of(found: Linkage, threshold: float | None = None) -> dict[int, tuple[int, ...]]:
    """Give the records of each person in the one answer, by each of the records; people of one record left out."""
    label = found.clusters(threshold)
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.diff(label[order], prepend=-1))
    out: dict[int, tuple[int, ...]] = {}
    for held in np.split(order, starts[1:]):
        if held.size > 1:
            members = tuple(int(r) for r in held)
            out |= dict.fromkeys(members, members)
    return out


def implied(
    answers: Sequence[tuple[int, int, int]], questions: Sequence[tuple[int, int]]
) -> list[int]:
    """Say what answers tell of other pairs: +1 one person, -1 two, 0 nothing.

    Parameters
    ----------
    answers
        Two records and +1 (same) or -1 (different), in the order given.
    questions
        Two records each.

    Examples
    --------
    >>> implied([(0, 1, 1), (1, 2, 1), (2, 3, -1)], [(0, 2), (0, 3), (3, 4)])
    [1, -1, 0]
    """
    parent: dict[int, int] = {}

    def root(record: int) -> int:
        while parent.setdefault(record, record) != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for i, j, verdict in answers:
        if verdict > 0:
            parent[root(i)] = root(j)
    apart = {frozenset((root(i), root(j))) for i, j, verdict in answers if verdict < 0}
    return [
        1 if root(i) == root(j) else -1 if frozenset((root(i), root(j))) in apart else 0
        for i, j in questions
    ]


class _Near:
    """Records that may be one person with a record, likeliest first."""

    def __init__(self, found: Linkage) -> None:
        some = np.flatnonzero((found.probability > _NEAR) & (found.decided >= 0))
        ends = np.concatenate([found.left[some], found.right[some]])
        self.other = np.concatenate([found.right[some], found.left[some]])
        chance = np.concatenate([found.probability[some]] * 2)
        order = np.lexsort((self.other, -chance, ends))
        self.ends, self.other = ends[order], self.other[order]

    def of(self, i: int, j: int) -> NDArray[np.int64]:
        """Two records and those near them."""
        held = [i, j]
        for record in (i, j):
            low, high = np.searchsorted(self.ends, [record, record + 1])
            held += self.other[low:high][: _MOST_NEAR // 2].tolist()
        return np.array(list(dict.fromkeys(held)), dtype=np.int64)


def _local(
    label: NDArray[np.int32], member: NDArray[np.int64], move: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Figure's part that some records make, in each draw; and whether the first two are together.

    Parameters
    ----------
    label
        Shape (draws, records), cluster of each.
    member
        Shape (records,), list of each.
    move
        As `_moves` gives.
    """
    same = label[:, :, None] == label[:, None, :]
    bits = np.left_shift(1, member)
    history = np.bitwise_or.reduce(np.where(same, bits, 0), axis=2)
    lists = (history[:, :, None] >> np.arange(move.size - 1)) & 1
    person = move[0] + lists @ move[1:]
    part: Array = (person / same.sum(axis=2)).sum(axis=1)
    return part, same[:, 0, 1]


def _apart(first: int, second: int, move: Array) -> float:
    """Give what two people instead of one add to the figure."""
    more = move[1 + int(first)] if first == second else 0.0
    return float(move[0] + more)


def _sizes(counts: NDArray[np.int64], lists: int) -> Array:
    """People on each list, shape (draws, lists)."""
    masks = np.arange(counts.shape[1])
    held = (masks[:, None] >> np.arange(lists)) & 1
    out: Array = (counts @ held).astype(np.float64)
    return out


def _totals(people: Array, sizes: Array) -> tuple[Array, NDArray[np.bool_]]:
    """N at which independent lists of these sizes meet these many people; and where there is one."""
    finite = sizes.sum(axis=1) > people + 0.5
    low, high = people.copy(), np.full(people.size, 1e12)
    for _ in range(80):
        middle = np.sqrt(low * high)
        missed = middle * np.prod(1.0 - np.minimum(sizes / middle[:, None], 1.0), axis=1)
        enough = middle - missed >= people  # these many lists would meet at least as many
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return np.sqrt(low * high), finite


def _moves(people: float, sizes: Array, finite: bool) -> Array:
    """Give what one person more adds to the figure, and one more on each list: shape (1 + lists,)."""
    out = np.zeros(1 + sizes.size)
    out[0] = 1.0
    if not finite:
        return out
    total = float(_totals(np.array([people]), sizes[None, :])[0][0])
    step = 1e-4 * total

    def excess(n: float) -> float:
        return float(n - people - n * np.prod(1.0 - np.minimum(sizes / n, 1.0)))

    slope = (excess(total + step) - excess(total - step)) / (2 * step)
    if slope <= 1e-9:
        return out
    left_out = 1.0 - np.minimum(sizes / total, 1.0)
    others = np.array([np.prod(np.delete(left_out, k)) for k in range(sizes.size)])
    out[0] = 1.0 / slope
    out[1:] = -others / slope
    return out


def _range(values: Array) -> Range:
    lower, middle, upper = np.quantile(values, [0.025, 0.5, 0.975])
    return Range(float(middle), float(lower), float(upper))
