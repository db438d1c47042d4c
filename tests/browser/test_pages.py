"""Every page in a real browser: accessible by axe, no wider than a phone, silent, and alone with itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from uncounted.brief.messages import LANGUAGES, speaking
from uncounted.brief.page import render

pytestmark = pytest.mark.extended

WIDTHS = {"desktop": 1200, "phone": 390}


def _estimate() -> str:
    from uncounted.answers.estimates import EstimatesRequest, answer
    from uncounted.answers.overlap_table import TableRequest

    methods = ("bic", "main", "lower-bound", "shrinkage")
    asked = EstimatesRequest(TableRequest("uk2013-5"), methods=methods, bootstrap=20)
    return render(answer(asked).page())


def _assess() -> str:
    from uncounted.answers.overlap_table import TableRequest
    from uncounted.answers.verdicts import VerdictRequest, answer

    return render(answer(VerdictRequest(TableRequest("kosovo"))).page())


def _flows() -> str:
    from uncounted.answers.flows import FlowsRequest, answer

    return render(answer(FlowsRequest(region="Europe", years=(2019,), gravity=False)).page())


def _routes() -> str:
    from uncounted.answers.routes import RoutesRequest, answer

    page = answer(RoutesRequest(origins=("KOR",), draws=50, tests=False)).page()
    assert page is not None
    return render(page)


def _ranks() -> str:
    from uncounted.answers.ranks import RanksRequest, answer

    return render(answer(RanksRequest(destination="USA", years=(2008,))).page())


def _shares() -> str:
    from uncounted.answers.shares import SharesRequest, answer

    return render(answer(SharesRequest(destination="USA", years=(2013,))).page())


def _claims() -> str:
    from uncounted.answers.claims import ClaimsRequest, answer

    return render(answer(ClaimsRequest()).page())


def _simulate() -> str:
    from uncounted.answers.simulations import SimulationRequest, answer

    asked = SimulationRequest(
        design="independent", methods=("main", "pairs"), replications=20, workers=1
    )
    return render(answer(asked).page())


PAGES = {
    "estimate": _estimate,
    "assess": _assess,
    "flows": _flows,
    "routes": _routes,
    "ranks": _ranks,
    "shares": _shares,
    "claims": _claims,
    "simulate": _simulate,
}


@cache
def written(page: str, language: str) -> str:
    with speaking(language):
        return PAGES[page]()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible_fits_and_asks_nobody(
    page: str, language: str, width: str, browser, tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "page.html"
    file.write_text(written(page, language), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, offline=True, bypass_csp=True
    )
    try:
        tab = context.new_page()
        said: list[str] = []
        asked: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(file.as_uri())
        assert asked == [file.as_uri()]
        assert said == []
        assert tab.evaluate("document.documentElement.lang") == language
        across = tab.evaluate("document.documentElement.scrollWidth")
        assert across <= WIDTHS[width], f"{across} pixels across"
        found = Axe().run(tab).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
        # Folded words open by keyboard alone, and everything folded is as accessible.
        tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        found = Axe().run(tab).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
    finally:
        context.close()
