"""What faults of matching do to a table: links missed, people merged, entries doubled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import OverlapTable
from uncounted.errors import InputError

__all__ = ["doubled", "merged", "split"]

Counts = NDArray[np.int64]


def _people(table: OverlapTable) -> Counts:
    """One capture history per person observed, shape (people,)."""
    counts = np.array(table.counts)
    counts[0] = 0
    return np.repeat(np.arange(counts.size), counts)


def _table(table: OverlapTable, people: Counts) -> OverlapTable:
    counts = np.bincount(people, minlength=1 << table.t)
    counts[0] = 0
    return OverlapTable.from_histories(table.lists, counts, name=table.name)


def _share(share: float) -> float:
    if not 0.0 <= share <= 1.0:
        raise InputError("A share lies between 0 and 1.", fix="Give for instance 0.15.")
    return share


def _one_list(people: Counts, t: int, rng: np.random.Generator) -> Counts:
    """Choose one of each person's lists at random, as a mask."""
    on = (people[:, None] >> np.arange(t) & 1) == 1
    keys = np.where(on, rng.random(on.shape), -1.0)
    return np.asarray(1 << keys.argmax(axis=1), dtype=np.int64)


def split(table: OverlapTable, share: float, rng: np.random.Generator) -> OverlapTable:
    """Miss a link: this share of the people on two lists or more appear as two people.

    One entry, chosen at random, stands apart from the person's others.
    """
    people = _people(table)
    many = np.array([int(w).bit_count() > 1 for w in range(1 << table.t)])
    hit = many[people] & (rng.random(people.size) < _share(share))
    apart = _one_list(people[hit], table.t, rng)
    return _table(table, np.concatenate((people[~hit], people[hit] & ~apart, apart)))


def merged(table: OverlapTable, share: float, rng: np.random.Generator) -> OverlapTable:
    """Merge wrongly: this share of the entries is given to another person, on other lists.

    Entries are drawn among people on one list only; each joins somebody not on that list.
    """
    people = _people(table)
    rng.shuffle(people)
    entries = int(sum(int(w).bit_count() for w in people))
    single = np.flatnonzero(people & (people - 1) == 0)
    moving = single[: rng.binomial(entries, _share(share))]
    gone = np.zeros(people.size, dtype=np.bool_)
    for k in moving[: -(-moving.size // 2)]:  # either record of a wrong merge is wrongly merged
        if gone[k]:
            continue
        other = int(rng.integers(people.size))
        for _ in range(50):
            if not gone[other] and not people[other] & people[k]:
                people[other] |= people[k]
                gone[k] = True
                break
            other = int(rng.integers(people.size))
    return _table(table, people[~gone])


def doubled(table: OverlapTable, share: float, rng: np.random.Generator) -> OverlapTable:
    """Count twice: this share of the entries stands a second time on its list, as somebody else."""
    people = _people(table)
    extra = []
    for j in range(table.t):
        on = int((people >> j & 1).sum())
        extra.append(np.full(rng.binomial(on, _share(share)), 1 << j))
    return _table(table, np.concatenate((people, *extra)))
