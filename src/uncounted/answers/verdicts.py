"""Every method side by side, and whether a figure is defensible."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from uncounted.answers.overlap_table import TableRead, TableRequest, read
from uncounted.answers.shape import Cell, Column, Line, Rows, Stages, Told, between, stage
from uncounted.brief.named import level_name
from uncounted.brief.verdict import settings_words, verdict_page
from uncounted.brief.words import interval_words, people, same_ends
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note, series
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.knowledge import HardToFind, Knowledge
from uncounted.estimators.posterior_grid import OddsPrior
from uncounted.estimators.shrinkage import Shrinkage
from uncounted.verdict.assess import Verdict, assess
from uncounted.verdict.judging import VerdictRules
from uncounted.verdict.middles import middles
from uncounted.verdict.questions import Answer, Matching, Questions
from uncounted.verdict.validation import ValidationRow

if TYPE_CHECKING:
    from uncounted.brief.page import Picture
    from uncounted.brief.verdict import VerdictPage

__all__ = ["VerdictAnswer", "VerdictRequest", "answer"]


@dataclass(frozen=True, slots=True)
class VerdictRequest:
    """Ask whether a figure from one table is defensible.

    Parameters
    ----------
    table
        Which table.
    unreachable_group
        Whether there is a group that none of these lists could meet.
    leaves_reach
        Whether being met by one list keeps people from the others, or lists serve separate areas
        or groups.
    matching
        How sure it is who is the same person on two lists.
    refers, takes_out, separate, hard_to_find, known_groups
        What is known of the lists, as `Knowledge.read` takes it.
    methods
        Methods to show beside the consensus; none for all.
    claim
        A published figure to hold against the lists.
    seed, bootstrap
        Root seed; resamples for the methods that need them.
    homogeneous
        Prior belief that nobody is easier to find than others.
    prior_odds, prior_sd
        Prior median of people unseen per person seen, and the standard deviation of its logarithm.
    widest, supported_width, supported_spread, fewest_overlap
        Thresholds of the verdict; see `VerdictRules`.
    validation
        Whether to estimate each list's known size from the others.
    threads
        Methods at a time; ``None`` for all cores.
    show_small_cells
        Whether the page may show small counts of somebody's own table.
    """

    table: TableRequest
    unreachable_group: Answer = "unknown"
    leaves_reach: Answer = "unknown"
    matching: Matching = "unknown"
    refers: tuple[str, ...] = ()
    takes_out: tuple[str, ...] = ()
    separate: tuple[str, ...] = ()
    hard_to_find: HardToFind = "unknown"
    known_groups: tuple[tuple[int, int], ...] = ()
    methods: tuple[str, ...] = ()
    claim: float | None = None
    seed: int = 0
    bootstrap: int = 200
    homogeneous: float = 0.4
    prior_odds: float = 3.0
    prior_sd: float = 2.0
    widest: float = 10.0
    supported_width: float = 4.5
    supported_spread: float = 1.35
    fewest_overlap: int = 10
    validation: bool = True
    threads: int | None = None
    show_small_cells: bool = False

    def __post_init__(self) -> None:
        """Check the numbers."""
        Questions(self.unreachable_group, self.leaves_reach, self.matching)
        if self.claim is not None:
            between("claim", self.claim, 1)
        between("seed", self.seed, 0)
        between("bootstrap", self.bootstrap, 0, 1_000_000)
        between("homogeneous", self.homogeneous, 0, 1)
        for name in ("widest", "supported_width", "supported_spread", "fewest_overlap"):
            between(name, getattr(self, name), 1)

    @property
    def knowledge(self) -> Knowledge:
        """What is known, read."""
        return Knowledge.read(
            refers=self.refers,
            takes_out=self.takes_out,
            separate=self.separate,
            hard_to_find=self.hard_to_find,
            known_groups=self.known_groups,
        )

    @property
    def command(self) -> str:
        """The command that asks the same."""
        words = f"uncounted assess {self.table.name}"
        words += f" --unreachable-group {self.unreachable_group}"
        words += f" --leaves-reach {self.leaves_reach} --matching {self.matching}"
        for option, said in (
            ("refers", self.refers),
            ("takes-out", self.takes_out),
            ("separate", self.separate),
        ):
            words += "".join(f" --{option} '{text}'" for text in said)
        if self.hard_to_find != "unknown":
            words += f" --hard-to-find {self.hard_to_find}"
        words += "".join(f" --known-group {size} {met}" for size, met in self.known_groups)
        words += f" --seed {self.seed}"
        return words + "".join(f" --method '{m}'" for m in self.methods)


@dataclass(frozen=True, slots=True)
class VerdictAnswer:
    """The verdict on a table, and what was asked."""

    request: VerdictRequest
    source: TableRead
    verdict: Verdict

    @property
    def supported(self) -> bool:
        """Whether the lists carry a figure, with caution or without."""
        return self.verdict.level != "not supported"

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {**self.verdict.to_dict(), "table": self.source.to_dict()}

    def rows(self) -> Rows:
        """Return a row a method, the consensus first."""
        heads = ("method", "estimated", "lower", "upper", "level", "refused")
        cells: list[tuple[Cell, ...]] = []
        for e in (self.verdict.consensus, *self.verdict.estimates):
            i = e.interval
            ends = (None, None, None) if i is None else (i.lower, i.upper, i.level)
            cells.append((e.method, e.point, *ends, None if e.refused is None else str(e.refused)))
        return Rows(tuple(Column(head) for head in heads), tuple(cells))

    def told(self) -> Told:
        """Return what the terminal shows: the verdict, its reasons, the methods, the validation."""
        verdict, known = self.verdict, self.source.known
        figure = verdict.consensus
        if self.supported:
            said = note(
                "answers.assess.figure",
                counts=verdict.counts,
                people=people(figure.point),
                ends=interval_words(figure.interval),
            )
        else:
            said = note("answers.assess.none")
        settings = "; ".join(f"{k} {v}" for k, v in settings_words(verdict))
        return (
            *self.source.told(),
            *(() if known is None else (Line(known.title, strong=True),)),
            Line(self.source.summary),
            Line(),
            Line(note("terms.verdict", level=level_name(verdict.level)), strong=True),
            Line(said),
            *self._ranges(),
            *self._known(),
            Line(),
            *(Line(f"- {reason}") for reason in (*verdict.reasons, *figure.caveats)),
            Line(),
            self._side_by_side(),
            *self._not_held(),
            *(Line(f"{e.method}: {e.refused}") for e in verdict.estimates if e.refused),
            *self._validation(),
            *(() if verdict.sensitivity is None
              else (Line(), Line(str(verdict.sensitivity.sentence)))),
            Line(),
            Line(note("terms.settings", settings=settings)),
        )  # fmt: skip

    def _not_held(self) -> Told:
        """Name the methods whose figures lie outside what can be held."""
        out = [
            e.method
            for e in self.verdict.estimates
            if any(c.code.startswith("verdict.holds.") for c in e.caveats)
        ]
        if not out:
            return ()
        return (Line(note("answers.assess.outside", methods=series("words.comma", out))),)

    def _ranges(self) -> Told:
        """Say what each range promises, the likely one first."""
        verdict = self.verdict
        if not self.supported or verdict.likely is None:
            return ()
        if verdict.moved:
            known = Line(
                note("answers.assess.known", ends=interval_words(verdict.consensus.interval))
            )
            if same_ends(verdict.likely, verdict.consensus.interval):
                return (known,)
            return (
                Line(note("answers.assess.likely-known", ends=interval_words(verdict.likely))),
                known,
            )
        if same_ends(verdict.likely, verdict.consensus.interval):
            return (Line(note("answers.assess.outer", ends=interval_words(verdict.likely))),)
        return (
            Line(note("answers.assess.likely", ends=interval_words(verdict.likely))),
            Line(note("answers.assess.outer", ends=interval_words(verdict.consensus.interval))),
        )

    def _known(self) -> Told:
        """Show what each thing that is known does to the figure."""
        moved = self.verdict.moved
        if not moved or not self.supported:
            return ()
        cells = tuple((str(m.said), people(m.point), interval_words(m.interval)) for m in moved)
        heads = (
            Column(str(note("answers.known.said"))),
            Column(str(note("answers.known.figure")), right=True),
            Column(str(note("answers.known.ends")), whole=True),
        )
        return (Line(), Rows(heads, cells))

    def _side_by_side(self) -> Rows:
        cells = []
        for e in (self.verdict.consensus, *self.verdict.estimates):
            shown = "" if e.refused else interval_words(e.interval)
            cells.append(
                (e.method, str(note("words.no-figure")) if e.refused else people(e.point), shown)
            )
        return Rows(
            (Column("method"), Column("estimate", right=True), Column("interval", whole=True)),
            tuple(cells),
        )

    def _validation(self) -> Told:
        rows = [
            r for r in self.verdict.validation if r.method == "consensus" and r.point is not None
        ]
        if not rows:
            return ()
        held = sum(bool(r.covered) for r in rows)
        bias = [m.said for m in middles(rows)]
        return (
            Line(),
            Line(
                note(
                    "answers.assess.validation",
                    held=Number(held, "lists"),
                    lists=Number(len(rows), "lists"),
                )
            ),
            *(Line(f"  {_size(r)}") for r in rows),
            *(Line(said) for said in bias),
        )

    def page(self) -> VerdictPage:
        """Return the page, with pictures where the table may be shown."""
        shown = self.source.shown(show_small_cells=self.request.show_small_cells)
        return verdict_page(
            self.verdict,
            shown,
            [] if shown.held else self._pictures(),
            what=self.source.what,
            made_with=self.request.command,
        )

    def _pictures(self) -> list[Picture]:
        """Draw what the verdict rests on; every one of these tells of the counts."""
        from uncounted.brief.page import Picture
        from uncounted.charts.picture import Picture as Drawing
        from uncounted.charts.pool_posterior import pool_posterior
        from uncounted.charts.sensitivity import sensitivity_chart
        from uncounted.charts.specification_curve import specification_curve
        from uncounted.charts.statements import moved_row, statements
        from uncounted.charts.validation import validation_chart
        from uncounted.estimators.specification import specifications

        verdict, table = self.verdict, self.source.table
        pictures: list[Picture] = []

        def add(heading: Note, draw: Callable[..., Drawing]) -> None:
            wide = draw()
            slim = draw(narrow=True).to_svg()
            pictures.append(Picture(wide.alt, wide.to_svg(), slim, str(heading)))

        interval = verdict.consensus.interval
        if verdict.posterior is not None and interval is not None:
            add(
                note("answers.picture.above-posterior"),
                partial(pool_posterior, verdict.posterior, interval),
            )
        models = None
        if self.source.censored is None:
            with suppress(Refusal):
                models = specifications(table)
        if models is not None:
            add(
                note("answers.picture.above-models"),
                partial(specification_curve, models, table.lists, observed=table.n),
            )
        moved = [m for m in verdict.moved if m.point is not None and m.interval is not None]
        if moved:
            title = str(note("answers.picture.known-title"))
            add(
                note("answers.picture.above-known"),
                partial(statements, [moved_row(m) for m in moved], title=title),
            )
        if verdict.sensitivity is not None:
            add(
                note("answers.picture.above-sensitivity"),
                partial(sensitivity_chart, verdict.sensitivity),
            )
        rows = [r for r in verdict.validation if r.method in ("consensus", "bic", "graphs")]
        if any(r.method == "consensus" and r.point is not None for r in rows):
            add(
                note("answers.picture.above-sizes"),
                partial(validation_chart, rows),
            )
        return pictures


def _size(row: ValidationRow) -> Note:
    """Say a list's known size, and what the others estimate of it."""
    return note(
        "terms.known-size",
        list=row.list_name,
        known=Number(row.true),
        estimated=people(row.point),
        low=people(row.lower),
        high=people(row.upper),
    )


def answer(request: VerdictRequest, *, progress: Stages | None = None) -> VerdictAnswer:
    """Run every method and weigh the figure."""
    source = read(request.table, ranges=True)
    verdict = assess(
        source.table if source.censored is None else source.censored,
        unreachable_group=request.unreachable_group,
        leaves_reach=request.leaves_reach,
        matching=request.matching,
        knowledge=request.knowledge,
        methods=request.methods or None,
        consensus=Consensus(
            shrinkage=Shrinkage(homogeneous=request.homogeneous),
            prior=OddsPrior(request.prior_odds, request.prior_sd),
        ),
        rules=VerdictRules(
            fewest_overlap=request.fewest_overlap,
            widest=request.widest,
            supported_width=request.supported_width,
            supported_spread=request.supported_spread,
        ),
        bootstrap=request.bootstrap,
        validate=request.validation,
        claim=request.claim,
        seed=request.seed,
        workers=request.threads,
        progress=stage(progress, "methods"),
    )
    return VerdictAnswer(request, source, verdict)
