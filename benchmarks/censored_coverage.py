"""Coverage of the consensus where small counts are hidden, beside the same tables in full.

    python -m benchmarks.censored_coverage [--tables 40]

Writes benchmarks/results/censored_coverage.md. Every table is drawn from a population of known
size; counts of 1 to 4 are then written as a range, or all below five (zeros too), or a list gives
only its total.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import uncounted as uc
from uncounted.core.censored import CensoredTable
from uncounted.estimators.consensus import Consensus
from uncounted.simulation import populations

RESULT = Path(__file__).parent / "results" / "censored_coverage.md"


def designs() -> list[populations.Design]:
    """Three and four lists, independent of each other or with one pair that depends."""
    return [
        populations.independent_lists(600, [0.16, 0.12, 0.1], "independent, 3 lists"),
        populations.paired_lists(800, [0.15, 0.12, 0.1], {(0, 1): 1.0}, "one pair, 3 lists"),
        populations.independent_lists(600, [0.14, 0.11, 0.09, 0.08], "independent, 4 lists"),
    ]


def hidden(table: uc.OverlapTable, way: str) -> CensoredTable:
    """Hide counts as agencies do."""
    counts = np.array(table.counts).clip(0)
    if way == "a list gives only its total":
        rest = table.keep(range(table.t - 1))
        full = np.array(rest.counts).clip(0)
        last = {table.lists[-1]: int(table.list_sizes[-1])}
        return CensoredTable(rest.lists, full, full, totals=last)
    few = (counts < 5) & (counts >= (1 if way == "1 to 4 hidden" else 0))
    few[0] = False
    low = np.where(few, 1 if way == "1 to 4 hidden" else 0, counts)
    return CensoredTable(table.lists, low, np.where(few, 4, counts))


def main() -> None:
    """Draw, hide, estimate, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=40)
    tables = parser.parse_args().tables
    consensus = Consensus(draws=0)
    lines = [
        "# Coverage where counts are hidden",
        "",
        f"{tables} tables a row; interval of the consensus (95%), upper over lower end (median), mean of "
        "log(estimate / truth). `python -m benchmarks.censored_coverage`.",
        "",
        "| design | what is hidden | coverage | width | bias | hidden counts (mean) |",
        "|---|---|---|---|---|---|",
    ]
    ways = ("nothing", "1 to 4 hidden", "below 5 hidden, zeros too", "a list gives only its total")
    for design in designs():
        rng = np.random.default_rng(20261127)
        drawn = [design.draw(rng) for _ in range(tables)]
        for way in ways:
            if way == ways[-1] and design.t < 4:
                continue
            rows = []
            for table in drawn:
                given = table if way == "nothing" else hidden(table, way)
                found = uc.estimate(given, consensus)[0]
                if found.point is None or found.interval is None:
                    continue
                ends = found.interval
                many = given.censored if isinstance(given, CensoredTable) else 0
                rows.append(
                    (
                        ends.lower <= design.population <= ends.upper,
                        ends.upper / ends.lower,
                        np.log(found.point / design.population),
                        many,
                    )
                )
            held, width, bias, many = (np.array(x, dtype=float) for x in zip(*rows, strict=True))
            lines.append(
                f"| {design.name} | {way} | {held.mean():.2f} ({held.size}) | {np.median(width):.2f} | "
                f"{bias.mean():+.3f} | {many.mean():.1f} |"
            )
            RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
