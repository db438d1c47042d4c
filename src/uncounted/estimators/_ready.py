"""What every estimator does first: refuse by name what no method can answer, and fix an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, Number, note, series
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
    caveats: tuple[Note, ...]

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
    caveats: list[Note] = []
    if table.stratified:
        caveats.append(note("estimators.ready.pooled", strata=Number(len(table.strata))))
    assert table.sees is not None
    if not table.sees.all():
        caveats.append(note("estimators.ready.unseeing"))
    sizes = table.list_sizes
    kept = [i for i in range(table.t) if sizes[i] > 0]
    if len(kept) < 2:
        raise NotSupported(
            note("estimators.ready.one-list" if kept else "estimators.ready.no-list"),
            fix=note("estimators.ready.one-list.fix"),
        )
    if len(kept) < table.t:
        empty = [table.lists[i] for i in range(table.t) if sizes[i] == 0]
        caveats.append(note("estimators.ready.empty", lists=series("words.comma", empty)))
    if overlap_needed and table.overlap == 0:
        raise NoFiniteEstimate(
            note("estimators.ready.no-overlap"), fix=note("estimators.ready.no-overlap.fix")
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
        note("estimators.ready.no-model", models=Number(tried)),
        fix=note("estimators.ready.no-model.fix"),
    )


def refuse_large(point: float, n: int) -> None:
    """Refuse a figure so large that only the model, not the lists, can have made it."""
    if not point <= LARGEST_RATIO * n:
        raise NoFiniteEstimate(
            note("estimators.ready.too-large"), fix=note("estimators.ready.too-large.fix")
        )
