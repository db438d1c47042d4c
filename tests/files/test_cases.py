"""Case tables and their reader."""

import numpy as np
import pytest

from uncounted.core.cases import CaseTable
from uncounted.errors import TableError
from uncounted.files.case_tables import read_cases


def write(tmp_path, text):
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_numbers_categories_and_what_is_missing(tmp_path):
    path = write(
        tmp_path,
        "age,shelter,sector,police\n20,1,farm,0\n,0,,1\n40,1,home,1\n30,1,farm,0\n",
    )
    cases = read_cases(path, lists=["shelter", "police"])
    assert cases.covariate_names == ("age", "age (missing)", "sector=farm", "sector=home")
    # The missing age is the mean of 20, 40 and 30; the missing sector is the first category.
    expected = [[20, 0, 1, 0], [30, 1, 0, 0], [40, 0, 0, 1], [30, 0, 1, 0]]
    assert cases.covariates.tolist() == expected
    assert cases.on.tolist() == [[1, 0], [0, 1], [1, 1], [1, 0]]
    assert cases.masks().tolist() == [1, 2, 3, 1]
    assert dict(cases.overlap_table().histories()) == {"10": 2, "01": 1, "11": 1}
    only = read_cases(path, lists=["police", "shelter"], covariates=["age"])
    assert only.covariate_names == ("age", "age (missing)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,x\n1,0,1\n0,0,2\n", "row 3: a person on no list"),
        ("a,b,x\n1,2,1\n", "row 2, column 'b': neither 0 nor 1"),
        ("a,b,x\n1,NA,1\n", "row 2, column 'b': neither 0 nor 1"),
        ("a,b,x\n1,0\n", "row 2: 2 values under 3"),
        ("a,b,x\n1,0,inf\n", "row 2, column 'x': not a finite"),
        ("a,b,x\n", "holds nobody"),
        ("a,b\n1,0\n", "no covariate"),
        ("a,c,x\n1,0,3\n", "no column named 'b'"),
        ("a,b,b\n1,0,3\n", "two columns named 'b'"),
        ("a,b,x\n1,0,3\n1,1,3\n", "no covariate tells"),
    ],
)
def test_bad_files(tmp_path, text, message):
    with pytest.raises(TableError, match=message) as caught:
        read_cases(write(tmp_path, text), lists=["a", "b"])
    assert caught.value.fix


def test_a_column_of_names_is_refused_and_not_repeated(tmp_path):
    rows = "".join(f"1,{i % 2},Person{i}\n" for i in range(60))
    with pytest.raises(TableError, match="more than 50 different values") as caught:
        read_cases(write(tmp_path, "a,b,who\n" + rows), lists=["a", "b"])
    assert "Person" not in str(caught.value)


def test_json_rows_are_read_as_the_same_csv_is(tmp_path):
    path = tmp_path / "cases.json"
    path.write_text(
        '[{"a": 1, "b": 0, "x": 3}, {"a": 1.0, "b": true, "x": null}]', encoding="utf-8"
    )
    text = write(tmp_path, "a,b,x\n1,0,3\n1,1,\n")
    found, same = (read_cases(p, lists=["a", "b"]) for p in (path, text))
    assert found.on.tolist() == same.on.tolist() == [[1, 0], [1, 1]]
    assert found.covariates.tolist() == same.covariates.tolist()


@pytest.mark.parametrize("text", ["[]", '{"lists": ["a", "b"], "counts": {"10": 3}}', "3"])
def test_json_without_rows_of_people_is_refused(tmp_path, text):
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match="rows"):
        read_cases(path, lists=["a", "b"])


@pytest.mark.parametrize(
    "change",
    [
        {"on": np.array([[1, 2]])},
        {"on": np.array([[0, 0]])},
        {"on": np.zeros((0, 2)), "covariates": np.zeros((0, 1))},
        {"covariates": np.array([[np.nan]])},
        {"covariates": np.array([[1.0, 2.0]])},
        {"lists": ("A", "A")},
        {"lists": ("A",), "on": np.array([[1]])},
    ],
)
def test_bad_parts(change):
    good = {
        "lists": ("A", "B"),
        "on": np.array([[1, 0]]),
        "covariates": np.array([[1.0]]),
        "covariate_names": ("x",),
    }
    CaseTable(**good)
    with pytest.raises(TableError):
        CaseTable(**(good | change))
