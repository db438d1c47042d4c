"""Intervals for shares: Wilson, Clopper and Pearson, Sison and Glaz."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError

__all__ = ["clopper_pearson", "sison_glaz", "wilson"]


def wilson(
    count: NDArray[np.float64], of: NDArray[np.float64], tests: int, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson score intervals at ``1 - (1 - level) / tests`` each (Goodman 1965, eq. 2.1)."""
    from scipy.special import chdtri

    square = float(chdtri(1, (1.0 - level) / tests))
    n = np.maximum(of, 1e-300)
    p = count / n
    middle = p + square / (2 * n)
    half = np.sqrt(square * (p * (1 - p) + square / (4 * n)) / n)
    low = np.where(count > 0, (middle - half) / (1 + square / n), 0.0)
    high = np.where(count < of, (middle + half) / (1 + square / n), 1.0)
    empty = of <= 0
    return np.where(empty, 0.0, low), np.where(empty, 1.0, high)


def clopper_pearson(
    count: NDArray[np.float64], of: NDArray[np.float64], tests: int, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact binomial intervals at ``1 - (1 - level) / tests`` each."""
    from scipy.special import betaincinv

    tail = (1.0 - level) / (2.0 * tests)
    rest = of - count
    low = np.where(count > 0, betaincinv(np.maximum(count, 1.0), rest + 1.0, tail), 0.0)
    high = np.where(rest > 0, betaincinv(count + 1.0, np.maximum(rest, 1.0), 1.0 - tail), 1.0)
    return low, high


def sison_glaz(
    counts: NDArray[np.float64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sison & Glaz (1995) with the unequal widths of their formula (7), and their Edgeworth term.

    The coverage of boxes ``count - c`` to ``count + c`` rises with c; the ends lie between the two
    whole c on either side of the level. With c = 0 it counts as none, and as one from c = n.
    """
    n = float(counts.sum())
    target = 1.0 - (1.0 - level)  # rounded as the published program rounds it
    covered, c = 0.0, 0
    while True:
        next_covered = _box_coverage(counts, c + 1) if c + 1 < n else 1.0
        if covered <= target < next_covered:
            break
        c += 1
        covered = next_covered
        if c > n:
            next_covered = math.nan
            break
    share = counts / n
    between = (target - covered) / (next_covered - covered)
    ends = np.stack(
        (np.maximum(share - c / n, 0.0), np.minimum(share + (c + 2 * between) / n, 1.0))
    )
    if not np.isfinite(ends).all():
        raise InputError(
            "Sison-Glaz intervals cannot be made from these counts.", fix="Use --method goodman."
        )
    return ends[0], ends[1]


def _box_coverage(counts: NDArray[np.float64], c: int) -> float:
    """Approximate probability that every count falls within c of what was seen (their formula 1).

    Independent Poisson counts, cut off at the box, given their sum: its density is an Edgeworth
    expansion in the moments of the cut-off counts.
    """
    from scipy.special import gammaln, pdtr

    n = counts.sum()
    low, high = np.maximum(counts - c, 0.0), np.minimum(counts + c, n)

    def below(x: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.where(x >= 0, pdtr(np.maximum(x, 0.0), counts), 0.0)
        return found

    inside = below(high) - below(low - 1)

    def moment(r: int) -> NDArray[np.float64]:
        top, bottom = below(high) - below(high - r), below(low - 1) - below(low - r - 1)
        found: NDArray[np.float64] = counts**r * (1.0 - (top - bottom) / inside)
        return found

    m1, m2, m3, m4 = (moment(r) for r in (1, 2, 3, 4))
    # From factorial moments to central ones.
    second = m2 + m1 - m1**2
    third = m3 + m2 * (3 - 3 * m1) + m1 - 3 * m1**2 + 2 * m1**3
    fourth = (
        m4
        + m3 * (6 - 4 * m1)
        + m2 * (7 - 12 * m1 + 6 * m1**2)
        + m1
        - 4 * m1**2
        + 6 * m1**3
        - 3 * m1**4
    )
    spread = second.sum()
    skew = third.sum() / spread**1.5
    excess = (fourth - 3 * second**2).sum() / spread**2
    x = (n - m1.sum()) / np.sqrt(spread)
    h3, h4, h6 = x**3 - 3 * x, x**4 - 6 * x**2 + 3, x**6 - 15 * x**4 + 45 * x**2 - 15
    density = (
        np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi * spread)
        * (1 + skew * h3 / 6 + excess * h4 / 24 + skew**2 * h6 / 72)
    )  # fmt: skip
    at_n = n * np.log(n) - n - gammaln(n + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.exp(np.log(inside).sum() + np.log(density) - at_n))
