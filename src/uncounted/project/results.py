"""What a run publishes: counts after suppression, figures rounded, by group and by list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from uncounted.disclosure.overlap import SHARED, protect_overlap, rounded
from uncounted.disclosure.suppress import Published, Total, attack, protect
from uncounted.engine import Job, map_jobs
from uncounted.errors import UncountedError
from uncounted.estimate import Interval
from uncounted.estimators.registry import Settings, make
from uncounted.project.overlap import Overlaps
from uncounted.project.pooled import estimate_over_draws
from uncounted.records.reading import ListReport
from uncounted.tables import OverlapTable

__all__ = [
    "SHARED",
    "GroupRow",
    "ListRow",
    "estimate_groups",
    "list_rows",
    "protect_overlap",
    "protect_rows",
    "rounded",
]

GROUP_DRAWS = 20
GROUP_RESAMPLES = 400
"""Resamples of a group, over all its tables."""
TELLS = "it would tell a suppressed count"
"""Why there is no figure without a list."""


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


def protect_rows(
    reports: Sequence[ListReport], table: OverlapTable, overlap: Published
) -> Published:
    """Suppress the account of rows: used, quarantined, not released per list, with all sums.

    Cells run list by list. Quarantined rows count no people, so they are small without harm
    unless they would reveal another. The overlap table is shown beside them, and a reader knows that
    a list used a row or more for each of its people: neither may reveal what the other suppresses.
    Where a list's people are suppressed, so are its rows used: without duplicates it has as many.

    Parameters
    ----------
    reports
        The account of each list.
    table, overlap
        The overlap table and what is shown of it.
    """
    sizes = table.list_sizes.tolist()
    if None in (overlap.totals[name] for name in table.lists):
        _, totals = protect_overlap(table.counts.tolist(), table.lists, overlap.threshold)
        totals = [Total(f"people: {t.name}", t.cells) for t in totals]
        shown = replace(overlap, totals={f"people: {k}": v for k, v in overlap.totals.items()})
        cells = [int(c) for c in table.counts[1:]]
        of = [tuple(m - 1 for m in range(1, 1 << table.t) if m >> i & 1) for i in range(table.t)]
    else:  # rows tell of people by the lists' sizes alone, and these are shown
        totals, cells, of = [], list(sizes), [(i,) for i in range(table.t)]
        shown = Published(tuple(sizes), {}, 0, 0, overlap.threshold)
    sensitive = [True] * len(cells)
    more: list[int] = []
    used: list[tuple[int, ...]] = []
    for r in reports:
        on: tuple[int, ...] = ()
        if r.name in table.lists:
            i = table.lists.index(r.name)
            more.append(len(cells))
            on = (*of[i], len(cells))
            cells.append(r.used - sizes[i])  # rows beyond the first of a person
            sensitive.append(False)
        used.append(on)
    aside = [len(cells) + 2 * i for i in range(len(reports))]
    for r in reports:
        cells += [r.quarantined, r.not_released]
        sensitive += [False, True]
    totals += [Total(f"used: {r.name}", on) for r, on in zip(reports, used, strict=True)]
    totals += [
        Total(r.name, (*on, k, k + 1)) for r, on, k in zip(reports, used, aside, strict=True)
    ]
    every = tuple(c for on in used for c in on)
    totals.append(Total("all used", every))
    totals.append(Total("all quarantined", tuple(aside)))
    totals.append(Total("all not released", tuple(k + 1 for k in aside)))
    totals.append(Total("all rows", (*every, *(k + d for k in aside for d in (0, 1)))))
    secret = [f"used: {n}" for n in table.lists if overlap.totals[n] is None]
    if secret:
        secret += ["all used", "all rows"]
    made = protect(
        cells,
        totals,
        threshold=overlap.threshold,
        sensitive=sensitive,
        fixed=shown,
        unseen=more,
        known=("all used", "all not released", "all rows"),  # what the page says of all lists
        secret=secret,
    )
    return Published(
        tuple(
            x
            for r, k in zip(reports, aside, strict=True)
            for x in (made.totals[f"used: {r.name}"], made.cells[k], made.cells[k + 1])
        ),
        {k: v for k, v in made.totals.items() if not k.startswith(("used: ", "people: "))},
        made.primary,
        made.complementary,
        made.threshold,
    )


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
    whole, _ = protect_overlap(
        overlaps.counts[overlaps.reference].tolist(), overlaps.lists, threshold
    )
    if whole.totals["all"] is None:  # the groups' sum would give it away
        nobody = tuple(None if c else 0 for c in at)
        published = Published(nobody, {"all": None}, published.primary, 0, threshold)
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
                least=GROUP_RESAMPLES,
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

    There is no figure where it would tell a suppressed count (`_tells`), nor without a method.
    """
    linked = [name for name in table.lists]
    tells = _tells(table, published)
    jobs = [
        Job(name, (table, i, method, level, max_order, tells[i])) for i, name in enumerate(linked)
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


def _tells(table: OverlapTable, published: Published) -> list[bool]:
    """Whether the figure without each list would tell a suppressed count.

    With the sizes of the other lists, which are shown, it tells how many people are on any of them,
    hence how many only the left-out one holds. From two lists alone it tells how many are on both,
    and three such numbers, the sizes and the sum tell how many are on all three.
    """
    if table.t != 3:
        return [published.cells[(1 << i) - 1] is None for i in range(table.t)]
    _, totals = protect_overlap(table.counts.tolist(), table.lists, published.threshold)
    out, known, shown = [], list(totals), dict(published.totals)
    for i in range(3):
        others = 7 ^ 1 << i
        pair = Total(f"without {i}", tuple(m - 1 for m in range(1, 8) if m & others == others))
        many = sum(int(table.counts[c + 1]) for c in pair.cells)
        with_it = replace(published, totals={**shown, pair.name: many})
        told = 0 < many < published.threshold
        for place, reach in attack(with_it, [*known, pair]).items():
            cells = (place,) if isinstance(place, int) else _cells_of(place, known)
            true = sum(int(table.counts[c + 1]) for c in cells)
            told |= true < published.threshold and reach.width < published.threshold
        if not told:
            known.append(pair)
            shown[pair.name] = many
        out.append(told)
    return out


def _cells_of(name: str, totals: Sequence[Total]) -> tuple[int, ...]:
    return next(t.cells for t in totals if t.name == name)


def _leave_out(
    table: OverlapTable,
    i: int,
    method: str | None,
    level: float,
    max_order: int | None,
    tells: bool,
) -> tuple[float | None, Interval | None, str]:
    if method is None:
        return None, None, ""
    if table.t < 3:
        return None, None, "needs three lists"
    if tells:
        return None, None, TELLS
    rest = table.keep([k for k in range(table.t) if k != i])
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
