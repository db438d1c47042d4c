"""Family names that a man and a woman write differently (Ivanov, Ivanova), and what sex a given name says.

The two forms are one name only where the sex explains the difference: Olena Ivanov is Olena Ivanova by
a clerk who took the husband's form. Of Sasha Ivanov and Sasha Ivanova nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from uncounted.names.scripts import fold
from uncounted.names.tables import rows

__all__ = ["genderless", "sex_of_given"]

_PAIRS = (
    (re.compile(r"(?<=[a-z]{2})(ov|ev|iv|yev|iev|yov)a?$"), r"\1"),
    (re.compile(r"(?<=[a-z]{3})(in|yn)a?$"), r"\1"),
    (re.compile(r"(?<=[a-z]{2})(s|ts|tz|ds|z)(?:kyi|kyy|kiy|kij|kii|ky|ki|kaya|kaia|kaja|ka|koi|koy)$"), r"\1k"),
    (re.compile(r"(?<=[a-z]{3})ova$"), ""),
    (re.compile(r"(?<=[a-z]{3})(n|l)(?:yi|yy|iy|ij|y|aya|aia|aja|a)$"), r"\1y"),
)  # fmt: skip


@lru_cache(maxsize=1 << 14)
def genderless(words: Sequence[str]) -> frozenset[str]:
    """Give what a folded family name and its other form have in common, if it has one.

    Examples
    --------
    >>> genderless(("ivanova",)) & genderless(("ivanov",)), genderless(("shevchenko",))
    (frozenset({'ivanov'}), frozenset())
    """
    return frozenset(
        pattern.sub(stem, w) for w in words for pattern, stem in _PAIRS if pattern.search(w)
    )


_MEN_IN_A = frozenset(
    [
        "mykola",
        "nikita",
        "mykyta",
        "illia",
        "ilya",
        "ilia",
        "kuzma",
        "luka",
        "foma",
        "danila",
        "savva",
        "sava",
        "khoma",
        "yarema",
        "mina",
        "lukasha",
        "vanya",
        "misha",
        "kolya",
        "petya",
        "pasha",
        "dima",
        "kostya",
        "tolya",
        "gena",
        "yura",
        "vasya",
        "vitya",
        "styopa",
        "grisha",
        "roma",
        "vova",
        "volodya",
        "andrusha",
        "seryozha",
        "serezha",
        "alyosha",
        "lyosha",
        "lesha",
        "mitya",
    ]
)
_EITHER = frozenset(
    ["sasha", "zhenya", "valya", "slava", "vasya", "shura", "sanya", "nikola", "toma", "alex"]
)


@lru_cache(maxsize=1)
def _tabled() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for culture, kind, sex, latin, _ in rows("names", 5):
        if culture == "sl" and kind == "given" and sex:
            found.setdefault(fold(latin), set()).add(sex)
    return found


@lru_cache(maxsize=1 << 13)
def sex_of_given(word: str) -> str:
    """Sex that a folded Slavic given name says: ``"f"``, ``"m"``, or ``""`` where it may be either.

    Examples
    --------
    >>> sex_of_given("olena"), sex_of_given("mykola"), sex_of_given("sasha")
    ('f', 'm', '')
    """
    if word in _EITHER or len(word) < 3:
        return ""
    tabled = _tabled().get(word, set())
    if len(tabled) == 1:
        return next(iter(tabled))
    if word in _MEN_IN_A:
        return "m"
    if word[-1] == "a":
        return "f"
    return "" if word[-1] in "eu" or word in ("lyubov", "liubov", "lubov") else "m"
