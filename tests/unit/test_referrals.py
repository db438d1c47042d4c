"""Entries made by referral: read from a column, left out of the list that received them, published safely."""

import numpy as np
import pytest

from uncounted.core.estimate import Interval
from uncounted.errors import InputError
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.loglinear import LogLinear
from uncounted.linkage.overlaps import Overlaps, count_overlaps, referred_from
from uncounted.records.reading import ListSpec, read_list
from uncounted.records.referrals import find_column, referrer
from uncounted.verdict.referrals import Referrals, referral_figure

LISTS = ("hotline", "shelter", "clinic")
MEMBERS = {
    "hotline": ("hotline", "National Hotline"),
    "shelter": ("shelter", "Casa Verde"),
    "clinic": ("clinic",),
    "womens": ("womens", "Women's Clinic"),
}


def coalition(seed, people=4000, sends=0.4, reach=(0.2, 0.15, 0.12)):
    """Lists that meet people independently; the hotline sends a share of its people to the shelter."""
    rng = np.random.default_rng(seed)
    on = rng.random((people, 3)) < reach
    sent = on[:, 0] & ~on[:, 1] & (rng.random(people) < sends)
    list_of, person, sender = [], [], []
    for k in range(3):
        met = np.flatnonzero(on[:, k])
        list_of += [k] * met.size
        person += met.tolist()
        sender += [-1] * met.size
    list_of += [1] * int(sent.sum())
    person += np.flatnonzero(sent).tolist()
    sender += [0] * int(sent.sum())
    return np.array(list_of), np.array(person), np.array(sender), int(sent.sum())


def test_leaving_out_what_referral_made_removes_its_bias():
    logs = []
    for seed in range(12):
        list_of, person, sender, sent = coalition(seed)
        found = count_overlaps(LISTS, list_of, [person], [], sender)
        assert found.sent.tolist() == [0, sent, 0]
        both = [
            LogLinear("main", bootstrap=0).estimate(t).point
            for t in (found.tables()[0], found.found_tables()[0])
        ]
        logs.append(np.log(np.array(both) / 4000))
    bias, error = np.mean(logs, axis=0), np.std(logs, axis=0, ddof=1) / np.sqrt(12)
    assert bias[0] < -0.15  # referral alone: far too low
    assert abs(bias[1]) < 3 * error[1] + 0.01


def test_where_the_list_would_have_met_them_the_truth_lies_between():
    """People whom the shelter would have met by itself are recorded as sent all the same."""
    with_them, without = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        on = rng.random((4000, 3)) < (0.2, 0.15, 0.12)
        sent = on[:, 0] & (rng.random(4000) < 0.3)
        rows = [(k, p, -1) for k in (0, 2) for p in np.flatnonzero(on[:, k])]
        rows += [(1, p, -1) for p in np.flatnonzero(on[:, 1] & ~sent)]
        rows += [(1, p, 0) for p in np.flatnonzero(sent)]
        list_of, person, sender = np.array(rows).T
        found = count_overlaps(LISTS, list_of, [person], [], sender)
        with_them.append(LogLinear("main", bootstrap=0).estimate(found.tables()[0]).point)
        without.append(LogLinear("main", bootstrap=0).estimate(found.found_tables()[0]).point)
    assert np.mean(with_them) < 4000 < np.mean(without)


def test_the_consensus_over_draws_takes_the_tables_without_them():
    list_of, person, sender, _ = coalition(1, people=1500)
    found = count_overlaps(LISTS, list_of, [person, person], [], sender)
    known = Consensus()
    made = referral_figure(
        found.found_tables(), dict(zip(LISTS, found.sent.tolist(), strict=True)), known
    )
    plain = known.estimate(found.tables()[0])
    assert made.point > plain.point
    assert made.interval.lower <= 1500 <= made.interval.upper
    back = Referrals.from_dict(made.to_dict())
    assert back == made
    kept = Overlaps.from_arrays(found.to_arrays())
    assert (kept.found == found.found).all()
    assert (kept.sent == found.sent).all()


@pytest.mark.parametrize(
    ("rows", "history"),
    [
        # list, sender: a record of the list's own beside the one by referral keeps the person there
        ([(0, -1), (1, 0), (1, -1)], 0b11),
        ([(0, -1), (1, 0)], 0b01),
        # each names the other: nobody knows who was first
        ([(0, 1), (1, 0)], 0b11),
        # sent by a list on which no record of the person is
        ([(1, 0)], 0),
        ([(0, 1), (1, 0), (2, -1)], 0b100),
        ([(0, -1), (1, 0), (2, 1)], 0b001),
    ],
)
def test_which_entries_are_left_out(rows, history):
    rows = [*rows, (0, -1), (1, -1), (2, -1)]
    person = np.array([7] * (len(rows) - 3) + [1, 2, 3])
    list_of, sender = np.array(rows).T
    found = count_overlaps(LISTS, list_of, [person], [], sender)
    alone = np.zeros(8, dtype=np.int64)
    alone[[1, 2, 4]] = 1
    if history:
        alone[history] += 1
    assert found.found[0].tolist() == alone.tolist()


def test_without_referrals_nothing_changes():
    list_of, person, sender, _ = coalition(2, people=300)
    plain = count_overlaps(LISTS, list_of, [person], [])
    none = count_overlaps(LISTS, list_of, [person], [], np.full(sender.size, -1))
    assert plain.found is None and none.found is None and none.sent is None
    assert none.found_tables() == []
    assert (plain.counts == none.counts).all()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("hotline", "hotline"),
        ("the NATIONAL  hotline, night shift", "hotline"),
        ("Casa-Verde", "shelter"),
        ("women's clinic", "womens"),
        ("police", ""),
        ("", ""),
        ("hotline and Casa Verde", ""),
        ("hotlines", ""),
        ("clinic", ""),  # the list itself
        ("walk-in", ""),
    ],
)
def test_which_list_a_cell_names(text, named):
    assert referrer(text, MEMBERS, "clinic") == named


def test_the_column_is_found_or_named():
    names = ["case id", "Referral Source", "referred_by"]
    assert find_column("", names, ignored=[], taken=[0], where="x") == 1
    assert find_column("", names, ignored=["referral source"], taken=[0], where="x") == 2
    assert find_column("", names, ignored=[], taken=[1, 2], where="x") is None
    assert find_column("Case ID", names, ignored=[], taken=[0], where="x") == 0
    with pytest.raises(InputError, match="'referred_by' is not there"):
        find_column("sent by", names, ignored=[], taken=[], where="x")


def test_a_list_is_read_with_its_referrals(tmp_path):
    file = tmp_path / "shelter.csv"
    long = "hotline " * 60
    file.write_text(
        "case id,first name,last name,dob,referred by\n"
        "1,Ana,Reyes,1990-02-03,hotline\n2,Mia,Kim,1991-02-03,self\n"
        f'3,Eva,Lopez,1992-02-03,"{long}"\n'
    )
    spec = ListSpec("shelter", file, "none", members=MEMBERS)
    read = read_list(spec, as_of="2026-11-01", recipients=["x"])
    assert read.records.referred_by.tolist() == ["hotline", "", "hotline"]
    assert read.report.filled["referred_by"] == 2
    alone = read_list(ListSpec("shelter", file, "none"), as_of="2026-11-01", recipients=["x"])
    assert set(alone.records.referred_by) == {""}
    assert "referred_by" not in alone.report.filled
    other = read_list(
        ListSpec("hotline", file, "none", members=MEMBERS), as_of="2026-11-01", recipients=["x"]
    )
    assert set(other.records.referred_by) == {""}
    both = referred_from([other.records, read.records])
    assert both.tolist() == [-1, -1, -1, 0, -1, 0]


@pytest.mark.parametrize(
    ("entries", "sizes", "held"),
    [
        ({"a": 40, "b": 0}, {"a": 100, "b": 80}, False),
        ({"a": 40, "b": 3}, {"a": 100, "b": 80}, True),  # few came by referral
        ({"a": 95, "b": 0}, {"a": 100, "b": 80}, True),  # few did not
        ({"a": 100, "b": 0}, {"a": 100, "b": 80}, False),  # all did
        ({"a": 40, "b": 20}, {"a": 100, "b": None}, True),  # the list's size is held back
    ],
)
def test_small_counts_are_held_back_with_all_that_tells_them(entries, sizes, held):
    made = Referrals(entries, 812.4, Interval("pool", 0.95, 498.0, 2013.0))
    shown = made.shown(sizes, 11, 300)
    assert shown.held == held
    told = " ".join(map(str, shown.told()))
    if held:
        assert shown.point is None and shown.interval is None
        assert not any(c.isdigit() for c in told)
        assert not any(shown.entries.values())
    else:
        assert "812" in told or "810" in told
        assert shown.point >= 300
