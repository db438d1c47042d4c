"""Every file of the catalogue through the command: accounted for or refused, and nothing echoed."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from uncounted.cli import main
from uncounted.errors import InputError
from uncounted.files import workbook
from uncounted.records import reading

pytest.importorskip("openpyxl")
_spec = importlib.util.spec_from_file_location(
    "hostile_files", Path(__file__).with_name("hostile_files.py")
)
assert _spec is not None and _spec.loader is not None
hostile = importlib.util.module_from_spec(_spec)
sys.modules["hostile_files"] = hostile
_spec.loader.exec_module(hostile)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


def project(folder: Path, case: Any) -> Path:
    path = case.build(folder)
    settings = {"name": "hostile", "file": path.name, "regime": "none", **case.settings}
    lines = ["[project]", 'name = "p"', "as_of = 2026-11-01", "[[lists]]"]
    lines += [f"{key} = {toml(value)}" for key, value in settings.items()]
    (folder / "uncounted.toml").write_text("\n".join(lines) + "\n")
    return folder


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out, out.err


@pytest.mark.parametrize("name", hostile.CASES)
def test_a_file_is_accounted_for_or_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = hostile.CASES[name]
    folder = str(project(tmp_path, case))
    status, out, _ = run(capsys, "check", folder, "--json", "--no-keep")
    said = json.loads(out)
    text_status, text, errors = run(capsys, "check", folder)
    shown = " ".join((text + errors).split())
    assert text_status == status
    for secret in hostile.SECRETS:
        assert secret not in out + text + errors
    assert "\x1b" not in text + errors
    if case.used is None:
        assert status == 3, shown
        assert said["error"]["fix"]
        shown = said["error"]["message"] + " " + said["error"]["fix"]
    else:
        assert status == 0, said
        found = said["lists"][0]
        assert found["rows_in"] == found["used"] + found["quarantined"] + found["not_released"]
        assert (found["used"], found["quarantined"]) == (case.used, case.quarantined), found
        if case.rows is not None:
            rows = sorted(n for q in found["quarantine"] for n in q["rows"])
            assert tuple(rows) == case.rows
        assert "rows in = used + quarantined + not released" in shown
    for words in case.says:
        assert words in shown


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the administrator reads all")
def test_a_file_that_may_not_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project(tmp_path, hostile.CASES["plain"])
    (folder / "list.csv").chmod(0)
    status, _, errors = run(capsys, "check", str(folder))
    assert status == 3 and "cannot be opened" in errors


def test_all_bad_lists_are_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.csv").write_bytes(b"")
    (tmp_path / "two.csv").write_bytes(b"%PDF-1.7")
    (tmp_path / "three.csv").write_text(hostile.body())
    lists = "".join(f'[[lists]]\nname = "{n}"\nfile = "{n}.csv"\n' for n in ("one", "two", "three"))
    (tmp_path / "uncounted.toml").write_text('[project]\nname = "p"\n' + lists)
    status, _, errors = run(capsys, "check", str(tmp_path))
    assert status == 3 and "2 of 3 lists" in errors
    assert "one.csv is empty" in errors and "two.csv is a PDF" in errors


SHARED = (
    "<sst><si><t>case id</t></si><si><t>first name</t></si><si><r><t>A</t></r><r><t>na_x0009_B</t></r>"
    "<rPh><t>phonetic</t></rPh></si></sst>"
)
SHARED_ROWS = hostile.sheet(
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>',
    '<row r="2"><c r="A2"><v>7</v></c><c r="B2" t="s"><v>2</v></c></row>',
)


def read(path: Path) -> Any:
    spec = reading.ListSpec("a", path, "none")
    return reading.read_list(spec, as_of="2026-11-01", recipients=[])


def test_shared_text_of_several_runs(tmp_path: Path) -> None:
    path = hostile.raw_book(SHARED_ROWS, sharedStrings=SHARED)(tmp_path)
    assert read(path).records.given.tolist() == ["Ana B"]


def test_shared_text_that_is_not_there_is_damage(tmp_path: Path) -> None:
    path = hostile.raw_book(SHARED_ROWS.replace("<v>2<", "<v>3<"), sharedStrings=SHARED)(tmp_path)
    with pytest.raises(InputError, match="damaged"):
        read(path)
    path = hostile.raw_book(SHARED_ROWS.replace("<v>2<", "<v>-1<"), sharedStrings=SHARED)(tmp_path)
    with pytest.raises(InputError, match="damaged"):
        read(path)


def test_shared_text_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hostile.raw_book(SHARED_ROWS, sharedStrings=SHARED)(tmp_path)
    monkeypatch.setattr(workbook, "MAX_SHARED", 10)
    with pytest.raises(InputError, match="more text than a case list"):
        read(path)


def test_an_endless_tag_is_damage_and_not_read_over_and_over(tmp_path: Path) -> None:
    sheet = hostile.sheet(hostile.SIMPLE[0], '<row r="' + " " * (4 << 20) + '2"></row>')
    with pytest.raises(InputError, match="damaged"):
        read(hostile.raw_book(sheet)(tmp_path))
