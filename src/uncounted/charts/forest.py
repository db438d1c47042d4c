"""The forest: one interval a row, such as a stratum, with its unpooled neighbour beside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.charts.theme import INK, MUTED, PALETTE, config
from uncounted.core.estimate import Estimate
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number
from uncounted.errors import InputError

__all__ = ["ForestRow", "forest", "forest_of_strata"]

_ROW = 40


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One interval.

    Parameters
    ----------
    label
        Whom the row counts.
    kind
        Which of the estimates side by side it is.
    observed
        People observed (detected, never mixed with the estimate).
    point, lower, upper
        Estimated people; ``None`` where there is none, ``upper`` may be ``inf``.
    note
        Said where there is no estimate.
    strong
        Whether the row is a total.
    """

    label: str
    kind: str
    observed: int
    point: float | None
    lower: float | None
    upper: float | None
    note: str = ""
    strong: bool = False


class _Stratum(Protocol):
    @property
    def stratum(self) -> str: ...
    @property
    def observed(self) -> int: ...
    @property
    def borrowed(self) -> Estimate: ...
    @property
    def alone(self) -> Estimate | None: ...


class _Strata(Protocol):
    @property
    def rows(self) -> Sequence[_Stratum]: ...
    @property
    def total(self) -> Estimate: ...
    @property
    def total_alone(self) -> Estimate | None: ...


def forest_of_strata(found: _Strata, *, title: str = "") -> Picture:
    """Draw strata with strength borrowed and, where asked for, alone.

    Parameters
    ----------
    found
        What `uncounted.estimate_strata` gives.
    title
        Plain words; left out, "How many people, by stratum".

    Returns
    -------
    Picture

    Examples
    --------
    >>> import uncounted as uc
    >>> histories = {"100": 30, "010": 40, "110": 12, "001": 50, "101": 9, "011": 14, "111": 6}
    >>> one = uc.OverlapTable.from_histories(["a", "b", "c"], histories)
    >>> two = uc.OverlapTable(one.lists, [*one.cells, *one.cells], ("women", "men"))
    >>> uc.charts.forest_of_strata(uc.estimate_strata(two, draws=400)).alt[:27]
    'How many people, by stratum'
    """
    rows = []
    for r in found.rows:
        rows.append(_row(r.stratum, said("forest.borrowed"), r.observed, r.borrowed))
        if r.alone is not None:
            rows.append(_row(r.stratum, said("forest.alone"), r.observed, r.alone))
    n = found.total.observed
    rows.append(_row(said("forest.all"), said("forest.borrowed"), n, found.total, strong=True))
    if found.total_alone is not None:
        rows.append(
            _row(said("forest.all"), said("forest.alone"), n, found.total_alone, strong=True)
        )
    return forest(rows, title=title or said("forest.strata"))


def _row(
    label: str, kind: str, observed: int, estimate: Estimate, *, strong: bool = False
) -> ForestRow:
    interval = estimate.interval
    return ForestRow(
        label,
        kind,
        observed,
        estimate.point,
        None if interval is None else interval.lower,
        None if interval is None else interval.upper,
        said("people.no-estimate") if estimate.point is None else "",
        strong,
    )


def forest(rows: Sequence[ForestRow], *, title: str, subtitle: Sequence[str] = ()) -> Picture:
    """Draw intervals under each other on one log axis.

    Parameters
    ----------
    rows
        In the order of drawing; rows of one label share a line.
    title, subtitle
        Plain words.

    Returns
    -------
    Picture
        Vega-Lite: bar of the people observed, dot and line of the estimate.

    Examples
    --------
    >>> import uncounted as uc
    >>> rows = [uc.charts.ForestRow("women", "by itself", 150, 420.0, 300.0, 610.0)]
    >>> uc.charts.forest(rows, title="How many, by stratum").alt[:21]
    'How many, by stratum.'
    """
    if not rows:
        raise InputError("There is nothing to draw.", fix="Give at least one row.")
    kinds = list(dict.fromkeys(r.kind for r in rows))
    labels = list(dict.fromkeys(r.label for r in rows))
    finite = [
        v
        for r in rows
        for v in (r.point, r.lower, r.upper)
        if v is not None and math.isfinite(v) and v > 0
    ]
    seen = [float(r.observed) for r in rows if r.observed > 0]
    low = min([*finite, *seen, 1e6]) / 1.3
    high = max([*finite, *seen, 1.0]) * 1.3
    values = [_value(r, high) for r in rows]
    observed = {r.label: v for r, v in zip(rows, values, strict=True) if r.observed > 0}
    x: Spec = {
        "field": "point",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": {"title": said("people.axis"), "format": ",d", "tickCount": 6},
    }
    y: Spec = {
        "field": "label",
        "type": "nominal",
        "scale": {"domain": labels},
        "axis": {"title": None, "ticks": False, "domain": False, "labelLimit": 220},
    }
    colour: Spec = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {"domain": kinds, "range": PALETTE[: max(1, len(kinds))]},
        "legend": {"orient": "bottom", "direction": "horizontal", "symbolOpacity": 1}
        if len(kinds) > 1
        else None,
    }
    both: Spec = {
        "y": y,
        "yOffset": {"field": "kind", "type": "nominal", "scale": {"domain": kinds}},
        "color": colour,
    }
    drawn = [v for v in values if v["point"] is not None]
    layers: list[Spec] = [
        {
            "data": {"values": [v for v in drawn if v["lower"] is not None]},
            "mark": {"type": "rule"},
            "encoding": {
                **both,
                "x": {**x, "field": "lower"},
                "x2": {"field": "upper"},
                "strokeWidth": {"field": "weight", "type": "quantitative", "scale": None},
            },
        },
        {
            "data": {"values": [v for v in drawn if v["open"]]},
            "mark": {"type": "point", "shape": "triangle-right", "filled": True, "size": 60},
            "encoding": {**both, "x": {**x, "field": "upper"}},
        },
        {
            "data": {"values": drawn},
            "mark": {"type": "circle", "size": 80, "opacity": 1},
            "encoding": {**both, "x": x, "description": {"field": "description"}},
        },
        {
            "data": {"values": list(observed.values())},
            "mark": {"type": "tick", "color": INK, "thickness": 2, "height": 18, "opacity": 1},
            "encoding": {"y": y, "x": {**x, "field": "observed"}},
        },
        {
            "data": {"values": [{**v, "point": high} for v in values if v["point"] is None]},
            "mark": {"type": "text", "align": "right", "dx": -4, "fontSize": 11, "color": MUTED},
            "encoding": {
                "y": y,
                "yOffset": both["yOffset"],
                "x": x,
                "text": {"field": "words"},
            },
        },
    ]
    lines = [*subtitle, said("forest.marks")]
    if any(v["open"] for v in drawn):
        lines.append(said("people.open"))
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": {"text": title, "subtitle": lines},
            "config": config(),
            "width": 520,
            "height": _ROW * len(labels),
            "layer": layers,
            "padding": {"left": 10, "right": 30, "top": 10, "bottom": 10},
        }
    )


def _value(r: ForestRow, high: float) -> Spec:
    open_end = r.upper is not None and not math.isfinite(r.upper)
    words = said("people.no-estimate") if r.point is None else f"{r.point:,.0f}"
    if r.point is not None and r.lower is not None and r.upper is not None:
        upper = said("people.no-bound") if open_end else f"{r.upper:,.0f}"
        words += ", " + said("span", low=f"{r.lower:,.0f}", high=upper)
    return {
        "label": r.label,
        "kind": r.kind,
        "observed": r.observed,
        "point": r.point,
        "lower": r.lower,
        "upper": high if open_end else r.upper,
        "open": open_end,
        "weight": 4 if r.strong else 2,
        "words": f"{r.kind}: {r.note or said('people.no-estimate')}",
        "description": said(
            "forest.row",
            label=r.label,
            kind=r.kind,
            words=words,
            observed=Number(r.observed, "people"),
        ),
    }
