"""`uncounted run`: from lists to page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, note, progress, write_json

if TYPE_CHECKING:
    from uncounted.project.run import RunResult


@click.command(cls=Command)
@click.argument("project", default=".", type=click.Path())
@click.option(
    "--draft",
    is_flag=True,
    help="Mark the page a draft; it is not checked against earlier releases nor recorded as one.",
)
@click.option("--fresh", is_flag=True, help="Do every step again, changed or not.")
@json_option
def run(project: str, draft: bool, fresh: bool, as_json: bool) -> int:
    """Check, link, count overlaps, estimate and write the page of PROJECT (a folder).

    Steps whose inputs have not changed are skipped; a run that was interrupted goes on where it
    stopped. The page and everything it rests on stand in runs/<id>/.
    """
    from uncounted.project.run import run_project
    from uncounted.project.settings import load_project

    loaded = load_project(project)
    with progress("estimating", quiet=as_json) as tell:
        result = run_project(loaded, draft=draft, fresh=fresh, say=note, progress=tell)
    if as_json:
        write_json({"ok": True, **result.to_dict()})
    else:
        _show(result)
    return 4 if result.estimate.refused else 0


def _show(result: RunResult) -> None:
    from uncounted.brief.words import interval_words, people
    from uncounted.charts.doubt import whole_percents

    rows = result.to_dict()["rows"]
    click.echo(
        f"Rows: {rows['rows_in']:,} in = {rows['used']:,} used + {rows['quarantined']:,} quarantined "
        f"+ {rows['not_released']:,} not released"
    )
    detected = "not shown" if result.detected is None else f"{result.detected:,} people"
    assert result.shown is not None
    estimate = result.shown.estimate
    if estimate.refused:
        click.echo(f"Detected: {detected}")
        click.echo(f"No figure: {estimate.refused}")
    else:
        click.echo(f"Detected: {detected}")
        click.echo(
            f"Estimated in all: about {people(estimate.point)} "
            f"({interval_words(estimate.interval)}, "
            f"{estimate.interval.level if estimate.interval else 0:.0%} interval)"
        )
        for part, share in zip(
            result.parts, whole_percents(list(result.parts.values())), strict=True
        ):
            click.echo(f"  doubt from {part}: {share}%")
        verdict = estimate.diagnostics.get("verdict") or {}
        if verdict.get("level"):
            click.echo(f"Verdict: {verdict['level']}; the page says why")
    for line in (*estimate.caveats, *result.report.warnings):
        note(f"Note: {line}")
    for name, run in result.held.items():
        note(
            f"Note: the counts of table {name!r} stand as released in run {run}; they changed by "
            "too little to show both."
        )
    skipped = [k for k, v in result.skipped.items() if v]
    if skipped:
        note(f"Skipped, unchanged: {', '.join(skipped)}")
    click.echo(f"Page: {result.page}")
