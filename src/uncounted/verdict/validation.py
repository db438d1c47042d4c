"""Internal validation: truth that is hidden inside the lists themselves.

The people on one list are a population whose size is known. The other lists see part of them;
an estimator asked for the whole can be held against the truth (Hook & Regal 2000, American Journal
of Epidemiology 152:771; Binette & Steorts 2022, JRSS A 185:640). Besides: what the figure becomes
when a list is left out, when lists are merged, and while the data accumulate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Estimate
from uncounted.core.notes import Note, note, why
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.errors import InputError, NotSupported, Refusal, TableError
from uncounted.published.accept import TableLike, as_table

__all__ = [
    "RobustnessRow",
    "TrajectoryPoint",
    "ValidationRow",
    "ValidationSummary",
    "condition_on",
    "internal_validation",
    "leave_one_list_out",
    "merge_lists",
    "summarise_validation",
    "trajectory",
    "trajectory_by_date",
]


class _Estimator(Protocol):
    def estimate(self, table: OverlapTable, *, seed: int = 0) -> Estimate: ...


_Estimators = Mapping[str, _Estimator] | Sequence[_Estimator]


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

    def to_dict(self) -> dict[str, Any]:
        """JSON form; an upper end without a bound is ``None`` and ``unbounded`` says so."""
        out: dict[str, Any] = {
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


@dataclass(frozen=True, slots=True)
class RobustnessRow:
    """What a figure becomes when the lists are changed.

    Parameters
    ----------
    change
        ``"all lists"``, ``"without A"`` or ``"A and B merged"``.
    observed
        People on at least one of the lists kept.
    method, point, lower, upper, refused
        As in `ValidationRow`; here of the whole population.
    ratio
        Point over the point with all lists; ``None`` where either is missing.
    """

    change: str
    observed: int
    method: str
    point: float | None = None
    lower: float | None = None
    upper: float | None = None
    ratio: float | None = None
    refused: Note | None = None


@dataclass(frozen=True, slots=True)
class TrajectoryPoint:
    """The figure when a part of the data was in.

    Parameters
    ----------
    label
        ``"20%"``, or the date.
    observed
        People observed by then.
    point
        Median over the random orders of the people (by date: the estimate); ``None`` where most
        orders have no figure.
    lower, upper
        Central range over the random orders (by date: the interval), ``inf`` where so many
        orders have no finite figure.
    orders, refused
        Random orders tried, and those without a figure.
    """

    label: str
    observed: int
    point: float | None
    lower: float | None
    upper: float | None
    orders: int
    refused: int


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
    estimators: _Estimators,
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
    named = _named(estimators)
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
    estimator: _Estimator,
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
    figure = _figure(estimator, others, seed, level)
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
class _Figure:
    point: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    refused: Note | None = None


def _figure(estimator: _Estimator, table: OverlapTable, seed: int, level: float) -> _Figure:
    """Run an estimator; a refusal becomes its note."""
    try:
        got = estimator.estimate(table, seed=seed)
    except (Refusal, TableError) as refusal:
        return _Figure(refused=why(refusal))
    if got.point is None or not math.isfinite(got.point) or got.point <= 0:
        return _Figure(refused=got.refused or note("pooling.not-finite"))
    interval = got.interval
    if (interval is None or not math.isclose(interval.level, level)) and got.draws is not None:
        interval = summarise_draws(got.draws, level=level)[1]
    if interval is None:
        return _Figure(got.point)
    return _Figure(got.point, interval.lower, interval.upper, interval.level)


def _named(estimators: _Estimators) -> dict[str, _Estimator]:
    if isinstance(estimators, Mapping):
        return dict(estimators)
    out: dict[str, _Estimator] = {}
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


def leave_one_list_out(
    table: OverlapTable, estimators: _Estimators, *, seed: int = 0, level: float = 0.95
) -> tuple[RobustnessRow, ...]:
    """Leave each list out in turn; the first rows have all lists.

    People on that list alone leave the table and become part of the unknown, so a sound method
    gives the same population, with more doubt.

    Parameters
    ----------
    table, estimators, seed, level
        As in `internal_validation`.
    """
    changes: list[tuple[str, Callable[[], OverlapTable]]] = []
    for i, name in enumerate(table.lists):
        kept = [j for j in range(table.t) if j != i]
        changes.append((f"without {name}", partial(_with_lists, table, kept)))
    return _changed(table, estimators, changes, seed, level)


def _with_lists(table: OverlapTable, kept: list[int]) -> OverlapTable:
    if len(kept) < 2:
        raise NotSupported(
            note("verdict.validation.one-list"), fix=note("verdict.validation.one-list.fix")
        )
    return table.keep(kept)


def merge_lists(
    table: OverlapTable,
    estimators: _Estimators,
    *,
    groups: Sequence[Sequence[str]] | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[RobustnessRow, ...]:
    """Treat several lists as one; the first rows have all lists apart.

    Parameters
    ----------
    table, estimators, seed, level
        As in `internal_validation`.
    groups
        Groups of list names, one change each; every pair by default.
    """
    chosen = list(combinations(table.lists, 2)) if groups is None else [tuple(g) for g in groups]
    changes: list[tuple[str, Callable[[], OverlapTable]]] = []
    for group in chosen:
        unknown = [x for x in group if x not in table.lists]
        if unknown or len(set(group)) < 2:
            raise InputError(
                "A group to merge is two or more lists of the table.",
                fix=f"Its lists: {', '.join(table.lists)}.",
            )
        changes.append((f"{' and '.join(group)} merged", partial(_merged, table, group)))
    return _changed(table, estimators, changes, seed, level)


def _merged(table: OverlapTable, group: Sequence[str]) -> OverlapTable:
    inside = [i for i, x in enumerate(table.lists) if x in group]
    rest = [i for i in range(table.t) if i not in inside]
    if not rest:
        raise NotSupported(
            note("verdict.validation.merged"), fix=note("verdict.validation.merged.fix")
        )
    names = ["+".join(table.lists[i] for i in inside), *(table.lists[i] for i in rest)]
    return table.merge([inside, *([i] for i in rest)], names)


def _same(table: OverlapTable) -> OverlapTable:
    return table


def _changed(
    table: OverlapTable,
    estimators: _Estimators,
    changes: Sequence[tuple[str, Callable[[], OverlapTable]]],
    seed: int,
    level: float,
) -> tuple[RobustnessRow, ...]:
    named = _named(estimators)
    full: dict[str, float | None] = {}
    out: list[RobustnessRow] = []
    for change, make in [
        ("all lists", table.pooled if table.stratified else partial(_same, table)),
        *changes,
    ]:
        observed = 0
        reason: Note | None = None
        changed: OverlapTable | None = None
        try:
            changed = make()
        except (Refusal, TableError) as refusal:
            reason = why(refusal)
        else:
            observed = changed.n
        for method, estimator in named.items():
            figure = (
                _Figure(refused=reason)
                if changed is None
                else _figure(estimator, changed, seed, level)
            )
            if change == "all lists":
                full[method] = figure.point
            base = full[method]
            ratio = None if figure.point is None or base is None else figure.point / base
            out.append(
                RobustnessRow(
                    change,
                    observed,
                    method,
                    figure.point,
                    figure.lower,
                    figure.upper,
                    ratio,
                    figure.refused,
                )
            )
    return tuple(out)


def trajectory(
    table: OverlapTable,
    estimator: _Estimator,
    *,
    shares: Sequence[float] = (0.4, 0.55, 0.7, 0.85, 1.0),
    by: str = "listings",
    orders: int = 20,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[TrajectoryPoint, ...]:
    """Show the estimate as the lists fill up, in random order.

    The population stays the same while listings (a person on a list) come in, so a sound method
    gives about the same figure all the way, with less doubt; a figure that keeps climbing or
    falling has not settled. People none of whose listings are in yet are part of the unknown.

    Parameters
    ----------
    table
        Any table; strata are added up.
    estimator
        Any estimator.
    shares
        Shares of the listings, above 0 and up to 1.
    by
        ``"listings"``, or ``"people"``: whole people come in with all their listings, as when a
        project widens. The population then grows with the share, and so does a sound figure.
    orders
        Random orders; the parts of one order are nested.
    level
        Central share of the orders between ``lower`` and ``upper``.
    seed
        Root seed.

    Returns
    -------
    tuple of TrajectoryPoint
        By share, ascending; ``observed`` is the mean over the orders.
    """
    steps = sorted(set(shares), reverse=True)
    if not steps or steps[-1] <= 0 or steps[0] > 1:
        raise InputError("Shares lie above 0 and up to 1.", fix="Give for instance 0.5, 1.0.")
    if orders < 1:
        raise InputError("At least one order is needed.", fix="Give for instance 20.")
    if by not in ("listings", "people"):
        raise InputError(f"{by!r} cannot come in.", fix="Choose listings or people.")
    table = table.pooled() if table.stratified else table
    values = np.full((orders, len(steps)), np.inf)
    seen = np.zeros((orders, len(steps)))
    whole: float | None = None
    for k in range(orders):
        rng = stream(seed, f"trajectory/{table.name}/{k}")
        counts = np.array(table.counts)
        counts[0] = 0
        before = 1.0
        for j, share in enumerate(steps):
            counts = _thin(rng, counts, share / before, by)
            before = share
            seen[k, j] = counts[1:].sum()
            if share == 1.0 and whole is not None:
                values[k, j] = whole
                continue
            part = _filled(table, counts)
            if part is not None:
                point = _figure(estimator, part, seed, level).point
                values[k, j] = math.inf if point is None else point
            if share == 1.0:
                whole = float(values[k, j])
    return tuple(
        _trajectory_point(f"{steps[j]:.0%}", round(float(seen[:, j].mean())), values[:, j], level)
        for j in reversed(range(len(steps)))
    )


def _thin(
    rng: np.random.Generator, counts: NDArray[np.int64], keep: float, by: str
) -> NDArray[np.int64]:
    """Keep each listing, or each person, with one probability; shape (2**lists,), entry 0 is 0."""
    if keep == 1.0:
        return counts
    if by == "people":
        return np.asarray(rng.binomial(counts, keep), dtype=np.int64)
    out = np.zeros_like(counts)
    for mask in np.flatnonzero(counts):
        parts = [sub for sub in range(int(mask) + 1) if sub & int(mask) == sub]
        size = int(mask).bit_count()
        chance = [keep ** sub.bit_count() * (1 - keep) ** (size - sub.bit_count()) for sub in parts]
        out[parts] += rng.multinomial(int(counts[mask]), chance)
    out[0] = 0
    return out


def _filled(table: OverlapTable, counts: NDArray[np.int64]) -> OverlapTable | None:
    part = OverlapTable.from_histories(table.lists, counts, name=table.name)
    kept = [i for i, k in enumerate(part.list_sizes) if k > 0]
    return part.keep(kept) if len(kept) >= 2 else None


def _trajectory_point(
    label: str, observed: int, values: NDArray[np.float64], level: float
) -> TrajectoryPoint:
    refused = int(np.isinf(values).sum())
    median, ends = summarise_draws(values, level=level)
    none = refused == values.size
    return TrajectoryPoint(
        label,
        observed,
        None if math.isinf(median) else median,
        None if none else ends.lower,
        None if none else ends.upper,
        values.size,
        refused,
    )


def trajectory_by_date(
    tables: Sequence[tuple[str, OverlapTable]],
    estimator: _Estimator,
    *,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[TrajectoryPoint, ...]:
    """Show the estimate at each date.

    Parameters
    ----------
    tables
        ``(date, table of everybody known by then)``, in order of time.
    estimator, level, seed
        As in `trajectory`; ``lower`` and ``upper`` are the estimator's interval.

    Raises
    ------
    InputError
        If fewer people are known at a later date than before.
    """
    out = []
    before = 0
    for label, table in tables:
        if table.n < before:
            raise InputError(
                f"Fewer people are known at {label} than before.",
                fix="Give cumulative tables, in order of time.",
            )
        before = table.n
        figure = _figure(estimator, table, seed, level)
        out.append(
            TrajectoryPoint(
                label,
                table.n,
                figure.point,
                figure.lower,
                figure.upper,
                1,
                int(figure.point is None),
            )
        )
    return tuple(out)
