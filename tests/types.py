"""How much of the package's source is typed by ``Any``: counted, and pinned so that it only falls.

``python -m tests.types`` prints the counts by room and the places that give back ``dict[str, Any]``.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "uncounted"
OPEN = "dict[str, Any]"


def room(path: Path) -> str:
    """Name the room of a file; the package's own files are ``"."``."""
    inside = path.relative_to(SOURCE)
    return inside.parts[0] if len(inside.parts) > 1 else "."


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every file of the package, parsed."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def uses(tree: ast.AST) -> int:
    """Count uses of ``Any``: imports, comments and words of a sentence are none."""
    return sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(tree))


def by_room() -> Counter[str]:
    """Count uses of ``Any`` by room."""
    found: Counter[str] = Counter()
    for path, tree in trees():
        found[room(path)] += uses(tree)
    return found


def open_answers(tree: ast.AST) -> list[int]:
    """Lines of functions that give back ``dict[str, Any]``, or several of them."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.returns is not None
        and OPEN in ast.unparse(node.returns)
    ]


def all_open_answers() -> list[str]:
    """``room/file.py:line`` of each function that gives back ``dict[str, Any]``."""
    return [
        f"{path.relative_to(SOURCE).as_posix()}:{line}"
        for path, tree in trees()
        for line in open_answers(tree)
    ]


if __name__ == "__main__":
    counts = by_room()
    for name, number in counts.most_common():
        if number:
            sys.stdout.write(f"{number:5} {name}\n")
    outside = sum(counts.values()) - counts["kernels"]
    sys.stdout.write(f"{outside:5} outside kernels, {sum(counts.values())} in all\n")
    for place in all_open_answers():
        sys.stdout.write(f"{place} -> {OPEN}\n")
