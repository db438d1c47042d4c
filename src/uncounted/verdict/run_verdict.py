"""Whether the lists of a run carry a figure that may be published, and the verdict on it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.notes import publishable
from uncounted.disclosure.overlap import SHARED, overlap_totals, protect_overlap
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import Published, attack
from uncounted.errors import NotSupported
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.estimators.knowledge import Knowledge
from uncounted.verdict.judging import TWO_LISTS, VerdictRules, judge
from uncounted.verdict.questions import Questions

__all__ = ["RunVerdict", "enough", "run_consensus", "verdict_on"]


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
    """The verdict on a run's figure.

    Parameters
    ----------
    level
        As of `uncounted.verdict.assess.Verdict`.
    reasons
        What it rests on.
    point, interval
        The figure judged, which is the one published; ``None`` where there is none.
    questions
        Answers to what no data can tell.
    likely
        The likely range; ``None`` where there is none.
    refuses
        Why no figure can be defended; ``None`` where one can. Two lists are not supported either,
        but have a figure: what cannot be seen from two lists is said beside it.
    """

    level: str
    reasons: tuple[Note, ...]
    point: float | None
    interval: Interval | None
    questions: Questions = field(default_factory=Questions)
    likely: Interval | None = None
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
                "likely": None if self.likely is None else self.likely.to_dict(),
            },
            "questions": [q.to_dict() for q in self.questions],
        }

    def publishable(self, shown: Mapping[str, int | None]) -> RunVerdict:
        """Return the verdict with its reasons as they may be published beside these counts."""
        return replace(self, reasons=tuple(publishable(r, shown) for r in self.reasons))

    def rounded(self) -> RunVerdict:
        """Return the verdict with its figure rounded as a page shows it."""

        def ends(i: Interval | None) -> Interval | None:
            return None if i is None else replace(i, lower=rounded(i.lower), upper=rounded(i.upper))

        return replace(
            self,
            point=None if self.point is None else rounded(self.point),
            interval=ends(self.interval),
            likely=ends(self.likely),
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
            Questions(**{q["name"]: q["answer"] for q in made["questions"]}),
            None if both["likely"] is None else Interval.from_dict(both["likely"]),
        )


def enough(table: OverlapTable, threshold: int, shown: Published | None = None) -> None:
    """Refuse a figure for fewer people than may be shown.

    Parameters
    ----------
    table
        As shown: a table that knows no more (`uncounted.disclosure.told.told_tables`).
    threshold
        The smallest count that is shown.
    shown
        What is shown of the table; by default what would be without a project's key.

    Raises
    ------
    NotSupported
        In words that do not say which suppressed count is small.
    """
    if shown is None:
        shown, _ = protect_overlap(table.counts.tolist(), table.lists, threshold)
    if shown.totals["all"] is None:
        raise NotSupported(note("verdict.run.few"), fix=note("verdict.run.few.fix"))
    twins = _twins(table)
    if twins:
        raise NotSupported(
            note("verdict.run.twins", one=twins[0], other=twins[1]),
            fix=note("verdict.run.twins.fix"),
        )
    two = int((table.list_sizes > 0).sum()) == 2 and table.overlap
    if two and None in (*shown.cells, *shown.totals.values()):
        raise NotSupported(
            note("verdict.run.few-of-two", threshold=Number(threshold)),
            fix=note("verdict.run.few-of-two.fix"),
        )
    if shown.totals[SHARED] is None and _may_be(shown, table.lists, SHARED) < threshold:
        raise NotSupported(note("verdict.run.few-shared"), fix=note("verdict.run.few-shared.fix"))


def _may_be(shown: Published, lists: Sequence[str], name: str) -> float:
    """Return the least that a suppressed sum can be for a reader of what is shown."""
    return attack(shown, overlap_totals(lists))[name].lower


def _twins(table: OverlapTable) -> tuple[str, str] | None:
    """First two lists of which hardly anybody is on one alone."""
    for i, j in itertools.combinations(range(table.t), 2):
        both = table.pair_overlap(i, j)
        either = int(table.list_sizes[i]) + int(table.list_sizes[j]) - both
        if both >= RULES.fewest_overlap and both >= TWINS * either:
            return table.lists[i], table.lists[j]
    return None


def run_consensus(level: float, questions: Questions, knowledge: Knowledge) -> Consensus:
    """Give the settings of the consensus.

    Lists that keep people from each other widen it, unless it is known which do.
    """
    apart = questions.leaves_reach == "yes" and not knowledge.keeps_apart
    return Consensus(level=level, apart=apart, knowledge=knowledge)


def verdict_on(
    table: OverlapTable,
    posterior: ConsensusPosterior | None,
    figure: Estimate,
    questions: Questions,
    likely: Interval | None = None,
) -> RunVerdict:
    """Judge the published figure (`uncounted.verdict.judging.judge`).

    Parameters
    ----------
    table
        The overlap table of the one answer to who is the same person that counts are shown for.
    posterior, figure
        The consensus over linkage draws; ``None`` and a refusal where there is none.
    questions, likely
        Answers to what no data can tell; the likely range.
    """
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
    return RunVerdict(judged.level, reasons, figure.point, interval, questions, likely, refuses)
