"""`uncounted demo`: from a published table to figures, from lists to a page, from claims to verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uncounted.cli._files import Command, OutputFolder, write_text
from uncounted.cli._output import json_option, note, write_json
from uncounted.cli._tables import load_table, table_summary
from uncounted.cli.estimate import estimate_all, print_estimates, write_page

__all__ = ["demo"]

_METHODS = (
    "main", "all-pairs", "stepwise", "bic", "aic", "averaged", "lower-bound", "pairs", "m0",
    "mh:chao", "mth:chao", "sample-coverage:low",
)  # fmt: skip


@click.command(cls=Command)
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
    from uncounted.estimators.registry import Settings

    source = load_table("uk2013")
    settings = Settings()
    if not as_json:
        note("Estimating. The first run on a machine compiles for about half a minute.")
    found = estimate_all(source.table, _METHODS, settings, quiet=as_json)
    page = folder / "uk2013.html"
    write_page(page, source, found, settings, made_with="uncounted demo", threshold=0)
    report: dict[str, Any] = {
        "ok": True,
        "table": table_summary(source),
        "estimates": [e.to_dict() for e in found],
        "page": str(page),
    }
    if not as_json:
        print_estimates(source, found)
        click.echo()
        click.echo(f"The page with the pictures: {page.resolve()}")
    if not short:
        report["coalition"] = _coalition(folder, as_json)
        report["claims"] = _claims(folder, as_json)
    if as_json:
        write_json(report)


def _coalition(folder: Path, as_json: bool) -> dict[str, Any]:
    """Run the example coalition, whose true size is known because it is made up."""
    from uncounted.brief.words import interval_words, people
    from uncounted.project.new import new_project
    from uncounted.project.publish import rounded_interval
    from uncounted.project.results import rounded
    from uncounted.project.run import run_project
    from uncounted.project.settings import load_project
    from uncounted.synthetic import POPULATION

    place = folder / "chicago"
    if not (place / "uncounted.toml").exists():
        new_project(place, example=True)
    if not as_json:
        click.echo()
        click.echo("A made-up coalition: five member lists, from raw files to a page.")
    result = run_project(load_project(place), say=note if not as_json else _silent)
    if not as_json:
        estimate = result.estimate
        if estimate.point is None or estimate.interval is None:
            click.echo(f"No figure: {estimate.refused}")
        else:
            click.echo(
                f"Estimated in all: about {people(rounded(estimate.point))} "
                f"({interval_words(rounded_interval(estimate.interval))})."
            )
        click.echo(f"They were made of {people(POPULATION)} people.")
        click.echo(f"Its page: {Path(result.page).resolve()}")
    return result.to_dict()


def _claims(folder: Path, as_json: bool) -> dict[str, Any]:
    """Put the shipped ledger of claims to the test."""
    from uncounted.cli.claims import build_page
    from uncounted.patterns.claims import test_claims
    from uncounted.patterns.claims_ledger import load_ledger

    book = load_ledger()
    findings = test_claims(book)
    page = folder / "claims.html"
    write_text(page, build_page(book, findings))
    verdicts = [f.verdict for f in findings]
    counted = {v: verdicts.count(v) for v in dict.fromkeys(verdicts)}
    if not as_json:
        click.echo()
        told = ", ".join(f"{k} {v}" for v, k in counted.items())
        click.echo(f"Published claims put to the test: {told}.")
        click.echo(f"Their page: {page.resolve()}")
    return {"page": str(page), "verdicts": counted}


def _silent(text: str) -> None:
    """Say nothing."""
