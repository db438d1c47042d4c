"""What hiding counts below five costs two published tables, exactly.

    python -m benchmarks.censored_exact [--seeds 10] [--keep FOLDER]

Writes benchmarks/results/censored_exact.md. Counts of 1 to 4 of a table are written as the range 1 to
4. Every table that agrees is listed (4,096 and 1,024 of them), and each member of the consensus is
summed over all, each weighted by its evidence: the exact posterior given what is left. Beside it stand
the same by 200 drawn completions, as the program does where they are many, with each of several seeds,
and the posterior of the table in full. What differs between the first two is computation; between the
first and the last, information.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import uncounted as uc
from uncounted.core.censored import CensoredTable
from uncounted.engine.jobs import Job, map_jobs
from uncounted.estimators.censored import censored_posterior
from uncounted.estimators.consensus import Consensus, ConsensusPosterior

RESULT = Path(__file__).parent / "results" / "censored_exact.md"
TABLES = ("uk2013-5", "netherlands-5")


def hidden(table: uc.OverlapTable) -> CensoredTable:
    """Write counts of 1 to 4 as the range of these."""
    counts = np.array(table.counts).clip(0)
    few = (counts > 0) & (counts < 5)
    return CensoredTable(table.lists, np.where(few, 1, counts), np.where(few, 4, counts))


def ends(posterior: ConsensusPosterior) -> dict[str, float]:
    """Give ends and median of the pool, the medians of its members, and the likely range."""
    rule = Consensus(draws=0)
    outer, ranges = rule.interval(posterior), rule.over([posterior])
    return {
        "lower": outer.lower,
        "median": posterior.pool.median,
        "upper": outer.upper,
        "graphs": posterior.graphs.median,
        "shrinkage": posterior.shrinkage.median,
        "likely lower": ranges.likely.lower,
        "point": ranges.point,
        "likely upper": ranges.likely.upper,
    }


def one(name: str, seed: int | None) -> dict[str, float]:
    """Ends by drawn completions, or by all where there is no seed."""
    table = hidden(uc.published.load(name))
    rule = Consensus(draws=0)
    if seed is None:
        found = censored_posterior(rule, table, all_up_to=5000)
        assert found.every
        return {**ends(found.posterior), "tables": found.tables}
    found = censored_posterior(rule, table, seed=seed)
    errors = dict(zip(("e lower", "e median", "e upper"), found.error, strict=True))
    return {**ends(found.posterior), "tables": found.tables, "worth": found.effective, **errors}


def lines(name: str, seeds: int, keep: Path | None) -> list[str]:
    """Three rows of the table: in full, exact, and drawn."""
    full = ends(Consensus(draws=0).posterior(uc.published.load(name)))
    jobs = [Job(f"{name}/{seed}", (name, seed)) for seed in (None, *range(seeds))]
    exact, *drawn = map_jobs(one, jobs, workers=1, resume=keep)

    def row(what: str, found: dict[str, float]) -> str:
        keys = (
            "lower",
            "median",
            "upper",
            "likely lower",
            "point",
            "likely upper",
            "graphs",
            "shrinkage",
        )
        return f"| {name} | {what} | " + " | ".join(f"{found[k]:,.0f}" for k in keys) + " |"

    out = [row("in full", full), row(f"hidden, all {exact['tables']:,.0f} completions", exact)]
    means = {k: float(np.mean([d[k] for d in drawn])) for k in drawn[0]}
    out.append(row(f"hidden, 200 drawn, mean of {seeds} seeds", means))
    off = []
    for key in ("lower", "median", "upper"):
        values = np.array([d[key] for d in drawn]) / exact[key] - 1.0
        off.append(
            f"{key} {np.sqrt(np.mean(values**2)):.1%} off the exact one (root mean square; said of itself "
            f"{means['e ' + key]:.1%}), {exact[key] / full[key] - 1:+.1%} from hiding"
        )
    return [*out, f"{name}: " + "; ".join(off) + f". Draws worth {means['worth']:.0f} of 200."]


def main() -> None:
    """List, weigh, compare, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    rows, said = [], []
    for name in TABLES:
        *made, words = lines(name, chosen.seeds, chosen.keep)
        rows += made
        said += ["", words]
    text = [
        "# Counts of 1 to 4 hidden in two published tables: computation and information",
        "",
        f"`python -m benchmarks.censored_exact --seeds {chosen.seeds}`.",
        "",
        "| table | counts | lower end | median of the pool | upper end | likely from | figure | likely to | "
        "median of graphs | of shrinkage |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *rows,
        *said,
        "",
    ]
    RESULT.write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
