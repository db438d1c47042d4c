"""What stands around a name and is no part of it: honorifics, generations, former and further names.

김민지씨, นางสาวสมหญิง, Juan Ruiz Jr., Maria Lopez (née Soto), Ana Diaz a.k.a. "Luz": titles written on
are taken off, the generation is kept apart (Jr. and Sr. are two people), and what a bracket or "née"
names becomes a further name of the same person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from uncounted.names.fillers import is_placeholder, is_remark

__all__ = ["Peeled", "peel", "set_apart"]


@dataclass(frozen=True, slots=True, repr=False)
class Peeled:
    """A name without what stands around it.

    Parameters
    ----------
    text
        The name.
    generation
        ``"sr"``, ``"jr"``, ``"3"``, ``"4"``, or ``""`` where nothing is said.
    others
        Further names of the same person: maiden, former, called.
    former
        Whether one of them is a former name, and no mere by-name.
    hidden
        Whether an aside says that the rest of the name is not known ("김 (미상)").
    false_name
        Whether the text says itself that the name is not the person's ("김민지(가명)").
    """

    text: str
    generation: str = ""
    others: tuple[str, ...] = ()
    former: bool = False
    false_name: bool = False
    hidden: bool = False


_GENERATIONS = {
    "sr": "sr", "snr": "sr", "senior": "sr", "père": "sr", "padre": "sr", "1st": "sr",
    "jr": "jr", "jnr": "jr", "junior": "jr", "júnior": "jr", "filho": "jr", "hijo": "jr",
    "fils": "jr", "ii": "jr", "2nd": "jr", "2do": "jr",
    "iii": "3", "3rd": "3", "3ro": "3", "neto": "3", "iv": "4", "4th": "4",
}  # fmt: skip
_LATIN_AS_GENERATION = frozenset(("padre", "hijo", "fils", "père", "neto", "filho"))
"""Family names too: a generation only where two words or more stand before them."""

_ENDING = re.compile(r"[\s,(]+([\w]+)[.)]*\s*$")
_MIDST = re.compile(r"^(\S[^,]*?)[\s,]+(jr|jnr|sr|snr|ii|iii|iv)\.?\s*,\s*(\S.*)$", re.IGNORECASE)

_HANGUL_HONORIFIC = re.compile(
    r"^([가-힣]{1,6}(?:\s[가-힣]{1,4})??)\s*"
    r"(?:(?:선생|의뢰인|여사|피해자|내담자|이주민|할머니|어린이|고객)님?|씨|님|(?<=[가-힣]{3})양|(?<=[가-힣]{3})군|(?<=\s)양|(?<=\s)군|(?<=\s)아동|(?<=\s)학생)$"
)
_HAN_HONORIFIC = re.compile(
    r"^([一-鿿]{2,4}?)\s*(?:先生|小姐|女士|太太|夫人|同志|老师|阿姨|様|さん|氏)$"
)
_KANA_HONORIFIC = re.compile(r"^([ぁ-んァ-ヶー一-鿿\s]{3,}?)\s*(?:さん|ちゃん|くん|様|さま|氏)$")
_THAI_TITLE = re.compile(
    r"^(?:นางสาว|นาง|นาย|น\.\s?ส\.?|เด็กหญิง|เด็กชาย|ด\.\s?[ญช]\.?|คุณ|ดร\.|ผู้เสียหาย)\s*(?=[ก-ฮเแโไใ])"
)
_LETTER_TITLE = re.compile(
    r"^(?:श्रीमती|श्रीमति|सुश्री|श्री|श्रीमान्?|ဒေါ်|ဦး|السيدة|السيد|الآنسة|г-жа|г-н|пані|пан)\s*\.?\s+(?=\S)",
    re.IGNORECASE,
)

_FORMER = (
    r"n[ée]e|geb\.?|geborene|born|formerly(?:\s+known\s+as)?|former\s+name|previously|f\.?/?k\.?/?a\.?|"
    r"nacida|de\s+soltera|apellido\s+de\s+soltera|z\s+domu|maiden(?:\s+name)?|nata|nascida|née\s+à|"
    r"урожд[а-я]*\.?|ур\.|колишня|дівоче(?:\s+прізвище)?|旧姓|婚前姓|prev(?:ious)?\.?(?:\s+name)?|"
    r"married(?:\s+name)?|now|ex|n[ăa]scut[ăa]|fost[ăa]|căs\.?|casada|hoje|หรือ|เดิมชื่อ|นามสกุลเดิม"
)
_FURTHER = (
    r"a\.?/?k\.?/?a\.?|also\s+known\s+as|also|known\s+as|called|goes\s+by|alias|dite?|or|"
    r"conocid[ao]\s+como|dich[ao]|zwan[ay]|також|также|он\s+же|она\s+же|본명|개명\s*전|원래\s*이름|현재\s*이름|又名|别名|原名|本名|ชื่อเล่น"
)
_OUTSIDE = re.compile(
    r"\s+(?:(née|nee|geb\.|formerly(?:\s+known\s+as)?|f\.?/?k\.?/?a\.?|nacida|de\s+soltera|z\s+domu|urozh\w+|урожд\w*\.?|"
    r"旧姓)|(a\.?/?k\.?/?a\.?|also\s+known\s+as|alias|conocid[ao]\s+como|goes\s+by|又名))\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"[(（\[［【“\"«]([^()（）\[\]［］【】”\"»]{1,60})[)）\]］】”\"»]")
_INSIDE = re.compile(
    rf"^\s*(?:({_FORMER})|({_FURTHER}))\s*[:.]?\s+(?=\S)|^\s*(旧姓|본명|又名)\s*[:：]?\s*",
    re.IGNORECASE,
)
_FALSE = frozenset((
    "가명", "가명임", "예명", "化名", "假名", "仮名", "pseudonym", "pseudonyme", "not real name", "false name",
    "fake name", "nombre ficticio", "nombre falso", "seudonimo", "seudónimo", "name changed", "nume fictiv",
    "псевдонім", "псевдоним", "вигадане ім'я", "tên giả", "ชื่อสมมติ", "नाम परिवर्तन", "बदलिएको नाम", "nome fictício",
))  # fmt: skip
_HINTS = frozenset('()[]（）【】［］"“«/')
_LONGEST_OTHER = 60


def peel(text: str) -> Peeled:
    """Take off a name what is no part of it.

    Parameters
    ----------
    text
        A cleaned name.

    Examples
    --------
    >>> peel("Juan Ruiz Jr.").generation, peel("Ruiz, Juan").generation
    ('jr', '')
    >>> peel("Maria Lopez (née Soto)").others, peel("นางสาวสมหญิง ใจดี").text
    (('Maria Soto',), 'สมหญิง ใจดี')
    >>> peel("김민지씨").text, peel("김민지(가명)").false_name
    ('김민지', True)
    """
    if text.isascii() and not _odd(text):
        return Peeled(text)
    return _peeled(text)


def _odd(text: str) -> bool:
    """Whether an ASCII text may hold anything to take off: a quick look."""
    if not _HINTS.isdisjoint(text):
        return True
    return not _MARKS.isdisjoint(text.lower().replace(".", "").replace(",", " ").split())


_MARKS = frozenset(_GENERATIONS) | frozenset(
    [
        "nee",
        "geb",
        "formerly",
        "fka",
        "f.k.a",
        "nacida",
        "soltera",
        "domu",
        "aka",
        "a.k.a",
        "also",
        "alias",
        "conocida",
        "conocido",
        "goes",
    ]
)


def set_apart(word: str) -> bool:
    """Whether a small ASCII word may begin or be what `peel` takes off a name."""
    return word in _MARKS


@lru_cache(maxsize=1 << 14)
def _peeled(text: str) -> Peeled:
    asides = [m[1].strip() for m in _ASIDE.finditer(text)]
    if any(a.casefold() in _FALSE for a in asides):
        return Peeled(text, false_name=True)
    bare = _ASIDE.sub(" ", text).strip() if asides else text
    if not any(map(str.isalpha, bare)):
        bare, asides = text, []
    notes: list[tuple[bool, str]] = []
    for aside in asides:
        found = _INSIDE.match(aside)
        former = bool(found and (found[1] or found[3] == "旧姓"))
        notes.append((former, aside[found.end() :] if found else aside))
    for _ in range(3):
        parts = _OUTSIDE.split(bare, maxsplit=1)
        if len(parts) < 4 or not parts[0].strip():
            break
        notes.append((bool(parts[1]), parts[3]))
        bare = parts[0]
    if " / " in bare or ("/" in bare and bare.count("/") == 1 and len(bare) > 8):
        first, _, second = bare.partition("/")
        if _named(first) and _named(second):
            bare = first.strip()
            notes.append((False, second))
    bare, generation = _generation(bare)
    bare = _untitled(bare)
    others = [o for former, said in notes for o in _further(bare, said, former=former)]
    former = any(f for f, _ in notes)
    hidden = len(bare.split()) == 1 and any(map(is_placeholder, asides))
    return Peeled(bare, generation, tuple(dict.fromkeys(others))[:3], former, hidden=hidden)


def _generation(text: str) -> tuple[str, str]:
    midst = _MIDST.match(text)
    if midst:
        return f"{midst[1]}, {midst[3]}", _GENERATIONS[midst[2].casefold()]
    ending = _ENDING.search(text)
    if ending:
        word = ending[1].casefold()
        before = text[: ending.start()].strip(" ,")
        words = before.replace(",", " ").split()
        need = 2 if word not in _LATIN_AS_GENERATION else 3
        if word in _GENERATIONS and len(words) >= need:
            return before, _GENERATIONS[word]
    return text, ""


def _untitled(text: str) -> str:
    if text.isascii():
        return text
    for pattern in (_HANGUL_HONORIFIC, _HAN_HONORIFIC, _KANA_HONORIFIC):
        found = pattern.match(text)
        if found and len(found[1].replace(" ", "")) >= 2:
            return found[1].strip()
    for pattern in (_THAI_TITLE, _LETTER_TITLE):
        text = pattern.sub("", text, count=1)
    return text


def _named(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 2


def _further(name: str, said: str, *, former: bool) -> list[str]:
    """Whole names that an aside stands for, beside the name itself."""
    said = said.strip(" .,:;'’")
    words = said.split()
    if (
        is_remark(said)
        or not _named(said)
        or len(said) > _LONGEST_OTHER
        or len(words) > 5
        or any(map(str.isdigit, said))
    ):
        return []
    before, comma, after = name.partition(",")
    own = name.split()
    given = after.split() if comma else own[:-1]
    family = before.split() if comma else own[-1:]
    if former:
        out = [" ".join((*given, said))] if given else []
        return [said, *out] if len(words) > 1 else out
    if len(words) > 1 or not said.isascii():
        return [said]
    return [" ".join((said, *family))] if given else [said]
