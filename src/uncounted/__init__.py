"""Uncounted: figures that stand up, from overlapping confidential lists.

>>> import uncounted as uc
>>> table = uc.published.load("uk2013-5")
>>> round(uc.LogLinear(model="main").estimate(table).point)
13444
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from uncounted._version import __version__
from uncounted.core.notes import Note, speak_with

if TYPE_CHECKING:
    from uncounted import errors, published
    from uncounted.core.cases import CaseTable
    from uncounted.core.estimate import Estimate, Interval
    from uncounted.core.table import OverlapTable
    from uncounted.estimators.closed import ClosedPopulation
    from uncounted.estimators.consensus import Consensus
    from uncounted.estimators.coverage import SampleCoverage
    from uncounted.estimators.doubly_robust import DoublyRobust
    from uncounted.estimators.graphs import DecomposableGraphs
    from uncounted.estimators.latent_class import LatentClass
    from uncounted.estimators.loglinear import (
        Averaged,
        BestAIC,
        BestBIC,
        LogLinear,
        Stepwise,
    )
    from uncounted.estimators.shrinkage import Shrinkage
    from uncounted.estimators.simple import LowerBound, Pairs
    from uncounted.estimators.threshold import Threshold
    from uncounted.files.case_tables import read_cases
    from uncounted.files.overlap_tables import read_table, write_table
    from uncounted.pooling.imputations import Replicates, combine_estimates
    from uncounted.pooling.strata import StrataEstimate, estimate_strata
    from uncounted.simulation.study import simulate
    from uncounted.verdict.assess import Verdict, assess
    from uncounted.verdict.sensitivity import Sensitivity, sensitivity_curve
    from uncounted.verdict.validation import internal_validation

__all__ = [
    "Averaged",
    "BestAIC",
    "BestBIC",
    "CaseTable",
    "ClosedPopulation",
    "Consensus",
    "DecomposableGraphs",
    "DoublyRobust",
    "Estimate",
    "Interval",
    "LatentClass",
    "LogLinear",
    "LowerBound",
    "OverlapTable",
    "Pairs",
    "Replicates",
    "SampleCoverage",
    "Sensitivity",
    "Shrinkage",
    "Stepwise",
    "StrataEstimate",
    "Threshold",
    "Verdict",
    "__version__",
    "assess",
    "combine_estimates",
    "errors",
    "estimate_strata",
    "internal_validation",
    "published",
    "read_cases",
    "read_table",
    "sensitivity_curve",
    "simulate",
    "write_table",
]

# Public name -> module that holds it (a module itself where the two are equal). Loaded on use.
_WHERE = {
    "Averaged": "uncounted.estimators.loglinear",
    "BestAIC": "uncounted.estimators.loglinear",
    "BestBIC": "uncounted.estimators.loglinear",
    "CaseTable": "uncounted.core.cases",
    "ClosedPopulation": "uncounted.estimators.closed",
    "Consensus": "uncounted.estimators.consensus",
    "DecomposableGraphs": "uncounted.estimators.graphs",
    "DoublyRobust": "uncounted.estimators.doubly_robust",
    "Estimate": "uncounted.core.estimate",
    "Interval": "uncounted.core.estimate",
    "LatentClass": "uncounted.estimators.latent_class",
    "LogLinear": "uncounted.estimators.loglinear",
    "LowerBound": "uncounted.estimators.simple",
    "OverlapTable": "uncounted.core.table",
    "Pairs": "uncounted.estimators.simple",
    "Replicates": "uncounted.pooling.imputations",
    "SampleCoverage": "uncounted.estimators.coverage",
    "Sensitivity": "uncounted.verdict.sensitivity",
    "Shrinkage": "uncounted.estimators.shrinkage",
    "Stepwise": "uncounted.estimators.loglinear",
    "StrataEstimate": "uncounted.pooling.strata",
    "Threshold": "uncounted.estimators.threshold",
    "Verdict": "uncounted.verdict.assess",
    "assess": "uncounted.verdict.assess",
    "combine_estimates": "uncounted.pooling.imputations",
    "errors": "uncounted.errors",
    "estimate_strata": "uncounted.pooling.strata",
    "internal_validation": "uncounted.verdict.validation",
    "published": "uncounted.published",
    "read_cases": "uncounted.files.case_tables",
    "read_table": "uncounted.files.overlap_tables",
    "sensitivity_curve": "uncounted.verdict.sensitivity",
    "simulate": "uncounted.simulation.study",
    "write_table": "uncounted.files.overlap_tables",
}


def _say(said: Note) -> str:
    """Give notes their voice; the catalogue is read when the first is said."""
    from uncounted.brief.messages import say

    return say(said)


speak_with(_say)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        msg = f"module 'uncounted' has no attribute {name!r}"
        raise AttributeError(msg)
    module = importlib.import_module(_WHERE[name])
    value = module if _WHERE[name] == f"uncounted.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
