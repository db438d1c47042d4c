"""Why a number stands in a run: what it counts, how it came about, where else it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from uncounted.answers.brief_facts import facts_of
from uncounted.answers.briefs import Language, titles_of
from uncounted.answers.shape import Column, Line, Rows, Say, Stages, Told
from uncounted.brief.messages import say as say_note
from uncounted.brief.messages import speaking
from uncounted.brief.numbers import readings, tokens
from uncounted.brief.onepage import one_page
from uncounted.brief.why import Why, of_run, whys
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.errors import InputError
from uncounted.project.approvals import read_approvals
from uncounted.project.released import read_released

__all__ = ["NumberAnswer", "NumberRequest", "answer"]


@dataclass(frozen=True, slots=True)
class NumberRequest:
    """Ask why a number stands in a run.

    Parameters
    ----------
    number
        As it is written: ``"1,234"``, ``"1.234"``, ``"12%"``, ``"about 1,440 people"``.
    run
        A folder under ``runs``.
    language
        Of the answer.
    """

    number: str
    run: Path
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class NumberAnswer:
    """Each thing that the number is in this run."""

    number: str
    language: Language
    matches: tuple[Why, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"number": self.number, "matches": [w.to_dict() for w in self.matches]}

    def rows(self) -> Rows:
        """Return a row a match."""
        heads = ("what", "counts", "method", "data", "caveats", "where")
        return Rows(
            tuple(Column(h) for h in heads),
            tuple(
                (w.what, w.counts, w.method, w.data, " ".join(w.caveats), ", ".join(w.where))
                for w in self.matches
            )
            or (("", "", "", "", "", ""),),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        out: list[Line] = []
        with speaking(self.language):
            if not self.matches:
                return (Line(say_note(note("brief.why-none.told", number=self.number))),)
            heads = {
                k: say_note(Note(f"brief.numbers.{k}"))
                for k in ("counts", "method", "data", "caveats", "where")
            }
            for w in self.matches:
                out.append(Line(w.what, strong=True))
                counts = say_note(Note(f"brief.counts.{w.counts}"))
                parts = {
                    "counts": counts,
                    "method": w.method,
                    "data": w.data,
                    "caveats": " ".join(w.caveats),
                    "where": ", ".join(w.where),
                }
                out += [Line(f"  {heads[k]}: {text}") for k, text in parts.items() if text]
        return tuple(out)


def answer(
    request: NumberRequest, *, progress: Stages | None = None, say: Say | None = None
) -> NumberAnswer:
    """Look the number up in the run's brief, tables, figures and page.

    Raises
    ------
    InputError
        If it is no number, or the folder is no run.
    VerificationError
        If the run's folder was changed.
    """
    with speaking(request.language):
        text = request.number.strip()
        if not readings(text):
            text = next((t.text for t in tokens(text)), "")
        if not readings(text):
            raise InputError(
                note("brief.why-not-number", number=repr(request.number[:40])),
                fix=note("brief.why-not-number.fix"),
            )
        found = read_released(request.run)
        held = read_approvals(found.folder)
        facts = facts_of(found, held, request.language)
        run = of_run(facts, found.estimate, found.tables, titles_of(found))
        matches = whys(text, facts, [one_page(facts)], run, found.page)
    return NumberAnswer(text, request.language, tuple(matches))
