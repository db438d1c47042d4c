"""Where the doubt comes from: one bar, parted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uncounted.charts import theme

__all__ = ["doubt"]


def doubt(shares: Mapping[str, float], *, title: str, subtitle: str = "") -> dict[str, Any]:
    """Draw the shares of the doubt.

    Parameters
    ----------
    shares
        Share (0 to 1) by plain name, in the order of drawing.
    title, subtitle
        Plain words.

    Returns
    -------
    dict
        Vega-Lite.
    """
    rows = []
    start = 0.0
    for i, (name, share) in enumerate(shares.items()):
        rows.append(
            {
                "part": f"{name} {share:.0%}",
                "from": start,
                "to": start + share,
                "order": i,
                "row": 0,
            }
        )
        start += share
    names = [r["part"] for r in rows]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": title, "subtitle": subtitle},
        "width": 560,
        "height": 34,
        "config": theme.config(),
        "data": {"values": rows},
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 1.5, "height": 30},
        "encoding": {
            "x": {
                "field": "from",
                "type": "quantitative",
                "axis": {"format": "%", "title": None, "tickCount": 5, "grid": False},
                "scale": {"domain": [0, 1]},
            },
            "x2": {"field": "to"},
            "color": {
                "field": "part",
                "type": "nominal",
                "sort": names,
                "scale": {"domain": names, "range": theme.PALETTE[: len(names)]},
                "legend": {"title": None, "orient": "top", "labelLimit": 400, "columns": 1},
            },
        },
    }
