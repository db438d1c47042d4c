"""Do rank sets and shares hold their level? Simulation, with Monte Carlo errors.

Run with ``python -m benchmarks.ranks_coverage``; it prints the table kept in
``benchmarks/results/ranks_coverage.md``. A set covers where it holds every rank the truth allows
(ties allow several).
"""

from __future__ import annotations

import numpy as np

from uncounted.ranks import (
    joint_intervals_of_counts,
    rank_counts,
    rank_draws,
    rank_estimates,
    rank_intervals,
)
from uncounted.shares.posterior import shares

RUNS = 2000
TRUTHS = {
    "USA 2008 shares, 188 people": (np.array([66, 56, 46, 12, 8]) / 188, 188),
    "five equal, 100 people": (np.full(5, 0.2), 100),
    "ten, geometric, 500 people": (0.7 ** np.arange(10) / (0.7 ** np.arange(10)).sum(), 500),
    "six, two rare, 60 people": (np.array([0.4, 0.3, 0.2, 0.08, 0.01, 0.01]), 60),
}


def bounds(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    best = 1 + (theta[None, :] > theta[:, None]).sum(axis=1)
    worst = theta.size - (theta[None, :] < theta[:, None]).sum(axis=1)
    return best, worst


def main() -> None:
    rng = np.random.default_rng(20)
    print(f"Nominal level 95%; {RUNS:,} tables each; Monte Carlo standard error in brackets.\n")
    print(
        "| truth | exact, simultaneous | exact, marginal (worst origin) | joint | multinomial step-down |"
    )
    print("|---|---|---|---|---|")
    for name, (share, n) in TRUTHS.items():
        best, worst = bounds(share)
        hit = np.zeros(4)
        alone = np.zeros(share.size)
        boot = 400
        for i in range(RUNS):
            x = rng.multinomial(n, share)
            r = rank_counts(x)
            hit[0] += bool(((r.lower <= best) & (r.upper >= worst)).all())
            m = rank_counts(x, simultaneous=False)
            alone += (m.lower <= best) & (m.upper >= worst)
            j = rank_intervals(*joint_intervals_of_counts(x))
            hit[2] += bool(((j.lower <= best) & (j.upper >= worst)).all())
            if i < boot:
                z = rng.multinomial(n, x / n, size=1000).astype(float)
                s = rank_draws(z, estimates=x)
                hit[3] += bool(((s.lower <= best) & (s.upper >= worst)).all())
        hit[1] = alone.min()
        cells = []
        for h, runs in zip(hit, (RUNS, RUNS, RUNS, boot), strict=True):
            p = h / runs
            cells.append(f"{p:.1%} ({np.sqrt(max(p * (1 - p), 0.5 / runs) / runs):.1%})")
        print(f"| {name} | {' | '.join(cells)} |")

    print(
        "\n| estimates (independent normal) | step-down, simultaneous | marginal (worst) |\n|---|---|---|"
    )
    for name, theta in {
        "ten, three tied at each of three values": np.repeat([0.0, 1.0, 2.0], [4, 3, 3]),
        "ten, spread over nine standard errors": np.arange(10.0),
        "ten, all tied": np.zeros(10),
    }.items():
        best, worst = bounds(theta)
        runs, hits, alone = 600, 0, np.zeros(theta.size)
        for i in range(runs):
            x = rng.normal(theta, 1.0)
            r = rank_estimates(x, np.ones(theta.size), draws=2000, seed=i)
            hits += bool(((r.lower <= best) & (r.upper >= worst)).all())
            m = rank_estimates(x, np.ones(theta.size), draws=2000, seed=i, simultaneous=False)
            alone += (m.lower <= best) & (m.upper >= worst)
        a, b = hits / runs, alone.min() / runs
        print(
            f"| {name} | {a:.1%} ({np.sqrt(a * (1 - a) / runs):.1%}) | {b:.1%} ({np.sqrt(b * (1 - b) / runs):.1%}) |"
        )

    print(
        "\n| shares | Goodman, simultaneous | Sison-Glaz | Dirichlet, simultaneous |\n|---|---|---|---|"
    )
    for name, (share, n) in TRUTHS.items():
        cells = []
        for method, runs in (
            ("goodman", RUNS),
            ("exact", RUNS),
            ("sison-glaz", 100),
            ("dirichlet", 500),
        ):
            hits = 0
            for i in range(runs):
                x = rng.multinomial(n, share)
                found = shares(x, method=method, draws=2000, seed=i).shares
                hits += all(
                    s.interval.lower <= t <= s.interval.upper
                    for s, t in zip(found, share, strict=True)
                )
            p = hits / runs
            cells.append(f"{p:.1%} ({np.sqrt(p * (1 - p) / runs):.1%})")
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
