"""Chan, Silverman & Vincent (2021), section 3.4, repeated: stepwise against BIC, known truth.

    python -m benchmarks.chan_simulation --tables 500 --resume FOLDER

500 tables from the UK five-list stepwise fit (N about 11,300); stepwise and best BIC with 1,000
resamples each, the whole selection repeated, BCa intervals at 95% and 80%; the consensus beside
them. Writes ``benchmarks/results/chan_simulation.md``.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np

import uncounted as uc
from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus
from uncounted.simulation.populations import Design, like

RESULTS = Path(__file__).parent / "results"
METHODS = {
    "stepwise": uc.LogLinear(uc.Stepwise(), bootstrap=1000, threads=1),
    "best BIC, order 2": uc.LogLinear(uc.BestBIC(2), bootstrap=1000, threads=1),
    "best BIC, order 3": uc.LogLinear(uc.BestBIC(3), bootstrap=1000, threads=1),
    "consensus": Consensus(draws=0),
}
PUBLISHED = {
    "stepwise": "RMSE 3,057; 95%: 90%; 80%: about 70%",
    "best BIC, order 2": "RMSE 5,834; 95%: 61.4%; 80%: 42.8% (order not stated here)",
}


def one(design: Design, i: int) -> dict[str, tuple[float, ...]]:
    table = design.draw(stream(34, f"chan/{i}"))
    out = {}
    for name, estimator in METHODS.items():
        try:
            found = estimator.estimate(table, seed=i)
        except Refusal:
            out[name] = (math.nan,) * 5
            continue
        if name == "consensus":
            inner = Consensus(draws=0, level=0.80).estimate(table).interval
            ends = (inner.lower, inner.upper)
        else:
            ends = tuple(found.diagnostics.get("bca_80", (math.nan, math.nan)))
        out[name] = (found.point, found.interval.lower, found.interval.upper, *ends)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=500)
    parser.add_argument("--resume", type=Path)
    given = parser.parse_args()
    design = like(uc.published.load("uk2013-5"), uc.LogLinear(uc.Stepwise()))
    jobs = [Job(f"chan/{i}", (design, i)) for i in range(given.tables)]
    found = map_jobs(
        one,
        jobs,
        workers=1,
        resume=given.resume,
        progress=lambda done, total: (
            print(f"{done}/{total}", flush=True) if done % 25 == 0 else None
        ),
    )
    n = design.population
    lines = [
        "# Chan, Silverman & Vincent (2021), section 3.4, repeated",
        "",
        f"{len(found)} tables from the UK five-list stepwise fit "
        f"({design.details['model']}, N = {n:,}); made by `python -m benchmarks.chan_simulation`. "
        "± is one Monte Carlo error.",
        "",
        "| method | RMSE | mean error | coverage 95% | coverage 80% | median upper/lower (95%) "
        "| published |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in METHODS:
        rows = np.array([f[name] for f in found])
        rows = rows[~np.isnan(rows[:, 0])]
        error = rows[:, 0] - n
        square = error**2
        rmse = math.sqrt(square.mean())
        spread = square.std(ddof=1) / math.sqrt(len(rows)) / (2 * rmse)
        shares = []
        for k in (1, 3):
            held = (rows[:, k] <= n) & (n <= rows[:, k + 1])
            p = held.mean()
            shares.append(f"{p:.1%} ± {math.sqrt(p * (1 - p) / len(rows)):.1%}")
        lines.append(
            f"| {name} | {rmse:,.0f} ± {spread:,.0f} | {error.mean():+,.0f} | {shares[0]} | "
            f"{shares[1]} | {np.median(rows[:, 2] / rows[:, 1]):.2f} | {PUBLISHED.get(name, '')} |"
        )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "chan_simulation.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
