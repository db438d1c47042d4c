"""Rank sets from joint intervals: plain to explain, and cautious.

Klein, Wright & Wieczorek (2020), *A joint confidence region for an overall ranking of
populations*, Journal of the Royal Statistical Society C 69, 589-606. If intervals hold together
with probability `level`, then j is above k wherever j's interval lies wholly above k's, and all
rank sets hold together with that probability too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncounted.errors import InputError
from uncounted.ranks.sets import Ranking, check_level, check_names, ranking_from_above

__all__ = [
    "joint_intervals_of_counts",
    "joint_intervals_of_draws",
    "joint_intervals_of_estimates",
    "rank_intervals",
]


def rank_intervals(
    lower: ArrayLike,
    upper: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    values: ArrayLike | None = None,
    level: float = 0.95,
) -> Ranking:
    """Rank sets of populations from intervals that hold together.

    Parameters
    ----------
    lower, upper
        Shape (p,): ends of intervals that all hold at once with probability `level`. Ends may be
        infinite. Intervals that touch in one point count as apart (the paper's are open), unless
        both are that one point.
    names
        Populations; ``"1", "2", ...`` by default.
    values
        Shape (p,): estimates to show beside the sets.
    level
        The joint level of the intervals; copied into the answer, not used.

    Returns
    -------
    Ranking
        Simultaneous; a set that holds with the others holds alone as well.

    Examples
    --------
    >>> r = rank_intervals([10, 8, 1], [14, 12, 3])
    >>> r.lower.tolist(), r.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    low = np.asarray(lower, dtype=np.float64)
    high = np.asarray(upper, dtype=np.float64)
    check_level(level)
    if low.ndim != 1 or low.shape != high.shape:
        raise InputError("There must be one lower and one upper end an origin.", fix="Fill both.")
    if np.isnan(low).any() or np.isnan(high).any() or (low > high).any():
        raise InputError(
            "Some interval has no lower end, no upper end, or ends the wrong way round.",
            fix="Give a lower end not above the upper end; write inf where there is no bound.",
        )
    names = [str(i + 1) for i in range(low.size)] if names is None else list(names)
    check_names(names, low.size)
    value: list[float | None] = [None] * low.size
    if values is not None:
        value = [float(v) for v in np.asarray(values, dtype=np.float64)]
    point = low == high
    above = low[:, None] >= high[None, :]
    above &= ~(point[:, None] & point[None, :] & (low[:, None] == high[None, :]))
    np.fill_diagonal(above, False)
    return ranking_from_above(
        names,
        above,
        value=value,
        value_lower=low.tolist(),
        value_upper=high.tolist(),
        method="joint",
        simultaneous=True,
        level=level,
    )


def joint_intervals_of_counts(
    counts: ArrayLike, *, upper: ArrayLike | None = None, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Joint intervals for the expected shares behind counts (Clopper-Pearson with Bonferroni).

    Bonferroni, not independence, because counts with a fixed sum depend on each other.

    Parameters
    ----------
    counts
        Shape (p,), people.
    upper
        Shape (p,): greatest values where counts are suppressed; then each interval runs from the
        lower end at the least value to the upper end at the greatest.
    level
        Joint level.

    Returns
    -------
    lower, upper : ndarray, shape (p,)
        People (share times total of the counts given).

    Examples
    --------
    >>> low, high = joint_intervals_of_counts([50, 10])
    >>> low.round(1).tolist(), high.round(1).tolist()
    ([41.8, 4.5], [55.5, 18.2])
    """
    from scipy.special import betaincinv

    check_level(level)
    least = np.asarray(counts, dtype=np.float64)
    most = least if upper is None else np.asarray(upper, dtype=np.float64)
    p = least.size
    if p == 1:
        return least.copy(), most.copy()
    tail = (1.0 - level) / (2.0 * p)
    # A suppressed count makes the total uncertain: the lower end takes the greatest total of the
    # others, the upper end the least.
    rest_most = most.sum() - most
    rest_least = least.sum() - least
    with np.errstate(invalid="ignore"):
        low = np.where(least > 0, betaincinv(np.maximum(least, 1e-300), rest_most + 1.0, tail), 0.0)
        high = np.where(
            rest_least > 0,
            betaincinv(most + 1.0, np.maximum(rest_least, 1e-300), 1.0 - tail),
            1.0,
        )
    total = (least.sum() + most.sum()) / 2.0
    return low * total, high * total


def joint_intervals_of_estimates(
    estimates: ArrayLike, standard_errors: ArrayLike, *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Joint normal intervals of independent estimates: each at level ``level ** (1 / p)``.

    Parameters
    ----------
    estimates, standard_errors
        Shape (p,).
    level
        Joint level.

    Returns
    -------
    lower, upper : ndarray, shape (p,)

    Examples
    --------
    >>> low, high = joint_intervals_of_estimates([0.0], [1.0])
    >>> round(float(high[0]), 2)
    1.96
    """
    from scipy.special import ndtri

    check_level(level)
    point = np.asarray(estimates, dtype=np.float64)
    se = np.asarray(standard_errors, dtype=np.float64)
    half = ndtri(0.5 + level ** (1.0 / max(point.size, 1)) / 2.0) * se
    return point - half, point + half


def joint_intervals_of_draws(
    draws: ArrayLike, *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Joint intervals of draws: equal tails, widened until `level` of the draws lie in all.

    Each draw is placed by its most extreme population (its smallest tail among the p); the share
    ``1 - level`` of most extreme draws is left out. Quantile based, so skewed and unbounded draws
    (``inf``) keep their shape (Mandel & Betensky 2008).

    Parameters
    ----------
    draws
        Shape (draws, p).
    level
        Joint level.

    Returns
    -------
    lower, upper : ndarray, shape (p,)

    Examples
    --------
    >>> low, high = joint_intervals_of_draws(np.random.default_rng(0).normal(size=(4000, 2)))
    >>> bool((high > 1.96).all())
    True
    """
    check_level(level)
    z = np.asarray(draws, dtype=np.float64)
    if z.ndim != 2 or z.shape[0] < 100 or np.isnan(z).any():
        raise InputError(
            "Joint intervals need 100 draws or more of every origin.", fix="Fill the draws."
        )
    count = z.shape[0]
    ordered = np.sort(z, axis=0)
    # Ties (inf among them) take the rank that keeps a draw least extreme in each direction.
    rank_low = np.empty(z.shape, dtype=np.int64)
    rank_high = np.empty(z.shape, dtype=np.int64)
    for k in range(z.shape[1]):
        rank_low[:, k] = np.searchsorted(ordered[:, k], z[:, k], side="right") - 1
        rank_high[:, k] = count - 1 - np.searchsorted(ordered[:, k], z[:, k], side="left")
    depth = np.sort(np.minimum(rank_low, rank_high).min(axis=1))
    cut = int(depth[int(np.floor((1.0 - level) * count + 1e-9))])
    return ordered[cut], ordered[count - 1 - cut]
