"""`uc.link`: consent before everything, frames and files alike, row numbers and nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

import uncounted as uc
from uncounted.errors import InputError

DAY = "2026-06-30"


def shelter():
    return pd.DataFrame({
        "Full name": ["Ana Diaz Lopez", "Li Wei", "Maria Santos Cruz", "Sofia Reyes", "Ion Popescu"],
        "Date of birth": ["1990-02-03", "1980-05-09", "1995-11-21", "1988-07-30", "1979-01-12"],
    })  # fmt: skip


def clinic():
    return pd.DataFrame({
        "Full name": ["Ana Dias Lopez", "Mia Kim", "Maria Santos Cruz", "Tomas Vega"],
        "Date of birth": ["1990-02-03", "1991-01-30", "1995-11-21", "1985-03-04"],
    })  # fmt: skip


def likely(found):
    return {(r["row"], r["other_row"]) for r in found.to_rows() if r["chance"] > 0.5}


@pytest.fixture(scope="module")
def found():
    return uc.link({"shelter": shelter(), "clinic": clinic()}, regimes="none", as_of=DAY, draws=30)


def test_pairs_tables_and_words(found):
    assert found.lists == ("shelter", "clinic")
    assert {(1, 1), (3, 3)} <= likely(found)
    assert len(found.tables()) == 30
    assert all(t.lists == found.lists and 7 <= t.n <= 9 for t in found.tables())
    assert found.table(0.5).count("11") == len(likely(found))
    assert found.sayings()[0] == "shelter: 5 of 5 rows used, 0 not released, 0 quarantined."
    assert found.plot().to_svg().startswith("<svg")


def test_no_field_of_a_record_is_shown_anywhere(found):
    shown = (
        repr(found)
        + found._repr_html_()
        + found.to_latex()
        + str(found.to_rows())
        + str(found.reports)
    )
    for word in ("Ana", "Diaz", "Santos", "Popescu", "1990", "1995"):
        assert word not in shown
    assert len(repr(found)) <= 2000


def test_the_same_seed_gives_the_same_draws(found):
    again = uc.link({"shelter": shelter(), "clinic": clinic()}, regimes="none", as_of=DAY, draws=30)
    assert (again.drawn.label == found.drawn.label).all()


def test_files_and_frames_are_one(found, tmp_path):
    shelter().to_csv(tmp_path / "shelter.csv", index=False)
    mixed = uc.link(
        {"shelter": tmp_path / "shelter.csv", "clinic": clinic()},
        regimes="none",
        as_of=DAY,
        draws=30,
    )
    assert (mixed.drawn.label == found.drawn.label).all()
    # In a file the header is row 1.
    assert {(a - 1, b) for a, b in likely(mixed)} == likely(found)


def test_without_a_release_nothing_of_a_shelter_is_linked():
    """The strictest rule is the default, and the error says who may lift it."""
    with pytest.raises(InputError, match=r"9 records are not released.*regimes="):
        uc.link({"shelter": shelter(), "clinic": clinic()}, as_of=DAY)
    with pytest.raises(InputError, match="One list has records that may be linked"):
        uc.link({"shelter": shelter(), "clinic": clinic()}, regimes={"clinic": "none"}, as_of=DAY)


def test_a_withdrawal_in_a_frame_holds_as_in_a_file():
    held = shelter()
    held["Release withdrawn"] = ["2026-01-05", None, None, None, None]
    found = uc.link({"shelter": held, "clinic": clinic()}, regimes="none", as_of=DAY, draws=10)
    assert found.reports[0].not_released == 1
    assert 1 not in {a for a, _ in likely(found)} and (3, 3) in likely(found)


def test_an_expired_release_does_not_hold():
    held = shelter()
    held["Release recipient"] = "Us"
    held["Release scope"] = "linkage"
    held["Release expires"] = pd.to_datetime(["2027-01-01"] * 4 + ["2026-01-01"])
    both = clinic()
    both["Release recipient"] = "Us"
    both["Release scope"] = "linkage"
    both["Release expires"] = pd.to_datetime(["2027-01-01"] * 4)
    found = uc.link({"shelter": held, "clinic": both}, recipients=["Us"], as_of=DAY, draws=10)
    assert [r.not_released for r in found.reports] == [1, 0]
    with pytest.raises(InputError, match="9 records are not released"):
        uc.link({"shelter": held, "clinic": both}, recipients=["Others"], as_of=DAY)


def test_a_column_that_may_forbid_linkage_stops_all_until_it_is_said_what_it_holds():
    held = shelter()
    held["Do not share"] = ["Yes", "No", "", "No", "No"]
    three = {"shelter": held, "clinic": clinic(), "police": clinic()}
    with pytest.raises(InputError, match=r"'shelter' is stopped by column 'Do not share'"):
        uc.link(three, regimes="none", as_of=DAY, draws=10)
    said = {"shelter": {"release_refused": "Do not share"}}
    found = uc.link(three, regimes="none", columns=said, as_of=DAY, draws=10)
    assert found.reports[0].not_released == 1 and found.reports[0].used == 4
    with pytest.raises(InputError, match="no list 'shlter'"):
        uc.link(three, regimes="none", not_consent={"shlter": ["Do not share"]}, as_of=DAY)
    held = shelter()
    held["Restricted"] = ["ward", "ward", "", "", ""]
    pair = {"shelter": held, "clinic": clinic()}
    with pytest.raises(InputError, match="'Restricted'"):
        uc.link(pair, regimes="none", as_of=DAY, draws=10)
    apart = {"shelter": ["Restricted"]}
    assert uc.link(pair, regimes="none", not_consent=apart, as_of=DAY).reports[0].used == 5


def test_calls_that_make_no_sense():
    with pytest.raises(InputError, match="Two lists"):
        uc.link({"shelter": shelter()}, regimes="none")
    with pytest.raises(InputError, match="no list 'shlter'"):
        uc.link({"shelter": shelter(), "clinic": clinic()}, regimes={"shlter": "none"})
    with pytest.raises(InputError, match="from int"):
        uc.link({"shelter": 3, "clinic": clinic()}, regimes="none", as_of=DAY)
    with pytest.raises(InputError, match="no such confidentiality regime"):
        uc.link({"shelter": shelter(), "clinic": clinic()}, regimes="nobody's", as_of=DAY)


def test_pooled_over_links(found):
    pooled = uc.estimate_over_draws(found, "pairs")
    assert pooled.estimate.observed in range(7, 10)
    assert pooled.to_rows()[0]["observed_least"] == min(t.n for t in found.tables())
    with pytest.raises(InputError, match="no table"):
        uc.estimate_over_draws([])
    other = uc.OverlapTable.from_histories(["x", "y"], {"11": 3})
    with pytest.raises(InputError, match="different lists"):
        uc.estimate_over_draws([*found.tables(), other])
