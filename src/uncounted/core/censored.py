"""`CensoredTable`: counts by capture history of which some are known as a range only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.core.table import OverlapTable
from uncounted.errors import TableError

__all__ = ["UNBOUNDED", "CensoredStratum", "CensoredTable", "Margin"]

UNBOUNDED = 2**53
"""Upper end of a count nothing bounds."""


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """A sum of cells that is known where the cells are not, such as the total of a list.

    Parameters
    ----------
    cells
        Shape (2**lists,): which cells are added up; the all-zero one never.
    lower, upper
        Least and largest sum.
    """

    cells: NDArray[np.bool_]
    lower: int
    upper: int


@dataclass(frozen=True, slots=True, eq=False)
class CensoredTable:
    """Counts by capture history, some of them ranges: tables as agencies publish them.

    Parameters
    ----------
    lists
        Names of the lists whose overlaps are known, at least in part.
    lower, upper
        Integer arrays of shape (2**lists,), by bit mask as in `OverlapTable`: least and largest
        count of each history, equal where it is known; `UNBOUNDED` where nothing bounds it. Entry
        0 is not read.
    margins
        Sums that are known besides.
    totals
        Lists that gave only how many people they hold, with that number: nothing is known of whom
        they share with others, and they say no more than that there are so many people.
    name, full_names, sources
        As in `OverlapTable`.
    strata
        The strata whose ranges and sums the table adds up; empty for a table without strata.

    Examples
    --------
    >>> table = CensoredTable.from_histories(
    ...     ["shelter", "police", "clinic"],
    ...     {"100": 60, "010": 80, "001": 40, "110": 12, "101": "<5", "011": "3-7", "111": "<5"},
    ... )
    >>> table.censored, table.observed
    (3, (195, 207))
    """

    lists: tuple[str, ...]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    margins: tuple[Margin, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    name: str = ""
    full_names: Mapping[str, str] = field(default_factory=dict)
    sources: str = ""
    strata: tuple[CensoredStratum, ...] = ()

    def __post_init__(self) -> None:
        """Check the ranges, take copies and make the arrays read-only."""
        lists = tuple(str(x) for x in self.lists)
        if len(lists) < 2 or len(set(lists)) != len(lists):
            raise TableError(
                "A table with hidden counts needs the overlaps of at least two lists, each with "
                "a name of its own.",
                fix="Add a list whose overlaps are known, at least in part.",
            )
        size = 1 << len(lists)
        low, high = (np.array(x, dtype=np.int64) for x in (self.lower, self.upper))
        if low.shape != (size,) or high.shape != (size,):
            raise TableError(
                f"{len(lists)} lists need {size} least and {size} largest counts.",
                fix="Build such tables with CensoredTable.from_histories or read_table.",
            )
        low[0] = high[0] = 0
        if (low < 0).any() or (low > high).any() or (high > UNBOUNDED).any():
            raise TableError(
                "A range of counts runs backwards or below zero.",
                fix="Write ranges as 3-7, from the least to the largest count.",
            )
        low.flags.writeable = False
        high.flags.writeable = False
        object.__setattr__(self, "lists", lists)
        object.__setattr__(self, "lower", low)
        object.__setattr__(self, "upper", high)
        for margin in self.margins:
            inside = margin.cells.copy()
            inside[0] = False
            reach = int(np.minimum(high[inside], UNBOUNDED // size).sum())
            if margin.upper < int(low[inside].sum()) or margin.lower > reach:
                raise TableError(
                    "A total disagrees with the counts that it adds up.",
                    fix="Correct the total, or the counts, or leave the total out.",
                )

    @classmethod
    def from_histories(
        cls, lists: Sequence[str], histories: Mapping[str, int | str], **details: Any
    ) -> CensoredTable:
        """Build a table from histories written as text.

        Parameters
        ----------
        lists
            List names.
        histories
            ``{"101": 3, "110": "<5", "011": "3-7", "111": "*"}``; histories not named count zero. A
            history with ``*`` in place of a mark is a sum over both, such as ``{"1**": 320}`` for
            everybody on the first list. Histories inside such a sum of which none is named are
            unknown, not zero.
        **details
            ``totals``, ``name``, ``full_names``, ``sources``.
        """
        t = len(lists)
        low = np.zeros(1 << t, dtype=np.int64)
        high = np.zeros(1 << t, dtype=np.int64)
        named = np.zeros(1 << t, dtype=np.bool_)
        margins = []
        for history, written in histories.items():
            if len(history) != t or set(history) - set("01*"):
                raise TableError(
                    f"A capture history must be {t} characters, each 0, 1 or *.",
                    fix="Write one character per list, in the order of the lists.",
                )
            least, most = read_range(written)
            cells = _covered(history)
            if "*" not in history:
                mask = int(np.flatnonzero(cells)[0])
                if mask == 0 and most > 0:
                    raise TableError(
                        "The history with no list has a count.",
                        fix="Leave it out: how many people are on no list is what is to be estimated.",
                    )
                low[mask], high[mask], named[mask] = least, most, True
            else:
                cells[0] = False
                margins.append(Margin(cells, least, most))
        for margin in margins:
            if not (named & margin.cells).any():
                unknown = margin.cells & ~named
                high[unknown] = np.maximum(high[unknown], margin.upper)
        for margin in margins:
            # No cell can hold more than any sum it is part of.
            free = margin.cells & (low < high)
            high[free] = np.minimum(high[free], margin.upper)
        return cls(tuple(lists), low, high, tuple(margins), **details)

    @classmethod
    def added_up(
        cls, strata: Sequence[CensoredStratum], *, totals: Mapping[str, int], name: str = ""
    ) -> CensoredTable:
        """Add strata up, ranges with ranges, and keep them beside.

        A sum known in one stratum is known of all as far as the others' ranges bound their part of it.

        Parameters
        ----------
        strata
            One or more, over the same lists.
        totals, name
            As of the table.
        """
        tables = [s.table for s in strata]
        low = np.sum([t.lower for t in tables], axis=0)
        high = np.minimum(
            np.sum([np.minimum(t.upper, UNBOUNDED // len(tables)) for t in tables], axis=0),
            UNBOUNDED,
        )
        high[np.any([t.upper >= UNBOUNDED for t in tables], axis=0)] = UNBOUNDED
        sums = {m.cells.tobytes(): m.cells for t in tables for m in t.margins}
        margins = []
        for cells in sums.values():
            ends = [t.sum_of(cells) for t in tables]
            most = sum(end[1] for end in ends)
            margins.append(Margin(cells, sum(end[0] for end in ends), min(most, UNBOUNDED)))
        return cls(
            tables[0].lists, low, high, tuple(margins), totals, name=name, strata=tuple(strata)
        )

    def sum_of(self, cells: NDArray[np.bool_]) -> tuple[int, int]:
        """Least and largest sum of cells, by the sum known of just these or else by their ranges."""
        low = int(self.lower[cells].sum())
        high = min(sum(self.upper[cells].tolist()), UNBOUNDED)
        for margin in self.margins:
            if (margin.cells == cells).all():
                low, high = max(low, margin.lower), min(high, margin.upper)
        return low, high

    @property
    def t(self) -> int:
        """Number of lists whose overlaps are known."""
        return len(self.lists)

    @property
    def censored(self) -> int:
        """Histories whose count is a range."""
        return int((self.lower[1:] < self.upper[1:]).sum())

    @property
    def observed(self) -> tuple[int, int]:
        """Least and largest number of people on a list, by the ranges and by known totals."""
        low, high = int(self.lower.sum()), min(sum(self.upper.tolist()), UNBOUNDED)
        for margin in self.margins:
            if margin.cells[1:].all():
                low, high = max(low, margin.lower), min(high, margin.upper)
        return low, high

    def allows(self, counts: NDArray[np.int64]) -> bool:
        """Whether counts, shape (2**lists,), agree with every range and every sum."""
        inside = (counts[1:] >= self.lower[1:]).all() and (counts[1:] <= self.upper[1:]).all()
        return bool(inside) and all(
            m.lower <= int(counts[m.cells].sum()) <= m.upper for m in self.margins
        )

    def completed(self, counts: NDArray[np.int64]) -> OverlapTable:
        """Return the table with these counts, which must be allowed, in place of the ranges."""
        return OverlapTable(
            self.lists, counts[None, :], name=self.name, full_names=self.full_names,
            sources=self.sources,
        )  # fmt: skip

    def to_dict(self) -> JSONObject:
        """JSON form: ranges as text, as `read_table` reads them back."""
        low, high = self.observed
        written = {
            "".join("1" if m >> i & 1 else "0" for i in range(self.t)): _written(a, b)
            for m, (a, b) in enumerate(zip(self.lower.tolist(), self.upper.tolist(), strict=True))
            if m and b
        }
        return {
            "name": self.name,
            "lists": list(self.lists),
            "observed": {"lower": low, "upper": None if high >= UNBOUNDED else high},
            "censored": self.censored,
            "counts": written,
            "totals": dict(self.totals),
        }


@dataclass(frozen=True, slots=True, eq=False)
class CensoredStratum:
    """One stratum of a table with hidden counts.

    Parameters
    ----------
    name
        Of the stratum.
    table
        Its own ranges, over the lists of the whole table.
    sees
        Shape (lists,): whether a list could hold people of the stratum at all.
    """

    name: str
    table: CensoredTable
    sees: NDArray[np.bool_]


def read_range(written: int | str) -> tuple[int, int]:
    """Read ``7``, ``<5``, ``3-7`` or ``*``; least and largest count.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    text = str(written).strip().replace("\N{EN DASH}", "-")
    if text == "*":
        return 0, UNBOUNDED
    if text.startswith("<"):
        most = int(text.removeprefix("<").removeprefix("=").strip())
        return _ordered(0, most if text.startswith("<=") else most - 1)
    first, dash, last = text.partition("-")
    if dash and first.strip():
        return _ordered(int(first), int(last))
    return _ordered(int(text), int(text))


def _ordered(low: int, high: int) -> tuple[int, int]:
    if not 0 <= low <= high <= UNBOUNDED:
        msg = "a range runs backwards or below zero"
        raise ValueError(msg)
    return low, high


def _covered(history: str) -> NDArray[np.bool_]:
    """Which cells a history with ``*`` adds up."""
    masks = np.arange(1 << len(history))
    cells = np.ones(masks.size, dtype=np.bool_)
    for i, mark in enumerate(history):
        if mark != "*":
            cells &= (masks >> i & 1) == int(mark)
    return cells


def _written(low: int, high: int) -> int | str:
    if low == high:
        return low
    if high >= UNBOUNDED:
        return "*"
    return f"{low}-{high}"
