"""Tables that agree with a censored one: all of them where they are few, else weighted draws.

The likelihood of a censored table is the sum of the likelihoods of the tables that agree with it.
Where those are few they are listed. Where they are many they are drawn from a proposal (negative
binomial counts about the means of a log-linear model fitted by expectation and maximisation, cut
to each range, then fitted twice to what the draws weigh) and weighted by evidence over proposal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import UNBOUNDED, CensoredTable
from uncounted.core.notes import Number, note
from uncounted.core.table import OverlapTable
from uncounted.errors import NotSupported
from uncounted.estimators import fits as _fits
from uncounted.estimators._pair_fits import best_sets, fit_pair_models
from uncounted.estimators.hierarchy import Model, main_effects

__all__ = [
    "Completions",
    "complete",
    "expected_table",
    "poisson_within",
    "sum_range",
    "truncated_mean",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALL_UP_TO = 256
"""So many completions are weighed one by one."""
_LISTED_UP_TO = 20_000
"""So many are listed where sums overlap; beyond, they cannot be drawn either."""
_SIZE = 4.0
"""Of the negative binomial proposal: standard deviation half of the mean beside Poisson's."""
_PILOTS, _PILOT = 3, 200
_WIDE = 12
"""Ranges longer than this are proposed by a curve, not by a table of chances."""


@dataclass(frozen=True, slots=True, eq=False)
class Completions:
    """Tables that agree with a censored one.

    Parameters
    ----------
    counts
        Shape (tables, 2**lists), entry 0 zero.
    log_proposal
        Shape (tables,): log of how likely each was drawn; zeros where all are there.
    every
        Whether these are all.
    reference
        Shape (2**lists,): the expected counts, rounded to a table that agrees.
    """

    counts: Ints
    log_proposal: Floats
    every: bool
    reference: Ints


def complete(
    table: CensoredTable,
    rng: np.random.Generator,
    size: int,
    evidence: Callable[[Ints], float],
    *,
    all_up_to: int | None = None,
) -> Completions:
    """List the completions, or draw some.

    Parameters
    ----------
    table
        Counts with ranges.
    rng
        For the draws.
    size
        How many to draw.
    evidence
        Log evidence of one completion, shape (2**lists,), by a model that is quick: draws are
        aimed by it, their weights are the caller's.
    all_up_to
        So many are listed, none left out; `ALL_UP_TO` by default.

    Raises
    ------
    NotSupported
        If sums overlap and more tables agree with them than can be listed.
    """
    all_up_to = ALL_UP_TO if all_up_to is None else all_up_to
    means = _expected(table)
    cells = np.flatnonzero(table.lower < table.upper)
    reference = _rounded(table, means, cells)
    few = _count_up_to(table, cells, all_up_to)
    overlapping = _overlapping(table, cells)
    if few or overlapping:
        most = all_up_to if few else _LISTED_UP_TO
        listed = np.array(list(_all(table, cells, most)), dtype=np.int64)
        if len(listed) > most:
            raise NotSupported(
                note("estimators.censored.overlapping", most=Number(most)),
                fix=note("estimators.censored.overlapping.fix"),
            )
        if len(listed) <= all_up_to:
            return Completions(listed, np.zeros(len(listed)), True, reference)
        proposal = _Proposal.about(table, means, cells)
        weight = proposal.log_density(listed)
        chance = np.exp(weight - weight.max())
        chance /= chance.sum()
        picked = rng.choice(len(listed), size, p=chance)
        return Completions(listed[picked], np.log(chance[picked]), False, reference)
    broad = _Proposal.about(table, means, cells)
    proposal = broad
    for _ in range(_PILOTS):
        drawn = proposal.draw(rng, _PILOT)
        level = np.array([evidence(c) for c in drawn]) - proposal.log_density(drawn)
        proposal = proposal.refitted(drawn, np.exp(level - level.max()))
    if table.margins:
        drawn = proposal.draw(rng, size)
        return Completions(drawn, proposal.log_density(drawn), False, reference)
    # Half aimed, half broad: what the quick model rules out another may hold for likely.
    drawn = np.concatenate((proposal.draw(rng, size - size // 2), broad.draw(rng, size // 2)))
    density = np.logaddexp(proposal.log_density(drawn), broad.log_density(drawn))
    return Completions(drawn, density, False, reference)


def expected_table(table: CensoredTable) -> OverlapTable:
    """Return the table with the expected counts in place of the ranges.

    By the best log-linear model of order two, rounded to whole people so that every range and
    every sum holds.
    """
    cells = np.flatnonzero(table.lower < table.upper)
    return table.completed(_rounded(table, _expected(table), cells))


def sum_range(table: CensoredTable, cells: NDArray[np.bool_]) -> tuple[int, int]:
    """Least and largest sum of some cells that the ranges and the sums known allow.

    Parameters
    ----------
    table
        Counts with ranges.
    cells
        Shape (2**lists,): which cells are added up; entry 0 is not read.

    Returns
    -------
    tuple of int
        `UNBOUNDED` as the second where nothing bounds it. Where sums are known the ends are those of
        a linear programme, rounded inwards to whole people.

    Examples
    --------
    >>> table = CensoredTable.from_histories(["a", "b"], {"11": "<5", "10": "*", "01": 9, "1*": 30})
    >>> sum_range(table, np.array([False, False, False, True]))
    (0, 4)
    >>> sum_range(table, np.array([False, True, False, False]))
    (26, 30)
    """
    inside = cells.copy()
    inside[0] = False
    low = int(table.lower[inside].sum())
    high = min(sum(table.upper[inside].tolist()), UNBOUNDED)
    free = np.flatnonzero(table.lower < table.upper)
    if not table.margins or not inside[free].any():
        return low, high
    from scipy.optimize import linprog

    aim = inside[free].astype(np.float64)
    rows, ends = [], []
    for margin in table.margins:
        part = margin.cells[free].astype(np.float64)
        fixed = int(table.lower[margin.cells & (table.lower == table.upper)].sum())
        rows += [part, -part]
        ends += [margin.upper - fixed, fixed - margin.lower]
    bounds = [
        (int(table.lower[c]), None if table.upper[c] >= UNBOUNDED else int(table.upper[c]))
        for c in free
    ]
    ends_found: list[float | None] = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * aim, A_ub=np.array(rows), b_ub=np.array(ends), bounds=bounds)
        ends_found.append(None if solved.status else sign * float(solved.fun or 0.0))
    fixed = int(table.lower[inside & (table.lower == table.upper)].sum())
    least, most = ends_found
    # The solver is right to about a millionth of a person.
    return (
        low if least is None else fixed + math.ceil(least - 1e-6),
        high if most is None else fixed + math.floor(most + 1e-6),
    )


def truncated_mean(mean: Floats, low: Ints, high: Ints) -> tuple[Floats, Floats, Floats]:
    """Mean, variance and log chance of Poisson counts given that they lie in a range.

    Parameters
    ----------
    mean
        Shape (cells,): Poisson means, positive.
    low, high
        Shape (cells,): the ranges; `UNBOUNDED` for no upper end.
    """
    from scipy.special import gammaln, pdtr

    out = np.array(low, dtype=np.float64)
    spread = np.zeros_like(out)
    chance = low * np.log(mean) - mean - gammaln(low + 1.0)
    for k in np.flatnonzero(low < high):
        if high[k] >= UNBOUNDED:
            if low[k] == 0:
                out[k], spread[k], chance[k] = mean[k], mean[k], 0.0
                continue
            end = int(max(low[k], mean[k]) + 12.0 * np.sqrt(max(low[k], mean[k])) + 30)
        else:
            end = int(high[k])
        if end - low[k] > 5000 and low[k] == 0:
            # A long range from zero: ratios of distribution functions.
            top = pdtr(end, mean[k])
            out[k] = mean[k] * pdtr(end - 1, mean[k]) / top
            spread[k] = mean[k] ** 2 * pdtr(end - 2, mean[k]) / top + out[k] - out[k] ** 2
            chance[k] = np.log(top)
            continue
        x = np.arange(low[k], end + 1)
        level = x * np.log(mean[k]) - mean[k] - gammaln(x + 1.0)
        p = np.exp(level - level.max())
        chance[k] = np.log(p.sum()) + level.max()
        p /= p.sum()
        out[k] = float(p @ x)
        spread[k] = float(p @ (x - out[k]) ** 2)
    return out, spread, chance


def poisson_within(mean: Floats, low: Ints, high: Ints, rng: np.random.Generator) -> Ints:
    """Draw Poisson counts given that they lie in ranges.

    Parameters
    ----------
    mean
        Shape (draws, cells), positive.
    low, high
        Shape (cells,): the ranges; `UNBOUNDED` for no upper end.
    rng
        Stream.

    Returns
    -------
    ndarray, shape (draws, cells)

    Examples
    --------
    >>> drawn = poisson_within(
    ...     np.full((9, 1), 50.0), np.array([0]), np.array([4]), np.random.default_rng(0)
    ... )
    >>> int(drawn.min()) >= 0 and int(drawn.max()) <= 4
    True
    """
    from scipy.special import gammaln

    out = np.empty(mean.shape, dtype=np.int64)
    for k in range(low.size):
        m = np.clip(mean[:, k], 1e-12, 1e12)
        if low[k] == 0 and high[k] >= UNBOUNDED:
            out[:, k] = rng.poisson(m)
            continue
        # Beyond twelve standard deviations of the widest draw nothing is left.
        far = float(max(m.max(), low[k]))
        near = float(min(m.min(), min(high[k], UNBOUNDED)))
        first = max(int(low[k]), math.floor(near - 12.0 * math.sqrt(near) - 30.0))
        last = min(int(high[k]), math.ceil(far + 12.0 * math.sqrt(far) + 30.0))
        x = np.arange(first, last + 1)
        level = x * np.log(m)[:, None] - gammaln(x + 1.0)
        chance = np.exp(level - level.max(axis=1, keepdims=True)).cumsum(axis=1)
        u = rng.random(m.size) * chance[:, -1]
        out[:, k] = first + (chance < u[:, None]).sum(axis=1)
    return out


def _expected(table: CensoredTable) -> Floats:
    """Means of the best model of order two at the expected counts, by turns until they settle."""
    low, high = table.lower[1:], table.upper[1:]
    wide = np.minimum(high, low + 2 * np.maximum(low, 5))
    counts = np.concatenate(([0.0], (low + wide) / 2.0))
    means = np.maximum(counts, 0.05)
    for _ in range(12):
        counts[1:] = truncated_mean(np.maximum(means[1:], 1e-3), low, high)[0]
        for margin in table.margins:
            free = margin.cells & (table.lower < table.upper)
            fixed = counts[margin.cells & ~free].sum()
            total = counts[free].sum()
            wanted = np.clip(total + fixed, margin.lower, margin.upper) - fixed
            if total > 0:
                counts[free] *= max(wanted, 0.0) / total
        pairs = fit_pair_models(counts, table.t)
        model = _as_model(best_sets(pairs, 1)[0], table.t)
        fit = _fits.fit(_fits.Tables.of(counts), _fits.pack([model]), means=True)
        if fit.status[0] != _fits.OK:
            fit = _fits.fit(
                _fits.Tables.of(counts + 0.05), _fits.pack([main_effects(table.t)]), means=True
            )
        means = np.maximum(fit.mu[0], 1e-3)
    return np.asarray(np.where(table.lower < table.upper, means, counts))


def _as_model(pairs: NDArray[np.bool_], t: int) -> Model:
    both = [(1 << i) | (1 << j) for i in range(t) for j in range(i + 1, t)]
    return (*main_effects(t), *sorted(m for m, on in zip(both, pairs, strict=True) if on))


def _rounded(table: CensoredTable, means: Floats, cells: Ints) -> Ints:
    """Nearest whole counts, moved one by one until every sum agrees."""
    counts = np.array(table.lower)
    mean = truncated_mean(np.maximum(means[1:], 1e-3), table.lower[1:], table.upper[1:])[0]
    counts[1:] = np.where(table.lower[1:] < table.upper[1:], np.rint(mean), table.lower[1:])
    counts = np.clip(counts, table.lower, table.upper)
    for _ in range(10 * int(counts.sum() + 10)):
        off = [
            (m, int(counts[m.cells].sum())) for m in table.margins
            if not m.lower <= int(counts[m.cells].sum()) <= m.upper
        ]  # fmt: skip
        if not off:
            break
        margin, total = off[0]
        step = 1 if total < margin.lower else -1
        room = [
            c for c in cells
            if margin.cells[c] and table.lower[c] <= counts[c] + step <= table.upper[c]
        ]  # fmt: skip
        if not room:
            break
        best = max(room, key=lambda c: step * (means[c] - counts[c]))
        counts[best] += step
    return counts


def _count_up_to(table: CensoredTable, cells: Ints, most: int) -> bool:
    """Whether no more tables than ``most`` agree, as far as can be told without listing far more."""
    if not table.margins:
        total = 1.0
        for c in cells:
            total *= float(table.upper[c] - table.lower[c] + 1)
        return total <= most
    return sum(1 for _ in _all(table, cells, most)) <= most


def _overlapping(table: CensoredTable, cells: Ints) -> bool:
    """Whether a free cell is part of two sums."""
    if not table.margins:
        return False
    return bool((np.sum([m.cells[cells] for m in table.margins], axis=0) > 1).any())


def _all(table: CensoredTable, cells: Ints, most: int) -> Iterator[Ints]:
    """Completions one by one, at most one more than ``most``; cut short where a sum is passed."""
    counts = np.array(table.lower)
    # Cells of the most sums first: what they hold leaves the others little choice.
    parts = np.sum([m.cells[cells] for m in table.margins], axis=0, dtype=np.int64)
    cells = cells[np.argsort(-parts, kind="stable")] if table.margins else cells
    need = [(m, int(table.lower[m.cells].sum())) for m in table.margins]
    room = np.array([[int(m.cells[c]) for c in cells] for m, _ in need], dtype=np.int64)
    room = room.reshape(len(need), cells.size)
    span = np.minimum(table.upper[cells] - table.lower[cells], 1 << 40)
    left = (room * span)[:, ::-1].cumsum(axis=1)[:, ::-1]
    found = 0

    def walk(k: int, sums: list[int]) -> Iterator[Ints]:
        nonlocal found
        if k == cells.size:
            if found <= most:
                found += 1
                yield counts.copy()
            return
        c = int(cells[k])
        for more in range(int(span[k]) + 1):
            now = [s + more * int(room[i, k]) for i, s in enumerate(sums)]
            if any(s > m.upper for s, (m, _) in zip(now, need, strict=True)):
                return
            after = left[:, k + 1] if k + 1 < cells.size else np.zeros(len(need))
            if all(s + after[i] >= need[i][0].lower for i, s in enumerate(now)):
                counts[c] = table.lower[c] + more
                yield from walk(k + 1, now)
            if found > most:
                return
        counts[c] = table.lower[c]

    yield from walk(0, [base for _, base in need])


@dataclass(frozen=True, slots=True, eq=False)
class _Proposal:
    """Independent counts in their ranges, given the sums of groups that do not overlap."""

    table: CensoredTable
    cells: Ints
    starts: Ints
    chances: tuple[Floats, ...]
    """Per free cell: chance of each count from its start on."""

    @classmethod
    def about(cls, table: CensoredTable, means: Floats, cells: Ints) -> _Proposal:
        from scipy.stats import nbinom

        chances = []
        for c in cells:
            mean = float(max(means[c], 1e-3))
            end = int(min(table.upper[c], table.lower[c] + mean * 10 + 60))
            x = np.arange(table.lower[c], end + 1)
            p = nbinom.pmf(x, _SIZE, _SIZE / (_SIZE + mean)) + 1e-6
            chances.append(p / p.sum())
        return cls(table, cells, table.lower[cells], tuple(chances))

    def refitted(self, drawn: Ints, weight: Floats) -> _Proposal:
        """Move the chances towards what weighted draws say, a part kept as it was."""
        from scipy.stats import nbinom

        weight = weight / weight.sum()
        chances = []
        for k, c in enumerate(self.cells):
            old, x = self.chances[k], self.starts[k] + np.arange(self.chances[k].size)
            value = drawn[:, c] - self.starts[k]
            if old.size <= _WIDE:
                new = np.bincount(value, weights=weight, minlength=old.size)
            else:
                mean = float(weight @ drawn[:, c]) + 1e-3
                spread = max(1.5 * float(weight @ (drawn[:, c] - mean) ** 2), 1.1 * mean)
                size = mean**2 / (spread - mean)
                new = nbinom.pmf(x, size, size / (size + mean))
                new = new / max(new.sum(), 1e-300)
            mixed = 0.9 * new + 0.1 * old
            chances.append(mixed / mixed.sum())
        return _Proposal(self.table, self.cells, self.starts, tuple(chances))

    def draw(self, rng: np.random.Generator, size: int) -> Ints:
        """Completions, shape (size, 2**lists)."""
        out = np.repeat(self.table.lower[None, :], size, axis=0)
        bound = np.zeros(self.cells.size, dtype=np.bool_)
        for margin in self.table.margins:
            inside = np.flatnonzero(margin.cells[self.cells])
            if not inside.size:
                continue
            bound[inside] = True
            fixed = int(self.table.lower[margin.cells].sum())
            low, high = margin.lower - fixed, margin.upper - fixed
            out[:, self.cells[inside]] += self._given_sum(rng, size, inside, low, high)
        for k in np.flatnonzero(~bound):
            p = self.chances[k]
            out[:, self.cells[k]] += rng.choice(p.size, size, p=p)
        return out

    def _given_sum(
        self, rng: np.random.Generator, size: int, inside: Ints, low: int, high: int
    ) -> Ints:
        """Draw counts above their starts given that their sum lies between two numbers."""
        # Chance that the cells from k on add up to s, by convolution from the last.
        tails = [np.ones(1)]
        for k in inside[::-1]:
            tails.append(np.convolve(self.chances[k], tails[-1])[: high + 1])
        tails.reverse()
        total = tails[0].copy()
        total[: max(low, 0)] = 0.0
        if total.sum() <= 0:
            raise NotSupported(
                note("estimators.censored.sums"), fix=note("estimators.censored.sums.fix")
            )
        left = rng.choice(total.size, size, p=total / total.sum())
        out = np.zeros((size, inside.size), dtype=np.int64)
        for i, k in enumerate(inside):
            p, after = self.chances[k], tails[i + 1]
            for value in np.unique(left):
                rows = np.flatnonzero(left == value)
                x = np.arange(min(p.size, value + 1))
                w = np.where(
                    value - x < after.size, p[x] * after[np.minimum(value - x, after.size - 1)], 0.0
                )
                out[rows, i] = rng.choice(x.size, rows.size, p=w / w.sum())
            left = left - out[:, i]
        return out

    def log_density(self, drawn: Ints) -> Floats:
        """Log of how likely each completion is, up to a constant that the sums bring."""
        out = np.zeros(len(drawn))
        for k, c in enumerate(self.cells):
            value = drawn[:, c] - self.starts[k]
            inside = (value >= 0) & (value < self.chances[k].size)
            p = np.where(inside, self.chances[k][np.where(inside, value, 0)], 1e-300)
            out += np.log(np.maximum(p, 1e-300))
        return out
