"""The likely range weighed by a group of known size: ``python -m benchmarks.group_likely [TABLES]``.

Populations of 2,000 on four lists, as in `benchmarks.knowledge`; of a typical group of 150 it is known how many
are on a list. Written to benchmarks/results/group_likely.md: how often the likely range holds without the group
and with it, the median of its upper over its lower end, and the RMSE of the figure on the log scale.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from benchmarks.knowledge import LISTS, PEOPLE, group, half_hidden, independent, referral

from uncounted.core.table import OverlapTable
from uncounted.estimators.consensus import Consensus

RESULT = Path(__file__).parent / "results" / "group_likely.md"
POPULATIONS = (
    ("lists independent", independent),
    ("four in ten of one list sent on to another", referral),
    ("half of the people at a tenth of the chance", half_hidden),
)


def main() -> None:
    """Draw, estimate with and without, write."""
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    lines = [
        "# The likely range weighed by a group of known size",
        "",
        f"`python -m benchmarks.group_likely {tables}`: {tables} populations of {PEOPLE:,} a row. Left without the "
        "group, right with it.",
        "",
        "| people | held | hi/lo | RMSE | held | hi/lo | RMSE |",
        "|---|---|---|---|---|---|---|",
    ]
    weights = 1 << np.arange(len(LISTS))
    for name, draw in POPULATIONS:
        cells = []
        rows: dict[bool, list[tuple[float, float, float]]] = {False: [], True: []}
        for seed in range(tables):
            rng = np.random.default_rng(seed)
            on = draw(rng)
            known = group(rng, on, easier=False)
            counts = np.bincount(on @ weights, minlength=1 << len(LISTS))
            counts[0] = 0
            table = OverlapTable.from_histories(LISTS, counts)
            for told in (False, True):
                rule = Consensus(draws=0, knowledge=known) if told else Consensus(draws=0)
                found = rule.over([rule.posterior(table)])
                ends = found.likely
                held = float(ends.lower <= PEOPLE <= ends.upper)
                rows[told].append((held, ends.upper / ends.lower, np.log(found.point / PEOPLE)))
        for told in (False, True):
            held, width, error = np.array(rows[told]).T
            cells += [
                f"{int(held.sum())}/{tables}",
                f"{np.median(width):.2f}",
                f"{np.sqrt(np.mean(error**2)):.3f}",
            ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
