"""`uncounted assess`: every method side by side, and whether a figure is defensible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from uncounted.cli._files import Command, OutputFile, write_text
from uncounted.cli._output import json_option, note, progress, screen, write_json
from uncounted.cli._tables import (
    Source,
    load_table,
    small_cells_option,
    suppress_below,
    table_options,
    table_summary,
)
from uncounted.errors import Refusal

if TYPE_CHECKING:
    from uncounted.assess import Unreachable, Verdict
    from uncounted.brief.figures import Picture

__all__ = ["assess"]


@click.command(cls=Command)
@click.argument("table")
@click.option(
    "--unreachable-group",
    type=click.Choice(["no", "yes", "unknown"]),
    default="unknown",
    show_default=True,
    help="Is there a group that none of these lists could meet? Yes or unknown caps the verdict.",
)
@click.option(
    "--method",
    "-m",
    "methods",
    multiple=True,
    metavar="M",
    help="Method to show beside the consensus; may be repeated. All by default.",
)
@click.option(
    "--claim", type=click.FloatRange(min=1), help="A published figure to hold against the lists."
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Root seed.")
@click.option(
    "--bootstrap",
    default=1000,
    show_default=True,
    type=click.IntRange(0, 1_000_000),
    metavar="B",
    help="Resamples for the methods that need them; 0 for none.",
)
@click.option(
    "--homogeneous",
    default=0.4,
    show_default=True,
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    help="Prior belief that nobody is easier to find than others.",
)
@click.option(
    "--prior-odds",
    default=3.0,
    show_default=True,
    type=click.FloatRange(min=0.0, min_open=True),
    help="Prior median of people unseen per person seen.",
)
@click.option(
    "--prior-sd",
    default=2.0,
    show_default=True,
    type=click.FloatRange(min=0.0, min_open=True),
    help="Standard deviation of the logarithm of those odds.",
)
@click.option(
    "--widest",
    default=10.0,
    show_default=True,
    type=click.FloatRange(min=1.0),
    help="Interval wider than this factor: not supported.",
)
@click.option(
    "--supported-width",
    default=3.0,
    show_default=True,
    type=click.FloatRange(min=1.0),
    help="Widest interval, as a factor, of a supported figure.",
)
@click.option(
    "--supported-spread",
    default=1.35,
    show_default=True,
    type=click.FloatRange(min=1.0),
    help="Largest factor between the methods' medians in a supported figure.",
)
@click.option(
    "--fewest-overlap",
    default=10,
    show_default=True,
    type=click.IntRange(min=1),
    help="Fewer people on two lists or more: not supported.",
)
@click.option("--no-validation", is_flag=True, help="Leave the internal validation out.")
@click.option(
    "--html",
    type=OutputFile(),
    help="Write a page with the verdict, the figures and the pictures.",
)
@click.option(
    "--threads", type=click.IntRange(min=1), help="Methods at a time; all cores by default."
)
@small_cells_option
@table_options
@json_option
def assess(
    table: str, unreachable_group: Unreachable, methods: tuple[str, ...], claim: float | None,
    seed: int, bootstrap: int, homogeneous: float, prior_odds: float, prior_sd: float,
    widest: float, supported_width: float, supported_spread: float, fewest_overlap: int,
    no_validation: bool, html: Path | None, threads: int | None, show_small_cells: bool,
    lists: str | None, count: str, stratum: str, cannot_see: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Run every method on TABLE and say whether a figure is defensible.

    TABLE is a published name (`uncounted published` lists them) or a .csv, .parquet or .json file
    with one 0/1 column per list and a `count` column, or one row per person.

    Exit status 4 if the verdict is "not supported".
    """
    from uncounted.assess import VerdictRules
    from uncounted.assess import assess as run
    from uncounted.estimators.consensus import Consensus
    from uncounted.estimators.posterior_grid import OddsPrior
    from uncounted.estimators.shrinkage import Shrinkage

    source = load_table(table, lists=lists, count=count, stratum=stratum, cannot_see=cannot_see)
    with progress("methods", quiet=as_json) as tell:
        verdict = run(
            source.table,
            unreachable_group=unreachable_group,
            methods=methods or None,
            consensus=Consensus(
                shrinkage=Shrinkage(homogeneous=homogeneous),
                prior=OddsPrior(prior_odds, prior_sd),
            ),
            rules=VerdictRules(
                fewest_overlap=fewest_overlap,
                widest=widest,
                supported_width=supported_width,
                supported_spread=supported_spread,
            ),
            bootstrap=bootstrap,
            validate=not no_validation,
            claim=claim,
            seed=seed,
            workers=threads,
            progress=tell,
        )
    if html is not None:
        words = f"uncounted assess {table} --unreachable-group {unreachable_group} --seed {seed}"
        words += "".join(f" --method '{m}'" for m in methods)
        _write_page(html, source, verdict, words, suppress_below(source, show_small_cells))
    if as_json:
        write_json({"ok": True, **verdict.to_dict(), "table": table_summary(source)})
    else:
        _show(source, verdict)
        if html is not None:
            note(f"Written: {html}")
    return 4 if verdict.level == "not supported" else 0


def _show(source: Source, verdict: Verdict) -> None:
    """Print the verdict, its reasons, the methods and the validation, to be read aloud."""
    from rich.table import Table

    from uncounted.brief.words import interval_words, people

    console = screen()
    if source.known is not None:
        console.print(f"[bold]{source.known.title}[/bold]", soft_wrap=True)
    console.print(
        f"{verdict.observed:,} people on {len(verdict.lists)} lists, "
        f"{source.table.overlap:,} of them on two or more.",
        soft_wrap=True,
    )
    console.print()
    console.print(f"[bold]Verdict: {verdict.level}[/bold]")
    figure = verdict.consensus
    if verdict.level == "not supported":
        console.print("These lists cannot carry a figure. Publish the people observed.")
    else:
        console.print(
            f"Estimated {verdict.counts}: {people(figure.point)} "
            f"({interval_words(figure.interval)}).",
            soft_wrap=True,
        )
    console.print()
    for reason in (*verdict.reasons, *figure.caveats):
        console.print(f"- {reason}", soft_wrap=True, markup=False)
    console.print()
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("method")
    grid.add_column("estimate", justify="right")
    grid.add_column("interval", no_wrap=True)
    for e in (figure, *verdict.estimates):
        shown = "" if e.refused else interval_words(e.interval)
        point = "no figure" if e.refused else people(e.point)
        grid.add_row(e.method.replace("[", r"\["), point, shown)
    console.print(grid)
    for e in verdict.estimates:
        if e.refused:
            console.print(f"{e.method}: {e.refused}", soft_wrap=True, markup=False)
    rows = [r for r in verdict.validation if r.method == "consensus" and r.point is not None]
    if rows:
        held = sum(bool(r.covered) for r in rows)
        console.print()
        console.print(
            f"Internal validation: {held} of {len(rows)} lists have their known size inside the "
            "interval estimated from the others (shown, not weighed).",
            soft_wrap=True,
        )
        for r in rows:
            console.print(
                f"  {r.list_name}: {r.true:,} known, {people(r.point)} estimated "
                f"({people(r.lower)} to {people(r.upper)})",
                soft_wrap=True,
                markup=False,
            )
    if verdict.sensitivity is not None:
        console.print()
        console.print(verdict.sensitivity.sentence, soft_wrap=True, markup=False)
    console.print()
    console.print("Settings: " + "; ".join(f"{k} {v}" for k, v in _thresholds(verdict)) + ".",
                  soft_wrap=True, markup=False)  # fmt: skip


def _thresholds(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    rules, used = verdict.rules, verdict.settings
    return (
        ("fewest people on two lists or more", f"{rules.fewest_overlap}"),
        ("widest interval, upper over lower", f"{rules.widest:g}"),
        ("supported: lists", f"at least {rules.supported_lists}"),
        ("supported: people on two lists or more", f"at least {rules.supported_overlap}"),
        ("supported: interval, upper over lower", f"at most {rules.supported_width:g}"),
        ("supported: methods differ", f"by less than a factor of {rules.supported_spread:.2f}"),
        ("posterior mass at the end of the grid", f"at most {rules.most_end_mass:.0%}"),
        (
            "prior on people unseen per person seen",
            f"median {used['prior_odds_median']:g}, sd of the log {used['prior_odds_sd_log']:g}",
        ),
        ("prior belief that nobody is easier to find", f"{used['p_homogeneous']:g}"),
        ("resamples", f"{used['bootstrap']}"),
        ("seed", f"{used['seed']}"),
    )


def _write_page(
    path: Path, source: Source, verdict: Verdict, made_with: str, threshold: int
) -> None:
    from uncounted.brief.verdict import VerdictWords, verdict_page
    from uncounted.disclosure import page_table

    shown = page_table(source.table, threshold, figures=True)
    pictures = [] if shown.held else _pictures(source, verdict)
    page = verdict_page(
        VerdictWords(
            verdict.level,
            verdict.reasons,
            verdict.counts,
            verdict.unreachable,
            _thresholds(verdict),
        ),
        verdict.consensus,
        verdict.estimates,
        [row.to_dict() for row in verdict.validation],
        pictures,
        name=verdict.table,
        shown=shown,
        lists=verdict.lists,
        what=source.what,
        made_with=made_with,
    )
    write_text(path, page)


def _pictures(source: Source, verdict: Verdict) -> list[tuple[str, Picture]]:
    """Draw what the verdict rests on; every one of these tells of the counts."""
    from uncounted.brief.figures import Picture
    from uncounted.charts.export import to_svg
    from uncounted.charts.pool_posterior import pool_posterior
    from uncounted.charts.sensitivity import sensitivity_chart
    from uncounted.charts.specification_curve import specification_curve
    from uncounted.charts.validation import validation_chart
    from uncounted.estimators.specification import specifications

    pictures: list[tuple[str, Picture]] = []
    if verdict.posterior is not None and verdict.consensus.interval is not None:
        spec = pool_posterior(verdict.posterior, verdict.consensus.interval)
        pictures.append(
            ("One figure from two methods", Picture("Posterior of both methods.", to_svg(spec)))
        )
    try:
        models = specifications(source.table)
    except Refusal:
        models = None
    if models is not None:
        spec = specification_curve(models, source.table.lists, observed=source.table.n)
        words = f"{models.within} well-fitting models, from the smallest figure to the largest."
        pictures.append(("How much the choice of model matters", Picture(words, to_svg(spec))))
    if verdict.sensitivity is not None:
        words = verdict.sensitivity.sentence
        spec = sensitivity_chart(verdict.sensitivity)
        pictures.append(("What no data can tell", Picture(words, to_svg(spec))))
    if any(r.method == "consensus" and r.point is not None for r in verdict.validation):
        rows = [r for r in verdict.validation if r.method in ("consensus", "bic", "graphs")]
        spec = validation_chart(rows)
        words = "Known size of each list against the estimate from the others."
        pictures.append(("Truth hidden inside the lists", Picture(words, to_svg(spec))))
    return pictures
