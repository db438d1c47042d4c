"""`Records`: one member's case list in memory, column by column, aligned to HTCDS 2.0.

Field names (what a mapping, the linkage and the synthetic lists speak of; all columns have one
entry per record and the same length):

=====================  ==================  =====================================================
field                  array of            what it holds; how "not known" is written
=====================  ==================  =====================================================
``row``                int64               row number in the member's file, as a spreadsheet counts
``reference``          str                 the member's own pseudonymous case number; ``""``
``date``               datetime64[D]       first contact or registration; ``NaT``
``gender``             str                 one of `GENDERS`; ``""``
``given``              str                 given names as written, any script; ``""``
``family``             str                 family names as written, any script; ``""``
``birth_date``         datetime64[D]       birth date, first day of what is known; ``NaT``
``birth_precision``    uint8               `NO_BIRTH`, `BIRTH_YEAR`, `BIRTH_MONTH`, `BIRTH_DAY`
``stated_age``         int16               age in years as stated; ``-1``
``stated_on``          datetime64[D]       day the age was stated (else ``date``); ``NaT``
``citizenship``        str                 ISO 3166-1 alpha-3; ``""``
``language``           str                 ISO 639-1 (639-3 where there is none); ``""``
``exploitation``       uint16              bit set over `EXPLOITATION`; 0
``sector``             str                 ISIC Rev. 4 section ``A`` to ``U``; ``""``
``route``              tuple of `Leg`      legs in order; ``()``
``area``               str                 county, or coarser; ``""``
``release_scope``      str                 one of `SCOPES`; ``""`` where there is no release
``release_recipient``  str                 to whom the release allows it; ``""`` for not stated
``release_expires``    datetime64[D]       last day it holds; ``NaT`` for not stated, `UNREAD_END`
``release_withdrawn``  datetime64[D]       day it was withdrawn; ``NaT`` for not, `REFUSED_AT`
``referred_by``        str                 other list of the project that sent the person; ``""``
=====================  ==================  =====================================================

``given`` and ``family`` (and ``birth_date``, ``reference``) serve linkage inside this process and
never leave it: `Records` prints as its list and its length, nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError

__all__ = [
    "BIRTH_DAY",
    "BIRTH_MONTH",
    "BIRTH_YEAR",
    "EXPLOITATION",
    "FIELDS",
    "GENDERS",
    "LEG_KINDS",
    "NEVER_LEAVE",
    "NO_BIRTH",
    "NO_DATE",
    "REFUSED_AT",
    "SCOPES",
    "SECTORS",
    "UNREAD_END",
    "Leg",
    "Records",
    "exploitation_bits",
]

GENDERS = (
    "Feminine",
    "Masculine",
    "TransgenderFeminine",
    "TransgenderMasculine",
    "NonConforming",
)
"""HTCDS ``prs_Gender``; its sixth code, NonSpecifiedUnknown, is the empty text here."""

EXPLOITATION = (
    "ForcedLabour",
    "SexualExploitation",
    "ChildLabour",
    "ForcedMarriage",
    "Servitude",
    "ForcedMilitaryByNonStateActors",
    "OrganRemoval",
    "ForcedBegging",
    "ForcedAdoption",
    "Surrogacy",
    "Other",
)
"""HTCDS ``vic_TypeOfExploitation``; bit ``i`` of ``exploitation`` stands for entry ``i``."""

SECTORS: Mapping[str, str] = dict(
    line.split("\t")
    for line in resources.files(__package__)
    .joinpath("data", "isic_sections.tsv")
    .read_text("utf-8")
    .splitlines()[2:]
)
"""ISIC Rev. 4 sections and what to call them."""

LEG_KINDS = ("Recruitment", "Transit", "Exploitation")
SCOPES = ("linkage", "total")
"""What a release allows: the record may be linked, or it counts in the list's total only."""

NO_BIRTH, BIRTH_YEAR, BIRTH_MONTH, BIRTH_DAY = 0, 1, 2, 3
NEVER_LEAVE = ("reference", "given", "family", "birth_date")
"""Fields that exist to link records and reach no file, log, error or page."""


NO_DATE = np.datetime64("NaT", "D")
UNREAD_END = np.datetime64("1900-01-01", "D")
"""``release_expires`` where an end is written that cannot be read: it may have passed."""


REFUSED_AT = np.datetime64("1800-01-01", "D")
"""``release_withdrawn`` where a release was refused: it never held, in no row of the person."""


@dataclass(frozen=True, slots=True, repr=False)
class Leg:
    """One leg of a route: what happened, in which country, when.

    Parameters
    ----------
    kind
        One of `LEG_KINDS`.
    country
        ISO 3166-1 alpha-3, or ``""``.
    date
        Day, or ``NaT``.
    """

    kind: str
    country: str
    date: np.datetime64 = NO_DATE

    def __repr__(self) -> str:
        return f"Leg({self.kind})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Records:
    """One list's records, column by column; the module's head documents every field.

    Parameters
    ----------
    list_name
        The member list these records are on.
    row, reference, ...
        One array per field, all of one length, read-only.

    Raises
    ------
    InputError
        If the columns are not of one length.

    Examples
    --------
    >>> shelter = Records.build("shelter", given=["Min-ji", "Ana"], family=["Kim", "Reyes"])
    >>> len(shelter), shelter.gender.tolist()
    (2, ['', ''])
    >>> shelter
    Records(list_name='shelter', 2 records)
    """

    list_name: str
    row: NDArray[np.int64]
    reference: NDArray[np.object_]
    date: NDArray[np.datetime64]
    gender: NDArray[np.object_]
    given: NDArray[np.object_]
    family: NDArray[np.object_]
    birth_date: NDArray[np.datetime64]
    birth_precision: NDArray[np.uint8]
    stated_age: NDArray[np.int16]
    stated_on: NDArray[np.datetime64]
    citizenship: NDArray[np.object_]
    language: NDArray[np.object_]
    exploitation: NDArray[np.uint16]
    sector: NDArray[np.object_]
    route: NDArray[np.object_]
    area: NDArray[np.object_]
    release_scope: NDArray[np.object_]
    release_recipient: NDArray[np.object_]
    release_expires: NDArray[np.datetime64]
    release_withdrawn: NDArray[np.datetime64]
    referred_by: NDArray[np.object_]

    def __post_init__(self) -> None:
        """Check the lengths and make every column read-only."""
        size = len(self.row)
        for name in FIELDS:
            column = getattr(self, name)
            if column.shape != (size,):
                raise InputError(
                    f"List {self.list_name!r}: column {name!r} has another length than 'row'.",
                    fix="Give every column one entry per record.",
                )
            view = column.view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @classmethod
    def build(cls, list_name: str, **columns: Sequence[object] | NDArray[Any]) -> Records:
        """Make records from the columns at hand; the others are filled with "not known".

        Parameters
        ----------
        list_name
            The list.
        **columns
            Any of `FIELDS`. ``exploitation`` may be given as sequences of names of
            `EXPLOITATION`; dates as anything numpy reads; ``None`` is "not known".
        """
        unknown = set(columns) - set(FIELDS)
        if unknown:
            raise InputError(
                f"A record has no field {min(unknown)!r}.", fix=f"Fields are {', '.join(FIELDS)}."
            )
        size = len(next(iter(columns.values()))) if columns else 0
        made = {name: _column(name, columns.get(name), size) for name in FIELDS}
        if "birth_precision" not in columns:
            known = ~np.isnat(made["birth_date"])
            made["birth_precision"] = np.where(known, BIRTH_DAY, NO_BIRTH).astype(np.uint8)
        return cls(list_name, **made)

    def __len__(self) -> int:
        return len(self.row)

    def __repr__(self) -> str:
        return f"Records(list_name={self.list_name!r}, {len(self)} records)"

    def take(self, which: NDArray[Any]) -> Records:
        """Keep some records: a boolean mask or an array of positions."""
        chosen = {name: getattr(self, name)[which] for name in FIELDS}
        return replace(self, **chosen)

    def filled(self, name: str) -> NDArray[np.bool_]:
        """Which records have something in a field, shape (records,)."""
        column: NDArray[Any] = getattr(self, name)
        if column.dtype.kind == "M":
            return np.asarray(~np.isnat(column))
        if name == "stated_age":
            return np.asarray(column >= 0)
        if column.dtype.kind in "iu":
            return np.asarray(column != 0)
        return np.array([bool(x) for x in column], dtype=np.bool_)

    @classmethod
    def concatenate(cls, list_name: str, parts: Iterable[Records]) -> Records:
        """Put chunks of one list together, in order."""
        chunks = list(parts)
        if not chunks:
            return cls.build(list_name)
        made = {name: np.concatenate([getattr(c, name) for c in chunks]) for name in FIELDS}
        return cls(list_name, **made)


FIELDS: tuple[str, ...] = tuple(f.name for f in fields(Records) if f.name != "list_name")

_DTYPES: Mapping[str, Any] = {
    "row": np.int64,
    "date": "datetime64[D]",
    "birth_date": "datetime64[D]",
    "birth_precision": np.uint8,
    "stated_age": np.int16,
    "stated_on": "datetime64[D]",
    "exploitation": np.uint16,
    "release_expires": "datetime64[D]",
    "release_withdrawn": "datetime64[D]",
}


def exploitation_bits(forms: Iterable[str]) -> int:
    """Bit set of some names of `EXPLOITATION`.

    Examples
    --------
    >>> exploitation_bits(["ForcedLabour", "Servitude"])
    17
    """
    bits = 0
    for form in forms:
        if form not in EXPLOITATION:
            raise InputError(
                "A form of exploitation is not an HTCDS name.",
                fix=f"Use {', '.join(EXPLOITATION)}.",
            )
        bits |= 1 << EXPLOITATION.index(form)
    return bits


def _column(name: str, values: Any, size: int) -> NDArray[Any]:
    dtype = np.dtype(_DTYPES.get(name, object))
    if values is None:
        if name == "row":
            return np.arange(2, size + 2, dtype=np.int64)
        if dtype.kind == "M":
            return np.full(size, np.datetime64("NaT"), dtype=dtype)
        if dtype.kind == "O":
            blank = np.empty(size, dtype=object)
            blank.fill(() if name == "route" else "")
            return blank
        return np.full(size, -1 if name == "stated_age" else 0, dtype=dtype)
    if dtype.kind == "O":
        out = np.empty(len(values), dtype=object)
        for i, value in enumerate(values):
            if name == "route":
                out[i] = tuple(value or ())
            else:
                out[i] = "" if value is None else str(value)
        return out
    if name == "exploitation" and not isinstance(values, np.ndarray):
        values = [v if isinstance(v, int) else exploitation_bits(v or ()) for v in values]
    elif dtype.kind == "M" and not isinstance(values, np.ndarray):
        values = [np.datetime64("NaT") if v in (None, "") else v for v in values]
    elif name == "stated_age" and not isinstance(values, np.ndarray):
        values = [-1 if v is None else v for v in values]
    return np.array(values, dtype=dtype)
