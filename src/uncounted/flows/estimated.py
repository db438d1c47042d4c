"""Detected flows between countries, and what may be called an estimated flow.

A detected flow counts the people whom a destination's authorities found and reported, by their
citizenship. It says as much about who looks as about who is there: the level of trafficking and
the share of it that is detected cannot be told apart in such counts. An *estimated* flow
therefore needs something from outside, and `EstimatedFlows.basis` says which: draws of a
destination's population estimate joined to draws of its origin shares, or a stated prior for the
share that is detected. The two kinds never share a column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError, NotSupported
from uncounted.places.countries import country
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.unodc import UnodcTable

__all__ = [
    "EstimatedFlows",
    "detected_flows",
    "estimated_flows",
    "estimated_flows_from_prior",
    "filter_flows",
    "origin_shares",
]


def detected_flows(
    table: UnodcTable,
    *,
    years: Iterable[int] | None = None,
    origins: Iterable[str] | None = None,
    destinations: Iterable[str] | None = None,
    region: str | None = None,
    cross_border: bool = True,
) -> DetectedFlows:
    """Take detected victims by destination, citizenship and year out of the UNODC table.

    Parameters
    ----------
    table
        From `read_unodc`.
    years, origins, destinations
        Keep these only.
    region
        Keep pairs with an end in this continent (Africa, America, Asia, Europe, Pacific).
    cross_border
        Leave out people detected in the country of their own citizenship.

    Raises
    ------
    InputError
        Where nothing is left.

    Examples
    --------
    >>> from uncounted.sources.unodc import read_unodc
    >>> len(detected_flows(read_unodc()).by_pair())
    2356
    """
    rows = table.select(dimension="citizenship")
    order = np.lexsort((rows.year, rows.origin, rows.reporter))
    d, o, y = rows.reporter[order], rows.origin[order], rows.year[order]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (d[1:] != d[:-1]) | (o[1:] != o[:-1]) | (y[1:] != y[:-1])
    at = np.flatnonzero(new)
    lower = np.add.reduceat(rows.lower[order], at) if at.size else rows.lower
    upper = np.add.reduceat(rows.upper[order], at) if at.size else rows.upper
    flows = DetectedFlows(d[new], o[new], y[new], lower, upper, table.source)
    return filter_flows(
        flows,
        years=years,
        origins=origins,
        destinations=destinations,
        region=region,
        cross_border=cross_border,
    )


def filter_flows(
    flows: DetectedFlows,
    *,
    years: Iterable[int] | None = None,
    origins: Iterable[str] | None = None,
    destinations: Iterable[str] | None = None,
    region: str | None = None,
    cross_border: bool = True,
) -> DetectedFlows:
    """Keep the cells that match every condition; see `detected_flows`."""
    keep = np.ones(len(flows), dtype=np.bool_)
    if cross_border:
        keep &= ~flows.internal
    if years is not None:
        keep &= np.isin(flows.year, list(years))
    if origins is not None:
        keep &= np.isin(flows.origin, list(origins))
    if destinations is not None:
        keep &= np.isin(flows.destination, list(destinations))
    if region is not None:
        names = {"Africa", "America", "Asia", "Europe", "Pacific"}
        if region not in names:
            raise InputError(
                f"There is no region {region!r}.", fix=f"Choose among {', '.join(sorted(names))}."
            )
        keep &= _within(flows.origin, region) | _within(flows.destination, region)
    if not keep.any():
        raise InputError(
            "No detected flow matches these conditions: they are not listed, which is not zero.",
            fix="Ask for other years, origins or destinations.",
        )
    return flows.take(keep)


def _within(codes: NDArray[np.str_], region: str) -> NDArray[np.bool_]:
    inside = {
        c: (k := country(c)) is not None and k.continent == region for c in set(codes.tolist())
    }
    return np.array([inside[c] for c in codes.tolist()], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class EstimatedFlows:
    """Draws of people from each origin in one destination.

    Parameters
    ----------
    origins
        ISO alpha-3, in the order of the columns; the last may be ``"other"``.
    draws
        People, shape (draws, origins).
    basis
        What makes this an estimate: written beside every figure.
    """

    origins: tuple[str, ...]
    draws: NDArray[np.float64]
    basis: Note

    def interval(self, origin: str, *, level: float = 0.95) -> tuple[float, Interval]:
        """Median and interval of one origin, people."""
        if origin not in self.origins:
            raise InputError(f"{origin} is not among the origins.", fix="See `origins`.")
        return summarise_draws(self.draws[:, self.origins.index(origin)], level=level)


def origin_shares(
    flows: DetectedFlows, *, size: int, rng: np.random.Generator, prior: float = 0.5
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Draws of the shares of the origins among the people detected in one destination.

    Parameters
    ----------
    flows
        Cells of one destination; citizens of the destination itself are an origin like any other,
        so ask `detected_flows` for ``cross_border=False``.
    size
        How many draws.
    rng
        Source of randomness.
    prior
        Dirichlet weight per origin (Jeffreys' one half).

    Returns
    -------
    origins, shares
        Shares of shape (size, origins); every draw also draws the censored counts, uniformly
        between their bounds. They describe the origins that are listed.
    """
    if len(set(flows.destination.tolist())) != 1:
        raise InputError(
            "Origin shares belong to one destination.", fix="Ask for one with --destination."
        )
    names = tuple(sorted(set(flows.origin.tolist())))
    at = np.array([names.index(o) for o in flows.origin.tolist()])
    drawn = rng.integers(flows.lower, flows.upper + 1, size=(size, len(flows)))
    counts = np.zeros((size, len(names)))
    for j in range(len(names)):
        counts[:, j] = drawn[:, at == j].sum(axis=1)
    weights = rng.gamma(counts + prior)
    return names, weights / weights.sum(axis=1, keepdims=True)


def estimated_flows(
    population: NDArray[np.float64],
    origins: tuple[str, ...],
    shares: NDArray[np.float64],
    *,
    population_of: str | Note,
    shares_of: str | Note,
    rng: np.random.Generator,
) -> EstimatedFlows:
    """Join draws of a destination's population to draws of its origin shares.

    Parameters
    ----------
    population
        Draws of N, people, shape (draws,); from an estimate of hidden and observed people.
    origins, shares
        From `origin_shares`, or any draws of shares that add to one, shape (draws, origins).
    population_of, shares_of
        What each is; they become the basis.
    rng
        Pairs the two sets of draws at random: they come from different evidence.

    Raises
    ------
    NotSupported
        Where the population has draws without a finite value.

    Notes
    -----
    This holds only if the people detected have the same mix of origins as those who are not.
    The basis says so.
    """
    if not np.isfinite(population).all():
        raise NotSupported(
            "The population estimate has draws without an upper bound.",
            fix="Estimated flows need a population estimate that is finite in every draw.",
        )
    if shares.ndim != 2 or shares.shape[1] != len(origins):
        raise InputError("Shares need one column per origin.", fix="Check the draws of shares.")
    size = max(population.size, shares.shape[0])
    n = rng.permutation(np.resize(population, size))
    share = shares[np.resize(np.arange(shares.shape[0]), size)]
    return EstimatedFlows(
        origins,
        n[:, None] * share,
        note(
            "flows.estimated",
            basis=note("flows.basis.population", population=population_of, shares=shares_of),
        ),
    )


def estimated_flows_from_prior(
    flows: DetectedFlows,
    *,
    detected_low: float,
    detected_high: float,
    size: int,
    rng: np.random.Generator,
    level: float = 0.90,
) -> EstimatedFlows:
    """Scale detected counts by a stated prior for the share of people that is detected.

    Parameters
    ----------
    flows
        Cells of one destination.
    detected_low, detected_high
        The reader's own statement: with probability ``level`` the share detected lies between
        these. It becomes a logit-normal prior, one draw for all origins.
    size, rng
        How many draws, and their source.
    level
        Probability of the stated range.

    Notes
    -----
    Undetected people are drawn as negative binomial around each detected count. The answer is as
    good as the statement: the data say nothing about it.
    """
    if not 0.0 < detected_low < detected_high < 1.0:
        raise InputError(
            "A detection prior is two shares, 0 < low < high < 1.", fix="For example 0.02,0.10."
        )
    from scipy.special import ndtri

    names, _ = origin_shares(flows, size=1, rng=rng)
    a, b = (np.log(p / (1 - p)) for p in (detected_low, detected_high))
    spread = (b - a) / (2 * float(ndtri(0.5 + level / 2)))
    share = 1 / (1 + np.exp(-rng.normal((a + b) / 2, spread, size)))
    at = np.array([names.index(o) for o in flows.origin.tolist()])
    drawn = rng.integers(flows.lower, flows.upper + 1, size=(size, len(flows)))
    counts = np.zeros((size, len(names)))
    for j in range(len(names)):
        counts[:, j] = drawn[:, at == j].sum(axis=1)
    hidden = rng.poisson(rng.gamma(counts + 0.5) * ((1 - share) / share)[:, None])
    return EstimatedFlows(
        names,
        counts + hidden,
        note(
            "flows.estimated",
            basis=note(
                "flows.basis.prior",
                low=_stated(detected_low),
                high=_stated(detected_high),
                level=Number(level, "level"),
            ),
        ),
    )


def _stated(share: float) -> Number:
    """Keep three significant digits of a share as its owner states it."""
    return Number(float(f"{share:.3g}"))
