"""How surely a person's two records would be found, by the fitted weights and by what records leave empty.

Made-up matches: two records of the lists lend what is known of them and how rare it is; how a person's
records agree is drawn from the fitted weights. What chance such a pair would get says how much linkage
can tell at all. It is the same whatever people have answered about pairs, and where lists share
nearly everybody; pairs seen would say less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.levels import (
    BIRTH_AGREES,
    BIRTH_LEVELS,
    BIRTH_SPEAKS,
    FIELD_LEVELS,
    PART_LEVELS,
    factor_codes,
    log_m,
    name_state,
)
from uncounted.linkage.prepare import Columns
from uncounted.linkage.rarity import rarity
from uncounted.linkage.strangers import Tally, later_log_u

__all__ = ["Detection", "detection_of"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]
Numbers = NDArray[np.int64]
_MADE = 4_000
"""Made-up matches; their mean chance has a standard error below 0.008."""
_SHARED = 0.3
"""Share of the people of a list taken to be on another, to say what a list tells by itself."""
_PARTS = len(PART_LEVELS)
_ROUGH = [BIRTH_LEVELS.index(b) - 1 for b in ("different", "years within two")]
_ROUGH.append(BIRTH_AGREES - 1)


@dataclass(frozen=True, slots=True)
class Detection:
    """How surely matches would be found.

    Parameters
    ----------
    doubt
        Mean of one minus the chance that a match gets.
    hidden
        Share of matches that get hardly any chance, or agree on too little to be considered.
    by_list
        Shape (lists,): mean chance of a match with a record of this list, were a third of the people
        of any list on any other.
    fitted
        The same by the fitted prior.
    """

    doubt: float
    hidden: float
    by_list: Array
    fitted: Array


def detection_of(
    columns: Columns, m: Mapping[str, Array], prior: Array, tally: Tally, *, least: float = 5e-4
) -> Detection:
    """Make matches up and see what chance they get.

    Parameters
    ----------
    columns
        The records.
    m
        Weights among matches.
    prior
        Shape (lists, lists), prior odds of a link.
    tally
        Strangers as counted.
    least
        Chance below which a pair counts as hidden.
    """
    rng = np.random.default_rng(0)
    left, right = _lenders(columns, prior, rng)
    code = _levels(columns, left, right, m, rng)
    possible = (name_state(code[:, 0]) > 0) | (code[:, 1] >= BIRTH_SPEAKS)
    rows, pattern = np.unique(code, axis=0, return_inverse=True)
    none = np.zeros(len(rows))
    whole = Tally(
        np.concatenate([tally.code, rows]),
        np.concatenate([tally.weight, none]),
        np.concatenate([tally.square, none]),
        tally.crossing,
    )
    log_u = later_log_u(whole)[len(tally.code) :][pattern.ravel()]
    # Of each two records one lends its values, as if the other agreed on them.
    ratio = log_m(m, factor_codes(code)) - log_u - rarity(columns, left, left, code)
    a, b = columns.member[left], columns.member[right]
    # Of lists that share nearly everybody, who else should it be? They are judged as if they shared
    # half of the shorter: their links without a trace are as many as ever.
    sizes = np.maximum(columns.sizes.astype(np.float64), 1.0)
    half = np.minimum(sizes[:, None], sizes[None, :]) / 2
    most = half / ((sizes[:, None] - half) * (sizes[None, :] - half))
    odds = np.exp(np.clip(ratio, -60, 60)) * np.minimum(prior, most)[a, b]
    chance = np.where(possible, odds / (1.0 + odds), 0.0)
    k = len(columns.lists)
    usual = np.where(possible, np.exp(np.clip(ratio, -60, 60)), 0.0)
    usual *= _SHARED / np.maximum(sizes[a], sizes[b])
    told = usual / (1.0 + usual)
    times = np.bincount(a, minlength=k) + np.bincount(b, minlength=k)

    def by_list(values: Array) -> Array:
        sums = np.bincount(a, values, minlength=k) + np.bincount(b, values, minlength=k)
        return np.where(times > 0, sums / np.maximum(times, 1), 1.0)

    return Detection(
        float(1.0 - chance.mean()),
        float((chance < least).mean()),
        by_list(told),
        by_list(chance),
    )


def _lenders(columns: Columns, prior: Array, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Pairs of records from two lists, evenly over pairs of lists; of one where there is one."""
    places = [np.flatnonzero(columns.member == m) for m in range(len(columns.lists))]
    some = [m for m, p in enumerate(places) if p.size]
    pairs = [(i, j) for i in some for j in some if i < j] or [(i, i) for i in some]
    left, right = [], []
    for i, j in pairs:
        count = max(_MADE // len(pairs), 50)
        left.append(rng.choice(places[i], count))
        right.append(rng.choice(places[j], count))
    return np.concatenate(left), np.concatenate(right)


def _levels(
    columns: Columns,
    left: Numbers,
    right: Numbers,
    m: Mapping[str, Array],
    rng: np.random.Generator,
) -> Codes:
    """Levels of made-up matches where both records say something, shape (made, fields)."""
    n = left.size

    def known(values: NDArray[np.bool_]) -> NDArray[np.bool_]:
        out: NDArray[np.bool_] = values[left] & values[right]
        return out

    def drawn(shares: Array) -> Codes:
        return rng.choice(shares.size, n, p=shares / shares.sum()).astype(np.int16)

    given, surname = known(columns.given.known), known(columns.surname.known)
    order = np.where(given & surname, drawn(m["order"]), 0)
    g = np.where(given, drawn(m["given"]) + 1, 0)
    s = np.where(surname, drawn(m["surname"]) + 1, 0)
    name = np.where(order > 0, _PARTS**2 + order - 1, g * _PARTS + s)
    full = known(columns.day >= 0)
    rough = known(columns.year_low >= 0) & ~full
    by_date, by_year = m["birth"].copy(), np.zeros(m["birth"].size)
    by_year[_ROUGH] = by_date[_ROUGH]
    by_date[_ROUGH[-1]] = 0.0
    birth = np.where(full, drawn(by_date) + 1, np.where(rough, drawn(by_year) + 1, 0))
    code = np.zeros((n, len(FIELD_LEVELS)), dtype=np.int16)
    code[:, 0], code[:, 1] = name, birth
    for k, field in enumerate(("sex", "citizenship", "area")):
        code[:, 2 + k] = np.where(known(getattr(columns, field).known), drawn(m[field]) + 1, 0)
    return code
