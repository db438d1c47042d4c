"""The one reader beyond case lists: JSON, packed text, standard input, hidden rows, endless digits."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import uncounted as uc
from uncounted.cli import main
from uncounted.core.numbers import LARGEST, whole_number
from uncounted.errors import InputError, TableError, UncountedError
from uncounted.files import source as sources
from uncounted.files.documents import read_toml
from uncounted.files.raw import called
from uncounted.files.tabular import TABLE, HeaderRows, RawTable, open_table
from uncounted.flows.report import open_flows
from uncounted.project.settings import load_project
from uncounted.ranks.reading import read_rank_table
from uncounted.routes.report import open_routes
from uncounted.shares.reading import read_share_table

ENDLESS = "9" * 6000


def first_row(rows: list[list[str]]) -> HeaderRows | None:
    return HeaderRows(0, 0, rows[0], float(len(rows[0]))) if rows else None


def opened(path: Path | str) -> RawTable:
    return open_table(path, first_row, manner=TABLE)


def put(folder: Path, content: bytes | str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# whole numbers ----------------------------------------------------------------------------------


@given(st.integers(0, 10**30), st.integers(0, 6))
def test_digits_are_a_number_up_to_the_largest(number: int, zeros: int) -> None:
    assert whole_number("0" * zeros + str(number)) == min(number, LARGEST + 1)
    assert whole_number(str(number), 1000) == min(number, 1001)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "²", "1e3", " 1", "Ⅷ", "12a"])
def test_what_is_not_digits_alone_is_no_number(text: str) -> None:
    assert whole_number(text) is None


def test_digits_of_other_scripts_and_endless_ones() -> None:
    assert whole_number("٤٢") == 42
    assert whole_number(ENDLESS) == LARGEST + 1
    assert whole_number("0" * 6000 + "7") == 7


@pytest.mark.parametrize(
    ("read", "text", "says"),
    [
        (read_rank_table, f"origin,count\nA,{ENDLESS}\nB,2\n", "row 2, column 'count'.*2\\^53"),
        (read_rank_table, "origin,count\nA,1e999\nB,2\n", "row 2, column 'count'.*2\\^53"),
        (read_rank_table, f"origin,count,se\nA,3,{ENDLESS}\nB,2,1\n", "row 2, column 'se'.*finite"),
        (read_share_table, f"form,count\nsexual,{ENDLESS}\nother,2\n", "row 2, column 'count'"),
        (uc.read_table, f"a,b,count\n1,0,{ENDLESS}\n", "row 2: the count passes 2\\^53"),
        (uc.read_table, f"a,b,count\n1,0,-{ENDLESS}\n", "row 2: the count is not a number"),
        (uc.read_table, ",\n", "one list"),
        (uc.read_table, "\n,\n , \n", "one list"),
        (open_flows, f"from,to,leg,year\nNPL,IND,{ENDLESS},2020\n", "not a whole number"),
        (open_flows, "from,to,leg,year\nNPL,IND,²,2020\n", "not a whole number"),
        (open_routes, f"from,to,year,count\nNPL,IND,2020,{ENDLESS}\n", "beyond a million"),
    ],
)
def test_endless_digits_and_files_of_one_comma(tmp_path, read, text, says) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read(put(tmp_path, text))
    assert ENDLESS not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f'[project]\nname = "p"\n[estimate]\nseed = {ENDLESS}\n[[lists]]\nname = "a"\nfile = "a.csv"\n',
        "x = " + "[" * 20_000 + "]" * 20_000,
        "x = [" * 20_000,
        "x = " + "{a = " * 20_000,
    ],
)
def test_a_project_file_without_end_is_refused_plainly(tmp_path, text) -> None:
    put(tmp_path, text, "uncounted.toml")
    with pytest.raises(InputError) as caught:
        load_project(tmp_path)
    assert caught.value.fix and ENDLESS not in str(caught.value)
    with pytest.raises(SystemExit) as stop:
        main(["claims", str(tmp_path / "uncounted.toml")])
    assert stop.value.code == 3


def test_toml_keeps_the_line_that_is_wrong() -> None:
    with pytest.raises(InputError, match="line 2"):
        read_toml("a = 1\nb = \n", "x.toml")


# JSON -------------------------------------------------------------------------------------------


def test_json_cells_are_text_as_written(tmp_path) -> None:
    path = put(tmp_path, '[{"a": 1.0, "b": true, "c": null, "d": ["x", "y"], "e": 0.5}]', "t.json")
    table = opened(path)
    assert table.columns == ["a", "b", "c", "d", "e"]
    assert list(table.rows()) == [(1, ["1", "true", "", "x;y", "0.5"], None)]


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "3", '"x"', "[1, 2]", '{"a": 1}', '{"columns": ["a"], "rows": 3}', "[" * 100_000,
        '{"columns": ["a"], "rows": [3]}', f"[{ENDLESS}]", '[{"a": 1}, 3]', "null", " ",
    ],
)  # fmt: skip
def test_json_that_is_no_table(tmp_path, text) -> None:
    with pytest.raises(InputError) as caught:
        opened(put(tmp_path, text, "t.json"))
    assert caught.value.fix


@pytest.mark.parametrize(
    "whole",
    [
        {"lists": ["a", "b"], "counts": {"10": 3}, "cannot_see": 5},
        {"lists": ["a", "b"], "counts": {"10": 3}, "cannot_see": {"all": "a"}},
        {"lists": ["a", "b"], "counts": 5},
        {"lists": ["a", "b"], "strata": {"x": 3}},
        {"lists": ["a", "b"], "strata": [3]},
        {"lists": ["a", "b"], "counts": {"10": {"x": 1}}},
        {"lists": ["a", "b"], "counts": {"1x": 3}},
        {"lists": [["a"], {"b": 1}], "counts": {}},
        {"lists": ["a", "b"], "counts": {"10": "many"}},
        {"lists": [f"l{i}" for i in range(40)], "counts": {}},
    ],
)
def test_json_tables_that_are_none(tmp_path, whole) -> None:
    with pytest.raises(TableError) as caught:
        uc.read_table(put(tmp_path, json.dumps(whole), "t.json"))
    assert caught.value.fix


def test_a_json_row_with_other_names_is_named_by_its_number(tmp_path) -> None:
    rows = '[{"a": 1, "b": 0, "count": 3}, {"a": 1, "c": 0, "count": 3}]'
    with pytest.raises(TableError, match="row 2: other names than in row 1"):
        uc.read_table(put(tmp_path, rows, "t.json"))


# packed text, standard input --------------------------------------------------------------------


def test_packed_text_is_unpacked_in_bounded_memory(tmp_path, monkeypatch) -> None:
    text = b"a,b,count\n1,0,3\n0,1,4\n1,1,2\n"
    for name, data in (("t.csv.gz", gzip.compress(text)), ("t.csv.xz", lzma.compress(text))):
        path = put(tmp_path, data, name)
        assert uc.read_table(path).n == 9
        assert opened(path).notes == ()
        for cut in (3, len(data) // 2, len(data) - 1):
            with pytest.raises(InputError, match="cannot be unpacked"):
                opened(put(tmp_path, data[:cut] if cut > 5 else data[:6] + b"xx", name))
    monkeypatch.setattr(sources, "MAX_INPUT", 20)
    with pytest.raises(InputError, match="unpacks to more than"):
        opened(put(tmp_path, gzip.compress(text), "t.csv.gz"))


def test_standard_input_is_bounded_and_may_be_closed(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,0\n" * 10)))
    assert len(list(opened("-").rows())) == 19
    assert opened("-").where == "standard input"  # read once, opened as often as needed
    monkeypatch.setattr(sources, "MAX_INPUT", 20)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,0\n" * 10)))
    with pytest.raises(InputError, match="Standard input holds more"):
        opened("-")
    closed = io.TextIOWrapper(io.BytesIO(b""))
    closed.close()
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stdin", stream)
        with pytest.raises(InputError, match="nothing on standard input"):
            opened("-")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"PAR1xxxxPAR1")))
    with pytest.raises(InputError, match="Parquet, which cannot be read from there"):
        opened("-")


def test_what_stands_in_the_bytes_is_not_in_a_repr() -> None:
    assert "Zyxquor" not in repr(sources.Source("t", None, b"Zyxquor"))


# workbooks --------------------------------------------------------------------------------------


def test_hidden_rows_are_read_and_told(tmp_path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("a", "b", "count"), (1, 0, 3), (0, 1, 4), (1, 1, 2)):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[4].hidden = True
    book.save(tmp_path / "t.xlsx")
    table = opened(tmp_path / "t.xlsx")
    assert len(list(table.rows())) == 3
    assert tuple(map(str, table.notes)) == ("2 hidden rows were read like the others: rows 3, 4",)


def test_parts_are_found_whichever_capitals_their_names_have(tmp_path) -> None:
    import zipfile

    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(("a", "b"))
    book.active.append(("x", "y"))
    book.save(tmp_path / "t.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "t.xlsx") as old,
        zipfile.ZipFile(tmp_path / "u.xlsx", "w") as new,
    ):
        for part in old.infolist():
            name = part.filename.replace("sharedStrings", "SharedStrings")
            new.writestr(name, old.read(part))
    assert list(opened(tmp_path / "u.xlsx").rows()) == [(2, ["x", "y"], None)]


# messages ---------------------------------------------------------------------------------------


def test_columns_are_called_by_letters_where_a_record_stands_in_their_place(tmp_path) -> None:
    assert called(["a", "b"], 1) == "'b'"
    assert called(["1", "Zyxquor", "1990-02-03"], 1) == "B"
    path = put(tmp_path, "1,Zyxquor,1990-02-03\n2,Wobbly,1991-02-03\n")
    with pytest.raises(TableError, match="row 2, column A: neither 0 nor 1") as caught:
        uc.read_table(path)
    assert "Zyxquor" not in str(caught.value)


# anything at all --------------------------------------------------------------------------------

SEEDS = (
    b"a,b,count\n1,0,3\n0,1,4\n1,1,2\n",
    b"origin,count,se\nMexico,3,1\nNepal,<5,1\n",
    b"form,count,answered\nsexual,3,9\nlabour,4,9\n",
    b"from,to,case,leg,year,count\nNPL,IND,1,1,2020,3\nIND,ARE,1,2,2020,3\n",
    b'{"lists": ["a", "b"], "strata": {"x": {"10": 3, "01": 4, "11": 1}}}',
    b'[{"a": 1, "b": 0, "count": 2}, {"a": 1, "b": 1, "count": 1}]',
    b'[project]\nname = "p"\n[[lists]]\nname = "a"\nfile = "a.csv"\n',
    gzip.compress(b"a,b,count\n1,0,3\n"),
)
PIECES = (
    b",", b"\n", b'"', b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"[", b"{", b"]", b"}", b"9" * 5000, b"-",
    b"<", b"1e999", b"NaN", b"\r", b";", b"\t", "²".encode(), b"\xe9", b"PK\x03\x04", b"\x1f\x8b", b"=",
    b"null", "\u202e".encode(), b"x" * 3000, b".", b"0", "한국".encode("cp949"), b"sep=;\n",
)  # fmt: skip


def test_no_mutation_of_a_good_file_ends_in_anything_but_a_plain_refusal(tmp_path) -> None:
    rng = random.Random(5)
    readers = (uc.read_table, read_rank_table, read_share_table, open_flows, open_routes)
    refused = 0
    for _ in range(400):
        data = bytearray(rng.choice(SEEDS))
        for _ in range(rng.randint(1, 4)):
            at = rng.randint(0, len(data))
            data[at : at + rng.choice((0, 0, 1, 5, 40))] = rng.choice(PIECES)
        path = put(tmp_path, bytes(data), rng.choice(("t.csv", "t.json", "t", "t.xlsx")))
        for read in readers:
            try:
                read(path)
            except UncountedError as error:
                refused += 1
                assert error.exit_status in {2, 3, 4}
        put(tmp_path, bytes(data), "uncounted.toml")
        try:
            load_project(tmp_path)
        except UncountedError as error:
            refused += 1
            assert error.exit_status == 3
    assert refused > 1000  # the mutations do bite
