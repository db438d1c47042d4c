"""What every estimator gives back, and how sets of draws are pooled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimate", "Interval", "pool_draws", "summarise_draws"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for the population N (or any other figure).

    Parameters
    ----------
    kind
        ``"wald"``, ``"profile"``, ``"bca"``, ``"percentile"``, ``"log-normal"``,
        ``"posterior"``, ``"pool"``.
    level
        Nominal coverage, between 0 and 1.
    lower, upper
        People. ``upper`` is ``inf`` where the data put no upper bound.
    """

    kind: str
    level: float
    lower: float
    upper: float

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return math.isfinite(self.lower) and math.isfinite(self.upper)

    def to_dict(self) -> dict[str, Any]:
        """JSON form; an end without a bound is ``None`` and ``unbounded`` says so."""
        out: dict[str, Any] = {
            "kind": self.kind,
            "level": self.level,
            "lower": self.lower if math.isfinite(self.lower) else None,
            "upper": self.upper if math.isfinite(self.upper) else None,
        }
        if not self.bounded:
            out["unbounded"] = True
        return out


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure with everything needed to judge it.

    Parameters
    ----------
    method
        Name on the command line, e.g. ``"bic"``.
    observed
        ``n``: people on at least one list.
    point
        Estimate of the population ``N`` (observed and hidden). ``None`` only in a refusal.
    interval
        Main interval, or ``None`` where none was asked for.
    draws
        Equally likely values of ``N``, shape (draws,), ``inf`` where a resample has no finite
        estimate; ``None`` where the method gives none.
    model
        Hierarchical model in list numbers, e.g. ``"[12,13,4]"``; ``None`` where it has no sense.
    bic, aic, deviance
        Of the chosen model; ``None`` where they have no sense.
    caveats
        Plain sentences that must travel with the figure.
    diagnostics
        Whatever else the method knows, JSON-ready.
    refused
        Why there is no figure; empty where there is one.
    """

    method: str
    observed: int
    point: float | None
    interval: Interval | None = None
    draws: NDArray[np.float64] | None = None
    model: str | None = None
    bic: float | None = None
    aic: float | None = None
    deviance: float | None = None
    caveats: tuple[str, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""

    @property
    def hidden(self) -> float | None:
        """``n0``: people on no list, point estimate."""
        return None if self.point is None else self.point - self.observed

    def to_dict(self) -> dict[str, Any]:
        """JSON form with the contract's keys; draws stay out."""
        out: dict[str, Any] = {
            "method": self.method,
            "point": self.point,
            "interval": None if self.interval is None else self.interval.to_dict(),
            "observed": self.observed,
            "model": self.model,
            "bic": self.bic,
            "aic": self.aic,
            "deviance": self.deviance,
            "caveats": list(self.caveats),
            "diagnostics": dict(self.diagnostics),
        }
        if self.refused:
            out["refused"] = self.refused
        return out


def summarise_draws(
    draws: NDArray[np.float64], *, level: float = 0.95, kind: str = "posterior"
) -> tuple[float, Interval]:
    """Median and central interval of equally likely draws.

    Parameters
    ----------
    draws
        Shape (draws,), people; ``inf`` allowed and kept in its place in the order.
    level
        Nominal coverage.
    kind
        Written into the interval.

    Returns
    -------
    median, interval

    Examples
    --------
    >>> summarise_draws(np.arange(1.0, 102.0), level=0.5)[0]
    51.0
    """
    ordered = np.sort(np.asarray(draws, dtype=np.float64))
    if ordered.size == 0 or np.isnan(ordered).any():
        msg = "draws must be a non-empty array without NaN"
        raise ValueError(msg)
    tail = (1.0 - level) / 2.0
    lower, median, upper = (_quantile(ordered, q) for q in (tail, 0.5, 1.0 - tail))
    return median, Interval(kind, level, lower, upper)


def _quantile(ordered: NDArray[np.float64], q: float) -> float:
    """Linear-interpolation quantile of sorted values in which ``inf`` is a value like any other."""
    position = q * (ordered.size - 1)
    below = math.floor(position)
    above = min(below + 1, ordered.size - 1)
    low, high = float(ordered[below]), float(ordered[above])
    share = position - below
    if share == 0.0 or low == high:
        return low
    return high if math.isinf(high) else low + share * (high - low)


def pool_draws(
    draws: Sequence[NDArray[np.float64]], *, size: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Mix several sets of draws with equal weight per set.

    Parameters
    ----------
    draws
        One array of draws of ``N`` per member (method, linkage draw, imputation).
    size
        How many pooled draws to return.
    rng
        Source of randomness.

    Returns
    -------
    ndarray, shape (size,)
        Each member contributes ``size / len(draws)`` draws, to within one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> sorted(set(pool_draws([np.array([1.0]), np.array([3.0])], size=4, rng=rng)))
    [np.float64(1.0), np.float64(3.0)]
    """
    members = [np.asarray(d, dtype=np.float64) for d in draws]
    if not members or any(m.size == 0 for m in members):
        msg = "every member needs at least one draw"
        raise ValueError(msg)
    share = np.full(len(members), size // len(members))
    share[rng.permutation(len(members))[: size % len(members)]] += 1
    pooled = np.concatenate(
        [m[rng.integers(0, m.size, k)] for m, k in zip(members, share, strict=True)]
    )
    rng.shuffle(pooled)
    return pooled
