"""Values as text that is only data: reading it back can make nothing but values.

Results of long studies are kept in folders that people hand on. What is read from them may be wrong; it
must never be able to run.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np

__all__ = ["from_text", "to_text"]

_KINDS = frozenset("biufmM")
_TUPLE, _ARRAY, _MAP = "()", "[]", "{}"


def to_text(value: object) -> str:
    """Write numbers, texts, arrays of numbers, and tuples, lists and dictionaries of them.

    Raises
    ------
    TypeError
        Of anything else: whoever keeps it must say how.

    Examples
    --------
    >>> from_text(to_text({"figures": (1, 2.5, None), "of": ["a"]}))
    {'figures': (1, 2.5, None), 'of': ['a']}
    """
    return json.dumps(_write(value))


def from_text(text: str) -> Any:
    """Read what `to_text` wrote.

    Raises
    ------
    ValueError
        Where it is none.
    """
    try:
        return _read(json.loads(text))
    except (TypeError, KeyError, IndexError, RecursionError, AttributeError) as error:
        raise ValueError(str(type(error).__name__)) from None


def _write(value: object) -> object:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.generic):
        return _write(value.item())
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in _KINDS:
        held = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {_ARRAY: [value.dtype.str, list(value.shape), held]}
    if isinstance(value, tuple):
        return {_TUPLE: [_write(v) for v in value]}
    if isinstance(value, list):
        return [_write(v) for v in value]
    if isinstance(value, dict):
        return {_MAP: [[_write(k), _write(v)] for k, v in value.items()]}
    msg = f"a {type(value).__name__} is not plain data"
    raise TypeError(msg)


def _read(value: object) -> object:
    if isinstance(value, list):
        return [_read(v) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    if kind == _TUPLE:
        return tuple(_read(v) for v in held)
    if kind == _MAP:
        return {_read(k): _read(v) for k, v in held}
    if kind == _ARRAY:
        dtype = np.dtype(held[0])
        if dtype.kind not in _KINDS:
            msg = "an array of no numbers"
            raise ValueError(msg)
        shape = tuple(int(k) for k in held[1])
        return np.frombuffer(base64.b64decode(held[2]), dtype).reshape(shape).copy()
    msg = "no kind of value"
    raise ValueError(msg)
