"""Estimates from multiply imputed tables made into one, as HRDAG's verdata does, and as draws.

A replicate is the same table with what was missing filled in once more. Two summaries stand side
by side: the rules of total expectation and variance on the log hidden count (the rule of the
Colombian truth commission's figures), and the plain mixture of all draws.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import pool_draws, summarise_draws
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.engine.jobs import stream
from uncounted.errors import InputError

__all__ = ["Replicates", "combine_estimates"]

_FEW = 10
_ZERO = 0.1


@dataclass(frozen=True, slots=True, repr=False)
class Replicates(Shown):
    """One figure from several replicates.

    Parameters
    ----------
    replicates
        How many went in.
    observed
        Mean observed count over replicates, people.
    point
        Observed plus the mean over replicates of the mean hidden count, people.
    interval
        Total-variance interval, kind ``"total-variance"``.
    within, between
        Variance of the log hidden count: mean within a replicate, and between their means.
    degrees
        Degrees of freedom of the t quantile; ``inf`` where replicates agree exactly.
    draws
        Equally likely values of ``N``, every replicate with the same weight, shape (draws,).
    median
        Median of ``draws``.
    mixture
        Central interval of ``draws``, kind ``"pool"``.
    caveats
        What must travel with the figure.

    Examples
    --------
    >>> import uncounted as uc
    >>> tables = ("kosovo", "kosovo")  # two imputations of one table would stand here
    >>> made = [uc.DecomposableGraphs(draws=500).estimate(t, seed=s) for s, t in enumerate(tables)]
    >>> [row["rule"] for row in uc.combine_estimates(made).to_rows()]
    ['total variance', 'mixture of draws']
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {
        "rule": "text",
        "point": "people",
        "lower": "people",
        "upper": "people",
        "level": "share",
        "observed": "people",
        "replicates": "count",
    }

    replicates: int
    observed: float
    point: float
    interval: Interval
    within: float
    between: float
    degrees: float
    draws: NDArray[np.float64]
    median: float
    mixture: Interval
    caveats: tuple[Note, ...] = ()

    def to_rows(self) -> list[dict[str, Cell]]:
        """Two rows: by the rules of total expectation and variance, and the mixture of all draws."""
        both = (
            ("total variance", self.point, self.interval),
            ("mixture of draws", self.median, self.mixture),
        )
        return [
            {
                "rule": rule,
                "point": point,
                "lower": interval.lower,
                "upper": interval.upper,
                "level": interval.level,
                "observed": self.observed,
                "replicates": self.replicates,
            }
            for rule, point, interval in both
        ]

    def caption(self) -> str:
        """Say how many replicates went in."""
        return str(note("pooling.caption.replicates", replicates=Number(self.replicates, "number")))

    def to_estimate(self) -> Estimate:
        """Return the same as an `Estimate`: point and interval by total variance, mixture draws."""
        return Estimate(
            "replicates",
            round(self.observed),
            self.point,
            self.interval,
            self.draws,
            caveats=self.caveats,
            diagnostics={
                "replicates": self.replicates,
                "within": self.within,
                "between": self.between,
                "degrees": self.degrees if math.isfinite(self.degrees) else None,
                "mixture": self.mixture.to_dict(),
            },
        )


def combine_estimates(
    estimates: Sequence[Estimate],
    *,
    level: float = 0.95,
    size: int = 10_000,
    seed: int = 0,
) -> Replicates:
    """Combine the estimates of several replicates of one table.

    With m replicates, each with draws of the hidden count n0: the point is the mean observed
    count plus the mean over replicates of the mean n0. On the log of n0 (0 taken as 0.1) W is the
    mean of the variances within replicates, B the variance of the means between them,
    T = W + (1 + 1/m) B, and the interval is exp(mean +- t sqrt(T)) on (m - 1)(1 + W/((m + 1)B))^2
    degrees of freedom, added to the rounded mean observed count.

    Parameters
    ----------
    estimates
        One per replicate, each with finite draws of N.
    level
        Nominal coverage.
    size
        Draws in the mixture.
    seed
        Root seed of the mixture; the total-variance interval uses no random number.

    Returns
    -------
    Replicates

    Raises
    ------
    InputError
        With fewer than two replicates, or one without finite draws.

    References
    ----------
    Gargiulo et al., `verdata`; Gelman et al., Bayesian Data Analysis, 3rd edition, section 18.2;
    Rubin (1987).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> made = [Estimate("x", 100, 300.0, draws=100 + rng.poisson(200, 500)) for _ in range(10)]
    >>> 290 < combine_estimates(made).point < 310
    True
    """
    if not 0 < level < 1:
        raise InputError("The level must lie between 0 and 1.", fix="Give for instance 0.95.")
    m = len(estimates)
    if m < 2:
        raise InputError(
            f"There {'is' if m == 1 else 'are'} {m} replicate{'s' if m != 1 else ''}: between "
            "replicates nothing can be learnt.",
            fix="Give the estimates of at least two, better of ten or more.",
        )
    hidden: list[NDArray[np.float64]] = []
    for i, estimate in enumerate(estimates, start=1):
        draws = estimate.draws
        if draws is None or draws.size < 2 or not np.isfinite(draws).all():
            raise InputError(
                f"Replicate {i} has no finite draws: the table of that replicate carries no figure.",
                fix="Use a method that gives draws, or a coarser stratum; a replicate left out "
                "would make the result look more certain than it is.",
            )
        if (draws < estimate.observed).any():
            raise InputError(
                f"Replicate {i} has draws below its observed count.", fix="Check its estimate."
            )
        hidden.append(np.asarray(draws, dtype=np.float64) - estimate.observed)
    observed = float(np.mean([e.observed for e in estimates]))
    logs = [np.log(np.where(h == 0, _ZERO, h)) for h in hidden]
    means = np.array([x.mean() for x in logs])
    within = float(np.mean([x.var(ddof=1) for x in logs]))
    between = float(means.var(ddof=1))
    total = within + (1 + 1 / m) * between
    degrees = math.inf
    # Means that differ only by rounding of floating point are equal: no division by their spread.
    if between > 1e-24 * max(1.0, float(np.square(means).mean())):
        degrees = (m - 1) * (1 + within / ((m + 1) * between)) ** 2
    half = _t_quantile(0.5 + level / 2, degrees) * math.sqrt(total)
    base = round(observed)
    centre = float(means.mean())
    interval = Interval(
        "total-variance", level, base + math.exp(centre - half), base + math.exp(centre + half)
    )
    pooled = pool_draws(
        [e.draws for e in estimates if e.draws is not None],
        size=size,
        rng=stream(seed, "replicates"),
    )
    median, mixture = summarise_draws(pooled, level=level, kind="pool")
    caveats: tuple[Note, ...] = tuple(dict.fromkeys(c for e in estimates for c in e.caveats))
    if m < _FEW:
        caveats += (note("pooling.replicates.few", replicates=Number(m), enough=Number(_FEW)),)
    return Replicates(
        m,
        observed,
        observed + float(np.mean([h.mean() for h in hidden])),
        interval,
        within,
        between,
        degrees,
        pooled,
        median,
        mixture,
        caveats,
    )


def _t_quantile(p: float, degrees: float) -> float:
    from scipy.special import ndtri, stdtrit

    return float(ndtri(p) if math.isinf(degrees) else stdtrit(degrees, p))
