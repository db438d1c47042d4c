"""Korean names: every romanisation read back into Hangul syllables.

A Latin spelling stands for a set of syllables ("Jung" for 정 and 중), found from the letter table
(Revised Romanisation, McCune-Reischauer without its marks, passport habits). Two spellings may be one
name when their sets meet in every syllable: family name and given name both.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from uncounted.names.parts import Word
from uncounted.names.tables import rows

__all__ = [
    "Korean", "agree", "family_spellings", "given_ways", "given_words", "read", "romanise", "spelled",
]  # fmt: skip

_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_CODAS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_LONGEST = 7

Syllable = frozenset[str]


@dataclass(frozen=True, slots=True)
class Korean:
    """One way to read a name as Korean.

    Parameters
    ----------
    family
        Family names in Hangul it may be; empty where the name has none.
    given
        One set of syllables in Hangul per syllable of the given name.
    exact
        Whether the name was written in Hangul.
    """

    family: frozenset[str]
    given: tuple[Syllable, ...]
    exact: bool


def parts_of(syllable: str) -> tuple[str, str, str]:
    """Onset, vowel and coda letters of one Hangul syllable (jamo arithmetic).

    Examples
    --------
    >>> parts_of("민")
    ('ㅁ', 'ㅣ', 'ㄴ')
    """
    o = ord(syllable) - 0xAC00
    return _ONSETS[o // 588], _VOWELS[o % 588 // 28], _CODAS[o % 28].strip()


@lru_cache(maxsize=1)
def _jamo() -> dict[tuple[str, str], tuple[str, ...]]:
    return {(part, jamo): tuple(x.split()) for part, jamo, x in rows("korean_jamo", 3)}


def _spellings(syllable: str) -> set[str]:
    table = _jamo()
    onset, vowel, coda = parts_of(syllable)
    onsets = [x.replace("-", "") for x in table["onset", onset]]
    codas = table.get(("coda", coda), ("",))
    out = set()
    for start, form, end in product(onsets, table["vowel", vowel], codas):
        middle, _, when = form.partition(":")
        if ("+" in when and not end) or ("-" in when and end) or ("^" in when and not start):
            continue
        out.add(start + middle + end)
    return out


@lru_cache(maxsize=1)
def _syllables() -> dict[str, Syllable]:
    """Latin spelling to the given-name syllables it may stand for."""
    found: dict[str, set[str]] = {}
    for syllable, also, never in rows("korean_syllables", 3):
        for spelling in (_spellings(syllable) | set(also.split())) - set(never.split()):
            found.setdefault(spelling, set()).add(syllable)
    return {k: frozenset(v) for k, v in found.items()}


@lru_cache(maxsize=1)
def _families() -> tuple[dict[str, frozenset[str]], frozenset[str], dict[str, frozenset[str]]]:
    """Latin spelling, Hangul and Hanja to family names in Hangul."""
    latin: dict[str, set[str]] = {}
    hanja: dict[str, set[str]] = {}
    hangul = set()
    for name, characters, spellings in rows("korean_surnames", 3):
        hangul.add(name)
        for c in characters.split():
            hanja.setdefault(c, set()).add(name)
        for x in spellings.split():
            folded = "".join(
                c for c in unicodedata.normalize("NFD", x) if c.isalpha() and ord(c) < 128
            )
            latin.setdefault(folded, set()).add(name)
    return (
        {k: frozenset(v) for k, v in latin.items()},
        frozenset(hangul),
        {k: frozenset(v) for k, v in hanja.items()},
    )


@lru_cache(maxsize=1)
def _hanja_given() -> dict[str, Syllable]:
    found: dict[str, set[str]] = {}
    for char, trad, _, _, korean in rows("han_given", 5):
        if korean and all("가" <= c <= "힣" for c in korean):
            for c in (char, trad):
                found.setdefault(c, set()).add(korean)
                if korean[0] in _WRITTEN_AT_START:
                    found[c].add(_WRITTEN_AT_START[korean[0]])
    return {k: frozenset(v) for k, v in found.items()}


_WRITTEN_AT_START = {
    "려": "여", "련": "연", "렬": "열", "령": "영", "례": "예", "류": "유", "륭": "융", "리": "이",
    "림": "임", "로": "노", "란": "난", "래": "내", "룡": "용", "륜": "윤", "녀": "여", "량": "양",
}  # fmt: skip


def family_spellings(hangul: str) -> tuple[str, ...]:
    """Latin spellings in use of a Korean family name, the Revised one first."""
    for name, _, spellings in rows("korean_surnames", 3):
        if name == hangul:
            return tuple(spellings.split())
    return ()


@lru_cache(maxsize=16384)
def given_words(word: str) -> tuple[tuple[Syllable, ...], ...]:
    """Ways to cut a folded Latin word into at most two given-name syllables (three if none)."""
    table = _syllables()
    one: list[tuple[Syllable, ...]] = [(table[word],)] if word in table else []
    two: list[tuple[Syllable, ...]] = [
        (table[word[:i]], table[word[i:]])
        for i in range(1, min(len(word), _LONGEST))
        if word[:i] in table and word[i:] in table
    ]
    return tuple(one + two)


def spelled(word: str) -> bool:
    """Whether a folded Latin word may be a Korean family name or the syllables of a given one."""
    return word in _families()[0] or bool(given_words(word))


_NORTHERN = {
    "리": "이",
    "림": "임",
    "량": "양",
    "로": "노",
    "려": "여",
    "련": "연",
    "렴": "염",
    "룡": "용",
    "라": "나",
}
"""Family names as written in the North, and in the South."""


def _spoken(name: str) -> frozenset[str]:
    """Give a family name in Hangul, with its southern form where it is a northern one."""
    return frozenset((name, _NORTHERN.get(name, name)))


def _family_of(word: Word) -> frozenset[str]:
    latin, hangul, hanja = _families()
    if word.script == "latin":
        return latin.get(word.latin[0], frozenset()) if word.latin else frozenset()
    if word.script == "hangul":
        return _spoken(word.text) if _spoken(word.text) & hangul else frozenset()
    if word.script == "han":
        return hanja.get(word.text, frozenset())
    return frozenset()


def _rank(names: frozenset[str]) -> int:
    """How common the commonest of some family names is: 0 for the first of the table."""
    order = _order()
    return min((order[n] for n in names), default=10**6)


@lru_cache(maxsize=1)
def _order() -> dict[str, int]:
    return {name: i for i, (name, _, _) in enumerate(rows("korean_surnames", 3))}


def _given_of(words: tuple[Word, ...]) -> list[tuple[Syllable, ...]]:
    """Ways to read the words of a given name as one or two syllables (rarely three)."""
    ways: list[tuple[Syllable, ...]] = [()]
    for w in words:
        if w.script == "latin":
            cuts: tuple[tuple[Syllable, ...], ...] = given_words(w.latin[0]) if w.latin else ()
        elif w.script == "hangul":
            cuts = (tuple(frozenset((c,)) for c in w.text),)
        elif w.script == "han":
            table = _hanja_given()
            sets = tuple(table.get(c, frozenset()) for c in w.text)
            cuts = (sets,) if all(sets) else ()
        else:
            cuts = ()
        ways = [a + b for a in ways for b in cuts if len(a) + len(b) <= 3][:16]
    return [w for w in ways if w]


def read(words: tuple[Word, ...]) -> tuple[Korean, ...]:
    """Every way to read a name as Korean; none when it cannot be.

    Parameters
    ----------
    words
        Words of the name (`parts.split`), at most four.

    Returns
    -------
    tuple of Korean
        Readings with the family name first, then last, then without one.
    """
    if not 1 <= len(words) <= 4 or any(w.particle and w.script != "latin" for w in words):
        return ()
    exact = all(w.script == "hangul" for w in words)
    out: list[Korean] = []
    if exact:
        text = "".join(w.text for w in words)
        if len(words) == 2 and _family_of(words[-1]):
            turned = _hangul(words[-1].text + words[0].text)
            return tuple(dict.fromkeys((*turned, *_hangul(text))))
        return _hangul(text)
    if len(words) == 1 and words[0].script == "han":
        c = words[0].text
        if len(c) > 1:
            head, tail = _one(words[0], c[:1]), _one(words[0], c[1:])
            return tuple(
                Korean(_family_of(head), way, False)
                for way in _given_of((tail,))
                if _family_of(head)
            )
    ends = [
        (end[0], rest, _family_of(end[0]))
        for end, rest in ((words[:1], words[1:]), (words[-1:], words[:-1]))
        if end[0].group not in {w.group for w in rest}
    ]
    best = min((_rank(names) for _, _, names in ends), default=0)
    for _, rest, names in ends:
        if not names or _rank(names) > 4 * best + 10:
            continue
        if not rest:
            out.append(Korean(names, (), False))
            break
        out.extend(Korean(names, way, False) for way in _given_of(rest))
    if len({w.group for w in words}) == 1:
        out.extend(Korean(frozenset(), way, False) for way in _given_of(words) if len(way) == 2)
    return tuple(dict.fromkeys(out))


@lru_cache(maxsize=1 << 14)
def given_ways(words: tuple[Word, ...]) -> tuple[Korean, ...]:
    """Every way to read words as a given name alone."""
    return tuple(Korean(frozenset(), way, False) for way in dict.fromkeys(_given_of(words)))


def _one(word: Word, text: str) -> Word:
    return Word(text, word.script, word.latin, "", "", False, word.group, False)


def _hangul(text: str) -> tuple[Korean, ...]:
    hangul = _families()[1]
    out = []
    for size in (2, 1):
        if _spoken(text[:size]) & hangul and len(text) - size <= 4:
            given = tuple(frozenset((c,)) for c in text[size:])
            out.append(Korean(_spoken(text[:size]), given, True))
    if 2 <= len(text) <= 3:
        out.append(Korean(frozenset(), tuple(frozenset((c,)) for c in text), True))
    return tuple(out)


def agree(a: tuple[Korean, ...], b: tuple[Korean, ...]) -> tuple[bool, int]:
    """Whether two names may be one Korean name, and in how many syllables of the given name.

    A name of a family name alone agrees only with another such; likewise a given name alone.
    """
    best = -1
    for x in a:
        for y in b:
            if bool(x.family) != bool(y.family) or len(x.given) != len(y.given):
                continue
            if x.family and not x.family & y.family:
                continue
            if all(p & q for p, q in zip(x.given, y.given, strict=True)):
                best = max(best, len(x.given))
    return best >= 0, best


_POPULAR_VOWEL = {"ㅓ": "u", "ㅕ": "you", "ㅜ": "oo", "ㅡ": "eu", "ㅢ": "ee", "ㅣ": "i"}


def romanise(syllable: str, style: int) -> str:
    """One given-name syllable in Latin: style 0 Revised, 1 McCune-Reischauer bare, 2 popular.

    Examples
    --------
    >>> [romanise("정", s) for s in (0, 1, 2)]
    ['jeong', 'chong', 'jung']
    """
    table = _jamo()
    onset, vowel, coda = parts_of(syllable)
    onsets = [x.replace("-", "") for x in table["onset", onset]]
    vowels = [x.partition(":")[0] for x in table["vowel", vowel]]
    end = table.get(("coda", coda), ("",))[0]
    start, middle = onsets[0], vowels[0]
    if style == 1:
        start = {"ㄱ": "k", "ㄷ": "t", "ㅂ": "p", "ㅈ": "ch", "ㄹ": "r"}.get(onset, onsets[0])
        middle = {"ㅓ": "o", "ㅕ": "yo", "ㅡ": "u", "ㅝ": "wo"}.get(vowel, middle)
    elif style == 2:
        start = {"ㄱ": "k"}.get(onset, onsets[0])
        if vowel == "ㅕ":
            middle = "you" if onset == "ㅇ" and coda else "yu" if coda else "yeo"
        elif vowel == "ㅓ":
            middle = "u" if coda else "eo"
        else:
            middle = _POPULAR_VOWEL.get(vowel, middle)
        if vowel == "ㅡ" and onset != "ㅇ":
            middle = "eu"
        if vowel == "ㅜ" and coda and onset not in "ㅈㄱㅅㄴ":
            middle = "oo"
    return start + middle + end
