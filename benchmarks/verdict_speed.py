"""Speed of the verdict's parts: CPU seconds, the second run of each (compiling is not counted).

    python -m benchmarks.verdict_speed

writes ``benchmarks/results/verdict_speed.csv``. The peer's time for graphs on five lists (dga 2.0.2: 822
graphs, 82,320 hidden counts) is 4.3 CPU seconds, measured on a machine of the same kind.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import uncounted as uc
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.graphs import DecomposableGraphs
from uncounted.simulation.populations import like
from uncounted.simulation.study import simulate
from uncounted.verdict.assess import assess

RESULTS = Path(__file__).parent / "results"
PEER = 4.3


def least(work: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Least CPU and wall seconds of several runs, after one that is not counted."""
    work()
    cpu, wall = [], []
    for _ in range(times):
        c, w = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - c)
        wall.append(time.perf_counter() - w)
    return min(cpu), min(wall)


def main() -> None:
    five, six = uc.published.load("uk2013-5"), uc.published.load("uk2013")
    sparse = uc.published.load("western-us")
    whole = np.arange(1.0, 82_321.0)
    rows = []

    def record(what: str, work: Callable[[], object], aim: str, times: int = 5) -> float:
        cpu, wall = least(work, times)
        rows.append({"what": what, "cpu_s": f"{cpu:.4f}", "wall_s": f"{wall:.4f}", "aim": aim})
        print(f"{what}: {cpu:.4f} CPU s, {wall:.4f} s ({aim})", flush=True)
        return cpu

    cpu = record(
        "graphs, 5 lists, 822 graphs x 82,320 hidden counts",
        lambda: DecomposableGraphs(hidden=whole).posterior(five),
        "at most 1/20 of the peer's 4.3 CPU s: 0.215",
    )
    rows[-1]["times_faster_than_peer"] = f"{PEER / cpu:.0f}"
    print(f"  {PEER / cpu:.0f} times the peer")
    record(
        "graphs, 6 lists, 18,154 graphs, default grid",
        lambda: DecomposableGraphs(sensitivity=False).estimate(six),
        "within 10 s",
    )
    record("consensus, uk2013-5", lambda: Consensus(draws=0).posterior(five), "under 0.1 s")
    record(
        "consensus, western-us (sparse)",
        lambda: Consensus(draws=0).posterior(sparse),
        "under 0.1 s",
    )
    design = like(five)
    record(
        "simulate --like uk2013-5, 100 tables in this process (a tenth of the aim)",
        lambda: simulate_here(design, 100),
        "1,000 tables under 60 s on two cores: 12 CPU s",
        1,
    )
    record(
        "assess uk2013-5, complete",
        lambda: assess(five, unreachable_group="no"),
        "under a minute on two cores",
        1,
    )
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "verdict_speed.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, ["what", "cpu_s", "wall_s", "aim", "times_faster_than_peer"])
        writer.writeheader()
        writer.writerows(rows)


def simulate_here(design, tables: int) -> object:
    return simulate(design, {"consensus": Consensus(draws=0)}, replications=tables, workers=1)


if __name__ == "__main__":
    main()
