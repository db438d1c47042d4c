"""`uncounted shares`: which part each form, sector or origin has, with intervals."""

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
    "--by", type=click.Choice(["form", "origin"]), default="form", show_default=True,
    help="Shares of forms of exploitation, or of origins.",
)  # fmt: skip
@click.option("--destination", help="Country that detected the victims (without FILE).")
@click.option(
    "--year",
    "years",
    type=int,
    multiple=True,
    help="Year; may be repeated, and the page then shows what moved.",
)
@click.option(
    "--form",
    "forms",
    multiple=True,
    help="Show this form only; may be repeated. Denominators stay the same.",
)
@click.option(
    "--origin", "origins", multiple=True, help="Show this origin only (with --by origin)."
)
@click.option("--region", help="Show origins of one region only (with --by origin).")
@click.option(
    "--method",
    type=click.Choice(["goodman", "exact", "sison-glaz", "dirichlet"]),
    default="goodman",
    show_default=True,
    help="Kind of interval; docs/shares.md says when to choose which.",
)
@click.option(
    "--simultaneous/--marginal", default=True, show_default=True,
    help="All intervals hold together, or each holds alone.",
)  # fmt: skip
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    help="Nominal coverage of the intervals.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True,
    help="Root of all random draws; the same seed gives the same figures.",
)  # fmt: skip
@output_options
@json_option
def shares(
    file: Path | None,
    by: Literal["form", "origin"],
    destination: str | None,
    years: tuple[int, ...],
    forms: tuple[str, ...],
    origins: tuple[str, ...],
    region: str | None,
    method: Literal["goodman", "exact", "sison-glaz", "dirichlet"],
    simultaneous: bool,
    level: float,
    seed: int,
    csv_path: Path | None,
    html_path: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Give the share of each form (or origin) with intervals that hold together.

    FILE has columns form and count; with a column answered beside it, a person may be in several
    forms and the shares need not add to 100%. Without FILE the bundled UNODC table is read, e.g.
    `uncounted shares --destination USA --year 2013`.
    """
    _check(file, by, destination, years, forms, origins, region)
    from uncounted.answers.shares import SharesRequest, answer

    found = answer(
        SharesRequest(
            file=file,
            by=by,
            destination=code(destination),
            years=years,
            forms=forms,
            origins=codes(origins) or (),
            region=region,
            method=method,
            simultaneous=simultaneous,
            level=level,
            seed=seed,
        )
    )
    give(found, as_json=as_json, csv_path=csv_path, html_path=html_path, picture=picture)


def _check(
    file: Path | None,
    by: str,
    destination: str | None,
    years: tuple[int, ...],
    forms: tuple[str, ...],
    origins: tuple[str, ...],
    region: str | None,
) -> None:
    """Refuse options that do not go together."""
    if file is not None:
        if destination or years or forms or origins or region or by != "form":
            raise click.UsageError(
                "Filters choose from the bundled table; leave them out with FILE."
            )
        return
    if not destination:
        raise click.UsageError("Name --destination (and --year), or give a FILE.")
    if by == "form" and (origins or region):
        raise click.UsageError("The table does not cross form with origin; use --by origin.")
    if by == "origin" and forms:
        raise click.UsageError("The table does not cross origin with form; use --by form.")
