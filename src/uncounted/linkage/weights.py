"""How strongly agreement and disagreement speak: weights by MAP EM over all pairs.

The model is Fellegi and Sunter's: a pair of records is of one person (a match) or of two, and each
field's level of agreement is drawn from ``m`` or from ``u``. Three things differ from the usual fit.

* ``u`` is measured, not fitted blind: every blocked pair and a random sample of the others together
  stand for all pairs, so that even rare agreements of strangers are counted. It may differ between
  pairs whose names agree and pairs whose names do not: two people called Kim are more often both
  from Korea than two people at random.
* ``m`` has a Dirichlet prior around the shipped weights, so that a few dozen matches cannot pull it
  to nonsense (maximum likelihood does: Splink issue 462 and others).
* Agreement on a rare value weighs more: ``u`` of an equal value is scaled by the value's own share.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.levels import (
    AREA_LEVELS,
    BIRTH_LEVELS,
    FACTORS,
    FIELD_LEVELS,
    NAME_LEVELS,
    PART_LEVELS,
    codes,
    factor_codes,
)
from uncounted.linkage.prepare import Columns
from uncounted.linkage.splink_engine import Pairs

__all__ = ["CLASSES", "Weighed", "Weights", "hold", "link_odds", "log_m", "shipped", "weigh"]

Array = NDArray[np.float64]
CLASSES = 1
"""Kinds of match. A second kind for records with errors all over was tried and taken out: on a list of
one community it filled with strangers of one origin, sex and area."""
START_SHARE = np.ones(CLASSES)
_MOST_DUPLICATES = 0.1
"""Most duplicates per record that the prior of a list can reach."""
_MOST_DIFFERENT = {"given": 0.2, "surname": 0.2, "birth": 0.08}
"""Share of matches in which a part of the name, or the birth date, may at most be different."""
_BIRTH_SPEAKS = BIRTH_LEVELS.index("month and day same")
STRANGERS: Mapping[str, Array] = {
    "part": np.array([0.03, 0.91, 0.04, 0.01, 0.01]),
    "birth": np.array([0.06, 0.83, 0.05, 0.01, 0.02, 0.02, 0.0025, 0.002, 0.001, 0.0001]),
    "sex": np.array([0.05, 0.45, 0.5]),
    "citizenship": np.array([0.05, 0.6, 0.35]),
    "area": np.array([0.05, 0.6, 0.01, 0.34]),
}
"""Round figures of how strangers agree, for lists too short to tell; worth `_KNOWN` pairs."""
_KNOWN = 50.0
_LEAN = 20.0
_FLOOR = -9.0
"""Log odds below which a pair at the start is taken for two people without further thought."""
_PART_SAME = len(PART_LEVELS) - 1


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of each level of agreement among pairs of one person.

    Parameters
    ----------
    m
        By factor of `FACTORS`, shape (classes, levels), rows summing to one.
    source
        How they were learned.
    """

    m: Mapping[str, Array]
    source: str = ""


@cache
def shipped() -> Weights:
    """Shipped centre of the prior for ``m`` (``data/weights.json``, which says where it is from)."""
    text = resources.files("uncounted.linkage").joinpath("data/weights.json").read_text("utf-8")
    held = json.loads(text)
    made = {}
    for field, names in FACTORS.items():
        values = np.array(
            [[held["m"][c][field][name] for name in names] for c in range(CLASSES)],
            dtype=np.float64,
        )
        made[field] = values / values.sum(axis=1, keepdims=True)
    return Weights(made, held["source"])


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
        As fitted, by field.
    m_prior
        Dirichlet pseudo-counts, by factor.
    share, share_prior
        Shape (classes,): share of each kind of match, and its pseudo-counts.
    sizes
        Shape (lists,): records per list.
    rounds
        EM rounds made.
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
    share: Array
    share_prior: Array
    sizes: Array
    rounds: int


def weigh(
    columns: Columns,
    pairs: Pairs,
    *,
    one_per_list: bool,
    weights: Weights | None = None,
    strength: float = 60.0,
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
        Matches the prior is worth.
    rounds
        Most EM rounds.
    """
    centre = (weights or shipped()).m
    code = codes(pairs.gamma)
    factors = factor_codes(code)
    k = len(columns.lists)
    a, b = columns.member[pairs.left], columns.member[pairs.right]
    sizes = columns.sizes.astype(np.float64)
    totals = np.outer(sizes, sizes)
    np.fill_diagonal(totals, sizes * (sizes - 1) / 2)
    blocked = pairs.blocked
    others = pairs.sampled & ~blocked
    everything = totals[np.triu_indices(k)].sum()
    outside = max(everything - blocked.sum(), 0.0)
    weight = np.where(blocked, 1.0, outside / max(others.sum(), 1))
    if one_per_list and sizes.max() >= 30:
        # Pairs of one list are then all of two people: strangers, seen without any match among them.
        weight = np.where(a == b, weight, 0.0)
    used = blocked | others
    rarity = _rarity(columns, pairs, code)
    alike = _alike(code[:, 0])
    possible = (a != b) if one_per_list else np.ones(a.size, dtype=np.bool_)
    possible &= blocked
    # One person's records agree in part of the name or in most of the birth date. Without either,
    # sex, origin and area would make one person of a whole community.
    possible &= (alike == 1) | (code[:, 1] >= _BIRTH_SPEAKS)
    prior = _first_prior(sizes, one_per_list)
    m = {f: v.copy() for f, v in centre.items()}
    share = START_SHARE.copy()
    m_prior = {f: strength * share[:, None] * v for f, v in centre.items()}
    # Pairs that agree on the whole name and nearly all of the birth date are left out of what is
    # first counted as strangers: in short lists they would teach that strangers agree.
    evident = possible & _evident(code)
    p = np.where(evident, 0.95, 0.0)
    done = 0
    log_u = np.zeros(a.size)
    live = possible.copy()
    for done in range(1, rounds + 1):
        strangers = np.where(used, weight * (1.0 - p), 0.0)
        if done == 1:
            log_u = _first_log_u(code, strangers, alike) + rarity
        elif done <= 6:
            log_u = _log_u(code, strangers, alike) + rarity
        each = log_m(m, share, factors[live])
        whole = np.logaddexp.reduce(each, axis=0)
        odds = np.exp(np.clip(whole - log_u[live], -60, 60)) * prior[a[live], b[live]]
        new = _chances(odds, pairs.left[live], pairs.right[live], a[live], b[live], k, one_per_list)
        change = np.abs(new - p[live]).sum()
        p[live] = new
        grade = new * np.exp(each - whole)
        for f, (field, names) in enumerate(FACTORS.items()):
            level = factors[live, f]
            told = level >= 0
            for c in range(CLASSES):
                found = np.bincount(level[told], weights=grade[c, told], minlength=len(names))
                total = found + m_prior[field][c]
                m[field][c] = hold(field, total / total.sum())
        share = grade.sum(axis=1) + strength * START_SHARE
        share /= share.sum()
        if done == 6:
            live = live & (p > np.exp(_FLOOR))
            p[~live] = 0.0
        prior = _prior(a[live], b[live], p[live], sizes, one_per_list)
        if done > 7 and change < 1e-4 * max(p.sum(), 1.0):
            break
    left, right = pairs.left[possible], pairs.right[possible]
    each = log_m(m, share, factors[possible])
    ratio = np.logaddexp.reduce(each, axis=0) - log_u[possible]
    odds = np.exp(np.clip(ratio, -60, 60)) * prior[a[possible], b[possible]]
    chances = _chances(odds, left, right, a[possible], b[possible], k, one_per_list)
    return Weighed(
        left,
        right,
        factors[possible],
        log_u[possible],
        ratio,
        chances,
        prior,
        m,
        m_prior,
        share,
        strength * START_SHARE,
        sizes,
        done,
    )


def _chances(
    odds: Array,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    k: int,
    one_per_list: bool,
) -> Array:
    """Chance that each pair is of one person.

    Across lists the other candidates of either record compete, since few people are on a list
    twice: with odds o of the pair and s, t the odds of all others of the two records,
    o / (o + (1 + s) (1 + t)). Within a list, o / (1 + o).
    """
    within = a == b
    if not one_per_list and within.any():
        out = np.empty(odds.size)
        out[within] = odds[within] / (1.0 + odds[within])
        c = ~within
        out[c] = _chances(odds[c], left[c], right[c], a[c], b[c], k, True)
        return out
    left_key, right_key = left * k + b, right * k + a
    size = int(max(left_key.max(initial=0), right_key.max(initial=0))) + 1
    sums = np.bincount(left_key, weights=odds, minlength=size)
    sums += np.bincount(right_key, weights=odds, minlength=size)
    s = np.maximum(sums[left_key] - odds, 0.0)
    t = np.maximum(sums[right_key] - odds, 0.0)
    chances: Array = odds / (odds + (1.0 + s) * (1.0 + t))
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


def hold(factor: str, shares: Array) -> Array:
    """Keep matches what they are: a part of the name or a birth date that differs is the exception.

    Where lists share few people, the fit may take the likest strangers for matches and learn from
    them that matches differ. So "different" (for birth, with "years within two") is held to
    the shares of `_MOST_DIFFERENT`, and the other levels share the rest as they did.
    """
    most = _MOST_DIFFERENT.get(factor, 1.0)
    far = [1, 2] if factor == "birth" else [1]
    if shares[far].sum() <= most:
        return shares
    out = shares.copy()
    out[far] *= most / shares[far].sum()
    near = np.setdiff1d(np.arange(shares.size), far)
    out[near] *= (1.0 - most) / shares[near].sum()
    return out


def log_m(m: Mapping[str, Array], share: Array, factors: NDArray[np.int16]) -> Array:
    """Log P(levels, class | one person), shape (classes, pairs)."""
    out = np.repeat(np.log(share)[:, None], factors.shape[0], axis=1)
    for f, factor in enumerate(FACTORS):
        # A level of -1 (no such factor for this pair) reads the extra last column, log 1.
        table = np.concatenate([np.log(m[factor]), np.zeros((CLASSES, 1))], axis=1)
        out += table[:, factors[:, f]]
    return out


def _alike(name: NDArray[np.int16]) -> NDArray[np.int8]:
    """Whether names agree in part (1) or not (0), by name code."""
    parts = len(PART_LEVELS)
    table = np.zeros(len(NAME_LEVELS), dtype=np.int8)
    for c in range(parts * parts):
        table[c] = int(max(c // parts, c % parts) >= 3)
    table[parts * parts :] = 1
    out: NDArray[np.int8] = table[name]
    return out


def _log_u(code: NDArray[np.int16], weight: Array, alike: NDArray[np.int8]) -> Array:
    """Log share of each pair's levels among strangers.

    Name levels lean on those of independent parts, and the other fields of pairs whose names agree
    on those of pairs whose names do not, each with `_LEAN` pairs: short lists hold too few
    strangers with like names to go by these alone.
    """
    joint = _joint_name(code, weight)
    name = _shares(code[:, 0], weight, joint, _LEAN)
    out = np.log(name)[code[:, 0]]
    apart = alike == 0
    for f, field in enumerate(FIELD_LEVELS):
        if f == 0:
            continue
        base = _shares(code[apart, f], weight[apart], STRANGERS[field], _KNOWN)
        like = _shares(code[~apart, f], weight[~apart], base, _LEAN)
        out[apart] += np.log(base)[code[apart, f]]
        out[~apart] += np.log(like)[code[~apart, f]]
    return np.asarray(out)


def _first_log_u(code: NDArray[np.int16], weight: Array, alike: NDArray[np.int8]) -> Array:
    """Log share among strangers before any match is known.

    Name parts as if independent, the other fields as among pairs whose names do not agree: matches
    are too few there to be felt, while among pairs that agree in several fields they are the most.
    """
    out = np.log(_joint_name(code, weight))[code[:, 0]]
    apart = alike == 0
    for f, field in enumerate(FIELD_LEVELS):
        if f:
            base = _shares(code[apart, f], weight[apart], STRANGERS[field], _KNOWN)
            out += np.log(base)[code[:, f]]
    return np.asarray(out)


def _joint_name(code: NDArray[np.int16], weight: Array) -> Array:
    """Share of each name level among strangers, were the parts of a name independent."""
    parts = len(PART_LEVELS)
    name = code[:, 0]
    straight = name < parts * parts
    part = STRANGERS["part"]
    given = _shares((name // parts)[straight], weight[straight], part, _KNOWN)
    surname = _shares((name % parts)[straight], weight[straight], part, _KNOWN)
    joint = np.outer(given, surname).ravel()
    crossed = _shares(name, weight, np.full(len(NAME_LEVELS), 1e-4), _KNOWN)[parts * parts :]
    crossed[1:] = np.minimum(crossed[1:], 2 * joint[-parts - 2])
    crossed[2] = min(crossed[2], joint[-1])
    return np.concatenate([joint, crossed])


def _evident(code: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which pairs agree, near or better, on both parts of the name and on the birth date."""
    parts = len(PART_LEVELS)
    name = code[:, 0]
    straight = (name < parts * parts) & (np.minimum(name // parts, name % parts) >= _PART_SAME - 1)
    crossed = name > parts * parts
    out: NDArray[np.bool_] = (straight | crossed) & (code[:, 1] >= len(BIRTH_LEVELS) - 2)
    return out


def _shares(code: NDArray[np.int16], weight: Array, prior: Array, pairs: float) -> Array:
    """Shares of levels, with a prior worth so many pairs."""
    found = np.bincount(code, weights=weight, minlength=prior.size)
    out: Array = (found + pairs * prior / prior.sum() + 1e-6) / (
        found.sum() + pairs + 1e-6 * prior.size
    )
    return out


def _rarity(columns: Columns, pairs: Pairs, code: NDArray[np.int16]) -> Array:
    """Log of (share of the value two records agree on / share of agreeing pairs), summed."""
    out = np.zeros(pairs.left.size)
    parts = len(PART_LEVELS)
    name = code[:, 0]
    crossed_same = name == len(NAME_LEVELS) - 1
    straight = name < parts * parts
    for values, same in (
        (columns.given, straight & (name // parts == _PART_SAME)),
        (columns.surname, straight & (name % parts == _PART_SAME)),
    ):
        share, mean = _value_share(values)
        out[same] += np.log(share[pairs.left[same]] / mean)
    if crossed_same.any():
        for values in (columns.given, columns.surname):
            share, mean = _value_share(values)
            out[crossed_same] += 0.5 * np.log(share[pairs.left[crossed_same]] / mean)
    area = code[:, list(FIELD_LEVELS).index("area")] == len(AREA_LEVELS) - 1
    share, mean = _value_share(columns.area)
    out[area] += np.log(share[pairs.left[area]] / mean)
    return out


def _value_share(values: list[str | None]) -> tuple[Array, float]:
    """Share of each record's value among the others, and the chance that two records agree.

    The two records of a pair are left out of the count; what is left of a value seen only there is
    put at half a record.
    """
    counts = Counter(v for v in values if v is not None)
    n = max(sum(counts.values()), 2)
    mean = max(sum(c * (c - 1) for c in counts.values()) / (n * (n - 1)), 0.5 / n)
    share = {v: max(c - 1.5, 0.5) / n for v, c in counts.items()}
    return np.array([share.get(v, mean) if v is not None else mean for v in values]), mean
