"""Words that fit, for pages and for phones: titles broken into lines, labels beside or above their marks."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from uncounted.charts import theme
from uncounted.core.json_types import JSON, Spec

__all__ = ["heading", "label_axis", "labels_above"]

WIDE, NARROW = 96, 46
"""Characters of a subtitle that fit, at its size, in the width of a page and of a phone."""


def heading(title: str, subtitle: str | Sequence[str], *, narrow: bool) -> Spec:
    """Vega-Lite ``title`` block whose lines are not cut off.

    Examples
    --------
    >>> heading("People by origin", "met " * 20, narrow=True)["subtitle"][0]
    'met met met met met met met met met met met'
    """
    each = [subtitle] if isinstance(subtitle, str) else subtitle
    lines = [x for said in each for x in _broken(said, NARROW if narrow else WIDE)]
    made: Spec = {
        "text": _broken(title, 36 if narrow else 80) or "",
        "frame": "group",
    }
    if narrow:
        made["fontSize"] = 14
    if lines:
        made["subtitle"] = lines
    return made


def _broken(text: str, most: int) -> list[str]:
    """Break a text into lines of so many Latin letters; those of wide scripts take two places.

    Examples
    --------
    >>> _broken("추정치와 그 구간", 12), _broken("dot and line", 8)
    (['추정치와 그', '구간'], ['dot and', 'line'])
    """
    if not any(unicodedata.east_asian_width(c) in "WF" for c in text):
        return textwrap.wrap(text, most)
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _places(longer) <= most:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _places(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def label_axis(order: list[JSON], *, narrow: bool) -> Spec:
    """Vega-Lite ``y`` of one row a label, in order; on a phone without an axis (see `labels_above`)."""
    return {
        "field": "label",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": None
        if narrow
        else {"labelLimit": 300, "labelPadding": 8, "ticks": False, "domain": False},
    }


def labels_above(y: Spec, x: Spec) -> Spec:
    """Vega-Lite layer that writes each label above its row, from where ``x`` says."""
    return {
        "mark": {"type": "text", "align": "left", "dy": -14, "fontSize": 12, "color": theme.INK},
        "encoding": {"y": y, "x": x, "text": {"field": "label", "type": "nominal"}},
    }
