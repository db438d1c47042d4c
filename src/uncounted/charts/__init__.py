"""Pictures: one module a picture, data in, a `Picture` out.

Every function gives a `Picture`: it shows itself in a notebook, ``.save("x.svg")`` keeps it (also
``.png``, ``.pdf``, ``.html``, ``.json``), ``.alt`` says it in words, ``.spec`` is Vega-Lite. Counts are drawn as
they are: before a picture of a confidential table leaves the office, see ``suppress_below`` of `upset`.
"""

from __future__ import annotations

# All at once: a function has the name of its module, and whichever is set last is what a reader gets.
from uncounted.charts.calibration import calibration
from uncounted.charts.doubt import doubt
from uncounted.charts.flow_map import flow_map
from uncounted.charts.forest import ForestRow, forest, forest_of_strata
from uncounted.charts.groups import groups
from uncounted.charts.picture import Picture
from uncounted.charts.pool_posterior import pool_posterior
from uncounted.charts.rank_intervals import rank_intervals
from uncounted.charts.sankey import sankey
from uncounted.charts.sensitivity import sensitivity_chart
from uncounted.charts.shares import shares_chart
from uncounted.charts.specification_curve import specification_curve
from uncounted.charts.statements import statements
from uncounted.charts.threshold_sweep import threshold_sweep
from uncounted.charts.upset import upset
from uncounted.charts.validation import trajectory_chart, validation_chart

__all__ = [
    "ForestRow",
    "Picture",
    "calibration",
    "doubt",
    "flow_map",
    "forest",
    "forest_of_strata",
    "groups",
    "pool_posterior",
    "rank_intervals",
    "sankey",
    "sensitivity_chart",
    "shares_chart",
    "specification_curve",
    "statements",
    "threshold_sweep",
    "trajectory_chart",
    "upset",
    "validation_chart",
]
