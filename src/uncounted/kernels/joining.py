# mypy: disable-error-code="no-any-return"
"""Links put in at random between people whom no evidence joins."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from uncounted.kernels.arrays import Ints

__all__ = ["Lists", "People", "join_at_random"]

_BLIND, _TRIES = 30, 60
"""Tries at random among all records of the lists, and in all; in between only records that can be joined
are drawn: to find them costs a look at every record, but they may be few."""


class People(NamedTuple):
    """Who is who, changed in place.

    Parameters
    ----------
    cluster
        Shape (records,), person of each record.
    now
        Shape (people,), whom each person was found to be; themselves at the start.
    held
        Shape (people, lists), records of each person on each list.
    """

    cluster: Ints
    now: Ints
    held: Ints


class Lists(NamedTuple):
    """What may be joined.

    Parameters
    ----------
    record, start
        Records in the order of their lists, and where each list starts, shape (lists + 1,).
    one_per_list
        Whether a person is on a list at most once.
    apart
        Shape (pairs, 2), records said to be of two people.
    """

    record: Ints
    start: Ints
    one_per_list: bool
    apart: Ints


@nb.njit(nogil=True, cache=True)
def _whose(record: int, people: People) -> int:
    now = people.now
    person = people.cluster[record]
    while now[person] != person:
        now[person] = now[now[person]]
        person = now[person]
    return person


@nb.njit(nogil=True, cache=True)
def _places(person: int, people: People) -> int:
    """Count the lists that a person is on."""
    count = 0
    for m in range(people.held.shape[1]):
        count += people.held[person, m] > 0
    return count


@nb.njit(nogil=True, cache=True)
def _fit(x: int, y: int, a: int, b: int, people: People, lists: Lists) -> bool:
    held = people.held
    if x == y or (a != b and (held[x, b] > 0 or held[y, a] > 0)):
        return False
    if lists.one_per_list:
        for m in range(held.shape[1]):
            if held[x, m] > 0 and held[y, m] > 0:
                return False
    for p in range(lists.apart.shape[0]):
        i, j = _whose(lists.apart[p, 0], people), _whose(lists.apart[p, 1], people)
        if (i == x and j == y) or (i == y and j == x):
            return False
    return True


@nb.njit(nogil=True, cache=True)
def _alone(a: int, b: int, people: People, lists: Lists) -> Ints:
    """Find the records of list a whose person is not on list b."""
    first, last = lists.start[a], lists.start[a + 1]
    out = np.empty(last - first, dtype=np.int64)
    count = 0
    for e in range(first, last):
        record = lists.record[e]
        if people.held[_whose(record, people), b] == 0:
            out[count] = record
            count += 1
    return out[:count]


@nb.njit(nogil=True, cache=True)
def join_at_random(
    rng: np.random.Generator, first: Ints, second: Ints, people: People, lists: Lists
) -> int:
    """Join people of pairs of lists, in place.

    Parameters
    ----------
    rng
        Source of randomness.
    first, second
        Shape (links,), the lists that each link is between.
    people, lists
        Who is who so far, and what may be joined.

    Returns
    -------
    int
        Links made; where nobody is left to be joined there are fewer than wanted.
    """
    joined = 0
    for link in range(first.size):
        a, b = first[link], second[link]
        from_a = lists.record[lists.start[a] : lists.start[a + 1]]
        from_b = lists.record[lists.start[b] : lists.start[b + 1]]
        for attempt in range(_TRIES):
            if attempt == _BLIND and a != b:
                from_a = _alone(a, b, people, lists)
                from_b = _alone(b, a, people, lists)
            if from_a.size == 0 or from_b.size == 0:
                break
            x = _whose(from_a[rng.integers(0, from_a.size)], people)
            y = _whose(from_b[rng.integers(0, from_b.size)], people)
            # Who was found on a further list is seldom lost: both of their records would have to be.
            alone = attempt >= _BLIND or a == b or (_places(x, people) == 1 == _places(y, people))
            if alone and _fit(x, y, a, b, people, lists):
                people.now[y] = x
                for m in range(people.held.shape[1]):
                    people.held[x, m] += people.held[y, m]
                joined += 1
                break
    return joined
