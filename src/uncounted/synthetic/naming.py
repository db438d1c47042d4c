"""Names for made-up people, and the ways clerks write them down.

A `Name` keeps what a person is called at home; `written` gives one spelling of it as a record
would hold it: the person's own passport spelling, another romanisation, the native script.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from uncounted.names.chinese import cantonese, plain_pinyin, wade_giles
from uncounted.names.korean import family_spellings, romanise
from uncounted.names.scripts import fold
from uncounted.names.tables import rows

__all__ = ["Name", "Spelling", "make_name", "slip", "written"]


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """What a made-up person is called.

    Parameters
    ----------
    culture
        Naming culture, as in `uncounted.names`.
    given, family
        Parts in Latin with their marks (Korean and Chinese: syllables in native script).
    native_given, native_family
        The same in native script, ``""`` where there is none.
    style
        Which romanisation the person's papers use.
    """

    culture: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    native_given: str
    native_family: str
    style: int


@dataclass(frozen=True, slots=True, repr=False)
class Spelling:
    """One way a name is written down, in two columns."""

    given: str
    family: str


@lru_cache(maxsize=1)
def _pool() -> Mapping[tuple[str, str, str], tuple[tuple[str, str], ...]]:
    out: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for culture, kind, sex, latin, native in rows("names", 5):
        out.setdefault((culture, kind, sex), []).append((latin, native))
    for culture, sex, name in rows("native_given", 3):
        out.setdefault((culture, "given", sex), []).append((name, name))
    for hangul, _, _ in rows("korean_surnames", 3):
        out.setdefault(("ko", "family", "-"), []).append((hangul, hangul))
    for char, *_ in rows("chinese_surnames", 5):
        if len(char) == 1:
            out.setdefault(("zh", "family", "-"), []).append((char, char))
    return {k: tuple(v) for k, v in out.items()}


@lru_cache(maxsize=64)
def _weights(culture: str, kind: str, size: int) -> tuple[float, ...]:
    """Cumulative weights: family names follow Zipf's law, given names nearly so."""
    powers = {"ko": 1.25, "zh": 0.75, "vi": 1.2}
    power = powers.get(culture, 0.7) if kind == "family" else 0.45
    total, out = 0.0, []
    for i in range(size):
        total += (i + 1.5) ** -power
        out.append(total)
    return tuple(out)


def _draw(r: random.Random, culture: str, kind: str, sex: str) -> tuple[str, str]:
    pool = _pool()[culture, kind, sex]
    return r.choices(pool, cum_weights=_weights(culture, kind, len(pool)))[0]


def make_name(culture: str, sex: str, r: random.Random) -> Name:
    """Make a name of one culture for a woman (``"f"``) or a man (``"m"``)."""
    given, native_given = _draw(r, culture, "given", sex)
    family, native_family = _draw(r, culture, "family", "-")
    style = r.choices((0, 1, 2), {"ko": (2, 1, 7), "zh": (7, 1, 2)}.get(culture, (6, 2, 2)))[0]
    if culture == "es":
        second, _ = _draw(r, culture, "family", "-")
        more = _draw(r, culture, "given", sex)[0] if r.random() < 0.55 else ""
        first = "María" if sex == "f" and r.random() < 0.18 else given
        parts = tuple(dict.fromkeys(x for x in (first, more) if x))
        return Name(culture, parts, (family, second), "", "", style)
    if culture == "tl":
        mother, _ = _draw(r, culture, "family", "-")
        return Name(culture, ("Maria", given) if sex == "f" and r.random() < 0.2 else (given,),
                    (mother, family), "", "", style)  # fmt: skip
    if culture == "vi":
        middle = r.choice(
            ("Thị", "Thị", "Ngọc", "Thu", "Kim")
            if sex == "f"
            else ("Văn", "Văn", "Minh", "Đức", "Quốc")
        )
        return Name(culture, (middle, given), (family,), "", "", style)
    if culture == "ne" and r.random() < 0.35:
        middle, native = r.choice(
            (("Maya", "माया"), ("Kumari", "कुमारी"))
            if sex == "f"
            else (("Bahadur", "बहादुर"), ("Kumar", "कुमार"), ("Prasad", "प्रसाद"))
        )
        return Name(
            culture, (given, middle), (family,), f"{native_given} {native}", native_family, style
        )
    if culture == "sl" and sex == "f" and family.endswith("ov"):
        family, native_family = family + "a", native_family + "а"
    return Name(culture, (given,), (family,), native_given, native_family, style)


def written(name: Name, r: random.Random, *, other: bool, native: bool) -> Spelling:
    """One spelling of a name as a record would hold it.

    Parameters
    ----------
    name
        The name.
    r
        Random numbers.
    other
        Whether the clerk spells by ear or by another system than the person's papers.
    native
        Whether the native script is used where the name has one.

    Examples
    --------
    >>> import random
    >>> spelling = written(
    ...     make_name("ko", "f", random.Random(1)), random.Random(1), other=False, native=True
    ... )
    >>> len(spelling.family) in (1, 2)
    True
    """
    if native and name.native_given:
        return Spelling(name.native_given, name.native_family)
    return _WRITERS.get(name.culture, _plain)(name, r, other)


def _joined(parts: list[str], r: random.Random, style: int, other: bool) -> str:
    way = r.randrange(4) if other else style
    if len(parts) == 1:
        return parts[0].capitalize()
    if way == 0:
        return "".join(parts).capitalize()
    if way == 1:
        return " ".join(p.capitalize() for p in parts)
    if way == 2:
        return parts[0].capitalize() + "-" + "".join(parts[1:])
    return "-".join(p.capitalize() for p in parts)


def _korean(name: Name, r: random.Random, other: bool) -> Spelling:
    style = r.randrange(3) if other else name.style
    hangul = name.family[0]
    forms = family_spellings(hangul)
    own = forms[min((0, 1, 1)[style], len(forms) - 1)]
    family = r.choice(forms[:4]) if other else own
    parts = [romanise(s, style) for s in name.given[0]]
    return Spelling(_joined(parts, r, style, other), family.capitalize())


@lru_cache(maxsize=1)
def _jyutping() -> dict[str, str]:
    out = {char: sound.split()[0] for char, _, _, sound, _ in rows("han_given", 5)}
    for char, _, _, sound, _ in rows("chinese_surnames", 5):
        out.setdefault(char, sound)
    return out


@lru_cache(maxsize=1)
def _cantonese_family() -> dict[str, str]:
    return {char: also.split()[0] for char, _, _, _, also in rows("chinese_surnames", 5) if also}


def _chinese(name: Name, r: random.Random, other: bool) -> Spelling:
    style = r.choices((0, 1, 2), (5, 2, 1))[0] if other else name.style
    family, given = name.family[0], name.given[0]
    if style == 2:
        parts = [cantonese(_jyutping().get(c, plain_pinyin(c)))[0] for c in given]
        return Spelling(
            _joined(parts, r, 1, other),
            _cantonese_family().get(family, plain_pinyin(family)).capitalize(),
        )
    sounds = [plain_pinyin(c) for c in (family, *given)]
    if style == 1:
        sounds = [wade_giles(s)[0] for s in sounds]
    return Spelling(
        _joined(sounds[1:], r, (0, 2)[style], other), sounds[0].replace("v", "u").capitalize()
    )


def _bare(text: str) -> str:
    return " ".join(
        fold(w).capitalize() if w.islower() or w.istitle() else fold(w).upper()
        for w in text.split()
    )


def _ear(text: str, culture: str, r: random.Random) -> str:
    """Spell a word by ear: one or two of the culture's own variations."""
    rules = _BY_EAR.get(culture, ())
    low = text.lower()
    fitting = [(p, q) for p, q in rules if re.search(p, low)]
    r.shuffle(fitting)
    for pattern, replacement in fitting[: r.choice((1, 1, 2))]:
        low = re.sub(pattern, replacement, low, count=1)
    return " ".join(w.capitalize() for w in low.split())


_BY_EAR: dict[str, tuple[tuple[str, str], ...]] = {
    "es": (("z", "s"), ("v", "b"), ("ll", "y"), ("^h", ""), ("ce", "se"), ("x", "j"), ("j(?=[ei])", "g"),
           ("c(?=[ei])", "s"), ("rr", "r"), ("qu(?=[ei])", "k"), ("i$", "y"), ("s$", "z")),
    "tl": (("ce", "se"), ("c(?=[aou])", "k"), ("ph", "f"), ("^j(?=[aeo])", "jh"), ("y$", "ie"), ("z", "s"),
           ("ie?(?=l)", "ie"), ("ch(?=r)", "c")),
    "th": (("porn", "pon"), ("porn", "phorn"), ("ee$", "i"), ("ee", "i"), ("oo", "u"), ("ch", "j"), ("j", "ch"),
           ("w(?=[aeiou])", "v"), ("th", "t"), ("^p(?=[aeiou])", "ph"), ("ai$", "ay"), ("tt", "t"), ("art", "at")),
    "ne": (("^b(?=[iu])", "v"), ("sh", "s"), ("aa", "a"), ("a(?=m)", "aa"), ("i(?=t)", "ee"), ("ee", "i"), ("u(?=j)", "oo"),
           ("ou", "au"), ("x", "ksh"), ("chh", "ch"), ("th", "t"), ("i$", "ee"), ("i$", "y")),
    "ro": (("ț", "ts"), ("c(?=[aou])", "k"), ("ea", "ia"), ("ș", "sh"), ("escu$", "esku"), ("x", "cs"), ("ce", "che")),
    "sl": (("(?<![sckzt])h", "g"), ("y(?=[bcdfgklmnprstvz])", "i"), ("iia$", "iya"), ("iia$", "ia"), ("ii$", "iy"), ("ii$", "y"), ("^o(?=l)", "a"),
           ("kh", "h"), ("ks", "x"), ("yu", "iu")),
    "vi": (),
}  # fmt: skip


def _spanish(name: Name, r: random.Random, other: bool) -> Spelling:
    given, family = list(name.given), list(name.family)
    if not other:
        if name.style:
            given, family = [_bare(x) for x in given], [_bare(x) for x in family]
        return Spelling(" ".join(given), " ".join(family))
    given, family = [_bare(x) for x in given], [_bare(x) for x in family]
    way = r.random()
    if way < 0.35:
        family = family[:1]
    elif way < 0.5 and len(given) > 1:
        given = given[:1]
    elif way < 0.6 and len(given) > 1:
        given = [given[0], given[1][0] + r.choice(("", "."))]
    elif way < 0.7:
        family = [family[0], family[1][0] + r.choice(("", "."))]
    else:
        k = r.randrange(len(family))
        family[k] = _ear(family[k], "es", r)
        if r.random() < 0.4:
            given[0] = _ear(given[0], "es", r)
    given = [
        {
            "Maria": r.choice(("Ma.", "Maria", "Maria")),
            "Guadalupe": r.choice(("Gpe.", "Guadalupe", "Guadalupe")),
        }.get(g, g)
        for g in given
    ]
    return Spelling(" ".join(given), " ".join(family))


def _filipino(name: Name, r: random.Random, other: bool) -> Spelling:
    given = list(name.given)
    mother, family = name.family
    family = family.replace("_", " ")
    if not other:
        return Spelling(" ".join(given), f"{mother} {family}" if name.style == 1 else family)
    way = r.random()
    if given[0] == "Maria" and len(given) > 1:
        given = given[1:] if way < 0.3 else ["Ma.", *given[1:]]
    if " " in family and r.random() < 0.6:
        family = r.choice(
            (family.replace(" ", ""), family.title(), family.lower().title().replace(" ", ""))
        )
    if way > 0.7:
        given[-1] = _ear(given[-1], "tl", r)
    if r.random() < 0.3:
        given.append(mother[0].upper() + ".")
    return Spelling(" ".join(given), family)


def _vietnamese(name: Name, r: random.Random, other: bool) -> Spelling:
    given, family = " ".join(name.given), name.family[0]
    if other and r.random() < 0.5:
        given = name.given[-1]
    if other or name.style:
        given, family = _bare(given), _bare(family)
    return Spelling(given, family)


def _by_ear_only(name: Name, r: random.Random, other: bool) -> Spelling:
    given, family = list(name.given), " ".join(name.family)
    if other:
        if len(given) > 1 and r.random() < 0.4:
            given = given[:1]
        if r.random() < 0.6:
            given[0] = _ear(given[0], name.culture, r)
        if r.random() < 0.5:
            family = _ear(family, name.culture, r)
    if other or name.style:
        return Spelling(_bare(" ".join(given)), _bare(family))
    return Spelling(" ".join(given), family)


def _plain(name: Name, r: random.Random, other: bool) -> Spelling:
    return Spelling(" ".join(name.given), " ".join(name.family))


_WRITERS: dict[str, Callable[[Name, random.Random, bool], Spelling]] = {
    "ko": _korean, "zh": _chinese, "es": _spanish, "tl": _filipino, "vi": _vietnamese,
    "th": _by_ear_only, "ne": _by_ear_only, "ro": _by_ear_only, "sl": _by_ear_only,
}  # fmt: skip

_NEAR = {"a": "s", "e": "r", "i": "o", "o": "i", "u": "y", "n": "m", "m": "n", "s": "a", "r": "t", "t": "r", "l": "k", "k": "l",
         "h": "j", "g": "h", "b": "v", "d": "f", "c": "x", "p": "o", "y": "u", "z": "x", "j": "k", "w": "e", "v": "b", "f": "g", "x": "z", "q": "w"}  # fmt: skip


def slip(word: str, r: random.Random) -> str:
    """One slip of the keyboard in a word: a letter left out, doubled, swapped, or its neighbour.

    Examples
    --------
    >>> import random
    >>> slip("Reyes", random.Random(3)) != "Reyes"
    True
    """
    if len(word) < 3:
        return word
    i = r.randrange(1, len(word) - 1)
    kind = r.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1 :]
    if kind == 1:
        return word[:i] + word[i] + word[i:]
    if kind == 2 and word[i] != word[i + 1]:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return word[:i] + _NEAR.get(word[i].lower(), "e") + word[i + 1 :]
