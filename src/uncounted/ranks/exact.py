"""Rank sets for counts: exact binomial tests of each pair, with Holm's correction.

Bazylik, Mogstad, Romano, Shaikh & Wilhelm (2024), *Finite- and large-sample inference for ranks
using multinomial data*, arXiv:2402.00192, section 3. Given ``x_j + x_k``, the count ``x_j`` is
binomial with probability ``p_j / (p_j + p_k)``; the hypothesis that j is not larger than k is
rejected for large ``x_j``. One one-sided test for every ordered pair, so that each pair is
tested in both directions; Holm's steps hold the chance of any false "j is above k" below
``1 - level`` in samples of any size.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncounted.core.notes import Number, note
from uncounted.errors import InputError
from uncounted.ranks.sets import Ranking, check_level, check_names, ranking_from_above

__all__ = ["holm", "pairwise_p_values", "rank_counts"]

_LARGEST = 2.0**53
"""Counts above this cannot be told apart as double-precision numbers."""


def rank_counts(
    counts: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    upper: ArrayLike | None = None,
    simultaneous: bool = True,
    level: float = 0.95,
) -> Ranking:
    """Rank sets of populations by their counts.

    Parameters
    ----------
    counts
        Shape (p,), people: whole numbers, zero or more. Counts of the same kind, each person in
        one population only.
    names
        Populations; ``"1", "2", ...`` by default.
    upper
        Shape (p,). Where a count is suppressed ("<5"), `counts` holds its least value (1) and
        `upper` its greatest (4); each pair is then tested at the values that make the test
        hardest to pass, so the sets hold whatever the true counts are.
    simultaneous
        True: Holm over all ordered pairs, p (p - 1) tests; all sets hold together. False: Holm
        over the 2 (p - 1) tests of each population with the others; each set holds alone.
    level
        Nominal coverage; the true coverage is at least this (exact tests).

    Returns
    -------
    Ranking

    Raises
    ------
    InputError
        Counts that are negative, not whole, not finite or above 2**53; a name twice; no counts.

    Examples
    --------
    Victims detected in the USA in 2008, by citizenship (UNODC): two tiers, not an order.

    >>> r = rank_counts([66, 56, 46, 12, 8], ["MEX", "THA", "PHL", "KOR", "CHN"])
    >>> r.lower.tolist(), r.upper.tolist()
    ([1, 1, 1, 4, 4], [3, 3, 3, 5, 5])
    >>> r.tiers
    (('MEX', 'THA', 'PHL'), ('KOR', 'CHN'))
    """
    low = _counts(counts)
    high = low if upper is None else _counts(upper)
    names = [str(i + 1) for i in range(low.size)] if names is None else list(names)
    check_level(level)
    check_names(names, low.size)
    if high.shape != low.shape or bool((high < low).any()):
        raise InputError(
            "The upper counts do not fit the lower ones.",
            fix="Give one upper count for each count, not smaller than it.",
        )
    p_values = pairwise_p_values(low, high)
    size = low.size
    off = ~np.eye(size, dtype=bool)
    above = np.zeros((size, size), dtype=bool)
    below: NDArray[np.bool_] | None = None
    if simultaneous:
        above[off] = holm(p_values[off], 1.0 - level)
    else:
        below = np.zeros((size, size), dtype=bool)
        for j in range(size):
            tests = np.concatenate([p_values[j, off[j]], p_values[off[j], j]])
            rejected = holm(tests, 1.0 - level)
            above[j, off[j]] = rejected[: size - 1]
            below[j, off[j]] = rejected[size - 1 :]
    suppressed = high > low
    caveats = []
    if suppressed.any():
        caveats.append(
            note("ranks.suppressed", suppressed=Number(int(suppressed.sum())), counts=Number(size))
        )
    return ranking_from_above(
        names,
        above,
        value=[None if s else float(v) for v, s in zip(low, suppressed, strict=True)],
        value_lower=low.tolist(),
        value_upper=high.tolist(),
        method="exact",
        simultaneous=simultaneous,
        level=level,
        caveats=caveats,
        below=below,
    )


def pairwise_p_values(
    low: NDArray[np.float64], high: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Exact one-sided p-values of "j is not larger than k", for every ordered pair.

    ``P(Binomial(x_j + x_k, 1/2) >= x_j)``, by the regularised incomplete beta function, which
    neither sums nor overflows.

    Parameters
    ----------
    low, high
        Shape (p,), people; the test takes x_j from `low` and x_k from `high`.

    Returns
    -------
    ndarray, shape (p, p)
        Entry [j, k]; 1 on the diagonal and wherever x_j is zero.

    Examples
    --------
    >>> pairwise_p_values(np.array([3.0, 1.0]))[0, 1]  # 5 of 16 outcomes have 3 or more of 4
    np.float64(0.3125)
    """
    from scipy.special import betainc

    high = low if high is None else high
    x, y = low[:, None], high[None, :]
    p: NDArray[np.float64] = np.where(x > 0, betainc(np.maximum(x, 1.0), y + 1.0, 0.5), 1.0)
    np.fill_diagonal(p, 1.0)
    return p


def holm(p_values: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    """Which hypotheses Holm's step-down procedure rejects at family-wise error `alpha`.

    Parameters
    ----------
    p_values
        Shape (m,).
    alpha
        Family-wise error rate.

    Returns
    -------
    ndarray of bool, shape (m,)

    References
    ----------
    Holm (1979), *Scandinavian Journal of Statistics* 6, 65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03, 0.005]), 0.05).tolist()
    [True, False, False, True]
    """
    order = np.argsort(p_values, kind="stable")
    m = p_values.size
    passes = p_values[order] <= alpha / (m - np.arange(m))
    steps = m if passes.all() else int(np.argmin(passes))
    rejected = np.zeros(m, dtype=bool)
    rejected[order[:steps]] = True
    return rejected


def _counts(values: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1:
        raise InputError("Counts must be one row of numbers.", fix="Give one count an origin.")
    if (
        not np.isfinite(x).all()
        or (x < 0).any()
        or (x != np.floor(x)).any()
        or (x > _LARGEST).any()
    ):
        raise InputError(
            "Exact rank sets need counts: whole numbers of people, zero or more.",
            fix="For estimates use the stepdown method with standard errors or draws.",
        )
    return x
