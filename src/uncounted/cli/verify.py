"""`uncounted verify`: repeat a run and compare."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, note, show


@click.command(cls=Command, epilog="Example: uncounted verify my-project/runs/RUN")
@click.argument("run", type=click.Path(path_type=Path))
@json_option
def verify(run: Path, as_json: bool) -> None:
    """Repeat RUN (a folder under runs/) from its manifest and compare every output.

    Ends with status 5 if anything differs from what the run wrote.
    """
    from uncounted.answers import verifications

    found = verifications.answer(verifications.VerificationRequest(run), say=note)
    show(found, as_json=as_json)
