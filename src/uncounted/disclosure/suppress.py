"""Small counts suppressed so that no sum of what is shown brings them back.

A table is a set of cells (counts of people) and totals over some of them. A count from 1 to
threshold - 1 is suppressed, in cells and in totals. A reader then knows every shown number, that
each shown total is the sum of its cells, and that a suppressed cell is not 0 (a zero is shown).
`attack` is that reader: by linear programming it finds the least and the most each suppressed
number can be; it also knows what another table says a cell is at least (``floors``). `protect` suppresses further numbers until no small one is known to within less than
the threshold. Sound against the exact reader, who also has whole numbers, as widths are judged
after rounding inwards.

Which further numbers are suppressed depends on no count but through what a reader could conclude. All
that could be are suppressed, and then shown again one by one, in an order made from a secret key and the
names of the numbers, each if no small number is then known too well. So any choice that is just
enough can come about, and none tells which of its numbers needed the others. Were the smallest taken, as
is usual, a reader who knows the rule could turn it round: of [47, †, †, 59] with a sum of 162 only 10 and 46
fit. As the key is the project's and stays the same, what is suppressed does not jump from one release to
the next.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.errors import InputError

__all__ = [
    "MARKS",
    "THRESHOLD",
    "Published",
    "Range",
    "Total",
    "attack",
    "least_and_most",
    "protect",
]

THRESHOLD = 11
FLOOR = 5
"""No threshold below this, whatever a project file says."""
MARKS: Mapping[str, str] = {"suppressed": "†", "zero": "0", "not listed": "–"}
"""Three different marks for three different things, always."""
_WIDE = 1e6
_TOTALS = 12.0
"""How much sooner than a cell a total is shown: odds, no certainty."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over cells, shown beside them.

    Parameters
    ----------
    name
        What to call it.
    cells
        Positions of the cells it adds up.
    """

    name: str
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most a number can be for a reader of what is shown."""

    lower: float
    upper: float

    @property
    def width(self) -> float:
        """Difference of the ends."""
        return self.upper - self.lower


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """What may be shown of a table.

    Parameters
    ----------
    cells
        Shown counts; ``None`` for suppressed.
    totals
        Shown totals by name; ``None`` for suppressed.
    primary, complementary
        How many numbers were suppressed for being small, and to protect those.
    threshold
        The smallest count that is shown.
    """

    cells: tuple[int | None, ...]
    totals: Mapping[str, int | None]
    primary: int
    complementary: int
    threshold: int

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "cells": list(self.cells),
            "totals": dict(self.totals),
            "primary": self.primary,
            "complementary": self.complementary,
            "threshold": self.threshold,
        }

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Published:
        """Read the JSON form back."""
        return cls(
            tuple(made["cells"]),
            made["totals"],
            made["primary"],
            made["complementary"],
            made["threshold"],
        )

    def mark(self, position: int) -> str:
        """Text of a cell: the count, ``0``, or the mark of suppression."""
        value = self.cells[position]
        return MARKS["suppressed"] if value is None else f"{value:,}"


def protect(
    cells: Sequence[int],
    totals: Sequence[Total],
    *,
    threshold: int = THRESHOLD,
    sensitive: Sequence[bool] | None = None,
    floors: Sequence[int] | None = None,
    known: Sequence[str] = (),
    fixed: Published | None = None,
    unseen: Sequence[int] = (),
    secret: Sequence[str] = (),
    key: bytes = b"",
    labels: Sequence[str] | None = None,
    gladly: Sequence[float] | None = None,
) -> Published:
    """Suppress what is small and what would reveal it.

    Parameters
    ----------
    cells
        Counts of people.
    totals
        Sums shown beside them; every number a reader will see must be a cell or one of these.
    threshold
        Counts from 1 to ``threshold - 1`` are not shown.
    sensitive
        Which cells count people at risk; small counts of others (e.g. of rows that could not
        be read) are shown unless they would reveal one.
    floors
        What a reader knows each cell to be at least, from another table shown beside this one.
    known
        Names of totals that are shown elsewhere as well and would have to be hidden there too. The
        first of them is shown before all else.
    fixed
        Another table shown beside this one, with which numbers of this one add up: its cells are the
        first of ``cells``, its totals are among ``totals``. What is suppressed in it is guarded here
        too, and nothing in it is changed.
    unseen
        Cells that are shown nowhere and need no guard; a reader knows only that they are not negative.
    secret
        Names of totals that are suppressed whatever their size.
    key
        Secret from which the order is made in which numbers are shown. Without one the
        order is known to everybody who has the program.
    labels
        Names of the cells, from which the order is made, so that a cell that comes or goes changes
        nothing for the others; by default their positions.
    gladly
        How much sooner than another each cell is shown, positive: odds in the order, never a
        certainty, or the order would tell which of two hidden cells needed the other.

    Returns
    -------
    Published

    Raises
    ------
    InputError
        If the threshold is below 5.

    Examples
    --------
    >>> shown = protect([40, 30, 4], [Total("all", (0, 1, 2))])
    >>> shown.cells.count(None), shown.cells[2], shown.totals
    (2, None, {'all': 74})
    """
    if threshold < FLOOR:
        raise InputError(
            f"A threshold of {threshold} would show counts that point to a person.",
            fix=f"Choose {FLOOR} or more; {THRESHOLD} is the default.",
        )
    counts = np.array(cells, dtype=np.int64)
    at_risk = np.ones(counts.size, dtype=bool) if sensitive is None else np.array(sensitive)
    sums = np.array([counts[list(t.cells)].sum() for t in totals], dtype=np.int64)
    hidden = (counts > 0) & (counts < threshold) & at_risk
    at = list(unseen)
    hidden[at], at_risk[at] = True, False
    hidden_totals = np.array(
        [
            0 < s < threshold and bool(at_risk[list(t.cells)].any())
            for s, t in zip(sums, totals, strict=True)
        ],
        dtype=bool,
    )
    guarded = hidden & at_risk
    hidden_totals |= np.array([t.name in secret for t in totals], dtype=bool)
    guarded_totals = hidden_totals.copy()
    held, held_totals = np.zeros_like(hidden), guarded_totals.copy()
    held[at] = True
    if fixed is not None:
        held[: len(fixed.cells)] = True
        hidden[: len(fixed.cells)] = [c is None for c in fixed.cells]
        for k, t in enumerate(totals):
            if t.name in fixed.totals:
                held_totals[k], hidden_totals[k] = True, fixed.totals[t.name] is None
    primary = int(hidden.sum() + hidden_totals.sum())
    least = _least(floors, counts.size)
    least[at] = 0.0
    order = _order(key, labels or [str(c) for c in range(counts.size)], totals, gladly, known)
    free = [
        (flags, place)
        for of_cells, place in order
        for flags, never in ([(hidden, held)] if of_cells else [(hidden_totals, held_totals)])
        if not flags[place] and not never[place] and (not of_cells or counts[place] > 0)
    ]
    for flags, place in free:
        flags[place] = True

    def safe() -> bool:
        return not _known_too_well(
            counts, totals, hidden, hidden_totals, guarded, guarded_totals, threshold, least
        )

    if not safe():
        msg = "nothing is left to suppress"
        raise ValueError(msg)
    _show_in_turn(free, safe)
    return Published(
        tuple(None if h else int(c) for h, c in zip(hidden, counts, strict=True)),
        {
            t.name: None if h else int(s)
            for t, h, s in zip(totals, hidden_totals, sums, strict=True)
        },
        primary,
        int(hidden.sum() + hidden_totals.sum()) - primary,
        threshold,
    )


def attack(
    published: Published, totals: Sequence[Total], floors: Sequence[int] | None = None
) -> dict[int | str, Range]:
    """Find what a reader can work out about every suppressed number.

    Parameters
    ----------
    published
        What is shown.
    totals
        The totals, as given to `protect`.
    floors
        What the reader knows each cell to be at least, as given to `protect`.

    Returns
    -------
    dict
        `Range` by cell position and by total's name, for what is suppressed.
    """
    cells = np.array([-1 if c is None else c for c in published.cells], dtype=np.int64)
    hidden = cells < 0
    shown = np.array(
        [-1 if published.totals[t.name] is None else published.totals[t.name] for t in totals],
        dtype=np.int64,
    )
    out: dict[int | str, Range] = {}
    least = _least(floors, cells.size)
    for i in np.flatnonzero(hidden):
        out[int(i)] = _reach(cells, shown, totals, (int(i),), least)
    for t in totals:
        if published.totals[t.name] is None:
            out[t.name] = _reach(cells, shown, totals, t.cells, least)
    return out


def least_and_most(
    cells: int, totals: Sequence[Total], known: Sequence[int], group: Sequence[int]
) -> Range:
    """Find what the sum of some cells can be where sums are known and no cell is.

    Parameters
    ----------
    cells
        How many cells there are; each may be 0.
    totals, known
        Sums, and what they are.
    group
        Positions of the cells asked about.
    """
    return _reach(
        np.full(cells, -1, dtype=np.int64),
        np.array(known, dtype=np.int64),
        totals,
        group,
        np.zeros(cells),
    )


def _least(floors: Sequence[int] | None, size: int) -> NDArray[np.float64]:
    """Give the least a suppressed cell can be: 1, as a zero is shown, or what is known besides."""
    if floors is None:
        return np.ones(size)
    return np.maximum(np.asarray(floors, dtype=np.float64), 1.0)


def _order(
    key: bytes,
    labels: Sequence[str],
    totals: Sequence[Total],
    gladly: Sequence[float] | None,
    known: Sequence[str],
) -> list[tuple[bool, int]]:
    """Order in which numbers are shown: (whether a cell, position), by a race with odds."""
    odds = np.ones(len(labels)) if gladly is None else np.asarray(gladly, dtype=np.float64)
    runs = [
        (_turn(key, f"cell {label}") / w, True, c)
        for c, (label, w) in enumerate(zip(labels, odds.tolist(), strict=True))
    ]
    for k, t in enumerate(totals):
        ahead = 0.0 if t.name in known[:1] else 1.0
        runs.append((ahead * _turn(key, f"total {t.name}") / _TOTALS, False, k))
    return [(of_cells, place) for _, of_cells, place in sorted(runs)]


def _turn(key: bytes, name: str) -> float:
    """Time of a number in the race: whoever is twice as quick comes first twice as often."""
    made = hmac.digest(key or b"-", name.encode(), "sha256")
    return -math.log((int.from_bytes(made[:8], "big") + 1) / (1 << 64))


def _show_in_turn(free: Sequence[tuple[NDArray[np.bool_], int]], safe: Callable[[], bool]) -> None:
    """Show hidden numbers one by one, each if no small one is then known too well.

    What is shown can only narrow: so the numbers up to the next that must stay hidden are found by
    halving.
    """

    def put(part: Sequence[tuple[NDArray[np.bool_], int]], *, hide: bool) -> None:
        for flags, place in part:
            flags[place] = hide

    left = list(free)
    while left:
        low, high = 0, len(left) + 1  # low of them can be shown together, high cannot
        step = 1
        while high - low > 1:
            middle = min(low + step, high - 1)
            put(left[low:middle], hide=False)
            if safe():
                low, step = middle, 2 * step
            else:
                put(left[low:middle], hide=True)
                high, step = middle, max((middle - low) // 2, 1)
        left = left[high:]


def _known_too_well(
    counts: NDArray[np.int64],
    totals: Sequence[Total],
    hidden: NDArray[np.bool_],
    hidden_totals: NDArray[np.bool_],
    guarded: NDArray[np.bool_],
    guarded_totals: NDArray[np.bool_],
    threshold: int,
    least: NDArray[np.float64],
) -> bool:
    """Whether a reader knows some small number to within less than the threshold."""
    cells = np.where(hidden, -1, counts)
    shown = np.array(
        [
            -1 if h else counts[list(t.cells)].sum()
            for t, h in zip(totals, hidden_totals, strict=True)
        ],
        dtype=np.int64,
    )
    groups: list[tuple[int, ...]] = [(int(i),) for i in np.flatnonzero(guarded)]
    groups += [t.cells for t, g in zip(totals, guarded_totals, strict=True) if g]
    return any(_reach(cells, shown, totals, group, least).width < threshold for group in groups)


def _reach(
    cells: NDArray[np.int64],
    shown: NDArray[np.int64],
    totals: Sequence[Total],
    group: Sequence[int],
    least: NDArray[np.float64],
) -> Range:
    """Least and most the sum of some cells can be, given what is shown (-1: suppressed)."""
    from scipy.optimize import linprog

    unknown = np.flatnonzero(cells < 0)
    place = {int(c): k for k, c in enumerate(unknown)}
    base = float(sum(cells[c] for c in group if cells[c] >= 0))
    aim = np.zeros(unknown.size)
    for c in group:
        if c in place:
            aim[place[c]] += 1.0
    if not aim.any():
        return Range(base, base)
    rows, right = [], []
    for t, s in zip(totals, shown, strict=True):
        if s < 0:
            continue
        row = np.zeros(unknown.size)
        rest = float(s)
        for c in t.cells:
            if c in place:
                row[place[c]] += 1.0
            else:
                rest -= float(cells[c])
        if row.any():
            rows.append(row)
            right.append(rest)
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * aim,
            A_eq=np.array(rows) if rows else None,
            b_eq=np.array(right) if rows else None,
            bounds=[(float(least[c]), _WIDE) for c in unknown],
            method="highs",
        )
        if found.status != 0:
            msg = "the published table contradicts itself"
            raise ValueError(msg)
        ends.append(sign * float(found.fun or 0.0))
    lower, upper = np.ceil(ends[0] - 1e-6), np.floor(ends[1] + 1e-6)
    return Range(base + float(lower), base + float(upper))
