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

from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs
from uncounted.linkage import link
from uncounted.pooling.consensus_draws import consensus_over_draws
from uncounted.pooling.linkage_draws import estimate_over_draws
from uncounted.synthetic import DEPENDENCE, example_coalition

POPULATION = 1500
LEVELS = ("low", "medium", "high")
RESULT = Path(__file__).parent / "results" / "coalition_figure.md"


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


def figures(made: dict[str, list[list[int]]]) -> dict[str, tuple[float, ...]]:
    """Point and ends over the truth: careful and likely range over draws, certain, and without error; and BIC."""
    lists = made["lists"]
    tables = {
        way: [OverlapTable.from_histories(lists, np.array(c)) for c in made[way]]
        for way in ("truth", "certain", "draws")
    }
    found: dict[str, tuple[float, ...]] = {}
    for way, given in tables.items():
        over = consensus_over_draws(given, seed=1, threads=1)
        e = over.estimate
        found[way] = (e.point, e.interval.lower, e.interval.upper)
        if way == "draws":
            found["likely"] = (e.point, over.likely.lower, over.likely.upper)
    e = estimate_over_draws(tables["draws"], "bic", seed=1, threads=1).estimate
    found["bic"] = (e.point, e.interval.lower, e.interval.upper)
    return {way: tuple(x / POPULATION for x in ends) for way, ends in found.items()}


WAYS = {
    "draws": "figure of the page, whatever the lists do",
    "likely": "figure of the page, likely range",
    "certain": "one answer taken as certain, whatever the lists do",
    "truth": "were it known who is who, whatever the lists do",
    "bic": "bic over draws, the headline before",
}


def table(results: dict[str, list[dict[str, tuple[float, ...]]]]) -> list[str]:
    """Lines of the table."""
    lines = [
        "| errors | coalitions | range | held | N below | N above | hi/lo | middle over N | RMSE of log |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for level, rows in results.items():
        for way, words in WAYS.items():
            a = np.array([r[way] for r in rows])
            below, above = (a[:, 1] > 1.0).sum(), (a[:, 2] < 1.0).sum()
            cells = [
                level,
                str(len(a)),
                words,
                f"{len(a) - below - above} of {len(a)}",
                str(below),
                str(above),
                f"{np.median(a[:, 2] / a[:, 1]):.2f}",
                f"{a[:, 0].mean():.3f}",
                f"{np.sqrt(np.mean(np.log(a[:, 0]) ** 2)):.3f}",
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


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
    made = map_jobs(linked, jobs, kind="processes", resume=chosen.keep, workers=chosen.workers)
    lines = [
        "# The figure of a run on the example coalition, N = 1,500",
        "",
        f"`python -m benchmarks.coalition_figure --seeds {chosen.seeds} --draws {chosen.draws} --write`. "
        f"{chosen.draws} linkage draws (a run takes 200). *N below*, *N above*: where the range misses N.",
        "",
        "Both ranges over-cover here: one table does not tell this coalition's pairs of dependent lists from stronger ways "
        "to differ, and the ranges are made for all of them. `bic` has the true model among its own, which a coalition cannot "
        "know; over all ways its intervals hold far less often (calibration.md).",
        "",
        *table(
            {
                level: [figures(made[i]) for i, job in enumerate(jobs) if job.args[1] == level]
                for level in LEVELS
            }
        ),
    ]
    print("\n".join(lines))
    if chosen.write:
        RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
