"""`uncounted ranks`: which ranks each origin may hold, never a bare league table."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option
from uncounted.cli._patterns import code, codes, give, output_options


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--method",
    type=click.Choice(["exact", "stepdown", "joint"]),
    default="exact",
    show_default=True,
    help="exact: counts. stepdown: estimates with draws or standard errors. joint: from intervals.",
)
@click.option(
    "--simultaneous/--marginal",
    default=True,
    show_default=True,
    help="All rank sets hold together, or each holds alone.",
)
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    help="Probability that the rank sets hold.",
)
@click.option("--destination", help="Country that detected the victims (without FILE).")
@click.option("--year", "years", type=int, multiple=True, help="Year; may be repeated.")
@click.option("--origin", "origins", multiple=True, help="Keep this origin only; may be repeated.")
@click.option(
    "--region", help="Keep origins of one region: Africa, America, Asia, Europe, Pacific."
)
@click.option("--form", help="Not possible for ranks: the table does not cross origin and form.")
@click.option("--nationals", is_flag=True, help="Keep citizens of the destination as well.")
@click.option("--top", type=click.IntRange(1), help="Keep only this many of the largest origins.")
@click.option(
    "--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True,
    help="Resamples of the stepdown method.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True,
    help="Root of all random draws; the same seed gives the same figures.",
)  # fmt: skip
@output_options
@json_option
def ranks(
    file: Path | None,
    method: Literal["exact", "stepdown", "joint"],
    simultaneous: bool,
    level: float,
    destination: str | None,
    years: tuple[int, ...],
    origins: tuple[str, ...],
    region: str | None,
    form: str | None,
    nationals: bool,
    top: int | None,
    draws: int,
    seed: int,
    csv_path: Path | None,
    html_path: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Say which ranks each origin may hold, and which tiers can be told apart.

    FILE has a column origin and a column count (or estimate), and where there are any: se, lower
    and upper, draw1, draw2, ... Without FILE the bundled UNODC table of detected victims is
    ranked, e.g. `uncounted ranks --destination USA --year 2008`.
    """
    if file is not None and (destination or years or origins or region or nationals):
        raise click.UsageError("Filters choose from the bundled table; leave them out with FILE.")
    from uncounted.answers.ranks import RanksRequest, answer

    found = answer(
        RanksRequest(
            file=file,
            method=method,
            simultaneous=simultaneous,
            level=level,
            destination=code(destination),
            years=years or None,
            origins=codes(origins),
            region=region,
            nationals=nationals,
            form=form,
            top=top,
            draws=draws,
            seed=seed,
        )
    )
    give(found, as_json=as_json, csv_path=csv_path, html_path=html_path, picture=picture)
