"""Populations whose people differ in how easily they are found, or are kept apart: more designs.

Each function gives the probabilities of the capture histories as `uncounted.simulation.populations`
does. What varies from person to person is one factor on the chance of every list (*ease*), or an
area, a time, an order of lists.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import note
from uncounted.errors import InputError
from uncounted.simulation.populations import Design, checked, list_names, product

__all__ = [
    "area_lists",
    "chained_lists",
    "ease_varies",
    "gamma_ease",
    "leaving_lists",
    "lists_in_time",
    "lognormal_ease",
    "pareto_ease",
    "separate_lists",
]

Floats = NDArray[np.float64]
_POINTS = 400
"""Equally likely values that stand for a distribution of ease: its quantiles at odd 800ths."""


def _levels() -> Floats:
    return (np.arange(_POINTS) + 0.5) / _POINTS


def gamma_ease(shape: float) -> Floats:
    """Values of a gamma distribution with mean 1, shape (400,): the smaller the shape, the more unequal."""
    from scipy.stats import gamma

    values = np.asarray(gamma.ppf(_levels(), shape), dtype=np.float64)
    return np.asarray(values / values.mean())


def pareto_ease(index: float) -> Floats:
    """Values of a Pareto distribution with mean 1, shape (400,): few people very easy to find."""
    values = (1.0 - _levels()) ** (-1.0 / index)
    return np.asarray(values / values.mean())


def lognormal_ease(sd: float) -> Floats:
    """Values of a lognormal distribution with mean 1, shape (400,)."""
    from scipy.special import ndtri

    values = np.exp(sd * np.asarray(ndtri(_levels())))
    return np.asarray(values / values.mean())


def ease_varies(
    population: int,
    probabilities: Sequence[float],
    ease: Sequence[float] | Floats,
    weights: Sequence[float] | None = None,
    name: str = "",
) -> Design:
    """Each person has an own ease that multiplies the rate at which every list meets them.

    Parameters
    ----------
    population, probabilities
        People; probability of each list for a person of ease 1.
    ease
        Values of ease; 0.1 is a tenth of the rate.
    weights
        Share of the people with each value; equal where ``None``.

    Examples
    --------
    >>> half = ease_varies(2000, [0.3, 0.2, 0.2], [1.0, 0.1])
    >>> round(half.coverage, 2)
    0.31
    """
    p = checked(probabilities)
    values = np.asarray(ease, dtype=np.float64)
    share = np.ones(values.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if values.ndim != 1 or share.shape != values.shape or (values < 0).any() or (share < 0).any():
        raise InputError(
            "Every ease needs a share, none negative.", fix="Give as many shares as values of ease."
        )
    each = -np.expm1(values[:, None] * np.log1p(-p)[None, :])
    return Design(
        name or "ease varies", population, (share / share.sum()) @ product(each),
        list_names(p.size), note("simulation.design.ease"),
    )  # fmt: skip


def area_lists(
    population: int,
    chances: Sequence[Sequence[float]],
    shares: Sequence[float] | None = None,
    name: str = "",
) -> Design:
    """People live in areas (or belong to groups) that the lists reach unequally.

    Parameters
    ----------
    population
        People in all areas.
    chances
        One row of list probabilities per area.
    shares
        Share of the people in each area; equal where ``None``.
    """
    each = np.asarray(chances, dtype=np.float64)
    if each.ndim != 2 or (each < 0).any() or (each >= 1).any():
        raise InputError(
            "Each area needs a probability, from 0 to below 1, for every list.",
            fix="Give one row of list probabilities per area.",
        )
    share = np.ones(each.shape[0]) if shares is None else np.asarray(shares, dtype=np.float64)
    return Design(
        name or "areas", population, (share / share.sum()) @ product(each),
        list_names(each.shape[1]), note("simulation.design.areas"),
        bool((each.max(axis=1) > 0).all()),
    )  # fmt: skip


def separate_lists(population: int, own: Sequence[float], others: float, name: str = "") -> Design:
    """Each list serves an area of its own and meets few people of the others."""
    p = checked(own)
    chances = np.full((p.size, p.size), others)
    np.fill_diagonal(chances, p)
    return area_lists(population, chances.tolist(), name=name or "own areas")


def leaving_lists(
    population: int, probabilities: Sequence[float], missed: float, name: str = ""
) -> Design:
    """Whoever a list has met is out of reach: each later list misses this share of those it would meet.

    Parameters
    ----------
    population, probabilities
        People; probability of each list, in the order in which they meet people.
    missed
        Share that a later list misses of the people met before: 0.7 for rescued and moved away.
    """
    p = checked(probabilities)
    cells = np.ones(1 << p.size)
    for mask in range(cells.size):
        met = False
        for j in range(p.size):
            q = p[j] * (1.0 - missed) if met else p[j]
            cells[mask] *= q if mask >> j & 1 else 1.0 - q
            met = met or bool(mask >> j & 1)
    return Design(
        name or "out of reach", population, cells, list_names(p.size),
        note("simulation.design.leaving"),
    )  # fmt: skip


def chained_lists(
    population: int, probabilities: Sequence[float], sent: Sequence[float], name: str = ""
) -> Design:
    """Each list sends some of its people on to the next, besides whom that finds itself.

    Parameters
    ----------
    population, probabilities
        People; probability of each list to find somebody itself.
    sent
        Share of the people of each list but the last that are sent on to the next.
    """
    p = checked(probabilities)
    cells = np.ones(1 << p.size)
    for mask in range(cells.size):
        for j in range(p.size):
            before = j > 0 and mask >> (j - 1) & 1
            q = 1.0 - (1.0 - p[j]) * (1.0 - sent[j - 1]) if before else p[j]
            cells[mask] *= q if mask >> j & 1 else 1.0 - q
    return Design(
        name or "chain of referrals", population, cells, list_names(p.size),
        note("simulation.design.chained"),
    )  # fmt: skip


def lists_in_time(
    population: int,
    rates: Sequence[float],
    windows: Sequence[tuple[float, float]],
    stay: float,
    name: str = "",
) -> Design:
    """People come and go while the lists are kept; everybody who was ever there counts.

    Parameters
    ----------
    population
        People who were there at any time between 0 and 1.
    rates
        Rate at which each list meets somebody who is there while the list is kept, in people per
        unit of time.
    windows
        From when to when each list is kept.
    stay
        Mean length of stay; arrivals are spread evenly, from so long before that all overlap.
    """
    rate = np.asarray(rates, dtype=np.float64)
    grid = _levels()[:: _POINTS // 40]
    stays = -stay * np.log1p(-grid)
    # Arrivals that still are there at time 0 or later: evenly spread over (-stay, 1).
    arrive = np.concatenate([-s + (1.0 + s) * grid for s in stays])
    weight = np.repeat(1.0 + stays, grid.size)
    leave = arrive + np.repeat(stays, grid.size)
    chance = np.empty((arrive.size, rate.size))
    for j, (start, stop) in enumerate(windows):
        there = np.clip(np.minimum(leave, stop) - np.maximum(arrive, start), 0.0, None)
        chance[:, j] = -np.expm1(-rate[j] * there)
    return Design(
        name or "open in time", population, (weight / weight.sum()) @ product(chance),
        list_names(rate.size), note("simulation.design.time"),
    )  # fmt: skip
