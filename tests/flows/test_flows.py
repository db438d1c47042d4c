"""Flows and gravity: published figures, exact algebra, and what imputation must do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from uncounted.errors import InputError, NotSupported
from uncounted.flows.estimated import (
    detected_flows,
    estimated_flows,
    estimated_flows_from_prior,
    origin_shares,
)
from uncounted.flows.fitting import _truncated, scale_to_margins
from uncounted.flows.gravity import fit_gravity, implausible_cells
from uncounted.flows.two_way import fit_two_way, leave_one_out
from uncounted.places.covariates import gdp_per_head, pairs
from uncounted.sources.detected_flows import DetectedFlows
from uncounted.sources.unodc import read_unodc


@pytest.fixture(scope="module")
def everything():
    return detected_flows(read_unodc())


@pytest.fixture(scope="module")
def fitted(everything):
    return fit_gravity(everything, imputations=2)


def test_old_codes_do_not_lose_romania():
    # CEPII writes ROM, ZAR, TMP; a naive join would leave these unknown
    assert pairs(
        ["ROU", "COD", "TLS", "PSE", "SRB"], ["CZE", "ZAF", "IDN", "ISR", "DEU"]
    ).known.all()
    assert pairs(["ROU"], ["HUN"], names=["contiguity"]).values[0, 0] == 1.0
    assert gdp_per_head("MEX", 2010) > gdp_per_head("SLV", 2010)
    assert np.isnan(gdp_per_head("XXX"))


def test_gravity_gives_the_published_figures(fitted):
    assert fitted.pairs == 20_924
    wanted = {
        "distance": (-1.62, 0.19),
        "contiguity": (0.72, 0.35),
        "language": (0.29, 0.39),
        "colony": (0.37, 0.32),
    }
    for name, (estimate, se) in wanted.items():
        found = fitted.midpoint[name]
        # published to two decimals
        assert round(found.estimate, 2) == estimate
        assert round(found.se, 2) == se
    assert fitted.imputed is not None
    # imputed counts are smaller than their midpoint, most of all far away, so distance bites more
    assert fitted.imputed["distance"].estimate < fitted.midpoint["distance"].estimate


@pytest.mark.parametrize("place", [0, 1, 2])
def test_gravity_is_the_stored_fit_of_pyfixest(everything, place):
    path = Path(__file__).parents[1] / "reference" / "gravity_pyfixest.json"
    want = json.loads(path.read_text(encoding="utf-8"))["fits"][place]
    found = fit_gravity(everything, distance=want["distance"], imputations=0).midpoint
    assert [c.estimate for c in found.coefficients] == pytest.approx(want["estimate"], rel=1e-9)
    # pyfixest takes the effects out by turns until they move by 1e-6, ours by one linear system
    assert [c.se for c in found.coefficients] == pytest.approx(want["se"], rel=2e-6)
    # ours is from residuals that leave their own pair out, so it is the wider of the two
    assert all(c.wide_se > w for c, w in zip(found.coefficients, want["wide_se"], strict=True))
    np.testing.assert_allclose(found.covariance, want["covariance"], rtol=1e-5, atol=1e-7)


def _sparse(seed, shape=(12, 9)):
    """Counts of very unequal cells, some of them not used."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(*shape, 2))
    used = rng.random(shape) < 0.85
    mean = np.exp(1.0 + x @ [0.8, -0.3] + rng.normal(0, 1, (shape[0], 1)))
    return np.where(used, rng.poisson(mean * rng.gamma(1.0, 1.0, shape)), 0.0), x, used


def test_leverages_are_the_hat_matrix_of_the_weighted_fit():
    y, x, used = _sparse(1)
    found = fit_two_way(y, x, used)
    place = np.argwhere(used)
    design = np.zeros((len(place), 12 + 9 + 2))
    design[np.arange(len(place)), place[:, 0]] = 1
    design[np.arange(len(place)), 12 + place[:, 1]] = 1
    design[:, -2:] = x[used]
    root = np.sqrt(found.mean[used])[:, None] * design
    hat = np.diag(root @ np.linalg.pinv(root.T @ root) @ root.T)
    np.testing.assert_allclose(found.leverage[used], np.minimum(hat, 0.95), atol=1e-8)
    error = root * ((y - found.mean)[used] / np.sqrt(found.mean[used]) / (1 - hat))[:, None]
    bread = np.linalg.pinv(root.T @ root)
    np.testing.assert_allclose(
        found.apart, (bread @ error.T @ error @ bread)[-2:, -2:], rtol=1e-6
    )  # the design lacks one rank, which the covariates' part does not see


@pytest.mark.parametrize("turn", [False, True])
def test_leaving_one_out_is_a_newton_step_of_the_fit_without_it(turn):
    y, x, used = _sparse(2)
    if turn:
        y, x, used = y.T.copy(), x.transpose(1, 0, 2).copy(), used.T.copy()
    found = fit_two_way(y, x, used)
    by_rows, by_columns = leave_one_out(y, x, found)
    for axis, ours in ((0, by_rows), (1, by_columns)):
        exact = []
        for gone in range(used.shape[axis]):
            keep = np.delete(np.arange(used.shape[axis]), gone)
            exact.append(
                fit_two_way(
                    y.take(keep, axis), x.take(keep, axis), used.take(keep, axis)
                ).beta - found.beta
            )  # fmt: skip
        m = len(exact)
        # one step instead of the whole way: the variance differs by a quarter at most on these
        np.testing.assert_allclose(ours, (m - 1) / m * np.square(exact).sum(axis=0), rtol=0.25)


def test_two_way_leaves_out_what_says_nothing_and_names_what_does_not_vary():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(9, 8, 2))
    y = rng.poisson(np.exp(1 + 0.5 * x[..., 0])).astype(float)
    used = np.ones((9, 8), dtype=bool)
    plain = fit_two_way(y, x, used)
    # A country without a count, and one with a single pair, change nothing.
    more = np.pad(used, ((0, 2), (0, 0)))
    more[9], more[10, 3] = True, True
    wide = fit_two_way(
        np.vstack((y, np.zeros((1, 8)), np.full((1, 8), 3.0))),
        np.pad(x, ((0, 2), (0, 0), (0, 0))),
        more,
    )
    np.testing.assert_allclose(wide.beta, plain.beta, rtol=1e-9)
    x[..., 1] = np.arange(9)[:, None] + np.arange(8)
    assert fit_two_way(y, x, used) == (1,)


@pytest.mark.parametrize(("distance", "estimate"), [("dist", -1.50), ("distw", -1.80)])
def test_gravity_with_other_distances(everything, distance, estimate):
    found = fit_gravity(everything, distance=distance, imputations=0)
    assert round(found.midpoint["distance"].estimate, 2) == estimate


def test_fitted_margins_equal_the_observed_ones(fitted):
    # first-order conditions of Poisson pseudo-likelihood with effects of both countries
    mean = np.nan_to_num(fitted.expected())
    np.testing.assert_allclose(
        mean.sum(axis=0), fitted.margins_origin.mean(axis=0), rtol=1e-3, atol=1e-3
    )


def test_draws_are_reproducible_and_surround_the_fit(fitted):
    draws = fitted.draws(40, seed=3)
    np.testing.assert_array_equal(draws, fitted.draws(40, seed=3))
    d, o = fitted.destinations.index("USA"), fitted.origins.index("MEX")
    assert draws[:, d, o].min() < fitted.expected()[d, o] < draws[:, d, o].max()


def test_miskeyed_counts_are_flagged_not_removed(everything, fitted):
    flagged = {(f.destination, f.origin, f.year) for f in implausible_cells(everything, fitted)}
    assert {("USA", "BWA", 2017), ("USA", "HKG", 2017), ("USA", "HKG", 2018)} <= flagged
    assert ("USA", "MEX", 2014) not in flagged
    assert len(flagged) < 60  # of about 700 counts of twenty or more
    assert (
        int(
            everything.lower[(everything.destination == "USA") & (everything.origin == "BWA")].sum()
        )
        > 400
    )


def test_scaling_to_margins_is_exact():
    rng = np.random.default_rng(1)
    kernel = rng.random((4, 5))
    rows, columns = rng.random(4), rng.random(5)
    columns *= rows.sum() / columns.sum()
    out = scale_to_margins(kernel, rows, columns, tolerance=1e-13)
    np.testing.assert_allclose(out.sum(axis=1), rows, rtol=1e-9)
    np.testing.assert_allclose(out.sum(axis=0), columns, rtol=1e-9)
    # odds ratios stay those of the kernel
    assert out[0, 0] * out[1, 1] / (out[0, 1] * out[1, 0]) == pytest.approx(
        kernel[0, 0] * kernel[1, 1] / (kernel[0, 1] * kernel[1, 0])
    )


def test_truncated_poisson_has_the_exact_mean():
    rng = np.random.default_rng(0)
    for rate in (0.01, 0.8, 5.0, 60.0):
        weight = np.array([rate**j / np.prod(np.arange(1, j + 1)) for j in range(1, 5)])
        mean = (weight * np.arange(1, 5)).sum() / weight.sum()
        n = 40_000
        drawn = _truncated(np.full(n, rate), np.full(n, 1), np.full(n, 4), rng)
        assert set(np.unique(drawn)) <= {1.0, 2.0, 3.0, 4.0}
        assert drawn.mean() == pytest.approx(mean, abs=0.03)  # six standard errors of the mean


def simulated(seed: int, years: int = 4):
    """Make flows with a known distance effect of -1.5, published with "<5"."""
    rng = np.random.default_rng(seed)
    codes = ["AUT", "BEL", "BGR", "CIV", "CZE", "DEU", "DZA", "EGY", "ESP", "FRA", "GHA", "GRC",
             "HUN", "ITA", "MAR", "NGA", "NLD", "POL", "PRT", "ROU", "SEN", "TUN", "TUR", "UKR"]  # fmt: skip
    d, o = (x.ravel() for x in np.meshgrid(codes, codes, indexing="ij"))
    x = pairs(o, d, names=["distance"]).values[:, 0]
    keep = d != o
    d, o, x = d[keep], o[keep], x[keep]
    a = dict(zip(codes, rng.normal(0, 0.7, len(codes)), strict=True))
    b = dict(zip(codes, rng.normal(0, 0.7, len(codes)), strict=True))
    rate = np.exp([12.0 - 1.5 * xi + a[i] + b[j] for xi, i, j in zip(x, d, o, strict=True)]) / years
    rows = []
    truth = 0
    for year in range(2010, 2010 + years):
        y = rng.poisson(rate)
        for i in np.flatnonzero(y):
            small = y[i] < 5
            truth += int(y[i]) if small else 0
            rows.append((d[i], o[i], year, 1 if small else y[i], 4 if small else y[i]))
    dd, oo, yy, lo, hi = zip(*rows, strict=True)
    flows = DetectedFlows(
        np.array(dd), np.array(oo), np.array(yy), np.array(lo), np.array(hi), "made up"
    )
    return flows, truth


def test_imputation_is_unbiased_where_midpoints_are_not():
    flows, truth = simulated(5)
    model = fit_gravity(flows, covariates=["distance"], imputations=6)
    small = flows.censored
    sure = int(flows.lower[~small].sum())
    imputed = model.margins_origin.sum(axis=1).mean() - sure
    midpoint = 2.5 * small.sum()
    # about 900 small cells: the imputed sum has a Monte Carlo error of about 2%
    assert abs(imputed / truth - 1) < 0.05
    assert midpoint / truth > 1.15
    assert model.imputed is not None
    truth_beta = -1.5
    assert abs(model.imputed["distance"].estimate - truth_beta) < abs(
        model.midpoint["distance"].estimate - truth_beta
    )


def test_gravity_refuses_one_destination(everything):
    only = everything.take(everything.destination == "USA")
    with pytest.raises(NotSupported, match="several of each"):
        fit_gravity(only)


def test_filters_say_not_listed():
    with pytest.raises(InputError, match="not listed, which is not zero"):
        detected_flows(read_unodc(), years=[1999])
    with pytest.raises(InputError, match="no region"):
        detected_flows(read_unodc(), region="Mars")


def test_estimated_flows_join_population_to_shares():
    rng = np.random.default_rng(0)
    flows = detected_flows(read_unodc(), destinations=["GBR"], cross_border=False)
    names, shares = origin_shares(flows, size=300, rng=rng)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    population = rng.normal(10_000, 500, 1000)
    found = estimated_flows(population, names, shares, population_of="N", shares_of="S", rng=rng)
    # the origins of a draw add to that draw's population
    np.testing.assert_allclose(np.sort(found.draws.sum(axis=1)), np.sort(population))
    assert str(found.basis).startswith("estimated: N, joined to the shares")
    with pytest.raises(NotSupported, match="upper bound"):
        estimated_flows(
            np.array([np.inf, 1.0]), names, shares, population_of="N", shares_of="S", rng=rng
        )
    with pytest.raises(InputError, match="one destination"):
        origin_shares(detected_flows(read_unodc()), size=10, rng=rng)


def test_detection_prior_scales_as_stated():
    rng = np.random.default_rng(0)
    one = DetectedFlows(
        np.array(["USA"]),
        np.array(["MEX"]),
        np.array([2014]),
        np.array([500]),
        np.array([500]),
        "x",
    )
    found = estimated_flows_from_prior(
        one, detected_low=0.099, detected_high=0.101, size=4000, rng=rng
    )
    # a tenth detected: 5,000 people, standard error of the median below 10
    assert found.interval("MEX")[0] == pytest.approx(5000, rel=0.01)
    assert "stated prior" in str(found.basis)
    assert dict(found.basis.words)["basis"].number("low").value == 0.099
    with pytest.raises(InputError):
        estimated_flows_from_prior(one, detected_low=0.5, detected_high=0.1, size=10, rng=rng)


# ---- the command


def run(*args: str):
    from uncounted.cli import main

    return CliRunner().invoke(main, list(args), standalone_mode=False)


def test_command_filters_and_counts(tmp_path):
    result = run("flows", "--destination", "USA", "--year", "2008", "--no-gravity", "--json",
                 "--csv", str(tmp_path / "f.csv"), "--html", str(tmp_path / "f.html"))  # fmt: skip
    payload = json.loads(result.stdout.splitlines()[-1])
    assert payload["ok"]
    assert (
        payload["rows"]["in"] == payload["rows"]["used"] + payload["rows"]["quarantined"] == 58_769
    )
    first = payload["flows"][0]
    assert (first["origin"], first["detected"]) == ("MEX", {"lower": 66, "upper": 66})
    assert all(f["estimated"] is None for f in payload["flows"])
    assert (tmp_path / "f.csv").read_text().splitlines()[1].startswith("MEX,USA,66,66")
    page = (tmp_path / "f.html").read_text()
    assert "<svg" in page
    assert "Mexico" in page


def test_form_is_refused_where_it_is_not_crossed_with_origin():
    assert run("flows", "--form", "sexual", "--no-gravity", "--json").exit_code == 4


def test_small_counts_of_case_data_are_suppressed(tmp_path):
    path = tmp_path / "legs.csv"
    path.write_text("from,to,year,count\nNPL,IND,2020,40\nROU,CZE,2020,30\nKOR,USA,2020,3\n")
    payload = json.loads(run("flows", str(path), "--json").stdout.splitlines()[-1])
    shown = {f["origin"]: f["detected"] for f in payload["flows"]}
    assert shown["KOR"] == {"suppressed": True}
    assert (
        sum("suppressed" in d for d in shown.values()) >= 2
        or "suppressed" in payload["detected_total"]
    )


def test_margins_that_no_flows_can_have_are_brought_to_some_that_can():
    """One destination is drawn with more people than all other origins have."""
    from uncounted.flows.gravity import _possible, scale_to_margins

    used = ~np.eye(4, dtype=bool)
    rows, columns = np.array([1e6, 3.0, 2.0, 1.0]), np.array([50.0, 20.0, 5.0, 1.0])
    less, other = _possible(rows, columns, used)
    assert less.sum() == pytest.approx(other.sum())
    assert (less <= used @ other * 1.001).all()
    assert (other <= less @ used * 1.001).all()
    scaled = scale_to_margins(used.astype(float), less, other)
    assert np.isfinite(scaled).all()
    np.testing.assert_allclose(scaled.sum(axis=0), other, rtol=1e-3)
    # Margins that flows can have stay what they are, but for the common total.
    rows, columns = np.array([4.0, 3.0, 2.0, 1.0]), np.array([2.0, 3.0, 3.0, 2.0])
    same = _possible(rows, columns, used)
    np.testing.assert_allclose(same[0], rows)
    np.testing.assert_allclose(same[1], columns)
