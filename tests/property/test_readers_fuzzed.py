"""Every reader on files made to break it; `benchmarks.reader_fuzz` runs twenty thousand."""

from __future__ import annotations

import random
import sys

import pytest
from tests.files.fuzzing import attempt, make

from uncounted.core.numbers import read_count
from uncounted.errors import InputError, UncountedError
from uncounted.files.documents import read_toml
from uncounted.project.settings import validate
from uncounted.ranks.reading import read_rank_table
from uncounted.records.calendar import read_date
from uncounted.records.naming import by_name
from uncounted.records.reading import ListSpec, read_list
from uncounted.sources.legs import read_journeys

pytest.importorskip("openpyxl")


@pytest.mark.parametrize("number", range(120))
def test_an_input_is_read_or_refused_with_a_fix(tmp_path, number):
    path, reader = make(random.Random(f"test/{number}"), tmp_path)
    assert attempt(reader, path) in {"read", "refused"}


@pytest.mark.extended
@pytest.mark.parametrize("block", range(20))
def test_many_inputs_are_read_or_refused_with_a_fix(tmp_path, block):
    for number in range(100):
        path, reader = make(random.Random(f"more/{block}/{number}"), tmp_path)
        assert attempt(reader, path) in {"read", "refused"}, number


HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_rank_table, f"origin,count\nMexico,{HUGE}\n"),
        (read_rank_table, f"origin,count,se\nMexico,5,{HUGE}\n"),
        (read_rank_table, "origin,count\nMexico,1e400\n"),
        (read_journeys, f"from,to,leg,count\nMEX,USA,{HUGE},1\n"),
        (read_journeys, "from,to,count\nMEX,USA,²\n"),
        (read_journeys, f"from,to,date\nMEX,USA,{HUGE}\n"),
    ],
)
def test_figures_without_end_are_refused_and_not_repeated(tmp_path, read, text):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read(path)
    assert len(caught.value.message) < 300 and HUGE[:100] not in str(caught.value)


@pytest.mark.parametrize("text", [",", ",,,\n,,\n", ";", "\n,\n", '"', "a", "\ufeff", "sep=,"])
def test_a_file_of_almost_nothing_is_refused(tmp_path, text):
    from uncounted.files.overlap_tables import read_table

    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(UncountedError) as caught:
        read_table(path)
    assert caught.value.fix
    with pytest.raises(UncountedError) as caught:
        read_list(ListSpec("list", path, "none"), as_of="2026-11-01", recipients=[])
    assert caught.value.fix


@pytest.mark.parametrize("text", ["x = " + "[" * 20_000, f"seed = {'9' * 6000}", "x = {" * 5000, "a." * 9000 + "b = 1"])  # fmt: skip
def test_a_project_file_without_end_is_refused(text):
    with pytest.raises(InputError):
        validate(read_toml(text, "uncounted.toml"))


def test_cells_and_names_of_any_length_take_no_time_to_speak_of():
    """Patterns that could go back over a long text again and again would hang here for years."""
    limit = sys.getrecursionlimit()
    for text in ("a." * 4000, "?" * 9000, "(" * 9000, "[(" * 4000, "x" * 9000 + "?", "ca. " * 3000, "1 " * 5000, "- " * 5000, "/" * 9000, "년" * 5000, "what is your " * 900):  # fmt: skip
        by_name(text[:10_000])
        read_date(text[:1000])
        read_count(text)
    assert sys.getrecursionlimit() == limit
