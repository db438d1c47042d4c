"""What the program does when nobody says otherwise: no name on disk in clear, nothing run that is only data."""

from __future__ import annotations

import ast
import base64
import json
import os
import pickle
import re
import stat
from pathlib import Path

import numpy as np
import pytest
from tests.house import FILES, ROOT

from uncounted.core import private
from uncounted.engine import plain
from uncounted.engine.jobs import Job, map_jobs
from uncounted.errors import InputError
from uncounted.files import duck
from uncounted.kernels import trust
from uncounted.linkage.decisions import Decision, append, project_salt, read, read_kept

# --- rights --------------------------------------------------------------------------------------


@pytest.fixture(params=[0o000, 0o022, 0o077], ids="umask {:03o}".format)
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_is_its_owners_alone_whatever_the_umask(tmp_path, umask, monkeypatch):
    made: list[int] = []
    real = os.open

    def watched(path, flags, mode=0o777, **more):
        if flags & os.O_CREAT:
            made.append(mode)
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", watched)
    folder = tmp_path / "a" / "b"
    private.make_folder(folder)
    private.replace_file(folder / "x", "text")
    os.close(private.open_to_append(folder / "y"))
    assert {mode(p) for p in (tmp_path / "a", folder)} == {0o700}
    assert {mode(p) for p in (folder / "x", folder / "y")} == {0o600}
    assert set(made) == {0o600}  # from the first moment on, not closed afterwards


def test_what_was_open_is_closed_and_a_link_is_not_followed(tmp_path):
    there = tmp_path / "there"
    there.mkdir(0o755)
    (there / "f").write_text("x")
    (there / "f").chmod(0o664)
    outside = tmp_path / "outside"
    outside.write_text("y")
    outside.chmod(0o644)
    (there / "link").symlink_to(outside)
    private.close_all(there)
    assert mode(there) == 0o700 and mode(there / "f") == 0o600
    assert mode(outside) == 0o644
    with pytest.raises(OSError):
        private.open_to_append(there / "link")
    assert outside.read_text() == "y"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "f"
    private.replace_file(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError):
        private.replace_file(path, "new")
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["f"]


# --- DuckDB --------------------------------------------------------------------------------------


def test_only_one_place_opens_duckdb():
    calls = [
        name
        for name, path in FILES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"connect", "default_connection"}
        if isinstance(node.value, ast.Name) and node.value.id == "duckdb"
    ]
    assert calls == ["uncounted.files.duck"]


@pytest.mark.parametrize("files", [True, False])
def test_what_does_not_fit_into_memory_is_not_written_to_disk(tmp_path, monkeypatch, files):
    monkeypatch.chdir(tmp_path)
    with duck.connect(files=files, memory="40MB") as db, pytest.raises(Exception) as told:
        db.execute("create table t as select range || 'Maria Lopez' as n from range(9000000)")
        db.execute("select n, count(*) from t group by n order by n").fetchall()
    assert duck.is_out_of_memory(told.value)
    assert list(tmp_path.iterdir()) == []


def test_a_query_over_records_reads_no_file_and_fetches_nothing(tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n")
    with duck.connect(files=False) as db:
        for query in (
            f"select * from read_csv('{tmp_path}/x.csv')",
            f"copy (select 1) to '{tmp_path}/y.csv'",
            "install httpfs",
            "set temp_directory = 'here'",
            "set enable_external_access = true",
        ):
            with pytest.raises(Exception, match=r"disabled|Cannot"):
                db.execute(query)
    with duck.connect(files=True) as db:
        names = (
            "autoinstall_known_extensions",
            "autoload_known_extensions",
            "allow_community_extensions",
        )
        found = [db.execute(f"select current_setting('{n}')").fetchone()[0] for n in names]
    assert found == [False, False, False]


def test_running_out_of_memory_while_linking_is_a_plain_message(tmp_path, monkeypatch):
    from uncounted.linkage import link, splink_engine

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        splink_engine, "connect", lambda files: duck.connect(files=files, memory="3MB")
    )
    rows = [
        {"given": f"Ana{i}", "surname": f"Diaz{i % 900}", "dob": "1990-02-03"} for i in range(4000)
    ]
    with pytest.raises(InputError, match="more memory") as told:
        link({"a": rows, "b": rows})
    assert "Diaz" not in str(told.value) and "budget" in told.value.fix
    assert list(tmp_path.iterdir()) == []


# --- no pickles ----------------------------------------------------------------------------------

RUNS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}


def loads(tree: ast.AST) -> list[str]:
    """Imports and calls by which bytes of a file could run."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.partition(".")[0] in RUNS]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in RUNS:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            allowed = any(
                k.arg == "allow_pickle"
                and not (isinstance(k.value, ast.Constant) and k.value.value is False)
                for k in node.keywords
            )
            if allowed or name in {"read_pickle", "to_pickle", "exec", "eval", "unsafe_load"}:
                found.append(name)
    return found


@pytest.mark.parametrize("folder", ["src", "benchmarks"])
def test_nothing_kept_is_a_pickle(folder):
    home = ROOT if folder == "src" else ROOT.parents[1] / folder
    if not home.is_dir():
        pytest.skip("the benchmarks are not part of an installed package")
    found = {
        p.relative_to(home).as_posix(): loads(ast.parse(p.read_text("utf-8")))
        for p in home.rglob("*.py")
    }
    assert {k: v for k, v in found.items() if v} == {}
    assert len(found) > 20


@pytest.mark.parametrize(
    "planted",
    [
        "import pickle", "from joblib import load", "np.load(p, allow_pickle=True)",
        "np.load(p, allow_pickle=flag)", "pd.read_pickle(p)", "def f():\n    import _pickle", "exec(text)",
    ],
)  # fmt: skip
def test_a_pickle_would_be_seen(planted):
    assert loads(ast.parse(planted))


class Bomb:
    def __reduce__(self):
        return (os.mkdir, ("boom",))


def test_a_folder_to_resume_from_is_read_as_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    jobs = [Job("a", (1,)), Job("b", (2,))]
    kept = tmp_path / "kept"
    assert map_jobs(lambda i: (i, "x"), jobs, workers=1, resume=kept) == [(1, "x"), (2, "x")]
    assert {mode(p) for p in kept.iterdir()} == {0o600} and mode(kept) == 0o700
    bomb = pickle.dumps(Bomb())
    hostile = [
        bomb, b"", b"{", b"\xff\xfe", b'{"[]": ["O", [1], "' + base64.b64encode(bomb) + b'"]}',
        b'{"[]": ["<f8", [1000000000], ""]}', b'{"()": 3}', b'{"x": 1, "y": 2}', b"[" * 100_000,
    ]  # fmt: skip
    for spoilt in hostile:
        for path in kept.iterdir():
            path.write_bytes(spoilt)
            path.with_suffix(".job").write_bytes(bomb)  # as earlier versions kept it
        assert map_jobs(lambda i: (i, "x"), jobs, workers=1, resume=kept) == [(1, "x"), (2, "x")]
    assert not (tmp_path / "boom").exists()


def test_plain_values_come_back_as_they_were():
    value = {
        "a": (1, -2.5, float("inf"), None, True), 3: ["é", [np.arange(6.0).reshape(2, 3)]],
        "d": np.array(["2020-01-01"], "datetime64[D]"), (): {},
    }  # fmt: skip
    again = plain.from_text(plain.to_text(value))
    np.testing.assert_equal(again, value)
    assert again[3][1][0].flags.writeable
    for odd in (object(), {1, 2}, np.array([object()])):
        with pytest.raises(TypeError):
            plain.to_text(odd)


# --- caches of compiled code ---------------------------------------------------------------------


def test_only_a_folder_that_nobody_else_may_write_is_safe(tmp_path, monkeypatch):
    own = tmp_path / "own"
    own.mkdir(0o700)
    assert trust.is_safe(own) and trust.is_safe(own / "not" / "yet")
    own.chmod(0o777)
    assert not trust.is_safe(own) and not trust.is_safe(own / "under")
    own.chmod(0o1777)  # as /tmp: what is there may be anybody's, what is under it has an owner
    assert not trust.is_safe(own)
    (own / "mine").mkdir(0o700)
    assert trust.is_safe(own / "mine")
    own.chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr(trust, "_SYSTEM", 4712)
    assert not trust.is_safe(own)  # another user's


@pytest.mark.parametrize("how", ["environment", "file"])
def test_numba_is_not_sent_to_an_unsafe_cache(tmp_path, monkeypatch, how):
    open_ = tmp_path / "cache"
    open_.mkdir()
    open_.chmod(0o777)
    monkeypatch.chdir(tmp_path)
    config = type("config", (), {"CACHE_DIR": str(open_)})
    monkeypatch.setitem(trust.sys.modules, "numba", type("numba", (), {"config": config}))
    if how == "environment":
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(open_))
    else:
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        (tmp_path / ".numba_config.yaml").write_text(f"cache_dir: {open_}\n")
    trust.only_safe_caches()
    assert os.environ["NUMBA_CACHE_DIR"] == "" and config.CACHE_DIR == ""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    trust.only_safe_caches()
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path)


# --- decisions -----------------------------------------------------------------------------------

A, B, C = (format(k, "032x") for k in (1, 2, 3))


@pytest.fixture
def hand(tmp_path):
    folder = tmp_path / "hand"
    project_salt(folder, make=True)
    append(folder, Decision(A, B, "same", 'Zoë "Z" 김\u2028', "2026-01-01T00:00:00+00:00"))
    append(folder, Decision(A, C, "different", "", "2026-01-01T00:00:01+00:00"))
    return folder


def test_decisions_are_closed_to_others(hand, umask):
    append(hand, Decision(B, C, "open"))
    assert mode(hand) == 0o700
    assert {p.name: mode(p) for p in hand.iterdir()} == {"salt": 0o600, "decisions.jsonl": 0o600}
    (hand / "decisions.jsonl").chmod(0o644)  # by an earlier version
    append(hand, Decision(B, C, "open"))
    assert mode(hand / "decisions.jsonl") == 0o600


def test_a_line_cut_anywhere_is_forgiven_and_the_next_answer_is_a_line_of_its_own(hand):
    path = hand / "decisions.jsonl"
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first + 1, len(whole) - 1):
        path.write_bytes(whole[:end])
        kept = read_kept(hand)
        assert len(kept.decisions) == 1 and kept.halves == (2,), whole[first:end]
        append(hand, Decision(B, C, "unsure"))
        kept = read_kept(hand)
        assert [d.verdict for d in kept.decisions] == ["same", "unsure"] and kept.halves == (2,)
    path.write_bytes(whole[:-1])  # all of it but the end of the line
    assert len(read(hand)) == 2
    path.write_bytes(whole + b"\x00" * 512)  # a block the disk promised and never wrote
    assert read_kept(hand).halves == (3,) and len(read(hand)) == 2


@pytest.mark.parametrize("end", range(4, 60, 5))
def test_a_first_line_cut_inside_a_letter_is_forgiven(hand, end):
    path = hand / "decisions.jsonl"
    line = path.read_bytes().split(b"\n")[0]
    at = line.index("김".encode()) + 1
    path.write_bytes(line[: min(at, len(line) - end)])
    assert read_kept(hand).halves == (1,)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace('"same"', '"different"', 1),
        lambda t: t.replace(A, C, 1),
        lambda t: t.replace("Zoë", "Zoe"),
        lambda t: re.sub(r', "seal": "\w+"}', "}", t, count=1),
        lambda t: re.sub(r', "seal": "\w+"}', "}", t),
        lambda t: t + t.split("\n")[0].replace("seal", "sea1") + "\n",
        lambda t: t + '{"first": 3, "second": "b", "verdict": "same"}\n',
        lambda t: t + "x" + t.split("\n")[0][:40] + "\n",
        lambda t: t + t.split("\n")[0] + "}\n",
        lambda t: t + "[]\n",
        lambda t: t + t.split("\n")[0] * 2 + "\n",
        lambda t: t + '{"first": "a\tb\n',
        lambda t: t + "{'first': '" + A + "'\n",
    ],
)
def test_a_changed_line_is_refused_by_its_number(hand, change):
    path = hand / "decisions.jsonl"
    text = path.read_text("utf-8")
    changed = change(text)
    assert changed != text
    path.write_text(changed, "utf-8")
    with pytest.raises(InputError, match=r"line \d") as told:
        read(hand)
    assert A not in str(told.value) and "Zo" not in str(told.value)


def test_lines_of_earlier_versions_have_no_seal_and_stand(hand):
    path = hand / "decisions.jsonl"
    (hand / "salt").write_text("0" * 32 + "\n")
    path.unlink()
    for verdict in ("same", "different"):
        append(hand, Decision(A, B, verdict))
    old = json.dumps({"first": A, "second": B, "verdict": "unsure"}) + "\n"
    path.write_text(old + path.read_text("utf-8"), "utf-8")
    assert [d.verdict for d in read(hand)] == ["unsure", "same", "different"]
    path.write_text(path.read_text("utf-8") + old, "utf-8")
    with pytest.raises(InputError, match="line 4"):
        read(hand)


def test_a_projects_key_and_its_folder_are_its_owners_alone(tmp_path):
    """The key undoes keyed hashes, so not even the folder it is in is left open."""
    from uncounted.project.guard import KEY, write_key

    before = os.umask(0)
    try:
        write_key(tmp_path / "made" / ".uncounted", "5" * 64)
    finally:
        os.umask(before)
    assert mode(tmp_path / "made" / ".uncounted") == 0o700
    assert mode(tmp_path / "made" / ".uncounted" / KEY) == 0o600
