"""Every page in a real browser: accessible by axe, no wider than a phone, silent, and alone with itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from tests.integration.small_coalition import link, write

from uncounted.brief.messages import LANGUAGES, language, speaking
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


@cache
def _run(language: str) -> Path:
    """Folder of a finished run in a language; its linkage and figures are kept from the first one."""
    from uncounted.answers.runs import run_project
    from uncounted.project.settings import load_project

    with speaking(language):
        return run_project(load_project(_project()), link=link, draft=True).folder


@cache
def _project() -> Path:
    folder = Path(mkdtemp(prefix="uncounted-browser-")) / "project"
    write(folder)
    return folder


def _coalition() -> str:
    return (_run(language()) / "index.html").read_text(encoding="utf-8")


def _brief() -> str:
    from uncounted.answers.briefs import BriefRequest, answer

    return answer(BriefRequest(_run("en"), language())).html()


PAGES = {
    "estimate": _estimate,
    "assess": _assess,
    "flows": _flows,
    "routes": _routes,
    "ranks": _ranks,
    "shares": _shares,
    "claims": _claims,
    "simulate": _simulate,
    "coalition": _coalition,
    "brief": _brief,
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


SHEET = (816 - 2 * 60, 1056 - 2 * 60)
"""Pixels within margins of 1.6 cm of a letter sheet, the narrower and shorter of the two in use with A4."""


@pytest.mark.parametrize("page", PAGES)
def test_no_picture_is_cut_on_paper(page: str, browser, tmp_path: Path) -> None:
    """Every picture that prints lies within the width of the sheet, and is no taller than one."""
    file = tmp_path / "page.html"
    file.write_text(written(page, "en"), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": SHEET[0], "height": SHEET[1]}, offline=True, bypass_csp=True
    )
    try:
        tab = context.new_page()
        tab.emulate_media(media="print")
        tab.goto(file.as_uri())
        boxes = tab.evaluate(
            """[...document.querySelectorAll('figure svg')]
            .map(s => s.getBoundingClientRect()).filter(r => r.width)
            .map(r => [r.left, r.right, r.height])"""
        )
        for left, right, height in boxes:
            assert left >= 0 and right <= SHEET[0] and height <= SHEET[1], (left, right, height)
        assert boxes or page == "claims"  # the page of claims holds words alone
        # And the sheet is real: as wide as asked for, not one laid out wider and cut.
        across = tab.evaluate("document.documentElement.scrollWidth")
        assert across <= SHEET[0], f"{across} pixels across"
        assert re.match(rb"%PDF-", tab.pdf(format="Letter"))
    finally:
        context.close()
