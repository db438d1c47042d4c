"""Lists followed through renames, so that a new name does not make past counts unknown.

What a release showed is kept by the names that lists had. A list whose name changed is still the
same people: compared by name alone, its old counts would seem gone and its new ones to come from
nowhere, and one person more or less could be read off the two pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["ALL", "ONLY", "SHARED", "relabelled", "same_lists"]

ALL = "all"
"""Name of the sum of all."""
ONLY = "only "
"""Begins the ledger's name of a capture history."""
SHARED = "on two lists or more"
"""Name of the total of people on more than one list."""
_ROWS = (", used", ", quarantined", ", not released", ", rows in")

Numbers = Mapping[str, int | None]


def same_lists(
    entry: Mapping[str, Any],
    lists: Mapping[str, Sequence[str]],
    new: Mapping[str, Numbers],
    threshold: int,
) -> dict[str, str]:
    """Present name of each list of an earlier release, by the name it had then.

    Parameters
    ----------
    entry
        Line of the ledger.
    lists
        What tells each list of the new run, by name: hashes of its file's name and of its content.
    new
        Tables of the new run.
    threshold
        Lists that have no other sign are taken for one where a number that is shown of both differs
        by less: two such numbers would tell a person if they were one list, and nothing is lost
        where they are not but a release later.

    Returns
    -------
    dict
        Lists that are gone keep their names, unless another has that name now.
    """
    signs: Mapping[str, Sequence[str]] = entry.get("lists") or {}
    old = list(signs) or _names_of(entry["tables"])
    out: dict[str, str] = {}
    free = set(lists)

    def take(then: str, now: str) -> None:
        out[then] = now
        free.discard(now)

    def sign(name: str, of: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        return tuple(of.get(name, ()))

    # What a list holds tells more than what its file is called, and that more than its own name.
    for place in (1, 0):
        for then in old:
            mark = sign(then, signs)[place : place + 1]
            found = [
                n for n in lists if n in free and mark and sign(n, lists)[place : place + 1] == mark
            ]
            if then not in out and found:
                take(then, then if then in found else found[0])
    for then in old:
        if then not in out and then in free:
            take(then, then)
    for then in old:
        if then in out:
            continue
        near = [n for n in sorted(free) if _near(then, n, entry["tables"], new, threshold)]
        if near:
            take(then, near[0])
    taken = set(out.values())
    for then in old:
        if then not in out:
            name = then
            while name in taken or name in lists:
                name += " (before)"
            out[then] = name
            taken.add(name)
    return out


def _names_of(tables: Mapping[str, Numbers]) -> list[str]:
    """Names of the lists of a line that does not say them."""
    rows = [k.removesuffix(", rows in") for k in tables.get("rows", {}) if k.endswith(", rows in")]
    overlap = [
        k for k in tables.get("overlap", {}) if k not in {"all", SHARED} and not k.startswith(ONLY)
    ]
    return list(dict.fromkeys([*rows, *overlap]))


def _near(
    then: str, now: str, old: Mapping[str, Numbers], new: Mapping[str, Numbers], threshold: int
) -> bool:
    """Whether a number shown of one list then and of another now are all but the same."""
    for table, label in (("overlap", ""), *(("rows", end) for end in _ROWS if "quaran" not in end)):
        a = old.get(table, {}).get(then + label)
        b = new.get(table, {}).get(now + label)
        if a and b and abs(a - b) < threshold:
            return True
    return False


def relabelled(table: str, numbers: Numbers, names: Mapping[str, str]) -> dict[str, int | None]:
    """Numbers of a table under the present names of the lists.

    Examples
    --------
    >>> relabelled("overlap", {"all": 90, "a": 40, "only a + b": 12}, {"a": "x", "b": "b"})
    {'all': 90, 'x': 40, 'only b + x': 12}
    """
    if table == "overlap" or ": " in table:
        return {_overlap_label(k, names): v for k, v in numbers.items()}
    if table == "rows":
        return {_rows_label(k, names): v for k, v in numbers.items()}
    return dict(numbers)


def _overlap_label(label: str, names: Mapping[str, str]) -> str:
    if label in {"all", SHARED}:
        return label
    if label.startswith(ONLY):
        on = label.removeprefix(ONLY).split(" + ")
        return ONLY + " + ".join(sorted(names.get(n, n) for n in on))
    return names.get(label, label)


def _rows_label(label: str, names: Mapping[str, str]) -> str:
    for end in _ROWS:
        if label.endswith(end):
            name = label.removesuffix(end)
            return names.get(name, name) + end
    return label
