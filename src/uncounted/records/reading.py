"""One member's list from file to `Records`, with an account of every row.

Rows in = rows used + rows quarantined + rows not released, always: `ListReport` checks it. A
quarantined row is named by its number and a reason; what it holds is never repeated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError
from uncounted.files.frames import frame_table
from uncounted.files.raw import RawRow, letters
from uncounted.files.tabular import NoHeader, RawTable, open_table
from uncounted.records import calendar, codes, mapping, vocabulary
from uncounted.records.account import ListReport, Quarantined, Tally, Twins
from uncounted.records.columns import Converted, convert
from uncounted.records.consent import releases as consent
from uncounted.records.consent import stops
from uncounted.records.consent.beside import parent_stop
from uncounted.records.consent.cells import CellWatch
from uncounted.records.consent.column_names import judge
from uncounted.records.consent.removed import KINDS
from uncounted.records.fitting import MAX_TEXT, Columns, fit
from uncounted.records.legs import Legs, read_legs
from uncounted.records.nepali import lies_ahead, says_nepali
from uncounted.records.nobody import Nobody
from uncounted.records.people import People
from uncounted.records.referrals import find_column
from uncounted.records.schema import FIELDS, Records

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame
from uncounted.records.date_orders import dated_cells, is_dated, orders_of

__all__ = [
    "ListReport",
    "ListSpec",
    "Quarantined",
    "ReadList",
    "guess_list",
    "read_frame",
    "read_list",
    "today",
]

SAMPLE = 400
SAMPLE_CELLS = 200_000
CHUNK = 8192
CHUNK_CELLS = 250_000
MAX_RECORDS = 2_000_000
MOST_NOTES = 10
MOST_NAMES = 500_000
"""Words of names remembered, so that an answer that holds one is not shown."""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """How one list is to be read.

    Parameters
    ----------
    name
        Of the list.
    path
        The file.
    regime
        One of `consent.REGIMES`.
    columns
        Target to column name (or names); empty for the guess.
    sheet, header_row, encoding, dates
        Where the guesses are wrong; of several sheets the rows are stacked; ``dates`` is ``"mdy"``, ``"dmy"`` or ``"ymd"``.
    legs, legs_sheet
        File or sheet that holds the routes' legs, one a row.
    not_consent
        Columns a person said have nothing to do with sharing.
    not_removed
        Columns a person said do not tell rows taken out.
    answers
        What a person said that answers about a release mean: ``"yes"``, ``"no"`` or ``"nothing"``.
    bodies
        Others a release may name beside this coalition.
    ignore
        Columns that are not to be read for any field but a release.
    values
        Field to what a person said its words mean: ``{"gender": {"2": "female"}}``.
    consent
        Files that hold what the list's people said about sharing, tied to its rows by their keys.
    refusals_elsewhere
        Rows of other sheets that refuse and are, as a person said, of people who are not on this list.
    referred_by
        Column that says who referred the person; ``""`` for one with a usual name.
    members
        Names of the project's lists, each with what it is called: whom such a column may name.
    """

    name: str
    path: Path
    regime: str = consent.DEFAULT_REGIME
    columns: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    sheet: str | int | Sequence[str | int] | None = None
    header_row: int | None = None
    encoding: str | None = None
    dates: str | None = None
    legs: Path | None = None
    legs_sheet: str | None = None
    not_consent: Sequence[str] = ()
    not_removed: Sequence[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    bodies: Sequence[str] = ()
    ignore: Sequence[str] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    consent: Sequence[Path] = ()
    refusals_elsewhere: int = 0
    referred_by: str = ""
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class ReadList:
    """A list read: the records that may be linked, and the account.

    Parameters
    ----------
    records
        Records used, released under the list's regime.
    report
        What became of every row.
    """

    records: Records
    report: ListReport


def _open(spec: ListSpec) -> RawTable:
    named = [[c] if isinstance(c, str) else c for c in spec.columns.values()]
    wanted = {codes.fold(c) for names in named for c in names}
    return open_table(
        spec.path,
        partial(mapping.find_header, wanted=wanted),
        sheet=spec.sheet,
        header_row=spec.header_row,
        encoding=spec.encoding,
    )


def guess_list(spec: ListSpec) -> mapping.Guess:
    """Guess the mapping of a list's columns, from their names and the first rows."""
    return _guess(_open(spec))


def _guess(table: RawTable) -> mapping.Guess:
    return mapping.guess_columns(table.columns, _sample(table))


def _sample(table: RawTable) -> list[list[str]]:
    """Take some rows to guess from: fewer of a wide table, long cells cut."""
    most = min(SAMPLE, max(SAMPLE_CELLS // max(len(table.columns), 1), 20))
    return [
        [c[:MAX_TEXT] for c in cells[: len(table.columns)]]
        for _, cells, fault in islice(table.rows(), most)
        if not fault
    ]


def read_list(
    spec: ListSpec, *, as_of: str, recipients: Sequence[str], keep: bool = True
) -> ReadList:
    """Read one list, set aside what cannot be used, and hold back what is not released.

    Parameters
    ----------
    spec
        The list and its settings.
    as_of
        Day of the run, ``YYYY-MM-DD``.
    recipients
        Names by which a release may call this coalition.
    keep
        ``False`` to account for the rows only, holding no record.

    Returns
    -------
    ReadList

    Raises
    ------
    InputError
        If the file as a whole cannot be read; the message names the file and what to do.
    """
    table = _open(spec)
    parent = parent_stop(table, spec.path, spec.not_consent, spec.consent, _open_other)
    if spec.consent:
        said = [t for path in spec.consent for t in _sheets(_open_other(path))]
        table = replace(table, aside=(*table.aside, *said))
    return _read(spec, table, as_of=as_of, recipients=recipients, keep=keep, stop=parent)


def _open_other(path: Path) -> RawTable:
    """Open a file that is not a list itself; its first row has the names where no row looks like it."""
    find = partial(mapping.find_header, wanted=set())
    try:
        return open_table(path, find)
    except NoHeader:
        return open_table(path, find, header_row=1)


def _sheets(table: RawTable) -> tuple[RawTable, ...]:
    return (table, *table.others, *table.aside)


def read_frame(
    spec: ListSpec, frame: IntoFrame, *, as_of: str, recipients: Sequence[str]
) -> ReadList:
    """Read one list from a data frame: consent, dates and codes exactly as from a file.

    Parameters
    ----------
    spec
        The list and its settings; its path is not looked at.
    frame
        Any data frame that narwhals knows. Row numbers count from 1, as in the frame.
    as_of, recipients
        As in `read_list`.
    """
    return _read(spec, frame_table(frame), as_of=as_of, recipients=recipients, keep=True)


def _read(
    spec: ListSpec,
    table: RawTable,
    *,
    as_of: str,
    recipients: Sequence[str],
    keep: bool,
    stop: stops.Stop | None = None,
) -> ReadList:
    columns, guess, notes = _columns(spec, table)
    legs = read_legs(spec.legs, spec.legs_sheet, table, _guess, spec.dates)
    if legs is not None:
        columns.leg_key = _leg_key(table, columns.pairs, legs)
    if spec.members:
        columns.referral = find_column(
            spec.referred_by,
            table.columns,
            ignored=spec.ignore,
            taken=[i for _, i in columns.pairs],
            where=table.where,
        )
        columns.members = spec.members
    notes += _other_lists(table, legs)
    columns.said = {codes.fold(text): meant for text, meant in spec.answers.items()}
    stopped, watch = _stops(spec, table, columns, as_of)
    person = People(spec, table, columns, as_of=as_of, recipients=recipients)
    notes += person.notes
    quarantine, unread, strange = Tally(), Tally(), Tally()
    unasked = ("row",) if columns.referral is not None else ("row", "referred_by")
    filled = dict.fromkeys((f for f in FIELDS if f not in unasked), 0)
    release: dict[str, int] = {}
    chunks: list[Records] = []
    twins = Twins()
    unknown, named = vocabulary.Unknown(), set[str]()
    rows_in = used = held = 0
    size = min(CHUNK, max(CHUNK_CELLS // len(columns.pairs), 1))
    for raw in _chunked(fit(person.over(watch.over(table.rows())), columns), size):
        rows_in += len(raw)
        if rows_in > MAX_RECORDS:
            raise InputError(
                f"{table.where} has more than {MAX_RECORDS:,} rows.",
                fix="A list that long is no case list; check the file, or split it by year.",
            )
        made: Converted = convert(spec.name, raw, columns, as_of=as_of, legs=legs)
        for reason, row in made.quarantined:
            quarantine.add(reason, row)
        for field_name, row in made.unread:
            unread.add(field_name, row)
        for field_name, row in made.out_of_range:
            strange.add(field_name, row)
        for field_name, text in made.unknown:
            unknown.add(field_name, text)
        if len(named) < MOST_NAMES:
            named |= vocabulary.words_of_names((*made.records.given, *made.records.family))
        gated = person.gate(made.records)
        for held_by, count in gated.counts().items():
            release[held_by] = release.get(held_by, 0) + count
        good = made.records.take(gated.released)
        used += len(good)
        held += len(made.records) - len(good)
        twins.add(good)
        for name in filled:
            filled[name] += int(good.filled(name).sum())
        for how, count in made.how.items():
            columns.how[how] = columns.how.get(how, 0) + count
        if keep:
            chunks.append(good)
    if rows_in == 0:
        raise InputError(
            f"{table.where} has column names and no rows.", fix="Export the list again."
        )
    stopped = stops.with_values(stopped, table.columns, watch)
    stopped += [*stops.cells_stop(table.columns, watch, stopped), *person.stops]
    stopped += [] if stop is None else [stop]
    if stopped:
        # one column may speak for every row, so none is used
        release, held, used, chunks, twins = (
            {stops.STOPPED: held + used},
            held + used,
            0,
            [],
            Twins(),
        )
        filled = dict.fromkeys(filled, 0)
    notes += [_way(how, count) for how, count in columns.how.items()]
    if legs is not None:
        notes.append(legs.account())
    answers = vocabulary.shown(unknown, named)
    report = ListReport(
        name=spec.name,
        where=table.where,
        layout=guess.layout,
        regime=spec.regime,
        rows_in=rows_in,
        used=used,
        quarantined=sum(quarantine.counts.values()),
        not_released=held,
        quarantine=quarantine.done(),
        release=release,
        filled=filled,
        unread=unread.done(),
        out_of_range=strange.done(),
        duplicates=twins.counts,
        duplicate_rows={what: tuple(rows) for what, rows in twins.rows.items() if rows},
        mapping=tuple(c for c in guess.columns if c.target not in {"", "refused"}),
        refused_columns=sum(c.target == "refused" for c in guess.columns),
        unused_columns=sum(c.target == "" for c in guess.columns),
        notes=tuple(notes),
        stops=tuple(stopped),
        removed=_removed(quarantine),
        values_not_understood=answers.values,
        values_proposed=answers.proposed,
        values_withheld=answers.withheld,
        sheets_alike=table.alike,
    )
    return ReadList(Records.concatenate(spec.name, chunks), report)


def _removed(quarantine: Tally) -> dict[str, int]:
    """Of the rows set aside, those that their keepers took out, by kind."""
    found = {kind: quarantine.counts.get(Note(code), 0) for kind, code in KINDS.items()}
    return {kind: count for kind, count in found.items() if count}


_WAYS = {
    "exchanged": "records.dates.put-back",
    "year only": "records.dates.year-only",
    "years": "records.dates.years",
    "spreadsheet serial number": "records.dates.serial",
    "two-digit year": "records.dates.two-digit",
    "Buddhist year": "records.dates.buddhist",
    "Nepali year": "records.dates.nepali",
    calendar.OTHER_ORDER: "records.dates.other-order",
}


def _way(how: str, count: int) -> Note:
    """Say in which unusual way dates were read."""
    return note(_WAYS[how], count=Number(count))


def _stops(
    spec: ListSpec, table: RawTable, columns: Columns, as_of: str
) -> tuple[list[stops.Stop], CellWatch]:
    """Columns that stop the list by their names, and a watch over the cells of all."""
    targets: dict[int, set[str]] = {}
    for target, i in columns.pairs:
        targets.setdefault(i, set()).add(target)
    here = [n for n in spec.not_consent if not _elsewhere(n, table)]
    found = stops.name_stops(
        table.where, table.columns, table.groups, targets, here, by_hand=bool(spec.columns)
    )
    watched = stops.columns_to_watch(table.columns, table.groups, targets, here, columns.width)
    return found, CellWatch(watched, as_of, columns.said)


def _elsewhere(name: str, table: RawTable) -> bool:
    """Whether a column stands on another sheet of the workbook, and not on this one."""
    plain = codes.fold(name)
    if plain in {codes.fold(c) for c in table.columns}:
        return False
    return any(plain in {codes.fold(c) for c in t.columns} for t in (*table.others, *table.aside))


def _columns(spec: ListSpec, table: RawTable) -> tuple[Columns, mapping.Guess, list[Note]]:
    """Positions of the targets, as the project file says or as guessed."""
    sample = _sample(table)
    guess = mapping.guess_columns(table.columns, sample)
    notes = list(table.notes)
    if spec.columns:
        unknown = [t for t in spec.columns if not mapping.is_target(t)]
        if unknown:
            raise InputError(
                f"List {spec.name!r}: a record has no field {unknown[0]!r}.",
                fix="The fields are in docs/records.md.",
            )
        pairs, missing = mapping.check_columns(_own(spec, table), table.columns)
        if missing:
            raise InputError(
                f"{table.where}: the column for {missing[0]!r} is not there.",
                fix="Correct it under this list's `columns` in uncounted.toml, or delete that "
                "section to have the columns guessed again.",
            )
        pairs += _guessed_on(spec, guess, pairs)
        scores = {i: t for t, i in pairs}
        chosen = tuple(
            mapping.ColumnGuess(
                c.position,
                c.column,
                scores.get(c.position, "refused" if c.target == "refused" else ""),
                c.score if scores.get(c.position) == c.target else float(c.position in scores),
            )
            for c in guess.columns
        )
        guess = mapping.Guess(chosen, guess.layout)
    else:
        said = {codes.fold(c) for c in spec.not_consent}
        ignored = {codes.fold(c) for c in spec.ignore}
        pairs = [
            (c.target, c.position)
            for c in guess.columns
            if c.target not in {"", "refused"}
            and not (c.target.startswith("release_") and codes.fold(c.column) in said)
            and (c.target.startswith("release_") or codes.fold(c.column) not in ignored)
        ]
    notes += _passed_over(table, guess) + _not_understood(table, sample, pairs)
    read_wrongly = sum(_read_wrongly(c) for row in sample for c in row if not c.isascii())
    if read_wrongly:
        notes.append(note("records.cells.mojibake", cells=Number(read_wrongly)))
    if not pairs:
        raise InputError(
            f"{table.where}: none of its columns is one a record has.",
            fix="Name the columns under this list's `columns` in uncounted.toml; see docs/records.md.",
        )
    told = dated_cells(table, pairs)
    orders, swapped, either = orders_of(spec.dates, pairs, table, told, notes)
    born = [row[i] for t, i in pairs if t == "birth_date" for row in sample if i < len(row)]
    made = Columns(
        pairs,
        len(table.columns),
        orders,
        table.kind,
        [codes.fold(c) for c in table.columns],
        guess.layout,
        nepali=frozenset(t for t, i in pairs if is_dated(t) and says_nepali(table.columns[i])),
        two_calendars=lies_ahead(born),
        nobody=Nobody(pairs, table.columns, sample),
        exchanged=swapped,
        torn=either,
        values=vocabulary.answered(spec.name, spec.values),
    )
    return made, guess, notes


def _own(spec: ListSpec, table: RawTable) -> dict[str, str | Sequence[str]]:
    """Columns a person named that are looked for on the list's own sheet: all but those of a release that stand on another."""
    out: dict[str, str | Sequence[str]] = {}
    for target, named in spec.columns.items():
        each = [named] if isinstance(named, str) else list(named)
        if target.startswith("release_"):
            each = [c for c in each if not _elsewhere(c, table)]
        if each:
            out[target] = each
    return out


def _read_wrongly(text: str) -> bool:
    """Whether a cell is UTF-8 that some program once took for Western text."""
    for codec in ("cp1252", "latin-1", "mac-roman"):
        try:
            back = text.encode(codec).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        return not back.isascii() and len(back) < len(text)
    return False


def _guessed_on(
    spec: ListSpec, guess: mapping.Guess, pairs: Sequence[tuple[str, int]]
) -> list[tuple[str, int]]:
    """Columns guessed beside those the project file names; a release is never guessed so."""
    given = {t for t, _ in pairs}
    used = {i for _, i in pairs}
    left_out = {codes.fold(c) for c in spec.ignore}
    if "full_name" in given:
        given |= {"given", "family", "given_more", "family_more"}
    elif given & {"given", "family"}:
        given.add("full_name")
    return [
        (c.target, c.position)
        for c in guess.columns
        if c.target not in {"", "refused", *given}
        and not c.target.startswith("release_")
        and c.position not in used
        and codes.fold(c.column) not in left_out
    ]


def _passed_over(table: RawTable, guess: mapping.Guess) -> list[Note]:
    """Say which columns that speak of consent are not taken so: what they forbid is not obeyed."""
    out = []
    for c in guess.columns:
        other = c.target != "refused" and not c.target.startswith("release_")
        if other and judge(c.column).target:
            out.append(note("records.columns.consent-passed", column=letters(c.position)))
    return out[:MOST_NOTES]


def _not_understood(
    table: RawTable, sample: Sequence[Sequence[str]], pairs: Sequence[tuple[str, int]]
) -> list[Note]:
    """Say which columns have a field's name and nothing in them that reads as it."""
    found = mapping.not_understood(table.columns, sample, {target for target, _ in pairs})
    return [
        note("records.columns.not-understood", column=letters(i), field=target)
        for i, target in found[:MOST_NOTES]
    ]


def _other_lists(table: RawTable, legs: Legs | None) -> list[Note]:
    """Say which other sheets look like lists: they were not read, and nobody should miss them."""
    out = []
    if table.alike:
        names = ", ".join(f'"{n}"' if isinstance(n, str) else str(n) for n in table.alike)
        count = Number(len(table.alike))
        out.append(note("records.sheets.alike", count=count, names=f"[{names}]"))
    same = len(table.columns)
    for other in table.others:
        if legs is not None and other.where == legs.where:
            continue
        sheet = other.where.rpartition(", ")[2]
        found = {c.target for c in _guess(other).columns}
        if table.alike and len(other.columns) == same and set(other.columns) == set(table.columns):
            continue
        if len(found & _TELLING) >= 2:
            out.append(note("records.sheets.another", sheet=sheet))
        elif "leg.country" in found or "leg.kind" in found or "parent" in found:
            out.append(note("records.sheets.legs", sheet=sheet))
    return out


_TELLING = {"given", "family", "full_name", "birth_date", "birth_year", "stated_age", "gender"}


def _leg_key(table: RawTable, pairs: Sequence[tuple[str, int]], legs: Legs) -> int | None:
    """Column that ties records to a table of legs: the reference, or Kobo's and ODK's own index."""
    names = [codes.fold(c) for c in table.columns]
    places = [i for t, i in pairs if t == "reference"]
    places += [i for i, n in enumerate(names) if n in {"_index", "index", "key", "meta-instanceid"}]
    rows = _sample(table)

    def hits(i: int) -> int:
        return sum(i < len(row) and " ".join(row[i].split()) in legs.routes for row in rows)

    return max(places, key=hits, default=None)


def _chunked(rows: Iterator[RawRow], size: int) -> Iterator[list[RawRow]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def today() -> str:
    """Return this day, as a run writes it."""
    return dt.datetime.now(tz=dt.UTC).date().isoformat()
