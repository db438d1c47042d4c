"""How much memory and time very large and hostile lists take: `python -m benchmarks.records_large --write`.

Makes each file in a temporary folder, runs `uncounted check --json` on it as a process of its own, and reads that
process's peak memory and times from the system when it ends. Every file is deleted before the next is made. With
`--write` the table goes to `benchmarks/results/records_large.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from uncounted import __version__

HEAD = "case id,first name,last name,dob,sex,nationality"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RESULTS = Path(__file__).parent / "results" / "records_large.md"


def row(i: int) -> str:
    """One made-up record."""
    return f"{i},Ana{i % 977},Diaz{i % 1009},19{70 + i % 30}-0{i % 9 + 1}-1{i % 10},F,Mexico"


def fill(path: Path, size: int, head: str, make: Callable[[int], str]) -> Path:
    """Write rows until the file has the size."""
    with path.open("w") as f:
        f.write(head)
        i = written = 0
        while written < size:
            block = "".join(make(i + k) for k in range(1000))
            i += 1000
            written += f.write(block)
    return path


def wide_rows(folder: Path, size: int) -> Path:
    """Rows of 2 kB, most of it in a column no record has."""
    note = "x" * 1950
    return fill(
        folder / "list.csv", size, HEAD + ",remarks on file\n", lambda i: f"{row(i)},{note}\n"
    )


def narrow_rows(folder: Path, size: int) -> Path:
    """Rows as short as they come: tens of millions of them."""
    return fill(folder / "list.csv", size, HEAD + "\n", lambda i: row(i) + "\n")


def one_line(folder: Path, size: int) -> Path:
    """A header, a row, and a line without end."""
    return fill(folder / "list.csv", size, f"{HEAD}\n{row(1)}\n", lambda _: "x" * 1000)


def open_quotes(folder: Path, size: int) -> Path:
    """A quotation mark left open in every row."""
    note = "x" * 1950
    return fill(folder / "list.csv", size, HEAD + ",remarks\n", lambda i: f'{row(i)},"{note}\n')


def many_columns(folder: Path, size: int) -> Path:
    """As many columns as are read, every cell filled."""
    head = ",".join([HEAD, *(f"c{i}" for i in range(4000))]) + "\n"
    more = ",".join(str(100_000 + i) for i in range(4000))
    return fill(folder / "list.csv", size // 4, head, lambda i: f"{row(i)},{more}\n")


def long_cells(folder: Path, size: int) -> Path:
    """Cells of 100 kB in a column no record has."""
    note = "x" * 100_000
    return fill(
        folder / "list.csv", size // 4, HEAD + ",remarks on file\n", lambda i: f"{row(i)},{note}\n"
    )


def _workbook(folder: Path, make: Callable[[int], str], size: int, shared: str = "") -> Path:
    path = folder / "list.xlsx"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{relation}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        z.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        if shared:
            with z.open("xl/sharedStrings.xml", "w") as f:
                f.write(b"<sst>")
                block = shared.encode() * 1000
                for _ in range(size // len(block)):
                    f.write(block)
                f.write(b"</sst>")
            size = 0
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as f:
            f.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            f.write(_cells(HEAD).encode())
            f.write(_cells(row(1)).encode())
            i = written = 0
            while written < size:
                block = "".join(make(i + k) for k in range(1000)).encode()
                i += 1000
                written += f.write(block)
            f.write(b"</sheetData></worksheet>")
    return path


def _cells(line: str) -> str:
    inner = "".join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in line.split(","))
    return f"<row>{inner}</row>"


def full_workbook(folder: Path, _: int) -> Path:
    """A workbook of 290 MiB of rows, just under the limit."""
    return _workbook(folder, lambda i: _cells(row(i)), 290 << 20)


def endless_row(folder: Path, _: int) -> Path:
    """A workbook whose one row has some twenty million cells."""
    return _workbook(folder, lambda _: "<c><v>1</v></c>", 290 << 20)


def shared_text(folder: Path, _: int) -> Path:
    """A workbook of 290 MiB of short shared strings."""
    return _workbook(folder, str, 290 << 20, shared="<si><t>Zy</t></si>")


def bomb(folder: Path, size: int) -> Path:
    """A zip bomb named .xlsx."""
    return _workbook(folder, lambda _: " " * 1000, size)


def parquet(folder: Path, _: int) -> Path:
    """Parquet of 2,000,000 rows, as many as are read."""
    import duckdb

    path = folder / "list.parquet"
    with duckdb.connect() as db:
        db.execute(
            "COPY (SELECT i AS case_id, 'Ana' || (i % 977) AS first_name, 'Diaz' || (i % 1009) AS "
            "last_name, DATE '1970-01-01' + (i % 9000)::INT AS dob, 'F' AS sex, 'Mexico' AS "
            f"nationality FROM range(2000000) t(i)) TO '{path}' (FORMAT parquet)"
        )
    return path


CASES: dict[str, Callable[[Path, int], Path]] = {
    "CSV, rows of 2 kB": wide_rows,
    "CSV, rows of 50 bytes": narrow_rows,
    "CSV, one line without end": one_line,
    "CSV, a quotation mark left open in every row": open_quotes,
    "CSV, 4,006 columns": many_columns,
    "CSV, cells of 100 kB": long_cells,
    "Excel, 290 MiB of rows": full_workbook,
    "Excel, one row of 20 million cells": endless_row,
    "Excel, 290 MiB of shared text": shared_text,
    "Excel, zip bomb": bomb,
    "Parquet, 2,000,000 rows": parquet,
}


@dataclass(frozen=True)
class Measured:
    """One run of the command."""

    size: int
    status: int
    outcome: str
    peak: float
    cpu: float
    wall: float


def measure(case: str, size: int) -> Measured:
    """Make one file, check it, delete it."""
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        # by a process of its own: a child's peak starts from what its parent holds
        make = [
            sys.executable,
            "-m",
            "benchmarks.records_large",
            "--make",
            case,
            str(folder),
            str(size),
        ]
        subprocess.run(make, check=True)
        path = next(folder.glob("list.*"))
        (folder / "uncounted.toml").write_text(
            '[project]\nname = "large"\nas_of = 2026-11-01\n'
            f'[[lists]]\nname = "list"\nfile = "{path.name}"\nregime = "none"\n'
        )
        command = [sys.executable, "-m", "uncounted", "check", str(folder), "--json", "--no-keep"]
        began = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            assert child.stdout is not None
            said = json.loads(child.stdout.read())
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        if said["ok"]:
            keys = ("rows_in", "used", "quarantined", "not_released")
            rows_in, used, quarantined, held = (said[k] for k in keys)
            assert rows_in == used + quarantined + held
            outcome = f"{rows_in:,} rows = {used:,} used + {quarantined:,} quarantined + {held:,} not released"
        else:
            outcome = said["error"]["message"]
        cpu = usage.ru_utime + usage.ru_stime
        return Measured(
            path.stat().st_size, child.returncode, outcome, usage.ru_maxrss / 1024, cpu, wall
        )


def main() -> None:
    """Run the cases asked for and print, or write, the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gb", type=float, default=2.0, help="size of the large files")
    parser.add_argument("--only", default="", help="cases whose name has these words")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--make", nargs=3, metavar=("CASE", "FOLDER", "BYTES"), help="one file")
    given = parser.parse_args()
    if given.make:
        CASES[given.make[0]](Path(given.make[1]), int(given.make[2]))
        return
    lines = [
        "# Very large and hostile lists",
        "",
        f"`python -m benchmarks.records_large --gb {given.gb:g} --write`, uncounted {__version__}. Peak memory is that of "
        "the whole process, of which loading the program alone takes some 45; MB are of 1,048,576 bytes.",
        "",
        "| file | MB on disk | exit | outcome | peak MB | CPU s | wall s |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in CASES:
        if given.only not in name:
            continue
        m = measure(name, int(given.gb * (1 << 30)))
        lines.append(
            f"| {name} | {m.size / (1 << 20):,.0f} | {m.status} | {m.outcome} | {m.peak:,.0f} | {m.cpu:.1f} | {m.wall:.1f} |"
        )
        print(lines[-1], flush=True)
    if given.write:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
