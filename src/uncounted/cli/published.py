"""`uncounted published`: the overlap tables of the literature."""

from __future__ import annotations

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, screen, write_json
from uncounted.errors import InputError

__all__ = ["published"]


@click.command(cls=Command)
@click.argument("name", required=False)
@json_option
def published(name: str | None, as_json: bool) -> None:
    """List the published tables, or show one with its counts and its citation."""
    if name is None:
        _list(as_json)
    else:
        _show(name, as_json)


def _list(as_json: bool) -> None:
    from uncounted import published as tables

    entries = [(entry, tables.load(entry.name)) for entry in tables.catalogue()]
    if as_json:
        write_json(
            {
                "ok": True,
                "tables": [
                    entry.to_dict() | {"lists": list(t.lists), "observed": t.n}
                    for entry, t in entries
                ],
            }
        )
        return
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column, side in (
        ("name", "left"),
        ("lists", "right"),
        ("people", "right"),
        ("what", "left"),
    ):
        grid.add_column(column, justify="right" if side == "right" else "left")
    for entry, t in entries:
        grid.add_row(entry.name, str(t.t), f"{t.n:,}", entry.title)
    screen().print(grid)


def _show(name: str, as_json: bool) -> None:
    from uncounted import published as tables

    table = tables.load(name)
    entry = tables.find(name)
    if entry is None:
        raise InputError(f"There is no published table {name!r}.")
    if as_json:
        write_json({"ok": True, "table": entry.to_dict() | table.to_dict()})
        return
    console = screen()
    console.print(f"[bold]{entry.title}[/bold]", soft_wrap=True)
    console.print(f"Counted: {entry.counts}", soft_wrap=True)
    console.print(f"Where and when: {entry.where}; {entry.when}", soft_wrap=True)
    console.print(
        f"{table.n:,} people on {table.t} lists, {table.overlap:,} of them on two or more."
    )
    console.print(f"Citation: {entry.citation}", soft_wrap=True)
    if not entry.checked:
        console.print(
            "The citation has not been checked against its source: look it up before quoting."
        )
    for trap in entry.traps:
        console.print(f"Known: {trap}", soft_wrap=True)
    for short, long in table.full_names.items():
        console.print(f"  {short}: {long}")
    console.print()
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for list_name in table.lists:
        grid.add_column(list_name, justify="right")
    grid.add_column("count", justify="right")
    for history, count in table.histories():
        grid.add_row(*history, f"{count:,}")
    console.print(grid)
