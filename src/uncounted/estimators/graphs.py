"""Bayesian averaging over decomposable graphs: `DecomposableGraphs`, the method ``graphs``.

Madigan & York (1997, Biometrika 84:19). Every decomposable graph over the lists is a model of
how they depend on each other; a hyper-Dirichlet prior gives each graph's evidence at every
hidden count in closed form, so nothing is sampled up to seven lists.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note, series
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import NoFiniteEstimate, NotSupported
from uncounted.estimators._ready import Ready, ready
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid
from uncounted.kernels import graphs as kernel
from uncounted.kernels.special import log_gamma
from uncounted.published.accept import TableLike, as_table

__all__ = ["DecomposableGraphs", "GraphPosterior", "SearchError"]

_ALL_UP_TO = 7
_MOST_LISTS = 12
_KEEP = 25.0
"""Graphs whose best point lies 25 nats (a factor of 1e-11) below the best are left out."""
_WHOLE = 2000
"""The default grid holds every hidden count up to here, then cells of half a percent."""


class HeavyGraph(TypedDict):
    """A graph of much weight: its cliques in list numbers, its weight and its mean of N."""

    cliques: str
    weight: float
    mean: float


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
    n
        Observed people.
    hidden, width, mass
        Values of n0, shape (values,); how many hidden counts each stands for; its probability.
    terms
        Cliques (+) and separators (-) of each graph as masks over the lists of the table, shape
        (graphs, width).
    weight, mean
        Posterior probability of each graph and its mean of N (NaN where negligible).
    delta
        Prior count per full cell.
    search
        Error of the search; ``None`` where every graph was taken.
    log_evidence
        Log of the chance of the counts, up to a constant and without the factorials of the counts.
    """

    n: int
    hidden: NDArray[np.float64]
    width: NDArray[np.float64]
    mass: NDArray[np.float64]
    terms: NDArray[np.int64]
    weight: NDArray[np.float64]
    mean: NDArray[np.float64]
    delta: float
    search: SearchError | None = None
    log_evidence: float = 0.0

    def quantile(self, q: float) -> float:
        """Smallest N with at least the share ``q`` of the mass at or below it.

        Inside a cell that stands for several counts the mass is spread evenly.
        """
        total = np.cumsum(self.mass)
        k = min(int(np.searchsorted(total, q - 1e-12)), self.hidden.size - 1)
        if self.width[k] <= 1.0 or self.mass[k] <= 0.0:
            return float(self.n + self.hidden[k])
        share = 1.0 - (total[k] - q) / self.mass[k]
        return float(self.n + self.hidden[k] + (min(max(share, 0.0), 1.0) - 0.5) * self.width[k])

    def interval(self, level: float = 0.95) -> Interval:
        """Central posterior interval."""
        tail = (1.0 - level) / 2.0
        return Interval("posterior", level, self.quantile(tail), self.quantile(1.0 - tail))

    def draws(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Equally likely values of N, shape (size,)."""
        k = rng.choice(self.mass.size, size, p=self.mass / self.mass.sum())
        wide = np.where(self.width > 1.0, self.width, 0.0)
        jitter = (rng.random(size) - 0.5) * wide[k]
        return np.asarray(self.n + self.hidden[k] + jitter)

    def on_odds(self, grid: OddsGrid) -> GridPosterior:
        """Collect the posterior into cells of log(n0 / n); what lies outside goes to the ends."""
        y = grid.values()
        edges = np.exp((y[:-1] + y[1:]) / 2.0) * self.n
        cells = np.searchsorted(edges, self.hidden)
        mass = np.bincount(cells, weights=self.mass, minlength=y.size).astype(np.float64)
        return GridPosterior(self.n, y, mass)

    def heaviest(self, t: int, top: int = 10) -> list[HeavyGraph]:
        """Heaviest graphs as cliques of list numbers, with weight and mean of N."""
        order = np.argsort(-self.weight)[:top]
        return [
            {
                "cliques": _cliques(self.terms[g], t),
                "weight": float(self.weight[g]),
                "mean": float(self.mean[g]),
            }
            for g in order
            if self.weight[g] > 0
        ]


@dataclass(frozen=True, slots=True, eq=False)
class DecomposableGraphs(HoldsSettings):
    """Averaging over all decomposable graphs; with eight or more lists they are searched, not listed.

    Parameters
    ----------
    delta
        Prior count per full cell; ``None`` for 2^-lists. The figure can depend strongly on it,
        so the estimate says what other values would give.
    hidden
        Values of n0 to consider, equally likely a priori but for the prior 1/N; ``None`` for 0
        to 2,000 one by one and cells of half a percent beyond, up to 3,000 times the people observed and
        further until no mass is lost. The R package dga has no default: its worked example takes
        0 to five times the people observed, its help page 1 to 300. The grid here begins at 0 as the
        worked example does, so that N = n can be held, and differs at its end, which there is a
        prior in disguise.
    level
        Level of the central posterior interval.
    draws
        Draws of N handed on; 0 for none.
    steps, chains
        Length and number of the walks where graphs are searched.
    all_up_to
        Lists up to which every graph is taken (at most 7: 617,675 graphs).
    sensitivity
        Whether to repeat the estimate at delta 1/2 and 1.

    Examples
    --------
    >>> table = OverlapTable.from_histories(
    ...     ["a", "b", "c"],
    ...     {"100": 30, "010": 40, "110": 12, "001": 50, "101": 9, "011": 14, "111": 6},
    ... )
    >>> 200 < DecomposableGraphs().estimate(table).point < 400
    True
    """

    delta: float | None = None
    hidden: NDArray[np.float64] | None = None
    level: float = 0.95
    draws: int = 4000
    steps: int = 20_000
    chains: int = 4
    all_up_to: int = _ALL_UP_TO
    sensitivity: bool = True

    def __post_init__(self) -> None:
        """Check the settings."""
        HoldsSettings.__post_init__(self)
        if self.delta is not None and not 0.0 < self.delta < 1e6:
            msg = "delta must be a positive number"
            raise ValueError(msg)
        if not 0.0 < self.level < 1.0:
            msg = "level must lie between 0 and 1"
            raise ValueError(msg)
        if not 2 <= self.all_up_to <= 7 or self.steps < 100 or self.chains < 2:
            msg = "all_up_to lies between 2 and 7; steps are at least 100, chains at least 2"
            raise ValueError(msg)

    def posterior(self, table: OverlapTable, *, seed: int = 0) -> GraphPosterior:
        """Posterior over graphs and hidden counts.

        Raises
        ------
        NoFiniteEstimate
            If nobody is on two lists, or the mass does not end.
        NotSupported
            If fewer than two lists hold people, or more than twelve do.
        """
        return self._posterior(_checked(table), seed)

    def _posterior(self, case: Ready, seed: int) -> GraphPosterior:
        if self.hidden is not None:
            values = np.ascontiguousarray(self.hidden, dtype=np.float64)
            if values.ndim != 1 or values.size < 2 or (values < 0).any():
                msg = "hidden must be at least two counts, none below 0"
                raise ValueError(msg)
            return _evaluate(self, case, values, np.ones(values.size), seed)
        upper = 3000.0
        while True:
            values, width = _cells(upper * case.n)
            found = _evaluate(self, case, values, width, seed)
            # Mass at the end, and models whose mean says that they reach beyond it: a second
            # hump beyond the end leaves no mass near it.
            heavy = found.weight > 0.01 * found.weight.max()
            end = float(found.mass[values > values[-1] / 2.0].sum())
            if end < 1e-6 and float(np.nanmax(found.mean[heavy])) < 0.02 * values[-1]:
                return found
            if upper > 1e8:
                raise NoFiniteEstimate(
                    note("estimators.graphs.endless"), fix=note("estimators.graphs.endless.fix")
                )
            upper *= 30.0

    def on_grid(self, table: OverlapTable, grid: OddsGrid, *, seed: int = 0) -> GridPosterior:
        """Posterior on a fixed grid of log odds unseen/seen, for pooling with other methods.

        Raises
        ------
        NoFiniteEstimate, NotSupported
            See `posterior`.
        """
        return self.of(_checked(table), grid, seed)

    def of(
        self,
        case: Ready,
        grid: OddsGrid,
        seed: int = 0,
        edges: Sequence[tuple[int, int]] = (),
    ) -> GridPosterior:
        """Do as `on_grid`, for a table that is ready; graphs without these edges are left out."""
        return self.weighed(case, grid, seed, edges)[0]

    def weighed(
        self,
        case: Ready,
        grid: OddsGrid,
        seed: int = 0,
        edges: Sequence[tuple[int, int]] = (),
    ) -> tuple[GridPosterior, float]:
        """Do as `of`, with the log of the chance of the counts without their factorials."""
        y = grid.values()
        hidden = np.exp(y) * case.n
        found = _evaluate(self, case, hidden, hidden, seed, edges)
        return GridPosterior(case.n, y, found.mass), found.log_evidence

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Posterior median of N, central interval and draws.

        Raises
        ------
        NoFiniteEstimate, NotSupported
            See `posterior`.
        """
        table = as_table(table)
        case = _checked(table)
        found = self._posterior(case, seed)
        caveats = list(case.caveats)
        models = found.heaviest(table.t)
        diagnostics: dict[str, object] = {
            "delta": found.delta,
            "graphs": int(found.weight.size),
            "smallest_hidden": float(found.hidden[0]),
            "largest_hidden": float(found.hidden[-1]),
            "models": models,
        }
        if self.hidden is None:
            caveats += _humps(found)
        else:
            caveats += self._lost(case, found, seed)
        if found.search is not None:
            diagnostics["search"] = {
                "missed": found.search.missed,
                "median_spread": found.search.median_spread,
                "graphs_met": found.search.graphs,
                "steps": found.search.steps,
                "chains": found.search.chains,
            }
            caveats.append(
                note(
                    "estimators.graphs.searched",
                    missed=Number(found.search.missed, "share", digits=1),
                    spread=Number(found.search.median_spread, "factor", digits=2),
                )
            )
        if self.sensitivity:
            other = self._sensitivity(case, found, seed)
            diagnostics["delta_sensitivity"] = other
            medians = [row["median"] for row in other if row["median"] is not None]
            if max(medians) / min(medians) > 1.25:
                at = [
                    note(
                        "estimators.graphs.at",
                        median=Number(r["median"], "estimate"),
                        delta=Number(r["delta"]),
                    )
                    for r in other
                    if r["median"]
                ]
                caveats.append(note("estimators.graphs.prior", at=series("words.comma", at)))
        return Estimate(
            "graphs",
            case.observed,
            found.quantile(0.5),
            found.interval(self.level),
            found.draws(self.draws, stream(seed, "graphs")) if self.draws else None,
            draws_are="posterior" if self.draws else None,
            model=models[0]["cliques"],
            caveats=tuple(caveats),
            diagnostics=diagnostics,
        )

    def _sensitivity(
        self, case: Ready, found: GraphPosterior, seed: int
    ) -> list[dict[str, float | None]]:
        rows: list[dict[str, float | None]] = []
        for delta in sorted({found.delta, 0.5, 1.0}):
            median: float | None = None
            if delta == found.delta:
                median = found.quantile(0.5)
            else:
                with suppress(NoFiniteEstimate):
                    median = replace(self, delta=delta)._posterior(case, seed).quantile(0.5)
            rows.append({"delta": delta, "median": median})
        return rows

    def _lost(self, case: Ready, found: GraphPosterior, seed: int) -> list[Note]:
        """How much mass the values given cut off, by the default grid."""
        wide = replace(self, hidden=None)._posterior(case, seed)
        beyond = float(wide.mass[wide.hidden > found.hidden.max()].sum())
        if beyond < 1e-3:
            return []
        return [note("estimators.graphs.beyond", mass=Number(beyond, "share", digits=1))]


def _checked(table: OverlapTable) -> Ready:
    case = ready(table)
    if case.t > _MOST_LISTS:
        raise NotSupported(
            note(
                "estimators.graphs.many-lists",
                most=Number(_MOST_LISTS, "lists"),
                lists=Number(case.t, "lists"),
            ),
            fix=note("estimators.many-lists.fix"),
        )
    return case


def _cells(largest: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hidden counts 0, 1, ..., 2000 one by one, then cells that grow by half a percent."""
    whole = np.arange(_WHOLE + 1, dtype=np.float64)
    first = _WHOLE + 0.5
    steps = max(1, math.ceil(math.log(max(largest / first, 1.01)) / 0.005))
    edges = first * np.exp(0.005 * np.arange(steps + 1))
    values = np.concatenate((whole, (edges[1:] + edges[:-1]) / 2.0))
    return values, np.concatenate((np.ones(whole.size), np.diff(edges)))


@lru_cache(maxsize=8)
def _listed(t: int) -> NDArray[np.int16]:
    return kernel.decomposable_graphs(t)[1]


def _evaluate(
    settings: DecomposableGraphs,
    case: Ready,
    hidden: NDArray[np.float64],
    width: NDArray[np.float64],
    seed: int,
    edges: Sequence[tuple[int, int]] = (),
) -> GraphPosterior:
    """Evidence of every graph at every hidden count (Madigan & York 1997), by log-sum-exp."""
    t = case.t
    delta = 2.0**-t if settings.delta is None else settings.delta
    counts = case.counts.astype(np.float64)
    n = float(case.n)
    constant, off = kernel.margin_factors(counts, t, delta)
    factors = kernel.subset_factors(constant, off, t, delta, n, hidden)
    # Log of N! / n0! (the observed factorials cancel), of the prior 1/N, and of the cell's width.
    base = (
        log_gamma(hidden + n + 1.0) - log_gamma(hidden + 1.0) - np.log(hidden + n) + np.log(width)
    )
    search = None
    if t <= settings.all_up_to:
        terms = _listed(t)
    else:
        terms, search = _searched(settings, case, constant, off, delta, seed)
    for i, j in edges:
        both = (1 << i) | (1 << j)
        holds = ((terms > 0) & ((terms & both) == both)).any(axis=1)
        terms = terms[holds] if holds.any() else terms  # a search may have met none
    mass, evidence, mean = kernel.graph_evidence(terms, factors, base, hidden + n, _KEEP)
    weight = np.exp(evidence - evidence.max())
    given = np.array([case.to_given(a) for a in range(1 << t)])
    # The kernel's evidence is relative to the highest point: put one graph's on an absolute scale.
    best = int(np.argmax(evidence))
    used = terms[best][terms[best] != 0].astype(np.int64)
    line = base + np.sign(used) @ factors[np.abs(used)]
    top = float(line.max() + math.log(float(np.exp(line - line.max()).sum())))
    return GraphPosterior(
        case.n,
        hidden,
        width,
        mass,
        np.sign(terms) * given[np.abs(terms)],
        weight / weight.sum(),
        mean,
        delta,
        search,
        top + math.log(float(weight.sum())),
    )


def _searched(
    settings: DecomposableGraphs,
    case: Ready,
    constant: NDArray[np.float64],
    off: NDArray[np.float64],
    delta: float,
    seed: int,
) -> tuple[NDArray[np.int16], SearchError]:
    """Walk through graphs from several chains, on a coarse grid; the graphs met, what was missed."""
    t, n = case.t, float(case.n)
    hidden = np.exp(OddsGrid(step=0.05).values()) * n
    factors = kernel.subset_factors(constant, off, t, delta, n, hidden)
    base = (
        log_gamma(hidden + n + 1.0) - log_gamma(hidden + 1.0) - np.log(hidden + n) + np.log(hidden)
    )
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


def _cliques(terms: NDArray[np.int64], t: int) -> str:
    """Cliques as a hierarchical model in list numbers, e.g. ``[12,24,3]``."""
    sets = sorted([i + 1 for i in range(t) if int(a) >> i & 1] for a in terms if a > 0)
    join = "" if t <= 9 else ":"
    return "[" + ",".join(join.join(map(str, s)) for s in sets) + "]"


def _humps(posterior: GraphPosterior) -> list[Note]:
    modes = posterior.on_odds(OddsGrid(1e-4, 1e6, 0.05)).modes()
    if len(modes) < 2:
        return []
    each = [
        note("estimators.graphs.hump", share=Number(share, "share"), peak=Number(peak, "estimate"))
        for peak, share in modes
    ]
    return [
        note("estimators.graphs.humps", humps=Number(len(modes)), each=series("words.and", each))
    ]
