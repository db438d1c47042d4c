"""Ranks, shares and ledgers under random input."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uncounted.claims.ledger import LedgerError, load_ledger, parse_ledger
from uncounted.errors import InputError
from uncounted.ranks import rank_counts, rank_estimates, rank_intervals
from uncounted.shares.posterior import shares

COUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.randoms(use_true_random=False), st.booleans())
def test_ranks_do_not_depend_on_the_order_of_rows(counts, random, simultaneous):
    order = list(range(len(counts)))
    random.shuffle(order)
    a = rank_counts(counts, simultaneous=simultaneous)
    b = rank_counts([counts[i] for i in order], simultaneous=simultaneous)
    # Ties too: of equal p-values Holm rejects all or none, since its threshold rises from step to step.
    got = [(s.lower, s.upper) for s in b.sets]
    assert [(a.sets[i].lower, a.sets[i].upper) for i in order] == got


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from([0.5, 0.9, 0.99]))
def test_sets_hold_the_observed_rank_and_tiers_hold_the_sets(counts, level):
    x = np.array(counts)
    best = 1 + (x[None, :] > x[:, None]).sum(axis=1)
    for simultaneous in (True, False):
        r = rank_counts(counts, simultaneous=simultaneous, level=level)
        assert ((r.lower >= 1) & (r.lower <= best) & (best <= r.upper) & (r.upper <= x.size)).all()
    r = rank_counts(counts, level=level)
    assert not (r.above & r.above.T).any()
    at, start = {s.name: s for s in r.sets}, 0
    for tier in r.tiers:
        for name in tier:
            assert start < at[name].lower <= at[name].upper <= start + len(tier)
        start += len(tier)
    assert start == x.size


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_a_higher_level_is_never_narrower(counts):
    a, b = rank_counts(counts, level=0.8), rank_counts(counts, level=0.99)
    assert (b.lower <= a.lower).all() and (b.upper >= a.upper).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    st.floats(1e-3, 1e3),
    st.floats(-1e5, 1e5),
)
def test_stepdown_is_unmoved_by_shift_and_scale(values, scale, shift):
    x = np.array(values)
    se = np.full(x.size, 1e3)
    a = rank_estimates(x, se, draws=500)
    b = rank_estimates(x * scale + shift, se * scale, draws=500)
    # Rounding can move a pair only where its statistic lies on the critical value.
    assert np.abs(a.lower - b.lower).max() <= 1 and np.abs(a.upper - b.upper).max() <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(0, 5)), min_size=1, max_size=10))
def test_joint_sets_hold_the_rank_of_every_point_inside(pairs):
    low = np.array([a for a, _ in pairs])
    high = low + np.array([b for _, b in pairs])
    r = rank_intervals(low, high)
    inside = low + (high - low) * np.linspace(0.01, 0.99, low.size)
    best = 1 + (inside[None, :] > inside[:, None]).sum(axis=1)
    worst = low.size - (inside[None, :] < inside[:, None]).sum(axis=1)
    assert (r.lower <= worst).all() and (r.upper >= best).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=10).filter(lambda c: sum(c) > 0))
def test_shares_add_to_one_and_lie_in_their_intervals(counts):
    found = shares(counts)
    assert sum(s.range_lower for s in found.shares) == pytest.approx(1.0)
    for s in found.shares:
        assert 0 <= s.interval.lower <= s.range_lower <= s.range_upper <= s.interval.upper <= 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_ledger_or_a_clear_error(text):
    with contextlib.suppress(LedgerError):
        parse_ledger(text)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        ["id", "says", "by", "date", "where", "counts", "value", "evidence", "see", "secondary"]
    ),
    JUNK,
)
def test_junk_in_any_field_is_a_clear_error(field, junk):
    from pydantic import ValidationError

    from uncounted.claims.ledger import _File, _first

    claim = load_ledger().claims[0].model_dump()
    claim["id"], claim["see"] = "c", []
    try:
        _File.model_validate({"claim": [{**claim, field: junk}]})
    except ValidationError as error:
        assert "claim 1" in _first(error)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(), max_size=5))
def test_odd_numbers_are_refused_or_ranked(values):
    with contextlib.suppress(InputError):
        r = rank_counts(values)
        assert len(r.sets) == len(values)
