"""Detected and estimated people by group: a filled dot, an open dot with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from uncounted.charts import theme
from uncounted.charts._narrow import heading, label_axis, labels_above
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.core.json_types import JSON, Spec

__all__ = ["groups"]


class _Dot(TypedDict):
    """A mark: what was detected, or what is estimated with its interval."""

    label: str
    kind: JSON
    value: float
    lower: NotRequired[float | None]
    upper: NotRequired[float | None]


def groups(
    rows: Sequence[Mapping[str, Any]], *, title: str, subtitle: str = "", narrow: bool = False
) -> Picture:
    """Draw groups.

    Parameters
    ----------
    rows
        One mapping a group: ``label``, ``detected`` (``None`` where suppressed), ``point``,
        ``lower``, ``upper`` (``None`` where there is no estimate), ``why`` there is none.
    title, subtitle
        Plain words.
    narrow
        For a phone: names stand above their marks.

    Returns
    -------
    Picture
        Vega-Lite. Detected and estimated differ by shape, filling and colour; suppressed
        and not estimated groups keep their row and say so in words.

    Examples
    --------
    >>> import uncounted as uc
    >>> row = {
    ...     "label": "women",
    ...     "detected": 150,
    ...     "point": 420,
    ...     "lower": 300,
    ...     "upper": 610,
    ...     "why": "",
    ... }
    >>> uc.charts.groups([row], title="Detected and estimated").alt
    'Detected and estimated.'
    """
    kinds: list[JSON] = [said("groups.detected"), said("groups.estimated")]
    long: list[_Dot] = []
    for r in rows:
        if r["detected"] is not None:
            long.append({"label": r["label"], "kind": kinds[0], "value": r["detected"]})
        if r["point"] is not None:
            long.append(
                {
                    "label": r["label"],
                    "kind": kinds[1],
                    "value": r["point"],
                    "lower": r["lower"],
                    "upper": r["upper"],
                }
            )
    top = max([1.0, *(float(x.get("upper") or x["value"]) for x in long)])
    words = []
    for r in rows:
        if r["point"] is None:
            at = float(r["detected"] or 0) + top * 0.02
            text = said("groups.hidden") if r["detected"] is None else r["why"]
            words.append({"label": r["label"], "at": at, "text": text})
    order: list[JSON] = [r["label"] for r in rows]
    y = label_axis(order, narrow=narrow)
    x: Spec = {
        "field": "value",
        "type": "quantitative",
        "title": said("unit.people"),
        "scale": {"domainMin": 0, "nice": True},
        "axis": {
            "format": ",d",
            "tickCount": 4 if narrow else 6,
            "gridOpacity": 0.45 if narrow else 1,
        },
    }
    names: Spec = {
        "data": {"values": [{"label": label, "at": 0} for label in order]},
        **labels_above(y, {**x, "field": "at"}),
    }
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title, subtitle, narrow=narrow),
            "width": 300 if narrow else 480,
            "height": {"step": 42 if narrow else 26},
            "config": theme.config(),
            "layer": [
                *([names] if narrow else []),
                {
                    "data": {"values": [x for x in long if "lower" in x]},
                    "mark": {"type": "rule", "color": theme.ACCENT, "strokeWidth": 2},
                    "encoding": {"y": y, "x": {**x, "field": "lower"}, "x2": {"field": "upper"}},
                },
                {
                    "data": {"values": long},
                    "mark": {"type": "point", "size": 70, "strokeWidth": 2, "opacity": 1},
                    "encoding": {
                        "y": y,
                        "x": x,
                        "shape": {
                            "field": "kind",
                            "type": "nominal",
                            "scale": {"domain": kinds, "range": ["square", "circle"]},
                            "legend": {"title": None, "orient": "top"},
                        },
                        "color": {
                            "field": "kind",
                            "type": "nominal",
                            "scale": {"domain": kinds, "range": [theme.INK, theme.ACCENT]},
                            "legend": {"title": None, "orient": "top"},
                        },
                        "fill": {
                            "field": "kind",
                            "type": "nominal",
                            "scale": {"domain": kinds, "range": [theme.INK, "white"]},
                            "legend": {"title": None, "orient": "top"},
                        },
                    },
                },
                {
                    "data": {"values": words},
                    "mark": {
                        "type": "text",
                        "align": "left",
                        "dx": 6,
                        "fontSize": 11,
                        "fontStyle": "italic",
                        "color": theme.MUTED,
                    },
                    "encoding": {
                        "y": y,
                        "x": {**x, "field": "at"},
                        "text": {"field": "text", "type": "nominal"},
                    },
                },
            ],
        }
    )
