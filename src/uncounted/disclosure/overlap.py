"""What of an overlap table may stand on a page: cells, sizes of lists, people observed, figures.

Every page made from somebody's own table asks here, so that two pages cannot disagree about what is
hidden. The program and its seeds are public: a reader may estimate from every table that agrees with
what a page shows and keep those that give the page's figures. So where anything is hidden, a page
with a figure shows one, as a wide range, and of the table how many people are on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.notes import bare
from uncounted.disclosure.renamed import SHARED
from uncounted.disclosure.suppress import THRESHOLD, Published, Total, protect

__all__ = [
    "HELD",
    "SHARED",
    "PageTable",
    "overlap_totals",
    "page_table",
    "protect_overlap",
    "quantities",
]

HELD = note("disclosure.hidden")
"""What a page says where it holds something back."""
_MOST_LISTS = 6
"""Lists up to which the linear programs take seconds; beyond, no cell is shown at all."""


def protect_overlap(
    counts: Sequence[int], lists: Sequence[str], threshold: int, key: bytes = b""
) -> tuple[Published, list[Total]]:
    """Suppress the overlap table, its list totals and its grand total together.

    Cell ``i`` of the result is capture history ``i + 1``. ``key`` is as of `protect`.
    """
    return _protect_overlap(tuple(int(c) for c in counts[1:]), tuple(lists), threshold, key)


def overlap_totals(lists: Sequence[str]) -> list[Total]:
    """Name the sums shown beside an overlap table: of all, of each list, of two lists or more."""
    masks = range(1, 1 << len(lists))
    totals = [Total("all", tuple(m - 1 for m in masks))]
    totals += [
        Total(name, tuple(m - 1 for m in masks if m >> i & 1)) for i, name in enumerate(lists)
    ]
    return [*totals, Total(SHARED, tuple(m - 1 for m in masks if m.bit_count() > 1))]


@lru_cache(maxsize=8)
def _protect_overlap(
    cells: tuple[int, ...], lists: tuple[str, ...], threshold: int, key: bytes
) -> tuple[Published, list[Total]]:
    totals = overlap_totals(lists)
    labels = [
        " + ".join(sorted(name for i, name in enumerate(lists) if m >> i & 1))
        for m in range(1, 1 << len(lists))
    ]
    # Hiding these hides little: the breakdowns show how many people there are in all, and the account
    # of rows says how many a list can hold at most. And figures rest on how many are shared.
    known = ("all", SHARED, *lists)
    # Of whom no other list knows is what a member asks first.
    gladly = [6.0 if m.bit_count() == 1 else 1.0 for m in range(1, 1 << len(lists))]
    made = protect(
        cells, totals, threshold=threshold, known=known, key=key, labels=labels, gladly=gladly
    )
    return made, totals


def quantities(numbers: Mapping[str, int | None], lists: Sequence[str]) -> dict[str, int | None]:
    """Name the totals of a shown overlap table as notes name them (`Number.of`).

    Parameters
    ----------
    numbers
        Shown totals by label: ``"all"``, ``"on two lists or more"``, names of lists.
    lists
        Names of the lists.

    Examples
    --------
    >>> quantities({"all": 300, "on two lists or more": None, "a": 40}, ["a"])
    {'observed': 300, 'shared': None, 'list:a': 40}
    """
    out = {"observed": numbers.get("all"), "shared": numbers.get(SHARED)}
    return out | {f"list:{name}": numbers.get(name) for name in lists}


@dataclass(frozen=True, slots=True)
class PageTable:
    """What a page may say of an overlap table; ``None`` stands for what is hidden.

    Parameters
    ----------
    lists
        Names of the lists.
    cells
        People by bit mask of lists; entry 0 (people on no list) is always ``None``.
    sizes
        People on each list.
    observed, overlap
        People on a list; people on two lists or more.
    threshold
        Counts from 1 to below this are hidden; 0 where everything is shown.
    """

    lists: tuple[str, ...]
    cells: tuple[int | None, ...]
    sizes: tuple[int | None, ...]
    observed: int | None
    overlap: int | None
    threshold: int

    @property
    def held(self) -> bool:
        """Whether anything is hidden."""
        return None in (*self.cells[1:], *self.sizes, self.observed, self.overlap)

    def interval(self, given: Interval | None) -> Interval | None:
        """Interval as the page may show it: widened to 1, 2 or 5 times a power of ten where anything is hidden.

        Rounded figures told too much: with how many people are observed, a middle and two ends
        to one digit still told how many are on all of three lists to within six.
        """
        if given is None or not self.held:
            return given
        return Interval(
            given.kind, given.level, _step(given.lower, up=False), _step(given.upper, up=True)
        )

    def between(self, points: Iterable[float]) -> Interval | None:
        """Least and largest of several figures, widened likewise."""
        found = list(points)
        return self.interval(Interval("range", 1.0, min(found), max(found))) if found else None

    def notes(self, said: Iterable[Note]) -> tuple[Note, ...]:
        """Give the notes that the page may show: none with a number where anything is hidden."""
        return tuple(n for n in said if not self.held or bare(n, self.lists))


def page_table(
    table: OverlapTable, threshold: int = THRESHOLD, *, figures: bool = False
) -> PageTable:
    """Decide what a page may say of a table.

    Beside a figure no part of the table may stand where a count is small: of 1,540 tables that agreed
    with two list sizes, 203 people and 23 on two lists or more, one consensus rounded to two digits
    left six, and the counts with them.

    Parameters
    ----------
    table
        Counts by capture history; strata are counted together.
    threshold
        Counts from 1 to below this are hidden, and what would tell them; 0 shows all, which is for
        tables that are published already.
    figures
        Whether the page holds figures made from the table. Then it shows the table whole, or how
        many people are on a list and nothing else.

    Examples
    --------
    >>> table = OverlapTable.from_histories(["a", "b"], {"10": 60, "01": 50, "11": 4})
    >>> shown = page_table(table)
    >>> shown.cells[3], shown.held
    (None, True)
    """
    counts = [int(c) for c in table.counts]
    if threshold == 0:
        return PageTable(
            table.lists,
            (None, *counts[1:]),
            tuple(int(s) for s in table.list_sizes),
            table.n,
            table.overlap,
            0,
        )
    if figures or table.t > _MOST_LISTS:
        return _all_or_total(table, counts, threshold)
    shown, _ = protect_overlap(counts, table.lists, threshold)
    return PageTable(
        table.lists,
        (None, *shown.cells),
        tuple(shown.totals[name] for name in table.lists),
        shown.totals["all"],
        shown.totals[SHARED],
        threshold,
    )


def _step(value: float, *, up: bool) -> float:
    """Next number of 1, 2, 5, 10, 20, ... at or beyond a value.

    Examples
    --------
    >>> _step(412.0, up=False), _step(2600.0, up=True)
    (200.0, 5000.0)
    """
    if not math.isfinite(value) or value <= 0:
        return value
    power = math.floor(math.log10(value))
    steps = [m * 10.0**k for k in (power, power + 1) for m in (1.0, 2.0, 5.0)]
    return min(x for x in steps if x >= value) if up else max(x for x in steps if x <= value)


def _all_or_total(table: OverlapTable, counts: list[int], threshold: int) -> PageTable:
    """Show a table of many lists whole where no count is small, else how many people in all.

    With one sum known of k hidden counts, each at least 1, each may be 1 to n - k + 1.
    """
    if not any(0 < c < threshold for c in counts[1:]):
        return page_table(table, 0)
    filled = sum(c > 0 for c in counts[1:])
    observed = table.n if table.n - filled >= threshold else None
    return PageTable(
        table.lists,
        (None, *(None if c else 0 for c in counts[1:])),
        tuple(None if s else 0 for s in table.list_sizes),
        observed,
        None if table.overlap else 0,
        threshold,
    )
