"""What a linkage may say: people in all and people on both of two lists, beside how long the lists are.

No cell of the overlap table is said, but sizes, pairs and people in all are seven sums over the seven
cells of three lists: together they are the table. Records less people less overlaps is who is on all.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from uncounted.disclosure.suppress import Total, least_and_most

__all__ = ["PEOPLE", "sums_that_may"]

PEOPLE = "people"
_MOST_LISTS = 6
"""Lists up to which the linear programs take seconds; beyond, people in all are not said."""


def sums_that_may(
    counts: NDArray[np.int64], lists: Sequence[str], threshold: int
) -> Mapping[str | tuple[str, str], bool]:
    """Decide which sums over an overlap table of which no cell is said may be said.

    Parameters
    ----------
    counts
        People by capture history, shape (2**lists,); entry 0 is not read.
    lists
        Their names; how many people each has is taken to be known.
    threshold
        Counts from 1 to below this may not be known to within less.

    Returns
    -------
    dict
        Under `PEOPLE` and under each pair of lists, whether the sum may be said.

    Examples
    --------
    >>> may = sums_that_may(np.array([0, 60, 70, 30, 80, 40, 35, 4]), ["a", "b", "c"], 11)
    >>> may[PEOPLE], may["a", "b"]
    (False, True)
    """
    t = len(lists)
    cells = [int(c) for c in counts[1:]]
    masks = range(1, 1 << t)
    sizes = [Total(f"size {i}", tuple(m - 1 for m in masks if m >> i & 1)) for i in range(t)]
    pairs = {
        (lists[i], lists[j]): Total(f"{i} {j}", tuple(m - 1 for m in masks if m >> i & m >> j & 1))
        for i, j in itertools.combinations(range(t), 2)
    }
    everybody = Total(PEOPLE, tuple(m - 1 for m in masks))
    small = [k for k, c in enumerate(cells) if 0 < c < threshold]

    def value(total: Total) -> int:
        return sum(cells[c] for c in total.cells)

    may: dict[str | tuple[str, str], bool] = {
        pair: value(total) >= threshold for pair, total in pairs.items()
    }
    may[PEOPLE] = value(everybody) >= threshold and (t <= _MOST_LISTS or not small)
    # From two lists, people in all and both sizes are who is on both; and it may be worked out that
    # a pair is small wherever fewer than all are said.
    hidden = [total.cells for pair, total in pairs.items() if not may[pair] and value(total)]
    if t > _MOST_LISTS:
        return may
    in_turn = sorted(pairs)  # by name: an order made from counts would tell of them
    while True:
        said = [*sizes, *(total for pair, total in pairs.items() if may[pair])]
        if may[PEOPLE]:
            said.append(everybody)
        groups = [*((k,) for k in small), *hidden]
        known = [value(total) for total in said]
        if all(
            least_and_most(len(cells), said, known, group).width >= threshold for group in groups
        ):
            return may
        if may[PEOPLE]:
            may[PEOPLE] = False
            continue
        left = [pair for pair in in_turn if may[pair]]
        if not left:
            return may
        may[left[0]] = False
