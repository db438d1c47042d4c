"""`uncounted flows`: from where, to where; detected, expected by gravity, and estimated, kept apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from uncounted.cli._files import Command, save_picture, write_text
from uncounted.cli._output import json_option, note, screen, write_json
from uncounted.cli._patterns import (
    codes,
    filter_options,
    output_options,
    places_of,
    show_quarantine,
    write_csv,
    years_of,
)

if TYPE_CHECKING:
    from uncounted.patterns.flow_report import FlowSource
    from uncounted.patterns.flows import DetectedFlows, EstimatedFlows


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@filter_options
@click.option(
    "--gravity/--no-gravity",
    default=None,
    help="Fit the gravity model (default: for published tables, not for case data).",
)
@click.option(
    "--distance",
    type=click.Choice(["distcap", "dist", "distw"]),
    default="distcap",
    show_default=True,
    help="Between capitals, largest cities, or cities weighted by population.",
)
@click.option(
    "--covariates",
    default="distance,contiguity,language,colony",
    show_default=True,
    help="Also: migrants, income.",
)
@click.option(
    "--imputations",
    type=click.IntRange(0, 200),
    default=10,
    show_default=True,
    help="Completed tables for counts published as intervals; 0 for midpoints only.",
)
@click.option(
    "--labels",
    type=click.Choice(["strict", "wide"]),
    default="strict",
    show_default=True,
    help="wide reads misspelt and foreign country labels as well.",
)
@click.option(
    "--population",
    metavar="TABLE",
    help="Estimate flows into one --destination from this overlap table's population.",
)
@click.option("--method", default="main", show_default=True, help="How, with --population.")
@click.option(
    "--detection-prior",
    metavar="LOW,HIGH",
    help="Estimate flows into one --destination from a stated share detected.",
)
@click.option("--internal", is_flag=True, help="Keep people detected in their own country.")
@click.option(
    "--threshold",
    type=click.IntRange(5),
    default=11,
    show_default=True,
    help="Suppress smaller counts of case data.",
)
@click.option(
    "--top",
    type=click.IntRange(1),
    default=25,
    show_default=True,
    help="Rows on the screen; JSON, CSV and pages hold all.",
)
@click.option("--level", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--log", "verbose", is_flag=True, help="Show the quarantine log label by label.")
@output_options
@json_option
def flows(
    file: Path | None,
    years: tuple[str, ...],
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    region: str | None,
    form: str | None,
    gravity: bool | None,
    distance: str,
    covariates: str,
    imputations: int,
    labels: str,
    population: str | None,
    method: str,
    detection_prior: str | None,
    internal: bool,
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
    r"""Show flows between countries.

    Without FILE the bundled UNODC table of detected victims is used; FILE may be that table,
    CTDC microdata, HTCDS events, or a CSV of legs (columns from, to, year, ...).

    \b
    uncounted flows --destination USA --years 2013-2014
    uncounted flows --region Europe --html flows.html
    """  # fmt: skip
    from uncounted.patterns.flow_report import coefficients, flow_rows, open_flows, run_gravity
    from uncounted.patterns.flows import filter_flows

    when, to = years_of(years), codes(destinations)
    source = open_flows(file, wide=labels == "wide", form=form)
    show_quarantine(source.accounting, source.quarantine, verbose=verbose)
    shown = filter_flows(
        source.flows, years=when, origins=codes(origins), destinations=to,
        region=region.capitalize() if region else None, cross_border=not internal,
    )  # fmt: skip
    wanted = (not source.confidential) if gravity is None else gravity
    view, refused = None, ""
    if wanted:
        names = [c.strip() for c in covariates.split(",") if c.strip()]
        view, refused = run_gravity(
            filter_flows(source.flows, years=when), distance=distance, covariates=names,
            imputations=imputations, draws=200, seed=seed,
        )  # fmt: skip
        if refused:
            note(f"No gravity model: {refused}")
    estimated = _estimated(source, when, to, population, method, detection_prior, seed, shown)
    rows, total = flow_rows(source, shown, view, estimated, level=level, threshold=threshold)
    caveats = list(source.caveats)
    if source.confidential:
        caveats.append(f"Counts under {threshold}, and what would reveal them, are suppressed.")
    if view is not None and view.flagged:
        caveats.append(
            f"{len(view.flagged)} counts are far above the gravity expectation; flagged, not removed."
        )
    payload: dict[str, Any] = {
        "what": _what(shown, internal),
        "source": source.flows.source,
        "rows": {
            "in": source.rows_in,
            "used": source.rows_used,
            "quarantined": source.rows_in - source.rows_used,
        },
        "quarantine": [q.to_dict() for q in source.quarantine],
        "detected_total": total,
        "pairs": len(rows),
        "flows": rows,
        "gravity": None if view is None else coefficients(view, level=level),
        "gravity_refused": refused,
        "implausible": []
        if view is None
        else [
            {"destination": f.destination, "origin": f.origin, "year": f.year, "count": f.count,
             "expected": f.expected, "score": f.score}
            for f in view.flagged
        ],
        "estimated_basis": None if estimated is None else estimated.basis,
        "caveats": caveats,
    }  # fmt: skip
    if csv_path is not None:
        write_csv(csv_path, _COLUMNS, [_flat(r) for r in rows])
    if html_path is not None or picture is not None:
        _draw(payload, html_path, picture)
    if as_json:
        write_json({"ok": True, **payload})
    elif csv_path is None or str(csv_path) != "-":
        _table(payload, top)


def _estimated(
    source: FlowSource, when: list[int] | None, to: list[str] | None, population: str | None,
    method: str, prior: str | None, seed: int, shown: DetectedFlows,
) -> EstimatedFlows | None:  # fmt: skip
    """Join a population estimate or a stated prior to one destination's origins, where asked."""
    if population is None and prior is None:
        return None
    from uncounted.engine import stream
    from uncounted.errors import InputError
    from uncounted.patterns.flows import (
        estimated_flows,
        estimated_flows_from_prior,
        filter_flows,
        origin_shares,
    )

    if population is not None and prior is not None:
        raise click.UsageError("Choose --population or --detection-prior, not both.")
    if to is None or len(to) != 1:
        raise InputError(
            "Estimated flows belong to one destination.", fix="Name it with --destination."
        )
    rng = stream(seed, "flows/estimated")
    if prior is not None:
        try:
            low, high = (float(x) for x in prior.split(","))
        except ValueError:
            raise click.UsageError("Write --detection-prior LOW,HIGH, e.g. 0.02,0.10.") from None
        return estimated_flows_from_prior(
            shown, detected_low=low, detected_high=high, size=2000, rng=rng
        )
    from uncounted.cli._tables import load_table
    from uncounted.errors import NotSupported
    from uncounted.estimators.registry import Settings, make

    assert population is not None
    table = load_table(population)
    found = make(method, Settings(bootstrap=1000)).estimate(table.table, seed=seed)
    if found.draws is None:
        raise NotSupported(
            f"The method {method} gives no draws of this population. {found.refused}".strip(),
            fix="Choose another --method, e.g. main or bic.",
        )
    everyone = filter_flows(source.flows, years=when, destinations=to, cross_border=False)
    origins, shares = origin_shares(everyone, size=2000, rng=rng)
    span = f"{everyone.year.min()} to {everyone.year.max()}"
    return estimated_flows(
        found.draws, origins, shares, rng=rng,
        population_of=f"the population of {population} by {method}",
        shares_of=f"the people detected in {to[0]}, {span} (own citizens included)",
    )  # fmt: skip


def _what(shown: DetectedFlows, internal: bool) -> str:
    first, last = int(shown.year.min()), int(shown.year.max())
    span = f"{first}" if first == last else f"{first} to {last}"
    who = "Detected people" if internal else "Detected cross-border people"
    ends = ""
    for word, found in (("from", shown.origin), ("in", shown.destination)):
        names = sorted(set(found.tolist()))
        if len(names) == 1:
            ends += f" {word} {places_of(names).get(names[0], (names[0],))[0]}"
    by = f" by {shown.origin_means} and destination" if not ends else f" by {shown.origin_means}"
    return f"{who}{ends}{by}, {span if first else 'years not given'}"


_COLUMNS = (
    "origin", "destination", "detected_lower", "detected_upper", "detected_mark", "first_year",
    "last_year", "years_listed", "flagged", "expected_median", "expected_lower", "expected_upper",
    "estimated_median", "estimated_lower", "estimated_upper",
)  # fmt: skip


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    out = {
        "origin": row["origin"],
        "destination": row["destination"],
        "detected_lower": row["detected"].get("lower", ""),
        "detected_upper": row["detected"].get("upper", ""),
        "detected_mark": "suppressed" if "suppressed" in row["detected"] else "",
        "first_year": row["years"][0],
        "last_year": row["years"][-1],
        "years_listed": len(row["years"]),
        "flagged": int(row["flagged"]),
    }
    for kind in ("expected", "estimated"):
        if row[kind] is not None:
            out[f"{kind}_median"] = f"{row[kind]['median']:.6g}"
            out[f"{kind}_lower"] = f"{row[kind]['interval']['lower']:.6g}"
            out[f"{kind}_upper"] = f"{row[kind]['interval']['upper']:.6g}"
    return out


def _words(row: dict[str, Any]) -> str:
    """Write a detected count in words: a censored one as its interval, a suppressed one as †."""
    seen = row["detected"]
    if "suppressed" in seen:
        return "†"
    low, high = seen["lower"], seen["upper"]
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _range(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return ""
    low, high = figure["interval"]["lower"], figure["interval"]["upper"]
    return f"{_short(figure['median'])} ({_short(low)} to {_short(high)})"


def _short(value: float | None) -> str:
    """Write people: whole from ten up, two signs below."""
    if value is None:
        return "no bound"
    return f"{value:,.0f}" if value >= 9.5 else f"{value:.2g}"


def _table(payload: dict[str, Any], top: int) -> None:
    from rich.table import Table

    out = screen()
    out.print(payload["what"])
    table = Table(box=None, pad_edge=False)
    table.add_column("origin")
    table.add_column("destination")
    table.add_column("detected", justify="right")
    table.add_column("gravity expects", justify="right")
    if payload["estimated_basis"]:
        table.add_column("estimated", justify="right")
    for row in payload["flows"][:top]:
        cells = [
            row["origin_name"], row["destination_name"],
            _words(row) + (" !" if row["flagged"] else ""), _range(row["expected"]),
        ]  # fmt: skip
        if payload["estimated_basis"]:
            cells.append(_range(row["estimated"]))
        table.add_row(*cells)
    out.print(table)
    if payload["pairs"] > top:
        out.print(f"... and {payload['pairs'] - top:,} more pairs (--top, --csv, --json, --html).")
    total = payload["detected_total"]
    if "lower" in total:
        out.print(
            f"Detected in all: {total['lower']:,} to {total['upper']:,} in {payload['pairs']:,} pairs."
        )
    if payload["estimated_basis"]:
        out.print(payload["estimated_basis"])
    gravity = payload["gravity"]
    if gravity:
        out.print(
            f"Gravity: {gravity['pairs']:,} pairs, distance {gravity['distance_is']} "
            f"({gravity['distance']}), standard errors clustered by both countries"
        )
        fits = Table(box=None, pad_edge=False)
        fits.add_column("")
        fits.add_column('"<5" at midpoint', justify="right")
        fits.add_column("imputed", justify="right")
        for name, c in gravity["midpoint"].items():
            b = (gravity["imputed"] or {}).get(name)
            fits.add_row(
                name, f"{c['estimate']:.2f} ({c['se']:.2f})",
                "" if b is None else f"{b['estimate']:.2f} ({b['se']:.2f})",
            )  # fmt: skip
        out.print(fits)
        if "difference" in gravity:
            out.print(gravity["difference"])
    for caveat in payload["caveats"]:
        out.print(f"- {caveat}")


def _draw(payload: dict[str, Any], html_path: Path | None, picture: Path | None) -> None:
    from uncounted.charts.flow_map import flow_map

    ends = {c for r in payload["flows"] for c in (r["origin"], r["destination"])}
    drawn = [
        {"origin": r["origin"], "destination": r["destination"], "words": _words(r),
         "value": (r["detected"]["lower"] + r["detected"]["upper"]) / 2, "flagged": r["flagged"]}
        for r in payload["flows"]
        if "lower" in r["detected"] and r["origin"] != r["destination"]
    ]  # fmt: skip
    spec = flow_map(
        drawn, places_of(ends), title=payload["what"], subtitle=payload["source"],
        unit="detected people",
    )  # fmt: skip
    if picture is not None:
        save_picture(spec, picture)
    if html_path is None:
        return
    from uncounted.brief.pages import figure_page

    estimated = payload["estimated_basis"]
    columns = ["Origin", "Destination", "Detected", "Gravity expects (detected)", "Years listed"]
    columns += ["Estimated"] if estimated else []
    rows = [
        [r["origin_name"], r["destination_name"], _words(r) + (" (flagged)" if r["flagged"] else ""),
         _range(r["expected"]), f"{r['years'][0]} to {r['years'][-1]}" if r["years"][0] else "",
         *([_range(r["estimated"])] if estimated else [])]
        for r in payload["flows"]
    ]  # fmt: skip
    caveats = list(payload["caveats"])
    gravity = payload["gravity"]
    if gravity:
        words = "; ".join(
            f"{n} {c['estimate']:.2f} ({c['se']:.2f})" for n, c in gravity["midpoint"].items()
        )
        caveats.append(
            f"Gravity over {gravity['pairs']:,} pairs, distance {gravity['distance_is']} "
            f"({gravity['distance']}), censored counts at their midpoint: {words}. "
            + gravity.get("difference", "")
        )
    if estimated:
        caveats.append(estimated[0].upper() + estimated[1:] + ".")
    caveats.append("Borders on the map say nothing about the legal status of any territory.")
    page = figure_page(
        title=payload["what"],
        lead="Detected, expected and estimated figures stand in columns of their own.",
        spec=spec,
        alt="A map of flows as curved bands; the table below holds the same figures and all others.",
        columns=columns,
        rows=rows,
        caveats=caveats,
        source=payload["source"],
    )
    write_text(html_path, page)
