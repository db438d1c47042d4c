"""What every estimator does first: refuse by name what no method can answer, and fix an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import OverlapTable
from uncounted.errors import NoFiniteEstimate, NotSupported

__all__ = ["LARGEST_RATIO", "Ready", "no_model", "ready", "refuse_large"]

LARGEST_RATIO = 1e6
"""A figure above this many times the people observed is refused: lists do not bound it."""


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A table ready to be estimated.

    Parameters
    ----------
    counts
        Shape (2**lists,), by mask in canonical order of the lists; entry 0 is not a count.
    order
        ``order[i]`` is the place, in the table given, of list ``i`` of ``counts``.
    lists
        Names in canonical order.
    n
        People observed.
    caveats
        What was done to the table.
    """

    counts: NDArray[np.int64]
    order: tuple[int, ...]
    lists: tuple[str, ...]
    n: int
    caveats: tuple[str, ...]

    @property
    def t(self) -> int:
        """Number of lists."""
        return len(self.lists)

    def to_given(self, mask: int) -> int:
        """Translate a mask from canonical order to the order of the table given."""
        return sum(1 << self.order[i] for i in range(self.t) if mask >> i & 1)

    def from_given(self, mask: int) -> int:
        """Translate a mask from the order of the table given to canonical order."""
        return sum(1 << i for i in range(self.t) if mask >> self.order[i] & 1)


def ready(table: OverlapTable, *, overlap_needed: bool = True) -> Ready:
    """Check a table, leave out lists that hold nobody, and put the rest in canonical order.

    Raises
    ------
    NotSupported
        If fewer than two lists hold people.
    NoFiniteEstimate
        If nobody is on two lists and the method needs overlap.
    """
    caveats: list[str] = []
    if table.stratified:
        caveats.append(f"The {len(table.strata)} strata are counted together.")
    if not table.sees.all():
        caveats.append(
            "Some lists cannot see some strata; taken together that looks like avoidance."
        )
    sizes = table.list_sizes
    kept = [i for i in range(table.t) if sizes[i] > 0]
    if len(kept) < 2:
        raise NotSupported(
            f"{'One list only holds' if kept else 'No list holds'} people: without a second list "
            "there is no overlap to learn from.",
            fix="Add an independently kept list of the same people.",
        )
    if len(kept) < table.t:
        empty = [table.lists[i] for i in range(table.t) if sizes[i] == 0]
        caveats.append(f"Lists that hold nobody were left out: {', '.join(empty)}.")
    if overlap_needed and table.overlap == 0:
        raise NoFiniteEstimate(
            "Nobody is on two lists or more, so the lists put no upper bound on how many people "
            "are on none.",
            fix="Check the matching of the lists, or add a list that shares people with another.",
        )
    plain = table.pooled().keep(kept)
    order = plain.canonical_order()
    moved = plain.keep(order)
    return Ready(
        counts=moved.counts,
        order=tuple(kept[i] for i in order),
        lists=moved.lists,
        n=moved.n,
        caveats=tuple(caveats),
    )


def no_model(tried: int) -> NoFiniteEstimate:
    """Say that none of the models tried has an estimate, and what to do."""
    return NoFiniteEstimate(
        f"None of {tried:,} models has an estimate on these lists.",
        fix="The lists share too few people, or all of them are on the same lists; merge lists or report"
        " the lower bound only.",
    )


def refuse_large(point: float, n: int) -> None:
    """Refuse a figure so large that only the model, not the lists, can have made it."""
    if not point <= LARGEST_RATIO * n:
        raise NoFiniteEstimate(
            "The figure is more than a million times the people observed: the lists do not bound "
            "it.",
            fix="Use a simpler model, merge lists, or report the lower bound only.",
        )
