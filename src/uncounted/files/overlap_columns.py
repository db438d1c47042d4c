"""Which columns of a table are lists, which the count, which the stratum; and what to offer in doubt.

A table whose left-out column holds whole numbers is never taken for one row a person: such a column
is offered as the count, by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from uncounted.core.labels import fold
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import MAX_LISTS
from uncounted.errors import TableError
from uncounted.files.marks import ColumnSurvey, MarkReader, cell_text, survey
from uncounted.files.plain_tables import PlainTable

__all__ = ["TableColumns", "find_columns", "too_many"]

_COUNTS = frozenset(
    [
        "freq", "frequency", "frequencies", "n", "count", "counts", "total", "totals", "people", "persons", "cases",
        "victims", "number", "num", "no", "of", "nr", "number_of_people", "anzahl", "zahl", "haufigkeit", "personen",
        "frecuencia", "conteo", "cuenta", "numero", "personas", "casos", "effectif", "effectifs", "nombre",
        "frequence", "quantidade", "frequencia", "pessoas", "수", "명", "명수", "인원", "인원수", "빈도", "사람수", "人数", "人數",
        "频数", "件数", "จำนวน", "so", "nguoi", "tan", "so",
    ]
)  # fmt: skip
"""What a column of counts is called, folded."""
_NUMBERS = frozenset(
    [
        "id", "ids", "no", "nr", "num", "number", "row", "rownum", "rowid", "index", "case", "caseid", "case_id",
        "person", "personid", "ref", "reference", "key", "uid", "record", "sn", "serial", "번호", "연번", "编号", "番号",
    ]
)  # fmt: skip
"""What a column that numbers rows is called."""


_OF_PEOPLE = frozenset(
    [
        "age", "ages", "year", "years", "yob", "birth", "born", "zip", "edad", "alter", "idade", "ano", "annee",
        "jahr", "나이", "연령", "年龄", "tuoi",
    ]
)  # fmt: skip
"""Words of a column of figures about one person."""


@dataclass(frozen=True, slots=True)
class TableColumns:
    """How a table is to be read.

    Parameters
    ----------
    lists
        Positions of the columns of lists; of one column of histories, its position as often as it
        has figures.
    names
        Names of the lists.
    count, stratum
        Positions, ``None`` where there is none.
    reader
        Reads the marks.
    history
        Position of a column of histories such as ``101``, ``None`` where there is none.
    notes
        What was done that a person should know.
    """

    lists: tuple[int, ...]
    names: tuple[str, ...]
    count: int | None
    stratum: int | None
    reader: MarkReader = MarkReader()  # noqa: RUF009
    history: int | None = None
    notes: tuple[Note, ...] = ()


def find_columns(
    opened: PlainTable, lists: Sequence[str] | None, count: str, stratum: str
) -> TableColumns:
    """Find the columns of a table by their names and by what stands in them.

    Raises
    ------
    TableError
        Naming the columns in doubt and the option that settles them.
    """
    header, where = opened.header, opened.where
    _refuse_data(header, where)
    looked = survey(opened.rows, len(header))
    c = _find(header, count, where)
    s = _find(header, stratum, where)
    if count != "count" and c is None:
        raise TableError(f"{where} has no column {count!r}.", fix="Check the name of the count.")
    notes: list[Note] = []
    if lists is None:
        nameless = _nameless(header, looked, where, notes)
        chosen = [i for i in range(len(header)) if i not in {c, s} | nameless]
        if c is not None and len(chosen) == 1 and _is_histories(looked[chosen[0]]):
            return _histories(chosen[0], looked[chosen[0]], c, s, where)
        if c is None:
            _offer_count(opened, chosen, looked)
        _offer_lists(opened, chosen, looked, c, s)
    else:
        missing = [x for x in lists if x not in header]
        if missing:
            raise TableError(
                f"{where} has no column named {missing[0]!r}.",
                fix="Name the list columns as the file does.",
            )
        chosen = [header.index(x) for x in lists]
        if c is None:
            _refuse_left_out(opened, chosen, looked, s)
    names = [header[i] for i in chosen]
    twice = sorted({x for x in names if names.count(x) > 1})
    if twice:
        raise TableError(f"{where}: two lists are named {twice[0]!r}.", fix="Rename one of them.")
    if len(names) < 2:
        raise TableError(
            f"{where} has {'one list' if names else 'no list'} only.",
            fix="A table needs one 0/1 column for each of at least two lists.",
        )
    if len(names) > MAX_LISTS:
        too_many(where, len(names))
    return TableColumns(
        tuple(chosen), tuple(names), c, s, _marks(chosen, looked, notes), notes=tuple(notes)
    )


def too_many(where: str, k: int) -> None:
    """Refuse more columns than a table can have lists."""
    raise TableError(
        f"{where} has {k} columns that could be lists; a table holds at most {MAX_LISTS}.",
        fix="Say which columns are lists (lists=[...], or --lists A,B,C), or merge lists.",
    )


def _find(header: Sequence[str], name: str, where: str) -> int | None:
    hits = [i for i, h in enumerate(header) if h.casefold() == name.casefold()]
    if len(hits) > 1:
        raise TableError(f"{where}: two columns named {name!r}.", fix="Rename one of them.")
    return hits[0] if hits else None


def _refuse_data(header: Sequence[str], where: str) -> None:
    """Refuse a first row that holds marks and counts where the names should stand."""
    filled = [h for h in header if h]
    marks = sum(h in {"0", "1"} for h in filled)
    if len(filled) > 1 and marks > 1 and all(h.isdecimal() for h in filled):
        raise TableError(
            f"{where} has no names of columns: its first row holds figures.",
            fix="Write a row above it that names each list, and `count` over the numbers of people.",
        )


def _nameless(
    header: Sequence[str], looked: Sequence[ColumnSurvey], where: str, notes: list[Note]
) -> set[int]:
    """Columns without a name that may be passed over: empty ones, and a first one of row names."""
    out = {i for i, h in enumerate(header) if not h}
    empty = {i for i in out if not looked[i].filled}
    for i in sorted(out - empty):
        if i == 0 and (looked[i].numbers_rows or (looked[i].all_different and not looked[i].marks)):
            notes.append(note("files.table.row-names"))
            continue
        raise TableError(f"{where}: a column has no name.", fix="Name every column in row 1.")
    return out


def _is_histories(looked: ColumnSurvey) -> bool:
    return looked.histories == looked.filled > 0 and looked.longest > 1


def _histories(
    place: int, looked: ColumnSurvey, count: int, stratum: int | None, where: str
) -> TableColumns:
    """Give the lists of a column such as ``101``: they have numbers for names."""
    k = looked.longest
    if k > MAX_LISTS:
        too_many(where, k)
    said = note("files.table.histories", lists=Number(k, "lists"))
    names = tuple(str(i + 1) for i in range(k))
    return TableColumns((place,) * k, names, count, stratum, history=place, notes=(said,))


def _called(header: Sequence[str], places: Sequence[int]) -> str:
    return ",".join(header[i] for i in places)


def _offer_count(opened: PlainTable, chosen: Sequence[int], looked: Sequence[ColumnSurvey]) -> None:
    """Offer the columns that may hold the numbers of people, where no column is called so."""
    header, where = opened.header, opened.where
    found = [i for i in chosen if looked[i].counts and not _numbers(header[i], looked[i])]
    lists = [i for i in chosen if i not in found and looked[i].marks == looked[i].filled]
    if len(lists) < 2 or not found:
        return
    likely = [i for i in found if fold(header[i]) in _COUNTS] or found
    if len(found) == 1 or len(likely) == 1:
        name = header[likely[0]]
        more = f" --lists {_called(header, lists)}" if len(lists) + 1 < len(chosen) else ""
        raise TableError(
            f"{where} has no column called 'count'; column {opened.called(likely[0])} holds whole numbers.",
            fix=f"If it is the number of people, say so: --count {name}{more} (count={name!r} in Python). "
            "If each row is a person, leave that column out of the file.",
        )
    raise TableError(
        f"{where} has no column called 'count'; {len(found)} columns hold whole numbers.",
        fix="Say which one is the number of people (--count COLUMN) and which columns are lists "
        f"(--lists {_called(header, lists)}).",
    )


def _numbers(name: str, looked: ColumnSurvey) -> bool:
    """Whether a column numbers its rows, by its name and its cells."""
    return looked.numbers_rows or (fold(name) in _NUMBERS and looked.all_different)


def _offer_lists(
    opened: PlainTable,
    chosen: Sequence[int],
    looked: Sequence[ColumnSurvey],
    count: int | None,
    stratum: int | None,
) -> None:
    """Offer the columns that are lists where others plainly are none."""
    header = opened.header
    strange = [i for i in chosen if looked[i].marks * 2 < looked[i].filled]
    lists = [i for i in chosen if i not in strange and looked[i].marks]
    if strange and len(lists) >= 2 and _no_total_rows(strange, looked):
        place = strange[0]
        raise TableError(
            f"{opened.where}: column {opened.called(place)} is no list: neither 0 nor 1 stands in most of its cells.",
            fix=f"Say which columns are lists: --lists {_called(header, lists)}"
            + (
                "."
                if stratum is not None
                else f", or, if it names the group of each row, --stratum {header[place]}."
            ),
        )
    whole = [i for i in chosen if looked[i].counts]
    if count is not None and len(chosen) == 1 and not lists:
        raise TableError(
            f"{opened.where} has one list only, and names combinations in column {opened.called(chosen[0])}.",
            fix="Write one 0/1 column for each list, such as shelter,police,count with the rows 1,0,60 and 1,1,9.",
        )
    if len(whole) == 1 and len(chosen) == 2 and not lists:
        text = next(i for i in chosen if i not in whole)
        raise TableError(
            f"{opened.where}: column {opened.called(text)} is no list: it seems to name combinations of lists, "
            f"and {opened.called(whole[0])} to count people.",
            fix="Write one 0/1 column for each list, such as shelter,police,count with the rows 1,0,60 and 1,1,9.",
        )


def _no_total_rows(strange: Sequence[int], looked: Sequence[ColumnSurvey]) -> bool:
    return all(looked[i].filled > looked[i].marks + 2 or not looked[i].marks for i in strange)


def _refuse_left_out(
    opened: PlainTable, chosen: Sequence[int], looked: Sequence[ColumnSurvey], stratum: int | None
) -> None:
    """Refuse to take rows for people where a column left out may hold their numbers."""
    header = opened.header
    left = [
        i
        for i in range(len(header))
        if i not in chosen
        and i != stratum
        and looked[i].counts
        and not _numbers(header[i], looked[i])
    ]
    if not left:
        return
    named = [i for i in left if fold(header[i]) in _COUNTS]
    if not named:
        rest = [i for i in range(len(header)) if i not in chosen and i not in left]
        if any(fold(header[i]) in _NUMBERS and looked[i].all_different for i in rest):
            return  # a number for every row: each is a person
        left = [i for i in left if not _OF_PEOPLE & set(fold(header[i]).split())]
        texts = [i for i in rest if not looked[i].all_different]
        if not left:
            return
        seen: set[tuple[str, ...]] = set()
        for _, row in opened.rows:
            key = tuple(cell_text(row[i]) for i in (*chosen, *texts))
            if key in seen:
                return  # a history stands twice: each row is a person
            seen.add(key)
    place = (named or left)[0]
    raise TableError(
        f"{opened.where}: column {opened.called(place)} is left out and holds whole numbers; each row would count as one person.",
        fix=f"If it is the number of people, say so: --count {header[place]} (count={header[place]!r} in Python). "
        "If each row is a person, leave that column out of the file.",
    )


def _marks(chosen: Sequence[int], looked: Sequence[ColumnSurvey], notes: list[Note]) -> MarkReader:
    blank = any(looked[i].blank for i in chosen) and not any(looked[i].zeros for i in chosen)
    blank = blank and all(looked[i].marks for i in chosen)
    circles = any(looked[i].circles for i in chosen)
    if blank:
        notes.append(note("files.table.blank"))
    return MarkReader(blank, circles)
