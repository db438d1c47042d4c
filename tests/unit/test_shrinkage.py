"""The shrinkage member: kernels against plain twins, limits that are known, the settings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import uncounted as uc
from uncounted.errors import NoFiniteEstimate, NotIdentifiable, NotSupported
from uncounted.estimators._pair_fits import best_sets, fit_pair_models
from uncounted.estimators.posterior_grid import OddsGrid
from uncounted.estimators.shrinkage import Shrinkage
from uncounted.kernels import shrinkage as kernel
from uncounted.kernels import shrinkage_numpy as plain_kernel


def parts(table):
    t = table.t
    masks = np.array(
        [0, *(sum(1 << i for i in c) for r in (1, 2, 3) for c in combinations(range(t), r))]
    )
    counts = table.counts.astype(np.float64)
    counts[0] = 0
    cells = np.arange(1 << t)
    star = np.array([counts[(cells & m) == m].sum() for m in masks])
    return t, masks, 1 + t + t * (t - 1) // 2, counts, star


@pytest.mark.nojit
@pytest.mark.parametrize("name", ["korea-palembang", "kosovo"])
def test_kernels_equal_their_plain_twins(name):
    """Newton stops at a decrement of 1e-5 (first fits) and 1e-4 (profiles): 2e-3 in the density."""
    t, masks, triple, counts, star = parts(uc.published.load(name))
    rng = np.random.default_rng(4)
    rows = 11  # not a multiple of the eight that stand side by side
    strong = rng.random((rows, t * (t - 1) // 2)) < 0.3
    spread = rng.choice([0.04, 0.12, 0.35, 0.9], rows)
    share = rng.choice([0.0, 0.03, 0.1, 0.3], rows)
    ratio = rng.choice([2.5, 6.0, 15.0], rows)
    zero = np.zeros(rows)
    terms = kernel.Terms(t, masks, triple, star)
    lift = np.log1p(share[:, None] * (ratio[:, None] ** np.arange(t + 1) - 1.0))
    sd = rng.choice([0.6, 2.0], strong.shape[1])
    told = np.where(np.arange(1 << t) & 3 == 3, -1.1, 0.0)  # a prior mean of the first pair
    settings = kernel.FitSettings(strong, spread, lift, zero, sd, told)
    a, error, evidence = kernel.first_fits(counts, terms, settings)
    nodes = a[:, :1] + error[:, None] * np.arange(-7, 8)
    levels = kernel.profile(counts, terms, settings, a, nodes)
    for s in range(rows):
        setting = (strong[s], spread[s], lift[s], sd, told)
        plain = plain_kernel.first_fits_numpy(t, masks, counts, *setting)
        assert a[s, 0] == pytest.approx(plain[0][0], abs=2e-3 * plain[1])
        assert error[s] == pytest.approx(plain[1], rel=2e-3)
        assert evidence[s] == pytest.approx(plain[2], abs=2e-3)
        for k in (0, 7, 11):
            want = plain_kernel.profile_numpy(
                t, masks, counts, *setting, float(np.exp(nodes[s, k]))
            )
            assert levels[s, k] == pytest.approx(want, abs=2e-3)


@pytest.mark.nojit
def test_interpolation_reproduces_a_cubic():
    nodes = np.linspace(-3.0, 3.0, kernel.NODES)[None, :]

    def cubic(y):
        return -0.5 * y**2 + 0.02 * y**3

    y = np.linspace(-2.9, 2.9, 50)
    got = kernel.spread(nodes, cubic(nodes), y, 0.0)[0]
    np.testing.assert_allclose(got, np.exp(cubic(y)), rtol=1e-10)


def test_without_shrinkage_left_it_is_the_independence_model():
    """No strong pairs and a spread of 0.001 leave main effects: the same middle to 1%.

    The posterior's median and the maximum differ by the skewness of the posterior, a few tenths of a
    percent at these counts.
    """
    table = uc.published.load("uk2013-5")
    found = Shrinkage(sets=0, spreads=(1e-3,), prior=None).posterior(table)
    main = uc.LogLinear("main", bootstrap=0).estimate(table)
    assert found.homogeneous.median == pytest.approx(main.point, rel=0.01)
    interval = found.homogeneous.interval(0.95)
    assert interval.lower == pytest.approx(main.interval.lower, rel=0.01)
    assert interval.upper == pytest.approx(main.interval.upper, rel=0.01)


@pytest.mark.nojit
def test_laplace_agrees_with_exact_integration_where_both_exist():
    """Independence, exactly (hyper-Dirichlet, one graph) and by Laplace: medians to 1%, ends 2%."""
    from uncounted.kernels import graphs

    table = uc.published.load("massachusetts-anomaly")
    grid = OddsGrid(0.02, 2.0, 0.005)
    laplace = Shrinkage(sets=0, spreads=(1e-3,), prior=None, grid=grid).posterior(table).homogeneous
    counts = table.counts.astype(np.float64)
    counts[0] = 0
    y = grid.values()
    hidden = np.exp(y) * table.n
    constant, off = graphs.margin_factors(counts, 5, 1 / 32)
    factors = graphs.subset_factors(constant, off, 5, 1 / 32, float(table.n), hidden)
    from scipy.special import gammaln

    log = gammaln(hidden + table.n + 1) - gammaln(hidden + 1) - np.log(hidden + table.n) + y
    log += sum(factors[1 << i] for i in range(5))
    mass = np.exp(log - log.max())
    exact = type(laplace)(table.n, y, mass / mass.sum())
    assert laplace.median == pytest.approx(exact.median, rel=0.01)
    for q in (0.025, 0.975):
        assert laplace.quantile(q) == pytest.approx(exact.quantile(q), rel=0.02)


def test_heterogeneity_stretches_upwards_and_is_flagged():
    """People who differ by a factor of eight in their odds: the plain model lies far too low."""
    from uncounted.simulation.populations import latent_classes

    design = latent_classes(20_000, [0.2, 0.15, 0.12, 0.1], [0.85, 0.15], [0.6, 5.0])
    table = design.draw(np.random.default_rng(1))
    found = Shrinkage().posterior(table)
    assert found.p_homogeneous < 0.1
    assert found.full.median > found.homogeneous.median
    estimate = Shrinkage(draws=0).estimate(table)
    assert estimate.interval.lower < 20_000 < estimate.interval.upper
    assert any("easier to find" in str(word) for word in estimate.caveats)


@pytest.mark.nojit
def test_strong_pairs_are_found_and_the_empty_set_stays():
    table = uc.published.load("kosovo")
    counts = table.counts.astype(np.float64)
    sets = best_sets(fit_pair_models(counts, 4), 8)
    assert not sets[-1].any()
    assert sets[0].any()
    assert len({row.tobytes() for row in sets}) == len(sets)


def test_more_lists_take_pairs_from_a_stepwise_path():
    table = uc.published.load("uk2013")
    counts = table.counts.astype(np.float64)
    fits = fit_pair_models(counts, 6)
    assert len({row.tobytes() for row in fits.sets}) == len(fits.sets)
    # A path that adds pairs one by one can only lower BIC.
    first = fits.bic[~fits.sets.any(axis=1)][0]
    assert fits.bic.min() < first


def test_order_of_lists_changes_nothing():
    table = uc.published.load("kosovo")
    a = Shrinkage().estimate(table, seed=2)
    b = Shrinkage().estimate(table.keep([2, 0, 3, 1]), seed=2)
    assert a.point == b.point
    np.testing.assert_array_equal(a.draws, b.draws)


def test_refusals_and_bad_settings():
    nobody = uc.OverlapTable.from_histories(["a", "b", "c"], {"100": 5, "010": 4, "001": 9})
    with pytest.raises(NoFiniteEstimate):
        Shrinkage().estimate(nobody)
    with pytest.raises(NotSupported):
        Shrinkage().estimate(uc.OverlapTable.from_histories(["a", "b"], {"10": 5}))
    with pytest.raises(ValueError, match="probabilities"):
        Shrinkage(homogeneous=1.0)
    with pytest.raises(ValueError, match="spreads"):
        Shrinkage(spreads=())


def test_a_list_that_holds_everybody_does_not_run_away():
    counts = {"100": 50, "110": 30, "101": 20, "111": 10}
    with pytest.raises(NotIdentifiable, match="is on all"):
        Shrinkage(draws=0).estimate(uc.OverlapTable.from_histories(["all", "b", "c"], counts))
    table = uc.OverlapTable.from_histories(["all", "b", "c"], counts | {"010": 1})
    found = Shrinkage(draws=0).estimate(table)
    assert np.isfinite(found.point)
    assert found.point >= table.n
