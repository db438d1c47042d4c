"""Uncounted: figures that stand up, from overlapping confidential lists.

>>> import uncounted as uc
>>> found = uc.estimate("uk2013-5", ["main", "bic"], bootstrap=0)
>>> round(found["main"].point), round(found["bic"].point)
(13444, 25311)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from uncounted._version import __version__
from uncounted.core.notes import Note, speak_with
from uncounted.core.shown import Face, shown_by

if TYPE_CHECKING:
    from uncounted import charts, errors, published
    from uncounted.core.cases import CaseTable
    from uncounted.core.censored import CensoredTable
    from uncounted.core.estimate import Estimate, Interval
    from uncounted.core.table import OverlapTable
    from uncounted.estimators.closed import ClosedPopulation
    from uncounted.estimators.compare import Comparison, estimate
    from uncounted.estimators.consensus import Consensus
    from uncounted.estimators.coverage import SampleCoverage
    from uncounted.estimators.doubly_robust import DoublyRobust
    from uncounted.estimators.graphs import DecomposableGraphs
    from uncounted.estimators.knowledge import Knowledge
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
    from uncounted.files.draw_files import draws_to_arviz, write_draws
    from uncounted.files.overlap_tables import read_table, write_table
    from uncounted.linkage.links import Links, link
    from uncounted.pooling.imputations import Replicates, combine_estimates
    from uncounted.pooling.linkage_draws import Pooled, estimate_over_draws
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
    "CensoredTable",
    "ClosedPopulation",
    "Comparison",
    "Consensus",
    "DecomposableGraphs",
    "DoublyRobust",
    "Estimate",
    "Interval",
    "Knowledge",
    "LatentClass",
    "Links",
    "LogLinear",
    "LowerBound",
    "OverlapTable",
    "Pairs",
    "Pooled",
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
    "charts",
    "combine_estimates",
    "draws_to_arviz",
    "errors",
    "estimate",
    "estimate_over_draws",
    "estimate_strata",
    "internal_validation",
    "link",
    "published",
    "read_cases",
    "read_table",
    "sensitivity_curve",
    "simulate",
    "write_draws",
    "write_table",
]

# Public name -> module that holds it (a module itself where the two are equal). Loaded on use.
_WHERE = {
    "Averaged": "uncounted.estimators.loglinear",
    "BestAIC": "uncounted.estimators.loglinear",
    "BestBIC": "uncounted.estimators.loglinear",
    "CaseTable": "uncounted.core.cases",
    "CensoredTable": "uncounted.core.censored",
    "ClosedPopulation": "uncounted.estimators.closed",
    "Comparison": "uncounted.estimators.compare",
    "Consensus": "uncounted.estimators.consensus",
    "Knowledge": "uncounted.estimators.knowledge",
    "DecomposableGraphs": "uncounted.estimators.graphs",
    "DoublyRobust": "uncounted.estimators.doubly_robust",
    "Estimate": "uncounted.core.estimate",
    "Interval": "uncounted.core.estimate",
    "LatentClass": "uncounted.estimators.latent_class",
    "Links": "uncounted.linkage.links",
    "LogLinear": "uncounted.estimators.loglinear",
    "LowerBound": "uncounted.estimators.simple",
    "OverlapTable": "uncounted.core.table",
    "Pairs": "uncounted.estimators.simple",
    "Pooled": "uncounted.pooling.linkage_draws",
    "Replicates": "uncounted.pooling.imputations",
    "SampleCoverage": "uncounted.estimators.coverage",
    "Sensitivity": "uncounted.verdict.sensitivity",
    "Shrinkage": "uncounted.estimators.shrinkage",
    "Stepwise": "uncounted.estimators.loglinear",
    "StrataEstimate": "uncounted.pooling.strata",
    "Threshold": "uncounted.estimators.threshold",
    "Verdict": "uncounted.verdict.assess",
    "assess": "uncounted.verdict.assess",
    "charts": "uncounted.charts",
    "combine_estimates": "uncounted.pooling.imputations",
    "draws_to_arviz": "uncounted.files.draw_files",
    "errors": "uncounted.errors",
    "estimate": "uncounted.estimators.compare",
    "estimate_over_draws": "uncounted.pooling.linkage_draws",
    "estimate_strata": "uncounted.pooling.strata",
    "internal_validation": "uncounted.verdict.validation",
    "link": "uncounted.linkage.links",
    "published": "uncounted.published",
    "read_cases": "uncounted.files.case_tables",
    "read_table": "uncounted.files.overlap_tables",
    "sensitivity_curve": "uncounted.verdict.sensitivity",
    "simulate": "uncounted.simulation.study",
    "write_draws": "uncounted.files.draw_files",
    "write_table": "uncounted.files.overlap_tables",
}


def _say(said: Note) -> str:
    """Give notes their voice; the catalogue is read when the first is said."""
    from uncounted.brief.messages import say

    return say(said)


def _show() -> Face:
    """Give results their face; frames, tables and pictures are loaded when the first is shown."""
    from uncounted.brief import results

    return results


speak_with(_say)
shown_by(_show)


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
