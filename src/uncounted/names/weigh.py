"""Names of words with letters: which word answers which, and what the agreements are worth together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from uncounted.names.gender import sex_of_given
from uncounted.names.letters import (
    CULTURES,
    INITIAL,
    Agreement,
    bare,
    known,
    spellings,
    word_agreement,
)
from uncounted.names.parts import Word
from uncounted.names.scripts import fold
from uncounted.names.tables import rows

__all__ = ["COMMON_GIVEN", "GENDERED_RULE", "Weighed", "align", "weigh"]

Weighed = tuple[float, *tuple[str, ...]]
"""Strength and the codes of rules."""


def align(
    a: Sequence[Word], b: Sequence[Word], cultures: tuple[str, ...]
) -> list[tuple[int, int, Agreement]]:
    """Best one-to-one agreement of words, the strongest first, near places before far ones."""
    options = []
    for i, w in enumerate(a):
        for j, v in enumerate(b):
            found = word_agreement(w, v, cultures)
            if len(bare(w)) > 1 or len(bare(v)) > 1:
                others = (word_agreement(p, q, cultures) for p in bare(w) for q in bare(v))
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
    return _in_order(a, b, out)


def _in_order(
    a: Sequence[Word], b: Sequence[Word], matched: list[tuple[int, int, Agreement]]
) -> list[tuple[int, int, Agreement]]:
    """Put words that stand twice in a name ("Aye Aye") in one order on both sides."""
    out = list(matched)
    for p, (i, j, found) in enumerate(out):
        for q in range(p):
            k, m, _ = out[q]
            twice = a[i].text == a[k].text and b[j].text == b[m].text
            if twice and (i < k) != (j < m):
                out[p], out[q] = (i, m, found), (k, j, out[q][2])
                i, j, found = out[p]
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


def weigh(
    a: Sequence[Word],
    b: Sequence[Word],
    all_a: Sequence[Word],
    all_b: Sequence[Word],
    matched: list[tuple[int, int, Agreement]],
) -> Weighed:
    """Weigh the agreements of words for the names.

    Parameters
    ----------
    a, b
        Words without particles.
    all_a, all_b
        All words.
    matched
        What `align` found.
    """
    matched_a, matched_b = {m[0] for m in matched}, {m[1] for m in matched}
    left = [w for i, w in enumerate(a) if i not in matched_a]
    right = [w for j, w in enumerate(b) if j not in matched_b]
    left = _without_particle_initials(left, all_b)
    right = _without_particle_initials(right, all_a)
    full = [m for m in matched if m[2].strength > INITIAL]
    if not matched:
        return 0.0, "different"
    eased = 1.0
    if left and right:
        if not _no_contradiction(left, right, (a, matched_a), (b, matched_b)):
            return 0.1, "parts-differ"
        eased = 0.85
    if len(full) < 2:
        if len(full) == 1 and len(matched) > 1:
            return 0.4, "initial-and-one"
        return 0.3, "one-part"
    if not turned([j for i, j, _ in sorted(full) if not (a[i].short or b[j].short)]):
        return 0.45, "order-changes"
    kinds = [_kinds(a, i) & _kinds(b, j) or frozenset(("given", "family")) for i, j, _ in full]
    pairs = [
        (p, q)
        for p in range(len(full))
        for q in range(len(full))
        if p != q and "given" in kinds[p] and "family" in kinds[q]
    ]
    if not pairs:
        return 0.35, "family-given-missing"
    if any(m[2].rule.startswith(GENDERED_RULE) for m in full) and not _sexed(a, b, full):
        return 0.4, "gendered-unexplained"
    strength = max(full[p][2].strength * full[q][2].strength for p, q in pairs)
    for m in full:
        if m[2].strength < 0.9:
            strength = min(strength, m[2].strength)
    slips = sum(m[2].strength <= 0.75 for m in full)
    if slips > 1:
        strength *= 0.6
    rules = sorted(
        {m[2].rule for m in full if m[2].rule != "equal"}, key=lambda code: ("." not in code, code)
    )
    strength *= eased
    missing = [w for w in (*left, *right) if not w.short]
    if missing:
        strength *= 0.95 if len(missing) == 1 else 0.88
        rules.append("parts-left-out")
        if any(m[2].rule == "short-form.en" for m in full):
            strength *= (
                0.5  # Jenny is a name of its own in most places: then all else must be there
            )
        if _only_second(a, b, matched):
            strength *= 0.5 if _only_common(a, full) else 0.65
    if _particle_missing(all_a, all_b, a, b, full):
        strength *= (
            0.45
            if len(full) < 3
            and any(a[i].latin[:1] and a[i].latin[0] in _twins() for i, _, _ in full)
            else 0.8
        )
        rules.append("joining-left-out")
    return strength, *(rules or ["same-words-order"])


GENDERED_RULE = "gendered"


def _sexed(
    a: Sequence[Word], b: Sequence[Word], full: Sequence[tuple[int, int, Agreement]]
) -> bool:
    """Whether a given name that agrees says whose sex explains the two forms of the family name."""
    others = [(a[i], b[j]) for i, j, m in full if not m.rule.startswith(GENDERED_RULE)]
    sexes = [{sex_of_given(x) for w in pair for x in spellings(w)[:1]} for pair in others]
    return any(len(s) == 1 and s != {""} for s in sexes)


def turned(order: Sequence[int]) -> bool:
    """Whether places are in order, seen as a ring: "Lopez Cruz Ana" is "Ana Lopez Cruz" turned.

    Examples
    --------
    >>> turned([1, 2, 0]), turned([0, 2, 1])
    (True, False)
    """
    return sum(p > q for p, q in zip(order, (*order[1:], *order[:1]), strict=True)) <= 1


_Placed = tuple[Sequence[Word], set[int]]
"""Words of a name and the places of those that found their like."""


def _no_contradiction(left: Sequence[Word], right: Sequence[Word], a: _Placed, b: _Placed) -> bool:
    """Whether what is left on both sides does not forbid the match.

    A given name left out here and a second family name left out there do not contradict each other.
    """
    kinds = [{k for w in side for ks in _table_kinds(w) for k in ks} for side in (left, right)]
    if sorted(map(sorted, kinds)) != [["family"], ["given"]]:
        return False
    (words, found), rest = (a, left) if kinds[0] == {"family"} else (b, right)
    for w in rest:
        at = next(k for k, x in enumerate(words) if x is w)
        if at - 1 not in found or "family" not in _kinds(words, at - 1):
            return False
    return True


def _table_kinds(word: Word) -> list[set[str]]:
    return [ks for x in spellings(word) for ks in known(x).values()]


COMMON_GIVEN = frozenset(("maria", "jose", "juan", "ana", "luis", "ma", "carlos", "rosa"))
"""Given names so common that sharing one says nothing."""


def _only_common(a: Sequence[Word], full: Sequence[tuple[int, int, Agreement]]) -> bool:
    """Whether, a family name apart, all that agrees are the very commonest given names."""
    return sum(a[i].latin[:1] != () and a[i].latin[0] not in COMMON_GIVEN for i, _, _ in full) < 2


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
            if any(w.particle and w.latin[0] in _JOINS for w in (*all_a, *all_b)):
                return False
            return _led_by_particle(a[i], all_a) != _led_by_particle(b[j], all_b) and not any(
                w.short and w.latin and w.latin[0] == "d" for w in (*all_a, *all_b)
            )
    return False


@lru_cache(maxsize=1)
def _twins() -> frozenset[str]:
    """Family names that are common both with a joining word and without: dela Cruz and Cruz."""
    names = [latin for _, kind, _, latin, _ in rows("names", 5) if kind == "family"]
    alone = {fold(x) for x in names if len(x.split()) == 1}
    return frozenset(fold(x.split()[-1]) for x in names if len(x.split()) > 1) & alone


def portuguese(*names: Sequence[Word]) -> bool:
    """Whether every name is Portuguese and not Spanish or Filipino as well."""
    return all(
        any(
            "pt" in known(w.latin[0]) and not {"es", "tl"} & known(w.latin[0]).keys()
            for w in z
            if w.latin
        )
        for z in names
    )


_JOINS = frozenset(("da", "do", "dos", "das"))
"""Joining words that are Portuguese and drop in and out of one person's name."""


def _led_by_particle(word: Word, words: Sequence[Word]) -> bool:
    at = [k for k, w in enumerate(words) if w is word]
    fused = len(bare(word)) > 1
    return fused or bool(at and at[0] > 0 and words[at[0] - 1].particle)


def _only_second(
    a: Sequence[Word], b: Sequence[Word], matched: list[tuple[int, int, Agreement]]
) -> bool:
    """Whether the family name agrees only with the second of two family names."""
    short, long, side = (a, b, 1) if len(a) < len(b) else (b, a, 0)
    if len(short) >= len(long) or len(long) < 3:
        return False
    if portuguese(short, long):
        return False  # there the last family name is the father's, and the one that is kept
    taken = {m[side] for m in matched}
    last = len(long) - 1
    before = long[last - 1]
    kinds = {k for x in spellings(before) for ks in known(x).values() for k in ks}
    return last in taken and last - 1 not in taken and kinds == {"family"}


def _without_particle_initials(words: list[Word], other: Sequence[Word]) -> list[Word]:
    heads = {w.latin[0][0] for w in other if w.particle and w.latin}
    heads |= {"d" for w in other if len(bare(w)) > 1}
    return [
        w
        for w in words
        if not (len(w.latin[0] if w.latin else w.text) == 1 and w.latin and w.latin[0] in heads)
    ]
