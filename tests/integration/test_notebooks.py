"""The notebooks of `examples/` run from top to bottom, and what is kept in them is small and clean."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = 300_000
"""Bytes: a notebook is read in a browser and in a diff."""

RUN = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout=1200, kernel_name="python3").execute()
"""


def test_there_are_three():
    assert [p.stem for p in NOTEBOOKS] == [
        "from-cases-to-figure",
        "one-table",
        "simulate-for-my-lists",
    ]


@pytest.mark.extended
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_runs(path, tmp_path):
    pytest.importorskip("nbclient", reason="nbclient is not installed here (extra dev)")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed here (extra dev)")
    # In a process of its own: what the notebook machinery warns of is not ours to mend.
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert list(tmp_path.iterdir()) == [], "a notebook writes into folders of its own only"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_what_is_kept_in_it(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST
    assert not re.search(r"(?<![\w.<])/(home|tmp|root|var|usr|opt|mnt)/", text), (
        "a path of a machine"
    )
    cells = json.loads(text)["cells"]
    code = [c for c in cells if c["cell_type"] == "code"]
    outputs = [o for c in code for o in c["outputs"]]
    assert all(c["outputs"] for c in code if c["source"][-1].strip().endswith(".plot()"))
    assert outputs and not [o for o in outputs if o["output_type"] == "error"]
    assert not [o for o in outputs if o.get("name") == "stderr"]
