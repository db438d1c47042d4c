"""`uncounted brief`: one page for an advocate, from a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uncounted.cli._files import Command, OutputFile, write_bytes, write_text
from uncounted.cli._options import spoken_option
from uncounted.cli._output import json_option, show


@click.command(cls=Command)
@click.argument("run", type=click.Path(path_type=Path))
@spoken_option
@click.option("--pdf", "pdf_path", type=OutputFile(), help="One page of paper, PDF/UA-1.")
@click.option("--docx", "docx_path", type=OutputFile(), help="A Word copy to edit.")
@click.option(
    "--html", "html_path", type=OutputFile(), help="One file for desktop, phone and print."
)
@click.option(
    "--card", "card_path", type=OutputFile(), help="A card for sharing, PNG of 1200 x 630."
)
@click.option("--title", help="Title in this language, kept for the run.")
@click.option("--counts", help="Whom the figure counts, in this language, kept for the run.")
@click.option("--where", help="Where, in this language, kept for the run.")
@click.option("--when", help="When, in this language, kept for the run.")
@click.option(
    "--advisory", help="What a survivors' advisory said, and who they are; kept for the run."
)
@click.option("--approve", default="", help='Approve the brief as "Name, role". Two people must.')
@click.option("--day", default="", help="Day of the approval, e.g. 2026-11-27; today unless given.")
@click.option("--publish", is_flag=True, help="Put the approved brief into briefs/ and its feed.")
@click.option(
    "--for",
    "funders",
    multiple=True,
    type=click.Choice(["ovc", "otip"]),
    help="List the numbers a grant report asks for: which the run gives, and which it cannot.",
)
@json_option
def brief(
    run: Path,
    language: str,
    pdf_path: Path | None,
    docx_path: Path | None,
    html_path: Path | None,
    card_path: Path | None,
    advisory: str | None,
    approve: str,
    day: str,
    publish: bool,
    funders: tuple[str, ...],
    as_json: bool,
    **words: Any,
) -> None:
    """Make one page for an advocate from RUN (a folder under runs/): what the run published, no more.

    It is marked a draft until two different people have approved it. Where the lists do not carry a
    figure it says so, and gives none.
    """
    from uncounted.answers import briefs
    from uncounted.errors import UsageError

    paths = (pdf_path, docx_path, html_path, card_path)
    for path in paths:
        if path is not None and path.resolve().is_relative_to(run.resolve()):
            raise UsageError(
                f"{path.name} would stand in the run's folder, which holds what the run wrote.",
                fix="Name a file in another folder.",
            )
    found = briefs.answer(
        briefs.BriefRequest(
            run,
            language,  # type: ignore[arg-type]
            briefs.Words(**words),
            advisory,
            approve,
            day,
            publish,
            funders,
        )
    )
    if html_path is not None:
        write_text(html_path, found.html())
    for path, make in ((pdf_path, found.pdf), (docx_path, found.docx), (card_path, found.card)):
        if path is not None:
            write_bytes(path, make())
    show(found, as_json=as_json, written=paths)
