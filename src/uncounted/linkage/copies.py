"""Copies: records of one list that say the same in every field, such as a row for every call.

The sampler moves records one by one and cannot hold a person of dozens of records together; what
falls apart and comes together again looks like doubt, and there is none. So of many copies two are
linked, and the others go where the first one goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.decisions import Decision
from uncounted.linkage.prepare import Coded, Columns

__all__ = ["Copies", "copies_of"]

KEPT = 2
"""Copies that are linked: they tell that the list names people more than once."""
_FIELDS = (
    "given", "surname", "year", "month", "day", "year_low", "year_high", "sex", "citizenship", "area",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """Which records are linked, and which of them stands for each of the others.

    Parameters
    ----------
    kept
        Shape (kept,), record numbers.
    first
        Shape (records,), the kept record that stands for each record; itself where it is kept.
    """

    kept: NDArray[np.int64]
    first: NDArray[np.int64]

    def spread(self, label: NDArray[np.int32]) -> NDArray[np.int32]:
        """Clusters of all records from those of the kept ones, by record number.

        Parameters
        ----------
        label
            Shape (kept,), cluster of each kept record, called by a place among the kept.

        Returns
        -------
        ndarray, shape (records,), int32
        """
        out = np.zeros(self.first.size, dtype=np.int32)
        out[self.kept] = self.kept[label]
        return out[self.first]


def copies_of(
    columns: Columns, decisions: Sequence[Decision] = (), keys: Sequence[str] = ()
) -> Copies | None:
    """Find records of one list that agree in both names, the whole birth date and all else.

    Parameters
    ----------
    columns
        The records.
    decisions, keys
        What people decided; a record they decided on is kept.

    Returns
    -------
    Copies or None
        ``None`` where no record has more than `KEPT` copies.
    """
    told = columns.given.known & columns.surname.known & (columns.day >= 0)
    who = np.flatnonzero(told & (columns.year >= 0) & (columns.month >= 0))
    table = [columns.member[who]]
    for name in _FIELDS:
        held = getattr(columns, name)
        table.append((held.code if isinstance(held, Coded) else held)[who].astype(np.int64))
    mixed = np.zeros(who.size, dtype=np.uint64)
    for column in table:
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, start, group, many = np.unique(
        mixed, return_index=True, return_inverse=True, return_counts=True
    )
    if not (many > KEPT).any():
        return None
    same = np.ones(who.size, dtype=np.bool_)
    for column in table:  # whatever the mixing made of them
        same &= column == column[start[group]]
    if decisions and keys:
        named = {key for d in decisions for key in (d.first, d.second)}
        same &= np.array([keys[i] not in named for i in who.tolist()], dtype=np.bool_)
    order = np.argsort(group, kind="stable")
    place = np.empty(who.size, dtype=np.int64)
    place[order] = np.arange(who.size) - np.repeat(np.cumsum(many) - many, many)
    drop = same & (place >= KEPT)
    if not drop.any():
        return None
    first = np.arange(columns.n)
    first[who[drop]] = who[start[group[drop]]]
    kept = np.flatnonzero(first == np.arange(columns.n))
    return Copies(kept, first)
