"""Over which countries: the likely routes of a group of origins, legs, and statements put to the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from uncounted.answers.open_data import (
    PlaceRequest,
    account,
    accounted,
    bullets,
    columns,
    drawn,
    source_json,
)
from uncounted.answers.shape import Cell, Column, Line, Rows, Stages, Told, stage
from uncounted.brief.named import country
from uncounted.brief.pages import FigurePage, PageTable
from uncounted.charts.sankey import sankey
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError
from uncounted.routes.chain import ChainSummary, LikelyRoute, PlaceChance
from uncounted.routes.report import (
    Chance,
    Leg,
    RouteSource,
    RouteTests,
    fit_group,
    gravity_for_routes,
    leg_report,
    open_routes,
    put_to_test,
    suppress,
)
from uncounted.sources.phrases import country_note, listed
from uncounted.sources.route_sets import Route, RouteSet

__all__ = ["RoutesAnswer", "RoutesRequest", "answer"]

_UNITS = {"report years": "routes.unit.report-years", "cases": "routes.unit.cases"}
_DRAWN = 40
_NAMED = 3
"""How many the words of a picture name."""
"""Most routes in the picture."""


@dataclass(frozen=True, slots=True)
class RoutesRequest(PlaceRequest):
    """Which routes, and which legs of them.

    Parameters
    ----------
    legs
        Pairs of countries: when is this leg stated, and how likely is it?
    prior
        Weight of the gravity prior, in statements; ``None`` to learn it from the moves.
    draws
        Draws of the chain.
    tests
        Whether to put the statements about routes to the test.
    """

    legs: tuple[tuple[str, str], ...] = ()
    prior: float | None = None
    draws: int = 400
    tests: bool = True
    top: int = 10


@dataclass(frozen=True, slots=True)
class RoutesAnswer:
    """Routes of one source.

    Parameters
    ----------
    request
        What was asked.
    what
        Whose routes.
    source
        The source with the account of its rows.
    years
        Years of the source that were asked for.
    stated
        The routes as stated, most often first; case data suppressed.
    chain
        What the fitted chain says of the group.
    legs
        One answer a leg asked for.
    tests
        Statements put to the test; ``None`` where that was not asked.
    caveats
        What must be read with the routes.
    """

    request: RoutesRequest
    what: Note
    source: RouteSource
    years: tuple[int, ...]
    stated: RouteSet
    chain: ChainSummary
    legs: tuple[Leg, ...]
    tests: RouteTests | None
    caveats: tuple[Note, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "what": str(self.what),
            "unit": self.stated.unit,
            **source_json(self.source, self.source.routes.source),
            "years": list(self.years),
            "stated": [
                {"route": list(r.places), "weight": r.weight, "years": list(r.years)}
                for r in self.stated.routes
            ],
            "chain": self.chain.to_dict(),
            "legs": [leg.to_dict() for leg in self.legs],
            "tests": None if self.tests is None else self.tests.to_dict(),
            "caveats": [str(c) for c in self.caveats],
        }

    def rows(self) -> Rows:
        """Return a row a destination, a transit country, a likely route and a stated route."""
        cells: list[tuple[Cell, ...]] = []
        for kind, chances in (
            ("destination", self.chain.destinations),
            ("transit", self.chain.passages),
        ):
            cells += [
                (kind, c.place, c.value, c.interval.lower, c.interval.upper, "") for c in chances
            ]
        cells += [
            ("route", ">".join(r.places), r.probability, r.interval.lower, r.interval.upper,
             _digits(r.years))
            for r in self.chain.routes
        ]  # fmt: skip
        cells += [
            ("stated", ">".join(p or "?" for p in r.places), r.weight, "", "", _digits(r.years))
            for r in self.stated.routes
        ]
        heads = ("kind", "place", "value", "lower", "upper", "years")
        return Rows(tuple(Column(h) for h in heads), tuple(cells))

    def told(self) -> Told:
        """Return what the terminal shows."""
        source, top = self.source, self.request.top
        head = note(
            "routes.told",
            statements=Number(self.chain.statements),
            what=self.what,
            unit=_unit(self.stated.unit),
        )
        lines: list[Line | Rows] = [
            *account(source, self.request),
            Line(head),
            Rows(
                columns("routes.column.likely", "routes.column.share", "routes.column.stated"),
                tuple(tuple(str(cell) for cell in _likely(r)) for r in self.chain.routes),
            ),
            _chances("routes.column.destination", self.chain.destinations[:top]),
            _chances("routes.column.transit", self.chain.passages[:top]),
        ]
        through = [r for r in self.stated.routes if len(r.places) > 2 and all(r.places)]
        if through:
            lines.append(Line(_through(through, top)))
        lines += [Line(leg.said) for leg in self.legs]
        if self.tests is not None:
            lines += bullets(t.said for t in self.tests.tests)
        return (*lines, *bullets(self.caveats))

    def _drawable(self) -> list[Route]:
        """Return the whole routes, those over a transit country first."""
        whole = [
            r for r in self.stated.routes
            if all(r.places) and len(set(r.places)) == len(r.places)
        ]  # fmt: skip
        return sorted(whole, key=lambda r: (-(len(r.places) > 2), -r.weight, r.places))

    def picture(self, *, narrow: bool = False) -> Mapping[str, JSON] | None:
        """Return a Sankey diagram of the routes stated, as a Vega-Lite dictionary."""
        whole = self._drawable()
        if not whole:
            return None
        bands = [{"route": list(r.places), "value": r.weight} for r in whole[:_DRAWN]]
        names = {p: country(p) for r in whole[:_DRAWN] for p in r.places}
        hidden = len(self.stated.routes) - len(bands)
        under = (
            note("routes.picture.more", hidden=Number(hidden)) if hidden else note("routes.picture")
        )
        return sankey(
            bands, names, title=str(self.what), unit=str(_unit(self.stated.unit)),
            subtitle=str(under), narrow=narrow,
        )  # fmt: skip

    def page(self) -> FigurePage | None:
        """Return all that the page shows; ``None`` where no whole route can be drawn."""
        whole = self._drawable()
        if not whole:
            return None
        unit = _unit(self.stated.unit)
        first = [
            note("routes.cell.weighed", route=_route(r.places), weight=Number(r.weight), unit=unit)
            for r in whole[:_NAMED]
        ]
        return FigurePage(
            title=self.what,
            lead=note("routes.lead", unit=unit),
            answers=(
                *(leg.said for leg in self.legs),
                *(t.said for t in (self.tests.tests if self.tests else ())),
            ),
            picture=drawn(
                lambda slim: self.picture(narrow=slim) or {},
                note("routes.alt", first=listed(first, "semicolon")),
            ),
            tables=(
                PageTable(
                    heading=note("routes.heading.likely"),
                    columns=tuple(
                        map(Note, ("routes.head.route", "routes.head.share", "routes.head.years"))
                    ),
                    rows=tuple(_likely(r) for r in self.chain.routes),
                ),
                PageTable(
                    heading=note("routes.heading.stated", unit=unit),
                    columns=tuple(
                        map(Note, ("routes.head.route", "routes.head.stated", "routes.head.years"))
                    ),
                    rows=tuple(
                        (
                            _route(r.places),
                            note("routes.cell.stated", weight=Number(r.weight), unit=unit),
                            _runs(r.years),
                        )
                        for r in self.stated.routes
                    ),
                ),
            ),
            caveats=self.caveats,
            source=self.source.routes.source,
        )


def _unit(unit: str) -> Note:
    return Note(_UNITS[unit])


def _digits(years: Sequence[int]) -> str:
    return " ".join(map(str, years))


def _runs(years: Sequence[int]) -> str:
    """Write years briefly: 2008-2014, 2016."""
    parts: list[list[int]] = []
    for y in years:
        if parts and y == parts[-1][-1] + 1:
            parts[-1].append(y)
        else:
            parts.append([y])
    return ", ".join(f"{p[0]}" if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)


def _route(places: Sequence[str]) -> str:
    return " > ".join(country(p) if p else "?" for p in places)


def _likely(r: LikelyRoute) -> tuple[str, Note, str | Note]:
    share = Chance(r.probability, r.interval).said
    return _route(r.places), share, _runs(r.years) or note("routes.cell.not-stated")


def _chances(head: str, chances: Sequence[PlaceChance]) -> Rows:
    return Rows(
        (*columns(head), Column("")),
        tuple((country(c.place), str(Chance(c.value, c.interval).said)) for c in chances),
    )


def _through(routes: Sequence[Route], top: int) -> Note:
    """Name the routes stated over a transit country, and say how many more there are."""
    named = listed(
        [
            note("routes.cell.route", route=_route(r.places), years=_runs(r.years))
            for r in routes[:top]
        ],
        "semicolon",
    )
    more = len(routes) - top
    if more > 0:
        return note("routes.through.more", more=Number(more), routes=named)
    return note("routes.through", routes=named)


def answer(request: RoutesRequest, *, progress: Stages | None = None) -> RoutesAnswer:
    """Show routes over transit countries; case data below the threshold is suppressed.

    Raises
    ------
    InputError
        The file cannot be used, or no route matches.
    NotSupported
        The source does not hold what was asked, or nothing of it may be shown.
    """
    source = open_routes(request.file, form=request.form)
    with accounted(account(source, request)):
        return _from_source(request, source, progress)


def _from_source(
    request: RoutesRequest, source: RouteSource, progress: Stages | None
) -> RoutesAnswer:
    everything = source.routes.select(years=request.years) if request.years else source.routes
    shown = everything.select(
        origins=request.origins, destinations=request.destinations, region=request.region
    )
    prior, states = gravity_for_routes(everything, [c for pair in request.legs for c in pair])
    group = request.origins or tuple(sorted({r.places[0] for r in shown.routes if r.places[0]}))
    hear = stage(progress, "routes")
    steps = 1 + len(request.legs)
    chain = fit_group(
        everything, prior, states, origins=group, draws=request.draws, alpha=request.prior,
        top=request.top, level=request.level, seed=request.seed,
    )  # fmt: skip
    legs: tuple[Leg, ...] = ()
    for i, (start, end) in enumerate(request.legs, 1):
        if hear is not None:
            hear(i, steps)
        leg = leg_report(
            everything, prior, states, start, end, draws=request.draws, alpha=request.prior,
            level=request.level, seed=request.seed,
        )  # fmt: skip
        legs = (*legs, leg)
    if hear is not None:
        hear(steps, steps)
    if not shown.routes:
        raise InputError("No route matches.", fix="Ask for other countries.")
    caveats = list(source.caveats)
    if source.confidential:
        chain, shown, hidden, legs = suppress(chain, shown, legs, request.threshold)
        caveats.append(
            note(
                "routes.suppressed",
                threshold=Number(request.threshold),
                hidden=Number(hidden),
            )
        )
    if request.destinations is not None:
        chain = chain.ending_in(request.destinations)
    tests = None
    if request.tests:
        tests = put_to_test(
            everything, prior, states, when=request.years, bundled=request.file is None,
            level=request.level, seed=request.seed,
        )  # fmt: skip
    named = listed([country_note(c) for c in group])
    ordered = tuple(sorted(shown.routes, key=lambda r: (-r.weight, r.places)))
    return RoutesAnswer(
        request=request,
        what=note("routes.what.from", origins=named) if request.origins else note("routes.what"),
        source=source,
        years=everything.years,
        stated=replace(shown, routes=ordered),
        chain=chain,
        legs=legs,
        tests=tests,
        caveats=tuple(caveats),
    )
