"""What the source says: codes of notes, prose outside the catalogue, and code that looks into a sentence.

python -m tests.notes              counts prose literals of four words or more, by room
python -m tests.notes --list       names each of them
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import uncounted

ROOT = Path(uncounted.__file__).parent
CODE = re.compile(r"[a-z]+(\.[a-z0-9_-]+)+")
START = re.compile(r"[a-z]+(\.[a-z0-9_-]+)*\.|[a-z]+(\.[a-z0-9_-]+)+")
FEWEST_WORDS = 4
FEWEST_IN_PICTURES = 2
VOCABULARY = 8
LONG = 12


@cache
def sources() -> tuple[tuple[str, Path, ast.Module], ...]:
    """Every module: its room, its path, its syntax tree."""
    return tuple(
        (
            path.relative_to(ROOT).parts[0].removesuffix(".py"),
            path,
            ast.parse(path.read_text("utf-8")),
        )
        for path in sorted(ROOT.rglob("*.py"))
    )


@cache
def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Parent of every node."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def above(node: ast.AST, of: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """Whatever a node stands in, from the inside out."""
    while node in of:
        node = of[node]
        yield node


# --- prose ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prose:
    """A literal of several words."""

    room: str
    file: str
    line: int
    text: str


def is_prose(text: str, fewest: int = FEWEST_WORDS) -> bool:
    """Whether a literal is a phrase: so many words that are words, and no sign of a syntax.

    Queries, patterns, style sheets and templates of markup hold signs that no sentence holds.
    """
    words = re.findall(r"(?<![\w<>/.=-])[A-Za-z][a-z']+(?![\w=(/<])", text)
    return len(words) >= fewest and not re.search(
        r"[{}<>=\\|]|\b(SELECT|FROM|CASE)\b|::|\bis (not )?null\b|\bselect (\*|…) from\b|^create table |\bdatum\.|^\(case ",
        text,
    )


def _raised(node: ast.AST, of: dict[ast.AST, ast.AST]) -> bool:
    """Whether a literal is part of an error, of help, or of what is declared and not computed."""
    inside = [node, *above(node, of)]
    for child, parent in pairwise(inside):
        if isinstance(parent, ast.Call) and (_makes_an_error(parent) or _called(parent) in HELP):
            return True
        if isinstance(parent, ast.Raise):
            return True
        if isinstance(parent, ast.FunctionDef) and parent.name == "__repr__":
            return True  # for whoever programs: never on a page, in a table or in JSON
        if isinstance(parent, ast.Dict) and child in parent.keys:
            return True  # looked up, not said
        if isinstance(parent, ast.keyword) and parent.arg in {
            "help", "epilog", "short_help", "fix",
        }:  # fmt: skip
            return True
        if isinstance(parent, ast.Expr) and child is node:
            return True  # a docstring, of a module, a class, a function or a name
        if isinstance(parent, ast.Assign) and _only_raised(parent, of):
            return True  # part of an error raised further down
    return False


def _only_raised(assigned: ast.Assign, of: dict[ast.AST, ast.AST]) -> bool:
    """Whether what is assigned is used in errors alone: those of its function, or of its module.

    A name of a module counts only where it is private: no other module can then say it elsewhere.
    """
    names = {t.id for t in assigned.targets if isinstance(t, ast.Name)}
    function = next(
        (n for n in above(assigned, of) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)),
        None,
    )
    if not names or len(names) < len(assigned.targets):
        return False
    if function is None:
        if not isinstance(of.get(assigned), ast.Module) or not all(n[0] == "_" for n in names):
            return False
        function = of[assigned]
    uses = [
        n
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and n.id in names and isinstance(n.ctx, ast.Load)
    ]
    return bool(uses) and all(
        any(
            isinstance(a, ast.Raise)
            or (isinstance(a, ast.Assign) and _is_msg(a))
            or (isinstance(a, ast.Call) and _makes_an_error(a))
            for a in above(use, of)
        )
        for use in uses
    )


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _makes_an_error(call: ast.Call) -> bool:
    name = _called(call)
    if any(k.arg == "fix" for k in call.keywords):
        return True  # what to do about it: only an error has that
    return name.endswith(("Error", "Extra", "Warning", "_option")) or name in REFUSALS


def _is_msg(assigned: ast.Assign) -> bool:
    return any(isinstance(t, ast.Name) and t.id == "msg" for t in assigned.targets)


REFUSALS = {
    "_fail",
    "Refusal",
    "NotIdentifiable",
    "NoFiniteEstimate",
    "NotConverged",
    "NotSupported",
}
HELP = {
    "option",
    "argument",
    "command",
    "place_command",
    "group",
    "Option",
    "version_option",
}


def _vocabulary(node: ast.AST, of: dict[ast.AST, ast.AST]) -> bool:
    """Whether a literal is vocabulary that is looked for in data: many words or phrases, none a sentence.

    It is, where it is split into words; where words are parted by semicolons without a space; where
    `LONG` words or more stand without a capital or a mark; in a set, list or tuple of `VOCABULARY`
    phrases or more; and under a key of a dict of as many, all of them in small letters.
    """
    text = whole(node)
    if re.search(r";\w", text) and not re.search(r"; ", text):
        return True
    if len(text.split()) >= LONG and not re.search(r"[^\w\s]", text) and text == text.lower():
        return True
    parent = of.get(node)
    if isinstance(parent, ast.Attribute) and parent.attr == "split":
        return True
    if isinstance(parent, ast.Dict):
        said = [v.value for v in parent.values if isinstance(v, ast.Constant)]
        return (
            len(said) >= VOCABULARY
            and len(said) == len(parent.values)
            and not any(re.search(r"[A-Z]|[.,:] |[.:]$", str(v)) for v in said)
        )
    if not isinstance(parent, ast.Set | ast.Tuple | ast.List):
        return False
    words = [
        n.value
        for n in ast.walk(parent)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value
    ]
    return len(words) >= VOCABULARY and not any(" " in w and w.endswith((".", ":")) for w in words)


def whole(node: ast.AST) -> str:
    """Text of a literal; of an f-string with its holes left out."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "…".join(
            part.value if isinstance(part, ast.Constant) else "" for part in node.values
        )
    return ""


def prose_in(room: str, file: str, tree: ast.AST) -> list[Prose]:
    """Prose literals of a module that are no error, help or docstring; of pictures, shorter ones too."""
    of = parents(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(of.get(node), ast.JoinedStr):
            continue
        text = whole(node)
        fewest = FEWEST_IN_PICTURES if room == "charts" else FEWEST_WORDS
        if not text or not is_prose(text, fewest):
            continue
        if not _raised(node, of) and not _vocabulary(node, of):
            found.append(Prose(room, file, node.lineno, text))
    return found


@cache
def prose() -> list[Prose]:
    """Prose literals outside `brief`, errors, docstrings and help."""
    return [
        p
        for room, path, tree in sources()
        if room != "brief"
        for p in prose_in(room, path.relative_to(ROOT).as_posix(), tree)
    ]


# --- codes ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A call that makes a note.

    Parameters
    ----------
    where
        Module and line.
    codes
        Codes it may have.
    names
        Names it gives, and whether under each stands a number that needs leave to be shown
        (`Number.tells_people`).
    whole
        Whether these are all names it gives; not where some come from elsewhere.
    """

    where: str
    codes: tuple[str, ...]
    names: dict[str, bool]
    whole: bool = True


def makes_notes(tree: ast.Module) -> bool:
    """Whether a module takes `note` from `core.notes`; the command line has another of that name."""
    return any(
        (isinstance(n, ast.ImportFrom) and n.module == "uncounted.core.notes")
        or (isinstance(n, ast.FunctionDef) and n.name == "whole_note")  # the module itself
        for n in ast.walk(tree)
    )


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """Everything given a name in a function or module."""
    out: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                for name in names:
                    if isinstance(name, ast.Name):
                        out.setdefault(name.id, []).append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            out.setdefault(node.target.id, []).append(node.value)
    return out


def _codes(node: ast.expr, known: dict[str, list[ast.expr]]) -> tuple[str, ...]:
    """Codes an expression may be: those written in it, or in the table that it looks up."""
    found: list[str] = []
    left, met = [node], set()
    while left:
        for part in ast.walk(left.pop()):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                found += [part.value] * bool(CODE.fullmatch(part.value))
            if isinstance(part, ast.Name) and part.id not in met:
                met.add(part.id)
                left += known.get(part.id, ())
    return tuple(dict.fromkeys(found))


def _tells_people(node: ast.expr, known: dict[str, list[ast.expr]]) -> bool:
    """Whether an expression holds a `Number` of people, or one that names a quantity."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and any(
            v is not node and not isinstance(v, ast.Name) and _tells_people(v, {})
            for v in known.get(part.id, ())
        ):
            return True
        if isinstance(part, ast.Call) and getattr(part.func, "id", "") == "Number":
            given = [*part.args[1:2], *(k.value for k in part.keywords if k.arg == "counts")]
            kinds = {g.value for g in given if isinstance(g, ast.Constant)}
            if kinds & {"people", "records"} or any(k.arg == "of" for k in part.keywords):
                return True
    return False


def _display(node: ast.expr) -> bool:
    """Whether an expression is a dict written out, with texts for keys."""
    return isinstance(node, ast.Dict) and all(isinstance(k, ast.Constant) for k in node.keys)


def _items(node: ast.expr) -> tuple[list[str], list[ast.expr]]:
    """Keys and values of a dict written out."""
    if not isinstance(node, ast.Dict) or not _display(node):
        return [], []
    return [str(k.value) for k in node.keys if isinstance(k, ast.Constant)], node.values


def made(tree: ast.Module, where: str) -> list[Said]:
    """Every call of a module that makes a note, with what it gives it."""
    of = parents(tree)
    whole_module = _assigned(tree)
    out = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        if node.func.id not in {"note", "series"}:
            continue
        function = next((n for n in above(node, of) if isinstance(n, ast.FunctionDef)), tree)
        here = whole_module | _assigned(function)
        whole = True
        if node.func.id == "series":
            names = {"first": False, "last": False}
        else:
            names = {}
            for keyword in node.keywords:
                if keyword.arg is not None:
                    names[keyword.arg] = _tells_people(keyword.value, here)
                    continue
                values = (
                    here.get(keyword.value.id, []) if isinstance(keyword.value, ast.Name) else []
                )
                whole = whole and bool(values) and all(_display(v) for v in values)
                for value in values:
                    for key, given in zip(*_items(value), strict=True):
                        names[key] = _tells_people(given, here)
        out.append(Said(f"{where}:{node.lineno}", _codes(node.args[0], here), names, whole))
    return out


def all_made() -> list[Said]:
    """Every call of the source that makes a note."""
    return [
        said
        for _, path, tree in sources()
        if makes_notes(tree)
        for said in made(tree, path.relative_to(ROOT).as_posix())
    ]


def codes_written(rooms: set[str]) -> dict[str, list[str]]:
    """Code -> modules in which it is written, for literals whose first word names a catalogue."""
    used: dict[str, list[str]] = {}
    for _, path, tree in sources():
        of = parents(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            text = node.value
            if isinstance(of.get(node), ast.Expr) or not CODE.fullmatch(text):
                continue
            if isinstance(of.get(node), ast.JoinedStr):
                continue
            if text.partition(".")[0] in rooms and not text.endswith(
                (".j2", ".html", ".toml", ".csv", ".xz")
            ):
                used.setdefault(text, []).append(path.relative_to(ROOT).as_posix())
    return used


def put_together(rooms: set[str]) -> tuple[set[str], set[str]]:
    """Beginnings and ends of codes that are put together.

    ``f"sources.list.{how}"`` gives the beginning ``sources.list.``, and ``f"{code}.sentence"`` as the
    code of a note the end ``.sentence``.
    """
    starts, ends = set(), set()
    for _, _, tree in sources():
        of = parents(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.JoinedStr):
                continue
            first, last = whole(node.values[0]), whole(node.values[-1])
            if START.fullmatch(first) and first.partition(".")[0] in rooms:
                starts.add(first)
            call = of.get(node)
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"note", "Note"}:
                ends |= {last} if re.fullmatch(r"(\.[a-z0-9_-]+)+", last) else set()
    return starts, ends


if __name__ == "__main__":
    left = prose()
    for named, count in sorted(Counter(p.room for p in left).items()):
        print(f"{count:5d} {named}")
    print(f"{len(left):5d} in all")
    if "--list" in sys.argv:
        for p in left:
            print(f"{p.file}:{p.line}: {p.text[:100]}")
