"""Run the family on one table and say whether a figure is defensible: `assess` and `Verdict`.

The rule was measured on simulated tables with known populations (see docs/verdict.md and the
studies named there): what it promises holds where the three questions are answered truly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import CensoredTable
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, note, why
from uncounted.core.progress import Progress
from uncounted.core.protocols import Estimator
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.estimators.graphs import DecomposableGraphs
from uncounted.estimators.knowledge import Knowledge
from uncounted.estimators.registry import METHODS, MethodSettings, make
from uncounted.published.accept import TableLike
from uncounted.verdict.given import TAKE_RANGES, CountRanges, Given
from uncounted.verdict.holds import bound_of, with_warnings
from uncounted.verdict.judging import Judgement, Level, VerdictRules, judge
from uncounted.verdict.known import Moved, moved_with
from uncounted.verdict.middles import middles
from uncounted.verdict.questions import Answer, Matching, Questions
from uncounted.verdict.sensitivity import Sensitivity, sensitivity
from uncounted.verdict.validation import ValidationRow, internal_validation

__all__ = ["Judgement", "Level", "Verdict", "VerdictRules", "assess", "judge"]

_VALIDATED = ("main", "bic", "graphs", "shrinkage")
_NOT_BESIDE = ("consensus", "latent-class")
"""Methods that stand beside the consensus only where asked for by name: the consensus itself, and latent
classes, which enter neither figure nor verdict and take most of the time of all methods together."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Verdict(Shown):
    """Whether a figure from these lists is defensible, and everything it rests on.

    Parameters
    ----------
    level
        ``"supported"``, ``"supported with caution"`` or ``"not supported"``.
    reasons
        Each with its number; those that lower the level first.
    consensus
        One figure with the range that holds whatever the lists do; ``point`` is ``None`` where
        there is none.
    likely
        Range that holds 95 of 100 over the stated mixture of ways in which people come to be on
        lists, around the same point; ``None`` where there is no figure.
    posterior
        The pool and its members; ``None`` where the consensus refused.
    estimates
        Every method side by side; a method that refuses says why.
    validation
        Each list's known size against the estimate from the others. Displayed, not weighed: it
        was measured not to predict the error of the figure.
    sensitivity
        The consensus as a function of what no data can tell; ``None`` where there is none.
    counts
        Whom the figure counts.
    questions
        Answers to what no data can tell.
    rules, settings
        Thresholds; prior odds, P(nobody easier to find), tails.
    table, observed, lists
        Name of the table, people observed, names of the lists.
    moved
        What each thing that is known of the lists does to the figure; empty where nothing is.
    ranges
        Between which numbers the counts lie where some are known as ranges; ``observed`` is then the
        expected number, and no list is estimated from the others. ``None`` where all are known.

    Examples
    --------
    >>> import uncounted as uc
    >>> verdict = uc.assess("artificial-3", methods=["main"], validate=False)
    >>> verdict
    Verdict(level='not supported', reasons=<10 of them>, consensus=Estimate(...), ...
    >>> [row["method"] for row in verdict.to_rows()]
    ['consensus', 'main']
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = Estimate.COLUMNS

    level: Level
    reasons: tuple[Note, ...]
    consensus: Estimate
    likely: Interval | None
    posterior: ConsensusPosterior | None
    estimates: tuple[Estimate, ...]
    validation: tuple[ValidationRow, ...]
    sensitivity: Sensitivity | None
    counts: Note
    questions: Questions
    rules: VerdictRules
    settings: Mapping[str, JSON]
    table: str
    observed: int
    lists: tuple[str, ...]
    moved: tuple[Moved, ...] = ()
    ranges: CountRanges | None = None

    @property
    def unreachable(self) -> Answer:
        """Answer about the group that no list could meet."""
        return self.questions.unreachable_group

    def to_rows(self) -> list[dict[str, Cell]]:
        """Row by row the consensus, then every method that stands beside it."""
        return [row for e in (self.consensus, *self.estimates) for row in e.to_rows()]

    def caption(self) -> str:
        """Give the level and the table it is about."""
        return f"{self.table or 'Table'}: {self.level} ({self.observed:,} people on a list)"

    def sayings(self) -> tuple[str, ...]:
        """Reasons of the verdict and caveats of the consensus."""
        return tuple(dict.fromkeys(map(str, (*self.reasons, *self.consensus.caveats))))

    def draw_sets(self) -> dict[str, NDArray[np.float64]]:
        """Draws of the consensus and of every method that has some."""
        both = (self.consensus, *self.estimates)
        return {e.method: e.draws for e in both if e.draws is not None}

    def to_dict(self) -> JSONObject:
        """JSON form with the contract's keys."""
        return {
            "table": {
                "name": self.table,
                "lists": list(self.lists),
                "observed": self.observed,
                **({} if self.ranges is None else self.ranges.to_dict()),
            },
            "verdict": {
                "level": self.level,
                "reasons": [str(r) for r in self.reasons],
                "notes": [r.to_dict() for r in self.reasons],
            },
            "consensus": {
                **self.consensus.to_dict(),
                "likely": None if self.likely is None else self.likely.to_dict(),
            },
            "counts": str(self.counts),
            "question": {"text": str(note("verdict.question")), "answer": self.unreachable},
            "questions": [question.to_dict() for question in self.questions],
            "knowledge": [m.to_dict() for m in self.moved],
            "estimates": [e.to_dict() for e in self.estimates],
            "validation": [row.to_dict() for row in self.validation],
            "validation_bias": [m.to_dict() for m in middles(self.validation)],
            "sensitivity": None if self.sensitivity is None else self.sensitivity.to_dict(),
            "rules": self.rules.to_dict(),
            "settings": dict(self.settings),
        }


def assess(
    table: TableLike | CensoredTable,
    *,
    unreachable_group: Answer = "unknown",
    leaves_reach: Answer = "unknown",
    matching: Matching = "unknown",
    knowledge: Knowledge | None = None,
    methods: Sequence[str] | None = None,
    consensus: Consensus | None = None,
    rules: VerdictRules | None = None,
    bootstrap: int = 200,
    validate: bool = True,
    claim: float | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Run the family of estimators and judge.

    Parameters
    ----------
    table
        An `OverlapTable`, a `CaseTable`, a data frame, the path of a file or the name of a published
        table; strata are counted together. Counts may be ranges or sums (`CensoredTable`).
    unreachable_group
        Answer to "is there a group that none of these lists could meet?".
    leaves_reach
        Answer to "does being met by one list keep people from the others, or do lists serve
        separate areas or groups?".
    matching
        How sure it is who is the same person on two lists: ``"certain"`` (every pair was checked,
        or a linkage run carries its doubt), ``"estimated"`` (a rule with a known error) or
        ``"unknown"``. Any answer but no, no and certain caps the verdict at caution.
    knowledge
        What is known of the lists; it changes the consensus, and the verdict shows what each statement
        does.
    methods
        Methods to show beside the consensus; ``None`` for all but latent classes, which enter nothing, or
        for those that take ranges where counts are ranges.
    consensus, rules
        Settings of the consensus and thresholds of the verdict.
    bootstrap
        Resamples for the methods beside the consensus that need them: 200, a fifth of what
        `uncounted estimate` takes, for they enter neither figure nor verdict.
    validate
        Whether to run the internal validation.
    claim
        A published figure to hold against the sensitivity curve.
    seed
        Root seed.
    workers
        Methods at a time; the result does not depend on it.
    progress
        Called with (jobs done, jobs in all).

    Raises
    ------
    InputError
        If an answer is none of those that may be given, or what is known speaks of no list here.
    UsageError
        If a method has no such name.
    TableError
        If the table is none; the message says what to write.

    Examples
    --------
    >>> import uncounted as uc
    >>> verdict = assess(uc.published.load("artificial-3"), methods=["main"], validate=False)
    >>> verdict.level
    'not supported'
    """
    questions = Questions(unreachable_group, leaves_reach, matching)
    rules = rules or VerdictRules()
    consensus = consensus or Consensus()
    if knowledge is not None:
        consensus = replace(consensus, knowledge=knowledge)
    if questions.leaves_reach == "yes" and not consensus.knowledge.keeps_apart:
        consensus = replace(consensus, apart=True)
    given = Given.of(table)
    table = given.table
    consensus.knowledge.check(table.lists)
    usual = METHODS if given.censored is None else TAKE_RANGES
    names = [m for m in usual if m not in _NOT_BESIDE] if methods is None else list(methods)
    settings = MethodSettings(level=consensus.level, bootstrap=bootstrap, threads=1)
    family = {name: _cheap(make(name, settings)) for name in names}

    posterior: ConsensusPosterior | None = None
    likely: Interval | None = None
    try:
        posterior, figure = given.figure(consensus, seed)
        likely = consensus.over([posterior]).likely
    except Refusal as refusal:
        figure = Estimate("consensus", table.n, None, refused=why(refusal))
    jobs = [Job(f"estimate/{name}", (_run, est, name, given, seed)) for name, est in family.items()]
    if validate and given.censored is not None:
        figure = replace(figure, caveats=(*figure.caveats, note("verdict.ranges.no-validation")))
    elif validate and table.t >= 3:
        checked = _validators(consensus, settings, names)
        jobs.append(Job("validation", (_validation, checked, table, seed, consensus.level)))
    if posterior is not None:
        jobs.append(Job("sensitivity", (_sensitivity, figure, consensus.level, table, claim, seed)))
    results = map_jobs(_call, jobs, workers=workers, progress=progress)
    found = {job.name: result for job, result in zip(jobs, results, strict=True)}

    apart = questions.leaves_reach == "yes" or (
        posterior is not None and (posterior.apart or posterior.alone)
    )
    estimates = _held_against(
        figure, table, [found[f"estimate/{name}"] for name in family], apart=apart
    )
    ranges = given.ranges
    judgement = judge(table, posterior, figure, rules, questions, ranges)
    prior = consensus.prior

    def figure_of(asked: Consensus) -> tuple[ConsensusPosterior, Interval | None]:
        moved, estimate = given.figure(asked, seed)
        return moved, estimate.interval

    return Verdict(
        judgement.level,
        judgement.reasons,
        figure,
        likely,
        posterior,
        estimates,
        found.get("validation", ()),
        found.get("sensitivity"),
        note("verdict.counts.reachable" if unreachable_group != "no" else "verdict.counts.all"),
        questions,
        rules,
        {
            "level": consensus.level,
            "prior_odds_median": None if prior is None else prior.median,
            "prior_odds_sd_log": None if prior is None else prior.sd,
            "p_homogeneous": consensus.shrinkage.homogeneous,
            "strong_probability": consensus.shrinkage.strong_probability,
            "delta": consensus.graphs.delta,
            "bootstrap": bootstrap,
            "seed": seed,
        },
        table.name,
        table.n,
        table.lists,
        () if posterior is None else moved_with(consensus, figure_of),
        ranges,
    )


def _held_against(
    figure: Estimate, table: OverlapTable, estimates: Sequence[Estimate], *, apart: bool
) -> tuple[Estimate, ...]:
    """Say of every method's figure whether it lies outside what can be held.

    Where lists keep people from each other (``apart``) Chao's bound is none.
    """
    bound = None if apart else bound_of(table)
    return tuple(with_warnings(e, figure.interval, bound) for e in estimates)


def _call(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


def _run(estimator: Estimator, name: str, given: Given, seed: int) -> Estimate:
    try:
        return given.estimate(estimator, name, seed)
    except Refusal as refusal:
        return Estimate(name, given.table.n, None, refused=why(refusal))


def _cheap(estimator: Estimator) -> Estimator:
    """Let a sampler beside the figure draw a fifth of what it does alone, as resamples are a fifth."""
    if type(estimator).__name__ == "Threshold":
        from uncounted.estimators.threshold import Threshold

        assert isinstance(estimator, Threshold)
        return replace(estimator, draws=estimator.draws // 5)
    return estimator


@dataclass(frozen=True, slots=True)
class _AtHand:
    """An estimator of one table whose estimate is at hand."""

    figure: Estimate

    def estimate(self, table: OverlapTable, *, seed: int = 0) -> Estimate:
        return self.figure


class _Shared:
    """The consensus, which keeps the posterior of the last table for its member's sake."""

    def __init__(self, consensus: Consensus) -> None:
        self._consensus = consensus
        self._last: tuple[bytes, ConsensusPosterior | None] = (b"", None)

    def posterior(self, table: OverlapTable, seed: int) -> ConsensusPosterior:
        key, kept = self._last
        if kept is None or key != table.counts.tobytes():
            kept = self._consensus.posterior(table, seed=seed)
            self._last = table.counts.tobytes(), kept
        return kept

    def estimate(self, table: OverlapTable, *, seed: int = 0) -> Estimate:
        return self._consensus.dress(self.posterior(table, seed), seed)


@dataclass(frozen=True, slots=True)
class _Member:
    """The shrinkage member of a consensus at hand."""

    shared: _Shared
    level: float

    def estimate(self, table: OverlapTable, *, seed: int = 0) -> Estimate:
        member = self.shared.posterior(table, seed).shrinkage
        return Estimate("shrinkage", table.n, member.median, member.interval(self.level))


def _validators(
    consensus: Consensus, settings: MethodSettings, names: Sequence[str]
) -> dict[str, Estimator]:
    quick = MethodSettings(level=settings.level, bootstrap=0, threads=1)
    # Only figures and intervals are held against the known sizes: no draws, no other priors.
    shared = _Shared(replace(consensus, draws=0))
    plain: dict[str, Estimator] = {
        "graphs": DecomposableGraphs(level=settings.level, draws=0, sensitivity=False),
        "shrinkage": _Member(shared, settings.level),
    }
    chosen: dict[str, Estimator] = {"consensus": shared}
    chosen.update({m: plain.get(m) or make(m, quick) for m in _VALIDATED if m in names})
    return chosen


def _validation(
    estimators: dict[str, Estimator], table: OverlapTable, seed: int, level: float
) -> tuple[ValidationRow, ...]:
    return internal_validation(table, estimators, seed=seed, level=level)


def _sensitivity(
    figure: Estimate, level: float, table: OverlapTable, claim: float | None, seed: int
) -> Sensitivity | None:
    try:
        return sensitivity(
            table, assumption="method", estimator=_AtHand(figure), claim=claim, seed=seed,
            level=level,
        )  # fmt: skip
    except Refusal:
        return None
