"""The eight published tables under the latent class method, with every diagnostic.

    python -m benchmarks.latent_tables            about 80 CPU seconds; writes results/latent_tables.md

Reference medians and Monte Carlo errors: a study with eight chains a table and two libraries
(November 2026). ``z`` is the difference of the medians over both sides' Monte Carlo error.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

from uncounted import published
from uncounted.errors import Refusal
from uncounted.estimators.latent_class import LatentClass

# name: median, its Monte Carlo error, 2.5%, its error, 97.5%, its error
REFERENCE = {
    "netherlands-5": (132164.5, 855.3, 44103.0, 98.2, 284133.5, 8282.1),
    "uk2013-5": (22293.0, 29.1, 15764.0, 43.9, 34216.0, 124.6),
    "netherlands": (146028.0, 365.5, 111437.0, 2353.5, 210802.0, 1738.8),
    "uk2013": (22919.0, 34.1, 16972.0, 40.6, 33920.1, 115.9),
    "western-us": (1837.0, 4.7, 1310.0, 2.1, 2989.0, 12.9),
    "korea-palembang": (138.0, 0.2, 124.0, 0.5, 202.0, 1.0),
    "new-orleans-5": (799.0, 1.1, 555.0, 1.1, 1282.0, 4.2),
    "kosovo": (10416.0, 11.5, 9090.0, 38.6, 13720.0, 100.9),
}


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    LatentClass(rounds=1, sweeps=300, ess=1e-9, rhat=9.0).estimate(published.load("uk2013-5"))
    lines = [
        "| table | R-hat | bulk ESS | tail ESS | CPU s | median (MC error) | 95% interval | reference median | z | modes: mass, median [95%] | sampler |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, (median, error, *_) in REFERENCE.items():
        start = time.process_time()
        try:
            e = LatentClass(threads=1).estimate(published.load(name), seed=seed)
        except Refusal as refusal:
            lines.append(f"| {name} | refused: {refusal} |")
            continue
        cpu = time.process_time() - start
        d = e.diagnostics
        ours = d["mc_error"]["median"]
        z = (e.point - median) / math.hypot(ours, error)
        modes = "; ".join(
            f"{m['mass']:.2f}, {m['median']:,.0f} [{m['lower']:,.0f}, {m['upper']:,.0f}]"
            for m in d["modes"]
        )
        lines.append(
            f"| {name} | {d['rhat']:.4f} | {d['ess_bulk']:,.0f} | {d['ess_tail']:,.0f} | {cpu:.1f} "
            f"| {e.point:,.0f} ({ours:,.1f}) | {e.interval.lower:,.0f}-{e.interval.upper:,.0f} "
            f"| {median:,.0f} ({error}) | {z:+.1f} | {modes} | {d['sampler']} |"
        )
        print(lines[-1], flush=True)
    out = Path(__file__).parent / "results"
    out.mkdir(exist_ok=True)
    text = f"""# Latent classes on the eight published tables

`python -m benchmarks.latent_tables {seed}`: one run with the defaults (four chains from the prior),
pilot chains and library included in the CPU time.

"""
    (out / "latent_tables.md").write_text(text + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
