"""Countries: reading what people write for one, and naming them.

A label is read by the one table of `places.words`: codes of ISO 3166 and old ones (``ROM``,
``ZAR``, ``TMP``, ...), names in forty languages, demonyms and nationalities, labels found in
published tables. Regions are not countries and are never turned into one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from uncounted.core.labels import fold, plain_words, says_nothing
from uncounted.errors import InputError
from uncounted.places import words
from uncounted.places.words import OLD_CODES

__all__ = [
    "OLD_CODES",
    "Country",
    "Label",
    "country",
    "country_name",
    "in_geodist",
    "languages",
    "read_country",
    "to_iso3",
]

_REGION = re.compile(
    r"\b(africa|african|asia|asian|europe|european|eurasia|america|americas|american countries"
    r"|caribbean|carribean|balkans?|baltics?|nordic|scandinavian?|maghreb|gulf|middle east|far east"
    r"|pacific|soviet|commonwealth of independent|hemisphere|western|caucasus|sahel|sahara|latin"
    r"|neighbou?ring|neigboring|nearby|region|regions|countries|colonies|eu|arab states"
    r"|horn of africa)\b"
)
_NOBODY = {"unknown", "not known", "not stated", "n/a", "na", "none", "-99", "not specified"}
"""What the strict reading takes for "not known"; everybody else's is `core.labels.NOT_KNOWN`."""
_STATELESS = {
    "stateless",
    "apatrida",
    "apatride",
    "apolide",
    "무국적",
    "무국적자",
    "无国籍",
    "無国籍",
}
_OTHERS = {"other", "others", "otro", "otra", "otros", "autre", "기타", "00"}

_ASIDE = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_TOLD_APART = {"korea", "corea", "congo", "china", "guinea", "sudan", "samoa", "virgin islands"}
"""Countries whose namesakes are told apart by what stands in brackets."""
_PARTS = re.compile(r"[;|/,+&、，；／]| - | and | y | e | et | und | och | dan | и | та ")
_STATE = re.compile(
    r"(?:\w+ ){0,4}?(?:republic|kingdom|duchy|principality|states?|sultanate|commonwealth|union) "
    r"of (?:the )?"
    r"|(?:republica|reino|estado|republique|royaume|etat|repubblica|regno)(?: \w+){0,2}? "
    r"(?:del?|du|des|do|da|di|della) (?:la |el |los |las |les )?"
)
_SHARED = {"korea", "corea", "congo", "china"}
"""Two states each call themselves a republic of this name; the table alone tells them apart."""
_BEFORE = re.compile(
    r"^(?:the|nationals? of|citizens? of|nacional de|ciudadan[oa] de|native of|from"
    r"|de nacionalidad|nationalite|nguoi|quoc tich|ชาว|คน|สัญชาติ|ประเทศ) ?"
)
_BEHIND = (
    " national", " nationals", " citizen", " citizens", " nationality", " born", "국적", "국적자", "국민",
    "사람", "인", "人", "籍", "国籍", "國籍", " नागरिक",
)  # fmt: skip
"""What is written behind a country for somebody who is of it."""


@dataclass(frozen=True, slots=True)
class Label:
    """How a label was read.

    Parameters
    ----------
    kind
        ``"country"``, or why it is none: ``"region"``, ``"several"``, ``"abroad"``, ``"unknown"``,
        ``"stateless"``, ``"former"`` (a country that no longer exists), ``"unclear"``, ``"total"``,
        ``"debris"`` (of a questionnaire), ``"empty"``, ``"unreadable"`` (broken characters).
    iso3
        ISO 3166 alpha-3 where ``kind`` is ``"country"``, else empty.
    how
        ``"table"``, ``"wide"`` (surely meant, but outside the strict reading), ``"code"``,
        ``"name"``, ``"rule"``.
    first
        Where ``kind`` is ``"several"``: the first country named, if one can be read.
    """

    kind: str
    iso3: str
    how: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """A country of the bundled list: its continent and its capital's place, in degrees."""

    iso3: str
    continent: str
    latitude: float
    longitude: float


@lru_cache(maxsize=1 << 14)
def read_country(text: str, *, strict: bool = False) -> Label:
    """Read what somebody wrote for a country: code, name, demonym, nationality.

    Parameters
    ----------
    text
        As it was written. A label that means the reporting country's own citizens has
        ``kind="own"``.
    strict
        Leave out what is surely meant and yet no published figure should rest on: misspellings,
        demonyms and languages beyond those of the reviewed table. Labels so left out have
        ``how="wide"``.

    Examples
    --------
    >>> read_country("Corea del Sur").iso3, read_country("West Africa").kind
    ('KOR', 'region')
    >>> read_country("Burmese").iso3, read_country("Burmese", strict=True).how
    ('MMR', 'wide')
    """
    text = text.strip()
    if not text:
        return Label("empty", "", "rule")
    if strict:
        found = _strict(text)
        if found.kind == "unclear" and found.how == "rule" and _full(text).kind == "country":
            return Label("unclear", "", "wide")
        return found
    return _full(text)


def _strict(text: str) -> Label:
    word = words.words().get(text)
    if word is not None:
        return _of_word(word)
    if re.fullmatch(r"[A-Z]{2,3}", text) and text in words.codes():
        return Label("country", words.codes()[text], "code")
    key = plain_words(text)
    folded = words.folded_words().get(key)
    if folded is not None and folded.reading == "reviewed":
        return _of_word(folded)
    iso3 = words.strict_names().get(key) or _strict_code(_official(key))
    if iso3:
        return Label("country", iso3, "name")
    return _no_country(text) if folded is None else _of_word(folded)


def _strict_code(key: str) -> str:
    word = words.folded_words().get(key)
    if word is not None and word.reading == "reviewed":
        return word.iso3
    return words.strict_names().get(key, "")


def _of_word(word: words.Word) -> Label:
    if word.reading == "reviewed":
        return Label(word.kind, word.iso3, "table")
    return Label("unclear", "", "wide")


def _official(key: str) -> str:
    """Country of an official name, "Republic of ..."; ``""`` where only the table tells it apart.

    Examples
    --------
    >>> _official("hashemite kingdom of jordan"), _official("people s republic of korea")
    ('jordan', '')
    """
    match = _STATE.match(key)
    rest = key[match.end() :] if match else ""
    return "" if rest in _SHARED else rest


def _no_country(text: str) -> Label:
    """Say why a label that names no country of the table is none."""
    folded = fold(text)
    if re.fullmatch(r"[\d.,\s]+|q\d.*", folded) or folded.startswith("("):
        return Label("debris", "", "rule")
    if folded in _NOBODY:
        return Label("unknown", "", "rule")
    if "�" in text or "ã" in text.casefold():
        return Label("unreadable", "", "rule")
    if _REGION.search(folded):
        return Label("region", "", "rule")
    return Label("unclear", "", "rule")


def _full(text: str) -> Label:
    key = plain_words(text)
    if says_nothing(text):
        return Label("unknown", "", "rule")
    if key in _STATELESS:
        return Label("stateless", "", "rule")
    if key in _OTHERS:
        return Label("unknown", "", "rule")
    whole = _one(text, key)
    if whole is not None:
        return whole
    bare = _ASIDE.sub(" ", text)
    if bare != text:
        key = plain_words(bare)
        whole = None if not key or key in _TOLD_APART else _one(bare, key)
        if whole is not None:
            return whole
    parts = [p for p in _PARTS.split(text) if p.strip()]
    if len(parts) > 1:
        read = [_one(p.strip(), plain_words(p)) or _no_country(p.strip()) for p in parts]
        named = list(dict.fromkeys(r.iso3 for r in read if r.kind == "country"))
        if len(named) > 1 or (named and any(r.kind == "region" for r in read)):
            return Label("several", "", "rule", named[0])
        if named:
            return Label("country", named[0], "rule")
    return _no_country(text)


def _one(text: str, key: str) -> Label | None:
    """Read a label that names one thing; ``None`` where the table has no such word."""
    word = words.people_write().get(key) or words.words().get(text) or words.folded_words().get(key)
    if word is not None:
        return Label(word.kind, word.iso3, "table" if word.reading == "reviewed" else "wide")
    code = words.codes().get(key.upper()) if len(key) in {2, 3} and text.isascii() else None
    if key == "na" or text in {"no", "No"}:
        code = None
    iso3 = words.names_to_codes().get(key)
    # NGA and nga are a code; Nga is Russia's name in Vietnamese
    if code is not None and (iso3 is None or not text.istitle()):
        return Label("country", code, "code")
    if iso3 is not None:
        return Label("country", iso3, "name")
    shorter = [_official(key), _BEFORE.sub("", key)]
    shorter += [key.removesuffix(end).strip() for end in _BEHIND if key.endswith(end)]
    for rest in shorter:
        found = _one(rest, rest) if len(rest) > 1 and rest != key else None
        if found is not None:
            return found
    return None


def to_iso3(text: str) -> str:
    """ISO 3166 alpha-3 code of a code or a name.

    Raises
    ------
    InputError
        Where the text names no country.

    Examples
    --------
    >>> to_iso3("ROM"), to_iso3("kr"), to_iso3("El Salvador")
    ('ROU', 'KOR', 'SLV')
    """
    upper = text.strip().upper()
    if upper in words.codes():
        return words.codes()[upper]
    label = read_country(text)
    if label.kind != "country":
        raise InputError(
            f"{text!r} is a region, not a country."
            if label.kind == "region"
            else f"There is no country {text!r}.",
            fix="Use an ISO 3166 code such as KOR, or the country's English name.",
        )
    return label.iso3


def languages() -> tuple[str, ...]:
    """List the languages in which countries are named."""
    return tuple(words.names())


def country_name(iso3: str, language: str = "en") -> str:
    """Name of a country: one in English, CLDR's in other languages; the code where there is none.

    Raises
    ------
    InputError
        If the names are not known in that language.

    Examples
    --------
    >>> country_name("CZE"), country_name("KOR", "es")
    ('Czechia', 'Corea del Sur')
    """
    if language == "en":
        row = words.countries().get(iso3)
        return row.name if row is not None else iso3
    if language not in words.names():
        raise InputError(
            f"Countries have no names in the language {language!r} here.",
            fix=f"Languages: {', '.join(languages())}.",
        )
    return words.names()[language].get(iso3, iso3)


_ADDED = frozenset(
    (
        "ASM",
        "CUW",
        "GGY",
        "GUM",
        "IMN",
        "JEY",
        "LIE",
        "MCO",
        "MNE",
        "SSD",
        "SXM",
        "VAT",
        "VIR",
        "XKX",
    )
)
"""Territories that GeoDist lacks, added to ``countries.csv``."""


def in_geodist(iso3: str) -> bool:
    """Tell whether GeoDist itself holds a country."""
    return country(iso3) is not None and iso3 not in _ADDED


def country(iso3: str) -> Country | None:
    """Continent (five: Africa, America, Asia, Europe, Pacific) and capital's place, from GeoDist."""
    row = words.countries().get(iso3)
    if row is None or row.latitude is None or row.longitude is None:
        return None
    return Country(iso3, row.continent, row.latitude, row.longitude)
