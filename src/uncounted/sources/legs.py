"""A plain CSV (or Excel sheet) of legs: the coalition's own journeys.

Columns, by name: ``from`` and ``to`` (country codes or names); and where known ``case`` (any local
number, never shown), ``leg`` (1, 2, ... in order), ``year`` or ``date``, ``form``, ``count``. Rows
that share a case are one journey; a row without a case is a journey of one leg, ``count`` people.

Case data is confidential: the log names rows by number and says why, never what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from uncounted.core.labels import names_a_total, visible
from uncounted.core.notes import Note
from uncounted.core.numbers import whole_number
from uncounted.errors import InputError
from uncounted.places.countries import read_country
from uncounted.sources import reasons
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.phrases import account
from uncounted.sources.quarantine import Log, QuarantinedRows
from uncounted.sources.route_sets import Route, RouteSet
from uncounted.sources.sheets import (
    AMBIGUOUS_FIX,
    count_range,
    open_sheet,
    ragged,
    text_of,
    year_of,
)

__all__ = ["Journey", "Journeys", "build_journeys", "read_journeys"]

_FROM = ["from", "origin", "from_country", "origin_country", "leg_from"]
_TO = ["to", "destination", "to_country", "destination_country", "leg_to"]


@dataclass(frozen=True, slots=True)
class Journey:
    """One journey: countries in order (empty text = unknown), year (0 = unknown), form, people."""

    places: tuple[str, ...]
    year: int
    form: str
    people: int


@dataclass(frozen=True, slots=True)
class Journeys:
    """Journeys of a confidential file.

    Parameters
    ----------
    journeys
        Without any case number.
    quarantine
        Rows set aside, by reason.
    rows_in
        Data rows in the file.
    rows_used
        Rows that entered a journey.
    source
        File's name.
    """

    journeys: tuple[Journey, ...]
    quarantine: tuple[QuarantinedRows, ...]
    rows_in: int
    rows_used: int
    source: str

    @property
    def rows_quarantined(self) -> int:
        """Rows set aside; with `rows_used` they make `rows_in`."""
        return sum(len(q.rows) for q in self.quarantine)

    def accounting(self) -> Note:
        """One line: rows in = rows used + rows quarantined."""
        return account(self.source, self.rows_in, self.rows_used, self.rows_quarantined, "records")

    @property
    def forms(self) -> tuple[str, ...]:
        """Forms of exploitation that occur."""
        return tuple(sorted({j.form for j in self.journeys if j.form}))

    def with_form(self, form: str) -> Journeys:
        """Keep the journeys of one form of exploitation.

        Raises
        ------
        InputError
            Where none has it.
        """
        kept = tuple(j for j in self.journeys if j.form == form)
        if not kept:
            raise InputError(
                f"{self.source}: no journey has this form of exploitation.",
                fix=f"The file's forms: {', '.join(self.forms) or 'none given'}.",
            )
        return Journeys(kept, self.quarantine, self.rows_in, self.rows_used, self.source)

    def to_routes(self) -> RouteSet:
        """Gather distinct routes; weights count cases."""
        found: dict[tuple[str, ...], tuple[int, set[int]]] = {}
        for j in self.journeys:
            if len(set(j.places)) > 1 and sum(map(bool, j.places)) > 1:
                people, years = found.get(j.places, (0, set()))
                found[j.places] = (people + j.people, years | ({j.year} if j.year else set()))
        if not found:
            raise InputError(
                f"{self.source}: no journey crosses a border.", fix="Check the country columns."
            )
        routes = tuple(
            Route(p, people, tuple(sorted(years))) for p, (people, years) in sorted(found.items())
        )
        span = tuple(sorted({y for r in routes for y in r.years}))
        return RouteSet(routes, "cases", span, self.source)

    def to_flows(self) -> DetectedFlows:
        """Count people by last country, first country and year; journeys without one are left out."""
        cells: dict[tuple[str, str, int], int] = {}
        for j in self.journeys:
            if j.places[0] and j.places[-1]:
                key = (j.places[-1], j.places[0], j.year)
                cells[key] = cells.get(key, 0) + j.people
        if not cells:
            raise InputError(
                f"{self.source}: no journey has both a first and a last country.",
                fix="Check the country columns.",
            )
        keys = sorted(cells)
        count = np.array([cells[k] for k in keys], dtype=np.int64)
        return DetectedFlows(
            np.array([k[0] for k in keys], dtype="<U3"),
            np.array([k[1] for k in keys], dtype="<U3"),
            np.array([k[2] for k in keys], dtype=np.int64),
            count,
            count.copy(),
            self.source,
            "origin",
        )


def read_journeys(source: str | Path) -> Journeys:
    """Read a file of legs.

    Parameters
    ----------
    source
        ``.csv``, ``.csv.gz`` or ``.xlsx``; see the module's first lines for the columns.

    Raises
    ------
    InputError
        No such file, empty, another layout, or nothing usable in it.
    """
    sheet = open_sheet(source, (_FROM, _TO))
    at = {
        "from": sheet.column(*_FROM),
        "to": sheet.column(*_TO),
        "case": sheet.column("case", "case_id", "caseid", "person", required=False),
        "leg": sheet.column("leg", "order", "step", "leg_number", required=False),
        "year": sheet.column("year", "date", "start_date", required=False),
        "form": sheet.column("form", "exploitation", "form_of_exploitation", required=False),
        "count": sheet.column("count", "people", "victims", required=False),
    }
    log = sheet.log()
    legs: list[tuple[str, float, int, tuple[str, str], int, str, int]] = []
    marks = sheet.marks(at["count"])
    for number, cells in sheet.rows:
        uneven = ragged(cells, max(at.values()), len(sheet.columns))
        if uneven:
            log.add(number, uneven)
            continue

        def cell(name: str, row: Sequence[str] = cells) -> str:
            return row[at[name]] if at[name] >= 0 else ""

        ends = []
        problem: Note | None = None
        for end in ("from", "to"):
            if names_a_total(cell(end)) and not read_country(text_of(cell(end))).iso3:
                problem = problem or reasons.TOTAL
            label = read_country(visible(text_of(cell(end))))
            if label.kind not in ("country", "empty"):
                problem = problem or _WHY.get(label.kind, reasons.COUNTRY_UNREADABLE)
            ends.append(label.iso3)
        count = count_range(cell("count"), marks) if at["count"] >= 0 else None
        year = year_of(cell("year")) if at["year"] >= 0 else 0
        if not problem and not any(ends):
            problem = reasons.COUNTRY_MISSING
        if count is not None and (count.problem or count.lower != count.upper):
            problem = problem or count.problem or reasons.COUNT_IS_INTERVAL
        if year is None and text_of(cell("year")):
            problem = problem or reasons.YEAR_UNREADABLE
        order = text_of(cell("leg"))
        step = whole_number(order or "0", 10**6)
        if step is None or step > 10**6:
            problem = problem or reasons.LEG_NUMBER
        if problem:
            log.add(number, problem)
            continue
        legs.append((
            text_of(cell("case")), float(step or 0), number, (ends[0], ends[1]), year or 0,
            text_of(cell("form")).casefold(), count.lower if count else 1,
        ))  # fmt: skip
    return build_journeys(legs, log, sheet.rows_in, sheet.name)


_WHY = {
    "region": reasons.COUNTRY_IS_REGION,
    "unknown": reasons.COUNTRY_UNKNOWN,
    "unreadable": reasons.COUNTRY_BROKEN,
    "former": reasons.FORMER,
}


def build_journeys(
    legs: list[tuple[str, float, int, tuple[str, str], int, str, int]],
    log: Log,
    rows_in: int,
    name: str,
) -> Journeys:
    """Chain legs of one case into a journey; a case whose legs do not meet is set aside whole."""
    cases: dict[tuple[str, int], list[Any]] = {}
    for leg in legs:
        cases.setdefault((leg[0], 0) if leg[0] else ("", leg[2]), []).append(leg)
    journeys, used = [], 0
    for parts in cases.values():
        parts.sort(key=lambda leg: (leg[1], leg[2]))
        places = list(parts[0][3])
        broken = (
            len(parts) > 1
            and len({leg[1] for leg in parts}) < len(parts)
            and any(leg[1] for leg in parts)
        )
        for leg in parts[1:]:
            start, end = leg[3]
            if not start or start == places[-1]:
                places.append(end)
            elif not places[-1]:
                places[-1] = start
                places.append(end)
            else:
                broken = True
        if broken:
            for leg in parts:
                log.add(leg[2], reasons.LEGS_APART)
            continue
        years = [leg[4] for leg in parts if leg[4]]
        forms = sorted({leg[5] for leg in parts if leg[5]})
        used += len(parts)
        journeys.append(
            Journey(
                _short(places), max(years, default=0), "+".join(forms), max(leg[6] for leg in parts)
            )
        )
    if not journeys:
        reason = log.entries()[0].reason if log.entries() else None
        fix = Note("sources.fix.legs")
        if reason == reasons.COUNT_AMBIGUOUS:
            fix = AMBIGUOUS_FIX
        raise InputError(
            f"{name}: none of the {rows_in:,} rows can be used ({reason or 'no rows'}).", fix=fix
        )
    return Journeys(tuple(journeys), log.entries(), rows_in, used, name)


def _short(places: list[str]) -> tuple[str, ...]:
    """Places without immediate repeats."""
    out = places[:1]
    for p in places[1:]:
        if p != out[-1]:
            out.append(p)
    return tuple(out) if len(out) > 1 else (out[0], out[0])
