"""Whether two names may be the same person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from uncounted.answers.shape import Column, Line, Rows, Stages, Told
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Number, note
from uncounted.errors import InputError
from uncounted.names import NameMatch, compare, normalise

__all__ = ["Culture", "NamePairAnswer", "NamePairRequest", "answer"]

Culture = Literal[
    "ko", "zh", "vi", "es", "tl", "ne", "th", "ro", "sl", "ar", "en", "fr", "pt", "yo", "my", "ja"
]
"""Korean, Chinese, Vietnamese, Spanish, Filipino, Nepali and Hindi, Thai, Romanian, Slavic, Arabic,
English, French with Haiti and West Africa, Portuguese, Yoruba and Igbo, Burmese, Japanese,
Indonesian."""


@dataclass(frozen=True, slots=True)
class NamePairRequest:
    """Two names in any script and either order, and the culture of both where it is known."""

    first: str
    second: str
    culture: Culture | None = None

    def __post_init__(self) -> None:
        """Check the culture."""
        if self.culture is not None and self.culture not in get_args(Culture):
            raise InputError(
                f"There are no rules for names of {self.culture!r}.",
                fix=f"Give one of {', '.join(get_args(Culture))}, or none.",
            )


@dataclass(frozen=True, slots=True)
class NamePairAnswer:
    """How two names compare. It holds the rule, not the names."""

    match: NameMatch

    @property
    def comparable(self) -> bool:
        """Whether both are names."""
        return self.match.comparable

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "same": self.match.same,
            "strength": self.match.strength,
            "rule": self.match.rule,
        }

    def rows(self) -> Rows:
        """Return one row."""
        found = self.match
        return Rows(
            (Column("same"), Column("strength", right=True), Column("rule")),
            ((found.same, found.strength, found.rule),),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        if not self.comparable:
            return (Line(note("answers.names.none")),)
        code = "answers.names.same" if self.match.same else "answers.names.other"
        return (
            Line(note(code, strength=Number(self.match.strength, digits=2))),
            Line(note("answers.names.rule", rule=self.match.reason)),
        )


def answer(request: NamePairRequest, *, progress: Stages | None = None) -> NamePairAnswer:
    """Compare two names."""
    culture = request.culture
    return NamePairAnswer(
        compare(normalise(request.first, culture), normalise(request.second, culture))
    )
