"""Types of the arrays that kernels take, one style for all of them.

What a kernel reads of an array is a machine number, and compiled code adds a whole one to a
float without a word; a type checker is told what an array holds, and nothing of its elements.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from numpy.typing import NDArray

__all__ = ["Bools", "Floats", "Ints"]

Floats: TypeAlias = NDArray[Any]
"""float64."""
Ints: TypeAlias = NDArray[Any]
"""Whole numbers; int64 where nothing else is said."""
Bools: TypeAlias = NDArray[Any]
"""bool."""
