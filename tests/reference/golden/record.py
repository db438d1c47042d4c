"""Run the golden commands through the command line, and keep what they answer.

``python -m tests.reference.golden.record`` compares with what is kept; with ``--write`` it keeps the
answers of the code as it is; ``--show GROUP [WORD]`` prints what is kept. ``--only GROUP`` restricts
each. Only ``uncounted.cli.main`` is called, so the record outlives any change of modules.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import glob
import html.parser
import io
import json
import lzma
import os
import re
import shlex
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from .commands import GROUPS, Command, Edit
from .compare import Listed, differences, load_listed, told

HERE = Path(__file__).parent
RECORD = HERE / "record"

_HIDDEN = {"svg", "style", "script", "head"}
_INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time"}
_PARTS = (
    (re.compile(r"\b\d{4}-\d\d-\d\d-[0-9a-f]{10}\b"), "<run>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"\buncounted \d+\.\d+\.\d+\S*", re.IGNORECASE), "uncounted <version>"),
)


class _Visible(html.parser.HTMLParser):
    """The text a reader sees, one line a block; pictures are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._now = ""
        self._hidden: list[str] = []

    def _end_line(self) -> None:
        if line := " ".join(self._now.split()):
            self.lines.append(line)
        self._now = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        if tag in ("td", "th"):
            self._now += " | "
        elif tag not in _INLINE:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()
        elif tag not in _INLINE and tag not in ("td", "th"):
            self._end_line()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._now += data

    def text(self) -> list[str]:
        self.close()
        self._end_line()
        return self.lines


def neutral(text: str, folder: Path) -> str:
    """Take out what differs from run to run or machine to machine and says nothing of the answer."""
    for place in {str(folder), str(folder.resolve())}:
        text = text.replace(place, "<folder>")
    for pattern, word in _PARTS:
        text = pattern.sub(word, text)
    return text


def _neutral_tree(value: Any, folder: Path) -> Any:
    if isinstance(value, dict):
        return {
            neutral(k, folder): dict.fromkeys(v, "<version>")
            if k == "versions" and isinstance(v, dict)
            else _neutral_tree(v, folder)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_neutral_tree(v, folder) for v in value]
    return neutral(value, folder) if isinstance(value, str) else value


def _shape(value: Any) -> Any:
    """Keys and truths only: versions and Pythons differ from machine to machine."""
    if isinstance(value, dict):
        return {k: _shape(v) for k, v in value.items()}
    return value if isinstance(value, bool) else "<word>"


def rounded(value: Any) -> Any:
    """Floats to ten significant digits: beyond those the order of a sum speaks, not the method."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


def _lines(text: str, folder: Path) -> list[str]:
    return [line.rstrip() for line in neutral(text, folder).splitlines()]


def _cells(text: str, folder: Path) -> list[list[Any]]:
    """Rows of a CSV file; a cell with a decimal point is a float, all others are text."""
    return [[_cell(c) for c in row] for row in csv.reader(io.StringIO(neutral(text, folder)))]


def _cell(text: str) -> Any:
    return float(text) if re.fullmatch(r"-?\d+\.\d+(e-?\d+)?|-?\de-\d+", text) else text


def _file(path: Path, folder: Path) -> dict[str, Any]:
    """What is kept of a written file: its rows, its lines, or that it is there."""
    if path.suffix == ".json":
        tree = json.loads(path.read_text(encoding="utf-8"))
        return {"seconds": "<timings>"} if path.name == "timings.json" else {
            "json": _neutral_tree(tree, folder)
        }  # fmt: skip
    if path.suffix == ".html":
        page = _Visible()
        page.feed(path.read_text(encoding="utf-8"))
        return {"lines": [neutral(line, folder) for line in page.text()]}
    if path.suffix == ".csv":
        return {"rows": _cells(path.read_text(encoding="utf-8"), folder)}
    if path.suffix == ".toml":
        return {"lines": _lines(path.read_text(encoding="utf-8"), folder)}
    return {"there": path.stat().st_size > 0}


def call(words: list[str]) -> tuple[int, str, str]:
    """Run one command in this process: exit status, standard output, standard error."""
    from uncounted.cli import main

    out, err = io.StringIO(), io.StringIO()
    status = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(words, prog_name="uncounted")
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return status, out.getvalue(), err.getvalue()


def _stamps(patterns: tuple[str, ...]) -> dict[str, int]:
    """When each file that matches was last written."""
    found = sorted({p for pattern in patterns for p in glob.glob(pattern, recursive=True)})
    return {p: Path(p).stat().st_mtime_ns for p in found if Path(p).is_file()}


def _answer(command: Command, folder: Path) -> dict[str, Any]:
    words = [found[0] if "*" in w and (found := sorted(glob.glob(w))) else w for w in command.words]
    before = _stamps(command.files)
    status, out, err = call(words)
    kept: dict[str, Any] = {"status": status, "stderr": _lines(err, folder)}
    if "--json" in command.words:
        if out.count("\n") != 1:
            raise AssertionError(f"{shlex.join(words)}: not one object on standard output")
        tree = json.loads(out)
        kept["json"] = _shape(tree) if command.shape_only else _neutral_tree(tree, folder)
    else:
        table = command.words[-2:] == ("--csv", "-")
        kept["stdout"] = _cells(out, folder) if table else _lines(out, folder)
    if command.files:
        kept["files"] = {
            neutral(path, folder): _file(Path(path), folder)
            for path, stamp in _stamps(command.files).items()
            if before.get(path) != stamp  # an earlier command's files are no answer of this one
        }
    return kept


@contextlib.contextmanager
def _quiet_place() -> Any:
    """A folder of its own with the input files, and an environment that is the same everywhere."""
    before, here = dict(os.environ), Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(HERE / "inputs", folder, dirs_exist_ok=True)
        os.environ.update(COLUMNS="100", NO_COLOR="1", TERM="dumb")
        os.environ.pop("FORCE_COLOR", None)
        os.chdir(folder)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what is compared is the answer
                yield folder
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)


def run_group(group: str, *, tell: bool = False) -> dict[str, Any]:
    """Run a group's commands one after another: what each answers, by its words."""
    found: dict[str, Any] = {}
    with _quiet_place() as folder:
        for step in GROUPS[group]:
            if isinstance(step, Edit):
                path = folder / step.file
                text = path.read_text(encoding="utf-8")
                if step.old not in text:
                    raise AssertionError(f"{step.file} no longer holds {step.old!r}")
                path.write_text(text.replace(step.old, step.new, 1), encoding="utf-8")
                continue
            key = shlex.join(step.words)
            again = sum(k == key or k.startswith(f"{key} #") for k in found)
            began = time.process_time()
            found[key if not again else f"{key} #{again + 1}"] = _answer(step, folder)
            if tell and (spent := time.process_time() - began) >= 1.0:
                print(f"  {spent:5.1f} s CPU  {key}", file=sys.stderr)
    return found


def write(group: str, found: dict[str, Any]) -> None:
    """Keep a group's answers: one line of JSON a command, keys sorted, compressed."""
    faults = [k for k, v in found.items() if v["status"] == 1]
    if faults:
        raise SystemExit(f"{group}: a fault is no answer to keep: {faults}")
    text = "".join(
        json.dumps({"command": k, **rounded(v)}, ensure_ascii=False, sort_keys=True) + "\n"
        for k, v in found.items()
    )
    RECORD.mkdir(exist_ok=True)
    packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
    (RECORD / f"{group}.jsonl.xz").write_bytes(packed)


def read(group: str) -> dict[str, Any]:
    """Read what is kept of a group."""
    text = lzma.decompress((RECORD / f"{group}.jsonl.xz").read_bytes()).decode()
    rows = [json.loads(line) for line in text.split("\n") if line]
    return {row.pop("command"): row for row in rows}


def check_group(group: str, listed: list[Listed] | None = None) -> list[str]:
    """Compare a group's answers with those kept: lines of what differs and is not listed.

    A listed difference that no longer occurs is told as well.
    """
    listed = load_listed(HERE / "differences.toml") if listed is None else listed
    return told(differences(read(group), run_group(group)), [x for x in listed if x.group == group])


def main() -> int:
    """Compare, write or show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", action="append", choices=list(GROUPS), metavar="GROUP")
    parser.add_argument("--show", nargs="+", metavar=("GROUP", "WORD"))
    given = parser.parse_args()
    if given.show:
        for key, row in read(given.show[0]).items():
            if all(w in key for w in given.show[1:]):
                print(key, json.dumps(row, ensure_ascii=False, indent=1, sort_keys=True), sep="\n")
        return 0
    bad = 0
    for group in given.only or GROUPS:
        began, wall = time.process_time(), time.monotonic()
        if given.write:
            write(group, run_group(group, tell=True))
            lines: list[str] = []
        else:
            lines = check_group(group)
        bad += len(lines)
        print(
            f"{group}: {time.process_time() - began:.1f} s CPU, {time.monotonic() - wall:.1f} s",
            flush=True,
        )
        print("".join(f"  {line}\n" for line in lines), end="", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
