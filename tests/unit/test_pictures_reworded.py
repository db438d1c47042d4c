"""Every picture drawn in a pseudo-language: whatever it says itself comes from the catalogue."""

from __future__ import annotations

import dataclasses
import doctest
import functools
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

import uncounted as uc
from uncounted import charts
from uncounted.brief.messages import speaking
from uncounted.charts.export import to_svg

PICTURES = [n for n in charts.__all__ if callable(getattr(charts, n)) and n[0].islower()]
LETTERS = re.compile(r"(\{[^}]*\})|[A-Za-z]")
WORD = re.compile(r"[A-Za-z]{2,}")


def disguise(sentence: str) -> str:
    """Every letter as its wide twin, so that one left plain was said by no catalogue."""
    return LETTERS.sub(lambda m: m[1] or chr(ord(m[0]) + 0xFEE0), sentence)


def texts_in(value: object) -> Iterator[str]:
    """Texts in what a picture is made of: they are the caller's, and stay as they are."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in (*value, *value.values()):
            yield from texts_in(part)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from texts_in(part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts_in(getattr(value, field.name))


def drawn(name: str) -> list[tuple[charts.Picture, set[str]]]:
    """Pictures that the examples of a function draw, and the words that were given to it."""
    function = getattr(charts, name)
    found = []

    @functools.wraps(function)
    def seen(*args, **kwargs):
        picture = function(*args, **kwargs)
        given = {w for t in texts_in([args, kwargs]) for w in WORD.findall(t)}
        found.append((picture, given))
        return picture

    examples = doctest.DocTestParser().get_doctest(function.__doc__, {"uc": uc}, name, None, None)
    scope = dict(examples.globs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uc.charts, name, seen)
        for example in examples.examples:
            exec(compile(example.source, name, "single"), scope)
    return found


def undisguised(picture: charts.Picture, given: set[str]) -> set[str]:
    """Plain words of a picture's texts and of its description that nobody gave."""
    svg = ET.fromstring(to_svg(picture))
    said = [picture.alt, *(node.text or "" for node in svg.iter() if node.tag.endswith("text"))]
    return {w for text in said for w in WORD.findall(text)} - given


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_nothing_that_no_catalogue_said(name, capsys):
    with speaking("en", disguise=disguise):
        found = drawn(name)
        assert found, f"the examples of {name} draw nothing"
        for picture, given in found:
            assert undisguised(picture, given) == set()


MORE = {
    "groups suppressed": lambda: charts.groups(
        [
            {
                "label": "a1",
                "detected": None,
                "point": None,
                "lower": None,
                "upper": None,
                "why": "",
            },
            {
                "label": "b2",
                "detected": 9,
                "point": None,
                "lower": None,
                "upper": None,
                "why": "c3",
            },
        ],
        title="",
        narrow=True,
    ),
    "forest refused": lambda: charts.forest(
        [
            charts.ForestRow("a1", "b2", 150, None, None, None),
            charts.ForestRow("c3", "d4", 150, 400.0, 200.0, math.inf),
        ],
        title="",
    ),
    "upset suppressed": lambda: charts.upset(
        uc.OverlapTable.from_histories(["a1", "b2"], {"10": 30, "01": 40, "11": 3}),
        suppress_below=11,
    ),
    "flows flagged": lambda: charts.flow_map(
        [
            {"origin": "A1", "destination": "B2", "value": 9, "flagged": True},
            {"origin": "A1", "destination": "Z9", "value": 3},
        ],
        {"A1": ("a1", 10.0, 20.0), "B2": ("b2", 12.0, 40.0)},
        title="",
        top=1,
    ),
    "table": lambda: charts.upset(uc.published.load("uk2013-5"), suppress_below=11),
}
"""What examples leave out: counts held back, no figure, no upper end."""


@pytest.mark.parametrize("name", MORE)
def test_nor_where_something_is_held_back_or_missing(name):
    names = set(uc.published.load("uk2013-5").lists)
    with speaking("en", disguise=disguise):
        assert undisguised(MORE[name](), names) == set()


def test_a_plain_word_in_a_picture_is_found():
    with speaking("en", disguise=disguise):
        picture = charts.groups(
            [{"label": "women", "detected": 40, "point": 90, "lower": 60, "upper": 150}],
            title="Groups",
        )
        assert undisguised(picture, {"women"}) == {"Groups"}
