"""The page of `uncounted estimate --html`: figures side by side with the two pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from uncounted.brief.glossary import of_interval, of_method
from uncounted.brief.named import interval_kind
from uncounted.brief.page import Picture
from uncounted.brief.words import ends, interval_words, method_words, model_words, people
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Number, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.overlap import HELD, PageTable, page_table

__all__ = ["FiguresPage", "MethodRow", "figures_page", "kind_words", "method_row"]


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One method's row: texts; ``point`` and ``interval`` as far as they may be shown.

    ``means`` and ``kind_means`` say what the method and its interval are, in plain words.
    """

    name: str
    words: str
    point: str = ""
    interval: str = ""
    kind: str = ""
    model: str = ""
    refused: str = ""
    caveats: tuple[str, ...] = ()
    means: str = ""
    kind_means: str = ""


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """Everything the page says. All counts are as they may be published.

    Parameters
    ----------
    name, lists
        Name of the table and how many lists it has.
    what, traps, sources
        Whom the figures count; what is known to go wrong with this table; where it is from.
    observed, overlap
        People on a list, on two lists or more; empty where hidden.
    held
        What is said where anything is hidden.
    between, spread
        How far the methods' figures lie apart: where anything is hidden, and where not.
    rows
        A row a method.
    pictures
        With their headings.
    names
        Lists that have a longer name, with it.
    made_with
        The command that makes the page again.
    """

    template: ClassVar[str] = "figures.html.j2"

    name: str
    lists: int
    what: str
    traps: tuple[str, ...]
    sources: str
    observed: str
    overlap: str
    held: str
    between: str
    spread: str
    rows: tuple[MethodRow, ...]
    pictures: tuple[Picture, ...]
    names: tuple[tuple[str, str], ...]
    made_with: str


def figures_page(
    table: OverlapTable,
    estimates: Sequence[Estimate],
    pictures: Sequence[Picture],
    *,
    what: str = "",
    traps: Sequence[str] = (),
    made_with: str = "",
    shown: PageTable | None = None,
) -> FiguresPage:
    """Put the page together.

    Parameters
    ----------
    table
        What was estimated from.
    estimates
        Figures and refusals, in order.
    pictures
        Drawn pictures.
    what
        Whom the figures count, where and when.
    traps
        What is known to go wrong with this table.
    made_with
        The command that makes the page again.
    shown
        What may be said of the table (`uncounted.disclosure.page_table`); by default what holds for
        somebody's own table. Where it hides anything, one method's figure stands there
        as a wide range, and of several only a range that holds them all.
    """
    shown = page_table(table, figures=True) if shown is None else shown
    given = [e.point for e in estimates if e.point is not None]
    alone = len(estimates) == 1 and shown.observed is not None
    between = ""
    wide = shown.between(given) if len(given) > 1 else None
    if shown.held and shown.observed is not None and wide is not None:
        between = str(note("terms.between", ends=ends(wide)))
    spread = max(given) / min(given) if len(given) > 1 and not shown.held else 1.0
    return FiguresPage(
        name=table.name,
        lists=table.t,
        what=what,
        traps=tuple(traps),
        sources=table.sources,
        observed="" if shown.observed is None else f"{shown.observed:,}",
        overlap="" if shown.overlap is None else f"{shown.overlap:,}",
        held=str(HELD) if shown.held else "",
        between=between,
        spread=f"{spread:.1f}" if spread >= 1.05 else "",
        rows=tuple(method_row(e, shown, alone=alone) for e in estimates),
        pictures=tuple(pictures),
        names=tuple((n, table.label(n)) for n in table.lists if table.label(n) != n),
        made_with=made_with,
    )


def method_row(estimate: Estimate, shown: PageTable, *, alone: bool) -> MethodRow:
    """Words of one method's row; without figures where the table's small counts forbid them.

    Parameters
    ----------
    estimate
        A figure or a refusal.
    shown
        What may be said of the table.
    alone
        Whether this is the page's only figure, whose interval may then stand there, widened.
    """
    name, words = estimate.method, method_words(estimate)
    if shown.held and not alone:
        # Which methods refuse, and why, depends on the counts as well.
        return MethodRow(name, words, str(note("terms.not-shown")), means=of_method(name))
    i = estimate.interval
    refused = "" if estimate.refused is None else str(estimate.refused)
    if shown.held and refused:
        refused = str(note("terms.refuses"))
    return MethodRow(
        name,
        words,
        point=str(note("terms.not-shown")) if shown.held else people(estimate.point),
        interval=interval_words(shown.interval(i)),
        kind="" if i is None else kind_words(i),
        model="" if shown.held else model_words(estimate) or "",
        refused=refused,
        caveats=tuple(str(c) for c in shown.notes(estimate.caveats)),
        means=of_method(name),
        kind_means="" if i is None else of_interval(i.kind),
    )


def kind_words(interval: Interval) -> str:
    """Say an interval's level and what it was made by.

    Examples
    --------
    >>> kind_words(Interval("bca", 0.95, 1.0, 2.0))
    '95% bca'
    """
    level = Number(interval.level, "level")
    return str(note("terms.kind", level=level, kind=interval_kind(interval.kind)))
