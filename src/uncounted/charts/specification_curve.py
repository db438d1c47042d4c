"""The specification curve: every model that fits about as well, its figure and what it holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.charts.theme import ACCENT, INK, MUTED, PALE, PALETTE, config
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number
from uncounted.estimators.hierarchy import spell

if TYPE_CHECKING:
    from uncounted.estimators.specification import Specifications

__all__ = ["specification_curve"]

_ROW = 20
_SLIM = 14
"""Models that fit beside each other on a phone."""


def specification_curve(
    found: Specifications,
    lists: Sequence[str],
    *,
    observed: int,
    level: float = 0.95,
    narrow: bool = False,
) -> Picture:
    """Draw models from the smallest figure to the largest.

    Parameters
    ----------
    found
        Models within a BIC window.
    lists
        Names of the table's lists, in order.
    observed
        People observed: the floor line.
    level
        Nominal coverage of the intervals, for the words.
    narrow
        For a phone: of many models those with the smallest and the largest figure, that with the
        lowest BIC and an even choice between.

    Returns
    -------
    Picture
        Vega-Lite: figures with intervals above, interactions below, on one explicit axis.

    Examples
    --------
    >>> import uncounted as uc
    >>> from uncounted.estimators.specification import specifications
    >>> table = uc.published.load("uk2013-5")
    >>> found = specifications(table)
    >>> uc.charts.specification_curve(found, table.lists, observed=table.n).alt[:36]
    'What every well-fitting model says. '
    """
    order = sorted(range(len(found.models)), key=lambda i: float(found.point[i]))
    best = min(range(len(found.models)), key=lambda i: float(found.bic[i]))
    if narrow and len(order) > _SLIM:
        step = (len(order) - 1) / (_SLIM - 1)
        chosen = {round(k * step) for k in range(_SLIM)} | {order.index(best)}
        order = [order[k] for k in sorted(chosen)]
    finite = [float(u) for u in found.upper if math.isfinite(u)] + [float(found.point.max())]
    low, high = float(observed) * 0.9, max(finite) * 1.1
    lowest, other = said("models.lowest"), said("models.other")
    rows: list[Spec] = [
        {
            "place": place,
            "model": found.models[i],
            "holds": spell(found.terms[i], lists),
            "point": float(found.point[i]),
            "lower": float(found.lower[i]),
            "upper": min(float(found.upper[i]), high),
            "open": not math.isfinite(float(found.upper[i])),
            "behind": float(found.bic[i] - found.bic[best]),
            "kind": lowest if i == best else other,
            "description": _told(found, i),
        }
        for place, i in enumerate(order)
    ]
    used = sorted({s for i in order for s in found.terms[i]}, key=lambda s: (s.bit_count(), s))
    labels = {s: spell((s,), lists) for s in used}
    rows_of = [labels[s] for s in used] or [said("models.none")]
    dots: list[Spec] = [
        {"place": place, "term": labels[s], "in": s in found.terms[i]}
        for place, i in enumerate(order)
        for s in used
    ]
    width = 16 * len(rows) if narrow else max(320, min(900, 16 * len(rows)))
    places = [r["place"] for r in rows]
    x: Spec = {"field": "place", "type": "ordinal", "axis": None, "scale": {"domain": places}}
    scale: Spec = {"type": "log", "domain": [low, high], "nice": False, "zero": False}
    y_axis: Spec = {"title": said("people.axis"), "format": ",d", "tickCount": 6}
    colour: Spec = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {"domain": [lowest, other], "range": [PALETTE[1], ACCENT]},
        "legend": {"orient": "top", "direction": "horizontal"},
    }
    top: Spec = {
        "width": width,
        "height": 260,
        "layer": [
            {
                "data": {"values": [{"observed": observed}]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "color": MUTED},
                "encoding": {"y": {"field": "observed", "type": "quantitative", "scale": scale}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {
                        "field": "lower",
                        "type": "quantitative",
                        "scale": scale,
                        "axis": y_axis,
                    },
                    "y2": {"field": "upper"},
                    "color": colour,
                },
            },
            {
                "data": {"values": [r for r in rows if r["open"]]},
                "mark": {"type": "point", "shape": "triangle-up", "filled": True, "size": 60},
                "encoding": {
                    "x": x,
                    "y": {"field": "upper", "type": "quantitative", "scale": scale},
                    "color": colour,
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "circle", "size": 60, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": {"field": "point", "type": "quantitative", "scale": scale},
                    "color": colour,
                    "description": {"field": "description", "type": "nominal"},
                },
            },
        ],
    }
    bottom: Spec = {
        "width": width,
        "height": _ROW * len(rows_of),
        "data": {"values": dots},
        "mark": {"type": "circle", "size": 60, "opacity": 1},
        "encoding": {
            "x": x,
            "y": {
                "field": "term",
                "type": "nominal",
                "title": None,
                "scale": {"domain": rows_of},
                "axis": {"ticks": False, "domain": False, "labelLimit": 110 if narrow else 260},
            },
            "color": {
                "field": "in",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": [True, False], "range": [INK, PALE]},
            },
        },
    }
    more = found.within - len(rows)
    subtitle = [
        said(
            "models.within",
            within=Number(found.within),
            tried=Number(found.tried),
            window=Number(found.window),
            low=Number(found.point.min(), "estimate"),
            high=Number(found.point.max(), "estimate"),
        ),
        said("models.marks", level=Number(level, "level"), observed=Number(observed, "people"))
        + (" " + said("models.drawn", drawn=Number(len(rows))) if more > 0 else ""),
    ]
    if any(r["open"] for r in rows):
        subtitle.append(said("people.open"))
    resolve = {"scale": {"color": "independent", "x": "independent", "y": "independent"}}
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(said("models.title"), subtitle, narrow=narrow),
            "config": config(),
            "vconcat": [top, bottom],
            "bounds": "flush",
            "spacing": 16,
            "resolve": resolve,
            "padding": {"left": 120 if narrow else 200, "right": 20, "top": 10, "bottom": 20},
        }
    )


def _told(found: Specifications, i: int) -> str:
    """Say one model's figure and range."""
    upper = float(found.upper[i])
    span = said(
        "span",
        low=Number(float(found.lower[i]), "estimate"),
        high=Number(upper, "estimate") if math.isfinite(upper) else said("people.no-bound"),
    )
    return f"{found.models[i]}: {found.point[i]:,.0f}, {span}"
