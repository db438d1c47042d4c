"""How many people by group, where a group's figure can be defended and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, note
from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import Published, Total, protect
from uncounted.errors import UncountedError
from uncounted.linkage.overlaps import Overlaps
from uncounted.pooling.linkage_draws import estimate_over_draws

__all__ = ["GroupRow", "estimate_groups"]

GROUP_DRAWS = 20
GROUP_RESAMPLES = 400
"""Resamples of a group, over all its tables."""


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
        Why there is no estimate; ``None`` where there is one.
    """

    label: str
    detected: int | None
    point: float | None = None
    interval: Interval | None = None
    why: Note | None = None


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
                rows.append(GroupRow(label, 0, why=note("verdict.group.nobody")))
            continue
        shown = published.cells[g]
        if shown is None:
            rows.append(GroupRow(label, None, why=note("verdict.group.suppressed")))
            continue
        if g == 0:
            rows.append(GroupRow(label, shown, why=note("verdict.group.not-said")))
            continue
        if method is None:
            rows.append(GroupRow(label, shown, why=note("verdict.group.no-figure")))
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
            rows.append(GroupRow(label, shown, why=note("verdict.group.few")))
            continue
        finally:
            if progress is not None:
                progress(g + 1, len(labels))
        e = pooled.estimate
        assert e.point is not None and e.interval is not None
        if not e.interval.bounded or e.interval.upper > 20 * max(shown, e.interval.lower):
            rows.append(GroupRow(label, shown, why=note("verdict.group.few")))
            continue
        low = max(rounded(e.interval.lower), float(shown))
        interval = Interval(e.interval.kind, level, low, rounded(e.interval.upper))
        rows.append(GroupRow(label, shown, max(rounded(e.point), float(shown)), interval))
    order = {r.label: -(r.detected or 0) for r in rows}
    rows.sort(key=lambda r: (r.label == labels[0], r.detected is None, order[r.label], r.label))
    return rows, published
