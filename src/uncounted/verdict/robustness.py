"""What leaving a list out, or merging two, does to a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from uncounted.core.notes import Note, note, why
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError, NotSupported, Refusal, TableError
from uncounted.verdict.validation import (
    Estimators,
    Figured,
    estimators_by_name,
    figured,
)

__all__ = ["RobustnessRow", "leave_one_list_out", "merge_lists"]


@dataclass(frozen=True, slots=True)
class RobustnessRow:
    """What a figure becomes when the lists are changed.

    Parameters
    ----------
    change
        ``"all lists"``, ``"without A"`` or ``"A and B merged"``.
    observed
        People on at least one of the lists kept.
    method, point, lower, upper, refused
        As in `ValidationRow`; here of the whole population.
    ratio
        Point over the point with all lists; ``None`` where either is missing.
    """

    change: str
    observed: int
    method: str
    point: float | None = None
    lower: float | None = None
    upper: float | None = None
    ratio: float | None = None
    refused: Note | None = None


def leave_one_list_out(
    table: OverlapTable, estimators: Estimators, *, seed: int = 0, level: float = 0.95
) -> tuple[RobustnessRow, ...]:
    """Leave each list out in turn; the first rows have all lists.

    People on that list alone leave the table and become part of the unknown, so a sound method
    gives the same population, with more doubt.

    Parameters
    ----------
    table, estimators, seed, level
        As in `internal_validation`.
    """
    changes: list[tuple[str, Callable[[], OverlapTable]]] = []
    for i, name in enumerate(table.lists):
        kept = [j for j in range(table.t) if j != i]
        changes.append((f"without {name}", partial(_with_lists, table, kept)))
    return _changed(table, estimators, changes, seed, level)


def _with_lists(table: OverlapTable, kept: list[int]) -> OverlapTable:
    if len(kept) < 2:
        raise NotSupported(
            note("verdict.validation.one-list"), fix=note("verdict.validation.one-list.fix")
        )
    return table.keep(kept)


def merge_lists(
    table: OverlapTable,
    estimators: Estimators,
    *,
    groups: Sequence[Sequence[str]] | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[RobustnessRow, ...]:
    """Treat several lists as one; the first rows have all lists apart.

    Parameters
    ----------
    table, estimators, seed, level
        As in `internal_validation`.
    groups
        Groups of list names, one change each; every pair by default.
    """
    chosen = list(combinations(table.lists, 2)) if groups is None else [tuple(g) for g in groups]
    changes: list[tuple[str, Callable[[], OverlapTable]]] = []
    for group in chosen:
        unknown = [x for x in group if x not in table.lists]
        if unknown or len(set(group)) < 2:
            raise InputError(
                "A group to merge is two or more lists of the table.",
                fix=f"Its lists: {', '.join(table.lists)}.",
            )
        changes.append((f"{' and '.join(group)} merged", partial(_merged, table, group)))
    return _changed(table, estimators, changes, seed, level)


def _merged(table: OverlapTable, group: Sequence[str]) -> OverlapTable:
    inside = [i for i, x in enumerate(table.lists) if x in group]
    rest = [i for i in range(table.t) if i not in inside]
    if not rest:
        raise NotSupported(
            note("verdict.validation.merged"), fix=note("verdict.validation.merged.fix")
        )
    names = ["+".join(table.lists[i] for i in inside), *(table.lists[i] for i in rest)]
    return table.merge([inside, *([i] for i in rest)], names)


def _same(table: OverlapTable) -> OverlapTable:
    return table


def _changed(
    table: OverlapTable,
    estimators: Estimators,
    changes: Sequence[tuple[str, Callable[[], OverlapTable]]],
    seed: int,
    level: float,
) -> tuple[RobustnessRow, ...]:
    named = estimators_by_name(estimators)
    full: dict[str, float | None] = {}
    out: list[RobustnessRow] = []
    for change, make in [
        ("all lists", table.pooled if table.stratified else partial(_same, table)),
        *changes,
    ]:
        observed = 0
        reason: Note | None = None
        changed: OverlapTable | None = None
        try:
            changed = make()
        except (Refusal, TableError) as refusal:
            reason = why(refusal)
        else:
            observed = changed.n
        for method, estimator in named.items():
            figure = (
                Figured(refused=reason)
                if changed is None
                else figured(estimator, changed, seed, level)
            )
            if change == "all lists":
                full[method] = figure.point
            base = full[method]
            ratio = None if figure.point is None or base is None else figure.point / base
            out.append(
                RobustnessRow(
                    change,
                    observed,
                    method,
                    figure.point,
                    figure.lower,
                    figure.upper,
                    ratio,
                    figure.refused,
                )
            )
    return tuple(out)
