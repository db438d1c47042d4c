"""Ways in which people come to be on lists, each with random sizes and strengths: `WAYS`.

A `Way` is a kind of mechanism with stated ranges; every table it draws has a population, lists and
a strength of its own, so a study over a way is one over other tables of the same kind. The likely
range is learned on the ways with a weight; the study of the verdict runs over all of them.

Unless a way says otherwise: 3 to 6 lists (30, 34, 30 and 6 in 100); 80 to 4,000 people observed and
6% to 85% of the population, both evenly on the log scale; lists whose rates differ by a factor of up
to 3.3. Rates are scaled so that the share observed is the one drawn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note
from uncounted.core.table import OverlapTable
from uncounted.simulation import mismatches
from uncounted.simulation.ease import (
    area_lists,
    chained_lists,
    ease_varies,
    gamma_ease,
    leaving_lists,
    lists_in_time,
    lognormal_ease,
    pareto_ease,
    separate_lists,
)
from uncounted.simulation.populations import (
    Design,
    exclusive_lists,
    independent_lists,
    latent_classes,
    list_names,
    paired_lists,
    rasch,
    two_worlds,
)
from uncounted.verdict.questions import Questions

__all__ = ["WAYS", "Way", "draw"]

Floats = NDArray[np.float64]
Rng = np.random.Generator
Make = Callable[[list[float]], Design]
Drawn = tuple[OverlapTable, int]

CLEAR = Questions("no", "no", "certain")
APART = Questions("no", "yes", "certain")
DOUBTFUL = Questions("no", "no", "estimated")
HIDDEN = Questions("yes", "no", "certain")


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which people come to be on lists.

    Parameters
    ----------
    name
        What it is called in tables of results.
    draw
        Draws a table and the size of its population.
    answers
        What somebody who knows the lists would answer.
    weight
        How often it is drawn in the mixture over which the likely range holds 95 of 100: 1, or a
        half for the eleven ways in which people differ in how easily they are found (they are many
        of one kind); 0 where it takes no part.
    """

    name: str
    draw: Callable[[Rng], Drawn]
    answers: Questions = CLEAR
    weight: float = 1.0

    @property
    def words(self) -> Note:
        """What happens, with the ranges of what is drawn."""
        return Note(f"simulation.way.{re.sub('[^a-z0-9]+', '-', self.name)}")

    @property
    def apart(self) -> bool:
        """Whether lists keep people from each other, so that an honest answer says so."""
        return self.answers.leaves_reach == "yes"

    @property
    def clean(self) -> bool:
        """Whether the matching is without fault and everybody could be met."""
        return self.answers.matching == "certain" and self.answers.unreachable_group == "no"


def draw(way: Way, seed: int, index: int) -> Drawn:
    """Table ``index`` of a way and the size of its population: the same for the same seed.

    Tables with fewer than ten people, fewer than three lists that hold people or nobody on two lists
    are drawn again.

    Examples
    --------
    >>> by_name = {way.name: way for way in WAYS}
    >>> table, population = draw(by_name["independent"], 1, 0)
    >>> table.n < population
    True
    """
    from uncounted.engine.jobs import stream

    rng = stream(seed, f"ways/{way.name}/{index}")
    while True:
        table, population = way.draw(rng)
        held = int((table.list_sizes > 0).sum())
        if table.n >= 10 and held >= 3 and table.overlap > 0:
            return table, population


# --- sizes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Size:
    population: int
    coverage: float
    relative: Floats


def _size(
    rng: Rng, lists: tuple[int, ...] = (3, 4, 5, 6), observed: tuple[float, float] = (80, 4000),
    coverage: tuple[float, float] = (0.06, 0.85),
) -> _Size:  # fmt: skip
    usual = {3: 0.30, 4: 0.34, 5: 0.30, 6: 0.06}
    weight = np.array([usual.get(t, 0.1) for t in lists])
    t = int(rng.choice(lists, p=weight / weight.sum()))
    seen = math.exp(rng.uniform(*np.log(observed)))
    share = math.exp(rng.uniform(*np.log(coverage)))
    relative = np.exp(rng.uniform(-0.6, 0.6, t))
    return _Size(max(round(seen / share), 20), share, relative)


def _scaled(size: _Size, make: Make) -> Design:
    """Scale the lists until the share observed is the one wanted, or every list meets 9 in 10."""
    low, high = math.log(1e-4), math.log(3.0)

    def made(x: float) -> Design:
        rates = math.exp(x) * size.relative
        return make(np.minimum(-np.expm1(-rates), 0.9).tolist())

    for _ in range(18):
        middle = 0.5 * (low + high)
        if made(middle).coverage < size.coverage:
            low = middle
        else:
            high = middle
    return made(0.5 * (low + high))


def _drawn(rng: Rng, size: _Size, make: Make) -> Drawn:
    design = _scaled(size, make)
    return design.draw(rng), design.population


def _pairs(rng: Rng, t: int, many: int) -> list[tuple[int, int]]:
    pairs = list(combinations(range(t), 2))
    chosen = rng.permutation(len(pairs))[:many]
    return [pairs[int(k)] for k in chosen]


# --- one list and another ------------------------------------------------------------------------


def _independent(rng: Rng) -> Drawn:
    s = _size(rng)
    return _drawn(rng, s, lambda p: independent_lists(s.population, p))


def _effects(rng: Rng, s: _Size, effects: dict[tuple[int, ...], float]) -> Drawn:
    return _drawn(rng, s, lambda p: paired_lists(s.population, p, effects))


def _positive(rng: Rng) -> Drawn:
    s = _size(rng)
    many = int(rng.integers(1, 3))
    return _effects(rng, s, {k: rng.uniform(0.4, 1.6) for k in _pairs(rng, s.relative.size, many)})


def _negative(rng: Rng) -> Drawn:
    s = _size(rng)
    many = int(rng.integers(1, 3))
    return _effects(
        rng, s, {k: rng.uniform(-1.6, -0.4) for k in _pairs(rng, s.relative.size, many)}
    )


def _mixed(rng: Rng) -> Drawn:
    s = _size(rng)
    t = s.relative.size
    many = 2 if t == 3 else 3
    signs = [1, -1, 1]
    return _effects(
        rng,
        s,
        {k: signs[i] * rng.uniform(0.4, 1.6) for i, k in enumerate(_pairs(rng, t, many))},
    )


def _dense(rng: Rng) -> Drawn:
    s = _size(rng)
    t = s.relative.size
    return _effects(rng, s, {k: rng.normal(0.3, 0.5) for k in combinations(range(t), 2)})


def _three_way(rng: Rng) -> Drawn:
    s = _size(rng)
    a, b, c = sorted(int(x) for x in rng.permutation(s.relative.size)[:3])
    if s.relative.size == 3:
        return _effects(rng, s, {(0, 1, 2): rng.choice([-1, 1]) * rng.uniform(0.3, 0.9)})
    pair, triple = rng.uniform(0.0, 0.8), rng.choice([-1, 1]) * rng.uniform(0.3, 1.0)
    return _effects(rng, s, {(a, b): pair, (a, c): pair, (b, c): pair, (a, b, c): triple})


def _three_of_three(rng: Rng) -> Drawn:
    s = _size(rng, lists=(3,))
    return _effects(rng, s, {(0, 1, 2): rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)})


def _exclusive(rng: Rng) -> Drawn:
    s = _size(rng, coverage=(0.06, 0.6))
    pairs = [(0, 1)] if s.relative.size == 3 or rng.random() < 0.5 else [(0, 1), (2, 3)]
    return _drawn(rng, s, lambda p: exclusive_lists(s.population, p, pairs))


def _referral(rng: Rng) -> Drawn:
    s = _size(rng)
    (pair,) = _pairs(rng, s.relative.size, 1)
    return _effects(rng, s, {pair: rng.uniform(1.5, 3.5)})


def _chain(rng: Rng) -> Drawn:
    s = _size(rng)
    sent = rng.uniform(0.15, 0.5, s.relative.size - 1).tolist()
    return _drawn(rng, s, lambda p: chained_lists(s.population, p, sent))


def _near_subset(rng: Rng) -> Drawn:
    s = _size(rng)
    inside = rng.uniform(0.85, 0.97)

    def make(p: list[float]) -> Design:
        # Of the people on the second list the share `inside` is on the first as well.
        odds = inside / (1.0 - inside)
        return paired_lists(
            s.population, p, {(0, 1): min(math.log(odds * (1.0 - p[0]) / p[0]) + 0.5, 6.0)}
        )

    return _drawn(rng, s, make)


# --- people who differ ---------------------------------------------------------------------------


def _classes(rng: Rng, share: tuple[float, float], ratio: tuple[float, float]) -> Drawn:
    s = _size(rng)
    w, r = rng.uniform(*share), math.exp(rng.uniform(*np.log(ratio)))
    return _drawn(rng, s, lambda p: latent_classes(s.population, p, [1 - w, w], [1.0, r]))


def _latent_mild(rng: Rng) -> Drawn:
    return _classes(rng, (0.2, 0.5), (1.8, 4.0))


def _latent_strong(rng: Rng) -> Drawn:
    return _classes(rng, (0.08, 0.3), (4.0, 12.0))


def _latent_by_list(rng: Rng) -> Drawn:
    s = _size(rng)
    w = rng.dirichlet([4.0, 2.0, 2.0])
    odds = np.exp(rng.normal(0.0, 0.7, (3, s.relative.size)))
    return _drawn(rng, s, lambda p: latent_classes(s.population, p, w.tolist(), odds.tolist()))


def _planted(rng: Rng) -> Drawn:
    s = _size(rng)
    t = s.relative.size
    w, r = rng.uniform(0.05, 0.25), math.exp(rng.uniform(math.log(3.0), math.log(15.0)))
    met = np.ones(t)
    met[rng.permutation(t)[: int(rng.integers(2, t))]] = r
    odds = [[1.0] * t, met.tolist()]
    return _drawn(rng, s, lambda p: latent_classes(s.population, p, [1 - w, w], odds))


def _rasch(rng: Rng) -> Drawn:
    s = _size(rng)
    sd = rng.uniform(0.4, 1.5)
    return _drawn(rng, s, lambda p: rasch(s.population, p, sd))


def _ease(rng: Rng, ease: Floats, weights: list[float] | None = None) -> Drawn:
    s = _size(rng, coverage=(0.06, 0.6))
    return _drawn(rng, s, lambda p: ease_varies(s.population, p, ease, weights))


def _half_at_a_tenth(rng: Rng) -> Drawn:
    share, factor = rng.uniform(0.35, 0.65), rng.uniform(0.07, 0.15)
    return _ease(rng, np.array([1.0, factor]), [1.0 - share, share])


def _gamma(rng: Rng) -> Drawn:
    return _ease(rng, gamma_ease(rng.uniform(0.3, 0.7)))


def _gamma_mild(rng: Rng) -> Drawn:
    return _ease(rng, gamma_ease(rng.uniform(0.8, 3.0)))


def _pareto(rng: Rng) -> Drawn:
    return _ease(rng, pareto_ease(rng.uniform(1.2, 3.0)))


def _lognormal(rng: Rng) -> Drawn:
    return _ease(rng, lognormal_ease(rng.uniform(0.5, 1.3)))


def _one_list_group(rng: Rng) -> Drawn:
    s = _size(rng)
    t = s.relative.size
    w = rng.uniform(0.08, 0.25)
    only = int(rng.integers(t))

    def make(p: list[float]) -> Design:
        chances = [p, [min(1.5 * p[j], 0.9) if j == only else 0.0 for j in range(t)]]
        return area_lists(s.population, chances, [1 - w, w])

    return _drawn(rng, s, make)


def _in_time(rng: Rng) -> Drawn:
    s = _size(rng, coverage=(0.06, 0.6))
    t = s.relative.size
    length = rng.uniform(0.4, 1.0, t)
    start = rng.uniform(0.0, 1.0 - length)
    windows = list(zip(start.tolist(), (start + length).tolist(), strict=True))
    stay = math.exp(rng.uniform(math.log(0.3), math.log(4.0)))
    return _drawn(
        rng,
        s,
        lambda p: lists_in_time(s.population, -np.log1p(-np.array(p)) * 4.0, windows, stay),
    )


def _friends(rng: Rng) -> Drawn:
    """People in groups of one to six; whoever finds one of a group usually finds the others too."""
    s = _size(rng)
    design = _scaled(s, lambda p: independent_lists(s.population, p))
    p = np.array(
        [design.cells[(np.arange(1 << design.t) >> j & 1) == 1].sum() for j in range(design.t)]
    )
    together = rng.uniform(0.5, 0.95)
    sizes = rng.integers(1, int(rng.integers(3, 7)), s.population)
    group = np.repeat(np.arange(s.population), sizes)[: s.population]
    met = rng.random((s.population, design.t)) < (p / together)[None, :].clip(0.0, 1.0)
    on = met[group] & (rng.random((s.population, design.t)) < together)
    people = (on * (1 << np.arange(design.t))).sum(axis=1)
    return _counted(people, design.t), s.population


def _counted(people: NDArray[np.int64], t: int) -> OverlapTable:
    counts = np.bincount(people, minlength=1 << t)
    counts[0] = 0
    return OverlapTable.from_histories(list_names(t), counts)


# --- unusual sizes -------------------------------------------------------------------------------


def _few_people(rng: Rng) -> Drawn:
    s = _size(rng, observed=(30, 80), coverage=(0.1, 0.7))
    many = int(rng.integers(0, 3))
    return _effects(rng, s, {k: rng.uniform(-0.8, 1.2) for k in _pairs(rng, s.relative.size, many)})


def _many_lists(rng: Rng) -> Drawn:
    s = _size(rng, lists=(8, 9, 10), observed=(200, 2000), coverage=(0.15, 0.8))
    sd = rng.choice([0.0, rng.uniform(0.3, 1.0)])
    return _drawn(rng, s, lambda p: rasch(s.population, p, float(sd)))


def _high_coverage(rng: Rng) -> Drawn:
    s = _size(rng, observed=(100, 3000), coverage=(0.8, 0.97))
    many = int(rng.integers(0, 3))
    return _effects(rng, s, {k: rng.uniform(-0.8, 1.2) for k in _pairs(rng, s.relative.size, many)})


def _small_share(rng: Rng) -> Drawn:
    s = _size(rng, lists=(4, 5), observed=(400, 4000), coverage=(0.015, 0.06))
    w, r = rng.choice([0.0, 0.3]), rng.uniform(1.5, 3.0)
    return _drawn(rng, s, lambda p: latent_classes(s.population, p, [1 - w, w], [1.0, r]))


# --- lists that keep people from each other --------------------------------------------------------


def _out_of_reach(rng: Rng) -> Drawn:
    s = _size(rng, coverage=(0.06, 0.7))
    missed = rng.uniform(0.6, 0.8)
    return _drawn(rng, s, lambda p: leaving_lists(s.population, p, missed))


def _own_areas(rng: Rng) -> Drawn:
    t = int(rng.choice([3, 4, 5]))
    population = round(math.exp(rng.uniform(math.log(500), math.log(8000))))
    own = rng.uniform(0.25, 0.5, t).tolist()
    design = separate_lists(population, own, rng.uniform(0.02, 0.06))
    return design.draw(rng), population


def _two_regions(rng: Rng) -> Drawn:
    s = _size(rng, lists=(3, 4, 5))
    t = s.relative.size
    spill = rng.uniform(0.0, 0.1)
    first = np.array([1.0, *(1.0 if j % 2 else spill for j in range(1, t))])
    second = np.array([1.0, *(spill if j % 2 else 1.0 for j in range(1, t))])
    w = rng.uniform(0.35, 0.65)
    return _drawn(
        rng,
        s,
        lambda p: area_lists(
            s.population, [(first * p).tolist(), (second * p).tolist()], [w, 1 - w]
        ),
    )


def _two_worlds(rng: Rng) -> Drawn:
    s = _size(rng, coverage=(0.06, 0.7))
    factor = rng.uniform(1.5, 3.0)
    return _drawn(rng, s, lambda p: two_worlds(s.population, p, factor))


# --- faults of matching, people out of all reach --------------------------------------------------


def _faulty(
    rng: Rng, fault: Callable[[OverlapTable, float, Rng], OverlapTable], share: tuple[float, float]
) -> Drawn:
    s = _size(rng, observed=(200, 4000), coverage=(0.15, 0.85))
    effects: dict[tuple[int, ...], float] = {
        k: rng.uniform(-0.5, 1.0) for k in _pairs(rng, s.relative.size, int(rng.integers(0, 2)))
    }
    table, population = _effects(rng, s, effects)
    return fault(table, rng.uniform(*share), rng), population


def _links_missed(rng: Rng) -> Drawn:
    return _faulty(rng, mismatches.split, (0.12, 0.18))


def _wrongly_merged(rng: Rng) -> Drawn:
    return _faulty(rng, mismatches.merged, (0.05, 0.10))


def _entries_doubled(rng: Rng) -> Drawn:
    return _faulty(rng, mismatches.doubled, (0.12, 0.18))


def _out_of_all_reach(rng: Rng) -> Drawn:
    s = _size(rng, coverage=(0.06, 0.45))
    w = rng.uniform(0.3, 0.6)
    return _drawn(rng, s, lambda p: latent_classes(s.population, p, [1 - w, w], [1.0, 0.0]))


WAYS: tuple[Way, ...] = (
    Way("independent", _independent),
    Way(
        "positive pairs",
        _positive,
    ),
    Way(
        "negative pairs",
        _negative,
        APART,
    ),
    Way("mixed pairs", _mixed),
    Way("dense pairs", _dense),
    Way("three-way", _three_way),
    Way(
        "three lists, three-way",
        _three_of_three,
    ),
    Way("exclusive pairs", _exclusive, APART),
    Way("referral", _referral),
    Way("chain of referrals", _chain),
    Way("near-subset", _near_subset),
    Way(
        "latent mild",
        _latent_mild,
        weight=0.5,
    ),
    Way(
        "latent strong",
        _latent_strong,
        weight=0.5,
    ),
    Way(
        "classes by list",
        _latent_by_list,
        weight=0.5,
    ),
    Way(
        "planted group",
        _planted,
        weight=0.5,
    ),
    Way("rasch", _rasch, weight=0.5),
    Way(
        "half at a tenth",
        _half_at_a_tenth,
        weight=0.5,
    ),
    Way("gamma ease", _gamma, weight=0.5),
    Way("gamma ease, mild", _gamma_mild, weight=0.5),
    Way("pareto ease", _pareto, weight=0.5),
    Way("lognormal ease", _lognormal, weight=0.5),
    Way(
        "a group on one list only",
        _one_list_group,
    ),
    Way(
        "open in time",
        _in_time,
        weight=0.5,
    ),
    Way("friends found together", _friends),
    Way("few people", _few_people, CLEAR, 0.0),
    Way("eight to ten lists", _many_lists, CLEAR, 0.0),
    Way("high coverage", _high_coverage),
    Way(
        "small share",
        _small_share,
        CLEAR,
        0.0,
    ),
    Way(
        "out of reach once found",
        _out_of_reach,
        APART,
        0.0,
    ),
    Way(
        "own areas",
        _own_areas,
        APART,
        0.0,
    ),
    Way(
        "two regions",
        _two_regions,
        APART,
    ),
    Way(
        "two worlds",
        _two_worlds,
        APART,
    ),
    Way(
        "links missed",
        _links_missed,
        DOUBTFUL,
        0.0,
    ),
    Way(
        "wrongly merged",
        _wrongly_merged,
        DOUBTFUL,
        0.0,
    ),
    Way(
        "entries doubled",
        _entries_doubled,
        DOUBTFUL,
        0.0,
    ),
    Way(
        "out of all reach",
        _out_of_all_reach,
        HIDDEN,
        0.0,
    ),
)
