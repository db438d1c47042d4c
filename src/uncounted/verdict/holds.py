"""Whether a method's figure can be held: not below Chao's bound, not outside the consensus."""

from __future__ import annotations

from dataclasses import replace

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.errors import Refusal
from uncounted.estimators.simple import LowerBound

__all__ = ["below_bound", "bound_of", "with_warnings"]

_BOUNDS = ("lower-bound", "mh:chao", "mth:chao")
"""Methods that claim no more than a lower bound."""
_SURE = 0.99
"""Level at which a figure lies below the bound: lists that keep people from each other raise it."""


def bound_of(table: OverlapTable) -> Estimate | None:
    """Return Chao's lower bound of a table with its 99% interval; ``None`` where there is none."""
    try:
        return LowerBound(level=_SURE).estimate(table)
    except Refusal:
        return None


def below_bound(point: float, bound: Estimate | None) -> Note | None:
    """Say that a figure lies below Chao's lower bound, where it does.

    Chao's bound is itself an estimate, and where nobody is easier to find than others it is N:
    half of all good figures then lie below it by chance. So it is its own lower limit that counts.

    Parameters
    ----------
    point
        The figure, people.
    bound
        Chao's bound with its interval, as `bound_of` gives it.
    """
    if bound is None or bound.point is None or bound.interval is None:
        return None
    if point >= bound.interval.lower:
        return None
    return note(
        "verdict.holds.below-bound",
        point=Number(point, "estimate"),
        bound=Number(bound.point, "estimate"),
        lower=Number(bound.interval.lower, "estimate"),
    )


def with_warnings(estimate: Estimate, within: Interval | None, bound: Estimate | None) -> Estimate:
    """Add to a method's figure that it cannot be held, where it lies outside what can.

    Parameters
    ----------
    estimate
        Of any method.
    within
        Interval of the consensus; ``None`` where there is none.
    bound
        As for `below_bound`.
    """
    if estimate.point is None or estimate.method in _BOUNDS:
        return estimate
    said = [below_bound(estimate.point, bound)]
    if within is not None and not within.lower <= estimate.point <= within.upper:
        said.append(
            note(
                "verdict.holds.outside",
                point=Number(estimate.point, "estimate"),
                lower=Number(within.lower, "estimate"),
                upper=Number(within.upper, "estimate"),
            )
        )
    more = tuple(n for n in said if n is not None)
    return replace(estimate, caveats=(*estimate.caveats, *more)) if more else estimate
