"""Answers about open data: frozen, whole without the command line, pinned to their templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields
from importlib import resources
from typing import Any

import jinja2
import pytest

from uncounted.answers import claims, flows, ranks, routes, shares
from uncounted.answers.shape import Line, Rows
from uncounted.brief.messages import speaking
from uncounted.brief.page import render
from uncounted.brief.pages import ClaimEntry
from uncounted.cli import main
from uncounted.errors import InputError, UsageError
from uncounted.sources import unodc

LEGS = "from,to,year,count\nNPL,IND,2020,40\nROU,CZE,2020,30\nKOR,USA,2020,3\n"
REQUESTS: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "flows": (
        flows.answer,
        flows.FlowsRequest(destinations=("USA",), years=(2008,), gravity=False),
        ("--destination", "USA", "--year", "2008", "--no-gravity"),
    ),
    "ranks": (
        ranks.answer,
        ranks.RanksRequest(destination="USA", years=(2008,)),
        ("--destination", "USA", "--year", "2008"),
    ),
    "shares": (
        shares.answer,
        shares.SharesRequest(destination="USA", years=(2010, 2013)),
        ("--destination", "USA", "--year", "2010", "--year", "2013"),
    ),
    "claims": (
        claims.answer,
        claims.ClaimsRequest(destination="USA", years=(2008,)),
        ("--destination", "USA", "--year", "2008"),
    ),
}


@pytest.fixture(autouse=True, scope="module")
def one_reading() -> Iterator[None]:
    """Read the bundled table once for all tests here: the reader has tests of its own."""
    table = unodc.read_unodc()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unodc, "read_unodc", lambda *_, **__: table)
        yield


@pytest.fixture(scope="module")
def answers(one_reading: None) -> dict[str, Any]:
    return {name: ask(request) for name, (ask, request, _) in REQUESTS.items()}


@pytest.fixture(scope="module")
def case_routes(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("legs") / "legs.csv"
    path.write_text(LEGS, encoding="utf-8")
    request = routes.RoutesRequest(
        file=path, draws=50, tests=False, threshold=11, legs=(("KOR", "USA"),)
    )
    return routes.answer(request)


@pytest.mark.parametrize("name", REQUESTS)
def test_the_command_prints_the_answer(name, answers, capsys):
    with pytest.raises(SystemExit) as stop:
        main([name, *REQUESTS[name][2], "--json"])
    assert not stop.value.code
    printed = json.loads(capsys.readouterr().out)
    assert printed.pop("ok") is True
    assert printed == json.loads(json.dumps(answers[name].to_dict()))


@pytest.mark.parametrize("name", REQUESTS)
def test_answers_and_requests_are_frozen(name, answers):
    for made in (answers[name], REQUESTS[name][1]):
        assert not hasattr(made, "__dict__")
        with pytest.raises((FrozenInstanceError, AttributeError)):
            setattr(made, fields(made)[0].name, None)


@pytest.mark.parametrize("name", REQUESTS)
def test_every_row_has_its_columns_and_what_is_told_ends_with_the_caveats(name, answers):
    found = answers[name]
    rows = found.rows()
    assert rows.cells and all(len(row) == len(rows.columns) for row in rows.cells)
    assert rows.to_csv().count("\n") >= len(rows.cells) + 1
    told = found.told()
    assert all(isinstance(part, (Line, Rows)) for part in told)
    if name != "claims":
        said = [str(p.text) for p in told if isinstance(p, Line)]
        assert said[-len(found.caveats) :] == [f"- {c}" for c in found.caveats]


def test_a_claim_on_the_page_has_what_the_template_asks_of_it():
    folder = resources.files("uncounted.brief").joinpath("templates")
    text = folder.joinpath("claims.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    tree = environment.parse(text)
    asked = {
        node.attr
        for node in tree.find_all(jinja2.nodes.Getattr)
        if isinstance(node.node, jinja2.nodes.Name) and node.node.name == "c"
    }
    assert asked == {f.name for f in fields(ClaimEntry)}


@pytest.mark.parametrize("name", REQUESTS)
def test_other_words_change_no_figure(name, answers):
    """Figures of JSON, CSV and page stay when every sentence of the catalogue is another."""

    def figures(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: figures(v) for k, v in value.items()}
        if isinstance(value, list):
            return [figures(v) for v in value]
        return value if not isinstance(value, str) else ""

    found = answers[name]
    plain = found.to_dict()
    with speaking("en", disguise=lambda s: f"¿{s}?"):
        other = found.to_dict()
        page = render(found.page())
    assert figures(other) == figures(plain)
    assert other != plain
    assert "¿" in page and "<script" not in page


def test_suppressed_routes_and_legs_tell_no_figure(case_routes):
    found = case_routes
    (leg,) = found.legs
    assert leg.suppressed and leg.years == () and leg.first_move is None
    assert leg.said.numbers == ()
    assert [r["weight"] for r in found.to_dict()["stated"]] == [40, 30]
    assert "KOR>USA" not in found.rows().to_csv()
    assert "KOR" not in json.dumps(found.to_dict()["chain"])
    assert found.chain.statements == 70


def test_an_answer_says_what_is_wrong_without_the_command_line():
    with pytest.raises(UsageError):
        shares.answer(shares.SharesRequest())
    with pytest.raises(UsageError):
        flows.answer(
            flows.FlowsRequest(
                destinations=("USA",), gravity=False, detection_prior=(0.1, 0.2),
                population=flows.TableRequest("uk2013"),
            )
        )  # fmt: skip
    with pytest.raises(InputError):
        claims.answer(claims.ClaimsRequest(ids=("nobody-said-this",)))
