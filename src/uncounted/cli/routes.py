"""`uncounted routes`: origin, transit, destination; the likely routes, and statements put to the test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from uncounted.cli._files import Command, save_picture, write_text
from uncounted.cli._output import json_option, note, progress, screen, write_json
from uncounted.cli._patterns import (
    codes,
    filter_options,
    output_options,
    show_quarantine,
    write_csv,
    years_of,
)

if TYPE_CHECKING:
    from uncounted.patterns.routes import RouteSet


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@filter_options
@click.option(
    "--leg",
    "legs",
    multiple=True,
    metavar="FROM:TO",
    help="When is this leg stated, and how likely is it? May be repeated.",
)
@click.option(
    "--prior",
    "alpha",
    type=click.FloatRange(0.01, 1000),
    default=5.0,
    show_default=True,
    help="Weight of the gravity prior, in statements.",
)
@click.option("--draws", type=click.IntRange(50, 20_000), default=400, show_default=True)
@click.option(
    "--tests/--no-tests",
    default=True,
    show_default=True,
    help="Put the statements about routes to the test.",
)
@click.option(
    "--threshold",
    type=click.IntRange(5),
    default=11,
    show_default=True,
    help="Suppress routes of case data with fewer cases.",
)
@click.option("--top", type=click.IntRange(1, 200), default=10, show_default=True)
@click.option("--level", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--log", "verbose", is_flag=True, help="Show the quarantine log in full.")
@output_options
@json_option
def routes(
    file: Path | None,
    years: tuple[str, ...],
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    region: str | None,
    form: str | None,
    legs: tuple[str, ...],
    alpha: float,
    draws: int,
    tests: bool,
    threshold: int,
    top: int,
    level: float,
    seed: int,
    verbose: bool,
    csv_path: Path | None,
    html_path: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    r"""Show routes over transit countries.

    Without FILE the bundled routes stated in reports are used; FILE may be route statements,
    HTCDS events, or a CSV of legs (columns case, leg, from, to, year, ...).

    \b
    uncounted routes --origin KOR
    uncounted routes --leg SLV:MEX --leg ROU:CZE --leg NPL:IND --no-tests
    """  # fmt: skip
    from uncounted.errors import InputError
    from uncounted.patterns.route_report import (
        fit_group,
        gravity_for_routes,
        leg_report,
        open_routes,
        put_to_test,
        suppress,
    )

    when, start, end = years_of(years), codes(origins), codes(destinations)
    continent = region.capitalize() if region else None
    source = open_routes(file, form=form)
    show_quarantine(source.accounting, source.quarantine, verbose=verbose)
    everything = source.routes.select(years=when) if when else source.routes
    shown = everything.select(origins=start, destinations=end, region=continent)
    pairs = []
    for leg in legs:
        ends = leg.replace(">", ":").split(":")
        if len(ends) != 2:
            raise click.UsageError("Write --leg FROM:TO, e.g. SLV:MEX.")
        found = codes(ends)
        assert found is not None
        pairs.append((found[0], found[1]))
    prior, states = gravity_for_routes(everything, [c for p in pairs for c in p])
    group = start or sorted({r.places[0] for r in shown.routes if r.places[0]})
    with progress("routes", quiet=as_json) as tell:
        chain = fit_group(
            everything, prior, states, origins=group, draws=draws, alpha=alpha, top=top,
            level=level, seed=seed,
        )  # fmt: skip
        tell(1, 1 + len(pairs))
        stated = []
        for i, (a, b) in enumerate(pairs):
            stated.append(
                leg_report(everything, prior, states, a, b, draws=draws, alpha=alpha,
                           level=level, seed=seed)
            )  # fmt: skip
            tell(2 + i, 1 + len(pairs))
    if not shown.routes:
        raise InputError("No route matches.", fix="Ask for other countries.")
    caveats = list(source.caveats)
    if source.confidential:
        chain, shown, hidden, stated = suppress(chain, shown, stated, threshold)
        caveats.append(
            f"Routes with fewer than {threshold} cases are suppressed ({hidden} of them), and with "
            "them the places only they pass."
        )
    payload: dict[str, Any] = {
        "what": f"Routes from {_named(group)}" if start else "Routes, all origins together",
        "unit": shown.unit,
        "source": everything.source,
        "years": list(everything.years),
        "rows": {
            "in": source.rows_in,
            "used": source.rows_used,
            "quarantined": source.rows_in - source.rows_used,
        },
        "quarantine": [q.to_dict() for q in source.quarantine],
        "stated": [
            {"route": list(r.places), "weight": r.weight, "years": list(r.years)}
            for r in sorted(shown.routes, key=lambda r: (-r.weight, r.places))
        ],
        "chain": _ends(chain, end),
        "legs": stated,
        "tests": put_to_test(everything, prior, states, when=when, bundled=file is None,
                             level=level, seed=seed) if tests else None,
        "caveats": caveats,
    }  # fmt: skip
    if csv_path is not None:
        _csv(csv_path, payload)
    if html_path is not None or picture is not None:
        _draw(payload, shown, html_path, picture)
    if as_json:
        write_json({"ok": True, **payload})
    elif csv_path is None or str(csv_path) != "-":
        _table(payload, top)


def _ends(chain: dict[str, Any], end: list[str] | None) -> dict[str, Any]:
    """Keep the destinations and routes asked for; their probabilities stay those of the group."""
    if end is None:
        return chain
    return {
        **chain,
        "destinations": [d for d in chain["destinations"] if d["destination"] in end],
        "routes": [r for r in chain["routes"] if r["route"][-1] in end],
    }


def _named(found: list[str]) -> str:
    from uncounted.patterns.places import country_name

    return ", ".join(country_name(c) for c in found)


def _route(places: list[str]) -> str:
    from uncounted.patterns.places import country_name

    return " > ".join(country_name(p) if p else "?" for p in places)


def _span(years: list[int]) -> str:
    """Write years briefly: 2008-2014, 2016."""
    parts: list[list[int]] = []
    for y in years:
        if parts and y == parts[-1][-1] + 1:
            parts[-1].append(y)
        else:
            parts.append([y])
    return ", ".join(f"{p[0]}" if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)


def _figure(value: float, interval: dict[str, Any]) -> str:
    return f"{value:.1%} ({interval['lower']:.1%} to {interval['upper']:.1%})"


def _csv(path: Path, payload: dict[str, Any]) -> None:
    rows = []
    for kind, key in (("destinations", "destination"), ("passages", "transit")):
        for r in payload["chain"][kind]:
            rows.append(
                {"kind": key, "place": r[key], "value": r["value"],
                 "lower": r["interval"]["lower"], "upper": r["interval"]["upper"]}
            )  # fmt: skip
    for r in payload["chain"]["routes"]:
        rows.append(
            {"kind": "route", "place": ">".join(r["route"]), "value": r["probability"],
             "lower": r["interval"]["lower"], "upper": r["interval"]["upper"],
             "years": " ".join(map(str, r["years_stated"]))}
        )  # fmt: skip
    for r in payload["stated"]:
        rows.append(
            {"kind": "stated", "place": ">".join(p or "?" for p in r["route"]), "value": r["weight"],
             "years": " ".join(map(str, r["years"]))}
        )  # fmt: skip
    write_csv(path, ("kind", "place", "value", "lower", "upper", "years"), rows)


def _table(payload: dict[str, Any], top: int) -> None:
    from rich.table import Table

    from uncounted.patterns.places import country_name

    out = screen()
    chain = payload["chain"]
    out.print(f"{payload['what']}: {chain['statements']:,} {payload['unit']} stated")
    table = Table(box=None, pad_edge=False)
    for name in ("most likely routes", "share of routes", "stated in"):
        table.add_column(name)
    for r in chain["routes"]:
        table.add_row(
            _route(r["route"]), _figure(r["probability"], r["interval"]),
            _span(r["years_stated"]) or "not stated",
        )  # fmt: skip
    out.print(table)
    for kind, key, title in (
        ("destinations", "destination", "destination, through all pipelines"),
        ("passages", "transit", "passages per route, by transit country"),
    ):
        table = Table(box=None, pad_edge=False)
        table.add_column(title)
        table.add_column("")
        for r in chain[kind][:top]:
            table.add_row(country_name(r[key]), _figure(r["value"], r["interval"]))
        out.print(table)
    through = [r for r in payload["stated"] if len(r["route"]) > 2 and all(r["route"])]
    if through:
        shown = "; ".join(f"{_route(r['route'])} ({_span(r['years'])})" for r in through[:top])
        more = f"; and {len(through) - top} more" if len(through) > top else ""
        out.print(f"Stated over a transit country: {shown}{more}.")
    for leg in payload["legs"]:
        out.print(leg["words"])
    if payload["tests"]:
        for test in payload["tests"]["statements"]:
            out.print(f"- {test['words']}")
    for caveat in payload["caveats"]:
        out.print(f"- {caveat}")


def _draw(
    payload: dict[str, Any], shown: RouteSet, html_path: Path | None, picture: Path | None
) -> None:
    from uncounted.charts.sankey import sankey
    from uncounted.patterns.places import country_name

    whole = [r for r in shown.routes if all(r.places) and len(set(r.places)) == len(r.places)]
    whole.sort(key=lambda r: (-(len(r.places) > 2), -r.weight, r.places))
    drawn = [{"route": list(r.places), "value": r.weight} for r in whole[:40]]
    if not drawn:
        note("No whole route to draw.")
        return
    names = {p: country_name(p) for r in drawn for p in r["route"]}  # type: ignore[attr-defined]
    hidden = len(shown.routes) - len(drawn)
    spec = sankey(
        drawn, names, title=payload["what"], unit=payload["unit"],
        subtitle="Routes as stated, those over a transit country first"
        + (f"; {hidden} more in the table" if hidden else ""),
    )  # fmt: skip
    if picture is not None:
        save_picture(spec, picture)
    if html_path is None:
        return
    from uncounted.brief.pages import figure_page

    rows = [
        [_route(r["route"]), _figure(r["probability"], r["interval"]),
         _span(r["years_stated"]) or "not stated"]
        for r in payload["chain"]["routes"]
    ]  # fmt: skip
    rows += [
        [_route(r["route"]), f"stated: {r['weight']} {payload['unit']}", _span(r["years"])]
        for r in payload["stated"]
    ]
    tests = [t["words"] for t in (payload["tests"] or {}).get("statements", [])]
    page = figure_page(
        title=payload["what"],
        lead=f"What is counted: {payload['unit']}, not people.",
        spec=spec,
        alt="A Sankey diagram of the routes; the table below holds the same figures.",
        columns=["Route", "Share of routes, or how often stated", "Years"],
        rows=rows,
        caveats=[*(leg["words"] for leg in payload["legs"]), *tests, *payload["caveats"]],
        source=payload["source"],
    )
    write_text(html_path, page)
