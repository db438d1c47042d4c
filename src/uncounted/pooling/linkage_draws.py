"""One figure over linkage draws: estimate on each, mix the draws, say where the doubt comes from.

Linkage averaging (Sadinle 2018, arXiv:1812.09590): each draw of who is the same person gives an
overlap table; the estimator gives draws of N for it; all draws, equally weighted, are the answer.

Resamples keep the number of people met, n. Where most people are met, that leaves out much of what
chance did: with 72 of 100 met on one of four independent lists, 95% intervals from such resamples hold
N 85 times in 100 (`benchmarks/resampling_coverage.py`). So here the chance that n of N were met is put back: given the chance of not being
met, N - n is negative binomial with mean h and variance h (1 + h / n), h = n p0 / (1 - p0).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import pool_draws, summarise_draws
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note, whole_note, why
from uncounted.core.progress import Progress
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.engine.kept import Arrays, from_array, to_array
from uncounted.errors import (
    InputError,
    NoFiniteEstimate,
    NotConverged,
    NotIdentifiable,
    NotSupported,
    Refusal,
)
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.registry import MethodSettings, make
from uncounted.pooling.consensus_draws import (
    MOST_REFUSED,
    OverDraws,
    commonest,
    consensus_over_draws,
)
from uncounted.published.accept import TableLike, as_table

__all__ = ["HasTables", "Parts", "Pooled", "estimate_over_draws", "pooled_consensus"]

SIZE = 4000
PART = 25
"""Tables an interruption can cost."""
Keep = Callable[[str, Callable[[], Arrays]], Arrays]
"""Keeps the arrays of a named part, or finds them kept."""
OF_RESAMPLES = frozenset(
    {
        "estimators.resamples.narrow",
        "estimators.resamples.endless",
        "estimators.resamples.percentile",
        "estimators.resamples.without",
        "estimators.resamples.no-bound",
    }
)
"""What holds for the resamples of one table only: the pooled interval is not made of them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the doubt comes from: variances of the log hidden count.

    Parameters
    ----------
    linkage
        Between linkage draws, of the point estimate: who is the same person.
    model
        What choosing the model again in resamples adds to ``sampling``.
    sampling
        Mean within-draw variance under the chosen model: whom the lists happened to meet.
    """

    linkage: float
    model: float
    sampling: float

    def to_dict(self) -> dict[str, float]:
        """JSON form."""
        return {"linkage": self.linkage, "model": self.model, "sampling": self.sampling}

    @classmethod
    def from_dict(cls, made: Mapping[str, float]) -> Parts:
        """Read the JSON form back."""
        return cls(made["linkage"], made["model"], made["sampling"])

    def shares(self) -> dict[str, float]:
        """Each part's share of the sum, in ``[0, 1]``."""
        total = self.linkage + self.model + self.sampling
        return {k: v / total if total > 0 else 0.0 for k, v in self.to_dict().items()}


class HasTables(Protocol):
    """Whatever holds equally likely overlap tables, such as `uncounted.link`'s result."""

    def tables(self) -> Sequence[OverlapTable]:
        """One overlap table a draw."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Pooled(Shown):
    """The pooled figure and its parts.

    Parameters
    ----------
    estimate
        Point (median), interval (kind ``"pool"``) and draws over all linkage draws.
    parts
        Where the doubt comes from; ``None`` where it cannot be told.
    observed
        Least, median and most people observed over the linkage draws.
    refused
        Linkage draws without a figure.
    tables
        How many different tables the draws gave.

    Examples
    --------
    >>> import uncounted as uc
    >>> tables = [
    ...     uc.OverlapTable.from_histories(["x", "y"], {"10": 60 - k, "01": 40 - k, "11": 20 + k})
    ...     for k in (0, 1, 2)
    ... ]
    >>> found = uc.estimate_over_draws(tables, "main", resamples=50)
    >>> found.observed, found.tables, [row["part"] for row in found.doubt()]
    ((118, 119, 120), 3, ['linkage', 'model', 'sampling'])
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {
        **Estimate.COLUMNS,
        "observed_least": "count",
        "observed_most": "count",
        "refused_draws": "count",
        "different_tables": "count",
    }

    estimate: Estimate
    parts: Parts | None
    observed: tuple[int, int, int]
    refused: int
    tables: int

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the pooled figure and what the draws were."""
        return [
            {
                **self.estimate.to_rows()[0],
                "observed_least": self.observed[0],
                "observed_most": self.observed[2],
                "refused_draws": self.refused,
                "different_tables": self.tables,
            }
        ]

    def doubt(self) -> list[dict[str, Cell]]:
        """Where the doubt comes from: each part's share of the variance of the log hidden count."""
        if self.parts is None:
            return []
        return [{"part": part, "share": share} for part, share in self.parts.shares().items()]

    def caption(self) -> str:
        """Say how many tables were pooled."""
        return str(
            note(
                "pooling.caption.draws",
                tables=Number(self.tables, "number"),
                method=self.estimate.method,
            )
        )

    def sayings(self) -> tuple[str, ...]:
        """Caveats of the figure, then where the doubt comes from."""
        said = [str(c) for c in self.estimate.caveats]
        if self.parts is not None:
            share = self.parts.shares()
            told = note(
                "pooling.doubt.shares",
                linkage=Number(share["linkage"], "share"),
                model=Number(share["model"], "share"),
                sampling=Number(share["sampling"], "share"),
            )
            said.append(str(told))
        return tuple(said)

    def draw_sets(self) -> dict[str, NDArray[np.float64]]:
        """Draws of N over all tables."""
        return self.estimate.draw_sets()

    def to_arrays(self) -> Arrays:
        """Form in which a step keeps it."""
        draws = self.estimate.draws
        return {
            "pooled": to_array(
                {
                    "estimate": self.estimate.to_dict(),
                    "parts": None if self.parts is None else self.parts.to_dict(),
                    "observed": self.observed,
                    "refused": self.refused,
                    "tables": self.tables,
                }
            ),
            "draws": np.zeros(0) if draws is None else draws,
        }

    @classmethod
    def from_arrays(cls, kept: Arrays) -> Pooled:
        """Read what `to_arrays` gave."""
        made, draws = from_array(kept["pooled"]), kept["draws"]
        some = draws.size > 0
        low, median, high = made["observed"]
        return cls(
            Estimate.from_dict(made["estimate"], draws if some else None, "pool" if some else None),
            None if made["parts"] is None else Parts.from_dict(made["parts"]),
            (low, median, high),
            made["refused"],
            made["tables"],
        )


def estimate_over_draws(
    tables: HasTables | Sequence[TableLike],
    method: str = "bic",
    *,
    level: float = 0.95,
    resamples: int = 20,
    least: int = 0,
    max_order: int | None = 2,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Pooled:
    """Estimate N on every linkage draw and pool.

    Parameters
    ----------
    tables
        One overlap table per linkage draw, or what `uncounted.link` gives.
    method
        A name as on the command line, e.g. ``"bic"`` or ``"model:[12,3]"``. For ``"consensus"`` the
        posteriors of the draws are averaged (`consensus_over_draws`): no resamples.
    level
        Nominal coverage.
    resamples
        Resamples per different table.
    least
        Resamples of all tables together, at the least: where hardly anything is in doubt there are
        few different tables, and ends of an interval are not told by a few dozen resamples.
    max_order
        Lists in the largest interaction of the models tried; ``None`` for the method's own. Two
        keeps hundreds of tables quick.
    seed
        Root seed.
    threads
        Tables at a time; results do not depend on it.
    progress
        Called with (tables done, tables in all).
    keep
        Keeps what each 25 tables gave, so that an interrupted run goes on from there.

    Returns
    -------
    Pooled
        People in all: the figure, its interval and draws, and where the doubt comes from.

    Raises
    ------
    InputError
        Without a table, or with tables of different lists.
    Refusal
        Where more than a fifth of the draws carry no figure: the commonest reason.

    Examples
    --------
    >>> a = OverlapTable.from_histories(["x", "y"], {"10": 60, "01": 40, "11": 20})
    >>> b = OverlapTable.from_histories(["x", "y"], {"10": 59, "01": 39, "11": 21})
    >>> pooled = estimate_over_draws([a, b], "main", resamples=50)
    >>> 200 < pooled.estimate.point < 280, pooled.tables
    (True, 2)
    """
    drawn = [as_table(t) for t in (tables if isinstance(tables, Sequence) else tables.tables())]
    if not drawn or any(t.lists != drawn[0].lists for t in drawn):
        raise InputError(
            "The draws are tables of different lists."
            if drawn
            else "There is no table to estimate on.",
            fix="Give one overlap table a linkage draw, all of the same lists in one order.",
        )
    if method == "consensus":
        return pooled_consensus(
            consensus_over_draws(
                drawn, Consensus(level=level), seed=seed, threads=threads, progress=progress
            )
        )
    different: dict[bytes, OverlapTable] = {}
    keys = []
    for table in drawn:
        key = table.counts[1:].tobytes()
        keys.append(key)
        different.setdefault(key, table)
    each = max(resamples, math.ceil(least / len(different))) if resamples else 0
    settings = MethodSettings(level=level, bootstrap=each, max_order=max_order, threads=1)
    jobs = []
    for key, table in different.items():
        name = f"pooled/{key.hex()}"
        # Tables differ by a few people: with one seed for all, their resamples would be the same.
        own = seed if len(different) == 1 else int(stream(seed, name).integers(1 << 62))
        jobs.append(Job(name, (table, method, settings, own)))
    found = dict(zip(different, _all(jobs, threads, progress, keep), strict=True))
    per_draw = [found[key] for key in keys]
    good = [f for f in per_draw if f.estimate is not None]
    refused = len(per_draw) - len(good)
    if refused > MOST_REFUSED * len(per_draw):
        raise commonest([f.refusal for f in per_draw if f.refusal is not None])
    members = [f.draws if f.estimate is not None else np.array([np.inf]) for f in per_draw]
    rng = stream(seed, "pooled")
    pooled = pool_draws(members, size=max(SIZE, len(members)), rng=rng)
    if len(different) == 1 and good[0].estimate is not None and good[0].interval is not None:
        # certain linkage: the estimator's own interval is better than the plain quantiles
        median, interval = good[0].estimate.point, good[0].interval
    else:
        median, interval = summarise_draws(pooled, level=level, kind="pool")
    n = sorted(t.n for t in drawn)
    observed = (n[0], n[len(n) // 2], n[-1])
    return Pooled(
        Estimate(
            method=method,
            observed=observed[1],
            point=median,
            interval=interval,
            draws=pooled,
            draws_are="pool",
            model=_commonest_model(good),
            caveats=_caveats(good, refused, len(per_draw), interval),
            diagnostics={
                "linkage_draws": len(per_draw),
                "different_tables": len(different),
                "refused_draws": refused,
                "observed_range": [observed[0], observed[2]],
            },
        ),
        _parts(good),
        observed,
        refused,
        len(different),
    )


def pooled_consensus(found: OverDraws) -> Pooled:
    """Put the consensus over linkage draws as any other method's figure.

    Its doubt is told apart likewise: what is left within a draw beyond chance is not knowing how
    lists depend and how people differ.
    """
    parts = None
    if found.variances is not None:
        between, inside, chance = found.variances
        parts = Parts(between, max(inside - chance, 0.0), chance)
    return Pooled(found.estimate, parts, found.observed, found.refused, found.tables)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one table gave: an estimate with draws, or a refusal."""

    estimate: Estimate | None
    draws: NDArray[np.float64]
    sampling: float
    refusal: Refusal | None = None

    @property
    def interval(self) -> Interval | None:
        return None if self.estimate is None else self.estimate.interval


def _all(
    jobs: Sequence[Job],
    threads: int | None,
    progress: Progress | None,
    keep: Keep | None,
) -> list[_Found]:
    """Do all jobs, a part at a time where parts are kept."""
    if keep is None:
        return map_jobs(_one, jobs, workers=threads, progress=progress)
    found: list[_Found] = []
    for start in range(0, len(jobs), PART):

        def tell(done: int, total: int, start: int = start) -> None:
            if progress is not None:
                progress(start + done, len(jobs))

        def work(start: int = start) -> Arrays:
            some = jobs[start : start + PART]
            return _to_arrays(map_jobs(_one, some, workers=threads, progress=tell))

        found += _from_arrays(keep(f"tables-{start // PART:03d}", work))
        tell(min(PART, len(jobs) - start), len(jobs))
    return found


def _to_arrays(found: Sequence[_Found]) -> Arrays:
    rows = []
    for f in found:
        e, r = f.estimate, f.refusal
        rows.append(
            {
                "estimate": None if e is None else e.to_dict(),
                "refusal": None
                if r is None
                else [
                    type(r).__name__,
                    why(r).to_dict(),
                    None if r.advice == "" else whole_note(r.advice).to_dict(),
                ],
                "sampling": f.sampling,
            }
        )
    return {
        "rows": to_array(rows),
        "draws": np.concatenate([f.draws for f in found]) if found else np.zeros(0),
        "sizes": np.array([f.draws.size for f in found], dtype=np.int64),
    }


def _from_arrays(kept: Arrays) -> list[_Found]:
    ends = np.cumsum(kept["sizes"])
    out = []
    for row, end, size in zip(from_array(kept["rows"]), ends, kept["sizes"], strict=True):
        made, refusal = row["estimate"], None
        estimate = None if made is None else Estimate.from_dict(made)
        if row["refusal"] is not None:
            kind, said, fix = row["refusal"]
            refusal = _REFUSALS.get(kind, Refusal)(
                Note.from_dict(said), fix="" if fix is None else Note.from_dict(fix)
            )
        out.append(_Found(estimate, kept["draws"][end - size : end], row["sampling"], refusal))
    return out


_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind for kind in (NotIdentifiable, NoFiniteEstimate, NotConverged, NotSupported)
}


def _one(table: OverlapTable, method: str, settings: MethodSettings, seed: int) -> _Found:
    try:
        estimate = make(method, settings).estimate(table, seed=seed)
    except Refusal as refusal:
        return _Found(None, np.zeros(0), math.nan, refusal)
    if estimate.point is None or not math.isfinite(estimate.point):
        return _Found(
            None, np.zeros(0), math.nan, NoFiniteEstimate(note("pooling.draw.not-finite"))
        )
    hidden = max(estimate.point - estimate.observed, 0.1)
    error = estimate.standard_error
    spread = math.nan
    if error is not None and math.isfinite(error):
        spread = (error / hidden) ** 2
    draws = estimate.draws
    if draws is None or draws.size == 0:
        draws = _from_interval(estimate, hidden, spread, seed)
    elif estimate.draws_are == "resamples":
        rng = stream(seed, "pooled/met")
        draws = _met_by_chance(np.asarray(draws, dtype=np.float64), estimate.observed, rng)
        estimate = replace(estimate, interval=_wider(estimate, hidden))
    # What the method knows besides is of one table: nothing of it goes into the pooled figure.
    kept = replace(estimate, draws=None, draws_are=None, diagnostics={})
    return _Found(kept, np.asarray(draws, dtype=np.float64), spread)


def _met_by_chance(
    draws: NDArray[np.float64], n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the people not met anew, given each draw's chance of not being met."""
    out = draws.copy()
    some = np.isfinite(draws)
    out[some] = n + rng.poisson((draws[some] - n) * rng.gamma(n, 1.0 / n, int(some.sum())))
    return out


def _wider(estimate: Estimate, hidden: float) -> Interval | None:
    """Put the chance that n of N were met into an interval: on the log hidden count, 1 / h + 1 / n."""
    interval, n = estimate.interval, estimate.observed
    if interval is None:
        return None
    from scipy.special import ndtri

    met = float(ndtri(0.5 + interval.level / 2)) ** 2 * (1.0 / hidden + 1.0 / n)
    down = max(math.log(hidden / max(interval.lower - n, 0.1)), 0.0)
    lower = n + hidden * math.exp(-math.hypot(down, math.sqrt(met)))
    upper = interval.upper
    if interval.bounded:
        up = max(math.log(max(upper - n, 0.1) / hidden), 0.0)
        upper = n + hidden * math.exp(math.hypot(up, math.sqrt(met)))
    return replace(interval, lower=lower, upper=upper)


def _from_interval(
    estimate: Estimate, hidden: float, spread: float, seed: int
) -> NDArray[np.float64]:
    """Log-normal draws of the hidden count where a method gives an interval and no draws."""
    point = estimate.observed + hidden
    if math.isnan(spread):
        interval = estimate.interval
        if interval is None or not interval.bounded or interval.upper <= interval.lower:
            return np.array([point])
        from scipy.special import ndtri

        low = max(interval.lower - estimate.observed, 0.1)
        high = max(interval.upper - estimate.observed, low * 1.0001)
        spread = (math.log(high / low) / (2 * float(ndtri(0.5 + interval.level / 2)))) ** 2
    z = stream(seed, "pooled/log-normal").standard_normal(200)
    return np.asarray(estimate.observed + hidden * np.exp(math.sqrt(spread) * z))


def _parts(good: Sequence[_Found]) -> Parts | None:
    logs, sampling, whole = [], [], []
    for f in good:
        e = f.estimate
        assert e is not None and e.point is not None
        if math.isnan(f.sampling):
            return None
        logs.append(math.log(max(e.point - e.observed, 0.1)))
        sampling.append(f.sampling)
        finite = f.draws[np.isfinite(f.draws)]
        spread = (
            float(np.log(np.maximum(finite - e.observed, 0.1)).var()) if finite.size > 1 else 0.0
        )
        whole.append(spread)
    within = float(np.mean(sampling))
    return Parts(float(np.var(logs)), max(float(np.mean(whole)) - within, 0.0), within)


def _commonest_model(good: Sequence[_Found]) -> str | None:
    models = [f.estimate.model for f in good if f.estimate is not None and f.estimate.model]
    return max(sorted(set(models)), key=models.count) if models else None


def _caveats(
    good: Sequence[_Found], refused: int, draws: int, interval: Interval
) -> tuple[Note, ...]:
    seen: dict[Note, int] = {}
    for f in good:
        for caveat in f.estimate.caveats if f.estimate is not None else ():
            if caveat.code not in OF_RESAMPLES:
                said = caveat.map(lambda n: n.as_written)
                seen[said] = seen.get(said, 0) + 1
    out = [c for c, k in seen.items() if k > 0.1 * len(good)]
    if refused:
        out.append(
            note(
                "pooling.draws.endless",
                refused=Number(refused, "draws"),
                draws=Number(draws, "draws"),
            )
        )
    if not interval.bounded:
        out.append(note("estimators.unbounded"))
    return tuple(dict.fromkeys(out))
