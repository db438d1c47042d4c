"""Coverage of the consensus where small counts are hidden, beside the same tables in full.

    python -m benchmarks.censored_coverage [--tables 100] [--slow 20] [--keep FOLDER]

Writes benchmarks/results/censored_coverage.md; with ``--keep`` a study that was stopped goes on. Every table is drawn from a population of known
size; counts of 1 to 4 are then written as a range, or all below five (zeros too), or a list gives
only its total.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import uncounted as uc
from uncounted.core.censored import CensoredTable
from uncounted.engine.jobs import Job, map_jobs
from uncounted.estimators.consensus import Consensus
from uncounted.simulation import populations

RESULT = Path(__file__).parent / "results" / "censored_coverage.md"
WAYS = ("nothing", "1 to 4 hidden", "below 5 hidden, zeros too", "a list gives only its total")


def designs() -> list[populations.Design]:
    """Three and four lists, independent of each other or with one pair that depends."""
    return [
        populations.independent_lists(600, [0.16, 0.12, 0.1], "independent, 3 lists"),
        populations.paired_lists(800, [0.15, 0.12, 0.1], {(0, 1): 1.0}, "one pair, 3 lists"),
        populations.independent_lists(600, [0.14, 0.11, 0.09, 0.08], "independent, 4 lists"),
    ]


def hidden(table: uc.OverlapTable, way: str) -> CensoredTable:
    """Hide counts as agencies do."""
    counts = np.array(table.counts).clip(0)
    if way == "a list gives only its total":
        rest = table.keep(range(table.t - 1))
        full = np.array(rest.counts).clip(0)
        last = {table.lists[-1]: int(table.list_sizes[-1])}
        return CensoredTable(rest.lists, full, full, totals=last)
    few = (counts < 5) & (counts >= (1 if way == "1 to 4 hidden" else 0))
    few[0] = False
    low = np.where(few, 1 if way == "1 to 4 hidden" else 0, counts)
    return CensoredTable(table.lists, low, np.where(few, 4, counts))


def one(seed: int, place: int, way: str) -> dict[str, float] | None:
    """Whether both ranges of one table hold the truth, their widths, the error and the hidden counts."""
    design = designs()[place]
    table = design.draw(np.random.default_rng([20261127, place, seed]))
    given = table if way == WAYS[0] else hidden(table, way)
    found = uc.estimate(given, Consensus(draws=0))[0]
    if found.point is None or found.interval is None:
        return None
    ends, likely = found.interval, found.diagnostics["likely"]
    return {
        "held": float(ends.lower <= design.population <= ends.upper),
        "width": ends.upper / ends.lower,
        "likely": float(likely["lower"] <= design.population <= likely["upper"]),
        "likely width": likely["upper"] / likely["lower"],
        "error": float(np.log(found.point / design.population)),
        "hidden": given.censored if isinstance(given, CensoredTable) else 0,
    }


def main() -> None:
    """Draw, hide, estimate, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--keep", type=Path)
    parser.add_argument(
        "--slow", type=int, default=20, help="tables of a row whose tables are slow"
    )
    chosen = parser.parse_args()
    lines = [
        "# Coverage where counts are hidden",
        "",
        f"`python -m benchmarks.censored_coverage --tables {chosen.tables} --slow {chosen.slow}`. Intervals of the "
        "consensus (95%): whatever the lists do, and likely; upper over lower end (median); mean of "
        "log(estimate / truth). In brackets the tables of the row.",
        "",
        "| design | what is hidden | whatever the lists do | width | likely | width | bias | "
        "hidden counts (mean) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for place, design in enumerate(designs()):
        for way in WAYS:
            total = way == WAYS[-1]
            if design.t == 4 and way == WAYS[2]:
                continue  # about nine counts of fifteen are hidden, and a table takes ten seconds
            if total and design.t < 4:
                continue
            many = chosen.slow if design.t == 4 and way == WAYS[1] else chosen.tables
            jobs = [Job(f"{place}/{way}/{seed}", (seed, place, way)) for seed in range(many)]
            made = map_jobs(one, jobs, workers=1, resume=chosen.keep)
            rows = [r for r in made if r is not None]
            mean = {k: float(np.mean([r[k] for r in rows])) for k in rows[0]}
            middle = {k: float(np.median([r[k] for r in rows])) for k in rows[0]}
            lines.append(
                f"| {design.name} | {way} | {mean['held']:.2f} ({len(rows)}) | {middle['width']:.2f} | "
                f"{mean['likely']:.2f} | {middle['likely width']:.2f} | {mean['error']:+.3f} | "
                f"{mean['hidden']:.1f} |"
            )
            print(lines[-1], flush=True)
    RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
