"""The one reader: any file as numbered rows of text, in bounded memory.

Delimited text of any dialect and encoding, Excel, Parquet, JSON, standard input as ``-``. A file is
opened as what it is, not as what its ending says. What comes out is text: one list of cells per
row with the row's number as the user sees it, or a row that cannot be read with the reason.
Nothing here knows what a column means, except the function that finds the header, which the
caller brings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice
from pathlib import Path

from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError
from uncounted.files import delimited, encodings, stacking
from uncounted.files.documents import Value, json_rows, read_json
from uncounted.files.filetypes import HEAD, kind_of
from uncounted.files.parquet import Parquet
from uncounted.files.raw import MAX_COLUMNS, RawRow, too_wide
from uncounted.files.source import Source, open_source
from uncounted.files.workbook import Sheet, Workbook

__all__ = ["CASE_LIST", "TABLE", "HeaderRows", "Manner", "NoHeader", "RawTable", "open_table"]

PREVIEW = 30


@dataclass(frozen=True, slots=True)
class Manner:
    """How the files of one kind of user are opened, and what messages advise.

    Parameters
    ----------
    packed
        Whether text packed by gzip or xz is unpacked.
    enough
        Letters beyond ASCII from which an encoding is guessed.
    settings
        Whether ``uncounted.toml`` can say how the file is to be read.
    lost
        What to do where there is no such file.
    """

    packed: bool
    enough: int
    settings: bool
    lost: Note


CASE_LIST = Manner(False, encodings.ENOUGH, True, Note("files.lost.case-list"))
"""A member's list under a project's settings."""
TABLE = Manner(True, 3, False, Note("files.lost.table"))
"""A table of counts, a published data set: few words beyond ASCII, none of them a person's name."""
OVERLAPS = Manner(True, 3, False, Note("files.lost.overlaps"))
"""A table of overlaps, which can be a published one."""


class NoHeader(InputError):
    """No row of a file or sheet, named in ``where``, looks like column names."""

    def __init__(self, said: object, *, where: str, fix: object = "") -> None:
        super().__init__(said, fix=fix)
        self.where = where


@dataclass(frozen=True, slots=True)
class HeaderRows:
    """Where the header stands: first and last position among the preview rows, and its names."""

    first: int
    last: int
    names: list[str]
    score: float = 0.0


FindHeader = Callable[[list[list[str]]], HeaderRows | None]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of a file.

    Parameters
    ----------
    where
        File name (and sheet), for messages.
    columns
        Names from the header row or rows.
    open_rows
        Gives the rows below the header, from the start, each time it is called.
    notes
        What the reader did that a person should know: an encoding guessed, rows hidden.
    header_score
        How well the column names were recognised.
    kind
        ``"csv"``, ``"excel"``, ``"excel 1904"`` (its days count from 1904), ``"parquet"`` or
        ``"json"``.
    others
        The workbook's other tables.
    document
        A JSON file that is no list of rows, where the caller asked for it; else ``None``.
    groups
        By column, what stands in the row above its name, over it or merged from its left; empty where
        that row is no row of group names.
    aside
        The workbook's sheets that are not read, being hidden, not the one named, or without column names that are known: their
        first row of words stands as their header.
    alike
        What may be written as ``sheet`` where other sheets of the workbook have the same columns.
    delimiter
        Of a delimited text.
    """

    where: str
    columns: list[str]
    open_rows: Callable[[], Iterator[RawRow]]
    notes: tuple[Note, ...] = ()
    header_score: float = 0.0
    kind: str = "csv"
    others: tuple[RawTable, ...] = field(default=())
    document: Value = field(default=None, repr=False)
    groups: tuple[str, ...] = ()
    aside: tuple[RawTable, ...] = field(default=())
    alike: tuple[str | int, ...] = ()
    delimiter: str = ""

    @property
    def typed(self) -> bool:
        """Whether the file keeps numbers as numbers, so that a dot in one is a decimal point."""
        return self.kind != "csv"

    def rows(self) -> Iterator[RawRow]:
        """Rows below the header that are not blank."""
        for number, cells, fault in self.open_rows():
            if fault or any(cell and not cell.isspace() for cell in cells):
                yield number, cells, fault


def open_table(
    path: str | Path | Source,
    find_header: FindHeader,
    *,
    sheet: str | int | Sequence[str | int] | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    manner: Manner = CASE_LIST,
    documents: bool = False,
) -> RawTable:
    """Open a file as a table.

    Parameters
    ----------
    path
        Delimited text, an Excel workbook (``.xlsx``, ``.xlsm``), Parquet or JSON; ``-`` for standard
        input.
    find_header
        Given the first rows, says which are the header; ``None`` if none looks like one.
    sheet
        Of a workbook, by title or by number from 1; of several the rows are stacked. By default the
        visible one whose header is recognised best.
    header_row
        Row number of the header, where the guess is wrong.
    encoding
        Of a text file, where the guess is wrong.
    manner
        `CASE_LIST` or `TABLE`.
    documents
        Whether JSON that is no list of rows is given back as it is, in ``document``.

    Raises
    ------
    InputError
        Naming the file, what is wrong and what to do; `NoHeader` where no row looks like column
        names.
    """
    source = open_source(path, packed=manner.packed, lost=manner.lost, relative=manner.settings)
    with source.open() as f:
        head = f.read(HEAD)
    if not head:
        raise InputError(f"{source.name} is empty.", fix="Export it again.")
    kind = kind_of(source, head)
    if kind == "excel":
        table = _excel_table(source, find_header, sheet, header_row, manner)
        return _noted(table, source, {".xlsx", ".xlsm"}, "files.kind.excel")
    if kind == "parquet":
        table = _parquet_table(source, find_header)
        return _noted(table, source, {".parquet", ".pq"}, "files.kind.parquet")
    if kind == "json":
        table = _json_table(source, find_header, documents=documents)
        return _noted(table, source, {".json"}, "files.kind.json")
    table = _text_table(source, head, find_header, header_row, encoding, manner)
    return _noted(table, source, {".csv", ".tsv", ".txt", ".tab"}, "files.kind.text")


def _noted(table: RawTable, source: Source, usual: set[str], code: str) -> RawTable:
    if source.path is None or source.ending in usual:
        return table
    return replace(table, notes=(*table.notes, Note(code)))


def _with_header(
    where: str,
    open_all: Callable[[int], Iterator[RawRow]],
    find_header: FindHeader,
    header_row: int | None,
    *,
    notes: tuple[Note, ...] = (),
    kind: str = "csv",
) -> RawTable:
    """Find the header in the first rows and make the table of what stands below it."""
    if header_row is not None:
        return _with_header_at(where, open_all, header_row, notes, kind)
    preview = list(islice(open_all(0), PREVIEW))
    if not any(fault or any(c.strip() for c in cells) for _, cells, fault in preview):
        raise InputError(f"{where} is empty.", fix="Name the sheet or file that holds the rows.")
    wide = [number for number, cells, _ in preview if len(cells) > MAX_COLUMNS]
    found = find_header(
        [[] if fault or len(cells) > MAX_COLUMNS else cells for _, cells, fault in preview]
    )
    if found is None and wide:
        raise too_wide(where, wide[0])
    if found is None:
        raise NoHeader(
            f"{where}: no row among the first {PREVIEW} looks like column names.",
            where=where,
            fix="Say in uncounted.toml, under this list's [lists.columns], which column holds what, such as "
            '`given = "its name in the file"`: the row with those names is then found. Or set `header_row`, or '
            "`encoding` if the text comes out garbled.",
        )
    told = list(notes)
    above = sum(any(c.strip() for c in preview[i][1]) for i in range(found.first))
    if above:
        told.append(note("files.header.titles", rows=Number(above)))
    first, last = preview[found.first][0], preview[found.last][0]
    if last > first:
        told.append(note("files.header.rows", first=Number(first), last=Number(last)))
    table = _below(where, open_all, last, found.names, told, found.score, kind)
    return replace(table, groups=_groups(preview, found.last))


def _with_header_at(
    where: str,
    open_all: Callable[[int], Iterator[RawRow]],
    header_row: int,
    notes: tuple[Note, ...],
    kind: str,
) -> RawTable:
    before: list[RawRow] = []
    for row in open_all(0):
        number, cells, _ = row
        before = [*before[-1:], row]
        if number >= header_row:
            if number > header_row or not any(c.strip() for c in cells):
                break
            if len(cells) > MAX_COLUMNS:
                raise too_wide(where, number)
            names = [c.strip() for c in cells]
            table = _below(where, open_all, number, names, list(notes), 1.0, kind)
            return replace(table, groups=_groups(before, len(before) - 1))
    raise InputError(
        f"{where} has no column names in row {header_row}.",
        fix="Correct `header_row` in uncounted.toml.",
    )


def _groups(rows: list[RawRow], header: int) -> tuple[str, ...]:
    """Names of groups of columns, from the row above the columns' own names."""
    if header < 1 or rows[header - 1][2]:
        return ()
    cells = [c.strip() for c in rows[header - 1][1]]
    cells += [""] * (len(rows[header][1]) - len(cells))
    # a title stands in the first cell, alone
    return tuple(accumulate(cells, lambda left, c: c or left)) if any(cells[1:]) else ()


def _below(
    where: str,
    open_all: Callable[[int], Iterator[RawRow]],
    last: int,
    names: list[str],
    notes: list[Note],
    score: float,
    kind: str,
) -> RawTable:
    twice = sum(n > 1 for name, n in Counter(map(str.casefold, names)).items() if name)
    if twice:
        notes.append(note("files.header.twice", names=Number(twice)))
    width = len(names)

    def rows() -> Iterator[RawRow]:
        return (row for row in open_all(width) if row[0] > last)

    return RawTable(where, names, rows, tuple(notes), score, kind)


# Text -------------------------------------------------------------------------------------------


def _text_table(
    source: Source,
    head: bytes,
    find_header: FindHeader,
    header_row: int | None,
    encoding: str | None,
    manner: Manner,
) -> RawTable:
    if delimited.has_too_many_lines(source):
        raise InputError(
            f"{source.name} has more than {delimited.MAX_LINES:,} lines.",
            fix="A list that long is no case list; check the file, or split it by year.",
        )
    found = encodings.find_encoding(head, manner.enough)
    name = found.name if encoding is None else encodings.checked(encoding)
    notes: tuple[Note, ...] = ()
    if encoding is None:
        notes = _encoding_notes(found, settings=manner.settings)
    elif name not in {"utf-8", "ascii"}:
        notes = (note("files.encoding.read-as", encoding=name),)
    start = Source(source.name, source.path, head)
    delimiter = delimited.named_delimiter(head.decode(name, errors="replace"))
    if not delimiter:
        delimiter = _delimiter(start, name, find_header, header_row)

    def open_all(width: int) -> Iterator[RawRow]:
        return delimited.csv_rows(source, name, delimiter, width)

    try:
        table = _with_header(source.name, open_all, find_header, header_row, notes=notes)
        return replace(table, delimiter=delimiter)
    except InputError as error:
        if source.ending in {".xlsx", ".xlsm"}:
            raise InputError(
                f"{source.name} is not an Excel workbook, or is damaged.",
                fix="Open it in a spreadsheet program and save it again as .xlsx.",
            ) from error
        raise


def _encoding_notes(found: encodings.Encoding, *, settings: bool) -> tuple[Note, ...]:
    """Say what was guessed, and how a person sets it right: in the settings, where there are any."""
    said: tuple[Note, ...] = ()
    if found.guessed:
        code = "files.encoding.guessed.set" if settings else "files.encoding.guessed"
        said = (note(code, encoding=found.name),)
    elif found.likely:
        code = "files.encoding.likely.set" if settings else "files.encoding.likely"
        said = (note(code, encoding=found.likely),)
    elif found.unsure:
        said = (note("files.encoding.unsure.set" if settings else "files.encoding.unsure"),)
    elif found.name not in {"utf-8", "ascii"}:
        said = (note("files.encoding.read-as", encoding=found.name),)
    return said


def _delimiter(
    start: Source, encoding: str, find_header: FindHeader, header_row: int | None
) -> str:
    """Delimiter by which the first rows have column names, and have them in equal number."""

    def merit(mark: str) -> tuple[float, float, int]:
        rows = list(islice(delimited.csv_rows(start, encoding, mark), PREVIEW))
        cells = [c if len(c) <= MAX_COLUMNS and not fault else [] for _, c, fault in rows]
        if header_row is None:
            header = find_header(cells)
        else:
            header = find_header([c for (n, _, _), c in zip(rows, cells, strict=True) if n == header_row])  # fmt: skip
        widths = Counter(len(c) for c in cells if any(c))
        width, times = max(widths.items(), key=lambda w: (w[1], w[0]), default=(1, 0))
        if header is not None and header_row is None:
            # rows of another width than the names': the mark stands inside the names
            below = [c for c in cells[header.last + 1 :] if any(c)]
            alike = sum(len(c) >= len(header.names) - 1 for c in below)
            if len(header.names) > 2 and alike * 4 < len(below):
                header = None
        even = 0.0 if width < 2 else times / max(sum(widths.values()), 1)
        return (0.0 if header is None else header.score, even, width)

    return max(delimited.DELIMITERS, key=merit)


# Excel ------------------------------------------------------------------------------------------


def _excel_table(
    source: Source,
    find_header: FindHeader,
    sheet: str | int | Sequence[str | int] | None,
    header_row: int | None,
    manner: Manner,
) -> RawTable:
    book = Workbook(source)
    kind = "excel 1904" if book.since_1904 else "excel"
    chosen = _chosen(book, source.name, sheet)
    tables: list[RawTable] = []
    entries: dict[str, Sheet] = {}
    hidden = 0
    faults: list[InputError] = []
    for number, entry in enumerate(book.sheets, start=1):
        if not chosen and entry.hidden:
            hidden += 1
            continue
        if chosen and number not in chosen:
            continue

        def open_all(width: int, entry: Sheet = entry) -> Iterator[RawRow]:
            # below the header a cell merged down holds in every row it covers
            return book.filled_rows(entry) if width else book.rows(entry)

        rows = open_all
        where = f"{source.name}, sheet {number}"
        try:
            tables.append(_with_header(where, rows, find_header, header_row, kind=kind))
            entries[where] = entry
        except InputError as error:
            faults.append(error)
    if not tables:
        if len(faults) == 1:
            raise faults[0]
        message = (
            f"{source.name}: none of its {len(faults)} visible sheets has rows under column names."
        )
        fix = (
            "Set `sheet` and `header_row` for this list in uncounted.toml."
            if manner.settings
            else "Put the column names in the first row of a sheet."
        )
        if any(isinstance(e, NoHeader) for e in faults):
            raise NoHeader(message, where=source.name, fix=fix)
        raise InputError(message, fix=fix)
    if len(chosen) > 1:
        if faults:
            raise faults[0]
        order = {f"{source.name}, sheet {number}": k for k, number in enumerate(chosen)}
        tables.sort(key=lambda t: order[t.where])
        told = [_told_of(book, entries[t.where], t) for t in tables]
        aside = _aside(book, source, entries, kind)
        return replace(_stacked(source.name, tables, told), aside=aside)
    best = max(tables, key=lambda t: t.header_score)
    notes = list(best.notes)
    if len(book.sheets) > 1:
        notes.append(note("files.sheets.read-from", where=best.where))
    if hidden:
        notes.append(note("files.sheets.unseen", sheets=Number(hidden)))
    notes += _told_of(book, entries[best.where], best)
    others = tuple(t for t in tables if t is not best)
    same: tuple[str | int, ...] = ()
    if others:
        every = sorted(tables, key=lambda t: _sheet_number(t.where))
        places = stacking.alike([t.columns for t in every], every.index(best))
        found = [every[i].where for i in places]
        # a title that may be somebody's name is not repeated: its number stands for it
        plain = stacking.may_be_said([entries[w].title for w in found])
        same = tuple(entries[w].title if plain else _sheet_number(w) for w in found)
    aside = _aside(book, source, entries, kind)
    return replace(best, notes=tuple(notes), others=others, alike=same, aside=aside)


def _aside(
    book: Workbook, source: Source, read: Collection[str], kind: str
) -> tuple[RawTable, ...]:
    """Sheets that are not read as lists: they may still say what may not be done with the list's rows."""
    out = []
    for number, entry in enumerate(book.sheets, start=1):
        where = f"{source.name}, sheet {number}"
        if where in read:
            continue

        def open_all(width: int, entry: Sheet = entry) -> Iterator[RawRow]:
            del width
            return book.rows(entry)

        try:
            out.append(_with_header(where, open_all, _first_words, None, kind=kind))
        except InputError:  # a sheet without a row of words: a picture, a chart, nothing
            continue
    return tuple(out)


def _first_words(rows: list[list[str]]) -> HeaderRows | None:
    """Take the first row of two words or more for column names."""
    for i, row in enumerate(rows):
        cells = [c.strip() for c in row]
        if sum(any(ch.isalpha() for ch in c) for c in cells) >= 2:
            return HeaderRows(i, i, cells)
    return None


def _chosen(
    book: Workbook, name: str, sheet: str | int | Sequence[str | int] | None
) -> tuple[int, ...]:
    """Numbers of the sheets asked for, from 1; none where none was named."""
    if sheet is None:
        return ()
    wanted = [sheet] if isinstance(sheet, str | int) else list(dict.fromkeys(sheet))
    out = []
    for one in wanted:
        places = [i for i, s in enumerate(book.sheets, start=1) if s.title == str(one)]
        if not places and isinstance(one, int) and 1 <= one <= len(book.sheets):
            places = [one]
        if not places:
            raise InputError(
                f"{name} has no sheet of that name; it has {len(book.sheets)}.",
                fix="Correct `sheet` in uncounted.toml.",
            )
        out.append(places[0])
    return tuple(dict.fromkeys(out))


def _sheet_number(where: str) -> int:
    return int(where.rpartition(" sheet ")[2])


def _stacked(name: str, tables: list[RawTable], told: list[list[Note]]) -> RawTable:
    columns, groups, rows = stacking.stacked(
        [t.columns for t in tables], [t.groups for t in tables], [t.open_rows for t in tables]
    )
    numbers = ", ".join(str(_sheet_number(t.where)) for t in tables)
    notes = [n for t, more in zip(tables, told, strict=True) for n in (*t.notes, *more)]
    notes.append(note("files.sheets.stacked", sheets=numbers))
    return replace(
        tables[0],
        where=f"{name}, sheets {numbers}",
        columns=columns,
        open_rows=rows,
        notes=tuple(dict.fromkeys(notes)),
        groups=tuple(groups) if any(groups) else (),
    )


def _told_of(book: Workbook, entry: Sheet, table: RawTable) -> list[Note]:
    """Say which rows of a sheet are hidden, and how many cells merged down were filled."""
    marked = book.marked(entry)
    out = []
    if marked.hidden:
        shown = ", ".join(map(str, marked.rows[:10])) + (", ..." if marked.hidden > 10 else "")
        said = note("files.sheets.hidden", rows=Number(marked.hidden), numbers=shown or "?")
        out.append(said)
    first = next((number for number, _, _ in table.open_rows()), 0) if marked.merged else 0
    merged = sum(top >= first for top, _, _ in marked.merged)
    if merged:
        out.append(note("files.sheets.merged", cells=Number(merged)))
    return out


# Parquet ----------------------------------------------------------------------------------------


def _parquet_table(source: Source, find_header: FindHeader) -> RawTable:
    if source.path is None or source.data is not None:
        raise InputError(
            f"{source.name} is Parquet, which cannot be read from there.",
            fix="Write it to a file and name that.",
        )
    file = Parquet(source.path)
    found = find_header([file.names])
    notes = (note("files.parquet.nested", columns=Number(file.nested)),) if file.nested else ()
    score = 0.0 if found is None else found.score
    return RawTable(source.name, file.names, file.rows, notes, score, "parquet")


# JSON -------------------------------------------------------------------------------------------


def _json_table(source: Source, find_header: FindHeader, *, documents: bool) -> RawTable:
    found = read_json(source)
    made = json_rows(found, source.name)
    if made is None and documents:
        return RawTable(source.name, [], lambda: iter(()), kind="json", document=found)
    if made is None:
        raise InputError(
            f"{source.name} is no table.",
            fix='Write a list of row objects, or {"columns": [...], "rows": [[...], ...]}.',
        )
    names, rows = made
    if len(names) > MAX_COLUMNS:
        raise too_wide(source.name, 1)
    header = find_header([names])
    score = 0.0 if header is None else header.score
    return RawTable(source.name, names, lambda: iter(rows), (), score, "json")
