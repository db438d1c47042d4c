"""A project begun: its folder, empty or with the made-up example coalition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from uncounted.answers.shape import Column, Line, Rows, Stages, Told, between
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import note
from uncounted.errors import InputError
from uncounted.project.new import new_project

__all__ = ["Errors", "ProjectAnswer", "ProjectRequest", "answer"]

Errors = Literal["low", "medium", "high"]
"""How wrongly the example's records are written."""


@dataclass(frozen=True, slots=True)
class ProjectRequest:
    """Ask for a new project.

    Parameters
    ----------
    folder
        Where; it is made.
    example
        Whether to fill it with the example coalition.
    seed, errors
        Of the example.
    """

    folder: Path
    example: bool = False
    seed: int = 1
    errors: Errors = "medium"

    def __post_init__(self) -> None:
        """Check the numbers."""
        between("seed", self.seed, 0)
        if self.errors not in get_args(Errors):
            raise InputError(f"errors is {self.errors!r}; it must be low, medium or high.")


@dataclass(frozen=True, slots=True)
class ProjectAnswer:
    """The project that was made: its folder and its file of settings."""

    folder: Path
    file: Path
    example: bool

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"project": str(self.folder), "file": str(self.file), "example": self.example}

    def rows(self) -> Rows:
        """Return one row."""
        return Rows(
            (Column("project"), Column("file"), Column("example")),
            ((str(self.folder), str(self.file), self.example),),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        folder = str(self.folder)
        if self.example:
            after = note("answers.project.example", folder=folder)
        else:
            after = note("answers.project.empty", folder=folder, file=str(self.file))
        return (Line(note("terms.project", folder=str(folder))), Line(after))


def answer(request: ProjectRequest, *, progress: Stages | None = None) -> ProjectAnswer:
    """Make the folder."""
    file = new_project(
        request.folder, example=request.example, seed=request.seed, errors=request.errors
    )
    return ProjectAnswer(request.folder, file, request.example)
