"""What is assessed: exact counts, or ranges with the expected counts in their place.

The rule reads counts: how many people are on a list, on two lists or more. Where those are known as a
range only, it is the least favourable end that must be enough, and reasons say both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from uncounted.core.censored import UNBOUNDED, CensoredTable
from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSONObject
from uncounted.core.protocols import Estimator
from uncounted.core.table import OverlapTable
from uncounted.estimators.censored import censored_posterior, dress, estimate_ranges
from uncounted.estimators.completions import expected_table, sum_range
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.published.accept import TableLike, as_any_table

__all__ = ["TAKE_RANGES", "CountRanges", "Given"]

TAKE_RANGES = ("main", "all-pairs", "bic", "aic")
"""Methods that stand beside the consensus where counts are ranges; every other one needs exact counts."""


@dataclass(frozen=True, slots=True)
class CountRanges:
    """Between which numbers the counts that a verdict weighs lie.

    Parameters
    ----------
    observed
        Least and most people on a list; the second is `UNBOUNDED` where nothing bounds it.
    shared
        Likewise on two lists or more.
    cells
        Histories whose count is a range.
    """

    observed: tuple[int, int]
    shared: tuple[int, int]
    cells: int

    @classmethod
    def of(cls, table: CensoredTable) -> CountRanges:
        """Read them off a table.

        Examples
        --------
        >>> table = CensoredTable.from_histories(["a", "b"], {"11": "<5", "10": 30, "01": "20-25"})
        >>> CountRanges.of(table)
        CountRanges(observed=(50, 59), shared=(0, 4), cells=2)
        """
        on = np.bitwise_count(np.arange(1 << table.t, dtype=np.uint32))
        observed = sum_range(table, on > 0)
        shared = sum_range(table, on > 1)
        return cls(observed, shared, table.censored)

    def to_dict(self) -> JSONObject:
        """JSON form; an end that nothing bounds is ``None``."""
        return {
            name: {"lower": ends[0], "upper": None if ends[1] >= UNBOUNDED else ends[1]}
            for name, ends in (("observed_range", self.observed), ("overlap_range", self.shared))
        } | {"censored": self.cells}


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """One table as a verdict takes it.

    Parameters
    ----------
    table
        Exact counts, strata added up; the expected counts where they are ranges.
    censored
        The ranges; ``None`` where every count is known.
    """

    table: OverlapTable
    censored: CensoredTable | None = None

    @classmethod
    def of(cls, source: TableLike | CensoredTable) -> Given:
        """Make it of whatever stands for a table."""
        data = as_any_table(source)
        if isinstance(data, CensoredTable):
            return cls(expected_table(data), data)
        return cls(data.pooled() if data.stratified else data)

    @property
    def ranges(self) -> CountRanges | None:
        """Between which numbers the counts lie; ``None`` where they are known."""
        return None if self.censored is None else CountRanges.of(self.censored)

    def figure(self, consensus: Consensus, seed: int) -> tuple[ConsensusPosterior, Estimate]:
        """Posterior of the consensus and its estimate.

        Raises
        ------
        Refusal
            As the consensus does.
        """
        if self.censored is None:
            posterior = consensus.posterior(self.table, seed=seed)
            return posterior, consensus.dress(posterior, seed)
        found = censored_posterior(consensus, self.censored, seed=seed)
        return found.posterior, dress(consensus, found, seed)

    def estimate(self, estimator: Estimator, name: str, seed: int) -> Estimate:
        """Estimate by another method; those that need every count refuse by name where they are ranges."""
        if self.censored is None:
            return estimator.estimate(self.table, seed=seed)
        return estimate_ranges(estimator, name, self.censored, seed=seed)
