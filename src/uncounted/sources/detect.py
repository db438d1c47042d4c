"""Which layout a file has, by its columns alone."""

from __future__ import annotations

from pathlib import Path

from uncounted.errors import InputError
from uncounted.sources.sheets import WrongLayout, open_sheet

__all__ = ["LAYOUTS", "layout_of"]

LAYOUTS = {
    "unodc": "UNODC detected-victims table",
    "ctdc": "CTDC microdata",
    "htcds": "HTCDS events",
    "statements": "route statements",
    "legs": "legs (columns from, to)",
}


def layout_of(path: str | Path) -> str:
    """Recognise a file's layout.

    Returns
    -------
    str
        A key of `LAYOUTS`.

    Raises
    ------
    InputError
        No such file, empty, not text, or none of the layouts.
    """
    from uncounted.sources import ctdc, htcds_events, legs, unodc

    must = {
        "unodc": unodc._COLUMNS,
        "ctdc": ctdc._MUST,
        "htcds": (htcds_events._TYPE[:1], htcds_events._COUNTRY[:1]),
        "statements": (["origin"], ["transit"], ["destination"], ["year"]),
        "legs": (legs._FROM, legs._TO),
    }
    for name, columns in must.items():
        try:
            open_sheet(path, columns)
        except WrongLayout:
            continue
        else:
            return name
    raise InputError(
        f"{Path(path).name} has none of the layouts known: {'; '.join(LAYOUTS.values())}.",
        fix="Use the file as its owner publishes it, or a CSV with the columns from, to, year.",
    )
