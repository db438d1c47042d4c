"""`CaseTable`: one row a person, with the lists they are on and covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.shown import Short
from uncounted.core.table import OverlapTable
from uncounted.errors import TableError

__all__ = ["CaseTable"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CaseTable(Short):
    """People observed, which lists each is on, and what is known about each.

    Parameters
    ----------
    lists
        Names of the 2 to 16 lists.
    on
        0/1 array of shape (people, lists). Everybody is on at least one list.
    covariates
        Numbers, shape (people, covariates); categories as 0/1 columns.
    covariate_names
        One name per column of ``covariates``.
    name
        What to call the table in output.

    Raises
    ------
    TableError
        If the parts do not make a table.

    Examples
    --------
    >>> on = np.array([[1, 0], [0, 1], [1, 1]])
    >>> cases = CaseTable(("A", "B"), on, np.array([[0.5], [1.0], [2.0]]), ("age",))
    >>> cases.n, cases.overlap_table().count("11")
    (3, 1)
    """

    lists: tuple[str, ...]
    on: NDArray[np.uint8]
    covariates: NDArray[np.float64]
    covariate_names: tuple[str, ...]
    name: str = ""

    def __post_init__(self) -> None:
        """Check the parts, take copies and make the arrays read-only."""
        on = np.array(self.on)
        x = np.array(self.covariates, dtype=np.float64)
        lists = tuple(str(v) for v in self.lists)
        names = tuple(str(v) for v in self.covariate_names)
        if on.ndim != 2 or on.shape[1] != len(lists) or not np.isin(on, (0, 1)).all():
            raise TableError(
                "Who is on which list must be an array of 0 and 1, one column per list.",
                fix="Build case tables with read_cases.",
            )
        if x.ndim != 2 or x.shape != (on.shape[0], len(names)):
            raise TableError(
                "Covariates need one row per person and one name per column.",
                fix="Build case tables with read_cases.",
            )
        if on.shape[0] == 0:
            raise TableError("The table holds nobody.", fix="Give rows with people in them.")
        if not np.isfinite(x).all():
            raise TableError(
                "A covariate is not a finite number.",
                fix="Fill it in, or read the file with read_cases, which marks what is missing.",
            )
        nobody = np.flatnonzero(on.sum(axis=1) == 0)
        if nobody.size:
            raise TableError(
                f"Row {nobody[0] + 1}: a person on no list.",
                fix="Leave such rows out: how many there are is what is to be estimated.",
            )
        on = on.astype(np.uint8)
        on.flags.writeable = False
        x.flags.writeable = False
        for key, value in (
            ("lists", lists),
            ("on", on),
            ("covariates", x),
            ("covariate_names", names),
        ):
            object.__setattr__(self, key, value)
        self.overlap_table()  # checks the list names

    @property
    def n(self) -> int:
        """Observed: people on at least one list."""
        return int(self.on.shape[0])

    @property
    def t(self) -> int:
        """Number of lists."""
        return len(self.lists)

    def masks(self) -> NDArray[np.int64]:
        """Capture history of each person as a bit mask, shape (people,)."""
        return np.asarray(self.on.astype(np.int64) @ (1 << np.arange(self.t, dtype=np.int64)))

    def overlap_table(self) -> OverlapTable:
        """Return the same people without covariates."""
        counts = np.bincount(self.masks(), minlength=1 << self.t).astype(np.int64)
        return OverlapTable.from_histories(self.lists, counts, name=self.name)
