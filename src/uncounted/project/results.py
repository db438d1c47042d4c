"""What a run publishes: counts after suppression, figures rounded, by group and by list."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from uncounted.disclosure.suppress import Ceiling, Published, Total, attack, protect
from uncounted.engine import Job, map_jobs
from uncounted.errors import UncountedError
from uncounted.estimate import Interval
from uncounted.estimators.registry import Settings, make
from uncounted.project.overlap import Overlaps
from uncounted.project.pooled import estimate_over_draws
from uncounted.records.reading import ListReport
from uncounted.tables import OverlapTable

__all__ = [
    "GroupRow",
    "ListRow",
    "estimate_groups",
    "list_rows",
    "protect_overlap",
    "protect_rows",
    "rounded",
]

GROUP_DRAWS = 20
SHARED = "on two lists or more"
"""Name of the total of people on more than one list."""


def rounded(value: float) -> float:
    """Round as far as the figure deserves: two figures, three above 1,000.

    Examples
    --------
    >>> rounded(1238.4), rounded(347.0), rounded(61.2)
    (1240.0, 350.0, 61.0)
    """
    if not math.isfinite(value) or value == 0:
        return value
    keep = 3 if value >= 1000 else 2
    digits = keep - 1 - math.floor(math.log10(abs(value)))
    return float(round(value, min(digits, 0)))


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of a breakdown.

    Parameters
    ----------
    label
        Of the group.
    detected
        People of the group on any list; ``None`` where suppressed.
    point, interval
        Estimate of all people of the group, rounded; ``None`` where there is none.
    why
        Why there is no estimate.
    """

    label: str
    detected: int | None
    point: float | None = None
    interval: Interval | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """What one list added.

    Parameters
    ----------
    name, title, regime
        The list.
    people
        People of the list after linkage; ``None`` where suppressed or not linked.
    only_here
        Of them on no other list; ``None`` where suppressed.
    linked
        Whether the list takes part in the overlap table.
    without
        Estimate without this list, rounded, and its interval.
    why
        Why there is no figure without it.
    """

    name: str
    title: str
    regime: str
    people: int | None
    only_here: int | None
    linked: bool = True
    without: float | None = None
    interval: Interval | None = None
    why: str = ""
    total: int | None = field(default=None)


def protect_overlap(
    counts: Sequence[int], lists: Sequence[str], threshold: int
) -> tuple[Published, list[Total]]:
    """Suppress the overlap table, its list totals and its grand total together.

    Cell ``i`` of the result is capture history ``i + 1``.
    """
    return _protect_overlap(tuple(int(c) for c in counts[1:]), tuple(lists), threshold)


@lru_cache(maxsize=8)
def _protect_overlap(
    cells: tuple[int, ...], lists: tuple[str, ...], threshold: int
) -> tuple[Published, list[Total]]:
    masks = range(1, 1 << len(lists))
    totals = [Total("all", tuple(m - 1 for m in masks))]
    totals += [
        Total(name, tuple(m - 1 for m in masks if m >> i & 1)) for i, name in enumerate(lists)
    ]
    totals.append(Total(SHARED, tuple(m - 1 for m in masks if m.bit_count() > 1)))
    return protect(cells, totals, threshold=threshold), totals


def protect_rows(
    reports: Sequence[ListReport],
    threshold: int,
    people: Mapping[str, int | None] | None = None,
    overlap: tuple[Sequence[int], Sequence[str]] | None = None,
) -> Published:
    """Suppress the account of rows: used, quarantined, not released per list, with all sums.

    Cells run list by list. Quarantined rows count no people, so they are small without harm
    unless they would reveal another.

    Parameters
    ----------
    reports
        The account of each list.
    threshold
        The smallest count that is shown.
    people
        People of each list that the page shows: no fewer rows than these were used, and a reader
        who knows that knows more about what was not.
    overlap
        Counts and lists of the overlap table beside it. No list names more people than rows of it
        were used: where that would tell how many are on several lists, used rows are suppressed.
    """
    cells, sensitive, floors = [], [], []
    for r in reports:
        cells += [r.used, r.quarantined, r.not_released]
        sensitive += [True, False, True]
        floors += [min(r.used, (people or {}).get(r.name) or 0), 0, 0]
    totals = [Total(r.name, (3 * i, 3 * i + 1, 3 * i + 2)) for i, r in enumerate(reports)]
    for k, name in enumerate(("all used", "all quarantined", "all not released")):
        totals.append(Total(name, tuple(3 * i + k for i in range(len(reports)))))
    totals.append(Total("all rows", tuple(range(len(cells)))))
    shown = protect(cells, totals, threshold=threshold, sensitive=sensitive, floors=floors)
    if overlap is None or not _rows_tell(reports, shown, totals, floors, overlap, threshold):
        return shown
    return protect(
        cells,
        totals,
        threshold=threshold,
        sensitive=sensitive,
        floors=floors,
        guard=[*range(0, len(cells), 3), "all used"],
    )


def _rows_tell(
    reports: Sequence[ListReport],
    rows: Published,
    totals: Sequence[Total],
    floors: Sequence[int],
    overlap: tuple[Sequence[int], Sequence[str]],
    threshold: int,
) -> bool:
    """Whether used rows tell a small number of the overlap table to within the threshold."""
    counts, lists = overlap
    shown, sums = protect_overlap(counts, lists, threshold)
    found = attack(rows, totals, floors)
    by_name = {t.name: t.cells for t in sums}
    at = {r.name: 3 * i for i, r in enumerate(reports)}

    def most(key: int | str, value: int | None) -> float:
        return found[key].upper if value is None else float(value)

    ceilings = [Ceiling(by_name[name], most(at[name], rows.cells[at[name]])) for name in lists] + [
        Ceiling(
            tuple(c for name in lists for c in by_name[name]),
            most("all used", rows.totals["all used"]),
        )
    ]
    small: set[int | str] = {i for i, c in enumerate(counts[1:]) if 0 < c < threshold}
    small |= {t.name for t in sums if 0 < sum(counts[c + 1] for c in t.cells) < threshold}
    known = attack(shown, sums, ceilings=ceilings)
    return any(known[key].width < threshold for key in small)


def estimate_groups(
    overlaps: Overlaps,
    breakdown: str,
    method: str | None,
    *,
    threshold: int,
    level: float,
    resamples: int,
    max_order: int | None,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[GroupRow], Published]:
    """Count and estimate people by group.

    Groups whose detected count is suppressed get no estimate either: the one would give the
    other away. Groups are estimated each on its own, so their figures need not add up. Without a
    method there are no estimates.
    """
    at = overlaps.by_group[breakdown][overlaps.reference].sum(axis=1)
    labels = overlaps.labels[breakdown]
    published = protect(
        [int(c) for c in at], [Total("all", tuple(range(len(labels))))], threshold=threshold
    )
    chosen = np.unique(np.linspace(0, len(overlaps.counts) - 1, GROUP_DRAWS).astype(int))
    rows = []
    for g, label in enumerate(labels):
        if at[g] == 0:
            if g:
                rows.append(GroupRow(label, 0, why="nobody detected"))
            continue
        shown = published.cells[g]
        if shown is None:
            rows.append(GroupRow(label, None, why="suppressed"))
            continue
        if g == 0:
            rows.append(GroupRow(label, shown, why="said in no record"))
            continue
        if method is None:
            rows.append(GroupRow(label, shown, why="no figure from these lists"))
            continue
        tables = overlaps.group_tables(breakdown, g)
        try:
            pooled = estimate_over_draws(
                [tables[int(d)] for d in chosen],
                method,
                level=level,
                resamples=max(resamples, 20),
                max_order=max_order,
                seed=seed,
            )
        except UncountedError:
            rows.append(GroupRow(label, shown, why="too few on two lists"))
            continue
        finally:
            if progress is not None:
                progress(g + 1, len(labels))
        e = pooled.estimate
        assert e.point is not None and e.interval is not None
        if not e.interval.bounded or e.interval.upper > 20 * max(shown, e.interval.lower):
            rows.append(GroupRow(label, shown, why="too few on two lists"))
            continue
        low = max(rounded(e.interval.lower), float(shown))
        interval = Interval(e.interval.kind, level, low, rounded(e.interval.upper))
        rows.append(GroupRow(label, shown, max(rounded(e.point), float(shown)), interval))
    order = {r.label: -(r.detected or 0) for r in rows}
    rows.sort(key=lambda r: (r.label == labels[0], r.detected is None, order[r.label], r.label))
    return rows, published


def list_rows(
    table: OverlapTable,
    reports: Sequence[ListReport],
    titles: Sequence[str],
    published: Published,
    method: str | None,
    level: float,
    max_order: int | None = 2,
) -> list[ListRow]:
    """Size, what only it holds, and the figure without it, list by list.

    A figure from two lists alone gives the number of people on both away; where that is
    suppressed there is none. Without a method there is none either.
    """
    linked = [name for name in table.lists]
    threshold = published.threshold
    jobs = [
        Job(name, (table, i, method, level, max_order, threshold)) for i, name in enumerate(linked)
    ]
    without = dict(zip(linked, map_jobs(_leave_out, jobs), strict=True))
    rows = []
    for report, title in zip(reports, titles, strict=True):
        if report.name not in linked:
            rows.append(
                ListRow(
                    report.name, title, report.regime, None, None, linked=False, why="total only"
                )
            )
            continue
        i = linked.index(report.name)
        point, interval, why = without[report.name]
        rows.append(
            ListRow(
                report.name,
                title,
                report.regime,
                published.totals[report.name],
                published.cells[(1 << i) - 1],
                without=point,
                interval=interval,
                why=why,
            )
        )
    return rows


def _leave_out(
    table: OverlapTable,
    i: int,
    method: str | None,
    level: float,
    max_order: int | None,
    threshold: int,
) -> tuple[float | None, Interval | None, str]:
    if method is None:
        return None, None, ""
    if table.t < 3:
        return None, None, "needs three lists"
    rest = table.keep([k for k in range(table.t) if k != i])
    if rest.t == 2 and rest.pair_overlap(0, 1) < threshold:
        return None, None, "too few on two lists without it"
    settings = Settings(level=level, bootstrap=0, max_order=max_order, threads=1)
    try:
        found = make(method, settings).estimate(rest)
    except UncountedError:
        return None, None, "no figure without it"
    if found.point is None:
        return None, None, "no figure without it"
    interval = found.interval
    if interval is not None:
        interval = Interval(interval.kind, level, rounded(interval.lower), rounded(interval.upper))
    return rounded(found.point), interval, ""
