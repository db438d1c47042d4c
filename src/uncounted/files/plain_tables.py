"""Tables whose first row names the columns, from a file or a data frame; every row has to be whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncounted.core.notes import Note
from uncounted.errors import InputError, TableError
from uncounted.files.documents import Value
from uncounted.files.raw import FORMULA, RawRow, called, row_error
from uncounted.files.source import Source
from uncounted.files.tabular import OVERLAPS, HeaderRows, open_table

__all__ = ["PlainTable", "open_frame", "open_plain"]


class Again:
    """Rows that are opened anew each time they are gone through."""

    def __init__(self, open_rows: Callable[[], Iterator[tuple[int, Sequence[Any]]]]) -> None:
        self._open = open_rows

    def __iter__(self) -> Iterator[tuple[int, Sequence[Any]]]:
        return self._open()


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Column names and numbered rows, as many cells in each.

    Parameters
    ----------
    where
        File name (and sheet), for messages.
    header
        Column names.
    rows
        Row number and cells: text, or a data frame's own values. They can be gone through again
        and again; a row that cannot be read raises.
    notes
        What the reader did that a person should know.
    document
        A JSON file that is no list of rows.
    typed
        Whether numbers are kept as numbers, so that a dot in one is a decimal point.
    """

    where: str
    header: tuple[str, ...]
    rows: Iterable[tuple[int, Sequence[Any]]]
    notes: tuple[Note, ...] = ()
    document: Value = None
    typed: bool = False

    def called(self, position: int) -> str:
        """Name of a column for a message."""
        return called(self.header, position)


def open_plain(path: str | Path | Source) -> PlainTable:
    """Open a file: text of any dialect and encoding, Excel, Parquet, JSON, ``-``.

    Raises
    ------
    TableError
        What the reader refuses, said of a table.
    """
    try:
        table = open_table(path, _first_row, manner=OVERLAPS, documents=True)
    except InputError as error:
        raise TableError(error.said, fix=error.advice) from None
    return PlainTable(
        table.where,
        tuple(c.strip() for c in table.columns),
        Again(
            lambda: _whole(
                table.rows(),
                table.where,
                len(table.columns),
                excel=table.kind.startswith("excel"),
            )
        ),
        table.notes,
        table.document,
        table.typed,
    )


def _first_row(rows: list[list[str]]) -> HeaderRows | None:
    """Take the first row that holds names; the more columns it has, the better the delimiter.

    A row with one filled cell above rows with more is a title.
    """
    filled = [sum(bool(c.strip()) for c in cells) for cells in rows]
    for i, cells in enumerate(rows):
        if not filled[i] or _names_delimiter(cells):
            continue
        if filled[i] == 1 and max(filled[i + 1 : i + 4], default=0) > 1:
            continue
        return HeaderRows(i, i, cells, float(len(cells)))
    return None


def _names_delimiter(cells: Sequence[str]) -> bool:
    """Whether a row is the line ``sep=;`` that tells spreadsheets the delimiter."""
    return cells[0].lstrip("\ufeff").casefold() in {"sep=", "sep=,", "sep=;", "sep=|"}


def _whole(
    rows: Iterator[RawRow], where: str, width: int, *, excel: bool
) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            number, cells, fault = next(rows)
        except StopIteration:
            return
        except InputError as error:
            raise TableError(error.message, fix=error.fix) from None
        if fault:
            raise row_error(where, number, fault, TableError)
        if excel and len(cells) < width:
            # cells at the end of a sheet's row that are empty are not written
            cells.extend([""] * (width - len(cells)))
        if len(cells) != width:
            raise TableError(
                f"{where}, row {number}: {len(cells)} values under {width} column names.",
                fix="Every row needs one value per column.",
            )
        yield number, ["" if c == FORMULA else c for c in cells]


def open_frame(source: Any) -> PlainTable:
    """Take any data frame narwhals knows: pandas, polars, pyarrow, ...

    Raises
    ------
    TableError
        If it is none.
    """
    import narwhals as nw

    try:
        frame: Any = nw.from_native(source)
    except TypeError:
        raise TableError(
            f"A table cannot be read from {type(source).__name__}.",
            fix="Give a path or a data frame (pandas, polars, pyarrow).",
        ) from None
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, nw.DataFrame):
        raise TableError("A single column is not a table.", fix="Give the whole data frame.")
    names = tuple(str(c) for c in frame.columns)
    return PlainTable(
        "the data frame", names, Again(lambda: enumerate(frame.iter_rows(), start=1)), typed=True
    )
