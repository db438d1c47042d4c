"""What every estimator does first: refuse by name what no method can answer, and fix an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, Number, note, series
from uncounted.core.table import OverlapTable
from uncounted.errors import NoFiniteEstimate, NotIdentifiable, NotSupported
from uncounted.estimators.nests import nesting

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
        People in ``counts``.
    caveats
        What was done to the table.
    observed
        People on any list of the table given: a few more than ``n`` where a list was left out
        that lay inside others but for a few people.
    """

    counts: NDArray[np.int64]
    order: tuple[int, ...]
    lists: tuple[str, ...]
    n: int
    caveats: tuple[Note, ...]
    observed: int

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


def ready(table: OverlapTable, *, every_list: bool = False) -> Ready:
    """Check a table, leave out lists that say nothing, and put the rest in canonical order.

    Lists that hold nobody are left out, and lists inside others (`uncounted.estimators.nests`).

    Parameters
    ----------
    table
        Counts; strata are counted together.
    every_list
        Keep lists inside others, for a model that somebody named for them.

    Raises
    ------
    NotSupported
        If fewer than two lists hold people.
    NotIdentifiable
        If one list holds everybody who is on any.
    NoFiniteEstimate
        If nobody is on two lists.
    """
    caveats: list[Note] = []
    if table.stratified:
        caveats.append(note("estimators.ready.pooled", strata=Number(len(table.strata))))
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
    if table.overlap == 0:
        raise _no_overlap()
    plain = table.pooled().keep(kept)
    observed = plain.n
    if not every_list:
        found = nesting(plain)
        caveats += [nest.said for nest in found.left_out]
        kept = [i for i in kept if table.lists[i] in found.table.lists]
        plain = found.table
        if plain.overlap == 0:
            raise _no_overlap(tuple(nest.found for nest in found.left_out))
        if found.everybody and not found.missed:
            raise NotIdentifiable(
                note("estimators.nests.everybody", list=found.everybody),
                fix=note("estimators.nests.everybody.fix", list=found.everybody),
            )
        if found.everybody:
            missed = Number(found.missed, "people", of="missed")
            caveats.append(
                note("estimators.nests.nearly-everybody", missed=missed, list=found.everybody)
            )
    order = plain.canonical_order()
    moved = plain.keep(order)
    return Ready(
        counts=moved.counts,
        order=tuple(kept[i] for i in order),
        lists=moved.lists,
        n=moved.n,
        caveats=tuple(caveats),
        observed=observed,
    )


def _no_overlap(nests: tuple[Note, ...] = ()) -> NoFiniteEstimate:
    if nests:
        return NoFiniteEstimate(
            note("estimators.nests.no-overlap", nests=series("words.space", nests)),
            fix=note("estimators.nests.no-overlap.fix"),
        )
    return NoFiniteEstimate(
        note("estimators.ready.no-overlap"), fix=note("estimators.ready.no-overlap.fix")
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
