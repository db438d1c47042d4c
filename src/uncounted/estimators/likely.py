"""The likely range: what the members of the consensus said on tables whose population was known.

Two posteriors that disagree leave a wide pool, because the data do not tell ways of coming to be on
lists apart. Over a *stated mixture* of such ways (`uncounted.simulation.ways`, those marked
``mixture``) one can learn how far the truth lay from the pool, given what the table and the members
say (`uncounted.estimators.summaries`). That is the likely range: it holds 95 of 100 over the mixture,
not in every way of it, and nothing is promised for ways unlike them all. The interval of the
consensus is the other range, the one that holds whatever the lists do.

What was learned is a table of coefficients (``likely.json``, made by
``python -m benchmarks.likely_training``): each quantile of log(unseen/seen), the pool's median taken
off, is a sum over the numbers of `summarise`, each with one slope below its middle value and one
above. See docs/likely.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, Number, note
from uncounted.estimators.summaries import MIDDLE, NAMES, Signs

__all__ = ["Likely", "LikelyModel", "likely_interval", "likely_model", "mixed", "outside"]

Floats = NDArray[np.float64]
_PIECES = 2000
"""Pieces of the learned curve that evidence is weighed on: each a hundredth of what it tells or less."""
_FAR = 3.0
"""Numbers further than this many standard deviations from the mean of the training count as there."""


@dataclass(frozen=True, slots=True, eq=False)
class LikelyModel:
    """Coefficients of the learned quantiles.

    Parameters
    ----------
    levels
        Shape (levels,): probabilities of the quantiles, ascending.
    mean, sd, knot
        Shape (features,): how the numbers are scaled, and where their slope may change.
    coefficients
        Shape (1 + 2 features, levels).
    tails
        Share of the probability outside a range at 0.95 that lies below it and above it, times
        0.05; chosen by cross-validation so that 95 of 100 are held.
    """

    levels: Floats
    mean: Floats
    sd: Floats
    knot: Floats
    coefficients: Floats
    tails: tuple[float, float]

    def log_odds(self, features: Floats) -> Floats:
        """Quantiles of log(unseen / seen), ascending.

        Parameters
        ----------
        features
            Shape (..., features), from `summarise`.

        Returns
        -------
        ndarray, shape (..., levels)
        """
        z = np.clip((features - self.mean) / self.sd, -_FAR, _FAR)
        bent = np.maximum(z - self.knot, 0.0)
        one = np.ones((*z.shape[:-1], 1))
        made = np.concatenate((one, z, bent), axis=-1) @ self.coefficients
        return np.asarray(np.sort(made, axis=-1) + features[..., MIDDLE, None])


@lru_cache(maxsize=1)
def _stored() -> dict[str, LikelyModel]:
    read = json.loads(files("uncounted.estimators").joinpath("likely.json").read_text("utf-8"))
    if tuple(read["names"]) != NAMES:
        msg = "likely.json was learned on other numbers; run benchmarks.likely_training"
        raise RuntimeError(msg)
    return {
        name: LikelyModel(
            np.array(read["levels"]),
            np.array(made["mean"]),
            np.array(made["sd"]),
            np.array(made["knot"]),
            np.array(made["coefficients"]),
            (float(made["tails"][0]), float(made["tails"][1])),
        )
        for name, made in read["models"].items()
    }


def likely_model(*, apart: bool = False) -> LikelyModel:
    """Coefficients as shipped, read when first needed.

    Parameters
    ----------
    apart
        Those for lists that keep people from each other.
    """
    return _stored()["apart" if apart else "usual"]


@dataclass(frozen=True, slots=True, eq=False)
class Likely:
    """Learned distribution of the population behind one table.

    Parameters
    ----------
    n
        People observed.
    levels, log_odds
        Shape (levels,): probabilities and quantiles of log(unseen / seen).
    tails
        See `LikelyModel`.
    """

    n: int
    levels: Floats
    log_odds: Floats
    tails: tuple[float, float]

    def below(self, population: float) -> float:
        """Probability that the population is smaller than this.

        Between the learned quantiles it is normal piece by piece; beyond them the last piece goes on.
        """
        if population <= self.n:
            return 0.0
        y = math.log(population / self.n - 1.0)
        z, at = _normal(self.levels), self.log_odds
        k = int(np.clip(np.searchsorted(at, y) - 1, 0, at.size - 2))
        rise = max(float(at[k + 1] - at[k]), 1e-9)
        return NormalDist().cdf(float(z[k] + (z[k + 1] - z[k]) * (y - at[k]) / rise))

    def given(self, log_likelihood: Callable[[Floats], Floats]) -> Likely:
        """Return it given more evidence, by Bayes' rule.

        Parameters
        ----------
        log_likelihood
            Log probability of the evidence at log odds unseen/seen, shape (points,) to (points,). The
            evidence must not depend on the table, the population given.
        """
        at = self.log_odds
        # Beyond the outermost quantiles the last piece of the normal curve goes on, as in `below`.
        low = at[0] - 4.0 * max(float(at[1] - at[0]), 1e-9)
        high = at[-1] + 4.0 * max(float(at[-1] - at[-2]), 1e-9)
        edges = np.linspace(low, high, _PIECES + 1)
        whole = np.diff([self.below(self.n * (1.0 + math.exp(y))) for y in edges])
        middle = 0.5 * (edges[1:] + edges[:-1])
        level = log_likelihood(middle)
        mass = whole * np.exp(level - level.max())
        total = np.concatenate(([0.0], np.cumsum(mass / mass.sum())))
        keep = np.concatenate(([True], np.diff(total) > 0))
        found = np.interp(self.levels, total[keep], edges[keep])
        return replace(self, log_odds=np.asarray(found, dtype=np.float64))

    def quantile(self, q: float) -> float:
        """Return the population below which the probability ``q`` lies."""
        return mixed([self], q)


@lru_cache(maxsize=4)
def _normal_of(levels: tuple[float, ...]) -> Floats:
    return np.array([NormalDist().inv_cdf(p) for p in levels])


def _normal(levels: Floats) -> Floats:
    return _normal_of(tuple(levels.tolist()))


def mixed(parts: Sequence[Likely], q: float) -> float:
    """Find the population below which the probability ``q`` lies, in an equal mixture.

    Parameters
    ----------
    parts
        One or more, for instance of the tables of all linkage draws.
    q
        Between 0 and 1.
    """
    low = min(p.n for p in parts) * (1.0 + 1e-9)
    high = max(p.n * (1.0 + math.exp(float(p.log_odds[-1]) + 10.0)) for p in parts)
    for _ in range(80):
        middle = math.sqrt(low * high)
        if sum(p.below(middle) for p in parts) / len(parts) < q:
            low = middle
        else:
            high = middle
        if high / low < 1.0 + 1e-9:
            break
    return math.sqrt(low * high)


def likely_interval(parts: Sequence[Likely], level: float) -> Interval:
    """Likely range of an equal mixture; its tails as they were calibrated at 0.95, scaled."""
    scale = (1.0 - level) / 0.05
    below, above = parts[0].tails
    return Interval("likely", level, mixed(parts, below * scale), mixed(parts, 1.0 - above * scale))


FEWEST_PEOPLE = 60
MOST_PEOPLE = 60_000
LEAST_SHARE = 0.04
MOST_LISTS = 6
"""Outside these the learned range was not trained, or did not hold; see docs/likely.md."""


def outside(signs: Signs, middle: float) -> Note | None:
    """Say why a table lies outside what the likely range was learned on; ``None`` where it does not.

    Parameters
    ----------
    signs
        Of the table.
    middle
        Median of the pool, people.
    """
    if signs.people < FEWEST_PEOPLE:
        return note("estimators.likely.few-people", fewest=Number(FEWEST_PEOPLE))
    if signs.lists > MOST_LISTS:
        return note("estimators.likely.many-lists", most=Number(MOST_LISTS, "lists"))
    if signs.lists < 3:
        return note("estimators.likely.two-lists")
    if middle > MOST_PEOPLE:
        return note("estimators.likely.many-people", most=Number(MOST_PEOPLE))
    if signs.people < LEAST_SHARE * middle:
        return note("estimators.likely.small-share", least=Number(LEAST_SHARE, "share"))
    return None
