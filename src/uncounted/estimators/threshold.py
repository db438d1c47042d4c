"""Bayesian thresholding of a log-linear model: `Threshold`, the method ``threshold``.

Silverman (2020, JRSS A 183:691, section 4): give every interaction of two lists a prior, keep those
whose posterior mean is at least two posterior standard deviations from zero, sample again with
those alone. The sampler is Hamiltonian Monte Carlo over several chains with diagnostics; the
posterior is log-concave, so there is one mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Estimate
from uncounted.core.notes import Number, note
from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.errors import InputError, NoFiniteEstimate, NotConverged, NotIdentifiable
from uncounted.estimators import existence
from uncounted.estimators._ready import Ready, ready, refuse_large
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.hierarchy import Model, all_pairs, main_effects, write
from uncounted.estimators.mcmc import ChainReport, report
from uncounted.kernels.threshold import Posterior, Whitening, log_posterior, run_hmc
from uncounted.published.accept import TableLike, as_table

__all__ = ["Threshold"]

Floats = NDArray[np.float64]

_STEPS = 200
_CLOSE = 0.1  # a ratio this near the threshold is told, with the figure of the other choice


@dataclass(frozen=True, slots=True)
class Threshold(HoldsSettings):
    """Interactions kept where the posterior is sure of them, the rest set to zero.

    Parameters
    ----------
    prior
        ``"proper"``: interactions ~ N(0, ``scale``^2). ``"improper"``: flat, after pairs of lists
        that share nobody are put at minus infinity; refuses where the posterior does not exist.
        The intercept and the main effects are always flat.
    scale
        Prior standard deviation of an interaction.
    threshold
        Interactions whose absolute posterior mean is at least this many standard deviations are
        kept.
    doubt
        Kept as well are those short of the threshold by at most this: no more than the ratio's
        own Monte Carlo error, and leaving out a dependence that is there does more harm.
    max_order
        2, or 3 to try, after the pairs, triples whose three pairs were all kept.
    chains, draws, warm_up
        Chains, draws kept from each, and draws thrown away before.
    rhat, ess
        The figure is given only with split R-hat below and effective draws of at least these.
    level
        Of the posterior interval.
    threads
        Chains run at a time; ``None`` for all cores. Results do not depend on it.

    Examples
    --------
    >>> from uncounted import published
    >>> e = Threshold().estimate(published.load("kosovo"), seed=1)
    >>> e.model, 13800 < e.point < 14150
    ('[12,13,14,23,34]', True)
    """

    prior: Literal["proper", "improper"] = "proper"
    scale: float = 1.0
    threshold: float = 2.0
    doubt: float = 0.05
    max_order: int = 2
    chains: int = 4
    draws: int = 5_000
    warm_up: int = 500
    rhat: float = 1.05
    ess: float = 400.0
    level: float = 0.95
    threads: int | None = None

    def __post_init__(self) -> None:
        """Refuse settings that make no sampler."""
        HoldsSettings.__post_init__(self)
        good = (
            self.prior in ("proper", "improper"),
            self.scale > 0,
            self.threshold >= 0,
            self.doubt >= 0,
            self.max_order in (2, 3),
            self.chains >= 2,
            self.draws >= 100,
            self.warm_up >= 50,
            self.rhat > 1,
            0 < self.level < 1,
        )
        if not all(good):
            raise InputError(
                "A setting of the threshold method is out of range.",
                fix="prior is proper or improper, max_order 2 or 3, scale above 0, 2 chains or "
                "more, 100 draws or more, 50 warm-up draws or more, rhat above 1.",
            )

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Sample, keep what stands out, sample again.

        Parameters
        ----------
        table
            Overlap table; strata are counted together.
        seed
            Root seed.

        Returns
        -------
        Estimate
            Median and central interval of ``N = n + exp(intercept)``; in the diagnostics the
            ratio of mean to standard deviation of every interaction tried.

        Raises
        ------
        NotSupported, NoFiniteEstimate, NotIdentifiable
            The lists do not overlap enough for the posterior to exist.
        NotConverged
            Too few effective draws.
        """
        table = as_table(table)
        data = ready(table)
        t = data.t
        pairs = tuple(m for m in all_pairs(t) if m.bit_count() == 2)
        gone: Model = ()
        if self.prior == "improper":
            gone = tuple(m for m in pairs if not _shared(data.counts, m))
        sampled = self._sample(data, gone, pairs, "pairs", seed)
        ratios = dict(sampled.ratios)
        kept = tuple(m for m in pairs if m not in gone and self._clear(ratios[m]))
        if self.max_order == 3:
            triples = _closed_triples(t, kept)
            if triples:
                tried = self._sample(data, gone, kept + triples, "triples", seed)
                ratios |= {m: tried.ratios[m] for m in triples if m in tried.ratios}
                kept += tuple(m for m in triples if self._clear(ratios.get(m, 0.0)))
        final = self._sample(data, gone, kept, "final", seed)
        found = report(final.population)
        if not found.settled(rhat=self.rhat, ess=self.ess):
            raise NotConverged(
                note(
                    "estimators.threshold.unsettled",
                    rhat=Number(found.rhat, digits=2),
                    effective=Number(min(found.ess_bulk, found.ess_tail), "draws"),
                ),
                fix=note("estimators.threshold.unsettled.fix"),
            )
        close = self._close_calls(data, gone, kept, ratios, seed)
        return self._result(data, gone, kept, ratios, final, found, close)

    def _clear(self, ratio: float) -> bool:
        """Whether an interaction is kept."""
        return ratio >= self.threshold - self.doubt

    def _close_calls(
        self, data: Ready, gone: Model, kept: Model, ratios: dict[int, float], seed: int
    ) -> dict[int, tuple[bool, float]]:
        """Interactions near the threshold: whether it is kept, and the median were it not so."""
        out: dict[int, tuple[bool, float]] = {}
        for m, ratio in sorted(ratios.items()):
            if abs(ratio - self.threshold) >= _CLOSE:
                continue
            if m in kept:
                other = tuple(k for k in kept if k & m != m)
            else:
                other = tuple(sorted((*kept, m), key=lambda k: (k.bit_count(), k)))
            sampled = self._sample(data, gone, other, f"close/{m}", seed)
            out[m] = (m in kept, float(np.median(sampled.population)))
        return out

    def _result(
        self,
        data: Ready,
        gone: Model,
        kept: Model,
        ratios: dict[int, float],
        final: _Sampled,
        found: ChainReport,
        close: dict[int, tuple[bool, float]],
    ) -> Estimate:
        draws = final.population.ravel()
        point, interval = summarise_draws(draws, level=self.level)
        refuse_large(point, data.n)
        caveats = list(data.caveats)
        for m, (without, other) in close.items():
            caveats.append(
                note(
                    "estimators.threshold.close-out"
                    if without
                    else "estimators.threshold.close-in",
                    within=Number(_CLOSE),
                    threshold=Number(self.threshold),
                    other=Number(other, "estimate"),
                    interaction=_name(m, data),
                )
            )
        given = sorted(data.to_given(m) for m in (*main_effects(data.t), *kept))
        return Estimate(
            method="threshold",
            observed=data.observed,
            point=point,
            interval=interval,
            draws=draws,
            draws_are="posterior",
            model=write(tuple(given), max(g.bit_length() for g in given)),
            caveats=tuple(caveats),
            diagnostics={
                **found.to_dict(),
                "prior": self.prior,
                "threshold": self.threshold,
                "ratios": {_name(m, data): r for m, r in sorted(ratios.items())},
                "close_calls": {_name(m, data): other for m, (_, other) in close.items()},
                "kept": [_name(m, data) for m in kept],
                "at_minus_infinity": [_name(m, data) for m in gone],
                "accepted": final.accepted,
            },
        )

    def _sample(
        self, data: Ready, gone: Model, interactions: Model, stage: str, seed: int
    ) -> _Sampled:
        """Posterior draws of one model."""
        live_terms = tuple(m for m in interactions if not any(g & m == g for g in gone))
        mains = main_effects(data.t)
        self._refuse(data, (*mains, *live_terms, *gone) if self.prior == "improper" else mains)
        terms = np.array((0, *mains, *live_terms), dtype=np.int64)
        flat = 1 + len(mains)
        precision = np.zeros(terms.size)
        if self.prior == "proper":
            precision[flat:] = self.scale**-2
        masks = np.arange(data.counts.size)
        live = np.ones(data.counts.size)
        live[0] = 0.0
        for g in gone:
            live[masks & g == g] = 0.0
        counts = np.where(live > 0, data.counts, 0).astype(np.float64)
        target = Posterior(counts, live, terms, precision)
        mode, curvature = _mode(target)
        factor = np.ascontiguousarray(np.linalg.inv(np.linalg.cholesky(curvature)).T)
        whitening = Whitening(mode, factor)

        def one(i: int) -> tuple[Floats, int]:
            rng = stream(seed, f"threshold/{stage}/{i}")
            out = np.empty((self.draws, terms.size))
            tally = np.zeros(2, dtype=np.int64)
            start = 1.5 * rng.standard_normal(terms.size)
            run_hmc(rng, target, whitening, start, self.warm_up, out, tally)
            return out, int(tally[0])

        jobs = [Job(f"threshold/{stage}/{i}", (i,)) for i in range(self.chains)]
        runs = map_jobs(one, jobs, workers=self.threads)
        alpha = np.array([r[0] for r in runs])
        if not np.isfinite(alpha).all():
            raise NoFiniteEstimate(
                note("estimators.threshold.no-scale"),
                fix=note("estimators.threshold.no-scale.fix"),
            )
        inner = alpha.reshape(-1, terms.size)
        ratio = np.abs(inner.mean(axis=0)) / inner.std(axis=0, ddof=1)
        return _Sampled(
            population=data.n + np.exp(np.minimum(alpha[:, :, 0], 700.0)),
            ratios={int(m): float(r) for m, r in zip(terms[flat:], ratio[flat:], strict=True)},
            accepted=sum(r[1] for r in runs) / (self.chains * self.draws),
        )

    def _refuse(self, data: Ready, model: Model) -> None:
        """Refuse unless the posterior is proper: exactly where the flat part of the model has an estimate."""
        found = existence.check(data.counts, tuple(sorted(model)))
        if not found.exists:
            raise NoFiniteEstimate(
                note("estimators.threshold.no-posterior"),
                fix=note("estimators.threshold.no-posterior.fix"),
            )
        if not found.identifiable:
            raise NotIdentifiable(
                note("estimators.threshold.not-identifiable"),
                fix=note("estimators.threshold.not-identifiable.fix"),
            )


@dataclass(frozen=True, slots=True, eq=False)
class _Sampled:
    """Draws of N (chains, draws), mean over sd of each interaction by mask, share accepted."""

    population: Floats
    ratios: dict[int, float]
    accepted: float


def _shared(counts: NDArray[np.int64], pair: int) -> int:
    masks = np.arange(counts.size)
    return int(counts[(masks & pair == pair) & (masks > 0)].sum())


def _closed_triples(t: int, pairs: Model) -> Model:
    """Triples of lists whose three pairs were all kept."""
    kept = set(pairs)
    out = []
    for mask in range(1 << t):
        if mask.bit_count() == 3:
            bits = [1 << i for i in range(t) if mask >> i & 1]
            if all(mask ^ b in kept for b in bits):
                out.append(mask)
    return tuple(out)


def _name(mask: int, data: Ready) -> str:
    """Write an interaction in list names."""
    return " × ".join(sorted(data.lists[i] for i in range(data.t) if mask >> i & 1))


def _mode(target: Posterior) -> tuple[Floats, Floats]:
    """Mode of the log posterior and the curvature there, by Newton steps that never go downhill."""
    counts, live, terms, precision = target
    t = counts.size.bit_length() - 1
    both = terms[:, None] | terms[None, :]
    alpha = np.zeros(terms.size)
    total = max(counts.sum(), 1.0)
    alpha[0] = np.log(total)
    for i in range(t):
        on = counts[(np.arange(counts.size) >> i & 1) == 1].sum()
        alpha[1 + i] = np.log(max(on, 0.5) / total)
    mu, gradient = np.empty(counts.size), np.empty(terms.size)
    value = log_posterior(target, alpha, mu, gradient)
    curvature = np.eye(terms.size)
    for _ in range(_STEPS):
        curvature = _information(live, terms, alpha, t)[both] + np.diag(precision)
        curvature[np.diag_indices_from(curvature)] *= 1.0 + 1e-12
        move = np.linalg.solve(curvature, gradient)
        gain = float(move @ gradient)
        if gain < 1e-10:
            return alpha, curvature
        scale = 1.0
        while scale > 1e-10:
            fresh = np.empty(terms.size)
            trial = alpha + scale * move
            better = log_posterior(target, trial, mu, fresh)
            if better >= value + 1e-4 * scale * gain:
                alpha, value, gradient = trial, better, fresh
                break
            scale *= 0.5
        else:
            return alpha, curvature
    raise NoFiniteEstimate(
        note("estimators.threshold.no-mode", steps=Number(_STEPS)),
        fix=note("estimators.use-another"),
    )


def _information(live: Floats, terms: NDArray[np.int64], alpha: Floats, t: int) -> Floats:
    """Sum of the means over cells that contain a mask, for every mask, shape (2**lists,)."""
    eta = np.zeros(live.size)
    eta[terms] = alpha
    for i in range(t):
        shaped = eta.reshape(-1, 2, 1 << i)
        shaped[:, 1] += shaped[:, 0]
    mu: Floats = np.where(live > 0, np.exp(np.minimum(eta, 700.0)), 0.0)
    for i in range(t):
        shaped = mu.reshape(-1, 2, 1 << i)
        shaped[:, 0] += shaped[:, 1]
    return mu
