"""Learn the likely range: tables from the stated mixture of ways, quantiles of the truth.

    python -m benchmarks.likely_training --folder FOLDER --blocks 16

draws tables from every way of `uncounted.simulation.ways` (ten of each per block; blocks already in
FOLDER are kept), learns the quantiles of log(unseen / seen) on them, and writes
``src/uncounted/estimators/likely.json`` and ``benchmarks/results/likely_training.md``. Needs numpy
and scipy; what is shipped needs numpy alone. docs/likely.md is the card.

The fit is linear quantile regression: each number of `summarise`, scaled and drawn in at three
standard deviations, has one slope and a second one above its median; the loss is the pinball loss,
smoothed over 0.02, with a ridge penalty on all slopes but the first constant. The same seed, tables
and penalty give the same coefficients.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import uncounted.estimators
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.likely import (
    FEWEST_PEOPLE,
    LEAST_SHARE,
    MOST_LISTS,
    MOST_PEOPLE,
    LikelyModel,
)
from uncounted.estimators.summaries import MIDDLE, NAMES
from uncounted.simulation.ways import WAYS, draw

Floats = NDArray[np.float64]

SEED = 101
EACH = 10
LEVELS = np.array([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995])
RIDGE = 0.05
SMOOTH = 0.02
FOLDS = 5
SLOW = ("eight to ten lists",)
"""Left out of the training: outside its limits, and seconds a table."""
STORED = Path(uncounted.estimators.__file__).with_name("likely.json")
RESULTS = Path(__file__).parent / "results"
BY_NAME = {way.name: way for way in WAYS}


@dataclass(frozen=True)
class Tables:
    """What is kept of the tables drawn; all arrays have one entry per table."""

    way: NDArray[np.str_]
    population: Floats
    n: Floats
    lists: Floats
    features: Floats

    @property
    def target(self) -> Floats:
        """Log odds unseen/seen in truth; half a person where nobody is unseen."""
        return np.log(np.maximum(self.population - self.n, 0.5) / self.n)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether the table lies within the limits of the learning."""
        middle = self.n * (1.0 + np.exp(self.features[:, MIDDLE]))
        return (
            (self.n >= FEWEST_PEOPLE)
            & (self.lists <= MOST_LISTS)
            & (middle <= MOST_PEOPLE)
            & (self.n >= LEAST_SHARE * middle)
        )

    def part(self, rows: NDArray[np.bool_]) -> Tables:
        """Some of the tables."""
        return Tables(**{k: v[rows] for k, v in vars(self).items()})


def block(index: int) -> Tables:
    """Draw ten tables of each way and summarise their posteriors."""
    rule = Consensus(draws=0)
    rows = []
    for way in WAYS:
        if way.name in SLOW:
            continue
        for i in range(index * EACH, (index + 1) * EACH):
            table, population = draw(way, SEED, i)
            try:
                found = rule.posterior(table)
            except Refusal:
                continue
            rows.append((way.name, population, table.n, found.signs.lists, found.features()))
    columns = list(zip(*rows, strict=True))
    return Tables(
        np.array(columns[0]), *(np.array(c, dtype=np.float64) for c in columns[1:4]),
        np.array(columns[4], dtype=np.float32),
    )  # fmt: skip


def tables(folder: Path, blocks: int) -> Tables:
    """All blocks, those in the folder read and the others drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for index in range(blocks):
        path = folder / f"ways-{SEED}-{index:03d}.npz"
        if not path.exists():
            np.savez_compressed(path, **vars(block(index)))
            print(path.name, flush=True)
        with np.load(path) as kept:
            parts.append({k: kept[k] for k in kept.files})
    made = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
    return Tables(**(made | {"features": made["features"].astype(np.float64)}))


def fit(features: Floats, target: Floats, weight: Floats) -> LikelyModel:
    """Learn all quantiles; neighbours start from each other's solution."""
    mean, sd = features.mean(axis=0), features.std(axis=0) + 1e-9
    z = np.clip((features - mean) / sd, -3.0, 3.0)
    knot = np.median(z, axis=0)
    design = np.concatenate((np.ones((len(z), 1)), z, np.maximum(z - knot, 0.0)), axis=1)
    rest = target - features[:, MIDDLE]
    share = weight / weight.sum()
    ridge = np.full(design.shape[1], RIDGE)
    start = np.linalg.solve(
        design.T @ (design * share[:, None]) + np.diag(ridge), design.T @ (share * rest)
    )
    ridge[0] = 0.0
    middle = int(np.argmin(np.abs(LEVELS - 0.5)))
    found: dict[int, Floats] = {}
    for k in [middle, *range(middle + 1, LEVELS.size), *range(middle - 1, -1, -1)]:
        near = start if k == middle else found[k - 1 if k > middle else k + 1]
        found[k] = minimize(
            _loss, near, args=(design, rest, share, float(LEVELS[k]), ridge), jac=True,
            method="L-BFGS-B", options={"maxiter": 500},
        ).x  # fmt: skip
    made = np.stack([found[k] for k in range(LEVELS.size)], axis=1)
    return LikelyModel(LEVELS, mean, sd, knot, made, (0.025, 0.025))


def _loss(
    b: Floats, design: Floats, rest: Floats, share: Floats, level: float, ridge: Floats
) -> tuple[float, Floats]:
    """Smoothed pinball loss with a ridge penalty, and its gradient."""
    r = rest - design @ b
    value = float(share @ (level * r + SMOOTH * np.logaddexp(0.0, -r / SMOOTH)))
    over = 1.0 / (1.0 + np.exp(np.clip(r / SMOOTH, -50.0, 50.0)))
    slope = -design.T @ (share * (level - over))
    return value + 0.5 * float(ridge @ b**2), slope + ridge * b


def weights(data: Tables, *, apart: bool) -> Floats:
    """How often each table counts: those of the mixture of one answer."""
    of = {
        w.name: (float(w.apart) if apart else w.weight) * w.clean for w in WAYS
    }  # the ways apart count once each in their own mixture
    return np.array([of[str(name)] for name in data.way]) * data.inside


def predicted(model: LikelyModel, features: Floats, q: float) -> Floats:
    """Quantile ``q`` of each table, linear between the learned ones on the normal scale."""
    from scipy.special import ndtri

    made = model.log_odds(features)
    z = ndtri(model.levels)
    return np.array([np.interp(ndtri(q), z, row) for row in made])


def crossed(data: Tables, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Median and tail probabilities of the truth, each table predicted without its fold."""
    middle = np.full(data.n.size, np.nan)
    tail = np.full(data.n.size, np.nan)
    fold = _folds(data)
    for k in range(FOLDS):
        use = (fold != k) & (weight > 0)
        model = fit(data.features[use], data.target[use], weight[use])
        rows = fold == k
        made = model.log_odds(data.features[rows])
        middle[rows] = made[:, LEVELS.size // 2]
        tail[rows] = _rank(made, data.target[rows])
    return middle, tail, fold.astype(np.float64)


def _folds(data: Tables) -> NDArray[np.int64]:
    fold = np.zeros(data.n.size, dtype=np.int64)
    for name in dict.fromkeys(data.way.tolist()):
        rows = np.flatnonzero(data.way == name)
        fold[rows] = np.arange(rows.size) % FOLDS
    return fold


def _rank(made: Floats, target: Floats) -> Floats:
    """Where the truth lies in the predicted distribution, as a probability."""
    from scipy.special import ndtr, ndtri

    z = ndtri(LEVELS)
    out = []
    for row, y in zip(made, target, strict=True):
        k = int(np.clip(np.searchsorted(row, y) - 1, 0, row.size - 2))
        rise = max(row[k + 1] - row[k], 1e-9)
        out.append(float(ndtr(z[k] + (z[k + 1] - z[k]) * (y - row[k]) / rise)))
    return np.array(out)


def calibrated(tail: Floats, weight: Floats) -> tuple[float, float]:
    """Tails that leave 2.5% of the truths on each side in cross-validation."""
    use = weight > 0
    share = weight[use] / weight[use].sum()
    order = np.argsort(tail[use])
    rank, run = tail[use][order], np.cumsum(share[order])
    below = float(np.interp(0.025, run, rank))
    above = 1.0 - float(np.interp(0.975, run, rank))
    return round(min(below, 0.025), 4), round(min(above, 0.025), 4)


def learn(data: Tables, *, apart: bool) -> tuple[LikelyModel, Floats, Floats]:
    """Model with calibrated tails; cross-validated medians and ranks beside."""
    weight = weights(data, apart=apart)
    middle, tail, _ = crossed(data, weight)
    use = weight > 0
    made = fit(data.features[use], data.target[use], weight[use])
    found = calibrated(tail, weight)
    model = LikelyModel(made.levels, made.mean, made.sd, made.knot, made.coefficients, found)
    return model, middle, tail


def left_out(data: Tables) -> list[str]:
    """Rows of the table: each way predicted by a model that never saw it, beside the pool."""
    weight = weights(data, apart=False)
    lines = [
        "| way left out | tables | likely: coverage | hi/lo | RMSE of the middle | bias "
        "| RMSE of the pool's median | its bias |",
        "|---|---|---|---|---|---|---|---|",
    ]
    _, tail, _ = crossed(data, weight)
    below, above = calibrated(tail, weight)
    for way in WAYS:
        rows = (data.way == way.name) & data.inside
        if way.weight == 0.0 or not way.clean or not rows.any():
            continue
        use = (weight > 0) & (data.way != way.name)
        model = fit(data.features[use], data.target[use], weight[use])
        part = data.part(rows)
        ends = [
            part.n * (1.0 + np.exp(predicted(model, part.features, q)))
            for q in (below, 0.5, 1.0 - above)
        ]
        lines.append(_row(way.name, part, *ends))
    return lines


def _row(name: str, part: Tables, low: Floats, middle: Floats, high: Floats) -> str:
    truth = part.population
    held = ((low <= truth) & (truth <= high)).mean()
    error = np.log(middle / truth)
    pool = np.log(part.n * (1.0 + np.exp(part.features[:, MIDDLE])) / truth)
    return (
        f"| {name} | {truth.size} | {held:.3f} | {np.median(high / low):.2f} "
        f"| {math.sqrt((error**2).mean()):.3f} | {error.mean():+.3f} "
        f"| {math.sqrt((pool**2).mean()):.3f} | {pool.mean():+.3f} |"
    )


def _held(data: Tables, middle: Floats, tail: Floats, model: LikelyModel, *, apart: bool) -> str:
    weight = weights(data, apart=apart)
    share = weight / weight.sum()
    below, above = model.tails
    inside = float(share @ ((tail >= below) & (tail <= 1.0 - above)))
    error = np.log(data.n * (1.0 + np.exp(middle)) / data.population)
    pool = np.log(data.n * (1.0 + np.exp(data.features[:, MIDDLE])) / data.population)
    return (
        f"| {'apart' if apart else 'usual'} | {int((weight > 0).sum()):,} | {below:.4f} "
        f"| {above:.4f} | {inside:.3f} | {math.sqrt(float(share @ error**2)):.3f} "
        f"| {float(share @ error):+.3f} | {math.sqrt(float(share @ pool**2)):.3f} |"
    )


def write(models: dict[str, LikelyModel]) -> None:
    """Store the coefficients, six digits each."""
    made = {
        "made_by": "python -m benchmarks.likely_training",
        "seed": SEED,
        "names": list(NAMES),
        "levels": LEVELS.tolist(),
        "models": {
            name: {
                "tails": list(m.tails),
                "mean": _short(m.mean),
                "sd": _short(m.sd),
                "knot": _short(m.knot),
                "coefficients": [_short(row) for row in m.coefficients],
            }
            for name, m in models.items()
        },
    }
    STORED.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")


def _short(values: Floats) -> list[float]:
    return [float(f"{x:.5g}") for x in values]


def main(folder: Path, blocks: int, *, quick: bool) -> None:
    """Draw, learn, store, report."""
    data = tables(folder, blocks)
    models, rows = {}, []
    for name, apart in (("usual", False), ("apart", True)):
        models[name], middle, tail = learn(data, apart=apart)
        rows.append(_held(data, middle, tail, models[name], apart=apart))
    write(models)
    print("\n".join(rows))
    if quick:
        return
    lines = [
        "# What the likely range learned, and how it transfers",
        "",
        f"{data.n.size:,} tables, {EACH * blocks} of each way of `uncounted.simulation.ways` but those of eight to ten "
        f"lists, seed {SEED}; made by `python -m benchmarks.likely_training --blocks {blocks}`.",
        "",
        f"## Over the mixtures, in {FOLDS}-fold cross-validation",
        "",
        "*usual*: answer no or unknown to whether lists keep people from each other; *apart*: yes.",
        "",
        "| mixture | tables | tail below | tail above | coverage | RMSE of the middle | bias "
        "| RMSE of the pool's median |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        "## One way left out of the training at a time (usual)",
        "",
        *left_out(data),
    ]
    (RESULTS / "likely_training.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--blocks", type=int, default=16)
    parser.add_argument("--quick", action="store_true", help="only learn and store")
    given = parser.parse_args()
    main(given.folder, given.blocks, quick=given.quick)
