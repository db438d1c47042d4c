"""The shared battery: what every estimator must do, whatever its method."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from uncounted.core.table import OverlapTable
from uncounted.errors import Refusal, TableError
from uncounted.estimators.registry import METHODS, MethodSettings, make

SAMPLERS = {"latent-class", "threshold"}
"""Methods that need seconds: they are run on the smallest table only."""

ALL = [*METHODS, "model:[12,3]"]
DEAR_SAMPLERS = [
    pytest.param(m, marks=[pytest.mark.extended] if m in SAMPLERS else []) for m in ALL
]
"""For tests that run every method several times; `test_figures_are_possible` keeps the threshold."""
QUICK = MethodSettings(bootstrap=60, threads=1)


def small():
    """Three lists whose pairs share different numbers; every method has a figure."""
    return OverlapTable.from_histories(
        ["alpha", "beta", "gamma"],
        {"100": 60, "010": 45, "001": 30, "110": 16, "101": 9, "011": 12, "111": 5},
    )


def wide():
    return OverlapTable.from_histories(
        ["a", "b", "c", "d"],
        {"1000": 90, "0100": 70, "0010": 50, "0001": 40, "1100": 21, "1010": 9, "1001": 4,
         "0110": 11, "0101": 6, "0011": 13, "1110": 4, "1101": 2, "0111": 3, "1111": 1},
    )  # fmt: skip


def tables(method):
    return [small()] if method in SAMPLERS else [small(), wide()]


def run(method, table, seed=3, settings=QUICK):
    return make(method, settings).estimate(table, seed=seed)


def same(a, b):
    assert a.point == b.point
    assert a.interval == b.interval
    assert (a.draws is None) == (b.draws is None)
    if a.draws is not None:
        assert np.array_equal(a.draws, b.draws)


@pytest.mark.parametrize("method", DEAR_SAMPLERS)
def test_order_and_names_of_lists_change_nothing(method):
    for table in tables(method):
        if method.startswith("model:"):
            continue
        order = list(range(table.t))[::-1]
        moved = table.keep(order)
        renamed = OverlapTable.from_histories([f"list {i}" for i in range(table.t)], table.counts)
        first = run(method, table)
        same(first, run(method, moved))
        same(first, run(method, renamed))


@pytest.mark.parametrize("method", DEAR_SAMPLERS)
def test_an_empty_stratum_changes_nothing(method):
    for table in tables(method):
        cells = np.vstack([table.counts, np.zeros_like(table.counts)])
        more = OverlapTable(table.lists, cells, ("all", "nobody here"))
        same(run(method, table), run(method, more))


@pytest.mark.parametrize("method", DEAR_SAMPLERS)
def test_the_same_seed_gives_the_same_draws_and_threads_do_not_matter(method):
    for table in tables(method):
        first = run(method, table)
        same(first, run(method, table))
        same(first, run(method, table, settings=dataclasses.replace(QUICK, threads=2)))


@pytest.mark.parametrize("method", ALL)
def test_no_overlap_refuses_by_name(method):
    apart = OverlapTable.from_histories(["a", "b", "c"], {"100": 30, "010": 40, "001": 20})
    with pytest.raises(Refusal) as caught:
        run(method, apart)
    assert "two lists" in caught.value.message
    assert caught.value.fix
    assert caught.value.exit_status == 4


@pytest.mark.parametrize("method", ALL)
def test_one_list_refuses_by_name(method):
    with pytest.raises(TableError, match="two lists"):
        OverlapTable.from_histories(["a"], {"1": 40})
    one = OverlapTable.from_histories(["a", "b", "c"], {"100": 40})
    with pytest.raises(Refusal, match=r"[Oo]ne list|second list"):
        run(method, one)


@pytest.mark.parametrize(
    "method",
    [pytest.param(m, marks=[pytest.mark.extended] if m == "latent-class" else []) for m in ALL],
)
def test_figures_are_possible(method):
    for table in tables(method):
        e = run(method, table)
        assert e.method == method
        assert e.observed == table.n
        assert e.point >= table.n
        assert math.isfinite(e.point)
        if e.interval is not None:
            assert e.interval.lower <= e.interval.upper
            assert e.interval.lower >= table.n
            assert e.interval.level == 0.95
        if e.draws is not None:
            assert (e.draws >= table.n - 1e-9).all()
        assert all(str(c).endswith(".") for c in e.caveats)


@pytest.mark.parametrize("method", ALL)
def test_settings_are_frozen(method):
    estimator = make(method)
    field = dataclasses.fields(estimator)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(estimator, field, None)
