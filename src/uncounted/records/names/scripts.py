"""Scripts to Latin letters, letter by letter, from the table ``alphabets.tsv``."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from uncounted.records.names._tables import rows

__all__ = ["clean", "fold", "readings", "script_of"]

_SPECIAL = str.maketrans(
    {"đ": "d", "Đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe"}
)
_KEPT = frozenset("șțşţ")
_APOSTROPHES = "'’‘ʼʻ`´ʹ′"
_MOST = 6


def clean(text: str) -> str:
    """Text without control, format and private characters, composed, with single spaces."""
    text = unicodedata.normalize("NFKC", text)
    kept = [
        " " if c.isspace() else c for c in text if unicodedata.category(c)[0] != "C" or c.isspace()
    ]
    return " ".join("".join(kept).split())


def fold(word: str, *, keep_romanian: bool = False) -> str:
    """Lower-case Latin word without marks; with ``keep_romanian``, ș and ț stay letters."""
    out: list[str] = []
    for c in unicodedata.normalize("NFC", word.casefold()).translate(_SPECIAL):
        if keep_romanian and c in _KEPT:
            out.append("ș" if c in "șş" else "ț")
            continue
        out.extend(x for x in unicodedata.normalize("NFD", c) if not unicodedata.combining(x))
    return "".join(x for x in out if x.isalpha())


def script_of(word: str) -> str:
    """Script of a word: latin, hangul, han, kana, devanagari, thai, cyrillic, arabic, other, none."""
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
        return (_thai(word),)
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
    text = unicodedata.normalize("NFC", word)
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


_CONSONANT = "[ก-ฮ]"
_TONES = re.compile("[่้๊๋ฯๆ๎๚๛]")
_SILENT = re.compile(f"{_CONSONANT}[ิุ]?์")
_MUTE_END = re.compile("(?<=[ะ-ู])([ตฒธ])[ิุ]$")
_CLUSTERS = frozenset(a + b for a in "กขคตปผพทสศ" for b in "รลว")


def _thai(word: str) -> str:
    """Royal Thai General System by rule; names in the table of names are read from there."""
    text = _SILENT.sub(
        "", _TONES.sub("", unicodedata.normalize("NFC", word).replace("\u0e4d\u0e32", "ำ"))
    )
    text = _MUTE_END.sub(r"\1", text.replace("์", ""))
    out: list[str] = []
    i = 0
    while i < len(text):
        i, sound = _thai_syllable(text, i)
        out.append(sound)
    return "".join(out)


def _is(c: str) -> bool:
    return "ก" <= c <= "ฮ"


_AFTER = "ะัาำิีึืุู็"


def _first(c: str) -> str:
    return _letters()["thai"][c][0].split("/")[0]


def _final(c: str) -> str:
    return _letters()["thai"][c][0].split("/")[1]


def _starts(text: str, i: int) -> bool:
    """Whether the consonant at ``i`` begins a syllable of its own."""
    after = text[i + 1 : i + 3]
    return after != "" and (after[0] in _AFTER or after == "รร")


def _closes(text: str, i: int, vowel: str) -> bool:
    """Whether the consonant at ``i`` closes the syllable before it."""
    end = i + _run(text, i)
    run = text[i:end]
    if end == len(text) and len(run) == 2 and vowel != "o":
        return (run[1] == "ร" and run[0] in "ตทช") or run[1] in "ษศ"
    return not (len(run) == 1 and run == "ร" and vowel in ("i", "u") and end < len(text))


def _thai_syllable(text: str, i: int) -> tuple[int, str]:
    lead = ""
    if text[i] in "เแโไใ":
        lead = text[i]
        i += 1
    if i >= len(text) or not _is(text[i]):
        return i + (0 if lead else 1), ""
    onset = _first(text[i])
    pair = text[i : i + 2]
    if pair[:1] == "ห" and pair[1:] and pair[1] in "งญณนมยรลว" and (lead or _starts(text, i + 1)):
        onset = _first(pair[1])
        i += 1
    elif (
        pair in _CLUSTERS
        and (lead or _starts(text, i + 1))
        and not (lead in "เแ" and lead and pair[1] == "ว")
    ):
        onset += "" if pair in ("ทร", "สร", "ศร") else _first(pair[1])
        onset = "s" if pair == "ทร" else onset
        i += 1
    i += 1
    rest = text[i:]
    vowel, used, closed = _thai_vowel(lead, rest)
    i += used
    coda = ""
    if not closed:
        nxt = text[i : i + 1]
        stands = bool(nxt) and _is(nxt) and not _starts(text, i) and not _led(text, i)
        alone = vowel == "o" and used == 0 and not lead
        if stands and alone and _run(text, i) == 2 and _run(text, i) + i == len(text):
            stands = False
        if stands and (alone or _closes(text, i, vowel)):
            coda = _final(nxt)
            i += 1
            if nxt == "ร" and vowel == "o" and used == 0 and not lead:
                coda = "n"
            while (
                text[i : i + 1]
                and _is(text[i])
                and text[i : i + 1] in "ษศตทร"
                and i + 1 == len(text)
            ):
                i += 1
        elif alone:
            vowel = "a"
    return i, onset + vowel + coda


def _run(text: str, i: int) -> int:
    """How many consonants without a vowel sign stand from ``i`` on."""
    end = i
    while end < len(text) and _is(text[end]) and not _starts(text, end) and not _led(text, end):
        end += 1
    return end - i


def _led(text: str, i: int) -> bool:
    """Whether the letter at ``i`` is อ carrying a vowel."""
    return text[i] == "อ" and _starts(text, i)


def _thai_vowel(lead: str, rest: str) -> tuple[str, int, bool]:
    """Vowel, letters used after the consonant, and whether the syllable can take no final."""
    if lead == "เ":
        for form, vowel, closed in (
            ("ียะ", "ia", True),
            ("ียว", "iao", True),
            ("ีย", "ia", False),
            ("ือ", "uea", False),
            ("าะ", "o", True),
            ("า", "ao", True),
            ("อ", "oe", False),
            ("ิ", "oe", False),
            ("ย", "oei", True),
            ("็", "e", False),
            ("ะ", "e", True),
        ):
            if rest.startswith(form):
                return vowel, len(form), closed
        return "e", 0, False
    if lead == "แ":
        return "ae", 1 if rest[:1] in ("็", "ะ") and rest else 0, False
    if lead == "โ":
        return "o", 1 if rest[:1] == "ะ" else 0, False
    if lead:
        return "ai", 1 if rest[:1] == "ย" else 0, True
    for form, vowel, closed in (
        ("ัวะ", "ua", True),
        ("ัว", "ua", False),
        ("ัย", "ai", True),
        ("ั", "a", False),
        ("ำ", "am", True),
        ("าย", "ai", True),
        ("าว", "ao", True),
        ("า", "a", False),
        ("ิว", "io", True),
        ("ิ", "i", False),
        ("ี", "i", False),
        ("ึ", "ue", False),
        ("ือ", "ue", False),
        ("ื", "ue", False),
        ("ุ", "u", False),
        ("ู", "u", False),
        ("ะ", "a", True),
    ):
        if rest.startswith(form):
            return vowel, len(form), closed
    if rest.startswith("รร"):
        return (
            ("a", 2, False)
            if len(rest) > 2 and _is(rest[2]) and not _starts(rest, 2)
            else ("an", 2, True)
        )
    if (
        rest[:1] == "ว"
        and len(rest) > 1
        and _is(rest[1])
        and not _starts(rest, 0)
        and not _starts(rest, 1)
    ):
        return "ua", 1, False
    if rest[:1] == "อ" and not _starts(rest, 0):
        return "o", 1, False
    return "o", 0, False
