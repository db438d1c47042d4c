"""What must hold for any two texts: no failure, symmetry, a strength in range, self-equality."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from uncounted.names import SAME_AT, compare, name_levels, normalise
from uncounted.names.compare import compare_fully
from uncounted.synthetic.naming import make_name, slip, written

_LETTERS = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcdehijklmnoqrsuyz AEIMNS-'.,"),
        st.sampled_from("김민지이영희박王李张秀英गीताराम्िาศิริพรмария́ẹệđțșñ"),
        st.characters(),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(_LETTERS, _LETTERS)
def test_any_two_texts(a: str, b: str) -> None:
    there = compare(a, b)
    assert there == compare(b, a)
    assert 0 <= there.strength <= 1
    assert there.same == (there.strength >= SAME_AT)
    assert name_levels([a], [b])[0] in range(-1, 5)


@settings(max_examples=200, deadline=None)
@given(_LETTERS)
def test_any_text_with_itself(a: str) -> None:
    match = compare(a, a)
    key = normalise(a)
    if key.masked:
        assert match.strength < 1
        return
    assert match.same != (key.missing or match.rule == "initials are all there is")
    if match.same:
        assert match.strength == 1


def _shares_a_block(a: str, b: str) -> bool:
    x, y = normalise(a), normalise(b)
    if not (x.words and y.words):
        return not compare(x, y).same or x.blocks == y.blocks != ()
    return bool(set(x.blocks) & set(y.blocks)) or not compare_fully(x, y).same


@settings(max_examples=300, deadline=None)
@given(_LETTERS, _LETTERS)
def test_texts_that_are_the_same_share_a_block(a: str, b: str) -> None:
    assert _shares_a_block(a, b)
    assert _shares_a_block(a, a.upper())


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(("ko", "zh", "vi", "es", "tl", "ne", "th", "ro", "sl")),
    st.integers(min_value=0, max_value=10**9),
)
def test_made_up_people_spelled_twice_share_a_block_where_they_are_the_same(
    culture: str, seed: int
) -> None:
    r = random.Random(seed)
    name = make_name(culture, r.choice("fm"), r)
    a, b = (written(name, r, other=True, native=r.random() < 0.3) for _ in range(2))
    other = written(make_name(culture, r.choice("fm"), r), r, other=True, native=False)
    full = f"{a.given} {a.family}"
    for spelled in (
        f"{b.given} {b.family}",
        f"{b.family} {b.given}",
        f"{b.family}, {b.given}",
        f"{slip(b.given, r)} {b.family}",
        f"{b.given} {slip(b.family, r)}",
        f"{other.given} {b.family}",
        f"{b.given} {other.family}",
    ):
        assert _shares_a_block(full, spelled)
    for x, y in ((a.given, b.given), (a.family, b.family), (a.given, slip(a.given, r))):
        assert _shares_a_block(x, y)
