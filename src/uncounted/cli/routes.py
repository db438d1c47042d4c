"""`uncounted routes`: origin, transit, destination; the likely routes, and statements put to the test."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, stages
from uncounted.cli._patterns import (
    codes,
    continent,
    filter_options,
    give,
    output_options,
    years_of,
)


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@filter_options
@click.option(
    "--leg",
    "legs",
    multiple=True,
    metavar="FROM:TO",
    help="When is this leg stated, and how likely is it? May be repeated.",
)
@click.option(
    "--prior",
    "alpha",
    type=click.FloatRange(0.01, 1000),
    default=None,
    help="Weight of the gravity prior, in statements. By default learned from the moves.",
)
@click.option("--draws", type=click.IntRange(50, 20_000), default=400, show_default=True)
@click.option(
    "--tests/--no-tests",
    default=True,
    show_default=True,
    help="Put the statements about routes to the test.",
)
@click.option(
    "--threshold",
    type=click.IntRange(5),
    default=11,
    show_default=True,
    help="Suppress routes of case data with fewer cases.",
)
@click.option("--top", type=click.IntRange(1, 200), default=10, show_default=True)
@click.option("--level", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--log", "verbose", is_flag=True, help="Show the quarantine log in full.")
@output_options
@json_option
def routes(
    file: Path | None,
    years: tuple[str, ...],
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    region: str | None,
    form: str | None,
    legs: tuple[str, ...],
    alpha: float | None,
    draws: int,
    tests: bool,
    threshold: int,
    top: int,
    level: float,
    seed: int,
    verbose: bool,
    csv_path: Path | None,
    html_path: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    r"""Show routes over transit countries.

    Without FILE the bundled routes stated in reports are used; FILE may be route statements,
    HTCDS events, or a CSV of legs (columns case, leg, from, to, year, ...).

    \b
    uncounted routes --origin KOR
    uncounted routes --leg SLV:MEX --leg ROU:CZE --leg NPL:IND --no-tests
    """  # fmt: skip
    from uncounted.answers.routes import RoutesRequest, answer

    request = RoutesRequest(
        file=file,
        years=years_of(years),
        origins=codes(origins),
        destinations=codes(destinations),
        region=continent(region),
        form=form,
        legs=tuple(_leg(words) for words in legs),
        prior=alpha,
        draws=draws,
        tests=tests,
        threshold=threshold,
        top=top,
        level=level,
        seed=seed,
        log=verbose,
    )
    with stages(quiet=as_json) as progress:
        found = answer(request, progress=progress)
    give(found, as_json=as_json, csv_path=csv_path, html_path=html_path, picture=picture)


def _leg(words: str) -> tuple[str, str]:
    ends = words.replace(">", ":").split(":")
    if len(ends) != 2:
        raise click.UsageError("Write --leg FROM:TO, e.g. SLV:MEX.")
    start, end = codes(ends) or ("", "")
    return start, end
