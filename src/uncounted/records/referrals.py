"""Who referred a person to a list: the column that says so, and which other list it names.

Only names of lists of the same project are kept; what else stands in the column is let go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from uncounted.errors import InputError
from uncounted.records import codes

__all__ = ["find_column", "referrer"]

_NAMES = frozenset(
    [
        "referred by", "referred from", "referral from", "referral source", "source of referral",
        "referring agency", "referring organisation", "referring organization", "referral agency",
        "referral organisation", "referral organization", "referring member", "referred by agency",
        "referido por", "derivado por", "remitido por", "fuente de referencia", "organizacion que refiere",
        "의뢰 기관", "의뢰기관", "추천 기관",
    ]
)  # fmt: skip
"""Names of columns that say who sent a person, as `_plain` writes them."""


def find_column(
    asked: str, names: Sequence[str], *, ignored: Sequence[str], taken: Sequence[int], where: str
) -> int | None:
    """Find the column that says who referred a person; ``None`` where there is none.

    Parameters
    ----------
    asked
        Its name as the project file says; ``""`` for a column with a usual name.
    names
        Of all columns.
    ignored
        Columns that are not to be read.
    taken
        Positions that serve a field of the record.
    where
        The file, for the error.

    Raises
    ------
    InputError
        If the column asked for is not there.

    Examples
    --------
    >>> find_column("", ["case id", "Referred_by"], ignored=[], taken=[0], where="a.csv")
    1
    """
    plain = [_plain(name) for name in names]
    if asked:
        if _plain(asked) not in plain:
            raise InputError(
                f"{where}: the column for 'referred_by' is not there.",
                fix="Correct referred_by under this list in uncounted.toml, or delete it.",
            )
        return plain.index(_plain(asked))
    away = {_plain(name) for name in ignored}
    for i, name in enumerate(plain):
        if name in _NAMES - away and i not in taken:
            return i
    return None


def referrer(text: str, members: Mapping[str, Sequence[str]], own: str) -> str:
    """Name the other list that a cell names; ``""`` where it names none, or more than one.

    Parameters
    ----------
    text
        The cell.
    members
        Names of the lists, each with what it is called.
    own
        The list the record is on.

    Examples
    --------
    >>> members = {"hotline": ("hotline", "National Hotline"), "clinic": ("clinic",)}
    >>> (
    ...     referrer("the National Hotline (night shift)", members, "clinic"),
    ...     referrer("self", members, "clinic"),
    ... )
    ('hotline', '')
    """
    plain = f" {_plain(text)} "
    if not plain.strip():
        return ""
    found = [
        name
        for name, called in members.items()
        if name != own and any(f" {_plain(c)} " in plain for c in called if _plain(c))
    ]
    # A name inside a longer one: "clinic" in "women's clinic".
    longest = [
        name
        for name in found
        if not any(_inside(members[name], members[other]) and name != other for other in found)
    ]
    return longest[0] if len(longest) == 1 else ""


def _inside(short: Sequence[str], long: Sequence[str]) -> bool:
    return any(
        _plain(a) != _plain(b) and f" {_plain(a)} " in f" {_plain(b)} " for a in short for b in long
    )


def _plain(text: str) -> str:
    """Small letters and figures, one space between words."""
    return " ".join(re.sub(r"[\W_]+", " ", codes.fold(text)).split())
