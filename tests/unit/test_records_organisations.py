"""Lists as organisations of many kinds and countries keep them; every person in them is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncounted.records import codes
from uncounted.records.reading import ListSpec, ReadList, read_list


def read(tmp_path: Path, text: str | bytes, *, name: str = "list.csv", **details) -> ReadList:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    spec = ListSpec("list", path, details.pop("regime", "none"), **details)
    found = read_list(spec, as_of="2026-11-01", recipients=["us"])
    report = found.report
    assert report.rows_in == report.used + report.quarantined + report.not_released
    return found


def test_german_text_with_names_of_its_neighbours(tmp_path):
    text = (
        "case id;last name;first name;age\n1;Müller-Ößwald;Jürgen;44\n2;Škvorecká;Božena;29\n"
        "3;Ünlü;Käthe;30\n4;Jäger;Sören;31\n"
    )
    found = read(tmp_path, text.encode("cp1252"))
    assert found.records.family.tolist() == ["Müller-Ößwald", "Škvorecká", "Ünlü", "Jäger"]


def test_text_of_an_encoding_nothing_tells_says_what_to_do(tmp_path):
    text = b"case id,first name,age\n1,Ana,30\n2,B\xff\x81\xfe\x90\xaa,29\n"
    found = read(tmp_path, text)
    assert found.report.quarantined == 1
    assert "files.encoding.unsure.set" in {n.code for n in found.report.notes}


def test_a_kobo_export_with_groups_and_choices(tmp_path):
    text = (
        "person/first_name,person/gender,exp/type_of_exploitation,exp/type_of_exploitation/forced_labour,"
        "exp/type_of_exploitation/forced_begging,exp/industry,_uuid,_submission_time\n"
        "Ana,transgender_woman,forced_labour forced_begging,1,1,domestic_work,u-1,2025-03-01T16:25:00\n"
        "Eva,prefer_not_to_say,,0,1,,u-2,2025-03-02T16:25:00\n"
    )
    found = read(tmp_path, text)
    assert found.records.gender.tolist() == ["TransgenderFeminine", ""]
    assert found.records.exploitation.tolist() == [1 | 128, 128]
    assert found.records.sector.tolist() == ["T", ""]
    assert not found.report.unread


def test_odk_repeats_whose_columns_are_called_type_and_when(tmp_path):
    legs = tmp_path / "legs.csv"
    legs.write_text(
        "country,type,when,PARENT_KEY,KEY\n"
        "gt,recruitment,2024-01-05,uuid:1,uuid:1/legs[1]\nus,exploitation,2024-03-05,uuid:1,uuid:1/legs[2]\n"
    )
    text = (
        "SubmissionDate,victim-given_name,KEY,SubmitterName\n2025-06-01T12:00:00Z,Ana,uuid:1,Zoe\n"
    )
    found = read(tmp_path, text, legs=legs)
    (route,) = found.records.route
    assert [(leg.kind, leg.country, str(leg.date)) for leg in route] == [
        ("Recruitment", "GTM", "2024-01-05"),
        ("Exploitation", "USA", "2024-03-05"),
    ]
    assert found.records.family.tolist() == [""]


def test_a_spanish_and_a_korean_list(tmp_path):
    text = (
        "N° de expediente,Nombres,Sexo,Nacionalidad,País de captación,Tipo de explotación,Sector\n"
        "1,Ana,Mujer,Ecuatoriana,Ecuador,Explotación laboral,Agricultura\n"
        "2,Eva,Femenino,Salvadoreña,EE. UU.,Trabajo forzoso; Servidumbre doméstica,Trabajo doméstico\n"
    )
    found = read(tmp_path, text)
    assert found.records.citizenship.tolist() == ["ECU", "SLV"]
    assert found.records.exploitation.tolist() == [1, 17]
    assert found.records.sector.tolist() == ["A", "T"]
    assert [leg.country for (leg,) in found.records.route] == ["ECU", "USA"]
    assert found.records.reference.tolist() == ["1", "2"] and not found.report.unread
    text = (
        "연번,성명,나이(한국식),국적,언어,피해유형,업종\n1,김서연,만 28세,중국(조선족),중국어,성착취,음식점\n"
        "2,박하늘,35,베트남,베트남어,강제노동,농업\n"
    )
    found = read(tmp_path, text)
    assert found.records.citizenship.tolist() == ["CHN", "VNM"]
    assert found.records.stated_age.tolist() == [28, 35]
    assert found.records.exploitation.tolist() == [2, 1]
    assert found.records.sector.tolist() == ["I", "A"] and not found.report.unread


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Korea (North)", "PRK"), ("Congo (Kinshasa)", "COD"), ("China (Taiwan)", "TWN"),
        ("Korea (unspecified)", None), ("Guinea (other)", None), ("Sudan (Darfur)", None),
    ],
)  # fmt: skip
def test_brackets_that_tell_countries_apart_are_not_let_go(text, country):
    assert codes.country(text) == country


@pytest.mark.parametrize("word", ["Summe", "Gesamt", "Итого", "Razem"])
def test_lines_of_totals_in_other_languages(tmp_path, word):
    text = f"case id;first name;age;amount\n1;Ana;29,5;1.234,50\n{word};;;1.234,50\n"
    found = read(tmp_path, text)
    assert [q.reason for q in found.report.quarantine] == ["a line of totals"]
    assert found.records.stated_age.tolist() == [29]


def test_another_name_in_brackets_is_no_family_name(tmp_path):
    text = "case id,name,age\n1,Nguyen Mai (aka Lily),30\n2,Ana Diaz a.k.a. Nita,30\n3,(Lily),30\n"
    found = read(tmp_path, text)
    assert found.records.family.tolist() == ["Mai", "Diaz", ""]
    assert found.records.given.tolist() == ["Nguyen", "Ana", "(Lily)"]


def born(found: ReadList) -> list[str]:
    return found.records.birth_date.astype(str).tolist()


@pytest.mark.parametrize(
    ("dates", "read_as"),
    [
        # years of two digits first, as in Korea: told by one that can be no day
        (("92.11.30", "85.07.12", "01.02.03"), ("1992-11-30", "1985-07-12", "2001-02-03")),
        (("1991.02.03", "85.07.12"), ("1991-02-03", "1985-07-12")),
        (("921130", "850712", "2001.02.03"), ("1992-11-30", "1985-07-12", "2001-02-03")),
        # where the year comes first, these may be of two kinds
        (("921130", "200112", "30512"), ("1992-11-30", "NaT", "NaT")),
        # the year stands last here, whatever the first of a date may look like
        (("25.06.1987", "12.07.85", "1991.02.03"), ("1987-06-25", "1985-07-12", "1991-02-03")),
        (("1990-02-03", "5/6/90", "25/6/07"), ("1990-02-03", "1990-06-05", "2007-06-25")),
        (("14 février 1990", "3. Mai 1985", "Jan-90"), ("1990-02-14", "1985-05-03", "1990-01-01")),
        # a slip of the day is no year
        (("25/06/1987", "32/04/85"), ("1987-06-25", "NaT")),
        (("32936.75", "1990-03-04"), ("1990-03-04", "1990-03-04")),
    ],
)
def test_years_of_two_digits(tmp_path, dates, read_as):
    text = "case id,first name,dob\n" + "".join(f"{i},Ana,{d}\n" for i, d in enumerate(dates, 1))
    found = read(tmp_path, text)
    assert born(found) == list(read_as)
    assert sum(q.count for q in found.report.unread) == read_as.count("NaT")


def test_a_column_follows_another_whose_years_come_first(tmp_path):
    text = "case id,date,dob\n1,25.06.07,92.11.30\n2,25.07.08,85.07.12\n"
    assert read(tmp_path, text).records.date.astype(str).tolist() == ["2025-06-07", "2025-07-08"]


@pytest.mark.parametrize(
    ("name", "day"),
    [("DOB (dd/mm/yyyy)", "1990-04-03"), ("DOB (MM/DD/YYYY)", "1990-03-04")],
)
def test_the_columns_name_tells_day_from_month(tmp_path, name, day):
    found = read(tmp_path, f"case id,first name,{name}\n1,Ana,3/4/1990\n")
    assert born(found) == [day]
    assert not [n for n in found.report.notes if n.code.startswith("records.dates")]


def test_nepali_dates_where_the_columns_name_says_so(tmp_path):
    text = "case id,intake date (BS),DOB (B.S.)\n1,2081-09-15,2052-03-32\n2,2081-10-02,2020-05-05\n"
    found = read(tmp_path, text)
    assert born(found) == ["1995-01-01", "1963-01-01"]
    assert found.records.birth_precision.tolist() == [1, 1]
    assert found.records.date.astype("datetime64[M]").astype(str).tolist() == ["2024-12", "2025-01"]


def test_a_column_of_nepali_births_alone_is_taken(tmp_path):
    found = read(
        tmp_path, "case id,name,DOB (B.S.)\n1,Sita Thapa,2052-03-32\n2,Ram Rai,2058-02-30\n"
    )
    assert born(found) == ["1995-01-01", "2001-01-01"]


def test_a_birth_of_either_calendar_is_not_guessed_at(tmp_path):
    text = "case id,first name,nationality,dob\n1,Sita,Nepal,2052-03-32\n2,Hari,Nepal,2012-05-05\n3,Mina,Nepal,1988-05-05\n4,Ana,Mexico,2005-05-05\n"
    found = read(tmp_path, text)
    assert born(found) == ["1995-01-01", "NaT", "1988-05-05", "2005-05-05"]
    assert [(q.reason, q.rows) for q in found.report.unread] == [
        ("birth_date (a Western or a Nepali year?)", (3,))
    ]
    # without a year that is to come nothing points to the Nepali calendar
    text = "case id,first name,nationality,dob\n2,Hari,Nepal,2012-05-05\n"
    assert born(read(tmp_path, text)) == ["2012-05-05"]


def test_an_end_in_the_nepali_calendar_is_no_end_far_ahead(tmp_path):
    header = "case id,first name,roi scope,roi to,roi expires\n"
    text = (
        header
        + "1,Ana,linkage,us,2083-01-05\n2,Eva,linkage,us,2099-12-31\n3,Ivy,linkage,us,2027-01-05\n"
    )
    assert read(tmp_path, text, regime="vawa").records.given.tolist() == ["Ivy"]
    free = read(tmp_path, text)
    assert free.records.given.tolist() == ["Eva", "Ivy"]
    assert free.report.release == {"the end of the release cannot be read": 1}


def test_parquet_with_lists_of_text_and_structures(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    table = arrow.table(
        {
            "client_id": [1, 2, 3],
            "given_name": arrow.array(["Ana", "Eva", "Ivy"]).dictionary_encode(),
            "exploitation": arrow.array(
                [["ForcedLabour", "Servitude"], None, ["SexualExploitation"]]
            ),
            "consent_to_link": [True, False, True],
            "person": arrow.array([{"language": "mn"}, None, None]),
        }
    )
    parquet.write_table(table, tmp_path / "list.parquet")
    spec = ListSpec("list", tmp_path / "list.parquet", "none")
    found = read_list(spec, as_of="2026-11-01", recipients=["us"])
    assert found.records.given.tolist() == ["Ana", "Ivy"]
    assert found.records.exploitation.tolist() == [17, 2]
    assert "files.parquet.nested" in {n.code for n in found.report.notes}


def test_headings_and_footnotes_between_an_excel_lists_rows(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["Case No.", "First name", "Last name", "Age"],
        ["JANUARY 2025"],
        ["A 1", "Ana", "Diaz", 30],
        ["Juveniles"],
        ["A 2"],
        ["A3", "Eva", "Diaz", 16],
        ["* names changed"],
        [None, "Ivy Rose"],
    ):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    spec = ListSpec("list", tmp_path / "list.xlsx", "none")
    found = read_list(spec, as_of="2026-11-01", recipients=["us"])
    # a number kept ready for the next case is nobody
    assert found.records.reference.tolist() == ["A 1", "A3", ""]
    group, blank = found.report.quarantine
    assert (group.reason, group.rows) == ("a footnote or title", (2, 4, 7))
    assert blank.rows == (5,)


def test_yes_no_columns_called_as_forms_are(tmp_path):
    text = "case id,name,sex,Labor trafficking?,Sex trafficking (Y/N),Work\n1,Ana Diaz,F,Y,N,farm\n2,Eva Diaz,F,N,yes,\n"
    found = read(tmp_path, text)
    assert found.records.exploitation.tolist() == [1, 2]
    assert found.records.gender.tolist() == ["Feminine", "Feminine"]
    assert found.records.sector.tolist() == ["A", ""]
    # a column of codes is a person's sex, whatever the codes mean
    assert read(tmp_path, "case id,name,sex\n1,Ana Diaz,0\n").records.exploitation.tolist() == [0]


def test_a_month_in_words_and_one_that_is_none(tmp_path):
    text = "case id,birth year,birth month,birth day\n1,1990,Feb,3\n2,1990,spring,3\n3,1990,,\n4,1990,00,00\n"
    found = read(tmp_path, text)
    assert born(found) == ["1990-02-03", "1990-01-01", "1990-01-01", "1990-01-01"]
    assert [(q.reason, q.rows) for q in found.report.unread] == [("birth_month", (3,))]


def test_ages_with_a_word_of_doubt(tmp_path):
    text = "case id,age\n1,35 (est)\n2,40?\n3,aprox. 25\n4,unk/30\n"
    found = read(tmp_path, text)
    assert found.records.stated_age.tolist() == [35, 40, 25, -1]


@pytest.mark.parametrize(("other", "dates"), [("25/12/2023", None), ("05/12/2023", "dmy")])
def test_legs_have_the_day_first_where_they_tell_so(tmp_path, other, dates):
    legs = tmp_path / "legs.csv"
    legs.write_text(f"reference,type,country,date\n1,transit,mx,03/04/2024\n2,transit,mx,{other}\n")
    found = read(tmp_path, "case id,name\n1,Ana Diaz\n2,Eva Diaz\n", legs=legs, dates=dates)
    assert str(found.records.route[0][0].date) == "2024-04-03"
