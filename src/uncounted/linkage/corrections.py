"""Closed-form corrections of overlaps for known linkage error rates: checks beside the draws.

Each takes the rates of missed and false links as known and ignores their doubt; the draws of
`Linkage.draw` carry it. Two lists: false links from one side (Ding and Fienberg 1994) or from either
(Di Consiglio and Tuoto 2015). Several lists, linked one after the other: the matrix that says as
which capture histories the people of each true history come out, in the manner of Di Consiglio and
Tuoto (2018) and of Zult, de Wolf, Bakker and van der Heijden (2021).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncounted.errors import InputError, NoFiniteEstimate, NotSupported

__all__ = [
    "MOST_LISTS",
    "corrected_counts",
    "corrected_overlap",
    "corrected_overlap_either_way",
    "corrected_population",
    "misclassification",
]

MOST_LISTS = 6
"""Beyond this the ways in which one person can fall apart are too many to go through."""
_NEGLIGIBLE = 1e-12
Rates = float | Sequence[float]
State = tuple[int, ...]
"""Pieces into which the linkage has parted one person so far, as bit masks of lists, in order."""


def corrected_overlap(linked: float, size: int, *, found: float, false: float = 0.0) -> float:
    """People on both of two lists, from the links made.

    Of M people on both lists a share ``found`` is linked; of the others on the first list a share
    ``false`` is linked to someone else: linked = found M + false (size - M), solved for M.

    Parameters
    ----------
    linked
        Links made.
    size
        People on the first list.
    found
        Share of true links that are made, 0 to 1.
    false
        Share of people without a true link who are linked all the same, 0 to 1.

    Notes
    -----
    Ding and Fienberg (1994, Survey Methodology 20:149) for two lists. Given both rates; their doubt
    is not in the result.

    Examples
    --------
    >>> round(corrected_overlap(850, 3000, found=0.84, false=0.005))
    1000
    """
    _check(found, false)
    if found <= false:
        raise _no_better()
    return (linked - false * size) / (found - false)


def corrected_overlap_either_way(
    linked: float,
    first: int,
    second: int,
    *,
    found: float,
    false: float | tuple[float, float] = 0.0,
) -> float:
    """People on both of two lists, where false links may start from either list.

    A person on the first list only is falsely linked with one rate, on the second only with the
    other. Each false link takes one of both, so that half of either counts it:
    linked = found M + (false_1 (first - M) + false_2 (second - M)) / 2, solved for M.

    Parameters
    ----------
    linked
        Links made.
    first, second
        People on each list.
    found
        Share of true links that are made, 0 to 1.
    false
        Share of people without a true link who are linked all the same: one for both lists, or
        one for each.

    Notes
    -----
    Di Consiglio and Tuoto (2015, J. Off. Stat. 31:415) let people of either list be falsely linked
    at one rate, which fits lists of equal size only; a rate for each list is the extension to
    other sizes of de Wolf, van der Laan and Zult (2019, J. Off. Stat. 35:577). The equation is
    derived here from that model. With lists of one size and one rate it is Ding and Fienberg's.

    Examples
    --------
    >>> round(corrected_overlap_either_way(850, 3000, 3000, found=0.84, false=0.005))
    1000
    >>> round(corrected_overlap_either_way(852, 3000, 1800, found=0.84, false=(0.006, 0.015)))
    1000
    """
    one, two = false if isinstance(false, tuple) else (false, false)
    _check(found, one, two)
    both = (one + two) / 2.0
    if found <= both:
        raise _no_better()
    return (linked - (one * first + two * second) / 2.0) / (found - both)


def corrected_population(
    linked: float, first: int, second: int, *, found: float, false: float = 0.0
) -> float:
    """Estimate N from two independent lists with linkage error: first second / corrected overlap.

    Raises
    ------
    NoFiniteEstimate
        If nothing is left of the overlap.

    Examples
    --------
    >>> round(corrected_population(850, 3000, 3000, found=0.84, false=0.005))
    9000
    """
    overlap = corrected_overlap(linked, first, found=found, false=false)
    if overlap <= 0.0:
        raise NoFiniteEstimate(
            "After the correction the lists share nobody.",
            fix="The false links alone could make this overlap; no figure can be defended.",
        )
    return first * second / overlap


def misclassification(
    people: ArrayLike, *, found: Rates, false: Rates = 0.0, back: Rates | None = None
) -> NDArray[np.float64]:
    """Matrix of how people of each true capture history come out of an erring linkage.

    Lists are linked one after the other. A record of list k whose person the lists before it hold
    finds its person with chance ``found`` (where the person was parted before: any of the parts,
    evenly) and stands alone otherwise. A record whose person they do not hold is put to somebody
    else with chance ``false``: that other person, any without a record of list k, gains the list,
    and the record's own person is not seen through it.

    Parameters
    ----------
    people
        Shape (2**lists,), people by true capture history (bit i: list i); entry 0 is not read.
        False links depend on who is there to be taken for another, hence on it.
    found
        Share of true links made, one for all or one per list from the second on.
    false
        Share of records without a true link that are linked, likewise.
    back
        The same share seen from the other side: of people before without a link to list k, those
        who are falsely given one. With it, false links are the mean of both counts (Di Consiglio
        and Tuoto's either way); without it they start from list k alone (Ding and Fienberg's).

    Returns
    -------
    ndarray, shape (2**lists, 2**lists)
        ``[o, s]``: people seen with history o for one person of history s. A person in two parts
        counts twice, so columns may sum to more than 1. Row and column 0 are 0.

    Raises
    ------
    NotSupported
        With more lists than `MOST_LISTS`.

    Notes
    -----
    With two lists the people seen on both are those of Ding and Fienberg, or with ``back`` of Di
    Consiglio and Tuoto (`corrected_overlap_either_way`). Several lists, linked step by step with
    one pair of rates a step, follow the models of Di Consiglio and Tuoto (2018, J. Off. Stat.
    34:889) and Zult, de Wolf, Bakker and van der Heijden (2021, J. Off. Stat. 37:699); the matrix
    is derived here from the mechanism above, not transcribed. Expectations are exact but for the
    numbers of false links and of people who can be mistaken varying together, which no longer
    counts once lists hold a few dozen people.

    Examples
    --------
    >>> m = misclassification([0, 500, 300, 200], found=0.9)
    >>> m[1:, 3].round(3).tolist()  # of those on both: on the first, the second, both
    [0.1, 0.1, 0.9]
    """
    count = np.asarray(people, dtype=np.float64)
    lists = _lists(count)
    right, wrong = _per_list(found, lists), _per_list(false, lists)
    reverse = None if back is None else _per_list(back, lists)
    states: list[dict[State, float]] = [{(): 1.0} for _ in range(count.size)]
    for k in range(lists):
        bit = 1 << k
        after: list[list[tuple[State, bool, float]]] = []
        new = free = 0.0
        for s, held in enumerate(states):
            mine = _true_links(held, bit, right[k - 1]) if s & bit and k else None
            if mine is None:  # the first list, or not on this one
                mine = [(state, bool(s & bit), p) for state, p in held.items()]
            after.append(mine)
            for state, alone, p in mine:
                if alone and not state:
                    new += count[s] * p
                free += count[s] * p * sum(1 for piece in state if not piece & bit)
        links = wrong[k - 1] * new if k else 0.0
        if reverse is not None and k:
            links = (links + reverse[k - 1] * free) / 2.0
        links = min(links, new, free)
        lost = links / new if new else 0.0
        gain = links / free if free else 0.0
        states = [_false_links(mine, bit, lost, gain) for mine in after]
    out = np.zeros((count.size, count.size))
    for s in range(1, count.size):
        for state, p in states[s].items():
            for piece in state:
                out[piece, s] += p
    return out


def corrected_counts(
    counts: ArrayLike,
    *,
    found: Rates,
    false: Rates = 0.0,
    back: Rates | None = None,
    rounds: int = 50,
) -> NDArray[np.float64]:
    """People by capture history, corrected for known linkage error rates.

    Parameters
    ----------
    counts
        Shape (2**lists,), people as linked, by capture history; entry 0 is not read.
    found, false, back
        Rates, as in `misclassification`.
    rounds
        Most rounds; each takes the last corrected counts as those who could be mistaken.

    Returns
    -------
    ndarray, shape (2**lists,)
        Not whole numbers. The least-squares solution without negative counts; where the exact
        solution of ``misclassification @ x = counts`` has none, it is that one.

    Raises
    ------
    NoFiniteEstimate
        If true links are found no more often than false ones are made.

    Examples
    --------
    >>> true = np.array([0, 500, 300, 200])
    >>> seen = misclassification(true, found=0.9, false=0.01) @ true
    >>> corrected_counts(seen, found=0.9, false=0.01).round(6).tolist()
    [0.0, 500.0, 300.0, 200.0]
    """
    from scipy.optimize import nnls

    seen = np.asarray(counts, dtype=np.float64)
    lists = _lists(seen)
    for right, wrong in zip(_per_list(found, lists), _per_list(false, lists), strict=True):
        if right <= wrong:
            raise _no_better()
    guess = seen.copy()
    guess[0] = 0.0
    for _ in range(rounds):
        matrix = misclassification(guess, found=found, false=false, back=back)
        solved = np.zeros_like(guess)
        solved[1:] = nnls(matrix[1:, 1:], seen[1:])[0]
        moved = float(np.abs(solved - guess).max(initial=0.0))
        guess = solved
        if moved < 1e-8 * max(float(seen[1:].sum()), 1.0):
            break
    return guess


def _true_links(
    held: dict[State, float], bit: int, found: float
) -> list[tuple[State, bool, float]]:
    """Let records of a new list meet their own person: (pieces, whether alone, chance)."""
    out: list[tuple[State, bool, float]] = []
    for state, p in held.items():
        open_ = [i for i, piece in enumerate(state) if not piece & bit]
        if not state:
            out.append((state, True, p))
            continue
        if open_ and found > 0.0:
            for i in open_:
                joined = tuple(sorted([*state[:i], state[i] | bit, *state[i + 1 :]]))
                out.append((joined, False, p * found / len(open_)))
        rest = p * (1.0 - found) if open_ else p
        if rest > 0.0:
            out.append((state, True, rest))
    return out


def _false_links(
    mine: list[tuple[State, bool, float]], bit: int, lost: float, gain: float
) -> dict[State, float]:
    """Strangers' records join pieces; a record without its person may join a stranger's."""
    out: dict[State, float] = {}
    for state, alone, p in mine:
        if p < _NEGLIGIBLE:
            continue
        parted: dict[State, float] = {(): 1.0}
        for piece in state:
            chance = 0.0 if piece & bit else gain
            grown: dict[State, float] = {}
            for before, q in parted.items():
                for made, r in ((piece, 1.0 - chance), (piece | bit, chance)):
                    if r > 0.0:
                        key = (*before, made)
                        grown[key] = grown.get(key, 0.0) + q * r
            parted = grown
        # The record's own fate: with its person (or there is none), or alone, or with a stranger.
        taken = lost if alone and not state else 0.0
        fates = ((taken, ()), (1.0 - taken, (bit,))) if alone else ((1.0, ()),)
        for chance, own in fates:
            if chance <= 0.0:
                continue
            for pieces, q in parted.items():
                key = tuple(sorted((*pieces, *own)))
                out[key] = out.get(key, 0.0) + p * q * chance
    return out


def _lists(counts: NDArray[np.float64]) -> int:
    lists = int(counts.size).bit_length() - 1
    if counts.ndim != 1 or counts.size != 1 << lists or lists < 2:
        raise InputError(
            "Counts by capture history of two lists or more have 4, 8, 16, ... entries.",
            fix="Give one count per capture history; the first stands for nobody.",
        )
    if lists > MOST_LISTS:
        raise NotSupported(
            f"The closed form goes up to {MOST_LISTS} lists; there are {lists}.",
            fix="Rely on the draws, which have no such limit.",
        )
    return lists


def _per_list(rates: Rates, lists: int) -> list[float]:
    many = [float(rates)] * (lists - 1) if isinstance(rates, (int, float)) else list(rates)
    if len(many) != lists - 1 or not all(0.0 <= r <= 1.0 for r in many):
        raise InputError(
            "The linkage rates are shares, one for all lists or one per list from the second on.",
            fix="Give numbers between 0 and 1.",
        )
    return many


def _check(found: float, *false: float) -> None:
    if not (0.0 < found <= 1.0 and all(0.0 <= f < 1.0 for f in false)):
        raise InputError("The linkage rates are shares.", fix="Give numbers between 0 and 1.")


def _no_better() -> NoFiniteEstimate:
    return NoFiniteEstimate(
        "True links are not found more often than false ones are made.",
        fix="No overlap can be told from such a linkage.",
    )
