"""Routes kept in a table of their own: HTCDS event sheets, Kobo and ODK repeats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from uncounted.errors import InputError
from uncounted.records import calendar, codes, mapping
from uncounted.records.schema import NO_DATE, Leg
from uncounted.records.tabular import RawTable, open_table

__all__ = ["read_legs"]


def read_legs(
    path: Path | None,
    sheet: str | None,
    main: RawTable,
    guess: Callable[[RawTable], mapping.Guess],
) -> dict[str, tuple[Leg, ...]] | None:
    """Routes by the reference of their record, legs in the order of the file.

    Parameters
    ----------
    path, sheet
        Where the legs stand, if the project file says; otherwise another sheet of the same
        workbook that has legs and a key.
    main
        The records' own table.
    guess
        Gives the mapping of a table.

    Returns
    -------
    dict or None
        ``None`` where the legs stand in the records' own rows.
    """
    if path is not None:
        table = open_table(path, mapping.find_header, sheet=sheet)
        return _collect(table, guess(table), told=True)
    for table in main.others:
        made = guess(table)
        targets = {c.target for c in made.columns}
        if "leg.country" in targets and targets & {"parent", "reference"}:
            return _collect(table, made, told=False)
    return None


def _collect(
    table: RawTable, guess: mapping.Guess, *, told: bool
) -> dict[str, tuple[Leg, ...]] | None:
    at = {c.target: c.position for c in guess.columns}
    key = at.get("parent", at.get("reference"))
    country = at.get("leg.country", at.get("citizenship"))
    kind = at.get("leg.kind", at.get("exploitation"))
    if key is None or country is None or kind is None:
        if not told:
            return None
        raise InputError(
            f"{table.where}: a table of route legs needs a key, a type and a country.",
            fix="Name its columns reference, leg type and leg country.",
        )
    when = at.get("leg.date", at.get("date"))
    found: dict[str, list[Leg]] = {}
    for _, cells, fault in table.rows():
        if fault or len(cells) <= max(key, country, kind):
            continue
        what = codes.leg_kind(cells[kind]) or ""
        where = codes.country(cells[country]) or ""
        day = None
        if when is not None and when < len(cells):
            day = calendar.read_date(cells[when]).day
        if what:
            leg = Leg(what, where, NO_DATE if day is None else np.datetime64(day, "D"))
            found.setdefault(" ".join(cells[key].split()), []).append(leg)
    return {k: tuple(v) for k, v in found.items()}
