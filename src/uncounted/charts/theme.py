"""The one look of every picture: colours that the colour-blind can tell apart, one font stack."""

from __future__ import annotations

from uncounted.core.json_types import Spec

__all__ = ["ACCENT", "FONT", "INK", "MUTED", "PALE", "PALETTE", "config"]

FONT = "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"
INK = "#1f2933"
MUTED = "#7b8794"
PALE = "#d9dee4"
ACCENT = "#0b6e99"
PALETTE = ["#0b6e99", "#d1700a", "#3f7d20", "#a3316f", "#6b5ca5", "#8a6d3b", "#52606d"]
"""Told apart by people with the common colour-vision deficiencies, and in grey by their order."""


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
