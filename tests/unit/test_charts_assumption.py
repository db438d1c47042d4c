"""Sensitivity, validation, trajectory and forest pictures."""

import json
import math

import numpy as np
import pytest

from uncounted import published
from uncounted.charts.export import to_svg
from uncounted.charts.forest import ForestRow, forest, forest_of_strata
from uncounted.charts.sensitivity import sensitivity_chart
from uncounted.charts.validation import trajectory_chart, validation_chart
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import whole_note
from uncounted.errors import InputError
from uncounted.pooling.strata import StrataEstimate, StratumRow
from uncounted.verdict.sensitivity import sensitivity
from uncounted.verdict.trajectories import TrajectoryPoint
from uncounted.verdict.validation import ValidationRow


def values(spec):
    """All data rows of a picture."""
    found = list(spec.get("data", {}).get("values", []))
    for part in (*spec.get("layer", []), *spec.get("vconcat", [])):
        found += values(part)
    return found


def drawn(spec):
    json.dumps(spec.to_dict(), allow_nan=False)
    svg = to_svg(spec)
    assert svg.startswith("<svg")
    # vl-convert draws what it cannot place at NaN; none of it may reach the page.
    assert "NaN" not in svg
    return svg


def test_sensitivity_chart():
    curve = sensitivity(published.load("kosovo"), claim=10_000)
    svg = drawn(sensitivity_chart(curve))
    assert "claim 10,000" in svg and "xi = 2.2" in svg and "4,400 observed" in svg
    assert "16,942 at xi = 1" in svg


def test_sensitivity_chart_without_claim_band_or_bound():
    table = published.load("kosovo")

    class Plain:
        def estimate(self, table, *, seed=0):
            return Estimate("plain", table.n, 9000.0)

    svg = drawn(sensitivity_chart(sensitivity(table, estimator=Plain()), title="Mine"))
    assert "Band" not in svg and "Mine" in svg

    class Open:
        def estimate(self, table, *, seed=0):
            interval = Interval("profile", 0.95, 6000.0, math.inf)
            return Estimate("open", table.n, 9000.0, interval)

    drawn(sensitivity_chart(sensitivity(table, estimator=Open(), claim=100)))
    with pytest.raises(InputError):
        sensitivity_chart(sensitivity(table, xi_grid=[1.0]))


def test_validation_chart():
    rows = [
        ValidationRow("t", "A", 100, 40, "m", 80.0, 60.0, 140.0, 0.95, math.log(0.8), True),
        ValidationRow("t", "A", 100, 40, "k", 5000.0, 60.0, math.inf, 0.95, 3.9, True),
        ValidationRow("t", "B", 50, 3, "m", refused=whole_note("Nobody is on two lists.")),
        ValidationRow("t", "B", 50, 3, "k", 70.0, log_error=0.3),
    ]
    spec = validation_chart(rows)
    svg = drawn(spec)
    assert "2 of 2 intervals hold" in svg and "1 refused" in svg and "m: no estimate" in svg
    assert "A triangle" in svg
    assert max(v["point"] for v in values(spec) if v.get("point")) <= 40
    with pytest.raises(InputError):
        validation_chart([])
    drawn(validation_chart([rows[2]]))


def test_trajectory_chart():
    points = [
        TrajectoryPoint("20%", 20, None, None, None, 9, 9),
        TrajectoryPoint("60%", 60, 150.0, 120.0, math.inf, 9, 1),
        TrajectoryPoint("100%", 100, 160.0, 160.0, 160.0, 9, 0),
    ]
    svg = drawn(trajectory_chart(points))
    assert "10 of 27 runs had no finite estimate" in svg
    with pytest.raises(InputError):
        trajectory_chart(points[:1])


def strata():
    def estimate(point, upper=None):
        if point is None:
            return Estimate("m", 5, None, refused=whole_note("why"))
        return Estimate("m", 5, point, Interval("p", 0.95, point / 2, upper or 2 * point))

    rows = (
        StratumRow("women", 50, 9, (), estimate(90.0), estimate(80.0)),
        StratumRow("men <&>", 5, 0, ("A",), estimate(30.0, math.inf), estimate(None)),
    )
    total = estimate(120.0)
    return StrataEstimate(rows, total, estimate(None), np.ones((2, 2)), 0, (), whole_note("prior"))


def test_forest_of_strata():
    spec = forest_of_strata(strata())
    svg = drawn(spec)
    assert "women" in svg and "alone: no estimate" in svg and "A triangle" in svg
    assert "men &lt;&amp;&gt;" in svg
    assert {v["label"] for v in values(spec)} == {"women", "men <&>", "all"}


def test_forest_edges():
    drawn(forest([ForestRow("x", "one", 0, 3.0, None, None)], title="t", subtitle=["why"]))
    drawn(forest([ForestRow("x", "one", 7, None, None, None, "asked for none")], title="t"))
    with pytest.raises(InputError):
        forest([], title="t")
