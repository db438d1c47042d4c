"""Records of any shape to the columns that are compared: name parts, birth date, a few codes.

Every column is kept as codes into its distinct values, and what is costly is done once a value: a
million records hold far fewer different names.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError
from uncounted.linkage.defaults import DefaultBirth, find_defaults
from uncounted.linkage.fields import (
    NO_BIRTH_KNOWN,
    NamePart,
    birth_of,
    births_of,
    drop_fillers,
    family_part,
    fold,
    given_part,
    known_name,
    sex_of,
    shown_name,
    split_name,
)
from uncounted.names import find_spikes, syllable_classes
from uncounted.records.schema import Records

__all__ = ["FIELDS", "Coded", "Columns", "prepare"]

FIELDS = ("name", "birth", "sex", "citizenship", "area")
"""What is compared. Nothing else of a record is looked at."""
_GIVEN = ("given_name", "given", "first_name", "given_names", "forename")
_SURNAME = ("family_name", "surname", "last_name", "family_names")
_FULL = ("full_name", "name")
_BIRTH = ("birth_date", "date_of_birth", "dob", "birthdate", "birth")
_YEAR = ("birth_year", "year_of_birth")
_RANGE = ("birth_year_low", "birth_year_high")
_SEX = ("sex", "gender")
_CITIZENSHIP = ("citizenship", "nationality", "origin")
_AREA = ("area", "state", "county", "region")
_WANTED = (
    _GIVEN,
    _SURNAME,
    _FULL,
    _BIRTH,
    _YEAR,
    _RANGE[:1],
    _RANGE[1:],
    _SEX,
    _CITIZENSHIP,
    _AREA,
)
_MOST_CLASSED = 100_000
"""Different names beyond which romanisation classes are left out: they cost 0.1 ms a name."""

T = TypeVar("T")
Integers = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Coded(Generic[T]):
    """A column as codes into its distinct values.

    Parameters
    ----------
    code
        Shape (records,), int32, index into ``values``; -1 where there is none.
    values
        The distinct values.
    """

    code: NDArray[np.int32]
    values: Sequence[T]

    @classmethod
    def of(
        cls, raw: Sequence[Hashable], make: Callable[[Any], T | None], *, merge: bool = False
    ) -> Coded[T]:
        """Make each distinct raw value once; with ``merge``, equal results share a code."""
        seen: dict[Hashable, int] = {}
        first = np.fromiter((seen.setdefault(v, len(seen)) for v in raw), np.int32, len(raw))
        values: list[T] = []
        place: dict[Any, int] = {}
        of = np.full(len(seen) + 1, -1, dtype=np.int32)
        for value, k in seen.items():
            made = make(value)
            if made is None:
                continue
            if merge:
                of[k] = place.setdefault(made, len(values))
                if of[k] == len(values):
                    values.append(made)
            else:
                of[k] = len(values)
                values.append(made)
        return cls(of[first], values)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Shape (records,): which records hold a value."""
        out: NDArray[np.bool_] = self.code >= 0
        return out

    def at(self, record: int) -> T | None:
        """Value of one record."""
        code = int(self.code[record])
        return None if code < 0 else self.values[code]

    def take(self, which: NDArray[np.int64]) -> Coded[T]:
        """Take some of the records."""
        return Coded(self.code[which], self.values)


@dataclass(frozen=True, slots=True)
class Columns:
    """Records of all lists, one after the other, as columns.

    Parameters
    ----------
    lists
        Names of the lists.
    member
        Shape (records,), index of each record's list.
    row
        Shape (records,), position of each record in its list, from 0.
    given, surname
        Name parts (`fields.NamePart`).
    classes_given, classes_surname
        Romanisation classes of each part: two spellings of one name share a class.
    year, month, day
        Shape (records,), int16, parts of the birth date, -1 where not known.
    year_low, year_high
        Range of birth years where only an age or a year is known; -1 where not known.
    sex, citizenship, area
        Folded texts.
    spiked
        Shape (records,): whose name, or a part of it, stands on so many records of its list that it
        is taken for a filler (`uncounted.names.find_spikes`), and not compared.
    default_births
        Birth dates that stood where none was known and are left out (`defaults`).
    """

    lists: tuple[str, ...]
    member: NDArray[np.int64]
    row: NDArray[np.int64]
    given: Coded[NamePart]
    surname: Coded[NamePart]
    classes_given: Coded[tuple[str, ...]]
    classes_surname: Coded[tuple[str, ...]]
    year: Integers
    month: Integers
    day: Integers
    year_low: Integers
    year_high: Integers
    sex: Coded[str]
    citizenship: Coded[str]
    area: Coded[str]
    spiked: NDArray[np.bool_]
    default_births: tuple[DefaultBirth, ...] = ()

    @property
    def n(self) -> int:
        """Records in all lists together."""
        return int(self.member.size)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Records per list, shape (lists,)."""
        return np.bincount(self.member, minlength=len(self.lists))

    def filled(self) -> dict[str, float]:
        """Share of records in which each field can be used."""
        n = max(self.n, 1)
        out = {
            "name": float((self.given.known | self.surname.known).sum()) / n,
            "birth": float((self.year_low >= 0).sum()) / n,
        }
        for field in ("sex", "citizenship", "area"):
            out[field] = float(getattr(self, field).known.sum()) / n
        return out

    def name(self, record: int) -> str:
        """Whole name of a record as written, "family, given"; ``""`` where there is none."""
        return _whole(self.given.at(record), self.surname.at(record))

    def take(self, which: NDArray[np.int64]) -> Columns:
        """Take some of the records, in the order of ``which``."""
        columns: dict[str, Any] = {
            name: value.take(which) if isinstance(value, Coded) else value[which]
            for name in self.__slots__
            if name not in ("lists", "default_births")
            for value in (getattr(self, name),)
        }
        return Columns(lists=self.lists, default_births=self.default_births, **columns)


def prepare(lists: Mapping[str, Any] | Sequence[Records]) -> Columns:
    """Take from each record what linkage compares.

    Parameters
    ----------
    lists
        `Records`, one per list; or by list name `Records`, a data frame (pandas, polars, pyarrow, any
        that narwhals knows), or rows, a row being a mapping or an object. Frames and rows hold some
        of ``given_name``, ``family_name`` (or ``full_name``), ``birth_date`` (ISO text,
        ``19851122``, a date, or a year), ``sex``, ``citizenship``, ``area``; common other names
        of these are known.

    Returns
    -------
    Columns

    Raises
    ------
    InputError
        With fewer than one list, or where no record has a name or a birth date.

    Examples
    --------
    >>> columns = prepare({"a": [{"given_name": "Ana", "surname": "López", "dob": "1990-02-03"}]})
    >>> columns.name(0), columns.surname.values[0].folded, int(columns.year[0])
    ('López, Ana', 'lopez', 1990)
    """
    if not len(lists):
        raise InputError("There is no list to link.", fix="Give at least one list of records.")
    named = lists if isinstance(lists, Mapping) else {r.list_name: r for r in lists}
    if len(named) != len(lists):
        raise InputError("Two lists have one name.", fix="Give each list its own name.")
    raws = [_of_records(r) if isinstance(r, Records) else _of_rows(r) for r in named.values()]
    spiked = np.concatenate([_without_fillers(raw) for raw in raws])
    sizes = [len(raw.given) for raw in raws]
    given = Coded.of([v for raw in raws for v in raw.given], lambda v: given_part(known_name(v)))
    surname = Coded.of(
        [v for raw in raws for v in raw.surname], lambda v: family_part(known_name(v))
    )
    first, last = _classes(given, surname)
    member = np.repeat(np.arange(len(sizes)), sizes)
    dates = np.concatenate([raw.birth for raw in raws])
    defaults = _without_defaults(member, given, surname, dates)

    def coded(field: str, make: Callable[[Any], str | None]) -> Coded[str]:
        return Coded.of([v for raw in raws for v in getattr(raw, field)], make, merge=True)

    columns = Columns(
        lists=tuple(named),
        member=member,
        row=np.concatenate([np.arange(size) for size in sizes]),
        given=given,
        surname=surname,
        classes_given=first,
        classes_surname=last,
        year=np.ascontiguousarray(dates[:, 0]),
        month=np.ascontiguousarray(dates[:, 1]),
        day=np.ascontiguousarray(dates[:, 2]),
        year_low=np.ascontiguousarray(dates[:, 3]),
        year_high=np.ascontiguousarray(dates[:, 4]),
        sex=coded("sex", sex_of),
        citizenship=coded("citizenship", fold),
        area=coded("area", fold),
        spiked=spiked,
        default_births=defaults,
    )
    if columns.n and not any(columns.filled()[f] for f in ("name", "birth")):
        raise InputError(
            "No record has a name or a birth date that can be used.",
            fix="Check which columns hold names and birth dates.",
        )
    return columns


def _without_defaults(
    member: NDArray[np.int64],
    given: Coded[NamePart],
    surname: Coded[NamePart],
    dates: NDArray[np.int16],
) -> tuple[DefaultBirth, ...]:
    """Find birth dates that stand where none is known, and take them out of ``dates``, in place."""
    name = given.code.astype(np.int64) * (len(surname.values) + 1) + surname.code
    found = find_defaults(member, name, *(dates[:, k] for k in range(3)))
    for default in found:
        same = (member == default.member) & (dates[:, 1] == default.month)
        same &= dates[:, 2] == default.day
        if default.year is None:
            dates[same, 1:3] = -1
        else:
            dates[same & (dates[:, 0] == default.year)] = NO_BIRTH_KNOWN
    return found


@dataclass(frozen=True, slots=True)
class _Raw:
    """What one list says, a value per record, before it is read."""

    given: list[Any]
    surname: list[Any]
    birth: NDArray[np.int16]
    sex: list[Any]
    citizenship: list[Any]
    area: list[Any]


def _without_fillers(raw: _Raw) -> NDArray[np.bool_]:
    """Empty, in place, names that are none; say which records bore one that is none for its number."""
    drop_fillers(raw.given, raw.surname)

    def beside(k: int) -> Hashable:
        others = (raw.sex[k], raw.citizenship[k], raw.area[k])
        return (*raw.birth[k].tolist(), *map(str, others))

    found = find_spikes(raw.given, raw.surname, beside)
    out = np.zeros(len(raw.given), dtype=np.bool_)
    for k in range(len(raw.given)) if found else ():
        pair = raw.given[k], raw.surname[k]
        whole = pair in found.whole or (not shown_name(pair[0]) and ("", pair[1]) in found.whole)
        for column, value, spikes in (
            (raw.given, pair[0], found.given),
            (raw.surname, pair[1], found.family),
        ):
            if value and (whole or value in spikes):
                column[k], out[k] = "", True
    return out


def _of_records(records: Records) -> _Raw:
    def texts(column: Any) -> list[str]:
        return [str(v) for v in column]

    return _Raw(
        records.given.tolist(),
        records.family.tolist(),
        births_of(records),
        texts(records.gender),
        texts(records.citizenship),
        texts(records.area),
    )


def _of_rows(rows: Any) -> _Raw:
    columns = _from_frame(rows)
    given, surname, full, born, year, low, high, sex, citizenship, area = (
        _from_rows(rows) if columns is None else columns
    )
    for i, whole in enumerate(full):
        if whole is not None and not known_name(given[i]) and not known_name(surname[i]):
            given[i], surname[i] = split_name(known_name(whole))
    said = Coded.of(list(zip(born, year, low, high, strict=True)), lambda b: birth_of(*b))
    birth = np.array([*said.values, NO_BIRTH_KNOWN], dtype=np.int16)[said.code]
    return _Raw(given, surname, birth, sex, citizenship, area)


def _from_rows(rows: Iterable[Any]) -> list[list[Any]]:
    held = list(rows)
    return [[_get(row, names) for row in held] for names in _WANTED]


def _from_frame(frame: Any) -> list[list[Any]] | None:
    """Columns of a data frame, ``None`` for what is none."""
    import narwhals as nw

    known = nw.from_native(frame, eager_only=True, pass_through=True)
    if not isinstance(known, nw.DataFrame):
        return None
    out: list[list[Any]] = []
    for names in _WANTED:
        found = [_plain(known[name].to_list()) for name in names if name in known.columns]
        first = found[0] if found else [None] * len(known)
        for other in found[1:]:
            first = [b if a is None else a for a, b in zip(first, other, strict=True)]
        out.append(first)
    return out


def _plain(values: list[Any]) -> list[Any]:
    """Values of a column, with one ``None`` for all that stands for none."""
    try:
        read = {v: _said(v) for v in set(values)}
    except TypeError:  # some value cannot be a key
        return [_said(v) for v in values]
    return [read[v] for v in values]


def _get(record: Any, names: Sequence[str]) -> Any:
    for name in names:
        value = record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)
        value = _said(value)
        if value is not None:
            return value
    return None


def _said(value: Any) -> Any:
    """Give a value that can be a key, or ``None`` where it stands for none."""
    value = getattr(value, "value", value)
    if value is None or value == "" or (isinstance(value, float) and value != value):
        return None
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    return value if isinstance(value, Hashable) else str(value)


def _whole(given: NamePart | None, surname: NamePart | None) -> str:
    first = given.written if given else ""
    last = surname.written if surname else ""
    return f"{last}, {first}" if first and last else last or first


def _classes(
    given: Coded[NamePart], surname: Coded[NamePart]
) -> tuple[Coded[tuple[str, ...]], Coded[tuple[str, ...]]]:
    """Romanisation classes of given and family name: "Kim Min-ji", "Gim Minji" and 김민지 share them.

    Only classes of a culture's tables; single Latin words are left to the other comparisons, since
    "Min-ji" and "Min-jung" share one.
    """
    both = (given.code.astype(np.int64) + 1) * (len(surname.values) + 1) + surname.code + 1
    distinct, inverse = np.unique(both, return_inverse=True)
    if distinct.size > _MOST_CLASSED:
        none: Coded[tuple[str, ...]] = Coded(np.full(both.size, -1, dtype=np.int32), ())
        return none, none
    found: list[list[tuple[str, ...]]] = [[], []]
    codes = np.full((2, distinct.size), -1, dtype=np.int32)
    for k, (g, s) in enumerate(zip(*np.divmod(distinct, len(surname.values) + 1), strict=True)):
        name = _whole(given.values[g - 1] if g else None, surname.values[s - 1] if s else None)
        if not name:
            continue
        family, first = syllable_classes(name)
        for side, classes in enumerate((first, family)):
            own = tuple(sorted(classes))
            if own:
                codes[side, k] = len(found[side])
                found[side].append(own)
    return Coded(codes[0][inverse], found[0]), Coded(codes[1][inverse], found[1])
