"""Overlap counts by draw, the pooled figure and its parts, what releases cost, the project file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from uncounted.answers.run_page import _check_notes, _hidden_words
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Number, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.ledger import Publication
from uncounted.disclosure.notes import publishable
from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.run_tables import protect_rows
from uncounted.errors import InputError, NotSupported, Refusal
from uncounted.estimators.registry import MethodSettings, make
from uncounted.linkage.overlaps import Groups, count_overlaps, groups_of
from uncounted.pooling.linkage_draws import estimate_over_draws
from uncounted.project.checking import CheckReport
from uncounted.project.publish import history_count, ledger_tables, shown_estimate
from uncounted.project.settings import keep_mapping, load_project
from uncounted.records.account import ListReport
from uncounted.records.consent.cost import release_cost
from uncounted.records.schema import Records
from uncounted.verdict.run_verdict import PLAIN, enough


def test_overlaps_against_a_count_by_hand():
    # records: list a: p0 p1; list b: p0 p2 p2 (a duplicate); groups known for some records
    list_of = np.array([0, 0, 1, 1, 1])
    draws = [np.array([0, 1, 0, 2, 2]), np.array([7, 1, 8, 2, 3])]
    groups = Groups("origin", ("not known", "KOR", "MEX"), np.array([0, 2, 1, 0, 2]))
    made = count_overlaps(["a", "b"], list_of, draws, [groups])
    assert made.counts.tolist() == [[0, 1, 1, 1], [0, 2, 3, 0]]
    assert made.by_group["origin"][0].tolist() == [[0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 1, 0]]
    assert (made.by_group["origin"].sum(axis=1) == made.counts).all()
    assert made.counts[made.reference].sum() == 5  # the median draw's observed


def test_sexual_exploitation_is_a_group_and_no_isic_section():
    # what is sold as sex is never called work; who was in both stands with the work
    records = Records.build("a", sector=["I", "", "", "S", "S"], exploitation=[1, 2, 0, 2, 3])
    made = groups_of("sector", [records])
    names = [made.labels[i] for i in made.of]
    assert names == [
        "Accommodation and food service",
        "Commercial sexual exploitation",
        "not known",
        "Commercial sexual exploitation",
        "Other services",
    ]


def tables(seed: int, draws: int, spread: int) -> list[OverlapTable]:
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        moved = int(rng.integers(-spread, spread + 1))
        out.append(
            OverlapTable.from_histories(
                ["x", "y", "z"],
                {
                    "100": 90 - moved,
                    "010": 80 - moved,
                    "001": 70,
                    "110": 30 + moved,
                    "101": 25,
                    "011": 20,
                    "111": 10,
                },
            )
        )
    return out


def test_without_linkage_doubt_the_pooled_figure_is_the_estimators_own():
    """The interval is its own but for the chance that n were met: exactly so on the log hidden scale."""
    table = tables(0, 1, 0)[0]
    pooled = estimate_over_draws([table] * 30, "main", resamples=100, seed=5)
    own = make("main", MethodSettings(bootstrap=100, max_order=2, threads=1)).estimate(
        table, seed=5
    )
    assert pooled.estimate.point == own.point
    assert pooled.tables == 1 and pooled.parts is not None and pooled.parts.linkage < 1e-20
    n, hidden = own.observed, own.point - own.observed
    for end in ("lower", "upper"):
        was = np.log((getattr(own.interval, end) - n) / hidden)
        now = np.log((getattr(pooled.estimate.interval, end) - n) / hidden)
        assert now**2 - was**2 == pytest.approx(1.959964**2 * (1 / hidden + 1 / n), rel=1e-6)
        assert np.sign(now) == np.sign(was)


@pytest.mark.extended
def test_the_interval_holds_n_as_often_as_it_says():
    """Four independent lists that meet 72 in 100: resamples that keep n hold N 85 times in 100.

    Of 250 tables a 95% interval holds N 237 +/- 3.4 times: 228 is 2.7 of these below.
    """
    rng = np.random.default_rng(17)
    chance = np.array([0.3, 0.25, 0.3, 0.25])
    held = plain = 0
    for seed in range(250):
        masks = ((rng.random((1500, 4)) < chance) << np.arange(4)).sum(axis=1)
        counts = np.bincount(masks, minlength=16)
        counts[0] = 0
        table = OverlapTable.from_histories(["a", "b", "c", "d"], counts)
        ours = estimate_over_draws([table], "main", resamples=200, seed=seed, threads=1).estimate
        own = make("main", MethodSettings(bootstrap=200, threads=1)).estimate(table, seed=seed)
        held += ours.interval.lower <= 1500 <= ours.interval.upper
        plain += own.interval.lower <= 1500 <= own.interval.upper
    assert 228 <= held <= 248
    assert plain < 225


def test_nearly_the_same_tables_are_not_resampled_alike():
    """Of two tables a person apart; resampled with one seed, their draws go together (r = 0.5)."""
    held = {}

    def keep(name, work):
        held.update(work())
        return held

    both = [
        OverlapTable.from_histories(["x", "y"], {"10": 60 + k, "01": 40, "11": 20}) for k in (0, 1)
    ]
    estimate_over_draws(both, "main", resamples=400, keep=keep)
    assert held["sizes"].tolist() == [400, 400]
    first, second = np.log(held["draws"][:400]), np.log(held["draws"][400:])
    # Four standard errors of a correlation of 400 independent pairs.
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.2


def test_few_different_tables_are_resampled_more_often():
    held = {}

    def keep(name, work):
        held.update(work())
        return held

    table = OverlapTable.from_histories(["x", "y"], {"10": 60, "01": 40, "11": 20})
    estimate_over_draws([table] * 40, "main", resamples=20, least=1000, keep=keep)
    assert held["sizes"].tolist() == [1000]
    estimate_over_draws(tables(1, 60, 1), "main", resamples=20, least=100, keep=keep)
    assert set(held["sizes"].tolist()) == {34}  # three different tables
    estimate_over_draws([table], "main", resamples=0, least=100, keep=keep)
    assert held["sizes"].tolist() == [200]  # none were asked for: log-normal draws


def test_linkage_doubt_widens_the_interval_and_is_named():
    sure = estimate_over_draws(tables(1, 60, 1), "main", resamples=50)
    unsure = estimate_over_draws(tables(1, 60, 18), "main", resamples=50)
    width = [p.estimate.interval.upper - p.estimate.interval.lower for p in (sure, unsure)]
    assert width[1] > 1.2 * width[0]
    assert unsure.parts.shares()["linkage"] > 0.3 > sure.parts.shares()["linkage"]
    assert sum(unsure.parts.shares().values()) == pytest.approx(1.0)


def test_threads_and_repeated_draws_change_nothing():
    made = tables(2, 12, 5)
    one = estimate_over_draws(made, "stepwise", resamples=20, threads=1)
    two = estimate_over_draws(made, "stepwise", resamples=20, threads=2)
    assert (one.estimate.draws == two.estimate.draws).all()


def test_methods_without_draws_are_pooled_too():
    for method in ("lower-bound", "mth:chao"):
        pooled = estimate_over_draws(tables(3, 20, 5), method)
        assert (
            pooled.estimate.interval.lower < pooled.estimate.point < pooled.estimate.interval.upper
        )


def test_draws_without_a_figure_refuse_together():
    empty = OverlapTable.from_histories(["x", "y"], {"10": 30, "01": 30})
    with pytest.raises(Refusal, match="On 10 linkage draws"):
        estimate_over_draws([empty] * 10, "main")


def test_release_cost_is_the_formula():
    # two lists: variance of N^ over N is q1 q2 / (p1 p2)
    cost = release_cost(["a", "b"], [100, 50], [100, 50], [100, 100], 500.0)
    now = (0.8 * 0.9) / (0.2 * 0.1)
    then = (0.8 * 0.8) / (0.2 * 0.2)
    assert cost.wider == pytest.approx((now / then) ** 0.5 - 1)
    only = release_cost(["a", "b", "c"], [100, 50, 0], [100, 50, 0], [100, 50, 80], 500.0)
    assert only.total_only == ("c",) and only.not_released == 80 and only.wider > 0
    assert release_cost(["a", "b"], [1, 1], [1, 1], [1, 1], 10.0).wider is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (61.24, 61),
        (347.4, 350),
        (1534.07, 1530),
        (25311.3, 25300),
        (0.0, 0),
        (float("inf"), float("inf")),
    ],
)
def test_rounding(value, shown):
    assert rounded(value) == shown


TOML = '[project]\nname = "x"\n\n[[lists]]\nname = "a"\nfile = "a.csv"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TOML + "colour = 3\n", "no setting called lists.1.colour"),
        ("[nonsense]\n" + TOML, "no setting called nonsense"),
        (TOML + 'regime = "none of your business"\n', "regime"),
        (TOML + '[[lists]]\nname = "A"\nfile = "b.csv"\n', "two lists have one name"),
        (TOML + "[publish]\nthreshold = 2\n", "publish.threshold"),
        ("[project\n", "not valid TOML"),
        (TOML + 'dates = "d/m/y"\n', "mdy, dmy or ymd"),
        (TOML.replace('"a"', '"a/b"'), "a name has letters"),
        (
            TOML + "".join(f'[[lists]]\nname = "a{i}"\nfile = "a"\n' for i in range(16)),
            "at most 16",
        ),
        ('[project]\nname = "x"\n', "lists"),
    ],
)
def test_a_project_file_that_is_wrong_says_where(tmp_path, text, says):
    (tmp_path / "uncounted.toml").write_text(text)
    with pytest.raises(InputError, match=says):
        load_project(tmp_path)


def test_the_guessed_mapping_is_kept_and_the_rest_of_the_file_stays(tmp_path):
    text = '# mine\n[project]\nname = "x" # y\n[[lists]]\nname = "a"\nfile = "a.csv"\n\n[[lists]]\nname = "b"\nfile = "b.csv"\n\n[publish]\nthreshold = 12\n'
    (tmp_path / "uncounted.toml").write_text(text)
    project = load_project(tmp_path)
    wanted = {"given": 'first "name"', "exploitation.Other": ["a", "b"], "leg1.country": "x\\y"}
    assert keep_mapping(project, "a", wanted)
    kept = (tmp_path / "uncounted.toml").read_text()
    assert load_project(tmp_path).settings.lists[0].columns == wanted
    assert [line for line in text.splitlines() if line not in kept.splitlines()] == []
    assert not keep_mapping(project, "a", {"given": "other"})  # a mapping that is there stays


def test_where_there_is_no_project(tmp_path):
    with pytest.raises(InputError, match=r"no uncounted\.toml"):
        load_project(tmp_path)


def test_few_people_get_no_figure():
    with pytest.raises(NotSupported, match="not shown"):
        enough(OverlapTable.from_histories(["a", "b"], {"10": 3, "11": 4}), 11)
    # 11 people in three cells: their number would give a cell away, so there is no figure either
    with pytest.raises(NotSupported, match="not shown"):
        enough(OverlapTable.from_histories(["a", "b"], {"10": 4, "01": 4, "11": 3}), 11)
    with pytest.raises(NotSupported, match="fewer than 11 people are on both or on one alone"):
        enough(OverlapTable.from_histories(["a", "b"], {"10": 90, "01": 80, "11": 8}), 11)
    with pytest.raises(NotSupported, match="on both or on one alone"):
        enough(OverlapTable.from_histories(["a", "b"], {"10": 5, "01": 55, "11": 45}), 11)
    enough(OverlapTable.from_histories(["a", "b"], {"10": 90, "01": 80, "11": 30}), 11)


WIDTH = {"width": Number(2.31, "factor", digits=1)}
SPREAD = {
    "spread": Number(1.08, "factor", digits=1),
    "low": Number(1381.0, "estimate"),
    "high": Number(1449.2, "estimate"),
    "lowest": "main",
    "highest": "bic",
}


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            note("verdict.width.narrow", **WIDTH),
            "The upper end of the interval is 2.3 times its lower end.",
        ),
        (
            note("verdict.width.far", **WIDTH, widest=Number(10)),
            "The upper end of the interval is 2.3 times its lower end; above 10 it says little "
            "more than that.",
        ),
        (
            note("verdict.spread.narrow", **SPREAD),
            "The methods differ by a factor of 1.1 (from 1,380 to 1,450).",
        ),
    ],
)
def test_reasons_of_the_verdict_are_plain_and_have_rounded_figures(reason, said):
    assert str(publishable(replace(reason, code=PLAIN[reason.code]), {})) == said


def _reader(counts, used, not_released):
    """Least and most on both lists for one who puts the two tables of a page together."""
    reports = [
        ListReport(name, "", "plain", "none", u + n, u, 0, n)
        for name, u, n in zip("ab", used, not_released, strict=True)
    ]
    people, sums = protect_overlap(counts, ("a", "b"), 11)
    rows = protect_rows(reports, OverlapTable.from_histories(["a", "b"], list(counts)), people)
    # unknowns: people on a alone, b alone, both; used and not released of a, of b
    equal, right = [], []

    def say(cells, value):
        if value is not None:
            equal.append(np.isin(np.arange(7), cells).astype(float))
            right.append(value)

    for t in sums:
        say(t.cells, people.totals[t.name])
    for c in range(3):
        say([c], people.cells[c])
    for cell, k in ((3, 0), (4, 2), (5, 3), (6, 5)):
        say([cell], rows.cells[k])
    for name, cells in {"a": [3, 4], "b": [5, 6], "all used": [3, 5], "all not released": [4, 6],
                        "all rows": [3, 4, 5, 6]}.items():  # fmt: skip
        say(cells, rows.totals[name])
    below = [[1, 0, 1, -1, 0, 0, 0], [0, 1, 1, 0, 0, -1, 0]]  # people of a list, rows used of it
    ends = [
        linprog([0, 0, sign, 0, 0, 0, 0], A_ub=below, b_ub=[0, 0], A_eq=equal, b_eq=right,
                bounds=(0, 1e6))
        for sign in (1, -1)
    ]  # fmt: skip
    return people, rows, ends[0].fun, -ends[1].fun


def test_rows_used_do_not_tell_a_small_overlap():
    """194 + 45 people of 197 + 45 rows, 234 in all: 8 at most would be on both."""
    people, rows, least, most = _reader((0, 189, 40, 5), (197, 45), (30, 45))
    assert people.cells[2] is None
    assert rows.totals["all used"] is None
    assert most - least >= 11
    # rows used go where the people of their list go
    for counts, used in (((0, 189, 40, 5), (197, 45)), ((0, 60, 90, 5), (100, 140))):
        people, rows, _, _ = _reader(counts, used, (30, 45))
        hidden = [people.totals[name] is None for name in "ab"]
        assert [rows.cells[0] is None, rows.cells[3] is None] == hidden and any(hidden)
    # where nothing is small the account of rows stands whole
    _, rows, _, _ = _reader((0, 150, 40, 44), (200, 90), (30, 45))
    assert None not in rows.cells


@pytest.mark.extended
def test_no_pair_of_tables_tells_a_small_overlap_of_two_lists():
    r = np.random.default_rng(1)
    for _ in range(60):
        counts = (0, *r.integers(11, 60, 2).tolist(), int(r.integers(1, 11)))
        used = (counts[1] + counts[3] + int(r.integers(0, 5)), counts[2] + counts[3])
        _, _, least, most = _reader(counts, used, tuple(r.integers(0, 60, 2).tolist()))
        assert most - least >= 10, counts  # a zero may be guessed: a suppressed count is 1 or more


def test_what_is_said_of_resamples_of_one_table_is_not_said_of_all():
    """The pooled interval has the chance that n were met; one table's own figures stay out."""
    two = [
        OverlapTable.from_histories(["x", "y"], {"10": 120 + k, "01": 170, "11": 59})
        for k in (0, 1)
    ]
    own = make("bic", MethodSettings(bootstrap=20, threads=1)).estimate(two[0])
    assert any("Resamples keep the number" in str(c) for c in own.caveats)
    assert estimate_over_draws(two, "bic").estimate.caveats == ()


@pytest.mark.parametrize(
    ("point", "detected", "words"),
    [
        (1426.0, 786, "About 640"),
        (106.0, 106, "Fewer than 10"),
        (106.9, 106, "Fewer than 10"),  # 110 less 106 would be about 4
        (1004.0, 1003, "Fewer than 10"),
        (61.2, 40, "About 21"),
        (25311.0, 9000, "About 16,300"),
        (None, 40, ""),
    ],
)
def test_people_on_no_list_are_told_no_finer_than_the_figure(point, detected, words):
    assert _hidden_words(point, detected) == words


def test_rounding_takes_nobody_away_who_was_met():
    made = Estimate("bic", 1003, 1003.4, Interval("bca", 0.95, 1003.0, 1003.9))
    shown = shown_estimate(made, 1003, 11, {})
    assert (shown.point, shown.interval.lower, shown.interval.upper) == (1003, 1003, 1003)
    # linkage may leave fewer people than were detected at its median: that end stays
    made = Estimate("bic", 786, 1426.0, Interval("pool", 0.95, 770.0, 1656.0))
    assert shown_estimate(made, 786, 11, {}).interval.lower == 770
    between = {"observed_range": [786, 796]}
    made = Estimate("bic", 786, 1426.0, diagnostics=between)
    assert shown_estimate(made, 786, 11, {}).diagnostics["observed_range"] == [786, 800]


def test_one_list_given_twice_is_told_and_gives_no_figure():
    histories = {"110": 98, "001": 101, "111": 44}
    with pytest.raises(NotSupported, match="a and b hold the same people"):
        enough(OverlapTable.from_histories(["a", "b", "c"], histories), 11)
    with pytest.raises(NotSupported, match="hold the same people"):
        enough(OverlapTable.from_histories(["a", "b", "c"], {"111": 106}), 11)
    enough(OverlapTable.from_histories(["a", "b", "c"], histories | {"100": 12}), 11)


def test_a_held_table_of_other_lists_shows_no_zeros_that_are_none():
    table = OverlapTable.from_histories(["b", "a"], {"10": 60, "01": 40, "11": 20})
    shown, _ = protect_overlap(table.counts.tolist(), table.lists, 11)
    report = CheckReport((), "2026-06-30", ())
    empty, _ = protect_overlap([0], [], 11)
    numbers = ledger_tables({}, shown, table, empty, report)["overlap"]
    assert numbers["only a + b"] == 20 and numbers["only b"] == 60 and numbers["b"] == 80
    # in another order the same people have the same labels
    assert [history_count(Publication(numbers), h, ["a", "b"]) for h in ("01", "11")] == [
        "60",
        "20",
    ]
    held = Publication(numbers, "run of before")
    assert history_count(held, "100", ["a", "b", "c"]) == "40"
    assert history_count(held, "001", ["a", "b", "c"]) == "–"
    del numbers["only a + b"]
    assert history_count(Publication(numbers), "11", ["a", "b"]) == "0"


def test_the_check_by_formula_says_which_cut_off_it_took():
    check = {
        "found": {"b": 0.75},
        "false": {"b": 0.01},
        **dict.fromkeys(("one_answer", "corrected", "draws"), 100.0),
    }
    assert "settling it at even chances misses 25% of" in str(_check_notes(check, 200, 0.5)[0])
    assert "settling it at a chance of 90% misses 25% of" in str(_check_notes(check, 200, 0.9)[0])
