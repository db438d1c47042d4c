"""The calibration study: every design, the single methods and the consensus, known N.

    python -m benchmarks.calibration --replications 200 --resume FOLDER

writes ``benchmarks/results/calibration.csv`` (one row a design and method) and
``benchmarks/results/calibration.md``. Parts already made are read from FOLDER, so it can be stopped
and run again; the tables state how many replications were really run.
"""

from __future__ import annotations

import argparse
import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import uncounted as uc
from uncounted.estimators import _intervals, _selection
from uncounted.estimators import fits as _fits
from uncounted.estimators._pair_fits import fit_pair_models
from uncounted.estimators._ready import ready
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.hierarchy import main_effects
from uncounted.estimators.loglinear import BestBIC, LogLinear
from uncounted.simulation.populations import (
    Design,
    exclusive_lists,
    independent_lists,
    latent_classes,
    like,
    paired_lists,
    rasch,
    two_worlds,
)
from uncounted.simulation.study import Simulation, simulate

RESULTS = Path(__file__).parent / "results"

# Probabilities of the lists, by size of the study: about half of the people listed, a third, a
# quarter of few, an eighth of many.
SIZES = {
    "half": (3000, [0.24, 0.20, 0.16, 0.13, 0.10, 0.08]),
    "third": (2000, [0.11, 0.09, 0.07, 0.05, 0.04, 0.03]),
    "few": (500, [0.14, 0.11, 0.09, 0.07, 0.05, 0.04]),
    "eighth": (8000, [0.05, 0.04, 0.035, 0.03, 0.02, 0.015]),
}
# Fewer lists need larger ones to list as many people.
SCALE = {3: 1.5, 4: 1.2, 5: 1.0, 6: 0.9}


def lists(size: str, t: int) -> tuple[int, list[float]]:
    population, p = SIZES[size]
    return population, [x * SCALE[t] for x in p[:t]]


def triple(t: int) -> dict[tuple[int, ...], float]:
    if t == 3:
        return {(0, 1, 2): 0.5}
    return {(0, 1): 0.5, (0, 2): 0.5, (1, 2): 0.5, (0, 1, 2): -0.7}


def kinds(size: str, t: int, wanted: str) -> Design:
    n, p = lists(size, t)
    name = f"{wanted} {size} {t}"
    match wanted:
        case "independent":
            return independent_lists(n, p, name)
        case "positive":
            return paired_lists(n, p, {(0, 1): 1.0, (1, 2): 0.8}, name)
        case "negative":
            return paired_lists(n, p, {(0, 1): -1.0, (1, 2): -1.0}, name)
        case "mixed":
            return paired_lists(n, p, {(0, 1): 1.2, (1, 2): 0.9, (0, 3): -0.8}, name)
        case "exclusive":
            pairs = [(0, 1)] if t == 3 else [(0, 1), (2, 3)]
            return exclusive_lists(n, p, pairs, name)
        case "three-way":
            return paired_lists(n, p, triple(t), name)
        case "latent mild":
            return latent_classes(n, p, [0.7, 0.3], [0.7, 2.1], name)
        case "latent strong":
            return latent_classes(n, p, [0.85, 0.15], [0.6, 4.8], name)
        case "latent three":
            odds = [
                [1.0] * t,
                [2.5 if i % 2 else 0.6 for i in range(t)],
                [0.5 if i % 2 else 2.5 for i in range(t)],
            ]
            return latent_classes(n, p, [0.5, 0.3, 0.2], odds, name)
    raise ValueError(wanted)


def designs() -> list[Design]:
    made: list[Design] = []
    sizes = {3: ("half", "third"), 4: ("third", "few"), 5: ("half", "eighth")}
    main = (
        "independent",
        "positive",
        "negative",
        "exclusive",
        "three-way",
        "latent mild",
        "latent strong",
    )
    for t in (3, 4, 5):
        made += [kinds(size, t, kind) for kind in main for size in sizes[t]]
    made += [kinds("half", t, kind) for kind in ("mixed", "latent three") for t in (4, 5)]
    made += [
        kinds("third", 6, kind)
        for kind in ("independent", "positive", "latent mild", "latent strong")
    ]
    high = [0.55, 0.5, 0.45, 0.4, 0.35]
    made += [independent_lists(1000, high[:t], f"high coverage {t}") for t in (3, 4, 5)]
    huge = [0.016, 0.014, 0.012, 0.01, 0.008]
    made += [independent_lists(50_000, huge[:t], f"huge {t}") for t in (4, 5)]
    made += [latent_classes(50_000, huge[:4], [0.7, 0.3], [0.7, 2.1], "huge latent 4")]
    for t in (4, 5):
        n, p = lists("third", t)
        made += [rasch(n, p, sd, f"rasch {sd:g} {t}") for sd in (0.7, 1.0, 1.5)]
        made += [two_worlds(n, p, 3.0, f"two worlds {t}")]
        made += [two_worlds(n, p, 2.0, f"two worlds mild {t}")]
        made += [paired_lists(250, [0.2, 0.18, 0.15, 0.12, 0.1][:t], {}, f"tiny {t}")]
        rng = np.random.default_rng(7 + t)
        dense = {(i, j): float(rng.normal(0.4, 0.5)) for i in range(t) for j in range(i + 1, t)}
        made += [paired_lists(n, p, dense, f"dense pairs {t}")]
        made += [paired_lists(n, p, {(i, i + 1): 2.0 for i in range(t - 1)}, f"chain {t}")]
        made += [
            paired_lists(
                n, p, {(0, 1): math.log(0.6 / 0.4) - math.log(p[1] / (1 - p[1]))}, f"referral {t}"
            )
        ]
    made += [rasch(2000, lists("third", 3)[1], 1.0, "rasch 1 3")]
    made += [two_worlds(2000, lists("third", 3)[1], 3.0, "two worlds 3")]
    made += [rasch(2000, lists("third", 6)[1], 1.0, "rasch 1 6")]
    made += [two_worlds(2000, lists("third", 6)[1], 3.0, "two worlds 6")]
    for name in (
        "kosovo",
        "korea-palembang",
        "uk2013-5",
        "netherlands-5",
        "western-us",
        "australia",
        "new-orleans-5",
    ):
        made.append(like(uc.published.load(name), LogLinear(BestBIC(2)), f"like {name}"))
    for t in (4, 5):  # where the promise does not hold: half the people cannot be met at all
        n, p = lists("half", t)
        made.append(
            latent_classes(
                n, [min(2 * x, 0.9) for x in p], [0.5, 0.5], [1.0, 0.001], f"half unreachable {t}"
            )
        )
    return made


@dataclass(frozen=True)
class Wald:
    """Main effects, stepwise or best BIC (order two) with a Wald interval, and nothing else.

    The same fits as the methods of the command line without their profile likelihoods and
    resamples, which would take most of the study's time.
    """

    rule: str

    def estimate(self, table: uc.OverlapTable, *, seed: int = 0) -> uc.Estimate:
        case = ready(table)
        counts = case.counts.astype(float)
        if self.rule == "bic":
            fits = fit_pair_models(counts, case.t)
            finite = np.isfinite(fits.hidden)
            if not finite.any():
                raise uc.errors.NoFiniteEstimate("No model has an estimate.")
            k = int(np.argmin(np.where(finite, fits.bic, np.inf)))
            hidden, variance = float(fits.hidden[k]), float(fits.variance[k])
        else:
            model = main_effects(case.t)
            if self.rule == "stepwise":
                model = _selection.stepwise(_fits.Tables.of(case.counts), case.t, 0.02).models[0]
            fit = _fits.fit(_fits.Tables.of(case.counts), _fits.pack([model]))
            if fit.status[0] != _fits.OK:
                raise uc.errors.NoFiniteEstimate("The model has no estimate.")
            hidden, variance = float(fit.hidden[0]), float(fit.variance[0])
        interval = _intervals.wald(case.n, hidden, variance, 0.95)
        return uc.Estimate(self.rule, case.n, case.n + hidden, interval)


def estimators() -> dict[str, object]:
    return {
        "consensus": Consensus(draws=0),
        "main": Wald("main"),
        "stepwise": Wald("stepwise"),
        "bic": Wald("bic"),
    }


def run(
    replications: int, folder: Path | None, only: str, workers: int, part: int = 0, parts: int = 1
) -> list[Simulation]:
    found = []
    chosen = [d for d in designs() if only in d.name][part::parts]
    for k, design in enumerate(chosen):
        found.append(
            simulate(
                design,
                estimators(),
                replications=replications,
                seed=2026,
                members=True,
                workers=workers,
                resume=folder,
            )
        )
        c = found[-1].methods[0]
        print(
            f"{k + 1}/{len(chosen)} {design.name}: N {design.population} n/N "
            f"{design.coverage:.2f} coverage {c.coverage:.3f} log bias {c.log_bias:+.2f} "
            f"ratio {c.ratio:.2f}",
            flush=True,
        )
    return found


def write(found: list[Simulation]) -> None:
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "calibration.csv").open("w", newline="") as out:
        writer = None
        for s in found:
            for m in s.methods:
                row = {
                    "design": s.design.name,
                    "lists": s.design.t,
                    "N": s.design.population,
                    "n_over_N": round(s.design.coverage, 4),
                    "everyone_reachable": s.design.everyone_reachable,
                }
                row |= {
                    k: (f"{v:.5g}" if isinstance(v, float) else v) for k, v in m.to_dict().items()
                }
                if m.method == "consensus":
                    row |= {f"{v.level} tables": v.tables for v in s.verdicts}
                    row |= {
                        "supported far": sum(
                            round(v.far * v.tables)
                            for v in s.verdicts
                            if v.level == "supported" and v.tables
                        ),
                        "supported log bias": next(
                            (
                                f"{v.log_bias:.4f}"
                                for v in s.verdicts
                                if v.level == "supported" and v.tables
                            ),
                            "",
                        ),
                    }
                else:
                    row |= dict.fromkeys(
                        (
                            "not supported tables",
                            "supported with caution tables",
                            "supported tables",
                            "supported far",
                            "supported log bias",
                        ),
                        "",
                    )
                if writer is None:
                    writer = csv.DictWriter(out, list(row))
                    writer.writeheader()
                writer.writerow(row)
    (RESULTS / "calibration.md").write_text(report(found), encoding="utf-8")


def report(found: list[Simulation]) -> str:
    inside = [s for s in found if s.design.everyone_reachable]
    outside = [s for s in found if not s.design.everyone_reachable]
    low, high = min(s.replications for s in found), max(s.replications for s in found)
    lines = [
        "# Calibration study",
        "",
        f"{len(found)} designs, {low if low == high else f'{low} to {high}'} tables each, "
        f"{sum(s.replications for s in found):,} tables in all; made by",
        "`python -m benchmarks.calibration` (docs/verdict.md says what the designs are).",
        "",
        f"## Over the {len(inside)} designs in which everyone has some chance of being listed",
        "",
        "Means over designs; *lowest* and *below .93* are over designs. *Far*: intervals that miss "
        "N by more than their own width.",
        "",
        "| method | coverage | lowest | below .93 | mean log bias | mean abs design bias | log RMSE "
        "| median upper/lower | far | refused |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for k, m in enumerate(inside[0].methods):
        rows = [s.methods[k] for s in inside]
        cover = np.array([r.coverage for r in rows])
        bias = np.array([r.log_bias for r in rows])
        rmse = math.sqrt(float(np.nanmean([r.log_rmse**2 for r in rows])))
        ratios = np.concatenate([_ratios(s, m.method) for s in inside])
        far = np.nanmean([r.far for r in rows])
        refused = sum(r.refused for r in rows) / sum(r.replications for r in rows)
        lines.append(
            f"| {m.method} | {np.nanmean(cover):.3f} | {np.nanmin(cover):.2f} | "
            f"{(cover < 0.93).mean():.2f} | {np.nanmean(bias):+.3f} | "
            f"{np.nanmean(np.abs(bias)):.3f} | {rmse:.3f} | {np.median(ratios):.2f} | {far:.4f} | "
            f"{refused:.3f} |"
        )
    lines += [
        "",
        "## Verdicts (the unreachable-group question answered no)",
        "",
        "| level | tables | share | coverage | log bias | mean abs design bias "
        "| wrong by more than own width |",
        "|---|---|---|---|---|---|---|",
    ]
    whole = sum(s.replications for s in inside)
    for k in range(3):
        rows = [(s, s.verdicts[k]) for s in inside if s.verdicts[k].tables]
        tables = sum(v.tables for _, v in rows)
        if not tables:
            lines.append(f"| {inside[0].verdicts[k].level} | 0 | 0 | | | | |")
            continue
        mean = {
            f: sum(getattr(v, f) * v.tables for _, v in rows) / tables
            for f in ("coverage", "log_bias", "far")
        }
        each = np.mean([abs(v.log_bias) for _, v in rows if v.tables >= 20] or [math.nan])
        lines.append(
            f"| {rows[0][1].level} | {tables:,} | {tables / whole:.3f} | {mean['coverage']:.3f} | "
            f"{mean['log_bias']:+.3f} | {each:.3f} | {mean['far']:.4f} |"
        )
    lines += [
        "",
        "## By design",
        "",
        "Coverage / mean log bias / median upper over lower, with the Monte Carlo error of the "
        "consensus's coverage; *s/c/n*: share supported, with caution, not supported.",
        "",
        "| design | lists | N | n/N | main | stepwise | bic | graphs | shrinkage | consensus | "
        "± | s/c/n |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for s in [*inside, *outside]:
        by = {m.method: m for m in s.methods}
        cells = " | ".join(
            f"{by[name].coverage:.2f} / {by[name].log_bias:+.2f} / {by[name].ratio:.1f}"
            for name in (
                "main",
                "stepwise",
                "bic",
                "consensus: graphs",
                "consensus: shrinkage",
                "consensus",
            )
        )
        share = "/".join(f"{s.verdicts[k].tables / s.replications:.2f}" for k in (2, 1, 0))
        mark = "" if s.design.everyone_reachable else " (some cannot be met)"
        lines.append(
            f"| {s.design.name}{mark} | {s.design.t} | {s.design.population:,} | "
            f"{s.design.coverage:.2f} | {cells} | {by['consensus'].coverage_error:.3f} | {share} |"
        )
    if outside:
        lines += [
            "",
            "Where half the people cannot be met by any list, no method can know it: the "
            "verdict asks, and a yes caps it. Here, with the question answered no (a lie), "
            "*supported* was wrong by more than the interval's width in:",
            "",
        ]
        for s in outside:
            v = s.verdicts[2]
            lines.append(
                f"- {s.design.name}: {round(v.far * v.tables) if v.tables else 0} of "
                f"{v.tables} supported tables ({s.replications} drawn)."
            )
    return "\n".join(lines) + "\n"


def _ratios(s: Simulation, method: str) -> np.ndarray:
    lower, upper = s.figures[method][:, 1], s.figures[method][:, 2]
    keep = ~np.isnan(lower) & ~np.isnan(upper)
    return upper[keep] / np.maximum(lower[keep], 1e-9)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--part", default="0/1", help="k/m: every m-th design from k; no tables")
    given = parser.parse_args()
    k, m = (int(x) for x in given.part.split("/"))
    done = run(given.replications, given.resume, given.only, given.workers, k, m)
    if not given.only and m == 1:
        write(done)
