"""Figures that the R packages of the field print for the published tables."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import uncounted as uc
from uncounted.errors import NoFiniteEstimate, NotIdentifiable
from uncounted.estimators import _selection, existence, hierarchy
from uncounted.estimators._ready import ready

PEERS = json.loads((Path(__file__).parent / "peers.json").read_text())
PRINTED = 1e-6  # peers print eight digits and stop iterating at a relative deviance change of 1e-8
STDERR = 1e-3  # their standard errors come from the last but one iteration's weights
DEVIANCE = 1e-4  # absolute: they print five or six decimals of a difference of large numbers
PROFILE = 1e-3  # they use Stirling's formula above 100 people and stop their root search there


def having(*keys: str) -> list[str]:
    """Tables for which the peers printed this."""
    found = []
    for name, entry in PEERS.items():
        for key in keys:
            entry = entry.get(key) if isinstance(entry, dict) else None
        if entry:
            found.append(name)
    return found


def by_list_order(text: str) -> set[frozenset[str]]:
    return {frozenset(part) for part in text.strip("[]").split(",")}


@pytest.mark.parametrize("name", PEERS)
def test_tables_are_the_peers_tables(name):
    table = uc.published.load(name)
    assert table.n == PEERS[name]["n"]
    assert list(table.lists) == PEERS[name]["lists"]


@pytest.mark.parametrize("name", having("rcapture", "closedpMS"))
@pytest.mark.parametrize("criterion", ["BIC", "AIC"])
def test_best_models_as_rcapture(name, criterion):
    """Rcapture lists models that have no estimate; those are ours to drop, the rest must agree."""
    table = uc.published.load(name)
    expected = PEERS[name]["rcapture"]["closedpMS"]
    compared = 0
    for row in expected[f"top_{criterion}"]:
        model = hierarchy.parse(row["model"], table.lists)
        check = existence.check(table.counts, model)
        if not check.ok:
            with pytest.raises((NoFiniteEstimate, NotIdentifiable)):
                uc.LogLinear(row["model"], bootstrap=0, interval="none").estimate(table)
            continue
        ours = uc.LogLinear(row["model"], bootstrap=0, interval="none").estimate(table)
        assert by_list_order(ours.model) == by_list_order(row["model"])
        # glm.fit leaves means at its boundary of 1e-10 where a margin is empty: 1e-5 there.
        loose = 1e-5 if check.at_infinity else PRINTED
        assert ours.point == pytest.approx(row["abundance"], rel=loose)
        assert ours.deviance == pytest.approx(row["deviance"], abs=DEVIANCE, rel=PRINTED)
        assert ours.aic == pytest.approx(row["AIC"], rel=PRINTED)
        assert ours.bic == pytest.approx(row["BIC"], rel=PRINTED)
        if row["infoFit"] == 0 and not check.at_infinity:
            assert ours.diagnostics["standard_error"] == pytest.approx(row["stderr"], rel=STDERR)
        compared += 1
    assert compared >= 1


@pytest.mark.parametrize("name", having("rcapture", "closedpMS", "profileCI_bestBIC"))
@pytest.mark.parametrize("which", ["profileCI_bestBIC", "profileCI_bestAIC"])
def test_profile_intervals_as_rcapture(name, which):
    row = PEERS[name]["rcapture"]["closedpMS"].get(which)
    if not row or not isinstance(row.get("CI"), dict) or "supCL" not in row["CI"]:
        pytest.skip("the peer printed none")
    table = uc.published.load(name)
    if not existence.check(table.counts, hierarchy.parse(row["model"], table.lists)).ok:
        pytest.skip("the peer's best model has no estimate")
    ours = uc.LogLinear(row["model"], bootstrap=0).estimate(table)
    assert ours.interval.kind == "profile"
    assert ours.diagnostics["profile_point"] == pytest.approx(row["CI"]["abundance"], rel=PROFILE)
    assert ours.interval.lower == pytest.approx(row["CI"]["infCL"], rel=PROFILE)
    if isinstance(row["CI"]["supCL"], (int, float)):
        assert ours.interval.upper == pytest.approx(row["CI"]["supCL"], rel=PROFILE)


CLOSED = {
    "M0": (False, "none"),
    "Mt": (True, "none"),
    "Mh Chao (LB)": (False, "chao"),
    "Mh Poisson2": (False, "poisson"),
    "Mh Darroch": (False, "darroch"),
    "Mh Gamma3.5": (False, "gamma"),
    "Mth Chao (LB)": (True, "chao"),
    "Mth Poisson2": (True, "poisson"),
    "Mth Darroch": (True, "darroch"),
    "Mth Gamma3.5": (True, "gamma"),
}


@pytest.mark.parametrize("name", having("rcapture", "closedp_t"))
def test_closed_population_models_as_rcapture(name):
    table = uc.published.load(name)
    for row in PEERS[name]["rcapture"]["closedp_t"]:
        ours = uc.ClosedPopulation(*CLOSED[row["model"]]).estimate(table)
        # Flat likelihoods (New Orleans, Western): the peer stops up to 5e-7 short.
        assert ours.point == pytest.approx(row["abundance"], rel=1e-6), row["model"]
        assert ours.deviance == pytest.approx(row["deviance"], abs=DEVIANCE)
        assert ours.aic == pytest.approx(row["AIC"], abs=DEVIANCE)
        assert ours.bic == pytest.approx(row["BIC"], abs=DEVIANCE)
        assert ours.diagnostics["degrees_of_freedom"] == row["df"]
        assert ours.diagnostics["standard_error"] == pytest.approx(row["stderr"], rel=STDERR)


@pytest.mark.parametrize("name", having("rcapture", "Mt_profile"))
@pytest.mark.parametrize(("key", "shape"), [("Mt_profile", "none"), ("Mth_chao", "chao")])
def test_profiles_of_closed_models_as_rcapture(name, key, shape):
    expected = PEERS[name]["rcapture"][key]["multinomial"]
    ours = uc.ClosedPopulation(True, shape).estimate(uc.published.load(name))
    assert ours.diagnostics["profile_point"] == pytest.approx(expected["abundance"], rel=PROFILE)
    assert ours.interval.lower == pytest.approx(expected["infCL"], rel=PROFILE)
    assert ours.interval.upper == pytest.approx(expected["supCL"], rel=PROFILE)


def test_main_effects_equal_mt_of_the_general_regression():
    """Two independent implementations of one model: the lanes' kernel and the plain regression."""
    for name in ("uk2013", "kosovo", "western-us"):
        table = uc.published.load(name)
        a = uc.LogLinear("main", bootstrap=0).estimate(table)
        b = uc.ClosedPopulation(True, "none").estimate(table)
        assert a.point == pytest.approx(b.point, rel=1e-8)
        assert a.interval.lower == pytest.approx(b.interval.lower, rel=1e-6)
        assert a.interval.upper == pytest.approx(b.interval.upper, rel=1e-6)


@pytest.mark.parametrize("name", having("mse", "bic"))
def test_bic_choice_and_number_of_models_as_mse(name):
    table = uc.published.load(name)
    expected = PEERS[name]["mse"]["bic"]
    case = ready(table)
    ranking = _selection.rank_all(
        case.counts, case.t, max_order=expected["maxorder"], criterion="bic"
    )
    # The peer drops models by a linear programme and a rank test for each; we decide with the fit.
    assert len(ranking.bic) == expected["n_models_kept"]
    assert case.n + ranking.hidden[0] == pytest.approx(expected["popest"], rel=PRINTED)
    assert ranking.bic[0] == pytest.approx(expected["BIC"], rel=PRINTED)
    for i, row in enumerate(expected["top"]):
        assert ranking.bic[i] == pytest.approx(row["BIC"], rel=PRINTED)
        assert case.n + ranking.hidden[i] == pytest.approx(row["abundance"], rel=1e-5)
    second = PEERS[name]["mse"]["bic_maxorder2"]
    pairs = uc.LogLinear(uc.BestBIC(max_order=2), bootstrap=0).estimate(table)
    assert pairs.point == pytest.approx(second["popest"], rel=PRINTED)
    assert pairs.diagnostics["models_with_estimate"] == second["n_models_kept"]


@pytest.mark.parametrize("name", having("sparsemse", "stepwise_p0.02"))
@pytest.mark.parametrize("p", [0.02, 0.001])
def test_stepwise_and_its_wald_interval_as_sparsemse(name, p):
    table = uc.published.load(name)
    expected = PEERS[name]["sparsemse"][f"stepwise_p{p}"]
    ours = uc.LogLinear(uc.Stepwise(p), bootstrap=0, interval="wald").estimate(table)
    assert ours.point == pytest.approx(expected["estimate"]["point est."], rel=PRINTED)
    assert ours.interval.lower == pytest.approx(expected["estimate"]["2.5%"], rel=1e-5)
    assert ours.interval.upper == pytest.approx(expected["estimate"]["97.5%"], rel=1e-5)
    assert ours.deviance == pytest.approx(expected["deviance"], abs=DEVIANCE)
    assert ours.aic == pytest.approx(expected["aic"], rel=PRINTED)


@pytest.mark.parametrize("name", having("sparsemse", "independence"))
def test_fixed_models_and_checks_as_sparsemse(name):
    table = uc.published.load(name)
    expected = PEERS[name]["sparsemse"]
    main = uc.LogLinear("main", bootstrap=0, interval="wald").estimate(table)
    assert main.point == pytest.approx(
        expected["independence"]["estimate"]["point est."], rel=PRINTED
    )
    assert main.interval.upper == pytest.approx(
        expected["independence"]["estimate"]["97.5%"], rel=1e-5
    )
    for key, model in (
        ("checkident_main", hierarchy.main_effects(table.t)),
        ("checkident_all_pairs", hierarchy.all_pairs(table.t)),
    ):
        check = existence.check(table.counts, model)
        code = (0 if check.exists else 1) + (0 if check.identifiable else 2)
        assert code == expected[key]["value"]
    if "all_pairwise" in expected:
        pairs = uc.LogLinear("all-pairs", bootstrap=0, interval="wald").estimate(table)
        row = expected["all_pairwise"]["estimate"]
        assert pairs.point == pytest.approx(row["point est."], rel=PRINTED)
        assert pairs.interval.upper == pytest.approx(row["97.5%"], rel=1e-4)
        empty = expected["all_pairwise"]["empty_overlaps"]
        empty = [empty] if isinstance(empty, str) else list(empty)
        told = [x.replace(" × ", ":") for x in pairs.diagnostics.get("at_minus_infinity", [])]
        assert sorted(told) == sorted(empty)


@pytest.mark.extended
@pytest.mark.parametrize("name", having("sparsemse", "checkallmodels"))
def test_number_of_pair_models_without_an_estimate_as_sparsemse(name):
    table = uc.published.load(name)
    models = hierarchy.all_models(table.t, 2)
    failing = sum(not existence.check(table.counts, m).ok for m in models)
    expected = PEERS[name]["sparsemse"]["checkallmodels"]["n_models_without_extended_MLE"]
    assert failing == expected


def limits(table, model, seeds):
    """BCa limits at 95% and 80% over independent runs of 1,000 resamples, shape (seeds, 4)."""
    rows = []
    for seed in seeds:
        e = uc.LogLinear(model, bootstrap=1000).estimate(table, seed=seed)
        assert e.interval.kind == "bca"
        rows.append([e.interval.lower, *e.diagnostics["bca_80"], e.interval.upper])
    return np.array(rows)


BCA = [
    (name, row["ntop"])
    for name in having("mse", "bic")
    for row in PEERS[name]["mse"]["bic"]["BCa_by_ntop"]
    if row["ntop"] in (1, 20, 6)
]


@pytest.mark.extended
@pytest.mark.parametrize(("name", "top"), BCA)
def test_bca_limits_of_bic_within_monte_carlo_error(name, top):
    """The peer made one run of 1,000 resamples; it must lie in the spread of ours.

    The spread of one run is the standard deviation of eight; a limit that is a quantile of a few
    hundred distinct values moves in jumps, hence 4.5 of them and half a percent.
    """
    row = next(r for r in PEERS[name]["mse"]["bic"]["BCa_by_ntop"] if r["ntop"] == top)
    ours = limits(uc.published.load(name), uc.BestBIC(top=top), range(8))
    for i, key in enumerate(("0.025", "0.1", "0.9", "0.975")):
        spread = ours[:, i].std(ddof=1)
        assert abs(row[key] - ours[:, i].mean()) < 4.5 * spread + 0.005 * row[key], key


@pytest.mark.extended
@pytest.mark.parametrize("name", having("mse_stepwise_boot"))
def test_bca_limits_of_stepwise_within_monte_carlo_error(name):
    row = PEERS[name]["mse_stepwise_boot"]
    table = uc.published.load(name)
    e = uc.LogLinear(uc.Stepwise(), bootstrap=50).estimate(table)
    assert e.point == pytest.approx(row["popest"], rel=PRINTED)
    # The acceleration has no chance in it: the jackknife is exact.
    assert e.diagnostics["bootstrap"]["acceleration"] == pytest.approx(row["ahat"], rel=1e-4)
    ours = limits(table, uc.Stepwise(), range(6))
    # The peer's number of resamples sets its own error; ours is for 1,000.
    width = 4.5 * max(1.0, (1000 / row["nboot"]) ** 0.5)
    for i, key in ((1, "0.1"), (2, "0.9")):
        spread = ours[:, i].std(ddof=1)
        assert abs(row["BCa"][key] - ours[:, i].mean()) < width * spread + 0.005 * row["BCa"][key]


@pytest.mark.parametrize("name", having("care1"))
def test_sample_coverage_as_care1(name):
    table = uc.published.load(name)
    expected = PEERS[name]["care1"]

    def value(key):
        return expected[key].get("est", expected[key].get("nhat"))

    low = uc.SampleCoverage("low", bootstrap=0).estimate(table)
    assert low.point == pytest.approx(value("LSC"), rel=PRINTED)
    assert low.diagnostics["independent"] == pytest.approx(value("Indep"), rel=PRINTED)
    if value("HSC") == table.n:
        # The peer prints the number observed, as if nobody were missing; we refuse.
        with pytest.raises(NoFiniteEstimate):
            uc.SampleCoverage("high").estimate(table)
    else:
        high = uc.SampleCoverage("high", bootstrap=0).estimate(table)
        assert high.point == pytest.approx(value("HSC"), rel=PRINTED)
    if "se" in expected["LSC"]:
        again = uc.SampleCoverage("low", bootstrap=2000).estimate(table)
        # Two bootstraps of the same quantity, the peer's of unknown size: within a fifth.
        error = again.diagnostics["standard_error"]
        assert error == pytest.approx(
            expected["LSC"]["se"], rel=0.2 if table.overlap >= 20 else 0.4
        )


@pytest.mark.parametrize("name", PEERS)
def test_closed_forms(name):
    table = uc.published.load(name)
    expected = PEERS[name]["closed_form"]
    if "chao_lower_bound" in expected:
        ours = uc.LowerBound().estimate(table)
        assert ours.point == pytest.approx(expected["chao_lower_bound"]["with_(t-1)/t"], abs=6e-4)
        assert ours.diagnostics["without_factor"] == pytest.approx(
            expected["chao_lower_bound"]["no_factor"], abs=6e-4
        )
    pairs = uc.Pairs().estimate(table).diagnostics["pairs"]
    assert len(pairs) == table.t * (table.t - 1) // 2
    for pair, row in expected.get("pairs", {}).items():
        assert pairs[pair]["overlap"] == row["overlap"]
        assert pairs[pair]["chapman"] == pytest.approx(row["chapman"], abs=6e-4)
        if row["lincoln_petersen"] is None:
            assert pairs[pair]["lincoln_petersen"] is None
        else:
            assert pairs[pair]["lincoln_petersen"] == pytest.approx(
                row["lincoln_petersen"], abs=6e-4
            )


PUBLISHED = [
    # Silverman, Chan & Vincent 2024, Table 6; Chan, Silverman & Vincent 2021, section 4.
    ("kosovo", uc.BestBIC(), 10357),
    ("kosovo", uc.BestBIC(max_order=2), 14342),
    ("korea-palembang", uc.BestBIC(), 157),
    ("uk2013-5", uc.BestBIC(max_order=4), 25311),
    ("uk2013-5", uc.BestBIC(max_order=2), 22991),
    ("uk2013", uc.BestBIC(max_order=2), 12350),
    ("new-orleans-5", uc.BestBIC(max_order=4), 981),
    ("new-orleans", uc.BestBIC(), 1110),
    ("western-us", uc.Stepwise(), 2483),
    ("new-orleans-n185", uc.Stepwise(), 1184),
    ("new-orleans-5-n185", uc.Stepwise(), 1034),
    ("new-orleans-n185", "main", 997),
]


@pytest.mark.parametrize(("name", "model", "figure"), PUBLISHED)
def test_figures_of_the_papers(name, model, figure):
    ours = uc.LogLinear(model, bootstrap=0, interval="none").estimate(uc.published.load(name))
    assert round(ours.point) == figure
