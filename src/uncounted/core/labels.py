"""Labels as people write them: folded so that two spellings of one word are one key.

A label is a country, a column's name, an answer on a form. Names of people are folded by rules of
their own in `names.scripts`.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["NOT_KNOWN", "fold", "names_a_total", "plain_words", "says_nothing", "visible"]

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


_TOTALS = frozenset(
    [
        "total", "totals", "totales", "totale", "totaux", "totali", "totaal", "sum", "sums", "suma", "summa", "soma", "somma",
        "somme", "summe", "subtotal", "subtotals", "subtotales", "gesamt", "gesamtsumme", "insgesamt", "zusammen",
        "ensemble", "razem", "ogolem", "celkem", "spolu", "ukupno", "osszesen", "yhteensa", "totalt", "toplam",
        "genel", "jumlah", "keseluruhan", "kabuuan", "itogo", "vsego", "overall", "altogether", "итого", "всего",
        "итог", "усього", "разом", "общо", "сумма", "сума", "합계", "총계", "소계", "총합", "총합계", "누계", "전체", "계", "총",
        "合计", "合計", "总计", "總計", "小计", "小計", "总数", "總數", "总和", "共计", "共計", "全部", "全体", "計", "जम्मा", "कुल", "योग",
        "कुलजम्मा", "รวม", "ทั้งหมด", "รวมทั้งหมด", "รวมทั้งสิ้น", "ยอดรวม", "المجموع", "الإجمالي", "إجمالي",
        "مجموع",
    ]
)  # fmt: skip
"""Words that name a total wherever they begin or end a label."""
_WHOLE = frozenset(
    [
        "all", "everybody", "everyone", "whole", "todo", "todos", "todas", "tous", "toutes", "tout", "alle", "tutti",
        "tutte", "tudo", "toate", "toti", "all together", "world", "worldwide", "모두", "모든", "tat ca", "tong",
        "tong cong", "tong so", "cong", "grand", "n", "sum total", "all of them", "lahat", "semua", "hepsi",
    ]
)  # fmt: skip
"""Labels that name a total where they stand alone."""
_ALL_OF = frozenset(
    [
        "countries", "origins", "nationalities", "citizenships", "citizens", "victims", "people", "persons", "cases",
        "categories", "forms", "sectors", "groups", "clients", "survivors", "regions", "areas", "years", "sexes",
        "genders", "rows", "lists", "paises", "origenes", "personas", "victimas", "casos", "categorias", "formas",
        "pays", "victimes", "personnes", "formes", "lander", "personen", "opfer", "formen", "paesi", "vittime",
        "persone", "국가", "국적", "피해자", "나라",
    ]
)  # fmt: skip
_REST = frozenset(
    [
        "other", "others", "rest", "remaining", "remainder", "otro", "otra", "otros", "otras", "resto", "autre",
        "autres", "reste", "andere", "ubrige", "rest", "altri", "altre", "outros", "outras", "altele", "inne",
        "другие", "інші", "остальные", "기타", "나머지", "그외", "其他", "其它", "อื่นๆ", "khac", "अन्य", "denial", "recall",
    ]
)  # fmt: skip
_TOTAL_ENDS = ("합계", "총계", "소계", "总计", "總計", "合计", "合計", "小计", "小計", "ทั้งหมด")


def names_a_total(text: str) -> bool:
    """Whether a label names a sum of other rows, in whichever language: ``Grand Total``, ``합계``.

    A word for a total counts at the beginning or the end of a label of few words; "all" only by
    itself or before what is counted. What speaks of the others is no total.

    Examples
    --------
    >>> [names_a_total(x) for x in ("TOTAL GENERAL", "Sub-total (Asia)", "All victims", "총 합계")]
    [True, True, True, True]
    >>> [names_a_total(x) for x in ("All others", "Allegheny", "Sumatra", "Total denial")]
    [False, False, False, False]
    """
    if len(text) > 80:
        return False
    words = plain_words(re.sub(r"[\d.,%]+", " ", text)).split()
    if not words or len(words) > 5 or _REST.intersection(words):
        return False
    joined = " ".join(words)
    if joined in _WHOLE or words[0] in _TOTALS or words[-1] in _TOTALS:
        return True
    if words[0] in _WHOLE and (len(words) == 1 or _ALL_OF.issuperset(words[-1:])):
        return True
    if words[:2] in (["sub", "total"], ["tong", "cong"], ["tong", "so"]):
        return True
    return not text.isascii() and words[0].endswith(_TOTAL_ENDS)
