"""Strata: coherent totals, borrowed strength, missing labels, structural zeros."""

import numpy as np
import pytest

import uncounted as uc
from uncounted.errors import InputError, NoFiniteEstimate, NotSupported, TableError
from uncounted.estimators.hierarchical import PoolingPrior
from uncounted.pooling.strata import estimate_strata

SIZES = np.array([1500, 300, 120])
FAST = PoolingPrior(spreads=(0.2,))  # one spread: a third of the work


def population(seed, sizes=SIZES, t=4):
    """Strata whose lists share interactions up to a spread of 0.2."""
    rng = np.random.default_rng(seed)
    masks = np.arange(1 << t)
    on = masks[:, None] >> np.arange(t) & 1
    shared = rng.normal(0.3, 0.3, (t, t))
    cells = np.zeros((len(sizes), 1 << t), dtype=np.int64)
    for s, size in enumerate(sizes):
        b = rng.normal(-1.6, 0.4, t)
        g = shared + rng.normal(0, 0.2, (t, t))
        eta = on @ b + sum(g[i, j] * on[:, i] * on[:, j] for i in range(t) for j in range(i))
        p = np.exp(eta)
        cells[s] = rng.multinomial(size, p / p.sum())
    cells[:, 0] = 0
    return cells


def table_of(cells, names=None, **more):
    t = int(np.log2(cells.shape[1]))
    names = names or tuple("xyzuvw"[: len(cells)])
    return uc.OverlapTable(tuple("ABCDE"[:t]), cells, names, **more)


def test_truth_is_covered_and_the_total_is_the_sum():
    inside = []
    for seed in range(3):
        cells = population(seed)
        found = estimate_strata(table_of(cells), draws=800, seed=seed)
        assert (found.draws.sum(axis=1) == found.total.draws).all()
        assert (found.draws >= cells.sum(axis=1)).all()
        inside += [
            row.borrowed.interval.lower <= n <= row.borrowed.interval.upper
            for row, n in zip(found.rows, SIZES, strict=True)
        ]
        inside.append(found.total.interval.lower <= SIZES.sum() <= found.total.interval.upper)
    # Twelve 95% intervals, a total missing together with its largest stratum: four misses or more
    # have a probability of about 2%.
    assert sum(inside) >= 9


def test_a_sparse_stratum_is_bounded_by_what_the_others_know():
    cells = population(5)
    cells[2] = 0
    cells[2, [1, 2, 4, 8]] = [12, 9, 6, 5]  # nobody on two lists
    found = estimate_strata(
        table_of(cells), alone=uc.LogLinear("main", bootstrap=50), draws=800, prior=FAST
    )
    sparse = found.rows[2]
    assert sparse.alone.point is None and sparse.alone.refused
    assert np.isfinite(sparse.borrowed.interval.upper)
    # Wider than its neighbours: the ratio of its ends is the largest of all.
    ratios = [r.borrowed.interval.upper / r.borrowed.interval.lower for r in found.rows]
    assert ratios[2] == max(ratios)
    assert any("comes from the other strata" in str(c) for c in sparse.borrowed.caveats)
    assert found.total_alone.point is None and "'z'" in str(found.total_alone.refused)
    # The stratum with most people is hardly moved: same order as its own estimate.
    assert found.rows[0].alone.point is not None


def test_alone_and_its_total():
    cells = population(1)
    found = estimate_strata(
        table_of(cells), alone=uc.LogLinear("main", bootstrap=100), draws=400, prior=FAST
    )
    own = [
        uc.LogLinear("main", bootstrap=0).estimate(t).point for _, t in table_of(cells).by_stratum()
    ]
    assert [r.alone.point for r in found.rows] == pytest.approx(own)
    assert found.total_alone.point == pytest.approx(sum(own))
    assert found.total_alone.draws.shape == (400,)
    without = estimate_strata(table_of(cells), draws=400, prior=FAST)
    assert without.total_alone is None and without.rows[0].alone is None


def test_missing_labels_are_never_dropped():
    cells = population(2)
    rng = np.random.default_rng(0)
    lost = rng.binomial(cells, 0.3)
    table = table_of(np.vstack([cells - lost, lost.sum(axis=0)]), ("x", "y", "z", "Unknown"))
    found = estimate_strata(table, alone=uc.LogLinear("main", bootstrap=40), draws=800, prior=FAST)
    assert [r.stratum for r in found.rows] == ["x", "y", "z"]
    assert found.unlabelled == lost.sum()
    assert (found.total.draws >= cells.sum()).all()
    assert found.total.observed == cells.sum()
    # The people lost come back to about where they were: x lost 30% of its observed.
    back = found.rows[0].borrowed
    assert "without a label" in str(back.caveats[-1])
    assert found.rows[0].borrowed.interval.lower <= 1500 <= found.rows[0].borrowed.interval.upper
    assert found.rows[0].alone.method == "replicates"
    other = estimate_strata(table, missing=(), draws=400, prior=FAST)
    assert len(other.rows) == 4 and other.unlabelled == 0


def test_structural_zeros():
    cells = population(3)
    masks = np.arange(16)
    cells[1, (masks & 1) == 1] = 0
    sees = np.ones((3, 4), dtype=bool)
    sees[1, 0] = False
    found = estimate_strata(table_of(cells, sees=sees), draws=800, prior=FAST)
    assert found.rows[1].cannot_see == ("A",) and found.rows[0].cannot_see == ()
    blind = estimate_strata(table_of(cells), draws=800, prior=FAST)
    # Taken for a list that met nobody, A would say that it reaches the stratum badly; either way
    # the figure is finite, and the declaration changes it.
    assert found.rows[1].borrowed.point != blind.rows[1].borrowed.point
    assert found.rows[1].borrowed.interval.lower <= 300 <= found.rows[1].borrowed.interval.upper


def test_empty_stratum_changes_nothing_and_is_named():
    cells = population(4)
    plain = estimate_strata(table_of(cells), draws=200, prior=FAST, seed=3)
    more = estimate_strata(
        table_of(np.vstack([cells, np.zeros((1, 16), dtype=np.int64)])),
        draws=200,
        prior=FAST,
        seed=3,
    )
    assert (plain.draws == more.draws).all()
    assert more.empty == ("u",) and any("'u'" in str(c) for c in more.caveats)


def test_two_lists_and_renamed_lists():
    cells = np.array([[0, 40, 60, 14], [0, 10, 12, 4]])
    found = estimate_strata(table_of(cells), draws=400, prior=FAST)
    # Independence within each stratum: about 40 * 60 / 14 hidden in the first.
    assert found.rows[0].borrowed.point == pytest.approx(114 + 40 * 60 / 14, rel=0.25)
    assert any("two lists" in str(c) for c in found.caveats)
    table = table_of(cells)
    renamed = uc.OverlapTable(("P", "Q"), table.cells, table.strata)
    assert (estimate_strata(renamed, draws=400, prior=FAST).draws == found.draws).all()


def test_shares_and_json():
    found = estimate_strata(table_of(population(1)), draws=200, prior=FAST)
    shares = found.shares()
    assert sum(s[1] for s in shares) == pytest.approx(1, abs=0.05)  # medians need not add to 1
    assert all(0 < low <= mid <= high < 1 for _, mid, low, high in shares)
    data = found.to_dict()
    assert len(data["strata"]) == 3 and "draws" not in data["total"]
    assert "Normal about those the strata share" in str(found.prior)


def test_refusals():
    cells = population(1)
    with pytest.raises(InputError, match="fewer than two strata"):
        estimate_strata(table_of(cells[:1]))
    with pytest.raises(InputError, match="fewer than two strata"):
        estimate_strata(table_of(cells[:2], ("x", "unknown")))
    alone = cells.copy()
    alone[:, np.bitwise_count(np.arange(16, dtype=np.uint32)) > 1] = 0
    with pytest.raises(NoFiniteEstimate, match="Nobody in any stratum"):
        estimate_strata(table_of(alone))
    masks = np.arange(16)
    blind = cells.copy()
    blind[1, (masks & 7) != 0] = 0
    sees = np.ones((3, 4), dtype=bool)
    sees[1, :3] = False
    with pytest.raises(NotSupported, match="'y' is seen by fewer than two"):
        estimate_strata(table_of(blind, sees=sees))
    with pytest.raises(InputError):
        estimate_strata(table_of(cells), level=0)
    with pytest.raises(InputError):
        estimate_strata(table_of(cells), draws=3)
    nobody = np.zeros((3, 16), dtype=np.int64)
    with pytest.raises(NoFiniteEstimate):
        estimate_strata(table_of(nobody))
    lost = np.zeros((3, 4), dtype=np.int64)
    lost[0, 1], lost[1, 2], lost[2, 3] = 5, 5, 2
    both = np.array([[True, False], [False, True], [True, True]])
    with pytest.raises((NotSupported, TableError)):
        estimate_strata(
            uc.OverlapTable(("A", "B"), lost, ("x", "y", "unknown"), both), draws=100, prior=FAST
        )


def test_people_without_label_on_lists_no_stratum_shares():
    cells = population(1)[:2]
    masks = np.arange(16)
    cells[0, (masks & 1) == 1] = 0
    cells[1, (masks & 2) == 2] = 0
    lost = np.zeros((1, 16), dtype=np.int64)
    lost[0, 3] = 2
    sees = np.ones((3, 4), dtype=bool)
    sees[0, 0] = sees[1, 1] = False
    with pytest.raises(TableError, match="1100"):
        estimate_strata(table_of(np.vstack([cells, lost]), ("x", "y", "unknown"), sees=sees))


def test_too_many_strata_are_refused():
    cells = np.tile(population(1)[:1], (400, 1))
    with pytest.raises(NotSupported, match="parameters"):
        estimate_strata(table_of(cells, tuple(f"s{i}" for i in range(400))))


def ranged(cells, few, names=None, totals=None):
    """The table with counts below ``few`` written as a range from 0 on."""
    from uncounted.core.censored import CensoredStratum, CensoredTable

    t = int(np.log2(cells.shape[1]))
    lists = tuple("ABCDE"[:t])
    names = names or tuple("xyzuvw"[: len(cells)])
    low = np.where(cells < few, 0, cells)
    high = np.where(cells < few, few - 1, cells)
    strata = tuple(
        CensoredStratum(
            n, CensoredTable(lists, a, b, totals=(totals or {}).get(n, {})), np.ones(t, dtype=bool)
        )
        for n, a, b in zip(names, low, high, strict=True)
    )
    return CensoredTable(lists, low.sum(axis=0), high.sum(axis=0), strata=strata)


def test_ranges_of_one_value_are_the_exact_table():
    cells = population(2)
    exact = estimate_strata(table_of(cells), draws=400, prior=FAST)
    same = estimate_strata(ranged(cells, 0), draws=400, prior=FAST)
    assert (same.draws == exact.draws).all()


def test_hidden_counts_of_strata_are_drawn_in_their_ranges():
    cells = population(3)
    table = ranged(cells, 5)
    assert table.censored
    found = estimate_strata(table, draws=800, prior=FAST, alone=uc.LogLinear("main", bootstrap=0))
    least = np.array([s.table.lower.sum() for s in table.strata])
    assert (found.draws >= least).all()
    inside = [
        row.borrowed.interval.lower <= n <= row.borrowed.interval.upper
        for row, n in zip(found.rows, SIZES, strict=True)
    ]
    assert sum(inside) >= 2
    assert any(c.code == "pooling.stratum.ranges" for c in found.rows[2].borrowed.caveats)
    assert found.rows[0].alone.point is not None
    # Hiding a few small counts moves the total by far less than its own doubt.
    exact = estimate_strata(table_of(cells), draws=800, prior=FAST)
    ends = exact.total.interval
    assert abs(found.total.point - exact.total.point) < (ends.upper - ends.lower) / 4


def test_a_total_bounds_its_stratum():
    cells = population(4)
    plain = estimate_strata(ranged(cells, 3), draws=800, prior=FAST)
    floor = int(np.quantile(plain.draws[:, 1], 0.5))
    found = estimate_strata(
        ranged(cells, 3, totals={"y": {"parish": floor}}), draws=800, prior=FAST
    )
    assert found.draws[:, 1].min() >= floor
    assert any(c.code == "estimators.censored.total" for c in found.rows[1].borrowed.caveats)
    with pytest.raises(NotSupported, match="as large as the totals"):
        estimate_strata(ranged(cells, 3, totals={"y": {"parish": 10**6}}), draws=400, prior=FAST)


def test_what_strata_do_not_take_is_refused_by_name(tmp_path):
    head = "a,b,c,stratum,count\n"
    rows = "1,0,0,x,30\n0,1,0,x,40\n0,0,1,x,20\n1,1,0,x,9\n1,0,1,x,<5\n0,1,1,x,6\n"
    others = rows.replace(",x,", ",y,")
    file = tmp_path / "t.csv"
    file.write_text(head + rows + others)
    assert estimate_strata(file, draws=400, prior=FAST).rows[1].stratum == "y"
    file.write_text(head + rows + others.replace("1,0,1,y,<5", "1,*,1,y,7"))
    with pytest.raises(NotSupported, match="'y' has sums"):
        estimate_strata(file, draws=400, prior=FAST)
    file.write_text(head + rows + others + rows.replace(",x,", ",unknown,"))
    with pytest.raises(NotSupported, match="without a stratum are known as ranges"):
        estimate_strata(file, draws=400, prior=FAST)
    file.write_text(head + rows + others.replace("1,0,1,y,<5", "NA,0,1,y,<5"))
    with pytest.raises(TableError, match="NA stands"):
        estimate_strata(file, draws=400, prior=FAST)


def test_the_command_gives_hidden_strata(tmp_path):
    from uncounted.answers import estimates, overlap_table

    file = tmp_path / "t.csv"
    rows = "1,0,0,x,30\n0,1,0,x,40\n0,0,1,x,20\n1,1,0,x,9\n1,0,1,x,<5\n0,1,1,x,6\n"
    file.write_text("a,b,c,stratum,count\n" + rows + rows.replace(",x,", ",y,"))
    found = estimates.answer(
        estimates.EstimatesRequest(overlap_table.TableRequest(str(file)), methods=("main",))
    )
    strata = found.to_dict()["strata"]
    assert [s["stratum"] for s in strata["strata"]] == ["x", "y"]
    assert strata["total"]["point"] > 200
    assert strata["method_alone"] == "main"
