"""``uncounted names A B``: whether two names may be the same person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, show

if TYPE_CHECKING:
    from uncounted.answers.name_pairs import Culture

__all__ = ["names"]

_CULTURES = (
    "ko",
    "zh",
    "vi",
    "es",
    "tl",
    "ne",
    "th",
    "ro",
    "sl",
    "ar",
    "en",
    "fr",
    "pt",
    "yo",
    "my",
    "ja",
)


@click.command(
    cls=Command, epilog="Example: uncounted names 'Lee Young-hee' 'Rhee Younghee' --culture ko"
)
@click.argument("first")
@click.argument("second")
@click.option(
    "--culture",
    type=click.Choice(_CULTURES),
    help="Culture both names belong to, where it is known: ko Korean, zh Chinese, vi Vietnamese, "
    "es Spanish, tl Filipino, ne Nepali and Hindi, th Thai, ro Romanian, sl Slavic, ar Arabic, "
    "en English, fr French with Haiti and West Africa, pt Portuguese, yo Yoruba and Igbo, my Burmese, "
    "ja Japanese, id Indonesian.",
)
@json_option
def names(first: str, second: str, culture: Culture | None, as_json: bool) -> None:
    """Say whether two names may be the same person's, by which rule, and how strongly.

    Names may be in any script and either order; put each in quotes. The answer is about the two
    spellings alone: a birth date or anything else a record holds is not asked for.
    """
    from uncounted.answers import name_pairs

    request = name_pairs.NamePairRequest(first, second, culture)
    show(name_pairs.answer(request), as_json=as_json)
