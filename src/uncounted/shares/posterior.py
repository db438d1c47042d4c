"""Shares by form, sector or origin, with intervals that hold together.

Two kinds of question, never mixed:

* one answer a record (`shares`): shares of a whole; they add to 100% because each record is in
  one category;
* several answers a record (`shares_of_each`, `shares_of_records`): a person may be in several
  forms, so the shares need not add to 100% and are never made to. The denominator is the records
  that answer the question, not all records.

Where a count is known only as an interval (suppressed, or rows that may overlap), a share has two
layers: the *range* that the source leaves open whatever the chance, and the *interval* that adds
chance variation to both its ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.engine.jobs import stream
from uncounted.errors import InputError
from uncounted.ranks.joint import joint_intervals_of_draws
from uncounted.ranks.sets import check_level, check_names
from uncounted.shares.intervals import clopper_pearson, sison_glaz, wilson

__all__ = [
    "METHODS",
    "Share",
    "Shares",
    "Shift",
    "share_draws",
    "shares",
    "shares_of_each",
    "shares_of_records",
    "shift",
]

METHODS = ("goodman", "exact", "sison-glaz", "dirichlet")


@dataclass(frozen=True, slots=True)
class Share:
    """The share of one category.

    Parameters
    ----------
    name
        The category.
    count_lower, count_upper
        People in it; unequal where the source leaves it open.
    of_lower, of_upper
        The denominator: people who answer the question.
    range_lower, range_upper
        The share at the counts the source allows, 0 to 1, without chance variation.
    interval
        With chance variation, at the level and of the kind it names.
    """

    name: str
    count_lower: float
    count_upper: float
    of_lower: float
    of_upper: float
    range_lower: float
    range_upper: float
    interval: Interval

    @property
    def point(self) -> float | None:
        """The share where the counts give one value, else ``None``: a middle would be made up."""
        return self.range_lower if self.range_lower == self.range_upper else None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        plain = self.count_lower == self.count_upper
        whole = self.of_lower == self.of_upper
        return {
            "name": self.name,
            "count": int(self.count_lower) if plain else None,
            "count_lower": int(self.count_lower),
            "count_upper": int(self.count_upper),
            "denominator": int(self.of_lower) if whole else None,
            "denominator_lower": int(self.of_lower),
            "denominator_upper": int(self.of_upper),
            "share": self.point,
            "share_lower": self.range_lower,
            "share_upper": self.range_upper,
            "interval": self.interval.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of several categories with intervals.

    Parameters
    ----------
    shares
        One `Share` a category, in the order given.
    method
        How the intervals were made.
    simultaneous
        True: all intervals hold together.
    adds_up
        True where each record is in one category; False where it may be in several.
    caveats
        What travels with the shares.
    """

    shares: tuple[Share, ...]
    method: str
    simultaneous: bool
    adds_up: bool
    caveats: tuple[Note, ...] = ()

    def find(self, name: str) -> Share | None:
        """Return the share of one category; ``None`` where it is not listed."""
        return next((s for s in self.shares if s.name == name), None)


def shares(
    counts: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    upper: ArrayLike | None = None,
    method: str = "goodman",
    simultaneous: bool = True,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
) -> Shares:
    """Shares of categories that a record can be in one of.

    Parameters
    ----------
    counts
        Shape (k,), people; whole numbers, zero or more.
    names
        Categories.
    upper
        Shape (k,): greatest counts where `counts` are the least.
    method
        ``"goodman"``: Wilson-type, Bonferroni over the k categories (Goodman 1965), near the level
        with small counts and zeros. ``"exact"``: Clopper-Pearson with Bonferroni, never below the
        level and so wider. ``"sison-glaz"`` (1995): narrower with seven categories or more
        of like size, poor with zeros; needs plain counts. ``"dirichlet"``: posterior with
        Jeffreys' prior 1/2 a category.
    simultaneous
        False gives each interval alone (not for Sison-Glaz).
    level
        Nominal coverage.
    draws, seed
        For ``"dirichlet"``.

    Returns
    -------
    Shares

    Raises
    ------
    InputError
        Counts that are no counts; nobody in the denominator; a method that is not there.

    Examples
    --------
    Detected victims in the USA by form, 2013 (UNODC):

    >>> found = shares([1281, 827, 177], ["sexual", "labour", "other"])
    >>> round(found.shares[0].point, 3)
    0.561
    >>> round(found.shares[0].interval.lower, 3), round(found.shares[0].interval.upper, 3)
    (0.536, 0.585)

    Three rows that may or may not overlap, 2022: a range, not a middle.

    >>> found = shares([10166, 3413, 0], ["sexual", "labour", "other"], upper=[10166, 3413, 2765])
    >>> found.shares[0].point is None, round(found.shares[0].range_lower, 2)
    (True, 0.62)
    """
    low, high, names = _checked(counts, upper, names)
    check_level(level)
    if high.sum() == 0:
        raise InputError("Nobody is counted, so there is no share.", fix="Check the counts.")
    range_low, range_high = _range(low, high)
    caveats: list[Note] = []
    kind = method
    if method in ("goodman", "exact"):
        tests = low.size if simultaneous else 1
        ends = wilson if method == "goodman" else clopper_pearson
        chance_low = ends(low, low + (high.sum() - high), tests, level)[0]
        chance_high = ends(high, high + (low.sum() - low), tests, level)[1]
        if method == "goodman" and (high < 5).any():
            caveats.append(note("shares.few"))
        if low.size == 1:
            chance_low = chance_high = np.ones(1)
    elif method == "sison-glaz":
        if (low != high).any():
            raise InputError(
                "Sison-Glaz intervals need plain counts; some here are intervals.",
                fix="Use --method goodman.",
            )
        chance_low, chance_high = sison_glaz(low, level)
        simultaneous = True
        caveats.append(note("shares.sison-glaz"))
    elif method == "dirichlet":
        z = share_draws(low, upper=high, draws=draws, seed=seed)
        if simultaneous:
            chance_low, chance_high = joint_intervals_of_draws(z, level=level)
        else:
            tail = (1.0 - level) / 2.0
            chance_low, chance_high = np.quantile(z, [tail, 1.0 - tail], axis=0)
        kind = "posterior"
        if (low != high).any():
            caveats.append(note("shares.suppressed"))
    else:
        raise InputError(f"There is no method {method!r}.", fix=f"Methods: {', '.join(METHODS)}.")
    total_low, total_high = float(low.sum()), float(high.sum())
    found = tuple(
        Share(
            name=names[i],
            count_lower=float(low[i]),
            count_upper=float(high[i]),
            of_lower=total_low,
            of_upper=total_high,
            range_lower=float(range_low[i]),
            range_upper=float(range_high[i]),
            interval=Interval(kind, level, float(chance_low[i]), float(chance_high[i])),
        )
        for i in range(low.size)
    )
    return Shares(found, method, simultaneous, True, tuple(caveats))


def shares_of_each(
    yes: ArrayLike,
    answered: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    yes_upper: ArrayLike | None = None,
    simultaneous: bool = True,
    level: float = 0.95,
) -> Shares:
    """Shares of categories that a record can be in several of.

    Parameters
    ----------
    yes
        Shape (k,): people in each category.
    answered
        Shape (k,) or one number: people who answer the question, in the category or not.
    names, simultaneous, level
        As for `shares`; simultaneous by Bonferroni, which holds whatever the overlaps.
    yes_upper
        Shape (k,): greatest values where `yes` are the least.

    Returns
    -------
    Shares
        Never forced to 100%.

    Examples
    --------
    >>> both = shares_of_each([60, 70], 100, ["sexual", "labour"])
    >>> [s.point for s in both.shares]
    [0.6, 0.7]
    """
    low, high, names = _checked(yes, yes_upper, names)
    check_level(level)
    of = np.broadcast_to(np.asarray(answered, dtype=np.float64), low.shape).copy()
    if not np.isfinite(of).all() or (of != np.floor(of)).any() or (of <= 0).any():
        raise InputError(
            "The people who answer must be a whole number above zero.",
            fix="Leave out categories that nobody answered.",
        )
    if (high > of).any():
        raise InputError(
            "More people are in a category than answer the question.", fix="Check the counts."
        )
    tests = low.size if simultaneous else 1
    chance_low, chance_high = wilson(low, of, tests, level)[0], wilson(high, of, tests, level)[1]
    found = tuple(
        Share(
            name=names[i],
            count_lower=float(low[i]),
            count_upper=float(high[i]),
            of_lower=float(of[i]),
            of_upper=float(of[i]),
            range_lower=float(low[i] / of[i]),
            range_upper=float(high[i] / of[i]),
            interval=Interval("wilson", level, float(chance_low[i]), float(chance_high[i])),
        )
        for i in range(low.size)
    )
    caveat = note("shares.several")
    return Shares(found, "wilson", simultaneous, False, (caveat,))


def shares_of_records(
    answers: ArrayLike,
    names: Sequence[str],
    *,
    denominator: Literal["any", "each"] = "any",
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Shares:
    """Shares from records with several yes-or-no answers, by a bootstrap of whole records.

    Parameters
    ----------
    answers
        Shape (records, k): 1 yes, 0 no, NaN (or negative) not answered.
    names
        Categories.
    denominator
        ``"any"``: records that answer at least one of the k (the codebook of the Counter
        Trafficking Data Collaborative, section 6); ``"each"``: those that answer that one.
    level, draws, seed
        Joint level; bootstrap resamples; root seed.

    Returns
    -------
    Shares
        Intervals hold together and keep the overlap between categories.

    Examples
    --------
    >>> a = [[1, 1], [1, 0], [0, 1], [float("nan"), float("nan")]] * 30
    >>> [round(s.point, 2) for s in shares_of_records(a, ["sexual", "labour"]).shares]
    [0.67, 0.67]
    """
    a = np.asarray(answers, dtype=np.float64)
    check_level(level)
    if a.ndim != 2:
        raise InputError("Records must be a table.", fix="One row a record, one column a category.")
    check_names(names, a.shape[1])
    a = np.where(np.isnan(a) | (a < 0), -1.0, a)
    if not np.isin(a, (-1.0, 0.0, 1.0)).all():
        raise InputError("Answers must be 1, 0 or empty.", fix="Recode the columns.")
    a = a[(a >= 0).any(axis=1)]
    if a.shape[0] == 0:
        raise InputError("No record answers the question.", fix="Check the columns.")
    patterns, count = np.unique(a, axis=0, return_counts=True)
    yes = (patterns == 1).astype(np.float64)
    of = np.ones_like(yes) if denominator == "any" else (patterns >= 0).astype(np.float64)
    if (count @ of == 0).any():
        raise InputError("A category has no answer at all.", fix="Leave that column out.")
    rng = stream(seed, "shares/records")
    n = int(count.sum())
    resample = rng.multinomial(n, count / n, size=draws).astype(np.float64)
    top, bottom = resample @ yes, resample @ of
    z = np.where(bottom > 0, top / np.maximum(bottom, 1.0), 0.0)
    low, high = joint_intervals_of_draws(z, level=level)
    all_yes, all_of = count @ yes, count @ of
    found = tuple(
        Share(
            name=names[i],
            count_lower=float(all_yes[i]),
            count_upper=float(all_yes[i]),
            of_lower=float(all_of[i]),
            of_upper=float(all_of[i]),
            range_lower=float(all_yes[i] / all_of[i]),
            range_upper=float(all_yes[i] / all_of[i]),
            interval=Interval("percentile", level, float(low[i]), float(high[i])),
        )
        for i in range(a.shape[1])
    )
    caveat = note("shares.several")
    return Shares(found, "bootstrap", True, False, (caveat,))


def share_draws(
    counts: ArrayLike,
    *,
    upper: ArrayLike | None = None,
    prior: float = 0.5,
    draws: int = 10_000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Equally likely shares: Dirichlet posterior draws, to be joined to draws of a population.

    Parameters
    ----------
    counts, upper
        As for `shares`; a count between bounds is drawn evenly from them for each draw.
    prior
        Weight a category before the data (Jeffreys: 1/2).
    draws, seed
        How many; root seed.

    Returns
    -------
    ndarray, shape (draws, k)
        Rows add to 1.

    Examples
    --------
    >>> share_draws([30, 10], draws=4000).mean(axis=0).round(2).tolist()
    [0.74, 0.26]
    """
    low, high, _ = _checked(counts, upper, None)
    if prior <= 0 or draws < 1:
        raise InputError("The prior must be above zero and draws at least 1.", fix="Use 0.5.")
    rng = stream(seed, "shares/dirichlet")
    filled = rng.integers(low.astype(np.int64), high.astype(np.int64) + 1, size=(draws, low.size))
    gamma = rng.standard_gamma(filled + prior)
    z: NDArray[np.float64] = gamma / gamma.sum(axis=1, keepdims=True)
    return z


@dataclass(frozen=True, slots=True)
class Shift:
    """A share in two years, and whether the same people were counted.

    Parameters
    ----------
    name
        The category.
    first, second
        Its share in each.
    lower, upper
        Interval of second minus first, at the same level, chance and source together.
    beyond_chance
        Whether the interval leaves out zero.
    counted
        How the people counted differ; empty where nothing shows that they do.
    """

    name: str
    first: Share
    second: Share
    lower: float
    upper: float
    beyond_chance: bool
    counted: tuple[Note, ...]

    @property
    def said(self) -> Note:
        """The reading, in one sentence."""
        if not self.beyond_chance:
            return note("shares.shift.none")
        return note("shares.shift.source" if self.counted else "shares.shift.moved")

    @property
    def words(self) -> str:
        """The reading in plain words."""
        return str(self.said)


def shift(first: Share, second: Share, *, counted: Sequence[Note | str] = ()) -> Shift:
    """Compare a share between two years.

    The difference's interval joins each share's own (Newcombe 1998, method 10; Zou & Donner 2008)
    and takes the worst of what the source leaves open.

    Parameters
    ----------
    first, second
        The same category in two years, of independent counts.
    counted
        What the caller knows of how the people counted differ; notes, or plain sentences.

    Examples
    --------
    >>> a = shares([81, 460]).shares[0]
    >>> b = shares([1281, 1004]).shares[0]
    >>> moved = shift(a, b, counted=["the total rose from 541 to 2,315"])
    >>> moved.beyond_chance, str(moved.said)
    (True, 'The share moved, and so did who was counted: the source may have moved it.')
    """
    lower = (second.range_lower - first.range_upper) - np.hypot(
        second.range_lower - second.interval.lower, first.interval.upper - first.range_upper
    )
    upper = (second.range_upper - first.range_lower) + np.hypot(
        second.interval.upper - second.range_upper, first.range_lower - first.interval.lower
    )
    return Shift(
        second.name,
        first,
        second,
        float(max(lower, -1.0)),
        float(min(upper, 1.0)),
        bool(lower > 0 or upper < 0),
        tuple(c if isinstance(c, Note) else note("shares.counted.told", what=c) for c in counted),
    )


def _checked(
    counts: ArrayLike, upper: ArrayLike | None, names: Sequence[str] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    low = np.asarray(counts, dtype=np.float64)
    high = low if upper is None else np.asarray(upper, dtype=np.float64)
    for x in (low, high):
        if x.ndim != 1 or not np.isfinite(x).all() or (x < 0).any() or (x != np.floor(x)).any():
            raise InputError(
                "Shares need counts: whole numbers of people, zero or more.",
                fix="Check the counts.",
            )
    if low.shape != high.shape or (high < low).any():
        raise InputError(
            "The upper counts do not fit the lower ones.", fix="Give each count one upper count."
        )
    names = [str(i + 1) for i in range(low.size)] if names is None else list(names)
    check_names(names, low.size)
    return low, high, names


def _range(
    low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest share of each category over all counts the bounds allow."""
    others_high, others_low = high.sum() - high, low.sum() - low
    least = np.where(low > 0, low / np.maximum(low + others_high, 1.0), 0.0)
    most = np.where(high > 0, high / np.maximum(high + others_low, 1.0), 0.0)
    if low.size == 1:
        least = most = np.ones(1)
    return least, most
