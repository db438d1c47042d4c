"""`NameKey`: a name read once, in every way it can be read; `normalise` makes it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from uncounted.names import chinese, korean, vietnamese
from uncounted.names.affixes import Peeled, peel, set_apart
from uncounted.names.blocks import blocks_of
from uncounted.names.fillers import is_placeholder
from uncounted.names.letters import CULTURES, USUAL, known, pointed, spellings
from uncounted.names.masks import HIDDEN, Mask, unmask
from uncounted.names.native import burmese, japanese
from uncounted.names.parts import MAX_LETTERS, MAX_WORDS, Word, dropped, split
from uncounted.names.scripts import clean

__all__ = ["NameKey", "normalise", "syllable_classes"]


@dataclass(frozen=True, slots=True, eq=False)
class NameKey:
    """A name normalised: what `compare` compares and what linkage blocks on.

    It prints as its shape only, never as the name.

    Parameters
    ----------
    text
        Cleaned text, lower case; equal texts are equal names.
    words
        Words without titles; particles ("de la") marked.
    cultures
        Cultures the name may belong to, of ``ko zh vi es tl ne th ro sl ar en``.
    korean, chinese, vietnamese
        Ways to read the name there; empty where it cannot be read so.
    family
        Canonical candidates of the family name.
    given
        Canonical candidates of the given name.
    blocks
        Keys for blocking, coarse on purpose: two names that `compare` says may be the same share at
        least one. Each binds the whole name or one word of it.
    missing
        Whether there is no name at all: empty, without letters, or "unknown".
    mask
        What is shown where a part of the name is hidden (김○○, M*** L***); ``None`` elsewhere.
    generation
        ``"jr"``, ``"sr"`` and the like, where it is written.
    others
        Further names of the same person that the text holds: maiden, former, called.
    called
        An English name beside a Chinese, Korean or Vietnamese one, folded.
    """

    text: str
    words: tuple[Word, ...]
    cultures: tuple[str, ...]
    korean: tuple[korean.Korean, ...]
    chinese: tuple[chinese.Chinese, ...]
    vietnamese: tuple[vietnamese.Vietnamese, ...]
    family: tuple[str, ...]
    given: tuple[str, ...]
    blocks: tuple[str, ...]
    missing: bool
    mask: Mask | None = None
    generation: str = ""
    others: tuple[NameKey, ...] = ()
    former: bool = False
    called: str = ""

    @property
    def masked(self) -> bool:
        """Whether a part of the name is hidden: it is nobody's equal, and contradicts little."""
        return self.mask is not None

    def __repr__(self) -> str:
        return f"NameKey(words={len(self.words)}, cultures={self.cultures}, missing={self.missing})"


def normalise(name: str | None, culture: str | None = None) -> NameKey:
    """Read a name once, in every way it can be read.

    Parameters
    ----------
    name
        As written, in any script and order; "Family, Given" is understood. ``None`` for none.
    culture
        Culture it is known to belong to (``"ko"``, ``"zh"``, ``"vi"``, ``"es"``, ``"tl"``, ``"ne"``,
        ``"th"``, ``"ro"``, ``"sl"``, ``"ar"``, ``"en"``); ``None`` to let the name say.

    Examples
    --------
    >>> key = normalise("Kim Min-ji")
    >>> "ko:김" in key.family, "ko:민지" in key.given
    (True, True)
    >>> set(key.blocks) & set(normalise("김민지").blocks)
    {'ko:김/mn/c'}
    """
    if not isinstance(name, str):
        return _EMPTY
    return _normalise(name, culture)


@lru_cache(maxsize=1 << 16)
def _normalise(name: str, culture: str | None) -> NameKey:
    heard = _hear(name)
    if isinstance(heard, NameKey):
        return heard
    peeled, mask = heard.peeled, heard.mask
    key = _read(heard.text, heard.words, culture)
    others = tuple(o for o in (_other(x, culture) for x in heard.further) if o is not None)
    if mask is None and (peeled.hidden or _initialled(heard.words)):
        mask = Mask(heard.shown)
    if mask is None and not others and not peeled.generation:
        return key
    return replace(
        key,
        mask=mask,
        generation=peeled.generation,
        others=others,
        former=peeled.former,
        blocks=tuple(sorted({b for k in (key, *others) for b in k.blocks})),
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Heard:
    """A name cut into words, before it is read."""

    text: str
    shown: str
    words: tuple[Word, ...]
    peeled: Peeled
    mask: Mask | None
    further: tuple[str, ...]


def _hear(name: str) -> _Heard | NameKey:
    """Words of a name; a key at once for what is none or too long to be one."""
    head = clean(name[: 4 * MAX_LETTERS])
    text = head.casefold()
    if len(name) > 4 * MAX_LETTERS or len(text) > MAX_LETTERS:
        return _too_long(name, head)
    if is_placeholder(head):
        return _EMPTY
    peeled = peel(head)
    if peeled.false_name:
        return _EMPTY
    mask = unmask(peeled.text)
    shown = peeled.text if mask is None else mask.text or mask.pattern.replace(HIDDEN, "")
    further = peeled.others
    if not shown.isascii():
        if any("\u1000" <= c <= "\u109f" for c in shown):
            shown = burmese(shown)
        if any("\u4e00" <= c <= "\u9fff" for c in shown):
            further += japanese(shown)
    words = split(shown)
    if len(words) > MAX_WORDS:
        return _too_long(name, head)
    if not words or (mask is not None and is_placeholder(shown)):
        return _EMPTY
    if len(words) == 1 and words[0].short and len(words[0].text) == 1 and len(head) > 2:
        return _EMPTY  # "Ms. K", นาย ก
    return _Heard(text, shown, words, peeled, mask, further)


Classes = tuple[tuple[str, ...], tuple[str, ...]]


def syllable_classes(name: str) -> Classes:
    """Canonical family and given names of a name read in syllables, Korean or Chinese; none elsewhere.

    What `normalise` gives of these, at a tenth of its cost for the names of a long list, nearly all of
    which cannot be read so.

    Parameters
    ----------
    name
        As written, "Family, Given" or in any order.

    Returns
    -------
    family, given
        Tuples of classes such as ``ko:김``.

    Examples
    --------
    >>> syllable_classes("Kim, Min-ji")[0], syllable_classes("Smith, Jane")
    (('ko:김',), ((), ()))
    """
    if _surely_letters(name):
        return (), ()
    heard = _hear(name)
    if isinstance(heard, NameKey):
        return (), ()
    _, _, ko, zh = _in_syllables(heard.words, None)
    return _canonical((), ko, zh, ())


_PLAIN = re.compile(r"[A-Za-z]+(?:(?:, |[ '-])[A-Za-z]+)*")
_ONE_CALLED = 3
"""Words from which one may be an English name beside a name of syllables (`_called`)."""


def _surely_letters(name: str) -> bool:
    """Whether too many of a name's words are no syllables for it to be read in them."""
    if _PLAIN.fullmatch(name) is None:
        return False
    words = name.casefold().replace(",", "").replace("-", " ").replace("'", "").split()
    odd = sum(not _may_be_syllables(w) for w in words)
    return odd > 1 or (odd == 1 and len(words) < _ONE_CALLED)


@lru_cache(maxsize=1 << 17)
def _may_be_syllables(word: str) -> bool:
    """Whether a small Latin word is one of syllables, or one that is taken off a name."""
    return korean.spelled(word) or chinese.spelled(word) or set_apart(word) or dropped(word)


def _other(name: str, culture: str | None) -> NameKey | None:
    """Key of a further name; ``None`` where it is none."""
    words = () if is_placeholder(name) or unmask(name) else split(name)
    return _read(name.casefold(), words, culture) if 0 < len(words) <= MAX_WORDS else None


def _too_long(name: str, head: str) -> NameKey:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    none = not any(c.isalpha() for c in head)
    return NameKey(digest, (), (), (), (), (), (), (), () if none else (f"t:{digest}",), none)


def _read(text: str, words: tuple[Word, ...], culture: str | None) -> NameKey:
    """Read the words of a name in every way they can be read."""
    words = _without_title(words)
    core = tuple(w for w in words if not w.particle) or words
    called, rest, ko, zh = _in_syllables(words, culture)
    vi = vietnamese.read(rest) if culture in (None, "vi") else ()
    if called and not (ko or zh or vi):
        called = ""
    syllables = bool(vi) or any(k.family for k in ko) or any(z.family for z in zh)
    cultures = _cultures(core, culture, syllables=syllables)
    family, given = _canonical(core, ko, zh, cultures)
    spelled = cultures if not vi or "vi" in cultures else (*cultures, "vi")
    blocks = blocks_of(words, core, ko, zh, spelled)
    named = ("ko",) * bool(ko) + ("zh",) * bool(zh) + ("vi",) * bool(vi)
    merged = tuple(dict.fromkeys((*named, *cultures)))
    return NameKey(text, words, merged, ko, zh, vi, family, given, blocks, False, called=called)


def _in_syllables(
    words: tuple[Word, ...], culture: str | None
) -> tuple[str, tuple[Word, ...], tuple[korean.Korean, ...], tuple[chinese.Chinese, ...]]:
    """English name beside one of syllables, the other words, and their Korean and Chinese readings."""
    words = _without_title(words)
    called, rest = _called(words) if culture in (None, "ko", "zh", "vi") else ("", words)
    ko = korean.read(rest) if culture in (None, "ko") else ()
    zh = chinese.read(rest) if culture in (None, "zh") else ()
    return called, rest, ko, zh


def _called(words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...]]:
    """English name beside a name of syllables, and the words without it: Amy, Chan Mei Ling."""
    if len(words) < 3:
        return "", words
    for k in (0, -1, -2):
        w = words[k]
        if w.latin and len(w.latin[0]) > 2 and "given" in known(w.latin[0]).get("en", ()):
            rest = tuple(v for v in words if v is not w)
            if all(
                v.latin and len(v.latin[0]) <= 6 and "en" not in known(v.latin[0]) for v in rest
            ):
                return w.latin[0], rest
            return "", words
    return "", words


_BURMESE_TITLES = frozenset(("u", "daw", "ko", "ma", "maung", "mg", "saya", "sayama"))


def _burmese_title(word: Word) -> bool:
    return bool(word.latin) and word.latin[0] in _BURMESE_TITLES


def _without_title(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words of a name less a Burmese title before them."""
    titled = len(words) > 2 and _burmese_title(words[0])
    return words[1:] if titled and sum(map(_burmese, words[1:])) * 2 >= len(words) else words


def _burmese(word: Word) -> bool:
    return bool(word.latin) and "my" in known(word.latin[0])


_MARKERS = frozenset(("thi", "van"))


def _initialled(words: tuple[Word, ...]) -> bool:
    """Whether all that is written beside one name are initials: "Kim X.", "Nguyễn Văn A", "J. D."."""
    letters = [w for w in words if w.latin and w.short and len(w.text) == 1]
    if not letters or len(words) < 2:
        return False
    whole = [w for w in words if w not in letters and not w.particle]
    if vietnamese.is_family(words[0]) and words[-1] in letters and words[-1].latin[0] != "y":
        return sum(w.latin[0] not in _MARKERS for w in whole if w.latin) < 2
    if len(whole) > 1:
        return False
    return not whole or any(w.stopped or w.latin[0] not in "aeiouy" for w in letters)


_EMPTY = NameKey("", (), (), (), (), (), (), (), (), True)
_SCRIPT_CULTURE = {
    "devanagari": ("ne",), "thai": ("th",), "cyrillic": ("sl", "ro"), "arabic": ("ar",),
    "hangul": (), "han": (), "kana": ("ja",),
}  # fmt: skip


def _cultures(words: tuple[Word, ...], culture: str | None, *, syllables: bool) -> tuple[str, ...]:
    """Cultures with letters that the words point to; all of them where nothing points anywhere.

    None where nothing points anywhere and the name reads well in a culture of syllables.
    """
    if culture is not None:
        return (culture,) if culture in CULTURES else ()
    found: set[str] = set()
    for w in words:
        found.update(_word_cultures(w))
    if not found:
        return () if syllables else USUAL
    if found & {"es", "tl"}:
        found |= {"es", "tl"}
    return tuple(c for c in CULTURES if c in found)


@lru_cache(maxsize=1 << 16)
def _word_cultures(word: Word) -> frozenset[str]:
    if word.script != "latin":
        return frozenset(_SCRIPT_CULTURE.get(word.script, ()))
    found = {c for x in word.latin for c in pointed(x, short=word.short)}
    if not word.marked.isascii():
        found.update(("ro",) if set(word.marked) & set("șțăşţ") else ())
        found.update(("es", "tl") if "ñ" in word.marked else ())
    return frozenset(found)


def _canonical(
    core: tuple[Word, ...],
    ko: tuple[korean.Korean, ...],
    zh: tuple[chinese.Chinese, ...],
    cultures: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    family: dict[str, None] = {}
    given: dict[str, None] = {}
    for k in ko:
        givens = ["".join(p) for p in list(product(*(sorted(s) for s in k.given)))[:8]]
        family.update(dict.fromkeys(f"ko:{f}" for f in sorted(k.family)))
        given.update(dict.fromkeys(f"ko:{g}" for g in givens if g))
    for z in zh:
        names = sorted({chinese.plain_pinyin(c) or c for c in z.family})
        givens = ["".join(p) for p in list(product(*(sorted(s.pinyin) for s in z.given)))[:8]]
        family.update(dict.fromkeys(f"zh:{f}" for f in names))
        given.update(dict.fromkeys(f"zh:{g}" for g in givens if g))
    for i, w in enumerate(core):
        for x, kinds in _spelled(w, cultures):
            if kinds != {"given"} and (i or "family" in kinds or len(core) == 1):
                family[f"la:{x}"] = None
            if kinds != {"family"}:
                given[f"la:{x}"] = None
    return tuple(family)[:12], tuple(given)[:12]


@lru_cache(maxsize=1 << 16)
def _spelled(word: Word, cultures: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Likeliest Latin readings of a word, each with what it can be: given or family name."""
    return tuple(
        (x, frozenset(k for c, kinds in known(x).items() if c in cultures for k in kinds))
        for x in spellings(word)[:3]
        if len(x) > 1
    )
