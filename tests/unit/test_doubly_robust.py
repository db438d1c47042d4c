"""Doubly robust estimation with covariates."""

import sys

import numpy as np
import pytest

from uncounted import OverlapTable
from uncounted.core.cases import CaseTable
from uncounted.errors import (
    InputError,
    MissingExtra,
    NoFiniteEstimate,
    NotSupported,
    TableError,
)
from uncounted.estimators.doubly_robust import DoublyRobust, influence, target

pytest.importorskip("sklearn")


def population(seed, size, t=2, slope=1.0, base=-0.5):
    """Lists independent given one covariate, on which every list depends the same way."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=size)
    p = 1 / (1 + np.exp(-(base + slope * np.clip(x, -2, 2))))
    on = rng.random((size, t)) < p[:, None]
    seen = on.any(axis=1)
    names = tuple("ABCDE"[:t])
    return CaseTable(names, on[seen].astype(np.uint8), x[seen, None], ("x",), "made")


def signs(k):
    bits = np.bitwise_count(np.arange(1, 1 << k, dtype=np.uint32))
    return np.where(bits % 2 == 1, 1.0, -1.0)


def test_two_lists_equal_the_published_formula():
    rng = np.random.default_rng(0)
    q = rng.dirichlet([2, 2, 2], size=200)  # A only, B only, both
    held = rng.integers(0, 3, 200)
    q1, q2, q12 = q[:, 0] + q[:, 2], q[:, 1] + q[:, 2], q[:, 2]
    y1, y2 = (held != 1) * 1.0, (held != 0) * 1.0
    published = q1 * q2 / q12 * (y1 / q1 + y2 / q2 - y1 * y2 / q12)
    got = influence(q, held, signs(2))
    # Algebraically equal; only rounding differs.
    assert got.values == pytest.approx(published, rel=1e-10, abs=1e-10)
    assert 1 + got.odds == pytest.approx(q1 * q2 / q12, rel=1e-10)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_values_average_to_the_truth_and_err_by_the_square(k):
    """At the true probabilities the mean is exact; a wrong learner errs to second order only."""
    rng = np.random.default_rng(k)
    p = rng.uniform(0.3, 0.7, size=(50, k))  # 50 covariate values, lists independent given each
    masks = np.arange(1 << k)
    full = np.prod(
        np.where(masks[None, :, None] >> np.arange(k) & 1, p[:, None], 1 - p[:, None]), axis=2
    )
    observed = 1 - full[:, 0]
    truth = full[:, 1:] / observed[:, None]
    weight = observed / observed.sum()
    inverse = float(weight @ (1 / observed))
    noise = rng.normal(size=truth.shape)

    def both(size):
        q = truth * np.exp(size * noise)
        q /= q.sum(axis=1, keepdims=True)
        values = np.stack(
            [influence(q, np.full(50, w), signs(k)).values for w in range(truth.shape[1])], axis=1
        )
        odds = influence(q, np.zeros(50, dtype=int), signs(k)).odds
        return float(weight @ (truth * values).sum(axis=1)), float(weight @ (1 + odds))

    assert both(0.0) == pytest.approx((inverse, inverse), rel=1e-12)
    far, near = both(0.002), both(0.001)
    # Halving the learner's error quarters the doubly robust error and halves the plug-in's;
    # the next order of the expansion explains the rest.
    assert (near[0] - inverse) / (far[0] - inverse) == pytest.approx(0.25, abs=0.03)
    assert (near[1] - inverse) / (far[1] - inverse) == pytest.approx(0.5, abs=0.06)


def test_target_solves_its_equation_and_stays_put_when_right():
    rng = np.random.default_rng(5)
    q = rng.dirichlet([8, 8, 8], size=3000)
    held = np.array([rng.choice(3, p=row) for row in q])
    moved = target(q, held, signs(2))
    now = influence(moved, held, signs(2))
    # Root finding to 1e-12.
    assert np.mean(now.values - 1 - now.odds) == pytest.approx(0, abs=1e-8)
    assert np.abs(moved - q).max() < 0.05
    assert moved.sum(axis=1) == pytest.approx(1)


@pytest.mark.extended
def test_covariates_remove_the_bias_of_lincoln_petersen():
    points, blind, covered = [], [], 0
    for seed in range(40):
        cases = population(seed, 1500)
        got = DoublyRobust(draws=10).estimate(cases, seed=seed)
        points.append(got.point)
        covered += got.interval.lower <= 1500 <= got.interval.upper
        counts = cases.overlap_table()
        a, b = counts.list_sizes
        blind.append(a * b / counts.pair_overlap(0, 1))
    # Without covariates a fifth of the people are missed; with them the mean is right within
    # four Monte Carlo standard errors. Coverage 95% has a Monte Carlo s.e. of 3.4%.
    assert np.mean(blind) < 1300
    assert abs(np.mean(points) - 1500) < 4 * np.std(points) / np.sqrt(40) + 15
    assert covered >= 33


@pytest.mark.parametrize("form", ["targeted", "plug-in"])
def test_other_forms_agree_on_a_large_table(form):
    cases = population(1, 8000)
    one = DoublyRobust(draws=10).estimate(cases)
    other = DoublyRobust(form=form, draws=10).estimate(cases)
    # Forms differ to second order: well within one standard error.
    assert abs(one.point - other.point) < one.diagnostics["standard_error"]
    assert other.point > cases.n
    assert any("plug-in" in str(c) for c in other.caveats) is (form == "plug-in")


@pytest.mark.extended
@pytest.mark.parametrize("learner", ["forest", "boosting"])
def test_other_learners(learner):
    cases = population(2, 1500, base=0.0)
    got = DoublyRobust(learner=learner, folds=2, draws=10).estimate(cases)
    # A learner's own error remains; within a quarter of the truth on this one table.
    assert got.point == pytest.approx(1500, rel=0.25)
    assert got.diagnostics["learner"] == learner


def test_three_lists_and_the_two_ways_with_other_lists():
    cases = population(3, 6000, t=3, slope=0.5, base=0.0)
    whole = DoublyRobust(draws=10).estimate(cases)
    given = DoublyRobust(lists=("A", "B"), draws=10).estimate(cases)
    pair = DoublyRobust(lists=("B", "A"), others="ignore", draws=10).estimate(cases)
    for got in (whole, given, pair):
        assert abs(got.point - 6000) < 4 * got.diagnostics["standard_error"]
        assert got.observed == cases.n
    assert given.diagnostics["people_used"] == cases.n
    assert pair.diagnostics["people_used"] < cases.n
    assert any("none of the other lists" in str(c) for c in given.caveats)


def test_draws_match_the_interval_and_the_seed():
    cases = population(4, 2000)
    one = DoublyRobust().estimate(cases, seed=3)
    two = DoublyRobust().estimate(cases, seed=3)
    assert one.point == two.point and (one.draws == two.draws).all()
    assert DoublyRobust().estimate(cases, seed=4).point != one.point
    low, high = np.quantile(one.draws, [0.025, 0.975])
    # 4,000 draws: the quantiles wander by a few per cent of the half width.
    width = one.interval.upper - one.interval.lower
    assert abs(low - one.interval.lower) < 0.05 * width
    assert abs(high - one.interval.upper) < 0.1 * width
    wald = DoublyRobust(interval="wald").estimate(cases, seed=3)
    half = 1.959963984540054 * wald.diagnostics["standard_error"]
    assert wald.interval.upper == pytest.approx(wald.point + half)
    assert wald.interval.lower == pytest.approx(max(cases.n, wald.point - half))


def test_variance_formula():
    cases = population(6, 3000)
    got = DoublyRobust(draws=10).estimate(cases)
    psi = got.diagnostics["inverse_observation_probability"]
    assert got.point == pytest.approx(cases.n * psi)
    # n var(values) is at least 0, so the binomial part alone bounds the variance from below.
    assert got.diagnostics["standard_error"] ** 2 > cases.n * psi * (psi - 1)


def test_refusals():
    table = OverlapTable.from_histories(["A", "B"], {"11": 5, "10": 4})
    with pytest.raises(TableError, match="cases with covariates"):
        DoublyRobust().estimate(table)
    cases = population(1, 400)
    apart = cases.on.sum(axis=1) == 1
    lists = ("A", "B")
    alone = CaseTable(lists, cases.on[apart], cases.covariates[apart], ("x",))
    with pytest.raises(NoFiniteEstimate, match=r"on A\+B and no other"):
        DoublyRobust().estimate(alone)
    few = CaseTable(lists, cases.on[:60], cases.covariates[:60], ("x",))
    with pytest.raises(NotSupported, match="too few"):
        DoublyRobust().estimate(few)
    with pytest.raises(InputError, match="no list 'Z'"):
        DoublyRobust(lists=("A", "Z")).estimate(cases)


@pytest.mark.parametrize(
    "bad",
    [
        {"learner": "magic"},
        {"form": "none"},
        {"others": "drop"},
        {"interval": "bca"},
        {"level": 1.0},
        {"margin": 0.6},
        {"folds": 1},
        {"draws": 0},
        {"lists": ("A",)},
        {"lists": ("A", "A")},
    ],
)
def test_bad_settings(bad):
    with pytest.raises(InputError) as caught:
        DoublyRobust(**bad)
    assert caught.value.fix


def test_missing_extra_says_how_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtra, match="scikit-learn") as caught:
        DoublyRobust().estimate(population(1, 500))
    assert "uncounted[covariates]" in caught.value.fix
