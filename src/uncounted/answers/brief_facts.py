"""From what a run published to the facts of its brief; nothing else of the project is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from uncounted.brief.facts import Facts, Group, Person, Span, Words
from uncounted.core.notes import Note, whole_note
from uncounted.errors import VerificationError
from uncounted.project.approvals import NEEDED, Approval, Approvals
from uncounted.project.released import Released

__all__ = ["facts_of"]


def facts_of(
    found: Released, held: Approvals, language: str, approved: Iterable[Approval] = ()
) -> Facts:
    """Read the facts.

    Parameters
    ----------
    found
        The run as published.
    held
        Words in other languages, and what a survivors' advisory said.
    language
        Whose words are taken.
    approved
        Approvals that count.

    Raises
    ------
    VerificationError
        If ``estimate.json`` is not what a run writes.
    """
    try:
        return _facts(found, held, language, approved)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise VerificationError(
            f"The figure of {found.run} is not as this version writes it.",
            fix="Run the project again with this version.",
        ) from None


def _facts(found: Released, held: Approvals, language: str, approved: Iterable[Approval]) -> Facts:
    e, settings = found.estimate, found.settings
    about = settings["project"]
    verdict = e["diagnostics"].get("verdict") or {}
    refused = e.get("refused")
    said = e.get("refused_note")
    own = held.words.get(language, {})
    rows = next((r for r in found.tables.get("rows", ()) if r.get("list") == "all"), {})
    lists = settings["lists"]
    return Facts(
        run=found.run,
        version=found.version,
        as_of=dt.date.fromisoformat(str(about["as_of"])),
        project=str(about["name"]),
        words=Words(
            own.get("title") or str(about.get("title") or ""),
            own.get("counts") or str(about.get("counts") or ""),
            own.get("where") or str(about.get("where") or ""),
            own.get("when") or str(about.get("when") or ""),
        ),
        lists=tuple(str(x.get("title") or x["name"]) for x in lists),
        lists_used=_lists_used(found, len(lists)),
        draws=int(settings["estimate"]["draws"]),
        threshold=int(settings["publish"]["threshold"]),
        level=str(verdict.get("level") or ""),
        point=e.get("point"),
        outer=_span(e.get("interval")),
        likely=_span(e.get("likely")),
        refused=None
        if refused is None
        else Note.from_dict(said)
        if said
        else whole_note(str(refused)),
        reasons=tuple(Note.from_dict(n) for n in verdict.get("notes") or ()),
        questions={str(q["name"]): str(q["answer"]) for q in verdict.get("questions") or ()},
        detected=e.get("detected"),
        groups={
            str(name): tuple(
                Group(
                    str(g["label"]),
                    g["detected"],
                    g["point"],
                    None if g["lower"] is None else Span(g["lower"], g["upper"]),
                )
                for g in of
            )
            for name, of in (e.get("groups") or {}).items()
        },
        rows_in=_count(rows.get("rows in")),
        not_released=_count(rows.get("not released")),
        draft=bool(settings.get("draft")),
        approved=tuple(
            Person(a.name, a.role, dt.date.fromisoformat(a.day)) for a in approved
        ),
        advisory=held.advisory,
        needed=NEEDED,
    )  # fmt: skip


def _lists_used(found: Released, most: int) -> int:
    """Count the lists of the overlap table: its columns but for the count."""
    rows = found.tables.get("overlap") or ()
    return len(rows[0]) - 1 if rows else most


def _span(made: Mapping[str, Any] | None) -> Span | None:
    if not made or made.get("lower") is None:
        return None
    return Span(made["lower"], made.get("upper"), made.get("level", 0.95))


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
