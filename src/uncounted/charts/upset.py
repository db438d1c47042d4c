"""The overlaps of the lists: a bar per capture history, dots for the lists in it (UpSet plot)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.charts.theme import ACCENT, INK, MUTED, PALE, config
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number, series
from uncounted.core.table import OverlapTable
from uncounted.disclosure.overlap import PageTable, page_table

__all__ = ["upset", "upset_shown"]

_COLUMN = 26
_ROW = 24
_SLIM = 10


def upset(
    table: OverlapTable, *, most: int = 30, suppress_below: int = 0, narrow: bool = False
) -> Picture:
    """Draw the overlaps.

    Parameters
    ----------
    table
        Counts by capture history.
    most
        Show at most so many histories, the largest; the rest are counted in the subtitle.
    suppress_below
        Counts from 1 to below this are not told, nor what would tell them (`page_table`): other
        counts, sizes of lists, people in all. Their bars are pale, of one height, and all are
        labelled ``hidden``, whether small or not. 0 shows all.
    narrow
        For a phone: at most ten histories, and the sizes of the lists beside their names.

    Returns
    -------
    Picture
        Vega-Lite. Bars, dots and list names share explicit domains, so they cannot slip.

    Examples
    --------
    >>> import uncounted as uc
    >>> picture = uc.charts.upset(uc.published.load("uk2013-5"), most=5)
    >>> len(picture["title"]["subtitle"]) > 0
    True
    """
    return _drawn(
        page_table(table, suppress_below),
        {n: table.label(n) for n in table.lists},
        most=most,
        narrow=narrow,
        title=None,
        subtitle=(),
    )


def upset_shown(
    shown: PageTable,
    *,
    title: str | None = None,
    subtitle: str = "",
    most: int = 30,
    narrow: bool = False,
) -> Picture:
    """Draw overlaps as they are published: nothing else is known here, so nothing else can be told.

    Parameters
    ----------
    shown
        Published cells, sizes of lists and people in all; ``None`` for what is held back. A hidden
        cell is a pale bar of the one height ``threshold``, and is labelled as hidden.
    title, subtitle
        Above the picture; the usual title, and nothing, where not given.
    most, narrow
        As of `upset`.

    Examples
    --------
    >>> shown = PageTable(("a", "b"), (None, 60, 50, None), (None, None), 120, None, 11)
    >>> "One combination is not shown" in upset_shown(shown).alt
    True
    """
    names = {n: n for n in shown.lists}
    said_above = [subtitle] if subtitle else []
    return _drawn(shown, names, most=most, narrow=narrow, title=title, subtitle=said_above)


def _drawn(
    may: PageTable,
    labels: Mapping[str, str],
    *,
    most: int,
    narrow: bool,
    title: str | None,
    subtitle: Sequence[str],
) -> Picture:
    names = list(may.lists)
    suppress_below = may.threshold

    def history(mask: int) -> str:
        return "".join(str(mask >> i & 1) for i in range(len(names)))

    filled = [(m, c) for m, c in enumerate(may.cells) if m and c != 0]
    hidden = {m for m, c in filled if c is None}
    # Hidden counts stand last, by number of lists: their order must not tell their size.
    ordered = sorted(
        filled,
        key=lambda f: (
            f[0] in hidden,
            -(f[1] or 0),
            f[0].bit_count(),
            f[0],
        ),
    )
    most = min(most, _SLIM) if narrow else most
    shown, rest = ordered[:most], ordered[most:]
    order = [history(m) for m, _ in shown]
    bars: list[Spec] = [
        {
            "history": history(m),
            "people": suppress_below if c is None else c,
            "label": said("upset.hidden-mark") if c is None else f"{c:,}",
            "kind": "hidden" if c is None else "shown",
            "lists": str(series("words.and", [n for i, n in enumerate(names) if m >> i & 1])),
        }
        for m, c in shown
    ]
    dots: list[Spec] = [
        {"history": history(m), "list": n, "on": bool(m >> i & 1)}
        for m, _ in shown
        for i, n in enumerate(names)
    ]
    stems: list[Spec] = [
        {
            "history": history(m),
            "from": next(n for i, n in enumerate(names) if m >> i & 1),
            "to": next(n for i, n in reversed(list(enumerate(names))) if m >> i & 1),
        }
        for m, _ in shown
    ]
    sizes: list[Spec] = [
        {
            "list": n,
            "size": 0 if s is None else s,
            "label": said("upset.hidden-mark") if s is None else f"{s:,}",
            "name": labels[n],
        }
        for n, s in zip(names, may.sizes, strict=True)
    ]
    width, height = _COLUMN * len(order), _ROW * len(names)
    x: Spec = {
        "field": "history",
        "type": "nominal",
        "axis": None,
        "scale": {"domain": order, "paddingInner": 0.25, "paddingOuter": 0.15},
    }
    y: Spec = {
        "field": "list",
        "type": "nominal",
        "title": None,
        "scale": {"domain": names, "paddingInner": 0.2, "paddingOuter": 0.1},
    }
    name_axis: Spec = {"ticks": False, "domain": False, "labelLimit": 110 if narrow else 400}
    if narrow:
        named = {str(r["list"]): f"{r['list']} ({r['label']})" for r in sizes}
        name_axis["labelExpr"] = f"{json.dumps(named)}[datum.value]"
    tallest = max((suppress_below if c is None else c for _, c in shown), default=1)
    scale: Spec = {"domain": [0, float(tallest) * 1.12], "nice": False}
    bar_panel: Spec = {
        "width": width,
        "height": 220,
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "bar"},
                "encoding": {
                    "x": x,
                    "y": {
                        "field": "people",
                        "type": "quantitative",
                        "title": said("unit.people"),
                        "scale": scale,
                        "axis": {"grid": True, "tickCount": 5, "format": ",d"},
                    },
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": ["shown", "hidden"], "range": [ACCENT, PALE]},
                    },
                    "description": {"field": "lists", "type": "nominal"},
                },
            },
            {
                "data": {"values": bars},
                "transform": [{"filter": "datum.kind == 'shown'"}],
                "mark": {"type": "text", "dy": -6, "fontSize": 10, "color": INK},
                "encoding": {
                    "x": x,
                    "y": {"field": "people", "type": "quantitative", "scale": scale},
                    "text": {"field": "label", "type": "nominal"},
                },
            },
            {
                # Upright from the axis: side by side the words would run into each other.
                "data": {"values": bars},
                "transform": [{"filter": "datum.kind == 'hidden'"}],
                "mark": {
                    "type": "text",
                    "angle": 270,
                    "align": "left",
                    "baseline": "middle",
                    "dx": 5,
                    "fontSize": 10,
                    "color": INK,
                },
                "encoding": {
                    "x": x,
                    "y": {"datum": 0, "type": "quantitative", "scale": scale},
                    "text": {"field": "label", "type": "nominal"},
                },
            },
        ],
    }
    dot_panel: Spec = {
        "width": width,
        "height": height,
        "layer": [
            {
                "data": {"values": stems},
                "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "from", "axis": name_axis},
                    "y2": {"field": "to"},
                },
            },
            {
                "data": {"values": dots},
                "mark": {"type": "circle", "size": 110, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": {**y, "axis": name_axis},
                    "color": {
                        "field": "on",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": [True, False], "range": [INK, PALE]},
                    },
                },
            },
        ],
    }
    widest = float(max(1, *(s or 0 for s in may.sizes)))
    size_panel: Spec = {
        "width": 150,
        "height": height,
        "layer": [
            {
                "data": {"values": sizes},
                "mark": {"type": "bar", "color": MUTED},
                "encoding": {
                    "y": {**y, "axis": None},
                    "x": {
                        "field": "size",
                        "type": "quantitative",
                        "title": said("upset.sizes"),
                        "scale": {"domain": [0, widest * 1.6], "nice": False},
                        "axis": {"grid": False, "tickCount": 2, "format": ",d"},
                    },
                    "description": {"field": "name", "type": "nominal"},
                },
            },
            {
                "data": {"values": sizes},
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 11, "color": INK},
                "encoding": {
                    "y": {**y, "axis": None},
                    "x": {
                        "field": "size",
                        "type": "quantitative",
                        "scale": {"domain": [0, widest * 1.6], "nice": False},
                    },
                    "text": {"field": "label", "type": "nominal"},
                },
            },
        ],
    }
    lists = Number(len(names), "lists")
    if may.observed is None:
        people = said("upset.nobody-told", lists=lists)
    elif may.overlap is None:
        people = said("upset.people", people=Number(may.observed, "people"), lists=lists)
    else:
        people = said(
            "upset.shared",
            people=Number(may.observed, "people"),
            lists=lists,
            shared=Number(may.overlap, "people"),
        )
    below = [*subtitle, f"{people} {said('upset.columns')}"]
    if hidden:
        below.append(said("upset.hidden", combinations=Number(len(hidden))))
    if rest:
        left = Number(None if may.held else sum(c or 0 for _, c in rest), "people")
        below.append(said("upset.rest", combinations=Number(len(rest)), people=left))
    # Panels are flush, so names of lists need their own room between sizes and dots.
    gap = max(70, 7 * max(len(n) for n in names) + 24)
    resolve: Spec = {"scale": {"color": "independent", "x": "independent", "y": "independent"}}
    empty: Spec = {
        "width": 150,
        "height": 220,
        "data": {"values": [{}]},
        "mark": {"type": "point", "opacity": 0},
    }
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title or said("upset.title"), below, narrow=narrow),
            "config": config(),
            "concat": [bar_panel, dot_panel]
            if narrow
            else [empty, bar_panel, size_panel, dot_panel],
            "columns": 1 if narrow else 2,
            "bounds": "flush",
            "spacing": {"row": 12, "column": gap},
            "resolve": resolve,
            "padding": {"left": 120 if narrow else 20, "right": 20, "top": 10, "bottom": 50},
        }
    )
