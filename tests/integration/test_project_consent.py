"""A column that may forbid linkage stops its list, from `check` to `run`, until a person says what it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAD = '[project]\nname = "us"\nas_of = 2026-11-01\n'


def _project(folder: Path, header: str, cell: str, more: str = "") -> Path:
    (folder / "lists").mkdir()
    for name, extra in (("a", (header, cell, "no")), ("b", None)):
        lines = ["case id,first name,last name,dob" + (f",{extra[0]}" if extra else "")]
        for k, who in enumerate(("Anabel", "Evelina"), 1):
            lines.append(f"{k},{who},Sample,1990-01-0{k}" + (f",{extra[k]}" if extra else ""))
        (folder / "lists" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "uncounted.toml").write_text(
        HEAD
        + f'[[lists]]\nname = "a"\nfile = "lists/a.csv"\nregime = "none"\n{more}'
        + '\n[[lists]]\nname = "b"\nfile = "lists/b.csv"\nregime = "none"\n',
        encoding="utf-8",
    )
    return folder


def _uncounted(*args: object) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "uncounted", *map(str, args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "header", ["No consent", "DO NOT LINK", "No autoriza", "미동의", "form.share"]
)
def test_check_stops_and_still_gives_its_account(tmp_path, header):
    folder = _project(tmp_path, header, "yes")
    status, out, _ = _uncounted("check", folder, "--json")
    found = json.loads(out)
    assert status == 3 and found["ok"] is False and found["stopped"] == ["a"]
    first, second = found["lists"]
    assert first["used"] == 0 and first["rows_in"] == first["not_released"] == 2
    assert second["used"] == 2 and second["stops"] == []
    (stop,) = first["stops"]
    assert stop["column"] == header and stop["why"]
    # counts below 11 are not told
    assert sorted(v["value"] for v in stop["values"]) == ["no", "yes"]
    assert {v["count"] for v in stop["values"]} == {None} and stop["values_not_shown"] == 0
    assert (
        f'release_refused = "{header}"' in stop["fix"]
        and f'not_consent = ["{header}"]' in stop["fix"]
    )
    assert header in found["error"]["message"] and "Anabel" not in out
    status, out, told = _uncounted("check", folder)
    assert status == 3 and "STOPPED" in out and header in told


def test_the_line_the_message_gives_lets_the_list_go_on(tmp_path):
    folder = _project(tmp_path, "No consent", "yes")
    assert _uncounted("check", folder)[0] == 3
    path = folder / "uncounted.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count("[lists.columns]") == 2 and "No consent" not in text
    path.write_text(
        text.replace(
            "correct what is wrong\n", 'correct what is wrong\nrelease_refused = "No consent"\n', 1
        ),
        encoding="utf-8",
    )
    status, out, _ = _uncounted("check", folder, "--json")
    found = json.loads(out)["lists"][0]
    assert status == 0 and found["used"] == 1 and found["release"] == {"the release was refused": 1}


def test_a_column_that_has_nothing_to_do_with_it_is_said_so(tmp_path):
    folder = _project(tmp_path, "Sealed", "yes", 'not_consent = ["Sealed"]\n')
    status, out, _ = _uncounted("check", folder, "--json")
    assert status == 0 and json.loads(out)["used"] == 4


def test_answers_that_are_not_certain_are_named_and_may_be_said(tmp_path):
    folder = _project(tmp_path, "ROI signed", "verbal only")
    status, out, _ = _uncounted("check", folder, "--json")
    (stop,) = json.loads(out)["lists"][0]["stops"]
    assert status == 3 and [v["value"] for v in stop["values"]] == ["verbal only"]
    assert '"verbal only" = "no"' in stop["fix"]
    path = folder / "uncounted.toml"
    text = path.read_text(encoding="utf-8")
    said = '\n[lists.answers]\n"verbal only" = "yes"\n'
    path.write_text(
        text.replace('\n[[lists]]\nname = "b"', said + '\n[[lists]]\nname = "b"'), "utf-8"
    )
    status, out, _ = _uncounted("check", folder, "--json")
    found = json.loads(out)["lists"][0]
    assert status == 0 and found["used"] == 1
    assert found["release"] == {"the release was refused": 1}


def test_rows_taken_out_are_counted_of_their_own(tmp_path):
    folder = _project(tmp_path, "DateDeleted", "2026-01-05")
    status, out, _ = _uncounted("check", folder, "--json")
    found = json.loads(out)["lists"][0]
    assert status == 0 and found["removed"] == {"deleted": 1} and found["used"] == 1


def test_link_and_run_refuse(tmp_path):
    folder = _project(tmp_path, "Remarks", "client withdrew consent")
    for args in (("link", folder), ("run", folder)):
        status, out, _ = _uncounted(*args, "--json")
        error = json.loads(out)["error"]
        assert status == 3 and "Remarks" in error["message"] and "not_consent" in error["fix"]
        assert "withdrew" not in out and "Anabel" not in out
    status, out, _ = _uncounted(
        "link", folder / "lists/a.csv", folder / "lists/b.csv", "--regime", "none", "--json"
    )
    error = json.loads(out)["error"]
    assert status == 3 and "Remarks" in error["message"] and "uncounted new" in error["fix"]
