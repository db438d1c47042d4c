"""The pairs of records a person should look at, and what was decided about them.

A conversation, not one answer: whoever leads it (the terminal, an app) shows `pair` after `pair` and
gives each verdict to `decide`, which keeps it at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from uncounted.answers.links import HELP, Linked, LinkRequest, link_lists
from uncounted.answers.shape import Stages
from uncounted.errors import UsageError
from uncounted.linkage.decisions import Decision, append, read
from uncounted.linkage.latin import family_in_latin, given_in_latin

__all__ = ["Field", "Pair", "Review", "Verdict", "begin"]

Verdict = Literal["same", "different", "unsure"]
FIELDS = (
    ("given", "given name"),
    ("family", "family name"),
    ("birth", "birth"),
    ("gender", "gender"),
    ("citizenship", "citizenship"),
    ("area", "area"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """What two records hold under one heading; empty where one holds nothing."""

    title: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """Two records as a reviewer sees them: only what is compared, only what one of them has.

    Parameters
    ----------
    chance
        That they are one person.
    lists
        Whose records they are.
    fields
        What they hold. Names stand here: this is for one pair of eyes, never for a log.
    """

    chance: float
    lists: tuple[str, str]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Review:
    """Pairs to ask about, those nearest to an even chance first, those left as unsure last.

    Parameters
    ----------
    linked
        The linkage and its records.
    queue
        Candidate pairs, by their number.
    who
        Who decides, kept with every decision.
    """

    linked: Linked
    queue: tuple[int, ...]
    who: str

    def __len__(self) -> int:
        return len(self.queue)

    def pair(self, at: int) -> Pair:
        """Return the pair at a place of the queue."""
        found = self.linked.found
        number = self.queue[at]
        i, j = int(found.left[number]), int(found.right[number])
        fields = []
        for name, title in FIELDS:
            first, second = (self._value(record, name) for record in (i, j))
            if first or second:
                fields.append(Field(title, first, second))
        a, b = (found.lists[int(found.member[k])] for k in (i, j))
        return Pair(float(found.probability[number]), (a, b), tuple(fields))

    def decide(self, at: int, verdict: Verdict) -> None:
        """Keep a decision about the pair at a place of the queue."""
        hand = self.linked.hand
        assert hand is not None
        when = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
        first, second = self.linked.found.keys(self.queue[at])
        append(hand, Decision(first, second, verdict, self.who, when))

    def _value(self, record: int, name: str) -> str:
        """One field of one record as text, control characters taken out.

        A name in another script has its reading in Latin letters, which is what was compared,
        after it.
        """
        found = self.linked.found
        held = self.linked.records[int(found.member[record])]
        row = int(found.row[record])
        if name == "birth":
            precision = int(held.birth_precision[row])
            text = str(held.birth_date[row])[: (0, 4, 7, 10)[precision]]
            if not text and int(held.stated_age[row]) >= 0:
                text = f"age {int(held.stated_age[row])}"
        else:
            text = str(getattr(held, name)[row])
            if name in {"given", "family"} and not text.isascii():
                read_as = (given_in_latin if name == "given" else family_in_latin)(text)
                if read_as != text:
                    text = f"{text} ({read_as})"
        return "".join(c for c in text[:60] if c.isprintable())


def begin(
    request: LinkRequest, *, most: int = 20, who: str = "", progress: Stages | None = None
) -> Review:
    """Link a project's lists and put the doubtful pairs in a queue.

    Parameters
    ----------
    request
        The project; its draws are not used.
    most
        Most pairs to ask about.
    who
        Who decides.
    progress
        Hears of the reading.

    Raises
    ------
    UsageError
        If files are given: decisions are kept in a project.
    """
    if not request.of_project:
        raise UsageError("A review keeps its decisions in a project: give its folder.", fix=HELP)
    linked = link_lists(request, progress=progress, review=True)
    found = linked.found
    assert linked.hand is not None
    last = {(d.first, d.second) for d in read(linked.hand)}
    pairs = [int(p) for p in found.in_doubt(found.left.size)]
    seen = [p for p in pairs if found.keys(p) in last]
    fresh = [p for p in pairs if found.keys(p) not in last]
    return Review(linked, tuple((fresh + seen)[:most]), who)
