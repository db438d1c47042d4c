"""A repeat of a survey kept in a file of its own: the sheet it belongs to, and the consent, stand in another file.

Such a list has the keys that survey programs write (``_parent_index``, ``PARENT_KEY``), and no sheet to go with them. What was
asked about sharing may stand with the parent, so the list stops until a person says where.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from uncounted.core.notes import note
from uncounted.errors import InputError
from uncounted.files.tabular import RawTable
from uncounted.records import codes
from uncounted.records.consent import stops
from uncounted.records.consent.sheets import ENOUGH, STRUCTURAL, fold_column, keys_of

__all__ = ["parent_stop"]

_ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet"}
_MOST_FILES = 60
"""Files of the list's folder that are looked into."""
_MOST_NAMED = 3
Open = Callable[[Path], RawTable]


def parent_stop(
    table: RawTable, path: Path, not_consent: Collection[str], consent: Sequence[Path], open_: Open
) -> stops.Stop | None:
    """Stop a list whose rows belong to rows of a sheet that is not there.

    Parameters
    ----------
    table
        The list.
    path
        Its file; files beside it are looked into for the parent's keys.
    not_consent
        Columns a person said have nothing to do with sharing: the key among them says that the parent has not.
    consent
        Files a person said hold what was said about sharing.
    open_
        Opens a file.
    """
    if consent:
        return None
    excused = {codes.fold(n) for n in not_consent}
    mine = {fold_column(n): i for i, n in reversed(list(enumerate(table.columns)))}
    ties = [(a, b) for a, b in STRUCTURAL if a != b and a in mine]
    ties = [(a, b) for a, b in ties if codes.fold(table.columns[mine[a]]) not in excused]
    if not ties:
        return None
    for other in (*table.others, *table.aside):
        theirs = {fold_column(n) for n in other.columns}
        if any(b in theirs and a not in theirs for a, b in ties):
            return None  # the parent is in the workbook, and was read
    found = _beside(table, path, ties, mine, open_)
    column = table.columns[mine[ties[0][0]]]
    files = " / ".join(found[:_MOST_NAMED])
    why = note("records.parent.beside", files=files) if found else note("records.parent.lost")
    name = f"lists/{found[0]}" if found else "lists/parent.csv"
    return stops.Stop(
        column,
        str(why),
        str(
            note(
                "records.parent.fix",
                line=f"consent = {stops.quoted(name)}",
                none=f"not_consent = [{stops.quoted(column)}]",
            )
        ),
    )


def _beside(
    table: RawTable, path: Path, ties: Sequence[tuple[str, str]], mine: dict[str, int], open_: Open
) -> list[str]:
    """Files of the same folder whose keys hold those of the list, the best first."""
    try:
        files = sorted(p for p in path.parent.iterdir() if p.suffix.lower() in _ENDINGS)
    except OSError:
        return []
    found: list[tuple[float, str]] = []
    own: dict[str, set[str]] = {}
    for file in files[:_MOST_FILES]:
        if file == path or not file.is_file() or file.is_symlink():
            continue
        try:
            other = open_(file)
        except InputError:  # no table: it is not the parent
            continue
        best = 0.0
        for sheet in (other, *other.others, *other.aside):
            theirs = {fold_column(n): i for i, n in reversed(list(enumerate(sheet.columns)))}
            for a, b in ties:
                if b not in theirs or a in theirs:
                    continue
                have = own.setdefault(a, keys_of(table, [mine[a]]))
                met = len(have & keys_of(sheet, [theirs[b]]))
                best = max(best, met / max(len(have), 1))
        if best >= ENOUGH:
            found.append((-best, file.name))
    return [name for _, name in sorted(found)]
