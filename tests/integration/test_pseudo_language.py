"""Every sentence reworded: no number shown changes, and nothing that is hidden comes out."""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter
from collections.abc import Collection
from html import unescape
from pathlib import Path

import numpy as np
import pytest

import uncounted as uc
from uncounted.answers import claims, estimates, flows, ranks, routes, shares, verdicts
from uncounted.answers.overlap_table import TableRequest
from uncounted.answers.runs import run_project
from uncounted.brief.messages import speaking
from uncounted.brief.page import render
from uncounted.charts.calibration import calibration
from uncounted.charts.export import to_svg
from uncounted.claims.ledger import load_ledger
from uncounted.core.notes import Note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.notes import publishable
from uncounted.places.words import countries
from uncounted.project.settings import load_project
from uncounted.simulation.populations import independent_lists

_SPEC = importlib.util.spec_from_file_location(
    "small_coalition", Path(__file__).with_name("small_coalition.py")
)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)

COALITIONS = {
    "enough": {"catch": (0.25, 0.22, 0.2)},  # a figure, beside fewer than eleven on all three lists
    "few": {"seed": 2, "catch": (0.1, 0.09, 0.1)},  # eight or fewer on two lists or more
}
OPEN, CLOSE = "⟦", "⟧"


def disguise(sentence: str) -> str:
    """Turn every word round and put brackets about the whole; holes and figures stay."""
    kept = r"(\{[^}]*\}|%\(\w+\)s|%%|<[^>]*>)"
    turned = re.sub(kept + r"|[^\W\d_]+", lambda m: m[1] or m[0][::-1].swapcase(), sentence)
    return f"{OPEN}{turned}{CLOSE}"


def outside(page: str) -> list[str]:
    """What a page says, its pictures and their descriptions included, that no catalogue said."""
    page = re.sub(r"<style>.*?</style>", " ", page, flags=re.S)
    told = re.findall(r'(?:aria-label|title|alt|content)="([^"]*)"', page)
    text = unescape(chr(10).join([re.sub(r"<[^>]*>", chr(10), page), *told]))
    text = re.sub(rf"{OPEN}[^{OPEN}{CLOSE}{chr(10)}]*…", " ", text)  # a label cut off by a picture
    before = ""
    while before != text:
        before, text = text, re.sub(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", text)
    return sorted({x.strip() for x in text.split(chr(10)) if re.search(r"[^\W\d_]{2,}", x)})


def strange(page: str, known: Collection[str]) -> list[str]:
    """What stands outside the catalogues besides the texts of the data."""
    found = []
    for text in outside(page):
        rest = text
        for name in sorted((k for k in known if k), key=len, reverse=True):
            rest = rest.replace(name, " ")
        if re.search(r"[^\W\d_]{2,}", rest):
            found.append(text)
    return found


def plain(made: object) -> object:
    """What is left of a JSON object when every sentence is taken out: numbers, codes, keys, names."""
    if isinstance(made, dict):
        return {
            k: v if k in {"notes", "refused_note"} else plain(v)
            for k, v in made.items()
            if k not in {"folder", "page"}
        }
    if isinstance(made, (list, tuple)):
        return [plain(v) for v in made]
    return "" if isinstance(made, str) else made


def digits(text: str) -> list[str]:
    return re.findall(r"\d(?:[\d,.]*\d)?", text)


def sentences(made: object) -> list[str]:
    """Every text of a JSON object that the catalogue said."""
    if isinstance(made, dict):
        return [s for v in made.values() for s in sentences(v)]
    if isinstance(made, (list, tuple)):
        return [s for v in made for s in sentences(v)]
    return [made] if isinstance(made, str) and OPEN in made else []


def text_of(page: str) -> str:
    """What a page says: no pictures, no style, no marks."""
    page = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.S)
    return re.sub(r"<[^>]*>", " ", page)


def notes_of(made: object) -> list[Note]:
    """Every note of a JSON object, with those inside it."""
    if isinstance(made, dict):
        if "code" in made and "numbers" in made:
            return list(Note.from_dict(made).parts())
        return [n for v in made.values() for n in notes_of(v)]
    return [n for v in made for n in notes_of(v)] if isinstance(made, list) else []


@pytest.fixture(scope="module", params=list(COALITIONS))
def both(request, tmp_path_factory):
    """One coalition, said in English and in disguise: folder, result and page each."""
    out = []
    for wording in (None, disguise):
        folder = tmp_path_factory.mktemp("coalition")
        small.write(folder, **COALITIONS[request.param])
        with speaking("en", disguise=wording):
            result = run_project(load_project(folder), link=small.link)
            out.append((result, json.loads(json.dumps(result.to_dict())), result.page.read_text()))
    return request.param, *out


def test_a_run_reworded_has_the_same_numbers(both):
    _, (english, said, page), (other, reworded, odd) = both
    assert plain(said) == plain(reworded)
    assert sentences(reworded) and not sentences(said)
    assert OPEN in odd and digits(text_of(page)) == digits(text_of(odd))
    one, two = (json.loads((r.folder / "estimate.json").read_text()) for r in (english, other))
    assert plain(one) == plain(two)
    names = [p.relative_to(english.folder) for p in sorted(english.folder.rglob("*"))]
    assert names == [p.relative_to(other.folder) for p in sorted(other.folder.rglob("*"))]


def test_every_sentence_of_the_page_is_said_by_the_catalogue(both):
    """Reasons, caveats, doubt and refusals of the disguised page stand in brackets, each of them."""
    _, (_, said, page), (_, reworded, odd) = both
    for text in (*said["estimate"]["caveats"], *((said["verdict"] or {}).get("reasons", ()))):
        assert text not in odd
    for text in (*reworded["estimate"]["caveats"], reworded["estimate"].get("refused", "")):
        assert text == "" or text.startswith(OPEN)
    assert page.count("<li>") == odd.count("<li>")


TECHNICAL = {
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:", "no-referrer",
    "width=device-width, initial-scale=1",
}  # fmt: skip
"""What stands in a page's head for browsers."""
METHODS = {"xi", "main", "stepwise", "bic", "aic", "averaged", "lower-bound", "consensus", "graphs"}


def test_nothing_on_a_run_page_is_said_outside_the_catalogues(both):
    _, (english, _, page), (_, _, odd) = both
    project = load_project(english.folder.parents[1])
    data = {
        *TECHNICAL, *METHODS, *COUNTRIES, *(x.name for x in project.settings.lists),
        *(x.title for x in project.settings.lists), project.settings.project.where,
        project.settings.project.when, project.settings.project.name,
        project.settings.project.title, "uncounted verify runs/", english.run,
    }  # fmt: skip
    # Where a number stands is told by the names of files and of what is in them.
    odd = re.sub(r"(?:, )?(?:tables/\w+\.csv|estimate\.json: [\w.]+)", "", odd)
    assert strange(odd, data) == []
    assert strange(page, data)  # the same test sees English


OWN = "qa,qb,qc,count\n1,0,0,60\n0,1,0,80\n0,0,1,40\n1,1,0,29\n0,1,1,27\n1,0,1,23\n1,1,1,12\n"


def own_table(folder):
    (folder / "own.csv").write_text(OWN)
    return TableRequest(str(folder / "own.csv"))


def pages_of(folder):
    """Every page of a command that has one, made from made-up names: its answer, its data."""
    table, lists = own_table(folder), {"qa", "qb", "qc", "own", str(folder / "own.csv")}
    ranked = folder / "ranked.csv"
    ranked.write_text("origin,count\nQan,40\nQen,25\nQin,7\n")
    return {
        "estimate": (
            lambda: estimates.answer(
                estimates.EstimatesRequest(table, bootstrap=0, show_small_cells=True)
            ),
            lists,
        ),
        "estimate-held": (
            lambda: estimates.answer(estimates.EstimatesRequest(table, bootstrap=0)),
            lists,
        ),
        "assess": (
            lambda: verdicts.answer(
                verdicts.VerdictRequest(
                    table, methods=("main", "m0"), bootstrap=0, refers=("qa -> qb",),
                    show_small_cells=True, threads=1,
                )
            ),
            lists,
        ),
        "ranks": (
            lambda: ranks.answer(ranks.RanksRequest(file=str(ranked))),
            {"Qan", "Qen", "Qin", "ranked.csv"},
        ),
        "ranks-unodc": (lambda: ranks.answer(ranks.RanksRequest(destination="USA")), COUNTRIES),
        "shares": (lambda: shares.answer(shares.SharesRequest(destination="USA")), COUNTRIES),
        "flows": (lambda: flows.answer(flows.FlowsRequest(destinations=("USA",))), COUNTRIES),
        "routes": (lambda: routes.answer(routes.RoutesRequest()), COUNTRIES),
        "claims": (lambda: claims.answer(claims.ClaimsRequest()), LEDGER),
    }  # fmt: skip


COUNTRIES = {row.name for row in countries().values()} | {"?"}
LEDGER = {
    str(text)
    for ledger in [load_ledger()]
    for c in (ledger, *ledger.claims)
    for text in ((c.title, c.lead) if c is ledger else (c.says, c.by, c.where, c.date))
} | COUNTRIES  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "estimate", "estimate-held", "ranks",
        *(
            pytest.param(name, marks=pytest.mark.extended)
            for name in ("assess", "ranks-unodc", "shares", "claims", "flows", "routes")
        ),
    ],
)  # fmt: skip
def test_nothing_on_a_page_is_said_outside_the_catalogues(name, tmp_path):
    """The page of every command: pictures, tables, heads, descriptions for those who cannot see."""
    make, data = pages_of(tmp_path)[name]
    with speaking("en", disguise=disguise):
        page = render(make().page())
    assert strange(page, {*TECHNICAL, *METHODS, *data}) == []
    assert OPEN in page


def test_nothing_in_the_picture_of_a_simulation_is_said_outside_the_catalogues():
    with speaking("en", disguise=disguise):
        design = independent_lists(400, (0.3, 0.3, 0.3))
        found = uc.simulate(design, {"pairs": uc.Pairs()}, replications=4, workers=1)
        svg = to_svg(calibration(found.to_dict()))
    assert strange(svg, {"pairs", "independent", *METHODS}) == []


@pytest.mark.parametrize("spoken", ["es", "ko"])
@pytest.mark.parametrize(
    "name", ["estimate", "ranks", pytest.param("shares", marks=pytest.mark.extended)]
)
def test_a_page_in_another_language_has_the_same_numbers(name, spoken, tmp_path):
    make, _ = pages_of(tmp_path)[name]
    made = {}
    for language in ("en", spoken):
        with speaking(language):
            made[language] = render(make().page())
    assert f'<html lang="{spoken}">' in made[spoken]
    english, other = (
        Counter(d.rstrip(".,") for d in digits(unescape(text_of(made[x])))) for x in ("en", spoken)
    )
    assert english - other == Counter()
    # A zero in words and the month of a date are figures in other languages.
    assert set(other - english) <= {"0", "4"}


def test_no_hidden_count_is_said_in_any_wording(both):
    kind, (english, said, page), (other, reworded, odd) = both
    (kept,) = (english.folder.parents[1] / ".uncounted" / "steps").glob("overlap*.npz")
    with np.load(kept) as steps:
        counts = steps["counts"][int(steps["reference"])]
    table = OverlapTable.from_histories([x.name for x in english.shown.lists], counts)
    shown = english.shown.releases["overlap"].numbers
    hidden = {int(c) for c in table.counts[1:] if 0 < c < 11}
    if kind == "few":
        assert 0 < table.overlap < 11 and shown["on two lists or more"] is None
        hidden.add(table.overlap)
        assert said["estimate"]["refused"].startswith("So few people may be on two lists")
    assert hidden
    for result, page_text in ((english, page), (other, odd)):
        made = json.loads((result.folder / "estimate.json").read_text())
        for part in notes_of(made):
            for _, number in part.numbers:
                assert not number.of_people or number.held or number.value in shown.values()
        for count in hidden:
            assert not re.search(rf"\b{count}(,000)? (person|people|NOSREP|ELPOEP)\b", page_text)
            assert not re.search(rf"\b{count} (person|people|NOSREP|ELPOEP)", json.dumps(made))
    for sentence in re.findall(rf"{OPEN}([^{CLOSE}]*)", reworded["estimate"].get("refused", "")):
        assert not {int(float(d.strip(".").replace(",", ""))) for d in digits(sentence)} & hidden


@pytest.mark.parametrize(
    "name", ["artificial-3", "kosovo", pytest.param("new-orleans", marks=pytest.mark.extended)]
)
def test_a_verdict_reworded_has_the_same_numbers(name):
    made = []
    for wording in (None, disguise):
        with speaking("en", disguise=wording):
            verdict = uc.assess(
                uc.published.load(name), methods=["main", "pairs", "lower-bound", "m0"],
                bootstrap=20, validate=False, claim=20_000.0, workers=1,
            )  # fmt: skip
            made.append(json.loads(json.dumps(verdict.to_dict())))
    assert plain(made[0]) == plain(made[1])
    reasons, odd = (m["verdict"]["reasons"] for m in made)
    assert [digits(r) for r in reasons] == [digits(r) for r in odd]
    assert not set(reasons) & set(odd)


@pytest.mark.parametrize("wording", [None, disguise])
def test_what_may_stand_does_not_hang_on_the_wording(wording):
    """Every count of people of a verdict on a table with small counts is held, whatever it says."""
    table = OverlapTable.from_histories(
        ["a", "b", "c"], {"100": 60, "010": 80, "110": 4, "001": 40, "101": 3, "111": 1}
    )
    with speaking("en", disguise=wording):
        verdict = uc.assess(table, methods=["main"], bootstrap=0, validate=False, workers=1)
        for reason in verdict.reasons:
            said = publishable(reason, {"observed": 188, "shared": None})
            assert not [n for p in said.parts() for _, n in p.numbers if n.of_people and not n.held]
            assert "8" not in digits(str(said))
        assert any("8" in digits(str(r)) for r in verdict.reasons)
