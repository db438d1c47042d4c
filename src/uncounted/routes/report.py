"""Everything `uncounted routes` says, as data: the chain of a group, legs, statements tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError, NotSupported
from uncounted.flows.estimated import detected_flows
from uncounted.flows.gravity import fit_gravity
from uncounted.places.countries import country_name
from uncounted.routes.chain import describe, fit_routes, gravity_prior
from uncounted.routes.tests import (
    compare_orders,
    near_then_far,
    uphill_detected,
    uphill_stated,
)
from uncounted.sources.detect import Recognised, recognise
from uncounted.sources.route_sets import RouteSet, routes_from_statements
from uncounted.sources.statements import read_statements
from uncounted.sources.unodc import read_unodc

if TYPE_CHECKING:
    from uncounted.sources.sheets import Quarantined

__all__ = [
    "RouteSource",
    "fit_group",
    "gravity_for_routes",
    "leg_report",
    "open_routes",
    "put_to_test",
]

MENTIONS = (
    "Report years in which a route is stated follow the attention of those who report; they count "
    "neither people nor flows."
)


@dataclass(frozen=True, slots=True)
class RouteSource:
    """Routes of one source before any filter; fields as in `FlowSource`."""

    routes: RouteSet
    accounting: str
    quarantine: tuple[Quarantined, ...]
    rows_in: int
    rows_used: int
    confidential: bool
    caveats: tuple[str, ...]


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
    from uncounted.sources.legs import read_legs

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
            (MENTIONS, "A statement without a transit country leaves the middle open: direct and "
             "one-stop routes are summed over. Thin rows shrink to the gravity model.", *seen.notes),
        )  # fmt: skip
    assert path is not None
    if layout in ("unodc", "ctdc"):
        raise InputError(
            "This table holds origins and destinations only, no routes.",
            fix="Use `uncounted flows` with this file.",
        )
    journeys = read_htcds_events(path) if layout == "htcds" else read_legs(path)
    if form is not None:
        journeys = journeys.with_form(form.casefold())
    return RouteSource(
        journeys.to_routes(), journeys.accounting(), journeys.quarantine, journeys.rows_in,
        journeys.rows_used, True,
        ("Cases of one coalition: whom it meets decides which routes it sees.", *seen.notes),
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
    draws: int, alpha: float, top: int, level: float, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Fit the chain of a group and describe it, JSON-ready."""
    chain = fit_routes(
        routes, prior, states, origins=origins, draws=draws, alpha=alpha, top=top, level=level,
        seed=seed,
    )  # fmt: skip
    return describe(chain, top=top, level=level)


def leg_report(
    routes: RouteSet, prior: NDArray[np.float64], states: Sequence[str], start: str, end: str, *,
    draws: int, alpha: float, level: float, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Say in which years a leg is stated and how likely it is as a first move and as an end."""
    years = routes.leg(start, end)
    out: dict[str, Any] = {
        "from": start,
        "to": end,
        "years_stated": list(years),
        "years_in_source": len(routes.years),
        "first_move": None,
        "destination": None,
    }
    name = f"{country_name(start)} to {country_name(end)}"
    if not years:
        out["words"] = f"{name}: not stated in this source, which is not to say it does not happen."
        return out
    words = f"{name}: stated in {len(years)} of {len(routes.years)} years ({_list(years)})"
    try:
        chain = fit_routes(
            routes, prior, states, origins=[start], draws=draws, alpha=alpha, top=1, level=level,
            seed=seed,
        )  # fmt: skip
    except InputError:
        out["words"] = words + "; no route starts there, so no share is given."
        return out
    for key, (median, interval) in (
        ("first_move", chain.first(start, end, level=level)),
        ("destination", chain.destination(end, level=level)),
    ):
        out[key] = {"value": median, "interval": interval.to_dict()}
    first, last = out["first_move"], out["destination"]
    out["words"] = (
        f"{words}; the first move of {_percent(first)} of the routes from {country_name(start)}, "
        f"the end of {_percent(last)}."
    )
    return out


def _percent(figure: dict[str, Any]) -> str:
    low, high = figure["interval"]["lower"], figure["interval"]["upper"]
    return f"{figure['value']:.1%} ({low:.1%} to {high:.1%})"


def _list(years: Sequence[int]) -> str:
    return ", ".join(map(str, years))


def put_to_test(
    routes: RouteSet, prior: NDArray[np.float64], states: Sequence[str], *, when: list[int] | None,
    bundled: bool, level: float, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Put the statements about routes to the test; what cannot be tested here says so."""
    out: dict[str, Any] = {}
    words: list[dict[str, str]] = []

    def add(key: str, claim: str, share: Any) -> None:
        out[key] = share.to_dict()
        verdict = {
            "supported": "supported",
            "contradicted": "contradicted as a general rule",
            "open": "open",
        }[share.verdict]
        low, high = share.interval.lower, share.interval.upper
        words.append(
            {
                "id": key,
                "verdict": verdict,
                "words": f"{claim}: {verdict}. {share.part:,.0f} of {share.whole:,.0f} {share.of} "
                f"({share.value:.1%}, {low:.1%} to {high:.1%}).",
            }
        )

    if bundled:
        try:
            cells = detected_flows(read_unodc(), years=when)
            add("uphill_detected", "From poorer to richer countries, people detected",
                uphill_detected(cells, level=level, seed=seed))  # fmt: skip
        except (NotSupported, InputError) as none:
            words.append({"id": "uphill_detected", "verdict": "no evidence", "words": str(none)})
    for key, claim in (
        ("uphill_stated", "From poorer to richer countries, pairs stated"),
        ("near_then_far", "First within a continent, then to another"),
    ):
        try:
            if key == "uphill_stated":
                share = uphill_stated(routes, level=level)
            else:
                share = near_then_far(routes.three_legs(), level=level)
            add(key, claim, share)
        except NotSupported as none:
            words.append({"id": key, "verdict": "no evidence", "words": str(none)})
    if bundled and "near_then_far" in out:
        given = routes_from_statements(read_statements(codes="given"))
        given = given.select(years=when) if when else given
        share = near_then_far(given.three_legs(), level=level, geodist_only=True)
        out["near_then_far_derived_codes"] = share.to_dict()
        words.append(
            {
                "id": "near_then_far_derived_codes",
                "verdict": "for comparison",
                "words": f"The copy in circulation gives {share.part:,.0f} of {share.whole:,.0f}: "
                "its derived codes hold UAE and DRC, which are no ISO codes, so some routes count "
                "twice and routes ending there seem to leave the continent.",
            }
        )
    for held_out in ("route", "report year"):
        try:
            test = compare_orders(routes, prior, states, held_out=held_out)
        except NotSupported as none:
            words.append({"id": "order", "verdict": "no evidence", "words": str(none)})
            break
        out["order_by_" + held_out.replace(" ", "_")] = test.to_dict()
        words.append(
            {
                "id": "order_by_" + held_out.replace(" ", "_"),
                "verdict": test.better,
                "words": f"Does the next country depend on the origin too? With each {held_out} "
                f"held out the log loss is {test.first:.2f} (last country only) and "
                f"{test.second:.2f} (with the origin): {_order(test.better)}.",
            }
        )
    out["statements"] = words
    return out


def _order(better: str) -> str:
    return {
        "first": "the last country predicts better alone",
        "second": "the origin helps",
        "neither": "no difference to speak of",
    }[better]


def suppress(
    chain: dict[str, Any], routes: RouteSet, legs: list[dict[str, Any]], threshold: int
) -> tuple[dict[str, Any], RouteSet, int, list[dict[str, Any]]]:
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
    shown = {
        **chain,
        "origins": sorted({r.places[0] for r in kept if r.places[0]}),
        "statements": sum(r.weight for r in kept),
        "destinations": [d for d in chain["destinations"] if d["destination"] in seen],
        "passages": [d for d in chain["passages"] if d["transit"] in seen],
        "routes": [r for r in chain["routes"] if tuple(r["route"]) in paths],
    }
    told = [
        leg
        if (leg["from"], leg["to"]) in pairs
        else {"from": leg["from"], "to": leg["to"], "suppressed": True,
              "words": f"{country_name(leg['from'])} to {country_name(leg['to'])}: suppressed or not stated."}
        for leg in legs
    ]  # fmt: skip
    return shown, RouteSet(kept, routes.unit, routes.years, routes.source), hidden, told
