"""Text files row by row: CSV and its kin, whatever the line ends, in bounded memory.

A row is numbered as a spreadsheet would number it: a quoted line break makes no new row. A
quotation mark that is opened and not closed would swallow the rows below it; such rows are read
again line by line, so that none is lost.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from uncounted.core.notes import Note
from uncounted.files.encodings import ascii_based
from uncounted.files.raw import OPEN_QUOTE, RawRow, bad_text, long_cell
from uncounted.files.source import Source

__all__ = ["DELIMITERS", "MAX_LINES", "bare", "csv_rows", "has_too_many_lines", "named_delimiter"]

DELIMITERS = ",;\t|"
MAX_LINE = 1 << 20
MAX_LINES = 4_000_000
"""Most lines of a file; a row may have several."""
MAX_FIELD = 131_072
"""Longest cell in characters; also how far a quotation mark left open is followed."""
BLOCK = 1 << 18

_LONG = Note("files.row.long")


def named_delimiter(head: str) -> str:
    """Delimiter a first line such as ``sep=;`` names; ``""`` where there is none."""
    first = head.lstrip("\ufeff")[:6].casefold()
    return first[4] if first.startswith("sep=") and first[4:5].strip("\r\n") else ""


def has_too_many_lines(source: Source) -> bool:
    """Whether a file has more than `MAX_LINES` lines; told in a moment, without reading rows."""
    if source.size <= MAX_LINES:
        return False
    feeds = returns = 0
    with source.open() as f:
        while block := f.read(1 << 20):
            feeds += block.count(b"\n")
            returns += block.count(b"\r")
            if max(feeds, returns) > MAX_LINES:
                return True
    return False


def csv_rows(source: Source, encoding: str, delimiter: str, width: int = 0) -> Iterator[RawRow]:
    """Rows of a delimited file.

    Parameters
    ----------
    source
        The file, or its first bytes.
    encoding
        As `encodings.find_encoding` gives it.
    delimiter
        One character.
    width
        Number of columns where the header is known: a row of several lines that has another
        width is read again line by line.
    """
    with source.open() as f:
        lines = _Held(_lines(f, encoding), encoding)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        number = 0
        while True:
            lines.held.clear()
            broken = False
            cells: list[str] = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                broken = True
            if broken or (len(lines.held) > 1 and width and len(cells) != width):
                for line, fault in lines.held:
                    number += 1
                    yield number, *_one_line(line, fault, delimiter)
            else:
                number += 1
                held = lines.held
                fault = held[0][1] if len(held) == 1 else next((f for _, f in held if f), None)
                if any("'" in line or '="' in line for line, _ in held):
                    cells = [bare(c) for c in cells]
                yield number, cells, fault


_PARTICLE = re.compile(r"'[tsnTSN]\b")


def bare(cell: str) -> str:
    """Text of a cell without the marks by which people keep a spreadsheet from changing it.

    ``="00123"`` keeps noughts, and so does an apostrophe before them.

    Examples
    --------
    >>> bare('="00123"'), bare("'00123"), bare("'Ana'"), bare("'t Hart"), bare("=1+1")
    ('00123', '00123', 'Ana', "'t Hart", '=1+1')
    """
    if len(cell) > 2 and cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1].replace('""', '"')
    if len(cell) > 1 and cell[0] == "'" and not _PARTICLE.match(cell):
        rest = cell[1:]
        return rest[:-1] if rest.endswith("'") and "'" not in rest[:-1] else rest
    return cell


def _one_line(line: str, fault: Note | None, delimiter: str) -> tuple[list[str], Note | None]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [], fault or long_cell(MAX_FIELD)
    if not fault and cells and cells[-1].endswith(("\n", "\r")):
        fault = OPEN_QUOTE
    return cells, fault


class _Held:
    """Decoded lines for the csv module; those of the row at hand are held, with their faults."""

    def __init__(self, lines: Iterator[tuple[bytes, Note | None]], encoding: str) -> None:
        self.held: list[tuple[str, Note | None]] = []
        self._lines = lines
        self._named = encoding
        self._codec = encoding if ascii_based(encoding) else "utf-8"

    def __iter__(self) -> _Held:
        return self

    def __next__(self) -> str:
        line, fault = next(self._lines)
        try:
            text = line.decode(self._codec)
        except UnicodeDecodeError:
            fault = bad_text(self._named)
            text = line.decode("latin-1")
        self.held.append((text, fault))
        return text


def _lines(binary: BinaryIO, encoding: str) -> Iterator[tuple[bytes, Note | None]]:
    """Yield lines with their ends, of whichever kind; of one too long, its fault only."""
    rest = b""
    long = False
    for block in _blocks(binary, encoding):
        lines = (rest + block).splitlines(keepends=True)
        # the last one may go on, or be a \r whose \n comes with the next block
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        for line in lines:
            yield (b"\n", _LONG) if long or len(line) > MAX_LINE else (line, None)
            long = False
        if len(rest) > MAX_LINE:
            long, rest = True, rest[-1:] if rest.endswith(b"\r") else b"."
    if rest:
        yield (b"\n", _LONG) if long else (rest, None)


def _blocks(binary: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Blocks of the file without its mark, as UTF-8 where the encoding does not build on ASCII."""
    if ascii_based(encoding):
        block = binary.read(BLOCK)
        while block.startswith(codecs.BOM_UTF8):  # some programs write it twice
            block = block.removeprefix(codecs.BOM_UTF8)
        while block:
            following = binary.read(BLOCK)
            # the mark by which DOS ended a text
            yield block if following else block.rstrip(b"\x1a") or b"\n"
            block = following
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while block := binary.read(BLOCK):
        text = decoder.decode(block)
        if text:
            yield text.encode("utf-8", "surrogatepass")
    last = decoder.decode(b"", final=True)
    if last:
        yield last.encode("utf-8", "surrogatepass")
