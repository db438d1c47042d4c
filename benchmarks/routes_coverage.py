"""Coverage of routes by simulation: ``python -m benchmarks.routes_coverage [N] [--keep FOLDER]``.

Chains with known probabilities are drawn around a prior as the gravity model gives one: rows that
follow it as closely as the fit believes, rows that follow it loosely, and rows shaped by another
prior altogether. Routes are drawn from each chain; of a part of them the middle is left out, as
statements do. Reported: how often the 95% intervals hold the truth, of the probability of each
destination and of each first country, of the passages through each country, and of the routes the
page lists. Countries with an estimate below 1% are left out. Monte Carlo errors, over
chains, stand in brackets. With ``--keep`` finished chains are kept in a folder, and a study that was
stopped goes on.
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np

from uncounted.engine.jobs import Job, map_jobs
from uncounted.routes.chain import fit_routes
from uncounted.sources.route_sets import Route, RouteSet

RESULT = Path(__file__).parent / "results" / "routes_coverage.md"
STATES = tuple("ABCDEFGHIJKLMN")
ORIGINS = STATES[:3]
DRAWS = 800
LEAST = 0.01
"""Smallest estimate that is looked at: what a page shows. (Looking at the truths of some size instead
would choose those that an interval is more likely to miss.)"""


def rows(kernel: np.ndarray, weight: float, rng: np.random.Generator) -> np.ndarray:
    """Rows of a chain around a prior; nobody moves to where they are."""
    drawn = rng.standard_gamma(np.maximum(weight * kernel, 1e-6) * (kernel > 0))
    return drawn / drawn.sum(axis=1, keepdims=True)


def gravity(rng: np.random.Generator) -> np.ndarray:
    """A prior as gravity gives one: places on a plane, sizes that vary."""
    place, size = rng.random((len(STATES), 2)), rng.normal(0, 1, len(STATES))
    away = np.linalg.norm(place[:, None] - place[None, :], axis=2)
    pull = np.exp(size)[None, :] * np.maximum(away, 0.02) ** -1.5
    np.fill_diagonal(pull, 0.0)
    return pull / pull.sum(axis=1, keepdims=True)


def walk(first, move, stay, origin, rng) -> list[int]:
    """One route: the origin, then countries until it ends, at most one of them twice."""
    path = [origin, int(rng.choice(len(STATES), p=first[origin]))]
    while rng.random() >= stay[path[-1]]:
        path.append(int(rng.choice(len(STATES), p=move[path[-1]])))
    return path


def one(seed: int, follows: float | None, statements: int, opened: float):
    rng = np.random.default_rng(seed)
    prior = gravity(rng)
    shape = prior if follows is not None else gravity(rng)
    weight = 5.0 if follows is None else follows
    first, move = rows(shape, weight, rng), rows(shape, weight, rng)
    stay = rng.beta(6.0, 4.0, len(STATES))
    share = rng.dirichlet(np.full(len(ORIGINS), 3.0))
    seen: Counter[tuple[str, ...]] = Counter()
    for _ in range(statements):
        path = walk(first, move, stay, int(rng.choice(len(ORIGINS), p=share)), rng)
        places = [STATES[i] for i in path]
        # A statement may name origin and destination only; longer ways are stated whole.
        if len(places) <= 3 and rng.random() < opened:
            places = [places[0], places[-1]]
            if places[0] == places[1]:
                continue
        seen[tuple(places)] += 1
    routes = RouteSet(
        tuple(Route(p, w, (2020,)) for p, w in sorted(seen.items())), "cases", (2020,), "made up"
    )
    found = fit_routes(routes, prior, STATES, origins=ORIGINS, draws=DRAWS, seed=seed)
    start = share @ first[: len(ORIGINS)]
    visits = np.linalg.solve(np.eye(len(STATES)) - ((1 - stay)[:, None] * move).T, start)
    hold: dict[str, list[bool]] = {"end": [], "first": [], "pass": [], "route": []}
    ratio = []

    def look(kind, truth, interval):
        hold[kind].append(bool(interval.lower <= truth <= interval.upper))

    for j, s in enumerate(STATES):
        middle, interval = found.destination(s)
        if middle >= LEAST:
            look("end", visits[j] * stay[j], interval)
            ratio.append(interval.upper / max(interval.lower, 1e-4))
        middle, interval = found.passages(s)
        if middle >= LEAST:
            look("pass", visits[j] * (1 - stay[j]), interval)
        for o in found.origins:
            middle, interval = found.first(o, s)
            if middle >= LEAST:
                look("first", first[STATES.index(o), j], interval)
    for r in found.routes:
        at = [STATES.index(p) for p in r.places]
        p = share[at[0]] * first[at[0], at[1]]
        for a, b in pairwise(at[1:]):
            p *= (1 - stay[a]) * move[a, b]
        look("route", p * stay[at[-1]], r.interval)
    return {k: float(np.mean(v)) for k, v in hold.items() if v}, float(np.median(ratio))


def study(follows: float | None, statements: int, opened: float, n: int, keep: Path | None) -> str:
    jobs = [
        Job(f"{follows}/{statements}/{opened}/{seed}", (seed, follows, statements, opened))
        for seed in range(n)
    ]
    found = map_jobs(one, jobs, workers=1, resume=keep)
    cells = []
    for kind in ("end", "first", "pass", "route"):
        v = np.array([f[0][kind] for f in found if kind in f[0]])
        cells.append(f"{v.mean():.3f} ({v.std(ddof=1) / np.sqrt(v.size):.3f})")
    width = float(np.median([f[1] for f in found]))
    name = "another prior" if follows is None else f"as a prior worth {follows:g}"
    return f"| {name} | {statements} | {opened:.0%} | " + " | ".join(cells) + f" | {width:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("chains", type=int, nargs="?", default=100)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    n = chosen.chains
    lines = [
        "# Routes: coverage by simulation",
        "",
        f"Made by `python -m benchmarks.routes_coverage {n}`: {n} chains over {len(STATES)} countries, "
        f"three origins, {DRAWS} draws; an estimate below {LEAST:.0%} is not looked at; Monte Carlo "
        "errors over chains in brackets.",
        "",
        "| rows follow the prior | statements | middle left out | destination | first country | "
        "passages | routes listed | upper/lower of a destination, median |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for follows in (5.0, 2.0, 20.0, None):
        for statements, opened in ((60, 0.0), (300, 0.0), (300, 0.5)):
            lines.append(study(follows, statements, opened, n, chosen.keep))
            print(lines[-1], flush=True)
    RESULT.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
