"""What several rooms ask of the same thing, whoever made it."""

from __future__ import annotations

from typing import Protocol

from uncounted.core.estimate import Estimate
from uncounted.core.table import OverlapTable

__all__ = ["Estimator"]


class Estimator(Protocol):
    """What every estimator can do."""

    def estimate(self, table: OverlapTable, *, seed: int = 0) -> Estimate:
        """Estimate N from an overlap table."""
        ...
