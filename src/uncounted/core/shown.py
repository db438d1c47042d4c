"""What every result can do beside holding figures: stand in a table, a picture, a document, a line.

`core` knows no data frame and no picture. The package root, which stands above all rooms, says once
who draws (`shown_by`), as it says who speaks for notes.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Cell", "Drawn", "Face", "Kind", "Short", "Shown", "shown_by"]

Kind = Literal["text", "people", "count", "number", "share"]
"""What a column holds: words; people, perhaps not whole; whole numbers; other numbers; parts of one."""
Cell = str | int | float | None

_LONGEST = 2000
_VALUE = 160
_WORDS = 80


class Drawn(Protocol):
    """A picture: it shows itself in a notebook and can be kept."""

    @property
    def alt(self) -> str:
        """The picture in words."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Vega-Lite, as plain dictionaries and lists."""
        ...

    def to_svg(self) -> str:
        """SVG text."""
        ...

    def save(self, path: str | Path) -> None:
        """Write it by the path's ending: .svg, .png, .pdf, .html or .json."""
        ...


class Face(Protocol):
    """Whoever turns results into frames, pages, pictures and files."""

    def frame(self, result: Shown, backend: str | ModuleType) -> Any:
        """Make a data frame."""
        ...

    def html(self, result: Shown) -> str:
        """Make an HTML table."""
        ...

    def latex(self, result: Shown) -> str:
        """Make a LaTeX table."""
        ...

    def word(self, result: Shown, path: str | Path) -> None:
        """Write a table that a word processor opens."""
        ...

    def picture(self, result: Shown) -> Drawn:
        """Draw."""
        ...

    def write_draws(self, result: Shown, path: str | Path) -> None:
        """Write draws as Parquet."""
        ...


class Short:
    """A ``repr`` that fits on a screen: long values are counted, not spelt out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _short(self, _LONGEST)


class Shown(Short, ABC):
    """A result that shows itself.

    Notes
    -----
    Figures stand in frames, tables and pictures exactly as they were computed. For pages that leave
    an office, where small counts must not be told, there are the commands with ``--html``.
    """

    __slots__ = ()
    COLUMNS: ClassVar[Mapping[str, Kind]] = {}
    """Columns of `to_rows` and what each holds."""

    @abstractmethod
    def to_rows(self) -> list[dict[str, Cell]]:
        """Plain rows with the keys of ``COLUMNS``; ``None`` where there is nothing to say.

        An interval without an upper end has ``upper`` ``inf``.
        """

    def caption(self) -> str:
        """Give the line that stands above a table of it."""
        return type(self).__name__

    def sayings(self) -> tuple[str, ...]:
        """Sentences that must travel with it."""
        return tuple(str(c) for c in getattr(self, "caveats", ()))

    def draw_sets(self) -> dict[str, NDArray[np.float64]]:
        """Equally likely values of N by name, shape (draws,) each; empty where there are none."""
        draws = getattr(self, "draws", None)
        return {} if draws is None else {"N": draws}

    def to_frame(self, backend: str | ModuleType = "pandas") -> Any:
        """Return `to_rows` as a data frame.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"`` (or the module itself).

        Raises
        ------
        MissingExtra
            If that library is not installed; Uncounted itself needs none of them.
        UsageError
            If there is no such backend.
        """
        return _face().frame(self, backend)

    def plot(self) -> Drawn:
        """Draw it; the picture shows itself in a notebook, and ``.save(path)`` keeps it."""
        return _face().picture(self)

    def to_latex(self) -> str:
        """Return a LaTeX ``tabular`` of `to_rows`, text escaped, no package needed."""
        return _face().latex(self)

    def to_word(self, path: str | Path) -> None:
        """Write `to_rows` as a table for a word processor.

        Parameters
        ----------
        path
            Ending in ``.rtf`` (Word, LibreOffice and Pages open it as a table), ``.html`` (the same,
            and pastes from a browser as a table) or ``.tsv`` (pastes into a table or a spreadsheet).
        """
        _face().word(self, path)

    def save_draws(self, path: str | Path) -> None:
        """Write the draws as Parquet with columns ``of``, ``draw`` and ``people``.

        Raises
        ------
        InputError
            If it has no draws.
        """
        _face().write_draws(self, path)

    def _repr_html_(self) -> str:
        return _face().html(self)


def shown_by(face: Callable[[], Face]) -> None:
    """Say who draws. The package does this once, as it is the top of the house."""
    global _face
    _face = face


def _nobody() -> Face:
    msg = "results are shown by the package uncounted, which has not been imported"
    raise RuntimeError(msg)


_face: Callable[[], Face] = _nobody


def _short(thing: object, most: int) -> str:
    """Name and fields of a dataclass, within ``most`` characters."""
    name = type(thing).__name__
    assert is_dataclass(thing)
    parts = []
    left = most - len(name) - 10
    for f in fields(thing):
        if f.name.startswith("_"):
            continue
        part = f"{f.name}={_value(getattr(thing, f.name))}"
        left -= len(part) + 2
        if left < 0:
            parts.append("...")
            break
        parts.append(part)
    return f"{name}({', '.join(parts)})"


def _value(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= _WORDS else value[: _WORDS - 3] + "...")
    if isinstance(value, float):
        return repr(value) if not math.isfinite(value) else f"{value:.7g}"
    shape = getattr(value, "shape", ())
    if shape:
        return f"<{' x '.join(f'{k:,}' for k in shape)} numbers>"
    if is_dataclass(value) and not isinstance(value, type):
        generated = hasattr(type(value).__repr__, "__wrapped__")  # a dataclass's own spells all out
        whole = _short(value, _VALUE) if generated else repr(value)
        return whole if len(whole) <= _VALUE else f"{type(value).__name__}(...)"
    if isinstance(value, Mapping):
        return f"<{len(value):,} {'entry' if len(value) == 1 else 'entries'}>" if value else "{}"
    if isinstance(value, Sequence):
        plain = all(isinstance(v, (str, int, float)) for v in value)
        whole = repr(value) if plain and len(value) <= 20 else ""
        return whole if whole and len(whole) <= _WORDS else f"<{len(value):,} of them>"
    whole = repr(value)
    return whole if len(whole) <= _WORDS else f"<{type(value).__name__}>"
