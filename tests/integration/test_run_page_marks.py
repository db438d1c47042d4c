"""The run's page: its figure and its overlaps as pictures, and a mark beside every number of its tables."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser

import pytest
from tests.integration.small_coalition import link, write

from uncounted.answers import runs
from uncounted.brief.numbers import value
from uncounted.brief.page_numbers import page_numbers
from uncounted.project.settings import load_project

SHOWN, FEW = 420, 150


@pytest.fixture(scope="module", params=[SHOWN, FEW], ids=["all-shown", "some-hidden"])
def run(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("coalition") / "project"
    write(folder, people=request.param)
    return runs.run_project(load_project(folder), link=link).folder


class Page(HTMLParser):
    """Cells of tables with the mark in them, articles by their name, and words of the pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, str, str]] = []
        self.articles: dict[str, str] = {}
        self.pictures: list[str] = []
        self._cell: list[str] | None = None
        self._mark = self._label = self._article = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "td":
            self._cell, self._mark, self._label = [], "", ""
        if tag == "a" and has.get("class") == "why":
            self._mark, self._label = has["href"], has["aria-label"]
        if tag == "article":
            self._article = has["id"]
            self.articles[self._article] = ""
        if tag == "figure":
            self.pictures.append(has["aria-label"])

    def handle_endtag(self, tag):
        if tag == "td" and self._cell is not None:
            self.cells.append(("".join(self._cell), self._mark, self._label))
            self._cell = None
        if tag == "article":
            self._article = ""

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)
        if self._article:
            self.articles[self._article] += data


def read(run) -> str:
    return (run / "index.html").read_text(encoding="utf-8")


def test_every_number_of_a_table_leads_to_what_is_said_of_it(run):
    page = Page(read(run))
    numbers = [c for c in page.cells if re.fullmatch(r"[\d,]+", c[0])]
    assert len(numbers) > 15
    for text, mark, label in numbers:
        assert mark.startswith("#") and mark[1:] in page.articles, text
        assert label.startswith(text)  # a reader of screens hears the number first
        heard = {v for t in re.findall(r"[\d,]*\d", page.articles[mark[1:]]) for v in value(t)}
        assert value(text) <= heard, (text, page.articles[mark[1:]])


def test_what_is_held_back_has_no_mark_and_no_size(run):
    """Pale bars are of one height, labelled as hidden; no mark of a table leads from a suppressed cell."""
    page = Page(read(run))
    assert not [c for c in page.cells if c[0] in ("†", "–") and c[1]]
    with (run / "tables" / "overlap.csv").open(encoding="utf-8", newline="") as f:
        counts = [row["count"] for row in csv.DictReader(f)]
    drawn = (run / "pictures" / "overlap.svg").read_text(encoding="utf-8")
    words = re.findall(r">([^<>]+)</text>", drawn)
    for count in counts:
        if count not in ("†", "0"):
            assert f"{int(count):,}" in words
    hidden = counts.count("†")
    bar = r'aria-roledescription="bar" d="M[^h]+h[^v]+v([\d.]+)h[^Z]+Z" fill="#d9dee4"'
    pale = re.findall(bar, drawn)
    assert len(pale) == hidden and len(set(pale)) <= 1
    assert words.count("hidden") >= hidden
    assert ("A pale bar says only" in read(run)) == ("†" in counts)


def test_pictures_say_the_finding(run):
    page = read(run)
    alts = Page(page).pictures
    overlap = next(a for a in alts if a.startswith("Who is on which lists"))
    assert re.search(r"\d+ people are on .+ and on no other list\.", overlap)
    assert ("is not shown" in overlap or "are not shown" in overlap) == ("A pale bar" in page)
    figure = re.search(r'<p class="figure">', page)
    first = [a for a in alts if a.startswith("Dots: ")]
    assert len(first) == (figure is not None)
    assert first or "do not carry a figure" in page


def test_the_list_at_the_end_adds_no_number_of_its_own(run):
    """What explains numbers is no place where they stand: `why` must not find itself."""
    page = read(run)
    without = re.sub(r'<section class="numbers".*?</section>', "", page, flags=re.S)
    assert without != page
    assert list(page_numbers(page)) == list(page_numbers(without))
