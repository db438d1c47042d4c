"""Where the middles of internal validation lie, beside whether its intervals hold the known size.

Wide intervals may hold the truth nine times of nine while all nine middles lie far below it: the
hits then hide a bias, and the figure for everybody is likely to share it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.verdict.validation import ValidationRow

__all__ = ["Middles", "middles"]


@dataclass(frozen=True, slots=True)
class Middles:
    """How far one method's figures for the lists lie from the lists' known sizes.

    Parameters
    ----------
    method
        Estimator.
    lists
        Lists with a figure.
    held
        Of these, lists whose known size the interval holds.
    below, above
        Lists whose figure lies below or above the known size.
    lowest, highest, mean
        Figure over known size: the smallest, the largest and the geometric mean.
    """

    method: str
    lists: int
    held: int
    below: int
    above: int
    lowest: float
    highest: float
    mean: float

    @property
    def said(self) -> Note:
        """The same in words; plainly where all figures lie on one side."""
        lists = Number(self.lists, "lists")
        held = Number(self.held, "lists")
        low = Number(self.lowest, digits=2)
        high = Number(self.highest, digits=2)
        mean = Number(self.mean, digits=2)
        if self.lists > 1 and self.below == self.lists:
            return note(
                "verdict.middles.below", lists=lists, held=held, low=low, high=high, mean=mean
            )
        if self.lists > 1 and self.above == self.lists:
            return note(
                "verdict.middles.above", lists=lists, held=held, low=low, high=high, mean=mean
            )
        return note("verdict.middles.both", lists=lists, held=held, low=low, high=high, mean=mean)

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "method": self.method,
            "lists": self.lists,
            "held": self.held,
            "below": self.below,
            "above": self.above,
            "lowest": self.lowest,
            "highest": self.highest,
            "mean": self.mean,
            "said": str(self.said),
            "note": self.said.to_dict(),
        }


def middles(rows: Iterable[ValidationRow]) -> tuple[Middles, ...]:
    """Sum up by method; methods without any figure are left out.

    Parameters
    ----------
    rows
        Of `uncounted.verdict.validation.internal_validation`.

    Examples
    --------
    >>> rows = [
    ...     ValidationRow(
    ...         "t", x, 100, 60, "bic", p, p / 2, p * 3, 0.95, math.log(p / 100), p * 3 > 100
    ...     )
    ...     for x, p in (("a", 40), ("b", 80))
    ... ]
    >>> found = middles(rows)[0]
    >>> found.held, found.below, round(found.mean, 2)
    (2, 2, 0.57)
    """
    kept: dict[str, list[ValidationRow]] = {}
    for row in rows:
        if row.log_error is not None:
            kept.setdefault(row.method, []).append(row)
    out = []
    for method, group in kept.items():
        errors = [row.log_error for row in group if row.log_error is not None]
        out.append(
            Middles(
                method,
                len(errors),
                sum(bool(row.covered) for row in group),
                sum(e < 0 for e in errors),
                sum(e > 0 for e in errors),
                math.exp(min(errors)),
                math.exp(max(errors)),
                math.exp(sum(errors) / len(errors)),
            )
        )
    return tuple(out)
