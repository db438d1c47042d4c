"""The shape of every answer: rows with typed cells, lines to be read, and plain values for JSON."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note
from uncounted.core.progress import Progress
from uncounted.errors import InputError, UncountedError

if TYPE_CHECKING:
    from uncounted.core.notes import Note

__all__ = [
    "Answer",
    "Cell",
    "Column",
    "Line",
    "Rows",
    "Say",
    "Stages",
    "Told",
    "between",
    "cell",
    "error_json",
    "plain",
    "stage",
]

Cell = str | int | float | bool | None
"""A value of a table; ``None`` where there is none."""

Stages = Callable[[str], Progress]
"""Given the name of a stage of the work that begins, returns what hears of its progress."""

Say = Callable[[str], None]
"""Called with a line about the work as it goes on."""


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a column.

    Parameters
    ----------
    name
        What stands at its head.
    right
        Whether its cells stand to the right, as numbers do.
    whole
        Whether its cells are never broken over lines.
    """

    name: str
    right: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as data.

    Parameters
    ----------
    columns
        Heads.
    cells
        One tuple a row, as long as ``columns``.
    title
        What stands above it.
    framed
        Whether it is drawn with lines, its last row as a sum.
    indent
        Blanks before each line.
    """

    columns: tuple[Column, ...]
    cells: tuple[tuple[Cell, ...], ...]
    title: str = ""
    framed: bool = False
    indent: int = 0

    def to_csv(self) -> str:
        """CSV text; text that a spreadsheet would run as a formula gets a leading apostrophe."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([c.name for c in self.columns])
        for row in self.cells:
            writer.writerow(["" if x is None else _no_formula(x) for x in row])
        return out.getvalue()


def cell(value: JSON) -> Cell:
    """Give a value of a JSON form as a cell; one that has parts fits into none."""
    if isinstance(value, str | int | float | None):
        return value
    msg = f"a {type(value).__name__} fits into no cell"
    raise TypeError(msg)


def _no_formula(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or a heading as it is read.

    Parameters
    ----------
    text
        What is said; empty for an empty line.
    strong
        Whether it is a heading.
    aside
        Whether it is about the work and no part of the answer (standard error, on a terminal).
    """

    text: str | Note = ""
    strong: bool = False
    aside: bool = False


Told = tuple[Line | Rows, ...]
"""An answer as it is read, from top to bottom."""


class Answer(Protocol):
    """What every answer has. Most have a ``page()`` as well, made for `uncounted.brief`."""

    def to_dict(self) -> JSONObject:
        """Return the command's JSON object without ``"ok"``."""
        ...

    def rows(self) -> Rows:
        """Return its table as data."""
        ...

    def told(self) -> Told:
        """Return what the terminal shows."""
        ...


def stage(progress: Stages | None, name: str) -> Progress | None:
    """Begin a stage, where anybody listens."""
    return None if progress is None else progress(name)


def between(name: str, value: float, least: float, most: float = math.inf) -> None:
    """Check one number of a request.

    Raises
    ------
    InputError
        If it lies outside, or is no number at all.
    """
    if not least <= value <= most:
        span = f"between {least:g} and {most:g}" if most < math.inf else f"at least {least:g}"
        raise InputError(f"{name} is {value!r}; it must be {span}.")


def error_json(error: UncountedError) -> dict[str, str]:
    """Give an error as it stands in a command's JSON."""
    return {"code": error.code, "message": error.message, "fix": error.fix}


def plain(value: object) -> Any:
    """JSON-ready copy: arrays to lists, numpy scalars to Python's, what is not finite to ``None``."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
