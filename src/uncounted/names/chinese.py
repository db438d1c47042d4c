"""Chinese names: pinyin, Wade-Giles, Cantonese and older spellings read back into sounds and characters.

A written syllable stands for pinyin syllables and for the characters of the tables. Spellings of one
system are compared in that system; across systems two syllables agree when a character can be both
("Sin" and "Qian" through 倩). A name that reads well in pinyin is not read as Cantonese.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from uncounted.names.parts import Word
from uncounted.names.tables import rows

__all__ = [
    "Chinese", "agree", "cantonese", "given_ways", "plain_pinyin", "read", "spelled", "wade_giles",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sound:
    """One syllable of a given name: its pinyin syllables and the characters it may be."""

    pinyin: frozenset[str]
    chars: frozenset[str]
    cut: str = ""

    @property
    def usual(self) -> bool:
        """Whether given names of the tables hold the syllable."""
        return bool(self.chars)


@dataclass(frozen=True, slots=True)
class Chinese:
    """One way to read a name as Chinese.

    Parameters
    ----------
    system
        ``"P"`` pinyin, ``"W"`` Wade-Giles, ``"C"`` Cantonese, ``"H"`` characters.
    family
        Family names (simplified characters) it may be; empty where the name has none.
    given
        Syllables of the given name.
    plain
        Whether family and given name both are plain pinyin.
    """

    system: str
    family: frozenset[str]
    given: tuple[Sound, ...]
    plain: bool = False


@lru_cache(maxsize=1)
def _sound_rules() -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    out: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for system, part, sound, spellings in rows("chinese_sounds", 4):
        forms = tuple(x.replace("-", "") for x in spellings.split())
        out.setdefault((system, part), {})[sound] = forms
    return out


_COMMON = 250
"""Family names beyond this rank are too rare to settle that a name is written in pinyin."""
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")


@lru_cache(maxsize=4096)
def wade_giles(pinyin: str) -> tuple[str, ...]:
    """Wade-Giles spellings of a pinyin syllable without marks, the standard one first.

    Examples
    --------
    >>> wade_giles("zhang"), wade_giles("qian"), wade_giles("xiao")
    (('chang', 'jhang'), ('chien',), ('hsiao',))
    """
    rules = _sound_rules()
    whole = rules["pinyin", "whole"].get(pinyin)
    if whole:
        return whole
    pinyin = pinyin.replace("v", "u")
    for initial in _INITIALS:
        if pinyin.startswith(initial):
            final = pinyin[len(initial) :]
            break
    else:
        initial, final = "", pinyin
    starts = rules["pinyin", "initial"].get(initial, ("",))
    ends = rules["pinyin", "final"].get(final, (final,)) if initial else (final,)
    if initial in ("g", "k", "h", "sh") and final == "uo":
        ends = ("uo",)
    return tuple(s + e for s, e in product(starts, ends))


@lru_cache(maxsize=4096)
def cantonese(jyutping: str) -> tuple[str, ...]:
    """Latin spellings of a Cantonese syllable given in Jyutping, the commonest first.

    Examples
    --------
    >>> cantonese("zoeng")[0], cantonese("ming")[0]
    ('cheung', 'ming')
    """
    rules = _sound_rules()
    if jyutping == "ng":
        return ("ng",)
    for initial in sorted(rules["jyutping", "initial"], key=len, reverse=True):
        final = jyutping[len(initial) :]
        if jyutping.startswith(initial) and final in rules["jyutping", "final"]:
            break
    else:
        return (jyutping,)
    starts = rules["jyutping", "initial"][initial]
    ends = rules["jyutping", "final"][final]
    forms = (s + e for s, e in product(starts, ends))
    return tuple(dict.fromkeys(f.replace("yyu", "yu") for f in forms if f))


@dataclass(frozen=True, slots=True)
class _Tables:
    simple: dict[str, str]
    rank: dict[str, int]
    family_pinyin: dict[str, frozenset[str]]
    family_other: dict[str, frozenset[str]]
    family_wade: dict[str, frozenset[str]]
    family_chars: frozenset[str]
    pinyin_of: dict[str, frozenset[str]]
    given_pinyin: dict[str, frozenset[str]]
    given_wade: dict[str, frozenset[str]]
    given_cantonese: dict[str, frozenset[str]]


def _frozen(d: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {k: frozenset(v) for k, v in d.items()}


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    simple: dict[str, str] = {}
    rank: dict[str, int] = {}
    pinyin_of: dict[str, set[str]] = {}
    f_pinyin: dict[str, set[str]] = {}
    f_other: dict[str, set[str]] = {}
    f_wade: dict[str, set[str]] = {}
    g_pinyin: dict[str, set[str]] = {}
    g_wade: dict[str, set[str]] = {}
    g_cantonese: dict[str, set[str]] = {}
    surnames = [*rows("chinese_surnames", 5), *rows("more_chinese_surnames", 5)]
    for n, (char, trad, pinyin, jyutping, also) in enumerate(surnames):
        rank[char] = n
        if len(char) == len(trad):
            simple.update(zip(trad, char, strict=True))
        f_pinyin.setdefault(pinyin.replace("v", "u"), set()).add(char)
        for form in wade_giles(pinyin) if len(char) == 1 else ():
            f_wade.setdefault(form, set()).add(char)
            f_other.setdefault(form, set()).add(char)
        for form in also.split() or cantonese(jyutping)[:1]:
            f_other.setdefault(form, set()).add(char)
        if len(char) == 1:
            pinyin_of.setdefault(char, set()).add(pinyin)
    for char, trad, pinyin, jyutping, _ in rows("han_given", 5):
        simple[trad] = char
        pinyin_of.setdefault(char, set()).add(pinyin)
        g_pinyin.setdefault(pinyin, set()).add(char)
        for form in wade_giles(pinyin):
            g_wade.setdefault(form, set()).add(pinyin)
        for spoken_form in jyutping.split():
            for form in cantonese(spoken_form):
                g_cantonese.setdefault(form, set()).add(char)
    for char, trad, pinyin, _, _ in surnames:
        if len(char) == 1 and pinyin in g_pinyin:
            g_pinyin[pinyin].add(char)
        simple.setdefault(trad, char)
    for (pinyin,) in rows("pinyin_syllables", 1):
        g_pinyin.setdefault(pinyin, set())
        for form in wade_giles(pinyin):
            g_wade.setdefault(form, set()).add(pinyin)
    return _Tables(
        simple, rank, _frozen(f_pinyin), _frozen(f_other), _frozen(f_wade), frozenset(rank),
        _frozen(pinyin_of), _frozen(g_pinyin), _frozen(g_wade), _frozen(g_cantonese),
    )  # fmt: skip


def plain_pinyin(char: str) -> str:
    """Pinyin of one character of the tables (the first reading), or ``""``."""
    return min(_tables().pinyin_of.get(char, frozenset(("",))))


def _cuts(word: str, known: frozenset[str]) -> list[tuple[str, ...]]:
    one: list[tuple[str, ...]] = [(word,)] if word in known else []
    two: list[tuple[str, ...]] = [
        (word[:i], word[i:])
        for i in range(1, min(len(word), 7))
        if word[:i] in known and word[i:] in known
    ]
    return one + two


@lru_cache(maxsize=3)
def _inventory(system: str) -> frozenset[str]:
    t = _tables()
    return frozenset({"P": t.given_pinyin, "W": t.given_wade, "C": t.given_cantonese}[system])


@lru_cache(maxsize=32768)
def _syllables(word: str, system: str) -> tuple[tuple[Sound, ...], ...]:
    t = _tables()
    out = []
    for cut in _cuts(word, _inventory(system)):
        sounds = []
        for s in cut:
            if system == "P":
                sounds.append(Sound(frozenset((s,)), t.given_pinyin[s], s))
            elif system == "W":
                pinyin = t.given_wade[s]
                chars = frozenset().union(*(t.given_pinyin[p] for p in pinyin))
                sounds.append(Sound(pinyin, chars, s))
            else:
                chars = t.given_cantonese[s]
                pinyin = frozenset().union(*(t.pinyin_of[c] for c in chars))
                sounds.append(Sound(pinyin, chars, s))
        out.append(tuple(sounds))
    return tuple(out)


def spelled(word: str) -> bool:
    """Whether a folded Latin word may be a Chinese family name or the syllables of a given one."""
    t = _tables()
    if word in t.family_pinyin or word in t.family_other:
        return True
    return any(_cuts(word, _inventory(system)) for system in ("P", "W", "C"))


def _given(words: tuple[Word, ...], system: str) -> list[tuple[Sound, ...]]:
    ways: list[tuple[Sound, ...]] = [()]
    for w in words:
        cuts = _syllables(w.latin[0], system) if w.script == "latin" and w.latin else ()
        ways = [a + b for a in ways for b in cuts if len(a) + len(b) <= 3][:16]
    return [w for w in ways if w]


@lru_cache(maxsize=1 << 14)
def given_ways(words: tuple[Word, ...]) -> tuple[Chinese, ...]:
    """Every way to read words as a given name alone, in every system of spelling."""
    if words and all(w.script == "han" for w in words):
        text = "".join(w.text for w in words)
        return (Chinese("H", frozenset(), tuple(_char(c) for c in text)),) if len(text) < 4 else ()
    ways = ((system, way) for system in ("P", "W", "C") for way in _given(words, system))
    return tuple(Chinese(system, frozenset(), way) for system, way in ways)


def _family(word: Word) -> frozenset[str]:
    """Characters a Latin word may be as a family name, in any system."""
    t = _tables()
    none: frozenset[str] = frozenset()
    return t.family_pinyin.get(word.latin[0], none) | t.family_other.get(word.latin[0], none)


def _char(c: str) -> Sound:
    t = _tables()
    c = t.simple.get(c, c)
    return Sound(t.pinyin_of.get(c, frozenset()), frozenset((c,)))


def read(words: tuple[Word, ...]) -> tuple[Chinese, ...]:
    """Every way to read a name as Chinese; none when it cannot be."""
    if not 1 <= len(words) <= 4:
        return ()
    if all(w.script == "han" for w in words):
        found = _characters("".join(w.text for w in words))
        if len(words) == 2:
            found += _characters(words[1].text + words[0].text)
        return tuple(dict.fromkeys(found))
    if any(w.script != "latin" or not w.latin for w in words):
        return ()
    t = _tables()
    plain: list[Chinese] = []
    other: list[Chinese] = []
    ahead: set[Chinese] = set()
    apart = len(words) > 2 and words[0].group != words[1].group
    leading = min((t.rank[c] for c in _family(words[0])), default=10**6) if apart else 10**6
    for first, family, rest in ((True, words[0], words[1:]), (False, words[-1], words[:-1])):
        spelled = family.latin[0]
        own = t.family_pinyin.get(spelled, frozenset())
        wide = t.family_other.get(spelled, frozenset())
        joined = family.group in {w.group for w in rest} and len({w.group for w in words}) > 1
        if joined or not (own or wide):
            # A word tied to its neighbour by a hyphen, beside another, is no family name.
            if not rest:
                break
            continue
        rank = min((t.rank[c] for c in own), default=10**6)
        commoner = frozenset(c for c in wide if t.rank[c] < rank)
        # "Chan Ka Yan": who begins with a common family name does not end with a rare one.
        spoken = first or min((t.rank[c] for c in own | wide), default=10**6) <= 4 * leading + 10
        hyphens = len({w.group for w in rest}) < len(rest)
        wade = t.family_wade.get(spelled, frozenset()) & (own | wide)
        if hyphens and not wade:
            wade = wide
        if not rest:
            if own | wide:
                plain.append(Chinese("P", own | commoner, (), rank < _COMMON))
            break
        for way in _given(rest, "P"):
            well = rank < _COMMON and all(s.usual for s in way)
            # Pinyin sets off a second syllable that begins with a vowel: "Chien" is not Chi'en.
            well = well and not any(s.cut[:1] in ("a", "e", "o") for s in way[1:])
            if own:
                plain.append(Chinese("P", own, way, well))
            if commoner:
                other.append(Chinese("P", commoner, way, well))
        if any(x.plain and x.family == own for x in plain) and not hyphens:
            wade &= commoner
        if wade:
            other.extend(Chinese("W", wade, way) for way in _given(rest, "W"))
        if spoken and own | wide:
            other.extend(Chinese("C", own | wide, way) for way in _given(rest, "C"))
        if first:
            ahead.update(plain, other)
    if any(x.plain for x in plain):
        other = [x for x in other if x.system != "C"]
    out = sorted(plain + other, key=lambda x: x not in ahead)
    if len({w.group for w in words}) == 1:
        for system in ("P", "W", "C"):
            ways = [w for w in _given(words, system) if len(w) == 2]
            out.extend(Chinese(system, frozenset(), way) for way in ways)
            if ways and system == "P":
                break
    return tuple(dict.fromkeys(out))


def _characters(text: str) -> tuple[Chinese, ...]:
    t = _tables()
    text = "".join(t.simple.get(c, c) for c in text)
    out = []
    for size in (2, 1):
        if text[:size] in t.family_chars and len(text) - size <= 3:
            given = tuple(_char(c) for c in text[size:])
            out.append(Chinese("H", frozenset((text[:size],)), given))
    if not out and 1 < len(text) <= 4:
        out.append(Chinese("H", frozenset((text[:1],)), tuple(_char(c) for c in text[1:])))
    if len(text) == 2:
        out.append(Chinese("H", frozenset(), tuple(_char(c) for c in text)))
    return tuple(out)


def _same_sound(a: Sound, b: Sound, x: str, y: str) -> bool:
    if x == y == "H":
        return a.chars == b.chars
    if "C" in (x, y):
        return bool(a.chars & b.chars)
    if x == y == "W" and a.cut == b.cut:
        return True
    return bool(a.pinyin & b.pinyin)


def agree(a: tuple[Chinese, ...], b: tuple[Chinese, ...]) -> tuple[bool, int, str]:
    """Whether two names may be one Chinese name, in how many given syllables, and by which systems."""
    best, systems = -1, ""
    wade = any(x.system == y.system == "W" and x.family & y.family for x in a for y in b)
    for x in a:
        for y in b:
            if wade and {x.system, y.system} == {"C", "W"}:
                continue
            if bool(x.family) != bool(y.family) or len(x.given) != len(y.given):
                continue
            if x.family and not x.family & y.family:
                continue
            if (
                all(
                    _same_sound(p, q, x.system, y.system)
                    for p, q in zip(x.given, y.given, strict=True)
                )
                and len(x.given) > best
            ):
                best, systems = len(x.given), "".join(sorted((x.system, y.system)))
    return best >= 0, best, systems
