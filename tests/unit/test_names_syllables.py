"""Names of syllables told at a glance, against the whole reading."""

from __future__ import annotations

import pytest

from uncounted.names import normalise, syllable_classes
from uncounted.synthetic import example_coalition

WRITTEN = (
    "Kim, Min-ji", "Minji Kim", "김민지", "Smith, Jane", "Amy Chan Mei Ling", "Mr. Kim Minji", "Kim Minji Jr",
    "Lee, Ana", "Lee", "Wang Xiaoming a.k.a. Amy", "Park Ji-soo (nee Kim)", "王小明", "O'Brien, Lee", "Ma Li",
    "Daw Aung San Suu Kyi", "unknown", "", "Van Nguyen", "Kim alias Park", "dela Cruz, Lee", "x", "J. Lee",
)  # fmt: skip


def whole(name):
    key = normalise(name)
    return tuple(
        tuple(c for c in classes if not c.startswith("la:")) for classes in (key.family, key.given)
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_a_name_is_told_as_the_whole_reading_tells_it(name):
    assert syllable_classes(name) == whole(name)


def test_names_of_a_coalition_are_told_as_the_whole_reading_tells_them():
    records = example_coalition(5, population=150).records
    names = {f"{f}, {g}" for r in records for g, f in zip(r.given, r.family, strict=True)}
    told = {name: syllable_classes(name) for name in names}
    assert all(told[name] == whole(name) for name in names)
    assert 20 < sum(bool(family or given) for family, given in told.values()) < len(names)
