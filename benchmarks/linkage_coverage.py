"""What linkage studies measure of one set of linked lists with known truth, and how a table shows it."""

from __future__ import annotations

import numpy as np

from uncounted.core.table import OverlapTable
from uncounted.errors import Refusal
from uncounted.pooling.linkage_draws import estimate_over_draws

WAYS = ("truth", "certain", "draws")
LINES = (
    "Of people named (on any list): truth, the mean over draws, and how often the 95% interval of the"
    " draws holds it. Of N: the mean of the estimates over the truth, how often the 95% interval holds"
    " it, its mean width over the truth; *who is who known*: the overlap table without linkage error;"
    " *as if certain*: the one answer at the threshold 0.5; *over draws*: all linkage draws pooled.",
    "",
    "| lists | samples | people named: one answer | over draws | held by draws |"
    " N, who is who known | held | width | N, as if certain | held | width |"
    " N, over draws | held | width |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
)


def true_table(lists, member, person):
    """Overlap table of people, were it known who is who."""
    _, number = np.unique(person, return_inverse=True)
    masks = np.zeros(number.max() + 1, dtype=np.int64)
    np.bitwise_or.at(masks, number, 1 << member)
    return OverlapTable.from_histories(lists, np.bincount(masks, minlength=1 << len(lists)))


def measure(found, person, population, *, method, draws, seed, resamples=20, max_order=2):
    """People named and N by the three ways; shares of the truth."""
    drawn = found.draw(draws, seed=seed)
    truth = int(np.unique(person).size)
    lower, upper = np.quantile(drawn.observed, [0.025, 0.975])
    answer = found.table()
    out = {
        "people_one": answer.n / truth,
        "people": float(drawn.observed.mean()) / truth,
        "people_held": bool(lower <= truth <= upper),
    }
    tables = {
        "truth": [true_table(found.lists, found.member, person)],
        "certain": [answer],
        "draws": list(drawn.tables),
    }
    for way, given in tables.items():
        try:
            estimate = estimate_over_draws(
                given,
                method,
                resamples=resamples if way == "draws" else 200,
                max_order=max_order,
                seed=seed,
                threads=1,
            ).estimate
        except Refusal:
            continue
        interval = estimate.interval
        out |= {
            f"{way}_point": estimate.point / population,
            f"{way}_held": bool(interval.lower <= population <= interval.upper),
            f"{way}_width": (interval.upper - interval.lower) / population,
        }
    return out


def mean_row(label, got):
    """One line of the table from what `measure` gave for each sample."""

    def mean(key):
        held = [g[key] for g in got if key in g]
        return f"{np.mean(held):.3f}" if held else "-"

    def count(key):
        held = [g[key] for g in got if key in g]
        return f"{sum(held)} of {len(held)}"

    cells = [label, str(len(got)), mean("people_one"), mean("people"), count("people_held")]
    for way in WAYS:
        cells += [mean(f"{way}_point"), count(f"{way}_held"), mean(f"{way}_width")]
    return [f"| {' | '.join(cells)} |"]


def pair_links(found, person, k):
    """Links between lists that the one answer makes and those there are, by pair of lists, and the
    right ones; each person counts once a pair of lists."""
    label = found.clusters().astype(np.int64)
    member = found.member

    def shared(who, a, b):
        return np.intersect1d(who[member == a], who[member == b])

    made = true = right = 0
    both = label * (int(person.max()) + 1) + person
    for a in range(k):
        for b in range(a + 1, k):
            made += shared(label, a, b).size
            true += shared(person, a, b).size
            right += shared(both, a, b).size
    return made, true, right


def measure_pairs(found, person, population=None, *, draws=100, seed=0, method="main"):
    """F1 of the one answer, and what the draws say of every pair of lists, of all people and of N."""
    k = len(found.lists)
    _, person = np.unique(person, return_inverse=True)
    made, true, right = pair_links(found, person, k)
    drawn = found.draw(draws, seed=seed)
    counts = drawn.counts()
    masks = np.arange(counts.shape[1])
    truth = true_table(found.lists, found.member, person)
    pairs = []
    for a in range(k):
        for b in range(a + 1, k):
            bits = (1 << a) | (1 << b)
            both = (masks & bits) == bits
            shared = counts[:, both].sum(axis=1)
            wanted = int(truth.counts[both].sum())
            low, high = np.quantile(shared, [0.025, 0.975])
            pairs.append(
                (float(shared.mean()), wanted, bool(low <= wanted <= high), float(high - low))
            )
    named = int(np.unique(person).size)
    low, high = np.quantile(drawn.observed, [0.025, 0.975])
    out = {
        "f1": 2 * right / max(made + true, 1),
        "pairs": pairs,
        "people": float(drawn.observed.mean()) / named,
        "people_held": bool(low <= named <= high),
        "reach": found.reach,
        "lost": found.lost[0],
    }
    if population is not None:
        try:
            estimate = estimate_over_draws(
                drawn.tables, method, resamples=10, seed=seed, threads=1
            ).estimate
            interval = estimate.interval
            out["n"] = estimate.point / population
            out["n_held"] = bool(interval.lower <= population <= interval.upper)
        except Refusal:
            pass
    return out


PAIR_HEAD = (
    "| lists | cuts | F1 at 0.5 | overlap by draws, over truth | pair intervals hold | width, over truth |"
    " people named by draws, over truth | held | N over truth | held |",
    "|---|---|---|---|---|---|---|---|---|---|",
)


def pair_row(label, got):
    """One line of the table from what `measure_pairs` gave for each cut."""
    pairs = [p for g in got for p in g["pairs"]]
    drawn, true = sum(p[0] for p in pairs), sum(p[1] for p in pairs)
    width = sum(p[3] for p in pairs)
    n = [g for g in got if "n" in g]
    cells = [
        label,
        str(len(got)),
        f"{np.mean([g['f1'] for g in got]):.3f}",
        f"{drawn / max(true, 1):.3f}",
        f"{sum(p[2] for p in pairs)}/{len(pairs)}",
        f"{width / max(true, 1):.2f}",
        f"{np.mean([g['people'] for g in got]):.3f}",
        f"{sum(g['people_held'] for g in got)}/{len(got)}",
        f"{np.mean([g['n'] for g in n]):.3f}" if n else "-",
        f"{sum(g['n_held'] for g in n)}/{len(n)}" if n else "-",
    ]
    return f"| {' | '.join(cells)} |"
