"""`uncounted shares`: which part each form, sector or origin has, with intervals."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from uncounted.cli._files import Command, OutputFile, save_picture, write_text
from uncounted.cli._output import json_option, note, screen, write_json

if TYPE_CHECKING:
    from uncounted.patterns.shares import Shares

_FORM_WORDS = {
    "sexual": "Sexual exploitation",
    "labour": "Forced labour",
    "other": "Other forms",
}


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--by", type=click.Choice(["form", "origin"]), default="form", show_default=True)
@click.option("--destination", help="Country that detected the victims (without FILE).")
@click.option("--year", "years", type=int, multiple=True, help="Year; several show the shifts.")
@click.option("--form", "forms", multiple=True, help="Show this form only; denominators stay.")
@click.option(
    "--origin", "origins", multiple=True, help="Show this origin only (with --by origin)."
)
@click.option("--region", help="Show origins of one region only (with --by origin).")
@click.option(
    "--method",
    type=click.Choice(["goodman", "exact", "sison-glaz", "dirichlet"]),
    default="goodman",
    show_default=True,
)
@click.option("--simultaneous/--marginal", default=True, show_default=True)
@click.option("--level", type=float, default=0.95, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--csv",
    "csv_path",
    type=OutputFile(dash=True),
    help="Write a CSV file; - for standard output.",
)
@click.option("--html", "html_path", type=OutputFile(), help="Write a page.")
@click.option("--picture", type=OutputFile(), help="Write .svg, .png, .pdf or .html.")
@json_option
def shares(
    file: Path | None,
    by: str,
    destination: str | None,
    years: tuple[int, ...],
    forms: tuple[str, ...],
    origins: tuple[str, ...],
    region: str | None,
    method: str,
    simultaneous: bool,
    level: float,
    seed: int,
    csv_path: Path | None,
    html_path: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Give the share of each form (or origin) with intervals that hold together.

    FILE has columns form and count; with a column answered beside it, a person may be in several
    forms and the shares need not add to 100%. Without FILE the bundled UNODC table is read, e.g.
    `uncounted shares --destination USA --year 2013`.
    """
    options = {"method": method, "simultaneous": simultaneous, "level": level, "seed": seed}
    if file is not None:
        if destination or years or forms or origins or region or by != "form":
            raise click.UsageError(
                "Filters choose from the bundled table; leave them out with FILE."
            )
        payload = _from_file(file, options)
    else:
        if not destination:
            raise click.UsageError("Name --destination (and --year), or give a FILE.")
        if by == "form" and (origins or region):
            raise click.UsageError("The table does not cross form with origin; use --by origin.")
        if by == "origin" and forms:
            raise click.UsageError("The table does not cross origin with form; use --by form.")
        payload = _from_table(destination, years, by, forms, origins, region, options)
    if csv_path is not None:
        _write_csv(csv_path, payload)
    if html_path is not None or picture is not None:
        _draw(payload, html_path, picture)
    if as_json:
        write_json({"ok": True, **payload})
    elif csv_path is None or str(csv_path) != "-":
        _table(payload)


def _from_file(file: Path, options: dict[str, Any]) -> dict[str, Any]:
    from uncounted.patterns.shares_reading import read_share_table, share_table

    table = read_share_table(file)
    found = share_table(table, **options)
    return {
        "what": file.name,
        "source": file.name,
        **_settings(found, options),
        "shares": [{"year": None, "form": s.name, **s.to_dict()} for s in found.shares],
        "shifts": [],
        "caveats": list(found.caveats),
    }


def _settings(found: Shares, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "method": found.method,
        "simultaneous": found.simultaneous,
        "level": options["level"],
        "adds_up": found.adds_up,
    }


def _from_table(
    destination: str,
    years: tuple[int, ...],
    by: str,
    forms: tuple[str, ...],
    origins: tuple[str, ...],
    region: str | None,
    options: dict[str, Any],
) -> dict[str, Any]:
    from uncounted.errors import InputError
    from uncounted.patterns.places import country, country_name, to_iso3
    from uncounted.patterns.readers.unodc import read_unodc
    from uncounted.patterns.shares import shares as make
    from uncounted.patterns.shares_reading import FORM_NAMES, forms_by_year, origins_by_year, shifts

    table = read_unodc()
    note(table.accounting())
    place = to_iso3(destination)
    if by == "form":
        tallies = forms_by_year(table, place, years)
        wanted = set()
        for form in forms:
            if form.strip().casefold() not in FORM_NAMES:
                raise InputError(
                    "There is no such form of exploitation in the table.",
                    fix="Forms are sexual, labour and other.",
                )
            wanted.add(FORM_NAMES[form.strip().casefold()])
    else:
        tallies = origins_by_year(table, place, years)
        wanted = {to_iso3(o) for o in origins}
    rows, caveats, found = [], [], None
    by_year: dict[int, Shares] = {}
    for tally in tallies:
        found = make(tally.lower, tally.names, upper=tally.upper, **options)
        by_year[tally.years[0]] = found
        for s in found.shares:
            if wanted and s.name not in wanted:
                continue
            if region is not None:
                c = country(s.name)
                if c is None or c.continent.casefold() != region.strip().casefold().removesuffix(
                    "s"
                ):
                    continue
            words = _FORM_WORDS.get(s.name) or (
                "Not listed" if s.name == "not listed" else country_name(s.name)
            )
            rows.append({"year": tally.years[0], by: s.name, "label": words, **s.to_dict()})
        caveats += [c for c in (*found.caveats, *tally.caveats) if c not in caveats]
    if not rows or found is None:
        raise InputError("Nothing is left to show.", fix="Drop a filter.")
    moved = []
    if by == "form" and len(tallies) > 1:
        moved = [m for m in shifts(table, place, by_year) if not wanted or m["form"] in wanted]
    caveats.append(
        "Detected victims: whom authorities found and reported, not all who were trafficked."
    )
    span = ", ".join(str(t.years[0]) for t in tallies)
    kind = "form of exploitation" if by == "form" else "citizenship"
    return {
        "what": f"Detected victims in {place}, {span}, by {kind}",
        "source": table.source,
        **_settings(found, options),
        "shares": rows,
        "shifts": moved,
        "caveats": caveats,
    }


def _write_csv(path: Path, payload: dict[str, Any]) -> None:
    text = io.StringIO()
    columns = [
        "year", "name", "count_lower", "count_upper", "denominator_lower", "denominator_upper",
        "share", "share_lower", "share_upper", "interval_lower", "interval_upper",
    ]  # fmt: skip
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for s in payload["shares"]:
        ends = {f"interval_{e}": s["interval"][e] for e in ("lower", "upper")}
        writer.writerow({**s, **ends})
    write_text(path, text.getvalue())


def _cells(s: dict[str, Any]) -> list[str]:
    """Count, denominator, share and interval in words."""
    count = (
        f"{s['count']:,}"
        if s["count"] is not None
        else f"{s['count_lower']:,} to {s['count_upper']:,}"
    )
    of = (
        f"{s['denominator']:,}"
        if s["denominator"] is not None
        else f"{s['denominator_lower']:,} to {s['denominator_upper']:,}"
    )
    share = (
        f"{s['share']:.0%}"
        if s["share"] is not None
        else _between(s["share_lower"], s["share_upper"])
    )
    ends = s["interval"]
    return [count, of, share, f"{ends['lower']:.1%} to {ends['upper']:.1%}"]


def _between(low: float, high: float) -> str:
    """Write a range with as many digits as it takes to see that it is one."""
    digits = next((d for d in (0, 1, 2) if f"{low:.{d}%}" != f"{high:.{d}%}"), 3)
    return f"between {low:.{digits}%} and {high:.{digits}%}"


def _moved(payload: dict[str, Any]) -> list[str]:
    """Word the shifts: each form's, and once for each pair of years who was counted."""
    out: list[str] = []
    for m in payload["shifts"]:
        span = f"{m['first_year']} to {m['second_year']}"
        counted = f"{span}, who was counted: {' '.join(m['counted'])}"
        if m["counted"] and counted not in out:
            out.append(counted)
        out.append(
            f"{span}, {_FORM_WORDS.get(m['form'], m['form'])}: {m['lower'] * 100:+.0f} to "
            f"{m['upper'] * 100:+.0f} points. {m['words']}"
        )
    return out


def _table(payload: dict[str, Any]) -> None:
    from rich.table import Table

    out = screen()
    sets = "simultaneous" if payload["simultaneous"] else "marginal"
    out.print(f"{payload['what']}: {payload['level']:.0%} {sets} intervals ({payload['method']})")
    table = Table(box=None, pad_edge=False)
    for name in ("year", "category", "count", "of", "share", "interval"):
        table.add_column(name)
    for s in payload["shares"]:
        table.add_row(
            "" if s["year"] is None else str(s["year"]), s.get("label", s["name"]), *_cells(s)
        )
    out.print(table)
    for line in _moved(payload):
        out.print(line)
    for caveat in payload["caveats"]:
        out.print(f"- {caveat}")


def _draw(payload: dict[str, Any], html_path: Path | None, picture: Path | None) -> None:
    from uncounted.charts.shares import shares_chart

    spec = shares_chart(
        payload["shares"],
        title=payload["what"],
        subtitle=(
            f"Dot: share. Bar: what the source leaves open. Line: {payload['level']:.0%} "
            f"{'simultaneous' if payload['simultaneous'] else 'marginal'} interval"
        ),
    )
    if picture is not None:
        save_picture(spec, picture)
    if html_path is not None:
        from uncounted.brief.pages import figure_page

        page = figure_page(
            title=payload["what"],
            lead="Shares of the people counted, never of all who were trafficked.",
            spec=spec,
            alt="Shares as dots with intervals; the table below holds the same figures.",
            columns=["Year", "Category", "Count", "Of", "Share", "Interval"],
            rows=[
                ["" if s["year"] is None else s["year"], s.get("label", s["name"]), *_cells(s)]
                for s in payload["shares"]
            ],
            caveats=[*_moved(payload), *payload["caveats"]],
            source=payload["source"],
        )
        write_text(html_path, page)
