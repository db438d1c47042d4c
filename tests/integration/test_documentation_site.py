"""API pages and what `uncounted` offers cannot part; pages load nothing from another host.

`make docs` builds all pages and checks them whole; here are the parts it is made of.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Literal

import pytest

import uncounted

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "site"))

import public_face  # noqa: E402
import site_check  # noqa: E402
import site_layout  # noqa: E402


def test_every_public_name_has_words_and_an_example_or_a_reason():
    assert public_face.faults(list(public_face.entries()), public_face.reasons()) == []


def test_every_public_name_is_on_one_page():
    faces = list(public_face.entries())
    assert {f"uncounted.{name}" for name in uncounted.__all__} <= {e.name for e in faces}
    text = "\n".join(site_layout.api_pages(faces).values())
    for entry in faces:
        shown = re.findall(rf"^\.\. [a-z:]+:: {re.escape(entry.target)}$", text, re.M)
        assert len(shown) == 1, f"{entry.name} is shown {len(shown)} times"


def test_every_page_of_the_documentation_is_in_the_contents(tmp_path):
    site_layout.lay_out(tmp_path)
    contents = (tmp_path / "index.md").read_text(encoding="utf-8").split("{toctree}")
    listed = {line for part in contents[1:] for line in part.splitlines()}
    for page in (ROOT / "docs").glob("*.md"):
        assert f"docs/{page.stem}" in listed
        assert (tmp_path / "docs" / page.name).read_bytes() == page.read_bytes()
    assert "api/index" in listed


def made_up():
    """A package with a class, a function that is undocumented, an alias and a shelf."""

    class Shown:
        """Has an example.

        >>> Shown()
        """

    class Bare:
        """Has none."""

        number = 3

    def silent():
        pass

    shelf = ModuleType("uncounted.shelf", "A shelf.")
    shelf.__all__ = ["Shelved"]
    shelf.Shelved = type("Shelved", (ValueError,), {"__doc__": "On a shelf."})
    package = ModuleType("uncounted")
    package.__all__ = ["Answer", "Bare", "Shown", "shelf", "silent"]
    package.Answer, package.Bare, package.Shown = Literal["yes", "no"], Bare, Shown
    package.shelf, package.silent = shelf, silent
    return list(public_face.entries(package))


def test_names_come_from_all_and_from_the_shelves_in_it():
    assert [(e.name, e.kind) for e in made_up()] == [
        ("uncounted.Answer", "value"),
        ("uncounted.Bare", "class"),
        ("uncounted.shelf", "namespace"),
        ("uncounted.shelf.Shelved", "exception"),
        ("uncounted.Shown", "class"),
        ("uncounted.silent", "function"),
    ]


def test_what_lacks_words_example_or_reason_is_told():
    stated = {"uncounted.Answer": "a list of words", "uncounted.Shown": "x", "uncounted.gone": "x"}
    told = "\n".join(public_face.faults(made_up(), stated))
    assert "there is no public name uncounted.gone" in told
    assert "uncounted.Shown has an example now" in told
    assert "uncounted.Bare has no example" in told
    assert "uncounted.silent has no docstring" in told
    assert "Answer" not in told
    assert "shelf" not in told


def test_an_example_elsewhere_must_use_the_name_in_code():
    assert public_face.used("import uncounted as uc\nuc.Pairs()  # not Stepwise") >= {"uc.Pairs"}
    assert "Stepwise" not in public_face.used('uc.Pairs()  # Stepwise\n"Stepwise"')
    assert "uncounted.published.load" in public_face.used("from uncounted.published import load")
    load = public_face.Entry("uncounted.published.load", print)
    assert public_face.elsewhere(load, {"docs/a": {"ranking.load", "load"}}) == []
    assert public_face.elsewhere(load, {"docs/a": {"uc.published.load"}}) == ["docs/a"]


LOADED = {
    "a.html": '<script src="https://example.org/a.js"></script>',
    "b.html": '<link rel="stylesheet" href="//example.org/a.css">',
    "c.html": '<img srcset="a.png 1x, https://example.org/b.png 2x">',
    "d.html": "<style>@import url(https://example.org/font.css);</style>",
    "e.html": "<p style=\"background: url('https://example.org/a.png')\">",
    "f.html": '<script>fetch("https://example.org/count")</script>',
    "g.css": '@font-face { src: url("https://example.org/a.woff2") }',
    "h.js": 's.src = "https://example.org/a.js"',
    "i.js": 'import("https://example.org/a.js")',
    "j.svg": '<svg><image xlink:href="https://example.org/a.png"/></svg>',
    "k.html": '<link rel="preconnect" href="https://example.org">',
    "l.html": '<iframe src="https://example.org/"></iframe>',
}
HARMLESS = {
    "a.html": '<a href="https://example.org/">a paper</a><script src="_static/a.js"></script>',
    "b.html": '<link rel="canonical" href="https://example.org/"><img src="data:image/png;base64,AA">',
    "c.svg": '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>',
    "d.css": "/* see https://example.org */ a { background: url(a.png) }",
    "e.js": "// see https://example.org/licence\nfetch('searchindex.js')",
    "f.md": "https://example.org/",
}


@pytest.mark.parametrize("name", LOADED)
def test_a_load_from_another_host_is_found(tmp_path, name):
    (tmp_path / name).write_text(LOADED[name], encoding="utf-8")
    assert len(site_check.foreign_loads(tmp_path)) == 1
    assert "example.org" in site_check.foreign_loads(tmp_path)[0]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_loads_nothing_passes(tmp_path, name):
    (tmp_path / name).write_text(HARMLESS[name], encoding="utf-8")
    assert site_check.foreign_loads(tmp_path) == []


def test_a_name_without_an_anchor_is_found(tmp_path):
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "a.html").write_text('<dt id="uncounted.A"><p id="module-uncounted.m">')
    names = ["uncounted.A", "uncounted.B", "uncounted.m"]
    assert site_check.missing_names(tmp_path, names) == ["uncounted.B"]
