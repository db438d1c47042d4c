"""A written name cut into words: titles, particles, initials, hyphens, short forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from uncounted.names.scripts import clean, fold, readings, script_of
from uncounted.names.tables import rows

__all__ = ["MAX_LETTERS", "MAX_WORDS", "Word", "is_placeholder", "split"]

MAX_LETTERS = 160
"""A longer name is no person's name: it is compared letter by letter, never analysed."""
MAX_WORDS = 10
_LONGEST = 40
"""Longer than anything that is written where a name is not known."""
_BREAKS = re.compile(r"[^\w'’‘ʼʻ`´ʹ′.ªº\u0300-\u036f\u0900-\u097f\u0e00-\u0e7f-]+|_")
_LEADING = frozenset(("de", "del", "dela", "delas", "delos", "van", "von"))
_HYPHENS = re.compile("[-‐-―−－·・]+")
_NOT_WORDS = re.compile(r"[\W_]+")
_NOT_LETTERS = re.compile(r"[\d.]")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name.

    Parameters
    ----------
    text
        As written, cleaned.
    script
        Script, as `scripts.script_of` names it.
    latin
        Latin readings, folded, the likeliest first; one for a Latin word.
    marked
        Lower case with the marks kept (Latin words only).
    romanian
        Folded with the Romanian letters kept (â as î).
    short
        Whether it is an initial or ends in a full stop.
    group
        Words joined by hyphens or written as one carry one number.
    particle
        Whether it is a word that joins names ("de la") and is often dropped.
    """

    text: str
    script: str
    latin: tuple[str, ...]
    marked: str
    romanian: str
    short: bool
    group: int = field(compare=False)
    particle: bool = field(compare=False)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Word(script={self.script!r}, letters={len(self.text)})"


@lru_cache(maxsize=1)
def _words_of_kind() -> dict[str, str]:
    return {word: kind for kind, word in rows("particles", 2)}


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return frozenset(text for (text,) in rows("no_names", 1))


@lru_cache(maxsize=1)
def _beside() -> frozenset[str]:
    return frozenset(text for (text,) in rows("no_names_beside", 1))


def is_placeholder(text: str) -> bool:
    """Whether a text stands for a name that is not known.

    Examples
    --------
    >>> is_placeholder("Unknown"), is_placeholder("N/A"), is_placeholder("Ana Lopez")
    (True, True, False)
    >>> is_placeholder("unknown female #2"), is_placeholder("Ana Unknown")
    (True, False)
    """
    if len(text) > _LONGEST:
        return False
    plain = text.isascii() and text.isprintable()
    words = [x for x in _NOT_WORDS.split((text if plain else clean(text)).casefold()) if x]
    if plain and all(map(str.isalpha, words)):
        latin = " ".join(words)  # what the next line would give, at a tenth of its time
    else:
        latin = " ".join(fold(w) if script_of(w) == "latin" else w for w in words)
    none = _no_names()
    if latin in none or "".join(words) in none:
        return True
    rest = " ".join(w for w in latin.split() if not w.isdigit() and w not in _beside())
    return len(rest) > 1 and rest != latin and rest in none


def split(text: str) -> tuple[Word, ...]:
    """Words of a name, "Family, Given" turned round; nothing for what holds no letters.

    Examples
    --------
    >>> [w.latin[0] for w in split("Cruz, Ma. Cristina dela")]
    ['ma', 'cristina', 'dela', 'cruz']
    """
    text = clean(text)
    if len(text) > MAX_LETTERS:
        return ()
    text = _ASIDE.sub(" ", text) or text
    for comma in (",", "，", "、"):
        if text.count(comma) == 1:
            family, given = text.split(comma)
            if fold(given).strip() not in ("jr", "sr", "ii", "iii", "iv", ""):
                text = f"{given} {family}"
    out: list[Word] = []
    for group, chunk in enumerate(x for x in _BREAKS.split(text) if x):
        for piece in _pieces(chunk):
            word = _word(piece, group)
            if word is not None:
                out.append(word)
            if len(out) > MAX_WORDS:
                return _placed(out)
    return _placed(out)


@lru_cache(maxsize=1 << 16)
def _word(piece: str, group: int) -> Word | None:
    """One word of a name; ``None`` for a title and for what holds no letters."""
    letters = _NOT_LETTERS.sub("", piece)
    script = script_of(letters)
    if script == "none":
        return None
    latin = (fold(letters),) if script == "latin" else readings(letters)
    latin = tuple(x for x in latin if x)
    kind = _words_of_kind().get(latin[0]) if latin and script == "latin" else None
    if kind == "title" and len(latin[0]) > 1:
        return None
    return Word(
        letters,
        script,
        latin,
        letters.casefold() if script == "latin" else "",
        fold(letters, keep_romanian=True) if script == "latin" else "",
        script == "latin" and (len(latin[0] if latin else "") == 1 or piece.endswith(".")),
        group,
        kind == "particle" and not piece.endswith("."),
    )


def _placed(words: list[Word]) -> tuple[Word, ...]:
    """Particles only where they can be one: never last, and first only "de", "van" and the like."""
    last = len(words) - 1
    out = []
    for i, w in enumerate(words):
        if w.particle and (i == last or (i == 0 and w.latin[0] not in _LEADING)):
            w = replace(w, particle=False)
        out.append(w)
    return tuple(out)


@lru_cache(maxsize=1 << 16)
def _pieces(chunk: str) -> tuple[str, ...]:
    """Split at hyphens, at full stops inside ("Ma.Luisa") and where the script changes."""
    if chunk.isascii() and chunk.isalpha():
        return (chunk,)
    out: list[str] = []
    for part in _HYPHENS.split(chunk):
        for bit in re.findall(r"[^.]+\.?|\.", part):
            start = 0
            for i in range(1, len(bit)):
                before, after = script_of(bit[i - 1]), script_of(bit[i])
                if before != after and "none" not in (before, after):
                    out.append(bit[start:i])
                    start = i
            out.append(bit[start:])
    return tuple(x for x in out if x)
