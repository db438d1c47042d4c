"""Rank sets, never bare ranks: a small library of its own.

Which ranks each population may hold, with a stated probability, instead of a league table.

============================  =====================================================
`rank_counts`                 counts; exact in samples of any size
`rank_estimates`              independent estimates with standard errors
`rank_draws`                  estimates known as joint draws (any model, any lists)
`rank_intervals`              joint intervals; cautious, and easiest to explain
============================  =====================================================

All give a `Ranking`: one `RankSet` a population, the tiers, and which pairs are told apart.

>>> from uncounted.ranks import rank_counts
>>> rank_counts([66, 56, 46, 12, 8]).tiers
(('1', '2', '3'), ('4', '5'))
"""

from __future__ import annotations

from uncounted.ranks.exact import rank_counts
from uncounted.ranks.joint import (
    joint_intervals_of_counts,
    joint_intervals_of_draws,
    joint_intervals_of_estimates,
    rank_intervals,
)
from uncounted.ranks.sets import Ranking, RankSet
from uncounted.ranks.stepdown import rank_draws, rank_estimates

__all__ = [
    "RankSet",
    "Ranking",
    "joint_intervals_of_counts",
    "joint_intervals_of_draws",
    "joint_intervals_of_estimates",
    "rank_counts",
    "rank_draws",
    "rank_estimates",
    "rank_intervals",
]
