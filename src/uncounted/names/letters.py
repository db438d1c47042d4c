"""Names written with letters: spelling classes of a culture by ordered rewrites, known names, slips."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from uncounted.names.elements import HEADS, pieces
from uncounted.names.gender import genderless
from uncounted.names.jaro import edits
from uncounted.names.parts import ONLY_VIETNAMESE, Word
from uncounted.names.scripts import fold, script_of
from uncounted.names.tables import rows

__all__ = [
    "CULTURES",
    "USUAL",
    "Agreement",
    "bare",
    "classes",
    "coarse",
    "confused_with",
    "known",
    "pointed",
    "word_agreement",
]

CULTURES = (
    "es",
    "tl",
    "ne",
    "th",
    "ro",
    "sl",
    "ar",
    "vi",
    "en",
    "fr",
    "pt",
    "yo",
    "my",
    "ja",
    "id",
)
"""Cultures with rewrites: Spanish, Filipino, Nepali and Hindi, Thai, Romanian, Ukrainian with Russian
and Bulgarian, Arabic, Vietnamese, English, French with Haiti and West Africa, Portuguese, Yoruba with
Igbo and Edo, Burmese, Japanese, Indonesian."""

USUAL = CULTURES[:11]
"""Cultures of a name that points nowhere; the last four have elements and endings that point."""

SAME, LISTED, CLASS, GENDERED, CONFUSED, SLIP, INITIAL, NOTHING = (
    1.0, 0.95, 0.92, 0.85, 0.6, 0.7, 0.4, 0.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two words agree: a strength in [0, 1] and the rule."""

    strength: float
    rule: str


_NONE = Agreement(NOTHING, "different")


_Rule = tuple[frozenset[str], re.Pattern[str], tuple[str, ...]]
"""Letters one of which a word must hold, pattern, and what it may become, one way or several."""


@lru_cache(maxsize=1)
def _rewrites() -> dict[str, list[_Rule]]:
    out: dict[str, list[_Rule]] = {}
    for culture, pattern, replacement, _ in rows("rewrites", 4):
        rule = (_first_letters(pattern), re.compile(pattern), tuple(replacement.split("|")))
        out.setdefault(culture, []).append(rule)
    return out


_AROUND = re.compile(r"\(\?(?:[=!]|<[=!])[^()]*\)|[\^$]|\\b")
_HEAD = re.compile(r"(?:\[([a-zșțşţî]+)\]|([a-zșțşţî]))(?![?*])")


def _first_letters(pattern: str) -> frozenset[str]:
    r"""Letters a rule can begin with; none where it can begin with anything.

    Examples
    --------
    >>> sorted(_first_letters("(?<=[aeiou])y|[ck]h")), _first_letters(r"(.)\1+")
    (['c', 'k', 'y'], frozenset())
    """
    letters: set[str] = set()
    for branch in _AROUND.sub("", pattern).split("|"):
        head = _HEAD.match(branch)
        if head is None:
            return frozenset()
        letters.update(head[1] or head[2])
    return frozenset(letters)


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, set[str]]]:
    """Folded word to cultures, each with its kinds (given, family)."""
    out: dict[str, dict[str, set[str]]] = {}
    named = [(culture, kind, latin) for culture, kind, _, latin, _ in rows("names", 5)]
    for culture, kind, latin in (*named, *rows("more_names", 3)):
        for piece in latin.split():
            word = fold(piece)
            if len(word) > 1 and word not in ("de", "la", "dela", "del", "delos"):
                out.setdefault(word, {}).setdefault(culture, set()).add(kind)
                if culture == "sl" and kind == "family" and word.endswith(("ov", "ev", "in")):
                    out.setdefault(word + "a", {}).setdefault(culture, set()).add(kind)
    return out


@lru_cache(maxsize=1)
def _romanian() -> dict[str, str]:
    """Names with â or î, by what they look like without marks: "sarbu" and "sirbu" for Sârbu."""
    out: dict[str, str] = {}
    named = [(culture, latin) for culture, _, _, latin, _ in rows("names", 5)]
    for culture, latin in (*named, *((c, x) for c, _, x in rows("more_names", 3))):
        for piece in latin.split() if culture == "ro" else ():
            marked = fold(piece, keep_romanian=True)
            if "î" in marked:
                for vowel in "ai":
                    out[fold(marked.replace("î", vowel))] = marked
    return out


@lru_cache(maxsize=1)
def _native() -> dict[str, tuple[str, ...]]:
    """Word in its own script to the Latin spellings of the table of names."""
    out: dict[str, list[str]] = {}
    for _, _, _, latin, native in rows("names", 5):
        if native and script_of(native) not in ("latin", "none"):
            for a, b in zip(latin.split(), native.split(), strict=False):
                out.setdefault(b.casefold(), []).append(fold(a))
    return {k: tuple(dict.fromkeys(v)) for k, v in out.items()}


@lru_cache(maxsize=1)
def _short() -> dict[str, dict[str, tuple[str, ...]]]:
    """Short form to the names it may stand for, by culture: Sasha is Aleksandr or Aleksandra."""
    out: dict[str, dict[str, tuple[str, ...]]] = {}
    for cultures, short, full in rows("short_forms", 3):
        for culture in cultures.split():
            out.setdefault(culture, {})[fold(short)] = tuple(full.split("|"))
    return out


_NO_TABLE: dict[str, tuple[str, ...]] = {}


def _fulls(words: Sequence[str], culture: str) -> set[str]:
    """Words with their short forms spelled out."""
    table = _short().get(culture, _NO_TABLE)
    return {full for x in words for full in table.get(x, (x,))}


@lru_cache(maxsize=1)
def _confused() -> dict[str, set[frozenset[str]]]:
    out: dict[str, set[frozenset[str]]] = {}
    for culture, a, b in rows("confusions", 3):
        keys = classes(a, a, culture), classes(b, b, culture)
        for x in keys[0]:
            for y in keys[1]:
                out.setdefault(culture, set()).add(frozenset((x, y)))
    return out


def confused_with(key: str, culture: str) -> frozenset[str]:
    """Spelling classes that a class is taken for in one culture."""
    return _taken_for().get((culture, key), frozenset())


@lru_cache(maxsize=1)
def _taken_for() -> dict[tuple[str, str], frozenset[str]]:
    out: dict[tuple[str, str], set[str]] = {}
    for culture, pairs in _confused().items():
        for pair in pairs:
            for key in pair:
                out.setdefault((culture, key), set()).update(pair - {key})
    return {k: frozenset(v) for k, v in out.items()}


def known(word: str) -> dict[str, set[str]]:
    """Cultures in whose table a folded word stands, with its kinds there."""
    return _known().get(word, {})


@lru_cache(maxsize=1 << 16)
def pointed(word: str, *, short: bool = False) -> frozenset[str]:
    """Cultures a folded Latin word points to: by the tables, by a short form, by its ending."""
    found = set(known(word))
    if short or len(word) >= 4:
        found.update(_shortened().get(word, ()))
    if not found:
        endings = _endings()
        for size in range(2, min(len(word), 6)):
            found.update(endings.get(word[-size:], ()))
        if word.startswith(HEADS):
            found.add("yo")
    return frozenset(found)


@lru_cache(maxsize=1)
def _shortened() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for culture, table in _short().items():
        for word in table:
            out.setdefault(word, []).append(culture)
    return out


@lru_cache(maxsize=1)
def _endings() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for culture, ending in rows("endings", 2):
        out.setdefault(ending, []).append(culture)
    return out


_FUSED = ("delos", "delas", "dela", "del", "de")


@lru_cache(maxsize=1 << 16)
def bare(word: Word) -> tuple[Word, ...]:
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


def spellings(word: Word) -> tuple[str, ...]:
    """Latin readings of a word: those of the table of names first."""
    if word.script == "latin":
        return word.latin
    found = _native().get(word.text.casefold(), ())
    return tuple(dict.fromkeys((*found, *word.latin)))


@lru_cache(maxsize=1 << 17)
def classes(word: str, romanian: str, culture: str) -> frozenset[str]:
    """Spelling classes of a folded Latin word in one culture.

    Parameters
    ----------
    word
        Folded Latin word.
    romanian
        The same with the Romanian letters kept (``word`` where there are none).
    culture
        One of `CULTURES`.

    Examples
    --------
    >>> bool(classes("jimenez", "jimenez", "es") & classes("gimenes", "gimenes", "es"))
    True
    """
    start = word
    if culture == "ro":
        start = romanian if romanian != word else _romanian().get(word, word)
    forms = set(_short().get(culture, _NO_TABLE).get(start, (start,)))
    if culture == "es":
        forms = {_DOUBLED_BUT_LS.sub(r"\1", x) for x in forms}
    elif culture not in ("ne", "th", "en", "ar", "tl"):
        forms = {_DOUBLED.sub(r"\1", x) for x in forms}
    letters = set("".join(forms))
    for begins, pattern, replacements in _rewrites().get(culture, ()):
        if begins and begins.isdisjoint(letters):
            continue
        if any(map(pattern.search, forms)):
            after = {pattern.sub(r, f) for f in forms for r in replacements}
            forms = after if len(after) <= _MOST_FORMS else set(sorted(after)[:_MOST_FORMS])
            letters = set("".join(forms))
    return frozenset(f for f in forms if f)


_MOST_FORMS = 8
_DOUBLED = re.compile(r"(.)\1+")
_DOUBLED_BUT_LS = re.compile(r"([^ls])\1+")
_COARSE = str.maketrans(
    {"b": "p", "v": "p", "w": "p", "f": "p", "d": "t", "g": "k", "c": "k", "q": "k", "j": "k", "x": "s", "z": "s",
     "r": "l", "h": None, "y": None, "a": None, "e": None, "i": None, "o": None, "u": None, "n": "m"}
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def coarse(word: str) -> str:
    """Coarse consonant frame of a folded word, for blocking: close spellings of any culture share it.

    Examples
    --------
    >>> coarse("gutierrez") == coarse("gutieres"), coarse("siriporn"), coarse("siriphon")
    (True, 'slpm', 'slpm')
    """
    frame = word.replace("ch", "k").replace("sh", "s").replace("th", "t").replace("ph", "p")
    frame = frame.replace("rn", "n").translate(_COARSE)
    return _DOUBLED.sub(r"\1", frame) or word[:1]


_VOWELS = frozenset("aeiouy")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(
    frozenset(pair) for row in _KEYS for pair in (row[i : i + 2] for i in range(len(row) - 1))
)


def _slip(a: str, b: str) -> bool:
    """Whether two spellings differ by a slip of the pen, and not by being two names.

    Two letters swapped, one doubled, one vowel inside a word; a consonant only where its key is
    beside the other's, or where it is left out of a long word. Given names one consonant apart
    (Sabita, Sarita) and names with and without a last letter (Somchai, Somcha) are two names.
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) < 5 or len(long) - len(short) > 1 or a == b or (known(a) and known(b)):
        return False
    k = 0
    while k < len(short) and short[k] == long[k]:
        k += 1
    if k == len(short):
        return long[-1] == long[-2] and long[-1] not in _VOWELS
    x, y = short[k], long[k]
    either = bool(known(a) or known(b))
    if len(short) == len(long):
        if short[k : k + 2] == long[k : k + 2][::-1] and short[k + 2 :] == long[k + 2 :]:
            return len(short) >= 6 or either
        if short[k + 1 :] != long[k + 1 :] or k == 0 or k == len(short) - 1:
            return False
        if x in _VOWELS and y in _VOWELS:
            return len(short) >= 6 or either
        return frozenset((x, y)) in _NEIGHBOURS and len(short) >= 7 and either
    if short[k:] != long[k + 1 :] or k == 0:
        return False
    if y in _VOWELS and k == len(short) - 1 and y != long[k - 1]:
        return False  # endings tell a woman's name from a man's: Stéphane, Stéphanie
    if y == long[k - 1]:
        return len(short) >= 6 or either
    return len(short) >= (6 if y in _VOWELS or either else 8)


@lru_cache(maxsize=1 << 18)
def word_agreement(a: Word, b: Word, cultures: tuple[str, ...], *, slips: bool = True) -> Agreement:
    """How two words agree as one part of a name.

    Parameters
    ----------
    a, b
        Words.
    cultures
        Cultures whose spelling classes may be used.
    slips
        Whether one slip of the pen may be forgiven.
    """
    if a.text.casefold() == b.text.casefold():
        letter = a.short and len(a.text) == 1
        return Agreement(INITIAL, "initial") if letter else Agreement(SAME, "equal")
    xs, ys = spellings(a), spellings(b)
    if not xs or not ys:
        return _NONE
    if a.short or b.short:
        return _short_agreement(a, b, xs, ys, cultures)
    if set(xs) & set(ys):
        if a.script == b.script == "latin" and not _marks_agree(a, b):
            return Agreement(0.5, "other-marks")
        if a.script != b.script:
            return Agreement(LISTED, "script")
        if a.script == "latin":
            return Agreement(SAME, "equal")
        if a.script != "thai":
            return Agreement(0.85, "one-sound")
    if a.script == b.script == "thai":
        close = min(len(a.text), len(b.text)) >= 6 and edits(a.text, b.text) == 1
        return Agreement(SLIP, "slip") if close and slips else _NONE
    best = _NONE
    apart = _profile(a, cultures).isdisjoint(_profile(b, cultures))
    for culture in () if apart else cultures:
        found = _in_culture(a, b, xs, ys, culture)
        if found.strength > best.strength:
            best = found
    if best is _NONE and slips and any(_slip(x, y) for x in xs for y in ys):
        return Agreement(SLIP, "slip")
    return best


@lru_cache(maxsize=1 << 16)
def _profile(word: Word, cultures: tuple[str, ...]) -> frozenset[str]:
    """Everything a word could share with another in some culture: a quick look before the rules."""
    xs = spellings(word)
    out: set[str] = set()
    for culture in cultures:
        keys = _classes_of(word, xs, culture)
        out.update(f"{culture} {k}" for k in keys)
        out.update(f"{culture}={x}" for x in _fulls(xs, culture))
        for pair in _confused().get(culture, ()):
            if pair & keys:
                out.update(f"{culture} {k}" for k in pair)
        if culture == "yo":
            out.update(f"yo={p}" for x in xs for p in pieces(x))
        if culture == "sl":
            out.update(f"sl~{g}" for g in genderless(xs))
        if culture == "ar":
            out.update("ar-" + re.sub("[aeiouyw]", "", k) for k in keys)
    return frozenset(out)


def _in_culture(
    a: Word, b: Word, xs: tuple[str, ...], ys: tuple[str, ...], culture: str
) -> Agreement:
    if _fulls(xs, culture) & _fulls(ys, culture):
        return Agreement(LISTED, f"short-form.{culture}")
    keys_x = _classes_of(a, xs, culture)
    keys_y = _classes_of(b, ys, culture)
    if keys_x & keys_y and not (a.script == b.script and _two_names(xs, ys, culture)):
        return Agreement(CLASS, f"spelling.{culture}")
    if culture == "yo" and any(x in pieces(y) or y in pieces(x) for x in xs for y in ys):
        return Agreement(LISTED, "short-form.yo")
    if culture == "sl" and genderless(xs) & genderless(ys):
        return Agreement(GENDERED, "gendered.sl")
    if any(frozenset((x, y)) in _confused().get(culture, ()) for x in keys_x for y in keys_y):
        return Agreement(CONFUSED, f"taken-for.{culture}")
    if culture == "ar" and (a.script == "arabic") != (b.script == "arabic"):
        bones = {re.sub("[aeiouyw]", "", k) for k in keys_x} & {
            re.sub("[aeiouyw]", "", k) for k in keys_y
        }
        if any(len(x) >= 2 for x in bones):
            return Agreement(0.75, "consonants.ar")
    return _NONE


def _two_names(xs: tuple[str, ...], ys: tuple[str, ...], culture: str) -> bool:
    """Whether both stand in the culture's own table as names apart."""
    return (xs[0], ys[0], culture) in _apart() or (ys[0], xs[0], culture) in _apart()


@lru_cache(maxsize=1)
def _apart() -> frozenset[tuple[str, str, str]]:
    return frozenset((a, b, culture) for culture, a, b in rows("apart", 3))


def _classes_of(word: Word, xs: tuple[str, ...], culture: str) -> set[str]:
    out: set[str] = set()
    for x in xs:
        out |= classes(x, word.romanian or x, culture)
    return out


def _short_agreement(
    a: Word, b: Word, xs: tuple[str, ...], ys: tuple[str, ...], cultures: tuple[str, ...]
) -> Agreement:
    for culture in cultures:
        table = _short().get(culture, _NO_TABLE)
        listed = any(x in table for x in (*xs, *ys))
        if _fulls(xs, culture) & _fulls(ys, culture) or (
            listed and _classes_of(a, xs, culture) & _classes_of(b, ys, culture)
        ):
            return Agreement(LISTED, f"short-form.{culture}")
    for x in xs:
        for y in ys:
            short, long = sorted((x, y), key=len)
            if len(short) == 1 and _begins(short, long, cultures):
                return Agreement(INITIAL, "initial")
            if 1 in (len(a.text), len(b.text)) and long.startswith(short):
                return Agreement(INITIAL, "initial")
            if 2 < len(short) < len(long) and long.startswith(short):
                return Agreement(0.6, "cut-short")
            if x == y:
                return Agreement(SAME, "equal")
    return _NONE


def _begins(initial: str, word: str, cultures: tuple[str, ...]) -> bool:
    if word.startswith(initial):
        return True
    for culture in cultures:
        found = classes(word, word, culture)
        heads = {k[0] for k in found}
        if culture in ("es", "tl") and heads & {k[0] for k in classes(initial, initial, culture)}:
            return True
        if initial == "h" and culture == "es" and found & _silent_h():
            return True
    return False


@lru_cache(maxsize=1)
def _silent_h() -> frozenset[str]:
    """Spelling classes of the Spanish names that begin with an h nobody hears: H. is Ernandez."""
    names = (x for x, cultures in _known().items() if x[0] == "h" and "es" in cultures)
    return frozenset(k for x in names for k in classes(x, x, "es"))


_VIETNAMESE = frozenset("àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ")


def _marks_agree(a: Word, b: Word) -> bool:
    """Whether two Vietnamese words that fold alike carry the same marks.

    A word without marks agrees with any where nothing beside it carries marks either: who writes
    Nguyễn Thị Hoa with all others leaves none out of Hoa.
    """
    one, two = set(a.marked), set(b.marked)
    if not (a.toned or b.toned or (one | two) & ONLY_VIETNAMESE):
        return True
    if not ((a.toned or one & _VIETNAMESE) and (b.toned or two & _VIETNAMESE)):
        return True
    return _marks(a.marked) == _marks(b.marked)


def _marks(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Letters with their own marks, and the tone wherever it is put ("Hòa", "Hoà")."""
    import unicodedata

    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    text = unicodedata.normalize("NFD", word)
    return tuple(c for c in text if c not in tones), tuple(sorted(c for c in text if c in tones))
