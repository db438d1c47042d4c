"""The command line: the contract of names, options, keys and exit statuses."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys

import pytest


def run(*words, cwd=None, env=None):
    return subprocess.run(
        [sys.executable, "-m", "uncounted", *words],
        capture_output=True, text=True, cwd=cwd, env={**os.environ, **(env or {})}, check=False,
    )  # fmt: skip


def as_json(*words, cwd=None):
    done = run(*words, "--json", cwd=cwd)
    assert len(done.stdout.splitlines()) == 1, done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lists.csv").write_text(
        "shelter,police,clinic,count\n1,0,0,60\n0,1,0,80\n0,0,1,40\n1,1,0,9\n0,1,1,7\n1,0,1,5\n1,1,1,2\n"
    )
    (tmp_path / "apart.csv").write_text("a,b,count\n1,0,30\n0,1,40\n")
    (tmp_path / "bad.csv").write_text("a,b,count\n1,0,-1\n")
    return tmp_path


@pytest.mark.extended
def test_estimate_prints_the_contracts_keys():
    status, out = as_json("estimate", "uk2013-5", "--method", "bic", "--seed", "1")
    assert status == 0
    assert out["ok"] is True
    e = out["estimates"][0]
    assert {"method", "point", "interval", "observed", "model", "bic", "aic", "caveats",
            "diagnostics"} <= set(e)  # fmt: skip
    assert (e["method"], e["model"], e["observed"]) == ("bic", "[123,25,34]", 2744)
    assert e["point"] == pytest.approx(25311.291, rel=1e-6)
    assert e["bic"] == pytest.approx(195.87911, rel=1e-6)
    assert e["aic"] == pytest.approx(124.87304, rel=1e-6)
    assert e["interval"]["kind"] == "bca"
    assert e["interval"]["level"] == 0.95
    assert out["table"]["lists"] == ["LA", "NG", "PFNCA", "GO", "GP"]


def test_no_resampling_gives_the_profile_interval():
    status, out = as_json("estimate", "uk2013-5", "--method", "main", "--bootstrap", "0")
    assert status == 0
    interval = out["estimates"][0]["interval"]
    assert interval["kind"] == "profile"
    assert interval["lower"] == pytest.approx(11985.1156, rel=1e-3)
    assert interval["upper"] == pytest.approx(15165.899, rel=1e-3)


@pytest.mark.extended
def test_every_method_and_a_named_model():
    status, listed = as_json("estimate", "kosovo", "--method", "list")
    assert status == 0
    quick = [m for m in listed["methods"] if m not in ("latent-class", "threshold")]
    words = []
    for m in quick:
        words += ["--method", m]
    status, out = as_json("estimate", "kosovo", "--bootstrap", "50", *words)
    assert status == 0
    assert [e["method"] for e in out["estimates"]] == quick
    for e in out["estimates"]:
        assert e["point"] is None or e["point"] >= 4400
        assert ("refused" in e) == (e["point"] is None)


@pytest.mark.extended
def test_same_seed_same_answer_whatever_the_threads():
    words = ("estimate", "western-us", "--method", "stepwise", "--method", "bic", "--seed", "7")
    first = as_json(*words, "--threads", "1")[1]
    assert first == as_json(*words, "--threads", "2")[1]
    other = as_json(*words[:-1], "8")[1]
    assert first["estimates"][0]["interval"] != other["estimates"][0]["interval"]


def test_exit_statuses(folder):
    assert run("estimate", "lists.csv", "--bootstrap", "0", cwd=folder).returncode == 0
    assert run("estimate", "lists.csv", "--no-such-option", cwd=folder).returncode == 2
    assert run("nothing").returncode == 2
    assert run("estimate", "lists.csv", "--method", "bicc", cwd=folder).returncode == 2
    assert run("estimate", "lists.csv", "--level", "1.5", cwd=folder).returncode == 2
    assert run("estimate", "bad.csv", cwd=folder).returncode == 3
    assert run("estimate", "missing.csv", cwd=folder).returncode == 3
    assert run("estimate", "nosuchtable").returncode == 3
    assert run("estimate", "apart.csv", cwd=folder).returncode == 4
    mixed = run("estimate", "artificial-3", "--method", "main", "--method", "all-pairs")
    assert mixed.returncode == 0


@pytest.mark.extended
def test_exit_statuses_of_projects(tmp_path):
    for words in (("link",), ("check",), ("run",), ("verify",)):
        status, out = as_json(*words, "nothing-here", cwd=tmp_path)
        assert (status, out["ok"], out["error"]["code"]) == (3, False, "bad-input")
        assert "nothing-here" in out["error"]["message"] and out["error"]["fix"]
    assert as_json("link", "a.csv", "b.csv", cwd=tmp_path)[0] == 3
    for words in (("new", "x", "--seed", "-1"), ("new", "x", "--errors", "some"), ("names", "A")):
        status, out = as_json(*words, cwd=tmp_path)
        assert (status, out["error"]["code"]) == (2, "usage")


@pytest.mark.extended
def test_a_small_overlap_of_two_lists_cannot_be_worked_out(tmp_path):
    """Records less people is the overlap: neither people nor the sum of chances is printed."""
    families = ("Lopez", "Reyes", "Kim", "Popescu", "Tamang", "Nguyen")
    given = ("Ana", "Mario", "Sunita", "Elena", "Jose", "Grace", "Anita", "Daniel")
    rows = [
        f"{g},{f},{1980 + i}-0{1 + i % 9}-1{i % 8}"
        for i, (f, g) in enumerate((f, g) for f in families for g in given)
    ]
    head = "given name,family name,birth date\n"
    (tmp_path / "a.csv").write_text(head + "\n".join(rows[:26]) + "\n")
    (tmp_path / "b.csv").write_text(head + "\n".join(rows[20:]) + "\n")
    files = ("link", "a.csv", "b.csv", "--regime", "none")
    status, out = as_json(*files, cwd=tmp_path)
    assert status == 0
    assert out["overlaps"][0]["suppressed"] and out["people"]["suppressed"]
    assert {out["people"][k] for k in ("point", "lower", "upper", "one_answer")} == {None}
    assert out["diagnostics"]["expected_links"] is None
    assert "people named: suppressed" in run(*files, cwd=tmp_path).stdout
    _, out = as_json(*files, "--small-cells", cwd=tmp_path)
    assert out["overlaps"][0]["point"] and out["people"]["point"]
    assert not out["people"]["suppressed"]


def test_a_refusal_is_null_with_the_reason():
    status, out = as_json("estimate", "artificial-3", "--method", "all-pairs")
    assert status == 4
    assert out["ok"] is False
    assert out["error"]["code"] == "refused"
    e = out["estimates"][0]
    assert e["point"] is None
    assert "more than one population" in e["refused"]


def test_errors_are_one_object_with_a_fix(folder):
    status, out = as_json("estimate", "bad.csv", cwd=folder)
    assert status == 3
    assert out["ok"] is False
    assert set(out["error"]) == {"code", "message", "fix"}
    assert "bad.csv, row 2" in out["error"]["message"]
    status, out = as_json("estimate", "lists.csv", "--bootstrap", "-4", cwd=folder)
    assert (status, out["error"]["code"]) == (2, "usage")
    status, out = as_json("nothing")
    assert (status, out["ok"]) == (2, False)


def test_the_terminal_table_is_plain_words(folder):
    done = run("estimate", "lists.csv", "--bootstrap", "100", cwd=folder)
    assert done.returncode == 0
    assert "203 people on 3 lists, 23 of them on two or more" in done.stdout
    assert "nan" not in done.stdout.lower()
    assert "e+" not in done.stdout
    assert "\x1b[" not in done.stdout


@pytest.mark.extended
def test_html_and_csv(folder):
    done = run(
        "estimate", "lists.csv", "--html", "out/page.html", "--csv", "figures.csv",
        "--bootstrap", "100", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (folder / "out" / "page.html").read_text()
    assert "<svg" not in page and "203" in page  # counts under 11 of one's own table are not told
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")
    assert "<script" not in page
    assert "not shown" in page
    more = ("estimate", "lists.csv", "--html", "all.html", "--show-small-cells", "--bootstrap", "0")
    assert run(*more, cwd=folder).returncode == 0
    # Two pictures, each for a page and for a phone.
    assert (folder / "all.html").read_text().count("<svg") == 4
    rows = list(csv.DictReader((folder / "figures.csv").read_text().splitlines()))
    assert {r["method"] for r in rows} >= {"main", "bic"}
    assert all(r["observed"] == "203" for r in rows)


def test_strata_stand_beside_the_whole(folder):
    (folder / "groups.csv").write_text(
        "a,b,c,stratum,count\n1,0,0,women,60\n0,1,0,women,80\n0,0,1,women,40\n1,1,0,women,19\n"
        "0,1,1,women,17\n1,0,1,women,15\n1,1,1,women,4\n1,0,0,men,30\n0,1,0,men,20\n"
        "0,0,1,men,25\n1,1,0,men,6\n0,1,1,men,5\n1,0,1,men,7\n"
    )
    status, out = as_json(
        "estimate", "groups.csv", "--method", "main", "--bootstrap", "0", cwd=folder
    )
    assert status == 0
    strata = out["strata"]
    assert [row["stratum"] for row in strata["strata"]] == ["women", "men"]
    assert strata["total"]["observed"] == 328
    assert strata["method_alone"] == "main"
    assert all(row["alone"]["point"] > row["observed"] for row in strata["strata"])
    assert strata["total"]["interval"]["lower"] <= strata["total"]["point"]


def test_names_of_lists_cannot_inject(folder):
    (folder / "evil.csv").write_text(
        "<script>alert(1)</script>,=cmd|x,count\n1,0,30\n0,1,40\n1,1,9\n"
    )
    done = run(
        "estimate", "evil.csv", "--html", "p.html", "--csv", "f.csv", "--bootstrap", "0", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert "<script>" not in (folder / "p.html").read_text()


def test_published_lists_and_shows():
    status, out = as_json("published")
    assert status == 0
    names = [t["name"] for t in out["tables"]]
    assert {"uk2013", "uk2013-5", "netherlands", "netherlands-5", "new-orleans", "new-orleans-5",
            "western-us", "australia", "kosovo", "korea-palembang", "artificial-3"} <= set(names)  # fmt: skip
    assert all(t["citation"] and t["counts"] and t["where"] and t["when"] for t in out["tables"])
    status, out = as_json("published", "kosovo")
    assert status == 0
    assert sum(out["table"]["counts"].values()) == 4400
    assert run("published", "atlantis").returncode == 3
    assert "Citation" in run("published", "uk2013").stdout


def test_without_a_command_the_help_is_shown():
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run("--help").stdout


def test_methods_are_listed_without_a_table_and_a_table_is_asked_for_otherwise():
    done = run("estimate", "--method", "list")
    assert done.returncode == 0 and "lower-bound" in done.stdout.split()
    status, out = as_json("estimate", "--method", "bic")
    assert (status, out["error"]["message"]) == (2, "Missing argument 'TABLE'.")


def test_whoever_stops_listening_early_sees_no_fault():
    program = f"{sys.executable} -m uncounted published uk2013; echo $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({program}) | head -c 5"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("Poten", "0\n")


@pytest.mark.parametrize("command", ["estimate", "assess", "simulate", "check", "link", "run",
                                     "names", "published", "shares", "claims", "flows"])  # fmt: skip
def test_the_help_of_a_command_is_light(command):
    code = (
        "import sys; from uncounted.cli import main\n"
        f"try: main(['{command}', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numba', 'scipy', 'altair', 'duckdb', 'jinja2', 'numpy', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_help_is_light():
    code = (
        "import sys; from uncounted.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numba', 'scipy', 'altair', 'duckdb', 'splink', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "estimate" in done.stdout


def test_every_command_has_help_and_takes_json():
    listed = run("--help").stdout.split("Commands:")[1]
    commands = [
        line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "
    ]
    assert "estimate" in commands
    for command in commands:
        done = run(command, "--help")
        assert done.returncode == 0, command
        assert "--json" in done.stdout, command


def test_version():
    assert run("--version").stdout.startswith("uncounted ")
