"""Why: every number of a brief and of a run's page is answered, however it is written."""

from __future__ import annotations

import json
import re

import pytest
from tests.brief_runs import made_run

from uncounted.answers import briefs, number_reasons
from uncounted.brief.numbers import tokens
from uncounted.brief.page_numbers import page_numbers
from uncounted.errors import InputError

LANGUAGES = ("en", "es", "ko")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return made_run(tmp_path_factory.mktemp("why"))


def why(run, number, language="en"):
    return number_reasons.answer(number_reasons.NumberRequest(number, run, language)).matches


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_brief_is_answered(run, language):
    page = briefs.answer(briefs.BriefRequest(run, language)).page
    asked = {t.text for said in page.texts for t in tokens(said.text)}
    assert len(asked) > 30
    for number in asked:
        found = why(run, number, language)
        assert found, number
        assert all(w.what and w.method and w.data and w.where for w in found)


def test_every_number_of_the_page_and_the_tables_is_answered(run):
    html = (run / "index.html").read_text()
    asked = {f"{next(iter(p.values)):g}" for p in page_numbers(html) if p.values}
    assert asked >= {"1440", "7", "12"}
    for path in (run / "tables").glob("*.csv"):
        cells = path.read_text().replace("\n", ",").split(",")
        asked |= {c for c in cells if c.isdecimal() and len(c) > 1}
    for number in asked:
        assert why(run, number), number


@pytest.mark.parametrize(
    "written",
    ["1,440", "1.440", "1440", "1 440", "1’440", "about 1,440 people", "약 1,440명", "１４４０"],
)
def test_a_number_is_known_however_it_is_written(run, written):
    first = why(run, written)[0]
    assert first.key == "figure" and first.counts == "estimated"
    assert any("point" in place for place in first.where)


@pytest.mark.parametrize(
    ("number", "counts", "words"),
    [
        ("785", "detected", "at least one list"),
        ("2,460", "estimated", "whatever the lists do"),
        ("2.200", "estimated", "likely range"),
        ("156", "detected", "Mexico"),
        ("630", "estimated", "Mexico"),
        ("188", "records", "permission"),
        ("200", "detected", "Harbor shelter"),
        ("1,250", "estimated", "bic"),
        ("11", "page", ""),
        ("12%", "page", "of the doubt"),
    ],
)
def test_it_says_what_is_counted(run, number, counts, words):
    found = why(run, number)
    if number == "11":  # the threshold is said as 1 to 10
        assert found == ()
        return
    assert any(w.counts == counts and words in w.what for w in found)


def test_a_number_of_two_things_gives_both(run):
    found = why(run, "178")
    assert {w.key for w in found} == {"group:origin:South Korea:detected"}
    both = why(run, "200")
    assert {w.counts for w in both} >= {"detected", "setting"}


@pytest.mark.parametrize("number", ["9", "1,441", "0.5", "7,850"])
def test_a_number_that_stands_nowhere_has_no_match(run, number):
    assert why(run, number) == ()


@pytest.mark.parametrize("text", ["", "many", "%", "--"])
def test_what_is_no_number_is_told(run, text):
    with pytest.raises(InputError):
        why(run, text)


def test_estimates_carry_the_open_questions(run):
    caveats = " ".join(why(run, "1,440")[0].caveats)
    assert "none of these lists could meet" in caveats and "keep people from the others" in caveats


def test_a_figure_that_is_not_supported_is_said_to_be_a_guess(tmp_path):
    """The run's page may show it beside its verdict; whoever asks for it hears the verdict first."""
    run = made_run(tmp_path, level="not supported")
    assert why(run, "1,440")[0].caveats[0].startswith("A total from these lists would be a guess.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_html_each_number_leads_to_what_it_is_by_keyboard(run, language):
    html = briefs.answer(briefs.BriefRequest(run, language)).html()
    body = html.partition('<section class="numbers"')[0]
    links = re.findall(r'<a class="why" href="#(n\d+)" aria-label="([^"]+)">([^<]+)</a>', body)
    anchors = re.findall(r'<article id="(n\d+)"', html)
    assert len(links) > 40 and {a for a, _, _ in links} == set(anchors)
    assert len(anchors) == len(set(anchors))
    assert all(text in label for _, label, text in links)
    bare = re.sub(
        r'<a class="why".*?</a>|<style.*?</style>|<svg.*?</svg>|<[^>]*>', " ", body, flags=re.S
    )
    assert [t.text for t in tokens(bare)] == []
    assert f'<html lang="{language}">' in html
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|@import|url\(", html)


def test_equal_numbers_of_two_groups_lead_to_their_own_kind(tmp_path):
    from tests.brief_runs import group

    same = {"origins": [group("Mexico", 57)], "sectors": [group("Construction", 57)]}
    html = briefs.answer(briefs.BriefRequest(made_run(tmp_path, **same))).html()
    links = re.findall(r'<a class="why" href="#(n\d+)" aria-label="[^"]+">57</a>', html)
    assert len(links) == 2 and links[0] != links[1]


def test_the_answer_is_json_as_promised(run):
    found = number_reasons.answer(number_reasons.NumberRequest("785", run))
    made = json.loads(json.dumps(found.to_dict()))
    assert set(made["matches"][0]) == {"what", "counts", "method", "data", "caveats", "where"}
    assert found.rows().cells and found.told()


def test_words_of_the_page_are_read_by_cell_and_heading():
    html = (
        "<h2>From where</h2><table><thead><tr><th></th><th>Detected</th><th>In all</th></tr></thead>"
        "<tr><th>Mexico</th><td>156</td><td>290</td></tr></table>"
        '<figure aria-label="Dots"><svg><text>1,000</text></svg></figure><style>p{margin:77px}</style>'
    )
    found = {next(iter(p.values)): (p.text, p.heading, p.picture) for p in page_numbers(html)}
    assert found == {
        156.0: ("Mexico: Detected: 156", "From where", False),
        290.0: ("Mexico: In all: 290", "From where", False),
        1000.0: ("1,000 (Dots)", "From where", True),
    }
