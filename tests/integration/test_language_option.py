"""``--lang`` and UNCOUNTED_LANG: what is said, what is written, what is refused, what is repeated."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from uncounted.answers.runs import run_project, verify_run
from uncounted.brief.messages import language, speaking
from uncounted.cli import main
from uncounted.errors import VerificationError
from uncounted.project.settings import load_project

_SPEC = importlib.util.spec_from_file_location(
    "small_coalition", Path(__file__).with_name("small_coalition.py")
)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)

APART = "a,b,c,count\n1,0,0,60\n0,1,0,80\n0,0,1,40\n"
SAYS = {
    "en": "Nobody is on two lists",
    "es": "Nadie está en dos listas",
    "ko": "둘 이상의 명단에 있는 사람이",
}


def call(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out, err = capsys.readouterr()
    return stop.value.code or 0, out, err


@pytest.fixture
def apart(tmp_path):
    (tmp_path / "apart.csv").write_text(APART)
    return str(tmp_path / "apart.csv")


@pytest.mark.parametrize(
    ("before", "behind", "variable", "spoken"),
    [
        ((), (), None, "en"),
        (("--lang", "es"), (), None, "es"),
        ((), ("--lang", "ko"), None, "ko"),
        ((), (), "es", "es"),
        ((), (), "ko_KR.UTF-8", "ko"),
        ((), ("--lang", "es-US"), "ko", "es"),
        (("--lang", "en"), (), "ko", "en"),
        (("--lang", "es"), ("--lang", "ko"), "en", "ko"),
    ],
)
def test_the_language_asked_for_is_spoken(
    apart, capsys, monkeypatch, before, behind, variable, spoken
):
    """Behind the command outweighs before it, and both outweigh the environment."""
    monkeypatch.delenv("UNCOUNTED_LANG", raising=False)
    if variable is not None:
        monkeypatch.setenv("UNCOUNTED_LANG", variable)
    status, out, _ = call(
        capsys,
        *before,
        "estimate",
        apart,
        "--method",
        "pairs",
        "--bootstrap",
        "0",
        "--json",
        *behind,
    )
    assert status == 4
    assert SAYS[spoken] in json.loads(out)["estimates"][0]["refused"]
    assert language() == "en"  # nothing is left behind


@pytest.mark.parametrize("words", [("--lang", "fr"), ("--lang", "")])
def test_a_language_without_a_catalogue_is_a_wrong_call(apart, capsys, words):
    status, out, err = call(capsys, "estimate", apart, *words)
    assert (status, out) == (2, "") and "en, es, ko" in err


def test_an_environment_that_names_no_language_of_ours_is_a_wrong_call(apart, capsys, monkeypatch):
    monkeypatch.setenv("UNCOUNTED_LANG", "fr")
    assert call(capsys, "estimate", apart)[0] == 2


@pytest.mark.parametrize(
    ("spoken", "title"), [("es", "¿Cuántas personas hay en total?"), ("ko", "모두 몇 명입니까?")]
)
def test_a_page_is_written_in_the_language(tmp_path, capsys, spoken, title):
    table, page = tmp_path / "own.csv", tmp_path / "page.html"
    table.write_text(APART + "1,1,0,29\n0,1,1,27\n1,0,1,23\n1,1,1,12\n")
    words = ("estimate", str(table), "--method", "main", "--bootstrap", "0")
    assert call(capsys, *words, "--html", str(page), "--lang", spoken)[0] == 0
    text = page.read_text(encoding="utf-8")
    assert f'<html lang="{spoken}">' in text and title in text


def test_a_run_is_repeated_in_its_own_language(tmp_path):
    small.write(tmp_path, catch=(0.25, 0.22, 0.2))
    project = load_project(tmp_path)
    made = {}
    for spoken in ("en", "ko"):
        with speaking(spoken):
            made[spoken] = run_project(project, link=small.link)
    english, korean = made["en"], made["ko"]
    assert english.run != korean.run  # neither writes over the other
    assert '<html lang="ko">' in korean.page.read_text(encoding="utf-8")
    manifests = [json.loads((r.folder / "manifest.json").read_text()) for r in (english, korean)]
    assert "language" not in manifests[0]["settings"]
    assert manifests[1]["settings"]["language"] == "ko"
    with speaking("es"):
        assert verify_run(korean.folder, link=small.link).run == korean.run
        assert verify_run(english.folder, link=small.link).run == english.run
    manifest = korean.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"ko"', '"xx"'))
    with pytest.raises(VerificationError, match="changed by hand"):
        verify_run(korean.folder, link=small.link)
