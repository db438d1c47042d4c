"""Parquet files row by row, by way of DuckDB: nothing spills to disk, nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uncounted.core.notes import note
from uncounted.errors import InputError
from uncounted.files.documents import plain_number
from uncounted.files.duck import connect, is_out_of_memory
from uncounted.files.raw import MAX_CELL, MAX_COLUMNS, RawRow, too_wide

__all__ = ["Parquet"]

MEMORY = "1GB"
CELLS = 100_000
"""Cells fetched at a time."""


class Parquet:
    """A Parquet file's columns of plain values and of lists of text, and their rows as text.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        If it cannot be read as Parquet, or has too many columns.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _Guard(path.name, "files.parquet.unreadable"), _connect() as db:
            # how many there are is told at once; what each holds takes long where there are many
            root = db.execute(
                "SELECT num_children FROM parquet_schema($1) LIMIT 1", [self._pattern]
            ).fetchone()
            if root is not None and root[0] > MAX_COLUMNS:
                raise too_wide(path.name, 1)
            described = db.execute(
                "DESCRIBE SELECT * FROM read_parquet($1)", [self._pattern]
            ).fetchall()
        kinds = {str(row[0]): str(row[1]) for row in described}
        self.lists = {name for name, kind in kinds.items() if kind == "VARCHAR[]"}
        self.names = [n for n, kind in kinds.items() if n in self.lists or not _nested(kind)]
        self.nested = len(kinds) - len(self.names)

    @property
    def _pattern(self) -> str:
        """Path that matches this file alone: DuckDB reads ``*``, ``?`` and ``[`` as patterns."""
        return re.sub(r"([*?\[])", r"[\1]", str(self.path.absolute()))

    def _text(self, name: str) -> str:
        """Give the SQL of a column as text."""
        column = '"{}"'.format(name.replace('"', '""'))
        if name in self.lists:
            return f"left(array_to_string({column}, ';'), {MAX_CELL})"
        return f"left(CAST({column} AS VARCHAR), {MAX_CELL})"

    def rows(self) -> Iterator[RawRow]:
        """Rows, numbered from 1; cells cut at `MAX_CELL` characters, lists of text parted by ``;``."""
        columns = ", ".join(self._text(name) for name in self.names)
        with _Guard(self.path.name, "files.parquet.damaged"), _connect() as db:
            if not self.names:
                return
            result = db.execute(f"SELECT {columns} FROM read_parquet($1)", [self._pattern])
            number = 0
            while chunk := result.fetchmany(max(CELLS // len(self.names), 1)):
                for row in chunk:
                    number += 1
                    yield number, ["" if v is None else plain_number(v) for v in row], None


def _connect() -> Any:
    db = connect(files=True, memory=MEMORY)
    db.execute("SET threads = 1; SET preserve_insertion_order = true")
    return db


def _nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(
        ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT", "GEOMETRY")
    )


class _Guard:
    """Turns DuckDB's errors into one message that repeats nothing."""

    def __init__(self, name: str, code: str) -> None:
        self.name, self.code = name, code

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import duckdb

        if error is not None and is_out_of_memory(error):
            raise InputError(
                f"{self.name} takes more than {MEMORY} of memory to unpack.",
                fix="If it is a true list, save it as 'CSV UTF-8' and use that file.",
            ) from None
        if isinstance(error, duckdb.Error):
            raise InputError(note(self.code, file=self.name), fix="Export it again.") from None
