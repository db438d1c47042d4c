"""Calibration: how often an interval is right, on tables drawn from populations with known N."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from uncounted._version import __version__
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Number, note
from uncounted.core.progress import Progress
from uncounted.core.protocols import Estimator
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.errors import InputError, Refusal
from uncounted.estimators.consensus import Consensus
from uncounted.simulation.populations import Design
from uncounted.verdict.judging import VerdictRules, judge
from uncounted.verdict.questions import Questions

__all__ = ["MethodCalibration", "Simulation", "VerdictCalibration", "simulate"]

_CHUNK = 20
_LEVELS = ("not supported", "supported with caution", "supported")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MethodCalibration:
    """How one method did over the replications of a design; each figure with its Monte Carlo error.

    Parameters
    ----------
    method
        Estimator.
    replications, refused, unbounded
        Tables drawn; those for which the method refused; those whose interval has no upper end.
    bias, bias_error
        Mean of estimate minus N, people, over the tables with a figure.
    log_bias, log_bias_error
        Mean of log(estimate / N).
    rmse, rmse_error, log_rmse, log_rmse_error
        Root mean square error, in people and on the log scale.
    coverage, coverage_error
        Share of the intervals that hold N, of those that exist.
    below, above
        Share of the intervals that lie wholly below N, wholly above it.
    width, width_error
        Mean length of the bounded intervals, people.
    ratio
        Median of upper over lower end.
    far
        Share of the intervals that miss N by more than their own width (on the log scale).
    """

    method: str
    replications: int
    refused: int
    unbounded: int
    bias: float
    bias_error: float
    log_bias: float
    log_bias_error: float
    rmse: float
    rmse_error: float
    log_rmse: float
    log_rmse_error: float
    coverage: float
    coverage_error: float
    below: float
    above: float
    width: float
    width_error: float
    ratio: float
    far: float

    def to_dict(self) -> dict[str, Cell]:
        """JSON form; what is not finite becomes ``None``."""
        out: dict[str, Cell] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            finite = not isinstance(value, float) or math.isfinite(value)
            out[f.name] = value if finite else None
        return out


@dataclass(frozen=True, slots=True)
class VerdictCalibration:
    """How the consensus did within one level of the verdict.

    Parameters
    ----------
    level
        Level of the verdict, its three questions answered no, no and certain.
    tables
        Tables that got it.
    coverage, log_bias, far
        As in `MethodCalibration`; ``nan`` without tables.
    """

    level: str
    tables: int
    coverage: float
    log_bias: float
    far: float

    def to_dict(self) -> JSONObject:
        """JSON form; what is not finite becomes ``None``."""
        out: JSONObject = {"level": self.level, "tables": self.tables}
        for name in ("coverage", "log_bias", "far"):
            value = getattr(self, name)
            out[name] = value if math.isfinite(value) else None
        return out


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Simulation(Shown):
    """Results of a simulation.

    Parameters
    ----------
    design
        What was drawn from.
    replications, seed
        Tables drawn and the root seed.
    methods
        One row a method.
    verdicts
        One row a level, where the consensus was among the methods.
    figures
        By method: array of shape (replications, 3) of point, lower and upper end; ``nan`` where
        the method refused or has no interval, ``inf`` where there is no upper end.

    Examples
    --------
    >>> import uncounted as uc
    >>> from uncounted.simulation.populations import independent_lists
    >>> design = independent_lists(1000, [0.3, 0.3, 0.2])
    >>> found = uc.simulate(design, {"pairs": uc.Pairs()}, replications=4, workers=1)
    >>> found.to_rows()[0]["method"], found.to_rows()[0]["replications"]
    ('pairs', 4)
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {
        "method": "text",
        "replications": "count",
        "refused": "count",
        "unbounded": "count",
        "bias": "people",
        "rmse": "people",
        "coverage": "share",
        "coverage_error": "share",
        "below": "share",
        "above": "share",
        "width": "people",
        "ratio": "number",
    }

    design: Design
    replications: int
    seed: int
    methods: tuple[MethodCalibration, ...]
    verdicts: tuple[VerdictCalibration, ...]
    figures: Mapping[str, Floats]
    levels: NDArray[np.int64]

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row a method; the fields of `MethodCalibration`, ``None`` for what is not known."""
        made = [m.to_dict() for m in self.methods]
        return [{name: m[name] for name in self.COLUMNS} for m in made]

    def caption(self) -> str:
        """Say what was drawn from, and how often."""
        return str(
            note(
                "simulation.caption",
                tables=Number(self.replications, "number"),
                people=Number(self.design.population, "number"),
                lists=Number(self.design.t, "lists"),
                design=self.design.name,
            )
        )

    def sayings(self) -> tuple[str, ...]:
        """Give the design in words."""
        return (str(self.design.words),) if self.design.words else ()

    def to_dict(self) -> JSONObject:
        """JSON form; the figures of single tables stay out."""
        return {
            "design": {
                "name": self.design.name,
                "words": str(self.design.words) if self.design.words else "",
                "population": self.design.population,
                "lists": self.design.t,
                "coverage": self.design.coverage,
                "everyone_reachable": self.design.everyone_reachable,
                **dict(self.design.details),
            },
            "replications": self.replications,
            "seed": self.seed,
            "methods": [m.to_dict() for m in self.methods],
            "verdicts": [v.to_dict() for v in self.verdicts],
        }


def simulate(
    design: Design,
    estimators: Mapping[str, Estimator],
    *,
    replications: int = 200,
    seed: int = 0,
    rules: VerdictRules | None = None,
    members: bool = False,
    workers: int | None = None,
    resume: Path | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Draw tables from a design and measure how often each method is right.

    Parameters
    ----------
    design
        Population with known N.
    estimators
        ``{name: estimator}``.
    replications
        Tables to draw.
    seed
        Root seed; table ``i`` is the same whatever the methods and the number of tables.
    rules
        Thresholds of the verdict that is recorded where a `Consensus` takes part.
    members
        Whether to record the members of a `Consensus` as methods of their own.
    workers
        Processes at a time; results do not depend on it.
    resume
        Folder that keeps parts already made; a part is used again only for the same design,
        methods, settings, seed and version.
    progress
        Called with (parts done, parts in all).

    Examples
    --------
    >>> from uncounted.simulation.populations import independent_lists
    >>> from uncounted.estimators.registry import make
    >>> found = simulate(
    ...     independent_lists(1000, [0.3, 0.3, 0.2]),
    ...     {"main": make("main")},
    ...     replications=2,
    ...     workers=1,
    ... )
    >>> found.methods[0].replications
    2
    """
    if replications < 1:
        raise InputError("At least one replication is needed.", fix="Give for instance 200.")
    if not estimators:
        raise InputError("No method was named.", fix="Name one, for instance consensus.")
    rules = rules or VerdictRules()
    named = tuple(estimators.items())
    key = _fingerprint(design, named, seed, rules, members)
    jobs = [
        Job(f"{key}/{i}", (design, named, i, min(i + _CHUNK, replications), seed, rules, members))
        for i in range(0, replications, _CHUNK)
    ]
    if resume is not None:  # a shorter last part is a part of its own
        jobs = [Job(f"{job.name}-{job.args[3]}", job.args) for job in jobs]
    parts = map_jobs(
        _part,
        jobs,
        workers=1 if replications <= _CHUNK else workers,
        kind="processes",
        progress=progress,
        resume=resume,
        pack=_Part.pack,
        unpack=_Part.unpack,
    )
    names = list(parts[0].figures)
    figures = {m: np.concatenate([p.figures[m] for p in parts]) for m in names}
    levels = np.concatenate([p.levels for p in parts])
    first = next((k for k, e in named if isinstance(e, Consensus)), None)
    return Simulation(
        design,
        replications,
        seed,
        tuple(summarise(m, figures[m], design.population) for m in names),
        () if first is None else _verdicts(figures[first], levels, design.population),
        figures,
        levels,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    figures: dict[str, Floats]
    levels: NDArray[np.int64]

    def pack(self) -> object:
        return {"figures": self.figures, "levels": self.levels}

    @classmethod
    def unpack(cls, kept: Mapping[str, Any]) -> _Part:
        figures, levels = kept["figures"], kept["levels"]
        shapes = {np.shape(v) for v in figures.values()}
        if shapes != {(np.size(levels), 3)} or np.asarray(levels).dtype.kind != "i":
            msg = "no part of a study"
            raise ValueError(msg)
        return cls({str(k): np.asarray(v, np.float64) for k, v in figures.items()}, levels)


def _part(
    design: Design,
    named: tuple[tuple[str, Estimator], ...],
    start: int,
    stop: int,
    seed: int,
    rules: VerdictRules,
    members: bool,
) -> _Part:
    rows: dict[str, list[tuple[float, float, float]]] = {}
    levels = np.full(stop - start, -1, dtype=np.int64)
    for i in range(start, stop):
        table = design.draw(stream(seed, f"simulate/{design.name}/{i}"))
        for name, estimator in named:
            if isinstance(estimator, Consensus):
                found, level = _consensus(estimator, name, table, seed + i, rules, members)
                levels[i - start] = level
            else:
                found = {name: _figure(estimator, table, seed + i)}
            for key, value in found.items():
                rows.setdefault(key, []).append(value)
    return _Part({k: np.array(v) for k, v in rows.items()}, levels)


_ANSWERED = Questions("no", "no", "certain")
_NOTHING = (math.nan, math.nan, math.nan)


def _figure(estimator: Estimator, table: OverlapTable, seed: int) -> tuple[float, float, float]:
    try:
        got = estimator.estimate(table, seed=seed)
    except Refusal:
        return _NOTHING
    if got.point is None:
        return _NOTHING
    if got.interval is None:
        return got.point, math.nan, math.nan
    return got.point, got.interval.lower, got.interval.upper


def _consensus(
    estimator: Consensus, name: str, table: OverlapTable, seed: int, rules: VerdictRules,
    members: bool,
) -> tuple[dict[str, tuple[float, float, float]], int]:  # fmt: skip
    parts = ("graphs", "shrinkage", "shrinkage-homogeneous", "averaged-pairs") if members else ()
    own_parts = (*parts, "likely") if members else ()
    try:
        posterior = estimator.posterior(table, seed=seed)
    except Refusal:
        return {name: _NOTHING} | {f"{name}: {p}": _NOTHING for p in own_parts}, 0
    figure = estimator.dress(posterior, seed)
    ranges = estimator.over([posterior])
    out = {name: (ranges.point, ranges.interval.lower, ranges.interval.upper)}
    for part, member in zip(
        parts,
        (posterior.graphs, posterior.shrinkage, posterior.homogeneous, posterior.averaged),
        strict=False,
    ):
        own = None if member is None else member.interval(estimator.level)
        out[f"{name}: {part}"] = (
            _NOTHING if member is None or own is None else (member.median, own.lower, own.upper)
        )
    if members:
        out[f"{name}: likely"] = (ranges.point, ranges.likely.lower, ranges.likely.upper)
    level = judge(table, posterior, figure, rules, _ANSWERED).level
    return out, _LEVELS.index(level)


def summarise(method: str, figures: Floats, population: int) -> MethodCalibration:
    """Summarise the figures of one method.

    Parameters
    ----------
    method
        Its name.
    figures
        Shape (replications, 3): point, lower, upper.
    population
        The truth.
    """
    point, lower, upper = figures.T
    has = np.isfinite(point)
    error = point[has] - population
    log_error = np.log(np.maximum(point[has], 1e-9) / population)
    some = ~np.isnan(lower) & ~np.isnan(upper)
    low, high = lower[some], upper[some]
    inside = (low <= population) & (population <= high)
    bounded = np.isfinite(high)
    length = high[bounded] - low[bounded]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = high / low
        far = (population > high * ratio) | (population < low / ratio)
    bias, bias_error = _mean(error)
    log_bias, log_bias_error = _mean(log_error)
    rmse, rmse_error = _root(error)
    log_rmse, log_rmse_error = _root(log_error)
    width, width_error = _mean(length)
    coverage = float(inside.mean()) if inside.size else math.nan
    return MethodCalibration(
        method,
        int(point.size),
        int((~has).sum()),
        int((~bounded).sum()),
        bias,
        bias_error,
        log_bias,
        log_bias_error,
        rmse,
        rmse_error,
        log_rmse,
        log_rmse_error,
        coverage,
        math.sqrt(coverage * (1.0 - coverage) / inside.size) if inside.size else math.nan,
        float((high < population).mean()) if inside.size else math.nan,
        float((low > population).mean()) if inside.size else math.nan,
        width,
        width_error,
        float(np.median(ratio)) if inside.size else math.nan,
        float((far & ~inside).mean()) if inside.size else math.nan,
    )


def _mean(values: Floats) -> tuple[float, float]:
    if values.size == 0:
        return math.nan, math.nan
    spread = float(values.std(ddof=1)) if values.size > 1 else math.nan
    return float(values.mean()), spread / math.sqrt(values.size)


def _root(values: Floats) -> tuple[float, float]:
    """Root mean square and its error by the delta method."""
    mean, error = _mean(values**2)
    root = math.sqrt(mean) if mean >= 0 else math.nan
    return root, error / (2.0 * root) if root > 0 else math.nan


def _verdicts(
    figures: Floats, levels: NDArray[np.int64], population: int
) -> tuple[VerdictCalibration, ...]:
    out = []
    for k, level in enumerate(_LEVELS):
        rows = figures[levels == k]
        s = summarise("consensus", rows, population)
        out.append(VerdictCalibration(level, int(rows.shape[0]), s.coverage, s.log_bias, s.far))
    return tuple(out)


def _fingerprint(
    design: Design,
    named: tuple[tuple[str, Estimator], ...],
    seed: int,
    rules: VerdictRules,
    members: bool,
) -> str:
    """Name of everything a part depends on, so that a resumed part is never another's."""
    words = [
        __version__,
        design.name,
        str(design.population),
        design.cells.tobytes().hex(),
        repr(named),
        str(seed),
        repr(rules),
        str(members),
    ]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:24]
