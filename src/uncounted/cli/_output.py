"""What every command shares: one JSON object out, errors with a fix, exit statuses, progress."""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from uncounted.cli._files import remember_reads
from uncounted.errors import UncountedError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["json_option", "note", "progress", "run", "screen", "write_json"]

json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object on standard output, for programs."
)


def run(group_main: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run a click group's main, turning every ending into the contract's exit status.

    In JSON mode an error is one object ``{"ok": false, "error": {"code", "message", "fix"}}`` on
    standard output; otherwise it is two plain lines on standard error. A fault of ours shows its
    kind and place only: what the data held never reaches a terminal or a log.
    """
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
        _fail(as_json, error.code, error.message, error.fix, error.exit_status)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
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
        click.echo(f"Error: {message}", err=True)
        if fix:
            click.echo(fix, err=True)
    sys.exit(status)


def error_json(error: UncountedError) -> dict[str, str]:
    """Give an error as it stands in a command's JSON."""
    return {"code": error.code, "message": error.message, "fix": error.fix}


def write_json(payload: Mapping[str, Any]) -> None:
    """Write one JSON object to standard output; what is not finite becomes ``null``."""
    click.echo(json.dumps(_plain(payload), ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    """JSON-ready copy: arrays to lists, numpy scalars to Python's, what is not finite to None."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


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
def progress(label: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Progress bar on standard error, drawn only on a terminal and only after a second.

    Yields a function of (done, total), the shape `uncounted.engine.map_jobs` calls.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    import time

    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=screen(err=True),
        transient=True,
    )
    task = bar.add_task(label, total=None)
    began = time.monotonic()
    shown = False

    def tell(done: int, total: int) -> None:
        nonlocal shown
        if not shown and time.monotonic() - began > 1.0 and done < total:
            bar.start()
            shown = True
        bar.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        if shown:
            bar.stop()
