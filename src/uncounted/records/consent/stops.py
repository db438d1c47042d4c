"""Columns that stop a list: they may forbid linkage, and nobody has said what they hold."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note, series
from uncounted.errors import InputError
from uncounted.files.raw import letters
from uncounted.records import codes
from uncounted.records.consent.cells import CellWatch, Watched
from uncounted.records.consent.column_names import RELEASE_TARGETS, Judged, judge
from uncounted.records.consent.harmless import harmless
from uncounted.records.consent.removed import removal_kind

__all__ = [
    "STOPPED",
    "Stop",
    "cells_stop",
    "columns_to_watch",
    "name_stops",
    "quoted",
    "refuse",
    "shown_name",
    "with_values",
]

STOPPED = "the list is stopped by a column that may forbid linkage"
"""Why no row of a stopped list is released."""
_BY_CELLS = {"nothing", "unknown", "other", "date"}
"""What only the cells can tell more of."""
_ALLOWING = {"release_given", "release_scope", "release_recipient"}


FEWEST = 11
"""A count of rows below this is not told, as everywhere."""
MOST_VALUES = 12
LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """One column that stops its list.

    Parameters
    ----------
    column
        Its name in the file, or its letter where it has none.
    why
        In plain words; nothing of a cell.
    fix
        The lines that may be written in the project file.
    values
        What stands in it and how often, where it holds few answers and every word of them is one of the language of consent; counts
        are ``None`` below `FEWEST`, and one more is, where the one hidden could else be told from the sum.
    others
        How many more values it has, which are not repeated: they may hold a name.
    """

    column: str
    why: str
    fix: str
    values: tuple[tuple[str, int | None], ...] = ()
    others: int = 0

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "column": self.column,
            "why": self.why,
            "fix": self.fix,
            "values": [{"value": v, "count": n} for v, n in self.values],
            "values_not_shown": self.others,
        }


def shown_values(counts: Mapping[str, int]) -> tuple[tuple[tuple[str, int | None], ...], int]:
    """Values that may be repeated, the commonest first, and how many others there are.

    Examples
    --------
    >>> shown_values({"Yes": 40, "No": 12, "verbal only": 3, "ask Maria": 1})
    ((('Yes', 40), ('No', 12), ('verbal only', None)), 1)
    """
    said = {v: n for v, n in counts.items() if v.strip()}
    fine = {v: n for v, n in said.items() if len(v) <= LONGEST_VALUE and harmless(v)}
    order = sorted(fine, key=lambda v: (-fine[v], v))[:MOST_VALUES]
    hidden = {v for v in said if said[v] < FEWEST}
    left = [v for v in order if v not in hidden]
    if len(hidden) == 1 and left:
        hidden.add(left[-1])
    shown = tuple((" ".join(v.split()), None if v in hidden else fine[v]) for v in order)
    return shown, len(said) - len(order)


def _judged(names: Sequence[str], groups: Sequence[str], i: int) -> Judged:
    """Judge a name together with the group it stands under, where the group speaks of consent."""
    above = groups[i] if i < len(groups) else ""
    if above and codes.fold(above) != codes.fold(names[i]):
        group = judge(above)
        if group.speaks:
            own = judge(names[i])
            both = judge(f"{above}/{names[i]}")
            return both if own.kind in {"nothing", both.kind} or both.negates else own
    return judge(names[i])


def _excused(names: Sequence[str], not_consent: Collection[str]) -> set[int]:
    said = {codes.fold(n) for n in not_consent}
    return {i for i, n in enumerate(names) if n.strip() and codes.fold(n) in said}


def name_stops(
    where: str,
    names: Sequence[str],
    groups: Sequence[str],
    targets: Mapping[int, Collection[str]],
    not_consent: Collection[str],
    *,
    by_hand: bool,
) -> list[Stop]:
    """Give the columns that stop a list by their names.

    Parameters
    ----------
    where
        The list's file, for messages.
    names, groups
        Of the columns, and what stands above them.
    targets
        Fields each column serves, by position.
    not_consent
        Columns a person said have nothing to do with sharing.
    by_hand
        Whether the project file names the columns.

    Raises
    ------
    InputError
        If a column that is said to have nothing to do with sharing is not there, or serves a release.
    """
    have = {codes.fold(n) for n in names}
    for name in not_consent:
        if codes.fold(name) not in have:
            raise InputError(
                f"{where}: there is no column {name!r}, named under `not_consent`.",
                fix="Correct `not_consent` under this list in uncounted.toml.",
            )
    excused = _excused(names, not_consent)
    out = []
    for i, name in enumerate(names):
        serves = set(targets.get(i, ())) & set(RELEASE_TARGETS)
        if i in excused:
            if serves and by_hand:
                raise InputError(
                    f"{where}: column {name!r} is named under `not_consent` and as {min(serves)}.",
                    fix="Delete one of the two under this list in uncounted.toml.",
                )
            continue
        said = _judged(names, groups, i)
        if said.kind in _BY_CELLS or removal_kind(name):
            continue
        if not serves or (said.kind == "stop" and not by_hand):
            why = said.why or Note("records.stop.no-field")
            out.append(Stop(shown_name(names, i), str(why), _fix(names, i, said)))
        elif said.negates and serves & _ALLOWING:
            why = note("records.stop.negates", field=min(serves & _ALLOWING))
            out.append(Stop(shown_name(names, i), str(why), _fix(names, i, said)))
    return out


def columns_to_watch(
    names: Sequence[str],
    groups: Sequence[str],
    targets: Mapping[int, Collection[str]],
    not_consent: Collection[str],
    width: int,
) -> dict[int, Watched]:
    """Give the columns whose cells are looked at: all but those a person said have nothing to do with sharing."""
    excused = _excused(names, not_consent)
    out = {}
    for i in range(max(width, len(names))):
        name = names[i] if i < len(names) else ""
        serves = set(targets.get(i, ()))
        release = sorted(serves & set(RELEASE_TARGETS))
        if i in excused and not release:
            continue
        judged = _judged(names, groups, i) if i < len(names) else judge("")
        if removal_kind(name):
            judged = Judged("nothing")
        field = release[0] if release else min(serves, default="")
        out[i] = Watched(name, judged, field)
    return out


def cells_stop(names: Sequence[str], watch: CellWatch, already: Iterable[Stop]) -> list[Stop]:
    """Give the columns that stop a list by what stands in their cells."""
    told = {s.column for s in already}
    out = []
    for i in sorted({*watch.found, *watch.unknown}):
        if shown_name(names, i) in told:
            continue
        column = watch.columns[i]
        answers = column.serves in _ALLOWING or column.judged.kind in {"date", "other"}
        if not column.bad:
            values, others = shown_values({} if column.many else column.counts)
            out.append(
                Stop(
                    shown_name(names, i),
                    str(Note("records.stop.unknown")),
                    _fix(names, i, column.judged),
                    values,
                    others,
                )
            )
        elif answers:
            values, others = shown_values(column.bad)
            fix = _fix_answers(names, i, column)
            why = str(Note("records.stop.unsure"))
            out.append(Stop(shown_name(names, i), why, fix, values, others))
        else:
            # a remark may hold a name: none is repeated
            others = len(column.bad)
            why = str(Note("records.stop.cells"))
            out.append(Stop(shown_name(names, i), why, _fix(names, i, None), (), others))
    return out


def with_values(found: Iterable[Stop], names: Sequence[str], watch: CellWatch) -> list[Stop]:
    """Give columns that stop by their names what stands in them."""
    places = {shown_name(names, i): i for i in reversed(range(len(names)))}
    out = []
    for stop in found:
        column = watch.columns.get(places.get(stop.column, -1))
        if column is None or stop.values:
            out.append(stop)
            continue
        values, others = shown_values(column.counts)
        out.append(replace(stop, values=values, others=others))
    return out


def shown_name(names: Sequence[str], i: int) -> str:
    """Name of a column as messages give it: its letter where it has none."""
    name = " ".join(names[i].split()) if i < len(names) else ""
    return name or letters(i)


def _fix(names: Sequence[str], i: int, said: Judged | None) -> str:
    name = " ".join(names[i].split()) if i < len(names) else ""
    if not name:
        return str(note("records.stop.fix.no-name", column=letters(i)))
    written = quoted(name)
    lines = []
    if said is None or not said.negates:
        lines.append(note("records.stop.line.given", column=written))
    lines += [
        note("records.stop.line.refused", column=written),
        note("records.stop.line.withdrawn", column=written),
    ]
    if said is None:
        # of free text only the strictest reading is safe
        lines = lines[1:2]
    return str(
        note("records.stop.fix.write", lines=series("records.stop.or", lines), column=written)
    )


def quoted(name: str) -> str:
    """Name of a column as the project file writes it."""
    return json.dumps(name, ensure_ascii=False)


def _fix_answers(names: Sequence[str], i: int, column: Watched) -> str:
    name = " ".join(names[i].split()) if i < len(names) else ""
    written = quoted(name)
    if column.serves == "release_recipient":
        return str(note("records.stop.fix.recipient", column=written))
    known = shown_values(column.bad)[0]
    value = quoted(known[0][0] if known else str(Note("records.stop.the-answer")))
    if column.serves:
        return str(note("records.stop.fix.answers", value=value))
    return _fix(names, i, column.judged)


def refuse(stopped: Sequence[tuple[str, Sequence[Stop]]]) -> InputError:
    """Make the error that names every list, column and line to write."""
    told = [
        f"List {name!r} is stopped by column {s.column!r}: {s.why}."
        for name, stops in stopped
        for s in stops
    ]
    fixes = dict.fromkeys(s.fix for _, stops in stopped for s in stops)
    return InputError(" ".join(told), fix=" ".join(fixes))
