"""Which encoding a text file is in: told by its mark, by its zero bytes, or guessed from its letters.

A guess is made only where a file is plainly not UTF-8 and one of the encodings of the field's older
programs turns nearly all of it into the letters of one script. Otherwise UTF-8 is taken, and rows
that are not UTF-8 are set aside one by one.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from uncounted.errors import InputError

__all__ = ["Encoding", "ascii_based", "checked", "find_encoding"]

SURE = 0.95
ENOUGH = 12
"""Letters beyond ASCII from which a guess is made."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Encoding of a file.

    Parameters
    ----------
    name
        For Python.
    guessed
        Whether it was guessed from the letters.
    likely
        Where UTF-8 was taken for want of evidence, the encoding the other rows may be in.
    unsure
        Whether some of the text is not UTF-8 and nothing tells what it is.
    """

    name: str
    guessed: bool = False
    likely: str = ""
    unsure: bool = False


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),  # readers pass the mark over
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_LATIN = "áéíóúàèìòùâêîôûäëïöüãõñçåæøœßÿ’‘“”–—…¿¡ºª«»€·´°"
_CENTRAL = "áéíóúýčďěňřšťůžąćęłńóśźżőűăâîşţöüäßđ’‘“”„–—"
_TURKISH = "âêîôûçğıöşüİ’‘“”–—"
_WEST = {  # bytes stand alone between ASCII letters
    "cp1252": _LATIN,
    "mac-roman": _LATIN,
    "cp850": _LATIN,
    "cp1250": _CENTRAL,
    "cp1254": _TURKISH,
}
_ELSEWHERE = {  # runs of letters of one script; the codec that knows its common letters alone
    "cp949": (re.compile("[가-힣\u3000-\u303f\uff01-\uff5e·]"), "euc-kr"),
    "gb18030": (re.compile("[\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e·]"), "gb2312"),
    "big5": (re.compile("[\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e·]"), "big5"),
    "cp932": (re.compile("[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f]"), "shift-jis"),
    "cp1251": (re.compile("[А-яЁёІіЇїЄєҐґ№«»–—]"), "cp1251"),
    "cp874": (re.compile("[\u0e01-\u0e5b]"), "cp874"),
}


_ANY = re.compile(".*")
_SPELT = {
    # one capital at most and small letters after it: Thai would come out as capitals throughout
    "cp1251": re.compile("[«№]?[А-ЯЁІЇЄҐ]?[а-яёіїєґ]+[»–—]?|[«»№–—]"),
    # vowels written before a consonant, others and tones after one
    "cp874": re.compile("(?:[เ-ไ]?[ก-ฮ][ะ-ฺๅ็-๎]*)+[ๆฯ]?"),
}


def _thai_only(lines: list[bytes]) -> bool:
    """Whether letters stand among Thai's that Russian in capitals would not have made."""
    text = b"".join(lines)
    return sum(0xE0 <= b <= 0xEE for b in text) * 20 > sum(b > 0x7F for b in text)


def checked(name: str) -> str:
    """Name of an encoding as Python knows it.

    Raises
    ------
    InputError
        If there is none of that name, or it does not encode text.
    """
    try:
        "a,b\n".encode(name)
        b"a,b\n".decode(name, errors="replace")
        return codecs.lookup(name).name.removesuffix("-sig")
    except (LookupError, ValueError, TypeError, AssertionError):
        raise InputError(
            "The setting `encoding` names no text encoding.",
            fix="Write utf-8, cp1252, cp949 or gb18030 under this list in uncounted.toml.",
        ) from None


def ascii_based(name: str) -> bool:
    """Whether line ends, commas and quotation marks are the bytes they are in ASCII."""
    probe = 'a,;\t|"\r\n='
    return probe.encode(name) == probe.encode("ascii")


def find_encoding(head: bytes, enough: int = ENOUGH) -> Encoding:
    """Tell the encoding of a file by its first bytes.

    Parameters
    ----------
    head
        The first bytes.
    enough
        Letters beyond ASCII from which a guess is made.

    Examples
    --------
    >>> find_encoding("이름,성별,국적,생년월일,김지민,여성".encode("cp949")).name
    'cp949'
    >>> find_encoding(chr(10).join("abcdef").encode("utf-16-le")).name
    'utf-16-le'
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name)
    wide = _wide(head)
    if wide:
        return Encoding(wide)
    other, right = [], 0
    for line in head.splitlines()[: None if len(head) < 1 << 16 else -1]:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            right += 1
        except UnicodeDecodeError:
            other.append(line)
    if not other:
        return Encoding("utf-8")
    name, letters = _guess(other)
    if name and letters >= enough and right * 10 <= len(other):
        return Encoding(name, guessed=True)
    return Encoding("utf-8", likely=name, unsure=not name)


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: most of the zero bytes stand at one side of each pair."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for name, here, there in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if here >= 4 and here > 4 * there and here > len(head) * 0.02:
            text = head[: len(head) // 2 * 2].decode(name, errors="replace")
            if re.search("[\n\r]", text) and not re.search("[\x00-\x08\x0e-\x1f\ufffe]", text):
                return name
    return ""


def _guess(lines: list[bytes]) -> tuple[str, int]:
    """Find what turns most of some lines into letters of one script; and how many letters."""
    best, most, letters = "", SURE, 0
    for name in (*_ELSEWHERE, *_WEST):
        share, count = _share(name, lines)
        # of two that read equally well the earlier stands; every Korean syllable of old is also a
        # Chinese character of old, but not the other way round
        if share > most or (share >= SURE and not best):
            best, most, letters = name, share, count
            if share == 1.0 and name in _ELSEWHERE:
                break
    return best, letters


def _share(name: str, lines: list[bytes]) -> tuple[float, int]:
    good = total = 0
    for line in lines:
        try:
            text = line.decode(name)
        except UnicodeDecodeError:
            total += 8
            continue
        runs: list[str] = re.findall(r"[^\x00-\x7f]+", text)
        total += sum(map(len, runs))
        if name in _WEST:
            letters = _WEST[name]
            for run in re.finditer(r"([^\x00-\x7f]+)", text):
                before = text[run.start() - 1 : run.start()]
                for k, c in enumerate(run[0]):
                    lower = c.casefold() in letters or c in letters
                    # a capital within a word, or a run of accents, is no Western word
                    odd = c.isupper() and (run[0][k - 1] if k else before).islower()
                    good += lower and not odd and len(run[0]) <= 3
        else:
            known, core = _ELSEWHERE[name]
            for run in re.finditer(r"([A-Za-z]?)([^\x00-\x7f]+)", text):
                fits = sum(known.fullmatch(c) is not None and _has(c, core) for c in run[2])
                good += fits if not run[1] and _SPELT.get(name, _ANY).fullmatch(run[2]) else 0
    if name == "cp874" and good and not _thai_only(lines):
        return 0.0, total
    return (good / total if total else 0.0), total


def _has(letter: str, core: str) -> bool:
    try:
        letter.encode(core)
    except UnicodeEncodeError:
        return False
    return True
