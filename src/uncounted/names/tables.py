"""The tables behind the normaliser: plain text files that can be read and reviewed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

__all__ = ["TABLES", "VERSION", "fingerprint", "rows"]

VERSION = "4"
"""Version of rules and tables together. A change that can change a key raises it."""

TABLES = (
    "alphabets",
    "apart",
    "burmese_elements",
    "chinese_sounds",
    "chinese_surnames",
    "confusions",
    "endings",
    "filler_words",
    "han_given",
    "japanese_kanji",
    "korean_jamo",
    "korean_surnames",
    "korean_syllables",
    "more_chinese_surnames",
    "more_names",
    "names",
    "native_given",
    "no_names",
    "particles",
    "pinyin_syllables",
    "rewrites",
    "short_forms",
    "thai_elements",
)


def _text(table: str) -> str:
    return resources.files(__package__).joinpath("data", f"{table}.tsv").read_text("utf-8")


def rows(table: str, width: int) -> Iterator[list[str]]:
    """Rows of a table, each padded to ``width`` fields; comments and the header left out."""
    header = True
    for line in _text(table).split("\n"):
        if not line or line.startswith("#"):
            continue
        if header:
            header = False
            continue
        fields = line.split("\t")
        yield (fields + [""] * width)[:width]


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Version and SHA-256 of the tables: two members link only where these are equal.

    Examples
    --------
    >>> fingerprint().startswith(VERSION + ":")
    True
    """
    digest = hashlib.sha256()
    for table in TABLES:
        digest.update(_text(table).encode())
    return f"{VERSION}:{digest.hexdigest()}"
