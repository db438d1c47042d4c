"""Latent classes: `LatentClass`, the method ``latent-class``.

Manrique-Vallier (2016, Biometrics 72:1246): people belong to classes that differ in how likely
each list is to hold them; within a class lists are independent. The number of classes is left
open by a truncated Dirichlet process. The sampler is grouped data augmentation with moves along
the ridges of the posterior and, where chains started from the prior disagree, jumps between modes
from a library fitted to pilot chains and then frozen (`uncounted.kernels.latent`). It reports how
well it mixed, and refuses to summarise where it did not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.draws import summarise_draws
from uncounted.core.estimate import Estimate
from uncounted.core.notes import Note, Number, note, series
from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.errors import InputError, NotConverged
from uncounted.estimators._latent_library import (
    Library,
    PilotStates,
    empty_library,
    fit_library,
)
from uncounted.estimators._ready import ready
from uncounted.estimators._settings import HoldsSettings
from uncounted.estimators.mcmc import ChainReport, report
from uncounted.estimators.modes import Mode, find_modes
from uncounted.kernels.latent import Moves, Prior, Run, run_chain
from uncounted.kernels.latent_jumps import Data, State
from uncounted.published.accept import TableLike, as_table

__all__ = ["LatentClass"]

Floats = NDArray[np.float64]

_PLAIN = (1, 1, 2, 1, 0, 0)  # augmentation, order, ridge, refresh, jumps, stride of kept states
_JUMPS = 4
_EASY = 1.25  # times the effective draws needed, from a short plain run: then it goes on plain
_WARM = 5  # the first fifth of a run is thrown away
_LARGEST_RUN = 6e6  # sweeps times histories a chain: a main run longer than this is not begun
_STUCK = 0.01  # jumps accepted less often than this leave the work to ridge moves
_MANY_RIDGES = 12
_HOPELESS = 1.5  # R-hat above which, after two main runs, a third is not worth its time
_STRIDE = 10


@dataclass(frozen=True, slots=True)
class LatentClass(HoldsSettings):
    """Bayesian latent classes with a Dirichlet process prior on the class weights.

    Parameters
    ----------
    classes
        Largest number of classes ``K`` (truncation of the process).
    a, b
        Prior of the concentration: ``alpha ~ Gamma(a, rate b)``.
    chains
        Independent chains, each started from the prior; at least 4.
    sweeps
        Sweeps per chain of the first main run, of which a fifth is warm-up.
    rounds
        How many main runs may be made, each twice as long as the one before and going on from
        where it ended; fewer where there are very many different histories.
    pilot_starts, pilot_sweeps
        Pilot chains from the prior that feed the jump library, and their length.
    rhat, ess
        The figure is given only if split R-hat is below ``rhat`` and the effective draws of bulk
        and tail are both at least ``ess``.
    level
        Of the posterior interval.
    threads
        Chains run at a time; ``None`` for all cores. Results do not depend on it.

    Examples
    --------
    >>> from uncounted import published
    >>> e = LatentClass().estimate(published.load("korea-palembang"), seed=1)
    >>> 134 < e.point < 142
    True
    """

    classes: int = 10
    a: float = 0.25
    b: float = 0.25
    chains: int = 4
    sweeps: int = 30_000
    rounds: int = 3
    pilot_starts: int = 20
    pilot_sweeps: int = 2_000
    rhat: float = 1.05
    ess: float = 400.0
    level: float = 0.95
    threads: int | None = None

    def __post_init__(self) -> None:
        """Refuse settings that make no sampler."""
        HoldsSettings.__post_init__(self)
        whole = (self.classes >= 1, self.chains >= 4, self.sweeps >= 100, self.rounds >= 1)
        pilots = (self.pilot_starts >= 0, self.pilot_sweeps >= 100)
        reals = (self.a > 0, self.b > 0, self.rhat > 1, self.ess > 0, 0 < self.level < 1)
        if not all(whole + pilots + reals):
            raise InputError(
                "A setting of the latent class sampler is out of range.",
                fix="Use 1 class or more, 4 chains or more, 100 sweeps or more, positive a and b, "
                "rhat above 1 and a level between 0 and 1.",
            )

    def estimate(self, table: TableLike, *, seed: int = 0) -> Estimate:
        """Sample the posterior of N.

        Parameters
        ----------
        table
            Overlap table; strata are counted together.
        seed
            Root seed. The same seed gives the same draws on any number of threads and in any
            order of the lists.

        Returns
        -------
        Estimate
            Median and central interval, draws of N, and diagnostics: R-hat, effective draws,
            Monte Carlo error, the modes, whether jumps were needed.

        Raises
        ------
        NotSupported
            Fewer than two lists hold people.
        NoFiniteEstimate
            Nobody is on two lists.
        NotConverged
            The chains disagree, or too few effective draws, after the last round.
        """
        table = as_table(table)
        data = ready(table)
        masks = np.flatnonzero(data.counts[1:] > 0) + 1
        bits = np.ascontiguousarray((masks[:, None] >> np.arange(data.t) & 1).astype(np.uint8))
        run = _Run(self, bits, data.counts[masks].astype(np.float64), seed)
        result = run.sample()
        found = result.report
        if not found.settled(rhat=self.rhat, ess=self.ess):
            raise NotConverged(
                _unsettled(found, self, result), fix=note("estimators.latent-class.unsettled.fix")
            )
        draws = result.draws.ravel()
        point, interval = summarise_draws(draws, level=self.level)
        modes = find_modes(result.draws, level=self.level)
        caveats = list(data.caveats)
        if len(modes) > 1:
            caveats.append(
                note(
                    "estimators.latent-class.modes",
                    modes=Number(len(modes)),
                    each=series("words.semicolon", [_mode(m) for m in modes]),
                )
            )
        return Estimate(
            method="latent-class",
            observed=data.observed,
            point=point,
            interval=interval,
            draws=draws,
            draws_are="posterior",
            caveats=tuple(caveats),
            diagnostics={
                **found.to_dict(),
                "modes": [m.to_dict() for m in modes],
                "sampler": result.sampler,
                "library_elements": result.elements,
                "jumps_accepted": result.jumps_accepted,
                "classes": self.classes,
            },
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Sampled:
    """Draws of N, shape (chains, draws), and how they were made."""

    draws: Floats
    report: ChainReport
    sampler: str
    elements: int
    jumps_accepted: float | None
    sweeps: int


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """One run of one chain: hidden counts, kept states, tally, and the state at its end."""

    hidden: Floats
    kept: PilotStates
    tally: NDArray[np.int64]
    state: State


class _Run:
    """The stages of one estimate; nothing of it outlives the call."""

    def __init__(
        self, settings: LatentClass, bits: NDArray[np.uint8], counts: Floats, seed: int
    ) -> None:
        self.settings = settings
        self.bits = bits
        self.counts = counts
        self.n = float(counts.sum())
        self.seed = seed

    def sample(self) -> _Sampled:
        """Plain chains first; jumps where prior starts disagree; longer until settled or given up."""
        s = self.settings
        none = empty_library(self.bits.shape[1])
        length = max(s.sweeps // 6, 100)
        plain = self._chains("plain", s.chains, length, _PLAIN, none, _STRIDE)
        best = self._collect(plain, "plain", none, length // _WARM)
        if best.report.settled(rhat=s.rhat, ess=_EASY * s.ess):
            plain = self._chains("plain/on", s.chains, 3 * length, _PLAIN, none, _STRIDE, plain)
            best = self._collect(plain, "plain", none, 0)
            if best.report.settled(rhat=s.rhat, ess=s.ess):
                return best
        library, accepted = self._library(plain)
        ridges = _PLAIN[2] if accepted >= _STUCK else _MANY_RIDGES
        length = s.sweeps
        chains: list[_Chain] | None = None
        for i in range(s.rounds):
            moves = (1, 1, ridges, 1, _JUMPS if library.elements else 0, 0)
            chains = self._chains(f"main/{i}", s.chains, length, moves, library, 0, chains)
            best = self._collect(chains, "jumps", library, length // _WARM)
            if best.report.settled(rhat=s.rhat, ess=s.ess):
                break
            if i > 0 and best.report.rhat > _HOPELESS:
                break
            if 2 * length * self.counts.size > _LARGEST_RUN:
                break
            if (best.jumps_accepted or 0.0) < _STUCK:
                ridges = _MANY_RIDGES
            length *= 2
        return best

    def _collect(self, chains: list[_Chain], sampler: str, library: Library, warm: int) -> _Sampled:
        draws = np.array([c.hidden[warm:] for c in chains]) + self.n
        tally = np.sum([c.tally for c in chains], axis=0)
        accepted = float(tally[3, 1] / tally[3, 0]) if tally[3, 0] else None
        return _Sampled(
            draws, report(draws), sampler, library.elements, accepted, chains[0].hidden.size
        )

    def _library(self, plain: list[_Chain]) -> tuple[Library, float]:
        """Pilot chains from the prior, without jumps and then with them; the last fit is frozen.

        Also the share of jumps that the last pilot chains accepted.
        """
        s = self.settings
        none = empty_library(self.bits.shape[1])
        first = self._chains("pilot", s.pilot_starts, s.pilot_sweeps, _PLAIN, none, _STRIDE)
        states = _late([*plain, *first], 1 / 3)
        rng = stream(self.seed, "latent-class/library")
        library = fit_library(self.bits, self.counts, states, rng)
        accepted = 0.0
        for i in range(3):
            if not library.elements:
                break
            moves = (1, 1, 2, 1, _JUMPS, 0)
            more = self._chains(f"pilot/{i}", 8, s.pilot_sweeps, moves, library, _STRIDE)
            half = rng.permutation(len(states.share))[: len(states.share) // 2]
            late = _late(more, 2 / 3)
            mixed = PilotStates(
                np.concatenate([late.share, states.share[half]]),
                np.concatenate([late.l1, states.l1[half]]),
            )
            library = fit_library(self.bits, self.counts, mixed, rng)
            tally = np.sum([c.tally[3] for c in more], axis=0)
            accepted = float(tally[1] / max(tally[0], 1))
        return library, accepted

    def _chains(
        self,
        stage: str,
        count: int,
        sweeps: int,
        moves: tuple[int, ...],
        library: Library,
        stride: int,
        before: list[_Chain] | None = None,
    ) -> list[_Chain]:
        """Run chains of one stage, each with a stream of its own, on as many threads as allowed."""
        names = [f"latent-class/{stage}/{i}" for i in range(count)]

        def one(i: int) -> _Chain:
            rng = stream(self.seed, names[i])
            state = before[i].state if before else self._start(rng)
            return self._one(rng, state, sweeps, (*moves[:5], stride), library)

        jobs = [Job(name, (i,)) for i, name in enumerate(names)]
        return map_jobs(one, jobs, workers=self.settings.threads)

    def _one(
        self,
        rng: np.random.Generator,
        state: State,
        sweeps: int,
        moves: tuple[int, ...],
        library: Library,
    ) -> _Chain:
        s = self.settings
        t = self.bits.shape[1]
        stride = moves[5]
        kept = -(-sweeps // stride) if stride else 0
        hidden = np.empty(sweeps)
        share = np.empty((kept, s.classes))
        l1 = np.empty((kept, s.classes, t))
        tally = np.zeros((4, 2), dtype=np.int64)
        state = State(*(x.copy() for x in state))
        run_chain(
            rng,
            Data(self.bits, self.counts),
            Prior(float(s.a), float(s.b)),
            Moves(*moves),
            library.parts,
            state,
            Run(hidden, np.empty(sweeps), share, l1, tally),
        )
        return _Chain(hidden, PilotStates(share, l1), tally, state)

    def _start(self, rng: np.random.Generator) -> State:
        """Draw from the prior: log weights, log lambda, log(1 - lambda), order of the sticks."""
        s = self.settings
        return draw_prior(rng, s.classes, self.bits.shape[1], s.a, s.b)


def draw_prior(rng: np.random.Generator, classes: int, t: int, a: float, b: float) -> State:
    """One state from the prior, as the kernel keeps it (`uncounted.kernels.latent`).

    Parameters
    ----------
    rng
        Source of randomness.
    classes, t
        Number of classes and of lists.
    a, b
        Of the gamma prior of alpha.
    """
    # a Gamma(a) draw for small a in logs: Gamma(a + 1) times a uniform to the power 1/a
    log_alpha = math.log(rng.standard_gamma(a + 1.0)) - rng.standard_exponential() / a - math.log(b)
    alpha = math.exp(max(log_alpha, -600.0))
    stay = -rng.standard_exponential(classes - 1) / alpha  # log(1 - V), V ~ Beta(1, alpha)
    stay = np.minimum(stay, -1e-300)
    take = np.log(-np.expm1(stay))
    lnu = np.concatenate([take, [0.0]]) + np.concatenate([[0.0], np.cumsum(stay)])
    lam = rng.random((classes, t))
    lam = np.clip(lam, 1e-300, 1.0 - 1e-16)
    return State(lnu, np.log(lam), np.log1p(-lam), np.arange(classes))


def _late(chains: list[_Chain], share: float) -> PilotStates:
    """States of the last part of each chain."""
    cut = [c.kept.share.shape[0] - int(share * c.kept.share.shape[0]) for c in chains]
    return PilotStates(
        np.concatenate([c.kept.share[k:] for c, k in zip(chains, cut, strict=True)]),
        np.concatenate([c.kept.l1[k:] for c, k in zip(chains, cut, strict=True)]),
    )


def _mode(mode: Mode) -> Note:
    """Mass, median and interval of one mode, and whether only one chain knows it."""
    return note(
        "estimators.latent-class.mode-alone"
        if mode.chains == 1
        else "estimators.latent-class.mode",
        mass=Number(mode.mass, "share"),
        median=Number(mode.median, "estimate"),
        lower=Number(mode.lower, "estimate"),
        upper=Number(mode.upper, "estimate"),
    )


def _unsettled(found: ChainReport, settings: LatentClass, result: _Sampled) -> Note:
    if found.rhat >= settings.rhat:
        return note(
            "estimators.latent-class.disagree",
            chains=Number(found.chains),
            sweeps=Number(result.sweeps),
            rhat=Number(found.rhat, digits=2),
            needed=Number(settings.rhat),
        )
    return note(
        "estimators.latent-class.few-draws",
        effective=Number(min(found.ess_bulk, found.ess_tail), "draws"),
        sweeps=Number(result.sweeps),
        needed=Number(settings.ess),
    )
