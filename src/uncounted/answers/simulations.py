"""How often an interval would be right, where the truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from uncounted.answers.overlap_table import TableRequest, read
from uncounted.answers.shape import Cell, Column, Line, Rows, Stages, Told, between, stage
from uncounted.brief.named import level_name
from uncounted.brief.pages import FigurePage, PageTable
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError, UncountedError, UsageError
from uncounted.estimators.loglinear import LogLinear
from uncounted.estimators.nests import nesting
from uncounted.estimators.registry import MethodSettings, make
from uncounted.simulation import populations
from uncounted.simulation.populations import Design
from uncounted.simulation.study import MethodCalibration, Simulation, simulate

if TYPE_CHECKING:
    from uncounted.charts.picture import Picture as Drawing

__all__ = ["DesignName", "SimulationAnswer", "SimulationRequest", "answer"]

DesignName = Literal[
    "independent", "positive", "negative", "latent", "exclusive", "rasch", "two-worlds"
]


@dataclass(frozen=True, slots=True)
class SimulationRequest:
    """Ask how often each method's interval holds the truth.

    Parameters
    ----------
    like
        Lists like those of this table: a model fitted to it is the truth.
    model
        With ``like``: the model.
    design
        A made-up population instead.
    population, probabilities
        Of the made-up population: people, and the probability of each list.
    strength
        How strong the dependence is; ``None`` for the design's own.
    share
        With ``latent``: share of the class that is easy to find.
    methods
        Methods put to the test.
    replications, bootstrap
        Tables to draw; resamples of each for methods that need them.
    level, seed
        Nominal coverage; root seed.
    workers
        Processes; ``None`` for all cores.
    resume
        Folder that keeps parts of the work.
    """

    like: TableRequest | None = None
    model: str = "bic"
    design: DesignName | None = None
    population: int = 2000
    probabilities: tuple[float, ...] = (0.2, 0.15, 0.12, 0.1)
    strength: float | None = None
    share: float = 0.2
    methods: tuple[str, ...] = ("consensus",)
    replications: int = 200
    bootstrap: int = 0
    level: float = 0.95
    seed: int = 0
    workers: int | None = None
    resume: Path | None = None

    def __post_init__(self) -> None:
        """Check that one population is named, and the numbers."""
        if (self.like is None) == (self.design is None):
            raise UsageError(
                "Give either --like TABLE or --design NAME.", fix="See `uncounted simulate --help`."
            )
        if self.design is not None and self.design not in get_args(DesignName):
            raise InputError(f"There is no design {self.design!r}.")
        between("population", self.population, 2, 10**9)
        between("share", self.share, 0, 1)
        between("replications", self.replications, 1, 1_000_000)
        between("bootstrap", self.bootstrap, 0, 100_000)
        between("level", self.level, 0, 1)
        between("seed", self.seed, 0)


@dataclass(frozen=True, slots=True)
class SimulationAnswer:
    """How the methods did; ``level`` is the nominal coverage they are held to."""

    found: Simulation
    level: float
    notes: tuple[Note, ...] = ()

    def to_dict(self) -> JSONObject:
        """JSON form."""
        out = self.found.to_dict()
        if self.notes:
            out["notes"] = [n.to_dict() | {"said": str(n)} for n in self.notes]
        return out

    def picture(self, *, narrow: bool = False) -> Drawing:
        """Return coverage and width as a Vega-Lite picture."""
        from uncounted.charts.calibration import calibration

        return calibration(self.found.to_dict(), level=self.level, narrow=narrow)

    def page(self) -> FigurePage:
        """Return all that the page shows: the answer in words, the picture, a row a method."""
        from uncounted.brief.page import Picture

        wide = self.picture()
        said = [
            note(
                "answers.simulate.held",
                method=m.method,
                held=held_of(self.found, m.method).said,
                level=Number(self.level, "level"),
            )
            for m in self.found.methods
            if held_of(self.found, m.method).intervals
        ]
        heads = (
            "answers.simulate.head.method",
            "answers.simulate.head.held",
            "answers.simulate.head.bias",
            "answers.simulate.head.rmse",
            "answers.simulate.head.width",
            "answers.simulate.head.ratio",
            "answers.simulate.head.refused",
        )
        return FigurePage(
            title=note("answers.simulate.title"),
            lead=self._about(),
            answers=tuple(said),
            picture=Picture(wide.alt, wide.to_svg(), self.picture(narrow=True).to_svg()),
            tables=(
                PageTable(
                    tuple(map(Note, heads)),
                    tuple(_words(m, self.found) for m in self.found.methods),
                ),
            ),
            caveats=(*self._after(), note("answers.simulate.made-up"), *self.notes),
            source=note("answers.simulate.source"),
        )

    def _about(self) -> Note:
        found, d = self.found, self.found.design
        return note(
            "answers.simulate.tables",
            tables=Number(found.replications),
            population=Number(d.population),
            coverage=Number(d.coverage, "share"),
            lists=Number(d.t, "lists"),
            design=d.words or "",
        )

    def _after(self) -> tuple[Note, ...]:
        population = Number(self.found.design.population)
        return (
            note(
                "answers.simulate.coverage",
                level=Number(self.level, "level"),
                population=population,
            ),
            *(
                note("answers.simulate.unbounded", method=m.method, intervals=Number(m.unbounded))
                for m in self.found.methods
                if m.unbounded
            ),
        )

    def rows(self) -> Rows:
        """Return a row a method, each figure with its Monte Carlo error behind it."""
        heads = (
            "method", "coverage", "coverage error", "bias", "bias error", "RMSE", "RMSE error",
            "mean width", "mean width error", "upper/lower", "refused",
        )  # fmt: skip
        cells: tuple[tuple[Cell, ...], ...] = tuple(
            (m.method, m.coverage, m.coverage_error, m.bias, m.bias_error, m.rmse, m.rmse_error,
             m.width, m.width_error, m.ratio, m.refused)
            for m in self.found.methods
        )  # fmt: skip
        return Rows(tuple(Column(head, right=i > 0) for i, head in enumerate(heads)), cells)

    def told(self) -> Told:
        """Return what the terminal shows."""
        found = self.found
        heads = ("coverage", "bias", "RMSE", "mean width", "upper/lower", "refused")
        grid = Rows(
            (Column("method"), *(Column(head, right=True, whole=True) for head in heads)),
            tuple(_words(m, found) for m in found.methods),
        )
        after: list[str | Note] = list(self._after())
        shares = [
            f"{level_name(v.level)} {v.tables / found.replications:.0%}" for v in found.verdicts
        ]
        if shares:
            after.append(note("terms.verdicts", shares=", ".join(shares)))
        return (
            Line(self._about()),
            *(Line(note("answers.table.note", said=n)) for n in self.notes),
            Line(),
            grid,
            Line(),
            *(Line(text) for text in after),
        )


@dataclass(frozen=True, slots=True)
class HeldOf:
    """How many intervals held the truth, and between which shares that leaves it.

    Parameters
    ----------
    held, intervals
        Intervals that hold the truth, of how many.
    lower, upper
        Exact 95% limits of the share (Clopper & Pearson 1934): 20 of 20 is not certainty.
    """

    held: int
    intervals: int
    lower: float
    upper: float

    @property
    def said(self) -> Note:
        """The count with its limits, to stand in a cell."""
        if not self.intervals:
            return note("answers.simulate.no-interval")
        return note(
            "answers.simulate.held-of",
            held=Number(self.held),
            intervals=Number(self.intervals),
            lower=Number(self.lower, "share"),
            upper=Number(self.upper, "share"),
        )


def held_of(found: Simulation, method: str) -> HeldOf:
    """Count the intervals of a method that hold the truth, of those that exist.

    Parameters
    ----------
    found
        The simulation.
    method
        Name of the method.
    """
    from scipy.special import betaincinv

    _, low, high = found.figures[method].T
    inside = (low <= found.design.population) & (found.design.population <= high)
    held, n = int(inside.sum()), int((~np.isnan(low) & ~np.isnan(high)).sum())
    lower = float(betaincinv(held, n - held + 1, 0.025)) if held else 0.0
    upper = float(betaincinv(held + 1, n - held, 0.975)) if held < n else 1.0
    return HeldOf(held, n, lower, upper)


def _words(m: MethodCalibration, found: Simulation) -> tuple[str, ...]:
    return (
        m.method,
        str(held_of(found, m.method).said),
        _with_error(m.bias, m.bias_error, "+,.0f"),
        _with_error(m.rmse, m.rmse_error, ",.0f"),
        _with_error(m.width, m.width_error, ",.0f"),
        f"{m.ratio:.2f}" if math.isfinite(m.ratio) else "",
        f"{m.refused}",
    )


def _with_error(value: float, error: float, how: str) -> str:
    """Write a figure with its standard error; nothing where there is no figure."""
    if not math.isfinite(value):
        return ""
    return f"{value:{how}} ± {error:,.0f}" if math.isfinite(error) else f"{value:{how}}"


def answer(request: SimulationRequest, *, progress: Stages | None = None) -> SimulationAnswer:
    """Draw tables and put the methods to the test."""
    notes: tuple[Note, ...] = ()
    if request.like is not None:
        table, notes = _lists_that_count(read(request.like).table)
        name = f"like {request.like.name}"
        chosen = populations.like(table, _model(request.model), name=name)
    else:
        chosen = _made(request)
    settings = MethodSettings(level=request.level, bootstrap=request.bootstrap, threads=1)
    found = simulate(
        chosen,
        {m: make(m, settings) for m in request.methods},
        replications=request.replications,
        seed=request.seed,
        workers=request.workers,
        resume=request.resume,
        progress=stage(progress, "tables"),
    )
    return SimulationAnswer(found, request.level, notes)


def _lists_that_count(table: OverlapTable) -> tuple[OverlapTable, tuple[Note, ...]]:
    """Return the table without lists inside others, which no log-linear model draws, and say so."""
    plain = table.pooled() if table.stratified else table
    held = [i for i in range(plain.t) if plain.list_sizes[i] > 0]
    if len(held) < 2:
        return table, ()
    found = nesting(plain.keep(held))
    if not found.left_out:
        return table, ()
    return found.table, tuple(nest.said for nest in found.left_out)


def _model(name: str) -> LogLinear:
    given = name if not name.startswith("[") else f"model:{name}"
    try:
        estimator = make(given)
    except UncountedError as error:
        raise InputError(error.message, fix=error.fix) from None
    if not isinstance(estimator, LogLinear):
        raise InputError(
            f"{name!r} is no log-linear model to draw tables from.",
            fix="Use bic, aic, stepwise, main, all-pairs or a model such as [12,13,4].",
        )
    return estimator


def _made(request: SimulationRequest) -> Design:
    name, people, p = request.design, request.population, list(request.probabilities)
    strength = request.strength
    if name == "independent":
        return populations.independent_lists(people, p)
    if name in ("positive", "negative"):
        size = 1.0 if strength is None else abs(strength)
        effect = size if name == "positive" else -size
        return populations.paired_lists(people, p, dict.fromkeys(_pairs(p), effect), name)
    if name == "latent":
        odds = 5.0 if strength is None else strength
        return populations.latent_classes(
            people, p, [1.0 - request.share, request.share], [1.0, odds]
        )
    if name == "exclusive":
        return populations.exclusive_lists(people, p, _pairs(p)[: max(1, len(p) // 2 - 1)])
    if name == "rasch":
        return populations.rasch(people, p, 1.0 if strength is None else strength)
    return populations.two_worlds(people, p, 3.0 if strength is None else strength)


def _pairs(lists: Sequence[float]) -> list[tuple[int, int]]:
    """Pair lists two by two."""
    return [(i, i + 1) for i in range(0, len(lists) - 1, 2)]
