"""The brief as one file for desktop, phone and print, a mark beside every number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar

from uncounted.brief.facts import Facts
from uncounted.brief.messages import say
from uncounted.brief.number_marks import Explained, heads
from uncounted.brief.numbers import Said
from uncounted.brief.onepage import OnePage
from uncounted.brief.page import render
from uncounted.brief.why import Why, family, of_brief
from uncounted.core.notes import Note, note

__all__ = ["BriefPage", "html"]

_QUOTES = {"es": ("«", "»")}


@dataclass(frozen=True, slots=True)
class BriefPage:
    """All that `brief.html.j2` gets.

    Parameters
    ----------
    p
        The page.
    linked
        Text of a sentence with links on its numbers, as markup, by the sentence.
    explained
        The list at the end.
    marks
        Quotation marks.
    heads
        Headings by name.
    """

    template: ClassVar[str] = "brief.html.j2"

    p: OnePage
    linked: Mapping[Said, str]
    explained: tuple[Explained, ...]
    marks: tuple[str, str]
    heads: Mapping[str, str]


def html(page: OnePage, facts: Facts) -> str:
    """Write the file: no script, nothing asked of the network."""
    whys = of_brief(facts, page)
    names = {kind: f"n{i}" for i, kind in enumerate(dict.fromkeys(map(family, whys)), start=1)}
    from markupsafe import Markup

    linked = {s: Markup(_linked(s, names)) for s in page.texts}
    return render(
        BriefPage(
            page,
            linked,
            tuple(_explained(kind, name, whys, page) for kind, name in names.items()),
            _QUOTES.get(page.language, ("“", "”")),
            heads(),
        )
    )


def _linked(said: Said, names: Mapping[str, str]) -> str:
    out = []
    for text, key in said.pieces():
        if not key:
            out.append(escape(text))
            continue
        label = say(note("brief.numbers.link", number=text))
        out.append(
            f'<a class="why" href="#{names[family(key)]}" aria-label="{escape(label)}">{escape(text)}</a>'
        )
    return "".join(out)


def _explained(kind: str, name: str, whys: Mapping[str, Why], page: OnePage) -> Explained:
    ours = [(key, w) for key, w in whys.items() if family(key) == kind]
    keys = {key for key, _ in ours}
    written = dict.fromkeys(
        said.text[m.start : m.end] for said in page.texts for m in said.marks if m.key in keys
    )
    first = ours[0][1]
    return Explained(
        name,
        ", ".join(written),
        tuple(dict.fromkeys(w.what for _, w in ours)),
        say(Note(f"brief.counts.{first.counts}")),
        first.method,
        first.data,
        first.caveats,
        ", ".join(first.where),
    )
