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

if TYPE_CHECKING:
    from uncounted import errors, published
    from uncounted._reading import read_table, write_table
    from uncounted.assess import Verdict, assess
    from uncounted.cases import CaseTable, read_cases
    from uncounted.estimate import Estimate, Interval
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
    from uncounted.replicates import Replicates, combine_estimates
    from uncounted.sensitivity import Sensitivity, sensitivity_curve
    from uncounted.simulate import simulate
    from uncounted.strata import StrataEstimate, estimate_strata
    from uncounted.tables import OverlapTable
    from uncounted.validate import internal_validation

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
    "CaseTable": "uncounted.cases",
    "ClosedPopulation": "uncounted.estimators.closed",
    "Consensus": "uncounted.estimators.consensus",
    "DecomposableGraphs": "uncounted.estimators.graphs",
    "DoublyRobust": "uncounted.estimators.doubly_robust",
    "Estimate": "uncounted.estimate",
    "Interval": "uncounted.estimate",
    "LatentClass": "uncounted.estimators.latent_class",
    "LogLinear": "uncounted.estimators.loglinear",
    "LowerBound": "uncounted.estimators.simple",
    "OverlapTable": "uncounted.tables",
    "Pairs": "uncounted.estimators.simple",
    "Replicates": "uncounted.replicates",
    "SampleCoverage": "uncounted.estimators.coverage",
    "Sensitivity": "uncounted.sensitivity",
    "Shrinkage": "uncounted.estimators.shrinkage",
    "Stepwise": "uncounted.estimators.loglinear",
    "StrataEstimate": "uncounted.strata",
    "Threshold": "uncounted.estimators.threshold",
    "Verdict": "uncounted.assess",
    "assess": "uncounted.assess",
    "combine_estimates": "uncounted.replicates",
    "errors": "uncounted.errors",
    "estimate_strata": "uncounted.strata",
    "internal_validation": "uncounted.validate",
    "published": "uncounted.published",
    "read_cases": "uncounted.cases",
    "read_table": "uncounted._reading",
    "sensitivity_curve": "uncounted.sensitivity",
    "simulate": "uncounted.simulate",
    "write_table": "uncounted._reading",
}


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
