"""Whether a model's estimate exists and is unique for a table, decided before any fit is trusted.

Existence of the extended maximum likelihood estimate: after cells that hold a term with an empty
margin are deleted, with A the terms-by-cells 0/1 matrix and T = A counts, solve

    maximise s   subject to   A x = T,  x_i >= s,  x >= 0.

The estimate exists if and only if the optimum is positive (Fienberg & Rinaldo 2012, Ann. Stat.
40:996, supplement; Chan, Silverman & Vincent 2021, JASA 116:1297, section 3.2). Since that depends
only on which counts are zero, the programme is solved for the table with ones in place of positive
counts, where the optimum is either 0 or well away from it, and the answer is kept by pattern.

Identifiability: the design matrix of the remaining cells has full column rank. Cells and terms of
equal mask form a triangular system, so at most one direction can be empty, alpha_theta =
(-1)^|theta|, and the rank is full unless every remaining cell w has a zero sum of (-1)^|theta| over the
remaining terms inside w: a test in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.estimators.hierarchy import Model

__all__ = ["Check", "check", "direction_of_recession", "maximum_exists"]

_POSITIVE = 1e-7
"""Optimum of the programme above which it counts as positive. With ones in place of counts the
smallest positive optimum of a table of six lists is above 1e-3; solvers err by about 1e-9."""


@dataclass(frozen=True, slots=True)
class Check:
    """Outcome for one model and one table.

    Parameters
    ----------
    exists
        Whether the extended likelihood has a maximum.
    identifiable
        Whether only one population has it.
    at_infinity
        Terms (masks) whose coefficient is minus infinity because their lists share nobody.
    """

    exists: bool
    identifiable: bool
    at_infinity: Model

    @property
    def ok(self) -> bool:
        """Whether there is one estimate."""
        return self.exists and self.identifiable


def check(counts: NDArray[np.int64], model: Model) -> Check:
    """Check one model on one table.

    Parameters
    ----------
    counts
        Shape (2**lists,), by mask; entry 0 is not read.
    model
        Terms as masks, without the intercept.

    Examples
    --------
    >>> import numpy as np
    >>> check(np.array([-1, 46, 30, 6]), (1, 2)).ok
    True
    >>> check(np.array([-1, 46, 30, 0]), (1, 2)).exists
    False
    """
    positive = np.asarray(counts) > 0
    positive[0] = False
    live, kept = _remaining(positive, model)
    return Check(
        exists=maximum_exists(model, positive.tobytes()),
        identifiable=_identifiable(live, kept),
        at_infinity=tuple(s for s in model if s not in set(kept)),
    )


def _remaining(positive: NDArray[np.bool_], model: Model) -> tuple[NDArray[np.int64], Model]:
    """Masks of the cells and the terms that stay in the likelihood."""
    masks = np.arange(positive.size)
    held = masks[positive]
    kept = tuple(s for s in model if ((held & s) == s).any())
    live = masks > 0
    for s in set(model) - set(kept):
        live &= (masks & s) != s
    return masks[live], kept


def _identifiable(live: NDArray[np.int64], kept: Model) -> bool:
    total = np.ones(live.size, dtype=np.int64)
    for s in kept:
        total += np.where((live & s) == s, -1 if s.bit_count() % 2 else 1, 0)
    return bool((total != 0).any())


@lru_cache(maxsize=65536)
def maximum_exists(model: Model, pattern: bytes) -> bool:
    """Solve the programme for one model and one pattern of positive cells.

    Parameters
    ----------
    model
        Terms as masks.
    pattern
        ``bytes`` of a boolean array of shape (2**lists,): which cells hold people; the first is
        not read.
    """
    positive = np.frombuffer(pattern, dtype=np.bool_).copy()
    positive[0] = False
    live, kept = _remaining(positive, model)
    ones = positive[live].astype(np.float64)
    if ones.all():
        return True

    terms = np.array([0, *kept])
    a = ((live[None, :] & terms[:, None]) == terms[:, None]).astype(np.float64)
    if np.linalg.matrix_rank(a[:, ones > 0]) == terms.size:
        return True  # no direction but zero leaves the cells with people as they are

    from scipy.optimize import linprog

    # x = s + r with r >= 0 turns x_i >= s into a plain bound: unknowns are r (cells) and s.
    target = a @ ones
    equality = np.hstack([a, a.sum(axis=1)[:, None]])
    cost = np.zeros(live.size + 1)
    cost[-1] = -1.0
    solved: Any = linprog(cost, A_eq=equality, b_eq=target, method="highs")
    if solved.status != 0:
        msg = f"the linear programme ended with status {solved.status}"
        raise RuntimeError(msg)
    return bool(-solved.fun > _POSITIVE)


def direction_of_recession(design: NDArray[np.float64], positive: NDArray[np.bool_]) -> bool:
    """Whether a Poisson likelihood with this design rises for ever in some direction.

    Parameters
    ----------
    design
        Shape (cells, columns), any numbers.
    positive
        Shape (cells,): which cells hold people.

    Notes
    -----
    It does if some direction changes no cell with people, raises none without and lowers at
    least one (Haberman 1974; Fienberg & Rinaldo 2012). Found by a linear programme that lowers
    the empty cells by at most one each.
    """
    if positive.all() or np.linalg.matrix_rank(design[positive]) == design.shape[1]:
        return False  # no direction but zero leaves the cells with people as they are

    from scipy.optimize import linprog

    empty = design[~positive]
    scale = np.maximum(np.abs(design).max(axis=0), 1.0)
    solved: Any = linprog(
        (empty / scale).sum(axis=0),
        A_ub=np.vstack([empty / scale, -empty / scale]),
        b_ub=np.concatenate([np.zeros(len(empty)), np.ones(len(empty))]),
        A_eq=design[positive] / scale if positive.any() else None,
        b_eq=np.zeros(int(positive.sum())) if positive.any() else None,
        bounds=(None, None),
        method="highs",
    )
    if solved.status != 0:
        msg = f"the linear programme ended with status {solved.status}"
        raise RuntimeError(msg)
    return bool(solved.fun < -1e-7)
