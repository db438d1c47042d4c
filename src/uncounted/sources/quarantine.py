"""Rows of a source that are set aside: why, under which public label, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from uncounted.core.notes import Note
from uncounted.sources import reasons

__all__ = ["Log", "QuarantinedRows"]


@dataclass(frozen=True, slots=True)
class QuarantinedRows:
    """Rows of a source set aside for one reason.

    Parameters
    ----------
    reason
        Why; most are in `uncounted.sources.reasons`.
    label
        The public label the rows share (published aggregates only; empty for case data).
    rows
        Row numbers in the file, 1 being the first line.
    lower, upper
        Bounds of the counts in those rows that could be read.
    """

    reason: Note
    label: str
    rows: tuple[int, ...]
    lower: int = 0
    upper: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form; at most ten row numbers are written out."""
        return {
            "reason": str(self.reason),
            "label": self.label,
            "rows": len(self.rows),
            "first_rows": list(self.rows[:10]),
            "lower": self.lower,
            "upper": self.upper,
        }


class Log:
    """Collects quarantined rows by (reason, label) while a reader goes through a file."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Note, str], list[int]] = {}
        self._sums: dict[tuple[Note, str], tuple[int, int]] = {}

    def add(self, row: int, reason: Note, label: str = "", lower: int = 0, upper: int = 0) -> None:
        """Set one row aside."""
        key = (reason, label)
        self._rows.setdefault(key, []).append(row)
        low, high = self._sums.get(key, (0, 0))
        self._sums[key] = (low + lower, high + upper)

    def entries(self) -> tuple[QuarantinedRows, ...]:
        """List what was set aside, most rows first, then in the order of the table of reasons."""
        found = [
            QuarantinedRows(reason, label, tuple(rows), *self._sums[reason, label])
            for (reason, label), rows in self._rows.items()
        ]
        return tuple(
            sorted(found, key=lambda q: (-len(q.rows), reasons.place_of(q.reason), q.label))
        )
