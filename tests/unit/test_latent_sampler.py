"""The compiled sweeps leave the posterior as it is: Geweke's joint test, exact values, twins."""

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from uncounted.estimators._latent_library import PilotStates, empty_library, fit_library
from uncounted.estimators.latent_class import draw_prior
from uncounted.kernels import latent
from uncounted.kernels.latent_jumps import Data, arrangement_density, em_arrangement

_SPEC = importlib.util.spec_from_file_location(
    "latent_calibration", Path(__file__).parents[2] / "benchmarks" / "latent_calibration.py"
)
calibration = importlib.util.module_from_spec(_SPEC)
sys.modules["latent_calibration"] = calibration
_SPEC.loader.exec_module(calibration)


def twin_log_target(bits, counts, a, b, lnu, l1, l0, last):
    """The target by the formulas of the paper: multinomial given listed, times phi."""
    nu, lam = np.exp(lnu), np.exp(l1)
    p = np.array([(nu * np.prod(np.where(w, lam, 1 - lam), axis=1)).sum() for w in bits])
    p0 = (nu * np.prod(1 - lam, axis=1)).sum()
    return float(counts @ np.log(p / (1 - p0)) - (a + len(nu) - 1) * math.log(b - lnu[last]))


@pytest.mark.nojit
def test_target_equals_its_plain_twin():
    rng = np.random.default_rng(1)
    for t, k in ((2, 1), (3, 4), (5, 10)):
        bits = (np.arange(1, 1 << t)[:, None] >> np.arange(t) & 1).astype(np.uint8)
        counts = rng.integers(0, 20, (1 << t) - 1).astype(float)
        state = draw_prior(rng, k, t, 1.0, 1.0)
        lnu, l1, l0, order = state
        ours = latent.log_target(Data(bits, counts), latent.Prior(0.25, 0.25), state, order[-1])
        # same sum in another order: rounding only
        assert ours == pytest.approx(
            twin_log_target(bits, counts, 0.25, 0.25, lnu, l1, l0, order[-1]), rel=1e-9
        )


@pytest.mark.nojit
def test_the_kernels_bookkeeping_agrees_with_a_fresh_start():
    """After any mix of moves the running likelihood is the one computed from the state."""
    rng = np.random.Generator(np.random.SFC64(3))
    bits = (np.arange(1, 8)[:, None] >> np.arange(3) & 1).astype(np.uint8)
    counts = np.array([40.0, 30, 12, 50, 7, 9, 3])
    library = calibration.wide_library(3, 3)
    state = draw_prior(rng, 5, 3, 1.0, 1.0)
    for _ in range(50):
        loglik = np.empty(7)
        nothing = np.zeros((0, 5)), np.zeros((0, 5, 3))
        run = latent.Run(np.empty(7), loglik, *nothing, np.zeros((4, 2), np.int64))
        moves = latent.Moves(1, 1, 2, 2, 4, 0)
        latent.run_chain(
            rng, Data(bits, counts), latent.Prior(1.0, 1.0), moves, library, state, run
        )
        lnu, l1, l0, order = state
        phi = -(1.0 + 5 - 1) * math.log(1.0 - lnu[order[-1]])
        fresh = twin_log_target(bits, counts, 1.0, 1.0, lnu, l1, l0, order[-1]) - phi
        assert loglik[-1] == pytest.approx(fresh, rel=1e-8)
        assert np.exp(lnu).sum() == pytest.approx(1.0)
        assert sorted(order) == list(range(5))
        np.testing.assert_allclose(np.exp(l1) + np.exp(l0), 1.0, rtol=1e-12)


# 4.5 standard errors over 10 quantities and a handful of settings: chance of a false alarm under
# 1e-3, and the seeds are fixed
FAST = {
    "augmentation alone": 5_000,
    "with ridge": 5_000,
    "with refresh": 5_000,
    "all moves": 8_000,
    "no augmentation": 8_000,
}


@pytest.mark.nojit
@pytest.mark.parametrize("name", FAST)
def test_joint_distribution(name):
    setting = next(s for s in calibration.SETTINGS if s.name == name)
    result = calibration.joint_test(setting, FAST[name], seed=11)
    assert np.abs(result.z).max() < 4.5, dict(zip(result.names, result.z.round(1), strict=True))


def test_joint_distribution_catches_a_wrong_prior(monkeypatch):
    """The test has the power to see a lie: alpha's prior told wrongly to the sampler."""
    setting = calibration.Setting("lie", (1, 1, 2, 1, 0, 0), a=2.0, b=1.0)
    real = calibration.run_chain

    def lying(rng, data, prior, *rest):
        real(rng, data, latent.Prior(1.0, 1.0), *rest)

    monkeypatch.setattr(calibration, "run_chain", lying)
    assert np.abs(calibration.joint_test(setting, 5_000, seed=1).z).max() > 6


def test_joint_distribution_catches_a_wrong_jump(monkeypatch):
    """A library that misstates the density of one element by a factor of e."""
    setting = calibration.Setting("lie", (0, 1, 2, 3, 20, 0), n=3, a=4.0, b=1.0, jumps=True)
    real = calibration.wide_library

    def lying(t, most):
        told = real(t, most)
        return told._replace(log_norm=told.log_norm + np.array([3.0, 0.0, -3.0]))

    honest = calibration.joint_test(setting, 6_000, seed=2)
    monkeypatch.setattr(calibration, "wide_library", lying)
    assert np.abs(honest.z).max() < 4.5
    assert np.abs(calibration.joint_test(setting, 6_000, seed=2).z).max() > 6


@pytest.mark.parametrize(
    ("n", "p"), [(5.0, 0.3), (400.0, 0.01), (400.0, 0.4), (1e5, 0.9), (3.0, 1.0)]
)
def test_binomial_draws_have_the_moments_of_a_binomial(n, p):
    rng = np.random.Generator(np.random.SFC64(2))
    x = np.array([latent.binomial(rng, n, p) for _ in range(20_000)])
    assert ((x >= 0) & (x <= n) & (x == np.floor(x))).all()
    spread = math.sqrt(n * p * (1 - p))
    assert abs(x.mean() - n * p) <= 4.5 * spread / math.sqrt(x.size)
    # the standard error of a standard deviation is about 1 / sqrt(2 m); 5 of them
    assert x.std() == pytest.approx(spread, rel=0.025)


def test_library_density_is_the_mixture_written_out():
    library = calibration.wide_library(3, 3)
    _sizes, rho, norm, mean, factor, _, eps, df = library
    x = np.full(7, 0.6)
    d = 7
    y = np.linalg.solve(factor[1, :d, :d], x - mean[1, :d])
    plain = rho[1] + norm[1] - 0.5 * (df + d) * math.log1p(y @ y / df)
    assert arrangement_density(library, 2, x, -math.inf) == pytest.approx(plain)
    assert arrangement_density(library, 4, np.full(15, 0.5), -math.inf) == -math.inf
    doubled = type(library)(*(np.concatenate([p, p]) for p in library[:-2]), eps, df)
    assert arrangement_density(doubled, 2, x, -math.inf) == pytest.approx(plain + math.log(2))


def test_em_never_lowers_the_likelihood():
    rng = np.random.default_rng(4)
    bits = (np.arange(1, 16)[:, None] >> np.arange(4) & 1).astype(np.uint8)
    counts = rng.integers(0, 40, 15).astype(float)
    share, lam = np.array([0.6, 0.4]), rng.random((2, 4))

    def loglik():
        f = np.array([np.prod(np.where(w, lam, 1 - lam), axis=1) for w in bits])
        g = 1 - np.prod(1 - lam, axis=1)
        return counts @ np.log(f @ (share / g))

    before = loglik()
    for _ in range(20):
        em_arrangement(Data(bits, counts), share, lam, 1)
        assert loglik() >= before - 1e-2  # the small pseudo-counts may cost this much
        before = loglik()


def test_library_of_nothing_and_of_pilot_states():
    assert empty_library(4).elements == 0
    rng = np.random.default_rng(5)
    share = np.log(np.maximum(rng.dirichlet([60, 30, 0.001], 200), 1e-300))
    l1 = np.log(rng.beta(3, 9, (200, 3, 4)))
    bits = (np.arange(1, 16)[:, None] >> np.arange(4) & 1).astype(np.uint8)
    counts = rng.integers(1, 40, 15).astype(float)
    library = fit_library(bits, counts, PilotStates(share, l1), rng)
    assert library.elements >= 1
    assert np.exp(library.parts.log_rho).sum() == pytest.approx(1.0)
    few = PilotStates(share[:5], l1[:5])
    assert fit_library(bits, counts, few, rng).elements == 0
