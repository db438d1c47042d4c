"""One reader and one table of countries: every command reads the same file alike.

The same labels are written as a table for each command, in every encoding, dialect and kind of
file, and as standard input; what is compared is which countries and labels each command read.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from uncounted.answers.overlap_table import TableRequest, read
from uncounted.cli import main
from uncounted.ranks.reading import read_rank_table
from uncounted.records.reading import ListSpec, read_list
from uncounted.routes.report import open_routes
from uncounted.shares.reading import read_share_table

WEST = {
    "Burmese": "MMR", "Filipina": "PHL", "Türkiye": "TUR", "México": "MEX", "Perú": "PER",
    "España": "ESP", "Côte d'Ivoire": "CIV",
}  # fmt: skip
EAST = {
    "Burmese": "MMR", "Filipina": "PHL", "한국": "KOR", "베트남": "VNM", "네팔": "NPL", "태국": "THA",
    "튀르키예": "TUR",
}  # fmt: skip
RUSSIAN = {
    "Burmese": "MMR",
    "Filipina": "PHL",
    "Украина": "UKR",
    "россиянка": "RUS",
    "Молдова": "MDA",
}
ALL = WEST | EAST | RUSSIAN

Rows = Sequence[Sequence[Any]]


def delimited(rows: Rows, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def text(encoding: str, delimiter: str = ",") -> Callable[[Path, Rows], Path]:
    def write(folder: Path, rows: Rows) -> Path:
        (folder / "t.csv").write_bytes(delimited(rows, delimiter).encode(encoding))
        return folder / "t.csv"

    return write


def excel(folder: Path, rows: Rows) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def json_objects(folder: Path, rows: Rows) -> Path:
    objects = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    (folder / "t.json").write_text(json.dumps(objects, ensure_ascii=False), encoding="utf-8")
    return folder / "t.json"


def json_columns(folder: Path, rows: Rows) -> Path:
    whole = {"columns": list(rows[0]), "rows": [list(r) for r in rows[1:]]}
    (folder / "t.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder / "t.json"


def parquet(folder: Path, rows: Rows) -> Path:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    columns = list(zip(*rows[1:], strict=True))
    pq.write_table(
        pa.table(dict(zip(rows[0], map(list, columns), strict=True))), folder / "t.parquet"
    )
    return folder / "t.parquet"


FORMS: dict[str, tuple[Callable[[Path, Rows], Path], dict[str, str]]] = {
    "UTF-8": (text("utf-8"), ALL),
    "UTF-8 with its mark, tabs": (text("utf-8-sig", "\t"), ALL),
    "UTF-16": (text("utf-16", ";"), ALL),
    "UTF-16 without its mark": (text("utf-16-le"), ALL),
    "cp1252": (text("cp1252"), WEST),
    "cp1252, semicolons": (text("cp1252", ";"), WEST),
    "cp949": (text("cp949"), EAST),
    "cp1251, bars": (text("cp1251", "|"), RUSSIAN),
    "Excel": (excel, ALL),
    "JSON, objects": (json_objects, ALL),
    "JSON, columns and rows": (json_columns, ALL),
    "Parquet": (parquet, ALL),
}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    with pytest.raises(SystemExit) as stop:
        main([*words, "--json"])
    out = capsys.readouterr()
    assert not stop.value.code, out.out + out.err
    found: dict[str, Any] = json.loads(out.out)
    return found


def in_check(path: Path, labels: dict[str, str]) -> dict[str, str]:
    """Countries as `check` reads them on a member's list."""
    read = read_list(ListSpec("a", path, "none"), as_of="2026-11-01", recipients=[])
    assert read.report.quarantined == 0
    written = [label for label in labels for _ in range(4)]
    return dict(zip(written, map(str, read.records.citizenship), strict=True))


def in_legs(capsys: pytest.CaptureFixture[str], path: str) -> tuple[set[str], set[str]]:
    """Origins as `flows` answers them, and as `routes` reads them before it fits its model."""
    flows = run(capsys, "flows", path, "--no-gravity")
    routes = open_routes(path)
    assert flows["rows"]["quarantined"] == routes.rows_in - routes.rows_used == 0
    return {r["origin"] for r in flows["flows"]}, {r.places[0] for r in routes.routes.routes}


@pytest.mark.parametrize("form", FORMS)
def test_every_command_reads_the_same(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write, labels = FORMS[form]
    countries = set(labels.values())

    people = [
        (i, f"Ana{i}", "Diaz", "F", label)
        for i, label in enumerate(label for label in labels for _ in range(4))
    ]
    head = ("case id", "first name", "last name", "sex", "nationality")
    assert in_check(write(tmp_path, [head, *people]), labels) == labels

    legs = [("from", "to", "year", "count"), *((x, "Germany", 2020, 30) for x in labels)]
    origins, starts = in_legs(capsys, str(write(tmp_path, legs)))
    assert origins == starts == countries

    once = {iso3: label for label, iso3 in labels.items()}
    counts = [("origin", "count"), *((x, 10 + i) for i, x in enumerate(once.values()))]
    path = write(tmp_path, counts)
    assert dict(zip(read_rank_table(path).names, read_rank_table(path).countries, strict=True)) == {
        label: iso3 for iso3, label in once.items()
    }
    assert set(read_share_table(path).countries) == countries
    ranked = run(capsys, "ranks", str(path))["ranks"]
    shared = run(capsys, "shares", str(path))["shares"]
    assert {r["origin"] for r in ranked} == {s["form"] for s in shared} == set(once.values())

    cells = [("shelter", "police", "stratum", "count")]
    for label in labels:
        cells += [(1, 0, label, 30), (0, 1, label, 20), (1, 1, label, 10)]
    found = run(capsys, "estimate", str(write(tmp_path, cells)), "--method", "main", "--bootstrap", "0")  # fmt: skip
    assert (found["table"]["strata"], found["table"]["observed"]) == (
        list(labels),
        60 * len(labels),
    )


@pytest.mark.extended
@pytest.mark.parametrize("form", ["cp1252", "UTF-16", "Excel", "JSON, objects"])
def test_standard_input_is_read_as_the_file_is(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write, labels = FORMS[form]
    legs = [("from", "to", "year", "count"), *((x, "Germany", 2020, 30) for x in labels)]
    counts = [("origin", "count"), *((x, 10 + i) for i, x in enumerate(WEST))]
    cells = [("a", "b", "stratum", "count")]
    for label in labels:
        cells += [(1, 0, label, 30), (0, 1, label, 20), (1, 1, label, 10)]
    asked = [
        (("flows", "{}", "--no-gravity"), legs),
        (("ranks", "{}"), counts),
        (("shares", "{}"), counts),
        (("estimate", "{}", "--method", "main", "--bootstrap", "0"), cells),
    ]
    for words, rows in asked:
        # a table is called as its file, and a draw's seed hangs on the table's name
        path = write(tmp_path, rows)
        path = path.rename(path.with_stem("standard input"))
        answers = []
        for name in (str(path), "-"):
            stream = io.TextIOWrapper(io.BytesIO(path.read_bytes()))
            monkeypatch.setattr(sys, "stdin", stream)
            with pytest.raises(SystemExit) as stop:
                main([w.replace("{}", name) for w in words] + ["--json"])
            out = capsys.readouterr().out
            answers.append((stop.value.code, out.replace(path.name, "standard input")))
        assert answers[0] == answers[1]
        assert answers[0][0] in {0, 4}, answers
    # `routes`, and `assess` and `simulate`, which take minutes, read by these
    path = write(tmp_path, legs)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert open_routes("-").routes.routes == open_routes(path).routes.routes
    path = write(tmp_path, cells)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    piped, table = read(TableRequest("-")).table, read(TableRequest(str(path))).table
    assert piped.strata == table.strata == tuple(labels)
    assert piped.cells.tolist() == table.cells.tolist()


def test_a_ledger_is_read_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"title = ")))
    with pytest.raises(SystemExit) as stop:
        main(["claims", "-"])
    assert stop.value.code == 3 and "standard input is not TOML" in capsys.readouterr().err


def test_one_country_under_two_names_is_one_origin(tmp_path: Path) -> None:
    from uncounted.errors import InputError

    path = text("utf-8")(tmp_path, [("origin", "count"), ("Turkey", 3), ("Türkiye", 4)])
    with pytest.raises(InputError, match=r"row 3.*stood in a row above"):
        read_rank_table(path)
    # under another heading they are names like any other
    path = text("utf-8")(tmp_path, [("name", "count"), ("Turkey", 3), ("Türkiye", 4)])
    assert read_rank_table(path).names == ("Turkey", "Türkiye")
