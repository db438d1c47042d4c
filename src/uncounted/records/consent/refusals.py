"""Refusals and withdrawals, collected from every row before any is set aside, and carried to all rows of the person.

A row may be torn, hold a formula or a line too long, or be deleted: what it says about sharing holds all the same. It reaches the
person's other rows by every reference the list has, and by the same name with the same birth date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from uncounted.core.labels import plain_words
from uncounted.files.raw import RawRow
from uncounted.records import codes
from uncounted.records.calendar import read_date
from uncounted.records.consent import answers
from uncounted.records.consent.references import fold_reference
from uncounted.records.consent.removed import Removed
from uncounted.records.consent.speech import forbids

__all__ = ["REFUSED", "TOTAL", "WITHDRAWN", "Key", "Marks", "Refusals"]

Key = tuple[str, str]
"""What ties rows of one person: the kind of reference, and it folded."""
TOTAL, WITHDRAWN, REFUSED = 2, 5, 9
"""Positions in `releases.REASONS`."""
_STRENGTH = {0: 0, TOTAL: 1, WITHDRAWN: 2, REFUSED: 3}
_NAMED = ("given", "given_more", "family", "family_more", "full_name")


@dataclass(slots=True)
class Marks:
    """Where a sheet says what about sharing, and whose.

    Parameters
    ----------
    names
        Of the columns.
    serves
        Positions by field, of those of a release, of names and of the birth date.
    keys
        Kind and position of the references.
    as_of
        Day of the run, ``YYYY-MM-DD``.
    orders
        Order of day and month by field.
    said
        What a person said that answers mean.
    removed
        Tells rows merged into others: theirs is the other's reference too.
    torn
        Whether a row with another number of cells than columns has lost or won some (text), and not only trailing blanks.
    """

    names: Sequence[str]
    serves: Mapping[str, Sequence[int]]
    keys: Sequence[tuple[str, int]]
    as_of: str
    orders: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    removed: Removed = field(default_factory=Removed)
    torn: bool = True

    @property
    def speaks(self) -> bool:
        """Whether any column can refuse."""
        return any(
            self.serves.get(f"release_{f}") for f in ("given", "scope", "refused", "withdrawn")
        )

    def _cells(self, cells: Sequence[str], i: int) -> list[str]:
        """Cells that may be a column's: two in a torn row, as counted from either end."""
        places = {i}
        shift = len(cells) - len(self.names)
        if shift > 0 or (shift < 0 and self.torn):
            places.add(i + shift)
        return [cells[p] for p in sorted(places) if 0 <= p < len(cells)]

    def says(self, cells: Sequence[str]) -> int:
        """Tell what a row says against linkage, as a position in the reasons; 0 for nothing."""
        found = 0
        for i in self.serves.get("release_refused", ()):
            for cell in self._cells(cells, i):
                if not answers.not_withdrawn(cell):
                    return REFUSED
        for i in self.serves.get("release_given", ()):
            for cell in self._cells(cells, i):
                if cell and answers.ticked(cell, self.names[i], self.as_of, self.said) == "no":
                    return REFUSED
        for i in self.serves.get("release_withdrawn", ()):
            for cell in self._cells(cells, i):
                if not answers.not_withdrawn(cell) and self._come(cell):
                    found = WITHDRAWN
        for i in self.serves.get("release_scope", ()):
            for cell in self._cells(cells, i):
                if cell and not found and answers.scope(cell) == "total":
                    found = TOTAL
        if (
            not found
            and len(cells) != len(self.names)
            and any(forbids(c) for c in cells if len(c) > 3)
        ):
            found = REFUSED
        return found

    def _come(self, cell: str) -> bool:
        """Whether the day of a withdrawal has come; a mark that is no day counts for good."""
        order = self.orders.get("release_withdrawn", "mdy")
        day = read_date(cell, order, int(self.as_of[:4]) if self.as_of else 2100).day
        return day is None or not self.as_of or day.isoformat() <= self.as_of

    def person(self, cells: Sequence[str]) -> list[Key]:
        """Every key by which a row's person is known."""
        out: list[Key] = []
        for kind, i in self.keys:
            for cell in self._cells(cells, i):
                out += [(kind, ref) for ref in fold_reference(cell)]
        for other in self.removed.others(cells):
            out += [(kind, ref) for kind, _ in self.keys for ref in fold_reference(other)]
        named = self._named(cells)
        return [*out, named] if named else out

    def _named(self, cells: Sequence[str]) -> Key | None:
        born = self.serves.get("birth_date", ())
        if not born or born[0] >= len(cells) or len(cells) != len(self.names):
            return None
        words = sorted(
            w
            for f in _NAMED
            for i in self.serves.get(f, ())
            if i < len(cells)
            for w in _words(cells[i])
        )
        text = cells[born[0]]
        if len(words) < 2 or codes.fold(text) in codes.MISSING:
            return None
        day = read_date(text, self.orders.get("birth_date", "mdy"), 2100).day
        return ("name, birth", f"{' '.join(words)} {day or codes.fold(text)}")


@lru_cache(maxsize=65_536)
def _words(text: str) -> tuple[str, ...]:
    return tuple(plain_words(text).split())


class Refusals:
    """Who refused or withdrew, anywhere; and which rows of a list are theirs."""

    def __init__(self) -> None:
        self.found: dict[Key, int] = {}
        self.rows: dict[int, int] = {}

    def add(self, keys: Iterable[Key], reason: int) -> None:
        """Note what a person said."""
        for key in keys:
            if _STRENGTH[reason] > _STRENGTH[self.found.get(key, 0)]:
                self.found[key] = reason

    def collect(self, marks: Marks, rows: Iterable[RawRow]) -> None:
        """Look through all rows of a sheet, those that cannot be records too."""
        if not marks.speaks:
            return
        for _, cells, _ in rows:
            reason = marks.says(cells)
            if reason:
                self.add(marks.person(cells), reason)

    def over(self, marks: Marks, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Pass rows on; those of somebody who said no are noted, by their numbers."""
        for row in rows:
            if self.found:
                reason = max(
                    (self.found.get(key, 0) for key in marks.person(row[1])),
                    key=_STRENGTH.__getitem__,
                    default=0,
                )
                if reason:
                    self.rows[row[0]] = reason
            yield row

    def take(
        self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        """Reasons of a chunk's rows, 0 for none; they are let go then."""
        out = np.array([self.rows.get(int(n), 0) for n in rows], dtype=np.uint8)
        self.rows.clear()
        return out
