"""The verdict: every rule with its sentence, the question, the command."""

from __future__ import annotations

import json
import math
import re

import pytest

import uncounted as uc
from uncounted.cli import main
from uncounted.errors import InputError, UsageError
from uncounted.verdict.assess import assess
from uncounted.verdict.judging import VerdictRules
from uncounted.verdict.questions import Questions


def quick(table, **more):
    return assess(table, methods=["main"], validate=False, bootstrap=0, workers=1, **more)


CLEAR = {"unreachable_group": "no", "leaves_reach": "no", "matching": "certain"}


def histories(lists, counts):
    return uc.OverlapTable.from_histories(list(lists), counts)


def test_well_covered_lists_are_supported_when_the_question_is_answered_no():
    verdict = quick(uc.published.load("massachusetts-anomaly"), **CLEAR)
    assert verdict.level == "supported"
    assert str(verdict.counts) == "people"


@pytest.mark.parametrize(
    ("question", "answer", "direction"),
    [
        ("unreachable_group", "yes", "counts only the people these lists could reach"),
        ("unreachable_group", "unknown", "counts only the people these lists could reach"),
        ("leaves_reach", "yes", "too high"),
        ("leaves_reach", "unknown", "too high"),
        ("matching", "estimated", "too low"),
        ("matching", "unknown", "too low"),
    ],
)
def test_each_open_question_caps_the_verdict_and_says_which_way_the_figure_errs(
    question, answer, direction
):
    table = uc.published.load("massachusetts-anomaly")
    verdict = quick(table, **{**CLEAR, question: answer})
    assert verdict.level == "supported with caution"
    (asked,) = verdict.questions.open()
    assert asked.name == question
    assert direction in str(asked.means)
    assert asked.means in verdict.reasons
    assert (str(verdict.counts) == "people") == (question != "unreachable_group")


def test_the_questions_stand_in_the_json_beside_the_old_one():
    table = uc.published.load("massachusetts-anomaly")
    found = quick(table, unreachable_group="yes", matching="certain").to_dict()
    assert found["question"]["answer"] == "yes"
    assert [(q["name"], q["answer"]) for q in found["questions"]] == [
        ("unreachable_group", "yes"),
        ("leaves_reach", "unknown"),
        ("matching", "certain"),
    ]
    assert all(q["text"].endswith("?") and q["means"].endswith(".") for q in found["questions"])
    assert quick(table).questions == Questions("unknown", "unknown", "unknown")


def test_every_reason_but_the_question_has_its_number_and_is_a_sentence():
    for name in ("uk2013-5", "kosovo", "artificial-3", "australia"):
        for reason in quick(uc.published.load(name), **CLEAR).reasons:
            assert str(reason).endswith(".")
            assert reason.numbers or reason.code == "verdict.lists.three", reason


def test_artificial_table_is_not_supported():
    verdict = quick(uc.published.load("artificial-3"), **CLEAR)
    assert verdict.level == "not supported"
    assert any("6 people are on two lists or more" in str(r) for r in verdict.reasons)


def test_lists_without_overlap_are_not_supported():
    verdict = quick(histories("abc", {"100": 500, "010": 400, "001": 300}))
    assert verdict.level == "not supported"
    assert verdict.consensus.point is None
    assert verdict.consensus.refused
    assert verdict.estimates[0].refused


@pytest.mark.parametrize(
    "counts",
    [{"10": 300, "01": 200, "11": 90}, {"100": 300, "010": 200, "110": 90}],
    ids=["two lists", "a third list that holds nobody"],
)
def test_fewer_than_three_lists_with_people_are_not_supported(counts):
    lists = "ab" if "10" in counts else "abc"
    verdict = quick(histories(lists, counts), **CLEAR)
    assert verdict.level == "not supported"
    assert any("two lists hold" in str(r) for r in verdict.reasons)


def test_lists_in_groups_that_share_nobody_are_not_supported():
    counts = {"1000": 200, "0100": 200, "1100": 80, "0010": 200, "0001": 200, "0011": 80}
    verdict = quick(histories("abcd", counts), **CLEAR)
    assert verdict.level == "not supported"
    assert any("2 groups" in str(r) and "a and b; c and d" in str(r) for r in verdict.reasons)


def test_one_empty_table_refuses_in_words():
    verdict = quick(histories("abc", {}))
    assert verdict.level == "not supported"
    assert str(verdict.reasons[0]) == "No list holds people."


def test_three_lists_are_never_supported():
    verdict = quick(uc.published.load("new-york-spina-bifida"), **CLEAR)
    assert verdict.level == "supported with caution"
    assert any("joint dependence of all three cannot be tested" in str(r) for r in verdict.reasons)


def test_thresholds_are_settings():
    table = uc.published.load("massachusetts-anomaly")
    strict = VerdictRules(supported_width=1.1)
    assert quick(table, **CLEAR, rules=strict).level == "supported with caution"
    hopeless = VerdictRules(widest=1.2)
    assert quick(table, **CLEAR, rules=hopeless).level == "not supported"
    assert VerdictRules().to_dict()["supported_spread"] == pytest.approx(math.exp(0.3))


def test_mass_at_the_end_of_the_grid_is_not_supported():
    from uncounted.estimators.consensus import Consensus
    from uncounted.estimators.posterior_grid import OddsGrid

    short = Consensus(grid=OddsGrid(0.002, 6.0, 0.025))
    verdict = quick(uc.published.load("uk2013-5"), consensus=short, **CLEAR)
    assert verdict.level == "not supported"
    assert any("end of the range" in str(r) for r in verdict.reasons)


def test_result_does_not_depend_on_workers():
    table = uc.published.load("kosovo")
    one = assess(table, methods=["main", "graphs"], workers=1, bootstrap=50)
    two = assess(table, methods=["main", "graphs"], workers=2, bootstrap=50)
    assert one.to_dict() == two.to_dict()


def test_bad_answer_and_bad_method_name_their_fix():
    table = uc.published.load("kosovo")
    with pytest.raises(InputError, match="no, yes or unknown"):
        quick(table, unreachable_group="maybe")
    with pytest.raises(InputError, match="no, yes or unknown"):
        quick(table, leaves_reach="maybe")
    with pytest.raises(InputError, match="certain, estimated or unknown"):
        quick(table, matching="yes")
    with pytest.raises(UsageError, match="Did you mean"):
        assess(table, methods=["graph"])


def run(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return stop.value.code, capsys.readouterr()


def test_command_keeps_the_contract(capsys, tmp_path):
    page = tmp_path / "verdict.html"
    code, out = run(
        capsys, "assess", "kosovo", "--unreachable-group", "no", "--leaves-reach", "no",
        "--matching", "certain", "-m", "main", "-m", "bic",
        "--bootstrap", "20", "--json", "--html", str(page),
    )  # fmt: skip
    found = json.loads(out.out)
    assert code == 0
    assert found["ok"] is True
    assert found["verdict"]["level"] == "supported with caution"
    assert found["verdict"]["reasons"]
    assert [q["answer"] for q in found["questions"]] == ["no", "no", "certain"]
    assert set(found["consensus"]["interval"]) >= {"lower", "upper", "level", "kind"}
    assert [e["method"] for e in found["estimates"]] == ["main", "bic"]
    assert {"list", "true", "point", "covered"} <= set(found["validation"][0])
    text = page.read_text()
    assert "Supported with caution" in text
    assert text.count("<svg") >= 3
    assert "http://" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", text)


def test_command_exits_with_four_when_not_supported(capsys):
    code, out = run(capsys, "assess", "artificial-3", "-m", "main", "--json", "--no-validation")
    assert code == 4
    assert json.loads(out.out)["verdict"]["level"] == "not supported"
    code, out = run(capsys, "assess", "artificial-3", "-m", "main", "--no-validation")
    assert code == 4
    assert "cannot carry a figure" in out.out


def test_chaos_bound_is_none_where_lists_keep_people_apart():
    """Said that being met keeps people from other lists, a figure below the bound is no fault."""
    table = uc.OverlapTable.from_histories(
        ["a", "b", "c", "d"],
        {"1000": 300, "0100": 280, "0010": 250, "0001": 260, "1100": 10, "0110": 9, "0011": 12, "1001": 8},
    )  # fmt: skip

    def codes(**answers):
        verdict = uc.assess(table, methods=["main"], validate=False, bootstrap=0, **answers)
        return verdict.level, {r.code for r in verdict.reasons}, verdict.consensus.point

    level, reasons, point = codes(leaves_reach="yes", unreachable_group="no", matching="certain")
    bound = uc.LowerBound().estimate(table)
    assert point < bound.interval.lower and "verdict.holds.below-bound" not in reasons
    assert level != "supported"
