"""Settings as a manifest holds them: what quotes a list's cells stands there as a keyed hash.

``[lists.values]`` and ``[lists.answers]`` are texts of cells, and a known group is a count of people that
may be small. A manifest leaves the coalition; a keyed hash of them is enough to tell whether they are
what they were, and `verify` reads the texts where they are kept, in the project's own file.
"""

from __future__ import annotations

from collections.abc import Mapping

from uncounted.core.json_types import JSON, JSONObject
from uncounted.engine.kept import digest
from uncounted.errors import VerificationError
from uncounted.project.settings import FILE

__all__ = ["sealed", "unsealed"]

_QUOTES = ("values", "answers")
_SEAL = "sealed"


def sealed(settings: JSONObject, key: bytes) -> JSONObject:
    """Take the texts of cells and counts of people out of settings.

    Parameters
    ----------
    settings
        JSON form of the project's settings.
    key
        The project's.
    """
    lists: list[JSON] = [
        {k: _sealed(v, key) if k in _QUOTES else v for k, v in entry.items()}
        for entry in _entries(settings)
    ]
    known = dict(_part(settings, "knowledge"))
    known["known_groups"] = _sealed(known.get("known_groups"), key)
    return {**settings, "lists": lists, "knowledge": known}


def unsealed(settings: JSONObject, now: JSONObject, key: bytes) -> JSONObject:
    """Give back what `sealed` took, from the settings that the project has now.

    Raises
    ------
    VerificationError
        If they are not what they were.
    """
    lists: list[JSON] = [
        {
            k: _opened(v, [n.get(k) for n in _entries(now)], key) if k in _QUOTES else v
            for k, v in entry.items()
        }
        for entry in _entries(settings)
    ]
    known = dict(_part(settings, "knowledge"))
    if "known_groups" in known:
        there = [_part(now, "knowledge").get("known_groups")]
        known["known_groups"] = _opened(known["known_groups"], there, key)
    return {**settings, "lists": lists, "knowledge": known}


def _entries(settings: Mapping[str, JSON]) -> list[Mapping[str, JSON]]:
    found = settings.get("lists")
    return [e for e in found if isinstance(e, Mapping)] if isinstance(found, list | tuple) else []


def _part(settings: Mapping[str, JSON], name: str) -> Mapping[str, JSON]:
    found = settings.get(name)
    return found if isinstance(found, Mapping) else {}


def _sealed(value: JSON, key: bytes) -> JSON:
    return {_SEAL: digest(value, key)} if value else value


def _opened(value: JSON, there: list[JSON], key: bytes) -> JSON:
    if not isinstance(value, Mapping) or set(value) != {_SEAL}:
        return value
    for candidate in there:
        if candidate and digest(candidate, key) == value[_SEAL]:
            return candidate
    raise VerificationError(
        f"Answers, values or known groups in {FILE} are not what they were in this run.",
        fix="Restore the file of that day, or run again for a new figure.",
    )
