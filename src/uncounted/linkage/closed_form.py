"""The check in closed form: what a textbook correction for known linkage error rates would say."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError, Refusal
from uncounted.estimators.registry import MethodSettings, make
from uncounted.linkage.corrections import corrected_counts

__all__ = ["Rates", "check", "implied_rates"]

DRAWS = 60
"""Draws the fixed model is fitted to; more move a median by less than its last shown figure."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Error rates of one answer to who is the same person, as the draws imply them.

    Parameters
    ----------
    found
        Share of true links of each list, from the second on, to the lists before it that the one
        answer makes.
    false
        Share of its records without a true link that the one answer links all the same.
    back
        The same of the people before: those without a link to it who are given one.
    """

    found: tuple[float, ...]
    false: tuple[float, ...]
    back: tuple[float, ...]


def implied_rates(
    list_of: NDArray[np.int64], one: NDArray[np.int32], draws: NDArray[np.int32]
) -> Rates:
    """Take every draw for the truth in turn and average how the one answer errs.

    Parameters
    ----------
    list_of
        List of each record, shape (records,), numbered from 0 without gaps.
    one
        Person of each record in the one answer, shape (records,).
    draws
        Person of each record in each draw, shape (draws, records).
    """
    lists = int(list_of.max()) + 1
    hits = np.zeros((lists, 6))
    y = np.unique(one, return_inverse=True)[1].astype(np.int64)
    width = int(y.max()) + 1
    for row in draws:
        z = np.unique(row, return_inverse=True)[1].astype(np.int64)
        pair = z * width + y
        for k in range(1, lists):
            before, now = list_of < k, list_of == k
            true = np.isin(z[now], z[before])
            right = np.isin(pair[now], pair[before])
            linked = np.isin(y[now], y[before])
            pieces = np.unique(y[before])
            open_ = pieces[~np.isin(pieces, y[now][right])]
            wrong = ~true & linked
            hits[k] += (
                right.sum(),
                true.sum(),
                wrong.sum(),
                (~true).sum(),
                np.isin(open_, y[now][wrong]).sum(),
                open_.size,
            )

    def share(k: int, top: int, none: float) -> float:
        return float(hits[k, top] / hits[k, top + 1]) if hits[k, top + 1] else none

    ks = range(1, lists)
    return Rates(
        tuple(share(k, 0, 1.0) for k in ks),
        tuple(share(k, 2, 0.0) for k in ks),
        tuple(share(k, 4, 0.0) for k in ks),
    )


def check(
    lists: tuple[str, ...],
    list_of: NDArray[np.int64],
    one: NDArray[np.int32],
    draws: NDArray[np.int32],
    counts: NDArray[np.int64],
    model: str | None,
) -> JSONObject | None:
    """Correct the one answer for the rates the draws imply, and hold it beside the draws.

    All three figures come from one log-linear model, so that only who is the same person differs.

    Parameters
    ----------
    lists, list_of, one, draws
        As in `implied_rates`.
    counts
        People by capture history in each draw, shape (draws, 2**lists).
    model
        The model; main effects where ``None``.

    Returns
    -------
    dict or None
        JSON-ready; ``None`` where the check cannot be made.
    """
    if one.size == 0 or len(lists) < 2:
        return None
    form = model if model and model.startswith("[") else "main"
    estimator = make(
        f"model:{form}" if form != "main" else "main", MethodSettings(bootstrap=0, threads=1)
    )
    rates = implied_rates(list_of, one, draws)
    alone = _histories(list_of, one, len(lists))
    chosen = np.unique(np.linspace(0, len(counts) - 1, DRAWS).astype(int))
    try:
        corrected = np.rint(
            corrected_counts(alone, found=rates.found, false=rates.false, back=rates.back)
        )
        before = estimator.estimate(OverlapTable.from_histories(lists, alone)).point
        after = estimator.estimate(
            OverlapTable.from_histories(lists, corrected.astype(np.int64))
        ).point
    except (Refusal, InputError):
        return None
    drawn = []
    for d in chosen:
        try:
            point = estimator.estimate(OverlapTable.from_histories(lists, counts[d])).point
        except (Refusal, InputError):
            point = None
        drawn.append(math.inf if point is None else point)
    middle = float(np.median(drawn))
    if before is None or after is None or not all(map(math.isfinite, (before, after, middle))):
        return None
    return {
        "model": form,
        "one_answer": before,
        "corrected": after,
        "draws": middle,
        "found": dict(zip(lists[1:], rates.found, strict=True)),
        "false": dict(zip(lists[1:], rates.false, strict=True)),
    }


def _histories(
    list_of: NDArray[np.int64], label: NDArray[np.int32], lists: int
) -> NDArray[np.int64]:
    person = np.unique(label, return_inverse=True)[1]
    masks = np.zeros(int(person.max()) + 1, dtype=np.int64)
    np.bitwise_or.at(masks, person, np.left_shift(1, list_of))
    return np.bincount(masks, minlength=1 << lists)
