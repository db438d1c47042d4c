"""Tables of which some counts are ranges: reading, listing, the sum over completions, drawing."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import poisson

import uncounted as uc
from uncounted.answers import estimates, overlap_table
from uncounted.core.censored import UNBOUNDED, CensoredTable
from uncounted.errors import NotSupported, TableError
from uncounted.estimators import completions
from uncounted.estimators._ready import ready
from uncounted.estimators.censored import censored_posterior
from uncounted.estimators.completions import complete, truncated_mean
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.graphs import DecomposableGraphs
from uncounted.estimators.posterior_grid import OddsGrid
from uncounted.files.overlap_tables import read_any_table, read_table

CSV = """shelter,police,clinic,count
1,0,0,60
0,1,0,80
0,0,1,40
1,1,0,12
1,0,1,<5
0,1,1,3-7
1,1,1,2
"""
LISTS = ("shelter", "police", "clinic")


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(CSV)
    return file


def test_ranges_are_read(path, tmp_path):
    table = read_any_table(path)
    assert table.censored == 2
    assert (table.lower[0b101], table.upper[0b101]) == (0, 4)
    assert (table.lower[0b110], table.upper[0b110]) == (3, 7)
    assert table.observed == (197, 205)
    again = tmp_path / "again.json"
    again.write_text(json.dumps(table.to_dict()))
    back = read_any_table(again)
    assert (back.lower == table.lower).all()
    assert (back.upper == table.upper).all()


def test_exact_files_stay_exact(tmp_path):
    file = tmp_path / "exact.csv"
    file.write_text(CSV.replace("<5", "3").replace("3-7", "5"))
    assert isinstance(read_any_table(file), uc.OverlapTable)


def test_what_needs_counts_refuses_with_the_fix(path):
    with pytest.raises(NotSupported, match="2 of them are known as a range"):
        read_table(path)
    found = uc.estimate(str(path), ["stepwise", "lower-bound", "consensus"])
    assert found["stepwise"].point is None
    assert "stepwise needs every count" in str(found["stepwise"].refused)
    assert "lower-bound needs every count" in str(found["lower-bound"].refused)
    assert found["consensus"].point > 200


def test_command_tells_how_many_are_hidden(path):
    request = estimates.EstimatesRequest(overlap_table.TableRequest(str(path)))
    found = estimates.answer(request)
    told = found.to_dict()
    assert told["table"]["censored"] == 2
    assert told["table"]["observed_range"] == {"lower": 197, "upper": 205}
    assert [e["method"] for e in told["estimates"]] == ["consensus"]
    assert told["estimates"][0]["diagnostics"]["completions"]["every"]
    page = found.page()
    assert page.pictures == ()


def test_sums_and_totals(tmp_path):
    file = tmp_path / "sums.csv"
    file.write_text(
        "a,b,c,d,count\n1,0,0,*,60\n0,1,0,*,80\n0,0,1,*,40\n1,1,0,*,<5\n1,0,1,*,9\n"
        "0,1,1,*,6\n1,1,1,*,2\n*,*,*,1,150\n"
    )
    table = read_any_table(file)
    assert table.lists == ("a", "b", "c")
    assert dict(table.totals) == {"d": 150}
    assert table.censored == 1
    only = CensoredTable.from_histories(
        ("a", "b", "c"), {"11*": 20, "1*1": 11, "*11": 8, "1**": 90, "*1*": 100, "**1": 60}
    )
    assert only.censored == 7
    listed = complete(only, np.random.default_rng(0), 10, lambda c: 0.0)
    # One count is open: how many are on all three, from 0 to 8.
    assert listed.every
    assert sorted(c[7] for c in listed.counts) == list(range(9))
    assert all(only.allows(c) for c in listed.counts)


@pytest.mark.parametrize(
    ("written", "message"),
    [("7-3", "neither a number nor a range"), ("<x", "neither"), ("a-b", "neither")],
)
def test_bad_ranges_are_refused(tmp_path, written, message):
    file = tmp_path / "bad.csv"
    file.write_text(CSV.replace("<5", written))
    with pytest.raises(TableError, match=message):
        read_any_table(file)


def test_total_that_disagrees_is_refused():
    with pytest.raises(TableError, match="disagrees"):
        CensoredTable.from_histories(
            LISTS, {"100": 60, "010": 80, "001": 40, "110": "<5", "***": 100}
        )


def test_truncated_poisson_against_sums():
    mean = np.array([0.3, 2.0, 8.0, 40.0, 3.0, 5.0])
    low = np.array([0, 3, 0, 30, 2, 0])
    high = np.array([4, 7, 4, UNBOUNDED, 2, UNBOUNDED])
    got, spread, chance = truncated_mean(mean, low, high)
    for k, m in enumerate(mean):
        x = np.arange(low[k], min(high[k], 400) + 1)
        p = poisson.pmf(x, m)
        assert chance[k] == pytest.approx(np.log(p.sum()), abs=1e-10)
        p /= p.sum()
        assert got[k] == pytest.approx(p @ x, rel=1e-9)
        assert spread[k] == pytest.approx(p @ x**2 - (p @ x) ** 2, rel=1e-8, abs=1e-10)


def graph_evidence(counts, hidden, delta):
    """Madigan & York (1997) by hand for three lists, all eight graphs: log chance of the counts."""
    full = np.array(counts, dtype=float)
    full[0] = hidden
    n = full.sum()
    masks = np.arange(8)

    def f(a):
        d = delta * 2 ** (3 - int(a).bit_count())
        margin = np.bincount(masks & a, weights=full, minlength=8)
        cells = [m for m in range(8) if m & a == m]
        return sum(gammaln(margin[m] + d) - gammaln(d) for m in cells)

    graphs = [
        ([1, 2, 4], []), ([3, 4], []), ([5, 2], []), ([6, 1], []), ([3, 5], [1]), ([3, 6], [2]),
        ([5, 6], [4]), ([7], []),
    ]  # fmt: skip
    whole = gammaln(8 * delta) - gammaln(n + 8 * delta)
    base = gammaln(n + 1) - gammaln(full + 1).sum() - np.log(n)
    levels = [base + sum(map(f, c)) - sum(map(f, s)) + (len(c) - len(s)) * whole for c, s in graphs]
    return np.logaddexp.reduce(levels)


def test_evidence_of_graphs_is_absolute():
    grid = OddsGrid(0.05, 40.0, 0.05)
    rows = []
    for counts in (
        [0, 30, 40, 12, 50, 9, 14, 6],
        [0, 30, 40, 12, 50, 9, 14, 2],
        [0, 30, 40, 3, 50, 9, 14, 6],
    ):
        case = ready(uc.OverlapTable.from_histories("abc", np.array(counts)))
        found, level = DecomposableGraphs().weighed(case, grid)
        hidden = np.exp(found.y) * case.n
        by_hand = [graph_evidence(case.counts, h, 1 / 8) + np.log(h) for h in hidden]
        factorials = gammaln(case.counts[1:] + 1.0).sum()
        rows.append((level - factorials, np.logaddexp.reduce(by_hand)))
    differences = np.array(rows)[1:] - np.array(rows)[0]
    assert differences[:, 0] == pytest.approx(differences[:, 1], abs=1e-8)


def test_posterior_is_the_mean_over_completions_weighted_by_evidence():
    table = CensoredTable.from_histories(
        LISTS, {"100": 60, "010": 80, "001": 40, "110": 12, "101": "6-8", "011": "<3", "111": 4}
    )
    consensus = Consensus(prior=None)
    found = censored_posterior(consensus, table)
    assert found.every
    assert found.tables == 9
    weight, means = [], []
    for x, z in itertools.product(range(6, 9), range(3)):
        counts = np.array([0, 60, 80, 12, 40, x, z, 4])
        own = OddsGrid(0.002, 3000.0, 0.02)
        case = ready(table.completed(counts))
        member, level = DecomposableGraphs().weighed(case, own)
        weight.append(level - gammaln(counts[1:] + 1.0).sum())
        means.append(float(member.mass @ member.population))
    weight = np.exp(np.array(weight) - max(weight))
    by_hand = float(weight @ np.array(means) / weight.sum())
    graphs = found.posterior.graphs
    # Grids of 2% and 2.5% of the hidden count, and a mean that far values make up: 0.2% apart.
    assert float(graphs.mass @ graphs.population) == pytest.approx(by_hand, rel=5e-3)


def test_no_range_gives_the_exact_posterior():
    exact = uc.OverlapTable.from_histories(LISTS, [0, 60, 80, 12, 40, 7, 5, 4])
    table = CensoredTable(LISTS, np.array(exact.counts).clip(0), np.array(exact.counts).clip(0))
    found = censored_posterior(Consensus(), table).posterior
    plain = Consensus().posterior(exact)
    for q in (0.0025, 0.5, 0.975):
        assert found.pool.quantile(q) == pytest.approx(plain.pool.quantile(q), rel=1e-6)


def test_draws_agree_with_the_list(monkeypatch):
    table = CensoredTable.from_histories(
        LISTS,
        {"100": 60, "010": 80, "001": 40, "110": 12, "101": "2-12", "011": "<9", "111": "1-4"},
    )
    monkeypatch.setattr(completions, "ALL_UP_TO", 400)
    every = censored_posterior(Consensus(), table)
    assert every.every
    assert every.tables == 11 * 9 * 4
    monkeypatch.setattr(completions, "ALL_UP_TO", 10)
    drawn = censored_posterior(Consensus(), table, seed=4)
    assert not drawn.every
    assert drawn.effective > 80
    for k, q in enumerate((0.0025, 0.5, 0.975)):
        whole, part = every.posterior.pool.quantile(q), drawn.posterior.pool.quantile(q)
        # Four standard errors of computation, and half a cell of the grid.
        assert part == pytest.approx(whole, rel=4 * drawn.error[k] + 0.01)


def test_a_sum_narrows_the_draws():
    table = CensoredTable.from_histories(
        LISTS,
        {
            "100": 60,
            "010": 80,
            "001": 40,
            "110": "<9",
            "101": "<9",
            "011": "<9",
            "111": "<9",
            "***": 190,
        },
    )
    made = complete(table, np.random.default_rng(1), 50, lambda c: 0.0)
    assert all(table.allows(c) for c in made.counts)
    assert {int(c.sum()) for c in made.counts} == {190}


def test_a_list_that_gives_only_its_total_bounds_the_figure():
    rows = {"100": 60, "010": 80, "001": 40, "110": 12, "101": 9, "011": 6, "111": 2}
    low = CensoredTable.from_histories(LISTS, rows, totals={"parish": 300})
    found = uc.estimate(low, "consensus")[0]
    assert found.interval.lower >= 299
    assert any(c.code == "estimators.censored.total" for c in found.caveats)
    none = uc.estimate(
        CensoredTable.from_histories(LISTS, rows, totals={"parish": 30}), "consensus"
    )[0]
    plain = uc.estimate(uc.OverlapTable.from_histories(LISTS, rows), "consensus")[0]
    assert none.point == pytest.approx(plain.point, rel=1e-6)


@pytest.mark.extended
@pytest.mark.parametrize("name", ["uk2013-5", "netherlands-5"])
def test_cells_below_five_hidden_cost_little(name):
    table = uc.published.load(name)
    counts = np.array(table.counts).clip(0)
    few = (counts > 0) & (counts < 5)
    hidden = CensoredTable(table.lists, np.where(few, 1, counts), np.where(few, 4, counts))
    found = censored_posterior(Consensus(), hidden)
    ends = Consensus().interval(found.posterior)
    known = Consensus().interval(Consensus().posterior(table))
    assert found.effective > 60
    # What hiding them costs in width, beside three standard errors of computation.
    assert ends.upper / ends.lower == pytest.approx(
        known.upper / known.lower, rel=0.08 + 3 * max(found.error)
    )


def test_log_linear_model_on_ranges_against_the_sum_over_completions():
    """Maximum of the likelihood summed over all completions, found by a general optimiser."""
    from scipy.optimize import minimize

    from uncounted.estimators.censored_models import fit_ranges

    table = CensoredTable.from_histories(
        LISTS, {"100": 60, "010": 80, "001": 40, "110": 12, "101": "<5", "011": "3-7", "111": "<3"}
    )
    model = (1, 2, 4, 3)
    masks = np.arange(1, 8)
    design = np.array([[float(m & s == s) for s in (0, *model)] for m in masks])

    def lost(a):
        mu = np.exp(design @ a)
        total = []
        for x, y, z in itertools.product(range(5), range(3, 8), range(3)):
            counts = np.array([60, 80, 12, 40, x, y, z])
            total.append(poisson.logpmf(counts, mu).sum())
        return -np.logaddexp.reduce(total)

    fit = fit_ranges(table, model)
    best = minimize(lost, fit.alpha * 0.9, method="BFGS", options={"gtol": 1e-9})
    assert fit.loglik == pytest.approx(-best.fun, abs=1e-8)
    # BFGS ends with a gradient of about 1e-6, of curvature in the tens.
    assert fit.hidden == pytest.approx(np.exp(best.x[0]), rel=1e-4)


def test_log_linear_without_ranges_is_the_exact_fit():
    rows = {"100": 60, "010": 80, "001": 40, "110": 12, "101": 9, "011": 6, "111": 2}
    exact = CensoredTable.from_histories(LISTS, rows)
    plain = uc.estimate(uc.OverlapTable.from_histories(LISTS, rows), ["main", "bic"], bootstrap=0)
    found = uc.estimate(exact, ["main", "bic"], bootstrap=0)
    for name in ("main", "bic"):
        assert found[name].point == pytest.approx(plain[name].point, rel=1e-8)
        assert found[name].bic == pytest.approx(plain[name].bic, rel=1e-10)
        assert found[name].model == plain[name].model


def verdict_of(table, **asked):
    return uc.assess(table, bootstrap=0, workers=1, **asked)


def test_assess_takes_ranges(path):
    verdict = verdict_of(str(path))
    assert verdict.posterior is not None
    assert verdict.ranges.observed == (197, 205)
    assert verdict.ranges.shared == (17, 25)
    assert [e.method for e in verdict.estimates] == ["main", "all-pairs", "bic", "aic"]
    assert verdict.validation == ()
    codes = {r.code for r in verdict.reasons}
    assert "verdict.ranges.thin" in codes
    assert "verdict.ranges.weighed" in codes
    assert any(c.code == "verdict.ranges.no-validation" for c in verdict.consensus.caveats)
    said = next(str(r) for r in verdict.reasons if r.code == "verdict.ranges.thin")
    assert "Between 17 and 25 people" in said
    told = verdict.to_dict()["table"]
    assert told["observed_range"] == {"lower": 197, "upper": 205}
    assert told["overlap_range"] == {"lower": 17, "upper": 25}
    plain = uc.estimate(str(path), "consensus")[0]
    assert verdict.consensus.interval == plain.interval
    assert verdict.sensitivity is not None


@pytest.mark.parametrize(
    ("shared", "level", "code"),
    [
        ("<5", "not supported", "verdict.ranges.few"),
        ("*", "not supported", "verdict.ranges.few-open"),
        ("9-40", "not supported", "verdict.ranges.few"),
        ("31-35", None, "verdict.ranges.enough"),
        ("12", None, "verdict.overlap.thin"),
    ],
)
def test_the_least_number_shared_must_be_enough(shared, level, code):
    table = CensoredTable.from_histories(
        LISTS, {"100": 60, "010": 80, "001": "38-42", "110": shared}
    )
    verdict = verdict_of(table, methods=[])
    assert code in {r.code for r in verdict.reasons}
    assert level is None or verdict.level == level


def test_no_range_is_judged_as_the_exact_table():
    rows = {"100": 60, "010": 80, "001": 40, "110": 12, "101": 9, "011": 6, "111": 2}
    ranged = verdict_of(CensoredTable.from_histories(LISTS, rows), methods=[])
    exact = verdict_of(uc.OverlapTable.from_histories(LISTS, rows), methods=[], validate=False)
    assert ranged.level == exact.level
    more = {"verdict.ranges.weighed"}
    assert {r.code for r in ranged.reasons} - more == {r.code for r in exact.reasons}
    assert ranged.consensus.interval == exact.consensus.interval


@pytest.mark.parametrize(
    "known",
    [
        uc.Knowledge.read(refers=["shelter -> police"]),
        uc.Knowledge.read(takes_out=["police"]),
        uc.Knowledge.read(separate=["shelter + clinic, police"]),
        uc.Knowledge.read(hard_to_find="no"),
        uc.Knowledge.read(known_groups=[(60, 24)]),
    ],
)
def test_what_is_known_is_used_where_counts_are_ranges(known):
    """Without a range the posterior given what is known is that of the exact table."""
    rows = {"100": 60, "010": 80, "001": 40, "110": 12, "101": 9, "011": 6, "111": 2}
    rule = Consensus(knowledge=known)
    found = censored_posterior(rule, CensoredTable.from_histories(LISTS, rows)).posterior
    exact = rule.posterior(uc.OverlapTable.from_histories(LISTS, rows))
    for q in (0.0025, 0.5, 0.975):
        # The exact table's grid may be refined; half a step of the coarser one.
        assert found.pool.quantile(q) == pytest.approx(exact.pool.quantile(q), rel=0.02)
    assert found.alone == exact.alone
    rows["101"] = "5-12"
    moved = verdict_of(CensoredTable.from_histories(LISTS, rows), methods=[], knowledge=known).moved
    assert len(moved) == 2
    assert moved[0].point != moved[1].point


def test_margins_only_are_assessed():
    table = CensoredTable.from_histories(
        LISTS, {"11*": 20, "1*1": 11, "*11": 8, "1**": 90, "*1*": 100, "**1": 60}
    )
    # The three pairs share 39; 0 to 8 of these are on all three and counted three times.
    assert completions.sum_range(table, np.bitwise_count(np.arange(8, dtype=np.uint32)) > 1) == (
        23,
        39,
    )
    verdict = verdict_of(table, methods=[])
    assert verdict.ranges.shared == (23, 39)
    assert verdict.ranges.observed == (211, 219)
    assert verdict.consensus.point > 219


def test_a_total_bounds_both_ranges():
    rows = {"100": 60, "010": 80, "001": 40, "110": 12, "101": 9, "011": "5-7", "111": 2}
    verdict = verdict_of(
        CensoredTable.from_histories(LISTS, rows, totals={"parish": 600}), methods=[]
    )
    assert verdict.likely.lower >= 600
    assert verdict.consensus.interval.lower >= 600
    assert verdict.consensus.point >= 600


def test_sum_range_against_listing():
    table = CensoredTable.from_histories(
        LISTS,
        {"100": 9, "010": "2-6", "001": "<4", "110": "<5", "101": "1-3", "011": "*", "111": "<3", "**1": 7, "*1*": "8-9"},
    )  # fmt: skip
    listed = np.array(
        [c for c in completions._all(table, np.flatnonzero(table.lower < table.upper), 10**6)]
    )
    assert len(listed) > 20
    rng = np.random.default_rng(5)
    for _ in range(20):
        cells = rng.random(8) < 0.5
        cells[0] = False
        sums = listed[:, cells].sum(axis=1)
        assert completions.sum_range(table, cells) == (sums.min(), sums.max())


def test_the_command_assesses_ranges(path):
    from uncounted.answers import verdicts

    request = verdicts.VerdictRequest(
        overlap_table.TableRequest(str(path)), methods=("main",), bootstrap=0
    )
    found = verdicts.answer(request)
    told = found.to_dict()
    assert told["table"]["overlap_range"] == {"lower": 17, "upper": 25}
    assert told["table"]["observed_range"] == {"lower": 197, "upper": 205}
    assert "Between 197 and 205 people on 3 lists, 17 to 25 of them on two or more." in [
        str(line.text) for line in found.told() if hasattr(line, "text")
    ]
    page = found.page()
    assert page.held
    assert not any("17" in reason or "25" in reason for reason in page.reasons)


def test_sums_of_one_stratum_are_added_to_the_ranges_of_another(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(
        "a,b,c,stratum,count\n"
        "1,0,0,x,30\n0,1,0,x,40\n0,0,1,x,20\n1,1,0,x,9\n1,0,1,x,<5\n0,1,1,x,6\n"
        "1,0,0,y,30\n0,1,0,y,40\n0,0,1,y,20\n1,1,0,y,9\n1,*,1,y,7\n0,1,1,y,6\n"
    )
    table = read_any_table(file)
    assert [s.name for s in table.strata] == ["x", "y"]
    cells = np.zeros(8, dtype=bool)
    cells[[0b101, 0b111]] = True
    # Seven of y, and none to four of x.
    assert completions.sum_range(table, cells) == (7, 11)
    assert table.observed == (210, 228)
    assert completions.sum_range(table, np.arange(8) > 0) == (217, 221)
