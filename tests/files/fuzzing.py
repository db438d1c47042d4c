"""Files made to break readers, each from a seed, and what a reader may do with them."""

from __future__ import annotations

import csv
import io
import json
import random
import string
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from uncounted.errors import UncountedError

SLOWEST = 20
"""Seconds after which an input has hung."""


class Hang(BaseException):
    """An input took too long."""


_LIST = """case id,first name,last name,dob,sex,nationality,intake date,consent to share,type of exploitation,sector,country of transit
1,Ana,Ruiz,1990-03-12,F,MEX,2025-01-02,yes,labor,farm,GTM
2,Eva,Soto,04/15/1991,female,Honduras,3/4/25,no,sex; labor,A,
3,김민지,,1992.05.16,여,한국,2025년 3월 4일,yes,성착취,,
4,Lia,de la Paz,,F,,,,,,
"""
_TABLE = "shelter,police,clinic,count\n1,0,0,60\n0,1,0,80\n0,0,1,40\n1,1,0,9\n0,1,1,7\n1,0,1,5\n1,1,1,2\n"
_STRATA = "shelter,police,stratum,count\n1,0,women,60\n0,1,women,80\n1,1,women,4\n1,0,men,6\n0,1,men,8\n1,1,men,2\n"
_RANKS = "origin,count,se,lower,upper\nMexico,1250,30,1190,1310\nThailand,946,25,900,990\nKorea,12,4,5,20\n"
_SHARES = 'form,count,answered\nsexual,"1,250",2000\nlabour,946,2000\nother,<5,2000\n'
_LEGS = "case,leg,from,to,year,form,count\n1,1,MEX,GTM,2020,labour,1\n1,2,GTM,USA,2021,labour,1\n,,HND,USA,03/04/2021,,7\n"
_PROJECT = '[project]\nname = "p"\n\n[estimate]\nseed = 1\n\n[[lists]]\nname = "a"\nfile = "lists/a.csv"\nsheet = ["2024"]\n[lists.columns]\ngiven = "first name"\n[lists.values]\ngender = { "1" = "male" }\n'
_CLAIMS = "claims: []\n"
_NUMBERS = (
    "0", "-1", "1", "2", "1.000", "1,260", "1e3", "1e400", "-0", "+5", "NaN", "inf", "9" * 30, "9" * 400, "9" * 5000, "1" + "0" * 25, "0x10", "٣", "²", "½", "1_000", "<5", "†", "*", "3-7",
    "56%", "1.5", ".5", "5.", "1,2,3", "1.2.3", "1 260", "1'260", "١٢٣", "1e-5", "1/2", "--", "∞", "1e308", "00007", "2**53", "9007199254740993",
)  # fmt: skip
_TEXTS = (
    "", " ", "NA", "null", "?", "#REF!", "=1+1", "@SUM(A1)", '="00123"', "'00123", "Total", "합계", "EXAMPLE", "#date+birth", '{"ImportId":"QID1"}', "XX/XX/1990", "12031990", "31/02/1990", "H4.5.16", "平成元年",
    "1990-1992", "99/99/9999", "0000-00-00", "9999-12-31", "yes/no", "Yes / Sí", "1 - No", "F - ", "()", "((((", "[" * 60, "\ufeff", "\u202e", "\u0000", "\x1a", "\ud7ff", "A" * 1500, "a/b/c/d/e", "::", "__", "....", "'",
    '"', "\\", "%s", "{0}", "\u0e3f\u0e34", "ก็", "क्षि", "👩‍👩‍👧", "ß", "İ", "NUL", "../../etc", "1/1/1", "1.1.1.1", "Mar", "13 Mar", "Mar Mar 1990", "明治", "民國", "令和99年99月99日", "ngay 1 thang 1 nam 1",
)  # fmt: skip
_BYTES = (b"\x00", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x1a", b"\x80", b"\xa4\xa4", b"\r", b"\n", b"\r\n", b'"', b'""', b",", b";", b"\t", b"|", b"\x0b", b"\x85", b"\xe2\x80\xa8", b"\xed\xa0\x80")  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp949", "gb18030", "cp932", "cp874", "mac-roman", "cp850", "utf-32")  # fmt: skip

SEEDS = {
    "list": _LIST,
    "table": _TABLE,
    "strata": _STRATA,
    "ranks": _RANKS,
    "shares": _SHARES,
    "flows": _LEGS,
    "project": _PROJECT,
}
READERS = (*SEEDS, "cases", "check")


def _cell(random: random.Random, cell: str) -> str:
    kind = random.randrange(6)
    if kind == 0:
        return random.choice(_NUMBERS)
    if kind == 1:
        return random.choice(_TEXTS)
    if kind == 2:
        return cell + random.choice(_TEXTS)[:200]
    if kind == 3 and cell:
        place = random.randrange(len(cell))
        return cell[:place] + chr(random.choice((random.randrange(32, 127), random.randrange(0xA0, 0x3000), random.randrange(0xAC00, 0xD7A0)))) + cell[place + 1 :]  # fmt: skip
    if kind == 4:
        return "".join(random.choices(string.printable, k=random.randrange(30)))
    return cell * random.randrange(4)


def _mutated(random: random.Random, text: str) -> list[list[str]]:
    rows = list(csv.reader(text.splitlines()))
    for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3, 5))):
        kind = random.randrange(10)
        row = random.randrange(len(rows))
        if kind <= 4 and rows[row]:
            place = random.randrange(len(rows[row]))
            rows[row][place] = _cell(random, rows[row][place])
        elif kind == 5:
            rows.insert(row, [random.choice(_TEXTS) for _ in range(random.randrange(9))])
        elif kind == 6:
            rows[row] = rows[row][: random.randrange(len(rows[row]) + 1)]
        elif kind == 7:
            rows.append(list(rows[row]))
        elif kind == 8 and len(rows) > 1:
            del rows[row]
        else:
            place = random.randrange(8)
            for cells in rows:
                cells.insert(place, random.choice((*_NUMBERS[:12], *_TEXTS[:12])))
    return rows


def _text(random: random.Random, rows: list[list[str]]) -> bytes:
    mark = random.choice((",", ",", ",", ";", "\t", "|"))
    quote = random.random() < 0.7
    lines = [
        mark.join(f'"{c.replace(chr(34), chr(34) * 2)}"' if quote and (mark in c or '"' in c) else c for c in row)
        for row in rows
    ]  # fmt: skip
    data = (
        random.choice(("\n", "\n", "\r\n", "\r"))
        .join(lines)
        .encode(random.choice(_ENCODINGS) if random.random() < 0.3 else "utf-8", "replace")
    )
    if random.random() < 0.25:
        for _ in range(random.randrange(1, 4)):
            place = random.randrange(len(data) + 1)
            data = (
                data[:place] + random.choice(_BYTES) * random.choice((1, 1, 2, 50)) + data[place:]
            )
    if random.random() < 0.05:
        data = data[: random.randrange(len(data) + 1)]
    return data


@cache
def _book(text: str) -> tuple[tuple[str, bytes], ...]:
    """Parts of a workbook of a table, in two sheets, with cells merged down."""
    import openpyxl

    book = openpyxl.Workbook()
    for title in ("2024", "2025"):
        sheet = book.active if title == "2024" else book.create_sheet(title)
        sheet.title = title
        for line in text.splitlines():
            sheet.append([int(c) if c.isdecimal() else c for c in line.split(",")])
        sheet.merge_cells("B2:B3")
        sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as whole:
        return tuple((n, whole.read(n)) for n in whole.namelist())


def _workbook(random: random.Random, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in _book(text):
            if random.random() < 0.2:
                kind = random.randrange(5)
                place = random.randrange(len(data) + 1)
                if kind == 0:
                    data = data[:place]
                elif kind == 1:
                    data = data[:place] + random.choice(_BYTES) + data[place:]
                elif kind == 2:
                    data = data.replace(b'r="', f'r="{random.choice(_NUMBERS)[:40]}'.encode(), 1)
                elif kind == 3:
                    data = data.replace(b"<v>", f"<v>{random.choice(_NUMBERS)[:60]}".encode(), 2)
                else:
                    data = data.replace(b'ref="B2:B3"', random.choice((b'ref="B2:B9999999"', b'ref="ZZZ1:A0"', b'ref="B3:B2"', b'ref=""', b'ref="A1:XFD1048576"')))  # fmt: skip
            if random.random() < 0.03:
                continue
            made.writestr(
                random.choice((name, name, name, name.replace("/", "\\"), name.upper())), data
            )
    data = out.getvalue()
    if random.random() < 0.1:
        place = random.randrange(len(data))
        data = data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]
    return data


def _json(random: random.Random, rows: list[list[str]]) -> bytes:
    kind = random.randrange(6)
    if kind == 0:
        return (random.choice("[{") * random.choice((5, 200, 20_000))).encode()
    if kind == 1:
        whole: object = {"lists": rows[0], "counts": {random.choice(_TEXTS)[:50]: random.choice((1, "9" * 5000, None, [], {}))}}  # fmt: skip
    elif kind == 2:
        whole = {"columns": rows[0], "rows": rows[1:]}
    else:
        whole = [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
    text = json.dumps(whole, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.4:
        place = random.randrange(len(text))
        text = text[:place] + random.choice(("9" * 6000, "1e999", "NaN", "[", "}", '"', "null", "\\ud800")) + text[place:]  # fmt: skip
    return text.encode("utf-8", "replace")


def _toml(random: random.Random, text: str) -> bytes:
    lines = text.splitlines()
    for _ in range(random.randrange(1, 4)):
        place = random.randrange(len(lines))
        kind = random.randrange(7)
        if kind == 0:
            lines[place] = lines[place].partition("=")[0] + "= " + random.choice(("[" * 20_000, "9" * 6000, "-1", "1e400", '"' + "x" * 5000 + '"', "[[]]", "{}", "{ a = 1 }", "true", "1979-05-27", "''"))  # fmt: skip
        elif kind == 1:
            lines.insert(place, random.choice(_TEXTS)[:300])
        elif kind == 2:
            lines.append(lines[place])
        elif kind == 3:
            del lines[place]
            lines = lines or [""]
        else:
            lines[place] = _cell(random, lines[place])
    return "\n".join(lines).encode("utf-8", "replace")


def make(random: random.Random, folder: Path) -> tuple[Path, str]:
    """Make one input; say which reader it is for."""
    reader = random.choice((*SEEDS, "list", "list", "table", "cases", "check"))
    seed = SEEDS.get(reader, _TABLE if reader == "cases" else _LIST)
    if reader == "project":
        path = folder / "uncounted.toml"
        path.write_bytes(_toml(random, seed))
        return path, reader
    rows = _mutated(random, seed)
    kind = random.random()
    if reader == "check" or kind < 0.7:
        ending = random.choice((".csv", ".csv", ".csv", ".txt", ".tsv", ".xlsx", ".json"))
        path, data = folder / f"input{ending if reader != 'check' else '.csv'}", _text(random, rows)
    elif kind < 0.85:
        path, data = folder / "input.xlsx", _workbook(random, seed)
    else:
        path, data = folder / "input.json", _json(random, rows)
    path.write_bytes(data)
    return path, reader


def _list(path: Path) -> None:
    from uncounted.records.reading import ListSpec, read_list

    spec = ListSpec("list", path, "none")
    read_list(spec, as_of="2026-11-01", recipients=["us"])


def _check(path: Path) -> None:
    from uncounted.project.checking import check_project
    from uncounted.project.settings import load_project

    settings = (
        f'[project]\nname = "p"\n[[lists]]\nname = "a"\nfile = "{path.name}"\nregime = "none"\n'
    )
    (path.parent / "uncounted.toml").write_text(settings)
    json.dumps(check_project(load_project(path.parent)).to_dict())


def _table(path: Path) -> None:
    import uncounted as uc

    uc.read_table(path)


def _cases(path: Path) -> None:
    from uncounted.files.case_tables import read_cases

    read_cases(path, lists=["shelter", "police"])


def _ranks(path: Path) -> None:
    from uncounted.ranks.reading import rank_table, read_rank_table

    table = read_rank_table(path)
    if len(table.names) < 40:
        rank_table(table, method="joint")


def _shares(path: Path) -> None:
    from uncounted.shares.reading import read_share_table, share_table

    share_table(read_share_table(path))


def _flows(path: Path) -> None:
    from uncounted.sources.detect import recognise
    from uncounted.sources.legs import read_journeys

    recognise(path)
    journeys = read_journeys(path)
    journeys.to_flows()
    journeys.to_routes()


def _project(path: Path) -> None:
    from uncounted.project.settings import load_project

    load_project(path.parent).specs()


_READ: dict[str, Callable[[Path], None]] = {
    "list": _list, "check": _check, "table": _table, "strata": _table, "cases": _cases, "ranks": _ranks, "shares": _shares,
    "flows": _flows, "project": _project,
}  # fmt: skip


def attempt(reader: str, path: Path) -> str:
    """Read one input: ``"read"``, or ``"refused"`` with an error of ours that says what to do."""
    try:
        _READ[reader](path)
    except UncountedError as error:
        assert str(error.message).strip(), "an error without a message"
        assert str(error.fix).strip(), f"an error without a fix: {error.message}"
        return "refused"
    return "read"
