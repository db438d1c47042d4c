"""Whether the lists of a run carry a figure that may be published, and the verdict on it."""

from __future__ import annotations

import itertools
import re
from typing import Any

from uncounted.core.estimate import Estimate
from uncounted.core.table import OverlapTable
from uncounted.disclosure.overlap import SHARED, protect_overlap
from uncounted.disclosure.rounding import rounded
from uncounted.errors import NotSupported, Refusal
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.verdict.assess import VerdictRules, judge

__all__ = ["enough", "verdict_on"]


RULES = VerdictRules()
TWINS = 0.95
"""Share of the people of two lists on both of them, from which one is taken for a copy."""


def enough(table: OverlapTable, threshold: int) -> int | None:
    """Refuse a figure for fewer people than may be shown.

    Returns
    -------
    int or None
        People on two lists or more, as they may be shown.
    """
    shown, _ = protect_overlap(table.counts.tolist(), table.lists, threshold)
    if shown.totals["all"] is None:
        raise NotSupported(
            "So few people were detected that their number is not shown.",
            fix="A figure for so few could point to a person; add lists or a longer period.",
        )
    shared = shown.totals[SHARED]
    twins = _twins(table)
    if twins:
        raise NotSupported(
            f"{twins[0]} and {twins[1]} hold the same people.",
            fix="A list that is a copy of another, or was made from it, counts nobody anew: take one "
            "of them out.",
        )
    if int((table.list_sizes > 0).sum()) == 2 and table.overlap:
        if table.overlap < threshold:
            raise NotSupported(
                f"Fewer than {threshold} people are on both lists.",
                fix="From two lists a figure would give their number away, and chance decides it.",
            )
        if None in shown.cells:
            raise NotSupported(
                f"Fewer than {threshold} people are on one of two lists alone.",
                fix="From two lists a figure would give their number away; add a third list.",
            )
    return shared


def _twins(table: OverlapTable) -> tuple[str, str] | None:
    """First two lists of which hardly anybody is on one alone."""
    for i, j in itertools.combinations(range(table.t), 2):
        both = table.pair_overlap(i, j)
        either = int(table.list_sizes[i]) + int(table.list_sizes[j]) - both
        if both >= RULES.fewest_overlap and both >= TWINS * either:
            return table.lists[i], table.lists[j]
    return None


def verdict_on(
    table: OverlapTable, shared: int | None, level: float, seed: int, unreachable: str
) -> dict[str, Any]:
    """Judge the lists by several methods held together (`uncounted.verdict.assess.judge`).

    Parameters
    ----------
    table
        The overlap table.
    shared
        People on two lists or more as they may be shown.
    level, seed, unreachable
        Of the interval; root seed; answer about the group no list could meet.

    Returns
    -------
    dict
        ``level``, ``reasons``, ``consensus`` and, where no figure can be defended, ``refuses``.
        Two lists are not supported either, but have a figure: what cannot be seen from two lists
        is said beside it.
    """
    consensus = Consensus(level=level)
    posterior: ConsensusPosterior | None = None
    try:
        posterior = consensus.posterior(table, seed=seed)
        figure = consensus.dress(posterior, seed)
    except Refusal as refusal:
        figure = Estimate("consensus", table.n, None, refused=refusal.message)
    answer: Any = unreachable
    judged = judge(table, posterior, figure, RULES, answer)
    interval = figure.interval
    thin = (
        int((table.list_sizes > 0).sum()) > 2
        or posterior is None
        or interval is None
        or table.overlap < RULES.fewest_overlap
        or interval.upper / interval.lower > RULES.widest
        or posterior.pool.end_mass() > RULES.most_end_mass
    )
    reasons = [_publishable(r, shared) for r in judged.reasons]
    serious = [r for r in reasons if not r.startswith("Only two lists hold")]
    return {
        "level": judged.level,
        "reasons": reasons,
        "consensus": {
            "point": figure.point,
            "interval": None if interval is None else interval.to_dict(),
        },
        "refuses": serious[0] if judged.level == "not supported" and thin and serious else "",
    }


def _publishable(reason: str, shared: int | None) -> str:
    """Say a reason without a suppressed count, and with figures rounded as everywhere."""
    if shared is None:
        on_two = r"[\d,]+ (people are|person is) on two lists or more"
        reason = re.sub(rf"^Only {on_two}", "Few people are on two lists or more", reason)
        reason = re.sub(
            rf"^{on_two}", "How many people are on two lists or more is not shown", reason
        )
    elif "on two lists or more" in reason:
        return reason
    reason = re.sub(r"\([^()]+? ([\d,]+), [^()]+? ([\d,]+)\)", r"(from \1 to \2)", reason)
    reason = re.sub(
        r"^The interval spans a factor of ([\d,]*\.?\d+)",
        r"The upper end of that interval is \1 times its lower end",
        reason,
    )
    return re.sub(
        r"\d{1,3}(,\d{3})+",
        lambda m: f"{rounded(float(m[0].replace(',', ''))):,.0f}",
        reason,
    )
