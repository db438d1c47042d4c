"""One member's list from file to `Records`, with an account of every row.

Rows in = rows used + rows quarantined + rows not released, always: `ListReport` checks it. A
quarantined row is named by its number and a reason; what it holds is never repeated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from uncounted.core.notes import Number, note
from uncounted.errors import InputError
from uncounted.files.frames import frame_table
from uncounted.files.raw import RawRow, letters
from uncounted.files.tabular import RawTable, open_table
from uncounted.records import calendar, codes, mapping, vocabulary
from uncounted.records.account import ListReport, Quarantined, Tally, Twins
from uncounted.records.columns import Converted, convert
from uncounted.records.consent import releases as consent
from uncounted.records.consent import stops
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
    return _read(spec, _open(spec), as_of=as_of, recipients=recipients, keep=keep)


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
    spec: ListSpec, table: RawTable, *, as_of: str, recipients: Sequence[str], keep: bool
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
        for reason, row in made.unread:
            unread.add(reason, row)
        for reason, row in made.out_of_range:
            strange.add(reason, row)
        for field_name, text in made.unknown:
            unknown.add(field_name, text)
        if len(named) < MOST_NAMES:
            named |= vocabulary.words_of_names((*made.records.given, *made.records.family))
        gated = person.gate(made.records)
        for reason, count in gated.counts().items():
            release[reason] = release.get(reason, 0) + count
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
        notes.append(legs.note())
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
        removed={k: quarantine.counts[why] for k, why in KINDS.items() if why in quarantine.counts},
        values_not_understood=answers.values,
        values_proposed=answers.proposed,
        values_withheld=answers.withheld,
        sheets_alike=table.alike,
    )
    return ReadList(Records.concatenate(spec.name, chunks), report)


def _way(how: str, count: int) -> str:
    """Say in which unusual way dates were read."""
    said = {"exchanged": "records.dates.put-back", "year only": "records.dates.year-only", "years": "records.dates.years"}.get(how)  # fmt: skip
    if said is not None:
        return str(note(said, count=Number(count)))
    return f"{count:,} dates were read by way of a {how}"


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


def _columns(spec: ListSpec, table: RawTable) -> tuple[Columns, mapping.Guess, list[str]]:
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
        notes.append(str(note("records.cells.mojibake", cells=Number(read_wrongly))))
    if not pairs:
        raise InputError(
            f"{table.where}: none of its columns is one a record has.",
            fix="Name the columns under this list's `columns` in uncounted.toml; see docs/records.md.",
        )
    told = _dated_cells(table, pairs)
    orders, swapped, either = _orders(spec, pairs, table, told, notes)
    born = [row[i] for t, i in pairs if t == "birth_date" for row in sample if i < len(row)]
    made = Columns(
        pairs,
        len(table.columns),
        orders,
        table.kind,
        [codes.fold(c) for c in table.columns],
        guess.layout,
        nepali=frozenset(t for t, i in pairs if _dated(t) and says_nepali(table.columns[i])),
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


DATED_ROWS = 20_000
"""Rows whose dates are looked at to tell day from month."""


def _dated_cells(table: RawTable, pairs: Sequence[tuple[str, int]]) -> dict[str, list[str]]:
    """Cells of the dated columns, of the first rows."""
    places = [(t, i) for t, i in pairs if _dated(t)]
    out: dict[str, list[str]] = {t: [] for t, _ in places}
    for _, cells, fault in islice(table.rows(), DATED_ROWS if places else 0):
        for t, i in places:
            if not fault and i < len(cells) and cells[i]:
                out[t].append(cells[i][:MAX_TEXT])
    return out


def _orders(
    spec: ListSpec,
    pairs: Sequence[tuple[str, int]],
    table: RawTable,
    cells: Mapping[str, Sequence[str]],
    notes: list[str],
) -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """Order of day and month per dated column, and where they changed places.

    A column that cannot tell follows those that can, else the language of the column names.
    """
    told: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    both: set[str] = set()
    names = table.columns
    hints = {t: calendar.hinted_order(names[i]) for t, i in pairs if t in cells}
    for target, texts in cells.items():
        order, said = calendar.day_order(texts)
        if hints[target] and (order != hints[target] or said):
            # the column's name says what nothing in it can
            order, said = hints[target], "" if said is calendar.NOTHING_TELLS else said
        if said is calendar.NOTHING_TELLS:
            doubtful[target] = said
        else:
            told[target] = order
            if said:
                both.add(target)
            if said and spec.dates is None:
                notes.append(f"{target}: {said}; set `dates` for this list if that is wrong")
    slashed = [o for t, o in told.items() if any(map(calendar.SLASHED.fullmatch, cells[t]))]
    if "ymd" in slashed:
        # 25.06.07 beside 92.11.30 has its year first as well
        for target, texts in cells.items():
            if not hints[target] and not calendar.has_long_years_last(texts):
                told[target] = "ymd"
                doubtful.pop(target, None)
    slashed = [o for o in slashed if o != "ymd"]
    common = max(("mdy", "dmy"), key=slashed.count)
    day_first = not slashed and (table.delimiter == ";" or calendar.day_stands_first(names))
    if day_first:
        common = "dmy"
    for target, said in doubtful.items():
        told[target] = common
        if not slashed and spec.dates is None:
            if day_first:
                said = str(note("records.dates.habit"))
            if target.startswith("release_"):
                said = "nothing tells day from month; the earlier of the two days holds"
            notes.append(f"{target}: {said}; set `dates` for this list if that is wrong")
    for target in told:
        # in doubt a release ends, and a withdrawal holds, at the earlier of the two days
        if target.startswith("release_") and (
            target in both or (target in doubtful and not slashed)
        ):
            told[target] = "earliest"
    swapped = {t: calendar.exchanged(texts) for t, texts in cells.items()}
    moved = frozenset(t for t, how in swapped.items() if how)
    either = {t for t, how in swapped.items() if how == "likely"}
    if spec.dates is None:
        either |= {t for t, texts in cells.items() if t not in moved and calendar.torn(texts)}
    notes += [str(note("records.dates.exchanged", field=t)) for t in sorted(moved - either)]
    notes += [str(note("records.dates.either", field=t)) for t in sorted(either)]
    return {t: spec.dates or order for t, order in told.items()}, moved, frozenset(either)


def _passed_over(table: RawTable, guess: mapping.Guess) -> list[str]:
    """Say which columns that speak of consent are not taken so: what they forbid is not obeyed."""
    out = []
    for c in guess.columns:
        other = c.target != "refused" and not c.target.startswith("release_")
        if other and judge(c.column).target:
            out.append(
                f"column {letters(c.position)} speaks of consent and was not read as such; if it may forbid linkage, "
                "name it under this list's `columns`, as release_given, release_refused, release_expires or release_withdrawn"
            )
    return out[:MOST_NOTES]


def _not_understood(
    table: RawTable, sample: Sequence[Sequence[str]], pairs: Sequence[tuple[str, int]]
) -> list[str]:
    """Say which columns have a field's name and nothing in them that reads as it."""
    found = mapping.not_understood(table.columns, sample, {target for target, _ in pairs})
    return [
        f"column {letters(i)} is named like {target}, and none of its cells reads as one; it was not "
        "read. If it is one, name it under this list's `columns` and see which words are not understood"
        for i, target in found[:MOST_NOTES]
    ]


def _other_lists(table: RawTable, legs: Legs | None) -> list[str]:
    """Say which other sheets look like lists: they were not read, and nobody should miss them."""
    out = []
    if table.alike:
        names = ", ".join(f'"{n}"' if isinstance(n, str) else str(n) for n in table.alike)
        count = Number(len(table.alike))
        out.append(str(note("records.sheets.alike", count=count, names=f"[{names}]")))
    same = len(table.columns)
    for other in table.others:
        if legs is not None and other.where == legs.where:
            continue
        sheet = other.where.rpartition(", ")[2]
        found = {c.target for c in _guess(other).columns}
        if table.alike and len(other.columns) == same and set(other.columns) == set(table.columns):
            continue
        if len(found & _TELLING) >= 2:
            out.append(str(note("records.sheets.another", sheet=sheet)))
        elif "leg.country" in found or "leg.kind" in found or "parent" in found:
            out.append(str(note("records.sheets.legs", sheet=sheet)))
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


def _dated(target: str) -> bool:
    return target in {
        "date",
        "birth_date",
        "stated_on",
        "release_expires",
        "release_withdrawn",
    } or target.endswith(".date")


def _chunked(rows: Iterator[RawRow], size: int) -> Iterator[list[RawRow]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def today() -> str:
    """Return this day, as a run writes it."""
    return dt.datetime.now(tz=dt.UTC).date().isoformat()
