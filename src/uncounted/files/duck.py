"""The one way to DuckDB: no record on disk, nothing fetched, nothing loaded from outside.

DuckDB by itself writes what does not fit into memory to ``.tmp`` of the working directory, in clear and
readable by all, and fetches and loads extensions that a query or a file seems to ask for.
"""

from __future__ import annotations

from typing import Any

__all__ = ["connect", "is_out_of_memory"]

_CLOSED = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
}


def connect(*, files: bool, memory: str | None = None) -> Any:
    """Open a database in memory.

    Parameters
    ----------
    files
        Whether its queries may read and write files: those that name one do, those over records
        held in memory do not.
    memory
        Most memory, as DuckDB writes it (``"1GB"``); by default four fifths of the machine's. Where
        it does not suffice, the query ends with an error that `is_out_of_memory` knows.

    Examples
    --------
    >>> with connect(files=False) as db:
    ...     db.execute("select current_setting('temp_directory')").fetchone()
    ('',)
    """
    import duckdb

    settings = _CLOSED if memory is None else {**_CLOSED, "memory_limit": memory}
    db = duckdb.connect(":memory:", config=settings)
    if not files:
        db.execute("SET enable_external_access = false")
    return db


def is_out_of_memory(error: BaseException) -> bool:
    """Whether DuckDB, or a library that asks it, ran out of memory."""
    import duckdb

    told: BaseException | None = error
    while told is not None:
        if isinstance(told, (duckdb.OutOfMemoryException, MemoryError)):
            return True
        told = told.__cause__ or told.__context__
    return False
