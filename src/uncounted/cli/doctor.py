"""`uncounted doctor`: what is installed, and whether the parts that matter work here."""

from __future__ import annotations

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, show


@click.command(cls=Command, epilog="Example: uncounted doctor")
@json_option
def doctor(as_json: bool) -> int:
    """Check that everything needed is here and works.

    List the versions of the packages Uncounted uses, and run one fit and one drawing.
    """
    from uncounted.answers import health

    found = health.answer(health.HealthRequest())
    show(found, as_json=as_json, ok=found.well)
    return 0 if found.well else 1
