"""`uncounted estimate`: how many people are on no list, by each method asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from uncounted.cli._files import Command, write_text
from uncounted.cli._options import (
    bootstrap_option,
    level_option,
    methods_option,
    output_option,
    seed_option,
    small_cells_option,
    table_options,
    whole_option,
)
from uncounted.cli._output import json_option, show, stages

__all__ = ["estimate"]


def _top(ctx: click.Context, param: click.Parameter, value: str) -> int | Literal["all"]:
    if value == "all":
        return "all"
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise click.BadParameter("a whole number from 1, or 'all'")


@click.command(cls=Command, epilog="Example: uncounted estimate uk2013-5 -m bic --html page.html")
@click.argument("table", required=False, metavar="TABLE")
@methods_option(
    "Method to use; may be repeated. By default main, stepwise, bic, aic, averaged and "
    "lower-bound. `--method list` names them all."
)
@seed_option("Root seed of all resampling.")
@bootstrap_option("Resamples, with the selection repeated in each; 0 for none.")
@level_option("Coverage of intervals.")
@whole_option(
    "--max-order",
    "Lists in the largest interaction that bic, aic and averaged consider.",
    most=15,
)
@click.option(
    "--top",
    default="20",
    show_default=True,
    callback=_top,
    metavar="K|all",
    help="How many of the best models compete again in every resample.",
)
@whole_option("--threads", "Threads; all cores by default. Results do not depend on it.")
@output_option("--html", "html", "Write a page with the figures and two pictures.")
@output_option("--csv", "csv_file", "Write the figures as CSV.")
@small_cells_option
@table_options("table")
@json_option
def estimate(
    methods: tuple[str, ...], html: Path | None, csv_file: Path | None, as_json: bool, **asked: Any
) -> int:
    """Estimate how many people are on no list.

    TABLE is a published name (`uncounted published` lists them) or a .csv, .parquet or .json file
    with one 0/1 column per list and a `count` column, or one row per person.

    Exit status 4 if every method asked for refuses.
    """
    from uncounted.answers import estimates

    if methods == ("list",):
        show(estimates.methods(), as_json=as_json)
        return 0
    if asked["table"] is None:
        raise click.MissingParameter(param_hint="'TABLE'", param_type="argument")
    request = estimates.EstimatesRequest(methods=methods, **asked)
    with stages(quiet=as_json) as progress:
        found = estimates.answer(request, progress=progress)
    if html is not None:
        from uncounted.brief.page import render

        write_text(html, render(found.page()))
    if csv_file is not None:
        write_text(csv_file, found.rows().to_csv())
    show(found, as_json=as_json, ok=not found.refused, written=[html, csv_file])
    return 4 if found.refused else 0
