"""What a step keeps comes back as it was: figures, intervals without a bound, notes in their order."""

import math

import numpy as np
import pytest

import uncounted as uc
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Number, note
from uncounted.disclosure.suppress import Published
from uncounted.engine.kept import from_array, to_array
from uncounted.estimators.registry import METHODS, MethodSettings, make
from uncounted.linkage.overlaps import Overlaps
from uncounted.pooling.linkage_draws import Parts, Pooled, estimate_over_draws
from uncounted.verdict.groups import GroupRow

# The first number decides between singular and plural, and it is not the first by its name.
SAID = note("pooling.draws.endless", refused=Number(1, "draws"), draws=Number(200, "draws"))


def kept(value):
    return from_array(to_array(value))


@pytest.mark.parametrize(
    "interval",
    [
        Interval("wald", 0.95, 120.25, 300.5),
        Interval("profile", 0.9, 120.0, math.inf),
        Interval("percentile", 0.9, math.inf, math.inf),
    ],
)
def test_an_interval_comes_back(interval):
    assert Interval.from_dict(kept(interval.to_dict())) == interval


def test_an_estimate_comes_back_with_its_notes_in_order():
    made = Estimate(
        "bic",
        100,
        1 / 3 + 200,
        Interval("bca", 0.95, 150.0, math.inf),
        model="[12,3]",
        model_in_names="a x b, c",
        standard_error=12.5,
        bic=1.5,
        aic=2.5,
        deviance=3.5,
        caveats=(SAID, note("estimators.unbounded")),
        diagnostics={"bootstrap": {"resamples": 20}},
    )
    again = Estimate.from_dict(kept(made.to_dict()))
    assert again == made
    assert [name for name, _ in again.caveats[0].numbers] == ["refused", "draws"]
    refused = Estimate("bic", 100, None, refused=SAID)
    assert Estimate.from_dict(kept(refused.to_dict())) == refused


def test_json_has_typed_fields_among_the_diagnostics_only_where_there_are_some():
    made = Estimate("x", 1, 2.0, standard_error=0.5, model_in_names="a", diagnostics={"k": 1})
    assert made.to_dict()["diagnostics"] == {"k": 1, "standard_error": 0.5, "model_in_names": "a"}
    assert Estimate("x", 1, 2.0).to_dict()["diagnostics"] == {}
    assert "draws_are" not in made.to_dict()


@pytest.mark.parametrize("refused", [False, True])
def test_a_pooled_figure_comes_back(refused):
    draws = np.array([150.0, 200.0, math.inf])
    estimate = (
        Estimate("bic", 100, None, refused=SAID)
        if refused
        else Estimate("bic", 100, 200.0, draws=draws, draws_are="pool", caveats=(SAID,))
    )
    made = Pooled(estimate, None if refused else Parts(0.1, 0.2, 0.7), (99, 100, 103), 2, 5)
    again = Pooled.from_arrays(made.to_arrays())
    assert (again.parts, again.observed, again.refused, again.tables) == (
        made.parts, made.observed, 2, 5,
    )  # fmt: skip
    assert again.estimate.to_dict() == estimate.to_dict()
    assert again.estimate.draws_are == estimate.draws_are
    if not refused:
        assert (again.estimate.draws == draws).all()


def test_groups_and_overlaps_come_back():
    row = GroupRow("Ruritania", None, 40.0, Interval("pool", 0.95, 20.0, math.inf), SAID)
    assert GroupRow.from_dict(kept(row.to_dict())) == row
    shown = Published((3, None), {"all": 5, "b": None}, 1, 2, 3)
    again = Published.from_dict(kept(shown.to_dict()))
    assert again.to_dict() == shown.to_dict() and again.cells == (3, None)
    assert list(again.totals) == ["all", "b"]
    made = Overlaps(
        ("a", "b"), np.array([[0, 1, 2, 3]]), {"origin": np.ones((1, 2, 4), int)},
        {"origin": ("not known", "x")}, 0,
    )  # fmt: skip
    back = Overlaps.from_arrays(made.to_arrays())
    assert (back.lists, back.labels, back.reference) == (made.lists, made.labels, 0)
    assert (back.counts == made.counts).all()
    assert (back.by_group["origin"] == made.by_group["origin"]).all()


def test_parts_kept_change_nothing_of_the_pooled_figure():
    one = uc.OverlapTable.from_histories("ab", {"10": 60, "01": 40, "11": 20})
    two = uc.OverlapTable.from_histories("ab", {"10": 58, "01": 38, "11": 22})
    through = {}

    def keep(name, work):
        made = through[name] = work()
        return made

    plain = estimate_over_draws([one, two], "main", resamples=30)
    again = estimate_over_draws([one, two], "main", resamples=30, keep=keep)
    assert through and plain.parts == again.parts
    assert plain.estimate.to_dict() == again.estimate.to_dict()
    assert (plain.estimate.draws == again.estimate.draws).all()


RESAMPLED = {
    "main", "all-pairs", "stepwise", "bic", "aic", "sample-coverage:high", "sample-coverage:low",
}  # fmt: skip


@pytest.mark.parametrize("method", [m for m in METHODS if m not in ("latent-class", "threshold")])
def test_every_method_says_what_its_draws_are(method):
    table = uc.OverlapTable.from_histories(
        "abc", {"100": 60, "010": 40, "001": 50, "110": 12, "101": 9, "011": 14, "111": 6}
    )
    found = make(method, MethodSettings(bootstrap=20, threads=1)).estimate(table)
    assert (found.draws is None) == (found.draws_are is None)
    assert (found.draws_are == "resamples") == (method in RESAMPLED)
    bare = make(method, MethodSettings(bootstrap=0, threads=1)).estimate(table)
    assert bare.draws_are != "resamples"
