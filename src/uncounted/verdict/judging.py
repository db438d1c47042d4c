"""Rules that say how far a figure may be trusted: `judge`, `VerdictRules`.

The rule was measured on simulated tables with known populations (see docs/verdict.md): what it
promises holds where the three questions of `uncounted.verdict.questions` are answered truly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from uncounted.core.censored import UNBOUNDED
from uncounted.core.estimate import Estimate
from uncounted.core.notes import Note, Number, note, series
from uncounted.core.table import OverlapTable
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.estimators.nested_figures import either_way
from uncounted.estimators.nests import Nesting, nesting
from uncounted.verdict.given import CountRanges
from uncounted.verdict.holds import below_bound, bound_of
from uncounted.verdict.questions import Questions

__all__ = ["TWO_LISTS", "Judgement", "Level", "VerdictRules", "judge"]

Level = Literal["supported", "supported with caution", "not supported"]

SUPPORTED: Level = "supported"
CAUTION: Level = "supported with caution"
NOT_SUPPORTED: Level = "not supported"

TWO_LISTS = "verdict.lists.two"
"""Code of the reason that two lists cannot show their own dependence."""

_METHODS = {
    "graphs": "verdict.method.graphs",
    "shrinkage": "verdict.method.shrinkage",
    "shrinkage without heterogeneity": "verdict.method.homogeneous",
    "averaged log-linear": "verdict.method.averaged",
}
"""Names of the consensus's members as a reason says them."""


@dataclass(frozen=True, slots=True)
class VerdictRules:
    """Thresholds of the verdict; all are settings, printed with the verdict.

    Parameters
    ----------
    fewest_overlap
        Fewer people than this on two lists or more: not supported.
    widest
        An interval whose ends differ by more than this factor: not supported.
    most_end_mass
        More posterior mass than this in the last 5% of the grid: not supported.
    supported_lists, supported_overlap
        Lists with people, and people on two lists or more, that *supported* needs.
    supported_width
        Largest factor between the interval's ends in a *supported* figure.
    supported_spread
        Largest factor between the methods' medians in a *supported* figure.
    supported_share
        Least share of the people in a *supported* figure that are on a list.
    supported_reach
        A *supported* interval still holds the figure where only this share of its unseen people
        are there: as many as are left where lists keep people from each other, or where links
        were missed, somewhat more than anybody thinks.
    supported_lean
        In a *supported* figure all pairs of lists together share no fewer people than chance explains
        by more than this many standard errors: where links were missed or lists keep people from each
        other unnoticed they lean that way, and where they lean by chance the range ends too low.
    avoiding, avoiding_all
        Standard errors by which a pair of lists must share fewer people than chance explains,
        and all pairs together, before lists are said to avoid each other.
    seeking
        Standard errors by which every pair must share more than chance explains before people are
        said to differ in how easily they are found.
    heterogeneity
        Below this posterior probability that nobody is easier to find, a sentence says so and caps
        the verdict.
    """

    fewest_overlap: int = 10
    widest: float = 10.0
    most_end_mass: float = 0.01
    supported_lists: int = 4
    supported_overlap: int = 30
    supported_width: float = 4.5
    supported_spread: float = math.exp(0.30)
    supported_share: float = 0.3
    supported_reach: float = 0.45
    supported_lean: float = 0.5
    avoiding: float = 4.0
    avoiding_all: float = 2.5
    seeking: float = 2.0
    heterogeneity: float = 0.3

    def to_dict(self) -> dict[str, float]:
        """JSON form."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A level and the reasons for it, each with its number."""

    level: Level
    reasons: tuple[Note, ...]


def judge(
    table: OverlapTable,
    posterior: ConsensusPosterior | None,
    figure: Estimate,
    rules: VerdictRules,
    questions: Questions | None = None,
    ranges: CountRanges | None = None,
) -> Judgement:
    """Apply the rules to a table and its consensus.

    Parameters
    ----------
    table, posterior, figure
        Counts; consensus posterior (``None`` where it refused) and its estimate.
    rules, questions
        Thresholds; answers to what no data can tell, all unanswered where ``None``.
    ranges
        Where counts are known as ranges, between which numbers they lie: the least must be enough.
        ``table`` then holds the expected counts.
    """
    questions = questions or Questions()
    wrong: list[Note] = []
    weak: list[Note] = []
    good: list[Note] = []
    given = table
    inside = _counted(table)
    table = inside.table
    sizes = table.list_sizes
    held = int((sizes > 0).sum())
    if held < 3:
        wrong.append(note(("verdict.lists.none", "verdict.lists.one", TWO_LISTS)[held]))
    groups = _groups(table)
    if table.overlap == 0 and (ranges is None or ranges.shared[1] == 0):
        wrong.append(note("verdict.overlap.none"))
    elif len(groups) > 1:
        wrong.append(
            note(
                "verdict.lists.apart",
                groups=Number(len(groups)),
                each=series("words.semicolon", [series("words.and", group) for group in groups]),
            )
        )
    shared = (table.overlap, table.overlap) if ranges is None else ranges.shared
    if shared[1] and shared[0] < rules.fewest_overlap:
        wrong.append(_few(shared, Number(rules.fewest_overlap)))
    interval = figure.interval
    if posterior is None or interval is None or figure.point is None:
        if not wrong:
            wrong.append(figure.refused or note("verdict.no-figure"))
        return Judgement(NOT_SUPPORTED, (*wrong, *(nest.said for nest in inside.left_out)))
    if inside.everybody:
        missed = Number(inside.missed, "people", of="missed")
        wrong.append(
            note("estimators.nests.nearly-everybody", missed=missed, list=inside.everybody)
        )
    weak += either_way(given, consensus=Consensus(draws=0, apart=posterior.apart))
    # Chao's bound is one only where being met by one list does not keep people from others.
    apart = questions.leaves_reach == "yes" or posterior.apart or posterior.alone
    below = None if apart else below_bound(figure.point, bound_of(given))
    if below is not None:
        wrong.append(below)

    width = interval.upper / interval.lower
    end = posterior.pool.end_mass()
    spread = posterior.spread
    if end > rules.most_end_mass:
        wrong.append(note("verdict.mass-at-end", mass=Number(end, "share")))
    spanned = Number(width, "factor", digits=1)
    if width > rules.widest:
        wrong.append(note("verdict.width.far", width=spanned, widest=Number(rules.widest)))
    elif width > rules.supported_width:
        weak.append(note("verdict.width.wide", width=spanned, most=Number(rules.supported_width)))
    else:
        good.append(note("verdict.width.narrow", width=spanned))
    if held == 3:
        weak.append(note("verdict.lists.three"))
    elif 3 < held < rules.supported_lists:
        weak.append(
            note(
                "verdict.lists.few",
                lists=Number(held, "lists"),
                asked=Number(rules.supported_lists, "lists"),
            )
        )
    asked = Number(rules.supported_overlap)
    if rules.fewest_overlap <= shared[0] < rules.supported_overlap:
        weak.append(_thin(shared, asked))
    elif shared[0] >= rules.supported_overlap:
        good.append(_enough(shared, asked))
    if ranges is not None:
        cells = Number(ranges.cells)
        if any(c.code == "estimators.censored.few" for c in posterior.caveats):
            weak.append(note("verdict.ranges.coarse", cells=cells))
        else:
            good.append(note("verdict.ranges.weighed", cells=cells))
    lowest = min(posterior.medians, key=lambda k: posterior.medians[k])
    highest = max(posterior.medians, key=lambda k: posterior.medians[k])
    between: dict[str, Number | Note] = {
        "spread": Number(spread, "factor", digits=1),
        "low": Number(posterior.medians[lowest], "estimate"),
        "high": Number(posterior.medians[highest], "estimate"),
        "lowest": note(_METHODS[lowest]),
        "highest": note(_METHODS[highest]),
    }
    if spread >= rules.supported_spread:
        most = Number(rules.supported_spread, "factor", digits=2)
        weak.append(note("verdict.spread.wide", **between, most=most))
    else:
        good.append(note("verdict.spread.narrow", **between))
    weak += _reaches(posterior.signs.people, figure.point, interval.lower, rules)
    weak += [question.means for question in questions.open()]
    signs = posterior.signs
    if signs.lowest_z < -rules.avoiding or signs.pair_z < -rules.avoiding_all:
        weak.append(
            note("verdict.pairs.avoid", fewer=Number(math.exp(signs.pair_low), "factor", digits=2))
        )
    elif signs.pair_z < -rules.supported_lean:
        weak.append(note("verdict.pairs.lean"))
    alike = Number(posterior.p_homogeneous, "share")
    if signs.lists > 3 and signs.lowest_z > rules.seeking:
        weak.append(
            note("verdict.pairs.seek", more=Number(math.exp(signs.pair_low), "factor", digits=1))
        )
    elif posterior.p_homogeneous < rules.heterogeneity:
        weak.append(note("verdict.heterogeneity", nobody=alike))
    elif signs.pair_low > 0.0:
        good.append(note("verdict.heterogeneity", nobody=alike))
    level = NOT_SUPPORTED if wrong else CAUTION if weak else SUPPORTED
    return Judgement(level, (*wrong, *weak, *good))


def _few(ends: tuple[int, int], fewest: Number) -> Note:
    """Say that too few people are, or may be, on two lists or more."""
    low = Number(ends[0], "people", of="shared")
    if ends[0] == ends[1]:
        return note("verdict.overlap.few", shared=low, fewest=fewest)
    if ends[1] >= UNBOUNDED:
        return note("verdict.ranges.few-open", low=low, asked=fewest)
    high = Number(ends[1], "people", of="most shared")
    return note("verdict.ranges.few", low=low, high=high, asked=fewest)


def _thin(ends: tuple[int, int], asked: Number) -> Note:
    """Say that fewer people are, or may be, on two lists or more than are asked for."""
    low = Number(ends[0], "people", of="shared")
    if ends[0] == ends[1]:
        return note("verdict.overlap.thin", shared=low, asked=asked)
    if ends[1] >= UNBOUNDED:
        return note("verdict.ranges.thin-open", low=low, asked=asked)
    high = Number(ends[1], "people", of="most shared")
    return note("verdict.ranges.thin", low=low, high=high, asked=asked)


def _enough(ends: tuple[int, int], asked: Number) -> Note:
    """Say how many people are on two lists or more, as far as it is known."""
    low = Number(ends[0], "people", of="shared")
    if ends[0] == ends[1]:
        return note("verdict.overlap.enough", shared=low)
    if ends[1] >= UNBOUNDED:
        return note("verdict.ranges.enough-open", low=low, asked=asked)
    high = Number(ends[1], "people", of="most shared")
    return note("verdict.ranges.enough", low=low, high=high, asked=asked)


def _counted(table: OverlapTable) -> Nesting:
    """Return the lists that figures are made from: none that is empty, none inside others."""
    held = [i for i in range(table.t) if table.list_sizes[i] > 0]
    return Nesting(table, ()) if len(held) < 2 else nesting(table.keep(held))


def _groups(table: OverlapTable) -> list[tuple[str, ...]]:
    """List the groups of lists tied to each other by shared people; lists that hold nobody left out."""
    sizes = table.list_sizes
    left = [i for i in range(table.t) if sizes[i] > 0]
    groups = []
    while left:
        group = [left.pop(0)]
        for i in group:
            tied = [j for j in left if table.pair_overlap(i, j) > 0]
            group += tied
            left = [j for j in left if j not in tied]
        groups.append(tuple(table.lists[i] for i in sorted(group)))
    return groups


def _reaches(n: int, point: float, lower: float, rules: VerdictRules) -> list[Note]:
    """Say what the figure lacks to stand where an answer is somewhat wrong."""
    out = []
    if n < rules.supported_share * point:
        out.append(note("verdict.share.thin", least=Number(rules.supported_share, "share")))
    left = n + rules.supported_reach * (point - n)
    if lower > left:
        out.append(
            note(
                "verdict.reach.short",
                share=Number(rules.supported_reach, "share"),
                figure=Number(left, "estimate"),
            )
        )
    return out
