"""A written name cut into words: titles, particles, initials, hyphens, short forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from uncounted.names.fillers import is_placeholder
from uncounted.names.scripts import clean, fold, readings, script_of
from uncounted.names.tables import rows

__all__ = [
    "MAX_LETTERS",
    "MAX_WORDS",
    "ONLY_VIETNAMESE",
    "Word",
    "dropped",
    "is_placeholder",
    "split",
]

MAX_LETTERS = 160
"""A longer name is no person's name: it is compared letter by letter, never analysed."""
MAX_WORDS = 10
_BREAKS = re.compile(
    r"[^\w'’‘ʼʻ`´ʹ′.ªº\u0300-\u036f\u0900-\u097f\u0e00-\u0e7f\u1000-\u109f\uaa60-\uaa7f-]+|_"
)
_LEADING = frozenset(("de", "del", "dela", "delas", "delos", "van", "von"))
_HYPHENS = re.compile("[-‐-―−－·・]+")
_NOT_LETTERS = re.compile(r"[\d.]")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\"[^\"]*\"")


_LETTERED = frozenset(("cyrillic", "thai", "devanagari", "arabic"))
"""Other scripts in which a letter alone is an initial."""


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
    stopped
        Whether it is written with a full stop.
    toned
        Whether the words around it carry the marks of Vietnamese, so that one without has none.
    """

    text: str
    script: str
    latin: tuple[str, ...]
    marked: str
    romanian: str
    short: bool
    group: int = field(compare=False)
    particle: bool = field(compare=False)
    stopped: bool = field(default=False, compare=False)
    toned: bool = False

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Word(script={self.script!r}, letters={len(self.text)})"


@lru_cache(maxsize=1)
def _words_of_kind() -> dict[str, str]:
    return {word: kind for kind, word in rows("particles", 2)}


def dropped(word: str) -> bool:
    """Whether a folded Latin word is a title, which no name is read with."""
    return _words_of_kind().get(word) == "title"


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
    kind = _words_of_kind().get(latin[0] if latin and script == "latin" else letters.casefold())
    if kind == "title" and len(letters) > 1:
        return None
    return Word(
        letters,
        script,
        latin,
        letters.casefold() if script == "latin" else "",
        fold(letters, keep_romanian=True) if script == "latin" else "",
        (script == "latin" and (len(latin[0] if latin else "") == 1 or piece.endswith(".")))
        or (script in _LETTERED and len(letters) == 1),
        group,
        kind == "particle" and not piece.endswith("."),
        piece.endswith("."),
    )


ONLY_VIETNAMESE = frozenset("ảãạăằắẳẵặầấẩẫậẻẽẹềếểễệỉĩịỏõọồốổỗộơờớởỡợủũụưừứửữựỳỷỹỵđ")
"""Letters that no other culture writes."""
_OFTEN_BARE = frozenset(
    [
        "nguyen",
        "tran",
        "le",
        "pham",
        "huynh",
        "hoang",
        "phan",
        "vu",
        "vo",
        "dang",
        "bui",
        "do",
        "ho",
        "ngo",
        "duong",
        "ly",
        "thi",
        "van",
    ]
)
"""Family names and middle words that are typed without their marks, whatever stands beside them."""


def _toned(words: list[Word]) -> list[Word]:
    """Mark the words of a name in which Vietnamese marks are written: those without have none."""
    if not any(not ONLY_VIETNAMESE.isdisjoint(w.marked) for w in words):
        return words
    last = len(words) - 1
    return [
        w
        if w.script != "latin" or (w.marked.isascii() and k < last and w.latin[0] in _OFTEN_BARE)
        else replace(w, toned=True)
        for k, w in enumerate(words)
    ]


def _placed(words: list[Word]) -> tuple[Word, ...]:
    """Particles only where they can be one: never last, and first only "de", "van" and the like."""
    words = _toned(words)
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
