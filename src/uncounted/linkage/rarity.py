"""How much rarer than usual the value is that two records agree on: rare agreement speaks louder.

Two strangers agree on a name of share s with chance s squared; one person's two records hold it with
chance s. So agreement on it is evidence in proportion to its mean share over its own. Given and
family name are not independent (Min-ji goes with Kim, not with Reyes): where both parts agree, their
share is a mixture over origins, within each of which they are taken as independent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.levels import AREA_LEVELS, FIELD_LEVELS, PART_LEVELS
from uncounted.linkage.prepare import Columns

__all__ = ["rarity"]

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Key = tuple[bool, str]
"""What two name parts have in common: whether it is a sound (or romanisation class), and which."""
_NEAR, _SAME = PART_LEVELS.index("near"), PART_LEVELS.index("same")
_PARTS = len(PART_LEVELS)
_CROSSED_NEAR, _CROSSED_SAME = _PARTS**2 + 1, _PARTS**2 + 2
_AREA = list(FIELD_LEVELS).index("area")
_NOWHERE: Counter[str] = Counter()
_SMALL_GROUP = 20
"""Records that an origin needs to have shares of its own."""
_SAMPLE = 2_000
"""Records over which a mean share is taken."""


def rarity(columns: Columns, left: Numbers, right: Numbers, code: NDArray[np.int16]) -> Array:
    """Log of (share of what two records agree on / its mean over records), name and area.

    Parameters
    ----------
    columns
        The records.
    left, right
        Shape (pairs,), record numbers.
    code
        Shape (pairs, fields), as `levels.codes` gives.

    Returns
    -------
    ndarray, shape (pairs,)
        To be added to the log share of the agreement among strangers.
    """
    names = _Names(columns)
    pairs = zip(left.tolist(), right.tolist(), code[:, 0].tolist(), strict=True)
    out = np.array([names.rarity(i, j, level) for i, j, level in pairs], dtype=np.float64)
    area = np.flatnonzero(code[:, _AREA] == len(AREA_LEVELS) - 1)
    counts = Counter(v for v in columns.area if v is not None)
    n = max(sum(counts.values()), 1)
    mean = _mean([counts[v] for v in columns.area if v is not None])
    out[area] += [np.log(_left(counts[columns.area[i] or ""]) / n / mean) for i in left[area]]
    return out


class _Part:
    """One part of the name of every record: its value and its sounds, and how common each is."""

    def __init__(self, value: Sequence[str | None], sounds: Sequence[Sequence[str]]) -> None:
        self.value = value
        self.sounds = [frozenset(own) for own in sounds]
        self.count = Counter((False, v) for v in value if v is not None)
        self.count.update((True, s) for own in self.sounds for s in own)
        self.known = [i for i, v in enumerate(value) if v is not None]
        n = max(len(self.known), 1)
        self.mean = {
            heard: _mean([self.count[self.own(i, heard)] for i in _some(self.known)], n)
            for heard in (False, True)
        }

    def own(self, i: int, heard: bool) -> Key:
        """Give a record's value, or the commonest of its sounds."""
        if not heard:
            return False, self.value[i] or ""
        keys = [(True, s) for s in self.sounds[i]]
        return max(keys, key=lambda k: (self.count[k], k), default=(True, ""))

    def common(self, i: int, j: int, level: int) -> Key:
        """Give what two records have in common: the value, or the rarest sound that both have.

        Where near parts share no sound (a slip of the keyboard) the commoner part's stands for both.
        """
        if level == _SAME:
            return self.own(i, False)
        both = [(True, s) for s in self.sounds[i] & self.sounds[j]]
        if both:
            return min(both, key=lambda k: (self.count[k], k))
        return max(self.own(i, True), self.own(j, True), key=lambda k: (self.count[k], k))

    def rarity(self, key: Key) -> float:
        share = _left(self.count[key]) / max(len(self.known), 1)
        return float(np.log(share / self.mean[key[0]]))


class _Names:
    """Shares of whole names, as mixtures over origins."""

    def __init__(self, columns: Columns) -> None:
        self.given = _Part(columns.given, columns.sounds_given)
        self.surname = _Part(columns.surname, columns.sounds_surname)
        self.origin = _origins(columns)
        self.size = Counter(o for o in self.origin if o is not None)
        self.n = max(sum(self.size.values()), 1)
        self.first = self._by_origin(self.given)
        self.last = self._by_origin(self.surname)
        whole = sorted(set(self.given.known) & set(self.surname.known))
        self._whole = _some([i for i in whole if self.origin[i] is not None])
        self._means: dict[tuple[bool, bool], float] = {}

    def rarity(self, i: int, j: int, level: int) -> float:
        """Rarity of what two names have in common, by their name level."""
        own = self.origin[i] or self.origin[j]
        if level in (_CROSSED_NEAR, _CROSSED_SAME):
            heard = level == _CROSSED_NEAR
            share = max(
                self.share(self.given.own(k, heard), self.surname.own(k, heard), own)
                for k in (i, j)  # one of the two stands the right way round
            )
            return float(np.log(share / self._mean(heard, heard)))
        if level >= _PARTS**2:
            return 0.0
        given, surname = divmod(level, _PARTS)
        if given >= _NEAR and surname >= _NEAR:
            share = self.share(
                self.given.common(i, j, given), self.surname.common(i, j, surname), own
            )
            return float(np.log(share / self._mean(given == _NEAR, surname == _NEAR)))
        if given >= _NEAR:
            return self.given.rarity(self.given.common(i, j, given))
        if surname >= _NEAR:
            return self.surname.rarity(self.surname.common(i, j, surname))
        return 0.0

    def share(self, given: Key, surname: Key, own: str | None) -> float:
        """Share of records with this given and this family name; the pair's own left out."""
        first, last = self.first.get(given, _NOWHERE), self.last.get(surname, _NOWHERE)
        total = 0.0
        for origin in first.keys() | last.keys():
            a, b = float(first.get(origin, 0)), float(last.get(origin, 0))
            if origin == own:
                a, b = _left(a), _left(b)
            total += a * b / (self.size[origin] * self.n)
        return max(total, 1.0 / self.n**2)

    def _mean(self, given_heard: bool, surname_heard: bool) -> float:
        which = (given_heard, surname_heard)
        if which not in self._means:
            shares = [
                self.share(
                    self.given.own(i, given_heard),
                    self.surname.own(i, surname_heard),
                    self.origin[i],
                )
                for i in self._whole
            ]
            self._means[which] = float(np.mean(shares)) if shares else 1.0
        return self._means[which]

    def _by_origin(self, part: _Part) -> dict[Key, Counter[str]]:
        out: dict[Key, Counter[str]] = {}
        for i in part.known:
            origin = self.origin[i]
            if origin is None:
                continue
            for key in ((False, part.value[i] or ""), *((True, s) for s in part.sounds[i])):
                out.setdefault(key, Counter())[origin] += 1
        return out


def _origins(columns: Columns) -> list[str | None]:
    """Origin of each record as far as names go: small ones are one; ``None`` where not known.

    Where most records say nothing of it, all are of one origin.
    """
    counts = Counter(v for v in columns.citizenship if v is not None)
    if 2 * sum(counts.values()) < columns.n:
        return ["any"] * columns.n
    return [
        None if v is None else v if counts[v] >= _SMALL_GROUP else "any"
        for v in columns.citizenship
    ]


def _some(of: Sequence[int]) -> Sequence[int]:
    return of[:: max(1, len(of) // _SAMPLE)]


def _left(count: float) -> float:
    """Count of a value that stands for its share when a pair agrees on it.

    With a share t of which nothing is known but the c - 2 other records, strangers agree on the value
    with chance E[t^2], one person's records with E[t]; for a vague Beta law their ratio is
    (c - 1) / n, not the c / n of all records, nor the (c - 2) / n of the others.
    """
    return max(count - 1.0, 1.0)


def _mean(counts: Sequence[int], n: int | None = None) -> float:
    """Mean over records of the share of what each holds."""
    held = np.maximum(np.asarray(counts, dtype=np.float64) - 1.0, 1.0)
    return float(held.mean()) / (n or held.size) if held.size else 1.0
