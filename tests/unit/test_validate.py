"""Internal validation, lists left out and merged, trajectories."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import uncounted as uc
from uncounted import OverlapTable, published
from uncounted.core.estimate import Estimate, Interval
from uncounted.errors import InputError, NoFiniteEstimate
from uncounted.verdict.middles import middles
from uncounted.verdict.robustness import leave_one_list_out, merge_lists
from uncounted.verdict.trajectories import _thin, trajectory, trajectory_by_date
from uncounted.verdict.validation import (
    ValidationRow,
    condition_on,
    internal_validation,
    summarise_validation,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "internal_consistency.csv"


def reference():
    lines = [x for x in REFERENCE.read_text().splitlines() if not x.startswith("#")]
    return list(csv.DictReader(lines))


@dataclass(frozen=True)
class Chao:
    """f1^2 / (2 f2): simple, and refuses by name without overlap."""

    method = "chao"
    drawn: bool = False
    plain: bool = False

    def estimate(self, table, *, seed=0):
        f = table.captures
        if f[2] == 0:
            raise NoFiniteEstimate("Nobody is on two lists.", fix="Add lists.")
        point = table.n + f[1] ** 2 / (2 * f[2])
        if self.plain:
            return Estimate("chao", table.n, point)
        if self.drawn:
            return Estimate("chao", table.n, point, draws=np.linspace(point / 2, 2 * point, 101))
        return Estimate("chao", table.n, point, Interval("wald", 0.95, point / 2, math.inf))


@pytest.mark.parametrize("row", reference(), ids=lambda r: f"{r['table']}-{r['list']}")
def test_true_and_observed_sizes_of_binette_and_steorts(row):
    table = published.load(row["table"])
    true, others = condition_on(table, table.lists.index(row["list"]))
    assert (true, others.n) == (int(row["true"]), int(row["observed"]))


def test_conditioning_by_brute_force():
    rng = np.random.default_rng(1)
    table = OverlapTable.from_histories(list("ABCD"), rng.integers(0, 9, 16))
    for i in range(4):
        _, others = condition_on(table, i)
        for history, count in others.histories():
            whole = history[:i] + "1" + history[i:]
            assert table.count(whole) == count


def test_rows_say_everything():
    table = published.load("uk2013-5")
    rows = internal_validation(table, {"c": Chao()})
    assert [r.list_name for r in rows] == list(table.lists)
    la = rows[0]
    assert (la.true, la.observed, la.left_out) == (94, 40, ("GP",))
    assert la.log_error == pytest.approx(math.log(la.point / 94))
    assert la.covered is (la.lower <= 94)
    assert la.to_dict()["unbounded"] and la.to_dict()["upper"] is None
    assert internal_validation(table, [Chao()], workers=2) == internal_validation(
        table, [Chao()], workers=1
    )


def test_refusals_are_rows():
    table = OverlapTable.from_histories(["A", "B", "C"], {"110": 5, "101": 4, "011": 0, "001": 3})
    rows = internal_validation(table, [Chao(), Chao()])
    assert [r.method for r in rows[:2]] == ["chao", "chao (2)"]
    assert str(rows[0].refused) == "Nobody is on two lists."
    assert "Fewer than two other lists" in str(rows[2].refused)
    assert all(r.point is None and r.covered is None for r in rows)
    two = OverlapTable.from_histories(["A", "B"], {"11": 5, "10": 4})
    assert "fewer than two other" in str(internal_validation(two, [Chao()])[0].refused)


def test_interval_at_the_wanted_level():
    table = published.load("kosovo")
    own = internal_validation(table, [Chao()], level=0.8)
    assert {r.level for r in own} == {0.95}
    drawn = internal_validation(table, [Chao(drawn=True)], level=0.8)
    assert {r.level for r in drawn} == {0.8}
    plain = internal_validation(table, [Chao(plain=True)])
    assert plain[0].covered is None and plain[0].log_error is not None


def test_summary():
    rows = internal_validation(published.load("kosovo"), [Chao()])
    (got,) = summarise_validation(rows)
    errors = np.array([r.log_error for r in rows])
    assert got.bias == pytest.approx(errors.mean())
    assert got.rmse == pytest.approx(math.sqrt((errors**2).mean()))
    assert (got.lists, got.refused, got.intervals) == (4, 0, 4)
    (none,) = summarise_validation(rows, min_observed=10**6)
    assert none.lists == 0 and math.isnan(none.bias) and math.isnan(none.coverage)


def test_leave_one_out_and_merge():
    table = published.load("kosovo")
    rows = leave_one_list_out(table, [Chao()])
    assert [r.change for r in rows] == ["all lists", *(f"without {x}" for x in table.lists)]
    assert rows[0].ratio == 1 and rows[1].observed < table.n
    assert rows[1].point == Chao().estimate(table.keep([1, 2, 3])).point
    merged = merge_lists(table, [Chao()], groups=[("HRW", "EXH")])
    assert merged[1].observed == table.n
    assert merged[1].change == "HRW and EXH merged"
    assert len(merge_lists(table, [Chao()])) == 7
    with pytest.raises(InputError):
        merge_lists(table, [Chao()], groups=[("EXH", "nobody")])
    two = OverlapTable.from_histories(["A", "B"], {"11": 5, "10": 4})
    assert "One list alone" in str(leave_one_list_out(two, [Chao()])[1].refused)
    assert "All lists merged" in str(merge_lists(two, [Chao()])[1].refused)


def test_trajectory_by_resampling():
    table = published.load("kosovo")
    points = trajectory(table, Chao(), shares=[1.0, 0.5], orders=9, seed=2)
    assert [p.label for p in points] == ["50%", "100%"]
    assert points[0].observed < points[1].observed == 4400
    whole = Chao().estimate(table).point
    # All orders end at the same table.
    assert points[1].point == points[1].lower == points[1].upper == whole
    assert points[0].lower < points[0].point < points[0].upper
    people = trajectory(table, Chao(), shares=[0.5], by="people", orders=9)
    assert people[0].observed == pytest.approx(2200, rel=0.03)
    assert trajectory(table, Chao(), shares=[0.5], seed=2) == trajectory(
        table, Chao(), shares=[0.5], seed=2
    )


def test_trajectory_of_a_sound_method_is_flat():
    """Independent lists: whatever the share of listings, the population is the same."""
    rng = np.random.default_rng(0)
    on = rng.random((4000, 3)) < 0.4
    counts = np.bincount(on @ [1, 2, 4], minlength=8)
    table = OverlapTable.from_histories(["A", "B", "C"], counts)

    @dataclass(frozen=True)
    class Schnabel:
        def estimate(self, table, *, seed=0):
            f, t = table.captures[1:], table.t
            # p from people on k of t lists, one p for all: moments of the truncated binomial.
            grid = np.linspace(0.01, 0.9, 2000)
            mean = (np.arange(1, t + 1) @ f) / f.sum()
            p = grid[np.abs(t * grid / (1 - (1 - grid) ** t) - mean).argmin()]
            return Estimate("m0", table.n, table.n / (1 - (1 - p) ** t))

    points = trajectory(table, Schnabel(), shares=[0.5, 0.75, 1.0], orders=10, seed=1)
    # About 4% relative standard error at half the listings, averaged over ten orders.
    assert all(p.point == pytest.approx(4000, rel=0.08) for p in points)


def test_trajectory_counts_orders_without_a_figure():
    table = OverlapTable.from_histories(["A", "B"], {"11": 1, "10": 30, "01": 30})
    (early, late) = trajectory(table, Chao(), shares=[0.1, 1], orders=40, seed=1)
    assert early.refused > 20 and early.point is None
    assert late.refused == 0


@pytest.mark.parametrize("by", ["listings", "people"])
def test_thinning_has_the_right_mean(by):
    counts = np.array([0, 40, 30, 20, 10, 10, 10, 60])
    rng = np.random.default_rng(4)
    runs = np.array([_thin(rng, counts, 0.6, by) for _ in range(2000)])
    if by == "people":
        expected = 0.6 * counts
    else:
        expected = np.zeros(8)
        for mask in range(1, 8):
            for sub in range(1, 8):
                if sub & mask == sub:
                    out = mask.bit_count() - sub.bit_count()
                    expected[sub] += counts[mask] * 0.6 ** sub.bit_count() * 0.4**out
    # Monte Carlo s.e. of a mean: at most sqrt(60)/sqrt(2000) = 0.17; four of them.
    assert runs.mean(axis=0)[1:] == pytest.approx(expected[1:], abs=0.7)
    assert (runs[:, 0] == 0).all()


def test_trajectory_by_date_and_bad_input():
    table = published.load("kosovo")
    small = OverlapTable.from_histories(table.lists, {"1100": 3, "1000": 9})
    got = trajectory_by_date([("2020", small), ("2021", table)], Chao())
    assert [p.observed for p in got] == [12, 4400] and math.isinf(got[1].upper)
    with pytest.raises(InputError):
        trajectory_by_date([("2020", table), ("2021", small)], Chao())
    for bad in ({"shares": []}, {"shares": [0]}, {"shares": [1.2]}, {"orders": 0}, {"by": "magic"}):
        with pytest.raises(InputError):
            trajectory(table, Chao(), **bad)
    with pytest.raises(InputError):
        condition_on(table, 9)


def test_bias_is_said_beside_the_hits():
    def row(name, true, point):
        held = point / 3 <= true <= point * 3
        return ValidationRow(
            "t", name, true, true // 2, "bic", point, point / 3, point * 3, 0.95,
            math.log(point / true), held,
        )  # fmt: skip

    low = [row("a", 100, 40.0), row("b", 200, 160.0), row("c", 50, 25.0)]
    found = middles([*low, ValidationRow("t", "d", 30, 3, "bic")])
    assert [(m.lists, m.held, m.below, m.above) for m in found] == [(3, 3, 3, 0)]
    assert found[0].lowest == pytest.approx(0.4)
    assert found[0].mean == pytest.approx((0.4 * 0.8 * 0.5) ** (1 / 3))
    assert found[0].said.code == "verdict.middles.below"
    assert "3 of 3 intervals hold the known size, but all 3 middles lie below it" in str(
        found[0].said
    )
    assert middles([*low, row("e", 10, 12.0)])[0].said.code == "verdict.middles.both"
    assert middles([row("e", 10, 12.0), row("f", 10, 22.0)])[0].said.code == "verdict.middles.above"
    assert middles([]) == ()


def test_assess_tells_the_bias():
    verdict = uc.assess("kosovo", methods=["main"])
    told = verdict.to_dict()["validation_bias"]
    assert [m["method"] for m in told] == ["consensus", "main"]
    rows = [r for r in verdict.validation if r.method == "main"]
    assert told[1]["below"] == sum(r.point < r.true for r in rows)
