"""`uncounted claims`: published claims put to the test."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option
from uncounted.cli._patterns import code, give, page_options


@click.command(cls=Command, epilog="Example: uncounted claims --destination USA --html claims.html")
@click.argument("ledger", required=False, type=click.Path(path_type=Path))
@click.option("--id", "ids", multiple=True, help="This claim only; may be given several times.")
@click.option("--year", "years", type=int, multiple=True, help="Claims about this year.")
@click.option("--destination", help="Claims about this country.")
@click.option("--origin", help="Claims that name this origin.")
@click.option(
    "--form", type=click.Choice(["sexual", "labour", "other"]), help="Claims about this form."
)
@click.option(
    "--level", type=float, default=0.95, show_default=True, help="Level of the intervals."
)
@page_options
@json_option
def claims(
    ledger: Path | None,
    ids: tuple[str, ...],
    years: tuple[int, ...],
    destination: str | None,
    origin: str | None,
    form: Literal["sexual", "labour", "other"] | None,
    level: float,
    csv_path: Path | None,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """Put published claims to the test: supported, contradicted, not comparable, no evidence here.

    LEDGER is a TOML file of claims (docs/claims.md); without it the shipped ledger is tested. A
    claim is compared only with evidence that counts the same thing.
    """
    from uncounted.answers.claims import ClaimsRequest, answer

    found = answer(
        ClaimsRequest(
            ledger=ledger,
            ids=ids,
            years=years,
            destination=code(destination),
            origin=code(origin),
            form=form,
            level=level,
        )
    )
    give(found, as_json=as_json, csv_path=csv_path, html_path=html_path)
