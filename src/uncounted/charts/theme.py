"""The one look of every picture: colours that are told apart with any colour vision, one font stack."""

from __future__ import annotations

from uncounted.core.json_types import Spec

__all__ = ["ACCENT", "FONT", "INK", "MUTED", "PALE", "PALETTE", "config"]

FONT = "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"
INK = "#1f2933"
MUTED = "#5b6875"
PALE = "#d9dee4"
ACCENT = "#0b6e99"
PALETTE = ["#0b6e99", "#cf7a30", "#01280d", "#962c09", "#9d52f0", "#0a09c6"]
"""For marks, in this order. With full colour vision, protanopia, deuteranopia or tritanopia any two differ by 12
or more (CIEDE2000), in grey by 7 or more, and each stands out from white by 3 to 1: tests/unit/test_palette.py
measures it. Text is `INK` or `MUTED`, which stand out by 4.5 to 1 and more."""


def config() -> Spec:
    """Vega-Lite ``config`` block shared by all pictures."""
    return {
        "background": "white",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "gridColor": PALE,
            "domainColor": MUTED,
            "tickColor": MUTED,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "title": {
            "anchor": "start",
            "fontSize": 16,
            "fontWeight": 600,
            "color": INK,
            "subtitleColor": MUTED,
            "subtitleFontSize": 12,
            "offset": 12,
        },
        "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12},
        "text": {"color": INK},
    }
