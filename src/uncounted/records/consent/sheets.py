"""What the other sheets of a workbook say about sharing, joined to the list's rows by their keys.

Survey programs keep the consent on the parent's sheet and the people in a repeat of it; case books keep releases on a sheet of their
own. A sheet that speaks of sharing and that nothing ties to the list's rows for certain stops the list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from uncounted.core.labels import plain_words
from uncounted.core.notes import Note, Number, note
from uncounted.files.tabular import RawTable
from uncounted.records import codes
from uncounted.records.consent import stops
from uncounted.records.consent.cells import CellWatch
from uncounted.records.consent.column_names import RELEASE_TARGETS, judge
from uncounted.records.consent.references import fold_reference, is_reference, is_serial
from uncounted.records.consent.refusals import Marks, Refusals

__all__ = ["ENOUGH", "STRUCTURAL", "Sheet", "find_ties", "fold_column", "join", "keys_of"]

ENOUGH = 0.5
"""Share of a sheet's rows whose key must stand among the list's rows for the two to be of the same people."""
STRUCTURAL = (
    # the list's column, the other sheet's
    ("_parent_index", "_index"),
    ("parent_index", "index"),
    ("_submission__id", "_id"),
    ("_submission__uuid", "_uuid"),
    ("parent_key", "key"),
    ("parentkey", "key"),
    ("parent_uid", "instanceid"),
    ("_parent_index", "_parent_index"),
    ("_submission__id", "_submission__id"),
    ("parent_key", "parent_key"),
)
"""Keys survey programs write: of a repeat, and of the sheet it belongs to."""
_GENERIC = {"id", "no", "number", "code", "ref", "reference", "key", "uid", "uuid", "n"}
"""Names of which each sheet may have its own."""
_PEOPLE = {"given", "family", "full_name", "birth_date", "birth_year", "stated_age"}


@dataclass(slots=True)
class Sheet:
    """Another sheet of the workbook, and what its columns are.

    Parameters
    ----------
    table
        Its rows.
    serves
        Positions by field.
    """

    table: RawTable
    serves: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What to call it."""
        return self.table.where.rpartition(", ")[2]

    @property
    def of_people(self) -> bool:
        """Whether it lists people itself, who need not be the list's."""
        return len({f for f in self.serves if f in _PEOPLE}) >= 2


def fold_column(name: str) -> str:
    """Fold a column's name, its groups left out."""
    return codes.fold(name.rpartition("/")[2])


def _references(names: Sequence[str], mapped: Sequence[int]) -> list[int]:
    return [
        i
        for i, n in enumerate(names)
        if (is_reference(n) or i in mapped) and not is_serial(n) and not n.startswith("_")
    ]


def find_ties(main: Sheet, other: Sheet) -> list[tuple[int, int]]:
    """Positions of columns of the two sheets that hold the same keys, by their names.

    Keys written by a survey program go before case numbers. A plain "ID" ties two sheets only where neither has another number.
    """
    mine = {fold_column(n): i for i, n in reversed(list(enumerate(main.table.columns)))}
    theirs = {fold_column(n): i for i, n in reversed(list(enumerate(other.table.columns)))}
    for a, b in STRUCTURAL:
        if a in mine and b in theirs and not (a != b and a in theirs):
            return [(mine[a], theirs[b])]
        if b in mine and a in theirs and a != b and a not in mine:
            return [(mine[b], theirs[a])]
    own = _references(main.table.columns, main.serves.get("reference", ()))
    far = _references(other.table.columns, other.serves.get("reference", ()))
    same = [
        (i, j)
        for i in own
        for j in far
        if plain_words(main.table.columns[i]) == plain_words(other.table.columns[j])
    ]
    if len(own) == len(far) == 1:
        return [(own[0], far[0])]
    return [(i, j) for i, j in same if plain_words(main.table.columns[i]) not in _GENERIC]


def keys_of(table: RawTable, places: Sequence[int]) -> set[str]:
    """Give the keys that stand in some columns, folded."""
    return {
        ref
        for _, cells, _ in table.rows()
        for i in places
        if i < len(cells)
        for ref in fold_reference(cells[i])
    }


def join(
    main: Sheet,
    marks: Marks,
    other: Sheet,
    refusals: Refusals,
    not_consent: Collection[str],
    said: Mapping[str, str],
    as_of: str,
    elsewhere: int = 0,
) -> tuple[list[stops.Stop], list[Note], Marks | None]:
    """Carry what another sheet says to the list's rows.

    Parameters
    ----------
    main, marks
        The list's own sheet; its marks are given the keys that tie the two.
    other
        The other sheet.
    refusals
        Filled with what it says.
    not_consent
        Columns a person said have nothing to do with sharing.
    said
        What a person said that answers mean.
    as_of
        Day of the run.
    elsewhere
        Rows that refuse or withdraw and are, as a person said, of people who are not on this list.

    Returns
    -------
    Columns that stop the list, notes, and how the sheet's rows are read, where it has a release; else ``None``.
    """
    names = other.table.columns
    excused = {codes.fold(n) for n in not_consent}
    here = [n for n in names if codes.fold(n) in excused]
    targets: dict[int, set[str]] = {}
    for target, places in other.serves.items():
        for i in places:
            targets.setdefault(i, set()).add(target)
    release = {f: p for f, p in other.serves.items() if f in RELEASE_TARGETS}
    found = stops.name_stops(
        other.table.where, names, other.table.groups, targets, here, by_hand=True
    )
    ties = find_ties(main, other)
    if not found and not release and not ties:
        return [], [], None
    watch = CellWatch(
        stops.columns_to_watch(names, other.table.groups, targets, here, len(names)), as_of, said
    )
    rows = sum(1 for _ in watch.over(other.table.rows()))
    if not rows:
        return [], [], None
    found = stops.with_values(found, names, watch)
    told = stops.cells_stop(names, watch, found)
    if not (found or release or _speaks(names, here)):
        # of a sheet that speaks of something else only its remarks count
        remarked = {stops.shown_name(names, i) for i in watch.found}
        told = [s for s in told if s.column in remarked]
    found += told
    found = [replace(s, column=f"{s.column} ({other.shown})") for s in found]
    if not release:
        return found, [], None
    kinds = [(f"{other.table.where}/{k}", i, j) for k, (i, j) in enumerate(ties)]
    theirs = Marks(
        names,
        {f: p for f, p in other.serves.items()},
        [(kind, j) for kind, _, j in kinds],
        as_of,
        said=said,
        torn=other.table.kind == "csv",
    )
    mine = {f for f, _ in marks.keys}
    theirs_by_name = bool(main.serves.get("birth_date")) and bool(other.serves.get("birth_date"))
    have = keys_of(main.table, [i for _, i, _ in kinds])
    met = all_rows = 0
    lost: list[int] = []
    for number, cells, _ in other.table.rows():
        keys = [ref for _, _, j in kinds if j < len(cells) for ref in fold_reference(cells[j])]
        hit = bool(have.intersection(keys))
        all_rows += 1
        met += hit
        reason = theirs.says(cells)
        if reason:
            refusals.add(theirs.person(cells), reason)
            if not hit:
                lost.append(number)
    tied = bool(kinds) and met >= ENOUGH * all_rows
    if not tied and not other.of_people:
        return [*found, *_untied(other, names, release)], [], None
    if not kinds and not theirs_by_name and lost:
        return [*found, *_untied(other, names, release)], [], None
    marks.keys = [*marks.keys, *((kind, i) for kind, i, _ in kinds if kind not in mine)]
    notes = []
    if lost and not other.of_people:
        # A survey program writes its keys itself: a parent who refused has no people in the repeat. A
        # number written by hand may be wrong, and then somebody who refused would be linked.
        by_program = all(
            main.table.columns[i].startswith("_") or _is_structural(main, i) for _, i, _ in kinds
        )
        if by_program:
            count = Number(len(lost), "records")
            notes.append(note("records.refusals.none-here", rows=count, sheet=other.shown))
        elif len(lost) > elsewhere:
            found = [*found, _nobody(other, names[kinds[0][2]], lost)]
    return found, notes, theirs if tied else None


def _is_structural(main: Sheet, i: int) -> bool:
    name = fold_column(main.table.columns[i])
    return any(name in pair for pair in STRUCTURAL)


def _nobody(other: Sheet, column: str, rows: Sequence[int]) -> stops.Stop:
    """Stop a list to which some refusals do not find their people."""
    shown = ", ".join(map(str, rows[:10])) + (", ..." if len(rows) > 10 else "")
    line = f"refusals_elsewhere = {len(rows)}"
    return stops.Stop(
        f"{' '.join(column.split())} ({other.shown})",
        str(note("records.refusals.nobody", rows=shown)),
        str(note("records.refusals.nobody.fix", line=line)),
    )


def _speaks(names: Sequence[str], excused: Collection[str]) -> bool:
    return any(n not in excused and judge(n).speaks for n in names)


def _untied(
    other: Sheet, names: Sequence[str], release: Mapping[str, Sequence[int]]
) -> list[stops.Stop]:
    """Give the stops of a sheet that nothing ties to the list."""
    first = min(i for places in release.values() for i in places)
    column = " ".join(names[first].split())
    return [
        stops.Stop(
            f"{column} ({other.shown})",
            str(Note("records.stop.untied")),
            str(note("records.stop.fix.untied", column=stops.quoted(column))),
        )
    ]
