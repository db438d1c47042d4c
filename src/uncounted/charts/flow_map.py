"""Flows between countries on a map: bands that bend to the left, so that opposite flows part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from uncounted.charts import theme
from uncounted.charts._narrow import heading
from uncounted.charts.land import Frame, frame_for, land_shapes
from uncounted.charts.picture import Picture
from uncounted.charts.placement import place_labels
from uncounted.core.json_types import JSON, Spec
from uncounted.core.notes import Note, Number, note

__all__ = ["bend", "flow_map", "pixel_layers"]

_BEND = 0.16
_STEPS = 48
_LABEL = 11.0
_WIDE_SHAPE = 1.6
_WIDEST = 9.0
_SLIM, _SLIM_FLOWS = 360, 20
_EDGE = 10.0
"""Pixels between the edge of a cropped map and the places that stand at it."""


def bend(
    start: tuple[float, float], end: tuple[float, float], *, curve: float = _BEND
) -> list[tuple[float, float]]:
    """Give the points of a curve from start to end that bends to its own left.

    The way back bends to *its* left, which is the other side of the straight line.

    Examples
    --------
    >>> there, back = bend((0, 0), (10, 0)), bend((10, 0), (0, 0))
    >>> there[24][1] < 0 < back[24][1]
    True
    """
    (x0, y0), (x1, y1) = start, end
    cx, cy = (x0 + x1) / 2 + curve * (y1 - y0), (y0 + y1) / 2 - curve * (x1 - x0)
    t = np.linspace(0.0, 1.0, _STEPS + 1)
    x = (1 - t) ** 2 * x0 + 2 * t * (1 - t) * cx + t**2 * x1
    y = (1 - t) ** 2 * y0 + 2 * t * (1 - t) * cy + t**2 * y1
    return list(zip(x.tolist(), y.tolist(), strict=True))


def flow_map(
    flows: Sequence[Mapping[str, Any]],
    places: Mapping[str, tuple[str, float, float]],
    *,
    title: str,
    subtitle: str = "",
    unit: str = "",
    width: int = 960,
    top: int = 60,
    within: Sequence[str] = (),
    narrow: bool = False,
) -> Picture:
    """Draw flows on a map.

    Parameters
    ----------
    flows
        Mappings with ``origin``, ``destination``, ``value`` and perhaps ``words`` (how the value
        is to be read, e.g. "12 to 15") and ``flagged``.
    places
        ``{code: (name, latitude, longitude)}``; a flow whose end is not here is counted in the
        note under the title.
    title, subtitle
        Plain words; the title says what is counted.
    unit
        Of the values; left out, people.
    width
        Pixels; the height follows from the places.
    top
        Draw the largest so many flows; the rest is counted in the note.
    within
        Codes that the map is cropped to; places outside stand at its edge, where the way to them
        leaves it. All by default.
    narrow
        For a phone: narrower, with fewer flows.

    Returns
    -------
    Picture
        Vega-Lite, positions in pixels; ``usermeta`` holds the labels' boxes and what was left out.

    Examples
    --------
    >>> import uncounted as uc
    >>> picture = uc.charts.flow_map(
    ...     [{"origin": "NPL", "destination": "QAT", "value": 12}],
    ...     {"NPL": ("Nepal", 28.2, 84.0), "QAT": ("Qatar", 25.3, 51.2)},
    ...     title="Made-up flows",
    ... )
    >>> picture["usermeta"]["flows_drawn"]
    1
    """
    if narrow:
        width, top = _SLIM, min(top, _SLIM_FLOWS)
    drawable = [
        f for f in flows if f["origin"] in places and f["destination"] in places and f["value"] > 0
    ]
    drawable.sort(key=lambda f: -f["value"])
    shown, hidden = drawable[:top], len(flows) - min(len(drawable), top)
    codes = sorted({c for f in shown for c in (f["origin"], f["destination"])})
    at_lat = [places[c][1] for c in codes] or [-35.0, 60.0]
    at_lon = [places[c][2] for c in codes] or [-120.0, 150.0]
    inside = [c for c in codes if c in set(within)]
    shape = 1.0 if narrow else _WIDE_SHAPE
    if inside:
        frame = frame_for(
            [places[c][2] for c in inside], [places[c][1] for c in inside], width=width, shape=shape
        )
    else:
        frame = frame_for(at_lon, at_lat, width=width, shape=shape)
    x, y = frame.pixels(np.array(at_lon), np.array(at_lat))
    there = {c: (float(a), float(b)) for c, a, b in zip(codes, x, y, strict=True)}
    spot = {c: _at_edge(at, frame) for c, at in there.items()}
    moved = sum(spot[c] != there[c] for c in codes)
    most = max((f["value"] for f in shown), default=1.0)
    bands: list[Spec] = []
    heads: list[Spec] = []
    size = dict.fromkeys(codes, 0.0)
    for f in reversed(shown):
        wide = max(0.8, _WIDEST * math.sqrt(f["value"] / most))
        points = bend(spot[f["origin"]], spot[f["destination"]])
        long = math.dist(points[0], points[-1])
        if long < 1.0:
            continue
        near = 3.0 + 0.6 * (4.0 + wide)
        stop = max(sum(math.dist(p, points[-1]) > near for p in points), 2)
        key = {
            "from": f["origin"],
            "to": f["destination"],
            "words": f.get("words", f"{f['value']:,.0f}"),
            "color": theme.PALETTE[1] if f.get("flagged") else theme.ACCENT,
        }
        bands.append(
            {
                "type": "Feature",
                "properties": {**key, "wide": round(wide, 2)},
                "geometry": {"type": "LineString", "coordinates": _rounded(points[:stop])},
            }
        )
        heads.append(
            {
                "type": "Feature",
                "properties": key,
                "geometry": {"type": "Polygon", "coordinates": [_rounded(_head(points, wide))]},
            }
        )
        for c in (f["origin"], f["destination"]):
            size[c] += f["value"]
    named = sorted(codes, key=lambda c: -size[c])
    radius = 2.6
    labels, left_out = place_labels(
        [(places[c][0], *spot[c], radius) for c in named],
        width=frame.width,
        height=frame.height,
        size=_LABEL,
    )
    notes = [subtitle] if subtitle else []
    notes.append(
        str(
            note(
                "charts.flow-map.width",
                most=Number(most, "people"),
                unit=unit or Note("charts.unit.people"),
            )
        )
    )
    if any(f.get("flagged") for f in shown):
        notes.append(str(note("charts.flow-map.flagged")))
    if moved:
        notes.append(str(note("charts.flow-map.edge", places=Number(moved))))
    if hidden > 0:
        notes.append(str(note("charts.flow-map.hidden", hidden=Number(hidden))))
    if left_out:
        notes.append(str(note("charts.flow-map.no-room", names=Number(len(left_out)))))
    layers: list[Spec] = [
        _shapes(land_shapes(frame), {"fill": "#e9ecef", "stroke": "white", "strokeWidth": 0.5}),
        _shapes(
            bands,
            {"filled": False, "opacity": 0.55, "strokeCap": "butt"},
            {
                "strokeWidth": {"field": "properties.wide", "type": "quantitative", "scale": None},
                "stroke": {"field": "properties.color", "type": "nominal", "scale": None},
            },
        ),
        _shapes(
            heads,
            {"filled": True, "stroke": None, "opacity": 0.9},
            {"fill": {"field": "properties.color", "type": "nominal", "scale": None}},
        ),
        {
            "data": {"values": [{"x": round(a, 1), "y": round(b, 1)} for a, b in spot.values()]},
            "mark": {"type": "point", "filled": True, "size": 22, "color": theme.INK, "opacity": 1},
            "encoding": _at(),
        },
        {
            "data": {
                "values": [
                    {"x": round(p.x, 1), "y": round(p.y, 1), "name": p.text} for p in labels
                ]
            },
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": _LABEL,
                     "color": theme.INK, "stroke": "white", "strokeWidth": 2.2, "strokeOpacity": 0.75, "strokeJoin": "round"},
            "encoding": {**_at(), "text": {"field": "name"}},
        },
        {
            "data": {
                "values": [
                    {"x": round(p.x, 1), "y": round(p.y, 1), "name": p.text} for p in labels
                ]
            },
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": _LABEL,
                     "color": theme.INK},
            "encoding": {**_at(), "text": {"field": "name"}},
        },
    ]  # fmt: skip
    spec = pixel_layers(layers, frame.width, frame.height, title, notes, narrow=narrow)
    spec["usermeta"] = {
        "labels": [
            {"text": p.text, "box": [p.box.left, p.box.top, p.box.right, p.box.bottom]}
            for p in labels
        ],
        "labels_left_out": left_out,
        "flows_drawn": len(bands),
        "flows_left_out": len(flows) - len(bands),
    }
    return Picture(spec)


def _at_edge(at: tuple[float, float], frame: Frame) -> tuple[float, float]:
    """Return a place outside the frame as where the straight way to it from the middle leaves the frame."""
    mx, my = frame.width / 2, frame.height / 2
    dx, dy = at[0] - mx, at[1] - my
    reach = max(abs(dx) / (mx - _EDGE), abs(dy) / (my - _EDGE))
    return at if reach <= 1.0 else (mx + dx / reach, my + dy / reach)


def _rounded(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [[round(a, 1), round(b, 1)] for a, b in points]


def _head(points: Sequence[tuple[float, float]], wide: float) -> list[tuple[float, float]]:
    """Arrow head that ends just short of the destination's dot."""
    (x0, y0), (x1, y1) = points[-7], points[-1]
    long = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / long, (y1 - y0) / long
    size = 4.0 + wide
    tip = (x1 - 3.0 * ux, y1 - 3.0 * uy)
    back = (tip[0] - size * ux, tip[1] - size * uy)
    half = 0.5 * size
    left = (back[0] - half * uy, back[1] + half * ux)
    right = (back[0] + half * uy, back[1] - half * ux)
    return [tip, left, right, tip]


def _at() -> Spec:
    return {
        "x": {"field": "x", "type": "quantitative", "scale": None, "axis": None},
        "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
    }


def _shapes(
    features: Sequence[Spec], mark: Mapping[str, JSON], encoding: Mapping[str, JSON] | None = None
) -> Spec:
    return {
        "data": {"values": list(features)},
        "projection": {"type": "identity", "scale": 1, "translate": [0, 0]},
        "mark": {"type": "geoshape", "clip": True, **mark},
        "encoding": dict(encoding or {}),
    }


def pixel_layers(
    layers: Sequence[Spec],
    width: int,
    height: int,
    title: str,
    notes: Sequence[str],
    *,
    narrow: bool = False,
) -> Spec:
    """Put layers whose positions are pixels under a title with notes."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": heading(title, notes, narrow=narrow),
        "padding": 12,
        "width": width,
        "height": height,
        "layer": list(layers),
        "config": theme.config(),
    }
