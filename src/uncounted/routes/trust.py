"""How far the rows of a chain follow their prior, learned from the moves counted.

A row of moves is Dirichlet around a mixture of the gravity model and how often each country is reached
from elsewhere, with weight ``alpha`` and share ``mixed`` of the latter; a chance of staying is beta
around the group's share. Where gravity is wrong about a country, it is so in every row: the other rows
say it, each row being left out of what it is held against, so that no move counts twice. How
much weight these deserve is not known beforehand: on a small grid of values each is as likely as
its Dirichlet-multinomial (beta-binomial) likelihood of the counts says, and each draw of a chain takes
one of them (Good 1965; Gelman et al. 2013, section 5.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from uncounted.kernels.special import log_gamma

__all__ = ["Trust", "elsewhere", "row_trust", "stay_trust", "trusted"]

Floats = NDArray[np.float64]

WEIGHTS = (1.0, 2.0, 5.0, 12.0, 30.0, 80.0)
"""Weights of a row's prior, in moves."""
MIXED = (0.0, 0.15, 0.4, 0.8)
"""Shares of what other rows say in a row's prior; never 1, or distance would say nothing at all."""
STAYS = (2.0, 5.0, 10.0, 25.0, 60.0)
"""Weights of the prior of a chance of staying, in arrivals."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A grid of priors and how likely the counts make each.

    Parameters
    ----------
    weight, mixed
        Weight and share of what other rows say, shape (grid,).
    chance
        Posterior probability, shape (grid,); adds to 1.
    """

    weight: Floats
    mixed: Floats
    chance: Floats

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw weights and shares, each shape (size,)."""
        at = rng.choice(self.chance.size, size=size, p=self.chance)
        return self.weight[at], self.mixed[at]


def elsewhere(prior: Floats, counts: Floats, reached: Floats) -> Floats:
    """How often each place is reached from other rows, one more arrival each; rows adding to 1.

    Parameters
    ----------
    prior
        Rows, shape (rows, places); 0 where no move is possible.
    counts
        Moves, same shape.
    reached
        Arrivals from all rows, these and others, shape (places,).

    Examples
    --------
    >>> row = np.array([[0.0, 0.75, 0.25]])
    >>> elsewhere(row, np.array([[0.0, 3.0, 0.0]]), np.array([1.0, 5.0, 0.0])).tolist()
    [[0.0, 0.75, 0.25]]
    """
    often = (prior > 0) * (np.maximum(reached - counts, 0.0) + 1.0)
    total = often.sum(axis=1, keepdims=True)
    made: Floats = often / np.where(total > 0, total, 1.0)
    return made


def trusted(prior: Floats, weight: float, mixed: float, others: Floats) -> Floats:
    """Dirichlet weights of rows, shape as ``prior``.

    Examples
    --------
    >>> row, alike = np.array([[0.0, 0.75, 0.25]]), np.array([[0.0, 0.5, 0.5]])
    >>> trusted(row, 4.0, 0.4, alike).round(9).tolist()
    [[0.0, 2.6, 1.4]]
    """
    made: Floats = weight * ((1.0 - mixed) * prior + mixed * others)
    return made


def row_trust(prior: Floats, counts: Floats, others: Floats) -> Trust:
    """Weigh the priors of rows by the moves counted.

    Parameters
    ----------
    prior
        Rows adding to 1, shape (rows, places); 0 where no move is possible.
    counts
        Moves, same shape; those where none is possible are left out.
    others
        What other rows say, same shape, as `elsewhere` gives it.
    """
    counts = np.where(prior > 0, counts, 0.0)
    seen = counts.sum(axis=1) > 0
    prior, counts, others = prior[seen], counts[seen], others[seen]
    grid = list(product(WEIGHTS, MIXED))
    logs = np.array([_likelihood(trusted(prior, w, m, others), counts) for w, m in grid])
    chance = np.exp(logs - logs.max())
    both = np.array(grid)
    return Trust(both[:, 0], both[:, 1], chance / chance.sum())


def _likelihood(alpha: Floats, counts: Floats) -> float:
    """Log Dirichlet-multinomial likelihood, without what does not depend on ``alpha``."""
    total, many = alpha.sum(axis=1), counts.sum(axis=1)
    some = counts > 0
    inside = log_gamma(alpha[some] + counts[some]) - log_gamma(alpha[some])
    return float(inside.sum() + (log_gamma(total) - log_gamma(total + many)).sum())


def stay_trust(stays: Floats, leaves: Floats) -> Trust:
    """Weigh the priors of staying by arrivals that stayed and left, each shape (places,)."""
    share = (stays.sum() + 1.0) / (stays.sum() + leaves.sum() + 2.0)
    seen = stays + leaves > 0
    counts = np.stack((stays[seen], leaves[seen]), axis=1)
    logs = np.array(
        [
            _likelihood(np.tile([w * share, w * (1.0 - share)], (len(counts), 1)), counts)
            for w in STAYS
        ]
    )
    chance = np.exp(logs - logs.max())
    return Trust(np.array(STAYS), np.zeros(len(STAYS)), chance / chance.sum())
