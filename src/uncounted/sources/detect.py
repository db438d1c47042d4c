"""Which layout a file has, by its columns alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from uncounted.core.notes import Note, note, series
from uncounted.errors import InputError
from uncounted.files.source import open_source
from uncounted.files.tabular import TABLE, HeaderRows, NoHeader, open_table
from uncounted.sources.sheets import Finder, reader_notes

__all__ = ["LAYOUTS", "Recognised", "layout_of", "recognise"]

LAYOUTS = ("unodc", "ctdc", "htcds", "statements", "legs")
"""Layouts that are told apart, the most particular first."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file's layout, one of `LAYOUTS`, and what the reader did that a person should know."""

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
            note(
                "sources.layout.none",
                file=source.name,
                layouts=series("words.semicolon", [Note(f"sources.layout.{x}") for x in LAYOUTS]),
            ),
            fix="Use the file as its owner publishes it, or a CSV with the columns from, to, year.",
        )
    return Recognised(min(layouts.found, key=LAYOUTS.index), reader_notes(notes))


def layout_of(path: str | Path) -> str:
    """Name a file's layout; see `recognise`."""
    return recognise(path).layout
