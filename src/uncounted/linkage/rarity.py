"""How much rarer than usual the value is that two records agree on: rare agreement speaks louder.

Two strangers agree on a name of share s with chance s squared; one person's two records hold it with
chance s. So agreement on it is evidence in proportion to its mean share over its own. Given and
family name are not independent (Min-ji goes with Kim, not with Reyes): where both parts agree, their
share is a mixture over origins, within each of which they are taken as independent.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.fields import NamePart
from uncounted.linkage.levels import AREA_LEVELS, FIELD_LEVELS, PART_LEVELS
from uncounted.linkage.prepare import Coded, Columns

__all__ = ["rarity"]

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
_NEAR, _SAME = PART_LEVELS.index("near"), PART_LEVELS.index("same")
_PARTS = len(PART_LEVELS)
_CROSSED_NEAR, _CROSSED_SAME = _PARTS**2 + 1, _PARTS**2 + 2
_AREA = list(FIELD_LEVELS).index("area")
_SMALL_ORIGIN = 20
"""Records that an origin needs to have shares of its own."""
_MOST_ORIGINS = 32
_SAMPLE = 20_000
"""Records over which a mean share is taken."""
_CHUNK = 100_000


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
    out = _name_rarity(columns, left, right, code[:, 0])
    area = code[:, _AREA] == len(AREA_LEVELS) - 1
    if area.any():
        held = columns.area.code[columns.area.known]
        count = np.bincount(held, minlength=len(columns.area.values))
        share = _left(count[columns.area.code[left[area]]]) / held.size
        out[area] += np.log(share / _mean(count[held], held.size))
    return out


class _Part:
    """One part of the name of every record, as keys: first its values, then its sounds.

    Attributes
    ----------
    value
        Shape (records,), key of the value, -1 where there is none.
    loudest
        Shape (records,), key of the commonest of a record's sounds and classes, -1 for none.
    count
        Shape (keys,), records that hold each key.
    spelling
        Shape (records,), which of the different sets of sounds each record has.
    heard, start
        Keys of the sounds of all sets, one after the other, and where each set starts.
    """

    def __init__(self, part: Coded[NamePart], classes: Coded[tuple[str, ...]]) -> None:
        folded: dict[str, int] = {}
        own = [folded.setdefault(v.folded, len(folded)) for v in part.values]
        self.value = np.array([*own, -1], dtype=np.int64)[part.code]
        named: dict[str, int] = {}
        base = len(folded)
        sounds = [[named.setdefault(s, len(named)) for s in v.sounds] for v in part.values]
        classed = [[named.setdefault(s, len(named)) for s in c] for c in classes.values]
        width = len(classes.values) + 1
        which = (part.code.astype(np.int64) + 1) * width + classes.code + 1
        distinct, self.spelling, size = np.unique(which, return_inverse=True, return_counts=True)
        sounds, classed = [[], *sounds], [[], *classed]
        sets = [sorted({*sounds[w // width], *classed[w % width]}) for w in distinct.tolist()]
        length = np.array([len(held) for held in sets], dtype=np.int64)
        self.start = np.append(0, np.cumsum(length))
        self.heard = (
            np.fromiter((k for held in sets for k in held), np.int64, self.start[-1]) + base
        )
        self.count = np.bincount(self.value[self.value >= 0], minlength=base + len(named))
        self.count += np.bincount(
            self.heard, weights=np.repeat(size, length), minlength=self.count.size
        ).astype(np.int64)
        loudest = np.full(length.size, -1, dtype=np.int64)
        some = np.flatnonzero(length)
        if some.size:
            rank = self.count[self.heard] * self.count.size + self.heard
            loudest[some] = np.maximum.reduceat(rank, self.start[:-1][some]) % self.count.size
        self.loudest = loudest[self.spelling]
        self.known = np.flatnonzero((self.value >= 0) & (self.loudest >= 0))

    def in_common(self, left: Numbers, right: Numbers, same: NDArray[np.bool_]) -> Numbers:
        """Give what pairs have in common: the value, or the rarest sound that both have.

        Where near parts share no sound (a slip of the keyboard) the commoner part's stands for both.
        """
        out = self.value[left]
        near = np.flatnonzero(~same)
        sets = self.start.size - 1
        pairs = self.spelling[left[near]].astype(np.int64) * sets + self.spelling[right[near]]
        distinct, first, back = np.unique(pairs, return_index=True, return_inverse=True)
        one, two = left[near][first], right[near][first]
        rank = self.count * self.count.size + np.arange(self.count.size)
        loud = np.stack([self.loudest[one], self.loudest[two]])
        keys = np.where(loud >= 0, rank[loud], -1).max(axis=0)
        # Every sound of the first, with the pair it belongs to; those that the second has as well stay.
        a, b = np.divmod(distinct, sets)
        length = np.diff(self.start)
        pair = np.repeat(np.arange(distinct.size), length[a])
        place = np.arange(pair.size) - np.repeat(np.cumsum(length[a]) - length[a], length[a])
        heard = self.heard[self.start[a][pair] + place]
        both = np.flatnonzero(self._holds(b[pair], heard))
        rarest = np.full(distinct.size, np.iinfo(np.int64).max)
        np.minimum.at(rarest, pair[both], rank[heard[both]])
        shared = rarest < np.iinfo(np.int64).max
        keys[shared] = rarest[shared]
        out[near] = np.where(keys >= 0, keys % self.count.size, -1)[back]
        return out

    def _holds(self, spelling: Numbers, key: Numbers) -> NDArray[np.bool_]:
        """Which of the sets of sounds hold which keys, one by one."""
        size = self.count.size
        of = np.repeat(np.arange(self.start.size - 1), np.diff(self.start))
        every = np.sort(of * size + self.heard)
        wanted = spelling * size + key
        at = np.minimum(np.searchsorted(every, wanted), max(every.size - 1, 0))
        out: NDArray[np.bool_] = every[at] == wanted if every.size else np.zeros(key.size, np.bool_)
        return out

    def by_origin(self, origin: Numbers, origins: int) -> NDArray[np.int64]:
        """Count records of each origin that hold each key, shape (keys, origins); -1 is none."""
        some = origin >= 0
        known = some & (self.value >= 0)
        size = self.count.size * origins
        out = np.bincount(self.value[known] * origins + origin[known], minlength=size)
        sets = self.start.size - 1
        held = np.bincount(self.spelling[some] * origins + origin[some], minlength=sets * origins)
        of = np.repeat(np.arange(sets), np.diff(self.start))
        for k in range(origins):
            times = held[of * origins + k]
            out += np.bincount(self.heard * origins + k, weights=times, minlength=size).astype(
                np.int64
            )
        return out.reshape(self.count.size, origins)

    def rarity(self, key: Numbers, same: NDArray[np.bool_]) -> Array:
        """Log of each key's share over its mean."""
        n = max(self.known.size, 1)
        some = _some(self.known)
        mean = np.where(
            same,
            _mean(self.count[self.value[some]], n),
            _mean(self.count[self.loudest[some]], n),
        )
        out: Array = np.log(_left(self.count[key]) / n / mean)
        return out


class _Names:
    """Shares of whole names, as mixtures over origins."""

    def __init__(self, columns: Columns, given: _Part, surname: _Part) -> None:
        self.given, self.surname = given, surname
        self.origin = _origins(columns)
        self.size = np.maximum(np.bincount(self.origin[self.origin >= 0], minlength=1), 1)
        self.n = float(self.size.sum())
        self.first = given.by_origin(self.origin, self.size.size)
        self.last = surname.by_origin(self.origin, self.size.size)
        both = np.intersect1d(given.known, surname.known)
        self.some = _some(both[self.origin[both] >= 0])

    def share(self, given: Numbers, surname: Numbers, own: Numbers) -> Array:
        """Share of records with each given and family name; a record of the pair's origin left out."""
        out = np.empty(given.size)
        origins = np.arange(self.size.size)
        for start in range(0, given.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            a = self.first[given[part]].astype(np.float64)
            b = self.last[surname[part]].astype(np.float64)
            here = own[part, None] == origins
            a[here], b[here] = _left(a[here]), _left(b[here])
            out[part] = (a * b / self.size).sum(axis=1) / self.n
        return np.maximum(out, 1.0 / self.n**2)

    def rarity(
        self,
        given: Numbers,
        surname: Numbers,
        own: Numbers,
        heard: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    ) -> Array:
        """Log of each name's share over its mean, by which parts are compared by sound."""
        means = np.ones(4)
        for kind in range(4) if self.some.size else ():
            first = self.given.loudest if kind & 2 else self.given.value
            last = self.surname.loudest if kind & 1 else self.surname.value
            shares = self.share(first[self.some], last[self.some], self.origin[self.some])
            means[kind] = shares.mean()
        kinds = 2 * heard[0].astype(np.int64) + heard[1]
        out: Array = np.log(self.share(given, surname, own) / means[kinds])
        return out


def _name_rarity(
    columns: Columns, left: Numbers, right: Numbers, level: NDArray[np.int16]
) -> Array:
    given = _Part(columns.given, columns.classes_given)
    surname = _Part(columns.surname, columns.classes_surname)
    names = _Names(columns, given, surname)
    straight = level < _PARTS**2
    g, s = level // _PARTS, level % _PARTS
    first, last = straight & (g >= _NEAR), straight & (s >= _NEAR)
    out = np.zeros(left.size)
    both = np.flatnonzero(first & last)
    own = np.where(names.origin[left] >= 0, names.origin[left], names.origin[right])
    same = g == _SAME, s == _SAME
    out[both] = names.rarity(
        given.in_common(left[both], right[both], same[0][both]),
        surname.in_common(left[both], right[both], same[1][both]),
        own[both],
        (~same[0][both], ~same[1][both]),
    )
    for part, alone, equal in ((given, first & ~last, same[0]), (surname, last & ~first, same[1])):
        which = np.flatnonzero(alone)
        key = part.in_common(left[which], right[which], equal[which])
        out[which] = part.rarity(key, equal[which])
    for crossed, heard in ((_CROSSED_NEAR, True), (_CROSSED_SAME, False)):
        which = np.flatnonzero(level == crossed)
        by_sound = np.full(which.size, heard)
        firsts, lasts = (p.loudest if heard else p.value for p in (given, surname))
        # One of the two stands the right way round: the one whose name is the commoner.
        straight_ways = [
            names.rarity(firsts[record], lasts[record], own[which], (by_sound, by_sound))
            for record in (left[which], right[which])
        ]
        out[which] = np.maximum(*straight_ways)
    return out


def _origins(columns: Columns) -> NDArray[np.int64]:
    """Origin of each record as far as names go: small ones are one; -1 where not known.

    Where most records say nothing of it, all are of one origin.
    """
    code = columns.citizenship.code.astype(np.int64)
    known = code >= 0
    if 2 * known.sum() < columns.n:
        return np.zeros(columns.n, dtype=np.int64)
    count = Counter(code[known].tolist())
    large = [c for c, size in count.most_common(_MOST_ORIGINS - 1) if size >= _SMALL_ORIGIN]
    place = np.zeros(max(count) + 2, dtype=np.int64)
    place[sorted(large)] = np.arange(1, len(large) + 1)
    place[-1] = -1
    return place[code]


def _some(of: Numbers) -> Numbers:
    return of[:: max(1, of.size // _SAMPLE)]


def _left(count: Any) -> Array:
    """Count of a value that stands for its share when a pair agrees on it.

    With a share t of which nothing is known but the c - 2 other records, strangers agree on the value
    with chance E[t^2], one person's records with E[t]; for a vague Beta law their ratio is
    (c - 1) / n, not the c / n of all records, nor the (c - 2) / n of the others.
    """
    return np.maximum(np.asarray(count, dtype=np.float64) - 1.0, 1.0)


def _mean(counts: NDArray[np.int64], n: int) -> float:
    """Mean over records of the share of what each holds."""
    return float(_left(counts).mean()) / n if counts.size else 1.0
