"""`uncounted check`: what is in the lists, and what will be used."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._options import outside_option
from uncounted.cli._output import json_option, show, stages


@click.command(cls=Command, epilog="Example: uncounted check my-project")
@click.argument("project", default=".", type=click.Path(path_type=Path))
@click.option("--no-keep", is_flag=True, help="Leave the project file as it is.")
@outside_option
@json_option
def check(project: Path, no_keep: bool, outside: bool, as_json: bool) -> int:
    """Account for every row of every list of PROJECT (a folder; here by default).

    Per list: rows read, used, quarantined (row number and reason, never the content) and not
    released; how much of each field is filled; duplicates; dates that cannot be; what linkage
    will use. A column that may forbid linkage and that nobody has explained stops its list:
    none of its rows is used, and the command ends with status 3. Guessed columns are shown with a score and kept in uncounted.toml.
    """
    from uncounted.answers import checks

    request = checks.CheckRequest(project, not no_keep, outside)
    with stages(quiet=as_json) as progress:
        found = checks.answer(request, progress=progress)
    stopped = found.stopped
    show(found, as_json=as_json, ok=stopped is None)
    if stopped is not None and not as_json:
        raise stopped
    return 0 if stopped is None else stopped.exit_status
