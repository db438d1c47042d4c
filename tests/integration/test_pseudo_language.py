"""Every sentence reworded: no number shown changes, and nothing that is hidden comes out."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

import uncounted as uc
from uncounted.answers.runs import run_project
from uncounted.brief.messages import speaking
from uncounted.core.notes import Note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.notes import publishable
from uncounted.project.settings import load_project

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
    turned = re.sub(r"(\{[^}]*\})|[^\W\d_]+", lambda m: m[1] or m[0][::-1].swapcase(), sentence)
    return f"{OPEN}{turned}{CLOSE}"


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
    return re.findall(r"\d[\d,.]*", text)


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
