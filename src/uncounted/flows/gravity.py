"""A gravity model of detected flows: Poisson pseudo-likelihood with effects of both countries.

Model: the mean of the people detected in destination d from origin o is
``exp(a_d + b_o + x_do' beta)`` (Santos Silva & Tenreyro 2006), fitted over all
pairs of a destination and an origin that occur, zeros kept; standard errors clustered by both
countries (Cameron, Gelbach & Miller 2011).

Counts published as "<5" lie between 1 and 4. They are imputed by draws from the fit, truncated to
their bounds, with a gamma effect per pair so that a pair above its gravity mean stays above it;
the fits are pooled by Rubin's rules. The fit with midpoints stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note
from uncounted.engine.jobs import stream
from uncounted.errors import NotSupported
from uncounted.flows.fitting import (
    Fit,
    Model,
    factors_of,
    impute,
    in_effect,
    own,
    pool,
    scale_to_margins,
    separated,
    sum_of,
    widening,
    year_shares,
)
from uncounted.places.covariates import pairs
from uncounted.sources.detected_flows import DetectedFlows

__all__ = ["Gravity", "Implausible", "fit_gravity", "implausible_cells"]

_MOST_OF_ALL, _TURNS = 0.9, 3
"""Share of what its pairs can hold that a drawn margin may reach, so that scaling settles; turns to get there."""


@dataclass(frozen=True, slots=True)
class Gravity:
    """A fitted gravity model.

    Parameters
    ----------
    destinations, origins
        ISO alpha-3, the rows and the columns of the matrices below.
    distance
        Which distance: ``"distcap"``, ``"dist"``, ``"distw"``.
    pairs
        Pairs in the fit.
    left_out
        Pairs without a full set of covariates.
    midpoint
        Fit with "<5" at 2.5.
    imputed
        Fit with imputed counts, pooled; ``None`` where no count is censored or none was asked for.
    imputations
        How many.
    used
        Which cells of the matrix are in the fit, shape (destinations, origins).
    covariates
        Shape (destinations, origins, k); 0 outside ``used``.
    margins_destination, margins_origin
        Detected people per imputation, shapes (m, destinations), (m, origins).
    dispersion
        Pearson's variance over mean, of pairs.
    dispersion_destination, dispersion_origin
        Variance over mean of each country's margin, from its own residuals, leaning on the
        general one where they are few.
    pairs_destination, pairs_origin
        How many pairs, in effect, each of these rests on: one where a single pair decides.
    warnings
        What must be read with the fit.
    """

    destinations: tuple[str, ...]
    origins: tuple[str, ...]
    distance: str
    pairs: int
    left_out: int
    midpoint: Fit
    imputed: Fit | None
    imputations: int
    used: NDArray[np.bool_]
    covariates: NDArray[np.float64]
    margins_destination: NDArray[np.float64]
    margins_origin: NDArray[np.float64]
    dispersion: float
    dispersion_destination: NDArray[np.float64]
    dispersion_origin: NDArray[np.float64]
    pairs_destination: NDArray[np.float64]
    pairs_origin: NDArray[np.float64]
    warnings: tuple[Note, ...]

    @property
    def fit(self) -> Fit:
        """The fit to be used: imputed where there is one."""
        return self.imputed if self.imputed is not None else self.midpoint

    def expected(self) -> NDArray[np.float64]:
        """Expect detected people per pair, shape (destinations, origins); ``nan`` outside the fit."""
        beta = np.array([c.estimate for c in self.fit.coefficients])
        mean = scale_to_margins(
            np.where(self.used, np.exp(self.covariates @ beta), 0.0),
            self.margins_destination.mean(axis=0),
            self.margins_origin.mean(axis=0),
        )
        return np.where(self.used, mean, np.nan)

    def destination_effects(self) -> NDArray[np.float64]:
        """Give each destination's factor ``exp(a_d)``, shape (destinations,), up to one constant."""
        beta = np.array([c.estimate for c in self.fit.coefficients])
        kernel = np.where(self.used, np.exp(self.covariates @ beta), 0.0)
        factors, _ = factors_of(
            kernel, self.margins_destination.mean(axis=0), self.margins_origin.mean(axis=0)
        )
        return factors

    def draws(self, size: int, *, seed: int = 0) -> NDArray[np.float64]:
        """Draws of the expected detected people, shape (size, destinations, origins).

        Coefficients come from their pooled t distributions; country effects follow from the
        margins, drawn as log-normal with each one's dispersion (with effects of both countries the
        fitted margins equal the observed ones, so the effects are solved by scaling to them). A
        dispersion that rests on a few pairs is itself drawn, as the inverse chi-square with as many
        degrees of freedom and two more: the log of a margin then has about the tails of a t distribution.
        """
        rng = stream(seed, "gravity/draws")
        mean = np.array([c.estimate for c in self.fit.coefficients])
        betas = rng.multivariate_normal(np.zeros_like(mean), self.fit.wide, size, method="svd")
        freedom = np.array([max(c.freedom, 3.0) for c in self.fit.coefficients])
        betas *= np.sqrt(freedom / rng.chisquare(freedom, betas.shape))
        betas += mean
        m = self.margins_destination.shape[0]
        out = np.empty((size, len(self.destinations), len(self.origins)))
        for i, beta in enumerate(betas):
            rows = _about(
                self.margins_destination[i % m],
                self.dispersion_destination * _looser(self.pairs_destination, rng),
                rng,
            )
            columns = _about(
                self.margins_origin[i % m],
                self.dispersion_origin * _looser(self.pairs_origin, rng),
                rng,
            )
            rows, columns = _possible(rows, columns, self.used)
            kernel = np.where(self.used, np.exp(self.covariates @ beta), 0.0)
            out[i] = scale_to_margins(kernel, rows, columns)
        return out


@dataclass(frozen=True, slots=True)
class Implausible:
    """A count far above what gravity expects, leaving the count itself out; flagged, not removed."""

    destination: str
    origin: str
    year: int
    count: int
    expected: float
    score: float

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "destination": self.destination,
            "origin": self.origin,
            "year": self.year,
            "count": self.count,
            "expected": self.expected,
            "score": self.score,
        }


def _looser(pairs: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw by how much a dispersion from so many pairs is too small or too large."""
    freedom = pairs + 2.0
    return np.asarray(freedom / rng.chisquare(freedom), dtype=np.float64)


def _about(
    margins: NDArray[np.float64], dispersion: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the expected number behind each margin: log-normal, relative variance dispersion over margin.

    What chance does to a count leaves an expectation skewed to small numbers on the log scale (a gamma
    posterior), what a few large pairs do by a factor of their own one skewed to large numbers (an
    inverse gamma): a margin is far below its expectation where its largest pair is. Which of the two it
    is, no margin tells; with gamma draws nearly all intervals that missed lay below the truth.
    """
    size = np.maximum(margins, 0.5)
    spread = np.sqrt(np.log1p(np.maximum(dispersion, 1e-9) / size))
    drawn: NDArray[np.float64] = size * np.exp(spread * rng.standard_normal(size.shape))
    return drawn


def _possible(
    rows: NDArray[np.float64], columns: NDArray[np.float64], used: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring margins to one total, none larger than what its own pairs can hold.

    Nobody is counted from a country to itself, so a destination's people must come from the other origins.
    Margins are drawn apart, and one with a long tail may ask for more than all the others have: no flows
    have such margins, and scaling to them would not end.
    """
    for _ in range(_TURNS):
        rows = np.minimum(rows, _MOST_OF_ALL * (used @ columns) * rows.sum() / columns.sum())
        columns = np.minimum(columns * rows.sum() / columns.sum(), _MOST_OF_ALL * (rows @ used))
    return rows, columns * rows.sum() / columns.sum()


def fit_gravity(
    flows: DetectedFlows,
    *,
    covariates: Sequence[str] = ("distance", "contiguity", "language", "colony"),
    distance: str = "distcap",
    imputations: int = 10,
    seed: int = 0,
) -> Gravity:
    """Fit the gravity model to detected cross-border flows, summed over the years given.

    Parameters
    ----------
    flows
        Cells; internal ones are left out.
    covariates
        Names of `covariates.COVARIATES`.
    distance
        One of `covariates.DISTANCES`.
    imputations
        Completed tables to pool; 0 for midpoints only.
    seed
        Root seed.

    Raises
    ------
    NotSupported
        With fewer than three destinations or origins.
    NotIdentifiable
        Where a covariate does not vary within the countries.
    """
    cells = flows.take(~flows.internal)
    destinations = tuple(sorted(set(cells.destination.tolist())))
    origins = tuple(sorted(set(cells.origin.tolist())))
    if len(destinations) < 3 or len(origins) < 3:
        raise NotSupported(
            f"A gravity model with effects of both countries needs several of each; here are "
            f"{len(destinations)} destinations and {len(origins)} origins.",
            fix="Drop the filter on origin or destination; the detected flows stand without a model.",
        )
    row = np.array([destinations.index(d) for d in cells.destination.tolist()])
    column = np.array([origins.index(o) for o in cells.origin.tolist()])
    shape = (len(destinations), len(origins))
    d_of, o_of = (g.ravel() for g in np.meshgrid(destinations, origins, indexing="ij"))
    found = pairs(o_of, d_of, names=covariates, distance=distance)
    used = (found.known & (d_of != o_of)).reshape(shape)
    x = np.where(used[..., None], found.values.reshape(*shape, -1), 0.0)
    left_out = int((d_of != o_of).sum() - used.sum())
    cell = np.ravel_multi_index((row, column), shape)
    inside = used.ravel()[cell]
    lower, upper = cells.lower.astype(np.float64), cells.upper.astype(np.float64)
    model = Model(destinations, origins, used, x, tuple(covariates))

    y = sum_of(cell, (lower + upper) / 2.0, shape)
    midpoint, plain = model.fit(y)
    mean = model.mean(midpoint, y)
    margins = [np.where(used, y, 0.0)]
    warnings = separated(used, y, destinations, origins)
    imputed = None
    censored = np.flatnonzero(cells.censored & inside)
    if imputations > 0 and censored.size:
        kept, margins = impute(model, cells, cell, censored, midpoint, mean, imputations, seed)
        imputed = pool(kept)
        mean = model.mean(imputed, np.mean(margins, axis=0))
    typical = np.mean(margins, axis=0)
    wider = widening(y, x, used, plain)
    midpoint, imputed = midpoint.widened(wider), imputed and imputed.widened(wider)
    free = max(int(used.sum()) - sum(shape) + 1 - len(covariates), 1)
    pearson = ((typical - mean) ** 2 / np.maximum(mean, 1e-9))[used].sum() / free
    apart = (typical - mean) / (1.0 - plain.leverage)
    return Gravity(
        destinations, origins, distance, int(used.sum()), left_out, midpoint, imputed,
        imputations if imputed is not None else 0, used, x,
        np.array([m.sum(axis=1) for m in margins]), np.array([m.sum(axis=0) for m in margins]),
        max(float(pearson), 1.0), own(apart, mean, used, pearson, 1), own(apart, mean, used, pearson, 0),
        in_effect(apart, used, 1), in_effect(apart, used, 0),
        warnings,
    )  # fmt: skip


def implausible_cells(
    flows: DetectedFlows, gravity: Gravity, *, least: int = 20, score: float = 2.5
) -> tuple[Implausible, ...]:
    """Flag counts far above the gravity expectation, most surprising first.

    Parameters
    ----------
    flows
        Cells by year.
    gravity
        Fitted to them.
    least
        Look at counts of at least this many people.
    score
        Robust standard deviations of the log ratio of count to expectation, among these cells,
        beyond which a cell is flagged.

    Notes
    -----
    The expectation leaves the pair itself out of its origin's effect: a mis-keyed count would
    otherwise vouch for itself.
    """
    cells = flows.take(~flows.internal & (flows.lower >= least))
    table = flows.take(~flows.internal).by_pair()
    mean = np.nan_to_num(gravity.expected())
    where_d = {d: i for i, d in enumerate(gravity.destinations)}
    where_o = {o: j for j, o in enumerate(gravity.origins)}
    total = {
        (d, o): (a + b) / 2
        for d, o, a, b in zip(
            table.destination.tolist(),
            table.origin.tolist(),
            table.lower.tolist(),
            table.upper.tolist(),
            strict=True,
        )
    }
    by_origin = mean.sum(axis=0)
    share = year_shares(flows.take(~flows.internal))
    inner = flows.take(~flows.internal)
    shares = {
        (d, t): s
        for d, t, s in zip(
            inner.destination.tolist(), inner.year.tolist(), share.tolist(), strict=True
        )
    }
    found = []
    for d, o, t, n in zip(
        cells.destination.tolist(), cells.origin.tolist(), cells.year.tolist(),
        cells.lower.tolist(), strict=True,
    ):  # fmt: skip
        i, j = where_d.get(d), where_o.get(o)
        if i is None or j is None or not gravity.used[i, j] or by_origin[j] <= 0:
            continue
        others = by_origin[j] - mean[i, j]
        seen = max(by_origin[j] - total[d, o], 0.0)
        # origin's effect without this pair, shrunk towards the fit by half a person
        ratio = (seen + 0.5) / (others + 0.5)
        expected = mean[i, j] * ratio * shares[d, t]
        found.append((d, o, t, n, expected, float(np.log(n / max(expected, 1e-9)))))
    if not found:
        return ()
    logs = np.array([f[5] for f in found])
    centre = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - centre)))
    flagged = [
        Implausible(d, o, t, n, float(e), (g - centre) / max(spread, 1e-9))
        for d, o, t, n, e, g in found
        if (g - centre) > score * max(spread, 1e-9)
    ]
    return tuple(sorted(flagged, key=lambda f: -f.score))
