"""Detected people by destination, origin and year: what every source of flows gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note

__all__ = ["DetectedFlows"]


@dataclass(frozen=True, slots=True)
class DetectedFlows:
    """Detected people by destination, origin and year; one element a cell that is listed.

    Parameters
    ----------
    destination, origin
        ISO alpha-3, shape (cells,).
    year
        Shape (cells,).
    lower, upper
        Bounds of the count, people; equal unless censored.
    source
        Where the counts are from.
    origin_means
        What stands in for the origin: ``"citizenship"``, ``"origin"``.

    Notes
    -----
    A pair that is not here is *not listed*; some destinations list their largest origins only.
    """

    destination: NDArray[np.str_]
    origin: NDArray[np.str_]
    year: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    source: str | Note
    origin_means: str = "citizenship"

    def __len__(self) -> int:
        return int(self.year.size)

    @property
    def internal(self) -> NDArray[np.bool_]:
        """Cells of citizens detected in their own country."""
        same: NDArray[np.bool_] = self.destination == self.origin
        return same

    @property
    def censored(self) -> NDArray[np.bool_]:
        """Cells known only to lie between ``lower`` and ``upper``."""
        cut: NDArray[np.bool_] = self.lower != self.upper
        return cut

    def take(self, keep: NDArray[np.bool_]) -> DetectedFlows:
        """Keep the cells where ``keep``, shape (cells,), is true."""
        return DetectedFlows(
            self.destination[keep], self.origin[keep], self.year[keep], self.lower[keep],
            self.upper[keep], self.source, self.origin_means,
        )  # fmt: skip

    def by_pair(self) -> DetectedFlows:
        """Sum over the years; ``year`` becomes the first year of each pair."""
        keys, at = _groups(self.destination, self.origin)
        lower = np.bincount(at, weights=self.lower, minlength=len(keys)).astype(np.int64)
        upper = np.bincount(at, weights=self.upper, minlength=len(keys)).astype(np.int64)
        first = np.full(len(keys), np.iinfo(np.int64).max)
        np.minimum.at(first, at, self.year)
        d = np.array([k[0] for k in keys], dtype="<U3")
        o = np.array([k[1] for k in keys], dtype="<U3")
        return DetectedFlows(d, o, first, lower, upper, self.source, self.origin_means)


def _groups(
    destination: NDArray[np.str_], origin: NDArray[np.str_]
) -> tuple[list[tuple[str, str]], NDArray[np.int64]]:
    """Distinct pairs in order, and the pair of each cell."""
    joint = np.char.add(np.char.add(destination, "|"), origin)
    names, at = np.unique(joint, return_inverse=True)
    keys = [(str(n).split("|")[0], str(n).split("|")[1]) for n in names]
    return keys, np.asarray(at, dtype=np.int64)
