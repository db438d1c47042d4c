"""Several strata at once: log-linear models whose list effects and pair interactions borrow strength.

In stratum s, over the lists that can see it, counts are Poisson with log mean

    a_s + sum over lists i in w of b_si + sum over pairs (i, j) in w of g_sij,

b_si ~ Normal(B_i, main_sd^2), g_sij ~ Normal(G_ij, spread^2), flat a_s, B_i ~ Normal(0, 5^2),
G_ij ~ Normal(0, pair_sd^2). The hidden count of a stratum is Poisson with mean exp(a_s). The spread
between strata is learnt from a grid of values, weighted by the Laplace evidence; at each value the
posterior is log-concave and drawn by Hamiltonian Monte Carlo preconditioned at its mode. Labels
that are missing are drawn along (data augmentation), missing at random given the capture history, and
so are counts known as ranges, as Poisson counts given their range.

Sources: Gelman et al., Bayesian Data Analysis, chapter 5 (partial pooling); Silverman (2020), JRSS
A 183:691 (Normal(0, 1) prior on interactions); Manrique-Vallier, Ball & Sulmont (2019, arXiv
1906.04763, labels and N sampled together); Neal (2011), MCMC using Hamiltonian dynamics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Number, note
from uncounted.engine.jobs import stream
from uncounted.errors import InputError, NotConverged
from uncounted.estimators.completions import poisson_within, truncated_mean
from uncounted.estimators.mcmc import ChainReport, report

__all__ = ["PooledDraws", "PoolingPrior", "sample_strata"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

_HYPER_SD = 5.0
_CHAINS = 4
_WARM = 250
_LEAPS = 8
_LEAST = 200
_SETTLED = 1.05
_LIGHT = 0.02


@dataclass(frozen=True, slots=True)
class PoolingPrior:
    """Settings of the hierarchical prior.

    Parameters
    ----------
    pair_sd
        Standard deviation of the interactions that the strata share, on the log scale.
    main_sd
        Standard deviation of a list's reach between strata, log odds.
    spreads
        Values the spread of interactions between strata may take, equally likely beforehand.
    """

    pair_sd: float = 1.0
    main_sd: float = 1.5
    spreads: tuple[float, ...] = (0.1, 0.2, 0.4, 0.8, 1.6)

    def __post_init__(self) -> None:
        """Check the settings."""
        values = (self.pair_sd, self.main_sd, *self.spreads)
        if not self.spreads or not all(math.isfinite(v) and v > 0 for v in values):
            raise InputError(
                "The prior's standard deviations are numbers above 0.",
                fix="Leave them at their defaults.",
            )


@dataclass(frozen=True, slots=True)
class PooledDraws:
    """Joint draws of the strata.

    Parameters
    ----------
    hidden
        People on no list, shape (draws, strata).
    filled
        People without a label that the draw puts into the stratum, shape (draws, strata).
    beyond
        People of counts known as ranges, beyond the least there can be, shape (draws, strata).
    completed
        A few completed sets of counts, shape (sets, strata, 2**lists); entry 0 of a row is 0.
    spread
        Spread of the interactions, shape (draws,).
    weights
        Posterior weight of each of the prior's spreads.
    reports
        Per stratum, chain diagnostics of log N at the heaviest spread.
    """

    hidden: Floats
    filled: Counts
    beyond: Counts
    completed: Counts
    spread: Floats
    weights: Floats
    reports: tuple[ChainReport, ...]


@dataclass(frozen=True, slots=True)
class _Model:
    """The parts of the likelihood that do not change.

    ``design`` (2**lists - 1, P) 0/1; ``cells`` (S, 2**lists - 1) and ``active`` (S, P) are 1 where
    the stratum has that cell or parameter; ``known`` (S, 2**lists - 1) counts with a label,
    ``unknown`` (2**lists - 1,) without; ``most`` (S, 2**lists - 1) largest counts, ``known`` where
    they are no ranges; ``sd`` (P - 1,) of parameters about the shared ones;
    ``shared_sd`` (P - 1,) of the shared ones about 0.
    """

    design: Floats
    cells: Floats
    active: Floats
    known: Floats
    unknown: Counts
    sd: Floats
    shared_sd: Floats
    most: Counts

    @property
    def strata(self) -> int:
        return int(self.known.shape[0])

    @property
    def ranged(self) -> bool:
        """Whether some count is a range."""
        return bool((self.most > self.known).any())

    @property
    def width(self) -> int:
        return int(self.design.shape[1])


def sample_strata(
    known: Counts,
    sees: Mask,
    unknown: Counts,
    *,
    prior: PoolingPrior,
    draws: int,
    sets: int,
    seed: int,
    name: str = "",
    most: Counts | None = None,
) -> PooledDraws:
    """Draw hidden counts and missing labels of all strata together.

    Parameters
    ----------
    known
        Counts by bit mask, shape (strata, 2**lists); entry 0 of a row is ignored.
    sees
        Which lists can see which stratum, shape (strata, lists).
    unknown
        Counts of people without a label, shape (2**lists,).
    prior
        Settings.
    draws
        Draws wanted.
    sets
        Completed sets of counts wanted (1 without missing labels).
    seed, name
        Root seed and the table's name.
    most
        Largest counts, shape (strata, 2**lists), where some are ranges; ``known`` then holds the least.

    Raises
    ------
    NotConverged
        If the chains disagree after a second, longer run.
    """
    pairs = 0 if sees.shape[1] < 3 else math.comb(sees.shape[1], 2)
    rng = stream(seed, f"strata/{name}")
    most = known if most is None else most
    models = [_model(known, most, sees, unknown, prior, s, pairs) for s in prior.spreads]
    if pairs == 0:
        models = models[:1]
    modes = [_mode(m) for m in models]
    evidence = np.array([m[2] for m in modes])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    kept = np.where(weights >= _LIGHT, weights, 0.0)
    kept /= kept.sum()
    share = np.round(kept * draws).astype(int)
    share[int(kept.argmax())] += draws - share.sum()
    parts = []
    reports: tuple[ChainReport, ...] = ()
    for k in np.argsort(-kept, kind="stable"):
        if share[k] == 0:
            continue
        run, told = _settled(models[k], modes[k][0], modes[k][1], int(share[k]), rng, seen=known)
        reports = reports or told
        parts.append((run, float(prior.spreads[k])))
    order = rng.permutation(draws)
    hidden = np.concatenate([p.hidden for p, _ in parts])[order]
    filled = np.concatenate([p.filled for p, _ in parts])[order]
    beyond = np.concatenate([p.beyond for p, _ in parts])[order]
    spread = np.concatenate([np.full(len(p.hidden), s) for p, s in parts])[order]
    cells = np.concatenate([p.cells for p, _ in parts])[order]
    completed = np.zeros((min(sets, draws), *known.shape), dtype=np.int64)
    completed[:, :, 1:] = known[:, 1:] + cells[: completed.shape[0]]
    full = np.zeros(len(prior.spreads))
    full[: weights.size] = weights
    return PooledDraws(hidden, filled, beyond, completed, spread, full, reports)


def _model(
    known: Counts,
    most: Counts,
    sees: Mask,
    unknown: Counts,
    prior: PoolingPrior,
    spread: float,
    pairs: int,
) -> _Model:
    t = sees.shape[1]
    masks = np.arange(1, 1 << t)
    on = (masks[:, None] >> np.arange(t)) & 1
    both = list(combinations(range(t), 2))[:pairs]
    columns = [np.ones(masks.size), *on.T, *(on[:, i] * on[:, j] for i, j in both)]
    active = np.stack(
        [np.ones(len(sees)), *sees.T, *(sees[:, i] & sees[:, j] for i, j in both)], axis=1
    )
    blind = ~sees @ (1 << np.arange(t))
    cells = (masks[None, :] & blind[:, None]) == 0
    sd = np.concatenate([np.full(t, prior.main_sd), np.full(pairs, spread)])
    shared = np.concatenate([np.full(t, _HYPER_SD), np.full(pairs, prior.pair_sd)])
    return _Model(
        np.stack(columns, axis=1).astype(np.float64),
        cells.astype(np.float64),
        active.astype(np.float64),
        known[:, 1:].astype(np.float64),
        unknown[1:].astype(np.int64),
        sd,
        shared,
        np.where(cells, most[:, 1:], known[:, 1:]).astype(np.int64),
    )


def _means(model: _Model, theta: Floats) -> Floats:
    """Cell means, shape (..., strata, cells); ``theta`` (..., strata, P)."""
    return np.asarray(np.exp(np.minimum(theta @ model.design.T, 300.0)) * model.cells)


def _log_posterior(model: _Model, theta: Floats, shared: Floats, counts: Floats) -> Floats:
    """Log posterior of completed counts, up to a constant; leading axes run over chains."""
    eta = np.minimum(theta @ model.design.T, 300.0)
    likelihood = ((counts * eta - np.exp(eta)) * model.cells).sum(axis=(-1, -2))
    off = (theta[..., 1:] - shared[..., None, :]) / model.sd
    loose = theta * (1 - model.active)
    return np.asarray(
        likelihood
        - 0.5 * (off**2 * model.active[:, 1:]).sum(axis=(-1, -2))
        - 0.5 * (loose**2).sum(axis=(-1, -2))
        - 0.5 * ((shared / model.shared_sd) ** 2).sum(axis=-1)
    )


def _gradient(
    model: _Model, theta: Floats, shared: Floats, counts: Floats
) -> tuple[Floats, Floats]:
    pull = (theta[..., 1:] - shared[..., None, :]) / model.sd**2 * model.active[:, 1:]
    by_theta = ((counts - _means(model, theta)) * model.cells) @ model.design * model.active
    by_theta = by_theta - theta * (1 - model.active)
    by_theta[..., 1:] -= pull
    by_shared = pull.sum(axis=-2) - shared / model.shared_sd**2
    return by_theta, by_shared


def _precision(model: _Model, theta: Floats, *, given: bool = False) -> Floats:
    """Negative Hessian over (strata * P parameters, then the shared ones).

    ``given``: that of the likelihood of the ranges, not of the counts they hide.
    """
    s, p = model.strata, model.width
    mu = _means(model, theta)
    if given and model.ranged:
        free, low, high = _free(model)
        mu[free] -= truncated_mean(np.maximum(mu[free], 1e-12), low, high)[1]
        mu = np.maximum(mu, 0.0)
    out = np.zeros((s * p + p - 1, s * p + p - 1))
    weight = 1 / model.sd**2
    top = s * p + np.arange(p - 1)
    out[top, top] = 1 / model.shared_sd**2
    for k in range(s):
        block = (model.design * mu[k][:, None]).T @ model.design
        block *= model.active[k][:, None] * model.active[k][None, :]
        block[np.arange(p), np.arange(p)] += 1 - model.active[k]
        tie = weight * model.active[k, 1:]
        inner = np.arange(1, p)
        block[inner, inner] += tie
        out[k * p : (k + 1) * p, k * p : (k + 1) * p] = block
        here = k * p + inner
        out[here, top] -= tie
        out[top, here] -= tie
        out[top, top] += tie
    return out


def _expected(model: _Model, theta: Floats) -> Floats:
    """Share the people without a label out by the cell means and add them to the counts.

    Counts that are ranges are as many as the means expect in them.
    """
    if not model.unknown.any() and not model.ranged:
        return model.known
    mu = _means(model, theta)
    counts = model.known + model.unknown * mu / np.maximum(mu.sum(axis=0), 1e-300)
    if model.ranged:
        free, low, high = _free(model)
        mean = truncated_mean(np.maximum(mu[free], 1e-12), low, high)[0]
        counts[free] += mean - low
    return np.asarray(counts)


def _free(model: _Model) -> tuple[Mask, Counts, Counts]:
    """Which counts are ranges, (S, cells), and their ends, (how many,)."""
    free = model.most > model.known
    return free, model.known[free].astype(np.int64), model.most[free]


def _mode(model: _Model) -> tuple[Floats, Floats, float]:
    """Posterior mode, the Cholesky factor of the precision there, and the Laplace evidence."""
    s, p = model.strata, model.width
    theta = np.zeros((s, p))
    theta[:, 0] = np.log(model.known.sum(axis=1) + 1.0)
    shared = np.zeros(p - 1)
    for _ in range(200):
        counts = _expected(model, theta)
        by_theta, by_shared = _gradient(model, theta, shared, counts)
        slope = np.concatenate([by_theta.ravel(), by_shared])
        step = np.linalg.solve(_precision(model, theta), slope)
        size = float(np.abs(step).max())
        step *= min(1.0, 3.0 / max(size, 1e-300))
        base = float(_log_posterior(model, theta, shared, counts))
        scale = 1.0
        while scale > 1e-6:
            new = theta + scale * step[: s * p].reshape(s, p)
            also = shared + scale * step[s * p :]
            if float(_log_posterior(model, new, also, counts)) >= base:
                theta, shared = new, also
                break
            scale /= 2
        if size < 1e-6 or scale <= 1e-6:
            break
    whole = _precision(model, theta, given=True)
    lower: Floats = np.asarray(np.linalg.cholesky(whole), dtype=np.float64)
    mu = _means(model, theta)
    value = float(_log_posterior(model, theta, shared, model.known))
    if model.ranged:
        free, low, high = _free(model)
        mean = np.maximum(mu[free], 1e-12)
        chance = truncated_mean(mean, low, high)[2]
        value += float((chance - (low * np.log(mean) - mean)).sum())
    if model.unknown.any():
        some = model.unknown > 0
        value += float((model.unknown[some] * np.log(mu.sum(axis=0)[some])).sum())
    value -= float((np.log(model.sd) * model.active[:, 1:]).sum())
    value -= float(np.log(np.diag(lower)).sum())
    return np.concatenate([theta.ravel(), shared]), lower, value


@dataclass(frozen=True, slots=True)
class _Run:
    hidden: Floats
    filled: Counts
    beyond: Counts
    cells: Counts


def _settled(
    model: _Model,
    mode: Floats,
    lower: Floats,
    draws: int,
    rng: np.random.Generator,
    *,
    seen: Counts,
) -> tuple[_Run, tuple[ChainReport, ...]]:
    """Run chains, once more and longer if they disagree, and keep ``draws`` of their states."""
    each = max(_LEAST, math.ceil(draws / _CHAINS))
    for longer in (1, 5):
        run = _chains(model, mode, lower, each * longer, _WARM * longer, rng)
        total = np.log(seen[:, 1:].sum(axis=1) + run.filled + run.beyond + run.hidden + 1.0)
        reports = tuple(report(total[:, :, k]) for k in range(model.strata))
        # A stratum whose chains all stand still (everybody surely seen) has no R-hat.
        if all(not r.rhat > _SETTLED for r in reports):
            break
    else:
        raise NotConverged(
            note("estimators.strata.unsettled", rhat=Number(_SETTLED)),
            fix=note("estimators.strata.unsettled.fix"),
        )
    shape = (-1, model.strata)
    pick = np.linspace(0, each * longer * _CHAINS - 1, draws).round().astype(int)
    flat = _Run(
        run.hidden.reshape(shape)[pick],
        run.filled.reshape(shape)[pick],
        run.beyond.reshape(shape)[pick],
        run.cells.reshape(-1, *run.cells.shape[2:])[pick],
    )
    return flat, reports


def _chains(
    model: _Model, mode: Floats, lower: Floats, keep: int, warm: int, rng: np.random.Generator
) -> _Run:
    """Hamiltonian Monte Carlo in coordinates that are standard normal near the mode."""
    s, p = model.strata, model.width
    size = mode.size
    unwhiten = np.linalg.inv(lower)  # theta = mode + u @ unwhiten
    missing = bool(model.unknown.any())
    open_ = missing or model.ranged

    def split(u: Floats) -> tuple[Floats, Floats]:
        x = mode + u @ unwhiten
        return x[:, : s * p].reshape(-1, s, p), x[:, s * p :]

    def value(u: Floats) -> Floats:
        return _log_posterior(model, *split(u), counts)

    def slope(u: Floats) -> Floats:
        by_theta, by_shared = _gradient(model, *split(u), counts)
        whole = np.concatenate([by_theta.reshape(len(u), -1), by_shared], axis=1)
        return np.asarray(whole @ unwhiten.T)

    u = rng.standard_normal((_CHAINS, size))
    counts = np.broadcast_to(model.known, (_CHAINS, *model.known.shape)).copy()
    step = 0.9 * size**-0.25
    hidden = np.zeros((_CHAINS, keep, s))
    filled = np.zeros((_CHAINS, keep, s), dtype=np.int64)
    beyond = np.zeros((_CHAINS, keep, s), dtype=np.int64)
    cells = np.zeros(
        (_CHAINS, keep, *model.known.shape) if open_ else (_CHAINS, keep, 1, 1), np.int64
    )
    added = np.zeros_like(counts, dtype=np.int64)
    more = np.zeros_like(counts, dtype=np.int64)
    for turn in range(warm + keep):
        if missing:
            added = _labels(model, split(u)[0], rng)
        if model.ranged:
            more = _within(model, split(u)[0], rng)
        if open_:
            counts = model.known + added + more
        momentum = rng.standard_normal(u.shape)
        before = value(u) - 0.5 * (momentum**2).sum(axis=1)
        length = step * rng.uniform(0.7, 1.3)
        new = u.copy()
        push = momentum + 0.5 * length * slope(new)
        for leap in range(_LEAPS):
            new = new + length * push
            push = push + (length if leap < _LEAPS - 1 else 0.5 * length) * slope(new)
        with np.errstate(over="ignore", invalid="ignore"):
            after = value(new) - 0.5 * (push**2).sum(axis=1)
            chance = np.exp(np.minimum(np.nan_to_num(after - before, nan=-np.inf), 0.0))
        taken = rng.random(_CHAINS) < chance
        u = np.where(taken[:, None], new, u)
        if turn < warm:
            step *= math.exp(0.15 * (float(chance.mean()) - 0.8))
        else:
            at = turn - warm
            a = np.minimum(split(u)[0][:, :, 0], 40.0)
            hidden[:, at] = _poisson(np.exp(a), rng)
            if open_:
                filled[:, at] = added.sum(axis=2)
                beyond[:, at] = more.sum(axis=2)
                cells[:, at] = added + more
    return _Run(hidden, filled, beyond, cells)


def _within(model: _Model, theta: Floats, rng: np.random.Generator) -> Counts:
    """Draw counts given their ranges, beyond the least, shape (chains, strata, cells)."""
    free, low, high = _free(model)
    out = np.zeros((len(theta), *free.shape), dtype=np.int64)
    out[:, free] = poisson_within(_means(model, theta)[:, free], low, high, rng) - low
    return out


def _labels(model: _Model, theta: Floats, rng: np.random.Generator) -> Counts:
    """Draw the strata of people without a label, shape (chains, strata, cells)."""
    mu = _means(model, theta)
    odds = np.moveaxis(mu, 1, 2)
    total = odds.sum(axis=2, keepdims=True)
    even = np.broadcast_to(model.cells.T, odds.shape)
    chance = np.where(total > 0, odds / np.where(total > 0, total, 1.0), even)
    chance = chance / np.maximum(chance.sum(axis=2, keepdims=True), 1e-300)
    people = np.broadcast_to(model.unknown, chance.shape[:2])
    return np.asarray(np.moveaxis(rng.multinomial(people, chance), 2, 1), dtype=np.int64)


def _poisson(mean: Floats, rng: np.random.Generator) -> Floats:
    """Poisson draws; beyond 1e12 the mean itself, whose relative error is below 1e-6."""
    return np.where(mean > 1e12, mean, rng.poisson(np.minimum(mean, 1e12)).astype(np.float64))
