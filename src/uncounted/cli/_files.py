"""The one place through which commands write files; it never writes over what a command reads.

A file is told from another by the file itself, not by its name: `./x` and its absolute path,
symbolic and hard links, and names that differ by case only on a disk that does not tell them apart
are one file. Outputs are checked when the command starts, before any work, and again when the first
byte is about to be written, by when everything read is known.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from uncounted.errors import InputError, UsageError

__all__ = [
    "Command",
    "OutputFile",
    "OutputFolder",
    "check_outputs",
    "remember_reads",
    "save_picture",
    "write_bytes",
    "write_text",
]

_KEY = "uncounted.outputs"
_OURS = Path(__file__).resolve().parents[1]
_read: set[str] | None = None
"""Paths opened for reading in this call; ``None`` outside of one."""


class OutputFile(click.Path):
    """Option that names a file to write. With ``dash``, ``-`` is standard output."""

    def __init__(self, *, dash: bool = False) -> None:
        super().__init__(dir_okay=False, allow_dash=dash, path_type=Path)
        self.dash = dash


class OutputFolder(click.Path):
    """Option or argument that names a folder to write into."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)


class Command(click.Command):
    """A command that refuses, before it starts, to write over what it reads."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if self.help:
            # a raw docstring spells the mark that keeps the lines of its examples apart
            self.help = self.help.replace("\\b\n", "\b\n")

    def invoke(self, ctx: click.Context) -> object:
        """Check the outputs, then run."""
        check_outputs(ctx)
        return super().invoke(ctx)


@contextmanager
def remember_reads() -> Iterator[None]:
    """Keep the path of every file that Python opens for reading meanwhile."""
    global _read
    _listen()
    before, _read = _read, set()
    try:
        yield
    finally:
        _read = before


_listening = False


def _listen() -> None:
    """Hear from Python itself which files are opened; a hook stays for the life of the process."""
    global _listening
    if not _listening:
        sys.addaudithook(_heard)
        _listening = True


def _heard(event: str, args: tuple[Any, ...]) -> None:
    if event != "open" or _read is None:
        return
    path, mode, flags = args
    if not isinstance(path, str):
        return
    writes = any(c in mode for c in "wax+") if isinstance(mode, str) else bool(flags & 3)
    if not writes:
        _read.add(os.path.abspath(path))


def check_outputs(ctx: click.Context) -> None:
    """Refuse outputs of a command that are inputs of it, or each other.

    Raises
    ------
    UsageError
        Exit status 2: the files are in order, the call is not.
    """
    outputs: list[tuple[str, Path]] = []
    inputs: list[Path] = []
    folders: list[Path] = []
    spoken = ["--json"] if ctx.params.get("as_json") else []
    for param in ctx.command.params:
        given = ctx.params.get(param.name or "")
        values = given if isinstance(given, (tuple, list)) else (given,)
        for value in values:
            if not isinstance(value, (str, Path)) or not str(value):
                continue
            if isinstance(param.type, OutputFile):
                option = max(param.opts, key=len)
                if str(value) == "-" and param.type.dash:
                    spoken.append(option)
                else:
                    outputs.append((option, Path(value)))
            elif not isinstance(param.type, OutputFolder):
                inputs.append(Path(value))
                if isinstance(param.type, click.Path):
                    folders.append(Path(value))
    if len(spoken) > 1:
        raise UsageError(
            f"{' and '.join(spoken)} would both write to standard output.",
            fix="Give one of them a file, or leave it out.",
        )
    ctx.meta[_KEY] = outputs
    for k, (option, path) in enumerate(outputs):
        _refuse_input(option, path, inputs, folders)
        for other, earlier in outputs[:k]:
            if _same(path, earlier):
                raise UsageError(
                    f"{other} and {option} would write to one file, {path}.",
                    fix="Name a file of its own for each.",
                )


def _refuse_input(
    option: str, path: Path, inputs: Sequence[Path], folders: Sequence[Path] = ()
) -> None:
    if any(_same(path, s) for s in inputs) or any(_inside(path, f) for f in folders):
        raise UsageError(
            f"{option} {path} would write over a file that this command reads.",
            fix="Name another file to write.",
        )
    if _resolved(path).is_relative_to(_OURS):
        raise UsageError(
            f"{option} {path} would write into the installed program.",
            fix="Name a file in a folder of your own.",
        )


def _resolved(path: Path) -> Path:
    """Path without links and dots; a loop of links stays as it is."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None


def _same(a: Path, b: Path) -> bool:
    """Whether two paths are one regular file, or would be once written."""
    x, y = _status(a), _status(b)
    if x is not None and y is not None:
        return stat.S_ISREG(x.st_mode) and os.path.samestat(x, y)
    if x is not None or y is not None:
        return False
    one, two = _resolved(a), _resolved(b)
    if one == two:
        return True
    return str(one).casefold() == str(two).casefold() and _blind_to_case(one.parent)


def _inside(path: Path, folder: Path) -> bool:
    """Whether a file that is there stands in a folder that is read."""
    at, of = _status(path), _status(folder)
    if at is None or of is None or not stat.S_ISDIR(of.st_mode):
        return False
    return _resolved(path).is_relative_to(_resolved(folder))


def _blind_to_case(folder: Path) -> bool:
    """Whether the disk takes names that differ by case only for one, told by a folder on the way."""
    for place in (folder, *folder.parents):
        there = _status(place)
        if there is None or place.name.swapcase() == place.name:
            continue
        swapped = _status(place.with_name(place.name.swapcase()))
        return swapped is not None and os.path.samestat(there, swapped)
    return False


def write_text(path: Path, text: str) -> None:
    """Write a text file, or standard output for ``-``; folders on the way are made."""
    if str(path) == "-":
        click.echo(text, nl=False)
        return
    with _writing(path):
        path.write_text(text, encoding="utf-8")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that is no text; folders on the way are made."""
    with _writing(path):
        path.write_bytes(data)


def save_picture(spec: Mapping[str, Any], path: Path) -> None:
    """Write a picture by the path's ending."""
    from uncounted.charts.export import save

    with _writing(path):
        save(spec, path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Check everything this call is to write against everything read so far, then let it be written."""
    ctx = click.get_current_context(silent=True)
    outputs: list[tuple[str, Path]] = [] if ctx is None else ctx.meta.get(_KEY, [])
    done: set[Path] = set() if ctx is None else ctx.meta.setdefault(f"{_KEY}.done", set())
    read = [Path(p) for p in sorted(_read or ())]
    for option, output in [*outputs, ("Output", path)]:
        if output not in done:
            _refuse_input(option, output, read)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError:
        raise InputError(
            f"Cannot write {path}.", fix="Choose a folder that exists and may be written to."
        ) from None
    done.add(path)
