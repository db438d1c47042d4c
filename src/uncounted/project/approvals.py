"""Who approved a run's brief: two different people, the words they approved, and what survivors said.

The file stands in the run's folder, beside what the run wrote. It holds the hash of what was shown
when somebody approved; an approval of anything else counts no more.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from uncounted.engine.kept import write_json
from uncounted.errors import InputError, Refusal
from uncounted.names.compare import compare
from uncounted.project.guard import writable

__all__ = [
    "APPROVALS",
    "NEEDED",
    "Approval",
    "Approvals",
    "approve",
    "read_approvals",
    "write_approvals",
]

APPROVALS = "approvals.json"
NEEDED = 2
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval.

    Parameters
    ----------
    name, role
        As they gave them.
    day
        ISO date.
    content
        Hash of what they approved.
    """

    name: str
    role: str
    day: str
    content: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """What is kept of a run's brief beside what the run wrote.

    Parameters
    ----------
    given
        Approvals in their order, those of other content too.
    advisory
        What a survivors' advisory said, or who was asked; empty where none was asked.
    words
        By language: the title, whom, where and when in that language (``"title"``, ``"counts"``,
        ``"where"``, ``"when"``), in place of the project's.
    """

    given: tuple[Approval, ...] = ()
    advisory: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, content: str) -> tuple[Approval, ...]:
        """Approvals of just this content, one a person."""
        found: list[Approval] = []
        for a in self.given:
            if a.content == content and not any(same_person(a.name, b.name) for b in found):
                found.append(a)
        return tuple(found)


def same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's, however they are written.

    Examples
    --------
    >>> same_person("María López", "LOPEZ, Maria"), same_person("Ana Ruiz", "Kim Minsu")
    (True, False)
    """
    a, b = _plain(one), _plain(other)
    return a == b or compare(one, other).same


def _plain(name: str) -> tuple[str, ...]:
    text = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return tuple(sorted(kept.split()))


def approve(held: Approvals, said: str, content: str, day: dt.date) -> Approvals:
    """Add an approval.

    Parameters
    ----------
    held
        What there is.
    said
        ``"Name, role"``.
    content
        Hash of what is approved.
    day
        The day it is given.

    Raises
    ------
    InputError
        If it names no person and role.
    Refusal
        If the same person has approved this already: a second pair of eyes is the point.
    """
    name, _, role = (" ".join(x.split()) for x in said.partition(","))
    if not any(c.isalpha() for c in name) or not any(c.isalpha() for c in role):
        raise InputError(
            "An approval names a person and what they are.",
            fix='Write it as "Name, role", e.g. --approve "Ana Ruiz, director".',
        )
    if len(said) > _LONGEST:
        raise InputError(
            f"An approval has at most {_LONGEST} letters.", fix="Give a shorter name or role."
        )
    if any(same_person(name, a.name) for a in held.of(content)):
        raise Refusal(
            "This person has approved this brief already, or somebody of that name has.",
            fix="Two different people approve: ask another one, or give fuller names.",
        )
    given = (*held.given, Approval(name, role, day.isoformat(), content))
    return replace(held, given=given)


def read_approvals(folder: Path) -> Approvals:
    """Read the file of a run's folder; nothing where there is none.

    Raises
    ------
    InputError
        If the file is not as it was written.
    """
    path = folder / APPROVALS
    if not path.exists():
        return Approvals()
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        return Approvals(
            tuple(
                Approval(*(_text(a[k]) for k in ("name", "role", "day", "content")))
                for a in made["approvals"]
            ),
            _text(made["advisory"]),
            {
                _text(k): {_text(a): _text(b) for a, b in v.items()}
                for k, v in made["words"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f"{APPROVALS} of this run was changed by hand and cannot be read.",
            fix="Delete it and let two people approve again.",
        ) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def write_approvals(folder: Path, held: Approvals) -> None:
    """Write the file."""
    with writable("run.disk.approvals"):
        partial = folder / f".{APPROVALS}.partial"
        write_json(
            partial,
            {
                "approvals": [asdict(a) for a in held.given],
                "advisory": held.advisory,
                "words": {k: dict(v) for k, v in held.words.items()},
            },
        )
        partial.replace(folder / APPROVALS)
