"""Estimates, pooling of draws, and the job engine."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from uncounted.core.draws import pool_draws, summarise_draws
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, whole_note
from uncounted.engine import jobs as engine


def double(x):
    return 2 * x


def test_intervals_and_estimates_are_json():
    i = Interval("bca", 0.95, 10.0, math.inf)
    assert i.to_dict() == {
        "kind": "bca", "level": 0.95, "lower": 10.0, "upper": None, "unbounded": True,
    }  # fmt: skip
    e = Estimate("bic", 5, 12.0, i)
    assert e.hidden == 7
    assert json.loads(json.dumps(e.to_dict()))["point"] == 12.0
    assert "refused" not in e.to_dict()
    made = Estimate("bic", 5, None, refused=whole_note("why")).to_dict()
    assert made["refused"] == "why"
    assert Note.from_dict(made["refused_note"]) == whole_note("why")


def test_infinite_draws_keep_their_place():
    median, interval = summarise_draws(np.array([1.0, 2.0, 3.0, np.inf, np.inf]), level=0.5)
    assert median == 3.0
    assert interval.lower == 2.0
    assert math.isinf(interval.upper)
    for bad in (np.array([]), np.array([1.0, np.nan])):
        with pytest.raises(ValueError):
            summarise_draws(bad)


def test_pooling_gives_members_equal_weight():
    rng = np.random.default_rng(0)
    pooled = pool_draws([np.zeros(10), np.ones(1000), np.full(3, 2.0)], size=900, rng=rng)
    assert np.bincount(pooled.astype(int)).tolist() == [300, 300, 300]
    with pytest.raises(ValueError):
        pool_draws([], size=3, rng=rng)


def test_streams_depend_on_root_and_name_only():
    a = engine.stream(3, "x").random(4)
    assert (a == engine.stream(3, "x").random(4)).all()
    assert (a != engine.stream(4, "x").random(4)).any()
    assert (a != engine.stream(3, "y").random(4)).any()


@pytest.mark.parametrize(("workers", "kind"), [(1, "threads"), (2, "threads"), (2, "processes")])
def test_results_come_in_the_order_of_the_jobs(workers, kind):
    jobs = [engine.Job(f"j{i}", (i,)) for i in range(20)]
    heard = []
    found = engine.map_jobs(
        double, jobs, workers=workers, kind=kind, progress=lambda d, t: heard.append((d, t))
    )
    assert found == [2 * i for i in range(20)]
    assert heard[0] == (0, 20)
    assert heard[-1] == (20, 20)


def test_jobs_resume(tmp_path):
    calls = []

    def work(i):
        calls.append(i)
        if i == 3 and len(calls) < 5:
            raise RuntimeError
        return i

    jobs = [engine.Job(f"j{i}", (i,)) for i in range(5)]
    with pytest.raises(RuntimeError):
        engine.map_jobs(work, jobs, workers=1, resume=tmp_path)
    assert engine.map_jobs(work, jobs, workers=1, resume=tmp_path) == [0, 1, 2, 3, 4]
    assert calls == [0, 1, 2, 3, 3, 4]


def test_a_listener_hears_of_jobs_started_inside():
    heard = []
    with engine.telling(lambda d, t: heard.append(d)):
        engine.map_jobs(double, [engine.Job("a", (1,))], workers=1)
    engine.map_jobs(double, [engine.Job("a", (1,))], workers=1)
    assert heard == [0, 1]


def test_equal_names_are_refused():
    with pytest.raises(ValueError):
        engine.map_jobs(double, [engine.Job("a", (1,)), engine.Job("a", (2,))])
