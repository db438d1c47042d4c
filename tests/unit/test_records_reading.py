"""Files as they come, good and bad: nothing lost, nothing echoed, memory bounded."""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from uncounted.errors import InputError
from uncounted.records import codes
from uncounted.records.calendar import read_date
from uncounted.records.mapping import find_header, guess_columns
from uncounted.records.reading import ListSpec, read_list
from uncounted.records.schema import FIELDS, Records

openpyxl = pytest.importorskip("openpyxl")

HEADER = "case id,first name,last name,dob,sex,nationality\n"
SECRET = "Zyxquorwobbly"


def read(path: Path, **details):
    spec = ListSpec("list", path, details.pop("regime", "none"), **details)
    return read_list(spec, as_of="2026-11-01", recipients=["us"])


def csv_file(tmp_path: Path, body: str | bytes, header: str = HEADER) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(header.encode() + (body if isinstance(body, bytes) else body.encode()))
    return path


def workbook(tmp_path: Path, rows, name="list.xlsx", **more) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for title, others in more.items():
        extra = book.create_sheet(title)
        for row in others:
            extra.append(row)
    path = tmp_path / name
    book.save(path)
    return path


def adds_up(report) -> None:
    assert report.rows_in == report.used + report.quarantined + report.not_released


def test_a_plain_list(tmp_path):
    found = read(csv_file(tmp_path, "7,Ana,Diaz,1990-02-03,F,Mexico\n8,Min-ji,Kim,1985,f,Korean\n"))
    r = found.records
    assert r.reference.tolist() == ["7", "8"] and r.row.tolist() == [2, 3]
    assert r.given.tolist() == ["Ana", "Min-ji"] and r.family.tolist() == ["Diaz", "Kim"]
    assert r.birth_date.astype(str).tolist() == ["1990-02-03", "1985-01-01"]
    assert r.birth_precision.tolist() == [3, 1]
    assert r.citizenship.tolist() == ["MEX", "KOR"]
    adds_up(found.report)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_a_spreadsheet_writes(tmp_path, encoding):
    path = tmp_path / "list.csv"
    path.write_bytes((HEADER + "7,지민,김,1990-02-03,여,대한민국\n").encode(encoding))
    assert read(path).records.given.tolist() == ["지민"]


def test_semicolons_and_tabs(tmp_path):
    for mark in ";\t":
        path = tmp_path / "list.csv"
        path.write_text(
            HEADER.replace(",", mark) + mark.join(["7", "Ana", "Diaz", "1990", "F", "MX"])
        )
        assert read(path).records.citizenship.tolist() == ["MEX"]


def test_mixed_encodings_are_quarantined_row_by_row(tmp_path):
    body = "1,José,Diaz,1990,F,MX\n".encode() + "2,José,Diaz,1990,F,MX\n".encode("latin-1")
    report = read(csv_file(tmp_path, body)).report
    assert (report.used, report.quarantined) == (1, 1)
    assert report.quarantine[0].rows == (3,) and "UTF-8" in report.quarantine[0].reason
    # named in the project file, the old encoding reads
    path = csv_file(tmp_path, "2,José,Diaz,1990,F,MX\n".encode("cp1252"))
    assert read(path, encoding="cp1252").records.given.tolist() == ["José"]


def test_a_quotation_mark_left_open_loses_no_row(tmp_path):
    body = '1,Ana,Diaz,1990,F,MX\n2,"Eva,Diaz,1990,F,MX\n' + "3,Ivy,Diaz,1990,F,MX\n" * 30_000
    report = read(csv_file(tmp_path, body)).report
    assert report.rows_in == 30_002 and report.quarantined == 1
    assert report.quarantine[0].rows == (3,)
    # a quoted line break is no fault
    report = read(csv_file(tmp_path, '1,"Ana\nMaria",Diaz,1990,F,MX\n')).report
    assert (report.used, report.quarantined) == (1, 0)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"1,{SECRET}\x01,Diaz,1990,F,MX", "control characters"),
        (f"1,{SECRET}\u202e,Diaz,1990,F,MX", "control characters"),
        (f"1,{SECRET * 800},Diaz,1990,F,MX", "200 characters"),
        (f'1,"=HYPERLINK(""{SECRET}"")",Diaz,1990,F,MX', "formula"),
        (f"1,{SECRET},Diaz", "fewer values"),
        (f"1,{SECRET},Diaz,1990,F,MX,extra", "more values"),
        ("case id,first name,last name,dob,sex,nationality", "repeats the column names"),
    ],
)
def test_rows_that_cannot_be_records(tmp_path, row, reason):
    found = read(csv_file(tmp_path, "9,Ana,Diaz,1990,F,MX\n" + row + "\n"))
    adds_up(found.report)
    assert (found.report.used, found.report.quarantined) == (1, 1)
    assert reason in found.report.quarantine[0].reason
    assert found.report.quarantine[0].rows == (3,)
    assert SECRET not in json.dumps(found.report.to_dict())


def test_a_record_of_somebody_not_trafficked_is_set_aside(tmp_path):
    header = HEADER.strip() + ",vic_TraffickingStatus\n"
    body = "1,A,B,1990,F,MX,NotAVictimOfTrafficking\n2,C,D,1990,F,MX,PossibleVictimOfTrafficking\n"
    report = read(csv_file(tmp_path, body, header)).report
    assert report.used == 1 and report.quarantine[0].reason == "recorded as not trafficked"


def test_dates_out_of_range_are_named_by_row(tmp_path):
    body = "1,A,B,2190-01-01,F,MX\n2,A,B,1790-01-01,F,MX\n3,A,B,soon,F,MX\n4,A,B,31/02/1990,F,MX\n"
    report = read(csv_file(tmp_path, body)).report
    assert report.used == 4 and report.filled["birth_date"] == 0
    assert report.out_of_range[0].rows == (2, 3) and report.unread[0].rows == (4, 5)


def test_a_missing_column_says_which_and_where(tmp_path):
    path = csv_file(tmp_path, "1,A,B,1990,F,MX\n")
    with pytest.raises(InputError, match=r"list\.csv: the column for 'given'") as error:
        read(path, columns={"given": "forename", "family": "last name"})
    assert "uncounted.toml" in error.value.fix
    with pytest.raises(InputError, match="no field 'givne'"):
        read(path, columns={"givne": "first name"})


def test_no_header_is_an_error_that_echoes_nothing(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"1,{SECRET},Diaz,1990-01-01,MX\n2,{SECRET},Diaz,1990-01-01,MX\n")
    with pytest.raises(InputError, match="column names") as error:
        read(path)
    assert SECRET not in str(error.value)


def test_identity_and_contact_columns_are_refused(tmp_path):
    header = HEADER.strip() + ",E-mail,Home Phone,Street address,SSN\n"
    path = csv_file(tmp_path, f"1,A,B,1990,F,MX,{SECRET}@x.y,1,2,3\n", header)
    report = read(path).report
    assert report.refused_columns == 4
    with pytest.raises(InputError, match="refused"):
        read(path, columns={"given": "first name", "family": "E-mail"})


def test_area_finer_than_a_county_is_not_kept(tmp_path):
    header = HEADER.strip() + ",county\n"
    body = "1,A,B,1990,F,MX,Cook\n2,A,B,1990,F,MX,12 Elm Street\n3,A,B,1990,F,MX,60601\n"
    found = read(csv_file(tmp_path, body, header))
    assert found.records.area.tolist() == ["Cook", "", ""]


def test_ten_thousand_columns(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join("1" * 10_000) + "\n")
    with pytest.raises(InputError, match="4,096 columns"):
        read(path)


def test_empty_things(tmp_path):
    for body in (b"", b"\n\n\n"):
        path = tmp_path / "list.csv"
        path.write_bytes(body)
        with pytest.raises(InputError, match="empty"):
            read(path)
    with pytest.raises(InputError, match="no rows"):
        read(csv_file(tmp_path, ""))
    with pytest.raises(InputError, match="empty"):
        read(workbook(tmp_path, []))


def test_excel_dates_as_dates_and_as_numbers(tmp_path):
    rows = [
        ["case id", "first name", "date of birth"],
        [1, "A", dt.datetime(1987, 4, 1)],
        [2, "B", 31868],
    ]
    found = read(workbook(tmp_path, rows))
    assert found.records.birth_date.astype(str).tolist() == ["1987-04-01", "1987-04-01"]
    assert "records.dates.serial" in {n.code for n in found.report.notes}


def test_merged_header_rows_and_titles(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Cases 2025, confidential"])
    sheet.merge_cells("A1:E1")
    sheet.append(["Client", None, None, "Dates", None])
    sheet.merge_cells("A2:C2")
    sheet.append(["Case ID", "First name", "Last name", "Date of birth", "Intake date"])
    sheet.append([7, "Ana", "Diaz", "1990-02-03", "2025-01-01"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    found = read(path)
    assert found.records.given.tolist() == ["Ana"] and found.records.row.tolist() == [4]
    assert found.report.rows_in == 1


def test_header_merged_downwards():
    rows = [
        ["Case ID", "Person", "", "Nationality"],
        ["", "First name", "Last name", ""],
        ["7", "A", "B", "MX"],
    ]
    found = find_header(rows)
    assert found is not None and (found.first, found.last) == (0, 1)
    assert found.names == ["Case ID", "First name", "Last name", "Nationality"]


def test_formulas_without_a_stored_value_are_quarantined(tmp_path):
    rows = [["case id", "first name", "age"], [1, "A", "=2026-1990"], [2, "B", 30]]
    report = read(workbook(tmp_path, rows)).report  # openpyxl stores no values for formulas
    assert (report.used, report.quarantined) == (1, 1)
    assert "formula" in report.quarantine[0].reason and report.quarantine[0].rows == (2,)


def test_the_best_sheet_is_read_and_named(tmp_path):
    rows = [["case id", "first name", "last name", "dob"], [1, "A", "B", "1990"]]
    found = read(workbook(tmp_path, [["notes to self"]], Clients=rows))
    assert found.report.used == 1 and "sheet 2" in found.report.where
    with pytest.raises(InputError, match="no sheet of that name"):
        read(workbook(tmp_path, rows), sheet="Nope")


def test_a_zip_bomb_named_xlsx(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<x/>")
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as f:
            for _ in range(400):
                f.write(b"\0" * (1 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="unpacks to 400 MiB"):
        read(path)
    # in kB; 400 MiB unpacked would show
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_what_is_no_workbook(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"not a zip at all")
    with pytest.raises(InputError, match="not an Excel workbook"):
        read(path)
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(InputError, match="not an Excel workbook"):
        read(path)
    binary = tmp_path / "list.csv"
    binary.write_bytes(b"\x89PNG\0\0\0")
    with pytest.raises(InputError, match="not a text file"):
        read(binary)


def test_parquet(tmp_path):
    import duckdb

    path = tmp_path / "list.parquet"
    with duckdb.connect() as db:
        db.execute(
            f"COPY (SELECT 7 AS case_id, 'Ana' AS first_name, DATE '1990-02-03' AS dob, 'MX' AS nationality) TO '{path}' (FORMAT parquet)"
        )
    found = read(path)
    assert found.records.birth_date.astype(str).tolist() == ["1990-02-03"]
    path.write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="Parquet"):
        read(path)


def test_kobo_with_legs_on_a_sheet_of_their_own(tmp_path):
    main = [
        [
            "start",
            "g/full_name",
            "g/exploitation/ForcedLabour",
            "g/exploitation/SexualExploitation",
            "_index",
            "_uuid",
            "_submission_time",
        ],
        ["x", "Diaz, Ana", 1, 0, 1, "u1", "2026-01-05T10:00:00"],
        ["x", "Kim, Min", 1, 1, 2, "u2", "2026-01-06T10:00:00"],
    ]
    legs = [
        ["leg_type", "leg_country", "_parent_index"],
        ["Recruitment", "MX", 1],
        ["Transit", "GT", 1],
        ["Exploitation", "US", 2],
    ]
    found = read(workbook(tmp_path, main, legs=legs))
    r = found.records
    assert found.report.layout == "kobo"
    assert r.family.tolist() == ["Diaz", "Kim"] and r.exploitation.tolist() == [1, 3]
    assert [[(leg.kind, leg.country) for leg in route] for route in r.route] == [
        [("Recruitment", "MEX"), ("Transit", "GTM")],
        [("Exploitation", "USA")],
    ]


def test_kobo_repeats_and_odk_groups_in_one_sheet(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "start;g/legs[1]/leg_type;g/legs[1]/leg_country;g/legs[2]/leg_type;g/legs[2]/leg_country;"
        "g/first_name;_uuid;_validation_status\nx;Recruitment;MX;Transit;GT;Ana;u;Approved\n"
    )
    found = read(path)
    route = found.records.route[0]
    assert [(leg.kind, leg.country) for leg in route] == [
        ("Recruitment", "MEX"),
        ("Transit", "GTM"),
    ]
    assert "status" not in {m.target for m in found.report.mapping}
    path.write_text(
        "SubmissionDate,case-first_name,case-dob,case-gender,case-nationality,meta-instanceID,KEY\n"
        "2026-01-05T10:00:00.000Z,Ana,1990-01-02,female,MX,uuid:1,uuid:1\n"
    )
    legs = tmp_path / "legs.csv"
    legs.write_text(
        "leg_type,leg_country,PARENT_KEY\nTransit,GT,uuid:1\nTransit,GT,uuid:2\n?,GT,uuid:1\n"
    )
    found = read(path, legs=legs)
    r = found.records
    assert found.report.layout == "kobo" and len(r.route[0]) == 1
    assert (r.gender[0], r.citizenship[0], str(r.birth_date[0])) == (
        "Feminine",
        "MEX",
        "1990-01-02",
    )
    note = next(str(n) for n in found.report.notes if str(n).startswith("routes"))
    assert "1 leg was read" in note and "1 more belongs to no record" in note
    assert "1 more was not understood" in note


def test_rows_may_end_where_the_named_columns_end(tmp_path):
    header = "case id,first name,\n"
    report = read(csv_file(tmp_path, "1,Ana,\n2,Eva\n3\n", header)).report
    assert (report.used, report.quarantined) == (2, 1) and report.quarantine[0].rows == (4,)


def test_the_project_s_own_column_names_find_the_header(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Liste 2025\nXylo,Quarz\n7,Ana\n")
    columns = {"reference": "Xylo", "given": "Quarz"}
    assert read(path, columns=columns).records.given.tolist() == ["Ana"]
    with pytest.raises(InputError, match="column names"):
        read(path)


def test_our_workbook_reader_reads_what_openpyxl_reads(tmp_path):
    """An outside reader gives the same cells for every kind of value a sheet holds."""
    from uncounted.files.workbook import Workbook

    book = openpyxl.Workbook()
    sheet = book.active
    day = dt.datetime(1987, 4, 1, 13, 30)
    sheet.append(["text", "<&>\u00e9\ud55c", " ends ", 0, -3, 2.5, 1e15, 1e-7, True, None])
    sheet.append([day, day.date(), dt.time(10, 30), dt.timedelta(hours=30), 31868, "31868"])
    sheet["C4"] = 12
    for k, code in enumerate(
        ["dd/mm/yyyy", '0.00" days"', "[h]:mm", "mmm yy", "yyyy\ub144 m\uc6d4", "0%"]
    ):
        sheet.cell(6, k + 1, 31868).number_format = code
    path = tmp_path / "list.xlsx"
    book.save(path)

    def text(value) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, dt.datetime):
            return value.date().isoformat()
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return str(value)

    theirs = {}
    loaded = openpyxl.load_workbook(path, data_only=True).active
    for number, row in enumerate(loaded.iter_rows(values_only=True), start=1):
        for column, value in enumerate(row):
            if text(value) and not isinstance(value, (dt.time, dt.timedelta)):
                theirs[number, column] = text(value)
    ours = {}
    read_by_us = Workbook(path)
    for number, cells, fault in read_by_us.rows(read_by_us.sheets[0]):
        assert not fault
        ours.update({(number, k): c for k, c in enumerate(cells) if c})
    assert {k: ours.get(k) for k in theirs} == theirs


def test_a_list_of_too_many_rows_or_lines_is_refused(tmp_path, monkeypatch):
    from uncounted.files import delimited
    from uncounted.records import reading

    path = csv_file(tmp_path, "1,Ana,Diaz,1990,F,MX\n" * 100)
    monkeypatch.setattr(reading, "MAX_RECORDS", 99)
    with pytest.raises(InputError, match="more than 99 rows"):
        read(path)
    monkeypatch.setattr(delimited, "MAX_LINES", 50)
    with pytest.raises(InputError, match="more than 50 lines"):
        read(path)


def test_numbers_of_the_1904_system_are_days_of_that_system(tmp_path):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["case id", "first name", "date of birth"])
    book.active.append([1, "A", dt.datetime(1987, 4, 1)])
    book.active.append([2, "B", 31868 - 1462])
    path = tmp_path / "list.xlsx"
    book.save(path)
    assert read(path).records.birth_date.astype(str).tolist() == ["1987-04-01", "1987-04-01"]


def test_what_cannot_be_seen_is_no_part_of_a_name(tmp_path):
    found = read(csv_file(tmp_path, "1,\u200fAna\u200b,Di\u200daz,1990,F,MX\n"))
    assert found.records.given.tolist() == ["Ana"]
    assert found.records.family.tolist() == ["Di\u200daz"]  # a joiner is spelling


def test_a_nepali_date_is_a_year_only_for_who_may_use_that_calendar(tmp_path):
    body = "1,A,B,2045-03-15,F,Nepal\n2,A,B,2045-03-15,F,Mexico\n3,A,B,1999-03-15,F,Nepal\n"
    r = read(csv_file(tmp_path, body)).records
    assert r.birth_date.astype(str).tolist() == ["1988-01-01", "NaT", "1999-03-15"]
    assert r.birth_precision.tolist() == [1, 0, 3]


def test_both_ctdc_layouts(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "yearOfRegistration,gender,ageBroad,citizenship,CountryOfExploitation,isForcedLabour,isSexualExploit,typeOfLabourConstruction\n"
        "2020,Man,18--20,MEX,USA,1,,1\n2021,Woman,,KOR,,,1,\n"
    )
    found = read(path)
    assert found.report.layout == "ctdc-synthetic"
    assert found.records.exploitation.tolist() == [1, 2] and found.records.sector.tolist() == [
        "F",
        "",
    ]
    assert found.records.citizenship.tolist() == ["MEX", "KOR"]
    path.write_text(
        "yearOfRegistration,Datasource,gender,ageBroad,citizenship,isForcedLabour,isSexualExploit,typeOfLabourHospitality,CountryOfExploitation\n"
        "2016,Case Management,Female,-99,MX,1,0,1,US\n2017,Hotline,Male,-99,-99,-99,1,-99,-99\n"
    )
    found = read(path)
    assert found.report.layout == "ctdc-k-anonymised"
    assert found.records.exploitation.tolist() == [1, 2] and found.records.sector.tolist() == [
        "I",
        "",
    ]
    assert not found.report.unread


@pytest.mark.extended
def test_memory_is_bounded_on_a_long_file(tmp_path):
    """A 120 MB file is accounted for in less memory than it has; what grows is per row hashes."""
    path = tmp_path / "list.csv"
    line = "1,Ana,Diaz,1990-02-03,F,Mexico," + "x" * 2000 + "\n"
    with path.open("w") as f:
        f.write(HEADER.strip() + ",remarks on file\n")
        for _ in range(60_000):
            f.write(line)
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from uncounted.records.reading import ListSpec, read_list\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "r = read_list(ListSpec('a', Path(sys.argv[1]), 'none'), as_of='2026-11-01', recipients=[], keep=False).report\n"
        "assert r.rows_in == 60000 == r.used, r\n"
        "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "assert grown < 90_000, grown\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_line_without_end_is_one_quarantined_row(tmp_path):
    path = csv_file(tmp_path, b"1,A,B,1990,F,MX\n" + b"x" * (3 << 20) + b"\n2,C,D,1990,F,MX\n")
    report = read(path).report
    assert (report.rows_in, report.used, report.quarantined) == (3, 2, 1)
    assert report.quarantine[0].rows == (3,)


def test_nothing_of_a_record_shows_in_its_repr(tmp_path):
    records = read(csv_file(tmp_path, f"1,{SECRET},Diaz,1990,F,MX\n")).records
    assert SECRET not in repr(records) and repr(records) == "Records(list_name='list', 1 records)"
    with pytest.raises(ValueError, match="read-only"):
        records.given[0] = "x"


@pytest.mark.parametrize(
    ("text", "order", "iso", "precision"),
    [
        ("1990-04-03", "mdy", "1990-04-03", 3),
        ("3/4/1990", "mdy", "1990-03-04", 3),
        ("3/4/1990", "dmy", "1990-04-03", 3),
        ("25/12/1990", "mdy", "1990-12-25", 3),
        ("19900403", "mdy", "1990-04-03", 3),
        ("Apr 3, 1990", "mdy", "1990-04-03", 3),
        ("3 de abril de 1990", "mdy", "1990-04-03", 3),
        ("1990년 4월 3일", "mdy", "1990-04-03", 3),
        ("2533-04-03", "mdy", "1990-04-03", 3),
        ("1990-04-03 10:00:00", "mdy", "1990-04-03", 3),
        ("04/1990", "mdy", "1990-04-01", 2),
        ("1990", "mdy", "1990-01-01", 1),
        ("3/4/26", "mdy", "2026-03-04", 3),
        ("3/4/27", "mdy", "1927-03-04", 3),
        ("32/01/1990", "mdy", None, 0),
        ("not a date", "mdy", None, 0),
        ("", "mdy", None, 0),
    ],
)
def test_dates_as_people_write_them(text, order, iso, precision):
    found = read_date(text, order, 2026)
    assert (found.day.isoformat() if found.day else None, found.precision) == (iso, precision)


def test_codes_know_na_is_not_namibia():
    assert codes.country("NA") == "" and codes.country("Namibia") == "NAM"
    assert codes.country("Atlantis") is None


def test_guesses_show_their_score():
    guess = guess_columns(["Client's first name", "weird"], [["Ana", "1"]])
    assert guess.columns[0].target == "given" and 0.5 <= guess.columns[0].score < 1
    assert guess.columns[1].target == "" and guess.columns[1].score == 0


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(InputError, match="another length"):
        Records.build("a", given=["x", "y"], family=["z"])
    empty = Records.build("a")
    assert len(empty) == 0 and all(len(getattr(empty, f)) == 0 for f in FIELDS)
    assert np.isnat(Records.build("a", given=["x"]).birth_date).all()


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Name (Last, First)", "full_name"),
        ("성명(한글)", "full_name"),
        ("E-mail (work/home)", "refused"),
        ("Case #", "reference"),
        ("N° de expediente", "reference"),
        ("Legal name", "full_name"),
        ("MI", "given_more"),
        ("Caseworker name", ""),
        ("SubmitterName", ""),
        ("ReviewState", ""),
        ("Employer name", ""),
        ("Emergency contact name", ""),
        ("Trafficker nationality", ""),
        ("Gender of perpetrator", ""),
        ("Name (caseworker)", ""),
        ("Client type", ""),
        ("Last contact", ""),
        ("Case worker", ""),
        ("Phone #", "refused"),
    ],
)
def test_column_names_as_people_write_them(name, target):
    assert guess_columns([name], [["Ana"]]).columns[0].target == target


def test_remarks_in_brackets_are_let_go():
    names = ["DOB (mm/dd/yyyy)", "Sex (M/F)", "Age at interview", "Fecha Nac."]
    guess = guess_columns(names[:3], [["1990-01-05", "F", "30"]])
    assert [c.target for c in guess.columns] == ["birth_date", "gender", "stated_age"]
    assert guess_columns(names[3:], [["1990-01-05"]]).columns[0].target == "birth_date"


def test_the_name_of_whoever_called_gives_way_to_the_name(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('call #,caller name,name,age\n1,Zoe Friend,"Diaz, Ana",30\n')
    found = read(path).records
    assert found.given.tolist() == ["Ana"] and found.family.tolist() == ["Diaz"]
    path.write_text('call #,caller name,age\n1,"Diaz, Ana",30\n')
    assert read(path).records.given.tolist() == ["Ana"]


def test_nobody_elses_name_is_taken_for_a_missing_one(tmp_path):
    header = "case id,first name,last name,caseworker name,dob\n"
    found = read(csv_file(tmp_path, "1,,,Zoe Helper,1990-01-05\n", header)).records
    assert found.given.tolist() == [""] and found.family.tolist() == [""]


def test_a_column_whose_words_are_not_understood_is_named_by_its_letter(tmp_path):
    header = "case id,first name,dob,sector\n"
    found = read(csv_file(tmp_path, f"1,Ana,1990-01-05,{SECRET}\n", header))
    (note,) = [str(n) for n in found.report.notes if n.code == "records.columns.not-understood"]
    assert note.startswith("column D") and SECRET not in note
