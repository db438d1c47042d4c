"""Sets of equally likely draws: pooled, and summarised at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Interval

__all__ = ["pool_draws", "summarise_draws"]


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
