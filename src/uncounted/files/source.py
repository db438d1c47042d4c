"""Where a file's bytes come from: a path, or standard input, held once and read as often as needed."""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from uncounted.core.notes import Note
from uncounted.errors import InputError

__all__ = ["STANDARD_INPUT", "Source", "open_source", "shown_name"]

STANDARD_INPUT = "-"
_PIPED = "standard input"
MAX_INPUT = 256 << 20
"""Most bytes taken from standard input, and most that a packed text file may unpack to."""

_NO_SUCH = {2, 20, 36, 40}
"""Numbers of the system's errors: no such file, no such folder, name too long, link to itself."""
_PACKED = (b"\x1f\x8b", b"\xfd7zXZ\x00")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be opened again and again.

    Parameters
    ----------
    name
        For messages: the file's name without its folders.
    path
        The file; ``None`` for standard input.
    data
        The bytes, where they are not in a file of their own: standard input, text unpacked.
    """

    name: str
    path: Path | None
    data: bytes | None = field(default=None, repr=False)

    @property
    def ending(self) -> str:
        """Ending of the name, small letters, without that of a packing: ``.csv`` of ``a.csv.gz``."""
        if self.path is None:
            return ""
        endings = [e.lower() for e in self.path.suffixes]
        while self.data is not None and endings and endings[-1] in {".gz", ".xz"}:
            endings.pop()
        return endings[-1] if endings else ""

    @property
    def size(self) -> int:
        """Bytes."""
        if self.data is not None:
            return len(self.data)
        assert self.path is not None
        return self.path.stat().st_size

    def open(self) -> BinaryIO:
        """Open for reading from the beginning."""
        if self.data is not None:
            return io.BytesIO(self.data)
        assert self.path is not None
        return self.path.open("rb")


def shown_name(path: str | Path) -> str:
    """Name of a file for messages and answers, without its folders; ``-`` is standard input."""
    return _PIPED if str(path) == STANDARD_INPUT else Path(path).name


def open_source(
    path: str | Path | Source,
    *,
    packed: bool = False,
    lost: Note | None = None,
    relative: bool = False,
) -> Source:
    """Find a file, or take standard input for ``-``.

    Parameters
    ----------
    path
        Path or ``-``; a source is given back as it is.
    packed
        Whether text packed by gzip or xz is unpacked.
    lost
        What to do where there is no such file.
    relative
        Whether the message then names the folder: the path was not typed by who reads it.

    Raises
    ------
    InputError
        No such file, a folder or a device, no right to read it, too large, damaged.
    """
    if isinstance(path, Source):
        return path
    if str(path) == STANDARD_INPUT:
        source = Source(_PIPED, None, _standard_input())
        head = (source.data or b"")[:8]
    else:
        path = Path(path)
        try:
            kind = path.stat().st_mode
            if not stat.S_ISREG(kind):
                raise InputError(
                    f"{path.name} is a folder: it is not a file."
                    if stat.S_ISDIR(kind)
                    else f"{path.name} is not a file.",
                    fix="Name a CSV, Excel or Parquet file."
                    if stat.S_ISDIR(kind)
                    else "Name a CSV, Excel or Parquet file; what another program writes is read as -.",
                )
            with path.open("rb") as f:
                head = f.read(8)
        except (OSError, ValueError, RuntimeError) as error:
            number = getattr(error, "errno", None)
            if number in _NO_SUCH or not isinstance(error, OSError):
                raise _missing(path, lost, relative) from None
            raise InputError(
                f"{path.name} cannot be opened by the account that runs this.",
                fix="Give that account leave to read it, or close the program that holds it.",
            ) from None
        source = Source(path.name, path)
    return _unpacked(source) if packed and head.startswith(_PACKED) else source


def _missing(path: Path, lost: Note | None, relative: bool) -> InputError:
    where = f" in {path.parent.name[:60] or '.'}" if relative else ""
    return InputError(
        f"There is no file {path.name[:60]}{where}.", fix=lost or Note("files.lost.table")
    )


def _unpacked(source: Source) -> Source:
    """Text of a packed file, in memory, bounded whatever the packing says."""
    made = bytearray()
    try:
        with source.open() as f:
            head = f.read(2)
            f.seek(0)
            with gzip.GzipFile(fileobj=f) if head == _PACKED[0] else lzma.LZMAFile(f) as opened:
                while len(made) <= MAX_INPUT and (block := opened.read(1 << 20)):
                    made += block
    except (OSError, EOFError, lzma.LZMAError, zlib.error, ValueError):
        raise InputError(
            f"{source.name} is damaged: it cannot be unpacked.", fix="Download it again."
        ) from None
    if len(made) > MAX_INPUT:
        raise InputError(
            f"{source.name} unpacks to more than {MAX_INPUT >> 20} MiB.",
            fix="Unpack it, keep the columns and rows that are needed, and use that file.",
        )
    return Source(source.name, source.path, bytes(made))


_held: tuple[object, bytes] | None = None


def _standard_input() -> bytes:
    """All of standard input, once: it cannot be read again, and a file is opened several times."""
    global _held
    stream = sys.stdin
    if _held is not None and _held[0] is stream:
        return _held[1]
    if stream is None or stream.closed:
        raise InputError(
            "There is nothing on standard input.", fix="Pipe a file in, or name one instead of -."
        )
    data = stream.buffer.read(MAX_INPUT + 1)
    if len(data) > MAX_INPUT:
        raise InputError(
            f"Standard input holds more than {MAX_INPUT >> 20} MiB.",
            fix="Write it to a file and name that.",
        )
    _held = (stream, data)
    return data
