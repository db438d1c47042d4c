"""What no data can tell about lists, asked in words: `Questions`.

Three things decide as much as the counts do, and leave no trace in them: whether some people could
be met by no list, whether being met by one list keeps people from the others, and whether the same
person was recognised on two lists. A figure is *supported* only where all three are answered, and
answered well; every other answer says in which direction the figure would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.errors import InputError

__all__ = ["Answer", "Matching", "Question", "Questions"]

Answer = Literal["no", "yes", "unknown"]
Matching = Literal["certain", "estimated", "unknown"]

_GROUP: dict[Answer, str] = {
    "no": "verdict.unreachable.no",
    "yes": "verdict.unreachable.yes",
    "unknown": "verdict.unreachable.unknown",
}
_LEAVES: dict[Answer, str] = {
    "no": "verdict.leaves-reach.no",
    "yes": "verdict.leaves-reach.yes",
    "unknown": "verdict.leaves-reach.unknown",
}
_MATCHING: dict[Matching, str] = {
    "certain": "verdict.matching.certain",
    "estimated": "verdict.matching.estimated",
    "unknown": "verdict.matching.unknown",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answer and what the answer means for the figure.

    Parameters
    ----------
    name
        Key of the question: the field of `Questions`.
    text
        The question in words, with examples.
    answer
        As given.
    means
        What it means: in which direction the figure would be wrong, or that it would not be.
    settled
        Whether the answer leaves the verdict as the counts make it.
    """

    name: str
    text: Note
    answer: str
    means: Note
    settled: bool

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "name": self.name,
            "text": str(self.text),
            "answer": self.answer,
            "means": str(self.means),
        }


@dataclass(frozen=True, slots=True)
class Questions:
    """Answers to the three questions that decide; each unanswered unless given.

    Parameters
    ----------
    unreachable_group
        Whether there is a group that none of the lists could meet. If so the figure does not count
        that group.
    leaves_reach
        Whether being met by one list keeps people from being met by another (rescued, detained,
        removed), or the lists serve separate areas or groups. If so the figure is too high.
    matching
        How sure it is who is the same person on two lists: ``"certain"`` where people checked every
        pair or a linkage run carries its doubt, ``"estimated"`` where a rule with a known error did.
        Missed matches make the figure too high, wrong ones too low.

    Raises
    ------
    InputError
        If an answer is none of those that may be given.

    Examples
    --------
    >>> Questions().settled
    False
    >>> Questions("no", "no", "certain").settled
    True
    >>> [q.name for q in Questions("no", "yes", "certain").open()]
    ['leaves_reach']
    """

    unreachable_group: Answer = "unknown"
    leaves_reach: Answer = "unknown"
    matching: Matching = "unknown"

    def __post_init__(self) -> None:
        """Check the answers."""
        for name in ("unreachable_group", "leaves_reach"):
            given = str(getattr(self, name))
            if given not in get_args(Answer):
                raise InputError(
                    f"The answer to {name} is not {given[:20]!r}.", fix="Answer no, yes or unknown."
                )
        if self.matching not in get_args(Matching):
            raise InputError(
                f"The answer to matching is not {str(self.matching)[:20]!r}.",
                fix="Answer certain, estimated or unknown.",
            )

    def __iter__(self) -> Iterator[Question]:
        """Yield the three questions in order."""
        group, leaves, matching = self.unreachable_group, self.leaves_reach, self.matching
        yield Question(
            "unreachable_group", note("verdict.question"), group, note(_GROUP[group]), group == "no"
        )
        yield Question(
            "leaves_reach",
            note("verdict.question.leaves-reach"),
            leaves,
            note(_LEAVES[leaves]),
            leaves == "no",
        )
        yield Question(
            "matching",
            note("verdict.question.matching"),
            matching,
            note(_MATCHING[matching]),
            matching == "certain",
        )

    def open(self) -> tuple[Question, ...]:
        """Questions whose answer caps the verdict."""
        return tuple(q for q in self if not q.settled)

    @property
    def settled(self) -> bool:
        """Whether no answer caps the verdict."""
        return not self.open()
