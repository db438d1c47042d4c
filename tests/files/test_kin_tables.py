"""Tables of counts as people write them: one rule for numbers, totals left out, the count offered."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import uncounted as uc
from uncounted.cli import main
from uncounted.core.labels import names_a_total
from uncounted.core.numbers import Marks, marks_of, read_count
from uncounted.errors import InputError, TableError
from uncounted.files.case_tables import read_cases
from uncounted.files.overlap_tables import read_table_file
from uncounted.ranks.reading import read_rank_table
from uncounted.shares.reading import read_share_table
from uncounted.sources.legs import read_journeys

ROWS = ["1,0,0,61", "0,1,0,83", "0,0,1,47", "1,1,0,8", "0,1,1,6", "1,0,1,5", "1,1,1,3"]
HEAD = "home,court,clinic,count"
TOTAL = 213


def table(tmp_path, text, name="t.csv", **options):
    path = tmp_path / name
    path.write_text(text)
    return read_table_file(path, **options)


def rows(change=lambda cells: cells, head=HEAD, mark=","):
    lines = [change(r.split(",")) for r in ROWS]
    return "\n".join([head.replace(",", mark), *(mark.join(cells) for cells in lines)]) + "\n"


def marked(one, nought):
    return rows(lambda c: [one if x == "1" else nought for x in c[:3]] + c[3:])


READ = {
    "as it is": rows(),
    "decimals of noughts": rows(lambda c: [f"{x}.0" for x in c]),
    "decimal commas": rows(lambda c: [*c[:3], f"{c[3]},0"], mark=";"),
    "yes and no": marked("Yes", "No"),
    "sí and no": marked("Sí", "No"),
    "true and false": marked("True", "False"),
    "crosses and blanks": marked("x", ""),
    "ones and blanks": marked("1", ""),
    "ticks": marked("✓", ""),
    "circles and crosses": marked("O", "X"),
    "in Korean": marked("예", "아니오"),
    "empty columns behind": rows(lambda c: [*c, "", ""], head=HEAD + ",,") + ",,,,,\n,,,,,\n",
    "a title above": "Overlap of 2025,,,\n" + rows(),
    "row names": rows(lambda c: [str(ROWS.index(",".join(c)) + 1), *c], head="," + HEAD),
    "a total below": rows() + "Total,,,213\n",
    "a total in Korean": rows() + "합계,,,213\n",
    "nobody on no list": rows() + "0,0,0,0\n",
    "unknown on no list": rows() + "0,0,0,NA\n",
    "a question on no list": rows() + "0,0,0,?\n",
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_table_is_read_however_its_marks_are_written(tmp_path, name):
    found = table(tmp_path, READ[name]).table
    assert found.n == TOTAL and found.lists == ("home", "court", "clinic")
    assert found.count("110") == 8 and found.count("111") == 3


def test_histories_in_one_column_are_lists_by_number(tmp_path):
    text = "history,count\n100,61\n10,83\n1,47\n110,8\n"  # a spreadsheet has let go of noughts
    found = table(tmp_path, text)
    assert found.table.lists == ("1", "2", "3") and found.table.count("010") == 83
    assert any("3 lists" in str(line) for line in found.notes)


REFUSED = {
    "another name for the count": (rows(head="home,court,clinic,Freq"), "--count Freq"),
    "in German": (rows(head="home,court,clinic,Anzahl"), "--count Anzahl"),
    "in Korean": (rows(head="home,court,clinic,명수"), "--count 명수"),
    "a letter": (rows(head="home,court,clinic,N"), "--count N"),
    "two of them": (rows(lambda c: [*c, "9" + c[3]], head="home,court,clinic,people,weight"), "--count people --lists home,court,clinic"),
    "a number of the row": ("id,home,court\n1,1,0\n2,0,1\n3,1,1\n4,1,0\n", "--lists home,court"),
    "no names": ("\n".join(ROWS) + "\n", "a row above it that names each list"),
    "a thousand or one": (rows(lambda c: [*c[:3], "1.000"], mark=";"), "in figures alone"),
    "a mark for held back": (rows() .replace(",3\n", ",†\n"), "Ask whoever made the table"),
    "counts of encounters": ("home,court,count\n2,0,5\n0,1,4\n1,1,3\n", "however often"),
    "names of combinations": ("combination,people\nhome only,60\ncourt only,80\nhome & court,9\n", "one 0/1 column for each list"),
    "a blank beside noughts": ("home,court,count\n1,,5\n0,1,4\n1,1,3\n", "blanks alone"),
    "no stratum": ("home,court,stratum,count\n1,0,women,5\n0,1,NA,4\n1,1,women,3\n", "a stratum of its own"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_certain_is_refused_with_the_fix_that_works(tmp_path, name):
    text, fix = REFUSED[name]
    with pytest.raises(TableError) as caught:
        table(tmp_path, text)
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    "count", ["Freq", "n", "N", "total", "people", "cases", "anzahl", "effectif", "wxyz"]
)
def test_the_advice_on_a_count_gives_the_right_table(tmp_path, count):
    text = rows(head=f"home,court,clinic,{count}")
    assert table(tmp_path, text, count=count).table.n == TOTAL
    # naming the lists alone does not turn seven histories into seven people
    with pytest.raises(TableError) as caught:
        table(tmp_path, text, lists=["home", "court", "clinic"])
    assert f"--count {count}" in caught.value.fix


def test_one_row_a_person_may_have_columns_of_figures(tmp_path):
    text = "id,home,court,age\n" + "".join(f"{i},{i % 2},{1 - i % 2 or int(i % 3 == 0)},{20 + i}\n" for i in range(1, 13))  # fmt: skip
    assert table(tmp_path, text, lists=["home", "court"]).table.n == 12


def test_strata_spelt_two_ways_are_one(tmp_path):
    text = "home,court,stratum,count\n1,0,women,5\n0,1,Women,4\n1,1, WOMEN ,3\n1,0,men,2\n0,1,Men,3\n1,1,men,1\nTotal,,All,18\n"
    found = table(tmp_path, text)
    assert found.table.strata == ("women", "men") and found.table.n == 18
    assert any("row 8" in str(line) for line in found.notes)


def test_a_stratum_that_sums_the_others_is_left_out(tmp_path):
    text = "home,court,stratum,count\n1,0,women,5\n0,1,women,4\n1,1,women,3\n1,0,Total,5\n0,1,Total,4\n1,1,Total,3\n"
    assert table(tmp_path, text).table.n == 12


def test_frames_keep_decimal_points():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1, 0, 1], "b": [0, 1, 1], "count": [1.125, 4.0, 2.0]})
    with pytest.raises(TableError, match="whole"):
        uc.read_table(frame)
    frame["count"] = [1125.0, 4.0, 2.0]
    assert uc.read_table(frame).n == 1131


def test_cases_take_marks_in_words(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("home,court,age\nYes,No,20\nno,yes,30\nYes,yes,25\n")
    assert read_cases(path, lists=["home", "court"]).on.tolist() == [[1, 0], [0, 1], [1, 1]]


# numbers ------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**12), st.sampled_from([",", ".", " ", "\u00a0", "\u202f", "'", "\u2019"]))
def test_thousands_parted_by_any_mark_are_the_number(number, mark):
    text = f"{number:,}".replace(",", mark)
    found = read_count(text, marks_of(["1.234.567"]) if mark == "." else Marks())
    assert (found.value, found.problem) == (number, "")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_count_or_says_why_not(text):
    found = read_count(text)
    assert found.problem or found.value >= 0


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 999), st.integers(0, 999))
def test_three_figures_behind_a_dot_are_never_one_person(whole, part):
    found = read_count(f"{whole}.{part:03d}")
    assert found.problem in {"ambiguous", "fraction"} or found.value == whole * 1000 + part


@pytest.mark.parametrize("text", ["1.000", "12.000"])
def test_every_command_refuses_what_may_be_a_thousand_times_more(tmp_path, text, capsys):
    tables = {
        "estimate": f"a;b;count\n1;0;{text}\n0;1;40\n1;1;9\n",
        "ranks": f"origin;count\nMexico;{text}\nPeru;40\n",
        "shares": f"form;count\nsexual;{text}\nlabour;40\n",
        "flows": f"from;to;count\nMEX;USA;{text}\n",
    }
    for command, content in tables.items():
        path = tmp_path / f"{command}.csv"
        path.write_text(content)
        with pytest.raises(SystemExit) as ended:
            main([command, str(path), "--json"])
        assert ended.value.code == 3
        error = json.loads(capsys.readouterr().out)["error"]
        assert "three zeros after a dot" in error["message"], command
        assert "in figures alone" in error["fix"], command


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,260", 1260), ("1.260", 1260), ("1 260", 1260), ("1260.0", 1260), ("1'260", 1260)],
)
def test_every_command_reads_a_count_alike(tmp_path, text, value):
    path = tmp_path / "t.csv"
    path.write_text(f"a;b;count\n1;0;{text}\n0;1;40\n1;1;9\n")
    assert uc.read_table(path).count("10") == value
    path.write_text(f"origin;count\nMexico;{text}\nPeru;40\n")
    assert read_rank_table(path).low.tolist() == [value, 40]
    path.write_text(f"form;count\nsexual;{text}\nlabour;40\n")
    assert read_share_table(path).lower.tolist() == [value, 40]
    path.write_text(f"from;to;count\nMEX;USA;{text}\n")
    assert read_journeys(path).journeys[0].people == value


# totals -------------------------------------------------------------------------------------------

TOTALS = (
    "Total", "TOTAL", "Grand Total", "Grand total:", "Sub-total", "Subtotal Asia", "All", "All victims", "Sum", "Total general", "합계", "총 합계", "총계", "소계", "전체", "Gesamt", "Insgesamt", "Summe",
    "Totaal", "Ensemble", "Todos", "Totale", "Somma", "Razem", "Всего", "Итого", "Усього", "合计", "總計", "合計", "รวม", "รวมทั้งหมด", "Tổng", "Tổng cộng", "कुल", "जम्मा", "Jumlah", "Kabuuan", "Toplam", "Total 2024",
)  # fmt: skip


@pytest.mark.parametrize("word", TOTALS)
@pytest.mark.parametrize("first", [True, False])
def test_a_row_that_sums_the_others_is_no_category_and_no_origin(tmp_path, word, first):
    body = ["Mexico,30", "Peru,20", "Togo,10"]
    body.insert(0 if first else 3, f"{word},60")
    path = tmp_path / "t.csv"
    path.write_text("origin,count\n" + "\n".join(body) + "\n")
    ranks, shares = read_rank_table(path), read_share_table(path)
    assert ranks.names == shares.names == ("Mexico", "Peru", "Togo")
    assert any(n.code == "sources.totals" for n in ranks.notes)
    assert not any(n.code == "sources.totals.apart" for n in shares.notes)


def test_a_total_that_is_none_of_the_rows_is_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("form,count\nsexual,30\nlabour,20\nTotal,75\n")
    said = {n.code: n for n in read_share_table(path).notes}
    assert said["sources.totals.apart"].number("total").value == 75


@pytest.mark.parametrize(
    "word",
    [
        "All others",
        "Others",
        "Togo",
        "Sumatra",
        "Allegheny County",
        "Other countries",
        "Somalia",
        "Rest of the world",
        "기타",
        "계룡시",
    ],
)
def test_what_is_no_total_stays(word):
    assert not names_a_total(word)


def test_errors_of_estimates_keep_their_decimals(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("origin,estimate,se\nMexico,12.345,1.250\nPeru,3.250,0.500\n")
    found = read_rank_table(path)
    assert found.low.tolist() == [12.345, 3.25] and found.errors.tolist() == [1.25, 0.5]


def test_a_leg_needs_the_year_of_its_date_only(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "from,to,date\nMexico / México,USA,03/04/2021\nMX - Mexico,USA,4 March 2020\n멕시코,USA,2019-05\nTotal,,\n"
    )
    found = read_journeys(path)
    assert sorted(j.year for j in found.journeys) == [2019, 2020, 2021]
    assert {j.places for j in found.journeys} == {("MEX", "USA")}


def test_a_percentage_is_no_count(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("form,count\nsexual,56%\nlabour,44%\n")
    with pytest.raises(InputError, match="percentage"):
        read_share_table(path)
