"""Rank sets for estimates that come with draws or standard errors.

Mogstad, Romano, Shaikh & Wilhelm (2024), *Inference for ranks with applications to mobility
across neighbourhoods and academic achievement across countries*, Review of Economic Studies 91,
476-518. The hypothesis "j is not larger than k" is rejected where the studentised difference
exceeds a critical value: the `level` quantile of the largest studentised difference of the
draws about their centre, over all hypotheses not yet rejected. Rejecting shrinks the set, so the
value falls; the steps end when nothing more is rejected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncounted.core.notes import note
from uncounted.engine.jobs import stream
from uncounted.errors import InputError
from uncounted.ranks.sets import Ranking, check_level, check_names, ranking_from_above

__all__ = ["rank_draws", "rank_estimates"]

_BLOCK = 512
"""Draws treated at a time, so that a block of differences stays in the processor's cache."""


def rank_draws(
    draws: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    estimates: ArrayLike | None = None,
    simultaneous: bool = True,
    level: float = 0.95,
    stepdown: bool = True,
) -> Ranking:
    """Rank sets of populations whose values are known as equally likely draws.

    Parameters
    ----------
    draws
        Shape (draws, p): bootstrap or posterior draws of all p values together, so that what the
        populations share (one model, one overlap table) is kept.
    names
        Populations; ``"1", "2", ...`` by default.
    estimates
        Shape (p,): the estimates; the means of the draws by default.
    simultaneous
        True: one critical value over all pairs; False: one for each population's own pairs.
    level
        Nominal coverage (approximate: it rests on the draws).
    stepdown
        False stops after the first step: wider sets, for comparison.

    Returns
    -------
    Ranking

    Raises
    ------
    InputError
        Fewer than 100 draws, draws that are not finite, a name twice.

    Notes
    -----
    The quantile is the smallest value that at least ``level`` of the draws do not exceed. A pair
    whose draws always differ by the same amount has no error: it is ranked by that amount.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> r = rank_draws(rng.normal([100.0, 98.0, 50.0], 2.0, (2000, 3)), ["A", "B", "C"])
    >>> r.lower.tolist(), r.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    z = np.asarray(draws, dtype=np.float64)
    check_level(level)
    if z.ndim != 2:
        raise InputError("Draws must be a table.", fix="One row a draw, one column an origin.")
    count, p = z.shape
    names = [str(i + 1) for i in range(p)] if names is None else list(names)
    check_names(names, p)
    if count < 100:
        raise InputError(f"{count} draws are too few.", fix="Give 100 draws or more.")
    if not np.isfinite(z).all():
        raise InputError(
            "Some draws are not finite, so differences between them have no size.",
            fix="Use the joint method with intervals, where an end may be unbounded.",
        )
    point = z.mean(axis=0) if estimates is None else np.asarray(estimates, dtype=np.float64)
    if point.shape != (p,) or not np.isfinite(point).all():
        raise InputError("There must be one finite estimate an origin.", fix="Check the estimates.")
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(z, [tail, 1.0 - tail], axis=0)
    above, below = _tests(z - z.mean(axis=0), point, level, simultaneous, stepdown)
    return ranking_from_above(
        names,
        above,
        value=point.tolist(),
        value_lower=low.tolist(),
        value_upper=high.tolist(),
        method="stepdown",
        simultaneous=simultaneous,
        level=level,
        below=below,
    )


def rank_estimates(
    estimates: ArrayLike,
    standard_errors: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    simultaneous: bool = True,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
    stepdown: bool = True,
) -> Ranking:
    """Rank sets of independent estimates with standard errors.

    Parameters
    ----------
    estimates, standard_errors
        Shape (p,); standard errors zero or more. The estimates must be independent of each other
        and near enough to normal; otherwise give `rank_draws` their joint draws.
    names, simultaneous, level, stepdown
        As for `rank_draws`.
    draws
        How many normal draws find the critical value.
    seed
        Root seed.

    Returns
    -------
    Ranking

    Examples
    --------
    >>> r = rank_estimates([10.0, 9.9, 1.0], [0.2, 0.2, 0.2])
    >>> r.lower.tolist(), r.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    point = np.asarray(estimates, dtype=np.float64)
    se = np.asarray(standard_errors, dtype=np.float64)
    check_level(level)
    if point.ndim != 1 or se.shape != point.shape:
        raise InputError(
            "There must be one standard error an estimate.", fix="Fill the column of errors."
        )
    if not np.isfinite(point).all() or not np.isfinite(se).all() or (se < 0).any():
        raise InputError(
            "Estimates must be finite, and standard errors finite and not negative.",
            fix="Leave out origins without an estimate, and say so beside the table.",
        )
    if draws < 100:
        raise InputError(f"{draws} draws are too few.", fix="Ask for 100 draws or more.")
    names = [str(i + 1) for i in range(point.size)] if names is None else list(names)
    check_names(names, point.size)
    rng = stream(seed, "ranks/stepdown")
    z = rng.standard_normal((draws, point.size)) * se
    above, below = _tests(z, point, level, simultaneous, stepdown, variance=se**2)
    from scipy.special import ndtri

    half = float(ndtri(0.5 + level / 2.0)) * se
    return ranking_from_above(
        names,
        above,
        value=point.tolist(),
        value_lower=(point - half).tolist(),
        value_upper=(point + half).tolist(),
        method="stepdown",
        simultaneous=simultaneous,
        level=level,
        below=below,
        caveats=(note("ranks.independent"),),
    )


def _tests(
    z: NDArray[np.float64],
    point: NDArray[np.float64],
    level: float,
    simultaneous: bool,
    stepdown: bool,
    variance: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
    """Which j are surely above which k (and, for marginal sets, below) from centred draws."""
    p = point.size
    difference = point[:, None] - point[None, :]
    weight, statistic = _studentise(z, difference, variance)
    off = ~np.eye(p, dtype=bool)
    largest = _largest_by_row(z, weight)
    if simultaneous:
        first = largest.max(axis=0)
        return _steps(z, weight, statistic, off, first, level, stepdown), None
    above = np.zeros((p, p), dtype=bool)
    below = np.zeros((p, p), dtype=bool)
    for j in range(p):
        own = np.zeros((p, p), dtype=bool)
        own[j, :] = own[:, j] = True
        own &= off
        rejected = _steps(z, weight, statistic, own, largest[j], level, stepdown, row=j)
        above[j] = rejected[j]
        below[j] = rejected[:, j]
    return above, below


def _studentise(
    z: NDArray[np.float64],
    difference: NDArray[np.float64],
    variance: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One over the standard error of each difference (0 where it has none), and the statistics."""
    if variance is None:
        cov = z.T @ z / max(z.shape[0] - 1, 1)
        own = np.diag(cov)
        spread = np.maximum(own[:, None] + own[None, :] - 2.0 * cov, 0.0)
    else:
        own = variance
        spread = own[:, None] + own[None, :]
    # Below rounding error of the sum it was taken from, a spread is none.
    real = spread > 1e-12 * (own[:, None] + own[None, :])
    np.fill_diagonal(real, False)
    weight = np.zeros_like(spread)
    weight[real] = 1.0 / np.sqrt(spread[real])
    statistic = difference * weight
    sure = ~real & (difference != 0.0)
    statistic[sure] = np.copysign(np.inf, difference[sure])
    return weight, statistic


def _largest_by_row(z: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest absolute studentised difference of each population with any other, per draw.

    Shape (p, draws). Each pair is formed once and counted for both its members.
    """
    count, p = z.shape
    out = np.zeros((p, count))
    for start in range(0, count, _BLOCK):
        block = np.ascontiguousarray(z[start : start + _BLOCK].T)
        best = np.zeros_like(block)
        work = np.empty_like(block)
        for j in range(p - 1):
            gap = work[: p - 1 - j]
            np.subtract(block[j + 1 :], block[j], out=gap)
            gap *= weight[j, j + 1 :, None]
            np.abs(gap, out=gap)
            np.maximum(best[j], gap.max(axis=0), out=best[j])
            np.maximum(best[j + 1 :], gap, out=best[j + 1 :])
        out[:, start : start + _BLOCK] = best
    return out


def _steps(
    z: NDArray[np.float64],
    weight: NDArray[np.float64],
    statistic: NDArray[np.float64],
    family: NDArray[np.bool_],
    first: NDArray[np.float64],
    level: float,
    stepdown: bool,
    row: int | None = None,
) -> NDArray[np.bool_]:
    """Step-down over the ordered pairs of `family`; `first` holds their maxima per draw."""
    remaining = family.copy()
    largest = first
    rejected = np.zeros_like(family)
    rank = z.shape[0] - math.ceil(level * z.shape[0] - 1e-9)  # draws allowed above the quantile
    critical = float(np.partition(first, first.size - 1 - rank)[first.size - 1 - rank])
    while True:
        now = remaining & (statistic > critical)
        if not now.any():
            return rejected
        rejected |= now
        remaining &= ~now
        if not stepdown or not remaining.any():
            return rejected
        critical, largest = _critical(z, weight, remaining, largest, rank, row)


def _critical(
    z: NDArray[np.float64],
    weight: NDArray[np.float64],
    remaining: NDArray[np.bool_],
    bound: NDArray[np.float64],
    rank: int,
    row: int | None,
) -> tuple[float, NDArray[np.float64]]:
    """Quantile of the largest difference over `remaining`, looking only at draws that can matter.

    `bound` holds, per draw, the maximum over a larger family (so an upper bound). Draws are made
    exact from the top until the order statistic wanted can no longer change.
    """
    count = z.shape[0]
    order = np.argsort(-bound)
    exact = bound.copy()
    done, size = 0, rank + 1
    while True:
        stop = min(done + size, count)
        chosen = order[done:stop]
        exact[chosen] = _largest_of(z[chosen], weight, remaining, row)
        done = stop
        known = exact[order[:done]]
        value = float(np.partition(known, done - 1 - rank)[done - 1 - rank])
        if done == count or value >= bound[order[done]]:
            return value, exact
        size = max(rank // 4, 16)


def _largest_of(
    draws: NDArray[np.float64],
    weight: NDArray[np.float64],
    remaining: NDArray[np.bool_],
    row: int | None,
) -> NDArray[np.float64]:
    """Largest studentised difference of each draw over the ordered pairs left (0 if none is)."""
    if row is not None:
        gap = (draws[:, row, None] - draws) * weight[row]
        up = (gap * remaining[row]).max(axis=1)
        down = (gap * remaining[:, row]).min(axis=1)
        best: NDArray[np.float64] = np.maximum(np.maximum(up, -down), 0.0)
        return best
    left = weight * remaining
    out = np.empty(draws.shape[0])
    gap = np.empty_like(left)
    for i, draw in enumerate(draws):
        np.subtract(draw[:, None], draw[None, :], out=gap)
        gap *= left
        out[i] = gap.max()
    return np.maximum(out, 0.0)
