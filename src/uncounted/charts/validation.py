"""The validation picture: each list's known size against what the other lists make of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.charts.theme import INK, MUTED, PALETTE, config
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number
from uncounted.errors import InputError

if TYPE_CHECKING:
    from uncounted.verdict.trajectories import TrajectoryPoint
    from uncounted.verdict.validation import ValidationRow

__all__ = ["trajectory_chart", "validation_chart"]

_ROW = 26
_WIDEST = 32.0
"""Ends beyond this ratio to the truth are drawn as open."""


def validation_chart(
    rows: Sequence[ValidationRow], *, title: str = "", narrow: bool = False
) -> Picture:
    """Draw estimate over truth per list and method; 1 is right.

    Parameters
    ----------
    rows
        What `uncounted.internal_validation` gives, of one table.
    title
        Plain words; left out, "Lists of known size, estimated from the others".
    narrow
        For a phone.

    Returns
    -------
    Picture
        Vega-Lite: a dot and a line per method, refusals written out.

    Examples
    --------
    >>> import uncounted as uc
    >>> rows = uc.internal_validation("kosovo", {"pairs": uc.Pairs()})
    >>> uc.charts.validation_chart(rows).alt[:23]
    'Lists of known size, es'
    """
    if not rows:
        raise InputError("There is nothing to draw.", fix="Give rows of internal_validation.")
    methods = list(dict.fromkeys(r.method for r in rows))
    lists = list(dict.fromkeys(r.list_name for r in rows))
    values = [_value(r) for r in rows]
    drawn = [v for v in values if v["point"] is not None]
    refused = [v for v in values if v["point"] is None]
    found = (v[k] for v in drawn for k in ("point", "lower", "upper"))
    ends = [end for end in found if isinstance(end, float)]
    reach = max([2.0, *(max(e, 1 / e) for e in ends)])
    domain = [1 / reach / 1.05, reach * 1.05]
    x: Spec = {
        "field": "point",
        "type": "quantitative",
        "scale": {"type": "log", "domain": domain, "nice": False},
        "axis": {
            "title": said("validation.axis"),
            "values": [v for v in _TICKS if domain[0] <= v <= domain[1]],
            "labelExpr": "datum.value < 1 ? '1/' + format(1/datum.value, '~g') : format(datum.value, '~g')",
        },
    }
    labels = {r.list_name: _label(r) for r in rows}
    y: Spec = {
        "field": "label",
        "type": "nominal",
        "scale": {"domain": [labels[x] for x in lists]},
        "axis": {
            "title": None,
            "ticks": False,
            "domain": False,
            "labelLimit": 130 if narrow else 240,
        },
    }
    offset: Spec = {"field": "method", "type": "nominal", "scale": {"domain": methods}}
    colour: Spec = {
        "field": "method",
        "type": "nominal",
        "title": None,
        "scale": {"domain": methods, "range": PALETTE[: max(1, len(methods))]},
        "legend": {
            "orient": "bottom",
            "direction": "horizontal",
            "columns": 2 if narrow else 4,
            "symbolOpacity": 1,
        },
    }
    both: Spec = {"y": y, "yOffset": offset, "color": colour}
    layers: list[Spec] = [
        {
            "data": {"values": [{"point": 1.0}]},
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": x},
        },
        {
            "data": {"values": [v for v in drawn if v["lower"] is not None]},
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {**both, "x": {**x, "field": "lower"}, "x2": {"field": "upper"}},
        },
        {
            "data": {"values": [v for v in drawn if v["open"]]},
            "mark": {"type": "point", "shape": "triangle-right", "filled": True, "size": 60},
            "encoding": {**both, "x": {**x, "field": "upper"}},
        },
        {
            "data": {"values": drawn},
            "mark": {"type": "circle", "size": 70, "opacity": 1},
            "encoding": {**both, "x": x, "description": {"field": "description"}},
        },
    ]
    if refused:
        layers.append(
            {
                "data": {"values": [{**v, "point": domain[0]} for v in refused]},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 4,
                    "fontSize": 11,
                    "color": MUTED,
                },
                "encoding": {
                    "x": x,
                    "y": y,
                    "yOffset": offset,
                    "text": {"field": "refused"},
                },
            }
        )
    held = [r.covered for r in rows if r.covered is not None]
    subtitle = [
        said("validation.what"),
        said("validation.held", held=Number(sum(held)), intervals=Number(len(held)))
        + (" " + said("validation.refused", refused=Number(len(refused))) if refused else ""),
    ]
    if any(v["open"] for v in drawn):
        subtitle.append(said("validation.open"))
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title or said("validation.title"), subtitle, narrow=narrow),
            "config": config(),
            "width": 190 if narrow else 520,
            "height": max(120, len(lists) * max(_ROW, 14 * len(methods))),
            "layer": layers,
            "padding": {"left": 10, "right": 30, "top": 10, "bottom": 10},
        }
    )


_TICKS = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32]


def _label(r: ValidationRow) -> str:
    return said(
        "validation.label",
        name=r.list_name,
        known=Number(r.true, "people"),
        seen=Number(r.observed, "people"),
    )


def _value(r: ValidationRow) -> Spec:
    out: Spec = {
        "label": _label(r),
        "method": r.method,
        "point": None,
        "lower": None,
        "upper": None,
        "open": False,
        "refused": f"{r.method}: {said('people.no-estimate')}",
        "description": f"{r.list_name}, {r.method}: {r.refused}",
    }
    if r.point is None:
        return out
    out["point"] = min(r.point / r.true, _WIDEST)
    out["description"] = said(
        "validation.row",
        name=r.list_name,
        method=r.method,
        point=Number(r.point, "estimate"),
        known=Number(r.true, "people"),
    )
    if r.lower is not None and r.upper is not None:
        out["lower"] = max(r.lower / r.true, 1 / _WIDEST)
        out["open"] = not math.isfinite(r.upper) or r.upper / r.true > _WIDEST
        out["upper"] = _WIDEST if out["open"] else r.upper / r.true
    return out


def trajectory_chart(points: Sequence[TrajectoryPoint], *, title: str = "") -> Picture:
    """Draw the estimate as the data accumulate, with the people observed below it.

    Parameters
    ----------
    points
        What `uncounted.verdict.trajectories.trajectory` or `trajectory_by_date` gives.
    title
        Plain words; left out, "The estimate as the lists fill up".

    Returns
    -------
    Picture
        Vega-Lite.

    Examples
    --------
    >>> import uncounted as uc
    >>> from uncounted.verdict.trajectories import trajectory
    >>> points = trajectory(uc.published.load("kosovo"), uc.Pairs(), orders=3)
    >>> uc.charts.trajectory_chart(points).alt[:33]
    'The estimate as the lists fill up'
    """
    shown = [p for p in points if p.point is not None]
    if not shown:
        raise InputError("No part of the data has an estimate.", fix="Use larger shares.")
    order = [p.label for p in points]
    tops = [p.upper for p in shown if p.upper is not None and math.isfinite(p.upper)]
    high = 1.1 * max([*tops, *(float(p.point or 0) for p in shown)])
    values: list[Spec] = [
        {
            "label": p.label,
            "observed": p.observed,
            "point": p.point,
            "lower": p.lower,
            "upper": None if p.upper is None else min(p.upper, high),
            "description": said(
                "trajectory.row",
                label=p.label,
                point=Number(p.point, "estimate"),
                seen=Number(p.observed, "people"),
            ),
        }
        for p in shown
    ]
    x: Spec = {
        "field": "label",
        "type": "ordinal",
        "scale": {"domain": order},
        "axis": {"title": None, "labelAngle": 0, "grid": False},
    }
    y: Spec = {
        "field": "point",
        "type": "quantitative",
        "scale": {"domain": [0, high], "nice": False},
        "axis": {"title": said("people.axis-plain"), "format": ",d", "tickCount": 6},
    }
    seen: list[Spec] = [{"label": p.label, "observed": p.observed} for p in points]
    late = sum(p.refused for p in points)
    subtitle = [
        said("trajectory.marks"),
        said("trajectory.climbs"),
    ]
    if late:
        runs = Number(sum(p.orders for p in points))
        subtitle.append(said("trajectory.refused", late=Number(late), runs=runs))
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": {"text": title or said("trajectory.title"), "subtitle": subtitle},
            "config": config(),
            "width": 520,
            "height": 280,
            "layer": [
                {
                    "data": {"values": seen},
                    "mark": {"type": "bar", "color": "#d9dee4", "width": {"band": 0.6}},
                    "encoding": {"x": x, "y": {**y, "field": "observed"}},
                },
                {
                    "data": {"values": [v for v in values if v["lower"] is not None]},
                    "mark": {"type": "rule", "strokeWidth": 2.5, "color": PALETTE[0]},
                    "encoding": {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}},
                },
                {
                    "data": {"values": values},
                    "mark": {"type": "circle", "size": 90, "opacity": 1, "color": PALETTE[0]},
                    "encoding": {"x": x, "y": y, "description": {"field": "description"}},
                },
            ],
            "padding": {"left": 10, "right": 30, "top": 10, "bottom": 10},
        }
    )
