"""What all readers share: rows under the header they need; counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from uncounted.core.labels import names_a_total
from uncounted.core.notes import Note, Number, note
from uncounted.core.numbers import Marks, marks_of, read_count
from uncounted.errors import InputError, LayoutError
from uncounted.files.raw import FORMULA, called, row_error
from uncounted.files.source import Source
from uncounted.files.tabular import TABLE, HeaderRows, NoHeader, RawTable, open_table
from uncounted.places.countries import read_country
from uncounted.sources import reasons
from uncounted.sources.quarantine import Log

__all__ = [
    "AMBIGUOUS_FIX",
    "Finder",
    "Range",
    "Sheet",
    "Totals",
    "count_error",
    "count_range",
    "open_sheet",
    "ragged",
    "reader_notes",
    "text_of",
    "year_of",
]

AMBIGUOUS_FIX = Note("sources.fix.ambiguous")
PLAIN = Marks()
"""Of a column about which nothing is known."""
_MAX_CELLS = 60_000_000
"""Most cells of a table that is held whole."""
_LARGEST = 1_000_000
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}[-/ ][A-Za-z]{3}([-/ ]\d{2,4})?|[A-Za-z]{3}[-/ ]\d{1,4}"
)


@dataclass(frozen=True, slots=True)
class Range:
    """A count, or the interval it lies in; ``problem`` says why there is none."""

    lower: int
    upper: int
    problem: Note | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of a file under its header.

    Parameters
    ----------
    name
        File's name.
    columns
        Column names, folded to letters and digits.
    rows
        Row number and cells.
    faults
        Row number and reason of the rows that cannot be read.
    notes
        What the reader did that a person should know: an encoding guessed, rows hidden.
    written
        Column names as the file has them.
    typed
        Whether the file keeps numbers as numbers.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Sequence[str]], ...]
    faults: tuple[tuple[int, Note], ...] = ()
    notes: tuple[Note, ...] = ()
    written: tuple[str, ...] = ()
    typed: bool = False

    @property
    def rows_in(self) -> int:
        """Rows below the header, those that cannot be read included."""
        return len(self.rows) + len(self.faults)

    def log(self) -> Log:
        """Start a log of what is set aside, with the rows that cannot be read."""
        log = Log()
        for row, reason in self.faults:
            log.add(row, reasons.unreadable(reason))
        return log

    def marks(self, position: int) -> Marks:
        """Say what dots and commas mean in the numbers of a column; of no column, nothing."""
        cells = (row[position] for _, row in self.rows if 0 <= position < len(row))
        return marks_of(cells, typed=self.typed)

    def called(self, position: int) -> str:
        """Name of a column for a message."""
        return called(self.columns, position)

    def whole(self) -> Sheet:
        """Give the sheet back where every row could be read.

        Raises
        ------
        InputError
            With the first row that could not.
        """
        for row, reason in self.faults:
            raise row_error(self.name, row, reason)
        return self

    def column(self, *names: str, required: bool = True) -> int:
        """Position of the first of these columns, by folded name; -1 where it is optional.

        Raises
        ------
        InputError
            Where a required column is not there.
        """
        for name in names:
            if _bare(name) in self.columns:
                return self.columns.index(_bare(name))
        if required:
            raise InputError(
                f"{self.name} has no column {names[0]!r}.",
                fix="Use the file as its owner publishes it, or give the column that name.",
            )
        return -1


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def open_sheet(path: str | Path | Source, must: Sequence[Sequence[str]]) -> Sheet:
    """Find the header in a file of any kind and return the rows below it.

    Parameters
    ----------
    path
        Text of any dialect and encoding, packed or not, Excel, Parquet, JSON; ``-`` for standard
        input.
    must
        Column names that the header row must hold, each with its other spellings; the header is
        searched in the first rows (of every sheet of a workbook), because owners put titles and
        dates above it.

    Raises
    ------
    InputError
        No such file, empty, not readable; `LayoutError` where the columns are not there.
    """
    finder = Finder(must)
    try:
        table = open_table(path, finder, manner=TABLE)
    except NoHeader as error:
        raise finder.wrong(error.where) from None
    name = table.where.partition(", sheet ")[0]
    header = tuple(_bare(c) for c in table.columns)
    if not table.header_score:
        raise finder.wrong(name)
    rows, faults = _rows(table, name)
    if not rows and not faults:
        raise InputError(f"{name} has a header and no rows.", fix="Export the file again.")
    return Sheet(
        name, header, rows, faults, reader_notes(table.notes), tuple(table.columns), table.typed
    )


def reader_notes(said: Sequence[Note]) -> tuple[Note, ...]:
    """Say of a file what its reader did."""
    return tuple(note("sources.reader", said=s) for s in said)


def _rows(
    table: RawTable, name: str
) -> tuple[tuple[tuple[int, list[str]], ...], tuple[tuple[int, Note], ...]]:
    rows: list[tuple[int, list[str]]] = []
    faults: list[tuple[int, Note]] = []
    width = len(table.columns)
    excel = table.kind.startswith("excel")
    held = 0
    for number, cells, fault in table.rows():
        if fault:
            faults.append((number, fault))
            continue
        if excel and len(cells) < width:
            # cells at the end of a sheet's row that are empty are not written
            cells.extend([""] * (width - len(cells)))
        held += len(cells)
        if held > _MAX_CELLS:
            raise InputError(
                f"{name} has more than {_MAX_CELLS:,} cells.",
                fix="Keep the columns and rows that are needed.",
            )
        rows.append((number, ["" if c == FORMULA else c for c in cells] if excel else cells))
    return tuple(rows), tuple(faults)


def count_error(sheet: Sheet, row: int, at: int, problem: Note) -> InputError:
    """Error of a cell that holds no count: where it stands, why, and what to write instead."""
    fixes = {
        reasons.COUNT_AMBIGUOUS: AMBIGUOUS_FIX,
        reasons.COUNT_PERCENT: Note("sources.fix.percent"),
    }
    fix = fixes.get(problem, Note("sources.fix.cell"))
    return InputError(f"{sheet.name}, row {row}, column {sheet.called(at)}: {problem}.", fix=fix)


class Totals:
    """Rows of a table that are sums of others: left out, and said.

    Parameters
    ----------
    sheet
        The table.
    at_name, at_count
        Columns of the names and of the counts.
    """

    def __init__(self, sheet: Sheet, at_name: int, at_count: int) -> None:
        self.sheet, self.at_name, self.at_count = sheet, at_name, at_count
        self.marks = sheet.marks(at_count)
        self.left: list[tuple[int, Range]] = []

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Rows that are no totals."""
        for row, cells in self.sheet.rows:
            name = text_of(cells[self.at_name]) if self.at_name < len(cells) else ""
            if not names_a_total(name) or read_country(name).iso3:
                yield row, cells
                continue
            count = cells[self.at_count] if self.at_count < len(cells) else ""
            self.left.append((row, count_range(count, self.marks)))

    def notes(self, low: float, high: float) -> tuple[Note, ...]:
        """Say which were left out; ``low`` and ``high`` are the sums of the rows that stayed."""
        if not self.left:
            return ()
        numbers = ", ".join(str(row) for row, _ in self.left)
        said = [note("sources.totals", rows=Number(len(self.left)), numbers=numbers)]
        told = [c for _, c in self.left if c.problem is None]
        most = max(told, key=lambda c: c.upper, default=None)
        if most is not None and not (most.lower <= high and low <= most.upper):
            total, parts = Number(most.lower), Number(low)
            said.append(note("sources.totals.apart", sum=parts, total=total))
        return tuple(said)


class Finder:
    """Finds the row that names the columns looked for, and remembers the nearest to it.

    Parameters
    ----------
    must
        Column names the row must hold, each with its other spellings.
    """

    def __init__(self, must: Sequence[Sequence[str]]) -> None:
        self.must = must
        self.wanted = [{_bare(n) for n in names} for names in must]
        self.best = list(self.wanted)

    def __call__(self, rows: list[list[str]]) -> HeaderRows | None:
        """Find the row among the first ones; ``None`` if none holds every column."""
        for i, cells in enumerate(rows):
            header = {_bare(c) for c in cells}
            missing = [names for names in self.wanted if not names & header]
            if not missing:
                return HeaderRows(i, i, cells, 1.0)
            self.best = min(self.best, missing, key=len)
        return None

    def wrong(self, name: str) -> LayoutError:
        """Say which columns are missing."""
        names = ", ".join(m[0] for m in self.must if {_bare(n) for n in m} in self.best)
        return LayoutError(
            f"{name} is not in this layout: no header row holds the columns {names}.",
            fix="Use the file as its owner publishes it, with its header row.",
        )


def ragged(cells: Sequence[str], last: int, columns: int) -> Note | None:
    """Say why a row does not fit its header: too short for column ``last``, or values beyond it."""
    if len(cells) <= last:
        return reasons.ROW_SHORT
    if any(text_of(c) for c in cells[columns:]):
        return reasons.ROW_LONG
    return None


def text_of(value: str | None) -> str:
    """Give a cell without the blanks at its ends; nothing where there is none."""
    return "" if value is None else value.strip()


def count_range(value: str, marks: Marks = PLAIN) -> Range:
    """Read a count: ``"66"``, ``"1,228"``, ``"<5"`` (1 to 4); ``marks`` as the column has them.

    Examples
    --------
    >>> count_range("<5")
    Range(lower=1, upper=4, problem=None)
    >>> str(count_range("2013-05-01").problem)
    'a date where a count should be'
    """
    text = text_of(value)
    if not text:
        return Range(0, 0, reasons.COUNT_MISSING)
    below = re.fullmatch(r"<\s*(\d{1,3})", text)
    if below and int(below[1]) > 1:
        return Range(1, int(below[1]) - 1)
    if _DATE.fullmatch(text):
        return Range(0, 0, reasons.COUNT_IS_DATE)
    found = read_count(text, marks, _LARGEST)
    if found.problem:
        return Range(0, 0, _PROBLEMS[found.problem])
    return Range(found.value, found.value)


_PROBLEMS = {
    "missing": reasons.COUNT_MISSING,
    "negative": reasons.COUNT_NEGATIVE,
    "fraction": reasons.COUNT_NOT_WHOLE,
    "percent": reasons.COUNT_PERCENT,
    "ambiguous": reasons.COUNT_AMBIGUOUS,
    "suppressed": reasons.COUNT_NO_NUMBER,
    "none": reasons.COUNT_NO_NUMBER,
    "beyond": reasons.COUNT_BEYOND,
}


def year_of(value: str | None) -> int | None:
    """Read a year between 1990 and 2100 out of a number or a date; ``None`` for anything else.

    Of a date only the year is needed, so the order of day and month does not matter; a year of two
    figures stands last, behind slashes or hyphens.

    Examples
    --------
    >>> year_of("2021-03-04"), year_of("03/04/2021"), year_of("4 March 2021"), year_of("3/4/21")
    (2021, 2021, 2021, 2021)
    >>> year_of("2019/2021"), year_of("20211"), year_of("March")
    (None, None, None)
    """
    text = text_of(value)
    if len(text) > 40:
        return None
    bare = re.sub(r"[T ]\d{1,2}:\d{2}.*$", "", text)
    bare = re.sub(r"(?<=\d)\.0+$", "", bare)
    figures = re.findall(r"\d+", bare)
    years = [f for f in figures if len(f) == 4]
    if len(years) == 1 and all(len(f) <= 2 for f in figures if f not in years):
        year = int(years[0])
    elif re.fullmatch(r"\d{1,2}([/-])\d{1,2}\1\d{2}", bare):
        year = 2000 + int(figures[2])
    else:
        return None
    rest = [int(f) for f in figures if len(f) <= 2][:2]
    if not all(1 <= n <= 31 for n in rest) or (len(rest) == 2 and min(rest) > 12):
        return None  # no such day
    return year if 1990 <= year <= 2100 else None
