"""Shares with intervals: a dot where there is one share, a bar where the source leaves it open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uncounted.charts import theme
from uncounted.charts._narrow import heading
from uncounted.charts.picture import Picture
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number, note

__all__ = ["shares_chart"]

_ROW = 24


def shares_chart(
    shares: Sequence[Mapping[str, Any]], *, title: str, subtitle: str = "", narrow: bool = False
) -> Picture:
    """Draw shares.

    Parameters
    ----------
    shares
        One mapping a row with the keys of the command's JSON: ``name``, ``share`` (or ``None``),
        ``share_lower``, ``share_upper``, ``interval``, ``year`` (or ``None``), perhaps ``label``.
    title, subtitle
        Plain words.
    narrow
        For a phone.

    Returns
    -------
    Picture
        Vega-Lite, rows in the order given, with a gap between years.

    Examples
    --------
    >>> import uncounted as uc
    >>> share = {
    ...     "name": "women",
    ...     "share": 0.4,
    ...     "share_lower": 0.4,
    ...     "share_upper": 0.4,
    ...     "year": None,
    ... }
    >>> row = {**share, "interval": {"lower": 0.3, "upper": 0.5}}
    >>> uc.charts.shares_chart([row], title="Shares of those counted").alt
    'Shares of those counted.'
    """
    rows = []
    place = 0.0
    before = None
    for s in shares:
        if before is not None and s["year"] != before:
            place += 0.6
        before = s["year"]
        year = f"{s['year']}  " if s["year"] is not None else ""
        if s["share"] is not None:
            words = f"{s['share']:.0%}"
        else:
            low, high = (Number(s[end], "share") for end in ("share_lower", "share_upper"))
            words = str(note("charts.span", low=low, high=high))
        rows.append(
            {
                "place": place,
                "label": f"{year}{s.get('label', s['name'])}",
                "lower": s["interval"]["lower"],
                "upper": s["interval"]["upper"],
                "least": s["share_lower"],
                "most": s["share_upper"],
                "point": s["share"],
                "words": words,
            }
        )
        place += 1
    y: Spec = {
        "field": "place",
        "type": "quantitative",
        "scale": {"domain": [-0.6, place - 0.4], "reverse": True, "nice": False, "zero": False},
        "axis": None,
    }
    x: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, 1], "nice": False},
        "axis": {
            "title": str(note("charts.shares.axis")),
            "format": ".0%",
            "tickCount": 3 if narrow else 6,
        },
    }
    width = 170 if narrow else 460
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title, subtitle, narrow=narrow),
            "padding": 12,
            "width": width,
            "height": max(60.0, _ROW * place),
            "data": {"values": rows},
            "layer": [
                {
                    "mark": {"type": "rule", "color": theme.ACCENT, "strokeWidth": 2},
                    "encoding": {"y": y, "x": {**x, "field": "lower"}, "x2": {"field": "upper"}},
                },
                {
                    "transform": [{"filter": "datum.point === null"}],
                    "mark": {
                        "type": "bar",
                        "height": 10,
                        "color": theme.PALETTE[1],
                        "opacity": 0.75,
                        "cornerRadius": 2,
                    },
                    "encoding": {"y": y, "x": {**x, "field": "least"}, "x2": {"field": "most"}},
                },
                {
                    "transform": [{"filter": "datum.point !== null"}],
                    "mark": {
                        "type": "point",
                        "filled": True,
                        "size": 70,
                        "color": theme.ACCENT,
                        "opacity": 1,
                    },
                    "encoding": {"y": y, "x": {**x, "field": "point"}},
                },
                {
                    "mark": {
                        "type": "text",
                        "align": "right",
                        "x": -8,
                        "fontSize": 12,
                        "limit": 140 if narrow else 300,
                    },
                    "encoding": {"y": y, "text": {"field": "label"}},
                },
                {
                    "mark": {
                        "type": "text",
                        "align": "left",
                        "x": width + 8,
                        "fontSize": 12,
                        "fontWeight": 600,
                    },
                    "encoding": {"y": y, "text": {"field": "words"}},
                },
            ],
            "config": theme.config(),
        }
    )
