"""The two ranges: what the likely one is learned on, its limits, and that names decide nothing."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

import uncounted as uc
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.likely import (
    Likely,
    likely_interval,
    likely_model,
    mixed,
)
from uncounted.estimators.posterior_grid import GridPosterior, OddsGrid
from uncounted.estimators.summaries import MIDDLE, NAMES, signs_of
from uncounted.simulation.populations import independent_lists

RULE = Consensus(draws=0)
PINNED = {
    "kosovo": (13648, 10623, 19840, 8812, 40580),
    "uk2013-5": (16722, 8140, 26429, 7536, 29324),
    "massachusetts-anomaly": (645, 596, 827, 583, 1088),
}


def ranges(table, rule=RULE):
    return rule.over([rule.posterior(table)])


@pytest.mark.parametrize("name", PINNED)
def test_learned_figures_of_published_tables(name):
    """A change of the coefficients, of the numbers they are for or of the tails shows here.

    To 0.5%: the members are found by Newton's method, stopped at a decrement of 1e-5.
    """
    found = ranges(uc.published.load(name))
    made = (found.point, found.likely.lower, found.likely.upper, *(
        found.interval.lower, found.interval.upper))  # fmt: skip
    assert made == pytest.approx(PINNED[name], rel=0.005)


@pytest.mark.parametrize("apart", [False, True])
def test_the_likely_range_lies_inside_the_other_and_the_point_inside_both(apart):
    rule = Consensus(draws=0, apart=apart)
    for name in ("kosovo", "korea-palembang", "uk2013-5", "australia", "new-orleans-5"):
        found = ranges(uc.published.load(name), rule)
        assert found.interval.lower <= found.likely.lower < found.point, name
        assert found.point < found.likely.upper <= found.interval.upper, name


@pytest.mark.parametrize("apart", [False, True])
def test_order_and_names_of_the_lists_change_nothing(apart):
    rule = Consensus(draws=0, apart=apart)
    table = uc.published.load("kosovo")
    first = ranges(table, rule)
    for order in itertools.islice(itertools.permutations(range(4)), 1, 24, 7):
        assert ranges(table.keep(list(order)), rule) == first


def test_numbers_have_names_and_the_file_is_theirs():
    found = RULE.posterior(uc.published.load("kosovo"))
    assert found.features().shape == (len(NAMES),)
    assert len(set(NAMES)) == len(NAMES)
    stored = files("uncounted.estimators").joinpath("likely.json").read_text("utf-8")
    assert json.loads(stored)["names"] == list(NAMES)
    assert len(stored) < 200_000


def test_quantiles_ascend_and_far_numbers_are_drawn_in():
    rng = np.random.default_rng(3)
    model = likely_model()
    far = model.mean + model.sd * rng.normal(0.0, 20.0, (200, len(NAMES)))
    far[:, MIDDLE] = 0.0
    made = model.log_odds(far)
    assert (np.diff(made, axis=1) >= 0).all()
    further = model.mean + 5.0 * (far - model.mean)
    same = (np.abs(far - model.mean) > 3.0 * model.sd).all(axis=1)
    further[:, MIDDLE] = 0.0
    np.testing.assert_array_equal(model.log_odds(further[same]), made[same])


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (independent_lists(90, [0.3, 0.25, 0.2]), "few-people"),
        (independent_lists(90_000, [0.3, 0.25, 0.2, 0.2]), "many-people"),
        (independent_lists(15_000, [0.012, 0.01, 0.009, 0.008]), "small-share"),
        (independent_lists(900, [0.3, 0.25]), "two-lists"),
        (independent_lists(900, [0.1] * 7), "many-lists"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_far_from_the_training_both_ranges_are_the_careful_one_and_a_caveat_says_so(table, code):
    rule = Consensus(draws=0)
    posterior = rule.posterior(table.draw(np.random.default_rng(8)))
    found = rule.over([posterior])
    assert not found.learned
    assert [c.code for c in found.caveats] == [f"estimators.likely.{code}"]
    assert (found.likely.lower, found.likely.upper) == (found.interval.lower, found.interval.upper)
    assert found.point == posterior.pool.median
    assert found.caveats[0] in rule.dress(posterior).caveats


def test_over_equal_draws_the_ranges_are_those_of_one():
    posterior = RULE.posterior(uc.published.load("kosovo"))
    one, three = RULE.over([posterior]), RULE.over([posterior] * 3)
    assert three.point == pytest.approx(one.point, rel=1e-6)
    # Ends are rounded to whole people, one either way.
    assert three.interval.lower == pytest.approx(one.interval.lower, abs=1)
    assert three.likely.upper == pytest.approx(one.likely.upper, abs=1)


def test_over_unequal_draws_the_doubt_of_both_is_inside():
    """Two answers to who is who, one with 400 people seen and one with 520: the mixture holds both."""
    small = RULE.posterior(
        independent_lists(900, [0.2, 0.18, 0.15, 0.1]).draw(np.random.default_rng(1))
    )
    large = RULE.posterior(
        independent_lists(1800, [0.2, 0.18, 0.15, 0.1]).draw(np.random.default_rng(1))
    )
    low, high, both = RULE.over([small]), RULE.over([large]), RULE.over([small, large])
    assert low.point < both.point < high.point
    assert both.likely.lower < low.point
    assert both.likely.upper > high.point
    assert both.interval.lower < low.likely.lower * 1.1
    assert both.interval.upper > high.likely.upper * 0.9


def test_quantile_and_probability_below_undo_each_other():
    model = likely_model()
    found = RULE.posterior(uc.published.load("kosovo"))
    learned = Likely(found.pool.n, model.levels, model.log_odds(found.features()), model.tails)
    for q in (0.001, 0.025, 0.3, 0.5, 0.9, 0.999):
        assert learned.below(learned.quantile(q)) == pytest.approx(q, abs=1e-6)
    assert learned.below(found.pool.n) == 0.0
    assert mixed([learned, learned], 0.3) == pytest.approx(learned.quantile(0.3), rel=1e-6)
    half = likely_interval([learned], 0.5)
    whole = likely_interval([learned], 0.95)
    assert whole.lower < half.lower < half.upper < whole.upper


def test_a_factor_on_every_further_list_cannot_be_seen_in_the_counts():
    """Why the answer must be asked for: the observed cells are those of another hidden count.

    Independent lists, but being met by one multiplies the odds of each further one by 0.4: exactly
    the observed cells of independent lists with other sizes and 1 / 0.4 times as many unseen.
    """
    odds = np.array([0.3, 0.2, 0.5, 0.1])
    masks = np.arange(16)
    on = (masks[:, None] >> np.arange(4) & 1) == 1
    size = on.sum(axis=1)
    factor = 0.4
    kept_apart = np.prod(np.where(on, odds, 1.0), axis=1) * factor ** np.maximum(size - 1, 0)
    plain = np.prod(np.where(on, odds * factor, 1.0), axis=1)
    np.testing.assert_allclose(plain[1:] / factor, kept_apart[1:], rtol=1e-12)
    assert plain[0] / factor == pytest.approx(kept_apart[0] / factor)


def test_scaling_moves_the_posterior_by_the_factor():
    y = OddsGrid().values()
    mass = np.exp(-0.5 * ((y - 0.5) / 0.2) ** 2)
    found = GridPosterior(1000, y, mass / mass.sum())
    moved = found.scaled(np.array([0.3]))
    assert moved.log_odds(0.5) == pytest.approx(found.log_odds(0.5) + np.log(0.3), abs=1e-3)
    assert moved.mass.sum() == pytest.approx(1.0)
    even = found.scaled(np.geomspace(0.1, 1.0, 12))
    # The upper end stays where nobody is kept apart; the lower one reaches a tenth.
    assert even.log_odds(0.999) == pytest.approx(found.log_odds(0.99), abs=0.1)
    assert even.log_odds(0.001) < found.log_odds(0.5) + np.log(0.1)
    assert found.scaled(np.array([1.0])).mass == pytest.approx(found.mass)


def test_whoever_leaves_after_being_met_is_held_only_when_the_question_is_answered():
    """Later lists miss 7 in 10 of those met: the figure is twice too high unless it is told."""
    from uncounted.simulation.ease import leaving_lists

    table = leaving_lists(2000, [0.2, 0.2, 0.2, 0.2], 0.7).draw(np.random.default_rng(2))
    deaf, told = ranges(table), ranges(table, Consensus(draws=0, apart=True))
    assert deaf.interval.lower > 2000
    assert told.interval.lower < told.likely.lower < 2000 < told.likely.upper


def test_signs_by_hand():
    """Three lists, 40 + 30 + 20 alone, pairs of 10, 8, 6, two on all."""
    counts = np.array([99, 40, 30, 10, 20, 8, 6, 2])
    found = signs_of(counts, 3)
    assert (found.people, found.lists, found.shared, found.on) == (116, 3, 26, (90, 24, 2))
    assert found.chao == pytest.approx(np.log((90 * 89 + 1) / (2 * 25) / 116))
    # Lists 0 and 1 among the people on list 2: 2.5 * 20.5 / (8.5 * 6.5).
    pairs = [2.5 * 20.5 / (8.5 * 6.5), 2.5 * 30.5 / (10.5 * 6.5), 2.5 * 40.5 / (10.5 * 8.5)]
    assert found.pair_low == pytest.approx(np.log(min(pairs)))
    assert found.pair_high == pytest.approx(np.log(max(pairs)))


def test_what_is_shipped_needs_numpy_alone():
    """The learned part is read and used without the packages that made it."""
    words = (
        "import sys; from uncounted.estimators.likely import likely_model; import numpy as np; "
        "m = likely_model(); m.log_odds(np.zeros(m.mean.size)); "
        "print(sorted(x for x in ('scipy', 'sklearn', 'pandas') if x in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_evidence_beside_the_table_weighs_the_learned_curve():
    """Normal times normal: means weighted by precision."""
    from statistics import NormalDist

    from uncounted.estimators.likely import Likely

    levels = np.array([0.0025, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.9975])
    curve = NormalDist(1.0, 0.5)
    learned = Likely(1000, levels, np.array([curve.inv_cdf(p) for p in levels]), (0.025, 0.025))
    same = learned.given(np.zeros_like)
    assert same.log_odds == pytest.approx(learned.log_odds, abs=0.01)
    given = learned.given(lambda y: -0.5 * ((y - 2.0) / 0.5) ** 2)
    wanted = NormalDist(1.5, 0.5 / np.sqrt(2.0))
    # Pieces of the curve are a thousandth of the sd; the tails beyond 0.0025 go on as they are.
    assert given.log_odds == pytest.approx([wanted.inv_cdf(p) for p in levels], abs=0.02)
    assert given.quantile(0.5) == pytest.approx(1000 * (1 + np.exp(1.5)), rel=0.01)
