"""Populations with known N: how people come to be on lists, in designs a user understands.

A `Design` is a population size and the probability of each capture history, the all-zero one
included; a table is a multinomial draw from it with that cell hidden.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSON
from uncounted.core.notes import Note, note
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError, NoFiniteEstimate

if TYPE_CHECKING:
    from uncounted.estimators.loglinear import LogLinear

__all__ = [
    "Design",
    "checked",
    "exclusive_lists",
    "independent_lists",
    "latent_classes",
    "like",
    "list_names",
    "paired_lists",
    "product",
    "rasch",
    "two_worlds",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A population with known size and how its people come to be on lists.

    Parameters
    ----------
    name
        Short name.
    population
        ``N``: people, observed and hidden.
    cells
        Probability of each capture history by bit mask, shape (2**lists,), entry 0 included.
    lists
        Names of the lists.
    words
        One sentence: what the design is; ``None`` where there is none.
    everyone_reachable
        Whether everyone has some chance of being on a list.
    """

    name: str
    population: int
    cells: Floats
    lists: tuple[str, ...]
    words: Note | None = None
    everyone_reachable: bool = True
    details: Mapping[str, JSON] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check and normalise the cell probabilities."""
        cells = np.asarray(self.cells, dtype=np.float64)
        if cells.shape != (1 << len(self.lists),) or (cells < 0).any() or cells.sum() <= 0:
            raise InputError(
                "A design needs one probability per capture history, none negative.",
                fix="Check the numbers of lists and of probabilities.",
            )
        if not 2 <= self.population <= 10**9:
            raise InputError(
                "The population of a design lies between 2 and a thousand million.",
                fix="Give another N.",
            )
        cells = cells / cells.sum()
        cells.flags.writeable = False
        object.__setattr__(self, "cells", cells)

    @property
    def t(self) -> int:
        """Number of lists."""
        return len(self.lists)

    @property
    def coverage(self) -> float:
        """Expected share of the population on at least one list."""
        return float(1.0 - self.cells[0])

    def draw(self, rng: np.random.Generator) -> OverlapTable:
        """One table; the count of people on no list is dropped."""
        counts = rng.multinomial(self.population, self.cells)
        counts[0] = 0
        return OverlapTable.from_histories(self.lists, counts, name=self.name)


def list_names(t: int) -> tuple[str, ...]:
    """Names of made-up lists."""
    return tuple("ABCDEFGHIJKLMNOP"[:t])


def checked(probabilities: Sequence[float]) -> Floats:
    """Probabilities of 2 to 16 lists, each between 0 and 1; `InputError` otherwise."""
    p = np.asarray(probabilities, dtype=np.float64)
    if p.ndim != 1 or not 2 <= p.size <= 16 or (p <= 0).any() or (p >= 1).any():
        raise InputError(
            "Each of 2 to 16 lists needs a probability between 0 and 1.",
            fix="Give for instance 0.2,0.15,0.1.",
        )
    return p


def product(p: Floats) -> Floats:
    """Cell probabilities of independent lists; ``p`` has shape (..., lists)."""
    t = p.shape[-1]
    out = np.ones((*p.shape[:-1], 1 << t))
    masks = np.arange(1 << t)
    for i in range(t):
        on = (masks >> i & 1) == 1
        out *= np.where(on, p[..., i : i + 1], 1.0 - p[..., i : i + 1])
    return out


def _logit(p: Floats) -> Floats:
    return np.asarray(np.log(p) - np.log1p(-p))


def _expit(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def independent_lists(population: int, probabilities: Sequence[float], name: str = "") -> Design:
    """Each list meets anyone with its own probability, whatever the other lists do."""
    p = checked(probabilities)
    return Design(
        name or "independent", population, product(p), list_names(p.size),
        note("simulation.design.independent"),
    )  # fmt: skip


def paired_lists(
    population: int,
    probabilities: Sequence[float],
    effects: Mapping[tuple[int, ...], float],
    name: str = "",
) -> Design:
    """Being on one list raises or lowers the odds of being on a later one.

    Parameters
    ----------
    population, probabilities
        People; probability of each list for someone on none of the earlier lists.
    effects
        Log odds ratio by lists from 0: ``{(0, 1): 1.0}`` raises the odds of list 1 for people on
        list 0; three lists give an effect for people on both earlier ones.
    """
    p = checked(probabilities)
    t = p.size
    cells = np.ones(1 << t)
    base = _logit(p)
    for mask in range(1 << t):
        for j in range(t):
            x = base[j] + sum(
                effect
                for lists, effect in effects.items()
                if max(lists) == j and all(mask >> i & 1 for i in lists if i != j)
            )
            q = 1.0 / (1.0 + math.exp(-x))
            cells[mask] *= q if mask >> j & 1 else 1.0 - q
    return Design(
        name or "pairs", population, cells, list_names(t),
        note("simulation.design.pairs"),
    )  # fmt: skip


def exclusive_lists(
    population: int,
    probabilities: Sequence[float],
    pairs: Sequence[tuple[int, int]],
    name: str = "",
) -> Design:
    """Let some pairs of lists hold nobody in common, as where one serves whom the other does not."""
    p = checked(probabilities)
    cells = product(p)
    masks = np.arange(cells.size)
    for i, j in pairs:
        both = (1 << i) | (1 << j)
        cells[(masks & both) == both] = 0.0
    return Design(
        name or "exclusive", population, cells, list_names(p.size),
        note("simulation.design.exclusive"),
    )  # fmt: skip


def latent_classes(
    population: int,
    probabilities: Sequence[float],
    shares: Sequence[float],
    odds: Sequence[float] | Sequence[Sequence[float]],
    name: str = "",
) -> Design:
    """Hidden classes that differ in how easily they are found.

    Parameters
    ----------
    population
        People.
    probabilities
        Probability of each list for a class with odds factor 1.
    shares
        Share of each class; they are scaled to sum to 1.
    odds
        Factor on the odds of being listed, one per class or one row of lists per class. 0 makes a
        class that no list can see.
    """
    p = checked(probabilities)
    weight = np.asarray(shares, dtype=np.float64)
    factor = np.asarray(odds, dtype=np.float64)
    if factor.ndim == 1:
        factor = np.repeat(factor[:, None], p.size, axis=1)
    if factor.shape != (weight.size, p.size) or (factor < 0).any() or weight.sum() <= 0:
        raise InputError(
            "Every latent class needs a share and a factor on the odds, none negative.",
            fix="Give as many factors as shares.",
        )
    x = p / (1.0 - p) * factor
    cells = (weight / weight.sum()) @ product(x / (1.0 + x))
    return Design(
        name or "latent", population, cells, list_names(p.size),
        note("simulation.design.classes"),
        bool((factor.max(axis=1) > 0.005).all()),
    )  # fmt: skip


def rasch(population: int, probabilities: Sequence[float], sd: float, name: str = "") -> Design:
    """Everyone has an own ease of being found, normal on the log odds with this deviation."""
    p = checked(probabilities)
    if not 0 <= sd <= 10:
        raise InputError("The deviation lies between 0 and 10.", fix="Give for instance 1.0.")
    x, w = np.polynomial.hermite_e.hermegauss(61)
    cells = (w / w.sum()) @ product(_expit(_logit(p)[None, :] + sd * x[:, None]))
    return Design(
        name or f"rasch {sd:g}", population, cells, list_names(p.size),
        note("simulation.design.rasch"),
    )  # fmt: skip


def two_worlds(
    population: int, probabilities: Sequence[float], factor: float = 6.0, name: str = ""
) -> Design:
    """Two halves of a population, each seen mostly by its own lists."""
    p = checked(probabilities)
    first = np.array([factor if i % 2 == 0 else 1.0 / factor for i in range(p.size)])
    made = latent_classes(
        population, p.tolist(), [0.5, 0.5], [first.tolist(), (1 / first).tolist()]
    )
    return Design(
        name or "two worlds", population, made.cells, made.lists,
        note("simulation.design.two-worlds"),
    )  # fmt: skip


def like(table: OverlapTable, estimator: LogLinear | None = None, name: str = "") -> Design:
    """Take lists like one's own: a log-linear model fitted to a table, taken as the truth.

    Parameters
    ----------
    table
        Counts by capture history; strata are counted together.
    estimator
        Which log-linear model; the best by BIC where ``None``.

    Raises
    ------
    NoFiniteEstimate
        If the model has no finite estimate on the table.
    """
    from uncounted.estimators import fits as _fits
    from uncounted.estimators.hierarchy import parse
    from uncounted.estimators.loglinear import BestBIC, LogLinear

    table, _ = (table.pooled() if table.stratified else table).without_empty_lists()
    rule = estimator or LogLinear(model=BestBIC())
    found = LogLinear(model=rule.model, bootstrap=0, interval="none").estimate(table)
    if found.model is None or found.point is None:
        raise NoFiniteEstimate(
            "An average of models is no design to draw tables from.",
            fix="Choose a single model: bic, aic, stepwise, main or model:[12,3].",
        )
    model = parse(found.model, table.lists)
    counts = table.counts.astype(np.float64)
    fits = _fits.fit(_fits.Tables.of(counts), _fits.pack([model]), means=True)
    means = fits.mu[0].copy()
    means[0] = fits.hidden[0]
    return Design(
        name or f"like {table.name or 'the table'}", round(float(means.sum())), means, table.lists,
        note("simulation.design.like", table=table.name, model=found.model)
        if table.name
        else note("simulation.design.like-table", model=found.model),
        details={"model": found.model, "observed": table.n},
    )  # fmt: skip
