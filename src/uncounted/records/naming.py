"""What a column's name says: groups, questions, several languages, and the field it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from uncounted.records import codes, column_languages
from uncounted.records.column_words import (
    ALIASES,
    FLAGS,
    KEPT_BY_SERVERS,
    NOT_BY_ITSELF,
    OWN_NAME,
    PERSONAL,
    REFUSED_WORDS,
    SOMEBODY_ELSE,
    WEAKER,
)
from uncounted.records.consent.column_names import RELEASE_TARGETS, folded_words, judge
from uncounted.records.schema import EXPLOITATION

__all__ = ["ASIDE", "as_it_stands", "by_name", "path_of", "plain_name"]

_LEG = re.compile(
    r"(?:leg ?|hte ?|event ?|route ?|legs ?)?(\d+) ?(?:leg|hte|event|route)? ?(type|kind|country|date)|(?:leg|hte|event|route) (type|kind|country|date) ?(\d+)"
)


def plain_name(header: str) -> str:
    """Fold a column name: the last part of a Kobo path, words parted, HTCDS prefixes kept."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header.strip().lstrip("*"))
    spaced = re.sub(r"#|(?<=[nN])°", lambda sign: " no " if sign[0] == "#" else "o ", spaced)
    return " ".join(re.findall(r"[^\W_]+", codes.fold(spaced)))


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for target, aliases in (*ALIASES.items(), *column_languages.LANGUAGES.items()):
        table.setdefault(plain_name(target), target)
        for alias in aliases.split(";"):
            table.setdefault(plain_name(alias), target)
            table.setdefault(plain_name(alias).replace(" ", ""), target)
            table.setdefault(alias.replace(" ", ""), target)
    return table


def by_name(header: str) -> tuple[str, float]:
    """Target and score of one column name; of a name not known as it stands, by its words."""
    target, score = as_it_stands(header)
    said = judge(header)
    if said.speaks:
        # a release is what its whole name says for certain, and no other field
        return (said.target, 1.0) if said.target else (target if target == "refused" else "", score)
    if target or score:
        return (target, score) if target not in RELEASE_TARGETS else ("", 0.0)
    target, score = _by_words(header)
    return (target, score) if target not in RELEASE_TARGETS else ("", 0.0)


ASIDE = re.compile(r"\s*[(\[（【][^)\]）】]*[)\]）】]")


@lru_cache(maxsize=8192)
def as_it_stands(header: str) -> tuple[str, float]:
    """Target and score of a column name these tables hold; a score without a target: none.

    A remark in brackets, such as ``DOB (mm/dd/yyyy)``, is let go where the name is not known with it.
    """
    target, score = _held(header)
    bare = ASIDE.sub(" ", header).strip()
    if target or score or not bare or bare == header.strip():
        return target, score
    target, score = _held(bare)
    if target in PERSONAL and SOMEBODY_ELSE & set(folded_words(header).split()):
        return "", 1.0
    return target, min(score, 0.95)


_SUFFIX = re.compile(r"__(?:c|r|pc)$", re.IGNORECASE)
_BRACKETS = "([（【"
_APART = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]|/|::|__|\||>|:(?=\D)| [-\u2013] ")
_DOTTED = re.compile(r"@?[^\W_][\w@-]*(?:\.@?[^\W_][\w@-]*)*\.@?[^\W_][\w@-]+")


def path_of(header: str) -> list[str]:
    """Part a name from the groups it stands in, as form programs write them: `` / : . __ - | > ``."""
    own = _SUFFIX.sub("", header.strip())
    if _DOTTED.fullmatch(own):
        return own.split(".")
    parts, begin = [], 0
    for mark in _APART.finditer(own):
        if mark[0][0] not in _BRACKETS:
            parts.append(own[begin : mark.start()])
            begin = mark.end()
    parts.append(own[begin:])
    return [p for p in parts if p.strip()]


def _of_somebody_else(groups: Sequence[str]) -> bool:
    """Whether the groups of a column are about another person: the employer's name is no client's."""
    words = {w for g in groups for w in folded_words(g).split()}
    if words & {"cual", "cuales", "su", "sus"}:
        words.discard("son")  # of Spanish, where it is no child
    return bool(words & SOMEBODY_ELSE - _OWN_GROUPS)


_OWN_GROUPS = {"child", "children", "contact", "parent", "user", "school", "worker"}
"""Words of somebody else that name groups about the person as often."""


def _held(header: str) -> tuple[str, float]:
    path = path_of(header)
    tight = re.sub(r"[\W_]+", "", codes.fold(path[-1] if path else ""))
    if tight in FLAGS:
        return FLAGS[tight], 1.0
    if len(path) > 1:
        chosen = _choice(path)
        if chosen:
            return chosen, 1.0
    plain = plain_name(path[-1]) if path else ""
    words = plain.split()
    if not words:
        return "", 1.0
    bare = _bare(words)
    if set(bare) & REFUSED_WORDS or "".join(bare) in REFUSED_WORDS:
        return "refused", 1.0
    if words[0] == "org" or bare == ["case", "owner"] or header.strip() in KEPT_BY_SERVERS:
        return "", 1.0
    # Kobo: group/legs[1]/leg_type
    tails = (plain, *(plain_name(" ".join(path[-k:])) for k in (2, 3) if len(path) >= k))
    leg = next(filter(None, map(_LEG.fullmatch, tails)), None)
    if leg:
        number, part = (leg[1], leg[2]) if leg[1] else (leg[4], leg[3])
        # Kobo counts repeats from 0 or 1; both keep their order
        return f"leg{min(int(number) + 1, 99)}.{'kind' if part == 'type' else part}", 1.0
    table = _names()
    for candidate, score in (
        (plain, 1.0),
        ("".join(words), 1.0),
        (" ".join(bare), 0.98),
        ("".join(bare), 0.98),
        (plain_name(header), 0.95),
        # ODK: group-name
        (plain_name(header.rpartition("-")[2]) if " " not in header else "", 0.95),
    ):
        if candidate in table:
            target = table[candidate]
            if target in PERSONAL and _of_somebody_else(path[:-1]):
                return "", 1.0
            return target, score * (0.7 if candidate in WEAKER else 1.0)
    target = _asked(header) or _one_of_two(path, header)
    return (target, 0.92) if target and not _of_somebody_else([header]) else ("", 0.0)


def _one_of_two(path: Sequence[str], header: str) -> str:
    """Target of a name in two languages, of which the last is not known: ``Gender / Xxx``."""
    if len(path) < 2 or not re.search(r"\w\s+[/|-]\s+\w", header):
        return ""
    known = {_names().get(plain_name(p), "") for p in path} - {""}
    return known.pop() if len(known) == 1 else ""


_BEGINS = re.compile(rf"(?:{column_languages.QUESTIONS})\b")
_NUMBERED = re.compile(r"^\s*(?:[qQ]?\d+[a-z]?(?:\.\d+)*[.):]?|[a-zA-Z][.)])\s+")
_KOREAN_ASKS = re.compile(
    r"\s*(?:은|는|이|가|을|를)?\s*(?:무엇입니까|무엇인가요|어떻게 ?(?:됩니까|되나요|되세요|되십니까)|적어 ?주(?:세요|십시오)|입력(?:하세요|해 ?주세요)?)?\s*\??$"
)


@lru_cache(maxsize=1)
def _cores() -> Mapping[str, str]:
    """Names of columns without their filling, to their targets."""
    out = dict(column_languages.ASKED)
    for name, target in _names().items():
        core = " ".join(w for w in name.split() if w not in column_languages.FILLING)
        if len(core) > 2 and target not in RELEASE_TARGETS:
            out.setdefault(core, target)
    return out


def _asked(header: str) -> str:
    """Target of a whole question, or of a name with a word for the person: ``PV First Name``.

    Examples
    --------
    >>> _asked("What is the survivor's last name?"), _asked("Potential Victim Gender")
    ('family', 'gender')
    """
    text = _NUMBERED.sub("", header.strip())
    last = plain_name(re.split(r"(?<=\D):(?=\D)", text)[-1])
    if not header.isascii():
        short = _KOREAN_ASKS.sub("", codes.fold(text))
        found = _names().get(plain_name(short))
        if found:
            return found
    words = last.split()
    if not 2 <= len(words) <= 20:
        return _names().get(last, "") if text != header.strip() else ""
    people = [w for w in words if w in column_languages.PEOPLE]
    asks = "?" in header or "¿" in header or _BEGINS.match(last) is not None
    if not asks and not people:
        return _names().get(last, "") if text != header.strip() else ""
    core = [
        w for w in words if w not in column_languages.FILLING and w not in column_languages.PEOPLE
    ]
    found = _cores().get(" ".join(core), "")
    if not asks and (found not in PERSONAL or " ".join(core) in NOT_BY_ITSELF):
        return ""
    return found if core else ""


def _choice(path: Sequence[str]) -> str:
    """Target of one choice of a question of several, as Kobo parts them: ``group/question/choice``."""
    choice = path[-1].strip()
    if choice in EXPLOITATION:
        return f"exploitation.{choice}"
    asked = _names().get(plain_name(path[-2]))
    if asked == "exploitation":
        bits = codes.exploitation(choice) or 0
        if bits and not bits & (bits - 1):
            return f"exploitation.{EXPLOITATION[bits.bit_length() - 1]}"
    if asked == "sector":
        letter = codes.sector(choice)
        return f"sector.{letter}" if letter else ""
    return ""


def _bare(words: list[str]) -> list[str]:
    return words[1:] if words[0] in {"prs", "vic", "cas", "con", "org"} else words


def _by_words(header: str) -> tuple[str, float]:
    header = ASIDE.sub(" ", header).strip() or header
    path = path_of(header)
    best, best_score = "", 0.0
    have = set(_bare(plain_name(path[-1]).split()))
    if len(have) > 20:
        return best, best_score
    another = bool(SOMEBODY_ELSE & set(folded_words(header).split()))
    for alias, target in _names().items():
        want = set(alias.split())
        if len(want) >= 2 and want <= have:
            score = 0.55 + 0.35 * len(want) / len(have)
        elif (
            len(want) == 1
            and len(have) == 2
            and want < have
            and len(alias) > 3
            and (alias not in NOT_BY_ITSELF or (alias == "name" and have & OWN_NAME))
        ):
            score = 0.6
        else:
            continue
        if score > best_score and not (another and target in PERSONAL):
            best, best_score = target, score
    return best, best_score
