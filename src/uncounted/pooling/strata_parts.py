"""Strata of a table as the sampler takes them: who sees whom, who has no label, which counts are ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import UNBOUNDED, CensoredTable
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError, NoFiniteEstimate, NotSupported, TableError

__all__ = ["Parts", "at_least", "check", "split"]

_LARGEST = 3000
_FEWEST_LEFT = 0.01
"""Share of the draws that must agree with the totals given; with less the sum would rest on a few."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Strata with people in them.

    Parameters
    ----------
    names
        One a stratum.
    known
        Counts, shape (strata, 2**lists); the least where they are ranges.
    sees
        Which lists could hold people of which stratum, shape (strata, lists).
    unknown
        Counts without a label, shape (2**lists,).
    unlabelled
        Their sum.
    empty
        Strata in which nobody was observed.
    most
        Largest counts, as ``known``; equal where no count is a range.
    tables
        Each stratum's own ranges; empty where every count is known.
    """

    names: tuple[str, ...]
    known: NDArray[np.int64]
    sees: NDArray[np.bool_]
    unknown: NDArray[np.int64]
    unlabelled: int
    empty: tuple[str, ...]
    most: NDArray[np.int64]
    tables: tuple[CensoredTable, ...] = ()

    def own(self, k: int) -> CensoredTable | None:
        """Return the ranges of one stratum over the lists that see it; ``None`` where counts are known."""
        if not self.tables:
            return None
        seen = [i for i in range(self.sees.shape[1]) if self.sees[k, i]]
        table = self.tables[k]
        masks = [
            sum(1 << seen[i] for i in range(len(seen)) if m >> i & 1) for m in range(1 << len(seen))
        ]
        return CensoredTable(
            tuple(table.lists[i] for i in seen),
            table.lower[masks],
            table.upper[masks],
            totals=table.totals,
            name=table.name,
        )

    def floor(self, k: int) -> int:
        """Fewest people of one stratum by the totals given."""
        return max(self.tables[k].totals.values(), default=0) if self.tables else 0

    def told(self, k: int) -> tuple[Note, ...]:
        """Say which counts of one stratum are ranges, and which totals bound it."""
        free = int((self.known[k] < self.most[k]).sum())
        said = [] if not free else [
            note("pooling.stratum.ranges", cells=Number(free), stratum=self.names[k])
        ]  # fmt: skip
        if self.tables:
            said += [
                note("estimators.censored.total", people=Number(n, "people", of=name), list=name)
                for name, n in self.tables[k].totals.items()
            ]
        return tuple(said)


def split(table: OverlapTable | CensoredTable, missing: Sequence[str]) -> Parts:
    """Part a table into strata with people, people without a label, and empty strata.

    Parameters
    ----------
    table
        With strata.
    missing
        Names of strata that mean "label missing", any case.

    Raises
    ------
    InputError
        With fewer than two strata.
    NotSupported
        Where a stratum has sums of histories, or people without a label have hidden counts.
    NoFiniteEstimate
        Where nobody has a label.
    """
    if isinstance(table, CensoredTable):
        names = [s.name for s in table.strata]
        low = np.array([s.table.lower for s in table.strata]).reshape(len(names), -1)
        high = np.array([s.table.upper for s in table.strata]).reshape(len(names), -1)
        sees = np.array([s.sees for s in table.strata])
        _refuse(table)
    else:
        names, sees = list(table.strata), table.sees
        low = np.where(np.arange(table.cells.shape[1]) == 0, 0, table.cells)
        high = low
    words = {m.casefold() for m in missing}
    lost = [k for k, name in enumerate(names) if name.casefold() in words]
    kept = [k for k in range(len(names)) if k not in lost]
    if len(kept) < 2:
        raise InputError(
            "There are fewer than two strata with a label.",
            fix="Use an estimator on the whole table, or give a table with a stratum column.",
        )
    if lost and (low[lost] < high[lost]).any():
        raise NotSupported(
            note("pooling.strata.hidden-labels"), fix=note("pooling.strata.hidden-labels.fix")
        )
    empty = tuple(names[k] for k in kept if not high[k].any())
    kept = [k for k in kept if high[k].any()]
    if not kept:
        raise NoFiniteEstimate(
            note("pooling.strata.no-label"), fix=note("pooling.strata.no-label.fix")
        )
    unknown = low[lost].sum(axis=0) if lost else np.zeros(low.shape[1], dtype=np.int64)
    return Parts(
        tuple(names[k] for k in kept),
        low[kept],
        sees[kept],
        unknown,
        int(unknown.sum()),
        empty,
        high[kept],
        tuple(table.strata[k].table for k in kept) if isinstance(table, CensoredTable) else (),
    )


def _refuse(table: CensoredTable) -> None:
    for stratum in table.strata:
        if stratum.table.margins:
            raise NotSupported(
                note("pooling.strata.sums", stratum=stratum.name),
                fix=note("pooling.strata.sums.fix"),
            )
        open_ = (stratum.table.upper[1:] >= UNBOUNDED) & (stratum.table.lower[1:] == 0)
        if open_.any() and not stratum.table.lower[1:].any():
            raise NotSupported(
                note("pooling.strata.nothing-known", stratum=stratum.name),
                fix=note("pooling.strata.nothing-known.fix"),
            )


def at_least(
    joint: NDArray[np.float64], parts: Parts, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Choose draws, as many again, in which no stratum is smaller than a total it gave.

    Parameters
    ----------
    joint
        Joint draws of N, shape (draws, strata).
    parts
        The strata.
    rng
        For which draws stand for those left out.

    Raises
    ------
    NotSupported
        Where hardly any draw agrees with the totals.
    """
    floors = np.array([parts.floor(k) for k in range(len(parts.names))])
    good = np.flatnonzero((joint >= floors).all(axis=1))
    if good.size == len(joint):
        return np.arange(len(joint))
    if good.size < _FEWEST_LEFT * len(joint):
        raise NotSupported(note("pooling.strata.totals"), fix=note("pooling.strata.totals.fix"))
    return np.concatenate((good, rng.choice(good, len(joint) - good.size)))


def check(table: OverlapTable, parts: Parts) -> None:
    """Refuse what no draw could answer.

    Raises
    ------
    NotSupported
        If a stratum is seen by fewer than two lists, or there are too many parameters.
    NoFiniteEstimate
        If nobody is on two lists.
    TableError
        If people without a label are on lists that no stratum is seen by together.
    """
    bits = np.bitwise_count(np.arange(parts.known.shape[1], dtype=np.uint32))
    for k, name in enumerate(parts.names):
        if parts.sees[k].sum() < 2:
            raise NotSupported(
                note("pooling.strata.unseen", stratum=name),
                fix=note("pooling.strata.unseen.fix"),
            )
    if not parts.most[:, bits > 1].any() and not parts.unknown[bits > 1].any():
        raise NoFiniteEstimate(
            note("pooling.strata.no-overlap"), fix=note("pooling.strata.no-overlap.fix")
        )
    width = parts.known.shape[0] * (1 + table.t + table.t * (table.t - 1) // 2)
    if width > _LARGEST:
        raise NotSupported(
            note(
                "pooling.strata.too-many",
                strata=Number(len(parts.names)),
                lists=Number(table.t, "lists"),
                parameters=Number(width),
                most=Number(_LARGEST),
            ),
            fix=note("pooling.strata.too-many.fix"),
        )
    if parts.unlabelled:
        able = ~parts.sees @ (1 << np.arange(table.t))
        for mask in np.flatnonzero(parts.unknown):
            if (mask & able).all():
                raise TableError(
                    "People without a stratum are on lists that no one stratum is seen by "
                    f"together (capture history {table.history(int(mask))}).",
                    fix="Correct the lists that are declared unable to see a stratum.",
                )
