"""Which question comes first, why two records may be one, what answers imply; answers kept, taken back, gone on with."""

from __future__ import annotations

import json

import numpy as np
import pytest

from uncounted.answers.links import Linked
from uncounted.answers.questions import side_of
from uncounted.answers.reviews import Review
from uncounted.errors import InputError
from uncounted.linkage import link, questions
from uncounted.linkage.decisions import project_salt, read
from uncounted.linkage.likeness import Reasons
from uncounted.linkage.questions import implied, people_of, ranges_of, worth_of
from uncounted.records.schema import Records

GIVEN = ("Ana", "Luz", "Mei", "Noor", "Olga", "Pia", "Rosa", "Sana", "Tala", "Uma")
FAMILY = ("Diaz", "Kim", "Lopez", "Petrov", "Reyes", "Silva", "Tran", "Udo", "Wang", "Zia")


def made(seed, size, *, name, first=0, blur=()):
    """Records of people numbered from ``first``; those of ``blur`` have an initial and no birth date."""
    rng = np.random.default_rng(seed)
    people = np.arange(first, first + size)
    given = [f"{GIVEN[p % 10]}{GIVEN[(p * 7) // 10 % 10].lower()}" for p in people]
    family = [FAMILY[(p * 3) // 10 % 10] for p in people]
    born = [f"{1960 + p % 37}-{1 + p % 12:02}-{1 + p % 28:02}" for p in people]
    for k in blur:
        given[k], born[k] = given[k][0] + ".", None
    return Records.build(
        name, row=np.arange(2, size + 2), reference=[f"{name}-{p}" for p in people], given=given,
        family=family, birth_date=born, gender=["Feminine" if rng.random() < 0.8 else "Masculine" for _ in people],
        citizenship=["KOR" if p % 3 else "MEX" for p in people],
    )  # fmt: skip


@pytest.fixture(scope="module")
def lists():
    return (
        made(1, 120, name="clinic"),
        made(1, 120, name="hotline", first=60, blur=range(0, 40, 3)),
        made(2, 90, name="shelter", first=30, blur=range(1, 60, 5)),
    )


@pytest.fixture
def review(lists, tmp_path):
    hand = tmp_path / "hand"
    return opened(lists, hand)


def opened(lists, hand, most=50):
    salt = project_salt(hand, make=True)
    found = link(lists, decisions=read(hand), salt=salt)
    made = Review(
        Linked(found, tuple(lists), hand, files={r.list_name: "x.csv" for r in lists}), "A.B.", most
    )
    made._begin(lambda text: None)
    return made


# --- order ---------------------------------------------------------------------------------------


def test_worth_is_what_knowing_takes_off_the_variance(lists):
    """Against the draws themselves: how much narrower the figure is within either answer."""
    found = link(lists)
    drawn = found.draw(2000, 5)
    pairs = [int(p) for p in found.in_doubt(40)]
    worth = worth_of(found, drawn, pairs)
    counts = drawn.counts()
    held = (np.arange(counts.shape[1])[:, None] >> np.arange(3)) & 1
    figure = questions._totals(counts.sum(axis=1).astype(float), (counts @ held).astype(float))[0]
    told = []
    for p in pairs:
        x = drawn.label[:, found.left[p]] == drawn.label[:, found.right[p]]
        within = sum(some.mean() * figure[some].var() for some in (x, ~x) if some.any())
        told.append(1 - within / figure.var())
    # The direct way costs 1 / 2,000 of the variance in noise for each pair; the quick one spares that.
    assert np.corrcoef(told, worth)[0, 1] > 0.9
    # What an answer says of the weights, and by them of other pairs, is left out: up to a third.
    assert worth == pytest.approx(told, abs=0.008, rel=0.5)
    assert (worth >= 0).all() and worth.max() > 0.01


def test_a_question_whose_either_answer_leaves_as_many_people_is_worth_nothing(lists):
    """A record that is one of two people for certain: whose it is does not move the figure."""
    found = link(lists)
    drawn = found.draw(300, 5)
    pairs = [int(p) for p in found.in_doubt(40)]
    worth = dict(zip(pairs, worth_of(found, drawn, pairs), strict=True))
    even = [p for p in pairs if 0.4 < found.probability[p] < 0.6]
    assert len(even) > 3 and min(worth[p] for p in even) < max(worth.values()) / 10


def test_answers_narrow_the_range_and_right_ones_keep_the_truth(lists):
    found = link(lists)
    before = ranges_of(found.draw(200, 1))
    truth = {
        r: int(lists[found.member[r]].reference[found.row[r]].rpartition("-")[2])
        for r in range(found.records)
    }
    said = {
        int(p): 1 if truth[int(found.left[p])] == truth[int(found.right[p])] else -1
        for p in found.in_doubt(60)
    }
    now = ranges_of(found.deciding(said).draw(200, 1))
    assert now.people.width < before.people.width
    assert now.people.lower <= len(set(truth.values())) <= now.people.upper
    assert now.total is not None and now.total.width < before.total.width


@pytest.mark.parametrize(
    ("answers", "asked", "told"),
    [
        ([(0, 1, 1), (1, 2, 1)], [(0, 2), (2, 3)], [1, 0]),
        ([(0, 1, 1), (2, 3, 1), (1, 2, -1)], [(0, 3), (0, 2), (3, 4)], [-1, -1, 0]),
        ([(0, 1, -1), (1, 2, -1)], [(0, 2)], [0]),  # two that differ from a third may be one
        ([], [(0, 1)], [0]),
    ],
)
def test_what_answers_imply(answers, asked, told):
    assert implied(answers, asked) == told


# --- reasons -------------------------------------------------------------------------------------


def test_reasons_say_how_fields_agree_and_how_rare_that_is():
    crowd = [
        (
            f"{g}{k}" if k else "Maria",
            f,
            f"19{50 + 4 * k + n % 4}-0{1 + n}-1{k}",
            "KOR" if n % 3 else "MEX",
        )
        for k in range(4)
        for n, (g, f) in enumerate(
            zip(("Ana", "Luz", "Mei", "Pia", "Uma", "Zoe"), FAMILY[:6], strict=True)
        )
    ]
    one = [*crowd, ("Zuzanna", "Wojcik", "1988-05-26", "POL")]
    two = [
        *crowd[15:],
        ("Zuzana", "Wojcik", "1988-05-27", "POL"),
        ("Maria", crowd[0][1], crowd[0][2], "USA"),
    ]

    def build(name, rows):
        given, family, born, origin = zip(*rows, strict=True)
        return Records.build(name, given=given, family=family, birth_date=born, citizenship=origin)

    records = (build("a", one), build("b", two))
    found = link(records)
    reasons = Reasons(found, records)

    def of(i, j):
        (pair,) = np.flatnonzero((found.left == i) & (found.right == j))
        return {k.field: k for k in reasons.of(int(pair))}

    zuzanna, other, maria = len(one) - 1, len(one) + len(two) - 2, len(one) + len(two) - 1
    rare, usual = of(zuzanna, other), of(0, maria)
    named = len(one) + len(two)
    assert (rare["family"].agreement, rare["family"].holders, rare["family"].known) == (
        "same",
        2,
        named,
    )
    assert (rare["given"].agreement, rare["given"].holders) == ("near", 1)
    assert rare["birth"].agreement == "slip" and rare["birth"].holders == 0
    assert (usual["given"].agreement, usual["given"].holders, usual["birth"].holders) == (
        "same",
        7,
        2,
    )
    assert usual["citizenship"].agreement == "different" and usual["citizenship"].holders == 0
    assert "area" not in rare  # neither says it


# --- the conversation ----------------------------------------------------------------------------


def test_the_worthiest_open_question_comes_first_and_skipped_ones_last(review):
    first = review.next()
    worth = list(review._worth.values())
    assert first.worth == pytest.approx(max(worth))
    assert review.next().number == first.number  # until it is answered
    review.skip(first.number)
    seen = []
    while (question := review.next()) is not None and question.number != first.number:
        seen.append(question.number)
        review.skip(question.number) if len(seen) < 3 else review.answer(question.number, "unsure")
    assert first.number not in seen and len(seen) > 3


def test_every_answer_is_kept_at_once_and_undo_takes_it_back(review):
    hand = review.linked.hand
    first = review.next()
    review.answer(first.number, "same")
    assert [d.verdict for d in read(hand)] == ["same"]
    second = review.next()
    assert second.number != first.number
    review.answer(second.number, "different")
    assert review.undo().number == second.number and review.undo().number == first.number
    assert review.undo() is None
    assert [d.verdict for d in read(hand)] == ["same", "different", "open", "open"]
    assert review.next().number == first.number and review.answers == 0
    assert review._said and not any(review._said.values())


def test_a_review_goes_on_where_it_was_left(lists, tmp_path):
    hand = tmp_path / "hand"
    one = opened(lists, hand)
    numbers = {}
    for verdict in ("same", "different", "unsure", "same"):
        question = one.next()
        numbers[one.linked.found.keys(question.number)] = verdict
        one.answer(question.number, verdict)
    one.undo()
    two = opened(lists, hand)
    found = two.linked.found
    asked = [found.keys(p) for p in two._queue]
    decided = [k for k, v in numbers.items() if v in ("same", "different")][:2]
    assert not set(decided) & set(asked)
    unsure = next(k for k, v in numbers.items() if v == "unsure")
    assert asked[-1] == unsure
    last = next(reversed(numbers))  # taken back: as if never asked
    assert last in asked[:-1]


def test_ten_answers_are_told_as_the_width_of_the_range(review):
    gains = []
    for _ in range(12):
        question = review.next()
        if question is None:
            break
        gains.append(
            review.answer(question.number, "same" if question.chance > 0.5 else "different").gain
        )
    assert [g is not None for g in gains] == [k == 9 for k in range(len(gains))] and len(gains) > 9
    gain = gains[9]
    assert gain.answers == 10 and gain.now.people.width <= gain.before.people.width
    assert json.dumps(gain.to_dict()) and "10 answers" in str(gain.told()[0])


def test_one_answer_for_everybody_who_is_like_this(lists, tmp_path):
    """A person on three lists, and one record more of which nobody can tell."""
    hand = tmp_path / "hand"
    review = opened(lists, hand, most=500)
    many = None
    while (question := review.next()) is not None:
        if question.of_many:
            many = question
            break
        review.skip(question.number)
    assert many is not None
    shown = 2 + sum(map(len, many.others))
    done = review.answer(many.number, "all-same")
    assert done.decisions == shown * (shown - 1) // 2
    assert {d.verdict for d in read(hand)} == {"same"}
    again = review.undo()
    assert again.number == many.number
    left, right = (1 + len(o) for o in many.others)
    done = review.answer(many.number, "two-people")
    kept = [d.verdict for d in read(hand)][-done.decisions :]
    assert kept.count("different") == left * right
    assert kept.count("same") == left * (left - 1) // 2 + right * (right - 1) // 2
    people = people_of(link(lists, decisions=read(hand), salt=project_salt(hand)))
    found = review.linked.found
    i, j = int(found.left[many.number]), int(found.right[many.number])
    assert j not in people.get(i, (i,))


def test_an_answer_about_a_group_needs_one_and_questions_are_asked_once(review):
    question = review.next()
    while question.of_many:
        review.skip(question.number)
        question = review.next()
    with pytest.raises(InputError, match="two records"):
        review.answer(question.number, "all-same")
    review.answer(question.number, "unsure")
    with pytest.raises(InputError, match="no such question"):
        review.answer(question.number, "same")


def test_twins_are_flagged_and_ages_have_their_day(tmp_path):
    twins = ("Isabela", "Mariana")
    one = Records.build(
        "a", given=[twins[0], "Ana"], family=["Quispe", "Diaz"], birth_date=["2001-04-05", None],
        stated_age=[-1, 20], stated_on=[None, "2024-03-01"], gender=["Feminine"] * 2, area=["cook"] * 2,
    )  # fmt: skip
    two = Records.build(
        "b", given=[twins[1], "Ana"], family=["Quispe", "Diaz"], birth_date=["2001-04-05", None],
        stated_age=[-1, 21], gender=["Feminine"] * 2, area=["cook"] * 2,
    )  # fmt: skip
    review = opened((one, two), tmp_path / "hand")
    asked = []
    while (question := review.next()) is not None:
        asked.append(question)
        review.answer(question.number, "unsure")
    kin = [q for q in asked if q.kin]
    assert len(kin) == 1 and {f.first for f in kin[0].fields} >= {twins[0]}
    assert dict(side_of(review.linked, 1).values)["birth"] == "age 20 on 2024-03-01"
    assert dict(side_of(review.linked, 3).values)["birth"] == "age 21, no day given"


def test_nothing_of_a_record_is_printed_by_accident(review):
    question = review.next()
    for thing in (question, question.sides[0], question.fields[0], review):
        assert not any(word in repr(thing) for word in (*FAMILY, "clinic-", "shelter-"))
    lines = (review.linked.hand / "decisions.jsonl").exists()
    assert not lines
    review.answer(question.number, "same")
    text = (review.linked.hand / "decisions.jsonl").read_text()
    assert not any(word in text for word in (*FAMILY, *GIVEN, "clinic", "x.csv"))
