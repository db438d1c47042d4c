"""`uncounted flows`: from where, to where; detected, expected by gravity, and estimated, kept apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import click

from uncounted.cli._files import Command
from uncounted.cli._options import split
from uncounted.cli._patterns import Asked, place_command

if TYPE_CHECKING:
    from uncounted.answers.flows import FlowsAnswer, FlowsRequest


@click.command(cls=Command)
@place_command(
    suppressed="smaller counts of case data",
    top=25,
    rows="Rows on the screen; JSON, CSV and pages hold all.",
)
@click.option(
    "--gravity/--no-gravity",
    default=None,
    help="Fit the gravity model (default: for published tables, not for case data).",
)
@click.option(
    "--distance",
    type=click.Choice(["distcap", "dist", "distw"]),
    default="distcap",
    show_default=True,
    help="Between capitals, largest cities, or cities weighted by population.",
)
@click.option(
    "--covariates",
    default="distance,contiguity,language,colony",
    show_default=True,
    help="Covariates of the gravity model; also possible: migrants, income.",
)
@click.option(
    "--imputations",
    type=click.IntRange(0, 200),
    default=10,
    show_default=True,
    help="Completed tables for counts published as intervals; 0 for midpoints only.",
)
@click.option(
    "--labels",
    type=click.Choice(["strict", "wide"]),
    default="strict",
    show_default=True,
    help="strict reads exact country labels; wide also reads misspelt and foreign ones.",
)
@click.option(
    "--population",
    metavar="TABLE",
    help="Estimate flows into one --destination from this overlap table's population.",
)
@click.option(
    "--method",
    default="main",
    show_default=True,
    help="Method that estimates the population, with --population.",
)
@click.option(
    "--detection-prior",
    metavar="LOW,HIGH",
    help="Estimate flows into one --destination from a stated share detected.",
)
@click.option("--internal", is_flag=True, help="Keep people detected in their own country.")
def flows(
    asked: Asked,
    gravity: bool | None,
    distance: Literal["distcap", "dist", "distw"],
    covariates: str,
    imputations: int,
    labels: str,
    population: str | None,
    method: str,
    detection_prior: str | None,
    internal: bool,
) -> tuple[FlowsRequest, Callable[..., FlowsAnswer]]:
    r"""Show flows between countries.

    Without FILE the bundled UNODC table of detected victims is used; FILE may be that table,
    CTDC microdata, HTCDS events, or a CSV of legs (columns from, to, year, ...).

    \b
    uncounted flows --destination USA --years 2013-2014
    uncounted flows --region Europe --html flows.html
    """  # fmt: skip
    from uncounted.answers.flows import FlowsRequest, answer
    from uncounted.answers.overlap_table import TableRequest

    if population is not None and detection_prior is not None:
        raise click.UsageError("Choose --population or --detection-prior, not both.")
    request = FlowsRequest(
        **asked,
        gravity=gravity,
        distance=distance,
        covariates=split(covariates),
        imputations=imputations,
        wide_labels=labels == "wide",
        population=None if population is None else TableRequest(population),
        method=method,
        detection_prior=None if detection_prior is None else _prior(detection_prior),
        internal=internal,
    )
    return request, answer


def _prior(words: str) -> tuple[float, float]:
    try:
        low, high = (float(x) for x in words.split(","))
    except ValueError:
        raise click.UsageError("Write --detection-prior LOW,HIGH, e.g. 0.02,0.10.") from None
    return low, high
