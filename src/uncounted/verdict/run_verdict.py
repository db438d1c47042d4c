"""Whether the lists of a run carry a figure that may be published, and the verdict on it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note, why
from uncounted.core.table import OverlapTable
from uncounted.disclosure.notes import publishable
from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.rounding import rounded
from uncounted.errors import NotSupported, Refusal
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.verdict.judging import TWO_LISTS, VerdictRules, judge
from uncounted.verdict.questions import Answer, Questions

__all__ = ["RunVerdict", "enough", "verdict_on"]


RULES = VerdictRules()
TWINS = 0.95
"""Share of the people of two lists on both of them, from which one is taken for a copy."""
PLAIN = {
    "verdict.width.far": "verdict.width.plain-far",
    "verdict.width.wide": "verdict.width.plain-wide",
    "verdict.width.narrow": "verdict.width.plain",
    "verdict.spread.wide": "verdict.spread.plain-wide",
    "verdict.spread.narrow": "verdict.spread.plain",
}
"""Reasons that a coalition's page says in plainer words, without names of methods."""


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """The verdict on a run's lists, one answer to who is the same person taken as certain.

    Parameters
    ----------
    level
        As of `uncounted.verdict.assess.Verdict`.
    reasons
        What it rests on.
    point, interval
        Of several methods held together; ``None`` where they have no figure.
    refuses
        Why no figure can be defended; ``None`` where one can. Two lists are not supported either,
        but have a figure: what cannot be seen from two lists is said beside it.
    """

    level: str
    reasons: tuple[Note, ...]
    point: float | None
    interval: Interval | None
    refuses: Note | None = None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "level": self.level,
            "reasons": [str(r) for r in self.reasons],
            "notes": [r.to_dict() for r in self.reasons],
            "consensus": {
                "point": self.point,
                "interval": None if self.interval is None else self.interval.to_dict(),
            },
        }

    def publishable(self, shown: Mapping[str, int | None]) -> RunVerdict:
        """Return the verdict with its reasons as they may be published beside these counts."""
        return replace(self, reasons=tuple(publishable(r, shown) for r in self.reasons))

    def rounded(self) -> RunVerdict:
        """Return the verdict with its figure rounded as a page shows it."""
        i = self.interval
        return replace(
            self,
            point=None if self.point is None else rounded(self.point),
            interval=None
            if i is None
            else Interval(i.kind, i.level, rounded(i.lower), rounded(i.upper)),
        )

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> RunVerdict:
        """Read the JSON form back; ``refuses``, which shows in the figure, is not in it."""
        both = made["consensus"]
        return cls(
            made["level"],
            tuple(Note.from_dict(r) for r in made["notes"]),
            both["point"],
            None if both["interval"] is None else Interval.from_dict(both["interval"]),
        )


def enough(table: OverlapTable, threshold: int) -> None:
    """Refuse a figure for fewer people than may be shown."""
    shown, _ = protect_overlap(table.counts.tolist(), table.lists, threshold)
    if shown.totals["all"] is None:
        raise NotSupported(note("verdict.run.few"), fix=note("verdict.run.few.fix"))
    twins = _twins(table)
    if twins:
        raise NotSupported(
            note("verdict.run.twins", one=twins[0], other=twins[1]),
            fix=note("verdict.run.twins.fix"),
        )
    if int((table.list_sizes > 0).sum()) == 2 and table.overlap:
        least = Number(threshold)
        if table.overlap < threshold:
            raise NotSupported(
                note("verdict.run.few-on-both", threshold=least),
                fix=note("verdict.run.few-on-both.fix"),
            )
        if None in shown.cells:
            raise NotSupported(
                note("verdict.run.few-on-one", threshold=least),
                fix=note("verdict.run.few-on-one.fix"),
            )


def _twins(table: OverlapTable) -> tuple[str, str] | None:
    """First two lists of which hardly anybody is on one alone."""
    for i, j in itertools.combinations(range(table.t), 2):
        both = table.pair_overlap(i, j)
        either = int(table.list_sizes[i]) + int(table.list_sizes[j]) - both
        if both >= RULES.fewest_overlap and both >= TWINS * either:
            return table.lists[i], table.lists[j]
    return None


def verdict_on(table: OverlapTable, level: float, seed: int, unreachable: Answer) -> RunVerdict:
    """Judge the lists by several methods held together (`uncounted.verdict.assess.judge`).

    Parameters
    ----------
    table
        The overlap table.
    level, seed, unreachable
        Of the interval; root seed; answer about the group no list could meet.
    """
    consensus = Consensus(level=level)
    posterior: ConsensusPosterior | None = None
    try:
        posterior = consensus.posterior(table, seed=seed)
        figure = consensus.dress(posterior, seed)
    except Refusal as refusal:
        figure = Estimate("consensus", table.n, None, refused=why(refusal))
    questions = Questions(unreachable, matching="certain")  # the run's draws carry the doubt
    judged = judge(table, posterior, figure, RULES, questions)
    interval = figure.interval
    thin = (
        int((table.list_sizes > 0).sum()) > 2
        or posterior is None
        or interval is None
        or table.overlap < RULES.fewest_overlap
        or interval.upper / interval.lower > RULES.widest
        or posterior.pool.end_mass() > RULES.most_end_mass
    )
    reasons = tuple(replace(r, code=PLAIN.get(r.code, r.code)) for r in judged.reasons)
    serious = [r for r in reasons if r.code != TWO_LISTS]
    refuses = serious[0] if judged.level == "not supported" and thin and serious else None
    return RunVerdict(judged.level, reasons, figure.point, interval, refuses)
