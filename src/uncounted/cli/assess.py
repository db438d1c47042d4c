"""`uncounted assess`: every method side by side, and whether a figure is defensible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uncounted.cli._files import Command, write_text
from uncounted.cli._options import (
    bootstrap_option,
    factor_option,
    methods_option,
    output_option,
    part_option,
    seed_option,
    small_cells_option,
    table_options,
    whole_option,
)
from uncounted.cli._output import json_option, show, stages

__all__ = ["assess"]


@click.command(
    cls=Command,
    epilog="Example: uncounted assess uk2013-5 --unreachable-group no --matching certain",
)
@click.argument("table")
@click.option(
    "--unreachable-group",
    type=click.Choice(["no", "yes", "unknown"]),
    default="unknown",
    show_default=True,
    help="Is there a group that none of these lists could meet? Yes or unknown caps the verdict.",
)
@click.option(
    "--leaves-reach",
    type=click.Choice(["no", "yes", "unknown"]),
    default="unknown",
    show_default=True,
    help="Does being met by one list keep people from the others (rescued, detained, removed), or "
    "do lists serve separate areas or groups? Yes or unknown caps the verdict.",
)
@click.option(
    "--matching",
    type=click.Choice(["certain", "estimated", "unknown"]),
    default="unknown",
    show_default=True,
    help="How sure is it who is the same person on two lists? All but certain caps the verdict.",
)
@click.option(
    "--refers",
    multiple=True,
    metavar="'A -> B'",
    help="People on list A are sent on to list B. May be repeated, like the next three.",
)
@click.option(
    "--takes-out",
    multiple=True,
    metavar="A",
    help="People on list A are hardly met by others afterwards: in custody, removed, moved away.",
)
@click.option(
    "--separate",
    multiple=True,
    metavar="'A + B, C'",
    help="Lists that serve separate areas or groups: commas between groups, plus inside one.",
)
@click.option(
    "--known-group",
    "known_groups",
    multiple=True,
    nargs=2,
    type=int,
    metavar="SIZE MET",
    help="Of a group of known SIZE, MET people are on a list.",
)
@click.option(
    "--hard-to-find",
    type=click.Choice(["no", "yes", "unknown"]),
    default="unknown",
    show_default=True,
    help="Whether some people are much harder to find than others on every list.",
)
@methods_option(
    "Method to show beside the consensus; may be repeated. All but latent classes by default."
)
@click.option(
    "--claim", type=click.FloatRange(min=1), help="A published figure to hold against the lists."
)
@seed_option()
@bootstrap_option(
    "Resamples for the methods beside the consensus that need them; 0 for none.", default=200
)
@part_option("--homogeneous", 0.4, "Prior belief that nobody is easier to find than others.")
@factor_option(
    "--prior-odds", 3.0, "Prior median of people unseen per person seen.", least=0.0, open_=True
)
@factor_option(
    "--prior-sd", 2.0, "Standard deviation of the logarithm of those odds.", least=0.0, open_=True
)
@factor_option("--widest", 10.0, "Interval wider than this factor: not supported.")
@factor_option("--supported-width", 4.5, "Widest interval, as a factor, of a supported figure.")
@factor_option(
    "--supported-spread",
    1.35,
    "Largest factor between the methods' medians in a supported figure.",
)
@whole_option(
    "--fewest-overlap", "Fewer people on two lists or more: not supported.", default=10
)  # fmt: skip
@click.option("--no-validation", is_flag=True, help="Leave the internal validation out.")
@output_option("--html", "html", "Write a page with the verdict, the figures and the pictures.")
@whole_option("--threads", "Methods at a time; all cores by default.")
@small_cells_option
@table_options("table")
@json_option
def assess(no_validation: bool, html: Path | None, as_json: bool, **asked: Any) -> int:
    """Run every method on TABLE and say whether a figure is defensible.

    TABLE is a published name (`uncounted published` lists them) or a .csv, .parquet or .json file
    with one 0/1 column per list and a `count` column, or one row per person.

    Exit status 4 if the verdict is "not supported".
    """
    from uncounted.answers import verdicts

    request = verdicts.VerdictRequest(validation=not no_validation, **asked)
    with stages(quiet=as_json) as progress:
        found = verdicts.answer(request, progress=progress)
    if html is not None:
        from uncounted.brief.page import render

        write_text(html, render(found.page()))
    show(found, as_json=as_json, written=[html])
    return 0 if found.supported else 4
