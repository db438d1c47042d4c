"""The sampler behind strata, against brute force."""

import numpy as np
import pytest

from uncounted.errors import InputError
from uncounted.estimators import hierarchical as h
from uncounted.estimators.hierarchical import PoolingPrior, sample_strata


def model_of(t=3, strata=3, seed=0, spread=0.5, blind=(), unknown=None):
    rng = np.random.default_rng(seed)
    known = rng.integers(0, 30, (strata, 1 << t))
    sees = np.ones((strata, t), dtype=bool)
    masks = np.arange(1 << t)
    for s, i in blind:
        sees[s, i] = False
        known[s, (masks >> i & 1) == 1] = 0
    unknown = np.zeros(1 << t, dtype=np.int64) if unknown is None else unknown
    pairs = t * (t - 1) // 2 if t > 2 else 0
    return h._model(known, sees, unknown, PoolingPrior(), spread, pairs), known, sees


def log_posterior_by_hand(known, sees, spread, theta, shared):
    """Sum over cells and parameters, one at a time; no arrays."""
    t = sees.shape[1]
    total = 0.0
    pairs = [(i, j) for i in range(t) for j in range(i + 1, t)] if t > 2 else []
    for s in range(len(known)):
        for mask in range(1, 1 << t):
            on = [i for i in range(t) if mask >> i & 1]
            if any(not sees[s, i] for i in on):
                continue
            eta = theta[s, 0] + sum(theta[s, 1 + i] for i in on)
            eta += sum(theta[s, 1 + t + k] for k, (i, j) in enumerate(pairs) if i in on and j in on)
            total += known[s, mask] * eta - np.exp(eta)
        for i in range(t):
            if sees[s, i]:
                total -= (theta[s, 1 + i] - shared[i]) ** 2 / (2 * 1.5**2)
            else:
                total -= theta[s, 1 + i] ** 2 / 2
        for k, (i, j) in enumerate(pairs):
            if sees[s, i] and sees[s, j]:
                total -= (theta[s, 1 + t + k] - shared[t + k]) ** 2 / (2 * spread**2)
            else:
                total -= theta[s, 1 + t + k] ** 2 / 2
    total -= sum(x**2 for x in shared[:t]) / 50 + sum(x**2 for x in shared[t:]) / 2
    return total


@pytest.mark.parametrize("t", [2, 3, 4])
def test_log_posterior_gradient_and_precision(t):
    model, known, sees = model_of(t, blind=[(1, 0)])
    rng = np.random.default_rng(1)
    theta = rng.normal(0.5, 0.5, (3, model.width))
    shared = rng.normal(0, 0.5, model.width - 1)
    value = float(h._log_posterior(model, theta, shared, model.known))
    assert value == pytest.approx(log_posterior_by_hand(known, sees, 0.5, theta, shared))
    by_theta, by_shared = h._gradient(model, theta, shared, model.known)
    slope = np.concatenate([by_theta.ravel(), by_shared])
    where = np.concatenate([theta.ravel(), shared])

    def at(x):
        cut = theta.size
        return h._gradient(model, x[:cut].reshape(theta.shape), x[cut:], model.known)

    def value_at(x):
        cut = theta.size
        parts = x[:cut].reshape(theta.shape), x[cut:]
        return float(h._log_posterior(model, *parts, model.known))

    step = 1e-5
    numeric = np.empty_like(slope)
    curve = np.empty((slope.size, slope.size))
    for k in range(slope.size):
        e = np.zeros_like(where)
        e[k] = step
        numeric[k] = (value_at(where + e) - value_at(where - e)) / (2 * step)
        up, down = at(where + e), at(where - e)
        curve[k] = (
            np.concatenate([up[0].ravel(), up[1]]) - np.concatenate([down[0].ravel(), down[1]])
        ) / (2 * step)
    # Central differences: relative error about 1e-8 of the value, here up to a few thousand.
    assert slope == pytest.approx(numeric, rel=1e-4, abs=1e-3)
    assert -curve == pytest.approx(h._precision(model, theta), rel=1e-4, abs=1e-3)


def test_mode_is_a_maximum():
    model, _, _ = model_of(3)
    mode, lower, _ = h._mode(model)
    theta = mode[: 3 * model.width].reshape(3, -1)
    slope = h._gradient(model, theta, mode[3 * model.width :], model.known)
    # Newton stops when no parameter moves by more than 1e-6.
    assert np.abs(slope[0]).max() < 1e-3 and np.abs(slope[1]).max() < 1e-3
    assert lower.shape == (mode.size, mode.size)


def test_draws_equal_importance_sampling():
    """Two lists, two strata, 8 parameters: independent draws weighted by the hand-written posterior."""
    known = np.array([[0, 40, 30, 12], [0, 12, 9, 4]])
    sees = np.ones((2, 2), dtype=bool)
    model = h._model(known, sees, np.zeros(4, dtype=np.int64), PoolingPrior(), 0.1, 0)
    mode, lower, _ = h._mode(model)
    rng = np.random.default_rng(3)
    size, df = 60_000, 6
    z = rng.standard_normal((size, 8)) / np.sqrt(rng.chisquare(df, size) / df)[:, None]
    x = mode + z @ np.linalg.inv(lower)
    target = np.array(
        [
            log_posterior_by_hand(known, sees, 0.1, row[:6].reshape(2, 3), row[6:])
            for row in x[:20_000]
        ]
    )
    proposal = -0.5 * (df + 8) * np.log1p((z[:20_000] ** 2).sum(axis=1) / df)
    weight = np.exp(target - proposal - (target - proposal).max())
    weight /= weight.sum()
    assert 1 / (weight**2).sum() > 3000  # enough effective draws to compare with
    got = sample_strata(
        known,
        sees,
        np.zeros(4, dtype=np.int64),
        prior=PoolingPrior(),
        draws=4000,
        sets=1,
        seed=1,
    )
    for k in range(2):
        mean = float(weight @ np.exp(x[:20_000, 3 * k]))
        logs = np.log(got.hidden[:, k] + 0.5)
        order = np.argsort(x[:20_000, 3 * k])
        for q in (0.1, 0.5, 0.9):
            a = x[:20_000, 3 * k][order][np.searchsorted(np.cumsum(weight[order]), q)]
            # The hidden count adds Poisson noise to exp(a): small beside the spread of a here.
            # Both sides have Monte Carlo errors of about 2% of a standard deviation (0.4).
            assert np.quantile(logs, q) == pytest.approx(a, abs=0.12)
        assert got.hidden[:, k].mean() == pytest.approx(mean, rel=0.12)


def test_labels_follow_the_means_and_never_enter_a_blind_cell():
    unknown = np.array([0, 20, 30, 9, 5, 0, 4, 0])
    _, known, sees = model_of(3, blind=[(1, 0)], unknown=unknown)
    got = sample_strata(
        known, sees, unknown, prior=PoolingPrior(spreads=(0.2,)), draws=800, sets=50, seed=2
    )
    assert (got.filled.sum(axis=1) == unknown.sum()).all()
    added = got.completed - np.where(np.arange(8) == 0, 0, known)
    assert (added.sum(axis=1)[:, 1:] == unknown[1:]).all()
    masks = np.arange(8)
    assert (added[:, 1][:, (masks & 1) == 1] == 0).all()
    assert (added >= 0).all()


def test_seed_and_settings():
    _, known, sees = model_of(3)
    none = np.zeros(8, dtype=np.int64)
    one = sample_strata(
        known, sees, none, prior=PoolingPrior(spreads=(0.2, 0.4)), draws=100, sets=1, seed=5
    )
    two = sample_strata(
        known, sees, none, prior=PoolingPrior(spreads=(0.2, 0.4)), draws=100, sets=1, seed=5
    )
    assert (one.hidden == two.hidden).all()
    assert one.weights.sum() == pytest.approx(1)
    for bad in ({"pair_sd": 0}, {"main_sd": -1}, {"spreads": ()}, {"spreads": (0.1, np.inf)}):
        with pytest.raises(InputError):
            PoolingPrior(**bad)


def test_counts_in_ranges_are_drawn_as_likely_as_they_are():
    """Against the evidence of every completion, each by Laplace at its own mode."""
    from scipy.special import gammaln

    from uncounted.estimators import hierarchical

    cells = np.array([[0, 60, 50, 9, 40, 7, 6, 0], [0, 30, 20, 4, 25, 3, 0, 1]])
    most = cells.copy()
    most[0, 7], most[1, 6] = 5, 6
    sees = np.ones((2, 3), dtype=np.bool_)
    prior = PoolingPrior(spreads=(0.4,))
    blank = np.zeros(8, dtype=np.int64)
    got = sample_strata(cells, sees, blank, prior=prior, draws=6000, sets=6000, seed=1, most=most)
    drawn = got.completed[:, [0, 1], [7, 6]]
    log = np.zeros((6, 7))
    for a in range(6):
        for b in range(7):
            full = cells.copy()
            full[0, 7], full[1, 6] = a, b
            model = hierarchical._model(full, full, sees, blank, prior, 0.4, 3)
            log[a, b] = hierarchical._mode(model)[2] - gammaln(full + 1.0).sum()
    chance = np.exp(log - log.max())
    chance /= chance.sum()
    # Laplace's evidence of so small counts errs by a few hundredths; draws of a chain by one or two.
    for k, margin in ((0, chance.sum(axis=1)), (1, chance.sum(axis=0))):
        often = np.bincount(drawn[:, k], minlength=margin.size) / len(drawn)
        assert often == pytest.approx(margin, abs=0.05)
        assert (got.beyond[:, k] <= most[k].sum() - cells[k].sum()).all()
    assert np.corrcoef(drawn.T)[0, 1] > -0.5


def test_poisson_within_ranges():
    from scipy.stats import poisson

    from uncounted.core.censored import UNBOUNDED
    from uncounted.estimators.completions import poisson_within

    low = np.array([0, 3, 0, 5, 90])
    high = np.array([4, 7, UNBOUNDED, UNBOUNDED, 100])
    mean = np.array([6.0, 0.5, 8.0, 1.0, 20.0])
    drawn = poisson_within(np.tile(mean, (40_000, 1)), low, high, np.random.default_rng(3))
    for k, m in enumerate(mean):
        x = np.arange(low[k], min(high[k], 400) + 1)
        p = poisson.pmf(x, m)
        p /= p.sum()
        often = np.bincount(drawn[:, k] - low[k], minlength=x.size) / len(drawn)
        # Four standard errors of a share of 40,000.
        assert np.abs(often[: x.size] - p).max() < 0.01
        assert drawn[:, k].min() >= low[k] and drawn[:, k].max() <= high[k]
