"""Bias and coverage of gravity with censored counts: ``python -m benchmarks.patterns_coverage [N] [--keep FOLDER]``.

Flows with a known distance effect (-1.5) and known country effects are drawn as Poisson and as
negative binomial (size 2) by year, published with "<5", and fitted both ways. Reported: the ratio
of the censored people imputed (or at their midpoint) to the truth, the bias of the distance
effect, and how often the 95% intervals hold the truth: of the distance effect, and of the expected
detected flow of a pair. Monte Carlo errors stand in brackets. With ``--keep`` finished sets of flows are
kept in a folder, and a study that was stopped goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from uncounted.engine.jobs import Job, map_jobs
from uncounted.flows.gravity import fit_gravity
from uncounted.places.covariates import pairs
from uncounted.sources.detected_flows import DetectedFlows

RESULT = Path(__file__).parent / "results" / "patterns_coverage.md"
CODES = [
    "AUT", "BEL", "BGR", "BLR", "CHN", "CIV", "CMR", "CZE", "DEU", "DNK", "DZA", "EGY", "ESP", "EST", "FIN",
    "FRA", "GBR", "GHA", "GRC", "HRV", "HUN", "IND", "ITA", "LTU", "LVA", "MAR", "MDA", "NGA", "NLD",
    "PAK", "POL", "PRT", "ROU", "RUS", "SEN", "SVK", "SWE", "TUN", "TUR", "UKR",
]  # fmt: skip
YEARS, BETA, DRAWS = 4, -1.5, 600


def simulate(seed: int, size: float | None):
    rng = np.random.default_rng(seed)
    d, o = (x.ravel() for x in np.meshgrid(CODES, CODES, indexing="ij"))
    d, o = d[d != o], o[d != o]
    x = pairs(o, d, names=["distance"]).values[:, 0]
    a = dict(zip(CODES, rng.normal(0, 0.7, len(CODES)), strict=True))
    b = dict(zip(CODES, rng.normal(0, 0.7, len(CODES)), strict=True))
    mean = np.exp(11.5 + BETA * x + [a[i] + b[j] for i, j in zip(d, o, strict=True)])
    level = mean if size is None else mean * rng.gamma(size, 1 / size, mean.size)
    rows, truth = [], 0
    for year in range(2010, 2010 + YEARS):
        y = rng.poisson(level / YEARS)
        for i in np.flatnonzero(y):
            small = 0 < y[i] < 5
            truth += int(y[i]) if small else 0
            rows.append((d[i], o[i], year, 1 if small else y[i], 4 if small else y[i]))
    dd, oo, yy, lo, hi = (np.array(c) for c in zip(*rows, strict=True))
    return (
        DetectedFlows(dd, oo, yy, lo, hi, "made up"),
        truth,
        dict(zip(zip(d, o, strict=True), mean, strict=True)),
    )


def one(seed: int, size: float | None) -> dict[str, float]:
    """One set of flows: errors, and which intervals hold; of pairs the share, and that of misses on each side."""
    flows, truth, mean = simulate(seed, size)
    model = fit_gravity(flows, covariates=["distance"], imputations=5, seed=seed)
    small = flows.censored
    assert model.imputed is not None
    out = {
        "ratio": float(
            (model.margins_origin.sum(axis=1).mean() - flows.lower[~small].sum()) / truth
        ),
        "middle": 2.5 * float(small.sum()) / truth,
    }
    for name, fit in (("imputed", model.imputed), ("midpoint", model.midpoint)):
        c = fit["distance"]
        out[f"bias {name}"] = c.estimate - BETA
        out[f"held {name}"] = float(c.interval()[0] <= BETA <= c.interval()[1])
        out[f"width {name}"] = c.interval()[1] - c.interval()[0]
    low, high = np.quantile(model.draws(DRAWS, seed=seed), [0.025, 0.975], axis=0)
    true = np.array([[mean.get((d, o), np.nan) for o in model.origins] for d in model.destinations])
    low, high, true = low[model.used], high[model.used], true[model.used]
    out["pairs"] = float(((low <= true) & (true <= high)).mean())
    out["pairs below"] = float((high < true).mean())
    out["pairs above"] = float((low > true).mean())
    out["factor"] = float(np.median(high / np.maximum(low, 1e-9)))
    return out


def study(size: float | None, n: int, keep: Path | None) -> str:
    jobs = [Job(f"{size}/{seed}", (seed, size)) for seed in range(n)]
    found = map_jobs(one, jobs, workers=1, resume=keep)

    def said(key: str) -> str:
        v = np.array([f[key] for f in found])
        return f"{v.mean():.3f} ({v.std(ddof=1) / np.sqrt(v.size):.3f})"

    def plain(key: str) -> str:
        return f"{np.mean([f[key] for f in found]):.3f}"

    name = "Poisson" if size is None else f"pairs vary (gamma, size {size:g})"
    keys = (
        "ratio",
        "middle",
        "bias imputed",
        "bias midpoint",
        "held imputed",
        "held midpoint",
        "pairs",
    )
    cells = [*map(said, keys), plain("pairs below"), plain("pairs above")]
    factor = float(np.median([f["factor"] for f in found]))
    return f"| {name} | " + " | ".join(cells) + f" | {factor:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", type=int, nargs="?", default=40)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    n = chosen.sets
    lines = [
        "# Gravity with censored counts: bias and coverage by simulation",
        "",
        f"Made by `python -m benchmarks.patterns_coverage {n}`: {n} sets of flows among {len(CODES)} "
        f"countries over {YEARS} years, distance effect {BETA}; Monte Carlo errors in brackets.",
        "",
        "| flows | imputed people / truth | at midpoint / truth | bias of distance, imputed | at midpoint | "
        "95% interval of distance holds, imputed | at midpoint | 95% interval of a pair's expected flow holds | "
        "lies below it | above it | its upper over lower end, median |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for size in (None, 2.0, 0.5):
        lines.append(study(size, n, chosen.keep))
        print(lines[-1], flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
