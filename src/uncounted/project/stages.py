"""The steps of a run, each from arrays to arrays and skipped where nothing it rests on changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import why
from uncounted.core.progress import Progress
from uncounted.core.table import OverlapTable
from uncounted.disclosure.suppress import Published
from uncounted.disclosure.told import told_tables
from uncounted.engine.kept import Arrays, Steps, digest, from_array, jsonable, to_array
from uncounted.errors import InputError, NotSupported, Refusal
from uncounted.estimators.consensus import ConsensusPosterior
from uncounted.linkage import closed_form
from uncounted.linkage.overlaps import Overlaps, count_overlaps, groups_of, referred_from
from uncounted.pooling.consensus_draws import consensus_over_draws
from uncounted.pooling.linkage_draws import Pooled, estimate_over_draws, pooled_consensus
from uncounted.project import settings as project_settings
from uncounted.project.linking import Linked, Linker
from uncounted.project.settings import Project
from uncounted.records.reading import ReadList
from uncounted.verdict.groups import GroupRow, estimate_groups
from uncounted.verdict.known import Moved, moved_by
from uncounted.verdict.referrals import Referrals, referral_figure
from uncounted.verdict.run_verdict import RunVerdict, enough, verdict_on

__all__ = [
    "Estimated",
    "ToldTables",
    "estimate_step",
    "groups_step",
    "link_step",
    "overlap_step",
    "told_step",
]

RESAMPLES = 1000
"""Resamples of the figure at the least, over all different tables."""


def link_step(
    steps: Steps,
    project: Project,
    used: Sequence[ReadList],
    base: Mapping[str, object],
    link: Linker,
) -> Linked:
    """Who is the same person, draw by draw."""
    s = project.settings
    kept = steps.do(
        "link",
        {**base, "linkage": s.linkage, "draws": s.estimate.draws, "seed": s.estimate.seed},
        lambda: link(
            [r.records for r in used],
            s.linkage,
            project.hand,
            s.estimate.draws,
            s.estimate.seed,
        ).to_arrays(),
    )
    return Linked.from_arrays(kept)


def overlap_step(
    steps: Steps, s: project_settings.ProjectSettings, used: Sequence[ReadList], linked: Linked
) -> Overlaps:
    """People by capture history in every draw, whole and by group."""

    def work() -> Arrays:
        groups = [groups_of(name, [r.records for r in used]) for name in s.publish.breakdowns]
        sender = referred_from([r.records for r in used])
        made = count_overlaps(linked.lists, linked.list_of, list(linked.clusters), groups, sender)
        return made.to_arrays()

    kept = steps.do(
        "overlap", {"link": steps.keys["link"], "breakdowns": list(s.publish.breakdowns)}, work
    )
    return Overlaps.from_arrays(kept)


@dataclass(frozen=True, slots=True)
class ToldTables:
    """What figures are made from: tables that know no more than a page shows.

    Parameters
    ----------
    overlaps
        Overlaps whose tables of all people are such tables.
    sweep
        The same of one answer at each threshold, shape (thresholds, 2**lists); may be empty.
    shown
        What is shown of the table of reference.
    """

    overlaps: Overlaps
    sweep: NDArray[np.int64]
    shown: Published

    @property
    def hidden(self) -> bool:
        """Whether anything is suppressed, so that these are not the counts themselves."""
        return None in (*self.shown.cells, *self.shown.totals.values())


def told_step(steps: Steps, overlaps: Overlaps, linked: Linked, shown: Published) -> ToldTables:
    """Put suppressed counts back by chance, so that no figure can tell them."""
    sweep = np.asarray(
        linked.sweep.get("counts", np.zeros((0, overlaps.counts.shape[1]))), dtype=np.int64
    )

    def work() -> Arrays:
        both = np.concatenate((overlaps.counts, sweep))
        return {"told": told_tables(both, overlaps.reference, shown, overlaps.lists)}

    kept = steps.do("told", {"overlap": steps.keys["overlap"], "shown": shown.to_dict()}, work)
    told = kept["told"]
    draws = len(overlaps.counts)
    return ToldTables(replace(overlaps, counts=told[:draws]), told[draws:], shown)


@dataclass(frozen=True, slots=True)
class Estimated:
    """The figure, and other methods beside it.

    Parameters
    ----------
    pooled
        The consensus over linkage draws, or a refusal.
    methods
        Other methods over the same draws, in the order of the project's file, or their refusals; none
        where there is no figure.
    moved
        What each thing that is known does to the figure; empty where nothing is, or there is no figure.
    referrals
        The figure without entries made by referral; ``None`` where no record says who sent whom, or there
        is no figure.
    """

    pooled: Pooled
    methods: tuple[Estimate, ...] = ()
    moved: tuple[Moved, ...] = ()
    referrals: Referrals | None = None


def estimate_step(
    steps: Steps,
    s: project_settings.ProjectSettings,
    told: ToldTables,
    linked: Linked,
    progress: Progress | None,
) -> Estimated:
    """One figure over all draws, the verdict on it, other methods, the sweep and the check in closed form.

    ``verdict`` in the diagnostics is ``None`` where the lists may not even be asked.
    """
    e = s.estimate
    overlaps = told.overlaps
    depends = {
        "told": steps.keys["told"],
        "estimate": e.model_dump(),
        "threshold": s.publish.threshold,
        "questions": [q.answer for q in s.project.questions],
        "knowledge": s.knowledge.model_dump(),
    }

    def work() -> Arrays:
        tables = overlaps.tables()
        reference = tables[overlaps.reference]
        verdict: RunVerdict | None = None
        methods: list[Estimate] = []
        try:
            enough(reference, s.publish.threshold, told.shown)
            pooled, verdict = _figure(s, tables, overlaps.reference, progress)
            if verdict.refuses is not None:
                raise NotSupported(verdict.refuses)
            methods = [_beside(steps, depends, e, m, tables, progress) for m in e.beside]
        except Refusal as refusal:
            pooled = _no_figure(refusal, tables)
        facts: JSONObject = {
            "verdict": None if verdict is None else verdict.to_dict(),
            "methods": [m.to_dict() for m in methods],
            "moved": [],
            "referrals": None,
            "certain": None,
            "sweep": [],
            "closed_form": None,
        }
        if not pooled.estimate.refused:
            rows = moved_by(tables, s.consensus(), first=overlaps.reference, seed=e.seed)
            facts["moved"] = [row.to_dict() for row in rows]
            facts["referrals"] = _referrals(told, s)
            facts["certain"] = _certain(overlaps, s)
            facts["sweep"] = _sweep(linked, told.sweep, s)
            # Rates of true and false links are shares of the very people who may be suppressed.
            facts["closed_form"] = (
                None
                if told.hidden
                else closed_form.check(
                    linked.lists,
                    linked.list_of,
                    linked.one,
                    linked.clusters,
                    overlaps.counts,
                    next((m.model for m in methods if m.model), None),
                )
            )
        return {**pooled.to_arrays(), "facts": to_array(jsonable(facts))}

    kept = steps.do("estimate", depends, work)
    steps.forget("*tables-*")
    facts = from_array(kept["facts"])
    pooled = Pooled.from_arrays(kept)
    estimate = replace(
        pooled.estimate,
        diagnostics={
            **pooled.estimate.diagnostics,
            "if_linkage_were_certain": facts["certain"],
            "threshold_sweep": facts["sweep"],
            "closed_form": facts["closed_form"],
            "verdict": None if facts["verdict"] is None else RunVerdict.from_dict(facts["verdict"]),
        },
    )
    return Estimated(
        replace(pooled, estimate=estimate),
        tuple(Estimate.from_dict(m) for m in facts["methods"]),
        tuple(Moved.from_dict(row) for row in facts["moved"]),
        None if facts["referrals"] is None else Referrals.from_dict(facts["referrals"]),
    )


def _referrals(told: ToldTables, s: project_settings.ProjectSettings) -> JSON:
    """Figure without entries made by referral; ``None`` where no record says who sent whom.

    The program is public, so the figure tells of the table it is made from: it is held back unless every
    count of that table may be shown, and everything that referrals moved from one count to another.
    """
    overlaps = told.overlaps
    if overlaps.sent is None or overlaps.found is None or not overlaps.sent.any():
        return None
    entries = dict(zip(overlaps.lists, overlaps.sent.tolist(), strict=True))
    found = overlaps.found[overlaps.reference][1:]
    moved = np.abs(found - overlaps.counts[overlaps.reference][1:])
    small = any(np.any((c > 0) & (c < s.publish.threshold)) for c in (found, moved))
    if told.hidden or small:
        return Referrals(dict.fromkeys(k for k, n in entries.items() if n), held=True).to_dict()
    return referral_figure(
        overlaps.found_tables(),
        entries,
        s.consensus(),
        first=overlaps.reference,
        seed=s.estimate.seed,
    ).to_dict()


def _figure(
    s: project_settings.ProjectSettings,
    tables: Sequence[OverlapTable],
    reference: int,
    progress: Progress | None,
) -> tuple[Pooled, RunVerdict]:
    """Estimate by the consensus over all draws, and judge that very figure."""
    questions = s.project.questions
    posterior: ConsensusPosterior | None = None
    try:
        found = consensus_over_draws(
            tables,
            s.consensus(),
            first=reference,
            seed=s.estimate.seed,
            progress=progress,
        )
        posterior, pooled = found.posterior, pooled_consensus(found)
    except Refusal as refusal:
        pooled = _no_figure(refusal, tables)
        bare = replace(pooled.estimate, refused=why(refusal))
        verdict = verdict_on(tables[reference], None, bare, questions)
        if verdict.refuses is None:
            raise
        return pooled, verdict
    return pooled, verdict_on(
        tables[reference], posterior, pooled.estimate, questions, found.likely
    )


def _beside(
    steps: Steps,
    depends: Mapping[str, object],
    e: project_settings.EstimateSettings,
    method: str,
    tables: Sequence[OverlapTable],
    progress: Progress | None,
) -> Estimate:
    """Another method over the same draws, without its draws; or why it refuses."""
    part = f"{digest(method)[:8]}-"
    try:
        found = estimate_over_draws(
            tables,
            method,
            level=e.level,
            resamples=e.resamples,
            least=RESAMPLES,
            max_order=e.max_order,
            seed=e.seed,
            progress=progress,
            keep=lambda name, made: steps.do(
                f"{part}{name}", {**depends, "part": name, "method": method}, made, part=True
            ),
        ).estimate
    except Refusal as refusal:
        return Estimate(method, tables[0].n, None, refused=why(refusal))
    return replace(found, draws=None, draws_are=None)


def _no_figure(refusal: Refusal, tables: Sequence[OverlapTable]) -> Pooled:
    observed = sorted(t.n for t in tables)
    n = observed[len(observed) // 2]
    return Pooled(
        Estimate("consensus", n, None, refused=why(refusal, advise=True)),
        None,
        (observed[0], n, observed[-1]),
        len(tables),
        0,
    )


def _certain(overlaps: Overlaps, s: project_settings.ProjectSettings) -> JSON:
    """Interval that taking one linkage as certain would give: what a plain tool reports."""
    consensus = s.consensus()
    try:
        alone = consensus.estimate(overlaps.tables()[overlaps.reference], seed=s.estimate.seed)
    except Refusal:
        return None
    return {
        "point": alone.point,
        "interval": alone.interval.to_dict() if alone.interval else None,
    }


def _sweep(
    linked: Linked, counted: NDArray[np.int64], s: project_settings.ProjectSettings
) -> list[list[float | None]]:
    """Estimate at each linkage threshold: what every tool that takes one cut-off would report."""
    if "counts" not in linked.sweep:
        return []
    out: list[list[float | None]] = []
    consensus = replace(s.consensus(), draws=0)
    for t, counts in zip(linked.sweep["threshold"], counted, strict=True):
        try:
            table = OverlapTable.from_histories(linked.lists, counts)
            point = consensus.estimate(table, seed=s.estimate.seed).point
        except (Refusal, InputError):
            point = None
        keep = point is not None and math.isfinite(point)
        out.append([float(t), float(point) if keep and point is not None else None])
    return out


def groups_step(
    steps: Steps,
    s: project_settings.ProjectSettings,
    overlaps: Overlaps,
    whole: Published,
    key: bytes,
    *,
    refused: bool,
    progress: Progress | None = None,
) -> dict[str, tuple[list[GroupRow], Published]]:
    """Count and estimate people by group; there are no estimates where the whole has none."""
    e = s.estimate
    out = {}
    for name in s.publish.breakdowns:

        def work(name: str = name) -> Arrays:
            rows, shown = estimate_groups(
                overlaps,
                name,
                None if refused else s.consensus(),
                threshold=s.publish.threshold,
                seed=e.seed,
                progress=progress,
                whole=whole,
                key=key,
            )
            return {
                "rows": to_array([row.to_dict() for row in rows]),
                "shown": to_array(shown.to_dict()),
            }

        kept = steps.do(
            f"groups-{name}",
            {
                "overlap": steps.keys["overlap"],
                "estimate": steps.keys["estimate"],
                "threshold": s.publish.threshold,
                "order": digest("order", key),
            },
            work,
        )
        out[name] = (
            [GroupRow.from_dict(row) for row in from_array(kept["rows"])],
            Published.from_dict(from_array(kept["shown"])),
        )
    return out
