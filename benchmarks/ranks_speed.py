"""Rank sets of 200 countries from 10,000 draws, and exact sets of 200 counts: processor seconds.

Run with ``python -m benchmarks.ranks_speed``; ratios are to one plain pass over all pairs in numpy,
measured in the same run, so that a busy machine does not change them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from uncounted.ranks import rank_counts, rank_draws, rank_estimates

P, DRAWS = 200, 10_000


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def plain(z: np.ndarray) -> np.ndarray:
    """The largest absolute studentised difference per draw, written as one would at first."""
    sd = z.std(axis=0)
    best = np.zeros(z.shape[0])
    for j in range(z.shape[1] - 1):
        gap = (z[:, j + 1 :] - z[:, j, None]) / np.hypot(sd[j + 1 :], sd[j])
        best = np.maximum(best, np.abs(gap).max(axis=1))
    return best


def main() -> None:
    rng = np.random.default_rng(1)
    theta = rng.normal(0, 3, P)
    z = rng.normal(theta, 1, (DRAWS, P))
    counts = rng.poisson(np.exp(rng.normal(4, 1.5, P)))
    base = seconds(lambda: plain(z))
    rows = [
        ("plain numpy, one pass, no step-down", base),
        ("step-down, simultaneous", seconds(lambda: rank_draws(z))),
        ("step-down, marginal (200 families)", seconds(lambda: rank_draws(z, simultaneous=False))),
        ("step-down from standard errors", seconds(lambda: rank_estimates(theta, np.ones(P)))),
        ("exact, simultaneous (39,800 tests)", seconds(lambda: rank_counts(counts))),
        ("exact, marginal", seconds(lambda: rank_counts(counts, simultaneous=False))),
    ]
    print(f"| {P} countries, {DRAWS:,} draws | processor seconds | ratio |\n|---|---|---|")
    for name, s in rows:
        print(f"| {name} | {s:.2f} | {s / base:.2f} |")


if __name__ == "__main__":
    main()
