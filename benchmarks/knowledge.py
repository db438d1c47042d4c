"""What a coalition's knowledge is worth: each statement where it is true, and where it is false.

    python -m benchmarks.knowledge [--tables 100] [--workers 1] [--write]

Populations of 2,000 on four lists (`POPULATIONS`); the consensus without a word, and with one statement that is
true of the population, or false. The table goes to benchmarks/results/knowledge.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.knowledge import Knowledge

RESULT = Path(__file__).parent / "results" / "knowledge.md"
PEOPLE = 2000
LISTS = ("A", "B", "C", "D")
CHANCES = np.array([0.25, 0.2, 0.15, 0.15])
Captures = NDArray[np.bool_]


def independent(rng: np.random.Generator) -> Captures:
    """Lists that know nothing of each other."""
    return rng.random((PEOPLE, 4)) < CHANCES


def referral(rng: np.random.Generator) -> Captures:
    """Four in ten of those on A are sent on to B."""
    on = independent(rng)
    on[:, 1] |= on[:, 0] & (rng.random(PEOPLE) < 0.4)
    return on


def taken_out(rng: np.random.Generator) -> Captures:
    """Seven in ten of those on A are met by no other list."""
    on = independent(rng)
    gone = on[:, 0] & (rng.random(PEOPLE) < 0.7)
    on[np.ix_(gone, [1, 2, 3])] = False
    return on


def _areas(rng: np.random.Generator, groups: list[list[int]]) -> Captures:
    area = rng.integers(0, len(groups), PEOPLE)
    own = np.zeros((PEOPLE, 4), dtype=np.bool_)
    for k, lists in enumerate(groups):
        own[np.ix_(area == k, lists)] = True
    return rng.random((PEOPLE, 4)) < np.where(own, 0.35, 0.04)


def two_areas(rng: np.random.Generator) -> Captures:
    """A and B serve one half, C and D the other; one in 25 of the other half all the same."""
    return _areas(rng, [[0, 1], [2, 3]])


def four_areas(rng: np.random.Generator) -> Captures:
    """Each list serves a quarter, and one in 25 of the others."""
    return _areas(rng, [[0], [1], [2], [3]])


def half_hidden(rng: np.random.Generator) -> Captures:
    """Half of the people have a tenth of the chance on every list."""
    ease = np.where(rng.random(PEOPLE) < 0.5, 0.1, 1.0)
    return rng.random((PEOPLE, 4)) < 1.4 * ease[:, None] * CHANCES


def group(rng: np.random.Generator, on: Captures, *, easier: bool) -> Knowledge:
    """A group of 150 of whom it is known who is listed; of the easy third of the people, or of all."""
    seen = on.any(axis=1)
    size = 150
    chosen = rng.choice(PEOPLE, size, replace=False)
    met = int(seen[chosen].sum())
    if easier:
        odds = 2.5 * met / max(size - met, 1)
        met = int(rng.binomial(size, odds / (1.0 + odds)))
    return Knowledge.read(known_groups=[(size, met)])


@dataclass(frozen=True)
class Case:
    """A statement about a population."""

    said: str
    population: Callable[[np.random.Generator], Captures]
    what: str
    true: bool
    knowledge: Knowledge | None


def cases() -> list[Case]:
    """Every statement, true and false."""
    refers = Knowledge.read(refers=["A -> B"])
    out = Knowledge.read(takes_out=["A"])
    two = Knowledge.read(separate=["A + B, C + D"])
    four = Knowledge.read(separate=["A, B, C, D"])
    hard, easy = (Knowledge.read(hard_to_find=a) for a in ("yes", "no"))
    return [
        Case("A refers to B", referral, "four in ten sent on", True, refers),
        Case("A refers to B", independent, "independent lists", False, refers),
        Case("A takes people out", taken_out, "seven in ten out of reach", True, out),
        Case("A takes people out", independent, "independent lists", False, out),
        Case("A takes people out", referral, "four in ten sent on", False, out),
        Case("A and B apart from C and D", two_areas, "two areas", True, two),
        Case("A and B apart from C and D", independent, "independent lists", False, two),
        Case("each list its own area", four_areas, "four areas", True, four),
        Case("each list its own area", independent, "independent lists", False, four),
        Case("some are much harder to find", half_hidden, "half at a tenth", True, hard),
        Case("some are much harder to find", independent, "independent lists", False, hard),
        Case("nobody is much harder to find", independent, "independent lists", True, easy),
        Case("nobody is much harder to find", half_hidden, "half at a tenth", False, easy),
        Case("150 known, those met counted", independent, "typical of all", True, None),
        Case("150 known, those met counted", half_hidden, "typical of all", True, None),
        Case("150 known, those met counted", independent, "2.5 times the odds", False, None),
    ]


def one(number: int, replicate: int) -> list[list[float]]:
    """Point and ends over the truth, without and with the statement; nothing where there is no figure."""
    case = cases()[number]
    rng = stream(replicate, f"knowledge/{case.population.__name__}/{case.what}")
    on = case.population(rng)
    masks = (on * (1 << np.arange(4))).sum(axis=1)
    counts = np.bincount(masks, minlength=16)
    counts[0] = 0
    table = OverlapTable.from_histories(LISTS, counts)
    known = case.knowledge or group(rng, on, easier=not case.true)
    found = []
    for knowledge in (Knowledge(), known):
        try:
            e = Consensus(knowledge=knowledge, draws=0).estimate(table)
        except Refusal:
            found.append([])
            continue
        found.append([x / PEOPLE for x in (e.point, e.interval.lower, e.interval.upper)])
    return found


def summary(rows: list[list[float]]) -> list[str]:
    """Coverage, width, error and bias as cells."""
    a = np.array([r for r in rows if r])
    logs = np.log(a[:, 0])
    held = (a[:, 1] <= 1.0) & (a[:, 2] >= 1.0)
    return [
        f"{int(held.sum())}/{len(a)}",
        f"{np.median(a[:, 2] / a[:, 1]):.2f}",
        f"{np.sqrt(np.mean(logs**2)):.3f}",
        f"{logs.mean():+.2f}",
    ]


def main() -> None:
    """Simulate, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = [
        "# What a coalition's knowledge is worth",
        "",
        f"`python -m benchmarks.knowledge --tables {chosen.tables} --write`. Populations of {PEOPLE:,} on four lists. "
        "*Held*: 95% intervals of the consensus that hold the truth. *hi/lo*: median of the upper over the lower "
        "end. RMSE and bias of the middle on the log scale. Left without the statement, right with it.",
        "",
        "| statement | people | true | held | hi/lo | RMSE | bias | held | hi/lo | RMSE | bias |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for number, case in enumerate(cases()):
        jobs = [Job(f"{number}/{r}", (number, r)) for r in range(chosen.tables)]
        got = map_jobs(one, jobs, workers=chosen.workers)
        cells = [case.said, case.what, "yes" if case.true else "**no**"]
        cells += summary([g[0] for g in got]) + summary([g[1] for g in got])
        lines.append("| " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    if chosen.write:
        RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
