"""How many people by group, where a group's figure can be defended and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.core.progress import Progress
from uncounted.disclosure.groups import groups_that_may
from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import Published, Total, protect
from uncounted.errors import NotSupported, UncountedError
from uncounted.estimators.consensus import Consensus
from uncounted.linkage.overlaps import Overlaps
from uncounted.pooling.consensus_draws import consensus_over_draws
from uncounted.verdict.judging import VerdictRules

__all__ = ["GroupRow", "estimate_groups"]

GROUP_DRAWS = 20
RULES = VerdictRules()


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

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "label": self.label,
            "detected": self.detected,
            "point": self.point,
            "interval": None if self.interval is None else self.interval.to_dict(),
            "why": None if self.why is None else self.why.to_dict(),
        }

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> GroupRow:
        """Read the JSON form back."""
        interval, why = made["interval"], made["why"]
        return cls(
            made["label"],
            made["detected"],
            made["point"],
            None if interval is None else Interval.from_dict(interval),
            None if why is None else Note.from_dict(why),
        )


def estimate_groups(
    overlaps: Overlaps,
    breakdown: str,
    consensus: Consensus | None,
    *,
    threshold: int,
    seed: int,
    progress: Progress | None = None,
    whole: Published | None = None,
    key: bytes = b"",
) -> tuple[list[GroupRow], Published]:
    """Count and estimate people by group.

    A group's figure gives its overlap table away to whoever has the program, so there is one only
    where all of that table may be shown (`uncounted.disclosure.groups`). ``whole`` is what is shown of
    the table of all, ``key`` as of `uncounted.disclosure.suppress.protect`. Groups are estimated each on its own, by the consensus as the whole is, so their
    figures need not add up; one that would not be supported for the whole is not given for a group
    either. Without a consensus there are no estimates.
    """
    at = overlaps.by_group[breakdown][overlaps.reference].sum(axis=1)
    labels = overlaps.labels[breakdown]
    published = protect(
        [int(c) for c in at],
        [Total("all", tuple(range(len(labels))))],
        threshold=threshold,
        known=("all",),
        key=key,
        labels=labels,
    )
    if whole is None:
        counts = overlaps.counts[overlaps.reference].tolist()
        whole, _ = protect_overlap(counts, overlaps.lists, threshold, key)
    if whole.totals["all"] is None:  # the groups' sum would give it away
        nobody = tuple(None if c else 0 for c in at)
        published = Published(nobody, {"all": None}, published.primary, 0, threshold)
    may = groups_that_may(
        overlaps.by_group[breakdown][overlaps.reference], whole, published, threshold
    )
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
        if consensus is None:
            rows.append(GroupRow(label, shown, why=note("verdict.group.no-figure")))
            continue
        if not may[g]:
            rows.append(GroupRow(label, shown, why=note("verdict.group.small")))
            continue
        tables = overlaps.group_tables(breakdown, g)
        try:
            if tables[overlaps.reference].overlap < RULES.fewest_overlap:
                raise NotSupported(note("verdict.group.few"))
            found = consensus_over_draws(
                [tables[int(d)] for d in chosen], replace(consensus, draws=0), seed=seed
            )
        except UncountedError:
            rows.append(GroupRow(label, shown, why=note("verdict.group.few")))
            continue
        finally:
            if progress is not None:
                progress(g + 1, len(labels))
        e = found.estimate
        assert e.point is not None and e.interval is not None
        far = e.interval.upper > RULES.widest * max(shown, e.interval.lower)
        if far or found.posterior.pool.end_mass() > RULES.most_end_mass:
            rows.append(GroupRow(label, shown, why=note("verdict.group.few")))
            continue
        low = max(rounded(e.interval.lower), float(shown))
        interval = Interval(e.interval.kind, consensus.level, low, rounded(e.interval.upper))
        rows.append(GroupRow(label, shown, max(rounded(e.point), float(shown)), interval))
    order = {r.label: -(r.detected or 0) for r in rows}
    rows.sort(key=lambda r: (r.label == labels[0], r.detected is None, order[r.label], r.label))
    return rows, published
