"""The UNODC trafficking-in-persons table (``data_glotip``): national aggregates, 2003 to 2022.

Use it so::

    from uncounted.sources.unodc import read_unodc

    table = read_unodc()  # the bundled edition of 14 April 2025
    table = read_unodc(
        "data_glotip.xlsx"
    )  # or the file as its owner publishes it (.csv, .csv.gz, .xlsx)
    usa = table.select(reporter="USA", dimension="citizenship", year=2008)
    usa.origin, usa.lower, usa.upper  # arrays of equal length
    table.rows_in == table.rows_used + table.rows_quarantined  # always
    table.quarantine  # label by label: reason, label, rows, sum of counts

One element of the arrays is one row of the file. ``lower == upper`` for a plain count; "<5" is the
interval 1 to 4. What is not in the table is *not listed*, which is not zero. ``indicator`` holds
the words of `INDICATORS` (``"detected"``, ``"convicted"``, ...), ``dimension`` those of
`DIMENSIONS` (``"total"``, ``"form"``, ``"citizenship"``, ``"repatriation"``), ``form`` those of
`FORMS` (``"sexual"``, ``"labour"``, ``"other"``; empty unless ``dimension == "form"``), ``sex``
``"total" | "female" | "male" | "other" | "unknown"`` and ``age``
``"total" | "0-17" | "18+" | "unknown"``.

Citizenship is used for origin; "repatriation" rows count the reporting country's citizens
brought home *from* the country in ``origin``, and never enter a flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.labels import fold
from uncounted.core.notes import Note, note
from uncounted.errors import InputError
from uncounted.places.countries import read_country, to_iso3
from uncounted.sources import reasons
from uncounted.sources.phrases import account
from uncounted.sources.quarantine import Log, QuarantinedRows
from uncounted.sources.sheets import (
    count_range,
    open_sheet,
    ragged,
    text_of,
    year_of,
)

__all__ = ["BUNDLED", "DIMENSIONS", "FORMS", "INDICATORS", "UnodcTable", "read_unodc"]

BUNDLED = note("sources.unodc.bundled")
INDICATORS = {
    "detected trafficking victims": "detected",
    "persons convicted": "convicted",
    "persons prosecuted": "prosecuted",
    "persons brought into formal contact": "suspected",
    "offences of trafficking in persons": "offences",
}
DIMENSIONS = {
    "total": "total",
    "by form of exploitation": "form",
    "by citizenship": "citizenship",
    "by country of repatriation": "repatriation",
}
FORMS = {
    "sexual exploitation": "sexual",
    "forced labour": "labour",
    "other forms of exploitation": "other",
}
_SEXES = {
    "total": "total",
    "female": "female",
    "male": "male",
    "other": "other",
    "unknown": "unknown",
}
_AGES = {
    "total": "total",
    "0 to 17 years": "0-17",
    "18 years or over": "18+",
    "unknown": "unknown",
}
_REASONS = {
    "region": reasons.REGION,
    "several": reasons.SEVERAL,
    "abroad": reasons.ABROAD,
    "unknown": reasons.CITIZENSHIP_UNKNOWN,
    "stateless": reasons.STATELESS,
    "former": reasons.FORMER,
    "unclear": reasons.LABEL_UNCLEAR,
    "total": reasons.TOTAL,
    "debris": reasons.DEBRIS,
    "empty": reasons.LABEL_EMPTY,
    "unreadable": reasons.LABEL_BROKEN,
}
_COLUMNS = (
    ["Iso3_code", "iso3"],
    ["Indicator"],
    ["Dimension"],
    ["Category"],
    ["Year"],
    ["txtVALUE", "VALUE"],
)


@dataclass(frozen=True, slots=True)
class UnodcTable:
    """Rows of the UNODC table that could be used, and a log of those that could not.

    Parameters
    ----------
    reporter
        ISO alpha-3 of the country that reported, shape (rows,).
    origin
        ISO alpha-3 of the citizenship (or of the country repatriated from); empty elsewhere.
    label
        The category as published, e.g. ``"Mexico"`` or ``"Sexual exploitation"``.
    year
        Reporting year.
    lower, upper
        Bounds of the count, people (or offences); equal unless the cell is censored ("<5").
    indicator, dimension, form, sex, age
        See the module's first lines.
    row
        Row number in the file.
    own
        Whether the label says "nationals" of the reporting country.
    quarantine
        Reason by reason, label by label.
    rows_in
        Data rows in the file.
    rows_used
        Rows read from the file into the full table (a selection keeps the number).
    source
        File's name or edition.
    """

    reporter: NDArray[np.str_]
    origin: NDArray[np.str_]
    label: NDArray[np.str_]
    year: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    indicator: NDArray[np.str_]
    dimension: NDArray[np.str_]
    form: NDArray[np.str_]
    sex: NDArray[np.str_]
    age: NDArray[np.str_]
    own: NDArray[np.bool_]
    row: NDArray[np.int64]
    quarantine: tuple[QuarantinedRows, ...]
    rows_in: int
    rows_used: int
    source: str | Note

    def __len__(self) -> int:
        return int(self.year.size)

    @property
    def rows_quarantined(self) -> int:
        """Rows set aside; with `rows_used` they make `rows_in`."""
        return sum(len(q.rows) for q in self.quarantine)

    @property
    def censored(self) -> NDArray[np.bool_]:
        """Which counts are known only to lie between ``lower`` and ``upper``."""
        censored: NDArray[np.bool_] = self.lower != self.upper
        return censored

    @property
    def midpoint(self) -> NDArray[np.float64]:
        """Middle of the bounds, 2.5 for "<5"; for comparison with published work."""
        return (self.lower + self.upper) / 2.0

    def accounting(self) -> Note:
        """One line: rows in = rows used + rows quarantined."""
        return account(self.source, self.rows_in, self.rows_used, self.rows_quarantined)

    def select(
        self,
        *,
        indicator: str | None = "detected",
        dimension: str | None = None,
        reporter: str | None = None,
        origin: str | None = None,
        year: int | Sequence[int] | None = None,
        form: str | None = None,
        sex: str | None = "total",
        age: str | None = "total",
    ) -> UnodcTable:
        """Keep the rows that match every condition; ``None`` asks for no condition.

        Examples
        --------
        >>> usa = read_unodc().select(reporter="USA", dimension="citizenship", year=2008)
        >>> dict(zip(usa.origin.tolist(), usa.lower.tolist()))["MEX"]
        66
        """
        keep = np.ones(len(self), dtype=np.bool_)
        for values, wanted in (
            (self.indicator, indicator),
            (self.dimension, dimension),
            (self.reporter, reporter),
            (self.origin, origin),
            (self.form, form),
            (self.sex, sex),
            (self.age, age),
        ):
            if wanted is not None:
                keep &= values == wanted
        if year is not None:
            keep &= np.isin(self.year, np.atleast_1d(np.asarray(year)))
        return self.take(keep)

    def take(self, keep: NDArray[np.bool_]) -> UnodcTable:
        """Keep the rows where ``keep``, shape (rows,), is true; the log stays whole."""
        return replace(self, **{name: getattr(self, name)[keep] for name in _ARRAYS})


_ARRAYS = (
    "reporter",
    "origin",
    "label",
    "year",
    "lower",
    "upper",
    "indicator",
    "dimension",
    "form",
    "sex",
    "age",
    "own",
    "row",
)


def read_unodc(source: str | Path | None = None, *, wide: bool = False) -> UnodcTable:
    """Read the UNODC table.

    Parameters
    ----------
    source
        File as published (CSV, compressed CSV or Excel workbook); the bundled edition by default.
    wide
        Read also citizenship labels that are surely meant though misspelt or in another
        language ("Burmese", "RUMANÍA"). Published figures rest on the strict reading, which is
        the default; the log shows what it leaves out.

    Returns
    -------
    UnodcTable

    Raises
    ------
    InputError
        No such file, empty, another layout, or nothing usable in it.
    """
    if source is None:
        with resources.as_file(
            resources.files("uncounted.sources").joinpath("data", "unodc_20250414.csv.xz")
        ) as path:
            sheet = open_sheet(path, _COLUMNS)
        name: str | Note = BUNDLED
    else:
        sheet = open_sheet(source, _COLUMNS)
        name = sheet.name
    at = {
        "iso": sheet.column("Iso3_code", "iso3"),
        "indicator": sheet.column("Indicator"),
        "dimension": sheet.column("Dimension"),
        "category": sheet.column("Category"),
        "sex": sheet.column("Sex", required=False),
        "age": sheet.column("Age", required=False),
        "year": sheet.column("Year"),
        "value": sheet.column("txtVALUE", "VALUE"),
    }
    log = sheet.log()
    used: list[tuple[Any, ...]] = []
    for number, cells in sheet.rows:
        uneven = ragged(cells, max(at.values()), len(sheet.columns))
        if uneven:
            log.add(number, uneven)
            continue
        row = _row(number, cells, at, log, wide)
        if row is not None:
            used.append(row)
    if not used:
        first = log.entries()[0].reason if log.entries() else "no rows"
        raise InputError(
            f"{name}: none of the {sheet.rows_in:,} rows can be used ({first}).",
            fix="Check that the file is the UNODC table as published.",
        )
    columns = list(zip(*used, strict=True))
    arrays = {
        field: np.array(column, dtype=np.bool_ if field == "own" else None)
        for field, column in zip(_ARRAYS, columns, strict=True)
    }
    return UnodcTable(
        **arrays,
        quarantine=log.entries(),
        rows_in=sheet.rows_in,
        rows_used=len(used),
        source=name,
    )


def _row(
    number: int, cells: Sequence[Any], at: dict[str, int], log: Log, wide: bool
) -> tuple[Any, ...] | None:
    """One usable row in the order of the arrays, or ``None`` after logging why not."""
    count = count_range(cells[at["value"]])
    label = text_of(cells[at["category"]])
    dimension = DIMENSIONS.get(_short(cells[at["dimension"]]))
    indicator = INDICATORS.get(_short(cells[at["indicator"]]))
    year = year_of(cells[at["year"]])
    sex = _SEXES.get(_short(cells[at["sex"]])) if at["sex"] >= 0 else "total"
    age = _AGES.get(_short(cells[at["age"]])) if at["age"] >= 0 else "total"
    reporter = _reporter(text_of(cells[at["iso"]]))
    form, origin, own = "", "", False
    problem: Note | None = None
    if reporter is None:
        problem = reasons.REPORTER_UNKNOWN
    elif indicator is None or dimension is None:
        problem = reasons.INDICATOR_UNKNOWN
    elif sex is None or age is None:
        problem = reasons.GROUP_UNKNOWN
    elif year is None:
        problem = reasons.YEAR_MISSING
    elif dimension == "form":
        form = FORMS.get(_short(label), "")
        problem = None if form else reasons.FORM_UNKNOWN
    elif dimension in ("citizenship", "repatriation"):
        read = _label(label, wide)
        own = read.kind == "own" or (read.kind == "country" and read.iso3 == reporter)
        origin = reporter if read.kind == "own" else read.iso3
        if read.kind not in ("country", "own"):
            problem = reasons.ONLY_WIDE if read.how == "wide" else _REASONS[read.kind]
    problem = problem or count.problem
    if problem:
        log.add(number, problem, label, count.lower, count.upper)
        return None
    return (
        reporter, origin, label, year, count.lower, count.upper,
        indicator, dimension, form, sex, age, own, number,
    )  # fmt: skip


_cache: dict[str, Any] = {}


def _short(value: Any) -> str:
    text = str(value)
    found: str | None = _cache.get(text)
    if found is None:
        if len(_cache) > 10_000:
            _cache.clear()
        found = _cache[text] = fold(text)
    return found


def _reporter(text: str) -> str | None:
    key = "iso:" + text
    if key not in _cache:
        try:
            _cache[key] = to_iso3(text)
        except InputError:
            _cache[key] = None
    found: str | None = _cache[key]
    return found


def _label(text: str, wide: bool) -> Any:
    key = f"label{wide:d}:{text}"
    if key not in _cache:
        _cache[key] = read_country(text, strict=not wide)
    return _cache[key]
