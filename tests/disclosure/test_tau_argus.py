"""The audit of tau-ARGUS on our suppressed tables: an outside oracle, where it is installed.

It is not a dependency and never will be one (EUPL): ``pip install pytauargus`` in an environment of
its own that can see this package, then run this file.
"""

from __future__ import annotations

import numpy as np
import pytest

from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.suppress import attack

audit = pytest.importorskip("pytauargus._tauargus").audit_jj

MOST = 100_000


def problem(counts, shown, totals) -> str:
    """Write a suppressed overlap table in the form that the audit reads: cells, then sums that are 0."""
    values = [*counts, *(sum(counts[c] for c in t.cells) for t in totals)]
    hidden = [*(c is None for c in shown.cells), *(shown.totals[t.name] is None for t in totals)]
    lines = ["0", str(len(values))]
    for i, (value, away) in enumerate(zip(values, hidden, strict=True)):
        status = "s" if not away else "u" if 0 < value < shown.threshold else "m"
        least = 1 if away else 0  # a zero is shown
        lines.append(f"{i} {value} {value} {status} {least} {MOST} 0 0 0")
    lines.append(str(len(totals)))
    for k, t in enumerate(totals, start=len(counts)):
        lines.append(f"0 {len(t.cells) + 1} : {k} (-1) " + " ".join(f"{c} (1)" for c in t.cells))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(25))
def test_its_audit_finds_the_ranges_that_our_reader_finds(seed, tmp_path):
    rng = np.random.default_rng(seed)
    lists = [f"l{i}" for i in range(int(rng.integers(2, 5)))]
    counts = rng.poisson(rng.choice([2, 8, 30, 80], (1 << len(lists)) - 1)).tolist()
    shown, totals = protect_overlap([0, *counts], lists, 11, b"key of a project")
    ours = attack(shown, totals)
    path = tmp_path / "table.jj"
    path.write_text(problem(counts, shown, totals))
    theirs = {row["cell"]: row for row in audit(str(path))}
    names = [*range(len(counts)), *(t.name for t in totals)]
    assert len(theirs) == len(ours)
    for place, row in theirs.items():
        mine = ours[names[place]]
        # Theirs are ends of a linear program, ours are rounded inwards to whole people.
        assert mine.lower == pytest.approx(np.ceil(row["min"] - 1e-6), abs=1e-6)
        if mine.upper < MOST / 10:
            assert mine.upper == pytest.approx(np.floor(row["max"] + 1e-6), abs=1e-6)
        if row["status"] == "u":
            assert row["max"] - row["min"] >= 11
