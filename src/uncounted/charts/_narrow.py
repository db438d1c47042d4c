"""Words that fit, for pages and for phones: titles broken into lines, labels beside or above their marks."""

from __future__ import annotations

import textwrap
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
    lines = [x for said in each for x in textwrap.wrap(said, NARROW if narrow else WIDE)]
    made: Spec = {
        "text": textwrap.wrap(title, 36 if narrow else 80) or "",
        "frame": "group",
    }
    if narrow:
        made["fontSize"] = 14
    if lines:
        made["subtitle"] = lines
    return made


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
