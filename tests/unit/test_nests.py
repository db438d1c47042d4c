"""Lists inside other lists: found, named, left out; limits of models whose likelihood rises for ever."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

import uncounted as uc
from uncounted.answers import estimates, overlap_table
from uncounted.errors import NoFiniteEstimate, NotIdentifiable
from uncounted.estimators._limits import limit
from uncounted.estimators.hierarchy import all_models, all_pairs, main_effects
from uncounted.estimators.nested_figures import either_way
from uncounted.estimators.nests import nesting

NAMES = ("hotline", "shelter", "clinic", "police", "church", "union", "embassy", "school")
CHANCES = (0.3, 0.28, 0.15, 0.12, 0.2, 0.1, 0.15, 0.2)
EVERYBODY = 2000
DEFAULT = ("main", "stepwise", "bic", "aic", "averaged", "consensus", "graphs", "shrinkage")

ISSUE = uc.OverlapTable.from_histories(
    NAMES[:4],
    {
        "1100": 178, "0010": 184, "0001": 136, "1000": 270, "1001": 36, "1110": 38,
        "1010": 37, "1101": 23, "0011": 28, "1011": 6, "1111": 1,
    },
)  # fmt: skip


def population(kind: str, t: int, seed: int, breakers: int = 0) -> uc.OverlapTable:
    """Lists independent of each other but for the one, or the pairs, of a kind."""
    rng = np.random.default_rng(seed)
    on = rng.random((EVERYBODY, t)) < np.array(CHANCES[:t])
    inner = 1
    if kind == "inside":
        on[:, 1] = on[:, 0] & (rng.random(EVERYBODY) < 0.4)
    elif kind == "two pairs":
        on[:, 1] = on[:, 0] & (rng.random(EVERYBODY) < 0.4)
        on[:, 3] = on[:, 2] & (rng.random(EVERYBODY) < 0.4)
    elif kind == "union":
        on[:, 2] = (on[:, 0] | on[:, 1]) & (rng.random(EVERYBODY) < 0.35)
        inner = 2
    elif kind == "referrals":
        on[:, -1] = on[:, :-1].any(axis=1) & (rng.random(EVERYBODY) < 0.3)
        inner = t - 1
    elif kind == "double":
        on[:, 1] = on[:, 0]
    elif kind == "chain":
        on[:, 1] = on[:, 0] & (rng.random(EVERYBODY) < 0.5)
        on[:, 2] = on[:, 1] & (rng.random(EVERYBODY) < 0.5)
        inner = 2
    unseen = np.flatnonzero(~on.any(axis=1))
    on[rng.choice(unseen, breakers, replace=False), inner] = True
    counts = np.bincount(on @ (1 << np.arange(t)), minlength=1 << t)
    counts[0] = 0
    return uc.OverlapTable.from_histories(NAMES[:t], counts)


@pytest.mark.parametrize("breakers", [0, 3])
@pytest.mark.parametrize(
    ("kind", "t"),
    [
        ("inside", 3), ("inside", 4), ("inside", 5), ("two pairs", 4), ("two pairs", 5),
        ("union", 4), ("union", 5), ("referrals", 4), ("referrals", 5), ("double", 4), ("chain", 5),
    ],
)  # fmt: skip
def test_no_figure_collapses(kind, t, breakers):
    table = population(kind, t, 2, breakers)
    for found in uc.estimate(table, DEFAULT, bootstrap=0, threads=1):
        # The lists that remain are independent: 0.8 is three standard errors of the worst
        # (two lists of 600 and 300 people, aic among their models).
        assert found.point > 0.8 * EVERYBODY, found.method
        assert found.observed == table.n
        assert any(c.code == "words.advice" for c in found.caveats)


@pytest.mark.extended
@pytest.mark.parametrize("t", [6, 7, 8])
@pytest.mark.parametrize("kind", ["inside", "two pairs", "union", "referrals", "double", "chain"])
def test_no_figure_collapses_with_many_lists(kind, t):
    table = population(kind, t, 5)
    for found in uc.estimate(table, ["main", "stepwise", "consensus"], bootstrap=0, threads=1):
        assert found.point > 0.8 * EVERYBODY


def test_figure_is_that_of_the_lists_that_remain():
    rest = ISSUE.keep([0, 2, 3])
    for method in ("main", "bic", "averaged", "lower-bound", "graphs", "shrinkage", "pairs"):
        whole, part = (uc.estimate(x, method, bootstrap=0)[0] for x in (ISSUE, rest))
        assert whole.point == part.point
        assert whole.observed == ISSUE.n


def test_order_and_names_of_lists_do_not_matter():
    first = uc.estimate(ISSUE, ["bic", "consensus"], bootstrap=0)
    turned = uc.estimate(ISSUE.keep([3, 1, 0, 2]), ["bic", "consensus"], bootstrap=0)
    assert [e.point for e in first] == [e.point for e in turned]


def test_what_a_list_lies_inside_is_named():
    for kind, within in (
        ("inside", ("hotline",)), ("union", ("hotline", "shelter")),
        ("referrals", ("hotline", "shelter", "clinic")),
    ):  # fmt: skip
        nests = nesting(population(kind, 4, 3)).left_out
        assert [n.within for n in nests] == [within]
        assert nests[0].outside == 0
    near = nesting(population("inside", 4, 3, breakers=3)).left_out
    assert [(n.inner, n.within, n.outside) for n in near] == [("shelter", ("hotline",), 3)]


def test_both_figures_are_said_once_each():
    said = either_way(ISSUE)
    assert len(said) == 1
    without, other = said[0].word("without"), said[0].word("other")
    consensus = uc.Consensus(draws=0)
    assert without.number("point").value == consensus.estimate(ISSUE.keep([0, 2, 3])).point
    assert other.number("point").value == consensus.estimate(ISSUE.keep([1, 2, 3])).point
    assert str(said[0]).startswith("Everybody on shelter (240 people) is also on hotline. Leave")
    assert either_way(uc.published.load("uk2013-5")) == ()


def test_union_is_merged_for_the_other_figure():
    table = population("union", 4, 3)
    said = either_way(table)[0]
    merged = table.merge([[0, 1, 2], [3]], ["m", "police"])
    assert said.word("other").number("point").value == uc.Consensus(draws=0).estimate(merged).point


def test_command_names_it(tmp_path):
    path = tmp_path / "table.csv"
    rows = [f"{','.join(h)},{c}" for h, c in ISSUE.histories()]
    path.write_text("\n".join([",".join((*ISSUE.lists, "count")), *rows]))
    request = estimates.EstimatesRequest(
        overlap_table.TableRequest(str(path)), methods=("bic",), bootstrap=0
    )
    found = estimates.answer(request)
    assert [n["code"] for n in found.to_dict()["notes"]] == ["estimators.nests.either-list"]
    assert any(
        "Note: Everybody on shelter" in str(x.text) for x in found.told() if hasattr(x, "text")
    )
    page = found.page()
    assert not any("240" in t for t in page.traps)
    assert any(t.startswith("Everybody on shelter is also on hotline") for t in page.traps)


def test_verdict_names_it_and_counts_the_lists_that_remain():
    verdict = uc.assess(
        ISSUE, methods=["bic", "model:[13,14,23,24,34]"], validate=False,
        unreachable_group="no", leaves_reach="no", matching="certain",
    )  # fmt: skip
    codes = [r.code for r in verdict.reasons]
    assert "estimators.nests.either-list" in codes
    assert "verdict.lists.three" in codes
    assert verdict.level == "supported with caution"
    collapsed = verdict.estimates[1]
    assert collapsed.point < 1000
    assert {"verdict.holds.below-bound", "verdict.holds.outside"} <= {
        c.code for c in collapsed.caveats
    }
    assert not any(c.code.startswith("verdict.holds") for c in verdict.estimates[0].caveats)


def test_a_list_that_holds_everybody_is_refused_by_name():
    table = uc.OverlapTable.from_histories(
        NAMES[:4], {"1000": 200, "1100": 60, "1010": 70, "1001": 50, "1110": 20, "1011": 9}
    )
    for method in ("bic", "consensus", "lower-bound", "shrinkage"):
        found = uc.estimate(table, method, bootstrap=0)[0]
        assert found.point is None
        assert "Everybody who is on any list is on hotline" in str(found.refused)
    with pytest.raises(NotIdentifiable):
        uc.LowerBound().estimate(uc.OverlapTable.from_histories("ab", {"10": 30, "11": 5}))
    nearly = uc.OverlapTable.from_histories(
        NAMES[:4], {"1000": 200, "1100": 60, "1010": 70, "1001": 50, "1110": 20, "1011": 9, "0001": 1}
    )  # fmt: skip
    verdict = uc.assess(nearly, methods=[], validate=False)
    assert verdict.level == "not supported"
    assert "estimators.nests.nearly-everybody" in [r.code for r in verdict.reasons]


def test_two_lists_that_share_out_everybody_are_refused():
    table = uc.OverlapTable.from_histories(
        NAMES[:4],
        {"1000": 300, "0100": 280, "1010": 90, "0110": 85, "1001": 70, "0101": 66, "1011": 20, "0111": 25},
    )  # fmt: skip
    found = uc.estimate(table, ["bic", "consensus"], bootstrap=0)
    assert [e.point for e in found] == [None, None]
    assert "also on hotline or shelter" in str(found[0].refused)


def test_a_few_people_may_lie_inside_by_chance():
    # Six of a list whose people are on the others as often as anybody: 0.5 ** 6 with the odds as
    # they are, and more than one in a hundred if they were three times as high.
    table = uc.OverlapTable.from_histories(
        "abcd",
        {"1000": 60, "0100": 55, "0010": 60, "1100": 60, "1010": 58, "0110": 62, "1110": 60,
         "1001": 3, "0101": 2, "1111": 1},
    )  # fmt: skip
    found = nesting(table)
    assert found.table.t == 4
    assert [n.inner for n in found.nests] == ["d"]
    assert not found.nests[0].left_out


def test_limit_is_the_figure_of_the_lists_without_the_inner_one():
    counts = np.array(ISSUE.counts)
    found = limit(counts, (1, 2, 4, 8, 3))
    main = uc.LogLinear("main", bootstrap=0).estimate(ISSUE.keep([0, 2, 3]))
    assert found.kind == "finite"
    assert ISSUE.n + found.fit(counts).hidden == pytest.approx(main.point, rel=1e-8)
    named = uc.LogLinear("[12,3,4]", bootstrap=200).estimate(ISSUE)
    assert named.point == pytest.approx(main.point, rel=1e-8)
    assert named.diagnostics["at_limit"]
    assert named.interval.lower < main.point < named.interval.upper
    assert np.isfinite(named.draws).all()


def test_limits_against_a_search_of_the_likelihood():
    """BFGS from zero follows the likelihood up until it hardly rises."""
    rng = np.random.default_rng(3)
    kinds = set()
    for _ in range(15):
        counts = rng.poisson(np.array([0, 30, 25, 20, 28, 15, 9, 6])) * (rng.random(8) < 0.7)
        counts[0] = 0
        for model in all_models(3, 2):
            if any(not counts[[m for m in range(8) if m & s == s]].any() for s in model):
                continue
            found = limit(counts, model)
            kinds.add(found.kind)
            if found.kind != "finite":
                continue
            masks = np.arange(8)
            design = np.array([[float(m & s == s) for s in (0, *model)] for m in masks])[1:]

            def lost(a, design=design, y=counts[1:]):
                eta = np.clip(design @ a, -60, 60)
                return float(np.exp(eta).sum() - y @ eta), design.T @ (np.exp(eta) - y)

            best = minimize(
                lost, np.zeros(design.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 4000}
            )  # fmt: skip
            # Where the supremum lies at infinity BFGS stops with means of about 1e-7 left in cells
            # that fall to zero; the intercept is then right to about that.
            assert found.fit(counts).hidden == pytest.approx(np.exp(best.x[0]), rel=1e-3)
    assert {"finite", "none"} <= kinds


def test_kinds_of_limits():
    # All pairs of three lists: hidden = n111 n100 n010 n001 / (n110 n101 n011).
    none = np.array([0, 30, 25, 10, 0, 8, 7, 5])
    assert limit(none, all_pairs(3)).kind == "none"
    endless = np.array([0, 30, 25, 0])
    assert limit(endless, main_effects(2)).kind == "endless"
    with pytest.raises(NoFiniteEstimate, match="limit is the 85 people observed"):
        uc.LogLinear("all-pairs", bootstrap=0).estimate(uc.OverlapTable.from_histories("abc", none))
