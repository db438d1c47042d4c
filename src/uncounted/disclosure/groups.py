"""Which groups may have figures: a group's figure is as good as its overlap table.

Replaying every table that a group of so many people can have against its point and limits finds its
overlaps, mostly to the person. So a figure is given only where all of the group's table may be shown, and
where that table, taken from the whole one, leaves no small count of the other groups to be worked out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncounted.disclosure.suppress import Published

__all__ = ["groups_that_may"]

Ints = NDArray[np.int64]


def groups_that_may(
    groups: Ints, whole: Published, detected: Published, threshold: int, last: int = 0
) -> tuple[bool, ...]:
    """Decide which groups may have a figure.

    Parameters
    ----------
    groups
        People of each group by capture history, shape (groups, 2**lists).
    whole
        What is shown of the table of all.
    detected
        What is shown of how many people each group has.
    threshold
        Counts from 1 to below this may not be known.
    last
        A group that never has a figure: those of whom the breakdown is not known.

    Returns
    -------
    tuple of bool
        One per group.
    """
    hidden = np.array([False, *(c is None for c in whole.cells)])
    small = (groups > 0) & (groups < threshold)
    may = ~small.any(axis=1) & ~groups[:, hidden].any(axis=1) & groups.any(axis=1)
    may &= np.array([c is not None for c in detected.cells])
    may[last] = False
    shown = np.array([c is not None for c in detected.cells])
    # The smallest groups lose their figures first: they add least to what is known.
    for g in np.argsort(groups.sum(axis=1), kind="stable"):
        if not may.any() or _others_are_safe(groups, may, hidden, shown, threshold):
            break
        may[g] = False
    return tuple(bool(m) for m in may)


def _others_are_safe(
    groups: Ints,
    may: NDArray[np.bool_],
    hidden: NDArray[np.bool_],
    shown: NDArray[np.bool_],
    threshold: int,
) -> bool:
    """Whether no small count of the groups without a figure follows from the rest."""
    from scipy.optimize import linprog

    others = np.flatnonzero(~may & groups.any(axis=1))
    histories = np.flatnonzero(groups[others].any(axis=0))
    table = groups[np.ix_(others, histories)]
    known = ~hidden[histories]  # the whole less the groups with figures: their sum, by history
    place = np.arange(table.size).reshape(table.shape)
    rows, right = [], []
    for j in np.flatnonzero(known):
        rows.append(np.isin(place, place[:, j]).ravel())
        right.append(float(table[:, j].sum()))
    for i, g in enumerate(others):
        if shown[g]:
            rows.append(np.isin(place, place[i]).ravel())
            right.append(float(table[i].sum()))
    guarded = np.flatnonzero((table > 0).ravel() & (table < threshold).ravel())
    if not guarded.size:
        return True
    if not rows:
        return True
    a, b = np.array(rows, dtype=np.float64), np.array(right)
    for cell in guarded:
        aim = np.zeros(table.size)
        aim[cell] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * aim, A_eq=a, b_eq=b, bounds=(0, 1e6), method="highs")
            ends.append(sign * float(found.fun or 0.0))
        if np.floor(ends[1] + 1e-6) - np.ceil(ends[0] - 1e-6) < threshold:
            return False
    return True
