"""How many people are on no list, by each method asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from uncounted.answers.overlap_table import TableRead, TableRequest, read
from uncounted.answers.shape import Cell, Column, Line, Rows, Stages, Told, between, error_json
from uncounted.brief.figures import kind_words
from uncounted.brief.words import interval_words, method_words, model_words, people
from uncounted.core.censored import CensoredTable
from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.notes import publishable
from uncounted.engine.jobs import telling
from uncounted.errors import InputError, Refusal
from uncounted.estimators.censored import estimate_ranges
from uncounted.estimators.loglinear import refusal
from uncounted.estimators.nested_figures import either_way
from uncounted.estimators.registry import DEFAULT_METHODS, METHODS, MethodSettings, make
from uncounted.verdict.holds import bound_of, with_warnings

if TYPE_CHECKING:
    from uncounted.brief.figures import FiguresPage
    from uncounted.brief.page import Picture
    from uncounted.pooling.strata import StrataEstimate

__all__ = [
    "EstimatesAnswer",
    "EstimatesRequest",
    "MethodsAnswer",
    "StrataAnswer",
    "answer",
    "estimate_all",
    "methods",
]


@dataclass(frozen=True, slots=True)
class EstimatesRequest:
    """Ask for figures from one table.

    Parameters
    ----------
    table
        Which table.
    methods
        Names of methods; none for the usual six.
    seed
        Root seed of all resampling.
    bootstrap
        Resamples, with the selection repeated in each; 0 for none.
    level
        Coverage of intervals.
    max_order
        Lists in the largest interaction that bic, aic and averaged consider; ``None`` for the
        method's own.
    top
        How many of the best models compete again in every resample.
    threads
        ``None`` for all cores; results do not depend on it.
    show_small_cells
        Whether the page may show small counts of somebody's own table.
    """

    table: TableRequest
    methods: tuple[str, ...] = ()
    seed: int = 0
    bootstrap: int = 1000
    level: float = 0.95
    max_order: int | None = None
    top: int | Literal["all"] = 20
    threads: int | None = None
    show_small_cells: bool = False

    def __post_init__(self) -> None:
        """Check the numbers."""
        between("seed", self.seed, 0)
        between("bootstrap", self.bootstrap, 0, 1_000_000)
        between("level", self.level, 0, 1)
        if self.max_order is not None:
            between("max_order", self.max_order, 1, 15)
        if self.top != "all":
            between("top", self.top, 1)

    @property
    def settings(self) -> MethodSettings:
        """What is handed to whichever methods know it."""
        return MethodSettings(self.level, self.bootstrap, self.max_order, self.top, self.threads)

    @property
    def command(self) -> str:
        """The command that asks the same."""
        words = f"uncounted estimate {self.table.name} --seed {self.seed}"
        words += f" --bootstrap {self.bootstrap}"
        return words + "".join(f" --method '{m}'" for m in self.methods)


@dataclass(frozen=True, slots=True)
class StrataAnswer:
    """Each stratum and the total, strength borrowed, with each stratum's own figure beside.

    Parameters
    ----------
    found
        The estimate; ``None`` where it is refused.
    refused
        Why there is none.
    method_alone
        Method of the figures beside; ``None`` where no method has one on the whole table.
    """

    found: StrataEstimate | None
    refused: str = ""
    method_alone: str | None = None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        if self.found is None:
            return {"refused": self.refused}
        return self.found.to_dict() | {"method_alone": self.method_alone}

    def told(self) -> Told:
        """Return what the terminal shows."""
        if self.found is None:
            return (Line(), Line(note("answers.estimate.strata", why=self.refused)))
        found = self.found
        cells: list[tuple[Cell, ...]] = [
            (row.stratum, row.observed, _figure(row.borrowed), _figure(row.alone))
            for row in found.rows
        ]
        cells.append(
            (
                str(note("terms.total")),
                found.total.observed,
                _figure(found.total),
                _figure(found.total_alone),
            )
        )
        alone = str(note("terms.column.alone-by", method=str(self.method_alone)))
        heads = ("stratum", "observed", "estimate", alone)
        return (
            Line(),
            Rows(tuple(Column(head) for head in heads), tuple(cells)),
            *(Line(str(text)) for text in (found.prior, *found.caveats)),
        )


@dataclass(frozen=True, slots=True)
class EstimatesAnswer:
    """Figures and refusals side by side.

    Parameters
    ----------
    request
        What was asked.
    source
        The table.
    estimates
        In the order asked for; a refusal stands beside the figures.
    strata
        By stratum, where the table has strata.
    notes
        Lists inside others, with the figure either way.
    """

    request: EstimatesRequest
    source: TableRead
    estimates: tuple[Estimate, ...]
    strata: StrataAnswer | None = None
    notes: tuple[Note, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether every method asked for refuses."""
        return all(e.refused for e in self.estimates)

    def to_dict(self) -> JSONObject:
        """JSON form."""
        out: JSONObject = {
            "table": self.source.to_dict(),
            "estimates": [e.to_dict() for e in self.estimates],
        }
        if self.notes:
            out["notes"] = [n.to_dict() | {"said": str(n)} for n in self.notes]
        if self.strata is not None:
            out["strata"] = self.strata.to_dict()
        if self.refused:
            out["error"] = error_json(
                Refusal(
                    "Every method asked for refuses.", fix="Each estimate's `refused` says why."
                )
            )
        return out

    def rows(self) -> Rows:
        """Return a row a method."""
        heads = ("table", "method", "observed", "estimated", "lower", "upper", "interval", "level",
                 "model", "bic", "aic", "refused", "caveats")  # fmt: skip
        cells: list[tuple[Cell, ...]] = []
        for e in self.estimates:
            i = e.interval
            ends: tuple[Cell, ...] = (None,) * 4
            if i is not None:
                ends = (i.lower, i.upper if i.bounded else "no upper bound", i.kind, i.level)
            cells.append(
                (self.source.table.name, e.method, e.observed, e.point, *ends, e.model, e.bic,
                 e.aic, None if e.refused is None else str(e.refused), " ".join(str(c) for c in e.caveats))
            )  # fmt: skip
        return Rows(tuple(Column(head) for head in heads), tuple(cells))

    def told(self) -> Told:
        """Return what the terminal shows: what can be read aloud, then what must be known."""
        known = self.source.known
        title = () if known is None else (Line(known.title, strong=True),)
        kinds = {kind_words(e.interval) for e in self.estimates if e.interval}
        after: list[str | Note] = []
        if kinds:
            after.append(note("terms.intervals", kinds=", ".join(sorted(kinds))))
        for e in self.estimates:
            if e.refused:
                after.append(note("terms.no-figure-why", method=e.method, why=e.refused))
            after += [f"{e.method}: {caveat}" for caveat in e.caveats]
        given = [e.point for e in self.estimates if e.point is not None]
        if len(given) > 1 and max(given) > 1.2 * min(given):
            factor = Number(max(given) / min(given), "factor", digits=1)
            after.append(note("answers.estimate.differ", factor=factor))
        after += [note("answers.table.known", trap=trap) for trap in (known.traps if known else ())]
        return (
            *self.source.told(),
            *title,
            Line(f"{self.source.summary} {note('answers.table.figures')}"),
            *(Line(note("answers.table.note", said=n)) for n in self.notes),
            Line(),
            Rows(
                (Column("method"), Column("estimate", right=True), Column("interval", whole=True),
                 Column(str(note("answers.estimate.depend")))),
                tuple(_words(e) for e in self.estimates),
            ),
            Line(),
            *(Line(text) for text in after),
            *(() if self.strata is None else self.strata.told()),
        )  # fmt: skip

    def page(self, *, made_with: str = "") -> FiguresPage:
        """Return the page, with pictures where the table may be shown.

        Parameters
        ----------
        made_with
            The command that makes it again, where it is not the one that asks the same.
        """
        from uncounted.brief.figures import figures_page

        shown = self.source.shown(show_small_cells=self.request.show_small_cells)
        known = self.source.known
        return figures_page(
            self.source.table,
            self.estimates,
            [] if shown.held or self.source.censored else self._pictures(shown.threshold),
            what=self.source.what,
            traps=(
                *(str(publishable(n, {})) if shown.threshold else str(n) for n in self.notes),
                *(known.traps if known else ()),
            ),
            made_with=made_with or self.request.command,
            shown=shown,
        )

    def _pictures(self, threshold: int) -> list[Picture]:
        """Draw the overlaps and what every well-fitting model says."""
        from uncounted.brief.page import Picture
        from uncounted.charts.picture import Picture as Drawing
        from uncounted.charts.specification_curve import specification_curve
        from uncounted.charts.upset import upset
        from uncounted.estimators.specification import specifications

        table, settings = self.source.table, self.request.settings

        def made(heading: Note, draw: Callable[..., Drawing]) -> Picture:
            wide = draw()
            return Picture(wide.alt, wide.to_svg(), draw(narrow=True).to_svg(), str(heading))

        pictures = [
            made(
                note("answers.picture.above-overlaps"),
                partial(upset, table, suppress_below=threshold),
            )
        ]
        try:
            models = specifications(
                table, level=settings.level, max_order=settings.max_order, threads=settings.threads
            )
        except Refusal:
            return pictures
        curve = partial(
            specification_curve, models, table.lists, observed=table.n, level=settings.level
        )
        return [*pictures, made(note("answers.picture.above-models"), curve)]


@dataclass(frozen=True, slots=True)
class MethodsAnswer:
    """Names of every method."""

    names: tuple[str, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"methods": list(self.names)}

    def rows(self) -> Rows:
        """Return a row a method."""
        return Rows((Column("method"),), tuple((name,) for name in self.names))

    def told(self) -> Told:
        """Return what the terminal shows."""
        return tuple(Line(name) for name in self.names)


def methods() -> MethodsAnswer:
    """Name every method, and how a model is written."""
    return MethodsAnswer((*METHODS, "model:[12,13,4]"))


def answer(request: EstimatesRequest, *, progress: Stages | None = None) -> EstimatesAnswer:
    """Estimate by every method asked for."""
    source = read(request.table, ranges=True)
    table, settings, seed = source.table, request.settings, request.seed
    if source.censored is not None:
        chosen = request.methods or ("consensus",)
        found = _from_ranges(source.censored, table.n, chosen, settings, seed)
        by = _by_stratum(source.censored, found, settings, seed) if source.censored.strata else None
        return EstimatesAnswer(request, source, found, by)
    made = estimate_all(
        table, request.methods or DEFAULT_METHODS, settings, seed=seed, progress=progress
    )
    bound = bound_of(table)
    found = tuple(with_warnings(e, None, bound) for e in made)
    strata = _by_stratum(table, found, settings, seed) if table.stratified else None
    return EstimatesAnswer(request, source, found, strata, either_way(table, seed=seed))


def estimate_all(
    table: OverlapTable,
    methods: Sequence[str],
    settings: MethodSettings,
    *,
    seed: int = 0,
    progress: Stages | None = None,
) -> tuple[Estimate, ...]:
    """Run methods one after another; a refusal stands beside the figures.

    Parameters
    ----------
    table
        What to estimate from.
    methods
        Their names.
    settings
        Handed to whichever methods know them.
    seed
        Root seed.
    progress
        Given the name of each method as it begins.
    """
    estimators = [(name, make(name, settings)) for name in methods]
    found = []
    for name, estimator in estimators:
        with telling(_unheard if progress is None else progress(name)):
            try:
                found.append(estimator.estimate(table, seed=seed))
            except Refusal as why:
                found.append(refusal(name, table.n, why))
    return tuple(found)


def _from_ranges(
    table: CensoredTable, observed: int, methods: Sequence[str], settings: MethodSettings, seed: int
) -> tuple[Estimate, ...]:
    """Run the methods that take ranges; every other one refuses by name."""
    found = []
    for name in methods:
        estimator = make(name, settings)
        try:
            found.append(estimate_ranges(estimator, name, table, seed=seed))
        except Refusal as why:
            found.append(refusal(name, observed, why))
    return tuple(found)


def _unheard(done: int, total: int) -> None:
    """Hear of progress for nobody."""


def _by_stratum(
    table: OverlapTable | CensoredTable,
    found: Sequence[Estimate],
    settings: MethodSettings,
    seed: int,
) -> StrataAnswer:
    """Estimate each stratum and the total, with each stratum's own figure beside.

    The figure beside is by the first method asked for that has one on the whole table.
    """
    from uncounted.pooling.strata import estimate_strata

    beside = next((e.method for e in found if not e.refused), None)
    alone = None if beside is None else make(beside, settings)
    try:
        by = estimate_strata(table, alone=alone, level=settings.level, seed=seed)
    except (Refusal, InputError) as why:
        return StrataAnswer(None, str(why))
    return StrataAnswer(by, method_alone=beside)


def _words(e: Estimate) -> tuple[str, ...]:
    if e.refused:
        return (e.method, "no figure", "", "refused, see below")
    model = model_words(e) or method_words(e)
    return (e.method, people(e.point), interval_words(e.interval), model)


def _figure(e: Estimate | None) -> str:
    """Figure and interval in one cell."""
    if e is None or e.point is None:
        return "no figure"
    if e.interval is None:
        return people(e.point)
    return f"{people(e.point)} ({interval_words(e.interval)})"
