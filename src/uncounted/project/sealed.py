"""Settings as a manifest holds them: what quotes a list's cells stands there as a keyed hash.

``[lists.values]`` and ``[lists.answers]`` are texts of cells, and a known group is a count of people that
may be small. A manifest leaves the coalition; a keyed hash of them is enough to tell whether they are
what they were, and `verify` reads the texts where they are kept, in the project's own file.
"""

from __future__ import annotations

from typing import Any

from uncounted.engine.kept import digest
from uncounted.errors import VerificationError
from uncounted.project.settings import FILE

__all__ = ["sealed", "unsealed"]

_QUOTES = ("values", "answers")
_SEAL = "sealed"


def sealed(settings: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Take the texts of cells and counts of people out of settings.

    Parameters
    ----------
    settings
        JSON form of the project's settings.
    key
        The project's.
    """
    out = dict(settings)
    out["lists"] = [
        {k: _sealed(v, key) if k in _QUOTES else v for k, v in entry.items()}
        for entry in settings["lists"]
    ]
    knowledge = dict(settings["knowledge"])
    knowledge["known_groups"] = _sealed(knowledge["known_groups"], key)
    out["knowledge"] = knowledge
    return out


def unsealed(settings: dict[str, Any], now: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Give back what `sealed` took, from the settings that the project has now.

    Raises
    ------
    VerificationError
        If they are not what they were.
    """
    out = dict(settings)
    out["lists"] = [
        {
            k: _opened(v, [n.get(k) for n in now["lists"]], key) if k in _QUOTES else v
            for k, v in entry.items()
        }
        for entry in settings["lists"]
    ]
    knowledge = dict(settings.get("knowledge") or {})
    if "known_groups" in knowledge:
        there = [now["knowledge"]["known_groups"]]
        knowledge["known_groups"] = _opened(knowledge["known_groups"], there, key)
    out["knowledge"] = knowledge
    return out


def _sealed(value: Any, key: bytes) -> Any:
    return {_SEAL: digest(value, key)} if value else value


def _opened(value: Any, there: list[Any], key: bytes) -> Any:
    if not isinstance(value, dict) or set(value) != {_SEAL}:
        return value
    for candidate in there:
        if candidate and digest(candidate, key) == value[_SEAL]:
            return candidate
    raise VerificationError(
        f"Answers, values or known groups in {FILE} are not what they were in this run.",
        fix="Restore the file of that day, or run again for a new figure.",
    )
