"""Parts of notes that every question about open data needs: a country, a span, a list, years, rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from uncounted.core.notes import Counts, Note, Number, note

__all__ = ["account", "country_note", "listed", "runs_of_years", "span", "span_of_years", "year"]

Part = Number | Note | str


LISTS = {
    "comma": "sources.list.comma",
    "semicolon": "sources.list.semicolon",
    "and": "sources.list.and",
    "then": "sources.list.then",
    "space": "sources.list.space",
}
"""How several things are said one after another -> code of two of them."""


def country_note(iso3: str) -> Note:
    """Name a country; the name is that of the language spoken when the note is said."""
    return note("places.country", country=iso3)


def year(value: int) -> Number:
    """Name a calendar year."""
    return Number(int(value), "years")


def span(low: float, high: float, counts: Counts = "people", of: str = "") -> Number | Note:
    """One number, or the two that a source leaves open.

    Examples
    --------
    >>> str(span(3878, 3882)), span(5, 5).value
    ('3,878 to 3,882', 5)
    """
    least = Number(low, counts, of)
    return least if low == high else note("sources.span", low=least, high=Number(high, counts, of))


def listed(
    parts: Sequence[Part], how: Literal["comma", "semicolon", "and", "then", "space"] = "comma"
) -> Number | Note:
    """Say several things one after another; ``"and"`` stands before the last only.

    Examples
    --------
    >>> str(listed([year(2009), year(2010), year(2013)]))
    '2009, 2010, 2013'
    >>> str(listed(["a", "b", "c"], "and"))
    'a, b and c'
    """
    if len(parts) == 1:
        only = parts[0]
        return note("sources.list.one", first=only) if isinstance(only, str) else only
    first: Part = parts[0]
    between = LISTS["comma" if how == "and" else how]
    for part in parts[1:-1]:
        first = note(between, first=first, last=part)
    return note(LISTS[how], first=first, last=parts[-1])


def span_of_years(years: Sequence[int]) -> Number | Note:
    """Say years in order: one, an unbroken run, or a list.

    Examples
    --------
    >>> str(span_of_years([2009, 2010, 2011])), str(span_of_years([2009, 2013]))
    ('2009 to 2011', '2009, 2013')
    """
    if not years:
        return note("sources.years.none")
    first, last = years[0], years[-1]
    if len(years) == last - first + 1:
        return span(first, last, "years")
    return listed([year(y) for y in years])


def runs_of_years(years: Iterable[int]) -> Number | Note:
    """Say years run by run.

    Examples
    --------
    >>> str(runs_of_years([2008, 2009, 2010, 2013, 2016]))
    '2008 to 2010, 2013 and 2016'
    """
    runs: list[list[int]] = []
    for y in sorted(set(years)):
        if runs and y == runs[-1][1] + 1:
            runs[-1][1] = y
        else:
            runs.append([y, y])
    if not runs:
        return note("sources.years.unstated")
    return listed([span(a, b, "years") for a, b in runs], "and")


def account(
    source: str | Note, rows_in: int, used: int, quarantined: int, counts: Counts = "number"
) -> Note:
    """Account for the rows of a file: rows in = rows used + rows quarantined.

    Parameters
    ----------
    source
        Name of the file or table.
    rows_in
        Rows under its header.
    used
        Rows that were used.
    quarantined
        Rows set aside.
    counts
        What a row is: a ``"number"`` of a published table, or one of the ``"records"`` about people.
    """
    return note(
        "sources.account",
        rows=Number(rows_in, counts),
        source=source,
        used=Number(used, counts),
        quarantined=Number(quarantined, counts),
    )
