"""Closed-form corrections against every case gone through by hand, and against simulated linkage."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from uncounted.errors import InputError, NoFiniteEstimate, NotSupported
from uncounted.linkage.corrections import (
    corrected_counts,
    corrected_overlap,
    corrected_overlap_either_way,
    misclassification,
)


def every_outcome(people: list[tuple[int, ...]], lists: int, found, false):
    """Expected people seen by history: all random choices of a small linkage, in whole fractions.

    Written record by record, with who holds what, and nothing shared with the product: a world is
    a set of clusters, each a list of (list, person).
    """
    worlds = [((), Fraction(1))]
    for k in range(lists):
        on = [p for p, s in enumerate(people) if k in s]
        for p in on:  # true links first
            after = []
            for world, chance in worlds:
                open_ = [
                    i
                    for i, c in enumerate(world)
                    if c[0][1] == p and not any(which == k for which, _ in c)
                ]
                if not any(c[0][1] == p for c in world):
                    after.append(((*world, ((k, p),)), chance))
                    continue
                for i in open_:
                    grown = (*world[:i], (*world[i], (k, p)), *world[i + 1 :])
                    after.append((grown, chance * found / len(open_)))
                after.append(((*world, ((k, p),)), chance * (1 - found if open_ else 1)))
            worlds = after
        for p in on:  # then records that had nobody before them may be put to a stranger
            after = []
            for world, chance in worlds:
                alone = [i for i, c in enumerate(world) if c == ((k, p),)]
                earlier = any(c[0][1] == p and c != ((k, p),) for c in world)
                others = [i for i, c in enumerate(world) if all(which != k for which, _ in c)]
                if not alone or earlier or not others:
                    after.append((world, chance))
                    continue
                after.append((world, chance * (1 - false)))
                for i in others:
                    grown = list(world)
                    grown[i] = (*world[i], (k, p))
                    del grown[alone[0]]
                    after.append((tuple(grown), chance * false / len(others)))
            worlds = after
    out = [Fraction(0)] * (1 << lists)
    for world, chance in worlds:
        for cluster in world:
            out[sum({1 << which for which, _ in cluster})] += chance
    return np.array([float(x) for x in out])


def counted(people: list[tuple[int, ...]], lists: int) -> np.ndarray:
    out = np.zeros(1 << lists)
    for s in people:
        out[sum(1 << k for k in s)] += 1
    return out


@pytest.mark.parametrize("lists", [2, 3, 4])
def test_missed_links_equal_every_outcome_gone_through(lists):
    for mask in range(1, 1 << lists):
        person = tuple(k for k in range(lists) if mask >> k & 1)
        true = counted([person], lists)
        found = Fraction(7, 10)
        got = misclassification(true, found=0.7) @ true
        # Sums of exact fractions: only rounding is left.
        assert got == pytest.approx(every_outcome([person], lists, found, Fraction(0)), abs=1e-12)


def test_false_links_equal_every_outcome_where_nothing_varies_with_them():
    """All true links made, one record a list without its person: the expectation is exact."""
    people = [(0, 1, 2), (0, 2), (0,), (1,), (2,)]
    true = counted(people, 3)
    got = misclassification(true, found=1.0, false=0.25) @ true
    # At list 3 who can be mistaken hangs on what happened at list 2, by less than this.
    exact = every_outcome(people, 3, Fraction(1), Fraction(1, 4))
    assert got == pytest.approx(exact, abs=0.02)
    two = [(0, 1), (0,), (0,), (1,)]
    assert misclassification(counted(two, 2), found=1.0, false=0.25) @ counted(
        two, 2
    ) == pytest.approx(every_outcome(two, 2, Fraction(1), Fraction(1, 4)), abs=1e-12)


def test_two_lists_are_ding_and_fienberg_and_di_consiglio_and_tuoto():
    true = np.array([0.0, 2000, 800, 1000])
    seen = misclassification(true, found=0.84, false=0.02) @ true
    assert seen[3] == pytest.approx(0.84 * 1000 + 0.02 * 800)
    assert seen[1] + seen[3] == pytest.approx(3000) and seen[2] + seen[3] == pytest.approx(1800)
    assert corrected_overlap(seen[3], 1800, found=0.84, false=0.02) == pytest.approx(1000)
    # People of the first list without a link: 2,000, and 160 whose link was missed.
    both = misclassification(true, found=0.84, false=0.02, back=0.005) @ true
    assert both[3] == pytest.approx(0.84 * 1000 + (0.02 * 800 + 0.005 * 2160) / 2)
    assert both[1] + both[3] == pytest.approx(3000) and both[2] + both[3] == pytest.approx(1800)


@pytest.mark.parametrize(("sizes", "false"), [((3000, 3000), 0.01), ((3000, 1800), (0.004, 0.01))])
def test_false_links_from_either_list_are_taken_out(sizes, false):
    """Simulated links: true ones by chance, false ones from either list, each taking one of both."""
    rng = np.random.default_rng(3)
    first, second = false if isinstance(false, tuple) else (false, false)
    true = 1000
    from_one = rng.binomial(sizes[0] - true, first / 2, 4000)
    from_two = rng.binomial(sizes[1] - true, second / 2, 4000)
    linked = rng.binomial(true, 0.84, 4000) + from_one + from_two
    got = [corrected_overlap_either_way(x, *sizes, found=0.84, false=false) for x in linked]
    # The mean of 4,000 has a standard error of about 0.25.
    assert np.mean(got) == pytest.approx(true, abs=1.0)


def test_equal_lists_and_one_rate_make_the_two_corrections_one():
    one = corrected_overlap(850, 3000, found=0.84, false=0.005)
    two = corrected_overlap_either_way(850, 3000, 3000, found=0.84, false=0.005)
    assert one == pytest.approx(two)


def simulate(true: np.ndarray, lists: int, found: float, false: float, rng) -> np.ndarray:
    """Link made-up records list by list, with errors; people seen by history."""
    history = np.repeat(np.arange(1 << lists), true.astype(int))
    owner, mask = [], []  # of each cluster: person, lists
    for k in range(lists):
        bit = 1 << k
        before = len(mask)
        held: dict[int, list[int]] = {}
        for c in range(before):
            held.setdefault(owner[c], []).append(c)
        lonely = []
        for p in np.flatnonzero(history & bit):
            mine = held.get(int(p), [])
            if mine and rng.random() < found:
                mask[mine[rng.integers(len(mine))]] |= bit
            elif mine or k == 0 or rng.random() >= false:
                owner.append(int(p))
                mask.append(bit)
            else:
                lonely.append(int(p))
        open_ = [c for c in range(before) if not mask[c] & bit]
        for c in rng.choice(open_, len(lonely), replace=False) if lonely else ():
            mask[c] |= bit
    return np.bincount(mask, minlength=1 << lists).astype(float)


@pytest.mark.extended
@pytest.mark.parametrize("lists", [3, 4])
def test_several_lists_come_back_from_simulated_linkage(lists):
    rng = np.random.default_rng(lists)
    true = rng.integers(200, 900, 1 << lists).astype(float)
    true[0] = 0
    drawn = [simulate(true, lists, 0.88, 0.03, rng) for _ in range(60)]
    expected = misclassification(true, found=0.88, false=0.03) @ true
    error = np.std(drawn, axis=0) / np.sqrt(len(drawn))
    assert (np.abs(np.mean(drawn, axis=0) - expected)[1:] < 4.5 * error[1:] + 0.05).all()
    back = corrected_counts(np.mean(drawn, axis=0), found=0.88, false=0.03)
    assert back[1:] == pytest.approx(true[1:], rel=0.03)
    assert back[-1] > 1.2 * np.mean(drawn, axis=0)[-1]  # left as linked, it is far too small


def test_corrected_counts_invert_the_matrix_and_never_fall_below_zero():
    rng = np.random.default_rng(5)
    for lists in (2, 3, 4):
        true = rng.integers(0, 300, 1 << lists).astype(float)
        true[0] = 0
        rates = {"found": rng.uniform(0.8, 1, lists - 1).tolist(), "false": 0.01, "back": 0.004}
        seen = misclassification(true, **rates) @ true
        # The search stops once a round moves less than a 100 millionth of the people.
        assert corrected_counts(seen, **rates) == pytest.approx(true, abs=1e-3)
    assert (corrected_counts([0, 0, 500, 100], found=0.8) >= 0).all()


def test_without_errors_nothing_is_corrected():
    counts = np.array([0, 54, 463, 15, 907, 12, 40, 9.0])
    assert (misclassification(counts, found=1.0)[1:, 1:] == np.eye(7)).all()
    assert corrected_counts(counts, found=1.0) == pytest.approx(counts)


def test_what_the_corrections_refuse():
    with pytest.raises(NotSupported, match="up to 6 lists"):
        misclassification(np.ones(128), found=0.9)
    with pytest.raises(InputError, match="4, 8, 16"):
        misclassification([0, 1, 2], found=0.9)
    with pytest.raises(InputError, match="shares"):
        misclassification([0, 1, 2, 3], found=1.2)
    with pytest.raises(InputError, match="one per list"):
        misclassification(np.ones(8), found=[0.9])
    with pytest.raises(NoFiniteEstimate):
        corrected_counts([0, 9, 9, 9], found=0.1, false=0.2)
    with pytest.raises(NoFiniteEstimate):
        corrected_overlap_either_way(9, 30, 30, found=0.1, false=(0.1, 0.2))
    with pytest.raises(InputError):
        corrected_overlap_either_way(9, 30, 30, found=0.9, false=(0.1, 1.2))
