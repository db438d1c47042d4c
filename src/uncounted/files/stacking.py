"""Sheets of one workbook that hold one list: a sheet a year, read as if they stood one under another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from uncounted.core.labels import fold
from uncounted.files.raw import RawRow

__all__ = ["alike", "may_be_said", "stacked"]

_PERIOD = re.compile(
    r"(?:(?:fy|cy|ay|q|h|t|s|sheet|hoja|feuille|tabelle|blatt|planilha|folha|foglio|year|ano|annee|jahr|an|nam|trimestre"
    r"|quarter|month|mes|mois|list|lista|liste|intake|intakes|clients?|cases?|survivors?|victims?|data|시트|접수|사례|대장"
    r"|jan\w*|feb\w*|mar(?:ch|zo|s)?|apr\w*|may\w*|jun\w*|jul\w*|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|ene\w*|abr\w*|ago\w*|dic\w*)"
    r"[ ._-]*)*(?:\d{1,4}(?:[ ./_–-]+\d{1,4})*[ ._-]*(?:년|年|월|月|분기)?[ ._-]*)*"
)


def _key(names: Sequence[str]) -> list[tuple[str, int]]:
    """Folded column names, told apart by how often each stood before."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        plain = fold(name)
        seen[plain] = seen.get(plain, -1) + 1
        out.append((plain, seen[plain]))
    return out


OpenRows = Callable[[], Iterator[RawRow]]


def stacked(
    columns: Sequence[Sequence[str]], groups: Sequence[Sequence[str]], opened: Sequence[OpenRows]
) -> tuple[list[str], list[str], OpenRows]:
    """Put sheets under one another: columns are matched by name, rows are counted on.

    Parameters
    ----------
    columns, groups
        Column names of each sheet and the names above them. The first gives the order; what another
        has beyond it stands behind.
    opened
        Gives the rows of each sheet, from the start, each time it is called.

    Returns
    -------
    columns, groups, open_rows
        Of the whole. Row numbers go on from sheet to sheet: the first row of the second sheet follows
        on the last of the first.
    """
    names: list[str] = []
    above: list[str] = []
    at: dict[tuple[str, int], int] = {}
    places: list[list[int]] = []
    for own, over in zip(columns, groups, strict=True):
        place = []
        for i, key in enumerate(_key(own)):
            if key not in at:
                at[key] = len(names)
                names.append(own[i])
                above.append(over[i] if i < len(over) else "")
            place.append(at[key])
        places.append(place)
    width = len(names)

    def rows() -> Iterator[RawRow]:
        before = 0
        for open_rows, place in zip(opened, places, strict=True):
            last = 0
            for number, cells, fault in open_rows():
                last = number
                out = [""] * width
                for i, cell in zip(place, cells, strict=False):
                    out[i] = cell
                # a value too many stays one too many
                yield before + number, [*out, *cells[len(place) :]], fault
            before += last

    return names, above, rows


def alike(columns: Sequence[Sequence[str]], read: int) -> tuple[int, ...]:
    """Find the sheets whose columns are those of the one read: one list, kept a sheet a year.

    Parameters
    ----------
    columns
        Column names of each sheet.
    read
        Which of them was read.

    Returns
    -------
    tuple
        Their places, that of the one read among them; empty where there is no other.
    """
    mine = {k for k in _key(columns[read]) if k[0]}
    found = []
    for i, own in enumerate(columns):
        theirs = {k for k in _key(own) if k[0]}
        if mine and len(mine & theirs) * 10 >= 8 * len(mine | theirs):
            found.append(i)
    return tuple(found) if len(found) > 1 else ()


def may_be_said(titles: Sequence[str]) -> bool:
    """Whether the titles of sheets are periods and words of the trade, and nobody's name.

    Examples
    --------
    >>> may_be_said(["2024", "FY 2025", "Intakes 2023"]), may_be_said(["2024", "Ana Ruiz"])
    (True, False)
    """
    return all(_PERIOD.fullmatch(fold(t)) for t in titles)
