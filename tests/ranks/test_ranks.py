"""Rank sets: exact values, brute force, peers' figures, edges, bad input, coverage."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from uncounted.errors import InputError
from uncounted.ranks import (
    joint_intervals_of_counts,
    joint_intervals_of_draws,
    joint_intervals_of_estimates,
    rank_counts,
    rank_draws,
    rank_estimates,
    rank_intervals,
)
from uncounted.ranks.exact import holm, pairwise_p_values
from uncounted.ranks.reading import METHODS, RankTable, rank_table, read_rank_table

PISA = Path(__file__).parents[1] / "reference" / "pisa2018_maths.csv"


# ---------------------------------------------------------------- counts, exact


def test_usa_2008_two_tiers() -> None:
    r = rank_counts([66, 56, 46, 12, 8], ["MEX", "THA", "PHL", "KOR", "CHN"])
    assert r.lower.tolist() == [1, 1, 1, 4, 4]
    assert r.upper.tolist() == [3, 3, 3, 5, 5]
    assert r.tiers == (("MEX", "THA", "PHL"), ("KOR", "CHN"))


def test_usa_2014_matches_the_peer() -> None:
    r = rank_counts([538, 317, 146, 116, 93, 79, 54, 37, 36, 31])
    assert r.lower.tolist() == [1, 2, 3, 3, 4, 4, 6, 7, 7, 7]
    assert r.upper.tolist() == [1, 2, 4, 6, 6, 7, 10, 10, 10, 10]


def _brute(counts: list[int], alpha: float, pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Holm over ordered pairs, with the binomial summed by whole numbers."""
    p = {}
    for j, k in pairs:
        n, x = counts[j] + counts[k], counts[j]
        p[j, k] = sum(math.comb(n, i) for i in range(x, n + 1)) / 2**n
    rejected = set()
    for i, pair in enumerate(sorted(p, key=lambda q: p[q])):
        if p[pair] > alpha / (len(pairs) - i):
            break
        rejected.add(pair)
    return rejected


@pytest.mark.parametrize("seed", range(12))
def test_exact_equals_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.choice([2, 8, 30, 60], size=7)).tolist()
    level = float(rng.choice([0.8, 0.9, 0.95]))
    pairs = list(itertools.permutations(range(7), 2))
    above = _brute(counts, 1 - level, pairs)
    r = rank_counts(counts, level=level)
    assert {(int(j), int(k)) for j, k in zip(*np.nonzero(r.above), strict=True)} == above
    m = rank_counts(counts, level=level, simultaneous=False)
    for j in range(7):
        own = _brute(counts, 1 - level, [q for q in pairs if j in q])
        assert m.sets[j].lower == 1 + sum(k == j for _, k in own)
        assert m.sets[j].upper == 7 - sum(i == j for i, _ in own)
        # A set of its own needs fewer tests, so it is never wider than its simultaneous one.
        assert r.sets[j].lower <= m.sets[j].lower <= m.sets[j].upper <= r.sets[j].upper


def test_ordered_pairs_differ_from_two_sided_pairs() -> None:
    # Two-sided tests of unordered pairs would reject (alpha / (2 (m - i)) each); the convention
    # of ordered pairs (alpha / (2 m - i)) is the one kept here, and is the stricter one.
    counts = [4, 12, 30]
    p = pairwise_p_values(np.array(counts, dtype=float))
    ordered = holm(p[~np.eye(3, dtype=bool)], 0.05).sum()
    two_sided = holm(
        np.array([min(1, 2 * min(p[i, j], p[j, i])) for i, j in ((0, 1), (0, 2), (1, 2))]), 0.05
    ).sum()
    assert ordered <= two_sided


def test_p_values_exact_and_far_out() -> None:
    p = pairwise_p_values(np.array([3.0, 1.0, 0.0]))
    assert p[0, 1] == pytest.approx(5 / 16, rel=1e-14)  # exact sum; betainc is good to 1e-14
    assert p[0, 2] == pytest.approx(1 / 8, rel=1e-14)
    assert p[2, 0] == p[2, 2] == 1.0
    far = pairwise_p_values(np.array([6e12, 4e12]))
    assert far[0, 1] == 0.0 and far[1, 0] == 1.0
    near = pairwise_p_values(np.array([5e11 + 1e6, 5e11]))[0, 1]
    # Normal tail at 1 standard deviation; for 1e12 trials the binomial differs by less than 1e-5.
    assert near == pytest.approx(0.15866, abs=1e-4)


def test_ties_zeros_single_and_all_zero() -> None:
    assert str(rank_counts([5]).sets[0].said) == "1st"
    zero = rank_counts([0, 0, 0])
    assert zero.lower.tolist() == [1, 1, 1] and zero.upper.tolist() == [3, 3, 3]
    assert zero.tiers == (("1", "2", "3"),)
    tie = rank_counts([40, 40, 2])
    assert tie.lower.tolist() == [1, 1, 3] and tie.upper.tolist() == [2, 2, 3]


def test_order_of_rows_does_not_matter() -> None:
    counts = [66, 12, 8, 56, 46]
    r = rank_counts(counts)
    assert [(s.lower, s.upper) for s in r.sets] == [(1, 3), (4, 5), (4, 5), (1, 3), (1, 3)]


def test_suppressed_counts_hold_for_every_value() -> None:
    low, high = [66, 30, 1, 1], [66, 30, 4, 4]
    wide = rank_counts(low, upper=high)
    for a, b in itertools.product(range(1, 5), repeat=2):
        one = rank_counts([66, 30, a, b])
        assert (wide.lower <= one.lower).all() and (wide.upper >= one.upper).all()
    assert wide.sets[2].value is None and "2 of 4 counts are suppressed" in str(wide.caveats[0])


@pytest.mark.parametrize(
    "counts", [[-1, 2], [1.5, 2], [float("nan"), 1], [float("inf"), 1], [2.0**60, 1], [[1, 2]], []]
)
def test_bad_counts_refused(counts: list[float]) -> None:
    with pytest.raises(InputError):
        rank_counts(counts)


def test_bad_names_and_levels_refused() -> None:
    for bad in (["A", "A"], ["A"]):
        with pytest.raises(InputError):
            rank_counts([1, 2], bad)
    for level in (0.0, 1.0, 95.0, float("nan")):
        with pytest.raises(InputError):
            rank_counts([1, 2], level=level)
    with pytest.raises(InputError):
        rank_counts([3, 2], upper=[2, 2])


# ---------------------------------------------------------------- estimates and draws


def _pisa() -> tuple[list[str], np.ndarray, np.ndarray]:
    with PISA.open() as f:
        rows = list(csv.DictReader(f))
    return (
        [r["jurisdiction"] for r in rows],
        np.array([float(r["math_score"]) for r in rows]),
        np.array([float(r["math_se"]) for r in rows]),
    )


def test_pisa_2018_as_the_peer_prints_it() -> None:
    names, score, se = _pisa()
    r = rank_estimates(score, se, names, simultaneous=False, draws=20_000)
    # The peer's vignette, 1,000 draws: lower 8 (its text says 7), rank 13, upper 23.
    uk = r.find("United Kingdom")
    assert uk.lower in (7, 8) and uk.upper == 23
    rank = 1 + (score > score[names.index("United Kingdom")]).sum()
    assert rank == 13


def _slow_steps(
    z: np.ndarray, point: np.ndarray, pairs: list[tuple[int, int]], level: float
) -> set[tuple[int, int]]:
    """Step-down written as the paper's words: recompute every draw's maximum at every step."""
    se = {q: (z[:, q[0]] - z[:, q[1]]).std(ddof=1) for q in pairs}
    left, out = set(pairs), set()
    while left:
        gaps = np.array(
            [(z[:, j] - z[:, k] - (z[:, j] - z[:, k]).mean()) / se[j, k] for j, k in left]
        )
        top = np.sort(gaps.max(axis=0))
        critical = top[math.ceil(level * z.shape[0] - 1e-9) - 1]
        now = {(j, k) for j, k in left if (point[j] - point[k]) / se[j, k] > critical}
        if not now:
            break
        out |= now
        left -= now
    return out


@pytest.mark.parametrize("seed", range(4))
def test_stepdown_equals_a_plain_version(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean = rng.normal(0, 4, 6)
    mix = np.eye(6) + 0.3 * rng.normal(size=(6, 6))
    z = mean + rng.normal(size=(601, 6)) @ mix
    point = z.mean(axis=0)
    pairs = list(itertools.permutations(range(6), 2))
    r = rank_draws(z, level=0.9)
    assert {(int(j), int(k)) for j, k in zip(*np.nonzero(r.above), strict=True)} == _slow_steps(
        z, point, pairs, 0.9
    )
    m = rank_draws(z, level=0.9, simultaneous=False)
    for j in range(6):
        own = _slow_steps(z, point, [q for q in pairs if j in q], 0.9)
        assert m.sets[j].lower == 1 + sum(k == j for _, k in own)
        assert m.sets[j].upper == 6 - sum(i == j for i, _ in own)


def test_stepdown_never_wider_than_one_step() -> None:
    rng = np.random.default_rng(3)
    z = rng.normal(np.arange(10.0), 0.9, (2000, 10))
    one, steps = rank_draws(z, stepdown=False), rank_draws(z)
    assert (steps.lower >= one.lower).all() and (steps.upper <= one.upper).all()
    assert steps.above.sum() > one.above.sum()


def test_shared_error_cancels_in_draws() -> None:
    rng = np.random.default_rng(0)
    common = rng.normal(0, 50, (1000, 1))
    z = common + np.array([10.0, 5.0]) + rng.normal(0, 0.1, (1000, 2))
    assert rank_draws(z).upper.tolist() == [1, 2]


def test_no_error_at_all_ranks_by_value() -> None:
    r = rank_estimates([3.0, 1.0, 3.0], [0.0, 0.0, 0.0])
    assert r.lower.tolist() == [1, 3, 1] and r.upper.tolist() == [2, 3, 2]
    assert rank_draws(np.ones((200, 1))).upper.tolist() == [1]


def test_same_seed_same_sets() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(0, 2, 30)
    a, b = rank_estimates(x, np.ones(30), seed=4), rank_estimates(x, np.ones(30), seed=4)
    assert a.lower.tolist() == b.lower.tolist() and a.upper.tolist() == b.upper.tolist()


def test_bad_draws_refused() -> None:
    good = np.random.default_rng(0).normal(size=(200, 2))
    for bad in (good[:50], np.where(good > 2, np.inf, good), good[:, 0], good[:, :0]):
        with pytest.raises(InputError):
            rank_draws(bad)
    with pytest.raises(InputError):
        rank_estimates([1.0, 2.0], [1.0])
    with pytest.raises(InputError):
        rank_estimates([1.0, 2.0], [1.0, -1.0])


# ---------------------------------------------------------------- joint intervals


def test_joint_touching_and_points() -> None:
    r = rank_intervals([5, 1, 0], [9, 5, 1])
    assert r.lower.tolist() == [1, 2, 3] and r.upper.tolist() == [1, 2, 3]
    same = rank_intervals([2, 2], [2, 2])
    assert same.lower.tolist() == [1, 1] and same.upper.tolist() == [2, 2]
    unbounded = rank_intervals([5, 6], [math.inf, 7])
    assert unbounded.upper.tolist() == [2, 2]


def test_joint_equals_the_papers_formula() -> None:
    rng = np.random.default_rng(2)
    low = rng.normal(0, 3, 20)
    high = low + rng.uniform(0.5, 4, 20)
    r = rank_intervals(low, high)
    for k in range(20):  # counting from the largest: the paper counts from the smallest
        surely_above = int((low >= high[k]).sum())
        overlap = sum(j != k and low[j] < high[k] and high[j] > low[k] for j in range(20))
        assert (r.sets[k].lower, r.sets[k].upper) == (surely_above + 1, surely_above + overlap + 1)


def test_joint_intervals_known_values() -> None:
    low, high = joint_intervals_of_estimates([0.0, 0.0], [1.0, 2.0], level=0.95)
    # Each at sqrt(0.95): 2.2365 standard errors.
    assert high[0] == pytest.approx(2.2365, abs=1e-4) and low[1] == pytest.approx(-4.473, abs=1e-3)
    low, high = joint_intervals_of_counts([0, 20])
    assert low[0] == 0.0 and high[1] == pytest.approx(20.0)
    from scipy.stats import binomtest

    low, high = joint_intervals_of_counts([50, 10])
    for x, a, b in zip((50, 10), low, high, strict=True):  # Bonferroni over two origins
        theirs = binomtest(x, 60).proportion_ci(0.975, "exact")
        assert (a / 60, b / 60) == pytest.approx((theirs.low, theirs.high), rel=1e-6)
    draws = np.random.default_rng(0).normal(size=(20_000, 3))
    low, high = joint_intervals_of_draws(draws, level=0.9)
    inside = ((draws >= low) & (draws <= high)).all(axis=1).mean()
    assert inside == pytest.approx(0.9, abs=0.001)  # by construction, but for ties at the cut
    draws[:, 1] = np.where(draws[:, 1] > 1, np.inf, draws[:, 1])
    assert math.isinf(joint_intervals_of_draws(draws)[1][1])


def test_bad_intervals_refused() -> None:
    for low, high in (([2], [1]), ([float("nan")], [1]), ([1, 2], [3])):
        with pytest.raises(InputError):
            rank_intervals(low, high)


# ---------------------------------------------------------------- coverage


def test_coverage_of_counts_by_simulation() -> None:
    rng = np.random.default_rng(11)
    share = np.array([0.3, 0.2, 0.2, 0.12, 0.1, 0.08])
    best = 1 + (share[None, :] > share[:, None]).sum(axis=1)
    worst = 6 - (share[None, :] < share[:, None]).sum(axis=1)
    n = 400
    hit = 0
    for _ in range(n):
        r = rank_counts(rng.multinomial(150, share), level=0.9)
        hit += bool((r.lower <= best).all() and (r.upper >= worst).all())
    # Exact test: at least 0.9. Monte Carlo standard error 0.015; three of them below is a failure.
    assert hit / n > 0.9 - 0.045


def test_coverage_of_stepdown_by_simulation() -> None:
    rng = np.random.default_rng(12)
    theta = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 4.0])  # ties: the hardest truth
    best = 1 + (theta[None, :] > theta[:, None]).sum(axis=1)
    worst = 6 - (theta[None, :] < theta[:, None]).sum(axis=1)
    n = 400
    hit = 0
    for i in range(n):
        r = rank_estimates(rng.normal(theta, 0.7), np.full(6, 0.7), level=0.9, draws=1000, seed=i)
        hit += bool((r.lower <= best).all() and (r.upper >= worst).all())
    assert hit / n > 0.9 - 0.045  # as above


# ---------------------------------------------------------------- files


def _file(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_read_and_rank_by_each_method(tmp_path: Path) -> None:
    t = read_rank_table(_file(tmp_path, "Country,Victims\nA,60\nB,20\nC,<5\n"))
    assert t.names == ("A", "B", "C") and t.high.tolist() == [60, 20, 4]
    assert rank_table(t).upper.tolist() == [1, 2, 3]
    assert rank_table(t, method="joint").upper.tolist() == [1, 2, 3]
    with pytest.raises(InputError, match="Suppressed"):
        rank_table(t, method="stepdown")
    with pytest.raises(InputError, match="no method"):
        rank_table(t, method="best")


def test_read_errors_and_draws(tmp_path: Path) -> None:
    t = read_rank_table(_file(tmp_path, "origin,estimate,se\nA,10.5,1\nB,2.25,1\n"))
    assert rank_table(t, method="stepdown").upper.tolist() == [1, 2]
    with pytest.raises(InputError):
        rank_table(t, method="exact")
    heads = ",".join(f"draw{i}" for i in range(120))
    rng = np.random.default_rng(0)
    rows = "".join(
        f"{n},{m}," + ",".join(f"{v:.4f}" for v in rng.normal(m, 1, 120)) + "\n"
        for n, m in (("A", 9), ("B", 1))
    )
    t = read_rank_table(_file(tmp_path, f"origin,count,{heads}\n{rows}"))
    assert t.draws is not None and t.draws.shape == (120, 2)
    for method in METHODS[1:]:
        assert rank_table(t, method=method).upper.tolist() == [1, 2]
    t = RankTable(("A", "B"), np.array([1.5, 2.5]), np.array([1.5, 2.5]))
    with pytest.raises(InputError, match="need standard errors"):
        rank_table(t, method="joint")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "empty"),
        ("origin,count\n", "no rows"),
        ("origin,count\nA,-3\n", "row 2, column 'count'"),
        ("origin,count\nA,3\nB,2013-05-01\n", "row 3"),
        ("origin,count\nA,3\nA,4\n", "row 3, column 'origin'"),
        ("origin,count\n,3\n", "row 2, column 'origin'"),
        ("origin,count\nA\n", "row 2, column 'count'"),
        ("a,b\n1,2\n", "origin"),
        ("origin,count,se\nA,3,\n", "row 2, column 'se'"),
    ],
)
def test_bad_files_say_where_never_what(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        read_rank_table(_file(tmp_path, text))
    assert where in str(caught.value)


def test_not_utf8_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("origin,count\nCôte,3\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_rank_table(path)


def test_stepdown_as_in_the_peers_manual() -> None:
    # The peer's manual: ten estimates from 1 to 3, standard error 0.2. One step alone would give
    # sets one rank wider: the critical value (3.16, Tukey's 4.474 / sqrt 2) is above 4 gaps (3.14).
    r = rank_estimates(np.linspace(1, 3, 10), np.full(10, 0.2))
    assert r.lower.tolist() == [7, 6, 5, 4, 3, 2, 1, 1, 1, 1]
    assert r.upper.tolist() == [10, 10, 10, 10, 9, 8, 7, 6, 5, 4]
    one = rank_estimates(np.linspace(1, 3, 10), np.full(10, 0.2), draws=100_000, stepdown=False)
    assert one.lower.tolist() == [6, 5, 4, 3, 2, 1, 1, 1, 1, 1]
