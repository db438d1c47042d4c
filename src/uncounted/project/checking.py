"""`uncounted check`: read every list of a project and account for every row."""

from __future__ import annotations

from dataclasses import dataclass

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Number, note
from uncounted.core.progress import Progress
from uncounted.errors import InputError
from uncounted.project.settings import Project, keep_mapping
from uncounted.records.consent import releases as consent
from uncounted.records.consent import stops
from uncounted.records.reading import ListReport, ReadList, guess_list, read_list

__all__ = ["LINKED_BY", "CheckReport", "check_project", "read_project"]

LINKED_BY = ("given", "family", "birth_date", "stated_age", "gender", "citizenship", "area")
"""Fields linkage compares."""
FEW = 20


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What became of every row of every list.

    Parameters
    ----------
    lists
        One report per list.
    as_of
        Day on which releases were judged.
    warnings
        Sentences for the data lead.
    outside
        Lists whose files lie outside the project's folder, with leave.
    """

    lists: tuple[ListReport, ...]
    as_of: str
    warnings: tuple[str, ...]
    outside: tuple[str, ...] = ()

    def refusal(self) -> InputError | None:
        """Give the error of lists that are stopped; ``None`` where none is."""
        stopped = [(entry.name, entry.stops) for entry in self.lists if entry.stops]
        return stops.refuse(stopped) if stopped else None

    def to_dict(self, *, mapping: bool = True) -> JSONObject:
        """JSON form."""
        return {
            "as_of": self.as_of,
            "lists": [entry.to_dict(mapping=mapping) for entry in self.lists],
            "rows_in": sum(entry.rows_in for entry in self.lists),
            "used": sum(entry.used for entry in self.lists),
            "quarantined": sum(entry.quarantined for entry in self.lists),
            "not_released": sum(entry.not_released for entry in self.lists),
            "for_linkage": {e.name: linkage_fill(e) for e in self.lists},
            "warnings": list(self.warnings),
            "stopped": [entry.name for entry in self.lists if entry.stops],
            "outside": list(self.outside),
            "note": str(consent.NOT_LEGAL_ADVICE),
        }


def linkage_fill(report: ListReport) -> dict[str, float]:
    """Share of used records that have each field linkage compares."""
    size = max(report.used, 1)
    return {name: round(report.filled[name] / size, 3) for name in LINKED_BY}


def check_project(
    project: Project,
    *,
    keep: bool = True,
    progress: Progress | None = None,
) -> CheckReport:
    """Account for every list; guessed mappings are written into the project file.

    Parameters
    ----------
    project
        The project.
    keep
        Whether guessed mappings are kept.
    progress
        Called with (lists done, lists in all).
    """
    reports = []
    faults: list[InputError] = []
    specs = project.specs()
    for done, spec in enumerate(specs):
        try:
            if keep and not spec.columns:
                keep_mapping(project, spec.name, guess_list(spec).to_targets())
            kept = project.specs()[done]
            read = read_list(kept, as_of=project.as_of, recipients=project.recipients, keep=False)
            reports.append(read.report)
        except InputError as error:
            faults.append(error)
        if progress is not None:
            progress(done + 1, len(specs))
    if faults:
        raise _together(faults, len(specs))
    return CheckReport(tuple(reports), project.as_of, _warnings(reports), project.outside)


def _together(faults: list[InputError], lists: int) -> InputError:
    """Make one error of those of several lists, so that they can be mended in one go."""
    if len(faults) == 1:
        return faults[0]
    fixes = dict.fromkeys(f.fix for f in faults if f.fix)
    return InputError(
        f"{len(faults)} of {lists} lists cannot be read. " + " ".join(f.message for f in faults),
        fix=" ".join(fixes),
    )


def read_project(
    project: Project, progress: Progress | None = None
) -> tuple[list[ReadList], CheckReport]:
    """Read every list with its records, for linkage.

    Raises
    ------
    InputError
        If a list cannot be read or is stopped, or no record may be used.
    """
    read = []
    specs = project.specs()
    for done, spec in enumerate(specs):
        read.append(read_list(spec, as_of=project.as_of, recipients=project.recipients))
        if progress is not None:
            progress(done + 1, len(specs))
    reports = [r.report for r in read]
    report = CheckReport(tuple(reports), project.as_of, _warnings(reports), project.outside)
    refusal = report.refusal()
    if refusal is not None:
        raise refusal
    if not any(r.report.used for r in read):
        raise InputError(
            "No list has a record that may be used.",
            fix="`uncounted check` says per list how many rows were quarantined or not released.",
        )
    return read, report


def _warnings(reports: list[ListReport]) -> tuple[str, ...]:
    out = []
    for r in reports:
        if r.stops:
            columns = tuple(repr(s.column) for s in r.stops)
            out.append(note("records.check.stopped", list=r.name, columns=columns))
            continue
        if r.used == 0:
            out.append(note("records.check.none", list=r.name))
            continue
        if r.used < FEW:
            out.append(note("records.check.few", records=Number(r.used), list=r.name))
        share = r.quarantined / r.rows_in
        if share > 0.05:
            out.append(note("records.check.quarantined", share=Number(share, "share"), list=r.name))
        if max(r.filled["given"], r.filled["family"]) < 0.5 * r.used:
            out.append(note("records.check.names", list=r.name))
        if max(r.filled["birth_date"], r.filled["stated_age"]) < 0.5 * r.used:
            out.append(note("records.check.births", list=r.name))
        if r.duplicates["same reference"]:
            repeats = Number(r.duplicates["same reference"])
            out.append(note("records.check.repeats", rows=repeats, list=r.name))
        out += [
            note("records.check.note", list=r.name, said=said)
            for said in r.notes
            if said.code in _GRAVE
        ]
    return tuple(map(str, out))


_GRAVE = frozenset(
    (
        "files.encoding.guessed",
        "files.encoding.guessed.set",
        "files.encoding.likely",
        "files.encoding.likely.set",
        "files.encoding.unsure",
        "files.encoding.unsure.set",
        "files.parquet.nested",
        "records.columns.consent-passed",
        "records.columns.not-understood",
        "records.sheets.another",
        "records.sheets.legs",
    )
)
"""What the reader did that may cost names or people: text guessed at, columns and sheets not read."""
