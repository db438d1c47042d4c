"""Bayesian averaging over decomposable graphs: `DecomposableGraphs`, the method ``graphs``.

Madigan & York (1997, Biometrika 84:19). Every decomposable graph over the lists is a model of
how they depend on each other; a hyper-Dirichlet prior gives each graph's evidence at every
hidden count in closed form, so nothing is sampled up to seven lists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.engine import stream
from uncounted.errors import NoFiniteEstimate, NotSupported
from uncounted.estimate import Estimate, Interval
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid
from uncounted.tables import OverlapTable

__all__ = ["DecomposableGraphs", "GraphPosterior", "SearchError"]

_ALL_UP_TO = 6
_MOST_LISTS = 12
_KEEP = 25.0
"""Graphs whose best point lies 25 nats (a factor of 1e-11) below the best are left out."""


@dataclass(frozen=True, slots=True)
class SearchError:
    """How much a search through graphs may have missed.

    Parameters
    ----------
    chains, steps
        Independent walks and their length.
    graphs
        Different graphs met.
    missed
        Estimated posterior mass of graphs never met: the mean share of one chain's visits
        (second half) that went to graphs no other chain met.
    median_spread
        Ratio of the largest to the smallest median among the chains, each taken alone.
    """

    chains: int
    steps: int
    graphs: int
    missed: float
    median_spread: float


@dataclass(frozen=True, slots=True, eq=False)
class GraphPosterior:
    """Posterior over graphs and hidden counts.

    Parameters
    ----------
    n, hidden, mass
        Observed people; values of n0, shape (values,); posterior probability of each.
    terms
        Cliques (+) and separators (-) of each graph, shape (graphs, width).
    weight, mean
        Posterior probability of each graph and its mean of N (NaN where negligible).
    delta
        Prior count per full cell.
    search
        Error of the search; ``None`` where every graph was taken.
    """

    n: int
    hidden: NDArray[np.float64]
    mass: NDArray[np.float64]
    terms: NDArray[np.int16]
    weight: NDArray[np.float64]
    mean: NDArray[np.float64]
    delta: float
    search: SearchError | None = None

    def quantile(self, q: float) -> float:
        """Smallest N on the grid with at least the share ``q`` of the mass at or below it."""
        k = int(np.searchsorted(np.cumsum(self.mass), q - 1e-12))
        return float(self.n + self.hidden[min(k, self.hidden.size - 1)])

    def on_odds(self) -> GridPosterior:
        """Same posterior as mass over log(n0 / n)."""
        return GridPosterior(self.n, np.log(self.hidden / self.n), self.mass)

    def heaviest(self, lists: tuple[str, ...], top: int = 10) -> list[dict[str, Any]]:
        """Heaviest graphs as cliques of list numbers, with weight and mean of N."""
        order = np.argsort(-self.weight)[:top]
        return [
            {
                "cliques": _cliques(self.terms[g], len(lists)),
                "weight": float(self.weight[g]),
                "mean": float(self.mean[g]),
            }
            for g in order
            if self.weight[g] > 0
        ]


@dataclass(frozen=True, slots=True, eq=False)
class DecomposableGraphs:
    """Averaging over all decomposable graphs (searching them for seven lists and more).

    Parameters
    ----------
    delta
        Prior count per full cell; ``None`` for 2^-lists. The figure can depend strongly on it,
        so the estimate prints what other values would give.
    grid
        Grid of odds unseen/seen; it grows upwards until no mass is lost at its end.
    hidden
        Explicit values of n0 instead of the grid (for comparison with other software); equal
        prior weight per value, nothing grows.
    level
        Level of the central posterior interval.
    draws
        Draws of N handed on; 0 for none.
    steps, chains
        Length and number of the walks where graphs are searched.
    sensitivity
        Whether to repeat the estimate at delta 1/2 and 1.

    Examples
    --------
    >>> table = OverlapTable.from_histories(["a", "b", "c"], [0, 30, 40, 12, 50, 9, 14, 6])
    >>> 200 < DecomposableGraphs().estimate(table).point < 300
    True
    """

    delta: float | None = None
    grid: OddsGrid = field(default_factory=OddsGrid)
    hidden: NDArray[np.float64] | None = None
    level: float = 0.95
    draws: int = 4000
    steps: int = 20_000
    chains: int = 4
    sensitivity: bool = True
    all_up_to: int = _ALL_UP_TO

    def __post_init__(self) -> None:
        """Check the settings."""
        if self.delta is not None and not (0.0 < self.delta < 1e6):
            msg = "delta must be a positive number"
            raise ValueError(msg)
        if not 0.0 < self.level < 1.0:
            msg = "level must lie between 0 and 1"
            raise ValueError(msg)
        if not 2 <= self.all_up_to <= 7:
            msg = "all_up_to must lie between 2 and 7"
            raise ValueError(msg)

    def posterior(self, table: OverlapTable, *, seed: int = 0) -> GraphPosterior:
        """Posterior over graphs and hidden counts.

        Raises
        ------
        NoFiniteEstimate
            If nobody is on two lists, or the mass does not end.
        NotSupported
            If there are more than twelve lists.
        """
        _check(table)
        counts = table.counts.astype(np.float64)
        counts[0] = 0.0
        delta = 2.0**-table.t if self.delta is None else self.delta
        if self.hidden is not None:
            values = np.ascontiguousarray(self.hidden, dtype=np.float64)
            if values.ndim != 1 or values.size < 2 or (values < 0).any():
                msg = "hidden must be at least two counts, none below 0"
                raise ValueError(msg)
            return _evaluate(self, table.t, counts, delta, values, values * 0.0, seed)
        upper = self.grid.upper
        while True:
            y = OddsGrid(self.grid.lower, upper, self.grid.step).values()
            found = _evaluate(self, table.t, counts, delta, np.exp(y) * counts.sum(), y, seed)
            heavy = found.weight > 1e-3
            end = found.on_odds().end_mass()
            far = float(np.nanmax(found.mean[heavy])) / counts.sum()
            if end < 1e-6 and far < upper / 20:
                return found
            if upper > 1e8:
                raise NoFiniteEstimate(
                    "The posterior over decomposable graphs does not end: with these overlaps "
                    "any hidden count fits.",
                    fix="Lists must overlap more before this method has a figure.",
                )
            upper *= 30.0

    def estimate(self, table: OverlapTable, *, seed: int = 0) -> Estimate:
        """Posterior median of N, central interval and draws.

        Raises
        ------
        NoFiniteEstimate, NotSupported
            See `posterior`.
        """
        table, empty = table.without_empty_lists()
        found = self.posterior(table, seed=seed)
        tail = (1.0 - self.level) / 2.0
        caveats = []
        rng = stream(seed, f"graphs/{table.name}")
        if self.hidden is None:
            smooth = found.on_odds()
            point = smooth.median
            interval = smooth.interval(self.level)
            draws = smooth.draws(self.draws, rng) if self.draws else None
            caveats += _humps(smooth)
        else:
            point = found.quantile(0.5)
            interval = Interval(
                "posterior", self.level, found.quantile(tail), found.quantile(1 - tail)
            )
            draws = (
                rng.choice(found.n + found.hidden, self.draws, p=found.mass) if self.draws else None
            )
            caveats += self._lost(table, found)
        diagnostics: dict[str, Any] = {
            "delta": found.delta,
            "graphs": int(found.weight.size),
            "largest_hidden": float(found.hidden[-1]),
            "models": found.heaviest(table.lists),
        }
        if found.search is not None:
            diagnostics["search"] = {
                "missed": found.search.missed,
                "median_spread": found.search.median_spread,
                "graphs_met": found.search.graphs,
                "steps": found.search.steps,
                "chains": found.search.chains,
            }
            caveats.append(
                f"The graphs were searched, not all listed: about {found.search.missed:.1%} of "
                f"the posterior mass was missed, and the chains' medians differ by a factor of "
                f"{found.search.median_spread:.2f}."
            )
        if self.sensitivity and self.hidden is None:
            other = self._sensitivity(table, found, seed)
            diagnostics["delta_sensitivity"] = other
            medians = [row["median"] for row in other if row["median"] is not None]
            if max(medians) / min(medians) > 1.25:
                words = ", ".join(
                    f"{r['median']:,.0f} at {r['delta']:g}" for r in other if r["median"]
                )
                caveats.append(f"The figure depends on the prior count per cell: {words}.")
        if empty:
            caveats.append(f"Lists without people were left out: {', '.join(empty)}.")
        return Estimate(
            "graphs",
            found.n,
            point,
            interval,
            draws,
            model=diagnostics["models"][0]["cliques"],
            caveats=tuple(caveats),
            diagnostics=diagnostics,
        )

    def _sensitivity(
        self, table: OverlapTable, found: GraphPosterior, seed: int
    ) -> list[dict[str, float | None]]:
        rows: list[dict[str, float | None]] = []
        for delta in sorted({found.delta, 0.5, 1.0}):
            if delta == found.delta:
                rows.append({"delta": delta, "median": found.on_odds().median})
                continue
            other = DecomposableGraphs(
                delta=delta,
                grid=self.grid,
                steps=self.steps,
                chains=self.chains,
                all_up_to=self.all_up_to,
            )
            try:
                median: float | None = other.posterior(table, seed=seed).on_odds().median
            except NoFiniteEstimate:
                median = None
            rows.append({"delta": delta, "median": median})
        return rows

    def _lost(self, table: OverlapTable, found: GraphPosterior) -> list[str]:
        """How much mass an explicit grid cuts off, by the wide grid of log odds."""
        wide = DecomposableGraphs(
            delta=self.delta,
            grid=self.grid,
            steps=self.steps,
            chains=self.chains,
            all_up_to=self.all_up_to,
        ).posterior(table)
        beyond = float(wide.mass[wide.hidden > found.hidden[-1]].sum())
        if beyond < 1e-3:
            return []
        return [f"{beyond:.0%} of the posterior mass lies beyond the end of the grid given."]


def _check(table: OverlapTable) -> None:
    if (table.list_sizes > 0).sum() < 2:
        raise NoFiniteEstimate(
            "Only one list holds people: there is no overlap to learn from.",
            fix="Add a second, independently kept list.",
        )
    if table.overlap == 0:
        raise NoFiniteEstimate(
            "Nobody is on two lists, so nothing bounds the hidden count.",
            fix="Check the linkage between the lists; without overlap no method has a figure.",
        )
    if table.t > _MOST_LISTS:
        raise NotSupported(
            f"Decomposable graphs are searched for up to {_MOST_LISTS} lists; there are {table.t}.",
            fix="Merge lists of the same kind, or leave out those that hold few people.",
        )


@lru_cache(maxsize=8)
def _listed(t: int) -> NDArray[np.int16]:
    from uncounted.kernels.graphs import decomposable_graphs

    return decomposable_graphs(t)[1]


def _evaluate(
    settings: DecomposableGraphs,
    t: int,
    counts: NDArray[np.float64],
    delta: float,
    hidden: NDArray[np.float64],
    jacobian: NDArray[np.float64],
    seed: int,
) -> GraphPosterior:
    """Evidence of every graph at every hidden count (ESTIMATORS 2.3), by log-sum-exp."""
    from scipy.special import gammaln

    from uncounted.kernels import graphs as kernel

    n = float(counts[1:].sum())
    constant, off = kernel.margin_factors(counts, t, delta)
    factors = kernel.subset_factors(constant, off, t, delta, n, hidden)
    # log of N! / n0! (the observed factorials cancel), of the prior 1/N, and of the Jacobian.
    base = gammaln(hidden + n + 1.0) - gammaln(hidden + 1.0) - np.log(hidden + n) + jacobian
    search = None
    if t <= settings.all_up_to:
        terms = _listed(t)
    else:
        terms, search = _searched(settings, t, factors, base, n, hidden, seed)
    mass, evidence, mean = kernel.graph_evidence(terms, factors, base, hidden + n, _KEEP)
    top = evidence.max()
    weight = np.exp(evidence - top)
    return GraphPosterior(int(n), hidden, mass, terms, weight / weight.sum(), mean, delta, search)


def _searched(
    settings: DecomposableGraphs,
    t: int,
    factors: NDArray[np.float64],
    base: NDArray[np.float64],
    n: float,
    hidden: NDArray[np.float64],
    seed: int,
) -> tuple[NDArray[np.int16], SearchError]:
    """Walk through graphs from several chains; the graphs met, and what was missed."""
    from uncounted.kernels import graphs as kernel

    pairs = t * (t - 1) // 2
    all_terms, visits, medians = [], [], []
    for chain in range(settings.chains):
        rng = stream(seed, f"graphs/search/{chain}")
        terms, _, keys = kernel.search_graphs(
            t,
            factors,
            base,
            rng.integers(0, pairs, settings.steps),
            np.log(rng.random(settings.steps)),
        )
        unique, first = np.unique(keys, return_index=True)
        mass, _, _ = kernel.graph_evidence(terms[first], factors, base, hidden + n, _KEEP)
        medians.append(n + hidden[int(np.searchsorted(np.cumsum(mass), 0.5))])
        all_terms.append((unique, terms[first]))
        visits.append(keys[settings.steps // 2 :])
    missed = []
    for chain in range(settings.chains):
        others = np.concatenate([u for c, (u, _) in enumerate(all_terms) if c != chain])
        missed.append(float(1.0 - np.isin(visits[chain], others).mean()))
    keys = np.concatenate([u for u, _ in all_terms])
    unique, first = np.unique(keys, return_index=True)
    terms = np.concatenate([x for _, x in all_terms])[first]
    return terms, SearchError(
        settings.chains,
        settings.steps,
        int(unique.size),
        float(np.mean(missed)),
        float(max(medians) / min(medians)),
    )


def _cliques(terms: NDArray[np.int16], t: int) -> str:
    """Cliques as a hierarchical model in list numbers, e.g. ``[12,24,3]``."""
    sets = sorted([i + 1 for i in range(t) if int(a) >> i & 1] for a in terms if a > 0)
    join = "" if t < 10 else "-"
    return "[" + ",".join(join.join(map(str, s)) for s in sets) + "]"


def _humps(posterior: GridPosterior) -> list[str]:
    modes = posterior.modes()
    if len(modes) < 2:
        return []
    words = " and ".join(f"{share:.0%} near {peak:,.0f}" for peak, share in modes)
    return [f"The posterior has {len(modes)} humps: {words}."]
