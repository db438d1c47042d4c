"""The one table of countries: what is read as which, what is read as none, and how each is named."""

from __future__ import annotations

import csv
import io
import lzma

import pytest

from uncounted.core.labels import fold, plain_words
from uncounted.errors import InputError
from uncounted.places import words
from uncounted.places.countries import (
    country,
    country_name,
    languages,
    read_country,
    to_iso3,
)
from uncounted.records import codes


@pytest.mark.parametrize(
    ("label", "kind", "iso3"),
    [
        ("Corea del Sur", "country", "KOR"),
        ("Korea, Republic of", "country", "KOR"),
        ("ROM", "country", "ROU"),
        ("ZAR", "country", "COD"),
        ("TMP", "country", "TLS"),
        ("Niger", "country", "NER"),
        ("Nigeria", "country", "NGA"),
        ("Dominica", "country", "DMA"),
        ("Dominican Republic", "country", "DOM"),
        ("South Africa", "country", "ZAF"),
        ("Southern Africa", "region", ""),
        ("West Africa", "region", ""),
        ("Neigboring Central American countries", "region", ""),
        ("Persian Gulf", "region", ""),
        ("EU-28 others", "region", ""),
        ("Nationals", "own", ""),
        ("Former Yugoslavia", "former", ""),
        ("Q6.1_21s_2020", "debris", ""),
        ("145", "debris", ""),
        ("", "empty", ""),
        ("Espa\ufffda", "unclear", ""),
        ("Zz\ufffdzz", "unreadable", ""),
        ("Atlantis", "unclear", ""),
    ],
)
def test_labels(label, kind, iso3):
    found = read_country(label, strict=True)
    assert (found.kind, found.iso3) == (kind, iso3)


def test_wide_reading_reads_broken_and_foreign_labels():
    assert read_country("Espa\ufffda").iso3 == "ESP"
    assert read_country("Burmese").iso3 == "MMR"


def test_names_and_codes():
    assert to_iso3("kr") == "KOR" == to_iso3("South Korea")
    assert country_name("ROU", "es") == "Rumanía"
    assert country_name("KOR", "ko") == "대한민국"
    with pytest.raises(InputError, match="region"):
        to_iso3("West Africa")
    with pytest.raises(InputError, match="no country"):
        to_iso3("Atlantis")


@pytest.mark.parametrize(
    ("written", "iso3"),
    [
        ("Burmese", "MMR"), ("Filipina", "PHL"), ("Türkiye", "TUR"), ("한국", "KOR"), ("Korean", "KOR"),
        ("ph", "PHL"), ("PHL", "PHL"), ("Philippines (the)", "PHL"), ("Republic of Korea", "KOR"),
        ("Korea, Democratic People's Republic of", "PRK"), ("DR Congo", "COD"), ("Congo", "COG"),
        ("한국인", "KOR"), ("중국인", "CHN"), ("베트남 국적", "VNM"), ("日本人", "JPN"), ("中国籍", "CHN"),
        ("คนไทย", "THA"), ("ชาวพม่า", "MMR"), ("người Việt Nam", "VNM"), ("नेपाली", "NPL"),
        ("украинка", "UKR"), ("româncă", "ROU"), ("română", "ROU"), ("hondureña", "HND"),
        ("brasileira", "BRA"), ("ivoirienne", "CIV"), ("COTE D’IVOIRE", "CIV"), ("MX - Mexico", "MEX"),
        ("Mexican national", "MEX"), ("República de Colombia", "COL"), ("Hashemite Kingdom of Jordan", "JOR"),
        ("\u200fMéxico\u200f", "MEX"), ("Georgia", "GEO"), ("Jordan", "JOR"), ("Guinea-Bissau", "GNB"),
        ("Equatorial Guinea", "GNQ"), ("Niger", "NER"), ("Dominican", "DOM"), ("Dominica", "DMA"),
        ("South Sudan", "SSD"), ("Republic of China", ""), ("Korea (unspecified)", ""), ("no", ""),
    ],
)  # fmt: skip
def test_what_people_write(written, iso3):
    assert read_country(written).iso3 == iso3
    # a member's list is read by the same table
    assert (codes.country(written) or "") == iso3


@pytest.mark.parametrize(
    ("written", "kind", "first"),
    [
        ("Mexico / Guatemala", "several", "MEX"),
        ("EU countries and Turkey", "several", "TUR"),
        ("Mexico, Oaxaca", "country", ""),
        ("NA", "unknown", ""),
        ("prefer_not_to_say", "unknown", ""),
        ("other", "unknown", ""),
        ("무국적", "stateless", ""),
        ("Soviet Union", "former", ""),
        ("Serbia and Montenegro", "former", ""),
        ("Nationals", "own", ""),
    ],
)
def test_what_is_not_one_country(written, kind, first):
    found = read_country(written)
    assert (found.kind, found.first) == (kind, first)


def test_namibia_is_a_code_in_published_tables_and_not_known_on_a_members_list():
    assert read_country("NA", strict=True).iso3 == "NAM"
    assert codes.country("NA") == ""
    assert codes.country("NAM") == codes.country("Namibia") == "NAM"


def test_a_word_published_figures_do_not_rest_on_is_told_as_such():
    for word in ("Burmese", "Korean", "한국", "Salvadorean"):
        label = read_country(word, strict=True)
        assert (label.kind, label.iso3, label.how) == ("unclear", "", "wide")
        assert read_country(word).kind == "country"


def test_american_is_the_continent_in_published_tables_and_a_nationality_on_a_members_list():
    assert read_country("American", strict=True).how == "table"
    assert read_country("American", strict=True).kind == "unclear"
    assert read_country("American").iso3 == codes.country("American") == "USA"


def test_every_code_name_and_word_is_read_as_its_country():
    for row in words.countries().values():
        if not row.iso2:
            continue  # a state that is no more, kept for old distances
        for text in (row.iso3, row.name, row.name.upper(), f"  {row.name} "):
            assert read_country(text).iso3 == row.iso3, text
        if row.iso2 != "NA":
            assert read_country(row.iso2).iso3 == row.iso3
        assert not row.number or to_iso3(row.number) == row.iso3
        assert to_iso3(row.iso2) == row.iso3
    with words.data_file("labels.csv").open(encoding="utf-8") as f:
        for row in csv.DictReader(f):
            if row["kind"] == "country":
                assert read_country(row["word"]).iso3 == row["iso3"], row
    for language, names in words.names().items():
        for iso3, name in names.items():
            assert read_country(name).iso3 == iso3, (language, name)


def test_no_folded_word_is_two_countries():
    found: dict[str, set[tuple[str, str]]] = {}
    with words.data_file("labels.csv").open(encoding="utf-8") as f:
        for row in csv.DictReader(f):
            found.setdefault(plain_words(row["word"]), set()).add((row["kind"], row["iso3"]))
    assert found.pop("american") == {("unclear", ""), ("country", "USA")}  # a test of its own
    for names in words.names().values():
        for iso3, name in names.items():
            found.setdefault(plain_words(name), set()).add(("country", iso3))
    assert {k: v for k, v in found.items() if len(v) > 1} == {}


def test_the_names_of_iso_3166_are_read_in_both_readings():
    pycountry = pytest.importorskip("pycountry")
    missed = []
    for c in pycountry.countries:
        for field in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            text = getattr(c, field, "")
            for strict in (True, False):
                if text and text != "NA" and read_country(text, strict=strict).iso3 != c.alpha_3:
                    missed.append((text, strict))
        assert words.codes()[c.numeric] == c.alpha_3
    assert missed == []


def test_names_in_languages_are_cldrs():
    babel = pytest.importorskip("babel")
    for language in languages():
        theirs = babel.Locale.parse(language).territories
        for iso3, name in words.names()[language].items():
            assert theirs[words.countries()[iso3].iso2] == name
    with pytest.raises(InputError, match="language"):
        country_name("KOR", "tlh")


def test_one_name_a_country_and_one_country_a_name():
    names = [country_name(iso3) for iso3 in words.countries()]
    assert len(set(names)) == len(names)
    assert country_name("QQQ") == "QQQ"
    assert country("KOR") is not None and country("QQQ") is None


def test_the_table_has_no_row_twice():
    with words.data_file("labels.csv").open(encoding="utf-8") as f:
        written = [(r["word"], r["reading"] == "also") for r in csv.DictReader(f)]
    assert len(set(written)) == len(written)
    text = lzma.decompress(words.data_file("names.csv.xz").read_bytes()).decode()
    pairs = [(r["language"], r["iso3"]) for r in csv.DictReader(io.StringIO(text))]
    assert len(set(pairs)) == len(pairs)


def test_folding():
    assert fold("  RUMANÍA ") == "rumania"
    assert fold("Côte d’Ivoire") == "cote d'ivoire"
    assert fold("\u200bMéxico\ufeff") == "mexico"
    # marks that are part of a letter stay: without its tone a Thai word is another
    assert fold("พม่า") == "พม่า" and fold("नेपाली") == "नेपाली"
    assert plain_words("प्रश्न_उत्तर (नहीं)") == "प्रश्न उत्तर नहीं"
    assert fold("한국") == fold("\u1112\u1161\u11ab\u1100\u116e\u11a8")
