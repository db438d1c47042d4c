"""Numbers and figures as words a person can read aloud."""

from __future__ import annotations

import math

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note
from uncounted.estimators.hierarchy import INDEPENDENT

__all__ = [
    "ends",
    "interval_words",
    "level_words",
    "method_words",
    "model_words",
    "people",
    "same_ends",
]

_METHODS = {
    "main": "words.method.main",
    "all-pairs": "words.method.all-pairs",
    "stepwise": "words.method.stepwise",
    "bic": "words.method.bic",
    "aic": "words.method.aic",
    "averaged": "words.method.averaged",
    "lower-bound": "words.method.lower-bound",
    "pairs": "words.method.pairs",
    "m0": "words.method.m0",
    "sample-coverage:high": "words.method.coverage-high",
    "sample-coverage:low": "words.method.coverage-low",
    "graphs": "words.method.graphs",
    "shrinkage": "words.method.shrinkage",
    "latent-class": "words.method.latent-class",
    "threshold": "words.method.threshold",
}

_LEVELS = {
    "supported": "words.level.supported",
    "supported with caution": "words.level.caution",
    "not supported": "words.level.not-supported",
}


def people(value: float | None) -> str:
    """Whole people with thousands marks.

    Examples
    --------
    >>> people(25311.29)
    '25,311'
    """
    if value is None:
        return str(note("words.no-figure"))
    return f"{value:,.0f}" if math.isfinite(value) else str(note("number.unbounded"))


def interval_words(interval: Interval | None) -> str:
    """Spell out the ends of an interval.

    Examples
    --------
    >>> interval_words(Interval("bca", 0.95, 11169.0, math.inf))
    '11,169 or more'
    """
    return str(note("words.interval-none") if interval is None else ends(interval))


def ends(interval: Interval, *, within: bool = False) -> Note:
    """Name the ends of an interval, as what stands after "between" where ``within`` is set.

    Examples
    --------
    >>> str(ends(Interval("bca", 0.95, 11169.0, 20010.0), within=True))
    '11,169 and 20,010'
    """
    lower = Number(interval.lower, "estimate")
    if not math.isfinite(interval.upper):
        return note("words.interval-open", lower=lower)
    upper = Number(interval.upper, "estimate")
    return note("words.between" if within else "words.interval", lower=lower, upper=upper)


def same_ends(one: Interval | None, other: Interval | None) -> bool:
    """Whether two ranges have the same ends, whatever each promises."""
    if one is None or other is None:
        return one is other
    return (one.lower, one.upper) == (other.lower, other.upper)


def level_words(level: str) -> str:
    """Say a verdict's level.

    Examples
    --------
    >>> level_words("supported with caution")
    'Supported with caution'
    """
    return str(note(_LEVELS[level]))


def model_words(estimate: Estimate) -> str | None:
    """Model of an estimate in list names; ``None`` where it has none."""
    names = estimate.model_in_names
    return str(note("words.method.main")) if names == INDEPENDENT else names


def method_words(estimate: Estimate) -> str:
    """Plain name of a method."""
    name = estimate.method
    kind, _, detail = name.partition(":")
    if name in _METHODS:
        return str(note(_METHODS[name]))
    if kind == "mh":
        return str(note("words.method.differ", shape=detail))
    if kind == "mth":
        return str(note("words.method.differ-rates", shape=detail))
    if kind == "model":
        return str(note("words.method.model", model=detail))
    return name
