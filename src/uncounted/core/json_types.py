"""What JSON can hold: the types at the border to files, other programs and drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

__all__ = ["JSON", "JSONObject", "Spec"]

JSON: TypeAlias = "Mapping[str, JSON] | Sequence[JSON] | str | float | bool | None"
"""A value that JSON can hold."""

JSONObject: TypeAlias = "dict[str, JSON]"
"""The JSON form of something of ours: what its ``to_dict()`` gives."""

Spec: TypeAlias = "dict[str, JSON]"
"""A Vega-Lite specification, or a part of one."""
