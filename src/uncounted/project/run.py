"""`uncounted run`: from lists to page. Each step is a function; this module puts them in order."""

from __future__ import annotations

import csv
import json
import math
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from uncounted.disclosure.ledger import Ledger, Release
from uncounted.disclosure.suppress import MARKS, Published
from uncounted.errors import InputError, NotSupported, Refusal
from uncounted.estimate import Estimate, Interval
from uncounted.estimators.registry import Settings as EstimatorSettings
from uncounted.estimators.registry import make
from uncounted.project import results
from uncounted.project import settings as project_settings
from uncounted.project.checking import CheckReport, read_project
from uncounted.project.linking import Linked, Linker, link_records
from uncounted.project.overlap import Overlaps, count_overlaps, groups_of
from uncounted.project.pooled import Parts, Pooled, estimate_over_draws
from uncounted.project.release_cost import ReleaseCost, release_cost
from uncounted.project.results import GroupRow, ListRow
from uncounted.project.settings import Project
from uncounted.project.steps import (
    Steps,
    digest,
    file_hash,
    from_array,
    to_array,
    versions,
    write_json,
)
from uncounted.records.reading import ReadList
from uncounted.tables import OverlapTable

__all__ = ["RunResult", "run_project"]

Say = Callable[[str], None]
MANIFEST = "manifest.json"
TIMINGS = "timings.json"
PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gave.

    Parameters
    ----------
    run
        Its id, the name of its folder under ``runs``.
    folder, page
        Where it lies.
    estimate
        The figure, or the refusal.
    parts
        Shares of the doubt by where it comes from.
    detected
        People detected, as shown; ``None`` where suppressed.
    report
        The account of rows.
    cost
        What records without a release cost.
    skipped
        Per step, whether it was skipped.
    draft
        Whether the page is a draft: not recorded as released.
    held
        Tables held back by the ledger, with the run they stand from.
    """

    run: str
    folder: Path
    page: Path
    estimate: Estimate
    parts: Mapping[str, float]
    detected: int | None
    report: CheckReport
    cost: ReleaseCost
    skipped: Mapping[str, bool]
    draft: bool
    held: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the command."""
        rows = self.report.to_dict(mapping=False)
        return {
            "run": self.run,
            "folder": str(self.folder),
            "page": str(self.page),
            "estimate": self.estimate.to_dict(),
            "doubt": dict(self.parts),
            "detected": self.detected,
            "rows": {k: rows[k] for k in ("rows_in", "used", "quarantined", "not_released")},
            "release": {
                "not_released": self.cost.not_released,
                "interval_wider": self.cost.wider,
                "total_only": list(self.cost.total_only),
            },
            "steps": {k: "skipped" if v else "done" for k, v in self.skipped.items()},
            "held": dict(self.held),
            "draft": self.draft,
        }


def run_project(
    project: Project,
    *,
    draft: bool = False,
    fresh: bool = False,
    into: Path | None = None,
    tip: str | None = None,
    name: str | None = None,
    link: Linker = link_records,
    say: Say = lambda text: None,
    progress: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Run every step and write the run's folder.

    Parameters
    ----------
    project
        The project.
    draft
        Make a page that is marked a draft and is not recorded as released.
    fresh
        Do every step again.
    into
        Where to write instead of ``runs``; nothing is recorded in the ledger.
    tip
        Judge differences against releases up to this entry of the ledger.
    name
        Call the run so, as `verify` does; by default its id comes from all it rests on.
    link
        The linker; for tests.
    say
        Told what is being done.
    progress
        Called with (done, total) of the longest step.
    """
    began = time.perf_counter()
    s = project.settings
    steps = Steps(project.hidden / "steps", fresh=fresh)
    inputs = _inputs(project)
    say("reading the lists")
    read, report = read_project(project)
    used = [r for r in read if len(r.records)]
    list_names = tuple(r.report.name for r in used)
    base = {
        "inputs": inputs,
        "lists": [entry.model_dump() for entry in s.lists],
        "rows": digest([r.records.row.tolist() for r in used]),
    }
    say("finding who is the same person")
    linked = Linked.from_arrays(
        steps.do(
            "link",
            {
                **base,
                "linkage": s.linkage,
                "draws": s.estimate.draws,
                "seed": s.estimate.seed,
                "hand": _hand(project),
            },
            lambda: link(
                [r.records for r in used],
                s.linkage,
                project.hand,
                s.estimate.draws,
                s.estimate.seed,
            ).to_arrays(),
        )
    )
    say("counting overlaps")
    overlaps = _overlap_step(steps, s, used, linked)
    say("estimating")
    pooled = _estimate_step(steps, s, overlaps, linked, progress)
    groups = _groups_step(steps, s, overlaps)
    say("writing the page")
    reference = overlaps.tables()[overlaps.reference]
    shown, _ = results.protect_overlap(
        overlaps.counts[overlaps.reference].tolist(), list_names, s.publish.threshold
    )
    lists = results.list_rows(
        reference,
        report.lists,
        [entry.title or entry.name for entry in s.lists],
        shown,
        s.estimate.method,
        s.estimate.level,
    )
    cost = _cost(report, reference, pooled.estimate.point)
    settings = json.loads(s.model_dump_json())
    settings["project"]["as_of"] = project.as_of
    settings["draft"] = draft
    ledger = Ledger(project.hidden / "ledger.jsonl")
    identity = {
        "settings": settings,
        "inputs": inputs,
        "decisions": _hand(project),
        "versions": versions(),
    }
    run = name or f"{project.as_of}-{digest(identity)[:10]}"
    tip = ledger.tip(run=run) if tip is None else tip
    rows_shown = results.protect_rows(report.lists, s.publish.threshold)
    tables = _tables(groups, lists, shown, reference, rows_shown, report)
    releases = {
        name: Release(t)
        if draft
        else ledger.check(name, t, run=run, tip=tip, threshold=s.publish.threshold)
        for name, t in tables.items()
    }
    folder = (into or project.runs) / run
    partial = folder.with_name(f".{run}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    detected = releases["overlap"].numbers.get("all")
    result = RunResult(
        run,
        folder,
        folder / PAGE,
        pooled.estimate,
        {} if pooled.parts is None else pooled.parts.shares(),
        detected,
        report,
        cost,
        steps.skipped,
        draft,
        {name: r.held_from for name, r in releases.items() if r.held_from},
    )
    _write(partial, project, result, pooled, overlaps, linked, groups, lists, shown, releases)
    outputs = {
        p.relative_to(partial).as_posix(): file_hash(p)
        for p in sorted(partial.rglob("*"))
        if p.is_file()
    }
    write_json(
        partial / MANIFEST,
        {**identity, "run": run, "seed": s.estimate.seed, "ledger": tip, "outputs": outputs},
    )
    write_json(
        partial / TIMINGS,
        {
            "seconds": {k: round(v, 3) for k, v in steps.seconds.items()}
            | {"all": round(time.perf_counter() - began, 3)},
            "steps": {k: "skipped" if v else "done" for k, v in steps.skipped.items()},
        },
    )
    if folder.exists():
        shutil.rmtree(folder)
    partial.replace(folder)
    if into is None and not draft:
        ledger.record(run, {k: r.numbers for k, r in releases.items() if not r.held_from})
    return result


def _inputs(project: Project) -> dict[str, str]:
    """SHA-256 of every file the lists are read from, by the name the project file gives it."""
    out = {}
    for entry in project.settings.lists:
        for name in (entry.file, entry.legs):
            if name is None:
                continue
            path = project.folder / name
            if not path.is_file():
                raise InputError(
                    f"List {entry.name!r}: there is no file {path.name}.",
                    fix=f"Put it where `file` in {project_settings.FILE} says, relative to that file.",
                )
            out[name] = file_hash(path)
    return out


def _hand(project: Project) -> dict[str, str]:
    """SHA-256 of every file of decisions made by people."""
    if not project.hand.is_dir():
        return {}
    return {
        p.relative_to(project.hand).as_posix(): file_hash(p)
        for p in sorted(project.hand.rglob("*.jsonl"))
        if p.is_file()
    }


def _overlap_step(
    steps: Steps, s: project_settings.Settings, used: Sequence[ReadList], linked: Linked
) -> Overlaps:
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


def _estimate_step(
    steps: Steps,
    s: project_settings.Settings,
    overlaps: Overlaps,
    linked: Linked,
    progress: Callable[[int, int], None] | None,
) -> Pooled:
    e = s.estimate

    def work() -> dict[str, Any]:
        tables = overlaps.tables()
        try:
            _enough(tables[overlaps.reference], s.publish.threshold)
            pooled = estimate_over_draws(
                tables,
                e.method,
                level=e.level,
                resamples=e.resamples,
                max_order=e.max_order,
                seed=e.seed,
                progress=progress,
            )
        except Refusal as refusal:
            observed = sorted(t.n for t in tables)
            n = observed[len(observed) // 2]
            words = f"{refusal.message} {refusal.fix}".strip()
            pooled = Pooled(
                Estimate(e.method, n, None, refused=words),
                None,
                (observed[0], n, observed[-1]),
                len(tables),
                0,
            )
        certain = _certain(overlaps, e)
        kept = pooled.estimate.to_dict()
        return {
            "estimate": to_array(_jsonable(kept)),
            "draws": pooled.estimate.draws if pooled.estimate.draws is not None else np.zeros(0),
            "parts": np.array(
                []
                if pooled.parts is None
                else [pooled.parts.linkage, pooled.parts.model, pooled.parts.sampling]
            ),
            "facts": to_array(
                {
                    "observed": list(pooled.observed),
                    "refused": pooled.refused,
                    "tables": pooled.tables,
                    "certain": certain,
                    "sweep": _sweep(linked, e),
                }
            ),
        }

    kept = steps.do(
        "estimate", {"overlap": steps.keys["overlap"], "estimate": e.model_dump()}, work
    )
    made = from_array(kept["estimate"])
    facts = from_array(kept["facts"])
    interval = made["interval"]
    estimate = Estimate(
        made["method"],
        made["observed"],
        made["point"],
        None if interval is None else _interval(interval),
        kept["draws"] if kept["draws"].size else None,
        made["model"],
        caveats=tuple(made["caveats"]),
        diagnostics={**made["diagnostics"], "if_linkage_were_certain": facts["certain"]},
        refused=made.get("refused", ""),
    )
    parts = Parts(*map(float, kept["parts"])) if kept["parts"].size else None
    return Pooled(estimate, parts, tuple(facts["observed"]), facts["refused"], facts["tables"])


def _enough(table: OverlapTable, threshold: int) -> None:
    """Refuse a figure for fewer people than may be shown."""
    if table.n < threshold:
        raise NotSupported(
            f"Fewer than {threshold} people were detected.",
            fix="A figure for so few could point to a person; add lists or a longer period.",
        )


def _certain(overlaps: Overlaps, e: project_settings.EstimateSettings) -> Any:
    """Interval that taking one linkage as certain would give: what a plain tool reports."""
    try:
        alone = estimate_over_draws(
            [overlaps.tables()[overlaps.reference]],
            e.method,
            level=e.level,
            resamples=max(200, e.resamples),
            max_order=e.max_order,
            seed=e.seed,
        ).estimate
    except Refusal:
        return None
    return _jsonable(
        {"point": alone.point, "interval": alone.interval.to_dict() if alone.interval else None}
    )


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


def _interval(made: Mapping[str, Any]) -> Interval:
    ends = [made["lower"], made["upper"]]
    low, high = (math.inf if end is None else float(end) for end in ends)
    return Interval(made["kind"], made["level"], low, high)


def _jsonable(value: Any) -> Any:
    """Numbers that JSON cannot hold become ``None``."""
    if isinstance(value, Mapping):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(v) for v in value]
    if isinstance(value, np.generic):
        return _jsonable(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _groups_step(
    steps: Steps, s: project_settings.Settings, overlaps: Overlaps
) -> dict[str, tuple[list[GroupRow], Published]]:
    e = s.estimate
    out = {}
    for name in s.publish.breakdowns:

        def work(name: str = name) -> dict[str, Any]:
            rows, shown = results.estimate_groups(
                overlaps,
                name,
                e.method,
                threshold=s.publish.threshold,
                level=e.level,
                resamples=e.resamples,
                max_order=e.max_order,
                seed=e.seed,
            )
            return {
                "rows": to_array(
                    [
                        [
                            r.label,
                            r.detected,
                            r.point,
                            None if r.interval is None else r.interval.to_dict(),
                            r.why,
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
                GroupRow(label, n, point, None if i is None else _interval(i), why)
                for label, n, point, i, why in from_array(kept["rows"])
            ],
            Published(tuple(cells), totals, primary, complementary, s.publish.threshold),
        )
    return out


def _cost(report: CheckReport, reference: OverlapTable, point: float | None) -> ReleaseCost:
    sizes = dict(zip(reference.lists, reference.list_sizes.tolist(), strict=True))
    return release_cost(
        [r.name for r in report.lists],
        [sizes.get(r.name, 0) for r in report.lists],
        [r.used for r in report.lists],
        [r.total for r in report.lists],
        point,
    )


def _tables(
    groups: Mapping[str, tuple[list[GroupRow], Published]],
    lists: Sequence[ListRow],
    shown: Published,
    reference: OverlapTable,
    rows: Published,
    report: CheckReport,
) -> dict[str, dict[str, int | None]]:
    """Every published table of counts, label by label, as the ledger compares them."""
    out: dict[str, dict[str, int | None]] = {}
    for name, (group_rows, published) in groups.items():
        out[name] = {r.label: r.detected for r in group_rows} | {"all": published.totals["all"]}
    histories = {
        reference.history(m): c for m, c in enumerate(shown.cells, start=1) if c is None or c > 0
    }
    out["overlap"] = dict(shown.totals) | histories
    kinds = ("used", "quarantined", "not released")
    cells = {
        f"{r.name}, {kind}": rows.cells[3 * i + k]
        for i, r in enumerate(report.lists)
        for k, kind in enumerate(kinds)
    }
    out["rows"] = cells | {
        (f"{k}, rows in" if k in {r.name for r in report.lists} else k): v
        for k, v in rows.totals.items()
    }
    return out


def _write(
    folder: Path,
    project: Project,
    result: RunResult,
    pooled: Pooled,
    overlaps: Overlaps,
    linked: Linked,
    groups: Mapping[str, tuple[list[GroupRow], Published]],
    lists: Sequence[ListRow],
    shown: Published,
    releases: Mapping[str, Release],
) -> None:
    """Write tables, pictures, the estimate and the page."""
    from uncounted.project.page import write_page

    (folder / "tables").mkdir()
    for name, release in releases.items():
        with (folder / "tables" / f"{name}.csv").open("w", newline="", encoding="utf-8") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow([name, "people" if name != "rows" else "rows"])
            for label, value in release.numbers.items():
                writer.writerow([label, MARKS["suppressed"] if value is None else value])
    estimate = result.estimate
    if estimate.point is not None:
        estimate = replace(estimate, point=float(round(estimate.point)))
    write_json(
        folder / "estimate.json",
        _jsonable(
            {
                **estimate.to_dict(),
                "doubt": dict(result.parts),
                "linkage": dict(linked.facts),
                "detected": result.detected,
                "observed": result.detected,
            }
        ),
    )
    write_page(folder, project, result, pooled, linked, groups, lists, releases)
