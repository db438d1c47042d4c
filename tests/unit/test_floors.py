"""Pairs, the lower bound, closed-population models, sample coverage: exact values and edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

import uncounted as uc
from uncounted.core.table import OverlapTable
from uncounted.errors import NoFiniteEstimate, NotIdentifiable


def table(**histories):
    t = len(next(iter(histories)).lstrip("h"))
    return OverlapTable.from_histories(
        [chr(97 + i) for i in range(t)], {k.lstrip("h"): v for k, v in histories.items()}
    )


def test_two_lists_by_hand():
    two = table(h10=60, h01=30, h11=10)
    pairs = uc.Pairs().estimate(two)
    assert pairs.diagnostics["pairs"]["a:b"]["lincoln_petersen"] == 70 * 40 / 10
    assert pairs.point == pytest.approx(71 * 41 / 11 - 1)
    variance = 71 * 41 * 60 * 30 / (11**2 * 12)
    spread = math.exp(1.959964 * math.sqrt(math.log1p(variance / (pairs.point - 100) ** 2)))
    assert pairs.interval.upper == pytest.approx(100 + (pairs.point - 100) * spread, rel=1e-6)
    bound = uc.LowerBound().estimate(two)
    assert bound.point == pytest.approx(100 + 0.5 * 90**2 / 20)
    coverage = uc.SampleCoverage("low", bootstrap=0).estimate(two)
    c = 1 - (60 / 70 + 30 / 40) / 2
    assert coverage.diagnostics["sample_coverage"] == pytest.approx(c)
    assert coverage.diagnostics["independent"] == pytest.approx((100 - 45) / c)


def test_m0_of_two_lists_by_hand():
    """One rate p for two lists: p = 2 m / (n1 + n2), N = (n1 + n2)^2 / (4 m)."""
    two = table(h10=60, h01=30, h11=10)
    assert uc.ClosedPopulation().estimate(two).point == pytest.approx(110**2 / 40)


def test_nobody_on_exactly_two_lists():
    sparse = table(h100=40, h010=30, h001=20, h111=3)
    bound = uc.LowerBound().estimate(sparse)
    assert bound.point == pytest.approx(93 + 2 / 3 * 90 * 89 / 2)
    assert any("bias-corrected" in str(c) for c in bound.caveats)


def test_floors_refuse_without_overlap():
    apart = table(h100=40, h010=30, h001=20)
    for estimator in (
        uc.Pairs(), uc.LowerBound(), uc.ClosedPopulation(), uc.ClosedPopulation(True, "chao"),
        uc.SampleCoverage("low"), uc.SampleCoverage("high"),
    ):  # fmt: skip
        with pytest.raises(NoFiniteEstimate):
            estimator.estimate(apart)


def test_two_lists_cannot_tell_how_people_differ():
    two = table(h10=60, h01=30, h11=10)
    for shape in ("chao", "poisson", "darroch", "gamma"):
        for by_list in (False, True):
            with pytest.raises(NotIdentifiable):
                uc.ClosedPopulation(by_list, shape).estimate(two)


def test_heterogeneity_without_a_maximum_is_refused():
    """With nobody on three lists the curvature falls for ever and N would shrink to n."""
    flat = table(h100=40, h010=30, h001=20, h110=5, h101=4, h011=6)
    for shape in ("poisson", "darroch", "gamma"):
        with pytest.raises(NoFiniteEstimate):
            uc.ClosedPopulation(False, shape).estimate(flat)
    assert uc.ClosedPopulation(False, "chao").estimate(flat).point > 105


def test_lower_bound_is_one_when_people_differ():
    rng = np.random.default_rng(1)
    points = []
    for _ in range(60):
        chance = np.where(rng.random(2000) < 0.3, 0.4, 0.1)
        on = rng.random((2000, 4)) < chance[:, None]
        masks = (on << np.arange(4)).sum(axis=1)
        drawn = OverlapTable.from_histories(list("abcd"), np.bincount(masks, minlength=16))
        points.append(uc.LowerBound().estimate(drawn).point)
    # 60 estimates with a standard deviation near 60: the mean errs by 8.
    assert np.mean(points) < 2000 + 24
    assert np.mean(points) > 1500


def test_unknown_settings_are_errors():
    with pytest.raises(TypeError):
        uc.LowerBound(levels=0.9)
