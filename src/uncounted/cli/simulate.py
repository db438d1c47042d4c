"""`uncounted simulate`: how often an interval would be right, where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uncounted.cli._files import Command, OutputFolder, save_picture, write_text
from uncounted.cli._options import (
    bootstrap_option,
    level_option,
    methods_option,
    output_option,
    part_option,
    seed_option,
    split,
    table_options,
    whole_option,
)
from uncounted.cli._output import json_option, show, stages
from uncounted.errors import InputError

__all__ = ["simulate"]

_DESIGNS = ("independent", "positive", "negative", "latent", "exclusive", "rasch", "two-worlds")


@click.command(cls=Command, epilog="Example: uncounted simulate --design latent --replications 100")
@click.option(
    "--like", metavar="TABLE", help="Lists like those of TABLE: a model fitted to it is the truth."
)
@click.option(
    "--model",
    default="bic",
    show_default=True,
    metavar="M",
    help="With --like: the model taken as the truth (bic, aic, stepwise, main, [12,13,4]).",
)
@click.option("--design", type=click.Choice(_DESIGNS), help="A made-up population instead.")
@whole_option(
    "--population", "People in the made-up population.", default=2000, least=2, most=10**9,
    metavar="N",
)  # fmt: skip
@click.option(
    "--probabilities",
    default="0.2,0.15,0.12,0.1",
    show_default=True,
    metavar="P,P,...",
    help="Probability of each list; as many as there are lists.",
)
@click.option(
    "--strength",
    type=float,
    help="How strong the dependence is: log odds ratio of pairs (1), odds factor of the latent "
    "class that is easy to find (5), standard deviation of ease (rasch, 1), factor between the "
    "two worlds (3).",
)
@part_option("--share", 0.2, "With latent: share of the class that is easy to find.")
@methods_option("Method to put to the test; may be repeated. The consensus by default.")
@whole_option("--replications", "Tables to draw.", default=200, most=1_000_000, metavar="R")
@bootstrap_option(
    "Resamples per table for methods that need them; 0 for none.", default=0, most=100_000
)
@level_option("Nominal coverage.")
@seed_option()
@whole_option("--workers", "Processes; all cores by default. Results do not depend on it.")
@click.option(
    "--resume",
    type=OutputFolder(),
    metavar="FOLDER",
    help="Keep parts here and go on from them after an interruption.",
)
@output_option("--html", "html", "A page (.html), or its picture alone (.svg, .png or .pdf).")
@table_options("like")
@json_option
def simulate(
    probabilities: str, methods: tuple[str, ...], html: Path | None, as_json: bool, **asked: Any
) -> None:
    """Draw tables from a population of known size and see how often each interval is right.

    With --like TABLE: how often would this interval be right for lists like ours? With --design:
    for a made-up population.
    """
    from uncounted.answers import simulations

    request = simulations.SimulationRequest(
        probabilities=_numbers(probabilities), methods=methods or ("consensus",), **asked
    )
    with stages(quiet=as_json) as progress:
        found = simulations.answer(request, progress=progress)
    if html is not None:
        if html.suffix.lower() in (".html", ".htm"):
            from uncounted.brief.page import render

            write_text(html, render(found.page()))
        else:
            save_picture(found.picture(), html)
    show(found, as_json=as_json, written=[html])


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(x) for x in split(text))
    except ValueError:
        raise InputError(
            "The probabilities are not numbers between commas.",
            fix="Write for instance --probabilities 0.2,0.15,0.1.",
        ) from None
