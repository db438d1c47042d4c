"""Every command answers on bundled data as it did when the golden record was made.

A difference that is meant is listed, with its reason, in ``tests/reference/golden/differences.toml``.
"""

from __future__ import annotations

import copy
import importlib
import importlib.util
import sys
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[1] / "reference" / "golden"
_SPEC = importlib.util.spec_from_file_location(
    "golden_record", _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)]
)
sys.modules.setdefault("golden_record", importlib.util.module_from_spec(_SPEC))
commands = importlib.import_module("golden_record.commands")
compare = importlib.import_module("golden_record.compare")
record = importlib.import_module("golden_record.record")


QUICK = {
    "assess",
    "claims",
    "estimate-posterior",
    "help",
    "names",
    "published",
    "refusals",
    "shares",
}
"""Groups that stay among the fast tests; each of the others costs several processor seconds."""
GROUPS = [
    pytest.param(g, marks=[] if g in QUICK else [pytest.mark.extended]) for g in commands.GROUPS
]


@pytest.mark.parametrize("group", GROUPS)
def test_answers_are_as_recorded(group):
    lines = record.check_group(group)
    if lines:
        more = f"\n... and {len(lines) - 30} more" if len(lines) > 30 else ""
        pytest.fail(f"{len(lines)} differences\n" + "\n".join(lines[:30]) + more, pytrace=False)


def test_listed_differences_name_a_group_and_a_reason():
    for entry in compare.load_listed(_FOLDER / "differences.toml"):
        assert entry.group in commands.GROUPS and entry.reason.strip(), entry


def test_every_command_is_in_the_record():
    words = {key.split()[0] for group in commands.GROUPS for key in record.read(group)}
    assert set(commands.COMMANDS) <= words


def test_the_record_is_small():
    size = sum(path.stat().st_size for path in record.RECORD.glob("*"))
    assert size < 1_500_000  # so that a repository can carry it and its successors


# ---------------------------------------------------------------- the comparison itself can fail

WAS = {
    "estimate a --json": {
        "status": 0,
        "json": {"estimates": [{"point": 25311.291, "caveats": ["one", "two"]}], "n": 3},
    },
    "names A B --json": {"status": 0, "json": {"same": True}},
}


def _changed(change):
    now = copy.deepcopy(WAS)
    change(now["estimate a --json"], now)
    return [(d.path, d.was, d.now) for d in compare.differences(WAS, now)]


def _estimate(row):
    return row["json"]["estimates"][0]


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        (lambda row, _: None, []),
        (lambda row, _: _estimate(row).update(point=25311.291 * (1 + 4e-10)), []),
        (lambda row, _: _estimate(row).update(point=25311.291 * (1 + 4e-9)), ["$.json.estimates[0].point"]),
        (lambda row, _: _estimate(row).update(point=25311), ["$.json.estimates[0].point"]),
        (lambda row, _: _estimate(row).update(point=None), ["$.json.estimates[0].point"]),
        (lambda row, _: row["json"].update(n=3.0), ["$.json.n"]),
        (lambda row, _: row["json"].update(new=1), ["$.json.new"]),
        (lambda row, _: row["json"].pop("n"), ["$.json.n"]),
        (lambda row, _: row.update(status=4), ["$.status"]),
        (lambda row, _: _estimate(row)["caveats"].insert(0, "none"), ["$.json.estimates[0].caveats[0]"]),
        (lambda row, _: _estimate(row)["caveats"].__setitem__(1, "2"), ["$.json.estimates[0].caveats[1]"]),
        (lambda _, now: now.pop("names A B --json"), ["$"]),
        (lambda _, now: now.update(more={"status": 0}), ["$"]),
    ],
)  # fmt: skip
def test_a_difference_is_found_where_it_is(change, paths):
    assert [path for path, _, _ in _changed(change)] == paths


def test_more_is_allowed_only_where_it_is_said():
    def found(command, key, factor):
        was = {command: {"json": {key: {"se": 0.5}}}}
        return compare.differences(was, {command: {"json": {key: {"se": 0.5 * factor}}}})

    assert not found("flows --json", "gravity", 1 + 1e-6)
    assert found("flows --json", "gravity", 1 + 1e-4)
    assert found("flows --json", "others", 1 + 1e-6)
    assert found("routes --json", "gravity", 1 + 1e-6)


def test_listed_differences_cover_their_place_only_and_must_occur():
    now = copy.deepcopy(WAS)
    _estimate(now["estimate a --json"])["caveats"][0] = "anew"
    found = compare.differences(WAS, now)
    assert "was" in str(found[0]) and "anew" in compare.told(found, [])[0]

    def listed(command="estimate *", path="$.json.estimates[*].caveats", new=None):
        return compare.Listed("g", command, path, "worded anew", new)

    assert compare.told(found, [listed()]) == []
    assert compare.told(found, [listed(new="anew")]) == []
    assert len(compare.told(found, [listed(new="another")])) == 2
    assert len(compare.told(found, [listed(path="$.json.estimates[*].cav")])) == 2
    assert len(compare.told(found, [listed(command="names *")])) == 2
    assert "no longer so" in compare.told([], [listed()])[0]


def test_the_list_of_differences_is_read_strictly(tmp_path):
    path = tmp_path / "differences.toml"
    entry = '[[difference]]\ngroup = "names"\ncommand = "*"\npath = "$"\nreason = "r"\n'
    path.write_text(entry)
    assert compare.load_listed(path) == [compare.Listed("names", "*", "$", "r")]
    path.write_text(entry + 'befcause = "x"\n')
    with pytest.raises(ValueError, match="befcause"):
        compare.load_listed(path)


def test_what_is_read_of_a_page_is_what_a_reader_sees(tmp_path):
    page = tmp_path / "p.html"
    page.write_text(
        "<html><head><title>t</title></head><body><h1>About <b>900</b></h1><svg><text>no</text></svg>"
        "<table><tr><th>a</th><td>1</td></tr></table><style>x{}</style><p>2026-06-30-725c8f55b8</p></body>"
    )
    assert record._file(page, tmp_path)["lines"] == ["About 900", "| a | 1", "<run>"]
    table = tmp_path / "t.csv"
    table.write_text("a,b,c\n1,0.25,†\n")
    assert record._file(table, tmp_path)["rows"] == [["a", "b", "c"], ["1", 0.25, "†"]]
