"""A catalogue of files as they reach a data lead: messy, broken, hostile. Small and made up.

Each case says what a person should see: the rows used and quarantined, or a refusal that names the
fault. `SECRETS` stand in the cells and must appear nowhere in what a command prints.
"""

from __future__ import annotations

import datetime as dt
import gzip
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECRETS = ("Zyxquor", "Wobbly", "ZYXQUOR", "김지민", "王小明", "José Ñandú", "สมชาย", "Иванова")
HEAD = "case id,first name,last name,dob,sex,nationality"
NAMES = HEAD.split(",")
BELL, ESCAPE = "Zyx\x07quor", "Zyx\x1b[2Jquor"


def row(i: int, given: str = "Zyxquor", born: str = "", mark: str = ",") -> str:
    return mark.join([str(i), given, f"Wobbly{i}", born or f"1990-02-{i % 27 + 1:02d}", "F", "MX"])


def body(n: int = 3, head: str = HEAD) -> str:
    return "\n".join([head, *(row(i + 1) for i in range(n))]) + "\n"


@dataclass(frozen=True)
class Case:
    """One file and what should become of it.

    ``used`` is ``None`` where the file is refused; ``says`` are words of the message or report.
    """

    build: Callable[[Path], Path]
    used: int | None
    quarantined: int = 0
    says: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    rows: tuple[int, ...] | None = None


CASES: dict[str, Case] = {}


def text(
    name: str,
    content: str | bytes,
    used: int | None,
    quarantined: int = 0,
    *says: str,
    file: str = "list.csv",
    rows: tuple[int, ...] | None = None,
    **settings: Any,
) -> None:
    def build(folder: Path) -> Path:
        path = folder / file
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    CASES[name] = Case(build, used, quarantined, says, settings, rows)


def made(
    name: str,
    build: Callable[[Path], Path],
    used: int | None,
    quarantined: int = 0,
    *says: str,
    rows: tuple[int, ...] | None = None,
    **settings: Any,
) -> None:
    CASES[name] = Case(build, used, quarantined, says, settings, rows)


# text: columns and rows -------------------------------------------------------------------------

text("plain", body(), 3)
text("missing column", body(), None, 0, "the column for 'given'", columns={"given": "forename"})
text("semicolons", body().replace(",", ";"), 3)
text("tabs", body().replace(",", "\t"), 3, file="list.tsv")
text("bars", body().replace(",", "|"), 3)
text("sep line", "sep=;\n" + body().replace(",", ";"), 3)
text(
    "a title with commas over semicolons",
    "Clients, cases, all sites, 2025, draft, v2\n\n" + body().replace(",", ";"),
    3,
)
text("quoted newlines", f'{HEAD}\n1,"Zyxquor\nAna",Wobbly,1990,F,MX\n2,"Zyxquor,Wobbly\n', 1, 1, rows=(3,))  # fmt: skip
text(
    "two quotes left open",
    f'{HEAD}\n1,Zyxquor,"Wobbly,1990,F,MX\n2,Zyxquor,"Wobbly,1990,F,MX\n{row(3)}\n',
    1,
    2,
    "quotation mark",
    rows=(2, 3),
)
text("quoted words with more behind", f'{HEAD}\n1,"Zyxquor" Ana,Wobbly,1990,F,MX\n{row(2)}\n', 2)
text("ragged rows", f"{HEAD}\n1,Zyxquor\n{row(2)},,,\n{row(3)},x\n", 1, 2, rows=(2, 4))
text("a name twice in the header", body(head=HEAD.replace("last", "first")), 3, 0, "more than once")
text("blank header cells", body(head="case id,first name,,dob,,"), 3)
text("header in row 3 under a title", "Cases 2025\nconfidential\n" + body(), 3, 0, "title row")
text("group names over the header", "Client,,,Dates,,\n" + body(), 3)
text("a totals row", body() + "Total,,,,,3\n", 3, 1, "total", rows=(5,))
text("a footnote", body() + "\nPrepared by Zyxquor on 3 May,,,,,\n", 3, 1, "footnote", rows=(6,))
text("empty rows and columns at the end", body(head=HEAD + ",,,").replace("MX", "MX,,,") + ",,,,,,,,\n" * 40, 3)  # fmt: skip
text("a NUL in a row", body().replace("Wobbly2", "Wob\0bly"), 2, 1, "control", rows=(3,))
text("lone carriage returns", body().replace("\n", "\r"), 3)
text("line ends of three kinds", f"{HEAD}\r\n{row(1)}\r{row(2)}\n{row(3)}\r\n", 3)
text("a return inside quotation marks", f'{HEAD}\r\n1,"Zyx\rquor",Wobbly,1990,F,MX\r\n', 1)
text(
    "cells that would run",
    f"{HEAD}\n1,=cmd|' /C calc'!A0,Wobbly,1990,F,MX\n2,@SUM(1+1),Wobbly,1990,F,MX\n"
    f'3,"+cmd|\' /C calc\'!A0",Wobbly,1990,F,MX\n4,"-HYPERLINK(""x"")",Wobbly,1990,F,MX\n{row(5)}\n',
    1,
    4,
    "formula",
)
text("spreadsheet errors as text", f"{HEAD}\n1,#REF!,Wobbly,1990,F,MX\n{row(2)}\n3,#NAME?,Wobbly,1990,F,MX\n4,Zyxquor,Wobbly,#N/A,F,MX\n", 2, 2, "formula")  # fmt: skip
text("a name of 10,000 characters", body() + row(4, "Zyxquor" * 1500) + "\n", 3, 1, "200 characters")  # fmt: skip
text("a cell of half a million characters", body() + row(4, "Zyxquor" * 75_000) + "\n", 3, 1, "characters in one cell")  # fmt: skip
text("a line of three million characters", body() + row(4, "Zyxquor" * 430_000) + "\n" + row(5) + "\n", 4, 1, "million characters", rows=(5,))  # fmt: skip
text("10,000 columns", ",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join("1" * 10_000), None, 0, "4,096 columns")  # fmt: skip
text("a row of 10,000 values", body() + ",".join("1" * 10_000) + "\n", 3, 1, "more values")
text("control characters", f"{HEAD}\n{row(1, BELL)}\n{row(2, ESCAPE)}\n{row(3)}\n", 1, 2, "control")  # fmt: skip
text("ids in scientific notation", f"{HEAD}\n1.23457E+11,Zyxquor,Wobbly,1990,F,MX\n1.23457E+11,Zyxquor,Wobblier,1991,F,MX\n", 2, 0, "scientific notation")  # fmt: skip
text("the same reference twice", f"{HEAD}\n{row(1)}\n{row(1)}\n{row(2)}\n", 3, 0, "same reference")
text("right-to-left marks", HEAD + "\n1,\u200fZyxquor\u200f,Wobbly,\u200e2/\u200e13/\u200e1990,F,\u200eMX\n", 1)  # fmt: skip
text("right-to-left override", f"{HEAD}\n1,\u202eZyxquor,Wobbly,1990,F,MX\n{row(2)}\n", 1, 1, "control")  # fmt: skip
text("zero-width characters", body(head=HEAD.replace("first", "\u200bfirst").replace("dob", "\ufeffdob")).replace("MX", "\u200bMX\u2060"), 3)  # fmt: skip
text("emoji names", f"{HEAD}\n1,Zyxquor 🌸,Wobbly👩‍👧,1990,F,MX\n2,🌸,🌸,1990,F,MX\n", 2)
text("header repeated further down", body() + body(2), 5, 1, "repeats the column names", rows=(5,))
text("no header", body().split("\n", 1)[1], None, 0, "column names")
text("no header, a word among the cells", "1,Zyxquor,Wobbly,1990-01-02,F,MX,Sex\n2,Zyxquor,Wobbly,1991-01-02,F,MX,Work\n" * 4, None, 0, "column names")  # fmt: skip
text("an unknown header, a known word below", "Xylo,Quarz,Wachs\n1,Zyxquor,3.4.1990\nno,Zyxquor,x\n", None, 0, "column names")  # fmt: skip
text("a header and no rows", HEAD + "\n", None, 0, "no rows")
text("empty", b"", None, 0, "empty")
text("blank lines only", b"\n \n,,,\n", None, 0, "empty")
text("markup in column names", body(head=HEAD.replace("first name", "first name [/red]").replace("sex", "sex [bold]")), 3)  # fmt: skip
text("escape codes in column names", body(head=HEAD.replace("first name", "first name \x1b[2J\x07")), 3)  # fmt: skip
text(
    "column names of 10,000 characters",
    body(head=HEAD.replace("first name", "first name" + "x" * 10_000)),
    3,
)

# text: encodings --------------------------------------------------------------------------------

KOREAN = "사건번호,성명,생년월일,성별,국적\n" + "".join(
    f"{i},김지민,1990-02-{i:02d},여,대한민국\n" for i in range(1, 10)
)
CHINESE = "编号,姓名,出生日期,性别,国籍\n" + "".join(
    f"{i},王小明,1990-02-{i:02d},女,中国\n" for i in range(1, 10)
)
SPANISH = "expediente,nombre,apellido,fecha de nacimiento,sexo,nacionalidad\n" + "".join(
    f"{i},José Ñandú,Muñoz Pérez,0{i}/02/1990,mujer,México\n" for i in range(1, 10)
)
THAI = HEAD + "\n" + "".join(row(i, "สมชาย เด่นชัย") + "\n" for i in range(1, 10))
RUSSIAN = HEAD + "\n" + "".join(row(i, "Иванова") + "\n" for i in range(1, 10))

text("mixed encodings", body(1).encode() + row(2, "José Ñandú").encode("cp1252") + b"\n" + row(3, "José Ñandú").encode() + b"\n", 2, 1, "not UTF-8", rows=(3,))  # fmt: skip
text("UTF-16 with its mark", KOREAN.encode("utf-16"), 9)
text("UTF-16 little-endian without", KOREAN.encode("utf-16-le"), 9)
text("UTF-16 big-endian without", body().encode("utf-16-be"), 3)
text("UTF-32", body().encode("utf-32"), 3)
text("UTF-8 with its mark", body().encode("utf-8-sig"), 3)
text("Korean, CP949", KOREAN.encode("cp949"), 9, 0, "cp949")
text("Chinese, GB18030", CHINESE.encode("gb18030"), 9, 0, "gb18030")
text("Spanish, Windows-1252", SPANISH.encode("cp1252"), 9, 0, "cp1252")
text("Spanish, from an old Mac", SPANISH.replace("\n", "\r").encode("mac-roman"), 9, 0, "mac")
text("Thai, CP874", THAI.encode("cp874"), 9, 0, "cp874")
text("Russian, Windows-1251", RUSSIAN.encode("cp1251"), 9, 0, "cp1251")
text(
    "one accent, not UTF-8", (body() + row(4, "Jos\xe9") + "\n").encode("latin-1"), 3, 1, "encoding"
)
text("named encoding", SPANISH.encode("cp1252"), 9, encoding="cp1252")
text("an encoding that is none", body(), None, 0, "encoding", encoding="zlib")
text("an encoding that does not exist", body(), None, 0, "encoding", encoding="klingon")
text("UTF-7", body(), 3, encoding="utf-7")
text("an encoding not the file's", KOREAN.encode("utf-8"), None, 0, encoding="utf-16-le")

# text: dates and ages ---------------------------------------------------------------------------

text("dates in several orders", f"{HEAD}\n{row(1, born='25/12/1990')}\n{row(2, born='12/25/1990')}\n{row(3, born='3/4/1990')}\n{row(4, born='3 April 1990')}\n", 4, 0, "both orders")  # fmt: skip
text("two-digit years", f"{HEAD}\n{row(1, born='3/4/90')}\n{row(2, born='13/4/71')}\n", 2, 0, "two-digit year")  # fmt: skip
text("Buddhist years", f"{HEAD}\n{row(1, born='12/4/2533')}\n{row(2, born='2533')}\n", 2, 0, "Buddhist")  # fmt: skip
text("Nepali years", f"{HEAD}\n{row(1, born='2045-03-15').replace('MX', 'Nepal')}\n{row(2, born='2045-03-15')}\n", 2, 0, "Nepali", "out of range")  # fmt: skip
text(
    "birth dates to come", f"{HEAD}\n{row(1, born='2190-01-01')}\n{row(2)}\n", 2, 0, "out of range"
)
text("ages of every kind", "case id,name,age\n1,Zyxquor A,20s\n2,Zyxquor B,25-30\n3,Zyxquor C,-5\n4,Zyxquor D,200\n5,Zyxquor E,31\n6,Zyxquor F,18--20\n", 6, 0, "a range of ages", "out of range")  # fmt: skip


# other files under these endings ----------------------------------------------------------------


def _book(rows: list[list[Any]], **more: Any) -> Any:
    import openpyxl

    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    for title, others in more.items():
        extra = book.create_sheet(title)
        for cells in others:
            extra.append(cells)
    return book


ROWS: list[list[Any]] = [NAMES, *([i, "Zyxquor", f"Wobbly{i}", dt.datetime(1990, 2, i), "F", "MX"] for i in (1, 2, 3))]  # fmt: skip


def book(
    rows: list[list[Any]],
    change: Callable[[Any], None] | None = None,
    file: str = "list.xlsx",
    **more: Any,
) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        wb = _book(rows, **more)
        if change is not None:
            change(wb)
        path = folder / file
        wb.save(folder / "made.xlsx")
        os.replace(folder / "made.xlsx", path)
        return path

    return build


def in_zip(
    parts: dict[str, bytes | str], file: str = "list.xlsx", stored: bool = False
) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = folder / file
        how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(path, "w", how) as z:
            for name, content in parts.items():
                z.writestr(name, content)
        return path

    return build


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "<Types/>"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELS = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'


def cell(at: str, content: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{content}</t></is></c>'


def line(number: int, cells: list[str]) -> str:
    inner = "".join(cell(f"{chr(65 + i)}{number}", c) for i, c in enumerate(cells))
    return f'<row r="{number}">{inner}</row>'


def sheet(*rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def raw_book(content: bytes | str, **parts: bytes | str) -> Callable[[Path], Path]:
    """A workbook written by hand; ``parts`` replace parts by their last name."""
    return in_zip(
        {
            "[Content_Types].xml": TYPES,
            "xl/workbook.xml": parts.get("workbook", WORKBOOK),
            "xl/_rels/workbook.xml.rels": parts.get("rels", RELS),
            "xl/worksheets/sheet1.xml": content,
            **{f"xl/{k}.xml": v for k, v in parts.items() if k not in {"workbook", "rels"}},
        }
    )


SIMPLE = [line(1, NAMES), line(2, row(1).split(",")), line(3, row(2).split(","))]


def from_bytes(content: bytes, file: str) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        (folder / file).write_bytes(content)
        return folder / file

    return build


def _ole(*names: str) -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 1024
        + b"".join(n.encode("utf-16-le") for n in names)
    )


made("a workbook named .csv", book(ROWS, file="list.csv"), 3, 0, "workbook")
text("text named .xlsx", body(), 3, 0, "text", file="list.xlsx")
made("an old workbook", from_bytes(_ole("Workbook"), "list.xls"), None, 0, "97-2003")
made("an old workbook named .xlsx", from_bytes(_ole("Workbook"), "list.xlsx"), None, 0, "97-2003")
made("a locked workbook", from_bytes(_ole("EncryptedPackage"), "list.xlsx"), None, 0, "password")
made("an .ods named .xlsx", in_zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, stored=True), None, 0, "OpenDocument")  # fmt: skip
made("a binary workbook", in_zip({"[Content_Types].xml": TYPES, "xl/workbook.bin": "x"}), None, 0, "binary")  # fmt: skip
made("a document named .xlsx", in_zip({"[Content_Types].xml": TYPES, "word/document.xml": "x"}), None, 0, "not an Excel workbook")  # fmt: skip
text("a web page named .xls", "<html><table><tr><td>Zyxquor</td></tr></table></html>", None, 0, "web page", file="list.xls")  # fmt: skip
text("a PDF named .csv", b"%PDF-1.7\nZyxquor\n", None, 0, "PDF")
text("a picture named .csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None, 0, "picture")
made("a packed list", from_bytes(gzip.compress(body().encode()), "list.csv"), None, 0, "compressed")
text("text of no ending", body(), 3, file="list")
text("random bytes", bytes(range(256)) * 40, None, 0, "not a text file")

# workbooks --------------------------------------------------------------------------------------


def _epoch(wb: Any) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    wb.epoch = CALENDAR_MAC_1904


def _merge(wb: Any) -> None:
    wb.active.insert_rows(1, 2)
    wb.active["A1"] = "Clients of 2025"
    wb.active.merge_cells("A1:F1")
    wb.active["A2"], wb.active["D2"] = "Client", "Details"
    wb.active.merge_cells("A2:C2")


def _hide(wb: Any) -> None:
    wb.worksheets[1].sheet_state = "veryHidden"


def _wide(wb: Any) -> None:
    from openpyxl.styles import Font

    for r in (1, 2):
        wb.active.cell(r, 16_384).font = Font(bold=True)
    wb.active.cell(100_000, 1).font = Font(bold=True)


SERIALS = [NAMES, [1, "Zyxquor", "Wobbly", 31868, "F", "MX"], [2, "Zyxquor", "W", 31868.75, "F", "MX"]]  # fmt: skip
FORMULAS = sheet(
    SIMPLE[0],
    f'<row r="2">{cell("A2", "1")}<c r="B2" t="str"><f>A1</f><v>Zyxquor</v></c></row>',
    f'<row r="3">{cell("A3", "2")}<c r="B3" t="str"><f>A1</f></c></row>',
    f'<row r="4">{cell("A4", "3")}<c r="B4" t="e"><f>A1</f><v>#REF!</v></c></row>',
)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{("&" + a + ";") * 10}">'
        for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)

made("workbook", book(ROWS), 3)
made("merged header rows", book(ROWS, _merge), 3)
made("Excel dates as numbers", book(SERIALS), 2, 0, "serial")
made("the 1904 date system", book(ROWS, _epoch), 3)
made("formulas with and without a stored value", raw_book(FORMULAS), 1, 2, "formula", rows=(3, 4))
made("an empty sheet", book([]), None, 0, "empty")
made("an empty sheet beside the list", book([], Clients=ROWS), 3, 0, "sheet 2")
made("a hidden sheet is not preferred", book(ROWS, _hide, old=[[*NAMES, "language"], *ROWS[1:], *ROWS[1:]]), 3, 0, "hidden")  # fmt: skip
made("two sheets that are lists", book(ROWS, later=ROWS), 3, 0, "not read")
made("blank cells to the last column", book(ROWS, _wide), 3)
made("a column twice as far", book([*ROWS, [*ROWS[1], *[None] * 9000, "x"]]), 3, 1, "more values")
made("a row number past all sense", raw_book(sheet(SIMPLE[0], SIMPLE[1], line(3, row(2).split(",")).replace('r="3"', 'r="99999999999"'))), 1, 1, "row number")  # fmt: skip
made("a column past all sense", raw_book(sheet(*SIMPLE, '<row r="4"><c r="ZZZZZZ4"><v>1</v></c></row>')), None, 0, "damaged")  # fmt: skip
made("inline, without positions", raw_book(sheet(*(x.replace(f' r="{c}{i}"', "").replace(f'<row r="{i}"', "<row") for i, x in enumerate(SIMPLE, 1) for c in "A"))), 2)  # fmt: skip
made("entities before the sheet", raw_book("<!--" + "x" * 9000 + "-->" + LAUGHS + sheet(line(1, NAMES), line(2, ["&j;"] * 6))), None, 0, "entities")  # fmt: skip
made("entities in UTF-16", raw_book(('<?xml version="1.0" encoding="utf-16"?>' + LAUGHS + sheet(line(1, NAMES), line(2, ["&j;"] * 6))).encode("utf-16")), None, 0, "entities")  # fmt: skip
made("a file of the machine as an entity", raw_book(sheet(*SIMPLE), sharedStrings='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'), None, 0, "entities")  # fmt: skip
made("a sheet outside the workbook", raw_book(sheet(*SIMPLE), rels=RELS.replace("worksheets/sheet1.xml", "../../../etc/passwd")), None, 0, "cannot be read")  # fmt: skip
made("a part that is missing", raw_book(sheet(*SIMPLE), rels="<Relationships/>"), None, 0, "cannot be read")  # fmt: skip
made("half a sheet", raw_book(sheet(*SIMPLE)[:-120]), None, 0, "damaged")
made("half a surrogate", raw_book(sheet(*SIMPLE, line(4, row(3, "Zyx_xD800_quor").split(",")))), 2, 1, "control")  # fmt: skip
made("a name of a million characters", raw_book(sheet(*SIMPLE, line(4, row(3, "Zyxquor" * 150_000).split(",")))), 2, 1, "200 characters")  # fmt: skip
made("one row of 20,000 cells", raw_book(sheet(SIMPLE[0], f"<row>{'<c><v>1</v></c>' * 20_000}</row>", SIMPLE[2])), None, 0, "damaged")  # fmt: skip


def bomb(folder: Path) -> Path:
    path = folder / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", TYPES)
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as f:
            for _ in range(400):
                f.write(b" " * (1 << 20))
    return path


def liar(folder: Path) -> Path:
    """A part that declares ten bytes and unpacks to megabytes."""
    path = raw_book(sheet(*SIMPLE) + " " * (8 << 20))(folder)
    data = bytearray(path.read_bytes())
    size = (len(sheet(*SIMPLE)) + (8 << 20)).to_bytes(4, "little")
    at = data.find(size)
    while at >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
        at = data.find(size, at)
    path.write_bytes(data)
    return path


def cut(folder: Path) -> Path:
    path = book(ROWS)(folder)
    path.write_bytes(path.read_bytes()[:-600])
    return path


def linked(folder: Path) -> Path:
    path = book(ROWS)(folder)
    with zipfile.ZipFile(path, "a") as z:
        z.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        z.writestr("xl/externalLinks/_rels/externalLink1.xml.rels", '<Relationships><Relationship Id="rId1" Target="file:///etc/passwd" TargetMode="External"/></Relationships>')  # fmt: skip
    return path


def many(folder: Path) -> Path:
    return in_zip({"[Content_Types].xml": TYPES} | {f"xl/x{i}.xml": "" for i in range(3000)})(
        folder
    )


made("a zip bomb", bomb, None, 0, "unpacks to")
made("a zip of many parts", many, None, 0, "parts")
made("a zip that lies about sizes", liar, None, 0, "damaged")
made("a zip cut short", cut, None, 0, "damaged")
made("links to other files", linked, 3)


# the file system --------------------------------------------------------------------------------


def _plain(folder: Path, name: str = "true.csv") -> Path:
    (folder / name).write_text(body())
    return folder / name


def link_to(target: str) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        _plain(folder)
        (folder / "list.csv").symlink_to(target)
        return folder / "list.csv"

    return build


def directory(folder: Path) -> Path:
    (folder / "list.csv").mkdir()
    return folder / "list.csv"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "list.csv")
    return folder / "list.csv"


made("a link", link_to("true.csv"), 3)
made("a link to nowhere", link_to("nowhere.csv"), None, 0, "no file")
made("a link to itself", link_to("list.csv"), None, 0, "outside")
made("a folder", directory, None, 0, "not a file")
made("a pipe", pipe, None, 0, "not a file")
made("a device", link_to("/dev/zero"), None, 0, "outside")
made("a name too long", lambda folder: folder / ("x" * 3000 + ".csv"), None, 0, "file")


# Parquet ----------------------------------------------------------------------------------------


def parquet(query: str, file: str = "list.parquet") -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        import duckdb

        with duckdb.connect() as db:
            db.execute(f"COPY ({query}) TO '{folder / file}' (FORMAT parquet)")
        return folder / file

    return build


PEOPLE = (
    "SELECT i AS case_id, 'Zyxquor' AS first_name, 'Wobbly' || i AS last_name, "
    "DATE '1990-02-03' + i::INT AS dob, 'MX' AS nationality FROM range(1, 4) t(i)"
)
made("Parquet", parquet(PEOPLE), 3)
made("Parquet with nested columns", parquet(PEOPLE.replace("'Zyxquor' AS first_name", "{'a': 'Zyxquor'} AS first_name, ['x', 'y'] AS tags")), 3, 0, "structures")  # fmt: skip
made("Parquet with bytes", parquet(PEOPLE.replace("'Zyxquor' AS first_name", "'\\xAA'::BLOB AS first_name")), 3, 0, "structures")  # fmt: skip
made("Parquet with a name of 10,000 characters", parquet(PEOPLE.replace("'Zyxquor' AS", "repeat('Zyxquor', 1500) AS")), 0, 3, "200 characters")  # fmt: skip
made("Parquet without rows", parquet(PEOPLE + " WHERE i > 9"), None, 0, "no rows")
made("Parquet named like a pattern", parquet(PEOPLE, "list[1]*.parquet"), 3)
made("Parquet named .csv", parquet(PEOPLE, "list.csv"), 3)
made("broken Parquet", from_bytes(b"PAR1 no PAR1", "list.parquet"), None, 0, "Parquet")


def arrow(folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [f"c{i}" for i in range(9000)]
    pq.write_table(pa.table({n: [1] for n in names}), folder / "list.parquet")
    return folder / "list.parquet"


made("Parquet of 9,000 columns", arrow, None, 0, "4,096 columns")


# routes on a sheet of their own -----------------------------------------------------------------

LEGS = [["case id", "leg type", "leg country"], [1, "Recruitment", "MX"], [1, "Zyxquor", "MX"], [9, "Transit", "GT"], [2, "Exploitation", "=A1"]]  # fmt: skip
made("legs that cannot be read or belong to nobody", book(ROWS, legs=LEGS), 3, 0, "legs")
