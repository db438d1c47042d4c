"""How often 95% intervals hold N where few and where most people are met: what keeping n costs.

    python -m benchmarks.resampling_coverage [--tables 400] [--write]

Four independent lists of a population of 1,500, main effects, which is true here. Resamples of the people
met keep their number n, so the chance that it was n of N is missing from the percentile and the BCa
interval; *a run's* (`uncounted run`) puts it back. The table goes to
benchmarks/results/resampling_coverage.md.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np

from uncounted.core.table import OverlapTable
from uncounted.estimators.registry import MethodSettings, make
from uncounted.pooling.linkage_draws import estimate_over_draws

POPULATION = 1500
CHANCES = (
    (0.06, 0.05, 0.06, 0.05),
    (0.15, 0.12, 0.15, 0.12),
    (0.30, 0.25, 0.30, 0.25),
    (0.50, 0.40, 0.50, 0.40),
)
KINDS = ("wald", "profile", "percentile", "bca", "a run's")
RESAMPLES = 400


def held(chances, tables, seed):
    """Tables whose interval of each kind holds N."""
    rng = np.random.default_rng(seed)
    out: Counter[str] = Counter()
    for number in range(tables):
        met = rng.random((POPULATION, len(chances))) < np.array(chances)
        counts = np.bincount((met << np.arange(len(chances))).sum(axis=1), minlength=16)
        counts[0] = 0
        table = OverlapTable.from_histories(["a", "b", "c", "d"], counts)
        own = make("main", MethodSettings(bootstrap=RESAMPLES, threads=1)).estimate(
            table, seed=number
        )
        run = estimate_over_draws([table], "main", resamples=RESAMPLES, seed=number, threads=1)
        ends = {i["kind"]: (i["lower"], i["upper"]) for i in own.diagnostics["intervals"]}
        ends["a run's"] = (run.estimate.interval.lower, run.estimate.interval.upper)
        out.update(kind for kind, (low, high) in ends.items() if low <= POPULATION <= high)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=400)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = [
        "# 95% intervals by how many people are met, four independent lists, N = 1,500",
        "",
        f"`python -m benchmarks.resampling_coverage --tables {chosen.tables} --write`; {RESAMPLES}"
        f" resamples each. Share of {chosen.tables} tables whose interval holds N.",
        "",
        f"| met | {' | '.join(KINDS)} |",
        "|---|" + "---|" * len(KINDS),
    ]
    for seed, chances in enumerate(CHANCES):
        found = held(chances, chosen.tables, seed)
        shares = " | ".join(f"{found[kind] / chosen.tables:.3f}" for kind in KINDS)
        lines.append(f"| {1 - np.prod(1 - np.array(chances)):.2f} | {shares} |")
    lines.append("")
    print("\n".join(lines))
    if chosen.write:
        Path("benchmarks/results/resampling_coverage.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
