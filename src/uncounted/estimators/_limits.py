"""Log-linear models whose likelihood rises for ever: where its supremum puts the people on no list.

Along a direction of recession some cells' means fall to zero and the rest settle (the extended
maximum likelihood estimate on a face: Fienberg & Rinaldo 2012, Ann. Stat. 40:996). Cells that can
be lowered without lowering a cell with people leave the likelihood; on those that stay the maximum
exists. If their means determine the intercept, people on no list have a finite limit: that of
everybody on one list being on another, for instance, where the coefficients of the inner list and of the
pair run to infinity with a finite sum. If not, the limit is none on no list, or no bound, or
any number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Number, note
from uncounted.errors import NoFiniteEstimate
from uncounted.estimators._glm import PoissonFit, fit_poisson, profile_limits
from uncounted.estimators.hierarchy import Model

__all__ = ["Limit", "limit", "refuse_limit"]

Floats = NDArray[np.float64]
_MOVES = 1e-6
"""A direction that moves a linear predictor by less, of a largest 1, moves it by rounding only."""


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """Where the likelihood's supremum puts people on no list.

    Parameters
    ----------
    kind
        ``"finite"``; ``"none"``: it falls to no one, N = n; ``"endless"``: it grows without bound;
        ``"any"``: every number is as likely.
    cells
        Shape (2**lists,): cells that stay in the likelihood; the all-zero one stands first and
        is always among them.
    design
        Shape (2**lists, columns): independent columns of the cells that stay, intercept first.
    """

    kind: Literal["finite", "none", "endless", "any"]
    cells: NDArray[np.bool_]
    design: Floats

    def fit(self, counts: NDArray[np.int64], zero: float = -1.0) -> PoissonFit:
        """Fit a table whose people are all in the cells that stay; ``kind`` must be finite."""
        return fit_poisson(
            self.design[self.cells], np.asarray(counts[self.cells], dtype=np.float64), zero=zero
        )

    def profile(self, counts: NDArray[np.int64], level: float) -> tuple[float, float, float]:
        """Profile likelihood of N: maximum, lower and upper end."""
        n = float(counts[1:].sum())
        found = profile_limits(
            lambda zero: self.fit(counts, zero), n, self.fit(counts).hidden, level
        )
        return found.point, found.lower, found.upper


def limit(counts: NDArray[np.int64], model: Model) -> Limit:
    """Find the limit of one model on one table.

    Parameters
    ----------
    counts
        Shape (2**lists,), by mask; entry 0 is not read.
    model
        Terms as masks, without the intercept.

    Examples
    --------
    Everybody on the second list is on the first, the third is independent; with the pair in the
    model the limit is that of the first and third list alone, 545 x 355 / 95:

    >>> counts = np.array([0, 300, 0, 150, 260, 60, 0, 35])
    >>> found = limit(counts, (1, 2, 4, 3))
    >>> found.kind, round(float(counts.sum() + found.fit(counts).hidden), 1)
    ('finite', 2036.6)
    """
    masks = np.arange(counts.size)
    terms = np.array([0, *model])
    design = ((masks[:, None] & terms[None, :]) == terms[None, :]).astype(np.float64)
    positive = np.asarray(counts) > 0
    positive[0] = False
    cells = _face(design, positive)
    cells[0] = True
    kind = _kind(design, cells)
    used = cells.copy()
    used[0] = False
    columns = _independent(design[used])
    return Limit(kind, cells, design[:, columns])


def refuse_limit(found: Limit, model: str, n: int) -> None:
    """Raise the refusal of a model whose likelihood rises for ever towards no figure of its own.

    Parameters
    ----------
    found
        A limit that is not finite.
    model
        The model in list names.
    n
        People observed.
    """
    if found.kind == "none":
        observed = Number(n, "people", of="observed")
        said = note("estimators.loglinear.limit-none", n=observed, model=model)
    elif found.kind == "any":
        said = note("estimators.loglinear.limit-any", model=model)
    else:
        raise NoFiniteEstimate(
            note("estimators.loglinear.no-maximum", model=model),
            fix=note("estimators.loglinear.no-maximum.fix"),
        )
    raise NoFiniteEstimate(said, fix=note("estimators.loglinear.limit-none.fix"))


def _face(design: Floats, positive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells no direction of recession lowers: one programme lowers as many others as it can by 1."""
    cells = positive.copy()
    empty = np.flatnonzero(~positive)[1:]
    if not empty.size:
        return cells
    size, p = empty.size, design.shape[1]
    solved = _solve(
        np.concatenate([np.zeros(p), -np.ones(size)]),
        np.hstack([design[empty], np.eye(size)]),
        np.zeros(size),
        np.hstack([design[positive], np.zeros((int(positive.sum()), size))]),
        [(None, None)] * p + [(0.0, 1.0)] * size,
    )
    cells[empty[solved.x[p:] < 0.5]] = True
    return cells


def _kind(design: Floats, cells: NDArray[np.bool_]) -> Literal["finite", "none", "endless", "any"]:
    """Which way the intercept can move while the cells that stay do not."""
    used = cells.copy()
    used[0] = False
    away = np.flatnonzero(~cells)
    ways = []
    for sign in (1.0, -1.0):
        cost = np.zeros(design.shape[1])
        cost[0] = -sign
        solved = _solve(
            cost,
            design[away],
            np.zeros(away.size),
            design[used],
            [(-1.0, 1.0), *[(None, None)] * (design.shape[1] - 1)],
        )
        ways.append(-float(solved.fun) > _MOVES)
    up, down = ways
    return "any" if up and down else "endless" if up else "none" if down else "finite"


def _solve(
    cost: Floats,
    below: Floats,
    most: Floats,
    equal: Floats,
    bounds: list[tuple[float | None, float | None]],
) -> Any:
    from scipy.optimize import linprog

    solved: Any = linprog(
        cost,
        A_ub=below if len(below) else None,
        b_ub=most if len(below) else None,
        A_eq=equal if len(equal) else None,
        b_eq=np.zeros(len(equal)) if len(equal) else None,
        bounds=bounds,
        method="highs",
    )
    if solved.status != 0:
        msg = f"the linear programme ended with status {solved.status}"
        raise RuntimeError(msg)
    return solved


def _independent(design: Floats) -> list[int]:
    """Columns that span the rest, the first ones first; whole numbers, so the rank is clear."""
    kept: list[int] = []
    basis = np.zeros((design.shape[0], 0))
    for j in range(design.shape[1]):
        left = design[:, j] - basis @ (basis.T @ design[:, j])
        left -= basis @ (basis.T @ left)
        size = float(np.linalg.norm(left))
        if size > 1e-8:
            kept.append(j)
            basis = np.hstack([basis, (left / size)[:, None]])
    return kept
