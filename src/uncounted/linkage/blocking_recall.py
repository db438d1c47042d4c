"""How many true links the blocking can find at all: from which keys the matches it found share.

A pair of one person's records is caught where a rule's keys all agree. Which name keys agree and which
birth keys agree is seen on every match that was found, whatever rule found it; that names and births
go wrong independently of each other tells how many matches agree on too little for any rule. Nothing
is assumed of how often a slip leaves the year, or the sound of a name, as it was: it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.blocking import Plan, Rule
from uncounted.linkage.fields import NamePart
from uncounted.linkage.levels import BIRTH_SPEAKS
from uncounted.linkage.prepare import Coded, Columns
from uncounted.linkage.weights import Weighed

__all__ = ["reach_of"]

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
NAME_KEYS = ("whole", "sound_pair", "tokens", "sounds", "initials")
BIRTH_KEYS = ("birth", "monthday", "year", "month", "day")
_LEAST = 0.05
"""Chance from which a pair tells of matches; the many less likely ones are mostly strangers."""
_MOST = 4_000
"""Matches that are looked at; more would move the share by less than a thousandth."""
_ROUNDS = 200


def reach_of(columns: Columns, weighed: Weighed, plan: Plan) -> float:
    """Share of the matches that linkage can consider at all which share a blocking key.

    Parameters
    ----------
    columns
        The records.
    weighed
        Pairs with their chances.
    plan
        The rules by which they were found.

    Returns
    -------
    float
        In ``(0, 1]``; 1 where all pairs were compared.

    Notes
    -----
    The table of name keys by birth keys among matches is filled in as far as the rules let it be, and
    its other cells are estimated by quasi-independence: the model of capture and recapture, with the
    rules in the place of the lists (Goodman 1968, JASA 63:1091, for the estimate).
    """
    if plan.everything:
        return 1.0
    some = np.flatnonzero(weighed.probability >= _LEAST)
    if not some.size:
        return 1.0
    if some.size > _MOST:
        some = some[np.linspace(0, some.size - 1, _MOST).astype(np.int64)]
    name, birth = _agreeing(columns, weighed, some)
    names, row = np.unique(name, axis=0, return_inverse=True)
    births, column = np.unique(birth, axis=0, return_inverse=True)
    found = np.zeros((len(names), len(births)))
    np.add.at(found, (row.ravel(), column.ravel()), weighed.probability[some])
    considered = names[:, -1][:, None] | births[:, -1][None, :]
    caught = considered & _caught(names, births, plan.rules)
    found[~caught] = 0.0
    expected = _quasi_independent(found, caught)
    missed = float(expected[considered & ~caught].sum())
    total = float(found.sum())
    return total / (total + missed) if total > 0.0 else 1.0


def _agreeing(
    columns: Columns, weighed: Weighed, some: Numbers
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which name keys, and which birth keys, pairs agree on; last whether names or births speak."""
    left, right = weighed.left[some], weighed.right[some]
    keys = _Names(columns)
    name = np.array(
        [keys.agreeing(i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True)],
        dtype=np.bool_,
    ).reshape(some.size, len(NAME_KEYS))
    order, given, surname, born = (weighed.factors[some, f] for f in range(4))
    near = (order > 0) | (np.maximum(given, surname) >= 2)

    def equal(values: NDArray[np.int16]) -> NDArray[np.bool_]:
        out: NDArray[np.bool_] = (values[left] >= 0) & (values[left] == values[right])
        return out

    year, month, day = equal(columns.year), equal(columns.month), equal(columns.day)
    birth = [year & month & day, month & day, year, month, day, born >= BIRTH_SPEAKS - 1]
    return np.column_stack([name, near]), np.column_stack(birth)


@dataclass(frozen=True, slots=True)
class _Held:
    """Name keys of one record, as the blocking makes them."""

    whole: tuple[str, str] | None
    sound_pair: tuple[str, str] | None
    initials: tuple[str, str] | None
    tokens: frozenset[str]
    sounds: frozenset[str]


class _Names:
    """Name keys of records, made once a record."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._made: dict[int, _Held] = {}

    def _of(self, record: int) -> _Held:
        if record not in self._made:
            c = self._columns
            given, surname = c.given.at(record), c.surname.at(record)
            tokens: set[str] = set()
            sounds: set[str] = set()
            for part, classes in ((given, c.classes_given), (surname, c.classes_surname)):
                tokens.update(part.words if part else ())
                sounds.update(part.sounds if part else ())
                sounds.update(_classes(classes, record))
            whole = sound_pair = initials = None
            if given and surname:
                whole = _in_order(given.folded, surname.folded)
                initials = _in_order(given.folded[:1], surname.folded[:1])
                sound_pair = _first_sounds(given, surname)
            self._made[record] = _Held(
                whole, sound_pair, initials, frozenset(tokens), frozenset(sounds)
            )
        return self._made[record]

    def agreeing(self, i: int, j: int) -> tuple[bool, ...]:
        """Give whether two records share each of `NAME_KEYS`."""
        a, b = self._of(i), self._of(j)
        return (
            a.whole is not None and a.whole == b.whole,
            a.sound_pair is not None and a.sound_pair == b.sound_pair,
            not a.tokens.isdisjoint(b.tokens),
            not a.sounds.isdisjoint(b.sounds),
            a.initials is not None and a.initials == b.initials,
        )


def _classes(classes: Coded[tuple[str, ...]], record: int) -> tuple[str, ...]:
    return classes.at(record) or ()


def _in_order(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a <= b else (b, a)


def _first_sounds(given: NamePart, surname: NamePart) -> tuple[str, str] | None:
    if not (given.sounds and surname.sounds):
        return None
    return _in_order(given.sounds[0], surname.sounds[0])


def _caught(
    names: NDArray[np.bool_], births: NDArray[np.bool_], rules: tuple[Rule, ...]
) -> NDArray[np.bool_]:
    """Cells of the table in which some rule's keys all agree."""
    out = np.zeros((len(names), len(births)), dtype=np.bool_)
    for rule in rules:
        by_name = np.ones(len(names), dtype=np.bool_)
        by_birth = np.ones(len(births), dtype=np.bool_)
        for key in rule.keys:
            if key in NAME_KEYS:
                by_name &= names[:, NAME_KEYS.index(key)]
            else:
                by_birth &= births[:, BIRTH_KEYS.index(key)]
        out |= by_name[:, None] & by_birth[None, :]
    return out


def _quasi_independent(found: Array, caught: NDArray[np.bool_]) -> Array:
    """Give the expected table whose margins over the cells ``caught`` are those found."""
    row, column = np.ones(found.shape[0]), np.ones(found.shape[1])
    rows, columns = found.sum(axis=1), found.sum(axis=0)
    for _ in range(_ROUNDS):
        row = rows / np.maximum(caught @ column, 1e-12)
        column = columns / np.maximum(row @ caught, 1e-12)
    return np.outer(row, column)
