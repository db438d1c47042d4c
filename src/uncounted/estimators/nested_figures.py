"""Both figures for lists inside others: without the inner list, and without what holds it."""

from __future__ import annotations

from uncounted.core.notes import Note, Number, note, series
from uncounted.core.table import OverlapTable
from uncounted.errors import Refusal, TableError
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.nests import Nest, nesting

__all__ = ["either_way"]


def either_way(
    table: OverlapTable, *, consensus: Consensus | None = None, seed: int = 0
) -> tuple[Note, ...]:
    """Say of each list inside others what the figure is without it, and what without the others.

    Parameters
    ----------
    table
        Counts; strata are counted together.
    consensus
        Makes the figures, at its own level.
    seed
        Root seed.

    Returns
    -------
    tuple of Note
        One a list inside others that takes no part in figures; none where there is no such list.

    Examples
    --------
    >>> table = OverlapTable.from_histories(
    ...     ["hotline", "shelter", "clinic", "police"],
    ...     {
    ...         "1000": 270,
    ...         "1100": 178,
    ...         "0010": 184,
    ...         "0001": 136,
    ...         "1001": 36,
    ...         "1110": 38,
    ...         "1010": 37,
    ...         "1101": 23,
    ...         "0011": 28,
    ...         "1011": 6,
    ...         "1111": 1,
    ...     },
    ... )
    >>> [n.code for n in either_way(table)]
    ['estimators.nests.either-list']
    """
    plain = table.pooled() if table.stratified else table
    plain = plain.keep([i for i in range(plain.t) if plain.list_sizes[i] > 0])
    found = nesting(plain)
    if not found.left_out:
        return ()
    consensus = consensus or Consensus(draws=0)
    without = _figure(plain, consensus, seed)
    said = []
    for nest in found.left_out:
        other = _figure(_other_way(plain, nest), consensus, seed)
        if len(nest.within) == 1:
            said.append(
                note(
                    "estimators.nests.either-list",
                    found=nest.found, inner=nest.inner, without=without,
                    outer=nest.within[0], other=other,
                )
            )  # fmt: skip
        else:
            merged = series("words.and", (*nest.within, nest.inner))
            said.append(
                note(
                    "estimators.nests.either-union",
                    found=nest.found, inner=nest.inner, without=without,
                    merged=merged, other=other,
                )
            )  # fmt: skip
    return tuple(said)


def _other_way(table: OverlapTable, nest: Nest) -> OverlapTable | None:
    """Leave the outer list out, or return the table with the lists of a union and the inner one merged."""
    if len(nest.within) == 1:
        kept = [i for i, name in enumerate(table.lists) if name != nest.within[0]]
        return table.keep(kept) if len(kept) > 1 else None
    inside = [i for i, name in enumerate(table.lists) if name in (*nest.within, nest.inner)]
    rest = [i for i in range(table.t) if i not in inside]
    if not rest:
        return None
    names = ["+".join(table.lists[i] for i in inside), *(table.lists[i] for i in rest)]
    return table.merge([inside, *([i] for i in rest)], names)


def _figure(table: OverlapTable | None, consensus: Consensus, seed: int) -> Note:
    if table is None:
        return note("words.no-figure")
    try:
        found = consensus.estimate(table, seed=seed)
    except (Refusal, TableError):
        return note("words.no-figure")
    if found.point is None or found.interval is None:
        return note("words.no-figure")
    return note(
        "estimators.nests.figure",
        point=Number(found.point, "estimate"),
        lower=Number(found.interval.lower, "estimate"),
        upper=Number(found.interval.upper, "estimate"),
    )
