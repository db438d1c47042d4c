"""Counts of the UNODC table by origin and by form, for ranks, shares and claims.

Detected victims only: people whom an authority found and reported, never an estimate. A count
the owner suppressed ("<5") stays an interval; an origin that is not listed is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError
from uncounted.places.countries import country
from uncounted.sources.unodc import UnodcTable

__all__ = ["Tally", "by_form", "by_origin", "total"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Detected victims by origin, by form or in all.

    Parameters
    ----------
    names
        ISO alpha-3 of the citizenship, or a form; shape (categories,).
    lower, upper
        People; unequal where a count is suppressed, or where it is open how rows overlap.
    what
        Whom the counts count, in words that can follow "Detected victims".
    source
        Name of the table.
    years
        Years that hold at least one row.
    total_lower, total_upper
        Detected victims of the same place and years whatever their origin or form, people; -1
        where the table does not say for each year.
    caveats
        Plain sentences that must travel with the counts.
    """

    names: tuple[str, ...]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    what: str
    source: str
    years: tuple[int, ...]
    total_lower: int = -1
    total_upper: int = -1
    caveats: tuple[str, ...] = ()

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
) -> Tally:
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
    where = f"in {destination}" if destination else "in all reporting countries"
    caveats = [
        "Detected victims by citizenship: whom authorities found, not all who were trafficked.",
        "An origin that is not listed is not zero: many countries list only the largest.",
    ]
    if not nationals:
        caveats.append("Citizens of the country that detected them are left out.")
    low_total, high_total = total(table, destination=destination, years=found)
    listed_low, listed_high = (sum(v[i] for v in sums.values()) for i in (0, 1))
    if origins is None and region is None and nationals is False and listed_high < low_total:
        own = table.select(dimension="citizenship", reporter=destination, year=list(found))
        if own.own.any():
            caveats.append(
                f"The foreign origins listed hold {_span_of(listed_low, listed_high)} of "
                f"{_span_of(low_total, high_total)} victims, citizens included; ranks and tiers are "
                "among those listed."
            )
        else:
            caveats.append(
                f"The origins listed hold {_span_of(listed_low, listed_high)} of "
                f"{_span_of(low_total, high_total)} victims; ranks and tiers are among those listed."
            )
    return Tally(
        tuple(order),
        np.array([sums[o][0] for o in order], dtype=np.int64),
        np.array([sums[o][1] for o in order], dtype=np.int64),
        f"{where}, {_span(found)}, by citizenship",
        table.source,
        found,
        low_total,
        high_total,
        tuple(caveats),
    )


def by_form(table: UnodcTable, *, destination: str, year: int) -> Tally:
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
        listed = table.select(dimension="form", reporter=destination).year
        fix = (
            f"Years with forms: {_span(tuple(sorted(set(listed.tolist()))))}."
            if listed.size
            else "Ask for another destination."
        )
        raise InputError(f"{destination}, {year}: no counts by form of exploitation.", fix=fix)
    names, lower, upper, caveats = [], [], [], []
    for form in ("sexual", "labour", "other"):
        here = rows.form == form
        if not here.any():
            continue
        low, high, several = rows.lower[here], rows.upper[here], int(here.sum()) > 1
        names.append(form)
        lower.append(0 if several else int(low.sum()))
        upper.append(int(high.sum()))
        if several:
            parts = "; ".join(
                f"{a:,}" if a == b else f"{a} to {b}"
                for a, b in sorted(zip(low.tolist(), high.tolist(), strict=True))
            )
            caveats.append(
                f'{year} has {int(here.sum())} rows of "{form}" forms ({parts}) that may or may '
                f"not overlap with each other and with the rest: people in no other row are anything "
                f"from 0 to {int(high.sum()):,}."
            )
    if len(names) < 2:
        raise InputError(
            f"{destination}, {year}: only one form is listed, so there is no share to take.",
            fix="The other forms are not listed, which is not zero; ask for another year.",
        )
    low_total, high_total = total(table, destination=destination, years=(year,))
    people, most = int(sum(lower)), int(sum(upper))
    if low_total > 0:
        if people > high_total:
            caveats.append(
                f"{year}: the forms add to {people:,}, more than that year's {high_total:,} victims, so "
                "some people stand in several forms or the two were counted otherwise; shares are "
                "of the forms named, not of people."
            )
        elif lower != upper and abs(most - high_total) <= 0.01 * high_total:
            caveats.append(
                f"{year}: all rows together ({most:,} at most) come close to that year's total of "
                f"{high_total:,}, which speaks for rows that do not overlap."
            )
        elif most < low_total:
            caveats.append(
                f"{year}: the forms name {most:,} of {low_total:,} victims; the form of the others is not "
                "stated, and they are not in the denominator."
            )
    missing = [f for f in ("sexual", "labour", "other") if f not in names]
    if missing:
        caveats.append(f"{year}: not listed, which is not zero: {', '.join(missing)}.")
    return Tally(
        tuple(names),
        np.array(lower, dtype=np.int64),
        np.array(upper, dtype=np.int64),
        f"in {destination}, {year}, by form of exploitation",
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


def _span_of(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _span(years: Sequence[int]) -> str:
    """Years in words: one, a run, or a list."""
    if not years:
        return "no year"
    first, last = years[0], years[-1]
    if first == last:
        return str(first)
    if len(years) == last - first + 1:
        return f"{first} to {last}"
    return ", ".join(str(y) for y in years)
