"""How each thing that is known moves the figure: a row a statement, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from uncounted.charts import theme
from uncounted.charts._narrow import heading, label_axis, labels_above
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.core.json_types import JSON, Spec
from uncounted.verdict.known import Moved

__all__ = ["moved_row", "statements"]


def moved_row(moved: Moved) -> dict[str, JSON]:
    """Make a row of what a statement does to the figure; it must have one."""
    interval = moved.interval
    assert interval is not None
    return {
        "label": str(moved.said),
        "point": moved.point,
        "lower": interval.lower,
        "upper": interval.upper,
    }


def statements(
    rows: Sequence[Mapping[str, JSON]], *, title: str, subtitle: str = "", narrow: bool = False
) -> Picture:
    """Draw statements.

    Parameters
    ----------
    rows
        One mapping a row, from top to bottom: ``label``, ``point``, ``lower``, ``upper``. The first is the
        figure without a word, the last the one with all statements; both are filled.
    title, subtitle
        Plain words.
    narrow
        For a phone: names stand above their marks.

    Returns
    -------
    Picture
        Vega-Lite. A dashed line goes down from the figure without a word.

    Examples
    --------
    >>> import uncounted as uc
    >>> rows = [
    ...     {"label": "nothing said", "point": 900, "lower": 500, "upper": 1700},
    ...     {"label": "hotline refers to shelter", "point": 980, "lower": 560, "upper": 1700},
    ... ]
    >>> uc.charts.statements(rows, title="What is known moves the figure").alt
    'What is known moves the figure.'
    """
    ends = (0, len(rows) - 1)
    drawn = [{**row, "whole": "yes" if k in ends else "no"} for k, row in enumerate(rows)]
    order: list[JSON] = [row["label"] for row in rows]
    y = label_axis(order, narrow=narrow)
    x: Spec = {
        "field": "point",
        "type": "quantitative",
        "title": said("people.axis-plain"),
        "scale": {"zero": False, "nice": True},
        "axis": {"format": ",d", "tickCount": 4 if narrow else 6},
    }
    names = labels_above(y, {**x, "field": "lower"})
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title, subtitle, narrow=narrow),
            "width": 300 if narrow else 480,
            "height": {"step": 42 if narrow else 28},
            "config": theme.config(),
            "data": {"values": drawn},
            "layer": [
                {
                    "data": {"values": drawn[:1]},
                    "mark": {"type": "rule", "strokeDash": [4, 4], "color": theme.MUTED},
                    "encoding": {"x": x},
                },
                *([names] if narrow else []),
                {
                    "mark": {"type": "rule", "color": theme.ACCENT, "strokeWidth": 2},
                    "encoding": {"y": y, "x": {**x, "field": "lower"}, "x2": {"field": "upper"}},
                },
                {
                    "mark": {
                        "type": "point",
                        "size": 70,
                        "strokeWidth": 2,
                        "opacity": 1,
                        "color": theme.ACCENT,
                    },
                    "encoding": {
                        "y": y,
                        "x": x,
                        "fill": {
                            "field": "whole",
                            "type": "nominal",
                            "scale": {"domain": ["yes", "no"], "range": [theme.ACCENT, "white"]},
                            "legend": None,
                        },
                    },
                },
            ],
        }
    )
