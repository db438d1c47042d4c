"""The brief of a real run: a project's lists, run, and all that leaves of it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from tests.integration.small_coalition import PLANTED, link, write

from uncounted.answers import briefs, number_reasons, runs
from uncounted.brief.numbers import tokens
from uncounted.brief.page_numbers import page_numbers
from uncounted.project.approvals import APPROVALS
from uncounted.project.linking import Linked
from uncounted.project.settings import load_project

LANGUAGES = ("en", "es", "ko")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coalition") / "project"
    write(folder)
    return runs.run_project(load_project(folder), link=link).folder


def everything(found) -> str:
    return found.html() + str(found.to_dict()) + "\n".join(s.text for s in found.page.texts)


def test_no_name_and_no_suppressed_count_is_in_a_brief(run):
    """Groups without a shown count are not there at all, and no planted word of a record is."""
    for language in LANGUAGES:
        text = everything(briefs.answer(briefs.BriefRequest(run, language)))
        assert not [w for w in PLANTED if w in text]
    found = briefs.answer(briefs.BriefRequest(run))
    hidden = {g.label for of in found.facts.groups.values() for g in of if g.detected is None}
    assert hidden
    said = {r.label for t in found.page.tables for r in t.rows}
    assert not said & hidden


def test_every_number_of_the_page_of_a_run_is_answered(run):
    html = (run / "index.html").read_text(encoding="utf-8")
    asked = {f"{next(iter(p.values)):g}" for p in page_numbers(html) if p.values}
    assert len(asked) > 60
    missing = [
        n
        for n in sorted(asked)
        if not number_reasons.answer(number_reasons.NumberRequest(n, run)).matches
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_its_brief_is_answered(run, language):
    page = briefs.answer(briefs.BriefRequest(run, language)).page
    for number in {t.text for s in page.texts for t in tokens(s.text)}:
        request = number_reasons.NumberRequest(number, run, language)
        assert number_reasons.answer(request).matches, number


@pytest.mark.extended
def test_approving_leaves_the_run_as_it_was(run, tmp_path):
    """The project can be read-only but for the file of approvals, and the run still verifies."""
    copy = tmp_path / "project"
    shutil.copytree(run.parent.parent, copy)
    again = copy / "runs" / run.name
    before = {p: p.read_bytes() for p in again.rglob("*") if p.is_file()}
    for who in ("Ana Ruiz, director", "Kim Min-su, data lead"):
        found = briefs.answer(briefs.BriefRequest(again, approve=who, day="2026-11-27"))
    assert not found.facts.is_draft
    after = {p: p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert {p.name for p in set(after) - set(before)} == {APPROVALS}
    assert all(after[p] == data for p, data in before.items())
    assert runs.verify_run(again, link=link).run == run.name


def strangers(lists, settings, hand, draws, seed):
    """Find nobody twice."""
    of = np.repeat(np.arange(len(lists)), [len(r) for r in lists])
    alone = np.tile(np.arange(of.size, dtype=np.int32), (draws, 1))
    return Linked(tuple(r.list_name for r in lists), of, alone)


def test_lists_that_share_nobody_get_a_brief_without_a_figure(tmp_path):
    folder = tmp_path / "project"
    write(folder)
    made = runs.run_project(load_project(folder), link=strangers)
    assert made.estimate.refused
    found = briefs.answer(briefs.BriefRequest(made.folder))
    assert found.to_dict()["figure"] is None
    assert found.page.figure.text == "These lists do not carry a figure"
    assert found.pdf()[:5] == b"%PDF-"
