"""Excel workbooks (.xlsx, .xlsm) row by row in bounded memory, hostile ones too.

A workbook is a zip of XML parts. Only the parts a table needs are opened, each is parsed as a
stream, and what a bomb would blow up is bounded: unpacked size, parts, shared text, cells of a row,
length of a cell, length of a tag. No part may declare entities. Nothing outside the zip is opened.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.files.raw import FORMULA, MAX_CELL, MAX_COLUMNS, RawRow
from uncounted.files.source import Source, open_source

__all__ = ["Sheet", "Workbook"]

MAX_UNPACKED = 300 << 20
MAX_PARTS = 2000
MAX_STRINGS = 2_000_000
MAX_SHARED = 32_000_000
"""Most shared strings, and most characters of them, held at once."""
MAX_ROW = 1 << 20
MAX_CELL_COLUMN = 1 << 14
"""Rows and columns a sheet can have."""
MAX_TAG = 1 << 20
BLOCK = 1 << 16

_AGAIN = "Open it in a spreadsheet program and save it again as .xlsx."
_DATE_FORMATS = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
"""Number formats every workbook has that show a day."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its title, the part that holds it, whether it is hidden."""

    title: str
    part: str
    hidden: bool


_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\shidden=[\"'](?:1|true)[\"'][^<>]*>")
_ROW_NUMBER = re.compile(rb"\sr=[\"'](\d{1,7})[\"']")
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^<>]*?\sref=[\"']([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})[\"']"
)
MAX_MERGED = 20_000
"""Most cells merged down that are filled."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a sheet says about its rows besides their cells.

    Parameters
    ----------
    hidden
        How many rows are hidden.
    rows
        Their numbers, the first fifty.
    merged
        First row, last row and column (from 0) of the cells merged over several rows.
    """

    hidden: int
    rows: tuple[int, ...]
    merged: tuple[tuple[int, int, int], ...]


def _merged_down(first: bytes, last: bytes) -> tuple[int, int, int] | None:
    """Rows and column of a merged range; ``None`` where it covers one row."""
    begin, end = first.decode(), last.decode()
    top, bottom = (int(text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for text in (begin, end))
    column = _column(begin)
    if not top < bottom <= MAX_ROW or column >= MAX_COLUMNS:
        return None
    return top, bottom, column


class _Stop(Exception):
    """Enough of a part was read."""


class _Entities(Exception):
    """A part declares a document type."""


class Workbook:
    """A workbook's sheets and their rows.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        If it is damaged, has cells past the last column a sheet can have, unpacks to more than a list can need, or declares entities.
    """

    def __init__(self, path: Path | Source) -> None:
        self.source = open_source(path)
        self._check_size()
        self.since_1904 = False
        self._marked: dict[str, Marked] = {}
        self.sheets: list[Sheet] = []
        self._read_sheets()

    def rows(self, sheet: Sheet) -> Iterator[RawRow]:
        """Rows of a sheet that hold cells, with their numbers in the sheet."""
        made: list[RawRow] = []
        reader = _SheetReader(
            made.append, self._strings, self._date_styles, since_1904=self.since_1904
        )
        for _ in self._parse(sheet.part, reader.start, reader.end, reader.text):
            yield from made
            made.clear()
        yield from made

    def _check_size(self) -> None:
        """Sizes are those the archive declares; Python's zipfile reads no byte past them."""
        with self._guarded(), self.source.open() as whole, zipfile.ZipFile(whole) as archive:
            parts = [
                p for p in archive.infolist() if not _plain(p.filename).startswith("xl/media/")
            ]
        total = sum(p.file_size for p in parts)
        if total > MAX_UNPACKED or len(parts) > MAX_PARTS:
            raise InputError(
                f"{self.source.name} unpacks to {total >> 20:,} MiB in {len(parts):,} parts; "
                f"at most {MAX_UNPACKED >> 20} MiB in {MAX_PARTS:,} parts are read.",
                fix="If it is a true list, save it as 'CSV UTF-8' and use that file.",
            )
        self._parts = {_plain(p.filename): p.filename for p in parts}

    @contextmanager
    def _unpack(self, part: str) -> Iterator[IO[bytes]]:
        """Open a part, found whichever capitals its name has; what is broken becomes one message."""
        with (
            self._guarded(),
            self.source.open() as whole,
            zipfile.ZipFile(whole) as archive,
            archive.open(self._parts.get(part.casefold(), part)) as f,
        ):
            yield f

    def filled_rows(self, sheet: Sheet) -> Iterator[RawRow]:
        """Rows of a sheet as `rows` gives them, with cells merged down in every row they cover."""
        starts = self.marked(sheet).merged
        if not starts:
            yield from self.rows(sheet)
            return
        begin = {(row, column): last for row, last, column in starts}
        columns = sorted({column for _, _, column in starts})
        active: dict[int, tuple[int, str]] = {}
        for number, cells, fault in self.rows(sheet):
            own = any(cells)
            for column in columns:
                last = begin.get((number, column))
                if last is not None:
                    value = cells[column] if column < len(cells) else ""
                    active[column] = (last, value)
                elif column in active:
                    until, value = active[column]
                    if number > until:
                        del active[column]
                    elif own and value and not (column < len(cells) and cells[column]):
                        cells.extend([""] * (column + 1 - len(cells)))
                        cells[column] = value
            yield number, cells, fault

    def marked(self, sheet: Sheet) -> Marked:
        """Find the rows of a sheet that are hidden, by hand or by a filter, and cells merged down."""
        if sheet.part in self._marked:
            return self._marked[sheet.part]
        hidden, rest = 0, b""
        numbers: list[int] = []
        merged: list[tuple[int, int, int]] = []
        with self._unpack(sheet.part) as f:
            while block := f.read(1 << 20):
                text = rest + block
                for tag in _HIDDEN.findall(text):
                    hidden += 1
                    said = _ROW_NUMBER.search(tag)
                    if said and len(numbers) < 50:
                        numbers.append(int(said[1]))
                for first, last in _MERGED.findall(text):
                    made = _merged_down(first, last)
                    if made and len(merged) < MAX_MERGED:
                        merged.append(made)
                # a tag may go on in the next block; one that was counted ends before it
                cut = text.rfind(b"<")
                rest = text[cut:] if cut >= 0 and b">" not in text[cut:] else b""
                if len(rest) > MAX_TAG:
                    rest = b""
        found = Marked(hidden, tuple(numbers), tuple(merged))
        self._marked[sheet.part] = found
        return found

    def _guarded(self) -> _Guard:
        return _Guard(self.source.name)

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> Iterator[None]:
        """Feed one part to a parser block by block; hands over after each."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        if end is not None:
            parser.EndElementHandler = end
        if text is not None:
            parser.CharacterDataHandler = text

        def declared(*_: object) -> None:
            raise _Entities

        parser.StartDoctypeDeclHandler = declared
        fed = 0
        with self._unpack(part) as f:
            while block := f.read(BLOCK):
                parser.Parse(block, False)
                fed += len(block)
                if fed - parser.CurrentByteIndex > MAX_TAG:
                    # one endless tag is read from its start again with every block
                    raise zipfile.BadZipFile
                yield
            parser.Parse(b"", True)

    def _whole(self, part: str, start: Callable[[str, dict[str, str]], None], **more: Any) -> None:
        for _ in self._parse(part, start, **more):
            pass

    def _read_sheets(self) -> None:
        targets: dict[str, str] = {}
        found: list[tuple[str, str, bool]] = []

        def relation(name: str, attrs: dict[str, str]) -> None:
            if _local(name) == "Relationship" and attrs.get("TargetMode") != "External":
                target = attrs.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                targets[attrs.get("Id", "")] = posixpath.normpath(whole)

        def entry(name: str, attrs: dict[str, str]) -> None:
            local = _local(name)
            if local == "sheet":
                key = next((v for k, v in attrs.items() if _local(k) == "id"), "")
                hidden = attrs.get("state", "visible") != "visible"
                found.append((attrs.get("name", ""), key, hidden))
            elif local == "workbookPr":
                self.since_1904 = attrs.get("date1904", "") in {"1", "true", "on"}

        if "xl/workbook.xml" not in self._parts:
            raise InputError(
                f"{self.source.name} is not an Excel workbook, or is damaged.", fix=_AGAIN
            )
        self._whole("xl/_rels/workbook.xml.rels", relation)
        self._whole("xl/workbook.xml", entry)
        self.sheets = [
            Sheet(title, targets[key], hidden)
            for title, key, hidden in found
            if targets.get(key, "").casefold() in self._parts
            and "/chartsheets/" not in targets[key]
        ]
        if not self.sheets:
            raise InputError(
                f"{self.source.name} cannot be read: it holds no sheet with cells.", fix=_AGAIN
            )

    @cached_property
    def _strings(self) -> list[str]:
        """Texts the cells share, each cut at `MAX_CELL` characters."""
        part = "xl/sharedStrings.xml"
        out: list[str] = []
        if part.casefold() not in self._parts:
            return out
        piece: list[str] = []
        held = size = phonetic = 0
        inside = False

        def start(name: str, attrs: dict[str, str]) -> None:
            nonlocal inside, size, phonetic
            local = _local(name)
            if local == "si":
                piece.clear()
                size = 0
            elif local == "rPh":
                phonetic += 1
            elif local == "t":
                inside = not phonetic

        def end(name: str) -> None:
            nonlocal inside, held, phonetic
            local = _local(name)
            if local == "t":
                inside = False
            elif local == "rPh":
                phonetic -= 1
            elif local == "si":
                text = _unescaped("".join(piece))
                held += len(text)
                out.append(text)
                if held > MAX_SHARED or len(out) > MAX_STRINGS:
                    raise _Stop

        def text(data: str) -> None:
            nonlocal size
            if inside and size < MAX_CELL:
                piece.append(data[:MAX_CELL])
                size += len(data)

        try:
            self._whole(part, start, end=end, text=text)
        except _Stop:
            raise InputError(
                f"{self.source.name} holds more text than a case list can.",
                fix="If it is a true list, save it as 'CSV UTF-8' and use that file.",
            ) from None
        return out

    @cached_property
    def _date_styles(self) -> frozenset[str]:
        """Cell styles that show a number as a day."""
        codes: dict[int, str] = {}
        styles: list[int] = []
        cells = False

        def start(name: str, attrs: dict[str, str]) -> None:
            nonlocal cells
            local = _local(name)
            if local == "numFmt":
                codes[_number(attrs.get("numFmtId", ""))] = attrs.get("formatCode", "")
            elif local in {"cellXfs", "cellStyleXfs"}:
                cells = local == "cellXfs"
            elif local == "xf" and cells and len(styles) < 1 << 16:
                styles.append(_number(attrs.get("numFmtId", "")))

        if "xl/styles.xml" in self._parts:
            self._whole("xl/styles.xml", start)
        return frozenset(
            str(i)
            for i, n in enumerate(styles)
            if (_shows_day(codes[n]) if n in codes else n in _DATE_FORMATS)
        )


_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, LookupError, NotImplementedError,
    OSError, RuntimeError, ValueError,
)  # fmt: skip
"""What Python raises on zips and XML that are damaged, locked or made to deceive."""


class _Guard:
    """Turns what zip and XML raise on broken files into one message that repeats nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _Entities):
            raise InputError(
                f"{self.name} declares its own entities, as no workbook does.", fix=_AGAIN
            ) from None
        if isinstance(error, _BROKEN):
            raise InputError(
                f"{self.name} is damaged, or is not an Excel workbook: it cannot be read.",
                fix=_AGAIN,
            ) from None


class _SheetReader:
    """Makes rows of a sheet's XML events."""

    def __init__(
        self,
        put: Callable[[RawRow], None],
        strings: list[str],
        date_styles: frozenset[str],
        *,
        since_1904: bool,
    ) -> None:
        self.put, self.strings, self.date_styles = put, strings, date_styles
        self.epoch = dt.date(1904, 1, 1) if since_1904 else dt.date(1899, 12, 30)
        self.number = 0
        self.cells: list[str] = []
        self.fault: Note | None = None
        self.column = -1
        self.kind = self.style = ""
        self.formula = self.valued = self.inside = False
        self.phonetic = 0
        self.pieces: list[str] = []
        self.size = 0

    def start(self, name: str, attrs: dict[str, str]) -> None:
        local = _local(name)
        if local == "c":
            where = attrs.get("r")
            self.column = self.column + 1 if where is None else _column(where)
            if self.column >= MAX_CELL_COLUMN:
                raise ValueError  # damage, or an endless row
            self.kind, self.style = attrs.get("t", "n"), attrs.get("s", "")
            self.formula = self.valued = False
            self.pieces.clear()
            self.size = 0
        elif local == "v" or (local == "t" and not self.phonetic):
            self.inside = self.valued = True
        elif local == "f":
            self.formula = True
        elif local == "rPh":
            self.phonetic += 1
        elif local == "row":
            self.begin(attrs.get("r"))

    def begin(self, written: str | None) -> None:
        number = self.number + 1 if written is None else _number(written[:19])
        self.fault = None
        if not self.number < number <= MAX_ROW:
            self.fault = Note("files.row.row-number")
            number = self.number + 1
        self.number = number
        self.cells = []
        self.column = -1

    def text(self, data: str) -> None:
        if self.inside and self.size < MAX_CELL:
            self.pieces.append(data[:MAX_CELL])
            self.size += len(data)

    def end(self, name: str) -> None:
        local = _local(name)
        if local in {"v", "t"}:
            self.inside = False
        elif local == "c":
            value = self.value()
            if value:
                # past the last column one cell stands for all there are
                at = min(self.column, MAX_COLUMNS)
                gap = at - len(self.cells)
                if gap >= 0:
                    self.cells.extend([""] * gap)
                    self.cells.append(value)
                else:
                    self.cells[at] = value
        elif local == "rPh":
            self.phonetic -= 1
        elif local == "row":
            self.put((self.number, self.cells, self.fault))

    def value(self) -> str:
        """Text of the cell just read."""
        text = "".join(self.pieces)
        kind = self.kind
        if self.formula and (not self.valued or (not text and kind != "str")):
            return FORMULA
        if not text:
            return ""
        if kind == "s":
            return self.strings[_number(text)]  # beyond them: damage
        if kind == "n":
            return self.numeric(text)
        if kind == "e":
            return "" if text == "#N/A" else FORMULA
        return _unescaped(text) if kind in {"inlineStr", "str"} else text

    def numeric(self, text: str) -> str:
        """Text of a number: a day where the style says so, whole numbers without a point."""
        dated = self.style in self.date_styles
        if not dated and text.isdecimal():
            return text
        value = float(text)
        if dated and 0 <= value < 2_958_466:
            # the 1900 of spreadsheets has a 29 February
            early = 1 if value < 60 and self.epoch.year == 1899 else 0
            try:
                return (self.epoch + dt.timedelta(days=int(value) + early)).isoformat()
            except OverflowError:
                return text
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _plain(part: str) -> str:
    """Name of a part in one spelling: some programs write backslashes or capitals."""
    return part.replace("\\", "/").casefold()


def _local(name: str) -> str:
    """Name without its prefix: producers differ in the ones they choose."""
    return name.rpartition(":")[2] if ":" in name else name


def _number(text: str) -> int:
    """Whole number, 0 or more; anything else is damage."""
    if not (text.isdecimal() and len(text) < 20):
        raise ValueError
    return int(text)


def _column(where: str) -> int:
    """Position, from 0, of the column in a cell's address.

    Examples
    --------
    >>> _column("A1"), _column("AB12")
    (0, 27)
    """
    out = 0
    for c in where:
        if not "A" <= c <= "Z":
            break
        out = min(out * 26 + ord(c) - 64, 10 * MAX_COLUMNS)
    return max(out - 1, 0)


def _unescaped(text: str) -> str:
    """Characters XML cannot hold, as workbooks write them: ``_x0007_``."""
    if "_x" not in text:
        return text
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)


def _shows_day(code: str) -> bool:
    """Whether a number format shows a day or a month.

    Examples
    --------
    >>> _shows_day("dd/mm/yyyy"), _shows_day('0.00" days"'), _shows_day("[h]:mm")
    (True, False, False)
    """
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', "", code).casefold()
    if plain in {"general", "@", ""}:
        return False
    return "y" in plain or "d" in plain or ("m" in plain and not set(plain) & set("hs0#"))
