"""The command line. One module a command, imported only when the command runs."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, NamedTuple

import click

from uncounted.cli._language import language_option

__all__ = ["main"]


class _Named(NamedTuple):
    """A command by its one line of help; its module under uncounted.cli has its name."""

    help: str


_COMMANDS = {
    "demo": _Named(help="See it work on the UK's 2013 table, from lists to figure."),
    "new": _Named(help="Start a project, empty or with the example coalition."),
    "check": _Named(help="Account for every row of every list of a project."),
    "link": _Named(
        help="Find who is the same person, and how sure that is; review doubtful pairs."
    ),
    "run": _Named(help="Go from lists to page: check, link, count overlaps, estimate, write."),
    "verify": _Named(help="Repeat a run and compare every output."),
    "brief": _Named(help="Make one page for an advocate, in English, Spanish or Korean."),
    "why": _Named(help="Say what a number counts, how it came about and where else it stands."),
    "estimate": _Named(help="Estimate how many people are on no list, by each method asked for."),
    "assess": _Named(help="Compare the methods, and say whether a figure is defensible."),
    "simulate": _Named(help="Measure how often an interval is right, where the truth is known."),
    "published": _Named(help="List the published tables, or show one."),
    "ranks": _Named(
        help="Say which ranks each origin may hold, and which tiers can be told apart."
    ),
    "names": _Named(help="Say whether two names may be the same person's, and by which rule."),
    "shares": _Named(help="Give the share of each form or origin, with intervals."),
    "flows": _Named(help="Show flows from country to country: detected, expected and estimated."),
    "routes": _Named(help="Show routes over transit countries, and test statements about them."),
    "claims": _Named(help="Put published claims to the test."),
    "doctor": _Named(help="Check that everything needed is here and works."),
}


class _LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"uncounted.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        if not any("--lang" in param.opts for param in command.params):
            command.params.append(language_option())
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; whoever stops listening early (`| head`) has all they want."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        from uncounted.cli import _compiler, _output

        if not args and kwargs.keys() <= {
            "prog_name"
        }:  # the program itself, not somebody who calls it from Python
            _compiler.load_less()
            # Processes that are started for work would look in the working directory for modules.
            os.environ.setdefault("PYTHONSAFEPATH", "1")
        return _output.run(super().main, *args, **kwargs)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from uncounted._version import __version__

        click.echo(f"uncounted {__version__}")
        ctx.exit()


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Turn overlapping, confidential lists into defensible figures.

    Every command takes --json: one object on standard output; progress and notes go to standard
    error. Every command takes --lang: what it says and writes is in English, Spanish or Korean. Exit status: 0 done; 1 a fault of ours; 2 usage; 3 bad input; 4 the method refuses;
    5 verification mismatch; 130 interrupted.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


main.params.append(language_option(of_all=True))
