"""Routes kept in a table of their own: HTCDS event sheets, Kobo and ODK repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from uncounted.core.notes import Note, Number, note, series, whole_note
from uncounted.errors import InputError
from uncounted.files.tabular import RawTable, open_table
from uncounted.records import calendar, codes, mapping
from uncounted.records.fitting import MAX_TEXT
from uncounted.records.schema import NO_DATE, Leg

__all__ = ["Legs", "read_legs"]

MAX_LEGS = 2_000_000
SAMPLE = 400


@dataclass(slots=True)
class Legs:
    """Routes by the reference of their record, and what became of every row of legs.

    Parameters
    ----------
    where
        File (and sheet).
    routes
        Legs of each reference, in the order of the file.
    read, unread
        Rows read, and rows whose kind is not known or that cannot be read.
    met
        References whose record has been found; filled while reading.
    """

    where: str
    routes: dict[str, tuple[Leg, ...]]
    read: int = 0
    unread: int = 0
    met: set[str] = field(default_factory=set)

    def of(self, reference: str) -> tuple[Leg, ...]:
        """Route of one record."""
        found = self.routes.get(reference, ())
        if found:
            self.met.add(reference)
        return found

    def account(self) -> Note:
        """Account for every row of legs: read, not understood, or nobody's."""
        lost = sum(len(r) for key, r in self.routes.items() if key not in self.met)
        said = [note("records.legs.read", legs=Number(self.read - lost), where=self.where)]
        if lost:
            said.append(note("records.legs.lost", legs=Number(lost)))
        if self.unread:
            said.append(note("records.legs.unread", rows=Number(self.unread)))
        return whole_note(series("words.semicolon", said))


def read_legs(
    path: Path | None,
    sheet: str | None,
    main: RawTable,
    guess: Callable[[RawTable], mapping.Guess],
    order: str | None = None,
) -> Legs | None:
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
    order
        Of day and month, if the project file says; otherwise as the dates of the legs tell.

    Returns
    -------
    Legs or None
        ``None`` where the legs stand in the records' own rows.
    """
    if path is not None:
        table = open_table(path, mapping.find_header, sheet=sheet)
        return _collect(table, guess(table), order, told=True)
    for table in main.others:
        made = guess(table)
        targets = {c.target for c in made.columns}
        if "leg.country" in targets and targets & {"parent", "reference"}:
            return _collect(table, made, order, told=False)
    return None


def _collect(
    table: RawTable, guess: mapping.Guess, order: str | None, *, told: bool
) -> Legs | None:
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
    if order is None and when is not None:
        sample = (
            cells[when] for _, cells, fault in table.rows() if not fault and when < len(cells)
        )
        order, _ = calendar.day_order(islice(sample, SAMPLE))
    found: dict[str, list[Leg]] = {}
    out = Legs(table.where, {})
    for _, cells, fault in table.rows():
        if out.read + out.unread >= MAX_LEGS:
            raise InputError(
                f"{table.where} has more than {MAX_LEGS:,} rows.",
                fix="That is no table of one list's routes; check the file.",
            )
        kept = [cells[i] if i is not None and i < len(cells) else "" for i in (key, kind, country, when)]  # fmt: skip
        what = "" if fault or len(max(kept, key=len)) > MAX_TEXT else codes.leg_kind(kept[1])
        if not what:
            out.unread += 1
            continue
        out.read += 1
        day = calendar.read_date(kept[3], order or "mdy").day
        date = NO_DATE if day is None else np.datetime64(day, "D")
        leg = Leg(what, codes.country(kept[2]) or "", date)
        found.setdefault(" ".join(codes.visible(kept[0]).split()), []).append(leg)
    out.routes = {k: tuple(v) for k, v in found.items()}
    return out
