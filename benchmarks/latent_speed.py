"""Speed of the latent class method: effective draws of N per CPU second, and cost against n.

    python -m benchmarks.latent_speed             writes results/latent_speed.md

The peer (LCMCR 0.4.14, R 4.2.2) gave 1,616 effective draws in 10.9 CPU seconds on uk2013-5, without
convergence (R-hat 1.19). Here every CPU second counts: plain chains, pilots, library, main run.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import numpy as np

from uncounted import published
from uncounted.errors import Refusal
from uncounted.estimators._latent_library import empty_library
from uncounted.estimators.latent_class import LatentClass, draw_prior
from uncounted.kernels.latent import Moves, Prior, Run, run_chain
from uncounted.kernels.latent_jumps import Data

PEER = 1616 / 10.9


def sweep_cost(name: str, times: int, sweeps: int = 4_000) -> float:
    """Microseconds a sweep with every count multiplied."""
    table = published.load(name)
    masks = np.flatnonzero(table.counts[1:] > 0) + 1
    bits = np.ascontiguousarray((masks[:, None] >> np.arange(table.t) & 1).astype(np.uint8))
    counts = table.counts[masks].astype(float) * times
    rng = np.random.default_rng(1)
    state = draw_prior(rng, 10, table.t, 0.25, 0.25)
    nothing = np.zeros((0, 10)), np.zeros((0, 10, table.t))
    for length in (500, sweeps):
        run = Run(np.empty(length), np.empty(length), *nothing, np.zeros((4, 2), np.int64))
        start = time.process_time()
        run_chain(
            rng, Data(bits, counts), Prior(0.25, 0.25), Moves(1, 1, 2, 1, 0, 0),
            empty_library(table.t).parts, state, run,
        )  # fmt: skip
    return (time.process_time() - start) / sweeps * 1e6


def main() -> None:
    lines = [
        "| table | seed | CPU s | R-hat | bulk ESS | ESS a CPU second | times the peer |",
        "|---|---|---|---|---|---|---|",
    ]
    with contextlib.suppress(Refusal):  # compile every kernel first
        LatentClass(rounds=1, sweeps=300, ess=1e9).estimate(published.load("uk2013-5"))
    for name in ("uk2013-5", "netherlands-5"):
        for seed in (1, 2, 3):
            start = time.process_time()
            d = LatentClass(threads=1).estimate(published.load(name), seed=seed).diagnostics
            cpu = time.process_time() - start
            rate = d["ess_bulk"] / cpu
            ratio = f"{rate / PEER:.1f}" if name == "uk2013-5" else "no peer converges"
            lines.append(
                f"| {name} | {seed} | {cpu:.1f} | {d['rhat']:.4f} | {d['ess_bulk']:,.0f} "
                f"| {rate:,.0f} | {ratio} |"
            )
            print(lines[-1], flush=True)
    lines += [
        "",
        "| table: microseconds a sweep with the counts as they are | times 10 | times 100 |",
        "|---|---|---|",
    ]
    for name in ("uk2013-5", "kosovo", "western-us"):
        cost = [sweep_cost(name, k) for k in (1, 10, 100)]
        lines.append(f"| {name}: {cost[0]:.0f} | {cost[1]:.0f} | {cost[2]:.0f} |")
        print(lines[-1], flush=True)
    out = Path(__file__).parent / "results"
    out.mkdir(exist_ok=True)
    head = (
        "# Speed of the latent class method\n\n`python -m benchmarks.latent_speed`, one thread.\n\n"
    )
    (out / "latent_speed.md").write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
