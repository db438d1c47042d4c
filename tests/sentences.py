"""Code that looks into a sentence: what a test forbids everywhere but in `brief`.

A sentence is whatever a person is meant to read: the message of an error, why there is no figure, a
reason, a caveat, or ``str()`` of a note. Code that searches one, cuts one or compares one hangs on a
wording, and breaks in the next language. This finds it in the syntax tree, function by function:

* where sentences come from: attributes, keys and variables of those names, elements of collections
  of them, ``str()`` and f-strings of notes, and every variable to which one of these is assigned;
* what may not be done with them: regular expressions, ``startswith`` and its like, ``in``, ``==``
  with a text, taking a part by position.

Putting sentences on a page, joining them, and asking whether there is one at all is free.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

ONE = {
    "message", "fix", "refused", "refusal", "reason", "caveat", "sentence", "meaning", "why",
    "error", "warning",
}  # fmt: skip
"""Attributes, keys and variables that hold one sentence, or what ``str()`` makes one of."""
MANY = {"caveats", "notes", "reasons", "sentences", "messages", "warnings"}
"""Those that hold several."""
LOOKS = {
    "startswith", "endswith", "replace", "partition", "rpartition", "split", "rsplit", "splitlines",
    "find", "rfind", "index", "rindex", "count", "removeprefix", "removesuffix", "translate",
    "isdigit", "isalpha", "isupper", "islower", "__contains__", "__getitem__",
}  # fmt: skip
"""Methods of a text that look into it."""
PATTERNS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
SAME = {"casefold", "lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "format"}
"""Methods whose result is still the sentence."""


@dataclass(frozen=True)
class Look:
    """A place that looks into a sentence."""

    line: int
    how: str


@dataclass
class _Scope:
    """Variables of one function that hold a sentence, or several."""

    one: set[str] = field(default_factory=set)
    many: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def is_one(self, node: ast.AST) -> bool:
        """Whether an expression is a sentence."""
        match node:
            case ast.Name(id=name):
                return name in self.one or (name in ONE and name not in self.numbers)
            case ast.Attribute(attr=name):
                return name in ONE
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                return key in ONE
            case ast.Subscript(value=value, slice=ast.Constant(value=int())):
                return self.is_many(value)
            case ast.Call(func=ast.Name(id="str" | "say" | "repr"), args=[value]):
                return self.is_one(value) or self.is_note(value)
            case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[key, *_]):
                return isinstance(key, ast.Constant) and key.value in ONE
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                return name in SAME and self.is_one(value)
            case ast.JoinedStr(values=values):
                holes = [v.value for v in values if isinstance(v, ast.FormattedValue)]
                return any(self.is_one(h) or self.is_note(h) for h in holes)
            case ast.BoolOp(values=values):
                return any(self.is_one(v) for v in values)
            case ast.IfExp(body=a, orelse=b):
                return self.is_one(a) or self.is_one(b)
            case ast.BinOp(left=a, right=b):
                return self.is_one(a) or self.is_one(b)
            case ast.NamedExpr(value=value):
                return self.is_one(value)
        return False

    def is_note(self, node: ast.AST) -> bool:
        """Whether an expression is plainly a note or an error, which ``str()`` turns into a sentence."""
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return name in {"note", "why", "whole_note", "series", "publishable"}
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name in {"note", "said", "told", "advice"}
        return False

    def is_many(self, node: ast.AST) -> bool:
        """Whether an expression is a collection of sentences."""
        match node:
            case ast.Name(id=name):
                return name in self.many or name in MANY
            case ast.Attribute(attr=name):
                return name in MANY
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                return key in MANY
            case ast.Subscript(value=value, slice=ast.Slice()):
                return self.is_many(value)
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=key), *_]):
                return key in MANY
            case ast.Call(
                func=ast.Name(id="list" | "tuple" | "sorted" | "reversed" | "enumerate" | "set"),
                args=[value, *_],
            ):
                return self.is_many(value)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return any(
                    self.is_many(p.value) if isinstance(p, ast.Starred) else self.is_one(p)
                    for p in parts
                )
            case ast.ListComp(elt=made) | ast.GeneratorExp(elt=made) | ast.SetComp(elt=made):
                return self.is_one(made)
            case ast.BoolOp(values=values):
                return any(self.is_many(v) for v in values)
            case ast.BinOp(left=a, right=b):
                return self.is_many(a) or self.is_many(b)
        return False

    def learn(self, body: list[ast.AST]) -> None:
        """Follow assignments and loops until nothing new holds a sentence."""
        while True:
            before = len(self.one), len(self.many)
            for node in body:
                for target, value, looped in _bound(node):
                    if not isinstance(target, ast.Name):
                        continue
                    if self.is_many(value):
                        (self.one if looped else self.many).add(target.id)
                    elif not looped and self.is_one(value):
                        self.one.add(target.id)
            if before == (len(self.one), len(self.many)):
                return


def _bound(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, bool]]:
    """What a node gives a name to: target, value, and whether it is one element of the value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from (
                    (t, v, False) for t, v in zip(target.elts, node.value.elts, strict=False)
                )
            else:
                yield target, node.value, False
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and node.value is not None:
        yield node.target, node.value, False
    elif isinstance(node, ast.For | ast.comprehension):
        target = node.target
        if isinstance(target, ast.Tuple):  # for i, reason in enumerate(reasons)
            target = target.elts[-1]
        yield target, node.iter, True


def _own(function: ast.AST) -> list[ast.AST]:
    """Nodes of a function that are not in a function inside it."""
    found: list[ast.AST] = []
    left = list(ast.iter_child_nodes(function))
    while left:
        node = left.pop()
        found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            left += ast.iter_child_nodes(node)
    return found


def _not_text(function: ast.AST, body: list[ast.AST]) -> set[str]:
    """Names of `ONE` that here hold no sentence: counters, arrays, flags, file names, modules.

    A name is let go only where the source says what else it is: an annotation that is no text, or a
    number, an array or a comparison assigned to it.
    """
    out = set()
    if isinstance(function, ast.FunctionDef):
        for arg in (*function.args.args, *function.args.kwonlyargs):
            if arg.annotation is not None and "str" not in ast.unparse(arg.annotation):
                kind = ast.unparse(arg.annotation)
                if not any(w in kind for w in ("Error", "Refusal", "Note", "Warning")):
                    out.add(arg.arg)
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value
            number = isinstance(value, ast.Constant) and not isinstance(value.value, str)
            array = isinstance(value, ast.Call) and ast.unparse(value.func).startswith(
                ("np.", "len", "sum", "int", "float", "bool", "math.", "max", "min")
            )
            if number or array or isinstance(value, ast.Compare):
                out.add(node.targets[0].id)
    return out


def looks(tree: ast.AST) -> list[Look]:
    """Places of a module that look into a sentence."""
    found = []
    scopes = [tree, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef))]
    for function in scopes:
        body = _own(function)
        scope = _Scope(numbers=_not_text(function, body))
        scope.learn(body)
        for node in body:
            how = _looked(node, scope)
            if how:
                found.append(Look(getattr(node, "lineno", 0), how))
    return sorted(set(found), key=lambda x: x.line)


def _text(node: ast.AST) -> bool:
    """Whether an expression is a text written out, or several of them."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(node.value)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(_text(e) for e in node.elts)
    return isinstance(node, ast.JoinedStr)


def _looked(node: ast.AST, scope: _Scope) -> str:
    """How a node looks into a sentence; empty where it does not."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args):
            if name in LOOKS and scope.is_one(value):
                return f".{name}()"
            if name in PATTERNS and any(scope.is_one(a) for a in args):
                return f"pattern .{name}()"
        case ast.Compare(left=left, ops=ops, comparators=rights):
            sides = [left, *rights]
            for (a, b), op in zip(pairwise(sides), ops, strict=True):
                if isinstance(op, ast.In | ast.NotIn):
                    if scope.is_one(b) or (scope.is_many(b) and _text(a)):
                        return "in"
                    if scope.is_one(a) and _text(b):
                        return "in"
                if isinstance(op, ast.Eq | ast.NotEq) and (
                    (scope.is_one(a) and _text(b)) or (scope.is_one(b) and _text(a))
                ):
                    return "=="
        case ast.Subscript(value=value, slice=ast.Slice()):
            if scope.is_one(value):
                return "part"
        case ast.Subscript(value=value, slice=ast.Constant(value=int())):
            if scope.is_one(value):
                return "part"
        case ast.match_case(pattern=ast.MatchValue(value=ast.Constant(value=str()))):
            return ""
        case ast.Match(subject=subject):
            if scope.is_one(subject):
                return "match"
    return ""
