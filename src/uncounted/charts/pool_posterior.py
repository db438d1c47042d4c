"""The consensus as a picture: what each member believes, and what the two believe together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from uncounted.charts._narrow import heading
from uncounted.charts._words import said
from uncounted.charts.picture import Picture
from uncounted.charts.theme import ACCENT, INK, MUTED, PALETTE, config
from uncounted.core.json_types import Spec
from uncounted.core.notes import Number

if TYPE_CHECKING:
    from uncounted.core.estimate import Interval
    from uncounted.estimators.consensus import ConsensusPosterior

__all__ = ["pool_posterior"]


def pool_posterior(
    found: ConsensusPosterior, interval: Interval, *, narrow: bool = False
) -> Picture:
    """Draw the posterior of the members and of the pool.

    Parameters
    ----------
    found
        Posterior on the grid of log odds.
    interval
        Interval of the pool, drawn below the curves.
    narrow
        For a phone.

    Returns
    -------
    Picture
        Vega-Lite. Areas are equal: the height is mass per step of the logarithm of people hidden.

    Examples
    --------
    >>> import uncounted as uc
    >>> consensus = uc.Consensus()
    >>> found = consensus.posterior(uc.published.load("artificial-3"))
    >>> uc.charts.pool_posterior(found, consensus.interval(found)).alt[:26]
    'What the two methods belie'
    """
    low, high = found.pool.quantile(0.002), found.pool.quantile(0.998)
    people = found.pool.population
    keep = np.flatnonzero((people >= low) & (people <= high))
    stride = max(1, keep.size // 240)
    keep = keep[::stride]
    both = said("posterior.both")
    names = {
        said("posterior.graphs"): found.graphs,
        said("posterior.shrinkage"): found.shrinkage,
        both: found.pool,
    }
    top = max(float(m.mass.max()) for m in names.values())
    rows: list[Spec] = [
        {"who": name, "people": float(people[k]), "height": float(member.mass[k]) / top}
        for name, member in names.items()
        for k in keep
    ]
    x: Spec = {
        "field": "people",
        "type": "quantitative",
        "title": said("posterior.axis"),
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": {"format": "~s" if high >= 10_000 else ",d", "tickCount": 4 if narrow else 7},
    }
    colour: Spec = {
        "field": "who",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(names), "range": [PALETTE[1], PALETTE[2], ACCENT]},
        "legend": {
            "orient": "top",
            "direction": "vertical" if narrow else "horizontal",
            "symbolOpacity": 1,
        },
    }
    upper = interval.upper if math.isfinite(interval.upper) else high
    ends = [{"lower": max(interval.lower, low), "upper": min(upper, high), "y": -0.06}]
    middle = [{"people": found.pool.median, "y": -0.06}]
    curves: Spec = {
        "y": {
            "field": "height",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [-0.12, 1.05]},
        },
        "x": x,
        "color": colour,
    }
    observed = found.pool.n
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": heading(
                said("posterior.title"),
                said(
                    "posterior.interval",
                    level=Number(interval.level, "level"),
                    low=Number(interval.lower, "estimate"),
                    high=Number(interval.upper, "estimate"),
                    middle=Number(found.pool.median, "estimate"),
                    observed=Number(observed, "people"),
                ),
                narrow=narrow,
            ),
            "width": 300 if narrow else 640,
            "height": 260,
            "config": config(),
            "layer": [
                {
                    "data": {"values": [r for r in rows if r["who"] == both]},
                    "mark": {"type": "area", "opacity": 0.15},
                    "encoding": curves,
                },
                {
                    "data": {"values": rows},
                    "mark": {"type": "line", "strokeWidth": 2},
                    "encoding": curves,
                },
                {
                    "data": {"values": ends},
                    "mark": {"type": "rule", "strokeWidth": 4, "color": INK},
                    "encoding": {
                        "x": {"field": "lower", "type": "quantitative", "scale": x["scale"]},
                        "x2": {"field": "upper"},
                        "y": {"field": "y", "type": "quantitative"},
                    },
                },
                {
                    "data": {"values": middle},
                    "mark": {
                        "type": "point",
                        "filled": True,
                        "size": 90,
                        "color": INK,
                        "opacity": 1,
                    },
                    "encoding": {
                        "x": {"field": "people", "type": "quantitative", "scale": x["scale"]},
                        "y": {"field": "y", "type": "quantitative"},
                    },
                },
                {
                    "data": {"values": [{"y": 0.0}]},
                    "mark": {"type": "rule", "color": MUTED},
                    "encoding": {"y": {"field": "y", "type": "quantitative"}},
                },
            ],
        }
    )
