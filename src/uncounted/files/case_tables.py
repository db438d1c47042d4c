"""Case tables from files and data frames: one row a person, lists and covariates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.cases import CaseTable
from uncounted.errors import TableError
from uncounted.files.marks import cell_text, read_mark
from uncounted.files.plain_tables import open_frame, open_plain
from uncounted.files.source import shown_name

__all__ = ["read_cases"]

_MAX_CATEGORIES = 50
_MISSING = "(missing)"


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
        Path of a file (text of any dialect and encoding, ``.xlsx``, ``.parquet``, ``.json``; ``-``
        for standard input), or any data frame narwhals knows. One row a person, one 0/1 column per
        list.
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
    if isinstance(source, (str, Path)):
        opened = open_plain(source)
        label = Path(shown_name(source)).stem
        if opened.document is not None:
            raise TableError(
                f"{opened.where} is no list of rows.",
                fix="Write the cases as CSV, or as a list of row objects.",
            )
    else:
        opened, label = open_frame(source), "cases"
    label = label if name is None else name
    header, where = opened.header, opened.where
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
    for line, row in opened.rows:
        person = []
        for c in chosen:
            mark = read_mark(row[c], where, line, opened.called(c))
            if mark is None:
                raise TableError(
                    f"{where}, row {line}, column {opened.called(c)}: neither 0 nor 1.",
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
            values[k].append(cell_text(row[c]))
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
