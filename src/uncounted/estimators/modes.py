"""Separate modes of a set of draws of N: where the density falls to half between two peaks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mode", "find_modes"]

_POINTS = 512
_DEPTH = 0.5  # a valley must fall below this part of the lower of its two peaks
_LEAST = 0.005  # peaks with less of the mass are not told apart from noise


@dataclass(frozen=True, slots=True)
class Mode:
    """One part of the posterior of N.

    Parameters
    ----------
    mass
        Share of the draws.
    median, lower, upper
        Of the draws in this part.
    chains, visits
        How many chains went there, and how many separate stays they made: few stays mean that
        the mass is known badly.
    """

    mass: float
    median: float
    lower: float
    upper: float
    chains: int
    visits: int

    def to_dict(self) -> dict[str, float]:
        """JSON form."""
        return {
            "mass": self.mass,
            "median": self.median,
            "lower": self.lower,
            "upper": self.upper,
            "chains": self.chains,
            "visits": self.visits,
        }


def find_modes(draws: NDArray[np.float64], *, level: float = 0.95) -> tuple[Mode, ...]:
    """Split draws at the valleys of a kernel density of log N.

    Parameters
    ----------
    draws
        Shape (chains, draws) or (draws,), positive and finite.
    level
        Of the central interval of each part.

    Returns
    -------
    tuple of Mode
        In order of size; one where there is no valley half as low as both its peaks.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = np.concatenate([rng.normal(100, 3, 3000), rng.normal(300, 9, 7000)])
    >>> [round(m.mass, 1) for m in find_modes(two)]
    [0.3, 0.7]
    """
    chains = np.atleast_2d(draws)
    draws = chains.ravel()
    x = np.log(draws)
    low, high = np.quantile(x, [0.0005, 0.9995])
    cuts: list[float] = []
    if high > low:
        quarter = float(np.subtract(*np.quantile(x, [0.75, 0.25])))
        spread = min(float(x.std()), quarter / 1.34) or float(x.std())
        # bandwidth by Silverman's rule, not below two grid steps nor one person: N is whole
        step = (high - low) / (_POINTS - 1)
        width = max(0.9 * spread * x.size**-0.2, 2.0 * step, float(np.exp(-low)))
        grid = low + step * np.arange(_POINTS)
        bins = np.clip(np.rint((x - low) / step).astype(np.int64), 0, _POINTS - 1)
        inside = (x >= low) & (x <= high)
        mass = np.bincount(bins[inside], minlength=_POINTS).astype(float)
        kernel = np.exp(-0.5 * (np.arange(-_POINTS, _POINTS + 1) * step / width) ** 2)
        density = np.convolve(mass, kernel, mode="full")[_POINTS : 2 * _POINTS]
        cuts = [float(grid[i]) for i in _valleys(density, mass / mass.sum())]
    edges = [-np.inf, *cuts, np.inf]
    tail = 0.5 * (1.0 - level)
    out = []
    for left, right in itertools.pairwise(edges):
        inside = (x > left) & (x <= right)
        lower, median, upper = np.quantile(draws[inside], [tail, 0.5, 1.0 - tail])
        stays = inside.reshape(chains.shape)
        entered = stays[:, 0].sum() + (stays[:, 1:] & ~stays[:, :-1]).sum()
        out.append(
            Mode(
                mass=float(inside.mean()),
                median=float(median),
                lower=float(lower),
                upper=float(upper),
                chains=int(stays.any(axis=1).sum()),
                visits=int(entered),
            )
        )
    return tuple(out)


def _valleys(density: NDArray[np.float64], mass: NDArray[np.float64]) -> list[int]:
    """Grid points to cut at; shallow valleys and small peaks are taken away, weakest first."""
    inner = np.arange(1, density.size - 1)
    cuts = [int(i) for i in inner if density[i] < density[i - 1] and density[i] <= density[i + 1]]
    while cuts:
        edges = [0, *cuts, density.size]
        peaks = [density[p:q].max() for p, q in itertools.pairwise(edges)]
        shares = [mass[p:q].sum() for p, q in itertools.pairwise(edges)]
        depth = [density[c] / min(peaks[i], peaks[i + 1]) for i, c in enumerate(cuts)]
        small = [i for i, share in enumerate(shares) if share < _LEAST]
        if small:
            i = small[0]
            near = [c for c in (i - 1, i) if 0 <= c < len(cuts)]
            cuts.pop(max(near, key=lambda c: depth[c]))
        elif max(depth) >= _DEPTH:
            cuts.pop(int(np.argmax(depth)))
        else:
            break
    return cuts
