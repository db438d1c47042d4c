"""The steps of a run, each from arrays to arrays and skipped where nothing it rests on changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, why
from uncounted.core.progress import Progress
from uncounted.core.table import OverlapTable
from uncounted.disclosure.suppress import Published
from uncounted.engine.kept import Steps, from_array, jsonable, to_array
from uncounted.errors import InputError, NotSupported, Refusal
from uncounted.estimators.registry import Settings as EstimatorSettings
from uncounted.estimators.registry import make
from uncounted.linkage import closed_form
from uncounted.linkage.overlaps import Overlaps, count_overlaps, groups_of
from uncounted.pooling.linkage_draws import Parts, Pooled, estimate_over_draws
from uncounted.project import settings as project_settings
from uncounted.project.linking import Linked, Linker
from uncounted.project.settings import Project
from uncounted.records.reading import ReadList
from uncounted.verdict.groups import GroupRow, estimate_groups
from uncounted.verdict.run_verdict import RunVerdict, enough, verdict_on

__all__ = ["estimate_step", "groups_step", "link_step", "overlap_step"]

RESAMPLES = 1000
"""Resamples of the figure at the least, over all different tables."""


def link_step(
    steps: Steps,
    project: Project,
    used: Sequence[ReadList],
    base: Mapping[str, Any],
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
    steps: Steps, s: project_settings.Settings, used: Sequence[ReadList], linked: Linked
) -> Overlaps:
    """People by capture history in every draw, whole and by group."""

    def work() -> dict[str, Any]:
        groups = [groups_of(name, [r.records for r in used]) for name in s.publish.breakdowns]
        made = count_overlaps(linked.lists, linked.list_of, list(linked.clusters), groups)
        return {
            "lists": to_array(list(made.lists)),
            "counts": made.counts,
            "labels": to_array({k: list(v) for k, v in made.labels.items()}),
            "reference": np.array(made.reference),
            **{f"group_{k}": v for k, v in made.by_group.items()},
        }

    kept = steps.do(
        "overlap", {"link": steps.keys["link"], "breakdowns": list(s.publish.breakdowns)}, work
    )
    return Overlaps(
        tuple(from_array(kept["lists"])),
        kept["counts"],
        {k.removeprefix("group_"): v for k, v in kept.items() if k.startswith("group_")},
        {k: tuple(v) for k, v in from_array(kept["labels"]).items()},
        int(kept["reference"]),
    )


def estimate_step(
    steps: Steps,
    s: project_settings.Settings,
    overlaps: Overlaps,
    linked: Linked,
    progress: Progress | None,
) -> Pooled:
    """One figure over all draws, the verdict on it, the sweep and the check in closed form.

    What the last three say stands in the estimate's diagnostics.
    """
    e = s.estimate
    depends = {
        "overlap": steps.keys["overlap"],
        "estimate": e.model_dump(),
        "threshold": s.publish.threshold,
        "unreachable": s.project.unreachable_group,
    }

    def work() -> dict[str, Any]:
        tables = overlaps.tables()
        verdict: RunVerdict | None = None
        try:
            enough(tables[overlaps.reference], s.publish.threshold)
            pooled = estimate_over_draws(
                tables,
                e.method,
                level=e.level,
                resamples=e.resamples,
                least=RESAMPLES,
                max_order=e.max_order,
                seed=e.seed,
                progress=progress,
                keep=lambda name, made: steps.do(name, {**depends, "part": name}, made, part=True),
            )
            verdict = verdict_on(
                tables[overlaps.reference], e.level, e.seed, s.project.unreachable_group
            )
            if verdict.refuses is not None:
                raise NotSupported(verdict.refuses)
        except Refusal as refusal:
            pooled = _no_figure(refusal, e.method, tables)
        facts = {
            "observed": list(pooled.observed),
            "refused": pooled.refused,
            "tables": pooled.tables,
            "verdict": None if verdict is None else verdict.to_dict(),
            "certain": None,
            "sweep": [],
            "closed_form": None,
        }
        if not pooled.estimate.refused:
            facts["certain"] = _certain(overlaps, e)
            facts["sweep"] = _sweep(linked, e)
            facts["closed_form"] = closed_form.check(
                linked.lists,
                linked.list_of,
                linked.one,
                linked.clusters,
                overlaps.counts,
                pooled.estimate.model,
            )
        parts = pooled.parts
        draws = pooled.estimate.draws
        return {
            "estimate": to_array(jsonable(pooled.estimate.to_dict())),
            "draws": np.zeros(0) if draws is None else draws,
            "parts": np.array(
                [] if parts is None else [parts.linkage, parts.model, parts.sampling]
            ),
            "facts": to_array(jsonable(facts)),
        }

    kept = steps.do("estimate", depends, work)
    steps.forget("tables-*")
    made = from_array(kept["estimate"])
    facts = from_array(kept["facts"])
    interval = made["interval"]
    estimate = Estimate(
        made["method"],
        made["observed"],
        made["point"],
        None if interval is None else Interval.from_dict(interval),
        kept["draws"] if kept["draws"].size else None,
        made["model"],
        caveats=tuple(Note.from_dict(c) for c in made["notes"]),
        diagnostics={
            **made["diagnostics"],
            "if_linkage_were_certain": facts["certain"],
            "threshold_sweep": facts["sweep"],
            "closed_form": facts["closed_form"],
            "verdict": None if facts["verdict"] is None else RunVerdict.from_dict(facts["verdict"]),
        },
        refused=Note.from_dict(made["refused_note"]) if "refused" in made else None,
    )
    parts = Parts(*map(float, kept["parts"])) if kept["parts"].size else None
    return Pooled(estimate, parts, tuple(facts["observed"]), facts["refused"], facts["tables"])


def _no_figure(refusal: Refusal, method: str, tables: Sequence[OverlapTable]) -> Pooled:
    observed = sorted(t.n for t in tables)
    n = observed[len(observed) // 2]
    return Pooled(
        Estimate(method, n, None, refused=why(refusal, advise=True)),
        None,
        (observed[0], n, observed[-1]),
        len(tables),
        0,
    )


def _certain(overlaps: Overlaps, e: project_settings.EstimateSettings) -> Any:
    """Interval that taking one linkage as certain would give: what a plain tool reports."""
    try:
        alone = estimate_over_draws(
            [overlaps.tables()[overlaps.reference]],
            e.method,
            level=e.level,
            resamples=max(200, e.resamples),
            least=RESAMPLES,
            max_order=e.max_order,
            seed=e.seed,
        ).estimate
    except Refusal:
        return None
    return {
        "point": alone.point,
        "interval": alone.interval.to_dict() if alone.interval else None,
    }


def _sweep(linked: Linked, e: project_settings.EstimateSettings) -> list[list[float | None]]:
    """Estimate at each linkage threshold: what every tool that takes one cut-off would report."""
    if "counts" not in linked.sweep:
        return []
    out: list[list[float | None]] = []
    estimator = make(e.method, EstimatorSettings(level=e.level, bootstrap=0, max_order=e.max_order))
    for t, counts in zip(linked.sweep["threshold"], linked.sweep["counts"], strict=True):
        try:
            table = OverlapTable.from_histories(linked.lists, counts)
            point = estimator.estimate(table, seed=e.seed).point
        except (Refusal, InputError):
            point = None
        keep = point is not None and math.isfinite(point)
        out.append([float(t), float(point) if keep and point is not None else None])
    return out


def groups_step(
    steps: Steps,
    s: project_settings.Settings,
    overlaps: Overlaps,
    *,
    refused: bool,
    progress: Progress | None = None,
) -> dict[str, tuple[list[GroupRow], Published]]:
    """Count and estimate people by group; there are no estimates where the whole has none."""
    e = s.estimate
    out = {}
    for name in s.publish.breakdowns:

        def work(name: str = name) -> dict[str, Any]:
            rows, shown = estimate_groups(
                overlaps,
                name,
                None if refused else e.method,
                threshold=s.publish.threshold,
                level=e.level,
                resamples=e.resamples,
                max_order=e.max_order,
                seed=e.seed,
                progress=progress,
            )
            return {
                "rows": to_array(
                    [
                        [
                            r.label,
                            r.detected,
                            r.point,
                            None if r.interval is None else r.interval.to_dict(),
                            None if r.why is None else r.why.to_dict(),
                        ]
                        for r in rows
                    ]
                ),
                "cells": to_array(
                    [list(shown.cells), dict(shown.totals), shown.primary, shown.complementary]
                ),
            }

        kept = steps.do(
            f"groups-{name}",
            {"estimate": steps.keys["estimate"], "threshold": s.publish.threshold},
            work,
        )
        cells, totals, primary, complementary = from_array(kept["cells"])
        out[name] = (
            [
                GroupRow(
                    label,
                    n,
                    point,
                    None if i is None else Interval.from_dict(i),
                    None if said is None else Note.from_dict(said),
                )
                for label, n, point, i, said in from_array(kept["rows"])
            ],
            Published(tuple(cells), totals, primary, complementary, s.publish.threshold),
        )
    return out
