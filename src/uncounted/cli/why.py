"""`uncounted why`: what a number of a run counts, and where it comes from."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._options import spoken_option
from uncounted.cli._output import json_option, show


@click.command(cls=Command)
@click.argument("number")
@click.argument("run", type=click.Path(path_type=Path))
@spoken_option
@json_option
def why(number: str, run: Path, language: str, as_json: bool) -> None:
    """Say what NUMBER is in RUN (a folder under runs/): what it counts, how, with what to mind.

    NUMBER is written as it stands on the brief or the page, e.g. 1,440 or 12%.
    """
    from uncounted.answers import number_reasons

    found = number_reasons.answer(number_reasons.NumberRequest(number, run, language))  # type: ignore[arg-type]
    show(found, as_json=as_json)
