"""Rules by which two names were compared: their codes, and the note that says each.

A code with a culture behind a dot (``spelling.es``) is a rule of that culture; ``chinese-whole.ph`` names
two systems of writing Chinese syllables. Sentences stand in the catalogue, and none holds a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from uncounted.core.notes import Note, note, series, whole_note

__all__ = ["CULTURES", "RULES", "SYSTEMS", "said"]

RULES = (
    "apart-together",
    "chinese-family",
    "consonants",
    "cut-short",
    "different",
    "equal",
    "family-given-missing",
    "further-name",
    "gendered",
    "gendered-unexplained",
    "generation-left-out",
    "generations-differ",
    "initial",
    "initial-and-one",
    "initial-only",
    "initials-only",
    "joining-left-out",
    "korean-family",
    "korean-given",
    "korean-one-syllable",
    "korean-one-syllable-chinese",
    "korean-script",
    "korean-spelling",
    "masked-agree",
    "masked-differ",
    "no-name",
    "one-part",
    "one-sound",
    "order-changes",
    "other-marks",
    "parts-differ",
    "parts-left-out",
    "same-words",
    "same-words-order",
    "same-words-turned",
    "script",
    "short-form",
    "slip",
    "spelling",
    "taken-for",
    "too-long",
    "vietnamese-whole",
)
"""Every rule but that of whole Chinese names, which names its systems."""
CULTURES = (
    "ar",
    "en",
    "es",
    "fr",
    "id",
    "ja",
    "my",
    "ne",
    "pt",
    "ro",
    "sl",
    "th",
    "tl",
    "vi",
    "yo",
)
"""Cultures that rules of letters belong to."""
SYSTEMS = {"c": "cantonese", "h": "characters", "p": "pinyin", "w": "wade-giles"}
"""Letters by which a code names the systems of two Chinese names."""


def said(codes: Sequence[str]) -> Note:
    """Note of the rules that decided.

    Examples
    --------
    >>> str(said(["spelling.es", "parts-left-out"])), str(said(["chinese-whole.pw"]))
    ('Spanish spelling; parts left out', 'Chinese: family and given name, pinyin and Wade-Giles')
    """
    return whole_note(series("words.semicolon", [_one(code) for code in codes]))


def _one(code: str) -> Note:
    rule, _, of = code.partition(".")
    if rule == "chinese-whole":
        systems = [Note(f"names.system.{SYSTEMS[s]}") for s in dict.fromkeys(of)]
        return note("names.rule.chinese-whole", systems=series("words.and", systems))
    if of:
        return note(f"names.rule.{rule}.of", culture=Note(f"names.culture.{of}"))
    return Note(f"names.rule.{rule}")
