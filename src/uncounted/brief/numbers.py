"""Numbers as they stand in a text: found, read back, and marked with what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from uncounted.brief.messages import say, write
from uncounted.core.notes import Note, Number

__all__ = ["Mark", "Said", "Token", "marked", "plain_said", "readings", "tokens", "value"]

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.,:/#-])[+-]?\d{1,3}(?:[.,'\u2019\u00a0\u202f]\d{3})+(?:[.,]\d+)?%?(?![A-Za-z0-9_-]|[.,]\d)"
    r"|(?<![A-Za-z0-9_.,:/#-])[+-]?\d+(?:[.,]\d+)?\s?%?(?![A-Za-z0-9_-]|[.,]\d)"
)
"""A number that stands by itself: not part of a word, a name of a run, a date in figures or a version."""


def value(text: str) -> frozenset[float]:
    """Read a number as our pages write it in every language: 1,440.5; empty where it is none.

    Examples
    --------
    >>> value("1,440"), value("12%"), value("0.4")
    (frozenset({1440.0}), frozenset({12.0}), frozenset({0.4}))
    """
    whole = _digits(text).strip().lstrip("+").rstrip("% ").replace(",", "")
    return frozenset((float(whole),)) if re.fullmatch(r"-?\d+(?:\.\d+)?", whole) else frozenset()


@dataclass(frozen=True, slots=True)
class Token:
    """A number of a text: where it stands and how it is written."""

    start: int
    end: int
    text: str


def tokens(text: str) -> Iterator[Token]:
    """Yield every number of a text.

    Examples
    --------
    >>> [t.text for t in tokens("about 1,440 (1.080 to 2’460) in run 2026-06-30-73a9, 12%")]
    ['1,440', '1.080', '2’460', '12%']
    """
    for found in _NUMBER.finditer(_digits(text)):
        whole = text[found.start() : found.end()].rstrip()
        yield Token(found.start(), found.start() + len(whole), whole)


def _digits(text: str) -> str:
    """Figures of every script as 0 to 9, letter by letter, so that places stay."""
    return "".join(
        c if c.isascii() else str(unicodedata.digit(c)) if unicodedata.digit(c, None) is not None and c.isdecimal()
        else "," if c == "\uff0c" else "." if c == "\uff0e" else "%" if c == "\uff05" else c
        for c in text
    )  # fmt: skip


def readings(text: str) -> frozenset[float]:
    """Read a number in every way it may be meant: thousands and decimals are marked differently from country to country.

    Examples
    --------
    >>> sorted(readings("1.234")), sorted(readings("1,440")), sorted(readings("12%")), readings("x")
    ([1.234, 1234.0], [1.44, 1440.0], [12.0], frozenset())
    """
    whole = re.sub(r"[\s\u00a0\u202f'\u2019%+]", "", _digits(text))
    sign = -1.0 if whole.startswith("-") else 1.0
    whole = whole.removeprefix("-")
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", whole):
        return frozenset()
    found = set()
    for group, point in ((",", "."), (".", ",")):
        parts = whole.split(point)
        thousands = parts[0].split(group)
        grouped = len(thousands) == 1 or (
            len(thousands[0]) <= 3 and all(len(t) == 3 for t in thousands[1:])
        )
        if len(parts) <= 2 and grouped and group not in "".join(parts[1:]):
            found.add(
                sign * float("".join(thousands) + "." + (parts[1] if len(parts) == 2 else "0"))
            )
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of a sentence, and which it is."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence whose numbers are known: their places, in order, and keys."""

    text: str
    marks: tuple[Mark, ...] = ()

    def pieces(self) -> Iterator[tuple[str, str]]:
        """Yield text and key, piece by piece; the key is empty between the numbers."""
        at = 0
        for m in self.marks:
            if m.start > at:
                yield self.text[at : m.start], ""
            yield self.text[m.start : m.end], m.key
            at = m.end
        if at < len(self.text):
            yield self.text[at:], ""

    def __str__(self) -> str:
        return self.text


def plain_said(text: str, key: str = "") -> Said:
    """Mark every number of words that the coalition wrote itself, by one key."""
    return Said(text, tuple(Mark(t.start, t.end, key) for t in tokens(text)) if key else ())


def marked(note: Note, *, words: str = "") -> Said:
    """Say a note and mark its numbers, by what each is a number ``of``.

    Parameters
    ----------
    note
        Its numbers say in ``of`` which they are; notes inside it too.
    words
        Key of numbers in names that stand in it.
    """
    text = say(note)
    taken: list[Mark] = []
    standing = list(tokens(text))
    every = sorted(_numbers(note), key=lambda n: -len(write(n)))
    # A number of which a sentence speaks twice is marked twice, by the second round.
    for number in (*every, *every, *every):
        written = write(number)
        at = next(
            (
                t
                for t in standing
                if t.text == written and not any(m.start == t.start for m in taken)
            ),
            None,
        )
        if at is not None:
            taken.append(Mark(at.start, at.end, number.of))
    if words:
        taken += [
            Mark(t.start, t.end, words)
            for t in standing
            if not any(m.start == t.start for m in taken)
        ]
    return Said(text, tuple(sorted(taken, key=lambda m: m.start)))


def _numbers(note: Note) -> Iterable[Number]:
    for part in note.parts():
        for _, number in part.numbers:
            if not number.held and number.of:
                yield number
