"""What is in the lists of a project, and what will be used: every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from uncounted.answers.shape import Cell, Column, Line, Rows, Stages, Told, error_json, stage
from uncounted.brief.named import reason_name
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Number, note
from uncounted.errors import InputError
from uncounted.project.checking import CheckReport, check_project, linkage_fill
from uncounted.project.settings import load_project
from uncounted.records.account import ListReport
from uncounted.records.consent.releases import NOT_LEGAL_ADVICE
from uncounted.records.consent.stops import FEWEST, Stop
from uncounted.verdict.questions import Questions

__all__ = ["CheckAnswer", "CheckRequest", "answer"]

LONGEST = 60
"""Characters shown of a column's name."""
_COUNTS = ("rows_in", "used", "quarantined", "not_released")


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Ask what became of every row.

    Parameters
    ----------
    project
        Folder of the project, or its file of settings.
    keep
        Whether guessed columns are written into the file of settings.
    outside
        Whether the files of lists may lie outside the project's folder.
    """

    project: Path = Path()
    keep: bool = True
    outside: bool = False


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """The account of every list, and what no list can tell."""

    report: CheckReport
    questions: Questions = field(default_factory=Questions)

    @property
    def stopped(self) -> InputError | None:
        """Error of lists that a column nobody has explained stops; ``None`` where none is."""
        return self.report.refusal()

    def to_dict(self) -> JSONObject:
        """JSON form."""
        stopped = self.stopped
        fault = {} if stopped is None else {"error": error_json(stopped)}
        asked: JSONObject = {"questions": [q.to_dict() for q in self.questions]}
        return {**fault, **self.report.to_dict(), **asked}

    def rows(self) -> Rows:
        """Return a row a list, and their sum."""
        lists = self.report.lists
        cells: list[tuple[Cell, ...]] = [
            (r.name, r.regime, *(getattr(r, k) for k in _COUNTS)) for r in lists
        ]
        cells.append(
            (
                str(note("terms.group.all")),
                "",
                *(sum(getattr(r, k) for r in lists) for k in _COUNTS),
            )
        )
        heads = ("list", "regime", "rows in", "used", "quarantined", "not released")
        return Rows(
            tuple(Column(head, right=i > 1) for i, head in enumerate(heads)),
            tuple(cells),
            title=str(note("answers.check.title", day=self.report.as_of)),
            framed=True,
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        told: list[Line | Rows] = [
            self.rows(),
            Line(note("terms.rows-add-up")),
        ]
        for r in self.report.lists:
            told += [
                Line(),
                Line(
                    note("terms.check.list", list=r.name, where=_visible(r.where), layout=r.layout)
                ),
                _columns(r),
                *(Line(f"  {text}") for text in _account(r)),
            ]
            if r.name in self.report.outside:
                told.append(Line(f"  {note('answers.check.outside')}"))
        told.append(Line())
        for q in self.questions.open():
            told.append(
                Line(note("answers.check.question", text=q.text, name=q.name, means=q.means))
            )
        told += [
            Line(note("terms.warning", said=line), aside=True) for line in self.report.warnings
        ]
        return (*told, Line(NOT_LEGAL_ADVICE))


def answer(request: CheckRequest, *, progress: Stages | None = None) -> CheckAnswer:
    """Read every list and account for every row."""
    project = load_project(request.project, outside=request.outside)
    tell = stage(progress, "reading")
    report = check_project(project, keep=request.keep, progress=tell)
    return CheckAnswer(report, project.settings.project.questions)


def _columns(r: ListReport) -> Rows:
    cells: list[tuple[Cell, ...]] = []
    for m in r.mapping:
        filled = r.filled.get(m.target)
        share = "" if filled is None else f"{filled / max(r.used, 1):.0%}"
        cells.append((m.target, _cut(m.column), f"{m.score:.2f}", share))
    heads = ("field", "column", "score", "filled")
    return Rows(tuple(Column(head) for head in heads), tuple(cells), indent=2)


def _account(r: ListReport) -> list[str]:
    """Say what became of a list's rows, a line a reason."""
    said = []
    if r.refused_columns:
        said.append(str(note("answers.check.refused", columns=Number(r.refused_columns))))
    if r.unused_columns:
        said.append(str(note("answers.check.unused", columns=Number(r.unused_columns))))
    for kind, groups in (
        (str(note("terms.check.quarantined")), r.quarantine),
        (str(note("answers.check.unread")), r.unread),
        (str(note("answers.check.range")), r.out_of_range),
    ):
        said += [
            str(
                note(
                    "terms.check.group",
                    count=Number(q.count, "records"),
                    kind=kind,
                    reason=reason_name(str(q.reason)),
                    rows=_numbers(q.rows, q.count),
                )
            )
            for q in groups
        ]
    said += [
        str(
            note(
                "terms.check.not-released",
                count=Number(count, "records"),
                reason=reason_name(str(reason)),
            )
        )
        for reason, count in r.release.items()
    ]
    said += [
        str(
            note(
                "terms.check.duplicates",
                count=Number(count, "records"),
                what=reason_name(str(what)),
                rows=_numbers(r.duplicate_rows[what], count),
            )
        )
        for what, count in r.duplicates.items()
        if count
    ]
    said += [str(note("terms.check.note", said=_visible(str(line)))) for line in r.notes]
    said += _values(r)
    for stop in r.stops:
        said.append(
            str(
                note(
                    "terms.check.stopped",
                    column=_visible(stop.column),
                    why=str(stop.why),
                    values=_stopping(stop),
                )
            )
        )
    used = ", ".join(f"{k} {v:.0%}" for k, v in linkage_fill(r).items() if v)
    return [*said, str(note("terms.check.used", fields=used or str(note("terms.check.nothing"))))]


def _stopping(stop: Stop) -> str:
    """Values of a column that stops a list, with their counts where they may be told."""
    shown = [f"{_visible(v)} {FEWER if n is None else f'{n:,}'}" for v, n in stop.values]
    shown += [f"{stop.others:,} …"] if stop.others and shown else []
    return f" ({'; '.join(shown)})" if shown else ""


FEWER = f"<{FEWEST}"
"""Stands for a count too small to be told."""


def _values(r: ListReport) -> list[str]:
    """Say which answers of closed fields were not understood, and what may be written for them."""
    said: list[str] = []
    lines: list[str] = []
    for name, counted in r.values_not_understood.items():
        likely = r.values_proposed.get(name, {})
        for text, count in counted.items():
            shown = _visible(text)
            cells = Number(count, "records")
            code = "answers.check.value" if text not in likely else "answers.check.value-likely"
            words = {"field": name, "value": shown, "likely": likely.get(text, "")}
            said.append(str(note(code, cells=cells, **words)))
        pairs = (f"{_quoted(t)} = {_quoted(likely.get(t, ''))}" for t in counted)
        lines.append(f"  {name} = {{ {', '.join(pairs)} }}")
    for name, count in r.values_withheld.items():
        cells = Number(count, "records")
        said.append(str(note("answers.check.value-withheld", cells=cells, field=name)))
    if lines:
        said += [str(note("answers.check.values-fix")), "  [lists.values]", *lines]
    return said


def _quoted(text: str) -> str:
    return json.dumps(_visible(text), ensure_ascii=False)


def _numbers(rows: Sequence[int], count: int) -> str:
    """Row numbers, the first ten."""
    shown = ", ".join(map(str, rows[:10])) + (", ..." if count > 10 else "")
    return str(note("terms.check.rows", rows=shown, count=Number(count)))


def _visible(text: str) -> str:
    """Text that cannot steer a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _cut(column: str) -> str:
    """Name of a column, cut where it is long."""
    name = _visible(" ".join(column.split()))
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
