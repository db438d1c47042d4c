"""Counts of the UNODC table by origin and by form, for ranks, shares and claims.

Detected victims only: people whom an authority found and reported, never an estimate. A count
the owner suppressed ("<5") stays an interval; an origin that is not listed is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError
from uncounted.places.countries import country
from uncounted.sources.phrases import listed, span, span_of_years
from uncounted.sources.phrases import year as year_number
from uncounted.sources.unodc import UnodcTable

__all__ = ["VictimTally", "by_form", "by_origin", "total"]


@dataclass(frozen=True, slots=True)
class VictimTally:
    """Detected victims by origin, by form or in all.

    Parameters
    ----------
    names
        ISO alpha-3 of the citizenship, or a form; shape (categories,).
    lower, upper
        People; unequal where a count is suppressed, or where it is open how rows overlap.
    what
        Whom the counts count: what can follow "Detected victims".
    source
        Name of the table.
    years
        Years that hold at least one row.
    total_lower, total_upper
        Detected victims of the same place and years whatever their origin or form, people; -1
        where the table does not say for each year.
    caveats
        What must travel with the counts.
    """

    names: tuple[str, ...]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    what: Note
    source: str | Note
    years: tuple[int, ...]
    total_lower: int = -1
    total_upper: int = -1
    caveats: tuple[Note, ...] = ()

    def bounds(self, name: str) -> tuple[int, int] | None:
        """Lower and upper count of one category; ``None`` where it is not listed."""
        if name not in self.names:
            return None
        i = self.names.index(name)
        return int(self.lower[i]), int(self.upper[i])


def by_origin(
    table: UnodcTable,
    *,
    destination: str | None = None,
    years: Sequence[int] | None = None,
    origins: Sequence[str] | None = None,
    region: str | None = None,
    nationals: bool = False,
) -> VictimTally:
    """Count detected victims by citizenship, largest first.

    Parameters
    ----------
    table
        The UNODC table.
    destination
        ISO alpha-3 of the country that detected them; all countries by default.
    years
        Years to sum; all by default.
    origins
        Keep these citizenships only.
    region
        Keep citizenships of this continent: Africa, America, Asia, Europe or Pacific.
    nationals
        Keep also citizens of the country that detected them.

    Raises
    ------
    InputError
        The table has no such counts.
    """
    rows = table.select(
        dimension="citizenship", reporter=destination, year=None if years is None else list(years)
    )
    keep = np.ones(len(rows), dtype=bool) if nationals else ~rows.own
    if origins is not None:
        keep &= np.isin(rows.origin, list(origins))
    if region is not None:
        keep &= np.isin(rows.origin, _of_region(rows.origin, region))
    rows = rows.take(keep)
    if len(rows) == 0:
        raise InputError(
            "The table lists no detected victims by citizenship for this choice.",
            fix="Ask for other years or another destination; `uncounted ranks --help` lists filters.",
        )
    cells: dict[tuple[str, str, int], tuple[int, int]] = {}
    for reporter, origin, year, low, high, own in zip(
        rows.reporter.tolist(),
        rows.origin.tolist(),
        rows.year.tolist(),
        rows.lower.tolist(),
        rows.upper.tolist(),
        rows.own.tolist(),
        strict=True,
    ):
        before = cells.get((reporter, origin, year), (0, 0))
        if own:  # "Nationals" and the country's own name are two labels of one count
            cells[reporter, origin, year] = (max(before[0], low), max(before[1], high))
        else:
            cells[reporter, origin, year] = (before[0] + low, before[1] + high)
    sums: dict[str, tuple[int, int]] = {}
    for (_, origin, _), (low, high) in cells.items():
        before = sums.get(origin, (0, 0))
        sums[origin] = (before[0] + low, before[1] + high)
    order = sorted(sums, key=lambda o: (-(sums[o][0] + sums[o][1]), o))
    found = tuple(sorted(set(rows.year.tolist())))
    caveats = [note("sources.tally.detected"), note("sources.tally.not-listed")]
    if not nationals:
        caveats.append(note("sources.tally.foreign"))
    low_total, high_total = total(table, destination=destination, years=found)
    listed_low, listed_high = (sum(v[i] for v in sums.values()) for i in (0, 1))
    if origins is None and region is None and nationals is False and listed_high < low_total:
        own = table.select(dimension="citizenship", reporter=destination, year=list(found))
        part, whole = span(listed_low, listed_high), span(low_total, high_total)
        if own.own.any():
            caveats.append(note("sources.tally.part-foreign", listed=part, total=whole))
        else:
            caveats.append(note("sources.tally.part", listed=part, total=whole))
    return VictimTally(
        tuple(order),
        np.array([sums[o][0] for o in order], dtype=np.int64),
        np.array([sums[o][1] for o in order], dtype=np.int64),
        note("sources.tally.by-origin", destination=destination, years=span_of_years(found))
        if destination
        else note("sources.tally.by-origin.everywhere", years=span_of_years(found)),
        table.source,
        found,
        low_total,
        high_total,
        tuple(caveats),
    )


def by_form(table: UnodcTable, *, destination: str, year: int) -> VictimTally:
    """Count detected victims by form of exploitation in one country and year.

    Where a form stands in several rows, the table does not say whether a person is in more than
    one of them, nor whether those rows repeat people of the other forms: the form's count then
    runs from 0 to the sum of its rows.

    Raises
    ------
    InputError
        The table has no forms, or only one, for that country and year.
    """
    rows = table.select(dimension="form", reporter=destination, year=year)
    if len(rows) == 0:
        years = table.select(dimension="form", reporter=destination).year
        fix = (
            f"Years with forms: {span_of_years(sorted(set(years.tolist())))}."
            if years.size
            else "Ask for another destination."
        )
        raise InputError(f"{destination}, {year}: no counts by form of exploitation.", fix=fix)
    names: list[str] = []
    lower: list[int] = []
    upper: list[int] = []
    caveats: list[Note] = []
    for form in ("sexual", "labour", "other"):
        here = rows.form == form
        if not here.any():
            continue
        low, high, several = rows.lower[here], rows.upper[here], int(here.sum()) > 1
        names.append(form)
        lower.append(0 if several else int(low.sum()))
        upper.append(int(high.sum()))
        if several:
            ends = sorted(zip(low.tolist(), high.tolist(), strict=True))
            caveats.append(
                note(
                    "sources.form.rows",
                    rows=Number(int(here.sum())),
                    year=year_number(year),
                    form=form,
                    parts=listed([span(a, b) for a, b in ends], "semicolon"),
                    most=Number(int(high.sum()), "people"),
                )
            )
    if len(names) < 2:
        raise InputError(
            f"{destination}, {year}: only one form is listed, so there is no share to take.",
            fix="The other forms are not listed, which is not zero; ask for another year.",
        )
    low_total, high_total = total(table, destination=destination, years=(year,))
    people, most = int(sum(lower)), int(sum(upper))
    when = year_number(year)
    if low_total > 0:
        if people > high_total:
            caveats.append(
                note(
                    "sources.form.more-than-people",
                    year=when,
                    named=Number(people, "people"),
                    total=Number(high_total, "people"),
                )
            )
        elif lower != upper and abs(most - high_total) <= 0.01 * high_total:
            caveats.append(
                note(
                    "sources.form.near-the-total",
                    year=when,
                    most=Number(most, "people"),
                    total=Number(high_total, "people"),
                )
            )
        elif most < low_total:
            caveats.append(
                note(
                    "sources.form.part-named",
                    year=when,
                    named=Number(most, "people"),
                    total=Number(low_total, "people"),
                )
            )
    missing = [f for f in ("sexual", "labour", "other") if f not in names]
    if missing:
        caveats.append(note("sources.form.missing", year=when, forms=listed(missing)))
    return VictimTally(
        tuple(names),
        np.array(lower, dtype=np.int64),
        np.array(upper, dtype=np.int64),
        note("sources.tally.by-form", destination=destination, year=when),
        table.source,
        (year,),
        low_total,
        high_total,
        tuple(caveats),
    )


def total(table: UnodcTable, *, destination: str | None, years: Sequence[int]) -> tuple[int, int]:
    """Count all detected victims of a place and years, people; (-1, -1) where a year has none.

    Without a destination the sum is over the countries that report a total.
    """
    rows = table.select(dimension="total", reporter=destination, year=list(years))
    if set(rows.year.tolist()) != set(years):
        return -1, -1
    return int(rows.lower.sum()), int(rows.upper.sum())


def _of_region(origins: NDArray[np.str_], region: str) -> list[str]:
    known = {o: country(o) for o in set(origins.tolist())}
    wanted = region.strip().casefold().removesuffix("s")
    found = [o for o, c in known.items() if c is not None and c.continent.casefold() == wanted]
    if not found:
        raise InputError(
            "No origin lies in the region that was asked for.",
            fix="Regions are Africa, America, Asia, Europe and Pacific.",
        )
    return found
