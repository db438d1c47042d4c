"""Log-linear estimators: a named model, all pairs, stepwise, best BIC or AIC, BIC averaging."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note, why
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import NoFiniteEstimate, NotIdentifiable, Refusal
from uncounted.estimators import _intervals, _selection
from uncounted.estimators import fits as _fits
from uncounted.estimators._limits import Limit, limit, refuse_limit
from uncounted.estimators._ready import LARGEST_RATIO, Ready, no_model, ready, refuse_large
from uncounted.estimators._roots import root_between
from uncounted.estimators._selection import Ranking
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.fits import NO_MAXIMUM, NOT_IDENTIFIABLE, ModelSet, Tables
from uncounted.estimators.hierarchy import Model, all_pairs, main_effects, parse, spell, write
from uncounted.kernels.special import normal_cdfs
from uncounted.published.accept import TableLike, as_table

__all__ = ["Averaged", "BestAIC", "BestBIC", "LogLinear", "Stepwise"]

Floats = NDArray[np.float64]
IntervalKind = Literal["auto", "bca", "percentile", "profile", "wald", "none"]
_MOST_MET = 0.5
"""Share of people met from which resamples of those met are known to vary too little."""


@dataclass(frozen=True, slots=True)
class Stepwise(HoldsSettings):
    """Pairs added one by one from main effects (Chan, Silverman & Vincent 2021).

    Parameters
    ----------
    p
        Threshold of the Poisson tail below which a pair joins; 0 gives main effects.
    """

    p: float = 0.02


@dataclass(frozen=True, slots=True)
class BestBIC(HoldsSettings):
    """The model of lowest BIC among all hierarchical models of an order.

    Parameters
    ----------
    max_order
        Lists in the largest interaction; ``None`` for 1, 2, 3, 3 with 2 to 5 lists and 2 beyond.
    top
        How many of the best models compete again in every resample; ``"all"`` for all of them.
    """

    max_order: int | None = None
    top: int | Literal["all"] = 20

    criterion = "bic"


@dataclass(frozen=True, slots=True)
class BestAIC(HoldsSettings):
    """The model of lowest AIC among all hierarchical models of an order; settings as `BestBIC`."""

    max_order: int | None = None
    top: int | Literal["all"] = 20

    criterion = "aic"


@dataclass(frozen=True, slots=True)
class Averaged(HoldsSettings):
    """All models that have an estimate, weighted by exp(-BIC / 2).

    N has a mixture distribution: given a model, log(N - n) is normal about its intercept with its
    standard error. Point and limits are quantiles of the mixture.

    Parameters
    ----------
    max_order
        As in `BestBIC`.
    """

    max_order: int | None = None


@dataclass(frozen=True, slots=True)
class LogLinear(HoldsSettings):
    """Extended maximum likelihood of a hierarchical log-linear model, chosen or named.

    Parameters
    ----------
    model
        ``"main"``, ``"all-pairs"``, a model such as ``"[12,13,4]"`` (list numbers or names), or a
        rule: `Stepwise`, `BestBIC`, `BestAIC`, `Averaged`.
    bootstrap
        Resamples in which the whole selection is repeated; 0 for none.
    interval
        The main interval. ``"auto"`` is ``"bca"`` with resamples and ``"profile"`` without.
    level
        Nominal coverage.
    threads
        Threads to use, ``None`` for all cores. Results do not depend on it.

    Notes
    -----
    Observed counts are Poisson with log mu_w = sum of alpha_theta over terms inside w, and N^ = n +
    exp(alpha_0) (Cormack 1992; Rivest & Baillargeon 2007). A term whose lists share nobody has
    alpha = -inf (Chan, Silverman & Vincent 2021, JASA 116:1297; Silverman, Chan & Vincent 2024, Stat.
    Comput. 34:44). Resamples are multinomial of size n, as published; one without a finite estimate
    counts as infinite and is reported. Where more than half of the people are on a list, that n is kept
    makes their intervals too narrow, which a caveat says.

    Examples
    --------
    >>> import uncounted as uc
    >>> table = uc.published.load("uk2013-5")
    >>> found = LogLinear(model=BestBIC(), bootstrap=0).estimate(table)
    >>> found.model, round(found.point)
    ('[123,25,34]', 25311)
    """

    model: str | Stepwise | BestBIC | BestAIC | Averaged = "main"
    bootstrap: int = 1000
    interval: IntervalKind = "auto"
    level: float = 0.95
    threads: int | None = None

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Estimate N.

        Parameters
        ----------
        table
            Counts by capture history.
        seed
            Root seed of the resamples.

        Raises
        ------
        NoFiniteEstimate
            If the likelihood has no finite maximum, or nobody is on two lists.
        NotIdentifiable
            If more than one population fits equally well.
        NotSupported
            If fewer than two lists hold people.
        """
        table = as_table(table)
        rule = self.model
        # A model that names its pairs is meant for the lists as they are, also inside each other.
        named = isinstance(rule, str) and rule != "main"
        case = ready(table, every_list=named)
        if isinstance(rule, Averaged):
            return _averaged(case, rule, self.level, self.threads, seed, table.lists)
        chosen = self._choose(case, table)
        refuse_large(case.n + chosen.hidden, case.n)
        return self._dress(case, chosen, table, seed)

    def _choose(self, case: Ready, table: OverlapTable) -> _Chosen:
        rule = self.model
        if isinstance(rule, (BestBIC, BestAIC)):
            return _best(case, rule, self.threads)
        if isinstance(rule, Stepwise):
            steps = _selection.stepwise(Tables.of(case.counts), case.t, rule.p)
            chosen = _fixed(case, steps.models[0])
            threshold = rule.p

            def again(tables: Tables, n: int) -> Floats:
                return _selection.stepwise(tables, case.t, threshold, threads=self.threads).hidden

            return chosen.repeated_by(again)
        if rule in ("main", "all-pairs"):
            model = main_effects(case.t) if rule == "main" else all_pairs(case.t)
            return _fixed(case, model, self.threads)
        assert isinstance(rule, str)
        given = parse(rule, table.lists)
        kept = set(case.order)
        inside = {case.from_given(s) for s in given if all(i in kept for i in _places(s))}
        return _fixed(case, tuple(sorted(inside, key=lambda s: (s.bit_count(), s))), self.threads)

    def _dress(self, case: Ready, chosen: _Chosen, table: OverlapTable, seed: int) -> Estimate:
        """Add intervals, diagnostics and caveats to a chosen model."""
        point = case.n + chosen.hidden
        caveats = [*case.caveats, *chosen.caveats]
        intervals: dict[str, Interval] = {
            "wald": _intervals.wald(case.n, chosen.hidden, chosen.variance, self.level)
        }
        diagnostics: JSONObject = dict(chosen.diagnostics)
        if self.bootstrap > 0 and self.interval != "none":
            _fits.load_kernel()
        if self.interval != "none":
            middle, lower, upper = chosen.profile(case.counts, self.level)
            intervals["profile"] = Interval("profile", self.level, lower, upper)
            diagnostics["profile_point"] = middle
        draws = None
        if self.bootstrap > 0 and self.interval != "none":
            draws = self._resamples(case, chosen, seed, intervals, diagnostics, caveats)
        infinite = [
            spell((case.to_given(term),), table.lists)
            for term in chosen.model
            if term.bit_count() > 1 and _empty(case.counts, term)
        ]
        if infinite:
            diagnostics["at_minus_infinity"] = infinite
        diagnostics["intervals"] = [i.to_dict() for i in intervals.values()]
        kind = self.interval
        if kind == "auto":
            kind = "bca" if draws is not None else "profile"
        if kind == "bca" and "bca" not in intervals and "percentile" in intervals:
            kind = "percentile"
        interval = intervals.get(kind)
        if kind in ("bca", "percentile") and case.n > _MOST_MET * point:
            likely = intervals["profile"]
            caveats.append(
                note(
                    "estimators.resamples.narrow",
                    hundredth=Number(round(100 * case.n / point)),
                    lower=Number(likely.lower, "estimate"),
                    upper=Number(likely.upper, "estimate")
                    if likely.bounded
                    else note("number.any"),
                )
            )
        if interval is not None and not math.isfinite(interval.upper):
            caveats.append(note("estimators.unbounded"))
        return Estimate(
            method=_name(self.model),
            observed=case.observed,
            point=point,
            interval=interval,
            draws=draws,
            draws_are=None if draws is None else "resamples",
            standard_error=math.sqrt(chosen.hidden + chosen.hidden**2 * chosen.variance),
            model=write(_given(case, chosen.model), table.t),
            model_in_names=spell(_given(case, chosen.model), table.lists),
            bic=chosen.bic,
            aic=chosen.aic,
            deviance=chosen.deviance,
            caveats=tuple(caveats),
            diagnostics=diagnostics,
        )

    def _resamples(
        self,
        case: Ready,
        chosen: _Chosen,
        seed: int,
        intervals: dict[str, Interval],
        diagnostics: dict[str, Any],
        caveats: list[Note],
    ) -> Floats:
        rng = stream(seed, "bootstrap")
        drawn = _intervals.resample(case.counts, self.bootstrap, rng)
        draws = case.n + chosen.repeat(Tables.of(drawn), case.n)
        draws[draws > LARGEST_RATIO * case.n] = np.inf
        left, weights = _intervals.without_one(case.counts)
        left_out = case.n - 1 + chosen.repeat(Tables.of(left), case.n - 1)
        point = case.n + chosen.hidden
        endless = int(np.isinf(draws).sum())
        diagnostics["bootstrap"] = {
            "resamples": self.bootstrap,
            "without_finite_estimate": endless,
            "seed": seed,
        }
        if endless:
            caveats.append(
                note(
                    "estimators.resamples.endless",
                    endless=Number(endless, "resamples"),
                    resamples=Number(self.bootstrap, "resamples"),
                )
            )
        intervals["percentile"] = _intervals.percentile(draws, case.n, self.level)
        numbers = _intervals.bca_numbers(point, draws, left_out, weights)
        if numbers is None:
            caveats.append(note("estimators.resamples.percentile"))
        else:
            intervals["bca"] = _intervals.bca(draws, numbers, case.n, self.level)
            diagnostics["bootstrap"] |= {"z0": numbers.z0, "acceleration": numbers.a}
            inner = _intervals.bca(draws, numbers, case.n, 0.80)
            diagnostics["bca_80"] = [inner.lower, inner.upper]
        return np.asarray(draws)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A chosen model on the table, and how to choose again in other tables of the same lists."""

    model: Model
    hidden: float
    variance: float
    bic: float
    aic: float
    deviance: float
    repeat: Callable[[Tables, int], Floats]
    caveats: tuple[Note, ...]
    diagnostics: dict[str, Any]
    limit: Limit | None = None

    def repeated_by(self, again: Callable[[Tables, int], Floats]) -> _Chosen:
        return replace(self, repeat=again)

    def profile(self, counts: NDArray[np.int64], level: float) -> tuple[float, float, float]:
        """Profile likelihood of N: maximum, lower and upper end."""
        if self.limit is not None:
            return self.limit.profile(counts, level)
        p = _intervals.profile(counts, [self.model], np.array([self.hidden]), level)
        return float(p.point[0]), float(p.lower[0]), float(p.upper[0])


def _fixed(case: Ready, model: Model, threads: int | None = 1) -> _Chosen:
    """One model, refitted as it is in every resample."""
    packed = _fits.pack([model])
    fits = _fits.fit(Tables.of(case.counts), packed)
    spelt = spell(_given(case, model), _names(case))
    if fits.status[0] == NO_MAXIMUM:
        return _at_limit(case, model, spelt)
    refuse_status(int(fits.status[0]), spelt)
    ranking = _selection.rank(case.counts, [model])

    def again(tables: Tables, n: int) -> Floats:
        size = len(tables)
        return _fits.fit(
            tables, packed, np.zeros(size, dtype=np.int64), np.arange(size),
            start=np.repeat(ranking.alpha, size, axis=0), tolerance=_fits.QUICK, threads=threads,
        ).hidden  # fmt: skip

    return _Chosen(
        model,
        float(ranking.hidden[0]),
        float(ranking.variance[0]),
        float(ranking.bic[0]),
        float(ranking.aic[0]),
        float(ranking.deviance[0]),
        again,
        (),
        {},
    )


def _at_limit(case: Ready, model: Model, spelt: str) -> _Chosen:
    """One model whose coefficients run to infinity, where people on no list have a limit."""
    found = limit(case.counts, model)
    if found.kind != "finite":
        refuse_limit(found, spelt, case.n)
    fit = found.fit(case.counts)

    def again(tables: Tables, n: int) -> Floats:
        hidden = np.full(len(tables), np.inf)
        known: dict[bytes, Limit] = {}
        for b, row in enumerate(tables.counts):
            # A resample has people in no cell that was empty, but may empty more.
            pattern = (row > 0).tobytes()
            if pattern not in known:
                known[pattern] = limit(row, model)
            if known[pattern].kind == "finite":
                hidden[b] = known[pattern].fit(row).hidden
        return hidden

    loglik = fit.loglik - _fits.log_factorials(case.counts)
    size = len(model) + 1
    return _Chosen(
        model, fit.hidden, fit.variance, -2.0 * loglik + size * math.log(case.n),
        -2.0 * loglik + 2.0 * size, fit.deviance, again,
        (note("estimators.loglinear.at-limit", model=spelt),),
        {"at_limit": True, "cells_in_likelihood": int(found.cells.sum()) - 1}, found,
    )  # fmt: skip


def _best(case: Ready, rule: BestBIC | BestAIC, threads: int | None) -> _Chosen:
    """Lowest criterion of all models, chosen again among the top ones in every resample."""
    ranking = _selection.rank_all(
        case.counts, case.t, max_order=rule.max_order, criterion=rule.criterion, threads=threads
    )
    kept = len(ranking.models.models)
    if kept == 0:
        raise no_model(ranking.tried)
    top = kept if rule.top == "all" else min(int(rule.top), kept)
    packed = ModelSet(
        ranking.models.models[:top], ranking.models.masks[:top], ranking.models.sizes[:top]
    )

    def again(tables: Tables, n: int) -> Floats:
        price = math.log(n) if rule.criterion == "bic" else 2.0
        return _fits.best_in_each(
            tables, packed, ranking.alpha[:top], price=price, threads=threads
        ).hidden

    caveats = []
    if ranking.searched:
        caveats.append(note("estimators.loglinear.searched", models=Number(ranking.tried)))
    return _Chosen(
        ranking.models.models[0],
        float(ranking.hidden[0]),
        float(ranking.variance[0]),
        float(ranking.bic[0]),
        float(ranking.aic[0]),
        float(ranking.deviance[0]),
        again,
        tuple(caveats),
        {
            "models_tried": ranking.tried,
            "models_with_estimate": kept,
            "models_in_resamples": top,
            "searched": ranking.searched,
            "next_best": _next_best(ranking, rule.criterion, case),
        },
    )


def _next_best(ranking: Ranking, criterion: str, case: Ready) -> list[JSONObject]:
    """Return the runners-up, whose figures tell how much the choice of model matters."""
    scores = ranking.bic if criterion == "bic" else ranking.aic
    return [
        {
            "model": write(_given(case, ranking.models.models[i]), max(case.order) + 1),
            "point": case.n + float(ranking.hidden[i]),
            criterion: float(scores[i]),
        }
        for i in range(1, min(10, len(scores)))
    ]


def _averaged(
    case: Ready,
    rule: Averaged,
    level: float,
    threads: int | None,
    seed: int,
    lists: tuple[str, ...],
) -> Estimate:
    ranking = _selection.rank_all(
        case.counts, case.t, max_order=rule.max_order, criterion="bic", threads=threads
    )
    if not len(ranking.models.models):
        raise no_model(ranking.tried)
    weights = np.exp(-(ranking.bic - ranking.bic[0]) / 2.0)
    weights /= weights.sum()
    heavy = weights > 1e-12
    weights, centre = weights[heavy] / weights[heavy].sum(), np.log(ranking.hidden[heavy])
    spread = np.sqrt(ranking.variance[heavy])

    light, every = weights < 1e-3 * weights.max(), np.ones(weights.size, dtype=np.bool_)

    def below(x: float, used: NDArray[np.bool_]) -> float:
        z = (x - centre[used]) / spread[used]
        return float((weights[used] * normal_cdfs(z)).sum())

    def quantile(q: float) -> float:
        # The heavy models alone first: all of them, often thousands, are then asked a few times.
        low, high = float((centre - 40 * spread).min()), float((centre + 40 * spread).max())
        share = q * float(weights[~light].sum())
        near = root_between(lambda x: below(x, ~light) - share, low, high, tolerance=1e-6)
        reach = 0.01
        while not below(near - reach, every) < q < below(near + reach, every):
            reach *= 4.0
        found = root_between(lambda x: below(x, every) - q, near - reach, near + reach)
        return case.n + math.exp(min(found, 700.0))

    tail = (1.0 - level) / 2.0
    point = quantile(0.5)
    refuse_large(point, case.n)
    lower, upper = quantile(tail), quantile(1.0 - tail)
    upper = upper if upper <= LARGEST_RATIO * case.n else math.inf
    rng = stream(seed, "averaged")
    picked = rng.choice(weights.size, size=4000, p=weights)
    log_hidden = centre[picked] + spread[picked] * rng.standard_normal(picked.size)
    draws = case.n + np.exp(np.minimum(log_hidden, 700.0))
    caveats = list(case.caveats)
    if ranking.searched:
        caveats.append(note("estimators.loglinear.searched", models=Number(ranking.tried)))
    return Estimate(
        method="averaged",
        observed=case.observed,
        point=point,
        interval=Interval("mixture", level, lower, upper),
        draws=draws,
        draws_are="mixture",
        model=None,
        caveats=tuple(caveats),
        diagnostics={
            "models_tried": ranking.tried,
            "models_with_estimate": len(ranking.models.models),
            "weight_of_best": float(weights[0]),
            "weighted_mean": case.n + float((weights * ranking.hidden[heavy]).sum()),
            "best_model": write(_given(case, ranking.models.models[0]), len(lists)),
        },
    )


def refuse_status(status: int, model: str) -> None:
    """Raise the refusal that a fit's status calls for.

    Parameters
    ----------
    status
        Of `uncounted.estimators.fits`.
    model
        The model in list names, for the message.
    """
    if status == NOT_IDENTIFIABLE:
        raise NotIdentifiable(
            note("estimators.loglinear.not-identifiable", model=model),
            fix=note("estimators.loglinear.not-identifiable.fix"),
        )
    if status == NO_MAXIMUM:
        raise NoFiniteEstimate(
            note("estimators.loglinear.no-maximum", model=model),
            fix=note("estimators.loglinear.no-maximum.fix"),
        )


def refusal(method: str, observed: int, refused: Refusal) -> Estimate:
    """Turn a refusal into an estimate without a figure, to stand beside others."""
    return Estimate(method=method, observed=observed, point=None, refused=why(refused, advise=True))


def _given(case: Ready, model: Model) -> Model:
    return tuple(sorted((case.to_given(s) for s in model), key=lambda s: (s.bit_count(), s)))


def _names(case: Ready) -> list[str]:
    """Names by place in the table given; places of lists left out stay empty."""
    names = [""] * (max(case.order) + 1)
    for name, place in zip(case.lists, case.order, strict=True):
        names[place] = name
    return names


def _places(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def _empty(counts: NDArray[np.int64], term: int) -> bool:
    masks = np.arange(1, counts.size)
    return not (counts[1:][(masks & term) == term] > 0).any()


def _name(rule: str | Stepwise | BestBIC | BestAIC | Averaged) -> str:
    if isinstance(rule, Stepwise):
        return "stepwise"
    if isinstance(rule, (BestBIC, BestAIC)):
        return rule.criterion
    if isinstance(rule, Averaged):
        return "averaged"
    return rule if rule in ("main", "all-pairs") else f"model:{rule}"
