"""Links without a trace: people whose two records share too little for any pair to speak of them.

How many there are cannot be seen in the pairs, but it can be told from how records agree and what they
leave empty (`detection`): a share of matches would get hardly any chance. The share of links lost has a
prior whose mean and standard deviation are multiples of a power of that share, measured on made-up
lists (`benchmarks/linkage_training.py`). Nothing that people answer about pairs seen changes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

__all__ = ["add_missed", "draw_share", "likely_joins", "lost_given_hidden"]

Array = NDArray[np.float64]
_CHOOSING, _TRIES = 120, 150
"""Tries at people as likely to have lost a link as others, and in all; the last are at anybody."""
_MOST = 0.4
"""Most that the mean and the standard deviation may reach: beyond, the made-up lists say nothing."""


@cache
def _law() -> tuple[float, float, float, float]:
    text = resources.files("uncounted.linkage").joinpath("data/weights.json").read_text("utf-8")
    held = json.loads(text)["lost"]
    return float(held["mean"]), float(held["power"]), float(held["sd"]), float(held["least"])


def lost_given_hidden(hidden: float) -> tuple[float, float]:
    """Mean and standard deviation of the share of links lost.

    Parameters
    ----------
    hidden
        Share of matches that would get hardly any chance (`detection.Detection.hidden`).

    Returns
    -------
    mean, sd
        Multiples of a power of it.
    """
    mean, power, sd, least = _law()
    lost = mean * hidden**power
    return min(lost, _MOST), min(sd * lost + least, _MOST)


def draw_share(lost: tuple[float, float], reach: float, rng: np.random.Generator) -> float:
    """One draw of the share of links that no candidate pair stands for.

    Parameters
    ----------
    lost
        Mean and standard deviation of the share lost among the pairs that blocking reaches.
    reach
        Share of links that blocking reaches; it is known from the fitted weights only, and half of
        what is missing is taken as its doubt.
    rng
        Source of randomness.
    """
    unreached = 1.0 - reach
    mean = min(lost[0] + unreached, 0.6)
    variance = lost[1] ** 2 + (unreached / 2) ** 2
    if mean <= 0.0 or variance <= 0.0:
        return max(mean, 0.0)
    # A gamma law: a share this small is seldom near one, and its spread may exceed its mean.
    return float(min(rng.gamma(mean**2 / variance, variance / mean), 0.6))


def add_missed(
    label: NDArray[np.int32],
    member: NDArray[np.int64],
    lists: int,
    *,
    share: float,
    one_per_list: bool,
    rng: np.random.Generator,
    apart: Sequence[tuple[int, int]] = (),
) -> int:
    """Put in links that no candidate pair stands for, in place.

    Parameters
    ----------
    label
        Shape (records,), cluster of each record, below ``records``; changed in place.
    member
        Shape (records,), list of each record.
    lists
        Number of lists.
    share
        Share of true links that no candidate pair stands for.
    one_per_list
        Whether a person is on a list at most once.
    rng
        Source of randomness.
    apart
        Pairs of records that people said are two persons.

    Returns
    -------
    int
        Links put in.

    Notes
    -----
    A person of k records is held together by k - 1 links; for each one found, share / (1 - share)
    were not. Who is linked is drawn at random, by pair of lists in proportion to the links found
    between them, and so that the people put together have as many records as people found have
    (`likely_joins`): put between records at random, links heap on those who have several already,
    while most that are lost left two people of one record each.
    """
    if share <= 0.0:
        return 0
    taken = np.bincount(label, minlength=label.size) > 0
    name = np.flatnonzero(taken)
    cluster = (np.cumsum(taken) - 1)[label]
    found = label.size - name.size
    wanted = int(rng.poisson(rng.gamma(found) * share / (1.0 - share))) if found else 0
    if not wanted:
        return 0
    held = np.bincount(cluster * lists + member, minlength=name.size * lists)
    held = held.reshape(name.size, lists)
    pairs, chance = _pairs_of_lists(held, one_per_list)
    places = [np.flatnonzero(member == m) for m in range(lists)]
    now = np.arange(name.size)
    records = held.sum(axis=1)
    likes = likely_joins(records)

    def whose(record: int) -> int:
        person = int(cluster[record])
        while now[person] != person:
            person = int(now[person])
        return person

    def fit(x: int, y: int, a: int, b: int) -> bool:
        if x == y or (a != b and (held[x, b] or held[y, a])):
            return False
        if one_per_list and (held[x] * held[y]).any():
            return False
        return not any({whose(i), whose(j)} == {x, y} for i, j in apart)

    def alone(a: int, b: int) -> NDArray[np.int64]:
        """Find the records of list a whose person is not on list b: slow, but they may be few."""
        people = cluster[places[a]]
        while (now[people] != people).any():
            people = now[people]
        return np.asarray(places[a][held[people, b] == 0])

    joined = 0
    for which in rng.choice(len(pairs), size=wanted, p=chance):
        a, b = pairs[int(which)]
        from_a, from_b = places[a], places[b]
        for attempt in range(_TRIES):
            if attempt == _CHOOSING and a != b:
                from_a, from_b = alone(a, b), alone(b, a)
            if not (from_a.size and from_b.size):
                break
            x = whose(from_a[rng.integers(from_a.size)])
            y = whose(from_b[rng.integers(from_b.size)])
            small, large = sorted((int(records[x]), int(records[y])))
            if attempt < _CHOOSING and rng.random() >= _like(likes, small, large):
                continue
            if fit(x, y, a, b):
                now[y] = x
                held[x] += held[y]
                records[x] += records[y]
                joined += 1
                break
    if joined:
        while (now[now] != now).any():
            now = now[now]
        label[:] = name[now[cluster]]
    return joined


def likely_joins(records: NDArray[np.int64]) -> Array:
    """Chance to be taken of one record and a person, by how many records that person has.

    Of links lost, those within people of k records are as many as links found there, (k - 1) times
    the people, and each parts one record from the others. Two records drawn at random belong to a
    person of one and a person of k - 1 as often as there are such records. The chance makes the
    second into the first; its largest value is 1.

    Parameters
    ----------
    records
        Records of each person found.

    Returns
    -------
    array
        Shape (largest + 1,), by the records of the person that one record joins; entry 0 is 0.

    Examples
    --------
    >>> likely_joins(np.repeat([1, 2, 3], [500, 100, 10])).round(2).tolist()
    [0.0, 1.0, 0.26, 0.06]
    """
    people = np.bincount(records, minlength=int(records.max()) + 2).astype(np.float64)
    there = people + 0.25  # people of a size nobody has are not impossible
    size = np.arange(there.size - 1)
    drawn = size * there[:-1] * there[1] * np.where(size == 1, 1.0, 2.0)
    wanted = size * there[1:]
    chance = np.divide(wanted, drawn, out=np.zeros(size.size), where=drawn > 0)
    often = people[:-1] > 0
    often[0] = False
    return np.asarray(np.minimum(chance / chance[often].max(), 1.0))


def _like(likes: Array, small: int, large: int) -> float:
    """Chance to be taken of two people drawn; none where neither has one record alone."""
    return float(likes[large]) if small == 1 and large < likes.size else 0.0


def _pairs_of_lists(
    held: NDArray[np.int64], one_per_list: bool
) -> tuple[list[tuple[int, int]], Array]:
    """Pairs of lists with records in both, and each one's share of the links found."""
    lists = held.shape[1]
    some = np.minimum(held, 1)
    between = (some.T @ some).astype(np.float64) + 0.25
    within = (held - some).sum(axis=0).astype(np.float64)
    pairs, found = [], []
    for a in range(lists):
        for b in range(a, lists):
            if (a == b and one_per_list) or not (held[:, a].any() and held[:, b].any()):
                continue
            pairs.append((a, b))
            found.append(within[a] if a == b else between[a, b])
    weights = np.array(found)
    if not pairs or weights.sum() <= 0.0:
        return [(0, 0)], np.ones(1)
    return pairs, weights / weights.sum()
