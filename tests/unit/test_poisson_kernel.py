"""The compiled fits against the plain twin, the linear programme and the rank test."""

from __future__ import annotations

import numpy as np
import pytest

import uncounted as uc
from uncounted.estimators import existence, hierarchy
from uncounted.estimators import fits as _fits
from uncounted.kernels import poisson, poisson_numpy
from uncounted.kernels.poisson_single import superset_sums

WANT = {(True, True): poisson.OK, (False, True): poisson.NO_MAXIMUM}


def random_counts(rng, t):
    counts = rng.poisson(rng.choice([0.2, 0.5, 1.0, 3.0]), 1 << t) * rng.choice([1, 1, 40])
    counts[0] = -1
    return counts


@pytest.mark.nojit
def test_fits_equal_the_plain_twin():
    rng = np.random.default_rng(3)
    compared = 0
    for t in (2, 3, 4, 5):
        models = hierarchy.all_models(t, t - 1)
        for _ in range(14):
            counts = random_counts(rng, t)
            if counts[1:].sum() == 0:
                continue
            some = [models[i] for i in rng.choice(len(models), min(12, len(models)), False)]
            fits = _fits.fit(
                _fits.Tables.of(counts), _fits.pack(some), coefficients=True, means=True
            )
            for k, model in enumerate(some):
                if fits.status[k] != poisson.OK:
                    continue
                plain = poisson_numpy.fit(counts.astype(float), np.array([*model, 0]))
                # Both stop at steps near 1e-7; nearly flat fits leave the intercept to about 1e-5.
                loose = 1e-6 * max(1.0, plain.variance)
                assert fits.hidden[k] == pytest.approx(plain.mu[0], rel=loose)
                assert fits.loglik[k] == pytest.approx(plain.loglik, abs=1e-7)
                assert fits.variance[k] == pytest.approx(plain.variance, rel=1e-3)
                assert fits.mu[k, 1:] == pytest.approx(plain.mu[1:], rel=1e-5, abs=1e-6)
                alpha = fits.alpha[k, : len(model)]
                assert (np.isneginf(alpha) == np.isneginf(plain.alpha[:-1])).all()
                compared += 1
    assert compared > 60


@pytest.mark.nojit
def test_status_equals_the_linear_programme_and_the_rank_test():
    rng = np.random.default_rng(11)
    seen = set()
    for t, tables in ((3, 40), (4, 12), (5, 2)):
        models = hierarchy.all_models(t, t - 1)
        for _ in range(tables):
            counts = random_counts(rng, t)
            if counts[1:].sum() == 0:
                continue
            some = [models[i] for i in rng.choice(len(models), min(60, len(models)), False)]
            fits = _fits.fit(_fits.Tables.of(counts), _fits.pack(some))
            for model, status in zip(some, fits.status, strict=True):
                found = existence.check(counts, model)
                want = WANT.get((found.exists, found.identifiable), poisson.NOT_IDENTIFIABLE)
                assert status == want, (counts.tolist(), hierarchy.write(model, t))
                seen.add(int(status))
                live, kept = existence._remaining(counts > 0, model)
                terms = np.array([0, *kept])
                x = (live[None, :] & terms[:, None]) == terms[:, None]
                assert (np.linalg.matrix_rank(x.astype(float)) == len(terms)) == found.identifiable
    assert seen == {poisson.OK, poisson.NO_MAXIMUM, poisson.NOT_IDENTIFIABLE}


@pytest.mark.nojit
def test_two_lists_have_the_textbook_answer():
    counts = np.array([-1, 20, 30, 10])
    fits = _fits.fit(_fits.Tables.of(counts), _fits.pack([(1, 2)]))
    assert fits.hidden[0] == pytest.approx(20 * 30 / 10, rel=1e-9)


@pytest.mark.nojit
def test_the_saturated_model_of_three_lists_has_its_closed_form():
    """n0 = n100 n010 n001 n111 / (n110 n101 n011): Fienberg 1972."""
    counts = np.array([-1, 50, 40, 12, 30, 9, 7, 5])
    fits = _fits.fit(_fits.Tables.of(counts), _fits.pack([(1, 2, 4, 3, 5, 6)]))
    assert fits.hidden[0] == pytest.approx(50 * 40 * 30 * 5 / (12 * 9 * 7), rel=1e-9)


def test_selection_equals_fitting_every_model_to_every_table():
    """What is left early could not have won: exact pruning against brute force."""
    table = uc.published.load("korea-palembang")
    for name, order in (("korea-palembang", 2), ("australia", 3)):
        table = uc.published.load(name)
        rng = np.random.default_rng(5)
        people = table.counts.astype(float)
        people[0] = 0
        draws = rng.multinomial(table.n, people / people.sum(), size=60)
        tables = _fits.Tables.of(draws)
        models = _fits.pack(hierarchy.all_models(table.t, order))
        price = np.log(table.n)
        start = np.full(models.masks.shape, np.nan)
        best = _fits.best_in_each(tables, models, start, price=price, threads=1)
        m, b = np.meshgrid(np.arange(len(models.models)), np.arange(60))
        fits = _fits.fit(tables, models, m.ravel(), b.ravel())
        criterion = price * models.sizes[m.ravel()] - 2 * fits.loglik
        criterion[fits.status != poisson.OK] = np.inf
        criterion = criterion.reshape(60, -1)
        assert best.criterion == pytest.approx(criterion.min(axis=1), rel=1e-8)
        hidden = fits.hidden.reshape(60, -1)[np.arange(60), criterion.argmin(axis=1)]
        # The competing fits stop at a decrement of 1e-9, not 1e-14.
        assert best.hidden == pytest.approx(hidden, rel=1e-4)


def test_threads_and_batches_change_nothing():
    table = uc.published.load("uk2013-5")
    rng = np.random.default_rng(1)
    people = table.counts.astype(float)
    people[0] = 0
    draws = rng.multinomial(table.n, people / people.sum(), size=33)
    models = _fits.pack(hierarchy.all_models(5, 2)[:40])
    start = np.full(models.masks.shape, np.nan)
    a, b = (
        _fits.best_in_each(_fits.Tables.of(draws), models, start, price=8.0, threads=k)
        for k in (1, 2)
    )
    assert (a.hidden == b.hidden).all()
    c = _fits.best_in_each(_fits.Tables.of(draws[:9]), models, start, price=8.0, threads=1)
    assert (a.hidden[:9] == c.hidden).all()


@pytest.mark.nojit
def test_superset_sums_by_definition():
    rng = np.random.default_rng(2)
    values = rng.random((3, 16))
    expected = np.array(
        [[sum(row[w] for w in range(16) if w & s == s) for s in range(16)] for row in values]
    )
    summed = values.copy()
    superset_sums(summed)
    assert summed == pytest.approx(expected)


def test_sixteen_lists_fit():
    rng = np.random.default_rng(4)
    counts = np.zeros(1 << 16, dtype=np.int64)
    chances = rng.uniform(0.05, 0.25, 16)
    masks = ((rng.random((4000, 16)) < chances) << np.arange(16)).sum(axis=1)
    np.add.at(counts, masks, 1)
    counts[0] = -1
    fits = _fits.fit(_fits.Tables.of(counts), _fits.pack([hierarchy.main_effects(16)]))
    n = counts[1:].sum()
    assert fits.status[0] == poisson.OK
    # 4,000 people of whom about 350 are unseen: the estimate errs by some tens.
    assert n + fits.hidden[0] == pytest.approx(4000, abs=120)
