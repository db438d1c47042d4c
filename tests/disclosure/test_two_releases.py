"""Two and three releases in a row, with a person more or less: nothing in any file tells of it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.disclosure import made, reader

from uncounted.answers.runs import verify_run
from uncounted.disclosure.ledger import Ledger
from uncounted.disclosure.renamed import relabelled, same_lists
from uncounted.errors import InputError, VerificationError
from uncounted.project.settings import load_project

OPEN = [0, 60, 80, 29, 40, 25, 37, 25]
HIDDEN = [0, 60, 80, 19, 40, 25, 17, 5]


def start(folder, counts, **more):
    who = made.people(counts, np.random.default_rng(1))
    return who, made.release(made.write(folder, who, **more))


def files(result):
    return {k: v for k, v in made.written(result.folder).items() if k != "index.html"}


def one_less(who, mask):
    """One person is no longer on the first of their lists."""
    at = next(i for i, (m, _, _) in enumerate(who) if m == mask)
    left = mask & (mask - 1)
    return [*who[:at], *([(left, *who[at][1:])] if left else []), *who[at + 1 :]]


@pytest.mark.parametrize(
    ("counts", "mask"),
    [
        (HIDDEN, 7),
        *(
            pytest.param(*x, marks=pytest.mark.extended)
            for x in ((OPEN, 3), (OPEN, 1), (HIDDEN, 6))
        ),
    ],
)
def test_a_withdrawal_changes_no_file_of_the_next_release(counts, mask, tmp_path):
    who, first = start(tmp_path, counts)
    again = made.release(made.write(tmp_path, one_less(who, mask)))
    assert again.run != first.run and again.held
    assert files(again) == files(first)
    # The command's own answer says no more than the files do.
    a, b = first.to_dict(), again.to_dict()
    for key in ("estimate", "rows", "groups", "doubt", "methods", "verdict", "release"):
        assert a[key] == b[key], key
    page = again.page.read_text()
    assert "stand as released in run" in page and first.run in page
    verify_run(again.folder, link=made.link)
    # A draft is not held, so the person would be seen there: the attack finds it.
    draft = made.release(tmp_path, draft=True)
    assert files(draft) != files(first)


@pytest.mark.extended
def test_a_person_more_and_another_less_in_what_is_hidden_changes_nothing(tmp_path):
    """No shown count moves: neither may a figure, which another table of the same page could make."""
    who, first = start(tmp_path, HIDDEN)
    seen = reader.see(first.folder)
    hidden = [m for m in range(1, 8) if seen.cells[m - 1] is None]
    assert 7 in hidden
    # 7 and 6 trade: 111 + 001 for 011 + 101 keeps every sum
    moved, swap = [], {7: 6, 1: 1}
    for m, origin, work in who:
        moved.append((swap.pop(m, m) if m == 7 and 7 in swap else m, origin, work))
    again = made.release(made.write(tmp_path, moved))
    assert files(again) == files(first)


@pytest.mark.extended
def test_three_releases_are_each_held_against_all_before(tmp_path):
    who, first = start(tmp_path, OPEN)
    grown = [*who, *[(1, "Mexico", "restaurant")] * 15, *[(2, "China", "massage")] * 12]
    second = made.release(made.write(tmp_path, grown))
    assert not {"overlap", "rows"} & set(second.held)
    assert second.detected == first.detected + 27
    third = made.release(made.write(tmp_path, [*who, (1, "Mexico", "restaurant")]))
    assert third.held["overlap"] == second.run
    assert files(third) == files(second)


@pytest.mark.extended
def test_a_group_whose_count_stays_keeps_its_figure(tmp_path):
    """Somebody of a group leaves one of two lists: the group is as many, its overlaps are not."""
    counts = [0, 300, 280, 240]
    who = made.people(counts, np.random.default_rng(2))
    who = [(m, ("Mexico", "China")[i % 2], "restaurant") for i, (m, _, _) in enumerate(who)]
    first = made.release(made.write(tmp_path, who, lists=2))
    figures = {g.label: g.point for g in first.shown.group_values("origin")}
    assert figures["Mexico"] and figures["China"]
    again = made.release(made.write(tmp_path, one_less(who, 3), lists=2))
    assert files(again) == files(first)


# --- renamed lists --------------------------------------------------------------------------------


@pytest.mark.parametrize("new_file", [pytest.param(False, marks=pytest.mark.extended), True])
def test_a_renamed_list_is_held_against_what_it_was(new_file, tmp_path):
    who, first = start(tmp_path, OPEN)
    made.write(tmp_path, one_less(who, 3), names=("harbour", "bell", "cove"))
    if new_file:
        (tmp_path / "lists" / "ark.csv").rename(tmp_path / "lists" / "other.csv")
        file = tmp_path / "uncounted.toml"
        file.write_text(file.read_text().replace("ark.csv", "other.csv"))
    again = made.release(tmp_path)
    assert set(again.held) >= {"overlap", "rows"}
    old, new = (reader.see(r.folder) for r in (first, again))
    assert new.lists == ("harbour", "bell", "cove")
    assert (new.cells, list(new.totals.values())) == (old.cells, list(old.totals.values()))


def test_names_that_change_places_are_followed():
    entry = {
        "tables": {"overlap": {"a": 40, "b": 90}},
        "lists": {"a": ["f1", "c1"], "b": ["f2", "c2"]},
    }
    assert same_lists(entry, {"b": ["f1", "x"], "a": ["f2", "y"]}, {}, 11) == {"a": "b", "b": "a"}
    assert same_lists(entry, {"a": ["f9", "c2"], "z": ["f1", "y"]}, {}, 11) == {"b": "a", "a": "z"}
    # neither file nor content is as it was: the number tells
    new = {"overlap": {"q": 41, "r": 300}}
    found = same_lists(entry, {"q": ["n1", "m1"], "r": ["n2", "m2"]}, new, 11)
    assert found == {"a": "q", "b": "b"}
    assert relabelled("rows", {"a, used": 3, "all used": 9}, found) == {"q, used": 3, "all used": 9}


# --- the ledger and what a run kept of it ---------------------------------------------------------


def lines(folder):
    return (folder / ".uncounted" / "ledger.jsonl").read_text().splitlines(keepends=True)


def edited(kept, k, change):
    entry = json.loads(kept[k])
    change(entry)
    return [*kept[:k], json.dumps(entry, ensure_ascii=False) + "\n", *kept[k + 1 :]]


TAMPERED = {
    "last line edited": lambda k: edited(
        k, -1 % len(k), lambda e: e["tables"]["overlap"].update(all=1)
    ),
    "last line emptied": lambda k: edited(k, -1 % len(k), lambda e: e.update(tables={})),
    "first line edited": lambda k: edited(k, 0, lambda e: e["tables"]["overlap"].update(all=1)),
    "last line deleted": lambda k: k[:-1],
    "first line deleted": lambda k: k[1:],
    "lines changed places": lambda k: k[::-1],
    "a line twice": lambda k: [*k, k[-1]],
    "all gone": lambda k: [],
    "a run renamed": lambda k: edited(
        k, -1 % len(k), lambda e: e.update(run="2026-11-01-0000000000")
    ),
}


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twice")
    who, _ = start(folder, OPEN)
    grown = [*who, *[(1, "Mexico", "restaurant")] * 15]
    return folder, made.release(made.write(folder, grown))


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.parametrize("head", [True, False])
def test_a_ledger_that_was_tampered_with_stops_publishing_and_verifying(how, head, twice):
    folder, second = twice
    ledger, small = (folder / ".uncounted" / f"ledger.{e}" for e in ("jsonl", "head"))
    kept, kept_head = lines(folder), small.read_text()
    try:
        ledger.write_text("".join(TAMPERED[how](kept)))
        if not head:  # whoever takes lines away may take the small file beside it away too
            small.unlink()
        with pytest.raises(VerificationError, match="ledger"):
            verify_run(second.folder, link=made.link)
        with pytest.raises(InputError, match="ledger"):
            made.release(folder)
    finally:
        ledger.write_text("".join(kept))
        small.write_text(kept_head)


def test_a_ledger_cut_short_is_noticed_though_its_run_is_gone_too(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for run in ("r1", "r2", "r3"):
        ledger.record(run, {"origin": {"all": 57}})
    kept = (tmp_path / "ledger.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "ledger.jsonl").write_text("".join(kept[:1]))
    with pytest.raises(InputError, match="are gone"):
        Ledger(tmp_path / "ledger.jsonl")
    # an interruption after a line and before the small file beside it is none
    (tmp_path / "ledger.jsonl").write_text("".join(kept))
    (tmp_path / "ledger.head").write_text(Ledger.hash_of(kept[1].rstrip("\n")) + "\n")
    assert len(Ledger(tmp_path / "ledger.jsonl").entries) == 3


@pytest.mark.extended
def test_a_release_of_before_that_kept_no_figures_lets_none_stand(tmp_path):
    """A ledger of an earlier version: counts stand, and there is no figure to set beside them."""
    who, first = start(tmp_path, OPEN)
    path = tmp_path / ".uncounted" / "ledger.jsonl"
    entry = json.loads(path.read_text())
    old = {k: entry[k] for k in ("run", "before", "tables")}
    path.write_text(json.dumps(old) + "\n")
    (path.with_suffix(".head")).unlink()
    manifest = first.folder / "manifest.json"
    kept = json.loads(manifest.read_text())
    del kept["ledger_line"]
    manifest.write_text(json.dumps(kept))
    again = made.release(made.write(tmp_path, one_less(who, 3)))
    assert again.estimate.point is None and again.estimate.refused
    assert reader.see(again.folder).cells == reader.see(first.folder).cells
    assert "Too few people changed" in again.page.read_text()


# --- what steps keep ------------------------------------------------------------------------------


@pytest.mark.extended
@pytest.mark.parametrize("step", ["link", "overlap", "told", "estimate", "groups-origin"])
def test_a_step_file_that_somebody_changed_is_not_used(step, tmp_path):
    _, first = start(tmp_path, OPEN)
    before = made.written(first.folder)
    (path,) = (tmp_path / ".uncounted" / "steps").glob(f"{step}-*.npz")
    with np.load(path) as kept:
        arrays = {k: kept[k].copy() for k in kept.files}
    name = next(k for k, v in arrays.items() if v.size and v.dtype.kind in "iu")
    arrays[name].flat[-1] += 1
    with path.open("wb") as f:
        np.savez_compressed(f, **arrays)
    again = made.release(tmp_path)
    assert not again.skipped[step]
    assert made.written(again.folder) == before


@pytest.mark.extended
def test_a_step_file_of_another_step_or_project_is_not_used(tmp_path):
    _, first = start(tmp_path / "a", OPEN)
    start(tmp_path / "b", [0, *(c + 20 for c in OPEN[1:])], key="other" * 13)
    (here,) = (tmp_path / "a" / ".uncounted" / "steps").glob("overlap-*.npz")
    (there,) = (tmp_path / "b" / ".uncounted" / "steps").glob("overlap-*.npz")
    here.write_bytes(there.read_bytes())
    assert made.written(made.release(tmp_path / "a").folder) == made.written(first.folder)


@pytest.mark.extended
def test_settings_that_change_figures_are_no_withdrawal(tmp_path):
    """The same lists, another level: the figure is made anew, and the counts stay."""
    _, first = start(tmp_path, OPEN)
    file = tmp_path / "uncounted.toml"
    file.write_text(file.read_text().replace("draws = 20", "level = 0.8\ndraws = 20"))
    again = made.release(tmp_path)
    assert not again.held and again.estimate.interval.level == 0.8
    assert replace(first.estimate.interval, level=0.8) != again.estimate.interval
    assert load_project(tmp_path).settings.estimate.level == 0.8
