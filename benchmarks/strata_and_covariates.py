"""Coverage of strata with borrowed strength and of doubly robust estimation, at known N.

    python -m benchmarks.strata_and_covariates --replications 100

writes ``benchmarks/results/strata_and_covariates.csv``: one row a design and method with bias,
RMSE of log N, coverage of the nominal 95% interval, median upper/lower and refusals; coverage has a
Monte Carlo standard error of sqrt(c (1 - c) / replications), 2.2 points at 95% and 100 replications.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import uncounted as uc
from uncounted.core.estimate import Estimate
from uncounted.errors import Refusal

RESULTS = Path(__file__).parent / "results" / "strata_and_covariates.csv"
SIZES = np.array([1500, 300, 120, 60])
NAMES = ("N = 1500", "N = 300", "N = 120", "N = 60")
Row = tuple[str, str, float, Estimate | None]


def strata_table(
    rng: np.random.Generator, spread: float, missing: float, lists: int = 4
) -> uc.OverlapTable:
    """Strata that share pair interactions up to a spread; some labels lost at random."""
    masks = np.arange(1 << lists)
    on = masks[:, None] >> np.arange(lists) & 1
    shared = rng.normal(0.3, 0.3, (lists, lists))
    cells = np.zeros((SIZES.size, masks.size), dtype=np.int64)
    for s, size in enumerate(SIZES):
        reach = rng.normal(-1.6, 0.5, lists)
        pair = shared + rng.normal(0, spread, (lists, lists))
        eta = on @ reach
        for i in range(lists):
            for j in range(i):
                eta = eta + pair[i, j] * on[:, i] * on[:, j]
        p = np.exp(eta)
        cells[s] = rng.multinomial(size, p / p.sum())
    cells[:, 0] = 0
    if not missing:
        return uc.OverlapTable(tuple("ABCD"[:lists]), cells, NAMES)
    lost = rng.binomial(cells, missing)
    whole = np.vstack([cells - lost, lost.sum(axis=0)])
    return uc.OverlapTable(tuple("ABCD"[:lists]), whole, (*NAMES, "unknown"))


def strata(replications: int) -> Iterator[Row]:
    """Every design of strata."""
    for spread in (0.1, 0.5):
        for missing in (0.0, 0.25):
            design = f"strata, interactions differ by sd {spread:g}" + (
                f", {missing:.0%} without label" if missing else ""
            )
            for k in range(replications):
                rng = np.random.default_rng(
                    np.random.SeedSequence([int(10 * spread), int(100 * missing), k])
                )
                table = strata_table(rng, spread, missing)
                alone = uc.LogLinear("all-pairs", bootstrap=0) if not missing else None
                found = uc.estimate_strata(table, alone=alone, draws=1000, seed=k)
                for row, size in zip(found.rows, SIZES, strict=True):
                    yield design, f"borrowed, {row.stratum}", float(size), row.borrowed
                    if row.alone is not None:
                        yield design, f"alone (all pairs), {row.stratum}", float(size), row.alone
                yield design, "borrowed, total", float(SIZES.sum()), found.total


def case_table(rng: np.random.Generator, size: int, lists: int, steep: float) -> uc.CaseTable:
    """Lists that depend on each other only through two covariates."""
    x = rng.uniform(-1.7, 1.7, (size, 2))
    logit = -0.4 + steep * x[:, :1] + 0.4 * x[:, 1:] * np.linspace(-1, 1, lists)
    on = rng.random((size, lists)) < 1 / (1 + np.exp(-logit))
    seen = on.any(axis=1)
    return uc.CaseTable(tuple("ABC"[:lists]), on[seen].astype(np.uint8), x[seen], ("x", "z"))


def covariates(replications: int) -> Iterator[Row]:
    """Every design of cases with covariates."""
    designs = [(2, 1000, 1.0), (2, 4000, 1.0), (3, 4000, 0.5)]
    for lists, size, steep in designs:
        design = f"covariates, {lists} lists, N = {size:,}, slope {steep:g}"
        for k in range(replications):
            cases = case_table(np.random.default_rng([lists, size, k]), size, lists, steep)
            methods: list[tuple[str, Callable[[], Estimate]]] = [
                ("main effects, no covariates", lambda c=cases: _plain(c)),
                *(
                    (
                        f"{form}, {learner}",
                        lambda c=cases, f=form, g=learner: uc.DoublyRobust(
                            learner=g, form=f, draws=10
                        ).estimate(c, seed=0),
                    )
                    for form, learner in (
                        ("one-step", "logistic"),
                        ("targeted", "logistic"),
                        ("plug-in", "logistic"),
                        ("one-step", "boosting"),
                        ("plug-in", "boosting"),
                    )
                    if learner == "logistic" or k < replications // 2
                ),
            ]
            for name, run in methods:
                try:
                    yield design, name, float(size), run()
                except Refusal:
                    yield design, name, float(size), None


def _plain(cases: uc.CaseTable) -> Estimate:
    return uc.LogLinear("main", bootstrap=0).estimate(cases.overlap_table())


def main() -> None:
    """Run the study and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replications", type=int, default=100)
    settings = parser.parse_args()
    held: dict[tuple[str, str], list[tuple[float, Estimate | None]]] = {}
    for study in (strata, covariates):
        for design, method, truth, estimate in study(settings.replications):
            held.setdefault((design, method), []).append((truth, estimate))
    with RESULTS.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(
            [
                "design",
                "method",
                "replications",
                "refused",
                "bias_log",
                "rmse_log",
                "coverage",
                "width",
            ]
        )
        for (design, method), runs in held.items():
            good = [(n, e) for n, e in runs if e is not None and e.point and e.interval]
            errors = np.array([math.log(e.point / n) for n, e in good])
            inside = [e.interval.lower <= n <= e.interval.upper for n, e in good]
            wide = [e.interval.upper / e.interval.lower for _, e in good]
            writer.writerow(
                [
                    design,
                    method,
                    len(runs),
                    len(runs) - len(good),
                    f"{errors.mean():.3f}",
                    f"{np.sqrt((errors**2).mean()):.3f}",
                    f"{np.mean(inside):.3f}",
                    f"{np.median(wide):.2f}",
                ]
            )


if __name__ == "__main__":
    main()
