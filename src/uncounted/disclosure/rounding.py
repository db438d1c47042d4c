"""Figures rounded as far as they deserve."""

from __future__ import annotations

import math

__all__ = ["rounded"]


def rounded(value: float) -> float:
    """Round as far as the figure deserves: two figures, three above 1,000.

    Examples
    --------
    >>> rounded(1238.4), rounded(347.0), rounded(61.2)
    (1240.0, 350.0, 61.0)
    """
    if not math.isfinite(value) or value == 0:
        return value
    keep = 3 if value >= 1000 else 2
    digits = keep - 1 - math.floor(math.log10(abs(value)))
    return float(round(value, min(digits, 0)))
