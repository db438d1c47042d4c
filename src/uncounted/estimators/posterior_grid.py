"""Posteriors of the hidden count on one grid of log odds unseen/seen: mass, pooling, draws.

Every posterior of the consensus lives on the same grid of ``y = log(n0 / n)``, as a mass vector;
pooling is adding vectors, and draws are draws from the vector.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Interval
from uncounted.core.notes import note
from uncounted.errors import NoFiniteEstimate

__all__ = ["GridPosterior", "OddsGrid", "OddsPrior", "pool"]


@dataclass(frozen=True, slots=True)
class OddsGrid:
    """Equally spaced values of ``log(n0 / n)``.

    Parameters
    ----------
    lower, upper
        Smallest and largest odds unseen/seen (not logs).
    step
        Distance between values, on the log scale.

    Examples
    --------
    >>> OddsGrid().values().size
    570
    """

    lower: float = 0.002
    upper: float = 3000.0
    step: float = 0.025

    def __post_init__(self) -> None:
        """Check the three numbers."""
        if not (0 < self.lower < self.upper and self.step > 0 and math.isfinite(self.upper)):
            msg = "a grid needs 0 < lower < upper and step > 0"
            raise ValueError(msg)

    def values(self) -> NDArray[np.float64]:
        """Log odds unseen/seen, shape (points,)."""
        low = math.log(self.lower)
        points = math.ceil((math.log(self.upper) - low) / self.step - 1e-9) + 1
        return np.asarray(low + self.step * np.arange(points))


@dataclass(frozen=True, slots=True)
class OddsPrior:
    """Weak prior on the odds unseen/seen: normal on the log scale (CONSENSUS rule: N(log 3, 2²)).

    Parameters
    ----------
    median
        Median of the odds n0/n.
    sd
        Standard deviation of the log odds; ``inf`` for no prior.
    """

    median: float = 3.0
    sd: float = 2.0

    def log_density(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log density up to a constant, same shape as ``y``."""
        if math.isinf(self.sd):
            return np.zeros_like(y)
        return np.asarray(-0.5 * ((y - math.log(self.median)) / self.sd) ** 2)


@dataclass(frozen=True, slots=True, eq=False)
class GridPosterior:
    """A posterior of the population as mass on a grid of log odds unseen/seen.

    Parameters
    ----------
    n
        Observed people.
    y
        Shape (points,): equally spaced values of log(n0 / n).
    mass
        Shape (points,): probability of each, summing to 1.
    """

    n: int
    y: NDArray[np.float64]
    mass: NDArray[np.float64]

    @property
    def population(self) -> NDArray[np.float64]:
        """N at each grid value, shape (points,)."""
        return np.asarray(self.n * (1.0 + np.exp(self.y)))

    def log_odds(self, q: float) -> float:
        """Return the log odds unseen/seen below which the share ``q`` of the mass lies.

        The mass of a grid value is spread evenly over its cell (half a step to each side).
        """
        total = np.concatenate(([0.0], np.cumsum(self.mass)))
        step = self.y[1] - self.y[0]
        k = int(np.clip(np.searchsorted(total, q, side="right") - 1, 0, self.mass.size - 1))
        inside = self.mass[k]
        share = (q - total[k]) / inside if inside > 0 else 0.5
        return float(self.y[0] + step * (k - 0.5 + min(max(share, 0.0), 1.0)))

    def quantile(self, q: float) -> float:
        """Return the population below which the share ``q`` of the mass lies."""
        return float(self.n * (1.0 + math.exp(self.log_odds(q))))

    def below(self, population: float) -> float:
        """Probability that the population is smaller than this."""
        if population <= self.n:
            return 0.0
        step = self.y[1] - self.y[0]
        total = np.concatenate(([0.0], np.cumsum(self.mass)))
        edges = self.y[0] + step * (np.arange(total.size) - 0.5)
        return float(np.interp(math.log(population / self.n - 1.0), edges, total))

    def scaled(self, factors: NDArray[np.float64]) -> GridPosterior:
        """Posterior with the odds multiplied by one of these factors, each as likely.

        Parameters
        ----------
        factors
            Factors on the hidden count, none above 1; what falls below the grid stays at its end.

        Notes
        -----
        If being met by one list multiplies the odds of being met by each further one by ``f``,
        the chances of all histories but the all-zero one are those of a model without it whose
        hidden count is ``1 / f`` times as large: no count can tell the two apart (for every
        log-linear model with a term for each list). So the posterior given ``f`` is this one,
        moved by ``log f``.
        """
        step = float(self.y[1] - self.y[0])
        out = np.zeros_like(self.mass)
        at = np.arange(self.mass.size)
        for factor in factors:
            whole, part = divmod(math.log(factor) / step, 1.0)
            for moved, share in ((int(whole), 1.0 - part), (int(whole) + 1, part)):
                place = np.clip(at + moved, 0, at.size - 1)
                np.add.at(out, place, share * self.mass)
        return GridPosterior(self.n, self.y, _normalised(out))

    @property
    def median(self) -> float:
        """Median of the population."""
        return self.quantile(0.5)

    def interval(
        self, level: float = 0.95, *, lower_tail: float = 0.5, kind: str = "posterior"
    ) -> Interval:
        """Interval that leaves ``1 - level`` outside.

        Parameters
        ----------
        level
            Mass inside.
        lower_tail
            Share of the mass outside that lies below; 0.5 is central.
        kind
            Written into the interval.
        """
        outside = 1.0 - level
        return Interval(
            kind,
            level,
            self.quantile(outside * lower_tail),
            self.quantile(1.0 - outside * (1.0 - lower_tail)),
        )

    def tilted(self, prior: OddsPrior) -> GridPosterior:
        """Posterior times a prior on the odds, renormalised."""
        log_prior = prior.log_density(self.y)
        mass = self.mass * np.exp(log_prior - log_prior.max())
        return GridPosterior(self.n, self.y, _normalised(mass))

    def end_mass(self, share: float = 0.05) -> float:
        """Mass in the last ``share`` of the grid, where it may have been cut off."""
        return float(self.mass[self.y.size - max(1, round(share * self.y.size)) :].sum())

    def modes(self, *, valley: float = 0.5, share: float = 0.05) -> list[tuple[float, float]]:
        """Humps of the posterior: population at the peak and mass around it.

        Parameters
        ----------
        valley
            Two peaks count as two humps where the lowest point between them is below this share
            of the lower peak.
        share
            Smallest mass a hump must hold.
        """
        peaks: list[int] = []
        lowest: list[int] = []
        for k in range(self.mass.size):
            before = self.mass[k - 1] if k else 0.0
            after = self.mass[k + 1] if k + 1 < self.mass.size else 0.0
            if not (self.mass[k] > before and self.mass[k] >= after):
                continue
            if not peaks:
                peaks.append(k)
                continue
            dip = peaks[-1] + int(np.argmin(self.mass[peaks[-1] : k + 1]))
            if self.mass[dip] < valley * min(self.mass[peaks[-1]], self.mass[k]):
                peaks.append(k)
                lowest.append(dip)
            elif self.mass[k] > self.mass[peaks[-1]]:
                peaks[-1] = k
        ends = [0, *lowest, self.mass.size]
        humps = [
            (float(self.population[peak]), float(self.mass[a:b].sum()))
            for peak, a, b in zip(peaks, ends[:-1], ends[1:], strict=True)
        ]
        return [hump for hump in humps if hump[1] >= share]

    def draws(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Equally likely values of N, shape (size,), real numbers of people."""
        step = self.y[1] - self.y[0]
        k = np.searchsorted(np.cumsum(self.mass), rng.random(size) * self.mass.sum())
        k = np.minimum(k, self.mass.size - 1)
        y = self.y[k] + (rng.random(size) - 0.5) * step
        return np.asarray(self.n * (1.0 + np.exp(y)))

    def on(self, y: NDArray[np.float64]) -> GridPosterior:
        """Move to another grid, by the density; mass outside that grid is lost."""
        density = np.interp(y, self.y, self.mass, left=0.0, right=0.0)
        return GridPosterior(self.n, y, _normalised(density))


def pool(members: Sequence[GridPosterior], weights: Sequence[float] | None = None) -> GridPosterior:
    """Mix posteriors that live on one grid; equal weights unless given.

    Raises
    ------
    ValueError
        If the members do not share table and grid.
    """
    first = members[0]
    for member in members:
        if member.n != first.n or member.y.shape != first.y.shape or (member.y != first.y).any():
            msg = "members must share one table and one grid"
            raise ValueError(msg)
    share = np.full(len(members), 1.0) if weights is None else np.asarray(weights, dtype=float)
    mass = np.tensordot(share / share.sum(), np.stack([m.mass for m in members]), axes=1)
    return GridPosterior(first.n, first.y, _normalised(mass))


def _normalised(mass: NDArray[np.float64]) -> NDArray[np.float64]:
    total = float(mass.sum())
    if not math.isfinite(total) or total <= 0.0:
        raise NoFiniteEstimate(
            note("estimators.grid.no-mass"), fix=note("estimators.grid.no-mass.fix")
        )
    return np.asarray(mass / total)
