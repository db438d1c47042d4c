"""`uncounted published`: the overlap tables of the literature."""

from __future__ import annotations

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, show

__all__ = ["published"]


@click.command(cls=Command, epilog="Example: uncounted published uk2013")
@click.argument("name", required=False)
@json_option
def published(name: str | None, as_json: bool) -> None:
    """List the published tables, or show one with its counts and its citation."""
    from uncounted.answers import published_tables

    request = published_tables.PublishedRequest(name)
    show(published_tables.answer(request), as_json=as_json)
