"""`uncounted new`: start a project."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command, OutputFolder
from uncounted.cli._output import json_option, write_json


@click.command(cls=Command)
@click.argument("name", type=OutputFolder())
@click.option("--example", is_flag=True, help="Fill it with the made-up example coalition.")
@click.option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(0),
    help="Root seed of the example.",
)
@click.option(
    "--errors",
    type=click.Choice(["low", "medium", "high"]),
    default="medium",
    show_default=True,
    help="How wrongly the example's records are written.",
)
@json_option
def new(name: Path, example: bool, seed: int, errors: str, as_json: bool) -> None:
    """Make the folder NAME with a project file, a place for lists and one for decisions.

    With --example the project holds five made-up member lists of a population of known size:
    a shelter, a legal clinic, a hotline, a police unit and a Korean community centre.
    """
    from uncounted.project.new import new_project

    path = new_project(name, example=example, seed=seed, errors=errors)
    if as_json:
        write_json({"ok": True, "project": str(name), "file": str(path), "example": example})
        return
    click.echo(f"Project: {name}")
    if example:
        click.echo(f"Next: uncounted check {name}, then uncounted run {name}")
    else:
        click.echo(
            f"Next: put the lists in {name}/lists, name them in {path}, then uncounted check {name}"
        )
