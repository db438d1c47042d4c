"""Poisson pseudo-likelihood with effects of rows and of columns, and its clustered covariances.

The mean of cell (i, j) is ``exp(a_i + b_j + x_ij' beta)`` (Santos Silva & Tenreyro 2006). Each step is a
weighted least-squares fit from which both effects are taken out exactly, by one linear system as
large as there are columns (Correia, Guimaraes & Zylkin 2020, Stata J. 20:95). Covariances are
sandwiches, clustered both ways by adding and taking away (Cameron, Gelbach & Miller 2011), with the
usual corrections for few clusters; effects nested in the clusters do not count as parameters.

A few large cells decide such a fit, and each pulls its own mean towards itself: with 40 countries the
largest leverage is about 0.85. Residuals are then far too small, and so are the sandwiches. Dividing
each by one minus its leverage (HC3: MacKinnon & White 1985), or leaving out one row or column at a
time (CV3: MacKinnon, Nielsen & Webb 2023), mends that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["TwoWay", "fit_two_way", "leave_one_out"]

Floats = NDArray[np.float64]

_ITERATIONS = 200
_REACHED = 1e-12
"""Relative change of the deviance at which the fit counts as reached: steps are Newton's, so the
coefficients are then right to about 1e-9."""
_MOST_LEVERAGE = 0.95
"""Beyond this a cell fits itself, and its residual says nothing."""
_COLLINEAR = 1e-9
"""Share of a covariate's sum of squares below which nothing of it is left beside the effects."""


class TwoWay(NamedTuple):
    """A fit.

    ``beta`` (k,); covariances (k, k): ``both`` clustered by rows and columns, ``rows`` and
    ``columns`` by one, ``neither`` robust only, ``apart`` robust from residuals that leave their own
    cell out (HC3), which rest on ``freedom`` (k,) cells in effect. ``mean`` and ``leverage`` (rows,
    columns) of all cells given, 0 where not in the fit.
    """

    beta: Floats
    both: Floats
    rows: Floats
    columns: Floats
    neither: Floats
    apart: Floats
    freedom: Floats
    mean: Floats
    leverage: Floats


def fit_two_way(y: Floats, x: Floats, used: NDArray[np.bool_]) -> TwoWay | Sequence[int] | None:
    """Fit all cells that are used.

    Parameters
    ----------
    y
        Shape (rows, columns), 0 or more.
    x
        Shape (rows, columns, k).
    used
        Which cells are in the fit. Rows and columns with nothing in them, or with one cell only,
        say nothing of ``beta`` and are left out.

    Returns
    -------
    TwoWay, or sequence of int, or None
        The fit; the covariates that do not vary beside the effects; or ``None`` where the steps do
        not end.
    """
    shape = used.shape
    used = _telling(y, used)
    keep_rows, keep_columns = used.any(axis=1), used.any(axis=0)
    if not used.any():
        return tuple(range(x.shape[-1]))
    used = used[keep_rows][:, keep_columns]
    y = np.where(used, y[keep_rows][:, keep_columns], 0.0)
    x = np.where(used[..., None], x[keep_rows][:, keep_columns], 0.0)
    mu = np.where(used, (y + y[used].mean()) / 2.0, 0.0)
    eta = np.log(np.where(used, mu, 1.0))
    before = np.inf
    for _ in range(_ITERATIONS):
        safe = np.where(used, mu, 1.0)
        z = np.where(used, eta + (y - mu) / safe, 0.0)
        left = _without_effects(np.concatenate((x, z[..., None]), axis=2), mu)
        apart, target = left[..., :-1], left[..., -1]
        if gone := _collinear(apart, x, mu):
            return gone
        inner, outer = _products(apart, apart, mu), _products(apart, target[..., None], mu)
        beta: Floats = np.asarray(np.linalg.solve(inner, outer)[:, 0], dtype=np.float64)
        eta = np.where(used, z - (target - apart @ beta), 0.0)
        mu = np.where(used, np.exp(np.minimum(eta, 700.0)), 0.0)
        deviance = _deviance(y, mu, used)
        if not np.isfinite(deviance):
            return None
        if abs(deviance - before) < _REACHED * (0.1 + abs(deviance)):
            return _dressed(
                y, x, mu, used, beta, np.ix_(*map(np.flatnonzero, (keep_rows, keep_columns))), shape
            )
        before = deviance
    return None


def _telling(y: Floats, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out rows and columns without a count or with a single cell, until none is left."""
    while True:
        held = np.where(used, y, 0.0)
        rows = (held.sum(axis=1) > 0) & (used.sum(axis=1) > 1)
        columns = (held.sum(axis=0) > 0) & (used.sum(axis=0) > 1)
        kept: NDArray[np.bool_] = used & rows[:, None] & columns[None, :]
        if (kept == used).all():
            return kept
        used = kept


def _without_effects(values: Floats, weight: Floats) -> Floats:
    """Residuals of (rows, columns, m) values after a weighted fit of row and column effects."""
    by_row, by_column = weight.sum(axis=1), weight.sum(axis=0)
    share = weight / by_row[:, None]
    # The effects of columns, those of rows put in. One direction is empty, their common level, and a
    # constant fills it; where rows and columns fall into several separate sets, more are.
    system = np.diag(by_column) - weight.T @ share
    row_means = (share[:, None, :] @ values)[:, 0]
    wanted = (weight.T[:, None, :] @ values.transpose(1, 0, 2))[:, 0] - weight.T @ row_means
    try:
        effect = np.linalg.solve(system + by_column.mean() / by_column.size, wanted)
        fits = np.allclose(system @ effect, wanted, rtol=1e-8, atol=1e-8 * np.abs(wanted).max())
    except np.linalg.LinAlgError:
        fits = False
    if not fits:
        effect = np.linalg.lstsq(system, wanted, rcond=None)[0]
    rows = row_means - share @ effect
    left: Floats = np.where(
        weight[..., None] > 0, values - rows[:, None, :] - effect[None, :, :], 0.0
    )
    return left


def _products(a: Floats, b: Floats, weight: Floats) -> Floats:
    """Weighted sums of products over all cells, shape (k, l)."""
    found: Floats = (a * weight[..., None]).reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1])
    return found


def _collinear(apart: Floats, x: Floats, weight: Floats) -> tuple[int, ...]:
    """Covariates of which nothing is left beside the effects and those before them."""
    inside = weight > 0
    root = np.sqrt(weight[inside])[:, None]
    r = np.abs(np.diag(np.linalg.qr(apart[inside] * root, mode="r")))
    whole = np.linalg.norm(x[inside] * root, axis=0)
    return tuple(np.flatnonzero(r * r <= _COLLINEAR * np.maximum(whole * whole, 1e-300)).tolist())


def _deviance(y: Floats, mu: Floats, used: NDArray[np.bool_]) -> float:
    some = used & (y > 0)
    return 2.0 * float((y[some] * np.log(y[some] / mu[some])).sum() - (y - mu)[used].sum())


def _dressed(
    y: Floats,
    x: Floats,
    mu: Floats,
    used: NDArray[np.bool_],
    beta: Floats,
    kept: tuple[NDArray[np.intp], ...],
    shape: tuple[int, ...],
) -> TwoWay:
    """Sandwiches with the corrections of each."""
    apart = _without_effects(x, mu)
    inverse: Floats = np.asarray(np.linalg.inv(_products(apart, apart, mu)), dtype=np.float64)
    score = apart * (y - mu)[..., None]
    n, k = int(used.sum()), beta.size
    rows, columns = used.shape
    own = _leverage(apart, inverse, mu)

    def sandwich(parts: Floats) -> Floats:
        half = parts.reshape(-1, k) @ inverse
        found: Floats = half.T @ half
        return found

    def small(clusters: int, parameters: int) -> float:
        return (n - 1) / (n - parameters) * clusters / (clusters - 1)

    def placed(values: Floats) -> Floats:
        out = np.zeros(shape)
        out[kept] = values
        return out

    by_row, by_column = sandwich(score.sum(axis=1)), sandwich(score.sum(axis=0))
    alone = sandwich(score)
    effects = rows + columns - 1
    moves = score / (1.0 - own)[..., None]
    square = (moves.reshape(-1, k) @ inverse) ** 2
    return TwoWay(
        beta,
        # Nested effects are taken off, and one put back for each set of them.
        small(min(rows, columns), k + 1) * (by_row + by_column - alone),
        small(rows, k + effects - rows + 1) * by_row,
        small(columns, k + effects - columns + 1) * by_column,
        n / (n - k - effects) * alone,
        sandwich(moves),
        square.sum(axis=0) ** 2 / np.maximum(np.square(square).sum(axis=0), 1e-300),
        placed(mu),
        placed(own),
    )


def _leverage(apart: Floats, inverse: Floats, weight: Floats) -> Floats:
    """Leverage of each cell in the weighted fit of both effects and the covariates.

    The hat matrix's diagonal, at most `_MOST_LEVERAGE`. The covariance of the effects is the
    inverse of their information, rows put in as in `_without_effects`; the one empty direction has
    no part in a fitted value.
    """
    by_row, by_column = weight.sum(axis=1), weight.sum(axis=0)
    share = weight / by_row[:, None]
    effects = np.linalg.pinv(np.diag(by_column) - weight.T @ share, hermitian=True)
    across = share @ effects
    variance = (
        (1.0 / by_row + (across * share).sum(axis=1))[:, None]
        + np.diag(effects)[None, :]
        - 2.0 * across
    )
    variance += np.einsum("ijk,kl,ijl->ij", apart, inverse, apart)
    found: Floats = np.clip(weight * variance, 0.0, _MOST_LEVERAGE)
    return found


def leave_one_out(y: Floats, x: Floats, found: TwoWay) -> tuple[Floats, Floats]:
    """Variances of the coefficients by leaving out one row, and one column, at a time.

    Each fit is one Newton step from the whole fit (the one-step jackknife), which costs one
    linear system as large as the smaller side.

    Parameters
    ----------
    y, x
        As given to `fit_two_way`.
    found
        Its fit.

    Returns
    -------
    tuple of ndarray, each shape (k,)
        By rows, by columns.
    """
    used = found.mean > 0
    z = np.where(used, np.log(np.where(used, found.mean, 1.0)), 0.0)
    z += np.where(used, (y - found.mean) / np.where(used, found.mean, 1.0), 0.0)
    values = np.concatenate((np.where(used[..., None], x, 0.0), z[..., None]), axis=2)
    weight = found.mean
    turned = used.shape[0] < used.shape[1]
    if turned:
        values, weight = values.transpose(1, 0, 2), weight.T
    out = []
    for axis in (0, 1):
        moved = []
        for gone in np.flatnonzero(weight.any(axis=1 - axis)):
            left = np.delete(weight, gone, axis=axis)
            rows, columns = left.any(axis=1), left.any(axis=0)
            held = np.delete(values, gone, axis=axis)[rows][:, columns]
            inner = left[rows][:, columns]
            apart = _without_effects(held, inner)
            system = _products(apart[..., :-1], apart[..., :-1], inner)
            wanted = _products(apart[..., :-1], apart[..., -1:], inner)[:, 0]
            moved.append(np.linalg.lstsq(system, wanted, rcond=None)[0] - found.beta)
        m = len(moved)
        out.append((m - 1) / m * np.square(moved).sum(axis=0))
    by_rows, by_columns = reversed(out) if turned else out
    return by_rows, by_columns
