"""Run the family on one table and say whether a figure is defensible: `assess` and `Verdict`.

The rule was measured on simulated tables with known populations (see docs/verdict.md and the
calibration study): what it promises holds for people who have some chance of being on a list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, Number, note, series, why
from uncounted.core.progress import Progress
from uncounted.core.protocols import Estimator
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs
from uncounted.errors import InputError, Refusal
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.estimators.registry import METHODS, MethodSettings, make
from uncounted.published.accept import TableLike, as_table
from uncounted.verdict.sensitivity import Sensitivity, sensitivity
from uncounted.verdict.validation import ValidationRow, internal_validation

__all__ = ["Judgement", "Level", "Unreachable", "Verdict", "VerdictRules", "assess", "judge"]

Level = Literal["supported", "supported with caution", "not supported"]
Unreachable = Literal["no", "yes", "unknown"]

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
_VALIDATED = ("main", "bic", "graphs", "shrinkage")
_NOT_BESIDE = ("consensus", "latent-class")
"""Methods that stand beside the consensus only where asked for by name: the consensus itself, and latent
classes, which enter neither figure nor verdict and take most of the time of all methods together."""


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
    heterogeneity
        Below this posterior probability that nobody is easier to find, a sentence says so.
    """

    fewest_overlap: int = 10
    widest: float = 10.0
    most_end_mass: float = 0.01
    supported_lists: int = 4
    supported_overlap: int = 30
    supported_width: float = 3.0
    supported_spread: float = math.exp(0.30)
    heterogeneity: float = 0.3

    def to_dict(self) -> dict[str, float]:
        """JSON form."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A level and the reasons for it, each with its number."""

    level: Level
    reasons: tuple[Note, ...]


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
        One figure with one interval; ``point`` is ``None`` where there is none.
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
    unreachable
        Answer to the one question no data can answer.
    rules, settings
        Thresholds; prior odds, P(nobody easier to find), tails.
    table, observed, lists
        Name of the table, people observed, names of the lists.

    Examples
    --------
    >>> import uncounted as uc
    >>> verdict = uc.assess("artificial-3", methods=["main"], validate=False)
    >>> verdict
    Verdict(level='not supported', reasons=<7 of them>, consensus=Estimate(...), ...
    >>> [row["method"] for row in verdict.to_rows()]
    ['consensus', 'main']
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = Estimate.COLUMNS

    level: Level
    reasons: tuple[Note, ...]
    consensus: Estimate
    posterior: ConsensusPosterior | None
    estimates: tuple[Estimate, ...]
    validation: tuple[ValidationRow, ...]
    sensitivity: Sensitivity | None
    counts: Note
    unreachable: Unreachable
    rules: VerdictRules
    settings: Mapping[str, JSON]
    table: str
    observed: int
    lists: tuple[str, ...]

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
            "table": {"name": self.table, "lists": list(self.lists), "observed": self.observed},
            "verdict": {
                "level": self.level,
                "reasons": [str(r) for r in self.reasons],
                "notes": [r.to_dict() for r in self.reasons],
            },
            "consensus": self.consensus.to_dict(),
            "counts": str(self.counts),
            "question": {"text": str(note("verdict.question")), "answer": self.unreachable},
            "estimates": [e.to_dict() for e in self.estimates],
            "validation": [row.to_dict() for row in self.validation],
            "sensitivity": None if self.sensitivity is None else self.sensitivity.to_dict(),
            "rules": self.rules.to_dict(),
            "settings": dict(self.settings),
        }


def assess(
    table: TableLike,
    *,
    unreachable_group: Unreachable = "unknown",
    methods: Sequence[str] | None = None,
    consensus: Consensus | None = None,
    rules: VerdictRules | None = None,
    bootstrap: int = 1000,
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
        table; strata are counted together.
    unreachable_group
        Answer to "is there a group that none of these lists could meet?". ``"yes"`` and
        ``"unknown"`` cap the verdict at caution.
    methods
        Methods to show beside the consensus; ``None`` for all.
    consensus, rules
        Settings of the consensus and thresholds of the verdict.
    bootstrap
        Resamples for the methods that need them.
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
    if unreachable_group not in ("no", "yes", "unknown"):
        raise InputError(
            f"The answer about the unreachable group is not {unreachable_group[:20]!r}.",
            fix="Answer no, yes or unknown.",
        )
    rules = rules or VerdictRules()
    consensus = consensus or Consensus()
    names = [m for m in METHODS if m not in _NOT_BESIDE] if methods is None else list(methods)
    settings = MethodSettings(level=consensus.level, bootstrap=bootstrap, threads=1)
    family = {name: make(name, settings) for name in names}
    data = as_table(table)
    table = data.pooled() if data.stratified else data

    posterior: ConsensusPosterior | None = None
    try:
        posterior = consensus.posterior(table, seed=seed)
        figure = consensus.dress(posterior, seed)
    except Refusal as refusal:
        figure = Estimate("consensus", table.n, None, refused=why(refusal))
    jobs = [Job(f"estimate/{name}", (_run, est, name, table, seed)) for name, est in family.items()]
    if validate and table.t >= 3:
        checked = _validators(consensus, settings, names)
        jobs.append(Job("validation", (_validation, checked, table, seed, consensus.level)))
    if posterior is not None:
        jobs.append(Job("sensitivity", (_sensitivity, consensus, table, claim, seed)))
    results = map_jobs(_call, jobs, workers=workers, progress=progress)
    found = {job.name: result for job, result in zip(jobs, results, strict=True)}

    judgement = judge(table, posterior, figure, rules, unreachable_group)
    prior = consensus.prior
    return Verdict(
        judgement.level,
        judgement.reasons,
        figure,
        posterior,
        tuple(found[f"estimate/{name}"] for name in family),
        found.get("validation", ()),
        found.get("sensitivity"),
        note("verdict.counts.reachable" if unreachable_group != "no" else "verdict.counts.all"),
        unreachable_group,
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
    )


def judge(
    table: OverlapTable,
    posterior: ConsensusPosterior | None,
    figure: Estimate,
    rules: VerdictRules,
    unreachable: Unreachable = "unknown",
) -> Judgement:
    """Apply the rules to a table and its consensus.

    Parameters
    ----------
    table, posterior, figure
        Counts; consensus posterior (``None`` where it refused) and its estimate.
    rules, unreachable
        Thresholds; answer about the group that no list could meet.
    """
    wrong: list[Note] = []
    weak: list[Note] = []
    good: list[Note] = []
    sizes = table.list_sizes
    held = int((sizes > 0).sum())
    if held < 3:
        wrong.append(note(("verdict.lists.none", "verdict.lists.one", TWO_LISTS)[held]))
    groups = _groups(table)
    if table.overlap == 0:
        wrong.append(note("verdict.overlap.none"))
    elif len(groups) > 1:
        wrong.append(
            note(
                "verdict.lists.apart",
                groups=Number(len(groups)),
                each=series("words.semicolon", [series("words.and", group) for group in groups]),
            )
        )
    shared = Number(table.overlap, "people", of="shared")
    if 0 < table.overlap < rules.fewest_overlap:
        wrong.append(
            note("verdict.overlap.few", shared=shared, fewest=Number(rules.fewest_overlap))
        )
    interval = figure.interval
    if posterior is None or interval is None or figure.point is None:
        if not wrong:
            wrong.append(figure.refused or note("verdict.no-figure"))
        return Judgement(NOT_SUPPORTED, tuple(wrong))

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
    if rules.fewest_overlap <= table.overlap < rules.supported_overlap:
        asked = Number(rules.supported_overlap)
        weak.append(note("verdict.overlap.thin", shared=shared, asked=asked))
    elif table.overlap >= rules.supported_overlap:
        good.append(note("verdict.overlap.enough", shared=shared))
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
    if unreachable == "yes":
        weak.append(note("verdict.unreachable.yes"))
    elif unreachable == "unknown":
        weak.append(note("verdict.unreachable.unknown"))
    if posterior.p_homogeneous < rules.heterogeneity or _all_positive(table):
        good.append(note("verdict.heterogeneity", nobody=Number(posterior.p_homogeneous, "share")))
    level = NOT_SUPPORTED if wrong else CAUTION if weak else SUPPORTED
    return Judgement(level, (*wrong, *weak, *good))


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


def _all_positive(table: OverlapTable) -> bool:
    """Whether every pair of lists is positively associated among the people on other lists."""
    counts = table.counts.astype(float)
    counts[0] = 0.0
    masks = np.arange(counts.size)
    held = [i for i in range(table.t) if table.list_sizes[i] > 0]
    if len(held) < 3:
        return False
    for a, i in enumerate(held):
        for j in held[a + 1 :]:
            others = (masks & ~((1 << i) | (1 << j))) != 0
            cell = [
                counts[others & ((masks >> i & 1) == x) & ((masks >> j & 1) == y)].sum() + 0.5
                for x in (0, 1)
                for y in (0, 1)
            ]
            if cell[0] * cell[3] <= cell[1] * cell[2]:
                return False
    return True


def _call(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


def _run(estimator: Estimator, name: str, table: OverlapTable, seed: int) -> Estimate:
    try:
        return estimator.estimate(table, seed=seed)
    except Refusal as refusal:
        return Estimate(name, table.n, None, refused=why(refusal))


def _validators(
    consensus: Consensus, settings: MethodSettings, names: Sequence[str]
) -> dict[str, Estimator]:
    quick = MethodSettings(level=settings.level, bootstrap=0, threads=1)
    chosen: dict[str, Estimator] = {"consensus": consensus}
    chosen.update({m: make(m, quick) for m in _VALIDATED if m in names})
    return chosen


def _validation(
    estimators: dict[str, Estimator], table: OverlapTable, seed: int, level: float
) -> tuple[ValidationRow, ...]:
    return internal_validation(table, estimators, seed=seed, level=level)


def _sensitivity(
    consensus: Consensus, table: OverlapTable, claim: float | None, seed: int
) -> Sensitivity | None:
    try:
        return sensitivity(
            table, assumption="method", estimator=consensus, claim=claim, seed=seed,
            level=consensus.level,
        )  # fmt: skip
    except Refusal:
        return None
