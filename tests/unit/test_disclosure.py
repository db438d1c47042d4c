"""What is suppressed cannot be worked out; releases that follow each other reveal nobody."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from uncounted.core.table import OverlapTable
from uncounted.disclosure import Ledger, Total, attack, protect
from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.run_tables import protect_rows
from uncounted.disclosure.suppress import MARKS
from uncounted.errors import InputError
from uncounted.estimators.consensus import Consensus
from uncounted.linkage.overlaps import Overlaps
from uncounted.records.reading import ListReport
from uncounted.verdict.groups import estimate_groups


def grid(rows: int, columns: int) -> list[Total]:
    at = np.arange(rows * columns).reshape(rows, columns)
    totals = [Total(f"r{i}", tuple(at[i].tolist())) for i in range(rows)]
    totals += [Total(f"c{j}", tuple(at[:, j].tolist())) for j in range(columns)]
    return [*totals, Total("all", tuple(at.ravel().tolist()))]


def brute(published, totals):
    """Every value of each suppressed cell that some whole-number table allows."""
    hidden = [i for i, c in enumerate(published.cells) if c is None]
    known = [
        (published.totals[t.name], t.cells) for t in totals if published.totals[t.name] is not None
    ]
    most = [min(s for s, cells in known if i in cells) for i in hidden]
    seen = {i: set() for i in hidden}
    for values in itertools.product(*(range(1, m + 1) for m in most)):
        made = list(published.cells)
        for i, v in zip(hidden, values, strict=True):
            made[i] = v
        if all(s == sum(made[c] for c in cells) for s, cells in known):
            for i, v in zip(hidden, values, strict=True):
                seen[i].add(v)
    return seen


def test_one_small_cell_takes_another_with_it_that_a_key_decides():
    totals = [Total("all", (0, 1, 2))]
    taken = set()
    for key in (b"a", b"b", b"c", b"d", b"e", b"f"):
        shown = protect([40, 30, 4], totals, key=key)
        assert shown.cells[2] is None and shown.totals == {"all": 74}
        assert (shown.primary, shown.complementary) == (1, 1)
        assert shown.cells == protect([40, 30, 4], totals, key=key).cells
        taken.add(shown.cells)
    assert len(taken) == 2


def test_two_ones_that_sum_to_two_are_not_left_alone():
    """Each is at least 1, so a sum of 2 would give both away."""
    totals = [Total("all", (0, 1, 2, 3))]
    shown = protect([50, 60, 1, 1], totals)
    assert shown.cells.count(None) == 3
    assert all(r.width >= 11 for i, r in attack(shown, totals).items() if i in (2, 3))


def test_linear_programming_agrees_with_brute_force():
    cells = [3, 11, 12, 13]
    totals = grid(2, 2)
    shown = protect(cells, totals)
    found = attack(shown, totals)
    for i, values in brute(shown, totals).items():
        assert found[i].lower == min(values)
        assert found[i].upper == max(values)


@pytest.mark.parametrize("seed", range(12))
def test_no_small_count_can_be_pinned_in_tables_with_margins(seed):
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(2, 5, 2)
    cells = rng.poisson(rng.choice([0.5, 3, 15, 60], rows * columns)).tolist()
    totals = grid(int(rows), int(columns))
    shown = protect(cells, totals)
    found = attack(shown, totals)
    for i, count in enumerate(cells):
        if 0 < count < 11:
            assert shown.cells[i] is None
            assert found[i].width >= 11 and found[i].lower <= count <= found[i].upper
        elif shown.cells[i] is not None:
            assert shown.cells[i] == count
    for t in totals:
        value = sum(cells[c] for c in t.cells)
        assert shown.totals[t.name] in (value, None)
        if 0 < value < 11:
            assert shown.totals[t.name] is None and found[t.name].width >= 11


def test_nothing_small_nothing_suppressed():
    shown = protect([0, 11, 500], [Total("all", (0, 1, 2))])
    assert shown.cells == (0, 11, 500) and shown.primary == shown.complementary == 0


def test_a_table_too_small_to_show_shows_nothing():
    shown = protect([2, 3], [Total("all", (0, 1))])
    assert shown.cells == (None, None) and shown.totals == {"all": None}


def test_three_marks_are_three():
    assert len(set(MARKS.values())) == 3
    assert protect([0, 4, 50, 60], [Total("all", (0, 1, 2, 3))]).mark(0) == "0"


def test_counts_of_no_people_may_be_small():
    shown = protect([50, 1, 60], [Total("all", (0, 1, 2))], sensitive=[True, False, True])
    assert shown.cells == (50, 1, 60)


def test_the_floor():
    with pytest.raises(InputError, match="threshold of 4"):
        protect([1], [], threshold=4)


def test_overlap_tables_with_list_totals():
    from uncounted.disclosure.overlap import protect_overlap

    counts = [0, 54, 463, 2, 907, 12, 40, 1]
    shown, totals = protect_overlap(counts, ["a", "b", "c"], 11)
    found = attack(shown, totals)
    for i, count in enumerate(counts[1:]):
        if count < 11:
            assert shown.cells[i] is None and found[i].width >= 11


def test_ledger_holds_what_changed_by_less_than_the_threshold(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.record("r1", {"origin": {"Mexico": 57, "China": None, "all": 90}})
    again = Ledger(path)
    held = again.check("origin", {"Mexico": 58, "China": None, "all": 91}, run="r2")
    assert held.held_from == "r1" and held.numbers == {"Mexico": 57, "China": None, "all": 90}
    free = again.check("origin", {"Mexico": 70, "China": None, "all": 110}, run="r2")
    assert free.held_from == ""
    assert again.check("origin", {"Mexico": 57, "China": None, "all": 90}, run="r2").held_from == ""
    # a label that comes and goes differs from nobody
    assert again.check("origin", {"Mexico": 57, "Cuba": 3, "all": 101}, run="r2").held_from == "r1"


def test_ledger_looks_at_every_earlier_release(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record("r1", {"origin": {"all": 57}})
    ledger.record("r2", {"origin": {"all": 90}})
    assert ledger.check("origin", {"all": 58}, run="r3").held_from == "r2"


def test_a_ledger_changed_by_hand_is_refused(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.record("r1", {"origin": {"all": 57}})
    ledger.record("r2", {"origin": {"all": 90}})
    path.write_text(path.read_text().replace("57", "75"))
    with pytest.raises(InputError, match="changed by hand"):
        Ledger(path)


def test_what_another_table_tells_is_reckoned_with():
    """227 rows in, 221 people used: without a floor the 4 not released looked safe, but were 1 to 6."""
    cells = [234, 90, 342, 20, 223, 4]
    totals = [Total(f"l{i}", (2 * i, 2 * i + 1)) for i in range(3)]
    totals += [Total("used", (0, 2, 4)), Total("held", (1, 3, 5)), Total("all", tuple(range(6)))]
    floors = [229, 0, 336, 0, 221, 0]
    blind = attack(protect(cells, totals), totals, floors)
    assert blind[5].width < 11
    shown = protect(cells, totals, floors=floors)
    found = attack(shown, totals, floors)
    assert shown.cells[5] is None and found[5].width >= 11
    # nothing is hidden that need not be: the small one and what protects it
    assert shown.cells.count(None) + list(shown.totals.values()).count(None) <= 4


def test_hiding_is_taken_back_where_it_turned_out_not_to_be_needed():
    totals = grid(3, 3)
    shown = protect([40, 30, 4, 50, 60, 70, 30, 40, 90], totals)
    hidden = [i for i, c in enumerate(shown.cells) if c is None]
    for i in hidden[:]:
        if i == 2:
            continue
        cells = list(shown.cells)
        cells[i] = [40, 30, 4, 50, 60, 70, 30, 40, 90][i]
        more = type(shown)(tuple(cells), shown.totals, 1, 0, 11)
        assert min(r.width for k, r in attack(more, totals).items() if k == 2) < 11


def test_ledger_holds_a_table_that_shows_what_was_suppressed(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record("r1", {"origin": {"Mexico": 57, "China": None, "Cuba": None, "all": 90}})
    # China was 25 in r1 as well, hence Cuba 8: only once the total moves may it be told
    shown = {"Mexico": 57, "China": 25, "Cuba": None, "all": 90}
    assert ledger.check("origin", shown, run="r2").held_from == "r1"
    grown = {"Mexico": 80, "China": 40, "Cuba": 12, "all": 132}
    assert ledger.check("origin", grown, run="r2").held_from == ""
    assert ledger.runs == {"r1"} and ledger.knows("") and not ledger.knows("other")


@pytest.mark.parametrize(
    "cells", [[5, 60, 12], [20, 20, 100, 8, 0, 0, 3], [3, 60, 0, 100, 0, 60, 0]]
)
def test_how_many_in_all_is_not_hidden_where_breakdowns_show_it(cells):
    lists = ["a", "b", "c"][: len(cells).bit_length()]
    shown, totals = protect_overlap([0, *cells], lists, 11)
    assert shown.totals["all"] == sum(cells)
    for place, reach in attack(shown, totals).items():
        true = cells[place] if isinstance(place, int) else 99
        assert true >= 11 or reach.width >= 11


def _overlaps(cells: list[int], groups: list[list[int]]) -> Overlaps:
    lists = ("a", "b", "c")[: len(cells).bit_length()]
    counts = np.array([[0, *cells]])
    by = np.array([[[0, *g] for g in groups]])
    return Overlaps(lists, counts, {"origin": by}, {"origin": ("not known", "X", "Y")}, 0)


def test_where_how_many_in_all_is_hidden_no_breakdown_sums_to_it():
    # 8 + 12 people: their number would tell both, and so would the groups
    made = _overlaps([4, 4, 4], [[0, 0, 0], [4, 4, 4], [0, 0, 0]])
    assert protect_overlap([0, 4, 4, 4], made.lists, 11)[0].totals["all"] is None
    rows, published = estimate_groups(made, "origin", Consensus(), threshold=11, seed=1)
    assert published.totals["all"] is None
    assert [(r.label, r.detected) for r in rows] == [("Y", 0), ("X", None)]


def _report(name: str, used: int) -> ListReport:
    return ListReport(name, "a.csv", "plain", "none", used, used, 0, 0)


def test_rows_of_a_list_are_hidden_with_its_people():
    """A list without duplicates has as many people as rows."""
    table = OverlapTable.from_histories(["a", "b"], {"10": 5, "01": 55, "11": 45})
    overlap, _ = protect_overlap(table.counts.tolist(), table.lists, 11)
    assert (overlap.totals["a"], overlap.totals["b"]) == (50, None)
    reports = [_report("a", 50), _report("b", 100), _report("no releases", 0)]
    shown = protect_rows(reports, table, overlap)
    assert shown.cells[3] is None and shown.cells[1:3] + shown.cells[4:] == (0,) * 7
    assert shown.totals["b"] is None and shown.totals["no releases"] == 0
    assert shown.totals["all used"] is None and shown.totals["all rows"] is None
    table = OverlapTable.from_histories(["a", "b"], {"10": 50, "01": 55, "11": 45})
    overlap, _ = protect_overlap(table.counts.tolist(), table.lists, 11)
    assert None not in protect_rows([_report("a", 95), _report("b", 103)], table, overlap).cells


def test_rows_do_not_tell_how_many_are_on_two_lists():
    """46 people on 50 rows of two lists: at most four were on both."""
    table = OverlapTable.from_histories(["a", "b"], {"10": 40, "01": 2, "11": 4})
    overlap, _ = protect_overlap(table.counts.tolist(), table.lists, 11)
    assert overlap.totals["all"] == 46
    shown = protect_rows([_report("a", 44), _report("b", 6)], table, overlap)
    assert shown.totals["all used"] is None and shown.totals["all rows"] is None


def test_the_account_of_all_lists_is_hidden_last():
    """Two and ten records not released: a third list's are hidden with them, not the sum of all."""
    table = OverlapTable.from_histories(
        ["a", "b", "c", "d"], {"1000": 100, "0100": 110, "0010": 90, "0001": 60, "1111": 20}
    )
    overlap, _ = protect_overlap(table.counts.tolist(), table.lists, 11)
    reports = [
        ListReport(n, "a.csv", "plain", "none", u + k, u, 0, k)
        for n, u, k in zip("abcd", (122, 130, 111, 80), (95, 65, 2, 10), strict=True)
    ]
    shown = protect_rows(reports, table, overlap)
    assert shown.totals["all rows"] == 615 and shown.totals["all not released"] == 172
    assert shown.cells[8] is None and shown.cells[11] is None
