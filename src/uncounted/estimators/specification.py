"""Every model that fits about as well as the best: what each says, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import OverlapTable
from uncounted.estimators import _intervals, _selection
from uncounted.estimators._ready import LARGEST_RATIO, no_model, ready
from uncounted.estimators.hierarchy import Model, write

__all__ = ["Specifications", "specifications"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Specifications:
    """Models within a BIC window of the best, best first.

    Parameters
    ----------
    models
        As ``[12,3]`` in the order of the table's lists.
    terms
        Interactions of each model as masks in the order of the table's lists.
    point, lower, upper
        Shape (models,): N and its profile-likelihood interval; ``upper`` may be ``inf``.
    bic
        Shape (models,).
    window
        The window asked for.
    within
        How many models lie in the window, shown or not.
    tried
        How many models were fitted.
    """

    models: tuple[str, ...]
    terms: tuple[Model, ...]
    point: Floats
    lower: Floats
    upper: Floats
    bic: Floats
    window: float
    within: int
    tried: int


def specifications(
    table: OverlapTable,
    *,
    window: float = 10.0,
    most: int = 60,
    level: float = 0.95,
    max_order: int | None = None,
    threads: int | None = None,
) -> Specifications:
    """Fit all models and keep those whose BIC is near the best.

    Parameters
    ----------
    table
        Counts by capture history.
    window
        Largest difference of BIC from the best (10: evidence of about 150 to 1).
    most
        Show at most so many.
    level
        Nominal coverage of the intervals.

    Raises
    ------
    NoFiniteEstimate
        If no model has an estimate.

    Examples
    --------
    >>> import uncounted as uc
    >>> found = specifications(uc.published.load("uk2013-5"))
    >>> found.models[0], round(found.point[0])
    ('[123,25,34]', 25311)
    """
    case = ready(table)
    ranking = _selection.rank_all(
        case.counts, case.t, max_order=max_order, criterion="bic", threads=threads
    )
    if not len(ranking.bic):
        raise no_model(ranking.tried)
    finite = case.n + ranking.hidden <= LARGEST_RATIO * case.n
    near = np.flatnonzero((ranking.bic - ranking.bic[0] <= window) & finite)
    shown = near[:most]
    models = [ranking.models.models[i] for i in shown]
    profile = _intervals.profile(case.counts, models, ranking.hidden[shown], level)
    given = [
        tuple(sorted((case.to_given(s) for s in m), key=lambda s: (s.bit_count(), s)))
        for m in models
    ]
    return Specifications(
        models=tuple(write(m, table.t) for m in given),
        terms=tuple(tuple(s for s in m if s.bit_count() > 1) for m in given),
        point=case.n + ranking.hidden[shown],
        lower=profile.lower,
        upper=profile.upper,
        bic=ranking.bic[shown],
        window=window,
        within=near.size,
        tried=ranking.tried,
    )
