"""What of a note may stand is decided by its numbers: whatever is not known to be shown is held."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from tests.notes import sources

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note, series, whole_note, why
from uncounted.core.table import OverlapTable
from uncounted.disclosure.notes import bare, publishable
from uncounted.disclosure.overlap import page_table, quantities
from uncounted.errors import InputError, NoFiniteEstimate, NotIdentifiable, Refusal, TableError
from uncounted.pooling.consensus_draws import commonest
from uncounted.pooling.linkage_draws import (
    _caveats,
    _Found,
    _from_arrays,
    _to_arrays,
)

UNLABELLED = note(
    "pooling.strata.unlabelled",
    people=Number(7, "people", of="unlabelled"),
    share=Number(0.07, "share", of="unlabelled"),
)
FEW = note("verdict.overlap.few", shared=Number(8, "people", of="shared"), fewest=Number(10))


@pytest.mark.parametrize(
    ("shown", "held"),
    [
        ({}, True),
        ({"shared": None}, True),
        ({"shared": 8}, False),
        # The page goes on showing what an earlier run released: the new count would tell who came.
        ({"shared": 12}, True),
        ({"observed": 8}, True),
    ],
)
def test_a_count_stands_only_where_the_page_shows_that_count(shown, held):
    assert publishable(FEW, shown).held is held
    assert str(publishable(FEW, shown)).startswith("Few people" if held else "Only 8 people")


def test_numbers_without_a_name_and_shares_of_people_are_held():
    assert publishable(note("x", n=Number(3, "people")), {"": 3, "observed": 3}).held is False
    assert publishable(note("x", n=Number(3, "records")), {"observed": 3}).held
    said = publishable(UNLABELLED, {"observed": 100})
    assert [n.held for _, n in said.numbers] == [True, True]
    assert str(said).startswith("Some people have no label")


def test_notes_inside_notes_are_decided_too_and_say_so_themselves():
    outer = note("pooling.draws.none", draws=Number(20, "draws"), why=FEW)
    said = publishable(outer, {})
    assert not said.held and said.word("why").held
    assert str(said) == (
        "On 20 linkage draws the method gives no figure: Few people are on two lists or more; "
        "below 10, chance decides the figure."
    )


def test_estimates_are_rounded_and_twice_is_once():
    made = note(
        "estimators.pairs.range",
        lower=Number(531.4, "estimate"),
        upper=Number(np.inf, "estimate"),
    )
    once = publishable(made, {})
    assert once.number("lower").value == 530 and publishable(once, {}) == once
    assert str(once).startswith("Pairs of lists give from 530 to no upper bound;")


def test_a_published_note_holds_no_more_decimals_than_its_sentence():
    made = note(
        "verdict.width.wide",
        width=Number(2.2533321631, "factor", digits=1),
        most=Number(2.5),
    )
    said = publishable(made, {})
    assert (said.number("width").value, said.number("most").value) == (2.3, 2.5)
    assert str(said) == str(made)
    share = publishable(note("x", nobody=Number(0.37124, "share")), {}).number("nobody")
    assert share.value == 0.37


def test_totals_of_a_table_are_named_as_notes_name_them():
    numbers = {"all": 300, "on two lists or more": 40, "a": None, "only a": 12}
    assert quantities(numbers, ["a"]) == {"observed": 300, "shared": 40, "list:a": None}


def test_beside_small_counts_a_page_takes_notes_without_numbers_only():
    table = OverlapTable.from_histories(["a1", "b2"], {"10": 60, "01": 50, "11": 4})
    page = page_table(table, figures=True)
    empty = note("estimators.ready.empty", lists=series("words.comma", ["a1", "b2"]))
    secret = [
        FEW,
        publishable(FEW, {}),
        note("estimators.loglinear.no-maximum", model="[12]"),
        note("words.advice", what=note("estimators.unbounded"), do=FEW),
        whole_note("4 people are on both."),
    ]
    open_ = [note("verdict.lists.two"), note("estimators.unbounded"), empty]
    assert page.held and page.notes([*secret, *open_]) == tuple(open_)
    assert page_table(table, 0).notes(secret) == tuple(secret)
    assert bare(empty, ["a1", "b2"]) and not bare(empty, ["a1"])


# --- refusals carry notes, and what is kept keeps them --------------------------------------------


def test_an_error_says_its_note_and_keeps_it():
    error = NotIdentifiable(FEW, fix=note("verdict.run.few.fix"))
    assert error.message == str(FEW) and error.said is FEW
    assert str(error) == f"{FEW} {note('verdict.run.few.fix')}"
    assert why(error) is FEW and str(why(error, advise=True)) == str(error)
    plain = InputError("There is no such file.", fix="")
    assert str(plain) == plain.message == str(why(plain, advise=True)) == "There is no such file."


def test_notes_are_kept_between_runs_not_sentences():
    caveat = note(
        "estimators.coverage.unstable", coverage=Number(0.412, "share"), least=Number(0.55, "share")
    )
    good = Estimate("main", 30, 50.0, Interval("bca", 0.95, 40.0, 70.0), caveats=(caveat,))
    found = [
        _Found(good, np.array([48.0, 52.0]), 0.1),
        _Found(None, np.zeros(0), 0.2, NoFiniteEstimate(FEW, fix=note("verdict.run.few.fix"))),
        _Found(None, np.zeros(0), 0.2, Refusal("plain text")),
    ]
    back = _from_arrays(_to_arrays(found))
    assert back[0].estimate.caveats == (caveat,)
    assert type(back[1].refusal) is NoFiniteEstimate and back[1].refusal.said == FEW
    assert back[1].refusal.advice == note("verdict.run.few.fix")
    assert back[2].refusal.message == "plain text" and back[2].refusal.fix == ""


def test_what_hundreds_of_tables_say_is_told_once_where_it_is_the_same_sentence():
    def one(coverage: float, *more: Note) -> _Found:
        said = note(
            "estimators.coverage.unstable",
            coverage=Number(coverage, "share"),
            least=Number(0.55, "share"),
        )
        estimate = Estimate("sample-coverage:high", 30, 50.0, caveats=(said, *more))
        return _Found(estimate, np.array([50.0]), 0.1)

    resamples = note(
        "estimators.resamples.without",
        endless=Number(3, "resamples"),
        resamples=Number(100, "resamples"),
    )
    good = [one(0.4101, resamples), one(0.4149), one(0.5012)]
    said = _caveats(good, 1, 4, Interval("pool", 0.95, 40.0, 90.0))
    assert [str(c) for c in said] == [
        "The estimated sample coverage is 41%; below 55% this form is unstable and "
        "sample-coverage:low is the authors' advice.",
        "The estimated sample coverage is 50%; below 55% this form is unstable and "
        "sample-coverage:low is the authors' advice.",
        "1 of 4 linkage draws have no finite estimate; they count as infinite.",
    ]


def test_the_commonest_refusal_holds_the_reason_of_one_draw():
    several = [NoFiniteEstimate(FEW), NoFiniteEstimate(FEW), NotIdentifiable("other")]
    found = commonest(several)
    assert type(found) is NoFiniteEstimate and found.said.word("why") == FEW
    assert issubclass(TableError, InputError)


def test_refusals_of_rooms_that_make_notes_are_notes():
    """No plain text in a refusal of estimators, pooling or verdict: who catches it publishes it."""
    kinds = {"Refusal", "NotIdentifiable", "NoFiniteEstimate", "NotConverged", "NotSupported"}
    wrong = []
    for room, path, tree in sources():
        if room not in {"estimators", "pooling", "verdict"}:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds:
                given = [*node.args, *(k.value for k in node.keywords)]
                texts = [
                    g for g in given if isinstance(g, ast.Constant | ast.JoinedStr | ast.BinOp)
                ]
                wrong += [f"{path.name}:{node.lineno}"] * bool(texts)
    assert wrong == []
