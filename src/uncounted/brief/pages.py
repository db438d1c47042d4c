"""Pages with one picture and its table, and pages of claims with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from uncounted.brief.page import render
from uncounted.charts.export import to_svg

__all__ = ["ClaimLine", "ClaimsPage", "FigurePage", "claims_page", "figure_page"]


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A picture, its table, its caveats and its source.

    Parameters
    ----------
    title, lead
        What is counted, and how to read it.
    picture, alt
        SVG, and the picture in words.
    columns, rows
        The same figures as a table.
    caveats, source
        Plain sentences; where the counts come from.
    """

    template: ClassVar[str] = "figure.html.j2"

    title: str
    lead: str
    picture: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    caveats: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim with its verdict.

    Parameters
    ----------
    id, says, by, where, date, secondary, counted
        The claim: its words, whose they are, where and when, whether as cited by others, and what
        it counts.
    verdict, why, caveats, source
        What the evidence says.
    """

    id: str
    says: str
    by: str
    where: str
    date: str
    secondary: bool
    counted: str
    verdict: str
    why: str
    caveats: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """Claims with their verdicts.

    Parameters
    ----------
    title, lead
        Words at the top.
    claims
        In order.
    tally
        How many claims have each verdict.
    sources
        Where the evidence comes from.
    pictures
        Claim's id and SVG of its evidence, where there is one.
    """

    template: ClassVar[str] = "claims.html.j2"

    title: str
    lead: str
    claims: tuple[ClaimLine, ...]
    tally: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    pictures: Mapping[str, str]


def figure_page(
    *,
    title: str,
    lead: str,
    spec: dict[str, Any],
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
        Vega-Lite dictionary; drawn here, so the page holds no script.
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
    return render(
        FigurePage(
            title=title,
            lead=lead,
            picture=to_svg(spec),  # vl-convert escapes text inside the SVG
            alt=alt,
            columns=tuple(columns),
            rows=tuple(tuple(row) for row in rows),
            caveats=tuple(str(c) for c in caveats),
            source=source,
        )
    )


def claims_page(
    *,
    title: str,
    lead: str,
    claims: Sequence[Mapping[str, Any]],
    sources: Sequence[str],
    pictures: Mapping[str, dict[str, Any]] | None = None,
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
        Claim's id -> Vega-Lite dictionary of its evidence, where there is one.

    Returns
    -------
    str
        HTML, self-contained, everything escaped.
    """
    order = ("supported", "contradicted", "not comparable", "no evidence here")
    return render(
        ClaimsPage(
            title=title,
            lead=lead,
            claims=tuple(_line(c) for c in claims),
            tally=tuple((v, sum(c["verdict"] == v for c in claims)) for v in order),
            sources=tuple(sources),
            pictures={i: to_svg(spec) for i, spec in (pictures or {}).items()},
        )
    )


def _line(claim: Mapping[str, Any]) -> ClaimLine:
    given = {name: claim[name] for name in ClaimLine.__dataclass_fields__}
    return ClaimLine(**{**given, "caveats": tuple(str(c) for c in claim["caveats"])})
