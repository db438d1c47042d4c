"""What was said about sharing in a file beside the list, and refusals that find nobody."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import openpyxl
import pytest

from uncounted.errors import InputError
from uncounted.project.settings import load_project, validate
from uncounted.records import codes
from uncounted.records.consent import speech
from uncounted.records.consent.phrases import Phrases, alternatives, beginnings
from uncounted.records.reading import ListSpec, read_list

NAMES = ("Ana", "Luz", "Mei", "Noor", "Olga", "Pia", "Rosa", "Sana", "Tala", "Uma", "Vera", "Wen")
KEYS = {
    "kobo": ("_parent_index", "_index"),
    "kobo id": ("_submission__id", "_id"),
    "kobo uuid": ("_submission__uuid", "_uuid"),
    "surveycto": ("PARENT_KEY", "KEY"),
    "odk group": ("people/PARENT_KEY", "meta/KEY"),
    "aggregate": ("PARENT_UID", "instanceID"),
}


def table(path: Path, rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))
        book.save(path)
    else:
        with path.open("w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows(rows)
    return path


def survey(folder: Path, keys, *, ending=".csv", question="Consent to share data"):
    """A parent sheet with the consent and a sheet of people, each in a file of its own."""
    child, parent = keys
    ids = [
        f"uuid:{k:04}" if "key" in parent.lower() or "uuid" in parent else str(100 + k)
        for k in range(1, 13)
    ]
    people = [["first name", "last name", "date of birth", "sex", child]]
    people += [[n, f"Diaz{k}", f"19{60 + k}-02-1{k % 9}", "F", ids[k]] for k, n in enumerate(NAMES)]
    forms = [["start date", question, "interviewer", parent]]
    forms += [["2026-01-05", "No" if k == 3 else "Yes", "AB", ids[k]] for k in range(12)]
    return table(folder / f"people{ending}", people), table(folder / f"interviews{ending}", forms)


def read(path, **more):
    spec = ListSpec("x", path, "none", **more)
    return read_list(spec, as_of="2026-06-01", recipients=("Us",))


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
def test_a_parent_sheet_beside_the_list_is_named_and_stops_it(tmp_path, keys, ending):
    people, forms = survey(tmp_path, keys, ending=ending)
    table(tmp_path / "other.csv", [["name", "town"], ["Ana", "Lima"], ["Luz", "Cusco"]])
    stopped = read(people).report
    assert stopped.used == 0 and len(stopped.stops) == 1
    stop = stopped.stops[0]
    assert forms.name in stop.why and f'consent = "lists/{forms.name}"' in stop.fix
    assert "other.csv" not in stop.why
    # Named, the one who said no is held back, and nobody else.
    told = read(people, consent=(forms,)).report
    assert told.stops == () and told.used == 11
    assert sum(told.release.values()) == 1
    # Said to have nothing to do with it, all are used.
    assert read(people, not_consent=(keys[0],)).report.used == 12


def test_without_the_parent_the_list_stops_as_well(tmp_path):
    people, forms = survey(tmp_path, KEYS["kobo"])
    forms.unlink()
    report = read(people).report
    assert report.used == 0 and "not in this file" in report.stops[0].why


def test_a_file_whose_keys_are_others_is_not_taken_for_the_parent(tmp_path):
    people, _ = survey(tmp_path, KEYS["surveycto"])
    table(tmp_path / "forms2.csv", [["KEY", "agree"], *[[f"uuid:9{k}", "Yes"] for k in range(12)]])
    assert "forms2" not in read(people).report.stops[0].why
    told = read(people, consent=(tmp_path / "forms2.csv",)).report
    assert told.used == 0 and told.stops  # its refusals would reach nobody


def test_a_parent_with_a_question_nobody_understands_stops_still(tmp_path):
    people, forms = survey(
        tmp_path, KEYS["kobo"], question="May we pass it on if needed (see script 4)?"
    )
    told = read(people, consent=(forms,)).report
    assert told.used == 0 and "interviews.csv" in told.stops[0].column


@pytest.mark.parametrize("written", ["A-17", "C4", "client 9"])
def test_a_refusal_that_finds_nobody_stops_where_the_numbers_match_else(tmp_path, written):
    rows = [["case number", "first name", "last name", "date of birth"]]
    rows += [[f"A-{k}", n, f"Diaz{k}", f"19{60 + k}-02-11"] for k, n in enumerate(NAMES)]
    people = table(tmp_path / "people.csv", rows)
    said = [
        ["case number", "consent to share"],
        *[[f"a{k:03}", "Yes"] for k in range(10)],
        [written, "No"],
    ]
    releases = table(tmp_path / "releases.csv", said)
    report = read(people, consent=(releases,)).report
    assert report.used == 0 and len(report.stops) == 1
    assert "rows 12 of that sheet" in report.stops[0].why and written not in str(report.stops[0])
    assert "refusals_elsewhere = 1" in report.stops[0].fix
    known = read(people, consent=(releases,), refusals_elsewhere=1).report
    assert known.stops == () and known.used == 12
    said[-1] = ["A 011", "No"]
    assert read(people, consent=(table(releases, said),)).report.used == 11


def test_settings_name_the_files_and_they_are_inputs_of_a_run(tmp_path):
    lists = tmp_path / "lists"
    survey(lists, KEYS["kobo"])
    (tmp_path / "uncounted.toml").write_text(
        '[project]\nname = "x"\n[[lists]]\nname = "a"\nfile = "lists/people.csv"\nconsent = "lists/interviews.csv"\nregime = "none"\n'
    )
    project = load_project(tmp_path)
    assert set(project.places()) == {"lists/people.csv", "lists/interviews.csv"}
    (spec,) = project.specs()
    assert read_list(spec, as_of="2026-06-01", recipients=()).report.used == 11
    text = (tmp_path / "uncounted.toml").read_text().replace("lists/interviews", "../interviews")
    (tmp_path / "uncounted.toml").write_text(text)
    with pytest.raises(InputError, match="outside"):
        load_project(tmp_path).specs()
    with pytest.raises(InputError):
        validate(
            {
                "project": {"name": "x"},
                "lists": [{"name": "a", "file": "b", "refusals_elsewhere": -1}],
            }
        )


# --- phrases -------------------------------------------------------------------------------------


def patterns():
    return {
        "strong": codes.fold(speech._STRONG),
        "will": codes.fold(speech._WILL),
        "tell": codes.fold(speech._TELL),
    }


@pytest.mark.parametrize("name", ["strong", "will", "tell"])
def test_phrases_are_found_as_re_finds_them(name):
    pattern = patterns()[name]
    quick, plain = Phrases(pattern), re.compile(rf"\b(?:{pattern})\b")
    words = sorted({w for p in patterns().values() for w in re.findall(r"[a-z]+", p)})
    rng = random.Random(7)
    found = 0
    for _ in range(6000):
        text = " ".join(
            rng.choice(words) + rng.choice(("", "", "", "s", "ed", "a"))
            for _ in range(rng.randint(1, 14))
        )
        expected = [m.span() for m in plain.finditer(text)]
        assert [m.span() for m in quick.found(text)] == expected, text
        assert (text in quick) == bool(expected)
        found += len(expected)
    assert found > 50


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a|ab|abc", "abc ab a b", ["abc", "ab", "a"]),
        (r"no (?:\w+ ){0,2}?way|no", "no such way no", ["no such way", "no"]),
        (r"(?<!un)(?:do)+ne?|x\w*", "done undone xylo", ["done", "xylo"]),
        (r"[bc]at(?: s)?|d rather|refus\w*", "d refuse cat s bats", ["refuse", "cat s"]),
        (r"(?:un)?done|é\w*", "undone done", ["undone", "done"]),
        ("", "abc", [""] * 2),
    ],
)  # fmt: skip
def test_phrases_of_every_shape(pattern, text, found):
    assert [m[0] for m in Phrases(pattern).found(text)] == found
    assert found == [m[0] for m in re.finditer(rf"\b(?:{pattern})\b", text)]


def test_alternatives_and_beginnings():
    assert alternatives(r"a(?:b|c)|[|]|\||d") == ["a(?:b|c)", "[|]", r"\|", "d"]
    assert beginnings("(?:ab|c)d") == {"abd", "cd"}
    assert all(b for b in beginnings(patterns()["strong"]))
