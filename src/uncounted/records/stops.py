"""Columns that stop a list: they may forbid linkage, and nobody has said what they hold."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from uncounted.errors import InputError
from uncounted.records import codes
from uncounted.records.raw import letters
from uncounted.records.release_names import RELEASE_TARGETS, Judged, judge

__all__ = ["STOPPED", "Stop", "cells_stop", "columns_to_watch", "name_stops", "refuse"]

STOPPED = "the list is stopped by a column that may forbid linkage"
"""Why no row of a stopped list is released."""
_ALLOWING = {"release_given", "release_scope", "release_recipient"}


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
    """

    column: str
    why: str
    fix: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"column": self.column, "why": self.why, "fix": self.fix}


def _judged(names: Sequence[str], groups: Sequence[str], i: int) -> Judged:
    """Judge a name together with the group it stands under, where the group speaks of consent."""
    above = groups[i] if i < len(groups) else ""
    if above and codes.fold(above) != codes.fold(names[i]):
        group = judge(above)
        if group.speaks or group.kind != "nothing":
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
        if said.kind == "nothing":
            continue
        if not serves or (said.kind == "stop" and not by_hand):
            why = said.why or "it speaks of consent, and no field takes it"
            out.append(Stop(_name(names, i), why, _fix(names, i, said)))
        elif said.negates and serves & _ALLOWING:
            why = f"its name speaks of a refusal or an end, and it is taken as {min(serves & _ALLOWING)}"
            out.append(Stop(_name(names, i), why, _fix(names, i, said)))
    return out


def columns_to_watch(
    names: Sequence[str],
    targets: Mapping[int, Collection[str]],
    not_consent: Collection[str],
    width: int,
) -> dict[int, tuple[str, Judged]]:
    """Give the columns whose cells are looked at for words that forbid sharing."""
    excused = _excused(names, not_consent)
    out = {}
    for i in range(max(width, len(names))):
        name = names[i] if i < len(names) else ""
        if i not in excused and not set(targets.get(i, ())) & set(RELEASE_TARGETS):
            out[i] = (name, judge(name))
    return out


def cells_stop(names: Sequence[str], found: Iterable[int], already: Iterable[Stop]) -> list[Stop]:
    """Give the columns that stop a list by what stands in their cells."""
    told = {s.column for s in already}
    why = "some of its cells say that something may not be shared, linked or used"
    return [
        Stop(_name(names, i), why, _fix(names, i, None))
        for i in sorted(found)
        if _name(names, i) not in told
    ]


def _name(names: Sequence[str], i: int) -> str:
    name = " ".join(names[i].split()) if i < len(names) else ""
    return name or letters(i)


def _fix(names: Sequence[str], i: int, said: Judged | None) -> str:
    name = " ".join(names[i].split()) if i < len(names) else ""
    if not name:
        return (
            f"Column {letters(i)} has no name: give it one in the file. Then name it in uncounted.toml, under this "
            "list, as release_refused, or in `not_consent` if it has nothing to do with sharing."
        )
    quoted = json.dumps(name, ensure_ascii=False)
    lines = []
    if said is None or not said.negates:
        lines.append(f"`release_given = {quoted}` if a yes in it allows linkage")
    lines += [
        f"`release_refused = {quoted}` if anything but a no or an empty cell in it refuses linkage",
        f"`release_withdrawn = {quoted}` if it holds the day of a withdrawal",
    ]
    if said is None:
        # of free text only the strictest reading is safe
        lines = lines[1:2]
    return (
        f"In uncounted.toml, under this list's [lists.columns], write {'; or '.join(lines)}. If it has nothing to do "
        f"with sharing, write `not_consent = [{quoted}]` under [[lists]], above [lists.columns]."
    )


def refuse(stopped: Sequence[tuple[str, Sequence[Stop]]]) -> InputError:
    """Make the error that names every list, column and line to write."""
    told = [
        f"List {name!r} is stopped by column {s.column!r}: {s.why}."
        for name, stops in stopped
        for s in stops
    ]
    fixes = dict.fromkeys(s.fix for _, stops in stopped for s in stops)
    return InputError(" ".join(told), fix=" ".join(fixes))
