"""Labels as people write them: folded so that two spellings of one word are one key.

A label is a country, a column's name, an answer on a form. Names of people are folded by rules of
their own in `names.scripts`.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["NOT_KNOWN", "fold", "plain_words", "says_nothing", "visible"]

NOT_KNOWN = frozenset(
    {
        "", "-", "--", "---", "?", "??", ".", "n/a", "na", "n.a.", "nan", "nil", "none", "null",
        "not known", "unknown", "unk", "not stated", "not specified", "notspecified", "missing",
        "-99", "-999", "99999", "not available", "refused", "declined", "prefer not to say",
        "nonspecifiedunknown", "not specified/unknown", "x", "xx", "xxx", "tbd", "desconocido",
        "no data", "not recorded", "모름", "미상", "不明", "未知", "#n/a", "#n/d", "desconocida",
        "no consta", "sin dato", "sin datos", "s/d", "s/f", "n/d", "no sabe", "ns/nc",
        "not applicable", "don't know", "dont know",
    }
)  # fmt: skip
"""Folded texts that mean "not known" in any column."""

_WORDS = re.compile(r"[^\W_]+")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060-\u2064\ufeff]")
_JOINERS = re.compile("[\u200c\u200d\u202a-\u202e\u2066-\u206f]")


def visible(text: str) -> str:
    """Text without marks that show nothing: zero-width spaces, direction marks, byte-order marks.

    The joiners of Persian and Indian scripts stay: they are part of how a name is written.
    """
    return text if text.isascii() else _UNSEEN.sub("", text)


def fold(text: str) -> str:
    """Small letters, one space between words, no accents on Latin letters, nothing unseen.

    Marks that belong to a letter of another script (Thai tones, Indian vowels) stay.

    Examples
    --------
    >>> fold("  RUMANÍA "), fold("Côte d’Ivoire"), fold("한국")
    ('rumania', "cote d'ivoire", '한국')
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", _JOINERS.sub("", visible(text)).replace("’", "'"))
    plain = "".join(c for c in plain if not "\u0300" <= c <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", plain).casefold().split())


def plain_words(text: str) -> str:
    """Words of a text, folded and parted by one space; no marks between them.

    Examples
    --------
    >>> plain_words("Korea, Republic of"), plain_words("(नेपाली)")
    ('korea republic of', 'नेपाली')
    """
    plain = fold(text)
    if plain.isascii():
        return " ".join(_WORDS.findall(plain))
    # vowels and tones of Thai and Indian scripts are marks on a letter, and part of the word
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain)
    return " ".join("".join(kept).split())


def says_nothing(text: str) -> bool:
    """Whether a cell says "not known", be it as a form's code writes it: ``prefer_not_to_say``."""
    return fold(text) in NOT_KNOWN or plain_words(text) in NOT_KNOWN
