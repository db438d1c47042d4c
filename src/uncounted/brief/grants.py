"""What reports to two American funders ask for, as their public forms say, and what a run can give.

OVC: the Trafficking Information Management System (OMB 1121-0336). OTIP: the performance indicators of
TVAP (OMB 0970-0467) and DVHT (OMB 0970-0542). The forms are of each grantee's own clients; a run knows
who is on which list, from where, and in which form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from uncounted.brief.facts import Facts
from uncounted.brief.labels import group_label
from uncounted.brief.messages import say, write
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note

__all__ = ["FUNDERS", "Asked", "Funder", "grant_report", "grant_title"]

Funder = Literal["ovc", "otip"]
FUNDERS: tuple[str, ...] = get_args(Funder)
_NOT_KEPT: Mapping[str, tuple[str, ...]] = {
    "ovc": ("new", "age", "gender", "status", "services", "training"),
    "otip": ("entry", "age", "gender", "race", "status", "services", "closure", "training"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a report: what is asked, the number the run gives or ``None``, and what to mind."""

    asked: str
    given: str | None
    mind: str

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"asked": self.asked, "given": self.given, "mind": self.mind}


def grant_title(funder: str) -> str:
    """Say which report it is."""
    return say(Note(f"brief.grant.title.{funder}"))


def grant_report(
    f: Facts, funder: str, lists: Sequence[tuple[str, int | None]]
) -> tuple[Asked, ...]:
    """List what a report asks for.

    Parameters
    ----------
    f
        Of the run.
    funder
        Of `FUNDERS`.
    lists
        Title and people of each member's list; ``None`` where suppressed.
    """
    out = [_count(note("brief.grant.clients", list=t), n, "clients") for t, n in lists]
    out.append(_count(note("brief.grant.met"), f.detected, "met"))
    for g in f.groups.get("sector", ()):
        if g.detected != 0:
            asked = note("brief.grant.form", group=group_label(g.label))
            out.append(_count(asked, g.detected, "form"))
    for g in f.groups.get("origin", ()):
        if g.detected != 0:
            asked = note("brief.grant.origin", group=group_label(g.label))
            out.append(_count(asked, g.detected, "origin"))
    need = say(note("brief.grant.need"))
    if f.has_figure:
        figure = write(Number(f.point, "estimate"))
        out.append(Asked(need, figure, say(note("brief.grant.need.mind"))))
    else:
        out.append(Asked(need, None, say(note("brief.grant.need.none"))))
    reason = say(note("brief.grant.not-kept"))
    out += [Asked(say(Note(f"brief.grant.{k}")), None, reason) for k in _NOT_KEPT[funder]]
    return tuple(out)


def _count(asked: Note, people: int | None, mind: str) -> Asked:
    if people is None:
        return Asked(say(asked), None, say(note("brief.grant.held")))
    number = write(Number(people, "people"))
    return Asked(say(asked), number, say(Note(f"brief.grant.{mind}.mind")))
