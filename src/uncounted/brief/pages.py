"""Self-contained pages: one file, no script, no network, readable without the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from uncounted.core.notes import Note

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["TEMPLATES", "ClaimEntry", "ClaimsPage", "FigurePage", "render"]

Text = str | Note
"""A name that stays as it is, or what is said in the language spoken when the page is made."""


@dataclass(frozen=True, slots=True)
class FigurePage:
    """All that `figure.html.j2` gets: a picture, its table, its caveats and its source.

    Parameters
    ----------
    title, lead
        What is counted, and how to read it.
    picture
        SVG text, whose own texts are escaped; the page holds no script.
    alt
        The picture in words.
    columns, rows
        The same figures as a table.
    caveats, source
        What must be read with them; where the counts come from.
    """

    title: Text
    lead: Text
    picture: str
    alt: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text | int, ...], ...]
    caveats: tuple[Text, ...]
    source: Text


@dataclass(frozen=True, slots=True)
class ClaimEntry:
    """One claim of `claims.html.j2`.

    Parameters
    ----------
    id
        Of the ledger.
    verdict, label
        The contract's word, and how it is said.
    says, by, where, date
        What was claimed, by whom, where and when.
    secondary
        Whether it is cited by others.
    counted
        What it counts.
    why
        Reasons of the verdict.
    caveats
        What must be read with it.
    source
        Where the evidence is from; empty where there is none.
    picture
        SVG text of its evidence; empty where there is none.
    """

    id: str
    verdict: str
    label: Text
    says: str
    by: str
    where: str
    date: str
    secondary: bool
    counted: Text
    why: tuple[Text, ...]
    caveats: tuple[Text, ...]
    source: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """All that `claims.html.j2` gets.

    Parameters
    ----------
    title, lead
        Words at the top.
    tally
        Each verdict as it is said, and how many claims have it.
    claims
        In the ledger's order.
    sources
        Where the evidence comes from.
    """

    title: Text
    lead: Text
    tally: tuple[tuple[Text, int], ...]
    claims: tuple[ClaimEntry, ...]
    sources: tuple[Text, ...]


TEMPLATES: Mapping[type[FigurePage | ClaimsPage], str] = {
    FigurePage: "figure.html.j2",
    ClaimsPage: "claims.html.j2",
}
"""Which template lays out which page."""


@cache
def _environment() -> Environment:
    from jinja2 import DictLoader, Environment, StrictUndefined

    folder = resources.files("uncounted.brief")
    names = ("page.html.j2", *TEMPLATES.values())
    texts = {n: folder.joinpath(n).read_text(encoding="utf-8") for n in names}
    made = Environment(loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined)
    made.filters["drawn"] = _drawn
    made.filters["spaced"] = _spaced
    return made


def _drawn(svg: str) -> Any:
    """Let a picture stand as it is: what drew it escaped the texts in it."""
    from markupsafe import Markup

    return Markup(svg)


def _spaced(parts: Sequence[Text]) -> str:
    return " ".join(str(p) for p in parts)


def render(page: FigurePage | ClaimsPage) -> str:
    """Lay out a page.

    Returns
    -------
    str
        HTML, self-contained. Everything that came from a file is escaped.
    """
    template = _environment().get_template(TEMPLATES[type(page)])
    return template.render({f.name: getattr(page, f.name) for f in fields(page)})
