"""Methods by their names on the command line."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from uncounted.core.protocols import Estimator
from uncounted.errors import UsageError

__all__ = ["DEFAULT_METHODS", "METHODS", "MethodSettings", "make"]


@dataclass(frozen=True, slots=True)
class MethodSettings:
    """Settings that the command line hands to whichever methods know them.

    Parameters
    ----------
    level
        Nominal coverage of intervals.
    bootstrap
        Resamples; 0 for none.
    max_order
        Lists in the largest interaction; ``None`` for the method's own.
    top
        Best models that compete again in every resample.
    threads
        Threads, ``None`` for all cores.
    """

    level: float = 0.95
    bootstrap: int = 1000
    max_order: int | None = None
    top: int | Literal["all"] = 20
    threads: int | None = None


def _log_linear(rule: str) -> Callable[[MethodSettings], Estimator]:
    def build(s: MethodSettings) -> Estimator:
        from uncounted.estimators import loglinear as ll

        model: str | ll.Stepwise | ll.BestBIC | ll.BestAIC | ll.Averaged = rule
        if rule == "stepwise":
            model = ll.Stepwise()
        elif rule == "bic":
            model = ll.BestBIC(s.max_order, s.top)
        elif rule == "aic":
            model = ll.BestAIC(s.max_order, s.top)
        elif rule == "averaged":
            model = ll.Averaged(s.max_order)
        return ll.LogLinear(model, bootstrap=s.bootstrap, level=s.level, threads=s.threads)

    return build


def _closed(
    by_list: bool, shape: Literal["none", "chao", "poisson", "darroch", "gamma"]
) -> Callable[[MethodSettings], Estimator]:
    def build(s: MethodSettings) -> Estimator:
        from uncounted.estimators.closed import ClosedPopulation

        return ClosedPopulation(by_list, shape, s.level)

    return build


def _coverage(form: Literal["high", "low"]) -> Callable[[MethodSettings], Estimator]:
    def build(s: MethodSettings) -> Estimator:
        from uncounted.estimators.coverage import SampleCoverage

        return SampleCoverage(form, s.bootstrap, s.level)

    return build


def _lower_bound(s: MethodSettings) -> Estimator:
    from uncounted.estimators.simple import LowerBound

    return LowerBound(s.level)


def _pairs(s: MethodSettings) -> Estimator:
    from uncounted.estimators.simple import Pairs

    return Pairs(s.level)


def _graphs(s: MethodSettings) -> Estimator:
    from uncounted.estimators.graphs import DecomposableGraphs

    return DecomposableGraphs(level=s.level)


def _shrinkage(s: MethodSettings) -> Estimator:
    from uncounted.estimators.shrinkage import Shrinkage

    return Shrinkage(level=s.level)


def _consensus(s: MethodSettings) -> Estimator:
    from uncounted.estimators.consensus import Consensus

    return Consensus(level=s.level)


def _latent_class(s: MethodSettings) -> Estimator:
    from uncounted.estimators.latent_class import LatentClass

    return LatentClass(level=s.level, threads=s.threads)


def _threshold(s: MethodSettings) -> Estimator:
    from uncounted.estimators.threshold import Threshold

    return Threshold(
        max_order=3 if s.max_order is not None and s.max_order >= 3 else 2,
        level=s.level,
        threads=s.threads,
    )


METHODS: dict[str, Callable[[MethodSettings], Estimator]] = {
    "main": _log_linear("main"),
    "all-pairs": _log_linear("all-pairs"),
    "stepwise": _log_linear("stepwise"),
    "bic": _log_linear("bic"),
    "aic": _log_linear("aic"),
    "averaged": _log_linear("averaged"),
    "lower-bound": _lower_bound,
    "pairs": _pairs,
    "m0": _closed(False, "none"),
    "mh:chao": _closed(False, "chao"),
    "mh:poisson": _closed(False, "poisson"),
    "mh:darroch": _closed(False, "darroch"),
    "mh:gamma": _closed(False, "gamma"),
    "mth:chao": _closed(True, "chao"),
    "mth:poisson": _closed(True, "poisson"),
    "mth:darroch": _closed(True, "darroch"),
    "mth:gamma": _closed(True, "gamma"),
    "sample-coverage:high": _coverage("high"),
    "sample-coverage:low": _coverage("low"),
    "graphs": _graphs,
    "shrinkage": _shrinkage,
    "consensus": _consensus,
    "latent-class": _latent_class,
    "threshold": _threshold,
}
"""Every method but ``model:[...]``, which names a model."""

DEFAULT_METHODS = ("main", "stepwise", "bic", "aic", "averaged", "lower-bound")


def make(method: str, settings: MethodSettings | None = None) -> Estimator:
    """Build the estimator of a method's name.

    Parameters
    ----------
    method
        A name of `METHODS`, or ``model:[12,13,4]``.
    settings
        What it should know; defaults where ``None``.

    Raises
    ------
    UsageError
        If there is no such method.

    Examples
    --------
    >>> make("bic").estimate.__name__
    'estimate'
    """
    settings = settings or MethodSettings()
    if method.startswith("model:"):
        return _log_linear(method.removeprefix("model:"))(settings)
    if method not in METHODS:
        near = difflib.get_close_matches(method, METHODS, n=1, cutoff=0.5)
        raise UsageError(
            f"There is no method {method[:40]!r}.",
            fix=(f"Did you mean {near[0]!r}? " if near else "")
            + f"Methods: {', '.join(METHODS)}, model:[12,13,4].",
        )
    return METHODS[method](settings)
