"""Shares: published figures, an outside reference, edges, bad input, coverage."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from uncounted.errors import InputError
from uncounted.shares.posterior import share_draws, shares, shares_of_each, shares_of_records, shift
from uncounted.shares.reading import (
    forms_by_year,
    origins_by_year,
    read_share_table,
    share_table,
    who_was_counted,
)
from uncounted.sources.tallies import by_form, by_origin
from uncounted.sources.unodc import UnodcTable, read_unodc


@pytest.fixture(scope="module")
def unodc() -> UnodcTable:
    return read_unodc()


# ---------------------------------------------------------------- the USA by form


@pytest.mark.parametrize(
    ("year", "count", "of"), [(2009, 81, 438), (2010, 81, 541), (2013, 1281, 2285)]
)
def test_usa_by_form(unodc: UnodcTable, year: int, count: int, of: int) -> None:
    tally = by_form(unodc, destination="USA", year=year)
    found = shares(tally.lower, tally.names, upper=tally.upper).find("sexual")
    assert found is not None
    assert (found.count_lower, found.of_lower, found.of_upper) == (count, of, of)
    assert found.point == pytest.approx(count / of, abs=1e-15)
    assert found.interval.lower < count / of < found.interval.upper


def test_usa_2022_is_a_range_and_says_why(unodc: UnodcTable) -> None:
    tally = by_form(unodc, destination="USA", year=2022)
    found = shares(tally.lower, tally.names, upper=tally.upper).find("sexual")
    assert found is not None and found.point is None
    # 10,166 of 13,579 (all other rows overlap) to 16,344 (none does, "<5" at its most).
    assert found.range_upper == 10166 / 13579 and found.range_lower == 10166 / 16344
    assert round(found.range_lower, 2) == 0.62 and round(found.range_upper, 2) == 0.75
    assert found.interval.lower < found.range_lower < found.range_upper < found.interval.upper
    said = " ".join(map(str, tally.caveats))
    assert "3 rows" in said and "1,228; 1,533" in said and "do not overlap" in said


def test_forms_adding_to_more_than_the_people_is_said(unodc: UnodcTable) -> None:
    assert any(
        "438" in str(c) and "380" in str(c)
        for c in by_form(unodc, destination="USA", year=2009).caveats
    )
    assert any(
        "not zero: other" in str(c) for c in by_form(unodc, destination="USA", year=2017).caveats
    )


def test_shift_names_who_was_counted(unodc: UnodcTable) -> None:
    said = " ".join(map(str, who_was_counted(unodc, "USA", 2010, 2013)))
    assert "541 (2010) to 2,315 (2013)" in said and "1 to 4 (2010), 805 (2013)" in said
    made = [
        shares(t.lower, t.names, upper=t.upper) for t in forms_by_year(unodc, "USA", [2010, 2013])
    ]
    a, b = made[0].find("sexual"), made[1].find("sexual")
    assert a is not None and b is not None
    moved = shift(a, b, counted=[said])
    assert moved.beyond_chance and "source may have moved it" in str(moved.said)
    assert moved.lower < b.range_lower - a.range_upper < moved.upper
    assert not shift(a, a).beyond_chance


def test_no_forms_that_year_says_which_years_have(unodc: UnodcTable) -> None:
    with pytest.raises(InputError, match="2009 to 2022"):
        by_form(unodc, destination="USA", year=2008)


def test_a_single_form_is_no_share(unodc: UnodcTable) -> None:
    # Korea 2017 lists sexual exploitation only ("<5"): 100% of what is listed would say nothing.
    with pytest.raises(InputError, match="only one form"):
        by_form(unodc, destination="KOR", year=2017)
    found = forms_by_year(unodc, "KOR")
    assert 2017 not in [t.years[0] for t in found]
    assert any("only one form is listed: 2017" in str(c) for c in found[0].caveats)


def test_origins_keep_what_is_not_listed(unodc: UnodcTable) -> None:
    (tally,) = origins_by_year(unodc, "USA", [2022])
    rest = tally.bounds("not listed")
    assert rest == (3878, 3878) and int(tally.lower.sum()) == 16390
    assert tally.bounds("KOR") is None  # not listed is not zero


def test_by_origin_filters(unodc: UnodcTable) -> None:
    usa = by_origin(unodc, destination="USA", years=[2008])
    assert dict(zip(usa.names, usa.lower.tolist(), strict=True)) == {
        "MEX": 66,
        "THA": 56,
        "PHL": 46,
        "KOR": 12,
        "CHN": 8,
    }
    asia = by_origin(unodc, destination="USA", years=[2008], region="asia")
    assert set(asia.names) == {"THA", "PHL", "KOR", "CHN"}
    both = by_origin(unodc, destination="USA", years=[2013, 2014], origins=["MEX"])
    assert both.lower.tolist() == [334 + 538]
    assert "USA" in by_origin(unodc, destination="USA", years=[2014], nationals=True).names
    # "Nationals" and the country's own name are two labels of one count, not two counts.
    assert by_origin(unodc, destination="SLB", years=[2019], nationals=True).bounds("SLB") == (8, 8)
    for bad in ({"years": [1999]}, {"years": [2008], "region": "Atlantis"}):
        with pytest.raises(InputError):
            by_origin(unodc, destination="USA", **bad)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the intervals


def test_sison_glaz_are_the_stored_figures_of_statsmodels() -> None:
    path = Path(__file__).parents[1] / "reference" / "sison_glaz_statsmodels.json"
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        ours = shares(case["counts"], method="sison-glaz", level=case["level"])
        got = np.array([[s.interval.lower, s.interval.upper] for s in ours.shares])
        # the same formula in other words
        np.testing.assert_allclose(got, case["ends"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("counts", [[56, 72, 73, 59, 62, 87, 58], [81, 304, 53], [3, 1, 400]])
def test_goodman_is_a_wilson_interval_of_each_share(counts: list[int]) -> None:
    from scipy.stats import binomtest

    n, k = sum(counts), len(counts)
    for s, x in zip(shares(counts, method="goodman", level=0.9).shares, counts, strict=True):
        theirs = binomtest(x, n).proportion_ci(1 - 0.1 / k, "wilson")
        # Goodman's (1965) eq. 2.1 is the score interval at alpha / k
        assert (s.interval.lower, s.interval.upper) == pytest.approx(
            (theirs.low, theirs.high), rel=1e-9
        )


def test_exact_shares_are_clopper_pearson_and_hold_the_level() -> None:
    from scipy.stats import binomtest

    found = shares([0, 3, 57], method="exact", level=0.9)
    for s, x in zip(found.shares, (0, 3, 57), strict=True):  # Bonferroni over three
        theirs = binomtest(x, 60).proportion_ci(1 - 0.1 / 3, "exact")
        assert (s.interval.lower, s.interval.upper) == pytest.approx(
            (theirs.low, theirs.high), abs=1e-9
        )
    truth = np.array([0.4, 0.3, 0.2, 0.08, 0.01, 0.01])  # where Goodman's fall short (93%)
    rng, n = np.random.default_rng(6), 600
    hit = 0
    for _ in range(n):
        made = shares(rng.multinomial(60, truth), method="exact").shares
        hit += all(
            s.interval.lower <= t <= s.interval.upper for s, t in zip(made, truth, strict=True)
        )
    assert hit / n > 0.95 - 0.027  # three Monte Carlo errors of 0.009
    assert "exact method" in str(shares([1, 9]).caveats[0])


def test_goodman_edges() -> None:
    found = shares([0, 10])
    assert found.shares[0].interval.lower == 0.0 and found.shares[1].interval.upper == 1.0
    assert shares([7]).shares[0].interval.lower == 1.0
    with pytest.raises(InputError, match="Nobody"):
        shares([0, 0])
    for bad in ([-1, 2], [0.5, 2], [float("nan")], []):
        with pytest.raises(InputError):
            shares(bad)
    with pytest.raises(InputError, match="no method"):
        shares([1, 2], method="wald")
    with pytest.raises(InputError, match="plain counts"):
        shares([1, 2], upper=[4, 2], method="sison-glaz")


def test_range_is_brute_force_over_counts() -> None:
    low, high = np.array([3, 0, 1]), np.array([5, 4, 4])
    values = [np.array([a, b, c]) for a in range(3, 6) for b in range(5) for c in range(1, 5)]
    found = shares(low, upper=high)
    for i, s in enumerate(found.shares):
        every = [v[i] / v.sum() for v in values]
        assert s.range_lower == pytest.approx(min(every), abs=1e-15)
        assert s.range_upper == pytest.approx(max(every), abs=1e-15)


def test_several_forms_are_never_forced_to_add_up() -> None:
    found = shares_of_each([60, 70], 100, ["sexual", "labour"])
    assert [s.point for s in found.shares] == [0.6, 0.7] and not found.adds_up
    assert "need not add" in str(found.caveats[0])
    for bad in (([60], [50]), ([1], [0])):
        with pytest.raises(InputError):
            shares_of_each(*bad)


def test_records_that_do_not_answer_are_not_in_the_denominator() -> None:
    nan = float("nan")
    rows = [[1, nan]] * 40 + [[1, 1]] * 20 + [[nan, 1]] * 30 + [[nan, nan]] * 500
    found = shares_of_records(rows, ["sexual", "labour"])
    assert [s.of_lower for s in found.shares] == [90, 90]
    assert [s.count_lower for s in found.shares] == [60, 50]
    each = shares_of_records([[1, 0], [0, nan], [1, nan]] * 20, ["a", "b"], denominator="each")
    assert [s.of_lower for s in each.shares] == [60, 20]
    for bad in ([[2, 0]], [[nan, nan]]):
        with pytest.raises(InputError):
            shares_of_records(bad, ["a", "b"])


def test_dirichlet_draws() -> None:
    z = share_draws([30, 10], draws=40_000)
    # Mean of Dirichlet(30.5, 10.5); Monte Carlo error 0.07 / 200, five of them.
    assert z.mean(axis=0)[0] == pytest.approx(30.5 / 41, abs=0.0018)
    np.testing.assert_allclose(z.sum(axis=1), 1.0)
    assert (share_draws([3, 1], seed=1) == share_draws([3, 1], seed=1)).all()
    open_ended = share_draws([1, 100], upper=[4, 100], draws=20_000)
    # Count uniform on 1..4: mean of (c + 1/2) / (c + 101); five Monte Carlo errors of 0.015/141.
    expected = np.mean([(c + 0.5) / (c + 101) for c in range(1, 5)])
    assert open_ended.mean(axis=0)[0] == pytest.approx(expected, abs=0.0006)


def test_coverage_by_simulation() -> None:
    rng = np.random.default_rng(4)
    truth = np.array([0.55, 0.3, 0.1, 0.05])
    n = 1000
    hits = {"goodman": 0, "dirichlet": 0}
    for i in range(n):
        counts = rng.multinomial(300, truth)
        for method in hits:
            if method == "dirichlet" and i >= 300:
                continue
            found = shares(counts, method=method, level=0.9, draws=1000, seed=i)
            hits[method] += all(
                s.interval.lower <= t <= s.interval.upper
                for s, t in zip(found.shares, truth, strict=True)
            )
    # Monte Carlo errors 0.0095 (1,000 tables) and 0.017 (300); three of them below fail.
    assert hits["goodman"] / n > 0.9 - 0.029
    assert hits["dirichlet"] / 300 > 0.9 - 0.052


# ---------------------------------------------------------------- files


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("form,count\nsexual,81\nlabour,304\nother,<5\n")
    table = read_share_table(path)
    assert table.upper.tolist() == [81, 304, 4] and share_table(table).adds_up
    path.write_text("sector,yes,answered\ndomestic,30,90\nsexual,70,100\n")
    found = share_table(read_share_table(path))
    assert not found.adds_up and found.shares[0].point == pytest.approx(1 / 3)
    with pytest.raises(InputError, match="Wilson"):
        share_table(read_share_table(path), method="dirichlet")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "empty"),
        ("form,count\nA,-1\n", "row 2, column 'count'"),
        ("form,count\nA,1\nA,2\n", "row 3, column 'form'"),
        ("form,yes,answered\nA,5,3\n", "row 2, column 'answered'"),
        ("form,yes,answered\nA,1,<5\n", "suppressed"),
        ("x,y\n1,2\n", "form"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "s.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_share_table(path)
    assert where in str(caught.value)
