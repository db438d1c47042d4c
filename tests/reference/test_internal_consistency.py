"""Internal validation against the cached study of Binette & Steorts (2022)."""

import csv
from pathlib import Path

import pytest

import uncounted as uc
from uncounted.verdict.validation import internal_validation, summarise_validation

LINES = (Path(__file__).parent / "internal_consistency.csv").read_text().splitlines()
ROWS = list(csv.DictReader(x for x in LINES if not x.startswith("#")))


@pytest.fixture(scope="module")
def found():
    estimators = {
        "independence": uc.LogLinear("main", bootstrap=0),
        "sparsemse": uc.LogLinear(uc.Stepwise(), bootstrap=0),
    }
    rows = []
    for name in dict.fromkeys(r["table"] for r in ROWS):
        rows += internal_validation(uc.published.load(name), estimators)
    return rows


@pytest.mark.parametrize("method", ["independence", "sparsemse"])
def test_points_of_the_peers(found, method):
    ours = {(r.table, r.list_name): r for r in found if r.method == method}
    compared = 0
    for row in ROWS:
        got = ours[row["table"], row["list"]]
        peer = float(row[method]) if row[method] else None
        if int(row["observed"]) == 1 or (peer is not None and peer > 1e9):
            # One person seen, or a likelihood without a maximum: the peer prints where its
            # iteration stopped (1.31; 6e11; 8e11), we refuse.
            assert got.point is None and got.refused
        elif peer is not None:
            # Both maximise the same likelihood; the peer stops at a relative deviance of 1e-8.
            assert got.point == pytest.approx(peer, rel=1e-6)
            compared += 1
    assert compared == {"independence": 13, "sparsemse": 21}[method]


def test_summary_of_the_stepwise_method(found):
    """Published over ten lists of which the others see 30 people or more: -0.17, 0.64, 0.90."""
    got = {s.method: s for s in summarise_validation(found)}["sparsemse"]
    assert got.lists == 10 and got.refused == 1
    assert got.bias == pytest.approx(-0.17, abs=0.005)
    # The ten points above (the peer's own) give 0.630; the table prints 0.64.
    assert got.rmse == pytest.approx(0.64, abs=0.015)
    assert got.coverage == pytest.approx(0.90)
