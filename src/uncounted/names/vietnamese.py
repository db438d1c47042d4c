"""Vietnamese names: family name, middle names, given name, in either order; marks may be missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from uncounted.names.letters import word_agreement
from uncounted.names.parts import Word
from uncounted.names.scripts import fold
from uncounted.names.tables import rows

__all__ = ["Vietnamese", "agree", "is_family", "read"]

_SYLLABLE = re.compile(
    r"^(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?$"
)
_MARKERS = frozenset(("thi", "van", "huu", "duc", "dinh"))


@dataclass(frozen=True, slots=True)
class Vietnamese:
    """One way to read a name as Vietnamese: family name, middle names, given name."""

    family: Word
    middle: tuple[Word, ...]
    given: Word | None


@lru_cache(maxsize=1)
def _families() -> frozenset[str]:
    return frozenset(
        fold(latin) for culture, kind, _, latin, _ in rows("names", 5)
        if culture == "vi" and kind == "family"
    ) | {"ngyuen", "nguen", "ngueyn", "nguyne", "nguyan"}  # fmt: skip


def is_family(word: Word) -> bool:
    """Whether a word is a Vietnamese family name."""
    return word.script == "latin" and bool(word.latin) and word.latin[0] in _families()


def read(words: tuple[Word, ...]) -> tuple[Vietnamese, ...]:
    """Every way to read a name as Vietnamese: family name first, or last; none when it cannot be."""
    if not 1 <= len(words) <= 5:
        return ()
    for w in words:
        if w.script != "latin" or not w.latin:
            return ()
        if not _SYLLABLE.match(w.latin[0]) and w.latin[0] not in _families():
            return ()
    out = []
    if words[0].latin[0] in _families():
        out.append(Vietnamese(words[0], words[1:-1], words[-1] if len(words) > 1 else None))
    if len(words) > 1 and words[-1].latin[0] in _families():
        out.append(Vietnamese(words[-1], words[:-2], words[-2]))
        if len(words) > 2:
            out.append(Vietnamese(words[-1], words[1:-1], words[0]))
    return tuple(out)


def agree(a: tuple[Vietnamese, ...], b: tuple[Vietnamese, ...]) -> float:
    """Strength of the best agreement of family and given name; middle names may be left out."""
    best = 0.0
    for x in a:
        for y in b:
            if (x.given is None) != (y.given is None):
                continue
            family = word_agreement(x.family, y.family, ("vi",), slips=False).strength
            given = 1.0
            if x.given is not None and y.given is not None:
                given = word_agreement(x.given, y.given, ("vi",), slips=False).strength
            if min(family, given) < 0.9:
                continue
            best = max(best, family * given * _middles(x.middle, y.middle))
    return best


def _middles(a: tuple[Word, ...], b: tuple[Word, ...]) -> float:
    left = [
        w
        for w in a
        if not any(word_agreement(w, v, ("vi",), slips=False).strength >= 0.4 for v in b)
    ]
    right = [
        w
        for w in b
        if not any(word_agreement(w, v, ("vi",), slips=False).strength >= 0.4 for v in a)
    ]
    if left and right:
        return 0.0
    missing = [w.latin[0] for w in left + right if w.latin[0] not in _MARKERS]
    shorter = b if left else a
    if missing and any(w.latin[0] in _MARKERS for w in shorter):
        # Who keeps Thị or Văn leaves no other middle name out: Thu Thủy is not Thị Thủy.
        return 0.0
    return 0.85 ** len(missing) * 0.95 ** bool(left + right)
