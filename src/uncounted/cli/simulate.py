"""`uncounted simulate`: how often an interval would be right, where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from uncounted.cli._files import Command, OutputFile, OutputFolder, save_picture
from uncounted.cli._output import json_option, note, progress, screen, write_json
from uncounted.cli._tables import load_table, table_options
from uncounted.errors import InputError, UncountedError

if TYPE_CHECKING:
    from uncounted.designs import Design
    from uncounted.estimators.loglinear import LogLinear
    from uncounted.estimators.registry import Estimator
    from uncounted.simulate import Simulation

__all__ = ["simulate"]

_DESIGNS = ("independent", "positive", "negative", "latent", "exclusive", "rasch", "two-worlds")


@click.command(cls=Command)
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
@click.option(
    "--population",
    default=2000,
    show_default=True,
    type=click.IntRange(2, 10**9),
    metavar="N",
    help="People in the made-up population.",
)
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
@click.option(
    "--share",
    default=0.2,
    show_default=True,
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    help="With latent: share of the class that is easy to find.",
)
@click.option(
    "--method",
    "-m",
    "methods",
    multiple=True,
    metavar="M",
    help="Method to put to the test; may be repeated. The consensus by default.",
)
@click.option(
    "--replications",
    default=200,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    metavar="R",
    help="Tables to draw.",
)
@click.option(
    "--bootstrap",
    default=0,
    show_default=True,
    type=click.IntRange(0, 100_000),
    metavar="B",
    help="Resamples per table for methods that need them; 0 for none.",
)
@click.option(
    "--level",
    default=0.95,
    show_default=True,
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    help="Nominal coverage.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Root seed.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes; all cores by default. Results do not depend on it.",
)
@click.option(
    "--resume",
    type=OutputFolder(),
    metavar="FOLDER",
    help="Keep parts here and go on from them after an interruption.",
)
@click.option(
    "--html",
    type=OutputFile(),
    help="Draw coverage and width (.html, .svg, .png or .pdf).",
)
@table_options
@json_option
def simulate(
    like: str | None, model: str, design: str | None, population: int, probabilities: str,
    strength: float | None, share: float, methods: tuple[str, ...], replications: int,
    bootstrap: int, level: float, seed: int, workers: int | None, resume: Path | None,
    html: Path | None, lists: str | None, count: str, stratum: str, cannot_see: tuple[str, ...],
    as_json: bool,
) -> int:  # fmt: skip
    """Draw tables from a population of known size and see how often each interval is right.

    With --like TABLE: how often would this interval be right for lists like ours? With --design:
    for a made-up population.
    """
    from uncounted.estimators.registry import Settings, make
    from uncounted.simulate import simulate as run

    if (like is None) == (design is None):
        raise click.UsageError("Give either --like TABLE or --design NAME.")
    if like is not None:
        source = load_table(like, lists=lists, count=count, stratum=stratum, cannot_see=cannot_see)
        from uncounted.designs import like as like_table

        chosen = like_table(source.table, _model(model), name=f"like {like}")
    else:
        chosen = _made(design or "", population, _numbers(probabilities), strength, share)
    settings = Settings(level=level, bootstrap=bootstrap, threads=1)
    estimators: dict[str, Estimator] = {m: make(m, settings) for m in methods or ("consensus",)}
    with progress("tables", quiet=as_json) as tell:
        found = run(
            chosen,
            estimators,
            replications=replications,
            seed=seed,
            workers=workers,
            resume=resume,
            progress=tell,
        )
    if html is not None:
        from uncounted.charts.calibration import calibration

        save_picture(calibration(found.to_dict(), level=level), html)
    if as_json:
        write_json({"ok": True, **found.to_dict()})
    else:
        _show(found, level)
        if html is not None:
            note(f"Written: {html}")
    return 0


def _numbers(text: str) -> list[float]:
    try:
        return [float(x) for x in text.split(",") if x.strip()]
    except ValueError:
        raise InputError(
            "The probabilities are not numbers between commas.",
            fix="Write for instance --probabilities 0.2,0.15,0.1.",
        ) from None


def _model(name: str) -> LogLinear:
    from uncounted.estimators.loglinear import LogLinear
    from uncounted.estimators.registry import make

    given = name if not name.startswith("[") else f"model:{name}"
    try:
        estimator = make(given)
    except UncountedError as error:
        raise InputError(error.message, fix=error.fix) from None
    if not isinstance(estimator, LogLinear):
        raise InputError(
            f"{name!r} is no log-linear model to draw tables from.",
            fix="Use bic, aic, stepwise, main, all-pairs or a model such as [12,13,4].",
        )
    return estimator


def _made(
    name: str, population: int, p: list[float], strength: float | None, share: float
) -> Design:
    from uncounted import designs

    if name == "independent":
        return designs.independent_lists(population, p)
    if name in ("positive", "negative"):
        size = 1.0 if strength is None else abs(strength)
        effect = size if name == "positive" else -size
        return designs.paired_lists(
            population, p, {(i, i + 1): effect for i in range(0, len(p) - 1, 2)}, name
        )
    if name == "latent":
        return designs.latent_classes(
            population, p, [1.0 - share, share], [1.0, 5.0 if strength is None else strength]
        )
    if name == "exclusive":
        return designs.exclusive_lists(
            population, p, [(i, i + 1) for i in range(0, len(p) - 1, 2)][: max(1, len(p) // 2 - 1)]
        )
    if name == "rasch":
        return designs.rasch(population, p, 1.0 if strength is None else strength)
    return designs.two_worlds(population, p, 3.0 if strength is None else strength)


def _show(found: Simulation, level: float) -> None:
    from rich.table import Table

    d = found.design
    console = screen()
    console.print(
        f"{found.replications:,} tables from a population of {d.population:,}, "
        f"{d.coverage:.0%} of it on one of {d.t} lists. {d.words}",
        soft_wrap=True,
    )
    console.print()
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("method")
    for heading in ("coverage", "bias", "RMSE", "mean width", "upper/lower", "refused"):
        grid.add_column(heading, justify="right", no_wrap=True)
    for m in found.methods:
        grid.add_row(
            m.method.replace("[", r"\["),
            f"{m.coverage:.1%} ± {m.coverage_error:.1%}",
            f"{m.bias:+,.0f} ± {m.bias_error:,.0f}",
            f"{m.rmse:,.0f} ± {m.rmse_error:,.0f}",
            f"{m.width:,.0f} ± {m.width_error:,.0f}",
            f"{m.ratio:.2f}",
            f"{m.refused}",
        )
    console.print(grid)
    console.print()
    console.print(
        f"Coverage: how many of the {level:.0%} intervals hold {d.population:,}. ± is one Monte "
        "Carlo error; more --replications make it smaller.",
        soft_wrap=True,
    )
    for m in found.methods:
        if m.unbounded:
            console.print(
                f"{m.method}: {m.unbounded} intervals have no upper end; they are not in the mean "
                "width.",
                soft_wrap=True,
            )
    shares = [f"{v.level} {v.tables / found.replications:.0%}" for v in found.verdicts]
    if shares:
        console.print(f"Verdicts: {', '.join(shares)}.", soft_wrap=True)
