"""A project run to its page: check, link, count overlaps, estimate, write."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from uncounted.answers.run_page import write_page
from uncounted.answers.shape import Cell, Column, Line, Rows, Say, Stages, Told, stage
from uncounted.brief.named import answer_name, level_name
from uncounted.brief.words import interval_words, people, same_ends
from uncounted.charts.doubt import whole_percents
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.project import run, verify
from uncounted.project.run import RunResult
from uncounted.project.settings import load_project
from uncounted.verdict.measured import measured_coverage
from uncounted.verdict.run_verdict import RunVerdict

__all__ = ["RunAnswer", "RunRequest", "answer", "run_project", "verify_run"]

run_project = partial(run.run_project, write_page=write_page)
verify_run = partial(verify.verify_run, write_page=write_page)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Ask for a project's page.

    Parameters
    ----------
    project
        Folder of the project, or its file of settings.
    draft
        Whether the page is a draft, not held against earlier releases nor recorded as one.
    fresh
        Whether every step is done again, changed or not.
    outside
        Whether the files of lists may lie outside the project's folder.
    """

    project: Path = Path()
    draft: bool = False
    fresh: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """What a run gave; its page stands in the run's folder."""

    result: RunResult

    @property
    def refused(self) -> bool:
        """Whether there is no figure."""
        return bool(self.result.estimate.refused)

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return self.result.to_dict()

    def rows(self) -> Rows:
        """Return a row a list: what became of its rows."""
        heads = ("list", "rows in", "used", "quarantined", "not released")
        assert self.result.shown is not None
        shown = self.result.shown.releases["rows"].numbers
        cells: tuple[tuple[Cell, ...], ...] = tuple(
            (r.name, *(shown.get(f"{r.name}, {head}") for head in heads[1:]))
            for r in self.result.report.lists
        )
        return Rows(tuple(Column(head, right=i > 0) for i, head in enumerate(heads)), cells)

    def told(self) -> Told:
        """Return what the terminal shows."""
        result = self.result
        shown = result.shown
        assert shown is not None
        estimate = shown.estimate
        numbers = shown.releases["rows"].numbers
        rows_in, used, quarantined, not_released = (
            str(note("terms.not-shown")) if (n := numbers.get(f"all {k}")) is None else f"{n:,}"
            for k in ("rows", "used", "quarantined", "not released")
        )
        said: list[str | Note] = [
            note(
                "terms.rows",
                rows=rows_in,
                used=used,
                quarantined=quarantined,
                held=not_released,
            ),
            note("terms.detected", people=Number(result.detected, "people", of="observed")),
        ]
        if estimate.refused:
            said.append(note("terms.no-figure", why=estimate.refused))
        else:
            level = estimate.interval.level if estimate.interval else 0
            said.append(
                note(
                    "answers.run.figure",
                    people=people(estimate.point),
                    ends=interval_words(estimate.interval),
                    level=Number(level, "level"),
                )
            )
            likely = None if result.verdict is None else _shown_likely(estimate)
            if likely is not None and not same_ends(likely, estimate.interval):
                ends = interval_words(likely)
                if shown.moved:
                    said.append(note("answers.assess.likely-known", ends=ends))
                else:
                    said.append(note("answers.assess.likely", ends=ends))
                    ends = interval_words(estimate.interval)
                    said.append(note("answers.assess.outer", ends=ends))
            if shown.moved:
                ends = interval_words(estimate.interval)
                said.append(note("answers.assess.known", ends=ends))
            percents = whole_percents(list(result.parts.values()))
            said += [
                f"  {note('terms.doubt', part=note(f'terms.part.{part}'), percent=Number(percent))}"
                for part, percent in zip(result.parts, percents, strict=True)
            ]
            if result.verdict is not None:
                said.append(note("answers.run.verdict", verdict=level_name(result.verdict.level)))
                said += _asked(result.verdict)
            said += [
                note(
                    "answers.run.known",
                    said=m.said,
                    people=people(m.point),
                    ends=interval_words(m.interval),
                )
                for m in shown.moved
            ]
            said += () if shown.referrals is None else shown.referrals.told()
            said += [_beside(e) for e in shown.methods]
        notes = [
            str(note("terms.note", said=c if isinstance(c, Note) else str(c)))
            for c in estimate.caveats
        ]
        notes += [
            str(note("answers.run.held", table=repr(name), run=run))
            for name, run in result.held.items()
        ]
        if result.report.warnings:
            notes.append(str(note("terms.note", said=note("answers.run.check"))))
        skipped = [k for k, v in result.skipped.items() if v]
        if skipped:
            notes.append(str(note("terms.skipped", steps=", ".join(skipped))))
        return (
            *(Line(text) for text in said),
            *(Line(text, aside=True) for text in notes),
            Line(note("terms.page", path=str(result.page))),
        )


def _shown_likely(estimate: Estimate) -> Interval | None:
    verdict = estimate.diagnostics.get("verdict")
    return verdict.likely if isinstance(verdict, RunVerdict) else None


def _asked(verdict: RunVerdict) -> list[Note]:
    """Say each open question with what it would mean."""
    return [
        note(
            "answers.run.question",
            text=q.text,
            answer=answer_name(q.answer).casefold(),
            means=q.means,
        )
        for q in verdict.questions.open()
    ]


def _beside(e: Estimate) -> Note:
    """One other method: its figure and how often its intervals hold, or why it has none."""
    if e.refused is not None:
        return note("answers.run.beside-none", method=e.method, why=e.refused)
    known = measured_coverage(e.method, 0.95 if e.interval is None else e.interval.level)
    said = note("answers.run.not-measured")
    if known is not None:
        said = note("answers.run.measured", mean=Number(round(100 * known.mean)))
    return note(
        "answers.run.beside",
        method=e.method,
        people=people(e.point),
        ends=interval_words(e.interval),
        said=said,
    )


def answer(
    request: RunRequest, *, progress: Stages | None = None, say: Say | None = None
) -> RunAnswer:
    """Run every step whose inputs changed, and write the page.

    Parameters
    ----------
    request
        The project.
    progress
        Hears of the estimating.
    say
        Told what is being done.
    """
    project = load_project(request.project, outside=request.outside)
    result = run_project(
        project,
        draft=request.draft,
        fresh=request.fresh,
        say=say or _silent,
        progress=stage(progress, "estimating"),
    )
    return RunAnswer(result)


def _silent(text: str) -> None:
    """Say nothing."""
