"""Where the doubt comes from: one bar, parted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from uncounted.charts import theme
from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.core.json_types import Spec

__all__ = ["doubt", "whole_percents"]


def whole_percents(shares: Sequence[float]) -> list[int]:
    """Whole per cents that add up to 100, by largest remainder.

    Examples
    --------
    >>> whole_percents([0.052, 0.466, 0.482])
    [5, 47, 48]
    """
    total = sum(shares)
    if total <= 0:
        return [0] * len(shares)
    exact = [100 * s / total for s in shares]
    out = [int(x) for x in exact]
    order = sorted(range(len(out)), key=lambda i: out[i] - exact[i])
    for i in order[: 100 - sum(out)]:
        out[i] += 1
    return out


def doubt(
    shares: Mapping[str, float], *, title: str, subtitle: str = "", narrow: bool = False
) -> Picture:
    """Draw the shares of the doubt.

    Parameters
    ----------
    shares
        Share (0 to 1) by plain name, in the order of drawing.
    title, subtitle
        Plain words.
    narrow
        For a phone.

    Returns
    -------
    Picture
        Vega-Lite.

    Examples
    --------
    >>> import uncounted as uc
    >>> picture = uc.charts.doubt(
    ...     {"linkage": 0.2, "model": 0.5, "sampling": 0.3}, title="Where the doubt comes from"
    ... )
    >>> picture.alt
    'Where the doubt comes from.'
    """
    rows: list[Spec] = []
    start = 0.0
    percents = whole_percents(list(shares.values()))
    # Drawn from whole percents: a label to the last digit is the fingerprint of a table.
    for i, (name, percent) in enumerate(zip(shares, percents, strict=True)):
        rows.append(
            {
                "part": f"{percent}% {name}",
                "from": start,
                "to": round(start + percent / 100, 2),
                "order": i,
                "row": 0,
            }
        )
        start = round(start + percent / 100, 2)
    names = [r["part"] for r in rows]
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title, subtitle, narrow=narrow),
            "width": 300 if narrow else 560,
            "height": 34,
            "config": theme.config(),
            "data": {"values": rows},
            "mark": {"type": "bar", "stroke": "white", "strokeWidth": 1.5, "height": 30},
            "encoding": {
                "x": {
                    "field": "from",
                    "type": "quantitative",
                    "axis": {
                        "format": "%",
                        "title": said("doubt.axis"),
                        "tickCount": 5,
                        "grid": False,
                    },
                    "scale": {"domain": [0, 1]},
                },
                "x2": {"field": "to"},
                "color": {
                    "field": "part",
                    "type": "nominal",
                    "sort": names,
                    "scale": {"domain": names, "range": theme.PALETTE[: len(names)]},
                    "legend": {"title": None, "orient": "top", "labelLimit": 400, "columns": 1},
                },
            },
        }
    )
