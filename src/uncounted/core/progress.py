"""How long work tells whoever waits how far it is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress"]

Progress = Callable[[int, int], None]
"""Called with how many parts of the work are done, and of how many."""
