"""How a figure grows as people are added, in random orders or by date."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.protocols import Estimator
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import InputError
from uncounted.verdict.validation import figured

__all__ = ["TrajectoryPoint", "trajectory", "trajectory_by_date"]


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


def trajectory(
    table: OverlapTable,
    estimator: Estimator,
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
                point = figured(estimator, part, seed, level).point
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
    estimator: Estimator,
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
        figure = figured(estimator, table, seed, level)
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
