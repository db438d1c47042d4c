"""Files as organisations keep them are read rightly, case by case, or refused with the fix that works."""

from __future__ import annotations

import pytest
from tests.files.kin import KIN

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.records.reading import ListSpec, read_list

pytest.importorskip("openpyxl")


def read(path, **settings):
    spec = ListSpec("list", path, "none", **settings)
    return read_list(spec, as_of="2026-11-01", recipients=["us"])


@pytest.mark.parametrize("name", KIN)
def test_a_list_is_read_as_its_keeper_reads_it(tmp_path, name):
    case = KIN[name]
    found = read(case.build(tmp_path), **case.settings)
    for field in ("given", "family", "gender", "citizenship", "sector", "reference"):
        expected = getattr(case, field)
        if expected is not None:
            assert getattr(found.records, field).tolist() == list(expected), field
    if case.born is not None:
        assert [str(d) for d in found.records.birth_date] == list(case.born)
    if case.exploitation is not None:
        assert found.records.exploitation.tolist() == list(case.exploitation)
    aside = {
        str(Note(reason)) if "." in reason else reason: rows for reason, rows in case.aside.items()
    }
    if case.aside or (case.given is not None and name != "tables under one another"):
        assert {q.reason: q.rows for q in found.report.quarantine} == aside
    for said in case.says:
        assert any(said in str(line) for line in found.report.notes), found.report.notes


def test_a_header_nobody_knows_is_refused_with_the_fix_that_works(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Qwx,Zyv,Plk\n101,Iria,1988-05-09\n")
    with pytest.raises(InputError) as caught:
        read(path)
    assert "[lists.columns]" in caught.value.fix
    assert read(path, columns={"given": "Zyv"}).records.given.tolist() == ["Iria"]


def test_rows_of_stacked_sheets_are_counted_on(tmp_path):
    case = KIN["a sheet a year, stacked"]
    found = read(case.build(tmp_path), **case.settings)
    assert found.records.row.tolist() == [2, 4]
    assert "sheets 1, 2" in found.report.where


def test_a_sheet_that_lacks_column_names_stops_the_stack(tmp_path):
    from tests.files.kin import book

    path = book(("2023", [["Case ID", "First name", "DOB"], [1, "Iria", "1988-05-09"]]), ("2024", [["x", "y"], [1, 2]]))(tmp_path)  # fmt: skip
    with pytest.raises(InputError, match="sheet 2"):
        read(path, sheet=["2023", "2024"])


def test_births_between_two_years_leave_these_years_open(tmp_path):
    from uncounted.records.dates import birth_date

    path = tmp_path / "list.csv"
    path.write_text("case id,first name,dob\n1,Iria,1988-1990\n2,Odile,1980/81\n3,Una,1970-1990\n")
    records = read(path).records
    windows = [
        birth_date(records.birth_date[k], int(records.birth_precision[k]), stated_age=int(records.stated_age[k]), stated_on=records.stated_on[k])
        for k in range(3)
    ]  # fmt: skip
    import datetime as dt

    years = [
        (dt.date.fromordinal(w.earliest).year, dt.date.fromordinal(w.latest).year)
        for w in windows[:2]
    ]
    assert years == [(1988, 1990), (1980, 1982)]
    assert not windows[2].earliest


def test_somebody_called_sample_is_somebody(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "case id,first name,last name,dob\n1,Iria,Sample,1988-05-09\nSample,Jane,Roe,1990-01-01\n"
    )
    assert read(path).records.family.tolist() == ["Sample"]
