"""What keeps a run honest: one run at a time, inputs that stay as read, a ledger that is complete."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from uncounted.core.notes import Note, note
from uncounted.core.private import close_all, close_off, make_folder, open_to_append
from uncounted.disclosure.ledger import Ledger
from uncounted.engine.kept import file_hash
from uncounted.errors import InputError
from uncounted.project.settings import FILE, Project

__all__ = [
    "at_work",
    "check_ledger",
    "check_unchanged",
    "close_project",
    "hash_hand",
    "hash_inputs",
    "open_ledger",
    "project_key",
    "replace_folder",
    "writable",
    "write_key",
]

KEY = "key"


@contextmanager
def writable(code: str) -> Iterator[None]:
    """Turn a file system that says no into an error with a fix; names no path and no content."""
    try:
        yield
    except OSError as error:
        raise InputError(
            note(code, why=error.strerror or Note("run.disk.refuses")),
            fix="Free the disk, or copy the project to a folder you may write to.",
        ) from None


@contextmanager
def at_work(project: Project) -> Iterator[None]:
    """Hold the project, so that two runs at once do not write over each other.

    The hold ends with the process, however it ends.

    Raises
    ------
    InputError
        If another run holds it, or the folder cannot be written.
    """
    with writable("run.disk.project"):
        make_folder(project.hidden)
        held = os.fdopen(open_to_append(project.hidden / "lock"), "a")
        close_project(project)
    with held:
        if not _take(held):
            raise InputError(
                "Another run is at work in this project.", fix="Wait until it has ended."
            )
        with writable("run.disk.project"):
            for left in project.runs.glob(".*.partial"):
                shutil.rmtree(left)
        yield


def close_project(project: Project) -> None:
    """Take others' rights from what earlier versions, or a copy, left readable to all.

    Runs stay as they are inside: whoever opened a page to others meant to.
    """
    close_off(project.folder / FILE)
    close_off(project.runs)
    for folder in (project.hidden, project.hand):
        if folder.is_dir():
            close_all(folder)


def _take(held: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows has no fcntl; there two runs at once are on their own
        return True
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a network disk without locks
        return True
    return True


def project_key(project: Project, *, make: bool = True) -> bytes:
    """Secret of a project, which never stands in a run: it keys hashes, and the order of suppression.

    Parameters
    ----------
    project
        The project.
    make
        Make it where there is none.

    Raises
    ------
    InputError
        If it is not to be made and is gone.
    """
    path = project.hidden / KEY
    try:
        kept = path.read_text(encoding="ascii").strip()
        if len(kept) >= 32:
            return kept.encode()
    except (OSError, ValueError):
        pass
    if not make:
        raise InputError(
            f".uncounted/{KEY}, the project's key, is gone.",
            fix="Restore it from a backup: without it no run can be repeated.",
        )
    return write_key(project.hidden, secrets.token_hex(32))


def write_key(hidden: Path, secret: str) -> bytes:
    """Keep a project's secret where nobody else can read it, from the first byte on."""
    with writable("run.disk.project"):
        make_folder(hidden)
        path = hidden / KEY
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as f:
            f.write(secret + "\n")
    return secret.encode()


def hash_inputs(project: Project, key: bytes) -> dict[str, str]:
    """Keyed hash of every file the lists are read from, by the name the project file gives it."""
    for entry in project.settings.lists:
        for path in (project.place(entry, name) for name in entry.files):
            if not path.is_file():
                raise InputError(
                    f"List {entry.name!r}: there is no file {path.name}.",
                    fix=f"Put it where `file` in {FILE} says, relative to that file.",
                )
    return {name: _hash(path, key) for name, path in project.places().items()}


def hash_hand(project: Project, key: bytes = b"") -> dict[str, str]:
    """Keyed hash of every file of decisions made by people.

    Raises
    ------
    InputError
        If there are decisions and the key that says which records they are about is gone.
    """
    if not project.hand.is_dir():
        return {}
    found = {
        p.relative_to(project.hand).as_posix(): _hash(p, key)
        for p in sorted(project.hand.rglob("*.jsonl"))
        if p.is_file() and p.stat().st_size
    }
    if found and not (project.hand / "salt").is_file():
        raise InputError(
            "hand/ holds decisions, but hand/salt, the key to the records they are about, is gone.",
            fix="Restore hand/salt from a backup, or move the decisions away and decide again.",
        )
    return found


def _hash(path: Path, key: bytes) -> str:
    try:
        return file_hash(path, key)
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read: {error.strerror or 'the disk says no'}.",
            fix="Give yourself the right to read it.",
        ) from None


def check_unchanged(
    project: Project, inputs: dict[str, str], decisions: dict[str, str], key: bytes
) -> None:
    """Refuse where a list or a decision changed while it was being read."""
    if hash_inputs(project, key) != inputs or hash_hand(project, key) != decisions:
        raise InputError(
            "A list or a decision was changed while the run was reading it.",
            fix="Run again; nothing was published.",
        )


def open_ledger(project: Project) -> Ledger:
    """Open the project's ledger of releases."""
    return Ledger(project.hidden / "ledger.jsonl")


def check_ledger(project: Project, ledger: Ledger) -> None:
    """Refuse to publish where a page was published that the ledger does not know.

    Raises
    ------
    InputError
        If the ledger is gone or an older copy of it.
    """
    for path in sorted(project.runs.glob("*/manifest.json")):
        made = read_json(path)
        if not isinstance(made, dict) or dict(made.get("settings") or {}).get("draft"):
            continue
        run = made.get("run")
        if not isinstance(run, str) or run != path.parent.name:
            continue
        line = made.get("ledger_line")
        if line and run in ledger.runs and ledger.own(run) != line:
            raise InputError(
                f"What the ledger of releases says of run {run} is not what the run wrote there.",
                fix="Restore .uncounted/ledger.jsonl from a backup: without it two releases can "
                "reveal a person.",
            )
        if run not in ledger.runs:
            raise InputError(
                f"Run {run} was released, but the ledger of releases does not know it.",
                fix="Restore .uncounted/ledger.jsonl from a backup: without it two releases can "
                "reveal a person. If that page was never given to anybody, delete its folder.",
            )
    ledger.check_whole()


def read_json(path: Path) -> Any:
    """Read JSON; ``None`` where it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return None


def replace_folder(made: Path, target: Path) -> None:
    """Put a finished folder in its place; the old one goes once the new one stands."""
    old = target.with_name(f".{target.name}.old.partial")
    if old.exists():
        shutil.rmtree(old)
    if target.exists():
        os.replace(target, old)
    os.replace(made, target)
    if old.exists():
        shutil.rmtree(old)
