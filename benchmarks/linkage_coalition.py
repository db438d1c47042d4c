"""The example coalition at three error levels: do intervals hold the truth, with and without draws?

    python -m benchmarks.linkage_coalition [--seeds 100] [--draws 200] [--write]

Per seed and error level: all records of the four lists open to every origin (releases aside: this is
about linkage), linked; then people named (truth known) and N = 1,500 with lists made independent, by
the main-effects model, once over the draws and once on the one answer at the threshold as if linkage
were certain. The table goes to benchmarks/results/linkage_coalition.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from uncounted.errors import Refusal
from uncounted.linkage import link
from uncounted.project.pooled import estimate_over_draws
from uncounted.synthetic import example_coalition

POPULATION = 1500


def one(seed, level, draws):
    """What is measured on one coalition."""
    made = example_coalition(seed, error_level=level, population=POPULATION, dependence={})
    open_ = [i for i, m in enumerate(made.members) if not m.origins]
    found = link([made.records[i] for i in open_], seed=seed)
    drawn = found.draw(draws, seed=seed)
    bits = sum(1 << i for i in open_)
    truth = int(((made.histories & bits) > 0).sum())
    lower, upper = np.quantile(drawn.observed, [0.025, 0.975])
    one_answer = found.table()
    out = {
        "people_hold": lower <= truth <= upper,
        "people": drawn.observed.mean() / truth,
        "people_one": one_answer.n / truth,
    }
    for name, tables in (("draws", list(drawn.tables)), ("certain", [one_answer])):
        try:
            estimate = estimate_over_draws(tables, "main", seed=seed, threads=1).estimate
        except Refusal:
            out |= {f"{name}_hold": False, f"{name}_width": np.nan, f"{name}_point": np.nan}
            continue
        interval = estimate.interval
        out |= {
            f"{name}_hold": interval.lower <= POPULATION <= interval.upper,
            f"{name}_width": (interval.upper - interval.lower) / POPULATION,
            f"{name}_point": estimate.point / POPULATION,
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = [
        "# The example coalition, four lists, true N 1,500, lists independent",
        "",
        f"`python -m benchmarks.linkage_coalition --seeds {chosen.seeds} --draws {chosen.draws}"
        " --write`",
        "",
        "Main-effects model; 95% intervals. Ratios are to the truth, means over the seeds.",
        "",
        "| errors | seeds | people named: draws | one answer | intervals that hold it | "
        "N: draws | N: as if certain | N held: draws | N held: as if certain | "
        "width: draws | width: as if certain |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for level in ("low", "medium", "high"):
        got = [one(seed, level, chosen.draws) for seed in range(1, chosen.seeds + 1)]
        mean = {k: float(np.nanmean([g[k] for g in got])) for k in got[0]}
        n = len(got)
        lines.append(
            f"| {level} | {n} | {mean['people']:.3f} | {mean['people_one']:.3f} | "
            f"{sum(g['people_hold'] for g in got)} of {n} | {mean['draws_point']:.3f} | "
            f"{mean['certain_point']:.3f} | {sum(g['draws_hold'] for g in got)} of {n} | "
            f"{sum(g['certain_hold'] for g in got)} of {n} | {mean['draws_width']:.3f} | "
            f"{mean['certain_width']:.3f} |"
        )
        print(lines[-1], flush=True)
    if chosen.write:
        Path("benchmarks/results/linkage_coalition.md").write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
