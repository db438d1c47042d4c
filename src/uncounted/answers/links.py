"""Who is the same person on the lists, with what doubt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.answers.shape import Column, Line, Rows, Say, Stages, Told, between, stage
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.disclosure.pairs import PEOPLE, sums_that_may
from uncounted.disclosure.suppress import THRESHOLD
from uncounted.errors import InputError, UsageError
from uncounted.linkage import Linkage, LinkageDraws, link
from uncounted.linkage.decisions import Kept, project_salt, read_kept
from uncounted.project.checking import read_project
from uncounted.project.guard import hash_hand, writable
from uncounted.project.linking import halves_note, link_settings
from uncounted.project.settings import load_project
from uncounted.records.account import ListReport
from uncounted.records.consent import stops
from uncounted.records.consent.releases import DEFAULT_REGIME
from uncounted.records.reading import ListSpec, read_list
from uncounted.records.schema import Records

__all__ = ["LinkAnswer", "LinkRequest", "Linked", "Overlap", "Spread", "answer", "link_lists"]

SMALL = THRESHOLD
"""Overlaps that may be below this are suppressed, as in every release."""
HELP = "See `uncounted link --help`."


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """Ask who is the same person.

    Parameters
    ----------
    where
        The folder of a project (or its file of settings), or two or more files of lists.
    regime
        Confidentiality regime of files; the strictest where none is given.
    one_per_list
        Whether each list names a person at most once; ``None`` for what the project says.
    threshold
        Chance from which two are one, in the one answer; ``None`` for what the project says.
    draws, seed
        Likely answers to draw, and the root seed.
    small_cells
        Whether overlaps under 11 are shown too.
    outside
        Whether the files of a project's lists may lie outside its folder.
    """

    where: tuple[Path, ...] = (Path(),)
    regime: str | None = None
    one_per_list: bool | None = None
    threshold: float | None = None
    draws: int = 300
    seed: int = 0
    small_cells: bool = False
    outside: bool = False

    def __post_init__(self) -> None:
        """Check the numbers."""
        between("draws", self.draws, 1, 1000)
        between("seed", self.seed, 0)

    @property
    def of_project(self) -> bool:
        """Whether one project is meant, not files."""
        first = self.where[0]
        return len(self.where) == 1 and (not first.is_file() or first.suffix == ".toml")


@dataclass(frozen=True, slots=True)
class Linked:
    """Lists linked, with what a review needs.

    Parameters
    ----------
    found
        The linkage.
    records
        Of each list, as they were read.
    hand
        The project's folder of decisions; ``None`` for files.
    halves
        Lines of its decisions that are half written, by number.
    files
        Name of the file of each list of a project.
    """

    found: Linkage
    records: tuple[Records, ...]
    hand: Path | None
    halves: tuple[int, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """A count over the draws, and in the one answer at the threshold."""

    point: float
    lower: float
    upper: float
    one_answer: int

    def to_dict(self) -> dict[str, float]:
        """JSON form."""
        return {
            "point": self.point,
            "lower": self.lower,
            "upper": self.upper,
            "one_answer": self.one_answer,
        }


_HELD: dict[str, None] = {"point": None, "lower": None, "upper": None, "one_answer": None}


@dataclass(frozen=True, slots=True)
class Overlap:
    """People on both of two lists; ``people`` is ``None`` where suppressed."""

    lists: tuple[str, str]
    people: Spread | None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        people = _HELD if self.people is None else self.people.to_dict()
        return {"lists": list(self.lists), **people, "suppressed": self.people is None}


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What may be said: counts with their intervals, nothing of a record.

    Parameters
    ----------
    lists
        Records by list.
    people
        People named; ``None`` where that would tell a suppressed overlap.
    overlaps
        People on both of two lists, pair by pair.
    draws, seed, threshold
        How it was made.
    diagnostics
        What the linkage knows of itself, JSON-ready.
    halves
        Lines of the project's decisions that are half written, by number.
    """

    lists: Mapping[str, int]
    people: Spread | None
    overlaps: tuple[Overlap, ...]
    draws: int
    seed: int
    threshold: float
    diagnostics: Mapping[str, Any]
    halves: tuple[int, ...] = ()

    def to_dict(self) -> JSONObject:
        """JSON form."""
        people = _HELD if self.people is None else self.people.to_dict()
        return {
            "lists": dict(self.lists),
            "people": {**people, "suppressed": self.people is None},
            "overlaps": [o.to_dict() for o in self.overlaps],
            "draws": self.draws,
            "seed": self.seed,
            "threshold": self.threshold,
            "diagnostics": dict(self.diagnostics),
            "half_lines": list(self.halves),
        }

    def rows(self) -> Rows:
        """Return a row a pair of lists; suppressed counts are empty."""
        heads = ("list", "other list", "people", "lower", "upper", "one answer")
        return Rows(
            tuple(Column(head, right=i > 1) for i, head in enumerate(heads)),
            tuple(
                (*o.lists, *((None,) * 4 if o.people is None else o.people.to_dict().values()))
                for o in self.overlaps
            ),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        known, people = self.diagnostics, self.people
        said = [
            note(
                "answers.link.records",
                records=Number(sum(self.lists.values()), "records"),
                lists=Number(len(self.lists), "lists"),
            ),
            note(
                "answers.link.people",
                people=Number(None if people is None else people.point, "people"),
                lower=Number(None if people is None else people.lower, "people"),
                upper=Number(None if people is None else people.upper, "people"),
            ),
            note("answers.link.both"),
        ]
        after: list[str | Note] = [
            str(known["blocking"]),
            note("answers.link.reach", reach=Number(known["blocking_reach"], "share", digits=1)),
        ]
        after += [
            note(
                "answers.link.default-birth",
                list=str(d["list"]),
                records=Number(int(d["records"]), "records"),
            )
            for d in known.get("default_births", ())
        ]
        if known["decisions_contradicting"]:
            decisions = Number(known["decisions_contradicting"])
            after.append(note("answers.link.contradicting", decisions=decisions))
        if self.halves:
            after.append(halves_note(self.halves))
        for name in known.get("names_taken_for_none", ()):
            after.append(note("answers.link.filler", list=name))
        after.append(note("answers.link.listed"))
        return (
            *(Line(text) for text in said),
            *(Line(f"  {_overlap_note(o)}") for o in self.overlaps),
            *(Line(text) for text in after),
        )


def _overlap_note(overlap: Overlap) -> Note:
    first, second = overlap.lists
    people = overlap.people
    if people is None:
        fewest = Number(SMALL)
        return note("answers.link.small", first=first, second=second, fewest=fewest)
    return note(
        "answers.link.overlap",
        first=first,
        second=second,
        people=Number(people.point, "people"),
        lower=Number(people.lower, "people"),
        upper=Number(people.upper, "people"),
    )


def answer(
    request: LinkRequest, *, progress: Stages | None = None, say: Say | None = None
) -> LinkAnswer:
    """Link, and count over the likely answers.

    Parameters
    ----------
    request
        What to link.
    progress
        Hears of the reading.
    say
        Told, for files, what became of their rows.
    """
    linked = link_lists(request, progress=progress, say=say)
    drawn = linked.found.draw(request.draws, request.seed)
    counted = _counted(linked.found, drawn, small_cells=request.small_cells)
    return replace(counted, halves=linked.halves)


def link_lists(
    request: LinkRequest,
    *,
    progress: Stages | None = None,
    say: Say | None = None,
    review: bool = False,
) -> Linked:
    """Read the lists and link them, by the decisions people made.

    Parameters
    ----------
    request, progress, say
        As in `answer`.
    review
        Whether decisions will be made: the key of their folder is then made where there is none.
    """
    given: JSONObject = {}
    hand: Path | None = None
    files: dict[str, str] = {}
    if request.of_project:
        project = load_project(request.where[0], outside=request.outside)
        read, _ = read_project(project, stage(progress, "reading"))
        records = [r.records for r in read if len(r.records)]
        _enough(records)
        hash_hand(project)  # decisions without their key are an error, not nothing
        files = {entry.name: Path(entry.file).name for entry in project.settings.lists}
        hand, given = project.hand, dict(project.settings.linkage)
    else:
        records = _read_files(request, say)
    if request.one_per_list is not None:
        given["one_per_list"] = request.one_per_list
    if request.threshold is not None:
        given["threshold"] = request.threshold
    settings = link_settings(given)
    with writable("run.disk.decisions"):
        salt = "" if hand is None else project_salt(hand, make=review)
    kept = Kept(()) if hand is None else read_kept(hand)
    if review and say is not None:
        say(str(note("answers.review.linking")))
        if kept.halves:
            say(str(halves_note(kept.halves)))
    found = link(records, settings, decisions=kept.decisions, salt=salt, seed=request.seed)
    return Linked(found, tuple(records), hand, kept.halves, files)


def _read_files(request: LinkRequest, say: Say | None) -> list[Records]:
    if len(request.where) < 2:
        raise UsageError("Give a project folder, or two or more list files.", fix=HELP)
    if len({path.stem for path in request.where}) < len(request.where):
        raise InputError(
            "Two files have one name, and a list is called by its file's.",
            fix="Rename one of the files.",
        )
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    records = []
    stopped = []
    for path in request.where:
        spec = ListSpec(path.stem, path, request.regime or DEFAULT_REGIME)
        read = read_list(spec, as_of=today, recipients=())
        report = read.report
        if say is not None:
            say(str(_account(path.name, report)))
        if report.stops:
            stopped.append((path.name, report.stops))
        if len(read.records):
            records.append(read.records)
    if stopped:
        told = stops.refuse(stopped)
        raise InputError(
            told.message,
            fix="Files alone cannot say what that means: make a project with `uncounted new`. "
            f"{told.fix}",
        )
    _enough(records, files=request.regime is None)
    return records


def _account(file: str, report: ListReport) -> Note:
    return note(
        "answers.link.account",
        file=file,
        rows=Number(report.rows_in, "records"),
        used=Number(report.used, "records"),
        quarantined=Number(report.quarantined, "records"),
        held=Number(report.not_released, "records"),
    )


def _enough(records: Sequence[Records], *, files: bool = False) -> None:
    if len(records) < 2:
        msg = "Fewer than two lists have records that may be linked."
        if files:
            raise InputError(
                msg,
                fix="A file's regime is taken as the strictest unless you say otherwise; where the "
                "law leaves you free, add --regime none.",
            )
        raise InputError(
            msg, fix="`uncounted check` says why rows were quarantined or not released."
        )


def _counted(found: Linkage, drawn: LinkageDraws, *, small_cells: bool) -> LinkAnswer:
    counts = drawn.counts()
    masks = np.arange(counts.shape[1])
    one = found.table()
    may = sums_that_may(one.counts, found.lists, SMALL)
    whole = _spread(counts.sum(axis=1), one.n)
    overlaps = []
    for i, first in enumerate(found.lists):
        for j in range(i + 1, len(found.lists)):
            both = (1 << i) | (1 << j)
            people = _spread(counts[:, (masks & both) == both].sum(axis=1), one.pair_overlap(i, j))
            pair = (first, found.lists[j])
            hidden = not may[pair] or min(people.lower, people.one_answer) < SMALL
            overlaps.append(Overlap(pair, people if small_cells or not hidden else None))
    diagnostics = dict(found.diagnostics)
    pair_held = any(o.people is None for o in overlaps)
    # From two lists, records less people is who is on both.
    people_held = not small_cells and (not may[PEOPLE] or (pair_held and len(overlaps) == 1))
    if pair_held or people_held:
        diagnostics = _without_links(diagnostics)
    sizes = np.bincount(found.member, minlength=len(found.lists))
    return LinkAnswer(
        lists={name: int(k) for name, k in zip(found.lists, sizes, strict=True)},
        people=None if people_held else whole,
        overlaps=tuple(overlaps),
        draws=len(drawn),
        seed=drawn.seed,
        threshold=found.settings.threshold,
        diagnostics=diagnostics,
    )


_LINKS = ("expected_", "candidate_", "links_", "match", "pairs_", "copies")
"""What a linkage knows of itself that counts links, and so the people on two lists."""


def _without_links(diagnostics: Mapping[str, Any]) -> JSONObject:
    """Leave out whatever counts links, and the last digits of all else that is worked out from them."""
    return {
        k: None if k.startswith(_LINKS) else round(v, 2) if isinstance(v, float) else v
        for k, v in diagnostics.items()
    }


def _spread(values: NDArray[np.int64], one_answer: int) -> Spread:
    lower, middle, upper = np.quantile(values, [0.025, 0.5, 0.975])
    return Spread(float(middle), float(lower), float(upper), one_answer)
