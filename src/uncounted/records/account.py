"""The account of a list: what became of every row, in counts and row numbers, never content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note
from uncounted.records import codes, mapping
from uncounted.records.consent.stops import Stop
from uncounted.records.schema import Records

__all__ = ["ListReport", "Quarantined", "Tally", "Twins"]

SHOWN = 50
"""Row numbers kept for each reason."""
_NAT = int(np.datetime64("NaT", "D").astype(np.int64))


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Rows set aside for one reason.

    Parameters
    ----------
    reason
        In plain words.
    count
        How many rows.
    rows
        Their numbers in the file, the first `SHOWN`.
    """

    reason: str
    count: int
    rows: tuple[int, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"reason": self.reason, "count": self.count, "rows": list(self.rows)}


@dataclass(frozen=True, slots=True)
class ListReport:
    """What became of one list: counts and row numbers, no content.

    Parameters
    ----------
    name, where, layout, regime
        List, file (and sheet), layout recognised, confidentiality regime.
    rows_in
        Rows under the header that are not blank.
    used, quarantined, not_released
        Where they went; they add up to ``rows_in``.
    quarantine
        By reason, with row numbers.
    release
        Records not released, by reason.
    filled
        Used records with something in the field, by field.
    unread
        Cells that say something the reader does not know, by target, with row numbers.
    out_of_range
        Dates that cannot be, by target, with row numbers; read as not known.
    duplicates
        ``same reference`` and ``same name and birth date``: rows beyond the first of each.
    duplicate_rows
        Row numbers of the first of them.
    mapping
        Target, column and score.
    refused_columns, unused_columns
        How many columns were refused or not used.
    notes
        What the reader did that a person should know.
    stops
        Columns that may forbid linkage and that nobody has explained; with one, no row is used.
    removed
        Of the quarantined rows, those taken out by whoever keeps the list: deleted, merged, test, void.
    values_not_understood, values_proposed, values_withheld
        Answers of closed fields that were not understood, with counts; what they are likely to
        mean; and how many cells hold answers that may be names and are not shown. For the terminal
        of whoever keeps the list: they go with ``mapping`` and into no run.
    sheets_alike
        What `sheet` may be where several sheets hold this one list.
    """

    name: str
    where: str
    layout: str
    regime: str
    rows_in: int
    used: int
    quarantined: int
    not_released: int
    quarantine: tuple[Quarantined, ...] = ()
    release: Mapping[str, int] = field(default_factory=dict)
    filled: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[Quarantined, ...] = ()
    out_of_range: tuple[Quarantined, ...] = ()
    duplicates: Mapping[str, int] = field(default_factory=dict)
    duplicate_rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    mapping: tuple[mapping.ColumnGuess, ...] = ()
    refused_columns: int = 0
    unused_columns: int = 0
    notes: tuple[Note, ...] = ()
    stops: tuple[Stop, ...] = ()
    removed: Mapping[str, int] = field(default_factory=dict)
    values_not_understood: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    values_proposed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values_withheld: Mapping[str, int] = field(default_factory=dict)
    sheets_alike: tuple[str | int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an account that does not add up."""
        if self.rows_in != self.used + self.quarantined + self.not_released:
            msg = f"list {self.name}: rows in are not rows used + quarantined + not released"
            raise AssertionError(msg)

    @property
    def total(self) -> int:
        """The list's own total: records used or not released."""
        return self.used + self.not_released

    def to_dict(self, *, mapping: bool = True) -> JSONObject:
        """JSON form; ``mapping=False`` leaves the file's column names out."""
        out: JSONObject = {
            "list": self.name,
            "file": self.where,
            "layout": self.layout,
            "regime": self.regime,
            "rows_in": self.rows_in,
            "used": self.used,
            "quarantined": self.quarantined,
            "not_released": self.not_released,
            "total": self.total,
            "quarantine": [q.to_dict() for q in self.quarantine],
            "release": dict(self.release),
            "filled": dict(self.filled),
            "unread": [q.to_dict() for q in self.unread],
            "out_of_range": [q.to_dict() for q in self.out_of_range],
            "duplicates": dict(self.duplicates),
            "duplicate_rows": {k: list(v) for k, v in self.duplicate_rows.items()},
            "refused_columns": self.refused_columns,
            "unused_columns": self.unused_columns,
            "notes": [str(n) for n in self.notes],
            "stops": [s.to_dict() for s in self.stops],
            "removed": dict(self.removed),
        }
        if mapping:
            out["values_not_understood"] = {
                f: dict(v) for f, v in self.values_not_understood.items()
            }
            out["values_proposed"] = {f: dict(v) for f, v in self.values_proposed.items()}
            out["values_withheld"] = dict(self.values_withheld)
            out["sheets_alike"] = list(self.sheets_alike)
            out["mapping"] = [
                {"column": m.column, "field": m.target, "score": m.score} for m in self.mapping
            ]
        return out


class Tally:
    """Rows by reason, while a list is read."""

    def __init__(self) -> None:
        self.counts: dict[Note | str, int] = {}
        self.rows: dict[Note | str, list[int]] = {}

    def add(self, reason: Note | str, row: int) -> None:
        """Note one row."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        kept = self.rows.setdefault(reason, [])
        if len(kept) < SHOWN:
            kept.append(row)

    def done(self) -> tuple[Quarantined, ...]:
        """Give the reasons, the commonest first."""
        order = sorted(self.counts, key=lambda r: (-self.counts[r], str(r)))
        return tuple(Quarantined(str(r), self.counts[r], tuple(self.rows[r])) for r in order)


class Twins:
    """Counts repeats of a reference, and of names with a birth date, by hash."""

    def __init__(self) -> None:
        self.seen: dict[str, set[int]] = {
            "same reference": set(),
            "same name and birth date": set(),
        }
        self.counts = dict.fromkeys(self.seen, 0)
        self.rows: dict[str, list[int]] = {what: [] for what in self.seen}

    def add(self, records: Records) -> None:
        """Note the records of one chunk."""
        born = records.birth_date.astype(np.int64)
        for k, row in enumerate(records.row.tolist()):
            if records.reference[k]:
                self._note("same reference", hash(records.reference[k]), row)
            given, family = records.given[k], records.family[k]
            if (given or family) and born[k] != _NAT:
                key = hash((codes.fold(given), codes.fold(family), int(born[k])))
                self._note("same name and birth date", key, row)

    def _note(self, what: str, key: int, row: int) -> None:
        seen = self.seen[what]
        if key in seen:
            self.counts[what] += 1
            if len(self.rows[what]) < SHOWN:
                self.rows[what].append(row)
        else:
            seen.add(key)
