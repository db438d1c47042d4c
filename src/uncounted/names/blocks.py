"""Blocking keys: coarse marks of a name, of which two spellings of one name share at least one.

Three kinds: the whole name read in a culture of syllables (``ko:``, ``zh:``); the whole name as one
row of letters (``j:``); one word of it (``w:``, and ``s:`` for a slip where the name is one word).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from uncounted.names import chinese, korean
from uncounted.names.elements import pieces
from uncounted.names.gender import genderless
from uncounted.names.letters import bare, classes, coarse, confused_with, spellings
from uncounted.names.parts import Word

__all__ = ["blocks_of"]


def blocks_of(
    words: tuple[Word, ...],
    core: tuple[Word, ...],
    ko: tuple[korean.Korean, ...],
    zh: tuple[chinese.Chinese, ...],
    cultures: tuple[str, ...],
) -> tuple[str, ...]:
    """Blocking keys of a name.

    Parameters
    ----------
    words, core
        All its words, and those without particles.
    ko, zh
        Its readings.
    cultures
        Cultures whose spelling classes it may be compared by.
    """
    out: dict[str, None] = {}
    for w in core:
        for part in bare(w):
            out.update(dict.fromkeys(_of_word(part, cultures)))
    if len(core) == 1:
        out.update(dict.fromkeys(_of_slips(core[0])))
    row = [w.latin[0] if w.latin else w.text.casefold() for w in words]
    for turned in {"".join(row), "".join(row[-1:] + row[:-1]), "".join(row[1:] + row[:1])}:
        out[f"j:{coarse(turned)}"] = None
    for k in ko:
        out.update(dict.fromkeys(_korean(k)))
    for z in zh:
        out.update(dict.fromkeys(_chinese(z)))
    return tuple(sorted(out))


@lru_cache(maxsize=1 << 16)
def _of_word(word: Word, cultures: tuple[str, ...]) -> tuple[str, ...]:
    xs = [x for x in spellings(word) if len(x) > 1]
    if not xs:
        return () if word.latin else (f"t:{word.text.casefold()}",)
    forms = dict.fromkeys(xs)
    for culture in cultures:
        for x in xs:
            for key in classes(x, word.romanian or x, culture):
                forms[key] = None
                forms.update(dict.fromkeys(confused_with(key, culture)))
                if culture == "yo":
                    forms.update(dict.fromkeys(pieces(x)))
                if culture == "sl":
                    forms.update(dict.fromkeys(genderless((x,))))
                if culture == "ar":
                    forms[re.sub("[aeiouyw]", "", key)] = None
    return tuple(dict.fromkeys(f"w:{coarse(x)}" for x in forms if x))


def _of_slips(word: Word) -> Iterator[str]:
    """Give a word with each of its letters left out in turn."""
    for x in {word.text.casefold(), *spellings(word)}:
        if len(x) >= 5:
            yield f"s:{x}"
            yield from (f"s:{x[:i]}{x[i + 1 :]}" for i in range(len(x)))


_ONSET = str.maketrans("ㄱㄲㅋㄷㄸㅌㅂㅃㅍㅅㅆㅈㅉㅊㄴㄹㅁㅎ", "kkktttpppssccc" + "nlmh", "ㅇ")
_CODA = str.maketrans(
    "ㄱㄲㅋㄳㄺㄴㄵㄶㄷㅌㅅㅆㅈㅊㅎㄹㄽㄾㅀㄼㄿㅂㅍㅄㅁㄻㅇ", "kkkkknnntttttttlllllppppmmg"
)


@lru_cache(maxsize=1 << 12)
def _frames(syllables: frozenset[str]) -> tuple[str, ...]:
    """Coarse first and last sounds of the Hangul syllables a written one may be."""
    out = set()
    for syllable in syllables:
        if "가" <= syllable <= "힣":
            onset, _, coda = korean.parts_of(syllable)
            out.add(onset.translate(_ONSET) + coda.translate(_CODA))
        else:
            out.add(syllable)
    return tuple(sorted(out))


def _korean(name: korean.Korean) -> Iterator[str]:
    for given in product(*map(_frames, name.given)):
        tail = "/".join(given)
        yield from (f"ko:{family}/{tail}" for family in sorted(name.family) or ("",))


def _chinese(name: chinese.Chinese) -> Iterator[str]:
    """Family name, first letter of the given name in pinyin, number of syllables."""
    heads = {""}
    if name.given:
        first = name.given[0]
        heads = {p[:1] for p in first.pinyin} or set(first.chars)
    families = sorted({chinese.plain_pinyin(c) or c for c in name.family}) or [""]
    for family in families:
        yield from (f"zh:{family}/{h}{len(name.given)}" for h in sorted(heads))
