"""`uncounted ranks`: which ranks each origin may hold, never a bare league table."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from uncounted.cli._files import Command, OutputFile, save_picture, write_text
from uncounted.cli._output import json_option, note, screen, write_json

if TYPE_CHECKING:
    from uncounted.patterns.ranks import Ranking
    from uncounted.patterns.tallies import Tally


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--method",
    type=click.Choice(["exact", "stepdown", "joint"]),
    default="exact",
    show_default=True,
    help="exact: counts. stepdown: estimates with draws or standard errors. joint: from intervals.",
)
@click.option(
    "--simultaneous/--marginal",
    default=True,
    show_default=True,
    help="All rank sets hold together, or each holds alone.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Probability they hold.")
@click.option("--destination", help="Country that detected the victims (without FILE).")
@click.option("--year", "years", type=int, multiple=True, help="Year; may be given several times.")
@click.option("--origin", "origins", multiple=True, help="Keep this origin only; several times.")
@click.option(
    "--region", help="Keep origins of one region: Africa, America, Asia, Europe, Pacific."
)
@click.option("--form", help="Not possible for ranks: the table does not cross origin and form.")
@click.option("--nationals", is_flag=True, help="Keep citizens of the destination as well.")
@click.option("--top", type=click.IntRange(1), help="Keep the largest so many origins.")
@click.option("--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True)
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
def ranks(
    file: Path | None,
    method: str,
    simultaneous: bool,
    level: float,
    destination: str | None,
    years: tuple[int, ...],
    origins: tuple[str, ...],
    region: str | None,
    form: str | None,
    nationals: bool,
    top: int | None,
    draws: int,
    seed: int,
    csv_path: Path | None,
    html_path: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Say which ranks each origin may hold, and which tiers can be told apart.

    FILE has a column origin and a column count (or estimate), and where there are any: se, lower
    and upper, draw1, draw2, ... Without FILE the bundled UNODC table of detected victims is
    ranked, e.g. `uncounted ranks --destination USA --year 2008`.
    """
    from uncounted.errors import InputError
    from uncounted.patterns.ranks.reading import RankTable, rank_table, read_rank_table

    tally = None
    if form is not None:
        raise InputError(
            "The UNODC table does not cross origin with form of exploitation.",
            fix="Ask for ranks without --form, or for `uncounted shares`.",
        )
    if file is not None:
        if destination or years or origins or region or nationals:
            raise click.UsageError(
                "Filters choose from the bundled table; leave them out with FILE."
            )
        table = read_rank_table(file)
        what = f"{file.name}"
    else:
        tally = _bundled(destination, years, origins, region, nationals)
        low, high = tally.lower.astype(float), tally.upper.astype(float)
        table = RankTable(tally.names, low, high)
        what = f"Detected victims {tally.what}"
    left_out = 0
    if top is not None and top < len(table.names):
        left_out = len(table.names) - top
        table = _largest(table, top)
    found = rank_table(
        table, method=method, simultaneous=simultaneous, level=level, draws=draws, seed=seed
    )
    caveats = [*found.caveats, *(tally.caveats if tally else ())]
    if left_out:
        caveats.append(
            f"Ranks are among the {top} largest; {left_out} smaller origins are left out, and "
            "choosing them by the same counts is not allowed for."
        )
    if not simultaneous and method == "joint":
        caveats.append("Joint intervals give sets that all hold together, and so each alone.")
    if not simultaneous and method != "joint":
        caveats.append("Each set holds alone; do not read an order or tiers off them.")
    payload = _payload(found, what, tally, caveats)
    if csv_path is not None:
        _write_csv(csv_path, payload)
    if html_path is not None or picture is not None:
        _draw(found, payload, html_path, picture)
    if as_json:
        write_json({"ok": True, **payload})
    elif csv_path is None or str(csv_path) != "-":
        _table(payload)


def _bundled(
    destination: str | None,
    years: tuple[int, ...],
    origins: tuple[str, ...],
    region: str | None,
    nationals: bool,
) -> Tally:
    from uncounted.patterns.places import to_iso3
    from uncounted.patterns.readers.unodc import read_unodc
    from uncounted.patterns.tallies import by_origin

    table = read_unodc()
    note(table.accounting())
    return by_origin(
        table,
        destination=to_iso3(destination) if destination else None,
        years=years or None,
        origins=[to_iso3(o) for o in origins] or None,
        region=region,
        nationals=nationals,
    )


def _largest(table: Any, top: int) -> Any:
    """Cut a table to its `top` largest populations, in the table's own order."""
    import numpy as np

    from uncounted.patterns.ranks.reading import RankTable

    order = np.argsort(-(table.low + table.high), kind="stable")[:top]
    keep = np.sort(order)

    def cut(values: Any) -> Any:
        return None if values is None else values[keep]

    return RankTable(
        tuple(table.names[i] for i in keep),
        table.low[keep],
        table.high[keep],
        cut(table.errors),
        None if table.draws is None else table.draws[:, keep],
        cut(table.lower),
        cut(table.upper),
    )


def _payload(found: Ranking, what: str, tally: Tally | None, caveats: list[str]) -> dict[str, Any]:
    out = found.to_dict()
    words = {s.name: s.words() for s in found.sets}
    for rank in out["ranks"]:
        rank["words"] = words[rank["origin"]]
        if tally is not None:
            from uncounted.patterns.places import country_name

            rank["name"] = country_name(rank["origin"])
    out["what"] = what
    out["source"] = tally.source if tally else what
    out["caveats"] = caveats
    return out


def _write_csv(path: Path, payload: dict[str, Any]) -> None:
    text = io.StringIO()
    columns = ["origin", "count", "count_lower", "count_upper", "lower", "upper", "tier"]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(payload["ranks"])
    write_text(path, text.getvalue())


def _table(payload: dict[str, Any]) -> None:
    from rich.table import Table

    out = screen()
    sets = "simultaneous" if payload["simultaneous"] else "marginal"
    out.print(f"{payload['what']}: {payload['level']:.0%} {sets} rank sets ({payload['method']})")
    table = Table(box=None, pad_edge=False)
    for name, align in (
        ("tier", "right"),
        ("origin", "left"),
        ("count", "right"),
        ("rank", "left"),
    ):
        table.add_column(name, justify=align)  # type: ignore[arg-type]
    for rank in sorted(payload["ranks"], key=lambda r: (r["lower"], r["upper"])):
        table.add_row(
            "" if rank["tier"] is None else str(rank["tier"]),
            rank.get("name", rank["origin"]),
            shown_count(rank),
            rank["words"],
        )
    out.print(table)
    for caveat in payload["caveats"]:
        out.print(f"- {caveat}")


def shown_count(rank: dict[str, Any]) -> str:
    """Write the count of a rank in words: a suppressed one as its interval, never a middle."""
    if rank["count"] is not None:
        return f"{rank['count']:,}"
    if rank["count_lower"] is None or rank["count_upper"] is None:
        return "no bound"
    return f"{rank['count_lower']:,} to {rank['count_upper']:,}"


def _draw(
    found: Ranking, payload: dict[str, Any], html_path: Path | None, picture: Path | None
) -> None:
    from uncounted.charts.rank_intervals import rank_intervals

    spec = rank_intervals(
        payload["ranks"],
        title=payload["what"],
        subtitle=(
            f"{payload['level']:.0%} {'simultaneous' if payload['simultaneous'] else 'marginal'} "
            f"rank sets, {payload['method']} method"
        ),
    )
    if picture is not None:
        save_picture(spec, picture)
    if html_path is not None:
        from uncounted.brief.pages import figure_page

        rows = [
            [r.get("name", r["origin"]), shown_count(r), r["words"], r["tier"] or ""]
            for r in sorted(payload["ranks"], key=lambda r: (r["lower"], r["upper"]))
        ]
        page = figure_page(
            title=payload["what"],
            lead="Which ranks each may hold. Where two sets overlap, do not read an order.",
            spec=spec,
            alt="Rank sets as bars, one row an origin; the table below holds the same figures.",
            columns=["Origin", "Count", "Rank", "Tier"],
            rows=rows,
            caveats=payload["caveats"],
            source=payload["source"],
        )
        write_text(html_path, page)
