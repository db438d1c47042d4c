"""Twins, and brothers and sisters taken for twins: much agrees, the given names are plainly two.

By Fellegi and Sunter's model alone two strangers hardly ever share a family name, a birth date, a sex
and an area, so that whoever does is one person whatever the given names say. Kin are the third
explanation. How many there are is learned along with the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncounted.linkage.levels import BIRTH_LEVELS, FACTORS, PART_LEVELS, log_m
from uncounted.linkage.prepare import Columns
from uncounted.names import given_outcomes

__all__ = ["Kin", "kin_of"]

Array = NDArray[np.float64]
_FACTORS = list(FACTORS)
_ORDER, _GIVEN, _SURNAME, _BIRTH, _SEX = (
    _FACTORS.index(f) for f in ("order", "given", "surname", "birth", "sex")
)
_SHARED = [_FACTORS.index(f) for f in ("surname", "birth", "citizenship", "area")]
"""What kin share as one person's records do: they are written as well or as badly."""
_NEAR = PART_LEVELS.index("near") - 1
_SAME = PART_LEVELS.index("same") - 1
_BORN = BIRTH_LEVELS.index("one slip") - 1
_PLAIN, _PLAIN_WORTH = 0.3, 10.0
"""Of one person's records whose given names differ though family name and birth agree, the share in which
they are plainly two people's (a working name), and how many such pairs this is worth."""
_PER_RECORD, _KIN_WORTH = 0.02, 0.5
"""Kin records that a record meets, before the lists are seen (some 2 in 100 people have a twin), and how
many kin pairs this is worth."""
_MOST_JUDGED, _LONG = 5_000, 4
"""Different pairs of given names beyond which these are not read one by one; letters that a name then has
at least, to be no initial and no short form."""
_SAME_SEX = 0.65
"""Share of twins, and of kin who are trafficked together, of one sex."""


@dataclass(frozen=True, slots=True)
class Kin:
    """Pairs that may be kin.

    Parameters
    ----------
    which
        Shape (kin,), their places among the pairs.
    alike
        Shape (alike,), the pairs as alike as these whose given names are not the same, these among them.
    factors
        Shape (kin, factors), their levels.
    tells
        Shape (kin,): the pair is within a list, where lists are several: few people are on a list
        twice, so that such pairs tell how many kin there are.
    records
        Records there are.
    pairs
        Pairs among which kin are counted.
    rate
        Share of all pairs that are kin, as learned so far.
    plain
        Share of one person's records, alike as these, whose given names are plainly two people's.
    """

    which: NDArray[np.int64]
    alike: NDArray[np.int64]
    factors: NDArray[np.int16]
    tells: NDArray[np.bool_]
    records: int
    pairs: float
    rate: float
    plain: float = _PLAIN

    def learned(self, m: Mapping[str, Array], strangers: Array, probability: Array) -> Kin:
        """Learn how many kin there are, and how often one person goes by plainly two given names.

        Parameters
        ----------
        m
            Weights among matches.
        strangers
            Shape (kin,), log share of their levels among strangers.
        probability
            Chance of every pair.
        """
        if not self.which.size:
            return self
        p = probability[self.which]
        kin = (1.0 - p) / (1.0 + np.exp(np.clip(strangers - self._log_kin(m), -60, 60)))
        found = float(kin[self.tells].sum()) + _KIN_WORTH
        prior = _KIN_WORTH * self.records / _PER_RECORD
        plain = (float(p.sum()) + _PLAIN * _PLAIN_WORTH) / (
            float(probability[self.alike].sum()) + _PLAIN_WORTH
        )
        return replace(self, rate=found / (self.pairs + prior), plain=plain)

    def _log_kin(self, m: Mapping[str, Array]) -> Array:
        shared = np.full_like(self.factors, -1)
        shared[:, _SHARED] = self.factors[:, _SHARED]
        sex = self.factors[:, _SEX]
        by_sex = np.where(sex < 0, 0.0, np.log(np.where(sex > 0, _SAME_SEX, 1.0 - _SAME_SEX)))
        out: Array = np.log(self.rate) + log_m(m, shared) + by_sex
        return out

    def log_u(self, m: Mapping[str, Array], strangers: Array) -> Array:
        """Log share of the levels among two people, strangers or kin, shape (kin,).

        What tells one person's plainly different given names from the other different ones is put
        here as well, so that the log ratio has it.
        """
        out: Array = np.logaddexp(strangers, self._log_kin(m)) - np.log(self.plain)
        return out

    def flags(self, pairs: int) -> NDArray[np.bool_]:
        """Which of the pairs they are, shape (pairs,)."""
        out = np.zeros(pairs, dtype=np.bool_)
        out[self.which] = True
        return out


def kin_of(
    columns: Columns,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    factors: NDArray[np.int16],
) -> Kin:
    """Find pairs born on one day, of one family name, with plainly two given names.

    Parameters
    ----------
    columns
        The records.
    left, right
        Shape (pairs,), record numbers.
    factors
        Shape (pairs, factors), levels of agreement.
    """
    some = np.flatnonzero(
        (factors[:, _ORDER] == 0)
        & (factors[:, _GIVEN] >= 0)
        & (factors[:, _GIVEN] < _SAME)
        & (factors[:, _SURNAME] >= _NEAR)
        & (factors[:, _BIRTH] >= _BORN)
    )
    plain = some[_plainly_two(columns, left[some], right[some], factors[some, _GIVEN])]
    sizes = columns.sizes.astype(np.float64)
    tells = np.ones(plain.size, dtype=np.bool_)
    pairs = columns.n * (columns.n - 1) / 2
    if sizes.size > 1:
        tells = columns.member[left[plain]] == columns.member[right[plain]]
        pairs = float((sizes * (sizes - 1) / 2).sum())
    rate = _PER_RECORD / max(columns.n, 1)
    return Kin(plain, some, factors[plain], tells, columns.n, pairs, rate)


def _plainly_two(
    columns: Columns,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    level: NDArray[np.int16],
) -> NDArray[np.bool_]:
    """Which given names are plainly two people's; of very many pairs of names the letters alone say."""
    values = columns.given.values
    code = columns.given.code.astype(np.int64)
    distinct, back = np.unique(code[left] * len(values) + code[right], return_inverse=True)
    if distinct.size > _MOST_JUDGED:
        long = np.array([len(v.folded) >= _LONG for v in values], dtype=np.bool_)
        far: NDArray[np.bool_] = (level == 0) & long[code[left]] & long[code[right]]
        return far
    pairs = [divmod(pair, len(values)) for pair in distinct.tolist()]
    said = given_outcomes(
        [values[a].written for a, _ in pairs], [values[b].written for _, b in pairs]
    )
    out: NDArray[np.bool_] = (said == 0)[back.ravel()] if pairs else np.zeros(left.size, np.bool_)
    return out
