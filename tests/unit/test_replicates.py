"""Replicates pooled as verdata does."""

import math

import numpy as np
import pytest

from uncounted.core.estimate import Estimate
from uncounted.core.notes import whole_note
from uncounted.errors import InputError
from uncounted.pooling.imputations import combine_estimates


def make(observed, draws, **more):
    draws = np.asarray(draws, dtype=float)
    return Estimate("x", observed, float(np.median(draws)), draws=draws, **more)


def test_formula_by_hand():
    """Two replicates of three draws, every step on paper (t quantile from a printed table)."""
    one = make(10, [10 + 1, 10 + math.e, 10 + math.e**2])
    two = make(11, [11 + math.e, 11 + math.e**2, 11 + math.e**3])
    got = combine_estimates([one, two])
    # Logs 0,1,2 and 1,2,3: variances 1 and 1, means 1 and 2.
    assert got.within == pytest.approx(1.0)
    assert got.between == pytest.approx(0.5)
    total = 1.0 + 1.5 * 0.5
    degrees = 1 * (1 + 1 / (3 * 0.5)) ** 2
    assert got.degrees == pytest.approx(degrees)
    assert got.observed == 10.5
    hidden = [1, math.e, math.e**2, math.e, math.e**2, math.e**3]
    assert got.point == pytest.approx(10.5 + sum(hidden) / 6)
    # t quantile at 0.975 on 2.7778 degrees by numerical integration of the density: checked here.
    half = math.log(got.interval.upper - 10) - 1.5
    t = half / math.sqrt(total)
    x = np.linspace(0, t, 200_001)
    density = (
        math.gamma((degrees + 1) / 2)
        / math.sqrt(degrees * math.pi)
        / math.gamma(degrees / 2)
        * (1 + x**2 / degrees) ** (-(degrees + 1) / 2)
    )
    # Trapezium on 200,000 steps: error far below 1e-6.
    assert np.trapezoid(density, x) == pytest.approx(0.475, abs=1e-6)
    assert got.interval.lower == pytest.approx(10 + math.exp(1.5 - half))  # round(10.5) is 10


def test_zero_hidden_becomes_a_tenth():
    got = combine_estimates([make(5, [5, 5, 6]), make(5, [5, 6, 6])])
    assert got.interval.lower > 5
    assert got.within == pytest.approx(math.log(0.1) ** 2 / 3)


def test_equal_replicates_have_normal_quantile():
    got = combine_estimates([make(50, [60, 70, 90])] * 12)
    assert math.isinf(got.degrees) and got.between == pytest.approx(0, abs=1e-20)
    logs = np.log([10, 20, 40])
    top = 50 + math.exp(logs.mean() + 1.959963984540054 * logs.std(ddof=1))
    assert got.interval.upper == pytest.approx(top)
    assert not got.caveats


def test_few_replicates_and_their_caveats():
    a, b = whole_note("a"), whole_note("b")
    got = combine_estimates([make(5, [6, 7], caveats=(a,)), make(5, [6, 9], caveats=(a, b))])
    assert got.caveats[:2] == (a, b) and "Only 2 replicates" in str(got.caveats[2])


def test_mixture_has_equal_weights_and_keeps_the_seed():
    parts = [make(5, np.full(100, 10.0)), make(5, np.linspace(19, 21, 50))]
    got = combine_estimates(parts, size=1000, seed=4)
    assert (got.draws == 10).sum() == 500
    assert (got.draws == combine_estimates(parts, size=1000, seed=4).draws).all()
    assert got.to_estimate().to_dict()["diagnostics"]["mixture"]["kind"] == "pool"


@pytest.mark.parametrize(
    "bad",
    [
        [],
        [make(5, [6, 7])],
        [make(5, [6, 7]), Estimate("x", 5, 8.0)],
        [make(5, [6, 7]), make(5, [6, math.inf])],
        [make(5, [6, 7]), make(5, [3, 7])],
    ],
)
def test_bad_input(bad):
    with pytest.raises(InputError) as caught:
        combine_estimates(bad)
    assert caught.value.fix


def test_interval_covers_under_missing_data():
    """Simulated property: hidden count known, replicates disagree by the noise put in."""
    rng = np.random.default_rng(11)
    hits, runs = 0, 300
    for _ in range(runs):
        centre = math.log(200) + rng.normal(0, math.sqrt(0.05 + 0.02))
        means = centre + rng.normal(0, math.sqrt(0.02), 20)
        # Proper imputation: posterior spread within 0.05, between 0.02.
        parts = [make(100, 100 + np.exp(rng.normal(m, math.sqrt(0.05), 60))) for m in means]
        got = combine_estimates(parts, size=60)
        hits += got.interval.lower <= 300 <= got.interval.upper
    # Monte Carlo s.e. 1.3%; four of them.
    assert 0.90 <= hits / runs <= 0.995
