"""Name parts in other scripts, read in Latin letters so that they can be compared letter by letter."""

from __future__ import annotations

from collections.abc import Callable

from uncounted.names import chinese, korean, scripts

__all__ = ["family_in_latin", "given_in_latin"]

_USUAL = {
    "김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang", "조": "cho",
    "윤": "yoon", "장": "jang", "임": "lim", "오": "oh", "한": "han", "신": "shin", "서": "seo",
    "권": "kwon", "황": "hwang", "안": "ahn", "송": "song", "류": "ryu", "유": "yoo", "전": "jeon",
    "홍": "hong", "고": "ko", "문": "moon", "양": "yang", "손": "son", "배": "bae", "백": "baek",
    "허": "heo", "노": "noh", "심": "shim", "하": "ha", "주": "joo", "구": "koo", "우": "woo",
}  # fmt: skip
"""The spelling people write most; the rest follow the Revised one."""


def given_in_latin(text: str) -> str:
    """Read a given name in Latin letters; what has no reading stays as it is.

    >>> given_in_latin("민지"), given_in_latin("Ana")
    ('minji', 'Ana')
    """
    return _read(text, _given)


def family_in_latin(text: str) -> str:
    """Read a family name in Latin letters; what has no reading stays as it is.

    >>> family_in_latin("김"), family_in_latin("徐")
    ('kim', 'xu')
    """
    return _read(text, _family)


def _read(text: str, read: Callable[[str], str]) -> str:
    return text if text.isascii() else " ".join(read(w) for w in text.split())


def _hangul(word: str) -> bool:
    return bool(word) and all("가" <= c <= "힣" for c in word)


def _family(word: str) -> str:
    if _hangul(word) and len(word) <= 2:
        spelled = korean.family_spellings(word)
        if word in _USUAL or spelled:
            return _USUAL.get(word) or spelled[0]
    return _given(word)


def _given(word: str) -> str:
    if _hangul(word):
        if len(word) in (3, 4) and korean.family_spellings(word[0]):
            return f"{_family(word[0])} {_syllables(word[1:])}"
        return _syllables(word)
    script = scripts.script_of(word)
    if script in {"devanagari", "thai", "cyrillic", "arabic"}:
        return scripts.readings(word)[0]
    if script == "han":
        return "".join(chinese.plain_pinyin(c) or c for c in word)
    return word


def _syllables(word: str) -> str:
    return "".join(korean.romanise(s, 0) for s in word)
