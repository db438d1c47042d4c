"""Spanish and Korean say what English says: every code, every hole, every form, the field's own terms."""

from __future__ import annotations

import csv
import gettext
import re
import string
import subprocess
import sys
from datetime import date
from importlib import resources

import pytest
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from tests.messages import LOCALE, page_texts

from uncounted.brief.messages import LANGUAGES, joined, language, say, speaking, write
from uncounted.brief.speech import PARTICLES, Part, long_date, particle, plural_count
from uncounted.claims.ledger import load_ledger, parse_ledger
from uncounted.cli._language import _OFFERED
from uncounted.core.notes import Number, note

OTHERS = [name for name in LANGUAGES if name != "en"]
CLDR = {"en": "en_US", "es": "es_US", "ko": "ko_KR"}
ASKED = {"en": set(), "es": {"y", "o", "de", "fecha"}, "ko": {*PARTICLES, "날짜"}}
"""What a sentence of each language may ask of a part."""
SAME = {
    "es": {
        "no", "total", "error", "aic", "bic", "xi", "log-normal", "posterior", "jeffreys", "wald",
        "wilson", "use sample-coverage low", "pinyin", "wade-giles",
    },
    "ko": {"aic", "bic", "xi"},
}  # fmt: skip
"""What a language writes as English does."""


def catalogue(name, room):
    with (LOCALE / name / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
        return read_po(file, locale=name, abort_invalid=True)


def rooms(name):
    return sorted(p.stem for p in (LOCALE / name / "LC_MESSAGES").glob("*.po"))


def sentences(name):
    """Every sentence of a language by its code, all its forms."""
    found = {}
    for room in rooms(name):
        if room == "pages":
            continue
        for m in catalogue(name, room):
            if m.id:
                code = m.id if isinstance(m.id, str) else m.id[0]
                found[code] = (m.string,) if isinstance(m.string, str) else tuple(m.string)
    return found


SAID = {name: sentences(name) for name in LANGUAGES}


def holes(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


# --- nothing is missing --------------------------------------------------------------------------


@pytest.mark.parametrize("name", OTHERS)
def test_every_sentence_is_there_and_no_other(name):
    assert sorted(set(SAID["en"]) - set(SAID[name])) == []
    assert sorted(set(SAID[name]) - set(SAID["en"])) == []
    assert [c for c, forms in SAID[name].items() if not all(f.strip() for f in forms)] == []
    assert len(SAID["en"]) > 1000


@pytest.mark.parametrize("name", OTHERS)
def test_a_sentence_has_the_holes_of_the_english_one(name):
    for code, forms in SAID[name].items():
        want = holes(" ".join(SAID["en"][code]))
        got = holes(" ".join(forms))
        assert got == want, (name, code)
        if code.endswith(".held"):
            assert holes("".join(forms)) == holes("".join(SAID["en"][code])), (name, code)


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_sentence_asks_only_what_its_language_knows(name):
    for code, forms in SAID[name].items():
        for form in forms:
            asked = {spec for _, hole, spec, _ in string.Formatter().parse(form) if hole and spec}
            assert asked <= ASKED[name], (code, asked)


@pytest.mark.parametrize("name", OTHERS)
def test_no_sentence_is_left_in_english(name):
    """A sentence equal to the English one, or Korean without Hangul, was not translated."""
    left = []
    for code, forms in SAID[name].items():
        text = re.sub(r"\{[^}]*\}", " ", forms[-1])
        words = re.sub(r"[^\w-]+", " ", text).strip()
        if not re.search(r"[^\W\d_]{2,}", words) or words.casefold() in SAME[name]:
            continue
        if forms[-1] == SAID["en"][code][-1] or (name == "ko" and not re.search("[가-힣]", text)):
            left.append(code)
    assert sorted(left) == []


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("room", rooms("en"))
def test_plural_forms_are_those_of_cldr(name, room):
    """Numbers of one class of CLDR have one form, of two classes two; a fraction is no "one"."""
    found = catalogue(name, room)
    classes = Locale.parse(CLDR[name]).plural_form
    with (LOCALE / name / "LC_MESSAGES" / f"{room}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    tried = [*range(203), 999, 1000, 999_999, 1_000_000, 1_000_001, 2_000_000, 3_500_000]
    form_of = {n: compiled.plural(n) for n in tried}
    by_class = {}
    for n in tried:
        by_class.setdefault(classes(n), set()).add(form_of[n])
    assert all(len(forms) == 1 for forms in by_class.values())
    assert len({f for forms in by_class.values() for f in forms}) == len(by_class)
    assert found.num_plurals == len(by_class)
    assert compiled.plural(plural_count(1.5)) == form_of[2]
    for m in found:
        if m.id and not isinstance(m.id, str):
            assert len(m.string) == found.num_plurals, m.id


def test_each_language_says_one_two_and_a_million():
    def people(k):
        return say(note("verdict.overlap.enough", shared=Number(k, "people")))

    with speaking("es"):
        assert people(1) == "1 persona está en dos listas o más."
        assert people(2).startswith("2 personas están")
        assert people(1_000_000).startswith("1,000,000 de personas están")
        assert people(1_200_000).startswith("1,200,000 personas están")
    with speaking("ko"):
        assert people(1) == "1명이 둘 이상의 명단에 있습니다."
        assert people(1_000_000).startswith("1,000,000명이")
    assert people(1_000_000) == "1,000,000 people are on two lists or more."


# --- words of the templates ----------------------------------------------------------------------


@pytest.mark.parametrize("name", OTHERS)
def test_every_text_of_a_template_is_translated_with_its_marks(name):
    marks = re.compile(r"%\(\w+\)s|%%|</?\w+[^>]*>")
    said = {m.id: m.string for m in catalogue(name, "pages") if m.id}
    assert sorted(set(page_texts()) - set(said)) == []
    assert sorted(set(said) - set(page_texts())) == []
    for english, text in said.items():
        assert sorted(marks.findall(text)) == sorted(marks.findall(english)), english
        assert text.strip() and (text != english or english == "Error"), english


# --- numbers, days, lists ------------------------------------------------------------------------


@pytest.mark.parametrize("name", LANGUAGES)
def test_numbers_are_written_as_cldr_writes_them(name):
    place = CLDR[name]
    with speaking(name):
        for value in (0, 7, 999, 1180.5, 25311, 1234567):
            digits = 1 if value == 1180.5 else 0
            assert write(Number(value, "number", digits=digits)) == format_decimal(
                value, locale=place
            )
            assert write(Number(value, "people")) == format_decimal(round(value), locale=place)
        for share in (0.0, 0.07, 0.95, 1.0):
            assert write(Number(share, "share")) == format_percent(share, locale=place)
        assert write(Number(2026, "years")) == "2026"


def test_days_and_lists_are_written_as_cldr_writes_them():
    for month in range(1, 13):
        day = date(2026, month, 27)
        for name in LANGUAGES:
            want = format_date(day, "long", locale=CLDR[name])
            assert long_date(day.isoformat(), name) == want
    for name in OTHERS:  # English lists have no comma before "and" here, on purpose
        with speaking(name):
            for words in (("a", "b"), ("a", "b", "c"), ("a", "b", "c", "d")):
                assert joined(words) == format_list(words, locale=CLDR[name])
    with speaking("es"):
        assert joined(("policía", "iglesia")) == "policía e iglesia"
        assert joined(("agua", "hielo")) == "agua y hielo"
        assert joined(("padres", "hijos")) == "padres e hijos"
        assert str(note("words.or", first="7", last="8")) == "7 u 8"
        assert str(note("words.or", first="110", last="111")) == "110 o 111"
        assert str(note("words.or", first="10", last="11")) == "10 u 11"


@pytest.mark.parametrize(
    ("word", "topic", "toward"),
    [
        ("경찰", "은", "로"), ("병원", "은", "으로"), ("쉼터", "는", "로"), ("서울", "은", "로"),
        ("0", "은", "으로"), ("1", "은", "로"), ("2", "는", "로"), ("3", "은", "으로"),
        ("6", "은", "으로"), ("7", "은", "로"), ("8", "은", "로"), ("9", "는", "로"),
        ("1,200", "은", "으로"), ("2.5", "는", "로"), ("95%", "는", "로"),
        ("NGO", "는", "로"), ("PFNCA", "는", "로"), ("LA", "는", "로"), ("NG", "는", "로"),
        ("FBI", "는", "로"), ("A", "는", "로"), ("L", "은", "로"), ("KSTM", "은", "으로"),
        ("hotline", "은", "으로"), ("shelter", "는", "로"), ("clinic", "은", "으로"),
        ("hospital", "은", "로"), ("police", "는", "로"), ("team", "은", "으로"),
        ("church", "는", "로"), ("book", "은", "으로"), ("list", "는", "로"), ("table", "은", "로"),
        ("쉼터(서울)", "는", "로"), ("‘병원’", "은", "으로"), ("경찰.", "은", "로"),
        ("ที่พักพิง", "은(는)", "으로(로)"), ("", "은(는)", "으로(로)"),
    ],
)  # fmt: skip
def test_particles_follow_the_last_sound(word, topic, toward):
    assert particle(word, "은") == topic
    assert particle(word, "으로") == toward
    assert f"{Part(word):은}" == f"{word}{topic}"


def test_particles_of_every_syllable_agree_with_its_final_consonant():
    """All 11,172 syllables: a syllable is its initial, its vowel and one of 28 finals, none first."""
    for i in range(11172):
        syllable = chr(0xAC00 + i)
        final = i % 28
        assert particle(syllable, "이") == ("가" if final == 0 else "이")
        assert particle(syllable, "으로") == ("로" if final in (0, 8) else "으로")


def test_a_part_is_written_as_asked_or_not_at_all():
    assert f"{Part('2,000,000', 2e6):de}" == "2,000,000 de"
    assert f"{Part('0', 0):de}" == "0" and f"{Part('1,500,000', 1.5e6):de}" == "1,500,000"
    assert f"{Part('2026-02-30'):fecha}" == "2026-02-30"
    with pytest.raises(ValueError, match="format"):
        f"{Part('x'):nothing}"


# --- speaking ------------------------------------------------------------------------------------


def test_languages_offered_are_those_with_catalogues():
    assert set(_OFFERED) == set(LANGUAGES) == {p.name for p in LOCALE.iterdir() if p.is_dir()}
    assert all(rooms(name) == sorted({*rooms("en"), "pages"}) for name in OTHERS)


def test_a_language_is_spoken_to_the_end_of_its_block_only():
    assert language() == "en"
    with speaking("es"):
        with speaking("ko"):
            assert language() == "ko"
        assert language() == "es"
    assert language() == "en"


@pytest.mark.parametrize("name", LANGUAGES)
def test_countries_have_cldrs_names(name):
    territories = Locale.parse(CLDR[name]).territories
    with speaking(name):
        for iso2, iso3 in (("KR", "KOR"), ("US", "USA"), ("MX", "MEX"), ("PH", "PHL")):
            assert str(note("places.country", country=iso3)) == territories[iso2]


@pytest.mark.parametrize("name", ["en", "ko"])
def test_a_command_needs_no_babel_to_speak(name):
    code = (
        "import sys; from uncounted.cli import main\n"
        f"try: main(['--lang', '{name}', 'names', 'Ana Diaz', 'Li Wei'])\nexcept SystemExit: pass\n"
        "sys.exit('babel' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- the field's own terms -----------------------------------------------------------------------

GLOSSARY = list(
    csv.DictReader(
        (LOCALE / "glossary.tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)
STRICT = {
    "trafficked", "sex work", "sexual exploitation", "forced labour", "detected", "suppressed",
    "not listed", "zero",
}  # fmt: skip
"""Terms that may never stand for one another: each sentence that has one in English has it here."""


def test_the_glossary_has_a_source_for_every_term():
    assert len(GLOSSARY) >= 12 and {g["term"] for g in GLOSSARY} >= STRICT
    for g in GLOSSARY:
        assert all(g[k] for k in ("in_english", "es", "in_spanish", "ko", "in_korean")), g["term"]
        assert len(g["source"]) > 40, g["term"]


@pytest.mark.parametrize("entry", [g for g in GLOSSARY if g["term"] in STRICT],
                         ids=lambda g: g["term"])  # fmt: skip
def test_terms_that_must_not_be_mixed_up_are_not(entry):
    """Where English says the term, so do the others; where it does not, they do not either."""
    columns = {"es": "in_spanish", "ko": "in_korean"}
    texts = {c: " ".join(forms) for c, forms in SAID["en"].items()}
    lacking = []
    for name in OTHERS:
        pages = {m.id: m.string for m in catalogue(name, "pages") if m.id}
        pairs = [(c, texts[c], " ".join(SAID[name][c])) for c in texts]
        pairs += [(text[:30], text, said) for text, said in pages.items()]
        for code, english, said in pairs:
            if re.search(entry["in_english"], english, re.IGNORECASE):
                if not re.search(entry[columns[name]], said, re.IGNORECASE):
                    lacking.append((name, code, said[:60]))
            elif entry["term"] in ("suppressed", "sex work", "sexual exploitation") and re.search(
                entry[columns[name]], said, re.IGNORECASE
            ):
                lacking.append((name, code, said[:60]))
    assert lacking == []


def test_the_pages_of_a_language_use_one_form_of_address():
    """Spanish speaks to usted and never to tú; Korean ends its sentences politely."""
    informal = re.compile(r"\b(tú|tu|tus|ti|puedes|debes|haz|tienes|quieres|estás|eres)\b", re.I)
    for code, forms in SAID["es"].items():
        for form in forms:
            bare = re.sub(r"`[^`]*`|\{[^}]*\}|\"[^\"]*\"", "", form)
            assert not informal.findall(bare), (code, form)
    for code, forms in SAID["ko"].items():
        for form in forms:
            assert not re.search(r"(해요|하세요|한다|된다|있다|없다|이다)[.!?]", form), (code, form)


def test_the_shipped_ledger_is_said_in_english_as_it_stands_in_its_file():
    path = resources.files("uncounted.claims").joinpath("data", "claims.toml")
    written = parse_ledger(path.read_text(encoding="utf-8"))
    said = load_ledger()
    assert (str(said.title), str(said.lead)) == (written.title, written.lead)
    assert [c.says for c in said.claims] == [c.says for c in written.claims]
    with speaking("ko"):
        assert all(re.search("[가-힣]", c.says) for c in load_ledger().claims)
