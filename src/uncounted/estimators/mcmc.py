"""Diagnostics of Markov chains: split R-hat, effective draws, Monte Carlo error of a quantile.

All of Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), "Rank-normalization, folding, and
localization: an improved R-hat", Bayesian Analysis 16(2), 667-718.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.estimators._roots import root_between
from uncounted.kernels.special import beta_cdf, normal_quantiles

__all__ = ["ChainReport", "ess", "ess_bulk", "ess_tail", "quantile_error", "report", "split_rhat"]

Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What several chains say about one quantity.

    Parameters
    ----------
    rhat
        Rank-normalised split R-hat, the larger of bulk and folded; 1 where the chains agree.
    ess_bulk, ess_tail
        Effective draws for the middle of the distribution, and the smaller of those for its 5%
        and 95% quantiles.
    median_error
        Monte Carlo standard error of the median, in the unit of the draws.
    lower_error, upper_error
        The same for the 2.5% and the 97.5% quantiles.
    chains, draws
        Number of chains and of draws kept from each.
    """

    rhat: float
    ess_bulk: float
    ess_tail: float
    median_error: float
    lower_error: float
    upper_error: float
    chains: int
    draws: int

    def settled(self, *, rhat: float, ess: float) -> bool:
        """Whether R-hat is below and both effective numbers of draws are at least a bound."""
        return self.rhat < rhat and self.ess_bulk >= ess and self.ess_tail >= ess

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "rhat": self.rhat,
            "ess_bulk": self.ess_bulk,
            "ess_tail": self.ess_tail,
            "mc_error": {
                "median": self.median_error,
                "lower": self.lower_error,
                "upper": self.upper_error,
            },
            "chains": self.chains,
            "draws_per_chain": self.draws,
        }


def report(draws: Draws) -> ChainReport:
    """Every diagnostic of one quantity.

    Parameters
    ----------
    draws
        Shape (chains, draws), at least 2 chains of at least 8 draws.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> r = report(rng.standard_normal((4, 1000)))
    >>> r.rhat < 1.01 and r.ess_bulk > 3000
    True
    """
    x = _checked(draws)
    return ChainReport(
        rhat=split_rhat(x),
        ess_bulk=ess_bulk(x),
        ess_tail=ess_tail(x),
        median_error=quantile_error(x, 0.5),
        lower_error=quantile_error(x, 0.025),
        upper_error=quantile_error(x, 0.975),
        chains=x.shape[0],
        draws=x.shape[1],
    )


def split_rhat(draws: Draws) -> float:
    """Rank-normalised split R-hat: the larger of bulk and folded (eqs. 4 and 14).

    Parameters
    ----------
    draws
        Shape (chains, draws).

    Returns
    -------
    float
        1 for chains that agree; ``inf`` where every chain stands still at a value of its own;
        1 where all draws are one value.
    """
    x = _split(_checked(draws))
    if np.all(x == x.flat[0]):
        return 1.0
    folded = np.abs(x - np.median(x))
    return max(_rhat(_rank_normal(x)), _rhat(_rank_normal(folded)))


def ess_bulk(draws: Draws) -> float:
    """Effective draws of the rank-normalised split chains."""
    x = _split(_checked(draws))
    return ess(_rank_normal(x))


def ess_tail(draws: Draws) -> float:
    """Return the smaller of the effective draws for the 5% and the 95% quantiles (section 4.3)."""
    x = _split(_checked(draws))
    return min(ess(_below(x, q)) for q in (0.05, 0.95))


def ess(chains: Draws) -> float:
    """Effective draws by Geyer's initial monotone sequence over all chains (eqs. 10-13).

    Parameters
    ----------
    chains
        Shape (chains, draws); split them first where that is wanted.

    Returns
    -------
    float
        At most ``draws * log10(draws)`` over all chains; their number where all are one value.
    """
    m, n = chains.shape
    total = float(m * n)
    if np.all(chains == chains.flat[0]):
        return total
    covariance = _autocovariance(chains)
    within = covariance[:, 0].mean() * n / (n - 1.0)
    plus = within * (n - 1.0) / n
    if m > 1:
        plus += float(chains.mean(axis=1).var(ddof=1))
    if plus <= 0.0:
        return total
    rho = 1.0 - (within - covariance.mean(axis=0) * n / (n - 1.0)) / plus
    rho[0] = 1.0
    pairs = n // 2
    sums = rho[0 : 2 * pairs : 2] + rho[1 : 2 * pairs : 2]
    negative = np.flatnonzero(sums < 0.0)
    stop = int(negative[0]) if negative.size else pairs
    kept = np.minimum.accumulate(sums[: max(stop, 1)])
    tau = -1.0 + 2.0 * float(kept.sum())
    if stop < pairs:  # the improved truncation: the next even-lag term where it is positive
        tau += max(float(rho[2 * stop]), 0.0)
    return float(total / max(tau, 1.0 / np.log10(total)))


def quantile_error(draws: Draws, q: float) -> float:
    """Monte Carlo standard error of a quantile (section 4.4).

    Parameters
    ----------
    draws
        Shape (chains, draws).
    q
        Between 0 and 1.

    Returns
    -------
    float
        In the unit of the draws: half the distance of the quantiles at the 16% and 84% points of
        the beta distribution of the quantile's rank under the effective number of draws.
    """
    x = _checked(draws)
    effective = ess(_below(_split(x), q))
    a, b = effective * q + 1.0, effective * (1.0 - q) + 1.0

    def rank(p: float) -> float:
        return root_between(lambda at: beta_cdf(at, a, b) - p, 0.0, 1.0)

    low, high = rank(0.1586553), rank(0.8413447)
    ordered = np.sort(x, axis=None)
    size = ordered.size
    first = max(int(np.floor(low * size)) - 1, 0)
    last = min(int(np.ceil(high * size)) - 1, size - 1)
    return float(ordered[last] - ordered[first]) / 2.0


def _checked(draws: Draws) -> Draws:
    x = np.asarray(draws, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] < 1 or x.shape[1] < 8 or not np.isfinite(x).all():
        msg = "diagnostics need finite draws of shape (chains, draws), 8 draws or more"
        raise ValueError(msg)
    return x


def _split(x: Draws) -> Draws:
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, x.shape[1] - half :]])


def _below(x: Draws, q: float) -> Draws:
    return (x <= np.quantile(x, q)).astype(np.float64)


def _rank_normal(x: Draws) -> Draws:
    """Return normal scores of average ranks over all chains (eq. 14)."""
    flat = x.ravel()
    _, where, count = np.unique(flat, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    average = last - (count - 1) / 2.0
    ranks = average[where].reshape(x.shape)
    ranks = np.asarray(ranks, dtype=np.float64)
    whole = ranks == np.floor(ranks)
    scores = _scores(flat.size)[np.floor(ranks).astype(np.int64) - 1]
    scores[~whole] = normal_quantiles((ranks[~whole] - 0.375) / (flat.size + 0.25))
    return scores


@lru_cache(maxsize=2)
def _scores(size: int) -> Draws:
    """Give the normal scores of the ranks 1 to ``size``."""
    ranks = np.arange(1, (size + 1) // 2 + 1, dtype=np.float64)
    half = normal_quantiles((ranks - 0.375) / (size + 0.25))
    return np.concatenate([half, -half[: size // 2][::-1]])


def _rhat(x: Draws) -> float:
    n = x.shape[1]
    within = float(x.var(axis=1, ddof=1).mean())
    between = float(x.mean(axis=1).var(ddof=1))
    if within <= 1e-20 * between or within == 0.0:  # every chain stands still, but for rounding
        return float("inf") if between > 0.0 else 1.0
    return float(np.sqrt((within * (n - 1.0) / n + between) / within))


def _autocovariance(chains: Draws) -> Draws:
    """Autocovariances of each chain, divisor n, shape (chains, draws)."""
    m, n = chains.shape
    size = 1 << (2 * n - 1).bit_length()
    centred = chains - chains.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, size, axis=1)
    product = spectrum * np.conj(spectrum)
    out: Draws = np.fft.irfft(product, size, axis=1)[:, :n] / n
    return out.reshape(m, n)
