"""The house: imports point strictly down, none goes round; no room reaches into another's privacy.

The floors stand in `tests/house.py`, which also makes the picture of `docs/architecture.md`. Imports under `TYPE_CHECKING` and
inside functions count like any other.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest
from tests.house import DOCS, FILES, FLOOR, GRAPH, IMPORTS, ROOT, document, imported, picture, room

import uncounted

# What `import uncounted` offers, exactly: a name added or lost is a decision, made here too.
PUBLIC = {
    "Averaged", "BestAIC", "BestBIC", "CaseTable", "CensoredTable", "ClosedPopulation", "Comparison",
    "Consensus", "DecomposableGraphs", "DoublyRobust", "Estimate", "Interval", "Knowledge",
    "LatentClass", "Links", "LogLinear", "LowerBound", "OverlapTable", "Pairs", "Pooled", "Replicates",
    "SampleCoverage", "Sensitivity", "Shrinkage", "Stepwise", "StrataEstimate", "Threshold",
    "Verdict", "__version__", "assess", "charts", "combine_estimates", "draws_to_arviz",
    "errors", "estimate", "estimate_over_draws", "estimate_strata", "internal_validation",
    "link", "published", "read_cases", "read_table", "sensitivity_curve", "simulate",
    "write_draws", "write_table",
}  # fmt: skip


def test_every_room_has_a_floor_and_every_floor_its_rooms():
    rooms = {room(m) for m in FILES} - {""}
    assert rooms == set(FLOOR)


def test_no_import_points_up_or_sideways():
    wrong = [
        f"{a} -> {b}"
        for a, targets in GRAPH.items()
        for b in targets
        if room(a) and room(a) != room(b) and (not room(b) or FLOOR[room(a)] <= FLOOR[room(b)])
        and not (room(a) in {"engine", "cli"} and b == "uncounted")
    ]  # fmt: skip
    assert wrong == []


def test_a_floor_laid_wrong_would_be_seen():
    """The check itself: each real arrow between rooms, turned round, is one that points up."""
    arrows = {(room(a), room(b)) for a, ts in GRAPH.items() for b in ts if room(a) and room(b)}
    between = {(a, b) for a, b in arrows if a != b}
    assert len(between) > 40
    assert all(FLOOR[b] < FLOOR[a] for a, b in between)


@pytest.mark.parametrize("names", ["from x import y", "if TYPE_CHECKING:\n    from x import y"])
def test_typing_imports_count(names):
    text = names.replace("from x import y", "from uncounted.cli import main")
    assert imported(ast.parse(text), ROOT) == [("uncounted.cli", "main")]
    inner = "def f():\n    import uncounted.project.run"
    assert imported(ast.parse(inner), ROOT) == [("uncounted.project.run", "")]


def test_no_module_imports_itself_round_a_corner():
    assert circles(GRAPH) == []


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == [["a", "b", "c", "a"]]


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> None:
        if node in path:
            found.append([*path[path.index(node) :], node])
            return
        if node in done:
            return
        for other in sorted(edges.get(node, ())):
            if other != node:
                visit(other, [*path, node])
        done.add(node)

    for node in sorted(edges):
        visit(node, [])
    return found


def test_no_room_uses_what_another_keeps_private():
    wrong = []
    for name, targets in IMPORTS.items():
        for module, what in targets:
            private = [p for p in (*module.split(".")[1:], what) if p.startswith("_")]
            private = [p for p in private if not p.startswith("__") and p != "_version"]
            if room(module) != room(name) and room(name) and private:
                wrong.append(f"{name}: {module} {what}".strip())
    assert wrong == []


def test_only_kernels_compile():
    for name, path in FILES.items():
        if room(name) == "kernels":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(a.name.split(".")[0] == "numba" for a in node.names), path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] != "numba", path


def test_nothing_heavy_comes_with_the_package():
    code = (
        "import sys, uncounted\n"
        "heavy = {'numba', 'scipy', 'altair', 'duckdb', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_public_names_are_these_and_no_others():
    assert set(uncounted.__all__) == PUBLIC
    assert list(uncounted.__all__) == sorted(uncounted.__all__)
    for name in uncounted.__all__:
        assert getattr(uncounted, name) is not None


def test_no_module_is_callable():
    for name in FILES:
        if room(name) not in {"__main__", "kernels"}:
            assert not callable(importlib.import_module(name)), name


def test_the_page_and_its_picture_are_what_the_imports_say():
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    assert page == document(page), "python -m tests.house --write"
    assert (DOCS / "pictures" / "architecture.svg").read_text(encoding="utf-8") == picture()
