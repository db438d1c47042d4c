"""The threshold sweep N(t): what taking one cut-off for "the same person" would have given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from uncounted.charts import theme
from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.core.json_types import Spec

__all__ = ["threshold_sweep"]


def threshold_sweep(
    thresholds: Sequence[float],
    points: Sequence[float | None],
    *,
    lower: float | None,
    upper: float | None,
    title: str,
    subtitle: str = "",
    narrow: bool = False,
) -> Picture:
    """Draw N against the threshold, with the interval over linkage draws as a band.

    Parameters
    ----------
    thresholds
        Match probabilities at which pairs count as the same person.
    points
        Estimate of N at each, ``None`` where there is none.
    lower, upper
        Interval over the linkage draws; ``None`` where there is none.
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
    >>> picture = uc.charts.threshold_sweep(
    ...     [0.2, 0.5, 0.8], [900, 950, 1020], lower=870, upper=1040, title="One cut-off or all"
    ... )
    >>> picture.alt
    'One cut-off or all.'
    """
    rows = [{"t": t, "n": p} for t, p in zip(thresholds, points, strict=True) if p is not None]
    x: Spec = {
        "field": "t",
        "type": "quantitative",
        "title": ([said("sweep.axis-1"), said("sweep.axis-2")] if narrow else said("sweep.axis")),
        "axis": {"format": "%", "tickCount": 5 if narrow else 10, "grid": False},
        "scale": {"domain": [0, 1]},
    }
    y: Spec = {
        "field": "n",
        "type": "quantitative",
        "title": said("sweep.people"),
        "axis": {"format": ",d", "tickCount": 6},
        "scale": {"domain": _domain(rows, lower, upper), "nice": True},
    }
    layers: list[Spec] = []
    if lower is not None and upper is not None:
        layers.append(
            {
                "data": {"values": [{"n": lower, "top": upper, "t": 0, "end": 1}]},
                "mark": {"type": "rect", "color": theme.PALE},
                "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "top"}},
            }
        )
    layers.append(
        {
            "data": {"values": rows},
            "mark": {
                "type": "line",
                "color": theme.ACCENT,
                "strokeWidth": 2,
                "point": {"color": theme.ACCENT},
            },
            "encoding": {"x": x, "y": y},
        }
    )
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(title, subtitle, narrow=narrow),
            "width": 270 if narrow else 520,
            "height": 220,
            "config": theme.config(),
            "layer": layers,
        }
    )


def _domain(
    rows: Sequence[Mapping[str, float]], lower: float | None, upper: float | None
) -> list[float]:
    """Room above and below, so that the band is seen to be one: half its height on either side."""
    seen = [float(r["n"]) for r in rows]
    ends = [*seen, *(e for e in (lower, upper) if e is not None)]
    low, high = min(ends), max(ends)
    room = 0.5 * (high - low) or 0.1 * high
    return [max(0.0, low - room), high + room]
