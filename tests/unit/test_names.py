"""Names: the golden table, pairs written by hand, near misses at scale, hostile input."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from uncounted.cli.names import names as names_command
from uncounted.names import (
    SAME_AT,
    VERSION,
    NameKey,
    chinese,
    compare,
    fingerprint,
    jaro,
    korean,
    name_levels,
    normalise,
)
from uncounted.names.compare import compare_fully
from uncounted.names.parts import is_placeholder
from uncounted.names.scripts import clean, readings
from uncounted.synthetic.naming import Name, make_name, written

REFERENCE = Path(__file__).parents[1] / "reference"


def _table(name: str) -> list[list[str]]:
    text = (REFERENCE / name).read_text("utf-8")
    return [x.split("\t") for x in text.splitlines() if x and not x.startswith("#")][1:]


GOLDEN = _table("name_pairs.tsv")


@pytest.mark.parametrize(("group", "a", "b"), GOLDEN, ids=[f"{a}-{b}" for _, a, b in GOLDEN])
def test_golden_pair_is_one_name_whichever_comes_first(group: str, a: str, b: str) -> None:
    there, back = compare(a, b), compare(b, a)
    assert there == back
    assert there.same
    assert SAME_AT <= there.strength <= 1


def test_golden_table_is_whole() -> None:
    assert len(GOLDEN) == 65


def test_no_pair_across_the_golden_names_is_taken_for_the_same() -> None:
    spellings: dict[tuple[str, str], set[str]] = {}
    for group, a, b in GOLDEN:
        spellings.setdefault((group, a), {a}).add(b)
    wrong = [
        (x, y)
        for (g, a), (h, b) in combinations(spellings, 2)
        if g == h
        for x in spellings[g, a]
        for y in spellings[h, b]
        if compare(x, y).same
    ]
    assert wrong == []


BY_HAND = [
    "name_variants.tsv",
    "name_variants_second.tsv",
    "name_variants_third.tsv",
    "name_variants_fourth.tsv",
    "name_variants_fifth.tsv",
    "name_customs.tsv",
]


@pytest.mark.parametrize("file", BY_HAND)
def test_pairs_written_by_hand(file: str) -> None:
    rows = _table(file)
    yes = [compare(a, b).same for _, same, a, b in rows if same == "yes"]
    no = [(a, b) for _, same, a, b in rows if same == "no" and compare(a, b).same]
    # The best library finds 66% of true pairs (reference/LINKAGE.md, section 4); ours stands at 99%
    # and may lose a few to a stricter rule, not fall back to there.
    assert np.mean(yes) >= 0.95
    assert no == []


def test_the_blind_set_of_fifteen_cultures() -> None:
    """Written by somebody who had not seen the rules; tests/reference/names_blind_first_run.md has its first run."""
    text = (REFERENCE / "names_blind.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    found = [compare(r["a"], r["b"]).same for r in rows if r["same"] == "1"]
    false = [compare(r["a"], r["b"]).same for r in rows if r["same"] == "0"]
    assert len(rows) == 360
    # The goal that was set for it; it stands higher since it was learned from.
    assert np.mean(found) >= 0.92 and np.mean(false) <= 0.01


@pytest.mark.parametrize("culture", ["ko", "zh", "es", "tl", "ne", "th", "ro", "sl"])
def test_siblings_and_variants_at_scale(culture: str) -> None:
    """Siblings share the family name only; one person is spelled twice by ear or in another script."""
    r = random.Random(f"test/{culture}")

    def spelled(name: Name) -> str:
        s = written(name, r, other=True, native=r.random() < 0.2)
        return f"{s.given} {s.family}"

    siblings = taken = variants = found = 0
    for _ in range(150):
        name = make_name(culture, r.choice("fm"), r)
        a, b = spelled(name), spelled(name)
        if a != b:
            variants += 1
            found += compare(a, b).same
        other = make_name(culture, r.choice("fm"), r)
        if not set(other.given) & set(name.given):
            sibling = Name(
                culture, other.given, name.family, other.native_given, name.native_family, 0
            )
            siblings += 1
            taken += compare(spelled(name), spelled(sibling)).same
    # benchmarks/results/names.md: 93 to 100% found, 0 to 0.4% of siblings taken (nearly all of them
    # are one name in two languages, as Kateryna and Ekaterina); 3 leaves room for chance at 150.
    assert found / variants > 0.85
    assert taken <= 3


@pytest.mark.parametrize(
    ("a", "b", "word"),
    [
        ("Kim Min-ji", "김민지", "Korean"),
        ("Zhang Xiaoming", "Cheung Siu Ming", "Cantonese"),
        ("Wang Qian", "Wang Chien", "Wade-Giles"),
        ("Nguyễn Thị Hồng", "Hong Nguyen", "Vietnamese"),
        ("Yesenia Gutiérrez", "Jessenia Gutierres", "Spanish"),
        ("Reyes", "Rayes", "slip"),
        ("Maria G. Lopez", "Maria Guadalupe Lopez", "order"),
        ("Poudel", "Pokharel", "taken for one another"),
    ],
)
def test_rule_says_which_and_holds_no_name(a: str, b: str, word: str) -> None:
    match = compare(a, b)
    assert word in match.rule
    assert not any(
        part.casefold() in match.rule.casefold().split() for part in (*a.split(), *b.split())
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Kim Ji-min", "Kim Min-ji"),
        ("Maria Lopez", "Mario Lopez"),
        ("Nguyen Thi Lan", "Nguyen Thi Loan"),
        ("Nguyễn Thị Hòa", "Nguyễn Thị Hoa"),
        ("Li", "Le"),
        ("M. Lopez", "Maria Lopez"),
        ("Kim", "Kim Min-ji"),
        ("Maria Guadalupe", "Maria Guadalupe Hernandez"),
        ("Maria Guadalupe Hernandez Lopez", "Maria Elena Hernandez Lopez"),
        ("王秀英", "王秀兰"),
        ("Maria Lopez Garcia", "Maria Garcia Lopez"),
        ("Gloria Estrada Paz", "Gloria Estela Paz"),
        ("Imelda Cruz", "Imelda dela Cruz"),
        ("Le Thi Thuy", "Le Thi Thu Thuy"),
        ("Ion Popescu", "Ioan Popescu"),
        ("Sabita Neupane", "Sarita Neupane"),
        ("Nattapon Saithong", "Nattapong Saithong"),
        ("Chan Ka Yan", "Chan Ka Yin"),
        ("Yang Tsung-hsien", "Yang Tsung-han"),
        ("Esperanza M.", "Espeanza M."),
    ],
)
def test_near_misses(a: str, b: str) -> None:
    assert not compare(a, b).same


@pytest.mark.parametrize(
    "name", ["Kim Min-ji", "王秀英", "Ma. Cristina dela Cruz", "ศิริพร", "I", "Ng"]
)
def test_name_equals_itself(name: str) -> None:
    assert compare(name, name).strength == 1
    assert compare(name, f"  {name}\u200b\x07 ").same
    assert compare(name, name.upper()).same


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        "   ",
        "\x00\x01",
        "123",
        "-",
        "Unknown",
        "N/A",
        "미상",
        "😀",
        None,
        "Jane Doe",
        "sin nombre",
        "이름 없음",
        "無名氏",
        "không tên",
        "не указано",
        "Mr.",
        "FNU LNU",
    ],
)
def test_what_is_no_name_is_never_the_same(nothing: str | None) -> None:
    assert normalise(nothing).missing
    for other in (nothing, "Ana Lopez"):
        match = compare(nothing, other)
        assert (match.same, match.strength, match.rule) == (False, 0.0, "no name to compare")


def test_initials_alone_are_not_enough() -> None:
    for a, b in (("A. B.", "A. B."), ("M. L.", "L M"), ("M. L.", "Maria Lopez")):
        assert not compare(a, b).same
    assert compare("I", "I").same


@pytest.mark.parametrize("a", list("BHRST"))
def test_an_initial_is_no_part_of_the_name_beside_it(a: str) -> None:
    """ "R." runs into "Jennifer", "B." into "Bautista", and an h is silent: still a middle name."""
    for b in "LMP":
        assert not compare(f"Jennifer {a}. Bautista", f"Jennifer {b}. Bautista").same
    assert compare(f"Jennifer {a}. Bautista", "Jennifer Bautista").same


def test_an_initial_h_stands_for_a_name_written_without_it() -> None:
    assert compare("Ivan Torres Ernandes", "Ivan Torres H.").same
    assert not compare("Ivan Torres Espinoza", "Ivan Torres H.").same


@pytest.mark.parametrize(
    ("hangul", "latin", "other"),
    [
        ("이승엽", "Lee Seung-yup", "Lee Seung-yong"),
        ("김태균", "Kim Tae Kyun", "Kim Tae-gwon"),
        ("박영탁", "Young-tak Park", "Park Young-taek"),
        ("이상득", "Lee Sang-deuk", "Lee Sang-duk"),
        ("구본무", "Ku Pon-mu", "Koo Bon-min"),
        ("정난희", "Jung Nan-hee", "Jung Na-hee"),
        ("박장미", "Park Jang-mi", "Park Chang-mi"),
        ("이행자", "Lee Haeng-ja", "Lee Hae-ja"),
        ("김요한", "Kim Yo-han", "Kim Yu-han"),
        ("김막례", "Kim Mak-rye", "Kim Mal-rye"),
        ("박새롬", "Park Sae-rom", "Park Sae-rim"),
    ],
)
def test_korean_syllables_less_often_heard(hangul: str, latin: str, other: str) -> None:
    assert compare(hangul, latin).same
    assert not compare(hangul, other).same
    assert not compare(latin, other).same


def test_very_long_and_odd_names_end() -> None:
    long = "Ana Lopez " * 1000
    assert compare(long, long).same
    assert not compare(long, long + "x").same
    assert not compare(long, "Ana Lopez").same
    assert not compare("yu" * 80, "yu" * 79 + "ya").same
    assert compare("-" * 10_000, "." * 10_000).rule == "no name to compare"
    many = " ".join("abcdefghijklmnopqrstuvwxyz")
    assert compare(many, many).same
    for bad in (
        "\ud800",
        "a\ud800b",
        "ใ",
        "์",
        "क्",
        "ㄱㄴ",
        "'" * 50,
        "(((",
        '""',
        ",,,",
        "a,",
        ".a.",
    ):
        compare(bad, "Ana Lopez")
        compare(bad, bad)


def test_key_never_prints_the_name() -> None:
    key = normalise("Xylophonia Quetzalcoatl")
    assert isinstance(key, NameKey)
    text = repr(key) + repr(key.words) + repr(compare("Xylophonia Quetzalcoatl", "Ana Lopez"))
    assert "ylophon" not in text
    assert "uetzal" not in text


def test_culture_can_be_told() -> None:
    assert compare(normalise("Song Yu", "ko"), normalise("Song You", "ko")).same
    assert not compare(normalise("Song Yu", "zh"), normalise("Song You", "zh")).same


@pytest.mark.parametrize("file", ["name_pairs.tsv", *BY_HAND])
def test_blocks_are_shared_by_all_that_compares_as_same(file: str) -> None:
    """Linkage looks only at pairs that share a blocking key: no rule may reach beyond them."""
    missed = []
    for row in _table(file):
        a, b = (normalise(x) for x in row[-2:])
        if a.words and b.words and compare_fully(a, b).same and not set(a.blocks) & set(b.blocks):
            missed.append(row)
    assert missed == []


def test_blocks_do_not_depend_on_the_run() -> None:
    code = (
        "from uncounted.names import normalise\n"
        "for x in ('Chan Siu Ming', 'Yu Mi-ran', 'Xiomara Juárez', 'Олена Коваль'): print(normalise(x).blocks)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(runs) == 1


def test_levels_are_those_of_compare_and_keep_missing_apart() -> None:
    a = ["Kim Min-ji", "Kim Min-ji", "Kim", None, "Reyes", "Ana Lopez"]
    b = ["김민지", "Kim Min-ji", "Kim Min-ji", "Ana", "Rayes", "Eva Cruz"]
    levels = name_levels(a, b)
    assert levels.dtype == np.int8
    assert levels.tolist() == [
        3,
        4,
        1 if compare("Kim", "Kim Min-ji").strength >= 0.25 else 0,
        -1,
        2,
        0,
    ]
    assert name_levels(b, a).tolist() == levels.tolist()
    assert name_levels([normalise(x) for x in a], b).tolist() == levels.tolist()


def test_hangul_is_read_by_jamo_arithmetic() -> None:
    assert korean.parts_of("민") == ("ㅁ", "ㅣ", "ㄴ")
    assert korean.parts_of("희") == ("ㅎ", "ㅢ", "")
    # National Institute of Korean Language, Revised Romanisation (2000).
    assert [korean.romanise(s, 0) for s in "민지경혜"] == ["min", "ji", "gyeong", "hye"]


def test_wade_giles_and_cantonese_tables() -> None:
    # Standard correspondences of Wade-Giles and pinyin.
    for pinyin, wade in (
        ("zhang", "chang"), ("xu", "hsu"), ("qian", "chien"), ("xiao", "hsiao"), ("zhou", "chou"), ("jie", "chieh"),
        ("guo", "kuo"), ("de", "te"), ("zi", "tzu"), ("rong", "jung"), ("yan", "yen"), ("zhi", "chih"), ("duo", "to"),
    ):  # fmt: skip
        assert wade in chinese.wade_giles(pinyin)
    assert chinese.cantonese("zoeng")[0] == "cheung"
    assert chinese.cantonese("wong")[0] == "wong"


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("लक्ष्मी", "lakshmi"),
        ("तामाङ", "taamaang"),
        ("श्रेष्ठ", "shreshtha"),
        ("ศิริพร", "siriphon"),
        ("สมชาย", "somchai"),
        ("สมบูรณ์", "sombun"),
        ("จันทร์เพ็ญ", "chanphen"),
        ("ณัฐพล", "natthaphon"),
        ("ज्ञवाली", "gyavaali"),
        ("Цуркану", "tsurkanu"),
        ("Шевченко", "shevchenko"),
        ("محمد", "mhmd"),
    ],
)
def test_scripts_to_latin(native: str, latin: str) -> None:
    assert readings(native)[0] == latin


def test_control_and_direction_marks_are_cleaned() -> None:
    assert clean("Kim\x00\u202e Min\u200b-ji\n") == "Kim Min-ji"


def test_plain_distances_equal_rapidfuzz() -> None:
    rapidfuzz = pytest.importorskip("rapidfuzz.distance")
    r = random.Random(1)
    for _ in range(500):
        a = "".join(r.choices("abcde", k=r.randint(0, 9)))
        b = "".join(r.choices("abcde", k=r.randint(0, 9)))
        assert jaro.plain_edits(a, b) == rapidfuzz.OSA.distance(a, b)
        if a and b:
            # Both follow Winkler (1990); 1e-9 for the order of additions.
            assert jaro.plain_jaro_winkler(a, b) == pytest.approx(
                rapidfuzz.JaroWinkler.similarity(a, b), abs=1e-9
            )


def test_names_work_without_rapidfuzz() -> None:
    code = (
        "import sys; sys.modules['rapidfuzz'] = None; sys.modules['rapidfuzz.distance'] = None\n"
        "from uncounted.names import compare, jaro\n"
        "assert jaro.edits is jaro.plain_edits\n"
        "assert compare('Reyes', 'Rayes').same and not compare('Maria Lopez', 'Mario Lopez').same"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_fingerprint_names_version_and_tables() -> None:
    version, digest = fingerprint().split(":")
    assert version == VERSION
    assert len(digest) == 64


def test_command_line_contract() -> None:
    run = CliRunner().invoke(names_command, ["Lee Young-hee", "이영희", "--json"])
    assert run.exit_code == 0
    assert json.loads(run.stdout) == {
        "ok": True,
        "same": True,
        "strength": 0.9,
        "rule": "Korean: family and given name in another script",
    }
    run = CliRunner().invoke(names_command, ["Li", "Le"])
    assert run.stdout.startswith("Not taken for the same name")
    run = CliRunner().invoke(names_command, ["", "Le", "--json"])
    assert json.loads(run.stdout)["same"] is False


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("Unknown female", True), ("UNKNOWN MALE #3", True), ("caller declined", True),
        ("declined to give name", True), ("refused to say", True), ("mujer desconocida", True),
        ("victima no identificada", True), ("불상 여성", True), ("unknown 2", True),
        ("Ana Unknown", False), ("Girl", False), ("Boy Santos", False), ("Man Wai", False),
        ("X Man", False), ("Victima Lopez", False), ("Menor", False), ("first last", False),
    ],
)  # fmt: skip
def test_words_beside_what_is_no_name_make_no_name_of_it(text, none):
    assert is_placeholder(text) is none
