"""Words of closed fields that nobody foresaw: counted, shown to whoever keeps the list, and answered.

`check` lists, for fields whose answers are few (sex, country, work, form, language, yes or no), every
answer that was not understood with its count, and proposes what it is likely to mean; the project
file keeps what a person says of it, under ``[lists.values]``.

What is shown stays on the person's own terminal, and never holds a name: answers that share a word
with the names of the list or with known names are counted and not shown, and so is a column whose
answers are as many as its rows, which is free text in the wrong place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from uncounted.errors import InputError
from uncounted.places import words as places
from uncounted.records import codes
from uncounted.records.schema import EXPLOITATION, SECTORS

__all__ = ["FIELDS_OF_FEW_ANSWERS", "Answers", "Unknown", "answered", "field_of", "shown"]

FIELDS_OF_FEW_ANSWERS: Mapping[str, Callable[[str], object]] = {
    "gender": codes.gender,
    "citizenship": codes.country,
    "country": codes.country,
    "language": codes.language,
    "exploitation": codes.exploitation,
    "sector": codes.sector,
    "yes_no": codes.yes_no,
}
"""Closed fields and what reads them; ``country`` is that of a leg, ``yes_no`` of columns of choices."""
MOST_VALUES = 400
"""Different answers of one field remembered."""
MOST_SHOWN = 60
LONGEST = 40
MOST_WORDS = 5
_NO_ANSWER = re.compile(r"@|\d{5,}|https?:|www\.|\d[\d .-]{6,}\d")

Answers = Mapping[str, Mapping[str, str]]
"""Field to folded answer to the words that stand for it."""


def field_of(target: str) -> str:
    """Name the closed field that a column's target belongs to; ``""`` for any other.

    Examples
    --------
    >>> field_of("leg2.country"), field_of("exploitation.ForcedLabour"), field_of("given")
    ('country', 'yes_no', '')
    """
    if target in FIELDS_OF_FEW_ANSWERS:
        return target
    if target.endswith(".country"):
        return "country"
    return "yes_no" if target.startswith(("exploitation.", "sector.", "gender.")) else ""


def answered(list_name: str, values: Answers) -> dict[str, dict[str, str]]:
    """Check what a project file says of answers, and fold them.

    Raises
    ------
    InputError
        Naming the field whose answer is itself not understood; answers are not repeated.
    """
    out: dict[str, dict[str, str]] = {}
    for field, said in values.items():
        reads = FIELDS_OF_FEW_ANSWERS.get(field)
        if reads is None:
            raise InputError(
                f"List {list_name!r}: there are no `values` of a field {field!r}.",
                fix=f"Fields with few answers are {', '.join(FIELDS_OF_FEW_ANSWERS)}.",
            )
        for word, meaning in said.items():
            if reads(meaning) is None:
                raise InputError(
                    f"List {list_name!r}: what `values` says of a word of {field!r} is not understood.",
                    fix=f"Write {_WRITE[field]}; or an empty text for not known.",
                )
            out.setdefault(field, {})[codes.fold(word)] = meaning
    return out


_WRITE = {
    "gender": "female, male, transgender woman, transgender man or non-binary",
    "citizenship": "a country's name or its ISO 3166 code",
    "country": "a country's name or its ISO 3166 code",
    "language": "a language's English name or its ISO 639 code",
    "exploitation": f"one or more of {', '.join(EXPLOITATION)}, parted by ;",
    "sector": "a letter of ISIC, A to U, or a word such as agriculture; nothing for what is no work",
    "yes_no": "yes or no",
}


class Unknown:
    """Answers that were not understood, counted while a list is read."""

    def __init__(self) -> None:
        self.values: dict[str, Counter[str]] = {}
        self.more: Counter[str] = Counter()

    def add(self, field: str, text: str) -> None:
        """Note one answer."""
        seen = self.values.setdefault(field, Counter())
        key = " ".join(text.split())[:200]
        if key in seen or len(seen) < MOST_VALUES:
            seen[key] += 1
        else:
            self.more[field] += 1


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of the answers that were not understood.

    Parameters
    ----------
    values
        Field to answer to how often.
    proposed
        Field to answer to what it is likely to mean, as `values` may say it.
    withheld
        Field to how many cells hold answers that are not shown, as they may be names or free text.
    """

    values: Mapping[str, Mapping[str, int]]
    proposed: Mapping[str, Mapping[str, str]]
    withheld: Mapping[str, int]


def shown(unknown: Unknown, named: Collection[str]) -> Shown:
    """Sort out which answers may be shown, and propose what they mean.

    Parameters
    ----------
    unknown
        What was not understood.
    named
        Folded words of the names on the list.
    """
    values: dict[str, dict[str, int]] = {}
    proposed: dict[str, dict[str, str]] = {}
    withheld: Counter[str] = Counter(unknown.more)
    for field, counted in unknown.values.items():
        free = _free_text(counted)
        for text, count in counted.most_common():
            shown_here = values.get(field, {})
            if free or len(shown_here) >= MOST_SHOWN or _may_name(text, count, named):
                withheld[field] += count
                continue
            values.setdefault(field, {})[text] = count
            meaning = likely(field, text)
            if meaning:
                proposed.setdefault(field, {})[text] = meaning
    return Shown(values, proposed, dict(withheld))


def _free_text(counted: Counter[str]) -> bool:
    """Whether a column's answers are as many as its rows: no closed field, whatever it is called."""
    once = sum(n == 1 for n in counted.values())
    return len(counted) > 12 and once * 10 > len(counted) * 7


def _may_name(text: str, count: int, named: Collection[str]) -> bool:
    """Whether an answer may hold a name, or is no answer of a closed field."""
    words = codes.plain_words(text).split()
    if len(text) > LONGEST or len(words) > MOST_WORDS or _NO_ANSWER.search(text):
        return True
    if not text.isprintable():
        return True
    long = [w for w in words if len(w) > 2 or not w.isascii()]
    if any(w in named or w in _known_names() for w in long if not w.isdecimal()):
        return True
    if count > 2 or any(w in _words() for w in words):
        return False
    capitals = [w for w in re.findall(r"[^\W\d_]+", text) if w[0].isupper() and len(w) > 1]
    return (len(capitals) >= 2 and not text.isupper()) or _EAST_ASIAN.fullmatch(
        text.strip()
    ) is not None


_EAST_ASIAN = re.compile(
    r"[김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모][가-힣]{2}"
    r"|[王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾][\u4e00-\u9fff]{1,2}"
)
"""Three syllables or characters that begin as a family name of Korea or China does."""


@cache
def _known_names() -> frozenset[str]:
    """Folded words of the tables of names, without those that are words of closed fields too."""
    from uncounted.names import tables  # its rules are not needed to read a list

    out: set[str] = set()
    for table in ("names", "more_names", "short_forms", "native_given"):
        for row in tables.rows(table, 8):
            for cell in row:
                out.update(w for w in codes.plain_words(cell).split() if len(w) > 2)
    ours = {w for text in _words() for w in text.split()}
    return frozenset(out - ours)


@cache
def _words() -> frozenset[str]:
    """Every folded word of the vocabularies that closed fields are read by."""
    found: set[str] = set(codes.known_words())
    found |= {w for name in places.strict_names() for w in name.split()}
    return frozenset(found)


ISO_5218 = {"1": "male", "2": "female", "0": "", "9": ""}
"""Codes for the representation of human sexes."""


def likely(field: str, text: str) -> str:
    """Guess what an answer means, as ``[lists.values]`` may say it; ``""`` where nothing is near.

    Examples
    --------
    >>> likely("gender", "femalle"), likely("citizenship", "Hondurass"), likely("gender", "2")
    ('female', 'Honduras', 'female')
    >>> likely("gender", "zzz")
    ''
    """
    plain = codes.plain_words(text)
    if field == "gender" and plain in ISO_5218:
        return ISO_5218[plain]
    if field in {"exploitation", "sector"} and codes.sells_sex(text):
        return "SexualExploitation" if field == "exploitation" else ""
    if len(plain) < 4:
        return ""
    known = _near(field)
    reads = FIELDS_OF_FEW_ANSWERS[field]
    for word in plain.split():
        # one word of several that is understood by itself
        if len(word) > 4 and word != plain and reads(word):
            return word if field != "sector" else _section(word)
    import difflib

    near = difflib.get_close_matches(plain, known, n=1, cutoff=0.8)
    if not near:
        return ""
    found = near[0]
    if field in {"citizenship", "country"}:
        return places.countries()[places.strict_names()[found]].name
    return found if field != "sector" else _section(found)


def _section(word: str) -> str:
    letter = codes.sector(word)
    return SECTORS[letter] if letter else ""


@cache
def _near(field: str) -> tuple[str, ...]:
    if field in {"citizenship", "country"}:
        return tuple(places.strict_names())
    return tuple(sorted(codes.known_words(field)))


def words_of_names(names: Iterable[str]) -> set[str]:
    """Folded words of names, by which an answer that holds one is known."""
    return {w for name in names if name for w in codes.plain_words(name).split()}
