"""What a reviewer is shown of two records and what is told of the answers: frozen, and never logged.

What records hold is in `Side` and `Field` alone, which have no JSON form and do not print it: it is for one
pair of eyes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from uncounted.answers.links import Linked
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.linkage.latin import family_in_latin, given_in_latin
from uncounted.linkage.likeness import FIELDS, Agreement, Likeness
from uncounted.linkage.questions import Range, Ranges
from uncounted.records.schema import Records

__all__ = ["Answered", "Field", "Gain", "Question", "Side", "Verdict", "fields_of", "side_of"]

Verdict = Literal["same", "different", "unsure", "all-same", "two-people"]
"""About the pair; or about everybody shown: all are one person, or those on the left are one and those
on the right another."""
TITLES = {
    "given": "given name",
    "family": "family name",
    "birth": "birth",
    "gender": "gender",
    "citizenship": "citizenship",
    "area": "area",
}
LONGEST = 60


@dataclass(frozen=True, slots=True, repr=False)
class Side:
    """One record as a reviewer sees it: only what is compared, and where to find it.

    Parameters
    ----------
    list, file, row
        Whose record it is, the name of the file, and its row there as a spreadsheet counts.
    case
        The list's own case number, to look it up; for the reviewer's own screen alone.
    values
        What the record holds, by the title of the field.
    """

    list: str
    file: str
    row: int
    case: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """What two records hold under one heading; empty where one holds nothing.

    Parameters
    ----------
    title
        The heading.
    first, second
        What they hold.
    agreement
        How that agrees.
    said
        The same in words, with how rare it is.
    """

    title: str
    first: str
    second: str
    agreement: Agreement
    said: tuple[Note, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """Two records, and whether they are one person.

    Parameters
    ----------
    number
        By which an answer names it.
    chance
        That they are one person, as far as is known.
    worth
        Share of the doubt about the figure that an answer is expected to take away.
    sides
        The two records.
    fields
        What they hold, side by side, with the reasons for and against.
    others
        Records that are taken for the same person as the first, and as the second: whoever else is
        like this.
    kin
        Whether much agrees but the given names are plainly two, as of twins or of brothers and sisters.
    left
        How many questions there are with this one.
    """

    number: int
    chance: float
    worth: float
    sides: tuple[Side, Side]
    fields: tuple[Field, ...]
    others: tuple[tuple[Side, ...], tuple[Side, ...]]
    kin: bool
    left: int

    @property
    def lists(self) -> tuple[str, str]:
        """Whose records they are."""
        return self.sides[0].list, self.sides[1].list

    @property
    def of_many(self) -> bool:
        """Whether more than two records are in question, so that one answer can be about all."""
        return any(self.others)


@dataclass(frozen=True, slots=True)
class Gain:
    """What the answers of this review did to the doubt.

    Parameters
    ----------
    answers
        Given so far.
    before, now
        Ranges at the beginning and now.
    """

    answers: int
    before: Ranges
    now: Ranges

    def to_dict(self) -> JSONObject:
        """JSON form; nothing of a record."""
        return {
            "answers": self.answers,
            "before": _ranges_json(self.before),
            "now": _ranges_json(self.now),
        }

    def told(self) -> tuple[Note, ...]:
        """Say it."""
        out = [_gained("answers.review.people", self.before.people, self.now.people, self.answers)]
        if self.before.total is not None and self.now.total is not None:
            out.append(
                _gained("answers.review.total", self.before.total, self.now.total, self.answers)
            )
        return tuple(out)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was kept.

    Parameters
    ----------
    question
        Its number.
    verdict
        As given.
    decisions
        Pairs it decided.
    spared
        Questions that need not be asked any more, as answers so far imply theirs.
    gain
        After every tenth answer; else ``None``.
    """

    question: int
    verdict: Verdict
    decisions: int
    spared: int
    gain: Gain | None


def side_of(linked: Linked, record: int) -> Side:
    """Show one record of a linkage."""
    held = linked.records[int(linked.found.member[record])]
    row = int(linked.found.row[record])
    values = ((TITLES[name], _value(held, row, name)) for name in FIELDS)
    return Side(
        held.list_name,
        linked.files.get(held.list_name, ""),
        int(held.row[row]),
        _printable(held.reference[row]),
        tuple((title, value) for title, value in values if value),
    )


def fields_of(first: Side, second: Side, likenesses: Sequence[Likeness]) -> tuple[Field, ...]:
    """Show two records side by side, with how they agree."""
    one, other = dict(first.values), dict(second.values)
    return tuple(
        Field(
            TITLES[k.field],
            one.get(TITLES[k.field], ""),
            other.get(TITLES[k.field], ""),
            k.agreement,
            _said(k),
        )
        for k in likenesses
    )


def _value(held: Records, row: int, name: str) -> str:
    """One field of one record as text, control characters taken out.

    A name in another script has its reading in Latin letters, which is what was compared,
    after it. An age stands with the day on which it was true.
    """
    if name == "birth":
        precision = int(held.birth_precision[row])
        text = str(held.birth_date[row])[: (0, 4, 7, 10)[precision]]
        if not text and int(held.stated_age[row]) >= 0:
            on = held.stated_on[row] if not np.isnat(held.stated_on[row]) else held.date[row]
            age = Number(int(held.stated_age[row]))
            dated = not np.isnat(on)
            text = str(
                note("answers.review.age", age=age, day=str(on))
                if dated
                else note("answers.review.age-undated", age=age)
            )
    else:
        text = str(getattr(held, name)[row])
        if name in {"given", "family"} and not text.isascii():
            read_as = (given_in_latin if name == "given" else family_in_latin)(text)
            if read_as != text:
                text = f"{text} ({read_as})"
    return _printable(text)


def _printable(text: object) -> str:
    return "".join(c for c in str(text)[:LONGEST] if c.isprintable())


def _said(likeness: Likeness) -> tuple[Note, ...]:
    """Say how a field agrees, and how rare that is."""
    out = [note(f"answers.review.how.{likeness.agreement}")]
    if likeness.holders > 2:
        one = round(likeness.known / likeness.holders)
        rare = note("answers.review.rare", one=Number(one))
        out.append(rare if one > 1 else note("answers.review.common"))
    elif likeness.holders:
        out.append(note("answers.review.alone", known=Number(likeness.known, "records")))
    return tuple(out)


def _gained(code: str, before: Range, now: Range, answers: int) -> Note:
    return note(
        code,
        answers=Number(answers),
        before=Number(before.width),
        now=Number(now.width),
        lower=Number(now.lower),
        upper=Number(now.upper),
    )


def _ranges_json(ranges: Ranges) -> JSONObject:
    def one(r: Range | None) -> JSONObject | None:
        return None if r is None else {"middle": r.middle, "lower": r.lower, "upper": r.upper}

    return {"people": one(ranges.people), "total": one(ranges.total)}
