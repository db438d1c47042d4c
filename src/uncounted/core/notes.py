"""Reasons as data: a `Note` has a code, numbers that say what they count, and names.

Whoever knows a reason makes a note; `uncounted.disclosure` decides number by number what of it may
leave; `uncounted.brief` alone turns it into a sentence, in any language. Nothing reads sentences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from uncounted.errors import UncountedError

__all__ = ["Counts", "Note", "Number", "Word", "note", "series", "speak_with", "whole_note", "why"]

Counts = Literal[
    "people",
    "records",
    "estimate",
    "share",
    "factor",
    "level",
    "lists",
    "draws",
    "resamples",
    "years",
    "rank",
    "change",
    "number",
]
"""What a number is: people detected, records about people, people estimated, a part of one, a
ratio, a nominal coverage, lists, linkage or posterior draws, resamples, calendar years, a place in
an order, a difference that shows its sign, or a bare number such as a threshold."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a note.

    Parameters
    ----------
    value
        The number; ``None`` where it is held back to protect people.
    counts
        What it is; see `Counts`.
    of
        Which quantity it is, for whoever decides on disclosure: ``"observed"``, ``"shared"`` (people
        on two lists or more), ``"list:NAME"``, ``"cell:0110"``. Empty where there is no such name.
        A number that is none of people but would tell one, as a share of them does, names it too.
    digits
        Decimals to show.
    """

    value: float | None
    counts: Counts = "number"
    of: str = ""
    digits: int = 0

    @property
    def of_people(self) -> bool:
        """Whether it counts real people, so that a small value could point to one of them."""
        return self.counts in ("people", "records")

    @property
    def tells_people(self) -> bool:
        """Whether it needs leave to be shown: it counts people, or names a quantity it would tell."""
        return self.of_people or bool(self.of)

    @property
    def as_written(self) -> Number:
        """The number with no more decimals than are shown: equal where two sentences would be."""
        if self.value is None or not math.isfinite(self.value):
            return self
        if self.counts == "number" and not self.digits:
            return self
        places = self.digits + (2 if self.counts in ("share", "level") else 0)
        return replace(self, value=round(self.value, places))

    @property
    def held(self) -> bool:
        """Whether it is held back."""
        return self.value is None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"value": self.value, "counts": self.counts, "of": self.of, "digits": self.digits}

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Number:
        """Read the JSON form back."""
        if made["counts"] not in get_args(Counts):
            msg = f"a number cannot count {made['counts']!r}"
            raise ValueError(msg)
        return cls(made["value"], made["counts"], made["of"], made["digits"])


Word = "str | tuple[str, ...] | Note"
"""A name that stays as it is in every language (of a list, a method, a model), several of them, or
another note to be said in its place."""


@dataclass(frozen=True, slots=True)
class Note:
    """A reason, a caveat or a refusal as data.

    Parameters
    ----------
    code
        What is said, e.g. ``"verdict.overlap.few"``: the key of the message catalogue.
    numbers
        Names and numbers, in order; the first decides between singular and plural.
    words
        Names and what stands under them.

    Examples
    --------
    >>> made = note("verdict.overlap.few", shared=Number(8, "people", of="shared"))
    >>> made.number("shared").of_people
    True
    >>> Note.from_dict(made.to_dict()) == made
    True
    """

    code: str
    numbers: tuple[tuple[str, Number], ...] = ()
    words: tuple[tuple[str, str | tuple[str, ...] | Note], ...] = ()

    def number(self, name: str) -> Number:
        """Return one number by its name; `KeyError` where there is none."""
        return dict(self.numbers)[name]

    def word(self, name: str) -> str | tuple[str, ...] | Note:
        """Return one word by its name; `KeyError` where there is none."""
        return dict(self.words)[name]

    def parts(self) -> Iterator[Note]:
        """Every note in it: itself first, then those that stand under its words."""
        yield self
        for _, word in self.words:
            if isinstance(word, Note):
                yield from word.parts()

    @property
    def held(self) -> bool:
        """Whether any number of its own is held back; a note inside it says so itself."""
        return any(n.held for _, n in self.numbers)

    def map(self, change: Callable[[Number], Number]) -> Note:
        """Return the note with every number, also of notes inside it, put through ``change``."""
        return replace(
            self,
            numbers=tuple((k, change(n)) for k, n in self.numbers),
            words=tuple(
                (k, w.map(change) if isinstance(w, Note) else w) for k, w in self.words
            ),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """JSON form: lists, since the order of numbers counts and JSON's objects may be sorted."""
        return {
            "code": self.code,
            "numbers": [{"name": k, **n.to_dict()} for k, n in self.numbers],
            "words": [
                {
                    "name": k,
                    "word": w.to_dict()
                    if isinstance(w, Note)
                    else list(w)
                    if isinstance(w, tuple)
                    else w,
                }
                for k, w in self.words
            ],
        }

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Note:
        """Read the JSON form back."""
        return cls(
            made["code"],
            tuple((n["name"], Number.from_dict(n)) for n in made["numbers"]),
            tuple(
                (
                    given["name"],
                    cls.from_dict(w)
                    if isinstance(w := given["word"], Mapping)
                    else tuple(w)
                    if isinstance(w, list)
                    else str(w),
                )
                for given in made["words"]
            ),
        )

    def __str__(self) -> str:
        """Say it, in the language of whoever listens; by its code where nobody can say it."""
        return _speak(self)


def note(code: str, **parts: Number | str | tuple[str, ...] | Note) -> Note:
    """Make a note from its code and named numbers and words, in the order given.

    Examples
    --------
    >>> note("list.copy", lists=("shelter", "police")).words
    (('lists', ('shelter', 'police')),)
    """
    return Note(
        code,
        tuple((k, v) for k, v in parts.items() if isinstance(v, Number)),
        tuple((k, v) for k, v in parts.items() if not isinstance(v, Number)),
    )


def series(code: str, parts: Sequence[str | Note]) -> str | Note:
    """Chain parts by a joining code that has ``first`` and ``last``.

    Examples
    --------
    >>> str(series("words.semicolon", ["a", "b", "c"]))
    'a; b; c'
    """
    if not parts:
        return ""
    made = parts[-1]
    for part in reversed(parts[:-1]):
        made = note(code, first=part, last=made)
    return made


def whole_note(said: object) -> Note:
    """Give a note as it is, and plain text as a note that says just that."""
    return said if isinstance(said, Note) else note("words.text", text=str(said))


def why(error: UncountedError, *, advise: bool = False) -> Note:
    """Say what an error says, as a note; with what to do about it where ``advise`` is set.

    Examples
    --------
    >>> from uncounted.errors import Refusal
    >>> str(why(Refusal("No list.", fix="Add one."), advise=True))
    'No list. Add one.'
    """
    said = whole_note(error.said)
    if not advise or error.advice == "":
        return said
    return note("words.advice", what=said, do=whole_note(error.advice))


def _by_code(said: Note) -> str:
    return said.code


_speak: Callable[[Note], str] = _by_code


def speak_with(speaker: Callable[[Note], str]) -> None:
    """Give notes a voice for ``str()``. The package does this once, as it is the top of the house."""
    global _speak
    _speak = speaker
