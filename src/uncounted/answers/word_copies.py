"""Whether the numbers of an edited Word copy are still those of the run's brief."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from uncounted.answers.briefs import ALL, brief_of, content_hash
from uncounted.answers.shape import Column, Line, Rows, Say, Stages, Told
from uncounted.brief.messages import say as say_note
from uncounted.brief.messages import speaking
from uncounted.brief.word_copy import Changed, changes, read_copy
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError, VerificationError
from uncounted.project.approvals import read_approvals
from uncounted.project.released import read_released

__all__ = ["CopyAnswer", "CopyRequest", "answer"]


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """Ask whether a Word copy says what the run's brief says.

    Parameters
    ----------
    file
        The copy.
    run
        A folder under ``runs``.
    """

    file: Path
    run: Path


@dataclass(frozen=True, slots=True)
class CopyAnswer:
    """What was found.

    Parameters
    ----------
    run
        Its id.
    numbers
        How many numbers the copy holds.
    found
        Numbers that are not the brief's.
    """

    run: str
    numbers: int
    found: tuple[Changed, ...]

    @property
    def equal(self) -> bool:
        """Whether no number was changed or added; some may have been taken out."""
        return all(c.kind == "missing" for c in self.found)

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "run": self.run,
            "equal": self.equal,
            "numbers": self.numbers,
            "changed": [c.to_dict() for c in self.found if c.kind != "missing"],
            "missing": [c.to_dict() for c in self.found if c.kind == "missing"],
        }

    def rows(self) -> Rows:
        """Return a row a number that is not the brief's."""
        return Rows(
            (
                Column("kind"),
                Column("was", right=True),
                Column("now", right=True),
                Column("around"),
            ),
            tuple((c.kind, c.was, c.now, c.around) for c in self.found) or (("", "", "", ""),),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        out = [Line(f"{_said(c)}: {c.around}") for c in self.found]
        if self.equal:
            count = Number(self.numbers)
            out.append(Line(note("brief.word.equal", run=self.run, count=count)))
        return tuple(out)

    def error(self) -> VerificationError:
        """Return what is raised, for whoever needs a sentence: which number first, and how many."""
        wrong = [c for c in self.found if c.kind != "missing"]
        return VerificationError(
            note(
                "brief.word.changed",
                count=Number(len(wrong)),
                run=self.run,
                first="; ".join(_said(c) for c in wrong[:3]),
            ),
            fix=note("brief.word.changed.fix"),
        )


def _said(c: Changed) -> str:
    parts = {"was": c.was, "now": c.now}
    return say_note(Note(f"brief.word.kind.{c.kind}", (), tuple(parts.items())))


def answer(
    request: CopyRequest, *, progress: Stages | None = None, say: Say | None = None
) -> CopyAnswer:
    """Make the copy anew from the run and compare number by number.

    Raises
    ------
    InputError
        If the file is no Word file or no copy of a brief, or the folder is no run.
    VerificationError
        If it is a copy of another run's brief, or the run's folder was changed.
    """
    found = read_released(request.run)
    try:
        data = request.file.read_bytes()
    except OSError:
        raise InputError(note("brief.word.none"), fix=note("brief.word.none.fix")) from None
    theirs = read_copy(data)
    language = next((x for x in ALL if x == theirs.language), None)
    if not theirs.run or language is None:
        raise InputError(note("brief.word.not-ours"), fix=note("brief.word.not-ours.fix"))
    if theirs.run != found.run:
        raise VerificationError(
            note("brief.word.other-run", run=theirs.run), fix=note("brief.word.other-run.fix")
        )
    held = read_approvals(found.folder)
    with speaking(language):
        ours = read_copy(brief_of(found, held, language, content_hash(found, held)).docx())
    return CopyAnswer(found.run, len(theirs.numbers), changes(ours, theirs))
