"""Birth dates that are no birth dates: what a form puts in where none is known.

1 January is known to be one (`fields`); a list may have any other: 15 June with the right year,
1 July 1900 for everybody. Such a date stands out as a spike: far more different people hold it
than days of birth allow. It is taken for what it says, the year or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DefaultBirth", "find_defaults"]

Numbers = NDArray[np.int64]
_LEAST = 6
"""Different people of a list that must hold a date before it can be a spike."""
_TIMES = 4.0
"""How many times commoner than a usual day a spike is at least."""
_RARE = -16.0
"""Log of the chance that some day of a list comes so often by itself: one list in ten million."""
_DATE = 100_000_000
"""One more than the largest date as a number, year, month and day."""
_DAYS, _DATES = 365.25, 365.25 * 40
"""Days of a year; days among which whole dates of birth lie, most of them."""


@dataclass(frozen=True, slots=True)
class DefaultBirth:
    """A birth date that stands where none is known.

    Parameters
    ----------
    member
        Number of the list.
    month, day
        Its month and day.
    year
        Its year where all have one year, else ``None``: the year is the person's own.
    records
        Records of the list that hold it.
    """

    member: int
    month: int
    day: int
    year: int | None
    records: int


def find_defaults(
    member: Numbers,
    name: Numbers,
    year: NDArray[np.int16],
    month: NDArray[np.int16],
    day: NDArray[np.int16],
) -> tuple[DefaultBirth, ...]:
    """Find the birth dates that stand where none is known, list by list.

    Parameters
    ----------
    member
        Shape (records,), list of each record.
    name
        Shape (records,), a number for each different name: a row for every call is one person.
    year, month, day
        Shape (records,), -1 where not known.

    Examples
    --------
    >>> import numpy as np
    >>> who = np.arange(60)
    >>> day = np.where(who < 20, 15, who % 28 + 1).astype(np.int16)
    >>> month = np.where(who < 20, 6, who % 12 + 1).astype(np.int16)
    >>> found = find_defaults(0 * who, who, (1950 + who).astype(np.int16), month, day)
    >>> [(d.month, d.day, d.year, d.records) for d in found]
    [(6, 15, None, 20)]
    """
    out = []
    who = np.unique(name, return_inverse=True)[1].astype(np.int64)
    for m in np.unique(member):
        dated = np.flatnonzero((member == m) & (day > 0) & (year >= 0))
        date = year[dated].astype(np.int64) * 10_000 + month[dated] * 100 + day[dated]
        # One number for name and date: a million names by eight digits of a date are far below 2**63.
        dates = np.unique(who[dated] * _DATE + date) % _DATE
        held = dates % 10_000
        for one in _spikes(held, _DAYS):
            at_day = dates[held == one]
            whole, count = np.unique(at_day, return_counts=True)
            # Half of them in one year: nobody's year either.
            alone = 2 * count.max() > at_day.size
            out.append(_default(int(m), int(whole[count.argmax()]), alone, date))
        known = {(d.month, d.day) for d in out if d.member == m}
        out += [
            _default(int(m), one, True, date)
            for one in _spikes(dates, _DATES)
            if (one // 100 % 100, one % 100) not in known
        ]
    return tuple(out)


def _default(member: int, date: int, whole: bool, dates: Numbers) -> DefaultBirth:
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    same = dates == date if whole else dates % 10_000 == date % 10_000
    return DefaultBirth(member, month, day, year if whole else None, int(same.sum()))


def _spikes(held: Numbers, days: float) -> list[int]:
    """Values that far more hold than so many days, all alike, would let them."""
    from scipy.special import pdtrc

    values, count = np.unique(held, return_counts=True)
    usual = np.maximum((held.size - count) / days, 0.05)
    with np.errstate(divide="ignore"):
        tail = np.log(pdtrc(count - 1, usual)) + np.log(days)
    spike = (count >= _LEAST) & (count >= _TIMES * usual) & (tail < _RARE)
    return [int(v) for v in values[spike]]
