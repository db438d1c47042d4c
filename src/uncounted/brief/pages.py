"""Pages with one picture and its table, and pages of claims with their verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from uncounted.brief.page import Picture, render
from uncounted.core.notes import Note

__all__ = ["ClaimEntry", "ClaimsPage", "FigurePage", "PageTable", "render"]

Text = str | Note
"""A name that stays as it is, or what is said in the language spoken when the page is made."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of a page.

    Parameters
    ----------
    columns, rows
        Heads and cells.
    heading
        What stands above it, where the page has more than one.
    open
        Rows that stand open; more are folded away below them.
    """

    columns: tuple[Text, ...]
    rows: tuple[tuple[Text | int, ...], ...]
    heading: Text = ""
    open: int = 40


@dataclass(frozen=True, slots=True)
class FigurePage:
    """All that `figure.html.j2` gets: a picture, its table, its caveats and its source.

    Parameters
    ----------
    title, lead
        What is counted, and how to read it.
    picture
        The picture, with its finding in words; the page holds no script.
    tables
        The same figures, and all others, as tables.
    caveats, source
        What must be read with them; where the counts come from.
    answers
        What was asked, answered in sentences: they stand above the picture.
    """

    template: ClassVar[str] = "figure.html.j2"

    title: Text
    lead: Text
    picture: Picture
    tables: tuple[PageTable, ...]
    caveats: tuple[Text, ...]
    source: Text
    answers: tuple[Text, ...] = ()


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

    template: ClassVar[str] = "claims.html.j2"

    title: Text
    lead: Text
    tally: tuple[tuple[Text, int], ...]
    claims: tuple[ClaimEntry, ...]
    sources: tuple[Text, ...]
