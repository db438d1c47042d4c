"""`LinkageDraws`: equally likely answers to who is who, each with its overlap table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import MAX_LISTS, OverlapTable
from uncounted.errors import InputError

__all__ = ["LinkageDraws"]


@dataclass(frozen=True, slots=True, repr=False)
class LinkageDraws:
    """Draws of who is who.

    Parameters
    ----------
    lists
        Names of the lists.
    member, row
        Shape (records,): list of each record and its position in it.
    label
        Shape (draws, records), int32: cluster of each record in each draw. Two records of one
        label are one person in that draw.
    missed
        Shape (draws,): links that no candidate pair stood for, put in at random.
    seed
        Root seed they were drawn with.
    """

    lists: tuple[str, ...]
    member: NDArray[np.int64]
    row: NDArray[np.int64]
    label: NDArray[np.int32]
    missed: NDArray[np.int64]
    seed: int

    def __repr__(self) -> str:
        return f"LinkageDraws({len(self)} draws of {self.member.size} records)"

    def __len__(self) -> int:
        return int(self.label.shape[0])

    @property
    def tables(self) -> tuple[OverlapTable, ...]:
        """One overlap table per draw."""
        counts = self.counts()
        return tuple(OverlapTable.from_histories(self.lists, row) for row in counts)

    def counts(self) -> NDArray[np.int64]:
        """Count people by capture history, shape (draws, 2**lists); column 0 is 0."""
        from uncounted.kernels.partitions import histories

        if not 2 <= len(self.lists) <= MAX_LISTS:
            raise InputError(
                f"An overlap table has 2 to {MAX_LISTS} lists; there are {len(self.lists)}.",
                fix="Give two lists or more.",
            )
        k = len(self.lists)
        return np.stack([histories(row.astype(np.int64), self.member, k) for row in self.label])

    @property
    def observed(self) -> NDArray[np.int64]:
        """People on at least one list, shape (draws,)."""
        return np.array([np.unique(row).size for row in self.label], dtype=np.int64)

    def overlap(self, first: str, second: str) -> NDArray[np.int64]:
        """People on both of two lists, shape (draws,)."""
        try:
            bits = (1 << self.lists.index(first)) | (1 << self.lists.index(second))
        except ValueError:
            raise InputError(
                "There is no list of that name.", fix=f"Lists are {', '.join(self.lists)}."
            ) from None
        counts = self.counts()
        masks = np.arange(counts.shape[1])
        both: NDArray[np.int64] = counts[:, (masks & bits) == bits].sum(axis=1)
        return both

    def by(self, values: Sequence[str], *, unknown: str = "not known") -> tuple[OverlapTable, ...]:
        """One overlap table per draw, people grouped by something their records say.

        Parameters
        ----------
        values
            One per record, in the order of ``member``; ``""`` where the record does not say.
        unknown
            Stratum of people of whom no record says.

        Returns
        -------
        tuple of OverlapTable
            All with the same strata, in order of name. Where the records of one person differ,
            what most of them say counts, and of equals the first.
        """
        if len(values) != self.member.size:
            raise InputError("There must be one value per record.", fix="Give them all, in order.")
        names = sorted({v or unknown for v in values})
        code = np.array([names.index(v) if v else -1 for v in values], dtype=np.int64)
        blank = names.index(unknown) if unknown in names else -1
        k = len(self.lists)
        out = []
        for row in self.label:
            _, cluster = np.unique(row, return_inverse=True)
            size = int(cluster.max(initial=-1)) + 1
            votes = np.zeros((size, len(names)))
            known = code >= 0
            # Earlier records win ties by a hair.
            hair = 1.0 - np.arange(code.size)[known] * (0.4 / max(code.size, 1) ** 2)
            np.add.at(votes, (cluster[known], code[known]), hair)
            group = votes.argmax(axis=1)
            group[votes.max(axis=1) == 0] = blank
            mask = np.zeros(size, dtype=np.int64)
            np.bitwise_or.at(mask, cluster, 1 << self.member)
            cells = np.zeros((len(names), 1 << k), dtype=np.int64)
            np.add.at(cells, (group, mask), 1)
            out.append(OverlapTable(self.lists, cells, tuple(names)))
        return tuple(out)
