"""Calibration as a picture: how often each method's interval was right, and how wide it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.charts.theme import ACCENT, MUTED, config
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number

__all__ = ["calibration"]


def calibration(
    found: Mapping[str, Any],
    *,
    level: float = 0.95,
    methods: Sequence[str] | None = None,
    narrow: bool = False,
) -> Picture:
    """Draw coverage and width of each method.

    Parameters
    ----------
    found
        JSON form of a simulation (`uncounted.simulation.study.Simulation.to_dict`).
    level
        Nominal coverage, drawn as a line.
    methods
        Which to draw; all by default.
    narrow
        For a phone.

    Returns
    -------
    Picture
        Vega-Lite: coverage with two Monte Carlo errors on the left, the median ratio of the
        interval's ends on the right.

    Examples
    --------
    >>> import uncounted as uc
    >>> from uncounted.simulation.populations import independent_lists
    >>> design = independent_lists(1000, [0.3, 0.3, 0.2])
    >>> found = uc.simulate(design, {"pairs": uc.Pairs()}, replications=4, workers=1)
    >>> uc.charts.calibration(found.to_dict()).alt[:39]
    'How often would the interval be right? '
    """
    chosen = [m for m in found["methods"] if methods is None or m["method"] in methods]
    design = found["design"]
    rows = [
        {
            "method": m["method"],
            "coverage": m["coverage"],
            "low": max(0.0, m["coverage"] - 2 * m["coverage_error"]),
            "high": min(1.0, m["coverage"] + 2 * m["coverage_error"]),
            "ratio": m["ratio"],
        }
        for m in chosen
        if m["coverage"] is not None
    ]
    order = [r["method"] for r in rows]
    y: Spec = {"field": "method", "type": "nominal", "title": None, "sort": order}
    left: Spec = {
        "title": {"text": said("calibration.held"), "fontSize": 12},
        "width": 200 if narrow else 300,
        "height": {"step": 26},
        "layer": [
            {
                "data": {"values": [{"level": level}]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "color": MUTED},
                "encoding": {"x": {"field": "level", "type": "quantitative"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "strokeWidth": 2, "color": ACCENT},
                "encoding": {
                    "y": y,
                    "x": {
                        "field": "low",
                        "type": "quantitative",
                        "scale": {"domain": [0, 1]},
                        "axis": {"format": "%", "title": None},
                    },
                    "x2": {"field": "high"},
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "circle", "size": 80, "color": ACCENT, "opacity": 1},
                "encoding": {"y": y, "x": {"field": "coverage", "type": "quantitative"}},
            },
        ],
    }
    right: Spec = {
        "title": {"text": said("calibration.ratio"), "fontSize": 12},
        "width": 200,
        "height": {"step": 26},
        "data": {"values": rows},
        "mark": {"type": "circle", "size": 80, "color": ACCENT, "opacity": 1},
        "encoding": {
            "y": {**y, "axis": {"labels": False, "ticks": False, "title": None}},
            "x": {
                "field": "ratio",
                "type": "quantitative",
                "scale": {"type": "log", "nice": True},
                "axis": {"title": None, "format": "~g"},
            },
        },
    }
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(
                said("calibration.title", design=design["name"]),
                [
                    said(
                        "calibration.design",
                        tables=Number(found["replications"]),
                        population=Number(design["population"]),
                        listed=Number(design["coverage"], "share"),
                        words=design["words"],
                    ),
                    said("calibration.lines", level=Number(level, "level")),
                ],
                narrow=narrow,
            ),
            "config": config(),
            "vconcat" if narrow else "hconcat": [left, right],
        }
    )
