"""What a word of the method means, for those who do not use it: pages open it beside the word."""

from __future__ import annotations

from uncounted.core.notes import Note

__all__ = ["of_interval", "of_method"]

_METHODS = {
    "main": "glossary.method.main",
    "all-pairs": "glossary.method.all-pairs",
    "stepwise": "glossary.method.stepwise",
    "bic": "glossary.method.bic",
    "aic": "glossary.method.aic",
    "averaged": "glossary.method.averaged",
    "lower-bound": "glossary.method.lower-bound",
    "pairs": "glossary.method.pairs",
    "m0": "glossary.method.m0",
    "mh": "glossary.method.mh",
    "mth": "glossary.method.mth",
    "sample-coverage:high": "glossary.method.coverage-high",
    "sample-coverage:low": "glossary.method.coverage-low",
    "graphs": "glossary.method.graphs",
    "shrinkage": "glossary.method.shrinkage",
    "latent-class": "glossary.method.latent-class",
    "threshold": "glossary.method.threshold",
    "model": "glossary.method.model",
    "consensus": "glossary.method.consensus",
}

_INTERVALS = {
    "bca": "glossary.interval.bca",
    "percentile": "glossary.interval.percentile",
    "profile": "glossary.interval.profile",
    "wald": "glossary.interval.wald",
    "log-normal": "glossary.interval.log-normal",
    "posterior": "glossary.interval.posterior",
    "mixture": "glossary.interval.mixture",
    "pool": "glossary.interval.pool",
    "bounds": "glossary.interval.bounds",
}


def of_method(name: str) -> str:
    """Explain a method by its name on the command line; empty where there is nothing to explain.

    Examples
    --------
    >>> of_method("m0")
    'Every list meets everybody with one and the same chance.'
    """
    code = _METHODS.get(name) or _METHODS.get(name.partition(":")[0])
    return "" if code is None else str(Note(code))


def of_interval(kind: str) -> str:
    """Explain a kind of interval; empty where there is nothing to explain."""
    code = _INTERVALS.get(kind)
    return "" if code is None else str(Note(code))
