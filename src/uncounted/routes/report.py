"""Routes of one source as data: the chain of a group, legs, statements tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Counts, Note, Number, note, why
from uncounted.errors import InputError, NotSupported
from uncounted.flows.estimated import detected_flows
from uncounted.flows.gravity import fit_gravity
from uncounted.routes.chain import ChainSummary, fit_routes, gravity_prior, summarise_chain
from uncounted.routes.tests import (
    OrderTest,
    RuleShare,
    compare_orders,
    near_then_far,
    uphill_detected,
    uphill_stated,
)
from uncounted.sources.detect import Recognised, recognise
from uncounted.sources.phrases import country_note, listed, year
from uncounted.sources.quarantine import QuarantinedRows
from uncounted.sources.route_sets import RouteSet, routes_from_statements
from uncounted.sources.statements import read_statements
from uncounted.sources.unodc import read_unodc

__all__ = [
    "Chance",
    "Leg",
    "RouteSource",
    "RouteTest",
    "RouteTests",
    "fit_group",
    "gravity_for_routes",
    "leg_report",
    "open_routes",
    "put_to_test",
    "suppress",
]


@dataclass(frozen=True, slots=True)
class RouteSource:
    """Routes of one source before any filter; fields as in `FlowSource`."""

    routes: RouteSet
    accounting: Note
    quarantine: tuple[QuarantinedRows, ...]
    rows_in: int
    rows_used: int
    confidential: bool
    caveats: tuple[Note, ...]


def open_routes(path: str | Path | None = None, *, form: str | None = None) -> RouteSource:
    """Read routes from the bundled statements or from a file in any known layout.

    Raises
    ------
    NotSupported
        ``form`` asked of statements, whose forms this reader does not hold.
    InputError
        The file cannot be used, or holds no routes.
    """
    from uncounted.sources.htcds_events import read_htcds_events
    from uncounted.sources.legs import read_journeys

    seen = recognise(path) if path is not None else Recognised("statements", ())
    layout = seen.layout
    if layout == "statements":
        if form is not None:
            raise NotSupported(
                "Route statements are not read by form of exploitation: their codes of form are "
                "not published with them.",
                fix="Drop --form, or use a file of legs with a column form.",
            )
        found = read_statements(path)
        return RouteSource(
            routes_from_statements(found), found.accounting(), found.quarantine, found.rows_in,
            len(found), False,
            (note("routes.mentions"), note("routes.open-middle"), *seen.notes),
        )  # fmt: skip
    assert path is not None
    if layout in ("unodc", "ctdc"):
        raise InputError(
            "This table holds origins and destinations only, no routes.",
            fix="Use `uncounted flows` with this file.",
        )
    journeys = read_htcds_events(path) if layout == "htcds" else read_journeys(path)
    if form is not None:
        journeys = journeys.with_form(form.casefold())
    return RouteSource(
        journeys.to_routes(), journeys.accounting(), journeys.quarantine, journeys.rows_in,
        journeys.rows_used, True,
        (note("routes.cases"), *seen.notes),
    )  # fmt: skip


def gravity_for_routes(
    routes: RouteSet, more: Sequence[str] = ()
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Fit gravity to all detected flows and give the prior over the routes' countries."""
    model = fit_gravity(detected_flows(read_unodc()), imputations=0)
    states = tuple(sorted({*routes.countries, *more}))
    return gravity_prior(model, states), states


def fit_group(
    routes: RouteSet, prior: NDArray[np.float64], states: Sequence[str], *, origins: Sequence[str],
    draws: int, alpha: float | None, top: int, level: float, seed: int,
) -> ChainSummary:  # fmt: skip
    """Fit the chain of a group and take its main figures."""
    chain = fit_routes(
        routes, prior, states, origins=origins, draws=draws, alpha=alpha, top=top, level=level,
        seed=seed,
    )  # fmt: skip
    return summarise_chain(chain, top=top, level=level)


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability: median and interval."""

    value: float
    interval: Interval

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"value": self.value, "interval": self.interval.to_dict()}

    @property
    def said(self) -> Note:
        """The probability with its interval, to stand in a sentence."""
        return note(
            "routes.share",
            value=Number(self.value, "share", digits=1),
            lower=Number(self.interval.lower, "share", digits=1),
            upper=Number(self.interval.upper, "share", digits=1),
        )


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: when it is stated, and how likely it is.

    Parameters
    ----------
    start, end
        ISO alpha-3.
    years
        Years in which it is stated.
    years_in_source
        How many years the source has.
    first_move
        Probability that a route from ``start`` goes to ``end`` first; ``None`` where not known.
    destination
        Probability that a route from ``start`` ends in ``end``; ``None`` where not known.
    said
        All this in a sentence.
    suppressed
        Whether the figures are held back.
    """

    start: str
    end: str
    years: tuple[int, ...]
    years_in_source: int
    first_move: Chance | None
    destination: Chance | None
    said: Note
    suppressed: bool = False

    def to_dict(self) -> JSONObject:
        """JSON form."""
        ends = {"from": self.start, "to": self.end}
        if self.suppressed:
            return {**ends, "suppressed": True, "words": str(self.said)}
        return {
            **ends,
            "years_stated": list(self.years),
            "years_in_source": self.years_in_source,
            "first_move": None if self.first_move is None else self.first_move.to_dict(),
            "destination": None if self.destination is None else self.destination.to_dict(),
            "words": str(self.said),
        }


def leg_report(
    routes: RouteSet, prior: NDArray[np.float64], states: Sequence[str], start: str, end: str, *,
    draws: int, alpha: float | None, level: float, seed: int,
) -> Leg:  # fmt: skip
    """Say in which years a leg is stated and how likely it is as a first move and as an end."""
    years = routes.leg(start, end)
    origin, last = country_note(start), country_note(end)
    if not years:
        said = note("routes.leg.not-stated", start=origin, end=last)
        return Leg(start, end, years, len(routes.years), None, None, said)
    stated: dict[str, Number | Note] = {
        "start": origin,
        "end": last,
        "stated": Number(len(years)),
        "all": Number(len(routes.years)),
        "years": listed([year(y) for y in years]),
    }
    try:
        chain = fit_routes(
            routes, prior, states, origins=[start], draws=draws, alpha=alpha, top=1, level=level,
            seed=seed,
        )  # fmt: skip
    except InputError:
        said = note("routes.leg.no-start", **stated)
        return Leg(start, end, years, len(routes.years), None, None, said)
    move = Chance(*chain.first(start, end, level=level))
    stay = Chance(*chain.destination(end, level=level))
    said = note("routes.leg.stated", **stated, first=move.said, last=stay.said)
    return Leg(start, end, years, len(routes.years), move, stay, said)


TestVerdict = Literal[
    "supported", "contradicted as a general rule", "open", "no evidence", "for comparison",
    "first", "second", "neither",
]  # fmt: skip
"""How a statement fares: a general rule's answer, or which order of memory predicts better."""


_VERDICTS = {
    "supported": "routes.verdict.supported",
    "contradicted": "routes.verdict.contradicted",
    "open": "routes.verdict.open",
}
_HELD_OUT = {
    "route": "routes.memory.by-route",
    "report year": "routes.memory.by-report-year",
}
_BETTER = {
    "first": "routes.memory.first",
    "second": "routes.memory.second",
    "neither": "routes.memory.neither",
}


@dataclass(frozen=True, slots=True)
class RouteTest:
    """A statement about routes put to the test.

    Parameters
    ----------
    id
        Its name, a key of the JSON.
    verdict
        How it fares.
    said
        The statement, the verdict and the figures in a sentence.
    result
        The figures; ``None`` where nothing could be tested.
    """

    id: str
    verdict: TestVerdict
    said: Note
    result: RuleShare | OrderTest | None = None

    def to_dict(self) -> JSONObject:
        """JSON form, without the figures."""
        return {"id": self.id, "verdict": self.verdict, "words": str(self.said)}


@dataclass(frozen=True, slots=True)
class RouteTests:
    """All statements tested, in order."""

    tests: tuple[RouteTest, ...]

    def to_dict(self) -> JSONObject:
        """JSON form: the figures of each test under its name, and the sentences."""
        return {
            **{t.id: t.result.to_dict() for t in self.tests if t.result is not None},
            "statements": [t.to_dict() for t in self.tests],
        }


def put_to_test(
    routes: RouteSet, prior: NDArray[np.float64], states: Sequence[str], *, when: Sequence[int] | None,
    bundled: bool, level: float, seed: int,
) -> RouteTests:  # fmt: skip
    """Put the statements about routes to the test; what cannot be tested here says so."""
    tests: list[RouteTest] = []
    if bundled:
        try:
            cells = detected_flows(read_unodc(), years=when)
            share = uphill_detected(cells, level=level, seed=seed)
            rule = note("routes.rule.uphill-detected")
            tests.append(_rule("uphill_detected", rule, share, "people"))
        except (NotSupported, InputError) as none:
            tests.append(_no_evidence("uphill_detected", none))
    try:
        share = uphill_stated(routes, level=level)
        tests.append(_rule("uphill_stated", note("routes.rule.uphill-stated"), share))
    except NotSupported as none:
        tests.append(_no_evidence("uphill_stated", none))
    try:
        share = near_then_far(routes.three_legs(), level=level)
    except NotSupported as none:
        tests.append(_no_evidence("near_then_far", none))
    else:
        tests.append(_rule("near_then_far", note("routes.rule.near-then-far"), share))
        if bundled:
            tests.append(_derived_codes(when, level))
    for held_out in ("route", "report year"):
        try:
            order = compare_orders(routes, prior, states, held_out=held_out)
        except NotSupported as none:
            tests.append(_no_evidence("order", none))
            break
        tests.append(_memory("order_by_" + held_out.replace(" ", "_"), order))
    return RouteTests(tuple(tests))


def _rule(name: str, rule: Note, share: RuleShare, counts: Counts = "number") -> RouteTest:
    verdict: TestVerdict = (
        "contradicted as a general rule" if share.verdict == "contradicted" else share.verdict
    )
    said = note(
        "routes.test",
        part=Number(share.part, counts),
        whole=Number(share.whole, counts),
        share=Number(share.value, "share", digits=1),
        lower=Number(share.interval.lower, "share", digits=1),
        upper=Number(share.interval.upper, "share", digits=1),
        rule=rule,
        verdict=Note(_VERDICTS[share.verdict]),
        of=share.of,
    )
    return RouteTest(name, verdict, said, share)


def _no_evidence(name: str, error: InputError | NotSupported) -> RouteTest:
    return RouteTest(name, "no evidence", why(error, advise=True))


def _derived_codes(when: Sequence[int] | None, level: float) -> RouteTest:
    """Retrace the figure of the copy in circulation, whose derived codes are not all countries."""
    given = routes_from_statements(read_statements(codes="given"))
    given = given.select(years=when) if when else given
    share = near_then_far(given.three_legs(), level=level, geodist_only=True)
    said = note("routes.derived-codes", part=Number(share.part), whole=Number(share.whole))
    return RouteTest("near_then_far_derived_codes", "for comparison", said, share)


def _memory(name: str, order: OrderTest) -> RouteTest:
    said = note(
        "routes.memory",
        first=Number(order.first, digits=2),
        second=Number(order.second, digits=2),
        held_out=Note(_HELD_OUT[order.held_out]),
        better=Note(_BETTER[order.better]),
    )
    return RouteTest(name, order.better, said, order)


def suppress(
    chain: ChainSummary, routes: RouteSet, legs: Sequence[Leg], threshold: int
) -> tuple[ChainSummary, RouteSet, int, tuple[Leg, ...]]:
    """Leave out routes of case data with fewer than ``threshold`` cases, and what only they pass.

    Raises
    ------
    NotSupported
        Where nothing may be shown.
    """
    kept = tuple(r for r in routes.routes if r.weight >= threshold)
    hidden = len(routes.routes) - len(kept)
    if not kept:
        raise NotSupported(
            f"No route here has {threshold} cases or more, so none may be shown.",
            fix="Pool more years, or more member organisations.",
        )
    seen = {p for r in kept for p in r.places if p}
    paths = {r.places for r in kept}
    pairs = {(a, b) for r in kept for a, b in zip(r.places, r.places[1:], strict=False)}
    shown = replace(
        chain,
        origins=tuple(sorted({r.places[0] for r in kept if r.places[0]})),
        statements=sum(r.weight for r in kept),
        destinations=tuple(d for d in chain.destinations if d.place in seen),
        passages=tuple(d for d in chain.passages if d.place in seen),
        routes=tuple(r for r in chain.routes if r.places in paths),
    )
    told = tuple(leg if (leg.start, leg.end) in pairs else _held_back(leg) for leg in legs)
    return shown, RouteSet(kept, routes.unit, routes.years, routes.source), hidden, told


def _held_back(leg: Leg) -> Leg:
    said = note("routes.leg.suppressed", start=country_note(leg.start), end=country_note(leg.end))
    return Leg(leg.start, leg.end, (), leg.years_in_source, None, None, said, suppressed=True)
