"""Roots between two ends, many at once, in few evaluations.

Chandrupatla (1997, Advances in Engineering Software 28:145): inverse quadratic steps where they can be
trusted, halving where they cannot. A likelihood is dear; halving alone needs fifty of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["root_between", "roots_between"]

Floats = NDArray[np.float64]
_MOST = 120


def roots_between(
    f: Callable[[Floats], Floats],
    low: Floats,
    high: Floats,
    at_low: Floats,
    at_high: Floats,
    *,
    tolerance: float = 1e-12,
) -> Floats:
    """Where ``f`` changes its sign, place by place.

    Parameters
    ----------
    f
        Takes one value a place, shape (places,), and gives as many; an infinite value counts by its sign.
    low, high
        Ends, shape (places,).
    at_low, at_high
        ``f`` there. Where both have one sign there is no root between, and the end nearer to zero is
        given.
    tolerance
        Width, relative to 1 or to the root if that is larger, at which the search ends.

    Examples
    --------
    >>> squares = np.array([2.0, 9.0])
    >>> ends = np.zeros(2), np.full(2, 5.0)
    >>> roots_between(lambda x: x * x - squares, *ends, -squares, 25.0 - squares).round(6).tolist()
    [1.414214, 3.0]
    """
    x1, x2, f1, f2 = (np.array(a, dtype=np.float64) for a in (high, low, at_high, at_low))
    x3, f3 = x2.copy(), f2.copy()
    share = np.full(x1.shape, 0.5)
    done = (np.sign(f1) == np.sign(f2)) | (f1 == 0.0) | (f2 == 0.0)
    for _ in range(_MOST):
        if done.all():
            break
        x = np.where(done, x1, x1 + share * (x2 - x1))
        now = f(x)
        same = np.sign(now) == np.sign(f1)
        x3, f3 = (
            np.where(done, x3, np.where(same, x1, x2)),
            np.where(done, f3, np.where(same, f1, f2)),
        )
        x2, f2 = np.where(done | same, x2, x1), np.where(done | same, f2, f1)
        x1, f1 = np.where(done, x1, x), np.where(done, f1, now)
        best = np.where(np.abs(f1) < np.abs(f2), x1, x2)
        least = tolerance * np.maximum(np.abs(best), 1.0) / np.maximum(np.abs(x2 - x1), 1e-300)
        done = done | (least > 0.5) | (f1 == 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
            bent = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (
                f3 - f2
            )
            trusted = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi) & np.isfinite(bent)
        least = np.minimum(least, 0.5)
        share = np.clip(np.where(trusted, bent, 0.5), least, 1.0 - least)
    return np.where(np.abs(f1) < np.abs(f2), x1, x2)


def root_between(
    f: Callable[[float], float], low: float, high: float, *, tolerance: float = 1e-12
) -> float:
    """One root; see `roots_between`.

    Examples
    --------
    >>> round(root_between(lambda x: x**3 - 8.0, 0.0, 3.0), 9)
    2.0
    """
    ends = np.array([low]), np.array([high])
    found = roots_between(
        lambda x: np.array([f(float(x[0]))]),
        *ends, np.array([f(low)]), np.array([f(high)]), tolerance=tolerance,
    )  # fmt: skip
    return float(found[0])
