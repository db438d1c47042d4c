"""The house: every import points down, none goes round in a circle; the public face is pinned."""

from __future__ import annotations

import ast
from pathlib import Path

import uncounted

ROOT = Path(uncounted.__file__).parent

# From the ground up; a module imports only from floors below its own, or within its own room.
FLOORS = [
    {"errors", "_version"},
    {"kernels"},
    {"tables", "_reading", "estimate", "engine", "records", "disclosure", "published"},
    {"estimators", "linkage", "patterns", "synthetic", "charts", "replicates", "strata",
     "sensitivity", "validate", "designs", "cases"},
    {"assess", "brief"},
    {"simulate", "project"},
    {"cli", "app", "__main__"},
]  # fmt: skip
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}


def imports(path: Path) -> set[str]:
    """Modules of ours that a file imports while it loads or when a function runs."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(n)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for n in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.startswith("uncounted")}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("uncounted"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                inner = ROOT.joinpath(*whole.split(".")[1:])
                is_module = inner.with_suffix(".py").exists() or (inner / "__init__.py").exists()
                found.add(whole if is_module else node.module)
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"relative import in {path}"
    return found


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def graph() -> dict[str, set[str]]:
    files = {module_name(p): p for p in ROOT.rglob("*.py")}
    return {name: imports(p) & set(files) for name, p in files.items()}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_every_room_has_a_floor():
    rooms = {room(m) for m in graph()} - {""}
    assert rooms <= set(FLOOR), rooms - set(FLOOR)


def test_imports_point_down():
    wrong = [
        f"{a} -> {b}"
        for a, targets in graph().items()
        for b in targets
        if room(a) and room(b) and room(a) != room(b) and FLOOR[room(a)] < FLOOR[room(b)]
    ]
    assert wrong == []


def test_rooms_of_one_floor_do_not_import_each_other_in_a_circle():
    edges: dict[str, set[str]] = {}
    for a, targets in graph().items():
        for b in targets:
            if room(a) and room(b) and room(a) != room(b):
                edges.setdefault(room(a), set()).add(room(b))
    assert circles(edges) == []


def test_no_module_imports_itself_round_a_corner():
    assert circles(graph()) == []


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


def test_only_kernels_compile():
    for path in ROOT.rglob("*.py"):
        if "kernels" not in path.parts and "numba" in path.read_text(encoding="utf-8"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    assert not any(a.name == "numba" for a in node.names), path
                if isinstance(node, ast.ImportFrom):
                    assert node.module != "numba", path


def test_nothing_heavy_comes_with_the_package():
    import subprocess
    import sys

    code = (
        "import sys, uncounted\n"
        "heavy = {'numba', 'scipy', 'altair', 'duckdb', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_public_names_exist_and_are_sorted():
    assert list(uncounted.__all__) == sorted(uncounted.__all__)
    for name in uncounted.__all__:
        assert getattr(uncounted, name) is not None
    assert set(uncounted.__all__) >= {
        "BestAIC", "BestBIC", "Estimate", "Interval", "LogLinear", "OverlapTable", "Stepwise",
        "errors", "published", "read_table", "write_table",
    }  # fmt: skip
