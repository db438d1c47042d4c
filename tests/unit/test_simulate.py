"""Designs with known populations, the sums of a simulation, resuming, the command."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import uncounted as uc
from uncounted.cli import main
from uncounted.errors import InputError
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.registry import make
from uncounted.simulation.populations import (
    Design,
    exclusive_lists,
    independent_lists,
    latent_classes,
    like,
    paired_lists,
    rasch,
    two_worlds,
)
from uncounted.simulation.study import simulate, summarise

P = [0.3, 0.2, 0.1]


def inclusion(design, i):
    masks = np.arange(design.cells.size)
    return design.cells[(masks >> i & 1) == 1].sum()


def odds_ratio(design, i, j):
    """Odds ratio of two lists among people on no other list."""
    bit_i, bit_j = 1 << i, 1 << j
    c = design.cells
    return c[0] * c[bit_i | bit_j] / (c[bit_i] * c[bit_j])


@pytest.mark.parametrize(
    "design",
    [
        independent_lists(100, P),
        paired_lists(100, P, {(0, 1): 1.0}),
        exclusive_lists(100, P, [(0, 1)]),
        latent_classes(100, P, [0.7, 0.3], [1, 3]),
        rasch(100, P, 1.0),
        two_worlds(100, P, 3.0),
    ],
    ids=lambda d: d.name,
)
def test_cells_are_probabilities(design):
    assert design.cells.sum() == pytest.approx(1.0)
    assert (design.cells >= 0).all()
    table = design.draw(np.random.default_rng(0))
    assert 0 < table.n <= 100


def test_independent_lists_by_hand():
    design = independent_lists(100, P)
    assert design.cells[0] == pytest.approx(0.7 * 0.8 * 0.9)
    assert design.cells[0b101] == pytest.approx(0.3 * 0.8 * 0.1)
    assert design.coverage == pytest.approx(1 - 0.504)


def test_paired_lists_have_the_odds_ratio_asked_for():
    design = paired_lists(100, P, {(0, 1): 1.2})
    assert math.log(odds_ratio(design, 0, 1)) == pytest.approx(1.2)
    assert odds_ratio(design, 0, 2) == pytest.approx(1.0)


def test_three_way_effects_act_on_people_on_both_lists_only():
    design = paired_lists(100, P, {(0, 1, 2): 0.5})
    assert odds_ratio(design, 0, 2) == pytest.approx(1.0)
    assert odds_ratio(design, 1, 2) == pytest.approx(1.0)


def test_exclusive_lists_share_nobody():
    design = exclusive_lists(100, P, [(0, 1)])
    assert design.cells[0b011] == design.cells[0b111] == 0.0


def test_latent_classes_and_rasch_make_lists_positively_dependent():
    assert odds_ratio(latent_classes(100, P, [0.7, 0.3], [1, 4]), 0, 1) > 1.2
    assert odds_ratio(rasch(100, P, 1.0), 0, 1) > 1.2
    assert odds_ratio(rasch(100, P, 0.0), 0, 1) == pytest.approx(1.0)


def test_a_class_no_list_can_see_is_marked():
    assert latent_classes(100, P, [0.5, 0.5], [1.0, 3.0]).everyone_reachable
    assert not latent_classes(100, P, [0.5, 0.5], [1.0, 0.0]).everyone_reachable


def test_like_a_table_has_its_fitted_means_and_population():
    table = uc.published.load("kosovo")
    design = like(table)
    found = make("bic").estimate(table)
    assert design.population == pytest.approx(found.point, abs=1.0)
    # Fitted list sizes of a log-linear model equal the observed ones (here within rounding of N).
    for i, size in enumerate(table.list_sizes):
        assert inclusion(design, i) * design.population == pytest.approx(size, rel=1e-3)


def test_sums_by_hand():
    figures = np.array([[90, 80, 100], [120, 110, 130], [100, 95, math.inf], [math.nan] * 3])
    found = summarise("x", figures, 100)
    assert (found.replications, found.refused, found.unbounded) == (4, 1, 1)
    assert found.bias == pytest.approx((-10 + 20 + 0) / 3)
    assert found.rmse == pytest.approx(math.sqrt(500 / 3))
    assert found.coverage == pytest.approx(2 / 3)
    assert (found.below, found.above) == (0.0, pytest.approx(1 / 3))
    assert found.width == pytest.approx(20.0)
    assert found.coverage_error == pytest.approx(math.sqrt(2 / 9 / 3))
    # 110 lies above 100 by less than the interval's own ratio 130/110: no far miss.
    assert found.far == 0.0
    assert summarise("x", np.array([[300.0, 290.0, 310.0]]), 100).far == 1.0


def test_true_model_covers_as_it_says():
    """Main effects on independent lists, 20 tables: 95% less three Monte Carlo errors of 5%."""
    found = simulate(
        independent_lists(2000, [0.3, 0.25, 0.2]), {"m0": make("main")}, replications=20, workers=1
    )
    assert found.methods[0].coverage >= 0.80


def test_same_tables_whatever_the_methods_and_their_number():
    design = independent_lists(500, [0.3, 0.25, 0.2, 0.2])
    consensus = Consensus(draws=0)
    one = simulate(design, {"c": consensus}, replications=4, seed=3, workers=1)
    more = simulate(
        design, {"lb": make("lower-bound"), "c": consensus}, replications=8, seed=3, workers=1
    )
    np.testing.assert_array_equal(one.figures["c"], more.figures["c"][:4])
    assert sum(v.tables for v in more.verdicts) == 8


def test_resuming_reads_parts_and_never_anothers(tmp_path):
    design = independent_lists(500, [0.3, 0.25, 0.2])
    methods = {"lb": make("lower-bound")}
    settings = {"seed": 1, "workers": 1, "resume": tmp_path}
    first = simulate(design, methods, replications=40, **settings)
    kept = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    again = simulate(design, methods, replications=40, **settings)
    assert {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()} == kept
    np.testing.assert_array_equal(first.figures["lb"], again.figures["lb"])
    other = simulate(independent_lists(600, [0.3, 0.25, 0.2]), methods, replications=40, **settings)
    assert not np.array_equal(first.figures["lb"], other.figures["lb"])


def test_members_stand_beside_the_pool():
    found = simulate(
        independent_lists(500, [0.3, 0.25, 0.2, 0.2]),
        {"consensus": Consensus(draws=0)}, replications=3, members=True, workers=1,
    )  # fmt: skip
    names = [m.method for m in found.methods]
    assert names[:3] == ["consensus", "consensus: graphs", "consensus: shrinkage"]
    assert names[-1] == "consensus: likely"


def test_bad_designs_say_what_to_do():
    with pytest.raises(InputError, match="between 0 and 1"):
        independent_lists(100, [0.5, 1.5])
    with pytest.raises(InputError, match="population"):
        independent_lists(1, [0.5, 0.5])
    with pytest.raises(InputError, match="share"):
        latent_classes(100, P, [0.5, 0.5], [1.0])
    with pytest.raises(InputError, match="capture history"):
        Design("x", 100, np.ones(5), ("a", "b"))
    with pytest.raises(InputError, match="replication"):
        simulate(independent_lists(100, P), {"lb": make("lower-bound")}, replications=0)


def run(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return stop.value.code, capsys.readouterr()


def test_command(capsys, tmp_path):
    picture = tmp_path / "calibration.svg"
    code, out = run(
        capsys, "simulate", "--like", "kosovo", "--replications", "3", "-m", "lower-bound",
        "--json", "--html", str(picture),
    )  # fmt: skip
    found = json.loads(out.out)
    assert (code, found["ok"]) == (0, True)
    assert found["methods"][0]["replications"] == 3
    assert found["design"]["population"] == pytest.approx(10_357, abs=1)
    assert picture.read_text().startswith("<svg")
    for words in (["simulate"], ["simulate", "--like", "kosovo", "--design", "rasch"]):
        assert run(capsys, *words)[0] == 2
    assert run(capsys, "simulate", "--design", "rasch", "--probabilities", "x")[0] == 3
    assert run(capsys, "simulate", "--like", "kosovo", "--model", "graphs")[0] == 3


@pytest.mark.parametrize(
    "design", ["independent", "positive", "negative", "latent", "exclusive", "rasch", "two-worlds"]
)
def test_every_design_of_the_command_runs(capsys, design):
    code, out = run(
        capsys, "simulate", "--design", design, "--replications", "2", "-m", "lower-bound"
    )
    assert code == 0
    assert "coverage" in out.out
