"""`CaseTable`: one row a person, with the lists they are on and covariates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.files.overlap_tables import _frame, _mark, _open, _text
from uncounted.errors import TableError
from uncounted.core.table import OverlapTable

__all__ = ["CaseTable", "read_cases"]

_MAX_CATEGORIES = 50
_MISSING = "(missing)"


@dataclass(frozen=True, slots=True, eq=False)
class CaseTable:
    """People observed, the lists each is on, and what is known of each.

    Parameters
    ----------
    lists
        Names of the 2 to 16 lists.
    on
        0/1 array of shape (people, lists). Everybody is on at least one list.
    covariates
        Numbers, shape (people, covariates); categories as 0/1 columns.
    covariate_names
        One name per column of ``covariates``.
    name
        What to call the table in output.

    Raises
    ------
    TableError
        If the parts do not make a table.

    Examples
    --------
    >>> on = np.array([[1, 0], [0, 1], [1, 1]])
    >>> cases = CaseTable(("A", "B"), on, np.array([[0.5], [1.0], [2.0]]), ("age",))
    >>> cases.n, cases.overlap_table().count("11")
    (3, 1)
    """

    lists: tuple[str, ...]
    on: NDArray[np.uint8]
    covariates: NDArray[np.float64]
    covariate_names: tuple[str, ...]
    name: str = ""

    def __post_init__(self) -> None:
        """Check the parts, take copies and make the arrays read-only."""
        on = np.array(self.on)
        x = np.array(self.covariates, dtype=np.float64)
        lists = tuple(str(v) for v in self.lists)
        names = tuple(str(v) for v in self.covariate_names)
        if on.ndim != 2 or on.shape[1] != len(lists) or not np.isin(on, (0, 1)).all():
            raise TableError(
                "Who is on which list must be an array of 0 and 1, one column per list.",
                fix="Build case tables with read_cases.",
            )
        if x.ndim != 2 or x.shape != (on.shape[0], len(names)):
            raise TableError(
                "Covariates need one row per person and one name per column.",
                fix="Build case tables with read_cases.",
            )
        if on.shape[0] == 0:
            raise TableError("The table holds nobody.", fix="Give rows with people in them.")
        if not np.isfinite(x).all():
            raise TableError(
                "A covariate is not a finite number.",
                fix="Fill it in, or read the file with read_cases, which marks what is missing.",
            )
        nobody = np.flatnonzero(on.sum(axis=1) == 0)
        if nobody.size:
            raise TableError(
                f"Row {nobody[0] + 1}: a person on no list.",
                fix="Leave such rows out: how many there are is what is to be estimated.",
            )
        on = on.astype(np.uint8)
        on.flags.writeable = False
        x.flags.writeable = False
        for key, value in (
            ("lists", lists),
            ("on", on),
            ("covariates", x),
            ("covariate_names", names),
        ):
            object.__setattr__(self, key, value)
        self.overlap_table()  # checks the list names

    @property
    def n(self) -> int:
        """Observed: people on at least one list."""
        return int(self.on.shape[0])

    @property
    def t(self) -> int:
        """Number of lists."""
        return len(self.lists)

    def masks(self) -> NDArray[np.int64]:
        """Capture history of each person as a bit mask, shape (people,)."""
        return np.asarray(self.on.astype(np.int64) @ (1 << np.arange(self.t, dtype=np.int64)))

    def overlap_table(self) -> OverlapTable:
        """Return the same people without covariates."""
        counts = np.bincount(self.masks(), minlength=1 << self.t).astype(np.int64)
        return OverlapTable.from_histories(self.lists, counts, name=self.name)


def read_cases(
    source: Any,
    *,
    lists: Sequence[str],
    covariates: Sequence[str] | None = None,
    name: str | None = None,
) -> CaseTable:
    """Read a case table from a file or a data frame.

    Parameters
    ----------
    source
        Path of a ``.csv`` or ``.parquet`` file, or any data frame narwhals knows. One row a
        person, one 0/1 column per list.
    lists
        Which columns are lists.
    covariates
        Which columns are covariates; every other column by default. A column of numbers stays a
        column of numbers; any other becomes one 0/1 column per category but the first. What is
        missing is never dropped: a number becomes the column's mean and a 0/1 column says that it
        was missing; a category becomes a category of its own.
    name
        What to call the table; the file's name by default.

    Raises
    ------
    TableError
        With the file, the row, the column and what to do. What a row holds is never repeated.
    """
    rows: Iterable[tuple[int, Sequence[Any]]]
    if isinstance(source, (str, Path)):
        path = Path(source)
        label = name if name is not None else path.stem
        header, rows, where = _open(path)
        if header is None:
            raise TableError(
                f"{where}: cases are read from .csv or .parquet.", fix="Write the cases as CSV."
            )
    else:
        header, rows, where = _frame(source)
        label = name or "cases"
    chosen = [_find(header, x, where) for x in lists]
    extra = [x for x in header if x not in lists] if covariates is None else list(covariates)
    positions = [_find(header, x, where) for x in extra]
    if set(chosen) & set(positions):
        raise TableError(f"{where}: a column is both list and covariate.", fix="Name it once.")
    if not positions:
        raise TableError(
            f"{where} has no covariate.",
            fix="Add one, or read the file with read_table and use a method on counts.",
        )
    marks: list[list[int]] = []
    lines: list[int] = []
    values: list[list[str]] = [[] for _ in positions]
    for line, row in rows:
        if len(row) != len(header):
            raise TableError(
                f"{where}, row {line}: {len(row)} values under {len(header)} column names.",
                fix="Every row needs one value per column.",
            )
        person = []
        for c, list_name in zip(chosen, lists, strict=True):
            mark = _mark(row[c], where, line, list_name)
            if mark is None:
                raise TableError(
                    f"{where}, row {line}, column {list_name!r}: neither 0 nor 1.",
                    fix="In a table of cases every list has 0 or 1 for every person.",
                )
            person.append(mark)
        if not any(person):
            raise TableError(
                f"{where}, row {line}: a person on no list.",
                fix="Leave such rows out: how many there are is what is to be estimated.",
            )
        marks.append(person)
        lines.append(line)
        for k, c in enumerate(positions):
            values[k].append(_text(row[c]))
    if not marks:
        raise TableError(f"{where} holds nobody.", fix="A table needs rows with people in them.")
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    for title, column in zip(extra, values, strict=True):
        made = _numbers(column, title, where, lines) or _categories(column, title, where)
        for key, array in made.items():
            names.append(key)
            columns.append(array)
    if not columns:
        raise TableError(
            f"{where}: no covariate tells people apart.", fix="Name columns that differ."
        )
    return CaseTable(
        tuple(lists),
        np.array(marks, dtype=np.uint8),
        np.stack(columns, axis=1),
        tuple(names),
        label,
    )


def _find(header: Sequence[str], name: str, where: str) -> int:
    hits = [i for i, h in enumerate(header) if h == name]
    if len(hits) != 1:
        raise TableError(
            f"{where} has {'no column' if not hits else 'two columns'} named {name!r}.",
            fix="Name the columns as the file does, each once.",
        )
    return hits[0]


def _numbers(
    column: Sequence[str], title: str, where: str, lines: Sequence[int]
) -> dict[str, NDArray[np.float64]] | None:
    """Return the column as numbers and, where some are missing, which; ``None`` if it is text."""
    out = np.full(len(column), np.nan)
    for i, text in enumerate(column):
        if not text:
            continue
        try:
            out[i] = float(text)
        except ValueError:
            return None
        if not math.isfinite(out[i]):
            raise TableError(
                f"{where}, row {lines[i]}, column {title!r}: not a finite number.",
                fix="Leave the value empty if it is not known.",
            )
    missing = np.isnan(out)
    if missing.all():
        return None
    made = {}
    filled = np.where(missing, out[~missing].mean(), out)
    if np.ptp(filled) > 0:
        made[title] = filled
    if missing.any():
        made[f"{title} {_MISSING}"] = missing.astype(np.float64)
    return made


def _categories(column: Sequence[str], title: str, where: str) -> dict[str, NDArray[np.float64]]:
    texts = [text or _MISSING for text in column]
    kinds = sorted(set(texts))
    if len(kinds) > _MAX_CATEGORIES:
        raise TableError(
            f"{where}, column {title!r}: more than {_MAX_CATEGORIES} different values.",
            fix="Group them, or leave the column out (covariates=[...]) if it tells who a person is.",
        )
    held = np.array(texts)
    return {f"{title}={kind}": (held == kind).astype(np.float64) for kind in kinds[1:]}
