"""Rows to data frames and back, by way of narwhals: whichever library a reader has."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, cast

from uncounted.core.shown import Cell, Kind
from uncounted.errors import InputError, MissingExtra, UsageError
from uncounted.files.raw import MAX_CELL, RawRow
from uncounted.files.tabular import RawTable

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["BACKENDS", "frame_table", "to_frame"]

_Library = Literal["pandas", "polars", "pyarrow"]
BACKENDS = ("pandas", "polars", "pyarrow")


def to_frame(
    rows: Sequence[Mapping[str, Cell]],
    columns: Mapping[str, Kind],
    backend: str | ModuleType = "pandas",
) -> Any:
    """Make a data frame.

    Parameters
    ----------
    rows
        Mappings with the keys of ``columns``.
    columns
        What each column holds: it decides on the type, so an empty column has one too.
    backend
        ``"pandas"``, ``"polars"``, ``"pyarrow"``, or the module itself.

    Returns
    -------
    DataFrame or Table
        Of that library, one row each. Text that is not known is null, a number too (``nan`` in
        pandas); an interval without an upper end has ``inf``.

    Raises
    ------
    UsageError
        If there is no such backend.
    MissingExtra
        If the library is not installed.

    Examples
    --------
    >>> to_frame([{"who": "a", "n": 3}], {"who": "text", "n": "count"}, "pyarrow").to_pylist()
    [{'who': 'a', 'n': 3}]
    """
    import narwhals as nw

    name = backend.__name__ if isinstance(backend, ModuleType) else backend
    if name not in BACKENDS:
        raise UsageError(
            f"There are no data frames of {name[:40]!r} here.", fix=f"Choose {', '.join(BACKENDS)}."
        )
    try:
        importlib.import_module(name)
    except ImportError:
        raise MissingExtra(
            f"{name} is not installed, and Uncounted does not need it.",
            fix=f"Install it, or choose another of {', '.join(BACKENDS)}: to_frame({BACKENDS[-1]!r}).",
        ) from None
    library = cast(_Library, name)
    data = {c: [_plain(r[c], kind) for r in rows] for c, kind in columns.items()}
    types = {"text": nw.String(), "count": nw.Int64()}
    casts = []
    for c, kind in columns.items():
        if name == "pandas" and kind == "text":
            continue  # it would write the word None for what is not known
        whole = kind == "count" and (name != "pandas" or None not in data[c])
        casts.append(nw.col(c).cast(types[kind] if whole or kind == "text" else nw.Float64()))
    return nw.from_dict(data, backend=library).with_columns(*casts).to_native()


def _plain(value: Cell, kind: Kind) -> Cell:
    """Make every number that may have a fraction one that has: libraries look at the first."""
    return float(value) if kind not in ("text", "count") and value is not None else value


def frame_table(frame: IntoFrame) -> RawTable:
    """Make of a data frame what a file is when it is opened: column names and rows of text.

    Parameters
    ----------
    frame
        Any data frame that narwhals knows. What is null becomes an empty cell; rows count from 1.

    Raises
    ------
    InputError
        If it is no data frame.

    Examples
    --------
    >>> import pandas as pd
    >>> list(frame_table(pd.DataFrame({"age": [31.0, None], "sex": ["f", "m"]})).rows())
    [(1, ['31', 'f'], None), (2, ['', 'm'], None)]
    """
    import narwhals as nw

    try:
        known: Any = nw.from_native(frame)
    except TypeError:
        raise InputError(
            f"A list cannot be read from {type(frame).__name__}.",
            fix="Give the path of a file or a data frame (pandas, polars, pyarrow).",
        ) from None
    if isinstance(known, nw.LazyFrame):
        known = known.collect()
    if not isinstance(known, nw.DataFrame):
        raise InputError("A single column is no list.", fix="Give the whole data frame.")

    def rows() -> Iterator[RawRow]:
        for number, row in enumerate(known.iter_rows(), start=1):
            yield number, [_text(value) for value in row], None

    return RawTable("the data frame", [str(c) for c in known.columns], rows)


def _text(value: object) -> str:
    """Write a cell as a file would: whole numbers without a point, midnight without a time."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"} or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text.removesuffix("T00:00:00")[:MAX_CELL]
