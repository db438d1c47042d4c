"""`uncounted demo`: from a published table to figures, from lists to a page, from claims to verdicts."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command, OutputFolder, write_text
from uncounted.cli._output import json_option, note, stages, tell, write_json
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note
from uncounted.core.notes import note as made_note


@click.command(cls=Command, epilog="Example: uncounted demo --short")
@click.option(
    "--folder",
    type=OutputFolder(),
    default=Path("uncounted-demo"),
    show_default=True,
    help="Where to write the pages.",
)
@click.option("--short", is_flag=True, help="The published table only.")
@json_option
def demo(folder: Path, short: bool, as_json: bool) -> None:
    """See it work on the UK's table of 2013, a made-up coalition and published claims.

    First the potential victims of trafficking in the UK in 2013, from overlap table to page; then
    five made-up member lists of a population whose size is known; last, claims put to the test.
    """
    from uncounted.answers import demonstrations
    from uncounted.brief.page import render

    request = demonstrations.DemonstrationRequest(folder)
    if not as_json:
        note(str(Note("answers.demo.first-run")))
    with stages(quiet=as_json) as progress:
        found = demonstrations.answer(request, progress=progress)
    page = folder / "uk2013.html"
    write_text(page, render(found.page(made_with="uncounted demo")))
    report = {"ok": True, **found.to_dict(), "page": str(page)}
    if not as_json:
        tell(found.told())
        click.echo(f"\n{made_note('answers.demo.page', page=str(page.resolve()))}")
    if not short:
        if not as_json:
            click.echo(f"\n{Note('answers.demo.coalition')}")
        made = demonstrations.coalition(request, say=None if as_json else note)
        report["coalition"] = made.to_dict()
        if not as_json:
            tell(made.told())
        report["claims"] = _claims(folder, as_json)
    if as_json:
        write_json(report)


def _claims(folder: Path, as_json: bool) -> JSONObject:
    """Put the shipped ledger of claims to the test."""
    from uncounted.answers.claims import ClaimsRequest, answer
    from uncounted.brief.pages import render

    found = answer(ClaimsRequest())
    page = folder / "claims.html"
    write_text(page, render(found.page()))
    verdicts = [f.verdict for f in found.findings]
    counted: dict[str, JSON] = {v: verdicts.count(v) for v in dict.fromkeys(verdicts)}
    if not as_json:
        told = ", ".join(f"{k} {v}" for v, k in counted.items())
        click.echo(f"\n{made_note('answers.demo.claims', counts=told)}")
        click.echo(made_note("answers.demo.claims-page", page=str(page.resolve())))
    return {"page": str(page), "verdicts": counted}
