"""Words that fit: titles broken into lines, for pages and for phones."""

from __future__ import annotations

import textwrap

from uncounted.core.json_types import Spec

__all__ = ["heading"]

WIDE, NARROW = 96, 46
"""Characters of a subtitle that fit, at its size, in the width of a page and of a phone."""


def heading(title: str, subtitle: str, *, narrow: bool) -> Spec:
    """Vega-Lite ``title`` block whose lines are not cut off.

    Examples
    --------
    >>> heading("People by origin", "met " * 20, narrow=True)["subtitle"][0]
    'met met met met met met met met met met met'
    """
    lines = textwrap.wrap(subtitle, NARROW if narrow else WIDE)
    made: Spec = {
        "text": textwrap.wrap(title, 36 if narrow else 80) or "",
        "frame": "group",
    }
    if narrow:
        made["fontSize"] = 14
    if lines:
        made["subtitle"] = lines
    return made
