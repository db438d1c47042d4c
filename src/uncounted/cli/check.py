"""`uncounted check`: what is in the lists, and what will be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from uncounted.cli._files import Command
from uncounted.cli._output import error_json, json_option, note, progress, screen, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from uncounted.project.checking import CheckReport

LONGEST = 60
"""Characters shown of a column's name."""


@click.command(cls=Command)
@click.argument("project", default=".", type=click.Path())
@click.option("--no-keep", is_flag=True, help="Leave the project file as it is.")
@json_option
def check(project: str, no_keep: bool, as_json: bool) -> None:
    """Account for every row of every list of PROJECT (a folder; here by default).

    Per list: rows read, used, quarantined (row number and reason, never the content) and not
    released; how much of each field is filled; duplicates; dates that cannot be; what linkage
    will use. A column that may forbid linkage and that nobody has explained stops its list:
    none of its rows is used, and the command ends with status 3. Guessed columns are shown with a score and kept in uncounted.toml.
    """
    from uncounted.project.checking import check_project
    from uncounted.project.settings import load_project

    loaded = load_project(project)
    with progress("reading", quiet=as_json) as tell:
        report = check_project(loaded, keep=not no_keep, progress=tell)
    refusal = report.refusal()
    if as_json:
        fault = {} if refusal is None else {"error": error_json(refusal)}
        write_json({"ok": refusal is None, **fault, **report.to_dict()})
        if refusal is not None:
            raise click.exceptions.Exit(refusal.exit_status)
        return
    _show(report)
    if refusal is not None:
        raise refusal


def _rows(numbers: Sequence[int], count: int) -> str:
    """Row numbers, the first ten."""
    shown = ", ".join(map(str, numbers[:10])) + (", ..." if count > 10 else "")
    return f"row{'s' * (count > 1)} {shown}"


def _plain(text: str) -> str:
    """Text that cannot steer a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _shown(column: str) -> Text:
    """Show a column's name in a cell: cut, and never taken for markup."""
    from rich.text import Text

    name = _plain(" ".join(column.split()))
    return Text(name if len(name) <= LONGEST else name[: LONGEST - 1] + "…")


def _show(report: CheckReport) -> None:
    from rich.table import Table

    from uncounted.project.checking import linkage_fill

    console = screen()
    sums = Table(title=f"Rows by list, releases as of {report.as_of}", title_justify="left")
    for heading in ("list", "regime", "rows in", "used", "quarantined", "not released"):
        sums.add_column(heading, justify="left" if heading in {"list", "regime"} else "right")
    for r in report.lists:
        counts = (r.rows_in, r.used, r.quarantined, r.not_released)
        sums.add_row(r.name, r.regime, *(f"{c:,}" for c in counts))
    totals = [
        sum(getattr(r, k) for r in report.lists)
        for k in ("rows_in", "used", "quarantined", "not_released")
    ]
    sums.add_row("all", "", *(f"{c:,}" for c in totals), style="bold")
    console.print(sums)
    click.echo("rows in = used + quarantined + not released")
    for r in report.lists:
        click.echo()
        click.echo(f"{r.name}: {_plain(r.where)} ({r.layout} layout)")
        columns = Table(show_header=True, box=None, padding=(0, 2, 0, 2))
        for heading in ("field", "column", "score", "filled"):
            columns.add_column(heading)
        for m in r.mapping:
            filled = r.filled.get(m.target)
            share = "" if filled is None else f"{filled / max(r.used, 1):.0%}"
            columns.add_row(m.target, _shown(m.column), f"{m.score:.2f}", share)
        console.print(columns)
        if r.refused_columns:
            click.echo(
                f"  {r.refused_columns} identity or contact columns refused, read for no field"
            )
        if r.unused_columns:
            click.echo(f"  {r.unused_columns} other columns serve no field and were not read")
        for kind, groups in (
            ("quarantined", r.quarantine),
            ("not understood, read as not known", r.unread),
            ("date out of range, read as not known", r.out_of_range),
        ):
            for q in groups:
                click.echo(f"  {q.count:,} {kind}: {q.reason} ({_rows(q.rows, q.count)})")
        for reason, count in r.release.items():
            click.echo(f"  {count:,} not released: {reason}")
        for what, count in r.duplicates.items():
            if count:
                click.echo(
                    f"  {count:,} duplicates: {what} ({_rows(r.duplicate_rows[what], count)})"
                )
        for line in r.notes:
            click.echo(f"  note: {_plain(line)}")
        for stop in r.stops:
            click.echo(f"  STOPPED by column {_plain(stop.column)}: {stop.why}")
        used = ", ".join(f"{k} {v:.0%}" for k, v in linkage_fill(r).items() if v)
        click.echo(f"  used for linkage: {used or 'nothing'}")
    click.echo()
    for line in report.warnings:
        note(f"Warning: {line}")
    from uncounted.records.consent import NOT_LEGAL_ADVICE

    click.echo(NOT_LEGAL_ADVICE)
