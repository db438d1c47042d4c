"""What `flows` and `routes` share: filters, sources, quarantine, CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from uncounted.cli._files import OutputFile, write_text
from uncounted.cli._output import note

if TYPE_CHECKING:
    from uncounted.patterns.readers._common import Quarantined

__all__ = [
    "codes",
    "filter_options",
    "output_options",
    "places_of",
    "show_quarantine",
    "write_csv",
    "years_of",
]

F = TypeVar("F", bound=Callable[..., Any])


def filter_options(command: F) -> F:
    """Add --year, --origin, --destination, --region, --form."""
    for option in (
        click.option(
            "--year", "--years", "years", multiple=True, metavar="YEARS",
            help="2008, 2008-2014 or 2008,2010; may be repeated.",
        ),
        click.option(
            "--origin", "origins", multiple=True, metavar="COUNTRY",
            help="ISO code or English name; may be repeated.",
        ),
        click.option(
            "--destination", "destinations", multiple=True, metavar="COUNTRY",
            help="ISO code or English name; may be repeated.",
        ),
        click.option(
            "--region",
            type=click.Choice(["Africa", "America", "Asia", "Europe", "Pacific"], case_sensitive=False),
            help="Only what touches this continent.",
        ),
        click.option("--form", help="Form of exploitation, where the source crosses it with place."),
    ):  # fmt: skip
        command = option(command)
    return command


def output_options(command: F) -> F:
    """Add --csv, --html, --picture."""
    for option in (
        click.option(
            "--csv", "csv_path", type=OutputFile(dash=True),
            help="Write a CSV file; - for standard output.",
        ),
        click.option("--html", "html_path", type=OutputFile(), help="Write a page."),
        click.option(
            "--picture", type=OutputFile(), help="Write .svg, .png, .pdf or .html."
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def years_of(words: Sequence[str]) -> list[int] | None:
    """Read years: ``2008``, ``2008-2014``, ``2008,2010``."""
    if not words:
        return None
    found: set[int] = set()
    for part in ",".join(words).split(","):
        match = re.fullmatch(r"\s*(\d{4})(?:\s*[-:]\s*(\d{4}))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise click.UsageError(
                f"{part!r} is no year or span of years; write 2008 or 2008-2014."
            )
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return sorted(found)


def codes(words: Iterable[str]) -> list[str] | None:
    """Read countries; ``None`` for none."""
    from uncounted.patterns.places import to_iso3

    found = [to_iso3(w) for w in words]
    return found or None


def places_of(found: Iterable[str]) -> dict[str, tuple[str, float, float]]:
    """Name and capital's place of every country that has one."""
    from uncounted.patterns.places import country, country_name

    return {
        c: (country_name(c), k.latitude, k.longitude)
        for c in sorted(set(found))
        if (k := country(c)) is not None
    }


def show_quarantine(accounting: str, entries: Sequence[Quarantined], *, verbose: bool) -> None:
    """Write the rows' account to standard error; with ``verbose`` label by label."""
    note(accounting)
    shown = entries if verbose else _by_reason(entries)[:6]
    for q in shown:
        what = f" {q.label!r}" if q.label else ""
        note(f"  {len(q.rows):>6,}  {q.reason}{what}")
    if not verbose and entries:
        note("  (--log shows every label and row)")


def _by_reason(entries: Sequence[Quarantined]) -> list[Any]:
    from uncounted.patterns.readers._common import Quarantined

    rows: dict[str, tuple[int, ...]] = {}
    for q in entries:
        rows[q.reason] = rows.get(q.reason, ()) + q.rows
    merged = [Quarantined(reason, "", found) for reason, found in rows.items()]
    return sorted(merged, key=lambda q: -len(q.rows))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV to a file, or to standard output for ``-``."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
