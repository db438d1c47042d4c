"""A run repeated from its manifest, and every output compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncounted.answers.runs import verify_run
from uncounted.answers.shape import Column, Line, Rows, Say, Stages, Told
from uncounted.core.notes import Number, note
from uncounted.project.verify import Verified

__all__ = ["VerificationAnswer", "VerificationRequest", "answer"]


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """Ask whether a run (a folder under ``runs``) comes out the same again."""

    run: Path


@dataclass(frozen=True, slots=True)
class VerificationAnswer:
    """It does; where it does not, `answer` raises."""

    found: Verified

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"run": self.found.run, "outputs": self.found.outputs, "equal": True}

    def rows(self) -> Rows:
        """Return one row."""
        return Rows(
            (Column("run"), Column("files equal", right=True)),
            ((self.found.run, self.found.outputs),),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        files = Number(self.found.outputs)
        return (Line(note("answers.verify.equal", run=self.found.run, files=files)),)


def answer(
    request: VerificationRequest, *, progress: Stages | None = None, say: Say | None = None
) -> VerificationAnswer:
    """Repeat the run.

    Raises
    ------
    VerificationError
        If anything is not as the run wrote it.
    """
    found = verify_run(request.run) if say is None else verify_run(request.run, say=say)
    return VerificationAnswer(found)
