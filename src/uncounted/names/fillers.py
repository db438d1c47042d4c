"""What is written where a name is not known, by what it says and not by a list of entries alone.

"Client doesn't know", "Data not collected", "Victim 12", "Refused Refused", "이름을 알 수 없음": a text is
no name where all its words are words of absence, refusal, negation and role of one language, and
together they say that there is no name. Letters hammered on a keyboard say nothing either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from uncounted.names.scripts import clean, fold, script_of
from uncounted.names.tables import rows

__all__ = ["beside_words", "is_placeholder", "is_remark", "says_nothing"]

_LONGEST = 80
"""Longer than anything that is written where a name is not known."""
_ASCII_TOKENS = re.compile(r"[a-z]+|[0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼʻ`´")
_CODES = frozenset(
    [
        "NA",
        "NK",
        "DK",
        "NR",
        "ND",
        "NS",
        "SN",
        "SD",
        "NC",
        "NI",
        "UK",
        "NN",
        "OO",
        "XX",
        "UKN",
        "UNK",
    ]
)
"""Abbreviations of "not available" and its like, in capitals only: Na and Ng are family names."""
_OF_PROGRAMS = frozenset(
    ("nan", "NaN", "NAN", "NaT", "<NA>", "#N/A", "NULL", "null", "None", "nil")
)
"""What programs write for a missing value; Nan is a name."""
_CODE = 12
"""Longest text that can be an abbreviation, with its stops and gaps, or a letter with a title."""
_UNSPACED = frozenset(("han", "kana", "hangul", "thai", "other"))
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz")
_LETTERS = frozenset(("latin", "none"))
_LETTERED = re.compile(
    r"[A-Za-z가나다라甲乙丙丁]\s?(?:씨|양|군|님|さん|某|子|女|男|女士|先生|小姐)"
)
"""Somebody called by a letter: A씨, B子, 甲某."""
_JAMO = re.compile(r"[\u1100-\u11ff\u3130-\u318f]+")
_VOWELS = frozenset("aeiou")
_MOST_TOGETHER = 4
Kinds = frozenset[str]


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return frozenset(" ".join(_tokens(text)) for (text,) in rows("no_names", 1))


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, Kinds]]:
    """Language to its words, each with its kinds; words of several parts joined by ``_``."""
    found: dict[str, dict[str, set[str]]] = {}
    for kind, language, words in rows("filler_words", 3):
        for word in words.split():
            unit = "_".join("".join(_tokens(part)) for part in word.split("_"))
            found.setdefault(language, {}).setdefault(unit, set()).add(kind)
    return {k: {w: frozenset(s) for w, s in v.items()} for k, v in found.items()}


@lru_cache(maxsize=1)
def _any_word() -> frozenset[str]:
    """Every word of every language, and every part of one: what else a filler cannot hold."""
    parts = {p for table in _words().values() for w in table for p in w.split("_")}
    return frozenset(parts | {t for text in _no_names() for t in text.split()})


def _tokens(text: str) -> list[str]:
    """Words and numbers of a text, folded; combining marks stay with their letters."""
    if text.isascii():
        return _ASCII_TOKENS.findall(text.translate(_APOSTROPHES).lower())
    out: list[str] = []
    held = ""
    kind = ""
    for c in clean(text).casefold().translate(_APOSTROPHES):
        category = unicodedata.category(c)
        here = (
            "d" if category == "Nd" else "a" if c in _ASCII else "w" if category[0] in "LM" else ""
        )
        if {here, kind} == {"a", "w"} and script_of(c if here == "w" else held[-1]) in _LETTERS:
            here = kind = "w"  # "niña" is one word, "피해자A" are two
        if here != kind and held:
            out.append(held)
            held = ""
        kind = here
        held += c if here else ""
    if held:
        out.append(held)
    return [fold(t) or t if script_of(t) == "latin" else t for t in out]


def is_placeholder(text: str) -> bool:
    """Whether a text stands for a name that is not known.

    Parameters
    ----------
    text
        As written: capitals count ("NA" is none, "Na" may be a name).

    Examples
    --------
    >>> [
    ...     is_placeholder(x)
    ...     for x in ("Unknown", "N/A", "Client doesn't know", "Victim 12", "Doe, Jane")
    ... ]
    [True, True, True, True, True]
    >>> [
    ...     is_placeholder(x)
    ...     for x in ("Ana Lopez", "Ana Unknown", "No Min-ji", "Man Bahadur", "Lee Child")
    ... ]
    [False, False, False, False, False]
    """
    if len(text) > _LONGEST:
        return False
    if text.isascii() and text.isalpha():
        word = text.lower()
        if word in _any_word() or len(set(word)) < 3 or text != text.capitalize():
            return _is_placeholder(text)
        return False
    return _is_placeholder(text)


@lru_cache(maxsize=1 << 15)
def _is_placeholder(text: str) -> bool:
    tokens = _tokens(text)
    if not tokens:
        return False
    if len(text) <= _CODE and (
        "".join(c for c in text if c.isalnum()) in _CODES or text.strip() in _OF_PROGRAMS
    ):
        return True
    if _no_name(tokens) or (len(text) <= _CODE and _LETTERED.fullmatch(text.strip())):
        return True
    if text.isascii() and text != (parted := _CAMEL.sub(" ", text)):
        return _no_name(_tokens(parted))
    return False


def _no_name(tokens: Sequence[str]) -> bool:
    heard = _any_word()
    for t in tokens:
        if t not in heard and t.isascii() and len(t) > 1 and not (t.isdigit() or _hammered(t)):
            return False  # nearly every name ends here, at its first word
    said = [t for t in tokens if not t.isdigit()]
    if not said:
        return False
    if all(map(_hammered, said)):
        return True
    known = _no_names()
    words = [t for k, t in enumerate(said) if k == 0 or len(t) > 1 or len(said) < 3]
    for form in (said, words):
        whole = " ".join(form)
        if whole in known or "".join(form) in known or " ".join((*form[1:], form[0])) in known:
            return True
    if all(_hammered(t) or _alone(t) for t in said):
        return True
    return any(_says_no_name(tokens, table, language) for language, table in _words().items())


def _alone(token: str) -> bool:
    return any("nothing" in table.get(token, ()) for table in _words().values())


def _hammered(token: str) -> bool:
    """Whether a token is one letter over and over ("xxxx", "ㅇㅇ"): no name, but for short vowels."""
    if len(token) > 1 and token[0] != token[1] and token.isascii():
        return False
    if not token.isascii():
        return _JAMO.fullmatch(token) is not None
    if len(token) < 2 or len(set(token)) > 1 or token.isdigit():
        return False
    return len(token) > 2 or token[0] not in _VOWELS


def _says_no_name(tokens: Sequence[str], table: dict[str, Kinds], language: str) -> bool:
    """Whether all words are of one language's table, and together say that there is no name."""
    kinds = _kinds(tokens, table, language)
    if kinds is None:
        return False
    held = frozenset().union(*kinds)
    if "nothing" in held:
        return True
    if "negation" in held and any({"know", "thing"} & k for k in kinds):
        return any("negation" in k and not {"know", "thing"} & k for k in kinds)
    numbers = any(t.isdigit() for t in tokens)
    if "role" in held:
        return all(k & {"role", "person", "number", "glue", "thing"} for k in kinds)
    people = [t for t in tokens if "person" in table.get(t, ())]
    if not people or not all(k & {"person", "number", "glue"} for k in kinds):
        return False
    lettered = any(len(t) == 1 for t in tokens) and not _NAMES_AS_WELL.intersection(people)
    return numbers or (language == "en" and (len(people) > 1 or lettered))


_NAMES_AS_WELL = frozenset(("man", "boy", "guy", "lady", "baby", "young", "child", "people", "kid"))
"""Names of persons, too: with a letter beside them ("Man B.") they are one."""


def _kinds(tokens: Sequence[str], table: dict[str, Kinds], language: str) -> list[Kinds] | None:
    """Give what each word of a text does in a language; ``None`` where one has no place there."""
    out: list[Kinds] = []
    i = 0
    while i < len(tokens):
        for span in range(min(_MOST_TOGETHER, len(tokens) - i), 0, -1):
            found = table.get("_".join(tokens[i : i + span]))
            if found is not None:
                out.append(found)
                i += span
                break
        else:
            token = tokens[i]
            i += 1
            if token.isdigit() or (len(token) == 1 and token.isascii()):
                out.append(_NUMBER)
            elif _hammered(token):
                out.append(_NOTHING)
            elif not token.isascii() and script_of(token) in _UNSPACED:
                cut = _segment(token, language)
                if cut is None:
                    return None
                out.extend(cut)
            else:
                return None
    return out


_NUMBER: Kinds = frozenset(("number",))
_NOTHING: Kinds = frozenset(("nothing",))


@lru_cache(maxsize=1 << 12)
def _segment(token: str, language: str) -> tuple[Kinds, ...] | None:
    """Cut a text without gaps into words of a language, the fewest that cover it."""
    table = _words()[language]
    best: dict[int, tuple[Kinds, ...]] = {len(token): ()}
    for i in range(len(token) - 1, -1, -1):
        for j in range(len(token), i, -1):
            kinds = table.get(token[i:j])
            rest = best.get(j)
            if kinds is None or rest is None:
                continue
            if i not in best or len(rest) + 1 < len(best[i]):
                best[i] = (kinds, *rest)
    return best.get(0)


@lru_cache(maxsize=1 << 12)
def is_remark(text: str) -> bool:
    """Whether a text holds words of fillers and no others: "(minor)", "(mother of victim)".

    Examples
    --------
    >>> is_remark("minor"), is_remark("mother of victim 2"), is_remark("Luz")
    (True, True, False)
    """
    heard = _any_word()
    return all(t in heard or t.isdigit() or _cut_somewhere(t) for t in _tokens(text))


def _cut_somewhere(token: str) -> bool:
    """Whether a text without gaps is cut into words of one language's table."""
    if token.isascii() or script_of(token) not in _UNSPACED:
        return False
    return any(_segment(token, language) for language in _words())


@lru_cache(maxsize=1 << 12)
def says_nothing(word: str) -> bool:
    """Whether one word beside a name says that the rest of it is not known: "Unknown", "FNU", "xxx".

    Examples
    --------
    >>> (
    ...     says_nothing("Unknown"),
    ...     says_nothing("XXX"),
    ...     says_nothing("Reserved"),
    ...     says_nothing("Lopez"),
    ... )
    (True, True, False, False)
    """
    tokens = _tokens(word)
    return len(tokens) == 1 and (
        _hammered(tokens[0]) or (len(tokens[0]) > 1 and tokens[0] in beside_words())
    )


@lru_cache(maxsize=1)
def beside_words() -> frozenset[str]:
    """Words of absence that are names nowhere, and so can stand beside one and be no part of it."""
    names = {
        fold(p)
        for table in ("names", "more_names")
        for row in rows(table, 5)
        for p in row[3 - (table == "more_names")].split()
    }
    words = {w for table in _words().values() for w, kinds in table.items() if "nothing" in kinds}
    return frozenset(w for w in words | {"newborn", "neonate"} if "_" not in w) - names - _NAMES_TOO


_NAMES_TOO = frozenset((
    "none", "missing", "blank", "hidden", "test", "secret", "private", "pending", "error", "ohne", "masque",
    "ignore", "ninguno", "nulo", "vacio", "prueba", "lipsa", "abc", "ayaw", "refus", "neant", "aucun", "нет",
    "无", "無", "не", "비밀", "보안", "삭제", "홍길동", "张三", "張三", "李四", "no", "protected", "empty",
))  # fmt: skip
"""Words of absence that are names too, or may be a part of one."""
