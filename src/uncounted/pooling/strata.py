"""Strata: an estimate for each, a total that is the sum of its parts, and nobody dropped.

Two figures stand side by side for every stratum: *with strength borrowed* (list effects and pair
interactions of the strata pull towards what they share, see `estimators.hierarchical`) and *alone*
(any estimator on the stratum's own table). People whose label is missing are put into strata by
draws, with N (Manrique-Vallier, Ball & Sulmont 2019, arXiv 1906.04763).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import CensoredTable
from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note, series, why
from uncounted.core.protocols import Estimator
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import InputError, Refusal, TableError
from uncounted.estimators.censored import estimate_ranges
from uncounted.estimators.completions import expected_table
from uncounted.estimators.hierarchical import PooledDraws, PoolingPrior, sample_strata
from uncounted.pooling.imputations import combine_estimates
from uncounted.pooling.strata_parts import Parts, at_least, check, split
from uncounted.published.accept import TableLike, as_any_table

__all__ = ["StrataEstimate", "StratumRow", "estimate_strata"]

_MISSING = ("unknown",)
_SETS = 10


@dataclass(frozen=True, slots=True)
class StratumRow:
    """One stratum.

    Parameters
    ----------
    stratum
        Its name.
    observed
        People observed with this label.
    overlap
        Of these, people on two lists or more.
    cannot_see
        Lists declared unable to see it (structural zeros).
    borrowed
        Estimate with strength borrowed from the other strata.
    alone
        Estimate from the stratum's own table; ``point`` is ``None`` and ``refused`` says why where
        its lists cannot carry a figure; ``None`` where none was asked for.
    """

    stratum: str
    observed: int
    overlap: int
    cannot_see: tuple[str, ...]
    borrowed: Estimate
    alone: Estimate | None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "stratum": self.stratum,
            "observed": self.observed,
            "overlap": self.overlap,
            "cannot_see": list(self.cannot_see),
            "borrowed": self.borrowed.to_dict(),
            "alone": None if self.alone is None else self.alone.to_dict(),
        }


@dataclass(frozen=True, slots=True, repr=False)
class StrataEstimate(Shown):
    """All strata and their total.

    Parameters
    ----------
    rows
        One per stratum with people in it, in the table's order.
    total
        Whole population, strength borrowed: every draw is the sum of one joint draw of the strata.
    total_alone
        Sum of the strata estimated alone, ``point`` ``None`` where one of them refuses; ``None``
        where none was asked for.
    draws
        Joint draws of N, shape (draws, strata): rows add up to ``total.draws``.
    unlabelled
        People observed whose label is missing; they are in every total.
    empty
        Strata in which nobody was observed: about them nothing is said, and no total holds them.
    prior
        The prior and what the data made of it.
    caveats
        What must travel with the figures.

    Examples
    --------
    >>> import uncounted as uc
    >>> cells = np.array([[0, 40, 50, 12, 30, 9, 8, 3], [0, 9, 14, 3, 6, 2, 1, 1]])
    >>> table = uc.OverlapTable(("A", "B", "C"), cells, ("women", "men"))
    >>> found = uc.estimate_strata(table, draws=400)
    >>> [(row["stratum"], row["observed"]) for row in found.to_rows()]
    [('women', 152), ('men', 36), ('all', 188)]
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {"stratum": "text", "from": "text", **Estimate.COLUMNS}

    rows: tuple[StratumRow, ...]
    total: Estimate
    total_alone: Estimate | None
    draws: NDArray[np.float64]
    unlabelled: int
    empty: tuple[str, ...]
    prior: Note
    caveats: tuple[Note, ...] = ()

    def shares(self, *, level: float = 0.95) -> tuple[tuple[str, float, float, float], ...]:
        """Share of each stratum in the total: (name, median, lower, upper)."""
        part = self.draws / self.draws.sum(axis=1, keepdims=True)
        out = []
        for k, row in enumerate(self.rows):
            median, ends = summarise_draws(part[:, k], level=level)
            out.append((row.stratum, median, ends.lower, ends.upper))
        return tuple(out)

    def to_rows(self) -> list[dict[str, Cell]]:
        """Each stratum, then all: strength borrowed, and alone where that was asked for."""
        out = []
        parts = [(r.stratum, r.borrowed, r.alone) for r in self.rows]
        for stratum, borrowed, alone in (*parts, ("all", self.total, self.total_alone)):
            for how, e in (("strength borrowed", borrowed), ("alone", alone)):
                if e is not None:
                    out.append({"stratum": stratum, "from": how, **e.to_rows()[0]})
        return out

    def caption(self) -> str:
        """Say how many strata and people."""
        return str(
            note(
                "pooling.caption.strata",
                strata=Number(len(self.rows), "number"),
                observed=Number(self.total.observed, "people", of="observed"),
            )
        )

    def sayings(self) -> tuple[str, ...]:
        """Give the prior, then the caveats."""
        return tuple(map(str, (self.prior, *self.caveats)))

    def draw_sets(self) -> dict[str, NDArray[np.float64]]:
        """Joint draws of N by stratum."""
        return {row.stratum: self.draws[:, k] for k, row in enumerate(self.rows)}

    def to_dict(self) -> JSONObject:
        """JSON form; draws stay out."""
        return {
            "strata": [row.to_dict() for row in self.rows],
            "total": self.total.to_dict(),
            "total_alone": None if self.total_alone is None else self.total_alone.to_dict(),
            "unlabelled": self.unlabelled,
            "empty": list(self.empty),
            "prior": str(self.prior),
            "caveats": [str(c) for c in self.caveats],
            "notes": [c.to_dict() for c in self.caveats],
        }


def estimate_strata(
    table: TableLike | CensoredTable,
    *,
    alone: Estimator | None = None,
    prior: PoolingPrior | None = None,
    missing: Sequence[str] = _MISSING,
    level: float = 0.95,
    draws: int = 4000,
    seed: int = 0,
) -> StrataEstimate:
    """Estimate each stratum and the total.

    Parameters
    ----------
    table
        A table, data frame or file with two strata or more. Lists declared unable to see a stratum (structural zeros)
        take no part in it. Counts may be ranges, as agencies publish them; sums of histories may not.
    alone
        Estimator of each stratum by itself, shown beside; none by default.
    prior
        Settings of the hierarchical prior.
    missing
        Names of strata that mean "label missing" (any case): their people are put into the other
        strata by draws, assuming that among people with one capture history the label is missing
        as often in every stratum.
    level
        Nominal coverage.
    draws
        Draws.
    seed
        Root seed.

    Returns
    -------
    StrataEstimate

    Raises
    ------
    InputError
        If the table has fewer than two strata.
    NotSupported
        If some stratum is seen by fewer than two lists, where a stratum with hidden counts has sums of
        histories, or where labels are missing and those counts are hidden.
    NoFiniteEstimate
        If nobody in any stratum is on two lists.
    NotConverged
        If the chains disagree.

    Examples
    --------
    >>> cells = np.array([[0, 40, 50, 12, 30, 9, 8, 3], [0, 9, 14, 3, 6, 2, 1, 1]])
    >>> table = OverlapTable(("A", "B", "C"), cells, ("women", "men"))
    >>> found = estimate_strata(table, draws=400)
    >>> bool((found.draws.sum(axis=1) == found.total.draws).all())
    True
    """
    prior = prior or PoolingPrior()
    given = as_any_table(table)
    table = expected_table(given) if isinstance(given, CensoredTable) else given
    if not 0 < level < 1 or draws < 40:
        raise InputError(
            "The level lies between 0 and 1, and at least 40 draws are needed.",
            fix="Leave them at their defaults.",
        )
    parts = split(given, missing)
    check(table, parts)
    drawn = sample_strata(
        parts.known,
        parts.sees,
        parts.unknown,
        prior=prior,
        draws=draws,
        sets=_SETS if parts.unlabelled else 1,
        seed=seed,
        name=table.name,
        most=parts.most,
    )
    base = parts.known[:, 1:].sum(axis=1)
    joint = base + drawn.filled + drawn.beyond + drawn.hidden
    joint = joint[at_least(joint, parts, stream(seed, f"strata/totals/{table.name}"))]
    rows = []
    for k, name in enumerate(parts.names):
        rows.append(_row(table, parts, drawn, joint, k, name, level))
    total = _estimate("strata", table.n, joint.sum(axis=1), level, ())
    caveats = list(_caveats(parts, rows))
    total = replace(total, caveats=tuple(caveats), diagnostics=_diagnostics(drawn, prior))
    total_alone = None
    if alone is not None:
        rows = [
            replace(row, alone=_alone(table, parts, drawn, k, alone, seed, level))
            for k, row in enumerate(rows)
        ]
        total_alone = _add([r.alone for r in rows], table, rows, level, draws, seed)
    return StrataEstimate(
        tuple(rows),
        total,
        total_alone,
        joint,
        parts.unlabelled,
        parts.empty,
        _told(parts, drawn, prior),
        tuple(caveats),
    )


def _row(
    table: OverlapTable,
    parts: Parts,
    drawn: PooledDraws,
    joint: NDArray[np.float64],
    k: int,
    name: str,
    level: float,
) -> StratumRow:
    bits = np.bitwise_count(np.arange(parts.known.shape[1], dtype=np.uint32))
    observed = int(parts.known[k].sum())
    overlap = int(parts.known[k][bits > 1].sum())
    caveats = list(parts.told(k))
    if overlap == 0:
        caveats.append(note("pooling.stratum.no-overlap", stratum=name))
    elif overlap < 10:
        caveats.append(
            note(
                "pooling.stratum.few",
                shared=Number(overlap, "people", of=f"shared of {name}"),
                stratum=name,
            )
        )
    if parts.unlabelled:
        low, high = np.quantile(drawn.filled[:, k], [(1 - level) / 2, (1 + level) / 2])
        caveats.append(
            note(
                "pooling.stratum.filled",
                low=Number(float(low), "people", of=f"unlabelled of {name}"),
                high=Number(float(high), "people", of=f"unlabelled of {name}"),
            )
        )
    estimate = _estimate("strata", observed, joint[:, k], level, tuple(caveats))
    diagnostics = drawn.reports[k].to_dict() if k < len(drawn.reports) else {}
    return StratumRow(
        name,
        observed,
        overlap,
        tuple(x for x, ok in zip(table.lists, parts.sees[k], strict=True) if not ok),
        replace(estimate, diagnostics=diagnostics),
        None,
    )


def _estimate(
    method: str,
    observed: int,
    draws: NDArray[np.float64],
    level: float,
    caveats: tuple[Note, ...],
) -> Estimate:
    median, interval = summarise_draws(draws, level=level)
    return Estimate(
        method, observed, median, interval, draws, draws_are="posterior", caveats=caveats
    )


def _alone(
    table: OverlapTable,
    parts: Parts,
    drawn: PooledDraws,
    k: int,
    estimator: Estimator,
    seed: int,
    level: float,
) -> Estimate:
    """Estimate one stratum from its own counts, over completed sets where labels are missing."""
    own = parts.own(k)
    if own is not None and own.censored:
        try:
            return estimate_ranges(estimator, "alone", own, seed=seed)
        except (Refusal, TableError) as refusal:
            return Estimate("alone", int(parts.known[k].sum()), None, refused=why(refusal))
    seen = [i for i in range(table.t) if parts.sees[k, i]]
    found = []
    sets = drawn.completed if parts.unlabelled else drawn.completed[:1]
    for counts in sets:
        single = OverlapTable.from_histories(
            table.lists, counts[k], name=f"{table.name}/{parts.names[k]}"
        ).keep(seen)
        full = [i for i, size in enumerate(single.list_sizes) if size > 0]
        observed = int(counts[k].sum())
        if len(full) < 2:
            return Estimate("alone", observed, None, refused=note("pooling.stratum.few-lists"))
        try:
            got = estimator.estimate(single.keep(full), seed=seed)
        except (Refusal, TableError) as refusal:
            return Estimate("alone", observed, None, refused=why(refusal))
        if got.point is None or not np.isfinite(got.point):
            return Estimate(
                got.method, observed, None, refused=got.refused or note("pooling.not-finite")
            )
        found.append(got)
    if len(found) == 1:
        return found[0]
    finite = [e for e in found if e.draws is not None and np.isfinite(e.draws).all()]
    if len(finite) < len(found):
        middle = sorted(found, key=lambda e: e.point or 0.0)[len(found) // 2]
        return replace(
            middle,
            interval=None,
            caveats=(
                *middle.caveats,
                note("pooling.stratum.no-draws"),
            ),
        )
    return combine_estimates(found, level=level, seed=seed).to_estimate()


def _add(
    parts: Sequence[Estimate | None],
    table: OverlapTable,
    rows: Sequence[StratumRow],
    level: float,
    draws: int,
    seed: int,
) -> Estimate:
    """Sum of strata estimated alone: draws are paired at random, since the strata are independent."""
    refused = [
        row.stratum for row, e in zip(rows, parts, strict=True) if e is None or e.point is None
    ]
    if refused:
        return Estimate(
            "strata-alone",
            table.n,
            None,
            refused=note("pooling.strata.no-sum", strata=_quoted(refused)),
        )
    point = float(sum(e.point for e in parts if e is not None and e.point is not None))
    total = np.zeros(draws)
    for row, e in zip(rows, parts, strict=True):
        if e is None or e.draws is None:
            return Estimate(
                "strata-alone",
                table.n,
                point,
                caveats=(note("pooling.strata.no-draws"),),
            )
        rng = stream(seed, f"strata/alone/{table.name}/{row.stratum}")
        total += e.draws[rng.integers(0, e.draws.size, draws)]
    interval = summarise_draws(total, level=level, kind="percentile")[1]
    return Estimate("strata-alone", table.n, point, interval, total, draws_are="pool")


def _quoted(names: Sequence[str]) -> str | Note:
    return series("words.comma", [note("words.quoted", name=n) for n in names])


def _caveats(parts: Parts, rows: Sequence[StratumRow]) -> list[Note]:
    out = [note("pooling.strata.borrow")]
    none = [r.stratum for r in rows if r.overlap == 0]
    if none:
        out.append(note("pooling.strata.none-shared", strata=_quoted(none)))
    if parts.empty:
        out.append(note("pooling.strata.empty", strata=_quoted(parts.empty)))
    if parts.unlabelled:
        share = parts.unlabelled / (parts.unlabelled + parts.known.sum())
        out.append(
            note(
                "pooling.strata.unlabelled",
                people=Number(parts.unlabelled, "people", of="unlabelled"),
                share=Number(float(share), "share", of="unlabelled"),
            )
        )
    if parts.sees.shape[1] == 2:
        out.append(note("pooling.strata.two-lists"))
    return out


def _diagnostics(drawn: PooledDraws, prior: PoolingPrior) -> JSONObject:
    return {
        "rhat": max((r.rhat for r in drawn.reports), default=None),
        "ess_bulk": min((r.ess_bulk for r in drawn.reports), default=None),
        "ess_tail": min((r.ess_tail for r in drawn.reports), default=None),
        "spreads": list(prior.spreads),
        "spread_weights": [float(w) for w in drawn.weights],
    }


def _told(parts: Parts, drawn: PooledDraws, prior: PoolingPrior) -> Note:
    if parts.sees.shape[1] < 3:
        return note("pooling.strata.prior-two", reach=Number(prior.main_sd))
    mean = float(np.asarray(prior.spreads) @ drawn.weights)
    return note(
        "pooling.strata.prior",
        pairs=Number(prior.pair_sd),
        mean=Number(mean, digits=2),
        reach=Number(prior.main_sd),
        spreads=series("words.comma", [f"{s:g}" for s in prior.spreads]),
    )
