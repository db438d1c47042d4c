"""The sensitivity curve: N over the odds ratio that no data can tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.charts.theme import ACCENT, INK, MUTED, PALETTE, config
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number
from uncounted.errors import InputError

if TYPE_CHECKING:
    from uncounted.verdict.sensitivity import Sensitivity

__all__ = ["sensitivity_chart"]


def sensitivity_chart(curve: Sensitivity, *, title: str = "", narrow: bool = False) -> Picture:
    """Draw N over xi, with its band, the assumption itself and the claim under test.

    Parameters
    ----------
    curve
        What `uncounted.verdict.sensitivity` gives.
    title
        Plain words; made from the curve by default.
    narrow
        For a phone.

    Returns
    -------
    Picture
        Vega-Lite: both axes on the log scale.

    Examples
    --------
    >>> import uncounted as uc
    >>> uc.charts.sensitivity_chart(uc.sensitivity_curve("kosovo")).alt[:28]
    'What the assumption decides.'
    """
    if curve.xi.size < 2:
        raise InputError("One value of xi is no curve.", fix="Give two values or more.")
    rows = []
    for xi, point, lower, upper in zip(
        curve.xi, curve.point, curve.lower, curve.upper, strict=True
    ):
        rows.append(
            {
                "xi": float(xi),
                "point": float(point),
                "lower": float(lower) if math.isfinite(lower) else None,
                "upper": float(upper) if math.isfinite(upper) else None,
                "description": f"xi = {xi:.2g}: {point:,.0f}",
            }
        )
    arrays = np.concatenate([curve.point, curve.lower, curve.upper])
    ends = [float(v) for v in arrays[np.isfinite(arrays)]]
    marks = [float(curve.observed), *([curve.claim] if curve.claim else [])]
    low, high = min([*ends, *marks]) * 0.92, max([*ends, *marks]) * 1.08
    x: Spec = {
        "field": "xi",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [float(curve.xi[0]), float(curve.xi[-1])]},
        "axis": {
            "title": _axis(curve),
            "values": [v for v in _TICKS if curve.xi[0] <= v <= curve.xi[-1]],
            "labelExpr": _FRACTION,
        },
    }
    y: Spec = {
        "field": "point",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": {"title": said("people.axis"), "format": ",d", "tickCount": 6},
    }
    layers: list[Spec] = []
    band = [r for r in rows if r["lower"] is not None]
    if band:
        shown = [{**r, "upper": high if r["upper"] is None else r["upper"]} for r in band]
        layers.append(
            {
                "data": {"values": shown},
                "mark": {"type": "area", "color": ACCENT, "opacity": 0.18},
                "encoding": {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}},
            }
        )
    layers.append(
        {
            "data": {"values": rows},
            "mark": {"type": "line", "color": ACCENT, "strokeWidth": 2.5},
            "encoding": {"x": x, "y": y, "description": {"field": "description"}},
        }
    )
    layers += _level(
        float(curve.observed),
        said("sensitivity.observed", observed=Number(curve.observed, "people")),
        MUTED,
        x,
        y,
        curve,
    )
    if curve.xi[0] <= 1 <= curve.xi[-1] and math.isfinite(curve.base):
        layers.append(
            _dot(
                1.0,
                curve.base,
                said("sensitivity.base", point=Number(curve.base, "estimate")),
                INK,
                x,
                y,
            )
        )
    if curve.claim is not None:
        words = said("sensitivity.claim", claim=Number(curve.claim, "estimate"))
        layers += _level(float(curve.claim), words, PALETTE[1], x, y, curve)
        found = curve.claim_xi
        if found is not None and curve.xi[0] <= found <= curve.xi[-1]:
            layers.append(_dot(found, float(curve.claim), f"xi = {found:.2g}", PALETTE[1], x, y))
    below = [str(curve.meaning), curve.sentence]
    if band:
        level = Number(curve.level, "level")
        below.append(said("sensitivity.band", level=level, interval=str(curve.interval)))
    head = heading(title or said("sensitivity.title"), below, narrow=narrow)
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": head,
            "config": config(),
            "width": 290 if narrow else 560,
            "height": 320,
            "layer": layers,
            "padding": {"left": 10, "right": 30, "top": 10, "bottom": 10},
        }
    )


_FRACTION = "datum.value < 1 ? '1/' + format(1 / datum.value, '.2~g') : format(datum.value, '~g')"
_TICKS = [0.05, 0.1, 0.2, 1 / 3, 0.5, 2 / 3, 1, 1.5, 2, 3, 5, 10, 20]


def _axis(curve: Sensitivity) -> str:
    if curve.assumption == "method":
        return said("sensitivity.axis-method")
    if len(curve.lists) == 2:
        return said("sensitivity.axis-two")
    return said("sensitivity.axis")


def _level(
    value: float, words: str, colour: str, x: Spec, y: Spec, curve: Sensitivity
) -> list[Spec]:
    data: Spec = {"values": [{"point": value, "xi": float(curve.xi[0]), "words": words}]}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": [5, 4], "color": colour, "strokeWidth": 1.5},
            "encoding": {"y": y},
        },
        {
            "data": data,
            "mark": {
                "type": "text",
                "align": "left",
                "dx": 4,
                "dy": -8,
                "color": INK,
                "fontSize": 12,
            },
            "encoding": {"x": x, "y": y, "text": {"field": "words"}},
        },
    ]


def _dot(xi: float, value: float, words: str, colour: str, x: Spec, y: Spec) -> Spec:
    data: Spec = {"values": [{"xi": xi, "point": value, "words": words}]}
    return {
        "data": data,
        "layer": [
            {
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 90,
                    "color": colour,
                    "opacity": 1,
                },
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 8,
                    "dy": -10,
                    "color": INK,
                    "fontSize": 12,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
        ],
    }
