"""What the house keeps to: markers, hooks, forms and targets say the same in all places."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FORMS = sorted(p for p in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if p.stem != "config")


def settings():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_fast_and_the_dear_tests_are_all_tests_but_the_studies():
    recipes = dict(re.findall(r"^(test[\w-]*):[^\n]*\n\t@?(.*)$", MAKEFILE, re.M))
    assert '-m "not extended and not slow"' in recipes["test"]
    assert '-m "extended and not slow"' in recipes["test-rest"]
    assert re.search(r"^test-all: test test-rest$", MAKEFILE, re.M)
    assert "make --no-print-directory test-all" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_targets_that_are_written_about_exist():
    targets = set(re.findall(r"^([\w-]+):", MAKEFILE, re.M))
    for page in ("CONTRIBUTING.md", "README.md", ".github/pull_request_template.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        named = set(re.findall(r"(?:`|^)make ([\w-]+)", text, re.M))
        assert named <= targets, f"{page} names {named - targets}"


def test_hooks_are_local_and_fetch_nothing():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = yaml.safe_load(text)["repos"]
    assert [r["repo"] for r in hooks] == ["local"]
    assert {h["id"] for h in hooks[0]["hooks"]} == {"ruff", "ruff-format", "mypy"}
    assert {h["language"] for h in hooks[0]["hooks"]} == {"system"}


def test_every_form_forbids_real_records_and_asks_that_it_be_said():
    assert {p.stem for p in FORMS} == {"disclosure", "file-not-read", "wrong-figure"}
    for path in FORMS:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(form)
        assert re.search(r"never attach (real records|the file)", str(form["body"][0]), re.I)
        last = form["body"][-1]
        assert last["type"] == "checkboxes"
        assert last["attributes"]["options"][0]["required"] is True
        ids = [part["id"] for part in form["body"] if "id" in part]
        assert len(ids) == len(set(ids))


def test_what_the_pins_hold_is_what_the_extras_ask_for():
    pinned = set(
        re.findall(
            r"^([a-z0-9.-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M
        )
    )
    extras = settings()["project"]["optional-dependencies"]
    for need in [*extras["dev"], *extras["docs"], *settings()["project"]["dependencies"]]:
        name = re.split(r"[<>=!~\[; ]", need)[0].lower().replace("_", "-")
        assert name in pinned, f"{name} is in pyproject.toml and not in constraints.txt"
