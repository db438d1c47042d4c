"""`uncounted run`: from lists to page."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._options import outside_option
from uncounted.cli._output import json_option, note, show, stages


@click.command(cls=Command, epilog="Example: uncounted run my-project")
@click.argument("project", default=".", type=click.Path(path_type=Path))
@click.option(
    "--draft",
    is_flag=True,
    help="Mark the page a draft; it is not checked against earlier releases nor recorded as one.",
)
@click.option("--fresh", is_flag=True, help="Do every step again, changed or not.")
@outside_option
@json_option
def run(project: Path, draft: bool, fresh: bool, outside: bool, as_json: bool) -> int:
    """Check, link, count overlaps, estimate and write the page of PROJECT (a folder).

    Steps whose inputs have not changed are skipped; a run that was interrupted goes on where it
    stopped. The page and everything it rests on are in runs/<id>/.
    """
    from uncounted.answers import runs

    request = runs.RunRequest(project, draft, fresh, outside)
    with stages(quiet=as_json) as progress:
        found = runs.answer(request, progress=progress, say=note)
    show(found, as_json=as_json)
    return 4 if found.refused else 0
