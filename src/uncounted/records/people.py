"""Whose a list's rows are, and what they said about sharing: in their own row, in another, on another sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

import numpy as np

from uncounted.core.notes import Note
from uncounted.files.raw import RawRow
from uncounted.files.tabular import RawTable
from uncounted.records import calendar, codes, mapping
from uncounted.records.columns import convert
from uncounted.records.consent import releases, stops
from uncounted.records.consent.column_names import RELEASE_TARGETS
from uncounted.records.consent.references import key_columns
from uncounted.records.consent.refusals import Key, Marks, Refusals
from uncounted.records.consent.removed import KINDS, Removed
from uncounted.records.consent.sheets import Sheet, join
from uncounted.records.fitting import MAX_TEXT, Columns
from uncounted.records.schema import Records

__all__ = ["People"]

SAMPLE = 100
_ELSEWHERE = {4, 7, 8, 10}
"""Reasons of a release on another sheet that hold a row back under every regime: over, to others, of an end nobody can read."""
_NONE = {1, 3, 6}
"""Reasons that say only that the list's own sheet has no release, or no such part of one."""


class Spec(Protocol):
    """What is asked of a list's settings."""

    @property
    def name(self) -> str: ...
    @property
    def regime(self) -> str: ...
    @property
    def columns(self) -> Mapping[str, str | Sequence[str]]: ...
    @property
    def not_consent(self) -> Sequence[str]: ...
    @property
    def not_removed(self) -> Sequence[str]: ...
    @property
    def bodies(self) -> Sequence[str]: ...
    @property
    def refusals_elsewhere(self) -> int: ...


class People:
    """Refusals and withdrawals of a list's people, and the gate its records pass.

    Parameters
    ----------
    spec
        Settings of the list.
    table
        Its sheet, with the others of the workbook.
    columns
        What its columns are.
    as_of, recipients
        As for `releases.gate`.
    """

    def __init__(
        self,
        spec: Spec,
        table: RawTable,
        columns: Columns,
        *,
        as_of: str,
        recipients: Sequence[str],
    ) -> None:
        self.spec, self.as_of, self.recipients = spec, as_of, recipients
        self.stops: list[stops.Stop] = []
        self.notes: list[Note] = []
        serves: dict[str, list[int]] = {}
        for target, i in columns.pairs:
            serves.setdefault(target, []).append(i)
        keys = key_columns(table.columns, serves.get("reference", []))
        self.removed = Removed.of(table.columns, keys, spec.not_removed)
        own = [(codes.fold(table.columns[i]), i) for i in keys]
        self.marks = Marks(
            table.columns,
            serves,
            own,
            as_of,
            columns.orders,
            columns.said,
            self.removed,
            table.kind == "csv",
        )
        self.refusals = Refusals()
        self.refusals.collect(self.marks, table.rows())
        self.valid: dict[Key, int] = {}
        self._elsewhere: dict[int, int] = {}
        self._own_release = any(t in serves for t in RELEASE_TARGETS)
        main = Sheet(table, serves)
        for other in (*table.others, *table.aside):
            self._read_sheet(main, other, columns)

    def _read_sheet(self, main: Sheet, table: RawTable, columns: Columns) -> None:
        rows = [
            [c[:MAX_TEXT] for c in cells]
            for _, cells, fault in islice(table.rows(), SAMPLE)
            if not fault
        ]
        excused = {codes.fold(n) for n in self.spec.not_consent}
        serves: dict[str, list[int]] = {}
        for c in mapping.guess_columns(table.columns, rows).columns:
            if c.target not in {"", "refused"} and not (
                c.target in RELEASE_TARGETS and codes.fold(c.column) in excused
            ):
                serves.setdefault(c.target, []).append(c.position)
        mine = {codes.fold(c) for c in main.table.columns}
        for target, named in self.spec.columns.items():
            for name in [named] if isinstance(named, str) else named:
                places = [
                    i for i, c in enumerate(table.columns) if codes.fold(c) == codes.fold(name)
                ]
                if target in RELEASE_TARGETS and places and codes.fold(name) not in mine:
                    for held in serves.values():
                        held[:] = [i for i in held if i not in places]
                    serves.setdefault(target, []).extend(places)
        serves = {f: p for f, p in serves.items() if p}
        found, notes, marks = join(
            main,
            self.marks,
            Sheet(table, serves),
            self.refusals,
            self.spec.not_consent,
            columns.said,
            self.as_of,
            self.spec.refusals_elsewhere,
        )
        self.stops += found
        self.notes += notes
        if marks is not None:
            self._judge(marks, table, columns)

    def _judge(self, marks: Marks, table: RawTable, columns: Columns) -> None:
        """Judge the releases of another sheet: a person's is as good as the best of them."""
        pairs = [(f, i) for f in RELEASE_TARGETS for i in marks.serves.get(f, ())]
        orders = {}
        for f, i in pairs:
            if f in {"release_expires", "release_withdrawn"}:
                cells = [c[i] for _, c, _ in islice(table.rows(), 400) if i < len(c)]
                order, doubt = calendar.day_order(cells)
                orders[f] = "earliest" if doubt else order
        made = Columns(
            pairs,
            len(table.columns),
            orders,
            table.kind,
            [codes.fold(c) for c in table.columns],
            "plain",
            said=columns.said,
        )
        width = len(table.columns)
        people: list[list[Key]] = []
        raw: list[RawRow] = []
        for number, cells, _ in table.rows():
            if len(cells) > width:
                continue
            full = [*cells, *[""] * (width - len(cells))]
            raw.append((number, [full[i] for _, i in pairs], None))
            people.append(marks.person(cells))
        records = convert(self.spec.name, raw, made, as_of=self.as_of).records
        reasons = self._gate(records).reason.tolist()
        for keys, reason in zip(people, reasons, strict=True):
            for key in keys:
                self.valid[key] = min(self.valid.get(key, reason), reason)

    def over(self, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Pass rows on, whose they are being noted; those taken out by their keepers have the reason with them."""
        for number, cells, fault in self.refusals.over(self.marks, rows):
            if self.valid:
                said = [self.valid[k] for k in self.marks.person(cells) if k in self.valid]
                if said:
                    self._elsewhere[number] = max(said)
            kind = "" if fault else self.removed.kind(cells)
            yield number, cells, Note(KINDS[kind]) if kind else fault

    def _gate(self, records: Records) -> releases.Gate:
        return releases.gate(
            records,
            self.spec.regime,
            as_of=self.as_of,
            recipients=self.recipients,
            bodies=self.spec.bodies,
        )

    def gate(self, records: Records) -> releases.Gate:
        """Decide on a chunk of records by all that their people said."""
        made = self._gate(records)
        reason = made.reason.copy()
        if self._elsewhere:
            for k, number in enumerate(records.row.tolist()):
                there = self._elsewhere.get(number)
                if there == 0 and not self._own_release and int(reason[k]) in _NONE:
                    reason[k] = 0
                elif there is not None and there in _ELSEWHERE and reason[k] in {0, *_NONE}:
                    reason[k] = there
            self._elsewhere.clear()
        said = self.refusals.take(np.asarray(records.row))
        weaker = np.isin(
            reason,
            (releases.WITHDRAWN, releases.REFUSED),
        )
        held = (said > 0) & (~weaker | (said == releases.REFUSED))
        reason[held] = said[held]
        return releases.Gate(reason, made.regime)
