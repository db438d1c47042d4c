"""Published tables: as many people, and list sizes, as their sources print."""

from __future__ import annotations

import pytest

import uncounted as uc
from uncounted.estimators.nests import nesting

SIZES = {
    # King et al. (2013), abstract: 5,670 people; 901, 953, 3,504 and 827 on the four lists.
    "scotland-injecting": (5670, [901, 953, 3504, 827]),
    # The printed table of seven counts: 89, 24, 103, 27, 29, 13, 21.
    "brussels-injecting": (306, [169, 167, 90]),
    "poles-netherlands": (41307, [39862, 1819]),
    "meadow-vole-first": (56, None),
    "meadow-vole-sixth": (77, None),
    "meadow-vole-both-sexes": (104, None),
    "red-backed-vole": (135, None),
    "deer-mouse-east-stuart": (38, [15, 20, 16, 19, 25, 25]),
    "deer-mouse-wet-swizer": (51, [16, 29, 27, 29, 32, 38]),
    "house-mouse": (173, [68, 61, 62, 52, 74, 41, 76, 36, 76, 39]),
    "stoat": (20, None),
}


@pytest.mark.parametrize("name", SIZES)
def test_as_many_as_the_source_prints(name):
    people, sizes = SIZES[name]
    table = uc.published.load(name)
    assert table.n == people
    if sizes is not None:
        assert table.list_sizes.tolist() == sizes
    entry = uc.published.find(name)
    assert entry.citation
    assert set(entry.full_names) <= set(table.lists)


def test_what_a_study_said_is_told():
    entry = uc.published.find("ScotPWID")
    assert entry.to_dict()["study_said"].startswith("31,700 (24,900 to 38,700)")
    assert "study_said" not in uc.published.find("stoat").to_dict()


def test_no_published_table_loses_a_list_unnoticed():
    for entry in uc.published.catalogue():
        found = nesting(uc.published.load(entry.name))
        assert found.left_out == (), entry.name
