"""Decomposable graphs: enumeration, evidence against brute force, the grid, the search."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln

import uncounted as uc
from uncounted.errors import NoFiniteEstimate, NotSupported
from uncounted.estimators.graphs import DecomposableGraphs
from uncounted.estimators.posterior_grid import OddsGrid
from uncounted.kernels import graphs as kernel
from uncounted.kernels import graphs_numpy as plain_kernel

COUNTS = np.array([0, 30, 40, 12, 50, 9, 14, 6], dtype=np.float64)


def small() -> uc.OverlapTable:
    return uc.OverlapTable.from_histories(["a", "b", "c"], COUNTS.astype(int))


@pytest.mark.nojit
@pytest.mark.parametrize(("t", "many"), [(2, 2), (3, 8), (4, 61), (5, 822), (6, 18_154)])
def test_number_of_decomposable_graphs(t, many):
    edges, terms = kernel.decomposable_graphs(t)
    assert len(edges) == len(set(edges.tolist())) == many
    assert terms.shape == (many, 2 * t - 1)


@pytest.mark.nojit
@pytest.mark.parametrize("t", [3, 4])
def test_graphs_are_those_of_maximum_cardinality_search(t):
    assert (
        kernel.decomposable_graphs(t)[0].tolist()
        == plain_kernel.decomposable_graphs_numpy(t).tolist()
    )


@pytest.mark.nojit
def test_terms_are_cliques_and_separators():
    chain = kernel.terms_of(0b101, 3)  # pairs (0,1) and (1,2): cliques 12 and 23, separator 2
    assert sorted(chain.tolist()) == [-0b010, 0b011, 0b110]
    assert kernel.terms_of(0b111, 3).tolist() == [0b111]
    square = 0b011110  # (0,2), (0,3), (1,2), (1,3): a cycle of four without a chord
    assert kernel.terms_of(square, 4) is None


@pytest.mark.nojit
def test_margins_equal_the_plain_twin():
    got = kernel.margin_factors(COUNTS, 3, 0.125)
    want = plain_kernel.margin_factors_numpy(COUNTS, 3, 0.125)
    np.testing.assert_allclose(got[0], want[0], rtol=1e-12)
    np.testing.assert_array_equal(got[1], want[1])


@pytest.mark.nojit
def test_saturated_graph_is_the_dirichlet_multinomial():
    delta, hidden = 0.3, np.array([1.0, 7.0, 50.0])
    constant, off = kernel.margin_factors(COUNTS, 3, delta)
    factor = kernel.subset_factors(constant, off, 3, delta, COUNTS.sum(), hidden)[0b111]
    for k, n0 in enumerate(hidden):
        cells = COUNTS.copy()
        cells[0] = n0
        want = (
            gammaln(8 * delta)
            - gammaln(cells.sum() + 8 * delta)
            + (gammaln(cells + delta) - gammaln(delta)).sum()
        )
        assert factor[k] == pytest.approx(want, rel=1e-12)


@pytest.mark.nojit
def test_consecutive_counts_are_tabulated_to_the_same_values():
    constant, off = kernel.margin_factors(COUNTS, 3, 0.125)
    run = np.arange(1.0, 60.0)
    np.testing.assert_allclose(
        kernel.subset_factors(constant, off, 3, 0.125, COUNTS.sum(), run)[:, ::2],
        kernel.subset_factors(constant, off, 3, 0.125, COUNTS.sum(), run[::2].copy()),
        rtol=1e-12,
    )


@pytest.mark.nojit
@pytest.mark.parametrize("values", [300, 9000])
def test_evidence_equals_the_plain_twin(values):
    """Above 4,096 values light graphs are summed over every 16th: error stated as below 1e-6."""
    table = uc.published.load("kosovo")
    counts = table.counts.astype(np.float64)
    counts[0] = 0
    hidden = np.linspace(1, 30_000, values).round()
    constant, off = kernel.margin_factors(counts, 4, 0.5)
    factors = kernel.subset_factors(constant, off, 4, 0.5, counts.sum(), hidden)
    base = gammaln(hidden + table.n + 1) - gammaln(hidden + 1) - np.log(hidden + table.n)
    terms = kernel.decomposable_graphs(4)[1]
    mass, evidence, mean = kernel.graph_evidence(terms, factors, base, hidden + table.n, 25.0)
    plain = plain_kernel.graph_evidence_numpy(terms, factors, base, hidden + table.n)
    assert np.abs(np.cumsum(mass) - np.cumsum(plain[0])).max() < 1e-6
    heavy = plain[1] > plain[1].max() - 10
    np.testing.assert_allclose(evidence[heavy], plain[1][heavy], atol=1e-6)
    np.testing.assert_allclose(mean[heavy], plain[2][heavy], rtol=1e-6)


def test_hidden_counts_beyond_the_grid_are_reported():
    """The Netherlands table has a third of its mass in a second mode beyond ten times n."""
    table = uc.published.load("netherlands-5")
    short = DecomposableGraphs(hidden=np.linspace(1, 10 * table.n, 4000).round(), draws=0)
    found = short.estimate(table)
    assert any(str(c).startswith("34") and "beyond" in str(c) for c in found.caveats)
    whole = DecomposableGraphs(draws=0, sensitivity=False).estimate(table)
    assert whole.interval.upper > 200_000
    assert any("humps" in str(word) for word in whole.caveats)


def test_default_grid_agrees_with_every_whole_number():
    """Cells of half a percent and all whole numbers up to 82,320: the same to 1e-3."""
    table = uc.published.load("western-us")
    wide = DecomposableGraphs(draws=0, sensitivity=False).estimate(table)
    full = DecomposableGraphs(hidden=np.arange(1.0, 40_000.0)).posterior(table)
    assert wide.point == pytest.approx(full.quantile(0.5), rel=1e-3)
    assert wide.interval.upper == pytest.approx(full.quantile(0.975), rel=1e-3)


def test_sensitivity_to_delta_is_said():
    found = DecomposableGraphs(draws=0).estimate(uc.published.load("kosovo"))
    by = {row["delta"]: row["median"] for row in found.diagnostics["delta_sensitivity"]}
    # dga: 12,595, 11,323 and 4,617; ours are on cells of half a percent above 2,000 hidden.
    assert [by[d] for d in (1 / 16, 0.5, 1.0)] == pytest.approx([12_595, 11_323, 4_617], rel=2e-3)
    assert any("12,595 at 0.0625" in str(word) for word in found.caveats)


@pytest.mark.extended
def test_search_agrees_with_listing_all_within_its_error():
    table = uc.published.load("uk2013-5")
    settings = {"draws": 0, "sensitivity": False}
    every = DecomposableGraphs(**settings).estimate(table)
    searched = DecomposableGraphs(all_up_to=4, steps=4000, **settings).estimate(table, seed=3)
    error = searched.diagnostics["search"]
    assert 0.0 <= error["missed"] < 0.1
    assert searched.point == pytest.approx(every.point, rel=0.03)
    assert any("searched" in str(word) for word in searched.caveats)
    assert (
        DecomposableGraphs(all_up_to=4, steps=4000, **settings).estimate(table, seed=3).point
        == searched.point
    )


def test_order_and_names_of_lists_change_nothing():
    table = uc.published.load("western-us")
    moved = table.keep([3, 0, 4, 1, 2])
    settings = DecomposableGraphs(sensitivity=False)
    a, b = settings.estimate(table, seed=5), settings.estimate(moved, seed=5)
    assert a.point == b.point
    np.testing.assert_array_equal(a.draws, b.draws)


def test_draws_have_the_posterior_they_are_drawn_from():
    found = DecomposableGraphs(draws=20_000, sensitivity=False).estimate(small())
    # Quantiles of 20,000 draws: about half a percentile of error, well within 4% of N here.
    assert np.median(found.draws) == pytest.approx(found.point, rel=0.04)


def test_refusals():
    nobody = uc.OverlapTable.from_histories(["a", "b", "c"], {"100": 5, "010": 4, "001": 9})
    with pytest.raises(NoFiniteEstimate, match="two lists"):
        DecomposableGraphs().estimate(nobody)
    one = uc.OverlapTable.from_histories(["a", "b"], {"10": 5})
    with pytest.raises(NotSupported):
        DecomposableGraphs().estimate(one)
    with pytest.raises(ValueError, match="delta"):
        DecomposableGraphs(delta=-1.0)


def test_fixed_grid_of_odds_is_exactly_the_grid():
    grid = OddsGrid(step=0.1)
    got = DecomposableGraphs().on_grid(small(), grid)
    np.testing.assert_array_equal(got.y, grid.values())
    assert got.mass.sum() == pytest.approx(1.0)


def test_default_grid_begins_with_nobody_hidden():
    """As the worked example of dga does; there N = n can be held."""
    table = uc.OverlapTable.from_histories(
        "abc", {"111": 60, "110": 22, "101": 21, "011": 24, "100": 3, "010": 2, "001": 4}
    )
    found = DecomposableGraphs().posterior(table)
    assert found.hidden[0] == 0
    assert found.interval(0.95).lower == table.n
    on_given = DecomposableGraphs(hidden=np.arange(2001.0)).posterior(table)
    assert found.quantile(0.9) == on_given.quantile(0.9)
    # The grid given ends at 2,000, beyond which 4e-5 of the mass lies.
    assert found.mass[0] == pytest.approx(on_given.mass[0], rel=1e-4)
