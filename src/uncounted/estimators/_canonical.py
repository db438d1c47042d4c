"""One order of the lists of a table, whatever order or names they were given in.

Samplers work in this order, so that the same seed gives the same draws however the lists were
permuted or named.
"""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

__all__ = ["canonical_cells"]

_MOST_TRIED = 5_040


def canonical_cells(
    counts: NDArray[np.int64],
) -> tuple[NDArray[np.uint8], NDArray[np.float64], list[int]]:
    """Histories with people on them, with lists in canonical order.

    Lists are ordered by their size and the profile of their overlaps; ties are broken by the
    order that gives the smallest sequence of counts, so lists still tied are interchangeable.

    Parameters
    ----------
    counts
        Shape (2**lists,), indexed by bit mask; entry 0 is ignored.

    Returns
    -------
    bits
        0 and 1, shape (cells, lists), histories in ascending order.
    people
        Shape (cells,), all positive.
    order
        ``order[i]`` is the index in the table of the list in place ``i``.

    Examples
    --------
    >>> canonical_cells(np.array([-1, 30, 50, 6]))[2]
    [1, 0]
    >>> canonical_cells(np.array([-1, 50, 30, 6]))[2]
    [0, 1]
    """
    t = int(counts.size).bit_length() - 1
    masks = np.flatnonzero(counts[1:] > 0) + 1
    people = counts[masks]
    on = (masks[:, None] >> np.arange(t)) & 1
    sizes = on.sum(axis=1)
    mark: list[tuple[int, ...]] = [(0,)] * t
    for _ in range(3):  # refine: a list's profile, then its profile among profiles
        rank = {m: i for i, m in enumerate(sorted(set(mark)))}
        word = [rank[m] for m in mark]
        fresh: list[tuple[int, ...]] = []
        for j in range(t):
            rows = sorted(
                (int(sizes[c]), int(people[c]), *sorted(word[i] for i in np.flatnonzero(on[c])))
                for c in np.flatnonzero(on[:, j])
            )
            flat = tuple(x for row in rows for x in (-1, *row))
            fresh.append((-int(people[on[:, j] == 1].sum()), word[j], *flat))
        mark = fresh
    groups: dict[tuple[int, ...], list[int]] = {}
    for j in range(t):
        groups.setdefault(mark[j], []).append(j)
    blocks = [groups[m] for m in sorted(groups)]
    best: tuple[tuple[int, ...], list[int]] | None = None
    for tried, parts in enumerate(product(*(permutations(b) for b in blocks))):
        if tried >= _MOST_TRIED:
            break
        order = [j for part in parts for j in part]
        moved = (on[:, order] << np.arange(t)).sum(axis=1)
        ranked = np.argsort(moved)
        key = tuple(
            int(v) for pair in zip(moved[ranked], people[ranked], strict=True) for v in pair
        )
        if best is None or key < best[0]:
            best = (key, order)
    assert best is not None
    order = best[1]
    moved = (on[:, order] << np.arange(t)).sum(axis=1)
    ranked = np.argsort(moved)
    bits = np.ascontiguousarray(on[ranked][:, order].astype(np.uint8))
    return bits, people[ranked].astype(np.float64), order
