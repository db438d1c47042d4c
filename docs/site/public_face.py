"""What the API pages must show: whatever ``uncounted.__all__`` lists when they are built.

No list of names is kept here. A name that is a module (``uncounted.errors``) brings the names of
its own ``__all__``. The one thing kept by hand, ``no_example.toml``, gives the reason where a
name has no example anywhere, and is refused as soon as it is out of date.
"""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType

import uncounted

ROOT = Path(__file__).parents[2]
REASONS = Path(__file__).with_name("no_example.toml")
METHODS = (FunctionType, classmethod, staticmethod, property)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Entry:
    """One public name.

    Parameters
    ----------
    name
        As a reader writes it, e.g. ``uncounted.errors.Refusal``.
    thing
        What it names.
    """

    name: str
    thing: object

    @property
    def kind(self) -> str:
        """``namespace``, ``class``, ``exception``, ``function`` or ``value``."""
        if is_namespace(self.thing):
            return "namespace"
        if isinstance(self.thing, type):
            return "exception" if issubclass(self.thing, BaseException) else "class"
        # Not `callable`: an alias such as ``Literal["yes", "no"]`` can be called, and fails.
        callee = inspect.unwrap(self.documented) if callable(self.documented) else None
        return "function" if inspect.isroutine(callee) else "value"

    @property
    def short(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    @property
    def documented(self) -> object:
        """What holds the docstring: of a module that can be called, the function it stands for."""
        inner = getattr(self.thing, self.short, None)
        return inner if isinstance(self.thing, ModuleType) and callable(inner) else self.thing

    @property
    def target(self) -> str:
        """The name under which autodoc finds what holds the docstring."""
        own = self.documented is self.thing
        return self.name if own else f"{self.name}.{self.short}"

    @property
    def docstring(self) -> str:
        """Its own words; nothing for a plain value, whose class's docstring is not about it."""
        if self.kind == "value":
            return ""
        # Of a class its own docstring only: an inherited one says nothing about it.
        return inspect.cleandoc(getattr(self.documented, "__doc__", None) or "")

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring on one line."""
        return " ".join(self.docstring.split("\n\n")[0].split())


def is_namespace(thing: object) -> bool:
    """A module that only holds names; one that can be called is shown as a function."""
    return isinstance(thing, ModuleType) and not callable(thing)


def names_of(module: ModuleType) -> list[str]:
    """``__all__``, or without one the public things that the module itself defines."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", None) == module.__name__
    ]


def entries(module: ModuleType = uncounted, prefix: str = "uncounted") -> Iterator[Entry]:
    """Every public name, a namespace before what is in it."""
    for name in sorted(names_of(module), key=lambda n: (n.casefold(), n)):
        entry = Entry(f"{prefix}.{name}", getattr(module, name))
        yield entry
        if entry.kind == "namespace":
            assert isinstance(entry.thing, ModuleType)
            yield from entries(entry.thing, entry.name)


def own_example(entry: Entry) -> bool:
    """Whether its docstring, or that of one of its public methods, has an example that runs."""
    texts = [entry.docstring]
    if isinstance(entry.thing, type):
        texts += [
            member.__doc__ or ""
            for name, member in vars(entry.thing).items()
            if not name.startswith("_") and isinstance(member, METHODS)
        ]
    return any(">>> " in text for text in texts)


def used(code: str) -> set[str]:
    """What a piece of code names: ``a.b`` as written, and ``from a import b`` as ``a.b`` and ``b``."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name | ast.Attribute):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom):
            found |= {a.name for a in node.names} | {f"{node.module}.{a.name}" for a in node.names}
    return found


def examples(entries: list[Entry]) -> dict[str, set[str]]:
    """Where an example stands (a public name, or a page of ``docs/``) -> what its code names.

    All of these run in the tests. A name in the prose around an example does not count.
    """
    parser = doctest.DocTestParser()
    found = {
        entry.name: set().union(*(used(e.source) for e in parser.get_examples(entry.docstring)))
        for entry in entries
    }
    for page in sorted((ROOT / "docs").glob("*.md")):
        blocks = PYTHON_BLOCK.findall(page.read_text(encoding="utf-8"))
        found[f"docs/{page.stem}"] = set().union(*(used(block) for block in blocks))
    return found


def spellings(entry: Entry) -> set[str]:
    """How a reader's code may write the name: in full, from ``uc``, or imported from its home."""
    below = entry.name.removeprefix("uncounted.")
    return {entry.name, f"uc.{below}", below}


def elsewhere(entry: Entry, shown: dict[str, set[str]]) -> list[str]:
    """Where else an example uses the name."""
    return [
        place for place, names in shown.items() if place != entry.name and names & spellings(entry)
    ]


def reasons() -> dict[str, str]:
    """Public name -> why it has no example."""
    return {str(k): str(v) for k, v in tomllib.loads(REASONS.read_text(encoding="utf-8")).items()}


def faults(faces: list[Entry], stated: dict[str, str]) -> list[str]:
    """Public names without a docstring, or with neither an example nor a reason for having none."""
    known = {e.name for e in faces}
    shown = examples(faces)
    file = REASONS.name
    found = [f"{file}: there is no public name {name}" for name in stated if name not in known]
    for entry in faces:
        if entry.kind != "value" and not entry.docstring:
            found.append(f"{entry.name} has no docstring")
        has = own_example(entry) or bool(elsewhere(entry, shown))
        # An exception is raised by us, and a namespace is a shelf: a reader calls neither.
        called = entry.kind not in {"exception", "namespace"}
        if has and entry.name in stated:
            found.append(f"{file}: {entry.name} has an example now; take its reason out")
        if called and not has and not stated.get(entry.name, "").strip():
            found.append(f"{entry.name} has no example, and {file} gives no reason")
    return found
