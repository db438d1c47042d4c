"""`uncounted verify`: repeat a run and compare."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, note, write_json


@click.command(cls=Command)
@click.argument("run", type=click.Path(path_type=Path))
@json_option
def verify(run: Path, as_json: bool) -> None:
    """Repeat RUN (a folder under runs/) from its manifest and compare every output.

    Ends with status 5 where anything is not as the run wrote it.
    """
    from uncounted.project.verify import verify_run

    found = verify_run(run, say=note)
    if as_json:
        write_json({"ok": True, "run": found.run, "outputs": found.outputs, "equal": True})
    else:
        click.echo(f"Run {found.run} repeated: {found.outputs} files, all equal.")
