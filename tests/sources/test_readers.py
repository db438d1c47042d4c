"""Readers of the open data and of a coalition's legs: exact figures, hostile files, nothing lost."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from uncounted.errors import InputError
from uncounted.sources.ctdc import read_ctdc
from uncounted.sources.detect import layout_of
from uncounted.sources.htcds_events import read_htcds_events
from uncounted.sources.legs import read_journeys
from uncounted.sources.statements import read_statements
from uncounted.sources.unodc import read_unodc

HEAD = "Iso3_code,Country,Region,Subregion,Indicator,Dimension,Category,Sex,Age,Year,Unit of measurement,txtVALUE,Source\n"


def unodc_row(label="Mexico", value="66", iso="USA", year="2008", dimension="by citizenship"):
    return (
        f"{iso},x,x,x,Detected trafficking victims,{dimension},{label},Total,Total,{year},"
        f"Counts,{value},GLOTIP\n"
    )


def write(tmp_path: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def usa(year: int, wide: bool = False) -> dict[str, int]:
    rows = read_unodc(wide=wide).select(reporter="USA", dimension="citizenship", year=year)
    return dict(zip(rows.origin.tolist(), rows.lower.tolist(), strict=True))


def test_bundled_table_accounts_for_every_row_and_agrees_with_the_reviewed_reference():
    table = read_unodc()
    assert table.rows_in == 58_769 == table.rows_used + table.rows_quarantined
    cells = table.select(dimension="citizenship")
    abroad = cells.take(cells.origin != cells.reporter)
    # sums of the reviewed reference: 123,380 to 137,342 cross-border, 2,483 pairs in all
    assert int(abroad.lower.sum()) == 123_380
    assert int(abroad.upper.sum()) == 137_342
    assert len(set(zip(cells.reporter.tolist(), cells.origin.tolist(), strict=True))) == 2_483


def test_figures_of_the_usa():
    found = usa(2008)
    assert [found[c] for c in ("MEX", "THA", "PHL", "KOR", "CHN")] == [66, 56, 46, 12, 8]


def test_questionnaire_debris_is_logged_label_by_label_and_never_counted():
    table = read_unodc()
    debris = [q for q in table.quarantine if q.label.startswith("Q6.1")]
    assert len(debris) > 50
    assert all("questionnaire" in str(q.reason) for q in debris)
    assert int(table.upper.max()) < 1_000_000
    wide = read_unodc(wide=True)
    assert wide.rows_used > table.rows_used
    assert wide.rows_in == wide.rows_used + wide.rows_quarantined


def test_censored_count_is_an_interval():
    table = read_unodc()
    assert set(
        zip(table.lower[table.censored].tolist(), table.upper[table.censored].tolist(), strict=True)
    ) == {(1, 4)}


def test_every_kind_of_bad_row_is_set_aside_with_its_reason(tmp_path):
    text = HEAD + unodc_row()
    bad = [
        unodc_row(value="-3"),
        unodc_row(value="2013-05-01"),
        unodc_row(value="May-13"),
        unodc_row(value="3.5"),
        unodc_row(value="many"),
        unodc_row(value=""),
        unodc_row(value='"6,112,019"'),
        unodc_row(value="1,228"),  # a comma without quotes moves the columns
        unodc_row(label="Atlantis"),
        unodc_row(label="Africa"),
        unodc_row(label="Zz\ufffdzz"),
        unodc_row(iso="QQQ"),
        unodc_row(year="19"),
        unodc_row(dimension="by moon"),
        "USA,too,short\n",
    ]
    table = read_unodc(write(tmp_path, text + "".join(bad)))
    assert table.rows_in == 1 + len(bad)
    assert table.rows_used == 1
    assert table.rows_quarantined == len(bad)
    reasons = " | ".join(str(q.reason) for q in table.quarantine)
    for word in ("negative", "date", "not a whole number", "not a number", "missing", "beyond a million", "too many",
                 "no country", "region", "broken", "reporting country", "year", "dimension", "too few"):  # fmt: skip
        assert word in reasons


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "t.csv", "empty"),
        (b"   \n\n", "t.csv", "empty"),
        (b"a,b,c\n1,2,3\n", "t.csv", "layout"),
        (HEAD.encode(), "t.csv", "no rows"),
        (HEAD.encode() + unodc_row("México").encode("cp1252"), "t.csv", "UTF-8"),
        (b"PK\x03\x04xxxx", "t.csv", "Excel"),
        (b"not a workbook", "t.xlsx", "workbook"),
        (b"\x1f\x8bbroken", "t.csv.gz", "damaged"),
        (HEAD.encode() + unodc_row("Atlantis").encode(), "t.csv", "none of the 1 rows"),
        (b"a\0b,c\n", "t.csv", "not a text file"),
    ],
)
def test_bad_files_are_refused_plainly(tmp_path, content, name, message):
    with pytest.raises(InputError, match=message):
        read_unodc(write(tmp_path, content, name))


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="no file"):
        read_unodc(tmp_path / "none.csv")
    with pytest.raises(InputError, match="folder"):
        read_unodc(tmp_path)


def test_csv_gz_and_excel_give_the_same_as_csv(tmp_path):
    import datetime as dt

    import openpyxl

    text = HEAD + unodc_row() + unodc_row("Thailand", "<5")
    plain = read_unodc(write(tmp_path, text))
    zipped = read_unodc(write(tmp_path, gzip.compress(text.encode()), "t.csv.gz"))
    semi = read_unodc(write(tmp_path, text.replace(",", ";"), "s.csv"))
    book = openpyxl.Workbook()
    book.active.append([dt.date(2025, 4, 14)])  # owners put a date above the header
    book.active.append([])
    for line in text.splitlines():
        cells: list = line.split(",")
        if cells[9].isdigit():
            cells[9] = int(cells[9])
        if cells[11].isdigit():
            cells[11] = int(cells[11])
        book.active.append(cells)
    row = unodc_row().strip().split(",")
    book.active.append([*row[:11], dt.datetime(2013, 5, 1), row[12]])
    book.save(tmp_path / "t.xlsx")
    excel = read_unodc(tmp_path / "t.xlsx")
    for other in (zipped, semi, excel):
        assert other.origin.tolist() == plain.origin.tolist() == ["MEX", "THA"]
        assert other.upper.tolist() == [66, 4]
    assert [str(q.reason) for q in excel.quarantine] == ["a date where a count should be"]


# ---- statements


def test_statements_leave_out_the_perpetrators_direction_and_regions(tmp_path):
    text = (
        "year,origin,transit,destination,type\n"
        "2010,Nepal,,India,1\n2010,Germany,,Thailand,4\n2010,West Africa,,Italy,1\n"
        "2010,Southern Africa,Mozambique,South Africa,2\n2011,Korea,Mexico,United States,\n"
        '2011,Romania,,,1\n,Nepal,,India,1\n2012,Atlantis,,India,1\n2010,Germany,,Thailand,"2,4"\n'
    )
    found = read_statements(write(tmp_path, text))
    routes = list(
        zip(found.origin.tolist(), found.transit.tolist(), found.destination.tolist(), strict=True)
    )
    assert routes == [("NPL", "", "IND"), ("", "MOZ", "ZAF"), ("KOR", "MEX", "USA")]
    assert found.rows_in == 9 == len(found) + found.rows_quarantined
    reasons = {str(q.reason): len(q.rows) for q in found.quarantine}
    assert reasons["type 4: the direction is the perpetrator's"] == 2
    assert reasons["an end of the route is a region, not a country"] == 1


# ---- CTDC


def test_ctdc_both_layouts(tmp_path):
    new = (
        "yearOfRegistration,gender,ageBroad,citizenship,CountryOfExploitation,traffickMonths,"
        "meansWithholdDocs,isForcedLabour,isSexualExploit,isOtherExploit\n"
        "2018,Woman,18--20,PHL,USA,,1,1,1,\n2018,Man,,PHL,USA,,,,,\n,,,UKR,,,,1,,\n"
        "2018,Woman,,ZZZ,USA,,,1,,\n2018,Woman,,PHL,USA,,,7,,\n"
    )
    records = read_ctdc(write(tmp_path, new))
    assert records.layout == "synthetic-2024"
    assert (records.rows_in, len(records), records.rows_quarantined) == (5, 3, 2)
    three = ["issexualexploit", "isforcedlabour", "isotherexploit"]
    assert records.answers(three).tolist() == [True, False, True]  # no mark is no answer
    assert records.form("sexual").tolist() == [True, False, False]
    assert records.marks["meanswithholddocuments"].tolist() == [1, -1, -1]
    flows = records.to_flows()
    assert (flows.origin.tolist(), flows.lower.tolist()) == (["PHL"], [2])

    old = (
        "yearOfRegistration,Datasource,gender,citizenship,isForcedLabour,isSexualExploit,"
        "isOtherExploit,typeOfLabourConcatenated,CountryOfExploitation\n"
        "2016,Hotline,Female,KR,0,1,-99,-99,US\n2016,Case management,Male,00,-99,-99,-99,x,KH\n"
        "-99,Hotline,,KR,0,1,0,,US\n2016,Hotline,,AN,0,1,0,,US\n"
    )
    records = read_ctdc(write(tmp_path, old, "old.csv"))
    assert records.layout == "k-anonymous-2017"
    assert records.citizenship.tolist() == ["KOR", "", "KOR"]
    assert records.data_source.tolist() == ["hotline", "case management", "hotline"]
    assert records.answers(three).tolist() == [True, False, True]
    assert records.rows_quarantined == 1
    assert "typeoflabourconcatenated" not in records.marks


# ---- legs and HTCDS events


def test_legs_become_journeys_and_the_log_never_shows_content(tmp_path):
    text = (
        "case,leg,from,to,year,form\n"
        "a,2,Mexico,US,2019,sexual\na,1,KOR,Mexico,2019,sexual\n"
        "b,1,Nepal,India,2020-05-01,labour\n"
        "c,1,Nepal,India,2020,\nc,2,China,Japan,2020,\n"
        "d,1,Secretville,India,2020,\ne,1,West Africa,Italy,2020,\nf,1,,,2020,\n"
        "g,1,Nepal,India,soon,\n"
    )
    found = read_journeys(write(tmp_path, text))
    assert {j.places for j in found.journeys} == {("KOR", "MEX", "USA"), ("NPL", "IND")}
    assert found.rows_in == 9 == found.rows_used + found.rows_quarantined
    assert "Secretville" not in repr(found.quarantine)
    assert {q.label for q in found.quarantine} == {""}
    assert found.with_form("sexual").journeys[0].places == ("KOR", "MEX", "USA")
    flows = found.to_flows()
    assert set(zip(flows.origin.tolist(), flows.destination.tolist(), strict=True)) == {
        ("KOR", "USA"),
        ("NPL", "IND"),
    }


def test_legs_with_counts(tmp_path):
    found = read_journeys(write(tmp_path, "from,to,count\nROU,CZE,12\nROU,CZE,-1\nROU,CZE,<5\n"))
    assert found.journeys[0].people == 12
    assert found.rows_quarantined == 2


def test_htcds_events_in_the_order_of_their_dates(tmp_path):
    text = (
        "cas_CaseNumber,hte_Type,hte_Country,hte_Date,hte_City\n"
        "1,Exploitation,United States,2019-06-01,x\n1,Recruitment,South Korea,2019-01-02,x\n"
        "1,Transit,Canada,2019-02-02,x\n2,Recruitment,Nepal,,x\n2,Exploitation,India,,x\n"
        "3,Party,India,2019-01-01,x\n,Transit,India,2019-01-01,x\n4,Transit,Nowhereland,,x\n"
        "5,Exploitation,India,31.31.2019,x\n"
    )
    found = read_htcds_events(write(tmp_path, text))
    assert {j.places for j in found.journeys} == {("KOR", "CAN", "USA"), ("NPL", "IND")}
    assert found.rows_in == 9 == found.rows_used + found.rows_quarantined
    assert "Nowhereland" not in repr(found.quarantine)


def test_layouts_are_recognised(tmp_path):
    cases = {
        "unodc": HEAD + unodc_row(),
        "ctdc": "yearOfRegistration,citizenship,CountryOfExploitation,isForcedLabour,isSexualExploit,isOtherExploit\n2018,PHL,USA,1,,\n",
        "statements": "year,origin,transit,destination,type\n2010,Nepal,,India,1\n",
        "legs": "from,to\nNPL,IND\n",
        "htcds": "case,hte_Type,hte_Country\n1,Transit,India\n",
    }
    for layout, text in cases.items():
        assert layout_of(write(tmp_path, text, f"{layout}.csv")) == layout
    with pytest.raises(InputError, match="none of the layouts"):
        layout_of(write(tmp_path, "a,b\n1,2\n"))
