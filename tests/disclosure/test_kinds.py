"""Each kind of leak that was found by attack, with other numbers than those it was found with."""

from __future__ import annotations

import hashlib
import itertools
import json
import stat
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.disclosure import made

from uncounted.answers.links import _counted, _without_links
from uncounted.answers.runs import verify_run
from uncounted.core.table import OverlapTable
from uncounted.disclosure.groups import groups_that_may
from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.pairs import PEOPLE, sums_that_may
from uncounted.disclosure.suppress import Total, protect
from uncounted.disclosure.told import told_tables
from uncounted.errors import VerificationError
from uncounted.project.release import shown_cost, shown_facts

KEYS = [f"key {k}".encode() for k in range(120)]


# --- which second number is suppressed ------------------------------------------------------------


def possible(shown, totals, cells):
    """Values of each suppressed cell in all tables by which the rule may have shown this."""
    hidden = [i for i, c in enumerate(shown.cells) if c is None]
    agree = made.tables_that_agree(
        shown.cells, {t.name: (t.cells, shown.totals[t.name]) for t in totals}
    )
    seen: dict[int, set[int]] = {i: set() for i in hidden}
    for table in agree:
        for key in KEYS[:40]:
            again = protect(table, totals, key=key)
            if again.cells == shown.cells and again.totals == shown.totals:
                for i in hidden:
                    seen[i].add(table[i])
                break
    return seen


@pytest.mark.parametrize(
    "cells", [[47, 10, 46, 59], [30, 2, 11, 12], [15, 14, 13, 9], [21, 1, 1, 33]]
)
def test_the_rule_cannot_be_turned_round(cells):
    totals = [Total("all", (0, 1, 2, 3))]
    shown = protect(cells, totals, key=b"secret of a project")
    assert shown.totals["all"] == sum(cells)
    for i, values in possible(shown, totals, cells).items():
        if cells[i] < 11:
            assert cells[i] in values and max(values) - min(values) >= 11, (i, sorted(values))


def test_the_smallest_would_have_been_found_out():
    """The attack on the usual rule, which takes the smallest besides: of 55 pairs one is left."""
    left = []
    for p, q in ((p, 56 - p) for p in range(1, 56)):
        small = [c for c in (47, p, q, 59) if c < 11]
        others = sorted((c, i) for i, c in enumerate((47, p, q, 59)) if c >= 11)
        if len(small) == 1 and others[0][1] in (1, 2):
            left.append((p, q))
    assert left == [(10, 46), (46, 10)]


@pytest.mark.extended
def test_a_table_with_margins_cannot_be_turned_round_either():
    """Three lists: a pair and the triple are suppressed; either may have been the small one."""
    counts = [60, 80, 19, 40, 25, 17, 5]
    lists = ["a", "b", "c"]
    patterns = {}
    for key in KEYS:
        shown, _ = protect_overlap([0, *counts], lists, 11, key)
        patterns.setdefault((shown.cells, tuple(shown.totals.items())), key)
    # Where the pair is 5 and the triple 17, every number shown is the same but for which was chosen.
    turned = [60, 80, 19, 40, 25, 5, 17]
    other = set()
    for key in KEYS:
        shown, _ = protect_overlap([0, *turned], lists, 11, key)
        other.add((shown.cells, tuple(shown.totals.items())))
    assert any(p in other for p in patterns if p[0][5] is None and p[0][6] is None)


# --- figures of groups ----------------------------------------------------------------------------


def shows(cells, labels=()):
    return protect(cells, [Total("all", tuple(range(len(cells))))], key=b"k")


@pytest.mark.parametrize(
    ("groups", "may"),
    [
        # all large
        ([[0, 0, 0, 0], [0, 50, 40, 30], [0, 60, 50, 40]], (False, True, True)),
        # one small cell of its own
        ([[0, 0, 0, 0], [0, 50, 40, 7], [0, 60, 50, 40]], (False, False, False)),
        # the whole less two groups would be the third, which has a small cell
        ([[0, 0, 0, 0], [0, 50, 40, 30], [0, 60, 50, 40], [0, 12, 15, 3]], (False,) * 4),
        # two others, which hide each other
        ([[0, 0, 0, 0], [0, 90, 80, 70], [0, 30, 31, 5], [0, 29, 30, 40]], (False, True, False, False)),
    ],
)  # fmt: skip
def test_a_group_has_a_figure_only_where_its_table_may_be_shown(groups, may):
    groups = np.array(groups)
    whole, _ = protect_overlap(groups.sum(axis=0).tolist(), ["a", "b"], 11, b"k")
    found = groups_that_may(groups, whole, shows(groups.sum(axis=1).tolist()), 11)
    if may == (False,) * 4:  # giving up one more group may save another
        assert not all(found[1:3]) and not found[3]
    else:
        assert found == may


def test_nothing_of_other_groups_follows_from_those_with_figures():
    """Brute force: what the whole table leaves to the other groups, in 50 random breakdowns."""
    rng = np.random.default_rng(4)
    given = 0
    for _ in range(50):
        groups = np.concatenate(
            ([[0, 0, 0, 0]], np.c_[np.zeros(4), rng.poisson(rng.choice([6, 30, 60], (4, 3)))])
        ).astype(int)
        whole, _ = protect_overlap(groups.sum(axis=0).tolist(), ["a", "b"], 11, b"k")
        detected = shows(groups.sum(axis=1).tolist())
        may = groups_that_may(groups, whole, detected, 11)
        given += sum(may)
        for g, h in itertools.product(range(1, 5), range(1, 4)):
            if 0 < groups[g, h] < 11:
                assert not may[g]
                low, high = group_range(groups, whole, detected, may, (g, h))
                assert high - low >= 11 or not any(may), (groups, may, g, h)
    assert given > 8


def group_range(groups, whole, detected, may, cell):
    at = np.arange(groups.size).reshape(groups.shape)
    rows, right = [], []

    def say(cells, value):
        rows.append(np.isin(at, cells).ravel().astype(float))
        right.append(float(value))

    for h in range(1, groups.shape[1]):
        if whole.cells[h - 1] is not None:
            say(at[:, h], groups[:, h].sum())
    for g in range(groups.shape[0]):
        if detected.cells[g] is not None:
            say(at[g], groups[g].sum())
        if may[g]:
            for h in range(groups.shape[1]):
                say(at[g, h], groups[g, h])
    say(at[:, 0], 0)
    aim = np.zeros(groups.size)
    aim[at[cell]] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = milp(sign * aim, integrality=np.ones(groups.size), bounds=Bounds(0, 1e5),
                     constraints=[LinearConstraint(np.array(rows), right, right)])  # fmt: skip
        ends.append(round(sign * found.fun))
    return ends


# --- links, pairs, percentages --------------------------------------------------------------------


def test_links_and_pairs_are_not_said_beside_suppressed_counts():
    facts = {"expected_links": 87.3, "candidate_pairs": 131, "blocking": "87 pairs",
             "blocking_reach": 0.98765, "default_births": [{"list": "a", "records": 4}]}  # fmt: skip
    held = shown_facts(facts, 11, hidden=True)
    assert held["expected_links"] is held["candidate_pairs"] is held["blocking"] is None
    assert held["blocking_reach"] == 0.99 and held["default_births"][0]["records"] is None
    said = shown_facts(facts, 11, hidden=False)
    assert (said["expected_links"], said["candidate_pairs"]) == (87, 130)
    assert shown_facts({"expected_links": 7.0}, 11, hidden=False)["expected_links"] is None


def test_how_much_wider_is_worked_out_from_what_is_shown():
    rows = {"a, used": 100, "a, not released": 20, "b, used": 90, "b, not released": 30,
            "all not released": 50}  # fmt: skip
    people = {"a": 95, "b": 85}
    cost = shown_cost(["a", "b"], rows, people, 400)
    assert cost.wider == pytest.approx(0.45, abs=0.3)
    for name in ("a, not released", "b, used", "all not released"):
        assert shown_cost(["a", "b"], rows | {name: None}, people, 400).wider is None
    assert shown_cost(["a", "b"], rows, people | {"a": None}, 400).wider is None
    gone = shown_cost(["a", "b"], rows | {"b, used": 0, "b, not released": None}, people, 400)
    assert gone.total_only == ("b",)


@pytest.mark.parametrize("seed", range(16))
def test_sizes_pairs_and_people_tell_no_cell(seed):
    rng = np.random.default_rng(seed)
    t = int(rng.integers(2, 5))
    counts = np.concatenate(([0], rng.poisson(rng.choice([3, 15, 40], (1 << t) - 1))))
    lists = [f"l{i}" for i in range(t)]
    may = sums_that_may(counts, lists, 11)
    masks = range(1, 1 << t)
    rows, right = [], []
    for i, name in enumerate(lists):
        rows.append([float(bool(m >> i & 1)) for m in masks])
        right.append(sum(counts[m] for m in masks if m >> i & 1))
        for j in range(i + 1, t):
            if may[name, lists[j]]:
                rows.append([float(bool(m >> i & m >> j & 1)) for m in masks])
                right.append(sum(counts[m] for m in masks if m >> i & m >> j & 1))
    if may[PEOPLE]:
        rows.append([1.0] * len(masks))
        right.append(counts.sum())
    for m in masks:
        if 0 < counts[m] < 11:
            aim = np.zeros(len(masks))
            aim[m - 1] = 1
            ends = [
                round(sign * milp(sign * aim, integrality=np.ones(len(masks)),
                                  constraints=[LinearConstraint(np.array(rows), right, right)]).fun)
                for sign in (1.0, -1.0)
            ]  # fmt: skip
            only_sizes = len(rows) == t
            assert ends[1] - ends[0] >= 11 or only_sizes


def test_records_less_people_less_overlaps_is_not_said_by_link():
    """Through the answer itself: three lists, every pair large, and four people on all three."""
    counts = [0, 60, 70, 30, 80, 40, 35, 4]
    masks = [m for m, c in enumerate(counts) for _ in range(c)]
    member = sorted(k for m in masks for k in range(3) if m >> k & 1)
    known = {"expected_links": 113.0, "candidate_pairs": 140, "blocking": "all",
             "blocking_reach": 0.98123, "decisions_contradicting": 0}  # fmt: skip
    table = OverlapTable.from_histories(["a", "b", "c"], counts)
    found = SimpleNamespace(
        lists=("a", "b", "c"), member=np.array(member), diagnostics=known,
        settings=SimpleNamespace(threshold=0.5), table=lambda: table,
    )  # fmt: skip

    class Drawn:
        seed = 1

        def counts(self):
            return np.tile(counts, (4, 1))

        def __len__(self):
            return 4

    answer = _counted(found, Drawn(), small_cells=False)
    said = answer.to_dict()
    assert said["people"]["suppressed"] and not any(o["suppressed"] for o in said["overlaps"])
    assert said["diagnostics"]["expected_links"] is None
    assert not any(str(sum(counts)) in str(line) for line in answer.told())
    assert _counted(found, Drawn(), small_cells=True).to_dict()["people"]["point"] == sum(counts)
    assert _without_links({"matches_hidden": 3, "records": 9, "reach": 0.98123}) == {
        "matches_hidden": None, "records": 9, "reach": 0.98}  # fmt: skip


# --- told tables ----------------------------------------------------------------------------------


def test_told_tables_rest_on_what_is_shown_and_agree_with_it():
    counts = np.array([[0, 60, 80, 9, 40, 15, 17, 5], [0, 61, 80, 10, 39, 15, 16, 6]])
    lists = ["a", "b", "c"]
    shown, totals = protect_overlap(counts[0].tolist(), lists, 11, b"k")
    told = told_tables(counts, 0, shown, lists)
    hidden = [i for i, c in enumerate(shown.cells) if c is None]
    for was, now in zip(counts, told, strict=True):
        assert (np.delete(was[1:], hidden) == np.delete(now[1:], hidden)).all()
        for t in totals:
            if shown.totals[t.name] is not None:
                cells = [c + 1 for c in t.cells]
                assert was[cells].sum() == now[cells].sum()
    assert (told[:, np.array(hidden) + 1] >= 1).all()
    # another table that is shown alike is told alike, though no hidden count is the same
    agree = made.tables_that_agree(
        shown.cells, {t.name: (t.cells, shown.totals[t.name]) for t in totals}
    )
    for other in (agree[0], agree[-1]):
        twin = counts.copy()
        twin[0, 1:] = other
        assert (told_tables(twin, 0, shown, lists) == told).all()
    whole = np.array([[0, 60, 80, 19, 40, 15, 17, 15]])
    assert told_tables(whole, 0, protect_overlap(whole[0].tolist(), lists, 11)[0], lists) is whole


# --- the manifest ---------------------------------------------------------------------------------


def test_hashes_in_a_manifest_confirm_no_guess_and_texts_of_cells_do_not_stand_there(tmp_path):
    counts = [0, 60, 80, 29, 40, 25, 37, 25]
    folder = made.write(tmp_path, made.people(counts, np.random.default_rng(1)), twice=1)
    file = folder / "uncounted.toml"
    text = file.read_text().replace(
        'regime = "none"\n', 'regime = "none"\nvalues = { gender = { "Ms Quonsett" = "F" } }\n', 1
    )
    known = "\n[knowledge]\nknown_groups = [{ size = 80, met = 7 }]\n"
    file.write_text(text.replace("\n[[lists]]", known + "\n[[lists]]", 1))
    first = made.release(folder)
    manifest = (first.folder / "manifest.json").read_text()
    held = json.loads(manifest)
    for name, kept in held["inputs"].items():
        data = (folder / name).read_bytes()
        assert kept not in {hashlib.new(h, data).hexdigest() for h in ("sha256", "sha1", "md5")}
    assert "Quonsett" not in manifest and '"met"' not in manifest
    key = folder / ".uncounted" / "key"
    assert key.read_text().strip() not in manifest
    verify_run(first.folder, link=made.link)
    # the texts are read where they are kept, and must be what they were
    kept_text = file.read_text()
    file.write_text(kept_text.replace("Quonsett", "Quonset"))
    with pytest.raises(VerificationError, match="not what they were"):
        verify_run(first.folder, link=made.link)
    file.write_text(kept_text)
    # without the key nothing can be confirmed, not even by the project
    was = key.read_text()
    key.unlink()
    with pytest.raises(VerificationError, match="key"):
        verify_run(first.folder, link=made.link)
    assert not key.exists()
    key.write_text(was)
    verify_run(first.folder, link=made.link)


def test_the_key_is_made_for_its_owner_alone_and_differs(tmp_path):
    from uncounted.project.guard import project_key
    from uncounted.project.settings import Project, validate

    keys = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        project = Project(
            tmp_path / name,
            validate({"project": {"name": name}, "lists": [{"name": "x", "file": "y"}]}),
        )
        keys.append(project_key(project))
        assert project_key(project) == keys[-1]
        path = tmp_path / name / ".uncounted" / "key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys[0] != keys[1] and len(keys[0]) >= 32
