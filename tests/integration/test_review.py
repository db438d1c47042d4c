"""`uncounted link --review`: answers, going back, leaving half-way, going on; and what is shown."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from uncounted.cli.link import link

_SPEC = importlib.util.spec_from_file_location(
    "small_coalition_review", Path(__file__).with_name("small_coalition.py")
)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review") / "made"
    small.write(folder)
    # A dozen of one list's records hold an initial and no birth date: pairs in doubt.
    path = folder / "lists" / "hotline.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    for k in range(0, 12 * 8, 8):
        cells = rows[k].split(",")
        rows[k] = ",".join([cells[0], "Z.", cells[2], "", *cells[4:]])
    path.write_text("\n".join([header, *rows, ""]), "utf-8")
    return folder


def answer(project, keys, most=4):
    words = [str(project), "--review", "--who", "A.B.", "--most", str(most)]
    done = CliRunner().invoke(link, words, input="".join(f"{k}\n" for k in keys))
    path = project / "hand" / "decisions.jsonl"
    kept = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return done, kept


def test_a_review_from_first_answer_to_the_next_sitting(project):
    done, kept = answer(project, ["s", "x", "d", "b", "u", "q"])
    assert done.exit_code == 0, done.output
    assert "That is not one of the answers." in done.output
    assert "2 of 4 pairs decided: 1 same, 1 unsure" in done.output
    assert [k["verdict"] for k in kept] == ["same", "different", "unsure", "unsure"]
    assert kept[1]["first"] == kept[2]["first"]  # going back takes the answer back
    assert {k["who"] for k in kept} == {"A.B."}
    words = (project / "hand" / "decisions.jsonl").read_text()
    assert not any(word in words for word in small.PLANTED)
    # What nobody compares is not shown: no reference, no kind of work.
    assert "QX-99731" not in done.output
    assert not any(work in done.output for work in small.WORK)
    # The next sitting begins with pairs that nobody saw; those left unsure come last.
    again, more = answer(project, ["d"])  # the terminal goes away after one answer
    assert again.exit_code == 1 and "1 of 4 pairs decided" in again.output
    assert len(more) == 5
    asked = {(k["first"], k["second"]) for k in kept}
    assert (more[4]["first"], more[4]["second"]) not in asked
    one, _ = answer(project, ["q"], most=1)
    assert "0 of 1 pairs decided" in one.output


def test_a_review_is_no_json(project):
    done = CliRunner().invoke(link, [str(project), "--review", "--json"])
    assert done.exit_code == 2 and "no --json" in done.output
