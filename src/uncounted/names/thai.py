"""Thai script to Latin: names are built of known elements; what is left is read by rule."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from uncounted.names.tables import rows

__all__ = ["romanise"]


@lru_cache(maxsize=1)
def _letters() -> dict[str, str]:
    return {
        letter: latin.split("|")[0]
        for script, letter, latin in rows("alphabets", 3)
        if script == "thai"
    }


@lru_cache(maxsize=1)
def _elements() -> dict[str, tuple[str, str]]:
    """Element to its sound at the end of a word and before another element."""
    return {x: (end, middle or end) for x, end, middle in rows("thai_elements", 3)}


_LONGEST = 12


def romanise(word: str) -> tuple[str, ...]:
    """Latin readings of a Thai word: by its elements where they are known, then by rule.

    Examples
    --------
    >>> romanise("จันทร์เพ็ญ")[0], romanise("สุภาวดี")[0]
    ('chanphen', 'suphawadi')
    """
    text = unicodedata.normalize("NFC", word).replace("\u0e4d\u0e32", "ำ")
    built = _built(text)
    return (built,) if built else (_by_rule(text),)


def _built(text: str) -> str:
    """Read a word as a row of elements, the fewest that cover it; ``""`` where they do not."""
    table = _elements()
    best: dict[int, tuple[int, str]] = {len(text): (0, "")}
    for i in range(len(text) - 1, -1, -1):
        for j in range(i + 1, min(len(text), i + _LONGEST) + 1):
            rest = best.get(j)
            sounds = table.get(text[i:j])
            if rest is None or sounds is None:
                continue
            if i not in best or rest[0] + 1 < best[i][0]:
                best[i] = (rest[0] + 1, sounds[0 if j == len(text) else 1] + rest[1])
    return best[0][1] if 0 in best else ""


_CONSONANT = "[ก-ฮ]"
_TONES = re.compile("[่้๊๋ฯๆ๎๚๛]")
_SILENT = re.compile(f"{_CONSONANT}[ิุ]?์")
_MUTE_END = re.compile("(?<=[ะ-ู])([ตฒธ])[ิุ]$")
_CLUSTERS = frozenset(a + b for a in "กขคตปผพทสศ" for b in "รลว")


def _by_rule(word: str) -> str:
    """Royal Thai General System, letter by letter."""
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
    return _letters()[c].split("/")[0]


def _final(c: str) -> str:
    return _letters()[c].split("/")[1]


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
