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

__all__ = ["first_log_u", "later_log_u"]

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
_ENOUGH = 0.1
"""Share of pairs with different births from which they alone tell how name parts agree."""
_PARTS = len(PART_LEVELS)
_FIELDS = list(FIELD_LEVELS)
_BIRTH, _RULES = _FIELDS.index("birth"), _FIELDS.index("rules")


def later_log_u(code: Codes, weight: Array) -> Array:
    """Log share of each pair's levels among strangers of whom as much is known.

    Name levels lean on those of independent parts, and the other fields of pairs whose names agree
    on those of pairs whose names do not, each with `_LEAN` pairs: short lists hold too few
    strangers with like names to go by these alone.

    Parameters
    ----------
    code
        Shape (pairs, fields), as `levels.codes` gives.
    weight
        Shape (pairs,), how many pairs of strangers each stands for.
    """
    name = code[:, 0]
    sure = np.where(_other_births(code), weight, 0.0)
    found = np.bincount(name, weights=sure, minlength=len(NAME_LEVELS))
    out = _log_name(found + _LEAN * _joint_name(name, weight, sure))[name]
    alike = name_state(name) > 0
    for field, apart in _apart(code, weight, alike):
        level = code[:, field] - 1
        told = weight if field == _BIRTH else sure
        like = _shares(level[alike], told[alike], apart, _LEAN)
        out[~alike] += _log(apart)[level[~alike]]
        out[alike] += _log(like)[level[alike]]
    return out + _log_rules(code[:, _RULES], weight, sure)


def first_log_u(code: Codes, weight: Array) -> Array:
    """Log share among strangers before any match is known; parameters as for `later_log_u`.

    Name parts as if independent, the other fields as among pairs whose names do not agree: matches
    are too few there to be felt, while among pairs that agree in several fields they are the most.
    """
    name = code[:, 0]
    sure = np.where(_other_births(code), weight, 0.0)
    out = _log_name(_joint_name(name, weight, sure))[name]
    for field, apart in _apart(code, weight, name_state(name) > 0):
        out += _log(apart)[code[:, field] - 1]
    return np.asarray(out + _log_rules(code[:, _RULES], weight, sure))


def _other_births(code: Codes) -> NDArray[np.bool_]:
    """Pairs whose birth years are known and differ: strangers, nearly all.

    How often strangers' names agree is told by these alone. Where a birth date is missing, equal
    names are mostly one person's; counted as strangers' as far as the weights go by then, they would
    keep the weights from ever finding out.
    """
    born = code[:, _BIRTH]
    out: NDArray[np.bool_] = (born == 1) | (born == 2)
    return out


def _apart(code: Codes, weight: Array, alike: NDArray[np.bool_]) -> Iterable[tuple[int, Array]]:
    """Fields besides the name, each with its shares among pairs whose names do not agree."""
    for field, name in enumerate(_FIELDS):
        if 0 < field < _RULES:
            level = code[~alike, field] - 1
            yield field, _shares(level, weight[~alike], STRANGERS[name], _KNOWN)


def _log(shares: Array) -> Array:
    """Take logs, with 0 at the end for what is not known (-1)."""
    return np.append(np.log(shares), 0.0)


def _log_rules(level: Codes, weight: Array, sure: Array) -> Array:
    """Log share of what the names tables say, given how near the letters are; 0 if not asked.

    Names near in both parts are always asked about, the others only where births do not differ.
    """
    table = np.zeros(len(FIELD_LEVELS["rules"]))
    for state in range(len(STATES)):
        first = 1 + state * len(RULE_LEVELS)
        which = (level >= first) & (level < first + len(RULE_LEVELS))
        told = sure if state == 2 else weight
        shares = _shares(level[which] - first, told[which], RULES[state], _KNOWN)
        table[first : first + len(RULE_LEVELS)] = np.log(shares)
    out: Array = table[level]
    return out


def _joint_name(name: Codes, weight: Array, sure: Array) -> Array:
    """Share of each name level among strangers, were the parts of a name independent."""
    told = sure if sure.sum() > _ENOUGH * weight.sum() else weight
    straight = name < _PARTS**2
    first, last = (name // _PARTS)[straight], (name % _PARTS)[straight]
    joint = np.outer(*(_with_unknown(part, told[straight]) for part in (first, last))).ravel()
    found = np.bincount(name, weights=told, minlength=len(NAME_LEVELS))
    crossed = (found[_PARTS**2 :] + _KNOWN * 1e-4) / (found.sum() + _KNOWN)
    crossed[1:] = np.minimum(crossed[1:], 2 * joint[-_PARTS - 2])
    crossed[2] = min(crossed[2], joint[-1])
    return np.concatenate([joint, crossed])


def _with_unknown(part: Codes, weight: Array) -> Array:
    """Shares of the levels of a name part, unknown first."""
    unknown = float(weight[part == 0].sum() + 1.0) / float(weight.sum() + 2.0)
    known = _shares(part - 1, weight, STRANGERS["part"], _KNOWN)
    return np.append(unknown, (1.0 - unknown) * known)


def _log_name(share: Array) -> Array:
    """Log share of each name level among pairs of which the same parts are known."""
    level = np.arange(len(NAME_LEVELS))
    straight = level < _PARTS**2
    unknown = np.where(straight, 2 * (level // _PARTS == 0) + (level % _PARTS == 0), 0)
    whole = np.bincount(unknown, weights=share)
    out: Array = np.log(share / whole[unknown])
    return out


def _shares(level: Codes, weight: Array, prior: Array, pairs: float) -> Array:
    """Shares of levels where they are known, with a prior worth so many pairs."""
    known = level >= 0
    found = np.bincount(level[known], weights=weight[known], minlength=prior.size)
    total = found + pairs * prior / prior.sum() + 1e-6
    out: Array = total / total.sum()
    return out
