"""The sensitivity curve: the figure as a function of what no data can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uncounted.charts.theme import ACCENT, INK, MUTED, PALETTE, config

__all__ = ["sensitivity_curve"]


def sensitivity_curve(found: Mapping[str, Any]) -> dict[str, Any]:
    """Draw N and its interval against xi.

    Parameters
    ----------
    found
        JSON form of a sensitivity (`uncounted.sensitivity.Sensitivity.to_dict`).

    Returns
    -------
    dict
        Vega-Lite, both axes logarithmic; the claim under test, if any, as a dashed line.
    """
    rows = [
        {"xi": x, "point": p, "lower": lower, "upper": upper}
        for x, p, lower, upper in zip(
            found["xi"], found["point"], found["lower"], found["upper"], strict=True
        )
    ]
    x = {
        "field": "xi",
        "type": "quantitative",
        "title": "what no data can tell: xi (1 = the assumption holds; below 1 more are hidden)",
        "scale": {"type": "log", "nice": False},
        "axis": {"format": "~g", "values": [0.2, 0.33, 0.5, 1, 2, 3, 5]},
    }
    scale = {"type": "log", "zero": False}
    title = {"title": "people in all (log scale)", "format": ",d", "tickCount": 6}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": rows},
            "mark": {"type": "area", "opacity": 0.18, "color": ACCENT},
            "encoding": {
                "x": x,
                "y": {"field": "lower", "type": "quantitative", "scale": scale, "axis": title},
                "y2": {"field": "upper"},
            },
        },
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 2.5, "color": ACCENT},
            "encoding": {"x": x, "y": {"field": "point", "type": "quantitative", "scale": scale}},
        },
        {
            "data": {"values": [{"xi": 1.0, "point": found["base"]}]},
            "mark": {"type": "point", "filled": True, "size": 90, "color": INK, "opacity": 1},
            "encoding": {"x": x, "y": {"field": "point", "type": "quantitative", "scale": scale}},
        },
        {
            "data": {"values": [{"n": found["observed"]}]},
            "mark": {"type": "rule", "strokeDash": [4, 4], "color": MUTED},
            "encoding": {"y": {"field": "n", "type": "quantitative", "scale": scale}},
        },
    ]
    if found["claim"] is not None:
        layers.append(
            {
                "data": {"values": [{"claim": found["claim"]}]},
                "mark": {"type": "rule", "strokeDash": [8, 4], "strokeWidth": 2,
                         "color": PALETTE[1]},
                "encoding": {"y": {"field": "claim", "type": "quantitative", "scale": scale}},
            }
        )  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {
            "text": "If the assumption behind the figure is wrong",
            "subtitle": [found["sentence"], "Band: the interval at each value. Dashed grey: people observed."
                         + (" Dashed orange: the claim." if found["claim"] is not None else "")],
        },
        "width": 600,
        "height": 280,
        "config": config(),
        "layer": layers,
    }  # fmt: skip
