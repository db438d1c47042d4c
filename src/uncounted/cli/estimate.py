"""`uncounted estimate`: how many people are on no list, by each method asked for."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

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
from uncounted.errors import InputError, Refusal

if TYPE_CHECKING:
    from uncounted.brief.figures import Picture
    from uncounted.estimate import Estimate
    from uncounted.estimators.registry import Settings
    from uncounted.tables import OverlapTable

__all__ = ["estimate", "estimate_all", "print_estimates", "write_page"]


def _top(ctx: click.Context, param: click.Parameter, value: str) -> int | Literal["all"]:
    if value == "all":
        return "all"
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise click.BadParameter("a whole number from 1, or 'all'")


@click.command(cls=Command)
@click.argument("table")
@click.option(
    "--method",
    "-m",
    "methods",
    multiple=True,
    metavar="M",
    help="Method to use; may be repeated. By default main, stepwise, bic, aic, averaged and "
    "lower-bound. `--method list` names them all.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Root seed of all resampling.",
)
@click.option(
    "--bootstrap",
    default=1000,
    show_default=True,
    type=click.IntRange(0, 1_000_000),
    metavar="B",
    help="Resamples, with the selection repeated in each; 0 for none.",
)
@click.option(
    "--level",
    default=0.95,
    show_default=True,
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    help="Coverage of intervals.",
)
@click.option(
    "--max-order",
    type=click.IntRange(1, 15),
    help="Lists in the largest interaction that bic, aic and averaged consider.",
)
@click.option(
    "--top",
    default="20",
    show_default=True,
    callback=_top,
    metavar="K|all",
    help="How many of the best models compete again in every resample.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Threads; all cores by default. Results do not depend on it.",
)
@click.option(
    "--html",
    type=OutputFile(),
    help="Write a page with the figures and two pictures.",
)
@click.option(
    "--csv",
    "csv_file",
    type=OutputFile(),
    help="Write the figures as CSV.",
)
@small_cells_option
@table_options
@json_option
def estimate(
    table: str, methods: tuple[str, ...], seed: int, bootstrap: int, level: float,
    max_order: int | None, top: int | Literal["all"], threads: int | None, html: Path | None,
    csv_file: Path | None, show_small_cells: bool, lists: str | None, count: str, stratum: str,
    cannot_see: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Estimate how many people are on no list.

    TABLE is a published name (`uncounted published` lists them) or a .csv, .parquet or .json file
    with one 0/1 column per list and a `count` column, or one row per person.

    Exit status 4 if every method asked for refuses.
    """
    from uncounted.estimators.registry import DEFAULT_METHODS, METHODS, Settings

    if methods == ("list",):
        if as_json:
            write_json({"ok": True, "methods": [*METHODS, "model:[12,13,4]"]})
        else:
            click.echo("\n".join([*METHODS, "model:[12,13,4]"]))
        return 0
    source = load_table(table, lists=lists, count=count, stratum=stratum, cannot_see=cannot_see)
    settings = Settings(level, bootstrap, max_order, top, threads)
    found = estimate_all(
        source.table, methods or DEFAULT_METHODS, settings, seed=seed, quiet=as_json
    )
    if html is not None:
        words = f"uncounted estimate {table} --seed {seed} --bootstrap {bootstrap}"
        words += "".join(f" --method '{m}'" for m in methods)
        write_page(
            html, source, found, settings, made_with=words,
            threshold=suppress_below(source, show_small_cells),
        )  # fmt: skip
    if csv_file is not None:
        _write_csv(csv_file, source.table, found)
    refused = all(e.refused for e in found)
    strata = _by_stratum(source.table, found, settings, seed) if source.table.stratified else None
    if as_json:
        write_json(
            {
                "ok": not refused,
                "table": table_summary(source),
                "estimates": [e.to_dict() for e in found],
                **({} if strata is None else {"strata": strata}),
                **(
                    {
                        "error": {
                            "code": "refused",
                            "message": "Every method asked for refuses.",
                            "fix": "Each estimate's `refused` says why.",
                        }
                    }
                    if refused
                    else {}
                ),
            }
        )
    else:
        print_estimates(source, found)
        if strata is not None:
            _print_strata(strata)
        for path in (html, csv_file):
            if path is not None:
                note(f"Written: {path}")
    return 4 if refused else 0


def estimate_all(
    table: OverlapTable,
    methods: tuple[str, ...],
    settings: Settings,
    *,
    seed: int = 0,
    quiet: bool = False,
) -> list[Estimate]:
    """Run methods one after another; a refusal stands beside the figures."""
    from uncounted.engine import telling
    from uncounted.estimators.loglinear import refusal
    from uncounted.estimators.registry import make

    estimators = [(name, make(name, settings)) for name in methods]
    found = []
    for name, estimator in estimators:
        with progress(name, quiet=quiet) as tell, telling(tell):
            try:
                found.append(estimator.estimate(table, seed=seed))
            except Refusal as why:
                found.append(refusal(name, table.n, why))
    return found


def _by_stratum(
    table: OverlapTable, found: list[Estimate], settings: Settings, seed: int
) -> dict[str, Any]:
    """Estimate each stratum and the total, with each stratum's own figure beside.

    The figure beside is by the first method asked for that has one on the whole table.
    """
    from uncounted.estimators.registry import make
    from uncounted.strata import estimate_strata

    beside = next((e.method for e in found if not e.refused), None)
    alone = None if beside is None else make(beside, settings)
    try:
        by = estimate_strata(table, alone=alone, level=settings.level, seed=seed)
    except (Refusal, InputError) as why:
        return {"refused": str(why)}
    return by.to_dict() | {"method_alone": beside}


def _print_strata(strata: dict[str, Any]) -> None:
    """Print strata and their total, strength borrowed, with the figures alone beside."""
    from rich.table import Table

    console = screen()
    console.print()
    if "refused" in strata:
        console.print(f"By stratum: no figure. {strata['refused']}", soft_wrap=True, markup=False)
        return

    def words(e: dict[str, Any] | None) -> str:
        if e is None or e["point"] is None:
            return "no figure"
        i = e["interval"]
        if i is None:
            return f"{e['point']:,.0f}"
        if i["upper"] is None:
            return f"{e['point']:,.0f} ({i['lower']:,.0f} or more)"
        return f"{e['point']:,.0f} ({i['lower']:,.0f} to {i['upper']:,.0f})"

    beside = strata["method_alone"]
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("stratum", "observed", "estimate", f"alone, by {beside}"):
        grid.add_column(column)
    for row in strata["strata"]:
        grid.add_row(
            row["stratum"], f"{row['observed']:,}", words(row["borrowed"]), words(row["alone"])
        )
    total = strata["total"]
    grid.add_row("total", f"{total['observed']:,}", words(total), words(strata["total_alone"]))
    console.print(grid)
    for caveat in (strata["prior"], *strata["caveats"]):
        console.print(caveat, soft_wrap=True, markup=False)


def print_estimates(source: Source, found: list[Estimate]) -> None:
    """Print a table that can be read aloud, then what must be known about it."""
    from rich.table import Table

    from uncounted.brief.words import interval_words, method_words, people

    table = source.table
    console = screen()
    if source.known is not None:
        console.print(f"[bold]{source.known.title}[/bold]", soft_wrap=True)
    console.print(
        f"{table.n:,} people on {table.t} lists, {table.overlap:,} of them on two or more. "
        "Figures are estimates of everybody, on a list or not.",
        soft_wrap=True,
    )
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("method")
    grid.add_column("estimate", justify="right")
    grid.add_column("interval", no_wrap=True)
    grid.add_column("lists that depend on each other")
    for e in found:
        if e.refused:
            grid.add_row(e.method.replace("[", r"\["), "no figure", "", "refused, see below")
        else:
            words = str(e.diagnostics.get("model_in_names", method_words(e)))
            grid.add_row(
                e.method.replace("[", r"\["), people(e.point), interval_words(e.interval), words
            )
    console.print()
    console.print(grid)
    kinds = {f"{e.interval.level:.0%} {e.interval.kind}" for e in found if e.interval}
    console.print()
    if kinds:
        console.print(f"Intervals: {', '.join(sorted(kinds))}.", soft_wrap=True)
    for e in found:
        if e.refused:
            console.print(f"{e.method}: no figure. {e.refused}", soft_wrap=True, markup=False)
        for caveat in e.caveats:
            console.print(f"{e.method}: {caveat}", soft_wrap=True, markup=False)
    given = [e.point for e in found if e.point is not None]
    if len(given) > 1 and max(given) > 1.2 * min(given):
        console.print(
            f"The methods differ by a factor of {max(given) / min(given):.1f}. Which one is right, "
            "these lists alone cannot tell.",
            soft_wrap=True,
        )
    for trap in source.known.traps if source.known else ():
        console.print(f"Known about this table: {trap}", soft_wrap=True)


def write_page(
    path: Path,
    source: Source,
    found: list[Estimate],
    settings: Settings,
    *,
    made_with: str,
    threshold: int,
) -> None:
    """Write the page, with pictures where the table may be shown."""
    from uncounted.brief.figures import figures_page
    from uncounted.disclosure import page_table

    table = source.table
    shown = page_table(table, threshold, figures=True)
    pictures = [] if shown.held else _pictures(table, settings, threshold)
    page = figures_page(
        table,
        found,
        pictures,
        what=source.what,
        traps=source.known.traps if source.known else (),
        made_with=made_with,
        shown=shown,
    )
    write_text(path, page)


def _write_csv(path: Path, table: OverlapTable, found: list[Estimate]) -> None:
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["table", "method", "observed", "estimated", "lower", "upper", "interval", "level",
         "model", "bic", "aic", "refused", "caveats"]
    )  # fmt: skip
    for e in found:
        i = e.interval
        shown: list[Any] = [
            table.name, e.method, e.observed, e.point,
            i and i.lower, ("no upper bound" if i and not i.bounded else i and i.upper),
            i and i.kind, i and i.level, e.model, e.bic, e.aic, e.refused, " ".join(e.caveats),
        ]  # fmt: skip
        writer.writerow(["" if x is None else _cell(x) for x in shown])
    write_text(path, out.getvalue())


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" and value else value


def _pictures(table: OverlapTable, settings: Settings, threshold: int) -> list[Picture]:
    """Draw the overlaps and what every well-fitting model says."""
    from uncounted.brief.figures import Picture
    from uncounted.charts.export import to_svg
    from uncounted.charts.specification_curve import specification_curve
    from uncounted.charts.upset import upset
    from uncounted.estimators.specification import specifications

    pictures = [
        Picture(
            f"Overlaps of {table.t} lists: a bar for each combination of lists.",
            to_svg(upset(table, suppress_below=threshold)),
        )
    ]
    try:
        models = specifications(
            table, level=settings.level, max_order=settings.max_order, threads=settings.threads
        )
    except Refusal:
        return pictures
    curve = specification_curve(models, table.lists, observed=table.n, level=settings.level)
    words = f"{models.within} well-fitting models, from the smallest figure to the largest."
    return [*pictures, Picture(words, to_svg(curve))]
