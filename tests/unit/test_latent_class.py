"""The method latent-class: exact values, published tables, refusals, one order of lists."""

import math

import numpy as np
import pytest

from uncounted import published
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError, NoFiniteEstimate, NotConverged, NotSupported
from uncounted.estimators.latent_class import LatentClass
from uncounted.estimators.modes import find_modes

SMALL = OverlapTable.from_histories(
    ["a", "b", "c"],
    {"100": 30, "010": 22, "001": 41, "110": 6, "101": 9, "011": 7, "111": 2},
)


def exact_one_class(table: OverlapTable) -> tuple[np.ndarray, np.ndarray]:
    """Posterior of N under one class: p(N) ~ 1/N times N!/(N-n)! times a beta integral per list."""
    n = table.n
    population = np.arange(n, 40 * n, dtype=float)
    lgamma = np.vectorize(math.lgamma)
    log_p = lgamma(population) - lgamma(population - n + 1)
    for size in table.list_sizes:
        log_p += lgamma(population - size + 1) - lgamma(population + 2)
    p = np.exp(log_p - log_p.max())
    return population, p / p.sum()


def test_one_class_has_its_closed_form():
    estimate = LatentClass(classes=1).estimate(SMALL, seed=3)
    population, p = exact_one_class(SMALL)
    error = estimate.diagnostics["mc_error"]
    for name, q, got in (
        ("lower", 0.025, estimate.interval.lower),
        ("median", 0.5, estimate.point),
        ("upper", 0.975, estimate.interval.upper),
    ):
        exact = population[np.searchsorted(np.cumsum(p), q)]
        assert abs(got - exact) <= 4 * error[name] + 1  # 4 Monte Carlo errors, and whole people


# medians and Monte Carlo errors of the study in docs/latent-classes.md (eight chains)
STUDY = {
    "korea-palembang": (138.0, 0.2),
    "new-orleans-5": (799.0, 1.1),
    "uk2013-5": (22293.0, 29.1),
}


@pytest.mark.extended
@pytest.mark.parametrize("name", STUDY)
def test_published_tables(name):
    estimate = LatentClass().estimate(published.load(name), seed=1)
    d = estimate.diagnostics
    assert d["rhat"] < 1.05
    assert min(d["ess_bulk"], d["ess_tail"]) >= 400
    median, error = STUDY[name]
    both = math.hypot(error, d["mc_error"]["median"])
    assert abs(estimate.point - median) <= 4 * both + 0.5
    assert estimate.interval.kind == "posterior"
    assert estimate.interval.lower <= estimate.point <= estimate.interval.upper
    assert (estimate.draws >= estimate.observed).all()


def test_the_same_draws_in_any_order_of_lists_under_any_names_on_any_threads():
    quick = {"sweeps": 2_000, "rounds": 1, "rhat": 5.0, "ess": 1.0}
    first = LatentClass(**quick, threads=1).estimate(SMALL, seed=5)
    moved = OverlapTable(("x", "y", "z"), SMALL.keep([2, 0, 1]).cells)
    second = LatentClass(**quick, threads=3).estimate(moved, seed=5)
    np.testing.assert_array_equal(first.draws, second.draws)
    other = LatentClass(**quick).estimate(SMALL, seed=6)
    assert not np.array_equal(first.draws, other.draws)


def test_an_empty_list_changes_nothing():
    quick = {"sweeps": 2_000, "rounds": 1, "rhat": 5.0, "ess": 1.0}
    wide = OverlapTable.from_histories(
        ["a", "b", "c", "d"], {h + "0": k for h, k in SMALL.histories()}
    )
    plain = LatentClass(**quick).estimate(SMALL, seed=1)
    wider = LatentClass(**quick).estimate(wide, seed=1)
    np.testing.assert_array_equal(plain.draws, wider.draws)
    assert any("left out" in str(c) for c in wider.caveats)


def test_there_is_no_cap_on_the_population():
    thin = OverlapTable.from_histories(["a", "b", "c"], {"100": 60, "010": 60, "001": 60, "110": 1})
    estimate = LatentClass(rhat=1.5, ess=50).estimate(thin, seed=1)
    assert (estimate.draws > 21 * thin.n).mean() > 0.01


@pytest.mark.parametrize(
    ("histories", "error"),
    [
        ({"100": 5}, NotSupported),
        ({}, NotSupported),
        ({"100": 5, "010": 7, "001": 2}, NoFiniteEstimate),
    ],
)
def test_refuses_by_name(histories, error):
    table = OverlapTable.from_histories(["a", "b", "c"], histories)
    with pytest.raises(error):
        LatentClass().estimate(table)


def test_says_so_where_it_does_not_converge():
    hurried = LatentClass(sweeps=200, rounds=1, pilot_starts=2, pilot_sweeps=100)
    with pytest.raises(NotConverged, match=r"disagree|effective") as caught:
        hurried.estimate(published.load("netherlands-5"), seed=1)
    assert caught.value.code == "not-converged"


@pytest.mark.parametrize(
    "bad", [{"chains": 2}, {"classes": 0}, {"a": 0.0}, {"level": 1.0}, {"rhat": 1.0}, {"sweeps": 5}]
)
def test_settings_out_of_range(bad):
    with pytest.raises(InputError):
        LatentClass(**bad)


def test_modes_of_one_and_of_two_peaks():
    rng = np.random.default_rng(1)
    one = np.exp(rng.normal(8, 0.3, 20_000))
    assert len(find_modes(one)) == 1
    two = np.concatenate([rng.normal(48_000, 4_000, 6_000), rng.normal(147_000, 25_000, 14_000)])
    modes = find_modes(two)
    assert [round(m.mass, 2) for m in modes] == [0.3, 0.7]
    assert modes[0].median == pytest.approx(48_000, rel=0.01)
    assert modes[0].lower < 48_000 < modes[0].upper < modes[1].lower
    assert len(find_modes(np.full(100, 7.0))) == 1
    low, high = np.full(500, 100.0), np.full(500, 300.0)
    chains = np.array([np.r_[low, high], np.r_[high, high]]) + rng.normal(0, 3, (2, 1000))
    apart = find_modes(chains)
    assert [(m.mass, m.chains, m.visits) for m in apart] == [(0.25, 1, 1), (0.75, 2, 2)]
    assert len(find_modes(np.repeat([124.0, 125.0, 126.0], [500, 400, 300]))) == 1
