"""Figures of the R package dga on its own grids, reproduced.

dga is deterministic and the formula is closed: the only tolerances are the digits it prints (1e-7
for means and weights) and its quantiles, which are whole numbers on the grid: 1e-3 as asked.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import uncounted as uc
from uncounted.estimators.graphs import DecomposableGraphs

RUNS = json.loads((Path(__file__).parent / "dga.json").read_text())["runs"]


@pytest.mark.parametrize("run", RUNS, ids=lambda r: f"{r['table']} {r['delta']} {r['largest']}")
def test_same_figures_as_dga(run):
    if run["points"]:
        hidden = np.round(np.linspace(1, run["largest"], run["points"]))
    else:
        hidden = np.arange(1.0, run["largest"] + 1.0)
    table = uc.published.load(run["table"])
    found = DecomposableGraphs(delta=run["delta"], hidden=hidden).posterior(table)
    assert (found.mass * (found.n + found.hidden)).sum() == pytest.approx(run["mean"], rel=1e-4)
    for q, value in run["quantiles"].items():
        assert found.quantile(float(q.rstrip("%")) / 100) == pytest.approx(value, rel=1e-3)
    for ours, theirs in zip(found.heaviest(table.t), run["models"], strict=False):
        cliques = sorted("".join(sorted(c.split("-"))) for c in theirs["cliques"].split(","))
        assert ours["cliques"] == f"[{','.join(cliques)}]"
        assert ours["weight"] == pytest.approx(theirs["weight"], abs=1e-6)
        assert ours["mean"] == pytest.approx(theirs["mean"], rel=1e-6)
