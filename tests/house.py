"""The house read from its imports: rooms, floors, arrows, and the picture of `docs/architecture.md`.

`python -m tests.house --write` draws it anew; a test wants it equal to what the imports say.
"""

from __future__ import annotations

import ast
import sys
from html import escape
from pathlib import Path

import uncounted

ROOT = Path(uncounted.__file__).parent

# From the ground up. A room imports only from floors strictly below its own, or from itself.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "_version"),
    ("core",),
    ("files", "places", "names", "engine", "kernels"),
    ("published",),
    ("records", "estimators"),
    ("pooling", "linkage", "synthetic", "disclosure"),
    ("verdict", "sources"),
    ("charts", "flows", "ranks"),
    ("routes", "shares"),
    ("claims", "brief", "simulation"),
    ("project",),
    ("answers",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(p): p for p in sorted(ROOT.rglob("*.py"))}


def imported(tree: ast.AST, path: Path) -> list[tuple[str, str]]:
    """Every (module of ours, name) a file imports anywhere, under TYPE_CHECKING or in a function too."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(a.name, "") for a in node.names if a.name.split(".")[0] == "uncounted"]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"relative import in {path}"
            if (node.module or "").split(".")[0] == "uncounted":
                assert node.module is not None
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    found.append((whole, "") if whole in FILES else (node.module, alias.name))
    return found


IMPORTS = {
    name: imported(ast.parse(path.read_text(encoding="utf-8")), path)
    for name, path in FILES.items()
}
GRAPH = {name: {m for m, _ in targets if m in FILES} for name, targets in IMPORTS.items()}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def purpose(name: str) -> str:
    """First line of a room's docstring."""
    path = ROOT / name / "__init__.py"
    text = (path if path.exists() else ROOT / f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n")[0].rstrip(".")


def uses() -> dict[str, dict[str, int]]:
    """Room -> room it imports -> number of modules that do."""
    found: dict[str, dict[str, int]] = {r: {} for r in FLOOR}
    for module, targets in GRAPH.items():
        for other in {room(t) for t in targets} - {room(module), ""}:
            if room(module):
                found[room(module)][other] = found[room(module)].get(other, 0) + 1
    return found


def reduced(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out arrows that a longer way already says (transitive reduction)."""

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        todo = list(edges[start])
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += edges[node]
        return seen

    return {
        a: {b for b in targets if not any(b in reach(c) for c in targets - {b})}
        for a, targets in edges.items()
    }


def picture() -> str:
    """SVG: a floor a row, a box a room, an arrow an import that no longer way says."""
    rows = [[r for r in rooms if r not in ("_version", "__main__")] for rooms in FLOORS]
    rows = [r for r in rows if r]
    width, high, box, tall = 900, 78, 104, 32
    top = len(rows) * high
    at: dict[str, tuple[float, float]] = {}
    for i, rooms in enumerate(rows):
        gap = width / len(rooms)
        for k, name in enumerate(rooms):
            aside = (-34, 34, 0)[i % 3] if len(rooms) < 5 else 0  # no box hides another's arrow
            at[name] = (gap * (k + 0.5) + aside, top - high * (i + 0.5))
    edges = reduced({a: {b for b in targets if b in at} for a, targets in uses().items()})
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" role="img" '
        'font-family="sans-serif" font-size="14">',
        "<title>Rooms of Uncounted, lower floors below; arrows point to what a room uses</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#5b6b7a"/></marker></defs>',
        f'<rect width="{width}" height="{top}" fill="#fff"/>',
    ]
    for i in range(1, len(rows)):
        out.append(f'<path d="M0 {high * i}H{width}" stroke="#e3e7eb"/>')
    for a, targets in sorted(edges.items()):
        for b in sorted(targets):
            if a in at:
                (x, y), (u, v) = at[a], at[b]
                out.append(
                    f'<path d="M{x:.0f} {y + tall / 2:.0f}L{u:.0f} {v - tall / 2:.0f}" '
                    'stroke="#5b6b7a" stroke-opacity=".55" fill="none" marker-end="url(#tip)"/>'
                )
    for name, (x, y) in sorted(at.items()):
        out.append(
            f'<rect x="{x - box / 2:.0f}" y="{y - tall / 2:.0f}" width="{box}" height="{tall}" rx="6" '
            f'fill="#eef4f8" stroke="#1f4e6b"/><text x="{x:.0f}" y="{y + 5:.0f}" '
            f'text-anchor="middle" fill="#10222e">{escape(name)}</text>'
        )
    return "\n".join([*out, "</svg>", ""])


def listing() -> str:
    """Markdown: every floor from the top, its rooms, their purpose, what they use."""
    found = uses()
    out = ["| floor | room | what it is | uses |", "|---|---|---|---|"]
    for i, rooms in reversed(list(enumerate(FLOORS))):
        for name in rooms:
            if name in ("_version", "__main__"):
                continue
            used = ", ".join(sorted(found[name], key=lambda r: (-FLOOR[r], r)))
            out.append(f"| {i} | `{name}` | {purpose(name)} | {used or 'nothing'} |")
    return "\n".join(out)


DOCS = ROOT.parents[1] / "docs"
BEGIN, END = "<!-- made by python -m tests.house --write -->", "<!-- end -->"


def document(text: str) -> str:
    """Put the listing into the page between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{listing()}\n{END}{after}"


if __name__ == "__main__":
    arrows = sum(len(t) for t in uses().values())
    print(
        f"{len(FILES)} modules, {len(FLOOR)} rooms, {len(FLOORS)} floors, {arrows} arrows between rooms"
    )
    if "--write" in sys.argv:
        page = DOCS / "architecture.md"
        page.write_text(document(page.read_text(encoding="utf-8")), encoding="utf-8")
        (DOCS / "pictures" / "architecture.svg").write_text(picture(), encoding="utf-8")
