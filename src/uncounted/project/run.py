"""`uncounted run`: from lists to page. This module puts the steps in order."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path

from uncounted.brief.messages import language
from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note
from uncounted.core.private import close_all, make_folder
from uncounted.core.progress import Progress
from uncounted.disclosure.ledger import Publication
from uncounted.disclosure.overlap import protect_overlap, quantities
from uncounted.disclosure.run_tables import protect_rows
from uncounted.engine.kept import Steps, digest, file_hash, versions, write_json
from uncounted.estimators.registry import make
from uncounted.linkage.decisions import read_kept
from uncounted.project import publish
from uncounted.project.checking import CheckReport, read_project
from uncounted.project.guard import (
    at_work,
    check_ledger,
    check_unchanged,
    hash_hand,
    hash_inputs,
    open_ledger,
    project_key,
    replace_folder,
    writable,
)
from uncounted.project.linking import Linked, Linker, halves_note, link_records, link_settings
from uncounted.project.publish import Shown
from uncounted.project.release import Said, shown_cost, shown_facts
from uncounted.project.releasing import Asked, released
from uncounted.project.sealed import sealed
from uncounted.project.settings import Project, ProjectSettings
from uncounted.project.stages import (
    Estimated,
    ToldTables,
    estimate_step,
    groups_step,
    link_step,
    overlap_step,
    told_step,
)
from uncounted.records.consent.cost import ReleaseCost
from uncounted.records.reading import ReadList
from uncounted.verdict.lists import ListRow, list_rows
from uncounted.verdict.run_verdict import RunVerdict

__all__ = ["PageWriter", "RunResult", "run_id", "run_project"]

Say = Callable[[str], None]

PageWriter = Callable[[Path, Project, "RunResult"], None]
"""Writes the page and pictures of a run into its folder."""
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
        shown = self.shown
        known = self.estimate.diagnostics
        rows = {} if shown is None else shown.releases["rows"].numbers
        return {
            "run": self.run,
            "folder": str(self.folder),
            "page": str(self.page),
            "estimate": {
                **self.estimate.to_dict(),
                "observed": self.detected,
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
            "rows": {
                "rows_in": rows.get("all rows"),
                "used": rows.get("all used"),
                "quarantined": rows.get("all quarantined"),
                "not_released": rows.get("all not released"),
            },
            "release": {
                "not_released": rows.get("all not released"),
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
    key = project_key(project, make=into is None)
    steps = Steps((into or project.hidden) / "steps", fresh=fresh, secret=key)
    inputs, decisions = hash_inputs(project, key), hash_hand(project, key)
    halves = read_kept(project.hand).halves
    if halves:
        say(str(halves_note(halves)))
    say(str(Note("run.stage.reading")))
    read, report = read_project(project)
    used = [r for r in read if len(r.records)]
    base = {
        "inputs": inputs,
        "hand": decisions,
        "lists": [entry.model_dump() for entry in s.lists],
        "records": digest([_content(r) for r in used]),
    }
    threshold = s.publish.threshold
    with writable("run.disk.steps"):
        say(str(Note("run.stage.linking")))
        linked = link_step(steps, project, used, base, link)
        check_unchanged(project, inputs, decisions, key)
        say(str(Note("run.stage.overlaps")))
        overlaps = overlap_step(steps, s, used, linked)
        reference = overlaps.tables()[overlaps.reference]
        cells, _ = protect_overlap(reference.counts.tolist(), linked.lists, threshold, key)
        told = told_step(steps, overlaps, linked, cells)
        say(str(Note("run.stage.estimating")))
        estimated = estimate_step(steps, s, told, linked, progress)
        refused = bool(estimated.pooled.estimate.refused)
        groups = groups_step(steps, s, overlaps, cells, key, refused=refused)
    say(str(Note("run.stage.page")))
    lists = list_rows(
        told.overlaps.tables()[overlaps.reference],
        report.lists,
        [entry.title or entry.name for entry in s.lists],
        cells,
        None if refused else s.consensus(),
    )
    settings = project.to_dict()
    settings["draft"] = draft
    if language() != "en":  # a run in English keeps the name it always had
        settings["language"] = language()
    identity = {
        "settings": sealed(settings, key),
        "inputs": inputs,
        "decisions": decisions,
        "versions": versions(),
    }
    run = name or run_id(project.as_of, identity)
    tip = ledger.tip(run=run) if tip is None else tip
    rows = protect_rows(report.lists, reference, cells, key)
    asked = Asked(
        ledger,
        run,
        tip,
        threshold,
        {
            entry.name: (
                digest(entry.file, key)[:32],
                inputs[project.called(entry, entry.file)][:32],
            )
            for entry in s.lists
        },
        _basis(identity),
        draft=draft,
    )
    tables = publish.ledger_tables(groups, cells, reference, rows, report)
    beside = publish.group_tables(groups, overlaps)

    def said(releases: Mapping[str, Publication]) -> Said:
        return _said(s, estimated, told, linked, lists, releases)

    titles = {entry.name: entry.title or entry.name for entry in s.lists}
    shown, kept = released(asked, tables, beside, groups, said, titles, linked.lists)
    folder = (into or project.runs) / run
    result = RunResult(
        run,
        folder,
        folder / PAGE,
        shown.estimate,
        shown.said.parts,
        shown.releases["overlap"].numbers.get("all"),
        report,
        shown.said.cost,
        steps.skipped,
        draft,
        {name: r.held_from for name, r in shown.releases.items() if r.held_from},
        shown,
        tuple(shown.methods),
    )
    line = ledger.line(run, kept.tables, lists=asked.lists, basis=asked.basis, figures=kept.figures)
    with writable("run.disk.run"):
        partial = folder.with_name(f".{run}.partial")
        if partial.exists():
            shutil.rmtree(partial)
        make_folder(partial)  # what is written into it is out of others' reach from here on
        publish.write_tables(partial / "tables", shown, report)
        publish.write_estimate(
            partial / "estimate.json", publish.estimate_json(shown, result.detected)
        )
        write_page(partial, project, result)
        outputs = {
            p.relative_to(partial).as_posix(): file_hash(p)
            for p in sorted(partial.rglob("*"))
            if p.is_file()
        }
        write_json(
            partial / MANIFEST,
            {
                **identity,
                "run": run,
                "seed": s.estimate.seed,
                "ledger": tip,
                "ledger_line": "" if draft else ledger.hash_of(line),
                "outputs": outputs,
            },
        )
        write_json(
            partial / TIMINGS,
            {
                "seconds": {k: round(v, 3) for k, v in steps.seconds.items()}
                | {"all": round(time.perf_counter() - began, 3)},
                "steps": {k: "skipped" if v else "done" for k, v in steps.skipped.items()},
            },
        )
        close_all(partial)
        # Recorded first: a page that could be seen before it is recorded could be forgotten.
        if into is None and not draft:
            ledger.record(
                run, kept.tables, lists=asked.lists, basis=asked.basis, figures=kept.figures
            )
        replace_folder(partial, folder)
    return result


def _basis(identity: Mapping[str, object]) -> str:
    """Hash of what figures are made by, but for the data: settings without the day, and versions."""
    settings = json.loads(json.dumps(identity["settings"]))
    settings["project"].pop("as_of", None)
    settings.pop("draft", None)
    return digest([settings, identity["versions"]])


def _said(
    s: ProjectSettings,
    estimated: Estimated,
    told: ToldTables,
    linked: Linked,
    lists: Sequence[ListRow],
    releases: Mapping[str, Publication],
) -> Said:
    """Make everything that stands beside the counts ready to leave."""
    threshold = s.publish.threshold
    numbers = releases["overlap"].numbers
    detected = numbers.get("all")
    quantity = quantities(numbers, linked.lists)
    figure, *others = (
        publish.shown_estimate(
            publish.told_estimate(e, numbers, linked.lists), detected, threshold, quantity
        )
        for e in (estimated.pooled.estimate, *estimated.methods)
    )
    parts = {} if estimated.pooled.parts is None else estimated.pooled.parts.shares()
    return Said(
        figure,
        tuple(others),
        publish.shown_moved(estimated.moved, detected),
        tuple(lists),
        {k: round(v, 2) for k, v in parts.items()},
        shown_cost(
            [entry.name for entry in s.lists], releases["rows"].numbers, numbers, figure.point
        ),
        shown_facts(linked.facts, threshold, hidden=told.hidden),
        linked.lists,
        len(linked.clusters),
        estimated.pooled.tables,
        None
        if estimated.referrals is None
        else estimated.referrals.shown(
            {x: numbers.get(x) for x in linked.lists}, threshold, detected
        ),
    )


def run_id(as_of: str, identity: Mapping[str, object]) -> str:
    """Name of a run: the day it was judged on, and a hash of all it rests on."""
    return f"{as_of}-{digest(identity)[:10]}"


def _content(read: ReadList) -> list[object]:
    """Everything read of a list, to be hashed: what was read can change while the file does not."""
    held = read.records
    return [getattr(held, f.name) for f in fields(held)]
