"""Coded route statements: what US Trafficking in Persons Reports say of origin, transit, destination.

The Human Trafficking Center (University of Denver) coded the reports of 2008 to 2016: one row a
statement, with columns ``year, origin, transit, destination, type``. A statement says that a route
was mentioned; it does not count people, and it follows the attention of those who wrote it.

Three things are set right here. Type 4 is child sex tourism, where the direction is the
perpetrator's: excluded. Regions are not countries: a place that is one stays unknown, and a row
that keeps fewer than two countries is quarantined. The derived columns ``*_iso3`` of the copy in
circulation hold ``UAE`` and ``DRC``, which are no ISO codes, and turn a few regions into countries
("Southern Africa" into South Africa): countries are read from the labels; ``codes="given"`` reads
the derived columns, for comparison with figures made from them.

The bundled table (`read_statements` without a file) holds no coded row: only which country-level
route was mentioned in which report years.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, note
from uncounted.errors import InputError
from uncounted.places.countries import OLD_CODES, read_country
from uncounted.sources import reasons
from uncounted.sources.phrases import account
from uncounted.sources.quarantine import QuarantinedRows
from uncounted.sources.sheets import (
    open_sheet,
    ragged,
    text_of,
    year_of,
)

__all__ = ["BUNDLED_STATEMENTS", "Statements", "read_statements"]

BUNDLED_STATEMENTS = note("sources.statements.bundled")
_PERPETRATOR = "4"
_OWN_CODES = {"CAR": "CAF"}
"""Labels whose sense is plain in these reports, though not everywhere."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements with at least two countries; empty text marks an unknown place.

    Parameters
    ----------
    origin, transit, destination
        ISO alpha-3, shape (statements,); empty where the statement names no country there.
    year
        Of the report.
    row
        Row number in the file.
    quarantine
        What was set aside, reason by reason.
    rows_in
        Rows of the file.
    source
        File's name or edition.
    """

    origin: NDArray[np.str_]
    transit: NDArray[np.str_]
    destination: NDArray[np.str_]
    year: NDArray[np.int64]
    row: NDArray[np.int64]
    quarantine: tuple[QuarantinedRows, ...]
    rows_in: int
    source: str | Note

    def __len__(self) -> int:
        return int(self.year.size)

    @property
    def rows_quarantined(self) -> int:
        """Rows set aside; with the statements used they make `rows_in`."""
        return sum(len(q.rows) for q in self.quarantine)

    def accounting(self) -> Note:
        """One line: rows in = rows used + rows quarantined."""
        return account(self.source, self.rows_in, len(self), self.rows_quarantined)


def read_statements(
    source: str | Path | None = None,
    *,
    wide: bool = False,
    codes: Literal["labels", "given"] = "labels",
) -> Statements:
    """Read route statements.

    Parameters
    ----------
    source
        File with columns ``year, origin, transit, destination, type`` (CSV, compressed, Excel);
        the bundled routes by default.
    wide
        Read also misspelt country names.
    codes
        ``"labels"`` reads the countries from their names; ``"given"`` takes the derived
        ``*_iso3`` columns as they stand (their ``UAE`` and ``DRC`` included).

    Raises
    ------
    InputError
        No such file, empty, another layout, or nothing usable in it.
    """
    if source is None:
        path = resources.files("uncounted.sources").joinpath("data", "statements.csv.xz")
        with resources.as_file(path) as file:
            return _read(file, BUNDLED_STATEMENTS, wide, codes, bundled=True)
    return _read(Path(source), Path(source).name, wide, codes, bundled=False)


def _read(path: Path, name: str | Note, wide: bool, codes: str, *, bundled: bool) -> Statements:
    must = [["origin"], ["transit"], ["destination"], ["year"], *([] if bundled else [["type"]])]
    sheet = open_sheet(path, must)
    at_year = sheet.column("year")
    at_type = sheet.column("type", required=False)
    places = [sheet.column(p) for p in ("origin", "transit", "destination")]
    if codes == "given" and not bundled:
        places = [sheet.column(p + "_iso3") for p in ("origin", "transit", "destination")]
    log = sheet.log()
    used: list[tuple[Any, ...]] = []
    for number, cells in sheet.rows:
        uneven = ragged(cells, max(at_year, at_type, *places), len(sheet.columns))
        if uneven:
            log.add(number, uneven)
            continue
        kind = text_of(cells[at_type]) if at_type >= 0 else ""
        year = year_of(cells[at_year])
        if _PERPETRATOR in kind.replace(" ", "").split(","):
            log.add(number, reasons.PERPETRATOR)
            continue
        if year is None:
            log.add(number, reasons.YEAR_MISSING)
            continue
        labels = [text_of(cells[p]) for p in places]
        found = [_place(x, wide, given=codes == "given", coded=bundled) for x in labels]
        countries = [iso3 for iso3, _ in found if iso3]
        if len(countries) < 2:
            kinds = {k for _, k in found}
            log.add(
                number,
                reasons.END_IS_REGION
                if "region" in kinds
                else reasons.END_MISSING
                if kinds <= {"country", "empty"}
                else reasons.END_UNREADABLE,
            )
            continue
        used.append((*(iso3 for iso3, _ in found), year, number))
    if not used:
        raise InputError(
            f"{name}: none of the {sheet.rows_in:,} rows names two countries.",
            fix="Check that origin, transit and destination hold country names or ISO codes.",
        )
    o, t, d, y, r = zip(*used, strict=True)
    return Statements(
        np.array(o), np.array(t), np.array(d), np.array(y), np.array(r),
        log.entries(), sheet.rows_in, name,
    )  # fmt: skip


def _place(text: str, wide: bool, *, given: bool, coded: bool) -> tuple[str, str]:
    """ISO code (empty where there is none) and the kind of label."""
    if given:
        return text, "country" if text else "empty"
    if coded:
        return OLD_CODES.get(text, text), "country" if text else "empty"
    if text in _OWN_CODES:
        return _OWN_CODES[text], "country"
    label = read_country(text, strict=not wide)
    return label.iso3, label.kind
