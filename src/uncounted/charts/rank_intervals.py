"""Rank sets as bars: how far apart the ranks of each origin may lie, and where the tiers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uncounted.charts import theme
from uncounted.charts._narrow import heading
from uncounted.charts.picture import Picture
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number, note

__all__ = ["rank_intervals"]

_ROW = 24


def rank_intervals(
    ranks: Sequence[Mapping[str, Any]],
    *,
    title: str,
    subtitle: str = "",
    narrow: bool = False,
) -> Picture:
    """Draw rank sets.

    Parameters
    ----------
    ranks
        One mapping an origin with the keys of the command's JSON: ``origin``, ``count``,
        ``count_lower``, ``count_upper``, ``lower``, ``upper``, ``tier`` (or ``None``), and
        perhaps ``name``.
    title, subtitle
        Plain words; the title says what is counted.
    narrow
        For a phone.

    Returns
    -------
    Picture
        Vega-Lite. Rows run from the best rank set to the worst; a rule between tiers. Tiers
        alternate in colour and in lightness, so that they tell apart in grey.

    Examples
    --------
    >>> import uncounted as uc
    >>> rank = {"origin": "NPL", "count": 12, "count_lower": 12, "count_upper": 12}
    >>> ranks = [{**rank, "lower": 1, "upper": 1, "tier": 1}]
    >>> uc.charts.rank_intervals(ranks, title="Which ranks each origin may hold").alt
    'Which ranks each origin may hold.'
    """
    ordered = sorted(ranks, key=lambda r: (r["lower"], r["upper"], -(r["count_upper"] or 0)))
    rows = []
    for place, r in enumerate(ordered):
        rows.append(
            {
                "place": place,
                "label": f"{_label(r)}: {_ranks(r)}" if narrow else _label(r),
                "from": r["lower"] - 0.5,
                "to": r["upper"] + 0.5,
                "words": _ranks(r),
                "tier": 0 if r["tier"] is None else int(r["tier"]),
            }
        )
    size = len(rows)
    cuts: list[Spec] = [
        {"at": i - 0.5} for i in range(1, size) if rows[i]["tier"] != rows[i - 1]["tier"]
    ]
    wide = 24 if size > 12 else 40
    width = 140 if narrow else max(260, min(720, wide * size))
    y: Spec = {
        "field": "place",
        "type": "quantitative",
        "scale": {"domain": [-0.5, size - 0.5], "reverse": True, "nice": False, "zero": False},
        "axis": None,
    }
    x_scale: Spec = {"domain": [0.5, size + 0.5], "nice": False, "zero": False}
    step = max(1, -(-size // 200) * 10) if size > 20 else 1
    x_axis: Spec = {
        "title": str(note("charts.ranks.axis")),
        "values": sorted({1, *range(step, size + 1, step)}),
        "format": "d",
        "grid": True,
    }
    layers: list[Spec] = [
        {
            "data": {"values": cuts},
            "mark": {"type": "rule", "color": theme.INK, "strokeDash": [4, 3]},
            "encoding": {"y": {**y, "field": "at"}},
        },
        {
            "mark": {"type": "bar", "height": 13, "cornerRadius": 3},
            "encoding": {
                "y": y,
                "x": {
                    "field": "from",
                    "type": "quantitative",
                    "scale": x_scale,
                    "axis": x_axis,
                },
                "x2": {"field": "to"},
                "color": {
                    "condition": {"test": "datum.tier % 2 == 0", "value": theme.PALETTE[3]},
                    "value": theme.ACCENT,
                },
            },
        },
        *([] if narrow else [_inside(y, x_axis)]),
        {
            "mark": {
                "type": "text",
                "align": "right",
                "x": -8,
                "fontSize": 12,
                "limit": 150 if narrow else 300,
            },
            "encoding": {"y": y, "text": {"field": "label"}},
        },
    ]
    if any(r["tier"] for r in rows):
        firsts: list[Spec] = [
            {"place": i, "words": str(note("charts.ranks.tier", tier=Number(r["tier"])))}
            for i, r in enumerate(rows)
            if i == 0 or r["tier"] != rows[i - 1]["tier"]
        ]
        layers.append(
            {
                "data": {"values": firsts},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "x": width + 8,
                    "fontSize": 12,
                    "color": theme.MUTED,
                },
                "encoding": {"y": y, "text": {"field": "words"}},
            }
        )
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title, subtitle, narrow=narrow),
            "padding": 12,
            "width": width,
            "height": _ROW * size,
            "data": {"values": rows},
            "layer": layers,
            "config": theme.config(),
        }
    )


def _inside(y: Spec, axis: Spec) -> Spec:
    """Write the ranks into the bars."""
    return {
        "mark": {"type": "text", "fontSize": 11, "fontWeight": 600, "color": "white"},
        "transform": [{"calculate": "(datum.from + datum.to) / 2", "as": "middle"}],
        "encoding": {
            "y": y,
            "x": {"field": "middle", "type": "quantitative", "axis": axis},
            "text": {"field": "words"},
        },
    }


def _ranks(rank: Mapping[str, Any]) -> str:
    low, high = rank["lower"], rank["upper"]
    return str(low) if low == high else f"{low}–{high}"


def _label(rank: Mapping[str, Any]) -> str:
    name = rank.get("name") or rank["origin"]
    if rank["count"] is not None:
        count = rank["count"]
        shown = f"{count:,}" if isinstance(count, int) else f"{count:,.4g}"
    elif rank["count_lower"] is None or rank["count_upper"] is None:
        return str(name)
    else:
        low, high = (Number(rank[end], "estimate") for end in ("count_lower", "count_upper"))
        shown = str(note("charts.span", low=low, high=high))
    return f"{name} ({shown})"
