"""Counts to take shares of: from a file, or from the UNODC table year by year."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError
from uncounted.ranks.reading import Seen, open_own
from uncounted.shares.posterior import Shares, Shift, shares, shares_of_each, shift
from uncounted.sources.phrases import listed as in_a_row
from uncounted.sources.phrases import span, year
from uncounted.sources.sheets import Totals, count_error, count_range, text_of
from uncounted.sources.tallies import VictimTally, by_form, by_origin, total
from uncounted.sources.unodc import UnodcTable

__all__ = [
    "FORM_NAMES",
    "ShareTable",
    "YearShift",
    "forms_by_year",
    "origins_by_year",
    "read_share_table",
    "share_table",
    "shifts",
    "who_was_counted",
]

FORM_NAMES = {
    "sexual": "sexual",
    "sexual exploitation": "sexual",
    "labour": "labour",
    "labor": "labour",
    "forced labour": "labour",
    "forced labor": "labour",
    "other": "other",
    "other forms": "other",
}
_NAMES = ["form", "sector", "category", "origin", "name", "label", "country", "group"]
_COUNTS = ["count", "yes", "victims", "people", "n"]


@dataclass(frozen=True, slots=True)
class ShareTable:
    """Counts by category; ``answered`` where a person may be in several, else ``None``.

    ``countries`` has the ISO 3166 alpha-3 of each name that is a country's, ``""`` of the others;
    ``notes`` what the reader did that a person should know.
    """

    names: tuple[str, ...]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    answered: NDArray[np.int64] | None = None
    countries: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def read_share_table(path: str | Path) -> ShareTable:
    """Read a CSV or Excel file with columns ``form, count`` and perhaps ``answered``.

    Raises
    ------
    InputError
        With the file, the row and the column, never what stands there.
    """
    sheet = open_own(path, [_NAMES, _COUNTS], Note("shares.columns"))
    at_name, at_count = sheet.column(*_NAMES), sheet.column(*_COUNTS)
    at_answered = sheet.column("answered", "denominator", "of", required=False)
    names: list[str] = []
    seen = Seen(sheet.columns[at_name])
    lower, upper, answered = [], [], []

    totals = Totals(sheet, at_name, at_count)
    marks = {at: sheet.marks(at) for at in (at_count, at_answered)}

    def count(row: int, cells: Sequence[str], at: int) -> tuple[int, int]:
        found = count_range(cells[at] if at < len(cells) else "", marks[at])
        if found.problem:
            raise count_error(sheet, row, at, found.problem)
        return found.lower, found.upper

    for row, cells in totals.rows():
        name = text_of(cells[at_name]) if at_name < len(cells) else ""
        if not name or not seen.add(name):
            problem = "there is no name" if not name else "this name stood in a row above"
            raise InputError(
                f"{sheet.name}, row {row}, column {sheet.called(at_name)}: {problem}.",
                fix="Give each row a name of its own.",
            )
        names.append(name)
        low, high = count(row, cells, at_count)
        lower.append(low)
        upper.append(high)
        if at_answered >= 0:
            of, most = count(row, cells, at_answered)
            if of != most or high > of:
                problem = "is suppressed" if of != most else "is smaller than the count beside it"
                raise InputError(
                    f"{sheet.name}, row {row}, column {sheet.called(at_answered)}: "
                    f"the denominator {problem}.",
                    fix="Give the number of people who answer the question.",
                )
            answered.append(of)
    return ShareTable(
        tuple(names),
        np.array(lower, dtype=np.int64),
        np.array(upper, dtype=np.int64),
        np.array(answered, dtype=np.int64) if answered else None,
        tuple(seen.countries),
        # people who may stand in several categories add to no total
        (*sheet.notes, *totals.notes(sum(lower), sum(upper) if not answered else math.inf)),
    )


def share_table(
    table: ShareTable,
    *,
    method: str = "goodman",
    simultaneous: bool = True,
    level: float = 0.95,
    seed: int = 0,
) -> Shares:
    """Shares of a file's counts: of one whole, or each of its own denominator."""
    if table.answered is None:
        return shares(
            table.lower, table.names, upper=table.upper,
            method=method, simultaneous=simultaneous, level=level, seed=seed,
        )  # fmt: skip
    if method != "goodman":
        raise InputError(
            "Shares with denominators of their own have Wilson intervals only.",
            fix="Leave out --method.",
        )
    return shares_of_each(
        table.lower, table.answered, table.names, yes_upper=table.upper,
        simultaneous=simultaneous, level=level,
    )  # fmt: skip


def forms_by_year(
    table: UnodcTable, destination: str, years: Sequence[int] = ()
) -> list[VictimTally]:
    """List counts by form, a tally a year; every year with two forms or more where none is named.

    Years that are left out because they list one form only are named in the first tally's caveats.
    """
    if years:
        return [by_form(table, destination=destination, year=y) for y in sorted(set(years))]
    rows = table.select(dimension="form", reporter=destination)
    listed = sorted(set(rows.year.tolist()))
    usable = [y for y in listed if len(set(rows.form[rows.year == y].tolist())) > 1]
    if not usable:
        raise InputError(
            f"{destination}: no year with counts of two forms of exploitation or more.",
            fix="Try another country.",
        )
    found = [by_form(table, destination=destination, year=y) for y in usable]
    if len(usable) < len(listed):
        said = note("shares.left-out", years=in_a_row([year(y) for y in listed if y not in usable]))
        found[0] = replace(found[0], caveats=(*found[0].caveats, said))
    return found


def origins_by_year(
    table: UnodcTable, destination: str, years: Sequence[int] = ()
) -> list[VictimTally]:
    """List counts by citizenship, a tally a year, with what the year's total leaves over.

    ``"not listed"`` holds the people of the total whose citizenship the table does not give.
    """
    if not years:
        listed = table.select(dimension="citizenship", reporter=destination).year
        years = sorted(set(listed.tolist()))
    found = []
    for when in sorted(set(years)):
        tally = by_origin(table, destination=destination, years=[when], nationals=True)
        low, high = tally.lower.tolist(), tally.upper.tolist()
        names = list(tally.names)
        caveats = list(tally.caveats)
        if tally.total_upper >= 0:
            rest_low = max(0, tally.total_lower - sum(high))
            rest_high = max(0, tally.total_upper - sum(low))
            if rest_high > 0:
                names.append("not listed")
                low.append(rest_low)
                high.append(rest_high)
                caveats.append(note("shares.not-listed"))
        else:
            caveats.append(note("shares.no-total", year=year(when)))
        found.append(
            VictimTally(
                tuple(names), np.array(low, dtype=np.int64), np.array(high, dtype=np.int64),
                tally.what, tally.source, tally.years, tally.total_lower, tally.total_upper,
                tuple(caveats),
            )
        )  # fmt: skip
    if not found:
        raise InputError(f"{destination}: no counts by citizenship.", fix="Try another country.")
    return found


def who_was_counted(table: UnodcTable, destination: str, first: int, second: int) -> list[Note]:
    """How the people counted differ between two years; empty if not at all.

    Compares the totals (a change by a third or more), whether the country's own citizens are
    listed, and how many rows each form has.
    """
    said: list[Note] = []
    a, b = (total(table, destination=destination, years=[y]) for y in (first, second))
    if a[0] > 0 and b[0] > 0 and not 2 / 3 < b[0] / a[1] < 3 / 2:
        said.append(
            note(
                "shares.counted.total",
                before=Number(a[0], "people"),
                first=year(first),
                after=Number(b[0], "people"),
                second=year(second),
            )
        )
    own: list[tuple[int, int] | None] = []
    for when in (first, second):
        rows = table.select(dimension="citizenship", reporter=destination, year=when)
        if len(rows) == 0:
            break
        own.append(
            (_most(rows.lower, rows.own), _most(rows.upper, rows.own)) if rows.own.any() else None
        )
    if len(own) == 2 and own[0] != own[1]:
        sizes = [0 if o is None else o[1] for o in own]
        if abs(sizes[1] - sizes[0]) > 0.1 * max(a[1], b[1], 1):  # a tenth of all who were counted
            said.append(
                note(
                    "shares.counted.citizens",
                    destination=destination,
                    before=_own(own[0]),
                    first=year(first),
                    after=_own(own[1]),
                    second=year(second),
                )
            )
    counts = []
    for when in (first, second):
        rows = table.select(dimension="form", reporter=destination, year=when)
        counts.append({f: int((rows.form == f).sum()) for f in ("sexual", "labour", "other")})
    for form in counts[0]:
        if counts[0][form] != counts[1][form]:
            said.append(
                note(
                    "shares.counted.rows",
                    before=Number(counts[0][form]),
                    first=year(first),
                    after=Number(counts[1][form]),
                    second=year(second),
                    form=form,
                )
            )
    return said


def _most(values: NDArray[np.int64], keep: NDArray[np.bool_]) -> int:
    return int(values[keep].max())


def _own(bounds: tuple[int, int] | None) -> Number | Note:
    return note("shares.counted.not-listed") if bounds is None else span(*bounds)


@dataclass(frozen=True, slots=True)
class YearShift:
    """A shift of one form between two years."""

    first_year: int
    second_year: int
    shift: Shift

    def to_dict(self) -> JSONObject:
        """JSON form."""
        moved = self.shift
        return {
            "form": moved.name,
            "first_year": self.first_year,
            "second_year": self.second_year,
            "lower": moved.lower,
            "upper": moved.upper,
            "beyond_chance": moved.beyond_chance,
            "counted": [str(c) for c in moved.counted],
            "words": str(moved.said),
        }


def shifts(
    table: UnodcTable, destination: str, by_year: Mapping[int, Shares]
) -> tuple[YearShift, ...]:
    """Shifts of each form between one year shown and the next."""
    years = sorted(by_year)
    out = []
    for first, second in itertools.pairwise(years):
        counted = who_was_counted(table, destination, first, second)
        for new in by_year[second].shares:
            old = by_year[first].find(new.name)
            if old is None:
                continue
            out.append(YearShift(first, second, shift(old, new, counted=counted)))
    return tuple(out)
