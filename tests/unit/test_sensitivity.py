"""Sensitivity to the identifying assumption."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from uncounted import OverlapTable, published
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import whole_note
from uncounted.engine.jobs import stream
from uncounted.errors import InputError, NoFiniteEstimate, NotSupported
from uncounted.verdict.sensitivity import XI_GRID, sensitivity

# Closed form for Kosovo (no zero cell), n0 = odd cells / even cells / xi; printed to 3 decimals.
KOSOVO = {1 / 2: 29483.761, 2 / 3: 23212.821, 1.0: 16941.88, 3 / 2: 12761.254, 2.0: 10670.94}
LINCOLN = {
    ("EXH", "ABA"): 7241.886,
    ("EXH", "OSCE"): 7136.527,
    ("EXH", "HRW"): 6779.016,
    ("ABA", "OSCE"): 5971.571,
    ("ABA", "HRW"): 9691.481,
    ("OSCE", "HRW"): 5461.652,
}


@dataclass(frozen=True)
class Fixed:
    """An estimator whose answer is known."""

    point: float | None = 1000.0
    level: float = 0.95
    draws: bool = False

    def estimate(self, table, *, seed=0):
        n = table.n
        draws = np.linspace(800.0, 1200.0, 401) if self.draws else None
        interval = None if self.draws else Interval("bca", self.level, 800.0, 1600.0)
        return Estimate("fixed", n, self.point, interval, draws, refused=whole_note("why"))


def test_kosovo_closed_form():
    curve = sensitivity(published.load("kosovo"), xi_grid=list(KOSOVO))
    # Figures are printed to three decimals.
    assert curve.point == pytest.approx(list(KOSOVO.values()), abs=6e-4)
    assert curve.base == pytest.approx(KOSOVO[1.0], abs=6e-4)
    assert (curve.lower < curve.point).all() and (curve.point < curve.upper).all()
    assert (curve.lower > 4400).all()


@pytest.mark.parametrize("pair", LINCOLN)
def test_marginal_pair_is_lincoln_petersen(pair):
    curve = sensitivity(published.load("kosovo"), assumption="marginal", lists=pair, xi_grid=[1.0])
    assert curve.point[0] == pytest.approx(LINCOLN[pair], abs=6e-4)


@pytest.mark.parametrize("t", [2, 3, 5])
def test_formula_by_brute_force(t):
    counts = np.random.default_rng(t).integers(3, 60, 1 << t)
    table = OverlapTable.from_histories([f"L{i}" for i in range(t)], counts)
    odd = even = 1.0
    for mask in range(1, 1 << t):
        if mask.bit_count() % 2:
            odd *= counts[mask]
        else:
            even *= counts[mask]
    curve = sensitivity(table, xi_grid=[0.25, 4.0])
    hidden = curve.point - table.n
    # Exact up to the rounding of sums of logarithms.
    assert hidden == pytest.approx([4 * odd / even, odd / even / 4], rel=1e-10)


def test_independent_given_the_rest_uses_cells_off_other_lists():
    table = published.load("kosovo")
    a, b = 0, 2
    curve = sensitivity(
        table,
        assumption="independent",
        lists=[table.lists[b], table.lists[a]],
        xi_grid=[1.0],
    )
    c = table.counts
    assert curve.point[0] - table.n == pytest.approx(c[1] * c[4] / c[5], rel=1e-12)


def test_delta_interval_is_the_log_normal_of_the_formula():
    table = OverlapTable.from_histories(["A", "B"], {"10": 60, "01": 90, "11": 30})
    curve = sensitivity(table, xi_grid=[1.0])
    hidden = 60 * 90 / 30
    spread = math.exp(1.959963984540054 * math.sqrt(1 / 60 + 1 / 90 + 1 / 30 + 1 / hidden))
    assert curve.lower[0] == pytest.approx(180 + hidden / spread)
    assert curve.upper[0] == pytest.approx(180 + hidden * spread)


def test_claim_is_reached_where_it_says():
    table = published.load("kosovo")
    for interval in ("delta", "bootstrap"):
        first = sensitivity(table, claim=10_000, interval=interval, seed=3)
        assert first.claim_xi_lower < first.claim_xi < first.claim_xi_upper
        grid = [first.claim_xi_lower, first.claim_xi, first.claim_xi_upper]
        back = sensitivity(table, xi_grid=grid, interval=interval, seed=3)
        # Bisection runs to machine precision; the rest is rounding.
        assert back.lower[0] == pytest.approx(10_000, rel=1e-6)
        assert back.point[1] == pytest.approx(10_000, rel=1e-9)
        assert back.upper[2] == pytest.approx(10_000, rel=1e-6)


def test_claim_below_the_observed_is_never_reached():
    curve = sensitivity(published.load("kosovo"), claim=4000)
    assert curve.claim_xi is None
    assert "No value of xi gives 4,000" in curve.sentence


def test_zero_cell_refuses_by_name_and_a_fit_stands_in():
    table = published.load("uk2013-5")
    with pytest.raises(NoFiniteEstimate, match="13 of the 31") as caught:
        sensitivity(table)
    assert "fitted model" in caught.value.fix
    curve = sensitivity(table, estimator=Fixed(5000.0), xi_grid=[0.5, 1, 2])
    assert curve.point == pytest.approx([2744 + 2 * 2256, 5000, 2744 + 1128])
    assert curve.fit == "fixed"


def test_zero_elsewhere_does_not_matter_to_a_pair():
    table = OverlapTable.from_histories(["A", "B", "C"], {"100": 20, "010": 30, "110": 6, "001": 9})
    curve = sensitivity(table, assumption="independent", lists=["A", "B"], xi_grid=[1])
    assert curve.point[0] == pytest.approx(165, rel=1e-12)


def test_method_intervals_move_with_xi():
    table = OverlapTable.from_histories(["A", "B"], {"10": 60, "01": 90, "11": 50})
    curve = sensitivity(table, assumption="method", estimator=Fixed(), xi_grid=[1, 2], claim=600)
    assert curve.lower == pytest.approx([800, 500])
    assert curve.upper == pytest.approx([1600, 900])
    assert curve.claim_xi == 2
    assert (curve.claim_xi_lower, curve.claim_xi_upper) == (1.5, 3.5)
    drawn = sensitivity(table, estimator=Fixed(draws=True), xi_grid=[1])
    assert drawn.lower[0] == pytest.approx(810) and drawn.upper[0] == pytest.approx(1190)
    other = sensitivity(table, estimator=Fixed(level=0.9), xi_grid=[1])
    assert np.isnan(other.lower).all()
    assert other.to_dict()["lower"] == [None]


def test_refusing_method_refuses():
    with pytest.raises(NotSupported, match="why"):
        sensitivity(published.load("kosovo"), estimator=Fixed(None))


def test_marginal_below_observed_says_so():
    table = OverlapTable.from_histories(
        ["A", "B", "C"], {"110": 50, "100": 5, "010": 5, "001": 300}
    )
    curve = sensitivity(table, assumption="marginal", lists=["A", "B"], xi_grid=[1])
    assert curve.point[0] < table.n
    assert any("contradict" in str(c) for c in curve.caveats)


@pytest.mark.parametrize(
    "bad",
    [
        {"assumption": "nonsense"},
        {"assumption": "independent"},
        {"assumption": "marginal", "lists": ["EXH"]},
        {"assumption": "marginal", "lists": ["EXH", "EXH"]},
        {"assumption": "marginal", "lists": ["EXH", "nobody"]},
        {"assumption": "method"},
        {"lists": ["EXH", "ABA"]},
        {"assumption": "marginal", "lists": ["EXH", "ABA"], "estimator": Fixed()},
        {"level": 1.0},
        {"claim": -1},
        {"claim": math.nan},
        {"xi_grid": [0.0, 1.0]},
        {"xi_grid": []},
        {"xi_grid": [math.inf]},
        {"interval": "exact"},
        {"interval": "bootstrap", "bootstrap": 1},
    ],
)
def test_bad_settings(bad):
    with pytest.raises(InputError) as caught:
        sensitivity(published.load("kosovo"), **bad)
    assert caught.value.fix


def test_strata_are_added_up_and_order_of_lists_is_nothing():
    plain = OverlapTable.from_histories(["A", "B"], {"10": 60, "01": 90, "11": 50})
    cells = np.array([[0, 40, 50, 20], [0, 20, 40, 30]])
    split = OverlapTable(("A", "B"), cells, ("x", "y"))
    assert sensitivity(split).point == pytest.approx(sensitivity(plain).point)
    turned = sensitivity(published.load("kosovo").keep([3, 1, 0, 2]))
    assert turned.point == pytest.approx(sensitivity(published.load("kosovo")).point)


def test_same_seed_same_bootstrap_and_infinite_resamples_count():
    table = OverlapTable.from_histories(["A", "B"], {"10": 60, "01": 90, "11": 2})
    one = sensitivity(table, interval="bootstrap", seed=1)
    two = sensitivity(table, interval="bootstrap", seed=1)
    assert (one.upper == two.upper).all()
    # About 13% of resamples have no overlap, so the 97.5% end has no bound.
    assert np.isinf(one.upper).all() and np.isfinite(one.lower).all()
    assert one.to_dict()["upper"][0] is None
    assert any("below 5" in str(c) for c in one.caveats)


def test_delta_interval_covers():
    """Simulated property: two independent lists, 95% interval at the true xi."""
    rng = stream(7, "coverage")
    p = np.array([0.3 * 0.6, 0.7 * 0.4, 0.3 * 0.4])
    p = np.array([0.7 * 0.6, 0.3 * 0.6, 0.7 * 0.4, 0.3 * 0.4])
    hits = 0
    runs = 600
    for _ in range(runs):
        counts = rng.multinomial(600, p)
        curve = sensitivity(OverlapTable.from_histories(["A", "B"], counts), xi_grid=[1.0])
        hits += bool(curve.lower[0] <= 600 <= curve.upper[0])
    # Monte Carlo s.e. 0.9%; four of them either side of 95%, and the interval may be a bit wide.
    assert 0.914 <= hits / runs <= 0.99


def test_default_grid():
    assert XI_GRID[0] == pytest.approx(0.2) and XI_GRID[-1] == pytest.approx(5.0)
    assert 1.0 in [round(x, 12) for x in XI_GRID]
