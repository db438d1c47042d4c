"""What is known of lists: how it is read, what it changes, and what it does to a figure."""

from __future__ import annotations

import math

import numpy as np
import pytest

import uncounted as uc
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.knowledge import APART, REFERS, STRENGTHS, TAKES_OUT, Knowledge
from uncounted.verdict.known import moved_by

NAMES = ("A", "B", "C", "D")


def drawn(seed, keep=lambda rng, on: on, people=2000):
    rng = np.random.default_rng(seed)
    on = rng.random((people, 4)) < np.array([0.25, 0.2, 0.15, 0.15])
    counts = np.bincount((keep(rng, on) * (1 << np.arange(4))).sum(axis=1), minlength=16)
    counts[0] = 0
    return OverlapTable.from_histories(NAMES, counts)


def gone(rng, on):
    """Seven in ten of those on A are met by no other list."""
    away = on[:, 0] & (rng.random(len(on)) < 0.7)
    on[np.ix_(away, [1, 2, 3])] = False
    return on


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("refers", "A B"),
        ("refers", "A -> A"),
        ("refers", "A -> B -> C"),
        ("refers", "-> B"),
        ("separate", "A"),
        ("separate", "A + B"),
        ("separate", "A, A"),
        ("separate", "A, , B"),
    ],
)
def test_what_says_nothing_is_told_so(field, text):
    with pytest.raises(InputError) as refused:
        Knowledge.read(**{field: [text]})
    assert refused.value.fix


def test_groups_and_names_must_be_possible():
    with pytest.raises(InputError):
        Knowledge.read(known_groups=[(10, 11)])
    with pytest.raises(InputError, match="no list is called"):
        uc.assess(drawn(1), knowledge=Knowledge.read(refers=["A -> E"]), methods=[], validate=False)


def test_each_statement_changes_what_it_says_and_nothing_else():
    told = Knowledge.read(refers=["B -> A"]).told(NAMES)
    cells = {m for m in range(16) if told.offset[m]}
    assert cells == {m for m in range(16) if m & 3 == 3} and told.edges == ((0, 1),)
    assert set(told.offset[list(cells)]) == {REFERS[0]}
    assert np.isfinite(told.sd).tolist() == [True] + [False] * 5 and not told.signed

    told = Knowledge.read(takes_out=["C"]).told(NAMES)
    with_c = {m for m in range(16) if m & 4 and m != 4}
    assert {m for m in range(16) if told.keeping[m]} == with_c and told.signed
    assert set(told.keeping[list(with_c)]) == {TAKES_OUT[0]}  # once, on however many others
    strengths = [t.offset[5] for t in told.strengths()]
    assert strengths == pytest.approx([s * TAKES_OUT[0] for s in STRENGTHS])

    told = Knowledge.read(separate=["A + B, C, D"]).told(NAMES)
    assert told.keeping[0b0011] == 0.0 < told.offset[0b0011]
    assert told.keeping[0b0101] == APART[0] and told.keeping[0b1111] == 2 * APART[0]
    assert Knowledge.read(separate=["A, X"]).told(NAMES).keeping is None  # X is not here


def test_statements_of_one_pair_add_up():
    known = Knowledge.read(refers=["A -> B"], takes_out=["B"])
    mean, sd = known.pair_prior("B", "A")
    assert mean == pytest.approx(REFERS[0] + TAKES_OUT[0])
    assert sd == pytest.approx(math.hypot(REFERS[1], TAKES_OUT[1]))
    assert known.pair_prior("A", "C") is None


def test_nothing_known_is_the_consensus_as_it_was():
    table = drawn(2)
    plain, known = Consensus().estimate(table), Consensus(knowledge=Knowledge()).estimate(table)
    assert plain.point == known.point and plain.interval == known.interval


def test_order_and_empty_lists_change_nothing():
    table = drawn(3, gone)
    known = Knowledge.read(takes_out=["A"], refers=["B -> C"])
    other = table.keep([3, 1, 0, 2])
    one, two = (Consensus(knowledge=known).estimate(t) for t in (table, other))
    # Newton's steps add in another order: 1e-4 of the figure, far inside a cell of the grid
    assert two.point == pytest.approx(one.point, rel=1e-4)
    counts = np.zeros(32, dtype=np.int64)
    counts[:16] = table.counts
    wider = OverlapTable.from_histories((*NAMES, "E"), counts)
    assert Consensus(knowledge=known).estimate(wider).point == pytest.approx(one.point, rel=1e-4)


def test_a_list_that_takes_people_out_lowers_the_figure_towards_the_truth():
    table = drawn(4, gone)
    without = Consensus().estimate(table).point
    told = Consensus(knowledge=Knowledge.read(takes_out=["A"])).estimate(table)
    assert without > 1.5 * 2000  # who is out of reach looks like a large population
    assert told.point < without and told.interval.lower <= 2000 <= told.interval.upper


def test_a_known_group_is_a_binomial_sample_of_the_share_listed():
    table = drawn(5)
    y = np.log(np.linspace(0.2, 8.0, 2000))
    known = Knowledge.read(known_groups=[(4000, 2000)])
    best = y[np.argmax(known.log_likelihood(y))]
    assert best == pytest.approx(0.0, abs=0.01)  # half are met: as many unseen as seen
    half = Consensus(knowledge=known).estimate(table)
    # The group may differ from the rest by 0.3 on the log odds: the figure is drawn, not set
    assert abs(math.log(half.point / (2 * table.n))) < 0.2
    few = Consensus(knowledge=Knowledge.read(known_groups=[(20, 10)])).estimate(table)
    plain = Consensus().posterior(table).pool.median
    assert abs(few.point - plain) < abs(half.point - plain)


def test_hard_to_find_sets_the_belief_that_nobody_is():
    table = drawn(6)
    yes, no = (
        Consensus(knowledge=Knowledge.read(hard_to_find=a)).posterior(table) for a in ("yes", "no")
    )
    assert yes.p_homogeneous < 0.5 < no.p_homogeneous
    assert yes.pool.median > no.pool.median


def test_rows_are_none_each_and_all():
    table = drawn(7, gone)
    known = Knowledge.read(takes_out=["A"], hard_to_find="no")
    rows = moved_by([table], Consensus(knowledge=known))
    assert [m.said.code.rsplit(".", 1)[1] for m in rows] == [
        "nothing", "takes-out", "hard-no", "all",
    ]  # fmt: skip
    assert rows[0].point == pytest.approx(Consensus().posterior(table).pool.median, rel=1e-9)
    whole = Consensus(knowledge=known).estimate(table)
    assert rows[-1].point == pytest.approx(whole.point, rel=1e-9)
    assert len(moved_by([table], Consensus(knowledge=Knowledge.read(takes_out=["A"])))) == 2
    assert moved_by([table], Consensus()) == ()


def test_the_verdict_shows_them_and_knows_them_from_its_figure():
    table = drawn(8, gone)
    known = Knowledge.read(takes_out=["A"])
    verdict = uc.assess(
        table, unreachable_group="no", leaves_reach="yes", matching="certain",
        knowledge=known, methods=[], validate=False,
    )  # fmt: skip
    assert verdict.consensus.point == pytest.approx(verdict.moved[-1].point, rel=1e-9)
    assert verdict.level != "supported"  # what is known does not answer the question
    assert verdict.to_dict()["knowledge"][0]["said"] == "nothing said"


def test_a_known_group_weighs_the_likely_range_too():
    table = drawn(3)
    group = Knowledge.read(known_groups=[(150, 90)])
    rule, told = Consensus(), Consensus(knowledge=group)
    plain, known = (r.over([r.posterior(table)]) for r in (rule, told))
    assert known.learned
    assert known.likely != known.interval
    assert known.likely.upper / known.likely.lower < plain.likely.upper / plain.likely.lower
    # A group that says nothing changes nothing but what pieces of a curve cost.
    nothing = Consensus(knowledge=Knowledge.read(known_groups=[(1, 1), (1, 0)]))
    same = nothing.over([nothing.posterior(table)])
    assert same.likely.lower == pytest.approx(plain.likely.lower, rel=0.1)
    # With anything else that is said there is none, and it is said why.
    both = Consensus(knowledge=Knowledge.read(known_groups=[(150, 90)], refers=["A -> B"]))
    other = both.over([both.posterior(table)])
    assert not other.learned
    assert [c.code for c in other.caveats] == ["estimators.likely.known"]
    verdict = uc.assess(table, knowledge=group, methods=[], validate=False)
    assert verdict.likely.lower > verdict.consensus.interval.lower


def test_the_terminal_says_both_ranges_where_a_group_is_known(tmp_path):
    from uncounted.answers import overlap_table, verdicts
    from uncounted.files.overlap_tables import write_table

    path = tmp_path / "t.csv"
    write_table(drawn(3), path)
    request = verdicts.VerdictRequest(
        overlap_table.TableRequest(str(path)), known_groups=((150, 90),), methods=("main",),
        bootstrap=0, validation=False, show_small_cells=True,
    )  # fmt: skip
    found = verdicts.answer(request)
    said = [str(line.text) for line in found.told() if hasattr(line, "text")]
    assert any("Likely range, given the group of known size" in line for line in said)
    assert any("Given what is known" in line for line in said)
    assert "given the group of known size" in found.page().likely
