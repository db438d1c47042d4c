"""`uncounted run`: from lists to page. This module puts the steps in order."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSONObject
from uncounted.core.progress import Progress
from uncounted.core.table import OverlapTable
from uncounted.disclosure.ledger import Publication
from uncounted.disclosure.overlap import protect_overlap, quantities
from uncounted.disclosure.run_tables import protect_rows
from uncounted.engine.kept import Steps, digest, file_hash, versions, write_json
from uncounted.estimators.registry import make
from uncounted.project import publish
from uncounted.project.checking import CheckReport, read_project
from uncounted.project.guard import (
    at_work,
    check_ledger,
    check_unchanged,
    hash_hand,
    hash_inputs,
    open_ledger,
    replace_folder,
    writable,
)
from uncounted.project.linking import Linked, Linker, link_records, link_settings
from uncounted.project.publish import Shown
from uncounted.project.settings import Project
from uncounted.project.stages import estimate_step, groups_step, link_step, overlap_step
from uncounted.records.consent.cost import ReleaseCost, release_cost
from uncounted.records.reading import ReadList
from uncounted.verdict.lists import list_rows
from uncounted.verdict.run_verdict import RunVerdict

__all__ = ["PageWriter", "RunResult", "run_id", "run_project"]

Say = Callable[[str], None]

PageWriter = Callable[[Path, Project, "RunResult", Linked, int], None]
"""Writes the page and pictures of a run into its folder; the last number counts overlap tables."""
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
    shown
        Everything as published.
    methods
        Other methods beside the figure, or their refusals.
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
    shown: Shown | None = None
    methods: tuple[Estimate, ...] = ()

    @property
    def verdict(self) -> RunVerdict | None:
        """Verdict on the lists, as it may be published; ``None`` where none was come to."""
        found = self.estimate.diagnostics.get("verdict")
        return found if isinstance(found, RunVerdict) else None

    def to_dict(self) -> JSONObject:
        """JSON form of the command."""
        rows = self.report.to_dict(mapping=False)
        shown = self.shown
        known = self.estimate.diagnostics
        return {
            "run": self.run,
            "folder": str(self.folder),
            "page": str(self.page),
            "estimate": {
                **self.estimate.to_dict(),
                "likely": publish.likely_json(self.estimate),
            },
            "methods": publish.methods_json(self.methods),
            "knowledge": [] if shown is None else [m.to_dict() for m in shown.moved],
            "referrals": None
            if shown is None or shown.referrals is None
            else shown.referrals.to_dict(),
            "doubt": dict(self.parts),
            "detected": self.detected,
            "verdict": None if self.verdict is None else self.verdict.to_dict(),
            "closed_form": known.get("closed_form"),
            "groups": {} if shown is None else shown.groups_to_dict(),
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
    write_page: PageWriter,
    draft: bool = False,
    fresh: bool = False,
    into: Path | None = None,
    tip: str | None = None,
    name: str | None = None,
    link: Linker = link_records,
    say: Say = lambda text: None,
    progress: Progress | None = None,
) -> RunResult:
    """Run every step and write the run's folder.

    Parameters
    ----------
    project
        The project.
    write_page
        Writes the page: words and pictures are made above this room.
    draft
        Make a page that is marked a draft and is not recorded as released.
    fresh
        Do every step again.
    into
        Where to write instead of ``runs``; nothing is recorded in the ledger and nothing in the
        project's folder changes.
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

    Raises
    ------
    InputError
        If a list or a setting is wrong, another run is at work, a list changed under way, the
        ledger of releases is not complete, or the folder cannot be written.
    """
    s = project.settings
    for method in s.estimate.method:
        make(method)
    link_settings(s.linkage)
    with at_work(project) if into is None else nullcontext():
        return _run(project, write_page, draft, fresh, into, tip, name, link, say, progress)


def _run(
    project: Project,
    write_page: PageWriter,
    draft: bool,
    fresh: bool,
    into: Path | None,
    tip: str | None,
    name: str | None,
    link: Linker,
    say: Say,
    progress: Progress | None,
) -> RunResult:
    began = time.perf_counter()
    s = project.settings
    ledger = open_ledger(project)
    if into is None and not draft:
        check_ledger(project, ledger)
    steps = Steps((into or project.hidden) / "steps", fresh=fresh)
    inputs, decisions = hash_inputs(project), hash_hand(project)
    say("reading the lists")
    read, report = read_project(project)
    used = [r for r in read if len(r.records)]
    base = {
        "inputs": inputs,
        "hand": decisions,
        "lists": [entry.model_dump() for entry in s.lists],
        "records": digest([_content(r) for r in used]),
    }
    with writable("What the steps keep"):
        say("finding who is the same person")
        linked = link_step(steps, project, used, base, link)
        check_unchanged(project, inputs, decisions)
        say("counting overlaps")
        overlaps = overlap_step(steps, s, used, linked)
        say("estimating")
        estimated = estimate_step(steps, s, overlaps, linked, progress)
        pooled = estimated.pooled
        refused = bool(pooled.estimate.refused)
        groups = groups_step(steps, s, overlaps, refused=refused)
    say("writing the page")
    reference = overlaps.tables()[overlaps.reference]
    cells, _ = protect_overlap(
        overlaps.counts[overlaps.reference].tolist(), linked.lists, s.publish.threshold
    )
    lists = list_rows(
        reference,
        report.lists,
        [entry.title or entry.name for entry in s.lists],
        cells,
        None if refused else s.consensus(),
    )
    cost = _cost(report, reference, pooled.estimate.point)
    settings = json.loads(s.model_dump_json())
    settings["project"]["as_of"] = project.as_of
    settings["draft"] = draft
    identity = {
        "settings": settings,
        "inputs": inputs,
        "decisions": decisions,
        "versions": versions(),
    }
    run = name or run_id(project.as_of, identity)
    tip = ledger.tip(run=run) if tip is None else tip
    rows = protect_rows(report.lists, reference, cells)
    releases = {
        name: Publication(t)
        if draft
        else ledger.check(name, t, run=run, tip=tip, threshold=s.publish.threshold)
        for name, t in publish.ledger_tables(groups, cells, reference, rows, report).items()
    }
    numbers = releases["overlap"].numbers
    detected = numbers.get("all")
    told, *beside = (
        publish.told_estimate(e, numbers, linked.lists)
        for e in (pooled.estimate, *estimated.methods)
    )
    quantity = quantities(numbers, linked.lists)
    figure, *others = (
        publish.shown_estimate(e, detected, s.publish.threshold, quantity) for e in (told, *beside)
    )
    shown = Shown(
        figure,
        groups,
        lists,
        releases,
        [reference.history(m) for m in range(1, 1 << reference.t)],
        others,
        publish.shown_moved(estimated.moved, detected),
        None
        if estimated.referrals is None
        else estimated.referrals.shown(
            {x: numbers.get(x) for x in linked.lists}, s.publish.threshold, detected
        ),
    )
    folder = (into or project.runs) / run
    result = RunResult(
        run,
        folder,
        folder / PAGE,
        told,
        {} if pooled.parts is None else pooled.parts.shares(),
        detected,
        report,
        cost,
        steps.skipped,
        draft,
        {name: r.held_from for name, r in releases.items() if r.held_from},
        shown,
        tuple(beside),
    )
    with writable("The run's folder"):
        partial = folder.with_name(f".{run}.partial")
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir(parents=True)
        _write_tables(partial, result, linked, s.publish.threshold)
        write_page(partial, project, result, linked, pooled.tables)
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
        # Recorded first: a page that could be seen before it is recorded could be forgotten.
        if into is None and not draft:
            ledger.record(run, {k: r.numbers for k, r in releases.items() if not r.held_from})
        replace_folder(partial, folder)
    return result


def run_id(as_of: str, identity: Mapping[str, object]) -> str:
    """Name of a run: the day it was judged on, and a hash of all it rests on."""
    return f"{as_of}-{digest(identity)[:10]}"


def _content(read: ReadList) -> list[Any]:
    """Everything read of a list, to be hashed: what was read can change while the file does not."""
    held = read.records
    return [getattr(held, f.name) for f in fields(held)]


def _cost(report: CheckReport, reference: OverlapTable, point: float | None) -> ReleaseCost:
    sizes = dict(zip(reference.lists, reference.list_sizes.tolist(), strict=True))
    return release_cost(
        [r.name for r in report.lists],
        [sizes.get(r.name, 0) for r in report.lists],
        [r.used for r in report.lists],
        [r.total for r in report.lists],
        point,
    )


def _write_tables(folder: Path, result: RunResult, linked: Linked, threshold: int) -> None:
    assert result.shown is not None
    publish.write_tables(folder / "tables", result.shown, result.report, linked.lists)
    publish.write_estimate(
        folder / "estimate.json",
        publish.estimate_json(result.shown, result.parts, linked.facts, result.detected, threshold),
    )
