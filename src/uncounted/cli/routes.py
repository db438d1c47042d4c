"""`uncounted routes`: origin, transit, destination; the likely routes, and statements put to the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from uncounted.cli._files import Command
from uncounted.cli._patterns import Asked, codes, place_command

if TYPE_CHECKING:
    from uncounted.answers.routes import RoutesAnswer, RoutesRequest


@click.command(cls=Command)
@place_command(
    suppressed="routes of case data with fewer cases",
    top=10,
    rows="How many likely routes, destinations and transit countries to show.",
    most=200,
)
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
@click.option(
    "--draws", type=click.IntRange(50, 20_000), default=400, show_default=True,
    help="Draws of the chain of countries.",
)  # fmt: skip
@click.option(
    "--tests/--no-tests",
    default=True,
    show_default=True,
    help="Put the statements about routes to the test.",
)
def routes(
    asked: Asked,
    legs: tuple[str, ...],
    alpha: float | None,
    draws: int,
    tests: bool,
) -> tuple[RoutesRequest, Callable[..., RoutesAnswer]]:
    r"""Show routes over transit countries.

    Without FILE the bundled routes stated in reports are used; FILE may be route statements,
    HTCDS events, or a CSV of legs (columns case, leg, from, to, year, ...).

    \b
    uncounted routes --origin KOR
    uncounted routes --leg SLV:MEX --leg ROU:CZE --leg NPL:IND --no-tests
    """  # fmt: skip
    from uncounted.answers.routes import RoutesRequest, answer

    request = RoutesRequest(
        **asked,
        legs=tuple(_leg(words) for words in legs),
        prior=alpha,
        draws=draws,
        tests=tests,
    )
    return request, answer


def _leg(words: str) -> tuple[str, str]:
    ends = words.replace(">", ":").split(":")
    if len(ends) != 2:
        raise click.UsageError("Write --leg FROM:TO, e.g. SLV:MEX.")
    start, end = codes(ends) or ("", "")
    return start, end
