"""Closed forms that serve as a floor: Lincoln-Petersen and Chapman per pair, Chao's lower bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Number, note
from uncounted.errors import NoFiniteEstimate
from uncounted.estimators._ready import ready, refuse_large
from uncounted.estimators._settings import HoldsSettings
from uncounted.kernels.special import normal_quantile
from uncounted.published.accept import TableLike, as_table

__all__ = ["LowerBound", "Pairs", "log_normal"]


def log_normal(n: int, hidden: float, variance: float, level: float) -> Interval:
    """Interval for n + hidden that treats log(hidden) as normal (Chao 1987, Biometrics 43:783).

    C = exp(z sqrt(log(1 + var / hidden^2))); limits n + hidden / C and n + hidden C.

    Examples
    --------
    >>> log_normal(2744, 8967.02, 761.32741**2, 0.95).lower  # CARE1 prints 10338.658
    10338.65...
    """
    if hidden <= 0.0:
        return Interval("log-normal", level, float(n), float(n) if variance == 0 else math.inf)
    factor = math.exp(
        normal_quantile((1.0 + level) / 2.0) * math.sqrt(math.log1p(variance / hidden**2))
    )
    return Interval("log-normal", level, n + hidden / factor, n + hidden * factor)


@dataclass(frozen=True, slots=True)
class LowerBound(HoldsSettings):
    """Chao's lower bound: at least this many, whoever is hard to find.

    Parameters
    ----------
    level
        Nominal coverage of the interval, which is for the bound, not for N.

    Notes
    -----
    With f_k people on exactly k of t lists, N >= n + (t-1)/t f_1^2 / (2 f_2) if lists are
    independent given the person, however much people differ (Chao 1987). Without anybody on
    exactly two lists the bias-corrected form (t-1)/t f_1 (f_1 - 1) / 2 is used. Lists that refer people to
    each other break it in either direction.

    Examples
    --------
    >>> import uncounted as uc
    >>> round(LowerBound().estimate(uc.published.load("uk2013-5")).point)
    14642
    """

    level: float = 0.95

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Estimate the bound; ``seed`` is not used."""
        table = as_table(table)
        case = ready(table)
        captures = np.bitwise_count(np.arange(1, case.counts.size, dtype=np.uint32))
        f1, f2 = (int(case.counts[1:][captures == k].sum()) for k in (1, 2))
        share = (case.t - 1) / case.t
        if f2 > 0:
            ratio = f1 / f2
            hidden = share * f1 * ratio / 2.0
            variance = f2 * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
            plain = case.n + f1 * ratio / 2.0
        else:
            hidden = share * f1 * (f1 - 1) / 2.0
            variance = (
                share * f1 * (f1 - 1) / 2.0
                + share**2 * f1 * (2 * f1 - 1) ** 2 / 4.0
                - share**2 * f1**4 / (4.0 * (case.n + hidden))
            )
            plain = case.n + f1 * (f1 - 1) / 2.0
        refuse_large(case.n + hidden, case.n)
        return Estimate(
            method="lower-bound",
            observed=case.observed,
            point=case.n + hidden,
            interval=log_normal(case.n, hidden, max(variance, 0.0), self.level),
            caveats=(
                *case.caveats,
                note("estimators.lower-bound.only"),
                *(() if f2 else (note("estimators.lower-bound.no-pairs"),)),
            ),
            diagnostics={"f1": f1, "f2": f2, "without_factor": plain},
        )


@dataclass(frozen=True, slots=True)
class Pairs(HoldsSettings):
    """Lincoln-Petersen and Chapman for every pair of lists.

    Parameters
    ----------
    level
        Nominal coverage.

    Notes
    -----
    Lists of sizes n_i and n_j that share m people give n_i n_j / m (Lincoln-Petersen; none if
    m = 0) and (n_i + 1)(n_j + 1)/(m + 1) - 1 (Chapman 1951), if the two are independent. The point is the
    median of Chapman's figures over the pairs that share somebody; with two lists it is Chapman's,
    with Seber's variance and a log-normal interval. Where pairs disagree, lists depend on each
    other or reach different people.
    """

    level: float = 0.95

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Estimate N from pairs; ``seed`` is not used."""
        table = as_table(table)
        case = ready(table)
        place = sorted(range(case.t), key=lambda i: case.order[i])
        masks = np.arange(case.counts.size)
        people = case.counts.copy()
        people[0] = 0
        size = [int(people[(masks >> i & 1) == 1].sum()) for i in range(case.t)]
        found: dict[str, dict[str, Any]] = {}
        chapman: list[float] = []
        shared = 0
        for b in range(case.t):
            for a in range(b):
                i, j = place[a], place[b]
                m = int(people[(masks & (1 << i | 1 << j)) == (1 << i | 1 << j)].sum())
                value = (size[i] + 1) * (size[j] + 1) / (m + 1) - 1
                found[f"{case.lists[i]}:{case.lists[j]}"] = {
                    "overlap": m,
                    "lincoln_petersen": size[i] * size[j] / m if m else None,
                    "chapman": value,
                }
                if m:
                    shared = m
                    chapman.append(value)
        if not chapman:
            raise NoFiniteEstimate(
                note("estimators.pairs.none"), fix=note("estimators.pairs.none.fix")
            )
        # A pair speaks for the whole population, but never for fewer people than were seen.
        point = max(float(np.median(chapman)), float(case.n))
        interval = None
        caveats = list(case.caveats)
        if case.t == 2:
            n1, n2 = size
            spread = (n1 + 1) * (n2 + 1) * (n1 - shared) * (n2 - shared)
            variance = spread / ((shared + 1) ** 2 * (shared + 2))
            interval = log_normal(case.n, point - case.n, variance, self.level)
        else:
            caveats.append(
                note(
                    "estimators.pairs.range",
                    lower=Number(min(chapman), "estimate"),
                    upper=Number(max(chapman), "estimate"),
                )
            )
        refuse_large(point, case.n)
        return Estimate(
            method="pairs",
            observed=case.observed,
            point=point,
            interval=interval,
            caveats=tuple(caveats),
            diagnostics={"pairs": found},
        )
