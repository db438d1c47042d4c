"""`uncounted demo`: the main job on the UK's published table of 2013."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._output import json_option, note, write_json
from uncounted.cli._tables import load_table, table_summary
from uncounted.cli.estimate import estimate_all, print_estimates, write_page

__all__ = ["demo"]

_METHODS = (
    "main", "all-pairs", "stepwise", "bic", "aic", "averaged", "lower-bound", "pairs", "m0",
    "mh:chao", "mth:chao", "sample-coverage:low",
)  # fmt: skip


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("uncounted-demo"),
    show_default=True,
    help="Where to write the page.",
)
@json_option
def demo(folder: Path, as_json: bool) -> None:
    """Estimate the potential victims of trafficking in the UK in 2013, from lists to page."""
    from uncounted.estimators.registry import Settings

    source = load_table("uk2013")
    settings = Settings()
    if not as_json:
        note("Estimating. The first run on a machine compiles for about half a minute.")
    found = estimate_all(source.table, _METHODS, settings, quiet=as_json)
    page = folder / "uk2013.html"
    made_with = "uncounted demo"
    write_page(page, source, found, settings, made_with=made_with, suppress_below=0)
    if as_json:
        write_json(
            {
                "ok": True,
                "table": table_summary(source),
                "estimates": [e.to_dict() for e in found],
                "page": str(page),
            }
        )
        return
    print_estimates(source, found)
    click.echo()
    click.echo(f"The page with the pictures: {page.resolve()}")
