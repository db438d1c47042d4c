"""`uncounted verify`: repeat a run and compare."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, note, show


@click.command(cls=Command, epilog="Example: uncounted verify my-project/runs/RUN")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--docx",
    "docx_path",
    type=click.Path(path_type=Path),
    help="Compare the numbers of this Word copy of the brief with RUN, and repeat nothing.",
)
@click.option(
    "--run",
    "of_run",
    type=click.Path(path_type=Path),
    help="The run, where a Word copy is named in place of RUN.",
)
@json_option
def verify(run: Path, docx_path: Path | None, of_run: Path | None, as_json: bool) -> int:
    """Repeat RUN (a folder under runs/) from its manifest and compare every output.

    `verify FILE.docx --run RUN` compares the numbers of a Word copy of the brief with the run instead.
    Ends with status 5 if anything differs from what the run wrote.
    """
    if docx_path is None and of_run is None and run.suffix.lower() != ".docx":
        from uncounted.answers import verifications

        found = verifications.answer(verifications.VerificationRequest(run), say=note)
        show(found, as_json=as_json)
        return 0
    from uncounted.answers import word_copies
    from uncounted.core import notes
    from uncounted.errors import UsageError

    file, folder = (docx_path, run) if docx_path is not None else (run, of_run)
    if folder is None or (docx_path is not None and of_run is not None):
        raise UsageError(notes.note("brief.word.which"), fix=notes.note("brief.word.which.fix"))
    compared = word_copies.answer(word_copies.CopyRequest(file, folder))
    show(compared, as_json=as_json, ok=compared.equal)
    if compared.equal:
        return 0
    if not as_json:
        raise compared.error()
    return 5
