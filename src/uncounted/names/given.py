"""Given names that are plainly two: Maria and Sabrina, not Maria and Marta, Maria and Guadalupe María.

What a record linkage needs of two given names beyond how near they are: whether anything at all could
make them one person's. Twins share a family name, a birth date, a sex and an area; their given names
are all that speaks, and they must speak against. A name that is near, short, an initial, a nickname,
a further given name or one of another naming custom (Mei Ling, called Amy) says nothing either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from uncounted.names import chinese, korean
from uncounted.names.jaro import edits, jaro_winkler
from uncounted.names.keys import NameKey, normalise
from uncounted.names.letters import CULTURES, coarse, known, pointed, spellings, word_agreement
from uncounted.names.parts import Word
from uncounted.names.weigh import COMMON_GIVEN

__all__ = ["GIVEN_OUTCOMES", "given_outcomes", "plainly_different"]

GIVEN_OUTCOMES = ("cannot say", "plainly different", "may be one")
"""What the numbers of `given_outcomes` mean, from -1 up."""

_NEAR = 0.8
"""Jaro-Winkler similarity from which two words may be one heard or written badly: strangers' given
names lie above it in fewer than 1 of 20 pairs, a name and the same with two slips nearly always."""
_BESIDE_MOST = frozenset((
    "thi", "van", "muhammad", "mohammed", "mohammad", "mohamed", "mohd", "md", "kumar", "kumari",
    "bahadur", "prasad", "devi", "begum", "bibi", "khatun", "singh", "kaur", "abdul", "bint", "ould",
))  # fmt: skip
"""Words that stand in so many given names that sharing them says nothing."""


def plainly_different(a: str | None, b: str | None) -> bool:
    """Whether two given names are plainly two people's: whatever else agrees, this speaks against.

    Parameters
    ----------
    a, b
        Given names alone, without the family name, in any script.

    Returns
    -------
    bool
        The same whichever comes first. False where either is missing, masked or an initial.

    Examples
    --------
    >>> plainly_different("Maria Fernanda", "Maria Jose"), plainly_different("Natalia", "Valentina")
    (True, True)
    >>> plainly_different("Guadalupe", "Lupita"), plainly_different("Sabita", "Sarita")
    (False, False)
    >>> (
    ...     plainly_different("M.", "Ana"),
    ...     plainly_different("Mei Ling", "Amy"),
    ...     plainly_different("민지", "수연"),
    ... )
    (False, False, True)
    """
    return _outcome(a, b) == 0


def given_outcomes(a: Sequence[str | None], b: Sequence[str | None]) -> NDArray[np.int8]:
    """Judge many pairs of given names; each pair of distinct names is judged once.

    Parameters
    ----------
    a, b
        Given names, pair ``k`` being ``a[k]`` and ``b[k]``.

    Returns
    -------
    numpy.ndarray
        int8 of shape (pairs,); -1, 0 and 1 as `GIVEN_OUTCOMES` says.

    Examples
    --------
    >>> given_outcomes(["Ana", "Ana", ""], ["Anna", "Teresa", "Ana"])
    array([ 1,  0, -1], dtype=int8)
    """
    done: dict[tuple[str | None, str | None], int] = {}
    out = np.empty(len(a), dtype=np.int8)
    for k, pair in enumerate(zip(a, b, strict=True)):
        found = done.get(pair)
        if found is None:
            found = done[pair] = _outcome(*pair)
        out[k] = found
    return out


def _outcome(a: str | None, b: str | None) -> int:
    x, y = normalise(a), normalise(b)
    if x.missing or y.missing or not x.words or not y.words:
        return -1
    if y.text < x.text:
        x, y = y, x
    return _judged(x, y)


@lru_cache(maxsize=1 << 17)
def _judged(x: NameKey, y: NameKey) -> int:
    a, b = _told(x), _told(y)
    if not a or not b:
        return -1
    if x.text == y.text:
        return 1
    if _in_syllables(x) and _in_syllables(y):
        if not _syllables_differ(x, y):
            return 1
        if not (_in_letters(x) and _in_letters(y)):
            return -1 if _english(x) != _english(y) else 0
    elif not (_in_letters(x) and _in_letters(y)):
        return -1  # a name in syllables and one in letters may be the given and the called name
    left = [w for w in a if not any(_may_be_one(w, v) for v in b)]
    right = [v for v in b if not any(_may_be_one(w, v) for w in a)]
    if left and right:
        shared = [w for w in a if w not in left]
        plain = not shared or all(_says_nothing(w) for w in shared) or len(a) == len(b)
        return 0 if plain else -1
    if len(a) + len(b) > 2 and not left and not right:
        return 1
    agreeing = [w for w in a if w not in left]
    if agreeing and all(_says_nothing(w) for w in agreeing):
        return -1
    return 1


def _told(x: NameKey) -> list[Word]:
    """Words that tell a person: no initials, no joining words."""
    return [
        w
        for w in x.words
        if not w.particle and len(w.latin[0] if w.latin else w.text) > (w.script == "latin")
    ]


def _says_nothing(word: Word) -> bool:
    return bool(word.latin) and (word.latin[0] in COMMON_GIVEN or word.latin[0] in _BESIDE_MOST)


def _in_syllables(x: NameKey) -> bool:
    """Whether a given name can be one of syllables: Korean, Chinese, Vietnamese."""
    if any(w.script in ("hangul", "han") for w in x.words):
        return True
    return bool(korean.given_ways(x.words) or chinese.given_ways(x.words) or x.vietnamese)


def _in_letters(x: NameKey) -> bool:
    """Whether a given name can be one of another custom, whose words are longer."""
    if any(w.script in ("hangul", "han") for w in x.words):
        return False
    known_there = all(w.latin and set(pointed(w.latin[0])) - {"vi"} for w in x.words)
    return known_there or not _in_syllables(x)


def _english(x: NameKey) -> bool:
    """Whether a given name is one that Chinese and Koreans take beside their own."""
    return any(w.latin and "en" in pointed(w.latin[0]) for w in x.words)


def _syllables_differ(x: NameKey, y: NameKey) -> bool:
    """Whether two given names of syllables differ in every way to read them."""
    if korean.agree(korean.given_ways(x.words), korean.given_ways(y.words))[0]:
        return False
    if chinese.agree(chinese.given_ways(x.words), chinese.given_ways(y.words))[0]:
        return False
    a, b = ([w for w in z.words if w is z.words[-1] or not _says_nothing(w)] for z in (x, y))
    shared = any(word_agreement(w, v, CULTURES).strength > 0 for w in a for v in b)
    if shared and not (len(a) == len(b) == 2):
        return False  # "Kim Hoa" may be Hoa; of Min-ji and Min-jung one syllable says nothing
    return not _heard_alike(x, y)


def _heard_alike(x: NameKey, y: NameKey) -> bool:
    """Whether the letters of the two are a slip or two apart."""
    one, two = ("".join(w.text.casefold() for w in z.words) for z in (x, y))
    if not one.isascii() and not two.isascii() and x.words[0].script == y.words[0].script:
        return False  # a syllable of Hangul or a character is no slip of another
    a, b = ("".join(spellings(w)[0] if spellings(w) else "" for w in z.words) for z in (x, y))
    return not a or not b or edits(a, b) < 2 or a.startswith(b) or b.startswith(a)


def _may_be_one(w: Word, v: Word) -> bool:
    """Whether anything could make two words one name: spelling, short form, a slip, a piece of it."""
    xs, ys = spellings(w), spellings(v)
    if xs and ys and any(_near(x, y) for x in xs for y in ys):
        return True
    # Asked last: it reads both words by the rules of fifteen cultures.
    if word_agreement(w, v, CULTURES).strength > 0:
        return True
    return not (xs and ys) and w.script != v.script


def _near(x: str, y: str) -> bool:
    short, long = sorted((x, y), key=len)
    if len(short) < 3:
        return long.startswith(short[:1]) or short in long
    if short in long or short[:3] == long[:3] or (len(short) > 3 and short[-4:] == long[-4:]):
        return not (known(x) and known(y) and short not in long and short[:3] != long[:3])
    if len(short) <= 4 and len(long) >= 7 and {*pointed(x), *pointed(y)} & {"th"}:
        return True  # Thais go by a short name that has nothing to do with the long one
    if coarse(x.replace("x", "ks")) == coarse(y.replace("x", "ks")):
        return True
    return jaro_winkler(x, y) >= _NEAR or edits(x, y) <= max(1, len(short) // 3)
