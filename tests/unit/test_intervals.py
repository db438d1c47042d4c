"""Intervals: closed forms, edge cases and simulated coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

import uncounted as uc
from uncounted.core.table import OverlapTable
from uncounted.errors import NoFiniteEstimate, NotIdentifiable, NotSupported, Refusal
from uncounted.estimators import _intervals


def two_lists(a, b, both):
    return OverlapTable.from_histories(["a", "b"], {"10": a, "01": b, "11": both})


def test_quantiles_are_definition_8():
    values = np.array([1.0, 3.0, 4.0, 8.0, 20.0])
    # Hyndman & Fan: position (n + 1/3) p + 1/3.
    assert _intervals._quantile8(values, 0.5) == 4.0
    assert _intervals._quantile8(values, 0.25) == pytest.approx(1 + 2 * (5.3333333 * 0.25 - 2 / 3))
    assert _intervals._quantile8(values, 0.0) == 1.0
    assert _intervals._quantile8(values, 1.0) == 20.0
    assert math.isinf(_intervals._quantile8(np.array([1.0, 2.0, np.inf]), 0.9))


def test_two_lists_profile_by_direct_maximisation():
    """The profile likelihood of two independent lists is that of the hypergeometric overlap."""
    from scipy.special import gammaln

    n1, n2, m = 120, 90, 15
    table = two_lists(n1 - m, n2 - m, m)
    e = uc.LogLinear("main", bootstrap=0).estimate(table)

    def loglik(total):
        # N! / (N - n)! with both rates profiled out at n1 / N and n2 / N.
        n = n1 + n2 - m
        out = gammaln(total + 1) - gammaln(total - n + 1)
        for k in (n1, n2):
            out += k * np.log(k / total) + (total - k) * np.log1p(-k / total)
        return out

    grid = np.linspace(n1 + n2 - m + 0.5, 4000, 400_000)
    value = loglik(grid)
    inside = grid[value > value.max() - 3.841458820694124 / 2]
    assert e.diagnostics["profile_point"] == pytest.approx(grid[value.argmax()], abs=0.02)
    assert e.interval.lower == pytest.approx(inside[0], abs=0.02)
    assert e.interval.upper == pytest.approx(inside[-1], abs=0.02)


def test_no_overlap_no_figure_and_the_reason_by_name():
    with pytest.raises(NoFiniteEstimate, match="two lists or more"):
        uc.LogLinear("main").estimate(two_lists(30, 40, 0))


def test_more_than_a_million_times_the_observed_is_refused():
    with pytest.raises(NoFiniteEstimate, match="million"):
        uc.LogLinear("main", bootstrap=0).estimate(two_lists(10**8, 10**8, 1))


def test_two_lists_cannot_hold_their_interaction():
    with pytest.raises(NotIdentifiable):
        uc.LogLinear("[12]").estimate(two_lists(30, 40, 5))


def test_a_list_that_holds_nobody_is_left_out_and_said():
    table = OverlapTable.from_histories(["a", "b", "c"], {"100": 30, "010": 40, "110": 6})
    e = uc.LogLinear("main", bootstrap=0).estimate(table)
    assert e.point == pytest.approx(36 * 46 / 6)
    assert e.caveats[0].word("lists") == "c"
    with pytest.raises(NotSupported):
        uc.LogLinear("main").estimate(OverlapTable.from_histories(["a", "b"], {"10": 5}))


def test_infinite_resamples_are_counted_and_make_no_large_number():
    e = uc.LogLinear("main", bootstrap=2000).estimate(two_lists(60, 50, 2))
    # A resample loses both people of the overlap with probability (1 - 2/112)^112 = 0.133.
    endless = e.diagnostics["bootstrap"]["without_finite_estimate"]
    assert endless / 2000 == pytest.approx(
        (1 - 2 / 112) ** 112, abs=4 * (0.133 * 0.867 / 2000) ** 0.5
    )
    assert math.isinf(e.interval.upper)
    assert e.interval.to_dict()["upper"] is None
    assert np.isinf(e.draws).sum() == endless
    assert any("no finite estimate" in str(c) for c in e.caveats)


def test_percentile_stands_in_where_bca_cannot_be_formed():
    e = uc.LogLinear("main", bootstrap=500).estimate(two_lists(60, 50, 1))
    # Leaving the one shared person out leaves no finite estimate: there is no jackknife.
    assert e.interval.kind == "percentile"
    assert any("percentile" in str(c) for c in e.caveats)


def test_wald_and_profile_agree_when_there_is_much_data():
    e = uc.LogLinear("main", bootstrap=0).estimate(two_lists(50_000, 60_000, 20_000))
    wald, profile = e.diagnostics["intervals"]
    assert wald["lower"] == pytest.approx(profile["lower"], rel=1e-3)
    assert wald["upper"] == pytest.approx(profile["upper"], rel=1e-3)


def simulated(rng, people, chances):
    on = rng.random((people, len(chances))) < chances
    masks = (on << np.arange(len(chances))).sum(axis=1)
    return OverlapTable.from_histories(
        [f"l{i}" for i in range(len(chances))], np.bincount(masks, minlength=1 << len(chances))
    )


def test_where_most_are_met_a_caveat_says_that_the_interval_is_too_narrow():
    most, few = two_lists(200, 200, 300), two_lists(200, 200, 30)
    found = uc.LogLinear(bootstrap=200).estimate(most)
    (said,) = [c for c in found.caveats if "too narrow" in str(c)]
    limits = next(i for i in found.diagnostics["intervals"] if i["kind"] == "profile")
    # 500 x 500 / 300 = 833, of whom 700 are met.
    assert str(said).startswith("84 of 100 people are on a list.")
    assert str(said).endswith(f"is {limits['lower']:,.0f} to {limits['upper']:,.0f}.")
    for given in (
        uc.LogLinear(bootstrap=200).estimate(few),
        uc.LogLinear(bootstrap=0).estimate(most),
        uc.LogLinear(bootstrap=200, interval="profile").estimate(most),
    ):
        assert not any("too narrow" in str(c) for c in given.caveats)


@pytest.mark.extended
@pytest.mark.parametrize("kind", ["profile", "bca"])
def test_intervals_cover_when_lists_are_independent(kind):
    rng = np.random.default_rng(8)
    hits = 0
    runs = 200
    for _ in range(runs):
        table = simulated(rng, 800, np.array([0.2, 0.15, 0.25]))
        e = uc.LogLinear("main", bootstrap=200 if kind == "bca" else 0, threads=1).estimate(table)
        assert e.interval.kind == kind
        hits += e.interval.lower <= 800 <= e.interval.upper
    # Binomial error of 200 runs at 95% is 1.5%: 3.5 of them below; the bootstrap keeps n fixed and
    # is known to be a little short.
    assert hits / runs >= 0.95 - 3.5 * 0.0154 - (0.02 if kind == "bca" else 0.0)


def test_main_effects_are_unbiased_when_lists_are_independent():
    rng = np.random.default_rng(9)
    points = [
        uc.LogLinear("main", bootstrap=0, interval="none")
        .estimate(simulated(rng, 1500, np.array([0.2, 0.3, 0.1, 0.15])))
        .point
        for _ in range(150)
    ]
    # Mean of 150 estimates whose standard deviation is about 90, so an error of 7; bias is O(1).
    assert np.mean(points) == pytest.approx(1500, abs=30)


def test_averaging_lies_within_its_models_and_its_draws_agree():
    table = uc.published.load("uk2013-5")
    e = uc.LogLinear(uc.Averaged()).estimate(table)
    assert 10_000 < e.point < 30_000
    assert e.interval.kind == "mixture"
    # 4,000 draws: a quantile's error is about 1.6% of ranks.
    assert (e.draws < e.interval.lower).mean() == pytest.approx(0.025, abs=0.012)
    assert (e.draws > e.interval.upper).mean() == pytest.approx(0.025, abs=0.012)


@pytest.mark.extended
def test_sparse_tables_never_give_a_runaway_figure():
    rng = np.random.default_rng(10)
    shown = refused = 0
    for t in (3, 4, 5, 6):
        for _ in range(12):
            counts = np.zeros(1 << t, dtype=np.int64)
            counts[1 << np.arange(t)] = rng.integers(20, 200, t)
            for _ in range(rng.integers(1, 5)):
                i, j = rng.choice(t, 2, replace=False)
                counts[(1 << i) | (1 << j)] += 1
            table = OverlapTable.from_histories([f"l{i}" for i in range(t)], counts)
            for model in ("main", "all-pairs", uc.Stepwise(), uc.BestBIC(), uc.BestAIC()):
                try:
                    e = uc.LogLinear(model, bootstrap=40, threads=1).estimate(table)
                except Refusal:
                    refused += 1
                    continue
                shown += 1
                for x in (e.point, e.interval.lower, e.interval.upper):
                    assert math.isinf(x) or x <= 1e6 * table.n
                assert math.isfinite(e.point)
    assert shown > 50
    assert refused > 20
