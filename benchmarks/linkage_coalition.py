"""The example coalition at three levels of error: does the final interval hold N, with and without draws?

    python -m benchmarks.linkage_coalition [--seeds 100] [--draws 100] [--write] [--keep FOLDER]

Two designs, N = 1,500, five lists, records without a valid release left out as in a run:

* *as run*: the example as `uncounted new --example` writes it, whose lists refer to one another
  (`[12,34,5]`), estimated as `uncounted run` does by default (bic, interactions of two lists);
* *lists independent*: the same without referral, estimated by main effects, which is true there: what
  goes wrong here is linkage's doing.

With ``--keep`` finished samples are kept in a folder, and a study that was stopped goes on. The table
goes to benchmarks/results/linkage_coalition.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from benchmarks.linkage_coverage import LINES, mean_row, measure

from uncounted.engine.jobs import Job, map_jobs
from uncounted.linkage import link
from uncounted.synthetic import DEPENDENCE, example_coalition

POPULATION = 1500
LEVELS = ("low", "medium", "high")
DESIGNS = {"as run": (DEPENDENCE, "bic"), "lists independent": ({}, "main")}


def one(seed, level, design, draws):
    """What is measured on one coalition."""
    dependence, method = DESIGNS[design]
    made = example_coalition(seed, error_level=level, population=POPULATION, dependence=dependence)
    gates = made.released()
    records = [r.take(g) for r, g in zip(made.records, gates, strict=True)]
    person = np.concatenate([p[g] for p, g in zip(made.person, gates, strict=True)])
    found = link(records, seed=seed)
    return measure(found, person, POPULATION, method=method, draws=draws, seed=seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    lines = [
        "# The example coalition at three levels of error, N = 1,500",
        "",
        f"`python -m benchmarks.linkage_coalition --seeds {chosen.seeds} --draws {chosen.draws}"
        " --write`",
        "",
        *LINES,
    ]
    for design in DESIGNS:
        for level in LEVELS:
            jobs = [
                Job(f"{design}/{level}/{seed}/{chosen.draws}", (seed, level, design, chosen.draws))
                for seed in range(1, chosen.seeds + 1)
            ]
            got = map_jobs(one, jobs, kind="processes", resume=chosen.keep)
            lines += mean_row(f"{design}, errors {level}", got)
            print(lines[-1], flush=True)
    if chosen.write:
        Path("benchmarks/results/linkage_coalition.md").write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
