"""What a brief may say: numbers that the run published, and the words of the coalition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from uncounted.core.notes import Note

__all__ = ["Facts", "Group", "Person", "Span", "Words"]


@dataclass(frozen=True, slots=True)
class Span:
    """A range of people; no upper end where the lists set none."""

    low: float
    high: float | None
    level: float = 0.95

    def same(self, other: Span | None) -> bool:
        """Whether both have the same ends."""
        return other is not None and (self.low, self.high) == (other.low, other.high)


@dataclass(frozen=True, slots=True)
class Group:
    """A group as published: ``None`` where a count is suppressed or there is no figure."""

    label: str
    detected: int | None
    point: float | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who approved."""

    name: str
    role: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the coalition, in the language of the brief."""

    title: str = ""
    whom: str = ""
    where: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a brief is made of.

    Parameters
    ----------
    run, version, as_of
        Id of the run, version of the program that made it, the day its data were judged on.
    project
        The coalition's name.
    words
        Title, whom, where, when.
    lists
        Titles of the members' lists.
    lists_used
        How many lists the figure rests on.
    draws
        Equally likely answers to who is the same person.
    threshold
        The smallest count that is shown.
    level
        The verdict.
    point, outer, likely
        The figure and its two ranges; ``None`` where there is none.
    refused, reasons
        Why there is none; what the verdict rests on.
    questions
        Answers to what no data can tell, by the question's name.
    detected
        People on at least one list; ``None`` where suppressed.
    groups
        By breakdown, ``"origin"`` and ``"sector"``, in the order of the run's page.
    rows_in, not_released
        Records in all and those without a release; ``None`` where not shown.
    draft
        Whether the run itself was made as a draft.
    approved
        People who approved just this content.
    advisory
        What a survivors' advisory said; empty where none was asked.
    """

    run: str
    version: str
    as_of: dt.date
    project: str
    words: Words
    lists: tuple[str, ...]
    lists_used: int
    draws: int
    threshold: int
    level: str
    point: float | None
    outer: Span | None
    likely: Span | None
    refused: Note | None
    reasons: tuple[Note, ...]
    questions: Mapping[str, str]
    detected: int | None
    groups: Mapping[str, tuple[Group, ...]]
    rows_in: int | None = None
    not_released: int | None = None
    draft: bool = False
    approved: tuple[Person, ...] = ()
    advisory: str = ""
    needed: int = field(default=2)

    @property
    def has_figure(self) -> bool:
        """Whether a figure may stand on the brief: one that was not refused and is supported."""
        return (
            self.refused is None
            and self.point is not None
            and self.outer is not None
            and self.level in ("supported", "supported with caution")
        )

    @property
    def is_draft(self) -> bool:
        """Whether it is marked a draft: until enough people have approved it."""
        return self.draft or len(self.approved) < self.needed
