"""Every number of a page of ours, with the sentence or the cell and the heading it stands under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from uncounted.brief.numbers import tokens, value

__all__ = ["Standing", "page_numbers"]

_BLOCKS = frozenset(
    ("p", "li", "dt", "dd", "td", "th", "caption", "h1", "h2", "h3", "figcaption", "text", "summary", "div", "title")
)  # fmt: skip
_UNSEEN = frozenset(("style", "script", "head"))
_LONGEST = 240


@dataclass(frozen=True, slots=True)
class Standing:
    """A number where it stands: what it may be, the words around it, the heading above it."""

    values: frozenset[float]
    text: str
    heading: str
    picture: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, bool]] = []
        self._words: list[str] = []
        self._heading = self._title = ""
        self._hidden = self._drawn = 0
        self._tag = ""
        self._row: list[str] = []
        self._heads: list[str] = []
        self._in_head = False
        self._sections: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._hidden += 1
        if tag == "section":
            self._close()
            self._sections.append(dict(attrs).get("class") == "numbers")
            self._hidden += self._sections[-1]
        if tag in _BLOCKS:
            self._close()
            self._tag = tag
        if tag == "svg":
            self._drawn += 1
        if tag == "figure":
            self._close()
            self._title = dict(attrs).get("aria-label") or ""
        if tag == "table":
            self._heads = []
        if tag == "thead":
            self._in_head = True
        if tag == "tr":
            self._row = []

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._hidden -= 1
        if tag == "section" and self._sections:
            self._close()
            self._hidden -= self._sections.pop()
        if tag in _BLOCKS:
            self._close()
        if tag == "svg":
            self._drawn -= 1
        if tag == "thead":
            self._in_head = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)

    def _close(self) -> None:
        text = " ".join("".join(self._words).split())
        self._words = []
        if not text:
            return
        if self._tag in ("h1", "h2", "h3"):
            self._heading = text
        elif self._tag in ("td", "th") and not self._drawn:
            if self._in_head:
                self._heads.append(text)  # the first head, over the names, is empty or left out
            else:
                self._row.append(text)
                k = len(self._row) - 1
                above = self._heads[k - 1] if 0 < k <= len(self._heads) else ""
                if k:
                    text = ": ".join(x for x in (self._row[0], above, text) if x)
        elif self._drawn and self._title:
            text = f"{text} ({self._title})"
        self.found.append((text, self._heading, bool(self._drawn)))


def page_numbers(html: str) -> Iterator[Standing]:
    """Yield every number that a reader of the page sees, pictures too.

    The list at the end, which explains the numbers, is left out: it tells nothing of its own.

    Examples
    --------
    >>> found = next(page_numbers("<h2>How many</h2><p>about 1,440 people</p>"))
    >>> found.text, found.heading, 1440.0 in found.values
    ('about 1,440 people', 'How many', True)
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader._close()
    for text, heading, picture in reader.found:
        whole = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        for token in tokens(text):
            yield Standing(value(token.text), whole, heading, picture)
