"""Burmese script and Japanese kana and characters to Latin letters, element by element."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from uncounted.names.tables import rows

__all__ = ["burmese", "japanese", "kana"]

_LONGEST = 12


@lru_cache(maxsize=1)
def _elements() -> dict[str, str]:
    return {unicodedata.normalize("NFC", x): latin for x, latin in rows("burmese_elements", 2)}


def _covered(text: str, table: Mapping[str, str]) -> list[str] | None:
    """Cut a text into the fewest elements of a table; ``None`` where they do not cover it."""
    best: dict[int, list[str]] = {len(text): []}
    for i in range(len(text) - 1, -1, -1):
        for j in range(i + 1, min(len(text), i + _LONGEST) + 1):
            rest = best.get(j)
            if (
                rest is not None
                and text[i:j] in table
                and (i not in best or len(rest) + 1 < len(best[i]))
            ):
                best[i] = [table[text[i:j]], *rest]
    return best.get(0)


@lru_cache(maxsize=1 << 12)
def burmese(text: str) -> str:
    """Read a name in Burmese script; what no element covers stays as it is.

    Examples
    --------
    >>> burmese("\u1021\u1031\u1038\u1021\u1031\u1038\u1001\u1004\u103a")
    'aye aye khin'
    """
    words = (_covered(unicodedata.normalize("NFC", w), _elements()) or [w] for w in text.split())
    return " ".join(x for word in words for x in word)


_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ",
    "h": "ハヒフヘホ", "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ",
    "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
}  # fmt: skip
_ODD = {
    "シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu", "ヤ": "ya",
    "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "vu", "ァ": "a", "ィ": "i", "ゥ": "u",
    "ェ": "e", "ォ": "o", "ー": "",
}  # fmt: skip
_SMALL = {"ャ": "a", "ュ": "u", "ョ": "o"}


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    table = {c: s + v for s, row in _ROWS.items() for c, v in zip(row, "aiueo", strict=True)}
    return table | _ODD


@lru_cache(maxsize=1 << 12)
def kana(word: str) -> str:
    """Read a word of hiragana or katakana in Latin letters (Hepburn, long vowels short).

    Examples
    --------
    >>> kana("はなこ"), kana("ヨウコ"), kana("しょうた"), kana("さとう")
    ('hanako', 'yoko', 'shota', 'sato')
    """
    text = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in word)
    out = ""
    double = False
    for c in text:
        if c in _SMALL and out.endswith("i"):
            head = out[:-1]
            out = head + ("" if head.endswith(("sh", "ch", "j")) else "y") + _SMALL[c]
            continue
        if c == "ッ":
            double = True
            continue
        sound = _sounds().get(c, "")
        out += (sound[:1] if double else "") + sound
        double = False
    return out.replace("ou", "o").replace("oo", "o").replace("uu", "u")


@lru_cache(maxsize=1)
def _kanji() -> dict[str, dict[str, tuple[str, ...]]]:
    out: dict[str, dict[str, tuple[str, ...]]] = {"family": {}, "given": {}}
    for kind, characters, latin in rows("japanese_kanji", 3):
        out[kind][characters] = tuple(latin.split("|"))
    return out


def japanese(text: str) -> tuple[str, ...]:
    """Latin names that characters stand for in Japanese, family name first; none beyond the table.

    Examples
    --------
    >>> japanese("\u4f50\u85e4\u82b1\u5b50")
    ('sato hanako',)
    """
    joined = "".join(text.split())
    tables = _kanji()
    for size in (3, 2, 1):
        family = tables["family"].get(joined[:size])
        given = tables["given"].get(joined[size:]) or _in_kana(joined[size:])
        if family and given:
            return tuple(f"{f} {g}" for f, g in product(family, given))
    return ()


def _in_kana(text: str) -> tuple[str, ...]:
    kanas = bool(text) and all("\u3041" <= c <= "\u30ff" for c in text)
    return (kana(text),) if kanas else ()
