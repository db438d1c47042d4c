"""Which layout a file has, by its columns alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.files.source import open_source
from uncounted.files.tabular import TABLE, HeaderRows, NoHeader, open_table
from uncounted.sources.sheets import Finder, reader_notes

__all__ = ["LAYOUTS", "Recognised", "layout_of", "recognise"]

LAYOUTS = {
    "unodc": "UNODC detected-victims table",
    "ctdc": "CTDC microdata",
    "htcds": "HTCDS events",
    "statements": "route statements",
    "legs": "legs (columns from, to)",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file's layout, a key of `LAYOUTS`, and what the reader did that a person should know."""

    layout: str
    notes: tuple[Note, ...]


class _Layouts:
    """Finds the header row of the first layout whose columns are there."""

    def __init__(self) -> None:
        from uncounted.sources import ctdc, htcds_events, legs, unodc

        must = {
            "unodc": unodc._COLUMNS,
            "ctdc": ctdc._MUST,
            "htcds": (htcds_events._TYPE[:1], htcds_events._COUNTRY[:1]),
            "statements": (["origin"], ["transit"], ["destination"], ["year"]),
            "legs": (legs._FROM, legs._TO),
        }
        self.finders = {name: Finder(columns) for name, columns in must.items()}
        self.found: list[str] = []

    def __call__(self, rows: list[list[str]]) -> HeaderRows | None:
        for place, (name, finder) in enumerate(self.finders.items()):
            header = finder(rows)
            if header is not None:
                self.found.append(name)
                # of a workbook's sheets the one with the layout that comes first
                return HeaderRows(header.first, header.last, header.names, float(9 - place))
        return None


def recognise(path: str | Path) -> Recognised:
    """Recognise a file's layout, without reading its rows.

    Raises
    ------
    InputError
        No such file, empty, not readable, or none of the layouts.
    """
    layouts = _Layouts()
    source = open_source(path, packed=TABLE.packed, lost=TABLE.lost)
    try:
        table = open_table(source, layouts, manner=TABLE)
        notes = table.notes if table.header_score else None
    except NoHeader:
        notes = None
    if notes is None:
        raise InputError(
            f"{source.name} has none of the layouts known: {'; '.join(LAYOUTS.values())}.",
            fix="Use the file as its owner publishes it, or a CSV with the columns from, to, year.",
        )
    order = list(LAYOUTS)
    return Recognised(min(layouts.found, key=order.index), reader_notes(notes))


def layout_of(path: str | Path) -> str:
    """Name a file's layout; see `recognise`."""
    return recognise(path).layout
