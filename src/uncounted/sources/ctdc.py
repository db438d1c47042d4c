"""CTDC (Counter-Trafficking Data Collaborative) microdata in both published layouts.

The 27 variables of the global synthetic dataset (2024; alpha-3 countries, 1 or nothing) and the 62
columns of the k-anonymised datasets (2017 to 2021; alpha-2 countries, 0, 1 and -99 for unknown,
``Datasource`` = case management or hotline). The microdata is not shipped: download it from CTDC
(www.ctdatacollaborative.org) under its terms.

What a record means there: ``CountryOfExploitation`` is in many records where a person was first
identified or assisted, so it stands in for the destination and is called *place of exploitation or
identification*. A person may be in several forms; only records that answer a question belong in
its denominator, and in the synthetic layout those are the records with at least one mark in the
group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.places.countries import read_country
from uncounted.sources import reasons
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.phrases import account
from uncounted.sources.quarantine import QuarantinedRows
from uncounted.sources.sheets import (
    open_sheet,
    ragged,
    text_of,
    year_of,
)

__all__ = ["CtdcRecords", "read_ctdc"]

_MUST = (
    ["yearOfRegistration"],
    ["citizenship"],
    ["CountryOfExploitation"],
    ["isForcedLabour"],
    ["isSexualExploit"],
    ["isOtherExploit"],
)
_FORMS = {"sexual": "issexualexploit", "labour": "isforcedlabour", "other": "isotherexploit"}
_MARKS = ("is", "typeof", "means", "recruiterrelation")
_OTHER_SPELLINGS = {"meanswithholddocs": "meanswithholddocuments"}


@dataclass(frozen=True, slots=True)
class CtdcRecords:
    """Records that could be used.

    Parameters
    ----------
    layout
        ``"synthetic-2024"`` or ``"k-anonymous-2017"``.
    year
        Year of registration, 0 where not given, shape (records,).
    citizenship, place
        ISO alpha-3, empty where not given; ``place`` is the place of exploitation or
        identification.
    data_source
        ``"case management"``, ``"hotline"`` or empty.
    marks
        ``{variable: values}``, folded names; 1 yes, 0 no, -1 not reported. In the synthetic layout
        0 never occurs.
    quarantine
        Rows set aside, by reason.
    rows_in
        Data rows in the file.
    source
        File's name.
    """

    layout: str
    year: NDArray[np.int64]
    citizenship: NDArray[np.str_]
    place: NDArray[np.str_]
    data_source: NDArray[np.str_]
    marks: dict[str, NDArray[np.int8]]
    quarantine: tuple[QuarantinedRows, ...]
    rows_in: int
    source: str

    def __len__(self) -> int:
        return int(self.year.size)

    @property
    def rows_quarantined(self) -> int:
        """Rows set aside; with the records they make `rows_in`."""
        return sum(len(q.rows) for q in self.quarantine)

    def accounting(self) -> Note:
        """One line: rows in = rows used + rows quarantined."""
        return account(self.source, self.rows_in, len(self), self.rows_quarantined, "records")

    def answers(self, variables: Sequence[str]) -> NDArray[np.bool_]:
        """Find the records that answer a group of questions: the denominator of the group's shares.

        Parameters
        ----------
        variables
            Folded names, e.g. ``["issexualexploit", "isforcedlabour", "isotherexploit"]``.

        Returns
        -------
        ndarray of bool, shape (records,)
            At least one mark that is not "not reported".
        """
        out = np.zeros(len(self), dtype=np.bool_)
        for v in variables:
            if v not in self.marks:
                raise InputError(f"{self.source} has no variable {v}.", fix="See `marks`.")
            out |= self.marks[v] >= 0
        return out

    def form(self, name: str) -> NDArray[np.bool_]:
        """Find the records marked with a form: ``sexual``, ``labour`` or ``other``; they may overlap."""
        if name not in _FORMS:
            raise InputError(
                f"There is no form {name!r} in CTDC.", fix="Choose sexual, labour or other."
            )
        return np.asarray(self.marks[_FORMS[name]] == 1)

    def to_flows(self, *, form: str | None = None) -> DetectedFlows:
        """Count records by place, citizenship and year; records without either are left out."""
        keep = (self.citizenship != "") & (self.place != "")
        if form is not None:
            keep &= self.form(form)
        if not keep.any():
            raise InputError(
                f"{self.source}: no record has both a citizenship and a place.",
                fix="Check the file, or drop the filter on form.",
            )
        cells: dict[tuple[str, str, int], int] = {}
        for d, o, y in zip(
            self.place[keep].tolist(), self.citizenship[keep].tolist(),
            self.year[keep].tolist(), strict=True,
        ):  # fmt: skip
            cells[d, o, y] = cells.get((d, o, y), 0) + 1
        keys = sorted(cells)
        count = np.array([cells[k] for k in keys], dtype=np.int64)
        return DetectedFlows(
            np.array([k[0] for k in keys], dtype="<U3"),
            np.array([k[1] for k in keys], dtype="<U3"),
            np.array([k[2] for k in keys], dtype=np.int64),
            count, count.copy(), self.source, "citizenship",
        )  # fmt: skip


def read_ctdc(source: str | Path) -> CtdcRecords:
    """Read CTDC microdata; the layout is recognised by its columns.

    Raises
    ------
    InputError
        No such file, empty, another layout, or nothing usable in it.
    """
    sheet = open_sheet(source, _MUST)
    old = "datasource" in sheet.columns
    at_year, at_citizen = sheet.column("yearOfRegistration"), sheet.column("citizenship")
    at_place = sheet.column("CountryOfExploitation")
    at_source = sheet.column("Datasource", required=False)
    marked = [
        (i, _OTHER_SPELLINGS.get(c, c))
        for i, c in enumerate(sheet.columns)
        if c.startswith(_MARKS) and not c.endswith("concatenated")
    ]
    log = sheet.log()
    rows: list[tuple[int, str, str, str, list[int]]] = []
    for number, cells in sheet.rows:
        uneven = ragged(cells, len(sheet.columns) - 1, len(sheet.columns))
        if uneven:
            log.add(number, uneven)
            continue
        given = text_of(cells[at_year])
        year = 0 if given in ("", "-99", "NULL") else year_of(cells[at_year])
        citizen, first = _read_place(cells[at_citizen])
        place, second = _read_place(cells[at_place])
        values = [_mark(cells[i]) for i, _ in marked]
        problem: Note | None = first or second
        if year is None:
            problem = reasons.YEAR_OUTSIDE
        elif any(v is None for v in values):
            problem = reasons.MARK_UNKNOWN
        if problem or year is None:
            log.add(number, problem or reasons.YEAR_OUTSIDE)
            continue
        origin = text_of(cells[at_source]).casefold() if at_source >= 0 else ""
        rows.append((year, citizen, place, origin, [v for v in values if v is not None]))
    if not rows:
        why = log.entries()[0].reason if log.entries() else "no rows"
        raise InputError(
            f"{sheet.name}: none of the {sheet.rows_in:,} rows can be used ({why}).",
            fix="Use the file as CTDC publishes it.",
        )
    table = np.array([r[4] for r in rows], dtype=np.int8).reshape(len(rows), len(marked))
    return CtdcRecords(
        "k-anonymous-2017" if old else "synthetic-2024",
        np.array([r[0] for r in rows], dtype=np.int64),
        np.array([r[1] for r in rows], dtype="<U3"),
        np.array([r[2] for r in rows], dtype="<U3"),
        np.array([r[3] for r in rows]),
        {name: table[:, j] for j, (_, name) in enumerate(marked)},
        log.entries(),
        sheet.rows_in,
        sheet.name,
    )


def _read_place(value: Any) -> tuple[str, Note | None]:
    text = text_of(value)
    if text in ("", "-99", "00", "0", "NULL"):
        return "", None
    label = read_country(text, strict=True)
    if label.kind == "country":
        return label.iso3, None
    if text == "AN":
        return "", reasons.ANTILLES
    return "", reasons.CODE_UNKNOWN


def _mark(value: Any) -> int | None:
    text = text_of(value).casefold()
    if text in ("", "-99", "null", "na"):
        return -1
    return {"0": 0, "1": 1, "false": 0, "true": 1}.get(text)
