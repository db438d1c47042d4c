"""Small counts suppressed so that no sum of what is shown brings them back.

A table is a set of cells (counts of people) and totals over some of them. A count from 1 to
threshold - 1 is suppressed, in cells and in totals. A reader then knows every shown number, that
each shown total is the sum of its cells, and that a suppressed cell is not 0 (a zero is shown).
`attack` is that reader: by linear programming it finds the least and the most each suppressed
number can be; it also knows what another table says a cell is at least (``floors``). `protect` suppresses further numbers until no small one is known to within less than
the threshold. Sound against the exact reader, who also has whole numbers, as widths are judged
after rounding inwards.

Which further numbers are suppressed depends on no count but through what a reader could conclude:
they are taken in an order made from a secret key and the names of the numbers. Were the smallest
taken, as is usual, a reader who knows the rule could turn it round: of [47, †, †, 59] with a sum of
162 only 10 and 46 fit. As the key is the project's and stays the same, what is suppressed does not
jump from one release to the next.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.errors import InputError

__all__ = ["MARKS", "THRESHOLD", "Published", "Range", "Total", "attack", "protect"]

THRESHOLD = 11
FLOOR = 5
"""No threshold below this, whatever a project file says."""
MARKS: Mapping[str, str] = {"suppressed": "†", "zero": "0", "not listed": "–"}
"""Three different marks for three different things, always."""
_WIDE = 1e6


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
        Names of totals that are shown elsewhere as well, and so are hidden here only where nothing
        else is left to hide: then they must be hidden there too. The first of them last of all.
    fixed
        Another table shown beside this one, with which numbers of this one add up: its cells are the
        first of ``cells``, its totals are among ``totals``. What is suppressed in it is guarded here
        too, and nothing in it is changed.
    unseen
        Cells that are shown nowhere and need no guard; a reader knows only that they are not negative.
    secret
        Names of totals that are suppressed whatever their size.
    key
        Secret from which the order is made in which further numbers are suppressed. Without one the
        order is known to everybody who has the program.
    labels
        Names of the cells, from which the order is made, so that a cell that comes or goes changes
        nothing for the others; by default their positions.
    gladly
        How much sooner than another each cell is hidden, positive: odds in the order, never a
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
    names = [str(c) for c in range(counts.size)] if labels is None else labels
    odds = np.ones(counts.size) if gladly is None else np.asarray(gladly, dtype=np.float64)
    turn = [_turn(key, f"cell {name}") / w for name, w in zip(names, odds.tolist(), strict=True)]
    turn_totals = [
        _turn(key, f"total {t.name}") + 1e6 * (t.name in known) + 1e6 * (t.name in known[:1])
        for t in totals
    ]
    least = _least(floors, counts.size)
    least[at] = 0.0
    while True:
        failing = _failing(
            counts, totals, hidden, hidden_totals, guarded, guarded_totals, threshold, least
        )
        if failing is None:
            break
        _hide_one_more(
            counts, turn, turn_totals, totals, hidden, hidden_totals, failing, set(known), held,
            held_totals,
        )  # fmt: skip
    kept, kept_totals = guarded | held, guarded_totals | held_totals
    _show_again(
        counts, turn, turn_totals, totals, hidden, hidden_totals, guarded, guarded_totals, threshold, least,
        kept, kept_totals,
    )  # fmt: skip
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


def _least(floors: Sequence[int] | None, size: int) -> NDArray[np.float64]:
    """Give the least a suppressed cell can be: 1, as a zero is shown, or what is known besides."""
    if floors is None:
        return np.ones(size)
    return np.maximum(np.asarray(floors, dtype=np.float64), 1.0)


def _failing(
    counts: NDArray[np.int64],
    totals: Sequence[Total],
    hidden: NDArray[np.bool_],
    hidden_totals: NDArray[np.bool_],
    guarded: NDArray[np.bool_],
    guarded_totals: NDArray[np.bool_],
    threshold: int,
    least: NDArray[np.float64],
) -> tuple[int, ...] | None:
    """Cells of the first small number a reader could know too well; ``None`` if there is none."""
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
    for group in groups:
        if _reach(cells, shown, totals, group, least).width < threshold:
            return group
    return None


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


def _show_again(
    counts: NDArray[np.int64],
    turn: Sequence[float],
    turn_totals: Sequence[float],
    totals: Sequence[Total],
    hidden: NDArray[np.bool_],
    hidden_totals: NDArray[np.bool_],
    guarded: NDArray[np.bool_],
    guarded_totals: NDArray[np.bool_],
    threshold: int,
    least: NDArray[np.float64],
    kept: NDArray[np.bool_],
    kept_totals: NDArray[np.bool_],
) -> None:
    """Show what turned out not to be needed: totals first, then cells, those last in turn first."""
    left_totals = [int(k) for k in np.flatnonzero(hidden_totals & ~kept_totals)]
    left_cells = [int(c) for c in np.flatnonzero(hidden & ~kept)]
    spare = [(hidden_totals, k) for k in sorted(left_totals, key=lambda k: turn_totals[k])[::-1]]
    spare += [(hidden, c) for c in sorted(left_cells, key=lambda c: turn[c])[::-1]]
    for flags, place in spare:
        flags[place] = False
        if _failing(
            counts, totals, hidden, hidden_totals, guarded, guarded_totals, threshold, least
        ):
            flags[place] = True


def _hide_one_more(
    counts: NDArray[np.int64],
    turn: Sequence[float],
    turn_totals: Sequence[float],
    totals: Sequence[Total],
    hidden: NDArray[np.bool_],
    hidden_totals: NDArray[np.bool_],
    failing: tuple[int, ...],
    known: set[str],
    held: NDArray[np.bool_],
    held_totals: NDArray[np.bool_],
) -> None:
    """Suppress the next cell in turn that shares a shown total with the failing one, else the total."""
    group = set(failing)
    tied = [k for k, t in enumerate(totals) if not hidden_totals[k] and group & set(t.cells)]
    near = {c for k in tied for c in totals[k].cells}
    hideable = ~hidden & ~held & (counts > 0)
    options = [c for c in near if hideable[c]]
    if options:
        hidden[min(options, key=lambda c: turn[c])] = True
        return
    free = [k for k in tied if totals[k].name not in known and not held_totals[k]]
    if free:
        hidden_totals[min(free, key=lambda k: turn_totals[k])] = True
        return
    # nothing near is left: widen through the rest of the table
    rest = [int(c) for c in np.flatnonzero(hideable)]
    if rest:
        hidden[min(rest, key=lambda c: turn[c])] = True
        return
    left = [int(k) for k in np.flatnonzero(~hidden_totals & ~held_totals)]
    if not left:
        msg = "nothing is left to suppress"
        raise ValueError(msg)
    hidden_totals[min(left, key=lambda k: turn_totals[k])] = True


def _turn(key: bytes, name: str) -> float:
    """Place of a number in the order in which numbers are suppressed to protect others."""
    made = hmac.digest(key or b"-", name.encode(), "sha256")
    # Times of a race: whoever is twice as quick comes first twice as often.
    return -math.log((int.from_bytes(made[:8], "big") + 1) / (1 << 64))
