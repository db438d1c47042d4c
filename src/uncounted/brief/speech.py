"""What a language does to the parts of a sentence: particles, joining words, dates, ordinals.

A sentence of a catalogue asks for it behind the name of a part, as in ``{list:은}`` or ``{last:y}``. The
forms are those of Unicode CLDR for en-US, es-US and ko-KR, and of the rules for writing foreign words
in Korean (외래어 표기법); the tests hold what CLDR has against Babel.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Self

__all__ = ["PARTICLES", "Part", "long_date", "ordinal", "particle", "plural_count"]

PARTICLES: Mapping[str, tuple[str, str]] = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이라": ("이라", "라"),
    "이나": ("이나", "나"),
}
"""Korean particles: behind a consonant, behind a vowel."""

_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip

_VOWEL, _CONSONANT, _L = "vowel", "consonant", "l"
_OF_DIGIT = {
    "0": _CONSONANT, "1": _L, "2": _VOWEL, "3": _CONSONANT, "4": _VOWEL,
    "5": _VOWEL, "6": _CONSONANT, "7": _L, "8": _L, "9": _VOWEL,
}  # fmt: skip
"""영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구; behind any other digit a nought is 십, 백, 천, 만 or 억."""
_OF_SIGN = {"%": _VOWEL, "+": _VOWEL, "±": _VOWEL}
"""퍼센트, 플러스: signs that are read."""
_OF_LETTER = {"L": _L, "R": _L, "M": _CONSONANT, "N": _CONSONANT}
"""Letters read by their names: 엘, 알, 엠, 엔. All others end in a vowel."""
_ASIDE = re.compile(r"(?<=\S)\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")
_CLOSING = " \t'\"’”»」』)]}）.,;:!?"


class Part(str):
    """A text put into a sentence, written as the sentence's language asks.

    Examples
    --------
    >>> "{list:은} {n:을}".format(list=Part("경찰"), n=Part("12"))
    '경찰은 12를'
    >>> (
    ...     "padres {last:y}".format(last=Part("hijos")),
    ...     "padres {last:y}".format(last=Part("iglesias")),
    ... )
    ('padres e hijos', 'padres e iglesias')
    """

    __slots__ = ("value",)
    value: float | None

    def __new__(cls, text: str, value: float | None = None) -> Self:
        """Take a text, and the number that it writes."""
        made = super().__new__(cls, text)
        made.value = value
        return made

    def __format__(self, asked: str) -> str:
        """Write it as a sentence asks."""
        if asked in PARTICLES:
            return f"{self}{particle(self, asked)}"
        if asked in _ASKED:
            return _ASKED[asked](self)
        return super().__format__(asked)


def _and(part: Part) -> str:
    """Spanish "y", which is "e" where the next word begins with its sound."""
    word = part.casefold().lstrip("'\"“«([¿¡ ")
    before = re.match(r"h?[ií](?![aeouáéóú])", word)
    return f"{'e' if before else 'y'} {part}"


def _or(part: Part) -> str:
    """Spanish "o", which is "u" before its own sound, as ocho and once have it too."""
    word = part.casefold().lstrip("'\"“«([¿¡ ")
    before = re.match(r"h?[oó]|8|11(?!\d)", word)
    return f"{'u' if before else 'o'} {part}"


def _of(part: Part) -> str:
    """Spanish: whole millions are nouns, "2,000,000 de personas"."""
    value = part.value
    whole = value is not None and math.isfinite(value) and round(value) != 0
    return f"{part} de" if whole and round(value or 0) % 1_000_000 == 0 else str(part)


def long_date(part: str, language: str) -> str:
    """Write a day given as ``2026-11-27`` in words; anything else stays as it is.

    Examples
    --------
    >>> long_date("2026-11-27", "es"), long_date("2026-11-27", "ko"), long_date("soon", "es")
    ('27 de noviembre de 2026', '2026년 11월 27일', 'soon')
    """
    try:
        day = date.fromisoformat(part)
    except ValueError:
        return str(part)
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    if language == "es":
        return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"
    return f"{day:%B} {day.day}, {day.year}"


_ASKED: Mapping[str, Callable[[Part], str]] = {
    "y": _and,
    "o": _or,
    "de": _of,
    "fecha": lambda part: long_date(part, "es"),
    "날짜": lambda part: long_date(part, "ko"),
}


def particle(text: str, kind: str) -> str:
    """Choose a Korean particle by the last sound of what stands before it.

    Both forms are written, as in "은(는)", where the sound cannot be told.

    Examples
    --------
    >>> [particle(x, "으로") for x in ("경찰", "쉼터", "병원", "7", "hotline", "NGO", "95%")]
    ['로', '로', '으로', '로', '으로', '로', '로']
    """
    behind, bare = PARTICLES[kind]
    sound = _last_sound(text)
    if sound == _L:
        return bare if kind == "으로" else behind
    if sound == _CONSONANT:
        return behind
    if sound == _VOWEL:
        return bare
    return f"{behind}({bare})"


def _last_sound(text: str) -> str | None:
    """Sound in which a text ends, or ``None``; an aside in brackets at its end is not read."""
    short = _ASIDE.sub("", text).rstrip(_CLOSING) or text.rstrip(_CLOSING)
    if not short:
        return None
    last = short[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return _VOWEL if final == 0 else _L if final == 8 else _CONSONANT
    if last in _OF_DIGIT:
        return _OF_DIGIT[last]
    if last in _OF_SIGN:
        return _OF_SIGN[last]
    word = re.search(r"[A-Za-z]+$", short)
    if word is None:
        return None
    return _of_latin(word[0])


def _of_latin(word: str) -> str:
    """Sound in which a word in Latin letters ends when it is written in Hangul."""
    if len(word) == 1 or word.isupper():
        return _OF_LETTER.get(word[-1].upper(), _VOWEL)
    low = word.casefold()
    if re.search(r"(l|ll|le)$", low):
        return _L
    if re.search(r"(m|n|ng|mb|mn|[aeiouy][mn]e)$", low):
        return _CONSONANT
    # A stop behind one short vowel closes the syllable (book 북, clinic 클리닉); elsewhere it opens one.
    if re.search(r"(?:^|[^aeiou])(?:[aeiouy]|oo|ou)(?:ck|[ckptq])$", low):
        return _CONSONANT
    return _VOWEL


def ordinal(rank: int, language: str) -> str:
    """Write a rank as a language does.

    Examples
    --------
    >>> ordinal(3, "en"), ordinal(3, "es"), ordinal(3, "ko")
    ('3rd', '3.º', '3위')
    """
    if language == "es":
        return f"{rank}.º"
    if language == "ko":
        return f"{rank}위"
    if rank % 100 in (11, 12, 13):
        return f"{rank}th"
    return f"{rank}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th') }"


def plural_count(value: float) -> int:
    """Give a number as plural rules take it: as it is where it is whole, else as one of many.

    Examples
    --------
    >>> plural_count(-1.0), plural_count(2000000.0), plural_count(1.5), plural_count(math.inf)
    (1, 2000000, 2, 2)
    """
    if not math.isfinite(value) or value != int(value):
        return 2  # CLDR has fractions in the class of other numbers in each of our languages
    return abs(int(value))
