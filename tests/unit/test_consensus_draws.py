"""The consensus over linkage draws: an average of posteriors, nothing else."""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

import uncounted as uc
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError, NoFiniteEstimate
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid
from uncounted.pooling.consensus_draws import consensus_over_draws, mixture
from uncounted.verdict.measured import measured_coverage

COUNTS = np.array([0, 180, 150, 40, 120, 30, 25, 12, 90, 20, 18, 8, 14, 6, 5, 3])


def tables(*moved):
    """Tables in which some people of list A alone are found to be on A and B."""
    out = []
    for k in moved:
        c = COUNTS.copy()
        c[1], c[2], c[3] = c[1] - k, c[2] - k, c[3] + k
        out.append(OverlapTable.from_histories(["A", "B", "C", "D"], c))
    return out


def test_one_draw_is_the_consensus_itself():
    (table,) = tables(0)
    alone = Consensus().estimate(table)
    over = consensus_over_draws([table] * 5)
    # one grid moved onto itself: only the ends of its cells are rounded
    assert over.estimate.point == pytest.approx(alone.point, rel=1e-9)
    assert over.estimate.interval.lower == pytest.approx(alone.interval.lower, rel=1e-9)
    assert over.estimate.interval.upper == pytest.approx(alone.interval.upper, rel=1e-9)
    assert over.variances[0] == pytest.approx(0.0, abs=1e-20)
    assert over.tables == 1


def test_the_average_is_that_of_the_draws_of_all_posteriors():
    drawn = tables(0, 6, 12, 18)
    over = consensus_over_draws(drawn)
    rng = np.random.default_rng(1)
    every = np.concatenate([Consensus().posterior(t).pool.draws(200_000, rng) for t in drawn])
    for q in (0.0025, 0.3, 0.5, 0.975):
        share = float((every <= over.posterior.pool.quantile(q)).mean())
        # 800,000 draws, four standard errors
        assert share == pytest.approx(q, abs=4 * (q * (1 - q) / 8e5) ** 0.5 + 1e-4)
    assert over.variances[0] > 0.0


def test_nobody_is_put_below_the_people_observed_in_a_draw():
    y = OddsGrid().values()
    mass = np.zeros(y.size)
    mass[300] = 1.0
    few, many = GridPosterior(100, y, mass), GridPosterior(140, y, mass)
    both = mixture([few, many], [0.5, 0.5], (100, OddsGrid(0.0005, 6000.0).values()))
    peak = few.population[300]
    assert both.mass.sum() == pytest.approx(1.0)
    assert both.quantile(0.25) == pytest.approx(peak, rel=0.03)  # within a cell
    assert both.quantile(0.75) == pytest.approx(1.4 * peak, rel=0.03)
    endless = mixture([few], [0.9], (100, y), endless=0.1)
    assert endless.end_mass() == pytest.approx(0.1)


def test_draws_without_a_figure_stand_at_the_end_or_refuse():
    none = OverlapTable.from_histories(["A", "B", "C", "D"], [0, 9, 9, 0, 9] + [0] * 11)
    with pytest.raises(NoFiniteEstimate, match="draws"):
        consensus_over_draws([*tables(0, 6), none])
    most = consensus_over_draws([*tables(*range(9)), none])
    assert most.refused == 1 and most.posterior.pool.end_mass() > 0.09
    with pytest.raises(InputError):
        consensus_over_draws([])


def test_the_name_gives_the_same_figure_and_parts_of_its_doubt():
    drawn = tables(0, 6, 12)
    named = uc.estimate_over_draws(drawn, "consensus")
    over = consensus_over_draws(drawn)
    assert named.estimate.interval == over.estimate.interval
    assert named.estimate.point == over.estimate.point
    assert sum(named.parts.shares().values()) == pytest.approx(1.0)


def test_threads_change_nothing():
    drawn = tables(0, 6, 12)
    one, two = (consensus_over_draws(drawn, threads=k).posterior.pool.mass for k in (1, 2))
    assert np.array_equal(one, two)


def test_measured_coverage_is_the_studys():
    root = Path(__file__).parents[2] / "benchmarks" / "results" / "ways_study_methods.csv"
    with root.open(newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    shipped = json.loads(
        resources.files("uncounted.verdict").joinpath("measured.json").read_text("utf-8")
    )
    assert shipped["designs"] == len({r["design"] for r in rows})
    for name in ("bic", "graphs", "main", "consensus"):
        held = [float(r["coverage"]) for r in rows if r["method"] == name]
        found = measured_coverage(name)
        assert found.mean == pytest.approx(np.mean(held), abs=1e-4)
        assert found.lowest == min(held)
    assert measured_coverage("bic", 0.9) is None
    assert measured_coverage("no such method") is None
