"""Scripts to Latin letters, letter by letter, from the table ``alphabets.tsv``."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from uncounted.names.native import kana
from uncounted.names.tables import rows
from uncounted.names.thai import romanise

__all__ = ["clean", "fold", "readings", "script_of"]

_SPECIAL = str.maketrans(
    {"đ": "d", "Đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe"}
)
_KEPT = {"ș": "ș", "ş": "ș", "ț": "ț", "ţ": "ț", "â": "î", "î": "î"}
_MOST = 6


def clean(text: str) -> str:
    """Text without control, format and private characters, composed, with single spaces."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text)
    kept = [
        " " if c.isspace() else c for c in text if unicodedata.category(c)[0] != "C" or c.isspace()
    ]
    return " ".join("".join(kept).split())


@lru_cache(maxsize=1 << 16)
def fold(word: str, *, keep_romanian: bool = False) -> str:
    """Lower-case Latin word without marks; with ``keep_romanian``, ș and ț stay letters, â is î."""
    if word.isascii():
        word = word.lower()
        return word if word.isalpha() else "".join(c for c in word if c.isalpha())
    out: list[str] = []
    for c in unicodedata.normalize("NFC", word.casefold()).translate(_SPECIAL):
        if keep_romanian and c in _KEPT:
            out.append(_KEPT[c])
            continue
        out.extend(x for x in unicodedata.normalize("NFD", c) if not unicodedata.combining(x))
    return "".join(x for x in out if x.isalpha())


def script_of(word: str) -> str:
    """Script of a word: latin, hangul, han, kana, devanagari, thai, cyrillic, arabic, other, none."""
    if word.isascii():
        return "latin" if any(map(str.isalpha, word)) else "none"
    for c in word:
        if not c.isalpha():
            continue
        o = ord(c)
        if o < 0x250 or 0x1E00 <= o < 0x1F00:
            return "latin"
        if 0xAC00 <= o <= 0xD7A3:
            return "hangul"
        if 0x4E00 <= o <= 0x9FFF or 0x3400 <= o < 0x4DC0 or 0xF900 <= o < 0xFB00:
            return "han"
        for low, high, name in (
            (0x400, 0x530, "cyrillic"),
            (0x600, 0x700, "arabic"),
            (0x900, 0x980, "devanagari"),
            (0xE00, 0xE80, "thai"),
            (0x3040, 0x3100, "kana"),
        ):
            if low <= o < high:
                return name
        return "other"
    return "none"


@lru_cache(maxsize=1)
def _letters() -> dict[str, dict[str, list[str]]]:
    out: dict[str, dict[str, list[str]]] = {}
    for script, letter, latin in rows("alphabets", 3):
        out.setdefault(script, {})[letter] = latin.split("|")
    return out


@lru_cache(maxsize=65536)
def readings(word: str) -> tuple[str, ...]:
    """Latin readings of one word in a script with letters, the likeliest first.

    Examples
    --------
    >>> readings("लक्ष्मी")[0], readings("ศิริพร")[0], readings("Цуркану")[0]
    ('lakshmi', 'siriphon', 'tsurkanu')
    """
    script = script_of(word)
    if script == "devanagari":
        return _devanagari(word)
    if script == "thai":
        return romanise(word)
    if script == "kana":
        return (kana(word),)
    if script in ("cyrillic", "arabic"):
        return _spelled(word.casefold(), _letters()[script])
    return (fold(word),)


def _spelled(word: str, letters: dict[str, list[str]]) -> tuple[str, ...]:
    out = [""]
    for c in word:
        choices = letters.get(c)
        if choices is None:
            continue
        if len(out) * len(choices) > _MOST:
            choices = choices[:1]
        out = [x + y for x in out for y in choices]
    return tuple(dict.fromkeys(out))


_VIRAMA, _NUKTA = "्", "़"


def _devanagari(word: str) -> tuple[str, ...]:
    letters = _letters()["devanagari"]
    text = unicodedata.normalize("NFC", word).replace("ज्ञ", "ग्य")
    units: list[tuple[str, bool]] = []  # sound, and whether it is a consonant with its own "a"
    i, joined = 0, False
    for i, c in enumerate(text):
        if c in (_VIRAMA, _NUKTA) or c not in letters:
            continue
        sound = letters[c][0]
        consonant = "क" <= c <= "ह" or "\u0958" <= c <= "\u095f"
        follows = text[i + 1 : i + 2]
        if follows == _NUKTA:
            follows = text[i + 2 : i + 3]
        bare = consonant and (follows == _VIRAMA or "ा" <= follows <= "ौ" or follows == "ृ")
        units.append((sound, consonant and not bare))
        if consonant:
            joined = text[i - 1 : i] == _VIRAMA
    if not units:
        return ("",)
    full = "".join(s + ("a" if own else "") for s, own in units)
    last_sound, last_own = units[-1]
    if last_own and not joined and len(units) > 1:
        full = full[:-1]
        units[-1] = (last_sound, False)
    dropped: list[str] = []
    for k, (sound, own) in enumerate(units):
        silent = (
            own
            and 0 < k < len(units) - 1
            and dropped
            and dropped[-1][-1:] in "aeiou"
            and (units[k + 1][1] or (k + 2 < len(units) and units[k + 2][0][:1] in "aeiou"))
        )
        dropped.append(sound + ("a" if own and not silent else ""))
    return tuple(dict.fromkeys((full, "".join(dropped))))
