"""How strongly agreement and disagreement speak: weights by MAP EM over all pairs.

The model is Fellegi and Sunter's: a pair of records is of one person (a match) or of two, and each
field's level of agreement is drawn from ``m`` or from ``u``. ``u`` is measured (`strangers`); ``m`` is
learned with a Dirichlet prior around the shipped weights, so that a few dozen matches cannot pull it
to nonsense (maximum likelihood does: Splink issue 462 and others).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.detection import Detection, detection_of
from uncounted.linkage.kin import Kin, kin_of
from uncounted.linkage.levels import (
    BIRTH_LEVELS,
    BIRTH_SPEAKS,
    FACTORS,
    FIELD_LEVELS,
    codes,
    factor_codes,
    log_m,
    name_state,
)
from uncounted.linkage.prepare import Columns
from uncounted.linkage.rarity import rarity
from uncounted.linkage.shares import taught
from uncounted.linkage.splink_engine import Pairs
from uncounted.linkage.strangers import Tally, crossing_of, first_log_u, later_log_u

__all__ = [
    "Weighed",
    "Weights",
    "chances_of",
    "link_odds",
    "possible_pairs",
    "shipped",
    "weigh",
]

Array = NDArray[np.float64]
_MOST_DUPLICATES = 0.5
"""Most duplicates per record that the prior of a list can reach."""
_BELIEF_ROUNDS = 12
"""Rounds of belief propagation among competing candidates; more move no chance by a hundredth."""
_FLOOR = -9.0
"""Log odds below which a pair at the start is taken for two people without further thought."""
_HOPELESS = -25.0
"""The same by its levels alone, before how rare the values are is asked: that may add 15."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of each level of agreement among pairs of one person.

    Parameters
    ----------
    m
        By factor of `FACTORS`, shape (levels,), summing to one.
    worth
        By factor, how many matches they are worth against the lists' own; 60 where not given.
    source
        How they were learned.
    """

    m: Mapping[str, Array]
    worth: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    def counts(self, strength: float | None) -> dict[str, Array]:
        """Dirichlet pseudo-counts by factor; every factor worth ``strength`` where it is given."""
        return {
            f: v * (self.worth.get(f, 60.0) if strength is None else strength)
            for f, v in self.m.items()
        }


@cache
def shipped() -> Weights:
    """Shipped centre of the prior for ``m`` (``data/weights.json``, which says where it is from)."""
    text = resources.files("uncounted.linkage").joinpath("data/weights.json").read_text("utf-8")
    held = json.loads(text)
    made = {}
    for factor, names in FACTORS.items():
        values = np.array([held["m"][factor][name] for name in names], dtype=np.float64)
        made[factor] = values / values.sum()
    return Weights(made, held["worth"], held["source"])


@dataclass(frozen=True, slots=True)
class Weighed:
    """Blocked pairs with their evidence.

    Parameters
    ----------
    left, right
        Shape (pairs,), record numbers.
    factors
        Shape (pairs, factors), int16, level of agreement per factor.
    log_u
        Shape (pairs,): log of how often strangers agree like this.
    log_ratio
        Shape (pairs,): log P(levels | one person) - log P(levels | two people).
    probability
        Shape (pairs,): of one person, given the pair alone.
    prior
        Shape (lists, lists): prior odds of a link between records of two lists (`link_odds`); the
        diagonal is within a list.
    m
        As fitted, by factor, where it is known.
    m_prior
        Dirichlet pseudo-counts, by factor.
    sizes
        Shape (lists,): records per list.
    rounds
        EM rounds made.
    kin
        Shape (pairs,): the given names are plainly two people's though much else agrees (`kin`).
    detection
        How surely matches would be found.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    factors: NDArray[np.int16]
    log_u: Array
    log_ratio: Array
    probability: Array
    prior: Array
    m: Mapping[str, Array]
    m_prior: Mapping[str, Array]
    sizes: Array
    rounds: int
    kin: NDArray[np.bool_]
    detection: Detection


def weigh(
    columns: Columns,
    pairs: Pairs,
    *,
    one_per_list: bool,
    weights: Weights | None = None,
    strength: float | None = None,
    rounds: int = 60,
) -> Weighed:
    """Fit the weights and give every blocked pair its evidence.

    Parameters
    ----------
    columns, pairs
        The records and their compared pairs.
    one_per_list
        Whether a person is on a list at most once, so that pairs within a list are of two people.
    weights
        Centre of the prior for ``m``; the shipped ones by default.
    strength
        Matches the prior is worth, the same for every factor; by default each its own.
    rounds
        Most EM rounds.
    """
    code = codes(pairs.gamma, pairs.rules)
    k = len(columns.lists)
    sizes = columns.sizes.astype(np.float64)
    levels, pattern = _patterns(code)
    weight = _stand_for(columns, pairs, one_per_list)
    everyone, squares = _sums(levels.shape[0], pattern, weight, weight**2)
    m_prior = (weights or shipped()).counts(strength)
    m = {f: v / v.sum() for f, v in m_prior.items()}
    prior = _first_prior(sizes, one_per_list)
    by_pattern = factor_codes(levels)
    crossing = crossing_of(columns)
    log_u = first_log_u(Tally(levels, everyone, squares, crossing))
    possible = possible_pairs(columns, pairs, code, one_per_list=one_per_list)
    hope = (log_m(m, by_pattern) - log_u + np.log(prior.max())) > _HOPELESS
    kept = np.flatnonzero(possible & hope[pattern])
    left, right, pattern, weight = pairs.left[kept], pairs.right[kept], pattern[kept], weight[kept]
    a, b = columns.member[left], columns.member[right]
    rare = rarity(columns, left, right, code[kept])
    kin = kin_of(columns, left, right, by_pattern[pattern])
    # Copies within a list agree on everything and would teach that all records of a person do.
    teaches = (a != b) | (k == 1)
    # Pairs that agree on the whole name and nearly all of the birth date are left out of what is
    # first counted as strangers: in short lists they would teach that strangers agree.
    p = np.where(_evident(code[kept]), 0.95, 0.0)
    live = np.ones(kept.size, dtype=np.bool_)
    done = 0
    for done in range(1, rounds + 1):
        if done <= 6:
            matched, square = _sums(everyone.size, pattern, weight * p, weight**2 * p)
            strangers = Tally(
                levels,
                np.maximum(everyone - matched, 0.0),
                np.maximum(squares - square, 0.0),
                crossing,
            )
            log_u = first_log_u(strangers) if done == 1 else later_log_u(strangers)
        ratio = _ratio(m, by_pattern, pattern, log_u[pattern] + rare, kin)[live]
        odds = np.exp(np.clip(ratio, -60, 60)) * prior[a[live], b[live]]
        new = chances_of(odds, left[live], right[live], a[live], b[live], k, one_per_list)
        change = np.abs(new - p[live]).sum()
        p[live] = new
        (found,) = _sums(everyone.size, pattern, np.where(teaches, p, 0.0))
        m = _mode(by_pattern, found, m_prior)
        kin = kin.learned(m, (log_u[pattern] + rare)[kin.which], p)
        if done == 6:
            live = live & (p > np.exp(_FLOOR))
            p[~live] = 0.0
        prior = _prior(a[live], b[live], p[live], sizes, one_per_list)
        if done > 7 and change < 1e-4 * max(p.sum(), 1.0):
            break
    factors = by_pattern[pattern]
    log_u = log_u[pattern] + rare
    log_u[kin.which] = kin.log_u(m, log_u[kin.which])
    ratio = log_m(m, factors) - log_u
    odds = np.exp(np.clip(ratio, -60, 60)) * prior[a, b]
    chances = chances_of(odds, left, right, a, b, k, one_per_list)
    return Weighed(
        left,
        right,
        factors,
        log_u,
        ratio,
        chances,
        prior,
        m,
        m_prior,
        sizes,
        done,
        kin.flags(kept.size),
        detection_of(columns, m, prior, strangers),
    )


def _ratio(
    m: Mapping[str, Array],
    by_pattern: NDArray[np.int16],
    pattern: NDArray[np.int64],
    log_u: Array,
    kin: Kin,
) -> Array:
    """Log ratio of every pair, kin as an explanation of what agrees beside strangers."""
    if kin.which.size:
        log_u[kin.which] = kin.log_u(m, log_u[kin.which])
    out: Array = log_m(m, by_pattern)[pattern] - log_u
    return out


def _patterns(code: NDArray[np.int16]) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Rows that differ, and which of them each row is: what depends on levels alone is done once."""
    key = np.zeros(code.shape[0], dtype=np.int64)
    for f, names in enumerate(FIELD_LEVELS.values()):
        key = key * (len(names) + 1) + code[:, f]
    _, first, pattern = np.unique(key, return_index=True, return_inverse=True)
    return code[first], pattern


def _sums(patterns: int, pattern: NDArray[np.int64], *weights: Array) -> tuple[Array, ...]:
    """Sum of each weight by pattern."""
    return tuple(
        np.bincount(pattern, weights=w, minlength=patterns).astype(np.float64) for w in weights
    )


def _stand_for(columns: Columns, pairs: Pairs, one_per_list: bool) -> Array:
    """How many pairs of strangers each compared pair stands for; 0 for those that do not speak."""
    n = columns.n
    others = pairs.sampled & ~pairs.blocked
    outside = max(n * (n - 1) / 2 - pairs.blocked.sum(), 0.0)
    each = outside / max(float(others.sum()), 1.0)
    weight = np.where(pairs.blocked, 1.0, np.where(others, each, 0.0))
    if one_per_list and columns.sizes.max() >= 30:
        # Pairs of one list are then all of two people: strangers, seen without a match among them.
        crossing = columns.member[pairs.left] != columns.member[pairs.right]
        weight = np.where(crossing, 0.0, weight)
    return weight


def possible_pairs(
    columns: Columns, pairs: Pairs, code: NDArray[np.int16], *, one_per_list: bool
) -> NDArray[np.bool_]:
    """Which pairs can be of one person: part of the name agrees, or most of the birth date.

    Without either, sex, origin and area would make one person of a whole community.
    """
    out: NDArray[np.bool_] = pairs.blocked & (
        (name_state(code[:, 0]) > 0) | (code[:, 1] >= BIRTH_SPEAKS)
    )
    if one_per_list:
        out &= columns.member[pairs.left] != columns.member[pairs.right]
    return out


def _evident(code: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which pairs agree, near or better, on both parts of the name and on the birth date."""
    out: NDArray[np.bool_] = (name_state(code[:, 0]) == 2) & (code[:, 1] >= len(BIRTH_LEVELS) - 2)
    return out


def _mode(factors: NDArray[np.int16], p: Array, m_prior: Mapping[str, Array]) -> dict[str, Array]:
    """Weights given the chance of each pair, leaning on the prior."""
    out = {}
    for f, (factor, names) in enumerate(FACTORS.items()):
        told = factors[:, f] >= 0
        found = np.bincount(factors[told, f], p[told], len(names)).astype(np.float64)
        out[factor] = taught(factor, found, m_prior[factor])
    return out


def chances_of(
    odds: Array,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    k: int,
    one_per_list: bool,
) -> Array:
    """Chance that each pair is of one person, from its odds alone and the other candidates'.

    Across lists the other candidates of either record compete, since few people are on a list
    twice; within a list, o / (1 + o).

    Notes
    -----
    The chances of pairs under one-to-one matchings that weigh as their odds, by belief propagation
    (exact where candidates form no circle): a record is free for another with chance
    1 / (1 + sum of odds of its other candidates, each as free as it is for the record). The first
    round is o / (o + (1 + s) (1 + t)) with s, t the odds of all others; it alone would let two
    copies on one list and two on the other rule each other out.
    """
    within = a == b
    if not one_per_list and within.any():
        out = np.empty(odds.size)
        out[within] = odds[within] / (1.0 + odds[within])
        c = ~within
        out[c] = chances_of(odds[c], left[c], right[c], a[c], b[c], k, True)
        return out
    left_key, right_key = left * k + b, right * k + a
    size = int(max(left_key.max(initial=0), right_key.max(initial=0))) + 1
    # What is sent by the left record to the right one and back: how free either is for the other.
    from_left = from_right = np.ones(odds.size)
    for turn in range(_BELIEF_ROUNDS):
        at_left, at_right = odds * from_right, odds * from_left
        sums = np.bincount(left_key, weights=at_left, minlength=size)
        sums += np.bincount(right_key, weights=at_right, minlength=size)
        new_left = 1.0 / (1.0 + np.maximum(sums[left_key] - at_left, 0.0))
        new_right = 1.0 / (1.0 + np.maximum(sums[right_key] - at_right, 0.0))
        if turn:  # half the way, lest circles swing to and fro
            new_left, new_right = np.sqrt(new_left * from_left), np.sqrt(new_right * from_right)
        from_left, from_right = new_left, new_right
    free = odds * from_left * from_right
    chances: Array = free / (1.0 + free)
    return chances


def _first_prior(sizes: Array, one_per_list: bool) -> Array:
    """One match for every three records of the smaller list, before anything is seen."""
    k = sizes.size
    out = np.zeros((k, k))
    for i in range(k):
        for j in range(k):
            out[i, j] = 0.3 / max(sizes[i], sizes[j], 1.0)
    np.fill_diagonal(out, 0.0 if one_per_list else 0.02 / np.maximum(sizes, 1.0))
    return out


def _prior(
    a: NDArray[np.int64], b: NDArray[np.int64], p: Array, sizes: Array, one_per_list: bool
) -> Array:
    """Prior odds of a link per pair of lists, from the expected links."""
    k = sizes.size
    found = np.zeros((k, k))
    np.add.at(found, (a, b), p)
    found = found + found.T - np.diag(np.diag(found))
    return link_odds(found, found, sizes, one_per_list)


def link_odds(found: Array, drawn: Array, sizes: Array, one_per_list: bool) -> Array:
    """Prior odds that two records, neither linked to the other's list, are of one person.

    With L people on both of two lists of A and B people the odds are L / ((A - L) (B - L)): among
    matchings that weigh every link alike, these make L links the typical number. Were the lists
    independent this is one over the number of people on neither list.

    Parameters
    ----------
    found
        Shape (lists, lists), links; on the diagonal, within a list.
    drawn
        The same, or gamma draws with these shapes plus two (see Returns).
    sizes
        Records per list.
    one_per_list
        Whether links within a list are ruled out.

    Returns
    -------
    ndarray, shape (lists, lists)
        Shrunk a little, by the worth of two links, to the odds over all pairs of lists.
    """
    k = sizes.size
    rooms = np.maximum(sizes[:, None] - found, 0.5) * np.maximum(sizes[None, :] - found, 0.5)
    np.fill_diagonal(rooms, np.maximum(sizes * (sizes - 1) / 2, 1.0))
    extra = 2.0 if drawn is found else 0.0
    across = ~np.eye(k, dtype=np.bool_)
    out = np.zeros((k, k))
    for which in (across, ~across):
        if which.any():
            common = (found[which].sum() + 0.5) / (rooms[which].sum() + 1.0)
            out[which] = (drawn[which] + extra) / (rooms[which] + 2.0 / common)
    if one_per_list:
        np.fill_diagonal(out, 0.0)
    else:
        most = _MOST_DUPLICATES / np.maximum(sizes, 1.0)
        np.fill_diagonal(out, np.minimum(np.diag(out), most))
    return out
