"""What of a note may be published, decided number by number and never by its sentence.

A number of people stands only where a table already shows that very number under that very name;
everything else about people is held back, and the note is then said without it. Figures that were
estimated are rounded as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from uncounted.core.notes import Note, Number
from uncounted.disclosure.rounding import rounded

__all__ = ["bare", "publishable"]


def publishable(said: Note, shown: Mapping[str, int | None]) -> Note:
    """Hold back every number of a note that nothing shown allows.

    Parameters
    ----------
    said
        The note.
    shown
        Counts that stand beside it, by the names numbers give themselves (`quantities`). A number of
        another value than the one shown is held back too: where a page goes on showing an earlier
        count, the difference would tell who came.

    Examples
    --------
    >>> from uncounted.core.notes import note
    >>> few = note("verdict.overlap.thin", shared=Number(14, "people", "shared"), asked=Number(30))
    >>> str(publishable(few, {"shared": 14}))
    'Only 14 people are on two lists or more (30 or more are needed).'
    >>> str(publishable(few, {}))
    'Few people are on two lists or more (30 or more are needed).'
    """

    def decide(number: Number) -> Number:
        if number.tells_people:
            there = shown.get(number.of)
            allowed = there is not None and (not number.of_people or number.value == there)
            return number if allowed else replace(number, value=None)
        if number.counts == "estimate" and number.value is not None:
            return replace(number, value=rounded(number.value), digits=0)
        # Beside its sentence a note is published as data: no more decimals there than are said.
        return number.as_written

    return said.map(decide)


def bare(said: Note, names: Collection[str]) -> bool:
    """Whether a note, with all notes in it, holds no number and no word but these names.

    For pages on which nothing made from the counts may stand: the program is public, so any number
    made from them could be made again from every table that agrees with the page.

    Examples
    --------
    >>> from uncounted.core.notes import note
    >>> bare(note("verdict.lists.three"), ()), bare(note("x", model="[12,3]"), ["a"])
    (True, False)
    """
    for part in said.parts():
        if part.numbers:
            return False
        for _, word in part.words:
            words = (word,) if isinstance(word, str) else word if isinstance(word, tuple) else ()
            if not set(words) <= set(names):
                return False
    return True
