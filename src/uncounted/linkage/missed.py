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

__all__ = ["add_missed", "draw_share", "lost_given_hidden"]

Array = NDArray[np.float64]
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
    between them.
    """
    if share <= 0.0:
        return 0
    from uncounted.kernels.joining import Lists, People, join_at_random

    taken = np.bincount(label, minlength=label.size) > 0
    name = np.flatnonzero(taken)
    cluster = (np.cumsum(taken) - 1)[label]
    found = label.size - name.size
    held = np.bincount(cluster * lists + member, minlength=name.size * lists)
    held = held.reshape(name.size, lists)
    lost = _of_links(held, share)
    wanted = int(rng.poisson(rng.gamma(found) * lost / (1.0 - lost))) if found else 0
    if not wanted:
        return 0
    pairs, chance = _pairs_of_lists(held, one_per_list)
    which = np.array(pairs, dtype=np.int64)[rng.choice(len(pairs), size=wanted, p=chance)]
    people = People(cluster, np.arange(name.size), held)
    order = np.argsort(member, kind="stable")
    start = np.searchsorted(member[order], np.arange(lists + 1))
    told = np.array(apart, dtype=np.int64).reshape(-1, 2)
    of = Lists(order, start.astype(np.int64), one_per_list, told)
    first, second = (np.ascontiguousarray(which[:, k]) for k in (0, 1))
    joined = join_at_random(rng, first, second, people, of)
    if joined:
        now = people.now
        while (now[now] != now).any():
            now = now[now]
        label[:] = name[now[cluster]]
    return int(joined)


def _of_links(held: NDArray[np.int64], share: float) -> float:
    """Share of the links between people's records that is lost where a share of pairs leaves no trace.

    Mostly one record is to blame, badly written or half empty, and it is lost to all the others: of d
    lists one record of d is cut off with d times half the chance that a pair is, however many pairs
    that is. Within a list a link is a pair.
    """
    there = (held > 0).sum(axis=1)
    people = np.bincount(there, minlength=3).astype(np.float64)
    size = np.arange(people.size)
    within = float(held.sum() - there.sum())
    whole = within + float((people * np.maximum(size - 1, 0)).sum())
    cut = np.where(size >= 2, np.minimum(size * share / 2, 1.0), 0.0)
    return min((within * share + float((people * cut).sum())) / whole, share) if whole else share


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
