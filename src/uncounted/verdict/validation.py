"""Internal validation: truth that is hidden inside the lists themselves.

The people on one list are a population whose size is known. The other lists see part of them;
an estimator asked for the whole can be held against the truth (Hook & Regal 2000, American Journal
of Epidemiology 152:771; Binette & Steorts 2022, JRSS A 185:640).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from uncounted.core.draws import summarise_draws
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note, why
from uncounted.core.protocols import Estimator
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs
from uncounted.errors import InputError, Refusal, TableError
from uncounted.published.accept import TableLike, as_table

__all__ = [
    "Estimators",
    "Figured",
    "ValidationRow",
    "ValidationSummary",
    "condition_on",
    "estimators_by_name",
    "figured",
    "internal_validation",
    "summarise_validation",
]


Estimators = Mapping[str, Estimator] | Sequence[Estimator]


@dataclass(frozen=True, slots=True)
class ValidationRow:
    """One list's known size, estimated from the other lists by one method.

    Parameters
    ----------
    table
        Name of the table.
    list_name
        List conditioned on.
    true
        People on it: the truth.
    observed
        Of these, people on at least one other list.
    method
        Estimator.
    point, lower, upper
        Estimate of ``true`` and its interval, people; ``None`` where there is none. ``upper`` may
        be ``inf``.
    level
        Nominal coverage of the interval, ``None`` without one.
    log_error
        ``log(point / true)``, ``None`` without a point.
    covered
        Whether the interval holds the truth, ``None`` without an interval.
    left_out
        Lists that share nobody with ``list_name`` and so take no part.
    refused
        Why there is no figure; ``None`` where there is one.
    """

    table: str
    list_name: str
    true: int
    observed: int
    method: str
    point: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    log_error: float | None = None
    covered: bool | None = None
    left_out: tuple[str, ...] = ()
    refused: Note | None = None

    def to_dict(self) -> JSONObject:
        """JSON form; an upper end without a bound is ``None`` and ``unbounded`` says so."""
        out: JSONObject = {
            "list": self.list_name,
            "true": self.true,
            "observed": self.observed,
            "method": self.method,
            "point": self.point,
            "lower": self.lower,
            "upper": None if self.upper is None or math.isinf(self.upper) else self.upper,
            "level": self.level,
            "log_error": self.log_error,
            "covered": self.covered,
            "left_out": list(self.left_out),
        }
        if self.upper is not None and math.isinf(self.upper):
            out["unbounded"] = True
        if self.refused is not None:
            out["refused"] = str(self.refused)
        return out


@dataclass(frozen=True, slots=True)
class ValidationSummary:
    """How one method did over the lists of one or more tables.

    Parameters
    ----------
    method
        Estimator.
    lists
        Lists with a figure.
    refused
        Lists for which the method refused.
    bias
        Mean log error; ``nan`` where no list has a figure.
    rmse
        Root mean square log error.
    coverage
        Share of intervals that hold the truth, of those that exist.
    intervals
        How many intervals exist.
    """

    method: str
    lists: int
    refused: int
    bias: float
    rmse: float
    coverage: float
    intervals: int


def condition_on(table: OverlapTable, list_index: int) -> tuple[int, OverlapTable | None]:
    """Return the size of one list, and the table of its people over the other lists.

    Parameters
    ----------
    table
        Any table; strata are added up.
    list_index
        Which list, from 0.

    Returns
    -------
    true, table
        The table has the other lists, those without a shared person included; ``None`` where
        there is no second other list.

    Examples
    --------
    >>> table = OverlapTable.from_histories(["A", "B", "C"], {"100": 5, "110": 3, "101": 2})
    >>> true, others = condition_on(table, 0)
    >>> true, others.n
    (10, 5)
    """
    if not 0 <= list_index < table.t:
        raise InputError("There is no such list.", fix=f"Lists are numbered 0 to {table.t - 1}.")
    counts = table.counts
    true = int(table.list_sizes[list_index])
    if table.t < 3:
        return true, None
    kept = [i for i in range(table.t) if i != list_index]
    cells = np.zeros(1 << len(kept), dtype=np.int64)
    for mask in range(1, cells.size):
        whole = 1 << list_index
        for new, old in enumerate(kept):
            whole |= (mask >> new & 1) << old
        cells[mask] = counts[whole]
    names = [table.lists[i] for i in kept]
    name = f"{table.name} on {table.lists[list_index]}"
    return true, OverlapTable.from_histories(names, cells, name=name)


def internal_validation(
    table: TableLike,
    estimators: Estimators,
    *,
    seed: int = 0,
    level: float = 0.95,
    workers: int | None = 1,
) -> tuple[ValidationRow, ...]:
    """Estimate each list's known size from the other lists, with every estimator.

    Parameters
    ----------
    table
        Any table; strata are added up.
    estimators
        ``{name: estimator}`` or a sequence (named by their ``method`` or class).
    seed
        Root seed handed to every estimator.
    level
        Nominal coverage wanted. An estimator's own interval is used where its level is this one;
        else its draws; else its own interval at its own level, which the row then names.
    workers
        Jobs at a time; results do not depend on it.

    Returns
    -------
    tuple of ValidationRow
        By list, then by estimator. Where a method refuses, the row says why.

    References
    ----------
    Binette & Steorts (2022), section 4; Hook & Regal (2000).
    """
    table = as_table(table)
    named = estimators_by_name(estimators)
    jobs: list[Job] = []
    for i, list_name in enumerate(table.lists):
        true, others = condition_on(table, i)
        for method, estimator in named.items():
            args = (table.name, list_name, true, others, method, estimator, seed, level)
            jobs.append(Job(f"{i}/{method}", args))
    return tuple(map_jobs(_validate_one, jobs, workers=workers))


def _validate_one(
    table_name: str,
    list_name: str,
    true: int,
    others: OverlapTable | None,
    method: str,
    estimator: Estimator,
    seed: int,
    level: float,
) -> ValidationRow:
    seen = 0 if others is None else others.n
    row = ValidationRow(table_name, list_name, true, seen, method)
    if others is None:
        return replace(row, refused=note("verdict.validation.few-lists"))
    sizes = others.list_sizes
    empty = tuple(x for x, k in zip(others.lists, sizes, strict=True) if k == 0)
    row = replace(row, left_out=empty)
    if len(others.lists) - len(empty) < 2:
        return replace(row, refused=note("verdict.validation.few-hold", list=list_name))
    if empty:
        others = others.keep([i for i in range(others.t) if sizes[i] > 0])
    figure = figured(estimator, others, seed, level)
    if figure.point is None:
        return replace(row, refused=figure.refused)
    covered = None
    if figure.lower is not None and figure.upper is not None:
        covered = figure.lower <= true <= figure.upper
    return replace(
        row,
        point=figure.point,
        lower=figure.lower,
        upper=figure.upper,
        level=figure.level,
        log_error=math.log(figure.point / true),
        covered=covered,
    )


@dataclass(frozen=True, slots=True)
class Figured:
    """A figure with its ends, or why there is none."""

    point: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    refused: Note | None = None


def figured(estimator: Estimator, table: OverlapTable, seed: int, level: float) -> Figured:
    """Run an estimator; a refusal becomes its note."""
    try:
        got = estimator.estimate(table, seed=seed)
    except (Refusal, TableError) as refusal:
        return Figured(refused=why(refusal))
    if got.point is None or not math.isfinite(got.point) or got.point <= 0:
        return Figured(refused=got.refused or note("pooling.not-finite"))
    interval = got.interval
    if (interval is None or not math.isclose(interval.level, level)) and got.draws is not None:
        interval = summarise_draws(got.draws, level=level)[1]
    if interval is None:
        return Figured(got.point)
    return Figured(got.point, interval.lower, interval.upper, interval.level)


def estimators_by_name(estimators: Estimators) -> dict[str, Estimator]:
    """Name estimators that come without names by their method or class."""
    if isinstance(estimators, Mapping):
        return dict(estimators)
    out: dict[str, Estimator] = {}
    for estimator in estimators:
        name = str(getattr(estimator, "method", type(estimator).__name__))
        unique, k = name, 2
        while unique in out:
            unique, k = f"{name} ({k})", k + 1
        out[unique] = estimator
    return out


def summarise_validation(
    rows: Iterable[ValidationRow], *, min_observed: int = 30
) -> tuple[ValidationSummary, ...]:
    """Bias, RMSE and coverage per method over lists with enough people seen by the others.

    Parameters
    ----------
    rows
        Of one table or of several.
    min_observed
        Lists of which the others see fewer people are left out (Binette & Steorts: 30).
    """
    kept: dict[str, list[ValidationRow]] = {}
    for row in rows:
        group = kept.setdefault(row.method, [])
        if row.observed >= min_observed:
            group.append(row)
    out = []
    for method, group in kept.items():
        errors = np.array([r.log_error for r in group if r.log_error is not None])
        held = [r.covered for r in group if r.covered is not None]
        out.append(
            ValidationSummary(
                method,
                errors.size,
                len(group) - errors.size,
                float(errors.mean()) if errors.size else math.nan,
                float(np.sqrt(np.square(errors).mean())) if errors.size else math.nan,
                sum(held) / len(held) if held else math.nan,
                len(held),
            )
        )
    return tuple(out)
