"""What records that may not be linked cost the estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["ReleaseCost", "release_cost"]


@dataclass(frozen=True, slots=True)
class ReleaseCost:
    """Cost of records without a valid release.

    Parameters
    ----------
    records, not_released
        In all lists.
    wider
        How much wider the sampling part of the interval is than if every record could be linked:
        0.25 is a quarter. ``None`` where it cannot be told.
    total_only
        Lists of which no record may be linked.
    """

    records: int
    not_released: int
    wider: float | None
    total_only: tuple[str, ...]


def release_cost(
    names: Sequence[str],
    people: Sequence[int],
    used: Sequence[int],
    totals: Sequence[int],
    population: float | None,
) -> ReleaseCost:
    """Compare the standard error with the one all records would give.

    Independent lists that catch shares p_j of a population N have asymptotic variance
    ``N / (1/prod(q) + t - 1 - sum(1/q))`` with ``q = 1 - p`` (Darroch 1958, Biometrika 45:343,
    eq. 22); shares are taken once from the records linked and once from the totals.

    Parameters
    ----------
    names
        Lists.
    people
        People linked, by list.
    used, totals
        Records linked, and records that could be if all were released, by list.
    population
        Estimate of N; ``None`` where there is none.

    Examples
    --------
    >>> cost = release_cost(["a", "b"], [100, 50], [100, 50], [100, 100], 500)
    >>> cost.not_released, round(cost.wider, 2)
    (50, 0.5)
    """
    held = sum(totals) - sum(used)
    none = tuple(n for n, u, t in zip(names, used, totals, strict=True) if u == 0 and t > 0)
    wider = None
    if population and held and math.isfinite(population):
        now = [m / population for m in people if m]
        then = [
            (m * t / u if u else t) / population
            for m, u, t in zip(people, used, totals, strict=True)
            if t
        ]
        a, b = _variance(now), _variance(then)
        if a is not None and b is not None:
            wider = math.sqrt(a / b) - 1.0
    return ReleaseCost(sum(totals), held, wider, none)


def _variance(shares: Sequence[float]) -> float | None:
    """Variance of N^ over N."""
    rest = [1.0 - min(p, 0.999) for p in shares]
    if len(rest) < 2:
        return None
    bottom = 1.0 / math.prod(rest) + len(rest) - 1 - sum(1.0 / q for q in rest)
    return 1.0 / bottom if bottom > 0 else None
