"""Train what linkage ships with, on made-up lists whose truth is known.

    python -m benchmarks.linkage_training [--coalitions 200] [--write]

Each coalition has its own size, choice of lists and error rates (every rate drawn around the medium
level's, by a common factor and one of its own), and half of them are written badly beside: slips in
every other word, people who move, fields left empty. Learned are

* the centre of the prior for agreement among one person's records, and how many matches it is worth,
  factor by factor: a Dirichlet-multinomial law over the coalitions, by maximum likelihood;
* how large a share of links is lost beside what is found, given how surely matches would be found.

FEBRL4 and pseudopeople, on which linkage is judged, have no part in it. With ``--write`` the results
go to src/uncounted/linkage/data/weights.json.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
from pathlib import Path

import numpy as np
from benchmarks.linkage_hard import as_rows
from scipy.optimize import least_squares
from scipy.special import digamma

from uncounted.engine.jobs import Job, map_jobs, stream
from uncounted.linkage.levels import FACTORS, codes, factor_codes
from uncounted.linkage.model import LinkageSettings, link_columns
from uncounted.linkage.prepare import prepare
from uncounted.linkage.splink_engine import compare
from uncounted.linkage.weights import Weights, possible_pairs
from uncounted.synthetic import example_coalition
from uncounted.synthetic.lists import ERROR_LEVELS, ErrorLevel
from uncounted.synthetic.naming import slip

WEIGHTS = Path("src/uncounted/linkage/data/weights.json")
MOST_WORTH = 200.0
LEAST = 5e-4
"""Smallest share of a level: what the made-up lists never show may still happen elsewhere."""
LEAST_LOST = 0.01
"""Standard deviation of the share of links lost where no match is hidden: put by hand."""


def random_level(rng):
    """Error rates around the medium level's, from next to none to lists kept very badly."""
    common = np.exp(rng.normal(0.3, 0.9))
    rates = {}
    for field, rate in dataclasses.asdict(ERROR_LEVELS["medium"]).items():
        rates[field] = float(min(rate * common * np.exp(rng.normal(0.0, 0.9)), 0.6))
    births = ("no_birth", "year_only", "age_only")
    total = sum(rates[b] for b in births)
    if total > 0.5:
        rates |= {b: rates[b] * 0.5 / total for b in births}
    return ErrorLevel(**rates)


def make(seed):
    """One coalition: columns, compared pairs, and who each record is."""
    rng = stream(seed, "linkage/training")
    population = int(np.exp(rng.uniform(np.log(200), np.log(2000))))
    made = example_coalition(seed, error_level=random_level(rng), population=population)
    count = int(rng.integers(2, len(made.records) + 1))
    lists = np.sort(rng.choice(len(made.records), count, replace=False))
    rows = {made.records[i].list_name: as_rows(made.records[i]) for i in lists}
    spoil(rows, rng)
    columns = prepare(rows)
    return columns, compare(columns, seed=seed), np.concatenate([made.person[i] for i in lists])


def spoil(lists, rng):
    """Write badly, in half of the coalitions: slips by the word, places that change, empty fields."""
    if rng.random() < 0.5:
        return
    slips, moved, empty = rng.uniform(0, 0.8), rng.uniform(0, 0.5), rng.uniform(0, 0.2, 6)
    hand = random.Random(int(rng.integers(2**31)))
    areas = sorted({row["area"] for rows in lists.values() for row in rows})
    for row in (row for rows in lists.values() for row in rows):
        for field in ("given", "surname"):
            for _ in range(rng.poisson(slips)):
                row[field] = " ".join(slip(w, hand) for w in row[field].split())
        if rng.random() < moved:
            row["area"] = areas[rng.integers(len(areas))]
        for field, chance in zip(
            ("given", "surname", "dob", "sex", "citizenship", "area"), empty, strict=True
        ):
            if rng.random() < chance:
                row[field] = None


def level_counts(seed):
    """How often each level occurs among the true pairs of a coalition that linkage considers."""
    columns, pairs, person = make(seed)
    code = codes(pairs.gamma, pairs.rules)
    which = possible_pairs(columns, pairs, code, one_per_list=False)
    which &= person[pairs.left] == person[pairs.right]
    factors = factor_codes(code[which])
    return {
        name: np.bincount(factors[factors[:, f] >= 0, f], minlength=len(levels))
        for f, (name, levels) in enumerate(FACTORS.items())
    }


def dirichlet_multinomial(counts, rounds=2000):
    """Parameters of a Dirichlet-multinomial law by Minka's fixed point, shape (levels,)."""
    counts = np.asarray(counts, dtype=float)
    counts = counts[counts.sum(axis=1) > 0]
    alpha = counts.sum(axis=0) + 0.5
    alpha *= 50.0 / alpha.sum()
    for _ in range(rounds):
        top = (digamma(counts + alpha) - digamma(alpha)).sum(axis=0)
        bottom = (digamma(counts.sum(axis=1) + alpha.sum()) - digamma(alpha.sum())).sum()
        new = np.maximum(alpha * top / bottom, LEAST * alpha.sum())
        if np.abs(new - alpha).max() < 1e-6:
            break
        alpha = new
    return alpha


def lost_and_hidden(seed, weights):
    """Links there are, links the draws find where none is put in (mean), share hidden, and variance."""
    columns, pairs, person = make(seed)
    settings = LinkageSettings(lost=(0.0, 0.0), weights=weights)
    linkage = link_columns(columns, pairs, settings, seed=seed)
    links = columns.n - np.unique(person).size
    found = columns.n - linkage.draw(100, seed=seed).observed
    hidden = max(linkage.diagnostics["matches_hidden"], 1e-4)
    return links, float(found.mean()), hidden, float(found.var())


def lost_law(links, linked, hidden, spread):
    """Links lost as a multiple of a power of the share hidden, by least squares weighted by links.

    The standard deviation is what is left around it, in multiples of it, after what the draws'
    own spread accounts for.
    """

    def left(parameters):
        scale, power = parameters
        return np.sqrt(links) * ((links - linked) / links - np.exp(scale) * hidden**power)

    scale, power = least_squares(left, (0.0, 1.0)).x
    rest = left((scale, power))
    foreseen = np.sqrt(links) * np.exp(scale) * hidden**power
    more = max(float((rest**2 - spread / links).sum()), 0.0)
    return float(np.exp(scale)), float(power), float(np.sqrt(more / (foreseen**2).sum()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coalitions", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    seeds = range(10_001, 10_001 + chosen.coalitions)
    found = map_jobs(level_counts, [Job(f"levels/{s}", (s,)) for s in seeds], kind="processes")
    m, worth = {}, {}
    for name, levels in FACTORS.items():
        alpha = dirichlet_multinomial([one[name] for one in found])
        worth[name] = round(float(min(alpha.sum(), MOST_WORTH)), 1)
        m[name] = dict(zip(levels, (alpha / alpha.sum()).round(5).tolist(), strict=True))
        print(name, worth[name], m[name])
    weights = Weights({f: np.array(list(v.values())) for f, v in m.items()}, worth)
    jobs = [Job(f"lost/{s}", (s, weights)) for s in seeds]
    held = np.array(map_jobs(lost_and_hidden, jobs, kind="processes"))
    links, linked, hidden, spread = held[held[:, 0] >= 20].T
    mean, power, sd = lost_law(links, linked, hidden, spread)
    print(f"links lost: {mean:.2f} x hidden^{power:.2f}, sd {sd:.2f} times that")
    for part in np.array_split(np.argsort(hidden), 6):
        lost = 1 - linked[part].sum() / links[part].sum()
        print(
            f"  hidden {hidden[part].mean():.4f}: lost {lost:.4f} of {links[part].sum():.0f} links"
        )
    if chosen.write:
        held = {
            "source": f"python -m benchmarks.linkage_training --coalitions {chosen.coalitions}",
            "m": m,
            "worth": worth,
            "lost": {
                "mean": round(mean, 2),
                "power": round(power, 2),
                "sd": round(sd, 2),
                "least": LEAST_LOST,
            },
        }
        WEIGHTS.write_text(json.dumps(held, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
