"""What every command shares: one JSON object out, errors with a fix, exit statuses, progress."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING

import click

from uncounted.cli._files import remember_reads
from uncounted.errors import UncountedError

if TYPE_CHECKING:
    from rich.console import Console

    from uncounted.answers.shape import Answer, Cell, Rows, Stages, Told
    from uncounted.core.progress import Progress

__all__ = [
    "json_option",
    "note",
    "progress",
    "run",
    "screen",
    "show",
    "stages",
    "tell",
    "write_json",
]

json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object on standard output, for programs."
)


def run(group_main: Callable[..., object], *args: Sequence[str] | None, **kwargs: object) -> object:
    """Run a click group's main, turning every ending into the contract's exit status.

    In JSON mode an error is one object ``{"ok": false, "error": {"code", "message", "fix"}}`` on
    standard output; otherwise it is two plain lines on standard error. A fault of ours shows its
    kind and place only: what the data held never reaches a terminal or a log. The language that an
    option chose is spoken to the end, errors included, and no longer.
    """
    return copy_context().run(_run, group_main, *args, **kwargs)


def _run(
    group_main: Callable[..., object], *args: Sequence[str] | None, **kwargs: object
) -> object:
    words = list(args[0]) if args and args[0] is not None else sys.argv[1:]
    as_json = "--json" in words
    kwargs["standalone_mode"] = False
    try:
        with remember_reads():
            result = group_main(*args, **kwargs)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail(as_json, "interrupted", "Interrupted.", "", 130)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "uncounted"
        _fail(as_json, "usage", error.format_message(), f"See `{where} --help`.", 2)
    except click.ClickException as error:
        _fail(as_json, "usage", error.format_message(), "", 2)
    except UncountedError as error:
        for told in getattr(error, "__notes__", ()):
            note(told)
        _fail(as_json, error.code, error.message, error.fix, error.exit_status)
    except Exception as error:
        if os.environ.get("UNCOUNTED_DEBUG"):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        _fail(
            as_json,
            "fault",
            f"A fault of ours: {type(error).__name__} in {place.name}, line {place.lineno}.",
            "Please report it; UNCOUNTED_DEBUG=1 shows the whole trace, which may hold your data.",
            1,
        )
    sys.exit(result if isinstance(result, int) else 0)


def _fail(as_json: bool, code: str, message: str, fix: str, status: int) -> None:
    if as_json:
        write_json({"ok": False, "error": {"code": code, "message": message, "fix": fix}})
    else:
        click.echo(_named_error(message), err=True)
        if fix:
            click.echo(fix, err=True)
    sys.exit(status)


def _named_error(message: str) -> str:
    """Say that it is an error; in English too where the words themselves cannot be had."""
    try:
        from uncounted.brief.messages import error_line

        return error_line(message)
    except Exception:
        return f"Error: {message}"


def write_json(payload: Mapping[str, object]) -> None:
    """Write one JSON object to standard output; what is not finite becomes ``null``."""
    from uncounted.answers.shape import plain

    click.echo(json.dumps(plain(payload), ensure_ascii=False, allow_nan=False))


def show(
    answer: Answer,
    *,
    as_json: bool,
    ok: bool = True,
    written: Sequence[Path | None] = (),
) -> None:
    """Give an answer: as JSON, or as it is read, with the files that were written."""
    if as_json:
        write_json({"ok": ok, **answer.to_dict()})
        return
    tell(answer.told())
    for path in written:
        if path is not None:
            from uncounted.brief.messages import written_line

            note(written_line(path))


def tell(told: Told) -> None:
    """Print lines and tables; what is about the work goes to standard error."""
    from uncounted.answers.shape import Rows

    for part in told:
        if isinstance(part, Rows):
            _print_rows(part)
        else:
            click.echo(click.style(str(part.text), bold=part.strong or None), err=part.aside)


def _print_rows(rows: Rows) -> None:
    """Print a table that can be read aloud; its texts are never taken for markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from uncounted.brief.named import column_name

    grid = Table(
        title=rows.title or None,
        title_justify="left",
        box=box.HEAVY_HEAD if rows.framed else None,
        pad_edge=rows.framed or rows.indent > 0,
        padding=(0, 1) if rows.framed else (0, 2, 0, rows.indent),
    )
    for column in rows.columns:
        side = "right" if column.right else "left"
        grid.add_column(Text(column_name(column.name)), justify=side, no_wrap=column.whole)  # type: ignore[arg-type]
    for k, row in enumerate(rows.cells, 1):
        last = rows.framed and k == len(rows.cells)
        grid.add_row(*(Text(_shown(x)) for x in row), style="bold" if last else None)
    console = screen()
    with console.capture() as drawn:
        console.print(grid)
    click.echo(drawn.get(), nl=False)  # rich itself would end with 1 where nobody listens any more


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def screen(*, err: bool = False) -> Console:
    """Rich console on standard output (or error) that obeys NO_COLOR and plain pipes."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 100
    return Console(stderr=err, highlight=False, width=width)


def note(text: str) -> None:
    """One line to standard error."""
    click.echo(text, err=True)


@contextmanager
def stages(*, quiet: bool = False) -> Iterator[Stages]:
    """Progress bars on standard error, one a stage, drawn only on a terminal and after a second.

    Yields a function that is given the name of a stage and returns what hears of its progress.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda name: lambda done, total: None
        return
    import time

    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    drawn: list[Bar] = []

    def begin(name: str) -> Progress:
        while drawn:
            drawn.pop().stop()
        bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=screen(err=True),
            transient=True,
        )
        task = bar.add_task(name, total=None)
        began = time.monotonic()

        def hear(done: int, total: int) -> None:
            if not drawn and time.monotonic() - began > 1.0 and done < total:
                bar.start()
                drawn.append(bar)
            bar.update(task, completed=done, total=total)

        return hear

    try:
        yield begin
    finally:
        while drawn:
            drawn.pop().stop()


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Draw the progress bar of work that has one stage."""
    with stages(quiet=quiet) as begin:
        yield begin(label)
