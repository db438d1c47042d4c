"""Log-linear models on counts known as ranges, by the interval-censored likelihood.

Counts are Poisson with log mu = X a, so a table of ranges has the likelihood prod P(l <= Y <= u | mu). Its
gradient is X'(E - mu) and its curvature X' diag(mu - V) X, with E and V the mean and variance of a count
given its range: Newton's method with halved steps, from the expected counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import CensoredTable
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Number, note
from uncounted.errors import NotSupported
from uncounted.estimators import _selection
from uncounted.estimators._glm import fit_poisson
from uncounted.estimators._limits import limit, refuse_limit
from uncounted.estimators._ready import no_model, ready, refuse_large
from uncounted.estimators.completions import expected_table, truncated_mean
from uncounted.estimators.existence import check
from uncounted.estimators.hierarchy import Model, all_pairs, main_effects, parse, spell, write
from uncounted.estimators.loglinear import BestAIC, BestBIC, LogLinear, refuse_status
from uncounted.kernels.special import normal_quantile

__all__ = ["RangeFit", "fit_ranges", "loglinear_ranges"]

Floats = NDArray[np.float64]
_UNBOUNDED_FROM = 14.0
"""Half width of the interval of the log of the hidden count, here a factor of a million, that is no bound."""


@dataclass(frozen=True, slots=True, eq=False)
class RangeFit:
    """Maximum of the interval-censored likelihood.

    Parameters
    ----------
    hidden
        People on no list.
    variance
        Of the intercept.
    loglik
        Log-likelihood of the ranges.
    observed
        Expected people on a list, given the ranges.
    alpha
        Coefficients, intercept first.
    """

    hidden: float
    variance: float
    loglik: float
    observed: float
    alpha: Floats


def fit_ranges(table: CensoredTable, model: Model) -> RangeFit:
    """Fit one model.

    Parameters
    ----------
    table
        Ranges without sums.
    model
        Terms as masks over the table's lists, without the intercept; its maximum must exist.

    Examples
    --------
    >>> exact = CensoredTable.from_histories(["a", "b"], {"10": 30, "01": 40, "11": 6})
    >>> round(fit_ranges(exact, (1, 2)).hidden, 6)  # 30 x 40 / 6
    200.0
    """
    masks = np.arange(1 << table.t)
    terms = np.array([0, *model])
    design = ((masks[:, None] & terms[None, :]) == terms[None, :]).astype(np.float64)
    low, high = table.lower[1:], table.upper[1:]
    counts = expected_table(table).counts.astype(np.float64)
    alpha = fit_poisson(design, np.maximum(counts, 0.0)).alpha
    x = design[1:]

    def at(a: Floats) -> tuple[float, Floats, Floats, Floats]:
        mu = np.exp(np.clip(x @ a, -60.0, 40.0))
        mean, spread, chance = truncated_mean(mu, low, high)
        return float(chance.sum()), mu, mean, spread

    now, mu, mean, spread = at(alpha)
    for _ in range(200):
        gradient = x.T @ (mean - mu)
        # Where a range says little the curvature may vanish: a floor keeps the step finite.
        weight = np.maximum(mu - spread, 1e-9 * mu)
        step = np.linalg.lstsq(x.T @ (weight[:, None] * x), gradient, rcond=1e-12)[0]
        size = 1.0
        while size > 1e-8 and at(alpha + size * step)[0] < now - 1e-12 * abs(now):
            size /= 2.0
        alpha = alpha + size * step
        now, mu, mean, spread = at(alpha)
        if abs(float(gradient @ step)) < 1e-14:
            break
    weight = np.maximum(mu - spread, 1e-12)
    inverse = np.linalg.pinv(x.T @ (weight[:, None] * x))
    return RangeFit(
        math.exp(min(float(alpha[0]), 500.0)), float(inverse[0, 0]), now, float(mean.sum()), alpha
    )


def loglinear_ranges(settings: LogLinear, name: str, table: CensoredTable) -> Estimate:
    """Estimate by a named model, or by the best of the twenty that fit the expected counts best.

    Parameters
    ----------
    settings, name
        The method, and what it is called.
    table
        Ranges.

    Raises
    ------
    NotSupported
        If the table has sums, or the method selects in another way.
    NoFiniteEstimate, NotIdentifiable
        If the model has no estimate at the expected counts.
    """
    rule = settings.model
    if table.margins or not isinstance(rule, (str, BestBIC, BestAIC)):
        raise NotSupported(
            note("estimators.censored.needs", method=name, cells=Number(table.censored)),
            fix=note("estimators.censored.needs.fix"),
        )
    expected = expected_table(table)
    case = ready(expected, every_list=True)
    if isinstance(rule, (BestBIC, BestAIC)):
        ranking = _selection.rank_all(
            case.counts, case.t, max_order=rule.max_order, criterion=rule.criterion
        )
        if not ranking.models.models:
            raise no_model(ranking.tried)
        models = [
            tuple(sorted((case.to_given(s) for s in m), key=lambda s: (s.bit_count(), s)))
            for m in ranking.models.models[:20]
        ]
        price = math.log(expected.n) if rule.criterion == "bic" else 2.0
    else:
        named = {"main": main_effects(table.t), "all-pairs": all_pairs(table.t)}
        models, price = [named[rule] if rule in named else parse(rule, table.lists)], 0.0
    for model in models[:1]:
        found = check(expected.counts, model)
        spelt = spell(model, table.lists)
        if not found.identifiable:
            refuse_status(2, spelt)
        if not found.exists:
            refuse_limit(limit(expected.counts, model), spelt, expected.n)
    fits = [fit_ranges(table, m) for m in models]
    scores = [-2.0 * f.loglik + price * (len(m) + 1) for f, m in zip(fits, models, strict=True)]
    best = int(np.argmin(scores))
    fit, model = fits[best], models[best]
    point = fit.observed + fit.hidden
    refuse_large(point, expected.n)
    z = normal_quantile((1.0 + settings.level) / 2.0)
    # Where ranges let a term run away, as where all that three lists share is hidden, nothing bounds it.
    reach = z * math.sqrt(fit.variance)
    factor = math.exp(reach) if reach < _UNBOUNDED_FROM else math.inf
    return Estimate(
        method=name,
        observed=expected.n,
        point=point,
        interval=Interval(
            "wald", settings.level, fit.observed + fit.hidden / factor,
            fit.observed + fit.hidden * factor,
        ),
        standard_error=math.sqrt(fit.hidden + fit.hidden**2 * fit.variance),
        model=write(model, table.t),
        model_in_names=spell(model, table.lists),
        bic=-2.0 * fit.loglik + math.log(expected.n) * (len(model) + 1),
        aic=-2.0 * fit.loglik + 2.0 * (len(model) + 1),
        caveats=(note("estimators.censored.model", cells=Number(table.censored)),),
        diagnostics={"models_fitted": len(models), "expected_observed": fit.observed},
    )  # fmt: skip
