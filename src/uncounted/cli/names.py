"""``uncounted names A B``: whether two names may be the same person's."""

from __future__ import annotations

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, write_json

__all__ = ["names"]

_CULTURES = ("ko", "zh", "vi", "es", "tl", "ne", "th", "ro", "sl", "ar", "en")


@click.command(cls=Command)
@click.argument("first")
@click.argument("second")
@click.option(
    "--culture",
    type=click.Choice(_CULTURES),
    help="Culture both names belong to, where it is known: ko Korean, zh Chinese, vi Vietnamese, "
    "es Spanish, tl Filipino, ne Nepali and Hindi, th Thai, ro Romanian, sl Slavic, ar Arabic, "
    "en English.",
)
@json_option
def names(first: str, second: str, culture: str | None, as_json: bool) -> None:
    """Say whether two names may be the same person's, by which rule, and how strongly.

    Names may be in any script and either order; put each in quotes. The answer is about the two
    spellings alone: a birth date or anything else a record holds is not asked for.
    """
    from uncounted.records.names import compare, normalise

    match = compare(normalise(first, culture), normalise(second, culture))
    if as_json:
        write_json({"ok": True, "same": match.same, "strength": match.strength, "rule": match.rule})
        return
    if match.strength == 0 and match.rule == "no name to compare":
        click.echo("No answer: at least one of the two is not a name.")
        return
    word = "may be the same name" if match.same else "not taken for the same name"
    click.echo(f"{word.capitalize()} (strength {match.strength:.2f} of 1).")
    click.echo(f"Rule: {match.rule}.")
