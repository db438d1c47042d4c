"""Diagnostics of Markov chains against closed forms and a slow, plain version."""

import math

import numpy as np
import pytest

from uncounted.estimators.mcmc import (
    ess,
    ess_bulk,
    ess_tail,
    quantile_error,
    report,
    split_rhat,
)


def ar1(rho: float, chains: int, n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((chains, n))
    for i in range(1, n):
        x[:, i] = rho * x[:, i - 1] + math.sqrt(1 - rho * rho) * x[:, i]
    return x


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_effective_draws_of_an_autoregression_follow_the_closed_form(rho):
    x = ar1(rho, 4, 20_000)
    exact = x.size * (1 - rho) / (1 + rho)
    # the relative standard error of this estimate is about sqrt(4 tau / n), under 5% here; 4 of it
    assert ess(x) == pytest.approx(exact, rel=0.15)
    assert ess_bulk(x) == pytest.approx(exact, rel=0.15)


def test_antithetic_chains_count_for_more_than_their_draws():
    x = ar1(-0.5, 4, 10_000)
    assert ess(x) == pytest.approx(3 * x.size, rel=0.15)


def test_effective_draws_against_a_plain_sum_over_lags():
    x = ar1(0.7, 3, 400, seed=3)
    m, n = x.shape
    centred = x - x.mean(axis=1, keepdims=True)
    cov = np.array([(centred[:, k:] * centred[:, : n - k]).sum(axis=1) / n for k in range(n)])
    within = (cov[0] * n / (n - 1)).mean()
    plus = within * (n - 1) / n + x.mean(axis=1).var(ddof=1)
    rho = 1 - (within - (cov * n / (n - 1)).mean(axis=1)) / plus
    rho[0] = 1
    tau, last = -1.0, math.inf
    k = 0
    while k + 1 < n and rho[k] + rho[k + 1] >= 0:
        last = min(last, rho[k] + rho[k + 1])
        tau += 2 * last
        k += 2
    tau += max(rho[k], 0)
    assert ess(x) == pytest.approx(m * n / tau, rel=1e-9)


def test_rhat_is_one_for_equal_chains_and_large_for_shifted_or_stretched_ones():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((4, 1000))
    assert split_rhat(x) < 1.01
    shifted = x + np.array([[0], [0], [0], [3]])
    assert split_rhat(shifted) > 1.3  # ranks flatten what raw values would show as 1.7
    stretched = x * np.array([[1], [1], [1], [4]])  # same centre: only the folded part sees it
    assert split_rhat(stretched) > 1.1
    drifting = x + np.linspace(0, 3, 1000)  # same means: only the split sees it
    assert split_rhat(drifting) > 1.2


def test_rhat_does_not_depend_on_a_monotone_change_of_scale_and_survives_heavy_tails():
    rng = np.random.default_rng(2)
    x = rng.standard_cauchy((4, 2000))
    assert split_rhat(x) < 1.01
    assert ess_bulk(np.exp(np.clip(x, -50, 50))) == pytest.approx(ess_bulk(np.clip(x, -50, 50)))


def test_chains_that_stand_still():
    assert split_rhat(np.full((4, 100), 7.0)) == 1.0
    assert split_rhat(np.repeat([[1.0], [2.0], [3.0], [4.0]], 100, axis=1)) == math.inf
    assert report(np.full((4, 100), 7.0)).median_error == 0.0


def test_error_of_a_quantile_is_that_of_independent_draws():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((4, 25_000))
    # normal median: sqrt(pi / 2 / n); the estimate uses order statistics, 15% is 3 of its errors
    assert quantile_error(x, 0.5) == pytest.approx(math.sqrt(math.pi / 2 / x.size), rel=0.15)
    density = math.exp(-0.5 * 1.959964**2) / math.sqrt(2 * math.pi)
    exact = math.sqrt(0.025 * 0.975 / x.size) / density
    assert quantile_error(x, 0.975) == pytest.approx(exact, rel=0.3)


def test_tail_draws_fall_short_where_only_the_tail_is_sticky():
    rng = np.random.default_rng(5)
    x = rng.standard_normal((4, 4000))
    x[:, ::400] = 6.0
    for c in range(4):
        for i in range(0, 4000, 2000):
            x[c, i : i + 150] = 6.0 + 0.01 * rng.standard_normal(150)
    assert ess_tail(x) < 0.1 * ess_bulk(rng.standard_normal((4, 4000)))


@pytest.mark.parametrize("bad", [np.ones(10), np.ones((4, 3)), np.full((4, 100), np.nan)])
def test_bad_input_is_refused(bad):
    with pytest.raises(ValueError, match="diagnostics need"):
        report(bad)
