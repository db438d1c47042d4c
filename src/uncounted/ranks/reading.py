"""Reading a table to rank: ``origin,count``, with standard errors, draws or intervals beside."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note
from uncounted.core.numbers import LARGEST, Marks, read_count
from uncounted.engine.jobs import stream
from uncounted.errors import InputError, LayoutError
from uncounted.places.countries import read_country
from uncounted.ranks.exact import rank_counts
from uncounted.ranks.joint import (
    joint_intervals_of_counts,
    joint_intervals_of_draws,
    joint_intervals_of_estimates,
    rank_intervals,
)
from uncounted.ranks.sets import Ranking
from uncounted.ranks.stepdown import rank_draws, rank_estimates
from uncounted.sources.sheets import (
    Sheet,
    Totals,
    count_error,
    count_range,
    open_sheet,
    text_of,
)

__all__ = ["METHODS", "RankTable", "Seen", "open_own", "rank_table", "read_rank_table"]

METHODS = ("exact", "stepdown", "joint")
_NAMES = ["origin", "country", "citizenship", "name", "label", "group", "population", "area"]
_COUNTRIES = {"origin", "country", "citizenship"}
_VALUES = ["count", "estimate", "value", "victims", "people", "n"]
_ERRORS = ["se", "standard_error", "std_error", "stderr"]


@dataclass(frozen=True, slots=True)
class RankTable:
    """What a file gives to rank by.

    Parameters
    ----------
    names
        Populations.
    low, high
        Shape (p,): counts or estimates; unequal where a count is suppressed ("<5").
    errors
        Standard errors, shape (p,), or ``None``.
    draws
        Shape (draws, p), or ``None``.
    lower, upper
        Ends of joint intervals, shape (p,), or ``None``.
    countries
        ISO 3166 alpha-3 of each name that is a country's, ``""`` of the others.
    notes
        What the reader did that a person should know.
    """

    names: tuple[str, ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    errors: NDArray[np.float64] | None = None
    draws: NDArray[np.float64] | None = None
    lower: NDArray[np.float64] | None = None
    upper: NDArray[np.float64] | None = None
    countries: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def read_rank_table(path: str | Path) -> RankTable:
    """Read a CSV or Excel file of populations and what to rank them by.

    Columns: ``origin`` (or country, name, ...), ``count`` (or estimate); optional ``se``,
    optional ``lower`` and ``upper``, optional draws ``draw1, draw2, ...``.

    Raises
    ------
    InputError
        With the file, the row and the column, never what stands there.
    """
    sheet = open_own(path, [_NAMES, _VALUES], Note("ranks.columns"))
    at_name, at_value = sheet.column(*_NAMES), sheet.column(*_VALUES)
    names: list[str] = []
    seen = Seen(sheet.columns[at_name])
    low: list[float] = []
    high: list[float] = []
    totals = Totals(sheet, at_name, at_value)
    at_errors = sheet.column(*_ERRORS, required=False)
    at_draws = [i for i, c in enumerate(sheet.columns) if re.fullmatch(r"draw\d+", c)]
    ends = [sheet.column(*names, required=False) for names in (("lower", "lo"), ("upper", "hi"))]
    marks = totals.marks
    if at_draws or max(at_errors, *ends) >= 0:
        marks = Marks("decimals", typed=True)  # figures with errors are estimates
    for row, cells in totals.rows():
        name = text_of(cells[at_name]) if at_name < len(cells) else ""
        if not name:
            raise _error(sheet, row, at_name, "there is no name")
        if not seen.add(name):
            raise _error(sheet, row, at_name, "this origin stood in a row above", "Sum its rows.")
        names.append(name)
        least, most = _value(
            sheet, row, at_value, cells[at_value] if at_value < len(cells) else "", marks
        )
        low.append(least)
        high.append(most)
    without = {row for row, _ in totals.left}
    errors, lower, upper = (_column(sheet, at, without) for at in (at_errors, *ends))
    draws = None
    if at_draws:
        columns = [_column(sheet, i, without) for i in at_draws]
        draws = np.array([c for c in columns if c is not None])
    return RankTable(
        tuple(names), np.array(low), np.array(high), errors, draws, lower, upper,
        tuple(seen.countries), (*sheet.notes, *totals.notes(sum(low), sum(high))),
    )  # fmt: skip


class Seen:
    """Names met in a column, and the country each is where the column holds countries.

    Parameters
    ----------
    column
        Folded name of the column.
    """

    def __init__(self, column: str) -> None:
        self.of_countries = column in _COUNTRIES
        self.countries: list[str] = []
        self._keys: set[str] = set()

    def add(self, name: str) -> bool:
        """Add a name; whether it is new. Turkey and Türkiye are one country."""
        iso3 = read_country(name).iso3 if self.of_countries else ""
        key = iso3 or f"={name}"
        self.countries.append(iso3)
        new = key not in self._keys
        self._keys.add(key)
        return new


def open_own(path: str | Path, must: Sequence[Sequence[str]], fix: Note) -> Sheet:
    """Open a user's own table; a wrong layout is told in terms of the columns it needs."""
    try:
        return open_sheet(path, must).whole()
    except LayoutError as error:
        raise InputError(error.message, fix=fix) from None


def rank_table(
    table: RankTable,
    *,
    method: str = "exact",
    simultaneous: bool = True,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
) -> Ranking:
    """Rank sets of a table by the method asked for, from the best information it holds.

    ``exact`` takes the counts. ``stepdown`` takes draws, else standard errors, else multinomial
    resamples of the counts (the large-sample version of Bazylik et al. 2024). ``joint`` takes the
    intervals, else draws, else standard errors, else the counts.

    Examples
    --------
    >>> t = RankTable(("A", "B"), np.array([50.0, 10.0]), np.array([50.0, 10.0]))
    >>> [rank_table(t, method=m).upper.tolist() for m in METHODS]
    [[1, 2], [1, 2], [1, 2]]
    """
    names, suppressed = table.names, bool((table.low != table.high).any())
    if method == "exact":
        return rank_counts(
            table.low, names, upper=table.high, simultaneous=simultaneous, level=level
        )
    if method == "stepdown":
        if table.draws is not None:
            return rank_draws(
                table.draws, names, estimates=table.low, simultaneous=simultaneous, level=level
            )
        if suppressed:
            raise InputError(
                "Suppressed counts are intervals, which the stepdown method cannot resample.",
                fix="Use --method exact or --method joint.",
            )
        if table.errors is not None:
            return rank_estimates(
                table.low, table.errors, names,
                simultaneous=simultaneous, level=level, draws=draws, seed=seed,
            )  # fmt: skip
        whole = _whole(table.low)
        total = int(whole.sum())
        share = whole / total if total else np.full(whole.size, 1.0 / whole.size)
        z = stream(seed, "ranks/multinomial").multinomial(total, share, size=draws)
        return rank_draws(
            z.astype(np.float64), names, estimates=whole, simultaneous=simultaneous, level=level
        )
    if method == "joint":
        value = None if suppressed else table.low
        if table.lower is not None and table.upper is not None:
            low, high = table.lower, table.upper
        elif table.draws is not None:
            low, high = joint_intervals_of_draws(table.draws, level=level)
        elif table.errors is not None:
            low, high = joint_intervals_of_estimates(table.low, table.errors, level=level)
        else:
            _whole(table.low)
            low, high = joint_intervals_of_counts(table.low, upper=table.high, level=level)
        return rank_intervals(low, high, names, values=value, level=level)
    raise InputError(f"There is no method {method!r}.", fix=f"Methods: {', '.join(METHODS)}.")


def _whole(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if (values != np.floor(values)).any():
        raise InputError(
            "Estimates that are not whole numbers need standard errors, draws or intervals.",
            fix="Add a column se, columns draw1, draw2, ..., or columns lower and upper.",
        )
    return values


def _value(sheet: Sheet, row: int, at: int, cell: str, marks: Marks) -> tuple[float, float]:
    text = text_of(cell)
    read = read_count(text, marks)
    number: float | None = None if read.problem else read.value
    if read.problem == "fraction" and len(text) < 60:
        with contextlib.suppress(ValueError):
            number = float(text)
    if read.problem == "beyond" or (number is not None and number > LARGEST):
        raise _error(sheet, row, at, "the number passes 2^53")
    if number is not None:
        return float(number), float(number)
    found = count_range(cell, marks)
    if found.problem:
        raise count_error(sheet, row, at, found.problem)
    return float(found.lower), float(found.upper)


def _column(sheet: Sheet, at: int, without: Container[int]) -> NDArray[np.float64] | None:
    if at < 0:
        return None
    values = []
    for row, cells in sheet.rows:
        if row in without:
            continue
        text = text_of(cells[at]) if at < len(cells) else ""
        try:
            value = float(text)
        except ValueError:
            raise _error(sheet, row, at, "a number is missing or cannot be read") from None
        if not math.isfinite(value):
            raise _error(
                sheet, row, at,
                "a number is missing" if math.isnan(value) else "the number is not finite",
            )  # fmt: skip
        values.append(value)
    return np.array(values)


def _error(sheet: Sheet, row: int, at: int, problem: str | Note, fix: str = "") -> InputError:
    return InputError(
        f"{sheet.name}, row {row}, column {sheet.called(at)}: {problem}.",
        fix=fix or "Correct that cell and try again.",
    )
