"""What found matches teach of how one person's records agree: shares of levels, field by field."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["drawn", "hold", "taught"]

Array = NDArray[np.float64]
_MOST_DIFFERENT = {"given": 0.3, "surname": 0.25, "birth": 0.3}
"""Share of matches in which a part of the name, or the birth date, may at most be different."""
_DIFFERENT_BY_NEAR = 0.75
"""Birth dates that may at most be different for each that is nearly right: in the lists looked at
(`benchmarks/linkage_public.py`) there are fewer. Of a part of a name as many may be."""
_ROUGH_YEARS = 0.05
"""Share of matches whose years may differ by up to two though no date is nearly right."""
_PARTS = ("given", "surname")
_PARTS_WORTH = 8.0
"""Matches whose part of a name is not the same that the prior is worth for how far they are from it: from
0 to 0.5 of them are plainly different in the lists of `benchmarks/linkage_public.py`, 0.17 on average."""


def taught(factor: str, found: Array, prior: Array) -> Array:
    """Shares of a factor's levels given the matches found of each, the mean of `drawn`.

    Parameters
    ----------
    factor
        One of `levels.FACTORS`.
    found
        Shape (levels,), matches found of each level.
    prior
        Shape (levels,), pseudo-counts.

    Notes
    -----
    For a part of a name first whether it is the same to the letter is learned, then how far the others
    are from it. A match whose names differ is hardly seen, so that its number is told by the others'
    alone: in one Dirichlet law a list without a slip would leave it to the prior, and a few strangers
    taken for matches would teach that matches differ.
    """
    if factor in _PARTS:
        same = (found[-1] + prior[-1]) / (found.sum() + prior.sum())
        far = found[:-1] + _far(prior)
        shares = np.append((1.0 - same) * far / far.sum(), same)
    else:
        shares = (found + prior) / (found.sum() + prior.sum())
    return hold(factor, shares, found)


def drawn(factor: str, found: Array, prior: Array, rng: np.random.Generator) -> Array:
    """Draw shares of a factor's levels given the matches found of each; parameters as `taught`."""
    if factor in _PARTS:
        far = _dirichlet(found[:-1] + _far(prior), rng)
        near = _dirichlet(
            np.array([found[:-1].sum() + prior[:-1].sum(), found[-1] + prior[-1]]), rng
        )
        shares = np.append(near[0] * far, near[1])
    else:
        shares = _dirichlet(found + prior, rng)
    return hold(factor, shares, found)


def _far(prior: Array) -> Array:
    """Pseudo-counts of the levels but the last, as many as `_PARTS_WORTH` and at least their own."""
    own = float(prior[:-1].sum())
    out: Array = prior[:-1] * (max(_PARTS_WORTH, own) / own)
    return out


def _dirichlet(counts: Array, rng: np.random.Generator) -> Array:
    """Gamma draws made into a Dirichlet one; a floor keeps a level from dying out."""
    gamma = rng.gamma(counts)
    gamma = np.maximum(gamma, 1e-9 * gamma.sum())
    out: Array = gamma / gamma.sum()
    return out


def hold(factor: str, shares: Array, found: Array) -> Array:
    """Keep matches what they are: a part of the name or a birth date that differs is the exception.

    Where lists share few people, the fit may take the likest strangers for matches and learn from
    them that matches differ. So "different" (for birth, with "years within two") is held to
    the shares of `_MOST_DIFFERENT`, and the other levels share the rest as they did. Whoever writes a
    name so that it is another one also writes names nearly right: where the parts that agree
    nearly always agree to the letter, no more are "different" than are nearly right.

    Parameters
    ----------
    factor
        One of `FACTORS`.
    shares
        Its levels' shares among matches.
    found
        Matches found of each level.
    """
    most = _MOST_DIFFERENT.get(factor)
    if most is None:
        return shares
    total = float(found.sum()) + 10.0
    if factor != "birth":
        near = (float(found[1:-1].sum()) + 1.0) / total
        return _at_most(shares, [0], min(most, near))
    # "Years within two" may be an age put down a year later, of lists that know no dates.
    near, rough = (float(found[k].sum()) + 1.0 for k in (slice(3, -1), slice(1, 2)))
    shares = _at_most(shares, [0, 1], min(most, _ROUGH_YEARS + _DIFFERENT_BY_NEAR * near / total))
    return _at_most(shares, [0], _DIFFERENT_BY_NEAR * (near + rough) / total)


def _at_most(shares: Array, far: list[int], most: float) -> Array:
    """Hold levels to a share; the others share the rest as they did."""
    if shares[far].sum() <= most:
        return shares
    out = shares.copy()
    out[far] *= most / shares[far].sum()
    near = np.setdiff1d(np.arange(shares.size), far)
    out[near] *= (1.0 - most) / shares[near].sum()
    return out
