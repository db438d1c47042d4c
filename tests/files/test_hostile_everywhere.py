"""Every file of the catalogue through every command that reads a file: an answer or a plain refusal.

`check` has a test of its own, which also says what becomes of each row (test_records_hostile.py).
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from uncounted.cli import main

pytest.importorskip("openpyxl")
_spec = importlib.util.spec_from_file_location(
    "hostile_files", Path(__file__).with_name("hostile_files.py")
)
assert _spec is not None and _spec.loader is not None
hostile = importlib.util.module_from_spec(_spec)
sys.modules["hostile_files"] = hostile
_spec.loader.exec_module(hostile)

COMMANDS = {
    "estimate": ("estimate", "{}", "--method", "main", "--bootstrap", "0"),
    "estimate, as JSON": ("estimate", "{}", "--json"),
    "estimate of named columns": ("estimate", "{}", "--lists", "first name,sex"),
    "assess": ("assess", "{}", "--bootstrap", "0", "--unreachable-group", "no"),
    "ranks": ("ranks", "{}"),
    "shares": ("shares", "{}"),
    "flows": ("flows", "{}"),
    "routes": ("routes", "{}", "--json"),
    "claims": ("claims", "{}"),
    "simulate": ("simulate", "--like", "{}", "--replications", "1"),
}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out + out.err


@pytest.mark.parametrize("name", hostile.CASES)
def test_every_command_ends_well_and_says_nothing_of_the_content(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = hostile.CASES[name].build(tmp_path)
    for command, words in COMMANDS.items():
        status, said = run(capsys, *(w.replace("{}", str(path)) for w in words))
        assert status in {0, 3, 4}, (command, said)
        assert "Traceback" not in said and "\x1b" not in said, (command, said)
        for secret in hostile.SECRETS:
            assert secret not in said, (command, said)
