"""From where, to where: people detected, what gravity expects, and what may be called an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from uncounted.answers.open_data import (
    PlaceRequest,
    account,
    accounted,
    bullets,
    columns,
    drawn,
    people,
    places_of,
    said,
    source_json,
)
from uncounted.answers.overlap_table import TableRequest, read
from uncounted.answers.shape import Column, Line, Rows, Stages, Told, stage
from uncounted.brief.named import country
from uncounted.brief.pages import FigurePage, PageTable
from uncounted.charts.flow_map import flow_map
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.engine.jobs import stream
from uncounted.errors import InputError, NotSupported, UsageError
from uncounted.flows.estimated import (
    EstimatedFlows,
    estimated_flows,
    estimated_flows_from_prior,
    filter_flows,
    origin_shares,
)
from uncounted.flows.gravity import Implausible
from uncounted.flows.report import (
    Detected,
    Expected,
    FittedCoefficient,
    FlowRow,
    FlowSource,
    GravitySummary,
    flow_rows,
    open_flows,
    run_gravity,
    summarise_gravity,
)
from uncounted.places.countries import country as country_of
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.phrases import country_note, listed, span, year

__all__ = ["FlowsAnswer", "FlowsRequest", "answer"]

_ORIGIN_MEANS = {"citizenship": "flows.by.citizenship", "origin": "flows.by.origin"}
_DRAWS = 200
_NAMED = 3
"""How many the words of a picture name."""
"""Draws of what gravity expects."""
_SHARE_DRAWS = 2000
"""Draws of origin shares, and of a stated prior."""


@dataclass(frozen=True, slots=True)
class FlowsRequest(PlaceRequest):
    """Which flows, and what to hold beside them.

    Parameters
    ----------
    gravity
        Whether to fit the gravity model; by default for published tables, not for case data.
    distance
        Between capitals (``"distcap"``), largest cities (``"dist"``), or cities weighted by
        population (``"distw"``).
    covariates
        Of the gravity model.
    imputations
        Completed tables for counts published as intervals; 0 for midpoints only.
    wide_labels
        Read misspelt and foreign country labels as well.
    population
        Estimate flows into the one destination from this table's population ...
    method
        ... by this method.
    detection_prior
        Estimate flows into the one destination from a stated share detected: low, high.
    internal
        Keep people detected in their own country.
    """

    gravity: bool | None = None
    distance: Literal["distcap", "dist", "distw"] = "distcap"
    covariates: tuple[str, ...] = ("distance", "contiguity", "language", "colony")
    imputations: int = 10
    wide_labels: bool = False
    population: TableRequest | None = None
    method: str = "main"
    detection_prior: tuple[float, float] | None = None
    internal: bool = False


@dataclass(frozen=True, slots=True)
class FlowsAnswer:
    """Flows, largest first.

    Parameters
    ----------
    request
        What was asked.
    what
        Whom the flows count, where and when.
    source
        The source with the account of its rows.
    total
        People detected in all.
    flows
        One row a pair.
    gravity
        Both fits; ``None`` where none was wanted or possible.
    refused
        Why there is no gravity model; empty where there is one or none was wanted.
    implausible
        Counts far above the gravity expectation.
    basis
        What makes the estimated flows estimates; ``None`` where there are none.
    caveats
        What must be read with the flows.
    """

    request: FlowsRequest
    what: Note
    source: FlowSource
    total: Detected
    flows: tuple[FlowRow, ...]
    gravity: GravitySummary | None
    refused: str
    implausible: tuple[Implausible, ...]
    basis: Note | None
    caveats: tuple[Note, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "what": str(self.what),
            **source_json(self.source, self.source.flows.source),
            "detected_total": self.total.to_dict(),
            "pairs": len(self.flows),
            "flows": [f.to_dict() for f in self.flows],
            "gravity": None if self.gravity is None else self.gravity.to_dict(),
            "gravity_refused": self.refused,
            "implausible": [f.to_dict() for f in self.implausible],
            "estimated_basis": None if self.basis is None else str(self.basis),
            "caveats": [str(c) for c in self.caveats],
        }

    def rows(self) -> Rows:
        """Return a row a pair, with every figure in a column of its own."""
        heads = (
            "origin", "destination", "detected_lower", "detected_upper", "detected_mark",
            "first_year", "last_year", "years_listed", "flagged", "expected_median",
            "expected_lower", "expected_upper", "estimated_median", "estimated_lower",
            "estimated_upper",
        )  # fmt: skip
        cells = tuple(
            (
                f.origin, f.destination, f.detected.lower, f.detected.upper,
                "suppressed" if f.detected.suppressed else "", f.years[0], f.years[-1],
                len(f.years), int(f.flagged), *_figures(f.expected), *_figures(f.estimated),
            )
            for f in self.flows
        )  # fmt: skip
        return Rows(tuple(Column(h) for h in heads), cells)

    def told(self) -> Told:
        """Return what the terminal shows."""
        lines: list[Line | Rows] = [*account(self.source, self.request)]
        if self.refused:
            lines.append(Line(note("flows.no-gravity", why=self.refused), aside=True))
        lines += [Line(self.what), self._told_flows()]
        more = len(self.flows) - self.request.top
        if more > 0:
            lines.append(Line(note("flows.more-pairs", more=Number(more))))
        if self.total.lower is not None and self.total.upper is not None:
            lines.append(
                Line(
                    note(
                        "flows.total",
                        lower=Number(self.total.lower, "people"),
                        upper=Number(self.total.upper, "people"),
                        pairs=Number(len(self.flows)),
                    )
                )
            )
        if self.basis is not None:
            lines.append(Line(self.basis))
        if self.gravity is not None:
            lines += [Line(_gravity_told(self.gravity)), _fits(self.gravity)]
            if self.gravity.difference is not None:
                lines.append(Line(self.gravity.difference))
        return (*lines, *bullets(self.caveats))

    def _told_flows(self) -> Rows:
        estimated = self.basis is not None
        heads = columns(
            "flows.column.origin", "flows.column.destination", ("flows.column.detected", "right"),
            ("flows.column.expected", "right"),
            *([("flows.column.estimated", "right")] if estimated else []),
        )  # fmt: skip
        return Rows(
            heads,
            tuple(
                (
                    country(f.origin), country(f.destination),
                    _count(f.detected) + (" !" if f.flagged else ""), _range(f.expected),
                    *([_range(f.estimated)] if estimated else []),
                )
                for f in self.flows[: self.request.top]
            ),
        )  # fmt: skip

    def _region(self) -> tuple[str, ...]:
        """Return the countries of the region asked for, unless places far away were asked for too."""
        asked = self.request.region
        if asked is None or self.request.destinations or self.request.origins:
            return ()
        ends = {c for f in self.flows for c in (f.origin, f.destination)}
        found = ((c, country_of(c)) for c in sorted(ends))
        return tuple(c for c, k in found if k is not None and k.continent.lower() == asked.lower())

    def _finding(self) -> Note:
        """Say what the map shows: its largest flows."""
        largest = [
            f for f in self.flows if f.detected.lower is not None and f.origin != f.destination
        ]
        if not largest:
            return note("flows.alt.none")
        said = [
            note(
                "flows.finding",
                origin=country_note(f.origin),
                destination=country_note(f.destination),
                people=_count(f.detected),
            )
            for f in largest[:_NAMED]
        ]
        return note("flows.alt", largest=listed(said, "semicolon"))

    def picture(self, *, narrow: bool = False) -> Mapping[str, JSON]:
        """Return a map of the flows that are not suppressed, as a Vega-Lite dictionary."""
        bands = [
            {"origin": f.origin, "destination": f.destination, "words": _count(f.detected),
             "value": (f.detected.lower + f.detected.upper) / 2, "flagged": f.flagged}
            for f in self.flows
            if f.detected.lower is not None and f.detected.upper is not None
            and f.origin != f.destination
        ]  # fmt: skip
        ends = {c for f in self.flows for c in (f.origin, f.destination)}
        places = places_of(ends)
        return flow_map(
            bands,
            places,
            title=str(self.what),
            subtitle=str(self.source.flows.source),
            unit=said("flows.unit"),
            within=self._region(),
            narrow=narrow,
        )

    def page(self) -> FigurePage:
        """Return all that the page shows."""
        estimated = self.basis is not None
        caveats = list(self.caveats)
        if self.gravity is not None:
            caveats.append(_gravity_on_page(self.gravity))
        if self.basis is not None:
            caveats.append(note("flows.estimated.sentence", basis=self.basis.word("basis")))
        caveats.append(note("flows.borders"))
        heads = [
            "flows.head.origin", "flows.head.destination", "flows.head.detected",
            "flows.head.expected", "flows.head.years",
        ]  # fmt: skip
        heads += ["flows.head.estimated"] if estimated else []
        return FigurePage(
            title=self.what,
            lead=note("flows.lead"),
            picture=drawn(lambda slim: self.picture(narrow=slim), self._finding()),
            tables=(
                PageTable(
                    tuple(Note(h) for h in heads),
                    tuple(
                        (
                            country_note(f.origin), country_note(f.destination), _marked(f),
                            _range(f.expected), _years(f.years),
                            *([_range(f.estimated)] if estimated else []),
                        )
                        for f in self.flows
                    ),
                ),
            ),
            caveats=tuple(caveats),
            source=self.source.flows.source,
        )  # fmt: skip


def _figures(figure: Expected | None) -> tuple[str | None, str | None, str | None]:
    """Write a figure for a CSV: median, lower, upper, six figures each."""
    if figure is None:
        return None, None, None
    ends = figure.interval
    return f"{figure.median:.6g}", f"{ends.lower:.6g}", f"{ends.upper:.6g}"


def _count(seen: Detected) -> str:
    """Write a detected count: a censored one as its interval, a suppressed one as †."""
    if seen.lower is None or seen.upper is None:
        return "†"
    found = span(seen.lower, seen.upper)
    return str(found) if isinstance(found, Note) else f"{seen.lower:,}"


def _marked(row: FlowRow) -> Note | str:
    count = _count(row.detected)
    return note("flows.cell.flagged", count=count) if row.flagged else count


def _years(years: tuple[int, ...]) -> Note | str:
    if not years[0]:
        return ""
    return note("sources.span", low=year(years[0]), high=year(years[-1]))


def _range(figure: Expected | None) -> str:
    if figure is None:
        return ""
    return str(
        note(
            "flows.cell.range",
            median=people(figure.median),
            lower=people(figure.interval.lower),
            upper=people(figure.interval.upper),
        )
    )


def _gravity_told(gravity: GravitySummary) -> Note:
    return note(
        "flows.gravity",
        pairs=Number(gravity.pairs),
        distance_is=gravity.distance_is,
        distance=gravity.distance,
    )


def _coefficient(c: FittedCoefficient) -> Note:
    return note(
        "flows.cell.coefficient",
        estimate=Number(c.estimate, digits=2),
        se=Number(c.se, digits=2),
    )


def _gravity_on_page(gravity: GravitySummary) -> Note:
    named = [
        note("flows.cell.named-coefficient", name=c.name, coefficient=_coefficient(c))
        for c in gravity.midpoint
    ]
    told = note(
        "flows.gravity.page",
        pairs=Number(gravity.pairs),
        distance_is=gravity.distance_is,
        distance=gravity.distance,
        fitted=listed(named, "semicolon"),
    )
    if gravity.difference is None:
        return told
    return note("flows.gravity.page.difference", gravity=told, difference=gravity.difference)


def _fits(gravity: GravitySummary) -> Rows:
    imputed = {c.name: c for c in gravity.imputed or ()}
    heads = columns(("flows.column.midpoint", "right"), ("flows.column.imputed", "right"))
    return Rows(
        (Column(""), *heads),
        tuple(
            (
                c.name,
                str(_coefficient(c)),
                str(_coefficient(imputed[c.name])) if c.name in imputed else "",
            )
            for c in gravity.midpoint
        ),
    )


def answer(request: FlowsRequest, *, progress: Stages | None = None) -> FlowsAnswer:
    """Show flows between countries; detected, expected and estimated figures stand apart.

    Raises
    ------
    UsageError
        Both a population and a prior are given.
    InputError
        The file cannot be used, or no flow matches.
    NotSupported
        The source does not cross form with place, or the method gives no draws.
    """
    source = open_flows(request.file, wide=request.wide_labels, form=request.form)
    with accounted(account(source, request)):
        return _from_source(request, source, progress)


def _from_source(request: FlowsRequest, source: FlowSource, progress: Stages | None) -> FlowsAnswer:
    hear = stage(progress, "flows")
    shown = filter_flows(
        source.flows,
        years=request.years,
        origins=request.origins,
        destinations=request.destinations,
        region=request.region,
        cross_border=not request.internal,
    )
    view, refused = None, ""
    if (not source.confidential) if request.gravity is None else request.gravity:
        view, refused = run_gravity(
            filter_flows(source.flows, years=request.years),
            distance=request.distance,
            covariates=list(request.covariates),
            imputations=request.imputations,
            draws=_DRAWS,
            seed=request.seed,
        )
    if hear is not None:
        hear(1, 2)
    estimated = _estimated(request, source, shown)
    rows, total = flow_rows(
        source, shown, view, estimated, level=request.level, threshold=request.threshold
    )
    caveats = list(source.caveats)
    if source.confidential:
        caveats.append(note("flows.suppressed", threshold=Number(request.threshold)))
    if view is not None and view.flagged:
        caveats.append(note("flows.flagged", flagged=Number(len(view.flagged))))
    return FlowsAnswer(
        request=request,
        what=_what(shown, internal=request.internal),
        source=source,
        total=total,
        flows=rows,
        gravity=None if view is None else summarise_gravity(view, level=request.level),
        refused=refused,
        implausible=() if view is None else view.flagged,
        basis=None if estimated is None else estimated.basis,
        caveats=tuple(caveats),
    )


def _estimated(
    request: FlowsRequest, source: FlowSource, shown: DetectedFlows
) -> EstimatedFlows | None:
    """Join a population estimate or a stated prior to one destination's origins, where asked."""
    if request.population is None and request.detection_prior is None:
        return None
    if request.population is not None and request.detection_prior is not None:
        raise UsageError("Give a population or a detection prior, not both.")
    if request.destinations is None or len(request.destinations) != 1:
        raise InputError(
            "Estimated flows belong to one destination.", fix="Name it with --destination."
        )
    rng = stream(request.seed, "flows/estimated")
    if request.detection_prior is not None:
        low, high = request.detection_prior
        return estimated_flows_from_prior(
            shown, detected_low=low, detected_high=high, size=_SHARE_DRAWS, rng=rng
        )
    from uncounted.estimators.registry import MethodSettings, make

    assert request.population is not None
    table = read(request.population).table
    found = make(request.method, MethodSettings(bootstrap=1000)).estimate(table, seed=request.seed)
    if found.draws is None:
        raise NotSupported(
            f"The method {request.method} gives no draws of this population. "
            f"{found.refused}".strip(),
            fix="Choose another --method, e.g. main or bic.",
        )
    everyone = filter_flows(
        source.flows, years=request.years, destinations=request.destinations, cross_border=False
    )
    origins, shares = origin_shares(everyone, size=_SHARE_DRAWS, rng=rng)
    return estimated_flows(
        found.draws,
        origins,
        shares,
        rng=rng,
        population_of=note(
            "flows.population", table=request.population.name, method=request.method
        ),
        shares_of=note(
            "flows.shares",
            first=year(everyone.year.min()),
            last=year(everyone.year.max()),
            destination=request.destinations[0],
        ),
    )


def _what(shown: DetectedFlows, *, internal: bool) -> Note:
    """Name whom the flows count: an end that is the same in all is named."""
    first, last = int(shown.year.min()), int(shown.year.max())
    origins, destinations = (sorted(set(x.tolist())) for x in (shown.origin, shown.destination))
    who = note("flows.who" if internal else "flows.who.cross-border")
    by = Note(_ORIGIN_MEANS[shown.origin_means])
    years = span(first, last, "years") if first else note("flows.years.none")
    origin = country_note(origins[0]) if len(origins) == 1 else None
    destination = country_note(destinations[0]) if len(destinations) == 1 else None
    if origin is not None and destination is not None:
        return note(
            "flows.what.both", who=who, origin=origin, destination=destination, by=by, years=years
        )
    if origin is not None:
        return note("flows.what.origin", who=who, origin=origin, by=by, years=years)
    if destination is not None:
        return note("flows.what.destination", who=who, destination=destination, by=by, years=years)
    return note("flows.what", who=who, by=by, years=years)
