"""Who may be linked: every regime against every state of a release."""

from __future__ import annotations

import numpy as np
import pytest

from uncounted.errors import InputError
from uncounted.records.consent.releases import DEFAULT_REGIME, NOT_LEGAL_ADVICE, REGIMES, gate
from uncounted.records.schema import Records

STRICT = [r for r in REGIMES if r != "none"]
CASES = {
    # name: (scope, recipient, expires, withdrawn), released under a strict regime, under none
    "valid": (("linkage", "Our Coalition", "2027-01-01", None), True, True),
    "valid on its last day": (("linkage", "our coalition", "2026-11-01", None), True, True),
    "ended yesterday": (("linkage", "Our Coalition", "2026-10-31", None), False, False),
    "withdrawn today": (("linkage", "Our Coalition", "2027-01-01", "2026-11-01"), False, False),
    "withdrawn tomorrow": (("linkage", "Our Coalition", "2027-01-01", "2026-11-02"), True, True),
    "total only": (("total", "Our Coalition", "2027-01-01", None), False, False),
    "no end": (("linkage", "Our Coalition", None, None), False, True),
    "no recipient": (("linkage", "", "2027-01-01", None), False, True),
    "another recipient": (("linkage", "Someone Else", "2027-01-01", None), False, False),
    "no release": (("", "", None, None), False, True),
}


def codes_of(found):
    """Codes of what the reader said, of notes inside notes too."""
    return {part.code for note in found.report.notes for part in note.parts()}


def records(case) -> Records:
    scope, recipient, expires, withdrawn = case
    return Records.build(
        "a",
        release_scope=[scope],
        release_recipient=[recipient],
        release_expires=[expires],
        release_withdrawn=[withdrawn],
    )


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("name", CASES)
def test_every_release_under_every_regime(regime, name):
    case, strict, free = CASES[name]
    found = gate(records(case), regime, as_of="2026-11-01", recipients=["Our Coalition"])
    assert found.released.tolist() == [free if regime == "none" else strict]
    assert bool(found.counts()) is not found.released.all()


def test_the_default_is_the_strictest():
    assert DEFAULT_REGIME in STRICT
    assert "not legal advice" in str(NOT_LEGAL_ADVICE)
    with pytest.raises(InputError, match="no such confidentiality regime"):
        gate(records(CASES["valid"][0]), "lenient", as_of="2026-11-01", recipients=[])


def test_a_file_without_release_columns_is_not_released_by_default(tmp_path):
    from uncounted.records.reading import ListSpec, read_list

    path = tmp_path / "list.csv"
    path.write_text("case id,first name,dob\n1,Ana,1990\n2,Eva,1991\n")
    found = read_list(ListSpec("a", path), as_of="2026-11-01", recipients=["us"])
    assert len(found.records) == 0 and found.report.not_released == 2 and found.report.total == 2


@pytest.mark.parametrize(
    ("mark", "released"),
    [("linkage", True), ("everything", False), ("total", False), ("no", False), ("", False)],
)
def test_what_is_unclear_is_not_released(tmp_path, mark, released):
    from uncounted.records.reading import ListSpec, read_list

    path = tmp_path / "list.csv"
    path.write_text(
        "case id,first name,roi scope,roi to,roi expires,roi withdrawn\n"
        f"1,Ana,{mark},us,2030-01-01,\n2,Eva,linkage,us,2030-01-01,yes\n3,Ivy,linkage,us,2030-01-01,gibberish\n"
    )
    found = read_list(ListSpec("a", path), as_of="2026-11-01", recipients=["us"])
    assert found.records.given.tolist() == (["Ana"] if released else [])


def test_a_ticked_box_alone_is_no_time_limited_release(tmp_path):
    from uncounted.records.reading import ListSpec, read_list

    path = tmp_path / "list.csv"
    path.write_text("prs_FirstName,ROI signed\nAna,Yes\nEva,No\n")
    strict = read_list(ListSpec("a", path), as_of="2026-11-01", recipients=["us"])
    free = read_list(ListSpec("a", path, "none"), as_of="2026-11-01", recipients=["us"])
    assert strict.report.used == 0
    assert free.records.given.tolist() == ["Ana"]  # a plain no is obeyed under every regime


def _used(tmp_path, expires, withdrawn="", as_of="2026-11-20", more=""):
    from uncounted.records.reading import ListSpec, read_list

    path = tmp_path / "list.csv"
    path.write_text(
        "case id,first name,roi scope,roi to,roi expires,roi withdrawn\n"
        f"1,Ana,linkage,us,{expires},{withdrawn}\n{more}"
    )
    return read_list(ListSpec("a", path), as_of=as_of, recipients=["us"]).records.given.tolist()


@pytest.mark.parametrize(
    ("expires", "released"),
    [
        ("12/31/25", False),  # 2025, not 2125
        ("12/31/27", True),
        ("31/12/2025", False),
        ("2570-12-31", True),  # Buddhist era, 2027
        ("2027", True),
        ("2026", False),  # from what is known it may have ended on its first day
        ("12/2026", True),
        ("46387", True),  # a spreadsheet's number for 31 December 2026
        ("9999-12-31", False),  # no end in form only
        ("until withdrawn", False),
    ],
)
def test_ends_as_people_write_them(tmp_path, expires, released):
    assert _used(tmp_path, expires) == (["Ana"] if released else [])


def test_in_doubt_a_release_ends_at_the_earlier_day(tmp_path):
    # 12 November, past, or 11 December, to come
    assert _used(tmp_path, "12/11/2026") == []
    # another end in the column has the month first: 11 December
    more = "2,Eva,linkage,us,12/25/2025,\n"
    assert _used(tmp_path, "12/11/2026", more=more) == ["Ana"]
    # both orders stand in the column: in doubt again
    more += "3,Ivy,linkage,us,25/12/2025,\n4,Zoe,linkage,us,12/26/2025,\n"
    assert _used(tmp_path, "12/11/2026", more=more) == []


def test_in_doubt_a_withdrawal_holds_from_the_earlier_day(tmp_path):
    assert _used(tmp_path, "2027-06-30", withdrawn="12/11/2026") == []
    assert _used(tmp_path, "2027-06-30", withdrawn="12/25/2026") == ["Ana"]


def test_the_note_says_which_day_of_a_release_holds(tmp_path):
    from uncounted.records.reading import ListSpec, read_list

    _used(tmp_path, "12/11/2026")
    told = read_list(ListSpec("a", tmp_path / "list.csv"), as_of="2026-11-20", recipients=["us"])
    assert "records.dates.earlier" in codes_of(told)
    assert "records.dates.nothing-tells" not in codes_of(told)


def test_a_run_on_a_leap_day(tmp_path):
    assert _used(tmp_path, "2028-03-01", as_of="2028-02-29") == ["Ana"]


def test_releases_judged_by_the_day_drop_out(tmp_path):
    ends = "2026-12-31"
    assert _used(tmp_path, ends, as_of="2026-12-31") == ["Ana"]
    assert _used(tmp_path, ends, as_of="2027-01-01") == []


def test_a_withdrawal_holds_for_every_row_of_its_reference():
    rows = Records.build(
        "a",
        reference=["P1", "P1", "P2", "", ""],
        release_scope=["linkage"] * 5,
        release_recipient=["Our Coalition"] * 5,
        release_expires=["2027-01-01"] * 5,
        release_withdrawn=[None, "2026-10-01", None, "2026-10-01", None],
    )
    told = gate(rows, "vawa", as_of="2026-11-01", recipients=["Our Coalition"])
    assert told.released.tolist() == [False, False, True, False, True]
    later = gate(
        rows.take(np.array([0, 2])),
        "none",
        as_of="2026-11-01",
        recipients=["Our Coalition"],
        withdrawn={"P1"},
    )
    assert later.released.tolist() == [False, True]


@pytest.mark.parametrize("keep", [True, False])
def test_a_withdrawal_at_the_end_of_a_long_list_holds_for_its_beginning(
    tmp_path, monkeypatch, keep
):
    from uncounted.records import reading

    monkeypatch.setattr(reading, "CHUNK", 3)
    lines = ["case id,first name,last name,roi scope,roi to,roi expires,roi withdrawn"]
    for k in range(10):
        gone = "2026-10-01" if k == 9 else ""
        lines.append(f"P{k % 9},Ana{k},Diaz,linkage,Our Coalition,2027-01-01,{gone}")
    path = tmp_path / "a.csv"
    path.write_text("\n".join([*lines, ""]), "utf-8")
    spec = reading.ListSpec("a", path, regime="vawa")
    read = reading.read_list(spec, as_of="2026-11-01", recipients=["Our Coalition"], keep=keep)
    assert (read.report.rows_in, read.report.used, read.report.not_released) == (10, 8, 2)
    assert read.report.release == {"the release was withdrawn": 2}


def _read(tmp_path, header, *rows, regime="none", **more):
    from uncounted.records.reading import ListSpec, read_list

    path = tmp_path / "list.csv"
    path.write_text("\n".join([f"case id,first name,{header}", *rows]) + "\n", encoding="utf-8")
    return read_list(ListSpec("a", path, regime, **more), as_of="2026-11-01", recipients=["us"])


@pytest.mark.parametrize(
    ("header", "no", "yes"),
    [
        ("Date revoked", "2026-01-05", ""),
        ("ROI revocation date", "2026-01-05", ""),
        ("Consent rescinded?", "yes", "no"),
        ("동의철회", "철회", ""),
        ("Consentimiento para compartir datos", "No", "Sí"),
        ("정보제공동의", "아니오", "예"),
        ("consent_to_link", "false", "true"),
        ("Consent to Share", "no", "yes"),
        ("Autoriza compartir datos", "se negó", "Sí"),
        ("ROI signed", "False", "True"),
        ("Consent valid until", "2025-12-31", "2027-12-31"),
        ("ROI expires", "12 months", "2027-12-31"),
        ("ROI expires", "lapsed", "until revoked"),
        ("Release scope", "none", "linkage"),
        ("Release scope", "Declined", "linkage"),
        ("Shared with", "Someone Else; us", "US"),
        ("Shared with", "everybody, not us", "us"),
        ("roi withdrawn", "unknown", "n/a"),
        ("roi withdrawn", "refused", "not withdrawn"),
    ],
)
def test_a_no_in_any_words_is_obeyed_under_every_regime(tmp_path, header, no, yes):
    found = _read(tmp_path, header, f'1,Ana,"{yes}"', f'2,Eva,"{no}"')
    assert found.records.given.tolist() == ["Ana"] and found.report.not_released == 1


def test_answers_in_words_nobody_foresaw_stop_until_a_person_says_what_they_mean(tmp_path):
    found = _read(tmp_path, "roi", "1,Ana,verbal only", "2,Eva,yes", "3,Ivy,yes")
    assert found.report.used == 0 and found.report.unread[0].reason == "release_given"
    (stop,) = found.report.stops
    assert stop.column == "roi" and stop.values == (("verbal only", None),)
    assert '"verbal only" = "no"' in stop.fix and "[lists.answers]" in stop.fix
    for meant, used in (("no", ["Eva", "Ivy"]), ("yes", ["Ana", "Eva", "Ivy"])):
        told = _read(
            tmp_path,
            "roi",
            "1,Ana,verbal only",
            "2,Eva,yes",
            "3,Ivy,yes",
            answers={"Verbal only": meant},
        )
        assert not told.report.stops and told.records.given.tolist() == used


def test_of_several_boxes_each_is_obeyed(tmp_path):
    rows = ["1,Ana,yes,yes", "2,Eva,yes,no", "3,Ivy,no,", "4,Zoe,yes,yes"]
    found = _read(tmp_path, "roi,roi signed", *rows)
    assert found.records.given.tolist() == ["Ana", "Zoe"]
    rows = ["1,Ana,no,", "2,Eva,no,2026-01-05", "3,Ivy,yes,"]
    found = _read(tmp_path, "roi withdrawn,withdrawal date", *rows)
    assert found.records.given.tolist() == ["Ana"]


def test_a_box_left_empty_gives_no_release(tmp_path):
    header = "roi signed,roi scope,roi to,roi expires"
    rows = ["1,Ana,yes,linkage,us,2027-01-01", "2,Eva,,linkage,us,2027-01-01"]
    strict = _read(tmp_path, header, *rows, regime="vawa")
    assert strict.records.given.tolist() == ["Ana"] and strict.report.release == {"no release": 1}
    assert _read(tmp_path, header, *rows).report.used == 2  # no release is needed there


def test_the_day_a_release_was_signed_is_no_first_contact(tmp_path):
    found = _read(tmp_path, "ROI date", "1,Ana,2026-01-05")
    assert np.isnat(found.records.date).all()


def test_a_column_about_consent_that_is_not_taken_so_is_named(tmp_path):
    from uncounted.records.reading import ListSpec, read_list

    path = tmp_path / "list.csv"
    path.write_text("case id,first name,roi signed\n1,Ana,no\n")
    chosen = {"reference": "case id", "given": "first name"}
    found = read_list(ListSpec("a", path, "none", chosen), as_of="2026-11-01", recipients=["us"])
    assert [n for n in found.report.notes if n.code == "records.columns.consent-passed"]


@pytest.mark.parametrize(
    "header", ["Permission to leave voicemail", "Photo consent", "Release date"]
)
def test_leave_of_another_kind_is_no_release(tmp_path, header):
    found = _read(tmp_path, header, "1,Ana,no", "2,Eva,yes")
    assert found.report.used == 2 and not found.report.notes
