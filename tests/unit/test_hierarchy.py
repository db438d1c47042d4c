"""Writing, parsing and listing hierarchical models."""

from __future__ import annotations

from itertools import combinations

import pytest

from uncounted.errors import InputError, NotIdentifiable
from uncounted.estimators import hierarchy as h

NAMES = ["shelter", "police", "clinic", "hotline"]


def brute_force(t, order):
    """Every set of terms that holds all lists and every part of its terms."""
    larger = [
        sum(1 << i for i in c) for k in range(2, order + 1) for c in combinations(range(t), k)
    ]
    found = set()
    for bits in range(1 << len(larger)):
        terms = {1 << i for i in range(t)} | {s for j, s in enumerate(larger) if bits >> j & 1}
        if all(
            (s & ~(1 << i)) in terms for s in terms for i in range(t) if s >> i & 1 and s != 1 << i
        ):
            found.add(frozenset(terms))
    return found


@pytest.mark.parametrize(("t", "order"), [(2, 1), (3, 2), (4, 2), (4, 3)])
def test_all_models_by_brute_force(t, order):
    assert {frozenset(m) for m in h.all_models(t, order)} == brute_force(t, order)


@pytest.mark.parametrize(
    ("t", "order", "count"), [(3, 2, 8), (4, 3, 113), (5, 2, 1024), (5, 3, 6212), (5, 4, 6893)]
)
def test_numbers_of_models_are_the_fields(t, order, count):
    assert len(h.all_models(t, order)) == count == h.count_models(t, order)


def test_six_lists_have_32768_pair_models():
    assert h.count_models(6, 2) == 32768 == len(h.all_models(6, 2))
    assert h.count_models(6, 3) is None


def test_writing_and_parsing_are_inverse():
    for model in h.all_models(4, 3):
        assert h.parse(h.write(model, 4), NAMES) == model


def test_list_names_numbers_and_joints():
    model = h.parse("[12,3]", NAMES)
    assert model == h.parse("[shelter:police, clinic]", NAMES)
    assert model == h.parse("[Shelter*police]", NAMES) == h.parse("[1:2]", NAMES)
    assert h.spell(model, NAMES) == "shelter × police"
    many = [f"l{i}" for i in range(1, 13)]
    assert h.write(h.parse("[1:12]", many), 12).startswith("[1:12,2,3")


def test_bad_models_are_refused():
    for text in ("12", "[15]", "[12", "[nobody]", "[1:9]"):
        with pytest.raises(InputError):
            h.parse(text, NAMES)
    with pytest.raises(NotIdentifiable):
        h.parse("[1234]", NAMES)


def test_neighbours_are_one_step_away_and_hierarchical():
    listed = set(h.all_models(4, 3))
    for model in h.all_models(4, 3):
        for other in h.neighbours(model, 4, 3):
            assert other in listed
            assert len(set(model) ^ set(other)) == 1
    assert len(list(h.neighbours(h.main_effects(5), 5, 3))) == 10
