"""Dots that stand for people: met by somebody, not met by anybody, and how far the doubt reaches."""

from __future__ import annotations

import math
from dataclasses import dataclass

from uncounted.charts import theme

__all__ = ["Dots", "dots"]

SEEN = "#0b5a86"
UNSEEN = "#b4500f"
MAYBE = "#a9b5c1"
INK = "#1f2933"
MOST = 260
STEPS = (1, 2, 5)
PITCH = 20.0


@dataclass(frozen=True, slots=True)
class Dots:
    """A drawn picture: SVG of shapes and the figures at the ends of the ranges, and its unit.

    Parameters
    ----------
    svg
        Colours stand in the attributes, classes beside them let a page's own style change them.
    unit
        People a dot stands for.
    width, height
        Of the view box.
    """

    svg: str
    unit: int
    width: float
    height: float


def unit_of(people: float) -> int:
    """People a dot stands for: 1, 2, 5, 10, 20, ... so that there are at most `MOST` dots.

    Examples
    --------
    >>> unit_of(180), unit_of(2460), unit_of(25311)
    (1, 10, 100)
    """
    power = 1
    while True:
        for step in STEPS:
            if people / (step * power) <= MOST:
                return step * power
        power *= 10


def dots(
    detected: int | None,
    point: float | None,
    likely: tuple[float, float | None] | None,
    outer: tuple[float, float | None] | None,
    *,
    rows: int = 6,
    font: str = f"Uncounted Sans, {theme.FONT}",
) -> Dots:
    """Draw.

    Parameters
    ----------
    detected
        People on a list, full dots; ``None`` where their number is not shown.
    point
        The figure: rings up to here; ``None`` where there is none, and a question mark stands
        for the rest.
    likely, outer
        Ends of the two ranges, drawn as bars below; an upper end of ``None`` is an arrow.
    rows
        Dots above each other.

    Examples
    --------
    >>> picture = dots(785, 1440, (1200, 2200), (1080, 2460))
    >>> picture.unit, picture.svg.count("<circle")
    (10, 246)
    """
    ends = [x for r in (likely, outer) if r for x in r if x is not None]
    top = max([float(detected or 0), point or 0.0, *ends, 1.0])
    if point is None:
        top = float(detected or 0)
    unit = unit_of(top)
    seen = 0 if detected is None else max(1, round(detected / unit))
    all_ = seen if point is None else max(seen, round(point / unit))
    far = all_ if point is None else max(all_, round(top / unit))
    columns = math.ceil(max(far, 1) / rows) + (0 if point is not None else max(6, 60 // rows))
    left = 4.0
    width = left * 2 + columns * PITCH
    parts: list[str] = []
    for i in range(far):
        x = left + (i // rows + 0.5) * PITCH
        y = (i % rows + 0.5) * PITCH
        at = f'cx="{x:g}" cy="{y:g}"'
        if i < seen:
            parts.append(f'<circle class="seen" {at} r="7.6" fill="{SEEN}"/>')
        elif i < all_:
            parts.append(
                f'<circle class="unseen" {at} r="6.5" fill="none" stroke="{UNSEEN}" stroke-width="2.2"/>'
            )
        else:
            parts.append(f'<circle class="maybe" {at} r="3" fill="{MAYBE}"/>')
    height = rows * PITCH
    if point is None:
        x = left + math.ceil(far / rows) * PITCH + 8
        parts.append(
            f'<rect class="none" x="{x:g}" y="4" width="{width - x - 6:g}" height="{height - 8:g}" rx="8" '
            f'fill="none" stroke="{UNSEEN}" stroke-width="2.2" stroke-dasharray="7 6"/>'
        )
        size = min(height * 0.62, 76)
        parts.append(
            f'<text class="ask" x="{(x + width - 6) / 2:g}" y="{height / 2 + size * 0.36:g}" text-anchor="middle" '
            f'font-family="{font}" font-weight="700" font-size="{size:g}" fill="{UNSEEN}">?</text>'
        )
        return Dots(_svg(width, height + 2, parts), unit, width, height + 2)

    def place(people: float) -> float:
        return left + people / unit / rows * PITCH

    y, below = height + 14, 0.0
    for name, span in (("likely", likely), ("outer", outer)):
        if span is None:
            continue
        low, high = place(span[0]), width - left if span[1] is None else place(span[1])
        parts += _bar(name, low, high, y, open_end=span[1] is None)
        size = 15
        texts = [(low, "end", f"{span[0]:,.0f}", -8)]
        if span[1] is not None:
            texts.append((high, "start", f"{span[1]:,.0f}", 8))
        for x, anchor, text, gap in texts:
            wide = 0.6 * size * len(text)
            inside = x + gap + wide > width if anchor == "start" else x + gap - wide < 0
            if inside:  # no room outside: below its end
                anchor = "end" if anchor == "start" else "start"
                parts.append(_label(x, y + 20, anchor, text, size, font))
                below = 17.0
            else:
                parts.append(_label(x + gap, y + 5, anchor, text, size, font))
        y += 24
    whole = y - 8 + below
    return Dots(_svg(width, whole, parts), unit, width, whole)


def _bar(name: str, low: float, high: float, y: float, *, open_end: bool) -> list[str]:
    thick = 7 if name == "likely" else 2.6
    made = [
        f'<line class="{name}" x1="{low:g}" y1="{y:g}" x2="{high:g}" y2="{y:g}" stroke="{INK}" stroke-width="{thick:g}"/>'
    ]
    if name == "outer":
        made += [
            f'<line class="{name}" x1="{x:g}" y1="{y - 6:g}" x2="{x:g}" y2="{y + 6:g}" stroke="{INK}" stroke-width="2.6"/>'
            for x in ((low,) if open_end else (low, high))
        ]
    if open_end:
        made.append(
            f'<path class="{name}" d="M{high - 10:g} {y - 7:g}L{high:g} {y:g}L{high - 10:g} {y + 7:g}" fill="none" stroke="{INK}" stroke-width="2.6"/>'
        )
    return made


def _label(x: float, y: float, anchor: str, text: str, size: float, font: str) -> str:
    return (
        f'<text class="end" x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-family="{font}" '
        f'font-size="{size:g}" fill="{INK}">{text}</text>'
    )


def _svg(width: float, height: float, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}">{"".join(parts)}</svg>'
    )
