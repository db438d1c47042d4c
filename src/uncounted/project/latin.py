"""Names in other scripts put into Latin letters before linkage compares them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from uncounted.records.names import korean, scripts
from uncounted.records.schema import Records

__all__ = ["in_latin"]

_USUAL = {
    "김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang", "조": "cho",
    "윤": "yoon", "장": "jang", "임": "lim", "오": "oh", "한": "han", "신": "shin", "서": "seo",
    "권": "kwon", "황": "hwang", "안": "ahn", "송": "song", "류": "ryu", "유": "yoo", "전": "jeon",
    "홍": "hong", "고": "ko", "문": "moon", "양": "yang", "손": "son", "배": "bae", "백": "baek",
    "허": "heo", "노": "noh", "심": "shim", "하": "ha", "주": "joo", "구": "koo", "우": "woo",
}  # fmt: skip
"""The spelling people write most; the rest follow the Revised one."""


def in_latin(records: Records) -> Records:
    """Replace names in Hangul, Devanagari, Thai, Cyrillic and Arabic by a Latin reading.

    Names in Latin letters, and in scripts without a reading, stay as they are. The copy serves
    linkage in memory only.
    """
    given = np.array([_text(t, _given) for t in records.given], dtype=object)
    family = np.array([_text(t, _family) for t in records.family], dtype=object)
    return replace(records, given=given, family=family)


def _text(text: str, read: Callable[[str], str]) -> str:
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
    if scripts.script_of(word) in {"devanagari", "thai", "cyrillic", "arabic"}:
        return scripts.readings(word)[0]
    return word


def _syllables(word: str) -> str:
    return "".join(korean.romanise(s, 0) for s in word)
