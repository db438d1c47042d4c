"""Routes as a Sankey diagram, laid out here: columns by position on the route, no script needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from uncounted.charts import theme
from uncounted.charts.flow_map import _at, _shapes, pixel_layers
from uncounted.charts.picture import Picture
from uncounted.core.json_types import Spec
from uncounted.core.notes import Note, note

__all__ = ["sankey"]

_Pull = dict[tuple[int, str], list[tuple[float, float]]]
"""Places of each node's neighbours, and how much goes there."""

_NODE = 12.0
_LEAST = 14.0
_SLIM, _SLIM_ROUTES = 340, 12


def sankey(
    routes: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    *,
    title: str,
    subtitle: str = "",
    unit: str = "",
    width: int = 960,
    height: int | None = None,
    narrow: bool = False,
) -> Picture:
    """Draw routes.

    Parameters
    ----------
    routes
        Mappings with ``route`` (codes in order, two or more) and ``value``.
    names
        ``{code: name}``.
    title, subtitle
        Plain words.
    unit
        Of the values; left out, mentions.
    width, height
        Pixels; the height follows from the number of nodes by default.
    narrow
        For a phone: names stand above their nodes, and only the first routes are drawn.

    Returns
    -------
    Picture
        Vega-Lite, positions in pixels. Origins stand in the first column and destinations in the
        last; a band's height is its value. ``usermeta`` holds the nodes' boxes.

    Examples
    --------
    >>> import uncounted as uc
    >>> picture = uc.charts.sankey(
    ...     [{"route": ["NPL", "IND", "QAT"], "value": 3}],
    ...     {"NPL": "Nepal", "IND": "India", "QAT": "Qatar"},
    ...     title="Made-up routes",
    ... )
    >>> [node["code"] for node in picture["usermeta"]["nodes"]]
    ['NPL', 'IND', 'QAT']
    """
    if narrow:
        width, routes = _SLIM, routes[:_SLIM_ROUTES]
    side = 20.0 if narrow else 150.0
    depth = max((len(r["route"]) for r in routes), default=2)
    flow: dict[tuple[int, str, int, str], float] = defaultdict(float)
    for r in routes:
        stops = _columns(r["route"], depth)
        for (a, p), (b, q) in pairwise(stops):
            flow[a, p, b, q] += float(r["value"])
    came: dict[tuple[int, str], float] = defaultdict(float)
    went: dict[tuple[int, str], float] = defaultdict(float)
    for (a, p, b, q), v in flow.items():
        went[a, p] += v
        came[b, q] += v
    size = {k: max(came[k], went[k]) for k in {*came, *went}}
    columns = [[k for k in sorted(size) if k[0] == c] for c in range(depth)]
    tallest = max((len(c) for c in columns), default=1)
    height = height or max(260, min(900, (40 if narrow else 26) * tallest + 60))
    gap = 22.0 if narrow else 8.0
    total = max((sum(size[k] for k in c) for c in columns if c), default=1.0)
    unit_height = (height - gap * max(tallest - 1, 0)) / total if total else 1.0
    unit_height = max(unit_height, 0.05)
    least = 2 * _LEAST if narrow else _LEAST
    columns = _order(columns, flow, size)
    box: dict[tuple[int, str], tuple[float, float, float]] = {}
    bottom = 0.0
    for c, column in enumerate(columns):
        x = side + (width - 2 * side - _NODE) * c / max(depth - 1, 1)
        needed = [max(size[k] * unit_height, 2.0) for k in column]
        step = [max(h + gap, least) for h in needed]
        y = max((height - sum(step)) / 2, 0.0)
        for k, h, s in zip(column, needed, step, strict=True):
            box[k] = (x, y + (s - gap - h) / 2 if s == least else y, h)
            y += s
        bottom = max(bottom, y)
    bands = _bands(flow, box, size)
    nodes: list[Spec] = [
        {"x": x, "x2": x + _NODE, "y": y, "y2": y + h, "code": k[1], "column": k[0]}
        for k, (x, y, h) in box.items()
    ]
    labels: list[Spec] = []
    for (c, code), (x, y, h) in box.items():
        left = c < depth - 1
        labels.append(
            {
                **_beside(x, y, h, first=c == 0, last=c == depth - 1, narrow=narrow),
                "name": f"{names.get(code, code)}  {size[c, code]:,.4g}",
                "middle": left and c > 0,
            }
        )
    layers: list[Spec] = [
        _shapes(
            bands,
            {"filled": True, "stroke": None, "opacity": 0.42},
            {"fill": {"field": "properties.color", "type": "nominal", "scale": None}},
        ),
        {
            "data": {"values": nodes},
            "mark": {"type": "rect", "color": theme.INK},
            "encoding": {
                **_at(),
                "x2": {"field": "x2"},
                "y2": {"field": "y2"},
            },
        },
    ]
    for align in ("right", "left", "center"):
        for halo in (True, False):
            mark: Spec = {
                "type": "text", "align": align, "baseline": "middle", "fontSize": 11, "color": theme.INK,
            }  # fmt: skip
            if halo:
                mark |= {
                    "stroke": "white",
                    "strokeWidth": 3,
                    "strokeOpacity": 0.8,
                    "strokeJoin": "round",
                }
            layers.append(
                {
                    "data": {"values": [t for t in labels if t["align"] == align]},
                    "mark": mark,
                    "encoding": {**_at(), "text": {"field": "name"}},
                }
            )
    notes = [
        *([subtitle] if subtitle else []),
        str(note("charts.sankey.height", unit=unit or Note("charts.unit.mentions"))),
    ]
    spec = pixel_layers(layers, width, round(max(height, bottom)), title, notes, narrow=narrow)
    spec["usermeta"] = {
        "nodes": [
            {"column": c, "code": k, "box": [x, y, x + _NODE, y + h]}
            for (c, k), (x, y, h) in box.items()
        ]
    }
    return Picture(spec)


def _beside(x: float, y: float, h: float, *, first: bool, last: bool, narrow: bool) -> Spec:
    """Place a node's name: beside it, or on a phone above it, from the edge inwards."""
    if not narrow:
        at = x - 6 if first else x + _NODE + 6
        return {"x": at, "y": y + h / 2, "align": "right" if first else "left"}
    if first:
        return {"x": x, "y": y - 7, "align": "left"}
    if last:
        return {"x": x + _NODE, "y": y - 7, "align": "right"}
    return {"x": x + _NODE / 2, "y": y - 7, "align": "center"}


def _columns(route: Sequence[str], depth: int) -> list[tuple[int, str]]:
    """List stops with their columns: the destination always in the last."""
    last = len(route) - 1
    return [(depth - 1 if i == last else i, p) for i, p in enumerate(route)]


def _order(
    columns: list[list[tuple[int, str]]],
    flow: Mapping[tuple[int, str, int, str], float],
    size: Mapping[tuple[int, str], float],
) -> list[list[tuple[int, str]]]:
    """Order each column by the mean place of its neighbours, largest first to begin with."""
    columns = [sorted(c, key=lambda k: (-size[k], k)) for c in columns]
    for _ in range(4):
        place = {k: i / max(len(c), 1) for c in columns for i, k in enumerate(c)}
        pull: _Pull = defaultdict(list)
        for (a, p, b, q), v in flow.items():
            pull[a, p].append((place[b, q], v))
            pull[b, q].append((place[a, p], v))

        def mean(k: tuple[int, str], pull: _Pull = pull) -> float:
            near = pull[k]
            return float(sum(x * v for x, v in near) / sum(v for _, v in near)) if near else 0.0

        columns = [sorted(c, key=lambda k: (mean(k), -size[k], k)) for c in columns]
    return columns


def _bands(
    flow: Mapping[tuple[int, str, int, str], float],
    box: Mapping[tuple[int, str], tuple[float, float, float]],
    size: Mapping[tuple[int, str], float],
) -> list[Spec]:
    """Ribbons as polygons; at each node they stack in the order of their other ends."""
    out_at = {k: y for k, (_, y, _) in box.items()}
    in_at = dict(out_at)
    left: dict[tuple[int, str, int, str], float] = {}
    right: dict[tuple[int, str, int, str], float] = {}
    for key in sorted(flow, key=lambda k: (k[0], box[k[0], k[1]][1], box[k[2], k[3]][1])):
        node = key[0], key[1]
        left[key] = out_at[node]
        out_at[node] += flow[key] / size[node] * box[node][2]
    for key in sorted(flow, key=lambda k: (k[2], box[k[2], k[3]][1], box[k[0], k[1]][1])):
        node = key[2], key[3]
        right[key] = in_at[node]
        in_at[node] += flow[key] / size[node] * box[node][2]
    origins = sorted({k[1] for k in flow if k[0] == 0})
    bands: list[Spec] = []
    for key, v in flow.items():
        a, b = (key[0], key[1]), (key[2], key[3])
        x0, x1 = box[a][0] + _NODE, box[b][0]
        h0, h1 = v / size[a] * box[a][2], v / size[b] * box[b][2]
        up, down = [], []
        for i in range(21):
            t = i / 20
            s = t * t * (3 - 2 * t)
            x = x0 + (x1 - x0) * t
            y = left[key] + (right[key] - left[key]) * s
            up.append([round(x, 1), round(y, 2)])
            down.append([round(x, 1), round(y + h0 + (h1 - h0) * s, 2)])
        ring = [*up, *reversed(down), up[0]]
        color = (
            theme.PALETTE[origins.index(key[1]) % len(theme.PALETTE)]
            if key[1] in origins
            else theme.MUTED
        )
        bands.append(
            {
                "type": "Feature",
                "properties": {"from": key[1], "to": key[3], "value": v, "color": color},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return bands
