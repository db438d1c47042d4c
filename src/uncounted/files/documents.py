"""JSON and TOML, bounded: what is nested without end or written in endless digits is refused plainly."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.files.encodings import find_encoding
from uncounted.files.raw import MAX_CELL, RawRow
from uncounted.files.source import Source

__all__ = ["Value", "json_rows", "looks_like_json", "plain_number", "read_json", "read_toml"]

MAX_JSON = 32 << 20
"""Most bytes: parsed, they take twenty times as much memory."""

Value = None | bool | str | list["Value"] | dict[str, "Value"]
"""What a JSON file holds; numbers stay text, as they are written."""


def looks_like_json(source: Source, head: bytes) -> bool:
    """Whether a text file is JSON, by its name or by how it begins."""
    if source.ending == ".json":
        return True
    if source.ending in {".csv", ".tsv", ".txt", ".tab"}:
        return False
    return re.match(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*[\[{\]]|\{\s*["}])', head) is not None


def read_json(source: Source) -> Value:
    """Parse a JSON file.

    Raises
    ------
    InputError
        Too large, not text, not JSON (with the row), nested too deeply.
    """
    if source.size > MAX_JSON:
        raise InputError(
            f"{source.name} has more than {MAX_JSON >> 20} MiB of JSON.",
            fix="Save it as CSV or Parquet and use that file.",
        )
    with source.open() as f:
        data = f.read()
    name = find_encoding(data[: 1 << 16]).name
    try:
        text = data.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source.name}, row {data[: error.start].count(10) + 1}: the file is not UTF-8 text.",
            fix="JSON is UTF-8 text; save it so.",
        ) from None
    if not text.strip():
        raise InputError(f"{source.name} is empty.", fix="Export it again.")
    try:
        found: Value = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{source.name}, row {error.lineno}: not valid JSON.",
            fix="Check the file's brackets and commas there.",
        ) from None
    except (RecursionError, ValueError):
        raise InputError(f"{source.name} is nested too deeply.", fix="Check the file.") from None
    return found


def json_rows(found: Value, name: str) -> tuple[list[str], list[RawRow]] | None:
    """Columns and rows of a list of row objects, or of ``{"columns": [...], "rows": [[...]]}``.

    Rows are numbered from 1. ``None`` where the document is neither.

    Raises
    ------
    InputError
        If there are no rows.
    """
    if isinstance(found, Mapping) and isinstance(found.get("columns"), list):
        rows, columns = found.get("rows"), found["columns"]
        assert isinstance(columns, list)
        if not isinstance(rows, list) or not all(isinstance(r, list) for r in rows):
            return None
        names = [_text(c)[0] for c in columns]
        return names, list(_lists(rows))
    if not isinstance(found, list):
        return None
    if not found or not all(isinstance(row, dict) for row in found):
        raise InputError(
            f"{name} holds no rows.", fix="Write a list of objects, one a row, or a table."
        )
    first = found[0]
    assert isinstance(first, dict)
    return list(first), list(_objects(found, list(first)))


def _lists(rows: Sequence[Value]) -> Iterator[RawRow]:
    for number, row in enumerate(rows, start=1):
        assert isinstance(row, list)
        yield _row(number, row)


def _objects(rows: Sequence[Value], names: Sequence[str]) -> Iterator[RawRow]:
    known = set(names)
    for number, row in enumerate(rows, start=1):
        assert isinstance(row, dict)
        if row.keys() != known:
            yield number, [], Note("files.row.other-names")
        else:
            yield _row(number, [row[n] for n in names])


def _row(number: int, values: Sequence[Value]) -> RawRow:
    made = [_text(v) for v in values]
    fault = Note("files.row.structure") if any(bad for _, bad in made) else None
    return number, [text for text, _ in made], fault


def _text(value: Value) -> tuple[str, bool]:
    """Text of a cell, and whether it is none: an object, or a list of lists."""
    if isinstance(value, str):
        return plain_number(value[:MAX_CELL]), False
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower(), False
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ";".join(str(v) for v in value)[:MAX_CELL], False
    return "", True


def plain_number(text: str) -> str:
    """Whole number without its point, as programs that know no whole numbers write it: ``3.0``.

    Examples
    --------
    >>> plain_number("3.0"), plain_number("3.00"), plain_number("v1.0")
    ('3', '3.00', 'v1.0')
    """
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdecimal() else text


def read_toml(text: str, name: str) -> dict[str, object]:
    """Parse TOML.

    Raises
    ------
    InputError
        Not TOML (with the line), nested too deeply, or a number of endless digits.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{name} is not valid TOML: {error}.",
            fix="Correct that line: text stands in quotation marks, and paths are written with /.",
        ) from None
    except RecursionError:
        raise InputError(
            f"{name} is nested too deeply.", fix="Take out brackets that hold nothing."
        ) from None
    except ValueError:
        raise InputError(
            f"{name} holds a number of more digits than a setting can have.",
            fix="Correct that number.",
        ) from None
