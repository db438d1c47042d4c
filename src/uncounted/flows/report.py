"""Flows of one source as data: detected, what gravity expects, what is flagged, what is estimated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.disclosure import Total, protect
from uncounted.errors import InputError, NotSupported, Refusal
from uncounted.flows.estimated import EstimatedFlows, detected_flows, filter_flows
from uncounted.flows.fitting import Fit
from uncounted.flows.gravity import Gravity, Implausible, fit_gravity, implausible_cells
from uncounted.places.countries import country_name
from uncounted.sources.detect import Recognised, recognise
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.quarantine import QuarantinedRows

__all__ = [
    "Detected",
    "Expected",
    "FittedCoefficient",
    "FlowRow",
    "FlowSource",
    "GravitySummary",
    "GravityView",
    "flow_rows",
    "open_flows",
    "run_gravity",
    "summarise_gravity",
]

_BETWEEN = {
    "distcap": "flows.distance.distcap",
    "dist": "flows.distance.dist",
    "distw": "flows.distance.distw",
}
DETECTED = note("flows.detected")
NOT_LISTED = note("flows.not-listed")


@dataclass(frozen=True, slots=True)
class FlowSource:
    """Flows of one source before any filter, internal ones included.

    Parameters
    ----------
    flows
        All cells.
    accounting
        Rows in = rows used + rows quarantined.
    quarantine
        The log.
    rows_in, rows_used
        Of the file.
    confidential
        Case data of a coalition: small cells are suppressed.
    caveats
        What travels with every figure.
    """

    flows: DetectedFlows
    accounting: Note
    quarantine: tuple[QuarantinedRows, ...]
    rows_in: int
    rows_used: int
    confidential: bool
    caveats: tuple[Note, ...]


def open_flows(
    path: str | Path | None = None, *, wide: bool = False, form: str | None = None
) -> FlowSource:
    """Read detected flows from the bundled table or from a file in any known layout.

    Parameters
    ----------
    path
        File; the bundled UNODC table by default.
    wide
        See `read_unodc`.
    form
        Keep one form of exploitation, where the layout crosses it with place.

    Raises
    ------
    NotSupported
        ``form`` asked of a table that does not cross form with origin.
    InputError
        The file cannot be used.
    """
    from uncounted.sources.ctdc import read_ctdc
    from uncounted.sources.htcds_events import read_htcds_events
    from uncounted.sources.legs import read_journeys
    from uncounted.sources.unodc import read_unodc

    seen = recognise(path) if path is not None else Recognised("unodc", ())
    layout = seen.layout
    if layout == "unodc":
        if form is not None:
            raise NotSupported(
                "The UNODC table does not cross form of exploitation with citizenship.",
                fix="Drop --form, or see `uncounted shares` for forms without origins.",
            )
        table = read_unodc(path, wide=wide)
        flows = detected_flows(table, cross_border=False)
        return FlowSource(
            flows, table.accounting(), table.quarantine, table.rows_in, table.rows_used, False,
            (DETECTED, NOT_LISTED, note("flows.citizenship"), note("flows.below-five"), *seen.notes),
        )  # fmt: skip
    assert path is not None
    if layout == "ctdc":
        records = read_ctdc(path)
        return FlowSource(
            records.to_flows(form=form), records.accounting(), records.quarantine,
            records.rows_in, len(records), False,
            (DETECTED, NOT_LISTED, note("flows.citizenship-and-place"), *seen.notes),
        )  # fmt: skip
    if layout == "statements":
        raise InputError(
            "These are route statements: they count mentions, not people.",
            fix="Use `uncounted routes` with this file.",
        )
    journeys = read_htcds_events(path) if layout == "htcds" else read_journeys(path)
    if form is not None:
        journeys = journeys.with_form(form.casefold())
    return FlowSource(
        journeys.to_flows(), journeys.accounting(), journeys.quarantine, journeys.rows_in,
        journeys.rows_used, True,
        (DETECTED, note("flows.journeys-without-ends"), *seen.notes),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GravityView:
    """A gravity model with draws of what it expects, and the cells it finds implausible."""

    model: Gravity
    draws: NDArray[np.float64]
    flagged: tuple[Implausible, ...]


def run_gravity(
    flows: DetectedFlows, *, distance: str, covariates: list[str], imputations: int, draws: int,
    seed: int,
) -> tuple[GravityView | None, str]:  # fmt: skip
    """Fit gravity to cross-border flows; a refusal comes back as its reason."""
    cells = filter_flows(flows)
    try:
        model = fit_gravity(
            cells, covariates=covariates, distance=distance, imputations=imputations, seed=seed
        )
    except Refusal as refusal:
        return None, str(refusal)
    return GravityView(model, model.draws(draws, seed=seed), implausible_cells(cells, model)), ""


@dataclass(frozen=True, slots=True)
class FittedCoefficient:
    """One coefficient of a gravity fit with its interval."""

    name: str
    estimate: float
    se: float
    lower: float
    upper: float

    def to_dict(self) -> JSONObject:
        """JSON form, without the name."""
        return {
            "estimate": self.estimate,
            "se": self.se,
            "lower": self.lower,
            "upper": self.upper,
        }


@dataclass(frozen=True, slots=True)
class GravitySummary:
    """Both fits of a gravity model side by side.

    Parameters
    ----------
    pairs
        Pairs in the fit.
    destinations, origins
        How many countries.
    pairs_left_out
        Pairs without a full set of covariates.
    distance
        Which distance: ``"distcap"``, ``"dist"``, ``"distw"``.
    midpoint
        Coefficients with "<5" at 2.5.
    imputed
        Coefficients with imputed counts, pooled; ``None`` where nothing is imputed.
    imputations
        How many.
    dispersion
        Pearson's variance over mean, of pairs.
    warnings
        What must be read with the fit.
    difference
        How the two fits differ in their first coefficient; ``None`` where nothing is imputed.
    """

    pairs: int
    destinations: int
    origins: int
    pairs_left_out: int
    distance: str
    midpoint: tuple[FittedCoefficient, ...]
    imputed: tuple[FittedCoefficient, ...] | None
    imputations: int
    dispersion: float
    warnings: tuple[Note, ...]
    difference: Note | None

    @property
    def distance_is(self) -> Note:
        """What the distance is measured between."""
        return Note(_BETWEEN[self.distance])

    def to_dict(self) -> JSONObject:
        """JSON form."""
        out: JSONObject = {
            "pairs": self.pairs,
            "destinations": self.destinations,
            "origins": self.origins,
            "pairs_left_out": self.pairs_left_out,
            "distance": self.distance,
            "distance_is": str(self.distance_is),
            "clustered_by": ["destination", "origin"],
            "midpoint": {c.name: c.to_dict() for c in self.midpoint},
            "imputed": None
            if self.imputed is None
            else {c.name: c.to_dict() for c in self.imputed},
            "imputations": self.imputations,
            "dispersion": self.dispersion,
            "warnings": [str(w) for w in self.warnings],
        }
        if self.difference is not None:
            out["difference"] = str(self.difference)
        return out


def summarise_gravity(view: GravityView, *, level: float) -> GravitySummary:
    """Set both fits side by side with intervals at a level, and say how they differ."""
    model = view.model

    def fitted(fit: Fit) -> tuple[FittedCoefficient, ...]:
        return tuple(
            FittedCoefficient(c.name, c.estimate, c.se, *c.interval(level))
            for c in fit.coefficients
        )

    midpoint = fitted(model.midpoint)
    imputed = None if model.imputed is None else fitted(model.imputed)
    return GravitySummary(
        pairs=model.pairs,
        destinations=len(model.destinations),
        origins=len(model.origins),
        pairs_left_out=model.left_out,
        distance=model.distance,
        midpoint=midpoint,
        imputed=imputed,
        imputations=model.imputations,
        dispersion=model.dispersion,
        warnings=model.warnings,
        difference=None if imputed is None else _difference(midpoint[0], imputed[0]),
    )


def _difference(midpoint: FittedCoefficient, imputed: FittedCoefficient) -> Note:
    return note(
        "flows.gravity.difference",
        name=midpoint.name,
        imputed=Number(imputed.estimate, digits=2),
        imputed_se=Number(imputed.se, digits=2),
        midpoint=Number(midpoint.estimate, digits=2),
        midpoint_se=Number(midpoint.se, digits=2),
        difference=Number(imputed.estimate - midpoint.estimate, "change", digits=2),
    )


@dataclass(frozen=True, slots=True)
class Detected:
    """People detected, between two bounds; both ``None`` where they are suppressed."""

    lower: int | None
    upper: int | None

    @property
    def suppressed(self) -> bool:
        """Whether the count is held back."""
        return self.lower is None or self.upper is None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        if self.suppressed:
            return {"suppressed": True}
        return {"lower": self.lower, "upper": self.upper}


SUPPRESSED = Detected(None, None)


@dataclass(frozen=True, slots=True)
class Expected:
    """A median with its interval, people."""

    median: float
    interval: Interval

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"median": self.median, "interval": self.interval.to_dict()}


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One pair of countries.

    Parameters
    ----------
    origin, destination
        ISO alpha-3.
    detected
        People detected over the years.
    years
        Years in which the pair is listed.
    flagged
        Whether a count of it is far above the gravity expectation.
    expected
        What gravity expects to be detected; ``None`` without a model of this pair.
    estimated
        People estimated, detected or not; ``None`` where nothing of the kind was asked for.
    """

    origin: str
    destination: str
    detected: Detected
    years: tuple[int, ...]
    flagged: bool
    expected: Expected | None
    estimated: Expected | None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "origin": self.origin,
            "destination": self.destination,
            "origin_name": country_name(self.origin),
            "destination_name": country_name(self.destination),
            "detected": self.detected.to_dict(),
            "years": list(self.years),
            "flagged": self.flagged,
            "expected": None if self.expected is None else self.expected.to_dict(),
            "estimated": None if self.estimated is None else self.estimated.to_dict(),
        }


def flow_rows(
    source: FlowSource,
    shown: DetectedFlows,
    view: GravityView | None,
    estimated: EstimatedFlows | None,
    *,
    level: float,
    threshold: int,
) -> tuple[tuple[FlowRow, ...], Detected]:
    """Give one row a pair, largest first, and the total; small cells of case data suppressed."""
    pairs = shown.by_pair()
    years: dict[tuple[str, str], set[int]] = {}
    for d, o, y in zip(
        shown.destination.tolist(), shown.origin.tolist(), shown.year.tolist(), strict=True
    ):
        years.setdefault((d, o), set()).add(y)
    order = np.argsort(-(pairs.lower + pairs.upper), kind="stable")
    lower, upper = pairs.lower[order].tolist(), pairs.upper[order].tolist()
    open_cells, total = _protected(lower, upper, threshold if source.confidential else None)
    flagged = {(f.destination, f.origin) for f in view.flagged} if view else set()
    rows = []
    for place, i in enumerate(order.tolist()):
        d, o = str(pairs.destination[i]), str(pairs.origin[i])
        rows.append(
            FlowRow(
                origin=o,
                destination=d,
                detected=Detected(lower[place], upper[place]) if open_cells[place] else SUPPRESSED,
                years=tuple(sorted(years[d, o])),
                flagged=(d, o) in flagged,
                expected=None if view is None else _expected(view, d, o, level),
                estimated=None
                if estimated is None or o not in estimated.origins
                else Expected(*estimated.interval(o, level=level)),
            )
        )
    return tuple(rows), total


def _expected(view: GravityView, destination: str, origin: str, level: float) -> Expected | None:
    model = view.model
    if destination not in model.destinations or origin not in model.origins:
        return None
    a, b = model.destinations.index(destination), model.origins.index(origin)
    if not model.used[a, b]:
        return None
    return Expected(*summarise_draws(view.draws[:, a, b], level=level))


def _protected(
    lower: list[int], upper: list[int], threshold: int | None
) -> tuple[list[bool], Detected]:
    """Which cells may be shown, and the total if it may; all of them without a threshold."""
    total = Detected(sum(lower), sum(upper))
    if threshold is None:
        return [True] * len(lower), total
    if len(lower) <= 200:
        found = protect(lower, [Total("all", tuple(range(len(lower))))], threshold=threshold)
        whole = SUPPRESSED if found.totals["all"] is None else total
        return [c is not None for c in found.cells], whole
    shown = [n >= threshold for n in lower]
    return shown, total if all(shown) else SUPPRESSED
