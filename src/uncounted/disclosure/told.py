"""Tables that know no more than a release shows: what every figure of a release is made from.

The program and its seeds are public, so a reader can estimate from every table that agrees with what
a release shows and keep those that give its figures: a point and two ends tell a suppressed count as
surely as a sum does. Rounding delays that and does not stop it. Where any count is suppressed, figures
are therefore not made from the counts but from these tables: each suppressed count is put back by
chance, so that everything shown still adds up. A figure is then a function of what is shown, and says
nothing of what is not; the doubt about the suppressed counts is in its range, as that about linkage is.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import CensoredTable, Margin
from uncounted.disclosure.overlap import overlap_totals
from uncounted.disclosure.suppress import Published
from uncounted.estimators.completions import expected_table

__all__ = ["told_tables"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SIZE = 4.0
"""Of the negative binomial draws: a standard deviation half of the mean beside Poisson's."""
_SEED = 20261127
"""Public, and no project's own: nothing rests on its being unknown."""


def told_tables(counts: Ints, reference: int, shown: Published, lists: Sequence[str]) -> Ints:
    """Put suppressed counts back by chance, table by table.

    Parameters
    ----------
    counts
        People by capture history, shape (tables, 2**lists): one table per linkage draw.
    reference
        The table whose counts are shown.
    shown
        What is shown of it (`uncounted.disclosure.overlap.protect_overlap`).
    lists
        Names of the lists.

    Returns
    -------
    ndarray
        Shape (tables, 2**lists). Of each table everything is kept whose like is shown of the
        reference: its counts, its list totals, how many people there are. The rest depends on these
        numbers alone. Equal to ``counts`` where nothing is suppressed.

    Notes
    -----
    A suppressed count is drawn from a negative binomial about its expectation under the best
    log-linear model of order two for what is shown; then the whole numbers nearest to the draws that
    give every sum shown are taken (least sum of distances, each over its standard deviation).
    """
    hidden = np.array([c is None for c in shown.cells])
    totals = overlap_totals(lists)
    if not hidden.any() and None not in shown.totals.values():
        return counts
    free = np.flatnonzero(hidden) + 1
    sums = [t for t in totals if shown.totals[t.name] is not None]
    rows = np.array(
        [[float(c - 1 in set(t.cells)) for c in free] for t in sums], dtype=np.float64
    ).reshape(len(sums), free.size)
    means = _means(counts[reference], free, rows, sums_of(counts[reference], free, rows), lists)
    out = counts.copy()
    root = np.random.SeedSequence(_SEED)
    for d, stream in enumerate(root.spawn(len(counts))):
        rng = np.random.default_rng(stream)
        wanted = rng.negative_binomial(_SIZE, _SIZE / (_SIZE + means)).astype(np.float64)
        if d == reference:  # speaks alone where one table is asked: it is the middle of what may be
            wanted = means
        out[d, free] = _nearest(wanted, means, rows, sums_of(counts[d], free, rows))
    return out


def sums_of(counts: Ints, free: Ints, rows: Floats) -> Floats:
    """Give what the suppressed counts of each shown sum add up to: the sum less what is shown of it."""
    return np.asarray(rows @ counts[free].astype(np.float64))


def _means(counts: Ints, free: Ints, rows: Floats, right: Floats, lists: Sequence[str]) -> Floats:
    """Return the suppressed counts that what is shown lets expect, shape (suppressed,)."""
    low, high = counts.copy(), counts.copy()
    most = int(right.max()) if right.size else 0
    for k, c in enumerate(free):
        inside = rows[:, k] > 0
        low[c] = 1
        high[c] = max(int(right[inside].min()) if inside.any() else max(most, 40), 1)
    margins = []
    for row, total in zip(rows, right, strict=True):
        cells = np.zeros(counts.size, dtype=np.bool_)
        cells[free[row > 0]] = True
        if cells.any():
            margins.append(Margin(cells, int(total), int(total)))
    table = CensoredTable(tuple(lists), low, high, tuple(margins))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        made = expected_table(table).counts
    return np.maximum(made[free].astype(np.float64), 0.5)


def _nearest(wanted: Floats, means: Floats, rows: Floats, right: Floats) -> Ints:
    """Whole numbers nearest to those wanted that add up to each sum; at least 1 where that can be."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    k = wanted.size
    if not rows.size:
        return np.maximum(np.rint(wanted), 1).astype(np.int64)
    weight = 1.0 / np.sqrt(means + means**2 / _SIZE)
    eye = np.eye(k)
    bounds_of = [
        LinearConstraint(np.hstack((rows, np.zeros((len(rows), k)))), right, right),
        LinearConstraint(np.hstack((eye, -eye)), -np.inf, wanted),
        LinearConstraint(np.hstack((eye, eye)), wanted, np.inf),
    ]
    aim = np.concatenate((np.zeros(k), weight))
    whole = np.repeat([1, 0], k)
    for least in (1.0, 0.0):
        found = milp(
            aim,
            integrality=whole,
            bounds=Bounds(np.concatenate((np.full(k, least), np.zeros(k))), np.inf),
            constraints=bounds_of,
        )
        if found.x is not None:
            return np.asarray(np.rint(found.x[:k]), dtype=np.int64)
    msg = "a table disagrees with its own sums"
    raise ValueError(msg)
