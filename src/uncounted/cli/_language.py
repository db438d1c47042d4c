"""The language a command speaks: ``--lang``, before the command's name or behind it, or UNCOUNTED_LANG."""

from __future__ import annotations

import re

import click

__all__ = ["VARIABLE", "language_option"]

VARIABLE = "UNCOUNTED_LANG"
_OFFERED = ("en", "es", "ko")


class _Language(click.ParamType[str, str]):
    """A language by its two letters; a place behind them, as in ``es-US`` or ``ko_KR.UTF-8``, is let be."""

    name = "language"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Name the languages there are."""
        return "|".join(_OFFERED)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read one.

        Raises
        ------
        BadParameter
            If nothing is said in it.
        """
        short = re.split(r"[-_.@]", value.strip().casefold())[0]
        if short not in _OFFERED:
            raise click.BadParameter(
                f"{value!r}: choose from {', '.join(_OFFERED)}.", ctx=ctx, param=param
            )
        return short


def _speak(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        from uncounted.brief.messages import speak

        speak(value)


def language_option(*, of_all: bool = False) -> click.Option:
    """Make the option; that of all commands hears the environment too, so that theirs outweighs it.

    Examples
    --------
    >>> language_option().opts
    ['--lang']
    """
    return click.Option(
        ["--lang"],
        type=_Language(),
        envvar=VARIABLE if of_all else None,
        show_envvar=of_all,
        expose_value=False,
        is_eager=True,
        callback=_speak,
        help="Language of pages, pictures and messages (English unless said).",
    )
