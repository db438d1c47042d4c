"""`uncounted new`: start a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from uncounted.cli._files import Command, OutputFolder
from uncounted.cli._options import seed_option
from uncounted.cli._output import json_option, show

if TYPE_CHECKING:
    from uncounted.answers.projects import Errors


@click.command(cls=Command, epilog="Example: uncounted new my-project --example")
@click.argument("name", type=OutputFolder())
@click.option("--example", is_flag=True, help="Fill it with the made-up example coalition.")
@seed_option("Root seed of the example.", default=1)
@click.option(
    "--errors",
    type=click.Choice(["low", "medium", "high"]),
    default="medium",
    show_default=True,
    help="How wrongly the example's records are written.",
)
@json_option
def new(name: Path, example: bool, seed: int, errors: Errors, as_json: bool) -> None:
    """Make the folder NAME with a project file, a place for lists and one for decisions.

    With --example the project holds five made-up member lists of a population of known size:
    a shelter, a legal clinic, a hotline, a police unit and a Korean community centre.
    """
    from uncounted.answers import projects

    request = projects.ProjectRequest(name, example, seed, errors)
    show(projects.answer(request), as_json=as_json)
