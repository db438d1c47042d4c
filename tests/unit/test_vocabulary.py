"""Answers nobody foresaw: listed with their counts, answered in the project file, and never a name."""

from __future__ import annotations

import json

import pytest

from uncounted.answers import checks
from uncounted.errors import InputError
from uncounted.project.checking import check_project
from uncounted.project.settings import load_project
from uncounted.records import codes
from uncounted.records.reading import ListSpec, read_list
from uncounted.records.vocabulary import FIELDS_OF_FEW_ANSWERS, Unknown, likely, shown

HEAD = "case id,first name,last name,dob,sex,nationality,type of exploitation,sector\n"
BODY = (
    "1,Iria,Lago,1988-05-09,2,Mexicco,Labor traficking,farm\n2,Odile,Marsan,1979-11-23,2,Peru,유흥업소,Domestik work\n"
    "3,Ugo,Brandt,1980-01-02,1,Peru,Iria Lago,Blorb\n4,Una,Zabriski,1981-02-03,1,Peru,Zoltan Brekker,Blorb\n"
)


def project(tmp_path, more="", body=BODY):
    (tmp_path / "a.csv").write_text(HEAD + body)
    (tmp_path / "uncounted.toml").write_text(
        f'[project]\nname = "p"\n[[lists]]\nname = "a"\nfile = "a.csv"\nregime = "none"\n{more}'
    )
    return load_project(tmp_path)


def test_every_answer_not_understood_is_listed_with_its_count_and_a_likely_meaning(tmp_path):
    report = check_project(project(tmp_path), keep=False).to_dict()["lists"][0]
    assert report["values_not_understood"] == {
        "gender": {"2": 2, "1": 2},
        "citizenship": {"Mexicco": 1},
        "exploitation": {"Labor traficking": 1, "유흥업소": 1},
        "sector": {"Blorb": 2, "Domestik work": 1},
    }
    proposed = report["values_proposed"]
    assert proposed["gender"] == {"1": "male", "2": "female"}  # ISO 5218
    assert proposed["citizenship"] == {"Mexicco": "Mexico"}
    assert codes.exploitation(proposed["exploitation"]["Labor traficking"]) == 1
    assert codes.sector(proposed["sector"]["Domestik work"]) == "T"
    # a name of the list, and what has the shape of one, are counted and not shown
    assert report["values_withheld"] == {"exploitation": 2}


def test_no_name_shows_on_the_terminal_or_in_a_run(tmp_path):
    made = project(tmp_path)
    answer = checks.CheckAnswer(check_project(made, keep=False))
    lines = [str(getattr(line, "text", line)) for line in answer.told()]
    whole = json.dumps(answer.to_dict(), ensure_ascii=False) + "\n".join(lines)
    for name in ("Iria", "Lago", "Zoltan", "Brekker", "Odile", "Zabriski"):
        assert name not in whole
    in_run = json.dumps(answer.report.to_dict(mapping=False), ensure_ascii=False)
    assert "Mexicco" not in in_run and "values_not_understood" not in in_run


@pytest.mark.parametrize(
    "cell",
    ["Iria Lago", "lago", "Maria Gonzalez", "Kim Min-ji", "김민지", "王小明", "Zoltan Brekker", "call 312 555 0199", "a@b.org", "lives with her sister and two more people", "12345678"],
)  # fmt: skip
def test_what_may_be_a_name_or_free_text_is_withheld(cell):
    unknown = Unknown()
    unknown.add("citizenship", cell)
    found = shown(unknown, {"iria", "lago"})
    assert not found.values and found.withheld == {"citizenship": 1}


def test_a_column_with_nearly_as_many_answers_as_rows_is_free_text():
    unknown = Unknown()
    for i in range(40):
        unknown.add("sector", f"blorb{'abcdefghij'[i % 10]}{'klmn'[i // 10]}")
    assert not shown(unknown, ()).values


def test_different_answers_are_bounded():
    unknown = Unknown()
    for i in range(5000):
        unknown.add("sector", f"x{i}")
    assert len(unknown.values["sector"]) <= 400 and unknown.more["sector"] == 4600


def test_a_persons_answers_are_obeyed(tmp_path):
    more = (
        '[lists.values]\ngender = { "1" = "male", "2" = "Feminine" }\ncitizenship = { "mexicco" = "MEX" }\n'
        'exploitation = { "유흥업소" = "SexualExploitation", "Labor traficking" = "forced labour" }\nsector = { "Blorb" = "", "Domestik work" = "T" }\n'
    )
    made = project(tmp_path, more)
    report = check_project(made, keep=False).to_dict()["lists"][0]
    assert report["values_not_understood"] == {}
    records = read_list(made.specs()[0], as_of="2026-11-01", recipients=["us"]).records
    assert records.gender.tolist() == ["Feminine", "Feminine", "Masculine", "Masculine"]
    assert records.exploitation.tolist() == [1, 2, 0, 0]
    assert records.citizenship[0] == "MEX" and records.sector.tolist() == ["A", "T", "", ""]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ('gender = { "2" = "blorb" }', "not understood"),
        ('citizenship = { "x" = "Nowhereland" }', "not understood"),
        ('given = { "x" = "y" }', "no `values` of a field"),
    ],
)
def test_an_answer_that_is_itself_not_understood_is_refused(tmp_path, values, message):
    made = project(tmp_path, f"[lists.values]\n{values}\n")
    with pytest.raises(InputError, match=message) as caught:
        check_project(made, keep=False)
    assert caught.value.fix and "blorb" not in caught.value.message


def test_proposals_can_be_written_as_they_stand():
    for field, words in {
        "gender": ("femalle", "mael", "2"),
        "citizenship": ("Hondurass", "Philipines", "Guatemla"),
        "exploitation": ("sexual explotation", "forced labr", "strip bar"),
        "sector": ("agriculturre", "restaurante mexicano", "constructon"),
        "language": ("spanis",),
    }.items():
        for word in words:
            meaning = likely(field, word)
            assert not meaning or FIELDS_OF_FEW_ANSWERS[field](meaning), (field, word, meaning)


@pytest.mark.parametrize(
    "text", ["성매매업소", "성착취", "Strip club", "escort", "prostitution", "Commercial sex", "sexual services", "风俗店 色情", "風俗", "brothel", "Residence-Based Commercial Sex", "pornography"]
)  # fmt: skip
def test_what_is_sold_as_sex_has_no_section_of_industry(text):
    assert codes.sector(text) == ""
    assert codes.exploitation(text) in {2, None}


@pytest.mark.parametrize("text", ["유흥업소", "유흥주점", "단란주점", "룸살롱", "나이트클럽", "hostess bar", "night club", "karaoke bar"])  # fmt: skip
def test_places_that_serve_drinks_have_their_section_and_tell_no_form(text):
    # ISIC Rev. 4 5630, beverage serving activities; KSIC 5621
    assert codes.sector(text) == "I"
    assert codes.exploitation(text) is None


def test_a_list_read_on_its_own_says_the_same(tmp_path):
    project(tmp_path)
    found = read_list(ListSpec("a", tmp_path / "a.csv", "none"), as_of="2026-11-01", recipients=[])
    assert found.report.values_not_understood["sector"] == {"Blorb": 2, "Domestik work": 1}
