"""Options that commands share, so that one word means one thing in all of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from uncounted.cli._files import OutputFile
from uncounted.errors import InputError

__all__ = [
    "bootstrap_option",
    "factor_option",
    "level_option",
    "methods_option",
    "output_option",
    "outside_option",
    "part_option",
    "seed_option",
    "small_cells_option",
    "split",
    "spoken_option",
    "table_options",
    "whole_option",
]

F = TypeVar("F", bound=Callable[..., object])


_LANGUAGES = ("en", "es", "ko")


def _spoken(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """Read a language by its two letters; a place behind them, as in ``es-US``, is let be."""
    from uncounted.brief.messages import language

    if value is None:
        return language()
    short = re.split(r"[-_.@]", value.strip().casefold())[0]
    if short not in _LANGUAGES:
        raise click.BadParameter(f"{value!r} is none of {', '.join(_LANGUAGES)}.", ctx, param)
    return short


spoken_option = click.option(
    "--lang",
    "language",
    metavar="|".join(_LANGUAGES),
    callback=_spoken,
    help="Language: English, Spanish or Korean.",
)


def whole_option(
    name: str, help: str, *, default: int | None = None, least: int = 1, most: int | None = None,
    metavar: str | None = None,
) -> Callable[[F], F]:  # fmt: skip
    """Add an option for a whole number."""
    return click.option(
        name, default=default, show_default=default is not None, type=click.IntRange(least, most),
        metavar=metavar, help=help,
    )  # fmt: skip


def factor_option(
    name: str, default: float, help: str, *, least: float = 1.0, open_: bool = False
) -> Callable[[F], F]:
    """Add an option for a factor, or another number from some value on."""
    kind = click.FloatRange(min=least, min_open=open_)
    return click.option(name, default=default, show_default=True, type=kind, help=help)


def part_option(name: str, default: float, help: str) -> Callable[[F], F]:
    """Add an option for a part of one, neither none nor all."""
    kind = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)
    return click.option(name, default=default, show_default=True, type=kind, help=help)


def level_option(help: str) -> Callable[[F], F]:
    """Add --level."""
    return part_option("--level", 0.95, help)


def seed_option(help: str = "Root seed.", *, default: int = 0) -> Callable[[F], F]:
    """Add --seed."""
    kind = click.IntRange(min=0)
    return click.option("--seed", default=default, show_default=True, type=kind, help=help)


def bootstrap_option(help: str, *, default: int = 1000, most: int = 1_000_000) -> Callable[[F], F]:
    """Add --bootstrap."""
    return whole_option("--bootstrap", help, default=default, least=0, most=most, metavar="B")


def methods_option(help: str) -> Callable[[F], F]:
    """Add --method, which may be repeated."""
    return click.option("--method", "-m", "methods", multiple=True, metavar="M", help=help)


def output_option(name: str, into: str, help: str) -> Callable[[F], F]:
    """Add an option that names a file to write."""
    return click.option(name, into, type=OutputFile(), help=help)


outside_option = click.option(
    "--outside",
    is_flag=True,
    help="Let the project's lists lie outside its folder.",
)

small_cells_option = click.option(
    "--show-small-cells",
    is_flag=True,
    help="Show counts under 11 of your own table on the page, and all that depends on them.",
)


def table_options(argument: str) -> Callable[[F], F]:
    """Add the options that say how a file's columns are to be read.

    The command gets a `TableRequest` under the name of the argument or option that names the table;
    ``None`` where that was not given.
    """

    def add(command: F) -> F:
        @functools.wraps(command)
        def run(
            *, lists: str | None, count: str, stratum: str, cannot_see: tuple[str, ...], **rest: Any
        ) -> object:
            from uncounted.answers.overlap_table import TableRequest

            name = rest[argument]
            if name is not None:
                columns = None if lists is None else split(lists)
                blind = tuple(_pair(words) for words in cannot_see)
                rest[argument] = TableRequest(name, columns, count, stratum, blind)
            return command(**rest)

        added: Any = run
        for option in (
            click.option(
                "--lists", metavar="A,B,C",
                help="Which columns of the file are lists (all by default).",
            ),
            click.option(
                "--count", "count", default="count", show_default=True, metavar="COLUMN",
                help="Column with the number of people; without it each row is a person.",
            ),
            click.option(
                "--stratum", default="stratum", show_default=True, metavar="COLUMN",
                help="Column that names the stratum, where there is one.",
            ),
            click.option(
                "--cannot-see", "cannot_see", multiple=True, metavar="LIST:STRATUM",
                help="Declare that a list could never hold people of a stratum. May be repeated.",
            ),
        ):  # fmt: skip
            added = option(added)
        wrapped: F = added
        return wrapped

    return add


def split(words: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(x.strip() for x in words.split(",") if x.strip())


def _pair(words: str) -> tuple[str, str]:
    who, _, where = words.partition(":")
    if not where:
        raise InputError(
            f"--cannot-see {words!r} names no stratum.", fix="Write it as LIST:STRATUM."
        )
    return who, where
