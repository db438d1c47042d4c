"""The picture of a figure: dots for people met and people estimated, its words and its legend."""

from __future__ import annotations

from dataclasses import dataclass, replace

from uncounted.brief.facts import Facts, Span
from uncounted.brief.messages import say
from uncounted.brief.numbers import Said, marked
from uncounted.charts.dots import Dots, dots
from uncounted.core.notes import Note, Number, note

__all__ = [
    "Headline",
    "alt_of",
    "end_of",
    "headline",
    "legend_of",
    "picture_of",
    "point_of",
    "ranges_of",
    "two_ranges",
    "unit_of",
]

NOTHING = Said("")


@dataclass(frozen=True, slots=True)
class Headline:
    """The picture under a figure, on a page of its own kind.

    Parameters
    ----------
    wide, narrow
        For paper and for a phone.
    alt
        The finding in words.
    dot
        What one dot stands for.
    legend
        (mark, words) pairs.
    """

    wide: Dots
    narrow: Dots
    alt: str
    dot: Said
    legend: tuple[tuple[str, Said], ...]


def headline(f: Facts) -> Headline | None:
    """Draw the figure of a run's page; ``None`` where it shows none, or one that is not supported."""
    # Where no verdict was asked for, the page shows the figure all the same.
    asked = f if f.level else replace(f, level="supported")
    if not asked.has_figure:
        return None
    wide = picture_of(asked, 6)
    return Headline(
        wide, picture_of(asked, 12), alt_of(asked), unit_of(asked, wide), legend_of(asked)
    )


def point_of(f: Facts) -> Number:
    """Give the figure as a number."""
    return Number(f.point, "estimate", of="figure")


def end_of(span: Span, end: str, of: str) -> Number:
    """Give one end of a range as a number."""
    value = span.low if end == "low" else span.high
    return Number(value, "estimate", of=f"{of}.{end}")


def two_ranges(f: Facts) -> bool:
    """Tell whether the two ranges differ and both have ends."""
    return (
        f.likely is not None
        and f.likely.high is not None
        and f.outer is not None
        and f.outer.high is not None
        and not f.likely.same(f.outer)
    )


def ranges_of(f: Facts) -> tuple[Note, ...]:
    """Say one range or both."""
    outer = f.outer
    assert outer is not None
    low = end_of(outer, "low", "outer")
    if outer.high is None:
        return (note("brief.range.open", low=low),)
    high = end_of(outer, "high", "outer")
    if not two_ranges(f) or f.likely is None:
        return (note("brief.range.one", low=low, high=high),)
    likely = note(
        "brief.range.likely",
        low=end_of(f.likely, "low", "likely"),
        high=end_of(f.likely, "high", "likely"),
    )
    return (likely, note("brief.range.outer", low=low, high=high))


def picture_of(f: Facts, rows: int) -> Dots:
    """Draw the dots, so many above each other."""
    if not f.has_figure or f.outer is None:
        return dots(f.detected, None, None, None, rows=rows)
    likely = (f.likely.low, f.likely.high) if two_ranges(f) and f.likely is not None else None
    return dots(f.detected, f.point, likely, (f.outer.low, f.outer.high), rows=rows)


def unit_of(f: Facts, dot: Dots) -> Said:
    """Say what one dot stands for; nothing where there are none."""
    if not f.has_figure and f.detected is None:
        return NOTHING
    if dot.unit == 1:
        return marked(note("brief.dots.one"))
    return marked(note("brief.dots", unit=Number(dot.unit, of="unit")))


def alt_of(f: Facts) -> str:
    """Say the finding, for those who cannot see the dots."""
    detected = Number(f.detected, "people", of="detected")
    if not f.has_figure:
        held = f.detected is None
        return say(
            note("brief.alt.none-held") if held else note("brief.alt.none", detected=detected)
        )
    first, *rest = (say(n) for n in ranges_of(f))
    second = rest[0] if rest else ""
    if f.detected is None:
        made = note("brief.alt.held", figure=point_of(f), likely=first, outer=second)
    else:
        made = note("brief.alt", detected=detected, figure=point_of(f), likely=first, outer=second)
    return say(made).strip()


def legend_of(f: Facts) -> tuple[tuple[str, Said], ...]:
    """Say what each mark stands for."""
    made: list[tuple[str, Said]] = []
    if f.detected is not None:
        detected = Number(f.detected, "people", of="detected")
        made.append(("seen", marked(note("brief.legend.seen", detected=detected))))
    if not f.has_figure:
        return (*made, ("none", marked(note("brief.legend.hidden"))))
    made.append(("unseen", marked(note("brief.legend.unseen"))))
    assert f.outer is not None
    if f.outer.high is not None:
        made.append(("maybe", marked(note("brief.legend.maybe"))))
    if two_ranges(f):
        made.append(("likely", marked(note("brief.legend.likely"))))
        made.append(("outer", marked(note("brief.legend.outer"))))
    else:
        made.append(("outer", marked(note("brief.legend.range"))))
    return tuple(made)
