"""Coverage of doubly robust estimates by simulation: ``python -m benchmarks.doubly_robust [N]``.

People have two covariates; given these, two, three or four lists meet them independently, with
chances that the covariates change by a factor of three or so. Reported, over N populations each: how many
were refused, and of the others how often the 95% interval holds the truth, the bias and the spread
of the estimated number of people on no list (logs). Monte Carlo errors in brackets.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from uncounted.core.cases import CaseTable
from uncounted.errors import Refusal
from uncounted.estimators.doubly_robust import DoublyRobust

RESULT = Path(__file__).parent / "results" / "doubly_robust.md"
DESIGNS = (
    (2, 2000, -0.8), (2, 8000, -1.5), (2, 1000, -0.3), (3, 6000, 0.0), (3, 8000, -0.8),
    (3, 3000, -0.3), (4, 6000, 0.2),
)  # fmt: skip
"""Lists, people, and the log odds that the first list meets a typical person."""


def population(seed: int, lists: int, people: int, first: float) -> CaseTable:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(people, 2))
    level = np.linspace(first, first - 0.5, lists) + 0.7 * x[:, [0]] - 0.28 * x[:, [1]]
    on = rng.random((people, lists)) < 1 / (1 + np.exp(-level))
    met = on.any(axis=1)
    return CaseTable(tuple("ABCDEF"[:lists]), on[met].astype(np.uint8), x[met], ("x", "z"))


def study(lists: int, people: int, first: float, n: int) -> str:
    hold, log, seen, refused = [], [], [], 0
    for seed in range(n):
        cases = population(seed, lists, people, first)
        seen.append(cases.n)
        try:
            found = DoublyRobust(draws=100).estimate(cases, seed=seed)
        except Refusal:
            refused += 1
            continue
        assert found.point is not None and found.interval is not None
        hold.append(found.interval.lower <= people <= found.interval.upper)
        log.append(np.log(max(found.point - cases.n, 1.0) / (people - cases.n)))
    start = f"| {lists} | {people:,} | {np.mean(seen):,.0f} | {refused} of {n} | "
    if len(hold) < 5:
        return start + "| | |"
    c = float(np.mean(hold))
    error = np.sqrt(c * (1 - c) / len(hold))
    return start + f"{c:.3f} ({error:.3f}) | {np.median(log):+.2f} | {np.std(log):.2f} |"


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    lines = [
        "# Doubly robust estimates: coverage by simulation",
        "",
        f"Made by `python -m benchmarks.doubly_robust {n}`; Monte Carlo errors in brackets.",
        "",
        "| lists | people | of them on a list | refused | 95% interval holds | bias of the log of the hidden | its spread |",
        "|---|---|---|---|---|---|---|",
    ]
    for design in DESIGNS:
        lines.append(study(*design, n))
        print(lines[-1], flush=True)
    RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
