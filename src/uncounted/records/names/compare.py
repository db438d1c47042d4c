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

from uncounted.records.names import chinese, korean, vietnamese
from uncounted.records.names.jaro import edits
from uncounted.records.names.keys import NameKey, normalise
from uncounted.records.names.letters import (
    CULTURES,
    INITIAL,
    Agreement,
    known,
    spellings,
    word_agreement,
)
from uncounted.records.names.parts import Word

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


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What the comparison of two names says.

    Parameters
    ----------
    same
        Whether the two may be the same person's name.
    strength
        From 0 (nothing agrees) to 1 (equal); it is a rank, not a probability.
    rule
        The rule that decided, in a few plain words; it never holds the name.
    """

    same: bool
    strength: float
    rule: str


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
        return NameMatch(False, 0.0, "no name to compare")
    if x.text == y.text:
        return NameMatch(True, 1.0, "equal")
    if not x.words or not y.words:
        return NameMatch(False, 0.0, "too long to be a name, and not equal")
    found = _letters(x, y)
    for other in (_korean(x, y), _chinese(x, y), _vietnamese(x, y)):
        if other is not None and (other.strength, other.rule) > (found.strength, found.rule):
            found = other
    strength = round(min(found.strength, 0.99 if found.rule != "equal" else 1.0), 3)
    return NameMatch(strength >= SAME_AT, strength, found.rule)


def _verdict(strength: float, rule: str) -> NameMatch:
    return NameMatch(strength >= SAME_AT, strength, rule)


def _korean(x: NameKey, y: NameKey) -> NameMatch | None:
    if not x.korean or not y.korean:
        return None
    ok, syllables = korean.agree(x.korean, y.korean)
    if not ok:
        return None
    if syllables == 1 and _plain(x) and _plain(y) and not chinese.agree(x.chinese, y.chinese)[0]:
        return _verdict(0.45, "Korean: one syllable that Chinese tells apart")
    if syllables == 0:
        return _verdict(0.85, "Korean: family name in another spelling")
    if not any(k.family for k in x.korean):
        if all(known(w.latin[0]) for z in (x, y) for w in z.words if w.latin):
            return None
        return _verdict(0.85, "Korean: given name in another spelling")
    if syllables == 1:
        return _verdict(0.8, "Korean: family and one-syllable given name in another spelling")
    scripts = {w.script for w in x.words} ^ {w.script for w in y.words}
    how = "script" if scripts else "spelling"
    return _verdict(0.9, f"Korean: family and given name in another {how}")


def _plain(x: NameKey) -> bool:
    return any(z.plain for z in x.chinese)


def _family_only(x: NameKey) -> bool:
    """Whether the name can be a bare Korean family name: Korean then decides."""
    return any(k.family and not k.given for k in x.korean)


_SYSTEMS = {"C": "Cantonese", "H": "characters", "P": "pinyin", "W": "Wade-Giles"}


def _chinese(x: NameKey, y: NameKey) -> NameMatch | None:
    if not x.chinese or not y.chinese:
        return None
    ok, syllables, systems = chinese.agree(x.chinese, y.chinese)
    if not ok:
        return None
    if len(x.words) == len(y.words) == 1 and _family_only(x) and _family_only(y):
        return None
    if syllables == 0:
        return _verdict(0.85, "Chinese: family name in another spelling")
    words = " and ".join(dict.fromkeys(_SYSTEMS[c] for c in systems))
    strength = {"PP": 0.9, "HH": 0.97, "HP": 0.9, "PW": 0.85, "HW": 0.85, "WW": 0.8}.get(
        systems, 0.75
    )
    if syllables == 1:
        strength -= 0.1
    return _verdict(strength, f"Chinese: family and given name, {words}")


def _vietnamese(x: NameKey, y: NameKey) -> NameMatch | None:
    if not x.vietnamese or not y.vietnamese:
        return None
    strength = vietnamese.agree(x.vietnamese, y.vietnamese)
    return _verdict(0.97 * strength, "Vietnamese: family and given name") if strength else None


def _in_syllables(x: NameKey, y: NameKey) -> bool:
    """Whether both names can be read in one culture of short syllables."""
    return bool(
        (x.korean and y.korean) or (x.chinese and y.chinese) or (x.vietnamese and y.vietnamese)
    )


def _letters(x: NameKey, y: NameKey) -> NameMatch:
    if _in_syllables(x, y):
        return _turned(x, y)
    a, b = _merged(x, y)
    if _word_bag(a) == _word_bag(b) and all(_marks(a, b)):
        return NameMatch(True, 0.98, "the same words")
    if _joined(x) & _joined(y):
        return NameMatch(True, 0.95, "the same letters, written apart or together")
    cultures = _common(x, y)
    core_a = [w for w in a if not w.particle]
    core_b = [w for w in b if not w.particle]
    if len(core_a) == 1 and len(core_b) == 1:
        found = word_agreement(core_a[0], core_b[0], cultures)
        return (
            _verdict(found.strength, _say(found.rule))
            if found.rule != "initial"
            else _verdict(0.2, "an initial only")
        )
    matched = _align(core_a, core_b, cultures)
    return _weigh(core_a, core_b, a, b, matched)


def _word_bag(words: Sequence[Word]) -> list[str]:
    return sorted(w.latin[0] if w.script == "latin" and w.latin else w.text for w in words)


def _turned(x: NameKey, y: NameKey) -> NameMatch:
    """Compare two names of short syllables by letters alone: equal, or family name first and last.

    The order of the syllables of a given name counts: Ji-min is not Min-ji.
    """
    a, b = _units(x), _units(y)
    if x.text.isascii() and y.text.isascii() and "".join(a) == "".join(b):
        return NameMatch(True, 0.97, "the same letters, written apart or together")
    if len(a) < 2 or not all(_marks(x.words, y.words)):
        return NameMatch(False, 0.0, "different")
    if a == b:
        return NameMatch(True, 0.98, "the same words")
    if b in (a[1:] + a[:1], a[-1:] + a[:-1]):
        return NameMatch(True, 0.97, "the same words, family name first and last")
    return NameMatch(False, 0.0, "different")


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
    """Cultures whose spelling classes may be used: shared ones, or all where words are unknown."""
    both = tuple(c for c in CULTURES if c in x.cultures and c in y.cultures)
    if both or not any(w.latin and not known(w.latin[0]) for w in (*x.words, *y.words)):
        return both
    return tuple(c for c in CULTURES if c in x.cultures or c in y.cultures)


def _merged(x: NameKey, y: NameKey) -> tuple[list[Word], list[Word]]:
    """Words of both, with two neighbours of one joined where the other writes them as one."""
    a, b = list(x.words), list(y.words)
    _join(a, {s for w in b for s in w.latin})
    _join(b, {s for w in a for s in w.latin})
    return a, b


def _join(words: list[Word], other: set[str]) -> None:
    i = 0
    while i + 1 < len(words):
        for span in (3, 2):
            group = words[i : i + span]
            if len(group) == span and all(w.script == "latin" and w.latin for w in group):
                together = "".join(w.latin[0] for w in group)
                letters = all(len(w.latin[0]) == 1 for w in group)
                if together in other and (len(together) > 3 or letters):
                    words[i : i + span] = [
                        Word(
                            together,
                            "latin",
                            (together,),
                            together,
                            together,
                            False,
                            group[0].group,
                            False,
                        )
                    ]
                    break
        i += 1


_FUSED = ("delos", "delas", "dela", "del", "de")


@lru_cache(maxsize=1 << 16)
def _bare(word: Word) -> tuple[Word, ...]:
    """Give a word and, where it starts with a joined particle ("delacruz"), what follows it."""
    if word.script != "latin" or not word.latin:
        return (word,)
    x = word.latin[0]
    for head in _FUSED:
        rest = x[len(head) :]
        if (
            x.startswith(head)
            and len(rest) >= 4
            and "family" in {k for ks in known(rest).values() for k in ks}
        ):
            return word, Word(rest, "latin", (rest,), rest, rest, False, word.group, False)
    return (word,)


def _align(
    a: Sequence[Word], b: Sequence[Word], cultures: tuple[str, ...]
) -> list[tuple[int, int, Agreement]]:
    """Best one-to-one agreement of words, the strongest first, near places before far ones."""
    options = []
    for i, w in enumerate(a):
        for j, v in enumerate(b):
            found = word_agreement(w, v, cultures)
            if len(_bare(w)) > 1 or len(_bare(v)) > 1:
                others = (word_agreement(p, q, cultures) for p in _bare(w) for q in _bare(v))
                found = max((found, *others), key=lambda g: g.strength)
            if found.strength > 0:
                options.append((-found.strength, abs(i - j), i, j, found))
    options.sort(key=lambda o: o[:4])
    used_a: set[int] = set()
    used_b: set[int] = set()
    out = []
    for _, _, i, j, found in options:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            out.append((i, j, found))
    return out


def _kinds(words: Sequence[Word], i: int, cultures: Sequence[str] = CULTURES) -> frozenset[str]:
    """Whether the word can be a given name, a family name, or both."""
    kinds = {
        k for x in spellings(words[i]) for c, ks in known(x).items() for k in ks if c in cultures
    }
    if kinds == {"given"} and i != len(words) - 1:
        return frozenset(("given",))
    if kinds == {"family"} and i != 0:
        return frozenset(("family",))
    return frozenset(("given", "family"))


def _weigh(
    a: Sequence[Word],
    b: Sequence[Word],
    all_a: Sequence[Word],
    all_b: Sequence[Word],
    matched: list[tuple[int, int, Agreement]],
) -> NameMatch:
    left = [w for i, w in enumerate(a) if i not in {m[0] for m in matched}]
    right = [w for j, w in enumerate(b) if j not in {m[1] for m in matched}]
    left = _without_particle_initials(left, all_b)
    right = _without_particle_initials(right, all_a)
    full = [m for m in matched if m[2].strength > INITIAL]
    if not matched:
        return NameMatch(False, 0.0, "different")
    eased = _ease(left, right) if left and right else 1.0
    if not eased:
        return NameMatch(False, 0.1, "parts that do not agree")
    if len(full) < 2:
        if len(full) == 1 and len(matched) > 1:
            return NameMatch(False, 0.4, "an initial is all that agrees besides one name")
        return NameMatch(False, 0.3, "one part of the name only")
    kinds = [_kinds(a, i) & _kinds(b, j) or frozenset(("given", "family")) for i, j, _ in full]
    pairs = [
        (p, q)
        for p in range(len(full))
        for q in range(len(full))
        if p != q and "given" in kinds[p] and "family" in kinds[q]
    ]
    if not pairs:
        return NameMatch(False, 0.35, "family or given name is not there to agree")
    strength = max(full[p][2].strength * full[q][2].strength for p, q in pairs)
    for m in full:
        if m[2].strength < 0.9:
            strength = min(strength, m[2].strength)
    slips = sum(m[2].strength <= 0.75 for m in full)
    if slips > 1:
        strength *= 0.6
    rules = sorted({_say(m[2].rule) for m in full if m[2].rule != "equal"})
    strength *= eased
    missing = [w for w in (*left, *right) if not w.short]
    if missing:
        strength *= 0.95 if len(missing) == 1 else 0.88
        rules.append("parts left out")
        if _only_second(a, b, matched):
            strength *= 0.5 if _only_common(a, full) else 0.65
    if _particle_missing(all_a, all_b, a, b, full):
        strength *= 0.8
        rules.append("a joining word left out")
    return _verdict(strength, "; ".join(rules) or "the same words in another order")


def _ease(left: Sequence[Word], right: Sequence[Word]) -> float:
    """Weigh what both sides have and the other has not: 0 where it forbids the match.

    A given name left out here and a family name left out there do not contradict each other, nor do
    two spellings one slip apart.
    """
    kinds = [{k for w in side for ks in _table_kinds(w) for k in ks} for side in (left, right)]
    if all(kinds) and not kinds[0] & kinds[1] and len(kinds[0]) == len(kinds[1]) == 1:
        return 0.85
    if len(left) == len(right) == 1:
        pairs = ((p, q) for p in spellings(left[0]) for q in spellings(right[0]))
        if any(_one_slip(p, q) for p, q in pairs):
            return 0.8
    return 0.0


def _one_slip(p: str, q: str) -> bool:
    ends = p[:1] == q[:1] and p[-1:] == q[-1:]
    return min(len(p), len(q)) >= 4 and ends and edits(p, q) == 1 and not (known(p) and known(q))


def _table_kinds(word: Word) -> list[set[str]]:
    return [ks for x in spellings(word) for ks in known(x).values()]


_COMMON_GIVEN = frozenset(("maria", "jose", "juan", "ana", "luis", "ma", "carlos", "rosa"))


def _only_common(a: Sequence[Word], full: Sequence[tuple[int, int, Agreement]]) -> bool:
    """Whether all given names that agree are among the very commonest."""
    given = [a[i] for i, _, _ in full if "given" in _kinds(a, i)]
    return all(x in _COMMON_GIVEN for w in given for x in w.latin[:1] if "given" in _known_kinds(x))


def _known_kinds(x: str) -> set[str]:
    return {k for ks in known(x).values() for k in ks}


def _particle_missing(
    all_a: Sequence[Word],
    all_b: Sequence[Word],
    a: Sequence[Word],
    b: Sequence[Word],
    full: Sequence[tuple[int, int, Agreement]],
) -> bool:
    """Whether a family name that agrees is "dela Cruz" on one side and "Cruz" on the other."""
    for i, j, _ in full:
        if i == len(a) - 1 and j == len(b) - 1:
            return _led_by_particle(a[i], all_a) != _led_by_particle(b[j], all_b) and not any(
                w.short and w.latin and w.latin[0] == "d" for w in (*all_a, *all_b)
            )
    return False


def _led_by_particle(word: Word, words: Sequence[Word]) -> bool:
    at = [k for k, w in enumerate(words) if w is word]
    fused = len(_bare(word)) > 1
    return fused or bool(at and at[0] > 0 and words[at[0] - 1].particle)


def _only_second(
    a: Sequence[Word], b: Sequence[Word], matched: list[tuple[int, int, Agreement]]
) -> bool:
    """Whether the family name agrees only with the second of two family names."""
    short, long, side = (a, b, 1) if len(a) < len(b) else (b, a, 0)
    if len(short) >= len(long) or len(long) < 3:
        return False
    taken = {m[side] for m in matched}
    last = len(long) - 1
    before = long[last - 1]
    kinds = {k for x in spellings(before) for ks in known(x).values() for k in ks}
    return last in taken and last - 1 not in taken and kinds == {"family"}


def _without_particle_initials(words: list[Word], other: Sequence[Word]) -> list[Word]:
    heads = {w.latin[0][0] for w in other if w.particle and w.latin}
    heads |= {"d" for w in other if len(_bare(w)) > 1}
    return [
        w
        for w in words
        if not (len(w.latin[0] if w.latin else w.text) == 1 and w.latin and w.latin[0] in heads)
    ]


_CULTURE_WORDS = {
    "es": "Spanish", "tl": "Filipino", "ne": "Nepali", "th": "Thai", "ro": "Romanian",
    "sl": "Slavic", "ar": "Arabic", "vi": "Vietnamese", "en": "English",
}  # fmt: skip


def _say(rule: str) -> str:
    culture, colon, rest = rule.partition(": ")
    return f"{_CULTURE_WORDS[culture]} {rest}" if colon and culture in _CULTURE_WORDS else rule


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
    if match.rule == "no name to compare":
        return -1
    if match.strength >= 0.98:
        return 4
    if match.strength >= 0.75:
        return 3
    if match.same:
        return 2
    return 1 if match.strength >= 0.25 else 0
