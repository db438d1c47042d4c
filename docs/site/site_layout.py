"""Lay out what Sphinx reads: the pages as they lie in the tree, and one page a public name.

The folders keep their places beside each other, so the links between pages stay as written. The
order of the pages is that in which the README first names them.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from public_face import ROOT, Entry, elsewhere, entries, examples, reasons

LINK = re.compile(r"\]\(([^)#:\s]+)")
ABOUT = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
KINDS = {
    "class": "Classes",
    "function": "Functions",
    "namespace": "Namespaces",
    "value": "Values",
    "exception": "Exceptions",
}
DIRECTIVES = {"class": "autoclass", "exception": "autoexception", "function": "autofunction"}
MOST_PLACES = 6
"""Examples that are linked from one name; `load` stands in nearly all of them."""


def lay_out(source: Path) -> list[Entry]:
    """Write everything Sphinx reads into an empty folder; returns the public names shown."""
    shutil.rmtree(source, ignore_errors=True)
    (source / "docs").mkdir(parents=True)
    guides = _guides()
    for name in [*guides, *ABOUT, *_linked_files([*guides, *ABOUT, "README.md"])]:
        _copy(name, source)
    measured = sorted(
        p.relative_to(ROOT).as_posix() for p in (ROOT / "benchmarks/results").glob("*.md")
    )
    for name in measured:
        _copy(name, source)
    faces = list(entries())
    for name, text in api_pages(faces).items():
        page = source / "api" / f"{name}.rst"
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
    home = (ROOT / "README.md").read_text(encoding="utf-8")
    trees = (
        _tree("Guides", guides)
        + _tree("For programs", ["api/index"])
        + _tree("Measurements", measured)
        + _tree("The project", ABOUT)
    )
    (source / "index.md").write_text(f"{home}\n{trees}", encoding="utf-8")
    return faces


def _guides() -> list[str]:
    """The pages of ``docs/``: those the README names, in its order, then the others."""
    there = sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))
    named = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    order = list(dict.fromkeys(name for name in named if name in there))
    return order + [name for name in there if name not in order]


def _linked_files(pages: list[str]) -> list[str]:
    """Files that pages show or link to and that are no pages themselves (pictures, CITATION.cff)."""
    found: set[str] = set()
    for page in pages:
        path = ROOT / page
        for target in LINK.findall(path.read_text(encoding="utf-8")):
            whole = (path.parent / target).resolve()
            if whole.is_file() and whole.suffix != ".md" and whole.is_relative_to(ROOT):
                found.add(whole.relative_to(ROOT).as_posix())
    return sorted(found)


def _copy(name: str, source: Path) -> None:
    target = source / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / name, target)


def _tree(caption: str, names: list[str] | tuple[str, ...]) -> str:
    lines = "\n".join(name.removesuffix(".md") for name in names)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n"


def api_pages(faces: list[Entry]) -> dict[str, str]:
    """File name (no ending) -> text: one page a name, a namespace's names all on its own page."""
    shown, why = examples(faces), reasons()
    shelves = [e for e in faces if e.kind == "namespace"]
    inside = {
        e.name: [f for f in faces if f.name.rpartition(".")[0] == e.name and f.kind != "namespace"]
        for e in shelves
    }
    on_a_shelf = {f.name for members in inside.values() for f in members}
    alone = [e for e in faces if e.kind != "namespace" and e.name not in on_a_shelf]
    pages = {}
    for entry in alone:
        pages[entry.name] = _title(entry.short, "=") + _body(entry, shown, why)
    for entry in shelves:
        parts = [_title(entry.name.removeprefix("uncounted."), "=")]
        # Its names stand below, each with its own directive: the module brings only its words.
        parts.append(f".. automodule:: {entry.name}\n   :no-members:\n\n")
        for member in inside[entry.name]:
            parts += [_title(member.short, "-"), _body(member, shown, why)]
        pages[entry.name] = "".join(parts)
    pages["index"] = _index(alone + shelves)
    return pages


def _title(words: str, line: str) -> str:
    words = words.replace("_", r"\_")
    return f"{words}\n{line * len(words)}\n\n"


def _body(entry: Entry, shown: dict[str, set[str]], why: dict[str, str]) -> str:
    if entry.kind == "value":
        # No autodoc: the docstring of a plain value is that of its class.
        lines = [f".. py:data:: {entry.name}", f"   :value: {entry.thing!r}"]
    else:
        lines = [f".. {DIRECTIVES[entry.kind]}:: {entry.target}"]
    if isinstance(entry.thing, type):
        lines.append("   :members:")
        if any(base.__module__.startswith("uncounted") for base in entry.thing.__bases__):
            lines.append("   :show-inheritance:")
    places = elsewhere(entry, shown)
    if places:
        links = ", ".join(_link(place) for place in places[:MOST_PLACES])
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        lines += ["", f"Used in the examples of {links}{more}."]
    elif entry.name in why:
        lines += ["", f"No example of its own: {_escape(why[entry.name])}."]
    return "\n".join(lines) + "\n\n"


def _link(place: str) -> str:
    return f":doc:`/{place}`" if place.startswith("docs/") else f"`{place}`"


def _escape(words: str) -> str:
    return re.sub(r"\b(uncounted(?:\.\w+)+)", r"`\1`", words.replace("`", "``"))


def _index(shown: list[Entry]) -> str:
    parts = [
        _title("The Python interface", "="),
        "Everything ``import uncounted as uc`` offers. What is not here is not promised to stay.\n",
    ]
    for kind, title in KINDS.items():
        group = [e for e in shown if e.kind == kind]
        if not group:
            continue
        parts += ["\n", _title(title, "-"), ".. list-table::\n   :widths: 30 70\n\n"]
        for entry in group:
            words = entry.summary or "\\"
            parts.append(f"   * - :doc:`{_label(entry)} <{entry.name}>`\n     - {words}\n")
    pages = "\n".join(f"   {e.name}" for e in shown)
    parts.append(f"\n.. toctree::\n   :hidden:\n\n{pages}\n")
    return "".join(parts)


def _label(entry: Entry) -> str:
    return entry.name.removeprefix("uncounted.")
