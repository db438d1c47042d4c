"""The one table of countries as it is kept: codes, names in languages, words that are read.

``data/countries.csv`` has a row per country or territory; ``data/labels.csv`` what else is written
for one, or is no country; ``data/names.csv.xz`` the names of CLDR in forty languages.
"""

from __future__ import annotations

import csv
import io
import lzma
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from uncounted.core.labels import plain_words

__all__ = [
    "OLD_CODES",
    "STRICT_LANGUAGES",
    "Row",
    "Word",
    "codes",
    "countries",
    "data_file",
    "folded_words",
    "names",
    "names_to_codes",
    "people_write",
    "strict_names",
    "words",
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

STRICT_LANGUAGES = ("en", "es", "fr", "it", "pt", "de")
"""Languages whose names of countries the strict reading knows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One country: codes, English name, continent and capital's place (``None`` where not known)."""

    iso3: str
    iso2: str
    number: str
    name: str
    continent: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Word:
    """What a word is read as.

    Parameters
    ----------
    kind
        ``"country"``, or why it is none.
    iso3
        Where it is one.
    reading
        ``"reviewed"``: published figures may rest on it. ``"wide"``: found in a published table
        and left out of them, as a misspelling or another language. ``"also"``: what people write
        on their own lists, which the strict reading does not know.
    """

    kind: str
    iso3: str
    reading: str


def data_file(name: str) -> Traversable:
    """Name a file of ``uncounted/places/data``."""
    return resources.files("uncounted.places").joinpath("data", name)


@cache
def countries() -> dict[str, Row]:
    """Rows by ISO 3166 alpha-3."""

    def number(text: str) -> float | None:
        return float(text) if text else None

    with data_file("countries.csv").open(encoding="utf-8") as f:
        return {
            r["iso3"]: Row(
                r["iso3"], r["iso2"], r["number"], r["name"], r["continent"],
                number(r["lat"]), number(r["lon"]),
            )
            for r in csv.DictReader(f)
        }  # fmt: skip


@cache
def codes() -> dict[str, str]:
    """ISO alpha-2, alpha-3 and numeric codes, and old codes, in capitals -> alpha-3."""
    found = {"UK": "GBR", "EL": "GRC", **OLD_CODES}
    for row in countries().values():
        if row.iso2:
            found |= {row.iso2: row.iso3, row.iso3: row.iso3}
            found |= {row.number: row.iso3} if row.number else {}
    return found


@cache
def _words() -> tuple[dict[str, Word], dict[str, Word]]:
    published: dict[str, Word] = {}
    also: dict[str, Word] = {}
    with data_file("labels.csv").open(encoding="utf-8") as f:
        for r in csv.DictReader(f):
            into = also if r["reading"] == "also" else published
            into[r["word"]] = Word(r["kind"], r["iso3"], r["reading"])
    return published, also


def words() -> dict[str, Word]:
    """Labels of published tables, as they are written -> what they are read as."""
    return _words()[0]


@cache
def folded_words() -> dict[str, Word]:
    """Folded labels of published tables -> what they are read as; of two that fold alike, the first."""
    return _folded(_words()[0])


@cache
def people_write() -> dict[str, Word]:
    """Folded words of people's own lists -> what they are read as; these go before the labels."""
    return _folded(_words()[1])


def _folded(table: dict[str, Word]) -> dict[str, Word]:
    found: dict[str, Word] = {}
    for text, word in table.items():
        found.setdefault(plain_words(text), word)
        if "," in text and word.kind == "country":
            # "Korea, Republic of" is also written "Republic of Korea"
            head, _, tail = text.partition(",")
            found.setdefault(plain_words(f"{tail} {head}"), word)
    return found


@cache
def names() -> dict[str, dict[str, str]]:
    """Language -> alpha-3 -> name, from CLDR."""
    found: dict[str, dict[str, str]] = {}
    text = lzma.decompress(data_file("names.csv.xz").read_bytes()).decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        found.setdefault(row["language"], {})[row["iso3"]] = row["name"]
    return found


@cache
def strict_names() -> dict[str, str]:
    """Folded names in the strict reading's languages -> alpha-3."""
    found = {plain_words(row.name): row.iso3 for row in countries().values() if row.iso2}
    for language in STRICT_LANGUAGES:
        for iso3, name in names()[language].items():
            found.setdefault(plain_words(name), iso3)
    return found


@cache
def names_to_codes() -> dict[str, str]:
    """Folded names in every language -> alpha-3; English before the others."""
    found = dict(strict_names())
    for language in names().values():
        for iso3, name in language.items():
            found.setdefault(plain_words(name), iso3)
    return found
