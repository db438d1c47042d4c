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
