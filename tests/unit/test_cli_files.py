"""No command writes over a file that it reads."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import click
import pytest

from uncounted import cli
from uncounted.cli import _COMMANDS, _files, main
from uncounted.cli._files import Command, OutputFile, OutputFolder, check_outputs

TABLE = "a,b,c,count\n1,0,0,60\n0,1,0,80\n0,0,1,40\n1,1,0,19\n0,1,1,17\n1,0,1,15\n1,1,1,12\n"
TOUCHING = ("plain", "dot", "absolute", "symlink", "hardlink")


def commands() -> dict[str, click.Command]:
    made = {name: main.get_command(click.Context(main), name) for name in _COMMANDS}
    return {name: c for name, c in made.items() if c is not None}


def outputs():
    return [
        (name, max(p.opts, key=len))
        for name, c in commands().items()
        for p in c.params
        if isinstance(p.type, OutputFile)
    ]


def call(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


READ = {("verify", "docx_path"), ("verify", "of_run")}
"""Options that name a file to be read."""


def test_every_command_is_checked_and_every_path_option_is_an_output():
    for name, command in commands().items():
        assert isinstance(command, Command), name
        for p in command.params:
            if (name, p.name) in READ:
                continue
            if isinstance(p, click.Option) and isinstance(p.type, click.Path):
                assert isinstance(p.type, (OutputFile, OutputFolder)), (name, p.name)
            if isinstance(p, click.Option) and (p.help or "").startswith(("Write", "Draw")):
                assert isinstance(p.type, (OutputFile, OutputFolder)), (name, p.name)
    assert len(outputs()) >= 16


def test_commands_write_in_one_place_only():
    for path in Path(cli.__file__).parent.glob("*.py"):
        if path.name == "_files.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"write_text", "write_bytes", "mkdir"}, path.name
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"open", "save"}, path.name


@pytest.mark.parametrize(("name", "option"), outputs())
@pytest.mark.parametrize("how", TOUCHING)
def test_no_output_writes_over_an_input(tmp_path, monkeypatch, capsys, name, option, how):
    monkeypatch.chdir(tmp_path)
    Path("lists.csv").write_text(TABLE)
    out = {"plain": "lists.csv", "dot": "./lists.csv", "absolute": str(tmp_path / "lists.csv")}.get(
        how, "other.csv"
    )
    if how == "symlink":
        os.symlink("lists.csv", out)
    if how == "hardlink":
        os.link("lists.csv", out)
    given = ["--like", "lists.csv"] if name == "simulate" else ["lists.csv"]
    status, _, err = call(capsys, name, *given, option, out)
    assert status == 2
    assert "would write over a file that this command reads" in err and "Name another file" in err
    assert Path("lists.csv").read_text() == TABLE


@pytest.mark.parametrize("name", sorted({n for n, _ in outputs()}))
def test_two_outputs_are_two_files(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    Path("lists.csv").write_text(TABLE)
    options = [o for n, o in outputs() if n == name]
    if len(options) < 2:
        pytest.skip("one output")
    words = [
        w for o, p in zip(options, ("o.svg", "./o.svg", "o.svg"), strict=False) for w in (o, p)
    ]
    status, _, err = call(capsys, name, "lists.csv", *words)
    assert status == 2 and "one file" in err and not Path("o.svg").exists()


def test_standard_output_holds_one_thing(capsys):
    assert call(capsys, "claims", "--csv", "-", "--json")[0] == 2


def test_other_inputs_count_as_well(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("lists.csv").write_text(TABLE)
    status, _, _ = call(capsys, "flows", "--population", "lists.csv", "--html", "lists.csv")
    assert status == 2 and Path("lists.csv").read_text() == TABLE


def test_a_file_read_on_the_way_is_not_written_over(tmp_path):
    """A file that no option names, such as one that a ledger of claims points at."""
    inner = tmp_path / "inner.csv"
    inner.write_text(TABLE)
    command = Command("x", params=[click.Option(["--html"], type=OutputFile())])
    with _files.remember_reads(), command.make_context("x", ["--html", str(inner)]) as ctx:
        check_outputs(ctx)
        inner.read_text()
        with pytest.raises(_files.UsageError):
            _files.write_text(tmp_path / "first.csv", "x")
    assert inner.read_text() == TABLE and not (tmp_path / "first.csv").exists()


def test_names_that_differ_by_case_on_a_disk_that_does_not_tell(tmp_path, monkeypatch):
    one, two = tmp_path / "Out.html", tmp_path / "out.HTML"
    assert not _files._same(one, two)  # this disk tells them apart, and so both may be written
    monkeypatch.setattr(_files, "_blind_to_case", lambda folder: True)
    assert _files._same(one, two)


def test_a_missing_folder_is_made_and_the_same_output_may_be_written_again(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    Path("o.csv").write_text("origin,count\nMexico,60\nChina,30\n")
    for _ in range(2):
        assert call(capsys, "ranks", "o.csv", "--csv", "deep/r.csv")[0] == 0
    assert Path("deep/r.csv").exists()
