"""Countries: codes, names, old codes, and the reviewed table of citizenship labels.

A label is read in this order: the reviewed table (``data/labels.csv``), ISO 3166 codes and names
(pycountry), old codes (``ROM``, ``ZAR``, ``TMP``, ...), names in six languages (Babel's CLDR).
Regions are not countries and are never turned into one.
"""

from __future__ import annotations

import csv
import importlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from uncounted.errors import InputError, MissingExtra

__all__ = [
    "OLD_CODES",
    "Country",
    "Label",
    "country",
    "country_name",
    "fold",
    "in_geodist",
    "need",
    "read_label",
    "to_iso3",
]

OLD_CODES = {
    "ROM": "ROU",
    "ZAR": "COD",
    "TMP": "TLS",
    "PAL": "PSE",
    "YUG": "SRB",
    "SCG": "SRB",
    "BUR": "MMR",
    "KSV": "XKX",
    "UNK": "XKX",
    "XKO": "XKX",
    "ADO": "AND",
    "IMY": "IMN",
    "WBG": "PSE",
    "UAE": "ARE",
    "DRC": "COD",
}
"""Codes found in distances, migrant stocks and statements -> today's ISO 3166 alpha-3.

Serbia stands for Yugoslavia after 1992 and for Serbia and Montenegro; ``XKX`` is the user-assigned
code of Kosovo (in the sense of Security Council resolution 1244)."""

_LANGUAGES = ("en", "es", "fr", "it", "pt", "de")
_REGION = re.compile(
    r"\b(africa|african|asia|asian|europe|european|eurasia|america|americas|american countries"
    r"|caribbean|carribean|balkans?|baltics?|nordic|scandinavian?|maghreb|gulf|middle east|far east"
    r"|pacific|soviet|commonwealth of independent|hemisphere|western|caucasus|sahel|sahara|latin"
    r"|neighbou?ring|neigboring|nearby|region|regions|countries|colonies|eu|arab states"
    r"|horn of africa)\b"
)
_NOBODY = {"unknown", "not known", "not stated", "n/a", "na", "none", "-99", "not specified"}


@dataclass(frozen=True, slots=True)
class Label:
    """How a label was read.

    Parameters
    ----------
    kind
        ``"country"``, or why it is none: ``"region"``, ``"several"``, ``"abroad"``, ``"unknown"``,
        ``"stateless"``, ``"former"`` (a state that is no more), ``"unclear"``, ``"total"``,
        ``"debris"`` (of a questionnaire), ``"empty"``, ``"unreadable"`` (broken characters).
    iso3
        ISO 3166 alpha-3 where ``kind`` is ``"country"``, else empty.
    how
        ``"table"``, ``"wide"`` (in the table, but read only on request), ``"code"``, ``"name"``,
        ``"rule"``.
    """

    kind: str
    iso3: str
    how: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country of the bundled list: its continent and its capital's place, in degrees."""

    iso3: str
    continent: str
    latitude: float
    longitude: float


def need(module: str) -> Any:
    """Import a library of the extra ``flows``.

    Raises
    ------
    MissingExtra
        With the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtra(
            f"{module.split('.')[0]} is not installed; flows, routes and places need it.",
            fix="Install the extra: pip install 'uncounted[flows]'.",
        ) from None


def fold(text: str) -> str:
    """Case, accents, blanks and typographic apostrophes taken out of a label.

    Examples
    --------
    >>> fold("  RUMANÍA ")
    'rumania'
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


@cache
def _table() -> dict[str, tuple[str, str, str]]:
    """Reviewed labels, text as published -> (kind, iso3, reading)."""
    with _data("labels.csv").open(encoding="utf-8", newline="") as f:
        return {r["label"]: (r["kind"], r["iso3"], r["reading"]) for r in csv.DictReader(f)}


@cache
def _folded_table() -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for label, entry in _table().items():
        found.setdefault(fold(label), entry)
    return found


@cache
def _codes() -> dict[str, str]:
    """ISO alpha-2, alpha-3 and numeric codes, and old codes, in capitals -> alpha-3."""
    codes = {"XKX": "XKX", "XK": "XKX", "UK": "GBR", "EL": "GRC", **OLD_CODES}
    for c in need("pycountry").countries:
        codes |= {c.alpha_2: c.alpha_3, c.alpha_3: c.alpha_3, c.numeric: c.alpha_3}
    return codes


@cache
def _names() -> dict[str, str]:
    """Folded official, common and short names -> alpha-3."""
    names: dict[str, str] = {"kosovo": "XKX"}
    for c in need("pycountry").countries:
        for field in ("name", "common_name", "official_name"):
            if hasattr(c, field):
                names.setdefault(fold(getattr(c, field)), c.alpha_3)
    return names


@cache
def _cldr() -> dict[str, str]:
    """Folded country names of CLDR in six languages -> alpha-3."""
    codes = _codes()
    names: dict[str, str] = {}
    locale = need("babel").Locale
    for language in _LANGUAGES:
        for code, name in locale.parse(language).territories.items():
            if len(code) == 2 and code in codes:
                names.setdefault(fold(name), codes[code])
    return names


def read_label(text: str, *, wide: bool = False) -> Label:
    """Read a citizenship or country label.

    Parameters
    ----------
    text
        As the data's owner wrote it. A label that means the reporting country's own citizens has
        ``kind="own"``.
    wide
        Read also the labels that the table marks ``wide``: surely meant, but left out of the
        strict reading that published figures rest on (misspellings, other languages).

    Examples
    --------
    >>> read_label("Corea del Sur").iso3, read_label("West Africa").kind
    ('KOR', 'region')
    >>> read_label("Burmese").how, read_label("Burmese", wide=True).iso3
    ('wide', 'MMR')
    """
    text = text.strip()
    if not text:
        return Label("empty", "", "rule")
    if text in _table():
        return _reviewed(_table()[text], wide)
    if re.fullmatch(r"[A-Z]{2,3}", text) and text in _codes():
        return Label("country", _codes()[text], "code")
    folded = fold(text)
    if folded in _names():
        return Label("country", _names()[folded], "name")
    if folded in _folded_table():
        return _reviewed(_folded_table()[folded], wide)
    if folded in _cldr():
        return Label("country", _cldr()[folded], "name")
    if re.fullmatch(r"[\d.,\s]+|q\d.*", folded) or folded.startswith("("):
        return Label("debris", "", "rule")
    if folded in _NOBODY:
        return Label("unknown", "", "rule")
    if "�" in text or "ã" in text.casefold():
        return Label("unreadable", "", "rule")
    if _REGION.search(folded):
        return Label("region", "", "rule")
    return Label("unclear", "", "rule")


def _reviewed(entry: tuple[str, str, str], wide: bool) -> Label:
    kind, iso3, reading = entry
    if reading != "wide":
        return Label(kind, iso3, "table")
    return Label(kind, iso3, "wide") if wide else Label("unclear", "", "wide")


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
    if upper in _codes():
        return _codes()[upper]
    label = read_label(text, wide=True)
    if label.kind != "country":
        raise InputError(
            f"{text!r} is a region, not a country."
            if label.kind == "region"
            else f"There is no country {text!r}.",
            fix="Use an ISO 3166 code such as KOR, or the country's English name.",
        )
    return label.iso3


def country_name(iso3: str, language: str = "en") -> str:
    """Name of a country in a language, from CLDR; the code itself where there is none.

    Examples
    --------
    >>> country_name("CZE"), country_name("KOR", "es")
    ('Czechia', 'Corea del Sur')
    """
    if iso3 == "XKX":
        code = "XK"
    else:
        found = need("pycountry").countries.get(alpha_3=iso3)
        if found is None:
            return iso3
        code = found.alpha_2
    territories = need("babel").Locale.parse(language).territories
    name: str = _SHORT.get((language, iso3)) or territories.get(code, iso3)
    return name


_SHORT = {
    ("en", "HKG"): "Hong Kong SAR",
    ("en", "MAC"): "Macao SAR",
    ("en", "MMR"): "Myanmar",
    ("en", "PSE"): "State of Palestine",
    ("en", "COD"): "DR Congo",
    ("en", "COG"): "Congo",
    ("en", "KOR"): "South Korea",
}
"""Where CLDR's name is long or carries a bracket; plain names of the UN's list."""


@cache
def _countries() -> dict[str, Country]:
    with _data("countries.csv").open(encoding="utf-8", newline="") as f:
        return {
            r["iso3"]: Country(r["iso3"], r["continent"], float(r["lat"]), float(r["lon"]))
            for r in csv.DictReader(f)
        }


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
    return iso3 in _countries() and iso3 not in _ADDED


def country(iso3: str) -> Country | None:
    """Continent (five: Africa, America, Asia, Europe, Pacific) and capital's place, from GeoDist."""
    return _countries().get(iso3)


def _data(name: str) -> Any:
    """Name a file of ``uncounted/places/data``."""
    return resources.files("uncounted.places").joinpath("data", name)
