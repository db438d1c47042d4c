"""Whatever may stand where a table is wanted: a table, cases, a data frame, a file, a published name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from uncounted.core.cases import CaseTable
from uncounted.core.censored import CensoredTable
from uncounted.core.estimate import Estimate
from uncounted.core.table import OverlapTable
from uncounted.errors import TableError
from uncounted.files.censored_tables import refuse_ranges
from uncounted.files.overlap_tables import read_any_table, read_table
from uncounted.published import find, load

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["TableLike", "as_any_table", "as_table"]

TableLike: TypeAlias = "OverlapTable | CaseTable | str | Path | IntoFrame"
"""An overlap table, cases, a data frame, the path of a file, or the name of a published table."""

_FILES = {".csv", ".tsv", ".txt", ".parquet", ".json", ".xlsx", ".xlsm"}


def as_table(source: TableLike | CensoredTable) -> OverlapTable:
    """Make an overlap table of whatever stands for one.

    Parameters
    ----------
    source
        An `OverlapTable`; a `CaseTable` (its covariates are left out); a data frame that narwhals
        knows, with one 0/1 column a list and perhaps ``count`` and ``stratum`` (`read_table` has
        more settings); the path of such a file; or the name of a published table.

    Raises
    ------
    TableError
        If it is none of these; the message says what to write.
    InputError
        If there is no published table of that name.

    Examples
    --------
    >>> as_table("uk2013-5").n
    2744
    >>> import pandas as pd
    >>> as_table(pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "count": [9, 8, 3]})).n
    20
    """
    if isinstance(source, OverlapTable):
        return source
    if isinstance(source, CensoredTable):
        raise refuse_ranges(source)
    if isinstance(source, CaseTable):
        return source.overlap_table()
    if isinstance(source, str):
        path = Path(source)
        if path.suffix.lower() not in _FILES and not path.exists():
            if find(source) is None and (path.suffix or len(path.parts) > 1):
                raise TableError(
                    f"There is no file {source}.",
                    fix="Check the path, or name a published table: "
                    "uncounted.published.catalogue() lists them.",
                )
            return load(source)
        return read_table(path)
    if isinstance(source, Path):
        return read_table(source)
    _refuse_what_is_none(source)
    return read_table(source)


def as_any_table(source: TableLike | CensoredTable) -> OverlapTable | CensoredTable:
    """Do as `as_table`, for questions that take counts known as ranges too."""
    if isinstance(source, CensoredTable):
        return source
    if isinstance(source, (OverlapTable, CaseTable)):
        return as_table(source)
    if isinstance(source, str) and Path(source).suffix.lower() not in _FILES:
        return as_table(source)
    if isinstance(source, (str, Path)):
        return read_any_table(source)
    _refuse_what_is_none(source)
    return read_any_table(source)


def _refuse_what_is_none(source: object) -> None:
    """Say what to write in place of things that are often given where a table is wanted."""
    kind = source.__name__ if isinstance(source, type) else type(source).__name__
    if isinstance(source, Estimate):
        raise TableError(
            "An estimate is what comes out of a table, not a table.",
            fix="Give the table that it was made from.",
        )
    if hasattr(source, "estimates") or hasattr(source, "reasons"):
        raise TableError(
            f"A {kind} is what comes out of a table, not a table.",
            fix="Give the table that it was made from.",
        )
    if callable(getattr(source, "estimate", None)):
        raise TableError(
            f"{kind} is a method, not a table.",
            fix=f"Write uc.{kind}(...).estimate(table), or uc.estimate(table, uc.{kind}(...)).",
        )
    if isinstance(source, Mapping):
        raise TableError(
            "A mapping is no table.",
            fix='Write uc.OverlapTable.from_histories(["A", "B"], {"10": 30, "01": 50, "11": 6}).',
        )
