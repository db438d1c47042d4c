"""Lists as they are kept: twins, copies, default birth dates, lists that say too little."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from uncounted.errors import Refusal
from uncounted.linkage import link
from uncounted.linkage.defaults import find_defaults
from uncounted.linkage.prepare import prepare
from uncounted.linkage.weights import chances_of

SYLLABLES = ["ka", "lo", "mi", "ren", "sta", "vi", "dor", "pel", "ju", "nash", "te", "gor"]
GIVEN = (
    "Valentina", "Guadalupe", "Ximena", "Beatriz", "Jorge", "Roberto", "Yolanda", "Ignacio", "Hector",
    "Francisca", "Dolores", "Emilia", "Patricia", "Lorenzo", "Natalia", "Sofia",
)  # fmt: skip


def people(n, seed):
    """People with a family name, a given name, a birth date, a sex and an area."""
    rng = np.random.default_rng(seed)
    names = ["".join(p) for p in itertools.product(SYLLABLES, repeat=2)]
    return [
        {
            "given": GIVEN[rng.integers(len(GIVEN))],
            "surname": names[rng.integers(len(names))],
            "dob": f"{rng.integers(1950, 2000)}-{rng.integers(1, 13):02d}-{rng.integers(2, 29):02d}",
            "sex": "f" if rng.random() < 0.7 else "m",
            "area": names[rng.integers(8)],
        }
        for _ in range(n)
    ]


def test_a_plainly_different_given_name_weighs_against_one_person():
    """Of ten pairs of twins, one on each list, none once stayed two people."""
    everyone = people(200, 3)
    first, second = everyone[:130], [dict(r) for r in everyone[70:]]
    for k in range(10):
        other = GIVEN[(GIVEN.index(first[k]["given"]) + 5) % len(GIVEN)]
        second.append(dict(first[k], given=other))
    found = link({"a": first, "b": second})
    twin = (found.left < 10) & (found.right == 130 + 130 + found.left)
    # A list without kin on it and ten of seventy links of this kind: the lists themselves speak for
    # working names, so that it weighs against by no more; the chance was 1.000.
    assert twin.sum() >= 8 and found.probability[twin].max() < 0.95
    # Somebody should look at them, however little chance they have.
    assert set(np.flatnonzero(twin & (found.probability > 0.01))) <= set(found.in_doubt().tolist())
    assert found.kin[twin].all()
    assert found.draw(60, seed=1).overlap("a", "b").mean() < 60 + 10 * 0.95


def test_copies_within_lists_do_not_change_what_lists_share():
    everyone = people(300, 5)
    rng = np.random.default_rng(5)
    first, second = everyone[:200], [dict(r) for r in everyone[100:]]
    for row in second:
        if rng.random() < 0.5:
            row["given"] = row["given"][:2] + row["given"][3:]
    twice = [[*rows, *(dict(r) for r in rows if rng.random() < 0.4)] for rows in (first, second)]
    plain = link({"a": first, "b": second}).draw(60, seed=1).overlap("a", "b")
    copied = link({"a": twice[0], "b": twice[1]}).draw(60, seed=1).overlap("a", "b")
    # Both are of 100 people; slips leave a few of them in doubt.
    assert plain.mean() == pytest.approx(100, abs=5)
    assert copied.mean() == pytest.approx(100, abs=5)


def test_two_copies_here_and_two_there_do_not_rule_each_other_out():
    left, right = np.array([0, 0, 1, 1]), np.array([2, 3, 2, 3])
    a, b = np.zeros(4, dtype=np.int64), np.ones(4, dtype=np.int64)
    p = chances_of(np.full(4, 1e6), left, right, a, b, 2, True)
    assert p == pytest.approx([0.5] * 4, abs=0.02)
    alone = chances_of(np.array([3.0]), left[:1], right[:1], a[:1], b[:1], 2, True)
    assert alone == pytest.approx([0.75])


@pytest.mark.parametrize(("day", "year"), [("06-15", None), ("1900-07-01", 1900)])
def test_a_birth_date_by_default_is_found_said_and_not_compared(day, year):
    rows = people(200, 8)
    for row in rows[:40]:
        row["dob"] = day if year else f"{row['dob'][:5]}{day}"
    columns = prepare({"a": rows, "b": people(200, 9)})
    (found,) = columns.default_births
    assert (found.member, found.year) == (0, year) and 40 <= found.records <= 42
    assert (columns.day[:40] == -1).all() and (columns.day[200:] > 0).all()
    assert ((columns.year[:40] >= 0) == (year is None)).all()
    told = link({"a": rows, "b": people(200, 9)}).diagnostics["default_births"]
    assert [d["list"] for d in told] == ["a"]
    assert day not in str(told)  # it may be somebody's


def test_a_row_for_every_call_is_no_default():
    who = np.concatenate([np.arange(100), np.zeros(60, dtype=np.int64)])
    day, month = (who % 28 + 1).astype(np.int16), (who % 12 + 1).astype(np.int16)
    assert find_defaults(0 * who, who, (1950 + who % 50).astype(np.int16), month, day) == ()


@pytest.mark.parametrize("kept", [("given",), ("given", "sex"), ("sex", "area", "given")])
def test_a_list_that_says_too_little_is_refused_by_name(kept):
    everyone = people(300, 4)
    bare = [{k: v for k, v in r.items() if k in kept} for r in everyone[100:]]
    with pytest.raises(Refusal) as refused:
        link({"shelter": everyone[:200], "hotline": bare})
    assert "hotline" in str(refused.value)
