"""`OverlapTable`: how many people have each capture history."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from uncounted.core.shown import Cell, Kind, Shown
from uncounted.errors import TableError

__all__ = ["MAX_LISTS", "UNKNOWN", "OverlapTable"]

MAX_LISTS = 16
UNKNOWN = -1
"""Mark of the all-zero cell: how many people are on no list is what nobody knows."""
_LARGEST = 2**53
_POOLED = "all"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OverlapTable(Shown):
    """Counts of people by capture history, for one or more strata.

    A capture history is a bit mask: bit ``i`` is set where the person is on ``lists[i]``.

    Parameters
    ----------
    lists
        Names of the 2 to 16 lists.
    cells
        Integer array of shape (strata, 2**lists). Column 0, the all-zero history, holds
        `UNKNOWN` and is never a count.
    strata
        One name per row of ``cells``; ``("all",)`` for a table without strata.
    sees
        Boolean array of shape (strata, lists): whether a list could hold people of that stratum
        at all. ``False`` is a structural zero, declared by whoever knows the lists.
    name
        What to call the table in output.
    full_names
        Longer names of lists, by list name, for display.
    sources
        Where the counts came from, for display.

    Raises
    ------
    TableError
        If the parts do not make a table; the message says which and what to do.

    Examples
    --------
    >>> table = OverlapTable.from_histories(["shelter", "police"], {"10": 30, "01": 50, "11": 6})
    >>> table.n
    86
    >>> table.count("11")
    6
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {
        "stratum": "text",
        "history": "text",
        "lists": "text",
        "count": "count",
    }

    lists: tuple[str, ...]
    cells: NDArray[np.int64]
    strata: tuple[str, ...] = (_POOLED,)
    sees: NDArray[np.bool_] | None = None
    name: str = ""
    full_names: Mapping[str, str] = field(default_factory=dict)
    sources: str = ""

    def __post_init__(self) -> None:
        """Check the parts, take copies and make the arrays read-only."""
        lists = tuple(str(x) for x in self.lists)
        _check_lists(lists)
        shape = (len(self.strata), 1 << len(lists))
        cells = np.array(self.cells)
        if cells.dtype.kind not in "iu" or cells.shape != shape:
            raise TableError(
                f"The counts must be whole numbers in an array of shape {shape}.",
                fix="Build tables with read_table or OverlapTable.from_histories.",
            )
        cells = cells.astype(np.int64)
        cells[:, 0] = UNKNOWN
        if (cells[:, 1:] < 0).any():
            raise TableError("A count is negative.", fix="Counts are numbers of people: 0 or more.")
        if (cells[:, 1:] > _LARGEST).any() or cells[:, 1:].astype(float).sum() > _LARGEST:
            raise TableError(
                "The counts pass 2^53, beyond which whole numbers are no longer exact.",
                fix="Check the count column; no population of people is that large.",
            )
        if len(set(self.strata)) != len(self.strata) or not self.strata:
            raise TableError("Two strata have one name.", fix="Give each stratum its own name.")
        seen = np.ones((len(self.strata), len(lists)), dtype=np.bool_)
        if self.sees is not None:
            seen = np.array(self.sees, dtype=np.bool_)
            if seen.shape != (len(self.strata), len(lists)):
                raise TableError(
                    "Which lists can see which stratum needs one row a stratum, one column a list.",
                    fix="Name the lists that cannot see a stratum in cannot_see.",
                )
        masks = np.arange(shape[1])
        for s, stratum in enumerate(self.strata):
            for i, name in enumerate(lists):
                if not seen[s, i] and cells[s, 1:][(masks[1:] >> i & 1) == 1].any():
                    raise TableError(
                        f"List {name!r} is declared unable to see stratum {stratum!r} "
                        "but holds people of it.",
                        fix="Take the declaration back or correct the counts.",
                    )
        cells.flags.writeable = False
        seen.flags.writeable = False
        for key, value in (
            ("lists", lists),
            ("cells", cells),
            ("strata", tuple(str(s) for s in self.strata)),
            ("sees", seen),
        ):
            object.__setattr__(self, key, value)

    @classmethod
    def from_histories(
        cls,
        lists: Sequence[str],
        histories: Mapping[str, int] | NDArray[Any] | Sequence[int],
        **details: Any,
    ) -> OverlapTable:
        """Build a table without strata.

        Parameters
        ----------
        lists
            List names.
        histories
            Either ``{"101": 3, ...}``, one character per list in the order of ``lists``,
            histories not named counting zero; or an integer array of length ``2**lists``
            indexed by bit mask, whose first entry is ignored.
        **details
            ``name``, ``full_names``, ``sources``.
        """
        t = len(lists)
        _check_lists(tuple(str(x) for x in lists))
        counts = np.zeros(1 << t, dtype=np.int64)
        if isinstance(histories, Mapping):
            for history, count in histories.items():
                counts[_mask(history, t)] = count
        else:
            given = np.asarray(histories)
            if given.shape != counts.shape or given.dtype.kind not in "iu":
                raise TableError(
                    f"{t} lists need {1 << t} whole counts, one per capture history.",
                    fix="Index the array by bit mask, or give a mapping of histories.",
                )
            counts = given.astype(np.int64)
        if isinstance(histories, Mapping) and counts[0] > 0:
            raise TableError(
                "The history with no list has a count.",
                fix="Leave it out: how many people are on no list is what is to be estimated.",
            )
        return cls(tuple(lists), counts[None, :], **details)

    @property
    def t(self) -> int:
        """Number of lists."""
        return len(self.lists)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Counts over all strata, shape (2**lists,), indexed by bit mask; entry 0 is `UNKNOWN`."""
        if len(self.strata) == 1:
            single: NDArray[np.int64] = self.cells[0]
            return single
        pooled = np.asarray(self.cells.sum(axis=0))
        pooled[0] = UNKNOWN
        return pooled

    @property
    def n(self) -> int:
        """Observed: people on at least one list."""
        return int(self.cells[:, 1:].sum())

    @property
    def list_sizes(self) -> NDArray[np.int64]:
        """People on each list, shape (lists,)."""
        counts = self.counts[1:]
        masks = np.arange(1, 1 << self.t)
        return np.array([counts[(masks >> i & 1) == 1].sum() for i in range(self.t)])

    @property
    def captures(self) -> NDArray[np.int64]:
        """People by number of lists they are on, shape (lists + 1,); entry 0 is `UNKNOWN`."""
        sizes = np.bitwise_count(np.arange(1, 1 << self.t, dtype=np.uint32))
        out = np.bincount(sizes, weights=self.counts[1:], minlength=self.t + 1).astype(np.int64)
        out[0] = UNKNOWN
        return out

    @property
    def overlap(self) -> int:
        """People on two lists or more."""
        return int(self.captures[2:].sum())

    @property
    def stratified(self) -> bool:
        """Whether there is more than one stratum."""
        return len(self.strata) > 1

    def count(self, history: str) -> int:
        """Count of one history written ``"101"`` in the order of the lists."""
        return int(self.counts[_mask(history, self.t)])

    def pair_overlap(self, i: int, j: int) -> int:
        """People on both list ``i`` and list ``j`` (indices from 0)."""
        both = (1 << i) | (1 << j)
        masks = np.arange(1, 1 << self.t)
        return int(self.counts[1:][(masks & both) == both].sum())

    def by_stratum(self) -> Iterator[tuple[str, OverlapTable]]:
        """Each stratum as a table of its own, without the lists that cannot see it."""
        assert self.sees is not None
        for s, stratum in enumerate(self.strata):
            single = OverlapTable(
                self.lists,
                self.cells[s : s + 1],
                (stratum,),
                self.sees[s : s + 1],
                self.name,
                self.full_names,
                self.sources,
            )
            yield stratum, single.keep([i for i in range(self.t) if self.sees[s, i]])

    def pooled(self) -> OverlapTable:
        """Return the same people as one stratum."""
        return OverlapTable(
            self.lists,
            self.counts[None, :],
            name=self.name,
            full_names=self.full_names,
            sources=self.sources,
        )

    def keep(self, lists: Sequence[int]) -> OverlapTable:
        """Keep some lists (indices from 0), in the order given.

        People on none of the lists kept leave the table: they become part of the unknown.
        """
        assert self.sees is not None
        if list(lists) == list(range(self.t)):
            return self
        masks = np.arange(1 << self.t)
        moved = np.zeros_like(masks)
        for new, old in enumerate(lists):
            moved |= (masks >> old & 1) << new
        cells = np.zeros((len(self.strata), 1 << len(lists)), dtype=np.int64)
        for s in range(len(self.strata)):
            np.add.at(cells[s], moved[1:], self.cells[s, 1:])
        cells[:, 0] = UNKNOWN
        names = tuple(self.lists[i] for i in lists)
        return OverlapTable(
            names,
            cells,
            self.strata,
            self.sees[:, list(lists)],
            self.name,
            {k: v for k, v in self.full_names.items() if k in names},
            self.sources,
        )

    def merge(self, groups: Sequence[Sequence[int]], names: Sequence[str]) -> OverlapTable:
        """Treat each group of lists (indices from 0) as one list.

        Nobody leaves or enters the table as long as every list is in a group.
        """
        assert self.sees is not None
        masks = np.arange(1 << self.t)
        moved = np.zeros_like(masks)
        for new, group in enumerate(groups):
            bits = sum(1 << i for i in group)
            moved |= ((masks & bits) != 0).astype(moved.dtype) << new
        cells = np.zeros((len(self.strata), 1 << len(groups)), dtype=np.int64)
        for s in range(len(self.strata)):
            np.add.at(cells[s], moved[1:], self.cells[s, 1:])
        sees = np.stack([self.sees[:, list(g)].any(axis=1) for g in groups], axis=1)
        return OverlapTable(tuple(names), cells, self.strata, sees, self.name, {}, self.sources)

    def without_empty_lists(self) -> tuple[OverlapTable, tuple[str, ...]]:
        """Leave out lists that hold nobody; also the names of those left out."""
        sizes = self.list_sizes
        empty = tuple(name for name, k in zip(self.lists, sizes, strict=True) if k == 0)
        if not empty or len(empty) > self.t - 2:
            return self, ()
        return self.keep([i for i in range(self.t) if sizes[i] > 0]), empty

    def canonical_order(self) -> tuple[int, ...]:
        """Order of the lists (indices from 0) that depends on the counts alone.

        Two tables that differ by the order or the names of their lists become the same array when
        put in this order (``table.keep(table.canonical_order())``), so work done there, random
        draws included, cannot depend on either. Lists are ordered by size; ties are broken by the
        order that gives the smallest array of counts, as long as there are at most 5,040 orders
        to try (beyond that, by how many people the tied lists share with each other list).
        """
        counts = self.counts.copy()
        counts[0] = 0
        masks = np.arange(1 << self.t)
        captures = np.bitwise_count(masks.astype(np.uint32))

        def profile(i: int) -> tuple[int, ...]:
            on = (masks >> i & 1) == 1
            return tuple(
                int(x) for k in range(1, self.t + 1) for x in [counts[on & (captures == k)].sum()]
            ) + tuple(sorted(self.pair_overlap(i, j) for j in range(self.t) if j != i))

        keys = [(int(size), profile(i)) for i, size in enumerate(self.list_sizes)]
        groups = [
            list(group)
            for _, group in itertools.groupby(
                sorted(range(self.t), key=lambda i: keys[i]), key=lambda i: keys[i]
            )
        ]
        if math.prod(math.factorial(len(g)) for g in groups) > 5040:
            return tuple(i for g in groups for i in g)

        def moved(order: tuple[int, ...]) -> list[int]:
            to = np.zeros_like(masks)
            for new, old in enumerate(order):
                to |= (masks >> old & 1) << new
            out = np.zeros_like(counts)
            out[to] = counts
            return [int(x) for x in out]

        orders = (
            tuple(itertools.chain.from_iterable(parts))
            for parts in itertools.product(*(itertools.permutations(g) for g in groups))
        )
        return min(orders, key=moved)

    def histories(self) -> Iterator[tuple[str, int]]:
        """Histories with people on them, in order of mask, as ``("101", 3)``."""
        for mask, count in enumerate(self.counts):
            if mask and count:
                yield self.history(mask), int(count)

    def history(self, mask: int) -> str:
        """Write a bit mask as ``"101"`` in the order of the lists."""
        return "".join("1" if mask >> i & 1 else "0" for i in range(self.t))

    def label(self, name: str) -> str:
        """Return the full name of a list where there is one."""
        return self.full_names.get(name, name)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row a capture history with people on it, by stratum."""
        return [
            {
                "stratum": stratum,
                "history": self.history(mask),
                "lists": " and ".join(x for i, x in enumerate(self.lists) if mask >> i & 1),
                "count": int(self.cells[s, mask]),
            }
            for s, stratum in enumerate(self.strata)
            for mask in range(1, 1 << self.t)
            if self.cells[s, mask]
        ]

    def caption(self) -> str:
        """Name the table and say how many people it holds."""
        return f"{self.name or 'Overlap table'}: {self.n:,} people on {self.t} lists"

    def to_dict(self) -> dict[str, Any]:
        """JSON form: what `read_table` reads back."""
        assert self.sees is not None
        out: dict[str, Any] = {
            "name": self.name,
            "lists": list(self.lists),
            "observed": self.n,
        }
        if self.full_names:
            out["full_names"] = dict(self.full_names)
        if self.sources:
            out["sources"] = self.sources
        if self.stratified or not self.sees.all() or self.strata != (_POOLED,):
            out["strata"] = {
                stratum: {self.history(m): int(c) for m, c in enumerate(self.cells[s]) if m and c}
                for s, stratum in enumerate(self.strata)
            }
            out["cannot_see"] = {
                stratum: [x for x, ok in zip(self.lists, self.sees[s], strict=True) if not ok]
                for s, stratum in enumerate(self.strata)
                if not self.sees[s].all()
            }
        else:
            out["counts"] = dict(self.histories())
        return out


def _check_lists(lists: tuple[str, ...]) -> None:
    if len(lists) < 2:
        raise TableError(
            "A table needs at least two lists: with one there is no overlap to learn from.",
            fix="Add a second, independently kept list.",
        )
    if len(lists) > MAX_LISTS:
        raise TableError(
            f"A table holds at most {MAX_LISTS} lists; this one has {len(lists)}.",
            fix="Merge lists of the same kind, or leave out those that hold few people.",
        )
    if len(set(lists)) != len(lists):
        twice = sorted({name for name in lists if lists.count(name) > 1})
        raise TableError(
            f"Two lists have one name: {', '.join(map(repr, twice))}.", fix="Rename one of them."
        )
    if any(not name.strip() for name in lists):
        raise TableError("A list has no name.", fix="Give every list column a name.")


def _mask(history: str, t: int) -> int:
    if len(history) != t or set(history) - {"0", "1"}:
        raise TableError(
            f"A capture history must be {t} characters, each 0 or 1.",
            fix="Write one character per list, in the order of the lists.",
        )
    return sum(1 << i for i, c in enumerate(history) if c == "1")
