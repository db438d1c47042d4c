"""A working directory, a project and its settings that somebody else made: nothing of them runs or is opened."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest
from click.testing import CliRunner

import uncounted
from uncounted.answers.runs import run_project, verify_run
from uncounted.cli.check import check
from uncounted.errors import InputError
from uncounted.project.settings import load_project

_SPEC = importlib.util.spec_from_file_location(
    "small_coalition_hostile", Path(__file__).with_name("small_coalition.py")
)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)
SOURCE = Path(uncounted.__file__).parents[1]
START = SOURCE.parent / "start"
PLANTED = (
    "uncounted", "_uncounted_start", "numpy", "click", "json", "pathlib", "importlib", "scipy", "rich",
    "multiprocessing", "concurrent", "sitecustomize", "usercustomize", "duckdb", "encodings",
)  # fmt: skip


def run(folder: Path, **more):
    return run_project(load_project(folder), link=small.link, **more)


# --- python -m -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A Python that has the program as an installation lays it down."""
    if not START.is_dir():
        pytest.skip("what stands beside the package is not there")
    home = tmp_path_factory.mktemp("python")
    venv.create(home, with_pip=False, symlinks=True)
    (places,) = home.glob("lib/python*/site-packages")
    own = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(SOURCE)}
    (places / "others.pth").write_text("\n".join(own) + "\n")
    for path in START.iterdir():
        if path.suffix in {".py", ".pth"}:
            (places / path.name).write_bytes(path.read_bytes())
    return home / "bin" / "python"


@pytest.fixture
def hostile(tmp_path):
    """A folder full of modules that leave a mark where they run."""
    folder = tmp_path / "lists"
    folder.mkdir()
    mark = tmp_path / "mark"
    for name in PLANTED:
        text = f"open({str(mark)!r}, 'a').write({name!r} + '\\n')\n"
        (folder / f"{name}.py").write_text(text)
    return folder, mark


def start(python, folder, *words, **env):
    clean = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONSAFEPATH"}}
    return subprocess.run(
        [str(python), *words], cwd=folder, capture_output=True, text=True, timeout=300, check=False,
        env={**clean, **env},
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("-m", "uncounted"), ("-muncounted",), ("-Bm", "uncounted"), ("-W", "ignore", "-m", "uncounted"),
        ("-P", "-m", "uncounted"), ("-m", "uncounted.__main__"),
    ],
)  # fmt: skip
def test_python_m_runs_nothing_of_the_working_directory(installed, hostile, words):
    folder, mark = hostile
    done = start(installed, folder, *words, "published", "--json")
    assert json.loads(done.stdout)["ok"], done.stderr
    assert not mark.exists(), mark.read_text()


def test_a_working_directory_that_is_meant_still_counts(installed, tmp_path):
    """What Python looks for in the environment's own places is left alone, and so are other programs."""
    (tmp_path / "mine.py").write_text("print('mine')\n")
    assert start(installed, tmp_path, "-m", "mine").stdout == "mine\n"
    assert start(installed, tmp_path, "-c", "import mine  # uncounted").stdout == "mine\n"
    done = start(installed, tmp_path, "-m", "uncounted", "--version", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0 and done.stdout.startswith("uncounted ")


@pytest.mark.extended
def test_processes_for_work_run_nothing_of_it_either(installed, hostile):
    folder, mark = hostile
    words = (
        "simulate --design independent --replications 30 --method lower-bound --workers 2 --json"
    )
    done = start(installed, folder, "-m", "uncounted", *words.split())
    assert json.loads(done.stdout)["ok"], done.stderr
    script = (
        "import sys; sys.path.pop(0); from uncounted.cli import main; main()"  # the command itself
    )
    done = start(installed, folder, "-c", script, *words.split())
    assert json.loads(done.stdout)["ok"], done.stderr
    assert not mark.exists(), mark.read_text()


# --- rights --------------------------------------------------------------------------------------


def modes(folder: Path) -> dict[str, int]:
    return {
        p.relative_to(folder).as_posix(): stat.S_IMODE(p.lstat().st_mode)
        for p in (folder, *folder.rglob("*"))
    }


@pytest.mark.extended
def test_a_project_is_closed_to_others_from_the_start(tmp_path):
    before = os.umask(0)
    try:
        folder = tmp_path / "made"
        small.write(folder)  # as an earlier version or a copy leaves it: open to all
        result = run(folder)
        done = CliRunner().invoke(check, [str(folder)])
        assert done.exit_code == 0, done.output
        run(folder)
    finally:
        os.umask(before)
    found = {k: m for k, m in modes(folder).items() if k != "." and k.partition("/")[0] != "lists"}
    assert {m & 0o077 for m in found.values()} == {0}
    assert f"runs/{result.run}/index.html" in found and ".uncounted/ledger.jsonl" in found
    assert found["uncounted.toml"] == 0o600  # `check` wrote the columns it guessed into it
    assert "[lists.columns]" in (folder / "uncounted.toml").read_text()


def test_a_new_project_is_closed_to_others(tmp_path):
    from uncounted.project.new import new_project

    before = os.umask(0)
    try:
        new_project(tmp_path / "deep" / "town")
    finally:
        os.umask(before)
    found = modes(tmp_path / "deep" / "town")
    assert set(found.values()) == {0o700, 0o600}
    assert found["lists"] == found["hand"] == found["."] == 0o700


# --- files outside -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    small.write(tmp_path / "made")
    (tmp_path / "another-place").mkdir()
    (tmp_path / "made/lists/hotline.csv").rename(tmp_path / "another-place/hotline.csv")
    return tmp_path / "made"


def point(folder: Path, name: str, more: str = "") -> None:
    path = folder / "uncounted.toml"
    path.write_text(
        path.read_text().replace('file = "lists/hotline.csv"', f'file = "{name}"{more}')
    )


def ways(folder: Path) -> dict[str, str]:
    """Ways to name a file that lies outside."""
    away = folder.parent / "another-place"
    (folder / "lists/link.csv").symlink_to(away / "hotline.csv")
    (folder / "lists/deep").symlink_to(away, target_is_directory=True)
    (folder / "lists/circle").symlink_to(folder / "lists/circle")
    return {
        "absolute": f"{away}/hotline.csv",
        "up": "../another-place/hotline.csv",
        "down and up": "lists/../../another-place/hotline.csv",
        "link": "lists/link.csv",
        "linked folder": "lists/deep/hotline.csv",
        "circle": "lists/circle",
    }


@pytest.mark.parametrize(
    "way", ["absolute", "up", "down and up", "link", "linked folder", "circle"]
)
def test_a_file_outside_the_project_is_not_opened_unasked(folder, way):
    point(folder, ways(folder)[way])
    for words in ([str(folder)], [str(folder), "--no-keep", "--json"]):
        done = CliRunner().invoke(check, words)
        assert isinstance(done.exception, InputError)
        assert "outside the project" in done.exception.message
        assert "another-place" not in str(done.exception)
    with pytest.raises(InputError, match="outside the project"):
        run(folder)


def test_legs_outside_are_refused_too(folder):
    point(folder, "lists/clinic.csv", '\nlegs = "../another-place/hotline.csv"')
    with pytest.raises(InputError, match=r"hotline\.csv lies outside"):
        run(folder)


@pytest.mark.extended
@pytest.mark.parametrize("how", ["setting", "word"])
def test_with_leave_it_is_read_and_named_without_its_place(folder, how):
    point(folder, ways(folder)["up"], "\noutside = true" if how == "setting" else "")
    word = ["--outside"] if how == "word" else []
    done = CliRunner().invoke(check, [str(folder), *word])
    assert done.exit_code == 0, done.output
    assert done.output.count("read from outside the project's folder") == 1
    assert "another-place" not in done.output
    project = load_project(folder, outside=how == "word")
    result = run_project(project, link=small.link)
    manifest = (result.folder / "manifest.json").read_text()
    made = json.loads(manifest)
    assert [e["outside"] for e in made["settings"]["lists"]] == [False, True, False]
    assert made["settings"]["lists"][1]["file"] == "hotline.csv"
    assert len(made["inputs"]) == 3 and not any(".." in name for name in made["inputs"])
    assert "another-place" not in manifest and str(folder) not in manifest
    assert verify_run(result.folder, link=small.link).run == result.run


def test_a_project_reached_through_a_link_is_inside_itself(folder):
    point(folder, "../another-place/hotline.csv", "\noutside = true")
    (folder.parent / "way").symlink_to(folder, target_is_directory=True)
    assert load_project(folder.parent / "way").outside == ("hotline",)
    point(folder, "x.csv")
    (folder / "lists/again.csv").symlink_to(folder / "lists/clinic.csv")
    text = (
        (folder / "uncounted.toml")
        .read_text()
        .replace("../another-place/hotline.csv", "lists/again.csv")
    )
    (folder / "uncounted.toml").write_text(text)
    assert load_project(folder.parent / "way").outside == ()
