"""How often two people agree by chance: ``u``, measured over the lists at hand.

Every blocked pair and a random sample of the others together stand for all pairs, so that even rare
agreements of strangers are counted. Three things keep it right in short and lopsided lists:

* round figures worth `_KNOWN` pairs, for lists too short to tell;
* other fields may agree more often between pairs whose names agree: two people called Kim are more
  often both from Korea than two people at random;
* agreement on a rare value speaks louder: ``u`` is scaled by the value's own share (`rarity.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.levels import (
    FIELD_LEVELS,
    NAME_LEVELS,
    PART_LEVELS,
    RULE_LEVELS,
    STATES,
    name_state,
)
from uncounted.linkage.prepare import Columns

__all__ = ["Tally", "crossing_of", "first_log_u", "later_log_u"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]
STRANGERS: Mapping[str, Array] = {
    "part": np.array([0.94, 0.04, 0.01, 0.01]),
    "birth": np.array([0.88, 0.06, 0.01, 0.02, 0.02, 0.0025, 0.002, 0.001, 0.0001]),
    "sex": np.array([0.45, 0.5]),
    "citizenship": np.array([0.6, 0.35]),
    "area": np.array([0.6, 0.01, 0.34]),
}
"""Round figures of how strangers agree where both are known, for lists too short to tell; worth
`_KNOWN` pairs."""
RULES = np.array(
    [[0.998, 0.0015, 0.0003, 0.0002], [0.99, 0.009, 0.0005, 0.0005], [0.9, 0.02, 0.02, 0.06]]
)
"""Round figures of what the names tables say of strangers' names, shape (states, rule levels)."""
_KNOWN = 50.0
_LEAN = 20.0
_PULL = 2.0
_NONE = 1e-6
"""Pairs below which a count is what rounding left."""
_ENOUGH = 0.1
"""Share of pairs with different births from which they alone tell how name parts agree."""
_PARTS = len(PART_LEVELS)
_FIELDS = list(FIELD_LEVELS)
_BIRTH, _RULES = _FIELDS.index("birth"), _FIELDS.index("rules")


@dataclass(frozen=True, slots=True)
class Tally:
    """Pairs taken for strangers, counted by how they agree.

    Parameters
    ----------
    code
        Shape (patterns, fields), levels as `levels.codes` gives, each row once.
    weight
        Shape (patterns,), pairs of strangers: the sum of what each compared pair stands for.
    square
        Shape (patterns,), the sum of the same times what each compared pair stands for: over
        ``weight`` it is how many pairs one pair speaks for.
    crossing
        Chance that one stranger's given name is the other's family name (`crossing_of`).
    """

    code: Codes
    weight: Array
    square: Array
    crossing: float = 0.0

    def only(self, which: NDArray[np.bool_]) -> Tally:
        """Leave out the pairs of the other patterns."""
        weight, square = (np.where(which, w, 0.0) for w in (self.weight, self.square))
        return Tally(self.code, weight, square, self.crossing)


def crossing_of(columns: Columns) -> float:
    """Chance that one record's given name is another's family name, by how often either is held."""
    place: dict[str, int] = {}
    held = []
    for part in (columns.given, columns.surname):
        value = np.array([place.setdefault(v.folded, len(place)) for v in part.values], dtype=int)
        held.append(value[part.code[part.known]])
    given, surname = (np.bincount(v, minlength=len(place)).astype(np.float64) for v in held)
    return float(given @ surname) / max(float(given.sum() * surname.sum()), 1.0)


def later_log_u(tally: Tally) -> Array:
    """Log share of each pattern among strangers of whom as much is known, shape (patterns,).

    Name levels lean on those of independent parts (`_name_shares`), and sex, origin and area of pairs
    whose names agree on those of pairs whose names do not, with `_LEAN` pairs: short lists hold too
    few strangers with like names to go by these alone. Births are taken to agree by chance as often
    whatever the names: told by pairs with like names they would be told by matches.
    """
    name = tally.code[:, 0]
    sure = tally.only(_other_births(tally.code))
    out = _log_name(_name_shares(sure, _joint_name(tally, sure)))[name]
    alike = name_state(name) > 0
    alike_sure = sure.only(alike)
    for field, apart in _apart(tally, alike):
        level = tally.code[:, field] - 1
        like = apart if field == _BIRTH else _shares(level, alike_sure, apart, _LEAN)
        out += np.where(alike, _log(like)[level], _log(apart)[level])
    return out + _log_rules(tally, sure)


def first_log_u(tally: Tally) -> Array:
    """Log share among strangers before any match is known, shape (patterns,).

    Name parts as if independent, the other fields as among pairs whose names do not agree: matches
    are too few there to be felt, while among pairs that agree in several fields they are the most.
    """
    name = tally.code[:, 0]
    sure = tally.only(_other_births(tally.code))
    out = _log_name(_joint_name(tally, sure))[name]
    for field, apart in _apart(tally, name_state(name) > 0):
        out += _log(apart)[tally.code[:, field] - 1]
    return np.asarray(out + _log_rules(tally, sure))


def _other_births(code: Codes) -> NDArray[np.bool_]:
    """Pairs whose birth years are known and differ: strangers, nearly all.

    How often strangers' names agree is told by these alone. Where a birth date is missing, equal
    names are mostly one person's; counted as strangers' as far as the weights go by then, they would
    keep the weights from ever finding out.
    """
    born = code[:, _BIRTH]
    out: NDArray[np.bool_] = (born == 1) | (born == 2)
    return out


def _apart(tally: Tally, alike: NDArray[np.bool_]) -> Iterable[tuple[int, Array]]:
    """Fields besides the name, each with its shares among pairs whose names do not agree."""
    others = tally.only(~alike)
    for field, name in enumerate(_FIELDS):
        if 0 < field < _RULES:
            yield field, _shares(tally.code[:, field] - 1, others, STRANGERS[name], _KNOWN)


def _log(shares: Array) -> Array:
    """Take logs, with 0 at the end for what is not known (-1)."""
    return np.append(np.log(shares), 0.0)


def _log_rules(tally: Tally, sure: Tally) -> Array:
    """Log share of what the names tables say, given how near the letters are; 0 if not asked.

    Names near in both parts are always asked about, the others only where births do not differ.
    """
    level = tally.code[:, _RULES]
    table = np.zeros(len(FIELD_LEVELS["rules"]))
    for state in range(len(STATES)):
        first = 1 + state * len(RULE_LEVELS)
        own = np.where((level >= first) & (level < first + len(RULE_LEVELS)), level - first, -1)
        told = sure if state == len(STATES) - 1 else tally
        table[first : first + len(RULE_LEVELS)] = np.log(_shares(own, told, RULES[state], _KNOWN))
    out: Array = table[level]
    return out


def _joint_name(tally: Tally, sure: Tally) -> Array:
    """Share of each name level among strangers, were the parts of a name independent."""
    told = sure if sure.weight.sum() > _ENOUGH * tally.weight.sum() else tally
    name = tally.code[:, 0]
    straight = name < _PARTS**2
    first, last = (np.where(straight, part, 0) for part in (name // _PARTS, name % _PARTS))
    parts = told.only(straight)
    joint = np.outer(_with_unknown(first, parts), _with_unknown(last, parts)).ravel()
    found = np.bincount(name, weights=told.weight, minlength=len(NAME_LEVELS))
    crossed = (found[_PARTS**2 :] + _KNOWN * 1e-4) / (found.sum() + _KNOWN)
    crossed[1:] = np.minimum(crossed[1:], 2 * joint[-_PARTS - 2])
    crossed[2] = min(crossed[2], joint[-1])
    # Where names serve as given and as family names, too few pairs are seen to tell how often.
    across = told.crossing
    crossed = np.maximum(crossed, [2 * across * (1 - across), across**2, across**2])
    return np.concatenate([joint, crossed])


def _name_shares(sure: Tally, joint: Array) -> Array:
    """Share of each name level among strangers, leaning on independent parts.

    How many times commoner a level is than independence says has a gamma law of mean one, worth
    `_PULL` pairs, and the pairs found, counted as pairs of the weight they have, are Poisson: so a
    level that too few pairs could have shown stays as independence has it.
    """
    name = sure.code[:, 0]
    found = np.bincount(name, weights=sure.weight, minlength=joint.size)
    square = np.bincount(name, weights=sure.square, minlength=joint.size)
    seen = (found > _NONE) & (square > _NONE)
    scale = square[seen] / found[seen]
    whole = np.full(joint.size, scale.max(initial=1.0))  # what one pair stands for, at its coarsest
    whole[seen] = scale
    expected = joint * found.sum()
    out: Array = joint * (found / whole + _PULL) / (expected / whole + _PULL)
    return out


def _with_unknown(part: Codes, tally: Tally) -> Array:
    """Shares of the levels of a name part, unknown first."""
    whole = float(tally.weight.sum())
    unknown = (float(tally.weight[part == 0].sum()) + 1.0) / (whole + 2.0)
    known = _shares(part - 1, tally, STRANGERS["part"], _KNOWN)
    return np.append(unknown, (1.0 - unknown) * known)


def _log_name(share: Array) -> Array:
    """Log share of each name level among pairs of which the same parts are known."""
    level = np.arange(len(NAME_LEVELS))
    straight = level < _PARTS**2
    unknown = np.where(straight, 2 * (level // _PARTS == 0) + (level % _PARTS == 0), 0)
    whole = np.bincount(unknown, weights=share)
    out: Array = np.log(share / whole[unknown])
    return out


def _shares(level: Codes, tally: Tally, prior: Array, pairs: float) -> Array:
    """Shares of levels where they are known (not -1), with a prior worth so many pairs."""
    known = level >= 0
    found = np.bincount(level[known], weights=tally.weight[known], minlength=prior.size)
    square, sum_ = float(tally.square[known].sum()), float(found.sum())
    whole = square / sum_ if min(square, sum_) > _NONE else 1.0  # pairs that one pair stands for
    total = found + pairs * whole * prior / prior.sum() + 1e-6
    out: Array = total / total.sum()
    return out
