"""Files and folders that only their owner may read, from the moment they are there.

Rights are given when a file is made, not afterwards: what is made readable and closed a moment later was
open for that moment. The user's own umask may take away more, never less.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

__all__ = ["close_all", "close_off", "make_folder", "open_to_append", "replace_file"]

FOLDER = 0o700
FILE = 0o600


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone.

    A folder that is there already is closed to others where it is ours to close.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     make_folder(Path(place) / "a" / "b")
    ...     oct((Path(place) / "a").stat().st_mode & 0o777)
    '0o700'
    """
    missing: list[Path] = []
    place = path
    while not place.exists():
        missing.append(place)
        if place.parent == place:
            break
        place = place.parent
    for folder in reversed(missing):
        folder.mkdir(FOLDER, exist_ok=True)
    if not missing:
        if not path.is_dir():
            raise NotADirectoryError(20, "Not a directory")
        close_off(path)


def open_to_append(path: Path) -> int:
    """Open a file to write at its end, made for its owner alone; give its descriptor."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _FLAGS, FILE)
    close_off(path)
    return handle


def replace_file(path: Path, data: bytes | str) -> None:
    """Write a whole file for its owner alone: whoever reads meanwhile finds the old one or the new one.

    Parameters
    ----------
    path
        Where; its folder is there.
    data
        What it holds; text is written as UTF-8, its line ends as they are.
    """
    raw = data.encode() if isinstance(data, str) else data
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, FILE)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def close_off(path: Path) -> None:
    """Take others' rights from a file or folder that is there; one that is not ours stays as it is."""
    try:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & 0o077 and not path.is_symlink():
            path.chmod(mode & 0o700)
    except OSError:  # another's, or a disk that knows no rights
        return


def close_all(folder: Path) -> None:
    """Take others' rights from a folder and everything in it."""
    close_off(folder)
    for path in folder.rglob("*"):
        close_off(path)
