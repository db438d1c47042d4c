"""Self-contained pages: one file, no script, no network, readable without the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from uncounted.charts.export import to_svg

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["claims_page", "figure_page"]


@cache
def _environment() -> Environment:
    from jinja2 import DictLoader, Environment, StrictUndefined

    folder = resources.files("uncounted.brief")
    names = ("page.html.j2", "figure.html.j2", "claims.html.j2")
    texts = {n: folder.joinpath(n).read_text(encoding="utf-8") for n in names}
    return Environment(loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined)


def figure_page(
    *,
    title: str,
    lead: str,
    spec: Mapping[str, Any],
    alt: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    caveats: Sequence[str],
    source: str,
) -> str:
    """Lay out a picture, its table, its caveats and its source.

    Parameters
    ----------
    title, lead
        What is counted, and how to read it.
    spec
        Picture or Vega-Lite dictionary; drawn here, so the page holds no script.
    alt
        The picture in words.
    columns, rows
        The same figures as a table.
    caveats, source
        Plain sentences; where the counts come from.

    Returns
    -------
    str
        HTML. Everything that came from a file is escaped.
    """
    from markupsafe import Markup

    template = _environment().get_template("figure.html.j2")
    return template.render(
        title=title,
        lead=lead,
        picture=Markup(to_svg(spec)),  # vl-convert escapes text inside the SVG
        alt=alt,
        columns=list(columns),
        rows=[list(r) for r in rows],
        caveats=list(caveats),
        source=source,
    )


def claims_page(
    *,
    title: str,
    lead: str,
    claims: Sequence[Mapping[str, Any]],
    sources: Sequence[str],
    pictures: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Lay out claims with their verdicts.

    Parameters
    ----------
    title, lead
        Words at the top.
    claims
        The dictionaries of the command's JSON, with ``says``, ``by``, ``date``, ``where``,
        ``counted`` beside the contract's keys.
    sources
        Where the evidence comes from.
    pictures
        Claim's id -> picture of its evidence, where there is one.

    Returns
    -------
    str
        HTML, self-contained, everything escaped.
    """
    order = ("supported", "contradicted", "not comparable", "no evidence here")
    tally = [(v, sum(c["verdict"] == v for c in claims)) for v in order]
    template = _environment().get_template("claims.html.j2")
    from markupsafe import Markup

    return template.render(
        title=title,
        lead=lead,
        claims=list(claims),
        tally=tally,
        sources=list(sources),
        pictures={i: Markup(to_svg(spec)) for i, spec in (pictures or {}).items()},
    )
