"""Sample coverage (Chao & Tsay 1998)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate
from uncounted.core.notes import Number, note
from uncounted.engine.jobs import stream
from uncounted.errors import NoFiniteEstimate
from uncounted.estimators._ready import LARGEST_RATIO, ready, refuse_large
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.simple import log_normal
from uncounted.published.accept import TableLike, as_table

__all__ = ["CoverageFigures", "SampleCoverage", "coverage_figures"]

Floats = NDArray[np.float64]


_FORMS = {"high": "estimators.coverage.high", "low": "estimators.coverage.low"}
_STABLE = 0.55
"""Estimated coverage under which the high-coverage form is unstable, by its authors."""


@dataclass(frozen=True, slots=True, eq=False)
class CoverageFigures:
    """Sample coverage of one or many tables; each shape (tables,).

    Parameters
    ----------
    distinct
        D = n - mean_j S_j, with S_j the people on list j only.
    coverage
        C = 1 - mean_j S_j / n_j: the share of the population's chances that the lists cover.
    independent
        D / C, if lists are independent (eq. 9).
    high
        With dependence of pairs, for high coverage (eq. 12); NaN where its denominator is not
        positive.
    low
        One step, for low coverage (eq. 13).
    """

    distinct: Floats
    coverage: Floats
    independent: Floats
    high: Floats
    low: Floats


def coverage_figures(counts: NDArray[np.int64], t: int) -> CoverageFigures:
    """Compute sample coverage figures.

    Parameters
    ----------
    counts
        Shape (tables, 2**lists), by mask; column 0 is not read.
    t
        Number of lists.

    Notes
    -----
    With A_ij the people on i or j, and on both twice, but on no other list, and gamma_ij(N) =
    N n_ij / (n_i n_j) - 1 the coefficient of covariation of two lists,

        N = D / C + sum of A_ij gamma_ij(N) / (t C).

    Solved for N this is the high-coverage form. The low-coverage form puts on the right-hand side
    the N that the same expression gives at D / C (Chao & Tsay 1998, JASA 93:283; Chao, Tsay, Lin, Shau &
    Chao 2001, Stat. Med. 20:3123).
    """
    y = np.array(np.atleast_2d(counts), dtype=np.float64)
    y[:, 0] = 0.0
    masks = np.arange(1 << t)
    n = y.sum(axis=1)
    size = np.stack([y[:, (masks >> i & 1) == 1].sum(axis=1) for i in range(t)], axis=1)
    alone = y[:, 1 << np.arange(t)]
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = 1.0 - (alone / size).mean(axis=1)
        distinct = n - alone.mean(axis=1)
        independent = distinct / coverage
        total, weighted = np.zeros(len(y)), np.zeros(len(y))
        for j in range(t):
            for i in range(j):
                both = 1 << i | 1 << j
                shared = y[:, (masks & both) == both].sum(axis=1)
                a = y[:, 1 << i] + y[:, 1 << j] + 2.0 * y[:, both]
                total += a
                weighted += a * shared / (size[:, i] * size[:, j])
        total, weighted = total / (t * coverage), weighted / (t * coverage)
        high = (independent - total) / (1.0 - weighted)
        high = np.where(weighted < 1.0, high, np.nan)
        once = independent + independent * weighted - total
        low = independent + once * weighted - total
    return CoverageFigures(distinct, coverage, independent, high, low)


@dataclass(frozen=True, slots=True)
class SampleCoverage(HoldsSettings):
    """Population size from sample coverage, allowing pairs of lists to depend.

    Parameters
    ----------
    form
        ``"high"`` (eq. 12) where the lists cover more than about 55%, ``"low"`` (eq. 13) below.
    bootstrap
        Resamples for the standard error; 0 for no interval. Each draws the whole estimated
        population, the unseen included, so that the number observed varies too.
    level
        Nominal coverage of the log-normal interval.

    Examples
    --------
    >>> import uncounted as uc
    >>> table = uc.published.load("uk2013-5")
    >>> round(SampleCoverage("low").estimate(table).point)
    11746
    """

    form: Literal["high", "low"] = "high"
    bootstrap: int = 1000
    level: float = 0.95

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Estimate N.

        Raises
        ------
        NoFiniteEstimate
            If the high-coverage form divides by a number that is not positive, or gives fewer
            people than were seen.
        """
        table = as_table(table)
        case = ready(table)
        found = coverage_figures(case.counts, case.t)
        point = float((found.high if self.form == "high" else found.low)[0])
        share = float(found.coverage[0])
        if not math.isfinite(point) or point < case.n:
            raise NoFiniteEstimate(
                note(
                    "estimators.coverage.too-little",
                    coverage=Number(share, "share"),
                    form=note(_FORMS[self.form]),
                ),
                fix=note(
                    "estimators.coverage.use-low"
                    if self.form == "high"
                    else "estimators.use-another"
                ),
            )
        refuse_large(point, case.n)
        caveats = list(case.caveats)
        if self.form == "high" and share < _STABLE:
            caveats.append(
                note(
                    "estimators.coverage.unstable",
                    coverage=Number(share, "share"),
                    least=Number(_STABLE, "share"),
                )
            )
        interval, draws, error = None, None, None
        diagnostics: dict[str, float] = {
            "sample_coverage": share,
            "independent": float(found.independent[0]),
        }
        if self.bootstrap > 0:
            rng = stream(seed, "bootstrap")
            drawn = _whole_population(case.counts, point, self.bootstrap, rng)
            again = coverage_figures(drawn, case.t)
            values = again.high if self.form == "high" else again.low
            good = np.isfinite(values) & (values >= 0) & (values <= LARGEST_RATIO * case.n)
            draws = np.where(good, values, np.inf)
            endless = int((~good).sum())
            diagnostics["resamples_without_figure"] = endless
            if endless:
                caveats.append(
                    note(
                        "estimators.resamples.without",
                        endless=Number(endless, "resamples"),
                        resamples=Number(self.bootstrap, "resamples"),
                    )
                )
            if good.sum() > 1:
                error = float(values[good].std(ddof=1))
                if endless <= self.bootstrap * (1.0 - self.level) / 2.0:
                    interval = log_normal(case.n, point - case.n, error**2, self.level)
                else:
                    caveats.append(note("estimators.resamples.no-bound"))
                    half = log_normal(case.n, point - case.n, error**2, self.level)
                    interval = replace(half, upper=math.inf)
        return Estimate(
            method=f"sample-coverage:{self.form}",
            observed=case.observed,
            point=point,
            interval=interval,
            draws=draws,
            draws_are=None if draws is None else "resamples",
            standard_error=error,
            caveats=tuple(caveats),
            diagnostics=diagnostics,
        )


def _whole_population(
    counts: NDArray[np.int64], point: float, size: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Multinomial tables of the estimated population, shape (size, 2**lists); column 0 is 0."""
    people = counts.astype(np.float64)
    people[0] = max(round(point) - people[1:].sum(), 0.0)
    drawn = rng.multinomial(int(people.sum()), people / people.sum(), size=size)
    drawn[:, 0] = 0
    return drawn
