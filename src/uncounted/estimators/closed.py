"""Closed-population models by number of captures: M0, Mh and Mth.

Mt, one rate per list, is the log-linear main-effects model (`uncounted.estimators.loglinear`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Number, note
from uncounted.errors import NoFiniteEstimate, NotIdentifiable
from uncounted.estimators._glm import PoissonFit, fit_poisson, profile_limits
from uncounted.estimators._ready import LARGEST_RATIO, ready, refuse_large
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.existence import direction_of_recession
from uncounted.estimators.fits import log_factorials
from uncounted.published.accept import TableLike, as_table

__all__ = ["ClosedPopulation", "Heterogeneity"]

Floats = NDArray[np.float64]
Heterogeneity = Literal["none", "chao", "poisson", "darroch", "gamma"]


@dataclass(frozen=True, slots=True)
class ClosedPopulation(HoldsSettings):
    """M0, Mh and Mth of Otis et al. (1978) as log-linear models.

    Parameters
    ----------
    by_list
        Whether lists have rates of their own (Mth) or one rate (M0, Mh).
    heterogeneity
        How people differ: ``"none"``; ``"chao"``, a lower bound (a free term for k >= 3 captures,
        negative ones set to zero); ``"poisson"``, 2^k - 1; ``"darroch"``, k^2 / 2; ``"gamma"``,
        -log(3.5 + k) + log(3.5), with k the number of captures.
    level
        Nominal coverage.

    Notes
    -----
    log mu_w = gamma + beta k + tau f(k), or with one beta per list (Rivest & Baillargeon 2007,
    Biometrics 63:999; Baillargeon & Rivest 2007, JSS 19(5)); N^ = n + exp(gamma), standard error
    sqrt(e^gamma + e^(2 gamma) var(gamma)). The interval is the multinomial profile likelihood.
    The shapes for heterogeneity fit the same counts and give very different figures: that is
    what they are for.

    Examples
    --------
    >>> import uncounted as uc
    >>> round(ClosedPopulation().estimate(uc.published.load("uk2013-5")).point)
    14832
    """

    by_list: bool = False
    heterogeneity: Heterogeneity = "none"
    level: float = 0.95

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Estimate N; ``seed`` is not used.

        Raises
        ------
        NoFiniteEstimate
            If the likelihood has no finite maximum.
        NotIdentifiable
            If the lists are too few for the model.
        """
        table = as_table(table)
        case = ready(table)
        design, free = self._design(case.t)
        y = case.counts.astype(np.float64)
        y[0] = 0.0
        self._refuse_few_lists(case.t, design)
        fit, columns = _fit(design, free, y)
        if direction_of_recession(columns[1:], y[1:] > 0):
            raise NoFiniteEstimate(
                note("estimators.closed.no-maximum"), fix=note("estimators.closed.no-maximum.fix")
            )
        point = case.n + fit.hidden
        refuse_large(point, case.n)
        starts: dict[int, Floats] = {}
        limits = profile_limits(
            lambda zero: _fit(design, free, y, zero, starts)[0], case.n, fit.hidden, self.level
        )
        upper = limits.upper if limits.upper <= LARGEST_RATIO * case.n else math.inf
        caveats = list(case.caveats)
        if not math.isfinite(upper):
            caveats.append(note("estimators.unbounded"))
        if self.heterogeneity == "chao":
            caveats.append(note("estimators.closed.lower-bound"))
        loglik = fit.loglik - log_factorials(case.counts)
        size = columns.shape[1]
        return Estimate(
            method=self.method,
            observed=case.observed,
            point=point,
            interval=Interval("profile", self.level, limits.lower, upper),
            bic=-2.0 * loglik + size * math.log(case.n),
            aic=-2.0 * loglik + 2.0 * size,
            deviance=fit.deviance,
            standard_error=math.sqrt(fit.hidden + fit.hidden**2 * fit.variance),
            caveats=tuple(caveats),
            diagnostics={
                "degrees_of_freedom": (1 << case.t) - 1 - size,
                "profile_point": limits.point,
            },
        )

    @property
    def method(self) -> str:
        """Name on the command line."""
        if self.heterogeneity == "none":
            return "main" if self.by_list else "m0"
        return f"{'mth' if self.by_list else 'mh'}:{self.heterogeneity}"

    def _design(self, t: int) -> tuple[Floats, int]:
        """Columns over all 2**t cells, intercept first; how many of the last are free eta's."""
        masks = np.arange(1 << t)
        k = np.bitwise_count(masks.astype(np.uint32)).astype(np.float64)
        columns = [np.ones(k.size)]
        if self.by_list:
            columns += [(masks >> i & 1).astype(np.float64) for i in range(t)]
        else:
            columns.append(k)
        free = 0
        if self.heterogeneity == "chao":
            columns += [np.maximum(k - j + 1, 0.0) for j in range(3, t + 1)]
            free = max(t - 2, 0)
        elif self.heterogeneity == "poisson":
            columns.append(2.0**k - 1.0)
        elif self.heterogeneity == "darroch":
            columns.append(k**2 / 2.0)
        elif self.heterogeneity == "gamma":
            columns.append(-np.log(3.5 + k) + math.log(3.5))
        return np.stack(columns, axis=1), free

    def _refuse_few_lists(self, t: int, design: Floats) -> None:
        if self.heterogeneity != "none" and (
            t < 3 or np.linalg.matrix_rank(design[1:]) < design.shape[1]
        ):
            raise NotIdentifiable(
                note("estimators.closed.few-lists", lists=Number(t, "lists")),
                fix=note("estimators.closed.few-lists.fix"),
            )


def _fit(
    design: Floats,
    free: int,
    y: Floats,
    zero: float = -1.0,
    starts: dict[int, Floats] | None = None,
) -> tuple[PoissonFit, Floats]:
    """Fit with the last ``free`` coefficients held at zero or above; also the columns kept.

    The most negative of them is dropped and the rest refitted until none is negative. In a
    profile likelihood that is done anew for every number of people on no list; ``starts`` keeps the
    coefficients of each set of columns for the next.
    """
    kept = list(range(design.shape[1]))
    base = len(kept) - free
    starts = {} if starts is None else starts
    while True:
        columns = design[:, kept]
        key = sum(1 << k for k in kept)
        # A coefficient whose likelihood rises for ever is stopped once its sign is clear.
        bounded = 30.0 if len(kept) > base else math.inf
        fit = fit_poisson(columns, y, zero=zero, bounded=bounded, start=starts.get(key))
        if np.abs(fit.alpha).max() < 20.0:  # one that is far gone is no start for the others
            starts[key] = fit.alpha
        extra = fit.alpha[base:]
        if not (extra < 0).any():
            return fit, columns
        kept.pop(base + int(np.argmin(extra)))
