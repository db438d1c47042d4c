"""Coverage of doubly robust estimates by simulation: ``python -m benchmarks.doubly_robust [N] [--keep FOLDER]``.

People have two covariates; given these, two, three or four lists meet them independently, with
chances that the covariates change by a factor of three or so. Reported, over N populations each: how many
were refused, and of the others how often the 95% interval holds the truth, the bias and the spread
of the estimated number of people on no list (logs). Monte Carlo errors in brackets. With ``--keep``
finished populations are kept in a folder, and a study that was stopped goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from uncounted.core.cases import CaseTable
from uncounted.engine.jobs import Job, map_jobs
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


def one(seed: int, lists: int, people: int, first: float) -> dict[str, float]:
    """One population: people on a list, and where not refused whether the interval holds, and the log error."""
    cases = population(seed, lists, people, first)
    try:
        found = DoublyRobust(draws=100).estimate(cases, seed=seed)
    except Refusal:
        return {"seen": cases.n}
    assert found.point is not None and found.interval is not None
    low, high = found.interval.lower, found.interval.upper
    return {
        "seen": cases.n,
        "held": float(low <= people <= high),
        "below": float(high < people),
        "log": float(np.log(max(found.point - cases.n, 1.0) / (people - cases.n))),
    }


def study(lists: int, people: int, first: float, n: int, keep: Path | None) -> str:
    jobs = [
        Job(f"{lists}/{people}/{first}/{seed}", (seed, lists, people, first)) for seed in range(n)
    ]
    found = map_jobs(one, jobs, workers=1, resume=keep)
    some = [f for f in found if "held" in f]
    seen = np.mean([f["seen"] for f in found])
    start = f"| {lists} | {people:,} | {seen:,.0f} | {n - len(some)} of {n} | "
    if len(some) < 5:
        return start + "| | | |"
    c = float(np.mean([f["held"] for f in some]))
    error = np.sqrt(c * (1 - c) / len(some))
    below = float(np.mean([f["below"] for f in some]))
    log = np.array([f["log"] for f in some])
    return (
        start + f"{c:.3f} ({error:.3f}) | {below:.3f} | {np.median(log):+.2f} | {np.std(log):.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("populations", type=int, nargs="?", default=100)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    n = chosen.populations
    lines = [
        "# Doubly robust estimates: coverage by simulation",
        "",
        f"Made by `python -m benchmarks.doubly_robust {n}`; Monte Carlo errors in brackets.",
        "",
        "| lists | people | of them on a list | refused | 95% interval holds | lies below the truth | "
        "bias of the log of the hidden | its spread |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for design in DESIGNS:
        lines.append(study(*design, n, chosen.keep))
        print(lines[-1], flush=True)
    RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
