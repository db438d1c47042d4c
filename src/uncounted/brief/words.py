"""Numbers and figures as words a person can read aloud."""

from __future__ import annotations

import math

from uncounted.core.estimate import Estimate, Interval

__all__ = ["interval_words", "method_words", "people"]

_METHODS = {
    "main": "no interactions",
    "all-pairs": "all pairs of lists",
    "stepwise": "stepwise",
    "bic": "best BIC",
    "aic": "best AIC",
    "averaged": "averaged over models by BIC",
    "lower-bound": "Chao's lower bound",
    "pairs": "pairs of lists",
    "m0": "one rate for all (M0)",
    "sample-coverage:high": "sample coverage, high",
    "sample-coverage:low": "sample coverage, low",
    "graphs": "decomposable graphs",
    "shrinkage": "shrinkage",
    "latent-class": "latent classes",
    "threshold": "Bayesian threshold",
}


def people(value: float | None) -> str:
    """Whole people with thousands marks.

    Examples
    --------
    >>> people(25311.29)
    '25,311'
    """
    if value is None:
        return "no figure"
    return f"{value:,.0f}" if math.isfinite(value) else "no upper bound"


def interval_words(interval: Interval | None) -> str:
    """Spell out the ends of an interval.

    Examples
    --------
    >>> interval_words(Interval("bca", 0.95, 11169.0, math.inf))
    '11,169 or more'
    """
    if interval is None:
        return "none"
    if not math.isfinite(interval.upper):
        return f"{people(interval.lower)} or more"
    return f"{people(interval.lower)} to {people(interval.upper)}"


def method_words(estimate: Estimate) -> str:
    """Plain name of a method."""
    name = estimate.method
    if name in _METHODS:
        return _METHODS[name]
    if name.startswith(("mh:", "mth:")):
        rates, shape = name.split(":")
        return f"people differ ({shape}{', rates by list' if rates == 'mth' else ''})"
    if name.startswith("model:"):
        return f"model {name.removeprefix('model:')}"
    return name
