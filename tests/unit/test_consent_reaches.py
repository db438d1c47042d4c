"""A refusal reaches every row of its person: whatever spoils its own row, however the number is written, from whatever sheet."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uncounted.records.consent.references import fold_reference, is_reference, is_serial
from uncounted.records.consent.removed import removal_kind
from uncounted.records.reading import ListSpec, ReadList, read_list

HERE = Path(__file__).parents[1] / "reference" / "consent"


def _read(path: Path, regime: str = "none", **more: object) -> ReadList:
    return read_list(ListSpec("a", path, regime, **more), as_of="2026-11-01", recipients=["us"])


def _csv(path: Path, header: list[str], *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([header, *rows])
    return path


def _book(path: Path, **sheets: list[list[object]]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


# How a list's own row may be spoilt -----------------------------------------------------------------

REFUSALS = {
    "consent refused": ("yes", "2026-01-05", "x", "refused", "거부"),
    "ROI signed": ("no", "N", "declined", "아니오", "se negó"),
    "roi withdrawn": ("yes", "2026-01-05", "revoked", "unknown"),
    "release scope": ("no", "none", "refused"),
    "Consent to share": ("No", "FALSE", "0"),
    "Autoriza compartir datos": ("No", "no autoriza"),
    "정보제공동의": ("아니오", "거부", "동의 안함"),
    "동의 철회": ("예", "2026-01-05"),
}
SPOILT = (
    "formula",
    "long",
    "control",
    "short",
    "wide",
    "deleted",
    "test",
    "status",
    "not trafficked",
    "none",
)
SPELLINGS = (
    ("00123", "123"),
    ("12", "12.0"),
    ("A-001", "a-001"),
    ("A-001", "A001"),
    ("A-001", "a1"),
    ("'00123", "123"),
    ("１２３", "123"),
    ("A–7", "A-7"),
    ("A\u20117", "a7"),
    ("SH 2024/15", "SH-2024-15"),
    ("२५", "25"),
    (" 77 ", "077"),
    ("#77", "77"),
)
REFERENCES = (
    "case id", "PersonalID", "Survivor Code", "Unique ID", "Client UID", "Beneficiary ID", "Incident ID", "Sr. No.", "Código de caso",
    "Número de expediente", "사례번호", "个案编号", "Mã hồ sơ", "รหัสผู้รับบริการ", "केस संख्या", "Cod beneficiar", "Номер справи", "Número do caso", "Numéro de dossier", "दर्ता नम्बर",
)  # fmt: skip


def _two_rows(
    path: Path, reference: str, refusal: str, said: str, spoilt: str, written: tuple[str, str]
) -> Path:
    """A person twice, once with a refusal in a row that cannot be used, and somebody else."""
    header = [
        reference,
        "first name",
        "last name",
        "IsDeleted",
        "Test record",
        "Record status",
        "status",
        refusal,
    ]
    other = {"release scope": "linkage"}.get(
        refusal, "" if "refus" in refusal or "withd" in refusal or "철회" in refusal else "yes"
    )
    bad = [written[0], "Ana", "Ruiz", "", "", "", "", said]
    if spoilt == "formula":
        bad[1] = "=SUM(A1)"
    elif spoilt == "long":
        bad[1] = "A" * 400
    elif spoilt == "control":
        bad[1] = "A\x02na"
    elif spoilt == "short":
        del bad[3]
    elif spoilt == "wide":
        bad.insert(2, "Maria")
    elif spoilt == "deleted":
        bad[3] = "1"
    elif spoilt == "test":
        bad[4] = "yes"
    elif spoilt == "status":
        bad[5] = "Entered in error"
    elif spoilt == "not trafficked":
        bad[6] = "Not a victim"
    good = [written[1], "Anna", "Ruis", "0", "no", "", "", other]
    third = ["999888", "Eva", "Soto", "0", "", "", "", other]
    return _csv(path, header, good, bad, third)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_refusal_in_any_words_is_lost_with_its_row(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    refusal = data.draw(st.sampled_from(sorted(REFUSALS)))
    said = data.draw(st.sampled_from(REFUSALS[refusal]))
    path = _two_rows(
        tmp_path_factory.mktemp("a") / "a.csv",
        data.draw(st.sampled_from(REFERENCES)),
        refusal,
        said,
        data.draw(st.sampled_from(SPOILT)),
        data.draw(st.sampled_from(SPELLINGS)),
    )
    found = _read(path)
    assert not {"Ana", "Anna"} & set(found.records.given.tolist())
    if not found.report.stops:
        assert "Eva" in found.records.given.tolist()


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("refusal", sorted(REFUSALS))
def test_each_kind_of_spoilt_row(tmp_path: Path, spoilt: str, refusal: str) -> None:
    path = _two_rows(
        tmp_path / "a.csv", "PersonalID", refusal, REFUSALS[refusal][0], spoilt, ("00123", "123")
    )
    found = _read(path)
    assert found.records.given.tolist() == ["Eva"], found.report.stops
    assert (
        found.report.rows_in
        == found.report.used + found.report.quarantined + found.report.not_released
    )


@pytest.mark.parametrize("written", SPELLINGS)
def test_spellings_of_one_number_meet(written: tuple[str, str]) -> None:
    assert fold_reference(written[0]) & fold_reference(written[1])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("12", "13"),
        ("A-1", "B-1"),
        ("2024-1-12", "2024-11-2"),
        ("1", "10"),
        ("", ""),
        ("n/a", "n/a"),
        ("-", "-"),
    ],
)
def test_two_numbers_do_not(a: str, b: str) -> None:
    assert not fold_reference(a) & fold_reference(b)


def test_columns_of_numbers_are_known_in_every_language() -> None:
    assert [r for r in REFERENCES if not is_reference(r)] == []
    assert [
        n
        for n in (
            "Household ID",
            "Phone number",
            "Zip code",
            "County",
            "Number of children",
            "UserID",
        )
        if is_reference(n)
    ] == []
    assert is_serial("Sr. No.") and not is_serial("Case No.")


def test_the_same_name_and_birth_date_is_the_same_person_where_no_number_is_given(
    tmp_path: Path,
) -> None:
    path = _csv(
        tmp_path / "a.csv",
        ["first name", "last name", "dob", "consent refused"],
        ["Ana", "Ruiz", "1990-03-12", ""],
        ["ANA", "RUIZ", "1990-03-12", "yes"],
        ["Ana", "Ruiz", "1991-03-12", ""],
        ["Eva", "Soto", "1990-03-12", ""],
    )
    assert _read(path).records.row.tolist() == [4, 5]


def test_a_no_on_a_second_row_is_carried(tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "a.csv",
        ["Unique ID", "first name", "ROI signed"],
        ["1", "Ana", "yes"],
        ["01", "Ana", "no"],
        ["2", "Eva", "yes"],
    )
    assert _read(path).records.given.tolist() == ["Eva"]


# Rows taken out ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        ("DateDeleted", "2023-05-01", "deleted"),
        ("IsDeleted", "1", "deleted"),
        ("Deleted", "TRUE", "deleted"),
        ("deleted_at", "2023-05-01 10:00", "deleted"),
        ("Record status", "Deleted", "deleted"),
        ("Status", "Merged", "merged"),
        ("Merged into", "C-1", "merged"),
        ("Duplicate of", "C-1", "merged"),
        ("MasterRecordId", "C-1", "merged"),
        ("Test record", "Yes", "test"),
        ("is_test", "1", "test"),
        ("Record type", "Test", "test"),
        ("Entered in error", "x", "void"),
        ("Void", "Y", "void"),
        ("Eliminado", "Sí", "deleted"),
        ("Registro duplicado", "Sí", "merged"),
        ("삭제여부", "예", "deleted"),
        ("已删除", "是", "deleted"),
        ("Видалено", "так", "deleted"),
        ("Supprimé", "Oui", "deleted"),
        ("Apagado", "Sim", "deleted"),
        ("Anulat", "Da", "void"),
        ("Đã xóa", "Có", "deleted"),
        ("ลบแล้ว", "ใช่", "deleted"),
        ("हटाया गया", "हाँ", "deleted"),
        ("मेटाइएको", "हो", "deleted"),
    ],
)
def test_rows_taken_out_by_their_keepers_are_not_used(
    tmp_path: Path, column: str, cell: str, kind: str
) -> None:
    path = _csv(
        tmp_path / "a.csv",
        ["case id", "first name", column],
        ["C-1", "Ana", ""],
        ["C-2", "Eva", cell],
        ["C-3", "Ivy", "C-3" if kind == "merged" and cell == "C-1" else ""],
    )
    found = _read(path)
    assert found.records.given.tolist() == ["Ana", "Ivy"] and not found.report.stops
    assert found.report.removed == {kind: 1} and found.report.quarantined == 1
    assert found.report.to_dict()["removed"] == {kind: 1}
    kept = _read(path, not_removed=[column])
    assert kept.report.removed == {} and kept.report.used == 3


def test_what_only_sounds_so_is_kept(tmp_path: Path) -> None:
    for column, cell in (
        ("HIV test", "yes"),
        ("Test result", "positive"),
        ("Case status", "Closed"),
        ("Deleted scenes", "1"),
        ("Merger", "x"),
    ):
        assert removal_kind(column) == ""
        path = _csv(tmp_path / "a.csv", ["case id", "first name", column], ["1", "Ana", cell])
        assert _read(path).report.removed == {}


def test_a_refusal_on_a_merged_row_reaches_the_one_it_was_merged_into(tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "a.csv",
        ["case id", "first name", "Merged into", "consent refused"],
        ["C-1", "Ana", "", ""],
        ["C-9", "Ana", "C-1", "yes"],
        ["C-2", "Eva", "", ""],
    )
    assert _read(path).records.given.tolist() == ["Eva"]


# Other sheets --------------------------------------------------------------------------------------

PEOPLE = [
    [
        "first_name",
        "last_name",
        "date_of_birth",
        "gender",
        "_index",
        "_parent_table_name",
        "_parent_index",
        "_submission__id",
    ],
    ["Ana", "Ruiz", "1990-03-12", "female", 1, "Form", 1, 10],
    ["Eva", "Soto", "1991-04-15", "female", 2, "Form", 1, 10],
    ["Lia", "Paz", "1992-05-16", "female", 3, "Form", 2, 11],
]


@pytest.mark.parametrize(
    ("name", "no", "yes"),
    [
        ("consent_to_share", "no", "yes"),
        ("consent_withdrawn", "yes", ""),
        ("consent_refused", "1", "0"),
        ("autoriza_compartir", "no", "si"),
    ],
)
def test_consent_on_the_parent_sheet_holds_for_the_people_of_the_repeat(
    tmp_path: Path, name: str, no: str, yes: str
) -> None:
    parent = [
        ["start", "county", name, "_id", "_uuid", "_index"],
        ["x", "Cook", no, 10, "u1", 1],
        ["x", "Lake", yes, 11, "u2", 2],
    ]
    for sheets in ({"Form": parent, "victims": PEOPLE}, {"victims": PEOPLE, "Form": parent}):
        found = _read(_book(tmp_path / "k.xlsx", **sheets))
        assert found.records.given.tolist() == ["Lia"] and not found.report.stops


def test_a_question_on_the_parent_sheet_that_is_not_understood_stops_the_list(
    tmp_path: Path,
) -> None:
    parent = [
        ["start", "county", "data_sharing_ok_partners", "_id", "_index"],
        ["x", "Cook", "no", 10, 1],
        ["x", "Lake", "yes", 11, 2],
    ]
    path = _book(tmp_path / "k.xlsx", Form=parent, victims=PEOPLE)
    found = _read(path)
    assert found.report.used == 0 and [s.column for s in found.report.stops] == [
        "data_sharing_ok_partners (sheet 1)"
    ]
    columns = {"given": "first_name", "family": "last_name"}
    told = _read(path, columns={**columns, "release_given": "data_sharing_ok_partners"})
    assert told.records.given.tolist() == ["Lia"] and not told.report.stops
    left = _read(path, not_consent=["data_sharing_ok_partners"])
    assert left.report.used == 3


CLIENTS = [
    ["Case ID", "First name", "Last name", "DOB"],
    ["00123", "Ana", "Ruiz", "1990-03-12"],
    ["A-7", "Eva", "Soto", "1991-04-15"],
    ["9", "Lia", "Paz", "1992-05-16"],
]


@pytest.mark.parametrize("hidden", [False, True])
def test_releases_on_a_sheet_of_their_own(tmp_path: Path, hidden: bool) -> None:
    releases = [
        ["Case ID", "ROI signed", "ROI expires", "Recipient", "Withdrawn"],
        ["123", "Yes", "2027-01-01", "us", None],
        ["a7", "No", None, None, "2025-01-01"],
        ["9", "Yes", "2025-01-01", "us", None],
    ]
    path = _book(tmp_path / "c.xlsx", Clients=CLIENTS, Releases=releases)
    if hidden:
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.load_workbook(path)
        book["Releases"].sheet_state = "hidden"
        book.save(path)
    found = _read(path)
    assert found.records.given.tolist() == ["Ana"]
    assert found.report.release == {"the release was refused": 1, "the release has expired": 1}
    named = _read(path, sheet="Clients")
    assert named.records.given.tolist() == ["Ana"]


def test_a_sheet_of_few_columns_and_no_known_name(tmp_path: Path) -> None:
    path = _book(
        tmp_path / "c.xlsx",
        Clients=CLIENTS,
        Optouts=[["Case ID", "Opted out"], ["123", "yes"], ["A7", "yes"]],
    )
    assert _read(path).records.given.tolist() == ["Lia"]


def test_a_valid_release_on_another_sheet_serves_a_strict_regime(tmp_path: Path) -> None:
    releases = [
        ["Case ID", "Release scope", "ROI expires", "ROI to", "ROI revoked"],
        ["123", "linkage", "2027-01-01", "us", None],
        ["A-7", "linkage", "2027-01-01", "us", "2026-01-01"],
        ["9", "linkage", "2027-01-01", "nobody; us", None],
    ]
    path = _book(tmp_path / "c.xlsx", Clients=CLIENTS, Releases=releases)
    assert _read(path, "vawa").records.given.tolist() == ["Ana"]


@pytest.mark.parametrize(
    "releases",
    [
        [["Name", "ROI signed"], ["Ana Ruiz", "No"]],
        [["Client", "No.", "ROI signed"], ["a", "1", "No"]],
        [["Contract", "ROI signed"], ["1", "no"], ["2", "yes"]],
        [["Case ID", "ROI signed"], ["555", "No"], ["556", "No"]],
    ],
)
def test_a_sheet_that_nothing_ties_to_the_list_stops_it(
    tmp_path: Path, releases: list[list[object]]
) -> None:
    found = _read(_book(tmp_path / "c.xlsx", Clients=CLIENTS, Releases=releases))
    assert found.report.used == 0 and "(sheet 2)" in found.report.stops[0].column
    assert "not_consent" in found.report.stops[0].fix


def test_sheets_that_have_nothing_to_do_with_it_stop_nothing(tmp_path: Path) -> None:
    path = _book(
        tmp_path / "c.xlsx",
        Clients=CLIENTS,
        Codes=[["Code", "Label"], ["1", "Yes"], ["2", "No"]],
        Services=[
            ["Case ID", "Service", "Date"],
            ["123", "Shelter", "2025-01-01"],
            ["9", "Legal aid", "2025-01-02"],
        ],
        Readme=[["How to fill this in", "see the manual"]],
    )
    found = _read(path)
    assert found.report.used == 3 and not found.report.stops


def test_a_remark_on_another_sheet_stops_the_list_where_the_two_are_tied(tmp_path: Path) -> None:
    notes = [["Case ID", "Case notes"], ["123", "came with her son"], ["9", "said no to sharing"]]
    found = _read(_book(tmp_path / "c.xlsx", Clients=CLIENTS, Contacts=notes))
    assert found.report.used == 0 and found.report.stops[0].column == "Case notes (sheet 2)"
    assert "said no" not in str(found.report.to_dict())


def test_a_refusal_on_last_years_sheet_reaches_this_years(tmp_path: Path) -> None:
    old = [
        ["Case ID", "First name", "Last name", "DOB", "Consent refused"],
        ["123", "Ana", "Ruiz", "1990-03-12", "yes"],
        ["55", "Ivo", "Paz", "1980-01-02", ""],
    ]
    new = [
        ["Case ID", "First name", "Last name", "DOB", "Consent refused"],
        ["00123", "Ana", "Ruiz", "1990-03-12", ""],
        ["9", "Lia", "Paz", "1992-05-16", ""],
    ]
    found = _read(_book(tmp_path / "y.xlsx", **{"2025": new, "2024": old}), sheet="2025")
    assert found.records.given.tolist() == ["Lia"]


# Recipients ----------------------------------------------------------------------------------------

EXCLUDING = (
    "Nobody; us|revoked; us|todos menos, us|제외, us|不包括, us|all except; us|everyone but, us|anyone / not us|us (no longer)|us?|not us|nadie; us|personne; us|tous sauf, us|nimeni; us|toți în afară de, us"
    "|ninguém; us|todos exceto, us|ніхто; us|всі крім, us|không ai; us|trừ, us|ยกเว้น, us|कोई नहीं; us|को छोड़कर, us|बाहेक, us|excluded: us|us, cancelled|us; until 2024|none, us|blocked|us; ???"
)


@pytest.mark.parametrize("whom", EXCLUDING.split("|"))
@pytest.mark.parametrize("regime", ["none", "vawa"])
def test_a_recipient_nobody_knows_voids_the_release(tmp_path: Path, whom: str, regime: str) -> None:
    path = _csv(
        tmp_path / "a.csv",
        ["case id", "first name", "roi scope", "roi to", "roi expires"],
        ["1", "Ana", "linkage", whom, "2027-01-01"],
        ["2", "Eva", "linkage", "us", "2027-01-01"],
    )
    assert _read(path, regime).records.given.tolist() == ["Eva"]


def test_bodies_that_are_known_may_stand_beside_us(tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "a.csv",
        ["case id", "first name", "roi to"],
        ["1", "Ana", "Legal Aid; Us"],
        ["2", "Eva", "Legal Aid"],
        ["3", "Ivy", "Legal Aid; us; Aunt Maria"],
    )
    found = _read(path, bodies=["legal aid"])
    assert found.records.given.tolist() == ["Ana"]
    assert found.report.release == {
        "the release names another recipient": 1,
        "the release names a recipient nobody knows beside this coalition": 1,
    }


# The sets ------------------------------------------------------------------------------------------


def _lines(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def test_nobody_who_refused_is_linked_in_the_sets(tmp_path: Path) -> None:
    from benchmarks.consent import SETS, measure

    false = 0
    for name in SETS:
        table, faults = measure(HERE / name)
        assert [f for f in faults if not f.startswith("false stop")] == []
        false += len(faults)
        assert sum(
            n for (_, how), n in table.items() if how in {"used", "held back", "stopped"}
        ) == len(_lines(name))
    # "Third party report" alone, of 316 ordinary columns
    assert false <= 1
    assert len(_lines("written_before.csv")) >= 300 and len(_lines("ordinary.csv")) >= 150
    assert {line["language"] for line in _lines("written_before.csv")} == set(
        ["en", "es", "ko", "zh", "vi", "th", "hi", "ne", "ro", "uk", "pt", "fr"]
    )


def test_a_refusal_stands_wherever_the_columns_stand(tmp_path: Path) -> None:
    """The order of columns, and ordinary columns beside it, change nothing."""
    refusing = [
        line
        for line in _lines("written_before.csv")
        if line["expected"] in {"refusal", "end"} and line["name"]
    ]
    ordinary = [
        line for line in _lines("ordinary.csv") if line["name"] not in {"Case ID", "First Name"}
    ]
    r = random.Random(3)
    for line in r.sample(refusing, 25):
        columns = [("case id", "77"), ("first name", "Ana"), (line["name"], line["cell"])]
        columns += [
            (o["name"], o["cell"]) for o in r.sample(ordinary, 6) if o["name"] != line["name"]
        ]
        r.shuffle(columns)
        path = _csv(tmp_path / "a.csv", [c for c, _ in columns], [v for _, v in columns])
        assert _read(path).report.used == 0, columns
