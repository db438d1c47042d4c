"""The one page: what it says, in which words, and what it may not say."""

from __future__ import annotations

import json
import re

import pytest
from pypdf import PdfReader
from tests.brief_runs import group, made_run

from uncounted.answers import briefs
from uncounted.brief.messages import speaking
from uncounted.brief.numbers import marked, readings, tokens, value
from uncounted.charts.dots import MOST, dots, unit_of
from uncounted.core.notes import Number, note
from uncounted.errors import InputError, VerificationError

LANGUAGES = ("en", "es", "ko")
LONG = "Coalition of Organisations Working With Survivors of Trafficking in the Greater Metropolitan Area and Beyond "
FEW = note("verdict.overlap.few", shared=Number(None, "people"), fewest=Number(10))
VARIANTS = {
    "caution": {},
    "supported": {"level": "supported"},
    "one range": {"likely": None},
    "same ranges": {"likely": (1080, 2460)},
    "no upper end": {"likely": None, "interval": (1080, None)},
    "detected held": {"detected": None},
    "nobody's group": {"origins": [], "sectors": []},
    "big": {"point": 136000, "interval": (98000, 412000), "likely": (110000, 250000)},
    "not supported": {"level": "not supported"},
    "refused": {"refused": FEW},
    "nothing to show": {"refused": note("verdict.run.few"), "detected": None, "origins": [], "sectors": []},
    "long": {
        "titles": tuple(f"{LONG}{i}" for i in range(12)),
        "about": {k: LONG * 4 for k in ("title", "where", "when", "counts")} | {"name": LONG[:80]},
        "origins": [group("Saint Vincent and the Grenadines", 11000 + i, (99000, 11000, 123456)) for i in range(6)],
        "sectors": [group("Agriculture, forestry and fishing", 99000, (281000, 210000, 550000))] * 6,
    },
}  # fmt: skip
FIGURES = {"1440", "1080", "2460", "1200", "2200", "280", "290", "400", "840"}
"""Estimates of a made-up run."""


def made(tmp_path, language="en", **variant):
    return briefs.answer(briefs.BriefRequest(made_run(tmp_path, **variant), language))


def words(found) -> str:
    return "\n".join(s.text for s in found.page.texts)


def numbers(text: str) -> set[str]:
    return {t.text.replace(",", "") for t in tokens(text)}


# --- paper ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(v, marks=[] if v in ("caution", "refused", "long") else [pytest.mark.extended])
        for v in VARIANTS
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_is_one_tagged_page_in_its_language(tmp_path, variant, language):
    found = made(tmp_path, language, **VARIANTS[variant])
    data = found.pdf()
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    read = PdfReader(path)
    root = read.trailer["/Root"]
    assert len(read.pages) == 1
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"] is True or str(root["/MarkInfo"]["/Marked"]) == "True"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert read.metadata.title == found.page.title.text
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    kinds, alts = structure(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/L", "/LI", "/Figure"} <= kinds
    assert ("/Table" in kinds and "/TH" in kinds) == bool(found.page.tables)
    assert alts == [found.page.alt]
    text = re.sub(r"\s+", "", read.pages[0].extract_text())
    for said in (found.page.figure, found.page.ranges[0], found.page.quote, *found.page.behind):
        assert re.sub(r"\s+", "", said.text) in text
    fonts = {str(f["/BaseFont"]).partition("+")[2] for f in read.pages[0]["/Resources"]["/Font"].values()
             for f in [f.get_object()]}  # fmt: skip
    assert all(f.startswith("UncountedSans") for f in fonts)
    assert any(f.startswith("UncountedSansKR") for f in fonts) == (language == "ko")


def structure(node) -> tuple[set[str], list[str]]:
    kinds: set[str] = set()
    alts: list[str] = []
    left = [node]
    while left:
        at = left.pop()
        at = at.get_object() if hasattr(at, "get_object") else at
        if isinstance(at, list):
            left += at
        elif isinstance(at, dict):
            kinds.add(str(at.get("/S")))
            if at.get("/S") == "/Figure" and "/Alt" in at:
                alts.append(str(at["/Alt"]))
            if "/K" in at:
                left.append(at["/K"])
    return kinds, alts


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_briefs_are_equal_to_the_byte(tmp_path, language):
    one = made(tmp_path / "a", language)
    other = made(tmp_path / "b", language)
    for kind in ("html", "pdf", "docx", "card"):
        assert getattr(one, kind)() == getattr(other, kind)(), kind


def test_a_card_is_1200_by_630_pixels(tmp_path):
    data = made(tmp_path, "ko").card()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (1200, 630)


def test_a_letter_that_our_fonts_lack_is_told_and_html_still_works(tmp_path):
    found = made(tmp_path, about={"where": "จังหวัดหนึ่ง"})
    with pytest.raises(InputError) as told:
        found.pdf()
    assert "letters" in told.value.message and "--html" in told.value.fix
    assert "จังหวัดหนึ่ง" in found.html()


# --- what it says --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_has_both_ranges_and_what_it_is(tmp_path, language):
    found = made(tmp_path, language)
    assert {"1440", "1200", "2200", "1080", "2460", "785"} <= numbers(found.page.quote.text)
    assert {"1200", "2200", "1080", "2460"} <= numbers(" ".join(r.text for r in found.page.ranges))
    assert [s.key for s in found.page.sections] == ["unknown", "claims", "made"]
    assert found.to_dict()["figure"]["point"] == 1440


@pytest.mark.parametrize("variant", ["not supported", "refused", "nothing to show"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_without_support_there_is_no_figure_anywhere(tmp_path, variant, language):
    found = made(tmp_path, language, **VARIANTS[variant])
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(found.pdf())
    texts = {
        "words": words(found) + found.page.alt,
        "html": re.sub(r"<style.*?</style>|<svg.*?</svg>", "", found.html(), flags=re.S),
        "pdf": PdfReader(pdf).pages[0].extract_text(),
        "svg": " ".join(re.findall(r"<text.*?</text>", found.page.picture.svg)),
        "json": json.dumps(found.to_dict(), ensure_ascii=False),
        "report": json.dumps([a.to_dict() for a in report(tmp_path / "again", language, variant)]),
    }
    for where, text in texts.items():
        assert not {float(n) for n in FIGURES} & {x for t in tokens(text) for x in value(t.text)}, (
            where
        )
    assert found.to_dict()["figure"] is None
    assert [s.key for s in found.page.sections] == ["why-none", "takes", "claims", "made"]
    assert ("785" in numbers(words(found))) == (variant != "nothing to show")


def report(folder, language, variant):
    run = made_run(folder, **VARIANTS[variant])
    request = briefs.BriefRequest(run, language, funders=("ovc",))
    return briefs.answer(request).reports[0][1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_numbers(tmp_path, language):
    def said(found):
        skip = {found.page.foot.text, found.page.place.text, found.page.quote_by.text}
        return [sorted(numbers(s.text)) for s in found.page.texts if s.text not in skip]

    assert said(made(tmp_path / language, language)) == said(made(tmp_path / "english", "en"))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_marked_with_what_it_is(tmp_path, variant, language):
    for said in made(tmp_path, language, **VARIANTS[variant]).page.texts:
        own = [(t.start, t.end) for t in tokens(said.text)]
        assert [(m.start, m.end) for m in said.marks] == own, said.text
        assert all(m.key for m in said.marks)


def test_a_suppressed_group_is_not_on_the_page_and_no_number_stands_for_it(tmp_path):
    found = made(tmp_path)
    page = words(found) + found.html()
    assert "Nepal" not in page and "Health and social" not in page
    rows = {r.label: r for t in found.page.tables for r in t.rows}
    assert rows["Thailand"].estimated.text == "–"


def test_open_questions_are_said_and_answered_ones_are_not(tmp_path):
    run = made_run(tmp_path)
    text = (run / "estimate.json").read_text()
    from tests.brief_runs import rewritten

    rewritten(run, "estimate.json", text.replace('"answer": "unknown"', '"answer": "no"'))
    closed = briefs.answer(briefs.BriefRequest(run))
    left = {s.key: s.said for s in closed.page.sections}["unknown"]
    assert [s.text.partition(" ")[0] for s in left] == ["We", "Nobody"]


def test_country_and_form_are_said_in_the_language(tmp_path):
    tables = made(tmp_path / "a", "ko").page.tables
    assert [t.rows[0].label for t in tables] == ["대한민국", "상업적 성착취"]
    tables = made(tmp_path / "b", "es").page.tables
    assert [t.rows[1].label for t in tables] == ["México", "Agricultura, silvicultura y pesca"]


def test_a_changed_file_makes_no_brief(tmp_path):
    run = made_run(tmp_path)
    path = run / "estimate.json"
    path.write_text(path.read_text().replace("1440", "1540"))
    with pytest.raises(VerificationError):
        briefs.answer(briefs.BriefRequest(run))


def test_words_longer_than_the_page_are_refused(tmp_path):
    with pytest.raises(InputError):
        briefs.BriefRequest(tmp_path, words=briefs.Words(title="x" * 151))


# --- how it reads --------------------------------------------------------------------------------

JARGON = (
    "posterior prior likelihood bayes frequentist confidence credible interval heterogeneity covariate consensus "
    "log-linear capture recapture multiple-systems estimator stratum strata resample bootstrap model parameter "
    "variance deviation distribution probability latent linkage deduplication shrinkage graph threshold suppressed "
    "modality stakeholder leverage utilize methodology prevalence cohort metric nexus intersectional"
)


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    if not word:
        return 1
    if word.endswith("e") and not word.endswith("le"):
        word = word[:-1]
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def grade(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid 1975)."""
    sentences = [s for s in re.split(r"[.!?:;]+\s", text) if s.strip()]
    found = re.findall(r"[A-Za-z’'-]+|\d[\d,]*", text)
    return (
        0.39 * len(found) / len(sentences) + 11.8 * sum(map(syllables, found)) / len(found) - 15.59
    )


def test_the_grade_of_known_texts():
    assert grade("The cat sat on the mat. The dog ran to the cat. ") < 1
    hard = "Notwithstanding considerable methodological heterogeneity, interdisciplinary practitioners "
    assert (
        grade(
            hard
            + "characteristically operationalise incommensurable epistemological presuppositions."
        )
        > 20
    )


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v != "long"])
def test_the_english_page_reads_at_grade_nine_or_below_without_jargon(tmp_path, variant):
    page = made(tmp_path, **VARIANTS[variant]).page
    said = [page.kind, *page.ranges, page.means, page.share, page.quote, page.dot]
    said += [x for s in page.sections for x in s.said] + list(page.behind[1:])
    text = " ".join([*(s.text for s in said if s.text), page.verdict, page.table_note, page.draft])
    assert grade(text) <= 9
    everything = set(
        re.findall(r"[a-z-]+", words(made(tmp_path / "again", **VARIANTS[variant])).lower())
    )
    assert not everything & set(JARGON.split())


# --- numbers in texts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("about 1,440 people", ["1,440"]),
        ("약 1,440명", ["1,440"]),
        ("2026년 6월 30일", ["2026", "6", "30"]),
        ("210~550", ["210", "550"]),
        ("run 2026-06-30-73a9b88dc2, version 0.1.0", []),
        ("12% and 1,5 and 1.234,5", ["12%", "1,5", "1.234,5"]),
        ("۱۲۳ and １,４４０", ["۱۲۳", "１,４４０"]),
        ("ends at 785.", ["785"]),
        ("A1 B-52 §7", ["7"]),
    ],
)
def test_numbers_are_found(text, found):
    assert [t.text for t in tokens(text)] == found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,234", {1234, 1.234}), ("1.234", {1234, 1.234}), ("1 234", {1234}), ("1’234", {1234}), ("12%", {12}),
        ("1,23", {1.23}), ("1.234.567", {1234567}), ("1,234.5", {1234.5}), ("1.234,5", {1234.5}), ("１２", {12}),
        ("", set()), ("about", set()), ("1,,2", set()), ("-3", {-3}),
    ],
)  # fmt: skip
def test_a_number_is_read_in_every_way_it_may_be_meant(text, values):
    assert readings(text) == values


def test_two_equal_numbers_of_a_sentence_are_both_marked():
    same = note("brief.t.ends", low=Number(57, of="a"), high=Number(57, of="b"))
    assert [m.key for m in marked(same).marks] == ["a", "b"]


# --- dots ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 11, 260, 261, 2460, 25311, 1_000_000])
def test_a_dot_stands_for_a_round_number_of_people_and_dots_are_few(people):
    unit = unit_of(people)
    assert people / unit <= MOST
    assert str(unit)[0] in "125" and set(str(unit)[1:]) <= {"0"}


@pytest.mark.parametrize("rows", [6, 12])
def test_dots_count_what_they_show(rows):
    drawn = dots(785, 1440, (1200, 2200), (1080, 2460), rows=rows).svg
    assert [drawn.count(f'class="{k}" cx') for k in ("seen", "unseen", "maybe")] == [78, 66, 102]


def test_no_figure_draws_no_range():
    drawn = dots(785, None, None, None).svg
    assert "<line" not in drawn and drawn.count('class="unseen"') == 0 and ">?<" in drawn


def test_the_language_of_the_page_is_not_left_behind(tmp_path):
    with speaking("es"):
        found = made(tmp_path, "ko")
        found.html()
        assert briefs.say_note(note("brief.draft")) == "Borrador"
