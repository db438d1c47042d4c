"""Overlap tables: what they hold, and reading and writing them."""

from __future__ import annotations

import json

import numpy as np
import pytest

import uncounted as uc
from uncounted.core.table import UNKNOWN, OverlapTable
from uncounted.errors import TableError

LISTS = ["a", "b", "c"]
HISTORIES = {"100": 10, "010": 20, "001": 30, "110": 4, "011": 3, "111": 1}


@pytest.fixture
def table():
    return OverlapTable.from_histories(LISTS, HISTORIES, name="t")


def test_counts_are_indexed_by_bit_mask_and_the_empty_history_is_unknown(table):
    assert table.counts.tolist() == [UNKNOWN, 10, 20, 4, 30, 0, 3, 1]
    assert (table.n, table.overlap, table.t) == (68, 8, 3)
    assert table.list_sizes.tolist() == [15, 28, 34]
    assert table.captures.tolist() == [UNKNOWN, 60, 7, 1]
    assert table.pair_overlap(0, 1) == 5
    assert table.count("011") == 3


def test_a_table_cannot_be_changed(table):
    with pytest.raises(ValueError):
        table.cells[0, 1] = 5
    with pytest.raises(AttributeError):
        table.lists = ("x",)


def test_leaving_lists_out_moves_their_people_to_the_unknown(table):
    kept = table.keep([0, 2])
    assert kept.lists == ("a", "c")
    assert kept.counts.tolist() == [UNKNOWN, 14, 33, 1]
    assert kept.n == table.n - 20  # people on b only


def test_merging_lists_keeps_everybody(table):
    merged = table.merge([[0, 1], [2]], ["ab", "c"])
    assert merged.n == table.n
    assert merged.counts.tolist() == [UNKNOWN, 34, 30, 4]


def test_strata_and_structural_zeros():
    cells = np.array([[0, 5, 6, 1, 7, 0, 0, 2], [0, 3, 4, 1, 0, 0, 0, 0]])
    table = OverlapTable(
        tuple(LISTS), cells, ("women", "men"), np.array([[1, 1, 1], [1, 1, 0]], dtype=bool)
    )
    assert table.n == 29
    assert table.counts.tolist() == [UNKNOWN, 8, 10, 2, 7, 0, 0, 2]
    by = dict(table.by_stratum())
    assert by["women"].lists == ("a", "b", "c")
    assert by["men"].lists == ("a", "b")
    assert by["men"].counts.tolist() == [UNKNOWN, 3, 4, 1]
    with pytest.raises(TableError, match="unable to see"):
        OverlapTable(tuple(LISTS), cells, ("women", "men"), np.array([[1, 1, 0], [1, 1, 1]], bool))


def test_canonical_order_depends_on_counts_alone():
    rng = np.random.default_rng(7)
    for t in (2, 3, 4, 5):
        for _ in range(20):
            counts = rng.poisson(2, 1 << t)
            table = OverlapTable.from_histories([f"l{i}" for i in range(t)], counts)
            order = rng.permutation(t)
            moved = table.keep(order.tolist())
            a = table.keep(table.canonical_order()).counts
            b = moved.keep(moved.canonical_order()).counts
            assert a.tolist() == b.tolist()


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
def test_written_tables_read_back(tmp_path, table, ending):
    path = tmp_path / f"t.{ending}"
    uc.write_table(table, path)
    back = uc.read_table(path)
    assert back.lists == table.lists
    assert back.counts.tolist() == table.counts.tolist()
    assert back.name == "t"


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
def test_strata_and_declared_blindness_read_back(tmp_path, ending):
    cells = np.array([[0, 5, 6, 1, 7, 0, 0, 2], [0, 3, 4, 1, 0, 0, 0, 0]])
    table = OverlapTable(
        tuple(LISTS), cells, ("women", "men"), np.array([[1, 1, 1], [1, 1, 0]], dtype=bool)
    )
    path = tmp_path / f"t.{ending}"
    uc.write_table(table, path)
    back = uc.read_table(path)
    assert back.strata == ("women", "men")
    assert back.cells.tolist() == table.cells.tolist()
    assert back.sees.tolist() == table.sees.tolist()


def test_one_row_a_person_and_histories_not_named_count_zero(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("a,b\n1,0\n1,0\n0,1\n1,1\n")
    assert uc.read_table(path).counts.tolist() == [UNKNOWN, 2, 1, 1]


def test_delimiters_byte_order_mark_and_blank_lines(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffa;b;count\n1;0;3\n\n0;1;4\n1;1;2\n".encode())
    assert uc.read_table(path).n == 9


def test_only_the_named_columns_are_lists(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,a,b,age\nx1,1,0,33\nx2,0,1,20\nx3,1,1,50\n")
    assert uc.read_table(path, lists=["a", "b"]).n == 3


def test_frames_are_read():
    pa = pytest.importorskip("pyarrow")
    frame = pa.table({"a": [1, 0, 1], "b": [0, 1, 1], "count": [3, 4, 2]})
    assert uc.read_table(frame).n == 9
    pd = pytest.importorskip("pandas")
    assert uc.read_table(pd.DataFrame({"a": [True, False], "b": [False, True]})).n == 2


SECRET = "Zebulon Quixote"
BAD = {
    "negative": ("a,b,count\n1,0,-3\n", "row 2", "negative"),
    "fraction": ("a,b,count\n1,0,3\n0,1,2.5\n", "row 3", "whole"),
    "not a number": (f"a,b,count\n1,0,{SECRET}\n", "row 2", "not a number"),
    "infinite": ("a,b,count\n1,0,inf\n", "row 2", "not a number"),
    "not 0 or 1": ("a,b,count\n1,2,3\n", "row 2", "neither 0 nor 1"),
    "text": (f"a,b,count\n1,{SECRET},3\n", "row 2", "neither 0 nor 1"),
    "duplicate": ("a,b,count\n1,0,3\n0,1,1\n1,0,2\n", "row 4", "row 2"),
    "nobody": ("a,b,count\n1,0,3\n0,0,4\n", "row 3", "on no list"),
    "one list": ("a,count\n1,3\n", "", "one list"),
    "empty": ("", "", "empty"),
    "header only": ("a,b,count\n", "", "nobody"),
    "empty list": ("a,b,c,count\n1,0,0,3\n0,1,0,4\n", "", "'c' holds nobody"),
    "two names": ("a,a,b,count\n1,0,0,3\n", "", "named 'a'"),
    "too large": (f"a,b,count\n1,0,{2**53 + 1}\n", "row 2", "2^53"),
    "too large in sum": (f"a,b,count\n1,0,{2**53}\n0,1,1\n", "row 3", "2^53"),
    "ragged": ("a,b,count\n1,0\n", "row 2", "values"),
    "quote": ('a,b,count\n1,0,3\n"1,0,3\n', "row 3", "CSV"),
    "nameless": ("a,,count\n1,0,3\n", "", "no name"),
    "seventeen lists": (",".join(f"l{i}" for i in range(17)) + "\n" + "1," * 16 + "1\n", "", "16"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_say_file_row_and_fix_and_nothing_of_the_content(tmp_path, case):
    text, where, what = BAD[case]
    path = tmp_path / "lists.csv"
    path.write_text(text)
    with pytest.raises(TableError) as caught:
        uc.read_table(path)
    message = caught.value.message
    assert "lists.csv" in message
    assert where in message
    assert what in message
    assert caught.value.fix
    assert caught.value.exit_status == 3
    assert SECRET not in str(caught.value)


def test_other_bad_input(tmp_path):
    with pytest.raises(TableError, match="no file"):
        uc.read_table(tmp_path / "missing.csv")
    with pytest.raises(TableError, match="folder"):
        uc.read_table(tmp_path)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("a,b,count\n1,0,3\né,1,2\n".encode("latin-1"))
    with pytest.raises(TableError, match=r"latin.csv, row 3: the file is not UTF-8"):
        uc.read_table(latin)
    for name, content in {
        "x.json": b"{",
        "y.json": b"[]",
        "z.json": b'{"lists": ["a", "b"]}',
        "w.json": b'{"lists": ["a", "b"], "counts": {"1": 3}}',
        "p.parquet": b"nonsense",
        "n.csv": b"a,b\n\x001,0\n",
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(TableError):
            uc.read_table(tmp_path / name)
    with pytest.raises(TableError):
        uc.read_table(42)
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000)
    with pytest.raises(TableError):
        uc.read_table(deep)


def test_json_rows_are_read(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([{"a": 1, "b": 0, "count": 2}, {"a": 1, "b": 1, "count": 1}]))
    assert uc.read_table(path).n == 3


def test_tables_that_cannot_be_built():
    with pytest.raises(TableError, match="at least two"):
        OverlapTable.from_histories(["a"], {"1": 3})
    with pytest.raises(TableError, match="one name"):
        OverlapTable.from_histories(["a", "a"], {"11": 3})
    with pytest.raises(TableError, match="no list"):
        OverlapTable.from_histories(["a", "b"], {"00": 3})
    with pytest.raises(TableError, match="negative"):
        OverlapTable.from_histories(["a", "b"], {"10": -3})
    with pytest.raises(TableError, match="whole"):
        OverlapTable.from_histories(["a", "b"], [0.5, 1.0, 2.0, 3.0])
    with pytest.raises(TableError, match="16"):
        OverlapTable.from_histories([f"l{i}" for i in range(17)], {})


def test_sixteen_lists(tmp_path):
    lists = [f"l{i}" for i in range(16)]
    rows = ["".join("1" if j in (i, (i + 1) % 16) else "0" for j in range(16)) for i in range(16)]
    table = OverlapTable.from_histories(lists, {r: 3 for r in rows})
    assert table.n == 48
    path = tmp_path / "t.csv"
    uc.write_table(table, path)
    assert uc.read_table(path).counts.tolist() == table.counts.tolist()
