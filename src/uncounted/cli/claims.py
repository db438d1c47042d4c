"""`uncounted claims`: published claims put to the test."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from uncounted.cli._files import Command, OutputFile, write_text
from uncounted.cli._output import json_option, screen, write_json

if TYPE_CHECKING:
    from uncounted.patterns.claims import Finding
    from uncounted.patterns.claims_ledger import Ledger


@click.command(cls=Command)
@click.argument("ledger", required=False, type=click.Path(path_type=Path))
@click.option("--id", "ids", multiple=True, help="This claim only; may be given several times.")
@click.option("--year", "years", type=int, multiple=True, help="Claims about this year.")
@click.option("--destination", help="Claims about this country.")
@click.option("--origin", help="Claims that name this origin.")
@click.option(
    "--form", type=click.Choice(["sexual", "labour", "other"]), help="Claims about this form."
)
@click.option(
    "--level", type=float, default=0.95, show_default=True, help="Level of the intervals."
)
@click.option(
    "--csv",
    "csv_path",
    type=OutputFile(dash=True),
    help="Write a CSV file; - for standard output.",
)
@click.option("--html", "html_path", type=OutputFile(), help="Write a page.")
@json_option
def claims(
    ledger: Path | None,
    ids: tuple[str, ...],
    years: tuple[int, ...],
    destination: str | None,
    origin: str | None,
    form: str | None,
    level: float,
    csv_path: Path | None,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """Put published claims to the test: supported, contradicted, not comparable, no evidence here.

    LEDGER is a TOML file of claims (docs/claims.md); without it the shipped ledger is tested. A
    claim is compared only with evidence that counts the same thing.
    """
    from uncounted.errors import InputError
    from uncounted.patterns.claims import VERDICTS, test_claims
    from uncounted.patterns.claims_ledger import load_ledger

    book = load_ledger(ledger)
    keep = _chosen(book.claims, ids, years, destination, origin, form)
    if not keep:
        raise InputError("No claim of the ledger matches.", fix="Drop a filter, or check the ids.")
    findings = test_claims(book, level=level, only={c.id for c in keep})
    found = [f.to_dict() for f in findings]
    tally = {v: sum(f["verdict"] == v for f in found) for v in VERDICTS}
    payload = {
        "ledger": book.name,
        "title": book.title,
        "level": level,
        "claims": found,
        "tally": tally,
    }
    if csv_path is not None:
        _write_csv(csv_path, found)
    if html_path is not None:
        write_text(html_path, build_page(book, findings))
    if as_json:
        write_json({"ok": True, **payload})
    elif csv_path is None or str(csv_path) != "-":
        _show(payload)


def build_page(book: Ledger, findings: Sequence[Finding]) -> str:
    """Lay out tested claims as one self-contained page, with a picture where ranks are tested."""
    from uncounted.brief.pages import claims_page
    from uncounted.charts.rank_intervals import rank_intervals
    from uncounted.patterns.places import country_name

    pictures: dict[str, dict[str, Any]] = {}
    sources: dict[str, None] = {}
    for finding in findings:
        for evidence in finding.evidence:
            if evidence.counts.people != finding.claim.counts.people:
                continue
            sources[evidence.source] = None
            if evidence.ranking is not None and len(evidence.ranking.sets) <= 15:
                ranks = evidence.ranking.to_dict()["ranks"]
                for rank in ranks:
                    rank["name"] = country_name(rank["origin"])
                pictures[finding.claim.id] = rank_intervals(
                    ranks, title="Which ranks each origin may hold", subtitle=evidence.source
                )
    return claims_page(
        title=book.title,
        lead=book.lead,
        claims=[f.to_dict() for f in findings],
        sources=list(sources),
        pictures=pictures,
    )


def _chosen(
    claims: Any,
    ids: tuple[str, ...],
    years: tuple[int, ...],
    destination: str | None,
    origin: str | None,
    form: str | None,
) -> list[Any]:
    from uncounted.patterns.places import to_iso3

    place = to_iso3(destination) if destination else None
    start = to_iso3(origin) if origin else None

    def wanted(c: Any) -> bool:
        named = {*c.value.order, *(e.origin for e in c.evidence), *(e.start for e in c.evidence)}
        return (
            (not ids or c.id in ids)
            and (not years or bool(set(years) & set(c.counts.years)))
            and (place is None or c.counts.area == place)
            and (start is None or start in named)
            and (form is None or c.value.of == form)
        )

    return [c for c in claims if wanted(c)]


def _write_csv(path: Path, found: list[dict[str, Any]]) -> None:
    text = io.StringIO()
    columns = [
        "id",
        "verdict",
        "why",
        "figure",
        "interval_lower",
        "interval_upper",
        "source",
        "caveat",
        "says",
        "by",
        "date",
    ]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for f in found:
        ends = f["interval"] or {"lower": None, "upper": None}
        row = {**f, "interval_lower": ends["lower"], "interval_upper": ends["upper"]}
        writer.writerow({k: _safe(row.get(k)) for k in columns})
    write_text(path, text.getvalue())


def _safe(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return "'" + value
    return value


def _show(payload: dict[str, Any]) -> None:
    from rich.text import Text

    out = screen()
    colours = {
        "supported": "green",
        "contradicted": "magenta",
        "not comparable": "yellow",
        "no evidence here": "bright_black",
    }
    out.print(Text(payload["title"], style="bold"))
    out.print(Text(", ".join(f"{n} {v}" for v, n in payload["tally"].items())))
    for f in payload["claims"]:
        out.print()
        out.print(Text(f"{f['id']}: {f['says']}", style="bold"))
        out.print(Text(f"  {f['by']}, {f['date']}"))
        out.print(
            Text.assemble("  ", (f["verdict"], f"bold {colours[f['verdict']]}"), f". {f['why']}")
        )
        for caveat in f["caveats"]:
            out.print(Text(f"  - {caveat}"))
