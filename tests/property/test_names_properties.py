"""What must hold for any two texts: no failure, symmetry, a strength in range, self-equality."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from uncounted.records.names import SAME_AT, compare, name_levels, normalise

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
    assert match.same != normalise(a).missing
    if match.same:
        assert match.strength == 1
