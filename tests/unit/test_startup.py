"""What a command imports (no clock: what is not imported takes no time), and what stands in for it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest

import uncounted as uc
from uncounted.estimators import fits as _fits
from uncounted.estimators import hierarchy
from uncounted.kernels import kept, poisson, special
from uncounted.kernels.poisson_single import fit_single

ASK = """
import sys
from uncounted.cli import main
try:
    main({words!r})
except SystemExit as stop:
    assert not stop.code, stop.code
print("\\n" + " ".join(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def imported(*words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(words=list(words))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    first, _, last = done.stdout.strip().rpartition("\n")
    assert json.loads(first)["ok"]
    return set(last.split())


HEAVY = {"numba", "llvmlite", "scipy", "altair", "duckdb", "jinja2", "pydantic", "rich", "narwhals"}


def test_a_list_of_tables_needs_no_arrays():
    assert not imported("published", "--json") & (HEAVY | {"numpy"})


def test_one_fit_needs_no_compiler():
    words = ("estimate", "uk2013-5", "--method", "main", "--bootstrap", "0", "--json")
    found = imported(*words)
    assert not found & (HEAVY | {"multiprocessing", "concurrent"})
    assert "numpy" in found


KEPT = pytest.mark.skipif(not kept.wanted(), reason="kept machine code is for Linux on x86-64")


@KEPT
@pytest.mark.parametrize(
    "method", ["main --bootstrap 10", "bic --bootstrap 10", "stepwise --bootstrap 10", "graphs"]
)
def test_resamples_need_no_compiler_once_it_was_used(method):
    words = ("estimate", "uk2013-5", "--method", *method.split(), "--json")
    imported(*words)
    found = imported(*words)
    assert "llvmlite" in found
    assert not found & (HEAVY - {"llvmlite"})


@KEPT
def test_the_whole_verdict_needs_no_compiler_once_it_was_used():
    words = ("assess", "uk2013-5", "--json")
    imported(*words)
    assert not imported(*words) & {"numba", "scipy"}


PROGRAM = """
import sys
from uncounted.cli import main
sys.argv = ["uncounted", *{words!r}]
try:
    main()
except SystemExit as stop:
    assert not stop.code or stop.code == 4, stop.code
print("\\n" + " ".join(sorted(sys.modules)))
import scipy.linalg.cython_blas, yaml  # whoever wants them later gets them
"""


def test_the_program_loads_the_compiler_alone():
    words = ["estimate", "uk2013-5", "--method", "consensus", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(words=words)],
        capture_output=True, text=True, check=True, env={**os.environ, "UNCOUNTED_KEPT_KERNELS": "0"},
    )  # fmt: skip
    first, _, last = done.stdout.strip().rpartition("\n")
    found = set(last.split())
    assert json.loads(first)["ok"] and "numba.np.arraymath" in found
    assert not found & {"scipy.linalg", "scipy.special", "scipy.optimize", "cffi", "yaml"}


def test_every_method_of_assess_works_without_scipys_functions():
    words = ["assess", "uk2013-5", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(words=words)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    first, _, last = done.stdout.strip().rpartition("\n")
    methods = [e["method"] for e in json.loads(first)["estimates"]]
    assert "stepwise" in methods and "threshold" in methods and "latent-class" not in methods
    assert not set(last.split()) & {"scipy.special", "scipy.optimize", "altair", "duckdb"}


def test_single_fits_are_the_kernels_to_the_last_bit():
    rng = np.random.default_rng(5)
    seen = set()
    for t in (2, 3, 4, 5):
        models = hierarchy.all_models(t, t - 1)
        for _ in range(12):
            counts = rng.poisson(rng.choice([0.3, 1.0, 30.0]), 1 << t)
            if not counts[1:].sum():
                continue
            for zero in (-1.0, 0.0, 12.5):
                tables = _fits.Tables.of(counts, np.array([zero]))
                for i in rng.choice(len(models), min(6, len(models)), False):
                    packed = _fits.pack([models[i]])
                    start = np.zeros(packed.masks.shape)
                    fits = poisson.PairFits(
                        np.zeros(start.shape), np.zeros(1, np.int8), np.zeros(1), np.zeros(1),
                        np.zeros((1, 1 << t)),
                    )  # fmt: skip
                    none = np.zeros(1, np.int64)
                    poisson.fit_pairs(
                        poisson.Counts(tables.counts, tables.margins, tables.zero),
                        poisson.Models(packed.masks, packed.sizes, start, np.zeros(1, np.bool_)),
                        poisson.Pairs(none, none),
                        1e-14,
                        fits,
                    )
                    alpha, status, loglik, variance, mu = fits
                    single = fit_single(
                        tables.counts[0], tables.margins[0], zero, [*models[i], 0], None, 1e-14
                    )
                    assert single.status == status[0]
                    # Bit by bit: which of the two is used must never show.
                    assert np.array_equal(single.alpha, alpha[0], equal_nan=True)
                    figures = [loglik[0], variance[0]]
                    assert np.array_equal([single.loglik, single.variance], figures, equal_nan=True)
                    assert np.array_equal(single.mu, mu[0], equal_nan=True)
                    seen.add(single.status)
    assert seen >= {poisson.OK, poisson.NO_MAXIMUM, poisson.NOT_IDENTIFIABLE}


def test_special_functions_are_scipys():
    from scipy import special as theirs

    p = [1e-12, 0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 1 - 1e-9]
    # 1e-12: what a shown figure can use of them is far less
    close = {"rel": 1e-12, "abs": 1e-14}
    assert [special.normal_quantile(x) for x in p] == pytest.approx(theirs.ndtri(p), **close)
    assert (special.normal_quantile(0.0), special.normal_quantile(1.0)) == (-math.inf, math.inf)
    z = np.linspace(-8, 8, 33)
    assert [special.normal_cdf(x) for x in z] == pytest.approx(theirs.ndtr(z), rel=1e-12)
    tails = [0.5, 0.05, 0.01, 1e-6]
    assert [special.chi_square_1(x) for x in tails] == pytest.approx(
        theirs.chdtri(1, tails), rel=1e-12
    )
    np.testing.assert_allclose(special.normal_cdfs(z), theirs.ndtr(z), rtol=1e-12)
    np.testing.assert_allclose(special.normal_quantiles(np.array(p)), theirs.ndtri(p), rtol=1e-12)
    for a, b in [(1.0, 1.0), (0.5, 3.0), (40.0, 2.0), (1000.3, 77.0), (1.0, 5000.0)]:
        at = np.array([1e-4, 0.02, a / (a + b), 0.5, 0.97])
        # 2e-11: log-gammas of thousands are subtracted, here and in scipy
        np.testing.assert_allclose(
            [special.beta_cdf(v, a, b) for v in at],
            theirs.betainc(a, b, at),
            rtol=2e-11,
            atol=1e-300,
        )
    x = np.concatenate((np.geomspace(1e-3, 1e9, 400), [1.0, 2.0, 1.4616321449683622]))
    np.testing.assert_allclose(special.log_gamma(x), theirs.gammaln(x), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(special.digamma(x), theirs.digamma(x), rtol=1e-12, atol=1e-13)


def test_poisson_tails_are_scipys():
    from scipy.special import pdtr, pdtrc

    rng = np.random.default_rng(2)
    mean = np.concatenate((np.geomspace(1e-4, 9e4, 400), np.zeros(3)))
    count = np.concatenate((rng.poisson(mean[:200]), rng.poisson(mean[200:-3] * 1.02), [0, 1, 7]))
    want = np.minimum(pdtr(count, mean), np.where(count > 0, pdtrc(count - 1, mean), 1.0))
    # scipy's own tails are right to a few 1e-13 at means of 1e4; a selection compares with 0.02
    np.testing.assert_allclose(special.poisson_tail(count, mean), want, rtol=2e-11, atol=1e-300)
    far = special.poisson_tail(np.array([3e5]), np.array([2.99e5]))
    assert far == pytest.approx(pdtrc(3e5 - 1, 2.99e5))


def test_published_outlines_are_the_tables():
    for entry in uc.published.catalogue():
        table = uc.published.load(entry.name)
        assert uc.published.outline(entry) == (table.lists, table.n)


def test_roots_lie_where_the_sign_changes():
    from uncounted.estimators._roots import root_between, roots_between

    want = np.array([1e-9, 0.3, 7.0, 123.456])
    asked = []

    def f(x):
        asked.append(1)
        return np.sign(x - want) * np.abs(x - want) ** np.array([1.0, 3.0, 0.5, 1.0])

    ends = np.zeros(4), np.full(4, 1e3)
    found = roots_between(f, *ends, f(ends[0]), f(ends[1]))
    np.testing.assert_allclose(found, want, rtol=1e-4, atol=1e-10)  # the cube is flat at its root
    assert len(asked) < 120
    # A value of minus infinity counts by its sign; without a change of sign the nearer end is given.
    assert root_between(lambda x: x - 2.0 if x > 1.0 else -math.inf, 0.0, 9.0) == pytest.approx(2.0)
    assert root_between(lambda x: x + 1.0, 0.0, 9.0) == 0.0


def test_scores_of_ranks_are_scipys():
    from scipy.special import ndtri

    from uncounted.estimators.mcmc import _rank_normal

    x = np.random.default_rng(3).normal(size=(4, 51))
    x[0, :3] = x[1, 0]  # tied: average ranks, a whole number and a half
    ranks = np.array([[(x < v).sum() + ((x == v).sum() + 1) / 2 for v in row] for row in x])
    np.testing.assert_allclose(
        _rank_normal(x), ndtri((ranks - 0.375) / (x.size + 0.25)), rtol=1e-12, atol=1e-13
    )
