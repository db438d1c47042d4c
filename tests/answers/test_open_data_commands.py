"""`ranks`, `shares` and `claims` on the command line: the contract, filters, pages, bad input."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from uncounted.charts.export import to_svg
from uncounted.charts.rank_intervals import rank_intervals
from uncounted.charts.shares import shares_chart
from uncounted.cli import main
from uncounted.sources import unodc


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out, out.err


def run_json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status, out, _ = run(capsys, *words, "--json")
    assert out.count("\n") == 1  # one object, nothing else, on standard output
    return status, json.loads(out)


@pytest.fixture(autouse=True, scope="module")
def one_reading() -> Iterator[None]:
    """Read the bundled table once for all tests here: the reader has tests of its own."""
    table = unodc.read_unodc()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unodc, "read_unodc", lambda: table)
        yield


@pytest.fixture
def origins(tmp_path: Path) -> Path:
    path = tmp_path / "origins.csv"
    path.write_text("origin,count\nKorea,12\nMexico,66\nThailand,56\nPhilippines,46\nChina,8\n")
    return path


# ---------------------------------------------------------------- ranks


@pytest.mark.parametrize("method", ["exact", "stepdown", "joint"])
@pytest.mark.parametrize("sets", ["--simultaneous", "--marginal"])
def test_ranks_of_a_file(
    capsys: pytest.CaptureFixture[str], origins: Path, method: str, sets: str
) -> None:
    status, out = run_json(capsys, "ranks", str(origins), "--method", method, sets)
    assert status == 0 and out["ok"] is True
    assert [r["origin"] for r in out["ranks"]] == [
        "Korea",
        "Mexico",
        "Thailand",
        "Philippines",
        "China",
    ]
    assert [(r["count"], r["lower"], r["upper"]) for r in out["ranks"]] == [
        (12, 4, 5), (66, 1, 3), (56, 1, 3), (46, 1, 3), (8, 4, 5),
    ]  # fmt: skip
    assert out["method"] == method and out["level"] == 0.95
    if sets == "--marginal" and method != "joint":
        assert out["tiers"] == [] and out["ranks"][0]["tier"] is None


def test_ranks_of_the_bundled_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run_json(capsys, "ranks", "--destination", "usa", "--year", "2014", "--top", "10")
    assert status == 0
    assert [r["count"] for r in out["ranks"]] == [538, 317, 146, 116, 93, 79, 54, 37, 36, 31]
    assert [r["lower"] for r in out["ranks"]] == [1, 2, 3, 3, 4, 4, 6, 7, 7, 7]
    assert [r["upper"] for r in out["ranks"]] == [1, 2, 4, 6, 6, 7, 10, 10, 10, 10]
    assert any("75 smaller origins are left out" in c for c in out["caveats"])
    status, text, err = run(capsys, "ranks", "--destination", "USA", "--year", "2008")
    assert "between 4th and 5th" in text and "rows in =" in err


def test_ranks_writes_csv_page_and_picture(
    capsys: pytest.CaptureFixture[str], origins: Path, tmp_path: Path
) -> None:
    page, picture = tmp_path / "r.html", tmp_path / "r.svg"
    status, out, _ = run(
        capsys, "ranks", str(origins), "--csv", "-", "--html", str(page), "--picture", str(picture)
    )
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0 and rows[0]["origin"] == "Korea" and rows[0]["lower"] == "4"
    assert "between 1st and 3rd" in page.read_text() and "<script" not in page.read_text()
    assert picture.read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["ranks", "nothing.csv"], 3, "bad-input"),
        (["ranks", "--destination", "USA", "--form", "sexual"], 3, "bad-input"),
        (["ranks", "--destination", "Atlantis"], 3, "bad-input"),
        (["ranks", "--destination", "USA", "--year", "1999"], 3, "bad-input"),
        (["ranks", "--method", "best"], 2, "usage"),
        (["ranks", "--level", "95", "--destination", "USA", "--year", "2008"], 3, "bad-input"),
        (["shares"], 2, "usage"),
        (["shares", "--destination", "USA", "--year", "2008"], 3, "bad-input"),
        (["shares", "--destination", "USA", "--form", "magic"], 3, "bad-input"),
        (["shares", "--destination", "USA", "--by", "origin", "--form", "sexual"], 2, "usage"),
        (["claims", "nothing.toml"], 3, "bad-ledger"),
        (["claims", "--id", "nobody-said-this"], 3, "bad-input"),
        (["claims", "--level", "2"], 3, "bad-input"),
    ],
)
def test_bad_input_is_an_error_with_a_fix(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, code: str
) -> None:
    got, out = run_json(capsys, *words)
    assert (got, out["ok"], out["error"]["code"]) == (status, False, code)
    assert out["error"]["message"] and out["error"]["fix"]


def test_filters_with_a_file_are_a_usage_error(
    capsys: pytest.CaptureFixture[str], origins: Path
) -> None:
    for command in ("ranks", "shares"):
        assert run_json(capsys, command, str(origins), "--year", "2008")[0] == 2


# ---------------------------------------------------------------- shares


def test_shares_of_the_bundled_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run_json(
        capsys, "shares", "--destination", "USA", "--form", "sexual",
        "--year", "2009", "--year", "2010", "--year", "2013", "--year", "2022",
    )  # fmt: skip
    assert status == 0 and [s["year"] for s in out["shares"]] == [2009, 2010, 2013, 2022]
    assert [s["share"] for s in out["shares"]] == [81 / 438, 81 / 541, 1281 / 2285, None]
    last = out["shares"][-1]
    assert (round(last["share_lower"], 2), round(last["share_upper"], 2)) == (0.62, 0.75)
    assert any("3 rows" in c for c in out["caveats"])
    moved = {(m["first_year"], m["second_year"]): m for m in out["shifts"]}
    assert not moved[2009, 2010]["beyond_chance"]
    assert "source may have moved it" in moved[2010, 2013]["words"]


def test_shares_by_origin_page_and_csv(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "s.html"
    status, out, _ = run(
        capsys, "shares", "--destination", "USA", "--year", "2022", "--by", "origin",
        "--csv", "-", "--html", str(page),
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0 and rows[-1]["name"] == "not listed" and rows[-1]["count_lower"] == "3878"
    assert "Not listed" in page.read_text()


def test_shares_of_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("sector,yes,answered\nA,30,90\nB,80,100\n")
    status, out = run_json(capsys, "shares", str(path))
    assert status == 0 and out["adds_up"] is False and out["shares"][1]["share"] == 0.8


# ---------------------------------------------------------------- claims


def test_claims(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "c.html"
    status, out = run_json(capsys, "claims", "--html", str(page))
    assert status == 0 and sum(out["tally"].values()) == len(out["claims"]) > 20
    for c in out["claims"]:
        assert {"id", "verdict", "why", "figure", "interval", "source"} <= set(c)
    text = page.read_text()
    assert "two tiers, not an order" in text and "<svg" in text and "<script" not in text


def test_claims_filters_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "claims", "--form", "sexual", "--destination", "USA", "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0 and [r["id"] for r in rows] == ["article-sex-share"]
    status, found = run_json(capsys, "claims", "--origin", "KOR", "--year", "2008")
    assert {c["id"] for c in found["claims"]} == {"article-korea-third", "article-korean-women"}


def test_a_formula_in_a_ledger_is_no_formula_in_the_csv(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "l.toml"
    path.write_text(
        '[[claim]]\nid = "c"\nsays = "=HYPERLINK(1)"\nby = "[red]B[/red]"\ndate = 2008\nwhere = "W"\n[claim.counts]\n'
        'people = "trafficked"\nbasis = "detected"\nmeasure = "flow"\narea = "USA"\n'
    )
    _, out, _ = run(capsys, "claims", str(path), "--csv", "-")
    assert "'=HYPERLINK(1)" in out
    _, out, _ = run(capsys, "claims", str(path))
    assert "[red]B[/red]" in out  # words of a ledger are never taken as markup


# ---------------------------------------------------------------- pictures, imports


def test_pictures_hold_every_row_and_escape() -> None:
    rank = {
        "origin": "<b>A",
        "count": 3,
        "count_lower": 3,
        "count_upper": 3,
        "lower": 1,
        "upper": 2,
        "tier": 1,
    }
    other = {**rank, "origin": "B", "count": None, "count_lower": None, "count_upper": None}
    svg = to_svg(rank_intervals([rank, other], title="T"))
    assert "&lt;b&gt;A (3)" in svg and "tier 1" in svg and "<b>" not in svg
    share = {
        "name": "A",
        "year": None,
        "share": None,
        "share_lower": 0.2,
        "share_upper": 0.4,
        "interval": {"lower": 0.1, "upper": 0.5},
    }
    svg = to_svg(shares_chart([share, {**share, "share": 0.3}], title="T"))
    assert "20% to 40%" in svg and "30%" in svg
    # The same picture twice is the same text.
    assert svg == to_svg(shares_chart([share, {**share, "share": 0.3}], title="T"))


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "import uncounted.cli.ranks, uncounted.cli.shares, uncounted.cli.claims\n"
        "bad = {'numpy', 'scipy', 'altair', 'numba', 'pydantic', 'pycountry', 'babel', 'jinja2'} & set(sys.modules)\n"
        "raise SystemExit(', '.join(sorted(bad)) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
