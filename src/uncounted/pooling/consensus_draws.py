"""The consensus over linkage draws: one posterior that holds the doubt about who is the same person.

Each draw of who is the same person gives an overlap table, and that table a posterior of the
population. Draws are equally likely, so the posteriors are averaged, mass by mass, on one grid
(linkage averaging, Sadinle 2018, arXiv:1812.09590). Nothing is sampled: the average is exact but for the
grid and for the draws chosen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note, why
from uncounted.core.progress import Progress
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs
from uncounted.errors import InputError, Refusal
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid

__all__ = ["MOST_REFUSED", "OverDraws", "commonest", "consensus_over_draws", "mixture"]

DRAWS = 200
"""Linkage draws whose posteriors are averaged. With 60 of them the point and the upper end of the example
coalition move by a hundredth; the lower end, below which a 400th of the mass lies, by a tenth."""
MOST_REFUSED = 0.2
"""More draws than this share without a figure, and there is none."""
_MOST_POINTS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class OverDraws:
    """The consensus over linkage draws.

    Parameters
    ----------
    posterior
        Average over the draws, the members likewise. What is not a posterior in it is of the first
        table.
    estimate
        Figure and the range that holds whatever the lists do, over all draws; draws of the average.
    likely
        The likely range over all draws.
    variances
        Of the log hidden count: between draws, of the median; within draws; within draws by chance
        alone. ``None`` where they cannot be told.
    observed
        Least, median and most people observed over all draws.
    refused
        Draws without a figure, of those used.
    used, tables
        Draws used; how many different tables all draws gave.
    """

    posterior: ConsensusPosterior
    estimate: Estimate
    likely: Interval
    variances: tuple[float, float, float] | None
    observed: tuple[int, int, int]
    refused: int
    used: int
    tables: int


def consensus_over_draws(
    tables: Sequence[OverlapTable],
    consensus: Consensus | None = None,
    *,
    first: int = 0,
    most: int = DRAWS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> OverDraws:
    """Average the consensus over linkage draws.

    Parameters
    ----------
    tables
        One overlap table per draw, all of the same lists in one order.
    consensus
        Its settings.
    first
        A draw that takes part in any case, and whose table speaks for what is no posterior.
    most
        Draws used: as many of all, evenly spaced.
    seed
        Root seed.
    threads
        Tables at a time; the result does not depend on it.
    progress
        Called with (tables done, tables in all).

    Raises
    ------
    InputError
        Without a table.
    Refusal
        Where more than a fifth of the draws carry no figure: the commonest reason.

    Examples
    --------
    >>> a = OverlapTable.from_histories(["x", "y", "z"], [0, 60, 40, 20, 30, 12, 9, 6])
    >>> b = OverlapTable.from_histories(["x", "y", "z"], [0, 62, 42, 18, 31, 11, 9, 6])
    >>> both = consensus_over_draws([a, b])
    >>> alone = [Consensus().estimate(t).point for t in (a, b)]
    >>> min(alone) < both.estimate.point < max(alone)
    True
    """
    if not tables:
        raise InputError("There is no table to estimate on.", fix="Give one a linkage draw.")
    consensus = consensus or Consensus()
    chosen = np.linspace(0, len(tables) - 1, min(most, len(tables))).round().astype(int)
    order = dict.fromkeys([first, *chosen.tolist()])
    keys = {d: tables[d].counts[1:].tobytes() for d in order}
    weights: dict[bytes, int] = {}
    different: dict[bytes, OverlapTable] = {}
    for d in order:
        weights[keys[d]] = weights.get(keys[d], 0) + 1
        different.setdefault(keys[d], tables[d])
    found = map_jobs(
        _one,
        [Job(f"consensus/{k.hex()}", (consensus, t, seed)) for k, t in different.items()],
        workers=threads,
        progress=progress,
    )
    pairs = list(zip(weights.values(), found, strict=True))
    good = [(w, f) for w, f in pairs if isinstance(f, ConsensusPosterior)]
    refused = sum(w for w, f in pairs if isinstance(f, Refusal))
    if refused > MOST_REFUSED * len(order):
        raise commonest([f for w, f in pairs if isinstance(f, Refusal) for _ in range(w)])
    shares = [w / len(order) for w, _ in good]
    posteriors = [p for _, p in good]
    grid = _common([p.pool for p in posteriors])
    pool = mixture([p.pool for p in posteriors], shares, grid, endless=refused / len(order))
    averaged = [(s, p.averaged) for s, p in zip(shares, posteriors, strict=True)]
    some = [(s, a) for s, a in averaged if a is not None]
    whole = replace(
        posteriors[0],
        pool=pool,
        graphs=mixture([p.graphs for p in posteriors], shares, grid),
        shrinkage=mixture([p.shrinkage for p in posteriors], shares, grid),
        homogeneous=mixture([p.homogeneous for p in posteriors], shares, grid),
        averaged=mixture([a for _, a in some], [s for s, _ in some], grid) if some else None,
        p_homogeneous=float(np.average([p.p_homogeneous for p in posteriors], weights=shares)),
        caveats=_caveats(good, refused, len(order)),
    )
    n = sorted(t.n for t in tables)
    observed = (n[0], n[len(n) // 2], n[-1])
    everywhere = len({t.counts[1:].tobytes() for t in tables})
    ranges = consensus.over([p for w, p in good for _ in range(w)])
    dressed = consensus.dress(whole, seed)
    return OverDraws(
        whole,
        replace(
            dressed,
            observed=observed[1],
            point=ranges.point,
            interval=ranges.interval,
            caveats=(*whole.caveats, *ranges.caveats),
            draws_are="pool" if dressed.draws is not None else None,
            diagnostics={
                **dressed.diagnostics,
                "likely": ranges.likely.to_dict(),
                "likely_learned": ranges.learned,
                "tails": [
                    pool.below(ranges.interval.lower),
                    1.0 - pool.below(ranges.interval.upper),
                ],
                "linkage_draws": len(tables),
                "linkage_draws_used": len(order),
                "different_tables": everywhere,
                "refused_draws": refused,
                "observed_range": [observed[0], observed[2]],
            },
        ),
        ranges.likely,
        _variances(posteriors, shares),
        observed,
        refused,
        len(order),
        everywhere,
    )


def _one(consensus: Consensus, table: OverlapTable, seed: int) -> ConsensusPosterior | Refusal:
    try:
        return consensus.posterior(table, seed=seed)
    except Refusal as refusal:
        return refusal


def _common(members: Sequence[GridPosterior]) -> tuple[int, NDArray[np.float64]]:
    """People below whom nobody puts the population, and a grid as fine as the finest of them."""
    n = min(m.n for m in members)
    step = min(float(m.y[1] - m.y[0]) for m in members)
    # The odds of the grid are for n; a member with more people observed reaches further.
    low = min(float(m.y[0]) for m in members)
    high = max(math.log(float(m.population[-1]) / n - 1.0) for m in members)
    step = max(step, (high - low) / _MOST_POINTS)
    return n, OddsGrid(math.exp(low), math.exp(high), step).values()


def mixture(
    members: Sequence[GridPosterior],
    weights: Sequence[float],
    grid: tuple[int, NDArray[np.float64]],
    *,
    endless: float = 0.0,
) -> GridPosterior:
    """Average posteriors of tables with different numbers of people observed.

    Parameters
    ----------
    members, weights
        Posteriors and their shares.
    grid
        People observed, at most the fewest of any member, and values of log(n0 / n) for them.
    endless
        Share that has no bound: it stands at the end of the grid.

    Notes
    -----
    Each member's mass is spread evenly over its cells, as in `GridPosterior.quantile`, and moved cell
    by cell: what it puts between two populations stays between them.
    """
    n, y = grid
    step = float(y[1] - y[0])
    edges = np.concatenate((y - step / 2.0, [y[-1] + step / 2.0]))
    edges[0], edges[-1] = -math.inf, math.inf
    population = n * (1.0 + np.exp(edges))
    mass = np.zeros(y.size)
    for member, weight in zip(members, weights, strict=True):
        own = float(member.y[1] - member.y[0])
        cells = np.concatenate((member.y - own / 2.0, [member.y[-1] + own / 2.0]))
        total = np.concatenate(([0.0], np.cumsum(member.mass)))
        odds = np.maximum(population / member.n - 1.0, 1e-300)
        below = np.interp(np.log(odds), cells, total, left=0.0, right=float(total[-1]))
        mass += weight * np.diff(below)
    mass[-1] += endless
    return GridPosterior(n, y, mass / mass.sum())


def _variances(
    posteriors: Sequence[ConsensusPosterior], shares: Sequence[float]
) -> tuple[float, float, float] | None:
    logs, within, chance = [], [], []
    for p in posteriors:
        mean = float(p.pool.mass @ p.pool.y)
        within.append(float(p.pool.mass @ (p.pool.y - mean) ** 2))
        logs.append(math.log(max(p.pool.median - p.pool.n, 0.1)))
        if not math.isfinite(p.chance):
            return None
        chance.append(p.chance)
    middle = float(np.average(logs, weights=shares))
    between = float(np.average((np.array(logs) - middle) ** 2, weights=shares))
    inside, alone = (float(np.average(v, weights=shares)) for v in (within, chance))
    return between, inside, min(alone, inside)


def commonest(refusals: Sequence[Refusal]) -> Refusal:
    """Why most of many draws carry no figure, as one refusal."""
    names = [type(r).__name__ for r in refusals]
    most = max(sorted(set(names)), key=names.count)
    first = next(r for r in refusals if type(r).__name__ == most)
    return type(first)(
        note("pooling.draws.none", draws=Number(len(refusals), "draws"), why=why(first)),
        fix=first.advice,
    )


def _caveats(
    good: Sequence[tuple[int, ConsensusPosterior]], refused: int, draws: int
) -> tuple[Note, ...]:
    """Keep what was said of more than a tenth of the tables."""
    said: dict[Note, int] = {}
    for weight, posterior in good:
        for caveat in posterior.caveats:
            caveat = caveat.map(lambda number: number.as_written)
            said[caveat] = said.get(caveat, 0) + weight
    out = [c for c, k in said.items() if k > 0.1 * draws]
    if refused:
        out.append(
            note(
                "pooling.draws.endless",
                refused=Number(refused, "draws"),
                draws=Number(draws, "draws"),
            )
        )
    return tuple(out)
