"""HTCDS 2.0 historic trafficking events: Recruitment, Transit, Exploitation, with country and date.

One row an event, columns ``hte_Type``, ``hte_Country``, ``hte_Date`` and a case column. The events
of a case, in the order of their dates (recruitment first and exploitation last where dates are
missing or equal), are its journey. Cities, streets and coordinates are never read.
"""

from __future__ import annotations

from pathlib import Path

from uncounted.core.notes import Note
from uncounted.places.countries import read_country
from uncounted.sources import reasons
from uncounted.sources.legs import _WHY, Journeys, build_journeys
from uncounted.sources.sheets import open_sheet, ragged, text_of, year_of

__all__ = ["read_htcds_events"]

_TYPES = {"recruitment": 0, "transit": 1, "exploitation": 2}
_TYPE = ["hte_Type", "Type", "event_type"]
_COUNTRY = ["hte_Country", "Country", "event_country"]
_CASE = ["cas_CaseNumber", "case", "case_id", "CaseNumber", "hte_Case", "prs_ID", "vic_ID"]


def read_htcds_events(source: str | Path) -> Journeys:
    """Read a file of trafficking events.

    Parameters
    ----------
    source
        ``.csv``, ``.csv.gz`` or ``.xlsx`` with one row an event.

    Returns
    -------
    Journeys
        First place: where recruited; last: where exploited. A person exploited on the way is
        still one journey, whose last place is the last exploitation.

    Raises
    ------
    InputError
        No such file, empty, another layout, or nothing usable in it.
    """
    sheet = open_sheet(source, (_TYPE, _COUNTRY, _CASE))
    at_type, at_country, at_case = (sheet.column(*n) for n in (_TYPE, _COUNTRY, _CASE))
    at_date = sheet.column("hte_Date", "Date", "event_date", required=False)
    at_form = sheet.column("vic_TypeOfExploitation", "TypeOfExploitation", "form", required=False)
    log = sheet.log()
    events: dict[str, list[tuple[str, int, int, str, int, str]]] = {}
    for number, cells in sheet.rows:
        uneven = ragged(
            cells, max(at_type, at_country, at_case, at_date, at_form), len(sheet.columns)
        )
        if uneven:
            log.add(number, uneven)
            continue
        kind = _TYPES.get(text_of(cells[at_type]).casefold())
        label = read_country(text_of(cells[at_country]))
        case = text_of(cells[at_case])
        date, year = _date(cells[at_date]) if at_date >= 0 else ("", 0)
        problem: Note | None = None
        if not case:
            problem = reasons.CASE_MISSING
        elif kind is None:
            problem = reasons.EVENT_UNKNOWN
        elif label.kind != "country":
            problem = (
                reasons.COUNTRY_MISSING
                if label.kind == "empty"
                else _WHY.get(label.kind, reasons.COUNTRY_UNREADABLE)
            )
        elif year is None:
            problem = reasons.DATE_UNREADABLE
        if problem or kind is None or year is None:
            log.add(number, problem or reasons.DATE_UNREADABLE)
            continue
        form = text_of(cells[at_form]).casefold() if at_form >= 0 else ""
        events.setdefault(case, []).append((date, kind, number, label.iso3, year, form))
    legs: list[tuple[str, float, int, tuple[str, str], int, str, int]] = []
    for case, found in events.items():
        dated = all(e[0] for e in found)
        found.sort(key=lambda e: (e[0], e[1], e[2]) if dated else ("", e[1], e[2]))
        if len(found) == 1:
            _, kind, number, iso3, year, form = found[0]
            ends = ("", iso3) if kind == 2 else (iso3, "")
            legs.append((case, 1.0, number, ends, year, form, 1))
            continue
        # one leg per event after the first; the first row is used with the second's leg
        for i, (_, _, number, iso3, year, form) in enumerate(found):
            ends = (iso3, iso3) if i == 0 else (found[i - 1][3], iso3)
            legs.append((case, float(i + 1), number, ends, year, form, 1))
    return build_journeys(legs, log, sheet.rows_in, sheet.name)


def _date(value: str) -> tuple[str, int | None]:
    """Sortable date and its year; ``("", 0)`` where there is none."""
    if not text_of(value):
        return "", 0
    return text_of(value)[:10], year_of(value)
