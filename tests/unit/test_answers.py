"""Requests and answers are frozen data; templates use what their page pins, no more and no less."""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import importlib
import json
import pkgutil
import subprocess
import sys
import types
import typing
from pathlib import Path

import pytest
from jinja2 import meta, nodes

import uncounted.answers
import uncounted.brief
from uncounted.answers import (
    estimates,
    health,
    links,
    name_pairs,
    projects,
    published_tables,
    simulations,
    verdicts,
)
from uncounted.answers.overlap_table import TableRequest
from uncounted.answers.shape import Line, Rows, between, plain
from uncounted.brief import page as pages
from uncounted.cli import names as names_command
from uncounted.cli import simulate as simulate_command
from uncounted.errors import InputError, UncountedError, UsageError

MODULES = [
    importlib.import_module(f"uncounted.{room}.{m.name}")
    for room in ("answers", "brief")
    for m in pkgutil.iter_modules(importlib.import_module(f"uncounted.{room}").__path__)
]
CLASSES = {
    c.__name__: c
    for m in MODULES
    for c in vars(m).values()
    if isinstance(c, type) and dataclasses.is_dataclass(c) and c.__module__ == m.__name__
}
REQUESTS = {n: c for n, c in CLASSES.items() if n.endswith("Request")}
PAGES = {c.template: c for c in CLASSES.values() if hasattr(c, "template")}
TABLE = TableRequest("uk2013-5")


# Frozen data.


def test_every_class_of_answers_is_frozen_and_slotted():
    found = {n: c for n, c in CLASSES.items() if c.__module__.startswith("uncounted.answers")}
    assert len(found) > 25
    for name, made in found.items():
        assert made.__dataclass_params__.frozen, name
        assert "__slots__" in vars(made), name


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_a_request_goes_through_json(name):
    """Types that JSON has, paths, and tuples of them: what an app can send."""

    def sendable(kind):
        origin = typing.get_origin(kind)
        if origin is typing.Literal:
            return True
        if origin in (typing.Union, types.UnionType, tuple):
            return all(sendable(k) for k in typing.get_args(kind) if k is not Ellipsis)
        return kind in (str, int, float, bool, type(None), Path) or dataclasses.is_dataclass(kind)

    made = REQUESTS[name]
    for field, kind in typing.get_type_hints(made).items():
        assert sendable(kind), field


ANSWERS = {
    "published": lambda: published_tables.answer(published_tables.PublishedRequest()),
    "one table": lambda: published_tables.answer(published_tables.PublishedRequest("uk2013")),
    "names": lambda: name_pairs.answer(name_pairs.NamePairRequest("Kim Min-su", "김민수")),
    "health": lambda: health.answer(health.HealthRequest()),
    "methods": estimates.methods,
    "estimates": lambda: estimates.answer(
        estimates.EstimatesRequest(TABLE, ("main", "model:[12,13]"), bootstrap=0, threads=1)
    ),
    "verdict": lambda: verdicts.answer(
        verdicts.VerdictRequest(
            TABLE, methods=("main",), bootstrap=0, validation=False, threads=1
        )
    ),
    "simulation": lambda: simulations.answer(
        simulations.SimulationRequest(
            design="independent", methods=("main",), replications=3, workers=1
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_json_rows_and_lines(name):
    found = ANSWERS[name]()
    text = json.dumps(plain(found.to_dict()), allow_nan=False)
    assert json.loads(text)
    assert "ok" not in found.to_dict()
    tables = [found.rows(), *(p for p in found.told() if isinstance(p, Rows))]
    for rows in tables:
        assert rows.cells
        assert {len(row) for row in rows.cells} == {len(rows.columns)}
        kinds = {type(cell) for row in rows.cells for cell in row}
        assert kinds <= {str, int, float, bool, type(None)}
    assert all(isinstance(p, (Line, Rows)) for p in found.told())
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(found, dataclasses.fields(found)[0].name, None)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: estimates.EstimatesRequest(TABLE, seed=-1), InputError),
        (lambda: estimates.EstimatesRequest(TABLE, max_order=16), InputError),
        (lambda: estimates.EstimatesRequest(TABLE, top=0), InputError),
        (lambda: verdicts.VerdictRequest(TABLE, unreachable_group="perhaps"), InputError),
        (lambda: verdicts.VerdictRequest(TABLE, widest=0.5), InputError),
        (lambda: simulations.SimulationRequest(), UsageError),
        (lambda: simulations.SimulationRequest(like=TABLE, design="rasch"), UsageError),
        (lambda: simulations.SimulationRequest(design="circle"), InputError),
        (lambda: name_pairs.NamePairRequest("a", "b", "xx"), InputError),
        (lambda: projects.ProjectRequest(Path("x"), errors="none"), InputError),
        (lambda: links.LinkRequest(draws=0), InputError),
        (lambda: between("level", float("nan"), 0, 1), InputError),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(make, kind):
    with pytest.raises(UncountedError) as told:
        make()
    assert isinstance(told.value, kind)


def test_the_choices_of_the_command_line_are_those_of_the_requests():
    assert typing.get_args(name_pairs.Culture) == names_command._CULTURES
    assert typing.get_args(simulations.DesignName) == simulate_command._DESIGNS


def test_csv_cells_cannot_be_run_and_empty_stays_empty():
    columns = tuple(uncounted.answers.shape.Column(x) for x in ("a", "b", "c"))
    rows = Rows(columns, (("=1+1", None, -2), ("-", 0.5, "x,y")))
    assert rows.to_csv() == "a,b,c\n'=1+1,,-2\n'-,0.5,\"x,y\"\n"


def test_answers_neither_print_nor_know_the_command_line():
    for module in MODULES:
        if not module.__name__.startswith("uncounted.answers"):
            continue
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {n.split(".")[0] for n in names} & {"click", "rich"}, module.__name__
            if isinstance(node, ast.Name):
                assert node.id != "print", module.__name__


def test_a_dictionary_without_types_stands_only_at_the_border_to_json():
    """`to_dict` gives JSON, `picture` a Vega-Lite drawing; nothing else gives a bare dictionary."""
    for name in ("estimates", "verdicts", "simulations", "published_tables", "name_pairs", "checks",
                 "links", "reviews", "runs", "verifications", "projects", "health",
                 "demonstrations", "overlap_table"):  # fmt: skip
        module = importlib.import_module(f"uncounted.answers.{name}")
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.returns is not None:
                bare = "dict[str, Any]" in ast.unparse(node.returns)
                assert not bare or node.name in ("to_dict", "picture"), f"{name}.{node.name}"


def test_a_question_loads_only_what_it_needs():
    """Names need no tables, the catalogue no estimators, and none of them the command line."""
    heavy = "('click', 'rich', 'scipy', 'numba', 'jinja2', 'altair')"
    for module in ("shape", "published_tables", "name_pairs", "health"):
        code = (
            f"import sys, uncounted.answers.{module}\n"
            f"assert not [m for m in {heavy} if m in sys.modules], "
            f"[m for m in {heavy} if m in sys.modules]"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, (module, done.stderr)


# Pages and their templates.


class Walk:
    """What of each dataclass a template uses, with the types of its loop variables followed."""

    def __init__(self, page):
        self.used: dict[type, set[str]] = collections.defaultdict(set)
        self.wrong: list[str] = []
        self.page = page

    def kind(self, node, names):
        """Type of an expression, `None` where it is not one of ours."""
        if isinstance(node, nodes.Name):
            if node.name in names:
                return names[node.name]
            return self.member(self.page, node.name)
        if isinstance(node, nodes.Getattr):
            return self.member(self.kind(node.node, names), node.attr)
        if isinstance(node, nodes.Getitem):
            self.see(node.arg, names)
            return inside(self.kind(node.node, names))
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            of = self.kind(node.node.node, names)
            if node.node.attr == "items":
                return list[tuple[typing.get_args(of)]]
        self.see(node, names)
        return None

    def member(self, kind, name):
        if not dataclasses.is_dataclass(kind):
            return None
        fields = {f.name for f in dataclasses.fields(kind)}
        if name not in fields:
            self.wrong.append(f"{kind.__name__} has no {name}")
            return None
        self.used[kind].add(name)
        return typing.get_type_hints(kind)[name]

    def see(self, node, names):
        for child in node.iter_child_nodes():
            self.one(child, names)

    def one(self, node, names):
        if isinstance(node, nodes.For):
            of = inside(self.kind(node.iter, names))
            here = {**names, "loop": None, **bound(node.target, of)}
            for child in node.body:
                self.one(child, here)
        elif isinstance(node, nodes.Macro):
            here = {**names, **{a.name: str for a in node.args}}
            for child in node.body:
                self.one(child, here)
        elif isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Call)):
            if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)):
                self.kind(node, names)
            for child in (*getattr(node, "args", []), *getattr(node, "kwargs", [])):
                self.one(child, names)
        else:
            self.see(node, names)


def inside(kind):
    """Type of the members of a sequence or mapping."""
    args = [a for a in typing.get_args(kind) if a is not Ellipsis]
    origin = typing.get_origin(kind)
    if origin is not None and issubclass(origin, collections.abc.Mapping):
        return args[1]
    return args[0] if args else None


def bound(target, kind):
    if isinstance(target, nodes.Name):
        return {target.name: kind}
    parts = typing.get_args(kind) or (None,) * len(target.items)
    return {n.name: k for n, k in zip(target.items, parts, strict=True)}


def parse(template):
    environment = pages.environment()
    return environment.parse(environment.loader.get_source(environment, template)[0])


def walk(template, page):
    """Walk a template and those it extends."""
    found = Walk(page)
    todo = [template]
    variables = set()
    while todo:
        tree = parse(todo.pop())
        macros = {m.name for m in tree.find_all(nodes.Macro)}
        variables |= (
            meta.find_undeclared_variables(tree) - macros - set(pages.environment().globals)
        )
        todo += [t for t in meta.find_referenced_templates(tree) if t]
        found.one(tree, dict.fromkeys(macros))
    return found, variables


def test_every_template_has_its_page():
    used = set(PAGES)
    for template in PAGES:
        used |= {t for t in meta.find_referenced_templates(parse(template)) if t}
    assert used == set(pages.environment().list_templates())


@pytest.mark.parametrize("template", sorted(PAGES))
def test_a_template_uses_what_its_page_pins(template):
    page = PAGES[template]
    found, variables = walk(template, page)
    assert page.__dataclass_params__.frozen
    assert variables == {f.name for f in dataclasses.fields(page)}
    assert found.wrong == []


def test_what_pages_are_made_of_is_used_somewhere():
    used: dict[type, set[str]] = collections.defaultdict(set)
    for template, page in PAGES.items():
        for kind, names in walk(template, page)[0].used.items():
            used[kind] |= names
    # The figure's ends reach the coalition's page as words; marks of numbers the brief's as links, and
    # a picture's unit as the sentence about its dots; the list of numbers, of the two pages that have it,
    # as a field of theirs.
    beyond = {
        "Brief": {"point", "interval", "likely", "pictures"},
        "Said": {"marks"},
        "NumberMarks": {"explained", "heads"},
        "Dots": {"unit", "width", "height"},
    }
    for kind, names in used.items():
        fields = {f.name for f in dataclasses.fields(kind)}
        assert fields - names <= beyond.get(kind.__name__, set()), kind.__name__


@dataclasses.dataclass(frozen=True)
class OneRow:
    text: str


@dataclasses.dataclass(frozen=True)
class OnePage:
    rows: tuple[OneRow, ...]


def test_a_wrong_name_in_a_template_would_be_seen():
    found = Walk(OnePage)
    found.one(pages.environment().parse("{% for r in rows %}{{ r.txt }}{% endfor %}"), {})
    assert found.wrong == ["OneRow has no txt"]
    found = Walk(OnePage)
    found.one(pages.environment().parse("{% if lines %}{{ rows[0].text }}{% endif %}"), {})
    assert found.wrong == ["OnePage has no lines"] and found.used[OneRow] == {"text"}
