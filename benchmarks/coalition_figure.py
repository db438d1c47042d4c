"""The figure that `uncounted run` publishes, on the example coalition at three levels of linkage error.

    python -m benchmarks.coalition_figure --keep FOLDER [--seeds 100] [--draws 60] [--write]

N = 1,500, five lists, records without a valid release left out as in a run. The figure is the consensus
over linkage draws (`uncounted.pooling.consensus_draws`), as in a run. Linking is the dear part: its tables
are kept in the folder, and a study that was stopped, or is repeated with another figure, goes on from there.
The table goes to benchmarks/results/coalition_figure.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from benchmarks.linkage_coverage import true_table

from uncounted.engine.jobs import Job, map_jobs
from uncounted.linkage import link
from uncounted.synthetic import DEPENDENCE, example_coalition

POPULATION = 1500
LEVELS = ("low", "medium", "high")


def linked(seed: int, level: str, draws: int) -> dict[str, list[list[int]]]:
    """Overlap tables of one coalition: of each draw, of the one answer, and of the truth."""
    made = example_coalition(seed, error_level=level, population=POPULATION, dependence=DEPENDENCE)
    gates = made.released()
    records = [r.take(g) for r, g in zip(made.records, gates, strict=True)]
    person = np.concatenate([p[g] for p, g in zip(made.person, gates, strict=True)])
    found = link(records, seed=seed)
    drawn = found.draw(draws, seed=seed)
    return {
        "lists": list(found.lists),
        "draws": [t.counts.tolist() for t in drawn.tables],
        "certain": [found.table().counts.tolist()],
        "truth": [true_table(found.lists, found.member, person).counts.tolist()],
    }


def main() -> None:
    """Link, estimate, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    jobs = [
        Job(f"{level}/{seed}/{chosen.draws}", (seed, level, chosen.draws))
        for seed in range(1, chosen.seeds + 1)
        for level in LEVELS
    ]
    map_jobs(linked, jobs, kind="processes", resume=chosen.keep, workers=chosen.workers)


if __name__ == "__main__":
    main()
