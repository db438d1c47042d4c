"""What the program does, shown on data that come with it: a published table, a made-up coalition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from uncounted.answers import estimates
from uncounted.answers.overlap_table import TableRequest
from uncounted.answers.runs import run_project
from uncounted.answers.shape import Column, Line, Rows, Say, Stages, Told
from uncounted.brief.words import interval_words, people
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.disclosure.rounding import rounded
from uncounted.project.new import new_project
from uncounted.project.publish import rounded_interval
from uncounted.project.run import RunResult
from uncounted.project.settings import load_project
from uncounted.synthetic import POPULATION

__all__ = ["CoalitionAnswer", "DemonstrationRequest", "answer", "coalition"]

METHODS = (
    "main", "all-pairs", "stepwise", "bic", "aic", "averaged", "lower-bound", "pairs", "m0",
    "mh:chao", "mth:chao", "sample-coverage:low",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemonstrationRequest:
    """Ask to see it work.

    Parameters
    ----------
    folder
        Where the example coalition is made.
    """

    folder: Path = Path("uncounted-demo")


@dataclass(frozen=True, slots=True)
class CoalitionAnswer:
    """The example coalition run, whose true size is known because it is made up."""

    result: RunResult

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return self.result.to_dict()

    def rows(self) -> Rows:
        """Return one row: the figure, and the truth."""
        estimate = self.result.estimate
        i = estimate.interval
        ends = (None, None) if i is None else (i.lower, i.upper)
        heads = ("estimated", "lower", "upper", "truth")
        return Rows(
            tuple(Column(head, right=True) for head in heads),
            ((estimate.point, *ends, POPULATION),),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        estimate = self.result.estimate
        if estimate.point is None or estimate.interval is None:
            figure: str | Note = note("terms.no-figure", why=estimate.refused or "")
        else:
            figure = note(
                "answers.demo.figure",
                people=people(rounded(estimate.point)),
                ends=interval_words(rounded_interval(estimate.interval)),
            )
        return (
            Line(figure),
            Line(note("answers.demo.truth", people=Number(POPULATION))),
            Line(note("terms.its-page", path=str(Path(self.result.page).resolve()))),
        )


def answer(
    request: DemonstrationRequest, *, progress: Stages | None = None
) -> estimates.EstimatesAnswer:
    """Estimate from the UK's table of 2013 by many methods."""
    asked = estimates.EstimatesRequest(TableRequest("uk2013"), METHODS)
    return estimates.answer(asked, progress=progress)


def coalition(request: DemonstrationRequest, *, say: Say | None = None) -> CoalitionAnswer:
    """Make the example coalition where it is not there yet, and run it.

    Parameters
    ----------
    request
        Where.
    say
        Told what is being done.
    """
    place = request.folder / "chicago"
    if not (place / "uncounted.toml").exists():
        new_project(place, example=True)
    project = load_project(place)
    return CoalitionAnswer(run_project(project) if say is None else run_project(project, say=say))
