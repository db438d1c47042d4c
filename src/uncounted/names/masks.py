"""Masked names: 김○○, 김모씨, 王某, M*** L***, FNU Singh, Baby Girl Lopez show a part and hide the rest.

What is shown is kept and compared; two masked names are never equal names, since a whole city of Kims
of three syllables is written 김○○, and what is hidden contradicts nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from uncounted.names.fillers import beside_words, says_nothing

__all__ = ["HIDDEN", "Mask", "shown", "unmask"]

HIDDEN = "○"
"""Stands for one hidden syllable."""


@dataclass(frozen=True, slots=True, repr=False)
class Mask:
    """What a masked name shows.

    Parameters
    ----------
    text
        For a name of letters: its shown words, a word cut short ending in a full stop; ``""`` if none.
    pattern
        For a name in Hangul or characters: one sign a syllable, ``○`` for a hidden one.
    open_ended
        Whether the pattern may hide any number of syllables (김모씨, 王某).
    """

    text: str
    pattern: str = ""
    open_ended: bool = False


_SIGNS = "○◯〇●◎*＊△▲▽▼□■☆★◇◆×✕✖※♡"
_HIDING = re.compile(rf"[{_SIGNS}]")
_EAST = "가-힣一-鿿"
_EAST_MASK = re.compile(
    rf"^([{_EAST}]{{0,3}})\s?((?:[{_SIGNS}ㅇᄋㅁᄆㅡ?#_-]|[OoXx0Ｏ]+(?![a-zA-Z]))+)\s?([{_EAST}]{{0,3}})$"
)
_SOMEBODY = re.compile(
    r"^([가-힣]{1,2})\s?(?:모(?:\s?(?:씨|양|군|님|여인|할머니|여성|남성))?|씨|양|군|여사|할머니|아무개)$"
)
_SOME_HAN = re.compile(r"^([一-鿿]{1,2}?)(某{1,3}|氏|先生|小姐|女士|太太|夫人|さん|様)$")
_AGE = re.compile(
    r"\s*[(（,]?\s*(?:가명|여|남|女|男)?\s*[,·]?\s*\d{0,3}\s*(?:세|岁|歲)?\s*[)）]\s*$"
)
_CUT = re.compile(
    rf"^([^\W\d_]{{0,5}}?)(?:[{_SIGNS}#]+|[.…]{{2,}}|[_–—-]{{2,}}|(?<=[A-ZÀ-Þ])x{{2,}}|(?<=[A-ZÀ-Þ])X{{3,}})([^\W\d_]{{0,3}})$"
)
_NEWBORN = re.compile(
    r"^(?:baby[\s-]+(?:girl|boy)(?:\s+(?:[ab12]|one|two))?|newborn(?:\s+(?:girl|boy))?|infant(?:\s+(?:girl|boy))?|neonate|"
    r"(baby\s+of|b/o|infant\s+of|newborn\s+of|(?:son|daughter|child|mother|wife|sister|brother)\s+of|"
    r"hij[ao]\s+de|rn\s+de|beb[eé]\s+de|filh[ao]\s+de|fill?e\s+de|fils\s+de)|"
    r"reci[eé]n\s+nacid[ao](\s+de)?)\s+(?=\S)",
    re.IGNORECASE,
)
_HINT = re.compile(rf"[{_SIGNS}#?_ㅇᄋㅁᄆ]|\.\.|--|[–—]|xx", re.IGNORECASE)


def unmask(text: str) -> Mask | None:
    """Read what a masked name shows; ``None`` for a name that hides nothing.

    Parameters
    ----------
    text
        A cleaned name, capitals kept.

    Examples
    --------
    >>> unmask("김○○").pattern, unmask("김모씨").open_ended, unmask("M*** Lopez").text
    ('김○○', True, 'M. Lopez')
    >>> unmask("FNU Singh").text, unmask("Ana Lopez") is None
    ('Singh', True)
    """
    if text.isascii() and not _HINT.search(text) and not _says(text):
        return None
    return _unmask(text)


def shown(part: str) -> str:
    """Give a part of a name less what it hides; ``""`` where initials or a mask are all there is.

    Parameters
    ----------
    part
        A given or a family name as written.

    Examples
    --------
    >>> shown("Maria ***"), shown("M***"), shown("김○○"), shown("L."), shown("Ana Lopez")
    ('Maria', '', '', '', 'Ana Lopez')
    """
    if len(part) < 3 or "." in part:
        words = part.replace(".", " ").split()
        if (
            all(len(w) == 1 for w in words)
            and part.isascii()
            and ("." in part or part.casefold() not in _VOWELS)
        ):
            return ""
    mask = unmask(part)
    if mask is None:
        return part
    return " ".join(w for w in mask.text.split() if not w.endswith("."))


_VOWELS = frozenset("aeiouy")


def _says(text: str) -> bool:
    """Whether a word of an ASCII text stands for a hidden name: a quick look."""
    words = text.lower().replace(",", " ").split()
    return bool(words) and (
        words[0] in _FIRST
        or words[-1] in ("x", "x.")
        or not beside_words().isdisjoint(words)
        or _DOUBLED.search(text) is not None
    )


_DOUBLED = re.compile(r"\b(\w)\1", re.IGNORECASE)
_FIRST = frozenset(
    [
        "baby",
        "newborn",
        "infant",
        "neonate",
        "b/o",
        "son",
        "daughter",
        "child",
        "mother",
        "wife",
        "sister",
        "brother",
        "hija",
        "hijo",
        "rn",
        "bebe",
        "filha",
        "filho",
        "fille",
        "fils",
        "recien",
    ]
)


@lru_cache(maxsize=1 << 14)
def _unmask(text: str) -> Mask | None:
    east = _east(text)
    if east is not None:
        return east
    born = _NEWBORN.match(text)
    hidden = born is not None
    words = text[born.end() :].split() if born else text.split()
    if born and (born[1] or born[2]):
        words = words[-1:]  # the child's family name may be the mother's; her given name is hers
    out: list[str] = []
    for word in words:
        core = word.strip(",;:()")
        cut = _CUT.match(core)
        if cut is not None and (core.strip("-_") or len(core) > 1):
            hidden = True
            if cut[1]:
                out.append(f"{cut[1]}." + ("," if word.endswith(",") else ""))
        elif (len(words) > 1 and says_nothing(core)) or (
            len(words) == 2 and out and core in ("X", "X.")
        ):
            hidden = True
        else:
            out.append(word)
    return Mask(" ".join(out).strip(" ,")) if hidden else None


def _east(text: str) -> Mask | None:
    """Read a masked name in Hangul or characters."""
    if text.isascii():
        return None
    bare = _AGE.sub("", text) or text
    found = _EAST_MASK.match(bare)
    if found and (found[1] or found[3]):
        return Mask("", found[1] + HIDDEN * len(found[2].replace(" ", "")) + found[3])
    for pattern in (_SOMEBODY, _SOME_HAN):
        found = pattern.match(bare)
        if found:
            return Mask("", found[1], open_ended=True)
    return None
