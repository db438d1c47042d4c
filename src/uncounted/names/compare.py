"""Whether two names may be one person's: by which rule, and how strongly.

The rule of the house: family name and given name must both agree; initials are weak; what only one
side leaves out counts against, what each side has and the other has not forbids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note
from uncounted.names import chinese, korean, vietnamese
from uncounted.names.keys import NameKey, normalise
from uncounted.names.letters import (
    CULTURES,
    known,
    word_agreement,
)
from uncounted.names.masks import HIDDEN
from uncounted.names.parts import Word
from uncounted.names.rules import said
from uncounted.names.weigh import GENDERED_RULE, align, weigh

__all__ = [
    "LEVELS",
    "SAME_AT",
    "NameMatch",
    "compare",
    "name_levels",
]

SAME_AT = 0.5
"""Strength from which two names may be the same person's."""

LEVELS = ("missing", "different", "partial", "weak", "spelling", "equal")
"""What the numbers of `name_levels` mean, from -1 up: -1 missing, 0 different, 1 partial (one part
agrees, the other is not there or is an initial), 2 weak (a slip, parts left out), 3 the same name in
another spelling or script, 4 equal."""


NO_NAME = "no-name"
"""Code of the rule where one of the two is no name."""


@dataclass(frozen=True, slots=True, repr=False)
class NameMatch:
    """What the comparison of two names says.

    Parameters
    ----------
    same
        Whether the two may be the same person's name.
    strength
        From 0 (nothing agrees) to 1 (equal); it is a rank, not a probability.
    codes
        Codes of the rules that decided (`names.rules`).
    """

    same: bool
    strength: float
    codes: tuple[str, ...]

    @property
    def reason(self) -> Note:
        """The rules that decided, as a note; it never holds the name."""
        return said(self.codes)

    @property
    def rule(self) -> str:
        """The rules that decided, in a few plain words."""
        return str(self.reason)

    @property
    def comparable(self) -> bool:
        """Whether both are names."""
        return self.strength != 0 or self.codes != (NO_NAME,)

    def __repr__(self) -> str:
        return f"NameMatch(same={self.same}, strength={self.strength}, rule={self.rule!r})"


def compare(a: str | NameKey | None, b: str | NameKey | None) -> NameMatch:
    """Whether two names may be the same person's.

    Parameters
    ----------
    a, b
        Names as written, or keys of `normalise`.

    Returns
    -------
    NameMatch
        The same whichever comes first.

    Examples
    --------
    >>> compare("Lee Young-hee", "Young Hee Rhee")
    NameMatch(same=True, strength=0.9, rule='Korean: family and given name in another spelling')
    >>> compare("Kim Min-ji", "Kim Min-jung").same
    False
    """
    x = a if isinstance(a, NameKey) else normalise(a)
    y = b if isinstance(b, NameKey) else normalise(b)
    if y.text < x.text:
        x, y = y, x
    return _compare(x, y)


@lru_cache(maxsize=1 << 17)
def _compare(x: NameKey, y: NameKey) -> NameMatch:
    if x.missing or y.missing:
        return NameMatch(False, 0.0, (NO_NAME,))
    if x.mask is not None or y.mask is not None:
        return masked(x, y)
    found = _named(x, y)
    if x.others or y.others:
        found = _further(x, y, found)
    if (x.generation or y.generation) and found.strength:
        found = _generations(x, y, found)
    return found


def _named(x: NameKey, y: NameKey) -> NameMatch:
    if len(x.words) > 1 and _initials(x) and _initials(y):
        return NameMatch(False, 0.3, ("initials-only",))
    if x.text == y.text:
        return NameMatch(True, 1.0, ("equal",))
    if not x.words or not y.words:
        return NameMatch(False, 0.0, ("too-long",))
    if set(x.blocks).isdisjoint(y.blocks):
        return NameMatch(False, 0.0, ("different",))
    return compare_fully(x, y)


def _further(x: NameKey, y: NameKey, found: NameMatch) -> NameMatch:
    """Compare with the further names, maiden, former or called, that either text holds."""
    pairs = [*((o, y) for o in x.others), *((x, o) for o in y.others)]
    if x.former and y.former:
        pairs += [(o, p) for o in x.others for p in y.others]
    for one, two in pairs:
        other = _named(one, two) if one.text <= two.text else _named(two, one)
        strength = min(other.strength, 0.9)
        if strength > found.strength:
            found = NameMatch(strength >= SAME_AT, strength, ("further-name",))
    return found


def _generations(x: NameKey, y: NameKey, found: NameMatch) -> NameMatch:
    """Jr. and Sr. are two people; where one side says nothing, the other's word counts a little."""
    if x.generation and y.generation:
        if x.generation == y.generation:
            return found
        return NameMatch(False, 0.2, ("generations-differ",))
    strength = round(found.strength * 0.85, 3)
    return NameMatch(strength >= SAME_AT, strength, (*found.codes, "generation-left-out"))


def _initials(x: NameKey) -> bool:
    return all(w.short and len(w.text) == 1 for w in x.words)


SHOWN_AGREES, SHOWN_DIFFERS = ("masked-agree",), ("masked-differ",)
_DIFFERS = NameMatch(False, 0.0, SHOWN_DIFFERS)
_MOST_MASKED = 0.45
"""What two names can be worth of which one hides a part: never enough for the same name."""


def masked(x: NameKey, y: NameKey) -> NameMatch:
    """Compare two names of which one hides a part: by what is shown, and by no more."""
    agree = _patterns(x, y)
    if agree is not None:
        return NameMatch(False, *((0.4, SHOWN_AGREES) if agree else (0.0, SHOWN_DIFFERS)))
    if _initials(x) and _initials(y):
        return NameMatch(False, 0.3, ("initials-only",))
    found = compare_fully(x, y)
    if found.strength == 0:
        return NameMatch(False, 0.4, SHOWN_AGREES) if _families_agree(x, y) else _DIFFERS
    full = min(
        sum(not (w.particle or (w.short and (z.mask or len(w.text) == 1))) for w in z.words)
        for z in (x, y)
    )
    if full >= 2 and not any(vietnamese.is_family(z.words[0]) for z in (x, y)):
        return NameMatch(found.same, min(found.strength, 0.9), found.codes)
    strength = max(found.strength, 0.25) if found.strength > 0.1 else found.strength
    return NameMatch(False, min(strength, _MOST_MASKED), SHOWN_AGREES)


def _families_agree(x: NameKey, y: NameKey) -> bool:
    """Whether one shows a family name of syllables and no more, and it may be the other's."""
    for one, two in ((x, y), (y, x)):
        if one.mask is None:
            continue
        for bare, whole in ((one.korean, two.korean), (one.chinese, two.chinese)):
            bares = [k.family for k in bare if not k.given]
            if any(f & k.family for f in bares for k in whole):
                return True
    return False


def _patterns(x: NameKey, y: NameKey) -> bool | None:
    """Whether what 김○○ or 王某 shows agrees with the other name; ``None`` where neither is one."""
    if y.mask is not None and y.mask.pattern and not (x.mask is not None and x.mask.pattern):
        x, y = y, x
    if x.mask is None or not x.mask.pattern:
        return None
    pattern, open_ended = x.mask.pattern, x.mask.open_ended
    if y.mask is not None and y.mask.pattern:
        other, either = y.mask.pattern, open_ended or y.mask.open_ended
        if len(pattern) != len(other) and not either:
            return False
        return all(p == q or HIDDEN in (p, q) for p, q in zip(pattern, other, strict=False))
    if y.mask is not None or len(y.words) == 1:
        family = [k.family for k in y.korean if not k.given] + [
            z.family for z in y.chinese if not z.given
        ]
        heads = {pattern[:1], pattern[:2]}
        if y.mask is not None or family:
            return any(f & heads for f in family) if family else None
    return any(_shows(pattern, open_ended, k.family, k.given) for k in y.korean if k.family) or any(
        _shows(pattern, open_ended, z.family, tuple(s.chars for s in z.given))
        for z in y.chinese
        if z.family
    )


def _shows(
    pattern: str, open_ended: bool, families: frozenset[str], given: Sequence[frozenset[str]]
) -> bool:
    """Whether a family and a given name could be what a pattern hides."""
    for family in families:
        size = len(family)
        if not open_ended and len(pattern) != size + len(given):
            continue
        if any(p not in (HIDDEN, f) for p, f in zip(pattern, family, strict=False)):
            continue
        if all(p == HIDDEN or p in g for p, g in zip(pattern[size:], given, strict=False)):
            return True
    return False


def compare_fully(x: NameKey, y: NameKey) -> NameMatch:
    """Compare two keys of names with words by every rule, whether they share a block or not."""
    found = _letters(x, y)
    if x.called and y.called and not found.same:
        return found  # Amy and Betty, both Chan Mei Ling
    for other in (_vietnamese(x, y), _korean(x, y), _chinese(x, y)):
        if other is not None and other.strength > found.strength:
            found = other
    strength = round(min(found.strength, 0.99 if found.codes != ("equal",) else 1.0), 3)
    return NameMatch(strength >= SAME_AT, strength, found.codes)


def _verdict(strength: float, *codes: str) -> NameMatch:
    return NameMatch(strength >= SAME_AT, strength, codes)


def _korean(x: NameKey, y: NameKey) -> NameMatch | None:
    if not x.korean or not y.korean:
        return None
    ok, syllables = korean.agree(x.korean, y.korean)
    if not ok:
        return None
    if syllables == 1 and _plain(x) and _plain(y) and not chinese.agree(x.chinese, y.chinese)[0]:
        return _verdict(0.45, "korean-one-syllable-chinese")
    if syllables == 0:
        return _verdict(0.85, "korean-family")
    if not any(k.family for k in x.korean):
        if all(known(w.latin[0]) for z in (x, y) for w in z.words if w.latin):
            return None
        return _verdict(0.85, "korean-given")
    if syllables == 1:
        return _verdict(0.8, "korean-one-syllable")
    scripts = {w.script for w in x.words} ^ {w.script for w in y.words}
    return _verdict(0.9, "korean-script" if scripts else "korean-spelling")


def _plain(x: NameKey) -> bool:
    return any(z.plain for z in x.chinese)


def _family_only(x: NameKey) -> bool:
    """Whether the name can be a bare Korean family name: Korean then decides."""
    return any(k.family and not k.given for k in x.korean)


def _chinese(x: NameKey, y: NameKey) -> NameMatch | None:
    if not x.chinese or not y.chinese:
        return None
    ok, syllables, systems = chinese.agree(x.chinese, y.chinese)
    if not ok:
        return None
    if len(x.words) == len(y.words) == 1 and _family_only(x) and _family_only(y):
        return None
    if syllables == 0:
        return _verdict(0.85, "chinese-family")
    strength = {"PP": 0.9, "HH": 0.97, "HP": 0.9, "PW": 0.85, "HW": 0.85, "WW": 0.8}.get(
        systems, 0.75
    )
    if syllables == 1:
        strength -= 0.1
    return _verdict(strength, f"chinese-whole.{systems.lower()}")


def _vietnamese(x: NameKey, y: NameKey) -> NameMatch | None:
    if not x.vietnamese or not y.vietnamese:
        return None
    strength = vietnamese.agree(x.vietnamese, y.vietnamese)
    return _verdict(0.97 * strength, "vietnamese-whole") if strength else None


def _in_syllables(x: NameKey, y: NameKey) -> bool:
    """Whether both names can be read in one culture of short syllables.

    Not where both are given names alone that stand in tables of other cultures: Gita, Geeta.
    """
    if not (
        (x.korean and y.korean) or (x.chinese and y.chinese) or (x.vietnamese and y.vietnamese)
    ):
        return False
    return any(map(_with_family, (x, y))) or not all(
        w.latin and known(w.latin[0]) for w in (*x.words, *y.words)
    )


def _with_family(x: NameKey) -> bool:
    if x.vietnamese:
        return True
    return any(k.family for k in x.korean) or any(z.family for z in x.chinese)


def _letters(x: NameKey, y: NameKey) -> NameMatch:
    if _in_syllables(x, y):
        return _turned(x, y)
    cultures = _common(x, y)
    a, b = _merged(x, y, cultures)
    if _ring(_letters_of(a), _letters_of(b)) and all(_marks(a, b)):
        return NameMatch(True, 0.98, ("same-words",))
    if _joined(x) & _joined(y):
        return NameMatch(True, 0.95, ("apart-together",))
    core_a = [w for w in a if not w.particle]
    core_b = [w for w in b if not w.particle]
    if len(core_a) == 1 and len(core_b) == 1:
        found = word_agreement(core_a[0], core_b[0], cultures)
        if found.rule.startswith(GENDERED_RULE):
            return _verdict(0.4, found.rule)
        return (
            _verdict(found.strength, found.rule)
            if found.rule not in ("initial", "cut-short")
            else _verdict(0.2, "initial-only")
        )
    matched = align(core_a, core_b, cultures)
    return _verdict(*weigh(core_a, core_b, a, b, matched))


def _letters_of(words: Sequence[Word]) -> list[str]:
    return [w.latin[0] if w.script == "latin" and w.latin else w.text for w in words]


def _ring(a: list[str], b: list[str]) -> bool:
    """Whether two lists of words are one, wherever it begins."""
    return len(a) == len(b) and any(a[k:] + a[:k] == b for k in range(len(a)))


def _turned(x: NameKey, y: NameKey) -> NameMatch:
    """Compare two names of short syllables by letters alone: equal, or family name first and last.

    The order of the syllables of a given name counts: Ji-min is not Min-ji.
    """
    a, b = _units(x), _units(y)
    if x.text.isascii() and y.text.isascii() and "".join(a) == "".join(b):
        return NameMatch(True, 0.97, ("apart-together",))
    if len(a) < 2 or not all(_marks(x.words, y.words)):
        return NameMatch(False, 0.0, ("different",))
    if a == b:
        return NameMatch(True, 0.98, ("same-words",))
    if b in (a[1:] + a[:1], a[-1:] + a[:-1]):
        return NameMatch(True, 0.97, ("same-words-turned",))
    return NameMatch(False, 0.0, ("different",))


def _units(x: NameKey) -> list[str]:
    """Words of a name, those joined by hyphens as one."""
    out: dict[int, str] = {}
    for w in x.words:
        out[w.group] = out.get(w.group, "") + (w.latin[0] if w.latin else w.text)
    return list(out.values())


def _marks(a: Sequence[Word], b: Sequence[Word]) -> Iterable[bool]:
    for w in a:
        yield any(word_agreement(w, v, ()).strength >= 0.9 or w.short for v in b)


def _joined(x: NameKey) -> set[str]:
    """Latin letters of a name without gaps, as written and with the last word first."""
    if any(w.script != "latin" or not w.latin for w in x.words) or not x.words:
        return set()
    if any(w.short and len(w.latin[0]) == 1 for w in x.words):
        return set()
    words = [w.latin[0] for w in x.words]
    out = {"".join(words), "".join(words[-1:] + words[:-1]), "".join(words[1:] + words[:1])}
    return {w for w in out if len(w) >= 5} if not _tones(x) else set()


def _tones(x: NameKey) -> bool:
    return any(not w.marked.isascii() for w in x.words)


def _common(x: NameKey, y: NameKey) -> tuple[str, ...]:
    """Cultures whose spelling classes may be used: those of both names, or else those of either."""
    both = tuple(c for c in CULTURES if c in x.cultures and c in y.cultures)
    if both or _only_syllables(x) or _only_syllables(y):
        return both
    return tuple(c for c in CULTURES if c in x.cultures or c in y.cultures)


def _only_syllables(x: NameKey) -> bool:
    """Whether a name belongs to cultures of syllables alone: no other spelling rules then hold."""
    return not set(x.cultures) & set(CULTURES)


def _merged(x: NameKey, y: NameKey, cultures: tuple[str, ...]) -> tuple[list[Word], list[Word]]:
    """Words of both, with neighbours of one joined where the other writes them as one."""
    a, b = list(x.words), list(y.words)
    if len(a) > 2 or len(b) > 2:
        _join(a, y.words, cultures)
        _join(b, x.words, cultures)
    return a, b


def _join(words: list[Word], others: Sequence[Word], cultures: tuple[str, ...]) -> None:
    i = 0
    while i + 1 < len(words):
        for span in (3, 2):
            group = tuple(words[i : i + span])
            if len(group) == span and any(_as_one(group, o, cultures) for o in others):
                words[i : i + span] = [_one_word(group)]
                break
        i += 1


def _as_one(group: tuple[Word, ...], other: Word, cultures: tuple[str, ...]) -> bool:
    """Whether one word of the other name is a group of neighbours written together."""
    first = group[0].latin
    if not (first and other.latin and first[0][:1] == other.latin[0][:1]):
        return False
    if not all(w.latin and w.script == group[0].script for w in group):
        return False
    size = sum(len(w.latin[0]) for w in group)
    if abs(size - len(other.latin[0])) > 3 or (size < 4 and size > len(group)):
        return False
    one = _one_word(group)
    if set(one.latin) & set(other.latin):
        return True
    if any(w.short and len(w.latin[0]) == 1 for w in group):
        return False  # an initial beside a name is no part of it, whatever the two would sound like
    return size >= 6 and word_agreement(one, other, cultures, slips=False).strength >= 0.9


@lru_cache(maxsize=1 << 14)
def _one_word(group: tuple[Word, ...]) -> Word:
    text = "".join(w.text for w in group)
    if group[0].script == "latin":
        text = "".join(w.latin[0] for w in group)
        particle = all(w.particle for w in group)
        return Word(text, "latin", (text,), text, text, False, group[0].group, particle)
    latin = tuple(dict.fromkeys("".join(w.latin[k] for w in group) for k in (0, -1)))
    return Word(text, group[0].script, latin, "", "", False, group[0].group, False)


def name_levels(
    a: Sequence[str | NameKey | None], b: Sequence[str | NameKey | None]
) -> NDArray[np.int8]:
    """Levels of agreement of many pairs of names; each pair of distinct names is compared once.

    Parameters
    ----------
    a, b
        Names or keys, pair ``k`` being ``a[k]`` and ``b[k]``.

    Returns
    -------
    numpy.ndarray
        int8 of shape (pairs,); `LEVELS` says what -1 to 4 mean.

    Examples
    --------
    >>> name_levels(["Ana Lopez", "Ana Lopez", ""], ["Ana Lopes", "Eva Cruz", "Ana Lopez"])
    array([ 3,  0, -1], dtype=int8)
    """
    done: dict[tuple[object, object], int] = {}
    out = np.empty(len(a), dtype=np.int8)
    for k, (x, y) in enumerate(zip(a, b, strict=True)):
        pair = (x.text if isinstance(x, NameKey) else x, y.text if isinstance(y, NameKey) else y)
        level = done.get(pair)
        if level is None:
            level = done[pair] = _level(compare(x, y))
        out[k] = level
    return out


def _level(match: NameMatch) -> int:
    if match.codes == (NO_NAME,):
        return -1
    if match.strength >= 0.98:
        return 4
    if match.strength >= 0.75:
        return 3
    if match.same:
        return 2
    return 1 if match.strength >= 0.25 else 0
