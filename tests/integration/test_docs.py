"""The documentation's commands run as written, each page from an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(sh|bash|shell|console|python)\n(.*?)^```", re.M | re.S)
DEAR = {
    "claims.md", "coming-from.md", "covariates.md", "estimate.md", "flows.md", "latent-classes.md", "linkage.md", "names.md",
    "project.md", "python.md", "quickstart.md", "ranks.md", "records.md", "routes.md", "shares.md", "simulate.md", "strata.md",
    "threshold.md", "validation.md", "verdict.md",
}  # fmt: skip
"""Pages whose commands cost more than about two processor seconds."""
MAY_REFUSE = {0, 4}
"""A documented command may show a refusal (exit status 4), nothing else that fails."""


def blocks(page):
    return [(m.group(1), m.group(2)) for m in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def commands(block):
    joined = block.replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ") for line in joined.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(p, id=p.name, marks=[pytest.mark.extended] if p.name in DEAR else [])
        for p in PAGES
    ],
)
def test_commands_run(page, tmp_path):
    found = blocks(page)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for language, block in found:
        if language == "python":
            done = subprocess.run(
                [sys.executable, "-W", "error::DeprecationWarning:uncounted", "-c", block],
                cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{page.name}:\n{block}\n{done.stderr[-2000:]}"
            continue
        for command in commands(block):
            if not command.startswith("uncounted"):
                continue
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True,
                text=True, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            assert done.returncode in MAY_REFUSE, f"{page.name}: {command}\n{done.stderr[-2000:]}"


def test_every_command_is_documented():
    import click

    from uncounted.cli import main

    text = "\n".join(p.read_text(encoding="utf-8") for p in PAGES)
    for name in main.list_commands(click.Context(main)):
        assert re.search(rf"\buncounted {name}\b", text), f"`uncounted {name}` is in no page"


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
