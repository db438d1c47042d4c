"""The example coalition: reproducible, true to its own truth, and readable as the files it writes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from uncounted import LogLinear
from uncounted.errors import InputError
from uncounted.records.reading import ListSpec, read_list
from uncounted.records.schema import FIELDS
from uncounted.synthetic import AS_OF, ERROR_LEVELS, RECIPIENT, example_coalition, write_coalition


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return [str(x) for x in a] == [str(x) for x in b]


def test_same_seed_same_records_other_seed_others() -> None:
    one, two, other = (example_coalition(s, population=300) for s in (1, 1, 2))
    for a, b in zip(one.records, two.records, strict=True):
        assert all(_equal(getattr(a, f), getattr(b, f)) for f in FIELDS)
    assert not _equal(one.records[0].family, other.records[0].family)


def test_same_seed_same_bytes_whatever_the_clock_says(tmp_path: Path) -> None:
    c = example_coalition(1, population=60)
    one, two = (write_coalition(c, tmp_path / name) for name in ("one", "two"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]
    books = [p for p in one if p.suffix == ".xlsx"]
    assert books
    for path in books:
        with zipfile.ZipFile(path) as book:
            assert {entry.date_time for entry in book.infolist()} == {(2026, 6, 30, 0, 0, 0)}
            assert book.read("docProps/core.xml").count(b">2026-06-30T00:00:00Z<") == 2


def test_error_levels_share_people_and_histories() -> None:
    low, high = (example_coalition(3, error_level=x, population=300) for x in ("low", "high"))
    assert (low.histories == high.histories).all()
    assert low.table().to_dict() == high.table().to_dict()
    assert len(high.records[0]) >= len(low.records[0])


def test_truth_adds_up() -> None:
    c = example_coalition(1)
    table = c.table()
    assert c.population == len(c.people) == sum(c.sizes("origin").values()) == 1500
    assert table.n == c.observed == int((c.histories > 0).sum())
    for i, (records, person) in enumerate(zip(c.records, c.person, strict=True)):
        assert len(records) == len(person)
        assert set(person.tolist()) == set(np.flatnonzero(c.histories >> i & 1).tolist())
    by = c.table(by="origin")
    assert by.n == table.n
    assert by.sees is not None
    assert by.sees[:, 4].sum() == 1  # the Korean community centre sees Koreans only
    assert c.table(released_only=True).n < table.n
    assert c.table(by="sector").n == table.n


@pytest.mark.extended
def test_stated_dependence_is_the_dependence() -> None:
    """The hierarchical model with the two stated pairs recovers N at a size where chance is small."""
    c = example_coalition(3, population=40_000)
    point = LogLinear(model="[12,34,5]").estimate(c.table()).point
    # Standard deviation of the estimate at this size is about 1%; three of them.
    assert point == pytest.approx(c.population, rel=0.03)
    main = LogLinear(model="main").estimate(c.table()).point
    assert main < 0.97 * c.population  # referral makes lists overlap more than chance would


def test_errors_rise_with_the_level() -> None:
    unknown = []
    for level in ERROR_LEVELS:
        c = example_coalition(5, error_level=level)
        unknown.append(np.mean(np.concatenate([np.isnat(r.birth_date) for r in c.records])))
    assert unknown == sorted(unknown)
    assert unknown[0] < unknown[2]


def test_files_read_back_as_the_records(tmp_path: Path) -> None:
    c = example_coalition(1, population=400)
    paths = write_coalition(c, tmp_path / "lists")
    for member, path, records, free in zip(c.members, paths, c.records, c.released(), strict=True):
        got = read_list(
            ListSpec(member.name, path, member.regime), as_of=AS_OF, recipients=[RECIPIENT]
        )
        assert got.report.rows_in == len(records)
        assert got.report.quarantined == 0
        assert got.report.not_released == int((~free).sum())
        kept = records.take(free)
        for field in ("reference", "gender", "citizenship", "exploitation", "birth_precision"):
            assert _equal(getattr(kept, field), getattr(got.records, field)), (member.name, field)
        assert _equal(kept.birth_date, got.records.birth_date)
        assert _equal(kept.stated_age, got.records.stated_age)
        whole = [f"{g} {f}".split() for g, f in zip(kept.given, kept.family, strict=True)]
        read = [
            f"{g} {f}".split() for g, f in zip(got.records.given, got.records.family, strict=True)
        ]
        whole = [[w for w in x if w.casefold() != "unknown"] for x in whole]  # read as no name
        read = [[w for w in x if w.casefold() != "unknown"] for x in read]
        assert [sorted(x) for x in whole] == [sorted(x) for x in read]
    with pytest.raises(InputError, match="already holds"):
        write_coalition(c, tmp_path / "lists")


def test_bad_settings_are_refused() -> None:
    with pytest.raises(InputError, match="no error level"):
        example_coalition(1, error_level="awful")
    with pytest.raises(InputError, match="10 or more"):
        example_coalition(1, population=2)
    with pytest.raises(InputError, match="by origin or by sector"):
        example_coalition(1, population=50).table(by="county")


def test_nothing_prints_a_person() -> None:
    c = example_coalition(1, population=50)
    text = repr(c) + repr(c.people[0]) + repr(c.records[0])
    assert not any(name and name in text for name in c.records[0].given)
